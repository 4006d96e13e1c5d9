//! `/contracts/{id}`: one contract, as its record has it and as it stands today.

use super::{
    facts::{self, DayRow, ImportFact, Imports, OriginFacts, TermFacts},
    history::{self, Event},
    span::Span,
    views::{self, End, Line, Named, Worth},
};
use crate::{
    error::Failure,
    state::App,
    web::{
        dpia::standing::{self, Standing},
        form::new_command,
        page::{self, GetAs},
        session::Caller,
    },
};
use axum::{
    extract::{Path, State},
    response::Html,
};
use domain::register::decide::Decide;
use domain::{
    people::{Act, Scope},
    register::{
        ids::ContractId,
        records::{Contract, Import},
        reference::{LeadTimes, cpv},
        snapshot::{ContractQuery, ContractRow, Filters, Snapshot},
        terms::Period,
    },
};
use govuk::Alternate;
use jiff::civil::Date;
use serde::Serialize;
use store::{dpia::load::About, log::Change};
use uuid::Uuid;

/// Other contracts that are shown beside this one.
const OTHERS: usize = 5;

/// A lead time and where it comes from.
#[derive(Serialize)]
struct Lead {
    period: Period,
    source: String,
    core: bool,
}

/// Contracts like this one.
#[derive(Serialize)]
struct Others {
    /// What they share.
    name: String,
    /// All of them.
    href: String,
    /// How many there are beside this one.
    total: u64,
    lines: Vec<Line>,
}

#[derive(Serialize)]
struct View {
    href: String,
    title: String,
    description: Option<String>,
    reference: Option<String>,
    organisations: Vec<Named>,
    suppliers: Vec<Named>,
    supplier_state: &'static str,
    products: Vec<Named>,
    functions: Vec<Named>,
    areas: Vec<Named>,
    systems: Vec<Named>,
    owning_service: Option<String>,
    term: TermFacts,
    end: End,
    decide: Decide,
    /// Whether there is no day to start buying by, since the whole term is shorter than that takes.
    too_short: bool,
    succeeded: bool,
    /// Whether an option to extend can no longer be taken up, so that the last possible end cannot be reached.
    lost: bool,
    worth: Worth,
    framework: Option<Named>,
    lot: Option<String>,
    route: Option<String>,
    cpv: Vec<Cpv>,
    lead: Lead,
    days: Vec<DayRow>,
    span: Span,
    as_at: Date,
    confirmed: Option<Date>,
    origin: OriginFacts,
    history: Vec<Event>,
    by_product: Option<Others>,
    by_supplier: Option<Others>,
    get: Vec<GetAs>,
    /// The contract that took its place, or, of a notice, the organisation's own record.
    successor: Option<Named>,
    stands_behind: bool,
    predecessors: Vec<Named>,
    edit: Option<Editing>,
    standing: Option<Standing>,
}

/// What people of its organisation see beside a contract.
#[derive(Serialize)]
struct Editing {
    may_edit: bool,
    published: bool,
    manager: Option<String>,
    /// The organisation's name, where its manager no longer acts for it.
    left: Option<String>,
    note: Option<String>,
    command: Uuid,
    version: i64,
}

impl Editing {
    async fn of(app: &App, caller: &Caller, contract: &Contract) -> Result<Option<Self>, Failure> {
        if !caller.may(&Act::SeePrivate(contract.organisation)) {
            return Ok(None);
        }
        let (scope, own) = (&caller.scope, contract.organisation);
        let (mut manager, mut left) = (None, None);
        if let Some(person) = contract.manager {
            let here = super::edit::members::of(app, scope, own).await?.into_iter().find(|member| member.person == person);
            manager = here.map(|member| member.name);
            if manager.is_none() {
                manager = super::edit::members::former(app, scope, own, person).await?.map(|member| member.name);
                left = super::edit::organisation_link(&app.snapshot(), own).map(|link| link.name);
            }
        }
        Ok(Some(Self {
            may_edit: caller.may(&Act::EditRegister(contract.organisation)),
            published: contract.published,
            manager,
            left,
            note: contract.note.clone(),
            command: new_command(),
            version: contract.updated_at,
        }))
    }
}

/// Another contract of the same organisation, where the caller may see it.
async fn neighbour(app: &App, caller: &Caller, id: ContractId) -> Result<Option<Named>, Failure> {
    let other = app.store.get::<Contract>(&caller.scope, id.0).await?;
    Ok(other.map(|other| Named::new(&*other.title, "contracts", other.id)))
}

/// The contracts whose place this one took.
async fn predecessors(app: &App, caller: &Caller, contract: &Contract) -> Result<Vec<Named>, Failure> {
    let found = app.store.by::<Contract>(&caller.scope, "replaced_by", contract.id.to_string()).await?;
    Ok(found.iter().map(|other| Named::new(&*other.title, "contracts", other.id)).collect())
}

/// A CPV code with the name of its division.
#[derive(Serialize)]
struct Cpv {
    code: String,
    division: Option<&'static str>,
    href: String,
}

impl Cpv {
    fn of(code: &str) -> Self {
        Self {
            code: code.to_owned(),
            division: cpv::division(code),
            href: format!("/contracts?cpv={}", code.get(..2).unwrap_or(code)),
        }
    }
}

/// The page.
///
/// # Errors
/// Not found for an id that is none of ours, or no id at all.
pub async fn page(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Html<String>, Failure> {
    let id: Uuid = id.parse().map_err(|_| Failure::not_found())?;
    let contract = app.store.get::<Contract>(&caller.scope, id).await?.ok_or_else(Failure::not_found)?;
    // The public's view of its history, whoever looks; people of the organisation find more on the history's own page.
    let changes = app.store.history(&Scope::Public, id).await?;
    let imports = imports(&app, &contract, &changes).await?;
    let snapshot = app.snapshot();
    let mut view = view(&snapshot, &contract, &imports);
    let contents = changes.iter().filter_map(|change| change.content.as_ref());
    let beside = history::Beside::of(&app, &Scope::Public, None, contents).await?;
    view.history = history::events(&changes, &imports, &snapshot, &beside);
    view.edit = Editing::of(&app, &caller, &contract).await?;
    let mut about = vec![About::Contract(id)];
    if let Some(row) = snapshot.contract_by_id(contract.id) {
        let systems = snapshot.contract(row).systems().filter_map(|system| snapshot.system(system));
        about.extend(systems.map(|entry| About::System(entry.record.id.0)));
    }
    view.standing = standing::of(&app, &caller, contract.organisation, &about).await?;
    view.successor = match contract.replaced_by.or(contract.notice_of) {
        Some(other) => neighbour(&app, &caller, other).await?,
        None => None,
    };
    view.predecessors = predecessors(&app, &caller, &contract).await?;
    let mut frame = page::record_frame(&app, &view.title, "contracts", "Contracts");
    page::belongs_to(&app, &mut frame, contract.organisation);
    if let Some(organisation) = view.organisations.first() {
        // Titles repeat among councils; the page's must not.
        frame.title = match &view.reference {
            Some(reference) => format!("{}, {} ({reference})", view.title, organisation.name),
            None => format!("{}, {}", view.title, organisation.name),
        };
    }
    frame.alternates = vec![Alternate {
        href: format!("/api/v1/contracts/{}", contract.id),
        content_type: "application/json".to_owned(),
        title: "This contract as JSON".to_owned(),
    }];
    page::render(&app, "register/contract.html", &frame, view)
}

/// The imports that a contract and its history name.
async fn imports(app: &App, contract: &Contract, changes: &[Change]) -> Result<Imports, Failure> {
    let mut ids: Vec<Uuid> = facts::imports_of(&contract.origin).map(|id| id.0).collect();
    ids.extend(changes.iter().filter_map(|change| change.import));
    ids.sort_unstable();
    ids.dedup();
    let found = app.store.get_many::<Import>(&Scope::Public, &ids).await?;
    Ok(found.iter().map(|import| (import.id, ImportFact::from(import))).collect())
}

fn view(snapshot: &Snapshot, contract: &Contract, imports: &Imports) -> View {
    let as_at = snapshot.as_at();
    let functions: Vec<_> = contract.functions.iter().filter_map(|id| snapshot.function(snapshot.function_by_id(*id)?)).collect();
    let core = functions.iter().any(|function| function.record.core);
    let lead = LeadTimes::shipped().for_route(contract.route.as_deref(), core);
    let outlook = contract.outlook(lead.period, as_at);
    let mut areas: Vec<Named> = functions
        .iter()
        .filter_map(|function| snapshot.area(snapshot.area_by_id(function.record.service_area?)?))
        .map(|area| Named { name: area.record.name.clone(), href: format!("/contracts?service_area={}", area.record.slug) })
        .collect();
    areas.dedup();
    let products: Vec<Named> = contract
        .products
        .iter()
        .filter_map(|id| snapshot.product(snapshot.product_by_id(*id)?))
        .map(|entry| Named::new(&*entry.record.name, "products", entry.record.id))
        .collect();
    let suppliers: Vec<Named> = contract
        .suppliers
        .iter()
        .filter_map(|id| snapshot.supplier(snapshot.supplier_by_id(*id)?))
        .map(|entry| Named::new(&*entry.record.name, "suppliers", entry.record.id))
        .collect();
    let others = |name: Option<&Named>, filters: Filters, filter: &str, value: Option<String>| {
        let (name, value) = (name?, value?);
        let href = format!("/contracts?{filter}={value}");
        others(snapshot, contract.id, filters, &name.name, href)
    };
    let product = contract.products.first().map(ToString::to_string);
    let supplier = contract.suppliers.first().map(ToString::to_string);
    View {
        href: format!("/contracts/{}", contract.id),
        title: contract.title.clone(),
        description: contract.description.clone(),
        reference: contract.reference.clone(),
        organisations: std::iter::once(&contract.organisation)
            .chain(&contract.joint)
            .filter_map(|id| snapshot.organisation(snapshot.organisation_by_id(*id)?))
            .map(Named::organisation)
            .collect(),
        by_product: others(
            products.first(),
            Filters { product: product.clone().into_iter().collect(), ..Filters::default() },
            "product",
            product,
        ),
        by_supplier: others(
            suppliers.first(),
            Filters { supplier: supplier.clone().into_iter().collect(), ..Filters::default() },
            "supplier",
            supplier,
        ),
        suppliers,
        supplier_state: views::supplier_state(contract.supplier_state),
        products,
        areas,
        functions: functions.iter().map(|entry| Named::new(&*entry.record.name, "functions", &entry.record.slug)).collect(),
        systems: contract.systems.iter().filter_map(|id| system(snapshot, *id)).collect(),
        owning_service: contract.owning_service.clone(),
        term: TermFacts::of(&contract.term, &outlook),
        end: End::of(&outlook, contract.term.current_end(), as_at),
        decide: Decide::of(&outlook, as_at),
        too_short: outlook.too_short,
        succeeded: outlook.succeeded,
        lost: outlook.exits.iter().any(|exit| exit.lost),
        worth: Worth::of(&contract.value),
        framework: contract.framework.as_ref().map(|name| Named {
            name: name.clone(),
            href: format!(
                "/contracts?{}",
                form_urlencoded::Serializer::new(String::new()).append_pair("framework", name).finish()
            ),
        }),
        lot: contract.lot.clone(),
        route: contract.route.clone(),
        cpv: contract.cpv.iter().map(|code| Cpv::of(code)).collect(),
        lead: Lead { period: lead.period, source: lead.source, core },
        days: facts::days(&outlook, &contract.term, as_at),
        span: Span::of(&outlook, contract.term.start, contract.term.current_end(), as_at),
        as_at,
        confirmed: contract.confirmed,
        origin: OriginFacts::of(&contract.origin, imports),
        history: Vec::new(),
        get: [("JSON", ""), ("calendar", ".ics"), ("feed", ".atom")]
            .map(|(text, ending)| GetAs { text: text.to_owned(), href: format!("/api/v1/contracts/{}{ending}", contract.id) })
            .to_vec(),
        successor: None,
        stands_behind: contract.notice_of.is_some(),
        predecessors: Vec::new(),
        edit: None,
        standing: None,
    }
}

fn system(snapshot: &Snapshot, id: domain::register::ids::SystemId) -> Option<Named> {
    let record = &snapshot.system(snapshot.system_by_id(id)?)?.record;
    let product = snapshot.product(snapshot.product_by_id(record.product)?)?;
    Some(Named::new(&*product.record.name, "systems", record.id))
}

fn others(snapshot: &Snapshot, this: ContractId, filters: Filters, name: &str, href: String) -> Option<Others> {
    let answer = snapshot.contracts(&ContractQuery { filters, limit: OTHERS + 1, ..ContractQuery::default() });
    let rows: Vec<ContractRow> =
        answer.rows.into_iter().filter(|row| snapshot.contract(*row).id() != this).take(OTHERS).collect();
    if rows.is_empty() {
        return None;
    }
    // The record is read from the database, so this very contract may not be among the snapshot's yet.
    let total = answer.total.saturating_sub(1).max(rows.len() as u64);
    Some(Others { name: name.to_owned(), href, total, lines: views::lines(snapshot, &rows) })
}
