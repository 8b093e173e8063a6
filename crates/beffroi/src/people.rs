//! `beffroi people`: who has an account; and a link for somebody, for when nobody who looks after
//! people can sign in any more.

use crate::{
    cli::Folders,
    failure::{Failure, print},
    kept,
    serve::Serving,
};
use beffroi_model::Role;
use beffroi_store::{Event, Kind, Purpose};
use chrono::{Local, Utc};
use clap::Subcommand;

/// What is done with people.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Donne les personnes qui ont un compte
    List,
    /// Donne un lien par lequel une personne choisit un nouveau mot de passe
    ///
    /// Pour quand plus personne ne peut entrer : d’ordinaire, ce lien s’obtient dans
    /// l’administration. Il est noté au journal. `--url` dit sous quelle adresse le site est connu.
    Link {
        /// L’adresse électronique de la personne
        #[arg(value_name = "COURRIEL")]
        email: String,
    },
}

/// `beffroi people`.
pub fn run(folders: &Folders, serving: &Serving, command: &Command) -> Result<(), Failure> {
    let store = kept::open(&folders.state)?;
    let failed = |error| kept::failure(&error);
    match command {
        Command::List => {
            for person in store.people().map_err(failed)? {
                let roles = person.membership.roles.iter().copied().map(Role::as_str);
                let roles: Vec<&str> = roles.collect();
                let last = match person.last_sign_in {
                    Some(at) => at
                        .with_timezone(&Local)
                        .format("%Y-%m-%d %H:%M")
                        .to_string(),
                    None => "jamais".to_owned(),
                };
                let state = if person.is_active { "" } else { "  (suspendu)" };
                print(format!(
                    "{}  {}  {}  dernière connexion : {last}{state}",
                    person.email,
                    person.name,
                    roles.join(", ")
                ))?;
            }
            Ok(())
        }
        Command::Link { email } => {
            let person = store.person_by_email(email).map_err(failed)?;
            let person = person.filter(|it| !it.is_demo).ok_or_else(|| {
                Failure::given(format!(
                    "Personne n’a de compte à l’adresse « {email} ». « beffroi people list » donne les comptes."
                ))
            })?;
            if !person.is_active {
                return Err(Failure::given(
                    "Ce compte est suspendu : un administrateur le rétablit d’abord.",
                ));
            }
            let purpose = if person.has_password {
                Purpose::Reset
            } else {
                Purpose::Invitation
            };
            let now = Utc::now();
            let token = store.invite(person.id, purpose, now).map_err(failed)?;
            let object = format!("person:{}", person.id);
            let event = Event::of_program(now, Kind::System, "person.invited", object, "command");
            store.audit().record(event).map_err(failed)?;
            let site = match &serving.url {
                Some(url) => url.as_str().trim_end_matches('/').to_owned(),
                None => format!("http://{}", serving.listen),
            };
            print(format!(
                "Ce lien sert une fois, et tient {} heures :",
                purpose.lasts().num_hours()
            ))?;
            print(format!("{site}/invitation?jeton={token}"))
        }
    }
}
