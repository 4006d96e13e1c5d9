//! Contracts as lists show them. States and dates only: the words stand in `templates/register/parts.html`.

use domain::register::decide::Decide;
use domain::register::{
    money::{Basis, Vat},
    records::SupplierState,
    snapshot::{ContractRow, ContractView, OrganisationEntry, Snapshot},
    terms::{Outlook, Status, TermState},
};
use jiff::civil::Date;
use serde::Serialize;

/// A thing with a name and its own page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Named {
    /// Its name.
    pub name: String,
    /// Its page.
    pub href: String,
}

impl Named {
    /// A thing of this name under `/list/key`.
    #[must_use]
    pub fn new(name: impl Into<String>, list: &str, key: impl std::fmt::Display) -> Self {
        Self { name: name.into(), href: format!("/{list}/{key}") }
    }

    /// An organisation.
    #[must_use]
    pub fn organisation(entry: &OrganisationEntry) -> Self {
        Self::new(&*entry.record.name, "organisations", &entry.record.slug)
    }
}

/// When a contract can end last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
#[allow(clippy::enum_variant_names)] // 'Past its end' is the field's own term.
pub enum End {
    /// Past its agreed end; `open_until` is how far its options would reach, had they been used.
    PastEnd {
        /// The agreed end.
        ended: Option<Date>,
        /// The last end that its options would give, where that is still ahead.
        open_until: Option<Date>,
    },
    /// Over.
    Ended {
        /// When.
        ended: Option<Date>,
    },
    /// It has a last possible end.
    Dated {
        /// The last possible end.
        date: Date,
        /// The end as agreed so far, where an option would move it.
        now: Option<Date>,
        /// Months of the options not yet used.
        months: i32,
        /// The last end that can still be reached, where the day to take up an option has passed.
        open: Option<Date>,
    },
    /// Renews each year unless notice is given.
    Renews {
        /// The day from which it next renews.
        next: Option<Date>,
    },
    /// Runs until notice is given.
    Rolling,
    /// Nobody has said.
    NotKnown,
}

impl End {
    /// What a term means for its end on a day.
    #[must_use]
    pub fn of(outlook: &Outlook, agreed: Option<Date>, as_at: Date) -> Self {
        let last = outlook.last_possible_end;
        match (outlook.status, outlook.term) {
            (Status::Ended, _) => End::Ended { ended: agreed.or(last) },
            (_, TermState::PastEnd) => {
                End::PastEnd { ended: agreed, open_until: last.filter(|last| *last >= as_at && agreed != Some(*last)) }
            }
            (_, TermState::RenewsYearly) => End::Renews { next: outlook.exits.first().map(|exit| exit.date) },
            (_, TermState::Rolling) => End::Rolling,
            (_, TermState::Fixed | TermState::NotKnown) => last.map_or(End::NotKnown, |date| {
                let now = agreed.filter(|now| *now != date);
                let open = outlook.open_end.filter(|open| *open != date);
                End::Dated { date, now, months: now.map_or(0, |now| months_between(now, date)), open }
            }),
        }
    }
}

/// Whole months from one day to another, a month's end counting as reached.
fn months_between(from: Date, to: Date) -> i32 {
    let months = (i32::from(to.year()) - i32::from(from.year())) * 12 + i32::from(to.month()) - i32::from(from.month());
    if to.day() < from.day() && to.day() < to.days_in_month() { months - 1 } else { months }
}

/// What a contract is worth.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Worth {
    /// `known`, `withheld` or `not-known`.
    pub state: &'static str,
    /// The sum in pence.
    pub pence: i64,
    /// The sum as data carries it.
    pub amount: String,
    /// ISO 4217.
    pub currency: String,
    /// `whole-life`, `annual`, `estimated`.
    pub basis: &'static str,
    /// `included`, `excluded`, `not-known`.
    pub vat: &'static str,
    /// Why it is withheld, in the source's words.
    pub reason: String,
}

impl Worth {
    /// A known sum.
    #[must_use]
    pub fn sum(pence: i64, currency: &str, basis: Basis, vat: Vat) -> Self {
        Self {
            state: "known",
            pence,
            amount: domain::register::money::amount(pence),
            currency: currency.to_owned(),
            basis: match basis {
                Basis::WholeLife => "whole-life",
                Basis::Annual => "annual",
                Basis::Estimated => "estimated",
            },
            vat: match vat {
                Vat::Included => "included",
                Vat::Excluded => "excluded",
                Vat::NotKnown => "not-known",
            },
            reason: String::new(),
        }
    }

    /// A value as records hold it.
    #[must_use]
    pub fn of(value: &domain::register::money::Value) -> Self {
        use domain::register::money::Value;
        match value {
            Value::Known(money) => Self::sum(money.pence, &money.currency, money.basis, money.vat),
            Value::Withheld { reason } => Self { state: "withheld", reason: reason.clone(), ..Self::default() },
            Value::NotKnown => Self { state: "not-known", ..Self::default() },
        }
    }
}

/// A contract as a row of a list.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    /// Its page.
    pub href: String,
    /// Its title.
    pub title: String,
    /// The organisation's reference.
    pub reference: Option<String>,
    /// Whose it is, the keeper of the record first.
    pub organisations: Vec<Named>,
    /// Who supplies.
    pub suppliers: Vec<Named>,
    /// `known`, `not-known`, `withheld`.
    pub supplier_state: &'static str,
    /// The products it covers.
    pub products: Vec<Named>,
    /// The functions it serves.
    pub functions: Vec<Named>,
    /// When it can end last.
    pub end: End,
    /// What has to be decided next.
    pub decide: Decide,
    /// What it is worth.
    pub worth: Worth,
}

/// Whether the suppliers are known, as templates ask for it.
#[must_use]
pub fn supplier_state(state: SupplierState) -> &'static str {
    match state {
        SupplierState::Known => "known",
        SupplierState::NotKnown => "not-known",
        SupplierState::Withheld => "withheld",
    }
}

/// A contract of the snapshot as a row of a list.
#[must_use]
pub fn line(contract: &ContractView<'_>, as_at: Date) -> Line {
    let outlook = contract.outlook();
    let worth = match (contract.value(), contract.value_withheld()) {
        (Some(money), _) => Worth::sum(money.pence, money.currency, money.basis, money.vat),
        (None, Some(reason)) => Worth { state: "withheld", reason: reason.to_owned(), ..Worth::default() },
        (None, None) => Worth { state: "not-known", ..Worth::default() },
    };
    Line {
        href: format!("/contracts/{}", contract.id()),
        title: contract.title().to_owned(),
        reference: contract.reference().map(str::to_owned),
        organisations: contract.organisations().map(Named::organisation).collect(),
        suppliers: contract.suppliers().map(|entry| Named::new(&*entry.record.name, "suppliers", entry.record.id)).collect(),
        supplier_state: supplier_state(contract.supplier_state()),
        products: contract.products().map(|entry| Named::new(&*entry.record.name, "products", entry.record.id)).collect(),
        functions: contract.functions().map(|entry| Named::new(&*entry.record.name, "functions", &entry.record.slug)).collect(),
        end: End::of(&outlook, contract.end(), as_at),
        decide: Decide::of(&outlook, as_at),
        worth,
    }
}

/// Contracts of the snapshot as rows of a list.
pub fn lines<'r>(snapshot: &Snapshot, rows: impl IntoIterator<Item = &'r ContractRow>) -> Vec<Line> {
    let as_at = snapshot.as_at();
    rows.into_iter().map(|row| line(&snapshot.contract(*row), as_at)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::register::terms::{Extension, Period, Term, TermKind, outlook};
    use jiff::civil::date;

    fn seen(term: &Term) -> (End, Decide) {
        let as_at = date(2026, 11, 23);
        let outlook = outlook(term, Period::months(12), as_at);
        (End::of(&outlook, term.current_end(), as_at), Decide::of(&outlook, as_at))
    }

    fn fixed(end: Date) -> Term {
        Term { kind: TermKind::Fixed, end: Some(end), ..Term::default() }
    }

    #[test]
    fn a_contract_past_its_end_says_so_and_asks_for_a_decision_now() {
        let (end, decide) = seen(&Term { in_use: Some(true), ..fixed(date(2024, 12, 30)) });
        assert_eq!(end, End::PastEnd { ended: Some(date(2024, 12, 30)), open_until: None });
        assert_eq!(decide.state, "now");
    }

    #[test]
    fn options_left_move_the_last_possible_end_and_are_counted_in_months() {
        let option = Extension { months: 24, notice: Some(Period::months(3)), ..Extension::default() };
        let (end, decide) = seen(&Term { extensions: vec![option], ..fixed(date(2027, 3, 31)) });
        assert_eq!(end, End::Dated { date: date(2029, 3, 31), now: Some(date(2027, 3, 31)), months: 24, open: None });
        let next = decide.next.unwrap();
        assert_eq!((decide.state, next.kind, next.date, next.days), ("dated", "extend-by", date(2026, 12, 31), Some(38)));
    }

    #[test]
    fn a_day_missed_is_said_and_never_shown_as_ahead() {
        let (_, decide) = seen(&fixed(date(2027, 3, 31)));
        assert_eq!((decide.state, decide.next), ("none-left", None));
        assert_eq!(decide.missed.map(|missed| missed.date), Some(date(2026, 3, 31)));
    }

    #[test]
    fn a_term_shorter_than_it_takes_to_buy_is_said_to_be_so_and_not_missed() {
        let (_, decide) = seen(&Term { start: Some(date(2026, 10, 1)), ..fixed(date(2026, 12, 31)) });
        assert_eq!((decide.state, decide.next, decide.missed), ("too-short", None, None));
    }

    #[test]
    fn what_another_contract_took_the_place_of_asks_for_no_decision_but_for_notice() {
        let as_at = date(2026, 11, 23);
        let state = |term: &Term| {
            let decide = Decide::of(&outlook(term, Period::months(12), as_at).succeeded_if(true), as_at);
            (decide.state, decide.next.map(|next| next.kind), decide.missed.map(|missed| missed.kind))
        };
        for term in [
            fixed(date(2029, 3, 31)),
            fixed(date(2027, 3, 31)),
            Term { start: Some(date(2026, 10, 1)), ..fixed(date(2026, 12, 31)) },
            Term { in_use: Some(true), ..fixed(date(2024, 12, 30)) },
            Term::default(),
        ] {
            assert_eq!(state(&term), ("replaced", None, None), "{term:?}");
        }
        assert_eq!(state(&Term { kind: TermKind::Rolling, ..Term::default() }).0, "any-time");
        assert_eq!(state(&Term { in_use: Some(false), ..fixed(date(2024, 12, 30)) }).0, "over");
        let renews = Term { kind: TermKind::RenewsYearly, notice: Some(Period::months(1)), ..fixed(date(2027, 3, 31)) };
        assert_eq!(state(&renews), ("dated", Some("give-notice-by"), None));
    }

    #[test]
    fn what_is_not_known_is_not_guessed() {
        let (end, decide) = seen(&Term::default());
        assert_eq!((end, decide.state), (End::NotKnown, "not-known"));
    }

    #[test]
    fn months_between_days_count_a_clamped_month_as_whole() {
        assert_eq!(months_between(date(2027, 1, 31), date(2027, 2, 28)), 1);
        assert_eq!(months_between(date(2027, 3, 31), date(2029, 3, 31)), 24);
        assert_eq!(months_between(date(2027, 3, 15), date(2027, 4, 14)), 0);
    }
}
