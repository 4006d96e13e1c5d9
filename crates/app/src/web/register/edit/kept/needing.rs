//! What refers to a record that an undo left since it was needed: of the public register, and of what is not public whatever the
//! reader may see (their organisations' own contracts and systems, projects and assessments), by name.

use super::Called;
use crate::{
    state::App,
    web::register::{facts::ImportFact, history},
};
use domain::{
    audit::Kind,
    people::Scope,
    register::{
        records::{Contract, Import, System},
        snapshot::{Filters, Snapshot, Sort},
    },
    work::sources::Source,
};
use serde::Serialize;
use store::dpia::load::About;
use uuid::Uuid;

/// Records of one kind that are named as what needs another.
const NAMED: usize = 3;

/// Records of one kind that refer to another.
#[derive(Clone, Debug, Serialize)]
pub struct Group {
    /// `contract`, `made` (products by their manufacturer), `product`, `system`, `import`, `source`, `project`, `assessment`: words for
    /// each stand in `register/edit/kept.html`.
    what: &'static str,
    /// The first of them.
    named: Vec<Called>,
    /// How many more there are.
    more: usize,
}

/// What refers to a record now, kind by kind.
///
/// # Errors
/// When the database fails.
pub async fn needing(app: &App, scope: &Scope, kind: Kind, id: Uuid, snapshot: &Snapshot) -> Result<Vec<Group>, store::Error> {
    let (own_contracts, own_systems) = unpublished(app, scope, kind, id, snapshot).await?;
    let mut groups = vec![
        group("contract", [own_contracts, contracts(kind, id, snapshot)].concat()),
        group(if kind == Kind::Supplier { "made" } else { "product" }, products(kind, id, snapshot)),
        group("system", [own_systems, systems(kind, id, snapshot)].concat()),
    ];
    let about = match kind {
        Kind::System => Some(About::System(id)),
        Kind::Contract => Some(About::Contract(id)),
        Kind::PlannedProcurement => Some(About::Planned(id)),
        _ => None,
    };
    if let Some(about) = about {
        let projects = app.store.projects_about(scope, &[about]).await?.into_iter();
        let called = projects.map(|one| Called { title: one.title, href: Some(format!("/projects/{}", one.id)) });
        groups.push(group("project", called.collect()));
        let assessments = app.store.assessments_about(scope, app.clock.today(), &[about]).await?.into_iter();
        let called = assessments.map(|one| Called { title: one.title, href: Some(format!("/assessments/{}", one.id)) });
        groups.push(group("assessment", called.collect()));
    }
    if kind == Kind::Organisation {
        let imports = app.store.by::<Import>(scope, "organisation_id", id.to_string()).await?;
        let called = imports.iter().map(|import| ImportFact::seen_by(scope, import).files.join(", "));
        groups.push(group("import", called.map(|title| Called { title, href: None }).collect()));
        let sources = app.store.by::<Source>(scope, "organisation_id", id.to_string()).await?;
        groups.push(group("source", sources.into_iter().map(|source| Called { title: source.name, href: None }).collect()));
    }
    groups.retain(|group| group.more > 0 || !group.named.is_empty());
    Ok(groups)
}

/// What is not public of the reader's organisations and refers to a record: contracts and systems.
async fn unpublished(
    app: &App,
    scope: &Scope,
    kind: Kind,
    id: Uuid,
    snapshot: &Snapshot,
) -> Result<(Vec<Called>, Vec<Called>), store::Error> {
    let (mut contracts, mut systems) = (Vec::new(), Vec::new());
    let Scope::Member(member) = scope else { return Ok((contracts, systems)) };
    for standing in &member.standings {
        let own = standing.organisation.to_string();
        for one in app.store.by::<Contract>(scope, "organisation_id", own.clone()).await?.iter().filter(|one| !one.published) {
            let refers = match kind {
                Kind::Supplier => one.suppliers.iter().any(|supplier| supplier.0 == id),
                Kind::Product => one.products.iter().any(|product| product.0 == id),
                Kind::Function => one.functions.iter().any(|function| function.0 == id),
                Kind::System => one.systems.iter().any(|system| system.0 == id),
                _ => false,
            };
            if refers {
                contracts.push(Called { title: one.title.clone(), href: Some(format!("/contracts/{}", one.id)) });
            }
        }
        for one in app.store.by::<System>(scope, "organisation_id", own).await?.iter().filter(|one| !one.published) {
            if refers(one, kind, id) {
                systems.push(system(one, snapshot));
            }
        }
    }
    Ok((contracts, systems))
}

/// Those of one kind; what has no name that the reader may see is only counted.
fn group(what: &'static str, mut all: Vec<Called>) -> Group {
    let count = all.len();
    all.retain(|one| !one.title.is_empty());
    all.truncate(NAMED);
    Group { what, more: count - all.len(), named: all }
}

fn contracts(kind: Kind, id: Uuid, snapshot: &Snapshot) -> Vec<Called> {
    let called = |row| {
        let contract = snapshot.contract(row);
        Called { title: contract.title().to_owned(), href: Some(format!("/contracts/{}", contract.id())) }
    };
    let mut filters = Filters::default();
    match kind {
        Kind::Supplier => filters.supplier.push(id.to_string()),
        Kind::Product => filters.product.push(id.to_string()),
        Kind::Function => {
            let function = snapshot.function_by_id(id.into()).and_then(|row| snapshot.function(row));
            let Some(function) = function else { return Vec::new() };
            filters.function.push(function.record.slug.clone());
        }
        Kind::Organisation => {
            let organisation = snapshot.organisation_by_id(id.into()).and_then(|row| snapshot.organisation(row));
            let Some(organisation) = organisation else { return Vec::new() };
            filters.organisation.push(organisation.record.slug.clone());
        }
        Kind::System => {
            let system = snapshot.system_by_id(id.into()).and_then(|row| snapshot.system(row));
            let Some(system) = system else { return Vec::new() };
            let mut these: Vec<Called> = system.contracts.iter().copied().map(called).collect();
            these.sort_by(|one, other| one.title.cmp(&other.title));
            return these;
        }
        _ => return Vec::new(),
    }
    snapshot.all_contracts(&filters, Sort::Title).map(called).collect()
}

fn products(kind: Kind, id: Uuid, snapshot: &Snapshot) -> Vec<Called> {
    let all = snapshot.product_entries().iter().map(|entry| &entry.record);
    let these = all.filter(|product| match kind {
        Kind::Supplier => product.manufacturer.is_some_and(|manufacturer| manufacturer.0 == id),
        Kind::Function => product.functions.iter().any(|function| function.0 == id),
        _ => false,
    });
    these.map(|product| Called { title: product.name.clone(), href: Some(format!("/products/{}", product.id)) }).collect()
}

/// Systems of the public register.
fn systems(kind: Kind, id: Uuid, snapshot: &Snapshot) -> Vec<Called> {
    let all = snapshot.system_entries().iter().map(|entry| &entry.record);
    all.filter(|one| refers(one, kind, id)).map(|one| system(one, snapshot)).collect()
}

fn refers(system: &System, kind: Kind, id: Uuid) -> bool {
    match kind {
        Kind::Supplier => system.sub_processors.iter().any(|one| one.supplier.is_some_and(|supplier| supplier.0 == id)),
        Kind::Product => system.product.0 == id,
        Kind::Function => system.functions.iter().any(|function| function.0 == id),
        Kind::Organisation => system.organisation.0 == id,
        _ => false,
    }
}

/// A system by its product and whose it is.
fn system(system: &System, snapshot: &Snapshot) -> Called {
    let product = history::title_of(Kind::Product, system.product.0, snapshot).unwrap_or_default();
    let whose = history::title_of(Kind::Organisation, system.organisation.0, snapshot);
    let title = whose.map_or_else(|| product.clone(), |whose| format!("{product} of {whose}"));
    Called { title, href: Some(format!("/systems/{}", system.id)) }
}
