//! Who uses what: spreads the functions over the councils, chooses products, and makes the records of systems.

use super::{
    Council, World,
    random::{Random, id},
    stock::{DATA_ACCESS, ProductRow, SHARED_PRODUCT},
};
use crate::register::{
    ids::SystemId,
    records::{Hosting, PublicAt, SubProcessor, System},
};

/// The seven that share a quarter, and the others that use the same product.
pub(super) const SEVEN: [&str; 7] = ["southwark", "lewisham", "hackney", "lambeth", "islington", "camden", "haringey"];
/// They use it too, but end elsewhere.
pub(super) const OTHERS: [&str; 4] = ["brent", "waltham-forest", "tower-hamlets", "greenwich"];
/// How many councils share each of the jointly held contracts.
const JOINT: [usize; 6] = [2, 3, 2, 2, 3, 2];

/// A product in use at a council for a function, by positions in the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Use {
    pub(super) council: usize,
    pub(super) function: usize,
    pub(super) product: usize,
    /// Who sells it there: its maker or a reseller.
    pub(super) supplier: usize,
    /// Pounds a year.
    pub(super) annual: i64,
    /// The number of the joint arrangement it belongs to.
    pub(super) joint: Option<usize>,
}

/// All uses, council by council, in the order of functions.
pub(super) fn uses(world: &World<'_>, seed: u64) -> Vec<Use> {
    let needed = spread(world, &mut Random::new(seed, "spread"));
    let random = &mut Random::new(seed, "products");
    let mut found = Vec::new();
    for (council, row) in needed.iter().enumerate() {
        let mut used: Vec<usize> = Vec::new();
        let size = 0.75 + 0.5 * random.unit();
        for function in (0..row.len()).filter(|function| row[*function]) {
            let again: Vec<usize> = used.iter().copied().filter(|product| serves(world, *product, function)).collect();
            // Councils like to buy the next module of what they have.
            let chosen = if !again.is_empty() && random.chance(0.3) {
                again.get(random.below(again.len())).copied()
            } else {
                product(world, &world.councils[council], function, random)
            };
            let Some(product) = chosen else { continue };
            used.push(product);
            let stock = &world.stock.products[product];
            let annual = (stock.annual_low + (stock.annual_high - stock.annual_low) * random.unit().powf(1.4)) * size;
            let supplier = supplier(world, product, random);
            found.push(Use { council, function, product, supplier, annual: rounded(annual), joint: None });
        }
    }
    share(world, &mut found, &mut Random::new(seed, "joint"));
    found
}

/// Which council needs a system for which function: row sums as `councils.csv`, column sums as `function-systems.csv`.
fn spread(world: &World<'_>, random: &mut Random) -> Vec<Vec<bool>> {
    let mut room: Vec<usize> = world.councils.iter().map(|council| council.row.systems).collect();
    let mut needed = vec![vec![false; world.functions.len()]; room.len()];
    let mut order: Vec<usize> = (0..world.functions.len()).collect();
    order.sort_by_key(|function| (!world.is_shared(*function), std::cmp::Reverse(world.functions[*function].systems)));
    for function in order {
        // The roomiest councils first: this way the sums always come out, if they can.
        let mut councils: Vec<(bool, usize, u64, usize)> = (0..room.len())
            .map(|council| {
                let must = world.is_shared(function) && shares(&world.councils[council]);
                (!must, usize::MAX - room[council], random.next(), council)
            })
            .collect();
        if world.is_shared(function) {
            councils.iter_mut().for_each(|entry| entry.1 = 0);
        }
        councils.sort_unstable();
        let open: Vec<usize> = councils.into_iter().map(|entry| entry.3).filter(|council| room[*council] > 0).collect();
        for council in open.into_iter().take(world.functions[function].systems) {
            needed[council][function] = true;
            room[council] -= 1;
        }
    }
    // Exchanges keep every sum and lose the order in which the functions were dealt.
    for _ in 0..40_000 {
        let (one, other) = (random.below(needed.len()), random.below(needed.len()));
        let (first, second) = (random.below(world.functions.len()), random.below(world.functions.len()));
        if world.functions.is_empty() || needed.is_empty() || world.is_shared(first) || world.is_shared(second) {
            continue;
        }
        if needed[one][first] && needed[other][second] && !needed[one][second] && !needed[other][first] {
            needed[one][first] = false;
            needed[other][second] = false;
            needed[one][second] = true;
            needed[other][first] = true;
        }
    }
    needed
}

fn shares(council: &Council<'_>) -> bool {
    let slug = council.row.organisation.as_str();
    SEVEN.contains(&slug) || OTHERS.contains(&slug)
}

fn serves(world: &World<'_>, product: usize, function: usize) -> bool {
    world.stock.products[product].functions().any(|slug| slug == world.functions[function].record.slug)
}

/// A product for a function, drawn by weight.
fn product(world: &World<'_>, council: &Council<'_>, function: usize, random: &mut Random) -> Option<usize> {
    let weights: Vec<f64> = (0..world.stock.products.len())
        .map(|product| {
            let shared = world.stock.products[product].name == SHARED_PRODUCT;
            if !serves(world, product, function) || shared && !shares(council) {
                0.0
            } else if world.is_shared(function) && shares(council) {
                f64::from(u8::from(shared))
            } else {
                world.stock.products[product].weight
            }
        })
        .collect();
    random.weighted(&weights)
}

/// Who sells a product at one council.
fn supplier(world: &World<'_>, product: usize, random: &mut Random) -> usize {
    let row = &world.stock.products[product];
    let resellers: Vec<usize> = row.resellers().filter_map(|name| world.stock.supplier(name)).collect();
    let maker = world.stock.supplier(&row.manufacturer).unwrap_or(0);
    if random.chance(row.reseller_percent / 100.0) {
        resellers.get(random.below(resellers.len())).copied().unwrap_or(maker)
    } else {
        maker
    }
}

/// Lets a few councils hold a system together: the same product from the same supplier for the same function.
fn share(world: &World<'_>, uses: &mut [Use], random: &mut Random) {
    let mut taken = vec![false; world.councils.len()];
    for (number, size) in JOINT.into_iter().enumerate() {
        for _ in 0..500 {
            let lead = random.below(uses.len());
            let Some(model) = uses.get(lead).copied() else { return };
            if world.is_shared(model.function) {
                continue;
            }
            let mut members: Vec<usize> =
                (0..uses.len()).filter(|other| uses[*other].function == model.function && !taken[uses[*other].council]).collect();
            if members.len() < size || !members.contains(&lead) {
                continue;
            }
            random.shuffle(&mut members);
            members.retain(|member| *member != lead);
            members.truncate(size - 1);
            members.push(lead);
            for member in members {
                taken[uses[member].council] = true;
                uses[member].joint = Some(number);
                uses[member].product = model.product;
                uses[member].supplier = model.supplier;
            }
            break;
        }
    }
}

/// The records, in the order of the uses.
pub(super) fn records(world: &World<'_>, uses: &[Use], seed: u64) -> Vec<System> {
    let random = &mut Random::new(seed, "systems");
    let mood: Vec<f64> = world
        .stock
        .products
        .iter()
        .map(|product| match product.name.as_str() {
            SHARED_PRODUCT => 3.1,
            name => 2.2 + 2.1 * Random::new(seed, name).unit(),
        })
        .collect();
    let records = uses.iter().enumerate().map(|(number, used)| {
        let council = &world.councils[used.council];
        let function = world.functions[used.function].record;
        let swing = (random.unit() + random.unit() + random.unit() - 1.5) * 1.5;
        let satisfaction = (mood[used.product] + swing).round().clamp(1.0, 5.0) as u8;
        let users = (used.annual as f64 / (150.0 + 550.0 * random.unit())).clamp(3.0, 6000.0);
        let users = if users < 60.0 { users.round() } else { (users / 5.0).round() * 5.0 } as i64;
        let hosting = match random.weighted(&hosting(&world.stock.products[used.product])) {
            Some(0) => Hosting::SupplierCloud,
            Some(1) => Hosting::PublicCloud,
            _ => Hosting::OwnDataCentre,
        };
        let hosting = if used.joint.is_some() { Hosting::SharedService } else { hosting };
        // Most users of a product say much the same of it.
        let usual = Random::new(seed, &world.stock.products[used.product].description).below(DATA_ACCESS.len());
        let access = if random.chance(0.6) { usual } else { random.below(DATA_ACCESS.len()) };
        System {
            id: SystemId(id(seed, "system", number)),
            key: format!(
                "{}|illustrative|{}|{}",
                council.row.organisation, world.stock.products[used.product].name, function.slug
            ),
            organisation: council.record.id,
            product: world.product_id(used.product),
            functions: vec![function.id],
            users: council.says(1.5, random).then_some(users),
            hosting: council.says(1.2, random).then_some(hosting),
            satisfaction: council.says(0.8, random).then_some(satisfaction),
            data_access: council.says(1.3, random).then(|| DATA_ACCESS[access].to_owned()),
            sub_processors: Vec::new(),
            origin: super::origin(),
            confirmed: None,
            note: None,
            published: true,
            updated_at: 0,
            public_at: PublicAt::default(),
        }
    });
    let mut records: Vec<System> = records.collect();
    for (number, council) in world.councils.iter().enumerate() {
        let own: Vec<usize> = (0..uses.len()).filter(|used| uses[*used].council == number).collect();
        for (used, confirmed) in own.iter().zip(super::confirmations(council, own.len(), world.as_at, random)) {
            records[*used].confirmed = confirmed;
            records[*used].updated_at = super::updated_at(confirmed, world.as_at, random);
        }
    }
    for (number, record) in records.iter_mut().enumerate() {
        record.sub_processors = sub_processors(record, seed, number);
    }
    records
}

/// Made-up names for some of the systems that run elsewhere; most councils do not know.
fn sub_processors(system: &System, seed: u64, number: usize) -> Vec<SubProcessor> {
    const NAMED: [(&str, &str, &str); 4] = [
        ("Example Hosting", "hosting and backups", "London"),
        ("Example Messages", "text messages and e-mail", "Ireland"),
        ("Example Support Desk", "support, with access to live data", "Leeds"),
        ("Example Analytics", "reports", "Frankfurt"),
    ];
    let mut random = Random::new(seed, &format!("sub-processors {number}"));
    if !matches!(system.hosting, Some(Hosting::SupplierCloud)) || !random.chance(0.3) {
        return Vec::new();
    }
    let named = NAMED[..=random.below(NAMED.len())].iter();
    named
        .map(|(name, does, place)| SubProcessor {
            name: (*name).to_owned(),
            supplier: None,
            does: Some((*does).to_owned()),
            place: Some((*place).to_owned()),
            source: Some("Illustrative".to_owned()),
        })
        .collect()
}

/// A sum as people would agree it.
fn rounded(pounds: f64) -> i64 {
    let step = match pounds {
        sum if sum < 10_000.0 => 250.0,
        sum if sum < 50_000.0 => 500.0,
        sum if sum < 150_000.0 => 1_000.0,
        _ => 5_000.0,
    };
    ((pounds / step).round() * step).max(1_000.0) as i64
}

/// How often a product runs at its supplier's, in the council's own cloud, on its premises.
fn hosting(product: &ProductRow) -> [f64; 3] {
    [product.hosting_supplier_cloud, product.hosting_own_cloud, product.hosting_on_premises]
}
