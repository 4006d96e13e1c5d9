//! Which risks of all the reader asks for: of an organisation, of a level, of assessments that stand somewhere, of words of a title.
//! Page, figures, maps and files take the same filter.

use super::super::super::projects::{Body, body};
use crate::web::{query::Params, words};
use domain::{
    dpia::{
        assessment::{Assessment, State},
        ids::RiskId,
        risk::Band,
        sign_off::Signature,
        template::Template,
        version::{MeasureRecord, RiskRecord},
        whole::Whole,
    },
    register::{ids::OrganisationId, snapshot::Snapshot},
};
use serde::Serialize;
use std::collections::BTreeSet;

/// What a risk is after measures that nobody has rated.
const NOT_RATED: &str = "none";
/// The names of the filters, as addresses have them.
const NAMES: [&str; 4] = ["q", "organisation", "level", "state"];

/// What the reader asks for. What is empty asks for everything.
#[derive(Default, Serialize)]
pub struct Filter {
    /// As they stand in the address.
    q: String,
    organisation: String,
    level: String,
    state: String,
    /// Whether anything is asked for.
    on: bool,
    /// The organisation that the address names; none where it names one that is not known, which nothing fits.
    #[serde(skip)]
    whose: Option<OrganisationId>,
    #[serde(skip)]
    words: Vec<String>,
}

impl Filter {
    /// Reads it from an address.
    pub fn of(snapshot: &Snapshot, params: &Params) -> Self {
        let one = |name: &str| params.one(name).unwrap_or_default().to_owned();
        let [q, organisation, level, state] = NAMES.map(one);
        let whose = snapshot.organisation_by_slug(&organisation).and_then(|row| snapshot.organisation(row));
        Self {
            on: NAMES.iter().any(|name| params.one(name).is_some()),
            whose: whose.map(|entry| entry.record.id),
            words: q.to_lowercase().split_whitespace().map(str::to_owned).collect(),
            q,
            organisation,
            level,
            state,
        }
    }

    /// An address that asks for the same.
    pub fn address(&self, path: &str) -> String {
        let values = [&self.q, &self.organisation, &self.level, &self.state];
        let mut query = form_urlencoded::Serializer::new(String::new());
        NAMES.iter().zip(values).filter(|(_, value)| !value.is_empty()).for_each(|(name, value)| {
            query.append_pair(name, value);
        });
        let query = query.finish();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }

    /// Whether an assessment is asked for, before anything of it is read. `lists` says that the reader may know who takes part.
    pub fn asks_for(&self, head: &Assessment, lists: bool) -> bool {
        let called = format!("{} {}", head.number, head.title).to_lowercase();
        let takes_part = |own: OrganisationId| head.lead == own || lists && head.members().any(|party| party.organisation == own);
        self.words.iter().all(|word| called.contains(word))
            && (self.state.is_empty() || head.state.as_str() == self.state)
            && (self.organisation.is_empty() || self.whose.is_some_and(takes_part))
    }

    /// Whether anything of an assessment fits the level that is asked for.
    pub fn fits(&self, whole: &Whole, template: &Template) -> bool {
        let states = whole.assessment.elsewhere.as_ref().filter(|_| whole.risks.is_empty());
        let stated = states.is_some_and(|stated| stated.level.map_or(NOT_RATED, Band::as_str) == self.level);
        self.level.is_empty() || stated || self.risks(whole, template).next().is_some()
    }

    /// The risks that are asked for: those of everybody, and of its own annex where one organisation is asked for.
    pub fn risks<'w>(&'w self, whole: &'w Whole, template: &'w Template) -> impl Iterator<Item = &'w RiskRecord> {
        whole.risks.iter().filter(|record| {
            let band = record.risk.residual.band(&template.matrix).map_or(NOT_RATED, Band::as_str);
            (self.level.is_empty() || band == self.level)
                && record.risk.part.organisation().is_none_or(|own| self.organisation.is_empty() || self.whose == Some(own))
        })
    }

    /// The measures against the risks that are asked for. One that is against none is asked for where no level is.
    pub fn measures<'w>(&'w self, whole: &'w Whole, template: &'w Template) -> impl Iterator<Item = &'w MeasureRecord> {
        let asked: Vec<RiskId> = self.risks(whole, template).map(|record| record.risk.id).collect();
        whole.measures.iter().filter(move |record| {
            let against = &record.measure.risks;
            if against.is_empty() { self.level.is_empty() } else { against.iter().any(|risk| asked.contains(risk)) }
        })
    }

    /// Whether an acceptance is asked for: of the organisation that gave it, and of its level.
    pub fn accepted(&self, signature: &Signature) -> bool {
        (self.organisation.is_empty() || self.whose == Some(signature.organisation))
            && (self.level.is_empty() || signature.level.as_str() == self.level)
    }
}

/// What there is to choose.
#[derive(Serialize)]
pub struct Choices {
    /// How many assessments there are to choose from.
    all: usize,
    organisations: Vec<Body>,
    states: Vec<(&'static str, &'static str)>,
}

impl Choices {
    /// Of these assessments: whoever takes part in one, and where one stands.
    pub fn of<'a>(snapshot: &Snapshot, heads: impl Iterator<Item = &'a Assessment>) -> Self {
        let (mut all, mut whose, mut states) = (0, BTreeSet::new(), BTreeSet::new());
        for head in heads {
            all += 1;
            whose.extend(head.members().map(|party| party.organisation));
            states.insert(head.state.as_str());
        }
        let mut organisations: Vec<Body> = whose.into_iter().map(|own| body(snapshot, own)).collect();
        organisations.retain(|own| !own.slug.is_empty());
        organisations.sort_by_cached_key(|own| own.name.to_lowercase());
        let states = State::ALL.into_iter().filter(|state| states.contains(state.as_str()));
        Self { all, organisations, states: states.map(|state| (state.as_str(), words::stands(state))).collect() }
    }
}
