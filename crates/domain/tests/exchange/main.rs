//! An assessment goes out as JSON and comes back with nothing lost, also one that came from the CNIL's tool.

mod agreement;
mod coming_in;
mod round_trip;
mod sample;

use domain::{
    dpia::{
        exchange::{Named, anew::Receiver},
        library::Library,
        template::Template,
    },
    people::PersonId,
    register::ids::OrganisationId,
};
use sample::bundle;
use std::sync::LazyLock;
use uuid::Uuid;

const AT: i64 = 1_575_370_800_000;

fn id(number: u128) -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + number)
}

fn organisation(number: u128) -> OrganisationId {
    OrganisationId(id(number))
}

/// The shipped template, read once: reading it checks it whole.
static TEMPLATE: LazyLock<Template> = LazyLock::new(|| {
    let library = Library::shipped().unwrap();
    library.templates.iter().find(|template| template.edition.urn.ends_with(":uk-gdpr")).unwrap().clone()
});

fn template() -> Template {
    TEMPLATE.clone()
}

fn receiver(known: &[Named]) -> Receiver<'_> {
    let organisation = Named { id: organisation(77), slug: "islington".into(), name: "Islington".into() };
    Receiver { organisation, known, register: &[], person: PersonId(id(950)), number: "2026-1".into(), at: AT + 10 }
}

fn counter() -> impl FnMut() -> Uuid {
    let mut next = 10_000;
    move || {
        next += 1;
        id(next)
    }
}
