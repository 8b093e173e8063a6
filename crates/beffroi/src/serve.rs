//! `beffroi serve`: import what has changed, then serve until told to stop.

use crate::{
    cli::Folders,
    failure::{Failure, print, progress},
    jobs::{self, Jobs},
    town,
};
use arc_swap::ArcSwap;
use beffroi_warehouse::Warehouse;
use beffroi_web::{Config, ServeError, Town};
use std::{
    net::{SocketAddr, TcpListener},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// `beffroi serve`.
pub fn run(folders: &Folders, listen: SocketAddr) -> Result<(), Failure> {
    beffroi_web::check_address(listen).map_err(|error| refusal(&error, listen))?;
    // A port that is taken is told before files are read, not after.
    drop(TcpListener::bind(listen).map_err(|error| refusal(&ServeError::Bind(error), listen))?);
    let declared = jobs::fingerprint(&folders.content);
    let catalog = town::catalog(&folders.content)?;
    let warehouse = Warehouse::open(&folders.state)?;
    let name = catalog.town.name.clone();
    let mut jobs = Jobs::new(
        &folders.content,
        &folders.data,
        warehouse,
        catalog,
        declared,
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
    };
    let stop = Arc::new(AtomicBool::new(false));
    actix_web::rt::System::new().block_on(async {
        let (server, address) = beffroi_web::serve(config, Arc::clone(&town))
            .map_err(|error| refusal(&error, listen))?;
        let (told, seen) = (Arc::clone(&stop), Arc::clone(&town));
        let worker = std::thread::Builder::new()
            .name("jobs".to_owned())
            .spawn(move || jobs.run(&seen, &told))
            .map_err(|error| Failure::machine(format!("Aucun fil d’exécution : {error}.")))?;
        print(format!("{name} : les pages sont sur http://{address}"))?;
        print("Pour arrêter : Ctrl+C")?;
        let ended = server.await;
        stop.store(true, Ordering::Relaxed);
        // An import under way ends before the program does.
        let _ = worker.join();
        ended.map_err(|error| Failure::machine(format!("Le serveur s’est arrêté : {error}.")))
    })
}

fn refusal(error: &ServeError, listen: SocketAddr) -> Failure {
    match error {
        ServeError::NotLoopback(_) => Failure::usage(format!(
            "Écouter sur {listen} est refusé : sans connexion des personnes, les pages ne se \
             montrent qu’à cette machine. Écoutez sur 127.0.0.1, ou passez par un tunnel SSH."
        )),
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
