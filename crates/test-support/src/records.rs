//! Records for tests, whole and valid; a test changes what it is about.

use domain::register::{
    ids::{ContractId, ImportId, OrganisationId, ProductId, SkillId, SupplierId, SystemId},
    records::{Contract, Import, Organisation, OrganisationKind, Origin, Product, Skill, SkillLevel, Supplier, System},
    terms::{Term, TermKind},
};
use jiff::civil::Date;
use uuid::Uuid;

/// An organisation with a slug.
#[must_use]
pub fn organisation(slug: &str) -> Organisation {
    Organisation {
        id: OrganisationId(Uuid::now_v7()),
        slug: slug.to_owned(),
        name: slug.to_owned(),
        formal_name: format!("London Borough of {slug}"),
        kind: OrganisationKind::Council,
        gss_code: None,
        register_code: None,
        identifiers: Vec::new(),
        aliases: Vec::new(),
        letters: None,
        tile: None,
        colour: None,
        member_from: None,
        member_until: None,
        updated_at: 0,
    }
}

/// A supplier with a name.
#[must_use]
pub fn supplier(name: &str) -> Supplier {
    Supplier {
        id: SupplierId(Uuid::now_v7()),
        name: name.to_owned(),
        names: Vec::new(),
        identifiers: Vec::new(),
        owners: Vec::new(),
        sme: None,
        vcse: None,
        updated_at: 0,
    }
}

/// A product with a name.
#[must_use]
pub fn product(name: &str) -> Product {
    Product {
        id: ProductId(Uuid::now_v7()),
        name: name.to_owned(),
        manufacturer: None,
        former_names: Vec::new(),
        functions: Vec::new(),
        updated_at: 0,
    }
}

/// A product in use at an organisation, which publishes that.
#[must_use]
pub fn system(organisation: OrganisationId, product: ProductId) -> System {
    let id = Uuid::now_v7();
    System { key: id.to_string(), ..System::blank(SystemId(id), organisation, product) }
}

/// What experts of an organisation can do.
#[must_use]
pub fn skill(organisation: OrganisationId, name: &str) -> Skill {
    let id = Uuid::now_v7();
    Skill {
        id: SkillId(id),
        key: id.to_string(),
        organisation,
        name: name.to_owned(),
        level: SkillLevel::Expert,
        people: None,
        offers_training: false,
        origin: Origin::default(),
        confirmed: None,
        updated_at: 0,
    }
}

/// An import of a kind, or another group of changes, without files and with nothing to report.
#[must_use]
pub fn import(kind: &str, at: i64) -> Import {
    Import {
        id: ImportId(Uuid::now_v7()),
        kind: kind.to_owned(),
        files: Vec::new(),
        at,
        report: serde_json::json!({}),
        undone_at: None,
        organisation: None,
    }
}

/// A fixed contract of an organisation with a title and an end.
#[must_use]
pub fn contract(organisation: OrganisationId, title: &str, end: Option<Date>) -> Contract {
    let id = Uuid::now_v7();
    Contract {
        key: id.to_string(),
        title: title.to_owned(),
        term: Term { kind: TermKind::Fixed, end, ..Term::default() },
        origin: Origin { source: "test".to_owned(), ..Origin::default() },
        ..Contract::blank(ContractId(id), organisation)
    }
}
