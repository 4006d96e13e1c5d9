//! The words that writers add of their own.

use std::borrow::Cow;

/// The writers' own words, in the document's language.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Labels {
    pub contents: Cow<'static, str>,
    pub version: Cow<'static, str>,
    pub hash: Cow<'static, str>,
    pub signatures: Cow<'static, str>,
    pub step: Cow<'static, str>,
    pub role: Cow<'static, str>,
    pub organisation: Cow<'static, str>,
    pub name: Cow<'static, str>,
    pub when: Cow<'static, str>,
    pub state: Cow<'static, str>,
    /// Before the page's number.
    pub page: Cow<'static, str>,
    /// Between the page's number and the number of pages.
    pub of: Cow<'static, str>,
    /// Before words that were added; read aloud, and shown.
    pub added: Cow<'static, str>,
    /// Before words that were removed; read aloud, and shown.
    pub removed: Cow<'static, str>,
    /// Heads the two columns of a list of pairs, for those who hear it read.
    pub label: Cow<'static, str>,
    pub value: Cow<'static, str>,
    /// In the place of an empty cell or value.
    pub empty: Cow<'static, str>,
    /// Explains `[U+1F600]`, which stands for a character that the document's fonts cannot show.
    pub unshown: Cow<'static, str>,
}

impl Default for Labels {
    /// British English.
    fn default() -> Self {
        Self {
            contents: "Contents".into(),
            version: "Version".into(),
            hash: "Hash of the content (SHA-256)".into(),
            signatures: "Signatures".into(),
            step: "Step".into(),
            role: "Role".into(),
            organisation: "Organisation".into(),
            name: "Name".into(),
            when: "Date".into(),
            state: "State".into(),
            page: "Page".into(),
            of: "of".into(),
            added: "Added".into(),
            removed: "Removed".into(),
            label: "Item".into(),
            value: "Answer".into(),
            empty: "Not provided".into(),
            unshown: "The typefaces of this file do not have every character. Where one is missing, its number in the Unicode \
                      standard stands in square brackets, like [U+1F600]. The JSON and Word files have the characters themselves."
                .into(),
        }
    }
}
