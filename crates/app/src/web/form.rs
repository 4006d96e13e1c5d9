//! What a person sent in a form, and what was wrong with it.
//!
//! A handler parses a [`Form`] with its own words into a draft and an [`Errors`]; the page comes back with what was typed, the
//! summary on top and each message at its field, in the same words (GOV.UK Design System, error summary and error message).

use super::{access::came_from, drafts, kept::Typed, repeat, session::Caller};
use crate::{
    error::{Code, Failure},
    state::App,
};
use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::header,
    response::{IntoResponse as _, Response},
};
use domain::text::visible;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The fields of a posted form, in order, repeated names and all. Line ends are `\n`, and what nobody sees is gone
/// ([`domain::text`]); nothing is trimmed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form(Vec<(String, String)>);

/// The most fields that are read: a table of many hundreds of rows has them, within what a form may weigh.
const MOST: usize = 10_000;

/// The month that somebody typed: its number, or its name, whole or short (GOV.UK Design System, date input).
#[must_use]
pub fn month(typed: &str) -> Option<i8> {
    const NAMES: &str = "january february march april may june july august september october november december";
    let typed = typed.trim().trim_end_matches('.').to_lowercase();
    if typed.len() >= 3
        && let Some(at) = NAMES.split(' ').position(|name| name.starts_with(&typed))
    {
        return i8::try_from(at + 1).ok();
    }
    typed.parse().ok()
}

/// A field's text as a form holds it.
#[must_use]
pub fn as_kept(typed: &str) -> String {
    visible(&typed.replace("\r\n", "\n").replace('\r', "\n")).into_owned()
}

impl Form {
    /// Reads an urlencoded body.
    ///
    /// # Errors
    /// When it has more fields than any form of ours.
    pub fn parse(body: &[u8]) -> Result<Self, Failure> {
        let fields: Vec<(String, String)> =
            form_urlencoded::parse(body).take(MOST + 1).map(|(name, value)| (name.into_owned(), as_kept(&value))).collect();
        if fields.len() > MOST { Err(Failure::of(Code::TooLarge)) } else { Ok(Self(fields)) }
    }

    /// A form of these fields, for tests and for forms that come as several parts.
    #[must_use]
    pub fn of(fields: Vec<(String, String)>) -> Self {
        Self(fields)
    }

    /// The first field of a name, as typed; empty where there is none.
    #[must_use]
    pub fn raw(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// The first field of a name without spaces around it; empty where there is none.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.raw(name).trim()
    }

    /// The first field of a name without spaces around it, where something was typed.
    #[must_use]
    pub fn some(&self, name: &str) -> Option<&str> {
        Some(self.text(name)).filter(|text| !text.is_empty())
    }

    /// The caller, acting for the organisation that the form was opened for ([`Caller::opened_for`]).
    ///
    /// # Errors
    /// Not found for an organisation at which the person has no place any more.
    pub fn acting(&self, caller: &Caller) -> Result<Caller, Failure> {
        caller.opened_for(self.some("organisation"))
    }

    /// Every field of a name that holds something.
    #[must_use]
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.0.iter().filter(|(known, value)| known == name && !value.trim().is_empty()).map(|(_, value)| value.trim()).collect()
    }

    /// Whether a field of this name was sent at all.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known == name)
    }

    /// Every field.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The fields of some names, urlencoded as they were sent; [`Form::parse`] reads them again.
    #[must_use]
    pub fn encoded(&self, names: impl Fn(&str) -> bool) -> String {
        let mut encoded = form_urlencoded::Serializer::new(String::new());
        encoded.extend_pairs(self.fields().filter(|(name, _)| names(name)));
        encoded.finish()
    }

    /// The command's id, which makes a repeated press harmless: its first half is that of the page's form, its second half is made
    /// of everything that was sent with it. The same words again are a repeat; other words from the same page are not, and are
    /// not taken for one. A form without an id is not from a page of ours.
    ///
    /// # Errors
    /// An invalid request.
    pub fn command(&self) -> Result<Uuid, Failure> {
        self.command_with([])
    }

    /// The command's id as [`Form::command`] makes it, of what was sent beside the form's fields too: files, each under its field.
    ///
    /// # Errors
    /// As [`Form::command`].
    pub fn command_with<'f>(&'f self, files: impl IntoIterator<Item = (&'f str, &'f [u8])>) -> Result<Uuid, Failure> {
        let form: Uuid =
            self.text("command").parse().map_err(|_| Failure::form("The form is incomplete: open its page again."))?;
        let mut sent = Sha256::new();
        let fields = self.fields().filter(|(name, _)| *name != "command").map(|(name, value)| (name, value.as_bytes()));
        for (name, content) in fields.chain(files) {
            for part in [name.as_bytes(), content] {
                // Lengths first, so that no two forms are the same row of letters.
                sent.update((part.len() as u64).to_be_bytes());
                sent.update(part);
            }
        }
        let digest = sent.finalize();
        let mut bytes = form.into_bytes();
        bytes[8..].copy_from_slice(&digest[..8]);
        Ok(Uuid::from_bytes(bytes))
    }

    /// The version that the writer started from.
    ///
    /// # Errors
    /// An invalid request.
    pub fn version(&self) -> Result<i64, Failure> {
        self.text("version").parse().map_err(|_| Failure::form("The form is incomplete: open its page again."))
    }

    /// The day in the three boxes of a name (`NAME-day`, `NAME-month`, `NAME-year`): none where all are empty.
    ///
    /// # Errors
    /// The message for the field, where they make no day between 1970 and 2199.
    pub fn day(&self, name: &str, what: &str) -> Result<Option<jiff::civil::Date>, String> {
        let part = |part: &str| self.text(&format!("{name}-{part}")).to_owned();
        let (day, month, year) = (part("day"), part("month"), part("year"));
        if day.is_empty() && month.is_empty() && year.is_empty() {
            return Ok(None);
        }
        let whole = || -> Option<jiff::civil::Date> {
            let (day, month, year) = (day.parse::<i8>().ok()?, self::month(&month)?, year.parse::<i16>().ok()?);
            (1970..=2199).contains(&year).then(|| jiff::civil::Date::new(year, month, day).ok()).flatten()
        };
        whole().map(Some).ok_or_else(|| {
            for (missing, word) in [(day.is_empty(), "a day"), (month.is_empty(), "a month"), (year.is_empty(), "a year")] {
                if missing {
                    return format!("{what} must include {word}");
                }
            }
            if year.parse::<u8>().is_ok_and(|year| year < 100) {
                return format!("{what} must include a year of 4 numbers, like 2027");
            }
            format!("{what} must be a real date, like 27 3 2027")
        })
    }

    /// What was typed, by name, for the page that comes back: the first of each name.
    #[must_use]
    pub fn typed(&self) -> BTreeMap<String, String> {
        let mut typed = BTreeMap::new();
        for (name, value) in &self.0 {
            typed.entry(name.clone()).or_insert_with(|| value.clone());
        }
        typed
    }
}

impl FromRequest<App> for Form {
    /// A refusal, or the first result of a form that was sent before.
    type Rejection = Response;

    async fn from_request(request: Request, state: &App) -> Result<Self, Response> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if !kind.starts_with("application/x-www-form-urlencoded") {
            return Err(Failure::form("The form was not sent as a form.").into_response());
        }
        let typed = request.extensions().get::<Typed>().cloned();
        let (caller, path) = (request.extensions().get::<Caller>().cloned(), request.uri().path().to_owned());
        let from = came_from(request.headers());
        let body = Bytes::from_request(request, state).await.map_err(|_| Failure::of(Code::TooLarge).into_response())?;
        let form = Self::parse(&body).map_err(Failure::into_response)?;
        // Before anything else hears of it: what it says is not for whoever has signed in since.
        if let Some(caller) = &caller
            && let Some(refused) =
                drafts::sent_by_another(state, caller, &form, from.as_deref()).map_err(Failure::into_response)?
        {
            return Err(refused);
        }
        if let Some(typed) = typed {
            typed.say(&form);
        }
        if let Some(caller) = caller {
            let first = repeat::of_form(state, &caller, &path, &form).await;
            if let Some(first) = first.map_err(|error| Failure::from(error).into_response())? {
                return Err(first);
            }
            drafts::beside(state, &caller, &path, &form).await;
        }
        Ok(form)
    }
}

/// What was wrong with a form, in the order of its fields.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Errors {
    /// For the macro `govukErrorSummary`: `errorList`.
    pub summary: Vec<SummaryLine>,
    /// The message at each field.
    pub at: BTreeMap<String, String>,
}

/// A line of the error summary.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SummaryLine {
    /// The message.
    pub text: String,
    /// The field it leads to.
    pub href: String,
}

impl Errors {
    /// Adds a message at a field, whose id is its name; the first message at a field stands.
    pub fn add(&mut self, field: &str, message: impl Into<String>) {
        self.add_at(field, field, message);
    }

    /// Adds a message at a field whose first control has another id, as groups of radios and dates have.
    pub fn add_at(&mut self, field: &str, id: &str, message: impl Into<String>) {
        if self.at.contains_key(field) {
            return;
        }
        let text = message.into();
        self.summary.push(SummaryLine { text: text.clone(), href: format!("#{id}") });
        self.at.insert(field.to_owned(), text);
    }

    /// Whether nothing was wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.summary.is_empty()
    }
}

/// A new command id, for the hidden field of a form.
#[must_use]
pub fn new_command() -> Uuid {
    Uuid::new_v4()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_keeps_repeated_names_and_what_was_typed() {
        let form = Form::parse(b"role=siro&role=dpo&text=+a%0D%0Ab+&empty=").unwrap();
        assert_eq!(form.all("role"), ["siro", "dpo"]);
        assert_eq!(form.raw("text"), " a\nb ");
        assert_eq!((form.text("text"), form.some("empty"), form.has("empty"), form.has("none")), ("a\nb", None, true, false));
    }

    #[test]
    fn what_is_encoded_reads_the_same_again() {
        let form = Form::parse("command=1&text=%C3%A9+%26%0Aand+more&risk=a&risk=b".as_bytes()).unwrap();
        let again = Form::parse(form.encoded(|name| name != "command").as_bytes()).unwrap();
        assert_eq!((again.raw("text"), again.all("risk"), again.has("command")), ("é &\nand more", vec!["a", "b"], false));
    }

    #[test]
    fn what_nobody_sees_is_not_typed() {
        let form = Form::parse("title=Repairs+\u{202E}moc.live\u{200B}".as_bytes()).unwrap();
        assert_eq!(form.raw("title"), "Repairs moc.live");
        assert_eq!(as_kept("a\r\nb\0\u{2028}c"), "a\nb\nc");
    }

    #[test]
    fn a_day_comes_in_three_boxes() {
        let day = |text: &str| Form::parse(text.as_bytes()).unwrap().day("end", "The end");
        assert_eq!(day(""), Ok(None));
        assert_eq!(day("end-day=29&end-month=2&end-year=2028"), Ok(Some(jiff::civil::date(2028, 2, 29))));
        assert_eq!(day("end-day=29&end-month=2&end-year=2027"), Err("The end must be a real date, like 27 3 2027".to_owned()));
        assert_eq!(day("end-day=29&end-year=2027"), Err("The end must include a month".to_owned()));
        for name in ["9", "09", "Sep", "sept", "Sept.", "+september+"] {
            let typed = format!("end-day=1&end-month={name}&end-year=2027");
            assert_eq!(day(&typed), Ok(Some(jiff::civil::date(2027, 9, 1))), "{name}");
        }
        for name in ["ju", "13", "Brumaire", "0"] {
            let typed = format!("end-day=1&end-month={name}&end-year=2027");
            assert_eq!(day(&typed), Err("The end must be a real date, like 27 3 2027".to_owned()), "{name}");
        }
        let short = "The end must include a year of 4 numbers, like 2027".to_owned();
        assert_eq!(day("end-day=1&end-month=9&end-year=27"), Err(short));
    }

    #[test]
    fn a_table_of_many_rows_fits_into_a_form() {
        let rows = |count: usize| "answer-row=1&answer-1-data=a&".repeat(count);
        assert_eq!(Form::parse(rows(4000).as_bytes()).unwrap().fields().count(), 8000);
        assert!(Form::parse(rows(6000).as_bytes()).is_err());
    }

    #[test]
    fn a_form_without_its_command_is_refused() {
        assert!(Form::parse(b"a=1").unwrap().command().is_err());
        assert!(Form::parse(format!("command={}", new_command()).as_bytes()).unwrap().command().is_ok());
    }

    #[test]
    fn the_same_form_with_other_words_is_another_command() {
        let form = new_command();
        let command = |rest: &str| Form::parse(format!("command={form}&{rest}").as_bytes()).unwrap().command().unwrap();
        assert_eq!(command("version=1&answer=a"), command("version=1&answer=a"));
        for other in ["version=1&answer=b", "version=2&answer=a", "version=1&answe=ra", "version=1&answer=a&stay=1"] {
            assert_ne!(command("version=1&answer=a"), command(other), "{other}");
        }
        assert_eq!(command("answer=b").as_u128() >> 64, form.as_u128() >> 64, "it is still known which form it was");
        // What comes back with an error, and is sent again, is still the same form.
        let again = Form::parse(format!("command={}&answer=b", command("answer=a")).as_bytes()).unwrap().command().unwrap();
        assert_eq!(again, command("answer=b"));
    }

    #[test]
    fn s48_a_form_of_too_many_fields_is_refused() {
        assert!(Form::parse("a=1&".repeat(MOST + 1).as_bytes()).is_err());
    }

    #[test]
    fn summary_and_field_say_the_same() {
        let mut errors = Errors::default();
        errors.add("end", "Enter an end date");
        errors.add("end", "another");
        errors.add_at("role", "role-1", "Choose a role");
        assert_eq!(errors.summary.len(), 2);
        assert_eq!(errors.at["end"], errors.summary[0].text);
        assert_eq!(errors.summary[1].href, "#role-1");
    }
}
