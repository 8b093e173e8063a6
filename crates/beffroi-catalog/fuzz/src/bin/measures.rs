//! Measures: what was read and is written again reads the same, unless its parentheses take it
//! beyond how deep a measure may be nested.
#![no_main]

use beffroi_catalog::parse_expr;

libfuzzer_sys::fuzz_target!(|text: &str| {
    match parse_expr(text) {
        Ok(measure) => match parse_expr(&measure.to_string()) {
            Ok(again) => assert_eq!(again, measure),
            Err(errors) => assert!(errors.iter().all(|it| it.message.contains("imbriquée"))),
        },
        Err(errors) => assert!(!errors.is_empty()),
    }
});
