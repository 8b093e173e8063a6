//! The budget, in its three shapes, and the loans.

use super::{
    Sums,
    read::{delimited, digits, files, workbook},
};
use crate::SampleError;
use std::path::Path;

/// Adds up the finance department's files.
pub(super) fn read(root: &Path, sums: &mut Sums) -> Result<(), SampleError> {
    let folder = root.join("finances");
    for path in files(&folder, "budget_")? {
        let old = delimited(&path, ';', "Exercice");
        let (table, names) = match old {
            Ok(table) => (
                table,
                [
                    "Exercice",
                    "Section",
                    "Sens",
                    "Mouvement",
                    "Nature",
                    "Fonction",
                    "Crédits ouverts",
                    "Réalisé",
                ],
            ),
            Err(_) => (
                delimited(&path, ';', "BGT_NATDEC")
                    .or_else(|_| delimited(&path, ',', "BGT_NATDEC"))?,
                [
                    "BGT_ANNEE",
                    "BGT_SECTION",
                    "BGT_CODRD",
                    "BGT_OPBUDG",
                    "BGT_NATURE",
                    "BGT_FONCTION",
                    "BGT_CREDOUV",
                    "BGT_MTREAL",
                ],
            ),
        };
        let [
            year,
            section,
            way,
            operation,
            nature,
            function,
            opened,
            done,
        ] = names;
        for row in table.rows(names)? {
            let Some(year) = digits(row.cell(year)) else {
                continue;
            };
            let (Some(done), Some(opened)) = (row.number(done), row.number(opened)) else {
                continue;
            };
            if !matches!(row.cell(operation), "Réel" | "réel") {
                continue;
            }
            let spending = matches!(row.cell(way), "D" | "dépense");
            let investment = matches!(row.cell(section), "I" | "investissement");
            line(
                sums,
                year,
                (spending, investment),
                row.cell(nature),
                row.cell(function),
                done,
            );
            if spending {
                let (carried_out, voted) = match investment {
                    true => ("investment", "investment opened"),
                    false => ("running", "running opened"),
                };
                sums.add(carried_out, year, done);
                sums.add(voted, year, opened);
            }
        }
    }
    for path in files(&folder, "etat_de_la_dette")? {
        let capital = "Capital restant dû au 31/12 (€)";
        for row in workbook(&path, 3, 1)?.rows(["Exercice", capital])? {
            if let (Some(year), Some(capital)) = (digits(row.cell("Exercice")), row.number(capital))
            {
                sums.add("debt", year, capital);
            }
        }
    }
    Ok(())
}

/// Adds one line of actual spending or revenue to every sum it belongs to.
fn line(
    sums: &mut Sums,
    year: i32,
    (spending, investment): (bool, bool),
    nature: &str,
    function: &str,
    done: f64,
) {
    let begins = |with: &[&str]| with.iter().any(|start| nature.starts_with(start));
    match (spending, investment) {
        (true, false) => {
            sums.add("spending", year, done);
            if begins(&["621", "631", "633", "64"]) {
                sums.add("staff", year, done);
            }
        }
        (false, false) => sums.add("revenue", year, done),
        (true, true) => {
            if begins(&["20", "21", "23"]) && !begins(&["204"]) {
                sums.add("equipment", year, done);
            }
            if begins(&["164"]) {
                sums.add("repaid", year, done);
            }
            // 823 became 511 with the chart of accounts of 2023.
            if function == (if year < 2023 { "823" } else { "511" }) {
                sums.add("green", year, done);
            }
        }
        (false, true) => {}
    }
    sums.add(
        if spending {
            "all spending"
        } else {
            "all revenue"
        },
        year,
        done,
    );
}
