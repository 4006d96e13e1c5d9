//! `/assessments/{id}/risks/{risk}`: one risk in words, rated before and after measures on the template's own matrix. Another
//! level than the matrix gives needs a reason.

use super::{
    super::{
        own_work::{self, Warning},
        whole,
    },
    clash::{self, Clash},
    list::parts,
    looks,
    rows::{MeasureRow, Tasks, measure_row},
    typed::{self as draft, Back, Filled, Kept},
    writes,
};
use crate::{
    error::{Failure, conflict},
    state::App,
    web::{
        form::{Errors, Form, new_command},
        kept, page, repeat,
        session::Caller,
    },
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Response},
};
use domain::dpia::{
    assessment::State as Stand,
    ids::RiskId,
    place::Part,
    risk::{Assessed, Risk, Source, meet},
    template::Template,
    version::RiskRecord,
    whole::Whole,
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

mod form;

use form::{filled, typed};

#[derive(Serialize)]
struct View {
    href: String,
    action: String,
    number: Option<u32>,
    command: Uuid,
    version: Option<i64>,
    writes: bool,
    typed: BTreeMap<String, String>,
    errors: Errors,
    parts: Vec<Choice>,
    likelihood: Vec<Choice>,
    severity: Vec<Choice>,
    levels: Vec<Choice>,
    about: String,
    why: Option<String>,
    measures: Vec<MeasureRow>,
    clash: Option<Clash>,
    /// What the caller typed here and did not save.
    back: Option<Back>,
    /// Signatures that the caller cannot give once they save here.
    own_work: Vec<Warning>,
    /// Why a review asks to look at it again, and whether the caller may say that it still holds.
    look: Option<(String, bool)>,
    /// Whether the caller reads the whole assessment, and so its history.
    all: bool,
}

#[derive(Clone, Serialize)]
struct Choice {
    value: String,
    text: String,
    hint: Option<String>,
}

/// The empty form.
///
/// # Errors
/// Not found where the caller may not write risks.
pub async fn new(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Failure> {
    let (whole, template) = super::load(&app, &caller, &id).await?;
    let kept = draft::kept(&format!("/assessments/{}/risks/new", whole.assessment.id));
    render(&app, &caller, &whole, &template, None, Sent { kept, ..Sent::default() }).await
}

/// Writes a new risk.
///
/// # Errors
/// Not found where the caller may not write risks.
pub async fn create(State(app): State<App>, caller: Caller, Path(id): Path<String>, form: Form) -> Result<Response, Failure> {
    store(&app, &caller, &id, None, form).await
}

/// The form, filled.
///
/// # Errors
/// Not found for a risk that is not the caller's to read.
pub async fn page(State(app): State<App>, caller: Caller, Path((id, risk)): Path<(String, String)>) -> Result<Response, Failure> {
    let (whole, template) = super::load(&app, &caller, &id).await?;
    let record = find(&whole, &risk)?.clone();
    let kept = draft::kept(&format!("/assessments/{}/risks/{}", whole.assessment.id, record.risk.id));
    render(&app, &caller, &whole, &template, Some(&record), Sent { kept, ..Sent::default() }).await
}

/// Saves a risk.
///
/// # Errors
/// Not found for a risk that is not the caller's to write.
pub async fn save(
    State(app): State<App>,
    caller: Caller,
    Path((id, risk)): Path<(String, String)>,
    form: Form,
) -> Result<Response, Failure> {
    store(&app, &caller, &id, Some(&risk), form).await
}

/// Removes a risk; its measures stay. The change log keeps what it was.
///
/// # Errors
/// Not found for a risk that is not the caller's to write.
pub async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path((id, risk)): Path<(String, String)>,
    form: Form,
) -> Result<Response, Failure> {
    let (seen, template) = super::load(&app, &caller, &id).await?;
    let record = find(&seen, &risk)?;
    if !writes(&app, &caller, &seen, &template, record.risk.part) {
        return Err(Failure::not_found());
    }
    let command = form.command()?;
    let location = format!("/assessments/{}/risks", seen.assessment.id);
    let Some(mut work) = app.store.work(&caller.scope, app.clock.now(), app.clock.today(), seen.assessment.id).await? else {
        return Err(Failure::not_found());
    };
    if let Some(done) = work.command(command).await? {
        return Ok(repeat::again(&done));
    }
    let standing = work.whole.risks.iter().find(|one| one.risk.id == record.risk.id).cloned();
    let signed = work.whole.assessment.state != Stand::Drafting;
    if !writes(&app, &caller, &work.whole, &template, record.risk.part) {
        return Err(Failure::not_found());
    }
    if signed && work.risk_is_named_elsewhere(record.risk.id) {
        let mut errors = Errors::default();
        errors.add("title", "A measure that others have signed acts on this risk, so that it cannot be removed now");
        let sent = Sent { errors, ..Sent::default() };
        return Ok(conflict(render(&app, &caller, &seen, &template, Some(record), sent).await?));
    }
    if let Some(current) = standing {
        work.remove_risk(&current).await?;
    }
    let said = "The risk is removed. Its history is kept, and it can be brought back from there.";
    work.answered(command, &repeat::kept(&location, said)).await?;
    work.commit().await?;
    Ok(page::saved(&location, said))
}

#[derive(Default)]
struct Sent {
    command: Option<Uuid>,
    typed: Option<BTreeMap<String, String>>,
    /// The version that it was begun with; none for the one that stands.
    version: Option<i64>,
    errors: Errors,
    clash: Option<Clash>,
    kept: Option<Kept>,
}

fn find<'a>(whole: &'a Whole, id: &str) -> Result<&'a RiskRecord, Failure> {
    let id: RiskId = id.parse().map_err(|_| Failure::not_found())?;
    whole.risks.iter().find(|record| record.risk.id == id).ok_or_else(Failure::not_found)
}

async fn store(app: &App, caller: &Caller, id: &str, risk: Option<&str>, form: Form) -> Result<Response, Failure> {
    let caller = &form.acting(caller)?;
    let (seen, template) = super::load(app, caller, id).await?;
    let member = caller.signed_in()?;
    let location = format!("/assessments/{}/risks", seen.assessment.id);
    let before = match risk.map(|risk| find(&seen, risk)).transpose() {
        Ok(found) => found.cloned(),
        Err(_) if form.some("title").is_some() => {
            return kept::page(app, &form, "Somebody removed this risk while you wrote.", "Risks and measures", &location);
        }
        Err(failure) => return Err(failure),
    };
    let part: Part = match &before {
        Some(record) => record.risk.part,
        None => form.text("part").parse().map_err(|_| Failure::not_found())?,
    };
    if !writes(app, caller, &seen, &template, part) {
        return locked(app, caller, &seen, part, &form, &location);
    }
    let command = form.command()?;
    let blank = || Risk {
        id: RiskId(Uuid::now_v7()),
        part,
        title: String::new(),
        description: String::new(),
        source: Source::Own,
        inherent: Assessed::default(),
        residual: Assessed::default(),
    };
    let base = match &before {
        Some(record) => {
            let began = clash::began(app, caller, &form, command).await?;
            Some(clash::base(app, record, record.updated_at, began).await?.risk)
        }
        None => None,
    };
    let (filled, errors) = filled(base.clone().unwrap_or_else(blank), &form, &template.matrix);
    if !errors.is_empty() {
        let version = form.version().ok();
        let sent = Sent { command: Some(command), typed: Some(form.typed()), version, errors, ..Sent::default() };
        return render(app, caller, &seen, &template, before.as_ref(), sent).await;
    }
    let Some(mut work) = app.store.work(&caller.scope, app.clock.now(), app.clock.today(), seen.assessment.id).await? else {
        return Err(Failure::not_found());
    };
    if let Some(done) = work.command(command).await? {
        return Ok(repeat::again(&done));
    }
    // Somebody may have frozen it since it was looked at.
    if !writes(app, caller, &work.whole, &template, filled.part) {
        drop(work);
        let (seen, _) = super::load(app, caller, id).await?;
        return locked(app, caller, &seen, filled.part, &form, &location);
    }
    if before.is_none() && work.sent_before().is_some() {
        let made = work.sent_before().map_or(location.as_str(), repeat::address).to_owned();
        return kept::sent_before(app, &form, &made);
    }
    let current = work.whole.risks.iter().find(|one| one.risk.id == filled.id).cloned();
    let mut both = false;
    let record = match (current, base) {
        (Some(current), Some(base)) => {
            let met = meet::risks(&base, &current.risk, &filled);
            if !met.clashes.is_empty() {
                drop(work);
                let rows = clash::of_risk(&template.matrix, &met.clashes, [&base, &current.risk, &filled]);
                let by = whole::names(app, &caller.scope, [current.by]).await?.remove(&current.by).unwrap_or_default();
                let typed = Some(typed(&met.merged));
                let sent = Sent { typed, clash: Some(Clash { by, own: current.by == member.person, rows }), ..Sent::default() };
                return render(app, caller, &seen, &template, Some(&current), sent).await;
            }
            both = current.risk != base && met.merged != current.risk;
            let mut writers = current.writers.clone();
            writers.insert(member.person);
            RiskRecord {
                risk: met.merged,
                writers,
                look: None,
                by: member.person,
                organisation: member.acting_for,
                stated: false,
                ..current
            }
        }
        (None, Some(_)) => {
            return kept::page(app, &form, "Somebody removed this risk while you wrote.", "Risks and measures", &location);
        }
        _ => RiskRecord {
            assessment: seen.assessment.id,
            number: work.whole.risks.iter().map(|record| record.number).max().unwrap_or(0) + 1,
            risk: filled,
            writers: BTreeSet::from([member.person]),
            look: None,
            by: member.person,
            organisation: member.acting_for,
            stated: false,
            updated_at: 0,
        },
    };
    let there = format!("{location}/{}", record.risk.id);
    let id = record.risk.id;
    work.put_risk(record).await?;
    let version = work.whole.risks.iter().find(|one| one.risk.id == id).map_or(0, |one| one.updated_at);
    let said = if both {
        "The risk is saved. It had been changed since you began: both changes are in it. Please read it once more."
    } else {
        "The risk is saved."
    };
    work.answered(command, &repeat::kept(&clash::saved(&there, version), said)).await?;
    work.forget_typed(&format!("{location}/{}", risk.unwrap_or("new"))).await?;
    work.commit().await?;
    Ok(page::saved(&location, said))
}

/// The form of a risk that cannot be changed now comes back with what was typed; whoever never wrote in that part is told nothing.
fn locked(app: &App, caller: &Caller, seen: &Whole, part: Part, form: &Form, to: &str) -> Result<Response, Failure> {
    let writer = domain::dpia::access::writes(&caller.scope, &seen.assessment, part, "", app.clock.today());
    if !writer {
        return Err(Failure::not_found());
    }
    kept::page(
        app,
        form,
        "The risk is not saved: the text was frozen, signed or closed while you wrote.",
        "Risks and measures",
        to,
    )
}

async fn render(
    app: &App,
    caller: &Caller,
    whole: &Whole,
    template: &Template,
    record: Option<&RiskRecord>,
    sent: Sent,
) -> Result<Response, Failure> {
    let snapshot = app.snapshot();
    let tasks = Tasks::of(app, caller, whole).await?;
    let mine: Vec<Choice> = parts(whole)
        .filter(|part| writes(app, caller, whole, template, *part))
        .map(|part| Choice {
            value: part.to_string(),
            text: whole::part(&snapshot, part)
                .map_or_else(|| "Everyone who takes part".to_owned(), |organisation| format!("Only {}", organisation.name)),
            hint: None,
        })
        .collect();
    if record.is_none() && mine.is_empty() && sent.errors.is_empty() {
        let why = "No risk can be added here now: the text is frozen, signed or closed, or you do not write here any more.";
        return sent.kept.map_or_else(|| Err(Failure::not_found()), |kept| kept.gone(app, whole, why));
    }
    let may = record.map_or(!mine.is_empty(), |record| writes(app, caller, whole, template, record.risk.part));
    let steps = |steps: &[domain::dpia::risk::Step]| -> Vec<Choice> {
        steps.iter().map(|step| Choice { value: step.id.clone(), text: step.label.clone(), hint: step.hint.clone() }).collect()
    };
    let href = format!("/assessments/{}", whole.assessment.id);
    let today = app.clock.today();
    let first = mine.first().map(|part| part.value.clone()).unwrap_or_default();
    let written: Vec<Part> = match record {
        Some(record) => vec![record.risk.part],
        None => parts(whole).filter(|part| writes(app, caller, whole, template, *part)).collect(),
    };
    let own_work = if may { own_work::warnings(app, caller, whole, template, &written, &[]).await? } else { Vec::new() };
    let mut filled = Filled { version: record.map(|record| sent.version.unwrap_or(record.updated_at)), ..Filled::default() };
    filled.typed = sent
        .typed
        .unwrap_or_else(|| record.map_or_else(|| BTreeMap::from([("part".to_owned(), first)]), |record| typed(&record.risk)));
    let back = sent.kept.and_then(|kept| kept.over(&mut filled, may, false));
    let view = View {
        own_work,
        back,
        action: record.map_or_else(|| format!("{href}/risks/new"), |record| format!("{href}/risks/{}", record.risk.id)),
        number: record.map(|record| record.number),
        command: sent.command.unwrap_or_else(new_command),
        version: filled.version,
        writes: may,
        typed: filled.typed,
        errors: sent.errors,
        parts: mine,
        likelihood: steps(&template.matrix.likelihood),
        severity: steps(&template.matrix.severity),
        levels: template
            .matrix
            .levels
            .iter()
            .map(|level| Choice { value: level.id.clone(), text: level.label.clone(), hint: None })
            .collect(),
        about: template.matrix.about.clone(),
        why: record.and_then(|record| match &record.risk.source {
            Source::Rule { why, .. } => Some(why.clone()),
            _ => None,
        }),
        measures: record.map_or_else(Vec::new, |record| {
            whole
                .measures
                .iter()
                .filter(|one| one.measure.risks.contains(&record.risk.id))
                .map(|one| measure_row(one, &tasks, today))
                .collect()
        }),
        look: record
            .and_then(|record| Some((record.look.as_ref()?.why.clone(), looks(app, caller, whole, template, record.risk.part)))),
        clash: sent.clash,
        all: whole.sight.sees_sign_off(),
        href,
    };
    let mut frame = whole::frame(app, whole, "A risk");
    frame.error = !view.errors.is_empty();
    Ok(page::render(app, "dpia/risks/risk.html", &frame, view)?.into_response())
}
