//! Keeping what an assessment that is held says, as a version: of everything, or of what was frozen before with one annex anew.

use super::Work;
use crate::error::{Error, Result};
use domain::{
    dpia::{
        ids::VersionId,
        place::Part,
        seal::Seals,
        sign_off::Routes,
        template::{Edition, Template},
        version::{Head, Snapshot, Version},
    },
    register::ids::OrganisationId,
};
use std::collections::BTreeMap;
use uuid::Uuid;

impl Work {
    /// Keeps what the assessment says as a version with a name; frozen where routes of sign-off are given, which it keeps.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn make_version(&mut self, template: &Template, name: &str, frozen: Option<&Routes>) -> Result<VersionId> {
        let content = self.whole.snapshot();
        let controllers: Vec<OrganisationId> = self.whole.assessment.controllers().collect();
        let seals = content.seals(controllers.iter().copied(), &|field| template.signed(field));
        let routes = frozen.map(|routes| routes.editions(controllers)).unwrap_or_default();
        self.keep_version(content, seals, routes, name, frozen.is_some()).await
    }

    /// Keeps what was frozen before as a new version, with an organisation's own annex as it stands now. Every other seal is the
    /// one that it was, so that no signature but the organisation's own is touched; and so is every other organisation's route.
    ///
    /// # Errors
    /// When nothing is frozen, or the database refuses.
    pub(super) async fn make_annex_version(
        &mut self,
        template: &Template,
        routes: &Routes,
        organisation: OrganisationId,
        name: &str,
    ) -> Result<VersionId> {
        let assessment = self.whole.assessment.id;
        let missing = || Error::Missing("frozen version of assessment", assessment.to_string());
        let before = self.whole.bound().ok_or_else(missing)?;
        let content = before.with_annex(&self.whole.snapshot(), organisation);
        let mut seals = self.whole.frozen().ok_or_else(missing)?.seals.clone();
        seals.annexes.extend(content.seals([organisation], &|field| template.signed(field)).annexes);
        let routes = routes.editions(seals.annexes.keys().copied());
        self.keep_version(content, seals, routes, name, true).await
    }

    async fn keep_version(
        &mut self,
        content: Snapshot,
        seals: Seals,
        routes: BTreeMap<OrganisationId, Edition>,
        name: &str,
        frozen: bool,
    ) -> Result<VersionId> {
        let Some(member) = self.scope.member() else { return Err(Error::Forbidden) };
        let number = self.whole.versions.iter().map(|version| version.number).max().unwrap_or(0) + 1;
        let version = Version {
            id: VersionId(Uuid::now_v7()),
            assessment: self.whole.assessment.id,
            number,
            name: name.trim().to_owned(),
            frozen,
            seals,
            routes,
            content,
            by: member.person,
            organisation: member.acting_for,
            at: self.write.at(),
            stated: false,
        };
        let head: Head = version.head();
        let text = version.content.clone();
        self.write.create(&mut [version]).await?;
        self.whole.versions.push(head.clone());
        if frozen {
            self.whole.frozen_text = Some(text);
        }
        Ok(head.id)
    }

    /// Whether a measure of another part acts on a risk whose annex is open while the rest is signed: the signed words name the
    /// risk, so that it stays.
    #[must_use]
    pub fn risk_is_named_elsewhere(&self, risk: domain::dpia::ids::RiskId) -> bool {
        let risks: Vec<_> = self.whole.risks.iter().map(|record| record.risk.clone()).collect();
        let Some(part) = risks.iter().find(|one| one.id == risk).map(|one| one.part) else { return false };
        let elsewhere = |measure: &domain::dpia::risk::Measure| domain::dpia::version::part_of(measure, &risks) != part;
        part != Part::Shared && self.whole.measures_of(risk).any(elsewhere)
    }
}
