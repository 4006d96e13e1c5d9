//! OCDS releases: kept as they came but for the people they name, merged per contracting process with those kept earlier, then read as contracts.

use super::{
    ImportError, Request,
    commit::AllKeys,
    plan::{Batch, Names, Numbers, Place as Files, Sender, send},
};
use domain::{
    people::Scope,
    register::{
        ids::{ImportId, OrganisationId, ReleaseId},
        import::{
            draft::{Rejection, Warning},
            ocds as drafts,
            plan::Planner,
            report::Report,
            resolve::Index,
        },
        records::{Mapping, Release},
    },
    text::visible,
};
use ocds::{
    merge::Merger,
    read::{Document, Limits, Unusable},
    rules::Rules,
};
use std::{collections::HashMap, path::Path, sync::Arc};
use store::Store;

/// Processes to a batch.
const PROCESSES: usize = 500;

/// The releases kept earlier, asked for from the reading thread.
pub struct Earlier {
    store: Store,
    runtime: tokio::runtime::Handle,
}

impl Earlier {
    /// Over a store, on the runtime that drives it.
    #[must_use]
    pub fn new(store: Store, runtime: tokio::runtime::Handle) -> Self {
        Self { store, runtime }
    }

    fn of(&self, ocids: &[String]) -> Result<HashMap<String, Vec<Release>>, ImportError> {
        let releases = self.runtime.block_on(self.store.releases_of(&Scope::Operator, ocids))?;
        let mut by_process: HashMap<String, Vec<Release>> = HashMap::new();
        for release in releases {
            by_process.entry(release.ocid.clone()).or_default().push(release);
        }
        Ok(by_process)
    }
}

fn open(path: &Path) -> Result<Document, ImportError> {
    let failure = |reason: String| ImportError::File { file: path.display().to_string(), reason };
    let limits = Limits::default();
    let document = if path == Path::new("-") {
        Document::read(std::io::stdin().lock(), &limits)
    } else {
        let unread = |error| failure(format!("the file cannot be read: {error}. Check that it exists and that you may read it"));
        let file = std::fs::File::open(path).map_err(unread)?;
        let size = file.metadata().map_or(0, |metadata| metadata.len());
        Document::read_of_size(file, size, &limits)
    };
    document.map_err(|error| failure(error.to_string()))
}

/// A release of these files: its number over all of them, and where its text is.
struct Place {
    number: u64,
    document: usize,
    index: usize,
}

/// Reads every file and sends the steps of its processes. Gives the report without counts of records.
///
/// # Errors
/// When a file cannot be read as a whole.
pub fn read(
    request: &Request,
    import: ImportId,
    now: i64,
    names: &Names,
    keys: AllKeys,
    earlier: &Earlier,
    sender: &Sender,
) -> Result<(Report, Vec<Mapping>), ImportError> {
    let mut ids = uuid::Uuid::now_v7;
    let index = Index::new(names.known(), &mut ids, now);
    let mut planner = Planner::new(index, import, "ocds", request.organisation, keys.contracts, keys.planned);
    let mut report = Report::new(Some(import));
    let documents = request.files.iter().map(|file| open(file)).collect::<Result<Vec<_>, _>>()?;
    let (order, mut processes, firsts) = processes(&documents, &mut report);
    let files = if request.files.len() > 1 {
        let names = (0..request.files.len()).map(|file| request.name(file)).collect();
        Files::Releases(Arc::new(Numbers { firsts, names }))
    } else {
        Files::OneFile
    };
    let rules = Rules::builtin_1_1();
    let merger = Merger::new(&rules);
    let mut others = 0;
    for ocids in order.chunks(PROCESSES) {
        let mut kept = earlier.of(ocids)?;
        let mut batch = Batch { place: files.clone(), ..Batch::default() };
        for ocid in ocids {
            let places = processes.remove(ocid).unwrap_or_default();
            let kept = kept.remove(ocid).unwrap_or_default();
            if !process(ocid, &places, &documents, kept, &merger, request.organisation, &mut planner, &mut batch, &mut report) {
                others += places.len();
            }
        }
        batch.names = planner.index.drain();
        report.flag(&batch.names);
        send(sender, &mut batch)?;
    }
    if others > 0 {
        report.warnings.push(Warning::new(0, "buyer", format!("{others} releases are of other buyers and were left out")));
    }
    if let Files::Releases(numbers) = &files {
        name_files(numbers, &mut report);
    }
    Ok((report, Vec::new()))
}

/// Numbers count over all files: of several, each rejection and warning says which release of which file it is about.
fn name_files(numbers: &Numbers, report: &mut Report) {
    report.rejected.iter_mut().for_each(|one| one.reason.extend(numbers.words(one.row)));
    report.warnings.iter_mut().for_each(|one| one.message.extend(numbers.words(one.row)));
}

/// Whether everything that a compiled release says is of one organisation.
fn is_of(given: OrganisationId, release: &serde_json::Value, planner: &Planner<'_>) -> bool {
    let found = drafts::read(0, release, &mut Vec::new());
    let mut buyers =
        found.contracts.iter().map(|draft| &draft.organisation).chain(found.planned.iter().map(|draft| &draft.organisation));
    let mut any = false;
    buyers.all(|buyer| {
        any = true;
        planner.index.known_buyer(buyer) == Some(given)
    }) && any
}

/// The releases of all files by process, in first-seen order, and the number of each file's first; what belongs to none is rejected.
/// Whatever stands where a release should counts as one, in its place.
fn processes(documents: &[Document], report: &mut Report) -> (Vec<String>, HashMap<String, Vec<Place>>, Vec<u64>) {
    let mut order = Vec::new();
    let mut firsts = Vec::with_capacity(documents.len());
    let mut by_process: HashMap<String, Vec<Place>> = HashMap::new();
    for (document, found) in documents.iter().enumerate() {
        for warning in found.warnings() {
            report.warnings.push(Warning::new(0, "file", warning.to_string()));
        }
        firsts.push(report.read + 1);
        let reject = |part: &Unusable, report: &mut Report| {
            report.read += 1;
            report.reject(Rejection::new(report.read, "release", format!("{}: {}", part.at, part.reason)));
        };
        let mut unusable = found.unusable().iter().peekable();
        for (index, release) in found.releases().enumerate() {
            while let Some(part) = unusable.next_if(|part| part.before <= index) {
                reject(part, report);
            }
            report.read += 1;
            let number = report.read;
            let Some(ocid) = release.ocid().filter(|ocid| !ocid.trim().is_empty()) else {
                report.reject(Rejection::new(number, "ocid", "the release names no contracting process (ocid)"));
                continue;
            };
            if ocid.chars().any(char::is_control) {
                report.reject(Rejection::new(
                    number,
                    "ocid",
                    "the name of the contracting process (ocid) holds control characters",
                ));
                continue;
            }
            let places = by_process.entry(ocid.to_owned()).or_insert_with(|| {
                order.push(ocid.to_owned());
                Vec::new()
            });
            places.push(Place { number, document, index });
        }
        unusable.for_each(|part| reject(part, report));
    }
    (order, by_process, firsts)
}

/// Keeps what is new of a process's releases, merges them all, and plans what they say. Where an organisation is given, a
/// process that is not wholly its own, now or by what was kept earlier, is left out: false then.
#[allow(clippy::too_many_arguments)]
fn process(
    ocid: &str,
    places: &[Place],
    documents: &[Document],
    kept: Vec<Release>,
    merger: &Merger<'_>,
    given: Option<OrganisationId>,
    planner: &mut Planner<'_>,
    batch: &mut Batch,
    report: &mut Report,
) -> bool {
    if let Some(given) = given.filter(|_| !kept.is_empty()) {
        let before = merger.compiled(kept.iter().map(|release| release.content.clone()).collect());
        if before.is_ok_and(|before| !is_of(given, &before.release, planner)) {
            return false;
        }
    }
    let mut known: Vec<String> = kept.iter().map(|release| release.digest.clone()).collect();
    let mut values: Vec<serde_json::Value> = kept.into_iter().map(|release| release.content).collect();
    let (mut new, mut refused) = (Vec::new(), Vec::new());
    for place in places {
        let Some(release) = documents[place.document].releases().nth(place.index) else { continue };
        let value = match release.parse() {
            Ok(mut value) => {
                drafts::without_contacts(&mut value);
                value
            }
            Err(error) => {
                report.reject(Rejection::new(place.number, "release", error.to_string()));
                refused.push(place.number);
                continue;
            }
        };
        let digest = drafts::release_digest(&value);
        if known.contains(&digest) {
            continue;
        }
        let date = visible(ocds::model::date(&value).unwrap_or_default()).into_owned();
        let id = ReleaseId(planner.index.new_id());
        new.push(Release { id, digest: digest.clone(), ocid: ocid.to_owned(), date, content: value.clone() });
        known.push(digest);
        values.push(value);
    }
    if values.is_empty() {
        return true;
    }
    let first = places.first().map_or(0, |place| place.number);
    drafts::tell_apart(&mut values);
    let merged = match merger.compiled(values) {
        Ok(merged) => merged,
        Err(error) => {
            // Each is rejected once.
            for place in places.iter().filter(|place| !refused.contains(&place.number)) {
                report.reject(Rejection::new(place.number, "release", format!("{ocid} cannot be merged: {error}")));
            }
            return true;
        }
    };
    if given.is_some_and(|given| !is_of(given, &merged.release, planner)) {
        return false;
    }
    for warning in merged.warnings {
        report.warnings.push(Warning::new(first, "release", warning.to_string()));
    }
    batch.releases.append(&mut new);
    plan(first, &merged.release, planner, batch, report);
    true
}

/// What a compiled release says: contracts, or something still to be bought.
fn plan(number: u64, release: &serde_json::Value, planner: &mut Planner<'_>, batch: &mut Batch, report: &mut Report) {
    let found = drafts::read(number, release, &mut report.warnings);
    for (position, draft) in found.contracts.iter().enumerate() {
        match planner.notice(number, draft) {
            Ok(step) => {
                let made = match &step {
                    domain::register::import::plan::Step::New(resolved) => Some(resolved.record.id),
                    _ => None,
                };
                batch.contracts.add(number, step, |id| id.0);
                let prose = found.extensions_in_prose.iter().find(|(place, _)| *place == position);
                if let (Some(contract), Some((_, text))) = (made, prose) {
                    planner.index.flag("extension-in-prose", "contract", contract.0, text.clone());
                }
            }
            Err(rejection) => report.reject(rejection),
        }
    }
    for (draft, warnings) in found.withdrawn {
        match planner.withdrawn(number, &draft) {
            Ok(Some(step)) => {
                report.warnings.extend(warnings);
                batch.contracts.add(number, step, |id| id.0);
            }
            Ok(None) => {}
            Err(rejection) => report.reject(rejection),
        }
    }
    if !found.contracts.is_empty() {
        batch.completed.extend(planner.planned_of(&found.ocid).map(|planned| planned.0));
    }
    if let Some(draft) = &found.planned {
        match planner.planned(number, draft) {
            Ok(step) => batch.planned.add(number, step, |id| id.0),
            Err(rejection) => report.reject(rejection),
        }
    }
}
