//! Records that an undo left as they are, with why, for whoever undid it: named as far as that person may see them.

use crate::{error::Failure, state::App, web::register::history};
use domain::{
    audit::Kind,
    people::Scope,
    register::records::{Contract, PlannedProcurement, Skill},
};
use serde::Serialize;
use store::undo::Kept;

/// A record, and why it was left.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    /// `contract`, `supplier` and so on.
    kind: &'static str,
    /// What it is called; none where it is gone, or not for this person to see.
    title: Option<String>,
    /// Its page.
    href: Option<String>,
    /// The code of the reason: a sentence for each stands in `register/edit/kept.html`.
    why: &'static str,
}

/// The records of an undo.
///
/// # Errors
/// When the database fails.
pub async fn lines(app: &App, scope: &Scope, kept: &[Kept]) -> Result<Vec<Line>, Failure> {
    let mut lines = Vec::with_capacity(kept.len());
    for one in kept {
        lines.push(line(app, scope, one).await?);
    }
    Ok(lines)
}

async fn line(app: &App, scope: &Scope, kept: &Kept) -> Result<Line, Failure> {
    let snapshot = app.snapshot();
    let title = match Kind::parse(kept.kind) {
        Some(Kind::Contract) => app.store.get::<Contract>(scope, kept.id).await?.map(|record| record.title),
        Some(Kind::Skill) => app.store.get::<Skill>(scope, kept.id).await?.map(|record| record.name),
        Some(Kind::PlannedProcurement) => app.store.get::<PlannedProcurement>(scope, kept.id).await?.map(|record| record.title),
        Some(kind) => history::title_of(kind, kept.id, &snapshot),
        None => None,
    };
    let list = match kept.kind {
        "contract" => Some("contracts"),
        "system" => Some("systems"),
        "skill" => Some("skills"),
        "planned-procurement" => Some("planned-procurements"),
        "supplier" => Some("suppliers"),
        "product" => Some("products"),
        _ => None,
    };
    let href = list.filter(|_| title.is_some()).map(|list| format!("/{list}/{}", kept.id));
    Ok(Line { kind: kept.kind, title, href, why: kept.why.code() })
}
