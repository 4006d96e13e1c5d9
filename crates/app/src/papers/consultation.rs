//! The pack for the Information Commissioner: one document with what Article 36(3) of the UK GDPR asks for, letter by letter, and the
//! assessment itself.

use super::{Subject, assessment, party_role, table};
use documents::document::{Block, Document, Pair};
use domain::dpia::{
    answer::{Answer, Labels, PersonRef},
    assessment::Joined,
    export::{self, agreement},
    place::Part,
    risk::Band,
};

/// The document. It names roles and organisations; of people only the data protection officers, and the contacts that the assessment
/// gives.
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
        &[("Risk", 1), ("What could happen", 4), ("After measures", 2), ("Measures", 3), ("Where", 2)],
    );
    for row in rows.iter().filter(|row| row.after.level.is_some_and(|level| level.counts_as == Band::High)) {
        let measures: Vec<&str> = row.measures.iter().map(|record| record.measure.title.as_str()).collect();
        let words = [row.title, row.description].join("\n");
        // Of each controller's own risk, whose it is (Article 36(3)(a)).
        let place = subject.part_title(row.part);
        list.row([row.number.as_str(), words.trim(), &assessment::rated(&row.after), &measures.join("\n"), &place]);
    }
    if list.rows.is_empty() {
        document.text("None of the recorded risks is high after measures.");
    } else {
        document.push(Block::Table(list));
    }
}

/// The data protection officers: whoever holds the role here, and whom the answers call so. Who else is named is a contact.
fn officers(subject: &Subject<'_>, document: &mut Document) {
    document.heading(1, "4. Data protection officers: Article 36(3)(d)");
    let view = subject.view();
    let (mut officers, mut contacts) = (Vec::new(), Vec::new());
    for party in subject.bundle.assessment.members().filter(|party| party.role.controls()) {
        let organisation = subject.bundle.organisation(party.organisation);
        let said = match view.of(Part::Annex(party.organisation)).answer("our-contacts") {
            Some(Answer::People(people)) => people.clone(),
            _ => Vec::new(),
        };
        let (said, others): (Vec<PersonRef>, Vec<PersonRef>) = said.into_iter().partition(is_officer);
        let held = subject.officers.get(&party.organisation).into_iter().flatten();
        // Whom the answers name too stands there with how to reach them.
        let held = held.filter(|name| !said.iter().any(|one| one.name.trim().eq_ignore_ascii_case(name))).cloned();
        let named: Vec<String> = held.chain(said.iter().map(words)).collect();
        let named = if named.is_empty() { "Not stated".to_owned() } else { named.join("\n") };
        officers.push(Pair::new(&organisation, &named));
        let others: Vec<String> = others.iter().map(words).chain(party.contacts.iter().cloned()).collect();
        if !others.is_empty() {
            contacts.push(Pair::new(&organisation, &others.join("\n")));
        }
    }
    document.push(Block::Pairs(officers));
    if !contacts.is_empty() {
        document.heading(2, "Contacts");
        document.push(Block::Pairs(contacts));
    }
}

/// Whether a post is that of a data protection officer.
fn is_officer(person: &PersonRef) -> bool {
    let post = person.post.to_lowercase();
    post.contains("data protection officer") || post.split(|letter: char| !letter.is_alphanumeric()).any(|word| word == "dpo")
}

fn words(person: &PersonRef) -> String {
    Answer::People(vec![person.clone()]).plain(&Labels::default())
}

fn pairs(document: &mut Document, list: &[agreement::Said]) {
    if !list.is_empty() {
        document.push(Block::Pairs(list.iter().map(|said| Pair::new(&said.question, &said.answer)).collect()));
    }
}
