use super::*;
use crate::register::{
    money::{Basis, Value},
    terms::{Period, TermKind},
};
use jiff::civil::date;
use proptest::prelude::*;

const HEAD: &str =
    "Organisation,Contract Ref,Title,Supplier,Company number,Start,End,Extension months,Value,Contact name,Status\n";

pub(super) fn file(rows: &str) -> String {
    format!("{HEAD}{rows}")
}

pub(super) fn summary(report: &Report) -> (u64, u64, u64, usize) {
    (report.created, report.updated, report.unchanged, report.rejected.len())
}

#[test]
fn a_row_becomes_a_contract_with_all_that_it_says() {
    let mut register = Register::london();
    let report = register.contracts(
        &file("LB Camden,C1,Housing system,Civica UK Ltd,1628868,01/04/2023,31/03/2026,12+12,\"£1,200,000\",A Person,Live\n"),
        None,
    );
    assert_eq!(summary(&report), (1, 0, 0, 0), "{report:?}");
    let contract = register.contract("C1");
    assert_eq!((register.slug(contract), contract.title.as_str()), ("camden", "Housing system"));
    assert_eq!(register.supplier_names(contract), ["Civica UK Limited"], "the number finds the company");
    assert_eq!((contract.term.start, contract.term.end), (Some(date(2023, 4, 1)), Some(date(2026, 3, 31))));
    assert_eq!((contract.term.kind, contract.term.unused_months(), contract.term.in_use), (TermKind::Fixed, 24, Some(true)));
    assert_eq!(
        contract.value.money().map(|money| (money.amount(), money.basis)),
        Some(("1200000.00".to_owned(), Basis::WholeLife))
    );
    assert_eq!((contract.origin.source.as_str(), contract.origin.row), ("register", Some(2)));
    assert_eq!(contract.key.split('|').next(), Some("camden"));
}

#[test]
fn the_same_file_twice_changes_nothing() {
    let mut register = Register::london();
    let text = file(
        "camden,C1,One,Alpha Ltd,,01/04/2023,31/03/2026,,100,,\nhackney,C2,Two,Beta Ltd,01234568,,ongoing,,withheld,,\nbrent,,Only a title,See list of vendors,,,,,,,\ncamden,C1,One,Alpha Ltd,,,,,5,,\n",
    );
    let first = register.contracts(&text, None);
    assert_eq!(summary(&first), (4, 0, 0, 0), "{first:?}");
    let (before, suppliers) = (register.contracts.clone(), register.suppliers.clone());
    let second = register.contracts(&text, None);
    assert_eq!(summary(&second), (0, 0, 4, 0), "{second:?}");
    assert_eq!((before, suppliers), (register.contracts.clone(), register.suppliers.clone()));
    assert_eq!(register.contract("C2").term.kind, TermKind::Rolling);
    assert!(matches!(register.contract("C2").value, Value::Withheld { .. }));
}

#[test]
fn of_what_files_of_one_import_say_of_a_contract_the_first_stands_and_the_same_files_again_change_nothing() {
    let mut register = Register::london();
    let head = "Organisation,Reference,Title,Supplier,Start date,End date,Annual value,Owning service\n";
    let one = format!("{head}Camden,C1,Repairs,Ash Ltd,,31/03/2029,1000,\n");
    let other = format!("{head}Camden,C1,Repairs,Ash Limited,30/04/2024,30/06/2030,1000,Housing\nCamden,C2,Lifts,Ash Ltd,,,,\n");
    for again in [false, true, true] {
        let report = register.files(&[&one, &other], None);
        assert_eq!(summary(&report), if again { (0, 0, 3, 0) } else { (2, 1, 0, 0) }, "{report:?}");
        let contract = register.contract("C1");
        assert_eq!(contract.term.end, Some(date(2029, 3, 31)), "the first file's day");
        assert_eq!((contract.term.start, contract.owning_service.as_deref()), (Some(date(2024, 4, 30)), Some("Housing")));
        let told: Vec<_> = report.warnings.iter().map(|one| (one.row, one.field.as_str(), one.message.as_str())).collect();
        let words = "row 2 of 1.csv names the same contract and says something else; what row 2 of 1.csv says stays";
        assert_eq!(told, [(2, "end", words)], "{report:?}");
        assert!(contract.origin.fields.is_empty(), "all of it is of one import: {:?}", contract.origin.fields);
    }
    // What the other file alone says later is newer, and counts.
    let report = register.contracts(&other, None);
    assert_eq!((summary(&report), register.contract("C1").term.end), ((0, 1, 1, 0), Some(date(2030, 6, 30))));
}

#[test]
fn a_row_that_says_what_it_said_is_its_contract_whatever_its_suppliers_name_leads_to_by_now() {
    let row = |reference: &str, supplier: &str, number: &str| format!("Camden,{reference},Repairs,{supplier},{number},\n");
    let head = "Organisation,Reference,Title,Supplier,Company number,End date\n";
    // 'Elmstead' is at first what somebody called the company of the number of 'Ashby', and then a company of its own.
    let rows = [
        row("C1", "Ashby Ltd", "01111111"),
        row("C2", "Elmstead Ltd", "01111111"),
        row("C3", "Elmstead Ltd", ""),
        row("C4", "Elmstead Ltd", "02222222"),
    ];
    let together = format!("{head}{}", rows.concat());
    let each: Vec<String> = rows.iter().map(|row| format!("{head}{row}")).collect();
    for apart in [false, true] {
        let mut register = Register::london();
        let shipped = register.suppliers.len();
        for again in [false, true] {
            if apart {
                for file in &each {
                    let report = register.contracts(file, None);
                    assert_eq!(summary(&report), if again { (0, 0, 1, 0) } else { (1, 0, 0, 0) }, "{report:?}");
                }
            } else {
                let report = register.contracts(&together, None);
                assert_eq!(summary(&report), if again { (0, 0, 4, 0) } else { (4, 0, 0, 0) }, "{report:?}");
            }
            assert_eq!((register.contracts.len(), register.suppliers.len() - shipped), (4, 2));
        }
        // What a row says anew of it is compared, as ever.
        let changed = format!("{head}{}", rows[3].replace(",\n", ",31/03/2029\n"));
        assert_eq!(summary(&register.contracts(&changed, None)), (0, 1, 0, 0));
    }
}

#[test]
fn rows_before_a_row_that_says_what_it_said_are_no_reason_to_lose_any() {
    let head = "Organisation,Reference,Title,Supplier,End date\n";
    let row = |title: &str, end: &str| format!("Camden,C1,{title},Ash Ltd,{end}\n");
    let (first, second, third) = (row("Repairs", "31/03/2029"), row("Lifts", "31/03/2030"), row("Voids", "31/03/2031"));
    let titles = |register: &Register| {
        let mut titles: Vec<_> = register.contracts.values().map(|contract| contract.title.clone()).collect();
        titles.sort();
        titles
    };
    for order in [[&third, &first, &second], [&first, &third, &second], [&second, &third, &first], [&third, &second, &first]] {
        for known in [format!("{head}{first}"), format!("{head}{first}{second}")] {
            let mut register = Register::london();
            register.contracts(&known, None);
            let report = register.contracts(&format!("{head}{}{}{}", order[0], order[1], order[2]), None);
            assert_eq!(titles(&register), ["Lifts", "Repairs", "Voids"], "{order:?} beside {known}: {report:?}");
        }
    }
}

#[test]
fn rows_with_the_same_reference_are_all_kept_and_listed() {
    let mut register = Register::london();
    let report = register.contracts(&file("camden,C1,One,Alpha Ltd,,,,,1,,\ncamden,C1,One,Alpha Ltd,,,,,2,,\ncamden,C1,One,Beta Ltd,,,,,3,,\nbrent,C1,One,Alpha Ltd,,,,,4,,\n"), None);
    assert_eq!(report.created, 4);
    assert_eq!(report.possible_duplicates.len(), 1);
    let duplicate = &report.possible_duplicates[0];
    assert_eq!((duplicate.organisation.as_str(), duplicate.name(), duplicate.rows.as_slice()), ("camden", "C1", &[2, 3, 4][..]));
}

#[test]
fn rows_without_a_reference_that_repeat_title_and_supplier_are_told_of_too() {
    let mut register = Register::london();
    let rows = "camden,,Cleaning,Alpha Ltd,,,,,1,,\ncamden,,Cleaning,Beta Ltd,,,,,2,,\ncamden,,cleaning,ALPHA LTD,,,,,3,,\n";
    for again in [false, true] {
        let report = register.contracts(&file(rows), None);
        assert_eq!(summary(&report), if again { (0, 0, 3, 0) } else { (3, 0, 0, 0) }, "{report:?}");
        let told: Vec<_> = report.possible_duplicates.iter().map(|one| (one.name(), one.rows.as_slice())).collect();
        assert_eq!(told, [("cleaning", &[2, 4][..])]);
        assert!(report.text(20).contains("possible duplicate: camden, cleaning: rows [2, 4]"), "{}", report.text(20));
    }
}

#[test]
fn an_import_overwrites_what_it_states_and_nothing_else() {
    let mut register = Register::london();
    register.contracts(&file("camden,C1,One,Alpha Ltd,,01/04/2023,31/03/2026,12,100,,Live\n"), None);
    let id = register.contract("C1").id;
    let report = register.contracts("Organisation,Contract Ref,Supplier,End,Value\ncamden,C1,ALPHA LIMITED,31/03/2027,\n", None);
    assert_eq!(summary(&report), (0, 1, 0, 0), "{report:?}");
    let contract = register.contract("C1");
    assert_eq!((contract.id, contract.term.end), (id, Some(date(2027, 3, 31))));
    assert_eq!((contract.title.as_str(), contract.term.start), ("One", Some(date(2023, 4, 1))));
    assert_eq!(contract.value.money().map(|money| money.pence), Some(10_000), "an empty cell states nothing");
    assert!(
        contract.origin.fields.contains_key("start") && !contract.origin.fields.contains_key("end"),
        "each field says which import it is from"
    );
    register.contracts("Organisation,Contract Ref,Supplier,End\ncamden,C1,Alpha Ltd,TBC\n", None);
    assert_eq!(register.contract("C1").term.end, None, "'TBC' says that it is not known");
}

#[test]
fn a_field_that_a_person_changed_stays_and_is_reported() {
    let mut register = Register::london();
    register.contracts(&file("camden,C1,One,Alpha Ltd,,,31/03/2026,,100,,\n"), None);
    let id = register.contract("C1").id;
    if let Some(contract) = register.contracts.get_mut(&id) {
        contract.term.end = Some(date(2030, 1, 1));
        contract.origin.fields.insert("end".to_owned(), "operator".to_owned());
    }
    let report = register.contracts(&file("camden,C1,One,Alpha Ltd,,,31/03/2028,,200,,\n"), None);
    assert_eq!(summary(&report), (0, 1, 0, 0));
    assert_eq!(register.contract("C1").term.end, Some(date(2030, 1, 1)));
    assert_eq!(register.contract("C1").value.money().map(|money| money.pence), Some(20_000));
    assert!(
        report.warnings.iter().any(|warning| warning.field == "end" && warning.message.contains("a person changed")),
        "{report:?}"
    );
}

#[test]
fn what_cannot_be_read_is_not_known_with_a_warning_and_what_is_needed_rejects_the_row() {
    let mut register = Register::london();
    let report = register.contracts(
        &file("camden,C1,One,Alpha Ltd,12AB,31/02/2023,soon,6-12 months,£1 / £2,,perhaps\nNarnia,C2,Two,Alpha Ltd,,,,,,,\n,C3,Three,Alpha Ltd,,,,,,,\ncamden,,,Alpha Ltd,,,,,,,\ncamden,C4,Four,,,,,,,,\n"),
        None,
    );
    assert_eq!(summary(&report), (1, 0, 0, 4), "{report:?}");
    let fields: Vec<&str> = report.warnings.iter().map(|warning| warning.field.as_str()).collect();
    assert_eq!(fields, ["company-number", "start", "end", "extension", "in-use", "value"]);
    let rejected: Vec<(u64, &str)> = report.rejected.iter().map(|rejection| (rejection.row, rejection.field.as_str())).collect();
    assert_eq!(rejected, [(3, "organisation"), (4, "organisation"), (5, "reference"), (6, "supplier")]);
}

#[test]
fn a_council_is_known_by_its_charter_and_by_its_code() {
    let mut register = Register::london();
    let report = register.contracts(
        &file("The Mayor and Burgesses of the London Borough of Lambeth,C1,One,Alpha Ltd,,,,,,,\nGB-LAE-CMD,C2,Two,Alpha Ltd,,,,,,,\n"),
        None,
    );
    assert_eq!(summary(&report), (2, 0, 0, 0), "{report:?}");
    let of = |reference: &str| register.slug(register.contract(reference));
    assert_eq!((of("C1"), of("C2")), ("lambeth", "camden"));
    // What nobody is called is told by the address beside it, as the LGA's schema has it.
    let text = "OrganisationLabel,OrganisationURI,ContractReference,SupplierName\n\
                Hackney Town Hall,http://opendatacommunities.org/id/london-borough-council/hackney,C3,Alpha Ltd\n\
                Nobody's,http://example.org/nobody,C4,Alpha Ltd\n";
    assert_eq!(summary(&register.contracts(text, None)), (1, 0, 0, 1));
    assert_eq!(register.slug(register.contract("C3")), "hackney");
}

#[test]
fn the_organisation_of_the_file_fills_and_refuses() {
    let mut register = Register::london();
    let report = register.contracts(
        &file(",C1,One,Alpha Ltd,,,,,,,\nE09000007,C2,Two,Alpha Ltd,,,,,,,\nhackney,C3,Three,Alpha Ltd,,,,,,,\n"),
        Some("camden"),
    );
    assert_eq!(summary(&report), (2, 0, 0, 1));
    assert_eq!(register.slug(register.contract("C1")), "camden");
    assert!(report.rejected[0].reason.contains("hackney") && report.rejected[0].reason.contains("camden"), "{report:?}");
}

#[test]
fn mixed_orders_reject_the_ambiguous_rows_alone() {
    let mut register = Register::london();
    let report = register.contracts(&file("camden,C1,One,A Ltd,,,31/03/2026,,,,\ncamden,C2,Two,A Ltd,,,03/31/2026,,,,\ncamden,C3,Three,A Ltd,,,03/04/2026,,,,\n"), None);
    assert_eq!(summary(&report), (2, 0, 0, 1));
    assert_eq!((report.rejected[0].row, report.rejected[0].field.as_str()), (4, "end"));
    assert!(report.warnings.iter().any(|warning| warning.row == 0 && warning.field == "End"), "{report:?}");
    let mut register = Register::london();
    let report = register.contracts(&file("camden,C1,One,A Ltd,,,03/31/2026,,,,\ncamden,C2,Two,A Ltd,,,03/04/2026,,,,\n"), None);
    assert_eq!(register.contract("C2").term.end, Some(date(2026, 3, 4)), "one unambiguous order wins");
    assert!(report.warnings[0].message.contains("month first"));
    let mut register = Register::london();
    let report = register.contracts(&file("camden,C2,Two,A Ltd,,,03/04/2026,,,,\n"), None);
    assert_eq!(register.contract("C2").term.end, Some(date(2026, 4, 3)));
    assert!(report.warnings[0].message.contains("day first"), "{report:?}");
}

#[test]
fn no_contact_of_a_file_is_kept_anywhere() {
    let mut register = Register::london();
    let text = "OrganisationLabel,ContractReference,ContractTitle,SupplierName,ContactName,ContactEmail,Contract manager\ncamden,C1,One,A Ltd,Jo Invented,jo@example.org,Jo Invented\n";
    let report = register.contracts(text, None);
    let all = format!("{:?}{:?}{:?}{:?}", register.contracts, register.suppliers, register.flags, report);
    assert!(!all.contains("Jo Invented") && !all.contains("jo@example.org"));
    assert_eq!(report.mapping["ContactName"], "contact");
}

#[test]
fn an_lga_extension_may_be_a_length_or_a_day_and_a_last_possible_end_becomes_an_option() {
    let mut register = Register::london();
    let head =
        "OrganisationLabel,ContractReference,SupplierName,EndDate,LastExtensionDate,CPVCode,ProcessType,ContractDocumentURL\n";
    register.contracts(&format!("{head}camden,C1,A Ltd,2026-03-31,2028-03-31,72000000-5,Published invitation to tender,https://example.org/c1\ncamden,C2,A Ltd,2026-03-31,24 months,,,javascript:alert(1)\n"), None);
    for reference in ["C1", "C2"] {
        assert_eq!(register.contract(reference).term.last_possible_end(), Some(date(2028, 3, 31)), "{reference}");
    }
    let one = register.contract("C1");
    assert_eq!(
        (one.cpv.as_slice(), one.route.as_deref(), one.origin.url.as_deref()),
        (&["72000000".to_owned()][..], Some("competition"), Some("https://example.org/c1"))
    );
    assert_eq!(register.contract("C2").origin.url, None);
    register.contracts("Organisation,Ref,Supplier,End,Max end date,Break date,Notice period\nbrent,C9,A Ltd,28/02/2025,31/08/2025,01/01/2025,3 months\n", None);
    let term = &register.contract("C9").term;
    assert_eq!(
        (term.unused_months(), term.breaks[0].on, term.notice.map(|notice| notice.months)),
        (6, date(2025, 1, 1), Some(3))
    );
}

#[test]
fn an_annual_sum_is_not_taken_for_a_whole_life_one() {
    let mut register = Register::london();
    let report = register.contracts("Organisation,Ref,Supplier,Total contract value,Annual value (£)\nbrent,C1,A Ltd,,\"1,000\"\nbrent,C2,A Ltd,£5k p.a.,\nbrent,C3,A Ltd,TBC,7\nbrent,C4,A Ltd,(5),\n", None);
    let value = |reference: &str| register.contract(reference).value.money().map(|money| (money.pence, money.basis));
    assert_eq!(value("C1"), Some((100_000, Basis::Annual)));
    assert_eq!(value("C2"), Some((500_000, Basis::Annual)));
    assert_eq!(value("C3"), Some((700, Basis::Annual)));
    assert_eq!(value("C4"), None);
    assert!(report.warnings.iter().any(|warning| warning.message.contains("negative")));
}

#[test]
fn a_report_has_the_form_of_the_design() {
    let mut register = Register::london();
    let report = register.contracts(&file("camden,C1,One,A Ltd,,,,,,,\n"), None);
    let json = serde_json::to_value(&report).expect("a report is JSON");
    for key in [
        "import_id",
        "read",
        "created",
        "updated",
        "unchanged",
        "rejected",
        "warnings",
        "flagged",
        "possible_duplicates",
        "mapping",
    ] {
        assert!(json.get(key).is_some(), "{key}");
    }
    assert!(json["mapping"].is_object() && json["rejected"].is_array());
    assert!(report.text(5).starts_with("read: 1\ncreated: 1\n"), "{}", report.text(5));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn any_file_adds_up_and_the_second_time_changes_nothing(
        rows in proptest::collection::vec(proptest::collection::vec("[ -+./0-9a-zA-Z£:()]{0,12}|camden|hackney|31/03/2024|04/05/2024|C1|£1,000", 11), 0..12)
    ) {
        let mut register = Register::london();
        let text = file(&rows.iter().map(|row| row.iter().map(|cell| format!("\"{cell}\"")).collect::<Vec<_>>().join(",") + "\n").collect::<String>());
        let first = register.contracts(&text, None);
        let before = register.contracts.clone();
        let second = register.contracts(&text, None);
        prop_assert_eq!((second.created, second.updated), (0, 0));
        prop_assert_eq!(second.unchanged, first.created);
        prop_assert_eq!(&before, &register.contracts);
    }
}

#[test]
fn the_notice_of_a_row_is_that_of_its_options_and_none_is_made_up() {
    let mut register = Register::london();
    let head = "Organisation,Reference,Title,Supplier,End,Extension months,Notice months\n";
    register
        .contracts(&format!("{head}camden,A,One,Alpha Ltd,31/03/2027,12+12,6\ncamden,B,Two,Alpha Ltd,31/03/2027,12,\n"), None);
    let notices =
        |reference: &str| register.contract(reference).term.extensions.iter().map(|option| option.notice).collect::<Vec<_>>();
    assert_eq!(notices("A"), [Some(Period::months(6)), Some(Period::months(6))]);
    assert_eq!(notices("B"), [None]);
    let seen = crate::register::terms::outlook(&register.contract("A").term, Period::months(12), date(2026, 11, 26));
    let extend = seen
        .decisions
        .iter()
        .find(|decision| decision.kind == crate::register::terms::DecisionKind::ExtendBy)
        .expect("a decision");
    assert_eq!((extend.date, extend.missed, extend.at_latest), (date(2026, 9, 30), true, false));
}

#[test]
fn what_a_spreadsheet_lost_a_rounded_sum_and_a_sum_left_out_are_said() {
    let mut register = Register::london();
    let head = "Organisation,Reference,Title,Supplier,End,Total value,Annual value\n";
    let report = register.contracts(
        &format!(
            "{head}camden,A,One,Alpha Ltd,#####,12.345,\ncamden,B,Two,Alpha Ltd,#REF!,1234.567,\ncamden,C,Three,Alpha Ltd,,1000,250\ncamden,D,Four,Alpha Ltd,,12.349999999,\ncamden,E,#,Alpha Ltd,,12.30,\n"
        ),
        None,
    );
    let said: Vec<(u64, &str)> = report.warnings.iter().map(|warning| (warning.row, warning.field.as_str())).collect();
    assert_eq!(said, [(2, "end"), (2, "value"), (3, "end"), (3, "value"), (4, "annual-value")], "{:?}", report.warnings);
    assert!(
        report.warnings[1].message.contains("12.35") && report.warnings[4].message.contains("250.00"),
        "{:?}",
        report.warnings
    );
    assert_eq!(register.contract("C").value.money().map(|money| money.pence), Some(100_000));
    let again = register.contracts("Organisation,Reference,Supplier,Total value\ncamden,C,Alpha Ltd,#######\n", None);
    assert_eq!(again.warnings.len(), 1);
    assert!(register.contract("C").value.money().is_some(), "a value that a spreadsheet lost overwrites nothing");
}
