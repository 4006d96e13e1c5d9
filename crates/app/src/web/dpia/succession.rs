//! `/assessments/{id}/template`: which version of its template an assessment is written with; what would become of each answer under
//! a newer one; and the move, when its owner agrees.

use super::{templates::list::address, whole};
use crate::{
    assessments::about,
    error::Failure,
    state::App,
    web::{
        form::{Errors, Form, new_command},
        page, repeat,
        session::Caller,
    },
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Response},
};
use domain::{
    dpia::{
        access,
        assessment::State as Stand,
        edit::Writer,
        known::Known,
        library::order,
        place::Place,
        review::Trigger,
        succession::{self, Plan, Refusal},
        template::{
            Edition, Template,
            compare::{Difference, compare},
            migrate::{How, Why},
        },
        whole::Whole,
        workflow::Move,
    },
    people::Member,
};
use serde::Serialize;
use std::collections::BTreeMap;
use store::dpia::work::Moving;
use uuid::Uuid;

#[derive(Serialize)]
struct View {
    href: String,
    /// The version that it is written with.
    now: Version,
    /// The newer one.
    next: Option<Version>,
    changes: Vec<String>,
    differences: Vec<Difference>,
    moved: Vec<Line>,
    aside: Vec<Line>,
    /// Sections that are no more, with the one to which what is asked of people there goes.
    sections: Vec<(String, Option<String>)>,
    unchanged: usize,
    blocked: &'static str,
    /// The clashes that stand in the way: the question, and where it is settled.
    clashes: Vec<(String, String)>,
    /// It has to be opened for changes, and signatures are given again.
    reopens: bool,
    keeps: bool,
    /// It was made elsewhere.
    record: bool,
    /// What earlier moves kept aside.
    kept: Vec<Kept>,
    command: Uuid,
    version: i64,
    errors: Errors,
    typed: BTreeMap<String, String>,
}

#[derive(Serialize)]
struct Version {
    title: String,
    version: String,
    href: String,
}

/// What becomes of an answer.
#[derive(Serialize)]
struct Line {
    from: Vec<String>,
    to: Vec<String>,
    how: &'static str,
    reason: String,
    part: Option<super::projects::Body>,
}

#[derive(Serialize)]
struct Kept {
    label: String,
    part: Option<super::projects::Body>,
    text: String,
}

/// The newest version of a template that an assessment could move to.
fn newest<'k>(rules: &'k Known, now: &Edition) -> Option<&'k Template> {
    rules
        .templates
        .iter()
        .filter(|one| one.edition.urn == now.urn && order(&one.edition.version) > order(&now.version))
        .max_by_key(|one| order(&one.edition.version))
}

/// The page.
///
/// # Errors
/// Not found where the caller does not see all of the assessment.
pub async fn page(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Failure> {
    let (whole, _) = whole::load(&app, &caller, &id).await?;
    render(&app, &caller, &whole, Errors::default(), BTreeMap::new())
}

fn writer(app: &App, member: &Member) -> Writer {
    Writer { person: member.person, organisation: member.acting_for, at: app.clock.now() }
}

fn render(
    app: &App,
    caller: &Caller,
    whole: &Whole,
    errors: Errors,
    typed: BTreeMap<String, String>,
) -> Result<Response, Failure> {
    let member = caller.signed_in()?;
    if !whole.sight.sees_sign_off() {
        return Err(Failure::not_found());
    }
    whole::of_record(whole, whole.holds_words())?;
    let (rules, head) = (app.rules(), &whole.assessment);
    let now = rules.template(&head.template).ok_or_else(Failure::not_found)?;
    // A record of one made elsewhere stays as it came in.
    let next = newest(&rules, &head.template).filter(|_| !head.is_record());
    let planned = next.map(|next| succession::plan(&rules, whole, &next.edition, writer(app, member)));
    let version = |template: &Template| Version {
        title: template.title.clone(),
        version: template.edition.version.clone(),
        href: address(&template.edition),
    };
    let mut view = View {
        href: format!("/assessments/{}", head.id),
        now: version(now),
        next: next.map(version),
        changes: next.map(|next| next.changes.clone()).unwrap_or_default(),
        differences: next.map(|next| compare(now, next)).unwrap_or_default(),
        moved: Vec::new(),
        aside: Vec::new(),
        sections: Vec::new(),
        unchanged: 0,
        blocked: match &planned {
            Some(Err(refusal)) => sentence(*refusal),
            _ => "",
        },
        clashes: match &planned {
            Some(Err(Refusal::Clash)) => clashes(&rules, whole, now),
            _ => Vec::new(),
        },
        record: head.is_record(),
        reopens: head.state != Stand::Drafting,
        keeps: access::keeps(&caller.scope, head, head.lead),
        kept: kept(app, &rules, whole, now),
        command: new_command(),
        version: head.updated_at,
        errors,
        typed,
    };
    if let Some(Ok(plan)) = planned {
        let (now, to) = (head.template.clone(), plan.to.clone());
        tell(app, &rules, &now, &plan, &mut view);
        let lost = of_overlays(app, &rules, whole, &to);
        view.unchanged = view.unchanged.saturating_sub(lost.len());
        view.aside.extend(lost);
    }
    let mut frame = whole::frame(app, whole, "The template");
    frame.error = !view.errors.is_empty();
    Ok(page::render(app, "dpia/succession.html", &frame, view)?.into_response())
}

/// What a plan does, in the words of both versions.
fn tell(app: &App, rules: &Known, now: &Edition, plan: &Plan, view: &mut View) {
    let snapshot = app.snapshot();
    let label = |place: &Place| label(rules, now, &plan.to, place);
    view.moved = plan
        .moved
        .iter()
        .map(|moved| Line {
            from: moved.from.iter().map(label).collect(),
            to: moved.to.iter().map(label).collect(),
            how: match moved.how {
                How::Renamed => "renamed",
                How::Split => "split",
                How::Merged => "merged",
                How::Reshaped => "reshaped",
            },
            reason: String::new(),
            part: moved.from.first().and_then(|place| whole::part(&snapshot, place.part)),
        })
        .collect();
    view.aside = plan
        .aside
        .iter()
        .map(|aside| Line {
            from: vec![label(&aside.place)],
            to: Vec::new(),
            how: match aside.why {
                Why::Dropped { .. } => "dropped",
                Why::NoField => "no-field",
                Why::OtherPart => "other-part",
                Why::Taken => "taken",
                Why::DoesNotFit => "does-not-fit",
                Why::Reshaped => "reshaped",
            },
            reason: succession::reason(&aside.why).unwrap_or_default().to_owned(),
            part: whole::part(&snapshot, aside.place.part),
        })
        .collect();
    view.unchanged = plan.unchanged;
    let title = |edition: &Edition, id: &str| {
        let section = rules.template(edition).and_then(|template| template.section(id));
        section.map_or_else(|| id.to_owned(), |section| section.title.clone())
    };
    let went = plan.sections.iter().map(|(id, to)| (title(now, id), to.as_ref().map(|to| title(&plan.to, to))));
    view.sections = went.collect();
}

/// Answers to fields that an organisation added for itself, which have no place in the newer version.
fn of_overlays(app: &App, rules: &Known, whole: &Whole, to: &Edition) -> Vec<Line> {
    let (head, today, snapshot) = (&whole.assessment, app.clock.today(), app.snapshot());
    let (Some(now), Some(next)) = (rules.template_of(head, today), rules.laid(to, head.controllers(), today)) else {
        return Vec::new();
    };
    succession::without_their_overlay(whole, &now, &next)
        .map(|field| Line {
            from: vec![now.field(&field.place.field).map_or_else(|| field.place.field.clone(), |field| field.label.clone())],
            to: Vec::new(),
            how: "no-overlay",
            reason: String::new(),
            part: whole::part(&snapshot, field.place.part),
        })
        .collect()
}

/// The label of a field in the version that has it: the older, the newer, or any between and before.
fn label(rules: &Known, now: &Edition, to: &Edition, place: &Place) -> String {
    let versions = rules.templates.iter().filter(|one| one.edition.urn == now.urn);
    let found = [now, to].into_iter().filter_map(|edition| rules.template(edition)).chain(versions);
    let field = place.field.split_once("-aside-").map_or(place.field.as_str(), |(field, _)| field);
    found
        .filter_map(|template| template.field(field))
        .chain(rules.overlays_of().iter().flat_map(|(_, one)| &one.fields).map(|(_, own)| own).filter(|own| own.id == field))
        .map(|field| field.label.clone())
        .next()
        .unwrap_or_else(|| place.field.clone())
}

fn kept(app: &App, rules: &Known, whole: &Whole, now: &Template) -> Vec<Kept> {
    let snapshot = app.snapshot();
    let laid = rules.template_of(&whole.assessment, app.clock.today());
    let template = laid.as_deref().unwrap_or(now);
    succession::kept_aside(whole, template)
        .map(|field| Kept {
            label: label(rules, &now.edition, &now.edition, &field.place),
            part: whole::part(&snapshot, field.place.part),
            text: field.answer.as_ref().map(|answer| answer.plain(&domain::dpia::answer::Labels::default())).unwrap_or_default(),
        })
        .collect()
}

/// The questions in which texts clash, with the page that settles each.
fn clashes(rules: &Known, whole: &Whole, now: &Template) -> Vec<(String, String)> {
    let clashing = whole.fields.iter().filter(|field| field.clashes());
    clashing
        .map(|field| {
            let place = &field.place;
            let address = format!("/assessments/{}/{}/{}/clash", whole.assessment.id, place.part, place.field);
            (label(rules, &now.edition, &now.edition, place), address)
        })
        .collect()
}

fn sentence(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::Here => "It is written with this version already",
        Refusal::NoWay => "There is no map from its version to this one",
        Refusal::Clash => "Two texts clash in it: settle the clash first, so that both find their place",
        Refusal::Closed => "It is closed, or the record of one made elsewhere: it stays as it is",
    }
}

/// Moves it: opens it for changes where it was frozen or signed, and gives every answer its place.
///
/// # Errors
/// Not found for those who do not keep it for the organisation that leads.
pub async fn go(State(app): State<App>, caller: Caller, Path(id): Path<String>, form: Form) -> Result<Response, Failure> {
    let (seen, template) = whole::load(&app, &caller, &id).await?;
    let member = caller.signed_in()?;
    if !access::keeps(&caller.scope, &seen.assessment, seen.assessment.lead) {
        return Err(Failure::not_found());
    }
    let (command, started) = (form.command()?, form.version()?);
    let location = format!("/assessments/{}/template", seen.assessment.id);
    let rules = app.rules();
    let to = Edition { urn: seen.assessment.template.urn.clone(), version: form.text("to").to_owned() };
    let mut errors = Errors::default();
    if form.text("agree") != "yes" {
        errors.add("agree", "Confirm that you agree to the move");
    }
    if errors.is_empty() {
        let Some(mut work) = app.store.work(&caller.scope, app.clock.now(), app.clock.today(), seen.assessment.id).await? else {
            return Err(Failure::not_found());
        };
        if let Some(done) = work.command(command).await? {
            return Ok(repeat::again(&done));
        }
        if work.whole.assessment.updated_at != started {
            errors.add("agree", "Somebody changed the assessment meanwhile. Look at what would happen now, then agree again");
        }
        if errors.is_empty() && work.whole.assessment.state != Stand::Drafting {
            let routes = whole::routes(&app, &work.whole)?;
            let moving = Moving { reasons: form.text("reasons"), ..Moving::default() };
            if let Err(refused) = work.make_move(&template, &routes, Move::Reopen, &moving).await? {
                for sentence in super::sign_off::words::refused(&refused) {
                    errors.add("reasons", sentence);
                }
            }
        }
        if errors.is_empty() {
            match succession::plan(&rules, &work.whole, &to, writer(&app, member)) {
                Err(refusal) => errors.add("agree", sentence(refusal)),
                Ok(plan) => {
                    let changed = Trigger::TemplateChanged { version: to.version.clone(), fields: Vec::new() };
                    work.succeed(plan, &about::why(&app, &changed)).await?;
                    let said = format!("The assessment is now written with version {}", to.version);
                    work.answered(command, &repeat::kept(&location, &said)).await?;
                    work.commit().await?;
                    return Ok(page::saved(&location, &said));
                }
            }
        }
    }
    let (whole, _) = whole::load(&app, &caller, &id).await?;
    render(&app, &caller, &whole, errors, form.typed())
}
