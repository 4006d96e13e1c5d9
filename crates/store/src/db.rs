//! Connections to SQLite and PostgreSQL, and the guard that refuses to start on a database that could lose data.

use crate::{
    error::{Error, Result},
    migrations,
};
use sea_orm::{
    ConnAcquireErr, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    ExecResult, QueryResult, RuntimeErr, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait, Value,
    sqlx::{self, ConnectOptions as _, Connection as _, postgres::PgConnectOptions},
};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The oldest SQLite without the race that can lose committed writes in WAL mode.
const SQLITE_AT_LEAST: (u32, u32, u32) = (3, 51, 3);

/// How long a connection to PostgreSQL may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long a page waits for a note of its having been asked for.
const NOTE: Duration = Duration::from_millis(500);

/// A connected, migrated database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) connection: DatabaseConnection,
    pub(crate) backend: DbBackend,
    /// The file of an SQLite database.
    pub(crate) file: Option<PathBuf>,
    /// SQLite has one writer; waiting here is fairer than its busy loop. PostgreSQL has many, but never all connections: who writes also
    /// reads beside it, and they would wait for one another.
    writers: Arc<Semaphore>,
}

/// How many connections to PostgreSQL are left to whoever reads.
const READERS: u32 = 2;

/// What to do about the schema when a database is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schema {
    /// Create and migrate: SQLite always, PostgreSQL when the database is empty.
    AtStart,
    /// Migrate whatever is there (`citytools migrate`).
    Migrate,
    /// Touch nothing; the database must already exist (`check`, `backup`).
    AsItIs,
}

/// Connects to PostgreSQL once and hangs up: a server that is not there, or does not know us, is an error at once, where the
/// pool would go on trying until its patience ends.
async fn reach(address: &str) -> Result<()> {
    let unreached = |error: sqlx::Error| DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error)));
    let options: PgConnectOptions = address.parse().map_err(unreached)?;
    let connection = tokio::time::timeout(PATIENCE, options.connect()).await;
    let connection = connection.unwrap_or(Err(sqlx::Error::PoolTimedOut)).map_err(unreached)?;
    Ok(connection.close().await.map_err(unreached)?)
}

impl Store {
    /// Opens `sqlite:FILE` or `postgres://…`, checks that it keeps its promises, and brings its schema up to date.
    ///
    /// # Errors
    /// A sentence that says what to do, when the address is wrong, the database cannot be reached or is not safe to use.
    pub async fn open(address: &str, schema: Schema) -> Result<Store> {
        Self::open_with(address, schema, None).await
    }

    /// As [`Store::open`], with a limit of its own to the connections that it holds: each reads the schema and prepares its statements
    /// for itself, which is much of the work of a store that is open for a moment.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn open_with(address: &str, schema: Schema, connections: Option<u32>) -> Result<Store> {
        let store = if address.starts_with("postgres://") || address.starts_with("postgresql://") {
            Self::connect_postgres(address, connections.unwrap_or(8)).await?
        } else if let Some(path) = sqlite_path(address) {
            Self::connect_sqlite(path, schema, connections.unwrap_or(6)).await?
        } else {
            return Err(Error::Address(without_password(address)));
        };
        match (migrations::run(&store, schema).await, &store.file) {
            (Err(Error::Database(error)), Some(path)) => Err(unusable(path, &error)),
            (done, _) => done.map(|()| store),
        }
    }

    async fn connect_sqlite(path: PathBuf, schema: Schema, connections: u32) -> Result<Store> {
        if schema == Schema::AsItIs && !path.exists() {
            let why = "there is no such file: check the name of the database".to_owned();
            return Err(Error::Unusable { path: path.display().to_string(), why });
        }
        let mut options = ConnectOptions::new("sqlite://ignored");
        let file = path.clone();
        options
            .max_connections(connections)
            .sqlx_logging(false)
            .acquire_timeout(Duration::from_secs(60))
            .test_before_acquire(false);
        options.map_sqlx_sqlite_opts(move |sqlite| {
            sqlite
                .filename(&file)
                .create_if_missing(schema != Schema::AsItIs)
                .foreign_keys(true)
                .busy_timeout(Duration::from_secs(60))
                .statement_cache_capacity(64)
                // Rows come from a thread of their own: the more of them wait, the less often two threads wake each other.
                .row_buffer_size(512)
                .pragma("journal_mode", "WAL")
                .pragma("synchronous", "FULL")
                .pragma("cache_size", "-16384")
                .pragma("temp_store", "MEMORY")
        });
        let connection = Database::connect(options).await.map_err(|error| unusable(&path, &error))?;
        let store =
            Store { connection, backend: DbBackend::Sqlite, file: Some(path.clone()), writers: Arc::new(Semaphore::new(1)) };
        match store.guard().await {
            Err(Error::Database(error)) => Err(unusable(&path, &error)),
            done => done.map(|()| store),
        }
    }

    async fn connect_postgres(address: &str, connections: u32) -> Result<Store> {
        reach(address).await?;
        let mut options = ConnectOptions::new(address);
        options.max_connections(connections).sqlx_logging(false).acquire_timeout(PATIENCE).test_before_acquire(false);
        let connection = Database::connect(options).await?;
        let writers = Arc::new(Semaphore::new(connections.saturating_sub(READERS).max(1) as usize));
        let store = Store { connection, backend: DbBackend::Postgres, file: None, writers };
        store.guard().await?;
        Ok(store)
    }

    /// Refuses a database that could lose what it acknowledged (reliability test R26).
    async fn guard(&self) -> Result<()> {
        match self.backend {
            DbBackend::Sqlite => {
                let text = self.text("select sqlite_version()").await?;
                if version(&text) < SQLITE_AT_LEAST {
                    return Err(Error::Guard(format!("SQLite {text} can lose committed writes; 3.51.3 or newer is needed")));
                }
                for (pragma, expected, meaning) in [
                    ("journal_mode", "wal", "write-ahead logging is off (is the file on a network drive?)"),
                    ("synchronous", "2", "synchronous is not FULL"),
                    ("foreign_keys", "1", "foreign keys are off"),
                ] {
                    if !self
                        .text(&format!("select cast({pragma} as text) from pragma_{pragma}"))
                        .await?
                        .eq_ignore_ascii_case(expected)
                    {
                        return Err(Error::Guard(format!("SQLite: {meaning}")));
                    }
                }
                if self.text("select cast(timeout as text) from pragma_busy_timeout").await? == "0" {
                    return Err(Error::Guard("SQLite: the busy timeout is off".to_owned()));
                }
            }
            _ => {
                let text = self.text("select current_setting('server_version_num')").await?;
                if text.parse::<u32>().unwrap_or(0) < 150_000 {
                    return Err(Error::Guard(format!("PostgreSQL 15 or newer is needed, this is {text}")));
                }
            }
        }
        Ok(())
    }

    async fn text(&self, sql: &str) -> Result<String> {
        let row = self.connection.query_one_raw(Statement::from_string(self.backend, sql)).await?;
        row.map_or_else(|| Ok(String::new()), |row| Ok(row.try_get_by_index(0)?))
    }

    /// Whether this is SQLite.
    #[must_use]
    pub fn is_sqlite(&self) -> bool {
        self.backend == DbBackend::Sqlite
    }

    pub(crate) fn statement(&self, sql: impl Into<String>, values: Vec<Value>) -> Statement {
        Statement::from_sql_and_values(self.backend, sql, values)
    }

    pub(crate) async fn row(&self, sql: &str, values: Vec<Value>) -> Result<Option<QueryResult>> {
        Ok(self.connection.query_one_raw(self.statement(sql, values)).await?)
    }

    /// A writing transaction. On SQLite it takes the write lock at once, so that it never fails half-way for want of it.
    pub(crate) async fn begin(&self) -> Result<Transaction> {
        let permit = self.turn().await?;
        self.begin_in_turn(permit).await
    }

    /// Waits for one's turn to write.
    async fn turn(&self) -> Result<OwnedSemaphorePermit> {
        self.writers
            .clone()
            .acquire_owned()
            .await
            .map_err(|_| Error::Database(DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed)))
    }

    /// Writes down what nobody needs to wait for, such as when a session was used: a page that is only read must not wait for the
    /// import of a large file, here or in another process. Where another writes here, nothing is noted, and the next request does it;
    /// where another process does, this goes on by itself.
    pub(crate) async fn note(&self, sql: &'static str, values: Vec<Value>) -> Result<()> {
        let Ok(permit) = tokio::time::timeout(NOTE, self.turn()).await else { return Ok(()) };
        let (store, permit) = (self.clone(), permit?);
        let noting = tokio::spawn(async move {
            let transaction = store.begin_in_turn(permit).await?;
            transaction.execute(sql, values).await?;
            transaction.commit().await
        });
        match tokio::time::timeout(NOTE, noting).await {
            Ok(Ok(noted)) => noted,
            Ok(Err(_)) | Err(_) => Ok(()),
        }
    }

    async fn begin_in_turn(&self, permit: OwnedSemaphorePermit) -> Result<Transaction> {
        let options = TransactionOptions {
            sqlite_transaction_mode: self.is_sqlite().then_some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let inner = self.connection.begin_with_options(options).await?;
        Ok(Transaction { inner, backend: self.backend, _permit: permit })
    }

    /// Closes the connections that nobody uses but one, with what SQLite keeps of the file for each: reading the register at the
    /// start takes several, and later work opens its own again. Nothing happens on PostgreSQL, whose server keeps its pages itself.
    pub async fn let_go(&self) {
        if !self.is_sqlite() {
            return;
        }
        let pool = self.connection.get_sqlite_connection_pool();
        let kept = pool.try_acquire();
        while kept.is_some()
            && let Some(other) = pool.try_acquire()
        {
            if let Err(error) = other.close().await {
                tracing::warn!(%error, "a connection did not close");
            }
        }
    }

    /// Closes every connection; on SQLite this also folds the write-ahead log into the file.
    ///
    /// # Errors
    /// When a connection does not close.
    pub async fn close(self) -> Result<()> {
        Ok(self.connection.close().await?)
    }
}

/// Whatever rows can be asked of: the database, or an open transaction.
pub(crate) trait Query: Sync {
    async fn rows(&self, sql: &str, values: Vec<Value>) -> Result<Vec<QueryResult>>;
}

impl Query for Store {
    async fn rows(&self, sql: &str, values: Vec<Value>) -> Result<Vec<QueryResult>> {
        Ok(self.connection.query_all_raw(self.statement(sql, values)).await?)
    }
}

impl Query for Transaction {
    async fn rows(&self, sql: &str, values: Vec<Value>) -> Result<Vec<QueryResult>> {
        Ok(self.inner.query_all_raw(Statement::from_sql_and_values(self.backend, sql, values)).await?)
    }
}

/// An open transaction of either database; rolled back when dropped.
pub(crate) struct Transaction {
    inner: DatabaseTransaction,
    backend: DbBackend,
    _permit: OwnedSemaphorePermit,
}

impl Transaction {
    pub(crate) async fn execute(&self, sql: &str, values: Vec<Value>) -> Result<ExecResult> {
        Ok(self.inner.execute_raw(Statement::from_sql_and_values(self.backend, sql, values)).await?)
    }

    pub(crate) async fn row(&self, sql: &str, values: Vec<Value>) -> Result<Option<QueryResult>> {
        Ok(self.inner.query_one_raw(Statement::from_sql_and_values(self.backend, sql, values)).await?)
    }

    /// A batch of statements without parameters, as migrations are written.
    pub(crate) async fn script(&self, sql: &str) -> Result<()> {
        self.inner.execute_unprepared(sql).await?;
        Ok(())
    }

    pub(crate) async fn commit(self) -> Result<()> {
        Ok(self.inner.commit().await?)
    }

    pub(crate) fn backend(&self) -> DbBackend {
        self.backend
    }
}

fn unusable(path: &Path, error: &DbErr) -> Error {
    Error::Unusable { path: path.display().to_string(), why: crate::error::said(error) }
}

/// The file of an SQLite database, by its address: `sqlite:FILE`, `sqlite://FILE` or `sqlite:///FILE`.
#[must_use]
pub fn sqlite_path(address: &str) -> Option<PathBuf> {
    let rest = address.strip_prefix("sqlite:")?;
    let path = rest.strip_prefix("//").unwrap_or(rest);
    (!path.is_empty()).then(|| PathBuf::from(path))
}

/// An address that may be shown: without the password in it.
#[must_use]
pub fn without_password(address: &str) -> String {
    match (address.find("://"), address.rfind('@')) {
        (Some(scheme), Some(at)) if scheme + 3 <= at => match address[scheme + 3..at].find(':') {
            Some(colon) => format!("{}:…{}", &address[..scheme + 3 + colon], &address[at..]),
            None => address.to_owned(),
        },
        _ => address.to_owned(),
    }
}

fn version(text: &str) -> (u32, u32, u32) {
    let mut parts = text.split('.').map(|part| part.parse().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    (next(), next(), next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        assert_eq!(without_password("postgres://app:secret@db/city"), "postgres://app:…@db/city");
        assert_eq!(without_password("postgres://app@db/city"), "postgres://app@db/city");
    }

    #[test]
    fn versions_compare_as_numbers() {
        assert!(version("3.51.10") > SQLITE_AT_LEAST && version("3.51.2") < SQLITE_AT_LEAST);
    }
}
