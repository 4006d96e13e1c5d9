//! Earlier assessments of the same product: those that the caller may see, and those that others have published. Of a published
//! one only what its page shows whole is offered.

use super::Offered;
use crate::{
    error::Failure,
    state::App,
    web::{
        dpia::{
            desk::{Desk, Named, day_of, named},
            publish::shown,
            whole,
        },
        session::Caller,
        words,
    },
};
use domain::{
    dpia::{
        assessment::{Assessment, State},
        edit::FieldState,
        place::{Part, Place},
        publication::{Piece, Publication, Stage},
        template::field::{Field, FieldKind},
    },
    people::Scope,
    register::{
        ids::{OrganisationId, ProductId, SystemId},
        records::System,
        snapshot::Snapshot,
    },
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use store::dpia::public::Public;
use uuid::Uuid;

/// An earlier assessment.
pub struct Earlier {
    assessment: Assessment,
    /// Through what it can be seen, where the caller takes no part in it.
    public: Option<Public>,
    products: BTreeSet<ProductId>,
}

/// An earlier assessment as the page lists it.
#[derive(Serialize)]
pub struct Line {
    key: String,
    title: String,
    organisations: Vec<Named>,
    published: bool,
    state: &'static str,
    on: Option<jiff::civil::Date>,
}

impl Earlier {
    /// How addresses and forms name it.
    #[must_use]
    pub fn key(&self) -> String {
        match &self.public {
            Some(public) => format!("published:{}", public.publication.id),
            None => format!("assessment:{}", self.assessment.id),
        }
    }

    fn organisations(&self) -> Vec<OrganisationId> {
        match &self.public {
            Some(public) => public.listed.controllers().collect(),
            None => self.assessment.controllers().collect(),
        }
    }

    /// Its title; of a published one as it was published.
    fn title(&self) -> &str {
        self.public.as_ref().map_or(&self.assessment.title, |public| &public.listed.title)
    }

    /// Since when it stands as it does: a published one since it was published.
    fn since(&self) -> i64 {
        match self.public.as_ref().map(|public| &public.publication.stage) {
            Some(Stage::Published { at, .. }) => *at,
            _ => self.assessment.state_since,
        }
    }

    /// As the page lists it.
    #[must_use]
    pub fn line(&self, app: &App) -> Line {
        Line {
            key: self.key(),
            title: format!("{} {}", whole::called(app, &self.assessment), self.title()),
            organisations: self.organisations().into_iter().map(|one| named(app, one)).collect(),
            published: self.public.is_some(),
            state: if self.public.is_some() { "" } else { self.assessment.state.as_str() },
            on: day_of(self.since()),
        }
    }
}

/// The products of some systems, as far as the caller may know of them.
async fn products(
    app: &App,
    scope: &Scope,
    snapshot: &Snapshot,
    systems: impl IntoIterator<Item = SystemId>,
) -> Result<BTreeMap<SystemId, ProductId>, Failure> {
    let mut found = BTreeMap::new();
    let mut unknown: Vec<Uuid> = Vec::new();
    for id in systems {
        match snapshot.system_by_id(id).and_then(|row| snapshot.system(row)) {
            Some(entry) => {
                found.insert(id, entry.record.product);
            }
            None => unknown.push(id.0),
        }
    }
    for system in app.store.get_many::<System>(scope, &unknown).await? {
        found.insert(system.id, system.product);
    }
    Ok(found)
}

/// The earlier assessments of a product that this assessment is about, and of the same project, the newest first. One that the caller may read stands
/// once, even where it is published as well.
///
/// # Errors
/// When the database fails.
pub async fn all(app: &App, caller: &Caller, desk: &Desk) -> Result<Vec<Earlier>, Failure> {
    let snapshot = app.snapshot();
    let this = &desk.whole.assessment;
    let here: BTreeSet<ProductId> =
        products(app, &caller.scope, &snapshot, this.systems.iter().copied()).await?.into_values().collect();
    // A short review of the same project says what a DPIA that follows it begins with, whatever the product.
    let follows = |one: &Assessment| this.project.is_some() && one.project == this.project;
    if here.is_empty() && this.project.is_none() {
        return Ok(Vec::new());
    }
    let own = app.store.assessments(&caller.scope, desk.today).await?;
    let mut candidates: Vec<(Assessment, Option<Public>)> = own
        .into_iter()
        .filter(|one| one.id != this.id && one.state != State::Withdrawn && (!one.systems.is_empty() || follows(one)))
        .map(|one| (one, None))
        .collect();
    for public in app.store.published(&Scope::Public).await? {
        let known = candidates.iter().any(|(one, _)| one.id == public.assessment.id);
        if !here.is_empty() && public.publication.is_public() && public.assessment.id != this.id && !known {
            candidates.push((public.assessment.clone(), Some(public)));
        }
    }
    let about = |one: &(Assessment, Option<Public>)| match &one.1 {
        Some(public) => public.listed.systems.clone(),
        None => one.0.systems.clone(),
    };
    let systems: BTreeSet<SystemId> = candidates.iter().flat_map(about).collect();
    let products = products(app, &caller.scope, &snapshot, systems).await?;
    Ok(candidates
        .into_iter()
        .filter_map(|one| {
            let shared: BTreeSet<ProductId> =
                about(&one).iter().filter_map(|id| products.get(id)).filter(|id| here.contains(id)).copied().collect();
            let (assessment, public) = one;
            (!shared.is_empty() || follows(&assessment)).then_some(Earlier { assessment, public, products: shared })
        })
        .collect())
}

/// How many organisations have assessed a product, and how many more are about to.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Counted {
    product: String,
    /// Theirs is signed, in use, made elsewhere or published.
    have: usize,
    /// Theirs is under way, and they have no other.
    are: usize,
}

/// How many organisations have assessed each product of this assessment, by name.
#[must_use]
pub fn counts(app: &App, all: &[Earlier]) -> Vec<Counted> {
    let snapshot = app.snapshot();
    let mut by_product: BTreeMap<ProductId, [BTreeSet<OrganisationId>; 2]> = BTreeMap::new();
    for one in all {
        let done = one.public.is_some() || one.assessment.holds();
        for product in &one.products {
            let [have, are] = by_product.entry(*product).or_default();
            let counted = if done { have } else { are };
            counted.extend(one.organisations());
        }
    }
    let mut counts: Vec<Counted> = by_product
        .into_iter()
        .filter_map(|(product, [have, are])| {
            let product = snapshot.product(snapshot.product_by_id(product)?)?.record.name.clone();
            Some(Counted { product, have: have.len(), are: are.difference(&have).count() })
        })
        .collect();
    counts.sort();
    counts
}

/// What an earlier assessment offers for the fields that the caller may write: what stands under the same question of the
/// shared body, where it fits; one's own annex from one's own annex. People are asked anew each time.
///
/// # Errors
/// When the database fails.
pub async fn offers(
    app: &App,
    caller: &Caller,
    desk: &Desk,
    earlier: &Earlier,
    fields: &[(Place, &Field)],
) -> Result<Vec<Offered>, Failure> {
    let answers = match &earlier.public {
        Some(public) => published(app, &public.publication).await?,
        None => {
            let rules = app.rules();
            let whole = app.store.assessment(&caller.scope, desk.today, rules.as_ref(), earlier.assessment.id).await?;
            let fields = whole.map(|whole| whole.fields).unwrap_or_default();
            fields.into_iter().filter_map(|FieldState { place, answer, .. }| Some((place, answer?))).collect()
        }
    };
    let organisations: Vec<String> = earlier.organisations().into_iter().map(|one| named(app, one).name).collect();
    let on = day_of(earlier.since()).map(|day| format!(", {}", words::day(day))).unwrap_or_default();
    let from = format!("{} {} ({}){on}", whole::called(app, &earlier.assessment), earlier.title(), organisations.join(", "));
    let published = earlier.public.is_some();
    Ok(fields
        .iter()
        .filter(|(place, field)| !matches!(field.kind, FieldKind::People) && (place.part == Part::Shared || !published))
        .filter_map(|(place, field)| {
            let answer: &domain::dpia::answer::Answer = answers.get(place)?;
            (!answer.is_empty() && field.accepts(answer).is_ok()).then(|| Offered {
                place: place.clone(),
                answer: answer.clone(),
                from: from.clone(),
            })
        })
        .collect())
}

/// The answers of which a publication shows every word.
async fn published(app: &App, publication: &Publication) -> Result<domain::dpia::answer::Answers, Failure> {
    let Some(version) = app.store.published_version(&Scope::Public, publication).await? else { return Ok(BTreeMap::new()) };
    let template = shown::template(app, &version)?;
    let shown = shown::preview(&template, publication, &version);
    Ok(shown
        .into_iter()
        .filter(|one| !one.redacted() && one.pieces.iter().any(|piece| matches!(piece, Piece::Shown { .. })))
        .filter_map(|one| version.content.answers.get(&one.place).map(|answer| (one.place.clone(), answer.clone())))
        .collect())
}
