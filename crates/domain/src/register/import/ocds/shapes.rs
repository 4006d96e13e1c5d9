//! What stands in a release otherwise than it should: read where it can only mean one thing, left out where it cannot, and said.

use super::list;
use crate::register::import::draft::Warning;
use serde_json::Value as Json;

/// Warns of lists that are none, and of entries of lists that are no objects.
pub(super) fn warn(place: u64, release: &Json, warnings: &mut Vec<Warning>) {
    for name in ["parties", "awards", "contracts"] {
        of_list(place, name, &release[name], warnings);
    }
    for (section, name) in [("awards", "award"), ("contracts", "contract")] {
        for entry in list(&release[section]).iter().filter(|entry| entry.is_object()) {
            of_list(place, &format!("{name} suppliers"), &entry["suppliers"], warnings);
            for supplier in list(&entry["suppliers"]).iter().filter(|supplier| supplier.is_object()) {
                if ["id", "name"].iter().all(|field| supplier[*field].is_null()) {
                    warnings.push(Warning::new(place, "suppliers", "a supplier with neither a name nor an id is left out"));
                }
            }
        }
    }
    of_list(place, "lots", &release["tender"]["lots"], warnings);
    for name in ["tender", "buyer"] {
        if !(release[name].is_null() || release[name].is_object()) {
            warnings.push(Warning::new(place, name, format!("what stands at {name} is left out: it is not written as one")));
        }
    }
}

fn of_list(place: u64, name: &str, value: &Json, warnings: &mut Vec<Warning>) {
    let mut warn = |message: String| warnings.push(Warning::new(place, name, message));
    match value {
        Json::Null => {}
        Json::Array(entries) => match entries.iter().filter(|entry| !entry.is_object()).count() {
            0 => {}
            1 => warn(format!("an entry of {name} is left out: it is no object")),
            more => warn(format!("{more} entries of {name} are left out: they are no objects")),
        },
        Json::Object(fields) if fields.is_empty() => {}
        Json::Object(_) => warn(format!("{name} is one object where a list should be; it is read as a list of one")),
        _ => warn(format!("what stands at {name} is left out: it is no list")),
    }
}
