//! What this server can do (RFC 7643, 5 to 7).

use super::{
    Directory, Paging,
    resource::{GROUP, USER},
};
use crate::{error, state::App};
use axum::{extract::State, response::Response};
use serde_json::{Value as Json, json};

/// The service provider's configuration.
pub async fn config(State(app): State<App>, _: Directory) -> Response {
    error::scim_answer(
        false,
        &json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
            "patch": { "supported": true }, "bulk": { "supported": false, "maxOperations": 0, "maxPayloadSize": 0 },
            "filter": { "supported": true, "maxResults": super::MOST }, "changePassword": { "supported": false },
            "sort": { "supported": false }, "etag": { "supported": false },
            "authenticationSchemes": [{
                "type": "oauthbearertoken", "name": "Bearer token", "primary": true,
                "description": "A token that an administrator of the organisation makes under Account, Joiners and leavers from your directory",
            }],
            "meta": { "resourceType": "ServiceProviderConfig", "location": format!("{}/scim/v2/ServiceProviderConfig", app.public_url) },
        }),
    )
}

/// The types of resources.
pub async fn resource_types(State(app): State<App>, _: Directory) -> Response {
    let of = |name: &str, endpoint: &str, schema: &str| {
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"], "id": name, "name": name, "endpoint": endpoint,
            "schema": schema, "meta": { "resourceType": "ResourceType", "location": format!("{}/scim/v2/ResourceTypes/{name}", app.public_url) },
        })
    };
    let all = vec![of("User", "/Users", USER), of("Group", "/Groups", GROUP)];
    error::scim_answer(false, &Paging::of(None, None).answer(all))
}

/// The attributes that are kept.
pub async fn schemas(State(_): State<App>, _: Directory) -> Response {
    let all = vec![
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"], "id": USER, "name": "User",
            "description": "A person with a place at the organisation",
            "attributes": [
                attribute("userName", "string", true, "readWrite", "server"),
                attribute("displayName", "string", false, "readWrite", "none"),
                with(
                    attribute("name", "complex", false, "readWrite", "none"),
                    &["formatted", "givenName", "familyName"].map(|part| attribute(part, "string", false, "readWrite", "none")),
                ),
                with(many(attribute("emails", "complex", false, "readWrite", "none")), &[attribute("value", "string", false, "readWrite", "none")]),
                attribute("active", "boolean", false, "readWrite", "none"),
                attribute("externalId", "string", false, "readWrite", "none"),
                with(many(attribute("groups", "complex", false, "readOnly", "none")), &[attribute("value", "string", false, "readOnly", "none")]),
            ],
        }),
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"], "id": GROUP, "name": "Group",
            "description": "A role at the organisation",
            "attributes": [
                attribute("displayName", "string", true, "immutable", "server"),
                with(many(attribute("members", "complex", false, "readWrite", "none")), &[attribute("value", "string", false, "immutable", "none")]),
            ],
        }),
    ];
    error::scim_answer(false, &Paging::of(None, None).answer(all))
}

fn attribute(name: &str, kind: &str, required: bool, mutability: &str, uniqueness: &str) -> Json {
    json!({
        "name": name, "type": kind, "multiValued": false, "required": required, "caseExact": false, "mutability": mutability,
        "returned": "default", "uniqueness": uniqueness,
    })
}

fn many(mut attribute: Json) -> Json {
    attribute["multiValued"] = json!(true);
    attribute
}

fn with(mut attribute: Json, parts: &[Json]) -> Json {
    attribute["subAttributes"] = json!(parts);
    attribute
}
