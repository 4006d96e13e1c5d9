//! Acting for another of one's organisations.

use crate::{
    error::Failure,
    state::App,
    web::{form::Form, page, people::organisation_name, session::Caller},
};
use axum::{
    extract::State,
    response::{Html, Response},
};
use domain::{people::sign_in::next, register::ids::OrganisationId};
use serde::Serialize;

#[derive(Serialize)]
struct View {
    items: Vec<Item>,
}

/// An organisation as a radio.
#[derive(Serialize)]
struct Item {
    value: String,
    text: String,
    checked: bool,
}

/// Asks for which organisation.
///
/// # Errors
/// When the database fails.
pub async fn page(State(app): State<App>, caller: Caller) -> Result<Html<String>, Failure> {
    let member = caller.signed_in()?;
    let mut items = Vec::new();
    for standing in &member.standings {
        items.push(Item {
            value: standing.organisation.to_string(),
            text: organisation_name(&app, standing.organisation).await?,
            checked: standing.organisation == member.acting_for,
        });
    }
    let mut frame = page::frame(&app, "For whom do you act?", Some("account"));
    frame.back = Some("/account".into());
    page::render(&app, "people/account/acting_for.html", &frame, View { items })
}

/// Lets this session act for the organisation named, and goes back to where it was asked.
///
/// # Errors
/// Not found for an organisation at which the person has no place.
pub async fn switch(State(app): State<App>, caller: Caller, form: Form) -> Result<Response, Failure> {
    let member = caller.signed_in()?;
    let session = caller.session.as_ref().ok_or_else(Failure::not_found)?;
    let organisation: OrganisationId = form.text("organisation").parse().map_err(|_| Failure::not_found())?;
    member.at(organisation).ok_or_else(Failure::not_found)?;
    app.store.act_for(session.id, organisation).await?;
    let name = organisation_name(&app, organisation).await?;
    let to = form.some("next").filter(|next| next::is_local(next)).unwrap_or("/account");
    Ok(page::saved(to, &format!("You now act for {name}")))
}
