//! The functions and accounts of the budget, in the M14 chart of accounts and in the M57 one, with
//! how much of the budget each takes.

/// A function of the budget: code and label in M14 and in M57, public policy, weights of staff,
/// of purchases and of equipment.
pub(crate) struct Domain {
    pub(crate) m14: &'static str,
    pub(crate) m57: &'static str,
    pub(crate) label: &'static str,
    pub(crate) policy: &'static str,
    pub(crate) weights: [f64; 3],
}

const fn domain(
    m14: &'static str,
    m57: &'static str,
    label: &'static str,
    policy: &'static str,
    weights: [f64; 3],
) -> Domain {
    Domain {
        m14,
        m57,
        label,
        policy,
        weights,
    }
}

const ENFANCE: &str = "Écoles et petite enfance";
const CULTURE: &str = "Culture et sport";
const VOIRIE: &str = "Voirie et mobilités";
const GENERAL: &str = "Services généraux";
const ENVIRONNEMENT: &str = "Propreté et environnement";
const SOLIDARITES: &str = "Solidarités et logement";
const TRANQUILLITE: &str = "Tranquillité publique";
const FINANCIER: &str = "Dette, impôts et dotations";

/// Not to be shared among functions.
pub(crate) const UNSHARED: Domain = domain(
    "01",
    "01",
    "Opérations non ventilables",
    FINANCIER,
    [0.0, 0.0, 0.0],
);

/// The place of green spaces in [`DOMAINS`].
pub(crate) const GREEN_SPACES: usize = 14;

pub(crate) const DOMAINS: [Domain; 15] = [
    domain(
        "020",
        "020",
        "Administration générale de la collectivité",
        GENERAL,
        [19.0, 14.0, 8.0],
    ),
    domain(
        "112",
        "11",
        "Police, sécurité, justice",
        TRANQUILLITE,
        [6.0, 3.0, 3.0],
    ),
    domain("211", "211", "Écoles maternelles", ENFANCE, [9.0, 6.0, 8.0]),
    domain("212", "212", "Écoles primaires", ENFANCE, [8.0, 9.0, 14.0]),
    domain(
        "251",
        "281",
        "Hébergement et restauration scolaires",
        ENFANCE,
        [5.0, 8.0, 3.0],
    ),
    domain(
        "64",
        "4221",
        "Crèches et garderies",
        ENFANCE,
        [9.0, 4.0, 4.0],
    ),
    domain(
        "321",
        "313",
        "Bibliothèques, médiathèques",
        CULTURE,
        [5.0, 5.0, 4.0],
    ),
    domain(
        "411",
        "321",
        "Salles de sport, gymnases",
        CULTURE,
        [5.0, 6.0, 9.0],
    ),
    domain("413", "323", "Piscines", CULTURE, [4.0, 5.0, 5.0]),
    domain(
        "61",
        "4238",
        "Actions en faveur des personnes âgées",
        SOLIDARITES,
        [6.0, 4.0, 2.0],
    ),
    domain(
        "71",
        "551",
        "Parc privé de la collectivité",
        SOLIDARITES,
        [1.0, 3.0, 7.0],
    ),
    domain("814", "512", "Éclairage public", VOIRIE, [1.0, 6.0, 6.0]),
    domain("822", "845", "Voirie communale", VOIRIE, [7.0, 13.0, 27.0]),
    domain(
        "813",
        "7222",
        "Propreté urbaine et nettoiement",
        ENVIRONNEMENT,
        [8.0, 9.0, 3.0],
    ),
    domain(
        "823",
        "511",
        "Espaces verts urbains",
        ENVIRONNEMENT,
        [7.0, 5.0, 0.0],
    ),
];

/// Accounts: M14 code, M57 code, label, weight.
pub(crate) type Account = (&'static str, &'static str, &'static str, f64);

pub(crate) const STAFF_ACCOUNTS: [Account; 7] = [
    (
        "6217",
        "6217",
        "Personnel affecté par la commune membre du GFP",
        1.0,
    ),
    ("6331", "6331", "Versement mobilité", 1.6),
    (
        "6336",
        "6336",
        "Cotisations CNFPT et centre de gestion",
        1.2,
    ),
    (
        "64111",
        "64111",
        "Rémunération principale des titulaires",
        46.0,
    ),
    ("64131", "64131", "Rémunérations des non titulaires", 18.0),
    ("6451", "6451", "Cotisations à l'URSSAF", 15.0),
    ("6453", "6453", "Cotisations aux caisses de retraite", 14.0),
];

pub(crate) const PURCHASE_ACCOUNTS: [Account; 8] = [
    ("60611", "60611", "Eau et assainissement", 4.0),
    ("60612", "60612", "Énergie - Électricité", 17.0),
    ("60632", "60632", "Fournitures de petit équipement", 8.0),
    ("611", "611", "Contrats de prestations de services", 26.0),
    ("6135", "61358", "Locations mobilières", 5.0),
    ("615221", "615221", "Entretien de bâtiments publics", 12.0),
    ("6188", "6188", "Autres frais divers", 6.0),
    ("6574", "65748", "Subventions aux associations", 16.0),
];

pub(crate) const UNSHARED_SPENDING: [Account; 3] = [
    (
        "657362",
        "657362",
        "Subvention de fonctionnement au CCAS",
        58.0,
    ),
    ("66111", "66111", "Intérêts réglés à l'échéance", 34.0),
    (
        "739115",
        "739115",
        "Prélèvement au titre de l'article 55 de la loi SRU",
        8.0,
    ),
];

pub(crate) const REVENUE_ACCOUNTS: [Account; 10] = [
    ("73111", "73111", "Impôts directs locaux", 51.0),
    (
        "7381",
        "73123",
        "Taxe additionnelle aux droits de mutation",
        6.0,
    ),
    (
        "7351",
        "73141",
        "Taxe sur la consommation finale d'électricité",
        3.0,
    ),
    ("7411", "74111", "Dotation forfaitaire", 14.0),
    ("74123", "741123", "Dotation de solidarité urbaine", 6.0),
    ("7478", "747818", "Participations de la CAF", 5.0),
    ("7067", "7067", "Redevances des services périscolaires", 6.0),
    ("70631", "70631", "Redevances à caractère sportif", 2.0),
    ("752", "752", "Revenus des immeubles", 3.0),
    ("7382", "7352", "Fraction compensatoire de TVA", 4.0),
];

pub(crate) const EQUIPMENT_ACCOUNTS: [Account; 5] = [
    ("2031", "2031", "Frais d'études", 4.0),
    ("2152", "2152", "Installations de voirie", 18.0),
    ("21318", "21318", "Autres bâtiments publics", 20.0),
    ("2188", "2188", "Autres immobilisations corporelles", 9.0),
    ("2313", "2313", "Constructions en cours", 49.0),
];

pub(crate) const GREEN_ACCOUNTS: [Account; 3] = [
    ("2121", "2121", "Plantations d'arbres et d'arbustes", 34.0),
    (
        "2128",
        "2128",
        "Autres agencements et aménagements de terrains",
        25.0,
    ),
    (
        "2312",
        "2312",
        "Agencements et aménagements de terrains en cours",
        41.0,
    ),
];
