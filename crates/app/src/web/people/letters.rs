//! Mail about signing in. It comes always: none of it can be unsubscribed from.

use crate::{
    error::Failure,
    mail::{Letter, Recipient, Topic},
    sign_in::random,
    state::App,
    web::{people::server, session::Caller, words},
};
use domain::{
    people::{
        Person, Role,
        sign_in::{MINUTE, code, invitation::Purpose},
    },
    register::{ids::OrganisationId, records::Organisation},
};
use serde::Serialize;
use store::{Write, outbox::NewMail};

#[derive(Serialize)]
struct Code<'a> {
    code: &'a str,
    minutes: i64,
}

/// A one-time code. It is written for an unknown address too, and thrown away: the same work whoever is named.
///
/// # Errors
/// When the address cannot stand in a header, or the template is at fault.
pub fn code(app: &App, email: &str, person: Option<&Person>, code: &str) -> Result<NewMail, Failure> {
    let letter = Letter {
        topic: Topic::SignIn,
        template: "sign-in-code",
        to: Recipient::new(person.map(|person| person.name.as_str()), email)?,
        person: person.map(|person| person.id.0),
        organisation: None,
        about: None,
        expires_at: Some(app.clock.now() + code::LIFE),
        values: Code { code, minutes: code::LIFE / MINUTE },
    };
    Ok(letter.seal(&app.public_url)?)
}

#[derive(Serialize)]
struct NewAddress<'a> {
    code: &'a str,
    minutes: i64,
    name: &'a str,
}

/// The code that shows that a person reads the mail of the address that they want to have from now on.
///
/// # Errors
/// As [`code()`].
pub fn new_address(app: &App, email: &str, person: &Person, code: &str) -> Result<NewMail, Failure> {
    let letter = Letter {
        topic: Topic::SignIn,
        template: "new-address",
        to: Recipient::new(Some(&person.name), email)?,
        person: Some(person.id.0),
        organisation: None,
        about: None,
        expires_at: Some(app.clock.now() + code::LIFE),
        values: NewAddress { code, minutes: code::LIFE / MINUTE, name: &person.name },
    };
    Ok(letter.seal(&app.public_url)?)
}

/// An invitation, for the letter.
#[derive(Serialize)]
pub struct Invited {
    /// Who invites: a name.
    pub inviter: String,
    /// To which organisation.
    pub organisation: String,
    /// As what: 'editor and contract manager'.
    pub roles: String,
    /// Where it is accepted.
    pub url: String,
    /// The address it goes to.
    pub address: String,
    /// The last day.
    pub until: String,
}

/// An invitation.
///
/// # Errors
/// As [`code()`].
pub fn invitation(app: &App, person: &Person, organisation: OrganisationId, invited: Invited) -> Result<NewMail, Failure> {
    let letter = Letter {
        topic: Topic::Invitation,
        template: "invitation",
        to: Recipient::new(Some(&person.name), &invited.address)?,
        person: Some(person.id.0),
        organisation: Some(organisation),
        about: None,
        expires_at: Some(app.clock.now() + Purpose::Join.life()),
        values: invited,
    };
    Ok(letter.seal(&app.public_url)?)
}

/// Who invites, as the letter names them: a person, else the service itself.
#[must_use]
pub fn inviter(caller: &Caller) -> String {
    caller.member().map_or_else(|| server().actor(), |member| member.name.clone())
}

/// Makes a new link with which someone accepts a place, which replaces earlier ones, and mails it.
///
/// # Errors
/// When there are no random numbers, the address cannot stand in a header, or the database fails.
pub async fn invite(
    app: &App,
    write: &mut Write,
    inviter: &str,
    person: &Person,
    organisation: &Organisation,
    roles: &[Role],
) -> Result<(), Failure> {
    let secret = random::secret()?;
    write.invite(&secret, Purpose::Join, person.id, organisation.id).await?;
    let Some(address) = person.email.clone() else { return Ok(()) };
    let names: Vec<&str> = roles.iter().copied().map(Role::words).collect();
    let invited = Invited {
        inviter: inviter.to_owned(),
        organisation: organisation.name.clone(),
        roles: list(&names),
        url: format!("{}/invitation?token={}", app.public_url, secret.expose()),
        address,
        until: words::moment(write.at() + Purpose::Join.life()),
    };
    write.mail(&invitation(app, person, organisation.id, invited)?).await?;
    Ok(())
}

/// 'editor, DPO and administrator'.
fn list(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [more @ .., last] => format!("{} and {last}", more.join(", ")),
    }
}

#[derive(Serialize)]
struct Security<'a> {
    what: &'a str,
    detail: &'a str,
    when: String,
    url: String,
}

/// Word of a change to how someone signs in; none for someone without an address.
///
/// # Errors
/// As [`code()`].
pub fn security(app: &App, person: &Person, what: &str, detail: &str) -> Result<Option<NewMail>, Failure> {
    let Some(address) = &person.email else { return Ok(None) };
    let letter = Letter {
        topic: Topic::Security,
        template: "security",
        to: Recipient::new(Some(&person.name), address)?,
        person: Some(person.id.0),
        organisation: None,
        about: None,
        expires_at: None,
        values: Security { what, detail, when: words::moment(app.clock.now()), url: format!("{}/account", app.public_url) },
    };
    Ok(Some(letter.seal(&app.public_url)?))
}

#[cfg(test)]
mod tests {
    use super::list;

    #[test]
    fn roles_are_listed_in_a_sentence() {
        assert_eq!(list(&["editor"]), "editor");
        assert_eq!(list(&["editor", "viewer", "administrator"]), "editor, viewer and administrator");
    }
}
