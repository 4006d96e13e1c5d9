//! Records that nobody has answered anything of yet, and the answers that a new draft begins with.

use crate::web::register::edit::naming::Names;
use domain::register::{
    edit::{
        Answers,
        contract::{self, Group, REGISTER},
        skill, system,
    },
    ids::{ContractId, OrganisationId, ProductId, SkillId, SystemId},
    records::*,
};
use uuid::Uuid;

fn origin(source: &str) -> Origin {
    Origin { source: source.to_owned(), ..Origin::default() }
}

pub(super) fn blank_contract(organisation: OrganisationId) -> Contract {
    Contract { origin: origin(REGISTER), ..Contract::blank(ContractId(Uuid::now_v7()), organisation) }
}

pub(super) fn blank_system(organisation: OrganisationId) -> System {
    System { origin: origin("survey"), ..System::blank(SystemId(Uuid::now_v7()), organisation, ProductId(Uuid::nil())) }
}

pub(super) fn blank_skill(organisation: OrganisationId) -> Skill {
    Skill {
        id: SkillId(Uuid::now_v7()),
        key: String::new(),
        organisation,
        name: String::new(),
        level: SkillLevel::default(),
        people: None,
        offers_training: false,
        origin: origin(REGISTER),
        confirmed: None,
        updated_at: 0,
    }
}

/// The answers that a new draft begins with.
pub(super) fn first_answers(kind: &str, organisation: OrganisationId, names: &Names<'_>) -> Answers {
    let mut all = Answers::default();
    names.named(|named| match kind {
        "system" => all.absorb(system::say(&blank_system(organisation), named)),
        "skill" => all.absorb(skill::say(&blank_skill(organisation))),
        _ => Group::ALL.into_iter().for_each(|group| all.absorb(contract::say(group, &blank_contract(organisation), named))),
    });
    if kind == "contract" {
        all.set("supplier-state", "");
        all.set("kind", "");
        all.set("value-state", "");
    }
    if kind == "skill" {
        all.set("level", "");
        all.set("offers-training", "");
    }
    all
}
