//! Filters: `attribute eq "value"`, alone or several with `and` between them, which is what directories send to find a user or a group
//! again (RFC 7644, 3.4.2.2); and the names of attributes, which stand in paths too (3.5.2).

use serde_json::Value as Json;

/// An attribute and the value it must equal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Equal {
    /// The attribute, as [`attribute`] names it.
    pub attribute: String,
    /// The value.
    pub value: String,
}

/// What must all hold; never nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter(Vec<Equal>);

impl Filter {
    /// Reads a filter; none for one of another kind.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut all = Vec::new();
        let mut rest = text.trim();
        loop {
            let (path, after) = path(rest)?;
            let (operator, after) = after.trim_start().split_once(char::is_whitespace)?;
            if !operator.eq_ignore_ascii_case("eq") {
                return None;
            }
            // JSON's own values, with their escapes.
            let mut values = serde_json::Deserializer::from_str(after).into_iter::<Json>();
            let value = match values.next()?.ok()? {
                Json::String(text) => text,
                Json::Bool(truth) => truth.to_string(),
                _ => return None,
            };
            all.push(Equal { attribute: attribute(path), value });
            rest = after[values.byte_offset()..].trim_start();
            if rest.is_empty() {
                return Some(Self(all));
            }
            let (_, after) = rest.split_once(char::is_whitespace).filter(|(word, _)| word.eq_ignore_ascii_case("and"))?;
            rest = after.trim_start();
        }
    }

    /// The one comparison of a filter that has no other.
    #[must_use]
    pub fn only(self) -> Option<Equal> {
        let [one] = <[Equal; 1]>::try_from(self.0).ok()?;
        Some(one)
    }

    /// What must hold.
    #[must_use]
    pub fn all(self) -> Vec<Equal> {
        self.0
    }
}

/// The path at the beginning of a text, and what follows it: spaces within brackets are part of the path.
fn path(text: &str) -> Option<(&str, &str)> {
    let (mut bracketed, mut quoted, mut escaped) = (false, false, false);
    for (place, letter) in text.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' if bracketed => quoted = !quoted,
            '[' if !quoted => bracketed = true,
            ']' if !quoted => bracketed = false,
            letter if letter.is_whitespace() && !bracketed => return Some((&text[..place], &text[place..])),
            _ => {}
        }
    }
    None
}

/// The name of an attribute, small, without the address of its schema. The address for work is the one that is kept, however it is
/// picked out: `emails.value` stands for it alone. Another kind of address keeps its brackets, and is nobody's attribute here.
#[must_use]
pub fn attribute(path: &str) -> String {
    let small = path.trim().to_lowercase();
    let name = ["urn:ietf:params:scim:schemas:core:2.0:user:", "urn:ietf:params:scim:schemas:core:2.0:group:"]
        .iter()
        .find_map(|schema| small.strip_prefix(schema))
        .unwrap_or(&small);
    let picked = name.strip_prefix("emails[").and_then(|rest| rest.split_once(']'));
    match picked {
        Some((which, part)) if Filter::parse(which).is_some_and(|filter| filter.0.iter().all(is_for_work)) => {
            format!("emails{part}")
        }
        _ => name.to_owned(),
    }
}

fn is_for_work(one: &Equal) -> bool {
    matches!((one.attribute.as_str(), one.value.as_str()), ("type", "work") | ("primary", "true"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(text: &str) -> (String, String) {
        let one = Filter::parse(text).and_then(Filter::only).unwrap_or_else(|| panic!("{text}"));
        (one.attribute, one.value)
    }

    #[test]
    fn equality_is_read_and_nothing_else() {
        let pair = |one: &str, other: &str| (one.to_owned(), other.to_owned());
        assert_eq!(only("userName eq \"Ann\\\"A@council.example\""), pair("username", "Ann\"A@council.example"));
        assert_eq!(only("externalId EQ \"1\""), pair("externalid", "1"));
        assert_eq!(only("active eq true"), pair("active", "true"));
        assert_eq!(only("urn:ietf:params:scim:schemas:core:2.0:User:userName eq \"a\""), pair("username", "a"));
        for other in ["userName co \"a\"", "userName eq a", "userName", "", "not (userName eq \"a\")", "a eq \"1\" or b eq \"2\""]
        {
            assert_eq!(Filter::parse(other), None, "{other}");
        }
    }

    #[test]
    fn the_address_for_work_is_found_as_entra_asks_for_it() {
        for text in [
            "emails[type eq \"work\"].value eq \"ann@council.example\"",
            "emails[type eq \"work\" and primary eq true].value eq \"ann@council.example\"",
            "emails.value eq \"ann@council.example\"",
        ] {
            assert_eq!(only(text), ("emails.value".to_owned(), "ann@council.example".to_owned()), "{text}");
        }
        assert_eq!(only("emails[type eq \"home\"].value eq \"a\"").0, "emails[type eq \"home\"].value");
    }

    #[test]
    fn several_must_all_hold() {
        let filter = Filter::parse("id eq \"1\" and manager eq \"2\"").unwrap();
        assert_eq!(filter.clone().only(), None);
        let attributes: Vec<String> = filter.all().into_iter().map(|one| one.attribute).collect();
        assert_eq!(attributes, ["id", "manager"]);
        assert_eq!(Filter::parse("id eq \"1\" and"), None);
    }
}
