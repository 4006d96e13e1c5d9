//! Public facts about real suppliers: their names, brands and owners. A brand or a name that was not confirmed is kept to be
//! shown and never matched on (see [`names::may_match_on`]).

use super::{ReferenceError, parse::File, stable_id};
use crate::register::ids::SupplierId;
use crate::register::names::{self, BRAND, UNVERIFIED, numbers};
use crate::register::records::{DatedName, Identifier, Owner, Supplier};
use jiff::civil::Date;

/// An edge of ownership as the file states it; the subject may be a brand that has no record of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ownership {
    /// What was owned.
    pub subject: String,
    /// By whom.
    pub owner: String,
    /// First day, where known.
    pub from: Option<Date>,
    /// Last day, where known.
    pub until: Option<Date>,
    /// Where that is stated, and what limits it.
    pub source: String,
}

const NAME_COLUMNS: &[&str] = &["company_number", "name", "kind", "from", "to", "source", "note", "verified", "supplier"];

pub(super) fn names(text: &str) -> Result<Vec<Supplier>, ReferenceError> {
    let file = File::read("supplier-names.csv", text, NAME_COLUMNS)?;
    let mut suppliers: Vec<Supplier> = Vec::new();
    for row in file.rows() {
        let supplier = find_or_add(&mut suppliers, &row.required("supplier")?);
        let name = row.required("name")?;
        let verified = row.boolean("verified")?;
        let kind = row.get("kind");
        if !row.get("company_number").is_empty() && kind != "brand" {
            let id = numbers::company_number(row.get("company_number"))
                .map_err(|_| row.bad("company_number", "Write the Companies House number in eight characters"))?;
            let identifier = Identifier { scheme: "GB-COH".to_owned(), id };
            if !supplier.identifiers.contains(&identifier) {
                supplier.identifiers.push(identifier);
            }
        }
        let own = name == supplier.name;
        let mark = match kind {
            _ if !verified => UNVERIFIED,
            "brand" if !own => BRAND,
            "current" | "former" | "spelling" | "brand" => "",
            _ => return Err(row.bad("kind", "Use current, former, brand or spelling")),
        };
        let note = row.get("note");
        let source = format!("{mark}{}{}{note}", row.get("source"), if note.is_empty() { "" } else { ". " });
        supplier.names.push(DatedName { name, from: row.date("from")?, until: row.date("to")?, source: Some(source) });
    }
    Ok(suppliers)
}

const OWNER_COLUMNS: &[&str] = &["subject_name", "subject_number", "owner_name", "from", "to", "source", "note", "verified"];

pub(super) fn ownership(text: &str, suppliers: &mut Vec<Supplier>) -> Result<Vec<Ownership>, ReferenceError> {
    let file = File::read("supplier-ownership.csv", text, OWNER_COLUMNS)?;
    let mut edges = Vec::new();
    for row in file.rows() {
        let mark = if row.boolean("verified")? { "" } else { UNVERIFIED };
        let note = row.get("note");
        let source = format!("{mark}{}{}{note}", row.get("source"), if note.is_empty() { "" } else { ". " });
        let edge = Ownership {
            subject: row.required("subject_name")?,
            owner: row.required("owner_name")?,
            from: row.date("from")?,
            until: row.date("to")?,
            source,
        };
        let subject = names::supplier(&edge.subject);
        let known = suppliers.iter().any(|supplier| names::supplier(&supplier.name) == subject);
        // A brand that stands among its owner's names already has no record of its own, and so no owner of its own.
        let brand_of_owner = suppliers.iter().any(|supplier| {
            supplier.name == edge.owner && supplier.names.iter().any(|name| names::supplier(&name.name) == subject)
        });
        if known || !brand_of_owner {
            let owner_id = suppliers.iter().find(|supplier| supplier.name == edge.owner).map(|supplier| supplier.id);
            let supplier = find_or_add(suppliers, &edge.subject);
            supplier.owners.push(Owner {
                name: edge.owner.clone(),
                supplier: owner_id,
                from: edge.from,
                until: edge.until,
                source: Some(edge.source.clone()),
            });
        }
        edges.push(edge);
    }
    // An owner may come to have a record further down the file.
    let ids: Vec<(String, SupplierId)> = suppliers.iter().map(|supplier| (supplier.name.clone(), supplier.id)).collect();
    for owner in suppliers.iter_mut().flat_map(|supplier| supplier.owners.iter_mut()).filter(|owner| owner.supplier.is_none()) {
        owner.supplier = ids.iter().find(|(name, _)| *name == owner.name).map(|(_, id)| *id);
    }
    Ok(edges)
}

fn find_or_add<'a>(suppliers: &'a mut Vec<Supplier>, name: &str) -> &'a mut Supplier {
    let place = suppliers.iter().position(|supplier| supplier.name == name).unwrap_or_else(|| {
        suppliers.push(Supplier {
            id: SupplierId(stable_id("supplier", &names::slug(name))),
            name: name.to_owned(),
            names: Vec::new(),
            identifiers: Vec::new(),
            owners: Vec::new(),
            sme: None,
            vcse: None,
            updated_at: 0,
        });
        suppliers.len() - 1
    });
    &mut suppliers[place]
}
