//! The words that the made-up register is put together from: the shipped lists, and phrases as councils write them.
//! All suppliers and products are invented. No chance and no dates here.

use serde::Deserialize;

/// The housing product that the seven share.
pub(super) const SHARED_PRODUCT: &str = "Lintel";
/// The function it serves.
pub(super) const SHARED_FUNCTION: &str = "housing-management";

/// Made-up owners: owned, owner, years before the as-at date.
pub(super) const OWNERS: [(&str, &str, i64); 4] = [
    ("Cobblestead Ltd", "Larkhollow Software Ltd", 3),
    ("Saltwhin Software Ltd", "Gildhurst Group plc", 2),
    ("Fennimore Civic Public Sector Ltd", "Pendlewick Group plc", 5),
    ("Rowanscar Systems Ltd", "Elmgarth Group plc", 1),
];

/// Made-up frameworks with their lots.
pub(super) const FRAMEWORKS: [(&str, &[&str]); 5] = [
    ("Software framework (illustrative)", &["Lot 1", "Lot 2", "Lot 3"]),
    ("Cloud services framework (illustrative)", &["Lot 1: hosting", "Lot 2: software", "2"]),
    ("Local government applications framework (illustrative)", &["Lot 1", "1a", "Lot 4"]),
    ("Software resale framework (illustrative)", &[]),
    ("Networks framework (illustrative)", &["Lot 1", "Lot 6"]),
];

/// Why a sum is withheld, as registers put it.
pub(super) const WITHHELD: [&str; 5] = [
    "commercial interest, s.43",
    "commercially sensitive",
    "Section 43(2) FOIA: prejudice to commercial interests",
    "withheld under s.43",
    "",
];

/// How data can be got out of a system.
pub(super) const DATA_ACCESS: [&str; 8] = [
    "API, documented and included in the price",
    "API, at extra cost",
    "Reports and CSV export only",
    "Nightly extract to our data warehouse",
    "Read-only access to the database",
    "On request to the supplier, charged per extract",
    "Scheduled extract by SFTP",
    "Only with the supplier’s help",
];

/// Codes of the Common Procurement Vocabulary that fit any software.
pub(super) const CPV: [&str; 7] = ["48000000", "48100000", "48900000", "72000000", "72260000", "72267000", "72268000"];

/// Codes that fit the software of a service area; none where the general ones are all there is.
pub(super) fn cpv_of_area(area: &str) -> &'static [&'static str] {
    match area {
        "finance" | "revenues-and-benefits" => &["48440000", "48400000"],
        "people" => &["48450000"],
        "libraries-leisure-and-archives" => &["48160000"],
        "workplace-technology" => &["48200000", "48730000", "72700000", "72253000"],
        "information" => &["48600000", "72300000"],
        "customer" => &["72400000", "48300000"],
        "adult-social-care" | "childrens-services" | "public-health" => &["48810000"],
        _ => &[],
    }
}

/// What councils call the service that owns contracts of a service area.
pub(super) fn services_of_area(area: &str) -> [&'static str; 3] {
    match area {
        "adult-social-care" => ["Adult Social Care", "Adults and Health", "ASC Commissioning"],
        "childrens-services" => ["Children’s Services", "Children and Families", "Children's Social Care"],
        "community-safety" => ["Community Safety", "Safer Communities", "Environment and Community Safety"],
        "customer" => ["Customer Services", "Customer and Digital", "Resident Experience"],
        "education" => ["Education", "Education and Skills", "Children, Schools and Families"],
        "environment" => ["Environment", "Environmental Services", "Public Realm"],
        "finance" => ["Finance", "Corporate Finance", "Finance and Resources"],
        "highways-and-parking" => ["Highways", "Parking Services", "Transport and Public Realm"],
        "housing" => ["Housing", "Housing Services", "Homes and Neighbourhoods"],
        "information" => ["Digital and ICT", "Data and Insight", "Information Governance"],
        "legal-and-democratic" => ["Legal Services", "Democratic Services", "Legal and Governance"],
        "libraries-leisure-and-archives" => ["Libraries", "Culture and Leisure", "Libraries and Heritage"],
        "licensing-and-trading-standards" => ["Regulatory Services", "Licensing", "Public Protection"],
        "people" => ["Human Resources", "HR and OD", "People Services"],
        "planning-and-building" => ["Planning", "Planning and Building Control", "Development Management"],
        "property" => ["Property Services", "Corporate Property", "Estates and Facilities"],
        "public-health" => ["Public Health", "Public Health Commissioning", "Adults and Health"],
        "registrars-and-bereavement" => ["Registrars", "Bereavement Services", "Registration and Bereavement"],
        "revenues-and-benefits" => ["Revenues and Benefits", "Revenues & Benefits", "Resident Support"],
        _ => ["Digital and ICT", "IT Services", "ICT"],
    }
}

/// A supplier of the stock.
#[derive(Debug, Deserialize)]
pub(super) struct SupplierRow {
    pub(super) name: String,
    pub(super) size: String,
    spellings: String,
}

impl SupplierRow {
    /// The other ways in which registers write its name.
    pub(super) fn spellings(&self) -> impl Iterator<Item = &str> {
        list(&self.spellings)
    }
}

/// A product of the stock.
#[derive(Debug, Deserialize)]
pub(super) struct ProductRow {
    pub(super) name: String,
    pub(super) manufacturer: String,
    functions: String,
    pub(super) former_name: String,
    pub(super) renamed_years_ago: Option<i64>,
    pub(super) weight: f64,
    pub(super) annual_low: f64,
    pub(super) annual_high: f64,
    pub(super) hosting_supplier_cloud: f64,
    pub(super) hosting_own_cloud: f64,
    pub(super) hosting_on_premises: f64,
    resellers: String,
    pub(super) reseller_percent: f64,
    pub(super) description: String,
}

impl ProductRow {
    /// Slugs of the functions it serves.
    pub(super) fn functions(&self) -> impl Iterator<Item = &str> {
        list(&self.functions)
    }

    /// Who else sells it.
    pub(super) fn resellers(&self) -> impl Iterator<Item = &str> {
        list(&self.resellers)
    }
}

/// A council that has a record.
#[derive(Debug, Deserialize)]
pub(super) struct CouncilRow {
    pub(super) organisation: String,
    pub(super) systems: usize,
    pub(super) complete: f64,
    pub(super) fresh: f64,
}

/// How many systems serve a function.
#[derive(Debug, Deserialize)]
pub(super) struct NeedRow {
    pub(super) function: String,
    pub(super) systems: usize,
}

/// The service area of a function.
#[derive(Debug, Deserialize)]
pub(super) struct AreaRow {
    slug: String,
    service_area: String,
}

/// All the stock.
#[derive(Debug)]
pub(super) struct Stock {
    pub(super) suppliers: Vec<SupplierRow>,
    pub(super) products: Vec<ProductRow>,
    pub(super) councils: Vec<CouncilRow>,
    pub(super) needs: Vec<NeedRow>,
    areas: Vec<AreaRow>,
}

impl Stock {
    /// The shipped lists.
    pub(super) fn shipped() -> Self {
        Self {
            suppliers: rows(include_str!("../../../../../data/illustrative/suppliers.csv")),
            products: rows(include_str!("../../../../../data/illustrative/products.csv")),
            councils: rows(include_str!("../../../../../data/illustrative/councils.csv")),
            needs: rows(include_str!("../../../../../data/illustrative/function-systems.csv")),
            areas: rows(include_str!("../../../../../data/functions.csv")),
        }
    }

    /// The supplier of that name.
    pub(super) fn supplier(&self, name: &str) -> Option<usize> {
        self.suppliers.iter().position(|supplier| supplier.name == name)
    }

    /// The slug of a function's service area; nothing where the function is not of the shipped list.
    pub(super) fn area(&self, function: &str) -> &str {
        self.areas.iter().find(|row| row.slug == function).map_or("", |row| &row.service_area)
    }
}

/// Rows of a shipped list; a test holds that none is lost.
fn rows<T: for<'de> Deserialize<'de>>(text: &str) -> Vec<T> {
    csv::Reader::from_reader(text.as_bytes()).into_deserialize().filter_map(Result::ok).collect()
}

fn list(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(';').map(str::trim).filter(|item| !item.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_shipped_lists_is_read() {
        let stock = Stock::shipped();
        assert_eq!((stock.suppliers.len(), stock.products.len(), stock.councils.len(), stock.needs.len()), (32, 57, 22, 132));
        assert_eq!(stock.councils.iter().map(|row| row.systems).sum::<usize>(), 809);
        assert_eq!(stock.needs.iter().map(|row| row.systems).sum::<usize>(), 809);
    }

    #[test]
    fn the_lists_hold_together() {
        let stock = Stock::shipped();
        for product in &stock.products {
            assert!(stock.supplier(&product.manufacturer).is_some(), "{} has no maker", product.name);
            assert!(product.resellers().all(|name| stock.supplier(name).is_some()), "{} has an unknown reseller", product.name);
            assert!(product.functions().all(|slug| !stock.area(slug).is_empty()), "{} serves an unknown function", product.name);
        }
        for need in &stock.needs {
            assert!(
                stock.products.iter().any(|product| product.functions().any(|slug| slug == need.function)),
                "nothing serves {}",
                need.function
            );
        }
        assert!(OWNERS.iter().all(|(owned, owner, _)| stock.supplier(owned).is_some() && stock.supplier(owner).is_some()));
        assert!(stock.suppliers.iter().all(|supplier| supplier.spellings().count() == 3));
    }
}
