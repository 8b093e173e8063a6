//! Pages for whoever is not known yet: they tell the name of the town, how to come in, and nothing
//! else. Their forms are tied to a token that the browser was given, as those of a session are.

use crate::entrance::{Entrance, Reason, Visitor};
use crate::failure::Failure;
use crate::guard::{Form, House, LARGEST_FORM, TOKEN, agent};
use crate::layout::{self, Around, Page, Who};
use crate::town::Snapshot;
use crate::trail::Noted;
use crate::visit::Visit;
use actix_web::cookie::Cookie;
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use beffroi_catalog::{Access, Town};
use beffroi_store::{Event, Kind, Person, Store, StoreError, csrf, csrf_matches, network};
use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::sync::Arc;

/// A request at the door.
pub(crate) struct Door {
    pub visit: Visit,
    request: HttpRequest,
    house: web::Data<House>,
    whole: Arc<Snapshot>,
    /// Who is there already.
    pub visitor: Option<Visitor>,
    token: String,
    is_new: bool,
}

impl FromRequest for Door {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(come(request))
    }
}

fn come(request: &HttpRequest) -> Result<Door, Failure> {
    let visit = Visit::of(request);
    let closed = |reason| Failure::forbidden(&visit, Around::default(), reason);
    let house = request
        .app_data::<web::Data<House>>()
        .ok_or_else(|| closed(Reason::Closed))?;
    let entrance = house.entrance().ok_or_else(|| closed(Reason::Closed))?;
    let whole = house.whole();
    let visitor = entrance
        .identify(request, &whole.catalog.town, &whole.catalog.access)
        .map_err(|reason| {
            Noted::stranger(entrance.from(request), reason.as_str()).leave(request);
            closed(reason)
        })?;
    // Whoever is not known is counted by where they come from.
    if visitor.is_none()
        && let Some(from) = entrance.from(request)
        && !house.within_bounds(&format!("address {}", network(from)))
    {
        return Err(Failure::too_many(&visit, Around::default()));
    }
    let known = entrance
        .door_token(request)
        .filter(|token| token.len() == 43);
    let is_new = known.is_none();
    let token = match known {
        Some(token) => token,
        None => beffroi_store::token().map_err(|error| Failure::internal(&visit, &error))?,
    };
    Ok(Door {
        visit,
        request: request.clone(),
        house: house.clone(),
        whole,
        visitor,
        token,
        is_new,
    })
}

impl Door {
    /// Where people come in.
    ///
    /// # Errors
    /// Never in practice: there is no door without.
    pub fn entrance(&self) -> Result<&Entrance, Failure> {
        self.house
            .entrance()
            .ok_or_else(|| Failure::internal(&self.visit, &"no entrance"))
    }

    /// What is known of people.
    ///
    /// # Errors
    /// As [`Door::entrance`].
    pub fn store(&self) -> Result<Store, Failure> {
        Ok(self.entrance()?.store().clone())
    }

    /// The town, of which its name is told.
    pub fn town(&self) -> &Town {
        &self.whole.catalog.town
    }

    /// How people come in.
    pub fn access(&self) -> &Access {
        &self.whole.catalog.access
    }

    /// The token of forms at the door.
    pub fn csrf(&self) -> String {
        csrf(&self.token)
    }

    /// What this browser holds.
    pub fn token(&self) -> &str {
        &self.token
    }

    pub fn request(&self) -> &HttpRequest {
        &self.request
    }

    pub fn agent(&self) -> &str {
        agent(&self.request)
    }

    pub fn around(&self) -> Around {
        Around {
            town: Some(Box::new(self.town().clone())),
            who: self.visitor.as_ref().map(Who::of),
        }
    }

    /// A page at the door.
    ///
    /// # Errors
    /// As [`Door::entrance`].
    pub fn page(&self, page: Page) -> Result<HttpResponse, Failure> {
        let mut response = layout::fresh(&self.visit, &self.around(), page);
        if let Some(cookie) = self.new_cookie()? {
            // A cookie of ours is well formed: a token.
            let _ = response.add_cookie(&cookie);
        }
        Ok(response)
    }

    /// The cookie to give to a browser that has none yet.
    ///
    /// # Errors
    /// As [`Door::entrance`].
    pub fn new_cookie(&self) -> Result<Option<Cookie<'static>>, Failure> {
        let entrance = self.entrance()?;
        Ok(self
            .is_new
            .then(|| entrance.door_cookie(self.token.clone())))
    }

    /// What the store does, on a thread where it may take its time.
    ///
    /// # Errors
    /// When it fails.
    pub async fn ask_store<T, F>(&self, work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce(Store) -> Result<T, StoreError> + Send + 'static,
    {
        in_store(&self.visit, self.store()?, work).await
    }

    /// Writes into the trail what happened at the door; the same refusal once a minute.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn record(
        &self,
        who: Option<&Person>,
        kind: Kind,
        action: &str,
        object: &str,
        detail: &str,
    ) -> Result<(), Failure> {
        let mut event = self.event(who, kind, action, object, detail)?;
        if kind == Kind::Refusal && !self.house.is_to_be_written(&mut event) {
            return Ok(());
        }
        self.write(event).await
    }

    /// Writes a refusal into the trail each time: what is bounded otherwise.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn record_each(
        &self,
        who: Option<&Person>,
        action: &str,
        object: &str,
        detail: &str,
    ) -> Result<(), Failure> {
        let event = self.event(who, Kind::Refusal, action, object, detail)?;
        self.write(event).await
    }

    async fn write(&self, event: Event) -> Result<(), Failure> {
        self.ask_store(move |store| store.audit().record(event))
            .await
    }

    fn event(
        &self,
        who: Option<&Person>,
        kind: Kind,
        action: &str,
        object: &str,
        detail: &str,
    ) -> Result<Event, Failure> {
        Ok(Event {
            at: crate::guard::now(),
            person: who.map(|it| it.id),
            name: who.map_or_else(String::new, |it| it.name.clone()),
            from: self.entrance()?.from(&self.request),
            kind,
            action: action.to_owned(),
            object: object.to_owned(),
            detail: detail.to_owned(),
        })
    }
}

/// What the store does, on a thread where it may take its time.
pub(crate) async fn in_store<T, F>(visit: &Visit, store: Store, work: F) -> Result<T, Failure>
where
    T: Send + 'static,
    F: FnOnce(Store) -> Result<T, StoreError> + Send + 'static,
{
    match web::block(move || work(store)).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(Failure::internal(visit, &error)),
        Err(error) => Err(Failure::internal(visit, &error)),
    }
}

/// Leads on, with cookies. Only to addresses of this site.
pub(crate) fn lead(to: &str, cookies: &[Cookie<'static>]) -> HttpResponse {
    let mut response = HttpResponse::SeeOther();
    response
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::LOCATION, own(to)));
    for cookie in cookies {
        response.cookie(cookie.clone());
    }
    response.finish()
}

/// An address of this site; the first page for any other: `//elsewhere` and `/\elsewhere` are.
pub(crate) fn own(address: &str) -> &str {
    let mut bytes = address.bytes();
    let starts_well = bytes.next() == Some(b'/') && !matches!(bytes.next(), Some(b'/' | b'\\'));
    let is_plain = address.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    if starts_well && is_plain {
        address
    } else {
        "/"
    }
}

/// A form sent at the door.
pub(crate) struct Knock {
    pub door: Door,
    pub form: Form,
}

impl FromRequest for Knock {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let door = come(request);
        let request = request.clone();
        let body = Form::read(&request, payload, LARGEST_FORM);
        Box::pin(async move {
            let door = door?;
            let entrance = door.entrance()?;
            let refuse = |reason: Reason| {
                Noted::stranger(entrance.from(&request), reason.as_str()).leave(&request);
                Failure::forbidden(&door.visit, door.around(), reason)
            };
            entrance.check_origin(&request).map_err(refuse)?;
            let form = body
                .await
                .ok_or_else(|| Failure::bad_form(&door.visit, door.around()))?;
            if door.is_new || !csrf_matches(&door.token, form.get(TOKEN)) {
                return Err(refuse(Reason::Form));
            }
            Ok(Self { door, form })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_led_away_from_the_site() {
        for fine in ["/", "/tableaux?periode=2025", "/indicateurs/a#b"] {
            assert_eq!(own(fine), fine);
        }
        for bad in [
            "",
            "//elsewhere.example",
            "/\\elsewhere.example",
            "https://elsewhere.example",
            "javascript:alert(1)",
            "/a\r\nSet-Cookie: x",
            "/a b",
            "/\u{e9}",
            "\\/x",
        ] {
            assert_eq!(own(bad), "/", "{bad}");
        }
    }
}
