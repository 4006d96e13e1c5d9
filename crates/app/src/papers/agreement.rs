//! What a data sharing agreement takes over from an assessment: parties, purposes, lawful bases, data and flows. DOCX to write on in,
//! JSON for a tool that makes agreements.

use super::{Subject, party_role};
use documents::document::{Block, Document, Pair, Table, Text};
use domain::dpia::{
    assessment::Joined,
    export::agreement::{self, HandOver, Said, Signed},
};

/// The values.
#[must_use]
pub fn values(subject: &Subject<'_>) -> HandOver {
    let name = |id| subject.bundle.organisation(id);
    let version = subject.version();
    let signatures = subject.signed().into_iter().map(|one| Signed {
        step: one.step,
        role: one.signature.role,
        organisation: one.organisation,
        at: one.signature.at,
        says: one.signature.says.clone(),
        holds: one.holds,
        state: one.state,
        shared: one.signature.shared,
        annex: one.signature.annex,
    });
    agreement::hand_over(&subject.bundle.assessment, subject.view(), &name, (&version, &subject.seals), signatures.collect())
}

/// The document.
#[must_use]
pub fn paper(subject: &Subject<'_>, made_at: i64) -> Document {
    let values = values(subject);
    let mut document = subject.front("For a data sharing agreement, taken from the assessment", made_at);
    subject.signatures(&mut document, false);
    document.heading(1, "Parties");
    for party in &values.parties {
        document.heading(2, &party.organisation);
        let contacts = if party.contacts.is_empty() { "Nobody yet".to_owned() } else { party.contacts.join("\n") };
        let mut pairs = vec![Pair::new("Role", party_role(party.role)), Pair::new("Contacts", &contacts)];
        if party.joined == Joined::Invited {
            pairs.push(Pair::new("Takes part", "Invited, has not answered"));
        }
        pairs.extend(party.says.iter().map(|said| Pair::new(&said.question, &said.answer)));
        document.push(Block::Pairs(pairs));
    }
    said(&mut document, subject, "Purposes", &values.purposes);
    said(&mut document, subject, "Lawful bases and conditions", &values.lawful_bases);
    tables(&mut document, subject, "Data", &values.data_items);
    tables(&mut document, subject, "Data flows", &values.data_flows);
    said(&mut document, subject, "Retention, security and rights", &values.terms);
    if !values.others.is_empty() {
        said(&mut document, subject, "What the assessment says besides", &values.others);
    }
    document
}

fn said(document: &mut Document, subject: &Subject<'_>, title: &str, list: &[Said]) {
    document.heading(1, title);
    if list.is_empty() {
        document.text(subject.unanswered());
        return;
    }
    document.push(Block::Pairs(list.iter().map(|said| Pair::new(&said.question, &said.answer)).collect()));
}

fn tables(document: &mut Document, subject: &Subject<'_>, title: &str, list: &[agreement::Table]) {
    document.heading(1, title);
    if list.is_empty() {
        document.text(subject.unanswered());
    }
    for table in list {
        let mut out = Table::new(&table.title, table.columns.iter().map(String::as_str));
        out.rows = table.rows.iter().map(|row| row.iter().map(|cell| Text::plain(cell)).collect()).collect();
        document.push(Block::Table(out));
    }
}
