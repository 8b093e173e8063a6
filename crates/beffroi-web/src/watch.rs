//! For whoever watches over the machine, on an address of its own: what is counted, and whether
//! the town can be served.

use crate::health::{self, Health};
use crate::metrics::{MEDIA_TYPE, Metrics};
use crate::server::ServeError;
use crate::town::Town;
use actix_web::dev::Server;
use actix_web::{App, HttpResponse, HttpServer, web};
use chrono::Utc;
use std::net::SocketAddr;

/// Serves `/metrics` and `/sante` there. Gives the server, to be awaited, and the address it
/// listens on.
///
/// # Errors
/// [`ServeError::Bind`].
pub fn watch(
    listen: SocketAddr,
    town: Town,
    metrics: Metrics,
    health: Health,
) -> Result<(Server, SocketAddr), ServeError> {
    let (town, metrics) = (web::Data::new(town), web::Data::new(metrics));
    let health = web::Data::new(health);
    let app = move || {
        App::new()
            .app_data(town.clone())
            .app_data(metrics.clone())
            .app_data(health.clone())
            .route("/metrics", web::get().to(show))
            .route("/sante", web::get().to(health::show))
    };
    let server = HttpServer::new(app)
        .workers(1)
        .disable_signals()
        .shutdown_timeout(1)
        .bind(listen)
        .map_err(ServeError::Bind)?;
    let address = server.addrs().first().copied().unwrap_or(listen);
    Ok((server.run(), address))
}

async fn show(town: web::Data<Town>, metrics: web::Data<Metrics>) -> HttpResponse {
    match metrics.text(&town.load(), Utc::now()) {
        Ok(text) => HttpResponse::Ok().content_type(MEDIA_TYPE).body(text),
        Err(error) => {
            tracing::error!(%error, "what is counted cannot be written");
            HttpResponse::InternalServerError().finish()
        }
    }
}
