//! `/sources/new` and `/sources/{id}/edit`: what a source is, where, and how often it is read.

use super::kept;
use crate::{
    error::Failure,
    fetch::{Refusal, Trusted},
    sources::KIND,
    state::App,
    web::{
        form::{Errors, Form, new_command},
        page,
        register::edit::save::steps,
        session::Caller,
    },
};
use axum::{
    extract::{Path, State},
    response::{Html, IntoResponse as _, Response},
};
use domain::{
    people::Act,
    register::{
        edit::past::{at_version, points},
        ids::OrganisationId,
        import::mapping::{Field, Kind},
    },
    work::sources::{Every, Source, SourceId, SourceKind, meet},
};
use govuk::Link;
use serde::Serialize;
use std::collections::BTreeMap;
use store::Write;

/// The longest name.
const NAME: usize = 100;
/// The longest address.
const ADDRESS: usize = 2_000;
/// The most lines of a mapping.
const LINES: usize = 200;

/// The field of a new source's form that says for whom it is, whatever another tab acts for by then.
const WHOSE: &str = "organisation";

#[derive(Serialize)]
struct View {
    id: Option<String>,
    /// The name of the organisation that a new source is for.
    whose: Option<String>,
    command: String,
    version: i64,
    typed: BTreeMap<String, String>,
    errors: Errors,
    /// What somebody else saved in the meantime.
    saved: Option<BTreeMap<String, String>>,
    fields: Vec<&'static str>,
}

/// An empty form.
///
/// # Errors
/// Not found for those who may not keep the register.
pub async fn new(State(app): State<App>, caller: Caller) -> Result<Html<String>, Failure> {
    let organisation = caller.acting_for()?;
    caller.must(&Act::Import(organisation))?;
    let typed =
        BTreeMap::from([(WHOSE.to_owned(), organisation.to_string()), ("every".to_owned(), Every::Week.as_str().to_owned())]);
    render(&app, None, 0, typed, Errors::default(), None)
}

/// Adds a source.
///
/// # Errors
/// As [`new`].
pub async fn add(State(app): State<App>, caller: Caller, form: Form) -> Result<Response, Failure> {
    let caller = form.acting(&caller)?;
    let organisation = caller.acting_for()?;
    caller.must(&Act::Import(organisation))?;
    let command = form.command()?;
    let (draft, errors) = read(&form, organisation, &app.trusted);
    let wrong = |errors| {
        let mut typed = form.typed();
        typed.insert(WHOSE.to_owned(), organisation.to_string());
        Ok(render(&app, None, 0, typed, errors, None)?.into_response())
    };
    let Some(source) = draft.filter(|_| errors.is_empty()) else { return wrong(errors) };
    let address = format!("/sources/{}", source.id);
    let now = app.clock.now();
    let mut write = app.store.write(&caller.scope, now).await?;
    if let Some(address) = write.command(command).await? {
        return Ok(page::saved(&address, "The source is saved"));
    }
    if let Some(errors) = read_already(&mut write, &source).await? {
        write.abandon();
        return wrong(errors);
    }
    let (id, every) = (source.id, source.every);
    write.create(&mut [source]).await?;
    // The first reading is at once, unless it is only read when somebody says so.
    write.plan_source(id, (every != Every::Never).then_some(now)).await?;
    write.answered(command, &address).await?;
    write.commit().await?;
    Ok(page::saved(&address, "The source is saved"))
}

/// The form of a source.
///
/// # Errors
/// Not found for those who may not keep it.
pub async fn page(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Html<String>, Failure> {
    let source = kept(&app, &caller, &id).await?;
    render(&app, Some(source.id), source.updated_at, spoken(&source), Errors::default(), None)
}

/// Saves a source.
///
/// # Errors
/// As [`page()`].
pub async fn save(State(app): State<App>, caller: Caller, Path(id): Path<String>, form: Form) -> Result<Response, Failure> {
    let before = kept(&app, &caller, &id).await?;
    let (command, version) = (form.command()?, form.version()?);
    let address = format!("/sources/{}", before.id);
    let base = seen(&app, &caller, &before, version).await?;
    let now = app.clock.now();
    let mut write = app.store.write(&caller.scope, now).await?;
    if let Some(address) = write.command(command).await? {
        return Ok(page::saved(&address, "The source is saved"));
    }
    let (draft, errors) = read(&form, before.organisation, &app.trusted);
    let Some(wanted) = draft.filter(|_| errors.is_empty()) else {
        write.abandon();
        return Ok(render(&app, Some(before.id), version, form.typed(), errors, None)?.into_response());
    };
    let met = meet(base.as_ref(), &before, &wanted);
    if !met.clashes.is_empty() {
        // Both stand on the page; saving again decides. What somebody else alone changed is in the form already.
        write.abandon();
        let (saved, mut typed) = (spoken(&before), spoken(&met.after));
        typed.extend(form.typed().into_iter().filter(|(name, _)| met.clashes.contains(&name.as_str())));
        return Ok(render(&app, Some(before.id), before.updated_at, typed, Errors::default(), Some(saved))?.into_response());
    }
    let mut after = met.after;
    let moved = before.url != after.url;
    if let Some(errors) = if moved { read_already(&mut write, &after).await? } else { None } {
        write.abandon();
        return Ok(render(&app, Some(before.id), version, form.typed(), errors, None)?.into_response());
    }
    write.update(&before, &mut after).await?;
    if !before.reads_as(&after) {
        // What was wrong must not go on: not from the old address, and not as if the new one had been read.
        write.restart_source(after.id, KIND, !before.same_server(&after)).await?;
    }
    if before.every != after.every {
        let next = after.every.next(app.clock.today(), after.id.0.as_u64_pair().1);
        write.plan_source(after.id, next).await?;
    }
    write.answered(command, &address).await?;
    write.commit().await?;
    Ok(page::saved(&address, "The source is saved"))
}

/// The source as it was in the version that the writer began with; none where that is not known.
async fn seen(app: &App, caller: &Caller, stored: &Source, version: i64) -> Result<Option<Source>, Failure> {
    if stored.updated_at == version {
        return Ok(Some(stored.clone()));
    }
    let changes = app.store.history_of(&caller.scope, stored).await?;
    let points = points(Some(&serde_json::to_value(stored)?), &steps(&changes));
    Ok(at_version(&points, version).and_then(|state| serde_json::from_value(state.clone()).ok()))
}

/// What is wrong with a source where another one of its organisation reads the same address; also where somebody adds that one at this
/// very moment.
async fn read_already(write: &mut Write, source: &Source) -> Result<Option<Errors>, Failure> {
    write.hold_sources(source.organisation).await?;
    let all: Vec<Source> = write.by("organisation_id", source.organisation.to_string()).await?;
    Ok(all.iter().find(|other| other.id != source.id && other.url == source.url).map(|other| {
        let mut errors = Errors::default();
        errors.add("url", format!("This address is read already: it is that of the source ‘{}’", other.name));
        errors
    }))
}

/// What was typed as a source, and what is wrong with it.
fn read(form: &Form, organisation: OrganisationId, trusted: &Trusted) -> (Option<Source>, Errors) {
    let mut errors = Errors::default();
    let name = form.text("name");
    if name.is_empty() {
        errors.add("name", "Enter a name for the source");
    } else if name.chars().count() > NAME {
        errors.add("name", format!("The name must be {NAME} characters or fewer"));
    }
    let kind = SourceKind::parse(form.text("kind"));
    if kind.is_none() {
        errors.add("kind", "Choose what is at the address");
    }
    let url = form.text("url");
    if url.is_empty() {
        errors.add("url", "Enter the address of the source");
    } else if let Some(words) = unfit(url, trusted) {
        errors.add("url", words);
    }
    let every = Every::parse(form.text("every"));
    if every.is_none() {
        errors.add("every", "Choose how often the source is read");
    }
    let mapping = mapping(form.text("mapping"), &mut errors);
    let source = kind.zip(every).map(|(kind, every)| Source {
        id: SourceId(uuid::Uuid::now_v7()),
        organisation,
        name: name.to_owned(),
        kind,
        url: url.to_owned(),
        mapping: if kind.holds_notices() { Vec::new() } else { mapping },
        every,
        updated_at: 0,
    });
    (source, errors)
}

/// Why nothing can be read from an address, as far as its text tells; the rest is found out when it is fetched. Hosts that the
/// operator trusts may be read by http.
#[must_use]
pub fn unfit(text: &str, trusted: &Trusted) -> Option<&'static str> {
    if text.chars().count() > ADDRESS {
        return Some("The address must be 2,000 characters or fewer");
    }
    match trusted.check(text) {
        Ok(_) => None,
        Err(Refusal::NotPublic) => Some("Enter an address on the public internet"),
        Err(Refusal::Port) => {
            Some("Enter an address without a port (the number after the host’s name), or with port 443 or one above 1023")
        }
        Err(_) => Some("Enter an address that begins with https:// and holds no user name or password"),
    }
}

/// `Header = field`, a line each.
fn mapping(text: &str, errors: &mut Errors) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        match line.rsplit_once('=').map(|(header, field)| (header.trim(), Field::parse(field.trim()))) {
            Some((header, Some(field))) if !header.is_empty() && number <= LINES => {
                pairs.push((header.to_owned(), field.as_str().to_owned()))
            }
            _ => errors
                .add("mapping", format!("Line {number} of the columns must read ‘Header = field’, with a field of the list")),
        }
    }
    pairs
}

fn spoken(source: &Source) -> BTreeMap<String, String> {
    let lines: Vec<String> = source.mapping.iter().map(|(header, field)| format!("{header} = {field}")).collect();
    BTreeMap::from([
        ("name".to_owned(), source.name.clone()),
        ("kind".to_owned(), source.kind.as_str().to_owned()),
        ("url".to_owned(), source.url.clone()),
        ("every".to_owned(), source.every.as_str().to_owned()),
        ("mapping".to_owned(), lines.join("\n")),
    ])
}

fn render(
    app: &App,
    id: Option<SourceId>,
    version: i64,
    typed: BTreeMap<String, String>,
    errors: Errors,
    saved: Option<BTreeMap<String, String>>,
) -> Result<Html<String>, Failure> {
    let mut frame = page::frame(app, if id.is_some() { "Change a source" } else { "Add a scheduled source" }, None);
    frame.breadcrumbs = vec![Link::new("Home", "/"), Link::new("Scheduled sources", "/sources")];
    frame.error = !errors.is_empty();
    let snapshot = app.snapshot();
    let whose = typed.get(WHOSE).filter(|_| id.is_none()).and_then(|id| id.parse::<OrganisationId>().ok());
    let whose = whose.and_then(|id| snapshot.organisation(snapshot.organisation_by_id(id)?));
    let view = View {
        whose: whose.map(|entry| entry.record.name.clone()),
        id: id.map(|id| id.to_string()),
        command: new_command().to_string(),
        version,
        typed,
        errors,
        saved,
        fields: Field::ALL.iter().filter(|field| field.serves(Kind::Contracts)).map(|field| field.as_str()).collect(),
    };
    page::render(app, "sources/form.html", &frame, view)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn form(pairs: &[(&str, &str)]) -> Form {
        Form::of(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn a_source_is_read_from_its_form() {
        let form = form(&[
            ("name", " Contracts "),
            ("kind", "csv"),
            ("url", "https://data.council.example/contracts.csv"),
            ("every", "month"),
            ("mapping", "Vendor = supplier\nEnds on = end"),
        ]);
        let (source, errors) = read(&form, OrganisationId(Uuid::nil()), &Trusted::default());
        assert!(errors.is_empty(), "{errors:?}");
        let source = source.unwrap();
        assert_eq!((source.name.as_str(), source.every), ("Contracts", Every::Month));
        assert_eq!(source.mapping, [("Vendor".to_owned(), "supplier".to_owned()), ("Ends on".to_owned(), "end".to_owned())]);
    }

    #[test]
    fn what_is_wrong_is_said_at_its_field() {
        let (_, errors) = read(&form(&[]), OrganisationId(Uuid::nil()), &Trusted::default());
        assert_eq!(errors.summary.len(), 4);
        let secret = form(&[("url", "https://user:secret@data.example/")]);
        let (_, errors) = read(&secret, OrganisationId(Uuid::nil()), &Trusted::default());
        assert!(errors.at.contains_key("url"));
        let (_, errors) = read(&form(&[("mapping", "Vendor = suplier")]), OrganisationId(Uuid::nil()), &Trusted::default());
        assert!(errors.at["mapping"].contains("Line 1"));
    }

    #[test]
    fn what_no_reading_would_be_let_to_is_refused_when_it_is_saved() {
        let trusted = Trusted::of(["intranet.example".to_owned(), "127.0.0.1:8080".to_owned()]);
        let begins = Some("Enter an address that begins with https:// and holds no user name or password");
        let public = Some("Enter an address on the public internet");
        let port = Some("Enter an address without a port (the number after the host’s name), or with port 443 or one above 1023");
        for (url, words) in [
            ("http://data.example/contracts.csv", begins),
            ("data.example/contracts.csv", begins),
            ("https://data.example:80/contracts.csv", port),
            ("https://data.example:1023/contracts.csv", port),
            ("https://data.example:443/contracts.csv", None),
            ("https://data.example:8443/contracts.csv", None),
            ("https://127.0.0.1/contracts.csv", public),
            ("http://127.0.0.1:8081/contracts.csv", begins),
            ("https://data.example/contracts.csv", None),
            ("http://intranet.example/contracts.csv", None),
            ("http://127.0.0.1:8080/contracts.csv", None),
        ] {
            assert_eq!(unfit(url, &trusted), words, "{url}");
        }
    }
}
