//! `/projects/{id}/assessment`: an assessment begun from its project: title, parties, systems and contracts come with it, the
//! screening says which modules are on, and the template is the one in force.

use super::{
    super::{
        own_work,
        projects::{keeps, list::outcome, project},
        screening::asked::begun,
    },
    concluded::{Concluded, concluded, decided},
};
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
    assessment::Assessment,
    ids::AssessmentId,
    project::{Project, Screening, counting},
    screening::OutcomeKind,
    template::Purpose,
};
use govuk::Link;
use serde::Serialize;
use std::collections::BTreeMap;
use store::dpia::work::begin_within;
use uuid::Uuid;

#[derive(Serialize)]
struct View<'a> {
    href: String,
    title: String,
    screening: &'static str,
    /// A short review that asks for a DPIA.
    review: Option<&'a Concluded>,
    templates: Vec<Choice>,
    modules: Vec<String>,
    /// The roles in which the caller may be asked to sign, and could not once they lead it.
    signs: Vec<&'static str>,
    command: Uuid,
    typed: BTreeMap<String, String>,
    errors: Errors,
}

#[derive(Serialize)]
struct Choice {
    value: &'static str,
    text: String,
    hint: String,
}

/// The form.
///
/// # Errors
/// Not found for those who do not keep the project.
pub async fn page(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Failure> {
    let project = project(&app, &caller, &id).await?;
    let screenings = app.store.screenings(&caller.scope, project.id).await?;
    let screening = counting(&screenings);
    let reviews = concluded(&app, &caller, &project).await?;
    render(&app, &caller, &project, (screening, &reviews), None, Errors::default())
}

/// Begins it.
///
/// # Errors
/// As [`page()`].
pub async fn begin(State(app): State<App>, caller: Caller, Path(id): Path<String>, form: Form) -> Result<Response, Failure> {
    let project = project(&app, &caller, &id).await?;
    if !keeps(&caller, &project) {
        return Err(Failure::not_found());
    }
    let screenings = app.store.screenings(&caller.scope, project.id).await?;
    // What counts is what is finished; one that is under way says nothing yet.
    let screening = counting(&screenings);
    let stands = screening.and_then(Screening::stands);
    let reviews = concluded(&app, &caller, &project).await?;
    let (command, now, today) = (form.command()?, app.clock.now(), app.clock.today());
    let mut errors = Errors::default();
    let purpose = match form.text("template") {
        "dpia" => Some(Purpose::Dpia),
        "review" if stands == Some(OutcomeKind::Required) => {
            errors.add("template", "A DPIA is required: the short review is not enough");
            None
        }
        "review" if reviews.iter().any(|review| review.sure) => {
            errors.add("template", "The review of this project concludes that a DPIA is needed: another review is not enough");
            None
        }
        "review" if !reviews.is_empty() => {
            errors.add(
                "template",
                "The review of this project cannot rule out that a DPIA is needed: another review is not enough",
            );
            None
        }
        "review" => Some(Purpose::Review),
        _ => {
            errors.add("template", "Choose what is to be written");
            None
        }
    };
    let wanted_by = match form.day("wanted", "The date") {
        Ok(Some(day)) if day < today => {
            errors.add_at("wanted", "wanted-day", "The date must be today or later");
            None
        }
        Ok(day) => day,
        Err(message) => {
            errors.add_at("wanted", "wanted-day", message);
            None
        }
    };
    let (Some(purpose), true) = (purpose, errors.is_empty()) else {
        return render(&app, &caller, &project, (screening, &reviews), Some(form.typed()), errors);
    };
    let rules = app.rules();
    let template = rules.in_force(purpose, today).ok_or_else(Failure::not_found)?;
    let finished = screening.filter(|screening| screening.outcome.is_some());
    let wanted = finished.and_then(|screening| screening.outcome.as_ref()).map(|outcome| outcome.modules.clone());
    let modules = wanted.unwrap_or_default().into_iter().filter(|id| template.module(id).is_some()).collect();
    let mut assessment = Assessment {
        project: Some(project.id),
        screening: finished.map(|screening| screening.id),
        title: project.title.clone(),
        modules,
        lead_person: caller.scope.person(),
        wanted_by,
        parties: project.parties.clone(),
        systems: project.systems.clone(),
        contracts: project.contracts.clone(),
        planned: project.planned.clone(),
        ..Assessment::blank(AssessmentId(Uuid::now_v7()), &template.edition, project.organisation, now)
    };
    let mut write = app.store.write(&caller.scope, now).await?;
    if let Some(before) = write.command(command).await? {
        return Ok(repeat::again(&before));
    }
    begin_within(&mut write, today, &mut assessment).await?;
    let mut said = format!("{} {} is begun.", purpose.called(), assessment.number);
    if let Some(review) = reviews.first() {
        write = decided(write, &caller, &project, screening, &reviews, today).await?;
        said.push_str(&format!(" It can take over what {} says, under ‘Answers to take over’.", review.number));
    }
    if purpose == Purpose::Dpia
        && let Some(person) = caller.scope.person()
    {
        begun(&mut write, &project, person).await?;
    }
    let to = format!("/assessments/{}", assessment.id);
    write.answered(command, &repeat::kept(&to, &said)).await?;
    write.commit().await?;
    Ok(page::saved(&to, &said))
}

fn render(
    app: &App,
    caller: &Caller,
    project: &Project,
    (screening, reviews): (Option<&Screening>, &[Concluded]),
    typed: Option<BTreeMap<String, String>>,
    errors: Errors,
) -> Result<Response, Failure> {
    if !keeps(caller, project) {
        return Err(Failure::not_found());
    }
    let today = app.clock.today();
    let library = app.rules();
    let stands = screening.and_then(Screening::stands);
    let templates: Vec<Choice> = [("dpia", Purpose::Dpia), ("review", Purpose::Review)]
        .into_iter()
        .filter(|(_, purpose)| *purpose == Purpose::Dpia || stands != Some(OutcomeKind::Required))
        .filter_map(|(value, purpose)| {
            let template = library.in_force(purpose, today)?;
            Some(Choice { value, text: template.title.clone(), hint: template.about.clone() })
        })
        .collect();
    let modules = screening
        .and_then(|screening| screening.outcome.as_ref())
        .map(|outcome| outcome.modules.clone())
        .unwrap_or_default()
        .iter()
        .filter_map(|id| Some(library.in_force(Purpose::Dpia, today)?.module(id)?.title.clone()))
        .collect();
    let suggested = if stands == Some(OutcomeKind::IgReview) && reviews.is_empty() { "review" } else { "dpia" };
    let href = format!("/projects/{}", project.id);
    let view = View {
        title: project.title.clone(),
        screening: outcome(screening),
        review: reviews.first(),
        templates,
        modules,
        signs: own_work::leading(caller.signed_in()?),
        command: new_command(),
        typed: typed.unwrap_or_else(|| BTreeMap::from([("template".to_owned(), suggested.to_owned())])),
        errors,
        href: href.clone(),
    };
    let mut frame = page::frame(app, "Begin the assessment", Some("projects"));
    frame.error = !view.errors.is_empty();
    frame.back = Some(href);
    frame.breadcrumbs = vec![Link::new("Data projects", "/projects")];
    Ok(page::render(app, "dpia/together/begin.html", &frame, view)?.into_response())
}
