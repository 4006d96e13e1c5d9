//! A list as a file: written on a thread of its own in pieces, so that a million rows never stand in memory at once.

use super::request;
use crate::{error::Failure, web::query::Params};
use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::Response,
};
use documents::export::{Cell, Column, WriteError, write_csv, write_jsonl, write_parquet, write_xlsx};
use domain::register::snapshot::Snapshot;
use std::{
    borrow::Cow,
    io::{self, BufWriter, Write},
    sync::Arc,
};
use tokio::sync::mpsc;

/// The file formats that every list offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Format {
    Csv,
    Jsonl,
    Xlsx,
    Parquet,
}

impl Format {
    /// All of them.
    pub const ALL: [Format; 4] = [Format::Csv, Format::Jsonl, Format::Xlsx, Format::Parquet];

    /// Its media type, as answers name it.
    #[must_use]
    pub fn content_type(self) -> &'static str {
        match self {
            Format::Csv => "text/csv; charset=utf-8; header=present",
            Format::Jsonl => "application/jsonl",
            Format::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Format::Parquet => "application/vnd.apache.parquet",
        }
    }

    /// The ending of its files' names.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Jsonl => "jsonl",
            Format::Xlsx => "xlsx",
            Format::Parquet => "parquet",
        }
    }

    /// Writes rows in this format.
    ///
    /// # Errors
    /// When the receiver takes no more, or the format cannot hold so much.
    pub fn write<'r, W: Write + Send>(
        self,
        name: &str,
        columns: &[Column],
        rows: impl Iterator<Item = Vec<Cell<'r>>>,
        out: W,
    ) -> Result<(), WriteError> {
        match self {
            Format::Csv => write_csv(columns, rows, out),
            Format::Jsonl => write_jsonl(columns, rows, out),
            Format::Xlsx => write_xlsx(name, columns, rows, out),
            Format::Parquet => write_parquet(columns, rows, out),
        }
    }
}

/// A list of some noun: its columns, and a row for each of its members.
pub trait Exported: Send + Sized + 'static {
    /// The list's name, as addresses have it.
    const NAME: &'static str;
    /// Its columns.
    fn columns() -> Vec<Column>;
    /// Its rows under this request's filters and order.
    fn rows<'s>(&'s self, snapshot: &'s Snapshot) -> Box<dyn Iterator<Item = Vec<Cell<'s>>> + 's>;
}

/// Several values in one cell are parted by semicolons.
#[must_use]
pub fn joined<'s>(parts: impl Iterator<Item = Cow<'s, str>>) -> Cell<'s> {
    let mut parts = parts.peekable();
    match (parts.next(), parts.peek().is_some()) {
        (None, _) => Cell::Empty,
        (Some(one), false) => Cell::Text(one),
        (Some(first), true) => {
            let mut text = first.into_owned();
            for part in parts {
                text.push_str("; ");
                text.push_str(&part);
            }
            Cell::Text(text.into())
        }
    }
}

/// Sends a list as a file.
///
/// # Errors
/// None once it has begun; a file that could not be finished ends early, and the log says why.
pub fn send<L: Exported>(snapshot: Arc<Snapshot>, list: L, format: Format, params: &Params) -> Result<Response, Failure> {
    let limit = request::whole(params)?.unwrap_or(usize::MAX);
    let (sender, receiver) = mpsc::channel::<io::Result<Vec<u8>>>(8);
    tokio::task::spawn_blocking(move || {
        let out = BufWriter::with_capacity(1 << 16, Pieces(sender.clone()));
        if let Err(error) = format.write(L::NAME, &L::columns(), list.rows(&snapshot).take(limit), out) {
            tracing::warn!(list = L::NAME, %error, "a file was not finished");
            let _ = sender.blocking_send(Err(io::Error::other(error.to_string())));
        }
    });
    let mut response = Response::new(Body::from_stream(Receiver(receiver)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(format.content_type()));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    let name = format!("attachment; filename=\"{}.{}\"", L::NAME, format.extension());
    if let Ok(value) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}

/// Hands what is written to the response, and waits while the client is slow.
struct Pieces(mpsc::Sender<io::Result<Vec<u8>>>);

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.blocking_send(Ok(bytes.to_vec())).map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Receiver(mpsc::Receiver<io::Result<Vec<u8>>>);

impl futures_util::Stream for Receiver {
    type Item = io::Result<Vec<u8>>;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        self.0.poll_recv(context)
    }
}

/// The four files of a noun, for the route table.
macro_rules! handlers {
    ($list:ident) => {
        /// The list as CSV (RFC 4180); text that a spreadsheet could take for a formula is guarded by an apostrophe.
        ///
        /// # Errors
        /// When a parameter cannot be read, as for each file.
        pub async fn csv(State(app): State<App>, params: Params) -> Result<Response, Failure> {
            files::send(app.snapshot(), $list::read(&params)?, Format::Csv, &params)
        }

        /// The list as JSON Lines.
        ///
        /// # Errors
        /// As [`csv`].
        pub async fn jsonl(State(app): State<App>, params: Params) -> Result<Response, Failure> {
            files::send(app.snapshot(), $list::read(&params)?, Format::Jsonl, &params)
        }

        /// The list as a workbook.
        ///
        /// # Errors
        /// As [`csv`].
        pub async fn xlsx(State(app): State<App>, params: Params) -> Result<Response, Failure> {
            files::send(app.snapshot(), $list::read(&params)?, Format::Xlsx, &params)
        }

        /// The list as Parquet.
        ///
        /// # Errors
        /// As [`csv`].
        pub async fn parquet(State(app): State<App>, params: Params) -> Result<Response, Failure> {
            files::send(app.snapshot(), $list::read(&params)?, Format::Parquet, &params)
        }
    };
}
pub(super) use handlers;
