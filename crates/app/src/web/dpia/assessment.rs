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
use domain::{
    dpia::{
        access::{self, Sight},
        assessment::{Assessment, Joined, PartyRole, State as Stand},
        place::Part,
        presence::{self, Presence},
        review::{self, Trigger},
        sign_off::Status,
        task::About,
        template::Edition,
        workflow,
    },
    register::ids::OrganisationId,
};
use serde::Serialize;
use std::collections::BTreeMap;

pub(super) mod follows;
mod obstacles;
mod sections;

use follows::{Follows, follows};
use obstacles::obstacles;
use sections::sections;

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
    moves: Vec<MoveOf>,
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

/// Something that stands in the way: what it is, and where it is put right.
#[derive(Serialize)]
struct Obstacle {
    kind: &'static str,
    count: usize,
    href: String,
    number: String,
    place: String,
    organisation: Option<Named>,
    people: Vec<String>,
    roles: Vec<&'static str>,
    since: Option<i64>,
    asked: bool,
    /// It stops nobody but the organisation that it stands with.
    alone: bool,
}

#[derive(Serialize)]
struct PartOf {
    organisation: Option<Named>,
    writes: bool,
    sections: Vec<SectionOf>,
}

#[derive(Serialize)]
struct SectionOf {
    number: usize,
    title: String,
    href: Option<String>,
    fields: usize,
    answered: usize,
    complete: bool,
    state: &'static str,
    /// Risks whose level after measures nobody has said.
    unrated: usize,
    /// Answers and risks that a review asks to look at again.
    look: usize,
    /// Questions that the coming version of the template asks besides.
    coming: usize,
    clashes: usize,
    comments: usize,
    recommendations: usize,
    risks: Option<usize>,
    with: Vec<String>,
    due: Option<Due>,
}

#[derive(Serialize)]
struct Due {
    late: i64,
    day: String,
}

#[derive(Serialize)]
struct SignOff {
    opened: bool,
    signed: usize,
    slots: usize,
    yours: usize,
    stands_in_way: usize,
}

#[derive(Serialize)]
struct Progress {
    fields: usize,
    answered: usize,
    begun: usize,
}

#[derive(Serialize)]
struct PartyOf {
    organisation: Named,
    role: &'static str,
    lead: bool,
    joined: &'static str,
    since: i64,
    missing: usize,
    signs: usize,
}

#[derive(Serialize)]
struct Here {
    by: By,
    number: String,
    writing: bool,
}

#[derive(Serialize)]
struct VersionOf {
    number: u32,
    name: String,
    at: i64,
    fingerprint: String,
    frozen: bool,
}

/// Another assessment.
#[derive(Serialize)]
struct Other {
    /// What it is called, with its number.
    called: String,
    title: String,
    href: String,
    /// Data may be used on it.
    holds: bool,
}

#[derive(Serialize)]
struct MoveOf {
    step: &'static str,
    ready: bool,
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
    let tasks = app.store.tasks_of(&caller.scope, desk.today, assessment.id).await?;
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
    let all = desk.whole.sight == Sight::All;
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
        sign_off: sign_off(&desk, &member, blockers.len()),
        blockers,
        parts,
        progress,
        parties: parties(&app, &desk),
        here: presence::here(&signs, member.person, now)
            .into_iter()
            .map(|sign| Here {
                by: By { name: sign.name.clone(), organisation: named(&app, sign.organisation), stated: false },
                number: sign.place.as_ref().filter(|place| desk.reads(place)).map(|place| desk.number(place)).unwrap_or_default(),
                writing: sign.writing,
            })
            .collect(),
        versions: desk
            .whole
            .versions
            .iter()
            .rev()
            .take(5)
            .map(|version| VersionOf {
                number: version.number,
                name: version.name.clone(),
                at: version.at,
                fingerprint: version.seals.shared.short(),
                frozen: version.frozen,
            })
            .collect(),
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

fn other(app: &App, one: &Assessment) -> Other {
    Other {
        called: whole::called(app, one),
        title: one.title.clone(),
        href: format!("/assessments/{}", one.id),
        holds: one.holds(),
    }
}

fn sign_off(desk: &Desk, member: &domain::people::Member, stands_in_way: usize) -> SignOff {
    let assessment = &desk.whole.assessment;
    let (slots, signed, yours) = if desk.whole.sight == Sight::All {
        desk.whole.with_board(&desk.template, &desk.routes, |board| {
            let slots = board.slots();
            let signed = slots.iter().filter(|slot| matches!(slot.status, Status::Signed { .. })).count();
            (slots.len(), signed, board.turns(member.person).len())
        })
    } else {
        (0, 0, 0)
    };
    SignOff { opened: assessment.state.is_frozen() || assessment.state.is_signed(), signed, slots, yours, stands_in_way }
}

fn parties(app: &App, desk: &Desk) -> Vec<PartyOf> {
    let assessment = &desk.whole.assessment;
    let steps: BTreeMap<OrganisationId, usize> = if desk.whole.sight == Sight::All {
        desk.whole.with_board(&desk.template, &desk.routes, |board| {
            board.controllers.iter().map(|one| (*one, board.steps_of(*one).len())).collect()
        })
    } else {
        BTreeMap::new()
    };
    let missing = |organisation: OrganisationId| desk.whole.missing(&desk.template, Part::Annex(organisation)).len();
    assessment
        .parties
        .iter()
        .filter(|party| !matches!(party.joined, Joined::Left | Joined::TakenBack))
        .map(|party| PartyOf {
            organisation: named(app, party.organisation),
            role: match party.role {
                PartyRole::Controller => "controller",
                PartyRole::JointController => "joint controller",
                PartyRole::Processor => "processor",
            },
            lead: party.organisation == assessment.lead,
            joined: match party.joined {
                Joined::Invited => "invited",
                Joined::Accepted => "accepted",
                Joined::Declined => "declined",
                Joined::Left => "left",
                Joined::TakenBack => "taken-back",
            },
            since: party.since,
            missing: if party.role.controls() && desk.whole.sight == Sight::All { missing(party.organisation) } else { 0 },
            signs: steps.get(&party.organisation).copied().unwrap_or(0),
        })
        .collect()
}

/// The moves that a page offers as buttons of their own; signing and the consultation have pages.
fn moves(desk: &Desk, caller: &Caller) -> Vec<MoveOf> {
    let Some(member) = caller.member().filter(|_| desk.whole.sight == Sight::All) else { return Vec::new() };
    let assessment = &desk.whole.assessment;
    let controllers: Vec<OrganisationId> = assessment.controllers().collect();
    let situation = workflow::Situation {
        reasons: true,
        review_date: true,
        successor: true,
        ..desk.whole.situation(&desk.template, &desk.routes, Some(member.acting_for))
    };
    workflow::offers(assessment.state, member, assessment.lead, &controllers, &situation)
        .into_iter()
        .filter(|(step, _)| {
            !matches!(
                step,
                workflow::Move::Sign
                    | workflow::Move::TakeBack
                    | workflow::Move::SendBack
                    | workflow::Move::RecordAnswer
                    | workflow::Move::WithdrawRequest
            )
        })
        .map(|(step, unmet)| MoveOf { step: step.as_str(), ready: unmet.is_empty() })
        .collect()
}

fn systems(app: &App, desk: &Desk) -> Vec<(String, String)> {
    let snapshot = app.snapshot();
    desk.whole
        .assessment
        .systems
        .iter()
        .filter_map(|system| {
            let entry = snapshot.system_by_id(*system).and_then(|row| snapshot.system(row))?;
            let usage = crate::web::register::records::usage(&snapshot, entry)?;
            Some((format!("{} at {}", usage.product.name, usage.organisation.name), format!("/systems/{system}")))
        })
        .collect()
}
