//! Files about how services work: payments, permits and sales, the street, surroundings, families
//! and offences, one loop each.

use super::{
    Medians, Sums,
    direct::{add, found, is_district, one, school_year},
    read::{digits, month, workbook, year_of_day},
};
use crate::SampleError;
use std::{collections::BTreeSet, path::Path};

/// Adds up these files.
pub(super) fn read(root: &Path, sums: &mut Sums) -> Result<(), SampleError> {
    payments(root, sums)?;
    planning(root, sums)?;
    street(root, sums)?;
    waste_and_parks(root, sums)?;
    energy(root, sums)?;
    air(root, sums)?;
    families(root, sums)?;
    offences(root, sums)
}

fn payments(root: &Path, sums: &mut Sums) -> Result<(), SampleError> {
    let table = workbook(&found(root, "finances/delai_paiement")?, 3, 1)?;
    for row in table.rows(["Factures payées", "Délai cumulé (jours)"])? {
        let Some((year, _)) = month(row.cell("Mois de paiement")) else {
            continue;
        };
        add(sums, "invoices", year, &row, "Factures payées");
        add(sums, "days to pay", year, &row, "Délai cumulé (jours)");
    }
    Ok(())
}

fn planning(root: &Path, sums: &mut Sums) -> Result<(), SampleError> {
    let delay = "Délai d'instruction (jours)";
    let table = one(root, "urbanisme/autorisations_", ';', "N° de dossier")?;
    let mut delays = Medians::default();
    for row in table.rows(["Date de décision", delay])? {
        if let Some(year) = year_of_day(row.cell("Date de décision")) {
            delays.add(year, row.number(delay));
        }
    }
    delays.into(sums, "median permit");

    let table = one(root, "habitat/dvf_", ',', "id_mutation")?;
    let mut prices = Medians::default();
    for row in table.rows(["date_mutation", "valeur_fonciere", "nombre_logements"])? {
        let Some(year) = year_of_day(row.cell("date_mutation")) else {
            continue;
        };
        let home = matches!(row.cell("type_local"), "Maison" | "Appartement");
        if !home || row.cell("nature_mutation") != "Vente" || row.cell("nombre_logements") != "1" {
            continue;
        }
        let price = row.number("valeur_fonciere");
        let area = row.number("surface_reelle_bati");
        prices.add(year, price.zip(area).map(|(price, area)| price / area));
    }
    prices.into(sums, "median price");
    Ok(())
}

fn street(root: &Path, sums: &mut Sums) -> Result<(), SampleError> {
    let table = one(root, "mobilites/velos_parc_", ';', "Mois")?;
    for row in table.rows(["Vélos-jours"])? {
        if let Some((year, _)) = month(row.cell("Mois")) {
            add(sums, "bike days", year, &row, "Vélos-jours");
        }
    }
    let table = one(root, "mobilites/parkings_", ';', "Mois")?;
    for row in table.rows(["Durée relevée (h)", "Places", "Places occupées (moyenne)"])? {
        let hours = row.number("Durée relevée (h)");
        let (Some((year, _)), Some(hours)) = (month(row.cell("Mois")), hours) else {
            continue;
        };
        if let Some(places) = row.number("Places") {
            sums.add("place hours", year, places * hours);
        }
        if let Some(taken) = row.number("Places occupées (moyenne)") {
            sums.add("taken place hours", year, taken * hours);
        }
    }
    let table = one(root, "mobilites/irve_", ',', "id_pdc_itinerance")?;
    for row in table.rows(["etat_pdc", "horodatage"])? {
        let day = row.cell("horodatage").split('T').next();
        if let Some(year) = day.and_then(year_of_day) {
            let serves = row.cell("etat_pdc") == "en_service";
            sums.add("points", year, 1.0);
            sums.add("points in service", year, f64::from(u8::from(serves)));
        }
    }
    Ok(())
}

fn waste_and_parks(root: &Path, sums: &mut Sums) -> Result<(), SampleError> {
    let table = workbook(&found(root, "environnement/centre_de_tri")?, 2, 1)?;
    for row in table.rows(["Tonnage entrant (t)", "Refus (t)"])? {
        if let Some((year, _)) = month(row.cell("Mois")) {
            add(sums, "sorted", year, &row, "Tonnage entrant (t)");
            add(sums, "refused", year, &row, "Refus (t)");
        }
    }
    let table = one(root, "environnement/espaces_verts_", ';', "Année")?;
    for row in table.rows(["Quartier", "Surface (m²)"])? {
        if let Some(year) = digits(row.cell("Année"))
            && is_district(row.cell("Quartier"))
        {
            add(sums, "green spaces", year, &row, "Surface (m²)");
        }
    }
    Ok(())
}

fn energy(root: &Path, sums: &mut Sums) -> Result<(), SampleError> {
    let table = one(root, "patrimoine/eclairage_", ';', "Mois de facturation")?;
    for row in table.rows(["Consommation (kWh)"])? {
        if let Some((year, _)) = month(row.cell("Mois de facturation")) {
            add(sums, "lighting", year, &row, "Consommation (kWh)");
        }
    }
    let table = one(root, "patrimoine/energie_", ';', "Mois")?;
    for row in table.rows(["Énergie", "Consommation (kWh)"])? {
        let use_of = match row.cell("Énergie") {
            "Électricité" => "power",
            _ => "heating",
        };
        if let Some((year, _)) = month(row.cell("Mois")) {
            add(sums, use_of, year, &row, "Consommation (kWh)");
        }
    }
    let table = workbook(&found(root, "patrimoine/surfaces_")?, 2, 1)?;
    for row in table.rows(["Année", "Surface de plancher (m²)"])? {
        if let Some(year) = digits(row.cell("Année")) {
            add(sums, "floor", year, &row, "Surface de plancher (m²)");
        }
    }
    let table = one(root, "climat/degres_", ',', "annee")?;
    for row in table.rows(["dju_18", "dju_18_normale"])? {
        if let Some(year) = digits(row.cell("annee")) {
            add(sums, "degree days", year, &row, "dju_18");
            add(sums, "usual degree days", year, &row, "dju_18_normale");
        }
    }
    Ok(())
}

/// Days on which one pollutant at least was above 50 µg/m³.
fn air(root: &Path, sums: &mut Sums) -> Result<(), SampleError> {
    let table = one(root, "environnement/station_air_", ';', "jour")?;
    let mut polluted = BTreeSet::new();
    for row in table.rows(["polluant", "moyenne_ug_m3"])? {
        let day = row.cell("jour");
        let Some(year) = year_of_day(day) else {
            continue;
        };
        sums.add("polluted days", year, 0.0);
        if row.number("moyenne_ug_m3").is_some_and(|mean| mean > 50.0) {
            polluted.insert((year, day.to_owned()));
        }
    }
    for (year, _) in polluted {
        sums.add("polluted days", year, 1.0);
    }
    Ok(())
}

fn families(root: &Path, sums: &mut Sums) -> Result<(), SampleError> {
    let table = one(root, "education/repas_", ';', "Mois")?;
    for row in table.rows(["Élèves scolarisés", "Jours de service", "Repas servis"])? {
        let Some(month) = month(row.cell("Mois")) else {
            continue;
        };
        let year = school_year(month);
        let pupils = row.number("Élèves scolarisés");
        if let Some((pupils, days)) = pupils.zip(row.number("Jours de service")) {
            sums.add("meals at most", year, pupils * days);
        }
        add(sums, "meals", year, &row, "Repas servis");
    }
    let places = [
        "Places en crèche",
        "Places chez les assistantes maternelles",
    ];
    let table = one(root, "solidarites/accueil_", ';', "Année")?;
    for row in table.rows(places)? {
        if let Some(year) = digits(row.cell("Année")) {
            for places in places {
                add(sums, "places", year, &row, places);
            }
            add(
                sums,
                "small children",
                year,
                &row,
                "Enfants de moins de 3 ans",
            );
        }
    }
    let table = one(root, "culture/emprunteurs_", ';', "Année")?;
    for row in table.rows(["Emprunteurs actifs"])? {
        if let Some(year) = digits(row.cell("Année")) {
            add(sums, "borrowers", year, &row, "Emprunteurs actifs");
        }
    }
    Ok(())
}

fn offences(root: &Path, sums: &mut Sums) -> Result<(), SampleError> {
    let table = one(root, "police/faits_", ';', "CODGEO_2025")?;
    for row in table.rows(["annee", "nombre"])? {
        if let Some(year) = digits(row.cell("annee")) {
            add(sums, "offences", year, &row, "nombre");
        }
    }
    Ok(())
}
