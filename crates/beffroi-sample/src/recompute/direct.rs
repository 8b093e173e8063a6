//! Files about people, homes, mobility, environment, schools, climate and the council, one loop
//! each.

use super::{
    Medians, Sums,
    read::{Row, Table, delimited, digits, files, json, month, workbook, year_of_day},
};
use crate::{SampleError, town::DISTRICTS};
use std::{collections::BTreeSet, path::Path};

/// Adds up these files.
pub(super) fn read(root: &Path, sums: &mut Sums) -> Result<(), SampleError> {
    people_and_homes(root, sums)?;
    mobility(root, sums)?;
    environment(root, sums)?;
    schools(root, sums)?;
    climate(root, sums)?;
    civic(root, sums)
}

/// Whether a cell names one of the districts, in one of the ways files do.
pub(super) fn is_district(name: &str) -> bool {
    matches!(name, "PRE AUX MOINES" | "Port") || DISTRICTS.iter().any(|known| known.name == name)
}

/// One delimited file found by the beginning of its name.
pub(super) fn one(
    root: &Path,
    name: &str,
    delimiter: char,
    first: &str,
) -> Result<Table, SampleError> {
    delimited(&found(root, name)?, delimiter, first)
}

pub(super) fn found(root: &Path, name: &str) -> Result<std::path::PathBuf, SampleError> {
    let (folder, prefix) = name.split_once('/').unwrap_or(("", name));
    Ok(files(&root.join(folder), prefix)?.swap_remove(0))
}

/// Adds a number of a row to a sum, when it has one.
pub(super) fn add(sums: &mut Sums, name: &'static str, year: i32, row: &Row<'_>, column: &str) {
    if let Some(value) = row.number(column) {
        sums.add(name, year, value);
    }
}

fn people_and_homes(root: &Path, sums: &mut Sums) -> Result<(), SampleError> {
    let table = workbook(&found(root, "statistiques/population_")?, 3, 2)?;
    for row in table.rows([
        "Année",
        "Quartier",
        "Population municipale",
        "Population totale",
    ])? {
        let Some(year) = digits(row.cell("Année")) else {
            continue;
        };
        if is_district(row.cell("Quartier")) {
            add(sums, "people", year, &row, "Population municipale");
            add(sums, "people in all", year, &row, "Population totale");
        }
    }
    let table = one(root, "habitat/logements_", '\t', "Code quartier")?;
    let names = [
        "Logements",
        "Logements vacants",
        "Logements privés",
        "Vacants > 2 ans (privé)",
    ];
    for row in table.rows(names)? {
        let Some(year) = digits(row.cell("Année")) else {
            continue;
        };
        if is_district(row.cell("Quartier")) {
            let sums_of = ["dwellings", "vacant", "private", "vacant two years"];
            for (sum, name) in sums_of.into_iter().zip(names) {
                add(sums, sum, year, &row, name);
            }
        }
    }
    let table = workbook(&found(root, "habitat/inventaire_sru")?, 2, 1)?;
    for row in table.rows(["Année", "Résidences principales", "Logements sociaux"])? {
        let Some(year) = digits(row.cell("Année")) else {
            continue;
        };
        if is_district(row.cell("Quartier")) {
            add(sums, "main homes", year, &row, "Résidences principales");
            add(sums, "social homes", year, &row, "Logements sociaux");
        }
    }
    let table = one(root, "habitat/dossiers_", ';', "N° dossier")?;
    for row in table.rows(["Quartier", "Date de solde", "Montant de l'aide"])? {
        let grant = row.number("Montant de l'aide");
        if let (Some(year), Some(grant), true) = (
            year_of_day(row.cell("Date de solde")),
            grant,
            is_district(row.cell("Quartier")),
        ) {
            sums.add("renovations", year, 1.0);
            sums.add("grants", year, grant);
        }
    }
    let table = one(root, "statistiques/villes_", ',', "annee")?;
    for row in table.rows([
        "annee",
        "locations_velos",
        "dette_euros",
        "ordures_residuelles_t",
    ])? {
        let Some(year) = digits(row.cell("annee")) else {
            continue;
        };
        add(sums, "towns people", year, &row, "population_municipale");
        add(sums, "towns people in all", year, &row, "population_totale");
        add(sums, "towns debt", year, &row, "dette_euros");
        add(sums, "towns waste", year, &row, "ordures_residuelles_t");
        if row.number("locations_velos").is_some() {
            add(sums, "towns rentals", year, &row, "locations_velos");
            add(
                sums,
                "towns people answering",
                year,
                &row,
                "population_municipale",
            );
        }
    }
    Ok(())
}

fn mobility(root: &Path, sums: &mut Sums) -> Result<(), SampleError> {
    // The deliveries of the running year, after it in order, concern no complete year.
    let table = one(root, "mobilites/velos_trajets_2019", ';', "Mois de relevé")?;
    for row in table.rows(["Quartier de départ", "Nombre de trajets"])? {
        let Some((year, _)) = month(row.cell("Mois de relevé")) else {
            continue;
        };
        if is_district(row.cell("Quartier de départ")) {
            add(sums, "rentals", year, &row, "Nombre de trajets");
        }
    }
    let table = one(root, "mobilites/compteurs_", ',', "mois")?;
    for row in table.rows(["passages", "jours_mesures"])? {
        let Some((year, _)) = month(row.cell("mois")) else {
            continue;
        };
        add(sums, "days counted", year, &row, "jours_mesures");
        add(sums, "passages", year, &row, "passages");
    }
    let table = one(root, "mobilites/amenagements_", ';', "Année")?;
    for row in table.rows(["Longueur (km)"])? {
        if let Some(year) = digits(row.cell("Année")) {
            add(sums, "lanes", year, &row, "Longueur (km)");
        }
    }
    let table = one(root, "mobilites/ponctualite_", ';', "Mois")?;
    for row in table.rows(["Passages contrôlés", "Dont à l'heure"])? {
        let Some((year, _)) = month(row.cell("Mois")) else {
            continue;
        };
        add(sums, "checked", year, &row, "Passages contrôlés");
        add(sums, "on time", year, &row, "Dont à l'heure");
    }
    let table = one(root, "police/accidents_", ';', "N° de procédure")?;
    for row in table.rows(["Date", "Quartier"])? {
        if let Some(year) = year_of_day(row.cell("Date"))
            && is_district(row.cell("Quartier"))
        {
            sums.add("accidents", year, 1.0);
        }
    }
    let table = one(root, "solidarites/tarif_", ';', "Situation au")?;
    for row in table.rows(["Situation au", "Abonnés au tarif solidaire"])? {
        if let Some(year) = year_of_day(row.cell("Situation au")) {
            add(
                sums,
                "reduced fares",
                year,
                &row,
                "Abonnés au tarif solidaire",
            );
        }
    }
    Ok(())
}

/// The properties of a GeoJSON file's features.
fn properties(path: &Path) -> Result<Vec<serde_json::Value>, SampleError> {
    let document = json(path)?;
    let features = document["features"].as_array().cloned().unwrap_or_default();
    Ok(features
        .into_iter()
        .map(|feature| feature["properties"].clone())
        .collect())
}

fn environment(root: &Path, sums: &mut Sums) -> Result<(), SampleError> {
    let table = one(root, "environnement/tonnages_", ';', "Mois")?;
    for row in table.rows(["Flux", "Tonnage (t)"])? {
        let Some((year, _)) = month(row.cell("Mois")) else {
            continue;
        };
        let flow = row.cell("Flux");
        if flow != "Gravats" {
            add(sums, "waste", year, &row, "Tonnage (t)");
        }
        match flow {
            "Ordures résiduelles" => add(sums, "residual waste", year, &row, "Tonnage (t)"),
            "Encombrants" | "Gravats" => {}
            _ => add(sums, "recycled", year, &row, "Tonnage (t)"),
        }
    }
    for tree in properties(&found(root, "environnement/arbres_")?)? {
        if let Some(year) = tree["date_plantation"].as_str().and_then(year_of_day) {
            sums.add("trees", year, 1.0);
        }
    }
    for path in files(&root.join("urbanisme"), "panneaux_")? {
        for board in properties(&path)? {
            let year = board["recensement"]
                .as_i64()
                .and_then(|year| i32::try_from(year).ok());
            if let (Some(year), Some(surface)) = (year, board["surface_m2"].as_f64()) {
                sums.add("posting", year, surface);
            }
        }
    }
    Ok(())
}

/// The year in which the school year of a month starts.
pub(super) fn school_year((year, month): (i32, i32)) -> i32 {
    if month >= 9 { year } else { year - 1 }
}

fn schools(root: &Path, sums: &mut Sums) -> Result<(), SampleError> {
    let table = workbook(&found(root, "education/effectifs_")?, 3, 2)?;
    let names = [
        "Effectifs maternelle",
        "Effectifs élémentaire",
        "Classes maternelle",
        "Classes élémentaire",
    ];
    for row in table.rows(names)? {
        let start = row
            .cell("Année scolaire")
            .split_once('-')
            .and_then(|(year, _)| digits(year));
        let Some(year) = start else { continue };
        for (sum, name) in ["pupils", "pupils", "classes", "classes"]
            .into_iter()
            .zip(names)
        {
            add(sums, sum, year, &row, name);
        }
        let green = row.cell("Cour végétalisée") == "OUI";
        sums.add("green yards", year, f64::from(u8::from(green)));
    }
    let table = one(root, "education/achats_", ';', "Mois de facturation")?;
    for row in table.rows(["Achats HT (€)", "dont bio HT (€)"])? {
        let Some(month) = month(row.cell("Mois de facturation")) else {
            continue;
        };
        add(sums, "food", school_year(month), &row, "Achats HT (€)");
        add(sums, "organic", school_year(month), &row, "dont bio HT (€)");
    }
    let table = one(root, "education/qualite_air_", ',', "mois")?;
    for row in table.rows(["no2_ug_m3", "quartier"])? {
        let Some(month) = month(row.cell("mois")) else {
            continue;
        };
        if let Some(no2) = row.number("no2_ug_m3") {
            sums.add("no2", school_year(month), no2);
            sums.add("no2 readings", school_year(month), 1.0);
        }
    }
    Ok(())
}

fn climate(root: &Path, sums: &mut Sums) -> Result<(), SampleError> {
    let table = one(root, "patrimoine/energie_", ';', "Mois")?;
    for row in table.rows(["Consommation (kWh)"])? {
        let Some((year, _)) = month(row.cell("Mois")) else {
            continue;
        };
        add(sums, "energy", year, &row, "Consommation (kWh)");
    }
    let table = one(root, "climat/inventaire_", ',', "code_insee")?;
    for row in table.rows(["annee", "emissions_teqco2"])? {
        if let Some(year) = digits(row.cell("annee")) {
            add(sums, "emissions", year, &row, "emissions_teqco2");
        }
    }
    let document = json(&found(root, "patrimoine/production_")?)?;
    for record in document["results"].as_array().into_iter().flatten() {
        let month = record["mois"].as_str().and_then(month);
        if let (Some((year, _)), Some(energy)) = (month, record["energie"]["produite_kwh"].as_f64())
        {
            sums.add("solar", year, energy);
        }
    }
    Ok(())
}

fn civic(root: &Path, sums: &mut Sums) -> Result<(), SampleError> {
    let table = one(root, "assemblees/deliberations_", ',', "COLL_NOM")?;
    let mut delays = Medians::default();
    for row in table.rows([
        "DELIB_DATE",
        "VOTE_EFFECTIF",
        "VOTE_REEL",
        "VOTE_CONTRE",
        "DELAI_PUBLICATION",
    ])? {
        let Some(year) = year_of_day(row.cell("DELIB_DATE")) else {
            continue;
        };
        delays.add(year, row.number("DELAI_PUBLICATION"));
        let unopposed = row.number("VOTE_CONTRE") == Some(0.0);
        sums.add("deliberations", year, 1.0);
        sums.add("unopposed", year, f64::from(u8::from(unopposed)));
        add(sums, "seats", year, &row, "VOTE_EFFECTIF");
        add(sums, "votes", year, &row, "VOTE_REEL");
    }
    delays.into(sums, "median publication");
    let table = one(root, "population/demandes_", ';', "Mois")?;
    for row in table.rows(["Quartier", "Demandes reçues", "Closes en 15 jours"])? {
        let Some((year, _)) = month(row.cell("Mois")) else {
            continue;
        };
        if is_district(row.cell("Quartier")) {
            add(sums, "requests", year, &row, "Demandes reçues");
            add(sums, "closed", year, &row, "Closes en 15 jours");
        }
    }
    let mut waits = Medians::default();
    for path in files(&root.join("population"), "titres_identite_")? {
        let table = delimited(&path, ';', "N° demande")?;
        for row in table.rows(["Date de demande", "Quartier", "Délai (jours)"])? {
            if let Some(year) = year_of_day(row.cell("Date de demande")) {
                waits.add(year, row.number("Délai (jours)"));
            }
        }
    }
    waits.into(sums, "median wait");
    let table = one(root, "ressources_humaines/absences_", ';', "Période")?;
    let mut months = BTreeSet::new();
    for row in table.rows(["Agents", "Jours calendaires", "Jours d'absence"])? {
        let Some((year, month)) = month(row.cell("Période")) else {
            continue;
        };
        add(sums, "calendar days", year, &row, "Jours calendaires");
        add(sums, "absent", year, &row, "Jours d'absence");
        add(sums, "staff by month", year, &row, "Agents");
        months.insert((year, month));
    }
    for (year, _) in months {
        sums.add("staff months", year, 1.0);
    }
    Ok(())
}
