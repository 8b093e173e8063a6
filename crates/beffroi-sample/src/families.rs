//! Families and culture: meals in canteens, places for small children, borrowers of libraries; and
//! offences recorded by the police.

use crate::{
    output::{Delimited, Encoding, Folder, SampleError},
    random::{Random, apportion},
    schools::{SCHOOLS, pupils_by_school},
    town::{DISTRICTS, months, nth, people, years},
};

/// Files of the education, social and culture departments, and of the ministry.
pub(crate) fn write(folder: &Folder<'_>) -> Result<(), SampleError> {
    meals(folder)?;
    early_childhood(folder)?;
    borrowers(folder)?;
    offences(folder)
}

/// Days with meals in each month.
const MEAL_DAYS: [i64; 12] = [16, 10, 17, 10, 15, 17, 2, 0, 17, 12, 15, 10];
/// Share of pupils who eat, by school year from 2018/2019, in thousandths.
const EATING: [i64; 8] = [612, 618, 597, 629, 643, 655, 664, 671];
/// How much more (or less) each school's pupils eat there.
const EATERS: [f64; 16] = [
    1.05, 1.08, 1.02, 0.9, 1.0, 0.96, 1.04, 0.98, 1.1, 1.08, 1.0, 0.84, 0.88, 1.02, 1.0, 1.12,
];

/// One row a school and month, of no meal in August; canteens were closed in spring 2020.
fn meals(folder: &Folder<'_>) -> Result<(), SampleError> {
    let mut random = Random::new("repas");
    let mut text = Delimited::new(Encoding::Windows1252, ';');
    text.row([
        "Mois",
        "UAI",
        "École",
        "Élèves scolarisés",
        "Jours de service",
        "Repas servis",
    ]);
    for (year, month) in months() {
        let closed = year == 2020 && (4..=5).contains(&month);
        let days = if closed {
            0
        } else {
            MEAL_DAYS[month as usize - 1]
        };
        let school_year = nth(year) + usize::from(month >= 9);
        let pupils = pupils_by_school(school_year.saturating_sub(1));
        let share = EATING[school_year.min(EATING.len() - 1)] as f64 / 1000.0;
        for ((school, pupils), eaters) in SCHOOLS.iter().zip(pupils).zip(EATERS) {
            let meals = (pupils * days) as f64 * share * eaters * random.about(0.03);
            text.row([
                &format!("{month:02}/{year}"),
                school.0,
                school.1,
                &pupils.to_string(),
                &days.to_string(),
                &(meals as i64).to_string(),
            ]);
        }
    }
    folder.write_text("education/repas_servis_20260604.csv", text)
}

/// Children under three, places in nurseries, places with childminders, by year.
const SMALL: [[i64; 3]; 7] = [
    [1_612, 402, 431],
    [1_594, 402, 424],
    [1_577, 418, 417],
    [1_561, 430, 409],
    [1_542, 452, 398],
    [1_526, 470, 391],
    [1_508, 486, 384],
];
const NURSERIES: [f64; 12] = [0.9, 1.1, 1.3, 0.8, 1.6, 0.3, 0.7, 0.9, 1.2, 0.4, 0.9, 0.8];
const MINDERS: [f64; 12] = [0.4, 0.6, 0.7, 1.1, 0.7, 1.6, 1.3, 1.2, 0.8, 1.5, 0.8, 1.8];

/// What the family fund sends once a year.
fn early_childhood(folder: &Folder<'_>) -> Result<(), SampleError> {
    let mut text = Delimited::new(Encoding::Utf8Bom, ';');
    text.line("CAF – accueil du jeune enfant;;;;");
    text.row([
        "Année",
        "Quartier",
        "Enfants de moins de 3 ans",
        "Places en crèche",
        "Places chez les assistantes maternelles",
    ]);
    for year in years() {
        let people = people(year);
        let share = |total: i64, weights: &dyn Fn(usize) -> f64| {
            let weights: Vec<f64> = (0..12).map(|i| people[i] as f64 * weights(i)).collect();
            apportion(total, &weights)
        };
        let [children, nurseries, minders] = SMALL[nth(year)];
        let children = share(children, &|_| 1.0);
        let nurseries = share(nurseries, &|i| NURSERIES[i]);
        let minders = share(minders, &|i| MINDERS[i]);
        for (place, district) in DISTRICTS.iter().enumerate() {
            text.row([
                &year.to_string(),
                district.name,
                &children[place].to_string(),
                &nurseries[place].to_string(),
                &minders[place].to_string(),
            ]);
        }
    }
    folder.write_text("solidarites/accueil_jeune_enfant_20260317.csv", text)
}

/// Inhabitants who borrowed at least once in the year.
const BORROWERS: [i64; 7] = [6_612, 4_118, 4_486, 5_394, 5_981, 6_322, 6_594];
const AGES: [(&str, f64); 4] = [
    ("0-14 ans", 0.38),
    ("15-24 ans", 0.11),
    ("25-64 ans", 0.37),
    ("65 ans et plus", 0.14),
];
const READERS: [f64; 12] = [
    1.3, 1.25, 0.9, 1.05, 0.95, 1.1, 1.15, 0.9, 0.6, 0.8, 1.0, 1.1,
];

/// The library's software counts cards that borrowed, by age and district.
fn borrowers(folder: &Folder<'_>) -> Result<(), SampleError> {
    let mut random = Random::new("emprunteurs");
    let mut text = Delimited::new(Encoding::Windows1252, ';');
    text.row([
        "Année",
        "Quartier de résidence",
        "Tranche d'âge",
        "Emprunteurs actifs",
    ]);
    for year in years() {
        let people = people(year);
        let mut weights = Vec::new();
        for place in 0..12 {
            for (_, share) in AGES {
                weights.push(people[place] as f64 * READERS[place] * share * random.about(0.05));
            }
        }
        let counts = apportion(BORROWERS[nth(year)], &weights);
        for (place, count) in counts.into_iter().enumerate() {
            text.row([
                &year.to_string(),
                DISTRICTS[place / AGES.len()].name,
                AGES[place % AGES.len()].0,
                &count.to_string(),
            ]);
        }
    }
    folder.write_text("culture/emprunteurs_actifs_20260120.csv", text)
}

/// Offences of the ministry's base: name, what is counted, number by year; `None` where it is not
/// published.
const OFFENCES: [(&str, &str, [Option<i64>; 7]); 8] = [
    (
        "Violences physiques intrafamiliales",
        "Victime",
        [
            Some(104),
            Some(117),
            Some(126),
            Some(138),
            Some(141),
            Some(144),
            Some(146),
        ],
    ),
    (
        "Violences physiques hors cadre familial",
        "Victime",
        [
            Some(151),
            Some(128),
            Some(149),
            Some(163),
            Some(166),
            Some(158),
            Some(154),
        ],
    ),
    (
        "Vols avec armes",
        "Infraction",
        [Some(7), None, Some(6), Some(8), None, Some(6), Some(7)],
    ),
    (
        "Vols sans violence contre des personnes",
        "Victime entendue",
        [
            Some(512),
            Some(388),
            Some(421),
            Some(468),
            Some(452),
            Some(431),
            Some(418),
        ],
    ),
    (
        "Cambriolages de logement",
        "Infraction",
        [
            Some(138),
            Some(97),
            Some(104),
            Some(129),
            Some(134),
            Some(126),
            Some(119),
        ],
    ),
    (
        "Vols de véhicule",
        "Véhicule",
        [
            Some(74),
            Some(61),
            Some(63),
            Some(71),
            Some(78),
            Some(73),
            Some(70),
        ],
    ),
    (
        "Destructions et dégradations volontaires",
        "Infraction",
        [
            Some(402),
            Some(351),
            Some(377),
            Some(391),
            Some(409),
            Some(396),
            Some(388),
        ],
    ),
    (
        "Escroqueries et fraudes aux moyens de paiement",
        "Victime",
        [
            Some(198),
            Some(213),
            Some(241),
            Some(268),
            Some(279),
            Some(291),
            Some(304),
        ],
    ),
];

/// The ministry's own columns; `NA` where a number is too small to be published.
fn offences(folder: &Folder<'_>) -> Result<(), SampleError> {
    let mut text = Delimited::unix(Encoding::Utf8, ';');
    text.row([
        "CODGEO_2025",
        "annee",
        "indicateur",
        "unite_de_compte",
        "nombre",
        "est_diffuse",
    ]);
    for year in years() {
        for (name, unit, counts) in OFFENCES {
            let count = counts[nth(year)];
            text.row([
                "99148",
                &year.to_string(),
                name,
                unit,
                &count.map_or("NA".to_owned(), |count| count.to_string()),
                if count.is_some() { "diff" } else { "ndiff" },
            ]);
        }
    }
    folder.write_text("police/faits_constates_2025_20260312.csv", text)
}
