//! Tables of web pages.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    beffroi_intake_fuzz::holds("f.xls", bytes);
});
