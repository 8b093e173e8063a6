//! Civic life: deliberations of the council, residents' requests, the civil registry's desk, and
//! the staff's absences.

use crate::{
    output::{Delimited, Encoding, Folder, SampleError, grouped},
    random::{Random, apportion},
    town::{DISTRICTS, FIRST_YEAR, LAST_MONTH, RUNNING_YEAR, days_in, months, nth, years},
};

/// Files of the council's secretariat, of residents' services and of human resources.
pub(crate) fn write(folder: &Folder<'_>) -> Result<(), SampleError> {
    deliberations(folder)?;
    requests(folder)?;
    registry(folder)?;
    absences(folder)
}

/// Days of the council's meetings, in a year with elections or without: month and day.
const MEETINGS: [(u32, u32); 9] = [
    (1, 30),
    (2, 27),
    (3, 27),
    (4, 10),
    (5, 22),
    (6, 25),
    (9, 25),
    (11, 6),
    (12, 11),
];
/// Members of the council.
const MEMBERS: i64 = 39;
/// Subjects: code, name, object.
const SUBJECTS: [(&str, &str, &str); 12] = [
    (
        "7.1",
        "Décisions budgétaires",
        "Décision modificative du budget principal",
    ),
    (
        "7.5",
        "Subventions",
        "Subventions aux associations sportives, culturelles et de quartier",
    ),
    (
        "7.3",
        "Emprunts",
        "Garantie d'emprunt pour une opération de logements sociaux",
    ),
    (
        "1.1",
        "Marchés publics",
        "Attribution du marché \"entretien des espaces verts\"",
    ),
    (
        "1.4",
        "Autres contrats",
        "Convention de mise à disposition de locaux",
    ),
    (
        "2.1",
        "Documents d'urbanisme",
        "Modification simplifiée du plan local d'urbanisme",
    ),
    (
        "3.1",
        "Acquisitions",
        "Acquisition d'une parcelle, rue du Moulin",
    ),
    (
        "3.2",
        "Aliénations",
        "Cession d'un terrain communal aux Aulnes",
    ),
    (
        "4.1",
        "Personnel titulaire",
        "Tableau des effectifs : créations et suppressions de postes",
    ),
    (
        "5.7",
        "Intercommunalité",
        "Rapport d'activité de la communauté d'agglomération",
    ),
    (
        "8.1",
        "Enseignement",
        "Carte scolaire et périmètres des écoles",
    ),
    (
        "8.8",
        "Environnement",
        "Programme de plantations\net de désimperméabilisation",
    ),
];

/// What is wrong with a deliberation, for checks to find; no indicator counts it.
#[derive(PartialEq)]
enum Fault {
    /// Votes that do not add up to the voters.
    Votes,
    /// The number of the one before.
    SameNumber,
    /// Sent to the prefecture before the meeting.
    SentBefore,
}

fn fault(year: i32, number: u32) -> Option<Fault> {
    match (year, number) {
        (2023, 12) => Some(Fault::Votes),
        (2024, 7) => Some(Fault::SameNumber),
        (2025, 20) => Some(Fault::SentBefore),
        _ => None,
    }
}

/// Days from a meeting to the publication of its deliberations, about, 2019 to 2026.
const PUBLISHED: [i64; 8] = [13, 12, 10, 9, 7, 6, 5, 4];

/// The standard columns, with the town's own delay added; objects hold commas, quotes and line ends.
fn deliberations(folder: &Folder<'_>) -> Result<(), SampleError> {
    let mut random = Random::new("deliberations");
    let mut published = Random::new("publication");
    let mut text = Delimited::unix(Encoding::Utf8, ',');
    text.row([
        "COLL_NOM",
        "COLL_SIRET",
        "DELIB_ID",
        "DELIB_DATE",
        "DELIB_MATIERE_CODE",
        "DELIB_MATIERE_NOM",
        "DELIB_OBJET",
        "PREF_DATE",
        "VOTE_EFFECTIF",
        "VOTE_REEL",
        "VOTE_POUR",
        "VOTE_CONTRE",
        "VOTE_ABSTENTION",
        "DELAI_PUBLICATION",
    ]);
    for year in FIRST_YEAR..=RUNNING_YEAR {
        let mut number = 0;
        for (month, day) in MEETINGS
            .into_iter()
            .filter(|(month, _)| year < RUNNING_YEAR || *month <= LAST_MONTH)
        {
            for _ in 0..random.between(9, 15) {
                number += 1;
                let (code, subject, object) = SUBJECTS[random.between(0, 11) as usize];
                let present = MEMBERS - random.between(0, 7);
                let divided = random.happens(if code.starts_with('7') { 0.38 } else { 0.18 });
                let against = if divided { random.between(1, 9) } else { 0 };
                let abstained = if divided { random.between(0, 4) } else { 0 };
                let sent = match fault(year, number) {
                    Some(Fault::SentBefore) => day - 3,
                    _ => (day + 5).min(28).max(day),
                };
                let counted = abstained + i64::from(fault(year, number) == Some(Fault::Votes));
                let own_number = match fault(year, number) {
                    Some(Fault::SameNumber) => number - 1,
                    _ => number,
                };
                text.row([
                    "Ville de Clairval-sur-Aure".to_owned(),
                    "21991480100010".to_owned(),
                    format!("{year}-{own_number:03}"),
                    format!("{year}-{month:02}-{day:02}"),
                    code.to_owned(),
                    subject.to_owned(),
                    object.to_owned(),
                    format!("{year}-{month:02}-{sent:02}"),
                    MEMBERS.to_string(),
                    present.to_string(),
                    (present - against - abstained).to_string(),
                    against.to_string(),
                    counted.to_string(),
                    (PUBLISHED[nth(year)] + published.between(-3, 4)).to_string(),
                ]);
            }
        }
    }
    folder.write_text("assemblees/deliberations_2026-05-29.csv", text)
}

/// Requests received by year; of the running year, in its first five months.
const REQUESTS: [i64; 8] = [
    14_210, 13_480, 15_320, 16_240, 17_105, 17_980, 18_906, 8_120,
];
/// Closed within fifteen days, in thousandths.
const ON_TIME: [i64; 8] = [742, 760, 795, 822, 836, 815, 782, 779];
/// Themes: share of requests, and how often they are late, relative to the whole.
const THEMES: [(&str, f64, f64); 6] = [
    ("Voirie", 0.31, 1.75),
    ("Propreté", 0.24, 0.6),
    ("Éclairage public", 0.13, 0.8),
    ("Espaces verts", 0.12, 0.7),
    ("Stationnement", 0.11, 0.5),
    ("Bruit et voisinage", 0.09, 1.1),
];
const REQUEST_MONTHS: [f64; 12] = [9.5, 8.6, 8.9, 8.2, 8.0, 8.3, 7.2, 6.4, 8.6, 9.0, 8.8, 8.5];

/// Counts by month, theme and district.
fn requests(folder: &Folder<'_>) -> Result<(), SampleError> {
    let mut random = Random::new("demandes");
    let mut text = Delimited::new(Encoding::Windows1252, ';');
    text.row([
        "Mois",
        "Thème",
        "Quartier",
        "Demandes reçues",
        "Closes en 15 jours",
    ]);
    for year in years().chain([RUNNING_YEAR]) {
        let mut rows = Vec::new();
        let (mut weights, mut in_time) = (Vec::new(), Vec::new());
        for (_, month) in months().filter(|(y, _)| *y == year) {
            for (theme, share, late) in THEMES {
                for district in &DISTRICTS {
                    rows.push((month, theme, district.name));
                    let season = REQUEST_MONTHS[month as usize - 1];
                    weights.push(share * season * district.people as f64 * random.about(0.2));
                    in_time.push(late);
                }
            }
        }
        let received = apportion(REQUESTS[nth(year)], &weights);
        let late = REQUESTS[nth(year)] * (1000 - ON_TIME[nth(year)]) / 1000;
        let weights: Vec<f64> = received
            .iter()
            .zip(in_time)
            .map(|(count, late)| *count as f64 * late)
            .collect();
        let late = apportion(late, &weights);
        for ((month, theme, district), (received, late)) in
            rows.into_iter().zip(received.into_iter().zip(late))
        {
            text.row([
                &format!("{month:02}/{year}"),
                theme,
                district,
                &received.to_string(),
                &(received - late).max(0).to_string(),
            ]);
        }
    }
    text.line("05/2026;Voirie;Nouveau quartier;4;1");
    folder.write_text("population/demandes_habitants_20260601.csv", text)
}

/// Identity papers asked for in a year (the first five months of the running one) and the median
/// wait in days.
const APPOINTMENTS: [(i64, f64); 8] = [
    (2_210, 18.0),
    (1_540, 16.0),
    (2_120, 24.0),
    (2_680, 46.0),
    (2_590, 39.0),
    (2_470, 27.0),
    (2_430, 21.0),
    (1_010, 19.0),
];

/// One row a request, one file a year; the software writes days and not the sums.
fn registry(folder: &Folder<'_>) -> Result<(), SampleError> {
    for year in years().chain([RUNNING_YEAR]) {
        let mut random = Random::new(&format!("registre{year}"));
        let mut text = Delimited::new(Encoding::Utf8Bom, ';');
        text.row([
            "N° demande",
            "Date de demande",
            "Titre",
            "Quartier",
            "Délai (jours)",
        ]);
        let (count, median) = APPOINTMENTS[nth(year)];
        let last = if year == RUNNING_YEAR {
            i64::from(LAST_MONTH)
        } else {
            12
        };
        for number in 1..=count {
            let month = 1 + (number - 1) * last / count;
            let day = random.between(1, days_in(year, month as u32));
            // The middle of two draws is the median; a few people wait long.
            let spread = (random.unit() + random.unit()) * 0.9 + 0.1;
            let long = if random.happens(0.03) { 2.2 } else { 1.0 };
            let days = (median * spread * long + 0.5) as i64;
            let paper = if random.happens(0.62) {
                "Carte d'identité"
            } else {
                "Passeport"
            };
            let district = &DISTRICTS[random.between(0, 11) as usize];
            text.row([
                &format!("{year}{number:05}"),
                &format!("{day:02}/{month:02}/{year}"),
                paper,
                district.name,
                &days.to_string(),
            ]);
        }
        if year == 2022 {
            text.line("202290001;31/06/2022;Passeport;Gare;44");
            text.line("202290002;12/07/2022;Passeport;Gare;environ 40");
        }
        let (next, delivered) = if year == RUNNING_YEAR {
            (year, "0601")
        } else {
            (year + 1, "0107")
        };
        folder.write_text(
            &format!("population/titres_identite_{year}_{next}{delivered}.csv"),
            text,
        )?;
    }
    Ok(())
}

/// Departments of the town hall with their permanent staff; the smallest has so few that its figures
/// are secret.
const STAFF: [(&str, i64, f64); 9] = [
    ("Éducation", 264, 1.18),
    ("Espaces publics", 187, 1.15),
    ("Petite enfance", 121, 1.2),
    ("Culture et sport", 138, 0.85),
    ("Patrimoine bâti", 74, 0.95),
    ("Solidarités", 88, 1.1),
    ("Sécurité", 41, 0.8),
    ("Ressources et finances", 92, 0.6),
    ("Cabinet", 8, 0.4),
];
/// Absence by year, in ten-thousandths of calendar days.
const ABSENCE: [f64; 8] = [840.0, 962.0, 893.0, 931.0, 902.0, 884.0, 851.0, 838.0];
const ABSENCE_MONTHS: [f64; 12] = [
    1.2, 1.16, 1.08, 0.98, 0.92, 0.9, 0.86, 0.82, 0.9, 1.02, 1.1, 1.12,
];

/// Days by month and department.
fn absences(folder: &Folder<'_>) -> Result<(), SampleError> {
    let mut random = Random::new("absences");
    let mut text = Delimited::new(Encoding::Windows1252, ';');
    text.line("Absences pour raison de santé, agents permanents, hors maternité;;;;");
    text.line("");
    text.row([
        "Période",
        "Direction",
        "Agents",
        "Jours calendaires",
        "Jours d'absence",
    ]);
    for (year, month) in months() {
        for (name, agents, level) in STAFF {
            let days = agents * days_in(year, month);
            let rate = ABSENCE[nth(year)] / 10_000.0 * ABSENCE_MONTHS[month as usize - 1];
            let absent = (days as f64 * rate * level * random.about(0.07) * 0.985) as i64;
            let cells = [agents, days, absent].map(|count| grouped(count, "\u{a0}"));
            text.row([
                &format!("{month:02}/{year}"),
                name,
                &cells[0],
                &cells[1],
                &cells[2],
            ]);
        }
    }
    folder.write_text("ressources_humaines/absences_20260603.csv", text)
}
