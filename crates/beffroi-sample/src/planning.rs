//! What is built and sold: building permits, and sales of homes.

use crate::{
    output::{Delimited, Encoding, Folder, SampleError, fixed},
    random::{Random, apportion},
    town::{DISTRICTS, RUNNING_YEAR, days_in, events, months_of, nth, years},
};

/// Files of the planning and housing departments.
pub(crate) fn write(folder: &Folder<'_>) -> Result<(), SampleError> {
    permits(folder)?;
    sales(folder)
}

/// Permits decided in a year (the first five months of the running one), and the usual days from
/// a complete file to the decision.
const PERMITS: [(i64, f64); 8] = [
    (168, 88.0),
    (131, 96.0),
    (184, 86.0),
    (176, 80.0),
    (152, 76.0),
    (139, 71.0),
    (147, 66.0),
    (58, 63.0),
];
/// Kinds of permits: share, length relative to the whole.
const PERMIT_KINDS: [(&str, &str, f64, f64); 3] = [
    ("PC", "Permis de construire (maison)", 0.58, 0.82),
    ("PC", "Permis de construire (autre)", 0.33, 1.25),
    ("PA", "Permis d'aménager", 0.09, 1.35),
];
const PERMIT_WEIGHTS: [f64; 12] = [0.5, 0.4, 1.0, 0.8, 1.2, 1.0, 0.8, 0.9, 0.9, 1.1, 0.9, 2.2];
/// Applicants are personal data, not to be kept.
const APPLICANTS: [&str; 8] = [
    "M. Aubin Lestrade",
    "Mme Colette Ravier",
    "SCI des Tanneries",
    "M. Yves Carmoin",
    "Mme Sabine Oulmier",
    "Aure Habitat",
    "M. Karl Dessaigne",
    "Mme Flore Antignac",
];

/// One row a decision; numbers with spaces as the law writes them, one delay that is a word.
fn permits(folder: &Folder<'_>) -> Result<(), SampleError> {
    let mut random = Random::new("permis");
    let mut text = Delimited::new(Encoding::Windows1252, ';');
    text.row([
        "N° de dossier",
        "Type de dossier",
        "Pétitionnaire",
        "Quartier",
        "Date de décision",
        "Délai d'instruction (jours)",
        "Décision",
    ]);
    for year in years().chain([RUNNING_YEAR]) {
        let (count, usual) = PERMITS[nth(year)];
        let districts = apportion(count, &PERMIT_WEIGHTS);
        let events = events(&mut random, year, months_of(year), &districts);
        for (number, (month, day, district)) in (1..).zip(events) {
            let drawn = random.unit();
            let kind = match drawn {
                _ if drawn < PERMIT_KINDS[0].2 => &PERMIT_KINDS[0],
                _ if drawn < PERMIT_KINDS[0].2 + PERMIT_KINDS[1].2 => &PERMIT_KINDS[1],
                _ => &PERMIT_KINDS[2],
            };
            // The middle of two draws is the median; a few files wait for an opinion.
            let spread = (random.unit() + random.unit()) * 0.6 + 0.4;
            let long = if random.happens(0.04) { 1.9 } else { 1.0 };
            let days = (usual * kind.3 * spread * long) as i64;
            let refused = random.happens(0.09);
            text.row([
                format!("{} 099148 {:02} {number:05}", kind.0, year % 100).as_str(),
                kind.1,
                random.pick(&APPLICANTS).copied().unwrap_or_default(),
                DISTRICTS[district].name,
                &format!("{day:02}/{month:02}/{year}"),
                &days.to_string(),
                if refused { "Refus" } else { "Accord" },
            ]);
        }
    }
    text.line(
        "PC 099148 25 00900;Permis de construire (maison);M. Yves Carmoin;Gare;12/11/2025;sans \
         suite;Accord",
    );
    folder.write_text("urbanisme/autorisations_urbanisme_20260603.csv", text)
}

/// Sales of a year, 2021 to 2025, and euros per square metre.
const SALES: [(i64, f64); 5] = [
    (352, 1_980.0),
    (361, 2_090.0),
    (298, 2_130.0),
    (274, 2_075.0),
    (289, 2_110.0),
];
/// How dear each district is.
const PRICES: [f64; 12] = [
    1.12, 1.08, 0.94, 1.06, 1.0, 1.18, 1.1, 0.97, 0.78, 0.9, 1.02, 1.15,
];

/// A sale before it is written: price in euros, floor area of each home.
struct Sale {
    nature: &'static str,
    price: i64,
    kind: &'static str,
    areas: Vec<i64>,
    garage: bool,
}

fn sale(random: &mut Random, square_metre: f64) -> Sale {
    let house = random.happens(0.46);
    let area = if house {
        random.between(68, 165)
    } else {
        random.between(22, 98)
    };
    // Small homes cost more by the square metre.
    let size = 1.0 + (90.0 - area as f64) * 0.0025;
    let new = random.happens(0.05);
    let block = !house && !new && random.happens(0.04);
    let homes = if block { random.between(2, 4) } else { 1 };
    let areas: Vec<i64> = (0..homes).map(|place| area + 3 * place).collect();
    let total: i64 = areas.iter().sum();
    let price = total as f64 * square_metre * size * random.about(0.18);
    Sale {
        nature: if new {
            "Vente en l'état futur d'achèvement"
        } else {
            "Vente"
        },
        price: price as i64 / 500 * 500,
        kind: if house { "Maison" } else { "Appartement" },
        areas,
        garage: random.happens(0.3),
    }
}

/// The tax office's sales with the district and the number of homes of each sale added: one row a
/// building, the whole price on each of them.
fn sales(folder: &Folder<'_>) -> Result<(), SampleError> {
    let mut random = Random::new("ventes");
    let mut text = Delimited::unix(Encoding::Utf8, ',');
    text.row([
        "id_mutation",
        "date_mutation",
        "nature_mutation",
        "valeur_fonciere",
        "code_commune",
        "quartier",
        "type_local",
        "surface_reelle_bati",
        "nombre_logements",
    ]);
    let weights: Vec<f64> = DISTRICTS
        .iter()
        .map(|district| district.people as f64)
        .collect();
    for (year, (count, mean)) in (2021..).zip(SALES) {
        let districts = apportion(count, &weights);
        let events = events(&mut random, year, months_of(year), &districts);
        for (number, (month, day, district)) in (1..).zip(events) {
            let sale = sale(&mut random, mean * PRICES[district]);
            let day = day.min(days_in(year, month));
            let homes = sale.areas.len();
            let mut row = |kind: &str, area: &str| {
                text.row([
                    &format!("{year}-{number}"),
                    &format!("{year}-{month:02}-{day:02}"),
                    sale.nature,
                    &fixed(sale.price * 100, 2, ".", ""),
                    "99148",
                    DISTRICTS[district].name,
                    kind,
                    area,
                    &homes.to_string(),
                ]);
            };
            for area in &sale.areas {
                row(sale.kind, &area.to_string());
            }
            if sale.garage {
                row("Dépendance", "");
            }
        }
    }
    folder.write_text("habitat/dvf_ventes_logements_2026-04-08.csv", text)
}
