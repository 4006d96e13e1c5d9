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
