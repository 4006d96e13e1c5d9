//! Filters: `attribute eq "value"`, the one kind that directories send to find a user or a group again.

/// An attribute and the value it must equal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// The attribute, lower-case.
    pub attribute: String,
    /// The value.
    pub value: String,
}

impl Filter {
    /// Reads a filter; none for one of another kind.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (attribute, rest) = text.trim().split_once(char::is_whitespace)?;
        let (operator, value) = rest.trim_start().split_once(char::is_whitespace)?;
        if !operator.eq_ignore_ascii_case("eq") {
            return None;
        }
        // JSON's own strings, with their escapes (RFC 7644, 3.4.2.2).
        let value: String = serde_json::from_str(value.trim()).ok()?;
        Some(Self { attribute: attribute.to_lowercase(), value })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equality_is_read_and_nothing_else() {
        let filter = Filter::parse("userName eq \"Ann\\\"A@council.example\"").unwrap();
        assert_eq!((filter.attribute.as_str(), filter.value.as_str()), ("username", "Ann\"A@council.example"));
        assert!(Filter::parse("externalId EQ \"1\"").is_some());
        for other in
            ["userName co \"a\"", "userName eq a", "userName", "", "not (userName eq \"a\")", "a eq \"1\" and b eq \"2\""]
        {
            assert_eq!(Filter::parse(other), None, "{other}");
        }
    }
}
