//! The files that a server knows, together: the shipped ones, and those that councils add. Reading them together checks what
//! no file can check alone: that lists and templates that are named exist, that a new version's map is whole, that conditions
//! name screening questions that are asked.

use super::{
    condition::{Condition, Read},
    file::{Document, Kind, Problem},
    overlay::Overlay,
    screening::Rules,
    template::{
        Edition, Purpose, Template,
        field::Required,
        migrate::{Migrated, migrate},
        options::OptionLists,
    },
};
use jiff::civil::Date;
use std::{collections::BTreeMap, sync::LazyLock};

pub(in crate::dpia) mod later;

/// The shipped files, by name: seeds of an empty database, and the context in which others are checked.
pub const SHIPPED: [(&str, &str); 4] = [
    ("legal-options.yaml", include_str!("../../../../data/dpia/legal-options.yaml")),
    ("screening.yaml", include_str!("../../../../data/dpia/screening.yaml")),
    ("uk-gdpr-dpia.yaml", include_str!("../../../../data/dpia/uk-gdpr-dpia.yaml")),
    ("review.yaml", include_str!("../../../../data/dpia/review.yaml")),
];

/// The shipped files, read once. They are checked by a test; one that is not sound is left out.
#[must_use]
pub fn shipped() -> &'static Library {
    static SHIPPED_ONCE: LazyLock<Library> = LazyLock::new(|| {
        let mut library = Library::default();
        let _ = library.add(&SHIPPED);
        library
    });
    &SHIPPED_ONCE
}

/// A version as what can be compared: '1.10.0' comes after '1.9.0'.
#[must_use]
pub fn order(version: &str) -> Vec<u64> {
    version.split('.').map(|part| part.parse().unwrap_or(0)).collect()
}

/// Files that were read together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Library {
    /// Lists of options.
    pub options: Vec<OptionLists>,
    /// Screening rules.
    pub screening: Vec<Rules>,
    /// Templates.
    pub templates: Vec<Template>,
    /// Overlays.
    pub overlays: Vec<Overlay>,
    /// Each of them word for word, by URN and version.
    pub texts: BTreeMap<Edition, String>,
}

impl Library {
    /// The shipped files.
    pub fn shipped() -> Result<Self, Vec<Problem>> {
        Self::read(&SHIPPED)
    }

    /// Reads files, given as name and text, or says all that is wrong with them. Files of sign-off routes are passed over.
    pub fn read(files: &[(&str, &str)]) -> Result<Self, Vec<Problem>> {
        let mut library = Self::default();
        let problems = library.add(files);
        if problems.is_empty() { Ok(library) } else { Err(problems) }
    }

    /// Adds files to those that are there; those that are sound are added, what is wrong with the others is returned.
    pub fn add(&mut self, files: &[(&str, &str)]) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut kinds = Vec::new();
        for (name, text) in files {
            match Document::read(name, text).and_then(|document| document.kind()) {
                Ok(kind) => kinds.push((kind, *name, *text)),
                Err(problem) => problems.push(problem),
            }
        }
        let of = |wanted: Kind| kinds.iter().filter(move |(kind, ..)| *kind == wanted).map(|(_, name, text)| (*name, *text));
        for (name, text) in of(Kind::Options) {
            let read = OptionLists::read(name, text);
            self.keep(read.as_ref().map(|one| &one.edition), text);
            take(read, &mut self.options, &mut problems);
        }
        for (name, text) in of(Kind::Screening) {
            let read = Rules::read(name, text);
            self.keep(read.as_ref().map(|one| &one.edition), text);
            take(read, &mut self.screening, &mut problems);
        }
        let mut added = Vec::new();
        for (name, text) in of(Kind::Template) {
            let before = self.templates.len();
            let read = Template::read(name, text, &self.options);
            self.keep(read.as_ref().map(|one| &one.edition), text);
            take(read, &mut self.templates, &mut problems);
            if self.templates.len() > before {
                added.push((before, name, text));
            }
        }
        for (index, name, text) in added {
            problems.extend(self.across(&self.templates[index], name, text));
        }
        for (name, text) in of(Kind::Overlay) {
            let read = Overlay::read(name, text, &self.templates, &self.options);
            self.keep(read.as_ref().map(|one| &one.edition), text);
            take(read, &mut self.overlays, &mut problems);
        }
        problems
    }

    fn keep(&mut self, edition: Result<&Edition, &Vec<Problem>>, text: &str) {
        if let Ok(edition) = edition {
            self.texts.entry(edition.clone()).or_insert_with(|| text.to_owned());
        }
    }

    /// What is wrong with a template among the others.
    fn across(&self, template: &Template, name: &str, text: &str) -> Vec<Problem> {
        let Ok(document) = Document::read(name, text) else { return Vec::new() };
        if self.templates.iter().filter(|other| other.edition == template.edition).count() > 1 {
            document.problem(
                "/version",
                &format!("There is another template {}", template.edition),
                "A published version never changes: give this one a new version",
            );
        }
        if let (Some(map), Some(old)) = (&template.map_from, self.before(template)) {
            for field in map.open(old, template) {
                document.problem(
                    "/map-from",
                    &format!(
                        "The map does not say what becomes of the field '{field}', or names it though version {} has it not",
                        map.version
                    ),
                    "Say renamed, split, merged or dropped of it",
                );
            }
        }
        let asked = |question: &str| self.screening.iter().any(|rules| rules.question(question).is_some());
        for question in screening_questions(template) {
            if !self.screening.is_empty() && !asked(&question) {
                document.problem(
                    "",
                    &format!("A condition or 'prefill' reads the screening question '{question}', which no rules ask"),
                    "Correct its spelling, or add the question to the screening rules",
                );
            }
        }
        document.problems()
    }

    /// A template by URN and version.
    #[must_use]
    pub fn template(&self, edition: &Edition) -> Option<&Template> {
        self.templates.iter().find(|template| template.edition == *edition)
    }

    /// The template for a purpose that is in force on a day: the one that came into force last.
    #[must_use]
    pub fn in_force(&self, purpose: Purpose, on: Date) -> Option<&Template> {
        self.templates
            .iter()
            .filter(|template| template.purpose == purpose && template.in_force <= on)
            .max_by_key(|template| template.in_force)
    }

    /// The screening rules that are in force on a day.
    #[must_use]
    pub fn screening_in_force(&self, on: Date) -> Option<&Rules> {
        let forces = self.screening.iter().filter(|rules| rules.in_force <= on);
        // Of versions that came into force on one day the later corrects the earlier.
        forces.max_by_key(|rules| (rules.in_force, order(&rules.edition.version)))
    }

    /// The version that a template replaces.
    #[must_use]
    pub fn before(&self, template: &Template) -> Option<&Template> {
        let version = template.replaces.clone()?;
        self.template(&Edition { urn: template.edition.urn.clone(), version })
    }

    /// The steps from one version of a template to a later one, oldest first; nothing when no chain of maps leads there.
    #[must_use]
    pub fn steps<'a>(&'a self, from: &Edition, to: &Edition) -> Option<Vec<(&'a Template, &'a Template)>> {
        let mut steps = Vec::new();
        let mut here = self.template(to)?;
        while here.edition != *from {
            let old = self.before(here)?;
            steps.push((old, here));
            here = old;
            // Versions that replace each other in a circle lead nowhere.
            if steps.len() > self.templates.len() {
                return None;
            }
        }
        steps.reverse();
        Some(steps)
    }

    /// Moves answers from one version to a later one, step by step; what is kept aside on the way stays aside.
    #[must_use]
    pub fn migrate(&self, from: &Edition, to: &Edition, answers: &super::answer::Answers) -> Option<Migrated> {
        let mut all = Migrated { answers: answers.clone(), unchanged: answers.len(), ..Migrated::default() };
        for (old, new) in self.steps(from, to)? {
            let step = migrate(old, new, new.map_from.as_ref()?, &all.answers);
            all.answers = step.answers;
            all.aside.extend(step.aside);
            all.moved.extend(step.moved);
            all.unchanged = all.unchanged.min(step.unchanged);
        }
        Some(all)
    }
}

/// All that is wrong with files, read beside the shipped ones. A file that is itself a shipped one (same URN and version) is
/// read in its place.
#[must_use]
pub fn check(files: &[(&str, &str)]) -> Vec<Problem> {
    let said = |text: &str| -> Option<(String, String)> {
        let document = Document::read("", text).ok()?;
        let text = |key: &str| document.value.get(key).and_then(|value| value.as_str()).map(str::to_owned);
        Some((text("urn")?, text("version")?))
    };
    let given: Vec<_> = files.iter().filter_map(|(_, text)| said(text)).collect();
    let shipped: Vec<(&str, &str)> =
        SHIPPED.into_iter().filter(|(_, text)| said(text).is_none_or(|edition| !given.contains(&edition))).collect();
    let mut library = Library::default();
    // Shipped files are sound by themselves; beside others they may miss what those replace, which is said of the others.
    let _ = library.add(&shipped);
    let mut problems = library.add(files);
    // Lists may stand in the given files for shipped templates and the other way round: read what failed for that once more.
    if shipped.len() < SHIPPED.len() {
        let all: Vec<(&str, &str)> = files.iter().copied().chain(shipped.iter().copied()).collect();
        library = Library::default();
        problems = library.add(&all);
    }
    // What an overlay says and a later version of its template has no place for is left out there, and said here.
    problems.extend(library.overlays.iter().flat_map(Overlay::unfit).flat_map(|fit| fit.problems.clone()));
    // What a published version is asked, its file is asked here.
    problems.extend(later::check(files, &library));
    // Routes of sign-off hang on no other file.
    for (name, text) in files {
        let route = Document::read(name, text).and_then(|document| document.kind()) == Ok(Kind::SignOff);
        if route && let Err(found) = super::sign_off::Route::read(name, text) {
            problems.extend(found);
        }
    }
    problems
}

/// The screening questions that a template reads.
pub(super) fn screening_questions(template: &Template) -> Vec<String> {
    let fields = template.fields().flat_map(|(_, field)| {
        let required = if let Required::When(condition) = &field.required { Some(condition) } else { None };
        let prefill = field.prefill.as_ref().and_then(|prefill| prefill.reads());
        field.when.iter().chain(required).flat_map(Condition::reads).chain(prefill)
    });
    let others = template.modules.iter().map(|module| &module.when).chain(template.risk_rules.iter().map(|rule| &rule.when));
    let mut questions = Vec::new();
    for read in fields.chain(others.flat_map(Condition::reads)) {
        if let Read::Screening(question) = read
            && !questions.iter().any(|other| other == question)
        {
            questions.push(question.to_owned());
        }
    }
    questions
}

fn take<T>(read: Result<T, Vec<Problem>>, into: &mut Vec<T>, problems: &mut Vec<Problem>) {
    match read {
        Ok(value) => into.push(value),
        Err(found) => problems.extend(found),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dpia::prefill::Prefill;
    use serde_json::Value;
    use std::collections::BTreeSet;

    /// Every key that a schema knows, and every word of its closed lists.
    fn words(schema: &Value, into: &mut BTreeSet<String>) {
        match schema {
            Value::Object(map) => {
                if let Some(Value::Object(properties)) = map.get("properties") {
                    into.extend(properties.keys().cloned());
                }
                if let Some(Value::Array(words)) = map.get("enum") {
                    into.extend(words.iter().filter_map(Value::as_str).map(str::to_owned));
                }
                map.values().for_each(|value| words(value, into));
            }
            Value::Array(list) => list.iter().for_each(|value| words(value, into)),
            _ => {}
        }
    }

    #[test]
    fn the_authors_page_explains_every_key() {
        let page = include_str!("../../../../docs/TEMPLATES.md");
        let mut known: BTreeSet<String> = Prefill::names().map(str::to_owned).collect();
        for kind in [Kind::Template, Kind::Screening, Kind::Options, Kind::Overlay] {
            words(&serde_json::from_str(kind.schema().unwrap()).unwrap(), &mut known);
        }
        // Words of code on the page: what stands between backticks.
        let said: BTreeSet<&str> = page
            .split('`')
            .skip(1)
            .step_by(2)
            .flat_map(|code| code.split(|letter: char| !(letter.is_ascii_alphanumeric() || "-.".contains(letter))))
            .collect();
        let missing: Vec<_> = known.iter().filter(|word| !said.contains(word.as_str())).collect();
        assert!(missing.is_empty(), "docs/TEMPLATES.md does not explain {missing:?}");
    }

    #[test]
    fn a_files_own_problem_is_said_beside_the_shipped_ones() {
        let mine = SHIPPED[3].1.replace("prefill: project.purpose}", "prefill: screening.unheard-of}");
        let problems = check(&[("mine.yaml", &mine)]);
        assert!(problems.iter().all(|problem| problem.file == "mine.yaml") && !problems.is_empty(), "{problems:#?}");
        let unread = check(&[("mine.yaml", "title: x\n")]);
        assert!(unread[0].what.contains("does not say what it is"), "{unread:#?}");
        let overlay = "kind: overlay\nurn: urn:example:overlay:x\nversion: 1.0.0\ntitle: X\nabout: X\nin-force: 2026-03-01\norganisation: camden\nof: {urn: \"urn:citytools:dpia:uk-gdpr\", version: 1.0.0}\nguidance: [{field: aims, text: Ask us.}]\n";
        assert!(check(&[("overlay.yaml", overlay)]).is_empty());
    }

    #[test]
    fn a_route_of_sign_off_is_checked_too() {
        let route = crate::dpia::sign_off::route::SHIPPED;
        assert!(check(&[("route.yaml", route)]).is_empty());
        let broken = route.replacen("role: cio", "role: nobody", 1);
        assert_ne!(broken, route);
        let problems = check(&[("route.yaml", &broken)]);
        assert!(problems.iter().any(|problem| problem.file == "route.yaml" && problem.line.is_some()), "{problems:#?}");
    }

    #[test]
    fn a_screening_question_that_nobody_asks_is_found() {
        let options = SHIPPED[0];
        let screening = SHIPPED[1];
        let mine = SHIPPED[3].1.replace("{screening: invisible, is:", "{screening: unheard-of, is:");
        let problems = Library::read(&[options, screening, ("mine.yaml", &mine)]).unwrap_err();
        assert!(problems[0].what.contains("'unheard-of'"), "{problems:#?}");
    }
}
