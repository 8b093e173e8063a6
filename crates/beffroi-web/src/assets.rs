//! The style sheet and the script of the workshop, inside the program, under addresses that change with their bytes.

use actix_web::HttpResponse;
use actix_web::http::header;
use std::hash::{DefaultHasher, Hasher};
use std::sync::LazyLock;

const CSS: &[u8] = STYLE_SHEET.as_bytes();

/// The style sheet of all pages, and of drawings taken out of them.
pub const STYLE_SHEET: &str = include_str!("../assets/beffroi.css");
const ICON: &[u8] = include_bytes!("../assets/beffroi.svg");

static CSS_PATH: LazyLock<String> =
    LazyLock::new(|| format!("/assets/beffroi.{:016x}.css", fingerprint(CSS)));

/// A checksum that is the same in every run.
pub(crate) fn fingerprint(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    hasher.finish()
}

/// The address of the style sheet.
pub(crate) fn css_path() -> &'static str {
    &CSS_PATH
}

/// What makes the workshop quicker where scripts run; it works without.
const SCRIPT: &[u8] = include_bytes!("../assets/workshop.js");

static SCRIPT_PATH: LazyLock<String> =
    LazyLock::new(|| format!("/assets/workshop.{:016x}.js", fingerprint(SCRIPT)));

/// The address of the script of the workshop.
pub(crate) fn script_path() -> &'static str {
    &SCRIPT_PATH
}

/// Serves the script.
pub(crate) async fn script() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/javascript; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .body(SCRIPT)
}

/// Serves the style sheet.
pub(crate) async fn css() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/css; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .body(CSS)
}

/// Serves the sign of browser tabs.
pub(crate) async fn icon() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "image/svg+xml"))
        .insert_header((header::CACHE_CONTROL, "public, max-age=86400"))
        .body(ICON)
}
