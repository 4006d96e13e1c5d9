//! What a column of a file can say.

use super::Kind;
use serde::{Deserialize, Serialize};

macro_rules! fields {
    ($($(#[$doc:meta])* $name:ident = $text:literal),* $(,)?) => {
        /// What a column of a file can say.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        #[repr(u8)]
        pub enum Field { $($(#[$doc])* $name),* }

        impl Field {
            /// All of them.
            pub const ALL: &'static [Field] = &[$(Field::$name),*];

            /// The field's name in mapping files, reports and warnings.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Field::$name => $text),* }
            }
        }
    };
}

fields! {
    /// The organisation: slug, GSS code, name or alias.
    Organisation = "organisation",
    /// An address that ends in the organisation's code.
    OrganisationUri = "organisation-uri",
    /// The organisation's reference of the contract.
    Reference = "reference",
    /// The contracting process it came from.
    Ocid = "ocid",
    /// The contract's title.
    Title = "title",
    /// What it is for.
    Description = "description",
    /// The department or service that owns it.
    OwningService = "owning-service",
    /// A category of service; taken as a function where it is the name of one, left out where not.
    ServiceCategory = "service-category",
    /// CPV codes.
    Cpv = "cpv",
    /// First day.
    Start = "start",
    /// Current end.
    End = "end",
    /// Last possible end, all options used.
    LastPossibleEnd = "last-possible-end",
    /// Day of review.
    Review = "review",
    /// Options to extend: lengths, or a last day as the LGA schema's `LastExtensionDate` may hold either.
    Extension = "extension",
    /// Notice.
    Notice = "notice",
    /// Day of a break.
    Break = "break",
    /// How it runs: fixed, renews yearly, rolling.
    Term = "term",
    /// Still in use, or a status that says so.
    InUse = "in-use",
    /// Sum for the whole life, unless the cell says otherwise.
    Value = "value",
    /// Sum for a year.
    AnnualValue = "annual-value",
    /// A buyer's estimate.
    EstimatedValue = "estimated-value",
    /// The currency of the row's sums.
    Currency = "currency",
    /// The supplier's name.
    Supplier = "supplier",
    /// The supplier's Companies House number.
    CompanyNumber = "company-number",
    /// The supplier's charity number.
    CharityNumber = "charity-number",
    /// Another number of the supplier, with its scheme.
    OtherSupplierId = "other-supplier-id",
    /// Whether the supplier is a small or medium-sized enterprise.
    Sme = "sme",
    /// Whether the supplier is a voluntary, community or social enterprise.
    Vcse = "vcse",
    /// How it was bought.
    Route = "route",
    /// The framework it was called off from.
    Framework = "framework",
    /// The framework's lot.
    Lot = "lot",
    /// An address where the contract can be seen.
    Url = "url",
    /// A product in use.
    Product = "product",
    /// Who makes the product.
    Manufacturer = "manufacturer",
    /// What the product is for.
    Function = "function",
    /// The group the function belongs to.
    ServiceArea = "service-area",
    /// How many use it.
    Users = "users",
    /// Where it runs.
    Hosting = "hosting",
    /// How happy they are with it, 1 to 5.
    Satisfaction = "satisfaction",
    /// How data can be got out of it.
    DataAccess = "data-access",
    /// To whom the supplier passes the system's data on.
    SubProcessors = "sub-processors",
    /// A skill, in the organisation's words.
    Skill = "skill",
    /// How well a skill is held.
    Level = "level",
    /// How many people hold it.
    People = "people",
    /// Whether others are offered training in it.
    OffersTraining = "offers-training",
    /// A person: a name, an address, a number. Recognised, and never kept.
    Contact = "contact",
    /// Recognised, and not kept: the register has no place for it.
    Ignore = "ignore",
}

impl Field {
    /// Reads a field's name, forgiving case and the mark between words.
    #[must_use]
    pub fn parse(name: &str) -> Option<Field> {
        let name = crate::register::names::fold(name).replace(' ', "-");
        Field::ALL.iter().copied().find(|field| field.as_str() == name)
    }

    /// Whether its cells are days, whose order of day and month is decided by the column.
    #[must_use]
    pub fn is_date(self) -> bool {
        matches!(self, Field::Start | Field::End | Field::LastPossibleEnd | Field::Review | Field::Break | Field::Extension)
    }

    /// Whether a file about this can say it.
    #[must_use]
    pub fn serves(self, kind: Kind) -> bool {
        let of_skills = matches!(self, Field::Skill | Field::Level | Field::People | Field::OffersTraining);
        let of_all = matches!(self, Field::Organisation | Field::OrganisationUri | Field::Contact | Field::Ignore);
        of_all || of_skills == (kind == Kind::Skills)
    }

    /// Whether several columns may say it at once, their cells being put together.
    #[must_use]
    pub fn is_shared(self) -> bool {
        matches!(self, Field::Contact | Field::Ignore)
    }
}
