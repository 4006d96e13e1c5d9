//! The organisations that signed, and left since.

use super::super::super::projects::{Body, body};
use crate::state::App;
use domain::dpia::{assessment::Joined, sign_off::Routes, template::Template, version::Head, whole::Whole};
use serde::Serialize;
use std::sync::Arc;

/// An organisation that signed, and left since.
#[derive(Serialize)]
pub(super) struct Left {
    organisation: Body,
    since: i64,
    /// The versions of which it signed something: number, steps signed, steps asked of it.
    versions: Vec<(u32, usize, usize)>,
}

/// The organisations that signed and have left, with how far each had come.
pub(super) fn left(app: &App, whole: &Whole, template: &Template, routes: &Routes) -> Vec<Left> {
    let (snapshot, rules) = (app.snapshot(), app.rules());
    let gone = whole.assessment.parties.iter().filter(|party| party.joined == Joined::Left);
    gone.filter_map(|party| {
        let route = |version: &Head| {
            let kept = version.routes.get(&party.organisation);
            let kept = kept.and_then(|edition| rules.routes().iter().find(|one| one.route.edition == *edition));
            kept.map_or_else(|| Arc::new(routes.of(party.organisation).clone()), |one| one.route.clone())
        };
        let steps = whole.steps_signed(template, party.organisation, route).into_iter();
        let versions: Vec<_> = steps.map(|one| (one.version, one.signed, one.of)).collect();
        let organisation = body(&snapshot, party.organisation);
        (!versions.is_empty()).then_some(Left { organisation, since: party.since, versions })
    })
    .collect()
}
