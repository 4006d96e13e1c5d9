//! A row of a contract register as a draft, or why it is rejected. Who supplies is read in `suppliers`.

mod suppliers;

use super::cells::{
    self, Stated,
    dates::DateCell,
    in_words,
    money::{self, MoneyCell},
    shown,
};
use super::draft::{ContractDraft, OrganisationDraft, Rejection, Warning};
use super::mapping::{Field, Mapping};
use super::rows::{Orders, RowCells};
use crate::register::money::{Basis, Money, Value};
use crate::register::names::{self, fold, placeholder};
use crate::register::terms::{Break, Extension, Period, TermKind, add_months};
use jiff::civil::Date;

/// Reads a row of a contract register. The organisation is checked when names are resolved, since it may be given for the
/// whole file.
///
/// # Errors
/// Where the row has neither reference nor title, names no supplier (nor says 'not known' or 'withheld'), or holds a day that
/// the column's mixed order leaves open.
pub fn read(
    row: u64,
    cells: &[&str],
    mapping: &Mapping,
    orders: &Orders,
    warnings: &mut Vec<Warning>,
) -> Result<ContractDraft, Rejection> {
    let mut cells = RowCells::new(row, cells, mapping, orders, warnings);
    let draft = contract(&mut cells)?;
    if draft.reference.is_none() && draft.title.is_none() {
        return Err(Rejection::new(row, "reference", "the row has neither a reference nor a title"));
    }
    if draft.suppliers.is_empty() && cells.get(Field::Supplier).is_empty() {
        let reason = "the row names no supplier; write its name, ‘not known’ or ‘withheld’";
        return Err(Rejection::new(row, "supplier", reason));
    }
    Ok(draft)
}

/// The fields of a contract in a row, whatever else the row holds.
///
/// # Errors
/// Where a day cannot be read because the column's order is mixed.
pub(super) fn contract(cells: &mut RowCells<'_>) -> Result<ContractDraft, Rejection> {
    let mut draft = ContractDraft { organisation: organisation(cells), ..ContractDraft::default() };
    draft.reference = cells.text(Field::Reference).value().cloned();
    draft.title = cells.text(Field::Title).value().cloned();
    draft.description = cells.text(Field::Description);
    (draft.suppliers, draft.supplier_state) = suppliers::read(cells);
    draft.products = list(cells.get(Field::Product));
    draft.functions = list(cells.get(Field::Function));
    draft.category = cells.text(Field::ServiceCategory).value().cloned();
    draft.owning_service = cells.text(Field::OwningService);
    term(cells, &mut draft)?;
    draft.value = value(cells);
    draft.framework = cells.text(Field::Framework);
    draft.lot = cells.text(Field::Lot);
    draft.route = cells
        .text(Field::Route)
        .value()
        .and_then(|text| route(text))
        .map_or(Stated::Silent, |route| Stated::Is(route.to_owned()));
    let cpv = cells::cpv(cells.get(Field::Cpv));
    cpv.notes.into_iter().for_each(|note| cells.warn(Field::Cpv, note));
    draft.cpv = if cpv.codes.is_empty() { Stated::Silent } else { Stated::Is(cpv.codes) };
    draft.ocid = cells.text(Field::Ocid).value().cloned();
    draft.url = url(cells.get(Field::Url));
    if draft.url.is_none() && !cells.get(Field::Url).is_empty() && !placeholder::is_not_known(cells.get(Field::Url)) {
        cells.warn(Field::Url, "the address is left out: it does not begin with http:// or https://");
    }
    Ok(draft)
}

/// Whose a row is: by the name, else by the end of the address (`http://opendatacommunities.org/id/london-borough-council/camden`).
pub(super) fn organisation(cells: &RowCells<'_>) -> OrganisationDraft {
    let uri = cells.get(Field::OrganisationUri).trim_end_matches('/');
    let end = uri.rsplit(['/', '#']).next().unwrap_or_default();
    let name = names::tidy(cells.get(Field::Organisation));
    if name.is_empty() {
        return OrganisationDraft { name: names::tidy(end).into_owned(), ..OrganisationDraft::default() };
    }
    let address = Some(end).filter(|end| !end.is_empty()).map(str::to_owned);
    OrganisationDraft { name: name.into_owned(), address, ..OrganisationDraft::default() }
}

fn term(cells: &mut RowCells<'_>, draft: &mut ContractDraft) -> Result<(), Rejection> {
    draft.start = cells.day(Field::Start)?;
    match cells.date(Field::End)? {
        DateCell::Day(day) => (draft.end, draft.kind) = (Stated::Is(day), Stated::Is(TermKind::Fixed)),
        DateCell::Rolling => (draft.end, draft.kind) = (Stated::NotKnown, Stated::Is(TermKind::Rolling)),
        DateCell::RenewsYearly => (draft.end, draft.kind) = (Stated::NotKnown, Stated::Is(TermKind::RenewsYearly)),
        DateCell::NotKnown => draft.end = Stated::NotKnown,
        DateCell::Empty | DateCell::Ambiguous | DateCell::Unreadable(_) => {}
    }
    let kind = cells.read(Field::Term, term_kind, "a kind of term");
    if kind.value().is_some() {
        draft.kind = kind;
    }
    draft.review = cells.day(Field::Review)?;
    draft.notice = match cells.lengths(Field::Notice) {
        Stated::Is(parts) if parts.len() > 1 => {
            cells.warn(Field::Notice, "more than one notice period is given; it is left as not known");
            Stated::Silent
        }
        Stated::Is(parts) => Stated::Is(parts.first().copied().unwrap_or_default()),
        Stated::NotKnown => Stated::NotKnown,
        Stated::Silent => Stated::Silent,
    };
    let cell = cells.get(Field::Break);
    draft.breaks = if cell.is_empty() {
        Stated::Silent
    } else if cells::boolean(cell) == Some(false) {
        Stated::Is(Vec::new())
    } else {
        match cells.day(Field::Break)? {
            Stated::Is(on) => Stated::Is(vec![Break { on, or_any_time_after: false, notice: draft.notice.value().copied() }]),
            Stated::NotKnown => Stated::NotKnown,
            Stated::Silent => Stated::Silent,
        }
    };
    draft.extensions = extensions(cells, draft.end.value().copied())?;
    // A row states one notice, and it is that of whatever needs one.
    if let Stated::Is(options) = &mut draft.extensions {
        options.iter_mut().for_each(|option| option.notice = draft.notice.value().copied());
    }
    draft.in_use = cells.read(Field::InUse, cells::in_use, "yes, no or a status that is known");
    if let (Some(start), Some(end)) = (draft.start.value(), draft.end.value())
        && end < start
    {
        cells.warn(
            Field::End,
            format!("the end ({}) is before the start ({}); both are kept as they stand", in_words(*end), in_words(*start)),
        );
    }
    Ok(())
}

/// Options to extend: a column of lengths, which may hold a last day instead; else a column of last possible ends.
fn extensions(cells: &mut RowCells<'_>, end: Option<Date>) -> Result<Stated<Vec<Extension>>, Rejection> {
    let cell = cells.get(Field::Extension);
    let no_length = matches!(cells::lengths::read(cell), cells::lengths::LengthCell::Unreadable(_));
    if no_length && let Some(last) = cells.probe_day(Field::Extension)? {
        return Ok(until(cells, Field::Extension, end, last));
    }
    let stated = cells.lengths(Field::Extension);
    if stated.is_stated() {
        let option = |period: &Period| {
            if period.days > 0 { None } else { Some(Extension { months: period.months, ..Extension::default() }) }
        };
        return Ok(match stated {
            Stated::Is(parts) => match parts.iter().map(option).collect::<Option<Vec<_>>>() {
                Some(extensions) => Stated::Is(extensions),
                None => {
                    cells.warn(Field::Extension, format!("‘{}’ is left as not known: it is not in whole months", shown(cell)));
                    Stated::Silent
                }
            },
            Stated::NotKnown => Stated::NotKnown,
            Stated::Silent => Stated::Silent,
        });
    }
    match cells.date(Field::LastPossibleEnd)? {
        DateCell::Day(last) => Ok(until(cells, Field::LastPossibleEnd, end, last)),
        DateCell::NotKnown => Ok(Stated::NotKnown),
        _ => Ok(Stated::Silent),
    }
}

/// An option that reaches from the end to a last day, in whole months.
fn until(cells: &mut RowCells<'_>, field: Field, end: Option<Date>, last: Date) -> Stated<Vec<Extension>> {
    let Some(end) = end else {
        cells.warn(
            field,
            format!("a last possible end ({}) is given but no end; the option is left as not known", in_words(last)),
        );
        return Stated::Silent;
    };
    if last <= end {
        return Stated::Is(Vec::new());
    }
    let (months, exact) = whole_months(end, last);
    if !exact {
        cells.warn(field, not_whole_months(end, last, months));
    }
    if months == 0 { Stated::Silent } else { Stated::Is(vec![Extension { months, ..Extension::default() }]) }
}

/// What is said of an option that does not end as many months later to the day.
pub(super) fn not_whole_months(end: Date, last: Date, months: u16) -> String {
    let (end, last) = (in_words(end), in_words(last));
    format!("from {end} to {last} is not in whole months; the option is taken as {months} months")
}

/// Whole months from one day to a later one, and whether they reach it to the day.
#[must_use]
pub(super) fn whole_months(from: Date, to: Date) -> (u16, bool) {
    let guess = (i32::from(to.year()) - i32::from(from.year())) * 12 + i32::from(to.month()) - i32::from(from.month());
    let mut months = u32::try_from(guess).unwrap_or(0);
    while months > 0 && add_months(from, months) > to {
        months -= 1;
    }
    // 28 February to 31 March is a month: month ends answer to month ends.
    let ends = |date: Date| date == date.last_of_month();
    if ends(from) && ends(to) {
        return (u16::try_from(guess).unwrap_or(u16::MAX), true);
    }
    (u16::try_from(months).unwrap_or(u16::MAX), add_months(from, months) == to)
}

fn term_kind(text: &str) -> Option<TermKind> {
    let folded = fold(text);
    let has = |words: &[&str]| words.iter().any(|word| folded.contains(word));
    if has(&["annual", "yearly", "auto"]) {
        Some(TermKind::RenewsYearly)
    } else if has(&["rolling", "ongoing", "until notice", "continu", "open ended", "perpetual"]) {
        Some(TermKind::Rolling)
    } else if has(&["fixed", "one off"]) {
        Some(TermKind::Fixed)
    } else {
        None
    }
}

/// How it was bought, as the lead times name it; none where the words say neither.
#[must_use]
pub(super) fn route(text: &str) -> Option<&'static str> {
    let folded = fold(text);
    let has = |words: &[&str]| words.iter().any(|word| folded.contains(word));
    if has(&[
        "call off",
        "calloff",
        "framework",
        "mini competition",
        "further competition",
        "dynamic purchasing",
        "g cloud",
        "dps",
    ]) {
        Some("call-off")
    } else if has(&["direct award", "single tender", "waiver", "without prior publication", "without competition", "exemption"])
        || folded == "direct"
    {
        Some("direct-award")
    } else if has(&["open", "restricted", "competit", "tender", "quot", "negotiated", "itt", "itq", "rfq", "selective"]) {
        Some("competition")
    } else {
        None
    }
}

/// The sum of a row: whole-life before annual before estimated; a sum that says of itself what it is, is that.
fn value(cells: &mut RowCells<'_>) -> Stated<Value> {
    let mut best = Stated::Silent;
    let mut taken = None;
    for (field, basis) in
        [(Field::Value, Basis::WholeLife), (Field::AnnualValue, Basis::Annual), (Field::EstimatedValue, Basis::Estimated)]
    {
        let read = one_value(cells, field, basis);
        if let (Some(taken), Stated::Is(Value::Known(sum))) = (taken, &read) {
            let message = format!("{} is left out: a contract holds one sum, and ‘{taken}’ was taken", sum.amount());
            cells.warn(field, message);
        }
        let better = match (&best, &read) {
            (Stated::Silent, _) => true,
            (Stated::NotKnown, other) => other.value().is_some(),
            (Stated::Is(Value::Known(_)), _) => false,
            (Stated::Is(_), Stated::Is(Value::Known(_))) => true,
            (Stated::Is(_), _) => false,
        };
        if better {
            best = read;
            taken = matches!(best, Stated::Is(Value::Known(_))).then_some(field.as_str());
        }
    }
    best
}

fn one_value(cells: &mut RowCells<'_>, field: Field, basis: Basis) -> Stated<Value> {
    let cell = cells.get(field);
    match money::read(cell) {
        MoneyCell::Empty => Stated::Silent,
        MoneyCell::NotKnown => Stated::NotKnown,
        MoneyCell::Withheld(reason) => Stated::Is(Value::Withheld { reason }),
        MoneyCell::Unreadable(why) => {
            cells.warn(field, format!("‘{}’ is left as not known: {why}", shown(cell)));
            Stated::Silent
        }
        MoneyCell::Sum(sum) if sum.pence < 0 => {
            cells.warn(field, format!("‘{}’ is left as not known: a contract’s value is not negative", shown(cell)));
            Stated::Silent
        }
        MoneyCell::Sum(sum) => {
            if sum.words_left {
                let amount = crate::register::money::amount(sum.pence);
                cells.warn(field, format!("‘{}’ holds words beside the sum; it is read as {amount}", shown(cell)));
            }
            if sum.rounded {
                let amount = crate::register::money::amount(sum.pence);
                cells.warn(field, format!("‘{}’ has more than two decimals; it is read as {amount}", shown(cell)));
            }
            let currency = match (sum.currency, cells.get(Field::Currency)) {
                (Some(code), _) => code.to_owned(),
                (None, code) if code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
                    code.to_ascii_uppercase()
                }
                (None, "" | "£") => "GBP".to_owned(),
                (None, other) => {
                    let message = format!("‘{}’ is not a currency’s code; the sum is left as not known", shown(other));
                    cells.warn(Field::Currency, message);
                    return Stated::Silent;
                }
            };
            Stated::Is(Value::Known(Money { pence: sum.pence, currency, basis: sum.basis.unwrap_or(basis), vat: sum.vat }))
        }
    }
}

/// Names of a cell, apart by semicolons or line ends.
pub(super) fn list(cell: &str) -> Vec<String> {
    let parts = cell.split([';', '\n']).map(names::tidy);
    parts.filter(|part| !placeholder::is_not_known(part)).map(std::borrow::Cow::into_owned).collect()
}

/// An address that pages may link to: http or https alone.
#[must_use]
pub(super) fn url(text: &str) -> Option<String> {
    let text = text.trim();
    let start = text.get(..8).unwrap_or(text).to_ascii_lowercase();
    let good = start.starts_with("https://") || start.starts_with("http://");
    (good
        && text.len() <= 2_000
        && !text.contains(|c: char| c.is_whitespace() || c.is_control())
        && !text.contains(['<', '>', '"']))
    .then(|| text.to_owned())
}
