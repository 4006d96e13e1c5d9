//! A page that is put together from kept texts.

use crate::testing::City;
use api_json::{
    contract::item,
    page::written,
    shapes::{Facets, List},
};
use domain::register::snapshot::{ContractQuery, Facet, Sort};

#[tokio::test(flavor = "multi_thread")]
async fn a_page_made_of_kept_texts_is_what_serde_json_writes_of_a_list() {
    let city = City::illustrative().await;
    let snapshot = city.app.snapshot();
    for (sort, limit, facets) in [(Sort::Ends, 25, Facet::ALL.to_vec()), (Sort::Title, 40, vec![]), (Sort::Ends, 1000, vec![])] {
        let query = ContractQuery { sort, limit, facets, ..Default::default() };
        let page = snapshot.contracts(&query);
        let list = List {
            items: page.rows.iter().map(|row| item(snapshot.contract(*row))).collect(),
            total: page.total,
            next: page.next.clone().map(|cursor| cursor.to_string()),
            facets: Facets(page.facets.clone()),
        };
        let wanted = serde_json::to_string(&list).unwrap();
        assert_eq!(String::from_utf8(written(&snapshot, page.clone()).unwrap()).unwrap(), wanted);
        assert_eq!(String::from_utf8(written(&snapshot, page).unwrap()).unwrap(), wanted, "once more, of what was kept");
    }
}
