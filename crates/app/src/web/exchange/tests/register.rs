//! The records of the register that a document names are found again, or stay as text.

use super::*;
use domain::{
    dpia::{
        answer::{Answer as Said, Reference, Row},
        exchange::register::By,
    },
    register::{
        ids::{SupplierId, SystemId},
        records::{Identifier, Supplier},
    },
};
use test_support::records;

/// A product, a system of Camden's that is it, and a supplier with a company number, whatever their ids are here.
async fn register(city: &City, product: &str, supplier: (&str, &str)) -> (SystemId, SupplierId) {
    let product = records::product(product);
    let system = records::system(city.organisation("camden").id, product.id);
    let (name, number) = supplier;
    let supplier = Supplier {
        identifiers: vec![Identifier { scheme: "GB-COH".to_owned(), id: number.to_owned() }],
        ..records::supplier(name)
    };
    let mut write = city.store().write(&domain::people::Scope::Operator, city.app.clock.now()).await.unwrap();
    write.create(&mut [product]).await.unwrap();
    let ids = (system.id, supplier.id);
    write.create(&mut [supplier]).await.unwrap();
    write.create(&mut [system]).await.unwrap();
    write.commit().await.unwrap();
    city.refresh().await;
    ids
}

#[tokio::test]
async fn links_to_the_register_are_found_again_elsewhere_and_what_is_not_stays_as_text_until_it_comes_home() {
    let (one, two) = (City::empty().await, City::empty().await);
    let (system, supplier) = register(&one, "Example Homes", ("Example Software Ltd", "01234567")).await;
    let (_, other) = register(&one, "Example Extras", ("Example Extras Ltd", "07654321")).await;
    // The same two in the other place, one under another name, with ids of their own; the third is not known there.
    let (system_there, supplier_there) = register(&two, "EXAMPLE homes", ("Example Systems Ltd", "01234567")).await;
    let (_, mut bundle) = signed();
    bundle.assessment.state = domain::dpia::assessment::State::Drafting;
    (bundle.signatures, bundle.versions, bundle.assessment.frozen) = (vec![], vec![], None);
    bundle.assessment.systems = vec![system];
    let reference = |id: Uuid, name: &str| Reference { id: Some(id), name: name.to_owned() };
    let text = bundle.fields.iter_mut().find(|field| matches!(field.answer, Some(Said::Text(_)))).unwrap();
    text.place = domain::dpia::place::Place::shared("processors");
    let cells = [
        (
            "supplier".to_owned(),
            Said::Suppliers(vec![reference(supplier.0, "Example Software Ltd"), reference(other.0, "Example Extras Ltd")]),
        ),
        ("system".to_owned(), Said::Systems(vec![reference(system.0, "Example Homes")])),
    ];
    text.answer = Some(Said::Rows(vec![Row { id: domain::dpia::ids::RowId(Uuid::now_v7()), cells: cells.into() }]));
    let (_, _, first) = through(&one, &bundle.to_json().unwrap()).await;
    let told = Bundle::from_json(first.as_bytes()).unwrap();
    assert_eq!(told.assessment.systems, [system], "the very records, where they are");
    assert_eq!(told.register.len(), 3, "{:#?}", told.register);
    // A guest whom the first place invited.
    let mut guested = told.clone();
    let guest = domain::dpia::assessment::Guest {
        person: domain::people::PersonId(Uuid::now_v7()),
        sections: vec!["need".to_owned()],
        writes: true,
        until: None,
        invited_at: 5,
        invited_by: None,
    };
    guested.assessment.guests = vec![guest.clone()];
    guested.invited = vec![domain::dpia::exchange::Invited { name: Some("Gail Guest".to_owned()), guest: guest.clone() }];

    let (lead, address, second) = through(&two, &guested.to_json().unwrap()).await;
    let there = Bundle::from_json(second.as_bytes()).unwrap();
    let rows = |bundle: &Bundle| {
        let field = bundle.fields.iter().find(|field| field.place.field == "processors").unwrap();
        if let Some(Said::Rows(rows)) = &field.answer { rows[0].cells.clone() } else { panic!("{field:?}") }
    };
    let suppliers =
        |id: SupplierId| Said::Suppliers(vec![reference(id.0, "Example Software Ltd"), reference(other.0, "Example Extras Ltd")]);
    let systems = |id: SystemId| Said::Systems(vec![reference(id.0, "Example Homes")]);
    assert_eq!(there.assessment.systems, [system_there]);
    assert_eq!(
        rows(&there),
        [("supplier".to_owned(), suppliers(supplier_there)), ("system".to_owned(), systems(system_there))].into()
    );
    let found: Vec<(&str, Option<By>)> =
        there.register_elsewhere.iter().map(|one| (one.name.as_str(), one.found.map(|found| found.by))).collect();
    assert!(
        found.contains(&("Example Software Ltd", Some(By::Identifier))) && found.contains(&("Example Homes", Some(By::Name))),
        "{found:?}"
    );
    assert!(found.contains(&("Example Extras Ltd", None)), "{found:?}");
    assert!(there.assessment.guests.is_empty() && there.invited.is_empty());
    assert_eq!(there.invited_elsewhere[0].guest, guest);
    let report = two.get(&lead, &format!("{address}/import-report")).await.page();
    let report = report.root_element().text().collect::<Vec<_>>().join(" ").split_whitespace().collect::<Vec<_>>().join(" ");
    for words in
        ["by its number", "by its name", "kept as text: Supplier: Example Extras Ltd", "Gail Guest", "They have no access here"]
    {
        assert!(report.contains(words), "{words}: {report}");
    }
    // Home again: everything is linked as it was, also what the second place did not know.
    let (_, _, third) = through(&one, &second).await;
    let home = Bundle::from_json(third.as_bytes()).unwrap();
    assert_eq!(home.assessment.systems, [system]);
    assert_eq!(rows(&home), [("supplier".to_owned(), suppliers(supplier)), ("system".to_owned(), systems(system))].into());
    assert_eq!(
        home.register.iter().map(|one| one.id).collect::<std::collections::BTreeSet<_>>(),
        [system.0, supplier.0, other.0].into()
    );
    for city in [&one, &two] {
        assert!(city.store().check(&domain::people::Scope::Operator).await.unwrap().sound());
    }
}
