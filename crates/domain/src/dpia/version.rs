//! Versions: everything an assessment said at a moment, with the seals of its parts. Freezing makes one; people can name others.

use super::{
    answer::Answers,
    assessment::Party,
    ids::{AssessmentId, MeasureId, RiskId, VersionId},
    place::Part,
    review::Look,
    risk::{Effect, Matrix, Measure, Risk, Step},
    seal::{Content, Item, Seals, seals},
    template::Edition,
};
use crate::{people::PersonId, register::ids::OrganisationId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// A risk as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RiskRecord {
    /// The assessment.
    pub assessment: AssessmentId,
    /// The number people call it by: `R4`. Never given twice.
    pub number: u32,
    /// The risk.
    pub risk: Risk,
    /// Everybody who ever wrote in it: they cannot sign it.
    pub writers: BTreeSet<PersonId>,
    /// That a review asks to look at it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub look: Option<Look>,
    /// Who changed it last.
    pub by: PersonId,
    /// For whom.
    pub organisation: OrganisationId,
    /// A file that came in states who that was: nobody has changed it here.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stated: bool,
    /// When it last changed, milliseconds of UTC.
    pub updated_at: i64,
}

/// A measure as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeasureRecord {
    /// The assessment.
    pub assessment: AssessmentId,
    /// The number people call it by: `M9`. Never given twice.
    pub number: u32,
    /// The measure.
    pub measure: Measure,
    /// Everybody who ever wrote in it: they cannot sign it.
    pub writers: BTreeSet<PersonId>,
    /// Who changed it last.
    pub by: PersonId,
    /// For whom.
    pub organisation: OrganisationId,
    /// A file that came in states who that was: nobody has changed it here.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stated: bool,
    /// When it last changed, milliseconds of UTC.
    pub updated_at: i64,
}

/// What an assessment said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The title.
    pub title: String,
    /// The template.
    pub template: Edition,
    /// The modules that were on.
    pub modules: Vec<String>,
    /// The parties. Not sealed.
    pub parties: Vec<Party>,
    /// The answers.
    pub answers: Answers,
    /// The risks, in the order of their numbers.
    pub risks: Vec<Risk>,
    /// The measures, in the order of their numbers.
    pub measures: Vec<Measure>,
}

/// A version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// Its id.
    pub id: VersionId,
    /// The assessment.
    pub assessment: AssessmentId,
    /// Counted from 1.
    pub number: u32,
    /// A name that somebody gave it: 'after the Caldicott workshop'.
    pub name: String,
    /// Whether it was frozen for sign-off.
    pub frozen: bool,
    /// What it says.
    pub content: Snapshot,
    /// The seals of its parts.
    pub seals: Seals,
    /// The route of sign-off that each controller followed when its text was frozen: signatures are asked for by it, whatever
    /// route comes later. None is kept of what was frozen before routes were, and of versions that are not frozen.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub routes: BTreeMap<OrganisationId, Edition>,
    /// Who made it.
    pub by: PersonId,
    /// For whom.
    pub organisation: OrganisationId,
    /// When, milliseconds of UTC.
    pub at: i64,
    /// A file that came in states who made it, and when: it was not made here.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stated: bool,
}

/// A version without what it says: for lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Its id.
    pub id: VersionId,
    /// Counted from 1.
    pub number: u32,
    /// Its name.
    pub name: String,
    /// Whether it was frozen for sign-off.
    pub frozen: bool,
    /// The seals of its parts.
    pub seals: Seals,
    /// The route of sign-off that each controller followed when its text was frozen: signatures are asked for by it, whatever
    /// route comes later. None is kept of what was frozen before routes were, and of versions that are not frozen.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub routes: BTreeMap<OrganisationId, Edition>,
    /// Who made it.
    pub by: PersonId,
    /// For whom.
    pub organisation: OrganisationId,
    /// When, milliseconds of UTC.
    pub at: i64,
    /// A file that came in states who made it, and when: it was not made here.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stated: bool,
}

/// What of a measure goes on after signing, and so is not sealed.
const PROGRESS: [&str; 3] = ["progress", "done_on", "evidence"];

/// Which part a measure belongs to: the annex of its risks, where they all stand in one; else the shared body.
#[must_use]
pub fn part_of(measure: &Measure, risks: &[Risk]) -> Part {
    let mut parts = measure.risks.iter().filter_map(|id| risks.iter().find(|risk| risk.id == *id)).map(|risk| risk.part);
    match parts.next() {
        Some(first) if parts.all(|part| part == first) => first,
        _ => Part::Shared,
    }
}

/// Risks and measures as they are sealed.
#[must_use]
pub fn items(risks: &[Risk], measures: &[Measure]) -> Vec<Item> {
    let value = |value: Result<Value, serde_json::Error>| value.unwrap_or(Value::Null);
    let mut items: Vec<Item> =
        risks.iter().map(|risk| Item { part: risk.part, kind: "risk", content: value(serde_json::to_value(risk)) }).collect();
    items.extend(measures.iter().map(|measure| {
        let mut content = value(serde_json::to_value(measure));
        if let Value::Object(map) = &mut content {
            for field in PROGRESS {
                map.shift_remove(field);
            }
        }
        Item { part: part_of(measure, risks), kind: "measure", content }
    }));
    items
}

impl Version {
    /// It without what it says.
    #[must_use]
    pub fn head(&self) -> Head {
        Head {
            id: self.id,
            number: self.number,
            name: self.name.clone(),
            frozen: self.frozen,
            seals: self.seals.clone(),
            routes: self.routes.clone(),
            by: self.by,
            organisation: self.organisation,
            at: self.at,
            stated: self.stated,
        }
    }
}

impl Head {
    /// The version, with what it says.
    #[must_use]
    pub fn with(self, assessment: AssessmentId, content: Snapshot) -> Version {
        let Self { id, number, name, frozen, seals, routes, by, organisation, at, stated } = self;
        Version { id, assessment, number, name, frozen, content, seals, routes, by, organisation, at, stated }
    }
}

impl Snapshot {
    /// Seals it. `signed` says of a field whether signatures are bound to it (the template does).
    #[must_use]
    pub fn seals(&self, controllers: impl IntoIterator<Item = OrganisationId>, signed: &dyn Fn(&str) -> bool) -> Seals {
        let items = items(&self.risks, &self.measures);
        let content = Content {
            title: &self.title,
            template: &self.template,
            modules: &self.modules,
            answers: &self.answers,
            items: &items,
        };
        seals(&content, controllers, signed)
    }

    /// It with an organisation's annex, its risks and measures as they stand now, and everything else as it was: what is frozen
    /// when a controller freezes its own annex.
    #[must_use]
    pub fn with_annex(&self, now: &Self, organisation: OrganisationId) -> Self {
        let annex = Part::Annex(organisation);
        let mut after = Self { parties: now.parties.clone(), ..self.clone() };
        after.answers.retain(|place, _| place.part != annex);
        after
            .answers
            .extend(now.answers.iter().filter(|(place, _)| place.part == annex).map(|(place, is)| (place.clone(), is.clone())));
        after.measures.retain(|measure| part_of(measure, &self.risks) != annex);
        after.measures.extend(now.measures.iter().filter(|measure| part_of(measure, &now.risks) == annex).cloned());
        after.risks.retain(|risk| risk.part != annex);
        after.risks.extend(now.risks.iter().filter(|risk| risk.part == annex).cloned());
        after
    }

    /// The body of a part as it is sealed, for exports.
    #[must_use]
    pub fn body(&self, part: Part, signed: &dyn Fn(&str) -> bool) -> Value {
        let items = items(&self.risks, &self.measures);
        let content = Content {
            title: &self.title,
            template: &self.template,
            modules: &self.modules,
            answers: &self.answers,
            items: &items,
        };
        super::seal::body(&content, part, signed)
    }

    /// What it says of each risk, by property, for comparisons, in the words of a matrix. What the matrix has no word for stands by
    /// its id.
    #[must_use]
    pub fn risks_in_words(&self, part: Option<Part>, matrix: &Matrix) -> Vec<(Uuid, BTreeMap<String, String>)> {
        self.risks
            .iter()
            .filter(|risk| part.is_none_or(|part| risk.part == part))
            .map(|risk| (risk.id.0, risk_in_words(risk, matrix)))
            .collect()
    }

    /// What it says of each measure, by property, for comparisons; progress is left out.
    #[must_use]
    pub fn measures_in_words(&self, part: Option<Part>) -> Vec<(Uuid, BTreeMap<String, String>)> {
        self.measures
            .iter()
            .filter(|measure| part.is_none_or(|part| part_of(measure, &self.risks) == part))
            .map(|measure| (measure.id.0, measure_in_words(measure, &self.risks)))
            .collect()
    }

    /// What it says of each measure of a part, by property, with how far it is: for whoever asks what changed.
    #[must_use]
    pub fn measures_as_far_as(&self, part: Part) -> Vec<(Uuid, BTreeMap<String, String>)> {
        let mut said = self.measures_in_words(Some(part));
        for (id, words) in &mut said {
            if let Some(measure) = self.measures.iter().find(|measure| measure.id.0 == *id) {
                words.insert("how-far-it-is".to_owned(), measure.progress.as_str().replace('-', " "));
                words.insert("what-shows-it".to_owned(), measure.evidence.clone());
            }
        }
        said
    }
}

fn risk_in_words(risk: &Risk, matrix: &Matrix) -> BTreeMap<String, String> {
    let mut words =
        BTreeMap::from([("title".to_owned(), risk.title.clone()), ("description".to_owned(), risk.description.clone())]);
    let step = |steps: &[Step], id: &str| steps.iter().find(|one| one.id == id).map_or(id, |one| one.label.as_str()).to_owned();
    let level = |id: &str| matrix.find_level(id).map_or(id, |level| level.label.as_str()).to_owned();
    for (when, assessed) in [("before", &risk.inherent), ("after", &risk.residual)] {
        if let Some(rating) = &assessed.rating {
            words.insert(format!("likelihood-{when}-measures"), step(&matrix.likelihood, &rating.likelihood));
            words.insert(format!("severity-{when}-measures"), step(&matrix.severity, &rating.severity));
            if let Some(given) = matrix.level(rating) {
                words.insert(format!("level-{when}-measures"), given.label.clone());
            }
        }
        if let Some(overridden) = &assessed.overridden {
            words.insert(format!("level-{when}-measures"), format!("{}: {}", level(&overridden.level), overridden.reason));
        }
    }
    words
}

fn measure_in_words(measure: &Measure, risks: &[Risk]) -> BTreeMap<String, String> {
    let about: Vec<&str> = measure
        .risks
        .iter()
        .filter_map(|id: &RiskId| risks.iter().find(|risk| risk.id == *id))
        .map(|risk| risk.title.as_str())
        .collect();
    let owner = [measure.owner.name.as_str(), &measure.owner.post]
        .iter()
        .filter(|text| !text.is_empty())
        .copied()
        .collect::<Vec<_>>()
        .join(", ");
    BTreeMap::from([
        ("title".to_owned(), measure.title.clone()),
        ("description".to_owned(), measure.description.clone()),
        ("risks".to_owned(), about.join("\n")),
        ("effect".to_owned(), measure.effect.map(|effect| effect_in_words(effect).to_owned()).unwrap_or_default()),
        ("owner".to_owned(), owner),
        ("due".to_owned(), measure.due.map(|due| due.strftime("%-d %B %Y").to_string()).unwrap_or_default()),
    ])
}

fn effect_in_words(effect: Effect) -> &'static str {
    match effect {
        Effect::Eliminated => "the risk cannot happen any more",
        Effect::Reduced => "the risk is less likely, or less severe",
        Effect::Accepted => "the risk stays, and that is accepted",
    }
}

/// The next number of a risk or a measure: one above the highest ever given.
#[must_use]
pub fn next_number(numbers: impl IntoIterator<Item = u32>) -> u32 {
    numbers.into_iter().max().unwrap_or(0) + 1
}

impl RiskRecord {
    /// Its id.
    #[must_use]
    pub fn id(&self) -> RiskId {
        self.risk.id
    }
}

impl MeasureRecord {
    /// Its id.
    #[must_use]
    pub fn id(&self) -> MeasureId {
        self.measure.id
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dpia::{
        ids::RiskId,
        library,
        risk::{Assessed, Override, Rating, Source},
        template::Purpose,
    };

    #[test]
    fn a_risk_is_told_in_the_words_of_the_matrix() {
        let matrix = &library::shipped().in_force(Purpose::Dpia, jiff::civil::date(2026, 11, 23)).unwrap().matrix;
        let rated = |likelihood: &str, severity: &str| Rating { likelihood: likelihood.into(), severity: severity.into() };
        let overridden = Some(Override { level: "low".into(), reason: "we know".into() });
        let risk = Risk {
            id: RiskId(Uuid::nil()),
            part: Part::Shared,
            title: "T".into(),
            description: String::new(),
            source: Source::Own,
            inherent: Assessed { rating: Some(rated("probable", "serious")), overridden: None },
            residual: Assessed { rating: Some(rated("remote", "unheard-of")), overridden },
        };
        let said = risk_in_words(&risk, matrix);
        let of = |name: &str| said.get(name).map(String::as_str);
        assert_eq!(of("likelihood-before-measures"), Some("More likely than not"));
        assert_eq!((of("severity-before-measures"), of("level-before-measures")), (Some("Serious harm"), Some("High")));
        assert_eq!((of("likelihood-after-measures"), of("level-after-measures")), (Some("Remote"), Some("Low: we know")));
        assert_eq!(of("severity-after-measures"), Some("unheard-of"), "what the matrix has no word for");
    }
}
