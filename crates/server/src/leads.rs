//! Asks the pages where an address leads that is no page itself. That nearly every request leads nowhere else is found out without
//! waiting.

use crate::{error::Code, state::App};
use axum::{extract::Request, http::Method, middleware::Next, response::Response};

/// Leads a request elsewhere, or lets it pass; where an address that is read is not found, the pages may know another.
pub async fn leads(app: &App, request: Request, next: Next) -> Response {
    if let Some(elsewhere) = (app.pages.leads)(app, &request)
        && let Some(response) = elsewhere.await
    {
        return response;
    }
    let read = matches!(*request.method(), Method::GET | Method::HEAD).then(|| request.uri().clone());
    let response = next.run(request).await;
    match read.filter(|_| response.status() == Code::NotFound.status()) {
        Some(uri) => (app.pages.instead)(app.clone(), uri, response).await,
        None => response,
    }
}
