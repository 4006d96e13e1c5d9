//! A form with a file in it (`multipart/form-data`, RFC 7578), read from memory: bodies are bounded before they get here.

use crate::{
    error::{Code, Failure},
    web::form::Form,
};
use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::header,
};

/// The most parts that are read.
const MOST: usize = 500;

/// A file that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// The name of its field.
    pub field: String,
    /// Its own name, without folders.
    pub name: String,
    /// What is in it.
    pub content: Vec<u8>,
}

/// The fields and files of a form.
#[derive(Clone, Debug, Default)]
pub struct Multipart {
    /// The fields.
    pub form: Form,
    /// The files that hold something or have a name.
    pub files: Vec<File>,
}

impl<S: Send + Sync> FromRequest<S> for Multipart {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default().to_owned();
        let body = Bytes::from_request(request, state).await.map_err(|_| Failure::of(Code::TooLarge))?;
        Self::parse(&kind, &body).ok_or_else(|| Failure::parameter("The form was not sent as a form with a file."))
    }
}

impl Multipart {
    /// Reads a body of this content type; none where it is not one.
    #[must_use]
    pub fn parse(content_type: &str, body: &[u8]) -> Option<Self> {
        let rest = content_type.strip_prefix("multipart/form-data")?;
        let boundary = rest.split(';').find_map(|part| part.trim().strip_prefix("boundary="))?.trim_matches('"');
        if boundary.is_empty() || boundary.len() > 70 {
            return None;
        }
        let mark = format!("--{boundary}");
        let (mut fields, mut files) = (Vec::new(), Vec::new());
        let mut at = find(body, mark.as_bytes())? + mark.len();
        for _ in 0..MOST {
            // After the mark: the end, or the next part.
            if body[at..].starts_with(b"--") {
                return Some(Self { form: Form::of(fields), files });
            }
            let start = at + find(&body[at..], b"\r\n")? + 2;
            let (head, content_at) = match find(&body[start..], b"\r\n\r\n") {
                Some(length) => (&body[start..start + length], start + length + 4),
                None => return None,
            };
            let next = format!("\r\n{mark}");
            let length = find(&body[content_at..], next.as_bytes())?;
            let content = &body[content_at..content_at + length];
            at = content_at + length + next.len();
            let head = String::from_utf8_lossy(head);
            let Some(field) = parameter(&head, "name") else { continue };
            match parameter(&head, "filename") {
                Some(name) if !(name.is_empty() && content.is_empty()) => {
                    files.push(File { field, name: base_name(&name), content: content.to_vec() });
                }
                Some(_) => {}
                None => fields.push((field, String::from_utf8_lossy(content).replace("\r\n", "\n").replace('\0', ""))),
            }
        }
        None
    }
}

fn find(body: &[u8], what: &[u8]) -> Option<usize> {
    let first = *what.first()?;
    let mut from = 0;
    while let Some(step) = body.get(from..)?.iter().position(|byte| *byte == first) {
        let at = from + step;
        if body[at..].starts_with(what) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

/// A parameter of the `Content-Disposition` line. Browsers write a quotation mark within as `%22`.
fn parameter(head: &str, name: &str) -> Option<String> {
    let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with("content-disposition:"))?;
    let (_, rest) = line.split_once(&format!("; {name}=\""))?;
    let (value, _) = rest.split_once('"')?;
    Some(value.replace("%22", "\"").replace("%0D", "").replace("%0A", ""))
}

/// A file's name for people: no folders, no control characters, not too long. Never used as a path.
fn base_name(name: &str) -> String {
    let base = name.rsplit(['/', '\\']).next().unwrap_or_default();
    base.chars().filter(|letter| !letter.is_control()).take(120).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: &str = "multipart/form-data; boundary=XX";

    fn body(parts: &[(&str, &[u8])]) -> Vec<u8> {
        let mut body = Vec::new();
        for (head, content) in parts {
            body.extend(format!("--XX\r\nContent-Disposition: form-data; {head}\r\n\r\n").bytes());
            body.extend(*content);
            body.extend(b"\r\n");
        }
        body.extend(b"--XX--\r\n");
        body
    }

    #[test]
    fn fields_and_files_are_read_and_bytes_stay_as_they_are() {
        let bytes = b"a,b\r\n\x00\xff--X\r\n";
        let sent = body(&[
            ("name=\"kind\"", b"contracts"),
            ("name=\"file\"; filename=\"C:\\\\x\\\\..\\\\reg.csv\"\r\nContent-Type: text/csv", bytes),
        ]);
        let read = Multipart::parse(KIND, &sent).unwrap();
        assert_eq!(read.form.text("kind"), "contracts");
        assert_eq!((read.files[0].name.as_str(), read.files[0].content.as_slice()), ("reg.csv", &bytes[..]));
    }

    #[test]
    fn no_file_chosen_is_no_file_and_other_bodies_are_no_forms() {
        assert!(Multipart::parse(KIND, &body(&[("name=\"file\"; filename=\"\"", b"")])).unwrap().files.is_empty());
        for (kind, bytes) in [
            ("text/plain", &b""[..]),
            (KIND, b""),
            (KIND, b"--XX\r\n"),
            (KIND, b"--XX\r\nname"),
            ("multipart/form-data", b"--\r\n"),
        ] {
            assert!(Multipart::parse(kind, bytes).is_none(), "{kind} {bytes:?}");
        }
        assert!(Multipart::parse(KIND, &body(&vec![("name=\"a\"", &b"1"[..]); MOST + 1])).is_none());
    }
}
