//! Going back to what a risk or a measure was, bringing back one that was removed, and removing a measure. Who does it has written
//! in it from then on, as with any change.

use super::{super::writes, may_write, show_measure, show_risk};
use crate::{
    assessments::tell,
    error::{Failure, conflict},
    state::App,
    web::{
        form::{Errors, Form},
        page, repeat,
        session::Caller,
    },
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Response},
};
use domain::{
    audit::Action,
    dpia::{
        ids::{MeasureId, RiskId},
        template::Template,
        version::{MeasureRecord, RiskRecord},
        whole::Whole,
    },
};
use std::sync::Arc;
use store::dpia::{
    Work,
    past::{Item, Stood},
};
use uuid::Uuid;

/// Somebody was faster.
const MOVED_ON: &str =
    "Somebody changed it while you looked at its history. Nothing was gone back to: look at the newest change, then choose again";
/// It can no longer be written.
const LOCKED: &str = "It cannot be changed now: the text is frozen, signed or closed, or this part is not yours to write";

/// The state that a form asks for.
fn chosen<'p, T>(past: &'p [Stood<T>], form: &Form) -> Result<&'p Stood<T>, Failure> {
    let to: i64 = form.text("to").parse().map_err(|_| Failure::form("The form is incomplete: open its page again."))?;
    past.iter().find(|stood| stood.sequence == to).ok_or_else(Failure::not_found)
}

/// What a form to go back asks for, of a risk or of a measure.
struct Asked<T> {
    seen: Whole,
    template: Arc<Template>,
    item: Uuid,
    past: Vec<Stood<T>>,
    /// The state to go back to.
    then: T,
    command: Uuid,
    /// The version that the history was looked at with.
    version: i64,
    /// The item's own page.
    here: String,
}

async fn asked<T: Item>(app: &App, caller: &Caller, [id, kind, one]: [&str; 3], form: &Form) -> Result<Asked<T>, Failure> {
    let (seen, template) = super::super::load(app, caller, id).await?;
    let item: Uuid = one.parse().map_err(|_| Failure::not_found())?;
    let past = app.store.item_history::<T>(&caller.scope, app.clock.today(), seen.assessment.id, item).await?;
    if past.is_empty() {
        return Err(Failure::not_found());
    }
    let (then, command, version) = (chosen(&past, form)?.record.clone(), form.command()?, form.version()?);
    let here = format!("/assessments/{}/{kind}/{item}", seen.assessment.id);
    Ok(Asked { seen, template, item, past, then, command, version, here })
}

/// The assessment to write in, unless the command was done before: then where its first answer led.
async fn begun(app: &App, caller: &Caller, seen: &Whole, command: Uuid) -> Result<Result<Work, Response>, Failure> {
    let Some(mut work) = app.store.work(&caller.scope, app.clock.now(), app.clock.today(), seen.assessment.id).await? else {
        return Err(Failure::not_found());
    };
    match work.command(command).await? {
        Some(done) => Ok(Err(repeat::again(&done))),
        None => Ok(Ok(work)),
    }
}

/// Why nothing is gone back to: it may not be written, or it is another version than the one that was looked at (none is 0).
fn stops(free: bool, stands: Option<i64>, seen: i64) -> Option<&'static str> {
    match (free, stands.unwrap_or(0) == seen) {
        (false, _) => Some(LOCKED),
        (true, false) => Some(MOVED_ON),
        (true, true) => None,
    }
}

fn refused(why: &str) -> Errors {
    let mut errors = Errors::default();
    errors.add("history", why);
    errors
}

/// Goes back to what a risk was, and brings it back where it was removed.
///
/// # Errors
/// Not found for a risk or a state that is not there for the caller.
pub async fn risk(
    State(app): State<App>,
    caller: Caller,
    Path((id, one)): Path<(String, String)>,
    form: Form,
) -> Result<Response, Failure> {
    let member = caller.signed_in()?;
    let asked = asked::<RiskRecord>(&app, &caller, [&id, "risks", &one], &form).await?;
    let Asked { seen, template, item, past, then, command, version, here } = asked;
    let links = match past.first().filter(|stood| stood.action == Action::Delete) {
        Some(removed) => lost(&app, &caller, &seen, RiskId(item), removed.at).await?,
        None => Vec::new(),
    };
    let mut work = match begun(&app, &caller, &seen, command).await? {
        Ok(work) => work,
        Err(done) => return Ok(done),
    };
    let standing = work.whole.risks.iter().find(|record| record.risk.id == RiskId(item)).cloned();
    let free = writes(&app, &caller, &work.whole, &template, then.risk.part);
    if let Some(why) = stops(free, standing.as_ref().map(|record| record.updated_at), version) {
        drop(work);
        return Ok(conflict(show_risk(&app, &caller, &id, &one, refused(why)).await?.into_response()));
    }
    let newest = standing.clone().unwrap_or_else(|| past[0].record.clone());
    let mut writers = newest.writers.clone();
    writers.insert(member.person);
    let record = RiskRecord {
        risk: then.risk,
        writers,
        look: None,
        by: member.person,
        organisation: member.acting_for,
        stated: false,
        ..newest
    };
    if standing.is_some() {
        work.put_risk(record).await?;
    } else {
        work.revive_risk(record).await?;
        let again = work.whole.measures.iter().filter(|one| links.contains(&one.measure.id));
        for mut after in again.cloned().collect::<Vec<_>>() {
            after.measure.risks.push(RiskId(item));
            work.put_measure(after).await?;
        }
    }
    let said = if standing.is_some() {
        "The risk is again as it was. What stood until now is in its history"
    } else {
        "The risk is back, with the measures that act on it"
    };
    work.answered(command, &repeat::kept(&here, said)).await?;
    tell::commit(&app, work, None).await?;
    Ok(page::saved(&here, said))
}

/// The measures that lost a risk when it was removed: they act on it again when it is back.
async fn lost(app: &App, caller: &Caller, seen: &Whole, risk: RiskId, removed: i64) -> Result<Vec<MeasureId>, Failure> {
    let mut lost = Vec::new();
    for record in seen.measures.iter().filter(|record| !record.measure.risks.contains(&risk)) {
        let (id, today) = (record.measure.id, app.clock.today());
        let past = app.store.item_history::<MeasureRecord>(&caller.scope, today, seen.assessment.id, id.0).await?;
        let acts = |stood: &Stood<MeasureRecord>| stood.record.measure.risks.contains(&risk);
        if past.windows(2).any(|pair| pair[0].at == removed && !acts(&pair[0]) && acts(&pair[1])) {
            lost.push(id);
        }
    }
    Ok(lost)
}

/// Goes back to what a measure was, and brings it back where it was removed. Risks that are gone are not among those it acts on.
///
/// # Errors
/// Not found for a measure or a state that is not there for the caller.
pub async fn measure(
    State(app): State<App>,
    caller: Caller,
    Path((id, one)): Path<(String, String)>,
    form: Form,
) -> Result<Response, Failure> {
    let member = caller.signed_in()?;
    let asked = asked::<MeasureRecord>(&app, &caller, [&id, "measures", &one], &form).await?;
    let Asked { seen, template, item, past, then, command, version, here } = asked;
    let mut work = match begun(&app, &caller, &seen, command).await? {
        Ok(work) => work,
        Err(done) => return Ok(done),
    };
    let standing = work.whole.measures.iter().find(|record| record.measure.id == MeasureId(item)).cloned();
    let newest = standing.clone().unwrap_or_else(|| past[0].record.clone());
    let mut record = MeasureRecord { measure: then.measure, ..newest };
    record.measure.risks.retain(|risk| work.whole.risks.iter().any(|known| known.risk.id == *risk));
    // Its own part may be another than the one it goes back to: both must be the caller's to write.
    let free = |one: &MeasureRecord| may_write(&app, &caller, &work.whole, &template, one);
    let free = free(&record) && standing.as_ref().is_none_or(free);
    if let Some(why) = stops(free, standing.as_ref().map(|record| record.updated_at), version) {
        drop(work);
        return Ok(conflict(show_measure(&app, &caller, &id, &one, refused(why)).await?.into_response()));
    }
    record.writers.insert(member.person);
    (record.by, record.organisation, record.stated) = (member.person, member.acting_for, false);
    let said = if standing.is_some() {
        work.put_measure(record).await?;
        "The measure is again as it was. What stood until now is in its history"
    } else {
        work.revive_measure(record).await?;
        "The measure is back"
    };
    work.answered(command, &repeat::kept(&here, said)).await?;
    tell::commit(&app, work, None).await?;
    Ok(page::saved(&here, said))
}

/// Removes a measure, at the version that was looked at; its history stays, and it can be brought back from there.
///
/// # Errors
/// Not found for a measure that is not the caller's to write.
pub async fn remove_measure(
    State(app): State<App>,
    caller: Caller,
    Path((id, one)): Path<(String, String)>,
    form: Form,
) -> Result<Response, Failure> {
    let (seen, template) = super::super::load(&app, &caller, &id).await?;
    let item: MeasureId = one.parse().map_err(|_| Failure::not_found())?;
    let command = form.command()?;
    let list = format!("/assessments/{}/risks", seen.assessment.id);
    let mut work = match begun(&app, &caller, &seen, command).await? {
        Ok(work) => work,
        Err(done) => return Ok(done),
    };
    let Some(record) = work.whole.measures.iter().find(|record| record.measure.id == item).cloned() else {
        return Err(Failure::not_found());
    };
    if !may_write(&app, &caller, &work.whole, &template, &record) {
        return Err(Failure::not_found());
    }
    if record.updated_at != form.version()? {
        drop(work);
        let why = "Somebody changed this measure while you looked at it. It was not removed: look at the newest change first";
        return Ok(conflict(show_measure(&app, &caller, &id, &one, refused(why)).await?.into_response()));
    }
    work.remove_measure(&record).await?;
    let said = "The measure is removed. Its history is kept, and it can be brought back from there";
    work.answered(command, &repeat::kept(&list, said)).await?;
    tell::commit(&app, work, None).await?;
    Ok(page::saved(&list, said))
}
