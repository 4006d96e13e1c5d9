//! A whole server for tests inside this crate: a database of either kind, the router with every layer, and browsers that are
//! signed in as whoever a test needs. Nothing here asserts more than that the server answers.

use crate::{
    config::{Clock, File},
    state::{App, SignIn},
    web::{
        self,
        drafts::KEEPS,
        form::new_command,
        session::{COOKIE, new_token, token_hash},
    },
};
use axum::{
    body::Body,
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use domain::{
    people::{Membership, MembershipId, Person, PersonId, Role, Scope, SessionId},
    register::{illustrative, records::Organisation, reference::Reference},
};
use jiff::civil::date;
use std::{
    cell::RefCell,
    sync::{Arc, Mutex, Once},
    time::Duration,
};
use store::{Store, sessions::Session};
use test_support::{TestDatabase, people};
use tower::ServiceExt as _;
use tracing_subscriber::{Layer as _, Registry, filter::DynFilterFn, fmt, layer::SubscriberExt as _};
use uuid::Uuid;

/// The application over a store, under no settings but these.
///
/// # Errors
/// When the database cannot be read.
pub async fn load(store: Store, clock: Clock, public_url: String, public_metrics: bool) -> Result<App, store::Error> {
    let file = File { public_url: Some(public_url), public_metrics: Some(public_metrics), ..File::default() };
    App::under_with(store, clock, &file, "", SignIn::default(), web::PAGES).await
}

/// A server with London's organisations and functions.
pub struct City {
    /// What every request shares.
    pub app: App,
    database: TestDatabase,
    router: axum::Router,
}

/// What is logged on this thread, however fine.
#[derive(Clone, Default)]
pub struct Lines(Arc<Mutex<Vec<u8>>>);

thread_local! {
    /// Who listens to what this thread logs.
    static LISTENER: RefCell<Option<Lines>> = const { RefCell::new(None) };
}

/// Ends the listening when it is dropped.
pub struct Listening(());

impl Drop for Listening {
    fn drop(&mut self) {
        LISTENER.take();
    }
}

impl Lines {
    /// Listens while the guard lives.
    ///
    /// One subscriber serves the whole process and asks each time whether its thread is listened to: with one a thread, whether a line
    /// is wanted at all is remembered as another test's thread, which nobody listens to, had it.
    pub fn listen() -> (Self, Listening) {
        static WHOLE: Once = Once::new();
        WHOLE.call_once(|| {
            let listened = DynFilterFn::new(|_, _| LISTENER.with_borrow(Option::is_some));
            let lines = fmt::layer()
                .with_ansi(false)
                .with_writer(|| LISTENER.with_borrow(|listener| listener.clone().unwrap_or_default()));
            tracing::subscriber::set_global_default(Registry::default().with(lines.with_filter(listened)))
                .expect("nobody else listens in tests");
        });
        let lines = Self::default();
        LISTENER.set(Some(lines.clone()));
        (lines, Listening(()))
    }

    /// All of it.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl std::io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What a request got.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as text; empty where it is none.
    pub text: String,
}

impl Answer {
    /// Where it leads, for redirects.
    pub fn location(&self) -> &str {
        self.headers.get(header::LOCATION).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The words of the banner that the next page shows; empty where it shows none.
    pub fn notice(&self) -> String {
        use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
        let cookies = self.headers.get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
        let value = cookies.filter_map(|value| value.strip_prefix("__Host-notice=")).find_map(|value| value.split(';').next());
        // Whether something was saved stands before a full stop.
        let words = value.unwrap_or_default().rsplit('.').next().unwrap_or_default();
        String::from_utf8(URL_SAFE_NO_PAD.decode(words).unwrap()).unwrap()
    }

    /// The page, for selectors.
    pub fn page(&self) -> scraper::Html {
        scraper::Html::parse_document(&self.text)
    }
}

/// A browser, signed in or not.
#[derive(Clone, Debug, Default)]
pub struct Browser {
    /// Its cookies, as the header sends them.
    pub cookies: String,
    /// Who is signed in.
    pub person: Option<PersonId>,
}

/// A database with London's organisations and functions, and with the illustrative register where it is to be filled.
/// All of it is written at `at`, milliseconds of UTC; databases of one name are copies of one.
pub async fn city_database(name: &str, filled: bool, clock: Clock, at: i64) -> TestDatabase {
    TestDatabase::like(name, async |store| {
        let scope = Scope::Job { name: "test".to_owned() };
        let mut shipped = Reference::shipped().unwrap();
        let mut write = store.write(&scope, at).await.unwrap();
        write.create(&mut shipped.service_areas).await.unwrap();
        write.create(&mut shipped.organisations).await.unwrap();
        write.create(&mut shipped.functions).await.unwrap();
        if filled {
            let mut made = illustrative::generate(clock.today(), illustrative::SEED, &shipped.organisations, &shipped.functions);
            write.create(&mut made.suppliers).await.unwrap();
            write.create(&mut made.products).await.unwrap();
            write.create(&mut made.systems).await.unwrap();
            write.create(&mut made.contracts).await.unwrap();
            write.create(&mut made.planned).await.unwrap();
            write.create(&mut made.skills).await.unwrap();
        }
        write.commit().await.unwrap();
    })
    .await
}

impl City {
    /// London's organisations and functions, and nothing else.
    pub async fn empty() -> Self {
        Self::new(false).await
    }

    /// The illustrative register.
    pub async fn illustrative() -> Self {
        Self::new(true).await
    }

    async fn new(filled: bool) -> Self {
        let clock = Clock::new(Some(date(2026, 11, 23)));
        let database = city_database(if filled { "illustrative" } else { "empty" }, filled, clock, clock.now()).await;
        let store = database.open().await;
        let app = load(store, clock, "http://127.0.0.1:8080".to_owned(), false).await.unwrap();
        let router = web::router(app.clone());
        Self { app, database, router }
    }

    /// The same city, served with other settings of signing in.
    pub async fn with(self, sign_in: SignIn) -> Self {
        let clock = self.app.clock;
        self.served(clock, sign_in).await
    }

    /// The same city some milliseconds later.
    pub async fn later(self, milliseconds: i64) -> Self {
        let clock = self.app.clock.later(milliseconds);
        self.served(clock, SignIn::default()).await
    }

    async fn served(self, clock: Clock, sign_in: SignIn) -> Self {
        let url = self.app.public_url.clone();
        let file = File { public_url: Some(url), ..File::default() };
        let app = App::under_with(self.app.store.clone(), clock, &file, "", sign_in, crate::web::PAGES).await.unwrap();
        let router = web::router(app.clone());
        Self { app, router, ..self }
    }

    /// The database.
    pub fn store(&self) -> &Store {
        &self.app.store
    }

    /// Whether its database is PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        self.database.is_postgres()
    }

    /// An organisation by its slug.
    pub fn organisation(&self, slug: &str) -> Organisation {
        let snapshot = self.app.snapshot();
        let row = snapshot.organisation_by_slug(slug).expect("an organisation of London");
        snapshot.organisation(row).expect("its entry").record.as_ref().clone()
    }

    /// Brings the snapshot up to what was written.
    pub async fn refresh(&self) {
        crate::jobs::refresh::refresh(&self.app).await.unwrap();
    }

    /// A person with roles at an organisation, accepted.
    pub async fn person(&self, name: &str, slug: &str, roles: &[Role]) -> PersonId {
        let person = PersonId(Uuid::now_v7());
        self.place(person, Some(name), slug, roles).await;
        person
    }

    /// Gives a person a further place; makes the person where a name is given.
    pub async fn place(&self, person: PersonId, name: Option<&str>, slug: &str, roles: &[Role]) -> MembershipId {
        let now = self.app.clock.now();
        let mut write = self.store().write(&Scope::Operator, now).await.unwrap();
        if let Some(name) = name {
            let email = format!("{}@{slug}.example", name.to_lowercase().replace(' ', "."));
            let made = Person { id: person, ..people::person(name, Some(&email)) };
            write.create(&mut [made]).await.unwrap();
        }
        let membership = people::place(person, self.organisation(slug).id, roles, now);
        let id = membership.id;
        write.create(&mut [membership]).await.unwrap();
        write.commit().await.unwrap();
        id
    }

    /// Takes a place away in a transaction that is open when something else begins, and ends soon after: what two do at the same moment.
    pub async fn while_leaving<T>(&self, gone: &Membership, other: impl Future<Output = T>) -> T {
        let now = self.app.clock.now();
        let mut write = self.store().write(&Scope::Operator, now).await.unwrap();
        write.hold_people(gone.organisation).await.unwrap();
        let mut after = Membership { revoked_at: Some(now), ..gone.clone() };
        write.update(gone, &mut after).await.unwrap();
        let end = async {
            tokio::time::sleep(Duration::from_millis(800)).await;
            write.commit().await.unwrap();
        };
        tokio::join!(other, end).0
    }

    /// What a person with these roles at an organisation may see and do, for what no page does.
    pub fn acting(&self, person: PersonId, name: &str, slug: &str, roles: &[Role]) -> Scope {
        people::acting(person, name, self.organisation(slug).id, roles, self.app.clock.now())
    }

    /// A browser in which a person is signed in with a second factor, acting for an organisation.
    pub async fn signed_in(&self, person: PersonId, slug: &str) -> Browser {
        self.session(person, slug, true, self.app.clock.now()).await
    }

    /// A browser with a session that began at an instant.
    pub async fn session(&self, person: PersonId, slug: &str, second_factor: bool, at: i64) -> Browser {
        let token = new_token().unwrap();
        let session = Session {
            id: SessionId(Uuid::now_v7()),
            person,
            acting_for: self.organisation(slug).id,
            created_at: at,
            seen_at: at,
            checked_at: at,
            second_factor,
            method: "test".to_owned(),
            agent: "test".to_owned(),
            address: "127.0.0.1".to_owned(),
            ended_at: None,
        };
        let mut write = self.store().write(&Scope::Operator, self.app.clock.now()).await.unwrap();
        write.open_session(&session, &token_hash(&token)).await.unwrap();
        write.commit().await.unwrap();
        Browser { cookies: format!("{COOKIE}={token}"), person: Some(person) }
    }

    /// A person of one role, signed in: what most tests need.
    pub async fn browser(&self, slug: &str, role: Role) -> Browser {
        let person = self.person(&format!("{} of {slug} {}", role.words(), Uuid::new_v4().simple()), slug, &[role]).await;
        self.signed_in(person, slug).await
    }

    /// Sends a request as it is.
    pub async fn send(&self, browser: &Browser, mut request: Request<Body>) -> Answer {
        if !browser.cookies.is_empty() {
            request.headers_mut().insert(header::COOKIE, browser.cookies.parse().unwrap());
        }
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        Answer { status: parts.status, headers: parts.headers, text: String::from_utf8_lossy(&bytes).into_owned() }
    }

    /// Takes a file.
    pub async fn bytes(&self, browser: &Browser, path: &str) -> Vec<u8> {
        let mut request = Request::get(path).body(Body::empty()).unwrap();
        request.headers_mut().insert(header::COOKIE, browser.cookies.parse().unwrap());
        let response = self.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec()
    }

    /// Opens a page.
    pub async fn get(&self, browser: &Browser, path: &str) -> Answer {
        self.send(browser, Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// Sends a form from a page of the server's own, with a command id of its own unless it has one.
    pub async fn post(&self, browser: &Browser, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields);
        if fields.iter().all(|(name, _)| *name != "command") {
            form.append_pair("command", &new_command().to_string());
        }
        // What a page says where it keeps what is typed: for whom it was made.
        let keeps = path == KEEPS || (path.starts_with("/assessments/") && path.ends_with("/draft"));
        if keeps && let Some(person) = browser.person.filter(|_| fields.iter().all(|(name, _)| *name != "writer")) {
            form.append_pair("writer", &person.to_string());
        }
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(form.finish()))
            .unwrap();
        self.send(browser, request).await
    }
}
