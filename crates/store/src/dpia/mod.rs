//! Projects and assessments: reading one whole for somebody, saving an answer while others save, and holding one to make a
//! move.
//!
//! | module | what lives there |
//! |---|---|
//! | [`load`] | an assessment with all that belongs to it, as far as a scope may see it; lists; versions |
//! | `many` | what lists of hundreds read in a few queries: risks, measures, tasks; screenings |
//! | [`public`] | publications as they stand: what is public, or was |
//! | [`answers`] | saving answers, their history, drafts |
//! | [`kept`] | what an organisation that left an assessment has signed of it |
//! | [`past`] | what an assessment was at an earlier point of the change log |
//! | [`work`] | one assessment held for writing: moves, signatures, comments, risks, tasks |
//! | [`apart`] | what is no record of the change log: who is here, who has looked, who is away |
//! | [`attachments`] | files beside an assessment: attached, taken away, their bytes by hash, in chunks |
//! | [`exchange`] | an assessment as one document, out and in |
//! | `register` | the records of the register that documents name, to find them again |
//! | [`files`] | stored templates and routes |
//! | `check` | what `citytools check` asks of projects and assessments |
//!
//! What a person may see and do is decided in `domain::dpia`; here it is read together with what decides it, so that nothing
//! moves in between.

pub mod answers;
pub mod apart;
pub mod attachments;
mod check;
pub mod exchange;
pub mod files;
pub mod kept;
pub mod load;
mod many;
pub mod past;
pub mod public;
mod register;
pub mod work;

pub use answers::Answered;
pub use attachments::{Attached, Removed};
pub use work::Work;

use crate::{
    db::Query,
    error::{Error, Result},
};
use sea_orm::Value;
use serde::de::DeserializeOwned;

/// The records in a column of JSON text, in the order of the query.
pub(crate) async fn contents<T: DeserializeOwned>(
    query: &impl Query,
    table: &'static str,
    sql: &str,
    values: Vec<Value>,
) -> Result<Vec<T>> {
    query
        .rows(sql, values)
        .await?
        .iter()
        .map(|row| {
            let text: String = row.try_get_by_index(0)?;
            serde_json::from_str(&text).map_err(|error| Error::Corrupt { table, id: String::new(), reason: error.to_string() })
        })
        .collect()
}
