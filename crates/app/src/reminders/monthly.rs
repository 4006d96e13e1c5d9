//! Once a month: what to check in the register, with the five fixes that would raise the organisation's score most.

use super::daily::staff;
use crate::{
    jobs::{Problem, runner::Context},
    mail::{Letter, Recipient, Topic},
    web::register::edit::dashboard::place_of,
};
use domain::people::{Scope, access::KEEPERS};
use jiff::civil::{Date, Weekday};
use serde_json::json;
use store::jobs::{Ended, Job};

/// The kind of these jobs.
pub const MONTHLY: &str = "monthly-check";

/// Whether the month's first working day has come (Monday to Friday; a bank holiday is no harm here).
#[must_use]
pub fn is_due(today: Date) -> bool {
    let first = today.first_of_month();
    let working = match first.weekday() {
        Weekday::Saturday => 3,
        Weekday::Sunday => 2,
        _ => 1,
    };
    today.day() >= working
}

/// Writes the month's message to everyone who keeps a register that leaves something to be done.
///
/// # Errors
/// When the database fails.
pub async fn check(context: &Context, scope: &Scope, job: &Job) -> Result<(), Problem> {
    let (app, now) = (&context.app, context.now());
    let snapshot = app.snapshot();
    let everyone = staff(app, scope).await?;
    let mut write = app.store.write(scope, now).await?;
    if !write.holds(job).await? {
        return Ok(());
    }
    for (organisation, staff) in everyone {
        let Some(entry) = snapshot.organisation_by_id(organisation).and_then(|row| snapshot.organisation(row)) else { continue };
        let score = &entry.completeness;
        let Some(points) = score.points.filter(|_| !score.fixes.is_empty()) else { continue };
        let fixes: Vec<_> = score
            .fixes
            .iter()
            .map(|gain| {
                let url = format!("{}{}", app.public_url, place_of(gain.fix, &entry.record.slug));
                let gain_words = format!("{}.{}", gain.gain_tenths / 10, gain.gain_tenths % 10);
                json!({ "fix": gain.fix.as_str(), "records": gain.records, "gain": gain_words, "url": url })
            })
            .collect();
        for (person, colleague) in staff {
            let Some(address) = person.email.as_deref().filter(|_| colleague.roles.iter().any(|role| KEEPERS.contains(role)))
            else {
                continue;
            };
            let Ok(to) = Recipient::new(Some(&person.name), address) else { continue };
            let letter = Letter {
                topic: Topic::MonthlyCheck,
                template: "monthly-check",
                to,
                person: Some(person.id.0),
                organisation: Some(organisation),
                about: None,
                expires_at: Some(now + 20 * 86_400_000),
                values: json!({
                    "name": person.name, "organisation": entry.record.name, "points": points,
                    "complete": score.complete_percent, "confirmed": score.confirmed_percent, "fixes": fixes,
                }),
            };
            write.mail(&letter.seal(&app.public_url).map_err(|error| Problem::for_good(error.to_string()))?).await?;
        }
    }
    if write.end_job(job, &Ended::Done).await? {
        write.commit().await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_months_message_comes_on_its_first_working_day() {
        // 1 August 2026 is a Saturday, 1 November 2026 a Sunday, 1 December 2026 a Tuesday.
        assert!(!is_due(date(2026, 8, 1)) && !is_due(date(2026, 8, 2)) && is_due(date(2026, 8, 3)));
        assert!(!is_due(date(2026, 11, 1)) && is_due(date(2026, 11, 2)));
        assert!(is_due(date(2026, 12, 1)) && is_due(date(2026, 12, 31)));
    }
}
