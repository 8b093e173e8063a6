//! ODS: its content, in an archive made around it, and the same as one document (FODS).
#![no_main]

use beffroi_intake_fuzz::{holds, parts, zipped};

const USUAL: [(&str, &[u8]); 2] = [
    ("content.xml", b""),
    ("META-INF/manifest.xml", b"<manifest/>"),
];

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let mut parts = parts(bytes, &USUAL);
    parts.push(("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"));
    holds("f.ods", &zipped(&parts, false));
    holds("f.fods", bytes);
});
