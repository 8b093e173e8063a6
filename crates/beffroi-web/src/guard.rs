//! Who may see what. A handler that touches data takes an [`Allowed`] that names the permission
//! it needs; nothing else leads to the town. Without a policy nobody is admitted.

use crate::cache::{Body, Key, PageCache};
use crate::failure::{Failure, Lead};
use crate::layout::{self, Page};
use crate::metrics::Metrics;
use crate::pool::{Answers, Pool};
use crate::requests;
use crate::town::{Snapshot, Town};
use crate::visit::Visit;
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use beffroi_catalog::Catalog;
use beffroi_model::{Query, Scope};
use beffroi_text::Lang;
use std::future::{Future, Ready, ready};
use std::marker::PhantomData;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {
        /// What a reader may be allowed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Permission {
            $($(#[$doc])* $name,)+
        }

        $(
            $(#[$doc])*
            pub struct $name;

            impl Needs for $name {
                const PERMISSION: Permission = Permission::$name;
            }
        )+
    };
}

/// A permission as a type, for [`Allowed`].
pub trait Needs: 'static {
    /// The permission.
    const PERMISSION: Permission;
}

permissions! {
    /// The first page, help and the like.
    ReadHome,
    /// Boards and their figures.
    ReadBoard,
    /// Indicators, on pages and through the API.
    ReadIndicator,
    /// Datasets, what was found in them and their first rows.
    ReadCatalogue,
    /// Errors of declarations, imports and feeds.
    ReadAdmin,
    /// Figures as files.
    Export,
    /// Rows set aside, as they were delivered.
    ExportRejects,
}

/// Who reads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reader {
    /// The rows this reader may see.
    pub scope: Scope,
}

/// Why a reader is not admitted: for the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refusal(pub &'static str);

/// Where a request comes from.
#[derive(Debug, Clone, Copy, Default)]
pub struct Caller<'a> {
    /// The other end of the connection.
    pub peer: Option<IpAddr>,
    /// The name under which it asks for the site, with the port if any.
    pub host: Option<&'a str>,
}

/// Decides who may do what.
pub trait Policy: Send + Sync {
    /// Admits the reader behind a request, or tells why not.
    ///
    /// # Errors
    /// When that permission is not given to the reader.
    fn admit(&self, asked: Permission, caller: Caller) -> Result<Reader, Refusal>;
}

/// Everything for whoever sits at this machine, nothing for others: for trials, as long as there
/// is no sign-in.
#[derive(Debug, Clone, Copy, Default)]
pub struct DemoPolicy;

impl Policy for DemoPolicy {
    fn admit(&self, _asked: Permission, caller: Caller) -> Result<Reader, Refusal> {
        if !caller
            .peer
            .is_some_and(|peer| peer.to_canonical().is_loopback())
        {
            Err(Refusal("the request does not come from this machine"))
        } else if caller.host.is_some_and(|host| !is_this_machine(host)) {
            // A foreign site may point its own name at this machine to have a browser read for it.
            Err(Refusal(
                "the site is asked for under the name of another machine",
            ))
        } else {
            Ok(Reader::default())
        }
    }
}

/// Whether a `Host` names this machine: `localhost:8080`, `127.0.0.1`, `[::1]:8080`.
fn is_this_machine(host: &str) -> bool {
    let name = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, _)) => address,
        None => host.split(':').next().unwrap_or_default(),
    };
    name.eq_ignore_ascii_case("localhost")
        || name
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// What handlers share. Closed: only [`Allowed`] opens it.
pub(crate) struct House {
    town: Town,
    pool: Pool,
    pages: PageCache,
    state: PathBuf,
    policy: Option<Arc<dyn Policy>>,
    metrics: Metrics,
}

impl House {
    pub fn new(
        town: Town,
        pool: Pool,
        state: PathBuf,
        policy: Option<Arc<dyn Policy>>,
        metrics: Metrics,
    ) -> Self {
        Self {
            town,
            pool,
            pages: PageCache::new(),
            state,
            policy,
            metrics,
        }
    }
}

/// A request that was admitted with permission `P`: the way to the town's data.
pub(crate) struct Allowed<P> {
    /// What is asked for.
    pub visit: Visit,
    request: HttpRequest,
    reader: Reader,
    snapshot: Arc<Snapshot>,
    house: web::Data<House>,
    permission: PhantomData<P>,
}

impl<P: Needs> FromRequest for Allowed<P> {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(admit(request))
    }
}

fn admit<P: Needs>(request: &HttpRequest) -> Result<Allowed<P>, Failure> {
    let visit = Visit::of(request);
    let house = request.app_data::<web::Data<House>>();
    let caller = Caller {
        peer: request.peer_addr().map(|peer| peer.ip()),
        host: request
            .headers()
            .get(header::HOST)
            .map(|host| host.to_str().unwrap_or_default()),
    };
    let decision = match house.and_then(|house| house.policy.as_ref()) {
        Some(policy) => policy.admit(P::PERMISSION, caller),
        None => Err(Refusal("no policy is registered")),
    };
    match (decision, house) {
        (Ok(reader), Some(house)) => Ok(Allowed {
            visit,
            request: request.clone(),
            reader,
            snapshot: house.town.load_full(),
            house: house.clone(),
            permission: PhantomData,
        }),
        (Ok(_), None) => Err(Failure::forbidden(&visit)),
        (Err(reason), _) => {
            let route = requests::pattern(request);
            tracing::info!(permission = ?P::PERMISSION, %route, %reason, "refused");
            Err(Failure::forbidden(&visit))
        }
    }
}

impl<P> Allowed<P> {
    /// The state of the town, the same until the end of the request.
    pub fn town(&self) -> &Snapshot {
        &self.snapshot
    }

    /// What the town declares.
    pub fn catalog(&self) -> &Catalog {
        &self.snapshot.catalog
    }

    /// The rows this reader may see.
    pub fn scope(&self) -> &Scope {
        &self.reader.scope
    }

    /// The language of the page.
    pub fn lang(&self) -> Lang {
        self.visit.lang
    }

    /// A part of the address (`{id}`).
    pub fn part(&self, name: &str) -> &str {
        self.request.match_info().get(name).unwrap_or_default()
    }

    /// A file under the state folder, by its path there; `None` for a path that leads out of it.
    pub fn state_file(&self, relative: &str) -> Option<PathBuf> {
        let relative = Path::new(relative);
        relative
            .components()
            .all(|part| matches!(part, std::path::Component::Normal(_)))
            .then(|| self.house.state.join(relative))
    }

    /// Asks the engine one batch made of several plans; answers come back plan by plan.
    ///
    /// # Errors
    /// When too many queries wait.
    pub async fn ask(&self, plans: Vec<Vec<Query>>) -> Result<Vec<Answers>, Failure> {
        let lengths: Vec<usize> = plans.iter().map(Vec::len).collect();
        let queries = plans.into_iter().flatten().collect();
        let answers = self
            .house
            .pool
            .ask(&self.snapshot.engine, queries)
            .await
            .map_err(|_| Failure::busy(&self.visit, Some(&self.catalog().town)))?;
        let mut answers = answers.into_iter();
        Ok(lengths
            .into_iter()
            .map(|count| answers.by_ref().take(count).collect())
            .collect())
    }

    /// There is no such thing as `name`; the page names what comes near.
    pub fn not_found(&self, name: &str) -> Failure {
        Failure::not_found(
            &self.visit,
            Some(&self.catalog().town),
            Lead::near(self.catalog(), &self.visit, name),
        )
    }

    /// Sends a page: from the cache, or built now. A page that rests on a failed query is not
    /// kept.
    ///
    /// # Errors
    /// Those of `build`.
    pub async fn page<F>(&self, build: impl FnOnce() -> F) -> Result<HttpResponse, Failure>
    where
        F: Future<Output = Result<Page, Failure>>,
    {
        let key = Key::of(
            &self.visit,
            self.snapshot.serial,
            self.snapshot.today(),
            self.scope(),
        );
        let kept = self.house.pages.get(&key);
        self.house.metrics.looked_up(kept.is_some());
        if let Some(body) = kept {
            return Ok(body.respond(&self.request));
        }
        let page = build().await?;
        let lasting = page.lasting;
        let html = layout::render(&self.visit, Some(&self.catalog().town), page).into_string();
        let body = Arc::new(Body::html(html));
        if lasting {
            self.house.pages.insert(key, Arc::clone(&body));
        }
        Ok(body.respond(&self.request))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_is_for_this_machine_only() {
        let admits = |peer: Option<&str>, host: Option<&str>| {
            let peer = peer.and_then(|peer| peer.parse().ok());
            DemoPolicy
                .admit(Permission::ReadHome, Caller { peer, host })
                .is_ok()
        };
        assert!(admits(Some("127.0.0.1"), None));
        assert!(admits(Some("::1"), Some("[::1]:8080")));
        assert!(admits(Some("::ffff:127.0.0.1"), Some("LocalHost:8080")));
        assert!(admits(Some("127.0.0.1"), Some("127.0.0.1")));
        assert!(!admits(Some("127.0.0.1"), Some("elsewhere.example:8080")));
        assert!(!admits(
            Some("127.0.0.1"),
            Some("localhost.elsewhere.example")
        ));
        assert!(!admits(Some("192.168.1.4"), Some("localhost")));
        assert!(!admits(None, None));
    }
}
