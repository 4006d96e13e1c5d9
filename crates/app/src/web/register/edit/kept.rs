//! Records that an undo left as they are, with why, for whoever undid it: what each was called then and is called now, who came
//! after, and when; named as far as that person may see them.

mod needing;

use crate::{
    error::Failure,
    state::App,
    web::register::{
        facts::{ImportFact, Imports},
        history::{self, Beside, Event},
        merged,
    },
};
use domain::{
    audit::{Action, Kind},
    people::Scope,
    register::{
        ids::ImportId,
        records::{Contract, Flag, Import, PlannedProcurement, Skill, System},
        snapshot::Snapshot,
    },
};
use needing::{Group, needing};
use serde::Serialize;
use serde_json::Value as Json;
use std::collections::{HashMap, HashSet};
use store::{
    log::Change,
    undo::{Kept, Why},
};
use uuid::Uuid;

/// Why a record was left that was gone then, and stands again.
const BACK: &str = "back";

/// A record, and why it was left.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    /// `contract`, `supplier` and so on.
    kind: &'static str,
    /// What it is called, and its page; none where it is gone, or not for this person to see.
    now: Option<Called>,
    /// What the import called it, where that is not what it is called now.
    was: Option<String>,
    /// The code of the reason, or [`BACK`]: a sentence for each stands in `register/edit/kept.html`.
    why: &'static str,
    /// The change that stands in the way, or that removed it.
    since: Option<Event>,
    /// What refers to it now, kind by kind.
    by: Vec<Group>,
}

/// What a record is called; not every kind has a page.
#[derive(Clone, Debug, Serialize)]
struct Called {
    title: String,
    href: Option<String>,
}

/// The records that the undo of an import left.
///
/// # Errors
/// When the database fails.
pub async fn lines(app: &App, scope: &Scope, import: ImportId, kept: &[Kept]) -> Result<Vec<Line>, Failure> {
    let mut lines = Vec::with_capacity(kept.len());
    for one in kept {
        lines.push(line(app, scope, import, one).await?);
    }
    Ok(lines)
}

async fn line(app: &App, scope: &Scope, import: ImportId, kept: &Kept) -> Result<Line, Failure> {
    let snapshot = app.snapshot();
    let kind = Kind::parse(kept.kind);
    let changes = app.store.history(scope, kept.id).await?;
    let of_import = |change: &&Change| change.import == Some(import.0);
    let then = changes.iter().find(of_import);
    let later = changes.iter().take_while(|change| !of_import(change)).filter(|change| change.action != Action::Event);
    let title = match kind {
        Some(kind) => title_of(app, scope, kind, kept.id, &snapshot).await?,
        None => None,
    };
    let stands = title.is_some();
    let gone = !stands && changes.first().is_some_and(|last| last.action == Action::Delete);
    // What was changed and is as it was again holds nothing.
    let apart = differing(later.clone());
    let same = |change: &&Change| then.is_some_and(|then| meet(then, change, |_| true));
    let same_apart = |change: &&Change| then.is_some_and(|then| meet(then, change, |field| apart.contains(field)));
    let holds = |change: &&Change| fields(change).any(|(field, _)| apart.contains(field));
    let since = match kept.why {
        _ if gone => changes.first(),
        Why::SameField => {
            let held = later.clone().find(same_apart);
            held.or_else(|| later.clone().find(same)).or_else(|| later.clone().next())
        }
        // An undo looks through the merges that stand: they are told only where nothing else was done.
        Why::Changed => {
            let imports: Vec<Uuid> = later.clone().filter_map(|change| change.import).collect();
            let merges = merges_among(app, scope, &imports).await?;
            let others = |change: &&Change| change.import.is_none_or(|import| !merges.contains(&import));
            let held = later.clone().filter(others).find(holds);
            held.or_else(|| later.clone().find(others)).or_else(|| later.clone().next())
        }
        _ => None,
    };
    let was = changes.iter().rev().filter(of_import).filter_map(|change| called(change, &snapshot)).next_back();
    let was = was.or_else(|| changes.first().filter(|_| gone).and_then(|last| called(last, &snapshot)));
    let now = match title {
        Some(title) => Some(Called { title, href: href(kept) }),
        // What it was merged into stands in its place.
        None if gone => {
            let into = merged::page_of(app, kept.kind, kept.id).await?;
            into.map(|into| Called { title: into.name, href: Some(into.href) })
        }
        None => None,
    };
    let by = match (kept.why, kind) {
        (Why::Needed, Some(kind)) if !gone => needing(app, scope, kind, kept.id, &snapshot).await?,
        _ => Vec::new(),
    };
    Ok(Line {
        kind: kept.kind,
        was: was.filter(|was| now.as_ref().is_none_or(|now| now.title != *was)),
        now,
        why: match kept.why {
            _ if gone => Why::Gone.code(),
            Why::Gone if stands => BACK,
            why => why.code(),
        },
        since: match since {
            Some(change) => event(app, scope, change, &snapshot).await?,
            None => None,
        },
        by,
    })
}

/// The merges among some imports, those that stand.
async fn merges_among(app: &App, scope: &Scope, imports: &[Uuid]) -> Result<HashSet<Uuid>, store::Error> {
    let found = app.store.get_many::<Import>(scope, imports).await?;
    let merges = found.into_iter().filter(|import| import.kind == "merge" && import.undone_at.is_none());
    Ok(merges.map(|import| import.id.0).collect())
}

/// What a record is called, as far as a scope may see it.
async fn title_of(app: &App, scope: &Scope, kind: Kind, id: Uuid, snapshot: &Snapshot) -> Result<Option<String>, store::Error> {
    Ok(match kind {
        Kind::Contract => app.store.get::<Contract>(scope, id).await?.map(|record| record.title),
        Kind::Skill => app.store.get::<Skill>(scope, id).await?.map(|record| record.name),
        Kind::PlannedProcurement => app.store.get::<PlannedProcurement>(scope, id).await?.map(|record| record.title),
        Kind::System => {
            let system = app.store.get::<System>(scope, id).await?;
            system.and_then(|system| history::title_of(Kind::Product, system.product.0, snapshot))
        }
        Kind::Flag => {
            let flag = app.store.get::<Flag>(scope, id).await?;
            flag.map(|flag| {
                let subject = Kind::parse(&flag.subject_kind);
                subject.and_then(|kind| history::title_of(kind, flag.subject, snapshot)).unwrap_or(flag.note)
            })
        }
        kind => history::title_of(kind, id, snapshot),
    })
}

/// The page of a record, where its kind has one.
fn href(kept: &Kept) -> Option<String> {
    let list = match kept.kind {
        "contract" => "contracts",
        "system" => "systems",
        "skill" => "skills",
        "planned-procurement" => "planned-procurements",
        "supplier" => "suppliers",
        "product" => "products",
        _ => return None,
    };
    Some(format!("/{list}/{}", kept.id))
}

/// What a record is called by an entry of the log, where that says it.
fn called(change: &Change, snapshot: &Snapshot) -> Option<String> {
    let content = change.content.as_ref()?;
    let text = |field: &str| {
        let value = content.get(field)?;
        let value = if change.action == Action::Update { value.get(1)? } else { value };
        value.as_str().map(str::to_owned)
    };
    let product = || history::title_of(Kind::Product, text("product")?.parse().ok()?, snapshot);
    text("title").or_else(|| text("name")).or_else(product)
}

/// The fields that an update wrote, each with what stood there before and after.
fn fields(change: &Change) -> impl Iterator<Item = (&str, (&Json, &Json))> {
    let written = change.content.as_ref().filter(|_| change.action == Action::Update).and_then(Json::as_object);
    written
        .into_iter()
        .flatten()
        .map(|(field, pair)| (field.as_str(), (pair.get(0).unwrap_or(&Json::Null), pair.get(1).unwrap_or(&Json::Null))))
}

/// Whether two updates wrote the same field, of those that count.
fn meet(one: &Change, other: &Change, counts: impl Fn(&str) -> bool) -> bool {
    let of_one: HashSet<&str> = fields(one).map(|(field, _)| field).collect();
    fields(other).any(|(field, _)| of_one.contains(field) && counts(field))
}

/// The fields that updates, newest first, left other than they were before all of them.
fn differing<'c>(updates: impl Iterator<Item = &'c Change>) -> HashSet<&'c str> {
    let mut ends: HashMap<&str, (&Json, &Json)> = HashMap::new();
    for (field, (before, after)) in updates.flat_map(fields) {
        ends.entry(field).and_modify(|ends| ends.0 = before).or_insert((before, after));
    }
    ends.into_iter().filter(|(_, (first, last))| first != last).map(|(field, _)| field).collect()
}

/// A change as a history tells it; none where the reader sees nothing of it.
async fn event(app: &App, scope: &Scope, change: &Change, snapshot: &Snapshot) -> Result<Option<Event>, Failure> {
    let import = match change.import {
        Some(import) => app.store.get::<Import>(scope, import).await?,
        None => None,
    };
    let imports: Imports = import.iter().map(|import| (import.id, ImportFact::seen_by(scope, import))).collect();
    let people = history::People::of(app, scope, std::slice::from_ref(change)).await?;
    let beside = Beside::of(app, scope, None, change.content.as_ref()).await?;
    Ok(history::event(change, &imports, snapshot, &people, &beside))
}
