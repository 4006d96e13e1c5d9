//! Words that may be marked as added or removed.

/// Who made a change and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Who, as the file is to show it.
    pub author: String,
    /// When, milliseconds of UTC.
    pub at: i64,
}

/// What became of some words between two states of a text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Fate {
    /// They stayed.
    #[default]
    Same,
    /// They were added.
    Added(Mark),
    /// They were removed.
    Removed(Mark),
}

/// Some words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Span {
    /// The words, spaces included.
    pub text: String,
    /// What became of them.
    pub fate: Fate,
    /// Set in bold.
    pub strong: bool,
}

/// A line or paragraph.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Text {
    /// Its spans, in reading order.
    pub spans: Vec<Span>,
}

impl Text {
    /// Words without any mark.
    #[must_use]
    pub fn plain(text: &str) -> Self {
        Self::default().and(text, Fate::Same)
    }

    /// Words in bold.
    #[must_use]
    pub fn strong(text: &str) -> Self {
        Self { spans: vec![Span { text: text.to_owned(), fate: Fate::Same, strong: true }] }
    }

    /// These words and then some more.
    #[must_use]
    pub fn and(mut self, text: &str, fate: Fate) -> Self {
        if !text.is_empty() {
            self.spans.push(Span { text: text.to_owned(), fate, strong: false });
        }
        self
    }

    /// Whether there is nothing to show.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.spans.iter().all(|span| span.text.trim().is_empty())
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::plain(text)
    }
}
