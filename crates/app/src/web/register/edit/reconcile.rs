//! `/organisations/{slug}/reconcile`: what public notices say beside what the register says, and either side accepted with one
//! press.

use super::{
    answers,
    chosen::{Press, chosen},
    own::Kept as _,
    save::{self, Moved, Seen, Stale},
    since::{self, Since},
};
use crate::{
    error::Failure,
    jobs::refresh,
    state::App,
    web::{
        form::{Errors, Form, new_command},
        page,
        register::{
            history::{self, Shown},
            views::Named,
        },
        repeat,
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
        records::{Contract, Organisation},
        snapshot::Snapshot,
    },
};
use serde::Serialize;
use std::collections::HashMap;
use uuid::Uuid;

/// Pairs and contracts shown of each list.
const MOST: usize = 50;
/// What is said of a record, or of a notice, as a whole.
const OWN: Seen<'static> = Seen::Whole("own-version");
const NOTICE: Seen<'static> = Seen::Whole("notice-version");

#[derive(Serialize)]
struct Side {
    id: String,
    version: i64,
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
    errors: Errors,
    /// The organisation's own record for which a press was refused.
    refused: Option<String>,
    /// What others changed of the record that was pressed for.
    since: Option<Since>,
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
        version: contract.updated_at,
        title: contract.title.clone(),
        href: contract.address(),
        url: contract.origin.url.clone(),
    }
}

fn shown(contract: &Contract, fact: Fact, snapshot: &Snapshot) -> Shown {
    let json = serde_json::to_value(contract).unwrap_or_default();
    history::shown(fact.field(), history::leaf(&json, fact.field()), snapshot, &history::Beside::default())
}

/// The page.
///
/// # Errors
/// Not found for whoever may not edit the organisation's register.
pub async fn page(State(app): State<App>, caller: Caller, Path(slug): Path<String>) -> Result<Response, Failure> {
    let organisation = super::organisation(&app.snapshot(), &slug)?;
    caller.must(&Act::EditRegister(organisation.id))?;
    show(&app, &caller, &organisation, Back::default()).await
}

/// Why the page comes back: nothing was written.
#[derive(Default)]
struct Back {
    /// What others changed of the record that was pressed for.
    since: Option<Since>,
    /// Why a press cannot be, and the organisation's own record that it was for.
    refused: Option<(ContractId, Refused)>,
    /// No contract of the list without notices was chosen.
    none_chosen: bool,
}

/// The page again, where a record was changed since the press's page was opened: nothing was written.
async fn changed(app: &App, caller: &Caller, organisation: &Organisation, stale: &Stale<Contract>) -> Result<Response, Failure> {
    let since = since::of(app, caller, stale, stale.stored.title.clone()).await?;
    show(app, caller, organisation, Back { since: Some(since), ..Back::default() }).await
}

async fn show(app: &App, caller: &Caller, organisation: &Organisation, back: Back) -> Result<Response, Failure> {
    let Back { since, refused, none_chosen } = back;
    let snapshot = app.snapshot();
    let mut errors = Errors::default();
    if since.is_some() {
        errors.add("since", answers::sentence(app, &Refused::new("since", Refusal::ChangedSince)));
    }
    if let Some((own, refused)) = &refused {
        errors.add_at("refused", &format!("pair-{own}"), answers::sentence(app, refused));
    }
    if none_chosen {
        errors.add_at("which", "which-1", "Choose the contracts that need no notice");
    }
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
    let mut frame = page::frame(app, format!("{}: register and notices", organisation.name), Some("organisations"));
    frame.back = Some(format!("{}/register", named.href));
    frame.error = !errors.is_empty();
    let view = View {
        organisation: named,
        errors,
        refused: refused.map(|(own, _)| own.to_string()),
        since,
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
    Ok(page::render(app, "register/edit/reconcile.html", &frame, view)?.into_response())
}

/// `POST /organisations/{slug}/reconcile`: one press. `own` and `notice` must be contracts of this organisation, and their versions
/// those that the page showed.
///
/// # Errors
/// Not found for whoever may not edit one of the contracts named.
pub async fn accept(State(app): State<App>, caller: Caller, Path(slug): Path<String>, form: Form) -> Result<Response, Failure> {
    let organisation = super::organisation(&app.snapshot(), &slug)?;
    caller.must(&Act::EditRegister(organisation.id))?;
    let back = format!("/organisations/{slug}/reconcile");
    let contract = async |name: &str| -> Result<Contract, Failure> {
        let contract = save::editable::<Contract>(&app, &caller, super::id_of(form.text(name))?).await?;
        if contract.organisation == organisation.id { Ok(contract) } else { Err(Failure::not_found()) }
    };
    let (today, does) = (app.clock.today(), form.text("do"));
    // The contract that the press is about, and the notice beside it.
    let about: Contract;
    let mut beside = None;
    let moved = match does {
        "take-notice" | "keep-own" | "different" | "same" => {
            let (own, notice) = (contract("own").await?, contract("notice").await?);
            if done_before(&app, &caller, &form).await? {
                return accepted(&app, &form, &own, Some(&notice), &back);
            }
            (about, beside) = (own.clone(), Some(notice.clone()));
            // What the notice says is what was seen, whichever side is right.
            if let Some(stale) = save::since(&app, &caller, &notice, &form, NOTICE).await? {
                return changed(&app, &caller, &organisation, &stale).await;
            }
            let fact = || Fact::parse(form.text("fact")).ok_or_else(Failure::not_found);
            let id = own.id.0;
            match does {
                "take-notice" => {
                    let fact = fact()?;
                    let taken = |record: &Contract| {
                        // Two who press at once both mean the notice's word.
                        Ok(reconcile::take_from_notice(record, &notice, fact).unwrap_or_else(|_| record.clone()))
                    };
                    save::change::<Contract>(&app, &caller, id, &form, Seen::Fields("own-version"), taken).await?
                }
                "keep-own" => {
                    let fact = fact()?;
                    let kept = |record: &Contract| Ok(reconcile::keep_own(record, &notice, fact));
                    save::change::<Contract>(&app, &caller, id, &form, OWN, kept).await?
                }
                "different" => {
                    let apart = |record: &Contract| Ok(reconcile::different(record, &notice));
                    save::change::<Contract>(&app, &caller, id, &form, OWN, apart).await?
                }
                _ => match save::since(&app, &caller, &own, &form, OWN).await? {
                    Some(stale) => Moved::Stale(Box::new(stale)),
                    None => same(&app, &caller, &own, &notice, form.command()?).await?,
                },
            }
        }
        "adopt" => {
            let notice = contract("notice").await?;
            about = notice.clone();
            let adopted = |record: &Contract| Ok(reconcile::adopt(record, today));
            save::change::<Contract>(&app, &caller, notice.id.0, &form, NOTICE, adopted).await?
        }
        "none-expected" => return none_expected(&app, &caller, &organisation, &form, &back).await,
        "not-expected" => {
            let which = contract("which").await?;
            about = which.clone();
            let settled = |record: &Contract| Ok(reconcile::not_expected(record));
            save::change::<Contract>(&app, &caller, which.id.0, &form, Seen::Whole("which-version"), settled).await?
        }
        _ => return Err(Failure::form("The form is incomplete: open its page again.")),
    };
    match moved {
        Moved::Refused(refused) if refused.why != Refusal::NoSuchRecord && form.has("own") => {
            let own = ContractId(super::id_of(form.text("own"))?);
            show(&app, &caller, &organisation, Back { refused: Some((own, refused)), ..Back::default() }).await
        }
        Moved::Refused(_) => Err(Failure::form("This was changed by someone else: open the page again.")),
        Moved::Stale(stale) => changed(&app, &caller, &organisation, &stale).await,
        Moved::Done(_) | Moved::Before(_) => accepted(&app, &form, &about, beside.as_ref(), &back),
    }
}

/// Back to the page, which says what was accepted, of which contract.
fn accepted(app: &App, form: &Form, about: &Contract, notice: Option<&Contract>, back: &str) -> Result<Response, Failure> {
    let what = match form.text("do") {
        "take-notice" => "took-notice",
        "keep-own" => "kept-own",
        "different" => "different-notice",
        "same" => "same-notice",
        "adopt" => "adopted",
        _ => "no-notice-of",
    };
    let fact = Fact::parse(form.text("fact"));
    let day = match fact.zip(notice).map(|(fact, notice)| shown(notice, fact, &app.snapshot())) {
        Some(Shown::Day(day)) => Some(day),
        _ => None,
    };
    let field = fact.map_or("", |fact| history::field_words(fact.field()));
    let name: String = about.title.chars().take(100).collect();
    let said = super::Said { name: &name, field, day, ..super::Said::default() };
    Ok(page::saved(back, &super::banner(app, what, 0, said)?))
}

/// Whether the same press was answered before: the versions it names are those of before, and no reason to ask.
async fn done_before(app: &App, caller: &Caller, form: &Form) -> Result<bool, Failure> {
    let mut write = app.store.write(&caller.scope, app.clock.now()).await?;
    let done = write.command(form.command()?).await?.is_some();
    write.abandon();
    Ok(done)
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

/// Of contracts chosen from those without a notice, or of all that were listed: none needs one. All in one transaction.
async fn none_expected(
    app: &App,
    caller: &Caller,
    organisation: &Organisation,
    form: &Form,
    back: &str,
) -> Result<Response, Failure> {
    let contracts = chosen(form, "which")?;
    if contracts.is_empty() {
        return show(app, caller, organisation, Back { none_chosen: true, ..Back::default() }).await;
    }
    let command = form.command()?;
    let mut write = app.store.write(&super::keeping(caller, organisation.id), app.clock.now()).await?;
    if let Some(kept) = write.command(command).await? {
        return Ok(repeat::again(&kept));
    }
    let mut press = Press::of(organisation.id);
    // A notice is no contract that could lack one.
    let how = |record: &Contract| match record.is_from_notices() {
        true => Err(Failure::not_found()),
        false => Ok(Some(reconcile::not_expected(record))),
    };
    press.each::<Contract>(app, caller, &mut write, &contracts, how).await?;
    let banner = press.banner(app, "no-notice")?;
    repeat::keep(&mut write, command, back, &banner).await?;
    write.commit().await?;
    refresh::refresh(app).await?;
    Ok(page::saved(back, &banner))
}
