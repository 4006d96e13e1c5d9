use super::*;
use crate::register::money::Basis;
use crate::register::records::{Hosting, SupplierState};
use crate::register::terms::TermKind;
use jiff::civil::date;

const HEAD: &str = "Organisation,Service area,Function,Product,Manufacturer,Supplier,Supplier number,Contract reference,Contract title,Start date,End date,Extension months,Notice months,Annual value,Users,Hosting,Satisfaction\n";

fn file(rows: &str) -> String {
    format!("{HEAD}{rows}")
}

#[test]
fn a_row_becomes_a_system_and_its_contract() {
    let mut register = Register::london();
    let text = file(
        "E09000007,Housing,Housing repairs,Fixwell,Madeup Software Ltd,Madeup Resale Ltd,1234568,R1,Repairs system,01/04/2022,31/03/2026,24,3,\"£40,000\",250,Supplier cloud,4\n",
    );
    let report = register.survey(&text);
    assert_eq!((report.created, report.contracts), (1, Some(counts(1, 0, 0))), "{report:?}");
    let system = &register.systems[0];
    assert_eq!((system.users, system.hosting, system.satisfaction), (Some(250), Some(Hosting::SupplierCloud), Some(4)));
    let contract = register.contract("R1");
    assert_eq!(
        (contract.systems.as_slice(), contract.products.as_slice(), contract.term.in_use),
        (&[system.id][..], &[system.product][..], Some(true))
    );
    assert_eq!(
        (contract.term.last_possible_end(), contract.term.notice.map(|notice| notice.months)),
        (Some(date(2028, 3, 31)), Some(3))
    );
    assert_eq!(contract.value.money().map(|money| money.basis), Some(Basis::Annual));
    let product = register.products.iter().find(|product| product.name == "Fixwell").expect("the product");
    let maker = register
        .suppliers
        .iter()
        .find(|supplier| Some(supplier.id) == product.manufacturer)
        .map(|supplier| supplier.name.as_str());
    assert_eq!(
        (maker, register.supplier_names(contract)),
        (Some("Madeup Software Ltd"), vec!["Madeup Resale Ltd"]),
        "maker and supplier are two roles"
    );
    let again = register.survey(&text);
    assert_eq!((again.unchanged, again.contracts), (1, Some(counts(0, 0, 1))), "{again:?}");
}

#[test]
fn an_end_that_one_row_says_there_is_none_of_is_filled_in_by_no_other_and_the_same_survey_again_changes_nothing() {
    let mut register = Register::london();
    let row = |function: &str, end: &str| format!("camden,Housing,{function},Fixwell,,Cave Ltd,,R1,Repairs,,{end},,,,,,\n");
    let text = file(&format!("{}{}", row("Repairs", "ongoing"), row("Rents", "31/03/2027")));
    for again in [false, true] {
        let report = register.survey(&text);
        let made = if again { counts(0, 0, 1) } else { counts(1, 0, 0) };
        assert_eq!(report.contracts, Some(made), "{report:?}");
        let term = &register.contract("R1").term;
        assert_eq!((term.kind, term.end), (TermKind::Rolling, None));
        let told: Vec<_> = report.warnings.iter().map(|one| (one.row, one.field.as_str())).collect();
        assert_eq!(told, [(3, "end")], "{report:?}");
    }
}

#[test]
fn what_is_not_known_yet_is_taken_and_flagged() {
    let mut register = Register::london();
    let report = register.survey(&file("camden,Nowhere,Dragon licensing,Scales,,Cave Ltd,,,,,,,,,,,\n"));
    assert_eq!(report.created, 1);
    let reasons: Vec<&str> = report.flagged.iter().map(|flag| flag.reason.as_str()).collect();
    assert_eq!(reasons, ["new-function", "new-product", "new-supplier"]);
    let function = register.functions.iter().find(|function| function.name == "Dragon licensing").expect("the function");
    assert_eq!((function.service_area, function.slug.as_str()), (None, "dragon-licensing"));
}

#[test]
fn organisation_function_and_product_are_needed_and_nothing_else() {
    let mut register = Register::london();
    let report = register.survey(&file(
        ",,F,P,,,,,,,,,,,,,\ncamden,,,P,,,,,,,,,,,,,\ncamden,,F,,,,,,,,,,,,,,\ncamden,,F,P,,,,,,,,,,,many,moon,9\n",
    ));
    assert_eq!((report.created, report.rejected.len()), (1, 3));
    let fields: Vec<&str> = report.rejected.iter().map(|rejection| rejection.field.as_str()).collect();
    assert_eq!(fields, ["organisation", "function", "product"]);
    let warned: Vec<&str> = report.warnings.iter().map(|warning| warning.field.as_str()).collect();
    assert_eq!(warned, ["users", "hosting", "satisfaction"]);
    assert!(register.contracts.is_empty(), "a row without columns of a contract makes none");
}

#[test]
fn a_contract_of_the_register_is_matched_filled_and_never_overwritten() {
    let mut register = Register::london();
    register.contracts(
        "Organisation,Ref,Title,Supplier,End\ncamden,R1,Repairs,Madeup Ltd,31/03/2026\ncamden,,Parking,Kerb Ltd,31/03/2027\n",
        None,
    );
    let text = file(
        "camden,,Housing repairs,Fixwell,,Madeup Ltd,,R1,,01/04/2022,30/06/2026,,,,,,\ncamden,,Parking enforcement,Kerbside,,Kerb Limited,,,Parking,01/04/2021,,,,,,,\n",
    );
    let report = register.survey(&text);
    assert_eq!((report.created, report.contracts), (2, Some(counts(0, 2, 0))), "{report:?}");
    let contract = register.contract("R1");
    assert_eq!((contract.term.start, contract.term.end), (Some(date(2022, 4, 1)), Some(date(2026, 3, 31))));
    assert_eq!((contract.systems.len(), contract.origin.source.as_str(), contract.term.in_use), (1, "register", Some(true)));
    assert!(
        report.warnings.iter().any(|warning| warning.row == 2 && warning.field == "end" && warning.message.contains("stays")),
        "{report:?}"
    );
    assert_eq!(register.contracts.len(), 2, "title and supplier match too");
    let before = register.contracts.clone();
    let again = register.survey(&text);
    assert_eq!((again.unchanged, again.contracts), (2, Some(counts(0, 0, 2))), "{again:?}");
    assert_eq!(before, register.contracts);
}

#[test]
fn systems_under_one_contract_share_it() {
    let mut register = Register::london();
    let text = file(
        "camden,,Housing repairs,Fixwell,,Madeup Ltd,,R1,,,31/03/2026,,,,,,\ncamden,,Council tax,Taxwell,,Madeup Ltd,,R1,,,31/03/2026,,,,,,\n",
    );
    let report = register.survey(&text);
    assert_eq!((report.created, report.contracts), (2, Some(counts(1, 0, 0))));
    let contract = register.contract("R1");
    assert_eq!((contract.systems.len(), contract.products.len(), contract.functions.len()), (2, 2, 2));
    let again = register.survey(&text);
    assert_eq!((again.unchanged, again.contracts), (2, Some(counts(0, 0, 1))), "{again:?}");
}

#[test]
fn a_system_that_is_named_twice_or_is_perhaps_there_already_is_said() {
    let mut register = Register::london();
    let told = |report: &Report| -> Vec<(u64, bool)> {
        let of_product = report.warnings.iter().filter(|warning| warning.field == "product");
        of_product.map(|warning| (warning.row, warning.message.contains("already"))).collect()
    };
    let row = |functions: &str, users: u8| format!("camden,,{functions},Fixwell,,,,,,,,,,,{users},,\n");
    let twice = file(&format!("{}{}", row("Housing repairs", 3), row("housing repairs", 4)));
    let report = register.survey(&twice);
    assert_eq!((report.created, told(&report)), (2, vec![(3, false)]), "{report:?}");
    let again = register.survey(&twice);
    assert_eq!((again.unchanged, told(&again)), (2, vec![]), "{again:?}");
    // For more functions than before it is another system, and perhaps the same.
    let more = register.survey(&file(&format!("{}{}", row("Housing repairs; Council tax", 3), row("Parking enforcement", 3))));
    assert_eq!((more.created, told(&more)), (2, vec![(2, true)]), "{more:?}");
}

#[test]
fn two_makers_may_sell_under_one_name() {
    let mut register = Register::london();
    register.survey(&file("camden,,Housing repairs,Repairs,Alpha Ltd,,,,,,,,,,,,\nbrent,,Housing repairs,Repairs,Omega Ltd,,,,,,,,,,,,\nbarnet,,Housing repairs,REPAIRS,,,,,,,,,,,,,\n"));
    assert_eq!(register.products.len(), 2);
}

#[test]
fn a_column_of_sub_processors_is_read_and_names_of_known_suppliers_are_linked() {
    let mut register = Register::london();
    let head = "Organisation,Function,Product,Supplier,Contract reference,Sub-processors\n";
    let row = |cell: &str| format!("{head}camden,Housing repairs,Fixwell,Madeup Software Ltd,R1,{cell}\n");
    register.survey(&row("\"Madeup Software Limited | support | Leeds; Example Texts\""));
    // The supplier was first met in this very row, after its system: the next file links it.
    let report = register.survey(&row("\"Madeup Software Limited | support | London; Example Texts\""));
    assert_eq!((report.updated, report.rejected.len()), (1, 0), "{report:?}");
    let named = &register.systems[0].sub_processors;
    let supplier = register.contract("R1").suppliers[0];
    assert_eq!((named[0].supplier, named[0].place.as_deref()), (Some(supplier), Some("London")));
    assert_eq!((named[1].name.as_str(), named[1].supplier), ("Example Texts", None));
    // A file without the column, or with an empty cell, leaves them alone.
    assert_eq!(register.survey(&row("")).unchanged, 1);
    assert_eq!(register.systems[0].sub_processors.len(), 2);
    let many = (0..41).map(|number| format!("Example {number}")).collect::<Vec<_>>().join("; ");
    let report = register.survey(&row(&format!("\"{many}\"")));
    assert!(report.warnings.iter().any(|warning| warning.message.contains("at most 40")), "{report:?}");
}

#[test]
fn a_product_that_the_hub_placed_under_another_name_or_merged_is_found_again() {
    use crate::register::edit::place::{merge_products, rekeyed, renamed_product};
    let mut register = Register::london();
    let text = file(
        "camden,,Housing repairs,Alfawidget,Alfamaker Ltd,,,,,,,,,,,,\nbrent,,Council tax,Gammawidget,Gammamaker Ltd,,,,,,,,,,,,\nbarnet,,Parking enforcement,Tenementa,Cobblestead Ltd,,,,,,,,,,,,\n",
    );
    assert_eq!(register.survey(&text).created, 3);
    let product = |register: &Register, name: &str| register.products.iter().find(|one| one.name == name).cloned().expect("it");
    let placed = renamed_product(&product(&register, "Alfawidget"), "Alfa Widget Pro".to_owned());
    let (from, into) = (product(&register, "Gammawidget"), product(&register, "Tenementa"));
    let stays = merge_products(&from, &into).expect("two products");
    // As the store does it: the one that goes stands nowhere any more.
    register.products = vec![placed.clone(), stays];
    for system in register.systems.iter_mut().filter(|system| system.product == from.id) {
        system.product = into.id;
        system.key = rekeyed(&system.key, from.id.0, into.id.0);
    }
    let flags = register.flags.len();
    let again = register.survey(&text);
    assert_eq!((again.created, again.unchanged), (0, 3), "{again:?}");
    assert_eq!((register.products.len(), register.flags.len()), (2, flags));
    // It has its first name back, and only one of each.
    assert_eq!(renamed_product(&placed, "Alfawidget".to_owned()).former_names.len(), 1);
    // Another maker's product of a name that nobody merged is still another.
    register.survey(&file("camden,,Housing repairs,Tenementa,Ostlerby Ltd,,,,,,,,,,,,\n"));
    assert_eq!(register.products.len(), 3);
}

#[test]
fn a_system_of_several_functions_is_found_again_when_one_of_them_was_merged() {
    use crate::register::edit::place::rekeyed;
    let ids: Vec<Uuid> = (1..=3).map(Uuid::from_u128).collect();
    let key = |functions: &[Uuid]| {
        let functions: Vec<String> = functions.iter().map(|id| id.simple().to_string()).collect();
        format!("camden|survey|{}|{}|1", Uuid::from_u128(9).simple(), functions.join("+"))
    };
    assert_eq!(rekeyed(&key(&[ids[0], ids[1]]), ids[0], ids[2]), key(&[ids[1], ids[2]]));
    assert_eq!(rekeyed(&key(&[ids[0], ids[2]]), ids[0], ids[2]), key(&[ids[2]]));
}

#[test]
fn two_rows_of_one_system_are_both_kept_and_that_is_said() {
    let mut register = Register::london();
    let text = file(
        "camden,,Housing repairs,Fixwell,,,,,,,,,,,,,\ncamden,,Housing repairs,Fixwell,,,,,,,,,,,,,\nbrent,,Housing repairs,Fixwell,,,,,,,,,,,,,\n",
    );
    let report = register.survey(&text);
    assert_eq!((report.created, register.systems.len()), (3, 3));
    let warned: Vec<(u64, &str)> = report.warnings.iter().map(|one| (one.row, one.field.as_str())).collect();
    assert_eq!(warned, [(3, "product")], "{report:?}");
    assert!(report.warnings[0].message.starts_with("row 2 names the same system"), "{report:?}");
}

#[test]
fn two_rows_that_say_different_things_of_one_contract_are_named() {
    let mut register = Register::london();
    let report = register.survey(&file(
        "camden,,Housing repairs,Fixwell,,Ash Ltd,,R1,,,31/03/2026,,,,,,\ncamden,,Council tax,Taxwell,,Ash Ltd,,R1,,,31/03/2027,,,,,,\n",
    ));
    let warned: Vec<&str> = report.warnings.iter().filter(|one| one.row == 3).map(|one| one.message.as_str()).collect();
    assert_eq!(warned, ["row 2 names the same contract and says something else; what row 2 says stays"], "{report:?}");
    assert_eq!(register.contract("R1").term.end, Some(date(2026, 3, 31)));
}

#[test]
fn two_titles_of_one_contract_are_named_unless_they_are_spelt_alike() {
    for (title, warned) in [("Payroll", vec![(3, "title")]), ("HOUSING  repairs", vec![])] {
        let mut register = Register::london();
        let report = register.survey(&file(&format!(
            "camden,,Housing repairs,Fixwell,,Ash Ltd,,R1,Housing repairs,,31/03/2026,,,,,,\ncamden,,Council tax,Taxwell,,Ash Ltd,,R1,{title},,31/03/2026,,,,,,\n"
        )));
        let named: Vec<(u64, &str)> =
            report.warnings.iter().filter(|one| one.row == 3).map(|one| (one.row, one.field.as_str())).collect();
        assert_eq!(named, warned, "{title}: {report:?}");
        assert_eq!(register.contract("R1").title, "Housing repairs");
    }
}

/// A person's change of a contract, as the store keeps it.
fn corrected(register: &mut Register, field: &str, change: impl FnOnce(&mut Contract)) {
    let contract = register.contracts.values_mut().next().expect("a contract");
    change(contract);
    contract.origin.fields.insert(field.to_owned(), "person".to_owned());
}

#[test]
fn a_contract_that_a_person_has_named_or_corrected_since_is_found_again() {
    let row = "camden,,Housing repairs,Fixwell,,Madeup Ltd,,,,,31/03/2026,,,,,,\n";
    let mut register = Register::london();
    register.survey(&file(row));
    corrected(&mut register, "title", |contract| contract.title = "Repairs system 2023 to 2026".to_owned());
    let again = register.survey(&file(row));
    assert_eq!((register.contracts.len(), again.contracts), (1, Some(counts(0, 0, 1))), "{again:?}");
    assert!(again.warnings.is_empty(), "the row says nothing of a title: {again:?}");
    // Another supplier, and what the row says is told.
    corrected(&mut register, "suppliers", |contract| contract.suppliers = Vec::new());
    let again = register.survey(&file(row));
    assert_eq!((register.contracts.len(), again.contracts), (1, Some(counts(0, 0, 1))), "{again:?}");
    assert!(again.warnings.iter().any(|one| one.field == "suppliers" && one.message.contains("a person changed")), "{again:?}");
}

#[test]
fn a_reference_that_comes_later_is_that_of_the_contract_which_had_none() {
    let row = |reference: &str| format!("camden,,Housing repairs,Fixwell,,Madeup Ltd,,{reference},Repairs,,31/03/2026,,,,,,\n");
    let mut register = Register::london();
    register.survey(&file(&row("")));
    let report = register.survey(&file(&row("R1")));
    assert_eq!((register.contracts.len(), report.contracts), (1, Some(counts(0, 1, 0))), "{report:?}");
    assert_eq!(register.contract("R1").title, "Repairs");
    assert_eq!(register.survey(&file(&row("R1"))).contracts, Some(counts(0, 0, 1)));
    // Two rows of one survey, one with a reference and one without, may be two contracts.
    let mut register = Register::london();
    register.survey(&file(&format!("{}{}", row(""), row("R1"))));
    assert_eq!(register.contracts.len(), 2);
}

#[test]
fn a_survey_that_names_things_by_halves_changes_nothing_the_second_time() {
    let row = |functions: &str, supplier: &str, number: &str, reference: &str, title: &str| {
        format!("camden,,{functions},Fixwell,,{supplier},{number},{reference},{title},,,,,,,,\n")
    };
    for rows in [
        // The supplier of a contract is named by a later row than those that share it.
        [row("Parking", "", "", "R2", "Tax"), row("Libraries", "", "", "", "Tax"), row("Bins", "Softcat plc", "", "R2", "Tax")],
        [
            row("Libraries", "Acorn Ltd", "", "", "Tax"),
            row("Bins", "not known", "", "R2", "Tax"),
            row("Parking", "", "", "", "Tax"),
        ],
        [
            row("Parking", "not known", "", "R2", "Tax"),
            row("Libraries", "Acorn Ltd", "", "", "Tax"),
            row("Bins", "Acorn Ltd", "", "R2", ""),
        ],
        // A number that belongs to another company brings its name to that company's record.
        [
            row("Parking", "Acorn Ltd", "", "R1", "One"),
            row("Libraries", "Softcat plc", "2174990", "R2", "Two"),
            row("Bins", "Acorn Limited", "2174990", "R3", "Three"),
        ],
    ] {
        let mut register = Register::london();
        let text = file(&rows.concat());
        let first = register.survey(&text);
        assert_eq!(first.created, 3, "{first:?}");
        let (contracts, systems, suppliers) = (register.contracts.clone(), register.systems.clone(), register.suppliers.clone());
        let again = register.survey(&text);
        assert_eq!((again.created, again.updated), (0, 0), "{again:?}");
        assert_eq!((&contracts, &systems, &suppliers), (&register.contracts, &register.systems, &register.suppliers), "{text}");
    }
}

#[test]
fn a_survey_names_the_supplier_that_was_not_known_and_none_that_is_withheld() {
    let mut register = Register::london();
    register.contracts(
        "Organisation,Ref,Title,Supplier,End\ncamden,R1,Repairs,not known,31/03/2026\ncamden,R2,Parking,withheld,31/03/2027\n",
        None,
    );
    let report = register.survey(&file(
        "camden,,Housing repairs,Fixwell,,Madeup Ltd,,R1,,,,,,,,,\ncamden,,Parking,Kerbside,,Kerb Ltd,,R2,,,,,,,,,\n",
    ));
    let (known, withheld) = (register.contract("R1"), register.contract("R2"));
    assert_eq!((register.supplier_names(known), known.supplier_state), (vec!["Madeup Ltd"], SupplierState::Known));
    assert_eq!((withheld.suppliers.len(), withheld.supplier_state), (0, SupplierState::Withheld));
    let told: Vec<(u64, &str)> = report.warnings.iter().map(|one| (one.row, one.field.as_str())).collect();
    assert_eq!(told, [(3, "suppliers")], "{report:?}");
}
