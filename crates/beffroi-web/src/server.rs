//! The site: every route in one table, the headers of every response, the listening socket.

use crate::failure::Failure;
use crate::guard::{Allowed, DemoPolicy, House, Policy, ReadHome};
use crate::pool::Pool;
use crate::town::Town;
use crate::{api, assets, pages};
use actix_web::body::MessageBody;
use actix_web::dev::{Server, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::{Compress, DefaultHeaders, NormalizePath};
use actix_web::{App, Error, HttpResponse, HttpServer, Resource, Route, guard, web};
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// How the site is served.
#[derive(Debug, Clone)]
pub struct Config {
    /// The address to listen on; of this machine only, until there is a sign-in.
    pub listen: SocketAddr,
    /// The state folder, for the files of rows set aside.
    pub state: PathBuf,
    /// Threads that answer queries.
    pub query_threads: usize,
    /// Batches of queries that may wait for one of them.
    pub queue: usize,
    /// How long a batch may take.
    pub time_limit: Duration,
}

/// Why the site cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address can be reached from other machines, and nobody would be asked who they are.
    #[error(
        "refusing to listen on {0}: without sign-in, only addresses of this machine are allowed"
    )]
    NotLoopback(SocketAddr),
    /// The system refuses the address (the port is taken, most often) or the threads that answer
    /// queries.
    #[error("cannot listen")]
    Bind(#[source] io::Error),
}

/// Whether an address may be listened on.
///
/// # Errors
/// [`ServeError::NotLoopback`].
pub fn check_address(address: SocketAddr) -> Result<(), ServeError> {
    if address.ip().to_canonical().is_loopback() {
        Ok(())
    } else {
        Err(ServeError::NotLoopback(address))
    }
}

/// Starts to serve a town to whoever sits at this machine. Gives the server, to be awaited, and
/// the address it listens on, which matters when port 0 was asked for.
///
/// # Errors
/// See [`ServeError`].
pub fn serve(config: Config, town: Town) -> Result<(Server, SocketAddr), ServeError> {
    let asked = config.listen;
    check_address(asked)?;
    let site = Site::new(config, town, Some(Arc::new(DemoPolicy))).map_err(ServeError::Bind)?;
    let server = HttpServer::new(move || site.app())
        .bind(asked)
        .map_err(ServeError::Bind)?;
    let address = server.addrs().first().copied().unwrap_or(asked);
    Ok((server.run(), address))
}

/// The site, apart from its socket.
#[derive(Clone)]
pub struct Site {
    house: web::Data<House>,
}

impl Site {
    /// Without a policy nobody is admitted.
    ///
    /// # Errors
    /// When the system refuses the threads that answer queries.
    pub fn new(config: Config, town: Town, policy: Option<Arc<dyn Policy>>) -> io::Result<Self> {
        let pool = Pool::start(config.query_threads, config.queue, config.time_limit)?;
        Ok(Self {
            house: web::Data::new(House::new(town, pool, config.state, policy)),
        })
    }

    /// The paths of all routes that ask for a permission; `{…}` are parts of the address.
    pub fn guarded_paths() -> impl Iterator<Item = &'static str> {
        GUARDED.iter().map(|(path, _)| *path)
    }

    /// The application: routes inside, then compression, headers, and the normal form of paths.
    pub fn app(
        &self,
    ) -> App<
        impl ServiceFactory<
            ServiceRequest,
            Config = (),
            Response = ServiceResponse<impl MessageBody + use<>>,
            Error = Error,
            InitError = (),
        > + use<>,
    > {
        App::new()
            .app_data(self.house.clone())
            .configure(router)
            .wrap(Compress::default())
            .wrap(security_headers())
            .wrap(NormalizePath::trim())
    }
}

/// Every route: path, and what answers it. `{…}` are parts of the address.
type Table = &'static [(&'static str, fn() -> Route)];

/// Routes behind a permission.
const GUARDED: Table = &[
    ("/", || web::to(pages::home::show)),
    ("/tableaux", || web::to(pages::boards::show)),
    ("/tableaux/{board}", || web::to(pages::board::show)),
    ("/tableaux/{board}/figures/{tile}.csv", || {
        web::to(pages::board::download)
    }),
    ("/indicateurs", || web::to(pages::indicators::show)),
    ("/indicateurs/{indicator}", || {
        web::to(pages::indicator::show)
    }),
    ("/indicateurs/{indicator}/figures/{figure}.csv", || {
        web::to(pages::indicator::download)
    }),
    ("/catalogue", || web::to(pages::catalogue::show)),
    ("/catalogue/{dataset}", || web::to(pages::dataset::show)),
    ("/catalogue/{dataset}/rejets.csv", || {
        web::to(pages::dataset::rejects)
    }),
    ("/catalogue/{dataset}/constats.csv", || {
        web::to(pages::dataset::all_findings)
    }),
    ("/aide", || web::to(pages::help::show)),
    ("/administration", || web::to(pages::administration::show)),
    ("/accessibilite", || web::to(pages::accessibility::show)),
    ("/api/v1/catalogue", || web::to(api::datasets::show)),
    ("/api/v1/catalogue/{dataset}", || {
        web::to(api::dataset::show)
    }),
    ("/api/v1/import", || web::to(api::import::show)),
    ("/api/v1/indicateurs", || web::to(api::indicators::show)),
    ("/api/v1/indicateurs/{indicator}", || {
        web::to(api::indicator::show)
    }),
    ("/api/v1/openapi.json", || web::to(api::openapi::show)),
];

/// Routes for anyone: they tell nothing of the town.
const OPEN: Table = &[
    ("/sante", || web::to(health)),
    ("/assets/beffroi.svg", || web::to(assets::icon)),
];

/// Lays out the routes. Reading is all there is: GET and HEAD.
fn router(config: &mut web::ServiceConfig) {
    for (path, route) in GUARDED.iter().chain(OPEN) {
        config.service(readable(path, *route));
    }
    config.service(readable(assets::css_path(), || web::to(assets::css)));
    config.default_service(web::to(not_found));
}

fn readable(path: &str, route: fn() -> Route) -> Resource {
    web::resource(path)
        .route(route().guard(guard::Any(guard::Get()).or(guard::Head())))
        .default_service(web::to(only_reading))
}

async fn health() -> &'static str {
    "ok\n"
}

async fn only_reading() -> HttpResponse {
    HttpResponse::MethodNotAllowed()
        .insert_header((header::ALLOW, "GET, HEAD"))
        .finish()
}

async fn not_found(allowed: Allowed<ReadHome>) -> Result<HttpResponse, Failure> {
    let name = allowed.visit.path.rsplit('/').next().unwrap_or_default();
    Err(allowed.not_found(name))
}

/// Nothing from elsewhere, nothing in frames, no script at all.
fn security_headers() -> DefaultHeaders {
    DefaultHeaders::new()
        .add((
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
             base-uri 'none'; frame-ancestors 'none'",
        ))
        .add((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .add((header::REFERRER_POLICY, "same-origin"))
        .add((
            header::PERMISSIONS_POLICY,
            "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        ))
        .add((header::CROSS_ORIGIN_OPENER_POLICY, "same-origin"))
        .add(("cross-origin-resource-policy", "same-origin"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn every_route_of_the_api_is_described() {
        let document = api::openapi::document();
        let described: Vec<&str> = document["paths"]
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        let mut routes: Vec<&str> = Site::guarded_paths()
            .filter(|path| path.starts_with("/api/"))
            .collect();
        routes.sort_unstable();
        assert_eq!(described, routes);
    }
}
