//! Reading every record of a kind: for the snapshot at the start, exports and `citytools check`. A table is read in parts of some
//! thousand rows, two or three at once on connections of their own, since what a row costs is mostly the work of this process;
//! records come in the order of their ids whatever part is read first.

use crate::{
    db::{Query as _, Store},
    error::{Error, Result},
    read::corrupt,
    records::{Link, Missing, Reader, Record},
};
use domain::people::Scope;
use futures_util::{StreamExt as _, stream};
use sea_orm::{StreamTrait as _, Value};
use std::sync::Arc;
use uuid::Uuid;

/// Rows of a part: enough that asking for it costs little beside reading it, few enough that three of them are small.
const PART: usize = 4096;

/// Parts read at once: the pool holds six connections, and the server starts on two cores.
const AT_ONCE: usize = 3;

/// The links of one table, by owner and place.
type Pairs = Vec<(Uuid, Uuid)>;

impl Store {
    /// Every record of a kind, handed over one at a time in the order of their ids (which is that of their making).
    ///
    /// # Errors
    /// As [`Store::get`].
    pub async fn each<R: Record>(&self, scope: &Scope, take: impl FnMut(R)) -> Result<()> {
        self.in_parts(scope, &[], take).await
    }

    /// The same without the columns that no list, filter or figure uses ([`Record::UNLISTED`]), which are empty in what is
    /// handed over: for the snapshot, which reads everything at every start.
    ///
    /// # Errors
    /// As [`Store::get`].
    pub async fn each_listed<R: Record>(&self, scope: &Scope, take: impl FnMut(R)) -> Result<()> {
        self.in_parts(scope, R::UNLISTED, take).await
    }

    async fn in_parts<R: Record>(&self, scope: &Scope, without: &'static [&'static str], mut take: impl FnMut(R)) -> Result<()> {
        let firsts = self.firsts(R::TABLE).await?;
        let links = Arc::new(self.every_link::<R>().await?);
        let ends = firsts.iter().skip(1).cloned().map(Some).chain([None]);
        let mut parts = stream::iter(firsts.iter().cloned().zip(ends))
            .map(|(from, until)| tokio::spawn(part::<R>(self.clone(), without, links.clone(), from, until)))
            .buffered(AT_ONCE);
        while let Some(read) = parts.next().await {
            let records = read.map_err(|error| Error::Refused(format!("{} could not be read: {error}", R::TABLE)))??;
            for record in records {
                if record.visible_to(scope) {
                    take(record);
                }
            }
        }
        Ok(())
    }

    /// The id at which each part begins.
    async fn firsts(&self, table: &'static str) -> Result<Vec<String>> {
        let sql = format!(
            "select id from (select id, row_number() over (order by id) as place from {table}) as numbered \
             where place % {PART} = 1 order by id"
        );
        self.rows(&sql, vec![]).await?.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
    }

    /// The link tables of a kind, each read on a connection of its own.
    async fn every_link<R: Record>(&self) -> Result<Vec<Pairs>> {
        let reading: Vec<_> = R::LINKS.iter().map(|link| tokio::spawn(all_pairs(self.clone(), link))).collect();
        let mut links = Vec::new();
        for pairs in reading {
            links.push(pairs.await.map_err(|error| Error::Refused(format!("links could not be read: {error}")))??);
        }
        Ok(links)
    }
}

/// The records from an id on, up to the first of the next part.
async fn part<R: Record>(
    store: Store,
    without: &'static [&'static str],
    links: Arc<Vec<Pairs>>,
    from: String,
    until: Option<String>,
) -> Result<Vec<R>> {
    let columns: Vec<&str> = R::COLUMNS.iter().copied().filter(|column| !without.contains(column)).collect();
    let mut sql = format!("select {} from {} where id >= $1", columns.join(", "), R::TABLE);
    let mut values: Vec<Value> = vec![from.into()];
    if let Some(until) = until {
        sql.push_str(" and id < $2");
        values.push(until.into());
    }
    sql.push_str(" order by id");
    let missing = Missing::of::<R>(without);
    let mut records = Vec::with_capacity(PART);
    let mut rows = store.connection.stream_raw(store.statement(sql, values)).await?;
    while let Some(row) = rows.next().await {
        let mut record = R::read(&Reader::without(&row?, R::TABLE, missing))?;
        for (place, pairs) in links.iter().enumerate() {
            let first = pairs.partition_point(|(owner, _)| *owner < record.id());
            let ids: Vec<Uuid> =
                pairs[first..].iter().take_while(|(owner, _)| *owner == record.id()).map(|(_, target)| *target).collect();
            if !ids.is_empty() {
                record.set_links(place, ids);
            }
        }
        records.push(record);
    }
    Ok(records)
}

/// Every pair of a link table, by owner and place.
async fn all_pairs(store: Store, link: &'static Link) -> Result<Pairs> {
    // One text for both: what a row costs, it costs by the cell.
    let sql = format!("select {0} || {1} from {2} order by {0}, place", link.owner, link.target, link.table);
    let mut pairs = Vec::new();
    let mut rows = store.connection.stream_raw(store.statement(sql, vec![])).await?;
    while let Some(row) = rows.next().await {
        let both: String = row?.try_get_by_index(0)?;
        let parse = |text: &str| Uuid::parse_str(text).map_err(|error| corrupt("link", &both, error));
        let (owner, target) = both.split_at_checked(both.len() / 2).unwrap_or_default();
        pairs.push((parse(owner)?, parse(target)?));
    }
    // The databases collate text in their own ways; ids are looked up by their bytes.
    pairs.sort_by_key(|(owner, _)| *owner);
    Ok(pairs)
}
