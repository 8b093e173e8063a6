//! Table Schemas: any JSON; and a table is held to whatever it asks for.
#![no_main]

use beffroi_intake::{Input, read};
use beffroi_intake_fuzz::Kept;
use beffroi_table_schema::read as read_schema;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(published) = read_schema(bytes) else {
        return;
    };
    assert_eq!(read_schema(bytes).as_ref(), Ok(&published));
    let columns = &published.schema.columns;
    let header = columns.iter().map(|column| column.headers.join(" "));
    let mut text = header.collect::<Vec<_>>().join(";");
    for cell in ["", "1", "2024-02-30", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "2A004", "oui"] {
        text.push('\n');
        text.push_str(&vec![cell; columns.len()].join(";"));
    }
    let mut kept = Kept::default();
    let input = Input::held("f.csv", text.as_bytes());
    if let Ok(outcome) = read(input, &published.reading, &published.schema, &mut kept) {
        assert_eq!(
            outcome.rows_read as usize,
            kept.rows.len() + kept.rejects.len()
        );
    }
});
