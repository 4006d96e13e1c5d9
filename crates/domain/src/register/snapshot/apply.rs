//! How one snapshot follows from another: changed records, or another day. Chunks that no change touches are shared.

use super::{
    Snapshot,
    chunk::Chunk,
    column::Dimension,
    row_data::RowData,
    rows::CHUNK,
    tallies::refresh,
    world::{Context, Kind, Record, World},
};
use crate::register::records::Contract;
use jiff::civil::Date;
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};
use uuid::Uuid;

/// A record written or taken away.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::large_enum_variant)]
pub enum RecordChange {
    /// The record as it is now.
    Put(Record),
    /// There is no such record any more.
    Remove(Kind, Uuid),
}

impl Record {
    fn key(&self) -> (Kind, Uuid) {
        match self {
            Record::Organisation(record) => (Kind::Organisation, record.id.0),
            Record::ServiceArea(record) => (Kind::ServiceArea, record.id.0),
            Record::Function(record) => (Kind::Function, record.id.0),
            Record::Supplier(record) => (Kind::Supplier, record.id.0),
            Record::Product(record) => (Kind::Product, record.id.0),
            Record::System(record) => (Kind::System, record.id.0),
            Record::Planned(record) => (Kind::PlannedProcurement, record.id.0),
            Record::Skill(record) => (Kind::Skill, record.id.0),
            Record::Contract(record) => (Kind::Contract, record.id.0),
        }
    }
}

/// New codes by old code, for the kinds from which something was taken away.
type Recoding = HashMap<Kind, Vec<u32>>;

impl Snapshot {
    /// A new snapshot with these records changed, at a later place in the change log; it shares every chunk that no
    /// change touches. The last change of a record counts. Entities are put before contracts, whatever the order.
    #[must_use]
    pub fn apply(&self, changes: Vec<RecordChange>, sequence: i64) -> Snapshot {
        let mut last: HashMap<(Kind, Uuid), usize> = HashMap::new();
        let key = |change: &RecordChange| match change {
            RecordChange::Put(record) => record.key(),
            RecordChange::Remove(kind, id) => (*kind, *id),
        };
        for (place, change) in changes.iter().enumerate() {
            last.insert(key(change), place);
        }
        let mut next = Snapshot { texts: Arc::default(), ..self.clone() };
        let before = self.world.context(self.as_at, &self.lead);
        let mut kinds: HashSet<Kind> = HashSet::new();
        let mut gone: HashMap<Kind, Vec<Uuid>> = HashMap::new();
        let mut contracts: Vec<Contract> = Vec::new();
        for (place, change) in changes.into_iter().enumerate() {
            let (kind, id) = key(&change);
            if last.get(&(kind, id)) != Some(&place) {
                continue;
            }
            kinds.insert(kind);
            match change {
                RecordChange::Put(Record::Contract(contract)) => contracts.push(contract),
                RecordChange::Put(record) => next.world.put(record, &mut next.opinions),
                RecordChange::Remove(kind, id) => {
                    if kind == Kind::System {
                        next.opinions.note(id.into(), None);
                    }
                    gone.entry(kind).or_default().push(id);
                }
            }
        }
        let recoding = next.world.remove(&gone);
        let after = next.world.context(self.as_at, &self.lead);
        let rows = next.touched(&before, &after, &recoding, &contracts, gone.get(&Kind::Contract));
        next.rewrite(rows, contracts, &after);
        next.world.seal(|kind| kinds.contains(&kind));
        next.sequence = sequence;
        (next.relations, next.figures) = refresh(&mut next.world, &next.chunks, &next.opinions, next.as_at);
        next
    }

    /// The same register as at another day.
    #[must_use]
    pub fn with_as_at(&self, as_at: Date) -> Snapshot {
        let mut next = Snapshot { as_at, texts: Arc::default(), ..self.clone() };
        let context = next.world.context(as_at, &self.lead);
        let half = self.chunks.len().div_ceil(2);
        let (first, second) = self.chunks.split_at(half);
        let renew = |chunks: &[Chunk]| chunks.iter().map(|chunk| chunk.renewed(&context)).collect::<Vec<_>>();
        next.chunks = std::thread::scope(|scope| {
            let other = scope.spawn(|| renew(second));
            let mut chunks = renew(first);
            match other.join() {
                Ok(rest) => chunks.extend(rest),
                Err(panic) => std::panic::resume_unwind(panic),
            }
            chunks
        });
        (next.relations, next.figures) = refresh(&mut next.world, &next.chunks, &next.opinions, as_at);
        next
    }

    /// The rows of each chunk that has to be made anew, without those that are replaced or gone; the others are none.
    fn touched(
        &self,
        before: &Context,
        after: &Context,
        recoding: &Recoding,
        contracts: &[Contract],
        gone: Option<&Vec<Uuid>>,
    ) -> Vec<Option<Vec<RowData>>> {
        let out: HashSet<Uuid> =
            contracts.iter().map(|contract| contract.id.0).chain(gone.into_iter().flatten().copied()).collect();
        let functions = changed(&before.function_area, &after.function_area, recoding.get(&Kind::Function))
            .chain(changed(&before.function_core, &after.function_core, recoding.get(&Kind::Function)))
            .collect::<Vec<u32>>();
        let suppliers: Vec<u32> = changed(&before.numbered, &after.numbered, recoding.get(&Kind::Supplier)).collect();
        let areas_moved = recoding.contains_key(&Kind::ServiceArea);
        let stale = |chunk: &Chunk| {
            let holds = |dimension, codes: &[u32]| {
                let column = chunk.columns.dimension(dimension);
                codes.iter().any(|code| column.holds(*code))
            };
            !recoding.is_empty()
                || areas_moved
                || holds(Dimension::Function, &functions)
                || holds(Dimension::Supplier, &suppliers)
                || out.iter().any(|id| chunk.columns.find(*id).is_some())
        };
        let rows = |chunk: &Chunk| {
            stale(chunk).then(|| {
                let mut rows = chunk.columns.rows();
                rows.retain(|row| !out.contains(&row.id));
                rows.iter_mut().for_each(|row| recode(row, recoding));
                rows
            })
        };
        self.chunks.iter().map(rows).collect()
    }

    /// Makes the touched chunks again, and places the contracts put: in the chunk they were in, else where there is room.
    fn rewrite(&mut self, mut touched: Vec<Option<Vec<RowData>>>, contracts: Vec<Contract>, context: &Context) {
        for contract in contracts {
            let row = RowData::new(&contract, &mut self.world, context.as_at);
            let old = self.chunks.iter().position(|chunk| chunk.columns.find(row.id).is_some());
            let len = |place: usize| touched[place].as_ref().map_or_else(|| self.chunks[place].len(), Vec::len);
            let room = |place: &usize| touched.get(*place).is_some_and(Option::is_some) && len(*place) < CHUNK;
            let place = old.filter(room).or_else(|| {
                let last = touched.len().checked_sub(1)?;
                let fits = if last < self.chunks.len() { len(last) } else { touched[last].as_ref().map_or(0, Vec::len) };
                (fits < CHUNK).then_some(last)
            });
            let place = place.unwrap_or_else(|| {
                touched.push(Some(Vec::new()));
                touched.len() - 1
            });
            touched[place].get_or_insert_with(|| self.chunks[place].columns.rows()).push(row);
        }
        let old = std::mem::take(&mut self.chunks);
        let mut old = old.into_iter();
        self.chunks = touched
            .into_iter()
            .filter_map(|rows| match (rows, old.next()) {
                (Some(rows), _) => (!rows.is_empty()).then(|| Chunk::new(rows, context)),
                (None, chunk) => chunk,
            })
            .collect();
    }
}

/// The old codes whose value is another now.
fn changed<'a, T: PartialEq + Copy>(
    before: &'a [T],
    after: &'a [T],
    recoding: Option<&'a Vec<u32>>,
) -> impl Iterator<Item = u32> + use<'a, T> {
    let new = move |code: u32| recoding.map_or(code, |new| new[code as usize]);
    before.iter().zip(0..).filter(move |(value, code)| after.get(new(*code) as usize) != Some(value)).map(|(_, code)| code)
}

fn recode(row: &mut RowData, recoding: &Recoding) {
    for (kind, codes) in [
        (Kind::Organisation, &mut row.organisations),
        (Kind::Supplier, &mut row.suppliers),
        (Kind::Product, &mut row.products),
        (Kind::Function, &mut row.functions),
        (Kind::System, &mut row.systems),
    ] {
        if let Some(new) = recoding.get(&kind) {
            RowData::recode(codes, new);
        }
    }
}

impl World {
    /// Takes entities away.
    fn remove(&mut self, gone: &HashMap<Kind, Vec<Uuid>>) -> Recoding {
        let mut recoding = Recoding::new();
        for (kind, ids) in gone {
            let known = ids.iter().any(|id| self.knows(*kind, *id));
            let new = match kind {
                _ if !known => continue,
                Kind::Organisation => self.organisations.remove(ids),
                Kind::ServiceArea => self.areas.remove(ids),
                Kind::Function => self.functions.remove(ids),
                Kind::Supplier => self.suppliers.remove(ids),
                Kind::Product => self.products.remove(ids),
                Kind::System => self.systems.remove(ids),
                Kind::PlannedProcurement => {
                    // No contract is coded against these.
                    self.planned.remove(ids);
                    continue;
                }
                Kind::Skill => {
                    self.skills.remove(ids);
                    continue;
                }
                _ => continue,
            };
            recoding.insert(*kind, new);
        }
        recoding
    }

    fn knows(&self, kind: Kind, id: Uuid) -> bool {
        let code = match kind {
            Kind::Organisation => self.organisations.code(id),
            Kind::ServiceArea => self.areas.code(id),
            Kind::Function => self.functions.code(id),
            Kind::Supplier => self.suppliers.code(id),
            Kind::Product => self.products.code(id),
            Kind::System => self.systems.code(id),
            Kind::PlannedProcurement => self.planned.code(id),
            Kind::Skill => self.skills.code(id),
            _ => None,
        };
        code.is_some()
    }
}
