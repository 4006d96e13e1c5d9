//! Keeps this process's snapshot up to date: with what other processes and the command line wrote, and with the day.

use crate::state::{self, App};
use domain::{
    audit::Kind,
    dpia::stored::Stored,
    people::Scope,
    register::{
        records::*,
        snapshot::{Record, RecordChange},
    },
};
use server::public_news;
use std::{
    collections::{BTreeMap, HashSet},
    time::Duration,
};
use uuid::Uuid;

/// How often the change log's head is looked at.
const EVERY: Duration = Duration::from_millis(250);
/// More changes than this, and reading everything again is quicker.
const MOST: i64 = 20_000;

/// Runs until the server stops.
pub async fn run(app: App) {
    let mut failing = false;
    loop {
        tokio::time::sleep(EVERY).await;
        match refresh(&app).await {
            Ok(()) => failing = false,
            // Said once, not four times a second; reads go on from the last snapshot.
            Err(error) if !failing => {
                failing = true;
                tracing::error!(%error, "the register in memory cannot be brought up to date");
            }
            Err(_) => {}
        }
    }
}

/// Brings the snapshot up to the log's head and to today.
///
/// # Errors
/// When the database cannot be read; the snapshot stays as it is.
pub async fn refresh(app: &App) -> Result<(), store::Error> {
    let current = app.snapshot();
    let today = app.clock.today();
    if current.as_at() != today {
        let app = app.clone();
        let turned = tokio::task::spawn_blocking(move || app.replace(current.with_as_at(today))).await;
        if let Err(error) = turned {
            tracing::error!(%error, "turning the register to a new day failed");
        }
        return Ok(());
    }
    if app.store.sequence().await? == current.sequence() {
        return Ok(());
    }
    app.refresh_illustrative().await?;
    let touched = app.store.touched_since(&Scope::Public, current.sequence(), MOST + 1).await?;
    let Some((sequence, ..)) = touched.last().copied() else { return Ok(()) };
    if i64::try_from(touched.len()).unwrap_or(i64::MAX) > MOST {
        app.replace(state::load(&app.store, today).await?);
        app.refresh_rules().await?;
        app.refresh_papers().await?;
        app.public_changed(app.snapshot().sequence());
        return Ok(());
    }
    let mut by_kind: BTreeMap<Kind, HashSet<Uuid>> = BTreeMap::new();
    for (_, kind, id) in touched {
        by_kind.entry(kind).or_default().insert(id);
    }
    // Records that are not public, and people, change beside what anyone may see.
    let mut elsewhere = by_kind.keys().any(|kind| kind.is_public() && !matches!(kind, Kind::Contract | Kind::System));
    if let Some(ids) = by_kind.get(&Kind::Template) {
        app.refresh_rules().await?;
        elsewhere |= published(app, ids).await?;
    }
    if [Kind::Publication, Kind::Assessment].iter().any(|kind| by_kind.contains_key(kind)) {
        elsewhere |= app.refresh_papers().await?;
    }
    let mut changes = changes(app, by_kind).await?;
    changes.retain(|change| match change {
        RecordChange::Remove(Kind::Contract, id) => current.contract_by_id((*id).into()).is_some(),
        RecordChange::Remove(Kind::System, id) => current.system_by_id((*id).into()).is_some(),
        _ => true,
    });
    if changes.is_empty() && !elsewhere {
        app.replace(current.at_sequence(sequence));
        return Ok(());
    }
    let seen = elsewhere || public_news::seen(&current, &changes);
    let (shared, app) = (app, app.clone());
    let applied = tokio::task::spawn_blocking(move || {
        let next = current.apply(changes, sequence);
        let moved = public_news::opinions_moved(&current, &next);
        app.replace(next);
        moved
    })
    .await;
    match applied {
        Ok(moved) if !seen && !moved => {}
        Ok(_) => shared.public_changed(sequence),
        Err(error) => {
            shared.public_changed(sequence);
            tracing::error!(%error, "applying changes to the register in memory failed");
        }
    }
    Ok(())
}

/// Whether one of some stored files of rules is in use: a draft is nobody's but its writers'.
async fn published(app: &App, ids: &HashSet<Uuid>) -> Result<bool, store::Error> {
    let ids: Vec<Uuid> = ids.iter().copied().collect();
    let found = app.store.get_many::<Stored>(&Scope::Job { name: "rules".to_owned() }, &ids).await?;
    Ok(found.iter().any(|one| one.published))
}

async fn changes(app: &App, by_kind: BTreeMap<Kind, HashSet<Uuid>>) -> Result<Vec<RecordChange>, store::Error> {
    let mut changes = Vec::new();
    // What others refer to comes first.
    for kind in Kind::ALL.iter().copied() {
        let Some(ids) = by_kind.get(&kind) else { continue };
        let ids: Vec<Uuid> = ids.iter().copied().collect();
        match kind {
            Kind::Organisation => {
                changed::<Organisation>(app, kind, &ids, |one| Some(Record::Organisation(one)), &mut changes).await?
            }
            Kind::ServiceArea => {
                changed::<ServiceArea>(app, kind, &ids, |one| Some(Record::ServiceArea(one)), &mut changes).await?
            }
            Kind::Function => changed::<Function>(app, kind, &ids, |one| Some(Record::Function(one)), &mut changes).await?,
            Kind::Supplier => changed::<Supplier>(app, kind, &ids, |one| Some(Record::Supplier(one)), &mut changes).await?,
            Kind::Product => changed::<Product>(app, kind, &ids, |one| Some(Record::Product(one)), &mut changes).await?,
            Kind::System => {
                changed::<System>(app, kind, &ids, |system| system.published.then_some(Record::System(system)), &mut changes)
                    .await?
            }
            Kind::Contract => {
                changed::<Contract>(app, kind, &ids, |one| one.is_listed().then_some(Record::Contract(one)), &mut changes).await?
            }
            Kind::PlannedProcurement => {
                changed::<PlannedProcurement>(app, kind, &ids, |one| Some(Record::Planned(one)), &mut changes).await?;
            }
            Kind::Skill => changed::<Skill>(app, kind, &ids, |one| Some(Record::Skill(one)), &mut changes).await?,
            _ => {}
        }
    }
    Ok(changes)
}

async fn changed<R: store::Record>(
    app: &App,
    kind: Kind,
    ids: &[Uuid],
    listed: impl Fn(R) -> Option<Record>,
    changes: &mut Vec<RecordChange>,
) -> Result<(), store::Error> {
    let mut missing: HashSet<Uuid> = ids.iter().copied().collect();
    for record in app.store.get_many::<R>(&Scope::Public, ids).await? {
        let id = record.id();
        // What public lists do not hold is as good as gone there.
        if let Some(record) = listed(record) {
            missing.remove(&id);
            changes.push(RecordChange::Put(record));
        }
    }
    changes.extend(missing.into_iter().map(|id| RecordChange::Remove(kind, id)));
    Ok(())
}
