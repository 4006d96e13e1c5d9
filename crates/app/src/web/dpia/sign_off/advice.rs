//! `/assessments/{id}/advice`: the data protection officers' recommendations, and what became of each: accepted, or overruled
//! with reasons. All are closed before the risk can be accepted.

use super::{
    super::{
        desk::Desk,
        projects::Body,
        whole::{self, part},
    },
    left_off::{LeftOff, left_off},
};
use crate::{
    assessments::tell,
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
        advice::{self, Answered, Decision, Recommendation, Refusal},
        assessment::State as Stand,
        ids::RecommendationId,
        known::Known,
        place::{Part, Place},
        task::{About, Assignee},
    },
    people::Role,
};
use jiff::ToSpan as _;
use serde::Serialize;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Days within which a recommendation wants an answer.
const ANSWER_WITHIN: i64 = 14;

#[derive(Serialize)]
struct View {
    href: String,
    command: Uuid,
    open: Vec<Row>,
    answered: Vec<Row>,
    /// The caller may recommend; then the fields to choose from.
    fields: Option<Vec<Choice>>,
    /// For which organisation the caller recommends.
    organisation_id: String,
    /// The parts of the template that somebody left off, and why.
    left_off: Vec<LeftOff>,
    /// It was made elsewhere, where advice on it was given.
    recorded: bool,
    errors: Errors,
    typed: BTreeMap<String, String>,
}

#[derive(Serialize)]
struct Row {
    id: String,
    number: u32,
    /// The question's number in the document, its words, and where it stands.
    question: String,
    field: String,
    /// Whether it is still asked.
    asked: bool,
    href: String,
    annex: Option<Body>,
    /// What is answered there now; empty where nothing is.
    said: String,
    text: String,
    by: String,
    organisation: Body,
    /// The organisation at which it is answered, and whether that is the lead in the place of one that takes no part.
    answers: Body,
    gone: bool,
    at: i64,
    /// What the caller may decide: `accepted`, `overruled`, `withdrawn`.
    may: Vec<Choice>,
    answer: Option<Answer>,
    /// What a file states became of it before it was answered here.
    before: Option<Answer>,
    /// A file states it, and nobody said it here.
    stated: bool,
    /// The answer is one that a file states: it is answered anew.
    again: bool,
}

#[derive(Serialize)]
struct Answer {
    decision: &'static str,
    reasons: String,
    by: String,
    role: &'static str,
    /// For which organisation, where that is not the one whose officer advised.
    organisation: Option<Body>,
    deputy: bool,
    at: i64,
    /// A file states it.
    stated: bool,
}

#[derive(Serialize)]
struct Choice {
    value: String,
    text: String,
}

/// The page.
///
/// # Errors
/// Not found where the caller may not see advice.
pub async fn page(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Failure> {
    let desk = Desk::open(&app, &caller, &id).await?;
    render(&app, &caller, &desk, Errors::default(), BTreeMap::new()).await
}

/// Recommends something on a field.
///
/// # Errors
/// Not found where the caller may not see advice.
pub async fn recommend(State(app): State<App>, caller: Caller, Path(id): Path<String>, form: Form) -> Result<Response, Failure> {
    let caller = form.acting(&caller)?;
    let desk = Desk::open(&app, &caller, &id).await?;
    let seen = &desk.whole;
    let member = caller.signed_in()?;
    let location = format!("/assessments/{}/advice", seen.assessment.id);
    let command = form.command()?;
    let mut errors = Errors::default();
    let asked =
        |place: &Place| seen.assessment.parts().any(|part| part == place.part) && desk.view(place.part).applies(&place.field);
    let place: Option<Place> = form.some("place").and_then(|text| text.parse().ok()).filter(asked);
    if place.is_none() {
        errors.add("place", "Choose the question that it is about");
    }
    if let Some(place) = place {
        let Some(mut work) = app.store.work(&caller.scope, app.clock.now(), app.clock.today(), seen.assessment.id).await? else {
            return Err(Failure::not_found());
        };
        if let Some(done) = work.command(command).await? {
            return Ok(repeat::again(&done));
        }
        let draft = Recommendation {
            id: RecommendationId(Uuid::now_v7()),
            assessment: seen.assessment.id,
            number: work.whole.recommendations.iter().map(|one| one.number).max().unwrap_or(0) + 1,
            place,
            text: form.raw("text").to_owned(),
            by: member.person,
            organisation: member.acting_for,
            at: app.clock.now(),
            answer: None,
            answer_stated: None,
            updated_at: 0,
            stated: false,
        };
        let controllers: Vec<_> = work.whole.assessment.controllers().collect();
        match advice::recommend(draft, member, &controllers, work.whole.assessment.state) {
            Ok(recommendation) => {
                // Whoever can accept it is asked; overruling is for the SIRO, who sees it on the page of advice.
                let about = About::Recommendation { recommendation: recommendation.id, place: recommendation.place.clone() };
                let with = Assignee::Role { organisation: recommendation.organisation, role: Role::InformationAssetOwner };
                let due = app.clock.today().saturating_add(ANSWER_WITHIN.days());
                work.put_recommendation(recommendation).await?;
                work.ask(about, with, Some(due), "").await?;
                let said = "Your recommendation stands. It has to be accepted or overruled before sign-off.";
                work.answered(command, &repeat::kept(&location, said)).await?;
                tell::commit(&app, work, None).await?;
                return Ok(page::saved(&location, said));
            }
            Err(Refusal::SayWhy) => errors.add("text", "Enter what you recommend"),
            Err(refusal) => errors.add("place", sentence(refusal)),
        }
    }
    render(&app, &caller, &desk, errors, form.typed()).await
}

/// Answers a recommendation, takes one back, or opens one again.
///
/// # Errors
/// Not found for a recommendation that the caller may not see.
pub async fn answer(
    State(app): State<App>,
    caller: Caller,
    Path((id, recommendation)): Path<(String, String)>,
    form: Form,
) -> Result<Response, Failure> {
    let desk = Desk::open(&app, &caller, &id).await?;
    let seen = &desk.whole;
    let member = caller.signed_in()?;
    let recommendation: RecommendationId = recommendation.parse().map_err(|_| Failure::not_found())?;
    let location = format!("/assessments/{}/advice", seen.assessment.id);
    let command = form.command()?;
    let mut errors = Errors::default();
    let Some(mut work) = app.store.work(&caller.scope, app.clock.now(), app.clock.today(), seen.assessment.id).await? else {
        return Err(Failure::not_found());
    };
    if !work.whole.sight.sees_sign_off() {
        return Err(Failure::not_found());
    }
    if let Some(done) = work.command(command).await? {
        return Ok(repeat::again(&done));
    }
    let before =
        work.whole.recommendations.iter().find(|one| one.id == recommendation).cloned().ok_or_else(Failure::not_found)?;
    let head = &work.whole.assessment;
    let field = format!("decision-{}", before.number);
    let reasons = format!("reasons-{}", before.number);
    let outcome = match form.text(&field) {
        "reopen" => advice::reopen(&before, member, head),
        decision => match Decision::parse(decision) {
            Some(decision) => advice::answer(&before, member, decision, form.raw(&reasons), app.clock.now(), head),
            None => {
                errors.add(&field, "Choose what becomes of it");
                Err(Refusal::NotAnswered)
            }
        },
    };
    match outcome {
        Ok(after) => {
            work.put_recommendation(after).await?;
            let said = match form.text(&field) {
                "reopen" => "The recommendation is open again.",
                "withdrawn" => "The recommendation is taken back.",
                _ => "The recommendation is answered.",
            };
            work.answered(command, &repeat::kept(&location, said)).await?;
            work.commit().await?;
            return Ok(page::saved(&location, said));
        }
        Err(_) if !errors.is_empty() => {}
        Err(Refusal::SayWhy) => errors.add(
            &reasons,
            if form.text(&field) == "withdrawn" {
                "Enter why you take it back"
            } else {
                "Enter what is done about it, or why not"
            },
        ),
        Err(refusal) => errors.add(&field, sentence(refusal)),
    }
    drop(work);
    render(&app, &caller, &desk, errors, form.typed()).await
}

fn sentence(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::NotDpo => "Only a data protection officer of a controller recommends.",
        Refusal::OtherAnnex => "That question stands in the annex of another organisation.",
        Refusal::NotYourRole => "This decision is for another role, or another organisation.",
        Refusal::NoSecondFactor => "Sign in with your second factor first.",
        Refusal::OwnAdvice => "Nobody answers their own advice.",
        Refusal::SayWhy => "Enter what is done about it, or why not",
        Refusal::AlreadyAnswered => "It was answered in the meantime. Look at the page again.",
        Refusal::NotAnswered => "It is open already.",
        Refusal::Closed => "The assessment is closed.",
    }
}

/// What a field says now, in words; a field of risks says how many there are.
fn said(rules: &Known, desk: &Desk, place: &Place) -> String {
    let answer = desk.whole.field(place).and_then(|state| state.answer.as_ref());
    let Some(field) = desk.template.field(&place.field) else {
        // It is not asked any more: what was answered is kept, in the words of the version that asked it.
        let before = domain::dpia::succession::taken_out(rules, &desk.template.edition, &place.field);
        let labels = before.map(|(field, _)| field.labels()).unwrap_or_default();
        return answer.map(|answer| answer.plain(&labels)).unwrap_or_default();
    };
    if field.kind.as_str() == "risks" {
        let titles = desk.whole.risks.iter().filter(|record| record.risk.part == place.part);
        return titles.map(|record| format!("R{}. {}", record.number, record.risk.title)).collect::<Vec<_>>().join("\n");
    }
    answer.map(|answer| answer.plain(&field.labels())).unwrap_or_default()
}

async fn render(
    app: &App,
    caller: &Caller,
    desk: &Desk,
    errors: Errors,
    typed: BTreeMap<String, String>,
) -> Result<Response, Failure> {
    let (whole, template) = (&desk.whole, &desk.template);
    if !whole.sight.sees_sign_off() {
        return Err(Failure::not_found());
    }
    let member = caller.signed_in()?;
    let snapshot = app.snapshot();
    let mut people = Vec::new();
    for one in &whole.recommendations {
        people.push(one.by);
        people.extend(one.answer.iter().chain(&one.answer_stated).map(|answer| answer.by));
    }
    let people = people.into_iter();
    let people = people.chain(whole.assessment.left_off().map(|said| said.by));
    let names = whole::names(app, &caller.scope, people).await?;
    let rules = app.rules();
    // Of one that was made elsewhere, what was decided there is told, and not decided anew.
    let recorded = whole.assessment.state == Stand::Recorded;
    let open = |one: &Recommendation| one.open() && !recorded;
    let told = |one: &Recommendation, answer: &Answered| Answer {
        decision: answer.decision.as_str(),
        reasons: answer.reasons.clone(),
        by: names.get(&answer.by).cloned().unwrap_or_default(),
        role: answer.role.words(),
        organisation: (answer.organisation != one.organisation)
            .then(|| super::super::projects::body(&snapshot, answer.organisation)),
        deputy: answer.as_deputy,
        at: answer.at,
        stated: answer.stated,
    };
    let row = |one: &Recommendation| {
        let at = advice::answered_at(one, &whole.assessment);
        let holds = |decision: &Decision| {
            let at = if *decision == Decision::Withdrawn { one.organisation } else { at };
            decision.roles().iter().any(|role| member.holds(at, *role))
        };
        let may = Decision::ALL
            .into_iter()
            .filter(|decision| open(one) && holds(decision))
            .filter(|decision| (*decision == Decision::Withdrawn) == (one.by == member.person))
            .map(|decision| Choice {
                value: decision.as_str().to_owned(),
                text: match decision {
                    Decision::Accepted => "Accept it, and say what is done",
                    Decision::Overruled => "Overrule it, with reasons",
                    Decision::Withdrawn => "Take it back",
                }
                .to_owned(),
            })
            .collect();
        Row {
            id: one.id.to_string(),
            number: one.number,
            question: desk.number(&one.place),
            field: desk.label(app, &one.place),
            asked: template.field(&one.place.field).is_some() && desk.view(one.place.part).applies(&one.place.field),
            href: desk.address_of(&one.place),
            said: said(&rules, desk, &one.place),
            annex: part(&snapshot, one.place.part),
            text: one.text.clone(),
            by: names.get(&one.by).cloned().unwrap_or_default(),
            organisation: super::super::projects::body(&snapshot, one.organisation),
            answers: super::super::projects::body(&snapshot, at),
            gone: at != one.organisation,
            at: one.at,
            stated: one.stated,
            again: open(one) && one.answer.is_some(),
            may,
            answer: one.answer.as_ref().map(|answer| told(one, answer)),
            before: one.answer_stated.as_ref().map(|answer| told(one, answer)),
        }
    };
    let (open, answered): (Vec<_>, Vec<_>) = whole.recommendations.iter().partition(|one| open(one));
    let advises = member.holds(member.acting_for, Role::Dpo)
        && whole.assessment.controllers().any(|one| one == member.acting_for)
        && !whole.assessment.state.is_closed()
        && whole.assessment.state != Stand::Recorded;
    // Every question that the officer may advise on, as the document has them in order.
    let fields = advises.then(|| {
        [Part::Shared, Part::Annex(member.acting_for)]
            .into_iter()
            .flat_map(|of| desk.view(of).sections().into_iter().flat_map(|(.., fields)| fields).map(move |field| (of, field)))
            .map(|(of, field)| {
                let place = of.at(&field.id);
                let annex = part(&snapshot, of).map(|annex| format!(" (annex of {})", annex.name)).unwrap_or_default();
                let open = if said(&rules, desk, &place).is_empty() { ", not answered yet" } else { "" };
                Choice { value: place.to_string(), text: format!("{} {}{annex}{open}", desk.number(&place), field.label) }
            })
            .collect()
    });
    let view = View {
        href: format!("/assessments/{}", whole.assessment.id),
        command: new_command(),
        open: open.into_iter().map(row).collect(),
        answered: answered.into_iter().map(row).collect(),
        recorded,
        fields,
        organisation_id: member.acting_for.to_string(),
        left_off: left_off(app, &whole.assessment, template, &names),
        errors,
        typed,
    };
    let mut frame = whole::frame(app, whole, "Recommendations");
    frame.error = !view.errors.is_empty();
    Ok(page::render(app, "dpia/sign_off/advice.html", &frame, view)?.into_response())
}
