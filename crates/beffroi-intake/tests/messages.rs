//! Everything that users are told has its words in both languages.
#![allow(clippy::unwrap_used)]

use beffroi_intake::IntakeError;
use std::{fs, path::Path};

#[test]
fn every_code_has_a_message_in_french_and_english() {
    let text = String::new;
    let errors = [
        IntakeError::Empty,
        IntakeError::Unsupported { format: "" },
        IntakeError::NotATable,
        IntakeError::TooLarge { limit: 0 },
        IntakeError::TooManyCells { limit: 0 },
        IntakeError::TooManyColumns { limit: 0 },
        IntakeError::RowTooLong { line: 0, limit: 0 },
        IntakeError::Swells { times: 0 },
        IntakeError::TextTooLong { limit: 0 },
        IntakeError::RowTooWide {
            line: 0,
            cells: 0,
            width: 0,
        },
        IntakeError::UnreadableWorkbook { reason: text() },
        IntakeError::Encrypted,
        IntakeError::UnknownSheet {
            sheet: text(),
            sheets: Vec::new(),
        },
        IntakeError::UnknownEncoding { label: text() },
        IntakeError::BadDelimiter { delimiter: text() },
        IntakeError::HeaderNotFound { line: 0 },
        IntakeError::BrokenJson {
            line: 0,
            column: 0,
            reason: "",
        },
        IntakeError::ArchiveInArchive,
        IntakeError::SeveralTables { files: Vec::new() },
        IntakeError::NoTableInArchive { files: Vec::new() },
        IntakeError::Damaged { format: "" },
        IntakeError::SameName { name: text() },
        IntakeError::BrokenXml { line: 0 },
        IntakeError::DeclaredEntities,
        IntakeError::TooDeep { limit: 0 },
        IntakeError::RecordsNotFound { path: None },
        IntakeError::ColumnsMissing {
            columns: Vec::new(),
            headers: Vec::new(),
        },
        IntakeError::NoKnownColumn {
            headers: Vec::new(),
        },
    ];
    let decisions = [
        "format",
        "encoding",
        "delimiter",
        "fixed-width",
        "wrapped-lines",
        "divided-cells",
        "sheet",
        "records",
        "nomenclature",
        "budgets",
        "calculated-lines",
        "other-records",
        "personal-annexes",
        "json-repairs",
        "archive",
        "geometry",
        "header",
        "preamble",
        "decimal-mark",
        "date-order",
        "unit",
        "cut-short",
        "declared-table",
        "hidden-rows",
        "hidden-columns",
        "merged-cells",
        "uncomputed",
        "stray-cells",
    ];
    let evidence: &[(&str, &[&str])] = &[
        ("nearly-json", &[]),
        ("only-table", &["count"]),
        ("largest-table", &["others"]),
        ("records-count", &["count"]),
        ("fullest-sheet", &["others", "hidden"]),
        ("only-visible-sheet", &["hidden"]),
        ("only-hidden-sheet", &["others", "hidden"]),
        ("header-workbook", &[]),
        ("header-names", &["count"]),
        ("header-values", &["count"]),
        ("header-words", &[]),
        ("header-none-values", &["count"]),
        ("header-none-again", &["count"]),
        ("header-declared", &[]),
        ("first-words", &["words"]),
        ("mark-cells", &["count"]),
        ("mark-mixed", &["count", "other"]),
        ("mark-usual", &[]),
        ("order-cells", &["count"]),
        ("order-mixed", &["count", "other"]),
        ("order-usual", &[]),
        ("unit-format", &[]),
        ("unit-header", &[]),
        ("unit-title", &[]),
        ("unit-converted", &["declared", "factor"]),
        ("unit-other", &["declared"]),
        ("first-cell", &["place"]),
        ("blank-places", &["count"]),
        ("mended-wrapped", &[]),
    ];
    let locales = Path::new(env!("CARGO_MANIFEST_DIR")).join("../beffroi-text/locales");
    for language in ["fr", "en"] {
        let messages = fs::read_to_string(locales.join(language).join("intake.ftl")).unwrap();
        let message = |id: &str| {
            let start = messages
                .lines()
                .position(|line| line.starts_with(&format!("{id} =")));
            let start = start.unwrap_or_else(|| unreachable!("no message {id} in {language}"));
            let lines: Vec<&str> = messages.lines().collect();
            let more = lines[start + 1..]
                .iter()
                .take_while(|line| line.starts_with([' ', '}']));
            [lines[start]]
                .into_iter()
                .chain(more.copied())
                .collect::<Vec<_>>()
                .join("\n")
        };
        for error in &errors {
            let words = message(&format!("intake-{}", error.code()));
            for (name, _) in error.args() {
                assert!(
                    words.contains(&format!("${name}")),
                    "{language}: {words} without {name}"
                );
            }
            let named = words.matches("{ $").count();
            assert_eq!(named, error.args().len(), "{language}: {words}");
        }
        for (code, args) in evidence {
            let words = message(&format!("evidence-{code}"));
            assert!(args.iter().all(|name| words.contains(&format!("${name}"))));
        }
        for subject in decisions {
            assert!(message(&format!("decision-{subject}")).contains("$value"));
        }
    }
}
