//! What is told of each request once it is answered: a line of the log, a count, and the number by
//! which both can be found again (`x-request-id`). Nothing of it says who asked, from where, or for
//! which words: the route is told by its pattern, without its parameters.

use crate::metrics::Metrics;
use actix_web::HttpRequest;
use actix_web::dev::ServiceResponse;
use actix_web::http::header::{HeaderName, HeaderValue};
use std::borrow::Cow;
use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The pattern of a route, known to its resource: finding it anew would cost more than a page that
/// is sent from the cache.
pub(crate) struct Pattern(pub &'static str);

/// Tells of a request, and numbers its answer.
pub(crate) fn answered<B>(metrics: &Metrics, started: Instant, response: &mut ServiceResponse<B>) {
    let took = started.elapsed();
    let request = response.request();
    let route = pattern(request);
    let status = response.status().as_u16();
    metrics.answered(route.clone(), status, took);
    let id = next_id();
    let (method, ms) = (request.method().as_str(), took.as_micros() as f64 / 1000.0);
    // Busy is no fault, and would fill the log just when there is much to do.
    if status >= 500 && status != 503 {
        tracing::error!(method, %route, status, ms, id, "request");
    } else {
        tracing::info!(method, %route, status, ms, id, "request");
    }
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
}

/// The pattern of the route of a request; `other` when there is no such route.
pub(crate) fn pattern(request: &HttpRequest) -> Cow<'static, str> {
    match request.app_data::<Pattern>() {
        Some(pattern) => Cow::Borrowed(pattern.0),
        None => request
            .match_pattern()
            .map_or(Cow::Borrowed("other"), Cow::Owned),
    }
}

/// A number that no other request of this process has, and few of others.
fn next_id() -> String {
    static START: LazyLock<u64> = LazyLock::new(|| RandomState::new().hash_one(0));
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = START.wrapping_add(COUNT.fetch_add(1, Ordering::Relaxed));
    // An odd factor keeps numbers apart, and how many requests there were to ourselves.
    format!("{:016x}", count.wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn requests_have_numbers_of_their_own() {
        let ids: HashSet<String> = (0..1000).map(|_| next_id()).collect();
        assert_eq!(ids.len(), 1000);
        assert!(ids.iter().all(|id| id.len() == 16));
    }
}
