//! What others changed in a record since a page was opened, for whoever then pressed its button: shown beside the button, before
//! anything is written.

use super::{own::Kept, save::Stale};
use crate::{
    error::Failure,
    web::register::history::{self, FieldChange},
};
use domain::register::{edit::past::compare, snapshot::Snapshot};
use serde::Serialize;

/// A record that changed, and in what.
#[derive(Serialize)]
pub struct Since {
    /// What it is called now.
    pub title: String,
    /// Its page.
    pub href: String,
    /// The fields that changed, before and after; empty where what changed is not shown.
    pub fields: Vec<FieldChange>,
}

/// What changed.
///
/// # Errors
/// When a record cannot be written as JSON.
pub fn of<R: Kept>(stale: &Stale<R>, title: String, snapshot: &Snapshot) -> Result<Since, Failure> {
    let (seen, stored) = (serde_json::to_value(&stale.seen)?, serde_json::to_value(&stale.stored)?);
    let changed = compare(&seen, &stored).into_iter().map(|one| (one.field, serde_json::json!([one.before, one.after])));
    let fields = history::fields(Some(&serde_json::Value::Object(changed.collect())), snapshot);
    Ok(Since { title, href: stale.stored.address(), fields })
}
