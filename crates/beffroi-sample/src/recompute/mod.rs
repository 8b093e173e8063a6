//! The figures of the sample town computed again from its raw files by plain loops, another way
//! than the program's: what its answers are held against.

mod budget;
mod direct;
mod read;
mod services;

use crate::{SampleError, town::years};
use std::{collections::BTreeMap, path::Path};

/// Values by year (or by the year in which a school year starts), 2019 to 2025, in the unit of the
/// indicator; `None` where there is none.
pub type Series = BTreeMap<i32, Option<f64>>;

/// Every indicator of the sample town for the whole town, by its id. Live indicators, which have
/// no yearly value, are not among them.
///
/// Rows that do not fit are left out by plain rules: a date that does not exist, a district that
/// is not one of the twelve, a word where a number should be. A cell without value counts for
/// nothing. The year of a head count
/// is the mean of its months.
///
/// # Errors
/// When a file is missing or does not have its columns.
pub fn recompute(sample_data: &Path) -> Result<BTreeMap<String, Series>, SampleError> {
    let mut sums = Sums::default();
    budget::read(sample_data, &mut sums)?;
    direct::read(sample_data, &mut sums)?;
    services::read(sample_data, &mut sums)?;
    let mut out = BTreeMap::new();
    for (id, formula) in INDICATORS {
        let series = years().map(|year| (year, formula(&sums, year))).collect();
        out.insert((*id).to_owned(), series);
    }
    Ok(out)
}

/// Sums by name and year.
#[derive(Default)]
struct Sums(BTreeMap<(&'static str, i32), f64>);

impl Sums {
    fn add(&mut self, name: &'static str, year: i32, value: f64) {
        *self.0.entry((name, year)).or_insert(0.0) += value;
    }

    /// The sum; nothing when nothing was added.
    fn get(&self, name: &'static str, year: i32) -> Option<f64> {
        self.0.get(&(name, year)).copied()
    }

    fn ratio(&self, above: &'static str, below: &'static str, year: i32) -> Option<f64> {
        let ratio = self.get(above, year)? / self.get(below, year)?;
        ratio.is_finite().then_some(ratio)
    }

    fn savings(&self, year: i32) -> Option<f64> {
        Some(self.get("revenue", year)? - self.get("spending", year)?)
    }
}

/// Values by year, for their medians.
#[derive(Default)]
struct Medians(BTreeMap<i32, Vec<f64>>);

impl Medians {
    /// Keeps a value, when there is one.
    fn add(&mut self, year: i32, value: Option<f64>) {
        self.0.entry(year).or_default().extend(value);
    }

    /// Gives the median of each year under a name.
    fn into(self, sums: &mut Sums, name: &'static str) {
        for (year, mut values) in self.0 {
            values.sort_by(f64::total_cmp);
            let middle = values.len() / 2;
            if let (Some(low), Some(high)) = (
                values.get(values.len().saturating_sub(1) / 2),
                values.get(middle),
            ) {
                sums.add(name, year, f64::midpoint(*low, *high));
            }
        }
    }
}

/// How an indicator is made of sums.
type Formula = fn(&Sums, i32) -> Option<f64>;

const INDICATORS: &[(&str, Formula)] = &[
    ("absences_taux", |s, y| {
        Some(100.0 * s.ratio("absent", "calendar days", y)?)
    }),
    ("accidents", |s, y| s.get("accidents", y)),
    ("affichage_libre_surface", |s, y| s.get("posting", y)),
    ("agents_effectif", |s, y| {
        s.ratio("staff by month", "staff months", y)
    }),
    ("air_depassements", |s, y| s.get("polluted days", y)),
    ("air_ecoles_no2", |s, y| s.ratio("no2", "no2 readings", y)),
    ("arbres_plantes", |s, y| s.get("trees", y)),
    ("autofinancement_marge", |s, y| {
        Some(100.0 * (s.get("spending", y)? + s.get("repaid", y)?) / s.get("revenue", y)?)
    }),
    ("batiments_chauffage", |s, y| s.get("heating", y)),
    ("batiments_electricite", |s, y| s.get("power", y)),
    ("batiments_surface", |s, y| s.get("floor", y)),
    ("bus_ponctualite", |s, y| {
        Some(100.0 * s.ratio("on time", "checked", y)?)
    }),
    ("cantine_bio_taux", |s, y| {
        Some(100.0 * s.ratio("organic", "food", y)?)
    }),
    ("cantine_frequentation", |s, y| {
        Some(100.0 * s.ratio("meals", "meals at most", y)?)
    }),
    ("capital_rembourse", |s, y| s.get("repaid", y)),
    ("climat_rigueur", |s, y| {
        s.ratio("usual degree days", "degree days", y)
    }),
    ("cours_vegetalisees", |s, y| s.get("green yards", y)),
    ("cyclables_km", |s, y| s.get("lanes", y)),
    ("cyclables_pour_1000", |s, y| {
        Some(1000.0 * s.ratio("lanes", "people", y)?)
    }),
    ("dechets_hab", |s, y| {
        Some(1000.0 * s.ratio("waste", "people", y)?)
    }),
    ("dechets_tonnes", |s, y| s.get("waste", y)),
    ("deliberations_nombre", |s, y| s.get("deliberations", y)),
    ("deliberations_publication", |s, y| {
        s.get("median publication", y)
    }),
    ("deliberations_unanimite", |s, y| {
        Some(100.0 * s.ratio("unopposed", "deliberations", y)?)
    }),
    ("demandes_delai_taux", |s, y| {
        Some(100.0 * s.ratio("closed", "requests", y)?)
    }),
    ("demandes_recues", |s, y| s.get("requests", y)),
    ("depenses_fonctionnement", |s, y| s.get("spending", y)),
    ("depenses_fonctionnement_hab", |s, y| {
        s.ratio("spending", "people in all", y)
    }),
    ("depenses_realisees", |s, y| s.get("all spending", y)),
    ("desendettement_ans", |s, y| {
        let savings = s.savings(y).filter(|savings| *savings > 0.0)?;
        Some(s.get("debt", y)? / savings)
    }),
    ("dette_encours", |s, y| s.get("debt", y)),
    ("dette_hab", |s, y| s.ratio("debt", "people in all", y)),
    ("eclairage_consommation", |s, y| s.get("lighting", y)),
    ("eclairage_hab", |s, y| s.ratio("lighting", "people", y)),
    ("eleves", |s, y| s.get("pupils", y)),
    ("eleves_par_classe", |s, y| s.ratio("pupils", "classes", y)),
    ("emissions_hab", |s, y| s.ratio("emissions", "people", y)),
    ("emissions_total", |s, y| s.get("emissions", y)),
    ("emprunteurs_actifs", |s, y| s.get("borrowers", y)),
    ("emprunteurs_taux", |s, y| {
        Some(100.0 * s.ratio("borrowers", "people", y)?)
    }),
    ("endettement_taux", |s, y| {
        Some(100.0 * s.ratio("debt", "revenue", y)?)
    }),
    ("energie_batiments", |s, y| {
        Some(s.get("energy", y)? / 1_000_000.0)
    }),
    ("energie_m2", |s, y| {
        let winter = s.ratio("usual degree days", "degree days", y)?;
        Some((s.get("heating", y)? * winter + s.get("power", y)?) / s.get("floor", y)?)
    }),
    ("epargne_brute", |s, y| s.savings(y)),
    ("epargne_brute_taux", |s, y| {
        Some(100.0 * s.savings(y)? / s.get("revenue", y)?)
    }),
    ("epargne_nette", |s, y| {
        Some(s.savings(y)? - s.get("repaid", y)?)
    }),
    ("equipement_depenses", |s, y| s.get("equipment", y)),
    ("equipement_hab", |s, y| {
        s.ratio("equipment", "people in all", y)
    }),
    ("espaces_verts_hab", |s, y| s.ratio("green", "people", y)),
    ("espaces_verts_investissement", |s, y| s.get("green", y)),
    ("espaces_verts_surface", |s, y| s.get("green spaces", y)),
    ("espaces_verts_surface_hab", |s, y| {
        s.ratio("green spaces", "people", y)
    }),
    ("etat_civil_delai", |s, y| s.get("median wait", y)),
    ("faits_constates", |s, y| s.get("offences", y)),
    ("faits_pour_1000", |s, y| {
        Some(1000.0 * s.ratio("offences", "people", y)?)
    }),
    ("fonctionnement_execution", |s, y| {
        Some(100.0 * s.ratio("running", "running opened", y)?)
    }),
    ("investissement_execution", |s, y| {
        Some(100.0 * s.ratio("investment", "investment opened", y)?)
    }),
    ("irve_disponibles", |s, y| {
        Some(100.0 * s.ratio("points in service", "points", y)?)
    }),
    ("logement_social_taux", |s, y| {
        Some(100.0 * s.ratio("social homes", "main homes", y)?)
    }),
    ("logements_prix_m2", |s, y| s.get("median price", y)),
    ("logements_renoves", |s, y| s.get("renovations", y)),
    ("ordures_hab", |s, y| {
        Some(1000.0 * s.ratio("residual waste", "people", y)?)
    }),
    ("ordures_tonnes", |s, y| s.get("residual waste", y)),
    ("paiement_delai", |s, y| {
        s.ratio("days to pay", "invoices", y)
    }),
    ("permis_delai", |s, y| s.get("median permit", y)),
    ("personnel_part", |s, y| {
        Some(100.0 * s.ratio("staff", "spending", y)?)
    }),
    ("petite_enfance_couverture", |s, y| {
        Some(100.0 * s.ratio("places", "small children", y)?)
    }),
    ("population", |s, y| s.get("people", y)),
    ("population_totale", |s, y| s.get("people in all", y)),
    ("recettes_fonctionnement", |s, y| s.get("revenue", y)),
    ("recettes_realisees", |s, y| s.get("all revenue", y)),
    ("recyclage_taux", |s, y| {
        Some(100.0 * s.ratio("recycled", "waste", y)?)
    }),
    ("renovation_aide", |s, y| s.get("grants", y)),
    ("seances_participation", |s, y| {
        Some(100.0 * s.ratio("votes", "seats", y)?)
    }),
    ("solaire_production", |s, y| {
        Some(s.get("solar", y)? / 1000.0)
    }),
    ("stationnement_occupation", |s, y| {
        Some(100.0 * s.ratio("taken place hours", "place hours", y)?)
    }),
    ("tarif_solidaire", |s, y| s.get("reduced fares", y)),
    ("tri_refus_taux", |s, y| {
        Some(100.0 * s.ratio("refused", "sorted", y)?)
    }),
    ("vacance_2ans_taux", |s, y| {
        Some(100.0 * s.ratio("vacant two years", "private", y)?)
    }),
    ("vacance_taux", |s, y| {
        Some(100.0 * s.ratio("vacant", "dwellings", y)?)
    }),
    ("velos_jours", |s, y| s.get("bike days", y)),
    ("velos_locations", |s, y| s.get("rentals", y)),
    ("velos_locations_hab", |s, y| {
        s.ratio("rentals", "people", y)
    }),
    ("velos_passages", |s, y| s.get("passages", y)),
    ("velos_passages_jour", |s, y| {
        s.ratio("passages", "days counted", y)
    }),
    ("velos_rotation", |s, y| s.ratio("rentals", "bike days", y)),
    ("villes_dette_hab", |s, y| {
        s.ratio("towns debt", "towns people in all", y)
    }),
    ("villes_ordures_hab", |s, y| {
        Some(1000.0 * s.ratio("towns waste", "towns people", y)?)
    }),
    ("villes_velos_hab", |s, y| {
        s.ratio("towns rentals", "towns people answering", y)
    }),
];
