//! Which contracts cover the systems: groups them, and makes the records with their suppliers, sums and routes.

use super::{
    World,
    ends::{self, Running},
    random::{Random, id},
    stock::{CPV, FRAMEWORKS, SHARED_PRODUCT, WITHHELD, cpv_of_area, services_of_area},
    systems::Use,
    wording,
};
use crate::register::{
    ids::ContractId,
    money::{Basis, Money, Value, Vat},
    records::{Contract, SupplierState, System},
    terms::Term,
};
use std::collections::{BTreeMap, BTreeSet};

/// So many contracts for so many systems: the others share a contract, or have none recorded.
const CONTRACTS: usize = 715;
const SYSTEMS: usize = 809;

/// A contract to be: whose record it is, and the positions of the systems it covers, the owner's first.
struct Draft {
    council: usize,
    uses: Vec<usize>,
}

/// What has been written so far: how often each key, how many contracts of each council and of all.
struct Written {
    keys: BTreeMap<String, usize>,
    of_council: Vec<usize>,
    all: usize,
}

/// The records.
pub(super) fn records(world: &World<'_>, uses: &[Use], systems: &[System], seed: u64) -> Vec<Contract> {
    let drafts = drafts(world, uses, &mut Random::new(seed, "groups"));
    let running: Vec<Running<'_>> = drafts
        .iter()
        .map(|draft| Running {
            council: &world.councils[draft.council],
            shared: draft.is_shared(world, uses),
            core: draft.uses.iter().any(|used| world.functions[uses[*used].function].record.core),
        })
        .collect();
    let terms = ends::terms(&running, world.as_at, seed);
    let random = &mut Random::new(seed, "contracts");
    let mut records = Vec::with_capacity(drafts.len());
    let mut written = Written { keys: BTreeMap::new(), of_council: vec![0; world.councils.len()], all: 0 };
    for (draft, term) in drafts.iter().zip(terms) {
        records.push(record(world, draft, uses, systems, term, &mut written, random));
    }
    for (council, entry) in world.councils.iter().enumerate() {
        let own: Vec<usize> = (0..drafts.len()).filter(|draft| drafts[*draft].council == council).collect();
        for (number, confirmed) in own.iter().zip(super::confirmations(entry, own.len(), world.as_at, random)) {
            records[*number].confirmed = confirmed;
            records[*number].updated_at = super::updated_at(confirmed, world.as_at, random);
        }
    }
    records
}

impl Draft {
    fn is_shared(&self, world: &World<'_>, uses: &[Use]) -> bool {
        self.uses.iter().any(|used| world.stock.products[uses[*used].product].name == SHARED_PRODUCT)
    }
}

/// Groups systems into contracts, council by council.
fn drafts(world: &World<'_>, uses: &[Use], random: &mut Random) -> Vec<Draft> {
    // The first council of an arrangement holds its contract.
    let mut leads: BTreeMap<usize, usize> = BTreeMap::new();
    for (position, used) in uses.iter().enumerate() {
        if let Some(joint) = used.joint {
            leads.entry(joint).or_insert(position);
        }
    }
    let mut found = Vec::new();
    for (council, target) in targets(world, uses).into_iter().enumerate() {
        let (mut groups, mut fixed) = (Vec::new(), Vec::new());
        for (position, used) in uses.iter().enumerate().filter(|(_, used)| used.council == council) {
            let alone = vec![position];
            match used.joint {
                Some(joint) if leads.get(&joint) == Some(&position) => {
                    let others = (0..uses.len()).filter(|other| *other != position && uses[*other].joint == Some(joint));
                    fixed.push(alone.into_iter().chain(others).collect());
                }
                Some(_) => {}
                None if world.stock.products[used.product].name == SHARED_PRODUCT => fixed.push(alone),
                None => groups.push(alone),
            }
        }
        let surplus = (groups.len() + fixed.len()).saturating_sub(target);
        let unrecorded = surplus * 2 / 5;
        merge(&mut groups, uses, surplus - unrecorded, random);
        // What could not be put under one contract stays without any; so do some others.
        random.shuffle(&mut groups);
        groups.sort_by_key(Vec::len);
        let too_many = (groups.len() + fixed.len()).saturating_sub(target).min(groups.len());
        groups.drain(..too_many);
        found.extend(fixed.into_iter().chain(groups).map(|uses| Draft { council, uses }));
    }
    found.sort_by_key(|draft| draft.uses.first().copied());
    found
}

/// How many contracts each council holds, in proportion to its systems.
fn targets(world: &World<'_>, uses: &[Use]) -> Vec<usize> {
    let systems: Vec<usize> =
        (0..world.councils.len()).map(|council| uses.iter().filter(|used| used.council == council).count()).collect();
    let mut targets: Vec<usize> = systems.iter().map(|count| count * CONTRACTS / SYSTEMS).collect();
    let wanted = uses.len() * CONTRACTS / SYSTEMS;
    let mut by_rest: Vec<usize> = (0..targets.len()).collect();
    by_rest.sort_by_key(|council| std::cmp::Reverse(systems[*council] * CONTRACTS % SYSTEMS));
    let missing = wanted.saturating_sub(targets.iter().sum());
    by_rest.into_iter().take(missing).for_each(|council| targets[council] += 1);
    targets
}

/// Puts systems from one supplier under one contract, so many times, as far as it goes.
fn merge(groups: &mut Vec<Vec<usize>>, uses: &[Use], times: usize, random: &mut Random) {
    for _ in 0..times {
        let supplier = |group: &[usize]| group.first().map(|used| uses[*used].supplier);
        let product = |group: &[usize]| group.first().map(|used| uses[*used].product);
        let mut pairs = Vec::new();
        for one in 0..groups.len() {
            for other in one + 1..groups.len() {
                if supplier(&groups[one]) == supplier(&groups[other]) && groups[one].len() + groups[other].len() <= 3 {
                    // Modules of one product are bought together more often than two products.
                    let times = if product(&groups[one]) == product(&groups[other]) { 4 } else { 1 };
                    pairs.extend(std::iter::repeat_n((one, other), times));
                }
            }
        }
        let Some((one, other)) = pairs.get(random.below(pairs.len())).copied() else { return };
        let moved = groups.remove(other);
        groups[one].extend(moved);
    }
}

fn record(
    world: &World<'_>,
    draft: &Draft,
    uses: &[Use],
    systems: &[System],
    term: Term,
    written: &mut Written,
    random: &mut Random,
) -> Contract {
    let council = &world.councils[draft.council];
    let covered: Vec<Use> = draft.uses.iter().map(|used| uses[*used]).collect();
    let area = covered.first().map_or("", |used| world.stock.area(&world.functions[used.function].record.slug));
    let distinct = |values: Vec<usize>| values.into_iter().collect::<BTreeSet<usize>>();
    let products = distinct(covered.iter().map(|used| used.product).collect());
    let functions = distinct(covered.iter().map(|used| used.function).collect());
    let others = distinct(covered.iter().map(|used| used.council).filter(|other| *other != draft.council).collect());
    let seller = covered.first().map(|used| used.supplier);
    let supplier_state = match random.unit() {
        chance if chance < (1.0 - council.row.complete) * 0.15 => SupplierState::NotKnown,
        chance if chance > 0.992 => SupplierState::Withheld,
        _ => SupplierState::Known,
    };
    let year = term.start.unwrap_or_else(|| ends::days(world.as_at, -random.between(300, 2500))).year();
    let title = wording::title(world, &covered, random);
    let reference =
        council.says(0.5, random).then(|| wording::reference(council, written.of_council[draft.council], year, random));
    let supplier_name = match (supplier_state, seller) {
        (SupplierState::Known, Some(seller)) => world.stock.suppliers[seller].name.as_str(),
        (SupplierState::Withheld, _) => "withheld",
        _ => "not known",
    };
    let named = reference.as_deref().unwrap_or(&title);
    let stem = format!("{}|illustrative|{named}|{supplier_name}", council.record.slug);
    let occurrence = *written.keys.entry(stem.clone()).and_modify(|times| *times += 1).or_insert(1);
    let number = written.all;
    written.all += 1;
    written.of_council[draft.council] += 1;
    let route = council
        .says(0.9, random)
        .then(|| random.pick("call-off", &["call-off", "call-off", "competition", "competition", "direct-award"]));
    let (framework, lots) = random.pick(FRAMEWORKS[0], &FRAMEWORKS[1..]);
    let framework = Some(framework).filter(|_| route == Some("call-off") && council.says(0.6, random));
    let lot = framework.and_then(|_| lots.get(random.below(lots.len() + 1)).copied());
    let services = services_of_area(area);
    let service = if random.chance(0.15) { services_of_area("")[random.below(3)] } else { services[random.below(3)] };
    Contract {
        key: format!("{stem}|{occurrence}"),
        joint: others.iter().map(|other| world.councils[*other].record.id).collect(),
        reference,
        title,
        description: random.chance(0.55).then(|| description(world, &products, &others)),
        suppliers: seller
            .filter(|_| supplier_state == SupplierState::Known)
            .map(|seller| world.supplier_id(seller))
            .into_iter()
            .collect(),
        supplier_state,
        products: products.iter().map(|product| world.product_id(*product)).collect(),
        functions: functions.iter().map(|function| world.functions[*function].record.id).collect(),
        systems: draft.uses.iter().map(|used| systems[*used].id).collect(),
        owning_service: council.says(1.4, random).then(|| service.to_owned()),
        value: value(world, draft, &covered, &term, random),
        term,
        framework: framework.map(str::to_owned),
        lot: lot.map(str::to_owned),
        route: route.map(str::to_owned),
        cpv: if council.says(0.9, random) { cpv(area, random) } else { Vec::new() },
        origin: super::origin(),
        ..Contract::blank(ContractId(id(world.seed, "contract", number)), council.record.id)
    }
}

fn description(world: &World<'_>, products: &BTreeSet<usize>, others: &BTreeSet<usize>) -> String {
    let parts: Vec<String> = products
        .iter()
        .map(|product| {
            format!("{}: {}.", world.stock.products[*product].name, wording::lowered(&world.stock.products[*product].description))
        })
        .collect();
    let with: Vec<&str> = others.iter().map(|other| world.councils[*other].record.name.as_str()).collect();
    if with.is_empty() { parts.join(" ") } else { format!("{} A shared service with {}.", parts.join(" "), with.join(" and ")) }
}

/// One code, or two.
pub(super) fn cpv(area: &str, random: &mut Random) -> Vec<String> {
    let own = cpv_of_area(area);
    let general = random.pick(CPV[0], &CPV);
    let first = own.get(random.below(own.len())).copied().filter(|_| random.chance(0.6)).unwrap_or(general);
    let second = random.pick(CPV[3], &CPV[4..]);
    let second = Some(second).filter(|code| random.chance(0.3) && *code != first);
    std::iter::once(first).chain(second).map(str::to_owned).collect()
}

/// A sum a year, for the whole life, or estimated; withheld; or not known.
fn value(world: &World<'_>, draft: &Draft, covered: &[Use], term: &Term, random: &mut Random) -> Value {
    if random.chance(0.05) {
        return Value::Withheld { reason: random.pick(WITHHELD[0], &WITHHELD).to_owned() };
    }
    if !world.councils[draft.council].says(1.1, random) {
        return Value::NotKnown;
    }
    let annual: i64 = covered.iter().map(|used| used.annual).sum();
    let years = match (term.start, term.current_end()) {
        (Some(start), Some(end)) => i64::from((end - start).get_days()) as f64 / 365.25,
        _ => 4.0,
    };
    let (pounds, basis) = match random.unit() {
        chance if chance < 0.6 => (annual, Basis::Annual),
        chance if chance < 0.87 => (coarse(annual as f64 * years.clamp(1.0, 12.0)), Basis::WholeLife),
        _ => (coarse(annual as f64 * years.clamp(1.0, 8.0) * (0.8 + 0.5 * random.unit())), Basis::Estimated),
    };
    // A few sums were copied from the books, pence and all.
    let pence = if basis == Basis::Annual && random.chance(0.15) { random.between(-49_999, 49_999) } else { 0 };
    let vat = random.pick(Vat::Excluded, &[Vat::Excluded, Vat::Excluded, Vat::NotKnown, Vat::NotKnown, Vat::Included]);
    Value::Known(Money { vat, ..Money::pounds(pounds * 100 + pence, basis) })
}

/// A large sum as it stands in a notice.
pub(super) fn coarse(pounds: f64) -> i64 {
    let step = match pounds {
        sum if sum < 100_000.0 => 1_000.0,
        sum if sum < 500_000.0 => 5_000.0,
        sum if sum < 2_000_000.0 => 10_000.0,
        _ => 100_000.0,
    };
    ((pounds / step).round() * step).max(1_000.0) as i64
}
