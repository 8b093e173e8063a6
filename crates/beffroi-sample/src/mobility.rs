//! Mobility apart from public bikes: counters, cycle lanes, bus punctuality, accidents, reduced
//! fares, and the free places of car parks as a recorded feed.

use crate::{
    output::{Delimited, Encoding, Folder, SampleError, fixed, grouped, json_object, json_text},
    random::{Random, apportion},
    town::{DISTRICTS, RUNNING_YEAR, days_in, events, months, months_of, nth, years},
};

/// Files of the mobility department, of the police and of social services.
pub(crate) fn write(folder: &Folder<'_>) -> Result<(), SampleError> {
    counters(folder)?;
    cycle_lanes(folder)?;
    punctuality(folder)?;
    accidents(folder)?;
    reduced_fares(folder)?;
    parking(folder)
}

/// Passages at the bridge by month, 2024 and 2025; the counter was out of order in spring 2025.
const BRIDGE_2024: [i64; 12] = [
    43_900, 46_120, 55_210, 61_840, 70_110, 76_240, 70_890, 58_210, 78_110, 71_230, 53_900, 42_600,
];
const BRIDGE_2025: [i64; 12] = [
    48_210, 51_900, 0, 0, 0, 78_900, 74_120, 61_080, 83_340, 76_900, 58_110, 44_870,
];
/// Level of cycling from 2019 to 2026, relative to 2024.
const LEVEL: [f64; 8] = [0.58, 0.55, 0.66, 0.77, 0.9, 1.0, 1.09, 1.16];

/// Counters: name, district, size relative to the bridge, first year.
const COUNTERS: [(&str, usize, f64, i32); 6] = [
    ("Pont Saint-Aubin", 3, 1.0, 2019),
    ("Avenue de la République", 4, 1.24, 2019),
    ("Quai bas", 2, 0.71, 2019),
    ("Boulevard Circulaire", 8, 0.43, 2019),
    ("Rue du Port", 10, 0.55, 2021),
    ("Voie verte des Aulnes", 11, 0.38, 2022),
];

/// Comma-separated UTF-8, a month as `03/2025`; `nd` for months out of order.
fn counters(folder: &Folder<'_>) -> Result<(), SampleError> {
    let mut random = Random::new("compteurs");
    let mut worked = Random::new("jours de comptage");
    let mut text = Delimited::unix(Encoding::Utf8, ',');
    text.row(["mois", "compteur", "quartier", "passages", "jours_mesures"]);
    for (year, month) in months() {
        for (name, district, size, first) in COUNTERS {
            let at = month as usize - 1;
            let usual = BRIDGE_2024[at] as f64 * LEVEL[nth(year)] * size * random.about(0.03);
            let passages = match (name, year, month) {
                _ if year < first => "///".to_owned(),
                ("Pont Saint-Aubin", 2025, 3..=5) => "nd".to_owned(),
                ("Pont Saint-Aubin", 2025, _) => BRIDGE_2025[at].to_string(),
                ("Pont Saint-Aubin", 2024, _) => BRIDGE_2024[at].to_string(),
                _ => (usual as i64).to_string(),
            };
            // A day or two are lost here and there.
            let days = days_in(year, month) - worked.between(0, 2);
            let days = match passages.as_str() {
                "nd" | "///" => passages.clone(),
                _ => days.to_string(),
            };
            let month = format!("{month:02}/{year}");
            text.row([&month, name, DISTRICTS[district].name, &passages, &days]);
        }
    }
    folder.write_text("mobilites/compteurs_velo_2026-06-01.csv", text)
}

/// Metres of cycle lanes at the end of each year, and how they are shared out.
const LANES: [i64; 7] = [61_800, 65_200, 69_700, 74_300, 78_900, 83_100, 87_400];
const LANE_KINDS: [(&str, f64); 3] = [
    ("Piste cyclable", 0.42),
    ("Bande cyclable", 0.36),
    ("Voie verte", 0.22),
];
const LANE_WEIGHTS: [f64; 12] = [0.6, 0.7, 1.0, 1.0, 1.4, 0.5, 0.9, 0.9, 1.1, 0.9, 1.1, 1.5];

/// Decimal commas, a column without a name at the end, a total under each year.
fn cycle_lanes(folder: &Folder<'_>) -> Result<(), SampleError> {
    let mut text = Delimited::new(Encoding::Windows1252, ';');
    text.row([
        "Année",
        "Quartier",
        "Type d'aménagement",
        "Longueur (km)",
        "",
    ]);
    for year in years() {
        let weights: Vec<f64> = LANE_WEIGHTS
            .iter()
            .flat_map(|weight| LANE_KINDS.map(|(_, share)| weight * share))
            .collect();
        let total = LANES[nth(year)];
        let lengths = apportion(total, &weights);
        for (place, metres) in lengths.iter().enumerate() {
            let (district, kind) = (&DISTRICTS[place / 3], LANE_KINDS[place % 3].0);
            let length = fixed(*metres, 3, ",", "");
            text.row([&year.to_string(), district.name, kind, &length, ""]);
        }
        text.row([
            &format!("Total {year}"),
            "",
            "",
            &fixed(total, 3, ",", ""),
            "",
        ]);
    }
    folder.write_text("mobilites/amenagements_cyclables_20260120.csv", text)
}

const LINES: [(&str, i64); 7] = [
    ("01", 2_610),
    ("02", 2_240),
    ("03", 1_480),
    ("04", 1_120),
    ("05", 860),
    ("0A", 430),
    ("N1", 95),
];
/// Share of buses on time by month of 2024, in thousandths.
const ON_TIME: [i64; 12] = [861, 849, 858, 872, 880, 884, 891, 902, 863, 851, 847, 839];

/// Line numbers with leading zeros; last delivered in January 2025.
fn punctuality(folder: &Folder<'_>) -> Result<(), SampleError> {
    let mut random = Random::new("ponctualite");
    let mut text = Delimited::new(Encoding::Windows1252, ';');
    text.row(["Mois", "Ligne", "Passages contrôlés", "Dont à l'heure"]);
    for (year, month) in months().filter(|(year, _)| *year < 2025) {
        let mean = ON_TIME[month as usize - 1] + [14, 31, 22, 12, 6, 0][nth(year)];
        let counts = LINES.map(|(_, count)| (count as f64 * random.about(0.05)) as i64);
        let total: i64 = counts.iter().sum();
        let on_time = apportion(total * mean / 1000, &counts.map(|count| count as f64));
        for ((line, _), (count, on_time)) in LINES.iter().zip(counts.iter().zip(&on_time)) {
            text.row([
                &format!("{month:02}/{year}"),
                *line,
                &grouped(*count, "\u{a0}"),
                &grouped((*on_time).min(*count), "\u{a0}"),
            ]);
        }
    }
    folder.write_text("mobilites/ponctualite_bus_20250112.csv", text)
}

/// Accidents with injuries by year.
const ACCIDENTS: [i64; 8] = [58, 49, 46, 48, 51, 54, 61, 24];
const ACCIDENT_WEIGHTS: [f64; 12] = [0.8, 0.9, 0.6, 0.7, 1.3, 0.3, 0.4, 0.5, 3.4, 0.5, 3.0, 0.5];
const PLACES: [&str; 12] = [
    "place du Beffroi",
    "rue des Drapiers",
    "rue des Tanneurs",
    "pont Saint-Aubin",
    "avenue de la République",
    "chemin des Vignes",
    "rue de l'Abbaye",
    "route de la Garenne",
    "boulevard Circulaire",
    "rue du Moulin",
    "rue du Port",
    "allée des Aulnes",
];

/// One row an accident, dates as `31/12/2024`, hours as `17h40`; a few rows do not fit.
fn accidents(folder: &Folder<'_>) -> Result<(), SampleError> {
    let mut random = Random::new("accidents");
    let mut text = Delimited::new(Encoding::Windows1252, ';');
    text.row([
        "N° de procédure",
        "Date",
        "Heure",
        "Quartier",
        "Lieu",
        "Gravité",
        "Usager le plus exposé",
    ]);
    for year in years().chain([RUNNING_YEAR]) {
        let count = ACCIDENTS[nth(year)];
        let districts = apportion(count, &ACCIDENT_WEIGHTS);
        let events = events(&mut random, year, months_of(year), &districts);
        for (number, (month, day, district)) in (1..).zip(events) {
            // Spread over the year; of 61 accidents, 22 with a cyclist or a pedestrian.
            let exposed = match number * 37 % count * 61 / count {
                0..=12 => "Vélo",
                13..=21 => "Piéton",
                22..=38 => "Deux-roues motorisé",
                _ => "Automobile",
            };
            let severity = match random.between(0, 19) {
                0 => "Tué",
                1..=6 => "Blessé hospitalisé",
                _ => "Blessé léger",
            };
            text.row([
                &format!("{year}/{number:04}"),
                &format!("{day:02}/{month:02}/{year}"),
                &format!("{:02}h{}0", random.between(6, 22), random.between(0, 5)),
                DISTRICTS[district].name,
                PLACES[district],
                severity,
                exposed,
            ]);
        }
    }
    text.line("2025/0062;31/02/2025;08h10;Bellevue;boulevard Circulaire;Blessé léger;Vélo");
    text.line("2025/0063;14/11/2025;18h20;Hors commune;rocade Est;Blessé léger;Automobile");
    folder.write_text("police/accidents_corporels_04-06-2026.csv", text)
}

/// Holders of the reduced fare on 31 December 2025 by district; below 11 they are masked.
const HOLDERS: [i64; 12] = [81, 58, 118, 96, 142, 9, 22, 187, 214, 64, 47, 6];

/// Masked cells, `s`, wherever fewer than eleven people would show.
fn reduced_fares(folder: &Folder<'_>) -> Result<(), SampleError> {
    let mut text = Delimited::new(Encoding::Utf8Bom, ';');
    text.row(["Situation au", "Quartier", "Abonnés au tarif solidaire"]);
    for year in 2021..=2025 {
        let part = [0.41, 0.58, 0.74, 0.89, 1.0][(year - 2021) as usize];
        for (district, holders) in DISTRICTS.iter().zip(HOLDERS) {
            let holders = (holders as f64 * part) as i64;
            let shown = if holders < 11 {
                "s".to_owned()
            } else {
                holders.to_string()
            };
            text.row([&format!("31/12/{year}"), district.name, &shown]);
        }
    }
    text.line("s : secret statistique, moins de 11 personnes");
    folder.write_text("solidarites/tarif_solidaire_velo_20260114.csv", text)
}

/// Car parks: identifier, name, places, share taken at half past two.
const CAR_PARKS: [(&str, &str, i64, f64); 5] = [
    ("P01", "Gare", 380, 0.685),
    ("P02", "La Halle", 320, 0.725),
    ("P03", "Quai bas", 150, 0.5),
    ("P04", "Le Port", 200, 0.355),
    ("P05", "Hôtel de ville", 140, 0.9),
];
/// How full car parks are, hour by hour, relative to half past two.
const OCCUPATION: [f64; 24] = [
    0.22, 0.2, 0.19, 0.18, 0.19, 0.24, 0.37, 0.62, 0.88, 1.02, 1.08, 1.09, 1.04, 0.99, 1.0, 1.03,
    1.05, 1.07, 0.98, 0.8, 0.62, 0.47, 0.35, 0.27,
];

/// A day of readings every ten minutes. The town-hall car park is silent from 9:40 to 17:00; one
/// reading is an error of the supplier, one is not the document expected, one has a word for a
/// number.
fn parking(folder: &Folder<'_>) -> Result<(), SampleError> {
    let mut random = Random::new("parkings");
    let readings: Vec<String> = (0..144)
        .map(|step| {
            let minute = step * 10;
            let at = format!("{:02}:{:02}", minute / 60, minute % 60);
            let (field, value) = match at.as_str() {
                "03:10" => ("error", json_text("HTTP 503")),
                "11:20" => ("body", json_object([("erreur", json_text("format"))])),
                _ => ("body", reading(&mut random, minute)),
            };
            json_object([("at", json_text(at)), (field, value)])
        })
        .collect();
    let document = format!(
        "{{\"every\":600,\"readings\":[\n{}\n]}}\n",
        readings.join(",\n")
    );
    folder.write_json("parking/releve_journee.json", &document)
}

/// Half past two, when the noise pauses.
const REFERENCE_MINUTE: usize = 14 * 60 + 30;

fn reading(random: &mut Random, minute: usize) -> String {
    let (hour, part) = (minute / 60, (minute % 60) as f64 / 60.0);
    let reference = minute == REFERENCE_MINUTE;
    let level = OCCUPATION[hour] * (1.0 - part) + OCCUPATION[(hour + 1) % 24] * part;
    let results: Vec<String> = CAR_PARKS
        .iter()
        .map(|(id, name, places, taken)| {
            let silent = *id == "P05" && (580..1020).contains(&minute);
            let share = if reference {
                *taken
            } else {
                taken * level * random.about(0.03)
            };
            let free = places - (*places as f64 * share.min(1.0) + 0.5) as i64;
            let free = if (*id, minute) == ("P03", 400) {
                json_text("erreur")
            } else {
                free.to_string()
            };
            let known = |value: String| if silent { "null".to_owned() } else { value };
            json_object([
                ("grp_identifiant", json_text(*id)),
                ("grp_nom", json_text(*name)),
                ("grp_statut", if silent { "0" } else { "5" }.to_owned()),
                ("grp_disponible", known(free)),
                ("grp_exploitation", known(places.to_string())),
                ("grp_horodatage", json_text("{horodatage}")),
            ])
        })
        .collect();
    json_object([
        ("total_count", results.len().to_string()),
        ("results", format!("[{}]", results.join(","))),
    ])
}
