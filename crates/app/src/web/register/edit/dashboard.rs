//! `/organisations/{slug}/register`: what an organisation's record needs, for those who keep it.

use super::own::Kept as _;
use crate::{
    error::Failure,
    state::{self, App},
    web::{
        form::{Errors, new_command},
        page,
        register::views::{End, Named},
        session::Caller,
    },
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use domain::register::decide::Decide;
use domain::{
    people::{Act, Scope},
    register::{
        completeness::{Fix, fresh},
        ids::ContractId,
        reconcile::reconcile,
        records::{Contract, Import, Organisation, Skill, System},
        snapshot::{Filters, Sort},
        terms::{Outlook, Period, Status},
    },
    work::asked::looked_after,
};
use jiff::civil::Date;
use serde::Serialize;
use std::collections::HashSet;
use store::undo::Undone;
use uuid::Uuid;

/// Records that one press can say are still right: a form takes 2,000 fields.
const ALL: usize = 1_500;
/// Records shown of each list.
const MOST: usize = 25;

#[derive(Serialize)]
struct Line {
    /// The record and its version, as the form of a list sends them.
    id: String,
    title: String,
    href: String,
    end: Option<End>,
    decide: Option<Decide>,
    confirmed: Option<Date>,
    public: bool,
}

#[derive(Serialize)]
struct List {
    /// `past-end`, `missed`, `decide`, `end-not-known`, `nobody`.
    what: &'static str,
    total: usize,
    lines: Vec<Line>,
}

#[derive(Serialize)]
struct Stale {
    kind: &'static str,
    total: usize,
    lines: Vec<Line>,
    rest: Vec<String>,
}

#[derive(Serialize)]
struct DraftLine {
    kind: String,
    title: String,
    href: String,
    at: i64,
}

#[derive(Serialize)]
struct ImportLine {
    id: String,
    files: Vec<String>,
    at: i64,
    undone_at: Option<i64>,
    /// Records that its undoing left.
    left: usize,
}

/// A contract of another organisation that names this one.
#[derive(Serialize)]
struct Naming {
    title: String,
    href: String,
    owner: Option<Named>,
}

#[derive(Serialize)]
struct View {
    organisation: Named,
    command: Uuid,
    contracts: usize,
    /// What notices say of contracts that the register has: they stand behind its records and are counted nowhere else.
    notices: usize,
    systems: usize,
    skills: usize,
    unpublished: usize,
    reconcile: usize,
    lists: Vec<List>,
    stale: Vec<Stale>,
    drafts: Vec<DraftLine>,
    imports: Vec<ImportLine>,
    naming: Vec<Naming>,
    slug: String,
    errors: Errors,
}

/// Where those who keep an organisation's register mend what its score lacks: the list of the records that lack it; for what nobody
/// confirmed, the list whose button confirms it.
#[must_use]
pub fn place_of(fix: Fix, slug: &str) -> String {
    match fix {
        Fix::Confirmed => format!("/organisations/{slug}/register#stale-contract"),
        Fix::SystemConfirmed => format!("/organisations/{slug}/register#stale-system"),
        _ => {
            let list = if fix.of_systems() { "systems?organisation" } else { "contracts?keeper" };
            format!("/{list}={slug}&missing={}", fix.as_str())
        }
    }
}

/// The page.
///
/// # Errors
/// Not found for whoever may not edit the organisation's register.
pub async fn page(State(app): State<App>, caller: Caller, Path(slug): Path<String>) -> Result<Response, Failure> {
    let snapshot = app.snapshot();
    let organisation = super::organisation(&snapshot, &slug)?;
    caller.must(&Act::EditRegister(organisation.id))?;
    show(&app, &caller, &organisation, Errors::default()).await
}

/// The page, with what is wrong with what was sent.
///
/// # Errors
/// When the database fails.
pub(super) async fn show(app: &App, caller: &Caller, organisation: &Organisation, errors: Errors) -> Result<Response, Failure> {
    let snapshot = app.snapshot();
    let (scope, own) = (&caller.scope, organisation.id.0.to_string());
    let contracts = app.store.by::<Contract>(scope, "organisation_id", own.clone()).await?;
    let systems = app.store.by::<System>(scope, "organisation_id", own.clone()).await?;
    let skills = app.store.by::<Skill>(scope, "organisation_id", own.clone()).await?;
    let imports = app.store.by::<Import>(scope, "organisation_id", own).await?;
    let colleagues = super::members::colleagues(app, scope, organisation.id).await?;
    let today = app.clock.today();
    let lead = state::lead_rule();
    let running: Vec<(&Contract, Outlook)> = contracts
        .iter()
        .filter(|contract| contract.notice_of.is_none())
        .map(|contract| {
            let core = contract.functions.iter().any(|id| {
                snapshot.function_by_id(*id).and_then(|row| snapshot.function(row)).is_some_and(|entry| entry.record.core)
            });
            let lead: Period = lead(contract.route.as_deref(), core);
            (contract, contract.outlook(lead, today))
        })
        .filter(|(_, outlook)| outlook.status != Status::Ended)
        .collect();
    let line = |contract: &Contract, outlook: &Outlook| Line {
        id: format!("{}:{}", contract.id, contract.updated_at),
        title: contract.title.clone(),
        href: contract.address(),
        end: Some(End::of(outlook, contract.term.current_end(), today)),
        decide: Some(Decide::of(outlook, today)),
        confirmed: contract.confirmed,
        public: contract.published,
    };
    let list = |what: &'static str, keep: &dyn Fn(&Contract, &Outlook) -> bool| {
        let mut found: Vec<&(&Contract, Outlook)> =
            running.iter().filter(|(contract, outlook)| keep(contract, outlook)).collect();
        found.sort_by_key(|(contract, outlook)| (outlook.decision_date.unwrap_or(Date::MAX), contract.id));
        List {
            what,
            total: found.len(),
            lines: found.iter().take(MOST).map(|(contract, outlook)| line(contract, outlook)).collect(),
        }
    };
    // The same decisions as in the reminders.
    let within = |days: i32| move |day: Date| today.until(day).is_ok_and(|span| (0..=days).contains(&span.get_days()));
    let lists = [
        list("past-end", &|_, outlook| outlook.status == Status::PastEnd),
        list("missed", &|contract, outlook| {
            outlook.status != Status::PastEnd && contract.asks_for_decisions() && outlook.missed().next().is_some()
        }),
        list("decide", &|contract, outlook| contract.asks_for_decisions() && outlook.decision_date.is_some_and(within(183))),
        list("end-not-known", &|_, outlook| outlook.status == Status::NotKnown),
        list("nobody", &|contract, _| !looked_after(contract, &colleagues)),
    ];
    let stale_contracts: Vec<Line> = running
        .iter()
        .filter(|(contract, _)| !fresh(contract.confirmed, today))
        .map(|(contract, outlook)| line(contract, outlook))
        .collect();
    let stale_systems: Vec<Line> = systems
        .iter()
        .filter(|system| !fresh(system.confirmed, today))
        .map(|system| Line {
            id: format!("{}:{}", system.id, system.updated_at),
            title: product_name(&snapshot, system.product),
            href: system.address(),
            end: None,
            decide: None,
            confirmed: system.confirmed,
            public: system.published,
        })
        .collect();
    let drafts = app.store.register_drafts(scope, caller.signed_in()?.person.0, organisation.id.0).await?;
    let mut recent: Vec<Import> = imports.into_iter().filter(|import| import.kind != "merge").collect();
    recent.sort_by_key(|import| std::cmp::Reverse(import.at));
    recent.truncate(10);
    let named = super::organisation_link(&snapshot, organisation.id).ok_or_else(Failure::not_found)?;
    let mut frame = page::frame(app, format!("{}: keep the register", organisation.name), Some("organisations"));
    frame.error = !errors.is_empty();
    frame.breadcrumbs = vec![govuk::Link::new("Home", "/"), govuk::Link::new(&organisation.name, &named.href)];
    let notices = contracts.iter().filter(|contract| contract.notice_of.is_some()).count();
    let view = View {
        organisation: named,
        command: new_command(),
        contracts: contracts.len() - notices,
        notices,
        systems: systems.len(),
        skills: skills.len(),
        unpublished: contracts.iter().filter(|contract| contract.notice_of.is_none() && !contract.published).count()
            + systems.iter().filter(|system| !system.published).count(),
        reconcile: reconcile(&contracts, today).open(),
        naming: naming(app, scope, organisation, &contracts).await?,
        slug: organisation.slug.clone(),
        errors,
        lists: lists.into_iter().filter(|list| list.total > 0).collect(),
        stale: [stale("contract", stale_contracts), stale("system", stale_systems)]
            .into_iter()
            .filter(|one| one.total > 0)
            .collect(),
        drafts: drafts
            .into_iter()
            .map(|draft| DraftLine {
                title: draft.title().to_owned(),
                href: format!("/drafts/{}", draft.id),
                kind: draft.kind,
                at: draft.updated_at,
            })
            .collect(),
        imports: recent
            .into_iter()
            .map(|import| ImportLine {
                left: Undone::of(&import).map_or(0, |undone| undone.kept.len()),
                id: import.id.to_string(),
                files: import.files,
                at: import.at,
                undone_at: import.undone_at,
            })
            .collect(),
    };
    Ok(page::render(app, "register/edit/dashboard.html", &frame, view)?.into_response())
}

/// The contracts of others that name this organisation as a party: they count as its own in public.
async fn naming(app: &App, scope: &Scope, own: &Organisation, kept: &[Contract]) -> Result<Vec<Naming>, Failure> {
    let snapshot = app.snapshot();
    let kept: HashSet<ContractId> = kept.iter().map(|contract| contract.id).collect();
    let filters = Filters { organisation: vec![own.slug.clone()], ..Filters::default() };
    let named = snapshot.all_contracts(&filters, Sort::Title).map(|row| snapshot.contract(row).id());
    let ids: Vec<Uuid> = named.filter(|id| !kept.contains(id)).map(|id| id.0).collect();
    let mut theirs = app.store.get_many::<Contract>(scope, &ids).await?;
    theirs.retain(|contract| contract.organisation != own.id && contract.joint.contains(&own.id));
    theirs.sort_by(|a, b| (&a.title, a.id).cmp(&(&b.title, b.id)));
    Ok(theirs
        .into_iter()
        .map(|contract| Naming {
            href: contract.address(),
            owner: super::organisation_link(&snapshot, contract.organisation),
            title: contract.title,
        })
        .collect())
}

fn stale(kind: &'static str, mut lines: Vec<Line>) -> Stale {
    lines.sort_by(|a, b| (a.confirmed, &a.title).cmp(&(b.confirmed, &b.title)));
    let total = lines.len();
    let rest = lines.iter().take(ALL).map(|line| line.id.clone()).collect();
    lines.truncate(MOST);
    Stale { kind, total, lines, rest }
}

fn product_name(snapshot: &domain::register::snapshot::Snapshot, product: domain::register::ids::ProductId) -> String {
    super::naming::Names::of(snapshot).named(|named| (named.product)(product)).unwrap_or_else(|| "A system".to_owned())
}
