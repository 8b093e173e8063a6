//! Public bikes: trips by station, month and kind of bike, as the operator delivers them.

use crate::{
    output::{Delimited, Encoding, Folder, SampleError, grouped},
    random::{Random, apportion},
    town::{DISTRICTS, LAST_MONTH, RUNNING_YEAR, nth, people, years},
};

/// A docking station: its code, its name, the place of its district, its weight in the district.
struct Station(&'static str, &'static str, usize, f64);

const STATIONS: [Station; 44] = [
    Station("VBG-01", "Hôtel de ville", 0, 84_215.0),
    Station("VBG-02", "Médiathèque", 0, 58_275.0),
    Station("VBG-03", "Rempart Nord", 0, 21_400.0),
    Station("VBG-04", "Place du Beffroi", 0, 32_458.0),
    Station("HAL-01", "Place de la Halle", 1, 98_640.0),
    Station("HAL-02", "Marché couvert", 1, 47_360.0),
    Station("HAL-03", "Rue des Drapiers", 1, 26_130.0),
    Station("HAL-04", "Théâtre", 1, 19_600.0),
    Station("TAN-01", "Lycée C.-Claudel", 2, 66_410.0),
    Station("TAN-02", "Quai bas", 2, 21_920.0),
    Station("TAN-03", "Rue des Tanneurs", 2, 14_602.0),
    Station("TAN-04", "Square de la Poterne", 2, 10_100.0),
    Station("STA-01", "Pont Saint-Aubin", 3, 61_930.0),
    Station("STA-02", "Église Saint-Aubin", 3, 24_871.0),
    Station("STA-03", "Collège Pergaud", 3, 18_600.0),
    Station("STA-04", "Cité des Lilas", 3, 11_400.0),
    Station("GAR-01", "Gare – parvis", 4, 125_880.0),
    Station("GAR-02", "Gare – quai Est", 4, 38_222.0),
    Station("GAR-03", "Avenue de la République", 4, 30_100.0),
    Station("GAR-04", "Pôle tertiaire", 4, 23_000.0),
    Station("COT-01", "Belvédère", 5, 14_138.0),
    Station("COT-02", "Groupe scolaire des Coteaux", 5, 12_900.0),
    Station("COT-03", "Chemin des Vignes", 5, 9_800.0),
    Station("PAM-01", "Abbaye", 6, 27_286.0),
    Station("PAM-02", "Stade municipal", 6, 24_800.0),
    Station("PAM-03", "Clos des Moines", 6, 18_600.0),
    Station("LGA-01", "Centre commercial", 7, 24_590.0),
    Station("LGA-02", "Bois de la Garenne", 7, 17_400.0),
    Station("LGA-03", "Maison de quartier", 7, 21_200.0),
    Station("BEL-01", "Hôpital", 8, 44_125.0),
    Station("BEL-02", "Place de Bellevue", 8, 17_986.0),
    Station("BEL-03", "Résidence du Parc", 8, 11_200.0),
    Station("BEL-04", "Boulevard Circulaire", 8, 8_800.0),
    Station("MOU-01", "Moulin", 9, 15_144.0),
    Station("MOU-02", "Zone artisanale", 9, 12_200.0),
    Station("MOU-03", "Écluse", 9, 10_800.0),
    Station("POR-01", "Piscine du Port", 10, 52_840.0),
    Station("POR-02", "Capitainerie", 10, 21_722.0),
    Station("POR-03", "Rue du Port", 10, 16_300.0),
    Station("POR-04", "Halte fluviale", 10, 11_900.0),
    Station("AUL-01", "Campus des Aulnes", 11, 39_780.0),
    Station("AUL-02", "Écoquartier", 11, 8_888.0),
    Station("AUL-03", "Parc des Aulnes", 11, 4_200.0),
    Station("AUL-04", "Terminus Aulnes", 11, 2_800.0),
];

/// Rentals per inhabitant by district, 2019 to 2025; 0 where there was no station yet.
const RENTALS_PER_INHABITANT: [[f64; 7]; 12] = [
    [16.6, 15.1, 20.7, 25.1, 31.6, 37.8, 38.2],
    [19.8, 16.0, 23.8, 28.1, 33.3, 36.7, 41.5],
    [13.8, 11.9, 16.9, 20.7, 22.8, 25.8, 28.4],
    [12.9, 11.4, 16.3, 17.9, 23.1, 25.9, 27.1],
    [19.6, 17.8, 24.0, 33.1, 39.4, 42.0, 44.6],
    [5.5, 4.6, 6.8, 8.3, 9.5, 10.4, 11.3],
    [8.6, 7.2, 10.5, 13.8, 14.9, 16.5, 18.9],
    [6.3, 5.7, 8.1, 9.7, 12.8, 12.7, 14.2],
    [6.9, 6.4, 8.7, 10.8, 13.6, 14.3, 15.7],
    [6.2, 4.8, 6.8, 8.6, 11.2, 12.2, 12.8],
    [13.3, 11.3, 16.8, 19.5, 25.6, 29.3, 29.7],
    [0.0, 11.0, 13.7, 17.5, 23.1, 25.1, 25.8],
];

/// Rentals of a whole year, 2019 to 2023; the last two years are known by month.
const RENTALS: [i64; 5] = [548_930, 471_215, 689_340, 861_027, 1_046_588];
const RENTALS_2024: [i64; 12] = [
    64_310, 71_020, 86_140, 97_880, 113_450, 126_930, 121_245, 97_610, 129_380, 117_260, 90_125,
    71_814,
];
const RENTALS_2025: [i64; 12] = [
    71_240, 68_915, 92_480, 108_330, 124_610, 138_245, 129_870, 104_360, 141_920, 127_405, 98_742,
    78_395,
];
const RENTALS_2026: [i64; 5] = [76_905, 74_480, 99_312, 117_640, 150_318];

/// Shares of months in a usual year, and in the year of the two lockdowns.
const MONTHS: [f64; 12] = [
    5.5, 5.6, 7.3, 8.4, 9.7, 10.8, 10.1, 8.2, 11.0, 9.9, 7.6, 5.9,
];
const MONTHS_2020: [f64; 12] = [
    7.4, 7.9, 4.6, 1.1, 5.9, 11.9, 12.6, 11.2, 14.9, 12.8, 4.8, 4.9,
];

/// Kinds of bikes and their share of rentals, 2019 to 2026.
const BIKES: [(&str, [f64; 8]); 3] = [
    (
        "Mécanique",
        [100.0, 100.0, 91.1, 74.3, 57.4, 48.4, 42.7, 38.0],
    ),
    ("Électrique", [0.0, 0.0, 8.9, 25.4, 41.4, 49.5, 54.6, 58.9]),
    ("Cargo", [0.0, 0.0, 0.0, 0.3, 1.2, 2.1, 2.7, 3.1]),
];

fn rentals_by_month(year: i32) -> Vec<i64> {
    match year {
        2024 => RENTALS_2024.to_vec(),
        2025 => RENTALS_2025.to_vec(),
        2026 => RENTALS_2026.to_vec(),
        2020 => apportion(RENTALS[nth(year)], &MONTHS_2020),
        _ => apportion(RENTALS[nth(year)], &MONTHS),
    }
}

/// What became of a station in a month.
#[derive(PartialEq)]
enum Service {
    Open,
    /// Not built yet.
    None,
    /// Readings lost.
    Lost,
}

fn service(station: &Station, year: i32, month: u32) -> Service {
    match (DISTRICTS[station.2].name, year, month) {
        ("Les Aulnes", 2019, _) => Service::None,
        ("Le Port", 2021, 3) => Service::Lost,
        _ => Service::Open,
    }
}

const BIKE_HEADER: &str =
    "Mois de relevé;Code station;Station;Quartier de départ;Type de vélo;Nombre de trajets";

/// The history in one file, then a few months at a time.
pub(crate) fn write(folder: &Folder<'_>) -> Result<(), SampleError> {
    let mut random = Random::new("velos");
    let mut history = Delimited::new(Encoding::Windows1252, ';');
    history.line("Vélaure – vélos en libre-service de Clairval-sur-Aure;;;;;");
    history.line("Trajets par station, mois et type de vélo;;;;;");
    history.line("");
    history.line(BIKE_HEADER);
    for year in years() {
        for month in 1..=12 {
            bike_month(&mut history, &mut random, year, month, 1.0);
        }
        history.line(&format!(
            "Total {year};;;;;{}",
            grouped(year_total(year), "\u{a0}")
        ));
        if year == 2022 {
            // The export was pasted together from two.
            history.line(BIKE_HEADER);
        }
    }
    history.line("2024-06;ZDR-01;ZAC des Rives;ZAC des Rives;Mécanique;212");
    history.line("2024-07;ZDR-01;ZAC des Rives;ZAC des Rives;Mécanique;187");
    history.line("2024-13;GAR-05;Gare – atelier;Gare;Électrique;46");
    history.line("2025-02;GAR-05;Gare – atelier;Gare;Électrique;env. 40");
    history.line("");
    history.line("Source : bornes Vélaure, trajets de plus d'une minute hors entretien;;;;;");
    folder.write_text("mobilites/velos_trajets_2019_2025_20260115.csv", history)?;

    // The first quarter came with March too low; the next delivery brings March again.
    let quarter = bike_delivery(&mut random, 1..=3, 0.94);
    folder.write_text("mobilites/velos_trajets_2026_T1_20260403.csv", quarter)?;
    let spring = bike_delivery(&mut random, 3..=LAST_MONTH, 1.0);
    folder.write_text("mobilites/velos_trajets_2026_mars_mai_20260602.csv", spring)
}

fn bike_delivery(
    random: &mut Random,
    months: std::ops::RangeInclusive<u32>,
    march: f64,
) -> Delimited {
    let mut text = Delimited::new(Encoding::Windows1252, ';');
    text.line(BIKE_HEADER);
    for month in months {
        bike_month(
            &mut text,
            random,
            RUNNING_YEAR,
            month,
            if month == 3 { march } else { 1.0 },
        );
    }
    text
}

fn year_total(year: i32) -> i64 {
    rentals_by_month(year).iter().sum()
}

fn bike_month(text: &mut Delimited, random: &mut Random, year: i32, month: u32, part: f64) {
    let people = people(year);
    let row = nth(year).min(6);
    let mut district_weight = [0.0; 12];
    for station in &STATIONS {
        district_weight[station.2] += station.3;
    }
    let mut cells = Vec::new();
    let mut weights = Vec::new();
    for station in &STATIONS {
        let service = service(station, year, month);
        let rentals = RENTALS_PER_INHABITANT[station.2][row] * people[station.2] as f64;
        for (kind, shares) in &BIKES {
            let share = shares[nth(year).min(7)];
            if share == 0.0 {
                continue;
            }
            let weight = rentals * station.3 / district_weight[station.2] * share;
            weights.push(if service == Service::Open {
                weight * random.about(0.04)
            } else {
                0.0
            });
            cells.push((station, *kind));
        }
    }
    let total = rentals_by_month(year)[month as usize - 1];
    let counts = apportion((total as f64 * part) as i64, &weights);
    for ((station, kind), count) in cells.into_iter().zip(counts) {
        let count = match service(station, year, month) {
            Service::Open => grouped(count, "\u{a0}"),
            Service::None => "///".to_owned(),
            Service::Lost => "nd".to_owned(),
        };
        text.row([
            &format!("{year}-{month:02}"),
            station.0,
            station.1,
            DISTRICTS[station.2].name,
            kind,
            &count,
        ]);
    }
}
