//! The shipped rule tables, so that merging needs no schema at hand.
//!
//! They say the same as the release schemas 1.0.3 and 1.1.4; a test derives the
//! rules from those files and compares.

use super::Rule::{self, Omit, WholeList};

pub(super) const OCDS_1_1: &[(Rule, &[&str])] = &[
    (Omit, &["id", "date", "tag"]),
    (
        WholeList,
        &[
            // Organisations and references to them.
            "parties/roles",
            "parties/additionalIdentifiers",
            "buyer/additionalIdentifiers",
            "tender/procuringEntity/additionalIdentifiers",
            "tender/tenderers/additionalIdentifiers",
            "awards/suppliers/additionalIdentifiers",
            "contracts/implementation/transactions/payer/additionalIdentifiers",
            "contracts/implementation/transactions/payee/additionalIdentifiers",
            // Items.
            "tender/items/additionalClassifications",
            "awards/items/additionalClassifications",
            "contracts/items/additionalClassifications",
            // Amendments; the singular field is deprecated and still met.
            "tender/amendment/changes",
            "tender/amendments/changes",
            "awards/amendment/changes",
            "awards/amendments/changes",
            "contracts/amendment/changes",
            "contracts/amendments/changes",
            // Lists of codes.
            "tender/submissionMethod",
            "tender/additionalProcurementCategories",
            "relatedProcesses/relationship",
            "contracts/relatedProcesses/relationship",
        ],
    ),
];

pub(super) const OCDS_1_0: &[(Rule, &[&str])] = &[
    (Omit, &["id", "date", "tag", "ocid"]),
    (
        WholeList,
        &[
            "buyer/additionalIdentifiers",
            "tender/procuringEntity/additionalIdentifiers",
            // Organisations had no id of their own in 1.0.
            "tender/tenderers",
            "awards/suppliers",
            "tender/items/additionalClassifications",
            "awards/items/additionalClassifications",
            "contracts/items/additionalClassifications",
            "tender/amendment/changes",
            "awards/amendment/changes",
            "contracts/amendment/changes",
            "tender/submissionMethod",
        ],
    ),
];
