//! What a history says of names that were merged or removed since: never nothing where something stood.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn after_a_merge_the_history_names_the_supplier_that_stood_there_and_what_it_is_called_now() {
    let own = camden().await;
    let (city, id) = (&own.city, own.contract.id);
    let into = make(city, records::supplier("Bramblewick Software Ltd")).await;
    let from = make(city, records::supplier("Bramblewick Sofware")).await;
    let other = make(city, records::supplier("Ostlerby Resale Ltd")).await;
    meanwhile(city, id, |contract| {
        contract.suppliers = vec![from.id, other.id];
        contract.supplier_state = SupplierState::Known;
    })
    .await;
    let hub = city.browser("loti", Role::NetworkAdministrator).await;
    let asked = city.post(&hub, "/curate", &[("kind", "supplier"), ("subject", &from.id.to_string())]).await;
    let merged = city.post(&hub, asked.location(), &[("do", "merge"), ("into", &into.id.to_string())]).await;
    assert_eq!(merged.status, StatusCode::SEE_OTHER, "{}", words(&merged));
    let address = format!("/contracts/{id}");
    let was = "Bramblewick Sofware (now Bramblewick Software Ltd), Ostlerby Resale Ltd";
    for path in [address.clone(), format!("{address}/history")] {
        for browser in [&own.editor, &Browser::default()] {
            let said = words(&city.get(browser, &path).await);
            assert!(said.contains(&format!("Bramblewick Software Ltd, Ostlerby Resale Ltd, before: {was}")), "{path}: {said}");
            assert!(said.contains(&format!(": {was}, before:")), "{path}: {said}");
        }
    }
    // Where no merge says what became of it, its own name is told.
    let before: Supplier = city.store().get(&Scope::Operator, other.id.0).await.unwrap().unwrap();
    meanwhile(city, id, |contract| contract.suppliers = vec![into.id]).await;
    let mut write = city.store().write(&Scope::Operator, city.app.clock.now()).await.unwrap();
    write.delete(&[before]).await.unwrap();
    write.commit().await.unwrap();
    city.refresh().await;
    let said = words(&city.get(&Browser::default(), &format!("{address}/history")).await);
    assert!(said.contains("before: Bramblewick Software Ltd, Ostlerby Resale Ltd (removed since)"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_names_that_nobody_knows_is_never_shown_as_none() {
    use crate::web::register::history::{Beside, Shown, shown};
    let snapshot = City::empty().await.app.snapshot();
    let two = serde_json::json!([Uuid::now_v7().to_string(), Uuid::now_v7().to_string()]);
    for field in ["suppliers", "products", "functions"] {
        let removed = "a name that was removed".to_owned();
        assert_eq!(shown(field, &two, &snapshot, &Beside::default()), Shown::Names(vec![removed.clone(), removed]), "{field}");
        assert_eq!(shown(field, &serde_json::json!([]), &snapshot, &Beside::default()), Shown::Nothing, "{field}");
    }
}
