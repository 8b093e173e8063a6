//! The command line, in French: those who type it work in a town hall.

use crate::{
    audit, backup, convert, correct, doctor, draw, explain::Explain, failure::Failure, import, new,
    people, preview, quality, query, ratios, reports, serve, town, validate, versions,
};
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Tableaux de bord d’aide à la décision pour les communes.
///
/// Sans commande, `beffroi` importe ce qui a changé et sert les pages.
#[derive(Debug, Parser)]
#[command(
    name = "beffroi",
    version,
    disable_help_subcommand = true,
    after_help = "Codes de sortie : 0 tout est bon ; 1 quelque chose ne va pas dans ce qui a été donné \
                  (déclarations, fichiers) ; 2 commande mal écrite ; 3 la machine s’y oppose \
                  (port occupé, disque plein, dossier d’état qui n’est pas le nôtre)."
)]
pub struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    folders: Folders,
    #[command(flatten)]
    serving: serve::Serving,
}

/// Where things are.
#[derive(Debug, Clone, Args)]
pub struct Folders {
    /// Dossier des déclarations (town.toml, datasets/, indicators/, boards/, reports/)
    #[arg(
        long,
        global = true,
        value_name = "DOSSIER",
        default_value = "dashboards"
    )]
    pub content: PathBuf,
    /// Dossier des fichiers des services
    #[arg(
        long,
        global = true,
        value_name = "DOSSIER",
        default_value = "sample-data"
    )]
    pub data: PathBuf,
    /// Dossier d’état, tenu par le programme
    #[arg(long, global = true, value_name = "DOSSIER", default_value = "var")]
    pub state: PathBuf,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Importe ce qui a changé et sert les pages (la commande par défaut)
    Serve,
    /// Vérifie les déclarations et montre chaque erreur à sa place
    Check,
    /// Importe ce qui a changé : fichiers, dépôt, et sources d’ailleurs dont l’heure est venue ou qui sont nommées
    Import {
        /// Seulement ces jeux de données
        #[arg(value_name = "JEU")]
        datasets: Vec<String>,
        /// Dit ce qui changerait, sans rien garder
        #[arg(long)]
        dry_run: bool,
    },
    /// Montre ce que donnerait un fichier, sans rien garder
    Preview {
        /// Le fichier à lire
        file: PathBuf,
        /// Le jeu de données auquel il est destiné ; sans lui, le fichier est lu pour lui-même
        #[arg(long, value_name = "JEU")]
        dataset: Option<String>,
        /// Donne tout en JSON
        #[arg(long)]
        json: bool,
    },
    /// Corrige la façon de lire les fichiers d’un jeu de données, ou donne ses corrections
    ///
    /// Les corrections sont gardées et valent pour les prochains fichiers. Elles s’écrivent
    /// clé=valeur ; une clé sans valeur enlève la correction.
    ///
    /// entete=6 : l’en-tête est à la ligne 6.
    /// encodage=windows-1252, separateur=;, feuille=2025 : comment lire le fichier.
    /// decimale=virgule ou decimale=point, dates=jour-mois ou dates=mois-jour.
    /// colonne.montant="Montant TTC" : la colonne « montant » s’appelle ainsi dans le fichier.
    /// absent.montant=nc,nr ; secret.montant=s ; sans-objet.montant=so : marques d’absence.
    #[command(verbatim_doc_comment)]
    Correct {
        /// Le jeu de données
        #[arg(value_name = "JEU")]
        dataset: String,
        /// Les corrections, clé=valeur
        #[arg(value_name = "CLÉ=VALEUR")]
        settings: Vec<String>,
        /// Seulement pour les fichiers de ce nom ; * remplace n’importe quels caractères
        #[arg(long = "file", value_name = "MOTIF")]
        pattern: Option<String>,
        /// Oublie d’abord toutes les corrections
        #[arg(long)]
        forget: bool,
    },
    /// Donne les versions gardées d’un jeu de données, ou en remet une en place
    Versions {
        /// Le jeu de données
        #[arg(value_name = "JEU")]
        dataset: String,
        /// Remet en place la version de ce numéro
        #[arg(long, value_name = "VERSION")]
        restore: Option<u32>,
    },
    /// Le journal de ce qui a été fait : le vérifier, y chercher, l’écrire
    #[command(subcommand)]
    Audit(audit::Command),
    /// Les personnes qui ont un compte
    #[command(subcommand)]
    People(people::Command),
    /// Sauvegarde toute la ville dans un fichier, pendant qu’elle sert
    ///
    /// Déclarations, versions, originaux et tout ce que l’état contient qui ne se refait pas. Le
    /// fichier est relu et vérifié avant d’avoir son nom. Les fichiers du dossier des services
    /// (--data) n’y sont pas : leurs copies importées y sont. Ni variables d’environnement, ni clés.
    Backup {
        /// Le fichier à écrire, ou un dossier ; sans lui, var/backups/beffroi-DATE-HEURE.zip
        #[arg(value_name = "FICHIER")]
        file: Option<PathBuf>,
        /// Retire les plus anciennes de celles qui portent leur date, et garde les N dernières
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
        keep: Option<u16>,
    },
    /// Remet en place une ville sauvegardée, après avoir tout vérifié
    Restore {
        /// La sauvegarde
        #[arg(value_name = "FICHIER")]
        file: PathBuf,
        /// Dans ce dossier (dashboards/ et var/), au lieu de --content et --state
        #[arg(long, value_name = "DOSSIER")]
        into: Option<PathBuf>,
        /// Met de côté ce qui est en place, sous un autre nom
        #[arg(long)]
        replace: bool,
    },
    /// Dit ce qui ne va pas dans cette installation, et quoi faire
    ///
    /// Donnez les options de « beffroi serve » : port et certificat sont vérifiés aussi.
    Doctor {
        /// Relit tout : sommes de contrôle des originaux, dernière sauvegarde
        #[arg(long)]
        deep: bool,
        /// La forme de la réponse
        #[arg(long, value_enum, value_name = "FORME", default_value = "texte")]
        format: Explain,
    },
    /// Lit un fichier, quelle que soit sa forme, et l’écrit en CSV, Parquet ou JSON
    Convert {
        /// Le fichier à lire
        file: PathBuf,
        /// La forme voulue
        #[arg(long = "to", value_enum, default_value = "csv")]
        format: convert::Format,
        /// Où l’écrire ; `-` pour la sortie standard (CSV et JSON)
        #[arg(short, long = "output", value_name = "SORTIE", default_value = "-")]
        output: PathBuf,
        /// Écrit nombres et dates dans leur type, au lieu du texte tel qu’il est
        #[arg(long)]
        typed: bool,
        /// Comment dire ce qui a été décidé et trouvé, sur la sortie d’erreur
        #[arg(long, value_enum, value_name = "FORME", default_value = "texte")]
        explain: Explain,
    },
    /// Vérifie qu’un fichier suit un schéma publié (SCDL, BAL, IRVE…)
    Validate {
        /// Le fichier à vérifier
        file: PathBuf,
        /// Le nom d’un schéma national (`scdl/subventions`, `bal`, `irve/statique`…) ou le fichier
        /// JSON d’un Table Schema
        #[arg(long, value_name = "SCHÉMA")]
        schema: String,
        /// La forme de la réponse
        #[arg(long, value_enum, value_name = "FORME", default_value = "texte")]
        format: Explain,
    },
    /// Dit ce que valent les jeux de données : fraîcheur, complétude, validité, documentation
    Quality {
        /// Un seul jeu de données, critère par critère
        #[arg(value_name = "JEU")]
        dataset: Option<String>,
    },
    /// Donne les valeurs d’un indicateur
    Query {
        /// L’indicateur
        indicator: String,
        /// Détail par dimension, plusieurs fois si besoin
        #[arg(long = "by", value_name = "DIMENSION")]
        by: Vec<String>,
        /// Période ou suite de périodes : 2025, 2019..2025, 2025-01..2025-06, 2024/2025
        #[arg(long, value_name = "PÉRIODE")]
        period: Option<String>,
        /// Seulement ces membres : quartier=gare, plusieurs fois si besoin
        #[arg(long = "where", value_name = "DIMENSION=VALEUR")]
        filters: Vec<String>,
        /// La forme de la réponse
        #[arg(long, value_enum, default_value = "table")]
        format: QueryFormat,
    },
    /// Dessine une figure d’un tableau : une image SVG qui se suffit
    Draw {
        /// Le tableau
        #[arg(value_name = "TABLEAU")]
        board: String,
        /// La figure, par son identifiant (`t3`) ; à nommer si le tableau en a plusieurs
        #[arg(value_name = "FIGURE")]
        tile: Option<String>,
        /// La période ; la dernière connue si elle n’est pas dite
        #[arg(long, value_name = "PÉRIODE")]
        period: Option<String>,
        /// Le fichier à écrire ; sans lui, la sortie
        #[arg(long, short, value_name = "FICHIER")]
        output: Option<PathBuf>,
    },
    /// Écrit un rapport annuel : PDF accessible, pages, classeur ou données
    ///
    /// Un rapport arrêté sort tel qu’il l’a été. Sinon c’est un projet, avec les chiffres du jour :
    /// ce qui reste à régler est dit sur la sortie d’erreur.
    Report {
        /// Le rapport ; à nommer s’il y en a plusieurs
        #[arg(value_name = "RAPPORT")]
        report: Option<String>,
        /// L’année ; la dernière qui est finie si elle n’est pas dite
        #[arg(long, value_name = "ANNÉE", value_parser = clap::value_parser!(i32).range(1900..=2200))]
        year: Option<i32>,
        /// La forme voulue
        #[arg(long, value_enum, default_value = "pdf")]
        to: reports::Output,
        /// PDF en noir et en gris
        #[arg(long)]
        black: bool,
        /// Le fichier à écrire, ou le dossier des pages ; sans lui, un nom fait du rapport et de l’année
        #[arg(long, short, value_name = "SORTIE")]
        output: Option<PathBuf>,
        /// La langue d’un projet
        #[arg(long, value_name = "LANGUE", value_parser = ["fr", "en"], default_value = "fr")]
        lang: String,
    },
    /// Compose un rapport donné sur l’entrée ; pour le programme lui-même
    #[command(name = "typeset", hide = true)]
    Typeset,
    /// Donne les ratios financiers d’une commune, d’après ses comptes au format TOTEM
    ///
    /// Chaque ratio est calculé des lignes du document ; ce que le document déclare est à côté.
    Ratios {
        /// Le dossier des documents budgétaires (XML)
        #[arg(value_name = "DOSSIER")]
        accounts: PathBuf,
        /// La forme de la réponse
        #[arg(long, value_enum, default_value = "table")]
        format: RatioFormat,
    },
    /// Crée une ville de départ, qui marche tout de suite
    New {
        /// Le dossier à créer
        folder: PathBuf,
    },
}

/// How `query` answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum QueryFormat {
    /// Un tableau lisible
    Table,
    /// CSV, virgule et point décimal
    Csv,
    /// JSON, avec états et provenance
    Json,
}

/// How `ratios` answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RatioFormat {
    /// Un tableau lisible, une colonne par exercice
    Table,
    /// CSV, une ligne par exercice et par ratio
    Csv,
}

impl Arguments {
    /// Does what was asked.
    pub fn run(self) -> Result<(), Failure> {
        let folders = &self.folders;
        match self.command.unwrap_or(Command::Serve) {
            Command::Serve => serve::run(folders, &self.serving),
            Command::Audit(command) => audit::run(folders, &command),
            Command::People(command) => people::run(folders, &self.serving, &command),
            Command::Check => town::check(folders),
            Command::Import { datasets, dry_run } => {
                let purpose = if dry_run {
                    import::Purpose::DryRun
                } else {
                    import::Purpose::Import
                };
                import::run(folders, &datasets, purpose)
            }
            Command::Preview {
                file,
                dataset,
                json,
            } => preview::run(folders, &file, dataset.as_deref(), json),
            Command::Correct {
                dataset,
                settings,
                pattern,
                forget,
            } => correct::run(
                folders,
                &correct::Asked {
                    dataset,
                    pattern,
                    forget,
                    settings,
                },
            ),
            Command::Versions { dataset, restore } => match restore {
                None => versions::list(folders, &dataset),
                Some(number) => versions::restore(folders, &dataset, number),
            },
            Command::Backup { file, keep } => {
                backup::run(folders, file.as_deref(), keep.map(usize::from))
            }
            Command::Restore {
                file,
                into,
                replace,
            } => backup::restore(
                folders,
                &backup::Asked {
                    file,
                    into,
                    replace,
                },
            ),
            Command::Doctor { deep, format } => doctor::run(folders, &self.serving, deep, format),
            Command::Convert {
                file,
                format,
                output,
                typed,
                explain,
            } => convert::run(&convert::Asked {
                file: &file,
                format,
                output: &output,
                typed,
                explain,
            }),
            Command::Validate {
                file,
                schema,
                format,
            } => validate::run(folders, &file, &schema, format),
            Command::Quality { dataset } => quality::run(folders, dataset.as_deref()),
            Command::Query {
                indicator,
                by,
                period,
                filters,
                format,
            } => query::run(
                folders,
                &query::Asked {
                    indicator,
                    by,
                    period,
                    filters,
                    format,
                },
            ),
            Command::Draw {
                board,
                tile,
                period,
                output,
            } => draw::run(
                folders,
                &draw::Asked {
                    board,
                    tile,
                    period,
                    output,
                },
            ),
            Command::Report {
                report,
                year,
                to,
                black,
                output,
                lang,
            } => reports::run(
                folders,
                &reports::Asked {
                    report,
                    year,
                    to,
                    black,
                    output,
                    english: lang == "en",
                },
            ),
            Command::Typeset => reports::serve_order(),
            Command::Ratios { accounts, format } => ratios::run(&accounts, format),
            Command::New { folder } => new::run(&folder),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        Arguments::command().debug_assert();
    }
}
