//! Measures: what was read and is written again reads the same; every error has its place in the
//! text.
#![no_main]

use beffroi_catalog::parse_expr;

libfuzzer_sys::fuzz_target!(|text: &str| {
    match parse_expr(text) {
        Ok(measure) => assert_eq!(parse_expr(&measure.to_string()), Ok(measure)),
        Err(errors) => assert!(!errors.is_empty()),
    }
});
