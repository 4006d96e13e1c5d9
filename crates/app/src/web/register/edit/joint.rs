//! `POST /contracts/{id}/not-joint`: a contract of another organisation names this one as a party; whoever keeps this one's register
//! says that it is none. Nothing else of the contract is theirs to change, and its keepers find the change in its history.

use super::own::Kept as _;
use crate::{
    error::Failure,
    jobs::refresh,
    state::App,
    web::{form::Form, session::Caller},
};
use axum::{
    extract::{Path, State},
    response::Response,
};
use domain::{
    people::Act,
    register::{
        edit::merge::{self, PERSON},
        records::Contract,
    },
};

/// How often it is tried again when someone else was faster.
const TRIES: usize = 4;

/// Takes one's own organisation out of a contract of another's. No version is asked for: only one's own name goes, whatever else
/// stands there by now.
///
/// # Errors
/// Not found for whoever may not edit the register of an organisation that the contract names.
pub async fn remove(State(app): State<App>, caller: Caller, Path(id): Path<String>, form: Form) -> Result<Response, Failure> {
    let id = super::id_of(&id)?;
    let own = super::organisation(&app.snapshot(), form.text("organisation"))?;
    caller.must(&Act::EditRegister(own.id))?;
    let back = format!("/organisations/{}/register", own.slug);
    for _ in 0..TRIES {
        let stored = app.store.get::<Contract>(&caller.scope, id).await?.ok_or_else(Failure::not_found)?;
        let scope = super::keeping(&caller, own.id);
        let mut write = app.store.write(&scope, app.clock.now()).await?;
        if write.command(form.command()?).await?.is_some() {
            return super::saved(&app, "not-joint", 1, &back);
        }
        if stored.owner() == own.id || !stored.joint.contains(&own.id) {
            return Err(Failure::not_found());
        }
        let mut after = stored.clone();
        after.joint.retain(|one| *one != own.id);
        // The next import of the other organisation's file does not bring it back.
        merge::sign(&mut after, &["joint"], PERSON);
        match write.update(&stored, &mut after).await {
            Err(store::Error::Conflict(..)) => continue,
            other => other?,
        };
        write.answered(form.command()?, &back).await?;
        write.commit().await?;
        refresh::refresh(&app).await?;
        return super::saved(&app, "not-joint", 1, &back);
    }
    Err(Failure::of(crate::error::Code::Timeout))
}
