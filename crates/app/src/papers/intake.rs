//! Files that become assessments here.

use anyhow::{Result, anyhow, bail};
use documents::package::{self, Files};
use domain::dpia::{
    attachment::{self, Gone, Scan},
    cnil,
    exchange::{Bundle, anew::Receiver, from_cnil, register::Registered},
    template::{Edition, Template},
};
use uuid::Uuid;

/// Where a file comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The CNIL's PIA tool: JSON.
    Cnil,
    /// City Tools: JSON, or a ZIP with attachments.
    Citytools,
}

/// A file that was read, before it gets ids here.
pub enum Opened<'f> {
    /// Assessments of the CNIL's PIA tool.
    Cnil(Vec<cnil::Pia>),
    /// A document of City Tools with its files, which stay packed until each is asked for.
    Citytools(Box<Bundle>, Files<'f>),
}

/// What a file is that is often chosen by mistake; none where its bytes do not say.
fn mistaken(from: Origin, bytes: &[u8]) -> Option<&'static str> {
    Some(match from {
        _ if bytes.trim_ascii().is_empty() => "it is empty",
        _ if bytes.starts_with(b"%PDF-") => "it is a PDF, which can be recorded as an assessment made elsewhere",
        Origin::Cnil if bytes.starts_with(b"PK") => {
            "it is a ZIP, or a Word or Excel file: if it is the ZIP that the tool wrote, unpack it and choose the JSON in it"
        }
        _ => return None,
    })
}

/// Reads a file.
///
/// # Errors
/// What is wrong with the file, in words for whoever chose it.
pub fn open(from: Origin, bytes: &[u8]) -> Result<Opened<'_>> {
    if let Some(what) = mistaken(from, bytes) {
        bail!(what);
    }
    let caps = package::Caps::default();
    let is_archive = from == Origin::Citytools && bytes.starts_with(b"PK");
    if !is_archive && bytes.len() as u64 > caps.document {
        bail!("it is longer than {} MB, which is more than an assessment without its files has", caps.document >> 20);
    }
    Ok(match from {
        Origin::Cnil => Opened::Cnil(cnil::read(bytes)?),
        Origin::Citytools => {
            if is_archive {
                let package = package::read(bytes, &caps)?;
                Opened::Citytools(Box::new(Bundle::from_json(&package.document)?), package.files)
            } else {
                Opened::Citytools(Box::new(Bundle::from_json(bytes)?), Files::default())
            }
        }
    })
}

impl<'f> Opened<'f> {
    /// The records of the register that are to be found again here: [`Receiver::register`] holds those that they may be.
    #[must_use]
    pub fn wanted(&self) -> Vec<Registered> {
        match self {
            Self::Cnil(_) => Vec::new(),
            Self::Citytools(bundle, _) => bundle.wanted(),
        }
    }

    /// The documents with ids of their own. `template` is for what brings none of its own; `known` finds the others.
    ///
    /// # Errors
    /// What is wrong with the file, in words for whoever chose it.
    pub fn documents<'t>(
        self,
        receiver: &Receiver<'_>,
        template: &'t Template,
        known: impl Fn(&Edition) -> Option<&'t Template>,
    ) -> Result<Vec<(Bundle, Files<'f>)>> {
        let mut ids = Uuid::now_v7;
        match self {
            Self::Cnil(pias) => Ok(pias
                .iter()
                .map(|pia| (from_cnil::bundle(&cnil::import(pia), template, receiver, &mut ids), Files::default()))
                .collect()),
            Self::Citytools(bundle, files) => {
                let Some(own) = known(&bundle.assessment.template) else {
                    bail!(
                        "the assessment uses the template {}, which is not known here: add that template first",
                        bundle.assessment.template
                    );
                };
                let mut bundle = bundle.anew(receiver, Some(own), &mut ids)?;
                look(&mut bundle, &files)?;
                Ok(vec![(bundle, files)])
            }
        }
    }
}

/// Why a file is not taken, as the page of attachments says it, within a sentence.
fn why(refusal: attachment::Refusal) -> String {
    let said = crate::web::exchange::attachments::refused(refusal);
    let mut letters = said.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

/// Looks into the files that came along as into any other: by name, bytes and quota. What a scanner said of them elsewhere counts
/// for nothing here. What the document says of a file that did not come along is kept, and that it is not here.
fn look(bundle: &mut Bundle, files: &Files<'_>) -> Result<()> {
    let mut used = 0;
    for one in &mut bundle.attachments {
        if matches!(one.gone, Some(Gone::Removed { .. })) {
            continue;
        }
        let Some(bytes) = files.get(&one.hash.to_string())? else {
            one.gone = Some(Gone::NotHere);
            continue;
        };
        let refused = |why: String| anyhow!("the attachment '{}' cannot be taken: {why}", one.name);
        let (kind, name, _) = attachment::check(&one.name, &bytes, used).map_err(|refusal| refused(why(refusal)))?;
        documents::attachment::kind(&one.name, &bytes).or_else(|why| match (why, kind) {
            // JSON is taken as an attachment, and no look into its bytes says more.
            (documents::attachment::Refused::Ending, attachment::Kind::Json) => Ok(documents::attachment::Kind::Text),
            (why, _) => Err(refused(why.to_string())),
        })?;
        used += bytes.len();
        (one.kind, one.name, one.size, one.scan, one.gone) = (kind, name, bytes.len(), Scan::Off, None);
    }
    Ok(())
}
