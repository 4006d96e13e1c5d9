//! One change of any record taken back by a new one, by whoever may edit it and by nobody else.

use super::*;
use domain::register::money::Value;
use store::Record;

/// Changes a record as the command line would, and says where the log has it.
async fn changed<R: Record>(city: &City, before: &R, mut after: R) -> String {
    let mut write = city.store().write(&Scope::Operator, city.app.clock.now()).await.unwrap();
    assert!(write.update(before, &mut after).await.unwrap());
    write.commit().await.unwrap();
    city.refresh().await;
    city.store().sequence().await.unwrap().to_string()
}

async fn now<R: Record>(city: &City, id: Uuid) -> R {
    city.store().get::<R>(&Scope::Operator, id).await.unwrap().unwrap()
}

fn supplier(name: &str) -> Supplier {
    let id = SupplierId(Uuid::now_v7());
    Supplier {
        id,
        name: name.to_owned(),
        names: Vec::new(),
        identifiers: Vec::new(),
        owners: Vec::new(),
        sme: None,
        vcse: None,
        updated_at: 0,
    }
}

/// What must hold of a change to a shared record: those in `refused` cannot undo it, `keeper` can.
async fn undone_by(city: &City, keeper: &Browser, refused: &[&Browser], path: &str, sequence: &str) {
    for browser in refused {
        let answer = city.post(browser, path, &[("sequence", sequence)]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        let page = city.get(browser, path).await;
        assert!(page.status == StatusCode::OK && !page.text.contains("name=\"sequence\""), "{path}");
    }
    let page = city.get(keeper, path).await;
    assert!(page.text.contains(&format!("name=\"sequence\" value=\"{sequence}\"")), "{path}: {}", page.text);
    let done = city.post(keeper, path, &[("sequence", sequence)]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{path}: {}", words(&done));
    assert_eq!(done.location(), path);
    let told = words(&city.get(&Browser::default(), path).await);
    assert!(told.matches("before:").count() >= 2, "the history keeps both: {told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_of_shared_records_are_undone_by_the_hub_and_of_planned_procurements_by_their_organisation() {
    let own = camden().await;
    let city = &own.city;
    let hub = city.browser("loti", Role::NetworkAdministrator).await;
    let (viewer, other) = (city.browser("camden", Role::Viewer).await, city.browser("hackney", Role::Editor).await);
    let others = [&own.editor, &viewer, &other];

    let first = make(city, supplier("Bramblewick Systems")).await;
    let sequence = changed(city, &first, Supplier { name: "Bramblewick".to_owned(), sme: Some(true), ..first.clone() }).await;
    undone_by(city, &hub, &others, &format!("/suppliers/{}/history", first.id), &sequence).await;
    let after = now::<Supplier>(city, first.id.0).await;
    assert_eq!((after.name, after.sme), (first.name.clone(), None));

    let product = records::product("Rentwell");
    let product = make(city, product).await;
    let sequence = changed(city, &product, Product { manufacturer: Some(first.id), ..product.clone() }).await;
    undone_by(city, &hub, &others, &format!("/products/{}/history", product.id), &sequence).await;
    assert_eq!(now::<Product>(city, product.id.0).await.manufacturer, None);

    let function: Function = city.app.snapshot().functions()[0].record.as_ref().clone();
    let sequence = changed(city, &function, Function { name: "Renamed".to_owned(), ..function.clone() }).await;
    undone_by(city, &hub, &others, &format!("/functions/{}/history", function.slug), &sequence).await;
    assert_eq!(now::<Function>(city, function.id.0).await, function);

    let organisation = city.organisation("camden");
    let left = Organisation { member_from: Some(date(2018, 1, 1)), ..organisation.clone() };
    let sequence = changed(city, &organisation, left).await;
    undone_by(city, &hub, &others, "/organisations/camden/history", &sequence).await;
    assert_eq!(now::<Organisation>(city, organisation.id.0).await.member_from, organisation.member_from);

    let planned = PlannedProcurement {
        id: PlannedProcurementId(Uuid::now_v7()),
        key: "camden|register|t:repairs".to_owned(),
        organisation: organisation.id,
        reference: None,
        title: "Housing repairs".to_owned(),
        description: None,
        stage: "planning".to_owned(),
        value: Value::default(),
        closes: Some(date(2027, 3, 1)),
        start: None,
        end: None,
        duration: None,
        cpv: Vec::new(),
        origin: Origin { source: "register".to_owned(), ..Origin::default() },
        updated_at: 0,
    };
    let planned = make(city, planned).await;
    let sequence = changed(city, &planned, PlannedProcurement { closes: Some(date(2027, 4, 1)), ..planned.clone() }).await;
    let path = format!("/planned-procurements/{}/history", planned.id);
    undone_by(city, &own.editor, &[&hub, &viewer, &other], &path, &sequence).await;
    assert_eq!(now::<PlannedProcurement>(city, planned.id.0).await.closes, planned.closes);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_made_a_record_is_undone_by_removing_it_and_the_removal_by_bringing_it_back() {
    let own = camden().await;
    let city = &own.city;
    let other = city.browser("hackney", Role::Editor).await;
    let page = format!("/contracts/{}", own.contract.id);
    let path = format!("{page}/history");
    let made = city.store().history(&Scope::Operator, own.contract.id.0).await.unwrap()[0].sequence.to_string();
    let asked = city.post(&own.editor, &path, &[("sequence", &made)]).await;
    assert!(asked.status == StatusCode::OK && words(&asked).contains("Remove Housing management system?"), "{}", words(&asked));
    assert_eq!(stored(city, own.contract.id).await, own.contract, "nothing is written before the answer");
    let fields = filled(&asked.page(), "[name=sure]");
    let gone = city.post(&own.editor, &path, &with(&fields, &[])).await;
    assert_eq!((gone.status, gone.location()), (StatusCode::SEE_OTHER, path.as_str()), "{}", words(&gone));
    // For everyone else it is gone; whoever keeps it finds its history, and the way back.
    assert_eq!(city.get(&Browser::default(), &page).await.status, StatusCode::NOT_FOUND);
    for browser in [&Browser::default(), &other] {
        assert_eq!(city.get(browser, &path).await.status, StatusCode::NOT_FOUND);
    }
    let history = city.get(&own.editor, &path).await;
    assert!(words(&history).contains("This record was removed from the register"), "{}", words(&history));
    let removal = city.store().sequence().await.unwrap().to_string();
    assert_eq!(city.post(&other, &path, &[("sequence", &removal)]).await.status, StatusCode::NOT_FOUND);
    let back = city.post(&own.editor, &path, &[("sequence", &removal)]).await;
    assert_eq!(back.status, StatusCode::SEE_OTHER, "{}", words(&back));
    let after = stored(city, own.contract.id).await;
    assert_eq!(Contract { updated_at: own.contract.updated_at, ..after }, own.contract);
    assert_eq!(city.get(&Browser::default(), &page).await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_others_need_stays_and_a_reference_that_is_gone_does_not_come_back() {
    let own = camden().await;
    let city = &own.city;
    let hub = city.browser("loti", Role::NetworkAdministrator).await;
    let needed = make(city, supplier("Needed")).await;
    let before = stored(city, own.contract.id).await;
    let sequence =
        changed(city, &before, Contract { suppliers: vec![needed.id], supplier_state: SupplierState::Known, ..before.clone() })
            .await;
    let made = city.store().history(&Scope::Operator, needed.id.0).await.unwrap()[0].sequence.to_string();
    let path = format!("/suppliers/{}/history", needed.id);
    let kept = city.post(&hub, &path, &[("sequence", &made)]).await;
    assert!(words(&kept).contains("Other records refer to this one"), "{}", words(&kept));
    // The contract lets go of it, it goes, and the contract's change cannot be had back.
    let history = format!("/contracts/{}/history", own.contract.id);
    assert_eq!(city.post(&own.editor, &history, &[("sequence", &sequence)]).await.status, StatusCode::SEE_OTHER);
    let undone = city.store().sequence().await.unwrap().to_string();
    let asked = city.post(&hub, &path, &[("sequence", &made)]).await;
    let fields = filled(&asked.page(), "[name=sure]");
    assert_eq!(city.post(&hub, &path, &with(&fields, &[])).await.status, StatusCode::SEE_OTHER);
    let refused = city.post(&own.editor, &history, &[("sequence", &undone)]).await;
    assert!(words(&refused).contains("refer to a record that is gone"), "{}", words(&refused));
    assert!(stored(city, own.contract.id).await.suppliers.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_a_merge_made_is_taken_back_with_the_whole_merge_and_a_wrong_state_is_refused() {
    let own = camden().await;
    let city = &own.city;
    let before = stored(city, own.contract.id).await;
    let group = ImportId(Uuid::now_v7());
    let mut merge = Import {
        id: group,
        report: serde_json::json!({ "kind": "supplier", "from": "A", "into": "B" }),
        ..records::import("merge", city.app.clock.now())
    };
    let mut write = city.store().write(&Scope::Operator, city.app.clock.now()).await.unwrap();
    write.by_import(group);
    write.create(std::slice::from_mut(&mut merge)).await.unwrap();
    write.update(&before, &mut Contract { title: "By a merge".to_owned(), ..before.clone() }).await.unwrap();
    write.commit().await.unwrap();
    city.refresh().await;
    let path = format!("/contracts/{}/history", own.contract.id);
    let sequence = city.store().sequence().await.unwrap().to_string();
    let refused = city.post(&own.editor, &path, &[("sequence", &sequence)]).await;
    assert!(words(&refused).contains("part of a merge of two names"), "{}", words(&refused));
    // The end moves on and the start moves after the first end: that end cannot come back.
    change(&own, &own.editor, "dates", &[("end-year", "2028")]).await;
    let sequence = city.store().sequence().await.unwrap().to_string();
    change(&own, &own.editor, "dates", &[("start-year", "2027"), ("start-month", "6")]).await;
    let refused = city.post(&own.editor, &path, &[("sequence", &sequence)]).await;
    assert!(words(&refused).contains("must not be before the start date, 1 June 2027"), "{}", words(&refused));
    assert_eq!(stored(city, own.contract.id).await.term.end, Some(date(2028, 3, 31)));
}
