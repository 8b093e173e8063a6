//! Told to stop (SIGTERM by a supervisor, SIGINT by Ctrl+C): what is under way is ended, then the
//! program leaves with code 0. Told twice, it leaves at once. Before it serves there is nothing to
//! end: an import that is broken off leaves the version before it.

use crate::failure::{Failure, progress};
use actix_web::dev::ServerHandle;
use actix_web::rt::{
    System,
    signal::unix::{SignalKind, signal},
};
use std::{
    future::poll_fn,
    io, process,
    sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc},
    task::Poll,
    thread::{Builder, JoinHandle},
    time::{Duration, Instant},
};

/// How long an import may take to end, once everything else has.
const LAST_IMPORT: Duration = Duration::from_secs(10);

/// What is stopped when the program is told to.
#[derive(Clone, Default)]
pub struct Stop(Arc<Mutex<Vec<ServerHandle>>>);

impl Stop {
    /// Listens from now on.
    pub fn listen() -> Result<Self, Failure> {
        let stop = Self::default();
        let told = stop.clone();
        let refused =
            |error| Failure::machine(format!("Aucun signal ne peut être reçu : {error}."));
        let (ready, is_ready) = mpsc::channel();
        Builder::new()
            .name("signals".to_owned())
            .spawn(move || {
                System::new().block_on(async move {
                    match Signals::open() {
                        Ok(mut signals) => {
                            let _ = ready.send(Ok(()));
                            signals.next().await;
                            told.tell().await;
                            signals.next().await;
                            process::exit(0);
                        }
                        Err(error) => drop(ready.send(Err(error))),
                    }
                });
            })
            .map_err(refused)?;
        match is_ready.recv() {
            Ok(Err(error)) => Err(refused(error)),
            _ => Ok(stop),
        }
    }

    /// Stops this one too.
    pub fn also(&self, server: ServerHandle) {
        self.servers().push(server);
    }

    async fn tell(&self) {
        let servers = std::mem::take(&mut *self.servers());
        if servers.is_empty() {
            process::exit(0);
        }
        progress("Arrêt : ce qui est en cours se termine…");
        // The first is the town's; the others tell of it until the end.
        for server in servers {
            server.stop(true).await;
        }
    }

    fn servers(&self) -> MutexGuard<'_, Vec<ServerHandle>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// SIGTERM and SIGINT.
struct Signals([actix_web::rt::signal::unix::Signal; 2]);

impl Signals {
    fn open() -> io::Result<Self> {
        Ok(Self([
            signal(SignalKind::terminate())?,
            signal(SignalKind::interrupt())?,
        ]))
    }

    async fn next(&mut self) {
        poll_fn(|context| {
            let mut came = self.0.iter_mut().map(|signal| signal.poll_recv(context));
            match came.any(|came| came.is_ready()) {
                true => Poll::Ready(()),
                false => Poll::Pending,
            }
        })
        .await;
    }
}

/// Waits for the thread of jobs. An import that takes too long is given up: nothing is lost of what
/// was there before it, and the next start does it again.
pub fn finish(worker: JoinHandle<()>) {
    let start = Instant::now();
    while !worker.is_finished() {
        if start.elapsed() > LAST_IMPORT {
            progress(
                "Un import n’a pas fini à temps : il est abandonné, et sera refait au prochain \
                 démarrage. Les versions précédentes restent en place.",
            );
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let _ = worker.join();
}
