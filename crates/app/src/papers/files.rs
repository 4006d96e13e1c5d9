//! The files of an assessment by name, and their bytes.

use super::{Subject, agreement, assessment, consultation, tables};
use anyhow::{Result, anyhow};
use documents::{docx, markdown, package};

/// A file that can be made of an assessment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum File {
    Pdf,
    Docx,
    Markdown,
    Json,
    Zip,
    Answers,
    Risks,
    AgreementDocx,
    AgreementJson,
    ConsultationPdf,
    ConsultationDocx,
}

impl File {
    /// Every file, in the order of the page that offers them.
    pub const ALL: [Self; 11] = [
        Self::Pdf,
        Self::Docx,
        Self::Markdown,
        Self::Json,
        Self::Zip,
        Self::Answers,
        Self::Risks,
        Self::AgreementDocx,
        Self::AgreementJson,
        Self::ConsultationPdf,
        Self::ConsultationDocx,
    ];

    /// Its name in addresses.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pdf => "assessment.pdf",
            Self::Docx => "assessment.docx",
            Self::Markdown => "assessment.md",
            Self::Json => "assessment.json",
            Self::Zip => "assessment.zip",
            Self::Answers => "answers.csv",
            Self::Risks => "risks.xlsx",
            Self::AgreementDocx => "agreement.docx",
            Self::AgreementJson => "agreement.json",
            Self::ConsultationPdf => "consultation.pdf",
            Self::ConsultationDocx => "consultation.docx",
        }
    }

    /// The file with a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|file| file.name() == name)
    }

    /// Whether it says what is stated of an assessment that was made elsewhere; the others are made of answers and risks.
    #[must_use]
    pub fn says_what_is_recorded(self) -> bool {
        matches!(self, Self::Pdf | Self::Docx | Self::Markdown | Self::Json | Self::Zip)
    }

    /// Its media type.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        use documents::attachment::Kind;
        match self.name().rsplit_once('.').map_or("", |(_, ending)| ending) {
            "pdf" => Kind::Pdf.media_type(),
            "docx" => Kind::Docx.media_type(),
            "xlsx" => Kind::Xlsx.media_type(),
            "csv" => Kind::Csv.media_type(),
            "json" => "application/json",
            "zip" => "application/zip",
            _ => "text/markdown; charset=utf-8",
        }
    }

    /// What it is, for the page that offers it: its name in words and what it is good for.
    #[must_use]
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Pdf => ("PDF", "To read, print and keep. Tagged for screen readers (PDF/UA-1)."),
            Self::Docx => ("Word", "To send to people who work outside this service."),
            Self::Markdown => ("Markdown", "Plain text with headings, for wikis and repositories."),
            Self::Json => (
                "JSON",
                "For programs, and to bring into another City Tools: the answers with their history, comments, recommendations, risks and measures, versions, signatures, the screening, consultations, tasks, what was decided about publication, and the attachments by name, type and hash. The record of who did what here stays here, and so do drafts that nobody saved.",
            ),
            Self::Zip => ("ZIP", "The JSON with the attachments themselves."),
            Self::Answers => ("Answers as CSV", "One row for each question, for spreadsheets."),
            Self::Risks => ("Risks as Excel", "One row for each risk and measure."),
            Self::AgreementDocx => {
                ("For a data sharing agreement, Word", "Parties, purposes, lawful bases, data and flows, to write on in.")
            }
            Self::AgreementJson => ("For a data sharing agreement, JSON", "The same, for programs."),
            Self::ConsultationPdf => {
                ("Pack for the Information Commissioner, PDF", "What Article 36(3) of the UK GDPR asks for, in one file.")
            }
            Self::ConsultationDocx => ("Pack for the Information Commissioner, Word", "The same, to edit."),
        }
    }

    /// Whether it needs the content of the attachments.
    #[must_use]
    pub fn wants_attachments(self) -> bool {
        self == Self::Zip
    }

    /// The file's bytes. A PDF takes a processor for some tenths of a second: call this where blocking is allowed.
    ///
    /// # Errors
    /// When a writer refuses; the message says why.
    pub fn make(self, subject: &Subject<'_>, made_at: i64, attachments: &[Vec<u8>]) -> Result<Vec<u8>> {
        Ok(match self {
            Self::Pdf => typeset::pdf(&assessment::paper(subject, made_at))?,
            Self::Docx => docx::write(&assessment::paper(subject, made_at))?,
            Self::Markdown => markdown::write(&assessment::paper(subject, made_at)).into_bytes(),
            Self::Json => json(subject)?.into_bytes(),
            Self::Zip => package::write(json(subject)?.as_bytes(), attachments.iter().map(Vec::as_slice))?,
            Self::Answers => tables::answers(subject)?,
            Self::Risks => tables::risks(subject)?,
            Self::AgreementDocx => docx::write(&agreement::paper(subject, made_at))?,
            Self::AgreementJson => serde_json::to_vec_pretty(&agreement::values(subject)).map_err(|error| anyhow!(error))?,
            Self::ConsultationPdf => typeset::pdf(&consultation::paper(subject, made_at))?,
            Self::ConsultationDocx => docx::write(&consultation::paper(subject, made_at))?,
        })
    }
}

/// The document of the exchange, with how it stands now: its version, its seals, and which of its signatures hold.
fn json(subject: &Subject<'_>) -> Result<String> {
    let mut document = serde_json::to_value(subject.bundle)?;
    if let Some(document) = document.as_object_mut() {
        document.insert("stands".to_owned(), serde_json::to_value(subject.stands())?);
    }
    Ok(serde_json::to_string_pretty(&document)? + "\n")
}
