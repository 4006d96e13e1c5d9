//! What tests share: a database of either kind, and what to put into it: records of the register ([`records`]), people and their
//! places ([`people`]), projects and assessments ([`dpia`]), each whole and valid, so that a test says only what it is about.
//!
//! With `TEST_DATABASE_URL` naming a PostgreSQL server, each [`TestDatabase`] is a database of its own there; without it, an
//! SQLite file in a folder of its own. The same tests run on both. Nothing here asserts anything.

pub mod dpia;
pub mod people;
pub mod records;
mod templates;

use domain::people::Scope;
use sea_orm::{ConnectionTrait, Database};
use std::path::{Path, PathBuf};
use store::{Store, db::Schema};

/// The most connections that a test's store holds: two who write at once on PostgreSQL, and two who read. Each more costs a process
/// there, and on both databases the time to read the schema and to prepare statements.
const CONNECTIONS: u32 = 4;

/// A database that is gone when this is dropped.
pub struct TestDatabase {
    /// Its address, as the command line takes it.
    pub address: String,
    folder: tempfile::TempDir,
    server: Option<(String, String)>,
}

impl TestDatabase {
    /// A new, empty database of the kind under test.
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let Ok(server) = std::env::var("TEST_DATABASE_URL") else {
            return Self::sqlite_in(folder);
        };
        let name = format!("t{}", uuid::Uuid::now_v7().simple());
        let admin = Database::connect(server.as_str()).await.expect("the PostgreSQL server of TEST_DATABASE_URL answers");
        admin.execute_unprepared(&format!("create database {name}")).await.expect("a database can be made");
        admin.close().await.expect("the connection closes");
        let (base, _) = server.rsplit_once('/').expect("TEST_DATABASE_URL ends in /DATABASE");
        Self { address: format!("{base}/{name}"), folder, server: Some((server.clone(), name)) }
    }

    /// A new, empty SQLite database, whatever is under test: for what only SQLite can do.
    #[must_use]
    pub fn sqlite() -> Self {
        Self::sqlite_in(tempfile::tempdir().expect("a temporary folder"))
    }

    fn sqlite_in(folder: tempfile::TempDir) -> Self {
        let address = format!("sqlite:{}", folder.path().join("city.db").display());
        Self { address, folder, server: None }
    }

    /// Opens it, migrated.
    pub async fn open(&self) -> Store {
        Store::open_with(&self.address, Schema::AtStart, Some(CONNECTIONS)).await.expect("the test database opens")
    }

    /// A folder for the test's files.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Whether this is PostgreSQL.
    #[must_use]
    pub fn is_postgres(&self) -> bool {
        self.server.is_some()
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let Some((server, name)) = self.server.take() else { return };
        // A runtime of its own, since a drop may stand inside one that cannot wait.
        let _ = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
            runtime.block_on(async {
                let admin = Database::connect(server.as_str()).await.ok()?;
                admin.execute_unprepared(&format!("drop database if exists {name} with (force)")).await.ok()
            })
        })
        .join();
    }
}

/// The command line's scope, which may do everything in tests of the store.
#[must_use]
pub fn operator() -> Scope {
    Scope::Operator
}

/// The folder of real data that the project is tested with.
///
/// # Panics
/// When it is missing: a test that needs it must not pass without it.
#[must_use]
pub fn shared_data() -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    assert!(path.is_dir(), "the test data is missing: {} must be the shared data folder (see docs/TESTING.md)", path.display());
    path
}
