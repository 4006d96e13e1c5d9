//! Reading records: one, many, and the keys imports find records again by. Reading a whole table is in `whole`.

use crate::{
    db::{Query, Store},
    error::{Error, Result},
    records::{Reader, Record, id},
    write::{Write, places},
};
use domain::{
    audit::Kind,
    people::Scope,
    register::records::{Contract, Origin, PlannedProcurement, System},
};
use futures_util::StreamExt as _;
use sea_orm::{QueryResult, StreamTrait, Value};
use std::collections::HashMap;
use uuid::Uuid;

/// A record that an import finds again by its key.
pub trait Keyed: Record {
    /// The column of its key.
    const KEY: &'static str;
    /// The column of its digest, or of the origin that holds it.
    const DIGEST: &'static str;
}

impl Keyed for Contract {
    const KEY: &'static str = "contract_key";
    const DIGEST: &'static str = "digest";
}

impl Keyed for System {
    const KEY: &'static str = "system_key";
    const DIGEST: &'static str = "origin";
}

impl Keyed for PlannedProcurement {
    const KEY: &'static str = "planned_key";
    const DIGEST: &'static str = "origin";
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
    pub async fn get_many<R: Record>(&self, scope: &Scope, ids: &[Uuid]) -> Result<Vec<R>> {
        let mut found: Vec<R> = many(self, ids).await?;
        found.retain(|record| record.visible_to(scope));
        Ok(found)
    }

    /// The records whose column holds a value, in the order of their ids (which is that of their making), with their links.
    ///
    /// # Errors
    /// As [`Store::get`].
    pub async fn by<R: Record>(&self, scope: &Scope, column: &'static str, value: impl Into<Value> + Send) -> Result<Vec<R>> {
        let mut found: Vec<R> = having(self, column, value.into()).await?;
        found.retain(|record| record.visible_to(scope));
        Ok(found)
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

    /// How many records of a public kind there are.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for a private kind, which only the server itself may count; or when the database fails.
    pub async fn count<R: Record>(&self, scope: &Scope) -> Result<i64> {
        if !R::KIND.is_public() && !scope.is_server() {
            return Err(Error::Forbidden);
        }
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

    /// Hands over the key, id and digest of every contract, system or planned procurement, for an import.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keys<R: Keyed>(&self, _scope: &Scope, mut take: impl FnMut(&str, Uuid, &str)) -> Result<()> {
        let sql = format!("select {}, id, {} from {}", R::KEY, R::DIGEST, R::TABLE);
        let mut rows = self.connection.stream_raw(self.statement(sql, vec![])).await?;
        while let Some(row) = rows.next().await {
            let row = row?;
            let (key, text, digest): (String, String, String) =
                (row.try_get_by_index(0)?, row.try_get_by_index(1)?, row.try_get_by_index(2)?);
            let id = Uuid::parse_str(&text).map_err(|error| corrupt(R::TABLE, &text, error))?;
            if R::DIGEST == "origin" {
                let origin: Origin = serde_json::from_str(&digest).map_err(|error| corrupt(R::TABLE, &text, error))?;
                take(&key, id, &origin.digest);
            } else {
                take(&key, id, &digest);
            }
        }
        Ok(())
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

    /// Contracts and planned procurements of which anything public last changed in a span of time, in the order of that change and
    /// then of their ids, after a place in that order; at most `limit`. Instants are milliseconds of UTC, bounds included.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn changed_between(
        &self,
        _scope: &Scope,
        from: i64,
        to: i64,
        after: Option<(i64, Uuid)>,
        limit: i64,
    ) -> Result<Vec<(i64, Kind, Uuid)>> {
        let (at, last) = after.map_or((i64::MIN, String::new()), |(at, id)| (at, id.to_string()));
        let of = |table: &str, at: &str, kind: Kind| {
            format!(
                "select {at} as at, id, '{}' as kind from {table} where {at} >= $1 and {at} <= $2 \
                 and ({at} > $3 or {at} = $3 and id > $4)",
                kind.as_str()
            )
        };
        let sql = format!(
            "select at, kind, id from ({} union all {}) as changed order by at, id limit $5",
            of("contract", "public_at", Kind::Contract),
            of("planned_procurement", "updated_at", Kind::PlannedProcurement)
        );
        let rows = self.rows(&sql, vec![from.into(), to.into(), at.into(), last.into(), limit.into()]).await?;
        rows.iter()
            .map(|row| {
                let (kind, id): (String, String) = (row.try_get_by_index(1)?, row.try_get_by_index(2)?);
                let kind = Kind::parse(&kind).ok_or_else(|| corrupt("change", &id, "unknown kind of record"))?;
                Ok((row.try_get_by_index(0)?, kind, Uuid::parse_str(&id).map_err(|error| corrupt("change", &id, error))?))
            })
            .collect()
    }

    /// The ids of the contracts of a contracting process.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn contracts_of_process(&self, _scope: &Scope, ocid: &str) -> Result<Vec<Uuid>> {
        let rows = self.rows("select id from contract where ocid = $1 order by id", vec![ocid.into()]).await?;
        rows.iter()
            .map(|row| {
                let id: String = row.try_get_by_index(0)?;
                Uuid::parse_str(&id).map_err(|error| corrupt("contract", &id, error))
            })
            .collect()
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
}

impl Write {
    /// Several records as this transaction sees them, with their links, in no order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn get_many<R: Record>(&self, ids: &[Uuid]) -> Result<Vec<R>> {
        many(self.transaction(), ids).await
    }

    /// The records whose column holds a value, as this transaction sees them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn by<R: Record>(&self, column: &'static str, value: impl Into<Value> + Send) -> Result<Vec<R>> {
        having(self.transaction(), column, value.into()).await
    }

    /// Sets a setting of this database.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set(&mut self, name: &str, value: &str) -> Result<()> {
        self.transaction()
            .execute(
                "insert into setting (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value",
                vec![name.into(), value.into()],
            )
            .await?;
        Ok(())
    }
}

/// Several records with their links, as the database or an open transaction sees them.
async fn many<R: Record>(query: &impl Query, ids: &[Uuid]) -> Result<Vec<R>> {
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
            links.push(grouped(&query.rows(&sql, values.clone()).await?)?);
        }
        let sql = format!("select {} from {} where id in ({filter})", R::COLUMNS.join(", "), R::TABLE);
        for row in query.rows(&sql, values).await? {
            found.push(linked::<R>(&row, &mut links)?);
        }
    }
    Ok(found)
}

async fn having<R: Record>(query: &impl Query, column: &'static str, value: Value) -> Result<Vec<R>> {
    let sql = format!("select id from {} where {column} = $1 order by id", R::TABLE);
    let rows = query.rows(&sql, vec![value]).await?;
    let ids: Vec<Uuid> = rows
        .iter()
        .map(|row| {
            let text: String = row.try_get_by_index(0)?;
            Uuid::parse_str(&text).map_err(|error| corrupt(R::TABLE, &text, error))
        })
        .collect::<Result<_>>()?;
    let mut found: Vec<R> = many(query, &ids).await?;
    found.sort_by_key(Record::id);
    Ok(found)
}

pub(crate) fn corrupt(table: &'static str, id: &str, reason: impl ToString) -> Error {
    Error::Corrupt { table, id: id.to_owned(), reason: reason.to_string() }
}

fn pair(row: &QueryResult) -> Result<(Uuid, Uuid)> {
    let (owner, target): (String, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
    let parse = |text: String| Uuid::parse_str(&text).map_err(|error| corrupt("link", &text, error));
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
