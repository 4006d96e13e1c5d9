//! `/assessments/{id}/signed`: for an organisation that has left an assessment, the versions that it signed: to read, and as files.
//! Nothing else of it is there for them, neither what was written since nor who takes part now.

use super::super::{
    projects::{Body, body},
    whole,
};
use crate::{
    error::Failure,
    papers::kept::Kept as Paper,
    state::App,
    web::{exchange::files::download, page, session::Caller},
};
use axum::{
    extract::{Path, State},
    response::{Html, IntoResponse as _, Redirect, Response},
};
use documents::{attachment::Kind, docx};
use domain::{
    audit,
    dpia::{
        sign_off::Signature,
        template::{Purpose, Template},
        version::Version,
    },
    people::{PersonId, Scope},
    register::ids::OrganisationId,
};
use govuk::{Frame, Link};
use serde::Serialize;
use serde_json::json;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use store::dpia::kept::Kept;

#[derive(Serialize)]
struct View {
    /// What it is called, with its number.
    called: String,
    title: String,
    left_at: i64,
    versions: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    number: u32,
    name: String,
    at: i64,
    href: String,
    hash: String,
    signed: Vec<Signed>,
}

#[derive(Serialize)]
struct Signed {
    organisation: Body,
    role: &'static str,
    deputy: bool,
    person: String,
    at: i64,
    says: String,
    reasons: String,
}

#[derive(Serialize)]
struct One {
    line: Line,
    /// What it is called, with its number.
    called: String,
    title: String,
    sections: Vec<Section>,
    risks: Vec<(String, String, String)>,
}

#[derive(Serialize)]
struct Section {
    annex: Option<Body>,
    title: String,
    answers: Vec<(String, String)>,
}

async fn load(app: &App, caller: &Caller, id: &str) -> Result<(Kept, BTreeMap<PersonId, String>), Failure> {
    let id = whole::id(id)?;
    let kept = app.store.kept(&caller.scope, app.clock.today(), id).await?.ok_or_else(Failure::not_found)?;
    let names = whole::names(app, &caller.scope, kept.signatures.iter().map(|one| one.person)).await?;
    Ok((kept, names))
}

fn line(app: &App, kept: &Kept, names: &BTreeMap<PersonId, String>, version: &Version) -> Line {
    let snapshot = app.snapshot();
    Line {
        number: version.number,
        name: version.name.clone(),
        at: version.at,
        href: format!("/assessments/{}/signed/{}", kept.assessment, version.number),
        hash: version.seals.shared.to_string(),
        signed: of(kept, version)
            .map(|one| Signed {
                organisation: body(&snapshot, one.organisation),
                role: one.role.words(),
                deputy: one.as_deputy,
                person: names.get(&one.person).cloned().unwrap_or_default(),
                at: one.at,
                says: one.says.clone(),
                reasons: one.reasons.clone(),
            })
            .collect(),
    }
}

fn of<'a>(kept: &'a Kept, version: &Version) -> impl Iterator<Item = &'a Signature> {
    let id = version.id;
    kept.signatures.iter().filter(move |signature| signature.version == id)
}

/// What it is, as the newest version that was signed says.
pub(super) fn purpose(app: &App, kept: &Kept) -> Purpose {
    kept.versions.first().map_or(Purpose::Dpia, |version| whole::purpose(app, &version.content.template))
}

fn called(app: &App, kept: &Kept) -> String {
    format!("{} {}", purpose(app, kept).called(), kept.number)
}

fn frame(app: &App, kept: &Kept, title: &str) -> Frame {
    let mut frame = page::frame(app, format!("{title}: {}", kept.title()), Some("dpias"));
    frame.breadcrumbs = vec![Link::new("Assessments", "/assessments")];
    frame
}

/// The versions.
///
/// # Errors
/// Not found where the caller's organisations take part, or signed nothing.
pub async fn page(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Html<String>, Failure> {
    let (kept, names) = load(&app, &caller, &id).await?;
    let view = View {
        called: called(&app, &kept),
        title: kept.title().to_owned(),
        left_at: kept.left_at,
        versions: kept.versions.iter().map(|version| line(&app, &kept, &names, version)).collect(),
    };
    page::render(&app, "dpia/together/kept.html", &frame(&app, &kept, "What your organisation signed"), view)
}

/// `/assessments/{id}`; whoever has left it is led to what their organisation signed.
///
/// # Errors
/// Not found for those who see nothing of it and signed nothing.
pub async fn assessment(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Failure> {
    match super::super::assessment::page(State(app.clone()), caller.clone(), Path(id.clone())).await {
        Ok(page) => Ok(page.into_response()),
        Err(failure) => {
            let kept = match whole::id(&id) {
                Ok(id) => app.store.kept(&caller.scope, app.clock.today(), id).await?,
                Err(_) => None,
            };
            let kept = kept.ok_or(failure)?;
            Ok(Redirect::to(&format!("/assessments/{}/signed", kept.assessment)).into_response())
        }
    }
}

/// The version of an address, with its template.
fn version<'a>(app: &App, kept: &'a Kept, number: &str) -> Result<(&'a Version, Arc<Template>), Failure> {
    let version = kept.versions.iter().find(|one| one.number.to_string() == number).ok_or_else(Failure::not_found)?;
    Ok((version, super::super::publish::shown::template(app, version)?))
}

fn organisations(kept: &Kept, version: &Version) -> Vec<OrganisationId> {
    of(kept, version).map(|one| one.organisation).collect::<BTreeSet<_>>().into_iter().collect()
}

/// One version, as it was signed.
///
/// # Errors
/// As [`page()`]; also for a version that they did not sign.
pub async fn one(
    State(app): State<App>,
    caller: Caller,
    Path((id, number)): Path<(String, String)>,
) -> Result<Html<String>, Failure> {
    let (kept, names) = load(&app, &caller, &id).await?;
    let (version, template) = version(&app, &kept, &number)?;
    let snapshot = app.snapshot();
    let paper = Paper {
        number: &kept.number,
        version,
        template: &template,
        signatures: of(&kept, version).collect(),
        organisations: organisations(&kept, version),
        name: &|one| body(&snapshot, one).name,
        person: &|one| names.get(&one).cloned().unwrap_or_default(),
    };
    let sections = paper.sections().into_iter().map(|(part, title, answers)| Section {
        annex: part.organisation().map(|one| body(&snapshot, one)),
        title: title.to_owned(),
        answers: answers.into_iter().map(|(question, answer)| (question.to_owned(), answer)).collect(),
    });
    let risks = paper.risks().into_iter().map(|(title, description, level)| (title.to_owned(), description.to_owned(), level));
    let view = One {
        line: line(&app, &kept, &names, version),
        called: called(&app, &kept),
        title: version.content.title.clone(),
        sections: sections.collect(),
        risks: risks.collect(),
    };
    let mut frame = frame(&app, &kept, &format!("Version {}", version.number));
    frame.back = Some(format!("/assessments/{}/signed", kept.assessment));
    page::render(&app, "dpia/together/kept_version.html", &frame, view)
}

/// A version as a file: `version.pdf`, `version.docx` or `version.json`. That it was taken stands in the record of changes.
///
/// # Errors
/// As [`one`].
pub async fn file(
    State(app): State<App>,
    caller: Caller,
    Path((id, number, name)): Path<(String, String, String)>,
) -> Result<Response, Failure> {
    let kind = match name.as_str() {
        "version.pdf" => Some(Kind::Pdf),
        "version.docx" => Some(Kind::Docx),
        "version.json" => None,
        _ => return Err(Failure::not_found()),
    };
    let (kept, names) = load(&app, &caller, &id).await?;
    let (found, template) = version(&app, &kept, &number)?;
    let (version, at) = (found.clone(), app.clock.now());
    let title = format!("{} {name}", kept.number);
    let own = Scope::Job { name: "export".to_owned() };
    let scope = if caller.scope.may_write() { &caller.scope } else { &own };
    let mut write = app.store.write(scope, at).await?;
    let organisation = caller.member().map(|member| member.acting_for.0);
    let said = json!({ "exported": name, "version": version.number });
    write.event(audit::Kind::Assessment, kept.assessment.0, organisation, &said).await?;
    write.commit().await?;
    let made = crate::web::exchange::make(move || {
        let snapshot = app.snapshot();
        let paper = Paper {
            number: &kept.number,
            version: &version,
            template: &template,
            signatures: of(&kept, &version).collect(),
            organisations: organisations(&kept, &version),
            name: &|one| body(&snapshot, one).name,
            person: &|one| names.get(&one).cloned().unwrap_or_default(),
        };
        match kind {
            Some(Kind::Pdf) => typeset::pdf(&paper.paper(at)).map_err(anyhow::Error::from),
            Some(_) => docx::write(&paper.paper(at)).map_err(anyhow::Error::from),
            None => serde_json::to_vec_pretty(&paper.values()).map_err(anyhow::Error::from),
        }
    });
    let bytes = made.await?;
    Ok(download(&title, kind.map_or("application/json", Kind::media_type), bytes))
}
