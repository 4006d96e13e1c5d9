//! What the made-up register must hold, for many seeds and days.

use super::{stock::SHARED_PRODUCT, systems::SEVEN, *};
use crate::register::{
    ids::*,
    money::{Basis, Value},
    records::{OrganisationKind, SupplierState},
    terms::{Outlook, Period, TermKind, TermState, outlook},
};
use jiff::civil::date;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use uuid::Uuid;

const PICTURED: Date = date(2026, 11, 23);
const DAYS: [Date; 6] = [PICTURED, date(2024, 2, 29), date(2028, 2, 29), date(2027, 1, 1), date(2026, 12, 31), date(2027, 5, 31)];

/// A row of a shipped list by its headers.
fn rows(text: &str) -> Vec<HashMap<String, String>> {
    csv::Reader::from_reader(text.as_bytes()).into_deserialize().collect::<Result<_, _>>().expect("a shipped list reads")
}

fn organisations() -> Vec<Organisation> {
    let list = rows(include_str!("../../../../../data/organisations.csv"));
    let made = list.iter().enumerate().map(|(number, row)| Organisation {
        id: OrganisationId(Uuid::from_u128(1_000 + number as u128)),
        slug: row["slug"].clone(),
        name: row["name"].clone(),
        formal_name: row["formal_name"].clone(),
        kind: OrganisationKind::Council,
        gss_code: None,
        register_code: None,
        identifiers: Vec::new(),
        aliases: Vec::new(),
        letters: Some(row["letters"].clone()),
        tile: None,
        colour: None,
        member_from: None,
        member_until: None,
        updated_at: 0,
    });
    made.collect()
}

fn functions() -> Vec<Function> {
    let list = rows(include_str!("../../../../../data/functions.csv"));
    let made = list.iter().enumerate().map(|(number, row)| Function {
        id: FunctionId(Uuid::from_u128(2_000 + number as u128)),
        slug: row["slug"].clone(),
        name: row["name"].clone(),
        service_area: None,
        core: row["core"] == "true",
        aliases: Vec::new(),
    });
    made.collect()
}

/// Runs a check over twenty seeds, the days in turn, and over all days for one seed.
fn everywhere(check: impl Fn(&Illustrative, Date, &[Organisation], &[Function])) {
    let (organisations, functions) = (organisations(), functions());
    let seeds = (0..20).map(|seed| (seed * 7_919, DAYS[seed as usize % DAYS.len()]));
    for (seed, as_at) in seeds.chain(DAYS.map(|day| (2019, day))) {
        check(&generate(as_at, seed, &organisations, &functions), as_at, &organisations, &functions);
    }
}

/// Months from starting to buy to the new contract, as `lead-times.csv` says.
fn lead(contract: &Contract, functions: &[Function]) -> Period {
    let core = functions.iter().any(|function| function.core && contract.functions.contains(&function.id));
    match (core, contract.route.as_deref()) {
        (true, _) => Period::months(18),
        (false, Some("call-off" | "direct-award")) => Period::months(6),
        _ => Period::months(12),
    }
}

fn outlooks(made: &Illustrative, as_at: Date, functions: &[Function]) -> Vec<Outlook> {
    made.contracts.iter().map(|contract| outlook(&contract.term, lead(contract, functions), as_at)).collect()
}

#[test]
fn systems_come_out_as_the_lists_say() {
    everywhere(|made, _, organisations, functions| {
        assert_eq!(made.systems.len(), 809);
        for row in rows(include_str!("../../../../../data/illustrative/councils.csv")) {
            let council = organisations.iter().find(|one| one.slug == row["organisation"]).expect("a council of the list");
            let count = made.systems.iter().filter(|system| system.organisation == council.id).count();
            assert_eq!(count.to_string(), row["systems"], "{}", council.slug);
        }
        for row in rows(include_str!("../../../../../data/illustrative/function-systems.csv")) {
            let function = functions.iter().find(|one| one.slug == row["function"]).expect("a function of the list");
            let count = made.systems.iter().filter(|system| system.functions == [function.id]).count();
            assert_eq!(count.to_string(), row["systems"], "{}", function.slug);
        }
    });
}

#[test]
fn the_register_holds_together() {
    everywhere(|made, as_at, organisations, _| {
        let products: HashMap<ProductId, &Product> = made.products.iter().map(|product| (product.id, product)).collect();
        let systems: HashMap<SystemId, &System> = made.systems.iter().map(|system| (system.id, system)).collect();
        let suppliers: HashMap<SupplierId, &str> =
            made.suppliers.iter().map(|supplier| (supplier.id, supplier.name.as_str())).collect();
        let known: HashSet<OrganisationId> = organisations.iter().map(|one| one.id).collect();
        let stock = Stock::shipped();
        for system in &made.systems {
            assert!(known.contains(&system.organisation));
            assert!(system.functions.iter().all(|function| products[&system.product].functions.contains(function)));
            assert!(system.satisfaction.is_none_or(|score| (1..=5).contains(&score)));
            assert!(system.users.is_none_or(|users| users > 0));
            assert!(system.confirmed.is_none_or(|day| day <= as_at));
        }
        let mut covered = HashSet::new();
        for contract in &made.contracts {
            assert!(!contract.title.is_empty() && !contract.systems.is_empty());
            let title = contract.title.to_lowercase();
            assert!(!["a", "e", "i", "o"].iter().any(|vowel| title.contains(&format!("of a {vowel}"))), "{title}");
            assert_eq!(contract.suppliers.is_empty(), contract.supplier_state != SupplierState::Known);
            let mut parties = BTreeSet::new();
            for id in &contract.systems {
                let system = systems[id];
                assert!(covered.insert(*id), "one contract a system");
                assert!(contract.products.contains(&system.product));
                assert!(system.functions.iter().all(|function| contract.functions.contains(function)));
                parties.insert(system.organisation);
            }
            assert_eq!(parties, contract.joint.iter().copied().chain([contract.organisation]).collect());
            assert!(!contract.joint.contains(&contract.organisation));
            for product in &contract.products {
                assert!(contract.systems.iter().any(|id| systems[id].product == *product));
                let row = stock.products.iter().find(|row| row.name == products[product].name).expect("a product of the stock");
                let sells = |name: &str| row.manufacturer == name || row.resellers().any(|reseller| reseller == name);
                assert!(contract.suppliers.iter().all(|supplier| sells(suppliers[supplier])), "{}", contract.title);
            }
            let term = &contract.term;
            if let (Some(start), Some(end)) = (term.start, term.current_end()) {
                assert!(start < end, "{term:?}");
            }
            assert!(term.kind != TermKind::RenewsYearly || term.end.is_some());
            assert!(contract.cpv.iter().all(|code| code.len() == 8 && (code.starts_with("48") || code.starts_with("72"))));
            assert!(contract.value.money().is_none_or(|money| money.pence > 0));
            assert!(contract.lot.is_none() || contract.framework.is_some());
            assert!(
                contract
                    .framework
                    .as_ref()
                    .is_none_or(|name| name.ends_with("(illustrative)") && contract.route.as_deref() == Some("call-off"))
            );
            assert_eq!(contract.origin.source, SOURCE);
        }
        for product in &made.products {
            assert!(product.manufacturer.is_some_and(|maker| suppliers.contains_key(&maker)));
        }
    });
}

#[test]
fn keys_and_ids_are_unique_and_shaped_as_they_should_be() {
    everywhere(|made, _, _, _| {
        let mut ids: Vec<Uuid> = made.suppliers.iter().map(|one| one.id.0).collect();
        ids.extend(made.products.iter().map(|one| one.id.0));
        ids.extend(made.systems.iter().map(|one| one.id.0));
        ids.extend(made.contracts.iter().map(|one| one.id.0));
        ids.extend(made.planned.iter().map(|one| one.id.0));
        assert!(ids.iter().all(|id| id.get_version_num() == 7 && id.get_variant() == uuid::Variant::RFC4122));
        assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len());
        let distinct = |keys: Vec<&String>| keys.iter().collect::<HashSet<_>>().len() == keys.len();
        assert!(distinct(made.systems.iter().map(|one| &one.key).collect()));
        assert!(distinct(made.contracts.iter().map(|one| &one.key).collect()));
        assert!(distinct(made.planned.iter().map(|one| &one.key).collect()));
    });
}

#[test]
fn contracts_have_the_shape_of_the_pictures() {
    everywhere(|made, as_at, _, functions| {
        let seen = outlooks(made, as_at, functions);
        let states = |state: TermState| seen.iter().filter(|one| one.term == state).count();
        assert_eq!(made.contracts.len(), 715);
        assert_eq!(states(TermState::PastEnd), 42);
        assert!((100..=115).contains(&(states(TermState::RenewsYearly) + states(TermState::Rolling))));
        assert!((55..=68).contains(&states(TermState::NotKnown)));
        let year = months(as_at, 12);
        let soon = seen.iter().filter(|one| one.last_possible_end.is_some_and(|end| end >= as_at && end <= year)).count();
        assert!((70..=80).contains(&soon), "{soon} end within a year");
        let missed = seen.iter().filter(|one| one.missed().next().is_some()).count();
        assert!((65..=125).contains(&missed), "{missed} have missed a decision date");
        assert!((12..=20).contains(&made.planned.len()));
        assert_eq!(made.contracts.iter().filter(|one| !one.joint.is_empty()).count(), 6);
        assert!(made.contracts.iter().filter(|one| one.systems.len() > 1 && one.joint.is_empty()).count() > 20);
    });
}

#[test]
fn the_mess_of_real_registers_is_there() {
    everywhere(|made, as_at, _, _| {
        let count = |holds: &dyn Fn(&Contract) -> bool| made.contracts.iter().filter(|one| holds(one)).count();
        let of = |basis: Basis| count(&|one| one.value.money().is_some_and(|money| money.basis == basis));
        assert!(of(Basis::Annual) > 200 && of(Basis::WholeLife) > 80 && of(Basis::Estimated) > 40);
        assert!(count(&|one| matches!(one.value, Value::Withheld { .. })) > 15);
        assert!(count(&|one| matches!(&one.value, Value::Withheld { reason } if reason == "commercial interest, s.43")) > 0);
        assert!(count(&|one| one.value == Value::NotKnown) > 60);
        assert!(count(&|one| one.reference.is_none()) > 30 && count(&|one| one.owning_service.is_none()) > 100);
        assert!(count(&|one| one.term.review.is_none()) > 150 && count(&|one| one.term.start.is_none()) > 50);
        assert!(count(&|one| !one.term.breaks.is_empty()) > 15);
        assert!(count(&|one| one.term.extensions.iter().any(|option| option.used)) > 50);
        assert!(count(&|one| one.term.unused_months() > 0) > 80);
        assert!(count(&|one| one.supplier_state != SupplierState::Known) > 5);
        assert!(count(&|one| one.term.terminated.is_none_or(|day| day >= as_at)) == 715);
        let makers: HashSet<SupplierId> = made.products.iter().filter_map(|product| product.manufacturer).collect();
        assert!(count(&|one| one.suppliers.iter().any(|supplier| !makers.contains(supplier))) > 40, "resellers sell");
        assert!(made.suppliers.iter().all(|supplier| supplier.names.len() == 4 && supplier.names[0].name == supplier.name));
        let mut numbers = made.suppliers.iter().flat_map(|supplier| &supplier.identifiers);
        assert!(numbers.all(|one| one.id.len() == 8 && one.id.starts_with("999")), "no real company's number");
        let mut held: HashMap<SupplierId, usize> = HashMap::new();
        made.contracts.iter().flat_map(|one| &one.suppliers).for_each(|supplier| *held.entry(*supplier).or_default() += 1);
        let mut sizes: Vec<usize> = held.into_values().collect();
        sizes.sort_unstable_by(|one, other| other.cmp(one));
        assert!(sizes.iter().take(10).sum::<usize>() * 2 > sizes.iter().sum(), "ten suppliers hold more than half");
    });
}

#[test]
fn records_are_as_fresh_and_as_full_as_their_council() {
    everywhere(|made, as_at, organisations, _| {
        let mut filled = BTreeMap::new();
        for row in rows(include_str!("../../../../../data/illustrative/councils.csv")) {
            let council = organisations.iter().find(|one| one.slug == row["organisation"]).expect("a council of the list");
            let wanted: f64 = row["fresh"].parse().expect("a number");
            let own: Vec<&Contract> = made.contracts.iter().filter(|one| one.organisation == council.id).collect();
            let fresh =
                own.iter().filter(|one| one.confirmed.is_some_and(|day| day > months(as_at, -12) && day <= as_at)).count();
            assert!((fresh as f64 / own.len() as f64 - wanted).abs() < 0.03, "{}", council.slug);
            let fields = own.iter().map(|one| {
                u32::from(one.reference.is_some())
                    + u32::from(one.owning_service.is_some())
                    + u32::from(one.route.is_some())
                    + u32::from(one.value != Value::NotKnown)
                    + u32::from(one.term.start.is_some())
            });
            filled.insert(row["complete"].clone(), f64::from(fields.sum::<u32>()) / own.len() as f64);
        }
        let values: Vec<f64> = filled.into_values().collect();
        let (poor, rich) = values.split_at(values.len() / 2);
        let mean = |part: &[f64]| part.iter().sum::<f64>() / part.len() as f64;
        assert!(mean(rich) > mean(poor) + 0.5, "the completer say more");
    });
}

#[test]
fn users_of_a_product_tend_to_agree_on_it() {
    let made = generate(PICTURED, SEED, &organisations(), &functions());
    let mut scores: HashMap<ProductId, Vec<f64>> = HashMap::new();
    for system in &made.systems {
        scores.entry(system.product).or_default().extend(system.satisfaction.map(f64::from));
    }
    let all: Vec<f64> = scores.values().flatten().copied().collect();
    assert!(all.len() > 550, "most say how happy they are");
    let spread = |values: &[f64]| {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        values.iter().map(|value| (value - mean).powi(2)).sum::<f64>()
    };
    let within: f64 = scores.values().filter(|values| !values.is_empty()).map(|values| spread(values)).sum();
    assert!(within < 0.75 * spread(&all), "the product explains a good part of the answers");
}

#[test]
fn seven_councils_can_end_together_within_one_quarter_and_no_other_user_can() {
    everywhere(|made, as_at, organisations, functions| {
        let product = made.products.iter().find(|one| one.name == SHARED_PRODUCT).expect("the product");
        let slug_of = |id: OrganisationId| organisations.iter().find(|one| one.id == id).map_or("", |one| one.slug.as_str());
        let contracts: Vec<&Contract> = made.contracts.iter().filter(|one| one.products.contains(&product.id)).collect();
        assert_eq!(contracts.len(), 11);
        let quarter = |day: Date| (day.year(), (day.month() - 1) / 3);
        let about = months(as_at, 28);
        let within: BTreeSet<&str> = contracts
            .iter()
            .filter(|one| one.term.last_possible_end().is_some_and(|end| quarter(end) == quarter(about)))
            .map(|one| slug_of(one.organisation))
            .collect();
        assert_eq!(within, SEVEN.into_iter().collect());
        let intervals = |length: Option<u16>| -> Vec<(&str, Date, Option<Date>)> {
            contracts
                .iter()
                .filter_map(|one| {
                    let seen = outlook(&one.term, length.map_or(lead(one, functions), Period::months), as_at);
                    seen.interval.map(|interval| (slug_of(one.organisation), interval.from, interval.to))
                })
                .collect()
        };
        for length in [None, Some(0), Some(6), Some(12), Some(18)] {
            let found = intervals(length);
            let day =
                found.iter().filter(|(slug, ..)| SEVEN.contains(slug)).map(|(_, from, _)| *from).max().expect("seven intervals");
            assert_eq!(quarter(day), quarter(about));
            let sharing: BTreeSet<&str> = found
                .iter()
                .filter(|(_, from, to)| *from <= day && to.is_none_or(|to| to >= day))
                .map(|(slug, ..)| *slug)
                .collect();
            assert_eq!(sharing, SEVEN.into_iter().collect(), "as at {as_at}, lead {length:?}");
        }
    });
}

#[test]
fn nothing_marks_the_seven() {
    let made = generate(PICTURED, SEED, &organisations(), &functions());
    let text = format!("{made:?}").to_lowercase();
    for word in ["seven", "shared_product", "window", "hidden", "cluster", "planted"] {
        assert!(!text.contains(word), "{word}");
    }
}

#[test]
fn the_same_seed_and_day_make_the_same_register_and_another_seed_another() {
    let (organisations, functions) = (organisations(), functions());
    let made = generate(PICTURED, 1, &organisations, &functions);
    assert_eq!(made, generate(PICTURED, 1, &organisations, &functions));
    let other = generate(PICTURED, 2, &organisations, &functions);
    assert_ne!(made.contracts, other.contracts);
    assert_ne!(made.contracts[0].id, other.contracts[0].id);
    let later = generate(date(2031, 6, 1), 1, &organisations, &functions);
    assert_eq!(made.contracts[0].id, later.contracts[0].id, "ids do not hang on the day");
    assert_eq!(made.systems[5].product, later.systems[5].product);
}

#[test]
fn with_fewer_councils_or_functions_it_makes_what_it_can() {
    let (organisations, functions) = (organisations(), functions());
    let made = generate(PICTURED, 1, &[], &functions);
    assert!(made.systems.is_empty() && made.contracts.is_empty() && made.planned.is_empty());
    assert_eq!((made.suppliers.len(), made.products.len()), (32, 57));
    assert!(generate(PICTURED, 1, &organisations, &[]).systems.is_empty());
    let few = generate(PICTURED, 1, &organisations[..6], &functions[..30]);
    assert!(!few.systems.is_empty() && !few.contracts.is_empty());
    for day in [Date::MIN, Date::MAX] {
        assert_eq!(generate(day, 1, &organisations, &functions).systems.len(), 809);
    }
}

/// Prints the register's figures with `--no-capture`; holds those that the home page shows.
#[test]
fn the_figures_of_the_pictured_day() {
    let functions = functions();
    let made = generate(PICTURED, SEED, &organisations(), &functions);
    let seen = outlooks(&made, PICTURED, &functions);
    let mut states: BTreeMap<&str, usize> = BTreeMap::new();
    let mut quarters: BTreeMap<(i16, i8), usize> = BTreeMap::new();
    for (contract, one) in made.contracts.iter().zip(&seen) {
        *states.entry(one.term.as_str()).or_default() += 1;
        if let Some(end) = one.last_possible_end.filter(|end| *end >= PICTURED && contract.term.in_use.is_none()) {
            *quarters.entry((end.year(), (end.month() + 2) / 3)).or_default() += 1;
        }
    }
    let missed = seen.iter().filter(|one| one.missed().next().is_some()).count();
    let ending =
        seen.iter().filter(|one| one.last_possible_end.is_some_and(|end| end >= PICTURED && end <= months(PICTURED, 12))).count();
    let covered: usize = made.contracts.iter().map(|one| one.systems.len()).sum();
    let confirmed = made.contracts.iter().filter(|one| one.confirmed.is_some_and(|day| day > months(PICTURED, -12))).count();
    println!("systems {} contracts {} planned {}", made.systems.len(), made.contracts.len(), made.planned.len());
    println!(
        "terms {states:?}; missed {missed}; ending within 12 months {ending}; systems with a contract {covered}; contracts confirmed in a year {confirmed}"
    );
    println!("quarters {quarters:?}");
    let in_use: HashSet<ProductId> = made.systems.iter().map(|one| one.product).collect();
    println!("products in use {}", in_use.len());
    assert!(in_use.len() >= 55);
    assert!((70..=80).contains(&ending) && (80..=105).contains(&missed));
}

#[test]
fn most_councils_are_in_the_network_some_are_not_and_one_has_left() {
    for day in DAYS {
        let councils = organisations();
        let made = members(day, &councils);
        assert_eq!(made, members(day, &councils));
        let now = made.iter().filter(|one| one.is_member(day)).count();
        assert!(now > 20 && now + 3 < councils.len(), "{now} of {}", councils.len());
        assert_eq!(made.iter().filter(|one| one.member_until.is_some_and(|until| until < day)).count(), 1);
        // What is known is left as it is.
        let known = Organisation { member_from: Some(date(2020, 1, 1)), ..councils[0].clone() };
        assert!(members(day, std::slice::from_ref(&known)).is_empty());
    }
}
