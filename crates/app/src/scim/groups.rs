//! `/scim/v2/Groups`: a group is a role at the organisation.

use super::{
    Directory, Failed, Paging, TRIES, fault,
    filter::Equal,
    json, known,
    patch::{self, MemberChange},
    resource::{ROLES, User, group},
    users::{Asking, refused},
    word,
};
use crate::{
    error::{self, ScimError},
    state::App,
};
use axum::{
    body::Bytes,
    extract::{Path, State},
    response::Response,
};
use domain::{
    people::{Membership, Role, members},
    register::records::{Organisation, OrganisationKind},
};
use std::collections::BTreeSet;
use store::Write;
use uuid::Uuid;

/// The roles, filtered by `displayName` or `id`.
pub async fn list(State(app): State<App>, directory: Directory, asking: Asking) -> Response {
    let users = match known::all(&app, &directory).await {
        Ok(users) => users,
        Err(failure) => return fault(&failure),
    };
    let mut roles = ROLES.to_vec();
    for Equal { attribute, value } in match asking.wanted() {
        Ok(wanted) => wanted,
        Err(response) => return response,
    } {
        match attribute.as_str() {
            "displayname" => roles.retain(|role| is_named(*role, &value)),
            "id" => roles.retain(|role| role.as_str() == value),
            "members" | "members.value" => roles.retain(|role| holders(&users, *role).iter().any(|id| id.to_string() == value)),
            _ => return error::scim(ScimError::InvalidFilter, "groups can be found by displayName, id or members"),
        }
    }
    let all = roles.into_iter().map(|role| group(role, &holders(&users, role), &app.public_url)).collect();
    error::scim_answer(false, &Paging::of(asking.start_index, asking.count).answer(all))
}

/// One role.
pub async fn one(State(app): State<App>, directory: Directory, Path(id): Path<String>) -> Response {
    let Some(role) = of_id(&id) else { return error::scim(ScimError::NotFound, "there is no such group") };
    match known::all(&app, &directory).await {
        Ok(users) => error::scim_answer(false, &group(role, &holders(&users, role), &app.public_url)),
        Err(failure) => fault(&failure),
    }
}

/// A directory makes its groups here by naming a role; its members join it.
pub async fn create(State(app): State<App>, directory: Directory, body: Bytes) -> Response {
    let result = async {
        let body = json(&body)?;
        let name = body.get("displayName").and_then(serde_json::Value::as_str).unwrap_or_default();
        let role = ROLES.into_iter().find(|role| is_named(*role, name)).ok_or_else(|| {
            error::scim(ScimError::InvalidValue, "a group is a role: name it 'editor', 'contract manager', 'siro' and so on")
        })?;
        let operation = serde_json::json!({ "Operations": [{ "op": "add", "value": body }] });
        let changes = patch::members(&operation).map_err(refused)?;
        apply(&app, &directory, role, changes).await
    };
    match result.await {
        Ok(group) => error::scim_answer(true, &group),
        Err(response) => response,
    }
}

/// Members join or leave a role.
pub async fn patch(State(app): State<App>, directory: Directory, Path(id): Path<String>, body: Bytes) -> Response {
    let result = async {
        let role = of_id(&id).ok_or_else(|| error::scim(ScimError::NotFound, "there is no such group"))?;
        let changes = patch::members(&json(&body)?).map_err(refused)?;
        apply(&app, &directory, role, changes).await
    };
    match result.await {
        Ok(group) => error::scim_answer(false, &group),
        Err(response) => response,
    }
}

/// A role's members as a whole. A body that does not speak of members keeps them: a directory that corrects a group's name would else
/// take the role from everybody (RFC 7644, 3.5.1, leaves the choice). An empty list says that nobody holds the role.
pub async fn replace(State(app): State<App>, directory: Directory, Path(id): Path<String>, body: Bytes) -> Response {
    let result = async {
        let role = of_id(&id).ok_or_else(|| error::scim(ScimError::NotFound, "there is no such group"))?;
        let body = json(&body)?;
        let operation = serde_json::json!({ "Operations": [{ "op": "replace", "value": body }] });
        apply(&app, &directory, role, patch::members(&operation).map_err(refused)?).await
    };
    match result.await {
        Ok(group) => error::scim_answer(false, &group),
        Err(response) => response,
    }
}

/// A directory takes a group away, as when it is no longer assigned to this service: nobody holds the role any more. The role itself
/// stays, as a group without members.
pub async fn delete(State(app): State<App>, directory: Directory, Path(id): Path<String>) -> Response {
    let Some(role) = of_id(&id) else { return error::scim(ScimError::NotFound, "there is no such group") };
    match apply(&app, &directory, role, vec![MemberChange::Replace(Vec::new())]).await {
        Ok(_) => error::scim_nothing(),
        Err(response) => response,
    }
}

async fn apply(app: &App, directory: &Directory, role: Role, changes: Vec<MemberChange>) -> Result<serde_json::Value, Response> {
    for _ in 1..TRIES {
        match change(app, directory, role, changes.clone()).await {
            Err(failed) if failed.is_overtaken() => {}
            done => return done.map_err(Failed::said),
        }
    }
    change(app, directory, role, changes).await.map_err(Failed::said)
}

async fn change(app: &App, directory: &Directory, role: Role, changes: Vec<MemberChange>) -> Result<serde_json::Value, Failed> {
    let mut write = app.store.write(&directory.scope, app.clock.now()).await?;
    let members = match joined(app, directory, &mut write, role, changes).await {
        Ok(members) => members,
        Err(failed) => {
            write.abandon();
            return Err(failed);
        }
    };
    write.commit().await?;
    Ok(group(role, &members, &app.public_url))
}

/// Gives the role to whom it shall belong, and takes it from the others, as the rules of [`members`] allow; says who holds it then.
/// Who has a place is read inside the transaction.
async fn joined(
    app: &App,
    directory: &Directory,
    write: &mut Write,
    role: Role,
    changes: Vec<MemberChange>,
) -> Result<Vec<Uuid>, Failed> {
    let mut users = known::held(write, directory).await?;
    let wanted = wanted(&users, role, changes)?;
    users.retain(User::active);
    let found: Option<Organisation> = write.get_many(&[directory.organisation.0]).await?.into_iter().next();
    let organisation = found.ok_or_else(|| Failed::Refused(error::scim(ScimError::NotFound, "there is no such organisation")))?;
    // Who gets the role first: where an administrator gives way to another there is one at every moment.
    for shall in [true, false] {
        for position in 0..users.len() {
            let before = users[position].place.clone();
            if wanted.contains(&users[position].id()) != shall || before.roles.contains(&role) == shall {
                continue;
            }
            let others: Vec<Membership> =
                users.iter().map(|other| &other.place).filter(|other| other.id != before.id).cloned().collect();
            let (roles, deputy) = members::with(&before, role, shall);
            let hub = organisation.kind == OrganisationKind::Hub;
            let mut after = members::change(&directory.scope, &before, &others, hub, roles, deputy).map_err(not_so)?;
            if write.update(&before, &mut after).await? {
                word::roles_changed(app, write, &organisation, &users[position].person, &before).await?;
                users[position].place = after;
            }
        }
    }
    Ok(holders(&users, role))
}

/// To whom a role shall belong after some changes, by their ids. Whose place was taken away here while the directory still names them
/// stands in nobody's way, and holds nothing.
fn wanted(users: &[User], role: Role, changes: Vec<MemberChange>) -> Result<BTreeSet<Uuid>, Failed> {
    let known = |ids: Vec<String>| -> Result<Vec<Uuid>, Failed> {
        ids.into_iter()
            .map(|id| {
                let id = id.parse::<Uuid>().ok().filter(|id| users.iter().any(|user| user.id() == *id));
                id.ok_or_else(|| invalid("a member is no user of this organisation"))
            })
            .collect()
    };
    let mut wanted: BTreeSet<Uuid> = holders(users, role).into_iter().collect();
    for change in changes {
        match change {
            MemberChange::Add(ids) => wanted.extend(known(ids)?),
            MemberChange::Replace(ids) => wanted = known(ids)?.into_iter().collect(),
            // Who is not there any more has left already.
            MemberChange::Remove(ids) => wanted.retain(|id| !ids.iter().any(|gone| gone.parse::<Uuid>() == Ok(*id))),
        }
    }
    wanted.retain(|id| users.iter().any(|user| user.active() && user.id() == *id));
    // A directory that empties this role by mistake would lock the organisation out.
    if role == Role::Administrator && wanted.is_empty() {
        return Err(not_so(members::Refusal::LastAdministrator));
    }
    Ok(wanted)
}

fn invalid(text: &str) -> Failed {
    Failed::Refused(error::scim(ScimError::InvalidValue, text))
}

/// A refusal of the rules that the pages hold too.
fn not_so(refusal: members::Refusal) -> Failed {
    invalid(match refusal {
        members::Refusal::LastAdministrator => {
            "an organisation keeps at least one administrator who has accepted their place; one who is only invited does not count yet"
        }
        members::Refusal::LastNetworkAdministrator | members::Refusal::NetworkRole => {
            "who runs the network is not decided by a directory"
        }
        _ => "a member cannot be given or lose this role",
    })
}

fn of_id(id: &str) -> Option<Role> {
    Role::parse(id).filter(|role| ROLES.contains(role))
}

fn is_named(role: Role, name: &str) -> bool {
    let name = name.trim();
    role.as_str().eq_ignore_ascii_case(name) || role.words().eq_ignore_ascii_case(name)
}

fn holders(users: &[User], role: Role) -> Vec<Uuid> {
    users.iter().filter(|user| user.active() && user.place.roles.contains(&role)).map(User::id).collect()
}
