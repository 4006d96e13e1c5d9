use super::*;
use crate::register::{
    illustrative::{self, Illustrative},
    import::ocds as drafts,
    records::{Origin, PlannedProcurement},
    reference::Reference,
    snapshot::Builder,
    terms::Period,
};
use jiff::civil::date;
use std::{collections::BTreeSet, sync::Arc};

const CORE: Options<'_> = Options { prefix: PREFIX, extensions: false };
const ALL: Options<'_> = Options { prefix: PREFIX, extensions: true };

fn city() -> (Illustrative, Snapshot) {
    let shipped = Reference::shipped().expect("the shipped files");
    let as_at = date(2026, 11, 23);
    let made = illustrative::generate(as_at, illustrative::SEED, &shipped.organisations, &shipped.functions);
    let mut builder = Builder::new(as_at, Arc::new(|_, _| Period::months(12)), 1);
    shipped.organisations.into_iter().for_each(|one| builder.organisation(one));
    shipped.service_areas.into_iter().for_each(|one| builder.service_area(one));
    shipped.functions.into_iter().for_each(|one| builder.function(one));
    made.suppliers.iter().cloned().for_each(|one| builder.supplier(one));
    made.products.iter().cloned().for_each(|one| builder.product(one));
    made.contracts.iter().for_each(|one| builder.contract(one));
    (made, builder.finish())
}

fn nothing_is_empty(value: &Json, path: &str) {
    match value {
        Json::Null => panic!("{path} is null"),
        Json::String(text) => assert!(!text.trim().is_empty(), "{path} is blank"),
        Json::Array(items) => {
            assert!(!items.is_empty(), "{path} is empty");
            items.iter().for_each(|item| nothing_is_empty(item, path));
        }
        Json::Object(fields) => {
            assert!(!fields.is_empty(), "{path} is empty");
            fields.iter().for_each(|(name, value)| nothing_is_empty(value, &format!("{path}/{name}")));
        }
        _ => {}
    }
}

#[test]
fn what_a_release_says_is_what_the_record_holds_when_it_is_read_again() {
    let (made, snapshot) = city();
    for record in &made.contracts {
        let release = contract(record, &snapshot, &CORE);
        nothing_is_empty(&release, &record.title);
        let mut warnings = Vec::new();
        let read = drafts::read(1, &release, &mut warnings);
        assert_eq!(read.contracts.len(), 1, "{release}");
        let draft = &read.contracts[0];
        assert_eq!(draft.title.as_deref(), Some(record.title.as_str()));
        assert_eq!(draft.start.value().copied(), record.term.start, "{release}");
        assert_eq!(draft.end.value().copied(), record.term.current_end(), "{release}");
        assert_eq!(draft.suppliers.len(), record.suppliers.len());
        let whole = record.value.money().filter(|money| money.basis == Basis::WholeLife);
        assert_eq!(draft.value.value().and_then(|value| value.money()).map(|money| money.pence), whole.map(|money| money.pence));
        assert_eq!(draft.cpv.value().cloned().unwrap_or_default(), record.cpv);
        assert_eq!(draft.route.value().map(String::as_str), record.route.as_deref(), "{release}");
        assert_eq!(draft.framework.value(), record.framework.as_ref());
        let months: u32 = draft.extensions.value().into_iter().flatten().map(|option| u32::from(option.months)).sum();
        if record.term.last_possible_end().is_some() && record.term.end.is_some() {
            assert_eq!(months, record.term.unused_months(), "{release}");
        }
    }
}

#[test]
fn core_releases_have_no_field_of_an_extension_and_extended_ones_lose_nothing_of_the_term() {
    let (made, snapshot) = city();
    let mut extended = 0;
    for record in &made.contracts {
        let core = contract(record, &snapshot, &CORE).to_string();
        for field in ["\"register\"", "amountGross", "relatedLots", "\"lots\""] {
            assert!(!core.contains(field), "{core}");
        }
        let release = contract(record, &snapshot, &ALL);
        nothing_is_empty(&release, &record.title);
        let own = &release["contracts"][0]["register"];
        let options: Vec<crate::register::terms::Extension> =
            serde_json::from_value(own["extensions"].clone()).unwrap_or_default();
        assert_eq!(options, record.term.extensions);
        extended += usize::from(!options.is_empty());
        let annual = record.value.money().is_some_and(|money| money.basis == Basis::Annual);
        assert_eq!(own.get("annualValue").is_some(), annual);
        assert!(!(annual && release["contracts"][0].get("value").is_some()), "a sum for a year is no whole value");
    }
    assert!(extended > 50, "{extended}");
}

#[test]
fn parties_are_named_once_and_every_reference_leads_to_one() {
    let (made, snapshot) = city();
    for record in &made.contracts {
        let release = contract(record, &snapshot, &CORE);
        let parties: Vec<&str> =
            release["parties"].as_array().expect("parties").iter().filter_map(|one| one["id"].as_str()).collect();
        assert_eq!(parties.iter().collect::<BTreeSet<_>>().len(), parties.len());
        let suppliers = release["awards"][0]["suppliers"].as_array().cloned().unwrap_or_default();
        for reference in suppliers.iter().chain([&release["buyer"]]) {
            assert!(parties.contains(&reference["id"].as_str().expect("an id")), "{release}");
        }
    }
}

#[test]
fn a_notice_keeps_its_process_and_a_record_of_our_own_gets_one_that_stays() {
    let (made, snapshot) = city();
    let mut record = made.contracts[0].clone();
    let own = contract(&record, &snapshot, &CORE);
    assert_eq!(own["ocid"], format!("{PREFIX}-{}", record.id));
    record.updated_at += 1;
    let later = contract(&record, &snapshot, &CORE);
    assert_eq!(later["ocid"], own["ocid"]);
    assert_ne!(later["id"], own["id"], "a change makes a new release");
    record.origin.ocid = Some("ocds-b5fd17-1".to_owned());
    assert_eq!(contract(&record, &snapshot, &CORE)["ocid"], "ocds-b5fd17-1");
}

#[test]
fn a_contract_that_is_to_end_early_has_not_ended_yet() {
    let (made, snapshot) = city();
    let mut record = made.contracts[0].clone();
    record.term.terminated = Some(date(2027, 3, 31));
    record.term.end = Some(date(2029, 3, 31));
    // Said on 24 November 2025, and once more on 5 April 2027.
    for (at, status) in [(1_763_942_400_000, None), (1_806_883_200_000, Some("terminated"))] {
        record.updated_at = at;
        record.note_public_change(None);
        let own = &contract(&record, &snapshot, &CORE)["contracts"][0];
        assert_eq!(own["period"]["endDate"], "2027-03-31T23:59:59Z");
        assert_eq!(own["status"].as_str(), status, "{own}");
    }
}

#[test]
fn a_planned_procurement_is_a_release_of_its_stage() {
    let (made, snapshot) = city();
    let organisation = made.contracts[0].organisation;
    let record = |stage: &str| PlannedProcurement {
        id: crate::register::ids::PlannedProcurementId(uuid::Uuid::nil()),
        key: "k".to_owned(),
        organisation,
        reference: None,
        title: "Repairs".to_owned(),
        description: None,
        stage: stage.to_owned(),
        value: Worth::NotKnown,
        closes: Some(date(2027, 1, 31)),
        start: None,
        end: None,
        duration: None,
        cpv: Vec::new(),
        origin: Origin::default(),
        updated_at: 0,
    };
    for (stage, tag, status) in [
        ("planning", "planning", "planning"),
        ("tender", "tender", "active"),
        ("cancelled", "tenderCancellation", "cancelled"),
        ("complete", "tender", "complete"),
        ("unsuccessful", "tender", "unsuccessful"),
    ] {
        let release = planned(&record(stage), &snapshot, &CORE);
        nothing_is_empty(&release, stage);
        assert_eq!((&release["tag"][0], &release["tender"]["status"]), (&Json::from(tag), &Json::from(status)));
        let read = drafts::read(1, &release, &mut Vec::new()).planned.expect("still to be bought");
        assert_eq!((read.stage.as_str(), read.closes), (stage, Some(date(2027, 1, 31))));
    }
}
