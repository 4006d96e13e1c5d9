//! Which encoding a text file has, and a reader that gives UTF-8.
//!
//! A byte order mark decides; then NULs that show UTF-16; then whether the
//! whole file is valid UTF-8. What is left is Windows-1252, in which every
//! byte means something. The check reads the file in blocks, so its memory
//! does not grow with the file.

use encoding_rs::{Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::io::{self, Read, Seek, SeekFrom};

const BLOCK: usize = 256 * 1024;

/// What was found out about a file's encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    /// The encoding.
    pub encoding: &'static Encoding,
    /// Bytes of byte order mark to skip.
    pub mark: u64,
    /// Where the first byte stands that is not UTF-8, if that decided.
    pub not_utf8_at: Option<u64>,
}

impl Found {
    /// The encoding's name for people.
    pub fn label(&self) -> &'static str {
        match (self.encoding.name(), self.mark) {
            ("UTF-8", 0) => "UTF-8",
            ("UTF-8", _) => "UTF-8 with byte order mark",
            ("UTF-16LE", _) => "UTF-16LE",
            ("UTF-16BE", _) => "UTF-16BE",
            _ => "Windows-1252",
        }
    }
}

/// Finds the encoding; `start` is the beginning of `file`. Leaves the file at
/// the first byte after any mark.
pub(super) fn detect(file: &mut (impl Read + Seek + ?Sized), start: &[u8]) -> io::Result<Found> {
    let found = match Encoding::for_bom(start) {
        Some((encoding, mark)) => {
            file.seek(SeekFrom::Start(0))?;
            let not_utf8_at = if encoding == UTF_8 { first_not_utf8(file)?.map(|(at, _)| at) } else { None };
            Found { encoding, mark: mark as u64, not_utf8_at }
        }
        None => match utf16_by_nuls(start) {
            Some(encoding) => Found { encoding, mark: 0, not_utf8_at: None },
            None => {
                file.seek(SeekFrom::Start(0))?;
                let bad = first_not_utf8(file)?;
                // Windows text hardly ever looks like UTF-8 by chance, so
                // characters that do show a UTF-8 file cut short or damaged.
                let encoding = match bad {
                    Some((_, false)) => WINDOWS_1252,
                    _ => UTF_8,
                };
                let not_utf8_at = bad.map(|(at, _)| at);
                Found { encoding, mark: 0, not_utf8_at }
            }
        },
    };
    file.seek(SeekFrom::Start(found.mark))?;
    Ok(found)
}

/// UTF-16 without a mark: in a table of Latin text most bytes of one parity
/// are NUL and hardly any of the other.
fn utf16_by_nuls(start: &[u8]) -> Option<&'static Encoding> {
    let head = &start[..start.len().min(1024) & !1];
    if head.len() < 4 {
        return None;
    }
    let nuls = |parity: usize| head.iter().skip(parity).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd, half) = (nuls(0), nuls(1), head.len() / 2);
    let is_most = |count: usize| count * 10 >= half * 6;
    let is_few = |count: usize| count * 20 <= half;
    if is_most(odd) && is_few(even) {
        Some(UTF_16LE)
    } else if is_most(even) && is_few(odd) {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// The position of the first byte that cannot be UTF-8, and whether characters
/// beyond ASCII came before it.
fn first_not_utf8(file: &mut (impl Read + ?Sized)) -> io::Result<Option<(u64, bool)>> {
    let mut block = vec![0; BLOCK];
    let mut kept = 0; // bytes of a sequence begun in the block before
    let mut base = 0;
    let mut is_beyond_ascii = false;
    loop {
        let read = read_some(file, &mut block[kept..])?;
        let filled = kept + read;
        match std::str::from_utf8(&block[..filled]) {
            Ok(text) => {
                is_beyond_ascii |= !text.is_ascii();
                base += filled as u64;
                kept = 0;
            }
            Err(error) => {
                let good = error.valid_up_to();
                is_beyond_ascii |= !block[..good].is_ascii();
                if error.error_len().is_some() || read == 0 {
                    return Ok(Some((base + good as u64, is_beyond_ascii)));
                }
                block.copy_within(good..filled, 0);
                base += good as u64;
                kept = filled - good;
            }
        }
        if read == 0 {
            return Ok(None);
        }
    }
}

fn read_some(file: &mut (impl Read + ?Sized), into: &mut [u8]) -> io::Result<usize> {
    loop {
        match file.read(into) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

/// Gives UTF-8 of a file in another encoding. What cannot be decoded becomes
/// U+FFFD.
pub(super) struct Transcoder<R> {
    inner: R,
    decoder: Decoder,
    raw: Box<[u8]>,
    raw_range: (usize, usize),
    text: Box<[u8]>,
    text_range: (usize, usize),
    is_at_end: bool,
    is_done: bool,
}

impl<R: Read> Transcoder<R> {
    /// A reader of `inner`, whose mark is already skipped.
    pub fn new(inner: R, encoding: &'static Encoding) -> Self {
        const RAW: usize = 32 * 1024;
        Self {
            inner,
            decoder: encoding.new_decoder_without_bom_handling(),
            raw: vec![0; RAW].into(),
            raw_range: (0, 0),
            text: vec![0; RAW * 3 + 16].into(),
            text_range: (0, 0),
            is_at_end: false,
            is_done: false,
        }
    }

    fn fill(&mut self) -> io::Result<()> {
        while self.text_range.0 == self.text_range.1 && !self.is_done {
            if self.raw_range.0 == self.raw_range.1 && !self.is_at_end {
                let read = read_some(&mut self.inner, &mut self.raw)?;
                self.raw_range = (0, read);
                self.is_at_end = read == 0;
            }
            let source = &self.raw[self.raw_range.0..self.raw_range.1];
            let (result, read, written, _) = self.decoder.decode_to_utf8(source, &mut self.text, self.is_at_end);
            self.raw_range.0 += read;
            self.text_range = (0, written);
            self.is_done = self.is_at_end && result == encoding_rs::CoderResult::InputEmpty;
        }
        Ok(())
    }
}

impl<R: Read> Read for Transcoder<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.fill()?;
        let available = &self.text[self.text_range.0..self.text_range.1];
        let count = available.len().min(into.len());
        into[..count].copy_from_slice(&available[..count]);
        self.text_range.0 += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn detected(bytes: &[u8]) -> Found {
        let start = &bytes[..bytes.len().min(1024)];
        detect(&mut Cursor::new(bytes), start).unwrap()
    }

    #[test]
    fn a_sequence_cut_by_a_block_is_still_utf8() {
        for shift in 0..4 {
            let mut text = "x".repeat(BLOCK - shift);
            text.push_str("£€🏛");
            assert_eq!(detected(text.as_bytes()).label(), "UTF-8");
        }
    }

    #[test]
    fn a_late_pound_sign_of_windows_is_found() {
        let mut bytes = vec![b'a'; BLOCK * 2 + 5];
        bytes.push(0xA3);
        let found = detected(&bytes);
        assert_eq!((found.label(), found.not_utf8_at), ("Windows-1252", Some(BLOCK as u64 * 2 + 5)));
    }

    #[test]
    fn utf8_cut_within_a_character_is_not_taken_for_windows() {
        let found = detected(&"Title,Value\nCafé,£".as_bytes()[..19]);
        assert_eq!((found.label(), found.not_utf8_at), ("UTF-8", Some(18)));
    }

    #[test]
    fn utf16_without_a_mark_is_seen_by_its_nuls() {
        let little: Vec<u8> = "Title,Supplier\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = "Title,Supplier\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(detected(&little).label(), "UTF-16LE");
        assert_eq!(detected(&big).label(), "UTF-16BE");
        assert_eq!(detected(b"Title,Supplier\n\0,\0\n").label(), "UTF-8");
    }

    #[test]
    fn an_odd_last_byte_of_utf16_does_not_loop() {
        let mut bytes: Vec<u8> = "a,b".encode_utf16().flat_map(u16::to_le_bytes).collect();
        bytes.push(7);
        let mut text = String::new();
        Transcoder::new(&bytes[..], UTF_16LE).read_to_string(&mut text).unwrap();
        assert_eq!(text, "a,b\u{FFFD}");
    }
}
