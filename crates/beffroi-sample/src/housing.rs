//! Population, dwellings, social housing, renovations with public help, and similar towns.

use crate::{
    output::{
        Delimited, Encoding, Folder, SampleError, fixed, grouped, header_format, write_titles,
    },
    random::{Random, apportion},
    town::{
        DISTRICTS, FIRST_YEAR, RUNNING_YEAR, events, months_of, nth, people, people_apart, years,
    },
};

/// Files of the statistics and housing services.
pub(crate) fn write(folder: &Folder<'_>) -> Result<(), SampleError> {
    population(folder)?;
    dwellings(folder)?;
    social_housing(folder)?;
    renovations(folder)?;
    similar_towns(folder)
}

/// A workbook with title rows, a header on two rows, and a total under each year.
fn population(folder: &Folder<'_>) -> Result<(), SampleError> {
    folder.write_workbook(
        "statistiques/population_quartiers_2026-01-05.xlsx",
        |workbook| {
            let bold = header_format();
            let sheet = workbook.add_worksheet();
            sheet.set_name("Population")?;
            write_titles(
                sheet,
                &[
                    "Populations légales par quartier",
                    "Clairval-sur-Aure (99148) – en vigueur au 1er janvier de chaque année",
                    "",
                ],
            )?;
            sheet.merge_range(3, 0, 4, 0, "Année", &bold)?;
            sheet.merge_range(3, 1, 4, 1, "Quartier", &bold)?;
            sheet.merge_range(3, 2, 3, 4, "Population", &bold)?;
            sheet.write_with_format(4, 2, "municipale", &bold)?;
            sheet.write_with_format(4, 3, "comptée à part", &bold)?;
            sheet.write_with_format(4, 4, "totale", &bold)?;
            let mut row = 5;
            for year in FIRST_YEAR..=RUNNING_YEAR {
                let (people, apart) = (people(year), people_apart(year));
                for (index, district) in DISTRICTS.iter().enumerate() {
                    sheet.write(row, 0, year)?;
                    sheet.write(row, 1, district.name)?;
                    write_counts(sheet, row, people[index], apart[index])?;
                    row += 1;
                }
                sheet.write(row, 0, year)?;
                sheet.write_with_format(row, 1, "Total commune", &bold)?;
                write_counts(sheet, row, people.iter().sum(), apart.iter().sum())?;
                row += 1;
            }
            sheet.write(
                row + 1,
                0,
                "Source : recensement de la population, calculs du service.",
            )?;
            sheet.set_column_width(1, 20)?;
            Ok(())
        },
    )
}

fn write_counts(
    sheet: &mut rust_xlsxwriter::Worksheet,
    row: u32,
    people: i64,
    apart: i64,
) -> Result<(), rust_xlsxwriter::XlsxError> {
    sheet.write(row, 2, people)?;
    sheet.write(row, 3, apart)?;
    sheet.write(row, 4, people + apart)?;
    Ok(())
}

/// All dwellings of the town, 2019 to 2025.
const DWELLINGS: [i64; 7] = [25_540, 25_700, 25_860, 26_040, 26_230, 26_410, 26_600];
/// Main homes.
const MAIN_HOMES: [i64; 7] = [20_832, 20_990, 21_140, 21_290, 21_450, 21_610, 21_769];
/// Vacant dwellings.
const VACANT: [i64; 7] = [2_477, 2_442, 2_405, 2_343, 2_281, 2_218, 2_181];
/// Private dwellings.
const PRIVATE: [i64; 7] = [21_160, 21_250, 21_340, 21_450, 21_560, 21_660, 21_770];
/// Private dwellings vacant for more than two years.
const VACANT_TWO_YEARS: [i64; 7] = [1_037, 1_020, 1_003, 976, 948, 910, 849];
/// How much more (or less) each district's dwellings are vacant.
const VACANCY: [f64; 12] = [2.1, 1.3, 1.1, 0.8, 1.0, 0.6, 0.7, 0.8, 0.9, 0.7, 1.2, 0.3];

/// Tab-separated, from the tax files; one district is spelled in another way each year.
fn dwellings(folder: &Folder<'_>) -> Result<(), SampleError> {
    let mut random = Random::new("logements");
    let mut text = Delimited::new(Encoding::Utf8Bom, '\t');
    text.row([
        "Code quartier",
        "Quartier",
        "Année",
        "Logements",
        "Résidences principales",
        "Logements vacants",
        "Logements privés",
        "Vacants > 2 ans (privé)",
        "",
    ]);
    for year in years() {
        let people = people(year);
        let mut share = |total: i64, weight: &dyn Fn(usize) -> f64| {
            let weights: Vec<f64> = (0..12)
                .map(|i| people[i] as f64 * weight(i) * random.about(0.01))
                .collect();
            apportion(total, &weights)
        };
        let dwellings = share(DWELLINGS[nth(year)], &|i| 0.95 + 0.05 * VACANCY[i]);
        let homes = share(MAIN_HOMES[nth(year)], &|_| 1.0);
        let vacant = share(VACANT[nth(year)], &|i| VACANCY[i]);
        let private = share(PRIVATE[nth(year)], &|i| 0.9 + 0.1 * VACANCY[i]);
        let long = share(VACANT_TWO_YEARS[nth(year)], &|i| VACANCY[i] * VACANCY[i]);
        for (i, district) in DISTRICTS.iter().enumerate() {
            let name = match (district.name, year % 2) {
                ("Pré-aux-Moines", 0) => "PRE AUX MOINES",
                ("Le Port", 1) => "Port",
                (name, _) => name,
            };
            let mut cells = vec![district.code.to_owned(), name.to_owned(), year.to_string()];
            let counts = [dwellings[i], homes[i], vacant[i], private[i], long[i]];
            cells.extend(counts.map(|count| grouped(count, " ")));
            cells.push(String::new());
            text.row(cells);
        }
    }
    text.row([
        "Q13",
        "Hors quartier",
        "2025",
        "14",
        "11",
        "3",
        "14",
        "1",
        "",
    ]);
    folder.write_text("habitat/logements_par_quartier_20260312.tsv", text)
}

/// Social homes on 1 January of the next year.
const SOCIAL: [i64; 7] = [4_187, 4_282, 4_376, 4_471, 4_547, 4_625, 4_702];
const SOCIAL_WEIGHTS: [f64; 12] = [0.3, 0.3, 0.8, 0.9, 1.1, 0.1, 0.4, 1.6, 2.6, 0.9, 0.8, 1.2];

/// The yearly inventory, with a total under each year and remarks at the end.
fn social_housing(folder: &Folder<'_>) -> Result<(), SampleError> {
    folder.write_workbook("habitat/inventaire_sru_2026-03-12.xlsx", |workbook| {
        let bold = header_format();
        let sheet = workbook.add_worksheet();
        sheet.set_name("Inventaire")?;
        let titles = [
            "Inventaire des logements sociaux (article 55 de la loi SRU)",
            "",
        ];
        write_titles(sheet, &titles)?;
        let header = [
            "Année",
            "Quartier",
            "Résidences principales",
            "Logements sociaux",
        ];
        for (column, title) in (0..).zip(header) {
            sheet.write_with_format(2, column, title, &bold)?;
        }
        let mut row = 3;
        for year in years() {
            let people = people(year);
            let weigh = |weights: &[f64; 12]| -> Vec<f64> {
                people
                    .iter()
                    .zip(weights)
                    .map(|(people, weight)| *people as f64 * weight)
                    .collect()
            };
            let homes = apportion(MAIN_HOMES[nth(year)], &weigh(&[1.0; 12]));
            let social = apportion(SOCIAL[nth(year)], &weigh(&SOCIAL_WEIGHTS));
            for (i, district) in DISTRICTS.iter().enumerate() {
                sheet.write(row, 0, year)?;
                sheet.write(row, 1, district.name)?;
                sheet.write(row, 2, homes[i])?;
                sheet.write(row, 3, social[i])?;
                row += 1;
            }
            sheet.write(row, 0, year)?;
            sheet.write_with_format(row, 1, "TOTAL", &bold)?;
            sheet.write(row, 2, MAIN_HOMES[nth(year)])?;
            sheet.write(row, 3, SOCIAL[nth(year)])?;
            row += 1;
        }
        sheet.write(row + 1, 0, "Résidences principales : source fiscale.")?;
        sheet.write(
            row + 2,
            0,
            "Inventaire notifié à la préfecture le 12 mars 2026.",
        )?;
        Ok(())
    })
}

/// Renovations closed by year.
const RENOVATIONS: [i64; 8] = [96, 128, 171, 223, 286, 348, 412, 171];
const APPLICANTS: [&str; 8] = [
    "Aubry M.",
    "Benali S.",
    "Costes J.",
    "Diallo A.",
    "Erard P.",
    "Ferrand N.",
    "Gomes L.",
    "Huet C.",
];

/// One row a file; names of applicants are personal data, not to be kept.
fn renovations(folder: &Folder<'_>) -> Result<(), SampleError> {
    let mut random = Random::new("renovations");
    let mut text = Delimited::new(Encoding::Utf8, ';');
    text.row([
        "N° dossier",
        "Demandeur",
        "Quartier",
        "Date de solde",
        "Montant de l'aide",
        "Gain énergétique",
    ]);
    let weights: Vec<f64> = DISTRICTS
        .iter()
        .zip(VACANCY)
        .map(|(d, v)| d.people as f64 * (0.6 + v))
        .collect();
    for year in FIRST_YEAR..=RUNNING_YEAR {
        let counts = apportion(RENOVATIONS[nth(year)], &weights);
        let events = events(&mut random, year, months_of(year), &counts);
        for (number, (month, day, district)) in (1..).zip(events) {
            let amount = random.between(9_000, 92_000) * 10;
            text.row([
                format!("{year}-{number:04}").as_str(),
                random.pick(&APPLICANTS).copied().unwrap_or_default(),
                DISTRICTS[district].name,
                &format!("{day:02}/{month:02}/{year}"),
                &format!("{} €", fixed(amount, 2, ",", "\u{202f}")),
                &format!("{} %", random.between(15, 62)),
            ]);
        }
    }
    text.line("2025-0413;Huet C.;Les Tannerie;03/02/2025;1850,00 €;35 %");
    text.line("2025-0414;Costes J.;Bellevue;31/02/2025;2400,00 €;41 %");
    text.line("2025-0415;Aubry M.;Le Port;18/06/2025;à verser;22 %");
    folder.write_text("habitat/dossiers_renovation_20260604.csv", text)
}

/// Similar towns: name, inhabitants, rentals per inhabitant (tenths), debt per inhabitant,
/// residual waste per inhabitant, all of 2025; 0 for what a town did not answer.
const TOWNS: [(&str, i64, i64, i64, i64); 11] = [
    ("Montreval", 61_400, 389, 1_242, 176),
    ("Castelnoir", 52_900, 331, 986, 201),
    ("Port-Lantier", 44_300, 304, 1_518, 224),
    ("Clairval-sur-Aure", 48_200, 0, 0, 0),
    ("Hautmont-le-Vieux", 39_800, 248, 1_104, 189),
    ("Valserre", 57_100, 227, 1_331, 213),
    ("Saint-Brice-le-Pont", 36_200, 195, 872, 168),
    ("Lormeuil", 41_700, 172, 1_190, 232),
    ("Aubrac-les-Eaux", 35_600, 149, 1_476, 247),
    ("Villedieu-en-Combe", 63_500, 96, 944, 219),
    ("Rochenoire", 38_900, 0, 1_285, 205),
];

/// An enquiry among towns: comma-separated, one town without an answer, its own town left to the
/// other files.
fn similar_towns(folder: &Folder<'_>) -> Result<(), SampleError> {
    let mut text = Delimited::unix(Encoding::Utf8, ',');
    text.row([
        "annee",
        "ville",
        "population_municipale",
        "population_totale",
        "locations_velos",
        "dette_euros",
        "ordures_residuelles_t",
    ]);
    for year in 2023..=2025_i64 {
        let (past, back) = (2025 - year, 1000 - 8 * (2025 - year));
        for (name, people, rentals, debt, waste) in TOWNS {
            let people = people * back / 1000;
            let all = people * 1016 / 1000;
            let [rentals, debt, waste] = match (name, year) {
                ("Clairval-sur-Aure", 2023) => [1_046_588, 53_872_000, 10_086],
                ("Clairval-sur-Aure", 2024) => [1_187_164, 53_014_000, 9_890],
                ("Clairval-sur-Aure", _) => [1_284_512, 52_423_000, 9_544],
                _ => [
                    people * rentals * (100 - 9 * past) / 1000,
                    all * debt * (100 + past) / 100,
                    people * waste * (100 + 2 * past) / 100_000,
                ],
            };
            let rentals = if rentals == 0 {
                "n.d.".to_owned()
            } else {
                rentals.to_string()
            };
            text.row([
                year.to_string(),
                name.to_owned(),
                people.to_string(),
                all.to_string(),
                rentals,
                debt.to_string(),
                waste.to_string(),
            ]);
        }
    }
    folder.write_text("statistiques/villes_semblables_20260318.csv", text)
}
