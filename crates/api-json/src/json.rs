//! JSON as the API writes it: what serde_json would write, straight into one piece of memory.
//!
//! Answers are lists of hundreds of small texts. Here field names are known to need no escapes, texts are looked through
//! eight bytes at a time, and what has a fixed form (ids, days) is written by its `Serialize` from a buffer of its own.
//! A test holds every shape against serde_json.

use serde::{
    Serialize,
    ser::{
        self, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple, SerializeTupleStruct,
        SerializeTupleVariant,
    },
};
use std::fmt::{self, Display, Write as _};

/// A value as JSON; `room` is how many bytes to expect.
///
/// # Errors
/// When the value has no form in JSON: a fault in the program.
pub fn to_vec(value: &impl Serialize, room: usize) -> Result<Vec<u8>, Error> {
    let mut out = Vec::with_capacity(room);
    append(&mut out, value)?;
    Ok(out)
}

/// Appends a value as JSON.
///
/// # Errors
/// As [`to_vec`]; what stood before stays.
pub fn append(out: &mut Vec<u8>, value: &impl Serialize) -> Result<(), Error> {
    let start = out.len();
    match value.serialize(Writer { out }) {
        // Numbers and raw texts of serde_json speak to its own serializer alone, and only it knows which keys may be numbers.
        Err(Error::Private) => {
            out.truncate(start);
            serde_json::to_writer(out, value).map_err(|error| Error::Other(error.to_string()))
        }
        written => written,
    }
}

/// Why a value cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is a value of serde_json's own.
    #[error("only serde_json can write this")]
    Private,
    /// Something else.
    #[error("{0}")]
    Other(String),
}

impl ser::Error for Error {
    fn custom<T: Display>(message: T) -> Self {
        Error::Other(message.to_string())
    }
}

struct Writer<'o> {
    out: &'o mut Vec<u8>,
}

impl Writer<'_> {
    fn raw(self, text: &str) -> Result<(), Error> {
        self.out.extend_from_slice(text.as_bytes());
        Ok(())
    }

    fn display(self, value: impl Display) -> Result<(), Error> {
        write!(Text(self.out), "{value}").map_err(|_| Error::Other("a number cannot be written".to_owned()))
    }
}

/// Bytes as a target of formatting.
struct Text<'o>(&'o mut Vec<u8>);

impl fmt::Write for Text<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}

/// Escapes what is formatted on its way.
struct Escaping<'o>(&'o mut Vec<u8>);

impl fmt::Write for Escaping<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        escape(self.0, text);
        Ok(())
    }
}

fn quoted(out: &mut Vec<u8>, text: &str) {
    out.reserve(text.len() + 2);
    out.push(b'"');
    escape(out, text);
    out.push(b'"');
}

/// Whether any of eight bytes must be escaped: a control character, a quotation mark or a backslash.
fn is_special(eight: u64) -> bool {
    const ONES: u64 = u64::MAX / 0xFF;
    const HIGH: u64 = ONES << 7;
    let zero = |word: u64| word.wrapping_sub(ONES) & !word;
    let control = eight.wrapping_sub(ONES * 0x20) & !eight;
    (control | zero(eight ^ (ONES * u64::from(b'"'))) | zero(eight ^ (ONES * u64::from(b'\\')))) & HIGH != 0
}

fn escape(out: &mut Vec<u8>, text: &str) {
    let (eights, rest) = text.as_bytes().as_chunks::<8>();
    let special = |byte: &u8| *byte < 0x20 || matches!(byte, b'"' | b'\\');
    if !eights.iter().any(|eight| is_special(u64::from_le_bytes(*eight))) && !rest.iter().any(special) {
        out.extend_from_slice(text.as_bytes());
        return;
    }
    for byte in text.bytes() {
        let short = match byte {
            b'"' => b'"',
            b'\\' => b'\\',
            0x08 => b'b',
            0x09 => b't',
            0x0A => b'n',
            0x0C => b'f',
            0x0D => b'r',
            0..0x20 => {
                const HEX: &[u8; 16] = b"0123456789abcdef";
                out.extend_from_slice(&[b'\\', b'u', b'0', b'0', HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
                continue;
            }
            _ => {
                out.push(byte);
                continue;
            }
        };
        out.extend_from_slice(&[b'\\', short]);
    }
}

/// A list, an object or a variant under way.
struct Open<'o> {
    out: &'o mut Vec<u8>,
    is_first: bool,
    end: &'static str,
}

impl<'o> Open<'o> {
    fn new(out: &'o mut Vec<u8>, start: u8, end: &'static str) -> Self {
        out.push(start);
        Self { out, is_first: true, end }
    }

    fn variant(out: &'o mut Vec<u8>, name: &str, start: u8, end: &'static str) -> Self {
        out.push(b'{');
        quoted(out, name);
        out.push(b':');
        Self::new(out, start, end)
    }

    fn comma(&mut self) {
        if !self.is_first {
            self.out.push(b',');
        }
        self.is_first = false;
    }

    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.comma();
        value.serialize(Writer { out: self.out })
    }

    /// `name` is a field's of a struct in our code: letters, digits and underscores.
    fn field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Error> {
        self.comma();
        self.out.push(b'"');
        self.out.extend_from_slice(name.as_bytes());
        self.out.extend_from_slice(b"\":");
        value.serialize(Writer { out: self.out })
    }

    fn close(self) -> Result<(), Error> {
        self.out.extend_from_slice(self.end.as_bytes());
        Ok(())
    }
}

macro_rules! numbers {
    ($($name:ident: $type:ty),*) => {$(
        fn $name(self, value: $type) -> Result<(), Error> {
            self.display(value)
        }
    )*};
}

impl<'o> ser::Serializer for Writer<'o> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Open<'o>;
    type SerializeTuple = Open<'o>;
    type SerializeTupleStruct = Open<'o>;
    type SerializeTupleVariant = Open<'o>;
    type SerializeMap = Open<'o>;
    type SerializeStruct = Open<'o>;
    type SerializeStructVariant = Open<'o>;

    numbers!(serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64, serialize_i128: i128);
    numbers!(serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64, serialize_u128: u128);

    fn serialize_bool(self, value: bool) -> Result<(), Error> {
        self.raw(if value { "true" } else { "false" })
    }

    fn serialize_f32(self, value: f32) -> Result<(), Error> {
        self.serialize_f64(f64::from(value))
    }

    fn serialize_f64(self, value: f64) -> Result<(), Error> {
        // Hardly ever there, and the form of serde_json's is its own.
        let text = serde_json::to_string(&value).map_err(|error| Error::Other(error.to_string()))?;
        self.raw(&text)
    }

    fn serialize_char(self, value: char) -> Result<(), Error> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), Error> {
        quoted(self.out, value);
        Ok(())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_none(self) -> Result<(), Error> {
        self.raw("null")
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Error> {
        self.raw("null")
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Error> {
        self.raw("null")
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), Error> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        let mut open = Open::new(self.out, b'{', "}");
        open.field(variant, value)?;
        open.close()
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Open<'o>, Error> {
        Ok(Open::new(self.out, b'[', "]"))
    }

    fn serialize_tuple(self, _: usize) -> Result<Open<'o>, Error> {
        Ok(Open::new(self.out, b'[', "]"))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Open<'o>, Error> {
        Ok(Open::new(self.out, b'[', "]"))
    }

    fn serialize_tuple_variant(self, _: &'static str, _: u32, variant: &'static str, _: usize) -> Result<Open<'o>, Error> {
        Ok(Open::variant(self.out, variant, b'[', "]}"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Open<'o>, Error> {
        Ok(Open::new(self.out, b'{', "}"))
    }

    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Open<'o>, Error> {
        if name.starts_with("$serde_json::") {
            return Err(Error::Private);
        }
        Ok(Open::new(self.out, b'{', "}"))
    }

    fn serialize_struct_variant(self, _: &'static str, _: u32, variant: &'static str, _: usize) -> Result<Open<'o>, Error> {
        Ok(Open::variant(self.out, variant, b'{', "}}"))
    }

    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<(), Error> {
        self.out.push(b'"');
        let written = write!(Escaping(self.out), "{value}");
        self.out.push(b'"');
        written.map_err(|_| Error::Other("a text cannot be written".to_owned()))
    }
}

macro_rules! lists {
    ($($name:ident: $add:ident),*) => {$(
        impl $name for Open<'_> {
            type Ok = ();
            type Error = Error;

            fn $add<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
                self.item(value)
            }

            fn end(self) -> Result<(), Error> {
                self.close()
            }
        }
    )*};
}

lists!(
    SerializeSeq: serialize_element,
    SerializeTuple: serialize_element,
    SerializeTupleStruct: serialize_field,
    SerializeTupleVariant: serialize_field
);

macro_rules! structs {
    ($($name:ident),*) => {$(
        impl $name for Open<'_> {
            type Ok = ();
            type Error = Error;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Error> {
                self.field(name, value)
            }

            fn end(self) -> Result<(), Error> {
                self.close()
            }
        }
    )*};
}

structs!(SerializeStruct, SerializeStructVariant);

impl SerializeMap for Open<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        // Keys of maps are few beside fields of structs.
        let key = serde_json::to_string(key).map_err(|_| Error::Private)?;
        if !key.starts_with('"') {
            return Err(Error::Private);
        }
        self.comma();
        self.out.extend_from_slice(key.as_bytes());
        self.out.push(b':');
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        value.serialize(Writer { out: self.out })
    }

    fn end(self) -> Result<(), Error> {
        self.close()
    }
}

#[cfg(test)]
mod tests;
