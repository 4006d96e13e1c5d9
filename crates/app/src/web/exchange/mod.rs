//! Assessments as files, out and in, and the files beside them.
//!
//! | module | what lives there |
//! |---|---|
//! | [`files`] | `/assessments/{id}/files`: the assessment to take away |
//! | [`attachments`] | `/assessments/{id}/attachments`: files beside it |
//! | [`remove`] | `/assessments/{id}/attachments/{attachment}/remove`: taking one away |
//! | [`public`] | `/dpias/{id}/assessment.pdf`: what is published, as files |
//! | [`import`] | `/assessments/import`: what exists already comes in, from the CNIL's tool or another City Tools |
//! | [`report`] | `/assessments/{id}/import-report`: what became of it |
//! | [`elsewhere`] | `/assessments/import/elsewhere`: one made elsewhere is recorded |
//! | [`recorded`] | `/assessments/{id}/recorded`: what is stated of it is corrected |

pub mod attachments;
pub mod elsewhere;
pub mod files;
pub mod import;
pub mod public;
pub mod recorded;
pub mod remove;
pub mod report;

#[cfg(test)]
pub(super) mod tests;

use super::{
    dpia::whole,
    routes::{Route, Who},
    session::Caller,
    turns::PAPERS,
};
use crate::{
    error::{Code, Failure},
    state::App,
};
use domain::{
    dpia::{
        attachment::{MAX, QUOTA},
        ids::AssessmentId,
        template::Template,
        whole::Whole,
    },
    people::access::STARTERS,
    register::ids::OrganisationId,
};
use govuk::Frame;
use jiff::civil::Date;
use std::sync::Arc;

/// The routes of this subject.
#[must_use]
pub fn routes() -> Vec<Route> {
    let starts = Who::Holds(STARTERS);
    vec![
        Route::get("/assessments/{id}/files", Who::SignedIn, files::page),
        Route::get("/assessments/{id}/files/{name}", Who::SignedIn, files::file),
        Route::get("/assessments/{id}/changes/{name}", Who::SignedIn, files::changes),
        Route::get("/assessments/{id}/attachments", Who::SignedIn, attachments::page),
        Route::post("/assessments/{id}/attachments", Who::SignedIn, attachments::add).taking(FILE).saying(FILE_WORDS),
        Route::get("/assessments/{id}/attachments/{attachment}", Who::SignedIn, attachments::file),
        Route::get("/assessments/{id}/attachments/{attachment}/remove", Who::SignedIn, remove::page),
        Route::post("/assessments/{id}/attachments/{attachment}/remove", Who::SignedIn, remove::remove),
        Route::get("/assessments/{id}/import-report", Who::SignedIn, report::page),
        Route::get("/assessments/{id}/recorded", Who::SignedIn, recorded::page),
        Route::post("/assessments/{id}/recorded", Who::SignedIn, recorded::save),
        Route::get("/dpias/{id}/{name}", Who::Anyone, public::file),
        Route::get("/assessments/import", starts, import::page),
        Route::get("/assessments/import/elsewhere", starts, elsewhere::page),
        Route::post("/assessments/import/elsewhere", starts, elsewhere::record).taking(FILE).saying(FILE_WORDS),
        Route::get("/assessments/import/cnil", starts, import::cnil),
        Route::post("/assessments/import/cnil", starts, import::take_cnil).taking(FILE).saying(CNIL_WORDS),
        Route::get("/assessments/import/citytools", starts, import::citytools),
        Route::post("/assessments/import/citytools", starts, import::take_citytools).taking(ARCHIVE).saying(ARCHIVE_WORDS),
    ]
}

/// The longest form with a file. It is twice what a file may have, so that one that is somewhat too large is told so at its field.
const FILE: usize = 2 * MAX + (1 << 20);
const FILE_WORDS: &str =
    "A file may have 20 MB. Save it smaller, for example with its pictures at a lower resolution, or in parts.";
const CNIL_WORDS: &str =
    "A JSON file of the CNIL’s PIA tool may have 32 MB. Export fewer assessments at once, or bring them in one by one.";
/// The longest form with an assessment of another City Tools: whatever one may hold, as its ZIP has it.
const ARCHIVE: usize = QUOTA + DOCUMENT + (1 << 20);
/// The longest JSON text of an assessment.
const DOCUMENT: usize = 32 << 20;
const ARCHIVE_WORDS: &str =
    "The ZIP of an assessment may have 232 MB: that is as much as one can hold. A larger file did not come from City Tools.";

/// Makes a file where blocking is allowed, when its turn comes. The turn is the thread's: a file that nobody waits for any more
/// counts until it is made.
pub(super) async fn make(made: impl FnOnce() -> anyhow::Result<Vec<u8>> + Send + 'static) -> Result<Vec<u8>, Failure> {
    let failed = |error: &dyn std::fmt::Display| {
        tracing::error!(%error, "a file of an assessment could not be made");
        Failure::of(Code::Internal)
    };
    let turn = PAPERS.take().await?;
    let working = tokio::task::spawn_blocking(move || {
        let made = made();
        drop(turn);
        made
    });
    working.await.map_err(|error| failed(&error))?.map_err(|error| failed(&format!("{error:#}")))
}

/// An assessment as far as the caller may see it, with its template.
struct Opened {
    whole: Whole,
    template: Arc<Template>,
    today: Date,
}

impl Opened {
    async fn new(app: &App, caller: &Caller, id: &str) -> Result<Self, Failure> {
        let id: AssessmentId = id.parse().map_err(|_| Failure::not_found())?;
        let (rules, today) = (app.rules(), app.clock.today());
        let whole = app.store.assessment(&caller.scope, today, rules.as_ref(), id).await?.ok_or_else(Failure::not_found)?;
        let template = rules.template_of(&whole.assessment, today).ok_or_else(Failure::not_found)?;
        Ok(Self { whole, template, today })
    }

    fn address(&self) -> String {
        format!("/assessments/{}", self.whole.assessment.id)
    }

    fn frame(&self, app: &App, title: &str) -> Frame {
        whole::titled(app, &self.whole, title)
    }
}

/// An organisation's name.
fn organisation(app: &App, id: OrganisationId) -> String {
    let snapshot = app.snapshot();
    let found = snapshot.organisation_by_id(id).and_then(|row| snapshot.organisation(row));
    found.map_or_else(|| "an organisation".to_owned(), |entry| entry.record.name.clone())
}

#[cfg(test)]
mod turns {
    use super::{PAPERS, make};
    use std::{
        sync::{
            Arc,
            atomic::{AtomicUsize, Ordering},
        },
        time::Duration,
    };

    #[tokio::test(flavor = "multi_thread")]
    async fn s48_files_of_assessments_are_made_two_at_a_time() {
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let files = (0..8u8).map(|number| {
            let (now, most) = (now.clone(), most.clone());
            make(move || {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                std::thread::sleep(Duration::from_millis(20));
                now.fetch_sub(1, Ordering::SeqCst);
                Ok(vec![number])
            })
        });
        let made = futures_util::future::join_all(files).await;
        let made: Vec<Vec<u8>> = made.into_iter().filter_map(Result::ok).collect();
        assert_eq!(made, (0..8).map(|number| vec![number]).collect::<Vec<_>>());
        assert!((1..=2).contains(&most.load(Ordering::SeqCst)), "{most:?}");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn s48_a_file_that_nobody_waits_for_any_more_keeps_its_turn_until_it_is_made() {
        let (begun, begins) = tokio::sync::oneshot::channel();
        let (end, ends) = std::sync::mpsc::channel::<()>();
        let asked = tokio::spawn(make(move || {
            let _ = begun.send(());
            let _ = ends.recv();
            Ok(Vec::new())
        }));
        begins.await.unwrap();
        let free = PAPERS.free();
        asked.abort();
        assert!(asked.await.unwrap_err().is_cancelled());
        assert_eq!(PAPERS.free(), free, "asking and going away again would let any number be made at once");
        end.send(()).unwrap();
        while PAPERS.free() == free {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}
