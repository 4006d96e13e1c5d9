use super::*;
use proptest::prelude::*;

fn field(mapping: &Mapping, header: &str) -> (Option<Field>, Confidence) {
    let column = mapping.columns.iter().find(|column| column.header == header).expect(header);
    (column.field, column.confidence)
}

#[test]
fn the_lga_columns_and_the_survey_map_exactly() {
    let headers: Vec<&str> = LGA.iter().map(|(header, _)| *header).collect();
    let mapping = Mapping::guess(Kind::Contracts, &headers);
    for (header, wanted) in LGA {
        assert_eq!(field(&mapping, header), (Some(wanted), Confidence::Exact), "{header}");
    }
    mapping.check(false).expect("the LGA schema says all that is needed");
    let headers: Vec<&str> = SURVEY.iter().map(|(header, _)| *header).collect();
    let mapping = Mapping::guess(Kind::Systems, &headers);
    for (header, wanted) in SURVEY {
        assert_eq!(field(&mapping, header), (Some(wanted), Confidence::Exact), "{header}");
    }
    mapping.check(false).expect("the survey says all that is needed");
}

#[test]
fn real_headers_are_guessed_and_said_to_be_guesses() {
    let headers = [
        "Contract Ref",
        "Vendor",
        "Dept",
        "Contract End Date",
        "Start",
        "Max end date",
        "Annual value (£)",
        "Total contract value",
        "Contract manager",
        "Zodiac sign",
        "Contract Name",
    ];
    let mapping = Mapping::guess(Kind::Contracts, &headers);
    for (header, wanted) in headers.iter().zip([
        Field::Reference,
        Field::Supplier,
        Field::OwningService,
        Field::End,
        Field::Start,
        Field::LastPossibleEnd,
        Field::AnnualValue,
        Field::Value,
        Field::Contact,
    ]) {
        assert_eq!(field(&mapping, header), (Some(wanted), Confidence::Guessed), "{header}");
    }
    assert_eq!(field(&mapping, "Zodiac sign"), (None, Confidence::Unknown));
    assert_eq!(mapping.to_json()["Zodiac sign"], serde_json::Value::Null);
    assert_eq!(mapping.to_json()["Vendor"], "supplier");
}

#[test]
fn of_two_columns_that_say_the_same_one_is_taken_and_the_other_reported() {
    let mapping = Mapping::guess(Kind::Contracts, &["End", "EndDate", "Expiry"]);
    assert_eq!(mapping.column(Field::End), Some(1), "the exact header wins");
    assert_eq!(field(&mapping, "End"), (None, Confidence::Second));
    assert_eq!(field(&mapping, "Expiry"), (None, Confidence::Second));
}

#[test]
fn a_fields_own_name_wins_over_other_words_for_it_and_a_databases_key_comes_last() {
    let taken =
        |headers: &[&str]| Mapping::guess(Kind::Contracts, headers).column(Field::Reference).map(|at| headers[at].to_owned());
    assert_eq!(taken(&["Organisation", "ID", "Reference", "Title"]).as_deref(), Some("Reference"));
    assert_eq!(taken(&["URN", "Contract Ref", "Title"]).as_deref(), Some("Contract Ref"));
    assert_eq!(taken(&["Contract Ref", "Reference"]).as_deref(), Some("Reference"));
    assert_eq!(taken(&["Contract No", "Contract Ref"]).as_deref(), Some("Contract No"), "of equals the first");
    assert_eq!(taken(&["ID", "Title"]).as_deref(), Some("ID"), "better than none");
    let mapping = Mapping::guess(Kind::Contracts, &["ID", "Reference"]);
    assert_eq!(field(&mapping, "ID"), (None, Confidence::Second), "and the report says which was left out");
}

#[test]
fn a_file_that_cannot_stand_is_refused_with_what_is_missing() {
    let needs = |kind, headers: &[&str], given| Mapping::guess(kind, headers).check(given).unwrap_err().to_string();
    assert!(needs(Kind::Contracts, &["Title", "Supplier"], false).contains("--organisation"));
    assert!(needs(Kind::Contracts, &["Supplier", "End"], true).contains("reference or title"));
    assert!(needs(Kind::Contracts, &["Title", "End"], true).contains("supplier"));
    assert!(needs(Kind::Systems, &["Organisation", "Function"], false).contains("product"));
}

#[test]
fn mapping_files_are_read_in_json_and_csv() {
    let headers = ["Nr", "Wer", "Was", "End"];
    for text in [
        r#"{"Nr": "reference", "Wer": "supplier", "Was": "Title", "End": null}"#,
        "header,field\nNr,reference\nWer,supplier\nWas,title\nEnd,\n",
    ] {
        let given = Mapping::parse_file(text).expect(text);
        let mapping = Mapping::given(Kind::Contracts, &headers, &given).expect(text);
        assert_eq!(
            (mapping.column(Field::Reference), mapping.column(Field::Supplier), mapping.column(Field::Title)),
            (Some(0), Some(1), Some(2))
        );
        assert_eq!(mapping.column(Field::End), None, "a column may be left out");
        let again = Mapping::parse_saved(&mapping.to_json()).expect("what is written can be read");
        assert_eq!(Mapping::given(Kind::Contracts, &headers, &again).expect("saved").to_json(), mapping.to_json());
    }
}

#[test]
fn mapping_files_that_cannot_be_used_say_why() {
    let error = |text: &str| {
        Mapping::parse_file(text).and_then(|given| Mapping::given(Kind::Contracts, &["A", "B"], &given)).unwrap_err().to_string()
    };
    assert!(error("{\"A\": \"colour\"}").contains("‘colour’"));
    assert!(error("{\"C\": \"title\"}").contains("‘C’"));
    assert!(error("{\"A\": \"title\", \"B\": \"title\"}").contains("both"));
    assert!(error("{\"A\": 3}").contains("not a text"));
    assert!(error("just words").contains("neither"));
    assert!(error("{oops").contains("cannot be read"));
}

#[test]
fn columns_that_say_the_same_are_told_and_those_that_are_left_out_are_not() {
    let of =
        |names: &[&str]| Mapping::said_twice(&names.iter().map(|name| Field::parse(name).expect("a field")).collect::<Vec<_>>());
    assert_eq!(of(&["title", "supplier", "ignore", "ignore", "contact", "contact"]), []);
    assert_eq!(of(&["title", "end", "title", "end", "title"]), [(0, 2), (1, 3), (2, 0), (3, 1), (4, 0)]);
}

#[test]
fn every_field_can_be_named_and_no_alias_stands_twice() {
    for field in Field::ALL {
        assert_eq!(Field::parse(field.as_str()), Some(*field));
        assert_eq!(Field::ALL[*field as usize], *field);
    }
    let mut seen = std::collections::HashMap::new();
    for (field, headers) in aliases::GUESSES {
        for header in *headers {
            assert_eq!(fold(header), **header, "aliases are written folded");
            assert_eq!(seen.insert(*header, *field), None, "{header}");
        }
    }
}

#[test]
fn a_saved_mapping_is_found_again_by_its_headers() {
    let key = |kind, headers: &[&str]| Mapping::key(kind, headers, None);
    assert_eq!(key(Kind::Contracts, &["A", "B"]), key(Kind::Contracts, &[" A", "B "]));
    assert_ne!(key(Kind::Contracts, &["A", "B"]), key(Kind::Systems, &["A", "B"]));
    assert_ne!(key(Kind::Contracts, &["A", "B"]), key(Kind::Contracts, &["AB"]));
    let of = |number| Mapping::key(Kind::Contracts, &["A", "B"], Some(OrganisationId(uuid::Uuid::from_u128(number))));
    assert_eq!(of(1), of(1));
    assert_ne!(of(1), of(2), "what one council takes a column to say reaches no other");
    assert_ne!(of(1), key(Kind::Contracts, &["A", "B"]));
}

proptest! {
    #[test]
    fn guessing_never_panics(headers in proptest::collection::vec("\\PC{0,20}", 0..12)) {
        let mapping = Mapping::guess(Kind::Contracts, &headers);
        prop_assert_eq!(mapping.columns.len(), headers.len());
        let _ = (mapping.check(true), mapping.to_json(), Mapping::guess(Kind::Systems, &headers));
        let _ = Mapping::parse_file(&headers.join(","));
    }
}
