//! From filters to the matching rows. A filter is compiled once against the tables, then run over each chunk.

use super::{
    bits::Bits,
    chunk::Chunk,
    column::{Chosen, Dimension},
    days::{NO_DAY, day},
    derived::{DECISION, ENDS},
    question::{Facet, Filters, KINDS},
    table::{Entity, Table},
    words::{Wanted, wanted},
    world::World,
};
use crate::register::{
    completeness::{Fix, Gaps},
    terms::{Status, TermState},
};
use jiff::civil::Date;

/// Which of a chunk's sets of bits is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Marks {
    Status,
    Term,
    Ends,
    Decision,
}

/// A word and the entities that carry it.
#[derive(Debug)]
struct WordTest {
    wanted: Wanted,
    entities: [(Dimension, Chosen); 4],
}

#[derive(Debug)]
enum Test {
    Codes(Dimension, Chosen),
    Marks(Marks, u8),
    Keeper(Chosen),
    Missing(u16),
    Ends(i32, i32),
    Value(i64, i64),
    Words(Vec<WordTest>),
    Nothing,
}

/// One filter, and the facet whose counts leave it out.
#[derive(Debug)]
struct Clause {
    facet: Option<Facet>,
    test: Test,
}

/// Compiled filters.
#[derive(Debug)]
pub(crate) struct Plan {
    clauses: Vec<Clause>,
}

/// The rows that match, by chunk.
#[derive(Debug)]
pub(crate) struct Matched {
    pub(crate) bits: Vec<Bits>,
    pub(crate) found: Vec<usize>,
}

impl Matched {
    fn new(bits: Vec<Bits>) -> Self {
        let found = bits.iter().map(Bits::count).collect();
        Self { bits, found }
    }

    pub(crate) fn total(&self) -> usize {
        self.found.iter().sum()
    }
}

/// The answer of each clause over each chunk, so that facets can leave one out.
#[derive(Debug)]
pub(crate) struct Answers<'p> {
    plan: &'p Plan,
    lens: Vec<usize>,
    by_clause: Vec<Vec<Bits>>,
}

impl Plan {
    /// `on` is the day on which an organisation is a member of the network, or not.
    pub(crate) fn new(world: &World, filters: &Filters, on: Date) -> Self {
        let mut plan = Self { clauses: Vec::new() };
        fn entity<E: Entity>(table: &Table<E>, values: &[String]) -> Vec<u32> {
            values.iter().filter_map(|value| table.by_value(value)).collect()
        }
        let mut codes = |facet, dimension, values: &[String], codes: Vec<u32>| {
            if !values.is_empty() {
                plan.clauses.push(Clause { facet, test: Test::Codes(dimension, Chosen::new(codes)) });
            }
        };
        let f = filters;
        let organisations = entity(&world.organisations, &f.organisation);
        codes(Some(Facet::Organisation), Dimension::Organisation, &f.organisation, organisations);
        let kinds = world.of_kinds(&f.organisation_kind);
        codes(Some(Facet::OrganisationKind), Dimension::Organisation, &f.organisation_kind, kinds);
        let members = world.of_members(&f.member, on);
        codes(Some(Facet::Member), Dimension::Organisation, &f.member, members);
        codes(Some(Facet::Supplier), Dimension::Supplier, &f.supplier, entity(&world.suppliers, &f.supplier));
        codes(Some(Facet::Product), Dimension::Product, &f.product, entity(&world.products, &f.product));
        codes(Some(Facet::Function), Dimension::Function, &f.function, entity(&world.functions, &f.function));
        codes(Some(Facet::ServiceArea), Dimension::Area, &f.service_area, entity(&world.areas, &f.service_area));
        let frameworks = f.framework.iter().filter_map(|name| world.frameworks.code(name)).collect();
        codes(Some(Facet::Framework), Dimension::Framework, &f.framework, frameworks);
        let begins = |code: &str| f.cpv.iter().any(|prefix| !prefix.is_empty() && code.starts_with(prefix.as_str()));
        let cpv = if f.cpv.is_empty() { Vec::new() } else { matching(&world.cpv.texts, begins) };
        codes(Some(Facet::Cpv), Dimension::Cpv, &f.cpv, cpv);
        codes(None, Dimension::Source, &f.source, f.source.iter().filter_map(|name| world.sources.code(name)).collect());
        let mut marks = |facet, marks, values: &[String], names: &[&str]| {
            if !values.is_empty() {
                let place = |value: &String| names.iter().position(|name| name == value);
                let bits = values.iter().filter_map(place).fold(0, |bits, place| bits | 1 << place);
                plan.clauses.push(Clause { facet: Some(facet), test: Test::Marks(marks, bits) });
            }
        };
        marks(Facet::Status, Marks::Status, &f.status, &Status::ALL.map(Status::as_str));
        marks(Facet::Term, Marks::Term, &f.term, &TermState::ALL.map(TermState::as_str));
        marks(Facet::Ends, Marks::Ends, &f.ends, &ENDS);
        marks(Facet::Decision, Marks::Decision, &f.decision, &DECISION);
        let mut other = |test| plan.clauses.push(Clause { facet: None, test });
        if !f.keeper.is_empty() {
            other(Test::Keeper(Chosen::new(entity(&world.organisations, &f.keeper))));
        }
        if !f.missing.is_empty() {
            let fixes = f.missing.iter().filter_map(|name| Fix::parse(name)).filter(|fix| !fix.of_systems());
            other(Test::Missing(fixes.fold(Gaps::default(), |gaps, fix| gaps.with(fix, true)).0));
        }
        if f.ends_from.is_some() || f.ends_to.is_some() {
            other(Test::Ends(f.ends_from.map_or(NO_DAY + 1, day), f.ends_to.map_or(i32::MAX, day)));
        }
        if f.value_from.is_some() || f.value_to.is_some() {
            let from = f.value_from.unwrap_or(i64::MIN).max(i64::MIN + 1);
            other(Test::Value(from, f.value_to.unwrap_or(i64::MAX)));
        }
        if let Some(question) = f.q.as_deref().filter(|question| !question.trim().is_empty()) {
            let words: Vec<WordTest> = wanted(question).into_iter().map(|word| WordTest::new(world, word)).collect();
            // Nothing but marks was typed: that is in no contract.
            other(if words.is_empty() { Test::Nothing } else { Test::Words(words) });
        }
        plan
    }

    /// Runs the filters over the chunks.
    pub(crate) fn run(&self, chunks: &[Chunk]) -> Answers<'_> {
        let over = |clause: &Clause| chunks.iter().map(|chunk| clause.test.run(chunk)).collect();
        Answers { plan: self, lens: chunks.iter().map(Chunk::len).collect(), by_clause: self.clauses.iter().map(over).collect() }
    }
}

impl Answers<'_> {
    /// The rows that pass every filter but those of `without`.
    pub(crate) fn matched(&self, without: Option<Facet>) -> Matched {
        let counted = |clause: &Clause| without.is_none() || clause.facet != without;
        let used: Vec<&Vec<Bits>> =
            self.plan.clauses.iter().zip(&self.by_clause).filter(|(clause, _)| counted(clause)).map(|(_, b)| b).collect();
        let of_chunk = |(place, len): (usize, &usize)| match used.split_first() {
            None => Bits::all(*len),
            Some((first, rest)) => {
                let mut bits = first[place].clone();
                rest.iter().for_each(|other| bits.and(&other[place]));
                bits
            }
        };
        Matched::new(self.lens.iter().enumerate().map(of_chunk).collect())
    }

    /// Whether a facet has a filter of its own.
    pub(crate) fn filters(&self, facet: Facet) -> bool {
        self.plan.clauses.iter().any(|clause| clause.facet == Some(facet))
    }
}

impl WordTest {
    fn new(world: &World, wanted: Wanted) -> Self {
        fn codes<E: Entity>(table: &Table<E>, wanted: &Wanted) -> Chosen {
            Chosen::new(table.sealed().words.find(wanted).to_vec())
        }
        let entities = [
            (Dimension::Organisation, codes(&world.organisations, &wanted)),
            (Dimension::Supplier, codes(&world.suppliers, &wanted)),
            (Dimension::Product, codes(&world.products, &wanted)),
            (Dimension::Function, codes(&world.functions, &wanted)),
        ];
        Self { wanted, entities }
    }

    fn run(&self, chunk: &Chunk) -> Bits {
        let mut bits = Bits::none(chunk.len());
        chunk.columns.words.find(&self.wanted).iter().for_each(|row| bits.set(usize::from(*row)));
        for (dimension, chosen) in self.entities.iter().filter(|(_, chosen)| !chosen.codes.is_empty()) {
            chunk.columns.dimension(*dimension).select(chosen, &mut bits);
        }
        bits
    }
}

impl Test {
    fn run(&self, chunk: &Chunk) -> Bits {
        let (columns, derived) = (&chunk.columns, &chunk.derived);
        match self {
            Test::Nothing => Bits::none(chunk.len()),
            Test::Codes(dimension, chosen) => {
                let mut bits = Bits::none(chunk.len());
                columns.dimension(*dimension).select(chosen, &mut bits);
                bits
            }
            Test::Marks(marks, wanted) => Bits::of(chunk.marks(*marks), |value: u8| value & wanted != 0),
            Test::Keeper(chosen) => {
                let keepers = columns.dimension(Dimension::Organisation).first();
                Bits::of(keepers, |keeper: u32| chosen.has(keeper))
            }
            Test::Missing(wanted) => Bits::of(&derived.gaps, |value: u16| value & wanted != 0),
            Test::Ends(from, to) => Bits::of(&columns.last_end, |value: i32| (value >= *from) & (value <= *to)),
            Test::Value(from, to) => Bits::of(&columns.pence, |value: i64| (value >= *from) & (value <= *to)),
            Test::Words(words) => {
                let mut bits = Bits::all(chunk.len());
                for word in words {
                    if bits.is_empty() {
                        break;
                    }
                    bits.and(&word.run(chunk));
                }
                bits
            }
        }
    }
}

impl Chunk {
    /// A chunk's set of bits.
    pub(crate) fn marks(&self, marks: Marks) -> &[u8] {
        match marks {
            Marks::Status => &self.derived.status,
            Marks::Term => &self.derived.term,
            Marks::Ends => &self.derived.ends,
            Marks::Decision => &self.derived.decision,
        }
    }
}

impl World {
    /// The codes of the organisations of some kinds.
    pub(crate) fn of_kinds(&self, kinds: &[String]) -> Vec<u32> {
        let wanted = |kind| KINDS.iter().any(|(name, known)| *known == kind && kinds.iter().any(|kind| kind == name));
        let entries = self.organisations.entries.iter().zip(0..);
        entries.filter(|(entry, _)| !kinds.is_empty() && wanted(entry.record.kind)).map(|(_, code)| code).collect()
    }
}

/// Codes of the texts that pass.
fn matching(texts: &[std::sync::Arc<str>], test: impl Fn(&str) -> bool) -> Vec<u32> {
    texts.iter().zip(0..).filter(|(text, _)| test(text)).map(|(_, code)| code).collect()
}
