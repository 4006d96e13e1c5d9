use super::{
    dates::{self, DateCell, Evidence, Order, Role},
    lengths::{self, LengthCell},
    money::{self, MoneyCell, Sum},
    *,
};
use crate::register::{
    money::{Basis, Vat, amount},
    terms::Period,
};
use jiff::civil::{Date, date};
use proptest::prelude::*;

fn day(text: &str) -> DateCell {
    dates::read(text, Order::Assumed, Role::Other)
}

#[test]
fn a_day_is_read_in_every_form_registers_use() {
    for text in [
        "2024-03-31",
        "2024/03/31",
        "31/03/2024",
        "31-03-2024",
        "31.03.2024",
        "31/3/24",
        "31 March 2024",
        "31st March 2024",
        "31-Mar-24",
        "31 Mar 2024",
        "March 31, 2024",
        "20240331",
        "2024-03-31T00:00:00",
        "2024-03-31T00:00:00Z",
        "2024-03-31T23:59:59+01:00",
        "31/03/2024 00:00",
        "31/03/2024 00:00:00",
        "45382",
        "45382.0",
        "Mon 31 March 2024",
        "Sunday, 31 March 2024",
        "31st of March 2024",
        "31MAR2024",
        " 31/03/2024 ",
        "2024.03.31",
        "31–03–2024",
        "/Date(1711843200000+0100)/",
    ] {
        assert_eq!(day(text), DateCell::Day(date(2024, 3, 31)), "{text}");
    }
}

#[test]
fn what_is_no_day_is_unreadable_and_says_why() {
    for text in [
        "Mar-24",
        "March 2024",
        "2024",
        "31/02/2024",
        "2023-02-29",
        "soon",
        "12345678901",
        "31/03/1890",
        "31/03/9999",
        "999999",
        "Q1 2024",
        "01/04/2020 - 31/03/2024",
        "Spring 2024",
        "3/2024",
        "12",
        "/Date(9223372036854775807)/",
        "/Date(1711843200000+9223372036854775807)/",
    ] {
        assert!(matches!(day(text), DateCell::Unreadable(_)), "{text}: {:?}", day(text));
    }
    assert_eq!(
        dates::read("01/04/1974", Order::DayFirst, Role::Start),
        DateCell::Day(date(1974, 4, 1)),
        "old contracts begin early"
    );
    assert!(matches!(dates::read("01/04/1974", Order::DayFirst, Role::Other), DateCell::Unreadable(_)));
}

#[test]
fn words_for_no_end_are_recognised() {
    for text in ["ongoing", "Rolling", "until terminated", "Open-ended", "On-going"] {
        assert_eq!(day(text), DateCell::Rolling, "{text}");
    }
    assert_eq!(day("Renews annually"), DateCell::RenewsYearly);
    for text in ["N/A", "TBC", "not known", "-", "To be confirmed"] {
        assert_eq!(day(text), DateCell::NotKnown, "{text}");
    }
    assert_eq!(day("  "), DateCell::Empty);
}

fn order_of(cells: &[&str]) -> Order {
    let mut evidence = Evidence::default();
    cells.iter().for_each(|cell| evidence.observe(cell));
    evidence.decide()
}

#[test]
fn the_order_of_day_and_month_is_decided_by_the_whole_column() {
    assert_eq!(order_of(&["03/04/2024", "31/03/2024", "2024-01-02"]), Order::DayFirst);
    assert_eq!(order_of(&["03/04/2024", "03/31/2024"]), Order::MonthFirst);
    assert_eq!(order_of(&["31/03/2024", "03/31/2024"]), Order::Mixed);
    assert_eq!(order_of(&["03/04/2024", "05/05/2024", "31/02/2024", "TBC", ""]), Order::Assumed);
    assert_eq!(dates::read("03/04/2024", Order::MonthFirst, Role::Other), DateCell::Day(date(2024, 3, 4)));
    assert_eq!(dates::read("03/04/2024", Order::Assumed, Role::Other), DateCell::Day(date(2024, 4, 3)));
    assert_eq!(dates::read("03/04/2024", Order::Mixed, Role::Other), DateCell::Ambiguous);
    assert_eq!(dates::read("31/03/2024", Order::Mixed, Role::Other), DateCell::Day(date(2024, 3, 31)));
    assert_eq!(dates::read("04/04/2024", Order::Mixed, Role::Other), DateCell::Day(date(2024, 4, 4)));
}

fn sum(text: &str) -> Sum {
    match money::read(text) {
        MoneyCell::Sum(sum) => sum,
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn sums_are_read_to_the_penny() {
    for (text, pence) in [
        ("£1,234.50 p.a.", 123_450),
        ("1234", 123_400),
        ("1.2m", 120_000_000),
        ("£1.2 million", 120_000_000),
        ("£45k", 4_500_000),
        ("(1,234.00)", -123_400),
        ("GBP 100", 10_000),
        ("£19,805 + VAT", 1_980_500),
        ("£0", 0),
        ("1234.5", 123_450),
        ("-12.34", -1_234),
        ("£ 1,000,000", 100_000_000),
        ("1 234 567", 123_456_700),
        ("1.2E+06", 120_000_000),
        ("0.005", 1),
        ("0.1", 10),
        ("1234.5600000001", 123_456),
        ("£30,000 over 3 years", 3_000_000),
        ("£1.5bn", 150_000_000_000),
        (".50", 50),
        ("£45,000.", 4_500_000),
    ] {
        assert_eq!(sum(text).pence, pence, "{text}");
    }
}

#[test]
fn the_kind_of_a_sum_is_read_where_it_is_said() {
    assert_eq!(sum("£1,234.50 p.a.").basis, Some(Basis::Annual));
    assert_eq!(sum("10000 per annum").basis, Some(Basis::Annual));
    assert_eq!(sum("£10,000 pa").basis, Some(Basis::Annual));
    assert_eq!((sum("£10,000pa").pence, sum("£10,000pa").basis), (1_000_000, Some(Basis::Annual)));
    assert_eq!(sum("£1m total").basis, Some(Basis::WholeLife));
    assert_eq!(sum("est. £1m").basis, Some(Basis::Estimated));
    assert_eq!(sum("£10").basis, None);
    assert_eq!(sum("£19,805 + VAT").vat, Vat::Excluded);
    assert_eq!(sum("£19,805 inc VAT").vat, Vat::Included);
    assert_eq!(sum("£19,805").vat, Vat::NotKnown);
    assert_eq!(sum("€100").currency, Some("EUR"));
    assert_eq!(sum("100 USD").currency, Some("USD"));
}

#[test]
fn what_is_no_one_sum_is_unreadable_and_says_why() {
    for text in [
        "£10,000 / £12,000",
        "£500 per month",
        "£500pm",
        "£500 half-yearly",
        "£500 bi-annually",
        "£100 - £200",
        "see contract",
        "£1,23",
        "1,2345",
        "£19,80,5",
        "1e9999",
        "200000000000",
        "45000 somewhere",
        "5,000+",
        ">5000",
        "£10 or €12",
        "1.2.3",
        "12 months",
    ] {
        assert!(matches!(money::read(text), MoneyCell::Unreadable(_)), "{text}: {:?}", money::read(text));
    }
    assert!(sum(">£5000").words_left && sum("£5,000+").words_left, "what a sign says is told");
    assert!(!sum("£19,805 + VAT").words_left);
    assert_eq!(money::read("TBC"), MoneyCell::NotKnown);
    assert_eq!(money::read(""), MoneyCell::Empty);
}

#[test]
fn withheld_sums_keep_the_reason_given() {
    for text in [
        "withheld",
        "Commercially sensitive",
        "s.43",
        "Commercial in confidence",
        "Exempt from disclosure under section 43 FOIA",
        "REDACTED",
    ] {
        assert_eq!(money::read(text), MoneyCell::Withheld(text.to_owned()), "{text}");
    }
}

fn months(text: &str) -> Vec<(u16, u16)> {
    match lengths::read(text) {
        LengthCell::Lengths { parts, .. } => parts.iter().map(|Period { months, days }| (*months, *days)).collect(),
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn lengths_are_read_as_registers_write_them() {
    for (text, wanted) in [
        ("12", vec![(12, 0)]),
        ("12 months", vec![(12, 0)]),
        ("12.0", vec![(12, 0)]),
        ("2 x 12 months", vec![(12, 0), (12, 0)]),
        ("12 months x 2", vec![(12, 0), (12, 0)]),
        ("24 (12+12)", vec![(12, 0), (12, 0)]),
        ("1 year", vec![(12, 0)]),
        ("2 years + 1 year", vec![(24, 0), (12, 0)]),
        ("3 months notice", vec![(3, 0)]),
        ("90 days", vec![(0, 90)]),
        ("4 weeks", vec![(0, 28)]),
        ("1+1", vec![(12, 0), (12, 0)]),
        ("12+12", vec![(12, 0), (12, 0)]),
        ("1 + 1 years", vec![(12, 0), (12, 0)]),
        ("1.5 years", vec![(18, 0)]),
        ("up to 24 months", vec![(24, 0)]),
        ("two (2) years", vec![(24, 0)]),
        ("2 options of 12 months", vec![(12, 0), (12, 0)]),
        ("0", vec![]),
        ("None", vec![]),
        ("one month's written notice", vec![(1, 0)]),
        ("2 years (1+1)", vec![(12, 0), (12, 0)]),
        ("two one-year extensions", vec![(12, 0), (12, 0)]),
        ("2 12-month options", vec![(12, 0), (12, 0)]),
        ("two options of twelve months", vec![(12, 0), (12, 0)]),
        ("1 extension of 12 months", vec![(12, 0)]),
        ("12 months' extension", vec![(12, 0)]),
        ("extension - 12 months", vec![(12, 0)]),
        ("12-month", vec![(12, 0)]),
    ] {
        assert_eq!(months(text), wanted, "{text}");
    }
    assert!(matches!(lengths::read("1+1"), LengthCell::Lengths { note: Some(_), .. }), "taking years is said");
    for text in ["yes", "6-12 months", "soon", "24 (12+6)", "9999999 months", "x", "2 x"].into_iter().chain([
        "12/12",
        "12 / 12 months",
        "-3",
        "-12 months",
        "– 6",
        "12+-12",
        "12 12",
        "3 6 months",
        "1.5 options of 12",
    ]) {
        assert!(!matches!(lengths::read(text), LengthCell::Lengths { .. }), "{text}: {:?}", lengths::read(text));
    }
    assert_eq!(lengths::read("TBC"), LengthCell::NotKnown);
}

#[test]
fn booleans_counts_and_cpv_codes_are_read() {
    for text in ["y", "Yes", "TRUE", "1"] {
        assert_eq!(boolean(text), Some(true), "{text}");
    }
    for text in ["n", "No", "false", "0"] {
        assert_eq!(boolean(text), Some(false), "{text}");
    }
    assert_eq!(boolean("perhaps"), None);
    assert_eq!((in_use("Live"), in_use("Decommissioned"), in_use("?")), (Some(true), Some(false), None));
    assert_eq!(
        (count("1,200"), count("250.0"), count("300 users"), count("1,2"), count("many")),
        (Some(1200), Some(250), Some(300), None, None)
    );
    assert_eq!(cpv("72000000-5; 48000000 - Software").codes, ["72000000", "48000000"]);
    assert_eq!(cpv("3000000").codes, ["03000000"]);
    assert_eq!(cpv("3000000").notes.len(), 1);
    assert_eq!(cpv("IT services").codes, Vec::<String>::new());
}

const FORMS: usize = 14;

fn written(day: Date, form: usize) -> String {
    let (y, m, d) = (day.year(), day.month(), day.day());
    let name = day.strftime("%B").to_string();
    match form {
        0 => format!("{y:04}-{m:02}-{d:02}"),
        1 => format!("{y:04}/{m:02}/{d:02}"),
        2 => format!("{d:02}/{m:02}/{y:04}"),
        3 => format!("{d:02}-{m:02}-{y:04}"),
        4 => format!("{d:02}.{m:02}.{y:04}"),
        5 => format!("{d}/{m}/{:02}", y - 2000),
        6 => format!("{d} {name} {y}"),
        7 => format!("{d}th {name} {y}"),
        8 => format!("{d:02}-{}-{:02}", &name[..3], y - 2000),
        9 => format!("{name} {d}, {y}"),
        10 => format!("{y:04}{m:02}{d:02}"),
        11 => format!("{y:04}-{m:02}-{d:02}T00:00:00Z"),
        12 => format!("{d:02}/{m:02}/{y:04} 00:00"),
        _ => (day - date(1899, 12, 30)).get_days().to_string(),
    }
}

proptest! {
    #[test]
    fn days_written_in_any_form_read_back(days in 0i32..36_500, form in 0..FORMS) {
        let day = date(2000, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap();
        prop_assert_eq!(dates::read(&written(day, form), Order::DayFirst, Role::Other), DateCell::Day(day));
    }

    #[test]
    fn sums_read_back(pence in 0i64..=money::LARGEST_PENCE) {
        prop_assert_eq!(sum(&amount(pence)).pence, pence);
        prop_assert_eq!(sum(&format!("£{}", amount(pence))).pence, pence);
    }

    #[test]
    fn without_a_plus_a_times_or_a_word_a_cell_is_one_length_or_none(text in "[0-9 /−–-]{1,10}( (months|days|years))?") {
        match lengths::read(&text) {
            LengthCell::Lengths { parts, .. } => {
                prop_assert!(parts.len() <= 1, "{parts:?}");
                prop_assert!(!text.trim().starts_with(['-', '–', '−']), "a minus is not passed over");
            }
            LengthCell::Empty | LengthCell::NotKnown | LengthCell::Unreadable(_) => {}
        }
    }

    #[test]
    fn no_cell_makes_a_reader_panic(text in "\\PC{0,40}") {
        let _ = (day(&text), money::read(&text), lengths::read(&text), cpv(&text), count(&text), boolean(&text));
        Evidence::default().observe(&text);
    }

    #[test]
    fn no_cell_of_the_usual_signs_makes_a_reader_panic(text in "[0-9a-eémkbnx£€$.,()+/:'T –-]{0,24}") {
        let _ = (day(&text), money::read(&text), lengths::read(&text), cpv(&text), count(&text));
        Evidence::default().observe(&text);
    }
}
