//! XLS, in its compound file or bare.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    beffroi_intake_fuzz::holds("f.xls", bytes);
});
