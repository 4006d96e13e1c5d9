//! 'Still right': one press that refreshes a record's date, for one record or a whole list. It counts for what was seen: a record
//! that somebody changed since is not confirmed unseen, but shown, or left and named.

use super::{
    change::Asked,
    past::{self, Told},
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
        ids::OrganisationId,
        records::{Contract, Skill, System},
        snapshot::Snapshot,
    },
};
use jiff::civil::Date;
use serde::Serialize;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Changed records that the banner names.
const NAMED: usize = 5;

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

/// A record and the version of it that was seen, as a list's form sends them: `ID:VERSION`.
#[derive(Clone, Copy)]
struct Chosen {
    id: Uuid,
    version: Option<i64>,
}

fn chosen(form: &Form, name: &str) -> Result<Vec<Chosen>, Failure> {
    let all = form.all(name).into_iter().map(|text| {
        let (id, version) = text.split_once(':').unwrap_or((text, ""));
        Ok(Chosen { id: super::id_of(id)?, version: version.parse().ok() })
    });
    all.collect()
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
    let all = if form.text("all") == "yes" { "all-" } else { "" };
    let ids = |name: &str| chosen(&form, &format!("{all}{name}"));
    let (contracts, systems, skills) = (ids("contract")?, ids("system")?, ids("skill")?);
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
    let mut list = List { owner: organisation.id, today: app.clock.today(), number: 0, gone: 0, changed: Vec::new() };
    list.confirm::<Contract>(&app, &caller, &mut write, &contracts).await?;
    list.confirm::<System>(&app, &caller, &mut write, &systems).await?;
    list.confirm::<Skill>(&app, &caller, &mut write, &skills).await?;
    let banner = list.banner(&app)?;
    write.answered(form.command()?, &banner).await?;
    write.commit().await?;
    refresh::refresh(&app).await?;
    Ok(page::saved(&back, &banner))
}

/// A list on its way.
struct List {
    owner: OrganisationId,
    today: Date,
    number: usize,
    /// Records that are no longer there.
    gone: usize,
    /// What the records are called that were changed since.
    changed: Vec<String>,
}

impl List {
    async fn confirm<R: Asked + Confirmable + Told>(
        &mut self,
        app: &App,
        caller: &Caller,
        write: &mut store::Write,
        chosen: &[Chosen],
    ) -> Result<(), Failure> {
        let versions: HashMap<Uuid, Option<i64>> = chosen.iter().map(|one| (one.id, one.version)).collect();
        let ids: Vec<Uuid> = versions.keys().copied().collect();
        let records = app.store.get_many::<R>(&caller.scope, &ids).await?;
        if records.iter().any(|record| record.owner() != self.owner) {
            return Err(Failure::not_found());
        }
        let here: HashSet<Uuid> = records.iter().map(store::Record::id).collect();
        for id in ids.into_iter().filter(|id| !here.contains(id)) {
            // What never was one's own answers like what is another's.
            let gone = past::removed::<R>(app, caller, id).await?;
            gone.filter(|record| record.owner() == self.owner).ok_or_else(Failure::not_found)?;
            self.gone += 1;
        }
        let snapshot: std::sync::Arc<Snapshot> = app.snapshot();
        for record in &records {
            let seen = versions.get(&record.id()).copied().flatten();
            let seen = seen.ok_or_else(|| Failure::form("The form is incomplete: open its page again."))?;
            if record.version() != seen {
                self.changed.push(record.title(&snapshot));
                continue;
            }
            if let Some(mut after) = moves::still_right(record, self.today) {
                write.update(record, &mut after).await?;
            }
            self.number += 1;
        }
        Ok(())
    }

    fn banner(&mut self, app: &App) -> Result<String, Failure> {
        self.changed.sort();
        let named: Vec<String> =
            self.changed.iter().take(NAMED).map(|title| title.chars().take(100).collect::<String>()).collect();
        let said = super::Said { changed: &named, more: self.changed.len() - named.len(), gone: self.gone, ..Default::default() };
        super::banner(app, "still-right", self.number, said)
    }
}
