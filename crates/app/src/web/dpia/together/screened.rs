//! `/assessments/{id}/screening`: what a newer screening of the project says, which parts of the template it asks for, and taking
//! that over. No part is switched on without a yes to that part, and none but while the text is written; a no that somebody said
//! before is shown with its reasons, and holds until somebody says yes.

use super::super::{
    assessment::follows::{Follows, follows},
    desk::{By, named},
    projects::list::outcome as stands_as,
    whole,
};
use crate::{
    assessments::tell,
    error::{Failure, conflict},
    state::App,
    web::{
        form::{Errors, Form, new_command},
        page, repeat,
        session::Caller,
    },
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Redirect, Response},
};
use domain::dpia::{
    access,
    assessment::{Assessment, State as Stand},
    modules::Saying,
    project::{Screening, rescreened},
    review::Trigger,
    screening::{OutcomeKind, Redone},
    task::{About, Task},
    template::{Purpose, Template},
    whole::Whole,
};
use serde::Serialize;
use uuid::Uuid;

#[derive(Serialize)]
struct View {
    href: String,
    command: Uuid,
    /// What the screening that it follows said; none where it follows none.
    before: Option<&'static str>,
    /// What the one that counts says.
    stands: &'static str,
    added: Vec<String>,
    gone: Vec<String>,
    /// Parts of the template that it asks for and that are off.
    modules: Vec<Part>,
    /// Those that are ticked.
    chosen: Vec<String>,
    /// The screening that the page shows.
    seen: String,
    errors: Errors,
    other_rules: bool,
    lesser: bool,
    may: bool,
    signed: bool,
    screening: String,
    begin: Option<String>,
    /// The DPIA that is begun, where this is less.
    follows: Option<Follows>,
}

#[derive(Serialize)]
struct Part {
    id: String,
    title: String,
    about: String,
    declined: Option<Said>,
}

/// Why somebody left a part off before.
#[derive(Serialize)]
struct Said {
    reasons: String,
    by: By,
    at: i64,
}

/// What a newer screening says to somebody who sees all of an assessment.
pub struct News {
    /// The screening.
    pub screening: Screening,
    /// What is different.
    pub redone: Redone,
    /// Whether a DPIA is required, and the assessment is a short review.
    pub lesser: bool,
}

/// Whether an assessment is less than the screening asks for.
fn lesser(template: &Template, screening: &Screening) -> bool {
    template.purpose == Purpose::Review && screening.stands() == Some(OutcomeKind::Required)
}

/// What a newer screening says besides the one that an assessment follows; none where it says nothing else, where the caller may not
/// read it, and where the assessment is closed.
///
/// # Errors
/// When the database fails.
pub async fn news(
    app: &App,
    caller: &Caller,
    assessment: &Assessment,
    template: &Template,
) -> Result<Option<News>, store::Error> {
    let open = !assessment.state.is_closed() && assessment.state != Stand::Recorded;
    let Some(project) = assessment.project.filter(|_| open) else { return Ok(None) };
    let screenings = app.store.screenings(&caller.scope, project).await?;
    Ok(rescreened(&screenings, assessment.screening).map(|(screening, redone)| News {
        lesser: lesser(template, screening),
        screening: screening.clone(),
        redone,
    }))
}

/// Whether somebody looked at what a screening says, and confirmed that the assessment holds all the same.
#[must_use]
pub fn confirmed(tasks: &[Task], screening: &Screening) -> bool {
    tasks.iter().any(|task| !task.open() && about(&task.about, Some(screening)))
}

fn about(about: &About, of: Option<&Screening>) -> bool {
    matches!(about, About::Review { why: Some(Trigger::Screened { screening, .. }) } if of.is_none_or(|of| of.id == *screening))
}

/// The page; the assessment's own where there is nothing new.
///
/// # Errors
/// Not found where the caller may not see all of the assessment.
pub async fn page(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Failure> {
    let (whole, template) = whole::load(&app, &caller, &id).await?;
    render(&app, &caller, &whole, &template, Errors::default()).await
}

async fn render(app: &App, caller: &Caller, whole: &Whole, template: &Template, errors: Errors) -> Result<Response, Failure> {
    if !whole.sight.sees_sign_off() {
        return Err(Failure::not_found());
    }
    let assessment = &whole.assessment;
    let href = format!("/assessments/{}", assessment.id);
    let (Some(news), Some(project)) = (news(app, caller, assessment, template).await?, assessment.project) else {
        return Ok(Redirect::to(&href).into_response());
    };
    let library = app.rules();
    let titles = |ids: &[String]| -> Vec<String> {
        let rules = library.screening.iter().find(|rules| rules.edition == news.screening.rules);
        let title = |id: &String| {
            let reason = news.screening.outcome.iter().flat_map(|outcome| &outcome.reasons).find(|one| one.rule == *id);
            let rule = rules.and_then(|rules| rules.rule(id)).map(|rule| rule.title.clone());
            rule.or_else(|| rules?.question(id).map(|question| format!("Nobody was sure: {}", question.text)))
                .or_else(|| reason.map(|reason| reason.title.clone()))
        };
        ids.iter().filter_map(title).collect()
    };
    let screening = assessment.screening;
    let before = match screening {
        Some(before) => app.store.screenings(&caller.scope, project).await?.into_iter().find(|one| one.id == before),
        None => None,
    };
    let keeps = access::keeps(&caller.scope, assessment, assessment.lead);
    let names = whole::names(app, &caller.scope, assessment.left_off().map(|said| said.by)).await?;
    let declined = |id: &str| {
        let said = assessment.left_off().find(|said| said.module == *id)?;
        let by = By {
            name: names.get(&said.by).cloned().unwrap_or_default(),
            organisation: named(app, said.organisation),
            stated: said.stated,
        };
        Some(Said { reasons: said.reasons.clone(), by, at: said.at })
    };
    let modules: Vec<Part> = wanted(&news, assessment, template)
        .into_iter()
        .filter_map(|id| template.module(&id))
        .map(|module| Part {
            id: module.id.clone(),
            title: module.title.clone(),
            about: module.about.clone(),
            declined: declined(&module.id),
        })
        .collect();
    let view = View {
        command: new_command(),
        before: before.as_ref().map(|before| stands_as(Some(before))),
        stands: stands_as(Some(&news.screening)),
        added: titles(&news.redone.added),
        gone: titles(&news.redone.gone),
        chosen: modules.iter().filter(|one| one.declined.is_none()).map(|one| one.id.clone()).collect(),
        modules,
        seen: news.screening.id.to_string(),
        errors,
        other_rules: news.redone.other_rules,
        may: keeps && assessment.state == Stand::Drafting,
        signed: assessment.state.is_signed(),
        screening: format!("/projects/{project}/screening"),
        follows: if news.lesser { follows(app, caller, assessment).await? } else { None },
        begin: (news.lesser && keeps).then(|| format!("/projects/{project}/assessment")),
        lesser: news.lesser,
        href,
    };
    let mut frame = whole::frame(app, whole, "What the new screening says");
    frame.error = !view.errors.is_empty();
    Ok(page::render(app, "dpia/together/screened.html", &frame, view)?.into_response())
}

/// Parts of the template that a screening asks for and that are off.
#[must_use]
pub fn wanted(news: &News, assessment: &Assessment, template: &Template) -> Vec<String> {
    let modules = news.screening.outcome.as_ref().map(|outcome| outcome.modules.clone()).unwrap_or_default();
    modules.into_iter().filter(|id| template.module(id).is_some() && !assessment.modules.contains(id)).collect()
}

/// Takes over what the newer screening says: the assessment follows it, and the parts to which the form says yes are switched on. What
/// is on stays on.
///
/// # Errors
/// Not found for those who do not keep the assessment for its lead, and while the text is not written.
pub async fn take_over(State(app): State<App>, caller: Caller, Path(id): Path<String>, form: Form) -> Result<Response, Failure> {
    let (seen, template) = whole::load(&app, &caller, &id).await?;
    if !access::keeps(&caller.scope, &seen.assessment, seen.assessment.lead) {
        return Err(Failure::not_found());
    }
    let (command, person) = (form.command()?, caller.signed_in()?.person);
    let location = format!("/assessments/{}", seen.assessment.id);
    let lead = seen.assessment.lead;
    let scope = caller.scope.acting_for(lead);
    let (now, today) = (app.clock.now(), app.clock.today());
    let mut work = app.store.work(&scope, now, today, seen.assessment.id).await?.ok_or_else(Failure::not_found)?;
    if let Some(done) = work.command(command).await? {
        return Ok(repeat::again(&done));
    }
    let head = work.whole.assessment.clone();
    let news = news(&app, &caller, &head, &template).await?.filter(|_| head.state == Stand::Drafting);
    let news = news.ok_or_else(Failure::not_found)?;
    let asked = wanted(&news, &head, &template);
    let yes: Vec<&str> = form.all("module").into_iter().filter(|id| asked.iter().any(|one| one == id)).collect();
    let saying = Saying { reasons: "", by: person, organisation: lead, at: now };
    let after = work.whole.follow(&template, news.screening.id, &yes, saying).ok();
    let Some(after) = after.filter(|_| form.text("seen") == news.screening.id.to_string()) else {
        drop(work);
        let mut errors = Errors::default();
        errors.add("seen", "The project was screened again since you opened the page. Read what it says now, then take it over");
        let (whole, template) = whole::load(&app, &caller, &id).await?;
        return Ok(conflict(render(&app, &caller, &whole, &template, errors).await?));
    };
    let unticked = || asked.iter().filter(|id| !yes.contains(&id.as_str()));
    let said_why = unticked().filter(|id| after.left_off().any(|said| said.module == **id)).count();
    let (added, left) = (yes.len(), unticked().count() - said_why);
    work.change_head(after).await?;
    work.close_tasks(|task| about(task, None), caller.scope.person()).await?;
    let mut said = match added {
        0 => "The new screening is taken over.".to_owned(),
        1 => "The new screening is taken over. 1 part is added to the assessment.".to_owned(),
        more => format!("The new screening is taken over. {more} parts are added to the assessment."),
    };
    if left > 0 {
        said.push_str(" Parts that you left unticked stay off: say why on the page of the template’s parts.");
    } else if said_why > 0 {
        said.push_str(" Parts that you left unticked stay off, for the reasons that were given.");
    }
    work.answered(command, &repeat::kept(&location, &said)).await?;
    tell::commit(&app, work, None).await?;
    Ok(page::saved(&location, &said))
}
