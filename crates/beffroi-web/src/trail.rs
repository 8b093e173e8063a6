//! What goes into the trail of each request: reads once per person, page and hour, without being
//! waited for; exports and refusals before the reply.

use crate::entrance::{Reason, Visitor};
use crate::guard::{House, Permission};
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{StatusCode, header};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest, HttpResponse, web};
use beffroi_store::{Event, Kind, PersonId};
use chrono::Utc;
use std::net::IpAddr;

/// The longest object, and the longest detail, in characters.
const LONGEST: usize = 200;
const LONGEST_DETAIL: usize = 1_000;

/// What a guard found out about a request.
#[derive(Debug, Clone)]
pub(crate) struct Noted {
    person: Option<PersonId>,
    name: String,
    from: Option<IpAddr>,
    permission: Option<Permission>,
    /// Why it was refused, if it was.
    pub refused: Option<&'static str>,
}

impl Noted {
    /// Somebody who asked for a permission.
    pub fn of(visitor: &Visitor, permission: Permission) -> Self {
        Self {
            person: Some(visitor.person.id),
            name: visitor.person.name.clone(),
            from: visitor.from,
            permission: Some(permission),
            refused: None,
        }
    }

    /// Somebody who is not known, and is refused.
    pub fn stranger(from: Option<IpAddr>, refused: &'static str) -> Self {
        Self {
            person: None,
            name: String::new(),
            from,
            permission: None,
            refused: Some(refused),
        }
    }

    /// Leaves it with the request, for [`keep`].
    pub fn leave(self, request: &HttpRequest) {
        request.extensions_mut().insert(self);
    }

    /// What happened, of that person.
    pub fn event(self, kind: Kind, action: &str, object: &str, detail: &str) -> Event {
        Event {
            at: Utc::now(),
            person: self.person,
            name: self.name,
            from: self.from,
            kind,
            action: action.to_owned(),
            object: object.chars().take(LONGEST).collect(),
            detail: detail.chars().take(LONGEST_DETAIL).collect(),
        }
    }
}

/// Keeps what a request was about. What cannot be kept before the reply is not replied.
pub(crate) async fn keep<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let response = next.call(request).await?;
    let noted = response.request().extensions_mut().remove::<Noted>();
    let house = response.request().app_data::<web::Data<House>>().cloned();
    let (Some(noted), Some(house)) = (noted, house) else {
        return Ok(response.map_into_left_body());
    };
    let Some(entrance) = house.entrance() else {
        return Ok(response.map_into_left_body());
    };
    let path = response.request().path();
    let status = response.status();
    let audit = entrance.store().audit();
    if let Some(reason) = noted.refused {
        // What strangers ask for is theirs to choose: it is not written. Nor is an address that
        // a role does not open, but for its pattern.
        let object = match noted.person {
            None => "",
            Some(_) if reason == Reason::Role.as_str() => {
                crate::requests::pattern(response.request())
            }
            Some(_) => path,
        };
        let mut event = noted.event(Kind::Refusal, reason, object, "");
        if house.is_to_be_written(&mut event) {
            return Ok(written(audit, event, response).await);
        }
        return Ok(response.map_into_left_body());
    }
    if !(status.is_success() || status == StatusCode::NOT_MODIFIED) {
        return Ok(response.map_into_left_body());
    }
    match noted.permission {
        Some(Permission::Export | Permission::ExportRejects) => {
            // Which period, which members: what was taken away is told.
            let query = response.request().query_string();
            let event = noted.event(Kind::Export, "export", path, query);
            Ok(written(audit, event, response).await)
        }
        Some(_) => {
            audit.read(noted.event(Kind::Read, "read", path, ""));
            Ok(response.map_into_left_body())
        }
        None => Ok(response.map_into_left_body()),
    }
}

/// The reply, once the event is on disk; otherwise none.
async fn written<B: MessageBody>(
    audit: beffroi_store::Audit,
    event: Event,
    response: ServiceResponse<B>,
) -> ServiceResponse<EitherBody<B>> {
    match web::block(move || audit.record(event)).await {
        Ok(Ok(())) => response.map_into_left_body(),
        failed => {
            tracing::error!(?failed, "the trail could not be written: no reply is given");
            let refused = HttpResponse::ServiceUnavailable()
                .insert_header((header::RETRY_AFTER, 30))
                .insert_header((header::CACHE_CONTROL, "no-store"))
                .body("Le journal ne peut pas être écrit : rien n’est montré avant qu’il le soit.");
            response.into_response(refused).map_into_right_body()
        }
    }
}
