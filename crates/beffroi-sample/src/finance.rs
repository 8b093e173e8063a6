//! Finance: the budget as voted and carried out, line by line, and the loans.
//!
//! The department changed its chart of accounts (M14, then M57), its export and its encoding over
//! the years: function `321` was libraries, it is now sports halls.

use crate::{
    accounts::{
        Account, DOMAINS, Domain, EQUIPMENT_ACCOUNTS, GREEN_ACCOUNTS, GREEN_SPACES,
        PURCHASE_ACCOUNTS, REVENUE_ACCOUNTS, STAFF_ACCOUNTS, UNSHARED, UNSHARED_SPENDING,
    },
    output::{Delimited, Encoding, Folder, SampleError, fixed, header_format, write_titles},
    random::{Random, apportion},
    town::{FIRST_YEAR, LAST_YEAR, RUNNING_YEAR, nth, total_population, years},
};

/// Files of the finance department.
pub(crate) fn write(folder: &Folder<'_>) -> Result<(), SampleError> {
    for year in FIRST_YEAR..=RUNNING_YEAR {
        budget(folder, year)?;
    }
    debt(folder)
}

/// Year in which the M57 chart of accounts was taken up.
const M57: i32 = 2023;

/// Current revenue, in euros.
const REVENUE: [i64; 7] = [
    66_204_318, 65_911_702, 68_037_455, 70_322_180, 72_114_906, 73_498_211, 74_603_927,
];
/// Gross savings rate, in thousandths.
const SAVINGS: [i64; 7] = [91, 78, 97, 101, 96, 106, 114];
/// Staff share of current spending, in thousandths.
const STAFF: [i64; 7] = [571, 578, 575, 572, 579, 581, 582];
/// Equipment spending per inhabitant, in euros.
const EQUIPMENT: [i64; 7] = [382, 298, 365, 402, 418, 431, 444];
/// Debt on 31 December, in euros, from the year before the first.
const DEBT: [i64; 8] = [
    50_900_000, 50_612_000, 51_834_000, 53_402_000, 54_310_000, 53_872_000, 53_014_000, 52_423_000,
];
/// Capital paid back in the year, in euros.
const REPAID: [i64; 7] = [
    5_702_300, 5_655_100, 5_810_400, 5_921_700, 6_040_200, 6_118_900, 6_204_600,
];
/// Investment in green spaces, in euros.
const GREEN: [i64; 7] = [
    612_000, 431_000, 798_000, 1_006_000, 1_184_000, 1_297_000, 1_423_000,
];

/// A budget line before it is written; amounts in cents.
struct Line {
    nature: &'static str,
    label: &'static str,
    function: &'static str,
    function_label: &'static str,
    policy: &'static str,
    investment: bool,
    spending: bool,
    order: bool,
    done: i64,
    opened: i64,
}

/// Collects the lines of a year.
struct Year {
    year: i32,
    random: Random,
    lines: Vec<Line>,
}

impl Year {
    /// Shares an amount (in cents) among accounts and functions.
    fn share(
        &mut self,
        (investment, spending, order): (bool, bool, bool),
        total: i64,
        accounts: &[Account],
        domains: &[(&Domain, f64)],
    ) {
        let mut cells = Vec::new();
        let mut weights = Vec::new();
        for (domain, part) in domains {
            for account in accounts {
                if *part > 0.0 {
                    cells.push((*domain, account));
                    weights.push(part * account.3 * self.random.about(0.25));
                }
            }
        }
        for ((domain, account), done) in cells.into_iter().zip(apportion(total, &weights)) {
            let used = if investment && spending && !order {
                0.72
            } else {
                0.97
            };
            let opened =
                (done as f64 / (used * self.random.about(0.02))) as i64 / 100_000 * 100_000;
            let m57 = self.year >= M57;
            self.lines.push(Line {
                nature: if m57 { account.1 } else { account.0 },
                label: account.2,
                function: if m57 { domain.m57 } else { domain.m14 },
                function_label: domain.label,
                policy: domain.policy,
                investment,
                spending,
                order,
                done,
                opened: opened.max(done),
            });
        }
    }
}

/// The lines of a year, carried out to the cent; those of the running year are a forecast.
fn lines(year: i32) -> Vec<Line> {
    let known = year.min(LAST_YEAR);
    let at = nth(known);
    let growth = if year > LAST_YEAR { 102 } else { 100 };
    let mut of = Year {
        year,
        random: Random::new(&format!("budget{year}")),
        lines: Vec::new(),
    };

    let revenue = REVENUE[at] * growth;
    let savings = revenue * SAVINGS[at] / 1000;
    let spending = revenue - savings;
    let staff = spending * STAFF[at] / 1000;
    let unshared = spending * 6 / 100;
    let equipment = EQUIPMENT[at] * total_population(year) * 100;
    let green = GREEN[at] * growth;
    let repaid = REPAID[at] * growth;
    let borrowed = (DEBT[at + 1] - DEBT[at] + REPAID[at]) * growth;
    let depreciation = revenue * 5 / 100;

    let all = |weight: usize| -> Vec<(&Domain, f64)> {
        DOMAINS
            .iter()
            .map(|domain| (domain, domain.weights[weight]))
            .collect()
    };
    let unshared_domain = [(&UNSHARED, 1.0)];
    of.share((false, true, false), staff, &STAFF_ACCOUNTS, &all(0));
    of.share(
        (false, true, false),
        spending - staff - unshared,
        &PURCHASE_ACCOUNTS,
        &all(1),
    );
    of.share(
        (false, true, false),
        unshared,
        &UNSHARED_SPENDING,
        &unshared_domain,
    );
    let amortisation = [("6811", "6811", "Dotations aux amortissements", 1.0)];
    of.share(
        (false, true, true),
        depreciation,
        &amortisation,
        &unshared_domain,
    );

    of.share(
        (false, false, false),
        revenue * 84 / 100,
        &REVENUE_ACCOUNTS[..5],
        &unshared_domain,
    );
    let fees = [
        (&DOMAINS[4], 4.0),
        (&DOMAINS[5], 3.0),
        (&DOMAINS[8], 2.0),
        (&DOMAINS[10], 3.0),
    ];
    of.share(
        (false, false, false),
        revenue - revenue * 84 / 100,
        &REVENUE_ACCOUNTS[5..],
        &fees,
    );

    of.share(
        (true, true, false),
        green,
        &GREEN_ACCOUNTS,
        &[(&DOMAINS[GREEN_SPACES], 1.0)],
    );
    of.share(
        (true, true, false),
        equipment - green,
        &EQUIPMENT_ACCOUNTS,
        &all(2),
    );
    let subsidies = [("20422", "20422", "Subventions d'équipement au privé", 1.0)];
    of.share(
        (true, true, false),
        equipment / 25,
        &subsidies,
        &[(&DOMAINS[10], 1.0)],
    );
    let loan = [("1641", "1641", "Emprunts en euros", 1.0)];
    of.share((true, true, false), repaid, &loan, &unshared_domain);

    of.share((true, false, false), borrowed, &loan, &unshared_domain);
    let own = [
        ("10222", "10222", "FCTVA", 24.0),
        (
            "1068",
            "1068",
            "Excédents de fonctionnement capitalisés",
            22.0,
        ),
        (
            "1321",
            "1321",
            "Subventions de l'État et des établissements nationaux",
            54.0,
        ),
    ];
    of.share(
        (true, false, false),
        equipment + equipment / 25 + repaid - borrowed - savings * 9 / 10,
        &own,
        &unshared_domain,
    );
    let depreciated = [("28188", "28188", "Amortissements des immobilisations", 1.0)];
    of.share(
        (true, false, true),
        depreciation,
        &depreciated,
        &unshared_domain,
    );
    of.lines
}

const SIRET: &str = "21991480100010";

/// The standard columns, with the town's own policy added.
const STANDARD_HEADER: [&str; 15] = [
    "BGT_NATDEC",
    "BGT_ANNEE",
    "BGT_SIRET",
    "BGT_NOM",
    "BGT_CONTNAT",
    "BGT_NATURE",
    "BGT_NATURE_LABEL",
    "BGT_FONCTION",
    "BGT_FONCTION_LABEL",
    "BGT_SECTION",
    "BGT_OPBUDG",
    "BGT_CODRD",
    "BGT_CREDOUV",
    "BGT_MTREAL",
    "POLITIQUE_PUBLIQUE",
];

/// One file a year, in the shape of its time.
fn budget(folder: &Folder<'_>, year: i32) -> Result<(), SampleError> {
    match year {
        ..2021 => old_budget(folder, year),
        2021..M57 => standard_budget(folder, year, Encoding::Windows1252, ';', ","),
        _ => standard_budget(folder, year, Encoding::Utf8, ',', "."),
    }
}

/// Before 2021: the software's own export, amounts with spaces and comma.
fn old_budget(folder: &Folder<'_>, year: i32) -> Result<(), SampleError> {
    let mut text = Delimited::new(Encoding::Windows1252, ';');
    text.line(&format!(
        "Ville de Clairval-sur-Aure – exécution budgétaire {year}"
    ));
    text.line("Édition du logiciel comptable");
    text.line("");
    text.line(
        "Exercice;Document;Section;Sens;Mouvement;Nature;Libellé nature;Fonction;Libellé fonction;\
         Politique publique;Crédits ouverts;Réalisé",
    );
    let mut total = 0;
    for line in lines(year) {
        total += line.done;
        text.row([
            year.to_string().as_str(),
            "compte administratif",
            if line.investment { "I" } else { "F" },
            if line.spending { "D" } else { "R" },
            if line.order { "Ordre" } else { "Réel" },
            line.nature,
            &format!(" {}", line.label),
            line.function,
            line.function_label,
            line.policy,
            &fixed(line.opened, 2, ",", " "),
            &fixed(line.done, 2, ",", " "),
        ]);
    }
    if year == 2020 {
        text.line(
            "2020;compte administratif;F;D;Réel;6188;Autres frais divers;020;Administration \
             générale de la collectivité;Services généraux;1 200,00;à régulariser",
        );
    }
    text.row([
        "Total",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        &fixed(total, 2, ",", " "),
    ]);
    folder.write_text(
        &format!("finances/budget_{year}_{}0602.csv", year + 1),
        text,
    )
}

/// From 2021: the standard columns; the encoding changed with the chart of accounts.
fn standard_budget(
    folder: &Folder<'_>,
    year: i32,
    encoding: Encoding,
    delimiter: char,
    mark: &str,
) -> Result<(), SampleError> {
    let mut text = Delimited::new(encoding, delimiter);
    text.row(STANDARD_HEADER);
    let document = match year {
        RUNNING_YEAR => "budget primitif",
        LAST_YEAR => "compte financier unique",
        _ => "compte administratif",
    };
    for line in lines(year) {
        let running = year == RUNNING_YEAR;
        let done = if running {
            String::new()
        } else {
            fixed(line.done, 2, mark, "")
        };
        text.row([
            document,
            &year.to_string(),
            SIRET,
            "Ville de Clairval-sur-Aure",
            chapter(line.nature),
            line.nature,
            line.label,
            line.function,
            line.function_label,
            if line.investment {
                "investissement"
            } else {
                "fonctionnement"
            },
            if line.order { "ordre" } else { "réel" },
            if line.spending { "dépense" } else { "recette" },
            &fixed(line.opened, 2, mark, ""),
            &done,
            line.policy,
        ]);
    }
    let delivered = match year {
        RUNNING_YEAR => "20260402".to_owned(),
        LAST_YEAR => "20260528".to_owned(),
        _ => format!("{}0602", year + 1),
    };
    folder.write_text(&format!("finances/budget_{year}_{delivered}.csv"), text)
}

/// The chapter of an account.
fn chapter(nature: &str) -> &'static str {
    match nature.get(..2) {
        Some("62" | "63" | "64") => "012",
        Some("60" | "61") => "011",
        Some("65") => "65",
        Some("66") => "66",
        Some("68") => "042",
        Some("70" | "75") => "70",
        Some("73") if nature.starts_with("739") => "014",
        Some("73") => "73",
        Some("74") => "74",
        Some("10") => "10",
        Some("13") => "13",
        Some("16") => "16",
        Some("20") => "20",
        Some("21") => "21",
        Some("23") => "23",
        _ => "040",
    }
}

/// Lenders and the purposes of loans.
const LENDERS: [&str; 5] = [
    "Banque des Territoires",
    "Caisse régionale",
    "Banque du Val d'Aure",
    "Crédit des communes",
    "Agence régionale",
];

/// The state of the debt: one line a loan and year, in a workbook with a total under each year.
fn debt(folder: &Folder<'_>) -> Result<(), SampleError> {
    folder.write_workbook("finances/etat_de_la_dette_2026-02-10.xlsx", |workbook| {
        let bold = header_format();
        let sheet = workbook.add_worksheet();
        sheet.set_name("Dette")?;
        write_titles(
            sheet,
            &["État de la dette au 31 décembre", "Budget principal", ""],
        )?;
        let header = [
            "Exercice",
            "Contrat",
            "Prêteur",
            "Taux",
            "Capital restant dû au 31/12 (€)",
        ];
        for (column, title) in (0..).zip(header) {
            sheet.write_with_format(3, column, title, &bold)?;
        }
        let mut row = 4;
        let mut random = Random::new("dette");
        let weights: Vec<f64> = (0..24).map(|_| 1.0 + 3.0 * random.unit()).collect();
        for year in years() {
            // A new loan each year, the oldest one paid back.
            let first = nth(year);
            let shares = apportion(DEBT[nth(year) + 1] * 100, &weights[first..first + 18]);
            for (place, share) in shares.iter().enumerate() {
                let number = first + place;
                sheet.write(row, 0, year)?;
                sheet.write(row, 1, format!("{:05}", 412 + 7 * number))?;
                sheet.write(row, 2, LENDERS[number % LENDERS.len()])?;
                sheet.write(
                    row,
                    3,
                    if number.is_multiple_of(3) {
                        "variable"
                    } else {
                        "fixe"
                    },
                )?;
                sheet.write(row, 4, *share as f64 / 100.0)?;
                row += 1;
            }
            sheet.write_with_format(row, 0, format!("Total {year}"), &bold)?;
            sheet.write(row, 4, DEBT[nth(year) + 1])?;
            row += 1;
        }
        Ok(())
    })
}
