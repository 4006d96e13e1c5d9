//! `/assessments/{id}/{part}/{field}/clash`: both texts against their common start, which changes fit, and the merge with both
//! clashing passages in it, for a person to settle. Nothing is chosen for anybody.

use super::{
    answer::{self, NO_REVIEW_DAY},
    aside,
    desk::{By, Desk, Named},
    input::{self, Control},
    marks::{self, Mark},
    own_work::{self, Warning},
};
use crate::{
    error::{Failure, conflict},
    state::App,
    web::{
        form::{Errors, Form, new_command},
        kept, page,
        session::Caller,
    },
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Redirect, Response},
};
use domain::dpia::{
    answer::{Answer, Labels},
    edit::{Outcome, Refusal},
    merge::{self, Changed, Clashing, Merged},
    place::Place,
    template::{
        Section,
        field::{Field, FieldKind},
    },
};
use serde::Serialize;
use store::dpia::{Answered, answers::Change};

#[derive(Serialize)]
struct View {
    number: String,
    label: String,
    /// How the answers merge: `text`, `rows`, or not at all (`one`).
    kind: &'static str,
    part: Option<Named>,
    here: String,
    theirs: Side,
    mine: Side,
    /// The caller sent the text that is not in the assessment.
    is_mine: bool,
    /// The caller wrote the text that is in it; where both are theirs, they wrote in two windows.
    stands_mine: bool,
    /// Both are one person's.
    one_writer: bool,
    base: String,
    from: u32,
    rows: Vec<Row>,
    fitting: usize,
    clashing: usize,
    control: Control,
    errors: Errors,
    command: String,
    version: u32,
    which: usize,
    /// When the caller typed what stands in the form, where it is back.
    back: Option<i64>,
    /// The caller typed something at the question that is not in this form.
    earlier: bool,
    more: usize,
    may_settle: bool,
    /// Signatures that the caller cannot give once they settle it.
    own_work: Vec<Warning>,
}

#[derive(Serialize)]
struct Side {
    by: By,
    at: i64,
    text: Vec<Mark>,
}

/// A row of the table of changes.
#[derive(Serialize)]
struct Row {
    sentence: usize,
    /// The row of a table and its column, in words.
    place: Option<String>,
    theirs: Vec<Mark>,
    mine: Vec<Mark>,
    by: &'static str,
}

/// The page; a field without a clash leads to its answer.
///
/// # Errors
/// Not found for a field that is not there for the caller.
pub async fn page(
    State(app): State<App>,
    caller: Caller,
    Path((id, part, field)): Path<(String, String, String)>,
) -> Result<Response, Failure> {
    let desk = Desk::open(&app, &caller, &id).await?;
    // Of a question that is not asked any more, its own page tells what stands there.
    if desk.field(&part, &field).is_err()
        && let Some(place) = aside::place(&app, &caller, &desk, &part, &field).await?
    {
        return Ok(Redirect::to(&desk.address_of(&place)).into_response());
    }
    let (place, section, field) = desk.field(&part, &field)?;
    show(&app, &caller, &desk, &place, section, field, None).await
}

async fn show(
    app: &App,
    caller: &Caller,
    desk: &Desk,
    place: &Place,
    section: &Section,
    field: &Field,
    again: Option<(&Form, Errors)>,
) -> Result<Response, Failure> {
    let Some(state) = desk.whole.field(place).filter(|state| state.clashes()) else {
        return match again {
            Some((form, _)) => answer::settled(app, caller, desk, place, section, field, form.clone()).await,
            None => Ok(Redirect::to(&desk.address_of(place)).into_response()),
        };
    };
    let member = caller.signed_in()?;
    // One's own clash comes first; others follow when it is settled. A page that comes back is still about the same text.
    let asked = again.as_ref().and_then(|(form, _)| form.text("which").parse().ok()).filter(|at| *at < state.contenders.len());
    let own = || state.contenders.iter().position(|one| one.by == member.person).unwrap_or(0);
    let which: usize = asked.unwrap_or_else(own);
    let contender = &state.contenders[which];
    let merged = contender.against(state.answer.as_ref());
    let labels = field.labels();
    let plain = |answer: Option<&Answer>| answer.map(|answer| answer.plain(&labels)).unwrap_or_default();
    let (base, theirs, mine) = (plain(contender.base.as_ref()), plain(state.answer.as_ref()), plain(contender.answer.as_ref()));
    let rows = rows(&merged, &labels, [&base, &theirs, &mine]);
    // What was typed on this page before is kept as the field's draft.
    let draft = app.store.draft(&caller.scope, desk.whole.assessment.id, place).await?;
    let draft = draft.filter(|draft| again.is_none() && draft.answer.is_some() && draft.answer != merged.answer);
    let back = draft.as_ref().filter(|draft| draft.from == state.version);
    let shown = back.map_or(merged.answer.as_ref(), |draft| draft.answer.as_ref());
    let mut control = input::control(&field.kind, "answer", shown, desk.today);
    let mut errors = Errors::default();
    if let Some((form, wrong)) = again {
        control = input::retyped(control, &field.kind, form, desk.today);
        errors = wrong;
    }
    let clashing = rows.iter().filter(|row| row.by == "clash").count();
    let invalid = !errors.is_empty();
    let may_settle = desk.setting(caller, place, section, field).allows().is_ok();
    let own_work = if may_settle { own_work::on(app, caller, desk, place.part, field).await? } else { Vec::new() };
    let view = View {
        own_work,
        number: desk.number(place),
        label: field.label.clone(),
        kind: match field.kind {
            FieldKind::Text { .. } => "text",
            FieldKind::Rows { .. } => "rows",
            _ => "one",
        },
        part: desk.part(app, place.part),
        here: desk.address_of(place),
        theirs: Side {
            by: desk.by_stated(app, state.by, state.organisation, state.stated),
            at: state.at,
            text: marks::both(&base, &theirs),
        },
        mine: Side { by: desk.by(app, contender.by, contender.organisation), at: contender.at, text: marks::both(&base, &mine) },
        is_mine: contender.by == member.person,
        stands_mine: state.by == member.person,
        one_writer: state.by == contender.by,
        base,
        from: contender.from,
        fitting: rows.len() - clashing,
        clashing,
        rows,
        control,
        errors,
        command: new_command().to_string(),
        version: state.version,
        which,
        back: back.map(|draft| draft.at),
        earlier: back.is_none() && draft.is_some(),
        more: state.contenders.len() - 1,
        may_settle,
    };
    let mut frame = desk.frame_at(app, place, &format!("Settle a clash: {} {}", view.number, field.label));
    frame.error = invalid;
    Ok(page::render(app, "dpia/clash.html", &frame, view)?.into_response())
}

fn rows(merged: &Merged, labels: &Labels, [base, theirs, mine]: [&str; 3]) -> Vec<Row> {
    match &merged.text {
        Some(text) => text
            .changes()
            .map(|region| Row {
                sentence: region.sentence,
                place: None,
                theirs: marks::both(&region.base, &region.theirs),
                mine: marks::both(&region.base, &region.mine),
                by: match region.by {
                    Changed::Neither => "neither",
                    Changed::Theirs => "theirs",
                    Changed::Mine => "mine",
                    Changed::Both => "both",
                    Changed::Clash => "clash",
                },
            })
            .collect(),
        None => {
            let cells: Vec<Row> = merged.clashes.iter().filter_map(|clash| of_table(merged, labels, clash)).collect();
            if !cells.is_empty() {
                return cells;
            }
            let (theirs, mine) = (marks::both(base, theirs), marks::both(base, mine));
            vec![Row { sentence: 0, place: None, theirs, mine, by: "clash" }]
        }
    }
}

/// What clashes in a table: a cell, or a row that one took out and the other changed. Numbered as in the merge.
fn of_table(merged: &Merged, labels: &Labels, clash: &Clashing) -> Option<Row> {
    let Some(Answer::Rows(rows)) = &merged.answer else { return None };
    let number = rows.iter().position(|row| Some(row.id) == clash.row)? + 1;
    let column = clash.column.as_ref().and_then(|column| labels.columns.iter().find(|(id, ..)| id == column));
    let (place, labels) = match column {
        Some((_, label, within)) => (format!("Row {number}, ‘{label}’"), within),
        None => (format!("Row {number}"), labels),
    };
    let plain = |answer: &Option<Answer>| answer.as_ref().map(|answer| answer.plain(labels)).unwrap_or_default();
    let (base, theirs, mine) = (plain(&clash.base), plain(&clash.theirs), plain(&clash.mine));
    let (theirs, mine) = (marks::both(&base, &theirs), marks::both(&base, &mine));
    Some(Row { sentence: 0, place: Some(place), theirs, mine, by: "clash" })
}

/// Settles it: where the two clash with what stands or with what was sent, or with anything made of both.
///
/// # Errors
/// Not found for a field that is not there for the caller.
pub async fn settle(
    State(app): State<App>,
    caller: Caller,
    Path((id, part, field)): Path<(String, String, String)>,
    form: Form,
) -> Result<Response, Failure> {
    let caller = form.acting(&caller)?;
    let desk = Desk::open(&app, &caller, &id).await?;
    let (place, section, field) = desk.field(&part, &field)?;
    let state = desk.whole.field(&place);
    let stands = state.and_then(|state| state.answer.as_ref());
    let which: usize = form.text("which").parse().unwrap_or(0);
    let mut errors = Errors::default();
    let chosen = matches!(form.text("use"), "theirs" | "mine");
    // One side is taken where the two clash; what fits of the other stays, as with every save.
    let taken = |side| state.and_then(|state| state.contenders.get(which)?.against(stands).chosen(side));
    let answer = match form.text("use") {
        "theirs" => taken(merge::Side::Theirs),
        "mine" => taken(merge::Side::Mine),
        _ => input::parse(&app, &form, &field.kind, "answer", &field.label, stands, &mut errors),
    };
    if !errors.is_empty() {
        return show(&app, &caller, &desk, &place, section, field, Some((&form, errors))).await;
    }
    let seen = u32::try_from(form.version()?).unwrap_or(0);
    let change = Change::Settle { seen, which, answer, complete: false };
    let answered = desk.change(&app, &caller, &place, &change, form.command()?).await?;
    let here = desk.address_of(&place);
    if let Answered::Done(outcome) = &answered {
        super::tasks::after_answer(&app, &caller, &desk, &place, outcome).await?;
    }
    match answered {
        Answered::Missing => Err(Failure::not_found()),
        Answered::Done(Outcome::Saved(state) | Outcome::Merged(state, _)) if state.clashes() => Ok(page::saved(
            &format!("{here}/clash"),
            "That clash is settled. Another text clashes with what stands now: it is shown below",
        )),
        Answered::Done(Outcome::Saved(_) | Outcome::Merged(..)) | Answered::Repeated => {
            Ok(page::saved(&here, "The clash is settled. Both texts stay in the history"))
        }
        Answered::Done(_) => Ok(Redirect::to(&here).into_response()),
        Answered::Refused(refusal) => {
            // Somebody was faster: they changed the answer, or settled the clash.
            let desk = Desk::open(&app, &caller, &id).await?;
            let Ok((place, section, field)) = desk.field(&part, &field.id) else {
                return kept::page(
                    &app,
                    &form,
                    "This question is not asked here any more.",
                    "Open the assessment",
                    &desk.address(),
                );
            };
            if chosen && desk.whole.field(&place).is_none_or(|state| !state.clashes()) {
                return Ok(page::saved(&here, "The clash was settled already. Both texts stay in the history"));
            }
            if !matches!(refusal, Refusal::MovedOn | Refusal::NoClash) {
                let why = match refusal {
                    Refusal::Review(_) => NO_REVIEW_DAY,
                    _ => {
                        "This answer cannot be changed now: its text was frozen, signed or closed while you wrote. Nothing is saved."
                    }
                };
                return kept::page(&app, &form, why, "Open the question", &here);
            }
            errors.add(
                "answer",
                "Somebody changed this answer while you were settling it. What you typed is below: look again, then save",
            );
            Ok(conflict(show(&app, &caller, &desk, &place, section, field, Some((&form, errors))).await?))
        }
    }
}
