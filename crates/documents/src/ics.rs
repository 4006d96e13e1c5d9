//! A calendar of all-day events (RFC 5545, with the calendar properties of
//! RFC 7986). What a date means, and when an event's sequence goes up, is the
//! caller's to know; the time of day is never asked here.

use crate::text::{address, one_line, without_controls};
use icalendar::{Calendar as Lines, Component, Event as Entry, Property};
use jiff::Timestamp;
use jiff::civil::Date;
use std::fmt;

/// A calendar that others subscribe to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// The name that calendar programs show.
    pub name: String,
    /// Where the calendar is fetched from.
    pub source_url: String,
    /// Its events, in the order in which they are written.
    pub events: Vec<Event>,
}

/// Something that is on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The identifier that stays when the event changes.
    pub uid: String,
    /// The day.
    pub date: Date,
    /// The title, on one line.
    pub summary: String,
    /// More words; may have several lines, may be empty.
    pub description: String,
    /// The page about it; may be empty.
    pub url: String,
    /// How many times the event has changed.
    pub sequence: u32,
    /// When it was last changed.
    pub stamp: Timestamp,
}

impl fmt::Display for Calendar {
    /// Writes the calendar with CR LF line ends, folded at 75 bytes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = Lines::empty();
        lines.append_property(("VERSION", "2.0"));
        lines.append_property(("PRODID", "-//City Tools//City Tools//EN"));
        lines.append_property(("CALSCALE", "GREGORIAN"));
        lines.append_property(("METHOD", "PUBLISH"));
        let name = one_line(&self.name);
        // The library escapes the older name of the property but not this one.
        lines.append_property(("NAME", escaped(&name).as_str()));
        lines.append_property(("X-WR-CALNAME", name.as_str()));
        lines.append_property(Property::new("REFRESH-INTERVAL", "PT12H").add_parameter("VALUE", "DURATION").done());
        lines.append_property(("X-PUBLISHED-TTL", "PT12H"));
        let source = address(&self.source_url);
        if !source.is_empty() {
            lines.append_property(Property::new("SOURCE", source).add_parameter("VALUE", "URI").done());
        }
        for event in &self.events {
            lines.push(event.entry());
        }
        fold(&lines.to_string(), f)
    }
}

impl Event {
    fn entry(&self) -> Entry {
        let mut entry = Entry::new();
        entry.uid(&address(&self.uid));
        let stamp = self.stamp.strftime("%Y%m%dT%H%M%SZ").to_string();
        entry.append_property(("DTSTAMP", stamp.as_str()));
        entry.append_property(("LAST-MODIFIED", stamp.as_str()));
        entry.sequence(self.sequence);
        let day = |name: &str, date: Date| {
            let value = date.strftime("%Y%m%d").to_string();
            Property::new(name, value).add_parameter("VALUE", "DATE").done()
        };
        entry.append_property(day("DTSTART", self.date));
        // The end is the first day after; the last day of all has none.
        if let Ok(next) = self.date.tomorrow() {
            entry.append_property(day("DTEND", next));
        }
        entry.summary(&one_line(&self.summary));
        let description = without_controls(&self.description);
        if !description.is_empty() {
            entry.description(&description);
        }
        let url = address(&self.url);
        if !url.is_empty() {
            entry.url(&url);
        }
        // An end of contract leaves nobody busy.
        entry.append_property(("TRANSP", "TRANSPARENT"));
        entry
    }
}

/// Writes content lines folded to 75 bytes, the space of a folded line
/// included (RFC 5545, 3.1); the library leaves some lines longer.
fn fold(text: &str, out: &mut impl fmt::Write) -> fmt::Result {
    const LIMIT: usize = 75;
    for line in text.replace("\r\n ", "").split_terminator("\r\n") {
        let mut rest = line;
        let mut room = LIMIT;
        while rest.len() > room {
            let mut end = room;
            while !rest.is_char_boundary(end) {
                end -= 1;
            }
            out.write_str(&rest[..end])?;
            out.write_str("\r\n ")?;
            rest = &rest[end..];
            room = LIMIT - 1;
        }
        out.write_str(rest)?;
        out.write_str("\r\n")?;
    }
    Ok(())
}

/// Text with the four characters escaped that would end it (RFC 5545, 3.3.11),
/// for properties that the library does not know to be text.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace('\n', "\\n")
}
