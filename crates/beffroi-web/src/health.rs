//! Whether the town can be served: what a supervisor or a load balancer asks for again and again.

use actix_web::{HttpResponse, web};
use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long an answer holds: whoever asks all the time does not wear the disk.
const HOLDS: Duration = Duration::from_secs(2);

/// Something that must work for the town to be served; a word when it does not.
pub type Probe = Box<dyn Fn() -> Option<&'static str> + Send + Sync>;

/// What must work. Clones share it.
#[derive(Clone)]
pub struct Health(Arc<Inner>);

struct Inner {
    probes: Vec<Probe>,
    last: Mutex<Option<(Instant, Option<&'static str>)>>,
}

impl fmt::Debug for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Health")
    }
}

impl Health {
    /// The state folder must be writable, and these must work.
    #[must_use]
    pub fn new(state: &Path, others: Vec<Probe>) -> Self {
        let state = state.to_owned();
        let mut probes: Vec<Probe> = vec![Box::new(move || unwritable(&state))];
        probes.extend(others);
        Self(Arc::new(Inner {
            probes,
            last: Mutex::new(None),
        }))
    }

    /// Why the town cannot be served, in a word. Looks at the disk at most every two seconds.
    #[must_use]
    pub fn fault(&self) -> Option<&'static str> {
        let mut last = self.0.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, fault)) = *last
            && at.elapsed() < HOLDS
        {
            return fault;
        }
        let fault = self.0.probes.iter().find_map(|probe| probe());
        *last = Some((Instant::now(), fault));
        fault
    }
}

/// `/sante`: `ok`, or 503 and a word.
pub(crate) async fn show(health: web::Data<Health>) -> HttpResponse {
    let asked = web::block(move || health.fault()).await;
    let mut response = match asked {
        Ok(None) => HttpResponse::Ok(),
        _ => HttpResponse::ServiceUnavailable(),
    };
    let word = asked.unwrap_or(Some("occupe")).unwrap_or("ok");
    response
        .content_type("text/plain; charset=utf-8")
        .insert_header(("cache-control", "no-store"))
        .body(format!("{word}\n"))
}

/// A word when nothing can be written to a folder.
fn unwritable(state: &PathBuf) -> Option<&'static str> {
    let written = tempfile::tempfile_in(state).and_then(|mut file| file.write_all(b"ok"));
    written.is_err().then_some("etat")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_told_in_a_word_and_its_answer_holds_for_a_moment() {
        let state = tempfile::tempdir().unwrap();
        assert_eq!(Health::new(state.path(), Vec::new()).fault(), None);
        assert_eq!(std::fs::read_dir(state.path()).unwrap().count(), 0);
        let gone = Health::new(&state.path().join("gone"), Vec::new());
        assert_eq!(gone.fault(), Some("etat"));
        let broken: Probe = Box::new(|| Some("base"));
        let health = Health::new(state.path(), vec![broken]);
        assert_eq!(health.fault(), Some("base"));
        assert_eq!(health.fault(), Some("base"));
    }
}
