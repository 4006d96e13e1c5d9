//! An imported document with ids of its own, for an organisation here.

use super::{
    Bundle, Invited, Named,
    register::{Kind, Registered, find},
};
use crate::dpia::{
    assessment::{Elsewhere, Guest, Joined, State},
    ids::ProjectId,
    sign_off::Signature,
    template::Template,
};
use crate::people::PersonId;
use crate::register::ids::{ContractId, OrganisationId, PlannedProcurementId, SystemId};
use serde_json::Value;
use std::collections::HashMap;
use uuid::Uuid;

/// For whom a document comes in.
#[derive(Clone, Debug)]
pub struct Receiver<'a> {
    /// The organisation that will lead it here.
    pub organisation: Named,
    /// The organisations that are known here, to find again those that the document names.
    pub known: &'a [Named],
    /// The records of the register that are known here, to find again those that the document names ([`Bundle::wanted`]).
    pub register: &'a [Registered],
    /// Who brings it in.
    pub person: PersonId,
    /// The number people will call it by.
    pub number: String,
    /// When, milliseconds of UTC.
    pub at: i64,
}

impl Bundle {
    /// The document with new ids for everything in it, led by the receiver's organisation. Organisations are found again by their
    /// short names; those that are not known here keep their ids, so that what they wrote stays theirs. Records of the register are
    /// found again as [`find`] does; those that are not found stay in answers as the text they are, with the id that they have
    /// elsewhere, and [`Bundle::register_elsewhere`] tells of each. What was under way comes in
    /// as a draft, and what was signed as made elsewhere: signatures stay in the document and count for nothing here.
    ///
    /// What a version says and its seals stay letter for letter as they were, ids and all, and so does what a signature is bound
    /// to: whoever has the document can compute the seals again ([`Bundle::stated`]).
    ///
    /// # Errors
    /// Never for a document that was read; the types allow it.
    pub fn anew(
        &self,
        receiver: &Receiver<'_>,
        template: Option<&Template>,
        ids: &mut dyn FnMut() -> Uuid,
    ) -> Result<Self, serde_json::Error> {
        let mut map: HashMap<String, String> = HashMap::new();
        for id in self.record_ids() {
            map.entry(id.to_string()).or_insert_with(|| ids().to_string());
        }
        for named in &self.organisations {
            if let Some(here) = receiver.known.iter().find(|known| known.slug == named.slug) {
                map.insert(named.id.to_string(), here.id.to_string());
            }
        }
        let mut wanted = self.wanted();
        for one in &mut wanted {
            one.found = find(one, receiver.register);
            if let Some(found) = one.found {
                map.insert(one.id.to_string(), found.here.to_string());
            }
        }
        let mut value = serde_json::to_value(self)?;
        replace(&mut value, &map);
        let mut bundle: Self = serde_json::from_value(value)?;
        for (version, before) in bundle.versions.iter_mut().zip(&self.versions) {
            version.content.clone_from(&before.content);
            version.seals.clone_from(&before.seals);
            version.routes.clone_from(&before.routes);
        }
        let signed = |bundle: &Self| -> Vec<OrganisationId> {
            bundle.signatures.iter().chain(&bundle.signed_elsewhere).map(|signature| signature.organisation).collect()
        };
        let stated = signed(self);
        for (signature, organisation) in bundle.signatures.iter_mut().chain(&mut bundle.signed_elsewhere).zip(&stated) {
            signature.organisation = *organisation;
        }
        for named in self.organisations.iter().filter(|named| stated.contains(&named.id)) {
            if bundle.organisations.iter().all(|known| known.id != named.id) {
                bundle.organisations.push(named.clone());
            }
        }
        // What was named where the document was made is told as it was named there.
        bundle.register.clear();
        // What an earlier place found was of that place: the records it links are named anew by the document.
        bundle.register_elsewhere = wanted;
        bundle.invited_elsewhere = self.invited_elsewhere.iter().chain(&self.invited).cloned().collect();
        // Words, advice and decisions of the document are told as what it states: nobody said them here, whoever it names.
        for field in bundle.fields.iter_mut().chain(&mut bundle.history) {
            field.stated = true;
        }
        for comment in &mut bundle.comments {
            comment.stated = true;
        }
        for recommendation in &mut bundle.recommendations {
            recommendation.stated = true;
            for answer in recommendation.answer.iter_mut().chain(&mut recommendation.answer_stated) {
                answer.stated = true;
            }
        }
        if let Some(screening) = &mut bundle.screening {
            screening.stated = true;
            for decision in screening.decision.iter_mut().chain(&mut screening.decision_stated) {
                decision.stated = true;
            }
        }
        for said in &mut bundle.assessment.declined {
            said.stated = true;
        }
        for record in &mut bundle.risks {
            record.stated = true;
        }
        for record in &mut bundle.measures {
            record.stated = true;
        }
        for version in &mut bundle.versions {
            version.stated = true;
        }
        // Nobody here was asked to do anything, nothing is published here, and the Commissioner answered others: all are told.
        bundle.consultations_elsewhere.append(&mut bundle.consultations);
        bundle.tasks_elsewhere.append(&mut bundle.tasks);
        bundle.publications_elsewhere.append(&mut bundle.publications);
        bundle.settle(self, receiver, template, ids);
        Ok(bundle)
    }

    /// The ids of the records that belong to it. Organisations, people and things of the register are not among them.
    fn record_ids(&self) -> Vec<Uuid> {
        let mut ids = vec![self.assessment.id.0];
        ids.extend(self.screening.iter().map(|screening| screening.id.0));
        ids.extend(self.fields.iter().map(|field| field.id));
        ids.extend(self.comments.iter().map(|comment| comment.id.0));
        ids.extend(self.recommendations.iter().map(|recommendation| recommendation.id.0));
        ids.extend(self.risks.iter().map(|record| record.risk.id.0));
        ids.extend(self.measures.iter().map(|record| record.measure.id.0));
        ids.extend(self.versions.iter().map(|version| version.id.0));
        ids.extend(self.signatures.iter().chain(&self.signed_elsewhere).map(|signature| signature.id.0));
        ids.extend(self.attachments.iter().map(|attachment| attachment.id.0));
        ids
    }

    /// The signatures that were made elsewhere, each with whether its seals are those of the version that it names; none where the
    /// document does not hold that version.
    pub fn stated(&self) -> impl Iterator<Item = (&Signature, Option<bool>)> {
        self.signed_elsewhere.iter().map(|signature| {
            let version = self.versions.iter().find(|version| version.id == signature.version);
            (signature, version.map(|version| signature.fits(&version.seals)))
        })
    }

    fn settle(&mut self, before: &Self, receiver: &Receiver<'_>, template: Option<&Template>, ids: &mut dyn FnMut() -> Uuid) {
        let lead = receiver.organisation.id;
        let assessment = &mut self.assessment;
        assessment.number.clone_from(&receiver.number);
        // Records that the other database has, and this one has not.
        (assessment.project, assessment.screening, assessment.superseded_by) = (None, None, None);
        // Nobody signs here what was signed there, so that no annex is open beside it.
        assessment.open_annexes.clear();
        assessment.overlays.clear();
        assessment.led_by.clear();
        assessment.shaped_by.clear();
        // The screening comes along, and with it a project that it belongs to: what applies hangs on its answers.
        if let Some(screening) = &mut self.screening {
            screening.project = ProjectId(ids());
            (screening.organisation, screening.assessment, screening.replaces) = (lead, Some(assessment.id), None);
            (assessment.project, assessment.screening) = (Some(screening.project), Some(screening.id));
        }
        // Guests were invited there, and have no access here: the document tells who they were.
        let told = |guest: &Guest| self.invited_elsewhere.iter().any(|one| one.guest.person == guest.person);
        let untold: Vec<Invited> = before
            .assessment
            .guests
            .iter()
            .filter(|guest| !told(guest))
            .map(|guest| Invited { name: None, guest: guest.clone() })
            .collect();
        assessment.guests.clear();
        self.invited_elsewhere.extend(untold);
        self.invited.clear();
        let about = |kind: Kind| -> Vec<Uuid> {
            let mut here: Vec<Uuid> = Vec::new();
            for one in self.register_elsewhere.iter().filter(|one| one.kind == kind && one.about) {
                here.extend(one.found.map(|found| found.here).filter(|id| !here.contains(id)));
            }
            here
        };
        assessment.systems = about(Kind::System).into_iter().map(SystemId).collect();
        assessment.contracts = about(Kind::Contract).into_iter().map(ContractId).collect();
        assessment.planned = about(Kind::PlannedProcurement).into_iter().map(PlannedProcurementId).collect();
        (assessment.lead, assessment.lead_person) = (lead, Some(receiver.person));
        match assessment.parties.iter_mut().find(|party| party.organisation == lead) {
            Some(party) => {
                party.joined = Joined::Accepted;
                if !party.role.controls() {
                    party.role = crate::dpia::assessment::PartyRole::Controller;
                }
            }
            None => assessment.parties.push(super::from_cnil::lead_party(lead, receiver)),
        }
        // Others take part here when they say so here.
        for party in assessment.parties.iter_mut().filter(|party| party.organisation != lead) {
            if party.joined == Joined::Accepted {
                party.joined = Joined::Invited;
            }
        }
        assessment.parties.sort_by_key(|party| party.organisation != lead);
        let state = before.assessment.state;
        if state.is_signed() || state.is_closed() || state == State::Recorded {
            assessment.state = State::Recorded;
            assessment.elsewhere.get_or_insert_with(|| elsewhere(before, template));
        } else {
            assessment.state = State::Drafting;
            // Who uses the data elsewhere does not use it here: what is a draft here is in use from the day somebody here says so.
            self.live_elsewhere = assessment.live_since.take().or(self.live_elsewhere);
        }
        assessment.frozen = None;
        self.signed_elsewhere.append(&mut self.signatures);
        (assessment.state_since, assessment.updated_at) = (receiver.at, receiver.at);
        if !self.organisations.iter().any(|named| named.id == lead) {
            self.organisations.push(receiver.organisation.clone());
        }
    }
}

/// What is known of an assessment that was signed elsewhere: roles and organisations, no names.
fn elsewhere(bundle: &Bundle, template: Option<&Template>) -> Elsewhere {
    // Each once: whoever signed two versions, or two steps, is one of those who signed.
    let mut signatories: Vec<String> = Vec::new();
    for signature in &bundle.signatures {
        let one = format!("{}, {}", signature.role.words(), bundle.organisation(signature.organisation));
        if !signatories.contains(&one) {
            signatories.push(one);
        }
    }
    let level = bundle.risks.iter().filter_map(|record| record.risk.residual.band(&template?.matrix)).max();
    let last = bundle.signatures.iter().map(|signature| signature.at).max();
    let signed_on = last
        .and_then(|at| jiff::Timestamp::from_millisecond(at).ok())
        .map(|at| at.to_zoned_datetime(jiff::tz::TimeZone::UTC).date());
    Elsewhere { level, signed_on, signatories, remark: bundle.assessment.number.clone() }
}

/// Keys whose values are what people wrote, which may look like an id.
const WORDS: [&str; 9] = ["text", "title", "description", "evidence", "reasons", "reason", "remark", "name", "says"];

/// Puts new ids in the place of old ones: whole strings, keys, and what follows the colon of `annex:ID/field` or `risk:ID`.
fn replace(value: &mut Value, map: &HashMap<String, String>) {
    match value {
        Value::String(text) => {
            if let Some(new) = renamed(text, map) {
                *text = new;
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|entry| replace(entry, map)),
        Value::Object(object) => {
            let entries = std::mem::take(object);
            for (key, mut entry) in entries {
                // Words stay as they were written, and what another tool said as it said it.
                let is_words = entry.is_string() && WORDS.contains(&key.as_str());
                if !is_words && (key != "source" || !entry.get("system").is_some_and(Value::is_string)) {
                    replace(&mut entry, map);
                }
                object.insert(renamed(&key, map).unwrap_or(key), entry);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn renamed(text: &str, map: &HashMap<String, String>) -> Option<String> {
    if let Some(new) = map.get(text) {
        return Some(new.clone());
    }
    let (kind, rest) = text.split_once(':')?;
    if !matches!(kind, "annex" | "risk" | "measure" | "comment") {
        return None;
    }
    let (id, after) = rest.split_once('/').map_or((rest, None), |(id, after)| (id, Some(after)));
    let new = map.get(id)?;
    Some(match after {
        Some(after) => format!("{kind}:{new}/{after}"),
        None => format!("{kind}:{new}"),
    })
}

/// The organisation of a receiver as one of those that a document names.
impl From<(OrganisationId, &str, &str)> for Named {
    fn from((id, slug, name): (OrganisationId, &str, &str)) -> Self {
        Self { id, slug: slug.to_owned(), name: name.to_owned() }
    }
}
