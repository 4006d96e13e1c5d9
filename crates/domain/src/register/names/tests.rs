use super::{numbers::*, placeholder::*, *};
use crate::register::records::SupplierState;

#[test]
fn a_name_that_is_read_holds_nothing_that_nobody_sees() {
    assert_eq!(tidy(" Acorn \u{202E}dtL\u{202C}  (North)\u{200B} "), "Acorn dtL (North)");
    assert_eq!(tidy("\u{200F}\u{FEFF}"), "");
    assert_eq!(supplier_name("Acorn\u{00AD} Ltd").name, "Acorn Ltd");
}

#[test]
fn spellings_of_one_company_have_one_normal_form() {
    for name in [
        "Civica UK Limited",
        "Civica UK Ltd",
        "CIVICA UK LTD.",
        "Civica UK ltd",
        "Civica  UK Limmited",
        "Civica UK Litd",
        "The Civica UK Limited",
        "Civica (UK) Limited",
        "Civica UK Ltd t/a Civica Xpress",
        "Civica UK Ltd (t/a Xpress)",
        "Civica UK Limited (formerly Sanderson)",
        "Civíca UK plc",
        "Civica U.K. Limited",
        "Civica UK LLP",
    ] {
        assert_eq!(supplier(name), "civica uk", "{name}");
    }
}

#[test]
fn different_companies_keep_different_normal_forms() {
    assert_ne!(supplier("Kier (North) Ltd"), supplier("Kier (South) Ltd"));
    assert_ne!(supplier("Smith & Co Ltd"), supplier("Smith Ltd"));
    assert_eq!(supplier("Smith & Company Ltd"), supplier("Smith and Co. Limited"));
    assert_eq!(supplier("Limited"), "limited", "a name is never emptied");
    assert_eq!(supplier("Hope CIC"), supplier("Hope Community Interest Company"));
}

#[test]
fn names_of_functions_products_and_organisations_fold() {
    assert_eq!(function("Children’s services & education"), "childrens services and education");
    assert_eq!(function("Parking&Permits"), "parking and permits");
    assert_eq!(product("Housing™ (R) Suite"), "housing suite");
    assert_eq!(organisation("The London Borough of Barking & Dagenham"), "london borough of barking and dagenham");
    assert_eq!(organisation("Cyngor Sir Ynys Môn"), "cyngor sir ynys mon");
    for name in
        ["The Mayor and Burgesses of the London Borough of Bexley", "The Council of the London Borough of Bexley", "Bexley LBC"]
    {
        assert_eq!(organisation(name), "london borough of bexley");
    }
    assert_eq!(organisation("The Lord Mayor & Citizens of the City of Westminster"), "city of westminster");
}

#[test]
fn do_not_attach_is_taken_off_and_said() {
    for name in [
        "Example Ltd - Do Not Attach",
        "Example Ltd (DO NOT ATTACH)",
        "Example Ltd do not attach",
        "Example Ltd **Do Not Attach**",
    ] {
        let read = supplier_name(name);
        assert_eq!((read.name.as_str(), read.note_taken_off), ("Example Ltd", true), "{name}");
    }
    assert!(!supplier_name("Example Ltd").note_taken_off);
    assert_eq!(supplier_name("WCL UK Ltd t/a Everything ICT").trading_as.as_deref(), Some("Everything ICT"));
}

#[test]
fn company_numbers_have_one_form() {
    for (given, wanted) in [
        ("1628868", "01628868"),
        ("01628868", "01628868"),
        (" 0162 8868 ", "01628868"),
        ("1628868.0", "01628868"),
        ("sc 24322", "SC024322"),
        ("SC024322", "SC024322"),
        ("NI12345", "NI012345"),
        ("oc303525", "OC303525"),
        ("IP12345", "IP012345"),
        ("RC000123", "RC000123"),
        ("454323", "00454323"),
        ("Company No. 01628868", "01628868"),
        ("No. 1628868", "01628868"),
        ("NO001234", "NO001234"),
        ("R0000042", "R0000042"),
    ] {
        assert_eq!(company_number(given).as_deref(), Ok(wanted), "{given}");
    }
}

#[test]
fn what_is_no_company_number_is_refused_with_a_reason() {
    for (given, why) in [
        ("", BadNumber::Missing),
        ("N/A", BadNumber::Missing),
        ("458577871", BadNumber::Length),
        ("12", BadNumber::Length),
        ("00000000", BadNumber::Filler),
        ("99999999", BadNumber::Filler),
        ("XX123456", BadNumber::Form),
        ("Sole trader", BadNumber::Missing),
        ("SC1234567", BadNumber::Length),
        ("12AB5678", BadNumber::Form),
    ] {
        assert_eq!(company_number(given), Err(why), "{given}");
    }
}

#[test]
fn other_numbers_are_checked_by_their_form() {
    assert_eq!(ppon("abcd-1234-efgh").as_deref(), Ok("ABCD-1234-EFGH"));
    assert!(ppon("ABCD-12345-EFG").is_err());
    assert_eq!(charity("1099682").map(|id| id.scheme), Ok("GB-CHC".to_owned()));
    assert_eq!(charity("SC012345").map(|id| id.scheme), Ok("GB-SC".to_owned()));
    assert_eq!(charity("NIC100123").map(|id| id.scheme), Ok("GB-NIC".to_owned()));
    assert_eq!(charity("1234567-2").map(|id| id.id), Ok("1234567-2".to_owned()));
    assert_eq!(charity("N/A"), Err(BadNumber::Missing));
    assert_eq!(charity("12"), Err(BadNumber::Length));
    assert_eq!(prefixed("GB-COH-7689604").map(|id| id.id).as_deref(), Some("07689604"));
    assert_eq!(
        prefixed("GB-PPON-ABCD-1234-EFGH").map(|id| (id.scheme, id.id)),
        Some(("GB-PPON".into(), "ABCD-1234-EFGH".into()))
    );
    assert_eq!(prefixed("GB-SRS-sid4gov.cabinetoffice.gov.uk/6skA8DF4").map(|id| id.scheme).as_deref(), Some("GB-SRS"));
    assert_eq!(prefixed("org-2"), None);
    assert_eq!(prefixed("GB-COH-458577871"), None);
}

#[test]
fn cells_that_name_no_supplier_say_why() {
    for cell in [
        "Redacted",
        "REDACTED - personal data",
        "withheld",
        "Commercial in confidence",
        "Withheld under s.43",
        "[redacted]",
        "Redacted: GDPR",
        "Supplier details redacted",
        "Name withheld at the provider's request",
    ] {
        assert_eq!(supplier_state(cell), Some(SupplierState::Withheld), "{cell}");
    }
    for cell in [
        "See list of vendors",
        "Various – see list",
        "Multiple suppliers, see attached",
        "See framework agreement",
        "N/A",
        "n/a",
        "not known",
        "Various",
        "TBC",
        "-",
        "Multiple suppliers",
        "Unknown",
    ] {
        assert_eq!(supplier_state(cell), Some(SupplierState::NotKnown), "{cell}");
    }
    for cell in
        ["Confidential Waste Services Ltd", "Various Artists Ltd", "Unknown Works Ltd", "NA Systems", "Redacted Records Ltd"]
    {
        assert_eq!(supplier_state(cell), None, "{cell}");
    }
}

#[test]
fn likeness_gives_pairs_for_a_person_and_merges_nothing() {
    let names = [
        "northgate public services",
        "northgate public servces",
        "nec software solutions uk",
        "unit 4 holdings",
        "unit 5 holdings",
    ];
    let pairs = similar::candidates(&names);
    assert_eq!(pairs.iter().map(|pair| (pair.first, pair.second)).collect::<Vec<_>>(), [(0, 1)]);
    let mut blocks = similar::Blocks::new();
    names.iter().enumerate().for_each(|(place, name)| blocks.insert(name, place));
    assert_eq!(blocks.most_like("northgate public service", None).map(|(place, ..)| place), Some(0));
    assert_eq!(blocks.most_like("something else", None), None);
}

#[test]
fn slugs_are_safe_in_addresses() {
    assert_eq!(slug("Kensington & Chelsea (RB)"), "kensington-and-chelsea-rb");
    assert_eq!(slug("…"), "unnamed");
    assert!(slug(&"long name ".repeat(30)).len() <= 80);
}
