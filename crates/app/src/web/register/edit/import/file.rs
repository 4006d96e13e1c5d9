//! Whether what was sent is a table at all: by the ending of its name, by its first bytes, by opening it.

use crate::error::Failure;
use documents::table::{Limits, TableReader};
use uuid::Uuid;

/// Endings of names of files that hold text.
const TEXTS: [&str; 3] = ["csv", "tsv", "txt"];
/// Endings of names of workbooks.
const BOOKS: [&str; 5] = ["xlsx", "xlsm", "xlsb", "xls", "ods"];

/// The ending of a file's name, where it is one of a file that we read.
fn ending(name: &str) -> Option<&'static str> {
    let (_, ending) = name.rsplit_once('.')?;
    TEXTS.into_iter().chain(BOOKS).find(|known| known.eq_ignore_ascii_case(ending))
}

/// Whether a file is what its name says: workbooks begin as archives or as old documents do, texts hold no NUL but in UTF-16.
fn is_what_it_says(ending: &str, content: &[u8]) -> bool {
    let book = content.starts_with(b"PK") || content.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]);
    let wide = content.starts_with(&[0xFF, 0xFE]) || content.starts_with(&[0xFE, 0xFF]);
    if TEXTS.contains(&ending) { !book && (wide || !content.contains(&0)) } else { book }
}

/// A file of our own naming that lives as long as this.
pub(super) struct Held(pub(super) std::path::PathBuf);

impl Held {
    pub(super) async fn write(name: &str, content: Vec<u8>) -> Result<Self, Failure> {
        // Only the ending is the sender's, and only one that we read.
        let path = std::env::temp_dir().join(format!("citytools-{}.{}", Uuid::new_v4(), ending(name).unwrap_or("csv")));
        tokio::fs::write(&path, content).await?;
        Ok(Self(path))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_file(&self.0) {
            tracing::warn!(%error, "a file that was sent could not be removed again");
        }
    }
}

/// Whether a file can be opened as a table at all; the reason where not, in words for whoever sent it.
pub(super) async fn readable(name: &str, content: Vec<u8>) -> Result<(), String> {
    match ending(name) {
        None => return Err("The file must be a CSV, Excel or OpenDocument file".to_owned()),
        Some(ending) if !is_what_it_says(ending, &content) => {
            return Err("The file is not what the ending of its name says. Save it again as CSV or Excel".to_owned());
        }
        Some(_) => {}
    }
    let held = Held::write(name, content).await.map_err(|_| "The file could not be kept. Try again".to_owned())?;
    let path = held.0.clone();
    let opened = tokio::task::spawn_blocking(move || {
        TableReader::open(&path, &Limits::default()).map(|_| ()).map_err(|error| error.to_string())
    })
    .await;
    match opened {
        Ok(Ok(())) => Ok(()),
        Ok(Err(reason)) => Err(format!("The file cannot be read: {reason}")),
        Err(_) => Err("The file cannot be read".to_owned()),
    }
}
