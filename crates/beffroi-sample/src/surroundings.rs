//! What surrounds inhabitants: sorting, green spaces, street lighting, outdoor air, and the winters
//! by which the heating of public buildings is corrected.

use crate::{
    output::{
        Delimited, Encoding, Folder, SampleError, fixed, grouped, header_format, write_titles,
    },
    random::{Random, apportion},
    town::{DISTRICTS, RUNNING_YEAR, days_in, months, months_of, nth, years},
};

/// Files of the environment and buildings departments.
pub(crate) fn write(folder: &Folder<'_>) -> Result<(), SampleError> {
    sorting(folder)?;
    green_spaces(folder)?;
    lighting(folder)?;
    air(folder)?;
    degree_days(folder)
}

/// Tonnes brought to the sorting centre in a year (four months of the running one), and the share
/// refused, in thousandths.
const SORTED: [(i64, i64); 8] = [
    (2_540, 218),
    (2_610, 226),
    (2_700, 204),
    (2_790, 191),
    (2_905, 175),
    (3_010, 162),
    (3_105, 151),
    (1_040, 147),
];
const COLLECTIONS: [(&str, f64, f64); 2] = [
    ("Porte-à-porte", 0.71, 1.12),
    ("Apport volontaire", 0.29, 0.7),
];

/// A workbook of the sorting centre, up to April.
fn sorting(folder: &Folder<'_>) -> Result<(), SampleError> {
    folder.write_workbook("environnement/centre_de_tri_2026-05-20.xlsx", |workbook| {
        let bold = header_format();
        let sheet = workbook.add_worksheet();
        sheet.set_name("Caractérisations")?;
        write_titles(sheet, &["Centre de tri – tonnages et refus", ""])?;
        let header = ["Mois", "Collecte", "Tonnage entrant (t)", "Refus (t)"];
        for (column, title) in (0..).zip(header) {
            sheet.write_with_format(2, column, title, &bold)?;
        }
        let mut random = Random::new("tri");
        let mut row = 3;
        for (year, month) in months().filter(|at| *at < (RUNNING_YEAR, 5)) {
            let (tonnes, refused) = SORTED[nth(year)];
            let count = if year == RUNNING_YEAR { 4.0 } else { 12.0 };
            for (name, share, level) in COLLECTIONS {
                // Hundredths of a tonne.
                let brought = tonnes as f64 * 100.0 / count * share * random.about(0.06);
                let refused = brought * refused as f64 / 1000.0 * level * random.about(0.08);
                sheet.write(row, 0, format!("{month:02}/{year}"))?;
                sheet.write(row, 1, name)?;
                sheet.write(row, 2, brought.floor() / 100.0)?;
                sheet.write(row, 3, refused.floor() / 100.0)?;
                row += 1;
            }
        }
        Ok(())
    })
}

/// Square metres of public green spaces at the end of each year.
const GREEN_SPACES: [i64; 7] = [
    528_400, 530_900, 537_600, 545_800, 560_700, 577_200, 594_300,
];
const GREEN_KINDS: [(&str, f64); 3] = [
    ("Parc ou jardin", 0.56),
    ("Square", 0.17),
    ("Berge ou promenade", 0.27),
];
const GREEN_WEIGHTS: [f64; 12] = [0.4, 0.5, 1.1, 1.2, 0.6, 1.6, 1.3, 1.1, 0.8, 1.2, 0.9, 2.1];

/// Thousands apart by no-break spaces, a total under each year.
fn green_spaces(folder: &Folder<'_>) -> Result<(), SampleError> {
    let mut text = Delimited::new(Encoding::Windows1252, ';');
    text.row(["Année", "Quartier", "Type d'espace", "Surface (m²)"]);
    let weights: Vec<f64> = GREEN_WEIGHTS
        .iter()
        .flat_map(|weight| GREEN_KINDS.map(|(_, share)| weight * share))
        .collect();
    for year in years() {
        let total = GREEN_SPACES[nth(year)];
        for (place, surface) in apportion(total, &weights).into_iter().enumerate() {
            let (district, kind) = (&DISTRICTS[place / 3], GREEN_KINDS[place % 3].0);
            let surface = grouped(surface, "\u{a0}");
            text.row([&year.to_string(), district.name, kind, &surface]);
        }
        text.row([&format!("Total {year}"), "", "", &grouped(total, "\u{a0}")]);
    }
    folder.write_text("environnement/espaces_verts_publics_20260202.csv", text)
}

/// Consumption of street lighting, in kWh; of the running year, of its first four months. Lamps
/// are off in the middle of the night from October 2022 on.
const LIGHTING: [i64; 8] = [
    3_512_000, 3_468_000, 3_425_000, 3_196_000, 2_561_000, 2_424_000, 2_312_000, 812_000,
];
const NIGHTS: [f64; 12] = [
    11.6, 9.8, 9.2, 7.2, 6.0, 5.2, 5.6, 6.6, 7.8, 9.4, 10.6, 11.9,
];

/// Bills by month and district; fourteen digits with leading zeros, one bill not there yet.
fn lighting(folder: &Folder<'_>) -> Result<(), SampleError> {
    let mut random = Random::new("eclairage");
    let mut text = Delimited::new(Encoding::Utf8Bom, ';');
    text.row([
        "Mois de facturation",
        "N° PDL",
        "Quartier",
        "Consommation (kWh)",
        "Montant TTC (€)",
    ]);
    for year in years().chain([RUNNING_YEAR]) {
        let months: Vec<u32> = months_of(year)
            .iter()
            .copied()
            .filter(|month| year < RUNNING_YEAR || *month < 5)
            .collect();
        let mut rows = Vec::new();
        let mut weights = Vec::new();
        for month in months {
            for (place, district) in DISTRICTS.iter().enumerate() {
                rows.push((month, place, district.name));
                let night = NIGHTS[month as usize - 1];
                weights.push(night * district.people as f64 * random.about(0.05));
            }
        }
        let counts = apportion(LIGHTING[nth(year)], &weights);
        let price = [17, 17, 18, 21, 31, 27, 24, 23][nth(year)];
        for ((month, place, district), count) in rows.into_iter().zip(counts) {
            let late = (year, month, place) == (2026, 4, 7);
            let shown = |text: String| if late { "n.d.".to_owned() } else { text };
            text.row([
                &format!("{month:02}/{year}"),
                &format!("025417{:08}", 30_410_011 + 137 * place),
                district,
                &shown(count.to_string()),
                &shown(fixed(count * price, 2, ",", "\u{202f}")),
            ]);
        }
    }
    folder.write_text("patrimoine/eclairage_public_20260511.csv", text)
}

/// Means of a year at the station beside the road, in µg/m³, 2019 to 2026: particles, nitrogen
/// dioxide.
const OUTDOOR: [[f64; 8]; 2] = [
    [25.8, 23.1, 23.4, 22.9, 21.6, 20.3, 19.4, 19.0],
    [31.2, 25.6, 27.4, 26.5, 25.1, 23.6, 22.3, 21.6],
];
const WINTER: [f64; 12] = [
    1.36, 1.28, 1.14, 0.94, 0.8, 0.74, 0.72, 0.74, 0.9, 1.04, 1.2, 1.32,
];

/// One row a day and pollutant; an episode lasts a few days, a sensor was away in August 2022.
fn air(folder: &Folder<'_>) -> Result<(), SampleError> {
    let mut random = Random::new("station");
    let mut text = Delimited::unix(Encoding::Utf8, ';');
    text.row(["jour", "polluant", "moyenne_ug_m3"]);
    let mut episode = 0;
    for (year, month) in months() {
        for day in 1..=days_in(year, month) {
            episode = match episode {
                0 if random.happens(0.012) => random.between(2, 5),
                0 => 0,
                left => left - 1,
            };
            for (pollutant, means) in ["PM10", "NO2"].iter().zip(OUTDOOR) {
                let usual = means[nth(year)] * WINTER[month as usize - 1];
                let bad = if episode > 0 { 1.75 } else { 1.0 };
                let value = usual * bad * random.about(0.38) * random.about(0.2);
                let away = (year, month, *pollutant) == (2022, 8, "NO2") && day < 13;
                let shown = if away {
                    "NC".to_owned()
                } else {
                    fixed((value * 10.0) as i64, 1, ",", "")
                };
                text.row([&format!("{year}-{month:02}-{day:02}"), *pollutant, &shown]);
            }
        }
    }
    folder.write_text("environnement/station_air_gare_20260603.csv", text)
}

/// Degree days of each year (base 18 °C).
const DEGREE_DAYS: [i64; 7] = [2_318, 2_174, 2_452, 2_121, 2_143, 2_087, 2_204];

/// What the weather service sells: one row a year beside the mean of thirty years.
fn degree_days(folder: &Folder<'_>) -> Result<(), SampleError> {
    let mut text = Delimited::unix(Encoding::Utf8, ',');
    text.row(["annee", "station", "dju_18", "dju_18_normale"]);
    for year in years() {
        let days = DEGREE_DAYS[nth(year)].to_string();
        text.row([&year.to_string(), "Clairval-aérodrome", &days, "2350"]);
    }
    folder.write_text("climat/degres_jours_20260115.csv", text)
}
