//! When what the public sees of a record last changed. Whoever watches public pages and files must not learn from a date, an
//! entity tag or a release that an organisation wrote something for itself.

use super::{Contract, Origin, System};
use crate::{audit::Kind, register::ids::ContractId};
use std::collections::BTreeMap;
use uuid::Uuid;

/// When what the public sees of a record last changed, milliseconds of UTC; 0 before it was first stored. It stands beside the
/// record and says nothing of it: records that differ in it alone are equal, and the change log does not hold it.
#[derive(Clone, Copy, Debug, Default)]
pub struct PublicAt(pub i64);

impl PartialEq for PublicAt {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for PublicAt {}

/// Where a record came from, as far as the public may know.
fn public_origin(origin: &Origin, kind: Kind) -> Origin {
    let mut origin = origin.clone();
    origin.fields.retain(|field, _| !kind.private_fields().contains(&field.as_str()));
    origin
}

macro_rules! public_at {
    ($record:ty) => {
        impl $record {
            /// When what the public sees of it last changed, milliseconds of UTC.
            #[must_use]
            pub fn last_public_change(&self) -> i64 {
                if self.public_at.0 == 0 { self.updated_at } else { self.public_at.0 }
            }

            /// Says when the public last saw it change: with this change, or, where `before` looks the same in public, when it did
            /// before. To be called once the record says when it was updated.
            pub fn note_public_change(&mut self, before: Option<&Self>) {
                let unseen = before.filter(|before| before.public_part() == self.public_part());
                self.public_at = PublicAt(unseen.map_or(self.updated_at, Self::last_public_change));
            }
        }
    };
}

public_at!(Contract);
public_at!(System);

impl Contract {
    /// The record without what only its organisation may read: [`Kind::private_fields`]. That it stands behind another is public;
    /// behind which one may not be.
    #[must_use]
    pub fn public_part(&self) -> Self {
        Self {
            manager: None,
            note: None,
            notice_of: self.notice_of.map(|_| ContractId(Uuid::nil())),
            set_aside: BTreeMap::new(),
            origin: public_origin(&self.origin, Kind::Contract),
            updated_at: 0,
            ..self.clone()
        }
    }
}

impl System {
    /// The record without what only its organisation may read: [`Kind::private_fields`].
    #[must_use]
    pub fn public_part(&self) -> Self {
        Self { satisfaction: None, note: None, origin: public_origin(&self.origin, Kind::System), updated_at: 0, ..self.clone() }
    }
}

#[cfg(test)]
mod tests;
