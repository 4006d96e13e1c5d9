//! Mapping files: JSON `{"header": "field"}`, or CSV with the columns header and field.

use super::{Field, MappingError};

impl super::Mapping {
    /// Reads a mapping file's text: JSON where it begins with a brace, CSV otherwise. `null`, an empty cell and `ignore` leave
    /// a column out.
    ///
    /// # Errors
    /// Says what cannot be read, or which field there is not.
    pub fn parse_file(text: &str) -> Result<Vec<(String, Field)>, MappingError> {
        let text = text.trim_start_matches('\u{feff}').trim();
        let pairs = if text.starts_with('{') || text.starts_with('[') { json(text)? } else { csv(text)? };
        pairs
            .into_iter()
            .map(|(header, field)| {
                if field.trim().is_empty() {
                    return Ok((header, Field::Ignore));
                }
                match Field::parse(&field) {
                    Some(known) => Ok((header, known)),
                    None => Err(MappingError::NoSuchField { header, field, known: known() }),
                }
            })
            .collect()
    }

    /// Reads a saved mapping's fields, as [`super::Mapping::to_json`] wrote them.
    ///
    /// # Errors
    /// As [`super::Mapping::parse_file`].
    pub fn parse_saved(fields: &serde_json::Value) -> Result<Vec<(String, Field)>, MappingError> {
        Self::parse_file(&fields.to_string())
    }
}

fn known() -> String {
    Field::ALL.iter().map(|field| field.as_str()).collect::<Vec<_>>().join(", ")
}

fn json(text: &str) -> Result<Vec<(String, String)>, MappingError> {
    let value: serde_json::Value = serde_json::from_str(text).map_err(|error| MappingError::NotReadable(error.to_string()))?;
    let object = value.as_object().ok_or_else(|| MappingError::NotReadable("it is not a JSON object".to_owned()))?;
    object
        .iter()
        .map(|(header, field)| match field {
            serde_json::Value::Null => Ok((header.clone(), String::new())),
            serde_json::Value::String(field) => Ok((header.clone(), field.clone())),
            _ => Err(MappingError::NotReadable(format!("the field of ‘{header}’ is not a text"))),
        })
        .collect()
}

fn csv(text: &str) -> Result<Vec<(String, String)>, MappingError> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_reader(text.as_bytes());
    let headers = reader.headers().map_err(|error| MappingError::NotReadable(error.to_string()))?;
    let place = |name: &str| headers.iter().position(|header| header.eq_ignore_ascii_case(name));
    let (Some(header), Some(field)) = (place("header"), place("field")) else {
        return Err(MappingError::NotReadable("it is neither JSON nor CSV with the columns header and field".to_owned()));
    };
    reader
        .records()
        .map(|record| {
            let record = record.map_err(|error| MappingError::NotReadable(error.to_string()))?;
            let get = |place| record.get(place).unwrap_or_default().to_owned();
            Ok((get(header), get(field)))
        })
        .collect()
}
