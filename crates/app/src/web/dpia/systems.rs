//! Systems of the register in answers: a choice of those of the organisations whose text it is, beside free words; names that the
//! register knows; and what is chosen becomes something that the assessment is about, until it is named no more, so that the register's pages, reviews and
//! answers to take over know of it.

use super::{
    desk::Desk,
    input::{Control, Opt},
    projects::{body, uses::what_for},
};
use crate::{
    error::Failure,
    state::App,
    web::{form::Form, session::Caller},
};
use domain::{
    dpia::{
        answer::{Answer, Reference},
        edit::{FieldState, Outcome},
        place::{Part, Place},
        template::field::FieldKind,
    },
    register::{
        ids::{OrganisationId, SystemId},
        records::System,
        snapshot::Snapshot,
    },
};
use std::collections::BTreeSet;
use uuid::Uuid;

/// The name of the choice beside a list of names.
const PICK: &str = "answer-pick";

/// The systems of the organisations whose text a part is, each with its product's name.
fn known(desk: &Desk, snapshot: &Snapshot, part: Part) -> Vec<(System, String)> {
    let whose: BTreeSet<OrganisationId> = match part.organisation() {
        Some(own) => BTreeSet::from([own]),
        None => desk.whole.assessment.controllers().collect(),
    };
    let entries = snapshot.system_entries().iter().map(|entry| &*entry.record);
    entries
        .filter(|system| whose.contains(&system.organisation))
        .filter_map(|system| {
            let product = snapshot.product(snapshot.product_by_id(system.product)?)?;
            Some((system.clone(), product.record.name.clone()))
        })
        .collect()
}

/// Offers the register's systems in a control that asks for systems.
pub fn offer(app: &App, desk: &Desk, place: &Place, kind: &FieldKind, control: &mut Control) {
    if *kind != FieldKind::Systems {
        return;
    }
    let snapshot = app.snapshot();
    let mut options: Vec<Opt> = known(desk, &snapshot, place.part)
        .into_iter()
        .map(|(system, product)| {
            let of = what_for(&snapshot, &system.functions, &body(&snapshot, system.organisation).name);
            Opt { value: system.id.to_string(), text: format!("{product}, {of}"), hint: None }
        })
        .collect();
    options.sort_by_cached_key(|option| option.text.to_lowercase());
    control.options = options;
    control.typed.insert(PICK.to_owned(), String::new());
}

/// An answer with what was chosen from the register, and with the records of names that only one system has.
#[must_use]
pub fn named(app: &App, desk: &Desk, place: &Place, kind: &FieldKind, form: &Form, answer: Option<Answer>) -> Option<Answer> {
    if !asks(kind) {
        return answer;
    }
    let snapshot = app.snapshot();
    let known = known(desk, &snapshot, place.part);
    let mut answer = answer;
    let chosen = form.some(PICK).filter(|_| *kind == FieldKind::Systems);
    if let Some((system, product)) = chosen.and_then(|id| known.iter().find(|(system, _)| system.id.to_string() == id)) {
        let list = answer.get_or_insert_with(|| Answer::Systems(Vec::new()));
        if let Answer::Systems(list) = list
            && !list.iter().any(|one| one.id == Some(system.id.0))
        {
            // Two councils can use one product: each is named with whose it is.
            let taken = list.iter().any(|one| one.name.eq_ignore_ascii_case(product));
            let whose = || format!("{product} ({})", body(&snapshot, system.organisation).name);
            list.push(Reference { id: Some(system.id.0), name: if taken { whose() } else { product.clone() } });
        }
    }
    if let Some(answer) = &mut answer {
        link(answer, &known);
    }
    answer
}

/// Gives a name its record, where exactly one system is called so.
fn link(answer: &mut Answer, known: &[(System, String)]) {
    match answer {
        Answer::Systems(list) => {
            for one in list.iter_mut().filter(|one| one.id.is_none()) {
                let mut same = known.iter().filter(|(_, product)| product.to_lowercase() == one.name.to_lowercase());
                if let (Some((system, _)), None) = (same.next(), same.next()) {
                    one.id = Some(system.id.0);
                }
            }
        }
        Answer::Rows(rows) => rows.iter_mut().flat_map(|row| row.cells.values_mut()).for_each(|cell| link(cell, known)),
        _ => {}
    }
}

/// The records that an answer names as systems.
fn ids(answer: &Answer, found: &mut BTreeSet<Uuid>) {
    match answer {
        Answer::Systems(list) => found.extend(list.iter().filter_map(|one| one.id)),
        Answer::Rows(rows) => rows.iter().flat_map(|row| row.cells.values()).for_each(|cell| ids(cell, found)),
        _ => {}
    }
}

/// Whether a kind of answer names systems.
fn asks(kind: &FieldKind) -> bool {
    *kind == FieldKind::Systems || kind.columns().iter().any(|column| column.kind == FieldKind::Systems)
}

/// Makes the systems that an answer names something that the assessment is about, and takes out what it named before, where no other
/// answer names it and the project is not about it. `desk` is as it was before the answer changed. Guests name them in words alone.
///
/// # Errors
/// When the database fails.
pub async fn carry(app: &App, caller: &Caller, desk: &Desk, place: &Place, outcome: &Outcome) -> Result<(), Failure> {
    let (Outcome::Saved(state) | Outcome::Merged(state, _) | Outcome::Clash(state, _)) = outcome else { return Ok(()) };
    if !desk.template.field(&place.field).is_some_and(|field| asks(&field.kind)) {
        return Ok(());
    }
    let (mut before, mut now) = (BTreeSet::new(), BTreeSet::new());
    desk.whole.field(place).into_iter().for_each(|state| of_field(state, &mut before));
    of_field(state, &mut now);
    let (head, acting) = (&desk.whole.assessment, caller.acting_for()?);
    let came: Vec<Uuid> = now.iter().copied().filter(|id| !head.systems.contains(&SystemId(*id))).collect();
    let went: BTreeSet<Uuid> = before.difference(&now).copied().collect();
    if came.is_empty() && went.is_empty() || !head.controllers().any(|one| one == acting) {
        return Ok(());
    }
    // Only what the register has, and the caller may see.
    let there = app.store.get_many::<System>(&caller.scope, &came).await?;
    let Some(mut work) = app.store.work(&caller.scope, app.clock.now(), desk.today, head.id).await? else { return Ok(()) };
    let mut named = BTreeSet::new();
    work.whole.fields.iter().for_each(|state| of_field(state, &mut named));
    if let Some(project) = work.project().await? {
        named.extend(project.systems.iter().map(|system| system.0));
    }
    let mut head = work.whole.assessment.clone();
    head.systems.retain(|system| !went.contains(&system.0) || named.contains(&system.0));
    for system in there.iter().map(|system| system.id).filter(|system| named.contains(&system.0)) {
        if !head.systems.contains(&system) {
            head.systems.push(system);
        }
    }
    if head.systems != work.whole.assessment.systems {
        work.change_head(head).await?;
        work.commit().await?;
    }
    Ok(())
}

/// The records that a field names as systems: what stands, and what was sent and clashes.
fn of_field(state: &FieldState, found: &mut BTreeSet<Uuid>) {
    state
        .answer
        .iter()
        .chain(state.contenders.iter().filter_map(|one| one.answer.as_ref()))
        .for_each(|answer| ids(answer, found));
}
