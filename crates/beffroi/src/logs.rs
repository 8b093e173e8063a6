//! The journal, on standard error: readable lines, or one JSON object a line for whatever gathers
//! journals (`BEFFROI_LOG_FORMAT=json`). Nobody's name or address is ever in it.

use std::sync::atomic::{AtomicBool, Ordering};
use tracing_subscriber::{EnvFilter, fmt};

/// Whether lines are objects.
static IS_JSON: AtomicBool = AtomicBool::new(false);

/// Begins: warnings of everyone, `BEFFROI_LOG` for more (`info`, `debug`).
pub fn begin() {
    let is_json = std::env::var("BEFFROI_LOG_FORMAT").is_ok_and(|format| format == "json");
    IS_JSON.store(is_json, Ordering::Relaxed);
    // What the terminal would be told of the work under way is in the journal too.
    let usual = match is_json {
        true => "warn,beffroi::progress=info",
        false => "warn",
    };
    let filter = EnvFilter::try_from_env("BEFFROI_LOG").unwrap_or_else(|_| EnvFilter::new(usual));
    let lines = fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match is_json {
        true => lines.json().flatten_event(true).init(),
        false => lines.init(),
    }
}

/// Whether each line of standard error is a JSON object.
pub fn is_json() -> bool {
    IS_JSON.load(Ordering::Relaxed)
}
