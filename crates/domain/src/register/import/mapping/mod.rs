//! Which column says what: guessed from the headers, shown in the report, saved per source, or given in a file.

mod aliases;
mod fields;
mod file;

pub use aliases::{LGA, SKILLS, SURVEY};
pub use fields::Field;

use crate::{
    register::{ids::OrganisationId, names::fold},
    text::visible,
};
use indexed::FieldColumns;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::LazyLock;
use thiserror::Error;

/// What a file of rows is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum Kind {
    Contracts,
    Systems,
    Skills,
}

impl Kind {
    /// Its name in reports, mappings and on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Contracts => "contracts",
            Kind::Systems => "systems",
            Kind::Skills => "skills",
        }
    }
}

/// How sure a header's field is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// The header is the LGA schema's or the survey's own.
    Exact,
    /// The header is one met elsewhere, and was taken to mean this.
    Guessed,
    /// A mapping file or a saved mapping says so.
    Given,
    /// Nobody knows the header; the column is left out.
    Unknown,
    /// Another column says the same and was taken; this one is left out.
    Second,
}

/// A header and what its column says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Column {
    /// The header as in the file.
    pub header: String,
    /// What it says; none where the column is left out.
    pub field: Option<Field>,
    /// How sure that is.
    pub confidence: Confidence,
}

/// Why a mapping cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum MappingError {
    /// Not JSON, or not one object of texts; or not CSV of two columns.
    #[error(
        "the mapping file cannot be read: {0}. Write a JSON object of \"header\": \"field\", or CSV with the columns header,field"
    )]
    NotReadable(String),
    /// A field that there is not.
    #[error("the mapping file gives ‘{header}’ the field ‘{field}’, which there is not. Fields are: {known}")]
    NoSuchField {
        /// The header.
        header: String,
        /// What was given.
        field: String,
        /// All fields.
        known: String,
    },
    /// A header that the file has not.
    #[error("the mapping file names the header ‘{header}’, which the data does not have. Its headers are: {headers}")]
    NoSuchHeader {
        /// The header.
        header: String,
        /// Those of the file.
        headers: String,
    },
    /// Two columns for one field.
    #[error("the mapping gives both ‘{first}’ and ‘{second}’ the field ‘{field}’. Set one of them to \"ignore\"")]
    Twice {
        /// The field.
        field: &'static str,
        /// One header.
        first: String,
        /// The other.
        second: String,
    },
    /// No column for what every row needs.
    #[error("no column says {needed}. Headers are: {headers}")]
    Missing {
        /// What is needed.
        needed: &'static str,
        /// Those of the file.
        headers: String,
    },
}

/// Which column says what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// What the file is about.
    pub kind: Kind,
    /// Every column in the file's order.
    pub columns: Vec<Column>,
    index: FieldColumns,
}

impl Mapping {
    /// Guesses from the headers; never fails. Of two columns that seem to say the same, the likelier header,
    /// else the first, is taken and the other is left out and reported.
    #[must_use]
    pub fn guess<S: AsRef<str>>(kind: Kind, headers: &[S]) -> Self {
        let mut columns: Vec<Column> = headers
            .iter()
            .map(|header| {
                let (field, confidence) = guess_one(kind, header.as_ref());
                Column { header: header.as_ref().to_owned(), field, confidence }
            })
            .collect();
        let mut taken: HashMap<Field, usize> = HashMap::new();
        for likelihood in Likelihood::ALL {
            for (place, column) in columns.iter_mut().enumerate() {
                let Some(field) = column.field.filter(|field| !field.is_shared() && Likelihood::of(column, *field) == likelihood)
                else {
                    continue;
                };
                if *taken.entry(field).or_insert(place) != place {
                    column.field = None;
                    column.confidence = Confidence::Second;
                }
            }
        }
        Self::new(kind, columns)
    }

    /// Takes the fields given for headers, and guesses the rest.
    ///
    /// # Errors
    /// Where a header is not in the file, or two columns are given one field.
    pub fn given<S: AsRef<str>>(kind: Kind, headers: &[S], given: &[(String, Field)]) -> Result<Self, MappingError> {
        let mut mapping = Self::guess(kind, headers);
        let place_of = |header: &str| {
            let exact = headers.iter().position(|other| other.as_ref().trim() == header.trim());
            // A form gives a header back without what nobody sees of it.
            let seen = || headers.iter().position(|other| visible(other.as_ref()).trim() == visible(header).trim());
            exact.or_else(seen).or_else(|| headers.iter().position(|other| fold(other.as_ref()) == fold(header)))
        };
        let mut taken: HashMap<Field, usize> = HashMap::new();
        for (header, field) in given {
            let Some(place) = place_of(header) else {
                return Err(MappingError::NoSuchHeader { header: header.clone(), headers: list(headers) });
            };
            if let Some(other) = taken.insert(*field, place).filter(|other| *other != place && !field.is_shared()) {
                return Err(MappingError::Twice {
                    field: field.as_str(),
                    first: headers[other].as_ref().to_owned(),
                    second: header.clone(),
                });
            }
            mapping.columns[place].field = Some(*field);
            mapping.columns[place].confidence = Confidence::Given;
        }
        for column in &mut mapping.columns {
            let clash = column.field.is_some_and(|field| taken.contains_key(&field) && !field.is_shared());
            if column.confidence != Confidence::Given && clash {
                column.field = None;
                column.confidence = Confidence::Second;
            }
        }
        Ok(Self::new(kind, mapping.columns))
    }

    /// Which of some columns, by their places, say what another one says too, each with the first other one.
    #[must_use]
    pub fn said_twice(fields: &[Field]) -> Vec<(usize, usize)> {
        let other = |place: usize, field: &Field| (0..fields.len()).find(|at| *at != place && fields[*at] == *field);
        let own = fields.iter().enumerate().filter(|(_, field)| !field.is_shared());
        own.filter_map(|(place, field)| Some((place, other(place, field)?))).collect()
    }

    fn new(kind: Kind, columns: Vec<Column>) -> Self {
        let index = FieldColumns::of(&columns);
        Self { kind, columns, index }
    }

    /// The column that says it.
    #[must_use]
    pub fn column(&self, field: Field) -> Option<usize> {
        self.index.get(field)
    }

    /// Whether every row could stand: a reference or a title and a supplier for contracts; a function and a product for
    /// systems; a skill and its level for skills; an organisation, unless one is given for the whole file.
    ///
    /// # Errors
    /// Names what is missing.
    pub fn check(&self, organisation_given: bool) -> Result<(), MappingError> {
        let has = |field| self.column(field).is_some();
        let missing = |needed| {
            let headers: Vec<&str> = self.columns.iter().map(|column| column.header.as_str()).collect();
            Err(MappingError::Missing { needed, headers: list(&headers) })
        };
        if !organisation_given && !has(Field::Organisation) && !has(Field::OrganisationUri) {
            return missing("whose rows these are; give --organisation, or an organisation column");
        }
        match self.kind {
            Kind::Contracts if !has(Field::Reference) && !has(Field::Title) => missing("the contract’s reference or title"),
            Kind::Contracts if !has(Field::Supplier) => missing("who the supplier is"),
            Kind::Systems if !has(Field::Function) => missing("what the system is for (its function)"),
            Kind::Systems if !has(Field::Product) => missing("which product it is"),
            Kind::Skills if !has(Field::Skill) => missing("which skill it is"),
            Kind::Skills if !has(Field::Level) => missing("at which level the skill is held"),
            Kind::Contracts | Kind::Systems | Kind::Skills => Ok(()),
        }
    }

    /// Header to field's name, in the file's order; columns that are left out have `null`. This stands in the report and
    /// can be given back as a mapping file.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        let fields = self
            .columns
            .iter()
            .map(|column| (column.header.clone(), column.field.map_or(serde_json::Value::Null, |field| field.as_str().into())));
        serde_json::Value::Object(fields.collect())
    }

    /// The key under which the mapping of such a file is saved: a digest of its kind and headers, and of whose rows it holds, so
    /// that what one council takes a column to say reaches no other. A file of several organisations belongs to none of them.
    #[must_use]
    pub fn key<S: AsRef<str>>(kind: Kind, headers: &[S], of: Option<OrganisationId>) -> String {
        let mut hasher = Sha256::new();
        hasher.update(kind.as_str());
        if let Some(organisation) = of {
            hasher.update([1]);
            hasher.update(organisation.0.as_bytes());
        }
        for header in headers {
            hasher.update([0]);
            hasher.update(header.as_ref().trim());
        }
        crate::audit::hex(&hasher.finalize()[..16])
    }
}

/// How likely a header is to be the one that says a field, where several could be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Likelihood {
    /// It stands in the LGA schema or the survey.
    Exact,
    /// It is the field's own name.
    Named,
    /// It is one met elsewhere.
    Met,
    /// It may as well be the key of the file's own database.
    Weak,
}

impl Likelihood {
    const ALL: [Self; 4] = [Self::Exact, Self::Named, Self::Met, Self::Weak];

    fn of(column: &Column, field: Field) -> Self {
        let folded = fold(&column.header);
        if column.confidence == Confidence::Exact {
            Self::Exact
        } else if folded == field.as_str().replace('-', " ") {
            Self::Named
        } else if aliases::WEAK.contains(&folded.as_str()) {
            Self::Weak
        } else {
            Self::Met
        }
    }
}

fn list<S: AsRef<str>>(headers: &[S]) -> String {
    headers.iter().map(|header| header.as_ref()).collect::<Vec<_>>().join(", ")
}

fn guess_one(kind: Kind, header: &str) -> (Option<Field>, Confidence) {
    static EXACT: LazyLock<[HashMap<String, Field>; 3]> = LazyLock::new(|| {
        let squeeze = |table: &[(&str, Field)]| table.iter().map(|(header, field)| (squeezed(header), *field)).collect();
        [squeeze(&LGA), squeeze(&SURVEY), squeeze(&SKILLS)]
    });
    static GUESS: LazyLock<HashMap<&str, Field>> = LazyLock::new(|| {
        aliases::GUESSES.iter().flat_map(|(field, headers)| headers.iter().map(|header| (*header, *field))).collect()
    });
    let squeezed = squeezed(header);
    let own = match kind {
        Kind::Contracts => &EXACT[0],
        Kind::Systems => &EXACT[1],
        Kind::Skills => &EXACT[2],
    };
    if let Some(field) = own.get(&squeezed) {
        return (Some(*field), Confidence::Exact);
    }
    let folded = fold(header);
    let without_brackets = header.split(['(', '[']).next().map(fold).unwrap_or_default();
    let found = [folded.as_str(), without_brackets.as_str()].into_iter().find_map(|header| GUESS.get(header));
    let found = found.or_else(|| EXACT.iter().find_map(|table| table.get(&squeezed))).filter(|field| field.serves(kind));
    match found {
        Some(Field::Title) if kind == Kind::Systems && folded == "name" => (Some(Field::Product), Confidence::Guessed),
        Some(field) => (Some(*field), Confidence::Guessed),
        None => (None, Confidence::Unknown),
    }
}

/// Letters and digits alone: 'Contract Title', 'contract_title' and 'ContractTitle' are one header.
fn squeezed(header: &str) -> String {
    header.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

mod indexed {
    //! Field to column without a search: a row asks for some forty fields.

    use super::{Column, Field};

    #[derive(Clone, Debug, PartialEq, Eq)]
    pub(super) struct FieldColumns(Vec<Option<usize>>);

    impl FieldColumns {
        pub(super) fn of(columns: &[Column]) -> Self {
            let mut index = vec![None; Field::ALL.len()];
            for (place, column) in columns.iter().enumerate() {
                if let Some(slot) = column.field.and_then(|field| index.get_mut(field as usize)) {
                    slot.get_or_insert(place);
                }
            }
            Self(index)
        }

        pub(super) fn get(&self, field: Field) -> Option<usize> {
            self.0.get(field as usize).copied().flatten()
        }
    }
}

#[cfg(test)]
mod tests;
