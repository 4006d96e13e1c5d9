//! Tasks of the register: what would raise its score most, sources that cannot be read, drafts that were begun.

use super::Asked;
use crate::web::register::edit::dashboard::place_of;
use domain::{
    people::access::KEEPERS,
    work::{
        sources::Source,
        tasks::{Subject, Task},
    },
};
use serde_json::json;

/// The tasks of whoever keeps a register: the fixes that would bring most (five at most, as the month's message names them), and
/// each source that fails; and the drafts that this person began.
///
/// # Errors
/// When the database fails.
pub async fn tasks(asked: &Asked<'_>) -> Result<Vec<Task>, store::Error> {
    let snapshot = asked.app.snapshot();
    let mut tasks = Vec::new();
    for standing in &asked.member.standings {
        let organisation = standing.organisation;
        if !asked.member.holds_any(organisation, KEEPERS) {
            continue;
        }
        let entry = snapshot.organisation_by_id(organisation).and_then(|row| snapshot.organisation(row));
        for (entry, place, best) in
            entry.iter().flat_map(|entry| (1..).zip(&entry.completeness.fixes).map(move |(place, fix)| (entry, place, fix)))
        {
            let slug = &entry.record.slug;
            tasks.push(Task {
                // Tasks without a day stand in the order of their keys: what brings most comes first.
                key: format!("register/{organisation}/{place}-{}", best.fix.as_str()),
                subject: Subject::Register,
                organisation,
                words: "fix",
                values: json!({
                    "fix": best.fix.as_str(), "records": best.records, "points": entry.completeness.points,
                    "first": place == 1,
                    "gain": format!("{}.{}", best.gain_tenths / 10, best.gain_tenths % 10),
                }),
                href: place_of(best.fix, slug),
                due: None,
                waiting_since: None,
            });
        }
        for draft in asked.app.store.register_drafts(asked.scope, asked.member.person.0, organisation.0).await? {
            let until = crate::web::dpia::desk::day_of(draft.updated_at + store::drafts::KEEP);
            tasks.push(Task {
                key: format!("draft/{}", draft.id),
                subject: Subject::Register,
                organisation,
                words: "draft",
                values: json!({ "kind": draft.kind, "title": draft.title(), "until": until }),
                href: format!("/drafts/{}", draft.id),
                due: None,
                waiting_since: None,
            });
        }
        for source in asked.app.store.by::<Source>(asked.scope, "organisation_id", organisation.to_string()).await? {
            let state = asked.app.store.source_state(asked.scope, source.id).await?;
            if state.failures > 0 {
                tasks.push(Task {
                    key: format!("source/{}", source.id),
                    subject: Subject::Register,
                    organisation,
                    words: "source",
                    values: json!({ "name": source.name, "failures": state.failures }),
                    href: format!("/sources/{}", source.id),
                    due: Some(asked.today),
                    waiting_since: None,
                });
            }
        }
    }
    Ok(tasks)
}
