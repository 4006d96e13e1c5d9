//! The one way in which lists of entities are filtered, counted, ordered and cut into pages: a plain pass over all.

use super::{
    Snapshot,
    column::{Chosen, NONE},
    cursor::{Cursor, Key},
    facets::{count_of, ranked},
    lists::{ListFacet, ListFilters, ListPage, ListQuery, ListSort},
    members::MEMBER,
    planned::{OPEN, STAGES},
    question::FacetCount,
    skills::{LEVELS, TRAINING},
    table::{Entity, Table},
    words::{Wanted, wanted},
    world::World,
};
use crate::register::completeness::Fix;
use std::collections::HashMap;
use uuid::Uuid;

/// What a list needs to say of its items.
pub(crate) trait Items {
    fn len(&self) -> usize;
    fn id(&self, item: u32) -> Uuid;
    /// The item's codes in a facet's table; whether it is a member's follows from its organisations.
    fn codes(&self, item: u32, facet: ListFacet) -> Vec<u32>;
    /// The item's key in an order.
    fn key(&self, item: u32, sort: ListSort) -> Key;
    /// The facets by whose names words find an item.
    fn worded(&self) -> &'static [ListFacet];
    /// Items whose own text carries the word.
    fn with_word(&self, wanted: &Wanted) -> Vec<u32>;
    /// Whether the item's record wants one of these.
    fn wants(&self, _item: u32, _fixes: &[Fix]) -> bool {
        false
    }
}

/// As [`MEMBER`], with what people read; sentences are made by the application.
const MEMBERS: [(&str, &str); 2] = named(MEMBER);

/// The same of closed lists whose words the application has.
const STAGE: [(&str, &str); 5] = named(STAGES);
const OFFERS: [(&str, &str); 3] = named(OPEN);

const fn named<const N: usize>(all: [&'static str; N]) -> [(&'static str, &'static str); N] {
    let mut both = [("", ""); N];
    let mut place = 0;
    while place < N {
        both[place] = (all[place], all[place]);
        place += 1;
    }
    both
}

/// Values chosen by a filter, as codes; none where there is no filter.
fn chosen(world: &World, filters: &ListFilters, facet: ListFacet) -> Option<Chosen> {
    fn codes<E: Entity>(table: &Table<E>, values: &[String]) -> Option<Chosen> {
        let found = values.iter().filter_map(|value| table.by_value(value)).collect();
        (!values.is_empty()).then(|| Chosen::new(found))
    }
    fn fixed(all: &[(&str, &str)], values: &[String]) -> Option<Chosen> {
        let found =
            (0..).zip(all).filter(|(_, (value, _))| values.iter().any(|one| one == value)).map(|(code, _)| code).collect();
        (!values.is_empty()).then(|| Chosen::new(found))
    }
    match facet {
        ListFacet::Organisation => codes(&world.organisations, &filters.organisation),
        ListFacet::ServiceArea => codes(&world.areas, &filters.service_area),
        ListFacet::Function => codes(&world.functions, &filters.function),
        ListFacet::Product => codes(&world.products, &filters.product),
        ListFacet::Supplier => codes(&world.suppliers, &filters.supplier),
        ListFacet::Manufacturer => codes(&world.suppliers, &filters.manufacturer),
        ListFacet::Level => fixed(&LEVELS, &filters.level),
        ListFacet::Training => fixed(&TRAINING, &filters.training),
        ListFacet::Member => fixed(&MEMBERS, &filters.member),
        ListFacet::Stage => fixed(&STAGE, &filters.stage),
        ListFacet::Open => fixed(&OFFERS, &filters.open),
    }
}

fn with_word(world: &World, facet: ListFacet, wanted: &Wanted) -> Chosen {
    let words = match facet {
        ListFacet::Organisation => &world.organisations.sealed().words,
        ListFacet::ServiceArea => &world.areas.sealed().words,
        ListFacet::Function => &world.functions.sealed().words,
        ListFacet::Product => &world.products.sealed().words,
        ListFacet::Supplier | ListFacet::Manufacturer => &world.suppliers.sealed().words,
        ListFacet::Level | ListFacet::Training | ListFacet::Member | ListFacet::Stage | ListFacet::Open => {
            return Chosen::default();
        }
    };
    Chosen::new(words.find(wanted).to_vec())
}

/// Answers a question to a list.
pub(crate) fn answer<'s, R: From<u32>>(snapshot: &'s Snapshot, items: &impl Items, query: &ListQuery) -> ListPage<'s, R> {
    let world = &snapshot.world;
    let members = Chosen::new(world.of_members(&[MEMBER[0].to_owned()], snapshot.as_at));
    let codes_of = |item: u32, facet: ListFacet| {
        if facet != ListFacet::Member {
            return items.codes(item, facet);
        }
        let mut codes = items.codes(item, ListFacet::Organisation);
        codes.iter_mut().for_each(|code| *code = u32::from(!members.has(*code)));
        codes
    };
    let active: Vec<(ListFacet, Chosen)> =
        ListFacet::ALL.into_iter().filter_map(|facet| Some((facet, chosen(world, &query.filters, facet)?))).collect();
    let q = query.filters.q.as_deref().map(str::trim).filter(|q| !q.is_empty());
    let words: Option<Vec<_>> = q.map(|q| {
        let word = |word: Wanted| {
            let own = Chosen::new(items.with_word(&word));
            let by: Vec<_> = items.worded().iter().map(|facet| (*facet, with_word(world, *facet, &word))).collect();
            (own, by)
        };
        wanted(q).into_iter().map(word).collect()
    });
    let worded = |item: u32| {
        let met = |(own, by): &(Chosen, Vec<(ListFacet, Chosen)>)| {
            own.has(item)
                || by.iter().any(|(facet, chosen)| {
                    !chosen.codes.is_empty() && items.codes(item, *facet).iter().any(|code| chosen.has(*code))
                })
        };
        words.as_ref().is_none_or(|words| !words.is_empty() && words.iter().all(met))
    };
    let mut counts: HashMap<ListFacet, Vec<u32>> = HashMap::new();
    for facet in &query.facets {
        counts.insert(*facet, vec![0; size(world, *facet)]);
    }
    let fixes: Vec<Fix> = query.filters.missing.iter().filter_map(|name| Fix::parse(name)).collect();
    let mut found: Vec<u32> = Vec::new();
    for item in 0..items.len() as u32 {
        // An item that fails one filter alone still counts in that filter's own facet.
        let mut failed = None;
        let mut failures = 0;
        for (facet, chosen) in &active {
            if !codes_of(item, *facet).iter().any(|code| chosen.has(*code)) {
                failed = Some(*facet);
                failures += 1;
            }
        }
        if failures > 1 || failures == 1 && !query.facets.contains(&failed.unwrap_or(ListFacet::Organisation)) {
            continue;
        }
        if !worded(item) || !query.filters.missing.is_empty() && !items.wants(item, &fixes) {
            continue;
        }
        if failures == 0 {
            found.push(item);
        }
        for (facet, counts) in &mut counts {
            if failures == 0 || failed == Some(*facet) {
                let mut codes = codes_of(item, *facet);
                codes.sort_unstable();
                codes.dedup();
                codes.iter().filter(|code| **code != NONE).for_each(|code| counts[*code as usize] += 1);
            }
        }
    }
    let facets = query
        .facets
        .iter()
        .map(|facet| {
            let none = Chosen::default();
            let own = active.iter().find(|(other, _)| other == facet).map_or(&none, |(_, chosen)| chosen);
            (*facet, labelled(world, *facet, &counts[facet], own))
        })
        .collect();
    let total = found.len() as u64;
    let (rows, next) = page(items, found, query);
    ListPage { total, rows: rows.into_iter().map(R::from).collect(), facets, next }
}

fn page(items: &impl Items, found: Vec<u32>, query: &ListQuery) -> (Vec<u32>, Option<Cursor>) {
    let mut keyed: Vec<(Key, Uuid, u32)> =
        found.into_iter().map(|item| (items.key(item, query.sort), items.id(item), item)).collect();
    let order = query.sort as u8 + b'k';
    if let Some(after) = query.after.as_ref().filter(|after| after.order == order) {
        keyed.retain(|(key, id, _)| (key, id) > (&after.key, &after.id));
    }
    let wanted = query.offset.saturating_add(query.limit);
    if wanted < keyed.len() {
        keyed.select_nth_unstable(wanted);
    }
    let more = wanted < keyed.len();
    keyed.truncate(wanted);
    keyed.sort_unstable();
    let next = keyed.last().filter(|_| more && query.limit > 0).map(|(key, id, _)| Cursor { order, key: key.clone(), id: *id });
    (keyed.into_iter().skip(query.offset).map(|(_, _, item)| item).collect(), next)
}

fn size(world: &World, facet: ListFacet) -> usize {
    match facet {
        ListFacet::Organisation => world.organisations.entries.len(),
        ListFacet::ServiceArea => world.areas.entries.len(),
        ListFacet::Function => world.functions.entries.len(),
        ListFacet::Product => world.products.entries.len(),
        ListFacet::Supplier | ListFacet::Manufacturer => world.suppliers.entries.len(),
        ListFacet::Level => LEVELS.len(),
        ListFacet::Training => TRAINING.len(),
        ListFacet::Member => MEMBER.len(),
        ListFacet::Stage => STAGE.len(),
        ListFacet::Open => OFFERS.len(),
    }
}

fn labelled<'s>(world: &'s World, facet: ListFacet, counts: &[u32], own: &Chosen) -> Vec<FacetCount<'s>> {
    fn of<'s, E: Entity>(table: &'s Table<E>, counts: &[u32], own: &Chosen) -> Vec<FacetCount<'s>> {
        let ranks = &table.sealed().ranks;
        ranked(counts, |code| ranks[code as usize], own, None)
            .iter()
            .map(|counted| {
                let entry = &table.entries[counted.1 as usize];
                FacetCount { value: entry.value(), label: entry.label(), count: count_of(counted), chosen: own.has(counted.1) }
            })
            .collect()
    }
    fn fixed(all: &'static [(&'static str, &'static str)], counts: &[u32], own: &Chosen) -> Vec<FacetCount<'static>> {
        let counted = (0u32..).zip(all).zip(counts);
        counted
            .filter(|((code, _), count)| **count > 0 || own.has(*code))
            .map(|((code, (value, label)), count)| FacetCount { value, label, count: *count, chosen: own.has(code) })
            .collect()
    }
    match facet {
        ListFacet::Organisation => of(&world.organisations, counts, own),
        ListFacet::ServiceArea => of(&world.areas, counts, own),
        ListFacet::Function => of(&world.functions, counts, own),
        ListFacet::Product => of(&world.products, counts, own),
        ListFacet::Supplier | ListFacet::Manufacturer => of(&world.suppliers, counts, own),
        ListFacet::Level => fixed(&LEVELS, counts, own),
        ListFacet::Training => fixed(&TRAINING, counts, own),
        ListFacet::Member => fixed(&MEMBERS, counts, own),
        ListFacet::Stage => fixed(&STAGE, counts, own),
        ListFacet::Open => fixed(&OFFERS, counts, own),
    }
}
