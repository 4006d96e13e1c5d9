//! What each kind of record says of itself for its history: where its pages are, what it is called, who may take its changes
//! back, and what must hold after that.

use super::super::{change::Asked, own::Kept};
use domain::{
    people::Act,
    register::{
        edit::{Refused, check::Reference},
        import::apply::Fields,
        records::{Contract, Function, Organisation, PlannedProcurement, Product, Skill, Supplier, System},
        snapshot::Snapshot,
    },
};

/// A record whose history has a page, and whose changes can be taken back.
pub trait Told: store::Record {
    /// The first part of its page's address.
    const LIST: &'static str;
    /// Whether its name in addresses is a slug.
    const SLUGGED: bool = false;
    /// Whether taking back what made it removes it. An organisation is never removed: its membership ends on a day.
    const REMOVABLE: bool = true;
    /// What it is called.
    fn called(&self, snapshot: &Snapshot) -> String;
    /// Its name in addresses, where that is not its id.
    fn slug(&self) -> Option<&str> {
        None
    }
    /// What one must be allowed to do to take one of its changes back: whoever may edit may undo.
    fn keeper(&self) -> Act<'static>;
    /// What is wrong with it, among fields that changed.
    fn check(&self, _changed: &[&str], _exists: &dyn Fn(Reference) -> bool) -> Vec<Refused> {
        Vec::new()
    }
    /// Whether the origin of a field is kept.
    fn signs(_field: &str) -> bool {
        false
    }
}

/// Whether imports state a field, so that its origin is kept.
fn stated<R: Fields>(field: &str) -> bool {
    R::FIELDS.iter().any(|one| one.name == field)
}

/// Records that organisations keep themselves, with pages of questions.
macro_rules! kept {
    ($($record:ty),*) => {$(
        impl Told for $record {
            const LIST: &'static str = <Self as Kept>::LIST;
            fn called(&self, snapshot: &Snapshot) -> String {
                self.title(snapshot)
            }
            fn keeper(&self) -> Act<'static> {
                Act::EditRegister(self.organisation)
            }
            fn check(&self, changed: &[&str], exists: &dyn Fn(Reference) -> bool) -> Vec<Refused> {
                Kept::check(self, changed, exists)
            }
            fn signs(field: &str) -> bool {
                stated::<Self>(field)
            }
        }
    )*};
}

kept!(Contract, System, Skill);

impl Told for PlannedProcurement {
    const LIST: &'static str = "planned-procurements";
    fn called(&self, _: &Snapshot) -> String {
        self.title.clone()
    }
    fn keeper(&self) -> Act<'static> {
        Act::EditRegister(self.organisation)
    }
    fn signs(field: &str) -> bool {
        stated::<Self>(field)
    }
}

impl Told for Supplier {
    const LIST: &'static str = "suppliers";
    fn called(&self, _: &Snapshot) -> String {
        self.name.clone()
    }
    fn keeper(&self) -> Act<'static> {
        Act::Curate
    }
}

impl Told for Product {
    const LIST: &'static str = "products";
    fn called(&self, _: &Snapshot) -> String {
        self.name.clone()
    }
    fn keeper(&self) -> Act<'static> {
        Act::Curate
    }
}

impl Told for Function {
    const LIST: &'static str = "functions";
    const SLUGGED: bool = true;
    fn called(&self, _: &Snapshot) -> String {
        self.name.clone()
    }
    fn slug(&self) -> Option<&str> {
        Some(&self.slug)
    }
    fn keeper(&self) -> Act<'static> {
        Act::Curate
    }
}

impl Told for Organisation {
    const LIST: &'static str = "organisations";
    const SLUGGED: bool = true;
    const REMOVABLE: bool = false;
    fn called(&self, _: &Snapshot) -> String {
        self.name.clone()
    }
    fn slug(&self) -> Option<&str> {
        Some(&self.slug)
    }
    fn keeper(&self) -> Act<'static> {
        Act::ManageNetwork
    }
}
