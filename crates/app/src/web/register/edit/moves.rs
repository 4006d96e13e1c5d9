//! What happens to a contract, said in one go: extended, ended early, replaced. Each form carries the version that it was opened on.

use super::{
    answers,
    own::Kept as _,
    save::{self, Moved, Seen},
    since::{self, Since},
};
use crate::{
    error::Failure,
    state::App,
    web::{
        form::{Errors, Form, new_command},
        page,
        register::{facts::OptionFact, views::Named},
        session::Caller,
    },
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use domain::register::{
    edit::{
        Answers, Refusal, Refused,
        answers::{day, number, say_day},
        contract::YEARS,
        moves::{self, next_option},
    },
    ids::ContractId,
    records::Contract,
};
use jiff::civil::Date;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// What a move says of the fields it changes.
const VERSION: Seen<'static> = Seen::Fields("version");

#[derive(Serialize)]
struct Item {
    value: String,
    text: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    selected: bool,
}

#[derive(Serialize)]
struct View {
    what: &'static str,
    record: super::change::Record,
    organisation: Option<Named>,
    command: Uuid,
    answers: BTreeMap<String, String>,
    errors: Errors,
    option: Option<OptionFact>,
    end: Option<Date>,
    /// The day on which it is said to end early.
    ends_early: Option<Date>,
    /// Whether something is said to have taken its place.
    replaced: bool,
    others: Vec<Item>,
    version: i64,
    /// What others changed since the page was opened.
    since: Option<Since>,
}

async fn show(
    app: &App,
    caller: &Caller,
    contract: &Contract,
    what: &'static str,
    answers: &Answers,
    errors: Errors,
    since: Option<Since>,
) -> Result<Response, Failure> {
    let snapshot = app.snapshot();
    let others = if what == "replace" { others(app, caller, contract, answers.text("replacement")).await? } else { Vec::new() };
    let mut frame = page::frame(app, format!("Change {}", contract.title), Some("contracts"));
    page::belongs_to(app, &mut frame, contract.organisation);
    frame.back = Some(contract.address());
    frame.error = !errors.is_empty();
    let view = View {
        what,
        record: super::change::Record { title: contract.title.clone(), href: contract.address() },
        organisation: super::organisation_link(&snapshot, contract.organisation),
        command: new_command(),
        answers: answers::typed(answers),
        errors,
        option: next_option(contract).map(|(_, option)| OptionFact::from(option)),
        end: contract.term.end,
        ends_early: contract.term.terminated,
        replaced: contract.replaced_by.is_some(),
        others,
        version: contract.version(),
        since,
    };
    Ok(page::render(app, "register/edit/move.html", &frame, view)?.into_response())
}

/// The other contracts of the same organisation, for a select.
async fn others(app: &App, caller: &Caller, contract: &Contract, chosen: &str) -> Result<Vec<Item>, Failure> {
    let own = app.store.by::<Contract>(&caller.scope, "organisation_id", contract.organisation.0.to_string()).await?;
    let mut items: Vec<Item> = own
        .into_iter()
        .filter(|other| other.id != contract.id && other.notice_of.is_none())
        .map(|other| {
            let value = other.id.to_string();
            let text = other
                .reference
                .as_ref()
                .map_or_else(|| other.title.clone(), |reference| format!("{} ({reference})", other.title));
            Item { selected: value == chosen, value, text }
        })
        .collect();
    items.sort_by(|a, b| a.text.cmp(&b.text));
    items.insert(0, Item { value: String::new(), text: "Choose a contract".to_owned(), selected: chosen.is_empty() });
    Ok(items)
}

async fn done(
    app: &App,
    caller: &Caller,
    id: Uuid,
    what: &'static str,
    banner: &str,
    answers: &Answers,
    moved: Moved<Contract>,
) -> Result<Response, Failure> {
    match moved {
        Moved::Done(contract) => super::saved(app, banner, 1, &contract.address()),
        Moved::Before(address) => super::saved(app, banner, 1, &address),
        Moved::Refused(refused) => {
            let contract = save::editable::<Contract>(app, caller, id).await?;
            show(app, caller, &contract, what, answers, answers::errors(app, &[refused]), None).await
        }
        Moved::Stale(stale) => {
            let mut errors = Errors::default();
            errors.add("since", answers::sentence(app, &Refused::new("since", Refusal::ChangedSince)));
            let since = since::of(app, caller, &stale, stale.stored.title.clone()).await?;
            show(app, caller, &stale.stored, what, answers, errors, Some(since)).await
        }
    }
}

/// `GET /contracts/{id}/extend`.
///
/// # Errors
/// Not found for whoever may not edit the contract.
pub async fn extend_page(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Failure> {
    let contract = save::editable::<Contract>(&app, &caller, super::id_of(&id)?).await?;
    let mut answers = Answers::default();
    if let Some((place, option)) = next_option(&contract) {
        answers.set("option", place.to_string());
        answers.set("months", option.months.to_string());
        answers.set("rest", "no");
    }
    show(&app, &caller, &contract, "extend", &answers, Errors::default(), None).await
}

/// `POST /contracts/{id}/extend`.
///
/// # Errors
/// Not found for whoever may not edit the contract.
pub async fn extend(State(app): State<App>, caller: Caller, Path(id): Path<String>, form: Form) -> Result<Response, Failure> {
    let (id, answers) = (super::id_of(&id)?, answers::of_form(&form));
    let moved = save::change::<Contract>(&app, &caller, id, &form, VERSION, |contract| {
        let months = number(&answers, "months", 1, 240)?.ok_or_else(|| Refused::new("months", Refusal::Missing))?;
        let place = answers.text("option").parse().map_err(|_| Refused::new("option", Refusal::NoOption))?;
        moves::take_up(contract, place, u16::try_from(months).unwrap_or(u16::MAX), answers.text("rest") == "yes")
    })
    .await?;
    done(&app, &caller, id, "extend", "extended", &answers, moved).await
}

/// `GET /contracts/{id}/end-early`.
///
/// # Errors
/// Not found for whoever may not edit the contract.
pub async fn end_page(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Failure> {
    let contract = save::editable::<Contract>(&app, &caller, super::id_of(&id)?).await?;
    let mut answers = Answers::default();
    say_day(&mut answers, "terminated", contract.term.terminated);
    show(&app, &caller, &contract, "end-early", &answers, Errors::default(), None).await
}

/// `POST /contracts/{id}/end-early`.
///
/// # Errors
/// Not found for whoever may not edit the contract.
pub async fn end(State(app): State<App>, caller: Caller, Path(id): Path<String>, form: Form) -> Result<Response, Failure> {
    let (id, answers) = (super::id_of(&id)?, answers::of_form(&form));
    let moved = save::change::<Contract>(&app, &caller, id, &form, VERSION, |contract| {
        let on = day(&answers, "terminated", YEARS)?.ok_or_else(|| Refused::new("terminated", Refusal::Missing))?;
        moves::terminate(contract, on)
    })
    .await?;
    done(&app, &caller, id, "end-early", "ended-early", &answers, moved).await
}

/// `GET /contracts/{id}/replace`.
///
/// # Errors
/// Not found for whoever may not edit the contract.
pub async fn replace_page(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Failure> {
    let contract = save::editable::<Contract>(&app, &caller, super::id_of(&id)?).await?;
    let mut answers = Answers::default();
    answers.set("replacement", contract.replaced_by.map(|id| id.to_string()).unwrap_or_default());
    show(&app, &caller, &contract, "replace", &answers, Errors::default(), None).await
}

/// `POST /contracts/{id}/replace`. The successor must be a contract of the same organisation, however its id came here.
///
/// # Errors
/// Not found for whoever may not edit the contract.
pub async fn replace(State(app): State<App>, caller: Caller, Path(id): Path<String>, form: Form) -> Result<Response, Failure> {
    let (id, answers) = (super::id_of(&id)?, answers::of_form(&form));
    let contract = save::editable::<Contract>(&app, &caller, id).await?;
    let own = app.store.by::<Contract>(&caller.scope, "organisation_id", contract.organisation.0.to_string()).await?;
    let own: HashMap<ContractId, Contract> = own.into_iter().map(|one| (one.id, one)).collect();
    let today = app.clock.today();
    let moved = save::change::<Contract>(&app, &caller, id, &form, VERSION, |contract| {
        let refuse = |why| Refused::new("replacement", why);
        let chosen = answers.text("replacement");
        if chosen.is_empty() {
            return Err(refuse(Refusal::Missing));
        }
        let by =
            chosen.parse().ok().and_then(|id: Uuid| own.get(&ContractId(id))).ok_or_else(|| refuse(Refusal::NoSuchRecord))?;
        moves::replace(contract, by, |id| own.get(&id)?.replaced_by, today)
    })
    .await?;
    done(&app, &caller, id, "replace", "replaced", &answers, moved).await
}
