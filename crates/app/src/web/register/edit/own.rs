//! What every record that an organisation keeps itself says of itself: its pages, its owner, its version, what is wrong with it.

use domain::register::{
    edit::{self, Refused, check::Reference},
    ids::OrganisationId,
    import::apply::Fields,
    records::{Contract, Skill, System},
};
use store::Record;

/// A record that organisations keep themselves.
pub trait Kept: Record + Fields {
    /// The first part of its page's address.
    const LIST: &'static str;
    /// Whose it is.
    fn owner(&self) -> OrganisationId;
    /// Its version.
    fn version(&self) -> i64;
    /// Whether the public register shows it.
    fn shown(&self) -> bool;
    /// Whether the public sees the same of it as of what it was: only the organisation's own part is another.
    fn looks_the_same(&self, before: &Self) -> bool;
    /// What is wrong with it, among fields that changed.
    fn check(&self, changed: &[&str], exists: &dyn Fn(Reference) -> bool) -> Vec<Refused>;
    /// The address of its page.
    fn address(&self) -> String {
        format!("/{}/{}", Self::LIST, self.id())
    }
}

impl Kept for Contract {
    const LIST: &'static str = "contracts";

    fn owner(&self) -> OrganisationId {
        self.organisation
    }

    fn version(&self) -> i64 {
        self.updated_at
    }

    fn shown(&self) -> bool {
        self.is_listed()
    }

    fn looks_the_same(&self, before: &Self) -> bool {
        self.public_part() == before.public_part()
    }

    fn check(&self, changed: &[&str], exists: &dyn Fn(Reference) -> bool) -> Vec<Refused> {
        edit::check::contract(self, changed, exists)
    }
}

impl Kept for System {
    const LIST: &'static str = "systems";

    fn owner(&self) -> OrganisationId {
        self.organisation
    }

    fn version(&self) -> i64 {
        self.updated_at
    }

    fn shown(&self) -> bool {
        self.published
    }

    fn looks_the_same(&self, before: &Self) -> bool {
        self.public_part() == before.public_part()
    }

    fn check(&self, changed: &[&str], exists: &dyn Fn(Reference) -> bool) -> Vec<Refused> {
        edit::check::system(self, changed, exists)
    }
}

impl Kept for Skill {
    const LIST: &'static str = "skills";

    fn owner(&self) -> OrganisationId {
        self.organisation
    }

    fn version(&self) -> i64 {
        self.updated_at
    }

    fn shown(&self) -> bool {
        true
    }

    fn looks_the_same(&self, _: &Self) -> bool {
        // All of it is public, and what is saved differs.
        false
    }

    fn check(&self, _: &[&str], _: &dyn Fn(Reference) -> bool) -> Vec<Refused> {
        Vec::new()
    }
}
