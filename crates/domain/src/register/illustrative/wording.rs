//! References and titles as councils write them. Words only: no dates but the year that a reference carries.

use super::{Council, World, random::Random, systems::Use};

/// A council's reference for a contract of that year; every council has a style of its own.
pub(super) fn reference(council: &Council<'_>, number: usize, year: i16, random: &mut Random) -> String {
    let slug = &council.record.slug;
    let letters = council.record.letters.clone().unwrap_or_else(|| slug.chars().take(3).collect::<String>().to_uppercase());
    // Out of order and with gaps, as the council's other contracts have numbers too; never the same twice.
    let number = ((number * 29 + 17) % 61 + number / 61 * 61) * 7 + random.below(7);
    match slug.bytes().map(usize::from).sum::<usize>() % 4 {
        0 | 1 => format!("{letters}-{year}-{number:04}"),
        2 => format!("DN{}", 412_000 + number),
        _ => format!("{letters}/ICT/{:02}/{number:03}", year % 100),
    }
}

/// A title for what a contract covers.
pub(super) fn title(world: &World<'_>, covered: &[Use], random: &mut Random) -> String {
    let Some(first) = covered.first() else { return String::new() };
    let function = &world.functions[first.function].record.name;
    let product = &world.stock.products[first.product].name;
    let lower = lowered(function);
    let mut functions: Vec<String> = Vec::new();
    for used in covered {
        let name = lowered(&world.functions[used.function].record.name);
        if !functions.contains(&name) {
            functions.push(name);
        }
    }
    let title = if functions.len() > 1 {
        let (last, others) =
            functions.split_last().map_or((String::new(), String::new()), |(last, others)| (last.clone(), others.join(", ")));
        if covered.iter().all(|used| used.product == first.product) {
            match random.below(3) {
                0 => format!("{product}: {others} and {last}"),
                1 => format!("{product} software licences and support ({others} and {last})"),
                _ => format!("Systems for {others} and {last}"),
            }
        } else {
            match random.below(2) {
                0 => format!("Software for {others} and {last}"),
                _ => format!("Business applications: {others} and {last}"),
            }
        }
    } else {
        match random.below(10) {
            0 | 1 => format!("{function} system"),
            2 | 3 => format!("{function}: software and support"),
            4 => format!("Supply of {lower} system"),
            5 => format!("{function} software as a service"),
            6 => format!("{product} annual licence, hosting and support"),
            7 => format!("{product} licence, support and maintenance"),
            8 => format!("Provision of {} {lower} solution", article(&lower)),
            _ => format!("{product} - {lower}"),
        }
    };
    if random.chance(0.03) { title.to_uppercase() } else { title }
}

/// 'An' before a vowel's sound, which for these names is its letter.
fn article(name: &str) -> &'static str {
    if name.starts_with(['a', 'e', 'i', 'o', 'A', 'E', 'I', 'O']) { "an" } else { "a" }
}

/// In the middle of a sentence; initials such as CCTV stay as they are.
pub(super) fn lowered(name: &str) -> String {
    let mut letters = name.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if !second.is_uppercase() => {
            first.to_lowercase().chain(std::iter::once(second)).chain(letters).collect()
        }
        _ => name.to_owned(),
    }
}
