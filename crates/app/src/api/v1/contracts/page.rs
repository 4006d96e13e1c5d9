//! A page of contracts as JSON, put together from the texts that the snapshot keeps of rows and of values of facets: most of an
//! answer is rows, and the same ones come up again and again.

use super::item;
use crate::api::{json, v1::answer};
use domain::register::snapshot::{ContractPage, Facet, FacetCount, Snapshot};

/// Facets by name, in the order asked for.
fn append_facets(out: &mut Vec<u8>, facets: &[(Facet, Vec<FacetCount<'_>>)]) -> Result<(), json::Error> {
    out.push(b'{');
    for (place, (facet, counts)) in facets.iter().enumerate() {
        if place > 0 {
            out.push(b',');
        }
        json::append(out, &facet.as_str())?;
        out.extend_from_slice(b":[");
        for (place, count) in counts.iter().enumerate() {
            if place > 0 {
                out.push(b',');
            }
            count.kept.append(out, |out| {
                out.extend_from_slice(b"{\"value\":");
                json::append(out, &count.value)?;
                out.extend_from_slice(b",\"label\":");
                json::append(out, &count.label)?;
                out.extend_from_slice(b",\"count\":");
                Ok(())
            })?;
            json::append(out, &count.count)?;
            out.push(b'}');
        }
        out.push(b']');
    }
    out.push(b'}');
    Ok(())
}

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
    append_facets(&mut out, &page.facets)?;
    out.extend_from_slice(b",\"next\":");
    json::append(&mut out, &page.next.map(|cursor| cursor.to_string()))?;
    out.push(b'}');
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{api::v1::answer::List, testing::City};
    use domain::register::snapshot::{ContractQuery, Sort};

    fn facet((facet, counts): &(Facet, Vec<FacetCount<'_>>)) -> (String, serde_json::Value) {
        (facet.as_str().to_owned(), serde_json::to_value(counts).unwrap())
    }

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
                facets: page.facets.iter().map(facet).collect::<serde_json::Map<_, _>>(),
            };
            let wanted = serde_json::to_string(&list).unwrap();
            assert_eq!(String::from_utf8(written(&snapshot, page.clone()).unwrap()).unwrap(), wanted);
            assert_eq!(String::from_utf8(written(&snapshot, page).unwrap()).unwrap(), wanted, "once more, of what was kept");
        }
    }
}
