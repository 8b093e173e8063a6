//! Tables as CSV files.

use crate::figure::{Head, Table, TableCell};
use beffroi_model::CellState;
use beffroi_text::disarmed;

/// The two files offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Csv {
    /// For programs: UTF-8, comma, decimal point, periods in ISO notation, keys of members.
    Standard,
    /// For Excel in French: byte order mark, semicolon, decimal comma, the names that are read.
    Excel,
}

/// A table as a CSV file, its lines ended as RFC 4180 asks. Cells without value are empty; a
/// column `motif` says why (`nd`, `so`, `s`), a column `statut` holds `p` for provisional values.
/// With several columns of figures both name the column: `2024:nd|2025:s`. Changes are left out:
/// they are written in units of their own, and follow from the values.
#[must_use]
pub fn csv(table: &Table, kind: Csv) -> String {
    let delimiter = if kind == Csv::Excel { ';' } else { ',' };
    let mut text = String::new();
    if kind == Csv::Excel {
        text.push('\u{feff}');
    }
    let exported: Vec<usize> = (0..table.head.len())
        .filter(|at| table.head[*at].exported)
        .collect();
    let several = exported
        .iter()
        .filter(|at| table.head[**at].numeric)
        .count()
        > 1;
    let mut line = |cells: Vec<String>| {
        let cells: Vec<String> = cells.iter().map(|cell| quoted(cell, delimiter)).collect();
        text.push_str(&cells.join(&delimiter.to_string()));
        text.push_str("\r\n");
    };
    let mut header: Vec<String> = exported
        .iter()
        .map(|at| safe(&table.head[*at].label, kind))
        .collect();
    header.extend(["motif".to_owned(), "statut".to_owned()]);
    line(header);
    for row in &table.rows {
        let row: Vec<(&TableCell, &Head)> = exported
            .iter()
            .filter_map(|at| Some((row.cells.get(*at)?, &table.head[*at])))
            .collect();
        let mut cells: Vec<String> = row.iter().map(|(cell, _)| written(cell, kind)).collect();
        let noted = |note: &dyn Fn(&TableCell) -> Option<&'static str>| {
            let notes = row.iter().filter_map(|(cell, head)| {
                let note = note(cell)?;
                Some(if several {
                    format!("{}:{note}", head.label)
                } else {
                    note.to_owned()
                })
            });
            safe(&notes.collect::<Vec<_>>().join("|"), kind)
        };
        cells.push(noted(&|cell| match cell.state {
            CellState::Value => None,
            CellState::Missing => Some("nd"),
            CellState::NotApplicable => Some("so"),
            CellState::Secret => Some("s"),
        }));
        cells.push(noted(&|cell| cell.provisional.then_some("p")));
        line(cells);
    }
    text
}

fn written(cell: &TableCell, kind: Csv) -> String {
    if cell.state != CellState::Value {
        return String::new();
    }
    if let Some(value) = cell.value.filter(|value| value.is_finite()) {
        return decimal(value, kind);
    }
    match (kind, &cell.code) {
        (Csv::Standard, Some(code)) => safe(code, kind),
        _ => safe(&cell.text, kind),
    }
}

/// A number without the dust of float arithmetic: six decimals at most.
fn decimal(value: f64, kind: Csv) -> String {
    let text = format!("{value:.6}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    let text = if text == "-0" { "0" } else { text };
    match kind {
        Csv::Standard => text.to_owned(),
        Csv::Excel => text.replace('.', ","),
    }
}

/// Excel gets a text that it would take for a formula disarmed. Programs get it as it is.
fn safe(text: &str, kind: Csv) -> String {
    match kind {
        Csv::Standard => text.to_owned(),
        Csv::Excel => disarmed(text).into_owned(),
    }
}

fn quoted(cell: &str, delimiter: char) -> String {
    if cell.contains([delimiter, '"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::TableRow;

    fn cell(text: &str, value: Option<f64>, state: CellState) -> TableCell {
        TableCell {
            text: text.to_owned(),
            code: None,
            value,
            state,
            provisional: false,
            shade: None,
        }
    }

    fn table(rows: Vec<Vec<TableCell>>) -> Table {
        let head = |label: &str, numeric, exported| Head {
            label: label.to_owned(),
            numeric,
            exported,
        };
        Table {
            head: vec![
                head("Quartier", false, true),
                head("2025", true, true),
                head("Évolution", true, false),
            ],
            rows: rows
                .into_iter()
                .map(|cells| TableRow {
                    cells,
                    total: false,
                })
                .collect(),
            ..Table::default()
        }
    }

    fn sample() -> Table {
        let change = || cell("+8,2 %", None, CellState::Value);
        let mut gare = cell("Gare", None, CellState::Value);
        gare.code = Some("gare".to_owned());
        table(vec![
            vec![
                gare,
                cell("1 284,5", Some(1284.5), CellState::Value),
                change(),
            ],
            vec![
                cell("Le \"Port\", bas", None, CellState::Value),
                cell("n. d.", None, CellState::Missing),
                change(),
            ],
            vec![
                cell("=1+1;x", None, CellState::Value),
                cell("s", None, CellState::Secret),
                change(),
            ],
        ])
    }

    #[test]
    fn the_standard_file_is_for_programs() {
        assert_eq!(
            csv(&sample(), Csv::Standard),
            "Quartier,2025,motif,statut\r\n\
             gare,1284.5,,\r\n\
             \"Le \"\"Port\"\", bas\",,nd,\r\n\
             =1+1;x,,s,\r\n"
        );
    }

    #[test]
    fn the_excel_file_opens_as_it_is_and_runs_no_formula() {
        assert_eq!(
            csv(&sample(), Csv::Excel),
            "\u{feff}Quartier;2025;motif;statut\r\n\
             Gare;1284,5;;\r\n\
             \"Le \"\"Port\"\", bas\";;nd;\r\n\
             \"'=1+1;x\";;s;\r\n"
        );
    }

    #[test]
    fn several_columns_of_figures_name_what_is_absent() {
        let mut table = sample();
        table.head[2].exported = true;
        table.rows[1].cells[2] = cell("s", None, CellState::Secret);
        let text = csv(&table, Csv::Standard);
        assert!(text.contains("2025:nd|Évolution:s"), "{text}");
    }
}
