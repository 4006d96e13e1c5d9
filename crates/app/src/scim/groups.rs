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

async fn apply(app: &App, directory: &Directory, role: Role, changes: Vec<MemberChange>) -> Result<serde_json::Value, Response> {
    let users = users::all(app, directory).await.map_err(|failure| fault(&failure))?;
    let mut wanted = holders(&users, role);
    let known = |ids: Vec<String>| -> Result<Vec<PersonId>, Response> {
        ids.into_iter()
            .map(|id| {
                let id = id.parse::<PersonId>().ok().filter(|id| users.iter().any(|user| user.person.id == *id && user.active()));
                id.ok_or_else(|| error::scim(ScimError::InvalidValue, "a member is no user of this organisation"))
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
        return Err(error::scim(ScimError::InvalidValue, "an organisation keeps at least one administrator"));
    }
    let write = async {
        let mut write = app.store.write(&directory.scope, app.clock.now()).await?;
        for user in users.iter().filter(|user| user.active()) {
            let (holds, shall) = (user.place.roles.contains(&role), wanted.contains(&user.person.id));
            if holds != shall {
                let mut after = user.place.clone();
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
                write.update::<Membership>(&user.place, &mut after).await?;
            }
        }
        write.commit().await?;
        Ok::<(), store::Error>(())
    };
    write.await.map_err(|failure| fault(&failure))?;
    Ok(group(role, &wanted, &app.public_url))
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
