//! Databases that begin as copies: what hundreds of tests start from is made once for a test program, and copied for each of them.
//!
//! PostgreSQL copies a database of the server, SQLite a file in a folder beside the test program. Both are named after the program
//! as it was built, so that no test ever starts from what another build made.

use crate::TestDatabase;
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, Statement};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use store::{Store, db::Schema};

/// Held on the server while a template is looked for and made.
const LOCK: i64 = 0x6369_7479;

impl TestDatabase {
    /// A database of the kind under test with its tables, and nothing in them.
    ///
    /// # Panics
    /// When the database cannot be made.
    pub async fn migrated() -> Self {
        Self::like("migrated", async |_| ()).await
    }

    /// A database that begins as `fill` leaves one; `name` says which, and within a test program always means the same filling.
    ///
    /// # Panics
    /// When the database cannot be made.
    pub async fn like(name: &str, fill: impl AsyncFnOnce(&Store)) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        match std::env::var("TEST_DATABASE_URL") {
            Ok(server) => {
                let template = format!("like_{name}_{}", build());
                let (base, _) = server.rsplit_once('/').expect("TEST_DATABASE_URL ends in /DATABASE");
                let admin = lone_connection(&server).await;
                on_server(&admin, &format!("select pg_advisory_lock({LOCK})")).await;
                let known = Statement::from_string(
                    admin.get_database_backend(),
                    format!("select 1 from pg_database where datname = '{template}'"),
                );
                if admin.query_one_raw(known).await.expect("the server answers").is_none() {
                    let new = format!("new_{}", uuid::Uuid::now_v7().simple());
                    on_server(&admin, &format!("create database {new}")).await;
                    filled(&format!("{base}/{new}"), fill).await;
                    on_server(&admin, &format!("alter database {new} rename to {template}")).await;
                }
                on_server(&admin, &format!("select pg_advisory_unlock({LOCK})")).await;
                let own = format!("t{}", uuid::Uuid::now_v7().simple());
                on_server(&admin, &format!("create database {own} template {template} strategy file_copy")).await;
                admin.close().await.expect("the connection closes");
                Self { address: format!("{base}/{own}"), folder, server: Some((server, own)) }
            }
            Err(_) => {
                let template = file(name);
                if !template.exists() {
                    let made = template.with_extension(uuid::Uuid::now_v7().simple().to_string());
                    filled(&format!("sqlite:{}", made.display()), fill).await;
                    std::fs::rename(&made, &template).expect("the template gets its name");
                }
                std::fs::copy(&template, folder.path().join("city.db")).expect("the template can be copied");
                Self::sqlite_in(folder)
            }
        }
    }
}

async fn lone_connection(server: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(server);
    // The lock belongs to the connection.
    options.max_connections(1).sqlx_logging(false);
    Database::connect(options).await.expect("the PostgreSQL server of TEST_DATABASE_URL answers")
}

async fn on_server(admin: &DatabaseConnection, sql: &str) {
    admin.execute_unprepared(sql).await.expect("the PostgreSQL server does as it is told");
}

/// Fills a new database and lets go of it: a server copies no database that is in use, and a closed file stands whole by itself.
async fn filled(address: &str, fill: impl AsyncFnOnce(&Store)) {
    let store = Store::open(address, Schema::AtStart).await.expect("the test database opens");
    fill(&store).await;
    store.close().await.expect("the test database closes");
}

/// Which build of the test program this is.
fn build() -> String {
    let program = std::env::current_exe().expect("a test program has a path");
    let about = std::fs::metadata(&program).expect("a test program is a file");
    let key = format!("{} {} {:?}", program.display(), about.len(), about.modified().ok());
    Sha256::digest(key).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Where SQLite's template of this name stands; those of earlier builds of the program are taken away.
fn file(name: &str) -> PathBuf {
    let program = std::env::current_exe().expect("a test program has a path");
    let stem = program.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let crate_name = stem.rsplit_once('-').map_or(stem.as_str(), |(name, _)| name);
    let all = program.parent().unwrap_or(Path::new(".")).join("../test-templates").join(crate_name);
    let own = all.join(build());
    if !own.exists() {
        // Own first, and never the folder of all: another test of this program may be making its own at the same moment.
        std::fs::create_dir_all(&own).expect("a folder for templates");
        for earlier in std::fs::read_dir(&all).into_iter().flatten().flatten().filter(|earlier| earlier.path() != own) {
            let _ = std::fs::remove_dir_all(earlier.path());
        }
    }
    own.join(format!("{name}.db"))
}
