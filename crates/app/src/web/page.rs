//! What pages share: the frame around them, rendering, pagination, and links to the same list as data.

use super::{query::Params, session};
use crate::{
    api::v1::request::{LIMIT, LIMIT_MOST},
    error::{Code, Failure},
    state::App,
};
use axum::{
    http::header,
    response::{Html, IntoResponse as _, Redirect, Response},
};
use domain::{people::Act, register::ids::OrganisationId};
use govuk::{Acting, Alternate, Elsewhere, Frame, Link, NavItem, Notice};
use minijinja::context;
use serde::Serialize;

/// Rows of one page of a list.
pub const ROWS: usize = 25;

/// The service navigation: id, words, address.
const NAVIGATION: &[(&str, &str, &str)] = &[
    ("contracts", "Contracts", "/contracts"),
    ("systems", "Systems", "/systems"),
    ("products", "Products", "/products"),
    ("suppliers", "Suppliers", "/suppliers"),
    ("organisations", "Organisations", "/organisations"),
    ("functions", "Functions", "/functions"),
    ("skills", "Skills", "/skills"),
    ("matrix", "Matrix", "/matrix"),
    ("timeline", "Timeline", "/timeline"),
    ("published", "Published assessments", "/dpias"),
];

/// What whoever is signed in finds before the register.
const SIGNED_IN: &[(&str, &str, &str)] = &[
    ("work", "Your work", "/work"),
    ("projects", "Data projects", "/projects"),
    ("dpias", "Assessments", "/assessments"),
    ("risks", "Risks", "/risks"),
];

/// The frame of a page with a title, in a section of the navigation.
#[must_use]
pub fn frame(app: &App, title: impl Into<String>, section: Option<&str>) -> Frame {
    let mut frame = Frame::new(title);
    frame.nav = NAVIGATION.iter().map(|(id, text, href)| NavItem::new(*id, *text, *href)).collect();
    frame.section = section.map(str::to_owned);
    match session::current() {
        Some(caller) => signed_in(app, &mut frame, &caller),
        None => frame.account = vec![NavItem::new("sign-in", "Sign in", "/sign-in")],
    }
    frame.illustrative = app.illustrative();
    frame.as_at = Some(super::words::day(app.snapshot().as_at()));
    frame
}

/// What the frame says of whoever is asking.
fn signed_in(app: &App, frame: &mut Frame, caller: &session::Caller) {
    frame.notice.clone_from(&caller.notice);
    let Some(member) = caller.member() else {
        frame.account = vec![NavItem::new("sign-in", "Sign in", "/sign-in")];
        return;
    };
    frame.nav = SIGNED_IN.iter().chain(NAVIGATION).map(|(id, text, href)| NavItem::new(*id, *text, *href)).collect();
    frame.account = Vec::new();
    let snapshot = app.snapshot();
    let organisation =
        snapshot.organisation_by_id(member.acting_for).and_then(|row| snapshot.organisation(row)).map(|entry| &entry.record);
    if let Some(organisation) = organisation.filter(|_| caller.may(&Act::ManageMembers(member.acting_for))) {
        frame.account.push(NavItem::new("people", "People", format!("/organisations/{}/people", organisation.slug)));
    }
    if caller.may(&Act::ManageNetwork) {
        frame.account.push(NavItem::new("network", "Network", "/network"));
    }
    if caller.may(&Act::Curate) {
        frame.account.push(NavItem::new("curate", "Place and merge", "/curate"));
    }
    if let Some(organisation) = organisation.filter(|_| caller.may(&Act::EditRegister(member.acting_for))) {
        frame.account.push(NavItem::new("keep", "Keep the register", format!("/organisations/{}/register", organisation.slug)));
    }
    let roles: Vec<&str> = member
        .at(member.acting_for)
        .map(|standing| standing.roles.iter().chain(&standing.deputy).map(|role| role.words()).collect())
        .unwrap_or_default();
    let person = match roles.split_first() {
        None => member.name.clone(),
        Some((first, [])) => format!("{}, {first}", member.name),
        Some((first, [_])) => format!("{}, {first} and 1 more role", member.name),
        Some((first, more)) => format!("{}, {first} and {} more roles", member.name, more.len()),
    };
    frame.acting = Some(Acting {
        organisation: organisation.map_or_else(|| "an organisation".to_owned(), |organisation| organisation.name.clone()),
        colour: organisation.and_then(|organisation| organisation.colour.clone()),
        change: (member.standings.len() > 1).then(|| "/account/acting-for".to_owned()),
        person,
        elsewhere: None,
    });
}

/// Says beside for whom one acts that a page's record is another organisation's, and what that means for whoever reads it.
pub fn belongs_to(app: &App, frame: &mut Frame, organisation: OrganisationId) {
    let Some(caller) = session::current() else { return };
    let (Some(member), Some(acting)) = (caller.member(), &mut frame.acting) else { return };
    if member.acting_for == organisation {
        return;
    }
    let snapshot = app.snapshot();
    let found = snapshot.organisation_by_id(organisation).and_then(|row| snapshot.organisation(row));
    acting.elsewhere = found
        .map(|entry| Elsewhere { organisation: entry.record.name.clone(), keeps: caller.may(&Act::EditRegister(organisation)) });
}

/// Whether whoever asks places and merges names.
#[must_use]
pub fn curates() -> bool {
    session::current().is_some_and(|caller| caller.may(&Act::Curate))
}

/// Leads to a page after something was saved, which then says so once.
#[must_use]
pub fn saved(location: &str, notice: &str) -> Response {
    notified(location, &Notice { words: notice.to_owned(), saved: true })
}

/// Leads to a page after a form that saved nothing, which then says why.
#[must_use]
pub fn nothing_saved(location: &str, why: &str) -> Response {
    let mut response = notified(location, &Notice { words: why.to_owned(), saved: false });
    response.extensions_mut().insert(NothingSaved);
    response
}

/// Stands at a response that leads on from a form of which nothing was saved: what was typed into it is kept.
#[derive(Clone, Copy, Debug)]
pub struct NothingSaved;

fn notified(location: &str, notice: &Notice) -> Response {
    let mut response = Redirect::to(location).into_response();
    if let Some(cookie) = session::notice_cookie(notice) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// The frame of a list that stands in the navigation: breadcrumb 'Home', and the same list, of so many rows, as JSON and CSV.
#[must_use]
pub fn list_frame(app: &App, title: &str, section: &str, data: &Params, rows: u64) -> Frame {
    let mut frame = frame(app, data.titled(title), Some(section));
    frame.at_section = true;
    frame.breadcrumbs = vec![Link::new("Home", "/")];
    frame.alternates = vec![
        Alternate {
            href: json_address(data, section, rows),
            content_type: "application/json".into(),
            title: format!("{title} as JSON"),
        },
        Alternate { href: data.data_address(section, ".csv"), content_type: "text/csv".into(), title: format!("{title} as CSV") },
    ];
    frame
}

/// The same list of so many rows as JSON, all of it in one answer so far as the API gives so many.
fn json_address(data: &Params, section: &str, rows: u64) -> String {
    if rows <= LIMIT as u64 {
        return data.data_address(section, "");
    }
    data.with(&format!("/api/v1/{section}"), "limit", &LIMIT_MOST.to_string())
}

/// The frame of one record of a list.
#[must_use]
pub fn record_frame(app: &App, title: &str, section: &str, list: &str) -> Frame {
    let mut frame = frame(app, title, Some(section));
    frame.breadcrumbs = vec![Link::new("Home", "/"), Link::new(list, format!("/{section}"))];
    frame
}

/// Renders a template with its frame and its view, which the template knows as `page`.
///
/// # Errors
/// When the template fails: a fault in the program.
pub fn render(app: &App, template: &str, frame: &Frame, view: impl Serialize) -> Result<Html<String>, Failure> {
    let rendered = app
        .templates
        .get_template(template)
        .and_then(|template| template.render(context! { frame => govuk::value(frame), page => govuk::value(&view) }));
    match rendered {
        Ok(text) => Ok(Html(text)),
        Err(error) => {
            tracing::error!(template, error = format!("{error:#}"), "a page could not be rendered");
            Err(Failure::of(Code::Internal))
        }
    }
}

/// One way to take a list away, for the macro `get_as`.
#[derive(Clone, Debug, Serialize)]
pub struct GetAs {
    /// The words: 'CSV'.
    pub text: String,
    /// The address.
    pub href: String,
}

/// A table that only one page has, as files: the page's own question, at `{stem}.csv` and `{stem}.json`.
#[must_use]
pub fn get_shown(question: &Params, stem: &str) -> Vec<GetAs> {
    [("CSV", ".csv"), ("JSON", ".json")]
        .map(|(text, ending)| GetAs { text: text.to_owned(), href: question.at(&format!("{stem}{ending}")) })
        .into()
}

/// 'Get these as …': the formats that the API offers of a list of so many rows, and a calendar and a feed where dates or changes
/// matter.
#[must_use]
pub fn get_as(data: &Params, section: &str, rows: u64) -> Vec<GetAs> {
    let dated = matches!(section, "contracts" | "planned-procurements");
    let calendar = dated.then_some(("calendar", ".ics"));
    let feed = (dated || section == "systems").then_some(("feed", ".atom"));
    let mut all = get_tables(data, section, rows);
    let others = calendar.into_iter().chain(feed);
    all.extend(others.map(|(text, suffix)| GetAs { text: text.to_owned(), href: data.data_address(section, suffix) }));
    all
}

/// The tables among them. Each holds what the list shows on all its pages; where one answer of JSON cannot, it says so, and
/// stands beside JSON Lines, which can.
#[must_use]
pub fn get_tables(data: &Params, section: &str, rows: u64) -> Vec<GetAs> {
    let file = |(text, suffix): (&str, &str)| GetAs { text: text.to_owned(), href: data.data_address(section, suffix) };
    let json = |text: &str| GetAs { text: text.to_owned(), href: json_address(data, section, rows) };
    let mut all: Vec<GetAs> = [("CSV", ".csv"), ("Excel", ".xlsx")].map(file).into();
    if rows <= LIMIT_MOST as u64 {
        all.push(json("JSON"));
    } else {
        all.extend([file(("JSON Lines", ".jsonl")), json("JSON (the first 1,000)")]);
    }
    all
}

/// Where a page of a list stands in the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The page, from 1.
    pub page: usize,
    /// How many pages there are, at least 1.
    pub pages: usize,
}

impl Place {
    /// The place that a page number asks for among so many rows; none when it lies outside, which leads back to page 1.
    #[must_use]
    pub fn of(page: usize, total: usize) -> Option<Place> {
        let pages = total.div_ceil(ROWS).max(1);
        (1..=pages).contains(&page).then_some(Place { page, pages })
    }

    /// Rows to skip.
    #[must_use]
    pub fn offset(self) -> usize {
        (self.page - 1) * ROWS
    }
}

/// An item of the pagination component.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PageLink {
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    href: Option<String>,
    current: bool,
    ellipsis: bool,
}

/// The parameters of `govukPagination`; none where everything fits on one page.
#[derive(Clone, Debug, Serialize)]
pub struct Pagination {
    #[serde(skip_serializing_if = "Option::is_none")]
    previous: Option<Address>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<Address>,
    items: Vec<PageLink>,
    #[serde(rename = "landmarkLabel")]
    landmark_label: String,
}

#[derive(Clone, Debug, Serialize)]
struct Address {
    href: String,
}

/// The pagination under a list, or none for one page.
#[must_use]
pub fn pagination(params: &Params, path: &str, place: Place) -> Option<Pagination> {
    if place.pages <= 1 {
        return None;
    }
    let address = |page: usize| Address { href: params.with_page(path, page) };
    let shown: Vec<usize> =
        (1..=place.pages).filter(|page| *page == 1 || *page == place.pages || page.abs_diff(place.page) <= 1).collect();
    let mut items = Vec::new();
    let mut last = 0;
    for page in shown {
        if page > last + 1 {
            items.push(PageLink { number: None, href: None, current: false, ellipsis: true });
        }
        items.push(PageLink { number: Some(page), href: Some(address(page).href), current: page == place.page, ellipsis: false });
        last = page;
    }
    Some(Pagination {
        previous: (place.page > 1).then(|| address(place.page - 1)),
        next: (place.page < place.pages).then(|| address(place.page + 1)),
        items,
        landmark_label: "Pages of this list".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_outside_the_list_has_no_place() {
        assert_eq!(Place::of(1, 0), Some(Place { page: 1, pages: 1 }));
        assert_eq!(Place::of(3, 75).map(Place::offset), Some(50));
        assert_eq!(Place::of(4, 75), None);
        assert_eq!(Place::of(0, 75), None);
    }

    #[test]
    fn data_holds_all_rows_of_a_list_or_says_how_many() {
        let params = Params::parse("q=x").unwrap();
        let json = |rows: u64| {
            let links = get_as(&params, "contracts", rows);
            links.into_iter().filter(|link| link.text.starts_with("JSON")).map(|link| link.href).collect::<Vec<_>>()
        };
        assert_eq!(json(100), ["/api/v1/contracts?q=x"]);
        assert_eq!(json(715), ["/api/v1/contracts?q=x&limit=1000"]);
        assert_eq!(json(5000), ["/api/v1/contracts.jsonl?q=x", "/api/v1/contracts?q=x&limit=1000"]);
    }

    #[test]
    fn long_lists_leave_pages_out_and_one_page_has_no_pagination() {
        let params = Params::parse("q=x").unwrap();
        assert!(pagination(&params, "/contracts", Place { page: 1, pages: 1 }).is_none());
        let shown = pagination(&params, "/contracts", Place { page: 7, pages: 30 }).unwrap();
        let numbers: Vec<_> = shown.items.iter().map(|item| item.number).collect();
        assert_eq!(numbers, [Some(1), None, Some(6), Some(7), Some(8), None, Some(30)]);
        assert_eq!(shown.items[2].href.as_deref(), Some("/contracts?q=x&page=6"));
    }
}
