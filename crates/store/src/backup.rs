//! Backup while serving, and restore into an empty place.
//!
//! A backup is an SQLite file in either case: a copy of the database for SQLite (`VACUUM INTO`, one consistent moment), a
//! copy table by table in one read-only transaction for PostgreSQL. Beside it stands `FILE.head.json`: the log's head at that
//! moment, signed with this server's key, which shows a log that was cut or rewritten later.

use crate::{
    check::Head,
    db::{Query as _, Schema, Store, Transaction},
    error::{Error, Result},
};
use domain::{audit::hex, people::Scope};
use ed25519_dalek::{Signature, Signer, SigningKey, Verifier, VerifyingKey};
use futures_util::StreamExt as _;
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement, StreamTrait as _, TransactionTrait, Value};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    path::{Path, PathBuf},
};

/// A head with its signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedHead {
    /// The log's head in the backup.
    #[serde(flatten)]
    pub head: Head,
    /// Hexadecimal Ed25519 public key.
    pub key: String,
    /// Hexadecimal signature over `sequence` and `digest`.
    pub signature: String,
}

impl SignedHead {
    fn message(head: &Head) -> Vec<u8> {
        format!("city-tools head 1\n{}\n{}\n", head.sequence, head.digest).into_bytes()
    }

    /// Signs a head.
    #[must_use]
    pub fn new(head: Head, key: &SigningKey) -> Self {
        let signature = key.sign(&Self::message(&head));
        Self { head, key: hex(key.verifying_key().as_bytes()), signature: hex(&signature.to_bytes()) }
    }

    /// Whether the signature is of the key that the head names.
    #[must_use]
    pub fn genuine(&self) -> bool {
        let key = unhex(&self.key).and_then(|bytes| VerifyingKey::from_bytes(&bytes.try_into().ok()?).ok());
        let signature = unhex(&self.signature).and_then(|bytes| Signature::from_slice(&bytes).ok());
        key.zip(signature).is_some_and(|(key, signature)| key.verify(&Self::message(&self.head), &signature).is_ok())
    }

    /// Reads a signed head from its file.
    ///
    /// # Errors
    /// When the file is missing, is not a signed head, or its signature does not hold.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|source| file(path, source))?;
        let head: Self = serde_json::from_str(&text)
            .map_err(|error| Error::Refused(format!("{} is not a signed head: {error}", path.display())))?;
        if head.genuine() {
            Ok(head)
        } else {
            Err(Error::Refused(format!("the signature of {} does not hold: the file was changed", path.display())))
        }
    }
}

/// Where the signed head of a backup stands.
#[must_use]
pub fn head_file(backup: &Path) -> PathBuf {
    let mut name = backup.as_os_str().to_owned();
    name.push(".head.json");
    PathBuf::from(name)
}

/// This server's signing key: read from its file, or made there on first use, readable by its owner alone.
///
/// # Errors
/// When the file cannot be read, written, or is no key.
pub fn signing_key(path: &Path) -> Result<SigningKey> {
    use std::{io::Write as _, os::unix::fs::OpenOptionsExt as _};
    if path.exists() {
        let text = std::fs::read_to_string(path).map_err(|source| file(path, source))?;
        let bytes: Option<[u8; 32]> = unhex(text.trim()).and_then(|bytes| bytes.try_into().ok());
        return bytes
            .map(|bytes| SigningKey::from_bytes(&bytes))
            .ok_or_else(|| Error::Refused(format!("{} is not a signing key", path.display())));
    }
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).map_err(|error| Error::Refused(format!("no random numbers to be had: {error}")))?;
    let mut out =
        std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(|source| file(path, source))?;
    writeln!(out, "{}", hex(&secret)).and_then(|()| out.sync_all()).map_err(|source| file(path, source))?;
    Ok(SigningKey::from_bytes(&secret))
}

impl Store {
    /// Where this database's signing key stands unless told otherwise: beside an SQLite file, else in the current folder.
    #[must_use]
    pub fn key_file(&self) -> PathBuf {
        match &self.file {
            Some(database) => database.with_extension("key"),
            None => PathBuf::from("citytools.key"),
        }
    }

    /// Writes a backup and its signed head; the server may go on serving and writing.
    ///
    /// # Errors
    /// When the file exists, or something cannot be read or written; no half backup is left.
    pub async fn backup(&self, scope: &Scope, path: &Path, key: &SigningKey) -> Result<SignedHead> {
        if path.exists() {
            return Err(Error::Refused(format!("{} exists: choose another name; nothing was written", path.display())));
        }
        let mut partial = path.as_os_str().to_owned();
        partial.push(".partial");
        let partial = PathBuf::from(partial);
        let _ = std::fs::remove_file(&partial);
        let written = self.write_backup(scope, &partial, key).await;
        match written {
            Ok(head) => {
                let sidecar = head_file(path);
                let text = serde_json::to_string_pretty(&head).unwrap_or_default();
                write_durably(&sidecar, text.as_bytes())?;
                std::fs::File::open(&partial).and_then(|out| out.sync_all()).map_err(|source| file(&partial, source))?;
                std::fs::rename(&partial, path).map_err(|source| file(path, source))?;
                sync_folder(path)?;
                Ok(head)
            }
            Err(error) => {
                let _ = std::fs::remove_file(&partial);
                Err(error)
            }
        }
    }

    async fn write_backup(&self, scope: &Scope, partial: &Path, key: &SigningKey) -> Result<SignedHead> {
        if self.is_sqlite() {
            let target = partial.display().to_string();
            self.connection.execute_raw(self.statement("vacuum into $1", vec![target.into()])).await?;
        } else {
            let copy = Store::open(&format!("sqlite:{}", partial.display()), Schema::AtStart).await?;
            copy_tables(self, &copy).await?;
            copy.close().await?;
        }
        let copy = Store::open(&format!("sqlite:{}", partial.display()), Schema::AsItIs).await?;
        let findings = copy.check(scope).await?;
        copy.close().await?;
        if !findings.sound() {
            let reason = findings.broken.or_else(|| findings.problems.first().cloned()).unwrap_or_default();
            return Err(Error::Refused(format!("the backup was not kept, since a check of it found: {reason}")));
        }
        Ok(SignedHead::new(findings.head, key))
    }

    /// Fills this database, which must be empty, from a backup, and checks it against the backup's signed head where there is
    /// one.
    ///
    /// # Errors
    /// When this database holds anything, or the backup is damaged; nothing is left behind then.
    pub async fn restore(&self, scope: &Scope, path: &Path) -> Result<Head> {
        if self.sequence().await? != 0 {
            return Err(Error::Refused(
                "this database is not empty, and a restore never overwrites: give a new one with --database".to_owned(),
            ));
        }
        let sidecar = head_file(path);
        let signed = if sidecar.exists() { Some(SignedHead::read(&sidecar)?) } else { None };
        let backup = Store::open(&format!("sqlite:{}", path.display()), Schema::AsItIs).await?;
        let findings = backup.check_against(scope, signed.as_ref().map(|signed| &signed.head)).await?;
        if !findings.sound() {
            let reason = findings.broken.or_else(|| findings.problems.first().cloned()).unwrap_or_default();
            return Err(Error::Refused(format!("{} is damaged, nothing was restored: {reason}", path.display())));
        }
        copy_tables(&backup, self).await?;
        backup.close().await?;
        Ok(findings.head)
    }
}

impl Store {
    /// What each table holds, as a digest of its rows in whatever order: the same before and after what changes nothing.
    ///
    /// # Errors
    /// Forbidden to all but the operator; and when a table cannot be read.
    pub async fn digests(&self, scope: &Scope) -> Result<BTreeMap<String, [u8; 32]>> {
        if !matches!(scope, Scope::Operator) {
            return Err(Error::Forbidden);
        }
        let mut digests = BTreeMap::new();
        for table in tables_of(self).await? {
            let columns = columns_of(self, &table).await?;
            let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
            let mut rows = Vec::new();
            for row in self.rows(&format!("select {} from {table}", names.join(", ")), vec![]).await? {
                let values = columns.iter().enumerate().map(|(index, (_, kind))| value(&row, index, kind));
                rows.push(format!("{:?}", values.collect::<Result<Vec<Value>>>()?));
            }
            rows.sort_unstable();
            let mut whole = Sha256::new();
            for row in rows {
                whole.update((row.len() as u64).to_be_bytes());
                whole.update(row);
            }
            digests.insert(table, whole.finalize().into());
        }
        Ok(digests)
    }
}

/// Tables that each database makes for itself.
const OWN: [&str; 2] = ["head", "schema_migration"];

/// A column that refers to another table, or to its own.
struct Reference {
    from: String,
    to: String,
    column: String,
}

async fn references_of(store: &Store) -> Result<Vec<Reference>> {
    let sql = if store.is_sqlite() {
        "select m.name, f.\"table\", f.\"from\" from sqlite_master m join pragma_foreign_key_list(m.name) f where m.type = 'table'"
    } else {
        "select f.relname::text, t.relname::text, a.attname::text from pg_constraint c join pg_class f on f.oid = c.conrelid \
         join pg_class t on t.oid = c.confrelid join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any (c.conkey) \
         where c.contype = 'f' and c.connamespace = current_schema()::regnamespace"
    };
    let rows = store.rows(sql, vec![]).await?;
    let reference = |row: &QueryResult| {
        Ok(Reference { from: row.try_get_by_index(0)?, to: row.try_get_by_index(1)?, column: row.try_get_by_index(2)? })
    };
    rows.iter().map(reference).collect()
}

/// Every table, each after those that its rows refer to. The database itself is asked, so that a table that a migration adds is
/// never forgotten.
async fn tables_of(store: &Store) -> Result<Vec<String>> {
    let names = if store.is_sqlite() {
        "select name from sqlite_master where type = 'table' and name not like 'sqlite%' order by name"
    } else {
        "select table_name::text from information_schema.tables \
         where table_schema = current_schema() and table_type = 'BASE TABLE' order by 1"
    };
    let mut left = Vec::new();
    for row in store.rows(names, vec![]).await? {
        let name: String = row.try_get_by_index(0)?;
        if !OWN.contains(&name.as_str()) {
            left.push(name);
        }
    }
    let mut needs: HashMap<String, HashSet<String>> = HashMap::new();
    for Reference { from, to, .. } in references_of(store).await? {
        needs.entry(from).or_default().insert(to);
    }
    let mut ordered: Vec<String> = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let ready =
            |table: &String| needs.get(table).is_none_or(|needed| needed.iter().all(|one| one == table || ordered.contains(one)));
        let (next, later): (Vec<String>, Vec<String>) = left.into_iter().partition(ready);
        if next.is_empty() {
            return Err(Error::Refused(format!("the tables {} refer to one another in a circle", later.join(", "))));
        }
        ordered.extend(next);
        left = later;
    }
    Ok(ordered)
}

async fn copy_tables(from: &Store, to: &Store) -> Result<()> {
    let reading = from
        .connection
        .begin_with_config(
            (from.backend == DbBackend::Postgres).then_some(sea_orm::IsolationLevel::RepeatableRead),
            (from.backend == DbBackend::Postgres).then_some(sea_orm::AccessMode::ReadOnly),
        )
        .await?;
    let writing = to.begin().await?;
    let references = references_of(from).await?;
    for table in &tables_of(from).await? {
        let columns = columns_of(from, table).await?;
        // What refers to a row of its own table may come before that row: it is said once all of them are there.
        let own = |column: &str| references.iter().any(|one| one.from == *table && one.to == *table && one.column == column);
        let own: Vec<bool> = columns.iter().map(|(name, _)| own(name)).collect();
        let mut later = Vec::new();
        let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
        let sql = format!("select {} from {table} order by 1", names.join(", "));
        let mut rows = reading.stream_raw(Statement::from_string(from.backend, sql)).await?;
        let mut values = Vec::new();
        while let Some(row) = rows.next().await {
            let row = row?;
            for (index, (name, kind)) in columns.iter().enumerate() {
                let value = value(&row, index, kind)?;
                if own[index] && value != value.as_null() {
                    values.push(value.as_null());
                    later.push((name, value, self::value(&row, 0, &columns[0].1)?));
                } else {
                    values.push(value);
                }
            }
            if values.len() == ROWS * columns.len() {
                insert(&writing, table, &names, std::mem::take(&mut values)).await?;
            }
        }
        if !values.is_empty() {
            insert(&writing, table, &names, values).await?;
        }
        for (name, value, key) in later {
            let sql = format!("update {table} set {name} = $1 where {} = $2", names[0]);
            writing.execute(&sql, vec![value, key]).await?;
        }
    }
    let head: i64 = reading
        .query_one_raw(Statement::from_string(from.backend, "select sequence from head where id = 1"))
        .await?
        .map_or(Ok(0), |row| row.try_get_by_index(0))?;
    writing.execute("update head set sequence = $1 where id = 1", vec![head.into()]).await?;
    writing.commit().await?;
    reading.commit().await?;
    Ok(())
}

/// Rows of one inserting statement.
const ROWS: usize = 400;

async fn insert(writing: &Transaction, table: &str, names: &[&str], values: Vec<Value>) -> Result<()> {
    let sql = crate::write::inserting(writing.backend(), table, names, values.len() / names.len());
    writing.execute(&sql, values).await?;
    Ok(())
}

async fn columns_of(store: &Store, table: &str) -> Result<Vec<(String, String)>> {
    let sql = if store.is_sqlite() {
        "select name, lower(type) from pragma_table_info($1) order by cid"
    } else {
        "select column_name::text, data_type::text from information_schema.columns \
         where table_name = $1 and table_schema = current_schema() order by ordinal_position"
    };
    let rows = store.rows(sql, vec![table.into()]).await?;
    rows.iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).collect()
}

fn value(row: &QueryResult, index: usize, kind: &str) -> Result<Value> {
    Ok(match kind {
        "bigint" => Value::BigInt(row.try_get_by_index(index)?),
        "integer" => Value::Int(row.try_get_by_index(index)?),
        "boolean" => Value::Bool(row.try_get_by_index(index)?),
        "blob" | "bytea" => Value::Bytes(row.try_get_by_index(index)?),
        _ => Value::String(row.try_get_by_index(index)?),
    })
}

fn write_durably(path: &Path, bytes: &[u8]) -> Result<()> {
    use std::io::Write as _;
    let write = || -> std::io::Result<()> {
        let mut out = std::fs::File::create(path)?;
        out.write_all(bytes)?;
        out.sync_all()
    };
    write().map_err(|source| file(path, source))
}

fn sync_folder(path: &Path) -> Result<()> {
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(|source| file(folder, source))
}

fn file(path: &Path, source: std::io::Error) -> Error {
    Error::File { path: path.display().to_string(), source }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    text.len().is_multiple_of(2).then_some(())?;
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect()
}
