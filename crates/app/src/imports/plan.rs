//! Batches of steps on their way from the reading thread to the writing task.

use super::ImportError;
use domain::people::Scope;
use domain::register::{
    import::{
        apply::{Change, Resolved},
        draft::Warning,
        plan::Step,
        resolve::{Changes, Known, RecordChange},
    },
    records::*,
    reference::Reference,
};
use std::sync::Arc;
use store::Store;
use tokio::sync::mpsc;
use uuid::Uuid;

/// Steps to a batch: large enough for multi-row statements, small enough to keep memory flat.
pub const BATCH: usize = 2000;

/// Steps of one kind of record.
#[derive(Debug)]
pub struct Work<T> {
    /// Records that no key was found for, with their rows.
    pub new: Vec<(u64, Resolved<T>)>,
    /// Records to compare with what is stored.
    pub compare: Vec<(u64, Uuid, Resolved<T>)>,
    /// Rows found as they are.
    pub same: u64,
}

impl<T> Default for Work<T> {
    fn default() -> Self {
        Self { new: Vec::new(), compare: Vec::new(), same: 0 }
    }
}

impl<T> Work<T> {
    /// Takes a step in.
    pub fn add<Id: Copy>(&mut self, row: u64, step: Step<Id, T>, uuid: impl Fn(Id) -> Uuid) {
        match step {
            Step::Same(_) => self.same += 1,
            Step::New(resolved) => self.new.push((row, *resolved)),
            Step::Compare(id, resolved) => self.compare.push((row, uuid(id), *resolved)),
        }
    }

    fn len(&self) -> usize {
        self.new.len() + self.compare.len()
    }
}

/// What the number of a row belongs to, where there are several files: a warning says it.
#[derive(Clone, Debug, Default)]
pub enum Place {
    /// There is one file.
    #[default]
    OneFile,
    /// Rows of this file.
    File(Arc<str>),
    /// Releases, numbered over all files.
    Releases(Arc<Numbers>),
}

impl Place {
    /// A warning that names its file.
    #[must_use]
    pub fn named(&self, mut warning: Warning) -> Warning {
        match self {
            Self::OneFile => {}
            Self::File(name) => warning.message = format!("{name}: {}", warning.message),
            Self::Releases(numbers) => warning.message.extend(numbers.words(warning.row)),
        }
        warning
    }
}

/// Where the releases of several files begin.
#[derive(Debug, Default)]
pub struct Numbers {
    /// The number of each file's first release.
    pub firsts: Vec<u64>,
    /// What the files are called.
    pub names: Vec<String>,
}

impl Numbers {
    /// Which release of which file a number means: ' (release 3 of a.json)'. None for what is about no one release.
    #[must_use]
    pub fn words(&self, number: u64) -> Option<String> {
        let file = self.firsts.partition_point(|first| *first <= number).checked_sub(1).filter(|_| number > 0)?;
        Some(format!(" (release {} of {})", number - self.firsts.get(file)? + 1, self.names.get(file)?))
    }
}

/// What the writing task gets at once.
#[derive(Debug, Default)]
pub struct Batch {
    /// Organisations, functions, suppliers and products made or changed while names were resolved.
    pub names: Changes,
    /// Contracts.
    pub contracts: Work<Contract>,
    /// Planned procurements.
    pub planned: Work<PlannedProcurement>,
    /// What the survey does to systems: it compares them itself.
    pub surveyed: Vec<(u64, Change<System>)>,
    /// What rows of skills do.
    pub skills: Vec<(u64, Change<Skill>)>,
    /// Contracts that rows of the survey made or changed.
    pub surveyed_contracts: Vec<RecordChange<Contract>>,
    /// Planned procurements that have come to contracts.
    pub completed: Vec<Uuid>,
    /// Raw releases to keep.
    pub releases: Vec<Release>,
    /// What its rows belong to.
    pub place: Place,
}

impl Batch {
    /// Whether it is time to send it.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.contracts.len() + self.planned.len() + self.releases.len() + self.skills.len() >= BATCH
    }
}

/// Where the reading thread sends its batches.
pub type Sender = mpsc::Sender<Batch>;

/// Sends a batch and begins a new one.
///
/// # Errors
/// When the writing task has failed and takes no more.
pub fn send(sender: &Sender, batch: &mut Batch) -> Result<(), ImportError> {
    sender.blocking_send(std::mem::take(batch)).map_err(|_| ImportError::Stopped("it could not be written".to_owned()))
}

/// The records that names are resolved against.
pub struct Names {
    /// The log's head before they were read: for [`store::Write::hold_names`].
    pub seen: i64,
    organisations: Vec<Organisation>,
    service_areas: Vec<ServiceArea>,
    functions: Vec<Function>,
    suppliers: Vec<Supplier>,
    products: Vec<Product>,
    facts: Vec<Supplier>,
}

impl Names {
    /// Reads them all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn load(store: &Store, scope: &Scope) -> Result<Self, store::Error> {
        let seen = store.sequence().await?;
        Ok(Self {
            seen,
            organisations: store.all(scope).await?,
            service_areas: store.all(scope).await?,
            functions: store.all(scope).await?,
            suppliers: store.all(scope).await?,
            products: store.all(scope).await?,
            // The shipped files are part of the program, and a test reads them; without them an import still goes on.
            facts: Reference::shipped().map(|reference| reference.suppliers).unwrap_or_default(),
        })
    }

    /// As the index takes them.
    #[must_use]
    pub fn known(&self) -> Known<'_> {
        Known {
            organisations: &self.organisations,
            service_areas: &self.service_areas,
            functions: &self.functions,
            suppliers: &self.suppliers,
            products: &self.products,
            facts: &self.facts,
        }
    }
}
