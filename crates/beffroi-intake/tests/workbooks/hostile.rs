//! Workbooks made to break whoever reads them: refused in words, or read, and never at a cost.

use crate::build::{
    Xlsx, at, compound, ods, packed, packed_cell, packed_row, record, xls, xlsb, zip,
};
use crate::{table, text};
use std::{fs, path::Path};

/// What may become of a file.
enum End {
    /// Refused with this code.
    Refused(&'static str),
    /// Read, with so many rows, the header included.
    Read(usize),
}
use End::{Read, Refused};

const HEAD: &str = "<row r=\"1\"><c r=\"A1\" t=\"str\"><v>Nom</v></c><c r=\"B1\" t=\"str\"><v>Code</v></c></row>\
     <row r=\"2\"><c r=\"A2\" t=\"str\"><v>a</v></c><c r=\"B2\"><v>1</v></c></row>";

fn sheet(after: &str) -> Vec<u8> {
    Xlsx::of(&format!("<sheetData>{HEAD}</sheetData>{after}")).bytes()
}

fn rows(more: &str) -> Vec<u8> {
    Xlsx::rows(&format!("{HEAD}{more}")).bytes()
}

fn html(body: &str) -> Vec<u8> {
    format!("<html><body>{body}</body></html>").into_bytes()
}

fn ods_row(attributes: &str, cell: &str) -> String {
    format!(
        "<table:table-row {attributes}><table:table-cell office:value-type=\"float\" \
         office:value=\"1\" {cell}><text:p>1</text:p></table:table-cell></table:table-row>"
    )
}

fn excel_2003(rows: &str) -> Vec<u8> {
    format!(
        "<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" \
         xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\"><Worksheet ss:Name=\"F\"><Table>{rows}\
         </Table></Worksheet></Workbook>"
    )
    .into_bytes()
}

fn cases() -> Vec<(&'static str, Vec<u8>, End)> {
    let laughs =
        "<!DOCTYPE x [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;\">]>";
    let doctype = |before: &str, bytes: Vec<u8>| [before.as_bytes(), &bytes].concat();
    let mut book = Xlsx::rows(HEAD);
    book.sheets[0].1.insert_str(0, "</worksheet><x>");
    let merges = |count: u32| {
        let merges: String = (0..count)
            .map(|_| "<mergeCell ref=\"A1:A1048576\"/>")
            .collect();
        let rows: String = (3..3000)
            .map(|row| format!("<row r=\"{row}\"><c r=\"B{row}\"><v>1</v></c></row>"))
            .collect();
        Xlsx::of(&format!(
            "<sheetData>{HEAD}{rows}</sheetData><mergeCells>{merges}</mergeCells>"
        ))
        .bytes()
    };
    let mut no_part = Xlsx::rows(HEAD);
    no_part.sheets.push(("Autre".into(), String::new()));
    let no_part = {
        let bytes = no_part.bytes();
        // The name of the part, in its header and in the directory of the archive.
        replace(&bytes, b"worksheets/sheet1.xml", b"worksheets/sheet9.xml")
    };
    let long = "y".repeat(5 << 20);
    let biff = |kind: u16, body: Vec<u8>| xls(0x600, &[], &[record(kind, &body)]);
    let number = |row: u16, column: u16| {
        record(
            0x203,
            &[at(row, column, 0), 1.5_f64.to_le_bytes().to_vec()].concat(),
        )
    };
    let numbers: Vec<Vec<u8>> = (0..900).map(|row| number(row, 0)).collect();
    let stream = xls(0x600, &[], &numbers);
    let strings = |claimed: u32| {
        record(
            0xfc,
            &[
                claimed.to_le_bytes().as_slice(),
                &claimed.to_le_bytes(),
                b"\x01\x00\x00x",
            ]
            .concat(),
        )
    };
    let shared = |id: u32| record(0xfd, &[at(0, 0, 0), id.to_le_bytes().to_vec()].concat());
    vec![
        (
            "entities that swell",
            doctype(laughs, excel_2003("")),
            Refused("declared-entities"),
        ),
        (
            "an entity from elsewhere",
            rows("<row r=\"3\"><c r=\"A3\" t=\"str\"><v>&passwd;</v></c></row>"),
            Read(3),
        ),
        (
            "elements without end",
            book.bytes(),
            Refused("unreadable-workbook"),
        ),
        (
            "elements in elements",
            sheet(&"<a>".repeat(5000)),
            Refused("too-deep"),
        ),
        (
            "a text longer than any cell",
            rows(&format!("<row>{}</row>", text("A3", &long))),
            Refused("text-too-long"),
        ),
        (
            "an attribute longer than any",
            sheet(&format!("<a b=\"{long}\"/>")),
            Refused("text-too-long"),
        ),
        (
            "merges over merges",
            merges(20_000),
            Refused("too-many-cells"),
        ),
        ("a few merges of a column", merges(3), Read(2999)),
        (
            "a text that is not there",
            rows("<row><c t=\"s\"><v>7</v></c></row>"),
            Refused("unreadable-workbook"),
        ),
        (
            "a text of negative number",
            rows("<row><c t=\"s\"><v>-7</v></c></row>"),
            Refused("unreadable-workbook"),
        ),
        (
            "cells nowhere",
            rows(
                "<row r=\"-4\"><c r=\"A0\"><v>1</v></c><c r=\"ZZZZZZZZZ9\"><v>1</v></c><c r=\"\"><v>x</v></c></row>",
            ),
            Read(3),
        ),
        (
            "a row beyond the sheet",
            rows("<row r=\"4294967295\"><c><v>1</v></c></row>"),
            Refused("unreadable-workbook"),
        ),
        (
            "a cell in the far corner",
            rows("<row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>"),
            Read(2),
        ),
        (
            "a style that is not there",
            rows("<row r=\"3\"><c r=\"A3\" s=\"99999999999999\"><v>1</v></c></row>"),
            Read(3),
        ),
        (
            "numbers that are none",
            rows("<row r=\"3\"><c r=\"A3\"><v>1e999</v></c><c r=\"B3\"><v>NaN</v></c></row>"),
            Read(3),
        ),
        (
            "a sheet that is not there",
            no_part,
            Refused("unreadable-workbook"),
        ),
        (
            "a workbook without sheets",
            Xlsx::default().bytes(),
            Refused("empty"),
        ),
        (
            "an archive of nothing",
            zip(&[("xl/nothing", b"")]),
            Refused("unreadable-workbook"),
        ),
        (
            "a wrong checksum",
            change_after(&sheet(""), b"PK\x01\x02", 16),
            Refused("unreadable-workbook"),
        ),
        (
            "rows repeated with columns",
            ods(&ods_row(
                "table:number-rows-repeated=\"1048576\"",
                "table:number-columns-repeated=\"16384\"",
            )),
            Refused("too-many-cells"),
        ),
        (
            "repeats beyond numbers",
            ods(&ods_row(
                "table:number-rows-repeated=\"99999999999999999999\"",
                "table:number-columns-repeated=\"4294967295\"",
            )),
            Refused("too-many-cells"),
        ),
        (
            "a row of cells without end",
            ods(&ods_row("", "table:number-columns-repeated=\"20000000\"")),
            Refused("too-many-cells"),
        ),
        (
            "blanks without end",
            ods(
                "<table:table-row><table:table-cell><text:p><text:s text:c=\"4294967295\"/></text:p></table:table-cell></table:table-row>",
            ),
            Refused("unreadable-workbook"),
        ),
        (
            "tables in tables",
            ods(&"<table:table-row><table:table-cell><table:table>".repeat(3000)),
            Refused("too-deep"),
        ),
        (
            "a locked ODS",
            zip(&[
                ("META-INF/manifest.xml", b"<m><encryption-data/></m>"),
                ("content.xml", b"\x00\x01"),
            ]),
            Refused("encrypted"),
        ),
        (
            "a page of spans",
            html(
                "<table><tr><td rowspan=999999999>Nom<td colspan=999999999>Code<tr><td>1<td>2<tr><td>3<td>4</table>",
            ),
            Read(3),
        ),
        (
            "tables in tables of a page",
            html(&"<table><tr><td>".repeat(20_000)),
            Refused("unsupported"),
        ),
        (
            "a page of open cells",
            html(&format!(
                "<table><tr><td>n<td>m{}",
                "<tr><td>a<td>b".repeat(1000)
            )),
            Read(1001),
        ),
        (
            "an index beyond any",
            excel_2003(
                "<Row ss:Index=\"4294967295\"><Cell ss:Index=\"4294967295\" ss:MergeAcross=\"4294967295\"><Data ss:Type=\"Number\">1</Data></Cell></Row>",
            ),
            Refused("unreadable-workbook"),
        ),
        (
            "sectors in a circle",
            compound(&stream, |sector, _| sector.saturating_sub(1)),
            Refused("unreadable-workbook"),
        ),
        (
            "sectors in order",
            compound(&stream, |sector, _| sector + 1),
            Read(901),
        ),
        (
            "strings by the billion",
            xls(0x600, &[strings(u32::MAX)], &[shared(0)]),
            Read(1),
        ),
        (
            "a string that is not there",
            xls(0x600, &[strings(1)], &[shared(1)]),
            Refused("unreadable-workbook"),
        ),
        (
            "a text longer than its record",
            biff(0x204, [at(0, 0, 0), vec![0xff, 0xff, 1, b'x', 0]].concat()),
            Refused("unreadable-workbook"),
        ),
        (
            "numbers of no column",
            biff(0xbd, vec![0, 0, 9, 0, 3, 0]),
            Refused("empty"),
        ),
        (
            "a locked XLS",
            xls(0x600, &[record(0x2f, &[0; 6])], &[]),
            Refused("encrypted"),
        ),
        (
            "a sheet outside of the stream",
            replace(
                &xls(0x600, &[], &[number(0, 0)]),
                b"\x85\x00\x09\x00",
                b"\x86\x00\x09\x00",
            ),
            Refused("empty"),
        ),
        (
            "a record longer than the part",
            xlsb(&[], "", &[vec![0, 0xff, 0xff, 0xff, 0x7f]]),
            Refused("unreadable-workbook"),
        ),
        (
            "a string longer than its record",
            xlsb(
                &[],
                "",
                &[
                    packed_row(0),
                    packed_cell(6, 0, 0, &u32::MAX.wrapping_sub(1).to_le_bytes()),
                    packed_cell(5, 1, 0, &1_f64.to_le_bytes()),
                ],
            ),
            Refused("unreadable-workbook"),
        ),
        (
            "a row beyond the binary sheet",
            xlsb(
                &[],
                "",
                &[
                    packed_row(u32::MAX),
                    packed_cell(5, 0, 0, &1_f64.to_le_bytes()),
                ],
            ),
            Refused("unreadable-workbook"),
        ),
        (
            "sectors in a circle that the length hides",
            compound(
                &stream,
                |sector, _| if sector == 3 { 0 } else { sector + 1 },
            ),
            Refused("unreadable-workbook"),
        ),
        (
            "the same sector as table of sectors, a thousand times",
            {
                let mut bytes = compound(&stream, |sector, _| sector + 1);
                for at in (76..512).step_by(4) {
                    bytes[at..at + 4].copy_from_slice(&0_u32.to_le_bytes());
                }
                bytes
            },
            Refused("unreadable-workbook"),
        ),
        (
            "a number shorter than its record says",
            biff(0x203, at(0, 0, 0)),
            Refused("unreadable-workbook"),
        ),
        (
            "a part under two names",
            {
                let mut book = Xlsx::rows(HEAD);
                let other =
                    "<worksheet><sheetData><row><c><v>9</v></c></row></sheetData></worksheet>";
                book.more
                    .push(("XL/Worksheets/Sheet0.xml".into(), other.into()));
                book.bytes()
            },
            Refused("unreadable-workbook"),
        ),
        (
            "one sheet listed a thousand times",
            {
                let mut book = Xlsx::rows(HEAD);
                let one = "Autre\" r:id=\"rId0\"/><sheet name=\"F".repeat(1000);
                book.sheets[0].0 = format!("{one}\" sheetId=\"1");
                book.bytes()
            },
            Read(2),
        ),
        (
            "a shared text shown without end",
            {
                let cells: String = (3..40_000)
                    .map(|row| {
                        format!("<row r=\"{row}\"><c r=\"A{row}\" t=\"s\"><v>0</v></c></row>")
                    })
                    .collect();
                let mut book = Xlsx::rows(&format!("{HEAD}{cells}"));
                book.strings = vec![format!("<si><t>{}</t></si>", "y".repeat(30_000))];
                book.bytes()
            },
            Refused("too-large"),
        ),
        (
            "a text in runs without end",
            {
                let run = format!("<r><t>{}</t></r>", "y".repeat(1 << 20));
                rows(&format!(
                    "<row r=\"3\"><c r=\"A3\" t=\"inlineStr\"><is>{}</is></c></row>",
                    run.repeat(5)
                ))
            },
            Refused("text-too-long"),
        ),
        (
            "rows after more rows than there can be",
            ods(&format!(
                "<table:table-row table:number-rows-repeated=\"4294967295\"/>{}",
                ods_row("", "")
            )),
            Refused("unreadable-workbook"),
        ),
        (
            "a row repeated again and again",
            ods(&ods_row("table:number-rows-repeated=\"1048576\"", "").repeat(5)),
            Refused("too-many-cells"),
        ),
        (
            "runs of blanks without end",
            ods(&format!(
                "<table:table-row><table:table-cell><text:p>{}</text:p></table:table-cell></table:table-row>",
                "<text:s text:c=\"10000\"/>".repeat(500)
            )),
            Refused("text-too-long"),
        ),
        (
            "an ODS locked as a whole",
            zip(&[
                (
                    "mimetype",
                    b"application/vnd.oasis.opendocument.spreadsheet",
                ),
                ("encrypted-package", b"\x00\x01"),
            ]),
            Refused("encrypted"),
        ),
        (
            "a presentation",
            zip(&[
                ("[Content_Types].xml", b"<Types/>"),
                ("ppt/presentation.xml", b"<p/>"),
            ]),
            Refused("unsupported"),
        ),
        (
            "a merged range on its head",
            xlsb(
                &[],
                "",
                &[
                    packed_row(0),
                    packed_cell(5, 0, 0, &1_f64.to_le_bytes()),
                    packed_cell(5, 1, 0, &1_f64.to_le_bytes()),
                    packed(176, &[9_u32, 0, 0, 0].map(u32::to_le_bytes).concat()),
                ],
            ),
            Read(2),
        ),
        (
            "a binary part cut short",
            xlsb(&[], "", &[packed_row(0), packed(5, &[0; 16])[..9].to_vec()]),
            Refused("unreadable-workbook"),
        ),
    ]
}

fn replace(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let places: Vec<usize> = (0..bytes.len().saturating_sub(from.len()))
        .filter(|&at| bytes[at..].starts_with(from))
        .collect();
    assert!(!places.is_empty());
    for at in places {
        bytes[at..at + to.len()].copy_from_slice(to);
    }
    bytes
}

/// Changes one byte a little after each mark.
fn change_after(bytes: &[u8], mark: &[u8], after: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for at in 0..bytes.len().saturating_sub(after + 1) {
        if bytes[at..].starts_with(mark) {
            bytes[at + after] ^= 0xff;
        }
    }
    bytes
}

#[test]
fn hostile_workbooks_are_refused_in_words_or_read() {
    let mut wrong = Vec::new();
    for (name, bytes, end) in cases() {
        let found = table(&bytes);
        let fits = match (&found, &end) {
            (Err(code), Refused(expected)) => code == expected,
            (Ok(rows), Read(count)) => rows.len() == *count,
            _ => false,
        };
        if !fits {
            let expected = match end {
                Refused(code) => code.to_owned(),
                Read(count) => format!("{count} rows"),
            };
            let found = found.map(|rows| {
                format!(
                    "{} rows {:?}",
                    rows.len(),
                    rows.iter()
                        .take(3)
                        .map(|row| row.iter().take(5).collect::<Vec<_>>())
                        .collect::<Vec<_>>()
                )
            });
            wrong.push(format!("{name}: expected {expected}, found {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    #[cfg(target_os = "linux")]
    {
        let status = fs::read_to_string("/proc/self/status").unwrap();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let peak: u64 = peak
            .unwrap()
            .trim()
            .trim_end_matches(" kB")
            .parse()
            .unwrap();
        assert!(peak < 700_000, "{peak} kB of memory at most");
    }
}

#[test]
fn workbooks_cut_anywhere_are_refused_or_read_without_a_panic() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    for name in [
        "equip_97.xls",
        "equip_2007.xlsx",
        "equip_zipped.ods",
        "equip_flat.fods",
        "excel_2003.xls",
        "web_export.xls",
    ] {
        let bytes = fs::read(folder.join(name)).unwrap();
        for part in 0..16 {
            let cut = &bytes[..bytes.len() * part / 16];
            let whole_or_refused = table(cut);
            // Archives and documents know where they end.
            if name != "web_export.xls" && name != "equip_97.xls" {
                assert!(
                    whole_or_refused.is_err(),
                    "{name} cut at {part}/16 is {whole_or_refused:?}"
                );
            }
        }
        // One byte changed at a time.
        for at in (0..bytes.len()).step_by(bytes.len() / 40 + 1) {
            let mut changed = bytes.clone();
            changed[at] ^= 0x55;
            let _ = table(&changed);
        }
    }
}
