//! Files beside an assessment: kept by the hash of their bytes, of checked types and sizes, served as downloads that cannot
//! run. One that is taken away, or that did not come along with a document, leaves its name and hash behind ([`Gone`]).

use super::{
    access::{Sight, WRITERS, sight},
    assessment::Assessment,
    ids::{AssessmentId, AttachmentId},
    place::Place,
    seal::Seal,
};
use crate::{
    people::{Act, Member, PersonId, Scope, may},
    register::ids::OrganisationId,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// The most bytes of one file: 20 MiB.
pub const MAX: usize = 20 << 20;
/// The most bytes of all files of one assessment: 200 MiB.
pub const QUOTA: usize = 200 << 20;
/// Bytes of a chunk as it is stored: 256 KiB.
pub const CHUNK: usize = 256 << 10;

/// A file beside an assessment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Its id.
    pub id: AttachmentId,
    /// The assessment.
    pub assessment: AssessmentId,
    /// The field it belongs to; the whole assessment, where none is said.
    pub place: Option<Place>,
    /// The name under which it is downloaded.
    pub name: String,
    /// What it is, by its bytes.
    pub kind: Kind,
    /// Its size in bytes.
    pub size: usize,
    /// The hash of its bytes.
    pub hash: Seal,
    /// What the scanner said.
    pub scan: Scan,
    /// Who attached it.
    pub by: PersonId,
    /// For whom.
    pub organisation: OrganisationId,
    /// When, milliseconds of UTC.
    pub at: i64,
    /// Why its bytes are not here; none where they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gone: Option<Gone>,
}

/// Why the bytes of a file are not here. Its name, type, size and hash stay, so that nobody wonders later what it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "gone")]
pub enum Gone {
    /// The document that it came in with was without its files. Whoever attaches the same bytes puts them in their place.
    NotHere,
    /// Somebody took it away.
    Removed {
        /// Who.
        by: PersonId,
        /// For whom.
        organisation: OrganisationId,
        /// When, milliseconds of UTC.
        at: i64,
        /// Why.
        reason: String,
    },
}

impl Attachment {
    /// Whether its bytes are here.
    #[must_use]
    pub fn here(&self) -> bool {
        self.gone.is_none()
    }

    /// The file as it stands once somebody has taken it away.
    ///
    /// # Errors
    /// See [`Stays`].
    pub fn removed(&self, by: &Member, reason: &str, at: i64) -> Result<Self, Stays> {
        if matches!(self.gone, Some(Gone::Removed { .. })) {
            return Err(Stays::RemovedAlready);
        }
        let reason = reason.trim();
        if reason.is_empty() {
            return Err(Stays::SayWhy);
        }
        if reason.chars().count() > REASON {
            return Err(Stays::TooLong);
        }
        let gone = Gone::Removed { by: by.person, organisation: by.acting_for, at, reason: reason.to_owned() };
        Ok(Self { gone: Some(gone), ..self.clone() })
    }
}

/// Why a file is not taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stays {
    /// It was taken away before.
    RemovedAlready,
    /// No reason is given.
    SayWhy,
    /// The reason has more than [`REASON`] letters.
    TooLong,
}

/// The longest reason, in letters.
pub const REASON: usize = 500;

/// The bytes of these files that are here.
#[must_use]
pub fn used(files: &[Attachment]) -> usize {
    files.iter().filter(|file| file.here()).map(|file| file.size).sum()
}

/// Whether a scope may take a file away: those who write for the organisation that attached it, whoever attached it, and those
/// who write for the lead. Where an assessment stands does not matter: no version and no seal holds a file, and what must not be
/// kept must go from a signed or closed assessment too.
#[must_use]
pub fn may_remove(scope: &Scope, assessment: &Assessment, file: &Attachment, today: Date) -> bool {
    let Some(member) = scope.member() else { return false };
    let own = member.acting_for;
    scope.may_write()
        && sight(scope, assessment, today) == Sight::All
        && assessment.members().any(|party| party.organisation == own)
        && (file.by == member.person
            || (own == file.organisation || own == assessment.lead) && may(scope, &Act::HoldAny(own, WRITERS)))
}

/// What a scanner said of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "scan")]
pub enum Scan {
    /// No scanner is set up: nobody has looked.
    Off,
    /// It found nothing.
    Clean,
    /// It found this; the file is not served.
    Infected {
        /// The name of what it found.
        found: String,
    },
}

/// A type of file that can be attached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// PDF.
    Pdf,
    /// A Word document.
    Docx,
    /// A spreadsheet.
    Xlsx,
    /// A picture.
    Png,
    /// A picture.
    Jpeg,
    /// Plain text.
    Text,
    /// Comma-separated values.
    Csv,
    /// JSON.
    Json,
}

impl Kind {
    /// Every type.
    pub const ALL: [Self; 8] = [Self::Pdf, Self::Docx, Self::Xlsx, Self::Png, Self::Jpeg, Self::Text, Self::Csv, Self::Json];

    /// The endings of its names.
    #[must_use]
    pub fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Pdf => &["pdf"],
            Self::Docx => &["docx"],
            Self::Xlsx => &["xlsx"],
            Self::Png => &["png"],
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Text => &["txt"],
            Self::Csv => &["csv"],
            Self::Json => &["json"],
        }
    }

    /// The media type with which it is served.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Text => "text/plain; charset=utf-8",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Json => "application/json",
        }
    }

    /// Whether bytes begin as files of this type do.
    #[must_use]
    fn begins(self, bytes: &[u8]) -> bool {
        match self {
            Self::Pdf => bytes.starts_with(b"%PDF-"),
            Self::Docx => bytes.starts_with(b"PK\x03\x04") && holds(bytes, b"word/"),
            Self::Xlsx => bytes.starts_with(b"PK\x03\x04") && holds(bytes, b"xl/"),
            Self::Png => bytes.starts_with(b"\x89PNG\r\n\x1a\n"),
            Self::Jpeg => bytes.starts_with(b"\xff\xd8\xff"),
            Self::Text | Self::Csv => std::str::from_utf8(bytes).is_ok_and(|text| !text.contains('\0')),
            Self::Json => serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok(),
        }
    }
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// Why a file is not attached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refusal {
    /// It holds nothing.
    Empty,
    /// It is larger than [`MAX`].
    TooLarge,
    /// With it the assessment's files would be larger than [`QUOTA`].
    QuotaExceeded,
    /// Its name's ending is of no type that can be attached.
    WrongType,
    /// Its bytes are not what its name says.
    NotWhatItSays,
    /// Its name holds macros or says nothing.
    WrongName,
}

/// Checks a file: its type by name and bytes, its size, and the quota given the bytes attached already. Gives the type, the
/// name without folders or signs that systems trip over, and the hash.
///
/// # Errors
/// See [`Refusal`].
pub fn check(name: &str, bytes: &[u8], attached: usize) -> Result<(Kind, String, Seal), Refusal> {
    if bytes.is_empty() {
        return Err(Refusal::Empty);
    }
    if bytes.len() > MAX {
        return Err(Refusal::TooLarge);
    }
    if attached.saturating_add(bytes.len()) > QUOTA {
        return Err(Refusal::QuotaExceeded);
    }
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last.chars().filter(|c| !c.is_control() && !"<>:\"|?*".contains(*c)).collect();
    let clean = clean.trim().trim_start_matches('.').to_owned();
    let (stem, ending) = clean.rsplit_once('.').ok_or(Refusal::WrongName)?;
    if stem.trim().is_empty() || clean.chars().count() > 200 {
        return Err(Refusal::WrongName);
    }
    let ending = ending.to_lowercase();
    let kind = Kind::ALL.into_iter().find(|kind| kind.endings().contains(&ending.as_str())).ok_or(Refusal::WrongType)?;
    if !kind.begins(bytes) {
        return Err(Refusal::NotWhatItSays);
    }
    Ok((kind, clean, Seal(Sha256::digest(bytes).into())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_what_their_names_say_and_names_are_harmless() {
        let (kind, name, hash) = check("C:\\Users\\x\\ Scan:1.PDF ", b"%PDF-1.7 ...", 0).unwrap();
        assert_eq!((kind, name.as_str()), (Kind::Pdf, "Scan1.PDF"));
        assert_eq!(hash, check("other.pdf", b"%PDF-1.7 ...", 5).unwrap().2);
        assert_eq!(check("a.pdf", b"MZ\x90\x00", 0), Err(Refusal::NotWhatItSays));
        assert_eq!(check("a.exe", b"MZ\x90\x00", 0), Err(Refusal::WrongType));
        assert_eq!(check("a.svg", b"<svg onload='x'/>", 0), Err(Refusal::WrongType));
        assert_eq!(check("a.html", b"<script>", 0), Err(Refusal::WrongType));
        assert_eq!(check("a.docx", b"PK\x03\x04 xl/workbook.xml", 0), Err(Refusal::NotWhatItSays));
        assert!(check("a.xlsx", b"PK\x03\x04 xl/workbook.xml", 0).is_ok());
        assert_eq!(check("notes", b"x", 0), Err(Refusal::WrongName));
        assert_eq!(check(".txt", b"x", 0), Err(Refusal::WrongName));
        assert_eq!(check("a.txt", b"", 0), Err(Refusal::Empty));
        assert_eq!(check("a.txt", b"\xff\xfe", 0), Err(Refusal::NotWhatItSays));
        assert_eq!(check("a.json", b"{", 0), Err(Refusal::NotWhatItSays));
        assert_eq!(check("a.txt", b"x", QUOTA), Err(Refusal::QuotaExceeded));
        assert_eq!(check("a.txt", &vec![b'x'; MAX + 1], 0), Err(Refusal::TooLarge));
    }
}
