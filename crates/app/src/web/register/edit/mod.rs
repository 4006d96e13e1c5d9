//! Pages on which organisations keep their part of the register, and the hub its reference data.
//!
//! | module | what lives there |
//! |---|---|
//! | [`answers`], [`naming`], [`members`] | from a form to answers and messages; names, long lists, people to choose from |
//! | [`own`] | what every record that an organisation keeps says of itself |
//! | [`save`] | one save: the version seen, what stands now, one transaction |
//! | [`since`] | what others changed since a page was opened, before a press on it counts |
//! | [`change`], [`clash`] | a group of a record's questions; two people's words for one field |
//! | [`draft`] | a new record, question by question, and the page to check it |
//! | [`moves`] | extended, ended early, replaced |
//! | [`chosen`] | one press on records chosen from a list, or on all of it |
//! | [`right`] | still right: one record, or a whole list |
//! | [`past`] | history, two points compared, a change undone |
//! | [`dashboard`] | what an organisation's record needs |
//! | [`propose`], [`curate`] | proposals of suppliers, products and functions, and what the hub does with them |
//! | [`import`] | a file in the browser: mapping, preview, report, undo |
//! | [`joint`] | one's own organisation taken out of another's contract |
//! | [`kept`] | records that an undo left as they are, and why |
//! | [`reconcile`] | what notices say beside what the register says |
//!
//! Every page asks `people::may` for the organisation whose record it is; what one may not edit answers like what is not there.

pub mod answers;
pub mod change;
pub mod chosen;
pub mod clash;
pub mod curate;
pub mod dashboard;
pub mod draft;
pub mod import;
pub mod joint;
pub mod kept;
pub mod members;
pub mod moves;
pub mod naming;
pub mod own;
pub mod past;
pub mod propose;
pub mod reconcile;
pub mod right;
pub mod save;
pub mod since;

#[cfg(test)]
mod tests;

use super::views::Named;
use crate::{
    error::Failure,
    state::App,
    web::{
        page,
        routes::{Route, Who},
        session::Caller,
    },
};
use axum::response::Response;
use domain::{
    people::{Scope, access::KEEPERS},
    register::{
        ids::OrganisationId,
        records::{Contract, Function, Organisation, PlannedProcurement, Product, Skill, Supplier, System},
        snapshot::Snapshot,
    },
};
use minijinja::context;
use serde::Serialize;
use uuid::Uuid;

/// The routes of this subject.
#[must_use]
pub fn routes() -> Vec<Route> {
    let signed_in = Who::SignedIn;
    let mut routes = vec![
        Route::get("/contracts/{id}/change/{group}", signed_in, change::contract_page),
        Route::post("/contracts/{id}/change/{group}", signed_in, change::contract_save),
        Route::get("/systems/{id}/change", signed_in, change::one_page::<System>),
        Route::post("/systems/{id}/change", signed_in, change::one_save::<System>),
        Route::get("/skills/{id}/change", signed_in, change::one_page::<Skill>),
        Route::post("/skills/{id}/change", signed_in, change::one_save::<Skill>),
        Route::get("/contracts/{id}/extend", signed_in, moves::extend_page),
        Route::post("/contracts/{id}/extend", signed_in, moves::extend),
        Route::get("/contracts/{id}/end-early", signed_in, moves::end_page),
        Route::post("/contracts/{id}/end-early", signed_in, moves::end),
        Route::post("/contracts/{id}/not-joint", signed_in, joint::remove),
        Route::get("/contracts/{id}/replace", signed_in, moves::replace_page),
        Route::post("/contracts/{id}/replace", signed_in, moves::replace),
        Route::post("/contracts/{id}/still-right", signed_in, right::right::<Contract>),
        Route::post("/systems/{id}/still-right", signed_in, right::right::<System>),
        Route::post("/skills/{id}/still-right", signed_in, right::right::<Skill>),
        Route::post("/organisations/{slug}/still-right", signed_in, right::all_right),
        Route::post("/organisations/{slug}/new/{kind}", signed_in, draft::begin),
        Route::get("/drafts/{id}", signed_in, draft::check_page),
        Route::post("/drafts/{id}", signed_in, draft::make),
        Route::get("/drafts/{id}/discard", signed_in, draft::discard_page),
        Route::post("/drafts/{id}/discard", signed_in, draft::discard),
        Route::get("/drafts/{id}/{group}", signed_in, draft::question_page),
        Route::post("/drafts/{id}/{group}", signed_in, draft::answer),
        Route::get("/organisations/{slug}/register", signed_in, dashboard::page),
        Route::get("/organisations/{slug}/propose", signed_in, propose::page),
        Route::post("/organisations/{slug}/propose", signed_in, propose::propose),
        Route::get("/curate", signed_in, curate::list_page),
        Route::post("/curate", signed_in, curate::ask),
        Route::get("/curate/{flag}", signed_in, curate::page),
        Route::post("/curate/{flag}", signed_in, curate::place),
        Route::post("/curate/merges/{import}/undo", signed_in, curate::undo_merge),
        Route::get("/organisations/{slug}/import", signed_in, import::page),
        Route::post("/organisations/{slug}/import", signed_in, import::upload)
            .taking(import::LARGEST + 64 * 1024)
            .saying("Take out sheets, pictures or rows that are not needed, or send the register in parts."),
        Route::get("/organisations/{slug}/import/{upload}", signed_in, import::preview_page),
        Route::post("/organisations/{slug}/import/{upload}", signed_in, import::run),
        Route::get("/organisations/{slug}/imports/{import}", signed_in, import::report_page),
        Route::get("/organisations/{slug}/imports/{import}/report.csv", signed_in, import::report_csv),
        Route::post("/organisations/{slug}/imports/{import}/undo", signed_in, import::undo),
        Route::get("/organisations/{slug}/reconcile", signed_in, reconcile::page),
        Route::post("/organisations/{slug}/reconcile", signed_in, reconcile::accept),
    ];
    routes.extend(history::<Contract>([
        "/contracts/{id}/history",
        "/contracts/{id}/history.json",
        "/contracts/{id}/history.csv",
    ]));
    routes.extend(history::<System>(["/systems/{id}/history", "/systems/{id}/history.json", "/systems/{id}/history.csv"]));
    routes.extend(history::<Skill>(["/skills/{id}/history", "/skills/{id}/history.json", "/skills/{id}/history.csv"]));
    routes.extend(history::<PlannedProcurement>([
        "/planned-procurements/{id}/history",
        "/planned-procurements/{id}/history.json",
        "/planned-procurements/{id}/history.csv",
    ]));
    routes.extend(history::<Supplier>([
        "/suppliers/{id}/history",
        "/suppliers/{id}/history.json",
        "/suppliers/{id}/history.csv",
    ]));
    routes.extend(history::<Product>(["/products/{id}/history", "/products/{id}/history.json", "/products/{id}/history.csv"]));
    routes.extend(history::<Function>([
        "/functions/{slug}/history",
        "/functions/{slug}/history.json",
        "/functions/{slug}/history.csv",
    ]));
    routes.extend(history::<Organisation>([
        "/organisations/{slug}/history",
        "/organisations/{slug}/history.json",
        "/organisations/{slug}/history.csv",
    ]));
    routes
}

/// A record's history for anyone, as a page and as files, and its changes taken back by whoever may edit it.
fn history<R: past::Told>([page, json, csv]: [&'static str; 3]) -> [Route; 4] {
    [
        Route::get(page, Who::Anyone, past::page::<R>),
        Route::post(page, Who::SignedIn, past::undo::<R>),
        Route::get(json, Who::Anyone, past::data::json::<R>),
        Route::get(csv, Who::Anyone, past::data::csv::<R>),
    ]
}

/// The caller, acting for an organisation in the role that lets them keep its register: so the change log has it.
#[must_use]
pub fn keeping(caller: &Caller, organisation: OrganisationId) -> Scope {
    let scope = caller.scope.acting_for(organisation);
    let role = caller.member().and_then(|member| KEEPERS.iter().find(|role| member.holds(organisation, **role)));
    role.map_or_else(|| scope.clone(), |role| scope.acting_as(*role))
}

/// An id in an address; not found where it is none.
///
/// # Errors
/// Not found.
pub fn id_of(text: &str) -> Result<Uuid, Failure> {
    text.parse().map_err(|_| Failure::not_found())
}

/// An organisation's name and page.
#[must_use]
pub fn organisation_link(snapshot: &Snapshot, id: OrganisationId) -> Option<Named> {
    snapshot.organisation(snapshot.organisation_by_id(id)?).map(Named::organisation)
}

/// The organisation of a slug.
///
/// # Errors
/// Not found.
pub fn organisation(snapshot: &Snapshot, slug: &str) -> Result<Organisation, Failure> {
    let found = snapshot.organisation_by_slug(slug).and_then(|row| snapshot.organisation(row));
    found.map(|entry| Organisation::clone(&entry.record)).ok_or_else(Failure::not_found)
}

/// Back to a page, with a banner on it once: `what` names the sentence in `register/edit/banner.txt`.
///
/// # Errors
/// When the sentence cannot be made.
pub fn saved(app: &App, what: &str, number: usize, address: &str) -> Result<Response, Failure> {
    Ok(page::saved(address, &banner(app, what, number, Said::default())?))
}

/// Back to a page, with a banner on it once that says why nothing was saved.
///
/// # Errors
/// When the sentence cannot be made.
pub fn nothing_saved(app: &App, what: &str, address: &str) -> Result<Response, Failure> {
    Ok(page::nothing_saved(address, &banner(app, what, 0, Said::default())?))
}

/// What became of a file's rows.
#[derive(Clone, Copy, Debug, Serialize)]
struct Rows {
    created: u64,
    updated: u64,
    unchanged: u64,
    rejected: usize,
    /// Contracts that rows of the survey added and changed.
    contracts_created: u64,
    contracts_updated: u64,
}

/// What became of an import taken back.
#[derive(Clone, Copy, Debug, Serialize)]
struct TakenBack {
    removed: u64,
    restored: u64,
    kept: usize,
    /// Of what earlier undos had left.
    finished: u64,
}

/// What a banner says beside its number.
#[derive(Clone, Copy, Debug, Default, Serialize)]
struct Said<'s> {
    name: &'s str,
    /// What of it, in words.
    field: &'s str,
    /// The day that it is now.
    day: Option<jiff::civil::Date>,
    /// Names of records that stay as they are, and how many more there are.
    changed: &'s [String],
    more: usize,
    /// How many records are no longer there.
    gone: usize,
    rows: Option<Rows>,
    undone: Option<TakenBack>,
}

/// A banner's sentence.
fn banner(app: &App, what: &str, number: usize, said: Said<'_>) -> Result<String, Failure> {
    let template = app.templates.get_template("register/edit/banner.txt")?;
    let Said { name, field, day, changed, more, gone, rows, undone } = said;
    let context = context! { what, number, name, field, day => govuk::value(day), changed => govuk::value(changed), more, gone, counts => govuk::value(rows), undone => govuk::value(undone) };
    Ok(template.render(context)?.trim().to_owned())
}
