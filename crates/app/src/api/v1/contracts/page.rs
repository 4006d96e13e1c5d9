//! A page of contracts as JSON, put together from the texts that the snapshot keeps of rows: most of an answer is rows, and
//! the same ones come up again and again.

use super::item;
use crate::api::{
    json,
    v1::answer::{self, Facets},
};
use domain::register::snapshot::{ContractPage, Snapshot};

/// A page as [`answer::List`] stands in JSON.
///
/// # Errors
/// When something cannot be written: a fault in the program.
pub fn written(snapshot: &Snapshot, page: ContractPage<'_>) -> Result<Vec<u8>, json::Error> {
    let mut out = Vec::with_capacity(answer::ROOM);
    out.extend_from_slice(b"{\"items\":[");
    for (place, row) in page.rows.iter().enumerate() {
        if place > 0 {
            out.push(b',');
        }
        snapshot.append_text(*row, &mut out, |view, out| json::append(out, &item(view)))?;
    }
    out.extend_from_slice(b"],\"total\":");
    json::append(&mut out, &page.total)?;
    out.extend_from_slice(b",\"facets\":");
    json::append(&mut out, &Facets(page.facets))?;
    out.extend_from_slice(b",\"next\":");
    json::append(&mut out, &page.next.map(|cursor| cursor.to_string()))?;
    out.push(b'}');
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{api::v1::answer::List, testing::City};
    use domain::register::snapshot::{ContractQuery, Facet, Sort};

    #[tokio::test(flavor = "multi_thread")]
    async fn a_page_made_of_kept_texts_is_what_serde_json_writes_of_a_list() {
        let city = City::illustrative().await;
        let snapshot = city.app.snapshot();
        for (sort, limit, facets) in
            [(Sort::Ends, 25, Facet::ALL.to_vec()), (Sort::Title, 40, vec![]), (Sort::Ends, 1000, vec![])]
        {
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
}
