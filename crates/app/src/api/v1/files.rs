//! A list as a file: written on a thread of its own in pieces, so that a million rows never stand in memory at once.

use super::request;
use crate::{
    error::Failure,
    web::{
        query::Params,
        turns::{LISTS, OPEN, Turn},
    },
};
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
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};
use tokio::{
    runtime::Handle,
    sync::mpsc::{self, error::TrySendError},
};

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

/// How long a file is kept open for a client that takes nothing of it.
const STALLED: Duration = Duration::from_secs(60);

/// Sends a list as a file.
///
/// # Errors
/// When a parameter cannot be read, and when as many files are taken at once as this server sends. None once it has begun; a file
/// that could not be finished ends early, and the log says why.
pub async fn send<L: Exported>(snapshot: Arc<Snapshot>, list: L, format: Format, params: &Params) -> Result<Response, Failure> {
    let limit = request::whole(params)?.unwrap_or(usize::MAX);
    let open = OPEN.now()?;
    let turn = LISTS.take().await?;
    let (sender, pieces) = mpsc::channel(8);
    let (whole, runtime) = (Arc::new(AtomicBool::new(false)), Handle::current());
    let body = Pieces { pieces, whole: whole.clone(), told: false };
    tokio::task::spawn_blocking(move || {
        let mut out = BufWriter::with_capacity(1 << 16, Writer { sender: sender.clone(), turn: Some(turn), runtime });
        let written = format.write(L::NAME, &L::columns(), list.rows(&snapshot).take(limit), &mut out);
        match written.and_then(|()| Ok(out.flush()?)) {
            Ok(()) => whole.store(true, Ordering::Release),
            Err(error) => tracing::warn!(list = L::NAME, %error, "a file was not finished"),
        }
        // The buffer may hold what could not be sent: nobody takes it any more.
        drop(out.into_parts());
        drop((sender, open));
    });
    let mut response = Response::new(Body::from_stream(body));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(format.content_type()));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    let name = format!("attachment; filename=\"{}.{}\"", L::NAME, format.extension());
    if let Ok(value) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}

/// Hands what is written to the response. While the client is slower than the writing, the turn is somebody else's.
struct Writer {
    sender: mpsc::Sender<Vec<u8>>,
    turn: Option<Turn>,
    runtime: Handle,
}

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let gone = || io::Error::from(io::ErrorKind::BrokenPipe);
        if self.turn.is_none() {
            return Err(gone());
        }
        match self.sender.try_send(bytes.to_vec()) {
            Ok(()) => {}
            Err(TrySendError::Closed(_)) => return Err(gone()),
            Err(TrySendError::Full(piece)) => {
                self.turn = None;
                let taken = self.runtime.block_on(async { tokio::time::timeout(STALLED, self.sender.send(piece)).await });
                taken.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?.map_err(|_| gone())?;
                self.turn = self.runtime.block_on(LISTS.again());
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What was written, as the response takes it. A file that ends before it is whole ends as a fault, so that nobody takes a part for
/// all of it.
struct Pieces {
    pieces: mpsc::Receiver<Vec<u8>>,
    whole: Arc<AtomicBool>,
    told: bool,
}

impl futures_util::Stream for Pieces {
    type Item = io::Result<Vec<u8>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.pieces.poll_recv(context).map(|piece| match piece {
            Some(piece) => Some(Ok(piece)),
            None if self.told || self.whole.load(Ordering::Acquire) => None,
            None => {
                self.told = true;
                Some(Err(io::Error::other("the file was not finished")))
            }
        })
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
            files::send(app.snapshot(), $list::read(&params)?, Format::Csv, &params).await
        }

        /// The list as JSON Lines.
        ///
        /// # Errors
        /// As [`csv()`].
        pub async fn jsonl(State(app): State<App>, params: Params) -> Result<Response, Failure> {
            files::send(app.snapshot(), $list::read(&params)?, Format::Jsonl, &params).await
        }

        /// The list as a workbook.
        ///
        /// # Errors
        /// As [`csv()`].
        pub async fn xlsx(State(app): State<App>, params: Params) -> Result<Response, Failure> {
            files::send(app.snapshot(), $list::read(&params)?, Format::Xlsx, &params).await
        }

        /// The list as Parquet.
        ///
        /// # Errors
        /// As [`csv()`].
        pub async fn parquet(State(app): State<App>, params: Params) -> Result<Response, Failure> {
            files::send(app.snapshot(), $list::read(&params)?, Format::Parquet, &params).await
        }
    };
}
pub(super) use handlers;

#[cfg(test)]
mod tests {
    use super::*;
    use documents::export::Kind;
    use domain::register::{snapshot::Builder, terms::Period};
    use jiff::civil::date;

    /// A list of so many rows of a hundred letters.
    struct Many(usize);

    impl Exported for Many {
        const NAME: &'static str = "many";

        fn columns() -> Vec<Column> {
            vec![Column::new("letters", Kind::Text)]
        }

        fn rows<'s>(&'s self, _: &'s Snapshot) -> Box<dyn Iterator<Item = Vec<Cell<'s>>> + 's> {
            Box::new((0..self.0).map(|_| vec![Cell::Text("x".repeat(100).into())]))
        }
    }

    async fn sent(rows: usize) -> Body {
        let snapshot = Builder::new(date(2026, 11, 23), Arc::new(|_, _| Period::months(6)), 0).finish();
        send(Arc::new(snapshot), Many(rows), Format::Csv, &Params::made(&[])).await.unwrap().into_body()
    }

    async fn taken(body: Body) -> usize {
        axum::body::to_bytes(body, usize::MAX).await.unwrap().len()
    }

    /// Waits until the threads that write have noticed.
    async fn until(holds: impl Fn() -> bool) {
        for _ in 0..5000 {
            if holds() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        panic!("it does not come about");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn s48_lists_are_written_a_few_at_a_time_and_who_takes_one_slowly_keeps_nobody_waiting() {
        let (open, writing) = (OPEN.free(), LISTS.free());
        // Ten files that nobody takes a byte of, each larger than what waits for its client.
        let mut bodies = Vec::new();
        for _ in 0..10 {
            bodies.push(sent(10_000).await);
        }
        until(|| LISTS.free() == writing).await;
        assert_eq!(open - OPEN.free(), 10, "they are open still");
        // Whoever asks now is served, and so is each of the ten, whole.
        assert_eq!(taken(sent(3).await).await, "letters\r\n".len() + 3 * 102);
        drop(bodies.split_off(5));
        for body in bodies {
            assert_eq!(taken(body).await, "letters\r\n".len() + 10_000 * 102);
        }
        // Nor do those count who went away.
        until(|| OPEN.free() == open && LISTS.free() == writing).await;
    }

    #[tokio::test]
    async fn a_file_that_ends_too_soon_is_not_taken_for_whole() {
        for whole in [true, false] {
            let (sender, pieces) = mpsc::channel(8);
            let body = Body::from_stream(Pieces { pieces, whole: Arc::new(AtomicBool::new(whole)), told: false });
            sender.send(b"a part".to_vec()).await.unwrap();
            drop(sender);
            assert_eq!(axum::body::to_bytes(body, usize::MAX).await.is_ok(), whole);
        }
    }
}
