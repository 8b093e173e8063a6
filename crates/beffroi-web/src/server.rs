//! The site: every route in one table, the headers of every response, the listening socket.

use crate::entrance::Entrance;
use crate::failure::Failure;
use crate::guard::{Allowed, House, LARGEST_TEXT, ReadHome};
use crate::health::{self, Health};
use crate::metrics::Metrics;
use crate::pool::Pool;
use crate::requests;
use crate::shelf::Shelf;
use crate::tls::Tls;
use crate::town::Town;
use crate::visit::Visit;
use crate::workbench::Workbench;
use crate::{api, assets, pages, reports, trail, workshop};
use actix_web::body::MessageBody;
use actix_web::dev::{Server, Service, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::{Compress, DefaultHeaders, NormalizePath, from_fn};
use actix_web::{App, Error, HttpRequest, HttpResponse, HttpServer, Resource, Route, guard, web};
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How the site is served.
#[derive(Debug, Clone)]
pub struct Config {
    /// The address to listen on.
    pub listen: SocketAddr,
    /// The folder of declarations, for those that are changed from the browser.
    pub content: PathBuf,
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
    /// The program's side of the workshop; without one there is none.
    pub workbench: Option<Arc<dyn Workbench>>,
    /// Where final reports are, and what sets them on paper; without it there are no reports.
    pub shelf: Option<Arc<dyn Shelf>>,
}

/// Why the site cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
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
/// How long a connection is kept for the next page of whoever reads this one.
const READING: Duration = Duration::from_secs(75);
/// Between two looks at the files of the certificate.
const CERTIFICATE_LOOK: Duration = Duration::from_secs(2);

/// Starts to serve a town. Gives the server, to be awaited, and
/// the address it listens on, which matters when port 0 was asked for.
///
/// # Errors
/// See [`ServeError`].
pub fn serve(
    config: Config,
    town: Town,
    entrance: Entrance,
) -> Result<(Server, SocketAddr), ServeError> {
    let asked = config.listen;
    let tls = config.tls.clone();
    let metrics = config.metrics.clone();
    let site = Site::new(config, town, Some(entrance)).map_err(ServeError::Bind)?;
    let server = HttpServer::new(move || site.app())
        .disable_signals()
        .keep_alive(READING)
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
    /// Without an entrance nobody is admitted.
    ///
    /// # Errors
    /// When the system refuses the threads that answer queries.
    pub fn new(config: Config, town: Town, entrance: Option<Entrance>) -> io::Result<Self> {
        let is_secure = entrance.as_ref().is_some_and(Entrance::is_secure);
        let metrics = config.metrics;
        let pool = Pool::start(
            config.query_threads,
            config.queue,
            config.time_limit,
            metrics.clone(),
        )?;
        let house = House::new(
            town,
            pool,
            [config.content, config.state],
            entrance,
            metrics.clone(),
            config.workbench,
            config.shelf,
        );
        Ok(Self {
            house: web::Data::new(house),
            health: web::Data::new(config.health),
            metrics,
            is_secure,
        })
    }

    /// All routes that ask for a permission, `GET` or `POST`; `{…}` are parts of the address.
    pub fn guarded() -> impl Iterator<Item = (&'static str, &'static str)> {
        methods(GUARDED)
    }

    /// All routes for whoever is not known, `GET` or `POST`.
    pub fn open() -> impl Iterator<Item = (&'static str, &'static str)> {
        methods(OPEN)
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
            .configure(|config| router(config, &metrics))
            .wrap(from_fn(trail::keep))
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

/// A route: its path, what answers a reader, what takes a form. `{…}` are parts of the address.
struct Entry(&'static str, Option<fn() -> Route>, Option<fn() -> Route>);

/// Every route.
type Table = &'static [Entry];

/// A route that is read.
const fn read(path: &'static str, get: fn() -> Route) -> Entry {
    Entry(path, Some(get), None)
}

/// A route that is read and takes a form.
const fn form(path: &'static str, get: fn() -> Route, post: fn() -> Route) -> Entry {
    Entry(path, Some(get), Some(post))
}

/// A route that takes a form only.
const fn sent(path: &'static str, post: fn() -> Route) -> Entry {
    Entry(path, None, Some(post))
}

fn methods(table: Table) -> impl Iterator<Item = (&'static str, &'static str)> {
    table.iter().flat_map(|Entry(path, get, post)| {
        let get = get.map(|_| ("GET", *path));
        get.into_iter().chain(post.map(|_| ("POST", *path)))
    })
}

/// Routes behind a permission.
const GUARDED: Table = &[
    read("/", || web::to(pages::home::show)),
    read("/tableaux", || web::to(pages::boards::show)),
    read("/tableaux/{board}", || web::to(pages::board::show)),
    read("/tableaux/{board}/figures/{tile}.csv", || {
        web::to(pages::board::download)
    }),
    read("/indicateurs", || web::to(pages::indicators::show)),
    read("/indicateurs/{indicator}", || {
        web::to(pages::indicator::show)
    }),
    read("/indicateurs/{indicator}/figures/{figure}.csv", || {
        web::to(pages::indicator::download)
    }),
    read("/catalogue", || web::to(pages::catalogue::show)),
    read("/catalogue/{dataset}", || web::to(pages::dataset::show)),
    read("/catalogue/{dataset}/rejets.csv", || {
        web::to(pages::dataset::rejects)
    }),
    read("/catalogue/{dataset}/constats.csv", || {
        web::to(pages::dataset::all_findings)
    }),
    read("/rapports", || web::to(reports::show_list)),
    form(
        "/rapports/nouveau",
        || web::to(reports::show_start),
        || web::to(reports::act_start),
    ),
    form(
        "/rapports/{report}",
        || web::to(reports::show_years),
        || web::to(reports::act_years),
    ),
    read("/rapports/{report}/{year}", || web::to(reports::show_cover)),
    read("/rapports/{report}/{year}/entier", || {
        web::to(reports::show_whole)
    }),
    read("/rapports/{report}/{year}/chapitres/{chapter}", || {
        web::to(reports::show_chapter)
    }),
    form(
        "/rapports/{report}/{year}/chapitres/{chapter}/contribuer",
        || web::to(reports::show_contribution),
        || web::to(reports::act_contribution),
    ),
    form(
        "/rapports/{report}/{year}/suivi",
        || web::to(reports::show_follow),
        || web::to(reports::act_follow),
    ),
    read("/rapports/{report}/{year}/fichiers/{file}", || {
        web::to(reports::file)
    }),
    read("/rapports/{report}/{year}/photos/{photo}", || {
        web::to(reports::photo)
    }),
    read("/aide", || web::to(pages::help::show)),
    read("/compte", || web::to(pages::account::show)),
    sent("/compte/sessions", || web::to(pages::account::end)),
    sent("/compte/mot-de-passe", || web::to(pages::account::password)),
    sent("/compte/code", || web::to(pages::account::code)),
    read("/compte/journal", || web::to(pages::account::trail)),
    form(
        "/deconnexion",
        || web::to(pages::sign_in::ask_out),
        || web::to(pages::sign_in::leave),
    ),
    read("/administration", || web::to(pages::administration::show)),
    form(
        "/administration/personnes",
        || web::to(pages::people::list),
        || web::to(pages::people::add),
    ),
    read("/administration/personnes/nouvelle", || {
        web::to(pages::people::new)
    }),
    form(
        "/administration/personnes/{person}",
        || web::to(pages::people::show),
        || web::to(pages::people::act),
    ),
    read("/administration/acces", || web::to(pages::access::show)),
    read("/administration/acces/personnes/{person}", || {
        web::to(pages::access::person)
    }),
    form(
        "/administration/acces/perimetres/{perimeter}",
        || web::to(pages::perimeter::show),
        || web::to(pages::perimeter::act),
    ),
    read("/administration/journal", || web::to(pages::trail::show)),
    read("/administration/journal.csv", || {
        web::to(pages::trail::download)
    }),
    form(
        "/atelier",
        || web::to(workshop::show_home),
        || web::to(workshop::act_home),
    ),
    form(
        "/atelier/deposer",
        || web::to(workshop::show_bring),
        || web::to(workshop::take_file),
    ),
    form(
        "/atelier/suivi",
        || web::to(workshop::show_upkeep),
        || web::to(workshop::act_upkeep),
    ),
    form(
        "/atelier/commentaires/{indicator}",
        || web::to(workshop::show_commentary),
        || web::to(workshop::act_commentary),
    ),
    form(
        "/atelier/historique/{folder}/{file}",
        || web::to(workshop::show_history),
        || web::to(workshop::act_history),
    ),
    form(
        "/atelier/brouillons/{draft}/historique/{folder}/{file}",
        || web::to(workshop::show_saves),
        || web::to(workshop::act_saves),
    ),
    form(
        "/atelier/brouillons/{draft}",
        || web::to(workshop::show_draft),
        || web::to(workshop::act_draft),
    ),
    sent("/atelier/brouillons/{draft}/relecture", || {
        web::to(workshop::act_review)
    }),
    form(
        "/atelier/brouillons/{draft}/fichiers/{delivery}",
        || web::to(workshop::show_file),
        || web::to(workshop::act_file),
    ),
    form(
        "/atelier/brouillons/{draft}/jeux/{dataset}",
        || web::to(workshop::show_dataset),
        || web::to(workshop::act_dataset),
    ),
    form(
        "/atelier/brouillons/{draft}/indicateurs/{indicator}",
        || web::to(workshop::show_indicator),
        || web::to(workshop::act_indicator),
    ),
    form(
        "/atelier/brouillons/{draft}/tableaux/{board}",
        || web::to(workshop::show_board),
        || web::to(workshop::act_board),
    ),
    form(
        "/atelier/brouillons/{draft}/textes/{folder}/{file}",
        || web::to(workshop::show_text),
        || web::to(workshop::act_text),
    ),
    read(
        "/atelier/brouillons/{draft}/apercu/tableaux/{board}",
        || web::to(workshop::preview_board),
    ),
    read(
        "/atelier/brouillons/{draft}/apercu/indicateurs/{indicator}",
        || web::to(workshop::preview_indicator),
    ),
    read(
        "/atelier/brouillons/{draft}/apercu/rapports/{report}",
        || web::to(workshop::preview_report),
    ),
    read("/api/v1/catalogue", || web::to(api::datasets::show)),
    read("/api/v1/catalogue/{dataset}", || {
        web::to(api::dataset::show)
    }),
    read("/api/v1/import", || web::to(api::import::show)),
    read("/api/v1/indicateurs", || web::to(api::indicators::show)),
    read("/api/v1/indicateurs/{indicator}", || {
        web::to(api::indicator::show)
    }),
    read("/api/v1/openapi.json", || web::to(api::openapi::show)),
];

/// Routes for anyone: they tell the name of the town, and nothing else of it.
const OPEN: Table = &[
    form(
        "/connexion",
        || web::to(pages::sign_in::show),
        || web::to(pages::sign_in::enter),
    ),
    form(
        "/connexion/code",
        || web::to(pages::sign_in::ask_code),
        || web::to(pages::sign_in::check_code),
    ),
    read("/connexion/fournisseur", || {
        web::to(pages::sign_in::to_provider)
    }),
    read("/connexion/retour", || {
        web::to(pages::sign_in::from_provider)
    }),
    form(
        "/demonstration",
        || web::to(pages::demonstration::show),
        || web::to(pages::demonstration::enter),
    ),
    form(
        "/invitation",
        || web::to(pages::invitation::show),
        || web::to(pages::invitation::redeem),
    ),
    form(
        "/premier-acces",
        || web::to(pages::invitation::show),
        || web::to(pages::invitation::redeem),
    ),
    read("/accessibilite", || web::to(pages::accessibility::show)),
    read("/sante", || web::to(health::show)),
    read("/assets/beffroi.svg", || web::to(assets::icon)),
];

/// Lays out the routes.
fn router(config: &mut web::ServiceConfig, metrics: &Metrics) {
    for Entry(path, get, post) in GUARDED.iter().chain(OPEN) {
        config.service(resource(path, metrics, *get, *post));
    }
    config.service(resource(
        assets::css_path(),
        metrics,
        Some(|| web::to(assets::css)),
        None,
    ));
    config.service(resource(
        assets::script_path(),
        metrics,
        Some(|| web::to(assets::script)),
        None,
    ));
    config.default_service(web::to(not_found));
}

fn resource(
    path: &'static str,
    metrics: &Metrics,
    get: Option<fn() -> Route>,
    post: Option<fn() -> Route>,
) -> Resource {
    let mut resource = web::resource(path).app_data(metrics.of_route(path));
    if path.starts_with("/atelier") {
        resource = resource.app_data(web::PayloadConfig::new(LARGEST_TEXT));
    }
    if let Some(get) = get {
        resource = resource.route(get().guard(guard::Any(guard::Get()).or(guard::Head())));
    }
    if let Some(post) = post {
        resource = resource.route(post().guard(guard::Post()));
    }
    match (get, post) {
        (Some(_), Some(_)) => resource.default_service(web::to(reading_or_sending)),
        (None, _) => resource.default_service(web::to(only_sending)),
        (Some(_), None) => resource.default_service(web::to(only_reading)),
    }
}

async fn reading_or_sending(request: HttpRequest) -> Result<HttpResponse, Failure> {
    wrong_method(&request, "GET, HEAD, POST")
}

async fn only_sending(request: HttpRequest) -> Result<HttpResponse, Failure> {
    wrong_method(&request, "POST")
}

async fn only_reading(request: HttpRequest) -> Result<HttpResponse, Failure> {
    wrong_method(&request, "GET, HEAD")
}

fn wrong_method(request: &HttpRequest, right: &'static str) -> Result<HttpResponse, Failure> {
    Err(Failure::method(&Visit::of(request), right))
}

async fn not_found(allowed: Allowed<ReadHome>) -> Result<HttpResponse, Failure> {
    let name = allowed.visit.path.rsplit('/').next().unwrap_or_default();
    Err(allowed.not_found(name))
}

/// Nothing from elsewhere, nothing in frames, no script but our one file; behind a certificate, nothing in
/// clear for two years.
fn security_headers(is_secure: bool) -> DefaultHeaders {
    let headers = match is_secure {
        true => DefaultHeaders::new().add((header::STRICT_TRANSPORT_SECURITY, "max-age=63072000")),
        false => DefaultHeaders::new(),
    };
    headers
        // What does not say how it may be kept is not kept.
        .add((header::CACHE_CONTROL, "private, no-store"))
        .add((
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
             img-src 'self'; form-action 'self'; \
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
        let mut routes: Vec<&str> = Site::guarded()
            .map(|(_, path)| path)
            .filter(|path| path.starts_with("/api/"))
            .collect();
        routes.sort_unstable();
        assert_eq!(described, routes);
    }
}
