//! `/organisations/{slug}/reconcile`: what public notices say beside what the register says, and either side accepted with one
//! press.

use super::save::{self, Kept as _, Moved};
use crate::{
    error::Failure,
    jobs::refresh,
    state::App,
    web::{
        form::{Form, new_command},
        page,
        register::{
            history::{self, Shown},
            views::Named,
        },
        session::Caller,
    },
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use domain::{
    people::Act,
    register::{
        edit::{Refusal, Refused},
        ids::ContractId,
        reconcile::{self, Fact, Reason},
        records::Contract,
        snapshot::Snapshot,
    },
};
use serde::Serialize;
use std::collections::HashMap;
use uuid::Uuid;

/// Pairs and contracts shown of each list.
const MOST: usize = 50;

#[derive(Serialize)]
struct Side {
    id: String,
    title: String,
    href: String,
    url: Option<String>,
}

#[derive(Serialize)]
struct ConflictLine {
    fact: &'static str,
    field: String,
    fills: bool,
    own: Shown,
    notice: Shown,
}

#[derive(Serialize)]
struct PairLine {
    own: Side,
    notice: Side,
    confirmed: bool,
    reasons: Vec<Reason>,
    conflicts: Vec<ConflictLine>,
}

#[derive(Serialize)]
struct View {
    organisation: Named,
    command: Uuid,
    pairs: Vec<PairLine>,
    more_pairs: usize,
    missing_from_register: Vec<Side>,
    more_missing: usize,
    missing_notice: Vec<Side>,
    more_without: usize,
    agreed: usize,
    notices: usize,
}

fn side(contract: &Contract) -> Side {
    Side {
        id: contract.id.to_string(),
        title: contract.title.clone(),
        href: contract.address(),
        url: contract.origin.url.clone(),
    }
}

fn shown(contract: &Contract, fact: Fact, snapshot: &Snapshot) -> Shown {
    let json = serde_json::to_value(contract).unwrap_or_default();
    history::shown(fact.field(), history::leaf(&json, fact.field()), snapshot)
}

/// The page.
///
/// # Errors
/// Not found for whoever may not edit the organisation's register.
pub async fn page(State(app): State<App>, caller: Caller, Path(slug): Path<String>) -> Result<Response, Failure> {
    let snapshot = app.snapshot();
    let organisation = super::organisation(&snapshot, &slug)?;
    caller.must(&Act::EditRegister(organisation.id))?;
    let contracts = app.store.by::<Contract>(&caller.scope, "organisation_id", organisation.id.0.to_string()).await?;
    let found = reconcile::reconcile(&contracts, app.clock.today());
    let by_id: HashMap<ContractId, &Contract> = contracts.iter().map(|contract| (contract.id, contract)).collect();
    let sides = |ids: &[ContractId]| {
        ids.iter().take(MOST).filter_map(|id| by_id.get(id)).map(|contract| side(contract)).collect::<Vec<_>>()
    };
    let pairs = found
        .pairs
        .iter()
        .take(MOST)
        .filter_map(|pair| {
            let (own, notice) = (by_id.get(&pair.own)?, by_id.get(&pair.notice)?);
            let conflicts = pair.conflicts.iter().map(|conflict| ConflictLine {
                fact: conflict.fact.field(),
                field: history::field_words(conflict.fact.field()).to_owned(),
                fills: conflict.fills,
                own: shown(own, conflict.fact, &snapshot),
                notice: shown(notice, conflict.fact, &snapshot),
            });
            Some(PairLine {
                conflicts: conflicts.collect(),
                own: side(own),
                notice: side(notice),
                confirmed: pair.confirmed,
                reasons: pair.likeness.reasons.clone(),
            })
        })
        .collect();
    let named = super::organisation_link(&snapshot, organisation.id).ok_or_else(Failure::not_found)?;
    let mut frame = page::frame(&app, format!("{}: register and notices", organisation.name), Some("organisations"));
    frame.back = Some(format!("{}/register", named.href));
    let view = View {
        organisation: named,
        command: new_command(),
        pairs,
        more_pairs: found.pairs.len().saturating_sub(MOST),
        missing_from_register: sides(&found.missing_from_register),
        more_missing: found.missing_from_register.len().saturating_sub(MOST),
        missing_notice: sides(&found.missing_notice),
        more_without: found.missing_notice.len().saturating_sub(MOST),
        agreed: found.agreed,
        notices: contracts.iter().filter(|contract| contract.is_from_notices()).count(),
    };
    Ok(page::render(&app, "register/edit/reconcile.html", &frame, view)?.into_response())
}

/// `POST /organisations/{slug}/reconcile`: one press. `own` and `notice` must be contracts of this organisation.
///
/// # Errors
/// Not found for whoever may not edit one of the contracts named.
pub async fn accept(State(app): State<App>, caller: Caller, Path(slug): Path<String>, form: Form) -> Result<Response, Failure> {
    let organisation = super::organisation(&app.snapshot(), &slug)?;
    caller.must(&Act::EditRegister(organisation.id))?;
    let back = format!("/organisations/{slug}/reconcile");
    let command = form.command()?;
    let contract = async |name: &str| -> Result<Contract, Failure> {
        let contract = save::editable::<Contract>(&app, &caller, super::id_of(form.text(name))?).await?;
        if contract.organisation == organisation.id { Ok(contract) } else { Err(Failure::not_found()) }
    };
    let today = app.clock.today();
    let fact = || Fact::parse(form.text("fact")).ok_or_else(Failure::not_found);
    let moved = match form.text("do") {
        "take-notice" => {
            let (own, notice, fact) = (contract("own").await?, contract("notice").await?, fact()?);
            // Two who press at once both mean the notice's word.
            let taken =
                |record: &Contract| Ok(reconcile::take_from_notice(record, &notice, fact).unwrap_or_else(|_| record.clone()));
            save::change::<Contract>(&app, &caller, own.id.0, command, taken).await?
        }
        "keep-own" => {
            let (own, notice, fact) = (contract("own").await?, contract("notice").await?, fact()?);
            save::change::<Contract>(&app, &caller, own.id.0, command, |record| Ok(reconcile::keep_own(record, &notice, fact)))
                .await?
        }
        "different" => {
            let (own, notice) = (contract("own").await?, contract("notice").await?);
            save::change::<Contract>(&app, &caller, own.id.0, command, |record| Ok(reconcile::different(record, &notice))).await?
        }
        "adopt" => {
            let notice = contract("notice").await?;
            save::change::<Contract>(&app, &caller, notice.id.0, command, |record| Ok(reconcile::adopt(record, today))).await?
        }
        "not-expected" => {
            let which = contract("which").await?;
            save::change::<Contract>(&app, &caller, which.id.0, command, |record| Ok(reconcile::not_expected(record))).await?
        }
        "same" => same(&app, &caller, &contract("own").await?, &contract("notice").await?, command).await?,
        _ => return Err(Failure::parameter("The form is incomplete: open its page again.")),
    };
    match moved {
        Moved::Refused(_) => Err(Failure::parameter("This was changed by someone else: open the page again.")),
        Moved::Done(_) | Moved::Before(_) => super::saved(&app, "reconciled", 1, &back),
    }
}

/// Both records change, in one transaction.
async fn same(app: &App, caller: &Caller, own: &Contract, notice: &Contract, command: Uuid) -> Result<Moved<Contract>, Failure> {
    if own.is_from_notices() || !notice.is_from_notices() {
        return Ok(Moved::Refused(Refused::new("notice", Refusal::NoSuchRecord)));
    }
    let scope = super::keeping(caller, own.organisation);
    let mut write = app.store.write(&scope, app.clock.now()).await?;
    if let Some(address) = write.command(command).await? {
        return Ok(Moved::Before(address));
    }
    let (mut record, mut behind) = reconcile::same(own, notice);
    write.update(own, &mut record).await?;
    write.update(notice, &mut behind).await?;
    write.answered(command, &record.address()).await?;
    write.commit().await?;
    refresh::refresh(app).await?;
    Ok(Moved::Done(Box::new(record)))
}
