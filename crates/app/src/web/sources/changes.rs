//! What was changed of a source, by whom and when, for those who keep it.

use crate::{
    error::Failure,
    state::App,
    web::{
        register::{
            facts::Imports,
            history::{self, Beside, Event},
        },
        session::Caller,
    },
};
use domain::work::sources::Source;
use serde::Serialize;
use serde_json::Value as Json;

/// Changes that are shown, the latest first.
const MOST: usize = 20;

/// One change of a source.
#[derive(Serialize)]
pub(super) struct Changed {
    event: Event,
    facts: Vec<Fact>,
}

/// A fact that changed; the words for its codes stand in `sources/words.html`.
#[derive(Serialize)]
struct Fact {
    field: String,
    before: String,
    after: String,
}

/// The latest changes of a source.
pub(super) async fn of(app: &App, caller: &Caller, source: &Source) -> Result<Vec<Changed>, Failure> {
    let changes = app.store.history_of(&caller.scope, source).await?;
    let changes = changes.get(..MOST).unwrap_or(&changes);
    let people = history::People::of(app, &caller.scope, changes).await?;
    let (snapshot, imports, beside) = (app.snapshot(), Imports::new(), Beside::default());
    let all = changes.iter().filter_map(|change| {
        let event = history::event(change, &imports, &snapshot, &people, &beside)?;
        let fields = change.content.as_ref().and_then(Json::as_object).into_iter().flatten();
        let facts = fields.filter_map(|(field, pair)| match pair.as_array().map(Vec::as_slice) {
            Some([before, after]) if event.action == "update" => {
                Some(Fact { field: field.clone(), before: said(before), after: said(after) })
            }
            _ => None,
        });
        Some(Changed { facts: facts.collect(), event })
    });
    Ok(all.collect())
}

/// A fact's value: a text, or what columns say, as the form has it.
fn said(value: &Json) -> String {
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    match value {
        Json::Array(pairs) => {
            let pair = |pair: &Json| Some(format!("{} = {}", text(pair.get(0)?), text(pair.get(1)?)));
            pairs.iter().filter_map(pair).collect::<Vec<_>>().join("; ")
        }
        value => text(value),
    }
}
