//! `beffroi serve`: import what has changed, then serve until told to stop.

use crate::{
    cli::Folders,
    failure::{Failure, io_message, print, progress},
    jobs::{self, Jobs},
    stop::{self, Stop},
    town,
};
use arc_swap::ArcSwap;
use beffroi_warehouse::Warehouse;
use beffroi_web::{Config, Health, Metrics, ServeError, Tls, TlsError, Town};
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
    beffroi_web::check_address(listen, tls.as_ref()).map_err(|error| refusal(&error, listen))?;
    // A port that is taken is told before files are read, not after.
    for address in [Some(listen), serving.metrics].into_iter().flatten() {
        let free = TcpListener::bind(address).map_err(ServeError::Bind);
        drop(free.map_err(|error| refusal(&error, address))?);
    }
    let declared = jobs::fingerprint(&folders.content);
    let catalog = town::catalog(&folders.content)?;
    let warehouse = Warehouse::open(&folders.state)?;
    let name = catalog.town.name.clone();
    let metrics = Metrics::new();
    let mut jobs = Jobs::new(
        &folders.content,
        &folders.data,
        warehouse,
        catalog,
        declared,
        metrics.clone(),
    );
    progress(format!(
        "{name} : lecture des fichiers de « {} »…",
        folders.data.display()
    ));
    jobs.import();
    jobs.poll_feeds();
    let town: Town = Arc::new(ArcSwap::from_pointee(jobs.snapshot()));
    let config = Config {
        listen,
        state: folders.state.clone(),
        query_threads: 2,
        queue: 64,
        time_limit: Duration::from_secs(20),
        tls,
        metrics,
        health: Health::new(&folders.state, Vec::new()),
    };
    let over = Arc::new(AtomicBool::new(false));
    actix_web::rt::System::new().block_on(async {
        let scheme = if config.tls.is_some() {
            "https"
        } else {
            "http"
        };
        let (metrics, health) = (config.metrics.clone(), config.health.clone());
        let (server, address) = beffroi_web::serve(config, Arc::clone(&town))
            .map_err(|error| refusal(&error, listen))?;
        stop.also(server.handle());
        if let Some(asked) = serving.metrics {
            let (watch, address) = beffroi_web::watch(asked, Arc::clone(&town), metrics, health)
                .map_err(|error| refusal(&error, asked))?;
            stop.also(watch.handle());
            actix_web::rt::spawn(watch);
            progress(format!("Mesures : http://{address}/metrics"));
        }
        let (told, seen) = (Arc::clone(&over), Arc::clone(&town));
        let worker = std::thread::Builder::new()
            .name("jobs".to_owned())
            .spawn(move || jobs.run(&seen, &told))
            .map_err(|error| Failure::machine(format!("Aucun fil d’exécution : {error}.")))?;
        print(format!("{name} : les pages sont sur {scheme}://{address}"))?;
        print("Pour arrêter : Ctrl+C")?;
        let ended = server.await;
        over.store(true, Ordering::Relaxed);
        stop::finish(worker);
        ended.map_err(|error| Failure::machine(format!("Le serveur s’est arrêté : {error}.")))
    })
}

fn refusal(error: &ServeError, listen: SocketAddr) -> Failure {
    match error {
        ServeError::NotLoopback(_) => Failure::usage(format!(
            "Écouter sur {listen} est refusé : sans connexion des personnes, les pages ne se \
             montrent qu’à cette machine. Écoutez sur 127.0.0.1, ou passez par un tunnel SSH."
        )),
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
