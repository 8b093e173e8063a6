//! Every key of every file of declarations. Files are read by these keys only, and the reference
//! page is written from them: what can be declared and what is documented are the same.

use crate::words::{self, Named as _};
use crate::{
    Figure, Frequency, Load, Missing, OverTime, ReportKind, ThresholdLevel, ThresholdSide,
    Visibility,
};
use beffroi_model::Direction;

/// A key of a table.
#[derive(Debug)]
pub struct Key {
    /// Its name in TOML.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether it may be left out.
    pub need: Need,
    /// What it is for, in French.
    pub doc: &'static str,
}

/// What a key holds.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// A text for users, which may have an English one beside it (`"title.en"`).
    Text,
    /// One and many of a noun, each for users, with English beside.
    Noun,
    /// A plain text: a name, a path, a measure.
    Line,
    /// Plain texts.
    Lines,
    /// The id of something declared elsewhere.
    Id,
    /// Ids.
    Ids,
    /// A whole number between two others.
    Integer(i64, i64),
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// A day.
    Date,
    /// A number or a day.
    Amount,
    /// One of these words.
    Word(fn() -> Vec<&'static str>),
    /// A table.
    Table(&'static Shape),
    /// Tables by id (`[columns.mois]`).
    Tables(&'static Shape),
    /// A list of tables (`[[targets]]`).
    List(&'static Shape),
    /// A plain text or a table.
    LineOrTable(&'static Shape),
    /// A number or one of these words.
    NumberOrWord(fn() -> Vec<&'static str>),
    /// Values by the id of what has them (`{ dette = 12.5 }`).
    Values,
    /// Lists of texts by the id of what has them (`{ quartier = ["gare"] }`).
    Choices,
    /// Rows: a list of values by column.
    Rows,
}

/// Whether a key may be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// It may not.
    Required,
    /// It may.
    Optional,
    /// It then is worth this, said in French.
    Default(&'static str),
}

/// A table of a file, with its keys.
#[derive(Debug)]
pub struct Shape {
    /// The file, as the reference names it.
    pub file: &'static str,
    /// The table in the file; empty for the file itself.
    pub path: &'static str,
    /// What it declares, in French.
    pub doc: &'static str,
    /// Its keys.
    pub keys: &'static [&'static Key],
}

macro_rules! shapes {
    ($($shape:ident $constant:ident: $file:literal $path:literal $doc:literal {
        $($name:ident = $key:literal, $kind:expr, $need:expr, $text:literal;)+
    })+) => {
        $(
            pub(crate) mod $shape {
                use super::*;
                $(pub(crate) static $name: Key =
                    Key { name: $key, kind: $kind, need: $need, doc: $text };)+
            }
            pub(crate) static $constant: Shape =
                Shape { file: $file, path: $path, doc: $doc, keys: &[$(&$shape::$name),+] };
        )+

        /// Every table of every file, in the order of the reference.
        pub(crate) static SHAPES: &[&Shape] = &[$(&$constant),+];
    };
}

use Kind::{
    Amount, Boolean, Choices, Date, Id, Ids, Integer, Line, LineOrTable, Lines, List, Noun, Number,
    NumberOrWord, Rows, Table, Tables, Text, Values, Word,
};
use Need::{Default, Optional, Required};

shapes! {
    town TOWN: "town.toml" "" "La ville, ses directions, ses dimensions partagées et sa page d'accueil." {
        NAME = "name", Line, Required, "Nom de la ville.";
        INSEE = "insee", Line, Required, "Code INSEE, cinq caractères entre guillemets (`\"2A004\"`).";
        SAMPLE = "sample", Boolean, Default("false"), "Ville d'exemple : les pages le disent.";
        AS_OF = "as_of", Date, Default("aujourd'hui"), "Jour auquel la ville est regardée, quand ses données ne bougent plus.";
        MANDATE = "mandate", Table(&super::MANDATE), Required, "Le mandat en cours.";
        DEPARTMENTS = "departments", Tables(&super::DEPARTMENT), Required, "Les directions qui répondent des données et des indicateurs.";
        POPULATION = "population", Table(&super::POPULATION), Optional, "D'où vient la population.";
        PRICES = "prices", Table(&super::PRICES), Optional, "L'indice de prix des euros constants.";
        DIMENSIONS = "dimensions", Tables(&super::DIMENSION), Optional, "Les axes communs à plusieurs jeux de données (quartiers, écoles…).";
        HOME = "home", Table(&super::HOME), Optional, "La page d'accueil.";
        AREA = "area", Table(&super::AREA), Default("le rectangle de ses contours, s'il y en a, et un centième de degré autour"), "Où est la ville : les points situés ailleurs sont signalés.";
        NETWORK = "network", Table(&super::NETWORK), Optional, "Ce que le programme peut joindre, outre l'internet public.";
    }
    area AREA: "town.toml" "area" "Où est la ville, en degrés (WGS 84). Un point d'un jeu de données (`coordinate`) situé ailleurs est signalé à l'import." {
        WEST = "west", Number, Required, "La plus petite longitude.";
        EAST = "east", Number, Required, "La plus grande.";
        SOUTH = "south", Number, Required, "La plus petite latitude.";
        NORTH = "north", Number, Required, "La plus grande.";
    }
    network NETWORK: "town.toml" "network" "Ce que le programme peut joindre. Sans cette table, il ne joint aucune adresse privée (réseau interne, machine locale, adresses de service) : c'est une déclaration, relue par ceux qui tiennent la ville, qui l'y autorise, bases de données comprises." {
        ALLOW = "allow", Lines, Optional, "Adresses et machines privées permises : `\"10.20.0.0/16\"`, `\"10.20.1.7\"`, `\"intranet.ville.fr\"`.";
        CERTIFICATES = "certificates", Line, Optional, "Fichier PEM de certificats d'autorité acceptés en plus de ceux du système (chemin absolu).";
    }
    mandate MANDATE: "town.toml" "mandate" "Le mandat en cours." {
        FROM = "from", Integer(1900, 2200), Required, "Première année.";
        TO = "to", Integer(1900, 2200), Required, "Dernière année.";
    }
    department DEPARTMENT: "town.toml" "departments.ID" "Une direction." {
        TITLE = "title", Text, Required, "Son nom.";
    }
    population POPULATION: "town.toml" "population" "D'où vient la population de la ville." {
        DATASET = "dataset", Id, Required, "Le jeu de données.";
        COLUMN = "column", Id, Required, "Sa colonne.";
        KIND = "kind", Word(|| vec!["municipale", "totale"]), Required, "Laquelle : les ratios officiels emploient la population totale.";
        INHABITANTS = "inhabitants", Integer(1, 100_000_000), Optional, "La population officielle en vigueur, qui dit à quelle strate la ville appartient (`when` d'un objectif).";
    }
    prices PRICES: "town.toml" "prices" "L'indice de prix par lequel des euros de plusieurs années se comparent (`show = \"constant_euros\"`)." {
        INDICATOR = "indicator", Id, Required, "L'indicateur qui le donne, par an ou plus souvent.";
        BASE = "base", Integer(1900, 2200), Default("l'année montrée"), "L'année dans les euros de laquelle compter.";
    }
    dimension DIMENSION: "town.toml" "dimensions.ID" "Un axe commun à plusieurs jeux de données." {
        TITLE = "title", Text, Required, "Son nom (« Quartier »).";
        ALL = "all", Text, Default("« Tous »"), "Ce que dit un filtre quand rien n'est choisi (« Toute la ville »).";
        MEMBERS = "members", Tables(&super::MEMBER), Default("toute valeur des données"), "Ses membres, dans l'ordre d'affichage.";
        CHANGES = "changes", List(&super::CODE_CHANGE), Optional, "Ce que sont devenus ses membres, quand ce sont des codes officiels (communes, établissements).";
        ORDERED = "ordered", Boolean, Default("false"), "Ses membres ont un ordre (tranches d'âge, tailles) : barres et tableaux de chaleur le gardent, au lieu d'aller du plus grand au plus petit.";
        MAP = "map", Line, Optional, "Fichier GeoJSON du dossier `maps/` : `properties.id` est la clé d'un membre, les lignes servent de repères.";
    }
    code_change CODE_CHANGE: "town.toml" "dimensions.ID.changes[]" "Un code devenu un autre, une ligne par code (la table de passage de l'Insee les donne). Les chiffres d'avant sont comptés sous les codes d'aujourd'hui : ceux de communes fusionnées s'additionnent. Un code qui se scinde, nommé par plusieurs lignes d'un même jour, garde ses chiffres d'avant : rien ne dit comment les partager." {
        ON = "on", Date, Required, "Le premier jour où il vaut.";
        FROM = "from", Line, Required, "Le code jusque-là.";
        TO = "to", Line, Required, "Le code depuis.";
    }
    member MEMBER: "town.toml" "dimensions.ID.members.CLÉ" "Un membre d'un axe. La clé est faite de lettres sans accent, chiffres, `_` et `-`." {
        TITLE = "title", Text, Required, "Son nom.";
        ALIASES = "aliases", Lines, Optional, "Autres graphies trouvées dans les fichiers ; la casse, les accents et la ponctuation ne comptent pas.";
    }
    home HOME: "town.toml" "home" "La page d'accueil." {
        HIGHLIGHTS = "highlights", Ids, Optional, "Indicateurs mis en avant, quatre au plus.";
        LIVE = "live", Id, Optional, "Indicateur en direct.";
        LIVE_BY = "live_by", Id, Optional, "Dimension par laquelle le détailler.";
        LIVE_CAPACITY = "live_capacity", Id, Optional, "Indicateur de la capacité totale, affiché à côté.";
    }
    access ACCESS: "access.toml" "" "Qui atteint quoi. Personne n'atteint ce que rien ici ne lui donne, et sans ce fichier personne n'atteint rien. Les personnes, elles, ne se déclarent pas : elles s'ajoutent dans l'administration. Un agent ou un éditeur atteint tout ce dont ses directions répondent." {
        PERIMETERS = "perimeters", Tables(&super::PERIMETER), Optional, "Les périmètres : ce qui s'atteint ensemble.";
        ROLES = "roles", Table(&super::ACCESS_ROLES), Optional, "Les périmètres de chaque rôle, outre ceux qui sont donnés à une personne.";
        SIGN_IN = "sign_in", Table(&super::SIGN_IN), Optional, "Comment on se connecte.";
        RETENTION = "retention", Table(&super::RETENTION), Optional, "Combien de mois le journal est gardé.";
        DEMO = "demo", List(&super::DEMO_PERSON), Optional, "Les personnes d'essai d'une ville d'exemple, dont chacun peut prendre la place, depuis cette machine seulement. Celle qui vient en tête est celle d'une visite sans connexion.";
    }
    perimeter PERIMETER: "access.toml" "perimeters.ID" "Un périmètre. `[\"*\"]` veut dire tous. Un périmètre ajoute aux autres ; de deux qui choisissent des lignes de façons qui ne se réunissent pas, un seul vaut." {
        TITLE = "title", Text, Required, "Son nom (« Le quartier de la Gare »).";
        DEPARTMENTS = "departments", Lines, Optional, "Directions : leurs jeux de données, leurs tableaux, et les indicateurs qui s'en calculent.";
        DATASETS = "datasets", Lines, Optional, "Jeux de données : leur fiche, et les indicateurs qui ne se calculent que d'eux.";
        BOARDS = "boards", Lines, Optional, "Tableaux, avec tous les chiffres qui y sont et la fiche des données d'où ils viennent.";
        REPORTS = "reports", Lines, Optional, "Rapports arrêtés, avec tous les chiffres qui y sont ; sans effet avec `rows`. Sans cette clé, un rapport arrêté est lu par qui atteint tout ce qu'il montre, et un rapport `public` par tous.";
        ROWS = "rows", Choices, Optional, "Seulement ces lignes, par dimension : `{ quartier = [\"gare\"] }`. Partout : pages, exports, interface JSON. Un indicateur qui n'a pas cette dimension n'est alors pas atteint.";
        WHOLE_TOWN = "whole_town", Boolean, Default("false"), "Avec `rows`, atteindre aussi les indicateurs qui n'ont pas ces dimensions, pour toute la ville.";
        RAW = "raw", Boolean, Default("false"), "Atteindre aussi les lignes elles-mêmes (aperçu, constats, lignes écartées), et pas seulement les chiffres qui s'en calculent. Sans effet avec `rows`.";
    }
    access_roles ACCESS_ROLES: "access.toml" "roles" "Les périmètres de chaque rôle : des identifiants de `[perimeters]`." {
        READER = "reader", Ids, Optional, "Les élus, et qui lit seulement.";
        AGENT = "agent", Ids, Optional, "Les agents d'une direction ou de plusieurs.";
        EDITOR = "editor", Ids, Optional, "Qui fait les tableaux et les indicateurs.";
        HEAD = "head", Ids, Optional, "La direction générale des services.";
        STEWARD = "steward", Ids, Optional, "Qui veille sur la qualité, les droits et la publication.";
        ADMINISTRATOR = "administrator", Ids, Optional, "Qui s'occupe des personnes et de l'installation.";
    }
    sign_in SIGN_IN: "access.toml" "sign_in" "Comment on se connecte." {
        LOCAL = "local", Boolean, Default("true"), "Par une adresse électronique et un mot de passe.";
        CONTACT = "contact", Text, Optional, "À qui écrire quand on n'a pas de compte (« le service informatique, poste 4210 »).";
        OIDC = "oidc", Table(&super::OIDC), Optional, "Par un fournisseur d'identité (ProConnect, Keycloak) en OpenID Connect.";
        PROXY = "proxy", Table(&super::PROXY), Optional, "Par un serveur mandataire qui a déjà reconnu la personne.";
    }
    oidc OIDC: "access.toml" "sign_in.oidc" "Un fournisseur d'identité. Il dit qui est là ; ce que la personne atteint reste décidé ici : elle doit avoir été ajoutée sous la même adresse électronique." {
        TITLE = "title", Text, Required, "Ce que dit le bouton (« le compte de la mairie »).";
        ISSUER = "issuer", Line, Required, "Son adresse (`https://…`), celle qui précède `/.well-known/openid-configuration`.";
        CLIENT_ID = "client_id", Line, Required, "L'identifiant que le fournisseur a donné à cette installation.";
        SECRET = "secret", Line, Required, "Où trouver le secret, qui ne s'écrit pas ici : `env:VARIABLE` ou `file:/chemin`.";
        SCOPES = "scopes", Lines, Default("`openid`, `email`, `profile`"), "Ce qui lui est demandé ; pour ProConnect `openid`, `given_name`, `usual_name`, `email`, `siret`.";
        SIRET = "siret", Line, Optional, "Le SIRET de la commune : qui vient d'ailleurs est refusé. Avec lui, et signée, l'adresse électronique que donne le fournisseur est crue ; sans lui, il doit dire qu'il l'a vérifiée (`email_verified`).";
        SIGNED_USERINFO = "signed_userinfo", Boolean, Default("true"), "Si ce qu'il dit de la personne doit être signé, comme le fait ProConnect ; `false` pour Keycloak tel qu'il est livré.";
    }
    proxy PROXY: "access.toml" "sign_in.proxy" "Un serveur mandataire qui reconnaît les personnes. L'en-tête n'est cru que de ces adresses." {
        ADDRESSES = "addresses", Lines, Required, "Les adresses du mandataire, exactes (`[\"10.0.0.2\"]`).";
        HEADER = "header", Line, Required, "L'en-tête qui donne l'adresse électronique de la personne (`X-Forwarded-Email`).";
    }
    retention RETENTION: "access.toml" "retention" "Combien de mois le journal est gardé, par sorte. Au-delà, le mois entier est effacé, et il n'en reste que l'empreinte." {
        READS = "reads", Integer(1, 120), Default("6"), "Les lectures et les connexions.";
        REFUSALS = "refusals", Integer(1, 120), Default("12"), "Les refus.";
        CHANGES = "changes", Integer(1, 240), Default("60"), "Les changements, les exports et les publications.";
    }
    demo_person DEMO_PERSON: "access.toml" "demo[]" "Une personne d'essai." {
        NAME = "name", Line, Required, "Son nom.";
        ROLES = "roles", Lines, Required, "Ses rôles.";
        DEPARTMENTS = "departments", Ids, Optional, "Ses directions.";
        PERIMETERS = "perimeters", Ids, Optional, "Ses périmètres, outre ceux de ses rôles.";
    }
    dataset DATASET: "datasets/ID.toml" "" "Un jeu de données : d'où il vient, comment le lire, ce qu'il contient." {
        TITLE = "title", Text, Required, "Son nom.";
        DESCRIPTION = "description", Text, Optional, "Ce qu'il contient, en une phrase ou plus.";
        ROW = "row", Text, Required, "Ce qu'est une ligne (« une station et un mois »).";
        DEPARTMENT = "department", Id, Required, "La direction qui en répond.";
        STEWARD = "steward", Line, Required, "La personne qui le connaît.";
        LICENCE = "licence", Line, Default("aucune"), "Licence de réutilisation.";
        FREQUENCY = "frequency", Word(Frequency::names), Required, "Rythme promis des livraisons.";
        VISIBILITY = "visibility", Word(Visibility::names), Default("internal"), "Publiable, ou réservé à la mairie.";
        SOURCE = "source", LineOrTable(&super::SOURCE), Required, "Chemin sous le dossier des données ; `*` dans sa dernière partie : tous les fichiers qui conviennent sont lus. Ou une table, pour tout autre lieu.";
        SCHEDULE = "schedule", Line, Default("`0 6 * * *` (chaque jour à 6 heures) pour ce qui se va chercher ailleurs"), "Quand aller chercher les données : cinq champs de cron (minute, heure, jour du mois, mois, jour de la semaine), à l'heure de Paris. `0 6 * * 1-5` : à 6 heures, du lundi au vendredi.";
        LOAD = "load", Word(Load::names), Default("replace"), "Ce qu'une livraison fait des précédentes : elle les remplace, s'y ajoute, ou remplace les mêmes périodes.";
        TIME = "time", Id, Optional, "La colonne qui dit quand ; sans elle, aucun indicateur ne peut s'y calculer.";
        READING = "reading", Table(&super::READING), Optional, "Ce que le fichier ne laisse pas deviner.";
        SCHEMA = "schema", Line, Optional, "Le schéma publié que suivent ses fichiers (Table Schema) : un schéma national par son nom (`scdl/subventions`), ou un fichier `.json` du dossier `schemas/`. Il donne toutes ses colonnes, avec leur type, leurs en-têtes, leurs contrôles, clés et règles ; l'identifiant d'une colonne est son nom en minuscules, sans accent ni ponctuation (`DELIB_DATE` : `delib_date`).";
        COLUMNS = "columns", Tables(&super::COLUMN), Default("celles du schéma ; sans schéma, obligatoire"), "Ses colonnes. Une colonne du fichier qui n'est ni déclarée ni dans le schéma est laissée de côté. Une colonne déclarée qui porte l'identifiant ou un en-tête d'une colonne du schéma la précise : ce qu'elle dit l'emporte, le reste vient du schéma, et son identifiant devient celui déclaré.";
        KEY = "key", Ids, Default("celle du schéma"), "Les colonnes qui, ensemble, désignent une ligne : à remplir, et jamais deux fois les mêmes valeurs dans un fichier. Une ligne en double est gardée, et signalée.";
        REFERENCES = "references", List(&super::REFERENCE), Optional, "Colonnes dont les valeurs doivent exister ailleurs.";
        RULES = "rules", List(&super::RULE), Optional, "Ce qui doit tenir entre les cellules d'une ligne, outre les règles du schéma.";
        SECRECY = "secrecy", Table(&super::SECRECY), Optional, "Le secret statistique : ce qui est trop petit est caché, et ce qui permettrait de le retrouver aussi.";
    }
    secrecy SECRECY: "datasets/ID.toml" "secrecy" "Le secret statistique d'un jeu de données. Il vaut pour tous les indicateurs qui s'en calculent, ou qui se déduisent de ceux-là, sur toutes les pages et dans tous les exports. Ce qui est caché se décide d'un coup, sur tous les tableaux, marges et périodes déclarés ici, en tenant pour connu ce qui a déjà été montré ; toute autre combinaison est secrète. Une période n'est montrée que lorsqu'elle est complète : avant, elle est manquante, et rien n'en est dit que ce que la source en couvre (11 mois sur 12). Aucun autre jeu de données ne peut lire les mêmes fichiers." {
        RULE = "rule", Word(words::secrecy_rules), Optional, "La règle de la source : entreprises (Insee : 3 unités, personne au-dessus de 85 %), données fiscales (11 et 85 %), impôt sur la fortune (50 et 85 %), loyers (50 observations), IRIS (2 000 habitants), santé (11 personnes), ou la règle de la maison pour le personnel et les écoles (5 ou 11 personnes). Les clés qui suivent la précisent ou la remplacent.";
        MIN_UNITS = "min_units", Integer(2, 1_000_000), Default("celui de la règle"), "Le moins d'unités (personnes, entreprises…) qu'un chiffre montré peut compter.";
        DOMINANCE = "dominance", Number, Default("celle de la règle"), "La plus grande part d'un chiffre, en pour cent, qu'un seul contributeur peut détenir ; 100 : aucune limite.";
        P_PERCENT = "p_percent", Number, Optional, "Un contributeur ne doit pas pouvoir estimer la part du premier à moins de ce pourcentage près.";
        MIN_DENOMINATOR = "min_denominator", Number, Optional, "Le plus petit dénominateur d'un taux montré.";
        EMPTY = "empty", Word(words::empties), Default("shown"), "Ce que devient un chiffre auquel personne ne contribue : son zéro est montré, ou caché comme les petits effectifs.";
        UNITS = "units", Id, Default("chaque contributeur compte pour un ; sans `contributor`, chaque ligne"), "La colonne, de nombres entiers, qui dit combien d'unités compte une ligne.";
        CONTRIBUTOR = "contributor", Id, Optional, "La colonne qui distingue les contributeurs (le SIREN d'une entreprise) : ceux que protègent `dominance` et `p_percent`. Un même contributeur sur plusieurs lignes compte une fois.";
        TABLES = "tables", List(&super::SECRECY_TABLE), Default("une par axe de ses indicateurs"), "Les tableaux que l'on montre ; leurs marges en font partie.";
        GRAINS = "grains", Lines, Default("la période principale de ses indicateurs"), "Les périodes que l'on montre (`year`, `month`…) ; une période incomplète est manquante.";
    }
    secrecy_table SECRECY_TABLE: "datasets/ID.toml" "secrecy.tables[]" "Un tableau que l'on montre, avec toutes ses marges." {
        BY = "by", Ids, Required, "Les axes qu'il croise.";
    }
    reference REFERENCE: "datasets/ID.toml" "references[]" "Colonnes dont les valeurs doivent exister dans un autre jeu de données : elles sont cherchées, à l'import, dans sa version du moment. Une ligne dont la valeur n'y est pas est gardée, et signalée." {
        COLUMNS = "columns", Ids, Required, "Les colonnes qui renvoient.";
        DATASET = "dataset", Id, Required, "Le jeu de données où chercher ; ce peut être celui-ci.";
        TO = "to", Ids, Default("les mêmes noms"), "Ses colonnes, dans le même ordre.";
    }
    rule RULE: "datasets/ID.toml" "rules[]" "Une règle par table, dite par une de ces clés. Une ligne qui ne la suit pas est gardée, et signalée ; une cellule vide ne compare ni n'additionne rien." {
        COMPARE = "compare", Lines, Optional, "Une colonne, un signe (`<`, `<=`, `=`, `<>`, `>=`, `>`), une colonne : `[\"votants\", \"<=\", \"inscrits\"]`.";
        TOTAL = "total", Id, Optional, "Une colonne qui est la somme d'autres, nommées par `parts`.";
        PARTS = "parts", Ids, Optional, "Les colonnes que `total` additionne.";
        TOGETHER = "together", Ids, Optional, "Des colonnes toutes remplies, ou toutes vides.";
        ONE_OF = "one_of", Ids, Optional, "Des colonnes dont une au moins est remplie.";
    }
    source SOURCE: "datasets/ID.toml" "source" "Un lieu autre que le dossier des données : une clé parmi `url`, `opendatasoft`, `postgres`, `inbox` et `replay`, et celles qui vont avec. Quoi qu'il arrive, la dernière version bonne reste en place." {
        URL = "url", Line, Optional, "Adresse `http` ou `https` d'un fichier. Il n'est repris que s'il a changé.";
        OPENDATASOFT = "opendatasoft", Line, Optional, "Adresse d'un portail Opendatasoft (`https://data.ville.fr`), lu par son API Explore v2.1.";
        POSTGRES = "postgres", Line, Optional, "Où trouver la connexion, qui ne s'écrit pas ici : `env:VARIABLE` ou `file:/chemin`, contenant `postgresql://lecteur:secret@machine/base`. La liaison est chiffrée et le certificat vérifié, sauf `?sslmode=disable`. Une machine privée se permet dans `[network]`.";
        INBOX = "inbox", Line, Optional, "Nom des fichiers que l'on dépose dans `var/inbox` ; `*` vaut n'importe quels caractères. Ceux de `var/inbox/ID` sont pris quel que soit leur nom.";
        REPLAY = "replay", Line, Optional, "Un flux enregistré du dossier des données, rejoué selon l'heure du jour.";
        EVERY = "every", Integer(10, 86_400), Default("60 pour `replay`"), "Secondes entre deux relevés, avec `replay`, ou avec `url` pour un flux en direct.";
        HEADER_ENV = "header_env", Line, Optional, "Variable d'environnement contenant un en-tête à envoyer (`Authorization: Bearer …`), avec `url` ou `opendatasoft` ; il n'est envoyé qu'à la machine déclarée.";
        DATASET = "dataset", Line, Optional, "Avec `opendatasoft`, l'identifiant du jeu de données sur le portail.";
        WHERE = "where", Line, Optional, "Avec `opendatasoft`, une condition (`annee >= 2020`).";
        TABLE = "table", Line, Optional, "Avec `postgres`, la table ou la vue (`schema.table`).";
        QUERY = "query", Line, Optional, "Avec `postgres`, ou une requête qui ne fait que lire (`select …`).";
    }
    reading READING: "datasets/ID.toml" "reading" "Ce qu'il faut savoir d'un fichier ; tout le reste se devine." {
        SHEET = "sheet", Line, Default("la feuille la plus remplie"), "Feuille du classeur.";
        HEADER_LINE = "header_line", Integer(1, 1_000), Default("trouvée"), "Première ligne de l'en-tête, en comptant à partir de 1.";
        RECORDS = "records", Line, Default("trouvé"), "Chemin des lignes dans un document JSON (`data.stations`).";
        ENCODING = "encoding", Line, Default("trouvé"), "Encodage (`utf-8`, `windows-1252`…).";
        DELIMITER = "delimiter", Line, Default("trouvé"), "Séparateur, un caractère.";
    }
    column COLUMN: "datasets/ID.toml" "columns.ID" "Une colonne." {
        TYPE = "type", Word(words::column_types), Default("celui du schéma ou du calcul (`value`) ; sinon, obligatoire"), "Ce que contiennent les cellules. `code` garde les zéros de tête ; `decimal` est exact. Donné pour une colonne d'un schéma, il en remplace le type et la façon de l'écrire.";
        SCALE = "scale", Integer(0, 9), Default("2"), "Chiffres après la virgule, pour `decimal` seulement.";
        VALUE = "value", Line, Optional, "Un calcul sur les autres colonnes de la ligne (`weekday(jour)`), dans le langage des mesures, sans agrégat : la colonne n'est alors pas dans les fichiers, et se suffit de `title`, `description`, `unit` et `dimension`. Les mesures et les filtres s'en servent comme d'une autre ; elle peut être un axe si elle donne un texte ou un nombre entier.";
        HEADERS = "headers", Lines, Optional, "En-têtes sous lesquels les fichiers la nomment, outre son identifiant ; la casse, les accents et la ponctuation ne comptent pas.";
        TITLE = "title", Text, Default("le premier en-tête, sinon l'identifiant"), "Son nom.";
        DESCRIPTION = "description", Text, Optional, "Ce qu'elle veut dire.";
        UNIT = "unit", Word(words::units), Optional, "Son unité.";
        REQUIRED = "required", Boolean, Default("false"), "Une ligne sans valeur ici est mise de côté ; la colonne de temps l'est toujours.";
        DIMENSION = "dimension", Id, Default("l'identifiant de la colonne"), "L'axe dont ses cellules nomment les membres, pour `text` et `code` ; pour une colonne calculée, aussi un nombre entier, s'il est nommé ici.";
        SECRET = "secret", Lines, Optional, "Marques du secret statistique, outre `s`.";
        MISSING = "missing", Lines, Optional, "Marques d'une valeur manquante, outre les usuelles (`nd`, `NC`, `-`, vide…).";
        NOT_APPLICABLE = "not_applicable", Lines, Optional, "Marques d'une cellule sans objet, outre `so` et `///`.";
        PERSONAL = "personal", Boolean, Default("false"), "Donnée personnelle : jamais conservée, ni contrôlée.";
        UNCHECKED = "unchecked", Boolean, Default("false"), "Ce que le schéma demande aux cellules de cette colonne n'est pas contrôlé ; ce qui est déclaré ici l'est.";
        FILLED = "filled", Boolean, Default("false"), "Une cellule vide est signalée, et sa ligne gardée (`required` l'écarte).";
        UNIQUE = "unique", Boolean, Default("false"), "Une valeur qui revient dans un fichier est signalée.";
        MINIMUM = "minimum", Amount, Optional, "La plus petite valeur, pour un nombre ou une date ; une autre est signalée.";
        MAXIMUM = "maximum", Amount, Optional, "La plus grande.";
        PAST = "past", Boolean, Default("`true` pour la colonne de temps, au jour ou au mois"), "Une date postérieure à la livraison du fichier est signalée.";
        ALLOWED = "allowed", Lines, Optional, "Les seules valeurs permises, comme elles s'écrivent ; une autre est signalée.";
        PATTERN = "pattern", Line, Optional, "Une expression régulière que suit tout le texte (`'W\\d{9}'`, entre apostrophes).";
        FORMAT = "format", Word(words::formats), Optional, "Ce que le texte désigne : un numéro avec sa clé de contrôle, une adresse, des horaires.";
        MIN_LENGTH = "min_length", Integer(0, 1_000_000), Optional, "Le moins de caractères.";
        MAX_LENGTH = "max_length", Integer(0, 1_000_000), Optional, "Le plus de caractères.";
        COORDINATE = "coordinate", Word(words::coordinates), Optional, "Ce qu'elle dit d'un point, en degrés : sa longitude ou sa latitude, ou les deux dans un texte (`47.03, 2.95` : `latitude_longitude`). Un point hors de la ville (`[area]`) est signalé.";
    }
    indicator INDICATOR: "indicators/ID.toml" "" "Un indicateur : ce qu'il dit, comment il se calcule, ce que le conseil a voté." {
        TITLE = "title", Text, Required, "Son nom.";
        DESCRIPTION = "description", Text, Required, "Ce qu'il dit, pour un élu.";
        METHOD = "method", Text, Optional, "Comment il est compté.";
        LIMITS = "limits", Text, Optional, "Ce qu'il ne dit pas.";
        DEPARTMENT = "department", Id, Required, "La direction qui en répond.";
        OWNER = "owner", Line, Required, "La personne qui en répond.";
        DATASET = "dataset", Id, Default("aucun : il se déduit d'autres"), "Le jeu de données dont il se calcule.";
        MEASURE = "measure", Line, Required, "Le calcul : des agrégats de colonnes (`sum(vacants) / sum(logements)`), ou d'autres indicateurs (`indicator('a') / indicator('b')`).";
        UNIT = "unit", Word(words::units), Required, "Son unité. Avec `%`, la mesure est une fraction : 0,082 s'affiche 8,2 %.";
        NOUN = "noun", Noun, Optional, "Ce qui est compté, au singulier et au pluriel, pour les phrases : `[\"location\", \"locations\"]`.";
        DECIMALS = "decimals", Integer(0, 6), Default("0"), "Chiffres affichés après la virgule.";
        DIMENSIONS = "dimensions", Ids, Default("aucune ; pour un indicateur déduit, celles que ses parties ont en commun"), "Axes par lesquels le détailler et le filtrer.";
        OVER_TIME = "over_time", Word(OverTime::names), Default("sum"), "Comment il se cumule : un flux s'additionne, un stock vaut son dernier relevé, un niveau la moyenne de ses relevés ; d'un flux en direct, chaque relevé y compte pour le temps qu'il dure.";
        MAIN_GRAIN = "main_grain", Word(words::main_grains), Default("year, ou school_year si la source compte par année scolaire"), "La période sous laquelle il est d'abord montré.";
        DIRECTION = "direction", Word(Direction::names), Default("none"), "Le sens souhaité : monter (objectif), descendre (plafond), ou aucun.";
        MISSING = "missing", Word(Missing::names), Default("partial"), "Quand des données manquent : pas de chiffre, un chiffre qui le dit, un chiffre sans le dire.";
        TARGETS = "targets", List(&super::TARGET), Optional, "Ce que le conseil a voté.";
        THRESHOLDS = "thresholds", List(&super::THRESHOLD), Optional, "Les seuils à partir desquels on s'alarme.";
        FORMULAS = "formulas", List(&super::FORMULA), Optional, "Les versions suivantes du calcul, chacune à partir d'une date ; `measure` est la première.";
        BREAKS = "breaks", List(&super::BREAK), Optional, "Les ruptures de série : de part et d'autre, les chiffres ne se comparent pas.";
        DECLARED = "declared", Id, Optional, "L'indicateur qui donne ce que la source déclare elle-même pour ce chiffre, de même unité : il est montré à côté du calcul, avec l'écart.";
        EXAMPLES = "examples", List(&super::EXAMPLE), Optional, "Des exemples de calcul, montrés aux lecteurs.";
    }
    target TARGET: "indicators/ID.toml" "targets[]" "Une valeur votée pour une année." {
        YEAR = "year", Integer(1900, 2200), Required, "L'année à la fin de laquelle l'atteindre.";
        VALUE = "value", Number, Required, "La valeur, dans l'unité de l'indicateur (11 pour 11 %).";
        TOLERANCE = "tolerance", Number, Default("10"), "Écart toléré, en pour cent de la valeur.";
        ORIGIN = "origin", Line, Required, "La délibération ou la loi d'où elle vient.";
        VOTED_ON = "voted_on", Date, Optional, "Le jour du vote.";
        WHEN = "when", Line, Default("pour toute ville"), "Les villes pour lesquelles elle vaut, par leur population (`population > 100000`) ; pour une même année, une valeur sans `when` vaut pour les autres.";
    }
    threshold THRESHOLD: "indicators/ID.toml" "thresholds[]" "Un seuil, de règle ou d'usage : ce n'est pas un objectif voté." {
        LEVEL = "level", Word(ThresholdLevel::names), Required, "Alerte, ou seuil critique.";
        VALUE = "value", Number, Required, "La valeur, dans l'unité de l'indicateur.";
        SIDE = "side", Word(ThresholdSide::names), Default("`below` quand il faut monter, `above` quand il faut descendre ; sans direction, obligatoire"), "Le côté où l'on s'alarme : au-dessous (`below`) ou au-dessus (`above`) de la valeur.";
        WORDS = "words", Text, Optional, "Ce qu'il veut dire (« la ville ne pourrait plus emprunter »).";
        ORIGIN = "origin", Line, Required, "La règle ou l'usage d'où il vient.";
    }
    formula FORMULA: "indicators/ID.toml" "formulas[]" "Une version du calcul. D'une version à l'autre, les chiffres ne se comparent pas." {
        FROM = "from", Amount, Required, "L'année (`2023`) ou le jour à partir duquel elle vaut.";
        MEASURE = "measure", Line, Required, "Le calcul, du même jeu de données ou des mêmes sortes d'indicateurs que le premier.";
        NOTE = "note", Text, Required, "Ce qui a changé.";
    }
    series_break BREAK: "indicators/ID.toml" "breaks[]" "Une rupture de série." {
        AT = "at", Amount, Required, "L'année (`2020`) ou le jour à partir duquel on compte autrement.";
        NOTE = "note", Text, Required, "Ce qui a changé.";
    }
    example EXAMPLE: "indicators/ID.toml" "examples[]" "Un exemple de calcul, montré aux lecteurs : de quoi l'on part (`rows` ou `indicators`) et ce que l'on trouve. Il est refait à chaque lecture des déclarations : un résultat qui ne suit pas de la mesure est une erreur." {
        TITLE = "title", Text, Optional, "De quoi il s'agit (« Cazères, en 2023 »).";
        ROWS = "rows", Rows, Optional, "Pour un indicateur calculé sur un jeu de données : quelques lignes d'une même période, par colonne, `[{ logements = 1200, vacants = 98 }, { logements = 800, vacants = 66 }]`. Une colonne omise n'a pas de valeur.";
        INDICATORS = "indicators", Values, Optional, "Pour un indicateur déduit : ceux dont il se déduit, chacun dans son unité, `{ dette = 7691207.63, epargne = 524779.83 }`. Un indicateur omis n'a pas de valeur.";
        RESULT = "result", NumberOrWord(words::absences), Required, "Le résultat, dans l'unité de l'indicateur, arrondi comme il est écrit (`14.66`) ; ou pourquoi il n'y en a pas, sans objet ou manquant.";
    }
    board BOARD: "boards/ID.toml" "" "Un tableau de bord." {
        TITLE = "title", Text, Required, "Son nom.";
        SUMMARY = "summary", Text, Optional, "Ce qu'il montre, en une phrase ou deux.";
        DEPARTMENT = "department", Id, Required, "La direction qui en répond.";
        ORDER = "order", Integer(0, 10_000), Default("100"), "Sa place parmi les tableaux.";
        FILTERS = "filters", Ids, Optional, "Filtres, outre la période.";
        GRAIN = "grain", Word(words::board_grains), Default("year"), "Les périodes que l'on y choisit.";
        HOME = "home", Ids, Optional, "Ses indicateurs sur la page d'accueil.";
        SECTIONS = "sections", List(&super::SECTION), Required, "Ses parties.";
    }
    section SECTION: "boards/ID.toml" "sections[]" "Une partie d'un tableau." {
        TITLE = "title", Text, Optional, "Son nom.";
        TILES = "tiles", List(&super::TILE), Required, "Ses figures, dans l'ordre de lecture.";
    }
    tile TILE: "boards/ID.toml" "sections[].tiles[]" "Une figure." {
        INDICATOR = "indicator", Id, Optional, "L'indicateur montré.";
        INDICATORS = "indicators", Ids, Optional, "Ou plusieurs, comparés entre eux.";
        FIGURE = "figure", Word(Figure::names), Required, "Chiffre clé, courbe, barres, barres empilées, points, tableau de chaleur, carte, jauge d'objectif, table.";
        SHOW = "show", Line, Default("value"), "Comment le lire : tel quel (`value`), l'année en cours et les mêmes mois des années d'avant (`year_to_date`), le cumul depuis janvier (`cumulative`), la moyenne des 12 dernières périodes (`moving_average:12`), l'évolution en un an (`growth`), la part du total (`share`), le rang (`rank`), par habitant (`per_inhabitant`), en euros constants (`constant_euros`), en indice 100 à la première période (`index`).";
        BY = "by", Id, Optional, "La dimension par laquelle détailler.";
        GRAIN = "grain", Word(words::grains), Default("celui du tableau"), "La longueur de ses périodes.";
        PERIODS = "periods", Integer(1, 400), Default("selon la figure"), "Combien de périodes du passé, celle choisie comprise.";
        TOP = "top", Integer(1, 100), Default("tous"), "Combien de membres au plus, les plus grands.";
        WIDTH = "width", Integer(3, 12), Default("6, et 3 pour `kpi`"), "Largeur, en douzièmes de la page.";
        TITLE = "title", Text, Default("une phrase tirée des données"), "Son titre.";
        NOTE = "note", Text, Optional, "Une remarque sous le titre.";
        ID = "id", Line, Default("sa place : `t1`, `t2`…"), "Son identifiant, stable dans les adresses.";
    }
    report REPORT: "reports/ID.toml" "" "Un rapport annuel, le même pour toutes les années : ce qui change d'une année à l'autre (chiffres, phrases, mots des directions) vient des données et des directions. Un nom qui ne mène nulle part n'empêche pas de lire le reste : le rapport le dit à sa place, et n'est pas arrêté avant d'être juste." {
        TITLE = "title", Text, Required, "Son nom.";
        SUMMARY = "summary", Text, Optional, "Ce qu'il rend compte, en une phrase ou deux ; sur la couverture.";
        KIND = "kind", Word(ReportKind::names), Optional, "Le document qu'il est devant le conseil : rapport d'activité, rapport financier, rapport d'orientation budgétaire, développement durable, présentation brève des comptes, prix et qualité du service des déchets. Ce que chacun doit contenir est alors vérifié.";
        DEPARTMENT = "department", Id, Required, "La direction qui en répond.";
        VISIBILITY = "visibility", Word(Visibility::names), Default("internal"), "Pour qui : `public` ne s'arrête que si tout ce qu'il montre peut être publié.";
        ORDER = "order", Integer(0, 10_000), Default("100"), "Sa place parmi les rapports.";
        CHAPTERS = "chapters", List(&super::CHAPTER), Required, "Ses chapitres. Les sources, la méthode et les données des figures s'y ajoutent d'elles-mêmes.";
    }
    chapter CHAPTER: "reports/ID.toml" "chapters[]" "Un chapitre." {
        ID = "id", Id, Required, "Son identifiant, stable dans les adresses et d'une année à l'autre.";
        SUBJECT = "subject", Text, Optional, "Le sujet, au-dessus du titre.";
        TITLE = "title", Text, Required, "Son titre ; des valeurs s'y placent par leur nom, comme dans `text`.";
        DEPARTMENT = "department", Id, Optional, "La direction qui confirme ses chiffres et y met ses mots.";
        DUE = "due", Line, Optional, "Pour quand, dans l'année qui suit : mois et jour (`03-31`).";
        ASK = "ask", Text, Optional, "Ce qui est demandé à la direction.";
        TEXT = "text", Text, Optional, "Le texte de toutes les années, en Markdown, sans titre de premier niveau. `{{ locations }}` y met une valeur ; seul sur sa ligne, le nom d'une figure du chapitre ou d'un tableau (`{{ mobilites.t3 }}`) l'y place. Après le nom et une barre verticale, ce qu'il faut en lire : `valeur`, `nombre`, `evolution`, `precedent`, `objectif`, `etat`, `phrase`, `periode`, `source`, `dernier`.";
        FIGURES = "figures", List(&super::REPORT_FIGURE), Optional, "Ses figures ; celles que le texte ne place pas suivent le texte.";
        COVERS = "covers", Lines, Optional, "Ce qu'il traite de ce que la loi demande pour ce `kind`.";
        MOST_PAGES = "most_pages", Integer(1, 100), Optional, "Combien de pages il prend au plus.";
    }
    report_figure REPORT_FIGURE: "reports/ID.toml" "chapters[].figures[]" "Une figure de rapport : comme sur un tableau, prise à un tableau, ou faite pour un rapport." {
        ID = "id", Line, Default("sa place : `t1`, `t2`…"), "Son identifiant dans le chapitre.";
        TILE = "tile", Line, Optional, "Une figure d'un tableau : `tableau.figure`. Elle est alors celle du tableau, et rien d'autre n'est à dire.";
        INDICATOR = "indicator", Id, Optional, "L'indicateur montré.";
        INDICATORS = "indicators", Ids, Optional, "Ou plusieurs.";
        FIGURE = "figure", Word(words::report_figures), Optional, "Comme sur un tableau ; ou de grands nombres (`numbers`), l'avancement des objectifs (`targets`), tous les indicateurs en une table (`indicators`), d'où viennent 100 € et où ils vont (`hundred`), d'où vient l'argent et où il va (`flow`), une photographie (`photo`).";
        SHOW = "show", Line, Default("value"), "Comment le lire, comme sur un tableau.";
        BY = "by", Id, Optional, "La dimension par laquelle détailler.";
        GRAIN = "grain", Word(words::grains), Default("year"), "La longueur de ses périodes.";
        PERIODS = "periods", Integer(1, 400), Default("selon la figure"), "Combien de périodes du passé, l'année du rapport comprise.";
        TOP = "top", Integer(1, 100), Default("tous"), "Combien de membres au plus, les plus grands.";
        FROM = "from", Id, Optional, "Pour `hundred` et `flow` : ce qui entre.";
        FROM_BY = "from_by", Id, Optional, "La dimension qui le détaille.";
        TO = "to", Id, Optional, "Ce qui sort.";
        TO_BY = "to_by", Id, Optional, "La dimension qui le détaille.";
        PHOTO = "photo", Line, Optional, "Le fichier, dans `pictures/` (JPEG, PNG ou WebP).";
        ALT = "alt", Text, Optional, "Ce que montre la photographie, pour qui ne la voit pas.";
        CREDIT = "credit", Line, Optional, "Qui l'a prise.";
        OLDER = "older", Boolean, Default("false"), "Si la dernière année connue convient quand celle du rapport ne l'est pas.";
        WIDTH = "width", Integer(3, 12), Default("6, et 12 pour celles des rapports"), "Largeur, en douzièmes de la page.";
        TITLE = "title", Text, Default("une phrase tirée des données"), "Son titre ; la légende d'une photographie.";
        NOTE = "note", Text, Optional, "Une remarque sous le titre.";
    }
}

impl Shape {
    /// The key of that name; for a text, also under its English name.
    pub(crate) fn key(&self, name: &str) -> Option<&'static Key> {
        let french = name.strip_suffix(".en");
        self.keys.iter().copied().find(|key| {
            key.name == name
                || (french == Some(key.name) && matches!(key.kind, Kind::Text | Kind::Noun))
        })
    }
}

/// The reference of declarations, in Markdown, in French.
#[must_use]
pub fn reference() -> String {
    let mut out = String::from(
        "# Référence des déclarations\n\n\
         Cette page est écrite par le programme, à partir de ce qu'il sait lire. Chaque texte \
         destiné aux lecteurs peut avoir sa version anglaise à côté : `\"title.en\" = \"…\"`. Un \
         identifiant commence par une lettre minuscule, suivie de minuscules sans accent, de \
         chiffres ou de `_` ; celui d'un jeu de données, d'un indicateur ou d'un tableau est le \
         nom de son fichier.\n",
    );
    let mut file = "";
    for shape in SHAPES {
        if shape.file != file {
            file = shape.file;
            out.push_str(&format!("\n## `{file}`\n"));
        }
        if !shape.path.is_empty() {
            out.push_str(&format!("\n### `{}`\n", shape.path));
        }
        out.push_str(&format!("\n{}\n\n", shape.doc));
        out.push_str("| Clé | Type | Sans elle | Sens |\n|---|---|---|---|\n");
        for key in shape.keys {
            let need = match key.need {
                Need::Required => "**obligatoire**",
                Need::Optional => "rien",
                Need::Default(default) => default,
            };
            out.push_str(&format!(
                "| `{}` | {} | {need} | {} |\n",
                key.name,
                key.kind.describe(),
                key.doc
            ));
        }
    }
    out.push_str(&crate::language::page());
    out
}

impl Kind {
    /// What the key expects, in French.
    pub(crate) fn describe(self) -> String {
        match self {
            Self::Text => "texte (`.en`)".to_owned(),
            Self::Noun => "deux textes (`.en`)".to_owned(),
            Self::Line => "texte".to_owned(),
            Self::Lines => "liste de textes".to_owned(),
            Self::Id => "identifiant".to_owned(),
            Self::Ids => "liste d'identifiants".to_owned(),
            Self::Integer(low, high) => format!("nombre entier de {low} à {high}"),
            Self::Number => "nombre".to_owned(),
            Self::Boolean => "`true` ou `false`".to_owned(),
            Self::Date => "date (`2026-06-10`)".to_owned(),
            Self::Amount => "nombre, ou date (`2026-06-10`)".to_owned(),
            Self::Word(names) => {
                let names: Vec<String> = names().iter().map(|name| format!("`{name}`")).collect();
                names.join(", ")
            }
            Self::Table(shape) => format!("table `[{}]`", shape.path),
            Self::Tables(shape) => format!("tables `[{}]`", shape.path),
            Self::List(shape) => format!("liste de tables `[[{}]]`", shape.path.replace("[]", "")),
            Self::LineOrTable(shape) => format!("texte, ou table `[{}]`", shape.path),
            Self::NumberOrWord(names) => format!("nombre, ou {}", Self::Word(names).describe()),
            Self::Values => "valeurs par identifiant".to_owned(),
            Self::Choices => "listes de textes par identifiant".to_owned(),
            Self::Rows => "liste de valeurs par colonne".to_owned(),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_documented_once() {
        for shape in SHAPES {
            let mut names: Vec<_> = shape.keys.iter().map(|key| key.name).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(
                names.len(),
                shape.keys.len(),
                "{} {}",
                shape.file,
                shape.path
            );
            for key in shape.keys {
                assert!(
                    key.doc.ends_with(['.', ')']),
                    "{}.{} has no doc",
                    shape.path,
                    key.name
                );
                assert!(
                    !key.doc.contains('|'),
                    "{}.{} breaks the table",
                    shape.path,
                    key.name
                );
            }
        }
    }

    #[test]
    fn the_reference_page_is_up_to_date() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/reference.md");
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(path, reference()).expect("the reference is written");
        }
        let page = std::fs::read_to_string(path).expect("the reference is there");
        assert_eq!(page, reference(), "run the tests with UPDATE=1");
    }
}
