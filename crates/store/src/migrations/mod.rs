//! One append-only set of migrations for both databases. A migration that has been released is never changed; a new one
//! expands first and contracts later. `{bytes}` stands for the one type whose name differs.

use crate::{
    db::{Schema, Store, Transaction},
    error::{Error, Result},
};
use sea_orm::DbBackend;

/// Name and text of each migration, in order; the version is its place, counted from 1.
const ALL: &[(&str, &str)] = &[
    ("register", include_str!("0001_register.sql")),
    ("people", include_str!("0002_people.sql")),
    ("jobs", include_str!("0003_jobs.sql")),
    ("dpia", include_str!("0005_dpia.sql")),
    ("editing", include_str!("0006_editing.sql")),
    ("dpia-exchange", include_str!("0007_dpia_exchange.sql")),
    ("sign-in", include_str!("0008_sign_in.sql")),
    ("services", include_str!("0010_services.sql")),
    ("sub-processors", include_str!("0011_sub_processors.sql")),
    ("looks", include_str!("0012_looks.sql")),
    ("succession", include_str!("0013_succession.sql")),
    ("reminded", include_str!("0014_reminded.sql")),
    ("invited-as", include_str!("0022_invited_as.sql")),
    ("removed", include_str!("0018_removed.sql")),
    ("told", include_str!("0024_told.sql")),
    ("form-draft", include_str!("0023_form_draft.sql")),
    ("public-at", include_str!("0025_public_at.sql")),
    ("planned-duration", include_str!("0034_planned_duration.sql")),
    ("source-read", include_str!("0033_source_read.sql")),
    ("scim-id", include_str!("0035_scim_id.sql")),
    ("hosted-domain", include_str!("0036_hosted_domain.sql")),
];

/// A number for PostgreSQL's advisory lock, so that two servers do not migrate at once.
const LOCK: i64 = 0x0063_6974_7974_6f6f;

pub(crate) async fn run(store: &Store, schema: Schema) -> Result<()> {
    let latest = i64::try_from(ALL.len()).unwrap_or(i64::MAX);
    let present = match current(store).await {
        Ok(version) => version,
        // A file that is damaged is not one of another program.
        Err(error) if !is_absent(&error) => return Err(error),
        Err(_) if schema != Schema::AsItIs && !holds_something_else(store).await? => 0,
        Err(_) => return Err(Error::Schema("this is not a City Tools database: give another one with --database".to_owned())),
    };
    if present > latest {
        return Err(Error::Schema(format!(
            "the database is of version {present}, newer than this program ({latest}): install the newer program"
        )));
    }
    if present == latest {
        return Ok(());
    }
    let allowed = match schema {
        Schema::AsItIs => false,
        Schema::AtStart => store.is_sqlite() || present == 0,
        Schema::Migrate => true,
    };
    if !allowed {
        return Err(Error::Schema(format!(
            "the database is of version {present}, this program needs {latest}: make a backup, then run 'citytools migrate'"
        )));
    }
    migrate(store).await
}

/// Whether the table of migrations is not there.
fn is_absent(error: &Error) -> bool {
    let text = error.to_string();
    text.contains("no such table") || text.contains("does not exist")
}

/// Whether an SQLite file holds tables of another program. What a schema of PostgreSQL holds is its administrator's to say.
async fn holds_something_else(store: &Store) -> Result<bool> {
    if !store.is_sqlite() {
        return Ok(false);
    }
    Ok(store.row("select 1 from sqlite_master where type = 'table' limit 1", vec![]).await?.is_some())
}

async fn current(store: &Store) -> Result<i64> {
    let row = store.row("select coalesce(max(version), 0) from schema_migration", vec![]).await?;
    Ok(row.map_or(Ok(0), |row| row.try_get_by_index(0))?)
}

async fn migrate(store: &Store) -> Result<()> {
    let transaction = store.begin().await?;
    if !store.is_sqlite() {
        transaction.execute("select pg_advisory_xact_lock($1)", vec![LOCK.into()]).await?;
    }
    transaction
        .script(
            "create table if not exists schema_migration (version bigint primary key, name text not null, applied_at bigint not null)",
        )
        .await?;
    let row = transaction.row("select coalesce(max(version), 0) from schema_migration", vec![]).await?;
    let present: i64 = row.map_or(Ok(0), |row| row.try_get_by_index(0))?;
    for (version, (name, text)) in (1i64..).zip(ALL).filter(|(version, _)| *version > present) {
        apply(&transaction, version, name, text).await?;
    }
    transaction.commit().await
}

async fn apply(transaction: &Transaction, version: i64, name: &str, text: &str) -> Result<()> {
    let bytes = if transaction.backend() == DbBackend::Sqlite { "blob" } else { "bytea" };
    transaction.script(&text.replace("{bytes}", bytes)).await?;
    let at = jiff::Timestamp::now().as_millisecond();
    transaction
        .execute(
            "insert into schema_migration (version, name, applied_at) values ($1, $2, $3)",
            vec![version.into(), name.into(), at.into()],
        )
        .await?;
    tracing::info!(version, name, "migrated the database");
    Ok(())
}
