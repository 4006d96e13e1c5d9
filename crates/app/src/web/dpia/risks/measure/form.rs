//! The form of a measure: what it offers to whom, and the measure that comes of it.

use super::super::{super::who, list::parts, looks, writes};
use crate::{
    error::Failure,
    state::App,
    web::{
        form::{Errors, Form},
        session::Caller,
    },
};
use domain::{
    dpia::{
        ids::RiskId,
        place::Part,
        risk::{Effect, Measure, Progress, Risk},
        task::{About, Assignee},
        template::Template,
        version::{MeasureRecord, part_of},
        whole::Whole,
    },
    people::PersonId,
};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// The part that a measure stands in.
pub(in super::super) fn part(whole: &Whole, measure: &Measure) -> Part {
    let risks: Vec<Risk> = whole.risks.iter().map(|record| record.risk.clone()).collect();
    part_of(measure, &risks)
}

/// The parts whose words the caller may change now.
pub(in super::super) fn writable(app: &App, caller: &Caller, whole: &Whole, template: &Template) -> Vec<Part> {
    parts(whole).filter(|part| writes(app, caller, whole, template, *part)).collect()
}

/// Whether the words of a measure may be changed now: in its own part, and a new one's in any part that the caller writes.
pub(in super::super) fn may_write(whole: &Whole, writable: &[Part], measure: Option<&Measure>) -> bool {
    match measure {
        Some(measure) => writable.contains(&part(whole, measure)),
        None => !writable.is_empty(),
    }
}

/// Whether the caller records how far a measure is: whoever writes its part, whatever the state of the text.
pub(super) fn tracks(app: &App, caller: &Caller, whole: &Whole, template: &Template, measure: Option<&Measure>) -> bool {
    measure.is_some_and(|measure| looks(app, caller, whole, template, part(whole, measure)))
}

/// Whether a measure's task is on the caller's list: then they say how far it is, whatever else they may write.
pub(super) async fn sees_to(app: &App, caller: &Caller, whole: &Whole, record: Option<&MeasureRecord>) -> Result<bool, Failure> {
    let Some(record) = record.filter(|_| whole.sight.sees_sign_off() && !whole.assessment.state.is_closed()) else {
        return Ok(false);
    };
    let (member, today) = (caller.signed_in()?, app.clock.today());
    let away = app.store.absences(&caller.scope, today).await?;
    let about = About::Measure { measure: record.measure.id };
    let tasks = app.store.tasks_of(&caller.scope, today, whole.assessment.id).await?;
    Ok(tasks.iter().any(|task| task.open() && task.about == about && task.mine(member, &away, today).is_some()))
}

/// What a form for a measure offers to whom.
pub(super) struct Offered<'a> {
    pub(super) whole: &'a Whole,
    pub(super) writable: &'a [Part],
    pub(super) words: bool,
    pub(super) names: &'a BTreeMap<PersonId, String>,
}

impl Offered<'_> {
    /// Whether a risk is offered: those of parts that the caller writes.
    fn risk(&self, id: RiskId) -> bool {
        self.whole.risks.iter().any(|record| record.risk.id == id && self.writable.contains(&record.risk.part))
    }
}

pub(super) fn filled(mut measure: Measure, form: &Form, offered: &Offered<'_>, today: Date) -> (Measure, Errors) {
    let (whole, words) = (offered.whole, offered.words);
    let mut errors = Errors::default();
    let mut day = |name: &str, what: &str| match form.day(name, what) {
        Ok(day) => day,
        Err(message) => {
            errors.add_at(name, &format!("{name}-day"), message);
            None
        }
    };
    let (due, done_on) = (day("due", "The date"), day("done", "The day it was done"));
    if words {
        form.text("title").clone_into(&mut measure.title);
        form.text("description").clone_into(&mut measure.description);
        if measure.title.is_empty() {
            errors.add("title", "Say in a line what is done");
        }
        let chosen: Vec<RiskId> = form.all("risk").into_iter().filter_map(|text| text.parse().ok()).collect();
        // What it does about risks of parts that are not the caller's to write stays as it is.
        measure.risks.retain(|id| !offered.risk(*id));
        measure.risks.extend(chosen.into_iter().filter(|id| offered.risk(*id)));
        if !offered.writable.contains(&part(whole, &measure)) {
            errors.add("risk", "Choose a risk of a part that you can write now: the measure stands where its risks do");
        }
        measure.effect = Effect::parse(form.text("effect"));
        match who::owner(whole, form.text("owner")) {
            Some((person, organisation)) => {
                measure.owner.id = Some(person.0);
                measure.owner.name = offered.names.get(&person).cloned().unwrap_or_default();
                measure.organisation = Some(organisation);
            }
            None => {
                measure.owner.id = None;
                form.text("owner-name").clone_into(&mut measure.owner.name);
            }
        }
        form.text("owner-post").clone_into(&mut measure.owner.post);
        measure.due = due;
    }
    match Progress::parse(form.text("progress")) {
        Some(progress) => measure.progress = progress,
        // A new measure is planned.
        None if form.has("version") => errors.add("progress", "Choose how far it is"),
        None => {}
    }
    form.text("evidence").clone_into(&mut measure.evidence);
    measure.done_on = match measure.progress {
        Progress::Done => Some(done_on.or(measure.done_on).unwrap_or(today)),
        _ => None,
    };
    if measure.progress == Progress::Dropped && measure.evidence.is_empty() {
        errors.add("evidence", "Say why it is dropped");
    }
    (measure, errors)
}

/// Whoever sees to a measure, as its form names them; none where it is somebody who is not known here.
fn owner(measure: &Measure) -> Option<String> {
    let (person, organisation) = (PersonId(measure.owner.id?), measure.organisation?);
    Some(who::value(Assignee::Person { person, organisation }))
}

pub(super) fn typed(measure: &Measure) -> BTreeMap<String, String> {
    let mut typed = BTreeMap::from([
        ("title".to_owned(), measure.title.clone()),
        ("description".to_owned(), measure.description.clone()),
        ("effect".to_owned(), measure.effect.map(Effect::as_str).unwrap_or_default().to_owned()),
        ("owner".to_owned(), owner(measure).unwrap_or_default()),
        ("owner-name".to_owned(), if owner(measure).is_some() { String::new() } else { measure.owner.name.clone() }),
        ("owner-post".to_owned(), measure.owner.post.clone()),
        ("progress".to_owned(), measure.progress.as_str().to_owned()),
        ("evidence".to_owned(), measure.evidence.clone()),
    ]);
    for (name, day) in [("due", measure.due), ("done", measure.done_on)] {
        if let Some(day) = day {
            typed.insert(format!("{name}-day"), day.day().to_string());
            typed.insert(format!("{name}-month"), day.month().to_string());
            typed.insert(format!("{name}-year"), day.year().to_string());
        }
    }
    typed
}
