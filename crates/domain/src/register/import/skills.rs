//! A row of a file of skills as a draft, and the draft beside the skills that are stored.
//!
//! A skill's key is its organisation, its name and its level: the same as when it is entered in the browser, so that a file finds
//! what people have entered and the other way round. Columns that could name a person are not read at all.

use super::apply::{self, Change, Resolved};
use super::cells::{self, Stated};
use super::contracts;
use super::draft::{OrganisationDraft, Rejection, Warning};
use super::mapping::{Field, Mapping};
use super::resolve::Index;
use super::rows::{Orders, RowCells};
use crate::register::edit::skill;
use crate::register::ids::{ImportId, OrganisationId, SkillId};
use crate::register::names::{fold, placeholder, tidy};
use crate::register::records::{Origin, Skill, SkillLevel};
use sha2::{Digest, Sha256};
use std::{collections::HashMap, sync::Arc};

/// The longest name that a skill may have, in characters: the same as in the browser.
const LONGEST: usize = 200;
/// The most people who can hold a skill: the same as in the browser.
const MOST: i64 = 100_000;

/// A skill as a source states it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkillDraft {
    /// Whose it is.
    pub organisation: OrganisationDraft,
    /// What it is.
    pub name: String,
    /// How well it is held.
    pub level: SkillLevel,
    /// How many people hold it.
    pub people: Stated<i64>,
    /// Whether training is offered.
    pub offers_training: Stated<bool>,
}

/// Reads a row: a skill and its level are needed, the rest is optional.
///
/// # Errors
/// Where the row names no skill, or no level that there is.
pub fn read(
    row: u64,
    cells: &[&str],
    mapping: &Mapping,
    orders: &Orders,
    warnings: &mut Vec<Warning>,
) -> Result<SkillDraft, Rejection> {
    let mut cells = RowCells::new(row, cells, mapping, orders, warnings);
    let name = tidy(cells.get(Field::Skill)).into_owned();
    if placeholder::is_not_known(&name) {
        return Err(Rejection::new(row, "skill", "the row names no skill"));
    }
    if name.chars().count() > LONGEST {
        return Err(Rejection::new(row, "skill", format!("the name is longer than {LONGEST} characters")));
    }
    let Some(level) = level(cells.get(Field::Level)) else {
        let reason = "the row does not say the level: awareness, working, practitioner or expert";
        return Err(Rejection::new(row, "level", reason));
    };
    let people = |text: &str| cells::count(text).filter(|people| (1..=MOST).contains(people));
    Ok(SkillDraft {
        organisation: contracts::organisation(&cells),
        name,
        level,
        people: cells.read(Field::People, people, "a whole number from 1 to 100,000"),
        offers_training: cells.read(Field::OffersTraining, training, "yes or no"),
    })
}

/// A level by its name, whatever follows it: 'Expert', 'working: uses it with help', 'Practitioner (uses it alone)'.
#[must_use]
pub fn level(text: &str) -> Option<SkillLevel> {
    let first = text.trim().split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    SkillLevel::parse(&fold(first))
}

/// 'yes' and 'no' as files have them, and the words of our own pages.
fn training(text: &str) -> Option<bool> {
    match fold(text).as_str() {
        "offered" => Some(true),
        "not offered" => Some(false),
        _ => cells::boolean(text),
    }
}

/// Where an import of skills stands: one per import.
pub struct Skills<'a> {
    /// The names; skills resolve none but organisations'.
    pub index: Index<'a>,
    import: ImportId,
    given: Option<OrganisationId>,
    stored: HashMap<String, Skill>,
    /// The rows of this file, with the fields that each states.
    rows: HashMap<String, (u64, Vec<&'static str>)>,
    /// Where there are several files: this one, and the rows of earlier ones.
    file: Option<Arc<str>>,
    said: HashMap<String, Vec<Said>>,
}

/// A row of an earlier file, in words, and the fields that it states.
struct Said {
    row: Arc<str>,
    stated: Vec<&'static str>,
}

impl<'a> Skills<'a> {
    /// An import beside the skills that are stored. `given` is the organisation of `--organisation`.
    pub fn new(
        index: Index<'a>,
        import: ImportId,
        given: Option<OrganisationId>,
        stored: impl IntoIterator<Item = Skill>,
    ) -> Self {
        let stored = stored.into_iter().map(|skill| (skill.key.clone(), skill)).collect();
        Self { index, import, given, stored, rows: HashMap::new(), file: None, said: HashMap::new() }
    }

    /// A new file, named where there are several. Of what two files say of one skill the first one's words stand, and what the later
    /// one contradicts is told.
    pub fn next_file(&mut self, name: Option<Arc<str>>) {
        let file = std::mem::replace(&mut self.file, name);
        for (key, (row, stated)) in self.rows.drain().filter(|_| file.is_some()) {
            let row = format!("row {row} of {}", file.as_deref().unwrap_or_default());
            self.said.entry(key).or_default().push(Said { row: row.into(), stated });
        }
    }

    /// Takes a row: what it does to a skill.
    ///
    /// # Errors
    /// Where its organisation is missing, not known, or another than the one given; where an earlier row of the file says the
    /// same skill at the same level.
    pub fn row(&mut self, row: u64, draft: &SkillDraft, warnings: &mut Vec<Warning>) -> Result<Change<Skill>, Rejection> {
        let organisation = self.index.organisation_of_row(row, &draft.organisation, self.given)?;
        let key = skill::key(self.index.slug(organisation), &draft.name, draft.level);
        if let Some((earlier, _)) = self.rows.get(&key) {
            return Err(Rejection::new(row, "skill", format!("row {earlier} says the same skill at the same level")));
        }
        let mut stated = vec!["name", "level"];
        stated.extend(draft.people.is_stated().then_some("people"));
        stated.extend(draft.offers_training.is_stated().then_some("offers_training"));
        self.rows.insert(key.clone(), (row, stated.clone()));
        let stored = self.stored.get(&key);
        let record = Skill {
            id: stored.map_or_else(|| SkillId(self.index.new_id()), |skill| skill.id),
            key: key.clone(),
            organisation,
            // Another way of writing the name is the same skill, and changes nothing.
            name: stored.filter(|skill| fold(&skill.name) == fold(&draft.name)).map_or(&draft.name, |skill| &skill.name).clone(),
            level: draft.level,
            people: draft.people.value().copied(),
            offers_training: draft.offers_training.value().copied().unwrap_or_default(),
            origin: Origin {
                source: "register".to_owned(),
                import: Some(self.import),
                row: i64::try_from(row).ok(),
                digest: digest(draft),
                ..Origin::default()
            },
            confirmed: None,
            updated_at: 0,
        };
        let mut resolved = Resolved { record, stated, earlier: Vec::new() };
        if let (Some(said), Some(stored)) = (self.said.get(&key), stored) {
            let by = |name: &str| said.iter().find(|said| said.stated.contains(&name)).map(|said| said.row.clone());
            resolved.earlier = resolved.stated.iter().filter_map(|name| Some((*name, by(name)?))).collect();
            resolved.stated.retain(|name| by(name).is_none());
            for (field, earlier) in apply::contradicted(stored, &resolved) {
                let message = format!(
                    "{earlier} says the same skill at the same level, and something else of it; what {earlier} says stays"
                );
                warnings.push(Warning::new(row, field, message));
            }
        }
        let change = apply::compare(stored, resolved, self.index.now());
        if let Change::Create(after) | Change::Update { after, .. } = &change {
            self.stored.insert(key, after.as_ref().clone());
        }
        Ok(change)
    }
}

fn digest(draft: &SkillDraft) -> String {
    let digest = Sha256::digest(format!("{draft:?}"));
    crate::audit::hex(&digest[..16])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::register::import::{
        mapping::{Confidence, Kind},
        resolve::Known,
        rows::Scan,
    };
    use crate::register::reference::Reference;
    use uuid::Uuid;

    const HEADERS: [&str; 6] = ["Organisation", "Skill", "Level", "People", "Training offered?", "Who to ask"];

    /// Plans rows one after another beside what is stored.
    fn plan(
        stored: Vec<Skill>,
        given: Option<&str>,
        rows: &[[&str; 6]],
    ) -> (Vec<Result<Change<Skill>, Rejection>>, Vec<Warning>) {
        let reference = Reference::shipped().unwrap();
        let mapping = Mapping::guess(Kind::Skills, &HEADERS);
        mapping.check(given.is_some()).unwrap();
        assert_eq!(mapping.columns[5].confidence, Confidence::Unknown, "who to ask is not read");
        let orders = Scan::new(&mapping).decide();
        let known = Known {
            organisations: &reference.organisations,
            service_areas: &[],
            functions: &[],
            suppliers: &[],
            products: &[],
            facts: &[],
        };
        let mut number = 0;
        let mut ids = || {
            number += 1;
            Uuid::from_u128(number)
        };
        let given = given.and_then(|slug| reference.organisations.iter().find(|one| one.slug == slug)).map(|one| one.id);
        let mut skills = Skills::new(Index::new(known, &mut ids, 7), ImportId(Uuid::from_u128(99)), given, stored);
        let mut warnings = Vec::new();
        let planned = (2..).zip(rows).map(|(row, cells)| {
            let draft = read(row, cells, &mapping, &orders, &mut warnings)?;
            skills.row(row, &draft, &mut warnings)
        });
        let planned = planned.collect();
        (planned, warnings)
    }

    fn made(planned: &Result<Change<Skill>, Rejection>) -> Skill {
        match planned {
            Ok(Change::Create(skill)) => skill.as_ref().clone(),
            other => panic!("not made: {other:?}"),
        }
    }

    #[test]
    fn a_row_becomes_a_skill_and_again_nothing() {
        let rows = [["Camden", "Power  BI", "Expert: leads and teaches", "3", "Yes", "Somebody"]];
        let (planned, warnings) = plan(vec![], None, &rows);
        let skill = made(&planned[0]);
        assert_eq!(
            (skill.name.as_str(), skill.level, skill.people, skill.offers_training),
            ("Power BI", SkillLevel::Expert, Some(3), true)
        );
        assert_eq!(skill.key, "camden|power bi|expert");
        assert!(warnings.is_empty(), "{warnings:?}");
        let (again, _) = plan(vec![skill.clone()], Some("camden"), &[["", "power bi", "expert", "3", "offered", ""]]);
        assert!(matches!(&again[0], Ok(Change::Unchanged { .. })), "{again:?}");
        let (more, _) = plan(vec![skill], None, &[["camden", "Power BI", "expert", "4", "", ""]]);
        match &more[0] {
            Ok(Change::Update { after, fields, .. }) => {
                assert_eq!((after.people, after.offers_training, &fields[..]), (Some(4), true, &["people"][..]));
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_a_person_changed_stays() {
        let mut skill = made(&plan(vec![], None, &[["camden", "GIS", "working", "3", "no", ""]]).0[0]);
        skill.people = Some(5);
        skill.origin.fields.insert("people".to_owned(), "person".to_owned());
        let (again, _) = plan(vec![skill], None, &[["camden", "GIS", "working", "2", "no", ""]]);
        assert!(matches!(&again[0], Ok(Change::Unchanged { kept }) if kept == &["people"]), "{again:?}");
    }

    #[test]
    fn of_what_files_of_one_import_say_of_a_skill_the_first_stands_and_is_told() {
        let reference = Reference::shipped().unwrap();
        let known = Known { organisations: &reference.organisations, ..Known::default() };
        let mapping = Mapping::guess(Kind::Skills, &HEADERS);
        let orders = Scan::new(&mapping).decide();
        let mut stored = Vec::new();
        for again in [false, true] {
            let mut ids = || Uuid::from_u128(1);
            let import = ImportId(Uuid::from_u128(99));
            let mut skills = Skills::new(Index::new(known, &mut ids, 7), import, None, stored.clone());
            let mut warnings = Vec::new();
            for (file, cells) in [("a.csv", ["3", ""]), ("b.csv", ["5", "Yes"]), ("c.csv", ["3", "No"])] {
                skills.next_file(Some(file.into()));
                let cells = ["Camden", "GIS", "expert", cells[0], cells[1], ""];
                let draft = read(2, &cells, &mapping, &orders, &mut warnings).unwrap();
                match skills.row(2, &draft, &mut warnings).unwrap() {
                    Change::Create(skill) | Change::Update { after: skill, .. } if !again => stored = vec![*skill],
                    change => assert!(matches!(change, Change::Unchanged { .. }), "{file}: {change:?}"),
                }
            }
            assert_eq!((stored[0].people, stored[0].offers_training), (Some(3), true));
            let told: Vec<_> = warnings.iter().map(|one| (one.field.as_str(), &one.message[..14])).collect();
            assert_eq!(told, [("people", "row 2 of a.csv"), ("offers_training", "row 2 of b.csv")], "{warnings:?}");
        }
    }

    #[test]
    fn rows_that_cannot_stand_are_rejected_and_cells_that_cannot_be_read_are_warned_of() {
        let long = "x".repeat(201);
        let (planned, warnings) = plan(
            vec![],
            Some("camden"),
            &[
                ["", "", "expert", "", "", ""],
                ["", "GIS", "quite good", "", "", ""],
                ["Hackney", "GIS", "expert", "", "", ""],
                ["", &long, "expert", "", "", ""],
                ["", "GIS", "expert", "lots", "perhaps", ""],
                ["", "gis", "Expert", "2", "", ""],
            ],
        );
        let fields: Vec<Option<&str>> = planned.iter().map(|one| one.as_ref().err().map(|one| one.field.as_str())).collect();
        assert_eq!(fields, [Some("skill"), Some("level"), Some("organisation"), Some("skill"), None, Some("skill")]);
        assert!(planned[5].as_ref().unwrap_err().reason.contains("row 6"));
        assert_eq!(
            warnings.iter().map(|one| (one.row, one.field.as_str())).collect::<Vec<_>>(),
            [(6, "people"), (6, "offers-training")]
        );
        assert_eq!(made(&planned[4]).people, None);
    }
}
