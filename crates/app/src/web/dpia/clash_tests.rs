//! Clashes in answers that are no long text: which cell of a table clashes is said, and what the form has there.

use super::tests::{Case, case, text, value};
use crate::testing::{Answer, Browser};
use axum::http::StatusCode;
use uuid::Uuid;

/// Rows of the table of data flows, each with its id, which data goes, and why.
type Flows<'f> = [(Uuid, &'f str, &'f str)];

impl Case {
    async fn flows(&self, who: &Browser, path: &str, version: &str, flows: &Flows<'_>) -> Answer {
        let mut fields: Vec<(String, String)> = [("version", version), ("which", "0"), ("complete", "no"), ("stay", "1")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec();
        for (id, data, why) in flows {
            fields.push(("answer-row".to_owned(), id.to_string()));
            for (column, words) in [("from", "Camden"), ("to", "Hackney"), ("data", *data), ("why", *why)] {
                fields.push((format!("answer-{id}-{column}"), words.to_owned()));
            }
        }
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.city.post(who, path, &fields).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_table_the_page_says_which_cell_clashes_and_what_stands_in_it() {
    let case = case().await;
    let field = format!("{}/shared/data-flows", case.address);
    let clash = format!("{field}/clash");
    let (one, two) = (Uuid::now_v7(), Uuid::now_v7());
    let first = [(one, "Names", "To visit"), (two, "Addresses", "To find the home")];
    assert_eq!(case.flows(&case.priya, &field, "0", &first).await.location(), field);
    // Other cells of a row fit; the same cell clashes.
    let priya = [first[0], (two, "Addresses", "To find the house")];
    assert_eq!(case.flows(&case.priya, &field, "1", &priya).await.location(), field);
    let dele = [(one, "Names and ages", "To visit"), (two, "Addresses", "To find the flat")];
    assert_eq!(case.flows(&case.dele, &field, "1", &dele).await.location(), clash);
    let page = case.city.get(&case.dele, &clash).await.page();
    assert_eq!(text(&page, "h1"), "You and Priya Nair changed the same answer");
    let table = text(&page, "table.ct-table");
    assert!(table.contains("1 place in the table needs you") && table.contains("Row 2, ‘Why’"), "{table}");
    assert!(table.contains("house") && table.contains("flat") && !table.contains("Names"), "{table}");
    let said = text(&page, "main");
    assert!(said.contains("Where a choice or a date clashes, what is in the assessment now stands here"), "{said}");
    assert!(!said.contains("Save and stay"), "{said}");
    let held = |id: Uuid, column: &str| value(&page, &format!("answer-{id}-{column}"));
    assert_eq!(held(one, "data"), "Names and ages");
    // Both stand in the line, and are not one word where they meet.
    assert_eq!(held(two, "why"), "To find the house To find the flat");
    let settled = [(one, "Names and ages", "To visit"), (two, "Addresses", "To find the home")];
    assert_eq!(case.flows(&case.dele, &clash, &value(&page, "version"), &settled).await.location(), field);
    // A row that one takes out and another changes.
    let version = value(&case.city.get(&case.priya, &field).await.page(), "version");
    assert_eq!(case.flows(&case.priya, &field, &version, &settled[..1]).await.location(), field);
    let changed = [settled[0], (two, "Addresses", "To find the home at once")];
    assert_eq!(case.flows(&case.dele, &field, &version, &changed).await.location(), clash);
    let page = case.city.get(&case.dele, &clash).await.page();
    let table = text(&page, "table.ct-table");
    assert!(table.contains("Row 2") && !table.contains("Row 2, ") && table.contains("at once"), "{table}");
    // Of what is no table and no text there is one answer to give.
    let starts = format!("{}/shared/people-count", case.address);
    case.save(&case.priya, "people-count", "0", "under-100").await;
    case.save(&case.priya, "people-count", "1", "under-1000").await;
    assert_eq!(case.save(&case.dele, "people-count", "1", "over-100000").await.location(), format!("{starts}/clash"));
    let answer = case.city.get(&case.dele, &format!("{starts}/clash")).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let said = text(&answer.page(), "main");
    assert!(said.contains("The answer needs you") && said.contains("Or give another answer"), "{said}");
}
