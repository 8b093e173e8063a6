//! Answers of portals: a page of records, each in a line of its own; names of files in headers.
#![no_main]

use beffroi_sources::fuzzing::{name, page};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Some((_, lines)) = page(bytes) {
        assert!(lines.iter().all(|line| !line.contains(['\n', '\r'])));
        let size: usize = lines.iter().map(String::len).sum();
        assert!(size <= bytes.len());
    }
    if let Ok(header) = std::str::from_utf8(bytes) {
        let url = "https://a.fr/x".parse().expect("an address");
        let name = name(header, &url);
        assert!(!name.is_empty() && name.chars().count() <= 110);
        assert!(!name.starts_with('.') && !name.contains(['/', '\\', '\0', '\n']));
    }
});
