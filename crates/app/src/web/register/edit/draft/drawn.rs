//! A draft's record as far as its answers go, what was refused of them, and the names that it would make.

use super::blank::{blank_contract, blank_skill, blank_system};
use crate::{
    error::Failure,
    imports,
    state::App,
    web::{
        register::edit::{
            naming::Names,
            save::{self, References},
        },
        session::Caller,
    },
};
use domain::register::{
    edit::{
        Refusal, Refused, check,
        contract::{self, Group, REGISTER},
        skill, system,
    },
    ids::OrganisationId,
    import::resolve::{Changes, Index},
    records::*,
};
use store::drafts::Draft;
use uuid::Uuid;

/// What a draft is to become, as far as its answers go.
pub(super) enum Made {
    Contract(Box<Contract>),
    System(Box<System>),
    Skill(Box<Skill>),
}

/// A draft's record with what was refused of its answers, group by group, and the names that it would make.
pub(super) struct Drawn {
    pub(super) made: Made,
    pub(super) refused: Vec<(&'static str, Refused)>,
    pub(super) changes: Changes,
    /// The log's head before the known names were read.
    pub(super) seen: i64,
}

/// Draws a draft's record from its answers.
pub(super) async fn drawn(app: &App, caller: &Caller, draft: &Draft) -> Result<Drawn, Failure> {
    let organisation = OrganisationId(draft.organisation);
    let known = imports::plan::Names::load(&app.store, &caller.scope).await?;
    let snapshot = app.snapshot();
    let names = Names::of(&snapshot);
    let mut refused: Vec<(&'static str, Refused)> = Vec::new();
    let references = References::load(app, &caller.scope, organisation).await?;
    let (made, changes) = {
        let mut ids = Uuid::now_v7;
        let mut index = Index::new(known.known(), &mut ids, app.clock.now());
        let made = names.named(|named| match draft.kind.as_str() {
            "system" => {
                let mut record = blank_system(organisation);
                let product = draft.answers.lines("product").into_iter().next();
                refused.extend(system::read(&draft.answers, &mut record, &mut index).into_iter().map(|one| ("system", one)));
                match product {
                    Some(name) if name.chars().count() <= 300 => record.product = index.product(&name, None, &record.functions),
                    Some(_) => refused.push(("system", Refused::new("product", Refusal::TooLong { most: 300 }))),
                    None => refused.push(("system", Refused::new("product", Refusal::Missing))),
                }
                Made::System(Box::new(record))
            }
            "skill" => {
                let mut record = blank_skill(organisation);
                refused.extend(skill::read(&draft.answers, &mut record).into_iter().map(|one| ("skill", one)));
                Made::Skill(Box::new(record))
            }
            _ => {
                let mut record = blank_contract(organisation);
                for group in Group::ALL {
                    let found = contract::read(group, &draft.answers, &mut record, named, &mut index, REGISTER);
                    refused.extend(found.into_iter().map(|one| (group.as_str(), one)));
                }
                Made::Contract(Box::new(record))
            }
        });
        (made, index.into_changes())
    };
    if let Made::Contract(record) = &made {
        let all = save::field_names::<Contract>();
        let found = check::contract(record, &all, &|reference| references.has(reference));
        // A group of which something was refused has said what is wrong; the others are checked though it is not answered yet.
        let unread: Vec<&str> = refused.iter().map(|(group, _)| *group).collect();
        let found = found.into_iter().map(|one| (group_of(&one.field), one));
        refused.extend(found.filter(|(group, _)| !unread.contains(group)));
    }
    Ok(Drawn { made, refused, changes, seen: known.seen })
}

/// The group in which a contract's field is asked for.
fn group_of(field: &str) -> &'static str {
    match field.split('-').next().unwrap_or_default() {
        "title" | "reference" | "description" => "about",
        "supplier" | "suppliers" => "suppliers",
        "products" | "functions" | "systems" | "joint" | "new" => "covers",
        "option" | "break" => "options",
        "value" | "amount" | "basis" | "vat" | "withheld" => "value",
        "route" | "framework" | "lot" | "cpv" | "url" => "buying",
        "owning" | "manager" | "note" | "published" => "care",
        _ => "dates",
    }
}
