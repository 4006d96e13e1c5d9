//! A system in use as answers, and back.

use super::{
    Answers, Refusal, Refused,
    answers::{choice, name_of, number, text},
    contract::Named,
};
use crate::register::{
    import::resolve::Index,
    names::tidy,
    records::{Hosting, SubProcessor, System, sub_processor},
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
    for (place, one) in (1..).zip(&system.sub_processors) {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        answers.set(format!("sub-processor-{place}-name"), one.name.clone());
        answers.set(format!("sub-processor-{place}-does"), text(&one.does));
        answers.set(format!("sub-processor-{place}-place"), text(&one.place));
        answers.set(format!("sub-processor-{place}-source"), text(&one.source));
    }
    answers.set("note", system.note.clone().unwrap_or_default());
    answers.set("published", if system.published { "yes" } else { "no" });
    answers
}

/// Reads answers into a system; its product is not among them, since another product is another system.
pub fn read(answers: &Answers, system: &mut System, index: &mut Index<'_>) -> Vec<Refused> {
    let mut refused = Vec::new();
    match super::contract::functions(answers, index) {
        Ok(functions) => system.functions = functions,
        Err(why) => refused.push(why),
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
    match sub_processors(answers, &system.sub_processors, index) {
        Ok(read) => system.sub_processors = read,
        Err(several) => refused.extend(several),
    }
    let mut put = |result: Result<(), Refused>| refused.extend(result.err());
    put(text(answers, "note", 5_000).map(|words| system.note = words));
    put(choice(answers, "published", &[("yes", true), ("no", false)]).map(|yes| system.published = yes));
    refused
}

/// The rows that name somebody, in order; a row left empty is one taken away. One that the register knows as a supplier is told
/// to be that; the name stays as it was typed.
fn sub_processors(answers: &Answers, before: &[SubProcessor], index: &Index<'_>) -> Result<Vec<SubProcessor>, Vec<Refused>> {
    let (mut read, mut refused) = (Vec::new(), Vec::new());
    for place in super::contract::rows(answers, "sub-processor", sub_processor::MOST) {
        let field = |name: &str| format!("sub-processor-{place}-{name}");
        let mut part = |name: &str, most: usize| {
            text(answers, &field(name), most).map(|text| text.map(|text| tidy(&text).into_owned())).unwrap_or_else(|why| {
                refused.push(why);
                None
            })
        };
        let (name, does, stands, source) = (part("name", 200), part("does", 300), part("place", 200), part("source", 500));
        let Some(name) = name else {
            if does.is_some() || stands.is_some() || source.is_some() {
                refused.push(Refused::new(field("name"), Refusal::Missing));
            }
            continue;
        };
        // Whom a name stood for is kept while the name is: suppliers may be merged and renamed.
        let same = before.iter().find(|one| one.name == name);
        let supplier = same.map_or_else(|| index.known_supplier(&name), |one| one.supplier);
        let one = SubProcessor { name, supplier, does, place: stands, source };
        if !read.contains(&one) {
            read.push(one);
        }
    }
    if read.len() > sub_processor::MOST {
        refused.push(Refused::new("sub-processor-1-name", Refusal::TooMany { most: sub_processor::MOST }));
    }
    if refused.is_empty() { Ok(read) } else { Err(refused) }
}

/// The key of a system made in the browser, as a row of the survey would have it.
#[must_use]
pub fn key(slug: &str, system: &System, occurrence: u32) -> String {
    let mut functions: Vec<String> = system.functions.iter().map(|id| id.0.simple().to_string()).collect();
    functions.sort_unstable();
    format!("{slug}|survey|{}|{}|{occurrence}", system.product.0.simple(), functions.join("+"))
}
