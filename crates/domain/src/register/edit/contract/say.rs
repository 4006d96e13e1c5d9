//! A contract as answers, group by group.

use super::*;
use crate::register::edit::{
    Answers,
    answers::{name_of, say_day, say_period},
};
use crate::register::money::{Money, Value};

/// Writes a group of a contract as answers.
#[must_use]
pub fn say(group: Group, contract: &Contract, named: &Named<'_>) -> Answers {
    let mut answers = Answers::default();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    match group {
        Group::About => {
            answers.set("title", contract.title.clone());
            answers.set("reference", text(&contract.reference));
            answers.set("description", text(&contract.description));
        }
        Group::Suppliers => {
            let state = if contract.suppliers.is_empty() { contract.supplier_state } else { SupplierState::Known };
            answers.set("supplier-state", name_of(SUPPLIER_STATES, &state));
            let names: Vec<String> = contract.suppliers.iter().filter_map(|id| (named.supplier)(*id)).collect();
            answers.set("suppliers", names.join("\n"));
        }
        Group::Covers => {
            let products: Vec<String> = contract.products.iter().filter_map(|id| (named.product)(*id)).collect();
            answers.set("products", products.join("\n"));
            answers.set_all("functions", contract.functions.iter().filter_map(|id| (named.function)(*id)).collect());
            answers.set("new-functions", "");
            answers.set_all("systems", contract.systems.iter().map(ToString::to_string).collect());
            answers.set_all("joint", contract.joint.iter().filter_map(|id| (named.organisation)(*id)).collect());
        }
        Group::Dates => say_dates(contract, &mut answers),
        Group::Options => say_options(contract, &mut answers),
        Group::Value => say_value(&contract.value, &mut answers),
        Group::Buying => {
            answers.set("route", text(&contract.route));
            answers.set("framework", text(&contract.framework));
            answers.set("lot", text(&contract.lot));
            answers.set("cpv", contract.cpv.join(", "));
            answers.set("url", text(&contract.origin.url));
        }
        Group::Care => {
            answers.set("owning-service", text(&contract.owning_service));
            answers.set("manager", contract.manager.map(|id| id.to_string()).unwrap_or_default());
            answers.set("note", text(&contract.note));
            answers.set("published", if contract.published { "yes" } else { "no" });
        }
    }
    answers
}

fn say_dates(contract: &Contract, answers: &mut Answers) {
    let term = &contract.term;
    answers.set("kind", name_of(KINDS, &term.kind));
    say_day(answers, "start", term.start);
    say_day(answers, "end", term.end);
    say_period(answers, "notice", term.notice);
    say_day(answers, "review", term.review);
    answers.set("in-use", term.in_use.map_or("", |yes| if yes { "yes" } else { "no" }));
}

fn say_options(contract: &Contract, answers: &mut Answers) {
    for (place, option) in (1..).zip(&contract.term.extensions) {
        let field = format!("option-{place}");
        answers.set(format!("{field}-months"), option.months.to_string());
        answers.set(format!("{field}-kind"), name_of(EXTENSION_KINDS, &option.kind));
        answers.set(format!("{field}-by"), name_of(EXTENSION_BY, &option.by));
        say_period(answers, &format!("{field}-notice"), option.notice);
        answers.set(format!("{field}-used"), if option.used { "yes" } else { "no" });
    }
    for (place, right) in (1..).zip(&contract.term.breaks) {
        let field = format!("break-{place}");
        say_day(answers, &field, Some(right.on));
        answers.set(format!("{field}-after"), if right.or_any_time_after { "yes" } else { "no" });
        say_period(answers, &format!("{field}-notice"), right.notice);
    }
}

fn say_value(value: &Value, answers: &mut Answers) {
    let (state, money, reason) = match value {
        Value::Known(money) => ("known", Some(money), ""),
        Value::Withheld { reason } => ("withheld", None, reason.as_str()),
        Value::NotKnown => ("not-known", None, ""),
    };
    answers.set("value-state", state);
    answers.set("amount", money.map(Money::amount).unwrap_or_default());
    answers.set("basis", money.map_or("", |money| name_of(BASES, &money.basis)));
    answers.set("vat", money.map_or("", |money| name_of(VATS, &money.vat)));
    answers.set("withheld", reason);
}
