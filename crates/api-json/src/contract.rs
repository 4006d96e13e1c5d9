//! A contract as lists have it.

use crate::shapes::{self, Amount, Named, Slugged};
use domain::register::{decide::Decide, money, records::SupplierState, snapshot::ContractView};
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A contract.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Contract)]
pub struct Item<'s> {
    /// Its id.
    #[schema(value_type = String)]
    pub id: Uuid,
    /// The organisation's reference.
    pub reference: Option<&'s str>,
    /// Its title.
    pub title: &'s str,
    /// Whose it is: the organisation that keeps the record first.
    pub organisations: Vec<Slugged<'s>>,
    /// Who supplies, in the source's order.
    pub suppliers: Vec<Named<'s>>,
    /// `known`, `not-known` or `withheld`.
    #[schema(value_type = String)]
    pub supplier_state: SupplierState,
    /// What it buys.
    pub products: Vec<Named<'s>>,
    /// What for.
    pub functions: Vec<Slugged<'s>>,
    /// `fixed`, `renews-yearly`, `rolling`, `past-end` or `not-known`, as at the day of the register.
    #[schema(value_type = String, example = "fixed")]
    pub term: &'static str,
    /// `past-end`, `current`, `future`, `not-known` or `ended`.
    #[schema(value_type = String, example = "current")]
    pub status: &'static str,
    /// Its first day.
    #[schema(value_type = Option<String>, format = Date)]
    #[serde(serialize_with = "shapes::day")]
    pub start: Option<Date>,
    /// Its current end.
    #[schema(value_type = Option<String>, format = Date)]
    #[serde(serialize_with = "shapes::day")]
    pub end: Option<Date>,
    /// Days from now on, on which it can lawfully stop and another begin.
    #[schema(value_type = Vec<String>)]
    pub exits: Vec<Date>,
    /// Current end plus all unused buyer's options; null where it has no end, and where the end is not known.
    #[schema(value_type = Option<String>, format = Date)]
    #[serde(serialize_with = "shapes::day")]
    pub last_possible_end: Option<Date>,
    /// The earliest day still ahead by which someone must act.
    #[schema(value_type = Option<String>, format = Date)]
    #[serde(serialize_with = "shapes::day")]
    pub decision_date: Option<Date>,
    /// What has to be done by then: `extend-by`, `give-notice-by` or `start-buying-by`.
    #[schema(value_type = Option<String>, example = "start-buying-by")]
    pub decision_kind: Option<&'static str>,
    /// `dated`: by the decision date; `now`: it is past its end; `any-time`: by giving notice; `none-left`: every such day is past;
    /// `too-short`: its whole term is shorter than the time it takes to buy; `replaced`: another contract took its place, so nothing has
    /// to be bought or extended; `over`: it has ended; `not-known`.
    #[schema(value_type = String, example = "dated")]
    pub decision_state: &'static str,
    /// Whether a day to act by is past while its exit is still ahead.
    pub decision_missed: bool,
    /// Whether `decision_date` is the latest it can be, since the notice it takes is not known: it may lie earlier, even in the
    /// past.
    pub decision_at_latest: bool,
    /// That day; of several the latest.
    #[schema(value_type = Option<String>, format = Date)]
    #[serde(serialize_with = "shapes::day")]
    pub missed_date: Option<Date>,
    /// What had to be done by then.
    #[schema(value_type = Option<String>, example = "start-buying-by")]
    pub missed_kind: Option<&'static str>,
    /// What it is worth; null where that is not known or withheld.
    pub value: Option<Amount<'s>>,
    /// Why the value is withheld; null where it is not.
    pub value_withheld: Option<&'s str>,
    /// The framework it was called off from.
    pub framework: Option<&'s str>,
    /// CPV codes.
    pub cpv: Vec<&'s str>,
    /// Where the record came from.
    pub source: &'s str,
    /// The day on which someone last said that it is right.
    #[schema(value_type = Option<String>, format = Date)]
    #[serde(serialize_with = "shapes::day")]
    pub confirmed: Option<Date>,
    /// Its last change, UTC.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: String,
}

/// A contract of the snapshot as lists have it.
#[must_use]
pub fn item(view: ContractView<'_>) -> Item<'_> {
    let outlook = view.outlook();
    let decide = Decide::of(&outlook, view.as_at());
    let missed = decide.missed.as_ref();
    Item {
        id: view.id().0,
        reference: view.reference(),
        title: view.title(),
        organisations: view.organisations().map(|entry| Slugged { slug: &entry.record.slug, name: &entry.record.name }).collect(),
        suppliers: view.suppliers().map(|entry| Named { id: entry.record.id.0, name: &entry.record.name }).collect(),
        supplier_state: view.supplier_state(),
        products: view.products().map(|entry| Named { id: entry.record.id.0, name: &entry.record.name }).collect(),
        functions: view.functions().map(|entry| Slugged { slug: &entry.record.slug, name: &entry.record.name }).collect(),
        term: view.term().as_str(),
        status: view.status().as_str(),
        start: view.start(),
        end: view.end(),
        exits: outlook.exits.iter().map(|exit| exit.date).collect(),
        last_possible_end: view.last_possible_end(),
        decision_date: view.decision_date(),
        decision_at_latest: view.decision_at_latest(),
        decision_kind: decide.next.as_ref().map(|next| next.kind),
        decision_state: decide.state,
        decision_missed: missed.is_some(),
        missed_date: missed.map(|missed| missed.date),
        missed_kind: missed.map(|missed| missed.kind),
        value: view.value().map(|value| Amount {
            amount: money::amount(value.pence),
            currency: value.currency,
            basis: value.basis,
            vat: value.vat,
        }),
        value_withheld: view.value_withheld(),
        framework: view.framework(),
        cpv: view.cpv().collect(),
        source: view.source(),
        confirmed: view.confirmed(),
        updated_at: shapes::instant(view.updated_at()),
    }
}
