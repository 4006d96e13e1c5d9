//! A term's parts and a record's origin as pages show them. States and dates only: the words stand in
//! `templates/register/term.html` and `templates/register/history.html`.

use super::views::Named;
use domain::{
    people::{Act, Scope, may},
    register::{
        ids::ImportId,
        records::{Import, Origin},
        terms::{
            Break, DecisionKind, ExitKind, Extension, ExtensionBy, ExtensionKind, Outlook, Period, Term, TermKind, add_months,
        },
    },
};
use jiff::civil::Date;
use serde::Serialize;
use std::collections::HashMap;

/// How a contract runs, as it was agreed.
#[must_use]
pub fn term_kind(kind: TermKind) -> &'static str {
    match kind {
        TermKind::Fixed => "fixed",
        TermKind::RenewsYearly => "renews-yearly",
        TermKind::Rolling => "rolling",
        TermKind::NotKnown => "not-known",
    }
}

/// An option to extend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OptionFact {
    months: u16,
    /// All of the months or none.
    whole: bool,
    /// Both sides must agree.
    by_agreement: bool,
    notice: Option<Period>,
    used: bool,
    /// Not used, and the day to take it up has passed.
    lapsed: bool,
}

impl From<&Extension> for OptionFact {
    fn from(extension: &Extension) -> Self {
        Self {
            months: extension.months,
            whole: extension.kind == ExtensionKind::Whole,
            by_agreement: extension.by == ExtensionBy::Agreement,
            notice: extension.notice,
            used: extension.used,
            lapsed: false,
        }
    }
}

/// A right to stop before the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BreakFact {
    on: Date,
    any_time_after: bool,
    notice: Option<Period>,
}

impl From<&Break> for BreakFact {
    fn from(right: &Break) -> Self {
        Self { on: right.on, any_time_after: right.or_any_time_after, notice: right.notice }
    }
}

/// A term as agreed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TermFacts {
    kind: &'static str,
    start: Option<Date>,
    end: Option<Date>,
    terminated: Option<Date>,
    pub(super) options: Vec<OptionFact>,
    pub(super) breaks: Vec<BreakFact>,
    notice: Option<Period>,
    review: Option<Date>,
    in_use: Option<bool>,
}

impl From<&Term> for TermFacts {
    fn from(term: &Term) -> Self {
        Self {
            kind: term_kind(term.kind),
            start: term.start,
            end: term.end,
            terminated: term.terminated,
            options: term.extensions.iter().map(OptionFact::from).collect(),
            breaks: term.breaks.iter().map(BreakFact::from).collect(),
            notice: term.notice,
            review: term.review,
            in_use: term.in_use,
        }
    }
}

impl TermFacts {
    /// A term with what its outlook says of its options: those that can no longer be taken up.
    #[must_use]
    pub fn of(term: &Term, outlook: &Outlook) -> Self {
        let mut facts = Self::from(term);
        let open = outlook.open_end.filter(|_| term.terminated.is_none());
        if let (Some(end), Some(open)) = (term.current_end(), open) {
            let mut months = 0;
            for option in facts.options.iter_mut().filter(|option| !option.used && !option.by_agreement) {
                months += u32::from(option.months);
                option.lapsed = add_months(end, months) > open;
            }
        }
        facts
    }
}

/// A day in a contract's life, for the table beside its picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DayRow {
    /// The day.
    pub date: Date,
    /// `start`, `review`, an exit's kind or a decision's kind.
    pub what: &'static str,
    /// For a decision, the exit it is for.
    pub exit: Option<Date>,
    /// A decision whose day is past.
    pub missed: bool,
    /// A decision that may be due earlier, or an exit that may lie later, since the notice is not known.
    pub notice_not_known: bool,
    /// An exit that can no longer be reached in time.
    pub late: bool,
    /// An exit behind an option whose day to be taken up has passed.
    pub lost: bool,
    /// Days left, where they are few.
    pub days: Option<i32>,
}

/// Every day that matters, in order.
#[must_use]
pub fn days(outlook: &Outlook, term: &Term, as_at: Date) -> Vec<DayRow> {
    let plain = |date: Date, what: &'static str| DayRow {
        date,
        what,
        exit: None,
        missed: false,
        notice_not_known: false,
        late: false,
        lost: false,
        days: None,
    };
    let mut rows = Vec::new();
    rows.extend(term.start.map(|date| plain(date, "start")));
    rows.extend(term.review.map(|date| plain(date, "review")));
    rows.extend(term.current_end().filter(|end| *end < as_at).map(|date| plain(date, "ended")));
    rows.extend(outlook.exits.iter().map(|exit| DayRow {
        late: !exit.reachable,
        lost: exit.lost,
        notice_not_known: exit.at_earliest,
        ..plain(exit.date, exit_kind(exit.kind))
    }));
    rows.extend(outlook.decisions.iter().map(|decision| {
        let act = domain::register::decide::Act::of(decision, as_at);
        DayRow {
            exit: Some(decision.exit),
            missed: decision.missed,
            notice_not_known: decision.at_latest,
            days: act.days.filter(|_| !decision.missed),
            ..plain(decision.date, decision_kind(decision.kind))
        }
    }));
    rows.sort_by_key(|row| row.date);
    rows
}

fn decision_kind(kind: DecisionKind) -> &'static str {
    kind.as_str()
}

fn exit_kind(kind: ExitKind) -> &'static str {
    match kind {
        ExitKind::End => "end",
        ExitKind::OptionEnd => "option-end",
        ExitKind::Break => "break",
        ExitKind::Renewal => "renewal",
        ExitKind::Notice => "notice",
        ExitKind::Now => "now",
    }
}

/// An import as pages name it: by what and when, never by whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ImportFact {
    /// `contracts`, `systems`, `ocds`, `illustrative`.
    pub kind: String,
    /// Its files, for whoever may import for the organisation whose they are: a name of a file may say more than is public.
    pub files: Vec<String>,
    /// When, milliseconds of UTC.
    pub at: i64,
    /// Whether it was taken back.
    pub undone: bool,
}

impl From<&Import> for ImportFact {
    fn from(import: &Import) -> Self {
        Self { kind: import.kind.clone(), files: Vec::new(), at: import.at, undone: import.undone_at.is_some() }
    }
}

impl ImportFact {
    /// As a scope may see it.
    #[must_use]
    pub fn seen_by(scope: &Scope, import: &Import) -> Self {
        let files = if sees_files(scope, import) { import.files.clone() } else { Vec::new() };
        Self { files, ..Self::from(import) }
    }
}

/// Whether a scope sees what an import's files are called and what stood in rows that were rejected: who may import for that
/// organisation; of an import for no one organisation, the hub.
#[must_use]
pub fn sees_files(scope: &Scope, import: &Import) -> bool {
    let act = import.organisation.map_or(Act::Curate, Act::Import);
    may(scope, &act)
}

/// Imports by id.
pub type Imports = HashMap<ImportId, ImportFact>;

/// A field that came from elsewhere than its record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldOrigin {
    /// The field in words.
    pub field: String,
    /// The import it came from; none for the people who run the register.
    pub import: Option<ImportFact>,
    /// Who set it, where no import did: `person`, `notice`, `operator`.
    pub by: &'static str,
}

/// Where a record came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OriginFacts {
    source: String,
    import: Option<ImportFact>,
    row: Option<i64>,
    fields: Vec<FieldOrigin>,
    notice: Option<Named>,
    ocid: Option<String>,
}

/// Ids of the imports that an origin names.
pub fn imports_of(origin: &Origin) -> impl Iterator<Item = ImportId> + '_ {
    origin.import.into_iter().chain(origin.fields.values().filter_map(|from| from.parse().ok()))
}

impl OriginFacts {
    /// An origin with the imports it names.
    #[must_use]
    pub fn of(origin: &Origin, imports: &Imports) -> Self {
        Self {
            source: origin.source.clone(),
            import: origin.import.and_then(|id| imports.get(&id).cloned()),
            row: origin.row,
            fields: origin
                .fields
                .iter()
                .map(|(field, from)| FieldOrigin {
                    field: super::history::field_words(field).to_owned(),
                    import: from.parse().ok().and_then(|id: ImportId| imports.get(&id).cloned()),
                    by: match from.split_once(':') {
                        Some(("notice", _)) => "notice",
                        _ if from == domain::register::edit::merge::PERSON => "person",
                        _ => "operator",
                    },
                })
                .collect(),
            // Whatever a file said: only an address that a browser opens as a page becomes a link.
            notice: origin
                .url
                .as_deref()
                .filter(|url| url.starts_with("https://") || url.starts_with("http://"))
                .map(|url| Named { name: host(url).to_owned(), href: url.to_owned() }),
            ocid: origin.ocid.clone(),
        }
    }
}

/// The host of an address, to say where a link leads.
fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    host.rsplit('@').next().unwrap_or(host).trim_start_matches("www.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn only_web_addresses_become_links_and_say_where_they_lead() {
        let origin = |url: &str| Origin { url: Some(url.to_owned()), ..Origin::default() };
        let notice = |url: &str| OriginFacts::of(&origin(url), &Imports::new()).notice;
        assert_eq!(notice("javascript:alert(1)"), None);
        assert_eq!(
            notice("https://www.contractsfinder.service.gov.uk/Notice/1?x").unwrap().name,
            "contractsfinder.service.gov.uk"
        );
        assert_eq!(notice("https://trusted.example@other.example/").unwrap().name, "other.example");
    }

    #[test]
    fn the_days_of_a_contract_stand_in_order() {
        let as_at = date(2026, 11, 23);
        let term = Term {
            kind: TermKind::Fixed,
            start: Some(date(2024, 4, 1)),
            end: Some(date(2027, 3, 31)),
            review: Some(date(2027, 1, 1)),
            extensions: vec![Extension { months: 12, ..Extension::default() }],
            ..Term::default()
        };
        let rows = days(&domain::register::terms::outlook(&term, Period::months(6), as_at), &term, as_at);
        let what: Vec<_> = rows.iter().map(|row| row.what).collect();
        assert_eq!(what, ["start", "review", "end", "extend-by", "start-buying-by", "option-end"]);
        assert!(rows.is_sorted_by_key(|row| row.date) && rows.iter().all(|row| !row.lost));
        // Once the day to extend has passed, what lies behind it is lost, which is another thing than late.
        let term =
            Term { extensions: vec![Extension { months: 12, notice: Some(Period::months(6)), ..Extension::default() }], ..term };
        let rows = days(&domain::register::terms::outlook(&term, Period::months(3), as_at), &term, as_at);
        let lost: Vec<_> = rows.iter().filter(|row| row.lost).map(|row| (row.what, row.late)).collect();
        assert_eq!(lost, [("option-end", true)]);
    }
}
