//! Making the record of a draft.

use super::{
    check::check,
    drawn::{Made, drawn},
    own_once,
};
use crate::{
    error::Failure,
    jobs::refresh,
    state::App,
    web::{
        form::Form,
        register::edit::{self, own, save},
        session::Caller,
    },
};
use axum::{
    extract::{Path, State},
    response::Response,
};
use domain::register::{
    edit::{contract, skill, system},
    ids::OrganisationId,
};
use jiff::civil::Date;
use store::Write;

/// How often it is tried again when someone else makes a name at the same moment.
const TRIES: usize = 4;

/// `POST /drafts/{id}`: makes the record.
///
/// # Errors
/// Not found for a draft that is not the caller's own.
pub async fn make(State(app): State<App>, caller: Caller, Path(id): Path<String>, form: Form) -> Result<Response, Failure> {
    let person = caller.signed_in()?.person.0;
    let command = form.command()?;
    let draft = match own_once(&app, &caller, &id, command, "made").await? {
        Ok(draft) => draft,
        Err(done) => return Ok(done),
    };
    let organisation = OrganisationId(draft.organisation);
    let slug = edit::organisation_link(&app.snapshot(), organisation).map(|link| link.href.replace("/organisations/", ""));
    let slug = slug.ok_or_else(Failure::not_found)?;
    let scope = edit::keeping(&caller, organisation);
    for _ in 0..TRIES {
        let drawn = drawn(&app, &caller, &draft).await?;
        if !drawn.refused.is_empty() {
            return check(&app, &caller, &draft, &drawn, true).await;
        }
        let mut write = app.store.write(&scope, app.clock.now()).await?;
        if let Some(address) = write.command(command).await? {
            return edit::saved(&app, "made", 1, &address);
        }
        match save::names(&mut write, drawn.seen, drawn.changes).await {
            // Somebody made a name at the same moment, perhaps the same: they are looked at again.
            Err(store::Error::Conflict(..)) => continue,
            done => done?,
        }
        let address = made(&mut write, &slug, drawn.made, app.clock.today()).await?;
        write.finish_draft(person, draft.id).await?;
        write.answered(command, &address).await?;
        write.commit().await?;
        refresh::refresh(&app).await?;
        return edit::saved(&app, "made", 1, &address);
    }
    Err(Failure::of(crate::error::Code::Timeout))
}

/// Makes the record under a key that is free; its address.
async fn made(write: &mut Write, slug: &str, made: Made, today: Date) -> Result<String, Failure> {
    match made {
        Made::Contract(mut record) => {
            record.key = write.free_key("contract", "contract_key", &contract::key(slug, &record, 1), record.id.0).await?;
            record.confirmed = Some(today);
            created(write, *record).await
        }
        Made::System(mut record) => {
            record.key = write.free_key("system", "system_key", &system::key(slug, &record, 1), record.id.0).await?;
            record.confirmed = Some(today);
            created(write, *record).await
        }
        Made::Skill(mut record) => {
            let key = skill::key(slug, &record.name, record.level);
            record.key = write.free_key("skill", "skill_key", &key, record.id.0).await?;
            record.confirmed = Some(today);
            created(write, *record).await
        }
    }
}

/// Makes a record; its address.
async fn created<R: own::Kept>(write: &mut Write, record: R) -> Result<String, Failure> {
    let address = record.address();
    write.create(&mut [record]).await?;
    Ok(address)
}
