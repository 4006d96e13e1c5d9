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
        answer::{Answer, Reference, Row},
        edit::{FieldState, Outcome},
        ids::RowId,
        place::{Part, Place},
        template::field::FieldKind,
    },
    register::{
        ids::{OrganisationId, SystemId},
        records::System,
        snapshot::Snapshot,
    },
};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The name of the choice beside a list of names: of the answer itself, or of a cell of its table.
fn pick(control: &str) -> String {
    format!("{control}-pick")
}

/// A system that an answer can name.
struct Known {
    system: System,
    /// Its product's name.
    product: String,
    /// That name with whose it is: two councils can use one product.
    whose: String,
}

/// The systems of the organisations whose text a part is.
fn known(desk: &Desk, snapshot: &Snapshot, part: Part) -> Vec<Known> {
    let whose: BTreeSet<OrganisationId> = match part.organisation() {
        Some(own) => BTreeSet::from([own]),
        None => desk.whole.assessment.controllers().collect(),
    };
    let entries = snapshot.system_entries().iter().map(|entry| &*entry.record);
    entries
        .filter(|system| whose.contains(&system.organisation))
        .filter_map(|system| {
            let product = snapshot.product(snapshot.product_by_id(system.product)?)?.record.name.clone();
            let whose = format!("{product} ({})", body(snapshot, system.organisation).name);
            Some(Known { system: system.clone(), product: product.to_string(), whose })
        })
        .collect()
}

/// Offers the register's systems in a control that asks for systems, also in the cells of a table.
pub fn offer(app: &App, desk: &Desk, place: &Place, kind: &FieldKind, control: &mut Control) {
    if !asks(kind) {
        return;
    }
    let snapshot = app.snapshot();
    let mut options: Vec<Opt> = known(desk, &snapshot, place.part)
        .into_iter()
        .map(|one| {
            let of = what_for(&snapshot, &one.system.functions, &body(&snapshot, one.system.organisation).name);
            Opt { value: one.system.id.to_string(), text: format!("{}, {of}", one.product), hint: None }
        })
        .collect();
    options.sort_by_cached_key(|option| option.text.to_lowercase());
    let put = |control: &mut Control| {
        control.options.clone_from(&options);
        control.typed.entry(pick(&control.name)).or_default();
    };
    if *kind == FieldKind::Systems {
        put(control);
    }
    for line in &mut control.rows {
        let cells = line.cells.iter_mut().zip(kind.columns()).filter(|(_, column)| column.kind == FieldKind::Systems);
        cells.for_each(|(cell, _)| put(&mut cell.control));
    }
}

/// An answer with what was chosen from the register, and with the records of names that only one system has.
#[must_use]
pub fn named(app: &App, desk: &Desk, place: &Place, kind: &FieldKind, form: &Form, answer: Option<Answer>) -> Option<Answer> {
    if !asks(kind) {
        return answer;
    }
    let snapshot = app.snapshot();
    let known = known(desk, &snapshot, place.part);
    let chosen = |control: &str| {
        let id = form.some(&pick(control))?;
        known.iter().find(|one| one.system.id.to_string() == id)
    };
    let mut answer = answer;
    if let Some(one) = chosen("answer").filter(|_| *kind == FieldKind::Systems) {
        put(answer.get_or_insert_with(|| Answer::Systems(Vec::new())), one, &known);
    }
    // A row in which nothing else was filled in yet comes to be by what is chosen in it.
    for row in form.all("answer-row").into_iter().filter_map(|id| id.parse::<RowId>().ok()) {
        if !form.text(&format!("answer-{row}-remove")).is_empty() {
            continue;
        }
        for column in kind.columns().iter().filter(|column| column.kind == FieldKind::Systems) {
            let Some(one) = chosen(&format!("answer-{row}-{}", column.id)) else { continue };
            if let Answer::Rows(rows) = answer.get_or_insert_with(|| Answer::Rows(Vec::new())) {
                if rows.iter().all(|other| other.id != row) {
                    rows.push(Row { id: row, cells: BTreeMap::new() });
                }
                let cells = rows.iter_mut().filter(|other| other.id == row).map(|row| &mut row.cells);
                cells.for_each(|cells| {
                    put(cells.entry(column.id.clone()).or_insert_with(|| Answer::Systems(Vec::new())), one, &known);
                });
            }
        }
    }
    if let Some(answer) = &mut answer {
        link(answer, &known, &desk.whole.assessment.systems);
    }
    answer
}

/// Puts a system into a list of names. Where two councils use one product, it is named with whose it is.
fn put(answer: &mut Answer, one: &Known, known: &[Known]) {
    let Answer::Systems(list) = answer else { return };
    if list.iter().any(|other| other.id == Some(one.system.id.0)) {
        return;
    }
    let several = known.iter().filter(|other| other.product == one.product).nth(1).is_some();
    let taken = list.iter().any(|other| other.name.eq_ignore_ascii_case(&one.product));
    let name = if several || taken { &one.whose } else { &one.product };
    list.push(Reference { id: Some(one.system.id.0), name: name.clone() });
}

/// Gives a name its record, where exactly one system is called so, or exactly one of those that the assessment is about.
fn link(answer: &mut Answer, known: &[Known], about: &[SystemId]) {
    match answer {
        Answer::Systems(list) => {
            for one in list.iter_mut().filter(|one| one.id.is_none()) {
                let name = one.name.to_lowercase();
                let called = |other: &&Known| other.product.to_lowercase() == name || other.whose.to_lowercase() == name;
                let same: Vec<SystemId> = known.iter().filter(called).map(|other| other.system.id).collect();
                let ours: Vec<SystemId> = same.iter().copied().filter(|id| about.contains(id)).collect();
                one.id = match (same.as_slice(), ours.as_slice()) {
                    ([only], _) | (_, [only]) => Some(only.0),
                    _ => None,
                };
            }
        }
        Answer::Rows(rows) => {
            rows.iter_mut().flat_map(|row| row.cells.values_mut()).for_each(|cell| link(cell, known, about));
        }
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
