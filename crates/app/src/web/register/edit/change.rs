//! `/contracts/{id}/change/{group}`, `/systems/{id}/change`, `/skills/{id}/change`: one group of a record's questions, for
//! corrections. The page comes back with what was typed where something is wrong, and with both texts where two people wrote
//! the same field.

use super::{
    answers, clash,
    naming::{self, Choices, Names},
    own::Kept,
    save::{self, Outcome},
};
use crate::{
    error::Failure,
    state::App,
    web::{
        form::{Errors, Form, new_command},
        page,
        register::views::Named as Link,
        session::Caller,
    },
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use domain::register::{
    edit::{
        Answers, Refused,
        contract::{self, Group, Named, REGISTER, SPARE_ROWS},
        merge, skill, system,
    },
    ids::OrganisationId,
    import::resolve::Index,
    records::{Contract, Skill, System, sub_processor},
    snapshot::Snapshot,
};
use jiff::civil::Date;
use serde::Serialize;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The record's page, as the links of a form have it.
#[derive(Clone, Serialize)]
pub struct Record {
    /// What it is called.
    pub title: String,
    /// Its page.
    pub href: String,
}

/// What is chosen of the long lists, in words.
#[derive(Clone, Default, Serialize)]
pub struct Chosen {
    functions: String,
    systems: String,
    joint: String,
}

/// A choice of a select or of radios.
#[derive(Clone, Serialize)]
pub struct Option {
    value: String,
    text: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    selected: bool,
}

/// What the fields of a group need beside the answers.
#[derive(Clone, Serialize)]
pub struct Fields {
    /// The group.
    pub group: &'static str,
    /// The first text of each field.
    pub answers: BTreeMap<String, String>,
    /// What was wrong.
    pub errors: Errors,
    /// Whether the record is about to be made.
    pub is_new: bool,
    functions: Vec<Choices>,
    systems: Vec<Choices>,
    joint: Vec<Choices>,
    chosen: Chosen,
    managers: Vec<Option>,
    routes: Vec<Option>,
    option_rows: Vec<usize>,
    break_rows: Vec<usize>,
    /// The rows among them that say something: each has a box to remove it by.
    said_rows: Vec<String>,
    sub_processor_rows: Vec<usize>,
    /// How many sub-processors are named.
    sub_processors: usize,
}

impl Fields {
    /// The fields of a group for an organisation.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn of(
        app: &App,
        caller: &Caller,
        organisation: OrganisationId,
        group: &'static str,
        answers: &Answers,
        errors: Errors,
    ) -> Result<Self, Failure> {
        let snapshot = app.snapshot();
        let (mut functions, mut systems, mut joint, mut managers) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        if matches!(group, "covers" | "system") {
            functions = naming::functions(&snapshot, answers);
        }
        if group == "covers" {
            let own = app.store.by::<System>(&caller.scope, "organisation_id", organisation.0.to_string()).await?;
            systems = naming::systems(&snapshot, &own, answers);
            joint = naming::joint(&snapshot, organisation, answers);
        }
        if group == "care" {
            let chosen = answers.text("manager");
            managers.push(Option { value: String::new(), text: "Nobody yet".to_owned(), selected: chosen.is_empty() });
            for member in super::members::of(app, &caller.scope, organisation).await? {
                let value = member.person.to_string();
                managers.push(Option { selected: value == chosen, value, text: member.name });
            }
            // Whoever left stays until another is chosen: to change the note is not to take them off.
            if let Ok(person) = chosen.parse()
                && managers.iter().all(|one| one.value != chosen)
                && let Some(left) = super::members::former(app, &caller.scope, organisation, person).await?
            {
                let of = super::organisation_link(&snapshot, organisation).map(|link| link.name).unwrap_or_default();
                let text = format!("{}, no longer acts for {of}", left.name);
                managers.push(Option { value: chosen.to_owned(), text, selected: true });
            }
        }
        let chosen =
            Chosen { functions: naming::chosen(&functions), systems: naming::chosen(&systems), joint: naming::chosen(&joint) };
        let option_rows = rows(answers, "option", contract::MOST_ROWS);
        let break_rows = rows(answers, "break", contract::MOST_ROWS);
        let every = option_rows.iter().map(|place| format!("option-{place}"));
        let every = every.chain(break_rows.iter().map(|place| format!("break-{place}")));
        let said_rows = every.filter(|row| answers.says_row(row)).collect();
        Ok(Self {
            group,
            answers: answers::typed(answers),
            is_new: false,
            errors,
            functions,
            systems,
            joint,
            chosen,
            managers,
            routes: routes(answers.text("route")),
            option_rows,
            break_rows,
            said_rows,
            sub_processor_rows: rows(answers, "sub-processor", sub_processor::MOST),
            sub_processors: (1..=sub_processor::MOST)
                .filter(|place| !answers.text(&format!("sub-processor-{place}-name")).is_empty())
                .count(),
        })
    }
}

fn routes(chosen: &str) -> Vec<Option> {
    let mut routes = vec![
        Option { value: "call-off".to_owned(), text: "Called off from a framework".to_owned(), selected: false },
        Option { value: "competition".to_owned(), text: "By a competition of your own".to_owned(), selected: false },
        Option { value: "direct-award".to_owned(), text: "Awarded directly".to_owned(), selected: false },
    ];
    if !chosen.is_empty() && !routes.iter().any(|route| route.value == chosen) {
        routes.push(Option { value: chosen.to_owned(), text: chosen.to_owned(), selected: false });
    }
    routes.push(Option { value: String::new(), text: "Not known".to_owned(), selected: false });
    routes
}

/// The rows of options, breaks or sub-processors that a form shows: those that stand, and some to spare.
fn rows(answers: &Answers, stem: &str, most: usize) -> Vec<usize> {
    let last = answers
        .0
        .iter()
        .filter(|(_, all)| all.iter().any(|text| !text.is_empty()))
        .filter_map(|(field, _)| field.strip_prefix(stem)?.strip_prefix('-')?.split('-').next()?.parse::<usize>().ok())
        .max()
        .unwrap_or(0);
    (1..=(last + SPARE_ROWS).min(most)).collect()
}

/// A record whose questions stand on pages of this kind.
pub trait Asked: Kept {
    /// The groups of its questions.
    const GROUPS: &'static [&'static str];
    /// What it is called on pages.
    fn title(&self, snapshot: &Snapshot) -> String;
    /// The day on which it is said to end early, whatever its dates say.
    fn ends_early(&self) -> std::option::Option<Date> {
        None
    }
    /// Writes a group as answers.
    fn say(&self, group: &str, named: &Named<'_>) -> Answers;
    /// Reads a group's answers.
    fn read(&mut self, group: &str, answers: &Answers, named: &Named<'_>, index: &mut Index<'_>) -> Vec<Refused>;
}

impl Asked for Contract {
    const GROUPS: &'static [&'static str] = &["about", "suppliers", "covers", "dates", "options", "value", "buying", "care"];

    fn title(&self, _: &Snapshot) -> String {
        self.title.clone()
    }

    fn ends_early(&self) -> std::option::Option<Date> {
        self.term.terminated
    }

    fn say(&self, group: &str, named: &Named<'_>) -> Answers {
        Group::parse(group).map(|group| contract::say(group, self, named)).unwrap_or_default()
    }

    fn read(&mut self, group: &str, answers: &Answers, named: &Named<'_>, index: &mut Index<'_>) -> Vec<Refused> {
        Group::parse(group).map(|group| contract::read(group, answers, self, named, index, REGISTER)).unwrap_or_default()
    }
}

impl Asked for System {
    const GROUPS: &'static [&'static str] = &["system"];

    fn title(&self, snapshot: &Snapshot) -> String {
        Names::of(snapshot).named(|named| (named.product)(self.product)).unwrap_or_else(|| "System".to_owned())
    }

    fn say(&self, _: &str, named: &Named<'_>) -> Answers {
        system::say(self, named)
    }

    fn read(&mut self, _: &str, answers: &Answers, _: &Named<'_>, index: &mut Index<'_>) -> Vec<Refused> {
        system::read(answers, self, index)
    }
}

impl Asked for Skill {
    const GROUPS: &'static [&'static str] = &["skill"];

    fn title(&self, _: &Snapshot) -> String {
        self.name.clone()
    }

    fn say(&self, _: &str, _: &Named<'_>) -> Answers {
        skill::say(self)
    }

    fn read(&mut self, _: &str, answers: &Answers, _: &Named<'_>, _: &mut Index<'_>) -> Vec<Refused> {
        skill::read(answers, self)
    }
}

#[derive(Serialize)]
struct View {
    #[serde(flatten)]
    fields: Fields,
    record: Record,
    organisation: std::option::Option<Link>,
    ends_early: std::option::Option<Date>,
    command: Uuid,
    version: i64,
}

fn group_of<R: Asked>(group: &str) -> Result<&'static str, Failure> {
    R::GROUPS.iter().copied().find(|known| *known == group).ok_or_else(Failure::not_found)
}

/// The page of a group.
///
/// # Errors
/// Not found for whoever may not edit the record.
pub async fn page<R: Asked>(app: &App, caller: &Caller, id: &str, group: &str) -> Result<Response, Failure> {
    let group = group_of::<R>(group)?;
    let record = save::editable::<R>(app, caller, super::id_of(id)?).await?;
    let said = Names::of(&app.snapshot()).named(|named| record.say(group, named));
    show(app, caller, &record, group, &said, Errors::default(), record.version()).await
}

async fn show<R: Asked>(
    app: &App,
    caller: &Caller,
    record: &R,
    group: &'static str,
    answers: &Answers,
    errors: Errors,
    version: i64,
) -> Result<Response, Failure> {
    let fields = Fields::of(app, caller, record.owner(), group, answers, errors).await?;
    let snapshot = app.snapshot();
    let title = record.title(&snapshot);
    let mut frame = page::frame(app, format!("Change {title}"), Some(R::LIST));
    page::belongs_to(app, &mut frame, record.owner());
    frame.back = Some(record.address());
    frame.error = !fields.errors.is_empty();
    let view = View {
        fields,
        record: Record { title, href: record.address() },
        organisation: super::organisation_link(&snapshot, record.owner()),
        ends_early: record.ends_early().filter(|_| group == "dates"),
        command: new_command(),
        version,
    };
    Ok(page::render(app, "register/edit/change.html", &frame, view)?.into_response())
}

/// What is said of a saved group: who sees it now.
fn said<R: Kept>(before: &R, record: &R) -> &'static str {
    if !record.shown() {
        return "saved-hidden";
    }
    // The manager, a note, how content the organisation is: its own.
    if record.looks_the_same(before) { "saved-alone" } else { "saved" }
}

/// Saves a group.
///
/// # Errors
/// Not found for whoever may not edit the record.
pub async fn save<R: Asked>(app: &App, caller: &Caller, id: &str, group: &str, form: &Form) -> Result<Response, Failure> {
    let group = group_of::<R>(group)?;
    let (id, command, version) = (super::id_of(id)?, form.command()?, form.version()?);
    let answers = answers::of_form(form);
    let read = |record: &mut R, named: &Named<'_>, index: &mut Index<'_>| {
        let base = record.clone();
        let refused = record.read(group, &answers, named, index);
        // The page of a clash asks field by field whose word stands.
        for field in merge::all_fields::<R>().filter(|field| answers.text(&format!("keep-{}", field.name)) == "theirs") {
            field.take(&base, record);
        }
        refused
    };
    let banner = |before: &R, record: &R| super::banner(app, said(before, record), 1, super::Said::default());
    let outcome = save::edit::<R>(app, caller, id, command, version, read, banner).await?;
    match outcome {
        Outcome::Done(answer) => Ok(*answer),
        Outcome::Nothing(record) => super::nothing_saved(app, "nothing", &record.address()),
        Outcome::Refused(refused) => {
            let record = save::editable::<R>(app, caller, id).await?;
            show(app, caller, &record, group, &answers, answers::errors(app, &refused), version).await
        }
        Outcome::Clash(clash) => clash::page(app, caller, &clash, group).await,
    }
}

/// `GET /contracts/{id}/change/{group}`.
///
/// # Errors
/// As [`page()`].
pub async fn contract_page(
    State(app): State<App>,
    caller: Caller,
    Path((id, group)): Path<(String, String)>,
) -> Result<Response, Failure> {
    page::<Contract>(&app, &caller, &id, &group).await
}

/// `POST /contracts/{id}/change/{group}`.
///
/// # Errors
/// As [`save()`].
pub async fn contract_save(
    State(app): State<App>,
    caller: Caller,
    Path((id, group)): Path<(String, String)>,
    form: Form,
) -> Result<Response, Failure> {
    save::<Contract>(&app, &caller, &id, &group, &form).await
}

/// `GET /systems/{id}/change` and its like: records whose questions are one group.
///
/// # Errors
/// As [`page()`].
pub async fn one_page<R: Asked>(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Failure> {
    page::<R>(&app, &caller, &id, R::KIND.as_str()).await
}

/// `POST /systems/{id}/change` and its like.
///
/// # Errors
/// As [`save()`].
pub async fn one_save<R: Asked>(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Failure> {
    save::<R>(&app, &caller, &id, R::KIND.as_str(), &form).await
}
