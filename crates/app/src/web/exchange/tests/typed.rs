//! What somebody typed into an assessment is text on every page that shows it.

use super::*;
use std::collections::BTreeSet;

#[tokio::test]
async fn s28_what_is_typed_into_an_assessment_is_text_on_its_pages() {
    let city = City::empty().await;
    let lead = city.browser("camden", Role::IgOfficer).await;
    let document = crate::papers::typed_tests::ill_meant().to_string();
    let sent = send(&city, &lead, "/assessments/import/citytools", &[], Some(("a.json", document.as_bytes()))).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let address = sent.location().trim_end_matches("/import-report").to_owned();
    let links = |answer: &Answer| -> BTreeSet<String> {
        let (page, links) = (answer.page(), scraper::Selector::parse("main a[href]").unwrap());
        let all = page.select(&links).filter_map(|link| link.value().attr("href"));
        let whole = all.map(|link| link.split(['?', '#']).next().unwrap_or_default().to_owned());
        whole.filter(|link| link.starts_with(&address) && !link.contains("/files/") && !link.contains("/changes/")).collect()
    };
    let mut paths = BTreeSet::from([sent.location().to_owned(), "/assessments".to_owned(), "/risks".to_owned()]);
    paths.extend(links(&city.get(&lead, &address).await));
    paths.extend(links(&city.get(&lead, &format!("{address}/risks")).await));
    for field in ["aims", "data-items", "systems"] {
        paths.insert(format!("{address}/shared/{field}"));
        paths.insert(format!("{address}/shared/{field}/history"));
    }
    let (mut shown, known) = (0, ["http:", "https:", "mailto:"]);
    for path in &paths {
        let answer = city.get(&lead, path).await;
        shown += usize::from(answer.text.contains("alert(1)"));
        for markup in ["<script>alert", "<img src=x", "<w:evil", "&evil;</"] {
            assert!(!answer.text.contains(markup), "{path}: {markup}");
        }
        // A link leads where the service says, or where an address field says that is one of a page or of a mailbox.
        for link in answer.page().select(&scraper::Selector::parse("a[href]").unwrap()) {
            let to = link.value().attr("href").unwrap_or_default();
            assert!(to.starts_with(['/', '#', '?']) || known.iter().any(|begins| to.starts_with(begins)), "{path}: {to}");
        }
    }
    assert!(paths.len() > 12 && shown > 10, "{shown} of {} pages showed it", paths.len());
}
