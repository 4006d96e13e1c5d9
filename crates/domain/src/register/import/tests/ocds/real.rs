//! The real releases of Contracts Finder, as they came: 257 of them, each read, and all of them in one register.

use super::*;
use crate::register::records::OrganisationKind;
use jiff::civil::Date;

/// The real releases, as they came.
pub(super) fn real() -> Vec<Json> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/contracts-finder");
    let mut releases = Vec::new();
    for number in 1..=3 {
        let path = format!("{folder}/releases-{number}.json");
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| {
            panic!("the real releases are missing: {path}: {error}; tests need ../shared/data beside the project")
        });
        let package: Json = serde_json::from_str(&text).expect("a release package");
        releases.extend(package["releases"].as_array().expect("releases").iter().cloned());
    }
    assert_eq!(releases.len(), 257, "all the real releases must be there");
    releases
}

fn first_ten(value: &Json) -> Option<Date> {
    value.as_str().and_then(|text| text.get(..10)).and_then(|day| day.parse().ok())
}

#[test]
fn every_real_release_imports_with_its_suppliers_buyers_values_and_periods() {
    let releases = real();
    let (mut awards, mut planned) = (0, 0);
    for release in &releases {
        let drafts = read(release);
        let expected = release["awards"].as_array().map_or(&[][..], Vec::as_slice);
        assert_eq!(drafts.contracts.len(), expected.len(), "{}", release["ocid"]);
        assert_eq!(drafts.planned.is_some(), expected.is_empty());
        planned += usize::from(drafts.planned.is_some());
        for (draft, award) in drafts.contracts.iter().zip(expected) {
            awards += 1;
            assert_eq!(
                draft.organisation.name,
                crate::register::names::tidy(release["buyer"]["name"].as_str().expect("a buyer"))
            );
            let suppliers: Vec<String> = draft.suppliers.iter().map(|supplier| supplier.name.clone()).collect();
            let wanted = award["suppliers"].as_array().expect("suppliers").iter();
            let wanted: Vec<String> = wanted
                .map(|supplier| crate::register::names::supplier_name(supplier["name"].as_str().expect("a name")).name)
                .collect();
            assert_eq!(suppliers, wanted);
            let Some(Value::Known(money)) = draft.value.value() else { panic!("no value: {award}") };
            let amount: f64 = award["value"]["amount"].to_string().parse().expect("an amount");
            assert_eq!(money.pence, (amount * 100.0).round() as i64, "{award}");
            assert_eq!((money.basis, money.currency.as_str()), (Basis::WholeLife, "GBP"));
            assert_eq!(draft.start.value().copied(), first_ten(&award["contractPeriod"]["startDate"]));
            assert_eq!(draft.end.value().copied(), first_ten(&award["contractPeriod"]["endDate"]));
            assert!(draft.end.value().is_some());
            assert!(draft.url.as_deref().is_some_and(|url| url.starts_with("https://")), "{award}");
        }
        if let Some(planned) = &drafts.planned {
            assert_eq!(
                planned.organisation.name,
                crate::register::names::tidy(release["buyer"]["name"].as_str().expect("a buyer"))
            );
            assert!(
                matches!(&planned.value, Value::Known(money) if money.basis == Basis::Estimated)
                    || planned.value == Value::NotKnown
            );
            assert_eq!(planned.closes, first_ten(&release["tender"]["tenderPeriod"]["endDate"]));
        }
    }
    assert_eq!((awards, planned), (99, 158));
}

#[test]
fn the_real_releases_stand_in_the_register_and_the_second_time_changes_nothing() {
    let releases = real();
    let mut register = Register::london();
    let report = register.releases(&releases);
    assert_eq!((report.read, report.rejected.len()), (257, 0), "{:?}", report.rejected);
    let mut last: BTreeMap<String, &Json> = BTreeMap::new();
    releases.iter().for_each(|release| {
        last.insert(release["ocid"].to_string(), release);
    });
    let wanted: usize = last.values().map(|release| release["awards"].as_array().map_or(0, Vec::len)).sum();
    assert!(register.contracts.len() >= wanted);
    for contract in register.contracts.values() {
        assert!(!contract.suppliers.is_empty() && contract.term.end.is_some());
        assert!(register.organisations.iter().any(|organisation| organisation.id == contract.organisation));
    }
    let slugs: Vec<&str> = register.contracts.values().map(|contract| register.slug(contract)).collect();
    for london in ["merton", "havering"] {
        let in_file = releases.iter().any(|release| {
            !release["awards"].is_null()
                && release["buyer"]["name"].as_str().is_some_and(|name| name.to_lowercase().contains(london))
        });
        assert_eq!(slugs.contains(&london), in_file, "{london} is the council that ships");
    }
    assert!(register.organisations.iter().any(|organisation| organisation.kind == OrganisationKind::Other));
    let numbers: Vec<&str> = register
        .suppliers
        .iter()
        .flat_map(|supplier| &supplier.identifiers)
        .filter(|id| id.scheme == "GB-COH")
        .map(|id| id.id.as_str())
        .collect();
    assert!(numbers.contains(&"07689604"), "numbers are padded");
    assert!(numbers.iter().all(|number| number.len() == 8));
    // A process that came twice ends as its later release says; so a register of the last ones alone is stable.
    let last: Vec<Json> = last.values().map(|release| (*release).clone()).collect();
    let mut register = Register::london();
    register.releases(&last);
    let before = (register.contracts.clone(), register.planned.clone(), register.suppliers.len(), register.organisations.len());
    let again = register.releases(&last);
    assert_eq!((again.created, again.updated), (0, 0));
    assert_eq!(again.planned_procurements.map(|counts| (counts.created, counts.updated)), Some((0, 0)));
    assert_eq!(
        before,
        (register.contracts.clone(), register.planned.clone(), register.suppliers.len(), register.organisations.len())
    );
}
