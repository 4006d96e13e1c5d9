//! Texts that the application made of contracts, kept for as long as their snapshot lasts: rows come up again and again in
//! ever different lists, and writing one costs more than finding it. What stands in a text is the application's business.

use super::{ContractRow, ContractView, Snapshot};
use std::{
    fmt,
    sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
};

/// At most so many bytes are kept; what does not fit is made each time.
const MOST_BYTES: usize = if cfg!(test) { 600 } else { 24 << 20 };
/// Only the first chunks keep texts: where contracts are many, one hardly comes up twice, and places for texts take room too.
const MOST_CHUNKS: usize = 4;

type Places = Box<[OnceLock<Box<[u8]>>]>;

/// The texts of one snapshot.
#[derive(Default)]
pub(crate) struct Texts {
    chunks: [OnceLock<Places>; MOST_CHUNKS],
    taken: AtomicUsize,
}

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Texts").field("taken", &self.taken).finish_non_exhaustive()
    }
}

impl Texts {
    /// Makes room in the account for so many bytes, unless they are too many.
    fn take(&self, bytes: usize) -> bool {
        let more = |taken: usize| taken.checked_add(bytes).filter(|taken| *taken <= MOST_BYTES);
        self.taken.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok()
    }
}

impl Snapshot {
    /// Appends the text that `make` appends for a contract; it is asked only where the text is not known yet. There is one text
    /// to a contract, so everyone who asks must mean the same.
    ///
    /// # Errors
    /// What `make` says; then nothing is kept.
    pub fn append_text<E>(
        &self,
        row: ContractRow,
        out: &mut Vec<u8>,
        make: impl FnOnce(ContractView<'_>, &mut Vec<u8>) -> Result<(), E>,
    ) -> Result<(), E> {
        let view = self.contract(row);
        let row = view.row();
        let place = self.texts.chunks.get(row.chunk()).and_then(|places| {
            places.get_or_init(|| self.chunks[row.chunk()].columns.ids.iter().map(|_| OnceLock::new()).collect()).get(row.place())
        });
        if let Some(text) = place.and_then(OnceLock::get) {
            out.extend_from_slice(text);
            return Ok(());
        }
        let start = out.len();
        make(view, out)?;
        if let Some(place) = place
            && let text = &out[start..]
            && self.texts.take(text.len())
        {
            // Whoever was faster wrote the same.
            let _ = place.set(text.into());
        }
        Ok(())
    }
}
