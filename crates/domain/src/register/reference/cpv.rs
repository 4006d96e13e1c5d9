//! Names of CPV divisions, the first two digits of a code (Regulation (EC) No 213/2008).

use std::{collections::HashMap, sync::LazyLock};

static DIVISIONS: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    let mut reader = csv::Reader::from_reader(include_str!("../../../../../data/cpv-divisions.csv").as_bytes());
    let rows = reader.records().filter_map(Result::ok);
    rows.filter(|row| row.get(1) == Some("division"))
        .filter_map(|row| Some((row.get(0)?.to_owned(), row.get(2)?.to_owned())))
        .collect()
});

/// The name of the division of a code, by its first two digits.
#[must_use]
pub fn division(code: &str) -> Option<&'static str> {
    DIVISIONS.get(code.get(..2)?).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_names_its_division() {
        assert_eq!(division("48"), division("48810000"));
        assert!(division("48").is_some_and(|name| name.contains("oftware")));
        assert_eq!((division("00"), division("4"), division("")), (None, None, None));
    }
}
