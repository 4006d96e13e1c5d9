//! `/account`: everything that lets someone be this person here.

use crate::{
    error::Failure,
    state::App,
    web::{page, session::Caller, words},
};
use axum::{extract::State, response::Html};
use domain::{
    people::{Act, ApiToken, Member, Person, Role, Standing},
    register::records::Organisation,
};
use serde::Serialize;
use store::sign_in::factors::FactorKind;

#[derive(Serialize)]
struct View {
    name: String,
    email: Option<String>,
    illustrative: bool,
    places: Vec<Place>,
    sessions: Vec<SessionRow>,
    others: bool,
    factors: Vec<FactorRow>,
    /// Whether roles of theirs do not count in this session, for want of a second factor.
    needs_second_factor: bool,
    /// Whether this session has two factors without one that was set up here.
    by_provider: bool,
    recovery_codes: i64,
    accounts: Vec<super::connecting::Connected>,
    /// Their organisations' own sign-ins that they can connect.
    providers: Vec<super::connecting::Choice>,
    tokens: Vec<super::tokens::Row>,
    runs_network: bool,
}

#[derive(Serialize)]
struct Place {
    id: String,
    organisation: String,
    roles: String,
    current: bool,
    /// Where its people are managed, for those who may.
    people: Option<String>,
    /// Roles that do not count before a second factor is set up.
    waiting: String,
}

#[derive(Serialize)]
struct SessionRow {
    id: String,
    agent: String,
    address: String,
    method: String,
    began: String,
    seen: String,
    current: bool,
}

#[derive(Serialize)]
struct FactorRow {
    id: String,
    kind: &'static str,
    name: String,
    created: String,
    used: Option<String>,
}

/// How someone signed in, in words.
#[must_use]
pub fn method(method: &str) -> String {
    let words: Vec<&str> = method
        .split('+')
        .map(|part| match part {
            "code" => "emailed code",
            "oidc" => "your organisation’s sign-in",
            "totp" => "authenticator app",
            "passkey" => "passkey",
            "recovery" => "recovery code",
            "demo" => "illustrative person",
            _ => "another way",
        })
        .collect();
    words.join(" and ")
}

/// What a browser says it is, in a few words.
#[must_use]
pub fn browser(agent: &str) -> String {
    let find = |names: &[(&str, &'static str)]| names.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    let browser =
        find(&[("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari")]);
    let system = find(&[
        ("Windows", "Windows"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(browser), None) => browser.to_owned(),
        _ => "A browser that does not say what it is".to_owned(),
    }
}

/// The page.
///
/// # Errors
/// When the database fails.
pub async fn page(State(app): State<App>, caller: Caller) -> Result<Html<String>, Failure> {
    let member = caller.signed_in()?;
    let person: Person = app.store.get(&caller.scope, member.person.0).await?.ok_or_else(Failure::not_found)?;
    let own = caller.session.as_ref().map(|session| session.id);
    let now = app.clock.now();
    let sessions: Vec<SessionRow> = app
        .store
        .sessions_of(&caller.scope, member.person)
        .await?
        .into_iter()
        .filter(|session| domain::people::session::holds(session.created_at, session.seen_at, session.ended_at, now))
        .map(|session| SessionRow {
            id: session.id.to_string(),
            agent: browser(&session.agent),
            address: session.address.clone(),
            method: method(&session.method),
            began: words::moment(session.created_at),
            seen: words::moment(session.seen_at),
            current: Some(session.id) == own,
        })
        .collect();
    let factors = app.store.factors(&caller.scope, member.person).await?;
    let tokens: Vec<ApiToken> = app.store.by(&caller.scope, "person_id", member.person.0.to_string()).await?;
    let needs_second_factor = needs_second_factor(member) && !member.second_factor;
    let (accounts, providers) = super::connecting::shown(&app, &caller, member).await?;
    let view = View {
        name: person.name,
        email: person.email,
        illustrative: person.illustrative,
        places: places(&app, &caller, member).await?,
        others: sessions.len() > 1,
        sessions,
        needs_second_factor,
        by_provider: member.second_factor && factors.is_empty(),
        factors: factors
            .into_iter()
            .map(|factor| FactorRow {
                id: factor.id.to_string(),
                kind: if factor.kind == FactorKind::Totp { "Authenticator app" } else { "Passkey" },
                name: factor.name,
                created: words::moment(factor.created_at),
                used: factor.used_at.map(words::moment),
            })
            .collect(),
        recovery_codes: app.store.recovery_codes_left(&caller.scope, member.person).await?,
        // The illustrative sign in without, and are nobody's.
        providers: if person.illustrative { Vec::new() } else { providers },
        accounts,
        tokens: super::tokens::rows(&app, tokens, now).await?,
        runs_network: caller.may(&Act::ManageNetwork),
    };
    let mut frame = page::frame(&app, "Your account", Some("account"));
    frame.at_section = true;
    page::render(&app, "people/account/home.html", &frame, view)
}

/// Whether any of a member's roles needs a second factor.
fn needs_second_factor(member: &Member) -> bool {
    member.standings.iter().flat_map(|at| at.roles.iter().chain(&at.deputy)).any(|role| role.needs_second_factor())
}

async fn places(app: &App, caller: &Caller, member: &Member) -> Result<Vec<Place>, Failure> {
    let mut places = Vec::new();
    for standing in &member.standings {
        let found: Option<Organisation> = app.store.get(&caller.scope, standing.organisation.0).await?;
        let Some(found) = found else { continue };
        let manages = caller.may(&Act::ManageMembers(standing.organisation));
        places.push(Place {
            id: standing.organisation.to_string(),
            people: manages.then(|| format!("/organisations/{}/people", found.slug)),
            organisation: found.name,
            roles: listed(standing, |_| true),
            current: standing.organisation == member.acting_for,
            waiting: if member.second_factor { String::new() } else { listed(standing, |role| role.needs_second_factor()) },
        });
    }
    Ok(places)
}

/// The roles of a place that are wanted, in words: 'editor, deputy data protection officer'.
fn listed(standing: &Standing, wanted: fn(Role) -> bool) -> String {
    let own = standing.roles.iter().filter(|role| wanted(**role)).map(|role| role.words().to_owned());
    let deputy = standing.deputy.iter().filter(|role| wanted(**role)).map(|role| format!("deputy {}", role.words()));
    own.chain(deputy).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_named_in_a_few_words() {
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0";
        assert_eq!(browser(edge), "Edge on Windows");
        assert_eq!(
            browser("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1"),
            "Safari on iPhone"
        );
        assert_eq!(browser("<script>"), "A browser that does not say what it is");
    }

    #[test]
    fn ways_of_signing_in_have_words() {
        assert_eq!(method("code+totp"), "emailed code and authenticator app");
    }
}
