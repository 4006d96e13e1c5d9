//! One contract between its record and its chunk: coded, owned, ready to be put into columns.

use super::{column::NONE, table::Strings, world::World};
use crate::register::{
    completeness::Gaps,
    money::{Basis, Value, Vat},
    records::{Contract, SupplierState},
    terms::Term,
};
use jiff::civil::Date;
use std::sync::Arc;
use uuid::Uuid;

/// A contract's value without its sum, as many contracts share it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum ValueKind {
    Known { currency: Arc<str>, basis: Basis, vat: Vat },
    Withheld(Arc<str>),
    NotKnown,
}

/// A contract, coded.
#[derive(Clone, Debug)]
pub(crate) struct RowData {
    pub(crate) id: Uuid,
    pub(crate) title: Box<str>,
    pub(crate) reference: Option<Box<str>>,
    /// The words under which it is found, beside the names of what it is coded against.
    pub(crate) text: String,
    pub(crate) organisations: Vec<u32>,
    pub(crate) suppliers: Vec<u32>,
    pub(crate) products: Vec<u32>,
    pub(crate) functions: Vec<u32>,
    pub(crate) systems: Vec<u32>,
    pub(crate) cpv: Vec<u32>,
    /// First two digits of the CPV codes, as numbers.
    pub(crate) divisions: Vec<u32>,
    pub(crate) framework: Option<u32>,
    pub(crate) source: u32,
    /// The route as lead times name it.
    pub(crate) route: Option<Arc<str>>,
    pub(crate) supplier_state: SupplierState,
    pub(crate) term: Term,
    /// Whether another contract took its place.
    pub(crate) succeeded: bool,
    pub(crate) pence: i64,
    pub(crate) value: ValueKind,
    /// Of what the public sees.
    pub(crate) updated_at: i64,
    pub(crate) confirmed: Option<Date>,
    /// What is missing, the day and the suppliers' numbers left out of account.
    pub(crate) gaps: u16,
}

/// A division's number from a CPV code.
pub(crate) fn division(code: &str) -> Option<u32> {
    code.get(..2).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_digit()))?.parse().ok()
}

fn codes(found: impl Iterator<Item = Option<u32>>) -> Vec<u32> {
    let mut codes = Vec::new();
    for code in found.flatten().filter(|code| *code != NONE) {
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    codes
}

fn shared(strings: &mut Strings, text: &str) -> Arc<str> {
    let code = strings.put(text);
    strings.texts[code as usize].clone()
}

impl RowData {
    /// The contract, coded against `world`; entities that are not in it are left out.
    pub(crate) fn new(contract: &Contract, world: &mut World, as_at: Date) -> Self {
        let keeper = std::iter::once(contract.organisation).chain(contract.joint.iter().copied());
        let organisations = codes(keeper.map(|id| world.organisations.code(id.0)));
        let suppliers = codes(contract.suppliers.iter().map(|id| world.suppliers.code(id.0)));
        let (pence, value) = match &contract.value {
            Value::Known(money) => {
                let currency = shared(&mut world.currencies, &money.currency);
                (money.pence, ValueKind::Known { currency, basis: money.basis, vat: money.vat })
            }
            Value::Withheld { reason } => (i64::MIN, ValueKind::Withheld(reason.as_str().into())),
            Value::NotKnown => (i64::MIN, ValueKind::NotKnown),
        };
        let mut text = String::with_capacity(contract.title.len() + 80);
        text.push_str(&contract.title);
        for part in [&contract.reference, &contract.description].into_iter().flatten() {
            text.push(' ');
            text.push_str(part);
        }
        Self {
            id: contract.id.0,
            title: contract.title.as_str().into(),
            reference: contract.reference.as_deref().map(Into::into),
            text,
            organisations,
            suppliers,
            products: codes(contract.products.iter().map(|id| world.products.code(id.0))),
            functions: codes(contract.functions.iter().map(|id| world.functions.code(id.0))),
            systems: codes(contract.systems.iter().map(|id| world.systems.code(id.0))),
            cpv: codes(contract.cpv.iter().map(|code| Some(world.cpv.put(code)))),
            divisions: codes(contract.cpv.iter().map(|code| division(code))),
            framework: contract.framework.as_deref().map(|name| world.frameworks.put(name)),
            source: world.sources.put(&contract.origin.source),
            route: contract.route.as_deref().map(|route| shared(&mut world.routes, route)),
            supplier_state: contract.supplier_state,
            term: contract.term.clone(),
            succeeded: contract.replaced_by.is_some(),
            pence,
            value,
            updated_at: contract.last_public_change(),
            confirmed: contract.confirmed,
            gaps: Gaps::of_contract(contract, true, as_at).0,
        }
    }

    /// The same with codes of one kind replaced, as after the removal of entities.
    pub(crate) fn recode(codes: &mut Vec<u32>, new: &[u32]) {
        codes.retain_mut(|code| {
            *code = new.get(*code as usize).copied().unwrap_or(NONE);
            *code != NONE
        });
    }
}
