//! Addresses that named a supplier, product or function before the hub merged it into another: they lead to the one that stayed,
//! on pages, in filters and in the API. The record of a merge says what became of what.

use super::{history, views::Named};
use crate::state::App;
use axum::{
    http::Uri,
    response::{IntoResponse as _, Redirect, Response},
};
use domain::{
    audit::{Action, Kind},
    people::Scope,
    register::{
        ids::ImportId,
        names,
        records::{Function, Import},
        snapshot::Snapshot,
    },
};
use serde_json::Value as Json;
use uuid::Uuid;

/// Merges that are followed one after the other: more than anyone makes of one name.
const MOST: usize = 20;
/// Values of one address that are looked up.
const MOST_VALUES: usize = 20;

/// What the record of a merge says: the names for people, the ids (and the slug, where it has one) for addresses.
#[must_use]
pub fn report(kind: &str, (from, from_id): (&str, Uuid), (into, into_id): (&str, Uuid), slug: Option<&str>) -> Json {
    serde_json::json!({ "kind": kind, "from": from, "into": into, "from_id": from_id, "into_id": into_id, "from_slug": slug })
}

/// The kind of record that a list or a filter names.
fn kind_of(name: &str) -> Option<&'static str> {
    match name {
        "suppliers" | "supplier" | "manufacturer" => Some("supplier"),
        "products" | "product" => Some("product"),
        "functions" | "function" => Some("function"),
        _ => None,
    }
}

fn stands(snapshot: &Snapshot, kind: &str, id: Uuid) -> bool {
    match kind {
        "supplier" => snapshot.supplier_by_id(id.into()).is_some(),
        "product" => snapshot.product_by_id(id.into()).is_some(),
        _ => snapshot.function_by_id(id.into()).is_some(),
    }
}

fn text<'r>(report: &'r Json, name: &str) -> &'r str {
    report.get(name).and_then(Json::as_str).unwrap_or_default()
}

/// The record that stands in the place of one that was merged; none for one that stands, was removed, or never was.
///
/// # Errors
/// When the database fails.
pub async fn into(app: &App, kind: &str, id: Uuid) -> Result<Option<Uuid>, store::Error> {
    let snapshot = app.snapshot();
    let mut id = id;
    for step in 0..MOST {
        if stands(&snapshot, kind, id) {
            return Ok(Some(id).filter(|_| step > 0));
        }
        let last = app.store.history(&Scope::Public, id).await?.into_iter().next();
        let Some(import) = last.filter(|last| last.action == Action::Delete).and_then(|last| last.import) else {
            return Ok(None);
        };
        let Some(merge) = app.store.get::<Import>(&Scope::Public, ImportId(import).0).await? else { return Ok(None) };
        if merge.kind != "merge" || text(&merge.report, "kind") != kind {
            return Ok(None);
        }
        // Merges made before ids were kept say the name alone.
        let next = text(&merge.report, "into_id").parse().ok();
        match next.or_else(|| history::id_of_name(kind, text(&merge.report, "into"), &snapshot)) {
            Some(next) if next != id => id = next,
            _ => return Ok(None),
        }
    }
    Ok(None)
}

/// Whether what a merge put in the place of another was itself removed, so that the merge cannot be taken back. Merges made before
/// ids were kept do not say.
///
/// # Errors
/// When the database fails.
pub async fn has_gone(app: &App, report: &Json) -> Result<bool, store::Error> {
    let (Some(kind), Ok(id)) = (kind_of(text(report, "kind")), text(report, "into_id").parse()) else { return Ok(false) };
    Ok(!stands(&app.snapshot(), kind, id) && into(app, kind, id).await?.is_none())
}

/// The page of what a record was merged into.
///
/// # Errors
/// When the database fails.
pub async fn page_of(app: &App, kind: &str, id: Uuid) -> Result<Option<Named>, store::Error> {
    let Some(id) = into(app, kind, id).await? else { return Ok(None) };
    let snapshot = app.snapshot();
    let name = Kind::parse(kind).and_then(|kind| history::title_of(kind, id, &snapshot));
    let list = format!("{kind}s");
    let place = if kind == "function" { slug(&snapshot, id) } else { Some(id.to_string()) };
    Ok(name.zip(place).map(|(name, place)| Named::new(name, &list, place)))
}

/// The name in addresses that leads on from one that leads nowhere any more: an id, or a function's slug.
async fn name_after(app: &App, kind: &str, name: &str) -> Result<Option<String>, store::Error> {
    let snapshot = app.snapshot();
    let id = match name.parse::<Uuid>() {
        Ok(id) => id,
        Err(_) if kind == "function" && snapshot.function_by_slug(name).is_none() => {
            let merges = app.store.by::<Import>(&Scope::Public, "kind", "merge").await?;
            let named = |merge: &&Import| {
                let (slug, from) = (text(&merge.report, "from_slug"), text(&merge.report, "from"));
                text(&merge.report, "kind") == "function"
                    && merge.undone_at.is_none()
                    && (slug == name || slug.is_empty() && names::fold(from).replace(' ', "-") == name)
            };
            // Newest last.
            let Some(merge) = merges.iter().rev().find(named) else { return Ok(None) };
            let next = text(&merge.report, "into_id").parse().ok();
            let Some(next) = next.or_else(|| history::id_of_name(kind, text(&merge.report, "into"), &snapshot)) else {
                return Ok(None);
            };
            if stands(&snapshot, kind, next) {
                return Ok(slug(&snapshot, next));
            }
            next
        }
        Err(_) => return Ok(None),
    };
    let Some(id) = into(app, kind, id).await? else { return Ok(None) };
    Ok(if kind == "function" { slug(&snapshot, id) } else { Some(id.to_string()) })
}

fn slug(snapshot: &Snapshot, id: Uuid) -> Option<String> {
    let record: &Function = &snapshot.function(snapshot.function_by_id(id.into())?)?.record;
    Some(record.slug.clone())
}

/// The query of an address, unless it is longer than any that is looked at.
fn looked_at(uri: &Uri) -> Option<&str> {
    uri.query().filter(|query| query.len() <= 4096)
}

/// The name, kind and value of a filter by something that does not stand.
fn gone<'u>(snapshot: &Snapshot, pair: &'u str) -> Option<(&'u str, &'static str, &'u str)> {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    let kind = kind_of(name)?;
    let gone = match value.parse::<Uuid>() {
        Ok(id) => !stands(snapshot, kind, id),
        Err(_) => kind == "function" && !value.is_empty() && snapshot.function_by_slug(value).is_none(),
    };
    gone.then_some((name, kind, value))
}

/// Whether an address filters by something that does not stand: it was merged into another, was removed, or never was.
#[must_use]
pub fn filters_by_what_is_gone(snapshot: &Snapshot, uri: &Uri) -> bool {
    looked_at(uri).is_some_and(|query| query.split('&').any(|pair| gone(snapshot, pair).is_some()))
}

/// The same address with filters of what stands, where it has one of what was merged.
///
/// # Errors
/// When the database fails.
pub async fn with_filters(app: &App, uri: &Uri) -> Result<Option<String>, store::Error> {
    let Some(query) = looked_at(uri) else { return Ok(None) };
    let (mut pairs, mut changed, mut asked) = (Vec::new(), false, 0);
    for pair in query.split('&') {
        let gone = gone(&app.snapshot(), pair);
        let after = match gone {
            Some((name, kind, value)) if asked < MOST_VALUES => {
                asked += 1;
                name_after(app, kind, value).await?.map(|after| format!("{name}={after}"))
            }
            _ => None,
        };
        changed |= after.is_some();
        pairs.push(after.unwrap_or_else(|| pair.to_owned()));
    }
    Ok(changed.then(|| format!("{}?{}", uri.path(), pairs.join("&"))))
}

/// The address of what stands in the place of what an address names.
///
/// # Errors
/// When the database fails.
pub async fn address_after(app: &App, uri: &Uri) -> Result<Option<String>, store::Error> {
    let path = uri.path();
    let (before, rest) =
        path.strip_prefix("/api/v1/").map_or_else(|| ("/", path.trim_start_matches('/')), |rest| ("/api/v1/", rest));
    let mut parts = rest.splitn(3, '/');
    let (Some(list), Some(name), rest) = (parts.next(), parts.next(), parts.next()) else { return Ok(None) };
    let kind = kind_of(list).filter(|_| list.ends_with('s') && matches!(rest, None | Some("history")));
    let Some(kind) = kind else { return Ok(None) };
    let Some(after) = name_after(app, kind, name).await? else { return Ok(None) };
    let rest = rest.map(|rest| format!("/{rest}")).unwrap_or_default();
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    Ok(Some(format!("{before}{list}/{after}{rest}{query}")))
}

/// What an address that is not found is answered with: that, or where to go instead. A merge may be taken back: nothing is said to be for good.
pub async fn instead(app: &App, uri: &Uri, response: Response) -> Response {
    match address_after(app, uri).await {
        Ok(Some(address)) => Redirect::temporary(&address).into_response(),
        Ok(None) => response,
        Err(error) => {
            tracing::warn!(%error, "what was merged could not be looked up");
            response
        }
    }
}
