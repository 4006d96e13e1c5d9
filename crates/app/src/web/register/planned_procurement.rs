//! `/planned-procurements/{id}`: one notice or intention to buy.

use super::{
    facts::{ImportFact, Imports, OriginFacts, imports_of},
    history::{self, Event},
    planned_procurements::{Row, row},
};
use crate::{
    error::Failure,
    state::App,
    web::{
        dpia::standing::{self, Standing},
        page,
        session::Caller,
    },
};
use axum::{
    extract::{Path, State},
    response::Html,
};
use domain::{
    people::Scope,
    register::{ids::PlannedProcurementId, records::Import, reference::cpv},
};
use govuk::Alternate;
use serde::Serialize;
use store::dpia::load::About;

#[derive(Serialize)]
struct View {
    row: Row,
    description: Option<String>,
    cpv: Vec<String>,
    origin: OriginFacts,
    events: Vec<Event>,
    standing: Option<Standing>,
}

/// The page.
///
/// # Errors
/// Not found for an id that is not there.
pub async fn page(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Html<String>, Failure> {
    let id: PlannedProcurementId = id.parse().map_err(|_| Failure::not_found())?;
    let snapshot = app.snapshot();
    let entry =
        snapshot.planned_by_id(id).and_then(|found| snapshot.planned_procurement(found)).ok_or_else(Failure::not_found)?;
    let record = &entry.record;
    let changes = app.store.history(&Scope::Public, id.0).await?;
    let wanted: Vec<_> =
        imports_of(&record.origin).map(|import| import.0).chain(changes.iter().filter_map(|one| one.import)).collect();
    let imports = app.store.get_many::<Import>(&Scope::Public, &wanted).await?;
    let imports: Imports = imports.iter().map(|import| (import.id, ImportFact::from(import))).collect();
    let contents = changes.iter().filter_map(|one| one.content.as_ref());
    let beside = history::Beside::of(&app, &Scope::Public, None, contents).await?;
    let view = View {
        row: row(&snapshot, entry),
        description: record.description.clone(),
        cpv: record
            .cpv
            .iter()
            .map(|code| cpv::division(code).map_or_else(|| code.clone(), |name| format!("{code} in {name}")))
            .collect(),
        origin: OriginFacts::of(&record.origin, &imports),
        events: history::events(&changes, &imports, &snapshot, &beside),
        standing: standing::of(&app, &caller, record.organisation, &[About::Planned(id.0)]).await?,
    };
    let mut frame = page::record_frame(&app, &record.title, "planned-procurements", "Planned procurements");
    page::belongs_to(&app, &mut frame, record.organisation);
    frame.alternates = vec![Alternate {
        href: format!("/api/v1/planned-procurements/{id}"),
        content_type: "application/json".to_owned(),
        title: "As JSON".to_owned(),
    }];
    page::render(&app, "register/planned_procurement.html", &frame, view)
}
