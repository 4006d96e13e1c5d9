//! What is coming to market: intentions and tenders that would replace contracts that end soon. Never contracts themselves.

use super::{
    World, contracts,
    ends::{days, months},
    random::{Random, id},
    stock::SHARED_FUNCTION,
    wording::lowered,
};
use crate::register::{
    ids::PlannedProcurementId,
    money::{Basis, Money, Value, Vat},
    records::{Contract, PlannedProcurement},
};

/// The records: one a council at most, those whose contracts end soonest being the likeliest.
pub(super) fn records(world: &World<'_>, contracts: &[Contract], seed: u64) -> Vec<PlannedProcurement> {
    let random = &mut Random::new(seed, "planned");
    let horizon = months(world.as_at, 20);
    let mut ending: Vec<&Contract> = contracts
        .iter()
        .filter(|contract| {
            contract.joint.is_empty()
                && contract
                    .functions
                    .iter()
                    .all(|function| name_of(world, *function).is_some_and(|(slug, _)| slug != SHARED_FUNCTION))
                && contract.term.last_possible_end().is_some_and(|end| end > months(world.as_at, 2) && end <= horizon)
        })
        .collect();
    random.shuffle(&mut ending);
    let wanted = usize::try_from(random.between(13, 18)).unwrap_or(13);
    let mut made: Vec<PlannedProcurement> = Vec::new();
    for contract in ending {
        if made.len() == wanted {
            break;
        }
        if made.iter().any(|planned| planned.organisation == contract.organisation) {
            continue;
        }
        let number = made.len();
        made.extend(record(world, contract, number, random));
    }
    made
}

fn name_of<'a>(world: &'a World<'_>, function: crate::register::ids::FunctionId) -> Option<(&'a str, &'a str)> {
    let need = world.functions.iter().find(|need| need.record.id == function)?;
    Some((&need.record.slug, &need.record.name))
}

fn record(world: &World<'_>, contract: &Contract, number: usize, random: &mut Random) -> Option<PlannedProcurement> {
    let council = world.councils.iter().find(|council| council.record.id == contract.organisation)?;
    let (slug, function) = name_of(world, *contract.functions.first()?)?;
    let lower = lowered(function);
    let stage = match number % 13 {
        12 => "cancelled",
        3 | 5 | 7 | 9 | 10 => "tender",
        _ => "planning",
    };
    let title = match (stage, random.below(3)) {
        ("planning", 0) => format!("{function} system: early market engagement"),
        ("planning", _) => format!("Future {lower} system"),
        (_, 0) => format!("{function} solution"),
        (_, _) => format!("Replacement of {lower} system"),
    };
    let start = days(contract.term.last_possible_end()?, 1);
    let years = random.pick(4, &[3, 4, 5]);
    let estimate = contract.value.money().map_or_else(
        || random.between(40, 900) as f64 * 1000.0,
        |money| match money.basis {
            Basis::Annual => money.pence as f64 / 100.0 * years as f64,
            Basis::WholeLife | Basis::Estimated => money.pence as f64 / 100.0,
        },
    );
    let value = match random.chance(0.8) {
        true => Value::Known(Money {
            vat: Vat::Excluded,
            ..Money::pounds(contracts::coarse(estimate * (0.95 + 0.2 * random.unit())) * 100, Basis::Estimated)
        }),
        false => Value::NotKnown,
    };
    let reference = format!("{}-P-{:03}", council.record.letters.as_deref().unwrap_or("LON"), 100 + number * 3);
    Some(PlannedProcurement {
        id: PlannedProcurementId(id(world.seed, "planned", number)),
        key: format!("{}|illustrative|{reference}", council.record.slug),
        organisation: contract.organisation,
        reference: Some(reference),
        title,
        description: random
            .chance(0.7)
            .then(|| format!("Software, hosting and support for {lower}, with the move of data from the system in use today.")),
        stage: stage.to_owned(),
        value,
        closes: (stage == "tender").then(|| days(world.as_at, random.between(4, 55))),
        start: Some(start),
        end: Some(days(months(start, 12 * years), -1)),
        duration: None,
        cpv: contracts::cpv(world.stock.area(slug), random),
        origin: super::origin(),
        updated_at: super::updated_at(Some(days(world.as_at, -random.between(1, 120))), world.as_at, random),
    })
}
