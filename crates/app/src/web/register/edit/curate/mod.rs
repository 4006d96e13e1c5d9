//! `/curate`: what editors proposed and imports met, for the hub to place: confirmed as it is, or merged into a record that is
//! known. A merge moves everything that referred to the record in one transaction, and is taken back whole or not at all.
//!
//! | module | what lives there |
//! |---|---|
//! | [`list`] | everything that waits, and the latest merges |
//! | [`place`](mod@place) | one proposal: confirmed, perhaps under another name, or merged |
//! | [`ask`](mod@ask) | the hub asks by itself whether two records are the same |
//! | [`merge`] | one record in the place of another, and back |

pub mod ask;
pub mod list;
pub mod merge;
pub mod place;

pub use ask::ask;
pub use list::list_page;
pub use merge::undo_merge;
pub use place::{page, place};

use crate::web::register::history;
use domain::{
    audit::Kind,
    register::{records::Flag, snapshot::Snapshot},
};

/// Whether a flag asks about a name: a supplier, product or function, which the hub places or merges. However many flags ask about one,
/// it is placed once.
fn is_name(flag: &Flag) -> bool {
    matches!(flag.subject_kind.as_str(), "supplier" | "product" | "function")
}

/// What the record that a flag is about is called; none where it is gone.
fn subject(flag: &Flag, snapshot: &Snapshot) -> Option<String> {
    history::title_of(Kind::parse(&flag.subject_kind)?, flag.subject, snapshot)
}
