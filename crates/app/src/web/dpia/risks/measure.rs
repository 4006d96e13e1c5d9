//! `/assessments/{id}/measures/{measure}`: what is done about risks, who sees to it, by when; and how far it is, which can be
//! recorded after signing too and touches no signature.

use super::{
    super::{
        own_work::{self, Warning},
        projects::Body,
        together::task,
        who::{self, Choice},
        whole,
    },
    clash::{self, Clash},
    typed::{self as draft, Back, Filled, Kept},
};
use crate::{
    assessments::tell,
    error::Failure,
    state::App,
    web::{
        form::{Errors, Form, new_command},
        kept, page,
        query::Params,
        repeat,
        session::Caller,
    },
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Response},
};
use domain::dpia::{
    access,
    answer::PersonRef,
    ids::MeasureId,
    place::Part,
    risk::{Measure, Progress, meet},
    task::{About, Assignee},
    template::Template,
    version::MeasureRecord,
    whole::Whole,
};
use jiff::civil::Date;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

mod approved;
pub(super) mod form;

use approved::approved;
use form::{Offered, filled, may_write, sees_to, tracks, typed};

#[derive(Serialize)]
struct View {
    href: String,
    action: String,
    number: Option<u32>,
    command: Uuid,
    version: Option<i64>,
    /// The words may be changed.
    writes: bool,
    /// How far it is may be changed.
    tracks: bool,
    typed: BTreeMap<String, String>,
    errors: Errors,
    risks: Vec<Choice>,
    chosen: Vec<String>,
    /// Risks that it acts on too, in parts that are not the caller's to write.
    others: Vec<String>,
    /// The rest is frozen or signed: only a risk of the caller's own annex can be chosen.
    annex_alone: bool,
    clash: Option<Clash>,
    /// What the caller typed here and did not save.
    back: Option<Back>,
    /// Who can see to it: with a date, it stands on their list.
    people: Vec<Choice>,
    /// With whom its task is now.
    task: Option<With>,
    /// Somebody said that its task is done.
    finishing: bool,
    /// Whether the caller reads the whole assessment, and so its history.
    all: bool,
    /// Who has approved it, by accepting the remaining risk: role, organisation, when. None of a new one.
    approved: Option<Vec<(&'static str, Body, i64)>>,
    /// Signatures that the caller cannot give once they change the words.
    own_work: Vec<Warning>,
}

/// With whom a measure is, by when.
#[derive(Serialize)]
struct With {
    name: String,
    due: Option<Date>,
    /// Its page, for those who may hand it on or finish it.
    href: Option<String>,
}

/// The empty form; `risk` in the address is ticked.
///
/// # Errors
/// Not found where the caller may not write measures.
pub async fn new(State(app): State<App>, caller: Caller, Path(id): Path<String>, params: Params) -> Result<Response, Failure> {
    let (whole, template) = super::load(&app, &caller, &id).await?;
    let chosen = params.one("risk").map(str::to_owned).into_iter().collect();
    let kept = draft::kept(&format!("/assessments/{}/measures/new", whole.assessment.id));
    render(&app, &caller, &whole, &template, None, Sent { chosen: Some(chosen), kept, ..Sent::default() }).await
}

/// Writes a new measure.
///
/// # Errors
/// Not found where the caller may not write measures.
pub async fn create(State(app): State<App>, caller: Caller, Path(id): Path<String>, form: Form) -> Result<Response, Failure> {
    store(&app, &caller, &id, None, form).await
}

/// The form, filled.
///
/// # Errors
/// Not found for a measure that is not the caller's to read.
pub async fn page(
    State(app): State<App>,
    caller: Caller,
    Path((id, one)): Path<(String, String)>,
    params: Params,
) -> Result<Response, Failure> {
    let (whole, template) = super::load(&app, &caller, &id).await?;
    let record = find(&whole, &one)?.clone();
    let kept = draft::kept(&format!("/assessments/{}/measures/{}", whole.assessment.id, record.measure.id));
    let mut sent = Sent { finishing: params.one("task") == Some("done"), kept, ..Sent::default() };
    if sent.finishing {
        sent.typed = Some(
            BTreeMap::from([("progress".to_owned(), String::new())])
                .into_iter()
                .chain(typed(&record.measure).into_iter().filter(|(name, _)| name != "progress"))
                .collect(),
        );
    }
    render(&app, &caller, &whole, &template, Some(&record), sent).await
}

/// Saves a measure.
///
/// # Errors
/// Not found for a measure that is not the caller's to write.
pub async fn save(
    State(app): State<App>,
    caller: Caller,
    Path((id, one)): Path<(String, String)>,
    form: Form,
) -> Result<Response, Failure> {
    store(&app, &caller, &id, Some(&one), form).await
}

#[derive(Default)]
struct Sent {
    command: Option<Uuid>,
    typed: Option<BTreeMap<String, String>>,
    chosen: Option<Vec<String>>,
    /// The version that it was begun with; none for the one that stands.
    version: Option<i64>,
    errors: Errors,
    clash: Option<Clash>,
    finishing: bool,
    kept: Option<Kept>,
}

fn find<'a>(whole: &'a Whole, id: &str) -> Result<&'a MeasureRecord, Failure> {
    let id: MeasureId = id.parse().map_err(|_| Failure::not_found())?;
    whole.measures.iter().find(|record| record.measure.id == id).ok_or_else(Failure::not_found)
}

async fn store(app: &App, caller: &Caller, id: &str, one: Option<&str>, form: Form) -> Result<Response, Failure> {
    let caller = &form.acting(caller)?;
    let (seen, template) = super::load(app, caller, id).await?;
    let member = caller.signed_in()?;
    let location = format!("/assessments/{}/risks", seen.assessment.id);
    let removed = "Somebody removed this measure while you wrote.";
    let before = match one.map(|one| find(&seen, one)).transpose() {
        Ok(found) => found.cloned(),
        Err(_) if form.some("title").is_some() => return kept::page(app, &form, removed, "Risks and measures", &location),
        Err(failure) => return Err(failure),
    };
    let writable = form::writable(app, caller, &seen, &template);
    let now = before.as_ref().map(|record| &record.measure);
    let words = may_write(&seen, &writable, now);
    let progress = tracks(app, caller, &seen, &template, now) || sees_to(app, caller, &seen, before.as_ref()).await?;
    // Words were sent, and only how far it is can be changed now; or nothing can, by those who wrote here.
    let part = before.as_ref().map_or(Part::Shared, |record| form::part(&seen, &record.measure));
    let writer = || {
        let mut parts: Vec<Part> = if before.is_some() { vec![part] } else { super::list::parts(&seen).collect() };
        parts.retain(|part| access::writes(&caller.scope, &seen.assessment, *part, "", app.clock.today()));
        !parts.is_empty()
    };
    let frozen = "The measure is not saved: the text was frozen, signed or closed while you wrote.";
    if !words && form.has("title") && writer() {
        return kept::page(app, &form, frozen, "Risks and measures", &location);
    }
    if !(words || progress && before.is_some()) {
        return Err(Failure::not_found());
    }
    let command = form.command()?;
    let blank = || Measure {
        id: MeasureId(Uuid::now_v7()),
        risks: Vec::new(),
        title: String::new(),
        description: String::new(),
        effect: None,
        owner: PersonRef::default(),
        organisation: Some(member.acting_for),
        due: None,
        progress: Progress::Planned,
        done_on: None,
        evidence: String::new(),
    };
    let base = match &before {
        Some(record) => {
            let began = clash::began(app, caller, &form, command).await?;
            Some(clash::base(app, record, record.updated_at, began).await?.measure)
        }
        None => None,
    };
    let names = whole::names(app, &caller.scope, seen.holders.iter().map(|holder| holder.person)).await?;
    let offered = Offered { whole: &seen, writable: &writable, words, names: &names };
    let (filled, errors) = filled(base.clone().unwrap_or_else(blank), &form, &offered, app.clock.today());
    if !errors.is_empty() {
        let chosen = Some(form.all("risk").into_iter().map(str::to_owned).collect());
        let finishing = form.text("progress").is_empty();
        let (typed, version) = (Some(form.typed()), form.version().ok());
        let sent = Sent { command: Some(command), typed, chosen, version, errors, finishing, ..Sent::default() };
        return render(app, caller, &seen, &template, before.as_ref(), sent).await;
    }
    let Some(mut work) = app.store.work(&caller.scope, app.clock.now(), app.clock.today(), seen.assessment.id).await? else {
        return Err(Failure::not_found());
    };
    if let Some(done) = work.command(command).await? {
        return Ok(repeat::again(&done));
    }
    // Somebody may have frozen it, or moved the measure to another part, since it was looked at.
    let free = form::writable(app, caller, &work.whole, &template);
    let standing = work.whole.measures.iter().find(|one| one.measure.id == filled.id).map(|one| &one.measure);
    if words && !(may_write(&work.whole, &free, standing) && may_write(&work.whole, &free, Some(&filled))) {
        drop(work);
        return kept::page(app, &form, frozen, "Risks and measures", &location);
    }
    if before.is_none() && work.sent_before().is_some() {
        let made = work.sent_before().map_or(location.as_str(), repeat::address).to_owned();
        return kept::sent_before(app, &form, &made);
    }
    let current = work.whole.measures.iter().find(|one| one.measure.id == filled.id).cloned();
    let mut both = false;
    let record = match (current, base) {
        (Some(current), Some(base)) => {
            let met = meet::measures(&base, &current.measure, &filled);
            if !met.clashes.is_empty() {
                drop(work);
                let rows = clash::of_measure(&seen, &met.clashes, [&base, &current.measure, &filled]);
                let by = whole::names(app, &caller.scope, [current.by]).await?.remove(&current.by).unwrap_or_default();
                let chosen = Some(met.merged.risks.iter().map(ToString::to_string).collect());
                let typed = Some(typed(&met.merged));
                let sent =
                    Sent { typed, chosen, clash: Some(Clash { by, own: current.by == member.person, rows }), ..Sent::default() };
                return render(app, caller, &seen, &template, Some(&current), sent).await;
            }
            both = current.measure != base && met.merged != current.measure;
            let mut writers = current.writers.clone();
            if words {
                writers.insert(member.person);
            }
            MeasureRecord {
                measure: met.merged,
                writers,
                by: member.person,
                organisation: member.acting_for,
                stated: false,
                ..current
            }
        }
        (None, Some(_)) => return kept::page(app, &form, removed, "Risks and measures", &location),
        _ => MeasureRecord {
            assessment: seen.assessment.id,
            number: work.whole.measures.iter().map(|record| record.number).max().unwrap_or(0) + 1,
            measure: filled,
            writers: BTreeSet::from([member.person]),
            by: member.person,
            organisation: member.acting_for,
            stated: false,
            updated_at: 0,
        },
    };
    let there = format!("/assessments/{}/measures/{}", seen.assessment.id, record.measure.id);
    let id = record.measure.id;
    work.put_measure(record).await?;
    let version = work.whole.measures.iter().find(|one| one.measure.id == id).map_or(0, |one| one.updated_at);
    let said = if both {
        "The measure is saved. It had been changed since you began: both changes are in it. Please read it once more."
    } else {
        "The measure is saved."
    };
    work.answered(command, &repeat::kept(&clash::saved(&there, version), said)).await?;
    work.forget_typed(&format!("/assessments/{}/measures/{}", seen.assessment.id, one.unwrap_or("new"))).await?;
    tell::commit(app, work, None).await?;
    Ok(page::saved(&location, said))
}

async fn render(
    app: &App,
    caller: &Caller,
    whole: &Whole,
    template: &Template,
    record: Option<&MeasureRecord>,
    sent: Sent,
) -> Result<Response, Failure> {
    let writable = form::writable(app, caller, whole, template);
    let measure = record.map(|record| &record.measure);
    let words = may_write(whole, &writable, measure);
    let progress = tracks(app, caller, whole, template, measure) || sees_to(app, caller, whole, record).await?;
    if record.is_none() && !words && sent.errors.is_empty() {
        let why = "No measure can be added here now: the text is frozen, signed or closed, or you do not write here any more.";
        return sent.kept.map_or_else(|| Err(Failure::not_found()), |kept| kept.gone(app, whole, why));
    }
    let href = format!("/assessments/{}", whole.assessment.id);
    let names = whole::names(app, &caller.scope, whole.holders.iter().map(|holder| holder.person)).await?;
    let known = app.store.tasks_of(&caller.scope, app.clock.today(), whole.assessment.id).await?;
    let away = app.store.absences(&caller.scope, app.clock.today()).await?;
    let asks = |record: &MeasureRecord| {
        let about = About::Measure { measure: record.measure.id };
        let task = known.iter().find(|task| task.open() && task.about == about)?;
        let name = match task.assignee {
            Assignee::Person { person, .. } => names.get(&person).cloned().unwrap_or_default(),
            Assignee::Role { role, .. } => role.words().to_owned(),
        };
        let may = task::may(app, caller, whole, task, &away).unwrap_or(false);
        Some(With { name, due: task.due, href: may.then(|| format!("{href}/tasks/{}", task.id)) })
    };
    let parts = match measure {
        Some(measure) => vec![form::part(whole, measure)],
        None => writable.clone(),
    };
    let own_work = if words { own_work::warnings(app, caller, whole, template, &parts, &[]).await? } else { Vec::new() };
    let written = whole.risks.iter().filter(|record| writable.contains(&record.risk.part));
    let risks: Vec<Choice> = written
        .map(|record| Choice { value: record.risk.id.to_string(), text: format!("R{}. {}", record.number, record.risk.title) })
        .collect();
    let mut filled = Filled { version: record.map(|record| sent.version.unwrap_or(record.updated_at)), ..Filled::default() };
    filled.typed = sent.typed.unwrap_or_else(|| match record {
        Some(record) => typed(&record.measure),
        None => BTreeMap::from([("progress".to_owned(), Progress::Planned.as_str().to_owned())]),
    });
    filled.chosen = sent
        .chosen
        .or_else(|| record.map(|record| record.measure.risks.iter().map(ToString::to_string).collect()))
        .unwrap_or_default();
    filled.chosen.retain(|id| risks.iter().any(|risk| risk.value == *id));
    let back = sent.kept.and_then(|kept| kept.over(&mut filled, words, progress));
    let view = View {
        own_work,
        back,
        action: record.map_or_else(|| format!("{href}/measures/new"), |record| format!("{href}/measures/{}", record.measure.id)),
        number: record.map(|record| record.number),
        command: sent.command.unwrap_or_else(new_command),
        version: filled.version,
        writes: words,
        tracks: progress && record.is_some(),
        typed: filled.typed,
        errors: sent.errors,
        others: whole
            .risks
            .iter()
            .filter(|record| measure.is_some_and(|measure| measure.risks.contains(&record.risk.id)))
            .filter(|record| !writable.contains(&record.risk.part))
            .map(|record| format!("R{}. {}", record.number, record.risk.title))
            .collect(),
        annex_alone: !writable.contains(&Part::Shared),
        risks,
        chosen: filled.chosen,
        clash: sent.clash,
        people: who::people(app, whole, &names),
        task: record.and_then(asks),
        finishing: sent.finishing,
        all: whole.sight.sees_sign_off(),
        approved: match record.filter(|_| whole.sight.sees_sign_off()) {
            Some(record) => Some(approved(app, whole, template, record.measure.id)?),
            None => None,
        },
        href,
    };
    let mut frame = whole::frame(app, whole, "A measure");
    frame.error = !view.errors.is_empty();
    Ok(page::render(app, "dpia/risks/measure.html", &frame, view)?.into_response())
}
