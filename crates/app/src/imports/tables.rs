//! Contract registers, surveys and skills: the rows of CSV files and workbooks.

use super::{
    ImportError, Kind, Request,
    commit::AllKeys,
    plan::{Batch, Names, Place, Sender, send},
};
use documents::table::{Limits, Row, TableReader};
use domain::{
    people::Scope,
    register::{
        ids::{ImportId, MappingId, OrganisationId},
        import::{
            apply::Change,
            contracts,
            draft::{Rejection, Warning},
            mapping::{self, Field, Mapping},
            plan::Planner,
            report::Report,
            resolve::Index,
            rows::{Orders, Scan},
            skills::{self, Skills},
            survey::Survey,
            systems,
        },
        records,
    },
};
use std::{collections::HashMap, path::Path, sync::Arc};
use store::Store;

/// Mappings saved from earlier imports, by the key of each file's own.
pub type Saved = HashMap<String, serde_json::Value>;

/// What the columns of such a file were taken to say before: by its organisation, else in a file of several.
///
/// # Errors
/// When the database fails.
pub async fn kept(
    store: &Store,
    scope: &Scope,
    kind: mapping::Kind,
    headers: &[String],
    of: Option<OrganisationId>,
) -> Result<Option<records::Mapping>, store::Error> {
    match store.mapping(scope, &Mapping::key(kind, headers, of)).await? {
        None if of.is_some() => store.mapping(scope, &Mapping::key(kind, headers, None)).await,
        found => Ok(found),
    }
}

/// Reads the saved mappings of the files' headers.
///
/// # Errors
/// When a file cannot be opened, or the database fails.
pub async fn saved_mappings(store: &Store, scope: &Scope, request: &Request) -> Result<Saved, ImportError> {
    let mut saved = Saved::new();
    if request.kind == Kind::Notices || request.mapping.is_some() {
        return Ok(saved);
    }
    for file in &request.files {
        let path = file.clone();
        let table =
            tokio::task::spawn_blocking(move || open(&path)).await.map_err(|error| ImportError::Stopped(error.to_string()))??;
        let (kind, headers, of) = (kind_of(request.kind), table.headers(), request.organisation);
        if let Some(mapping) = kept(store, scope, kind, headers, of).await? {
            saved.insert(Mapping::key(kind, headers, of), mapping.fields);
        }
    }
    Ok(saved)
}

fn kind_of(kind: Kind) -> mapping::Kind {
    match kind {
        Kind::Systems => mapping::Kind::Systems,
        Kind::Skills => mapping::Kind::Skills,
        _ => mapping::Kind::Contracts,
    }
}

fn open(path: &Path) -> Result<TableReader, ImportError> {
    TableReader::open(path, &Limits::default()).map_err(|error| failure(path, error))
}

fn failure(path: &Path, error: impl ToString) -> ImportError {
    ImportError::File { file: path.display().to_string(), reason: error.to_string() }
}

/// The systems and contracts that rows of the survey are compared with, or the skills; empty for other imports.
#[derive(Default)]
pub struct Stored {
    systems: Vec<records::System>,
    contracts: Vec<records::Contract>,
    skills: Vec<records::Skill>,
}

impl Stored {
    /// Reads them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn load(store: &Store, scope: &Scope, kind: Kind) -> Result<Self, store::Error> {
        Ok(match kind {
            Kind::Systems => Self { systems: store.all(scope).await?, contracts: store.all(scope).await?, skills: Vec::new() },
            Kind::Skills => Self { skills: store.all(scope).await?, ..Self::default() },
            Kind::Contracts | Kind::Notices => Self::default(),
        })
    }
}

/// What planning rows makes: rows of a register one contract, rows of the survey a system and perhaps a contract, rows of
/// skills a skill.
enum Planning<'a> {
    Register(Box<Planner<'a>>),
    Survey(Box<Survey<'a>>),
    Skills(Box<Skills<'a>>),
}

/// Reads every file and sends its steps. Gives the report without counts of records, and the mappings to save.
///
/// # Errors
/// When a file cannot be read as a whole.
#[allow(clippy::too_many_arguments)] // Each is one thing the reading thread is handed once.
pub fn read(
    request: &Request,
    import: ImportId,
    now: i64,
    names: &Names,
    keys: AllKeys,
    stored: Stored,
    saved: &Saved,
    sender: &Sender,
) -> Result<(Report, Vec<records::Mapping>), ImportError> {
    let mut ids = uuid::Uuid::now_v7;
    let index = Index::new(names.known(), &mut ids, now);
    let mut planning = match request.kind {
        Kind::Systems => {
            Planning::Survey(Box::new(Survey::new(index, import, request.organisation, stored.systems, stored.contracts)))
        }
        Kind::Skills => Planning::Skills(Box::new(Skills::new(index, import, request.organisation, stored.skills))),
        _ => {
            let planner = Planner::new(index, import, "register", request.organisation, keys.contracts, keys.planned);
            Planning::Register(Box::new(planner))
        }
    };
    let mut report = Report::new(Some(import));
    let mut new_mappings = Vec::new();
    let mut surveyed = Vec::new();
    for (place, file) in request.files.iter().enumerate() {
        // Of several files, what is said of a row names its own.
        let name: Option<Arc<str>> = (request.files.len() > 1).then(|| request.name(place).into());
        let place = name.clone().map_or(Place::OneFile, Place::File);
        match &mut planning {
            Planning::Register(planner) => planner.next_file(name.clone()),
            Planning::Skills(skills) => skills.next_file(name.clone()),
            Planning::Survey(survey) => survey.next_file(name.clone()),
        }
        let (mapping, is_new) = mapping_of(request, file, saved)?;
        let orders = scan(file, &mapping)?;
        let mut of_file = Report::new(Some(import));
        of_file.set_mapping(&mapping, &orders);
        if is_new {
            new_mappings.extend(to_save(request, file, &mapping)?);
        }
        let systems = rows(file, &mapping, &orders, &mut planning, &mut of_file, (sender, &place))?;
        surveyed.push(Batch { surveyed: systems, place, ..Batch::default() });
        if let Planning::Register(planner) = &planning {
            of_file.possible_duplicates.extend(planner.possible_duplicates());
        }
        report.add(of_file, name.as_deref());
    }
    if let Planning::Survey(survey) = planning {
        let last = survey.finish();
        report.contracts = Some(last.contract_counts);
        report.flag(&last.changes);
        // Names come before the systems of every file, and contracts behind them.
        send(sender, &mut Batch { names: last.changes, ..Batch::default() })?;
        for mut batch in surveyed {
            send(sender, &mut batch)?;
        }
        send(sender, &mut Batch { surveyed_contracts: last.contracts, ..Batch::default() })?;
    }
    Ok((report, new_mappings))
}

impl Planning<'_> {
    fn plan(
        &mut self,
        number: u64,
        cells: &[&str],
        mapping: &Mapping,
        orders: &Orders,
        warnings: &mut Vec<Warning>,
        batch: &mut Batch,
    ) -> Result<(), Rejection> {
        match self {
            Planning::Register(planner) => {
                let draft = contracts::read(number, cells, mapping, orders, warnings)?;
                batch.contracts.add(number, planner.contract(number, &draft)?, |id| id.0);
            }
            Planning::Survey(survey) => {
                let draft = systems::read(number, cells, mapping, orders, warnings)?;
                batch.surveyed.push((number, survey.row(number, &draft, warnings)?));
            }
            Planning::Skills(planner) => {
                let draft = skills::read(number, cells, mapping, orders, warnings)?;
                batch.skills.push((number, planner.row(number, &draft, warnings)?));
            }
        }
        Ok(())
    }
}

/// The mapping of a file: given by hand, saved, or guessed from its headers; and whether it is worth saving.
fn mapping_of(request: &Request, file: &Path, saved: &Saved) -> Result<(Mapping, bool), ImportError> {
    let table = open(file)?;
    let kind = kind_of(request.kind);
    let key = Mapping::key(kind, table.headers(), request.organisation);
    let (mapping, is_new) = match (&request.mapping, saved.get(&key)) {
        (Some(given), _) => (Mapping::given(kind, table.headers(), given).map_err(|error| failure(file, error))?, true),
        (None, Some(fields)) => {
            let given = Mapping::parse_saved(fields).map_err(|error| failure(file, error))?;
            (Mapping::given(kind, table.headers(), &given).map_err(|error| failure(file, error))?, false)
        }
        (None, None) => (Mapping::guess(kind, table.headers()), true),
    };
    mapping
        .check(request.organisation.is_some())
        .map_err(|error| ImportError::Columns { file: file.display().to_string(), reason: error.to_string() })?;
    Ok((mapping, is_new))
}

fn to_save(request: &Request, file: &Path, mapping: &Mapping) -> Result<Option<records::Mapping>, ImportError> {
    let table = open(file)?;
    let kind = kind_of(request.kind);
    Ok(Some(records::Mapping {
        id: MappingId(uuid::Uuid::now_v7()),
        key: Mapping::key(kind, table.headers(), request.organisation),
        kind: kind.as_str().to_owned(),
        fields: mapping.to_json(),
    }))
}

/// The first pass: the order of days in each column.
fn scan(file: &Path, mapping: &Mapping) -> Result<Orders, ImportError> {
    let mut scan = Scan::new(mapping);
    let mut table = open(file)?;
    let mut row = Row::default();
    loop {
        match table.read_into(&mut row) {
            Ok(true) => scan.observe(&row.cells().collect::<Vec<_>>()),
            Ok(false) => break,
            Err(error) if error.is_fatal() => return Err(failure(file, error)),
            Err(_) => {}
        }
    }
    Ok(scan.decide())
}

/// The second pass: a step for each row.
fn rows(
    file: &Path,
    mapping: &Mapping,
    orders: &Orders,
    planning: &mut Planning<'_>,
    report: &mut Report,
    (sender, place): (&Sender, &Place),
) -> Result<Vec<(u64, Change<records::System>)>, ImportError> {
    let mut table = open(file)?;
    let mut told = 0;
    let mut batch = Batch::default();
    let mut row = Row::default();
    let mut warnings = Vec::new();
    loop {
        let read = table.read_into(&mut row);
        for warning in &table.warnings()[told..] {
            report.warnings.push(Warning::new(0, "file", warning.to_string()));
        }
        told = table.warnings().len();
        match read {
            Ok(false) => break,
            Ok(true) => {
                report.read += 1;
                let cells: Vec<&str> = row.cells().collect();
                let outcome = planning.plan(row.number(), &cells, mapping, orders, &mut warnings, &mut batch);
                report.warnings.append(&mut warnings);
                if let Err(rejection) = outcome {
                    report.reject(rejection);
                }
            }
            Err(error) if error.is_fatal() => return Err(failure(file, error)),
            Err(error) => {
                report.read += 1;
                report.reject(Rejection::new(error.number, "row", error.reason.to_string()));
            }
        }
        if batch.is_full() {
            batch.place = place.clone();
            flush(planning, report, &mut batch, sender)?;
        }
    }
    batch.place = place.clone();
    flush(planning, report, &mut batch, sender)?;
    // The survey's systems refer to names that are only final at its end.
    Ok(batch.surveyed)
}

fn flush(planning: &mut Planning<'_>, report: &mut Report, batch: &mut Batch, sender: &Sender) -> Result<(), ImportError> {
    match planning {
        Planning::Register(planner) => {
            batch.names = planner.index.drain();
            report.flag(&batch.names);
        }
        // Skills resolve no names but those of organisations that are known.
        Planning::Skills(_) => {}
        Planning::Survey(_) => return Ok(()),
    }
    send(sender, batch)
}

/// The fields of a mapping file, for `--mapping`.
///
/// # Errors
/// When the file cannot be read or is no mapping.
pub fn mapping_file(path: &Path) -> Result<Vec<(String, Field)>, ImportError> {
    let text = std::fs::read_to_string(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => failure(path, "there is no such file: check the name after --mapping"),
        _ => failure(path, format!("the mapping cannot be read: {error}. Give a JSON file of headers and fields")),
    })?;
    Mapping::parse_file(&text).map_err(|error| failure(path, error))
}
