//! The signed-in pages of work, mail and sources, through the whole router, as different people see them.

use crate::{
    config::Clock,
    mail::{Letter, Recipient, Topic},
    state::App,
    web::{
        self,
        form::new_command,
        session::{COOKIE, new_token, token_hash},
    },
};
use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use domain::{
    people::{Membership, Person, Role, Scope, SessionId},
    register::{
        ids::OrganisationId,
        records::{Contract, Organisation},
        terms::{Extension, Period},
    },
    work::sources::Source,
};
use jiff::civil::{Date, date};
use store::sessions::Session;
use test_support::{TestDatabase, people, records};
use tower::ServiceExt as _;
use uuid::Uuid;

const TODAY: Date = date(2026, 11, 25);

struct Town {
    app: App,
    camden: Organisation,
    hackney: Organisation,
    _database: TestDatabase,
}

/// Somebody who is signed in.
struct Someone {
    person: Person,
    place: Membership,
    cookie: String,
}

struct Answer {
    status: StatusCode,
    location: Option<String>,
    body: String,
}

impl Town {
    async fn new() -> Self {
        let database = TestDatabase::migrated().await;
        let store = database.open().await;
        let (camden, hackney) = (records::organisation("camden"), records::organisation("hackney"));
        let mut write = store.write(&Scope::Operator, 1).await.unwrap();
        write.create(&mut [camden.clone(), hackney.clone()]).await.unwrap();
        write.commit().await.unwrap();
        let app = crate::testing::load(store, Clock::new(Some(TODAY)), "https://city.example".to_owned(), false).await.unwrap();
        Self { app, camden, hackney, _database: database }
    }

    async fn sign_in(&self, organisation: OrganisationId, name: &str, role: Role) -> Someone {
        let now = self.app.clock.now();
        let person = people::person(name, Some(&format!("{}@council.example", Uuid::now_v7().simple())));
        let place = people::place(person.id, organisation, &[role], now);
        let token = new_token().unwrap();
        let session = Session {
            id: SessionId(Uuid::now_v7()),
            person: person.id,
            acting_for: organisation,
            created_at: now,
            seen_at: now,
            checked_at: now,
            second_factor: true,
            method: "test".to_owned(),
            agent: String::new(),
            address: String::new(),
            ended_at: None,
        };
        let mut write = self.app.store.write(&Scope::Operator, now).await.unwrap();
        let (mut people, mut places) = ([person], [place]);
        write.create(&mut people).await.unwrap();
        write.create(&mut places).await.unwrap();
        write.open_session(&session, &token_hash(&token)).await.unwrap();
        write.commit().await.unwrap();
        let ([person], [place]) = (people, places);
        Someone { person, place, cookie: format!("{COOKIE}={token}") }
    }

    async fn add(&self, contracts: &mut [Contract]) {
        let mut write = self.app.store.write(&Scope::Operator, 5).await.unwrap();
        write.create(contracts).await.unwrap();
        write.commit().await.unwrap();
    }

    async fn ask(&self, request: Request<Body>) -> Answer {
        let answer = web::router(self.app.clone()).oneshot(request).await.unwrap();
        let status = answer.status();
        let location = answer.headers().get(header::LOCATION).map(|value| value.to_str().unwrap().to_owned());
        let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        Answer { status, location, body: String::from_utf8_lossy(&body).into_owned() }
    }

    async fn get(&self, who: Option<&Someone>, path: &str) -> Answer {
        let mut request = Request::get(path);
        if let Some(who) = who {
            request = request.header(header::COOKIE, &who.cookie);
        }
        self.ask(request.body(Body::empty()).unwrap()).await
    }

    async fn post(&self, who: Option<&Someone>, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin");
        if let Some(who) = who {
            request = request.header(header::COOKIE, &who.cookie);
        }
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.ask(request.body(Body::from(body)).unwrap()).await
    }

    /// Takes somebody's place away.
    async fn revoke(&self, someone: &Someone) {
        let before = self.app.store.get::<Membership>(&Scope::Operator, someone.place.id.0).await.unwrap().unwrap();
        let mut after = Membership { revoked_at: Some(9), ..before.clone() };
        let mut write = self.app.store.write(&Scope::Operator, 9).await.unwrap();
        write.update(&before, &mut after).await.unwrap();
        write.commit().await.unwrap();
    }
}

/// A contract whose option is to be taken up by a day: three months before its end.
fn deciding(organisation: OrganisationId, title: &str, end: Date) -> Contract {
    let mut contract = records::contract(organisation, title, Some(end));
    contract.term.extensions = vec![Extension { months: 12, notice: Some(Period::months(3)), ..Extension::default() }];
    contract
}

#[tokio::test]
async fn your_work_shows_what_is_late_this_week_and_later_of_ones_own_organisation_alone() {
    let town = Town::new().await;
    town.add(&mut [
        deciding(town.camden.id, "Late thing", date(2027, 2, 20)),
        deciding(town.camden.id, "Soon thing", date(2027, 2, 27)),
        deciding(town.camden.id, "Later thing", date(2027, 9, 30)),
        deciding(town.camden.id, "Far thing", date(2029, 9, 30)),
        deciding(town.hackney.id, "Hackney's thing", date(2027, 2, 27)),
    ])
    .await;
    let manager = town.sign_in(town.camden.id, "Ann", Role::ContractManager).await;
    let page = town.get(Some(&manager), "/work").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let place = |text: &str| page.body.find(text).unwrap_or_else(|| panic!("no '{text}' in {}", page.body));
    assert!(place("Late (") < place("Decide whether to extend: Late thing"));
    assert!(place("Late thing") < place("This week (") && place("This week (") < place("Soon thing"));
    assert!(place("Soon thing") < place("Later (") && place("Later (") < place("Later thing"));
    assert!(page.body.contains("5 days late") && page.body.contains("20 November 2026"));
    assert!(!page.body.contains("Far thing") && !page.body.contains("Hackney"));
    let viewer = town.sign_in(town.camden.id, "Vic", Role::Viewer).await;
    assert!(town.get(Some(&viewer), "/work").await.body.contains("Nothing asks for you"));
    let away = town.get(None, "/work").await;
    assert!(away.location.unwrap().starts_with("/sign-in?next="));
}

#[tokio::test]
async fn your_work_asks_the_same_people_as_the_reminders() {
    let town = Town::new().await;
    let ann = town.sign_in(town.camden.id, "Ann", Role::ContractManager).await;
    let ed = town.sign_in(town.camden.id, "Ed", Role::Editor).await;
    let hal = town.sign_in(town.camden.id, "Hal", Role::HeadOfProcurement).await;
    let mut late = deciding(town.camden.id, "Late thing", date(2027, 2, 20));
    late.manager = Some(ed.person.id);
    let mut service = deciding(town.camden.id, "Homes thing", date(2027, 6, 30));
    service.owning_service = Some("Housing".to_owned());
    town.add(&mut [late, service]).await;
    let shows = async |who: &Someone, title: &str| town.get(Some(who), "/work").await.body.contains(title);
    assert!(!shows(&ann, "Late thing").await && shows(&ed, "Late thing").await && shows(&hal, "Late thing").await);
    // An editor stands in only where there is no contract manager.
    assert!(shows(&ann, "Homes thing").await && !shows(&ed, "Homes thing").await && !shows(&hal, "Homes thing").await);
}

#[tokio::test]
async fn what_stands_behind_a_record_or_was_replaced_is_no_task() {
    let town = Town::new().await;
    let dele = town.sign_in(town.camden.id, "Dele", Role::ContractManager).await;
    let next = records::contract(town.camden.id, "Repairs from 2027", Some(date(2035, 6, 30)));
    let own = deciding(town.camden.id, "Parking", date(2027, 3, 31));
    let mut notice = deciding(town.camden.id, "Parking by notice", date(2027, 3, 31));
    (notice.origin.source, notice.notice_of) = ("ocds-find-a-tender".to_owned(), Some(own.id));
    let mut replaced = deciding(town.camden.id, "Repairs until 2027", date(2027, 3, 31));
    replaced.replaced_by = Some(next.id);
    town.add(&mut [next, own]).await;
    town.add(&mut [notice, replaced]).await;
    let page = town.get(Some(&dele), "/work").await.body;
    assert!(page.contains("Parking") && !page.contains("Parking by notice") && !page.contains("Repairs"), "{page}");
}

#[tokio::test]
async fn the_five_fixes_of_the_months_message_stand_in_your_work_too() {
    let town = Town::new().await;
    let ed = town.sign_in(town.camden.id, "Ed", Role::Editor).await;
    town.add(&mut [records::contract(town.camden.id, "Repairs", Some(date(2028, 6, 30)))]).await;
    crate::jobs::refresh::refresh(&town.app).await.unwrap();
    let page = town.get(Some(&ed), "/work").await.body.replace("&#x2f;", "/").replace("&amp;", "&");
    // What nobody confirmed is confirmed where the button for it stands.
    let confirmed = page.matches("/organisations/camden/register#stale-contract").count();
    let fixes = page.matches("/contracts?keeper=camden&missing=").count() + confirmed;
    assert!(fixes >= 5 && confirmed >= 1, "{fixes}: {page}");
    assert!(!page.contains("missing=confirmed"), "{page}");
    assert_eq!(page.matches("raises the register").count(), 1, "{page}");
    // What brings most stands first.
    let gains: Vec<f64> = page.split(" points").filter_map(|before| before.rsplit("by ").next()?.parse().ok()).collect();
    assert!(gains.len() >= 5 && gains.is_sorted_by(|a, b| a >= b), "{gains:?}: {page}");
}

#[tokio::test]
async fn the_list_as_a_file_holds_no_formula() {
    let town = Town::new().await;
    town.add(&mut [deciding(town.camden.id, "=HYPERLINK(\"x\")", date(2027, 2, 27))]).await;
    let manager = town.sign_in(town.camden.id, "Ann", Role::Editor).await;
    let file = town.get(Some(&manager), "/work.csv").await;
    assert!(file.body.contains("\"2026-11-27\",\"Decide whether to extend: =HYPERLINK(\"\"x\"\")\""), "{}", file.body);
    assert!(file.body.lines().all(|line| !line.contains("\"=")), "{}", file.body);
}

/// The address of a new calendar of somebody.
async fn calendar(town: &Town, who: &Someone) -> String {
    let command = new_command().to_string();
    let mut made = town.post(Some(who), "/work/calendar", &[("command", &command)]).await;
    made.body = made.body.replace("&#x2f;", "/");
    let start =
        made.body.find("https://city.example/work/").unwrap_or_else(|| panic!("{}", made.body)) + "https://city.example".len();
    let end = start + made.body[start..].find(".ics").unwrap() + 4;
    // A repeat shows no address.
    let again = town.post(Some(who), "/work/calendar", &[("command", &command)]).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER);
    made.body[start..end].to_owned()
}

#[tokio::test]
async fn a_calendar_holds_the_next_decision_of_a_contract_however_far_ahead_and_your_work_does_not() {
    let town = Town::new().await;
    let mut contracts = [deciding(town.camden.id, "Far thing", date(2029, 12, 31))];
    town.add(&mut contracts).await;
    let ann = town.sign_in(town.camden.id, "Ann", Role::ContractManager).await;
    let other = town.sign_in(town.hackney.id, "Bob", Role::ContractManager).await;
    let feed = town.get(None, &calendar(&town, &ann).await).await.body;
    assert!(feed.contains("Far thing") && feed.contains("DTSTART;VALUE=DATE:20290930"), "{feed}");
    assert!(!town.get(Some(&ann), "/work").await.body.contains("Far thing"));
    assert!(!town.get(None, &calendar(&town, &other).await).await.body.contains("Far thing"));
}

#[tokio::test]
async fn s49_a_calendar_shows_what_its_person_may_see_now_and_ends_when_it_is_stopped() {
    let town = Town::new().await;
    town.add(&mut [
        deciding(town.camden.id, "Camden thing", date(2027, 2, 27)),
        deciding(town.hackney.id, "Hackney thing", date(2027, 2, 27)),
    ])
    .await;
    let ann = town.sign_in(town.camden.id, "Ann", Role::ContractManager).await;
    let bob = town.sign_in(town.hackney.id, "Bob", Role::ContractManager).await;
    let (of_ann, of_bob) = (calendar(&town, &ann).await, calendar(&town, &bob).await);
    let feed = town.get(None, &of_ann).await;
    assert_eq!(feed.status, StatusCode::OK);
    assert!(feed.body.contains("Camden thing") && feed.body.contains("DTSTART;VALUE=DATE:20261127"), "{}", feed.body);
    assert!(!feed.body.contains("Hackney thing") && !feed.body.contains(&of_ann[6..30]));
    assert!(town.get(None, &of_bob).await.body.contains("Hackney thing"));
    // It is an address to read: it opens nothing else and takes nothing.
    let token = of_ann.strip_prefix("/work/").unwrap().strip_suffix(".ics").unwrap();
    for path in [format!("/work/{token}"), format!("/work/{token}.json"), "/work/unknown.ics".to_owned()] {
        assert_eq!(town.get(None, &path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(town.post(None, &of_ann, &[]).await.status, StatusCode::METHOD_NOT_ALLOWED);
    // Bob cannot stop Ann's; Ann can.
    let id = town.app.store.calendar_of(crate::mail::letter::digest(token), 0).await.unwrap().unwrap().id;
    let command = new_command().to_string();
    let stop = format!("/work/calendar/{id}/stop");
    assert_eq!(town.post(Some(&bob), &stop, &[("command", &command)]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(town.get(None, &of_ann).await.status, StatusCode::OK);
    assert_eq!(town.post(Some(&ann), &stop, &[("command", &command)]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(town.get(None, &of_ann).await.status, StatusCode::NOT_FOUND);
    // Bob loses his place: his calendar ends on the next reading.
    town.revoke(&bob).await;
    assert_eq!(town.get(None, &of_bob).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn mail_is_stopped_by_a_press_and_not_by_a_look_and_can_be_had_again() {
    let town = Town::new().await;
    let ann = town.sign_in(town.camden.id, "Ann", Role::Editor).await;
    let letter = Letter {
        topic: Topic::MonthlyCheck,
        template: "monthly-check",
        to: Recipient::new(Some("Ann"), ann.person.email.as_deref().unwrap()).unwrap(),
        person: Some(ann.person.id.0),
        organisation: None,
        about: None,
        expires_at: None,
        values: serde_json::json!({ "name": "Ann", "organisation": "Camden", "points": 60, "complete": 70, "confirmed": 50, "fixes": [] }),
    };
    let mail = letter.seal("https://city.example").unwrap();
    let path = mail.unsubscribe.as_ref().unwrap().url.strip_prefix("https://city.example").unwrap().to_owned();
    let mut write = town.app.store.write(&Scope::Operator, 5).await.unwrap();
    write.mail(&mail).await.unwrap();
    write.commit().await.unwrap();
    let unwanted = async || town.app.store.get::<Person>(&Scope::Operator, ann.person.id.0).await.unwrap().unwrap().unwanted_mail;
    assert_eq!(town.get(None, &path).await.status, StatusCode::OK);
    assert!(unwanted().await.is_empty(), "a look stopped it");
    // As a mail reader sends it: no cookie, another kind of body, twice.
    for _ in 0..2 {
        let request = Request::post(&path).header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
        let answer = town.ask(request.body(Body::from("--x--")).unwrap()).await;
        assert_eq!(answer.status, StatusCode::OK);
    }
    assert_eq!(unwanted().await, ["monthly-check"]);
    assert_eq!(town.get(None, "/mail/stop/0000").await.status, StatusCode::NOT_FOUND);
    let page = town.get(Some(&ann), "/account/mail").await;
    assert!(
        page.body.contains("value=\"reminders\" checked") && !page.body.contains("value=\"monthly-check\" checked"),
        "{}",
        page.body
    );
    let version = town.app.store.get::<Person>(&Scope::Operator, ann.person.id.0).await.unwrap().unwrap().updated_at.to_string();
    let command = new_command().to_string();
    let fields = [("command", command.as_str()), ("version", &version), ("topic", "monthly-check"), ("topic", "reminders")];
    assert_eq!(town.post(Some(&ann), "/account/mail", &fields).await.status, StatusCode::SEE_OTHER);
    assert_eq!(unwanted().await, ["sources", "dpia"]);
}

#[tokio::test]
async fn an_editor_keeps_scheduled_sources_and_others_do_not_see_them() {
    let town = Town::new().await;
    let ann = town.sign_in(town.camden.id, "Ann", Role::Editor).await;
    let bob = town.sign_in(town.hackney.id, "Bob", Role::Editor).await;
    let vic = town.sign_in(town.camden.id, "Vic", Role::Viewer).await;
    let command = new_command().to_string();
    let wrong =
        town.post(Some(&ann), "/sources/new", &[("command", &command), ("name", "<b>Register"), ("url", "ftp://x")]).await;
    assert_eq!(wrong.status, StatusCode::OK);
    assert!(wrong.body.contains("<title>Error: ") && wrong.body.contains("There is a problem"), "{}", wrong.body);
    assert!(wrong.body.contains("value=\"&lt;b&gt;Register\"") || wrong.body.contains("&lt;b&gt;Register"));
    let fields = [
        ("command", command.as_str()),
        ("name", "Register"),
        ("kind", "csv"),
        ("url", "https://data.camden.example/contracts.csv?key=s3cret"),
        ("every", "week"),
        ("mapping", "Vendor = supplier"),
    ];
    let added = town.post(Some(&ann), "/sources/new", &fields).await;
    let address = added.location.unwrap();
    // A repeated press makes no second one.
    assert_eq!(town.post(Some(&ann), "/sources/new", &fields).await.location.as_deref(), Some(address.as_str()));
    let sources = town.app.store.all::<Source>(&Scope::Operator).await.unwrap();
    assert_eq!(sources.len(), 1);
    assert_eq!(town.app.store.due_sources(&Scope::Operator, town.app.clock.now()).await.unwrap(), [sources[0].id]);
    let page = town.get(Some(&ann), &address).await;
    assert!(page.body.contains("Every Monday") && page.body.contains("Vendor = supplier"), "{}", page.body);
    assert!(town.get(Some(&ann), "/sources").await.body.contains("Register"));
    for (who, path) in
        [(&bob, address.clone()), (&bob, format!("{address}/edit")), (&vic, address.clone()), (&vic, "/sources".to_owned())]
    {
        assert_eq!(town.get(Some(who), &path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert!(!town.get(Some(&bob), "/sources").await.body.contains("s3cret"));
    for path in ["read", "edit", "remove"] {
        let answer = town
            .post(Some(&bob), &format!("{address}/{path}"), &[("command", &new_command().to_string()), ("version", "1")])
            .await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
    // Somebody else saved first: both stand on the page, and nothing is lost.
    let edited: Vec<(&str, &str)> = fields.iter().filter(|(name, _)| *name != "command").copied().collect();
    let save = async |name: &'static str, version: &str| {
        let command = new_command().to_string();
        let mut fields: Vec<(&str, &str)> = edited.iter().filter(|(field, _)| *field != "name").copied().collect();
        fields.extend([("command", command.as_str()), ("version", version), ("name", name)]);
        town.post(Some(&ann), &format!("{address}/edit"), &fields).await
    };
    let version = sources[0].updated_at.to_string();
    assert_eq!(save("First", &version).await.status, StatusCode::SEE_OTHER);
    let clash = save("Second", &version).await;
    assert_eq!(clash.status, StatusCode::OK);
    assert!(clash.body.contains("It now reads: First") && clash.body.contains("value=\"Second\""), "{}", clash.body);
    // Different fields both stay.
    let other: Vec<(&str, &str)> =
        edited.iter().map(|(name, value)| (*name, if *name == "every" { "month" } else { value })).collect();
    let command = new_command().to_string();
    let other: Vec<(&str, &str)> =
        other.into_iter().chain([("command", command.as_str()), ("version", version.as_str())]).collect();
    assert_eq!(town.post(Some(&ann), &format!("{address}/edit"), &other).await.status, StatusCode::SEE_OTHER);
    let both = town.app.store.get::<Source>(&Scope::Operator, sources[0].id.0).await.unwrap().unwrap();
    assert_eq!((both.name.as_str(), both.every.as_str()), ("First", "month"));
    let read = town.post(Some(&ann), &format!("{address}/read"), &[("command", &new_command().to_string())]).await;
    assert_eq!(read.status, StatusCode::SEE_OTHER);
    assert_eq!(town.app.store.backlog(&Scope::Operator, i64::MAX).await.unwrap().waiting, 1);
    let gone = town.post(Some(&ann), &format!("{address}/remove"), &[("command", &new_command().to_string())]).await;
    assert_eq!(gone.location.as_deref(), Some("/sources"));
    assert_eq!(town.get(Some(&ann), &address).await.status, StatusCode::NOT_FOUND);
}
