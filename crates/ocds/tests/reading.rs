//! Files as publishers send them, and files that are something else.

use ocds::read::{Document, Limits, NESTING_LIMIT, Position, ReadError, ReadWarning, read_releases};

fn read(bytes: impl AsRef<[u8]>) -> Result<Document, ReadError> {
    Document::parse(bytes.as_ref().to_vec(), &Limits::default())
}

fn ocids(bytes: impl AsRef<[u8]>) -> Vec<String> {
    let document = read(bytes).expect("it is read");
    document.releases().map(|release| release.ocid().unwrap_or("none").to_owned()).collect()
}

fn message(bytes: impl AsRef<[u8]>) -> String {
    read(bytes).expect_err("it is refused").to_string()
}

const A: &str = r#"{"ocid":"a","id":"1","date":"2020-01-01","tag":["tender"]}"#;
const B: &str = r#"{"ocid":"b","id":"2","date":"2020-01-02","tag":["award"]}"#;

#[test]
fn every_shape_of_file_gives_its_releases_in_order() {
    let package = format!(r#"{{"uri":"u","releases":[{A},{B}]}}"#);
    let record = format!(r#"{{"ocid":"a","releases":[{A},{A}],"compiledRelease":{B}}}"#);
    let cases = [
        (A.to_owned(), vec!["a"]),
        (format!("[{A},{B}]"), vec!["a", "b"]),
        (package.clone(), vec!["a", "b"]),
        (format!("[{package},{B},{record}]"), vec!["a", "b", "b", "a", "a"]),
        (format!("{A}\n{B}\n\n"), vec!["a", "b"]),
        (format!("{A}{B}"), vec!["a", "b"]),
        (format!("{package}\r\n{package}"), vec!["a", "b", "a", "b"]),
        (record.clone(), vec!["a", "a"]),
        (format!(r#"{{"uri":"u","records":[{record},{record}]}}"#), vec!["a", "a", "a", "a"]),
        (format!("\n  {A}"), vec!["a"]),
    ];
    for (file, expected) in cases {
        assert_eq!(ocids(&file), expected, "{file}");
    }
}

#[test]
fn a_record_that_links_to_its_releases_gives_its_compiled_release_and_says_so() {
    let linked = r#"{"url":"https://example.org/1","date":"2020-01-01","tag":["tender"]}"#;
    let record = format!(r#"{{"records":[{{"ocid":"a","releases":[{linked},{linked}],"compiledRelease":{B}}}]}}"#);
    let document = read(&record).expect("it is read");
    assert_eq!(document.releases().filter_map(|release| release.ocid()).collect::<Vec<_>>(), ["b"]);
    assert_eq!(document.warnings(), [ReadWarning::LinkedReleases { ocid: "b".to_owned() }]);

    let bare = format!(r#"{{"records":[{{"ocid":"a","releases":[{linked}]}},{{"ocid":"b","releases":[{B}]}}]}}"#);
    let document = read(&bare).expect("it is read");
    assert_eq!(document.len(), 1);
    assert!(document.unusable()[0].reason.contains("links to 1 releases"), "{:?}", document.unusable());

    let only_compiled = format!(r#"{{"ocid":"a","compiledRelease":{A}}}"#);
    let document = read(&only_compiled).expect("it is read");
    assert_eq!((document.len(), document.warnings()), (1, [].as_slice()));
}

#[test]
fn releases_without_ocid_or_id_are_found_and_left_to_be_judged() {
    let document = read(r#"{"releases":[{"tender":{}},{"ocid":7},{"ocid":"a"},3]}"#).expect("it is read");
    assert_eq!(document.releases().map(|release| release.ocid()).collect::<Vec<_>>(), [None, None, Some("a")]);
    assert_eq!(document.unusable().len(), 1);
    assert!(document.unusable()[0].reason.contains("a number"));
    assert_eq!(document.unusable()[0].at, Position { line: 1, column: 52 });
}

#[test]
fn an_empty_package_is_read_with_a_warning() {
    let document = read(r#"{"releases":[]}"#).expect("it is read");
    assert_eq!((document.len(), document.warnings()), (0, [ReadWarning::NoReleases].as_slice()));
}

fn named(name: &str) -> String {
    format!(r#"{{"ocid":"a","buyer":{{"name":"{name}"}}}}"#)
}

fn buyer(bytes: &[u8]) -> (String, Vec<ReadWarning>) {
    let (releases, warnings) = read_releases(bytes, &Limits::default()).expect("it is read");
    (releases[0].value["buyer"]["name"].as_str().expect("a name").to_owned(), warnings)
}

#[test]
fn utf_8_and_utf_16_are_read_with_or_without_mark() {
    let text = named("Café £5 – naïve");
    let expected = ("Café £5 – naïve".to_owned(), vec![]);
    assert_eq!(buyer(text.as_bytes()), expected);
    assert_eq!(buyer(format!("\u{feff}{text}").as_bytes()), expected);
    for mark in ["", "\u{feff}"] {
        let units: Vec<u16> = format!("{mark}{text}").encode_utf16().collect();
        let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
        assert_eq!(buyer(&little), expected);
        assert_eq!(buyer(&big), expected);
    }
}

#[test]
fn stray_windows_bytes_are_read_and_reported_without_spoiling_the_rest() {
    let mut bytes = b"{\"ocid\":\"a\",\n\"buyer\":{\"name\":\"Caf\xe9 \xa35 \x96 ".to_vec();
    bytes.extend("déjà".as_bytes());
    bytes.extend(b"\"}}");
    let expected = ReadWarning::NotUtf8 { bytes: 3, line: 2 };
    assert_eq!(buyer(&bytes), ("Café £5 – déjà".to_owned(), vec![expected]));
}

#[test]
fn huge_numbers_survive() {
    let (releases, _) = read_releases(&br#"{"ocid":"a","v":1e9999}"#[..], &Limits::default()).expect("it is read");
    assert!(releases[0].value.to_string().contains("9999"));
}

#[test]
fn a_file_that_was_cut_off_is_refused_with_the_place() {
    let package = format!("{{\"releases\":[\n{A},\n{B}]}}");
    for end in 1..package.len() {
        let error = read(&package[..end]).expect_err("it is refused");
        assert!(matches!(error, ReadError::Truncated { .. }), "{end}: {error}");
    }
    let error = read("{\"releases\":[\n{\"ocid\":\"é").expect_err("it is refused");
    assert!(matches!(error, ReadError::Truncated { at: Position { line: 2, .. } }), "{error}");
    let error = read(format!("{A}\n{}", &B[..20])).expect_err("it is refused");
    assert!(matches!(error, ReadError::Truncated { at: Position { line: 2, .. } }), "{error}");
}

#[test]
fn malformed_json_is_refused_with_the_place() {
    let error = read("{\"ocid\": \"a\",\n  \"v\": nonsense}").expect_err("it is refused");
    assert!(matches!(error, ReadError::Malformed { at: Position { line: 2, .. }, .. }), "{error}");
    assert!(error.to_string().contains("line 2, column"), "{error}");
}

#[test]
fn other_kinds_of_file_are_named() {
    assert!(message(b"PK\x03\x04rest").contains("zip archive or an Excel workbook"));
    assert!(message("<!DOCTYPE html><html><body>Not found</body></html>").contains("a web page (HTML)"));
    assert!(message("<?xml version=\"1.0\"?><a/>").contains("XML"));
    assert!(message("Title,Start date,End date\nA,1,2\n").contains("CSV"));
    assert!(message("\u{feff}OrganisationLabel,Title\nA,1\n").contains("CSV"));
    assert!(message(b"%PDF-1.7").contains("PDF"));
    assert!(message(b"\x1f\x8b\x08").contains("gzip"));
    assert!(matches!(read(""), Err(ReadError::Empty)));
    assert!(matches!(read(" \n\t"), Err(ReadError::Empty)));
    assert!(matches!(read("\u{feff}"), Err(ReadError::Empty)));
}

#[test]
fn json_that_is_not_ocds_is_refused_and_says_what_is_there() {
    let not_ocds = |text: &str| {
        let error = read(text).expect_err("it is refused");
        assert!(matches!(error, ReadError::NotOcds { .. }), "{text}: {error}");
        error.to_string()
    };
    assert!(not_ocds(r#"{"name":"x","version":3}"#).contains("name, version"));
    assert!(not_ocds("3").contains("a number"));
    assert!(not_ocds("\"text\"").contains("text"));
    assert!(not_ocds("[1,2]").contains("a number"));
    assert!(not_ocds("{}").contains("empty"));
    assert!(not_ocds(r#"{"releases":{}}"#).contains("not a list"));
    assert!(not_ocds(r#"{"records":3}"#).contains("not a list"));
    assert!(not_ocds(&format!("{}{A}{}", "[".repeat(9), "]".repeat(9))).contains("too deep"));
}

#[test]
fn nesting_is_limited_without_harm() {
    let nested = |depth: usize| format!(r#"{{"ocid":"a","v":{}{}}}"#, "[".repeat(depth), "]".repeat(depth));
    let parse = |text: String| {
        let document = read(text).expect("it is read");
        let release = document.releases().next().expect("a release");
        release.parse().map(|_| ())
    };
    assert!(parse(nested(NESTING_LIMIT - 1)).is_ok());
    let error = parse(format!("\n {}", nested(NESTING_LIMIT))).expect_err("it is refused");
    assert!(matches!(error, ReadError::TooDeep { at: Position { line: 2, column: 2 } }), "{error}");
    assert!(parse(nested(500_000)).is_err());
    // As text without a release in it, too.
    assert!(read("[".repeat(1_000_000)).is_err());
    assert!(read(format!("{}{}", "[".repeat(300_000), "]".repeat(300_000))).is_err());
}

#[test]
fn a_file_larger_than_the_limit_is_refused() {
    let limits = Limits { bytes: 20 };
    assert!(matches!(Document::read(A.as_bytes(), &limits), Err(ReadError::TooLarge { limit: 20 })));
    assert!(matches!(Document::read(std::io::repeat(b' '), &limits), Err(ReadError::TooLarge { limit: 20 })));
    assert!(Document::read(&br#"{"ocid":"a"}"#[..], &limits).is_ok());
}

#[test]
fn each_release_knows_its_number_and_place() {
    let file = format!("{{\"releases\": [\n  {A},\n\n  {B}]}}");
    let (releases, _) = read_releases(file.as_bytes(), &Limits::default()).expect("it is read");
    let places: Vec<_> = releases.iter().map(|release| (release.number, release.position)).collect();
    assert_eq!(places, [(1, Position { line: 2, column: 3 }), (2, Position { line: 4, column: 3 })]);
}

#[test]
fn half_a_character_is_an_error_of_its_release_only() {
    let file = format!("[{A},\n{{\"ocid\":\"b\",\n \"v\":\"\\ud800\"}}]");
    let document = read(file).expect("it is read");
    let results: Vec<_> = document.releases().map(|release| release.parse()).collect();
    assert!(results[0].is_ok());
    assert!(matches!(results[1], Err(ReadError::Malformed { at: Position { line: 3, .. }, .. })), "{:?}", results[1]);
}

#[test]
fn a_file_that_is_too_large_is_refused_by_its_size_alone_and_says_how_large_one_may_be() {
    struct Untouched;
    impl std::io::Read for Untouched {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            panic!("it was read");
        }
    }
    let refused = Document::read_of_size(Untouched, 2_200_000_000, &Limits::default()).unwrap_err();
    assert_eq!(refused.to_string(), "the file is larger than 1 GB. Split it into several");
    let limits = Limits { bytes: 1 << 20 };
    let endless = Document::read(std::io::repeat(b' '), &limits).unwrap_err();
    assert_eq!(endless.to_string(), "the file is larger than 1 MB. Split it into several");
    // A size that is not the file's own (it grew meanwhile, or a pipe says none) changes nothing.
    for expected in [0, 1, 7, A.len() as u64, 4096] {
        assert_eq!(Document::read_of_size(A.as_bytes(), expected, &limits).unwrap().len(), 1, "{expected}");
    }
    let exact = Limits { bytes: A.len() as u64 };
    assert!(Document::read(A.as_bytes(), &exact).is_ok(), "as large as it may be");
}
