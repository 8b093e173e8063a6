//! Finished pages, kept as long as nothing they rest on has changed, within a bound of bytes. One
//! page serves all who see the same of the town: their names are put in as it is sent.

use crate::assets::fingerprint;
use crate::visit::Visit;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web::Bytes};
use beffroi_text::Lang;
use chrono::NaiveDate;
use flate2::{Compress, Compression, Crc, FlushCompress};
use maud::{Markup, html};
use moka::sync::Cache;
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
    /// How many times something was said of figures.
    said: u64,
    today: NaiveDate,
    lang: Lang,
    address: String,
}

impl Key {
    pub fn of(visit: &Visit, view: u64, said: u64, today: NaiveDate) -> Self {
        let address = format!("{}?{}", visit.path, visit.normal_query());
        Self {
            view,
            said,
            today,
            lang: visit.lang,
            address,
        }
    }
}

pub(crate) struct PageCache(Cache<Key, Arc<Body>>);

impl PageCache {
    pub fn new() -> Self {
        let weigh = |key: &Key, body: &Arc<Body>| {
            u32::try_from(key.address.len() + body.weight()).unwrap_or(u32::MAX)
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

/// Stands where the name of the reader comes: no character of any text.
pub(crate) const NAME: &str = "\u{fdd0}";

/// A finished page, ready to be sent many times, to readers of any name.
pub(crate) struct Body {
    /// What stands between names.
    parts: Vec<Part>,
    print: u64,
}

struct Part {
    plain: Bytes,
    /// Compressed once, not at each request; nothing if it could not be.
    packed: Option<Vec<u8>>,
    crc: Crc,
}

impl Part {
    fn new(text: &str) -> Self {
        let mut crc = Crc::new();
        crc.update(text.as_bytes());
        Self {
            plain: Bytes::copy_from_slice(text.as_bytes()),
            packed: pack(text.as_bytes()),
            crc,
        }
    }
}

/// Compressed on its own, up to a whole byte, without being the end.
fn pack(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = Compress::new(Compression::default(), false);
    let mut packed = Vec::with_capacity(bytes.len() / 4 + 64);
    loop {
        let read = usize::try_from(encoder.total_in()).ok()?;
        encoder
            .compress_vec(bytes.get(read..)?, &mut packed, FlushCompress::Full)
            .ok()?;
        let is_over = usize::try_from(encoder.total_in()).ok()? == bytes.len();
        if is_over && packed.len() < packed.capacity() {
            return Some(packed);
        }
        packed.reserve(packed.len() / 2 + 64);
    }
}

/// RFC 1952: deflate, no name, no time, an unknown system.
const GZIP_HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
/// RFC 1951: the last block, stored, of no bytes.
const LAST_BLOCK: [u8; 5] = [1, 0, 0, 0xff, 0xff];

/// RFC 1951: bytes as they are, in blocks that are not the last.
fn push_stored(packed: &mut Vec<u8>, bytes: &[u8]) {
    for block in bytes.chunks(usize::from(u16::MAX)) {
        let length = u16::try_from(block.len()).unwrap_or(u16::MAX);
        packed.push(0);
        packed.extend(length.to_le_bytes());
        packed.extend((!length).to_le_bytes());
        packed.extend(block);
    }
}

impl Body {
    /// A page in which [`NAME`] stands for that of the reader.
    pub fn html(html: &str) -> Self {
        Self {
            parts: html.split(NAME).map(Part::new).collect(),
            print: fingerprint(html.as_bytes()),
        }
    }

    fn weight(&self) -> usize {
        let packed = |part: &Part| part.packed.as_ref().map_or(0, Vec::len);
        let parts = self.parts.iter();
        parts.map(|part| part.plain.len() + packed(part)).sum()
    }

    fn plain(&self, name: &str) -> Bytes {
        let texts: Vec<&[u8]> = self.parts.iter().map(|part| &part.plain[..]).collect();
        texts.join(name.as_bytes()).into()
    }

    fn gzip(&self, name: &str) -> Option<Bytes> {
        let mut of_name = Crc::new();
        of_name.update(name.as_bytes());
        let mut packed = GZIP_HEAD.to_vec();
        let mut crc = Crc::new();
        for (place, part) in self.parts.iter().enumerate() {
            if place > 0 {
                push_stored(&mut packed, name.as_bytes());
                crc.combine(&of_name);
            }
            packed.extend(part.packed.as_ref()?);
            crc.combine(&part.crc);
        }
        packed.extend(LAST_BLOCK);
        packed.extend(crc.sum().to_le_bytes());
        packed.extend(crc.amount().to_le_bytes());
        Some(packed.into())
    }

    /// The response to a request of somebody: nothing but the tag when they have this very page.
    pub fn respond(&self, request: &HttpRequest, name: &str) -> HttpResponse {
        let name: Markup = html! { (name) };
        let name = name.into_string();
        let print = fingerprint(format!("{:016x} {name}", self.print).as_bytes());
        let etag = format!("W/\"{print:016x}\"");
        let has = |name: header::HeaderName, wanted: &str| {
            request
                .headers()
                .get(name)
                .and_then(|value| value.to_str().ok())
                .is_some_and(|value| value.split(',').any(|part| part.trim().starts_with(wanted)))
        };
        let mut response = if has(header::IF_NONE_MATCH, &etag) {
            HttpResponse::NotModified()
        } else {
            HttpResponse::Ok()
        };
        response
            .insert_header((header::ETAG, etag.as_str()))
            .insert_header((header::CACHE_CONTROL, "private, no-cache"))
            .insert_header((header::VARY, "accept-language, accept-encoding, cookie"));
        if has(header::IF_NONE_MATCH, &etag) {
            return response.finish();
        }
        response.insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"));
        let takes_gzip = has(header::ACCEPT_ENCODING, "gzip");
        match takes_gzip.then(|| self.gzip(&name)).flatten() {
            Some(gzip) => response
                .insert_header((header::CONTENT_ENCODING, "gzip"))
                .body(gzip),
            None => response.body(self.plain(&name)),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::io::Read;

    fn unpacked(gzip: &[u8]) -> String {
        let mut text = String::new();
        let mut decoder = flate2::read::GzDecoder::new(gzip);
        decoder.read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn a_page_is_whole_for_readers_of_any_name() {
        let long: String = (0..20_000).map(|n| format!("<td>{}</td>", n * 7)).collect();
        let long_name = "é".repeat(70_000);
        for (before, between, after) in [
            ("<p>", "</p><b>", "</b>"),
            ("", "", ""),
            (&long, "a", &long),
        ] {
            let body = Body::html(&format!("{before}{NAME}{between}{NAME}{after}"));
            for name in ["Nadia Ferrand", "", "Anne &amp; Łukasz", &long_name] {
                let whole = format!("{before}{name}{between}{name}{after}");
                assert_eq!(body.plain(name), whole);
                assert_eq!(unpacked(&body.gzip(name).unwrap()), whole);
            }
        }
        assert_eq!(
            unpacked(&Body::html("no name").gzip("Nadia").unwrap()),
            "no name"
        );
    }

    #[test]
    fn a_name_is_text_and_two_names_are_two_pages() {
        let body = Body::html(&format!("<p>{NAME}</p>"));
        let tag = |name: &str| {
            let request = actix_web::test::TestRequest::default().to_http_request();
            let response = body.respond(&request, name);
            response.headers().get(header::ETAG).unwrap().clone()
        };
        assert_ne!(tag("Nadia"), tag("Karim"));
        let request = actix_web::test::TestRequest::default().to_http_request();
        let sent = body.respond(&request, "<b>").into_body();
        let bytes = actix_web::body::MessageBody::try_into_bytes(sent).unwrap();
        assert_eq!(bytes, "<p>&lt;b&gt;</p>");
    }
}
