use super::*;
use crate::dpia::template::field::{Column, Required, Sensitivity, TableOf};
use jiff::civil::date;
use uuid::Uuid;

fn field(kind: FieldKind, prefill: &str) -> Field {
    Field {
        id: "f".into(),
        label: "F".into(),
        hint: None,
        guidance: vec![],
        local_guidance: vec![],
        sources: vec![],
        kind,
        when: None,
        required: Required::Never,
        local_required: vec![],
        sensitivity: Sensitivity::Internal,
        prefill: Some(prefill.parse().unwrap()),
        signed: true,
        written_by: vec![],
        agreement: None,
        only_for: None,
    }
}

fn known() -> Known {
    let (system, supplier) = (SystemId(Uuid::from_u128(1)), SupplierId(Uuid::from_u128(2)));
    Known {
        title: "Damp sensors".into(),
        purpose: String::new(),
        systems: vec![KnownSystem {
            id: system,
            name: "Homes".into(),
            hosting: Some(Hosting::SupplierCloud),
            data_access: None,
            sub_processors: vec![],
            peer: None,
            updated_at: 5,
        }],
        contracts: vec![
            KnownContract {
                id: ContractId(Uuid::from_u128(3)),
                title: "Housing system".into(),
                reference: Some("C1".into()),
                suppliers: vec![(supplier, "Example Ltd".into())],
                systems: vec![system],
                ends: Some(date(2028, 3, 31)),
                updated_at: 6,
            },
            KnownContract {
                id: ContractId(Uuid::from_u128(4)),
                title: "Support".into(),
                reference: None,
                suppliers: vec![(supplier, "Example Ltd".into())],
                systems: vec![],
                ends: Some(date(2027, 3, 31)),
                updated_at: 7,
            },
        ],
        screened: [("transfers".to_owned(), Ternary::Unsure)].into_iter().collect(),
        ..Known::default()
    }
}

fn made(kind: FieldKind, prefill: &str) -> Option<Offer> {
    made_of(kind, prefill, &known())
}

fn made_of(kind: FieldKind, prefill: &str, known: &Known) -> Option<Offer> {
    let mut next = 100;
    offer(&field(kind, prefill), known, &mut || {
        next += 1;
        RowId(Uuid::from_u128(next))
    })
}

#[test]
fn each_offer_says_where_it_comes_from() {
    let text = || FieldKind::Text { long: false, max: 100 };
    assert_eq!(made(text(), "project.title").unwrap().provenance, [Provenance::Project]);
    let hosting = made(text(), "register.hosting").unwrap();
    assert_eq!(hosting.answer, Answer::Text("Supplier's cloud".into()));
    assert!(matches!(&hosting.provenance[..], [Provenance::System { updated_at: 5, .. }]));
    let ends = made(FieldKind::Date, "register.contract-end").unwrap();
    assert_eq!(ends.answer, Answer::Date(date(2027, 3, 31)));
    assert!(matches!(&ends.provenance[..], [Provenance::Contract { title, .. }] if title == "Support"));
    let asked = made(FieldKind::Ternary, "screening.transfers").unwrap();
    assert_eq!(asked.answer, Answer::Ternary(Ternary::Unsure));
    let Answer::Suppliers(suppliers) = made(FieldKind::Suppliers, "register.suppliers").unwrap().answer else { panic!() };
    assert_eq!(suppliers.len(), 1);
}

#[test]
fn nothing_known_is_no_offer_and_what_does_not_fit_is_none() {
    let text = |max| FieldKind::Text { long: true, max };
    assert_eq!(made(text(100), "project.purpose"), None);
    assert_eq!(made(text(3), "project.title"), None);
    assert_eq!(made(text(100), "register.data-access"), None);
    assert_eq!(made(FieldKind::Ternary, "screening.unheard-of"), None);
}

#[test]
fn processors_fill_the_columns_that_the_table_has() {
    let column = |id: &str, kind| Column { id: id.into(), label: id.into(), hint: None, kind, required: false };
    let kind = FieldKind::Rows {
        of: TableOf::Other,
        columns: vec![
            column("supplier", FieldKind::Suppliers),
            column("ends", FieldKind::Date),
            column("other", FieldKind::Date),
        ],
    };
    let Answer::Rows(rows) = made(kind, "register.processors").unwrap().answer else { panic!() };
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0].cells.keys().collect::<Vec<_>>(), ["ends", "supplier"]);
    assert_ne!(rows[0].id, rows[1].id);
}

#[test]
fn sub_processors_come_with_their_supplier_and_say_whose_record_names_them() {
    let column = |id: &str, kind| Column { id: id.into(), label: id.into(), hint: None, kind, required: false };
    let text = || FieldKind::Text { long: false, max: 200 };
    let table = || FieldKind::Rows {
        of: TableOf::Other,
        columns: vec![column("supplier", FieldKind::Suppliers), column("sub-processors", text())],
    };
    let mut known = known();
    let mut other =
        KnownSystem { id: SystemId(Uuid::from_u128(9)), name: "Alerts".into(), hosting: None, ..known.systems[0].clone() };
    known.systems[0].sub_processors = vec![
        SubProcessor {
            name: "Example Cloud".into(),
            does: Some("hosting".into()),
            place: Some("London".into()),
            ..Default::default()
        },
        SubProcessor { name: "Example Mail".into(), ..Default::default() },
    ];
    other.sub_processors = vec![SubProcessor { name: "Example Texts".into(), ..Default::default() }];
    other.peer = Some(Peer { id: SystemId(Uuid::from_u128(10)), organisation: "Hackney".into(), updated_at: 8 });
    known.systems.push(other);
    let offer = made_of(table(), "register.processors", &known).unwrap();
    let Answer::Rows(rows) = offer.answer else { panic!() };
    let said: Vec<Option<&Answer>> = rows.iter().map(|row| row.cells.get("sub-processors")).collect();
    let words = |text: &str| Answer::Text(text.into());
    let (own, peers) = (words("Example Cloud (hosting, London); Example Mail"), words("Example Texts"));
    assert_eq!(said, [Some(&own), None, Some(&peers)], "a contract, one of no system, and a system of no contract");
    assert!(!rows[2].cells.contains_key("supplier"));
    let systems: Vec<(Option<&str>, i64)> = offer
        .provenance
        .iter()
        .filter_map(|from| match from {
            Provenance::System { organisation, updated_at, .. } => Some((organisation.as_deref(), *updated_at)),
            _ => None,
        })
        .collect();
    assert_eq!(systems, [(None, 5), (Some("Hackney"), 8)]);
}

#[test]
fn names_read_back_as_they_are_spelt() {
    for name in Prefill::names() {
        assert_eq!(name.parse::<Prefill>().unwrap().to_string(), name);
    }
    assert_eq!("screening.health".parse::<Prefill>().unwrap().to_string(), "screening.health");
    assert!("system.colour".parse::<Prefill>().is_err());
}
