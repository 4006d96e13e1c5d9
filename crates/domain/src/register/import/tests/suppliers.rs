//! Who supplies: names and numbers in a file, and which company they mean.

use super::{
    Register,
    contracts::{file, summary},
};
use crate::register::records::SupplierState;

#[test]
fn suppliers_that_are_withheld_or_not_known_are_taken_as_such() {
    let mut register = Register::london();
    let report = register.contracts(
        &file("camden,C1,One,REDACTED,,,,,,,\ncamden,C2,Two,N/A,,,,,,,\ncamden,C3,Three,Acme Ltd - Do Not Attach,,,,,,,\n"),
        None,
    );
    assert_eq!(summary(&report), (3, 0, 0, 0));
    assert_eq!(register.contract("C1").supplier_state, SupplierState::Withheld);
    assert_eq!(register.contract("C2").supplier_state, SupplierState::NotKnown);
    assert_eq!(register.supplier_names(register.contract("C3")), ["Acme Ltd"]);
    assert!(report.warnings.iter().any(|warning| warning.message.contains("Do Not Attach")));
}

#[test]
fn a_crossed_out_supplier_is_taken_as_not_known_and_said_to_be() {
    let mut register = Register::london();
    let report =
        register.contracts(&file("camden,C1,One,X,,,,,,,\ncamden,C2,Two,xxx,,,,,,,\ncamden,C3,Three,TBC,,,,,,,\n"), None);
    assert_eq!(summary(&report), (3, 0, 0, 0));
    let said = |row| report.warnings.iter().any(|one| one.row == row && one.message.contains("taken as not known"));
    assert_eq!([2, 3, 4].map(said), [true, true, false], "{:?}", report.warnings);
    assert!(["C1", "C2", "C3"].iter().all(|reference| register.contract(reference).supplier_state == SupplierState::NotKnown));
}

#[test]
fn several_suppliers_of_one_contract_are_several_and_a_wrapped_name_is_one() {
    let mut register = Register::london();
    let head = "Organisation,Ref,Title,Supplier,Company number,SME\n";
    let text = format!(
        "{head}camden,J1,Joint,Alpha Ltd; Beta LLP,1234568; OC300001,\ncamden,J2,Lines,\"Alpha Limited\nGamma (North) Ltd\",,\n\
         camden,J3,Wrapped,\"Beech and\nSons Limited\",,\ncamden,J4,Unclear,Alpha Ltd; Delta Ltd;,1234568,Yes\n\
         camden,J5,Entity,Ash &amp; Elm Ltd,,\n"
    );
    let report = register.contracts(&text, None);
    assert_eq!(summary(&report), (5, 0, 0, 0), "{report:?}");
    let names = |reference: &str| register.supplier_names(register.contract(reference));
    assert_eq!(names("J1"), ["Alpha Ltd", "Beta LLP"]);
    assert_eq!(names("J2"), ["Alpha Ltd", "Gamma (North) Ltd"]);
    assert_eq!(names("J3"), ["Beech and Sons Limited"]);
    assert_eq!(names("J4"), ["Alpha Ltd", "Delta Ltd"]);
    assert_eq!(names("J5").len(), 1);
    let number = |name: &str| {
        let supplier = register.suppliers.iter().find(|supplier| supplier.name == name).expect("a supplier");
        supplier.identifiers.iter().map(|one| one.id.clone()).collect::<Vec<_>>()
    };
    assert_eq!((number("Alpha Ltd"), number("Beta LLP")), (vec!["01234568".to_owned()], vec!["OC300001".to_owned()]));
    assert!(number("Delta Ltd").is_empty());
    let told: Vec<(u64, &str)> = report.warnings.iter().map(|one| (one.row, one.field.as_str())).collect();
    assert_eq!(told, [(5, "company-number"), (5, "sme")], "{report:?}");
    assert_eq!(summary(&register.contracts(&text, None)), (0, 0, 5, 0), "the same again changes nothing");
}

#[test]
fn spellings_under_one_number_are_one_supplier_and_two_numbers_are_two() {
    let mut register = Register::london();
    let report = register.contracts(
        &file("camden,C1,One,Acme Systems Ltd,1234568,,,,,,\nbrent,C2,Two,Acme Sys. (UK),01234568,,,,,,\nbrent,C3,Three,ACME SYSTEMS LIMITED,,,,,,,\nbrent,C4,Four,Acme Systems Ltd,07654321,,,,,,\n"),
        None,
    );
    assert_eq!(summary(&report), (4, 0, 0, 0));
    let of = |reference: &str| register.contract(reference).suppliers.clone();
    assert_eq!(of("C1"), of("C2"));
    assert_eq!(of("C1"), of("C3"));
    assert_ne!(of("C1"), of("C4"));
    let acme = register.suppliers.iter().find(|supplier| [supplier.id] == of("C1")[..]).expect("Acme");
    let names: Vec<&str> = acme.names.iter().map(|name| name.name.as_str()).collect();
    assert_eq!(names, ["Acme Systems Ltd", "Acme Sys. (UK)", "ACME SYSTEMS LIMITED"]);
    assert_eq!(acme.identifiers[0].id, "01234568");
}

#[test]
fn a_number_that_brings_a_company_under_quite_another_name_is_flagged_once() {
    let mut register = Register::london();
    let text = "Organisation,Ref,Title,Supplier,Company number\ncamden,C1,One,Alpha Systems Ltd,1234568\n\
                camden,C2,Two,ALPHA SYSTEM LIMITED,01234568\ncamden,C3,Three,Beech and Sons Ltd,1234568\n";
    register.contracts(text, None);
    let told: Vec<&str> = register.flags.iter().filter(|one| one.reason == "other-name").map(|one| one.note.as_str()).collect();
    assert_eq!(told.len(), 1, "{:?}", register.flags);
    assert!(told[0].starts_with("‘Beech and Sons Ltd’ stands under the number of ‘Alpha Systems Ltd’"), "{told:?}");
    assert_eq!(register.suppliers.iter().filter(|one| one.name.starts_with("Alpha")).count(), 1);
    let flags = register.flags.len();
    register.contracts(text, None);
    assert_eq!(register.flags.len(), flags, "the same file asks nothing again");
}

#[test]
fn public_facts_about_a_supplier_are_taken_on_with_their_sources_and_a_short_name_is_not_enough() {
    let mut register = Register::london();
    register.suppliers.clear();
    let rows = [
        "Camden,C1,Revenues,CIVICA UK LTD,,2024-04-01,2029-03-31",
        "Camden,C2,Housing,Northgate Information Solutions,,2012-04-01,2017-03-31",
        "Camden,C3,Housing,NEC Software Solutions UK Limited,00968498,2022-04-01,2027-03-31",
        "Camden,C4,Doors,Access Security Ltd,,2024-04-01,2029-03-31",
        "Camden,C5,One,Capita One,,2024-04-01,2029-03-31",
    ];
    let text = format!("Organisation,Reference,Title,Supplier,Company number,Start date,End date\n{}", rows.join("\n"));
    let report = register.contracts(&text, None);
    assert_eq!((report.created, report.rejected.len()), (5, 0), "{report:?}");
    let suppliers = register.suppliers.clone();
    let named = |name: &str| suppliers.iter().filter(|one| one.names.iter().any(|held| held.name == name)).collect::<Vec<_>>();
    let civica = named("CIVICA UK LTD");
    assert_eq!((civica[0].name.as_str(), civica[0].identifiers[0].id.as_str()), ("CIVICA UK LTD", "01628868"));
    assert!(civica[0].names.iter().any(|name| name.name == "Civica UK Limited" && name.source.is_some()));
    let nec = named("NEC Software Solutions UK Limited");
    assert_eq!(nec.len(), 1, "an earlier name and the present one are one company");
    assert!(nec[0].names.iter().any(|name| name.name == "Northgate Information Solutions"));
    assert_eq!(named("Access Security Ltd")[0].names.len(), 1);
    let one = named("Capita One");
    assert!(one[0].owners.iter().any(|owner| owner.name == "Orchard Information Systems" && owner.source.is_some()));
    let again = register.contracts(&text, None);
    assert_eq!((again.created, again.updated, again.unchanged), (0, 0, 5));
}

#[test]
fn alike_names_are_flagged_for_a_person_and_never_merged() {
    let mut register = Register::london();
    register.contracts(
        &file("camden,C1,One,Northwind Digital Services Ltd,,,,,,,\ncamden,C2,Two,Northwind Digital Servces Ltd,,,,,,,\n"),
        None,
    );
    assert_ne!(register.contract("C1").suppliers, register.contract("C2").suppliers);
    assert!(register.flags.iter().any(|flag| flag.reason == "possible-same-as"), "{:?}", register.flags);
    assert!(register.flags.iter().any(|flag| flag.reason == "new-supplier"));
}
