//! What a schema's complaint means, in words for whoever wrote the file.

use jsonschema::{ValidationError, error::ValidationErrorKind as Error};
use serde_json::Value;

/// Where a JSON pointer leads, in keys and ids: `sections › need › fields › purpose`.
pub(super) fn path(value: &Value, pointer: &str) -> String {
    let mut here = Some(value);
    let mut words = Vec::new();
    for step in pointer.split('/').skip(1) {
        let step = step.replace("~1", "/").replace("~0", "~");
        here = match here {
            Some(Value::Array(list)) => {
                let entry = step.parse::<usize>().ok().and_then(|index| list.get(index));
                let id = ["id", "field", "from", "title"].iter().find_map(|key| entry?.get(key)?.as_str());
                words.push(
                    id.map_or_else(|| step.parse::<usize>().map_or(step.clone(), |index| (index + 1).to_string()), str::to_owned),
                );
                entry
            }
            Some(other) => {
                words.push(step.clone());
                other.get(&step)
            }
            None => {
                words.push(step);
                None
            }
        };
    }
    words.join(" › ")
}

/// One complaint as (pointer, what is wrong, what to do) — for several unknown keys, one each.
pub(super) fn of(error: &ValidationError<'_>, pointer: &str) -> Vec<(String, String, String)> {
    let here = |what: String, advice: &str| vec![(pointer.to_owned(), what, advice.to_owned())];
    match error.kind() {
        Error::AdditionalProperties { unexpected } | Error::UnevaluatedProperties { unexpected } => unexpected
            .iter()
            .map(|key| {
                (
                    format!("{pointer}/{key}"),
                    format!("'{key}' is not known here"),
                    "Correct its spelling or take it out; docs/TEMPLATES.md lists what may stand where".to_owned(),
                )
            })
            .collect(),
        Error::Required { property } => here(
            format!("'{}' is missing", property.as_str().unwrap_or_default()),
            "Add it; docs/TEMPLATES.md says what it means",
        ),
        Error::Type { .. } => here(
            format!("{} is not the kind of value that belongs here", shown(error.instance())),
            "Compare docs/TEMPLATES.md; text that looks like a number or true or false goes between quotes",
        ),
        Error::Enum { options } => {
            let known: Vec<&str> = options.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            here(
                format!("{} is none of the words known here", shown(error.instance())),
                &format!("Use one of {}", known.join(", ")),
            )
        }
        Error::Constant { expected_value } => {
            here(format!("{} is not what belongs here", shown(error.instance())), &format!("Write {}", shown(expected_value)))
        }
        Error::Pattern { .. } if pointer.ends_with("/urn") => {
            here(format!("{} is no URN", shown(error.instance())), "Write it like urn:example:dpia:short-name")
        }
        Error::Pattern { .. } if pointer.ends_with("/version") || pointer.ends_with("/replaces") => here(
            format!("{} is no version", shown(error.instance())),
            "Write it like 1.0.0, between quotes if it has fewer than two dots",
        ),
        Error::Pattern { .. }
            if ["in-force", "from", "until", "date", "checked"].iter().any(|key| pointer.ends_with(&format!("/{key}"))) =>
        {
            here(format!("{} is no day", shown(error.instance())), "Write it like 2026-02-05")
        }
        Error::Pattern { .. } if pointer.ends_with("/url") => {
            here(format!("{} is no address", shown(error.instance())), "Give the whole address, from https://")
        }
        Error::Pattern { .. } => here(
            format!("{} cannot be an id", shown(error.instance())),
            "Ids are small letters, digits and single hyphens, at most 60 characters",
        ),
        Error::MinItems { .. } | Error::MinLength { .. } | Error::MinProperties { .. } => {
            here("Nothing is said here".to_owned(), "Fill it in, or take the key out")
        }
        Error::MaxLength { limit } => here(format!("The text is longer than {limit} characters"), "Shorten it"),
        Error::MaxItems { limit } => here(format!("There are more than {limit} entries"), "Take some out"),
        Error::UniqueItems => here("Something stands here twice".to_owned(), "Take one out"),
        Error::FalseSchema => {
            here("This does not belong here".to_owned(), "Take it out; docs/TEMPLATES.md lists what may stand where")
        }
        Error::AnyOf { .. } if pointer.contains("/fields/") || pointer.contains("/columns/") => {
            here("A choice has neither options of its own nor a list".to_owned(), "Add 'options:' or 'list:'")
        }
        Error::AnyOf { .. } | Error::OneOfNotValid { .. } | Error::OneOfMultipleValid { .. } => here(
            "This is none of the forms that may stand here".to_owned(),
            "A condition has exactly one of all, any, not, field, screening, module and fact",
        ),
        _ => here(error.to_string(), "Compare docs/TEMPLATES.md"),
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => format!("'{}'", text.chars().take(60).collect::<String>()),
        Value::Array(_) => "A list".to_owned(),
        Value::Object(_) => "A set of keys".to_owned(),
        Value::Null => "Nothing".to_owned(),
        other => format!("'{other}'"),
    }
}
