//! What a page of the register says about data protection: a contract, a planned procurement or a system that uses personal data
//! shows the screening and the DPIA of whoever works on it, or that nothing was decided yet. Work in progress is for those who
//! take part; what is published is for everyone.

use super::{
    projects::{body, list::stands},
    whole,
};
use crate::{error::Failure, state::App, web::session::Caller};
use domain::{
    dpia::{access::KEEPERS, project::counting},
    people::{Act, Scope, may},
    register::ids::{OrganisationId, SystemId},
};
use serde::Serialize;
use store::dpia::{load::About, public::Public};

/// Where the data protection of a record stands.
#[derive(Debug, Serialize)]
pub struct Standing {
    published: Vec<Link>,
    projects: Vec<Project>,
    assessments: Vec<Assessment>,
    /// For people of the record's organisation: nothing was screened, and no assessment begun.
    undecided: bool,
    /// Whether the caller may begin a data project there.
    begins: bool,
}

#[derive(Debug, Serialize)]
struct Link {
    /// 'DPIA' or 'Review'.
    kind: &'static str,
    title: String,
    href: String,
}

#[derive(Debug, Serialize)]
struct Project {
    title: String,
    href: String,
    /// How far its screening has come, as the list of projects names it.
    screening: &'static str,
    /// What an officer decided.
    decided: Option<&'static str>,
}

#[derive(Debug, Serialize)]
struct Assessment {
    /// What it is called, with its number.
    called: String,
    title: String,
    href: String,
    state: &'static str,
}

/// A published assessment, with the organisations that control the processing.
#[derive(Debug, Serialize)]
pub struct Published {
    /// 'DPIA' or 'Review'.
    kind: &'static str,
    title: String,
    href: String,
    organisations: Vec<String>,
}

/// What is published about any of some systems, the newest first: what the pages of a product and a function lead to.
///
/// # Errors
/// When the database fails.
pub async fn published(app: &App, systems: &[SystemId]) -> Result<Vec<Published>, Failure> {
    let found = app.store.published_about_systems(&Scope::Public, systems).await?;
    let snapshot = app.snapshot();
    let one = |public: Public| Published {
        kind: whole::purpose(app, &public.assessment.template).called(),
        href: format!("/dpias/{}", public.publication.id),
        organisations: public.listed.controllers().map(|one| body(&snapshot, one).name).collect(),
        title: public.listed.title,
    };
    Ok(found.into_iter().map(one).collect())
}

/// What is to be said of a record of an organisation; none where the caller would read nothing.
///
/// # Errors
/// When the database fails.
pub async fn of(app: &App, caller: &Caller, owner: OrganisationId, about: &[About]) -> Result<Option<Standing>, Failure> {
    let (scope, today) = (&caller.scope, app.clock.today());
    let published: Vec<Link> = app
        .store
        .published_about(scope, about)
        .await?
        .into_iter()
        .map(|one| Link {
            kind: whole::purpose(app, &one.assessment.template).called(),
            href: format!("/dpias/{}", one.publication.id),
            title: one.listed.title,
        })
        .collect();
    let Some(member) = caller.member() else {
        let standing = Standing { published, projects: vec![], assessments: vec![], undecided: false, begins: false };
        return Ok((!standing.published.is_empty()).then_some(standing));
    };
    let mut projects = Vec::new();
    for project in app.store.projects_about(scope, about).await? {
        let all = app.store.screenings(scope, project.id).await?;
        let screening = counting(&all);
        projects.push(Project {
            screening: stands(scope, &project, screening),
            decided: screening.and_then(|screening| screening.decided()).map(|decision| decision.kind.as_str()),
            href: format!("/projects/{}", project.id),
            title: project.title,
        });
    }
    let assessments: Vec<Assessment> = app
        .store
        .assessments_about(scope, today, about)
        .await?
        .into_iter()
        .map(|one| Assessment {
            called: whole::called(app, &one),
            title: one.title,
            href: format!("/assessments/{}", one.id),
            state: one.state.as_str(),
        })
        .collect();
    let screened = projects.iter().any(|project| !matches!(project.screening, "none" | "open" | "hidden"));
    let standing = Standing {
        undecided: member.belongs_to(owner) && !screened && assessments.is_empty() && published.is_empty(),
        begins: may(scope, &Act::HoldAny(owner, KEEPERS)),
        published,
        projects,
        assessments,
    };
    let silent =
        !standing.undecided && standing.published.is_empty() && standing.projects.is_empty() && standing.assessments.is_empty();
    Ok((!silent).then_some(standing))
}
