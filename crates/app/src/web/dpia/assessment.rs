//! `/assessments/{id}`: what stands in the way, the task list, and beside it progress, parties, who is here, versions.

use super::{
    desk::{By, Desk, Named, named},
    projects::list::outcome,
    together::{change, screened},
    whole,
};
use crate::{
    error::Failure,
    state::App,
    web::{form::new_command, page, session::Caller},
};
use axum::{
    extract::{Path, State},
    response::Html,
};
use domain::dpia::{
    access::{self, Sight},
    assessment::{Assessment, State as Stand},
    presence::Presence,
    review::{self, Trigger},
    task::{About, Task},
    template::Edition,
};
use serde::Serialize;

mod beside;
pub(super) mod follows;
mod obstacles;
mod sections;

use beside::{Here, Other, PartyOf, SignOff, VersionOf, here, moves, other, parties, sign_off, systems, versions};
use follows::{Follows, follows};
use obstacles::{Obstacle, obstacles};
use sections::{SectionOf, sections};

#[derive(Serialize)]
struct View {
    title: String,
    address: String,
    state: &'static str,
    lead: Named,
    /// The person who leads it there, for whoever reads all of it.
    leader: Option<String>,
    /// The caller may change title, lead person and date.
    changes_head: bool,
    highest: &'static str,
    /// A risk of the text that counts has no level after measures.
    unrated: bool,
    wanted_by: Option<String>,
    live_since: Option<String>,
    review_on: Option<String>,
    review_late: bool,
    /// It is the record of one made elsewhere: nothing of it is on its way to a signature here.
    record: bool,
    /// Where what is stated of it is corrected, for whoever may.
    corrects: bool,
    changes: i64,
    looked: Option<i64>,
    blockers: Vec<Obstacle>,
    parts: Vec<PartOf>,
    sign_off: SignOff,
    progress: Progress,
    parties: Vec<PartyOf>,
    here: Vec<Here>,
    versions: Vec<VersionOf>,
    last: Option<(By, i64)>,
    /// The caller is offered a move.
    moves: bool,
    all: bool,
    keeps: bool,
    invitation: Option<Named>,
    /// It was given up, so that nobody can join it now.
    closed: bool,
    /// The one that took its place, where the caller may see it; and those whose place it took.
    superseded_by: Option<Other>,
    supersedes: Vec<Other>,
    /// What is written instead of it, where its own conclusion stops it.
    follows: Option<Follows>,
    command: String,
    systems: Vec<(String, String)>,
    /// What is said of one that was made elsewhere.
    elsewhere: Option<domain::dpia::assessment::Elsewhere>,
    /// How many files stand beside one that was made elsewhere.
    attached: usize,
    /// The caller can take answers over now.
    fills: bool,
    /// The template and its version, and whether there is a newer one.
    template: (String, String),
    newer: bool,
    /// The version of the template that a review asks to look at.
    coming: Option<String>,
    /// What a newer screening of the project says, where nobody has taken it over or confirmed that the assessment holds.
    screened: Option<Screened>,
}

/// What a newer screening of the project says.
#[derive(Serialize)]
struct Screened {
    /// How it stands, as the list of projects names it.
    stands: &'static str,
    /// Parts of the template that it asks for besides.
    modules: usize,
    /// A DPIA is required, and this is a short review.
    lesser: bool,
}

#[derive(Serialize)]
struct PartOf {
    organisation: Option<Named>,
    writes: bool,
    sections: Vec<SectionOf>,
}

#[derive(Serialize)]
struct Progress {
    fields: usize,
    answered: usize,
    begun: usize,
}

/// The page.
///
/// # Errors
/// Not found for who may see nothing of it.
pub async fn page(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Html<String>, Failure> {
    let member = caller.signed_in()?.clone();
    let desk = Desk::open(&app, &caller, &id).await?;
    let assessment = &desk.whole.assessment;
    let now = app.clock.now();
    let looked = app.store.look(&caller.scope, now, assessment.id).await?;
    let changes = match looked {
        Some((sequence, _)) => app.store.changes_since(&caller.scope, desk.today, assessment.id, sequence).await?,
        None => 0,
    };
    let all = desk.whole.sight == Sight::All;
    // Who sees nobody's tasks, as guests and processors, still reads there what they were given themselves.
    let tasks: Vec<Task> = if all {
        app.store.tasks_of(&caller.scope, desk.today, assessment.id).await?
    } else {
        let theirs = |task: &Task| task.assessment == Some(assessment.id) && task.mine(&member, &[], desk.today).is_some();
        app.store.open_tasks(&caller.scope).await?.into_iter().filter(theirs).collect()
    };
    let sign = Presence {
        assessment: assessment.id,
        person: member.person,
        name: member.name.clone(),
        organisation: member.acting_for,
        place: None,
        writing: false,
        at: now,
    };
    let signs = app.store.here(&caller.scope, desk.today, &sign).await?;
    let keeps = access::keeps(&caller.scope, assessment, assessment.lead);
    let rules = app.rules();
    let coming = tasks.iter().filter(|task| task.open()).find_map(|task| match &task.about {
        About::Review { why: Some(Trigger::TemplateChanged { version, .. }) } => {
            rules.template(&Edition { urn: assessment.template.urn.clone(), version: version.clone() })
        }
        _ => None,
    });
    let parts: Vec<PartOf> = assessment
        .parts()
        .map(|part| PartOf {
            organisation: desk.part(&app, part),
            writes: access::writes(&caller.scope, assessment, part, "", desk.today),
            sections: sections(&desk, part, &tasks, coming),
        })
        .filter(|part| !part.sections.is_empty())
        .collect();
    let every = || parts.iter().flat_map(|part| &part.sections);
    let progress = Progress {
        fields: every().map(|section| section.fields).sum(),
        answered: every().map(|section| section.answered).sum(),
        begun: desk.whole.fields.iter().filter(|field| field.answer.is_some() && !field.complete).count(),
    };
    // What is closed, or was made elsewhere, is not on its way to a signature here.
    let underway = !assessment.state.is_closed() && assessment.state != Stand::Recorded;
    let blockers = if all && underway { obstacles(&app, &caller, &desk) } else { Vec::new() };
    let stopped = blockers.iter().any(|one| one.kind == "dpia-needed");
    let follows = if stopped { follows(&app, &caller, assessment).await? } else { None };
    let last = desk
        .whole
        .fields
        .iter()
        .max_by_key(|field| field.at)
        .map(|field| (desk.by_stated(&app, field.by, field.organisation, field.stated), field.at));
    let newer = rules.templates.iter().any(|one| domain::dpia::succession::touched(assessment, one));
    let news = if all { screened::news(&app, &caller, assessment, &desk.template).await? } else { None };
    let news = news.filter(|news| news.lesser || !screened::confirmed(&tasks, &news.screening));
    let (sign_off, steps) = sign_off(&desk, &member);
    let attached = match &assessment.elsewhere {
        Some(_) if all => {
            let files = app.store.attachments(&caller.scope, desk.today, &desk.template, assessment.id).await?;
            files.iter().filter(|file| file.here()).count()
        }
        _ => 0,
    };
    let view = View {
        attached,
        screened: news.map(|news| Screened {
            stands: outcome(Some(&news.screening)),
            modules: screened::wanted(&news, assessment, &desk.template).len(),
            lesser: news.lesser,
        }),
        fills: assessment.state == Stand::Drafting && parts.iter().any(|part| part.writes),
        template: (desk.template.title.clone(), desk.template.edition.version.clone()),
        newer,
        coming: coming.map(|template| template.edition.version.clone()),
        title: assessment.title.clone(),
        address: desk.address(),
        state: assessment.state.as_str(),
        lead: named(&app, assessment.lead),
        leader: assessment.lead_person.filter(|_| all).map(|person| desk.person(person)),
        changes_head: change::may(&caller, assessment),
        highest: assessment
            .elsewhere
            .as_ref()
            .and_then(|made| made.level)
            .filter(|_| desk.whole.risks.is_empty())
            .unwrap_or_else(|| desk.whole.level(&desk.template.matrix))
            .as_str(),
        unrated: desk.whole.unrated(&desk.template.matrix),
        elsewhere: assessment.elsewhere.clone().filter(|_| all),
        wanted_by: assessment.wanted_by.map(|day| day.to_string()),
        live_since: assessment.live_since.map(|day| day.to_string()),
        review_on: assessment.review_on.map(|day| day.to_string()),
        review_late: assessment.review_on.is_some_and(|day| day < desk.today) && review::looked_at(assessment),
        record: assessment.is_record(),
        corrects: assessment.is_record() && assessment.state == Stand::Recorded && caller.scope.may_write() && keeps,
        changes,
        looked: looked.map(|(_, at)| at),
        sign_off,
        blockers,
        parts,
        progress,
        parties: parties(&app, &desk, &steps),
        here: here(&app, &desk, &signs, member.person, now),
        versions: versions(&desk),
        last,
        moves: moves(&desk, &caller),
        all,
        keeps,
        closed: assessment.state.is_closed(),
        invitation: match desk.whole.sight {
            Sight::Invitation(organisation) => Some(named(&app, organisation)),
            _ => None,
        },
        superseded_by: match assessment.superseded_by {
            Some(id) => app.store.get_many::<Assessment>(&caller.scope, &[id.0]).await?.first().map(|one| other(&app, one)),
            None => None,
        },
        follows,
        supersedes: (app.store.assessments_replaced(&caller.scope, desk.today, assessment.id).await?.iter())
            .map(|one| other(&app, one))
            .collect(),
        command: new_command().to_string(),
        systems: systems(&app, &desk),
    };
    let mut frame = desk.frame(&app, &format!("{}: {}", assessment.title, whole::purpose(&app, &assessment.template).called()));
    // This is the page that the last of them leads to.
    frame.breadcrumbs.pop();
    page::render(&app, "dpia/assessment.html", &frame, view)
}
