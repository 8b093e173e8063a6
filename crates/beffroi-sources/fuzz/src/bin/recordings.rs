//! Recorded feeds: at any time of the day there is a reading, or words on why there is none.
#![no_main]

use beffroi_sources::Replay;
use chrono::NaiveDate;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(replay) = Replay::load(bytes) else {
        return;
    };
    let day = NaiveDate::from_ymd_opt(2026, 3, 29).expect("a day");
    for (hour, minute) in [(0, 0), (2, 30), (12, 1), (23, 59)] {
        let now = day.and_hms_opt(hour, minute, 0).expect("a time of day");
        if let Ok(body) = replay.at(now) {
            assert!(!body.is_empty());
            assert!(body.len() <= 16 * bytes.len());
        }
    }
});
