//! `/templates/drafts/{id}/preview`: a draft as its page will be. Screening rules can be walked: `/templates/drafts/{id}/screening`.

use super::{
    draft::{check, find},
    list, route,
    show::head,
    view,
};
use crate::{
    error::Failure,
    state::App,
    web::{
        dpia::{desk::named, screening::anyone},
        page::render,
        session::Caller,
    },
};
use axum::{
    extract::{Path, RawQuery, State},
    response::{IntoResponse as _, Redirect, Response},
};
use domain::dpia::writing::Content;

/// The page; a draft with something wrong leads to its editor, which says what.
///
/// # Errors
/// Not found for those who may not write it.
pub async fn page(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Failure> {
    let draft = find(&app, &caller, &id).await?;
    let editor = format!("/templates/drafts/{}", draft.id);
    let Ok(sound) = check(&app, &draft, &draft.text).await? else { return Ok(Redirect::to(&editor).into_response()) };
    let rules = app.rules();
    let mut frame = super::write::frame(&app, &format!("{}: preview of a draft", sound.title), false);
    frame.back = Some(editor);
    let top = |about: &str, kind: &str| head(&app, &rules, &sound.edition, &sound.title, about, sound.in_force, kind).drafted();
    let owner = draft.organisation.map(|own| named(&app, own).name);
    let shown = match &sound.content {
        Content::Template(one) => render(
            &app,
            "dpia/templates/template.html",
            &frame,
            view::template(top(&one.about, "template"), one, rules.before(one), &rules),
        ),
        Content::Screening(one) => render(
            &app,
            "dpia/templates/screening.html",
            &frame,
            view::screening(top(&one.about, "screening").walked(&draft.id.to_string()), one),
        ),
        Content::Options(one) => {
            render(&app, "dpia/templates/options.html", &frame, view::options(top(&one.about, "options"), one))
        }
        Content::Overlay(one) => {
            let template = rules.template(&one.of).ok_or_else(Failure::not_found)?;
            let view = route::overlay(top(&one.about, "overlay"), owner.unwrap_or_default(), one, template, &rules);
            render(&app, "dpia/templates/overlay.html", &frame, view)
        }
        Content::Route(one) => {
            let view = route::route(top(&one.about, "sign-off"), owner, one, &rules, app.clock.today());
            render(&app, "dpia/templates/route.html", &frame, view)
        }
    };
    Ok(shown?.into_response())
}

/// The questions of a draft of screening rules, one at a time; nothing is kept.
///
/// # Errors
/// Not found for a draft of another kind, and for those who may not write it.
pub async fn walk(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let draft = find(&app, &caller, &id).await?;
    let Ok(sound) = check(&app, &draft, &draft.text).await? else {
        return Ok(Redirect::to(&format!("/templates/drafts/{}", draft.id)).into_response());
    };
    let Content::Screening(rules) = &sound.content else { return Err(Failure::not_found()) };
    let home = format!("/templates/drafts/{}/screening", draft.id);
    let known = app.rules();
    Ok(anyone::walk(&app, &known, rules, &home, query.as_deref().unwrap_or_default())?.into_response())
}

/// The drafts that the caller may write, for the list.
///
/// # Errors
/// When the database fails.
pub async fn drafts(app: &App, caller: Option<&Caller>) -> Result<Vec<list::Draft>, Failure> {
    let Some(caller) = caller.filter(|caller| caller.member().is_some()) else { return Ok(Vec::new()) };
    let files = app.store.rule_files(&caller.scope).await?;
    Ok(files
        .into_iter()
        .filter(|file| !file.published && domain::dpia::writing::may_write(&caller.scope, file.organisation))
        .map(|file| list::Draft {
            href: format!("/templates/drafts/{}", file.id),
            title: if file.title.is_empty() { file.edition.urn.clone() } else { file.title },
            version: file.edition.version,
            owner: file.organisation.map(|own| named(app, own).name),
            at: file.updated_at,
        })
        .collect())
}
