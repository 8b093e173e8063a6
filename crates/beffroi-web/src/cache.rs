//! Finished pages, kept as long as nothing they rest on has changed, within a bound of bytes.

use crate::assets::fingerprint;
use crate::visit::Visit;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web::Bytes};
use beffroi_text::Lang;
use chrono::NaiveDate;
use flate2::{Compression, write::GzEncoder};
use moka::sync::Cache;
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

/// Bytes of pages kept, compressed and not.
const CAPACITY: u64 = 64 << 20;
/// How long a page is kept: it may tell the time of a live reading that has since fallen silent.
const LIFE: Duration = Duration::from_secs(60);
/// Addresses longer than this are not worth keeping.
const LONGEST_ADDRESS: usize = 512;

/// What a page depends on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    /// Whose view of the town: which state of it, and what they reach.
    view: u64,
    today: NaiveDate,
    /// The name at the top of the page.
    name: String,
    lang: Lang,
    address: String,
}

impl Key {
    pub fn of(visit: &Visit, view: u64, today: NaiveDate, name: &str) -> Self {
        let address = format!("{}?{}", visit.path, visit.normal_query());
        Self {
            view,
            today,
            name: name.to_owned(),
            lang: visit.lang,
            address,
        }
    }
}

pub(crate) struct PageCache(Cache<Key, Arc<Body>>);

impl PageCache {
    pub fn new() -> Self {
        let weigh = |key: &Key, body: &Arc<Body>| {
            u32::try_from(key.address.len() + body.plain.len() + body.gzip.len())
                .unwrap_or(u32::MAX)
        };
        Self(
            Cache::builder()
                .max_capacity(CAPACITY)
                .weigher(weigh)
                .time_to_live(LIFE)
                .build(),
        )
    }

    pub fn get(&self, key: &Key) -> Option<Arc<Body>> {
        self.0.get(key)
    }

    pub fn insert(&self, key: Key, body: Arc<Body>) {
        if key.address.len() <= LONGEST_ADDRESS {
            self.0.insert(key, body);
        }
    }
}

/// A finished page, ready to be sent many times.
pub(crate) struct Body {
    plain: Bytes,
    /// Compressed once, not at each request; empty if it could not be.
    gzip: Bytes,
    etag: String,
}

impl Body {
    pub fn html(html: String) -> Self {
        let plain = Bytes::from(html);
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        let gzip = encoder
            .write_all(&plain)
            .and_then(|()| encoder.finish())
            .unwrap_or_default();
        let etag = format!("W/\"{:016x}\"", fingerprint(&plain));
        Self {
            plain,
            gzip: gzip.into(),
            etag,
        }
    }

    /// The response to a request: nothing but the tag when the reader has this very page.
    pub fn respond(&self, request: &HttpRequest) -> HttpResponse {
        let has = |name: header::HeaderName, wanted: &str| {
            request
                .headers()
                .get(name)
                .and_then(|value| value.to_str().ok())
                .is_some_and(|value| value.split(',').any(|part| part.trim().starts_with(wanted)))
        };
        let mut response = if has(header::IF_NONE_MATCH, &self.etag) {
            HttpResponse::NotModified()
        } else {
            HttpResponse::Ok()
        };
        response
            .insert_header((header::ETAG, self.etag.as_str()))
            .insert_header((header::CACHE_CONTROL, "private, no-cache"))
            .insert_header((header::VARY, "accept-language, accept-encoding, cookie"));
        if has(header::IF_NONE_MATCH, &self.etag) {
            return response.finish();
        }
        response.insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"));
        if has(header::ACCEPT_ENCODING, "gzip") && !self.gzip.is_empty() {
            response
                .insert_header((header::CONTENT_ENCODING, "gzip"))
                .body(self.gzip.clone())
        } else {
            response.body(self.plain.clone())
        }
    }
}
