//! The hand-over to a data sharing agreement: what the agreement takes over from the assessment, so that nobody types it again.
//!
//! The agreement itself is written elsewhere; this is the seam. It names parties with their roles and gateways, purposes, lawful
//! bases, the data, and the ways on which it moves. Tables are found by what the template says they are tables of; the other answers
//! by the ids that the shipped templates give them.

use super::super::{
    answer::Answer,
    assessment::{Assessment, Joined, PartyRole},
    place::Part,
    template::{
        field::{FieldKind, TableOf},
        view::View,
    },
};
use crate::register::ids::OrganisationId;
use serde::Serialize;

/// What the first key of the JSON says.
pub const FORMAT: &str = "city-tools data sharing hand-over 1";

/// The hand-over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HandOver {
    /// [`FORMAT`].
    pub format: &'static str,
    /// The assessment's number.
    pub assessment: String,
    /// Its title.
    pub title: String,
    /// The name of the version it was taken from, with its seal: the agreement can say which.
    pub version: String,
    /// SHA-256 of that version's shared body.
    pub sealed: Option<String>,
    /// The parties that take part, and those that were asked to.
    pub parties: Vec<Party>,
    /// What it is for.
    pub purposes: Vec<Said>,
    /// The lawful bases, with conditions for special categories.
    pub lawful_bases: Vec<Said>,
    /// Which data.
    pub data_items: Vec<Table>,
    /// On which ways it moves.
    pub data_flows: Vec<Table>,
    /// What else an agreement settles: retention, security, rights, transfers.
    pub terms: Vec<Said>,
}

/// A party.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Party {
    /// Its name.
    pub organisation: String,
    /// What it is to the processing.
    pub role: PartyRole,
    /// Whether it has joined.
    pub joined: Joined,
    /// Whom to ask there: posts and shared mailboxes.
    pub contacts: Vec<String>,
    /// What its own annex says: which law gives it the power, how duties are shared.
    pub says: Vec<Said>,
}

/// A question with its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Said {
    /// The field, by id.
    pub field: String,
    /// The question.
    pub question: String,
    /// The answer, as plain text.
    pub answer: String,
}

/// A table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Table {
    /// The field, by id.
    pub field: String,
    /// The question.
    pub title: String,
    /// The headings of its columns.
    pub columns: Vec<String>,
    /// Its rows: one text for each column.
    pub rows: Vec<Vec<String>>,
}

const PURPOSES: [&str; 5] = ["aims", "use", "effect", "benefits", "achieves"];
const BASES: [&str; 8] = [
    "lawful-basis",
    "lawful-basis-why",
    "interests",
    "recognised-interest",
    "special-conditions",
    "offence-ground",
    "schedule-1",
    "confidence",
];
const TERMS: [&str; 10] = [
    "origin",
    "storage",
    "deletion",
    "minimisation",
    "informed",
    "rights",
    "complaints",
    "access-control",
    "security-measures",
    "incidents",
];
const OWN: [&str; 3] = ["gateway", "arrangement", "our-notice"];

/// Makes the hand-over. `name` says what an organisation is called; `version` is the version's name and its seal.
#[must_use]
pub fn hand_over(
    assessment: &Assessment,
    view: View<'_>,
    name: &dyn Fn(OrganisationId) -> String,
    version: (&str, Option<String>),
) -> HandOver {
    let shared = view.of(Part::Shared);
    let parties = assessment
        .parties
        .iter()
        .filter(|party| matches!(party.joined, Joined::Accepted | Joined::Invited))
        .map(|party| Party {
            organisation: name(party.organisation),
            role: party.role,
            joined: party.joined,
            contacts: party.contacts.clone(),
            says: if party.role.controls() { said(view.of(Part::Annex(party.organisation)), &OWN) } else { vec![] },
        })
        .collect();
    HandOver {
        format: FORMAT,
        assessment: assessment.number.clone(),
        title: assessment.title.clone(),
        version: version.0.to_owned(),
        sealed: version.1,
        parties,
        purposes: said(shared, &PURPOSES),
        lawful_bases: said(shared, &BASES),
        data_items: tables(shared, TableOf::DataItems),
        data_flows: tables(shared, TableOf::DataFlows),
        terms: said(shared, &TERMS),
    }
}

fn said(view: View<'_>, ids: &[&str]) -> Vec<Said> {
    let fields = view.fields();
    ids.iter()
        .filter_map(|id| fields.iter().find(|field| field.id == *id))
        .filter_map(|field| {
            let answer = view.answer(&field.id)?.plain(&field.labels());
            Some(Said { field: field.id.clone(), question: field.label.clone(), answer })
        })
        .collect()
}

fn tables(view: View<'_>, wanted: TableOf) -> Vec<Table> {
    let fields = view.fields();
    fields
        .iter()
        .filter_map(|field| {
            let FieldKind::Rows { of, columns } = &field.kind else { return None };
            let Some(Answer::Rows(rows)) = view.answer(&field.id).filter(|_| *of == wanted) else { return None };
            let cell = |row: &super::super::answer::Row, column: &super::super::template::field::Column| {
                row.cells.get(&column.id).map(|cell| cell.plain(&column.kind.labels())).unwrap_or_default()
            };
            Some(Table {
                field: field.id.clone(),
                title: field.label.clone(),
                columns: columns.iter().map(|column| column.label.clone()).collect(),
                rows: rows.iter().map(|row| columns.iter().map(|column| cell(row, column)).collect()).collect(),
            })
        })
        .collect()
}
