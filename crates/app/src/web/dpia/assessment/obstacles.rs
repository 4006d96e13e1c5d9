//! What stands in the way of sign-off, each with the page on which it is mended.

use crate::{
    state::App,
    web::{
        dpia::desk::{Desk, Named, named},
        session::Caller,
    },
};
use domain::{
    dpia::{place::Place, whole::Blocker},
    people::Act,
};
use serde::Serialize;

/// Something that stands in the way: what it is, and where it is put right.
#[derive(Serialize)]
pub(super) struct Obstacle {
    pub(super) kind: &'static str,
    count: usize,
    href: String,
    number: String,
    place: String,
    organisation: Option<Named>,
    people: Vec<String>,
    roles: Vec<&'static str>,
    since: Option<i64>,
    asked: bool,
    /// The Commissioner answered that it must not go ahead as planned.
    forbidden: bool,
    /// It stops nobody but the organisation that it stands with.
    alone: bool,
}

/// What stands in the way, the gravest first.
pub(super) fn obstacles(app: &App, caller: &Caller, desk: &Desk) -> Vec<Obstacle> {
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
        forbidden: false,
        alone: false,
    };
    let label = |place: &Place| desk.template.field(&place.field).map_or_else(String::new, |field| field.label.clone());
    let address = desk.address();
    // Where a DPIA is begun, for whoever may; the others are told who does.
    let leads = caller.may(&Act::LeadProject(desk.whole.assessment.lead));
    let project = desk.whole.assessment.project.filter(|_| leads);
    let begins = project.map_or_else(String::new, |project| format!("/projects/{project}/assessment"));
    desk.whole
        .blockers(&desk.template, &desk.routes)
        .into_iter()
        .map(|blocker| match blocker {
            Blocker::HighRisk { part, alone, risks, asked, forbidden } => Obstacle {
                asked,
                forbidden,
                alone,
                organisation: desk.part(app, part),
                ..obstacle("high-risk", risks.len(), format!("{address}/risks"))
            },
            Blocker::Recommendations { open, places, since } => Obstacle {
                number: places.iter().map(|place| desk.called(app, place)).collect::<Vec<_>>().join(", "),
                since: Some(since),
                ..obstacle("recommendations", open.len(), format!("{address}/advice"))
            },
            Blocker::Clash { place, people } => Obstacle {
                number: desk.called(app, &place),
                place: label(&place),
                organisation: desk.part(app, place.part),
                people: people.into_iter().map(|person| desk.person(person)).collect(),
                ..obstacle("clash", 1, format!("{}/clash", desk.address_of(&place)))
            },
            Blocker::Proposed { modules } => {
                let titles = modules.iter().filter_map(|id| desk.template.module(id)).map(|module| module.title.clone());
                Obstacle {
                    place: titles.collect::<Vec<_>>().join(", "),
                    ..obstacle("proposed", modules.len(), format!("{address}/modules"))
                }
            }
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
            Blocker::DpiaNeeded { organisation, alone } => {
                Obstacle { organisation: Some(named(app, organisation)), alone, ..obstacle("dpia-needed", 1, begins.clone()) }
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
