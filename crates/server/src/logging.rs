//! The lines that the program writes about what it does.

use tracing_subscriber::EnvFilter;

/// Log lines on standard error; `RUST_LOG` chooses, `CITYTOOLS_LOG=json` writes them for programs.
pub fn begin(default: &str) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if std::env::var("CITYTOOLS_LOG").is_ok_and(|form| form == "json") {
        lines.json().init();
    } else {
        lines.with_target(false).init();
    }
}
