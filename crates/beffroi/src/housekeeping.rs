//! What `serve` does now and then for people: forgets what has expired.

use beffroi_catalog::Retention;
use beffroi_store::{Kind, Store, audit};
use beffroi_web::Town;
use chrono::Utc;
use std::time::Duration;

/// Between two rounds.
const ROUND: Duration = Duration::from_secs(600);

/// Forgets expired sessions and links, and months of the trail that are over their time, as long
/// as the site is served.
pub async fn run(store: Store, town: Town) {
    loop {
        let retention = months(town.load().catalog.access.retention);
        let store = store.clone();
        let done = actix_web::web::block(move || {
            store.purge_sessions(Utc::now())?;
            store.audit().expire(Utc::now(), &retention)
        })
        .await;
        match done {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::error!(%error, "what has expired could not be forgotten"),
            Err(error) => tracing::error!(%error, "what has expired could not be forgotten"),
        }
        actix_web::rt::time::sleep(ROUND).await;
    }
}

/// How long each kind is kept.
fn months(declared: Retention) -> audit::Retention {
    let months = Kind::ALL.map(|kind| {
        let months = match kind {
            Kind::Read | Kind::SignIn => declared.reads,
            Kind::Refusal => declared.refusals,
            Kind::Export | Kind::Change | Kind::Publication | Kind::System => declared.changes,
        };
        (kind, months)
    });
    audit::Retention {
        months: months.into_iter().collect(),
    }
}
