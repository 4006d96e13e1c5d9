//! Papers: the files that are made of an assessment, for people (PDF, DOCX, Markdown) and for programs (CSV, XLSX, JSON).
//!
//! A paper is made of a [`Subject`]: a document of the exchange with its template. `domain::dpia::export` says what belongs in,
//! the files here put it under headings, `documents` and `typeset` write the bytes. Nothing here reads a database or a request.
//!
//! | module | the paper |
//! |---|---|
//! | [`assessment`] | the whole assessment |
//! | [`agreement`] | what a data sharing agreement takes over |
//! | [`consultation`] | the pack for the Information Commissioner (UK GDPR Article 36(3)) |
//! | [`compared`] | two states of it, with the changes marked |
//! | `consulted` | what the Commissioner was asked and answered |
//! | [`files`] | every file by name |
//! | [`intake`] | the way back: files that become assessments |
//! | [`kept`] | a version that an organisation signed before it left |
//! | [`public`] | what the public sees, with what was taken out and why |
//! | [`signed`] | what was signed: versions, seals, signatures with their words and their state |
//! | [`tables`] | answers as CSV, risks as XLSX |

pub mod agreement;
pub mod assessment;
pub mod compared;
pub mod consultation;
mod consulted;
pub mod files;
pub mod intake;
pub mod kept;
pub mod public;
pub mod signed;
pub mod tables;

#[cfg(test)]
mod said_tests;
#[cfg(test)]
mod signed_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) mod typed_tests;

use crate::web::words;
use documents::document::{Block, Column, Document, Table, Text, lines as text_lines};
use domain::dpia::{
    answer::{Answer, Answers},
    assessment::{Joined, PartyRole},
    exchange::Bundle,
    export::Line,
    ids::SignatureId,
    place::Part,
    review,
    risk::Measure,
    seal::Seals,
    sign_off::Holder,
    task::{Assignee, Task, of_measure},
    template::{
        Template,
        field::FieldKind,
        view::{Facts, Screened, View},
    },
    version::Snapshot,
};
use domain::{
    people::{Person, PersonId, Role, Scope},
    register::ids::OrganisationId,
};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::Store;
use uuid::Uuid;

/// The names of those who signed, wrote, or are asked by tasks, for the parties' own papers.
///
/// # Errors
/// When the database fails.
pub async fn names(
    store: &Store,
    scope: &Scope,
    bundle: &Bundle,
    tasks: &[Task],
) -> Result<HashMap<PersonId, String>, store::Error> {
    let mut wanted: Vec<Uuid> = bundle.signatures.iter().map(|signature| signature.person.0).collect();
    wanted.extend(bundle.fields.iter().map(|field| field.by.0));
    wanted.extend(bundle.assessment.left_off().map(|said| said.by.0));
    wanted.extend(tasks.iter().filter_map(|task| match task.assignee {
        Assignee::Person { person, .. } => Some(person.0),
        Assignee::Role { .. } => None,
    }));
    wanted.sort_unstable();
    wanted.dedup();
    let people = store.get_many::<Person>(scope, &wanted).await?;
    Ok(people.into_iter().map(|person| (person.id, person.name)).collect())
}

/// The names of the data protection officers of its controllers, by organisation, who hold the role here; their deputies stand in for
/// them and are not named.
///
/// # Errors
/// When the database fails.
pub async fn officers(
    store: &Store,
    scope: &Scope,
    holders: &[Holder],
) -> Result<HashMap<OrganisationId, Vec<String>>, store::Error> {
    let held: Vec<&Holder> = holders.iter().filter(|holder| holder.role == Role::Dpo && !holder.deputy).collect();
    let mut wanted: Vec<Uuid> = held.iter().map(|holder| holder.person.0).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let names: HashMap<PersonId, String> =
        store.get_many::<Person>(scope, &wanted).await?.into_iter().map(|person| (person.id, person.name)).collect();
    let mut officers: HashMap<OrganisationId, Vec<String>> = HashMap::new();
    for holder in held {
        if let Some(name) = names.get(&holder.person) {
            officers.entry(holder.organisation).or_default().push(name.clone());
        }
    }
    Ok(officers)
}

/// What a paper is made of.
pub struct Subject<'a> {
    bundle: &'a Bundle,
    template: &'a Template,
    answers: Answers,
    screened: Screened,
    modules: BTreeSet<String>,
    /// Names of people, for the parties' own papers; without one a person is said by role and organisation.
    people: HashMap<PersonId, String>,
    /// Its tasks, for papers that say with whom a measure is now.
    tasks: Vec<Task>,
    /// The titles of the steps that were signed, by organisation and step.
    steps: HashMap<(OrganisationId, String), String>,
    /// The signatures that the board of signatures passes over although they are bound to the text.
    passed_over: BTreeSet<SignatureId>,
    /// The names of the data protection officers who are here, by organisation.
    officers: HashMap<OrganisationId, Vec<String>>,
    /// The seals of what it says: of the controllers that take part, and of those whose annexes versions hold, or that signed.
    seals: Seals,
}

impl<'a> Subject<'a> {
    /// A document of the exchange with its template, and the names of people as far as they may be shown.
    #[must_use]
    pub fn new(bundle: &'a Bundle, template: &'a Template, people: HashMap<PersonId, String>) -> Self {
        let screened = bundle.screening.as_ref().map(|screening| screening.answers.clone()).unwrap_or_default();
        let snapshot = Snapshot {
            title: bundle.assessment.title.clone(),
            template: bundle.assessment.template.clone(),
            modules: bundle.assessment.modules.clone(),
            parties: bundle.assessment.parties.clone(),
            answers: bundle.answers(),
            risks: bundle.risks.iter().map(|record| record.risk.clone()).collect(),
            measures: bundle.measures.iter().map(|record| record.measure.clone()).collect(),
        };
        let mut sealed: BTreeSet<OrganisationId> = bundle.assessment.controllers().collect();
        sealed.extend(bundle.versions.iter().flat_map(|version| version.seals.annexes.keys()));
        sealed.extend(bundle.signatures.iter().map(|signature| signature.organisation));
        let seals = snapshot.seals(sealed, &|field| template.signed(field));
        // The day of the next review is outside of what is signed: it is said as it is kept up to date.
        let mut answers = snapshot.answers;
        if let Some(on) = bundle.assessment.review_on.filter(|_| review::looked_at(&bundle.assessment))
            && let Some(place) = template.review_date(bundle.assessment.lead).filter(|place| answers.contains_key(place))
        {
            answers.insert(place, Answer::Date(on));
        }
        let modules = bundle.assessment.modules.iter().cloned().collect();
        Self {
            bundle,
            template,
            answers,
            screened,
            modules,
            people,
            tasks: Vec::new(),
            steps: HashMap::new(),
            passed_over: BTreeSet::new(),
            officers: HashMap::new(),
            seals,
        }
    }

    /// It with the titles of the steps that were signed; without them a step is called by its id.
    #[must_use]
    pub fn with_steps(self, steps: HashMap<(OrganisationId, String), String>) -> Self {
        Self { steps, ..self }
    }

    /// It with the signatures that do not hold although they are bound to its text ([`domain::dpia::sign_off::Board::passed_over`]):
    /// a document knows neither who wrote what nor by which route it is signed.
    #[must_use]
    pub fn passing_over(self, passed_over: BTreeSet<SignatureId>) -> Self {
        Self { passed_over, ..self }
    }

    /// It with the names of the organisations' data protection officers; without them only what the answers say of them is known.
    #[must_use]
    pub fn with_officers(self, officers: HashMap<OrganisationId, Vec<String>>) -> Self {
        Self { officers, ..self }
    }

    /// It with its tasks, whose people stand among the names.
    #[must_use]
    pub fn with_tasks(self, tasks: Vec<Task>) -> Self {
        Self { tasks, ..self }
    }

    /// With whom a measure's task is now, and by when; none where nobody is asked.
    fn now(&self, measure: &Measure) -> Option<(String, Option<Date>)> {
        let task = of_measure(&self.tasks, measure.id)?;
        let name = match task.assignee {
            Assignee::Person { person, .. } => self.person(person),
            Assignee::Role { role, .. } => role.words().to_owned(),
        };
        Some((name, measure.due_by(Some(task))))
    }

    /// The assessment through its template.
    #[must_use]
    pub fn view(&self) -> View<'_> {
        let assessment = &self.bundle.assessment;
        View {
            template: self.template,
            answers: &self.answers,
            screened: &self.screened,
            modules: &self.modules,
            facts: Facts {
                several_controllers: assessment.controllers().count() > 1,
                processors: assessment.members().any(|party| party.role == PartyRole::Processor),
                risks: self.bundle.risks.len(),
            },
            part: Part::Shared,
        }
    }

    /// Its parts: the shared body, then an annex for each controller.
    fn parts(&self) -> Vec<Part> {
        self.bundle.assessment.parts().collect()
    }

    fn part_title(&self, part: Part) -> String {
        match part {
            Part::Shared => "Shared body".to_owned(),
            Part::Annex(organisation) => format!("Annex: {}", self.bundle.organisation(organisation)),
        }
    }

    fn person(&self, person: PersonId) -> String {
        self.people.get(&person).cloned().unwrap_or_else(|| "A person of this organisation".to_owned())
    }

    /// Whether it is the record of one that was made elsewhere.
    fn is_record(&self) -> bool {
        self.bundle.assessment.is_record()
    }

    /// Whether there is something to seal: of a record that holds no words, the document that was signed is a file beside it.
    fn holds_words(&self) -> bool {
        !self.is_record() || !self.bundle.fields.is_empty() || !self.bundle.risks.is_empty()
    }

    /// What stands where nothing was answered: 'yet' only while it can still be written.
    pub(super) fn unanswered(&self) -> &'static str {
        if self.is_frozen() { "Not answered" } else { "Not answered yet" }
    }

    /// The risks of a part by their numbers, as the table of risks has them.
    fn risks_of(&self, part: Part) -> String {
        let mut numbers: Vec<u32> =
            self.bundle.risks.iter().filter(|record| record.risk.part == part).map(|record| record.number).collect();
        numbers.sort_unstable();
        if numbers.is_empty() {
            return "None".to_owned();
        }
        numbers.into_iter().map(|number| format!("R{number}")).collect::<Vec<_>>().join(", ")
    }

    /// A document that says which assessment and which version it is, with the parties and the state of signatures.
    fn front(&self, kind: &str, made_at: i64) -> Document {
        let assessment = &self.bundle.assessment;
        let made = jiff::Timestamp::from_millisecond(made_at).unwrap_or_default();
        let mut document = Document::new(&assessment.title, self.bundle.organisation(assessment.lead), self.version(), made);
        document.subtitle = Some(format!("{kind}, {}", assessment.number));
        let fact = |label: &str, value: &str| documents::document::Pair::new(label, value);
        if self.holds_words() {
            document.hash = Some(self.seals.shared.to_string());
            document.labels.hash = "Seal of the shared text (SHA-256)".into();
            self.sealed(&mut document);
        }
        document.facts.push(fact("Where it stands", &capital(words::stands(assessment.state))));
        for party in assessment.parties.iter().filter(|party| matches!(party.joined, Joined::Accepted | Joined::Invited)) {
            let invited = if party.joined == Joined::Invited { ", invited" } else { "" };
            let value = format!("{}{invited}", self.bundle.organisation(party.organisation));
            document.facts.push(fact(party_role(party.role), &value));
        }
        document.facts.push(fact("Template", &format!("{}, version {}", self.template.title, self.template.edition.version)));
        // A part that is off takes its questions and its steps of sign-off with it: whoever relies on the paper reads why.
        for said in assessment.left_off() {
            let title = self.template.module(&said.module).map_or(said.module.as_str(), |module| module.title.as_str());
            let (by, organisation) = (self.person(said.by), self.bundle.organisation(said.organisation));
            let reasons = said.reasons.split_whitespace().collect::<Vec<_>>().join(" ");
            let stated = if said.stated { ", as the imported file states" } else { "" };
            let value = format!("because: {reasons} ({by}, {organisation}, {}{stated})", words::instant(said.at));
            document.facts.push(fact(&format!("Left off: {title}"), &value));
        }
        document.facts.push(fact("File made", &words::instant(made_at)));
        document
    }
}

/// Puts an answer under its question. Risks are no text of the answer: they are named, and stand in the table of risks.
fn answer(document: &mut Document, subject: &Subject<'_>, line: &Line<'_>) {
    document.heading(3, &line.field.label);
    match (line.answer, &line.field.kind) {
        (_, FieldKind::Risks) => document.push(Block::Paragraph(Text::plain(&subject.risks_of(line.part)))),
        (None, _) => document.push(Block::Paragraph(Text::plain(subject.unanswered()))),
        (Some(Answer::Rows(rows)), FieldKind::Rows { columns, .. }) => {
            let mut table = Table::new(line.field.label.as_str(), columns.iter().map(|column| column.label.as_str()));
            for row in rows {
                let cells = columns.iter().map(|column| {
                    let text = row.cells.get(&column.id).map(|cell| cell.plain(&column.kind.labels())).unwrap_or_default();
                    Text::plain(&text.replace('\n', "; "))
                });
                table.rows.push(cells.collect());
            }
            document.push(Block::Table(table));
        }
        (
            Some(
                answer @ (Answer::Many(_)
                | Answer::People(_)
                | Answer::Organisations(_)
                | Answer::Systems(_)
                | Answer::Suppliers(_)),
            ),
            _,
        ) => {
            let text = answer.plain(&line.field.labels());
            document.push(Block::List { ordered: false, items: text_lines(&text).map(Text::plain).collect() });
        }
        (Some(answer), _) => document.text(&answer.plain(&line.field.labels())),
    }
}

/// A table with columns of these shares.
fn table(caption: &str, columns: &[(&str, u16)]) -> Table {
    let columns =
        columns.iter().map(|(heading, weight)| Column { heading: (*heading).to_owned(), weight: *weight, numeric: false });
    Table { caption: caption.to_owned(), columns: columns.collect(), rows: Vec::new(), row_headers: true }
}

fn party_role(role: PartyRole) -> &'static str {
    match role {
        PartyRole::Controller => "Controller",
        PartyRole::JointController => "Joint controller",
        PartyRole::Processor => "Processor",
    }
}

fn capital(words: &str) -> String {
    let mut chars = words.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// Lines grouped by part and section, in order.
fn sections<'l, 'a>(lines: &'l [Line<'a>]) -> BTreeMap<(Part, usize), Vec<&'l Line<'a>>> {
    let mut groups: BTreeMap<(Part, usize), Vec<&Line<'a>>> = BTreeMap::new();
    for line in lines {
        groups.entry((line.part, line.number)).or_default().push(line);
    }
    groups
}
