//! `citytools serve`: pages and API over one database, until it is told to stop.

use super::{Context, Outcome, seed};
use crate::{
    config::Secrets,
    fetch::Fetcher,
    jobs::{self, runner::Workers},
    scanner::Scanner,
    state::{App, SignIn},
    web,
};
use anyhow::{Context as _, Result};
use domain::{dpia::assessment::Assessment, people::Scope, register::records::Organisation};
use server::arguments::Arguments;
use std::{net::SocketAddr, time::Instant};

/// Serves until SIGTERM or Ctrl-C; requests under way are finished.
pub async fn run(context: &Context, arguments: Arguments) -> Result<Outcome> {
    server::logging::begin("info,tower_http=warn");
    let begun = Instant::now();
    let listen = arguments.listen.or(context.file.listen).unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080)));
    // The port is taken before the database is touched: a second server on it fails at once.
    let listener = tokio::net::TcpListener::bind(listen).await.with_context(|| format!("cannot listen on {listen}"))?;
    // Settings that are wrong stop the server before anything else does.
    let smtp = crate::mail::server_of(&context.file)?;
    context.file.scanner.as_deref().unwrap_or("off").parse::<Scanner>().context("the setting 'scanner'")?;
    let secrets = Secrets::read(&context.file.client_secrets)?;
    let fetcher = Fetcher::new(context.file.fetch_trusted_hosts.iter().cloned()).context("no client for scheduled sources")?;
    let store = context.open().await?;
    if arguments.demo {
        seed::illustrative(&store, context.clock).await?;
        seed::people(&store, context.clock).await?;
        seed::dpias::fill(&store, context.clock).await?;
    }
    for slug in secrets.organisations() {
        let found: Vec<Organisation> = store.by(&Scope::Public, "slug", slug).await?;
        if found.is_empty() {
            tracing::warn!(slug, "client-secrets names no organisation of this database: nobody can choose these secrets");
        }
    }
    let address = listener.local_addr()?;
    let sign_in = SignIn { demo: arguments.demo, secrets };
    let app =
        App::under_with(store, context.clock, &context.file, &format!("http://{address}"), sign_in, crate::web::PAGES).await?;
    let figures = app.snapshot().figures();
    eprintln!(
        "City Tools serves {} contracts and {} systems at http://{address} (ready after {:.2} s; Ctrl-C stops it)",
        figures.contracts,
        figures.systems,
        begun.elapsed().as_secs_f64()
    );
    // Where there are assessments nobody waits for the templates that they are asked under.
    if app.store.count::<Assessment>(&Scope::Job { name: "serve".to_owned() }).await? > 0 {
        let app = app.clone();
        tokio::task::spawn_blocking(move || app.rules());
    }
    let refresher = tokio::spawn(jobs::refresh::run(app.clone()));
    let workers = Workers::start(jobs::runner::Context::new(app.clone(), smtp, fetcher));
    let router = web::router(app.clone());
    server::serving::serve(listener, router, server::serving::Heads::default(), Box::pin(stop())).await;
    workers.stop().await;
    refresher.abort();
    app.store.clone().close().await?;
    Ok(Outcome::Done)
}

async fn stop() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! { () = interrupt => {}, () = terminate => {} }
}
