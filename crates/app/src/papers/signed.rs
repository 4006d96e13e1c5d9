//! What a paper is a paper of, and what was signed: the version, the seals of its parts, each signature with what it says, why, and
//! whether it holds.

use super::{Subject, capital, table};
use crate::web::words;
use documents::document::{Block, Document, Pair};
use domain::{
    dpia::{
        assessment::{Joined, State},
        ico::rests::{self, Lost},
        ids::SignatureId,
        place::Part,
        risk::Risk,
        seal::Seals,
        sign_off::{self, Kind, Routes},
        version::Version,
    },
    register::ids::OrganisationId,
};
use serde::Serialize;
use std::collections::HashMap;

/// A signature as papers tell it.
pub(super) struct Signed<'a> {
    pub(super) signature: &'a sign_off::Signature,
    /// The step, in words.
    pub(super) step: String,
    /// The role, and whether as a deputy.
    pub(super) role: String,
    pub(super) organisation: String,
    /// Whether it is bound to what the paper says, rests on what it rested on, and nothing later stands in its place.
    pub(super) holds: bool,
    /// Its state, in words.
    pub(super) state: String,
}

/// How an assessment stood when its JSON was made: for programs, which would otherwise have to know how texts are sealed, what the route
/// asks for and who wrote what. Whoever brings the document in works it out anew.
#[derive(Serialize)]
pub(super) struct Stands<'a> {
    /// The version whose words these are, as papers name it.
    version: String,
    /// The seals of its parts; none of a record that holds no words.
    #[serde(skip_serializing_if = "Option::is_none")]
    seals: Option<&'a Seals>,
    signatures: Vec<Holding>,
}

/// How a signature stands.
#[derive(Serialize)]
struct Holding {
    signature: SignatureId,
    holds: bool,
    /// The same in words, with why where it does not.
    state: String,
}

/// The titles of the steps that were signed, by organisation and step, as far as its route still has them.
#[must_use]
pub fn steps<'s>(
    routes: &Routes,
    signatures: impl Iterator<Item = &'s sign_off::Signature>,
) -> HashMap<(OrganisationId, String), String> {
    signatures
        .filter_map(|one| Some(((one.organisation, one.step.clone()), routes.step(one.organisation, &one.step)?.title.clone())))
        .collect()
}

/// A step as its id calls it, where no route has its title.
pub(super) fn step_by_id(id: &str) -> String {
    capital(&id.replace('-', " "))
}

impl Subject<'_> {
    /// The version whose words these are: its shared body, and each annex that it holds. Parties that joined since, and left,
    /// change nothing of it.
    pub(super) fn of_version(&self) -> Option<&Version> {
        let same = |version: &&Version| {
            version.seals.shared == self.seals.shared
                && version.seals.annexes.iter().all(|(organisation, seal)| self.seals.annexes.get(organisation) == Some(seal))
        };
        let frozen = self.bundle.versions.iter().find(|version| Some(version.id) == self.bundle.assessment.frozen);
        frozen.filter(same).or_else(|| self.bundle.versions.iter().rev().find(same))
    }

    /// The version whose shared body this is, with the organisations whose annexes are other than in it.
    fn but_for(&self) -> Option<(&Version, Vec<OrganisationId>)> {
        let version = self.bundle.versions.iter().rev().find(|version| version.seals.shared == self.seals.shared)?;
        let other = version.seals.annexes.iter().filter(|(one, seal)| self.seals.annexes.get(one) != Some(*seal));
        Some((version, other.map(|(organisation, _)| *organisation).collect()))
    }

    /// The controllers whose annexes stand in the paper and are no part of its version.
    fn beside(&self) -> Vec<OrganisationId> {
        let Some(version) = self.of_version() else { return Vec::new() };
        self.bundle.assessment.controllers().filter(|one| !version.seals.annexes.contains_key(one)).collect()
    }

    /// Whether what it says is frozen, or signed, and not being written.
    pub(super) fn is_frozen(&self) -> bool {
        let state = self.bundle.assessment.state;
        (state.is_frozen() || state.is_signed()) && self.of_version().is_some_and(|version| version.frozen)
    }

    /// The name of the version that this is.
    pub(super) fn version(&self) -> String {
        if let Some(version) = self.of_version() {
            return name(version);
        }
        let annexes =
            |list: &[OrganisationId]| list.iter().map(|one| self.bundle.organisation(*one)).collect::<Vec<_>>().join(", ");
        match self.but_for().filter(|_| self.bundle.assessment.state != State::Drafting) {
            Some((version, changed)) => format!("{}, and changes since in the annex of {}", name(version), annexes(&changed)),
            None if self.is_record() => format!("As recorded on {}", words::instant(self.bundle.assessment.updated_at)),
            None => format!("Working text of {}", words::instant(self.bundle.assessment.updated_at)),
        }
    }

    /// The seals of the annexes, and which of them are no part of the version.
    pub(super) fn sealed(&self, document: &mut Document) {
        for organisation in self.bundle.assessment.controllers() {
            if let Some(seal) = self.seals.annexes.get(&organisation) {
                let label = format!("Seal of the annex of {} (SHA-256)", self.bundle.organisation(organisation));
                document.facts.push(Pair::new(label, &seal.to_string()));
            }
        }
        let beside: Vec<String> = self.beside().into_iter().map(|one| self.bundle.organisation(one)).collect();
        if !beside.is_empty() {
            let value = format!("The annex of {}: it is being written, and not frozen yet", beside.join(", "));
            document.facts.push(Pair::new("Not part of this version", &value));
        }
    }

    /// The seal of a part.
    pub(super) fn seal_of(&self, part: Part) -> String {
        let seal = match part.organisation() {
            None => Some(&self.seals.shared),
            Some(organisation) => self.seals.annexes.get(&organisation),
        };
        seal.map(ToString::to_string).unwrap_or_default()
    }

    /// The signatures, the oldest first.
    pub(super) fn signed(&self) -> Vec<Signed<'_>> {
        let bundle = self.bundle;
        let tell = |signature| -> Signed<'_> {
            let signature: &sign_off::Signature = signature;
            let later = |one: &sign_off::Signature| {
                one.organisation == signature.organisation
                    && one.step == signature.step
                    && (one.at, one.id) > (signature.at, signature.id)
            };
            let bound = signature.holds(&self.seals);
            let replaced = bundle.signatures.iter().any(later);
            let lost = self.lost(signature);
            let passed_over = self.passed_over.contains(&signature.id);
            let left = bundle.assessment.party(signature.organisation).filter(|party| party.joined == Joined::Left);
            let state = match (bound, replaced, left) {
                _ if signature.taken_back.is_some() => taken_back(signature),
                (true, true, _) => "Replaced by a later signature".to_owned(),
                (true, false, None) if lost.is_some() => lost.map(holds_no_longer).unwrap_or_default(),
                (true, false, None) if passed_over => {
                    "Holds no longer: the risk, or who wrote part of it, is another now".to_owned()
                }
                (true, false, None) => "Signed: holds for this text".to_owned(),
                (false, _, None) => "Out of date: the text changed since".to_owned(),
                (true, false, Some(party)) => format!("Signed for this text; left on {}", words::instant(party.since)),
                (false, _, Some(party)) => format!("The text changed since; left on {}", words::instant(party.since)),
            };
            let deputy = if signature.as_deputy { ", as deputy" } else { "" };
            let known = self.steps.get(&(signature.organisation, signature.step.clone()));
            Signed {
                signature,
                step: known.cloned().unwrap_or_else(|| step_by_id(&signature.step)),
                role: format!("{}{deputy}", capital(signature.role.words())),
                organisation: bundle.organisation(signature.organisation),
                holds: bound && !replaced && lost.is_none() && !passed_over,
                state,
            }
        };
        bundle.signatures.iter().map(tell).collect()
    }

    /// How it stands, for programs.
    pub(super) fn stands(&self) -> Stands<'_> {
        let told = |one: Signed<'_>| Holding { signature: one.signature.id, holds: one.holds, state: one.state };
        Stands {
            version: self.version(),
            seals: self.holds_words().then_some(&self.seals),
            signatures: self.signed().into_iter().map(told).collect(),
        }
    }

    /// What an acceptance of risk has lost of the Commissioner's answer on which it rests, as the board of signatures sees it
    /// ([`domain::dpia::sign_off::Board::lost_its_answer`]).
    fn lost(&self, signature: &sign_off::Signature) -> Option<Lost> {
        if signature.kind != Kind::AcceptsRisk {
            return None;
        }
        let own = [Part::Shared, Part::Annex(signature.organisation)];
        let risks: Vec<&Risk> =
            self.bundle.risks.iter().map(|record| &record.risk).filter(|risk| own.contains(&risk.part)).collect();
        rests::lost(&risks, &self.bundle.consultations, &self.template.matrix, signature.at)
    }

    /// The table of signatures: step, role, organisation, who, when, state.
    pub(super) fn signatures(&self, document: &mut Document, with_names: bool) {
        for one in self.signed() {
            document.signatures.push(documents::document::Signature {
                name: if with_names { self.person(one.signature.person) } else { capital(one.signature.role.words()) },
                when: words::instant(one.signature.at),
                step: one.step,
                role: one.role,
                organisation: one.organisation,
                state: one.state,
            });
        }
    }

    /// How the signatures stand, in a line: for rows of tables.
    pub(super) fn signed_in_short(&self) -> String {
        let all = self.signed();
        let holding = all.iter().filter(|one| one.holds).count();
        match (holding, all.len() - holding) {
            (0, 0) => "none".to_owned(),
            (holding, 0) => format!("{holding} hold"),
            (holding, rest) => format!("{holding} hold, {rest} do not"),
        }
    }

    /// What was said with each signature: the advice, its answer, the acceptance of risk, with reasons; and the seals that each is
    /// bound to.
    pub(super) fn said(&self, document: &mut Document) {
        let all = self.signed();
        if all.is_empty() {
            return;
        }
        document.heading(1, "What was advised and decided");
        let columns = [("Step", 2), ("For whom, in which role", 3), ("What was said", 5), ("Bound to, and how it stands", 3)];
        let mut list = table("What each signature says", &columns);
        for one in &all {
            let signature = one.signature;
            let label = match signature.kind {
                Kind::Advises => "Advice: ",
                _ => "Reasons: ",
            };
            let mut said = vec![signature.says.clone()];
            if !signature.reasons.is_empty() {
                said.push(format!("{label}{}", signature.reasons));
            }
            said.retain(|text| !text.is_empty());
            list.row([
                one.step.as_str(),
                &format!("{}\n{}\n{}", one.organisation, one.role, words::instant(signature.at)),
                &said.join("\n"),
                &format!("Shared text {}\nAnnex {}\n{}", signature.shared.short(), signature.annex.short(), one.state),
            ]);
        }
        document.push(Block::Table(list));
    }
}

/// A version by its number and its name.
pub(super) fn name(version: &Version) -> String {
    if version.name.is_empty() {
        format!("Version {}", version.number)
    } else {
        format!("Version {}: {}", version.number, version.name)
    }
}

/// Why a signature that is bound to the text holds no longer.
fn holds_no_longer(lost: Lost) -> String {
    match lost {
        Lost::Righted(at) => {
            format!("Holds no longer: the Information Commissioner’s answer was put right on {}", words::instant(at))
        }
        Lost::Uncleared => "Holds no longer: a risk is high, and no answer of the Information Commissioner clears it".to_owned(),
    }
}

/// That whoever gave a signature took it back, when and why.
fn taken_back(signature: &sign_off::Signature) -> String {
    let told = |taken: &sign_off::TakenBack| format!("Taken back on {}: {}", words::instant(taken.at), taken.reasons);
    signature.taken_back.as_ref().map(told).unwrap_or_default()
}
