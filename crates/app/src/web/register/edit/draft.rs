//! A new contract, system or skill: one question page after another, a page to check the answers, and the record.

use super::{
    answers,
    change::Fields,
    naming::Names,
    save::{self, References},
};
use crate::{
    error::Failure,
    imports,
    jobs::refresh,
    state::App,
    web::{
        form::{Errors, Form, new_command},
        page,
        register::{
            history::{self, Shown},
            views::Named as Link,
        },
        session::Caller,
    },
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    people::Act,
    register::{
        edit::{
            Answers, Refusal, Refused, check,
            contract::{self, Group, REGISTER},
            duplicates::{Duplicate, duplicates},
            skill, system,
        },
        ids::{ContractId, OrganisationId, ProductId, SkillId, SystemId},
        import::resolve::{Changes, Index},
        money::Value,
        records::*,
        terms::Term,
    },
};
use serde::Serialize;
use store::drafts::Draft;
use uuid::Uuid;

/// What a draft is to become, as far as its answers go.
enum Made {
    Contract(Box<Contract>),
    System(Box<System>),
    Skill(Box<Skill>),
}

/// A draft's record with what was refused of its answers, group by group, and the names that it would make.
struct Drawn {
    made: Made,
    refused: Vec<(&'static str, Refused)>,
    changes: Changes,
}

/// The groups of questions of a kind, in order; none for a kind that there is not.
fn groups(kind: &str) -> Option<&'static [&'static str]> {
    match kind {
        "contract" => Some(&["about", "suppliers", "covers", "dates", "options", "value", "buying", "care"]),
        "system" => Some(&["system"]),
        "skill" => Some(&["skill"]),
        _ => None,
    }
}

fn origin(source: &str) -> Origin {
    Origin { source: source.to_owned(), ..Origin::default() }
}

fn blank_contract(organisation: OrganisationId) -> Contract {
    Contract {
        id: ContractId(Uuid::now_v7()),
        key: String::new(),
        organisation,
        joint: Vec::new(),
        reference: None,
        title: String::new(),
        description: None,
        suppliers: Vec::new(),
        supplier_state: SupplierState::NotKnown,
        products: Vec::new(),
        functions: Vec::new(),
        systems: Vec::new(),
        owning_service: None,
        term: Term::default(),
        value: Value::NotKnown,
        framework: None,
        lot: None,
        route: None,
        cpv: Vec::new(),
        origin: origin(REGISTER),
        confirmed: None,
        manager: None,
        note: None,
        published: true,
        replaced_by: None,
        notice_of: None,
        set_aside: std::collections::BTreeMap::new(),
        updated_at: 0,
    }
}

fn blank_system(organisation: OrganisationId) -> System {
    System {
        id: SystemId(Uuid::now_v7()),
        key: String::new(),
        organisation,
        product: ProductId(Uuid::nil()),
        functions: Vec::new(),
        users: None,
        hosting: None,
        satisfaction: None,
        data_access: None,
        origin: origin("survey"),
        confirmed: None,
        note: None,
        published: true,
        updated_at: 0,
    }
}

fn blank_skill(organisation: OrganisationId) -> Skill {
    Skill {
        id: SkillId(Uuid::now_v7()),
        key: String::new(),
        organisation,
        name: String::new(),
        level: SkillLevel::default(),
        people: None,
        offers_training: false,
        origin: origin(REGISTER),
        confirmed: None,
        updated_at: 0,
    }
}

/// Draws a draft's record from its answers.
async fn drawn(app: &App, caller: &Caller, draft: &Draft) -> Result<Drawn, Failure> {
    let organisation = OrganisationId(draft.organisation);
    let known = imports::plan::Names::load(&app.store, &caller.scope).await?;
    let snapshot = app.snapshot();
    let names = Names::of(&snapshot);
    let mut refused: Vec<(&'static str, Refused)> = Vec::new();
    let references = References::load(app, &caller.scope, organisation).await?;
    let (made, changes) = {
        let mut ids = Uuid::now_v7;
        let mut index = Index::new(known.known(), &mut ids, app.clock.now());
        let made = names.named(|named| match draft.kind.as_str() {
            "system" => {
                let mut record = blank_system(organisation);
                let product = draft.answers.lines("product").into_iter().next();
                refused.extend(system::read(&draft.answers, &mut record, &mut index).into_iter().map(|one| ("system", one)));
                match product {
                    Some(name) if name.chars().count() <= 300 => record.product = index.product(&name, None, &record.functions),
                    Some(_) => refused.push(("system", Refused::new("product", Refusal::TooLong { most: 300 }))),
                    None => refused.push(("system", Refused::new("product", Refusal::Missing))),
                }
                Made::System(Box::new(record))
            }
            "skill" => {
                let mut record = blank_skill(organisation);
                refused.extend(skill::read(&draft.answers, &mut record).into_iter().map(|one| ("skill", one)));
                Made::Skill(Box::new(record))
            }
            _ => {
                let mut record = blank_contract(organisation);
                for group in Group::ALL {
                    let found = contract::read(group, &draft.answers, &mut record, named, &mut index, REGISTER);
                    refused.extend(found.into_iter().map(|one| (group.as_str(), one)));
                }
                Made::Contract(Box::new(record))
            }
        });
        (made, index.into_changes())
    };
    if refused.is_empty()
        && let Made::Contract(record) = &made
    {
        let all = save::field_names::<Contract>();
        let found = check::contract(record, &all, &|reference| references.has(reference));
        refused.extend(found.into_iter().map(|one| (group_of(&one.field), one)));
    }
    Ok(Drawn { made, refused, changes })
}

/// The group in which a contract's field is asked for.
fn group_of(field: &str) -> &'static str {
    match field.split('-').next().unwrap_or_default() {
        "title" | "reference" | "description" => "about",
        "supplier" | "suppliers" => "suppliers",
        "products" | "functions" | "systems" | "joint" | "new" => "covers",
        "option" | "break" => "options",
        "value" | "amount" | "basis" | "vat" | "withheld" => "value",
        "route" | "framework" | "lot" | "cpv" | "url" => "buying",
        "owning" | "manager" | "note" | "published" => "care",
        _ => "dates",
    }
}

/// The answers that a new draft begins with.
fn first_answers(kind: &str, organisation: OrganisationId, names: &Names<'_>) -> Answers {
    let mut all = Answers::default();
    names.named(|named| match kind {
        "system" => all.absorb(system::say(&blank_system(organisation), named)),
        "skill" => all.absorb(skill::say(&blank_skill(organisation))),
        _ => Group::ALL.into_iter().for_each(|group| all.absorb(contract::say(group, &blank_contract(organisation), named))),
    });
    if kind == "contract" {
        all.set("supplier-state", "");
        all.set("kind", "");
    }
    if kind == "skill" {
        all.set("level", "");
        all.set("offers-training", "");
    }
    all
}

/// `POST /organisations/{slug}/new/{kind}`: begins a draft.
///
/// # Errors
/// Not found for whoever may not edit the organisation's register.
pub async fn begin(
    State(app): State<App>,
    caller: Caller,
    Path((slug, kind)): Path<(String, String)>,
    form: Form,
) -> Result<Response, Failure> {
    let groups = groups(&kind).ok_or_else(Failure::not_found)?;
    let snapshot = app.snapshot();
    let organisation = super::organisation(&snapshot, &slug)?;
    caller.must(&Act::EditRegister(organisation.id))?;
    let answers = first_answers(&kind, organisation.id, &Names::of(&snapshot));
    // The command's id is the draft's, so that a second press opens the same draft.
    let person = caller.signed_in()?.person.0;
    let id = form.command()?;
    if app.store.register_draft(&caller.scope, person, id).await?.is_none() {
        let draft = Draft { id, person, organisation: organisation.id.0, kind, answers, updated_at: app.clock.now() };
        app.store.keep_register_draft(&caller.scope, &draft).await?;
    }
    Ok(Redirect::to(&format!("/drafts/{id}/{}", groups[0])).into_response())
}

/// The caller's own draft, for an organisation whose register they may still edit.
async fn own(app: &App, caller: &Caller, id: &str) -> Result<Draft, Failure> {
    let person = caller.signed_in()?.person.0;
    let draft = app.store.register_draft(&caller.scope, person, super::id_of(id)?).await?.ok_or_else(Failure::not_found)?;
    caller.must(&Act::EditRegister(OrganisationId(draft.organisation)))?;
    Ok(draft)
}

#[derive(Serialize)]
struct Question {
    #[serde(flatten)]
    fields: Fields,
    kind: String,
    organisation: Option<Link>,
    command: Uuid,
    version: Option<i64>,
    to_check: bool,
    checkable: bool,
    check: String,
    place: usize,
    places: usize,
}

async fn question(
    app: &App,
    caller: &Caller,
    draft: &Draft,
    group: &'static str,
    answers: &Answers,
    errors: Errors,
    to_check: bool,
) -> Result<Response, Failure> {
    let organisation = OrganisationId(draft.organisation);
    let mut fields = Fields::of(app, caller, organisation, group, answers, errors).await?;
    fields.is_new = true;
    let groups = groups(&draft.kind).unwrap_or_default();
    let place = groups.iter().position(|one| *one == group).unwrap_or(0);
    let check = format!("/drafts/{}", draft.id);
    let mut frame = page::frame(app, format!("New {}", draft.kind), Some(section(&draft.kind)));
    frame.error = !fields.errors.is_empty();
    frame.back = Some(match place.checked_sub(1) {
        _ if to_check => check.clone(),
        Some(before) => format!("{check}/{}", groups[before]),
        None => dashboard(app, organisation),
    });
    let view = Question {
        fields,
        kind: draft.kind.clone(),
        organisation: super::organisation_link(&app.snapshot(), organisation),
        command: new_command(),
        version: None,
        to_check,
        checkable: !draft.answers.text("title").is_empty(),
        check,
        place: place + 1,
        places: groups.len(),
    };
    Ok(page::render(app, "register/edit/question.html", &frame, view)?.into_response())
}

fn section(kind: &str) -> &'static str {
    match kind {
        "system" => "systems",
        "skill" => "skills",
        _ => "contracts",
    }
}

fn dashboard(app: &App, organisation: OrganisationId) -> String {
    super::organisation_link(&app.snapshot(), organisation)
        .map_or_else(|| "/".to_owned(), |link| format!("{}/register", link.href))
}

/// `GET /drafts/{id}/{group}`.
///
/// # Errors
/// Not found for a draft that is not the caller's own.
pub async fn question_page(
    State(app): State<App>,
    caller: Caller,
    Path((id, group)): Path<(String, String)>,
    params: crate::web::query::Params,
) -> Result<Response, Failure> {
    let draft = own(&app, &caller, &id).await?;
    let group = known(&draft.kind, &group)?;
    let to_check = params.one("from") == Some("check");
    question(&app, &caller, &draft, group, &draft.answers, Errors::default(), to_check).await
}

fn known(kind: &str, group: &str) -> Result<&'static str, Failure> {
    groups(kind).unwrap_or_default().iter().copied().find(|one| *one == group).ok_or_else(Failure::not_found)
}

/// `POST /drafts/{id}/{group}`: keeps the answers and leads to the next question, or back to the page to check.
///
/// # Errors
/// Not found for a draft that is not the caller's own.
pub async fn answer(
    State(app): State<App>,
    caller: Caller,
    Path((id, group)): Path<(String, String)>,
    form: Form,
) -> Result<Response, Failure> {
    let mut draft = own(&app, &caller, &id).await?;
    let group = known(&draft.kind, &group)?;
    let given = answers::of_form(&form);
    let to_check = given.text("from") == "check";
    // Boxes that are not ticked are not sent.
    for list in ["functions", "systems", "joint"] {
        if matches!(group, "covers" | "system") {
            draft.answers.set_all(list, Vec::new());
        }
    }
    if group == "options" {
        draft.answers.0.retain(|field, _| !field.starts_with("option-") && !field.starts_with("break-"));
    }
    draft.answers.absorb(given);
    draft.answers.0.remove("from");
    draft.updated_at = app.clock.now();
    let drawn = drawn(&app, &caller, &draft).await?;
    let refused: Vec<Refused> = drawn.refused.into_iter().filter(|(at, _)| *at == group).map(|(_, one)| one).collect();
    if !refused.is_empty() {
        return question(&app, &caller, &draft, group, &draft.answers, answers::errors(&app, &refused), to_check).await;
    }
    app.store.keep_register_draft(&caller.scope, &draft).await?;
    let groups = groups(&draft.kind).unwrap_or_default();
    let next = groups.iter().position(|one| *one == group).and_then(|place| groups.get(place + 1)).filter(|_| !to_check);
    let to = next.map_or_else(|| format!("/drafts/{}", draft.id), |next| format!("/drafts/{}/{next}", draft.id));
    Ok(Redirect::to(&to).into_response())
}

#[derive(Serialize)]
struct Row {
    field: String,
    value: Shown,
}

#[derive(Serialize)]
struct Section {
    group: &'static str,
    change: String,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Check {
    kind: String,
    organisation: Option<Link>,
    command: Uuid,
    version: Option<i64>,
    errors: Errors,
    sections: Vec<Section>,
    duplicates: Vec<Duplicate>,
    new_names: Vec<String>,
}

/// `GET /drafts/{id}`: every answer, to check.
///
/// # Errors
/// Not found for a draft that is not the caller's own.
pub async fn check_page(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Failure> {
    let draft = own(&app, &caller, &id).await?;
    let drawn = drawn(&app, &caller, &draft).await?;
    check(&app, &caller, &draft, &drawn).await
}

async fn check(app: &App, caller: &Caller, draft: &Draft, drawn: &Drawn) -> Result<Response, Failure> {
    let organisation = OrganisationId(draft.organisation);
    let mut errors = Errors::default();
    for (group, refused) in &drawn.refused {
        // A message leads to the group in which it can be put right.
        errors.add_at(&refused.field, &format!("group-{group}"), answers::sentence(app, refused));
    }
    let mut frame = page::frame(app, format!("Check the new {}", draft.kind), Some(section(&draft.kind)));
    frame.error = !errors.is_empty();
    let last = groups(&draft.kind).and_then(|groups| groups.last()).copied().unwrap_or_default();
    frame.back = Some(format!("/drafts/{}/{last}", draft.id));
    let view = Check {
        kind: draft.kind.clone(),
        organisation: super::organisation_link(&app.snapshot(), organisation),
        command: new_command(),
        version: None,
        errors,
        sections: sections(app, caller, draft, drawn).await?,
        duplicates: alike(app, caller, drawn).await?,
        new_names: drawn
            .changes
            .suppliers
            .iter()
            .filter(|change| change.before.is_none())
            .map(|change| change.after.name.clone())
            .chain(drawn.changes.products.iter().filter(|change| change.before.is_none()).map(|change| change.after.name.clone()))
            .chain(drawn.changes.functions.iter().map(|change| change.after.name.clone()))
            .collect(),
    };
    Ok(page::render(app, "register/edit/check.html", &frame, view)?.into_response())
}

/// Records of the organisation that are perhaps the same.
async fn alike(app: &App, caller: &Caller, drawn: &Drawn) -> Result<Vec<Duplicate>, Failure> {
    let Made::Contract(contract) = &drawn.made else { return Ok(Vec::new()) };
    let own = app.store.by::<Contract>(&caller.scope, "organisation_id", contract.organisation.0.to_string()).await?;
    Ok(duplicates(contract, &own))
}

async fn sections(app: &App, caller: &Caller, draft: &Draft, drawn: &Drawn) -> Result<Vec<Section>, Failure> {
    let snapshot = app.snapshot();
    let names = Names::of(&snapshot).with(&drawn.changes);
    let json = match &drawn.made {
        Made::Contract(record) => serde_json::to_value(record)?,
        Made::System(record) => serde_json::to_value(record)?,
        Made::Skill(record) => serde_json::to_value(record)?,
    };
    let members = super::members::of(app, &caller.scope, OrganisationId(draft.organisation)).await?;
    let shown = |field: &str| -> Shown {
        let listed = |all: Vec<String>| if all.is_empty() { Shown::Nothing } else { Shown::Names(all) };
        match (field, &drawn.made) {
            ("suppliers", Made::Contract(record)) => {
                listed(names.named(|named| record.suppliers.iter().filter_map(|id| (named.supplier)(*id)).collect()))
            }
            ("products", Made::Contract(record)) => {
                listed(names.named(|named| record.products.iter().filter_map(|id| (named.product)(*id)).collect()))
            }
            ("product", Made::System(record)) => {
                listed(names.named(|named| (named.product)(record.product)).into_iter().collect())
            }
            ("functions", Made::Contract(record)) => listed(names.functions(&record.functions)),
            ("functions", Made::System(record)) => listed(names.functions(&record.functions)),
            ("manager", Made::Contract(record)) => {
                let name = members.iter().find(|member| Some(member.person) == record.manager).map(|member| member.name.clone());
                name.map_or(Shown::Nothing, Shown::Text)
            }
            ("published", Made::Contract(record)) => Shown::Yes(record.published),
            ("published", Made::System(record)) => Shown::Yes(record.published),
            _ => history::shown(field, history::leaf(&json, field), &snapshot),
        }
    };
    let sections = groups(&draft.kind).unwrap_or_default().iter().map(|group| Section {
        group,
        change: format!("/drafts/{}/{group}?from=check", draft.id),
        rows: fields(group)
            .iter()
            .map(|field| Row { field: history::field_words(field).to_owned(), value: shown(field) })
            .collect(),
    });
    Ok(sections.collect())
}

/// The record's fields behind a group.
fn fields(group: &str) -> &'static [&'static str] {
    match group {
        "about" => &["title", "reference", "description"],
        "suppliers" => &["supplier_state", "suppliers"],
        "covers" => &["products", "functions", "systems", "joint"],
        "dates" => &["kind", "start", "end", "notice", "review", "in_use"],
        "options" => &["extensions", "breaks"],
        "value" => &["value"],
        "buying" => &["route", "framework", "lot", "cpv", "url"],
        "care" => &["owning_service", "manager", "note", "published"],
        "system" => &["product", "functions", "users", "hosting", "satisfaction", "data_access", "note", "published"],
        _ => &["name", "level", "people", "offers_training"],
    }
}

/// `POST /drafts/{id}`: makes the record, or lets the draft go.
///
/// # Errors
/// Not found for a draft that is not the caller's own.
pub async fn make(State(app): State<App>, caller: Caller, Path(id): Path<String>, form: Form) -> Result<Response, Failure> {
    let person = caller.signed_in()?.person.0;
    let command = form.command()?;
    let draft = match own(&app, &caller, &id).await {
        Ok(draft) => draft,
        // A second press finds the draft gone and the record made.
        Err(failure) => {
            let mut write = app.store.write(&caller.scope, app.clock.now()).await?;
            return match write.command(command).await? {
                Some(address) if !address.is_empty() => super::saved(&app, "made", 1, &address),
                _ => Err(failure),
            };
        }
    };
    let organisation = OrganisationId(draft.organisation);
    if form.text("do") == "delete" {
        app.store.drop_register_draft(&caller.scope, person, draft.id).await?;
        return super::saved(&app, "draft-gone", 1, &dashboard(&app, organisation));
    }
    let drawn = drawn(&app, &caller, &draft).await?;
    if !drawn.refused.is_empty() {
        return check(&app, &caller, &draft, &drawn).await;
    }
    let slug = super::organisation_link(&app.snapshot(), organisation).map(|link| link.href.replace("/organisations/", ""));
    let slug = slug.ok_or_else(Failure::not_found)?;
    let scope = super::keeping(&caller, organisation);
    let mut write = app.store.write(&scope, app.clock.now()).await?;
    if let Some(address) = write.command(command).await? {
        return super::saved(&app, "made", 1, &address);
    }
    save::names(&mut write, drawn.changes).await?;
    let address = match drawn.made {
        Made::Contract(mut record) => {
            record.key = write.free_key("contract", "contract_key", &contract::key(&slug, &record, 1), record.id.0).await?;
            let address = save::Kept::address(&*record);
            record.confirmed = Some(app.clock.today());
            write.create(&mut [*record]).await?;
            address
        }
        Made::System(mut record) => {
            record.key = write.free_key("system", "system_key", &system::key(&slug, &record, 1), record.id.0).await?;
            let address = save::Kept::address(&*record);
            record.confirmed = Some(app.clock.today());
            write.create(&mut [*record]).await?;
            address
        }
        Made::Skill(mut record) => {
            record.key =
                write.free_key("skill", "skill_key", &skill::key(&slug, &record.name, record.level), record.id.0).await?;
            let address = save::Kept::address(&*record);
            record.confirmed = Some(app.clock.today());
            write.create(&mut [*record]).await?;
            address
        }
    };
    write.finish_draft(person, draft.id).await?;
    write.answered(command, &address).await?;
    write.commit().await?;
    refresh::refresh(&app).await?;
    super::saved(&app, "made", 1, &address)
}
