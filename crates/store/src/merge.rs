//! One record of common reference data in the place of another: everything that referred to it refers to the one that stays,
//! in one transaction and one group of the change log, so that it can be taken back whole (see [`crate::undo`]).
//!
//! What the record that stays looks like, and whether the two may be merged at all, is decided in `domain`.

use crate::{
    db::Query as _,
    error::Result,
    records::{Record, id},
    write::Write,
};
use domain::register::{
    edit::place::rekeyed,
    ids::{FunctionId, ProductId, SupplierId},
    records::{Contract, Flag, Function, Product, Supplier, System},
};
use uuid::Uuid;

impl Write {
    /// Puts `after` in the place of `into`, and it in the place of `from`, which goes. `owned` are the suppliers that name
    /// `from` as an owner. Returns how many records referred to it.
    ///
    /// # Errors
    /// When a record was changed by someone else meanwhile, or the database fails.
    pub async fn merge_suppliers(
        &mut self,
        from: &Supplier,
        into: &Supplier,
        mut after: Supplier,
        owned: Vec<Supplier>,
    ) -> Result<u64> {
        let (gone, stays) = (from.id, into.id);
        self.update(into, &mut after).await?;
        let mut moved = 0;
        for before in self.referring::<Contract>("contract_supplier", "contract_id", "supplier_id", gone.0).await? {
            let mut contract = before.clone();
            contract.suppliers = exchanged(&before.suppliers, gone, stays);
            contract.key = self.free_key("contract", "contract_key", &rekeyed(&before.key, gone.0, stays.0), before.id.0).await?;
            moved += u64::from(self.update(&before, &mut contract).await?);
        }
        for before in self.referring::<Product>("product", "id", "manufacturer_id", gone.0).await? {
            let mut product = Product { manufacturer: Some(stays), ..before.clone() };
            moved += u64::from(self.update(&before, &mut product).await?);
        }
        for before in self.referring::<System>("system_sub_processor", "system_id", "supplier_id", gone.0).await? {
            let mut system = before.clone();
            for one in system.sub_processors.iter_mut().filter(|one| one.supplier == Some(gone)) {
                one.supplier = Some(stays);
            }
            moved += u64::from(self.update(&before, &mut system).await?);
        }
        for before in owned.into_iter().filter(|supplier| supplier.id != gone && supplier.id != stays) {
            let mut supplier = before.clone();
            for owner in supplier.owners.iter_mut().filter(|owner| owner.supplier == Some(gone)) {
                owner.supplier = Some(stays);
            }
            moved += u64::from(self.update(&before, &mut supplier).await?);
        }
        self.settle_all(gone.0).await?;
        self.delete(std::slice::from_ref(from)).await?;
        Ok(moved)
    }

    /// As [`Write::merge_suppliers`], for products.
    ///
    /// # Errors
    /// As [`Write::merge_suppliers`].
    pub async fn merge_products(&mut self, from: &Product, into: &Product, mut after: Product) -> Result<u64> {
        let (gone, stays): (ProductId, ProductId) = (from.id, into.id);
        self.update(into, &mut after).await?;
        let mut moved = 0;
        for before in self.referring::<System>("system", "id", "product_id", gone.0).await? {
            let key = self.free_key("system", "system_key", &rekeyed(&before.key, gone.0, stays.0), before.id.0).await?;
            let mut system = System { product: stays, key, ..before.clone() };
            moved += u64::from(self.update(&before, &mut system).await?);
        }
        for before in self.referring::<Contract>("contract_product", "contract_id", "product_id", gone.0).await? {
            let mut contract = before.clone();
            contract.products = exchanged(&before.products, gone, stays);
            moved += u64::from(self.update(&before, &mut contract).await?);
        }
        self.settle_all(gone.0).await?;
        self.delete(std::slice::from_ref(from)).await?;
        Ok(moved)
    }

    /// As [`Write::merge_suppliers`], for functions.
    ///
    /// # Errors
    /// As [`Write::merge_suppliers`].
    pub async fn merge_functions(&mut self, from: &Function, into: &Function, mut after: Function) -> Result<u64> {
        let (gone, stays): (FunctionId, FunctionId) = (from.id, into.id);
        self.update(into, &mut after).await?;
        let mut moved = 0;
        for before in self.referring::<Product>("product_function", "product_id", "function_id", gone.0).await? {
            let mut product = before.clone();
            product.functions = exchanged(&before.functions, gone, stays);
            moved += u64::from(self.update(&before, &mut product).await?);
        }
        for before in self.referring::<System>("system_function", "system_id", "function_id", gone.0).await? {
            let key = self.free_key("system", "system_key", &rekeyed(&before.key, gone.0, stays.0), before.id.0).await?;
            let functions = exchanged(&before.functions, gone, stays);
            let mut system = System { functions, key, ..before.clone() };
            moved += u64::from(self.update(&before, &mut system).await?);
        }
        for before in self.referring::<Contract>("contract_function", "contract_id", "function_id", gone.0).await? {
            let mut contract = before.clone();
            contract.functions = exchanged(&before.functions, gone, stays);
            moved += u64::from(self.update(&before, &mut contract).await?);
        }
        self.settle_all(gone.0).await?;
        self.delete(std::slice::from_ref(from)).await?;
        Ok(moved)
    }

    /// Settles every open flag about a record. Returns how many there were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn settle_all(&mut self, subject: Uuid) -> Result<u64> {
        let mut settled = 0;
        for before in self.referring::<Flag>("flag", "id", "subject_id", subject).await? {
            let mut flag = Flag { settled: true, ..before.clone() };
            settled += u64::from(self.update(&before, &mut flag).await?);
        }
        Ok(settled)
    }

    /// The records whose row (or whose link) names another record in a column.
    async fn referring<R: Record>(&self, table: &str, owner: &str, column: &str, target: Uuid) -> Result<Vec<R>> {
        let sql = format!("select distinct {owner} from {table} where {column} = $1");
        let rows = self.transaction().rows(&sql, vec![id(target)]).await?;
        let mut ids = Vec::with_capacity(rows.len());
        for row in rows {
            let text: String = row.try_get_by_index(0)?;
            ids.extend(Uuid::parse_str(&text));
        }
        let mut found = self.get_many::<R>(&ids).await?;
        found.sort_by_key(Record::id);
        Ok(found)
    }

    /// A key that no other record has: this one, or the same with its last number counted on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn free_key(&self, table: &str, column: &str, key: &str, own: Uuid) -> Result<String> {
        let mut free = key.to_owned();
        loop {
            let sql = format!("select 1 from {table} where {column} = $1 and id <> $2 limit 1");
            if self.transaction().row(&sql, vec![free.as_str().into(), id(own)]).await?.is_none() {
                return Ok(free);
            }
            free = match free.rsplit_once('|').map(|(stem, last)| (stem.to_owned(), last.parse::<u32>())) {
                Some((stem, Ok(number))) => format!("{stem}|{}", number.saturating_add(1)),
                _ => format!("{free}|2"),
            };
        }
    }
}

/// A list with one id in the place of another, each once.
fn exchanged<T: Copy + PartialEq>(list: &[T], gone: T, stays: T) -> Vec<T> {
    let mut after = Vec::with_capacity(list.len());
    for one in list {
        let one = if *one == gone { stays } else { *one };
        if !after.contains(&one) {
            after.push(one);
        }
    }
    after
}

/// The supplier that another one's owner names.
#[must_use]
pub fn is_owned_by(supplier: &Supplier, owner: SupplierId) -> bool {
    supplier.owners.iter().any(|one| one.supplier == Some(owner))
}
