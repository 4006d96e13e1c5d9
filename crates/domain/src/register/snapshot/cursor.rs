//! Cursors: the sort key and id of the last row seen, as letters that need no escaping in an address.
//!
//! They name a place in the order, not a row number, so they hold across writes.

use super::question::Sort;
use std::{fmt, str::FromStr};
use thiserror::Error;
use uuid::Uuid;

/// A row's place in an order, without its id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    /// Orders by number: dates, sums, counts.
    Number(i64),
    /// Orders by text: the folded title or name, shortened.
    Text(String),
}

/// The place after which a page starts. Opaque; made of `[A-Za-z0-9_-]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub(crate) order: u8,
    pub(crate) key: Key,
    pub(crate) id: Uuid,
}

/// The text is not a cursor that a page gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("this is not a cursor; take `next` of the previous page as it stands, or leave it out to start again")]
pub struct BadCursor;

impl Cursor {
    /// Whether it was made by a list of contracts in this order; one of another order leads nowhere.
    #[must_use]
    pub fn fits(&self, sort: Sort) -> bool {
        self.order == order_of(sort) && matches!(self.key, Key::Text(_)) == (sort == Sort::Title)
    }
}

/// The mark of a contract order within cursors.
pub(crate) fn order_of(sort: Sort) -> u8 {
    match sort {
        Sort::Attention => b'a',
        Sort::Ends => b'e',
        Sort::EndsDescending => b'E',
        Sort::Value => b'v',
        Sort::ValueDescending => b'V',
        Sort::Title => b't',
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", char::from(self.order), self.id.simple())?;
        match &self.key {
            Key::Number(number) => write!(f, "n{:016x}", number.cast_unsigned()),
            Key::Text(text) => {
                f.write_str("t")?;
                text.bytes().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }
    }
}

impl FromStr for Cursor {
    type Err = BadCursor;

    fn from_str(text: &str) -> Result<Self, BadCursor> {
        let bytes = text.as_bytes();
        if !text.is_ascii() || bytes.len() < 34 || bytes.len() > 2_000 || !bytes[0].is_ascii_alphabetic() {
            return Err(BadCursor);
        }
        let id = Uuid::try_parse(&text[1..33]).map_err(|_| BadCursor)?;
        let rest = &text[34..];
        let key = match bytes[33] {
            b'n' if rest.len() == 16 => Key::Number(u64::from_str_radix(rest, 16).map_err(|_| BadCursor)?.cast_signed()),
            b't' if rest.len().is_multiple_of(2) => {
                let decoded = rest
                    .as_bytes()
                    .chunks(2)
                    .map(|pair| Some((hex(pair[0])? << 4) | hex(pair[1])?))
                    .collect::<Option<Vec<u8>>>()
                    .ok_or(BadCursor)?;
                // A text that was cut or made up still names a place in the order.
                Key::Text(String::from_utf8_lossy(&decoded).into_owned())
            }
            _ => return Err(BadCursor),
        };
        Ok(Self { order: bytes[0], key, id })
    }
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_cursor_reads_as_it_was_written(number: i64, text in ".{0,40}", id: u128, by_text: bool) {
            let key = if by_text { Key::Text(text) } else { Key::Number(number) };
            let cursor = Cursor { order: b't', key, id: Uuid::from_u128(id) };
            let written = cursor.to_string();
            prop_assert!(written.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-'));
            prop_assert_eq!(written.parse::<Cursor>(), Ok(cursor));
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".{0,80}") {
            let _ = text.parse::<Cursor>();
        }
    }
}
