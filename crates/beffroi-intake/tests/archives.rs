//! Archives made here, each with what must come of it.
#![allow(clippy::unwrap_used)]

use beffroi_intake::{Input, IntakeError, recognise};
use beffroi_model::Reading;
use std::io::{Cursor, Write};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

const TABLE: &str = "commune;code;habitants\nBrévy;01004;1200\nSauze;02009;310\n";

fn zipped(files: &[(&str, &[u8])], options: SimpleFileOptions) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    zipped(files, options)
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

/// The header, the rows and what was decided on the archive.
fn read(
    name: &str,
    bytes: &[u8],
    sheet: Option<&str>,
) -> Result<(String, Vec<String>, String), IntakeError> {
    let reading = Reading {
        sheet: sheet.map(str::to_owned),
        ..Reading::default()
    };
    let read = recognise(Input::held(name, bytes), &reading)?;
    let rows = read.rows().map(|(_, cells)| cells.join("|")).collect();
    let archive = read
        .decisions
        .iter()
        .find(|decision| decision.subject == "archive");
    let archive = archive.map_or(String::new(), |decision| decision.value.clone());
    Ok((read.header.join("|"), rows, archive))
}

#[test]
fn the_one_table_is_read_whatever_stands_beside_it() {
    let expected = |archive: &str| {
        Ok((
            "commune|code|habitants".to_owned(),
            vec!["Brévy|01004|1200".to_owned(), "Sauze|02009|310".to_owned()],
            archive.to_owned(),
        ))
    };
    let table = TABLE.as_bytes();
    assert_eq!(read("a.csv.gz", &gzip(table), None), expected("GZIP"));
    assert_eq!(
        read("a.zip", &zip(&[("t.csv", table)]), None),
        expected("t.csv")
    );
    let beside: &[(&str, &[u8])] = &[
        ("__MACOSX/._t.csv", b"x"),
        ("export/", b""),
        ("export/LISEZ-MOI.txt", b"Bonjour"),
        ("export/meta_t.csv", b"a;b\n1;2\n"),
        ("export/notice.pdf", b"%PDF"),
        ("../../etc/t.csv", table),
    ];
    assert_eq!(read("a.zip", &zip(beside), None), expected("etc/t.csv"));
    let large = SimpleFileOptions::default()
        .large_file(true)
        .compression_method(CompressionMethod::Stored);
    let zip64 = zipped(&[("t.csv", table)], large);
    assert_eq!(read("a.zip", &zip64, None), expected("t.csv"));
    // Whatever the name says.
    assert_eq!(read("a.csv", &zip64, None), expected("t.csv"));
}

#[test]
fn of_several_tables_one_is_named_or_by_far_the_largest() {
    let other = b"a;b\n1;2\n3;4\n".as_slice();
    let two = zip(&[("un.csv", TABLE.as_bytes()), ("deux.csv", other)]);
    assert_eq!(
        read("a.zip", &two, None).err(),
        Some(IntakeError::SeveralTables {
            files: vec!["un.csv".to_owned(), "deux.csv".to_owned()]
        })
    );
    assert_eq!(read("a.zip", &two, Some("deux.csv")).unwrap().0, "a|b");
    let long = TABLE.repeat(20);
    let one = zip(&[("deux.csv", other), ("un.csv", long.as_bytes())]);
    assert_eq!(read("a.zip", &one, None).unwrap().2, "un.csv");
}

#[test]
fn what_cannot_be_read_is_refused_with_a_reason() {
    let code = |bytes: &[u8]| {
        let error = read("a.zip", bytes, None).err();
        error.map_or("read".to_owned(), |error| {
            let value = error.args().into_iter().next();
            format!(
                "{} {}",
                error.code(),
                value.map_or(String::new(), |(_, value)| value)
            )
        })
    };
    let table = TABLE.as_bytes();
    let whole = zipped(
        &[("t.csv", table)],
        SimpleFileOptions::default().compression_method(CompressionMethod::Stored),
    );
    let mut changed = whole.clone();
    let at = changed
        .windows(5)
        .position(|bytes| bytes == b"Sauze")
        .unwrap();
    changed[at] = b'L';
    assert_eq!(code(&changed), "damaged ZIP");
    // The flag that says a file is encrypted, in both of its headers.
    let mut locked = whole.clone();
    for (start, flags) in [(b"PK\x03\x04", 6), (b"PK\x01\x02", 8)] {
        let at = locked.windows(4).position(|bytes| bytes == start).unwrap();
        locked[at + flags] |= 1;
    }
    assert_eq!(code(&locked), "encrypted ");
    assert_eq!(code(&zip(&[("b.zip", &whole)])), "archive-in-archive ");
    assert_eq!(code(&gzip(&whole)), "archive-in-archive ");
    assert_eq!(
        code(&zip(&[("a.shp", b"x"), ("a.dbf", b"x"), ("a.prj", b"x")])),
        "unsupported Shapefile"
    );
    assert_eq!(
        code(&zip(&[("a.pdf", b"%PDF")])),
        "no-table-in-archive a.pdf"
    );
    assert_eq!(code(&zip(&[])), "empty ");
    // Of two files of one name, programs read either.
    let two = zip(&[("t.csv", table), ("u.csv", b"a;b\n9;9\n")]);
    assert_eq!(code(&replaced(&two, b"u.csv", b"t.csv")), "damaged ZIP");
    let mut link = ZipWriter::new(Cursor::new(Vec::new()));
    link.add_symlink("t.csv", "/etc/passwd", SimpleFileOptions::default())
        .unwrap();
    assert_eq!(code(&link.finish().unwrap().into_inner()), "empty ");
    // Packed by BZIP2, by the number of that way in both headers.
    let mut packed = whole.clone();
    for (start, method) in [(b"PK\x03\x04", 8), (b"PK\x01\x02", 10)] {
        let at = packed.windows(4).position(|bytes| bytes == start).unwrap();
        packed[at + method] = 12;
    }
    assert_eq!(code(&packed), "unsupported ZIP (bzip2, LZMA, Deflate64…)");
    assert_eq!(code(&whole[..whole.len() / 2]), "damaged ZIP");
    let turned = zip(&[("a\u{202e}vsc\u{1b}[31m.csv", table)]);
    assert_eq!(read("a.zip", &turned, None).unwrap().2, "avsc[31m.csv");
    let compressed = gzip(TABLE.repeat(50).as_bytes());
    assert_eq!(code(&compressed[..compressed.len() / 2]), "damaged GZIP");
}

fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for at in 0..bytes.len() - from.len() {
        if bytes[at..].starts_with(from) {
            bytes[at..at + to.len()].copy_from_slice(to);
        }
    }
    bytes
}

#[test]
fn an_archive_with_bytes_changed_is_read_or_refused() {
    for bytes in [zip(&[("t.csv", TABLE.as_bytes())]), gzip(TABLE.as_bytes())] {
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 0x55;
            let _ = read("a.zip", &changed, None);
            let _ = read("a.zip", &bytes[..at], None);
        }
    }
}
