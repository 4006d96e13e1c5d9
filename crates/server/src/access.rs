//! Who passes to a route: someone who is not signed in is led to sign in; someone who is signed in and may not, gets the answer of a
//! page that does not exist.

use crate::{error::Failure, routes::Who, session::Caller, state::App};
use axum::{
    extract::{ConnectInfo, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::people::Role;
use std::net::SocketAddr;

/// Lets a request through to its handler, or not.
pub async fn guard(who: Who, State(app): State<App>, caller: Caller, request: Request, next: Next) -> Response {
    match who {
        Who::Anyone | Who::Token => next.run(request).await,
        Who::Loopback => {
            let near = request.extensions().get::<ConnectInfo<SocketAddr>>().is_some_and(|peer| peer.0.ip().is_loopback());
            if near || app.public_metrics { next.run(request).await } else { Failure::not_found().into_response() }
        }
        Who::SignedIn | Who::Holds(_) => match caller.member() {
            None => (app.pages.turned_away)(app.clone(), caller, request).await,
            Some(member) => {
                let holds = |roles: &[Role]| member.standings.iter().any(|place| member.holds_any(place.organisation, roles));
                match who {
                    Who::Holds(roles) if !holds(roles) => Failure::not_found().into_response(),
                    _ => next.run(request).await,
                }
            }
        },
    }
}
