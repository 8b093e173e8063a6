//! Workbooks made by hand, byte by byte, so that they can be as odd as need be.

use std::io::{Cursor, Write};
use zip::{ZipWriter, write::SimpleFileOptions};

pub fn zip(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        writer
            .start_file(*name, SimpleFileOptions::default())
            .unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// The parts of an XLSX: its sheets are what stands between `<worksheet>` and its end.
#[derive(Default)]
pub struct Xlsx {
    pub sheets: Vec<(String, String)>,
    pub strings: Vec<String>,
    /// Codes of number formats; the style of a cell is their place, from 1.
    pub formats: Vec<String>,
    /// Attributes of `<workbookPr>`.
    pub properties: String,
    pub more: Vec<(String, Vec<u8>)>,
}

impl Xlsx {
    pub fn of(sheet: &str) -> Self {
        Self {
            sheets: vec![("Feuil1\" sheetId=\"1".to_owned(), sheet.to_owned())],
            ..Self::default()
        }
    }

    /// A sheet of rows of cells, each as XML.
    pub fn rows(rows: &str) -> Self {
        Self::of(&format!("<sheetData>{rows}</sheetData>"))
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut workbook = format!(
            "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{RELATIONS}\"><workbookPr {}/><sheets>",
            self.properties
        );
        let mut relations = String::from(
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">",
        );
        let mut parts: Vec<(String, Vec<u8>)> = Vec::new();
        for (index, (name, sheet)) in self.sheets.iter().enumerate() {
            workbook.push_str(&format!("<sheet name=\"{name}\" r:id=\"rId{index}\"/>"));
            relations.push_str(&format!(
                "<Relationship Id=\"rId{index}\" Type=\"{RELATIONS}/worksheet\" \
                 Target=\"worksheets/sheet{index}.xml\"/>"
            ));
            parts.push((
                format!("xl/worksheets/sheet{index}.xml"),
                format!("<worksheet xmlns=\"{MAIN}\" xmlns:r=\"{RELATIONS}\">{sheet}</worksheet>")
                    .into_bytes(),
            ));
        }
        workbook.push_str("</sheets></workbook>");
        for (kind, part) in [
            ("styles", "styles.xml"),
            ("sharedStrings", "sharedStrings.xml"),
        ] {
            relations.push_str(&format!(
                "<Relationship Id=\"{kind}\" Type=\"{RELATIONS}/{kind}\" Target=\"/xl/{part}\"/>"
            ));
        }
        relations.push_str("</Relationships>");
        let mut styles = format!("<styleSheet xmlns=\"{MAIN}\"><numFmts>");
        let mut cells = String::from("<cellXfs><xf numFmtId=\"0\"/>");
        for (index, code) in self.formats.iter().enumerate() {
            let id = 164 + index;
            let code = code.replace('&', "&amp;").replace('"', "&quot;");
            styles.push_str(&format!(
                "<numFmt numFmtId=\"{id}\" formatCode=\"{code}\"/>"
            ));
            cells.push_str(&format!("<xf numFmtId=\"{id}\"/>"));
        }
        styles.push_str(&format!("</numFmts>{cells}</cellXfs></styleSheet>"));
        let strings = format!("<sst xmlns=\"{MAIN}\">{}</sst>", self.strings.concat());
        parts.push(("xl/workbook.xml".into(), workbook.into_bytes()));
        parts.push(("xl/_rels/workbook.xml.rels".into(), relations.into_bytes()));
        parts.push(("xl/styles.xml".into(), styles.into_bytes()));
        parts.push(("xl/sharedStrings.xml".into(), strings.into_bytes()));
        parts.extend(self.more.iter().cloned());
        let parts: Vec<(&str, &[u8])> = parts
            .iter()
            .map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
            .collect();
        zip(&parts)
    }
}

const ODF: &str = "urn:oasis:names:tc:opendocument:xmlns";

/// An ODS whose one table holds these rows.
pub fn ods(rows: &str) -> Vec<u8> {
    let content = format!(
        "<office:document-content xmlns:office=\"{ODF}:office:1.0\" xmlns:table=\"{ODF}:table:1.0\" \
         xmlns:text=\"{ODF}:text:1.0\"><office:body><office:spreadsheet>\
         <table:table table:name=\"F\">{rows}</table:table>\
         </office:spreadsheet></office:body></office:document-content>"
    );
    zip(&[
        (
            "mimetype",
            b"application/vnd.oasis.opendocument.spreadsheet",
        ),
        ("content.xml", content.as_bytes()),
    ])
}

/// A record of an XLS.
pub fn record(kind: u16, body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len()).unwrap();
    [&kind.to_le_bytes(), &length.to_le_bytes(), body].concat()
}

/// The start of a cell of an XLS.
pub fn at(row: u16, column: u16, style: u16) -> Vec<u8> {
    [row, column, style].map(u16::to_le_bytes).concat()
}

/// An XLS as a bare stream: the records before its one sheet, and those of the sheet.
pub fn xls(version: u16, globals: &[Vec<u8>], sheet: &[Vec<u8>]) -> Vec<u8> {
    let length = if version == 0x600 { 16 } else { 8 };
    let mut start = vec![0; length];
    start[..2].copy_from_slice(&version.to_le_bytes());
    let bof = |kind: u8| {
        start
            .clone()
            .iter()
            .enumerate()
            .map(|(at, byte)| if at == 2 { kind } else { *byte })
            .collect::<Vec<u8>>()
    };
    let mut stream = record(0x809, &bof(5));
    stream.extend(globals.concat());
    let name: &[u8] = if version == 0x600 {
        b"\x01\x00F"
    } else {
        b"\x01F"
    };
    let at = u32::try_from(stream.len() + 4 + 6 + name.len() + 4).unwrap();
    stream.extend(record(
        0x85,
        &[&at.to_le_bytes(), [0, 0].as_slice(), name].concat(),
    ));
    stream.extend(record(0x0a, &[]));
    stream.extend(record(0x809, &bof(16)));
    stream.extend(sheet.concat());
    stream.extend(record(0x0a, &[]));
    stream
}

/// A stream in a compound file: each of its sectors has one after it, `chain` says which.
pub fn compound(stream: &[u8], chain: impl Fn(u32, u32) -> u32) -> Vec<u8> {
    let sectors = u32::try_from(stream.len().div_ceil(512)).unwrap();
    let mut file = vec![0_u8; 512];
    file[..8].copy_from_slice(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
    file[26..28].copy_from_slice(&3_u16.to_le_bytes());
    file[30..32].copy_from_slice(&9_u16.to_le_bytes());
    file[32..34].copy_from_slice(&6_u16.to_le_bytes());
    file[44..48].copy_from_slice(&1_u32.to_le_bytes());
    file[48..52].copy_from_slice(&1_u32.to_le_bytes());
    file[56..60].copy_from_slice(&4096_u32.to_le_bytes());
    file[60..64].copy_from_slice(&0xffff_fffe_u32.to_le_bytes());
    file[68..72].copy_from_slice(&0xffff_fffe_u32.to_le_bytes());
    file[76..512].fill(0xff);
    file[76..80].copy_from_slice(&0_u32.to_le_bytes());
    let mut table = vec![0xffff_fffd_u32, 0xffff_fffe];
    table.extend((0..sectors).map(|sector| match chain(sector, sectors) {
        next if next < sectors => next + 2,
        _ => 0xffff_fffe,
    }));
    table.resize(128, 0xffff_ffff);
    file.extend(table.iter().flat_map(|next| next.to_le_bytes()));
    let entry = |name: &str, kind: u8, start: u32, length: u32| {
        let mut entry = vec![0_u8; 128];
        for (at, unit) in name.encode_utf16().enumerate() {
            entry[at * 2..at * 2 + 2].copy_from_slice(&unit.to_le_bytes());
        }
        entry[64] = u8::try_from(name.len() * 2 + 2).unwrap();
        entry[66] = kind;
        entry[116..120].copy_from_slice(&start.to_le_bytes());
        entry[120..124].copy_from_slice(&length.to_le_bytes());
        entry
    };
    let length = sectors * 512;
    let mut directory = entry("Root Entry", 5, 0xffff_fffe, 0);
    directory.extend(entry("Workbook", 2, 2, length.max(4096)));
    directory.resize(512, 0);
    file.extend(directory);
    file.extend(stream);
    file.resize(512 * (3 + sectors as usize), 0);
    file
}

/// A record of an XLSB.
pub fn packed(kind: u32, body: &[u8]) -> Vec<u8> {
    let mut record = Vec::new();
    for mut number in [kind, u32::try_from(body.len()).unwrap()] {
        loop {
            let byte = u8::try_from(number & 0x7f).unwrap();
            number >>= 7;
            record.push(if number > 0 { byte | 0x80 } else { byte });
            if number == 0 {
                break;
            }
        }
    }
    record.extend(body);
    record
}

/// A text of an XLSB.
pub fn wide(text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let length = u32::try_from(units.len()).unwrap();
    [
        length.to_le_bytes().to_vec(),
        units.into_iter().flat_map(u16::to_le_bytes).collect(),
    ]
    .concat()
}

/// An XLSB with one sheet, one number format (style 1) and shared strings.
pub fn xlsb(strings: &[&str], format: &str, sheet: &[Vec<u8>]) -> Vec<u8> {
    let workbook = [
        packed(153, &[0; 12]),
        packed(156, &[vec![0; 8], wide("rId1"), wide("Données")].concat()),
    ];
    let styles = [
        packed(44, &[164_u16.to_le_bytes().to_vec(), wide(format)].concat()),
        packed(617, &2_u32.to_le_bytes()),
        packed(47, &[0; 16]),
        packed(47, &[[0, 0, 164, 0].as_slice(), &[0; 12]].concat()),
        packed(618, &[]),
    ];
    let strings: Vec<Vec<u8>> = strings
        .iter()
        .map(|text| packed(19, &[vec![0], wide(text)].concat()))
        .collect();
    let relation = |id: &str, kind: &str, target: &str| {
        format!("<Relationship Id=\"{id}\" Type=\"{RELATIONS}/{kind}\" Target=\"{target}\"/>")
    };
    let relations = format!(
        "<Relationships>{}{}{}</Relationships>",
        relation("rId1", "worksheet", "worksheets/sheet1.bin"),
        relation("rId2", "styles", "styles.bin"),
        relation("rId3", "sharedStrings", "sharedStrings.bin"),
    );
    zip(&[
        ("xl/workbook.bin", &workbook.concat()),
        ("xl/_rels/workbook.bin.rels", relations.as_bytes()),
        ("xl/styles.bin", &styles.concat()),
        ("xl/sharedStrings.bin", &strings.concat()),
        ("xl/worksheets/sheet1.bin", &sheet.concat()),
    ])
}

/// A row of an XLSB, and the start of a cell in it.
pub fn packed_row(row: u32) -> Vec<u8> {
    packed(0, &[row.to_le_bytes().as_slice(), &[0; 13]].concat())
}

pub fn packed_cell(kind: u32, column: u32, style: u32, value: &[u8]) -> Vec<u8> {
    packed(
        kind,
        &[&column.to_le_bytes(), &style.to_le_bytes(), value].concat(),
    )
}
