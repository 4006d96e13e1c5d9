//! A form that was sent with files (`multipart/form-data`, RFC 7578): its fields as a [`Form`], and its files.
//!
//! The body is in memory and was limited before it came here (the route says how long it may be), so parsing only slices it. As
//! long as somebody holds the form, its bytes count in the memory that large bodies share ([`Room`]).

use super::{
    access::came_from,
    drafts::sent_by_another,
    form::{Form, as_kept},
    room::Room,
    session::Caller,
};
use crate::{
    error::{Code, Failure},
    state::App,
};
use axum::{
    body::{Bytes, HttpBody as _},
    extract::{FromRequest, Request},
    http::header,
    response::{IntoResponse as _, Response},
};
use std::sync::Arc;
use uuid::Uuid;

/// The most parts that are read.
const MOST: usize = 200;

/// A form with files.
#[derive(Clone, Debug, Default)]
pub struct Upload {
    /// The fields that are no files.
    pub form: Form,
    /// The files that were chosen, in order.
    pub files: Vec<File>,
    _room: Option<Arc<Room>>,
}

/// A file that somebody chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// The field it was chosen in.
    pub field: String,
    /// Its name, without folders and control characters, and not too long: for people, never for a path.
    pub name: String,
    /// Its content.
    pub bytes: Bytes,
}

impl Upload {
    /// The first file of a field that holds anything.
    #[must_use]
    pub fn file(&self, field: &str) -> Option<&File> {
        self.files.iter().find(|file| file.field == field && !(file.bytes.is_empty() && file.name.is_empty()))
    }

    /// The command's id ([`Form::command`]), made of the files as well: the same form with another file is another command. Large
    /// files take a while, so it is made on a thread of its own.
    ///
    /// # Errors
    /// An invalid request.
    pub async fn command(&self) -> Result<Uuid, Failure> {
        let upload = self.clone();
        tokio::task::spawn_blocking(move || {
            let named = |file: &File| format!("{}\0{}", file.field, file.name);
            let names: Vec<String> = upload.files.iter().map(named).collect();
            upload.form.command_with(names.iter().map(String::as_str).zip(upload.files.iter().map(|file| file.bytes.as_ref())))
        })
        .await?
    }
}

impl FromRequest<App> for Upload {
    /// A refusal, also of what was sent from a page that was made for somebody else.
    type Rejection = Response;

    async fn from_request(request: Request, state: &App) -> Result<Self, Response> {
        let (caller, from) = (request.extensions().get::<Caller>().cloned(), came_from(request.headers()));
        let upload = read(request, state).await.map_err(Failure::into_response)?;
        if let Some(caller) = caller
            && let Some(refused) =
                sent_by_another(state, &caller, &upload.form, from.as_deref()).map_err(Failure::into_response)?
        {
            return Err(refused);
        }
        Ok(upload)
    }
}

/// The form and its files.
async fn read(request: Request, state: &App) -> Result<Upload, Failure> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let boundary = boundary(kind).ok_or_else(|| Failure::form("The form was not sent as a form with files."))?;
    let largest = request.body().size_hint().upper().unwrap_or(u64::MAX);
    let room = Some(Arc::new(Room::take(largest).await?));
    let body = Bytes::from_request(request, state).await.map_err(|_| Failure::of(Code::TooLarge))?;
    let upload = parse(&boundary, &body);
    let upload = upload.ok_or_else(|| Failure::form("The form did not arrive whole: send it again."))?;
    Ok(Upload { _room: room, ..upload })
}

/// The boundary that a content type names.
fn boundary(kind: &str) -> Option<String> {
    let rest = kind.strip_prefix("multipart/form-data")?;
    let value = rest.split(';').find_map(|parameter| parameter.trim().strip_prefix("boundary="))?;
    let value = value.trim().trim_matches('"');
    (matches!(value.len(), 1..=70) && value.is_ascii()).then(|| value.to_owned())
}

/// The parts of a body; none when it is cut short or malformed.
fn parse(boundary: &str, body: &Bytes) -> Option<Upload> {
    let line = format!("--{boundary}");
    let between = format!("\r\n{line}");
    let mut at = find(body, line.as_bytes(), 0)? + line.len();
    let (mut fields, mut files) = (Vec::new(), Vec::new());
    for _ in 0..=MOST {
        if body[at..].starts_with(b"--") {
            return Some(Upload { form: Form::of(fields), files, _room: None });
        }
        let head = at + body[at..].starts_with(b"\r\n").then_some(2)?;
        let end = find(body, b"\r\n\r\n", head)?;
        let start = end + 4;
        // An empty part has its boundary right behind its head.
        let next = find(body, between.as_bytes(), start - 2)?;
        let content = body.slice(start..next.max(start));
        let (field, name) = disposition(std::str::from_utf8(&body[head..end]).ok()?)?;
        match name {
            Some(name) => files.push(File { field, name: base_name(&name), bytes: content }),
            None => {
                let text = String::from_utf8(content.to_vec()).ok()?;
                fields.push((field, as_kept(&text)));
            }
        }
        at = next + between.len();
    }
    None
}

/// The field's name and, for a file, the file's name.
fn disposition(head: &str) -> Option<(String, Option<String>)> {
    let line = head.split("\r\n").find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.trim().eq_ignore_ascii_case("content-disposition").then_some(value)
    })?;
    let rest = line.trim().strip_prefix("form-data")?;
    let (mut field, mut file) = (None, None);
    let mut rest = rest;
    while let Some(start) = rest.find(';') {
        let (name, value) = rest[start + 1..].split_once('=')?;
        let value = value.trim_start();
        let (value, after) = match value.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => value.split_at(value.find(';').unwrap_or(value.len())),
        };
        // Browsers write these three so (HTML Standard, multipart/form-data encoding algorithm).
        let value = value.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n");
        match name.trim() {
            "name" => field = Some(value),
            "filename" => file = Some(value),
            _ => {}
        }
        rest = after;
    }
    Some((field?, file))
}

/// The longest name that is kept, in characters.
const LONGEST: usize = 200;

/// A file's name for people. Whatever it says of folders is dropped, and so are letters that turn what follows them round (they
/// make `exe.txt` of `txt.exe`): nothing is stored under it, but somebody reads it. A long one is shortened before its ending.
fn base_name(name: &str) -> String {
    let base = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let turns = |c: &char| matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}');
    let letters: Vec<char> = base.chars().filter(|c| !c.is_control() && !turns(c)).collect();
    if letters.len() <= LONGEST {
        return letters.into_iter().collect();
    }
    let ending = letters
        .iter()
        .rposition(|c| *c == '.')
        .map(|dot| &letters[dot..])
        .filter(|ending| ending.len() <= 10)
        .unwrap_or_default();
    letters[..LONGEST - ending.len()].iter().chain(ending).collect()
}

fn find(body: &[u8], wanted: &[u8], from: usize) -> Option<usize> {
    let rest = body.get(from..)?;
    rest.windows(wanted.len()).position(|window| window == wanted).map(|at| from + at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn body(parts: &[(&str, Option<&str>, &[u8])]) -> Bytes {
        let mut out = Vec::new();
        for (field, file, content) in parts {
            let file = file.map(|name| format!("; filename=\"{name}\"\r\nContent-Type: application/pdf")).unwrap_or_default();
            out.extend(format!("--XX\r\nContent-Disposition: form-data; name=\"{field}\"{file}\r\n\r\n").bytes());
            out.extend_from_slice(content);
            out.extend(b"\r\n");
        }
        out.extend(b"--XX--\r\n");
        out.into()
    }

    #[test]
    fn fields_and_files_come_apart() {
        let upload = parse(
            "XX",
            &body(&[("title", None, b"A\r\nb"), ("file", Some("a;%22b.pdf"), b"\r\n--X\0\r\n"), ("none", Some(""), b"")]),
        )
        .unwrap();
        assert_eq!(upload.form.raw("title"), "A\nb");
        let file = upload.file("file").unwrap();
        assert_eq!((file.name.as_str(), file.bytes.as_ref()), ("a;\"b.pdf", &b"\r\n--X\0\r\n"[..]));
        assert!(upload.file("none").is_none());
    }

    #[tokio::test]
    async fn the_same_form_with_another_file_is_another_command() {
        let page = Uuid::new_v4().to_string();
        let command = async |name: &str, content: &[u8]| {
            let sent = body(&[("command", None, page.as_bytes()), ("kind", None, b"contracts"), ("file", Some(name), content)]);
            parse("XX", &sent).unwrap().command().await.unwrap()
        };
        let first = command("a.csv", b"title\nRepairs\n").await;
        assert_eq!(first, command("a.csv", b"title\nRepairs\n").await, "a second press");
        for (name, content) in [("a.csv", &b"title\nParking\n"[..]), ("b.csv", b"title\nRepairs\n"), ("a.csv", b"")] {
            assert_ne!(first, command(name, content).await, "{name} {content:?}");
        }
        assert!(parse("XX", &body(&[("file", Some("a.csv"), b"x")])).unwrap().command().await.is_err(), "from no page of ours");
    }

    #[test]
    fn a_name_says_no_folder_and_has_no_control_characters() {
        for (sent, kept) in [
            ("C:\\x\\..\\reg.csv", "reg.csv"),
            ("../../etc/passwd", "passwd"),
            ("a\u{0}b\u{7}.csv", "ab.csv"),
            ("..", ".."),
            ("dir/", ""),
            ("\u{202E}txt.exe", "txt.exe"),
        ] {
            let upload = parse("XX", &body(&[("file", Some(sent), b"x")])).unwrap();
            assert_eq!(upload.files[0].name, kept, "{sent:?}");
        }
        let long = base_name(&format!("{}.pdf", "\u{1F600}".repeat(500)));
        assert!(long.chars().count() == LONGEST && long.ends_with(".pdf"), "{long}");
    }

    #[test]
    fn a_form_of_too_many_parts_is_refused() {
        assert!(parse("XX", &body(&vec![("a", None, &b"1"[..]); MOST])).is_some());
        assert!(parse("XX", &body(&vec![("a", None, &b"1"[..]); MOST + 1])).is_none());
    }

    #[test]
    fn what_is_cut_short_is_refused() {
        let whole = body(&[("a", None, b"1"), ("f", Some("x.pdf"), b"%PDF-")]);
        assert!(parse("XX", &whole).is_some());
        for end in 0..whole.len() - 4 {
            assert!(parse("XX", &whole.slice(..end)).is_none(), "{end}");
        }
        assert_eq!(boundary("multipart/form-data; boundary=\"a b\""), Some("a b".to_owned()));
        assert_eq!(boundary("multipart/form-data"), None);
        assert_eq!(boundary("text/plain; boundary=x"), None);
    }

    proptest! {
        #[test]
        fn any_body_is_read_without_harm(bytes in proptest::collection::vec(any::<u8>(), 0..200), tail in "(--XX|\r\n|--|Content-Disposition: form-data; name=|;|\"|a){0,20}") {
            let mut bytes = bytes;
            bytes.extend(tail.bytes());
            let _ = parse("XX", &bytes.into());
        }

        #[test]
        fn a_file_comes_out_as_it_went_in(content in proptest::collection::vec(any::<u8>(), 0..300)) {
            prop_assume!(find(&content, b"--XX", 0).is_none());
            let upload = parse("XX", &body(&[("f", Some("x"), &content)])).unwrap();
            prop_assert_eq!(upload.files[0].bytes.as_ref(), content.as_slice());
        }
    }
}
