//! XLSB: its parts, in an archive made around them.
#![no_main]

use beffroi_intake_fuzz::{holds, parts, zipped};

const USUAL: [(&str, &[u8]); 5] = [
    ("xl/worksheets/sheet1.bin", b""),
    ("xl/sharedStrings.bin", include_bytes!("../../seeds/parts/sharedStrings.bin")),
    ("xl/styles.bin", include_bytes!("../../seeds/parts/styles.bin")),
    ("xl/workbook.bin", include_bytes!("../../seeds/parts/workbook.bin")),
    ("xl/_rels/workbook.bin.rels", include_bytes!("../../seeds/parts/workbook.bin.rels")),
];

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    holds("f.xlsb", &zipped(&parts(bytes, &USUAL), false));
});
