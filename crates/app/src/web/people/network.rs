//! `/network`: the organisations of the network, from when until when they are members, and new ones. For those who run it.

use crate::{
    error::Failure,
    state::App,
    web::{
        form::{Errors, Form, new_command},
        page,
        people::sign_in::check::{stale, stale_form},
        repeat,
        routes::{Route, Who},
        session::Caller,
    },
};
use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::{Html, IntoResponse, Response},
};
use domain::{
    people::{Act, Role, Scope},
    register::{
        ids::OrganisationId,
        names,
        records::{Organisation, OrganisationKind},
    },
};
use govuk::Link;
use jiff::civil::Date;
use serde::Serialize;
use std::collections::BTreeSet;
use uuid::Uuid;

mod save;

/// Who runs the network.
const RUNNERS: &[Role] = &[Role::NetworkAdministrator];

/// The routes of the network.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        Route::get("/network", Who::Holds(RUNNERS), list),
        Route::get("/network/add", Who::Holds(RUNNERS), new),
        Route::post("/network/add", Who::Holds(RUNNERS), add),
        Route::get("/network/{slug}", Who::Holds(RUNNERS), page),
        Route::post("/network/{slug}", Who::Holds(RUNNERS), save::save),
    ]
}

#[derive(Serialize)]
struct List {
    rows: Vec<Row>,
    members: usize,
}

#[derive(Serialize)]
struct Row {
    slug: String,
    name: String,
    kind: &'static str,
    member: &'static str,
    from: Option<String>,
    until: Option<String>,
    people: usize,
}

/// An organisation's kind in words.
fn kind(kind: OrganisationKind) -> &'static str {
    match kind {
        OrganisationKind::Council => "council",
        OrganisationKind::Hub => "hub",
        OrganisationKind::Authority => "authority",
        OrganisationKind::Partner => "partner body",
        OrganisationKind::Other => "other buyer",
    }
}

/// Whether an organisation is a member on a day, in words.
fn membership(organisation: &Organisation, today: Date) -> &'static str {
    match (organisation.member_from, organisation.member_until) {
        (None, _) => "Not a member",
        (Some(from), _) if from > today => "Joins later",
        (Some(_), Some(until)) if until < today => "Has left",
        (Some(_), _) => "Member",
    }
}

/// The list.
///
/// # Errors
/// When the database fails.
pub async fn list(State(app): State<App>, caller: Caller) -> Result<Html<String>, Failure> {
    caller.must(&Act::ManageNetwork)?;
    let mut organisations: Vec<Organisation> = app.store.all(&Scope::Public).await?;
    organisations.sort_by(|one, other| one.name.cmp(&other.name));
    organisations.retain(|one| one.kind != OrganisationKind::Other || one.member_from.is_some());
    let places: Vec<domain::people::Membership> = app.store.all(&caller.scope).await?;
    let today = app.clock.today();
    let rows: Vec<Row> = organisations
        .iter()
        .map(|one| Row {
            slug: one.slug.clone(),
            name: one.name.clone(),
            kind: kind(one.kind),
            member: membership(one, today),
            from: one.member_from.map(|day| day.to_string()),
            until: one.member_until.map(|day| day.to_string()),
            people: places.iter().filter(|place| place.organisation == one.id && place.active()).count(),
        })
        .collect();
    let mut frame = page::frame(&app, "The network", Some("network"));
    frame.at_section = true;
    frame.breadcrumbs = vec![Link::new("Home", "/")];
    let members = rows.iter().filter(|row| row.member == "Member").count();
    page::render(&app, "people/network/list.html", &frame, List { rows, members })
}

#[derive(Serialize)]
struct View {
    slug: Option<String>,
    title: String,
    name: String,
    formal_name: String,
    kind: String,
    typed: std::collections::BTreeMap<String, String>,
    version: i64,
    command: String,
    errors: Errors,
    /// The days that somebody else saved meanwhile.
    stands: Option<Stands>,
}

/// What stands. Of the days, none is 'not known' before, and 'no end' after.
#[derive(Serialize)]
struct Stands {
    name: String,
    formal_name: String,
    from: Option<String>,
    until: Option<String>,
}

fn show(
    app: &App,
    organisation: Option<&Organisation>,
    form: Option<&Form>,
    errors: Errors,
    stands: Option<Stands>,
) -> Result<Response, Failure> {
    let title = organisation.map_or_else(|| "Add an organisation".to_owned(), |one| format!("{} in the network", one.name));
    let mut frame = page::frame(app, title.clone(), Some("network"));
    frame.back = Some("/network".into());
    frame.error = !errors.is_empty();
    let mut typed = form.map(Form::typed).unwrap_or_default();
    if let (Some(one), None) = (organisation, form) {
        for (prefix, day) in [("from", one.member_from), ("until", one.member_until)] {
            if let Some(day) = day {
                typed.insert(format!("{prefix}-day"), day.day().to_string());
                typed.insert(format!("{prefix}-month"), day.month().to_string());
                typed.insert(format!("{prefix}-year"), day.year().to_string());
            }
        }
    }
    let text = |name: &str, known: Option<&String>| {
        form.map_or_else(|| known.cloned().unwrap_or_default(), |form| form.text(name).to_owned())
    };
    let stored = organisation.map_or(0, |one| one.updated_at);
    // What was wrong is mended on the version that it began with; only a page that shows what stands goes on from there.
    let begun = form.filter(|_| stands.is_none()).and_then(|form| form.version().ok());
    let view = View {
        slug: organisation.map(|one| one.slug.clone()),
        title,
        name: text("name", organisation.map(|one| &one.name)),
        formal_name: text("formal_name", organisation.map(|one| &one.formal_name)),
        kind: text("kind", None),
        typed,
        version: begun.unwrap_or(stored),
        command: new_command().to_string(),
        errors,
        stands,
    };
    Ok(page::render(app, "people/network/organisation.html", &frame, view)?.into_response())
}

/// The form for a new organisation.
///
/// # Errors
/// Not found for those who do not run the network.
pub async fn new(State(app): State<App>, caller: Caller) -> Result<Response, Failure> {
    caller.must(&Act::ManageNetwork)?;
    if let Some(response) = stale(&app, &caller, "/network/add") {
        return Ok(response);
    }
    show(&app, None, None, Errors::default(), None)
}

/// The form for an organisation's dates.
///
/// # Errors
/// Not found for those who do not run the network.
pub async fn page(State(app): State<App>, caller: Caller, Path(slug): Path<String>) -> Result<Response, Failure> {
    caller.must(&Act::ManageNetwork)?;
    if let Some(response) = stale(&app, &caller, &format!("/network/{slug}")) {
        return Ok(response);
    }
    let found: Vec<Organisation> = app.store.by(&Scope::Public, "slug", slug).await?;
    show(&app, Some(found.first().ok_or_else(Failure::not_found)?), None, Errors::default(), None)
}

/// A day typed into three boxes; nothing typed is no day.
fn day(form: &Form, prefix: &str, errors: &mut Errors, what: &str) -> Option<Date> {
    let part = |name: &str| form.some(&format!("{prefix}-{name}"));
    let (day, month, year) = (part("day"), part("month"), part("year"));
    if day.is_none() && month.is_none() && year.is_none() {
        return None;
    }
    let read = || Date::new(year?.parse().ok()?, crate::web::form::month(month?)?, day?.parse().ok()?).ok();
    let found = read().filter(|day| (1900..2200).contains(&day.year()));
    if found.is_none() {
        errors.add_at(prefix, &format!("{prefix}-day"), format!("The day {what} must be a real date, like 27 3 2027"));
    }
    found
}

fn dates(form: &Form, errors: &mut Errors) -> (Option<Date>, Option<Date>) {
    let from = day(form, "from", errors, "it becomes a member");
    let until = day(form, "until", errors, "its membership ends");
    match (from, until) {
        (Some(from), Some(until)) if until < from => {
            errors.add_at("until", "until-day", "The day its membership ends must not be before the day it begins");
        }
        (None, Some(_)) if !errors.at.contains_key("from") => {
            errors.add_at("from", "from-day", "Enter the day it became a member, like 27 3 2027");
        }
        _ => {}
    }
    (from, until)
}

/// The name people use, as typed.
fn named<'f>(form: &'f Form, errors: &mut Errors) -> &'f str {
    let name = form.text("name");
    if slug_of(name).is_empty() || name.chars().count() > 100 {
        errors.add("name", "Enter the name people use, in 100 characters or fewer");
    }
    name
}

/// Says at the fields of an organisation's names which other one is known by them: a file that names it would mean either. Of a buyer
/// that an import met nobody's name is taken. What the organisation `own` is called already stays.
async fn tell_apart(
    app: &App,
    own: Option<&Organisation>,
    name: &str,
    formal_name: &str,
    errors: &mut Errors,
) -> Result<(), Failure> {
    let known: Vec<Organisation> = app.store.all(&Scope::Public).await?;
    let called = |one: &Organisation| {
        let all = [&one.name, &one.formal_name, &one.slug].into_iter().chain(&one.aliases);
        all.map(|name| names::organisation(name)).collect::<BTreeSet<_>>()
    };
    let kept = own.map(called).unwrap_or_default();
    let others = known.iter().filter(|one| one.kind != OrganisationKind::Other && own.is_none_or(|own| own.id != one.id));
    for one in others {
        let taken = called(one);
        for (field, typed) in [("name", name), ("formal_name", formal_name)] {
            let typed = names::organisation(typed);
            if !typed.is_empty() && taken.contains(&typed) && !kept.contains(&typed) {
                errors.add(field, format!("{} is here already, and known by this name", one.name));
            }
        }
    }
    Ok(())
}

/// Addresses under `/network` that are taken.
const TAKEN: &[&str] = &["add"];

/// A name in addresses: small letters of the alphabet, digits and hyphens. Letters with marks lose them.
fn slug_of(name: &str) -> String {
    let mut slug = String::new();
    for c in domain::register::names::fold(name).chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') && !matches!(c, '\'' | '’') {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}

/// Adds an organisation.
///
/// # Errors
/// Not found for those who do not run the network.
pub async fn add(State(app): State<App>, caller: Caller, headers: HeaderMap, form: Form) -> Result<Response, Failure> {
    caller.must(&Act::ManageNetwork)?;
    if let Some(response) = stale_form(&app, &caller, &headers, "/network/add", "/network/add", &form).await? {
        return Ok(response);
    }
    let command = form.command()?;
    // Before the names are looked at: by a second press the organisation is there.
    if let Some(first) = repeat::before(&app, &caller, command).await? {
        return Ok(first);
    }
    let mut errors = Errors::default();
    let name = named(&form, &mut errors);
    let slug = slug_of(name);
    if TAKEN.contains(&&*slug) {
        errors.add("name", "Enter another name: this one is an address of the network’s own");
    }
    let kind = match form.text("kind") {
        "council" => OrganisationKind::Council,
        "authority" => OrganisationKind::Authority,
        "partner" => OrganisationKind::Partner,
        _ => {
            errors.add("kind", "Choose what kind of organisation it is");
            OrganisationKind::Other
        }
    };
    let (member_from, member_until) = dates(&form, &mut errors);
    let known: Vec<Organisation> = app.store.by(&Scope::Public, "slug", slug.as_str()).await?;
    if let Some(known) = known.first() {
        errors.add("name", format!("{} is here already", known.name));
    }
    tell_apart(&app, None, name, form.text("formal_name"), &mut errors).await?;
    if !errors.is_empty() {
        return show(&app, None, Some(&form), errors, None);
    }
    let organisation = Organisation {
        id: OrganisationId(Uuid::now_v7()),
        name: name.to_owned(),
        formal_name: form.some("formal_name").unwrap_or(name).to_owned(),
        kind,
        gss_code: None,
        register_code: None,
        identifiers: Vec::new(),
        aliases: Vec::new(),
        letters: None,
        tile: None,
        colour: None,
        member_from,
        member_until,
        updated_at: 0,
        slug: slug.clone(),
    };
    let mut write = app.store.write(&caller.scope, app.clock.now()).await?;
    if let Some(kept) = write.command(command).await? {
        return Ok(repeat::again(&kept));
    }
    write.create(&mut [organisation]).await?;
    let to = format!("/organisations/{slug}/people");
    let said = format!("{name} is added. Invite its first administrator");
    repeat::keep(&mut write, command, &to, &said).await?;
    write.commit().await?;
    crate::jobs::refresh::refresh(&app).await?;
    Ok(page::saved(&to, &said))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_made_of_the_name() {
        assert_eq!(slug_of("King’s Lynn & West Norfolk "), "kings-lynn-and-west-norfolk");
        assert_eq!(slug_of("!!"), "");
        assert_eq!(slug_of("Ynys Môn"), "ynys-mon");
    }

    #[test]
    fn dates_are_real_and_in_order() {
        let form = |text: &str| Form::parse(text.as_bytes()).unwrap();
        let mut errors = Errors::default();
        let (from, until) =
            dates(&form("from-day=1&from-month=4&from-year=2019&until-day=&until-month=&until-year="), &mut errors);
        assert_eq!((from, until), (Some(jiff::civil::date(2019, 4, 1)), None));
        assert!(errors.is_empty());
        dates(&form("from-day=31&from-month=2&from-year=2019"), &mut errors);
        assert!(errors.at["from"].contains("real date"));
        let mut errors = Errors::default();
        dates(&form("from-day=2&from-month=4&from-year=2019&until-day=1&until-month=4&until-year=2019"), &mut errors);
        assert!(errors.at.contains_key("until"));
    }
}
