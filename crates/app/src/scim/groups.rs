//! `/scim/v2/Groups`: a group is a role at the organisation.

use super::{
    Directory, Paging, fault,
    filter::Filter,
    json,
    patch::{self, MemberChange},
    resource::{ROLES, User, group},
    users::{self, Asking, refused},
};
use crate::{
    error::{self, ScimError},
    state::App,
};
use axum::{
    body::Bytes,
    extract::{Path, Query, State},
    response::Response,
};
use domain::people::{Membership, PersonId, Role};
use store::Write;

/// The roles, filtered by `displayName` or `id`.
pub async fn list(State(app): State<App>, directory: Directory, Query(asking): Query<Asking>) -> Response {
    let users = match users::all(&app, &directory).await {
        Ok(users) => users,
        Err(failure) => return fault(&failure),
    };
    let mut roles = ROLES.to_vec();
    if let Some(text) = &asking.filter {
        match Filter::parse(text) {
            Some(filter) if filter.attribute == "displayname" => roles.retain(|role| is_named(*role, &filter.value)),
            Some(filter) if filter.attribute == "id" => roles.retain(|role| role.as_str() == filter.value),
            _ => return error::scim(ScimError::InvalidFilter, "groups can be found by displayName or id"),
        }
    }
    let all = roles.into_iter().map(|role| group(role, &holders(&users, role), &app.public_url)).collect();
    error::scim_answer(false, &Paging::of(asking.start_index, asking.count).answer(all))
}

/// One role.
pub async fn one(State(app): State<App>, directory: Directory, Path(id): Path<String>) -> Response {
    let Some(role) = of_id(&id) else { return error::scim(ScimError::NotFound, "there is no such group") };
    match users::all(&app, &directory).await {
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

/// A role's members as a whole.
pub async fn replace(State(app): State<App>, directory: Directory, Path(id): Path<String>, body: Bytes) -> Response {
    let result = async {
        let role = of_id(&id).ok_or_else(|| error::scim(ScimError::NotFound, "there is no such group"))?;
        let body = json(&body)?;
        let members = body.get("members").cloned().unwrap_or_else(|| serde_json::json!([]));
        let operation = serde_json::json!({ "Operations": [{ "op": "replace", "path": "members", "value": members }] });
        apply(&app, &directory, role, patch::members(&operation).map_err(refused)?).await
    };
    match result.await {
        Ok(group) => error::scim_answer(false, &group),
        Err(response) => response,
    }
}

/// How often a change is tried that another of the same moment went before: directories send several groups of a person at once.
const TRIES: usize = 5;

async fn apply(app: &App, directory: &Directory, role: Role, changes: Vec<MemberChange>) -> Result<serde_json::Value, Response> {
    for _ in 1..TRIES {
        match change(app, directory, role, changes.clone()).await {
            Err(Failed::Store(store::Error::Conflict(..))) => {}
            other => return other.map_err(Failed::said),
        }
    }
    change(app, directory, role, changes).await.map_err(Failed::said)
}

/// Why a group did not change.
enum Failed {
    /// The answer that says so.
    Refused(Response),
    /// The database.
    Store(store::Error),
}

impl Failed {
    fn said(self) -> Response {
        match self {
            Failed::Refused(response) => response,
            Failed::Store(store::Error::Conflict(..)) => {
                error::scim(ScimError::Conflict, "other changes of the same people go on; try again")
            }
            Failed::Store(failure) => fault(&failure),
        }
    }
}

impl From<store::Error> for Failed {
    fn from(error: store::Error) -> Self {
        Failed::Store(error)
    }
}

async fn change(app: &App, directory: &Directory, role: Role, changes: Vec<MemberChange>) -> Result<serde_json::Value, Failed> {
    let mut write = app.store.write(&directory.scope, app.clock.now()).await?;
    let wanted = match joined(app, directory, &mut write, role, changes).await {
        Ok(wanted) => wanted,
        Err(failed) => {
            write.abandon();
            return Err(failed);
        }
    };
    write.commit().await?;
    Ok(group(role, &wanted, &app.public_url))
}

/// Gives the role to whom it shall belong, and takes it from the others. Who has a place is read inside the transaction.
async fn joined(
    app: &App,
    directory: &Directory,
    write: &mut Write,
    role: Role,
    changes: Vec<MemberChange>,
) -> Result<Vec<PersonId>, Failed> {
    let users = users::all(app, directory).await?;
    let places: Vec<Membership> = write.by("organisation_id", directory.organisation.to_string()).await?;
    let active = |place: &&Membership| {
        place.revoked_at.is_none() && users.iter().any(|user| user.person.id == place.person && user.person.disabled_at.is_none())
    };
    let places: Vec<&Membership> = places.iter().filter(active).collect();
    let invalid = |text: &str| Failed::Refused(error::scim(ScimError::InvalidValue, text));
    let mut wanted: Vec<PersonId> = places.iter().filter(|place| place.roles.contains(&role)).map(|place| place.person).collect();
    let known = |ids: Vec<String>| -> Result<Vec<PersonId>, Failed> {
        ids.into_iter()
            .map(|id| {
                let id = id.parse::<PersonId>().ok().filter(|id| places.iter().any(|place| place.person == *id));
                id.ok_or_else(|| invalid("a member is no user of this organisation"))
            })
            .collect()
    };
    for change in changes {
        match change {
            MemberChange::Add(ids) => wanted.extend(known(ids)?),
            MemberChange::Replace(ids) => wanted = known(ids)?,
            // Who is not there any more has left already.
            MemberChange::Remove(ids) => wanted.retain(|id| !ids.contains(&id.to_string())),
        }
    }
    wanted.sort();
    wanted.dedup();
    // A directory that empties this role by mistake would lock the organisation out.
    if role == Role::Administrator && wanted.is_empty() {
        return Err(invalid("an organisation keeps at least one administrator"));
    }
    for place in places {
        let (holds, shall) = (place.roles.contains(&role), wanted.contains(&place.person));
        if holds != shall {
            let mut after = place.clone();
            if shall {
                after.roles.push(role);
                after.roles.sort();
            } else {
                after.roles.retain(|other| *other != role);
                // A place without any role is none; a viewer's is the least.
                if after.roles.is_empty() {
                    after.roles.push(Role::Viewer);
                }
            }
            write.update::<Membership>(place, &mut after).await?;
        }
    }
    Ok(wanted)
}

fn of_id(id: &str) -> Option<Role> {
    Role::parse(id).filter(|role| ROLES.contains(role))
}

fn is_named(role: Role, name: &str) -> bool {
    let name = name.trim();
    role.as_str().eq_ignore_ascii_case(name) || role.words().eq_ignore_ascii_case(name)
}

fn holders(users: &[User], role: Role) -> Vec<PersonId> {
    users.iter().filter(|user| user.active() && user.place.roles.contains(&role)).map(|user| user.person.id).collect()
}
