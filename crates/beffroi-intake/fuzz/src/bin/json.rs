//! JSON, NDJSON, GeoJSON, GBFS: what is one for each line is read as the same list.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    beffroi_intake_fuzz::holds("f.json", bytes);
});
