//! Archives: any bytes; and a file reads from an archive made of it as it does alone.
#![no_main]

use beffroi_intake_fuzz::{Kept, holds, zipped};
use flate2::{Compression, write::GzEncoder};
use std::io::Write;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let alone = holds("f.csv", bytes);
    let is_archive = bytes.starts_with(b"PK") || bytes.starts_with(b"\x1f\x8b");
    if is_archive || bytes.is_empty() {
        return;
    }
    let rows = |kept: Option<Kept>| kept.map(|kept| kept.rows);
    let alone = rows(alone);
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("into memory");
    let gzipped = encoder.finish().expect("into memory");
    assert_eq!(rows(holds("f.csv.gz", &gzipped)), alone);
    for packed in [false, true] {
        let archive = zipped(&[("lisez-moi.txt", b"Bonjour"), ("f.csv", bytes)], packed);
        assert_eq!(rows(holds("f.zip", &archive)), alone);
    }
});
