//! What people who keep the register can do, and what nobody else can, by every route.
//!
//! | module | what it shows |
//! |---|---|
//! | `changing` | correcting a record, and taking corrections back |
//! | `meanwhile` | what others changed since a page was opened: nothing is overwritten or confirmed unseen |
//! | `undoing` | one change of any record taken back: whoever may edit may undo |
//! | `unseen` | what an organisation writes for itself moves nothing that the public can watch |
//! | `access` | what nobody else can do, by every route (S11 to S15) |
//! | `new` | new records: question pages, the page to check, names that the hub places |
//! | `curating` | what the hub places, and merges |
//! | `files` | files in the browser: looked at, mapped, imported, reported, taken back; and files that are none |
//! | `left` | what an undo of an import left, named with who came after |
//! | `columns` | which column of a file says what: chosen, kept for the next such file, forgotten |
//! | `security` | what is written and what is sent does no harm |
//! | `notices` | public notices beside what the register says |
//! | `races` | two at once: a name is made once |
//! | `twice` | a form sent twice: the first result, whatever happened between |
//! | `told` | what a history says of names that were merged or removed since |
//! | `managers` | who looks after a contract, and who did |

mod access;
mod changing;
mod columns;
mod curating;
mod files;
mod left;
mod managers;
mod meanwhile;
mod new;
mod notices;
mod races;
mod security;
mod told;
mod twice;
mod undoing;
mod unseen;

use crate::testing::{Answer, Browser, City};
use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use domain::{
    people::{Role, Scope},
    register::{
        ids::*,
        records::*,
        terms::{Extension, Term, TermKind},
    },
};
use jiff::civil::date;
use scraper::{ElementRef, Html, Selector};
use test_support::records;
use uuid::Uuid;

fn all<'h>(root: ElementRef<'h>, selector: &str) -> Vec<ElementRef<'h>> {
    root.select(&Selector::parse(selector).unwrap()).collect()
}

/// What a browser would send of the form that holds a field (or a button) matching a selector.
fn filled(page: &Html, holding: &str) -> Vec<(String, String)> {
    let forms = all(page.root_element(), "main form");
    let form = forms.into_iter().find(|form| !all(*form, holding).is_empty()).expect("the page has the form");
    let mut fields = Vec::new();
    for control in all(form, "input, textarea, select") {
        let value = control.value();
        let Some(name) = value.attr("name") else { continue };
        let text = match value.name() {
            "textarea" => control.text().collect::<String>().trim_start_matches('\n').to_owned(),
            "select" => all(control, "option[selected]")
                .first()
                .and_then(|option| option.value().attr("value"))
                .unwrap_or_default()
                .to_owned(),
            _ if matches!(value.attr("type"), Some("radio" | "checkbox")) && value.attr("checked").is_none() => continue,
            _ => value.attr("value").unwrap_or_default().to_owned(),
        };
        fields.push((name.to_owned(), text));
    }
    fields
}

fn with<'f>(fields: &'f [(String, String)], changed: &[(&'f str, &'f str)]) -> Vec<(&'f str, &'f str)> {
    let mut sent: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .filter(|(name, _)| changed.iter().all(|(other, _)| other != name))
        .collect();
    sent.extend(changed.iter().copied());
    sent
}

fn words(answer: &Answer) -> String {
    answer.page().root_element().text().collect::<Vec<_>>().join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The words of the banner that the next page shows.
fn notice(answer: &Answer) -> String {
    answer.notice()
}

struct Own {
    city: City,
    contract: Contract,
    editor: Browser,
}

/// Camden with one contract, and an editor there.
async fn camden() -> Own {
    let city = City::empty().await;
    let organisation = city.organisation("camden").id;
    let mut contract = records::contract(organisation, "Housing management system", Some(date(2027, 3, 31)));
    contract.term.start = Some(date(2024, 4, 1));
    contract.term.kind = TermKind::Fixed;
    contract.origin.source = "register".to_owned();
    let contract = make(&city, contract).await;
    let person = city.person("Ada Keeper", "camden", &[Role::Editor]).await;
    let editor = city.signed_in(person, "camden").await;
    Own { city, contract, editor }
}

async fn make<R: store::Record>(city: &City, record: R) -> R {
    let mut all = [record];
    let mut write = city.store().write(&Scope::Operator, city.app.clock.now()).await.unwrap();
    write.create(&mut all).await.unwrap();
    write.commit().await.unwrap();
    city.refresh().await;
    let [record] = all;
    record
}

async fn stored(city: &City, id: ContractId) -> Contract {
    city.store().get::<Contract>(&Scope::Operator, id.0).await.unwrap().unwrap()
}

/// The form that holds a field, as a page shows it now.
async fn form(city: &City, browser: &Browser, path: &str, holding: &str) -> Vec<(String, String)> {
    let page = city.get(browser, path).await;
    assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.text);
    filled(&page.page(), holding)
}

/// A contract changed by somebody else.
async fn meanwhile(city: &City, id: ContractId, edit: impl Fn(&mut Contract)) -> Contract {
    let before = stored(city, id).await;
    let mut after = before.clone();
    edit(&mut after);
    let mut write = city.store().write(&Scope::Operator, city.app.clock.now()).await.unwrap();
    write.update(&before, &mut after).await.unwrap();
    write.commit().await.unwrap();
    city.refresh().await;
    stored(city, id).await
}

async fn change(own: &Own, browser: &Browser, group: &str, changed: &[(&str, &str)]) -> Answer {
    let path = format!("/contracts/{}/change/{group}", own.contract.id);
    let page = own.city.get(browser, &path).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    let fields = filled(&page.page(), "[name=version]");
    own.city.post(browser, &path, &with(&fields, changed)).await
}
