//! `/assessments/{id}`: what stands in the way, the task list, and beside it progress, parties, who is here, versions.

use super::desk::{By, Desk, Named, named};
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
        assessment::{Joined, PartyRole, State as Stand},
        place::Part,
        presence::{self, Presence},
        sign_off::Status,
        task::{About, Assignee, Task},
        template::view::State as Far,
        whole::Blocker,
        workflow,
    },
    register::ids::OrganisationId,
};
use serde::Serialize;

#[derive(Serialize)]
struct View {
    number: String,
    title: String,
    address: String,
    state: &'static str,
    lead: Named,
    highest: &'static str,
    wanted_by: Option<String>,
    live_since: Option<String>,
    review_on: Option<String>,
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
    command: String,
    systems: Vec<(String, String)>,
    /// What is said of one that was made elsewhere.
    elsewhere: Option<domain::dpia::assessment::Elsewhere>,
    /// The caller can take answers over now.
    fills: bool,
    /// The template and its version, and whether there is a newer one.
    template: (String, String),
    newer: bool,
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

#[derive(Serialize)]
struct MoveOf {
    step: &'static str,
    ready: bool,
}

/// How long a look counts as the last one, in milliseconds, while nothing changes.
const LOOKED_WITHIN: i64 = 10 * 60 * 1000;

/// The page.
///
/// # Errors
/// Not found for who may see nothing of it.
pub async fn page(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Html<String>, Failure> {
    let member = caller.signed_in()?.clone();
    let desk = Desk::open(&app, &caller, &id).await?;
    let assessment = &desk.whole.assessment;
    let now = app.clock.now();
    let looked = app.store.last_looked(&caller.scope, assessment.id).await?;
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
    // Where nothing changed, an earlier look is as good a beginning; its time is brought up only now and then.
    let recent = looked.is_some_and(|(_, at)| now - at < LOOKED_WITHIN);
    if changes == 0 && !recent {
        app.store.looked(&caller.scope, now, assessment.id).await?;
    }
    let all = desk.whole.sight == Sight::All;
    let parts: Vec<PartOf> = assessment
        .parts()
        .map(|part| PartOf {
            organisation: desk.part(&app, part),
            writes: access::writes(&caller.scope, assessment, part, "", desk.today),
            sections: sections(&desk, part, &tasks),
        })
        .filter(|part| !part.sections.is_empty())
        .collect();
    let every = || parts.iter().flat_map(|part| &part.sections);
    let progress = Progress {
        fields: every().map(|section| section.fields).sum(),
        answered: every().map(|section| section.answered).sum(),
        begun: desk.whole.fields.iter().filter(|field| field.answer.is_some() && !field.complete).count(),
    };
    let blockers = if all { obstacles(&app, &desk) } else { Vec::new() };
    let last = desk
        .whole
        .fields
        .iter()
        .max_by_key(|field| field.at)
        .map(|field| (desk.by(&app, field.by, field.organisation), field.at));
    let rules = app.rules();
    let newer = rules.templates.iter().any(|one| domain::dpia::succession::touched(assessment, one));
    let view = View {
        fills: assessment.state == Stand::Drafting && parts.iter().any(|part| part.writes),
        template: (desk.template.title.clone(), desk.template.edition.version.clone()),
        newer,
        number: assessment.number.clone(),
        title: assessment.title.clone(),
        address: desk.address(),
        state: assessment.state.as_str(),
        lead: named(&app, assessment.lead),
        highest: assessment
            .elsewhere
            .as_ref()
            .and_then(|made| made.level)
            .filter(|_| desk.whole.risks.is_empty())
            .unwrap_or_else(|| desk.whole.level(&desk.template.matrix))
            .as_str(),
        elsewhere: assessment.elsewhere.clone().filter(|_| all),
        wanted_by: assessment.wanted_by.map(|day| day.to_string()),
        live_since: assessment.live_since.map(|day| day.to_string()),
        review_on: assessment.review_on.map(|day| day.to_string()),
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
                by: By { name: sign.name.clone(), organisation: named(&app, sign.organisation) },
                number: sign.place.as_ref().map(|place| desk.number(place)).unwrap_or_default(),
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
        keeps: access::keeps(&caller.scope, assessment, assessment.lead),
        invitation: match desk.whole.sight {
            Sight::Invitation(organisation) => Some(named(&app, organisation)),
            _ => None,
        },
        command: new_command().to_string(),
        systems: systems(&app, &desk),
    };
    let mut frame = desk.frame(&app, &format!("{}: DPIA", assessment.title), "/assessments".to_owned());
    frame.section = Some("dpias".to_owned());
    page::render(&app, "dpia/assessment.html", &frame, view)
}

fn sections(desk: &Desk, part: Part, tasks: &[Task]) -> Vec<SectionOf> {
    let view = desk.view(part);
    view.sections()
        .into_iter()
        .filter(|(_, section, _)| desk.whole.sight.reads(part, &section.id))
        .map(|(number, section, fields)| {
            let far = view.progress(section);
            let here = |field: &str| fields.iter().any(|one| one.id == field);
            let mine = |place: &domain::dpia::place::Place| place.part == part && here(&place.field);
            let stand: Vec<_> = desk.whole.fields.iter().filter(|field| mine(&field.place)).collect();
            let clashes = stand.iter().filter(|field| field.clashes()).count();
            let open = |about: &About| match about {
                About::Section { part: of, section: id } => *of == part && *id == section.id,
                About::Field { place } | About::Clash { place } => mine(place),
                _ => false,
            };
            let open: Vec<&Task> = tasks.iter().filter(|task| task.open() && open(&task.about)).collect();
            let with: Vec<String> = open
                .iter()
                .map(|task| match task.assignee {
                    Assignee::Person { person, .. } => desk.person(person),
                    Assignee::Role { role, .. } => role.words().to_owned(),
                })
                .collect();
            let due = open.iter().filter_map(|task| task.due).min();
            // A risk without a level after measures is not finished, whatever the field beside it says.
            let holds_risks = fields.iter().any(|field| field.kind.as_str() == "risks");
            let unrated = desk
                .whole
                .risks
                .iter()
                .filter(|record| holds_risks && record.risk.part == part)
                .filter(|record| record.risk.residual.band(&desk.template.matrix).is_none())
                .count();
            let complete = far.state() == Far::Completed && clashes == 0 && unrated == 0;
            let risks = holds_risks.then(|| desk.whole.risks.iter().filter(|record| record.risk.part == part).count());
            SectionOf {
                number,
                title: section.title.clone(),
                href: fields.first().map(|field| desk.address_of(&part.at(&field.id))),
                fields: far.fields,
                answered: far.answered,
                complete,
                state: match (complete, clashes, far.state()) {
                    (true, ..) => "completed",
                    (_, 1.., _) => "needs-you",
                    (_, _, Far::NotStarted) => "not-started",
                    _ => "in-progress",
                },
                clashes,
                unrated,
                comments: desk
                    .whole
                    .comments
                    .iter()
                    .filter(|one| one.thread.is_none() && one.resolved.is_none() && mine(&one.place))
                    .count(),
                recommendations: desk.whole.open_recommendations().filter(|one| mine(&one.place)).count(),
                risks,
                with: with.into_iter().fold(Vec::new(), |mut names, name| {
                    if !names.contains(&name) {
                        names.push(name);
                    }
                    names
                }),
                due: due.map(|due| Due { late: i64::from((desk.today - due).get_days()), day: due.to_string() }),
            }
        })
        .collect()
}

fn obstacles(app: &App, desk: &Desk) -> Vec<Obstacle> {
    let obstacle = |kind, count, href: String| Obstacle {
        kind,
        count,
        href,
        number: String::new(),
        place: String::new(),
        organisation: None,
        people: Vec::new(),
        roles: Vec::new(),
        since: None,
        asked: false,
    };
    let label = |place: &domain::dpia::place::Place| {
        desk.template.field(&place.field).map_or_else(String::new, |field| field.label.clone())
    };
    let address = desk.address();
    desk.whole
        .blockers(&desk.template, &desk.route)
        .into_iter()
        .map(|blocker| match blocker {
            Blocker::HighRisk { risks, asked } => {
                Obstacle { asked, ..obstacle("high-risk", risks.len(), format!("{address}/risks")) }
            }
            Blocker::Recommendations { open, places, since } => Obstacle {
                number: places.iter().map(|place| desk.number(place)).collect::<Vec<_>>().join(", "),
                since: Some(since),
                ..obstacle("recommendations", open.len(), format!("{address}/advice"))
            },
            Blocker::Clash { place, people } => Obstacle {
                number: desk.number(&place),
                place: label(&place),
                organisation: desk.part(app, place.part),
                people: people.into_iter().map(|person| desk.person(person)).collect(),
                ..obstacle("clash", 1, format!("{}/clash", desk.address_of(&place)))
            },
            Blocker::NotRated { risks } => obstacle("not-rated", risks.len(), format!("{address}/risks")),
            Blocker::Missing { part, fields } => {
                let first = fields.first().map(|field| part.at(field));
                Obstacle {
                    number: first.as_ref().map(|place| desk.number(place)).unwrap_or_default(),
                    place: first.as_ref().map(label).unwrap_or_default(),
                    organisation: desk.part(app, part),
                    ..obstacle("missing", fields.len(), first.map_or_else(|| address.clone(), |place| desk.address_of(&place)))
                }
            }
            Blocker::NotAccepted { organisation, since } => Obstacle {
                organisation: Some(named(app, organisation)),
                since: Some(since),
                ..obstacle("not-accepted", 1, format!("{address}/parties"))
            },
            Blocker::NobodyHolds { organisation, roles } => Obstacle {
                organisation: Some(named(app, organisation)),
                roles: roles.into_iter().map(|role| role.words()).collect(),
                ..obstacle("nobody-holds", 1, format!("{address}/sign-off"))
            },
        })
        .collect()
}

fn sign_off(desk: &Desk, member: &domain::people::Member, stands_in_way: usize) -> SignOff {
    let assessment = &desk.whole.assessment;
    let (slots, signed, yours) = if desk.whole.sight == Sight::All {
        desk.whole.with_board(&desk.template, &desk.route, |board| {
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
    let steps = if desk.whole.sight == Sight::All {
        desk.whole.with_board(&desk.template, &desk.route, |board| board.steps.len())
    } else {
        0
    };
    let missing = |organisation: OrganisationId| desk.whole.missing(&desk.template, Part::Annex(organisation)).len();
    assessment
        .parties
        .iter()
        .filter(|party| party.joined != Joined::Left)
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
            },
            since: party.since,
            missing: if party.role.controls() && desk.whole.sight == Sight::All { missing(party.organisation) } else { 0 },
            signs: if party.role.controls() { steps } else { 0 },
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
        ..desk.whole.situation(&desk.template, &desk.route, Some(member.acting_for))
    };
    workflow::offers(assessment.state, member, assessment.lead, &controllers, &situation)
        .into_iter()
        .filter(|(step, _)| !matches!(step, workflow::Move::Sign | workflow::Move::SendBack | workflow::Move::RecordAnswer))
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
