//! `citytools migrate`: brings the schema up to date, which PostgreSQL never does by itself once it holds anything.

use super::{Context, Outcome};
use anyhow::Result;
use store::{Store, db::Schema};

/// Migrates and seeds.
pub async fn run(context: &Context) -> Result<Outcome> {
    let store = Store::open(&context.database, Schema::Migrate).await?;
    server::opening::ship(&store, context.clock).await?;
    super::erase_contacts(&store, context.clock).await?;
    store.close().await?;
    say!("The database is up to date.");
    Ok(Outcome::Done)
}
