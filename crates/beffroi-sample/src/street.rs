//! How the street is shared: bikes in service, use of car parks, charging points.

use crate::{
    output::{Delimited, Encoding, Folder, SampleError, fixed},
    random::Random,
    town::{DISTRICTS, RUNNING_YEAR, days_in, months, months_of, nth},
};

/// Files of the operators of bikes, car parks and charging points.
pub(crate) fn write(folder: &Folder<'_>) -> Result<(), SampleError> {
    fleet(folder)?;
    car_parks(folder)?;
    charging(folder)
}

/// Bikes in service, 2019 to 2026, and the share of each type, in thousandths.
const FLEET: [i64; 8] = [500, 540, 600, 720, 820, 880, 920, 960];
const TYPES: [(&str, [i64; 8]); 3] = [
    ("Mécanique", [1000, 1000, 890, 720, 560, 470, 420, 380]),
    ("Électrique", [0, 0, 110, 275, 420, 500, 545, 580]),
    ("Cargo", [0, 0, 0, 5, 20, 30, 35, 40]),
];

/// Mean numbers with a decimal comma, and bikes times days.
fn fleet(folder: &Folder<'_>) -> Result<(), SampleError> {
    let mut random = Random::new("parc");
    let mut text = Delimited::new(Encoding::Windows1252, ';');
    text.line("Vélaure – vélos en service;;;");
    text.line("");
    text.row([
        "Mois",
        "Type de vélo",
        "Vélos en service (moyenne)",
        "Vélos-jours",
    ]);
    for (year, month) in months() {
        for (name, shares) in TYPES {
            let share = shares[nth(year)];
            if share == 0 {
                continue;
            }
            let usual = (FLEET[nth(year)] * share) as f64 / 1000.0 * random.about(0.03);
            let bike_days = (usual * days_in(year, month) as f64) as i64;
            let tenths = bike_days * 10 / days_in(year, month);
            text.row([
                &format!("{year}-{month:02}"),
                name,
                &fixed(tenths, 1, ",", ""),
                &bike_days.to_string(),
            ]);
        }
    }
    folder.write_text("mobilites/velos_parc_20260602.csv", text)
}

/// Car parks: name, places, share taken at the busiest.
const CAR_PARKS: [(&str, i64, f64); 5] = [
    ("Gare", 380, 0.86),
    ("La Halle", 320, 0.88),
    ("Quai bas", 150, 0.64),
    ("Le Port", 200, 0.45),
    ("Hôtel de ville", 140, 0.97),
];
/// Parts of the day: hours, share taken relative to the busiest.
const SLOTS: [(&str, i64, f64); 3] = [
    ("Nuit (0 h – 8 h)", 8, 0.24),
    ("Jour (8 h – 19 h)", 11, 0.95),
    ("Soir (19 h – 24 h)", 5, 0.46),
];
/// First year of the barriers' history, and how full car parks are from then on.
const BARRIERS: i32 = 2022;
const FULL: [f64; 5] = [0.92, 0.97, 1.0, 1.02, 1.01];

/// How many hours were read: fewer when a barrier is silent.
fn hours_read(name: &str, (year, month): (i32, u32), hours: i64) -> i64 {
    match (name, year, month) {
        ("Hôtel de ville", 2024, 3) => hours * 9,
        ("Le Port", 2023, 8) => 0,
        _ => hours * days_in(year, month),
    }
}

/// Parts of the day are not of one length, and some hours were not read: only a mean weighted by
/// hours is right.
fn car_parks(folder: &Folder<'_>) -> Result<(), SampleError> {
    let mut random = Random::new("frequentation");
    let mut text = Delimited::new(Encoding::Utf8Bom, ';');
    text.row([
        "Mois",
        "Parking",
        "Tranche horaire",
        "Durée relevée (h)",
        "Places",
        "Places occupées (moyenne)",
    ]);
    for (year, month) in months().filter(|(year, _)| *year >= BARRIERS) {
        for (name, places, busiest) in CAR_PARKS {
            for (slot, hours, level) in SLOTS {
                let read = hours_read(name, (year, month), hours);
                let level = FULL[(year - BARRIERS) as usize] * level * random.about(0.05);
                let taken = (places as f64 * (busiest * level).min(0.995) * 10.0) as i64;
                let shown = if read == 0 {
                    "n.d.".to_owned()
                } else {
                    fixed(taken, 1, ",", "")
                };
                text.row([
                    &format!("{month:02}/{year}"),
                    name,
                    slot,
                    &read.to_string(),
                    &places.to_string(),
                    &shown,
                ]);
            }
        }
    }
    folder.write_text("mobilites/parkings_frequentation_20260604.csv", text)
}

/// Charging stations: name, district, points, first year, how often a point is out of order.
const STATIONS: [(&str, usize, i64, i32, f64); 6] = [
    ("Parking de la Gare", 4, 6, 2024, 0.05),
    ("Place de la Halle", 1, 4, 2024, 0.07),
    ("Quai bas", 2, 3, 2024, 0.16),
    ("Boulevard Circulaire", 8, 2, 2024, 0.12),
    ("Stade municipal", 7, 2, 2025, 0.04),
    ("Les Aulnes", 11, 3, 2025, 0.03),
];

/// One row a point and week, Mondays at noon, as the national schema names its columns.
fn charging(folder: &Folder<'_>) -> Result<(), SampleError> {
    let mut random = Random::new("recharge");
    let mut text = Delimited::unix(Encoding::Utf8, ',');
    text.row([
        "id_pdc_itinerance",
        "nom_station",
        "quartier",
        "etat_pdc",
        "occupation_pdc",
        "horodatage",
    ]);
    // 1 January 2024 is a Monday.
    let mut days = 0;
    for year in 2024..=RUNNING_YEAR {
        for month in months_of(year) {
            for day in 1..=days_in(year, *month) {
                if days % 7 == 0 {
                    let at = format!("{year}-{month:02}-{day:02}T12:00:00");
                    week(&mut text, &mut random, year, &at);
                }
                days += 1;
            }
        }
    }
    folder.write_text("mobilites/irve_etats_2026-06-01.csv", text)
}

fn week(text: &mut Delimited, random: &mut Random, year: i32, at: &str) {
    let mut number = 0;
    for (name, district, points, first, broken) in STATIONS {
        for _ in 0..points {
            number += 1;
            let drawn = random.unit();
            let state = match drawn {
                _ if drawn < broken => "hors_service",
                _ if drawn < broken + 0.015 => "inconnu",
                _ => "en_service",
            };
            let taken = match state {
                "en_service" if random.happens(0.34) => "occupe",
                "en_service" => "libre",
                _ => "inconnu",
            };
            if year >= first {
                text.row([
                    &format!("FRCLVE{number:05}"),
                    name,
                    DISTRICTS[district].name,
                    state,
                    taken,
                    at,
                ]);
            }
        }
    }
}
