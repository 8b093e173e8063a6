//! XLSX: its parts, in an archive made around them.
#![no_main]

use beffroi_intake_fuzz::{holds, parts, zipped};

const USUAL: [(&str, &[u8]); 6] = [
    ("xl/worksheets/sheet1.xml", b"<worksheet/>"),
    ("xl/sharedStrings.xml", include_bytes!("../../seeds/parts/sharedStrings.xml")),
    ("xl/styles.xml", include_bytes!("../../seeds/parts/styles.xml")),
    ("xl/workbook.xml", include_bytes!("../../seeds/parts/workbook.xml")),
    ("xl/_rels/workbook.xml.rels", include_bytes!("../../seeds/parts/workbook.xml.rels")),
    ("xl/worksheets/_rels/sheet1.xml.rels", b"<Relationships/>"),
];

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    holds("f.xlsx", &zipped(&parts(bytes, &USUAL), false));
});
