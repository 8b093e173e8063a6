//! Environment: waste by flow, trees, free posting boards.

use crate::{
    output::{Delimited, Encoding, Folder, SampleError, fixed, json_object, json_text},
    random::{Random, apportion},
    town::{DISTRICTS, RUNNING_YEAR, events, months, nth, people, point_in, years},
};

/// Files of the environment department and of the urban planning desk.
pub(crate) fn write(folder: &Folder<'_>) -> Result<(), SampleError> {
    waste(folder)?;
    trees(folder)?;
    posting_boards(folder)
}

/// Flows with their kilograms per inhabitant, 2019 to 2026.
const FLOWS: [(&str, [i64; 8]); 8] = [
    (
        "Ordures résiduelles",
        [231, 229, 223, 216, 211, 206, 198, 194],
    ),
    ("Emballages et papiers", [57, 56, 59, 61, 63, 65, 66, 67]),
    ("Verre", [29, 31, 31, 31, 32, 32, 32, 32]),
    ("Biodéchets", [0, 0, 0, 2, 6, 15, 24, 29]),
    ("Déchets verts", [96, 90, 95, 83, 87, 86, 82, 82]),
    ("Bois et cartons", [41, 38, 43, 44, 44, 45, 45, 45]),
    ("Encombrants", [58, 52, 57, 54, 51, 49, 47, 46]),
    ("Gravats", [74, 61, 77, 72, 70, 69, 68, 66]),
];
/// Shares of months: household flows hardly move, garden waste does.
const EVEN: [f64; 12] = [8.6, 7.8, 8.3, 8.1, 8.4, 8.4, 7.9, 7.6, 8.4, 8.7, 8.5, 9.3];
const GARDEN: [f64; 12] = [
    2.0, 3.0, 8.0, 13.0, 14.0, 12.0, 8.0, 7.0, 10.0, 13.0, 8.0, 2.0,
];

/// Weights in tonnes with a decimal comma, a total under each year, one lost weighing.
fn waste(folder: &Folder<'_>) -> Result<(), SampleError> {
    let mut random = Random::new("dechets");
    let mut text = Delimited::new(Encoding::Windows1252, ';');
    text.line("Syndicat de traitement du Val d'Aure;;");
    text.line("Tonnages de la commune de Clairval-sur-Aure;;");
    text.row(["Mois", "Flux", "Tonnage (t)"]);
    for year in years().chain([RUNNING_YEAR]) {
        let inhabitants: i64 = people(year).iter().sum();
        let mut total = 0;
        let mut tonnes = Vec::new();
        for (flow, kilograms) in FLOWS {
            let season = if flow == "Déchets verts" {
                &GARDEN
            } else {
                &EVEN
            };
            let weights: Vec<f64> = season
                .iter()
                .map(|weight| weight * random.about(0.03))
                .collect();
            // Hundredths of a tonne.
            tonnes.push(apportion(inhabitants * kilograms[nth(year)] / 10, &weights));
        }
        for (_, month) in months().filter(|(y, month)| *y == year && (year, *month) <= (2026, 3)) {
            for ((flow, _), tonnes) in FLOWS.iter().zip(&tonnes) {
                let weight = tonnes[month as usize - 1];
                total += weight;
                let lost = (*flow, year, month) == ("Verre", 2023, 11);
                let shown = if lost {
                    "nd".to_owned()
                } else {
                    fixed(weight, 2, ",", " ")
                };
                text.row([&format!("{month:02}/{year}"), *flow, &shown]);
            }
        }
        text.row([&format!("Total {year}"), "", &fixed(total, 2, ",", " ")]);
    }
    text.line("");
    text.line("nd : pesée perdue, pont-bascule en panne;;");
    folder.write_text("environnement/tonnages_dechets_15-04-2026.csv", text)
}

/// Trees planted by year.
const TREES: [i64; 8] = [142, 118, 380, 452, 511, 555, 418, 96];
const SPECIES: [&str; 10] = [
    "Acer campestre",
    "Carpinus betulus",
    "Celtis australis",
    "Fraxinus ornus",
    "Koelreuteria paniculata",
    "Prunus avium",
    "Quercus robur",
    "Sorbus torminalis",
    "Tilia cordata",
    "Ulmus minor",
];
const TREE_WEIGHTS: [f64; 12] = [0.5, 0.4, 1.0, 0.9, 1.3, 0.6, 0.8, 1.1, 1.5, 0.9, 1.0, 2.0];

/// GeoJSON points, planted in the cold months.
fn trees(folder: &Folder<'_>) -> Result<(), SampleError> {
    let mut random = Random::new("arbres");
    let mut features = Vec::new();
    for year in years().chain([RUNNING_YEAR]) {
        let counts = apportion(TREES[nth(year)], &TREE_WEIGHTS);
        let months: &[u32] = if year == RUNNING_YEAR {
            &[1, 2, 3]
        } else {
            &[1, 2, 3, 10, 11, 11, 12, 12]
        };
        let events = events(&mut random, year, months, &counts);
        for (number, (month, day, district)) in (1..).zip(events) {
            let mut place = point_in(district, &mut random);
            // One was entered the wrong way round.
            if (year, number) == (2022, 100) {
                place = (place.1, place.0);
            }
            features.push(point(
                place,
                &json_object([
                    ("id_arbre", json_text(format!("{year}-{number:04}"))),
                    (
                        "essence",
                        json_text(random.pick(&SPECIES).copied().unwrap_or_default()),
                    ),
                    ("quartier", json_text(DISTRICTS[district].name)),
                    (
                        "date_plantation",
                        json_text(format!("{year}-{month:02}-{day:02}")),
                    ),
                ]),
            ));
        }
    }
    let place = point_in(3, &mut random);
    features.push(point(
        place,
        &json_object([
            ("id_arbre", json_text("2025-0419")),
            ("essence", json_text("Tilia cordata")),
            ("quartier", json_text("Saint-Aubin")),
            ("date_plantation", json_text("2025-11-31")),
        ]),
    ));
    folder.write_json(
        "environnement/arbres_plantes_2026-04-24.geojson",
        &collection(&features),
    )
}

/// A GeoJSON point with its properties, on one line.
fn point((longitude, latitude): (i64, i64), properties: &str) -> String {
    format!(
        "{{\"type\":\"Feature\",\"properties\":{properties},\"geometry\":{{\"type\":\"Point\",\
         \"coordinates\":[{},{}]}}}}",
        fixed(longitude, 6, ".", ""),
        fixed(latitude, 6, ".", "")
    )
}

fn collection(features: &[String]) -> String {
    format!(
        "{{\"type\":\"FeatureCollection\",\"features\":[\n{}\n]}}\n",
        features.join(",\n")
    )
}

/// Free posting boards counted each January from 2019: how many there are.
const BOARDS: [usize; 8] = [13, 13, 15, 17, 18, 21, 23, 24];

/// One GeoJSON a year: the yearly census, square metres as a decimal.
fn posting_boards(folder: &Folder<'_>) -> Result<(), SampleError> {
    let mut random = Random::new("affichage");
    let boards: Vec<((i64, i64), usize, i64)> = (0..24)
        .map(|number| {
            let district = (number * 5) % 12;
            (
                point_in(district, &mut random),
                district,
                random.between(2, 5) * 5,
            )
        })
        .collect();
    for year in years().chain([RUNNING_YEAR]) {
        let features: Vec<String> = (1..)
            .zip(&boards)
            .take(BOARDS[nth(year)])
            .map(|(number, (place, district, surface))| {
                point(
                    *place,
                    &json_object([
                        ("identifiant", json_text(format!("AL-{number:03}"))),
                        ("recensement", year.to_string()),
                        ("quartier", json_text(DISTRICTS[*district].name)),
                        ("surface_m2", fixed(*surface, 1, ".", "")),
                        (
                            "etat",
                            json_text(if number % 7 == 3 {
                                "à réparer"
                            } else {
                                "bon"
                            }),
                        ),
                    ]),
                )
            })
            .collect();
        let name = format!("urbanisme/panneaux_affichage_libre_{year}-01-20.geojson");
        folder.write_json(&name, &collection(&features))?;
    }
    Ok(())
}
