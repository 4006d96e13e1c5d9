//! `citytools person invite`: the first administrator of an organisation, or whoever else cannot be invited in the browser.

use super::{Context, Outcome};
use crate::{
    sign_in::random,
    web::people::{email, unfit_name, with_next},
};
use anyhow::{Result, anyhow, bail};
use clap::Subcommand;
use domain::{
    audit::Kind,
    people::{Membership, MembershipId, Person, PersonId, Role, Scope, sign_in::invitation::Purpose},
    register::records::{Organisation, OrganisationKind},
};
use serde_json::json;
use uuid::Uuid;

/// What `person` does.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Give someone a role at an organisation, and print a link with which they set up their second factor
    Invite {
        /// Their work email address; codes to sign in with are sent there
        email: String,
        /// The organisation's slug
        #[arg(long, value_name = "SLUG")]
        organisation: String,
        /// The role, such as administrator; give it again for more
        #[arg(long, value_name = "ROLE", required = true)]
        role: Vec<String>,
        /// Their name; without it, what stands before the @
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
    },
}

/// Does it.
pub async fn run(context: &Context, command: Command) -> Result<Outcome> {
    let Command::Invite { email: typed, organisation, role, name } = command;
    let Some(address) = email(&typed) else { bail!("'{typed}' is no email address") };
    if let Some(words) = name.as_deref().and_then(unfit_name) {
        bail!("the name cannot be used: {words}");
    }
    let known = || Role::ALL.map(Role::as_str).join(", ");
    let roles: Vec<Role> = role
        .iter()
        .map(|name| Role::parse(name).ok_or_else(|| anyhow!("there is no role '{name}': the roles are {}", known())))
        .collect::<Result<_>>()?;
    let store = context.open().await?;
    let scope = Scope::Operator;
    let found: Vec<Organisation> = store.by(&scope, "slug", organisation.as_str()).await?;
    let Some(at) = found.into_iter().next() else {
        bail!("there is no organisation '{organisation}': 'citytools organisation list' shows them all");
    };
    if roles.contains(&Role::NetworkAdministrator) && at.kind != OrganisationKind::Hub {
        bail!("a network administrator has their place at the hub: use its slug");
    }
    let now = context.clock.now();
    let mut write = store.write(&scope, now).await?;
    let people: Vec<Person> = write.by("email", address.as_str()).await?;
    let person = match people.into_iter().next() {
        Some(person) => person,
        None => {
            let name = name.unwrap_or_else(|| address.split('@').next().unwrap_or_default().to_owned());
            let person = Person {
                id: PersonId(Uuid::now_v7()),
                name,
                email: Some(address.clone()),
                illustrative: false,
                disabled_at: None,
                unwanted_mail: Vec::new(),
                updated_at: 0,
            };
            write.create(&mut [person.clone()]).await?;
            person
        }
    };
    let places: Vec<Membership> = write.by("person_id", person.id.0.to_string()).await?;
    match places.into_iter().find(|place| place.organisation == at.id) {
        Some(before) => {
            let mut after = Membership { accepted_at: before.accepted_at.or(Some(now)), revoked_at: None, ..before.clone() };
            if before.revoked_at.is_some() {
                after.roles.clear();
                after.deputy.clear();
                after.services.clear();
            }
            for role in roles {
                if !after.roles.contains(&role) {
                    after.roles.push(role);
                }
            }
            write.update(&before, &mut after).await?;
        }
        None => {
            let place = Membership {
                id: MembershipId(Uuid::now_v7()),
                person: person.id,
                organisation: at.id,
                roles,
                deputy: Vec::new(),
                services: Vec::new(),
                invited_at: now,
                accepted_at: Some(now),
                revoked_at: None,
                updated_at: 0,
            };
            write.create(&mut [place]).await?;
        }
    }
    let secret = random::secret().map_err(|_| anyhow!("the system has no random numbers"))?;
    write.invite(&secret, Purpose::SetUp, person.id, at.id).await?;
    write.event(Kind::SignIn, person.id.0, Some(at.id.0), &json!({ "event": "set-up-link-made", "by": "operator" })).await?;
    write.commit().await?;
    store.close().await?;
    let url = context.file.home();
    eprintln!(
        "{} ({address}) now has a place at {}. Within 10 minutes they set up their second factor at this link, which",
        person.name, at.name
    );
    eprintln!("works once; then they sign in at {url}{} with a code sent to that address.", with_next("/sign-in", "/account"));
    if context.file.public_url.is_none() {
        eprintln!(
            "No public-url is set, so the link leads to {url}. Where the server is reached elsewhere, put that address in its place: the \
             rest of the link stays. 'public-url' in the settings makes every link right, those in mail too."
        );
    }
    say!("{url}/set-up?token={}", secret.expose());
    Ok(Outcome::Done)
}
