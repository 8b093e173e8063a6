//! How long the town takes to pay its invoices.

use crate::{
    output::{Folder, SampleError, header_format, write_titles},
    random::Random,
    town::{months, nth},
};

/// Departments with the invoices they have paid in a month, and how slow they are, relative to the
/// whole.
const DEPARTMENTS: [(&str, f64, f64); 4] = [
    ("Espaces publics", 210.0, 1.12),
    ("Patrimoine bâti", 240.0, 1.15),
    ("Éducation", 160.0, 0.85),
    ("Ressources et finances", 190.0, 0.8),
];
/// Mean days from invoice to payment, in tenths, 2019 to 2026.
const DAYS: [f64; 8] = [29.1, 34.2, 31.0, 29.3, 27.6, 25.8, 24.1, 23.4];
/// December's invoices wait for the new budget.
const SLOW: [f64; 12] = [
    1.22, 1.08, 0.98, 0.95, 0.94, 0.95, 0.97, 1.04, 0.99, 0.95, 0.95, 1.02,
];

/// A workbook of the accounting software: titles, months as texts, a note under the last row.
pub(crate) fn write(folder: &Folder<'_>) -> Result<(), SampleError> {
    folder.write_workbook("finances/delai_paiement_2026-06-03.xlsx", |workbook| {
        let bold = header_format();
        let sheet = workbook.add_worksheet();
        sheet.set_name("Délais")?;
        let period = "Factures payées du 01/01/2019 au 31/05/2026";
        write_titles(sheet, &["Délai global de paiement", period, ""])?;
        let header = [
            "Mois de paiement",
            "Direction",
            "Factures payées",
            "Délai cumulé (jours)",
        ];
        for (column, title) in (0..).zip(header) {
            sheet.write_with_format(3, column, title, &bold)?;
        }
        let mut random = Random::new("paiements");
        let mut row = 4;
        for (year, month) in months() {
            for (name, usual, slow) in DEPARTMENTS {
                let invoices = (usual * random.about(0.12)) as i64;
                let mean = DAYS[nth(year)] * SLOW[month as usize - 1] * slow * random.about(0.04);
                sheet.write(row, 0, format!("{month:02}/{year}"))?;
                sheet.write(row, 1, name)?;
                sheet.write(row, 2, invoices)?;
                sheet.write(row, 3, (invoices as f64 * mean) as i64)?;
                row += 1;
            }
        }
        sheet.write(
            row + 1,
            0,
            "Délai : de la réception de la facture au paiement par le comptable.",
        )?;
        Ok(())
    })
}
