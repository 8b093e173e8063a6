//! Tables in XML, and budget documents (TOTEM): what is left of one without its personal annexes
//! reads as it did, and leaves nothing more out.
#![no_main]

use beffroi_intake::{Input, stripped};
use beffroi_intake_fuzz::holds;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let read = holds("f.xml", bytes);
    let mut once = Vec::new();
    let Ok(left_out) = stripped(Input::held("f.xml", bytes), &mut once) else {
        return;
    };
    let mut twice = Vec::new();
    let again = stripped(Input::held("f.xml", &once), &mut twice);
    assert_eq!(again, Ok(false));
    assert_eq!(once, twice);
    if left_out && let Some(read) = read {
        assert_eq!(holds("f.xml", &once).map(|kept| kept.rows), Some(read.rows));
    }
});
