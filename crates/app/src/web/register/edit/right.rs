//! 'Still right': one press that refreshes a record's date, for one record or a whole list. It counts for what was seen: a record
//! that somebody changed since is not confirmed unseen, but shown, or left and named.

use super::{
    change::Asked,
    chosen::{Press, chosen},
    save::{self, Moved, Seen},
    since::{self, Since},
};
use crate::{
    error::Failure,
    jobs::refresh,
    state::App,
    web::{
        form::{Errors, Form, new_command},
        page,
        session::Caller,
    },
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Response},
};
use domain::{
    people::Act,
    register::{
        edit::moves::{self, Confirmable},
        records::{Contract, Skill, System},
    },
};
use serde::Serialize;
use uuid::Uuid;

#[derive(Serialize)]
struct View {
    command: Uuid,
    version: i64,
    action: String,
    since: Since,
}

/// `POST /contracts/{id}/still-right` and its like.
///
/// # Errors
/// Not found for whoever may not edit the record.
pub async fn right<R: Asked + Confirmable>(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Failure> {
    let today = app.clock.today();
    let how = |record: &R| Ok(moves::still_right(record, today).unwrap_or_else(|| record.clone()));
    match save::change::<R>(&app, &caller, super::id_of(&id)?, &form, Seen::Whole("version"), how).await? {
        Moved::Done(record) => super::saved(&app, "still-right", 1, &record.address()),
        Moved::Before(address) => super::saved(&app, "still-right", 1, &address),
        Moved::Refused(_) => Err(Failure::not_found()),
        Moved::Stale(stale) => {
            let snapshot = app.snapshot();
            let title = stale.stored.title(&snapshot);
            let mut frame = page::frame(&app, format!("{title} was changed since you looked"), Some(R::LIST));
            frame.back = Some(stale.stored.address());
            let view = View {
                command: new_command(),
                version: stale.stored.version(),
                action: format!("{}/still-right", stale.stored.address()),
                since: since::of(&app, &caller, &stale, title).await?,
            };
            Ok(page::render(&app, "register/edit/still_right.html", &frame, view)?.into_response())
        }
    }
}

/// `POST /organisations/{slug}/still-right`: every record chosen. One that was changed since the list was opened is left as it is
/// and named; one of its own that was removed meanwhile is counted. One that is not this organisation's refuses them all.
///
/// # Errors
/// Not found for whoever may not edit one of them.
pub async fn all_right(
    State(app): State<App>,
    caller: Caller,
    Path(slug): Path<String>,
    form: Form,
) -> Result<Response, Failure> {
    let organisation = super::organisation(&app.snapshot(), &slug)?;
    caller.must(&Act::EditRegister(organisation.id))?;
    let scope = super::keeping(&caller, organisation.id);
    let back = format!("/organisations/{slug}/register");
    let (contracts, systems, skills) = (chosen(&form, "contract")?, chosen(&form, "system")?, chosen(&form, "skill")?);
    if contracts.is_empty() && systems.is_empty() && skills.is_empty() {
        // At the list whose button was pressed: each form names all of its own.
        let kind = if form.has("all-system") { "system" } else { "contract" };
        let mut errors = Errors::default();
        errors.add_at(kind, &format!("{kind}-1"), "Choose the records that are still right");
        return super::dashboard::show(&app, &caller, &organisation, errors).await;
    }
    let mut write = app.store.write(&scope, app.clock.now()).await?;
    if let Some(banner) = write.command(form.command()?).await? {
        return Ok(page::saved(&back, &banner));
    }
    let (mut press, today) = (Press::of(organisation.id), app.clock.today());
    press.each::<Contract>(&app, &caller, &mut write, &contracts, |one| Ok(moves::still_right(one, today))).await?;
    press.each::<System>(&app, &caller, &mut write, &systems, |one| Ok(moves::still_right(one, today))).await?;
    press.each::<Skill>(&app, &caller, &mut write, &skills, |one| Ok(moves::still_right(one, today))).await?;
    let banner = press.banner(&app, "still-right")?;
    write.answered(form.command()?, &banner).await?;
    write.commit().await?;
    refresh::refresh(&app).await?;
    Ok(page::saved(&back, &banner))
}
