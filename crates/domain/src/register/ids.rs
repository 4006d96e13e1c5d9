//! Typed ids of the register's records: UUIDv7, made by whoever creates the record, never parsed for meaning.

/// Declares typed ids: UUID newtypes that read, write and sort as the UUID does.
macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub uuid::Uuid);

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { write!(f, "{}", self.0) }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { write!(f, "{}", self.0) }
        }
        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> { uuid::Uuid::parse_str(text).map(Self) }
        }
        impl From<uuid::Uuid> for $name {
            fn from(id: uuid::Uuid) -> Self { Self(id) }
        }
    )*};
}
pub(crate) use id;

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
