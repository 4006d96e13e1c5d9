//! Typed ids of the register's records: UUIDv7, made by whoever creates the record, never parsed for meaning.

use crate::ids::typed_ids;

typed_ids! {
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
    /// A skill that an organisation holds.
    SkillId,
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
