//! Answers into a contract, group by group: what is refused leaves its field as it was.

use super::*;
use crate::{
    people::PersonId,
    register::{
        edit::{
            Answers, Refusal, Refused,
            answers::{choice, day, number, pence, period, text},
        },
        import::{cells, draft::SupplierDraft, resolve::Index},
        money::{Money, Value},
        terms::{Break, Extension},
    },
};
use uuid::Uuid;

/// Reads a group's answers into a contract. Fields whose answer is refused stay as they were. New names of suppliers,
/// products and functions become records that the hub is asked to place: `index` holds them, with their flags.
pub fn read(
    group: Group,
    answers: &Answers,
    contract: &mut Contract,
    named: &Named<'_>,
    index: &mut Index<'_>,
    source: &str,
) -> Vec<Refused> {
    let mut into = Into { refused: Vec::new() };
    match group {
        Group::About => {
            if let Some(title) = into.take(text(answers, "title", 300)) {
                match title {
                    Some(title) => contract.title = title,
                    None => into.refuse("title", Refusal::Missing),
                }
            }
            into.put(text(answers, "reference", 200), &mut contract.reference);
            into.put(text(answers, "description", 10_000), &mut contract.description);
        }
        Group::Suppliers => read_suppliers(answers, contract, named, index, source, &mut into),
        Group::Covers => read_covers(answers, contract, named, index, &mut into),
        Group::Dates => read_dates(answers, contract, &mut into),
        Group::Options => {
            read_options(answers, contract, &mut into);
            read_breaks(answers, contract, &mut into);
        }
        Group::Value => read_value(answers, contract, &mut into),
        Group::Buying => read_buying(answers, contract, &mut into),
        Group::Care => {
            into.put(text(answers, "owning-service", 200), &mut contract.owning_service);
            into.put(text(answers, "note", 5_000), &mut contract.note);
            match (answers.text("manager"), answers.text("manager").parse::<PersonId>()) {
                ("", _) => contract.manager = None,
                (_, Ok(person)) => contract.manager = Some(person),
                (_, Err(_)) => into.refuse("manager", Refusal::NotAMember),
            }
            into.put(choice(answers, "published", &[("yes", true), ("no", false)]), &mut contract.published);
        }
    }
    into.refused
}

/// Takes what could be read, gathers what could not.
struct Into {
    refused: Vec<Refused>,
}

impl Into {
    fn take<T>(&mut self, read: Result<T, Refused>) -> Option<T> {
        read.map_err(|refused| self.refused.push(refused)).ok()
    }

    fn put<T>(&mut self, read: Result<T, Refused>, place: &mut T) {
        if let Some(value) = self.take(read) {
            *place = value;
        }
    }

    fn refuse(&mut self, field: &str, why: Refusal) {
        self.refused.push(Refused::new(field, why));
    }
}

fn read_suppliers(
    answers: &Answers,
    contract: &mut Contract,
    named: &Named<'_>,
    index: &mut Index<'_>,
    source: &str,
    into: &mut Into,
) {
    let Some(state) = into.take(choice(answers, "supplier-state", SUPPLIER_STATES)) else { return };
    let lines = answers.lines("suppliers");
    if lines.len() > MOST_NAMES {
        return into.refuse("suppliers", Refusal::TooMany { most: MOST_NAMES });
    }
    if lines.iter().any(|line| line.chars().count() > 300) {
        return into.refuse("suppliers", Refusal::TooLong { most: 300 });
    }
    match (state, lines.is_empty()) {
        (SupplierState::Known, true) => return into.refuse("suppliers", Refusal::NoSupplier),
        (SupplierState::NotKnown | SupplierState::Withheld, false) => {
            return into.refuse("suppliers", Refusal::SupplierAndState);
        }
        _ => {}
    }
    let mut suppliers = Vec::with_capacity(lines.len());
    for line in lines {
        // A name that stands there already means the record it stands for, whoever else bears it.
        let known = contract.suppliers.iter().copied().find(|id| (named.supplier)(*id).as_deref() == Some(line.as_str()));
        let id = known
            .or_else(|| index.known_supplier(&line))
            .unwrap_or_else(|| index.supplier(&SupplierDraft { name: line, ..SupplierDraft::default() }, source));
        if !suppliers.contains(&id) {
            suppliers.push(id);
        }
    }
    contract.suppliers = suppliers;
    contract.supplier_state = state;
}

fn read_covers(answers: &Answers, contract: &mut Contract, named: &Named<'_>, index: &mut Index<'_>, into: &mut Into) {
    into.put(functions(answers, index), &mut contract.functions);
    let lines = answers.lines("products");
    if lines.len() > MOST_NAMES {
        into.refuse("products", Refusal::TooMany { most: MOST_NAMES });
    } else if lines.iter().any(|line| line.chars().count() > 300) {
        into.refuse("products", Refusal::TooLong { most: 300 });
    } else {
        let mut products = Vec::with_capacity(lines.len());
        for line in lines {
            let known = contract.products.iter().copied().find(|id| (named.product)(*id).as_deref() == Some(line.as_str()));
            products.push(known.unwrap_or_else(|| index.product(&line, None, &contract.functions)));
        }
        contract.products = each_once(products);
    }
    let systems: Result<Vec<Uuid>, _> = answers.all("systems").map(str::parse).collect();
    match systems {
        Ok(ids) => contract.systems = each_once(ids.into_iter().map(std::convert::Into::into).collect()),
        Err(_) => into.refuse("systems", Refusal::NoSuchRecord),
    }
    let joint: Option<Vec<OrganisationId>> = answers.all("joint").map(|slug| index.organisation(slug)).collect();
    match joint {
        Some(ids) => contract.joint = each_once(ids.into_iter().filter(|id| *id != contract.organisation).collect()),
        None => into.refuse("joint", Refusal::NoSuchRecord),
    }
}

/// The functions ticked, then those named beside them; each once, however often it is named. New ones are made.
pub(in crate::register::edit) fn functions(answers: &Answers, index: &mut Index<'_>) -> Result<Vec<FunctionId>, Refused> {
    let ticked: Option<Vec<FunctionId>> = answers.all("functions").map(|slug| index.known_function(slug)).collect();
    let mut functions = ticked.ok_or_else(|| Refused::new("functions", Refusal::NoSuchRecord))?;
    let new = answers.lines("new-functions");
    if new.len() > MOST_NAMES {
        return Err(Refused::new("new-functions", Refusal::TooMany { most: MOST_NAMES }));
    }
    if new.iter().any(|name| name.chars().count() > 200) {
        return Err(Refused::new("new-functions", Refusal::TooLong { most: 200 }));
    }
    functions.extend(new.iter().map(|name| index.function(name, None)));
    Ok(each_once(functions))
}

fn each_once<T: PartialEq>(all: Vec<T>) -> Vec<T> {
    let mut once = Vec::with_capacity(all.len());
    for one in all {
        if !once.contains(&one) {
            once.push(one);
        }
    }
    once
}

fn read_dates(answers: &Answers, contract: &mut Contract, into: &mut Into) {
    let term = &mut contract.term;
    into.put(choice(answers, "kind", KINDS), &mut term.kind);
    into.put(day(answers, "start", START_YEARS), &mut term.start);
    into.put(day(answers, "end", YEARS), &mut term.end);
    into.put(period(answers, "notice"), &mut term.notice);
    into.put(day(answers, "review", YEARS), &mut term.review);
    match answers.text("in-use") {
        "" => term.in_use = None,
        _ => into.put(choice(answers, "in-use", &[("yes", Some(true)), ("no", Some(false))]), &mut term.in_use),
    }
}

/// The places of rows `STEM-1-…`, `STEM-2-…` that were sent, in order.
pub(in crate::register::edit) fn rows(answers: &Answers, stem: &str, most: usize) -> Vec<usize> {
    let mut places: Vec<usize> = answers
        .0
        .keys()
        .filter_map(|key| key.strip_prefix(stem)?.strip_prefix('-')?.split('-').next()?.parse().ok())
        .filter(|place| (1..=most + SPARE_ROWS).contains(place))
        .collect();
    places.sort_unstable();
    places.dedup();
    places
}

fn read_options(answers: &Answers, contract: &mut Contract, into: &mut Into) {
    let mut options = Vec::new();
    let before = into.refused.len();
    for place in rows(answers, "option", MOST_ROWS) {
        let field = format!("option-{place}");
        let in_row = |name: &str| format!("{field}-{name}");
        // A row that says nothing was left empty. One that says anything is an option, and what its end depends on is asked for.
        if !answers.says_row(&field) {
            continue;
        }
        let months = into.take(number(answers, &in_row("months"), 1, 240));
        if months == Some(None) {
            into.refuse(&in_row("months"), Refusal::Missing);
        }
        let kind = into.take(choice(answers, &in_row("kind"), EXTENSION_KINDS));
        let by = into.take(choice(answers, &in_row("by"), EXTENSION_BY));
        let notice = into.take(period(answers, &in_row("notice")));
        let used = into.take(choice(answers, &in_row("used"), YES_NO));
        if let (Some(Some(months)), Some(kind), Some(by), Some(notice), Some(used)) = (months, kind, by, notice, used) {
            options.push(Extension { months: u16::try_from(months).unwrap_or(u16::MAX), kind, by, notice, used });
        }
    }
    if options.len() > MOST_ROWS {
        into.refuse("option-1-months", Refusal::TooMany { most: MOST_ROWS });
    }
    if into.refused.len() == before {
        contract.term.extensions = options;
    }
}

fn read_breaks(answers: &Answers, contract: &mut Contract, into: &mut Into) {
    let mut breaks = Vec::new();
    let before = into.refused.len();
    for place in rows(answers, "break", MOST_ROWS) {
        let field = format!("break-{place}");
        if !answers.says_row(&field) {
            continue;
        }
        let on = into.take(day(answers, &field, YEARS));
        if on == Some(None) {
            into.refuse(&field, Refusal::Missing);
        }
        let after = into.take(choice(answers, &format!("{field}-after"), YES_NO));
        let notice = into.take(period(answers, &format!("{field}-notice")));
        if let (Some(Some(on)), Some(or_any_time_after), Some(notice)) = (on, after, notice) {
            breaks.push(Break { on, or_any_time_after, notice });
        }
    }
    if into.refused.len() == before {
        contract.term.breaks = breaks;
    }
}

fn read_value(answers: &Answers, contract: &mut Contract, into: &mut Into) {
    let state = answers.text("value-state");
    // What was typed beside an answer that has no place for it is not thrown away in silence.
    if matches!(state, "withheld" | "not-known") && !answers.text("amount").is_empty() {
        into.refuse("amount", Refusal::SumAndState);
    }
    if matches!(state, "known" | "not-known") && !answers.text("withheld").is_empty() {
        into.refuse("withheld", Refusal::ReasonAndState);
    }
    match state {
        "known" => {
            let pence = into.take(pence(answers, "amount"));
            if pence == Some(None) {
                into.refuse("amount", Refusal::Missing);
            }
            let basis = into.take(choice(answers, "basis", BASES));
            let vat = match answers.text("vat") {
                "" => Some(Vat::NotKnown),
                _ => into.take(choice(answers, "vat", VATS)),
            };
            if let (Some(Some(pence)), Some(basis), Some(vat)) = (pence, basis, vat) {
                // The form asks in pounds; a sum in another currency keeps it while its amount stays.
                let currency = match &contract.value {
                    Value::Known(money) if money.pence == pence => money.currency.clone(),
                    _ => "GBP".to_owned(),
                };
                contract.value = Value::Known(Money { pence, currency, basis, vat });
            }
        }
        "withheld" => {
            if let Some(reason) = into.take(text(answers, "withheld", 500)) {
                contract.value = Value::Withheld { reason: reason.unwrap_or_default() };
            }
        }
        "not-known" => contract.value = Value::NotKnown,
        "" => into.refuse("value-state", Refusal::Missing),
        _ => into.refuse("value-state", Refusal::NotAChoice),
    }
}

fn read_buying(answers: &Answers, contract: &mut Contract, into: &mut Into) {
    let route = answers.text("route");
    // A route that an import brought and no list names stays while it is not changed.
    if route.is_empty() {
        contract.route = None;
    } else if ROUTES.contains(&route) {
        contract.route = Some(route.to_owned());
    } else if contract.route.as_deref() != Some(route) {
        into.refuse("route", Refusal::NotAChoice);
    }
    into.put(text(answers, "framework", 300), &mut contract.framework);
    into.put(text(answers, "lot", 200), &mut contract.lot);
    let cpv = cells::cpv(answers.text("cpv"));
    let unread = answers
        .text("cpv")
        .split([';', ',', '|', '\n'])
        .map(str::trim)
        .find(|part| !part.is_empty() && cells::cpv(part).codes.is_empty());
    match unread {
        Some(part) => into.refuse("cpv", Refusal::NotCpv { text: cells::shown(part).into_owned() }),
        None => contract.cpv = cpv.codes,
    }
    if let Some(url) = into.take(text(answers, "url", 2_000)) {
        match url {
            Some(url) if !is_web_address(&url) => into.refuse("url", Refusal::NotAnAddress),
            url => contract.origin.url = url,
        }
    }
}
