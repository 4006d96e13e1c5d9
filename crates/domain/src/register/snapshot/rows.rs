//! Row numbers: opaque and only good within the snapshot that gave them.

macro_rules! row {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub(crate) u32);

        impl $name {
            /// The number itself; for tables of entries, the position in the slice.
            #[must_use]
            pub fn index(self) -> usize { self.0 as usize }
        }

        impl From<u32> for $name {
            fn from(row: u32) -> Self { Self(row) }
        }
    )*};
}

row! {
    /// A contract.
    ContractRow,
    /// An organisation.
    OrganisationRow,
    /// A supplier.
    SupplierRow,
    /// A product.
    ProductRow,
    /// A function.
    FunctionRow,
    /// A service area.
    AreaRow,
    /// A system.
    SystemRow,
    /// A planned procurement.
    PlannedRow,
    /// A skill.
    SkillRow,
}

/// Rows of contracts to a chunk: the low bits of a row number are the place within its chunk.
///
/// Tests use small chunks, so that small registers have several.
pub(crate) const CHUNK_BITS: u32 = if cfg!(test) { 4 } else { 16 };
/// Most contracts in one chunk.
pub(crate) const CHUNK: usize = 1 << CHUNK_BITS;

impl ContractRow {
    pub(crate) fn new(chunk: usize, place: usize) -> Self {
        Self(((chunk as u32) << CHUNK_BITS) | place as u32)
    }

    pub(crate) fn chunk(self) -> usize {
        (self.0 >> CHUNK_BITS) as usize
    }

    pub(crate) fn place(self) -> usize {
        self.0 as usize & (CHUNK - 1)
    }
}
