//! Why the caller cannot sign what somebody in their role is asked to sign: nobody signs their own work, and what of it is theirs,
//! since which edit.

use super::super::projects::{Body, body};
use crate::{error::Failure, state::App, web::session::Caller};
use domain::{
    dpia::{
        edit::How,
        sign_off::Routes,
        template::Template,
        version::{MeasureRecord, RiskRecord},
        whole::{Whole, own_work::Work},
    },
    people::{Actor, Member, PersonId},
};
use serde::Serialize;
use store::dpia::past::Stood;

/// So many pieces are named; of further ones it is said how many.
const NAMED: usize = 10;

/// A signature that the caller cannot give.
#[derive(Serialize)]
pub(super) struct Barred {
    role: &'static str,
    organisation: Body,
    /// Whether they lead the assessment, or led it.
    leads: bool,
    /// Whether they changed its title, or said which parts of the template are on.
    shapes: bool,
    pieces: Vec<Piece>,
    /// How many more there are.
    more: usize,
}

/// Something that the caller wrote.
#[derive(Serialize)]
struct Piece {
    label: String,
    /// Its history, which shows every edit.
    href: String,
    /// When they first wrote in it.
    since: Option<i64>,
    /// A file that came in states that they wrote it.
    stated: bool,
}

/// The signatures that the caller's roles are asked for, and that their own work keeps them from.
///
/// # Errors
/// When the database fails.
pub(super) async fn barred(
    app: &App,
    caller: &Caller,
    member: &Member,
    whole: &Whole,
    template: &Template,
    routes: &Routes,
) -> Result<Vec<Barred>, Failure> {
    if whole.assessment.state.is_closed() || whole.assessment.is_record() {
        return Ok(Vec::new());
    }
    let asked = whole.with_board(template, routes, |board| {
        let mut asked = Vec::new();
        for organisation in &board.controllers {
            for decision in board.steps_of(*organisation).iter().flat_map(|step| &step.decisions) {
                let one = (*organisation, decision.role);
                let own =
                    member.holds(*organisation, decision.role) && board.writers.bar(member.person, *organisation, decision.role);
                if own && !asked.contains(&one) {
                    asked.push(one);
                }
            }
        }
        asked
    });
    let (snapshot, mut all) = (app.snapshot(), Vec::new());
    for (organisation, role) in asked {
        let works = whole.own_work(template, member.person, organisation, role);
        let wrote: Vec<Work<'_>> = works.iter().copied().filter(|work| !matches!(work, Work::Leads | Work::Shapes)).collect();
        let mut pieces = Vec::new();
        for work in wrote.iter().take(NAMED) {
            pieces.extend(piece(app, caller, member.person, whole, template, *work).await?);
        }
        all.push(Barred {
            role: role.words(),
            organisation: body(&snapshot, organisation),
            leads: works.contains(&Work::Leads),
            shapes: works.contains(&Work::Shapes),
            pieces,
            more: wrote.len().saturating_sub(NAMED),
        });
    }
    Ok(all)
}

async fn piece(
    app: &App,
    caller: &Caller,
    person: PersonId,
    whole: &Whole,
    template: &Template,
    work: Work<'_>,
) -> Result<Option<Piece>, Failure> {
    let (id, today) = (whole.assessment.id, app.clock.today());
    let href = format!("/assessments/{id}");
    Ok(match work {
        Work::Leads | Work::Shapes => None,
        Work::Answer(field) => {
            let place = &field.place;
            let states = app.store.answer_history(&caller.scope, today, template, id, place).await?;
            let own = states.iter().flat_map(|state| {
                // A clash was sent by its contender; what stands keeps its writer. Who looks again, or moves it, writes nothing.
                let wrote =
                    !matches!(state.how, How::Reopened { .. } | How::Confirmed | How::MovedOn { .. } | How::Clashed { .. });
                let own = (wrote && state.by == person).then_some(state.at);
                own.into_iter().chain(state.contenders.iter().filter(move |sent| sent.by == person).map(|sent| sent.at))
            });
            Some(Piece {
                label: template.field(&place.field).map_or_else(|| place.field.clone(), |field| field.label.clone()),
                href: format!("{href}/{}/{}/history", place.part, place.field),
                since: own.min(),
                stated: field.stated,
            })
        }
        Work::Risk(RiskRecord { number, risk, stated, .. }) => Some(Piece {
            label: format!("R{number}. {}", risk.title),
            href: format!("{href}/risks/{}/history", risk.id),
            since: first(&app.store.item_history::<RiskRecord>(&caller.scope, today, id, risk.id.0).await?, person),
            stated: *stated,
        }),
        Work::Measure(MeasureRecord { number, measure, stated, .. }) => Some(Piece {
            label: format!("M{number}. {}", measure.title),
            href: format!("{href}/measures/{}/history", measure.id),
            since: first(&app.store.item_history::<MeasureRecord>(&caller.scope, today, id, measure.id.0).await?, person),
            stated: *stated,
        }),
    })
}

/// When somebody first wrote in a risk or a measure.
fn first<T>(past: &[Stood<T>], writer: PersonId) -> Option<i64> {
    let own = past.iter().filter(|stood| matches!(&stood.actor, Some(Actor::Person { person, .. }) if *person == writer));
    own.map(|stood| stood.at).min()
}
