//! Writing the batches of an import in one transaction.
//!
//! A file is read and planned before anything is locked; only one of more than [`HELD`] batches is written while it is still
//! read, so that memory stays flat. A plan rests on the register as it was when it began: where someone wrote in between, the
//! file is read and planned again, a few times at most. The last plan is written all the same, unless a name that it may rest on was
//! made in between: nobody makes a supplier twice. Each change of a record checks the version that it was compared with. What is
//! written then is in `writing`.

use super::{
    Done, ImportError, Kind, Request, new_id, notices,
    plan::{Batch, Names},
    tables,
};
use crate::config::Clock;
use domain::{
    people::Scope,
    register::{
        import::{plan::Keys, report::Report},
        records::{Contract, PlannedProcurement},
    },
};
use std::collections::VecDeque;
use store::Store;
use tokio::sync::mpsc;
use uuid::Uuid;
use writing::{Tally, Writing};

mod writing;

/// Changes that a dry run shows one by one.
pub const SHOWN: usize = 2_000;

/// Batches that are held while a file is read; with more of them, writing begins.
const HELD: usize = 12;

/// How often an import is planned at most, when others write meanwhile.
const PLANS: usize = 4;

/// A person's press of a button that imports.
#[derive(Clone, Copy)]
pub struct Press<'p> {
    /// The form's command.
    pub command: Uuid,
    /// What is kept for its repeats, in the import's own transaction: made of the report.
    pub answer: &'p (dyn Fn(&Report) -> Result<String, ImportError> + Sync),
}

/// Runs an import to its end.
///
/// # Errors
/// When a file cannot be read at all, or the database fails; nothing was written then.
pub async fn run(store: &Store, scope: &Scope, clock: Clock, request: Request) -> Result<Done, ImportError> {
    pressed(store, scope, clock, request, None).await
}

/// Runs an import that a press asks for, once for each press.
///
/// # Errors
/// As [`run`]; [`ImportError::Repeat`] for a press that was made before.
pub async fn pressed(
    store: &Store,
    scope: &Scope,
    clock: Clock,
    request: Request,
    press: Option<Press<'_>>,
) -> Result<Done, ImportError> {
    // What comes on standard input can be read once alone; the last plan is taken as it is.
    let again = !request.files.iter().any(|file| file.as_os_str() == "-");
    for plan in 1..PLANS {
        if !again {
            break;
        }
        match once(store, scope, clock, request.clone(), press, true).await {
            Err(error) if error.is_overtaken() => {
                tracing::info!(plan, "the register changed while the import was planned: planning again");
            }
            done => return done,
        }
    }
    once(store, scope, clock, request, press, false).await
}

/// Plans and writes. `still` asks that the register has not changed since.
async fn once(
    store: &Store,
    scope: &Scope,
    clock: Clock,
    request: Request,
    press: Option<Press<'_>>,
    still: bool,
) -> Result<Done, ImportError> {
    let import = new_id();
    let planned_at = store.sequence().await?;
    let names = Names::load(store, scope).await?;
    let mut keys = plan_keys(store, scope).await?;
    let now = clock.now();
    let (sender, mut receiver) = mpsc::channel::<Batch>(2);
    let saved = tables::saved_mappings(store, scope, &request).await?;
    let survey = tables::Stored::load(store, scope, request.kind).await?;
    let earlier = notices::Earlier::new(store.clone(), tokio::runtime::Handle::current());
    let reading = {
        let request = request.clone();
        tokio::task::spawn_blocking(move || match request.kind {
            Kind::Notices => notices::read(&request, import, now, &names, std::mem::take(&mut keys), &earlier, &sender),
            _ => tables::read(&request, import, now, &names, std::mem::take(&mut keys), survey, &saved, &sender),
        })
    };
    let mut writing = Writing {
        store,
        scope,
        now,
        import,
        planned_at,
        still,
        names: true,
        press,
        write: None,
        counts: Tally::default(),
        request: &request,
    };
    let mut failed = None;
    let mut held = VecDeque::new();
    'reading: while let Some(batch) = receiver.recv().await {
        held.push_back(batch);
        while held.len() > HELD || writing.write.is_some() && !held.is_empty() {
            let Some(batch) = held.pop_front() else { break };
            if let Err(error) = writing.batch(batch).await {
                failed = Some(error);
                break 'reading;
            }
        }
    }
    drop(receiver);
    let read = reading.await.map_err(|error| ImportError::Stopped(error.to_string()))?;
    if let Some(error) = failed {
        return Err(error);
    }
    let (report, mappings) = read?;
    writing.names = held.iter().any(|batch| batch.names.touch_names());
    for batch in held {
        writing.batch(batch).await?;
    }
    writing.finish(report, mappings).await
}

/// The keys under which records stand.
#[derive(Default)]
pub struct AllKeys {
    /// Contracts.
    pub contracts: Keys<domain::register::ids::ContractId>,
    /// Planned procurements.
    pub planned: Keys<domain::register::ids::PlannedProcurementId>,
}

async fn plan_keys(store: &Store, scope: &Scope) -> Result<AllKeys, store::Error> {
    let mut all = AllKeys::default();
    store.keys::<Contract>(scope, |key, id, digest| all.contracts.add(key, id.into(), digest)).await?;
    store.keys::<PlannedProcurement>(scope, |key, id, digest| all.planned.add(key, id.into(), digest)).await?;
    Ok(all)
}
