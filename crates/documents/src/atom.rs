//! A feed of entries (Atom, RFC 4287).

use crate::text::{address, one_line, without_controls};
use jiff::Timestamp;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use std::{fmt, io};

/// A feed that others follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    /// An identifier that never changes: an IRI, for instance the address.
    pub id: String,
    /// The title.
    pub title: String,
    /// When anything in it last changed.
    pub updated: Timestamp,
    /// Where the feed is fetched from.
    pub self_url: String,
    /// The page that says the same; may be empty.
    pub html_url: String,
    /// The entries, newest first by custom.
    pub entries: Vec<Entry>,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// An identifier that never changes: an IRI.
    pub id: String,
    /// The title.
    pub title: String,
    /// When it happened or last changed.
    pub updated: Timestamp,
    /// The page about it; may be empty.
    pub url: String,
    /// What happened, as plain text; may be empty.
    pub summary: String,
    /// Who: an organisation or a role, never a person on public pages.
    pub author_name: String,
}

impl fmt::Display for Feed {
    /// Writes the feed as UTF-8 XML.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut writer = Writer::new(Vec::new());
        write_feed(&mut writer, self).map_err(|_| fmt::Error)?;
        f.write_str(&String::from_utf8_lossy(&writer.into_inner()))
    }
}

type Xml = Writer<Vec<u8>>;

fn write_feed(xml: &mut Xml, feed: &Feed) -> io::Result<()> {
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
    let root = BytesStart::new("feed").with_attributes([("xmlns", "http://www.w3.org/2005/Atom"), ("xml:lang", "en-GB")]);
    xml.write_event(Event::Start(root))?;
    write_text(xml, "id", &address(&feed.id))?;
    write_text(xml, "title", &one_line(&feed.title))?;
    write_text(xml, "updated", &instant(feed.updated))?;
    write_link(xml, "self", "application/atom+xml", &feed.self_url)?;
    write_link(xml, "alternate", "text/html", &feed.html_url)?;
    write_text(xml, "generator", "City Tools")?;
    for entry in &feed.entries {
        write_entry(xml, entry)?;
    }
    xml.write_event(Event::End(BytesEnd::new("feed")))
}

fn write_entry(xml: &mut Xml, entry: &Entry) -> io::Result<()> {
    xml.write_event(Event::Start(BytesStart::new("entry")))?;
    write_text(xml, "id", &address(&entry.id))?;
    write_text(xml, "title", &one_line(&entry.title))?;
    write_text(xml, "updated", &instant(entry.updated))?;
    write_link(xml, "alternate", "text/html", &entry.url)?;
    // Every entry must have an author (RFC 4287, 4.1.2), and a name is words.
    let author = one_line(&entry.author_name);
    xml.write_event(Event::Start(BytesStart::new("author")))?;
    write_text(xml, "name", if author.is_empty() { "not known" } else { &author })?;
    xml.write_event(Event::End(BytesEnd::new("author")))?;
    let summary = without_controls(&entry.summary);
    if !summary.is_empty() {
        write_text(xml, "summary", &summary)?;
    }
    xml.write_event(Event::End(BytesEnd::new("entry")))
}

fn write_text(xml: &mut Xml, name: &str, text: &str) -> io::Result<()> {
    xml.create_element(name).write_text_content(BytesText::new(text)).map(drop)
}

fn write_link(xml: &mut Xml, relation: &str, kind: &str, url: &str) -> io::Result<()> {
    let url = address(url);
    if url.is_empty() {
        return Ok(());
    }
    let link = xml.create_element("link");
    link.with_attributes([("rel", relation), ("type", kind), ("href", url.as_str())]).write_empty().map(drop)
}

/// An instant to the second, in UTC.
fn instant(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
