//! One contract as pages and the API see it: a borrowed view, cheap to make.

use super::{
    Snapshot,
    chunk::Chunk,
    column::Dimension,
    days::date,
    entries::*,
    row_data::ValueKind,
    rows::{AreaRow, ContractRow, FunctionRow, OrganisationRow, ProductRow, SupplierRow, SystemRow},
};
use crate::register::{
    completeness::Gaps,
    ids::ContractId,
    money::{Basis, Vat},
    records::SupplierState,
    terms::{DecisionKind, Exit, Outlook, Period, Status, Term, TermState},
};
use jiff::civil::Date;

/// A contract's sum with its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MoneyView<'s> {
    /// Hundredths of the currency's unit.
    pub pence: i64,
    /// What the sum stands for.
    pub basis: Basis,
    /// Whether VAT is in it.
    pub vat: Vat,
    /// ISO 4217 code.
    pub currency: &'s str,
}

/// A contract as pages and the API see it.
#[derive(Clone, Copy, Debug)]
pub struct ContractView<'s> {
    snapshot: &'s Snapshot,
    chunk: &'s Chunk,
    row: ContractRow,
}

impl Snapshot {
    /// The contract of a row of this snapshot. A row of another snapshot gives some other contract, or the first.
    ///
    /// # Panics
    /// If the register holds no contract at all: then there was no row to ask for.
    #[must_use]
    pub fn contract(&self, row: ContractRow) -> ContractView<'_> {
        let known = self.chunks.get(row.chunk()).is_some_and(|chunk| row.place() < chunk.len());
        let row = if known { row } else { ContractRow::new(0, 0) };
        ContractView { snapshot: self, chunk: &self.chunks[row.chunk()], row }
    }
}

macro_rules! related {
    ($($(#[$doc:meta])* $name:ident / $rows:ident: $dimension:ident, $table:ident, $entry:ty, $row:ident;)*) => {$(
        $(#[$doc])*
        pub fn $name(self) -> impl Iterator<Item = &'s $entry> + Clone + use<'s> {
            let entries = &self.snapshot.world.$table.entries;
            self.$rows().map(move |row| &entries[row.index()])
        }

        $(#[$doc])*
        /// As rows.
        pub fn $rows(self) -> impl Iterator<Item = $row> + Clone + use<'s> {
            self.chunk.columns.dimension(Dimension::$dimension).codes(self.row.place()).map($row)
        }
    )*};
}

impl<'s> ContractView<'s> {
    related! {
        /// Its organisations: whose record it is, then those that share it.
        organisations / organisation_rows: Organisation, organisations, OrganisationEntry, OrganisationRow;
        /// Its suppliers, in the source's order.
        suppliers / supplier_rows: Supplier, suppliers, SupplierEntry, SupplierRow;
        /// Its products.
        products / product_rows: Product, products, ProductEntry, ProductRow;
        /// Its functions.
        functions / function_rows: Function, functions, FunctionEntry, FunctionRow;
        /// The service areas of its functions.
        areas / area_rows: Area, areas, AreaEntry, AreaRow;
    }

    /// The day that the snapshot speaks of.
    #[must_use]
    pub fn as_at(self) -> Date {
        self.snapshot.as_at
    }

    /// Its row.
    #[must_use]
    pub fn row(self) -> ContractRow {
        self.row
    }

    /// Its id.
    #[must_use]
    pub fn id(self) -> ContractId {
        ContractId(self.chunk.columns.ids[self.row.place()])
    }

    /// The organisation's reference.
    #[must_use]
    pub fn reference(self) -> Option<&'s str> {
        self.chunk.columns.reference(self.row.place())
    }

    /// Its title.
    #[must_use]
    pub fn title(self) -> &'s str {
        self.chunk.columns.title(self.row.place())
    }

    /// Whether the suppliers are known.
    #[must_use]
    pub fn supplier_state(self) -> SupplierState {
        self.chunk.columns.supplier_state(self.row.place())
    }

    /// The systems it covers.
    pub fn systems(self) -> impl Iterator<Item = SystemRow> + use<'s> {
        self.chunk.columns.systems.codes(self.row.place()).map(SystemRow)
    }

    /// Its first day.
    #[must_use]
    pub fn start(self) -> Option<Date> {
        date(self.chunk.columns.start[self.row.place()])
    }

    /// Its current end: the last day agreed so far, or the day it was ended early.
    #[must_use]
    pub fn end(self) -> Option<Date> {
        date(self.chunk.columns.current_end(self.row.place()))
    }

    /// Current end plus all unused buyer's options.
    #[must_use]
    pub fn last_possible_end(self) -> Option<Date> {
        date(self.chunk.columns.last_end[self.row.place()])
    }

    /// Which kind of term it is as at the snapshot's day.
    #[must_use]
    pub fn term(self) -> TermState {
        self.chunk.derived.term(self.row.place())
    }

    /// Where it stands as at the snapshot's day.
    #[must_use]
    pub fn status(self) -> Status {
        self.chunk.derived.status(self.row.place())
    }

    /// The earliest decision still ahead.
    #[must_use]
    pub fn decision_date(self) -> Option<Date> {
        date(self.chunk.derived.decision_date[self.row.place()])
    }

    /// What has to be decided by then.
    #[must_use]
    pub fn next_decision(self) -> Option<DecisionKind> {
        self.chunk.derived.decision_kind(self.row.place())
    }

    /// Whether the day of [`Self::next_decision`] is the latest it can be, its notice not being known.
    #[must_use]
    pub fn decision_at_latest(self) -> bool {
        self.chunk.derived.decision_at_latest(self.row.place())
    }

    /// Whether a decision's day is past while its exit is still ahead.
    #[must_use]
    pub fn decision_missed(self) -> bool {
        self.chunk.derived.decision_missed(self.row.place())
    }

    /// What it is worth, where known.
    #[must_use]
    pub fn value(self) -> Option<MoneyView<'s>> {
        match self.chunk.columns.value(self.row.place()) {
            ValueKind::Known { currency, basis, vat } => {
                Some(MoneyView { pence: self.chunk.columns.pence[self.row.place()], basis: *basis, vat: *vat, currency })
            }
            _ => None,
        }
    }

    /// Why the value is withheld, where it is; empty if no reason was given.
    #[must_use]
    pub fn value_withheld(self) -> Option<&'s str> {
        match self.chunk.columns.value(self.row.place()) {
            ValueKind::Withheld(reason) => Some(reason),
            _ => None,
        }
    }

    /// Its CPV codes.
    pub fn cpv(self) -> impl Iterator<Item = &'s str> + use<'s> {
        let texts = &self.snapshot.world.cpv;
        self.chunk.columns.dimension(Dimension::Cpv).codes(self.row.place()).filter_map(|code| texts.text(code))
    }

    /// The framework it was called off from.
    #[must_use]
    pub fn framework(self) -> Option<&'s str> {
        let code = self.chunk.columns.dimension(Dimension::Framework).codes(self.row.place()).next()?;
        self.snapshot.world.frameworks.text(code)
    }

    /// How it was bought.
    #[must_use]
    pub fn route(self) -> Option<&'s str> {
        self.chunk.columns.route(self.row.place()).map(|route| &**route)
    }

    /// The source, as keys use it.
    #[must_use]
    pub fn source(self) -> &'s str {
        let code = self.chunk.columns.dimension(Dimension::Source).codes(self.row.place()).next();
        code.and_then(|code| self.snapshot.world.sources.text(code)).unwrap_or_default()
    }

    /// Last change of what the public sees of it, milliseconds of UTC.
    #[must_use]
    pub fn updated_at(self) -> i64 {
        self.chunk.columns.updated_at[self.row.place()]
    }

    /// The day on which someone last said that it is right.
    #[must_use]
    pub fn confirmed(self) -> Option<Date> {
        date(self.chunk.columns.confirmed[self.row.place()])
    }

    /// Whether unused buyer's options remain.
    #[must_use]
    pub fn extendable(self) -> bool {
        self.chunk.columns.extendable(self.row.place())
    }

    /// What is missing from its record; nothing once it is over, since no score judges it then.
    #[must_use]
    pub fn gaps(self) -> Gaps {
        Gaps(self.chunk.derived.gaps[self.row.place()])
    }

    /// When it starts and how it can end, as its record has it.
    #[must_use]
    pub fn agreed(self) -> Term {
        self.chunk.columns.term(self.row.place())
    }

    /// The lead time of buying its successor, by its route and whether one of its functions is a core one.
    #[must_use]
    pub fn lead(self) -> Period {
        (self.snapshot.lead)(self.route(), self.functions().any(|function| function.record.core))
    }

    /// What its term means as at the snapshot's day; computed on each call.
    #[must_use]
    pub fn outlook(self) -> Outlook {
        self.chunk.columns.outlook(self.row.place(), self.lead(), self.snapshot.as_at)
    }

    /// Its exits as at the snapshot's day; computed on each call.
    #[must_use]
    pub fn exits(self) -> Vec<Exit> {
        self.outlook().exits
    }
}
