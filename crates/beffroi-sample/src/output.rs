//! How the sample files are written: delimited text in the encodings that towns use, workbooks,
//! and numbers as people type them. Every byte is decided here or in the libraries pinned by the
//! lock file: no clock, no locale.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Why the sample town could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    /// A file or folder could not be reached.
    #[error("{path}: {source}")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A workbook could not be built.
    #[error("{path}: {source}")]
    Workbook {
        /// Which.
        path: PathBuf,
        /// Why.
        source: rust_xlsxwriter::XlsxError,
    },
    /// A file does not have the shape that was written.
    #[error("{path}: {reason}")]
    Shape {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
}

/// The folder being written.
pub(crate) struct Folder<'a>(pub(crate) &'a Path);

impl Folder<'_> {
    /// Writes one file, making its folder when needed.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> Result<(), SampleError> {
        let path = self.0.join(name);
        let failed = |source| SampleError::Io {
            path: path.clone(),
            source,
        };
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(failed)?;
        }
        fs::write(&path, bytes).map_err(failed)
    }

    /// Writes one delimited file.
    pub(crate) fn write_text(&self, name: &str, text: Delimited) -> Result<(), SampleError> {
        self.write(name, &text.into_bytes())
    }

    /// Writes one JSON document.
    pub(crate) fn write_json(&self, name: &str, json: &str) -> Result<(), SampleError> {
        self.write(name, json.as_bytes())
    }

    /// Writes one workbook, filled by a function.
    pub(crate) fn write_workbook(
        &self,
        name: &str,
        fill: impl FnOnce(&mut Workbook) -> Result<(), rust_xlsxwriter::XlsxError>,
    ) -> Result<(), SampleError> {
        let build = || {
            let mut workbook = Workbook::new();
            let created = ExcelDateTime::from_ymd(2026, 6, 2)?;
            let properties = DocProperties::new()
                .set_author("Clairval-sur-Aure")
                .set_creation_datetime(&created);
            workbook.set_properties(&properties);
            fill(&mut workbook)?;
            workbook.save_to_buffer()
        };
        let bytes = build().map_err(|source| SampleError::Workbook {
            path: self.0.join(name),
            source,
        })?;
        self.write(name, &bytes)
    }
}

/// How a text file is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Utf8,
    Utf8Bom,
    Windows1252,
}

/// A delimited text being written.
pub(crate) struct Delimited {
    encoding: Encoding,
    delimiter: char,
    line_end: &'static str,
    text: String,
}

impl Delimited {
    /// As office suites write it: CRLF.
    pub(crate) fn new(encoding: Encoding, delimiter: char) -> Self {
        Self {
            encoding,
            delimiter,
            line_end: "\r\n",
            text: String::new(),
        }
    }

    /// As programs write it: LF.
    pub(crate) fn unix(encoding: Encoding, delimiter: char) -> Self {
        Self {
            line_end: "\n",
            ..Self::new(encoding, delimiter)
        }
    }

    /// A line as it is.
    pub(crate) fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push_str(self.line_end);
    }

    /// A row, cells quoted where they must be.
    pub(crate) fn row<T: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = T>) {
        for (index, cell) in cells.into_iter().enumerate() {
            if index > 0 {
                self.text.push(self.delimiter);
            }
            let cell = cell.as_ref();
            if cell.contains([self.delimiter, '"', '\n']) {
                self.text.push('"');
                self.text.push_str(&cell.replace('"', "\"\""));
                self.text.push('"');
            } else {
                self.text.push_str(cell);
            }
        }
        self.text.push_str(self.line_end);
    }

    fn into_bytes(self) -> Vec<u8> {
        match self.encoding {
            Encoding::Utf8 => self.text.into_bytes(),
            Encoding::Utf8Bom => [b"\xef\xbb\xbf", self.text.as_bytes()].concat(),
            Encoding::Windows1252 => self.text.chars().map(windows_1252).collect(),
        }
    }
}

/// The byte of a character in windows-1252; `?` for what it cannot hold.
fn windows_1252(c: char) -> u8 {
    match c {
        '€' => 0x80,
        '…' => 0x85,
        'Œ' => 0x8c,
        '’' => 0x92,
        '•' => 0x95,
        '–' => 0x96,
        '—' => 0x97,
        'œ' => 0x9c,
        c if (c as u32) < 0x80 || (0xa0..=0xff).contains(&(c as u32)) => c as u32 as u8,
        _ => b'?',
    }
}

/// A whole number with its thousands apart: `1 284 512`.
pub(crate) fn grouped(number: i64, separator: &str) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut out = String::new();
    if number < 0 {
        out.push('-');
    }
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push_str(separator);
        }
        out.push(digit);
    }
    out
}

/// A fixed-point number: `fixed(123456, 2, ",", " ")` is `1 234,56`.
pub(crate) fn fixed(value: i64, scale: u32, mark: &str, separator: &str) -> String {
    let unit = 10_i64.pow(scale);
    let whole = value.abs() / unit;
    let sign = if value < 0 { "-" } else { "" };
    let rest = value.abs() % unit;
    let width = scale as usize;
    format!("{sign}{}{mark}{rest:0width$}", grouped(whole, separator))
}

/// A JSON object with its keys in this order, whatever map the JSON library is built with; values
/// are JSON already.
pub(crate) fn json_object<const N: usize>(fields: [(&str, String); N]) -> String {
    let fields = fields.map(|(key, value)| format!("\"{key}\":{value}"));
    format!("{{{}}}", fields.join(","))
}

/// A JSON text.
pub(crate) fn json_text(text: impl Into<String>) -> String {
    serde_json::Value::String(text.into()).to_string()
}

/// Bold, centred cells for the headers of workbooks.
pub(crate) fn header_format() -> Format {
    Format::new().set_bold().set_align(FormatAlign::Center)
}

/// Writes the title rows that office suites' exports begin with.
pub(crate) fn write_titles(
    sheet: &mut Worksheet,
    titles: &[&str],
) -> Result<(), rust_xlsxwriter::XlsxError> {
    for (row, title) in (0..).zip(titles) {
        if !title.is_empty() {
            sheet.write(row, 0, *title)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_people_type_them() {
        assert_eq!(grouped(1_284_512, " "), "1 284 512");
        assert_eq!(grouped(-999, " "), "-999");
        assert_eq!(fixed(123_456, 2, ",", " "), "1 234,56");
        assert_eq!(fixed(-5, 2, ".", ""), "-0.05");
    }

    #[test]
    fn cells_are_quoted_and_encoded() {
        let mut text = Delimited::new(Encoding::Windows1252, ';');
        text.row(["Gare – parvis", "a;b", "l'\"été\""]);
        assert_eq!(
            text.into_bytes(),
            b"Gare \x96 parvis;\"a;b\";\"l'\"\"\xe9t\xe9\"\"\"\r\n"
        );
        let mut text = Delimited::unix(Encoding::Utf8Bom, ',');
        text.row(["é"]);
        assert_eq!(text.into_bytes(), "\u{feff}é\n".as_bytes());
    }
}
