//! Reads text that is known to be well-formed: [`crate::read`] has gone through
//! the file with serde_json before. Anything unexpected is still an error and
//! never a panic.

use std::borrow::Cow;

use super::{Fields, Json};
use crate::read::NESTING_LIMIT;

/// Why a text could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// Nested deeper than [`NESTING_LIMIT`].
    TooDeep,
    /// Not JSON after all; serde_json can say where and why.
    Malformed,
}

/// One JSON value with nothing after it.
pub(crate) fn parse(text: &str) -> Result<Json<'_>, Flaw> {
    let mut reader = Reader { text, place: 0 };
    let value = reader.value(NESTING_LIMIT)?;
    reader.skip_space();
    if reader.place == text.len() { Ok(value) } else { Err(Flaw::Malformed) }
}

/// The text of the field `wanted` of an object, when it comes before any field
/// that holds anything but plain text. Finds an `ocid` without reading the release.
pub(crate) fn peek_text<'t>(object: &'t str, wanted: &str) -> Option<&'t str> {
    let mut reader = Reader { text: object, place: 0 };
    reader.expect(b'{').ok()?;
    loop {
        let name = reader.string().ok()?;
        reader.expect(b':').ok()?;
        reader.skip_space();
        if reader.peek() != Some(b'"') {
            return None;
        }
        let value = reader.string().ok()?;
        let inner = value.get(1..value.len().checked_sub(1)?)?;
        if name.get(1..name.len().checked_sub(1)?)? == wanted {
            return (!inner.contains('\\')).then_some(inner);
        }
        reader.expect(b',').ok()?;
    }
}

struct Reader<'t> {
    text: &'t str,
    place: usize,
}

impl<'t> Reader<'t> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.place).copied()
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.place += 1;
        }
    }

    fn expect(&mut self, byte: u8) -> Result<(), Flaw> {
        self.skip_space();
        if self.peek() != Some(byte) {
            return Err(Flaw::Malformed);
        }
        self.place += 1;
        Ok(())
    }

    /// After an item: true when another follows, false at the closing `end`.
    fn another(&mut self, end: u8) -> Result<bool, Flaw> {
        self.skip_space();
        let byte = self.peek();
        self.place += 1;
        match byte {
            Some(b',') => Ok(true),
            Some(byte) if byte == end => Ok(false),
            _ => Err(Flaw::Malformed),
        }
    }

    fn is_end(&mut self, end: u8) -> bool {
        self.skip_space();
        let ends = self.peek() == Some(end);
        self.place += usize::from(ends);
        ends
    }

    fn value(&mut self, depth: usize) -> Result<Json<'t>, Flaw> {
        self.skip_space();
        match self.peek() {
            Some(b'{') => {
                self.place += 1;
                self.object(depth.checked_sub(1).ok_or(Flaw::TooDeep)?).map(Json::Object)
            }
            Some(b'[') => {
                self.place += 1;
                self.array(depth.checked_sub(1).ok_or(Flaw::TooDeep)?).map(Json::Array)
            }
            Some(b'"') => self.string().map(|text| Json::Scalar(Cow::Borrowed(text))),
            _ => self.word(),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Fields<'t>, Flaw> {
        let mut fields = Fields::new();
        if self.is_end(b'}') {
            return Ok(fields);
        }
        loop {
            let name = self.string()?;
            let inner = name.get(1..name.len() - 1).ok_or(Flaw::Malformed)?;
            let name = if inner.contains('\\') {
                Cow::Owned(serde_json::from_str(name).map_err(|_| Flaw::Malformed)?)
            } else {
                Cow::Borrowed(inner)
            };
            self.expect(b':')?;
            // Of fields with one name the last counts, as everywhere in JSON.
            let value = self.value(depth)?;
            fields.insert(name, value);
            if !self.another(b'}')? {
                return Ok(fields);
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<Vec<Json<'t>>, Flaw> {
        let mut items = Vec::new();
        if self.is_end(b']') {
            return Ok(items);
        }
        loop {
            items.push(self.value(depth)?);
            if !self.another(b']')? {
                return Ok(items);
            }
        }
    }

    /// A string with its quotes and escapes as they stand.
    fn string(&mut self) -> Result<&'t str, Flaw> {
        self.expect(b'"')?;
        let start = self.place - 1;
        let bytes = self.text.as_bytes();
        let mut may_be_half_a_character = false;
        loop {
            let rest = bytes.get(self.place..).unwrap_or_default();
            let step = memchr::memchr2(b'"', b'\\', rest).ok_or(Flaw::Malformed)?;
            self.place += step + 1;
            if rest.get(step) == Some(&b'"') {
                break;
            }
            may_be_half_a_character |= matches!(rest.get(step + 1..step + 3), Some([b'u', b'd' | b'D']));
            self.place += 1;
        }
        let text = self.text.get(start..self.place).ok_or(Flaw::Malformed)?;
        // Written out as it is, half a surrogate pair would spoil the whole output for strict readers.
        if may_be_half_a_character && serde_json::from_str::<String>(text).is_err() {
            return Err(Flaw::Malformed);
        }
        Ok(text)
    }

    fn word(&mut self) -> Result<Json<'t>, Flaw> {
        let rest = self.text.get(self.place..).ok_or(Flaw::Malformed)?;
        let is_end = |byte: u8| matches!(byte, b',' | b']' | b'}' | b' ' | b'\n' | b'\r' | b'\t');
        let length = rest.bytes().position(is_end).unwrap_or(rest.len());
        let word = rest.get(..length).ok_or(Flaw::Malformed)?;
        self.place += length;
        match word.as_bytes() {
            b"null" => Ok(Json::Null),
            b"true" | b"false" | [b'-' | b'0'..=b'9', ..] => Ok(Json::Scalar(Cow::Borrowed(word))),
            _ => Err(Flaw::Malformed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    fn written(text: &str) -> String {
        let mut out = Vec::new();
        parse(text).expect("it is JSON").write(&mut out);
        String::from_utf8(out).expect("it is UTF-8")
    }

    #[test]
    fn what_is_read_is_written_again_and_the_same_for_serde_json() {
        let text = " { \"a\" : [ 1.50 , -2e9999, \"\\u00e9\\\"\\\\\", true,null ], \"\\u0062\\n\":{}, \"c\":[], \"a\" : 3 } ";
        let ours = written(text);
        assert_eq!(ours, r#"{"a":3,"b\n":{},"c":[]}"#);
        assert_eq!(serde_json::from_str::<Value>(&ours).ok(), serde_json::from_str::<Value>(text).ok());
        assert_eq!(written(r#"["\u00e9 \"x\\",1.50,-2E+9999,false,null]"#), r#"["\u00e9 \"x\\",1.50,-2E+9999,false,null]"#);
    }

    #[test]
    fn large_objects_are_found_in_like_small_ones() {
        let mut fields = Fields::new();
        for n in 0..200 {
            fields.insert(Cow::Owned(n.to_string()), Json::text(&n.to_string()));
        }
        assert!(fields.take("150").is_some());
        assert!(fields.get("150").is_none());
        fields.retain(|name, _| name.len() == 3);
        assert_eq!(fields.get("199").and_then(Json::as_text).as_deref(), Some("199"));
        assert!(fields.get("99").is_none());
        assert_eq!(fields.iter().count(), 99);
    }

    #[test]
    fn an_ocid_is_peeked_at_only_where_that_is_safe() {
        assert_eq!(peek_text(r#"{ "id" : "1", "ocid":"o" , "x":1}"#, "ocid"), Some("o"));
        for other in [r#"{"id":1,"ocid":"o"}"#, r#"{"ocid":"\u006f"}"#, r#"{"ocid":7}"#, "{}", r#"{"x":"1"}"#, "3", ""] {
            assert_eq!(peek_text(other, "ocid"), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn any_value_goes_through_unchanged(text in "[\\[\\]{}:,\"\\\\a-cu0-9eE.+ \\-]{0,40}") {
            let theirs = serde_json::from_str::<Value>(&text).ok();
            if let Some(theirs) = theirs {
                let ours = parse(&text).expect("what serde_json reads is read");
                let mut out = Vec::new();
                ours.write(&mut out);
                prop_assert_eq!(serde_json::from_slice::<Value>(&out).ok(), Some(theirs.clone()));
                prop_assert_eq!(ours.into_value(), theirs.clone());
                prop_assert_eq!(Json::from(theirs.clone()).into_value(), theirs);
            } else {
                // Not well-formed: any answer will do, as long as there is one.
                let _ = parse(&text);
            }
        }
    }
}
