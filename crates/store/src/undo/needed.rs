//! Which records refer to which, so that an undo can see what is still needed.

use crate::{
    db::Query as _,
    error::{Error, Result},
    records::{Record, id},
    write::{Write, places},
};
use std::collections::HashSet;
use uuid::Uuid;

/// Which columns refer to a table, so that an undo can see whether a record is still needed.
const REFERENCES: &[(&str, &str, &str)] = &[
    ("service_area", "function", "service_area_id"),
    ("organisation", "system", "organisation_id"),
    ("organisation", "contract", "organisation_id"),
    ("organisation", "contract_organisation", "organisation_id"),
    ("organisation", "planned_procurement", "organisation_id"),
    ("organisation", "membership", "organisation_id"),
    ("organisation", "session", "acting_for"),
    ("organisation", "project", "organisation_id"),
    ("organisation", "project_organisation", "organisation_id"),
    ("organisation", "dpia_file", "organisation_id"),
    ("organisation", "assessment", "lead_id"),
    ("organisation", "assessment_organisation", "organisation_id"),
    ("organisation", "task", "organisation_id"),
    ("organisation", "absence", "organisation_id"),
    ("organisation", "skill", "organisation_id"),
    // The record of an import stays when it was taken back, and names whose file it was.
    ("organisation", "import", "organisation_id"),
    ("organisation", "source", "organisation_id"),
    ("organisation", "draft", "organisation_id"),
    ("organisation", "upload", "organisation_id"),
    ("organisation", "api_token", "organisation_id"),
    ("organisation", "scim_token", "organisation_id"),
    ("organisation", "scim_user", "organisation_id"),
    ("organisation", "identity_provider", "organisation_id"),
    ("organisation", "invitation", "organisation_id"),
    ("contract", "contract", "replaced_by"),
    ("contract", "contract", "notice_of"),
    ("function", "product_function", "function_id"),
    ("function", "system_function", "function_id"),
    ("function", "contract_function", "function_id"),
    ("supplier", "product", "manufacturer_id"),
    ("supplier", "contract_supplier", "supplier_id"),
    ("supplier", "system_sub_processor", "supplier_id"),
    ("product", "system", "product_id"),
    ("product", "contract_product", "product_id"),
    ("system", "contract_system", "system_id"),
    ("system", "project_system", "system_id"),
    ("system", "assessment_system", "system_id"),
    ("contract", "project_contract", "contract_id"),
    ("contract", "assessment_contract", "contract_id"),
    ("planned_procurement", "project_planned", "planned_procurement_id"),
    ("planned_procurement", "assessment_planned", "planned_procurement_id"),
];

impl Write {
    /// A record as this transaction sees it.
    pub(crate) async fn current<R: Record>(&self, record: Uuid) -> Result<Option<R>> {
        Ok(self.get_many(&[record]).await?.into_iter().next())
    }

    /// The last entry of the log about a record, as this transaction sees it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_entry_of(&self, record: Uuid) -> Result<Option<i64>> {
        let sql = "select max(sequence) from change where subject_id = $1";
        let row = self.transaction().row(sql, vec![id(record)]).await?;
        Ok(row.map(|row| row.try_get_by_index::<Option<i64>>(0)).transpose()?.flatten())
    }

    /// Whether another record still refers to this one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn needed<R: Record>(&self, record: Uuid) -> Result<bool> {
        Ok(!self.needed_of::<R>(&[record]).await?.is_empty())
    }

    /// Those of several records that another one still refers to.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn needed_of<R: Record>(&self, records: &[Uuid]) -> Result<HashSet<Uuid>> {
        let mut needed = HashSet::new();
        for (_, table, column) in REFERENCES.iter().filter(|(target, ..)| *target == R::TABLE) {
            for batch in records.chunks(1000) {
                let sql = format!("select distinct {column} from {table} where {column} in ({})", places(1, batch.len()));
                for row in self.transaction().rows(&sql, batch.iter().map(|record| id(*record)).collect()).await? {
                    let found: String = row.try_get_by_index(0)?;
                    let found = Uuid::parse_str(&found);
                    needed.insert(found.map_err(|_| Error::Corrupt {
                        table,
                        id: String::new(),
                        reason: format!("{column} is no id"),
                    })?);
                }
            }
        }
        Ok(needed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::{Schema, Store};
    use domain::register::records::*;
    use test_support::TestDatabase;

    const SQLITE: &str = "select m.name, f.\"table\", f.\"from\", f.on_delete \
        from sqlite_master m join pragma_foreign_key_list(m.name) f where m.type = 'table'";
    const POSTGRES: &str = "select child.relname::text, parent.relname::text, a.attname::text, \
        case c.confdeltype when 'c' then 'CASCADE' else 'NO ACTION' end \
        from pg_constraint c join pg_class child on child.oid = c.conrelid join pg_class parent on parent.oid = c.confrelid \
        join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1] where c.contype = 'f'";

    /// The tables of what an import makes, and the columns of each one's own links, which go with it.
    fn made() -> (HashSet<&'static str>, HashSet<(&'static str, &'static str)>) {
        fn of<R: Record>() -> (&'static str, &'static [crate::records::Link]) {
            (R::TABLE, R::LINKS)
        }
        let kinds = [
            of::<ServiceArea>(),
            of::<Organisation>(),
            of::<Function>(),
            of::<Supplier>(),
            of::<Product>(),
            of::<System>(),
            of::<Contract>(),
            of::<PlannedProcurement>(),
            of::<Release>(),
            of::<Flag>(),
            of::<Skill>(),
        ];
        let own = kinds.iter().flat_map(|(_, links)| links.iter().map(|link| (link.table, link.owner)));
        (kinds.iter().map(|(table, _)| *table).collect(), own.collect())
    }

    #[tokio::test]
    async fn every_column_that_refers_to_what_an_import_makes_is_looked_at_before_it_goes() {
        let database = TestDatabase::migrated().await;
        let store = Store::open(&database.address, Schema::AsItIs).await.unwrap();
        let (tables, own) = made();
        let mut seen = 0;
        let sql = if database.is_postgres() { POSTGRES } else { SQLITE };
        for row in store.rows(sql, vec![]).await.unwrap() {
            let text = |place: usize| row.try_get_by_index::<String>(place).unwrap();
            let (table, target, column, on_delete) = (text(0), text(1), text(2), text(3));
            if !tables.contains(target.as_str()) || on_delete == "CASCADE" || own.contains(&(table.as_str(), column.as_str())) {
                continue;
            }
            seen += 1;
            let known = REFERENCES.contains(&(target.as_str(), table.as_str(), column.as_str()));
            assert!(known, "{table}.{column} refers to {target}, and no undo looks at it");
        }
        assert!(seen > 30, "{seen} columns: the question to the database is wrong");
    }
}
