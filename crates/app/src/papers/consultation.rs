//! The pack for the Information Commissioner: one document with what Article 36(3) of the UK GDPR asks for, letter by letter, and the
//! assessment itself.

use super::{Subject, assessment, party_role, table};
use documents::document::{Block, Document, Pair};
use domain::dpia::{
    assessment::Joined,
    export::{self, agreement},
    place::Part,
    risk::Band,
};

/// The document. It names roles and organisations; of people only the contacts that the assessment gives.
#[must_use]
pub fn paper(subject: &Subject<'_>, made_at: i64) -> Document {
    let mut document = subject.front("Prior consultation under Article 36 of the UK GDPR", made_at);
    subject.signatures(&mut document, false);
    document.contents = true;
    responsibilities(subject, &mut document);
    let values = super::agreement::values(subject);
    document.heading(1, "2. Purposes and means: Article 36(3)(b)");
    pairs(&mut document, &values.purposes);
    for list in values.data_items.iter().chain(&values.data_flows) {
        let mut out = documents::document::Table::new(&list.title, list.columns.iter().map(String::as_str));
        out.rows = list.rows.iter().map(|row| row.iter().map(|cell| documents::document::Text::plain(cell)).collect()).collect();
        document.push(Block::Table(out));
    }
    document.heading(1, "3. Measures and safeguards: Article 36(3)(c)");
    pairs(&mut document, &values.lawful_bases);
    pairs(&mut document, &values.terms);
    high(subject, &mut document);
    officers(subject, &mut document);
    document.heading(1, "5. The assessment: Article 36(3)(e)");
    document.text(&if subject.is_frozen() {
        format!("It follows whole, as frozen in {}, with its risks, its measures and the advice.", subject.version())
    } else {
        format!(
            "It follows whole, with its risks, its measures and the advice, as it is being written ({}): it is not frozen.",
            subject.version()
        )
    });
    assessment::body(subject, &mut document);
    assessment::risks(subject, &mut document);
    assessment::advice(subject, &mut document);
    subject.said(&mut document);
    document
}

fn responsibilities(subject: &Subject<'_>, document: &mut Document) {
    document.heading(1, "1. Responsibilities: Article 36(3)(a)");
    let mut list =
        table("Controllers, joint controllers and processors", &[("Organisation", 3), ("Role", 2), ("Responsibilities", 5)]);
    let view = subject.view();
    for party in subject.bundle.assessment.parties.iter().filter(|party| party.joined == Joined::Accepted) {
        let annex = view.of(Part::Annex(party.organisation));
        let arrangement = view
            .template
            .field("arrangement")
            .and_then(|field| Some(annex.answer("arrangement")?.plain(&field.labels())))
            .unwrap_or_else(|| "Not described in its annex".to_owned());
        list.row([subject.bundle.organisation(party.organisation).as_str(), party_role(party.role), &arrangement]);
    }
    document.push(Block::Table(list));
}

/// The risks that stay high: why the Commissioner is asked.
fn high(subject: &Subject<'_>, document: &mut Document) {
    document.heading(2, "Risks that stay high");
    let rows = export::risks::rows(&subject.bundle.risks, &subject.bundle.measures, &subject.template.matrix);
    let mut list = table(
        "Risks that stay high after measures",
        &[("Risk", 1), ("What could happen", 4), ("After measures", 3), ("Measures", 4)],
    );
    for row in rows.iter().filter(|row| row.after.level.is_some_and(|level| level.counts_as == Band::High)) {
        let measures: Vec<&str> = row.measures.iter().map(|record| record.measure.title.as_str()).collect();
        let words = [row.title, row.description].join("\n");
        list.row([row.number.as_str(), words.trim(), &assessment::rated(&row.after), &measures.join("\n")]);
    }
    if list.rows.is_empty() {
        document.text("None of the recorded risks is high after measures.");
    } else {
        document.push(Block::Table(list));
    }
}

fn officers(subject: &Subject<'_>, document: &mut Document) {
    document.heading(1, "4. Data protection officers: Article 36(3)(d)");
    let view = subject.view();
    let of = |party: &domain::dpia::assessment::Party| {
        let annex = view.of(Part::Annex(party.organisation));
        let contacts =
            view.template.field("our-contacts").and_then(|field| Some(annex.answer("our-contacts")?.plain(&field.labels())));
        let contacts = contacts.unwrap_or_else(|| party.contacts.join("\n"));
        Pair::new(subject.bundle.organisation(party.organisation), if contacts.is_empty() { "Not provided" } else { &contacts })
    };
    let parties = subject.bundle.assessment.members().filter(|party| party.role.controls());
    document.push(Block::Pairs(parties.map(of).collect()));
}

fn pairs(document: &mut Document, list: &[agreement::Said]) {
    if !list.is_empty() {
        document.push(Block::Pairs(list.iter().map(|said| Pair::new(&said.question, &said.answer)).collect()));
    }
}
