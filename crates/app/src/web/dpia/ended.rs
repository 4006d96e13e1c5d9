//! Whoever comes to what has ended is told so: a button of an old page of an assessment that was given up or replaced since, and any
//! page of one in which their organisation takes no part any more. They learn nothing that they did not know: that it ended, and when.

use crate::{
    error::{Code, Failure},
    state::App,
    web::{form::Form, kept, page, session::Caller, words},
};
use axum::response::Response;
use domain::dpia::{
    access::Sight,
    assessment::{Joined, Party, State},
    ids::AssessmentId,
};

/// What is said of an assessment that is closed; nothing of any other.
#[must_use]
pub fn closed(state: State) -> Option<&'static str> {
    match state {
        State::Withdrawn => Some(
            "The assessment was given up before you pressed, so that nothing of it changes. Once it is taken up again, this can be done.",
        ),
        State::Superseded => {
            Some("Another assessment took the place of this one before you pressed, so that nothing of it changes.")
        }
        _ => None,
    }
}

/// What is said to a party whose part has ended, of an assessment with a number; `signed` says whether it signed something of it.
#[must_use]
pub fn parted(number: &str, party: &Party, signed: bool) -> String {
    let on = words::instant(party.since);
    match party.joined {
        Joined::TakenBack => {
            format!("Your organisation was invited to assessment {number}, and the invitation was taken back on {on}.")
        }
        Joined::Declined => format!("Your organisation declined the invitation to assessment {number} on {on}."),
        _ if signed => format!(
            "Your organisation’s part in assessment {number} ended on {on}. What it signed stays yours to read: you find it under ‘Assessments’."
        ),
        _ => format!(
            "Your organisation’s part in assessment {number} ended on {on}. It had signed nothing, so that nothing of it is open to you any more."
        ),
    }
}

/// An answer to a request under an address, in other words where that was not found because it has ended; `sent` says whether a
/// button was pressed, `typed` is what was typed into its form, and whether it is kept: the page shows it, and says where it is.
pub async fn told(
    app: &App,
    caller: &Caller,
    path: &str,
    sent: bool,
    typed: Option<(Form, bool)>,
    mut response: Response,
) -> Response {
    let failed = response.extensions().get::<Failure>().is_some_and(|failure| failure.code == Code::NotFound);
    let id = path.strip_prefix("/assessments/").and_then(|rest| rest.split('/').next()?.parse::<AssessmentId>().ok());
    let (true, Some(id)) = (failed, id) else { return response };
    let Ok(Some(said)) = why(app, caller, id, sent).await else { return response };
    match (said, typed) {
        ((why, Some(to)), None) => page::nothing_saved(&to, &why),
        ((why, to), Some((form, kept))) => {
            let (leads, to) = to.map_or(("Assessments", "/assessments".to_owned()), |to| ("The assessment", to));
            kept::unsaved(app, &form, &why, (leads, to.as_str()), kept).unwrap_or(response)
        }
        ((why, None), None) => {
            response.extensions_mut().insert(Failure { code: Code::NotFound, detail: Some(why) });
            response
        }
    }
}

/// What is said to whoever took part in an assessment and does not any more; nothing to anybody else.
///
/// # Errors
/// When the database fails.
pub async fn parted_from(app: &App, caller: &Caller, id: AssessmentId) -> Result<Option<String>, Failure> {
    let today = app.clock.today();
    let Some((number, party)) = app.store.parted(&caller.scope, today, id).await? else { return Ok(None) };
    let signed = app.store.kept(&caller.scope, today, id).await?.is_some();
    Ok(Some(parted(&number, &party, signed)))
}

/// Why something is not found, and where it leads on.
async fn why(app: &App, caller: &Caller, id: AssessmentId, sent: bool) -> Result<Option<(String, Option<String>)>, Failure> {
    let (rules, today) = (app.rules(), app.clock.today());
    if let Some(why) = parted_from(app, caller, id).await? {
        return Ok(Some((why, None)));
    }
    if !sent {
        return Ok(None);
    }
    let Some(whole) = app.store.assessment(&caller.scope, today, rules.as_ref(), id).await? else { return Ok(None) };
    let end = if matches!(whole.sight, Sight::Invitation(_)) { "/parties" } else { "" };
    Ok(closed(whole.assessment.state).map(|why| (why.to_owned(), Some(format!("/assessments/{id}{end}")))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{dpia::assessment::PartyRole, register::ids::OrganisationId};
    use uuid::Uuid;

    #[test]
    fn how_a_part_ended_is_said_as_it_was() {
        let party = |joined| Party::new(OrganisationId(Uuid::now_v7()), PartyRole::Controller, joined, 0);
        let said = |joined, signed| parted("CMD-2026-1", &party(joined), signed);
        assert!(said(Joined::Left, true).contains("ended on 1 January 1970. What it signed stays yours"));
        assert!(said(Joined::Left, false).contains("signed nothing"));
        assert!(said(Joined::TakenBack, false).contains("was taken back on 1 January 1970"));
        assert!(said(Joined::Declined, false).contains("declined the invitation"));
        assert_eq!(State::ALL.into_iter().filter(|state| closed(*state).is_some() != state.is_closed()).count(), 0);
    }
}
