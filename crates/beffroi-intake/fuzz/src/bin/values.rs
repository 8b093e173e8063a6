//! Numbers and dates: what was read and is written again reads the same.
#![no_main]

use beffroi_intake::fuzzing::{instant, number, period};
use beffroi_model::{Grain, Period};

libfuzzer_sys::fuzz_target!(|text: &str| {
    for choice in [false, true] {
        if let Some((digits, scale)) = number(text, choice) {
            assert_eq!(number(&written(digits, scale), true), Some((digits, scale)));
        }
        for grain in Grain::ALL {
            if let Some(first) = period(text, grain, choice) {
                let read = Period::containing(grain, first);
                assert_eq!(read.start(), first, "the first day of a period");
                assert_eq!(period(&read.to_string(), grain, choice), Some(first));
            }
        }
        if let Some(moment) = instant(text, choice) {
            let written = moment.format("%Y-%m-%dT%H:%M:%S%.f").to_string();
            assert_eq!(instant(&written, choice), Some(moment));
        }
    }
});

/// A number as programs write it.
fn written(digits: i128, scale: u32) -> String {
    let sign = if digits < 0 { "-" } else { "" };
    let digits = digits.unsigned_abs().to_string();
    let width = scale as usize + 1;
    let digits = format!("{digits:0>width$}");
    let (whole, decimals) = digits.split_at(digits.len() - scale as usize);
    let mark = if scale > 0 { "." } else { "" };
    format!("{sign}{whole}{mark}{decimals}")
}
