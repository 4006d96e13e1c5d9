use super::*;
use crate::register::edit::{
    Answers, Refusal, Refused, check,
    contract::{Group, Named, key, read, say},
    duplicates::{Why, duplicates},
    system,
};
use crate::register::import::{
    plan::{Keys, Planner, Step},
    resolve::{Index, Known},
};

fn suppliers() -> Vec<Supplier> {
    (2..6u128)
        .map(|id| Supplier {
            id: SupplierId(Uuid::from_u128(id)),
            name: format!("Supplier number {id} Ltd"),
            names: Vec::new(),
            identifiers: Vec::new(),
            owners: Vec::new(),
            sme: None,
            vcse: None,
            updated_at: 0,
        })
        .collect()
}

fn with_index<T>(work: impl FnOnce(&Named<'_>, &mut Index<'_>) -> T) -> T {
    let suppliers = suppliers();
    let mut next = 1000u128;
    let mut ids = || {
        next += 1;
        Uuid::from_u128(next)
    };
    let supplier = |id: SupplierId| suppliers.iter().find(|one| one.id == id).map(|one| one.name.clone());
    let named = Named { supplier: &supplier, product: &|_| None, function: &|_| None, organisation: &|_| None };
    let mut index = Index::new(Known { suppliers: &suppliers, ..Known::default() }, &mut ids, 7);
    work(&named, &mut index)
}

fn refused(group: Group, set: &[(&str, &str)]) -> (Contract, Vec<(String, &'static str)>) {
    with_index(|named, index| {
        let mut contract = bare(1);
        let mut answers = say(group, &contract, named);
        set.iter().for_each(|(field, text)| answers.set(*field, *text));
        let refused = read(group, &answers, &mut contract, named, index, "register");
        (contract, refused.into_iter().map(|one| (one.field, one.why.code())).collect())
    })
}

proptest! {
    #[test]
    fn reading_what_is_said_of_a_contract_gives_that_contract(contract in contracts()) {
        with_index(|named, index| {
            for group in Group::ALL {
                let mut again = contract.clone();
                let refused = read(group, &say(group, &contract, named), &mut again, named, index, "register");
                prop_assert!(refused.is_empty(), "{group:?}: {refused:?}");
                prop_assert_eq!(&again, &contract, "{:?}", group);
            }
            Ok(())
        })?;
    }

    #[test]
    fn no_answers_whatever_panic_or_touch_what_is_not_asked(
        fields in proptest::collection::btree_map("[a-z]{2,10}(-[0-9]{1,3})?(-[a-z]{2,6})?", proptest::collection::vec(".{0,40}", 0..3), 0..20),
        contract in contracts(),
    ) {
        with_index(|named, index| {
            for group in Group::ALL {
                let mut again = contract.clone();
                read(group, &Answers(fields.clone()), &mut again, named, index, "register");
                prop_assert_eq!((again.id, &again.key, again.organisation, again.updated_at), (contract.id, &contract.key, contract.organisation, contract.updated_at));
            }
            Ok(())
        })?;
    }
}

#[test]
fn a_day_is_read_from_its_parts_and_what_is_wrong_is_said() {
    let said =
        |day: &str, month: &str, year: &str| refused(Group::Dates, &[("end-day", day), ("end-month", month), ("end-year", year)]);
    assert_eq!(said("31", "3", "2029").0.term.end, Some(date(2029, 3, 31)));
    assert_eq!(said("31", "Mar", "2029").0.term.end, Some(date(2029, 3, 31)));
    assert_eq!(said("31", "March", "2029").1, []);
    assert_eq!(said("", "", "").0.term.end, None);
    for (day, month, year, code) in [
        ("31", "2", "2029", "not-a-date"),
        ("31", "", "2029", "date-incomplete"),
        ("31", "3", "29", "not-a-date"),
        ("31", "3", "2929", "year-out-of-range"),
        ("-1", "3", "2029", "not-a-date"),
        ("٣", "3", "2029", "not-a-date"),
    ] {
        let (contract, why) = said(day, month, year);
        assert_eq!(why, [("end".to_owned(), code)], "{day} {month} {year}");
        assert_eq!(contract.term.end, bare(1).term.end);
    }
}

#[test]
fn a_sum_is_read_as_people_write_it() {
    let said = |amount: &str| refused(Group::Value, &[("value-state", "known"), ("amount", amount), ("basis", "annual")]);
    for (text, pence) in [("1200000", 120_000_000), ("£1,200,000.50", 120_000_050), ("1.2m", 120_000_000), ("0", 0)] {
        assert_eq!(said(text).0.value.money().map(|money| money.pence), Some(pence), "{text}");
    }
    for (text, code) in
        [("", "missing"), ("a lot", "not-a-sum"), ("-5", "negative-sum"), ("1 or 2", "not-a-sum"), ("USD 5", "not-a-sum")]
    {
        assert_eq!(said(text).1, [("amount".to_owned(), code)], "{text}");
    }
}

#[test]
fn a_function_of_a_system_is_kept_once_however_often_it_is_named() {
    let mut system =
        System::blank(SystemId(Uuid::from_u128(1)), OrganisationId(Uuid::from_u128(1)), ProductId(Uuid::from_u128(2)));
    let (refused, again) = with_index(|named, index| {
        let mut answers = system::say(&system, named);
        answers.set("new-functions", "Licensing\nPlanning\nlicensing");
        let refused = system::read(&answers, &mut system, index);
        answers.set("new-functions", "x".repeat(201));
        (refused, system::read(&answers, &mut system, index))
    });
    assert_eq!((refused, system.functions.len()), (Vec::new(), 2));
    assert_eq!(again, [Refused::new("new-functions", Refusal::TooLong { most: 200 })]);
}

#[test]
fn nothing_typed_beside_another_answer_is_thrown_away_in_silence() {
    let said = |state: &str, amount: &str, reason: &str| {
        refused(Group::Value, &[("value-state", state), ("amount", amount), ("basis", "annual"), ("withheld", reason)]).1
    };
    for state in ["not-known", "withheld"] {
        for amount in ["45,000", "abc lots"] {
            assert_eq!(said(state, amount, ""), [("amount".to_owned(), "sum-and-state")], "{state}, {amount}");
        }
    }
    for (state, amount) in [("not-known", ""), ("known", "45,000")] {
        assert_eq!(said(state, amount, "section 43"), [("withheld".to_owned(), "reason-and-state")], "{state}");
    }
    // Radios cannot be emptied: what the sum is for may stay chosen where there is none.
    assert_eq!((said("not-known", "", ""), said("withheld", "", "section 43"), said("known", "1", "")), (vec![], vec![], vec![]));
}

#[test]
fn an_option_is_stored_only_once_all_is_said_that_its_end_depends_on() {
    let row = |set: &[(&str, &str)]| {
        let set: Vec<(String, &str)> = set.iter().map(|(name, text)| (format!("option-1-{name}"), *text)).collect();
        refused(Group::Options, &set.iter().map(|(name, text)| (name.as_str(), *text)).collect::<Vec<_>>())
    };
    let missing = |names: &[&str]| names.iter().map(|name| (format!("option-1-{name}"), "missing")).collect::<Vec<_>>();
    let (contract, why) = row(&[("months", "12")]);
    assert_eq!((contract.term.extensions, why), (Vec::new(), missing(&["kind", "by", "used"])));
    assert_eq!(row(&[("by", "agreement"), ("used", "no")]).1, missing(&["months", "kind"]));
    assert_eq!(row(&[("notice-months", "3")]).1, missing(&["months", "kind", "by", "used"]));
    assert_eq!(row(&[("months", ""), ("notice-days", " ")]).1, []);
    let (contract, why) = row(&[("months", "12"), ("kind", "whole"), ("by", "agreement"), ("used", "no")]);
    assert_eq!(why, []);
    let agreed = Extension { months: 12, kind: ExtensionKind::Whole, by: ExtensionBy::Agreement, notice: None, used: false };
    assert_eq!(contract.term.extensions, [agreed]);
    assert_eq!(contract.term.last_possible_end(), contract.term.end, "an agreement is no right to go on");
}

#[test]
fn a_break_says_its_day_and_whether_it_is_that_day_alone() {
    let day = [("break-1-day", "31"), ("break-1-month", "3"), ("break-1-year", "2026")];
    assert_eq!(refused(Group::Options, &day).1, [("break-1-after".to_owned(), "missing")]);
    assert_eq!(refused(Group::Options, &[("break-1-after", "no")]).1, [("break-1".to_owned(), "missing")]);
    let (contract, why) = refused(Group::Options, &[day[0], day[1], day[2], ("break-1-after", "yes")]);
    let right = Break { on: date(2026, 3, 31), or_any_time_after: true, notice: None };
    assert_eq!((contract.term.breaks, why), (vec![right], vec![]));
}

#[test]
fn suppliers_are_found_by_name_and_new_ones_are_for_the_hub_to_place() {
    with_index(|named, index| {
        let mut contract = bare(1);
        let mut answers = Answers::default();
        answers.set("supplier-state", "known");
        answers.set("suppliers", "supplier NUMBER 3 limited\nBramblewick Software Ltd\n\n");
        assert_eq!(read(Group::Suppliers, &answers, &mut contract, named, index, "register"), []);
        assert_eq!(contract.suppliers[0], SupplierId(Uuid::from_u128(3)));
        let changes = index.drain();
        assert_eq!(changes.suppliers.len(), 1);
        assert_eq!(changes.suppliers[0].after.name, "Bramblewick Software Ltd");
        assert_eq!(changes.flags.iter().map(|flag| flag.reason.as_str()).collect::<Vec<_>>(), ["new-supplier"]);
    });
    assert_eq!(refused(Group::Suppliers, &[("supplier-state", "known")]).1, [("suppliers".to_owned(), "no-supplier")]);
    let both = refused(Group::Suppliers, &[("supplier-state", "withheld"), ("suppliers", "Someone Ltd")]).1;
    assert_eq!(both, [("suppliers".to_owned(), "supplier-and-state")]);
}

#[test]
fn an_address_must_be_of_the_web() {
    for bad in ["javascript:alert(1)", "ftp://x", "https://", "http:///etc", "https://a b"] {
        assert_eq!(refused(Group::Buying, &[("url", bad)]).1, [("url".to_owned(), "not-an-address")], "{bad}");
    }
    assert_eq!(refused(Group::Buying, &[("url", "https://example.org/notice/1")]).1, []);
}

#[test]
fn what_cannot_be_is_refused_but_an_old_slip_elsewhere_stops_nobody() {
    let mut contract = bare(1);
    contract.term.end = Some(date(2020, 1, 1));
    let all = |_| true;
    let codes = |contract: &Contract, changed: &[&str]| -> Vec<(String, &'static str)> {
        check::contract(contract, changed, &all).into_iter().map(|one| (one.field, one.why.code())).collect()
    };
    assert_eq!(codes(&contract, &["end"]), [("end".to_owned(), "before")]);
    assert_eq!(codes(&contract, &["title"]), []);
    contract.term.end = None;
    assert_eq!(codes(&contract, &["end"]), [("end".to_owned(), "fixed-without-end")]);
    contract.term.kind = TermKind::Rolling;
    assert_eq!(codes(&contract, &["end", "kind"]), []);
    contract.term.extensions =
        vec![Extension { months: 12, ..Extension::default() }, Extension { months: 12, used: true, ..Extension::default() }];
    assert_eq!(codes(&contract, &["extensions"]), [("option-2-used".to_owned(), "not-the-next-option")]);
    let mut late = bare(1);
    late.term.breaks = vec![Break { on: date(2029, 1, 1), or_any_time_after: false, notice: None }];
    assert_eq!(codes(&late, &["breaks"]), [("break-1".to_owned(), "after")]);
}

#[test]
fn references_that_may_not_be_made_are_refused_like_those_that_do_not_exist() {
    let mut contract = bare(1);
    contract.systems = vec![SystemId(Uuid::from_u128(9))];
    contract.manager = Some(Uuid::from_u128(10).into());
    let refused = check::contract(&contract, &["systems", "manager"], &|_| false);
    let expected = [Refused::new("systems", Refusal::NoSuchRecord), Refused::new("manager", Refusal::NotAMember)];
    assert_eq!(refused, expected);
}

#[test]
fn likely_duplicates_are_named_with_their_reason() {
    let mut new = bare(1);
    new.reference = Some("CT-17".to_owned());
    new.suppliers = vec![SupplierId(Uuid::from_u128(2))];
    let mut same_reference = bare(2);
    same_reference.reference = Some("ct 17".to_owned());
    same_reference.title = "Something else".to_owned();
    let same_title = bare(3);
    let mut alike = bare(4);
    alike.title = "Housing management systems".to_owned();
    alike.suppliers = new.suppliers.clone();
    let mut elsewhere = same_reference.clone();
    elsewhere.id = ContractId(Uuid::from_u128(5));
    elsewhere.organisation = OrganisationId(Uuid::from_u128(2));
    let mut another = alike.clone();
    another.id = ContractId(Uuid::from_u128(6));
    another.title = "Housing management system lot 2".to_owned();
    let found = duplicates(&new, [&alike, &same_title, &same_reference, &elsewhere, &another, &new]);
    let whys: Vec<Why> = found.iter().map(|one| one.why).collect();
    assert_eq!(whys, [Why::SameReference, Why::SameTitle, Why::AlikeFromOneSupplier]);
}

#[test]
fn a_register_file_finds_the_contract_that_was_made_by_hand() {
    let organisation = Organisation {
        id: OrganisationId(Uuid::from_u128(1)),
        slug: "camden".to_owned(),
        name: "Camden".to_owned(),
        formal_name: "London Borough of Camden".to_owned(),
        kind: OrganisationKind::Council,
        gss_code: None,
        register_code: None,
        identifiers: Vec::new(),
        aliases: Vec::new(),
        letters: None,
        tile: None,
        colour: None,
        member_from: None,
        member_until: None,
        updated_at: 0,
    };
    let mut contract = bare(1);
    contract.reference = Some("CT-17".to_owned());
    contract.suppliers = vec![SupplierId(Uuid::from_u128(2))];
    contract.supplier_state = SupplierState::Known;
    let mut keys = Keys::new();
    keys.add(&key("camden", &contract, 1), contract.id, "");
    let suppliers = suppliers();
    let mut next = 0u128;
    let mut ids = || {
        next += 1;
        Uuid::from_u128(next)
    };
    let organisations = [organisation];
    let index = Index::new(Known { organisations: &organisations, suppliers: &suppliers, ..Known::default() }, &mut ids, 1);
    let mut planner = Planner::new(index, ImportId(Uuid::from_u128(9)), "register", Some(organisations[0].id), keys, Keys::new());
    let draft = crate::register::import::draft::ContractDraft {
        reference: Some("CT-17".to_owned()),
        title: Some("Housing".to_owned()),
        suppliers: vec![crate::register::import::draft::SupplierDraft {
            name: "Supplier number 2 Limited".to_owned(),
            ..Default::default()
        }],
        ..Default::default()
    };
    match planner.contract(2, &draft).unwrap() {
        Step::Compare(id, _) => assert_eq!(id, contract.id),
        other => panic!("{other:?}"),
    }
}
