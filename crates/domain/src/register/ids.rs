//! Typed ids of the register's records: UUIDv7, made by whoever creates the record, never parsed for meaning.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { write!(f, "{}", self.0) }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { write!(f, "{}", self.0) }
        }
        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> { Uuid::parse_str(text).map(Self) }
        }
        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self { Self(id) }
        }
    )*};
}

id! {
    /// A council, the hub, a partner body, any buyer met in notices.
    OrganisationId,
    /// A group of functions.
    ServiceAreaId,
    /// What a council does.
    FunctionId,
    /// A legal entity that holds contracts, makes products, or resells them.
    SupplierId,
    /// A piece of software or a service that can be bought.
    ProductId,
    /// A product in use at an organisation.
    SystemId,
    /// A contract.
    ContractId,
    /// A tender-stage notice or an intention to buy.
    PlannedProcurementId,
    /// One run of an import.
    ImportId,
    /// A saved mapping from a source's headers to fields.
    MappingId,
    /// A raw OCDS release, kept as it came.
    ReleaseId,
    /// Something for a person to place or confirm.
    FlagId,
}
