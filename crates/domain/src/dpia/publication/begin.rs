//! Beginning a publication: of the version that everybody has signed, with what an earlier publication decided.

use super::{Consent, Listed, Publication, Stage};
use crate::{
    dpia::{
        assessment::{Joined, Party},
        ids::{PublicationId, VersionId},
        place::{Part, Place},
        sign_off::Routes,
        template::{
            Template,
            view::{Facts, Screened, View},
        },
        version::{Snapshot, Version},
        whole::Whole,
    },
    people::PersonId,
    register::ids::{OrganisationId, SystemId},
};
use std::collections::{BTreeMap, BTreeSet};

/// What a publication is begun with.
#[derive(Clone, Copy, Debug)]
pub struct Begin<'a> {
    /// Its id, where it does not go on with one that is being prepared.
    pub id: PublicationId,
    /// The version that everybody has signed.
    pub version: &'a Version,
    /// The version's template.
    pub template: &'a Template,
    /// What screening was answered.
    pub screened: &'a Screened,
    /// The systems of the register that the assessment is about.
    pub systems: &'a [SystemId],
    /// Its parties as they stand: of the version's only those are named that still take part.
    pub parties: &'a [Party],
    /// Who begins it.
    pub by: PersonId,
    /// For whom.
    pub organisation: OrganisationId,
    /// When, milliseconds of UTC.
    pub at: i64,
}

/// The version of an assessment that everybody has signed: the frozen one, while every signature that its controllers' routes ask
/// for holds. A version that was frozen since (a party that joined later wrote its annex) waits for its signatures.
#[must_use]
pub fn signed(whole: &Whole, template: &Template, routes: &Routes) -> Option<VersionId> {
    let version = whole.frozen().filter(|_| whole.assessment.state.is_signed())?;
    whole.with_board(template, routes, |board| board.complete()).then_some(version.id)
}

/// The answers of a version that are no part of the document, because their questions do not apply there.
#[must_use]
pub fn resting(template: &Template, content: &Snapshot, screened: &Screened) -> BTreeSet<Place> {
    let modules = content.modules.iter().cloned().collect();
    let members = || content.parties.iter().filter(|party| party.joined == Joined::Accepted);
    let controllers: Vec<_> = members().filter(|party| party.role.controls()).map(|party| party.organisation).collect();
    let facts = |part: Part| Facts {
        several_controllers: controllers.len() > 1,
        processors: members().any(|party| !party.role.controls()),
        risks: content.risks.iter().filter(|risk| risk.part == part).count(),
    };
    let resting = |part: Part| {
        let view = View { template, answers: &content.answers, screened, modules: &modules, facts: facts(part), part };
        view.resting().into_iter().map(|(place, _)| place.clone()).collect::<Vec<_>>()
    };
    [Part::Shared].into_iter().chain(controllers.iter().copied().map(Part::Annex)).flat_map(resting).collect()
}

/// The answers of a version that its publication never shows: those that are no part of the document, and the day of the next
/// review. It is outside what is signed and moves on; what is public says it as the assessment has it, never as a version had it.
fn unshown(new: &Begin<'_>) -> BTreeSet<Place> {
    let content = &new.version.content;
    let day = new.template.review_date(new.organisation).filter(|place| content.answers.contains_key(place));
    resting(new.template, content, new.screened).into_iter().chain(day).collect()
}

impl Publication {
    /// Begins one. What `before` decided is taken over: where it was public, a second person has looked at it, and whoever begins
    /// makes it their own; one that is still being prepared goes on with the new version, under its own id and with everybody who
    /// prepared it. What a controller said of its annex holds on where the annex says the same; not after it was taken back.
    #[must_use]
    pub fn begin(new: Begin<'_>, before: Option<&Self>) -> Self {
        let goes_on = before.filter(|one| matches!(one.stage, Stage::Preparing | Stage::Checking));
        let mut prepared_by: BTreeSet<PersonId> = goes_on.map(|one| one.prepared_by.clone()).unwrap_or_default();
        prepared_by.extend(goes_on.map(|one| one.by));
        prepared_by.insert(new.by);
        let mut begun = Self {
            id: goes_on.map_or(new.id, |one| one.id),
            assessment: new.version.assessment,
            version: new.version.id,
            sealed: new.version.seals.shared,
            fields: before.map(|one| one.fields.clone()).unwrap_or_default(),
            resting: unshown(&new),
            annexes: Some(before.map(|one| one.consents(new.version)).unwrap_or_default()),
            listed: Some(Listed::of(new.version, new.systems)),
            summary: before.map(|one| one.summary.clone()).unwrap_or_default(),
            by: new.by,
            prepared_by,
            organisation: new.organisation,
            at: new.at,
            stage: Stage::Preparing,
            updated_at: goes_on.map_or(0, |one| one.updated_at),
        };
        begun.keep_to(new.version, new.parties);
        begun
    }

    /// What controllers said of their annexes, of those that say the same in a version.
    fn consents(&self, version: &Version) -> BTreeMap<OrganisationId, Consent> {
        let holds =
            |(organisation, said): &(&OrganisationId, &Consent)| version.seals.annexes.get(organisation) == Some(&said.seal);
        let said = self.annexes.iter().flatten().filter(|_| !matches!(self.stage, Stage::Withdrawn { .. }));
        said.filter(holds).map(|(organisation, said)| (*organisation, said.clone())).collect()
    }
}
