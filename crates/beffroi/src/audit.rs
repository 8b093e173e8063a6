//! `beffroi audit`: the trail, held against what it says of itself, searched and written out.

use crate::{
    cli::Folders,
    failure::{Failure, io_message, print},
    kept,
};
use beffroi_store::audit::{Problem, Search, What};
use beffroi_store::{Kind, Store};
use beffroi_text::disarmed;
use chrono::{Local, NaiveDate, Utc};
use clap::{Args, Subcommand};
use std::{
    fs::File,
    io::{self, Write},
    path::{Path, PathBuf},
};

/// What is done with the trail.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Vérifie que rien n’a été changé, ôté ni ajouté après coup
    Verify,
    /// Donne les lignes qui correspondent, les plus récentes d’abord
    Search {
        #[command(flatten)]
        asked: Asked,
        /// Combien de lignes
        #[arg(long, value_name = "NOMBRE", default_value_t = 100)]
        limit: usize,
    },
    /// Écrit toutes les lignes qui correspondent en CSV
    Export {
        #[command(flatten)]
        asked: Asked,
        /// Le fichier à écrire ; sans lui, la sortie
        #[arg(short, long = "output", value_name = "FICHIER")]
        output: Option<PathBuf>,
    },
    /// Prend le journal tel qu’il est pour le vrai, après une restauration décidée ; c’est noté
    AdoptHeads {
        /// Qui le décide
        #[arg(long, value_name = "NOM")]
        by: String,
    },
}

/// What is looked for.
#[derive(Debug, Args)]
pub struct Asked {
    /// Des mots : personne, action, objet, adresse
    #[arg(value_name = "MOTS")]
    words: Vec<String>,
    /// Seulement ces sortes : sign_in, read, export, change, publication, refusal, system
    #[arg(long = "kind", value_name = "SORTE", value_parser = kind)]
    kinds: Vec<Kind>,
    /// Depuis ce jour (2026-01-31)
    #[arg(long, value_name = "JOUR")]
    from: Option<NaiveDate>,
    /// Jusqu’à ce jour, compris
    #[arg(long, value_name = "JOUR")]
    to: Option<NaiveDate>,
}

fn kind(word: &str) -> Result<Kind, String> {
    Kind::from_word(word).ok_or_else(|| {
        let words = Kind::ALL.map(Kind::as_str).join(", ");
        format!("sortes possibles : {words}")
    })
}

impl Asked {
    fn search(&self, limit: usize) -> Search {
        Search {
            kinds: self.kinds.clone(),
            words: self.words.join(" "),
            limit,
            ..Search::default()
        }
        .days(self.from, self.to)
    }
}

/// `beffroi audit`.
pub fn run(folders: &Folders, command: &Command) -> Result<(), Failure> {
    let store = kept::open(&folders.state)?;
    match command {
        Command::Verify => verify(&store),
        Command::Search { asked, limit } => {
            let found = store.audit().search(&asked.search(*limit));
            for entry in found.map_err(|error| kept::failure(&error))? {
                let event = entry.event;
                let at = event.at.with_timezone(&Local).format("%Y-%m-%d %H:%M:%S");
                let from = event.from.map(|it| it.to_string()).unwrap_or_default();
                let name = if event.name.is_empty() {
                    "—"
                } else {
                    &event.name
                };
                print(format!(
                    "{at}  {:<11} {:<20} {name}  {}  {}  {from}",
                    event.kind.as_str(),
                    event.action,
                    event.object,
                    event.detail,
                ))?;
            }
            Ok(())
        }
        Command::Export { asked, output } => export(&store, asked, output.as_deref()),
        Command::AdoptHeads { by } => {
            let adopted = store.audit().adopt_heads(by, Utc::now());
            adopted.map_err(|error| kept::failure(&error))?;
            verify(&store)
        }
    }
}

fn verify(store: &Store) -> Result<(), Failure> {
    let verified = store.audit().verify();
    let verified = verified.map_err(|error| kept::failure(&error))?;
    if verified.is_sound() {
        return print(format!(
            "Journal intact : {} ligne(s) en {} chaîne(s), et ce qui en est gardé à part concorde.",
            verified.entries, verified.segments
        ));
    }
    for problem in &verified.problems {
        print(told(problem))?;
    }
    Err(Failure::given(format!(
        "{} endroit(s) du journal ne sont plus ce qui fut écrit. Gardez l’état tel quel, et comparez-le \
         à une sauvegarde.",
        verified.problems.len()
    )))
}

fn told(problem: &Problem) -> String {
    let what = match problem.what {
        What::Altered => "une ligne a été changée",
        What::Removed => "des lignes manquent",
        What::Inserted => "une ligne a été ajoutée",
        What::Reordered => "des lignes ont changé de place",
        What::HeadDiffers => "la chaîne ne finit pas comme elle le dit",
        What::StartDiffers => "la chaîne ne commence pas où finit la précédente",
        What::OutsideMissing => "ce qui est gardé à part manque (audit-heads)",
        What::OutsideDiffers => "ce qui est gardé à part dit autre chose (audit-heads)",
    };
    let place = match (problem.segment.as_str(), problem.seq) {
        ("", _) => "journal".to_owned(),
        (segment, Some(seq)) => format!("{segment}, ligne {seq}"),
        (segment, None) => segment.to_owned(),
    };
    format!("{place} : {what}.")
}

fn export(store: &Store, asked: &Asked, output: Option<&Path>) -> Result<(), Failure> {
    let written = match output {
        Some(path) => File::create(path)
            .map_err(csv::Error::from)
            .and_then(|file| write(store, asked, file)),
        None => write(store, asked, io::stdout().lock()),
    };
    written.map_err(|error| match (error.into_kind(), output) {
        (csv::ErrorKind::Io(error), Some(path)) => Failure::machine(io_message(path, &error)),
        (csv::ErrorKind::Io(error), None) => {
            Failure::machine(format!("Écriture impossible : {error}."))
        }
        (other, _) => Failure::machine(format!("Écriture impossible : {other:?}.")),
    })
}

fn write(store: &Store, asked: &Asked, to: impl Write) -> Result<(), csv::Error> {
    let mut writer = csv::Writer::from_writer(to);
    writer.write_record([
        "seq", "at", "person", "name", "from", "kind", "action", "object", "detail",
    ])?;
    for entry in store.audit().export(&asked.search(usize::MAX)) {
        let entry = entry.map_err(io::Error::other)?;
        let event = entry.event;
        let cells = [
            entry.seq.to_string(),
            event.at.to_rfc3339(),
            event.person.map(|it| it.to_string()).unwrap_or_default(),
            event.name,
            event.from.map(|it| it.to_string()).unwrap_or_default(),
            event.kind.as_str().to_owned(),
            event.action,
            event.object,
            event.detail,
        ];
        writer.write_record(cells.map(|cell: String| disarmed(&cell).into_owned()))?;
    }
    writer.flush()?;
    Ok(())
}
