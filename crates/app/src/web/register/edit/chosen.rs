//! One press on records that were chosen from a list, or on the whole list that was read: one transaction, every record asked for.
//! It counts for what was seen: a record that somebody changed since the list was opened is left as it is and named; one of its own
//! that was removed meanwhile is counted; one that is not this organisation's refuses them all.

use super::{
    change::Asked,
    past::{self, Told},
};
use crate::{
    error::Failure,
    state::App,
    web::{form::Form, session::Caller},
};
use domain::register::{ids::OrganisationId, snapshot::Snapshot};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};
use uuid::Uuid;

/// Changed records that the banner names.
const NAMED: usize = 5;

/// A record and the version of it that was seen, as a list's form sends them: `ID:VERSION`.
#[derive(Clone, Copy)]
pub struct Chosen {
    id: Uuid,
    version: Option<i64>,
}

/// What a form says was chosen under a name: the whole list (`all-NAME`), where its button for all was pressed.
///
/// # Errors
/// Not found for what is no id.
pub fn chosen(form: &Form, name: &str) -> Result<Vec<Chosen>, Failure> {
    let all = if form.text("all") == "yes" { "all-" } else { "" };
    let all = form.all(&format!("{all}{name}")).into_iter().map(|text| {
        let (id, version) = text.split_once(':').unwrap_or((text, ""));
        Ok(Chosen { id: super::id_of(id)?, version: version.parse().ok() })
    });
    all.collect()
}

/// A press on a list on its way.
pub struct Press {
    owner: OrganisationId,
    /// Of how many it was said.
    number: usize,
    /// Records that are no longer there.
    gone: usize,
    /// What the records are called that were changed since.
    changed: Vec<String>,
}

impl Press {
    /// On records of an organisation, of none yet.
    #[must_use]
    pub fn of(owner: OrganisationId) -> Self {
        Self { owner, number: 0, gone: 0, changed: Vec::new() }
    }

    /// Does to each record what `how` says; nothing to one that is so already.
    ///
    /// # Errors
    /// Not found where one is not the organisation's, or what `how` refuses; an invalid request for one without its version.
    pub async fn each<R: Asked + Told>(
        &mut self,
        app: &App,
        caller: &Caller,
        write: &mut store::Write,
        chosen: &[Chosen],
        how: impl Fn(&R) -> Result<Option<R>, Failure>,
    ) -> Result<(), Failure> {
        let versions: HashMap<Uuid, Option<i64>> = chosen.iter().map(|one| (one.id, one.version)).collect();
        let ids: Vec<Uuid> = versions.keys().copied().collect();
        let mut records = app.store.get_many::<R>(&caller.scope, &ids).await?;
        if records.iter().any(|record| record.owner() != self.owner) {
            return Err(Failure::not_found());
        }
        // Two who press at once wait for each other in the same order.
        records.sort_by_key(store::Record::id);
        let here: HashSet<Uuid> = records.iter().map(store::Record::id).collect();
        for id in ids.into_iter().filter(|id| !here.contains(id)) {
            // What never was one's own answers like what is another's.
            let gone = past::removed::<R>(app, caller, id).await?;
            gone.filter(|record| record.owner() == self.owner).ok_or_else(Failure::not_found)?;
            self.gone += 1;
        }
        let snapshot: Arc<Snapshot> = app.snapshot();
        for record in &records {
            let seen = versions.get(&record.id()).copied().flatten();
            let seen = seen.ok_or_else(|| Failure::form("The form is incomplete: open its page again."))?;
            if record.version() != seen {
                self.changed.push(record.title(&snapshot));
                continue;
            }
            if let Some(mut after) = how(record)? {
                match write.update(record, &mut after).await {
                    // By somebody who pressed at the same moment.
                    Err(store::Error::Conflict(..)) => {
                        self.changed.push(record.title(&snapshot));
                        continue;
                    }
                    done => done?,
                };
            }
            self.number += 1;
        }
        Ok(())
    }

    /// The sentence of it in `register/edit/banner.txt`.
    ///
    /// # Errors
    /// When the sentence cannot be made.
    pub fn banner(&mut self, app: &App, what: &str) -> Result<String, Failure> {
        self.changed.sort();
        let named: Vec<String> =
            self.changed.iter().take(NAMED).map(|title| title.chars().take(100).collect::<String>()).collect();
        let said = super::Said { changed: &named, more: self.changed.len() - named.len(), gone: self.gone, ..Default::default() };
        super::banner(app, what, self.number, said)
    }
}
