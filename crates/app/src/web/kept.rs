//! What was typed and could not be saved: it stands on the page that says why, so that nobody types it twice.
//!
//! A handler that cannot save answers with [`page`], which says why in its own words. Where it only fails, the page of the failure
//! shows what was typed: [`Typed`] travels with the request, and [`listen`] hears it for [`crate::error::present`].

use super::{form::Form, page as pages, session};
use crate::{
    error::{Failure, conflict},
    state::App,
};
use axum::{
    extract::Request,
    response::{IntoResponse as _, Response},
};
use serde::Serialize;
use server::pages::Says;
use std::sync::{Arc, OnceLock};
use uuid::Uuid;

/// Something that was typed or chosen, and what it was for as the form's field is named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Text {
    /// The field's name in words.
    pub name: String,
    /// What stood in it.
    pub text: String,
}

/// Fields that a form carries for itself, and the names of buttons: nobody typed them.
const SILENT: [&str; 15] = [
    "command", "version", "next", "stay", "act", "do", "use", "which", "resolve", "reopen", "invited", "was", "again", "draft",
    "confirm",
];

/// Pages whose forms hold keys and codes, which are not shown again.
const SECRET: [&str; 5] = ["/sign-in", "/sign-out", "/account", "/invitation", "/set-up"];

/// What was typed into a form, in the order of its fields.
#[must_use]
pub fn texts(form: &Form) -> Vec<Text> {
    form.fields()
        .filter(|(name, value)| !SILENT.contains(name) && !value.trim().is_empty() && value.parse::<Uuid>().is_err())
        .map(|(name, value)| Text { name: words(name), text: value.to_owned() })
        .collect()
}

/// A field's name in words: without the ids of rows in it.
fn words(name: &str) -> String {
    let mut rest = name.to_owned();
    let ids = (0..name.len()).filter_map(|at| name.get(at..at + 36)).filter(|part| part.parse::<Uuid>().is_ok());
    for id in ids {
        rest = rest.replace(id, "");
    }
    rest.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

#[derive(Serialize)]
struct View<'v> {
    why: &'v str,
    texts: Vec<Text>,
    leads: &'v str,
    to: &'v str,
    /// Whether it is kept among what its writer typed and did not send.
    kept: bool,
}

/// The page that says why a form was not saved, shows what was typed into it, and leads on.
///
/// # Errors
/// When the page cannot be rendered.
pub fn page(app: &App, form: &Form, why: &str, leads: &str, to: &str) -> Result<Response, Failure> {
    unsaved(app, form, why, (leads, to), false)
}

/// The same, of what can be sent nowhere any more; `kept` says whether it is among what its writer typed and did not send.
///
/// # Errors
/// When the page cannot be rendered.
pub fn unsaved(app: &App, form: &Form, why: &str, (leads, to): (&str, &str), kept: bool) -> Result<Response, Failure> {
    let mut frame = pages::frame(app, "What you typed is not saved", None);
    frame.error = true;
    let view = View { why, texts: texts(form), leads, to, kept };
    Ok(conflict(pages::render(app, "site/kept.html", &frame, view)?.into_response()))
}

/// The page of a form that is not there any more, with what somebody typed into it before: why, what they typed, and where it leads on.
///
/// # Errors
/// When the page cannot be rendered.
pub fn gone(app: &App, frame: &govuk::Frame, form: &Form, why: &str, leads: &str, to: &str) -> Result<Response, Failure> {
    let view = View { why, texts: texts(form), leads, to, kept: false };
    Ok(pages::render(app, "site/kept.html", frame, view)?.into_response())
}

/// The page for a form that was sent before, with other words, where sending it again would make the same thing twice.
///
/// # Errors
/// When the page cannot be rendered.
pub fn sent_before(app: &App, form: &Form, made: &str) -> Result<Response, Failure> {
    let why = "You sent this form before, and what stood in it then is saved: the reply may not have reached you. What you have \
               written since is not saved, so that nothing stands there twice. Copy it from here, open what is saved, and change it there.";
    page(app, form, why, "Open what is saved", made)
}

/// The form that a request carries, once its handler has read it; or what was typed on the page that is asked for, before.
#[derive(Clone, Debug, Default)]
pub struct Typed(Arc<OnceLock<Form>>, Arc<OnceLock<Vec<Text>>>);

impl Typed {
    /// Says what was sent.
    pub fn say(&self, form: &Form) {
        let _ = self.0.set(form.clone());
    }

    /// The form that was sent, where its handler has read it.
    #[must_use]
    pub fn form(&self) -> Option<&Form> {
        self.0.get()
    }

    /// Says what whoever asks had typed on a page that is not there for them now.
    pub fn before(&self, texts: Vec<Text>) {
        let _ = self.1.set(texts);
    }

    /// What somebody who is signed in typed into the form of a page of ours, or had typed on it before; nothing of what is secret.
    #[must_use]
    pub fn texts(&self, path: &str) -> Vec<Text> {
        let ours = self.0.get().filter(|form| form.has("command"));
        match ours {
            Some(form)
                if session::current().is_some_and(|caller| caller.member().is_some())
                    && !SECRET.iter().any(|begins| path.starts_with(begins)) =>
            {
                texts(form)
            }
            _ => self.1.get().cloned().unwrap_or_default(),
        }
    }
}

/// Hears what is typed, for the page that says what went wrong.
pub fn listen(request: &mut Request) -> Says {
    let typed = Typed::default();
    request.extensions_mut().insert(typed.clone());
    Box::new(move |app, failure, path| super::site::problem::render(app, failure, typed.texts(path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_named_in_words_and_what_the_form_carries_for_itself_is_not() {
        let row = Uuid::now_v7();
        let sent = format!(
            "command={row}&version=3&title=Fraud&before-likelihood=likely&answer-row={row}&answer-{row}-what=Names&note="
        );
        let texts = texts(&Form::parse(sent.as_bytes()).unwrap());
        let said: Vec<(&str, &str)> = texts.iter().map(|one| (one.name.as_str(), one.text.as_str())).collect();
        assert_eq!(said, [("title", "Fraud"), ("before likelihood", "likely"), ("answer what", "Names")]);
    }
}
