//! The register in other people's forms: pure functions from records to values, no bytes and no addresses.
//!
//! | module | what lives there |
//! |---|---|
//! | [`ocds`] | contracts and planned procurements as releases of OCDS 1.1 |

pub mod ocds;
