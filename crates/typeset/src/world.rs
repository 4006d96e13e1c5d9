//! What the compiler may see: one source file of this crate, and the embedded fonts.

use std::sync::LazyLock;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Dict, Duration};
use typst::syntax::{FileId, Source};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Feature, Library, LibraryExt};

/// The page's design. It holds no text of any document.
static DESIGN: LazyLock<Source> = LazyLock::new(|| Source::detached(include_str!("document.typ")));

/// The embedded fonts.
pub(crate) struct Fonts {
    book: LazyHash<FontBook>,
    pub(crate) list: Vec<Font>,
}

/// The embedded fonts, read once.
pub(crate) fn fonts() -> &'static Fonts {
    static FONTS: LazyLock<Fonts> = LazyLock::new(|| {
        let list: Vec<Font> = typst_assets::fonts().flat_map(|data| Font::iter(Bytes::new(data))).collect();
        Fonts { book: LazyHash::new(FontBook::from_fonts(&list)), list }
    });
    &FONTS
}

/// A world for one document.
pub(crate) struct World {
    library: LazyHash<Library>,
}

impl World {
    /// The world in which the design reads these values as `sys.inputs`.
    pub(crate) fn new(inputs: Dict) -> Self {
        // For the headings of rows, which PDF/UA wants and typst's stable part does not offer yet.
        let features = [Feature::A11yExtras].into_iter().collect();
        Self { library: LazyHash::new(Library::builder().with_inputs(inputs).with_features(features).build()) }
    }
}

impl typst::World for World {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &fonts().book
    }

    fn main(&self) -> FileId {
        DESIGN.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == DESIGN.id() { Ok(DESIGN.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, _: FileId) -> FileResult<Bytes> {
        Err(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        fonts().list.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
