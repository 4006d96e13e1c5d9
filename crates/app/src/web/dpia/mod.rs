//! Data projects and their assessments: pages for signed-in people, and what is published for everyone.
//!
//! | module | what lives there |
//! |---|---|
//! | [`projects`] | data projects: purpose, parties, what of the register they use |
//! | [`screening`] | does a project need a DPIA? for projects, and for anyone |
//! | [`templates`] | what a DPIA asks: templates, screening rules, options; public |
//! | [`desk`] | what every page of an assessment begins with: the assessment as the caller may see it, its template and route, names |
//! | [`ended`] | what is said to whoever comes to an assessment that has ended, or has ended for them |
//! | [`assessment`] | `/assessments/{id}`: what stands in the way, the task list, the side column |
//! | [`answer`] | `/assessments/{id}/{part}/{field}`: reading and writing an answer, with its comments |
//! | [`aside`] | a question that is not asked any more, with what was written there |
//! | [`comments`] | comments on a field |
//! | [`input`] | a field's answer as controls of a form, and back |
//! | [`clash`] | settling a clash |
//! | [`fill`] | answers that fill themselves: from the project, the register, earlier assessments |
//! | [`history`] | every state of a field, and going back |
//! | [`compare`] | two states of an assessment, field by field |
//! | [`marks`] | words that were added and removed, for templates |
//! | [`risks`] | risks and measures, of one assessment and across all |
//! | [`sign_off`] | advice, the board of signatures, signing, and the workflow's moves |
//! | [`own_work`] | what somebody who is asked to sign is told before they write |
//! | [`publish`] | what the public sees, and the public register |
//! | [`succession`] | a new version of its template: what becomes of each answer, and the move |
//! | [`together`] | the list of assessments, beginning one, parties and guests, tasks, versions |
//! | [`standing`] | what pages of the register say about data protection |
//! | [`systems`] | systems of the register in answers |
//! | [`tasks`] | the tasks of assessments on 'Your work' |
//! | [`confirm`] | saying that what a review asks to look at again still holds |
//! | [`who`] | the people and roles that forms offer |
//! | [`whole`] | what the pages of risks, sign-off and publication share |
//!
//! Rules stand in `domain::dpia`; these pages parse, ask, store and render.

pub mod answer;
pub mod aside;
pub mod assessment;
pub mod clash;
pub mod comments;
pub mod compare;
pub mod confirm;
pub mod desk;
pub mod ended;
pub mod fill;
pub mod history;
pub mod input;
pub mod marks;
pub mod own_work;
pub mod projects;
pub mod publish;
pub mod risks;
pub mod screening;
pub mod sign_off;
pub mod standing;
pub mod succession;
pub mod systems;
pub mod tasks;
pub mod templates;
pub mod together;
pub mod who;
pub mod whole;

#[cfg(test)]
mod clash_tests;
#[cfg(test)]
mod drafts_tests;
#[cfg(test)]
mod ended_tests;
#[cfg(test)]
mod joint_tests;
#[cfg(test)]
mod kept_tests;
#[cfg(test)]
mod late_tests;
#[cfg(test)]
mod many_tests;
#[cfg(test)]
mod news_tests;
#[cfg(test)]
mod pages_tests;
#[cfg(test)]
mod parting_tests;
#[cfg(test)]
mod public_tests;
#[cfg(test)]
mod righted_tests;
#[cfg(test)]
mod security_tests;
#[cfg(test)]
mod sign_tests;
#[cfg(test)]
mod step_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod together_tests;
#[cfg(test)]
mod twice_tests;

use super::routes::{Route, Who};

/// The routes of this subject.
#[must_use]
pub fn routes() -> Vec<Route> {
    let mut routes = projects::routes();
    routes.extend(risks::routes());
    routes.extend(sign_off::routes());
    routes.extend(publish::routes());
    routes.extend(screening::routes());
    routes.extend(templates::routes());
    routes.extend(together::routes());
    routes.extend([
        Route::get("/assessments/{id}", Who::SignedIn, together::kept::assessment),
        Route::get("/assessments/{id}/fill", Who::SignedIn, fill::page),
        Route::post("/assessments/{id}/fill", Who::SignedIn, fill::take),
        Route::get("/assessments/{id}/template", Who::SignedIn, succession::page),
        Route::post("/assessments/{id}/template", Who::SignedIn, succession::go),
        Route::get("/assessments/{id}/compare", Who::SignedIn, compare::page),
        Route::get("/assessments/{id}/{part}/{field}", Who::SignedIn, answer::page),
        Route::post("/assessments/{id}/{part}/{field}", Who::SignedIn, answer::save),
        Route::post("/assessments/{id}/{part}/{field}/draft", Who::SignedIn, answer::draft),
        Route::post("/assessments/{id}/{part}/{field}/confirm", Who::SignedIn, confirm::field),
        Route::post("/assessments/{id}/risks/{risk}/confirm", Who::SignedIn, confirm::risk),
        Route::get("/assessments/{id}/{part}/{field}/clash", Who::SignedIn, clash::page),
        Route::post("/assessments/{id}/{part}/{field}/clash", Who::SignedIn, clash::settle),
        Route::get("/assessments/{id}/{part}/{field}/history", Who::SignedIn, history::page),
        Route::post("/assessments/{id}/{part}/{field}/history", Who::SignedIn, history::restore),
    ]);
    routes
}
