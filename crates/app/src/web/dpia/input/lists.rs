//! Lists of people and of names, as a form sends them: however many, all of them are taken, or the page says that they are too many.

use crate::{
    state::App,
    web::form::{Errors, Form},
};
use domain::dpia::{
    answer::{Answer, PersonRef, Reference},
    template::field::FieldKind,
};
use uuid::Uuid;

/// The most entries of a list. Each name is looked for in the whole register, which must not take a server's time without an end.
const MOST: usize = 1000;

/// Says it where a list has more entries than it can hold.
fn count<T>(list: &[T], (name, first): (&str, &str), label: &str, errors: &mut Errors) {
    if list.len() > MOST {
        errors.add_at(name, first, format!("{label} must have {MOST} entries or fewer. It has {}", list.len()));
    }
}

/// People, each with their record where they stood so before.
pub(super) fn people(form: &Form, (name, label): (&str, &str), before: Option<&Answer>, errors: &mut Errors) -> Vec<PersonRef> {
    let stood = if let Some(Answer::People(people)) = before { people.as_slice() } else { &[] };
    let sent: Vec<PersonRef> = (0..)
        .take_while(|at| form.has(&format!("{name}-{at}-post")))
        .map(|at| {
            let part = |part: &str| form.text(&format!("{name}-{at}-{part}")).to_owned();
            let person = PersonRef {
                id: None,
                name: part("name"),
                post: part("post"),
                organisation: part("organisation"),
                contact: part("contact"),
            };
            let id = stood.iter().find(|one| PersonRef { id: None, ..(*one).clone() } == person).and_then(|one| one.id);
            PersonRef { id, ..person }
        })
        .collect();
    let empty = |person: &PersonRef| *person == PersonRef::default();
    let typed: Vec<&PersonRef> = sent.iter().filter(|person| !empty(person)).collect();
    count(&typed, (name, &format!("{name}-0-post")), label, errors);
    sent
}

/// Names, each with its record where the register has exactly one of that name, or where it stood so before.
pub(super) fn named(
    app: &App,
    form: &Form,
    kind: &FieldKind,
    (name, label): (&str, &str),
    before: Option<&Answer>,
    errors: &mut Errors,
) -> Vec<Reference> {
    let stood = match before {
        Some(Answer::Organisations(list) | Answer::Systems(list) | Answer::Suppliers(list)) => list.as_slice(),
        _ => &[],
    };
    let sent: Vec<&str> = (0..)
        .take_while(|at| form.has(&format!("{name}-{at}")))
        .map(|at| form.text(&format!("{name}-{at}")))
        .filter(|text| !text.is_empty())
        .collect();
    count(&sent, (name, &format!("{name}-0")), label, errors);
    let looked_for = sent.len() <= MOST;
    sent.into_iter()
        .map(|text| match stood.iter().find(|one| one.name == text) {
            Some(known) => known.clone(),
            None => Reference { id: looked_for.then(|| found(app, kind, text)).flatten(), name: text.to_owned() },
        })
        .collect()
}

fn found(app: &App, kind: &FieldKind, text: &str) -> Option<Uuid> {
    let snapshot = app.snapshot();
    let same = |name: &str| name.to_lowercase() == text.to_lowercase();
    match kind {
        FieldKind::Organisations => {
            snapshot.organisations().iter().find(|entry| same(&entry.record.name)).map(|entry| entry.record.id.0)
        }
        FieldKind::Suppliers => {
            snapshot.supplier_entries().iter().find(|entry| same(&entry.record.name)).map(|entry| entry.record.id.0)
        }
        _ => None,
    }
}
