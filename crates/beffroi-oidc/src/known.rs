//! What is known of a provider, and when it is asked again.

use crate::{
    Document, OidcError,
    description::{self, Description},
    keys::{self, Key},
    web::Web,
};
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::time::Instant;
use url::Url;

/// How long a description and its keys hold.
const HOLDS: Duration = Duration::from_secs(3600);
/// Between two times that keys are asked for because one is not known.
const BETWEEN: Duration = Duration::from_secs(60);

/// A provider, as it was when it was asked.
pub(crate) struct Known {
    pub description: Description,
    keys: Mutex<Arc<Vec<Key>>>,
    at: Instant,
}

impl Known {
    fn keys(&self) -> MutexGuard<'_, Arc<Vec<Key>>> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is known, kept between sign-ins.
#[derive(Default)]
pub(crate) struct Knowledge {
    memory: Mutex<Memory>,
    /// Held by who asks the provider; the others wait for what it says.
    asking: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Memory {
    known: Option<Arc<Known>>,
    /// Why the provider could not be asked, the last time.
    failed: Option<(Instant, OidcError)>,
    /// When keys were last asked for because one was not known.
    renewed: Option<Instant>,
}

impl Knowledge {
    /// What was known last, however long ago.
    pub(crate) fn last(&self) -> Option<Arc<Known>> {
        self.memory().known.clone()
    }

    /// What is known, asked for if it does not hold any more.
    pub(crate) async fn get(&self, web: &Web, issuer: &Url) -> Result<Arc<Known>, OidcError> {
        let began = Instant::now();
        if let Some(known) = self.holding() {
            return Ok(known);
        }
        let _asking = self.asking.lock().await;
        // Who was before may have asked for all who waited.
        if let Some(known) = self.holding() {
            return Ok(known);
        }
        if let Some((at, error)) = &self.memory().failed
            && *at >= began
        {
            return Err(error.clone());
        }
        let asked = ask(web, issuer).await;
        let mut memory = self.memory();
        match asked {
            Ok(known) => {
                let known = Arc::new(known);
                memory.known = Some(Arc::clone(&known));
                memory.failed = None;
                Ok(known)
            }
            Err(error) => {
                memory.failed = Some((Instant::now(), error.clone()));
                Err(error)
            }
        }
    }

    pub(crate) fn keys_of(&self, known: &Known) -> Arc<Vec<Key>> {
        Arc::clone(&known.keys())
    }

    /// Keys other than those that did not do; `None` if it is too early to ask for them.
    pub(crate) async fn newer_keys(
        &self,
        web: &Web,
        known: &Known,
        tried: &Arc<Vec<Key>>,
    ) -> Result<Option<Arc<Vec<Key>>>, OidcError> {
        let _asking = self.asking.lock().await;
        let current = self.keys_of(known);
        if !Arc::ptr_eq(&current, tried) {
            return Ok(Some(current));
        }
        {
            let mut memory = self.memory();
            let early = |at: Instant| at.elapsed() < BETWEEN;
            if memory.renewed.is_some_and(early) {
                return Ok(None);
            }
            memory.renewed = Some(Instant::now());
        }
        let keys = Arc::new(ask_keys(web, &known.description.keys).await?);
        *known.keys() = Arc::clone(&keys);
        Ok(Some(keys))
    }

    fn holding(&self) -> Option<Arc<Known>> {
        let known = self.last()?;
        (known.at.elapsed() < HOLDS).then_some(known)
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Asks a provider what it is, and for its keys.
async fn ask(web: &Web, issuer: &Url) -> Result<Known, OidcError> {
    let answer = web.get(&description::address(issuer)).await?;
    let description = description::read(&answer.body, issuer)?;
    let keys = ask_keys(web, &description.keys).await?;
    tracing::info!(
        issuer = description.issuer,
        keys = keys.len(),
        "identity provider known"
    );
    Ok(Known {
        description,
        keys: Mutex::new(Arc::new(keys)),
        at: Instant::now(),
    })
}

async fn ask_keys(web: &Web, url: &Url) -> Result<Vec<Key>, OidcError> {
    let answer = web.get(url).await?;
    keys::read(&answer.body).ok_or(OidcError::Unreadable {
        document: Document::Keys,
        reason: "it is no key set",
    })
}
