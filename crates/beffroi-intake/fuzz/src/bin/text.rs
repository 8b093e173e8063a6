//! Delimited text: encoding, dialect, layout; the express way comes to what the ordinary way does.
#![no_main]

use beffroi_intake::fuzzing::ordinarily;
use beffroi_intake_fuzz::holds;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let express = holds("f.csv", bytes);
    let ordinary = ordinarily(|| holds("f.csv", bytes));
    assert_eq!(express, ordinary);
});
