//! Reading records: one, many, all of the public register for the snapshot, and the keys imports find records again by.

use crate::{
    db::Store,
    error::Result,
    records::{Reader, Record, id},
    write::{Write, places},
};
use domain::{people::Scope, register::records::{Contract, System}};
use sea_orm::{QueryResult, StreamTrait, Value};
use std::collections::HashMap;
use futures_util::StreamExt as _;
use uuid::Uuid;

/// What an import needs to know of a record to find it again and to see whether its row changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The record.
    pub id: Uuid,
    /// Digest of the row that last wrote it.
    pub digest: String,
}

impl Store {
    /// One record by its id, with its links.
    ///
    /// # Errors
    /// When the database fails or the row cannot be read.
    pub async fn get<R: Record>(&self, scope: &Scope, record: Uuid) -> Result<Option<R>> {
        Ok(self.get_many::<R>(scope, &[record]).await?.into_iter().next())
    }

    /// Several records by their ids, with their links, in no order; missing ones are left out.
    ///
    /// # Errors
    /// As [`Store::get`].
    pub async fn get_many<R: Record>(&self, _scope: &Scope, ids: &[Uuid]) -> Result<Vec<R>> {
        let mut found = Vec::with_capacity(ids.len());
        for batch in ids.chunks(1000) {
            let values: Vec<Value> = batch.iter().map(|one| id(*one)).collect();
            let filter = places(1, batch.len());
            let mut links = Vec::new();
            for link in R::LINKS {
                let sql = format!(
                    "select {0}, {1} from {2} where {0} in ({filter}) order by {0}, place",
                    link.owner, link.target, link.table
                );
                links.push(grouped(&self.rows(&sql, values.clone()).await?)?);
            }
            let sql = format!("select {} from {} where id in ({filter})", R::COLUMNS.join(", "), R::TABLE);
            for row in self.rows(&sql, values).await? {
                found.push(linked::<R>(&row, &mut links)?);
            }
        }
        Ok(found)
    }

    /// Every record of a kind, handed over one at a time in the order of their ids (which is that of their making).
    ///
    /// # Errors
    /// As [`Store::get`].
    pub async fn each<R: Record>(&self, _scope: &Scope, mut take: impl FnMut(R)) -> Result<()> {
        let mut links = Vec::new();
        for link in R::LINKS {
            let mut pairs = Vec::new();
            let sql = format!("select {0}, {1} from {2} order by {0}, place", link.owner, link.target, link.table);
            let mut rows = self.connection.stream_raw(self.statement(sql, vec![])).await?;
            while let Some(row) = rows.next().await {
                pairs.push(pair(&row?)?);
            }
            // The databases collate text in their own ways; ids are looked up by their bytes.
            pairs.sort_by_key(|(owner, _)| *owner);
            links.push(pairs);
        }
        let sql = format!("select {} from {} order by id", R::COLUMNS.join(", "), R::TABLE);
        let mut rows = self.connection.stream_raw(self.statement(sql, vec![])).await?;
        while let Some(row) = rows.next().await {
            let mut record = R::read(&Reader::new(&row?, R::TABLE))?;
            for (place, pairs) in links.iter().enumerate() {
                let first = pairs.partition_point(|(owner, _)| *owner < record.id());
                let ids: Vec<Uuid> =
                    pairs[first..].iter().take_while(|(owner, _)| *owner == record.id()).map(|(_, target)| *target).collect();
                if !ids.is_empty() {
                    record.set_links(place, ids);
                }
            }
            take(record);
        }
        Ok(())
    }

    /// Every record of a kind.
    ///
    /// # Errors
    /// As [`Store::get`].
    pub async fn all<R: Record>(&self, scope: &Scope) -> Result<Vec<R>> {
        let mut all = Vec::new();
        self.each(scope, |record| all.push(record)).await?;
        Ok(all)
    }

    /// How many records of a kind there are.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count<R: Record>(&self, _scope: &Scope) -> Result<i64> {
        let row = self.row(&format!("select count(*) from {}", R::TABLE), vec![]).await?;
        Ok(row.map_or(Ok(0), |row| row.try_get_by_index(0))?)
    }

    /// A setting of this database, such as whether it is illustrative.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn setting(&self, _scope: &Scope, name: &str) -> Result<Option<String>> {
        let row = self.row("select value from setting where name = $1", vec![name.into()]).await?;
        Ok(row.map(|row| row.try_get_by_index(0)).transpose()?)
    }

    /// The keys of every contract, for an import.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn contract_keys(&self, _scope: &Scope) -> Result<HashMap<String, Known>> {
        self.keys("select contract_key, id, digest from contract", Contract::TABLE).await
    }

    /// The keys of every system, for an import; the digest is empty, since a system says it in its origin.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn system_keys(&self, _scope: &Scope) -> Result<HashMap<String, Known>> {
        self.keys("select system_key, id, '' from system", System::TABLE).await
    }

    /// The keys of every planned procurement, for an import.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn planned_keys(&self, _scope: &Scope) -> Result<HashMap<String, Known>> {
        self.keys("select planned_key, id, '' from planned_procurement", "planned_procurement").await
    }

    /// The raw releases of some contracting processes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn releases_of(&self, scope: &Scope, ocids: &[String]) -> Result<Vec<domain::register::records::Release>> {
        let mut ids = Vec::new();
        for batch in ocids.chunks(1000) {
            let sql = format!("select id from ocds_release where ocid in ({})", places(1, batch.len()));
            for row in self.rows(&sql, batch.iter().map(|ocid| ocid.as_str().into()).collect()).await? {
                let text: String = row.try_get_by_index(0)?;
                ids.extend(Uuid::parse_str(&text));
            }
        }
        self.get_many(scope, &ids).await
    }

    /// A saved mapping, by the digest of its kind and headers.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn mapping(&self, scope: &Scope, key: &str) -> Result<Option<domain::register::records::Mapping>> {
        let row = self.row("select id from mapping where mapping_key = $1", vec![key.into()]).await?;
        let Some(row) = row else { return Ok(None) };
        let text: String = row.try_get_by_index(0)?;
        match Uuid::parse_str(&text) {
            Ok(found) => self.get(scope, found).await,
            Err(_) => Ok(None),
        }
    }

    async fn keys(&self, sql: &str, table: &'static str) -> Result<HashMap<String, Known>> {
        let mut keys = HashMap::new();
        let mut rows = self.connection.stream_raw(self.statement(sql, vec![])).await?;
        while let Some(row) = rows.next().await {
            let row = row?;
            let text: String = row.try_get_by_index(1)?;
            let id = Uuid::parse_str(&text).map_err(|error| crate::Error::Corrupt { table, id: text, reason: error.to_string() })?;
            keys.insert(row.try_get_by_index(0)?, Known { id, digest: row.try_get_by_index(2)? });
        }
        Ok(keys)
    }
}

impl Write {
    /// Sets a setting of this database.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set(&mut self, name: &str, value: &str) -> Result<()> {
        self.transaction()
            .execute("insert into setting (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value", vec![
                name.into(),
                value.into(),
            ])
            .await?;
        Ok(())
    }
}

fn pair(row: &QueryResult) -> Result<(Uuid, Uuid)> {
    let (owner, target): (String, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
    let parse = |text: String| {
        Uuid::parse_str(&text).map_err(|error| crate::Error::Corrupt { table: "link", id: text, reason: error.to_string() })
    };
    Ok((parse(owner)?, parse(target)?))
}

fn grouped(rows: &[QueryResult]) -> Result<HashMap<Uuid, Vec<Uuid>>> {
    let mut targets: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for row in rows {
        let (owner, target) = pair(row)?;
        targets.entry(owner).or_default().push(target);
    }
    Ok(targets)
}

fn linked<R: Record>(row: &QueryResult, links: &mut [HashMap<Uuid, Vec<Uuid>>]) -> Result<R> {
    let mut record = R::read(&Reader::new(row, R::TABLE))?;
    for (place, targets) in links.iter_mut().enumerate() {
        if let Some(ids) = targets.remove(&record.id()) {
            record.set_links(place, ids);
        }
    }
    Ok(record)
}
