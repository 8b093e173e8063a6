//! Climate: energy of public buildings, greenhouse gases, solar roofs.

use crate::{
    output::{
        Delimited, Encoding, Folder, SampleError, fixed, grouped, header_format, json_object,
        json_text, write_titles,
    },
    random::{Random, apportion},
    town::{FIRST_YEAR, RUNNING_YEAR, months, nth, people, years},
};

/// Files of the buildings department and of the climate team.
pub(crate) fn write(folder: &Folder<'_>) -> Result<(), SampleError> {
    energy(folder)?;
    surfaces(folder)?;
    greenhouse_gases(folder)?;
    solar(folder)
}

/// A building: inventory code, name, kind, weight of its consumption, source of its heat.
struct Building(&'static str, &'static str, &'static str, f64, &'static str);

const GAS: &str = "Gaz";
const NETWORK: &str = "Réseau de chaleur";

const BUILDINGS: [Building; 26] = [
    Building("0001", "Hôtel de ville", "Administration", 5.0, NETWORK),
    Building("0002", "Centre administratif", "Administration", 3.4, GAS),
    Building("0004", "Centre technique", "Administration", 3.0, GAS),
    Building(
        "0011",
        "École du Beffroi",
        "Écoles et crèches",
        2.0,
        NETWORK,
    ),
    Building(
        "0012",
        "École des Remparts",
        "Écoles et crèches",
        1.5,
        NETWORK,
    ),
    Building(
        "0013",
        "École de la Halle",
        "Écoles et crèches",
        2.2,
        NETWORK,
    ),
    Building("0014", "École Jules-Roussel", "Écoles et crèches", 2.1, GAS),
    Building("0015", "École Louise-Michel", "Écoles et crèches", 1.9, GAS),
    Building("0016", "École de la Gare", "Écoles et crèches", 2.8, GAS),
    Building("0017", "École des Coteaux", "Écoles et crèches", 1.4, GAS),
    Building("0018", "École de l'Abbaye", "Écoles et crèches", 1.7, GAS),
    Building("0019", "École de la Garenne", "Écoles et crèches", 2.2, GAS),
    Building("0020", "École Jean-Macé", "Écoles et crèches", 2.4, GAS),
    Building("0021", "École du Port", "Écoles et crèches", 1.8, GAS),
    Building("0022", "Crèche Les Galopins", "Écoles et crèches", 0.9, GAS),
    Building("0031", "Piscine du Port", "Sport", 17.0, GAS),
    Building("0032", "Gymnase Pergaud", "Sport", 3.6, GAS),
    Building("0033", "Gymnase de Bellevue", "Sport", 3.2, GAS),
    Building("0034", "Stade municipal", "Sport", 2.4, GAS),
    Building("0035", "Patinoire", "Sport", 9.0, NETWORK),
    Building("0041", "Médiathèque", "Culture", 4.2, NETWORK),
    Building("0042", "Théâtre", "Culture", 3.8, NETWORK),
    Building("0043", "Conservatoire", "Culture", 1.9, GAS),
    Building("0044", "Musée de la Cloche", "Culture", 1.6, GAS),
    Building(
        "0051",
        "Maison de quartier Garenne",
        "Solidarités",
        1.1,
        GAS,
    ),
    Building("0052", "Résidence autonomie", "Solidarités", 4.4, GAS),
];

/// Consumption of all buildings, in MWh; of the running year, of its first five months.
const ENERGY: [i64; 8] = [
    26_410, 24_620, 25_930, 25_040, 23_910, 23_094, 21_802, 9_940,
];
const HEAT_MONTHS: [f64; 12] = [
    17.0, 15.0, 12.5, 8.0, 4.0, 2.0, 1.5, 1.5, 3.0, 8.0, 12.5, 15.0,
];
const POWER_MONTHS: [f64; 12] = [9.5, 8.7, 8.8, 8.0, 7.8, 7.7, 7.2, 6.6, 8.2, 8.7, 9.1, 9.7];

/// One row a building, month and energy, codes with leading zeros; one gas meter was out of order.
fn energy(folder: &Folder<'_>) -> Result<(), SampleError> {
    let mut random = Random::new("energie");
    let mut text = Delimited::new(Encoding::Utf8Bom, ';');
    text.row([
        "Mois",
        "Code bâtiment",
        "Bâtiment",
        "Famille",
        "Énergie",
        "Consommation (kWh)",
    ]);
    for year in years().chain([RUNNING_YEAR]) {
        let mut rows = Vec::new();
        let mut weights = Vec::new();
        for (_, month) in months().filter(|(y, _)| *y == year) {
            let at = month as usize - 1;
            for building in &BUILDINGS {
                let lost = building.0 == "0032" && year == 2023 && (2..=3).contains(&month);
                let heat = building.3 * HEAT_MONTHS[at] * 0.64 * random.about(0.08);
                let power = building.3 * POWER_MONTHS[at] * 0.36 * random.about(0.05);
                rows.push((month, building, "Électricité", false));
                weights.push(power);
                rows.push((month, building, building.4, lost));
                weights.push(if lost { 0.0 } else { heat });
            }
        }
        let counts = apportion(ENERGY[nth(year)] * 1000, &weights);
        for ((month, building, energy, lost), count) in rows.into_iter().zip(counts) {
            let shown = if lost {
                "n.d.".to_owned()
            } else {
                grouped(count, "\u{202f}")
            };
            text.row([
                &format!("{month:02}/{year}"),
                building.0,
                building.1,
                building.2,
                energy,
                &shown,
            ]);
        }
    }
    folder.write_text("patrimoine/energie_batiments_2026-06-05.csv", text)
}

/// Floor of all buildings, in square metres.
const SURFACES: [i64; 7] = [
    121_400, 121_400, 121_900, 122_300, 122_300, 123_100, 123_600,
];

/// A workbook of the inventory of buildings, one block of rows a year.
fn surfaces(folder: &Folder<'_>) -> Result<(), SampleError> {
    folder.write_workbook(
        "patrimoine/surfaces_batiments_2025-12-01.xlsx",
        |workbook| {
            let bold = header_format();
            let sheet = workbook.add_worksheet();
            sheet.set_name("Inventaire")?;
            write_titles(sheet, &["Surfaces de plancher au 1er décembre", ""])?;
            let header = [
                "Année",
                "Code bâtiment",
                "Bâtiment",
                "Famille",
                "Surface de plancher (m²)",
            ];
            for (column, title) in (0..).zip(header) {
                sheet.write_with_format(2, column, title, &bold)?;
            }
            let weights = BUILDINGS.each_ref().map(|building| building.3.sqrt());
            let mut row = 3;
            for year in years() {
                let surfaces = apportion(SURFACES[nth(year)], &weights);
                for (building, surface) in BUILDINGS.iter().zip(surfaces) {
                    sheet.write(row, 0, year)?;
                    sheet.write(row, 1, building.0)?;
                    sheet.write(row, 2, building.1)?;
                    sheet.write(row, 3, building.2)?;
                    sheet.write(row, 4, surface)?;
                    row += 1;
                }
            }
            Ok(())
        },
    )
}

/// Tonnes per inhabitant by year, in hundredths, and the share of each sector.
const GASES: [i64; 5] = [580, 523, 541, 512, 491];
const SECTORS: [(&str, f64); 6] = [
    ("Transports", 34.0),
    ("Logements", 27.0),
    ("Bureaux et commerces", 14.0),
    ("Industrie", 16.0),
    ("Agriculture", 4.0),
    ("Déchets", 5.0),
];

/// The regional inventory: 2024 is announced but not there yet, 2025 is not even announced.
fn greenhouse_gases(folder: &Folder<'_>) -> Result<(), SampleError> {
    let mut random = Random::new("ges");
    let mut text = Delimited::unix(Encoding::Utf8, ',');
    text.row(["code_insee", "annee", "secteur", "emissions_teqco2"]);
    for year in FIRST_YEAR..=2024 {
        let inhabitants: i64 = people(year).iter().sum();
        let weights: Vec<f64> = SECTORS
            .iter()
            .map(|(_, share)| share * random.about(0.03))
            .collect();
        let total = GASES
            .get(nth(year))
            .map(|per_head| per_head * inhabitants / 100);
        let shares = apportion(total.unwrap_or(0), &weights);
        for ((sector, _), tonnes) in SECTORS.iter().zip(shares) {
            let tonnes = if total.is_some() {
                tonnes.to_string()
            } else {
                "nd".to_owned()
            };
            text.row(["99148", &year.to_string(), sector, &tonnes]);
        }
    }
    folder.write_text("climat/inventaire_ges_20251010.csv", text)
}

/// Roofs: code, name, peak power, first year.
const ROOFS: [(&str, &str, f64, i32); 14] = [
    ("0004", "Centre technique", 120.0, 2019),
    ("0041", "Médiathèque", 60.0, 2019),
    ("0013", "École de la Halle", 36.0, 2020),
    ("0034", "Stade municipal", 100.0, 2021),
    ("0016", "École de la Gare", 45.0, 2021),
    ("0020", "École Jean-Macé", 90.0, 2022),
    ("0032", "Gymnase Pergaud", 140.0, 2022),
    ("0019", "École de la Garenne", 100.0, 2023),
    ("0033", "Gymnase de Bellevue", 160.0, 2023),
    ("0052", "Résidence autonomie", 90.0, 2023),
    ("0017", "École des Coteaux", 80.0, 2024),
    ("0035", "Patinoire", 240.0, 2024),
    ("0031", "Piscine du Port", 330.0, 2025),
    ("0002", "Centre administratif", 210.0, 2025),
];
/// Production by year, in MWh; of the running year, of its first five months.
const SOLAR: [i64; 8] = [210, 268, 402, 633, 958, 1_240, 1_864, 817];
const SUN: [f64; 12] = [
    2.7, 4.3, 8.0, 10.8, 12.6, 13.4, 13.8, 12.2, 9.6, 6.3, 3.6, 2.7,
];

/// The supervisor's export: nested records in a page of results.
fn solar(folder: &Folder<'_>) -> Result<(), SampleError> {
    let mut random = Random::new("solaire");
    let mut results: Vec<String> = Vec::new();
    for year in years().chain([RUNNING_YEAR]) {
        let mut rows = Vec::new();
        let mut weights = Vec::new();
        for (_, month) in months().filter(|(y, _)| *y == year) {
            for roof in ROOFS.iter().filter(|roof| roof.3 <= year) {
                rows.push((month, roof));
                weights.push(roof.2 * SUN[month as usize - 1] * random.about(0.05));
            }
        }
        // Tenths of a kilowatt-hour.
        let counts = apportion(SOLAR[nth(year)] * 10_000, &weights);
        for ((month, roof), count) in rows.into_iter().zip(counts) {
            let site = json_object([("code", json_text(roof.0)), ("nom", json_text(roof.1))]);
            let energy = json_object([("produite_kwh", fixed(count, 1, ".", ""))]);
            results.push(json_object([
                ("site", site),
                ("mois", json_text(format!("{year}-{month:02}"))),
                ("energie", energy),
            ]));
        }
    }
    let document = format!(
        "{{\"total_count\":{},\"results\":[\n{}\n]}}\n",
        results.len(),
        results.join(",\n")
    );
    folder.write_json("patrimoine/production_solaire_2026-06-04.json", &document)
}
