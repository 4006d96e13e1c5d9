//! `/assessments/{id}/sign-off`: your turn and the exact change first; beside it the Commissioner's clock; then every step for
//! every controller.

mod left;

use super::{
    super::{
        projects::{Body, body},
        whole::{self, Change},
    },
    barred::{Barred, barred},
    cells::{Cell, cell},
    cost::{Cost, costs},
    left_off::{LeftOff, left_off},
    outdated::{Outdated, outdated, since},
    take_back::{Own, own},
    words,
};
use crate::{
    error::Failure,
    state::App,
    web::{
        form::{Errors, new_command},
        page,
        session::Caller,
    },
};
use axum::{
    extract::{Path, State},
    response::Html,
};
use domain::{
    dpia::{
        assessment::{Elsewhere as Stated, State as Stand},
        risk::Band,
        sign_off::{self, Status},
        template::Template,
        whole::Whole,
        workflow::{Condition, Move, Mover, Situation, TABLE},
    },
    people::Member,
    register::{ids::OrganisationId, snapshot::Snapshot},
};
use jiff::civil::Date;
use left::{Left, left};
use serde::Serialize;
use std::collections::BTreeMap;
use uuid::Uuid;

#[derive(Serialize)]
pub(super) struct View {
    href: String,
    title: String,
    state: &'static str,
    /// Since when data is in use, whatever is written or signed now.
    live_since: Option<Date>,
    /// The number of the version on which it is, where that is known.
    live_on: Option<u32>,
    /// The controllers that have opened their annex for changes, while what they signed holds.
    opened: Vec<Body>,
    version: Option<u32>,
    frozen_at: Option<i64>,
    hash: Option<String>,
    level: &'static str,
    /// What each controller decides about, where that differs between them.
    levels: Vec<(Body, &'static str)>,
    risks: usize,
    /// The controllers that have not signed all of their steps.
    unsigned: Vec<Body>,
    /// Those for which the Commissioner answered that it must not go ahead as planned.
    forbidden: Vec<Body>,
    /// Those whose acceptance of the risk lost the Commissioner's answer that it rests on.
    fallen: Vec<Body>,
    turns: Vec<Turn>,
    /// What the caller signed, which the text has left behind, and which cannot be signed again yet.
    outdated: Vec<Outdated>,
    /// What the caller signed, and can take back.
    own: Vec<Own>,
    /// What the caller cannot sign, since it is their own work.
    barred: Vec<Barred>,
    command: Uuid,
    errors: Errors,
    typed: BTreeMap<String, String>,
    columns: Vec<Body>,
    rows: Vec<Row>,
    /// The parts of the template that somebody left off, and why.
    left_off: Vec<LeftOff>,
    /// The organisations that signed, and left since.
    left: Vec<Left>,
    own_routes: Vec<OwnRoute>,
    /// Routes that came into force since the freeze: they count from the next one.
    later_routes: Vec<OwnRoute>,
    moves: Vec<Button>,
    advice: usize,
    consulted: bool,
    elsewhere: Vec<Elsewhere>,
    /// What its document states, where it was made elsewhere: then nothing is signed here.
    made: Option<Stated>,
}

/// A signature that came with a document: told as it was stated, by role and organisation.
#[derive(Serialize)]
struct Elsewhere {
    role: &'static str,
    organisation: String,
    deputy: bool,
    at: i64,
    says: String,
    reasons: String,
    /// Whether its seals are those of the version that it names.
    fits: Option<bool>,
    seal: String,
}

/// Something the caller can sign now.
#[derive(Serialize)]
pub(super) struct Turn {
    organisation: Body,
    organisation_id: String,
    step: String,
    title: String,
    /// What the caller could not sign any more.
    costs: Vec<Cost>,
    /// The seal of the organisation's annex: the form says which words were in front of the signer.
    annex: String,
    /// Where it is sent back instead.
    back: Option<Button>,
    decisions: Vec<Choice>,
    asks_reasons: bool,
    again: bool,
    /// What changed since the caller's organisation signed it.
    changes: Vec<Change>,
    /// Fields that others changed in their own annexes; told, and no signature goes stale by it.
    elsewhere: usize,
}

#[derive(Serialize)]
struct Choice {
    value: String,
    text: String,
}

#[derive(Serialize)]
struct Row {
    title: String,
    cells: Vec<Cell>,
}

/// A route that an organisation follows, or will.
#[derive(Serialize)]
struct OwnRoute {
    organisation: Body,
    title: String,
    href: String,
}

#[derive(Serialize)]
struct Button {
    href: String,
    text: &'static str,
}

/// The page.
///
/// # Errors
/// Not found where the caller may not see signatures.
pub async fn page(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Html<String>, Failure> {
    let (whole, template) = whole::load(&app, &caller, &id).await?;
    render(&app, &caller, &whole, &template, Errors::default(), BTreeMap::new()).await
}

/// The page, with what was wrong with a signature that was sent.
///
/// # Errors
/// Not found where the caller may not see signatures.
pub(super) async fn render(
    app: &App,
    caller: &Caller,
    whole: &Whole,
    template: &Template,
    errors: Errors,
    typed: BTreeMap<String, String>,
) -> Result<Html<String>, Failure> {
    if !whole.sight.sees_sign_off() {
        return Err(Failure::not_found());
    }
    let member = caller.signed_in()?;
    let routes = whole::routes(app, whole)?;
    let snapshot = app.snapshot();
    let everyone = whole.holders.iter().map(|holder| holder.person).chain(whole.signatures.iter().map(|one| one.person));
    let everyone = everyone.chain(whole.assessment.left_off().map(|said| said.by));
    let names = whole::names(app, &caller.scope, everyone).await?;
    let (rows, waiting) = whole.with_board(template, &routes, |board| {
        let mut rows: Vec<Row> = Vec::new();
        let mut waiting = Vec::new();
        for row in board.rows() {
            let cells = board.controllers.iter().zip(&row.slots).map(|(organisation, slot)| match slot {
                Some(slot) => cell(&snapshot, whole, board, slot, &names, &routes),
                None => Cell::empty(body(&snapshot, *organisation), "no-step"),
            });
            rows.push(Row { title: row.step.title.clone(), cells: cells.collect() });
        }
        for slot in board.slots() {
            let mine = match &slot.status {
                Status::Waiting { people } | Status::SignAgain { people } => people.contains(&member.person),
                _ => false,
            };
            if mine {
                let decisions: Vec<(String, String, bool)> = slot
                    .step
                    .decisions(board.stake(slot.organisation).level)
                    .filter(|decision| member.holds(slot.organisation, decision.role))
                    .map(|decision| (decision.id.clone(), decision.says.clone(), decision.reasons))
                    .collect();
                let costs = costs(board, &slot, member, &names);
                let (step, title) = (slot.step.id.clone(), slot.step.title.clone());
                waiting.push((slot.organisation, step, title, costs, decisions, slot.stale));
            }
        }
        (rows, waiting)
    });
    let (mut unsigned, stakes, mut fallen) = whole.with_board(template, &routes, |board| {
        let fallen: Vec<_> = board.fallen().map(|signature| signature.organisation).collect();
        (board.unsigned(), board.stakes.clone(), fallen)
    });
    fallen.dedup();
    // What is in use and lost its acceptance is told in words of its own.
    unsigned.retain(|one| whole.assessment.state != Stand::Live || !fallen.contains(one));
    let frozen = whole.frozen();
    let href = format!("/assessments/{}", whole.assessment.id);
    let situation = whole.situation(template, &routes, Some(member.acting_for));
    let moves = moves(whole, member, &situation, &href);
    let mut turns = Vec::new();
    for (organisation, step, title, costs, decisions, stale) in
        waiting.into_iter().filter(|(.., decisions, _)| !decisions.is_empty())
    {
        let (changes, elsewhere) = match stale {
            Some(signature) => since(app, caller, whole, template, &snapshot, signature).await?,
            None => (Vec::new(), 0),
        };
        turns.push(Turn {
            organisation: body(&snapshot, organisation),
            organisation_id: organisation.to_string(),
            step,
            title,
            costs,
            annex: frozen
                .and_then(|version| version.seals.annexes.get(&organisation))
                .map(ToString::to_string)
                .unwrap_or_default(),
            back: [Move::SendBack, Move::OpenAnnex]
                .into_iter()
                .filter(|step| *step == Move::SendBack || organisation == member.acting_for)
                .map(|step| button(&href, step))
                .find(|back| moves.iter().any(|offered| offered.href == back.href)),
            asks_reasons: decisions.iter().any(|(_, _, reasons)| *reasons),
            decisions: decisions.into_iter().map(|(value, text, _)| Choice { value, text }).collect(),
            again: stale.is_some(),
            changes,
            elsewhere,
        });
    }
    let levels: Vec<(Body, &'static str)> =
        whole.assessment.controllers().filter_map(|one| Some((body(&snapshot, one), level(stakes.get(&one)?.level)))).collect();
    let same = levels.iter().all(|(_, one)| *one == levels[0].1);
    let stated = app.store.signed_elsewhere(&caller.scope, app.clock.today(), whole.assessment.id).await?;
    let view = View {
        elsewhere: stated
            .into_iter()
            .map(|(signature, fits, organisation)| Elsewhere {
                role: signature.role.words(),
                organisation,
                deputy: signature.as_deputy,
                at: signature.at,
                says: signature.says,
                reasons: signature.reasons,
                fits,
                seal: signature.shared.to_string(),
            })
            .collect(),
        made: whole.assessment.elsewhere.clone().filter(|_| whole.assessment.is_record()),
        title: whole.assessment.title.clone(),
        state: whole.assessment.state.as_str(),
        live_since: whole.assessment.live_since,
        live_on: whole.versions.iter().rev().find(|one| whole.assessment.live_on.contains(&one.id)).map(|one| one.number),
        opened: whole
            .assessment
            .controllers()
            .filter(|one| whole.assessment.state.is_signed() && whole.assessment.open_annexes.contains(one))
            .map(|one| body(&snapshot, one))
            .collect(),
        version: frozen.map(|version| version.number),
        frozen_at: frozen.map(|version| version.at),
        hash: frozen.map(|version| version.seals.shared.to_string()),
        level: level(whole.level(&template.matrix)),
        levels: if same { Vec::new() } else { levels },
        risks: whole.bound().map_or(whole.risks.len(), |text| text.risks.len()),
        unsigned: unsigned.into_iter().map(|one| body(&snapshot, one)).collect(),
        forbidden: whole.forbidden(&template.matrix).into_iter().map(|one| body(&snapshot, one)).collect(),
        fallen: fallen.into_iter().map(|one| body(&snapshot, one)).collect(),
        turns,
        own: own(app, caller, member, whole, template, &routes).await?,
        outdated: outdated(app, caller, member, whole, template, &routes).await?,
        barred: barred(app, caller, member, whole, template, &routes).await?,
        command: new_command(),
        columns: whole.assessment.controllers().map(|one| body(&snapshot, one)).collect(),
        rows,
        left_off: left_off(app, &whole.assessment, template, &names),
        left: left(app, whole, template, &routes),
        own_routes: whole
            .assessment
            .controllers()
            .filter(|one| routes.is_own(*one))
            .map(|one| own_route(&snapshot, one, routes.of(one)))
            .collect(),
        later_routes: whole
            .assessment
            .controllers()
            .filter(|one| routes.in_force(*one).edition != routes.of(*one).edition)
            .map(|one| own_route(&snapshot, one, routes.in_force(one)))
            .collect(),
        moves,
        advice: whole.open_recommendations().count(),
        consulted: !whole.consultations.is_empty() || !whole.assessment.is_record() && !whole.high(&template.matrix).is_empty(),
        href,
        errors,
        typed,
    };
    let mut frame = whole::frame(app, whole, "Advice and sign-off");
    frame.error = !view.errors.is_empty();
    page::render(app, "dpia/sign_off/board.html", &frame, view)
}

fn own_route(snapshot: &Snapshot, organisation: OrganisationId, route: &sign_off::Route) -> OwnRoute {
    let href = super::super::templates::list::address(&route.edition);
    OwnRoute { organisation: body(snapshot, organisation), title: route.title.clone(), href }
}

fn level(band: Band) -> &'static str {
    match band {
        Band::Low => "low",
        Band::Medium => "medium",
        Band::High => "high",
    }
}

/// The moves that the caller may make from here, other than signing. Whether everything that a move needs holds, its page says; one
/// for which there is nothing to do is not offered.
fn moves(whole: &Whole, member: &Member, situation: &Situation, href: &str) -> Vec<Button> {
    let controllers: Vec<_> = whole.assessment.controllers().collect();
    let mut steps: Vec<Move> = TABLE
        .iter()
        .filter(|row| {
            row.from.contains(&whole.assessment.state) && !matches!(row.step, Move::Sign | Move::TakeBack | Move::Advance)
        })
        .filter(|row| row.who.admits(Mover::Member(member), whole.assessment.lead, &controllers))
        .map(|row| row.step)
        .filter(|step| !matches!(step, Move::RecordAnswer | Move::Consult | Move::WithdrawRequest))
        .collect();
    steps.dedup();
    // An annex is frozen while it is open, and opened while it is frozen.
    steps.retain(|step| match step {
        Move::FreezeAnnex => situation.annex_open,
        Move::OpenAnnex => !situation.annex_open,
        // Before it is signed, only what its own conclusion stops gives way to another.
        Move::Supersede => whole.assessment.holds() || Condition::DpiaNeeded.holds(situation),
        _ => true,
    });
    if whole.assessment.state == Stand::Recorded {
        steps.retain(|step| matches!(step, Move::Confirm | Move::Withdraw | Move::Supersede));
    }
    steps.into_iter().map(|step| button(href, step)).collect()
}

fn button(href: &str, step: Move) -> Button {
    Button { href: format!("{href}/move/{}", step.as_str()), text: words::name(step) }
}
