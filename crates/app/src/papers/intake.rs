//! Files that become assessments here.

use anyhow::{Result, bail};
use documents::package;
use domain::dpia::{
    cnil,
    exchange::{Bundle, anew::Receiver, from_cnil},
    template::{Edition, Template},
};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Where a file comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The CNIL's PIA tool: JSON.
    Cnil,
    /// City Tools: JSON, or a ZIP with attachments.
    Citytools,
}

/// The files that came with a document, by the SHA-256 of their content.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Reads a file into documents with ids of their own. `template` is for what brings none of its own; `known` finds the others.
///
/// # Errors
/// What is wrong with the file, in words for whoever chose it.
pub fn read<'t>(
    from: Origin,
    bytes: &[u8],
    receiver: &Receiver<'_>,
    template: &'t Template,
    known: impl Fn(&Edition) -> Option<&'t Template>,
) -> Result<Vec<(Bundle, Files)>> {
    let mut ids = Uuid::now_v7;
    match from {
        Origin::Cnil => {
            let pias = cnil::read(bytes)?;
            Ok(pias
                .iter()
                .map(|pia| (from_cnil::bundle(&cnil::import(pia), template, receiver, &mut ids), Files::new()))
                .collect())
        }
        Origin::Citytools => {
            let (document, files) = if bytes.starts_with(b"PK") {
                let package = package::read(bytes, &package::Caps::default())?;
                (package.document, package.files)
            } else {
                (bytes.to_vec(), Files::new())
            };
            let bundle = Bundle::from_json(&document)?;
            if known(&bundle.assessment.template).is_none() {
                bail!(
                    "the assessment uses the template {}, which is not known here: add that template first",
                    bundle.assessment.template
                );
            }
            let own = known(&bundle.assessment.template);
            Ok(vec![(bundle.anew(receiver, own, &mut ids)?, files)])
        }
    }
}
