//! `beffroi serve`: import what has changed, then serve until told to stop.

use crate::{
    cli::Folders,
    failure::{Failure, io_message, print, progress},
    housekeeping,
    jobs::{self, Jobs},
    kept, presence,
    reports::Shelves,
    stop::{self, Stop},
    town,
    workbench::Bench,
};
use arc_swap::ArcSwap;
use beffroi_store::Store;
use beffroi_warehouse::Warehouse;
use beffroi_web::{
    Config, Doorway, Entrance, Health, Metrics, Outcome, ServeError, Tls, TlsError, Town,
    publish_due,
};
use chrono::Utc;
use clap::Args;
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener},
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use url::Url;

/// Where and how pages are served.
#[derive(Debug, Clone, Args)]
pub struct Serving {
    /// Adresse d’écoute de `serve`
    #[arg(
        long,
        global = true,
        value_name = "ADRESSE",
        default_value = "127.0.0.1:8080"
    )]
    pub listen: SocketAddr,
    /// Certificat de `serve` et ceux qui le signent, en PEM ; relu quand il change
    #[arg(long, global = true, value_name = "FICHIER")]
    pub tls_cert: Option<PathBuf>,
    /// Clé privée du certificat, en PEM, sans mot de passe
    #[arg(long, global = true, value_name = "FICHIER")]
    pub tls_key: Option<PathBuf>,
    /// Adresse des mesures pour la supervision (/metrics, /sante) ; un port seul n’écoute que cette
    /// machine
    #[arg(long, global = true, value_name = "ADRESSE", value_parser = metrics_address)]
    pub metrics: Option<SocketAddr>,
    /// Demande une vraie connexion, même pour la ville d’exemple
    #[arg(long, global = true)]
    pub no_demo: bool,
    /// L’adresse sous laquelle les personnes connaissent le site (https://tableaux.ville.fr)
    #[arg(long, global = true, value_name = "ADRESSE", value_parser = site_address)]
    pub url: Option<Url>,
    /// Mandataire cru quand il dit d’où vient une demande (X-Forwarded-For) ; plusieurs fois si
    /// besoin
    #[arg(long, global = true, value_name = "ADRESSE")]
    pub behind: Vec<IpAddr>,
}

/// The address of the site: a place of its own, without anything after it.
fn site_address(text: &str) -> Result<Url, String> {
    let expected = "une adresse comme https://tableaux.ville.fr est attendue";
    let url = Url::parse(text).map_err(|_| expected.to_owned())?;
    let is_plain = matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty();
    if is_plain {
        Ok(url)
    } else {
        Err(expected.to_owned())
    }
}

fn metrics_address(text: &str) -> Result<SocketAddr, String> {
    let port = text
        .parse()
        .map(|port| (IpAddr::V4(Ipv4Addr::LOCALHOST), port));
    port.map(SocketAddr::from)
        .or_else(|_| text.parse())
        .map_err(|_| "un port (9100) ou une adresse (127.0.0.1:9100) est attendu".to_owned())
}

impl Serving {
    /// How the site is reached. What would let passwords be read on the way is refused.
    fn doorway(&self, tls: bool) -> Result<Doorway, Failure> {
        let is_here = self.listen.ip().to_canonical().is_loopback();
        let https = self.url.as_ref().is_some_and(|url| url.scheme() == "https");
        if !is_here && !tls && (self.behind.is_empty() || !https) {
            return Err(Failure::usage(format!(
                "Écouter sur {} en clair est refusé : les mots de passe se liraient en chemin. Donnez \
                 un certificat (--tls-cert, --tls-key), ou placez un mandataire devant et nommez-le \
                 (--behind ADRESSE --url https://…).",
                self.listen
            )));
        }
        if https && !tls && self.behind.is_empty() {
            progress(
                "Un mandataire est devant (--url https://…) sans être nommé (--behind) : toutes les \
                 personnes sembleront venir de son adresse, dans le journal et pour la garde contre \
                 les essais de mots de passe.",
            );
        }
        if !is_here && self.url.is_none() {
            return Err(Failure::usage(
                "Sous quel nom le site est-il connu ? Dites-le par --url https://tableaux.ville.fr : \
                 les liens d’invitation le portent, et les demandes sous un autre nom sont refusées.",
            ));
        }
        Ok(Doorway {
            demo: !self.no_demo,
            address: self.url.clone(),
            proxies: self.behind.clone(),
            secure: tls || https,
        })
    }

    /// The certificate, when there is one.
    fn tls(&self) -> Result<Option<Tls>, Failure> {
        match (&self.tls_cert, &self.tls_key) {
            (None, None) => Ok(None),
            (Some(certificate), Some(key)) => match Tls::open(certificate, key) {
                Ok(tls) => Ok(Some(tls)),
                Err(error) => Err(Failure::given(unusable(&error))),
            },
            _ => Err(Failure::usage(
                "Un certificat et sa clé vont ensemble : donnez --tls-cert et --tls-key.",
            )),
        }
    }
}

/// `beffroi serve`.
pub fn run(folders: &Folders, serving: &Serving) -> Result<(), Failure> {
    let listen = serving.listen;
    let stop = Stop::listen()?;
    let tls = serving.tls()?;
    let doorway = serving.doorway(tls.is_some())?;
    // A port that is taken is told before files are read, not after.
    for address in [Some(listen), serving.metrics].into_iter().flatten() {
        let free = TcpListener::bind(address).map_err(ServeError::Bind);
        drop(free.map_err(|error| refusal(&error, address))?);
    }
    let declared = jobs::fingerprint(&folders.content);
    let catalog = town::catalog(&folders.content)?;
    let warehouse = Warehouse::open(&folders.state)?;
    let doorway = Doorway {
        demo: doorway.demo && catalog.town.sample,
        ..doorway
    };
    let is_here = listen.ip().to_canonical().is_loopback();
    let is_known_elsewhere = doorway.address.is_some() || !doorway.proxies.is_empty();
    if doorway.demo && (!is_here || is_known_elsewhere) {
        return Err(Failure::usage(
            "La démonstration laisse entrer sans connexion : elle n’écoute que cette machine, et \
             n’est derrière aucun mandataire. Ajoutez --no-demo pour une vraie connexion.",
        ));
    }
    let _present = presence::serving(&folders.state)?;
    let store = Store::open(&folders.state).map_err(|error| kept::failure(&error))?;
    let entrance = Entrance::new(store.clone(), doorway).map_err(|error| kept::failure(&error))?;
    let is_demo = entrance.is_demo(&catalog.town);
    let name = catalog.town.name.clone();
    let metrics = Metrics::new();
    let mut jobs = Jobs::new(
        &folders.content,
        &folders.data,
        warehouse.clone(),
        catalog,
        declared,
        metrics.clone(),
        store.audit(),
    );
    progress(format!(
        "{name} : lecture des fichiers de « {} »…",
        folders.data.display()
    ));
    jobs.import();
    jobs.poll_feeds();
    let town: Town = Arc::new(ArcSwap::from_pointee(jobs.snapshot()));
    let bench = Arc::new(Bench::new(
        &folders.content,
        &folders.data,
        warehouse,
        Arc::clone(&town),
        jobs.engines(),
    ));
    jobs.publish_by(publications(store.clone(), Arc::clone(&bench)));
    let probed = store.clone();
    let config = Config {
        listen,
        content: folders.content.clone(),
        state: folders.state.clone(),
        query_threads: 2,
        queue: 64,
        time_limit: Duration::from_secs(20),
        tls,
        metrics,
        health: Health::new(
            &folders.state,
            vec![Box::new(move || {
                probed.schema_version().is_err().then_some("store")
            })],
        ),
        workbench: Some(bench),
        shelf: Some(Arc::new(Shelves::new(&folders.content, &folders.state))),
    };
    let over = Arc::new(AtomicBool::new(false));
    actix_web::rt::System::new().block_on(async {
        let scheme = if config.tls.is_some() {
            "https"
        } else {
            "http"
        };
        let (metrics, health) = (config.metrics.clone(), config.health.clone());
        let (server, address) = beffroi_web::serve(config, Arc::clone(&town), entrance)
            .map_err(|error| refusal(&error, listen))?;
        stop.also(server.handle());
        if let Some(asked) = serving.metrics {
            let (watch, address) = beffroi_web::watch(asked, Arc::clone(&town), metrics, health)
                .map_err(|error| refusal(&error, asked))?;
            stop.also(watch.handle());
            actix_web::rt::spawn(watch);
            progress(format!("Mesures : http://{address}/metrics"));
        }
        actix_web::rt::spawn(housekeeping::run(store.clone(), Arc::clone(&town)));
        let (told, seen) = (Arc::clone(&over), Arc::clone(&town));
        let worker = std::thread::Builder::new()
            .name("jobs".to_owned())
            .spawn(move || jobs.run(&seen, &told))
            .map_err(|error| Failure::machine(format!("Aucun fil d’exécution : {error}.")))?;
        let site = match &serving.url {
            Some(url) => url.as_str().trim_end_matches('/').to_owned(),
            None => format!("{scheme}://{address}"),
        };
        if is_demo {
            print(
                "Démonstration : chacun entre comme une personne d’essai (--no-demo pour une vraie \
                 connexion)",
            )?;
        } else {
            first_access(&store, &site)?;
        }
        print(format!("{name} : les pages sont sur {site}"))?;
        print("Pour arrêter : Ctrl+C")?;
        let ended = server.await;
        over.store(true, Ordering::Relaxed);
        // What was read in the last seconds is written before the program ends.
        if let Err(error) = store.audit().flush() {
            tracing::error!(%error, "the last reads could not be written into the trail");
        }
        stop::finish(worker);
        ended.map_err(|error| Failure::machine(format!("Le serveur s’est arrêté : {error}.")))
    })
}

/// Publishes the drafts whose time has come, and those whose publication was broken off.
fn publications(store: Store, bench: Arc<Bench>) -> Box<dyn FnMut() + Send> {
    Box::new(move || match publish_due(&store, &*bench, Utc::now()) {
        Ok(done) => {
            for (draft, outcome) in done {
                progress(format!(
                    "  Brouillon « {} » : {}",
                    draft.title,
                    told(&outcome)
                ));
            }
        }
        Err(error) => tracing::error!(%error, "drafts cannot be published"),
    })
}

/// What became of a publication, for the terminal.
fn told(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Done => "publié.".to_owned(),
        Outcome::Merged => "un fichier avait changé, il est rendu.".to_owned(),
        Outcome::Elsewhere => "quelqu’un d’autre s’en occupe.".to_owned(),
        Outcome::Wrong(_) => "les déclarations ne tiennent pas, il est rendu.".to_owned(),
        Outcome::Conflict(paths) => format!("{} a changé, il est rendu.", paths.join(", ")),
        Outcome::Failed(reason) => reason.clone(),
    }
}

/// As long as nobody looks after people, a link by which to begin, new at each start.
fn first_access(store: &Store, site: &str) -> Result<(), Failure> {
    let failed = |error: beffroi_store::StoreError| kept::failure(&error);
    if store.has_administrator().map_err(failed)? {
        return Ok(());
    }
    let token = store.first_administrator_link(Utc::now()).map_err(failed)?;
    print(
        "Personne n’administre encore ce site. Ce lien, qui sert une fois et tient un jour, ouvre le premier compte :",
    )?;
    print(format!("{site}/premier-acces?jeton={token}"))
}

fn refusal(error: &ServeError, listen: SocketAddr) -> Failure {
    match error {
        ServeError::Tls(error) => Failure::given(unusable(&TlsError::Unusable(error.clone()))),
        ServeError::Bind(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            Failure::machine(format!(
                "Le port {} est déjà pris, peut-être par un autre Beffroi. Arrêtez-le, ou choisissez \
                 un autre port : beffroi --listen 127.0.0.1:{}",
                listen.port(),
                listen.port().saturating_add(1)
            ))
        }
        ServeError::Bind(error) => {
            Failure::machine(format!("Impossible d’écouter sur {listen} : {error}."))
        }
    }
}

/// Why a certificate cannot be used, and what to do.
pub fn unusable(error: &TlsError) -> String {
    match error {
        TlsError::Io { path, source } => io_message(path, source),
        TlsError::NoCertificate(path) => format!(
            "« {} » ne contient aucun certificat PEM (« BEGIN CERTIFICATE »). Donnez la chaîne \
             entière, le certificat du site en premier.",
            path.display()
        ),
        TlsError::NoKey(path) => format!(
            "« {} » ne contient aucune clé privée PEM lisible (« BEGIN PRIVATE KEY »). Une clé \
             protégée par un mot de passe doit d’abord en être libérée.",
            path.display()
        ),
        TlsError::Mismatch => "La clé n’est pas celle du certificat : --tls-cert et --tls-key \
             doivent venir de la même demande."
            .to_owned(),
        TlsError::Unusable(error) => format!("Ce certificat ne peut servir : {error}."),
    }
}
