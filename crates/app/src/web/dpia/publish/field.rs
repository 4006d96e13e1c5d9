//! `/assessments/{id}/publish/{part}/{field}`: what the public sees of one answer: all of it, all but some words, that there is
//! an answer, or nothing.

use super::{super::whole, prepare, shown};
use crate::{
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
use domain::dpia::{
    access,
    place::Place,
    publication::{self, Exemption, Passage, Refusal, Rule, Show},
    template::field::Sensitivity,
};
use serde::Serialize;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Boxes for passages on a form, at least.
const PASSAGES: usize = 5;
/// Empty ones, where more passages are taken out than that.
const SPARE: usize = 2;
/// Passages that one form takes out at most.
const MOST: usize = 100;

#[derive(Serialize)]
struct View {
    href: String,
    action: String,
    label: String,
    answer: String,
    confidential: bool,
    /// The template calls it public: what is left out of it wants a reason.
    public: bool,
    command: Uuid,
    typed: BTreeMap<String, String>,
    errors: Errors,
    exemptions: Vec<shown::ExemptionWords>,
    passages: Vec<usize>,
}

fn place(part: &str, field: &str) -> Result<Place, Failure> {
    format!("{part}/{field}").parse().map_err(|_| Failure::not_found())
}

/// The form.
///
/// # Errors
/// Not found for those whose part it is not (the shared text is the lead's, an annex its own controller's), and for answers that are
/// not there.
pub async fn page(
    State(app): State<App>,
    caller: Caller,
    Path((id, part, field)): Path<(String, String, String)>,
) -> Result<Response, Failure> {
    render(&app, &caller, &id, &place(&part, &field)?, None, Errors::default()).await
}

/// Decides.
///
/// # Errors
/// As [`page()`].
pub async fn save(
    State(app): State<App>,
    caller: Caller,
    Path((id, part, field)): Path<(String, String, String)>,
    form: Form,
) -> Result<Response, Failure> {
    let place = place(&part, &field)?;
    let (seen, _) = whole::load(&app, &caller, &id).await?;
    let member = caller.signed_in()?;
    if !access::decides(&caller.scope, &seen.assessment, place.part) {
        return Err(Failure::not_found());
    }
    let command = form.command()?;
    let location = format!("/assessments/{}/publish", seen.assessment.id);
    let (now, today) = (app.clock.now(), app.clock.today());
    let mut work = app.store.work(&caller.scope, now, today, seen.assessment.id).await?.ok_or_else(Failure::not_found)?;
    if let Some(done) = work.command(command).await? {
        return Ok(repeat::again(&done));
    }
    // As it stands while nobody else writes: two who decide at once both count.
    let mut publication = work.publications().await?.into_iter().next().ok_or_else(Failure::not_found)?;
    let version = app.store.version(&caller.scope, today, publication.version).await?.ok_or_else(Failure::not_found)?;
    let rule = shown::order(shown::template(&app, &version)?.as_ref(), &publication, &version)
        .into_iter()
        .find(|(known, _)| *known == place)
        .map(|(_, rule)| rule)
        .ok_or_else(Failure::not_found)?;
    let answer = version.content.answers.get(&place);
    let plain = answer.map(|answer| answer.plain(&rule.labels)).unwrap_or_default();
    let mut errors = Errors::default();
    let show = match form.text("show") {
        // Whoever named words or a reason meant to hide something: all of it is shown only where nothing of that is left.
        "whole" if names(&form) => {
            errors.add(
                "show",
                "You named words to take out, an exemption or a reason: choose what the public does not see, or empty those boxes \
                 to show all of it",
            );
            None
        }
        "whole" => Some(Show::Whole),
        // Of what is taken out whole no words are named: whoever named some may have meant to show the rest.
        "removed" | "left-out" if passage_named(&form) => {
            errors.add(
                "show",
                "You named words to take out, and chose that none are shown: choose ‘All but some words’, or empty the boxes of those \
                 words",
            );
            None
        }
        // Words that nobody would read are not dropped: whoever wrote them meant something by them.
        "left-out" if rule.sensitivity != Sensitivity::Public && whole_named(&form) => {
            errors.add(
                "show",
                "You named an exemption or a reason. Of this answer the public is told nothing, so that nobody would read it: choose \
                 ‘That there is an answer, but none of its words’, or empty those boxes",
            );
            None
        }
        "left-out" if rule.sensitivity != Sensitivity::Public => Some(Show::LeftOut),
        chosen @ ("removed" | "left-out") => match Exemption::parse(form.text("exemption")) {
            Some(exemption) => {
                let reason = form.text("reason").to_owned();
                let left_out = chosen == "left-out";
                Some(if left_out { Show::Unnamed { exemption, reason } } else { Show::Removed { exemption, reason } })
            }
            None => {
                errors.add("exemption", "Choose the exemption");
                None
            }
        },
        "without" if whole_named(&form) => {
            errors.add(
                "show",
                "You named an exemption or a reason for the whole answer, and chose that only some words are taken out: put it beside \
                 those words, and empty the boxes for the whole answer",
            );
            None
        }
        "without" => passages(&form, &plain, &mut errors).map(|passages| Show::Without { passages }),
        _ => {
            errors.add("show", "Choose what the public sees");
            None
        }
    };
    if let Some(show) = show {
        let field = match &show {
            Show::Without { .. } => "words-1",
            Show::Removed { .. } | Show::Unnamed { .. } => "reason",
            _ => "show",
        };
        match publication.decide(&place, show, answer, &rule, member.person) {
            Ok(()) => {
                work.put_publication(publication).await?;
                let said = "It is decided. Look at the preview.";
                work.answered(command, &repeat::kept(&location, said)).await?;
                work.commit().await?;
                return Ok(page::saved(&location, said));
            }
            Err(refusal) => errors.add(&at(&form, &refusal).unwrap_or_else(|| field.to_owned()), prepare::sentence(&refusal)),
        }
    }
    drop(work);
    render(&app, &caller, &id, &place, Some(form.typed()), errors).await
}

/// Whether the form names anything that is to be taken out, or why.
fn names(form: &Form) -> bool {
    whole_named(form) || passage_named(form)
}

/// Whether the form names why the whole answer is taken out.
fn whole_named(form: &Form) -> bool {
    ["exemption", "reason"].iter().any(|name| !form.text(name).is_empty())
}

/// Whether the form names words that are to be taken out, or why they are.
fn passage_named(form: &Form) -> bool {
    let named =
        |number: usize| ["words", "exemption", "reason"].iter().any(|name| !form.text(&format!("{name}-{number}")).is_empty());
    (1..=MOST).any(named)
}

/// The box of the passage that a refusal is about.
fn at(form: &Form, refusal: &Refusal) -> Option<String> {
    let (Refusal::NotThere { words, .. } | Refusal::Overlap { other: words, .. }) = refusal else { return None };
    let same = |name: &String| form.raw(name).split_whitespace().eq(words.split_whitespace());
    (1..=MOST).map(|number| format!("words-{number}")).find(same)
}

/// The passages that a form takes out of an answer, each as it stands there.
fn passages(form: &Form, answer: &str, errors: &mut Errors) -> Option<Vec<Passage>> {
    let mut passages = Vec::new();
    for number in 1..=MOST {
        let words = form.raw(&format!("words-{number}")).trim();
        if words.is_empty() {
            if ["exemption", "reason"].iter().any(|name| !form.text(&format!("{name}-{number}")).is_empty()) {
                errors.add(&format!("words-{number}"), "Enter the words that are taken out, exactly as they stand");
            }
            continue;
        }
        match Exemption::parse(form.text(&format!("exemption-{number}"))) {
            Some(exemption) => {
                let reason = form.text(&format!("reason-{number}"));
                let mut stretches = publication::stretches(answer, words);
                // Words that do not stand there are told.
                if stretches.is_empty() || (answer.contains(words) && !stretches.contains(&words)) {
                    stretches.push(words);
                }
                for words in stretches {
                    let passage = Passage { words: words.to_owned(), exemption, reason: reason.to_owned() };
                    if !passages.contains(&passage) {
                        passages.push(passage);
                    }
                }
            }
            None => errors.add(&format!("exemption-{number}"), "Choose the exemption"),
        }
    }
    if passages.is_empty() && errors.is_empty() {
        errors.add("words-1", "Enter the words that are taken out, exactly as they stand");
    }
    errors.is_empty().then_some(passages)
}

async fn render(
    app: &App,
    caller: &Caller,
    id: &str,
    place: &Place,
    typed: Option<BTreeMap<String, String>>,
    errors: Errors,
) -> Result<Response, Failure> {
    let (whole, _) = whole::load(app, caller, id).await?;
    if !access::decides(&caller.scope, &whole.assessment, place.part) {
        return Err(Failure::not_found());
    }
    let (publication, version) = prepare::current(app, caller, &whole).await?.ok_or_else(Failure::not_found)?;
    let template = shown::template(app, &version)?;
    let field = template.field(&place.field).filter(|_| !publication.resting.contains(place)).ok_or_else(Failure::not_found)?;
    let answer = version.content.answers.get(place).ok_or_else(Failure::not_found)?;
    let sensitivity = shown::sensitivity(field, &publication);
    let typed = typed.unwrap_or_else(|| {
        let mut typed = BTreeMap::new();
        let mut put = |name: String, value: &str| typed.insert(name, value.to_owned());
        let rule = Rule { sensitivity, labels: field.labels() };
        match publication.show(place, &rule, answer) {
            Show::Whole => put("show".to_owned(), "whole"),
            Show::LeftOut => put("show".to_owned(), "left-out"),
            Show::Removed { exemption, reason } => {
                put("exemption".to_owned(), exemption.as_str());
                put("reason".to_owned(), &reason);
                put("show".to_owned(), "removed")
            }
            Show::Unnamed { exemption, reason } => {
                put("exemption".to_owned(), exemption.as_str());
                put("reason".to_owned(), &reason);
                put("show".to_owned(), "left-out")
            }
            Show::Without { passages } => {
                for (index, passage) in passages.iter().enumerate() {
                    put(format!("words-{}", index + 1), &passage.words);
                    put(format!("exemption-{}", index + 1), passage.exemption.as_str());
                    put(format!("reason-{}", index + 1), &passage.reason);
                }
                put("show".to_owned(), "without")
            }
        };
        typed
    });
    let used = |number: &usize| {
        ["words", "exemption", "reason"]
            .iter()
            .any(|name| typed.get(&format!("{name}-{number}")).is_some_and(|text| !text.trim().is_empty()))
    };
    let boxes = (1..=MOST).rev().find(used).map_or(0, |last| last + SPARE).clamp(PASSAGES, MOST);
    let href = format!("/assessments/{}", whole.assessment.id);
    let view = View {
        action: format!("{href}/publish/{}/{}", place.part, place.field),
        label: field.label.clone(),
        answer: answer.plain(&field.labels()),
        confidential: sensitivity == Sensitivity::Confidential,
        public: sensitivity == Sensitivity::Public,
        command: new_command(),
        typed,
        errors,
        exemptions: Exemption::ALL.map(shown::exemption).into(),
        passages: (1..=boxes).collect(),
        href,
    };
    let mut frame = whole::frame(app, &whole, "What the public sees");
    frame.error = !view.errors.is_empty();
    frame.breadcrumbs.push(govuk::Link::new("Publication", format!("{}/publish", view.href)));
    Ok(page::render(app, "dpia/publish/field.html", &frame, view)?.into_response())
}
