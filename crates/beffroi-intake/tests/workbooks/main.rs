//! Workbooks as programs write them, and as nobody should.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod build;
mod hostile;

use beffroi_intake::{Input, recognise};
use beffroi_model::{Confidence, Reading};
use build::{Xlsx, at, ods, packed, packed_cell, packed_row, record, wide, xls, xlsb};

/// Header, then rows; or the code of the refusal.
fn table(bytes: &[u8]) -> Result<Vec<Vec<String>>, &'static str> {
    // Names may lie.
    let input = Input::held("export.csv", bytes);
    let recognised = recognise(input, &Reading::default()).map_err(|error| error.code())?;
    let mut table = vec![recognised.header.clone()];
    table.extend(recognised.rows().map(|(_, row)| row));
    Ok(table)
}

fn decided(bytes: &[u8], subject: &str) -> Vec<(String, Confidence)> {
    let recognised = recognise(Input::held("x", bytes), &Reading::default()).unwrap();
    let decisions = recognised.decisions.into_iter();
    decisions
        .filter(|decision| decision.subject == subject)
        .map(|decision| (decision.value, decision.confidence))
        .collect()
}

fn rows(expected: &[&[&str]]) -> Result<Vec<Vec<String>>, &'static str> {
    Ok(expected
        .iter()
        .map(|row| row.iter().map(|&cell| cell.to_owned()).collect())
        .collect())
}

fn text(at: &str, text: &str) -> String {
    format!("<c r=\"{at}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{text}</t></is></c>")
}

#[test]
fn numbers_dates_and_codes_are_as_the_workbook_shows_them() {
    let mut book = Xlsx::rows(&format!(
        "<row r=\"1\">{}{}{}{}{}{}</row>\
         <row r=\"2\">{}<c r=\"B2\" s=\"1\"><v>1500</v></c><c r=\"C2\" s=\"2\"><v>45292</v></c>\
         <c r=\"D2\"><v>0.30000000000000004</v></c><c r=\"E2\" s=\"3\"><v>0.125</v></c>\
         <c r=\"F2\"><v>2.1340172000015E13</v></c></row>\
         <row r=\"3\">{}<c r=\"B3\" s=\"1\"><v>34172</v></c><c r=\"C3\" t=\"d\"><v>2024-01-02T00:00:00</v></c>\
         <c r=\"D3\" t=\"e\"><v>#DIV/0!</v></c><c r=\"E3\" s=\"3\"><v>1</v></c>\
         <c r=\"F3\"><v>21340172000023</v></c></row>",
        text("A1", "Nom"),
        text("B1", "CP"),
        text("C1", "Date"),
        text("D1", "Taux"),
        text("E1", "Part"),
        text("F1", "SIRET"),
        text("A2", "a"),
        text("A3", "b"),
    ));
    book.formats = vec!["00000".into(), "dd/mm/yyyy".into(), "0.0%".into()];
    assert_eq!(
        table(&book.bytes()),
        rows(&[
            &["Nom", "CP", "Date", "Taux", "Part", "SIRET"],
            &["a", "01500", "2024-01-01", "0.3", "0.125", "21340172000015"],
            &["b", "34172", "2024-01-02", "#DIV/0!", "1", "21340172000023"],
        ])
    );
    assert_eq!(
        decided(&book.bytes(), "unit"),
        [("%".to_owned(), Confidence::Sure)]
    );
    book.properties = "date1904=\"1\"".into();
    assert_eq!(table(&book.bytes()).unwrap()[1][2], "2028-01-02");
}

#[test]
fn texts_are_whole_whatever_their_runs() {
    let mut book = Xlsx::rows(
        "<row><c t=\"s\"><v>0</v></c><c t=\"s\"><v>1</v></c></row>\
         <row><c t=\"s\"><v>2</v></c><c t=\"str\"><f>A1</f><v>a_x000D_&#10;b</v></c></row>",
    );
    book.strings = vec![
        "<si><r><t>No</t></r><r><rPr><b/></rPr><t xml:space=\"preserve\">m </t></r></si>".into(),
        "<si><t>Texte</t><rPh sb=\"0\" eb=\"1\"><t>guide</t></rPh><phoneticPr/></si>".into(),
        "<si><t>00&lt;1&gt; &amp; _x0041_</t></si>".into(),
    ];
    assert_eq!(
        table(&book.bytes()),
        rows(&[&["Nom", "Texte"], &["00<1> & A", "a\nb"]])
    );
}

#[test]
fn a_formula_without_its_result_is_empty_and_said() {
    let book = Xlsx::rows(
        "<row><c t=\"str\"><v>Nom</v></c><c t=\"str\"><v>Somme</v></c></row>\
         <row><c t=\"str\"><v>a</v></c><c><f>1+1</f></c></row>\
         <row><c t=\"str\"><v>b</v></c><c><f>1+1</f><v>2</v></c></row>\
         <row><c t=\"str\"><v>c</v></c><c><f>1+1</f><v></v></c></row>",
    )
    .bytes();
    assert_eq!(
        table(&book),
        rows(&[&["Nom", "Somme"], &["a"], &["b", "2"], &["c"]])
    );
    assert_eq!(
        decided(&book, "uncomputed"),
        [("2".to_owned(), Confidence::Doubtful)]
    );
}

#[test]
fn the_fullest_visible_sheet_is_taken_and_the_others_are_said() {
    let sheet = |rows: u32| {
        let rows: String = (1..=rows)
            .map(|row| {
                let n = row * 7;
                format!(
                    "<row r=\"{row}\">{}<c r=\"B{row}\"><v>{n}</v></c></row>",
                    text(&format!("A{row}"), "mot")
                )
            })
            .collect();
        format!("<sheetData>{rows}</sheetData>")
    };
    let sheets = [
        ("Lisez-moi", 40),
        ("Petite", 3),
        ("Cachée\" state=\"veryHidden", 90),
        ("Grande", 12),
    ]
    .map(|(name, rows)| (name.to_owned(), sheet(rows)))
    .to_vec();
    let mut book = Xlsx {
        sheets,
        ..Xlsx::default()
    };
    assert_eq!(
        decided(&book.bytes(), "sheet"),
        [("Grande".to_owned(), Confidence::Doubtful)]
    );
    let reading = Reading {
        sheet: Some("cachee".into()),
        ..Reading::default()
    };
    let bytes = book.bytes();
    let recognised = recognise(Input::held("x", &bytes), &reading).unwrap();
    assert!(recognised.rows().count() >= 89);
    book.sheets.truncate(3);
    book.sheets.drain(..2);
    assert_eq!(
        decided(&book.bytes(), "sheet"),
        [("Cachée".to_owned(), Confidence::Sure)]
    );
}

#[test]
fn old_workbooks_have_the_encoding_of_their_machine() {
    for (page, e) in [(1252_u16, 0xe9_u8), (10_000, 0x8e), (0x8000, 0x8e)] {
        let label = |row: u16, column: u16, text: &[u8]| {
            let length = u16::try_from(text.len()).unwrap();
            record(
                0x204,
                &[
                    at(row, column, 0),
                    length.to_le_bytes().to_vec(),
                    text.to_vec(),
                ]
                .concat(),
            )
        };
        let number = |row: u16, style: u16, value: f64| {
            record(
                0x203,
                &[at(row, 1, style), value.to_le_bytes().to_vec()].concat(),
            )
        };
        let bytes = xls(
            0x500,
            &[
                record(0x42, &page.to_le_bytes()),
                record(0x41e, b"\xa4\x00\x0500000"),
                record(0xe0, &[0; 16]),
                record(0xe0, &[&[0, 0, 0xa4, 0], [0; 12].as_slice()].concat()),
            ],
            &[
                label(0, 0, &[b'N', e]),
                label(0, 1, b"Code"),
                label(1, 0, b"a"),
                number(1, 1, 1500.0),
                label(2, 0, b"b"),
                number(2, 1, 34_000.0),
            ],
        );
        assert_eq!(
            table(&bytes),
            rows(&[&["Né", "Code"], &["a", "01500"], &["b", "34000"]]),
            "{page}"
        );
    }
}

#[test]
fn binary_workbooks_are_read_like_others() {
    let short = |value: i32| ((value << 2) | 2).to_le_bytes();
    let bytes = xlsb(
        &["Quartier", "Code", "Été"],
        "00000",
        &[
            packed(
                60,
                &[
                    1_u32.to_le_bytes(),
                    1_u32.to_le_bytes(),
                    [0; 4],
                    [0; 4],
                    [1, 0, 0, 0],
                ]
                .concat(),
            ),
            packed_row(0),
            packed_cell(7, 0, 0, &0_u32.to_le_bytes()),
            packed_cell(7, 1, 0, &1_u32.to_le_bytes()),
            packed_cell(6, 2, 0, &wide("Montant")),
            packed_cell(6, 3, 0, &wide("Ouvert")),
            packed_row(1),
            packed_cell(7, 0, 0, &2_u32.to_le_bytes()),
            packed_cell(2, 1, 1, &short(1500)),
            packed_cell(5, 2, 0, &12.5_f64.to_le_bytes()),
            packed_cell(4, 3, 0, &[1]),
            packed_row(2),
            packed_cell(62, 0, 0, &[vec![0], wide("Gare")].concat()),
            packed_cell(9, 1, 1, &34_000_f64.to_le_bytes()),
            packed_cell(3, 2, 0, &[0x2a]),
            packed_cell(10, 3, 0, &[0]),
        ],
    );
    assert_eq!(
        table(&bytes),
        rows(&[
            &["Quartier", "Code", "Montant", "Ouvert"],
            &["Été", "01500", "12.5", "VRAI"],
            &["Gare", "34000", "#N/A", "FAUX"],
        ])
    );
    assert_eq!(
        decided(&bytes, "format"),
        [("XLSB".to_owned(), Confidence::Sure)]
    );
    assert_eq!(decided(&bytes, "hidden-columns").len(), 1);
}

#[test]
fn an_empty_sheet_may_claim_a_million_rows() {
    let cell =
        "<table:table-cell office:value-type=\"string\"><text:p>x</text:p></table:table-cell>";
    let bytes = ods(&format!(
        "<table:table-row table:number-rows-repeated=\"1048000\"><table:table-cell \
         table:number-columns-repeated=\"16384\"/></table:table-row>\
         <table:table-row>{cell}{cell}</table:table-row><table:table-row>{cell}{cell}</table:table-row>"
    ));
    assert!(table(&bytes).is_ok());
}
