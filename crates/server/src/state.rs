//! What every request shares: the store, the public register in memory, the templates, the clock.

use crate::{
    Later,
    config::{Clock, File, Limits, Publication, Secrets},
    fetch::Trusted,
    oidc::Oidc,
    pages::Pages,
    public_news,
    scanner::Scanner,
};
use arc_swap::ArcSwap;
use domain::{
    dpia::{known::Known, stored::Stored},
    people::Scope,
    register::{
        records::*,
        reference::LeadTimes,
        snapshot::{Builder, LeadRule, Snapshot},
    },
};
use jiff::civil::Date;
use minijinja::Environment;
use std::{
    ops::Deref,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering},
    },
};
use store::Store;

/// The shared state; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Shared>);

/// Settings of signing in.
#[derive(Clone, Debug, Default)]
pub struct SignIn {
    /// Whether the illustrative people can be signed in as, from this machine.
    pub demo: bool,
    /// Client secrets of identity providers.
    pub secrets: Secrets,
}

/// What [`App`] points to.
pub struct Shared {
    /// The database: single records, histories, private fields.
    pub store: Store,
    /// What the server asks of the pages.
    pub pages: Pages,
    /// The templates, with everything they use.
    pub templates: Environment<'static>,
    /// 'Today'.
    pub clock: Clock,
    /// The address under which people reach this server, without a slash at its end.
    pub public_url: String,
    /// Whether `/metrics` answers others than loopback.
    pub public_metrics: bool,
    /// Under which name and addresses the register is published.
    pub publication: Publication,
    /// How often one address may ask.
    pub limits: Limits,
    /// The virus scanner that looks at uploads.
    pub scanner: Scanner,
    /// The place in the log of the last change that anyone may see; entity tags are made of it, so that what happens to
    /// records that are not public moves none of them.
    public_sequence: AtomicI64,
    /// A digest of what is public of assessments.
    papers: AtomicU64,
    /// Whether the illustrative people can be signed in as, from this machine.
    pub demo: bool,
    /// Client secrets of identity providers.
    pub secrets: Secrets,
    /// What talks to identity providers.
    pub oidc: Oidc,
    /// Whose scheduled sources may be read although they are not on the public internet.
    pub trusted: Trusted,
    snapshot: ArcSwap<Snapshot>,
    /// Read when first asked for: it takes as long as all the rest of a small register's start, and a register without assessments
    /// never asks.
    rules: LazyLock<ArcSwap<Known>, Box<dyn FnOnce() -> ArcSwap<Known> + Send>>,
    /// One reads the stored files at a time.
    rules_turn: tokio::sync::Mutex<()>,
    illustrative: AtomicBool,
}

impl Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl App {
    /// Reads the public register into memory, under the settings of a file; `address` is where the server listens.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn under_with<'a>(
        store: Store,
        clock: Clock,
        file: &'a File,
        address: &'a str,
        sign_in: SignIn,
        pages: Pages,
    ) -> Later<'a, Result<App, store::Error>> {
        Box::pin(Self::filled(store, clock, file, address, sign_in, pages))
    }

    async fn filled(
        store: Store,
        clock: Clock,
        file: &File,
        address: &str,
        sign_in: SignIn,
        pages: Pages,
    ) -> Result<App, store::Error> {
        let publication = Publication::of(file, address);
        let publication_url = publication.url.clone();
        let (snapshot, files) = tokio::join!(load(&store, clock.today()), rule_files(&store));
        let (snapshot, files) = (snapshot?, files?);
        let papers = AtomicU64::new(public_news::papers(&store).await?);
        let illustrative = is_illustrative(&store).await?;
        store.let_go().await;
        let public_sequence = AtomicI64::new(snapshot.sequence());
        Ok(App(Arc::new(Shared {
            store,
            pages,
            templates: (pages.templates)(),
            clock,
            public_url: publication_url.clone(),
            public_metrics: file.public_metrics.unwrap_or(false),
            publication,
            limits: file.limits(),
            scanner: Scanner::of(file.scanner.as_deref()),
            public_sequence,
            papers,
            demo: sign_in.demo,
            secrets: sign_in.secrets,
            oidc: Oidc::new(&publication_url, &file.fetch_trusted_hosts),
            trusted: Trusted::of(file.fetch_trusted_hosts.iter().cloned()),
            snapshot: ArcSwap::from_pointee(snapshot),
            rules: LazyLock::new(Box::new(move || ArcSwap::from_pointee(read(&files)))),
            rules_turn: tokio::sync::Mutex::new(()),
            illustrative: AtomicBool::new(illustrative),
        })))
    }
}

impl Shared {
    /// The public register as it is now; a request keeps one to its end.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.load_full()
    }

    /// The templates, screening rules, options, overlays and routes of sign-off as they are now, shipped and stored; a request
    /// keeps them to its end. Nothing else reads or keeps such files. Whoever is first waits until they are read.
    #[must_use]
    pub fn rules(&self) -> Arc<Known> {
        self.rules.load_full()
    }

    /// Reads the stored files again, after one was published here or by another process.
    ///
    /// # Errors
    /// When the database fails; what was known stays known.
    pub async fn refresh_rules(&self) -> Result<(), store::Error> {
        // What was read first may not be put in place last: a file that was just published would be gone again.
        let _turn = self.rules_turn.lock().await;
        self.rules.store(Arc::new(known(&self.store).await?));
        Ok(())
    }

    /// The place in the log of the last change that anyone may see, as far as this process knows.
    #[must_use]
    pub fn public_sequence(&self) -> i64 {
        self.public_sequence.load(Ordering::Acquire)
    }

    /// Says that something that anyone may see changed at a place in the log.
    pub fn public_changed(&self, sequence: i64) {
        self.public_sequence.fetch_max(sequence, Ordering::AcqRel);
    }

    /// Reads again what is public of assessments, and says whether it is another than before.
    ///
    /// # Errors
    /// When the database fails; what was known stays known.
    pub fn refresh_papers(&self) -> Later<'_, Result<bool, store::Error>> {
        Box::pin(async move {
            let now = public_news::papers(&self.store).await?;
            Ok(self.papers.swap(now, Ordering::AcqRel) != now)
        })
    }

    /// Puts a newer register in place. Two may bring it up to date at once: what was read first may not be put in place last, or
    /// whoever has just saved something would not see it.
    pub fn replace(&self, snapshot: Snapshot) {
        let snapshot = Arc::new(snapshot);
        self.snapshot.rcu(|now| {
            let is_older = snapshot.sequence() < now.sequence() && snapshot.as_at() <= now.as_at();
            if is_older { now.clone() } else { snapshot.clone() }
        });
    }

    /// Whether the register holds made-up contracts, which every page then says.
    #[must_use]
    pub fn illustrative(&self) -> bool {
        self.illustrative.load(Ordering::Relaxed)
    }

    /// Asks the database again whether the register is illustrative.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn refresh_illustrative(&self) -> Result<(), store::Error> {
        self.illustrative.store(is_illustrative(&self.store).await?, Ordering::Relaxed);
        Ok(())
    }
}

/// The setting that marks a register as made up.
pub const ILLUSTRATIVE: &str = "illustrative";

/// The templates, rules and routes that ship and that a database holds. What is wrong with a stored file goes to the log: it was
/// checked when it was published, so that a newer program must have changed what is asked of files.
///
/// # Errors
/// When the database fails.
pub async fn known(store: &Store) -> Result<Known, store::Error> {
    let files = rule_files(store).await?;
    // Reading files takes a while: other requests go on meanwhile.
    Ok(tokio::task::spawn_blocking(move || read(&files)).await.unwrap_or_else(|_| Known::shipped()))
}

async fn rule_files(store: &Store) -> Result<Vec<Stored>, store::Error> {
    store.all::<Stored>(&Scope::Job { name: "rules".to_owned() }).await
}

fn read(files: &[Stored]) -> Known {
    let read = std::panic::catch_unwind(|| Known::of(files));
    let (known, problems) = read.unwrap_or_else(|_| {
        tracing::error!("reading the stored templates failed");
        (Known::shipped(), Vec::new())
    });
    for problem in problems {
        tracing::error!(%problem, "a stored template or rule is left out");
    }
    known
}

async fn is_illustrative(store: &Store) -> Result<bool, store::Error> {
    Ok(store.setting(&Scope::Public, ILLUSTRATIVE).await?.as_deref() == Some("true"))
}

/// Lead times by route, as shipped.
#[must_use]
pub fn lead_rule() -> LeadRule {
    Arc::new(|route, core| LeadTimes::shipped().for_route(route, core).period)
}

/// Builds the snapshot from the database, one record at a time.
///
/// # Errors
/// When the database cannot be read.
pub fn load(store: &Store, as_at: Date) -> Later<'_, Result<Snapshot, store::Error>> {
    Box::pin(build(store, as_at))
}

async fn build(store: &Store, as_at: Date) -> Result<Snapshot, store::Error> {
    let scope = Scope::Public;
    // Read first: whatever is written while loading is applied again by the refresher, which changes nothing.
    let sequence = store.sequence().await?;
    let mut builder = Builder::new(as_at, lead_rule(), sequence);
    store.each::<Organisation>(&scope, |record| builder.organisation(record)).await?;
    store.each::<ServiceArea>(&scope, |record| builder.service_area(record)).await?;
    store.each::<Function>(&scope, |record| builder.function(record)).await?;
    store.each::<Supplier>(&scope, |record| builder.supplier(record)).await?;
    store.each::<Product>(&scope, |record| builder.product(record)).await?;
    store
        .each::<System>(&scope, |record| {
            if record.published {
                builder.system(record);
            }
        })
        .await?;
    store.each::<PlannedProcurement>(&scope, |record| builder.planned(record)).await?;
    store.each::<Skill>(&scope, |record| builder.skill(record)).await?;
    store
        .each_listed::<Contract>(&scope, |record| {
            if record.is_listed() {
                builder.contract(&record);
            }
        })
        .await?;
    Ok(builder.finish())
}
