//! A system in use as answers, and back.

use super::{
    Answers, Refusal, Refused,
    answers::{choice, name_of, number, text},
    contract::Named,
};
use crate::register::{
    ids::FunctionId,
    import::resolve::Index,
    records::{Hosting, System},
};

/// Where a system runs, by its name in forms.
pub const HOSTING: &[(&str, Hosting)] = &[
    ("supplier-cloud", Hosting::SupplierCloud),
    ("public-cloud", Hosting::PublicCloud),
    ("own-data-centre", Hosting::OwnDataCentre),
    ("shared-service", Hosting::SharedService),
];

/// Writes a system as answers; `product` only matters for a new one.
#[must_use]
pub fn say(system: &System, named: &Named<'_>) -> Answers {
    let mut answers = Answers::default();
    answers.set("product", (named.product)(system.product).unwrap_or_default());
    answers.set_all("functions", system.functions.iter().filter_map(|id| (named.function)(*id)).collect());
    answers.set("new-functions", "");
    answers.set("users", system.users.map(|users| users.to_string()).unwrap_or_default());
    answers.set("hosting", system.hosting.map_or("", |hosting| name_of(HOSTING, &hosting)));
    answers.set("satisfaction", system.satisfaction.map(|score| score.to_string()).unwrap_or_default());
    answers.set("data-access", system.data_access.clone().unwrap_or_default());
    answers.set("note", system.note.clone().unwrap_or_default());
    answers.set("published", if system.published { "yes" } else { "no" });
    answers
}

/// Reads answers into a system; its product is not among them, since another product is another system.
pub fn read(answers: &Answers, system: &mut System, index: &mut Index<'_>) -> Vec<Refused> {
    let mut refused = Vec::new();
    let functions: Option<Vec<FunctionId>> = answers.all("functions").map(|slug| index.known_function(slug)).collect();
    match functions {
        Some(mut functions) => {
            functions.extend(answers.lines("new-functions").iter().map(|name| index.function(name, None)));
            functions.dedup();
            system.functions = functions;
        }
        None => refused.push(Refused::new("functions", Refusal::NoSuchRecord)),
    }
    let mut put = |result: Result<(), Refused>| refused.extend(result.err());
    put(number(answers, "users", 0, 10_000_000).map(|users| system.users = users));
    put(number(answers, "satisfaction", 1, 5).map(|score| system.satisfaction = score.and_then(|score| u8::try_from(score).ok())));
    put(if answers.text("hosting").is_empty() {
        system.hosting = None;
        Ok(())
    } else {
        choice(answers, "hosting", HOSTING).map(|hosting| system.hosting = Some(hosting))
    });
    put(text(answers, "data-access", 2_000).map(|words| system.data_access = words));
    put(text(answers, "note", 5_000).map(|words| system.note = words));
    put(choice(answers, "published", &[("yes", true), ("no", false)]).map(|yes| system.published = yes));
    refused
}

/// The key of a system made in the browser, as a row of the survey would have it.
#[must_use]
pub fn key(slug: &str, system: &System, occurrence: u32) -> String {
    let mut functions: Vec<String> = system.functions.iter().map(|id| id.0.simple().to_string()).collect();
    functions.sort_unstable();
    format!("{slug}|survey|{}|{}|{occurrence}", system.product.0.simple(), functions.join("+"))
}
