//! Who has approved a measure.

use super::super::super::{
    projects::{Body, body},
    whole,
};
use crate::{error::Failure, state::App};
use domain::dpia::{ids::MeasureId, template::Template, whole::Whole};

/// Who has approved a measure: role, organisation, when.
pub(super) fn approved(
    app: &App,
    whole: &Whole,
    template: &Template,
    measure: MeasureId,
) -> Result<Vec<(&'static str, Body, i64)>, Failure> {
    let (snapshot, routes) = (app.snapshot(), whole::routes(app, whole)?);
    let said = whole.approvals(template, &routes, measure).into_iter();
    Ok(said.map(|one| (one.role.words(), body(&snapshot, one.organisation), one.at)).collect())
}
