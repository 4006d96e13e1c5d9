//! How far an organisation that left had come with signing: how many of the steps that were asked of it, version by version.

use super::Whole;
use crate::{
    dpia::{
        place::Part,
        risk::Band,
        sign_off::{Route, Signature},
        template::{Template, view::View},
        version::Head,
    },
    register::ids::OrganisationId,
};
use std::collections::BTreeSet;

/// What an organisation had signed of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Steps {
    /// The version, counted from 1.
    pub version: u32,
    /// Steps of its route that it had signed.
    pub signed: usize,
    /// Steps that were asked of it, at the level of risk that it signed.
    pub of: usize,
}

impl Whole {
    /// What an organisation had signed of each version of which it signed something, the oldest first. `route` is the one that it
    /// followed for a version. A signature of an earlier version counts where the later one says the same to it.
    #[must_use]
    pub fn steps_signed<R: AsRef<Route>>(
        &self,
        template: &Template,
        organisation: OrganisationId,
        route: impl Fn(&Head) -> R,
    ) -> Vec<Steps> {
        let own: Vec<&Signature> = self.signatures.iter().filter(|one| one.organisation == organisation).collect();
        let (answers, screened, modules) = (self.answers(), self.screened(), self.modules());
        let (facts, part) = (self.facts(Part::Shared), Part::Shared);
        let view = View { template, answers: &answers, screened: &screened, modules: &modules, facts, part };
        let reader = view.reader();
        let versions = self.versions.iter().filter(|version| own.iter().any(|one| one.version == version.id));
        versions
            .map(|version| {
                let counting = || {
                    let counts = |one: &&&Signature| one.version == version.id || one.fits(&version.seals);
                    own.iter().filter(counts).filter(|one| one.taken_back.is_none())
                };
                let signed = counting().map(|one| one.step.as_str()).collect::<BTreeSet<_>>().len();
                let level = counting().map(|one| one.level).max().unwrap_or(Band::Low);
                let asked = route(version).as_ref().applying(level, &reader).len();
                Steps { version: version.number, signed, of: asked.max(signed) }
            })
            .collect()
    }
}
