//! The hand-over to a data sharing agreement: what the agreement takes over from the assessment, so that nobody types it again.
//!
//! The agreement itself is written elsewhere; this is the seam. It names parties with their roles and gateways, purposes, lawful
//! bases, the data, and the ways on which it moves. The template says what each field holds for it (`agreement`); tables are found by
//! what they are tables of. A template that says it of no field is read by the ids that the shipped templates give theirs, and what it
//! answers besides goes over too, under a heading of its own: nothing that the parties have written is left behind.

use super::super::{
    answer::Answer,
    assessment::{Assessment, Joined, PartyRole},
    place::Part,
    seal::{Seal, Seals},
    template::{
        self,
        field::{Agreement, Field, FieldKind, TableOf},
        view::View,
    },
};
use crate::{people::Role, register::ids::OrganisationId};
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
    pub sealed: Seal,
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
    /// What the shared body says besides, of templates that do not say which of it an agreement wants.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<Said>,
    /// What was signed of the assessment, and whether each signature holds for these words; the oldest first.
    pub signatures: Vec<Signed>,
}

/// A signature of the assessment. It says roles and organisations, no person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Signed {
    /// The step, in words.
    pub step: String,
    /// The role.
    pub role: Role,
    /// For which organisation.
    pub organisation: String,
    /// When, milliseconds of UTC.
    pub at: i64,
    /// The words that the signer confirmed.
    pub says: String,
    /// Whether it is bound to these words.
    pub holds: bool,
    /// That in words, with what became of it.
    pub state: String,
    /// The seal of the shared body that it is bound to.
    pub shared: Seal,
    /// The seal of the organisation's annex that it is bound to.
    pub annex: Seal,
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
    /// SHA-256 of its own annex, where it has one.
    pub sealed: Option<Seal>,
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

/// Makes the hand-over. `name` says what an organisation is called; `version` is the version's name
/// with the seals of its parts.
#[must_use]
pub fn hand_over(
    assessment: &Assessment,
    view: View<'_>,
    name: &dyn Fn(OrganisationId) -> String,
    version: (&str, &Seals),
    signatures: Vec<Signed>,
) -> HandOver {
    let shared = view.of(Part::Shared);
    let marked = view.template.fields().any(|(_, field)| field.agreement.is_some());
    let mark = |field: &Field| if marked { field.agreement } else { template::known_agreement(&field.id) };
    let of = |view: View<'_>, wanted: Agreement| said(view, &|field| mark(field) == Some(wanted));
    // Data and flows are tables of their own, risks and people no part of an agreement.
    let besides = |field: &Field| {
        let apart = matches!(
            field.kind,
            FieldKind::Risks | FieldKind::People | FieldKind::Rows { of: TableOf::DataItems | TableOf::DataFlows, .. }
        );
        !marked && !apart && mark(field).is_none()
    };
    let parties = assessment
        .parties
        .iter()
        .filter(|party| matches!(party.joined, Joined::Accepted | Joined::Invited))
        .map(|party| Party {
            organisation: name(party.organisation),
            role: party.role,
            joined: party.joined,
            contacts: party.contacts.clone(),
            sealed: version.1.annexes.get(&party.organisation).copied().filter(|_| party.role.controls()),
            says: if party.role.controls() { of(view.of(Part::Annex(party.organisation)), Agreement::Parties) } else { vec![] },
        })
        .collect();
    HandOver {
        format: FORMAT,
        assessment: assessment.number.clone(),
        title: assessment.title.clone(),
        version: version.0.to_owned(),
        sealed: version.1.shared,
        parties,
        purposes: of(shared, Agreement::Purposes),
        lawful_bases: of(shared, Agreement::LawfulBases),
        data_items: tables(shared, TableOf::DataItems),
        data_flows: tables(shared, TableOf::DataFlows),
        terms: of(shared, Agreement::Terms),
        others: said(shared, &besides),
        signatures,
    }
}

fn said(view: View<'_>, wanted: &dyn Fn(&Field) -> bool) -> Vec<Said> {
    view.fields()
        .into_iter()
        .filter(|field| wanted(field))
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
