//! Many contracting processes at once: releases grouped by ocid in first-seen
//! order, each group merged, the results written one after the other.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use indexmap::IndexMap;
use serde_json::Value;

use crate::json::Json;
use crate::merge::{Form, MergeError, Merged, Merger, Warning};
use crate::read::{Document, ReadError, Release};

/// Why one process has no merged release.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A release does not say which process it belongs to.
    #[error("the release has no ‘ocid’, so it is not known which process it belongs to. Add one")]
    NoOcid,
    /// A release of the process could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The releases could not be merged.
    #[error(transparent)]
    Merge(#[from] MergeError),
}

/// What [`merge_to_writer`] did.
#[derive(Debug, Default)]
pub struct MergeReport {
    /// Releases read.
    pub releases: usize,
    /// Merged releases written.
    pub processes: usize,
    /// Warnings, each with its ocid.
    pub warnings: Vec<(String, Warning)>,
    /// What was left out: the ocid (none when a release has none) and why.
    pub failures: Vec<(Option<String>, Failure)>,
}

/// Groups releases by ocid and merges each group; yields them in first-seen order.
///
/// All releases are held until the last is seen, since any may belong to the
/// first process. For files, [`merge_to_writer`] holds their text instead,
/// which is several times smaller. Releases without ocid come last, one failure each.
pub fn merge_stream(
    releases: impl IntoIterator<Item = Value>,
    merger: Merger<'_>,
    form: Form,
) -> impl Iterator<Item = (Option<String>, Result<Merged, Failure>)> {
    let mut groups: IndexMap<String, Vec<Value>> = IndexMap::new();
    let mut strays = 0;
    for release in releases {
        let Some(ocid) = release.get("ocid").and_then(Value::as_str) else {
            strays += 1;
            continue;
        };
        match groups.get_mut(ocid) {
            Some(group) => group.push(release),
            None => {
                groups.insert(ocid.to_owned(), vec![release]);
            }
        }
    }
    let merged = groups.into_iter().map(move |(ocid, group)| (Some(ocid), merger.merge(form, group).map_err(Failure::from)));
    merged.chain((0..strays).map(|_| (None, Err(Failure::NoOcid))))
}

/// Merges the releases of all documents and writes a JSON array, one merged
/// release a line, in the order in which their ocids are first seen.
///
/// A process that cannot be merged is left out and stands in the report. Work
/// is spread over the processor's cores; the output does not depend on how.
pub fn merge_to_writer(documents: &[Document], merger: &Merger<'_>, form: Form, out: impl Write) -> io::Result<MergeReport> {
    let mut report = MergeReport::default();
    let mut groups: IndexMap<&str, Vec<Release<'_>>> = IndexMap::new();
    for release in documents.iter().flat_map(Document::releases) {
        report.releases += 1;
        match release.ocid() {
            Some(ocid) => groups.entry(ocid).or_default().push(release),
            None => report.failures.push((None, Failure::NoOcid)),
        }
    }
    let groups: Vec<_> = groups.into_iter().collect();
    let mut output = Output { out, report };
    output.out.write_all(b"[")?;
    in_parallel(&groups, merger, form, |part| output.take(part))?;
    output.out.write_all(b"\n]\n")?;
    output.out.flush()?;
    Ok(output.report)
}

/// How many groups a worker takes at once: enough that handing over is nothing beside the work, few enough that the
/// waiting output stays small.
const GROUPS_PER_TURN: usize = 128;

type Group<'d> = (&'d str, Vec<Release<'d>>);

/// The outcome of some groups: JSON of those that merged, each after a line break, with commas between.
#[derive(Default)]
struct Part {
    json: Vec<u8>,
    processes: usize,
    warnings: Vec<(String, Warning)>,
    failures: Vec<(Option<String>, Failure)>,
}

struct Output<W> {
    out: W,
    report: MergeReport,
}

impl<W: Write> Output<W> {
    fn take(&mut self, part: Part) -> io::Result<()> {
        if part.processes > 0 && self.report.processes > 0 {
            self.out.write_all(b",")?;
        }
        self.out.write_all(&part.json)?;
        self.report.processes += part.processes;
        self.report.warnings.extend(part.warnings);
        self.report.failures.extend(part.failures);
        Ok(())
    }
}

/// Merges groups on all cores and gives the parts to `take` in order, while the next are worked on.
fn in_parallel(
    groups: &[Group<'_>],
    merger: &Merger<'_>,
    form: Form,
    mut take: impl FnMut(Part) -> io::Result<()>,
) -> io::Result<()> {
    let turns: Vec<_> = groups.chunks(GROUPS_PER_TURN).collect();
    let workers = thread::available_parallelism().map_or(1, NonZero::get).min(turns.len());
    if workers <= 1 {
        return turns.into_iter().try_for_each(|groups| take(part(groups, merger, form)));
    }
    let next = AtomicUsize::new(0);
    let (sender, receiver) = mpsc::sync_channel(workers * 2);
    thread::scope(|scope| {
        for _ in 0..workers {
            let (sender, next, turns) = (sender.clone(), &next, &turns);
            scope.spawn(move || {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some(groups) = turns.get(number) else { break };
                    // Nobody takes any more: the output failed.
                    if sender.send((number, part(groups, merger, form))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        let mut early = BTreeMap::new();
        let mut due = 0;
        for (number, part) in receiver {
            early.insert(number, part);
            while let Some(part) = early.remove(&due) {
                take(part)?;
                due += 1;
            }
        }
        Ok(())
    })
}

fn part(groups: &[Group<'_>], merger: &Merger<'_>, form: Form) -> Part {
    let mut part = Part::default();
    for (ocid, releases) in groups {
        match merge_group(releases, merger, form) {
            Ok((release, warnings)) => {
                part.json.extend_from_slice(if part.processes > 0 { b",\n" } else { b"\n" });
                release.write(&mut part.json);
                part.processes += 1;
                part.warnings.extend(warnings.into_iter().map(|warning| ((*ocid).to_owned(), warning)));
            }
            Err(failure) => part.failures.push((Some((*ocid).to_owned()), failure)),
        }
    }
    part
}

fn merge_group<'d>(releases: &[Release<'d>], merger: &Merger<'_>, form: Form) -> Result<(Json<'d>, Vec<Warning>), Failure> {
    let texts = releases.iter().map(Release::json).collect::<Result<Vec<_>, _>>()?;
    Ok(merger.merge_texts(form, texts)?)
}
