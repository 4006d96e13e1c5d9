//! What the page shell needs to know, whatever the page.

use serde::Serialize;

/// A link with its words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Link {
    /// The words.
    pub text: String,
    /// The address.
    pub href: String,
}

impl Link {
    /// A link of these words to this address.
    pub fn new(text: impl Into<String>, href: impl Into<String>) -> Self {
        Self { text: text.into(), href: href.into() }
    }
}

/// What became of a form, in a banner at the top of the page that follows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// The words.
    pub words: String,
    /// Whether anything was saved: a banner of success says so, and only then.
    pub saved: bool,
}

/// An item of the service navigation or of the account links.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NavItem {
    /// What [`Frame::section`] names to mark this item as the active one.
    pub id: String,
    /// The words.
    pub text: String,
    /// The address.
    pub href: String,
}

impl NavItem {
    /// An item with its id, words and address.
    pub fn new(id: impl Into<String>, text: impl Into<String>, href: impl Into<String>) -> Self {
        Self { id: id.into(), text: text.into(), href: href.into() }
    }
}

/// The same page in another form, given as `<link rel="alternate">`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Alternate {
    /// The address.
    pub href: String,
    /// The media type, such as `application/json`.
    pub content_type: String,
    /// What it is, in words.
    pub title: String,
}

/// Who is signed in, for the bar that says for whom they act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Acting {
    /// The organisation's name.
    pub organisation: String,
    /// Its colour, as `#rrggbb`.
    pub colour: Option<String>,
    /// Where another organisation can be chosen; none for people with one.
    pub change: Option<String>,
    /// The person's name, and their roles there in words.
    pub person: String,
    /// Whose the page's record is, where it is not of the organisation that they act for.
    pub elsewhere: Option<Elsewhere>,
}

/// Another organisation than the one acted for, whose record a page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Elsewhere {
    /// Its name.
    pub organisation: String,
    /// Whether the person keeps records there too.
    pub keeps: bool,
}

/// What the pages of one record with several pages have in common, for the head that they share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Subject {
    /// The line above the heading: 'DPIA CMD-2026-001'.
    pub line: String,
    /// The address of the record's first page; the others lie below it.
    pub address: String,
    /// Whether whoever asks may open the other pages, and so is shown their tabs.
    pub tabs: bool,
    /// Pages that have nothing to say of this record, by the ends of their addresses: their tabs are left out.
    pub left_out: Vec<&'static str>,
    /// It is the record of something made elsewhere, and its tabs say so.
    pub record: bool,
}

/// The context of `shell.html`, handed to every page as `frame`.
///
/// Start from [`Frame::new`] and set what the page has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Frame {
    /// The page's own title. `<title>` becomes 'Title – City Tools'; left empty it is 'City Tools'.
    pub title: String,
    /// A form came back with something to put right: `<title>` starts 'Error: '.
    pub error: bool,
    /// One sentence for search engines and link previews.
    pub description: Option<String>,
    /// The `id` of the navigation or account item this page belongs to.
    pub section: Option<String>,
    /// This page is the very page that item links to, not one below it.
    pub at_section: bool,
    /// The service navigation.
    pub nav: Vec<NavItem>,
    /// Links at the right of the wordmark: 'Your work', 'Sign in'.
    pub account: Vec<NavItem>,
    /// Who is signed in, and for whom they act.
    pub acting: Option<Acting>,
    /// What became of the form that was just sent, said once.
    pub notice: Option<Notice>,
    /// The page shows illustrative data, and says so.
    pub illustrative: bool,
    /// The pages above this one, Home first. Empty for none.
    pub breadcrumbs: Vec<Link>,
    /// The address of a back link, shown in place of breadcrumbs.
    pub back: Option<String>,
    /// The record this page is one page of.
    pub subject: Option<Subject>,
    /// The links of the footer.
    pub footer: Vec<Link>,
    /// The day the register is shown as at, in words: '23 November 2026'.
    pub as_at: Option<String>,
    /// The page's absolute address without noise in its query.
    pub canonical: Option<String>,
    /// The page's other forms.
    pub alternates: Vec<Alternate>,
}

impl Frame {
    /// A frame with this title, the usual footer, and nothing else.
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            error: false,
            description: None,
            section: None,
            at_section: false,
            nav: Vec::new(),
            account: Vec::new(),
            acting: None,
            notice: None,
            illustrative: false,
            breadcrumbs: Vec::new(),
            back: None,
            subject: None,
            footer: vec![
                Link::new("About", "/about"),
                Link::new("API and downloads", "/api"),
                Link::new("Accessibility", "/accessibility"),
                Link::new("Privacy", "/privacy"),
                Link::new("Cookies", "/cookies"),
                Link::new("Help", "/help"),
            ],
            as_at: None,
            canonical: None,
            alternates: Vec::new(),
        }
    }
}
