//! What is told of each request once it is answered: a line of the log, a count, and the number by
//! which both can be found again (`x-request-id`). Nothing of it says who asked, from where, or for
//! which words: the route is told by its pattern, without its parameters.

use crate::metrics::{Metrics, OfRoute};
use actix_web::HttpRequest;
use actix_web::dev::ServiceResponse;
use actix_web::http::header::{HeaderName, HeaderValue};
use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

macro_rules! tell {
    ($level:ident, $request:ident, $route:ident, $status:ident, $took:ident, $id:ident) => {
        tracing::$level!(
            method = $request.method().as_str(),
            route = $route.pattern,
            status = $status,
            ms = $took.as_micros() as f64 / 1000.0,
            id = std::str::from_utf8(&$id).unwrap_or_default(),
            "request"
        )
    };
}
/// Tells of a request, and numbers its answer.
pub(crate) fn answered<B>(metrics: &Metrics, started: Instant, response: &mut ServiceResponse<B>) {
    let took = started.elapsed();
    let status = response.status().as_u16();
    let id = next_id();
    let request = response.request();
    // Known to its resource: to find it anew would cost more than a page that is sent from the
    // cache.
    let route = request.app_data::<OfRoute>().unwrap_or(metrics.other());
    route.answered(status, took);
    // Busy is no fault, and would fill the log just when there is much to do.
    if status >= 500 && status != 503 {
        tell!(error, request, route, status, took, id);
    } else {
        tell!(info, request, route, status, took, id);
    }
    if let Ok(id) = HeaderValue::from_bytes(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
}

/// The pattern of the route of a request; `other` when there is no such route.
pub(crate) fn pattern(request: &HttpRequest) -> &'static str {
    let route = request.app_data::<OfRoute>();
    route.map_or("other", |route| route.pattern)
}

/// A number that no other request of this process has, and few of others, in hexadecimal.
fn next_id() -> [u8; 16] {
    static START: LazyLock<u64> = LazyLock::new(|| RandomState::new().hash_one(0));
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = START.wrapping_add(COUNT.fetch_add(1, Ordering::Relaxed));
    // An odd factor keeps numbers apart, and how many requests there were to ourselves.
    let mut number = count.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    [(); 16].map(|()| {
        number = number.rotate_left(4);
        let digit = (number & 0xf) as u8;
        digit + if digit < 10 { b'0' } else { b'a' - 10 }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn requests_have_numbers_of_their_own() {
        let ids: HashSet<[u8; 16]> = (0..1000).map(|_| next_id()).collect();
        assert_eq!(ids.len(), 1000);
        assert!(ids.iter().flatten().all(u8::is_ascii_hexdigit));
    }
}
