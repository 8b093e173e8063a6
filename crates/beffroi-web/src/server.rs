//! The site: every route in one table, the headers of every response, the listening socket.

use crate::failure::Failure;
use crate::guard::{Allowed, DemoPolicy, House, Policy, ReadHome};
use crate::health::{self, Health};
use crate::metrics::Metrics;
use crate::pool::Pool;
use crate::requests::{self, Pattern};
use crate::tls::Tls;
use crate::town::Town;
use crate::{api, assets, pages};
use actix_web::body::MessageBody;
use actix_web::dev::{Server, Service, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::{Compress, DefaultHeaders, NormalizePath};
use actix_web::{App, Error, HttpResponse, HttpServer, Resource, Route, guard, web};
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

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
    /// The certificate to serve by; without one, pages are served in clear.
    pub tls: Option<Tls>,
    /// Where requests and queries are counted.
    pub metrics: Metrics,
    /// What must work for the town to be served.
    pub health: Health,
}

/// Why the site cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address can be reached from other machines, and nobody would be asked who they are.
    #[error(
        "refusing to listen on {0}: without sign-in, only addresses of this machine are allowed"
    )]
    NotLoopback(SocketAddr),
    /// The certificate cannot be served by.
    #[error("unusable certificate")]
    Tls(#[source] rustls::Error),
    /// The system refuses the address (the port is taken, most often) or the threads that answer
    /// queries.
    #[error("cannot listen")]
    Bind(#[source] io::Error),
}

/// Seconds that what is under way has to end, once told to stop.
const LAST_SECONDS: u64 = 10;
/// Between two looks at the files of the certificate.
const CERTIFICATE_LOOK: Duration = Duration::from_secs(2);

/// Whether an address may be listened on: one of this machine, or any behind a certificate.
///
/// # Errors
/// [`ServeError::NotLoopback`].
pub fn check_address(address: SocketAddr, tls: Option<&Tls>) -> Result<(), ServeError> {
    if tls.is_some() || address.ip().to_canonical().is_loopback() {
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
    let tls = config.tls.clone();
    let metrics = config.metrics.clone();
    check_address(asked, tls.as_ref())?;
    let site = Site::new(config, town, Some(Arc::new(DemoPolicy))).map_err(ServeError::Bind)?;
    let server = HttpServer::new(move || site.app())
        .disable_signals()
        .shutdown_timeout(LAST_SECONDS);
    let server = match &tls {
        Some(tls) => server.bind_rustls_0_23(asked, tls.config().map_err(ServeError::Tls)?),
        None => server.bind(asked),
    };
    let server = server.map_err(ServeError::Bind)?;
    if let Some(tls) = tls {
        actix_web::rt::spawn(renew(tls, metrics));
    }
    let address = server.addrs().first().copied().unwrap_or(asked);
    Ok((server.run(), address))
}

/// Reads the certificate again whenever its files change, as long as the site is served.
async fn renew(tls: Tls, metrics: Metrics) {
    metrics.certificate(tls.ends());
    loop {
        tokio::time::sleep(CERTIFICATE_LOOK).await;
        match tls.refresh() {
            Some(Ok(())) => {
                metrics.certificate(tls.ends());
                tracing::info!("the certificate was read again");
            }
            Some(Err(error)) => {
                tracing::error!(%error, "the new certificate cannot be used, the former stays");
            }
            None => {}
        }
    }
}

/// The site, apart from its socket.
#[derive(Clone)]
pub struct Site {
    house: web::Data<House>,
    health: web::Data<Health>,
    metrics: Metrics,
    is_secure: bool,
}

impl Site {
    /// Without a policy nobody is admitted.
    ///
    /// # Errors
    /// When the system refuses the threads that answer queries.
    pub fn new(config: Config, town: Town, policy: Option<Arc<dyn Policy>>) -> io::Result<Self> {
        let metrics = config.metrics;
        let pool = Pool::start(
            config.query_threads,
            config.queue,
            config.time_limit,
            metrics.clone(),
        )?;
        let house = House::new(town, pool, config.state, policy, metrics.clone());
        Ok(Self {
            house: web::Data::new(house),
            health: web::Data::new(config.health),
            metrics,
            is_secure: config.tls.is_some(),
        })
    }

    /// The paths of all routes that ask for a permission; `{…}` are parts of the address.
    pub fn guarded_paths() -> impl Iterator<Item = &'static str> {
        GUARDED.iter().map(|(path, _)| *path)
    }

    /// The application: routes inside, then compression, headers, the normal form of paths, and
    /// what is told of each request.
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
        let metrics = self.metrics.clone();
        App::new()
            .app_data(self.house.clone())
            .app_data(self.health.clone())
            .configure(router)
            .wrap(Compress::default())
            .wrap(security_headers(self.is_secure))
            .wrap(NormalizePath::trim())
            .wrap_fn(move |request, service| {
                let (started, metrics) = (Instant::now(), metrics.clone());
                let response = service.call(request);
                async move {
                    let mut response = response.await?;
                    requests::answered(&metrics, started, &mut response);
                    Ok(response)
                }
            })
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
    ("/sante", || web::to(health::show)),
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

fn readable(path: &'static str, route: fn() -> Route) -> Resource {
    web::resource(path)
        .app_data(Pattern(path))
        .route(route().guard(guard::Any(guard::Get()).or(guard::Head())))
        .default_service(web::to(only_reading))
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

/// Nothing from elsewhere, nothing in frames, no script at all; behind a certificate, nothing in
/// clear for two years.
fn security_headers(is_secure: bool) -> DefaultHeaders {
    let headers = match is_secure {
        true => DefaultHeaders::new().add((header::STRICT_TRANSPORT_SECURITY, "max-age=63072000")),
        false => DefaultHeaders::new(),
    };
    headers
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
