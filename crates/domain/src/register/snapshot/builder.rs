//! How a snapshot is fed: entities first, then contracts one at a time; none is kept whole.
//!
//! A full chunk is made on a thread of its own while the next one is fed, at most two at once.

use super::{
    Snapshot,
    chunk::Chunk,
    row_data::RowData,
    rows::CHUNK,
    tallies::{Opinions, refresh},
    world::{Context, LeadRule, Record, World},
};
use crate::register::records::*;
use jiff::civil::Date;
use std::{sync::Arc, thread::JoinHandle};

/// Chunks that may be in the making at once.
const AT_ONCE: usize = 2;

/// Makes a snapshot. Feed service areas, functions, organisations, suppliers, products, systems, planned procurements and skills
/// before contracts: a contract's link to something that was not fed is left out.
pub struct Builder {
    as_at: Date,
    lead: LeadRule,
    sequence: i64,
    world: World,
    opinions: Opinions,
    rows: Vec<RowData>,
    context: Option<Arc<Context>>,
    making: Vec<JoinHandle<Chunk>>,
    chunks: Vec<Chunk>,
}

impl Builder {
    /// A snapshot as at a day, with the rule for lead times, at a place in the change log.
    #[must_use]
    pub fn new(as_at: Date, lead: LeadRule, sequence: i64) -> Self {
        Self {
            as_at,
            lead,
            sequence,
            world: World::default(),
            opinions: Opinions::default(),
            rows: Vec::new(),
            context: None,
            making: Vec::new(),
            chunks: Vec::new(),
        }
    }

    fn entity(&mut self, record: Record) {
        self.context = None;
        self.world.put(record, &mut self.opinions);
    }

    /// Feeds an organisation.
    pub fn organisation(&mut self, record: Organisation) {
        self.entity(Record::Organisation(record));
    }

    /// Feeds a service area.
    pub fn service_area(&mut self, record: ServiceArea) {
        self.entity(Record::ServiceArea(record));
    }

    /// Feeds a function.
    pub fn function(&mut self, record: Function) {
        self.entity(Record::Function(record));
    }

    /// Feeds a supplier.
    pub fn supplier(&mut self, record: Supplier) {
        self.entity(Record::Supplier(record));
    }

    /// Feeds a product.
    pub fn product(&mut self, record: Product) {
        self.entity(Record::Product(record));
    }

    /// Feeds a system. Its satisfaction goes into the aggregates alone.
    pub fn system(&mut self, record: System) {
        self.entity(Record::System(record));
    }

    /// Feeds a planned procurement.
    pub fn planned(&mut self, record: PlannedProcurement) {
        self.entity(Record::Planned(record));
    }

    /// Feeds a skill.
    pub fn skill(&mut self, record: Skill) {
        self.entity(Record::Skill(record));
    }

    /// Feeds a contract; each id once.
    pub fn contract(&mut self, contract: &Contract) {
        self.rows.push(RowData::new(contract, &mut self.world, self.as_at));
        if self.rows.len() == CHUNK {
            self.flush();
        }
    }

    fn flush(&mut self) {
        let rows = std::mem::take(&mut self.rows);
        if rows.is_empty() {
            return;
        }
        let (world, as_at, lead) = (&self.world, self.as_at, &self.lead);
        let context = self.context.get_or_insert_with(|| Arc::new(world.context(as_at, lead))).clone();
        if self.making.len() >= AT_ONCE {
            let first = self.making.remove(0);
            self.take(first);
        }
        self.making.push(std::thread::spawn(move || Chunk::new(rows, &context)));
    }

    fn take(&mut self, making: JoinHandle<Chunk>) {
        match making.join() {
            Ok(chunk) => self.chunks.push(chunk),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }

    /// The snapshot.
    #[must_use]
    pub fn finish(mut self) -> Snapshot {
        self.flush();
        self.world.seal(|_| true);
        for making in std::mem::take(&mut self.making) {
            self.take(making);
        }
        let (relations, figures) = refresh(&mut self.world, &self.chunks, &self.opinions, self.as_at);
        Snapshot {
            sequence: self.sequence,
            as_at: self.as_at,
            lead: self.lead,
            world: self.world,
            chunks: self.chunks,
            relations,
            opinions: self.opinions,
            figures,
            texts: Arc::default(),
        }
    }
}
