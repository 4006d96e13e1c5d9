//! From the reference files' rows to records.

use super::{ReferenceError, stable_id};
use crate::register::ids::{FunctionId, OrganisationId, ServiceAreaId};
use crate::register::records::{Function, Identifier, Organisation, OrganisationKind, ServiceArea};
use jiff::civil::Date;

/// A reference file with its header, read by column name.
pub(super) struct File {
    name: &'static str,
    columns: Vec<(&'static str, usize)>,
    rows: Vec<csv::StringRecord>,
}

/// One row of it.
pub(super) struct Row<'a> {
    file: &'a File,
    record: &'a csv::StringRecord,
    line: u64,
}

impl File {
    pub(super) fn read(name: &'static str, text: &str, columns: &[&'static str]) -> Result<Self, ReferenceError> {
        let csv_error = |source| ReferenceError::Csv { file: name, source };
        let mut reader =
            csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let headers = reader.headers().map_err(csv_error)?.clone();
        let columns = columns
            .iter()
            .map(|column| {
                let place = headers.iter().position(|header| header == *column);
                place.map(|place| (*column, place)).ok_or(ReferenceError::NoColumn { file: name, column })
            })
            .collect::<Result<Vec<_>, _>>()?;
        let rows = reader.records().collect::<Result<Vec<_>, _>>().map_err(csv_error)?;
        Ok(Self { name, columns, rows })
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().enumerate().map(|(place, record)| Row {
            file: self,
            record,
            line: record.position().map_or(place as u64 + 2, csv::Position::line),
        })
    }
}

impl Row<'_> {
    /// The cell, empty where the row is short.
    pub(super) fn get(&self, column: &str) -> &str {
        let place = self.file.columns.iter().find(|(name, _)| *name == column).map(|(_, place)| *place);
        place.and_then(|place| self.record.get(place)).unwrap_or_default()
    }

    pub(super) fn optional(&self, column: &str) -> Option<String> {
        Some(self.get(column)).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    pub(super) fn list(&self, column: &str) -> Vec<String> {
        self.get(column).split(';').map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned).collect()
    }

    pub(super) fn required(&self, column: &'static str) -> Result<String, ReferenceError> {
        self.optional(column).ok_or_else(|| self.bad(column, "Fill it: it may not be empty"))
    }

    pub(super) fn number<N: std::str::FromStr>(&self, column: &'static str) -> Result<Option<N>, ReferenceError> {
        let text = self.get(column);
        if text.is_empty() {
            return Ok(None);
        }
        text.parse().map(Some).map_err(|_| self.bad(column, "Write a whole number"))
    }

    pub(super) fn boolean(&self, column: &'static str) -> Result<bool, ReferenceError> {
        match self.get(column) {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(self.bad(column, "Write true or false")),
        }
    }

    pub(super) fn date(&self, column: &'static str) -> Result<Option<Date>, ReferenceError> {
        let text = self.get(column);
        if text.is_empty() {
            return Ok(None);
        }
        text.parse().map(Some).map_err(|_| self.bad(column, "Write the day as YYYY-MM-DD"))
    }

    pub(super) fn bad(&self, column: &'static str, advice: &'static str) -> ReferenceError {
        ReferenceError::Cell { file: self.file.name, line: self.line, column, text: self.get(column).to_owned(), advice }
    }
}

pub(super) fn service_areas(text: &str) -> Result<Vec<ServiceArea>, ReferenceError> {
    let file = File::read("service-areas.csv", text, &["slug", "name", "position"])?;
    file.rows()
        .map(|row| {
            let slug = row.required("slug")?;
            let position = row.number("position")?.ok_or_else(|| row.bad("position", "Write a whole number"))?;
            Ok(ServiceArea { id: ServiceAreaId(stable_id("service-area", &slug)), name: row.required("name")?, slug, position })
        })
        .collect()
}

pub(super) fn functions(text: &str, areas: &[ServiceArea]) -> Result<Vec<Function>, ReferenceError> {
    let file = File::read("functions.csv", text, &["slug", "name", "service_area", "core", "aliases"])?;
    file.rows()
        .map(|row| {
            let slug = row.required("slug")?;
            let area = areas.iter().find(|area| area.slug == row.get("service_area"));
            let area = area.ok_or_else(|| row.bad("service_area", "Use a slug of service-areas.csv"))?;
            Ok(Function {
                id: FunctionId(stable_id("function", &slug)),
                name: row.required("name")?,
                service_area: Some(area.id),
                core: row.boolean("core")?,
                aliases: row.list("aliases"),
                slug,
            })
        })
        .collect()
}

const ORGANISATION_COLUMNS: &[&str] = &[
    "slug",
    "name",
    "short_name",
    "formal_name",
    "kind",
    "gss_code",
    "register_code",
    "map_row",
    "map_column",
    "colour",
    "letters",
    "member_from",
    "member_until",
    "aliases",
];

pub(super) fn organisations(text: &str) -> Result<Vec<Organisation>, ReferenceError> {
    let file = File::read("organisations.csv", text, ORGANISATION_COLUMNS)?;
    file.rows()
        .map(|row| {
            let slug = row.required("slug")?;
            let name = row.required("name")?;
            let kind = match row.get("kind") {
                "council" => OrganisationKind::Council,
                "authority" => OrganisationKind::Authority,
                "hub" => OrganisationKind::Hub,
                "partner" => OrganisationKind::Partner,
                "other" => OrganisationKind::Other,
                _ => return Err(row.bad("kind", "Use council, authority, hub, partner or other")),
            };
            let register_code = row.optional("register_code");
            let identifiers =
                register_code.iter().map(|code| Identifier { scheme: "GB-LAE".to_owned(), id: code.clone() }).collect();
            let mut aliases = row.list("aliases");
            if let Some(short) = row.optional("short_name").filter(|short| *short != name && !aliases.contains(short)) {
                aliases.push(short);
            }
            Ok(Organisation {
                id: OrganisationId(stable_id("organisation", &slug)),
                formal_name: row.optional("formal_name").unwrap_or_else(|| name.clone()),
                name,
                kind,
                gss_code: row.optional("gss_code"),
                register_code,
                identifiers,
                aliases,
                letters: row.optional("letters"),
                tile: row.number("map_row")?.zip(row.number("map_column")?),
                colour: row.optional("colour"),
                member_from: row.date("member_from")?,
                member_until: row.date("member_until")?,
                updated_at: 0,
                slug,
            })
        })
        .collect()
}
