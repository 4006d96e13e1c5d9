//! Data projects and their assessments: pages for signed-in people, and what is published for everyone.
//!
//! | module | what lives there |
//! |---|---|
//! | [`projects`] | data projects: purpose, parties, what of the register they use |
//! | [`screening`] | does a project need a DPIA? for projects, and for anyone |
//! | [`templates`] | what a DPIA asks: templates, screening rules, options; public |
//! | [`desk`] | what every page of an assessment begins with: the assessment as the caller may see it, its template and route, names |
//! | [`marks`] | words that were added and removed, for templates |
//! | [`risks`] | risks and measures, of one assessment and across all |
//! | [`sign_off`] | advice, the board of signatures, signing, and the workflow's moves |
//! | [`publish`] | what the public sees, and the public register |
//! | [`together`] | the list of assessments, beginning one, parties and guests, tasks, versions |
//! | [`files`], [`whole`] | the shipped files; what the pages of risks, sign-off and publication share |
//!
//! Rules stand in `domain::dpia`; these pages parse, ask, store and render.

pub mod desk;
pub mod files;
pub mod marks;
pub mod projects;
pub mod publish;
pub mod risks;
pub mod screening;
pub mod sign_off;
pub mod templates;
pub mod together;
pub mod whole;

use super::routes::Route;

/// The routes of this subject.
#[must_use]
pub fn routes() -> Vec<Route> {
    let mut routes = projects::routes();
    routes.extend(together::routes());
    routes.extend(risks::routes());
    routes.extend(sign_off::routes());
    routes.extend(publish::routes());
    routes.extend(screening::routes());
    routes.extend(templates::routes());
    routes
}
