//! Schools: pupils and classes, canteen purchases, the air in playgrounds.

use crate::{
    output::{Delimited, Encoding, Folder, SampleError, fixed, header_format, write_titles},
    random::{Random, apportion},
    town::{DISTRICTS, months, nth, years},
};

/// Files of the education department.
pub(crate) fn write(folder: &Folder<'_>) -> Result<(), SampleError> {
    pupils(folder)?;
    canteen(folder)?;
    air(folder)
}

/// A school: code, name, district, weight of its nursery classes (0: none), weight of its primary
/// classes, place in the order in which playgrounds were greened, level of pollution.
pub(crate) struct School(
    pub(crate) &'static str,
    pub(crate) &'static str,
    usize,
    f64,
    f64,
    usize,
    f64,
);

pub(crate) const SCHOOLS: [School; 16] = [
    School("0990101A", "École du Beffroi", 0, 0.9, 1.2, 8, 1.15),
    School("0990102B", "École des Remparts", 0, 0.0, 1.0, 12, 1.05),
    School("0990103C", "École de la Halle", 1, 1.0, 1.1, 5, 1.1),
    School("0990104D", "École Jules-Roussel", 2, 1.0, 1.2, 2, 1.2),
    School("0990105E", "École Louise-Michel", 3, 0.9, 1.0, 7, 0.95),
    School("0990106F", "Maternelle des Lilas", 3, 1.1, 0.0, 10, 0.9),
    School("0990107G", "École de la Gare", 4, 1.2, 1.5, 9, 1.35),
    School("0990108H", "École Pauline-Kergomard", 4, 1.0, 1.0, 3, 1.25),
    School("0990109J", "École des Coteaux", 5, 0.7, 0.9, 13, 0.6),
    School("0990110K", "École de l'Abbaye", 6, 0.8, 1.0, 6, 0.75),
    School("0990111L", "École de la Garenne", 7, 1.0, 1.2, 4, 0.8),
    School("0990112M", "École Jean-Macé", 8, 1.0, 1.3, 11, 1.2),
    School("0990113N", "École du Parc", 8, 0.9, 1.1, 1, 1.0),
    School("0990114P", "École du Moulin", 9, 0.8, 0.9, 14, 0.8),
    School("0990115R", "École du Port", 10, 0.8, 1.0, 15, 1.3),
    School("0990116S", "École des Aulnes", 11, 0.9, 0.9, 0, 0.85),
];

/// Pupils and classes of each school year, from 2019/2020: nursery and primary.
const PUPILS: [[i64; 2]; 7] = [
    [1_702, 2_885],
    [1_671, 2_870],
    [1_640, 2_862],
    [1_622, 2_849],
    [1_590, 2_833],
    [1_561, 2_815],
    [1_528, 2_784],
];
const CLASSES: [[i64; 2]; 7] = [
    [68, 120],
    [67, 120],
    [67, 120],
    [67, 120],
    [67, 120],
    [67, 120],
    [66, 121],
];
/// Pupils of each school, nursery and primary, in the school year of that place (from 2019/2020).
pub(crate) fn pupils_by_school(place: usize) -> Vec<i64> {
    let [nursery, primary] = PUPILS[place.min(PUPILS.len() - 1)];
    let nursery = apportion(nursery, &SCHOOLS.map(|school| school.3));
    let primary = apportion(primary, &SCHOOLS.map(|school| school.4));
    nursery
        .into_iter()
        .zip(primary)
        .map(|(a, b)| a + b)
        .collect()
}

/// Playgrounds turned green so far.
const GREEN: [usize; 7] = [0, 0, 1, 3, 5, 7, 9];

/// A workbook with a header on two rows, `///` where a school has no such classes, and totals.
fn pupils(folder: &Folder<'_>) -> Result<(), SampleError> {
    folder.write_workbook("education/effectifs_ecoles_2025-10-18.xlsx", |workbook| {
        let bold = header_format();
        let sheet = workbook.add_worksheet();
        sheet.set_name("Effectifs")?;
        write_titles(
            sheet,
            &["Effectifs des écoles publiques", "Constat de rentrée", ""],
        )?;
        let single = ["Année scolaire", "UAI", "École", "Quartier"];
        for (column, title) in (0..).zip(single) {
            sheet.merge_range(3, column, 4, column, title, &bold)?;
        }
        sheet.merge_range(3, 4, 3, 5, "Effectifs", &bold)?;
        sheet.merge_range(3, 6, 3, 7, "Classes", &bold)?;
        for (column, title) in (4..).zip(["maternelle", "élémentaire", "maternelle", "élémentaire"])
        {
            sheet.write_with_format(4, column, title, &bold)?;
        }
        sheet.merge_range(3, 8, 4, 8, "Cour végétalisée", &bold)?;
        let mut row = 5;
        for year in years() {
            let at = nth(year);
            let name = format!("{year}-{}", year + 1);
            let nursery: Vec<f64> = SCHOOLS.iter().map(|school| school.3).collect();
            let primary: Vec<f64> = SCHOOLS.iter().map(|school| school.4).collect();
            let counts = [
                apportion(PUPILS[at][0], &nursery),
                apportion(PUPILS[at][1], &primary),
                apportion(CLASSES[at][0], &nursery),
                apportion(CLASSES[at][1], &primary),
            ];
            for (place, school) in SCHOOLS.iter().enumerate() {
                sheet.write(row, 0, &name)?;
                sheet.write(row, 1, school.0)?;
                sheet.write(row, 2, school.1)?;
                sheet.write(row, 3, DISTRICTS[school.2].name)?;
                for (column, counts) in (4..).zip(&counts) {
                    let weight = if column % 2 == 0 { school.3 } else { school.4 };
                    if weight == 0.0 {
                        sheet.write(row, column, "///")?;
                    } else {
                        sheet.write(row, column, counts[place])?;
                    }
                }
                sheet.write(row, 8, if school.5 < GREEN[at] { "OUI" } else { "NON" })?;
                row += 1;
            }
            sheet.write_with_format(row, 0, format!("Total {name}"), &bold)?;
            for (column, counts) in (4..).zip(&counts) {
                sheet.write(row, column, counts.iter().sum::<i64>())?;
            }
            row += 1;
        }
        Ok(())
    })
}

/// Kinds of food with their share of purchases and how organic they are, relative to the whole.
const FOODS: [(&str, f64, f64); 7] = [
    ("Viandes et œufs", 0.24, 0.7),
    ("Poissons", 0.09, 0.2),
    ("Légumes", 0.19, 1.3),
    ("Fruits", 0.14, 1.35),
    ("Produits laitiers", 0.16, 1.3),
    ("Épicerie", 0.12, 0.9),
    ("Pain", 0.06, 1.25),
];
/// Organic share by school year from 2018/2019, in thousandths.
const ORGANIC: [i64; 8] = [169, 182, 210, 246, 285, 330, 384, 409];
/// Purchases by month, in thousands of euros: little in summer.
const PURCHASES: [i64; 12] = [118, 96, 121, 88, 112, 119, 31, 18, 116, 97, 113, 92];

/// Amounts in euros with spaces and comma, a month as `2025-03`.
fn canteen(folder: &Folder<'_>) -> Result<(), SampleError> {
    let mut random = Random::new("cantine");
    let mut text = Delimited::new(Encoding::Windows1252, ';');
    text.row([
        "Mois de facturation",
        "Famille de produits",
        "Achats HT (€)",
        "dont bio HT (€)",
    ]);
    for (year, month) in months() {
        let closed = year == 2020 && (4..=5).contains(&month);
        let spring = if closed { 0.1 } else { 1.0 };
        let price = 1.0 + 0.03 * nth(year) as f64;
        let total = PURCHASES[month as usize - 1] as f64 * 100_000.0 * price * spring;
        let school_year = nth(year) + usize::from(month >= 9);
        let organic = ORGANIC[school_year.min(7)] as f64 / 1000.0;
        let amounts = FOODS.map(|(_, share, _)| (total * share * random.about(0.05)) as i64);
        let bought: i64 = amounts.iter().sum();
        let weights: Vec<f64> = amounts
            .iter()
            .zip(FOODS)
            .map(|(amount, food)| *amount as f64 * food.2)
            .collect();
        let organics = apportion(
            (bought as f64 * organic * random.about(0.02)) as i64,
            &weights,
        );
        for ((food, amount), organic) in FOODS.iter().zip(amounts).zip(organics) {
            text.row([
                &format!("{year}-{month:02}"),
                food.0,
                &fixed(amount, 2, ",", " "),
                &fixed(organic.min(amount), 2, ",", " "),
            ]);
        }
    }
    folder.write_text("education/achats_restauration_20260602.csv", text)
}

/// Nitrogen dioxide in the town by year, 2019 to 2026, in µg/m³.
const NITROGEN: [f64; 8] = [21.4, 16.9, 18.8, 18.1, 16.9, 16.0, 15.1, 14.6];
const FINE: [f64; 8] = [12.6, 11.2, 11.8, 11.1, 10.6, 10.2, 9.8, 9.6];
const WINTER: [f64; 12] = [
    1.35, 1.25, 1.1, 0.95, 0.8, 0.72, 0.68, 0.7, 0.9, 1.05, 1.2, 1.3,
];

/// One reading a school and month; sensors that were away are empty or `NC`.
fn air(folder: &Folder<'_>) -> Result<(), SampleError> {
    let mut random = Random::new("air");
    let mut text = Delimited::unix(Encoding::Utf8, ',');
    text.row([
        "mois",
        "uai",
        "ecole",
        "quartier",
        "no2_ug_m3",
        "pm25_ug_m3",
    ]);
    for (year, month) in months() {
        for (place, school) in SCHOOLS.iter().enumerate() {
            let season = WINTER[month as usize - 1];
            let mut reading = |yearly: f64, level: f64| {
                let tenths = yearly * season * level * random.about(0.06) * 10.0 + 0.5;
                fixed(tenths as i64, 1, ".", "")
            };
            let nitrogen = reading(NITROGEN[nth(year)], school.6);
            let fine = reading(FINE[nth(year)], 0.7 + 0.3 * school.6);
            let (nitrogen, fine) = match (place, year, month) {
                (14, 2024, 2..=4) => (String::new(), String::new()),
                (3, 2022, 11) => ("NC".to_owned(), fine),
                _ => (nitrogen, fine),
            };
            text.row([
                &format!("{year}-{month:02}"),
                school.0,
                school.1,
                DISTRICTS[school.2].name,
                &nitrogen,
                &fine,
            ]);
        }
    }
    folder.write_text("education/qualite_air_ecoles_2026-06-03.csv", text)
}
