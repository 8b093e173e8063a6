//! Who may see what. A handler that touches data takes an [`Allowed`] that names the permission
//! it needs, one that changes something takes a [`Posted`]; nothing else leads to the town. What
//! they see is the town as that person reaches it: what they do not reach is not there, and rows
//! they may not see are left out of every query here, in one place.

use crate::cache::{Body, Key, NAME, PageCache};
use crate::door::in_store;
use crate::entrance::{Entrance, Reason, Visitor};
use crate::failure::{Failure, Lead};
use crate::layout::{self, Around, Page, Who};
use crate::metrics::Metrics;
use crate::pool::{Answers, Pool};
use crate::rights;
use crate::shelf::Shelf;
use crate::town::{Faults, Snapshot, Town};
use crate::trail::Noted;
use crate::visit::Visit;
use crate::workbench::Workbench;
use actix_web::dev::Payload;
use actix_web::http::{Method, header};
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, web};
use beffroi_catalog::{Catalog, Reach};
use beffroi_model::{Answer, DatasetId, DepartmentId, Membership, Query, QueryError, Scopes};
use beffroi_store::{Event, Kind, PersonId, Store, StoreError};
use beffroi_text::Lang;
use chrono::Utc;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use moka::sync::Cache;
use std::collections::{BTreeMap, BTreeSet};
use std::future::{Future, Ready, ready};
use std::marker::PhantomData;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

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
    /// One's own account, sessions and trail.
    OwnAccount,
    /// Who can see what.
    ReadAccess,
    /// What was done, by whom.
    ReadTrail,
    /// People: to add, change, invite and remove.
    ManagePeople,
    /// Perimeters, and who has them by their role.
    ManageAccess,
    /// The workshop: to bring files, and to draft what is declared.
    Compose,
    /// To look over the drafts of others, and to publish them.
    Review,
}

impl Permission {
    /// Whether what is changed with it holds beyond a demonstration.
    fn outlives_a_demonstration(self) -> bool {
        matches!(self, Self::ManagePeople | Self::ManageAccess)
    }

    /// Whether forms sent with it are long to fill in: of one whose session has ended nothing is
    /// lost.
    fn takes_long_forms(self) -> bool {
        matches!(self, Self::Compose | Self::Review)
    }
}

/// Permissions with which the whole town's declarations may be looked at, to tell who reaches what.
pub trait SeesRights: Needs {}

impl SeesRights for ReadAccess {}
impl SeesRights for ReadTrail {}
impl SeesRights for ManagePeople {}
impl SeesRights for ManageAccess {}

/// The town as people of one membership see it.
pub(crate) struct View {
    /// Differs from that of any other view.
    number: u64,
    town: Snapshot,
    reach: Reach,
    scopes: Scopes,
}

/// Who was refused, from where; what, on what, and why.
type Refused = (Option<PersonId>, Option<IpAddr>, String, String, String);

/// How many views are kept: memberships that differ, times the states of the town.
const MOST_VIEWS: u64 = 256;
/// Requests that somebody may send in a burst, and how many a second afterwards.
const BURST: NonZeroU32 = NonZeroU32::new(400).unwrap();
const PER_SECOND: NonZeroU32 = NonZeroU32::new(40).unwrap();

/// What handlers share. Closed: only [`Allowed`] opens it.
pub(crate) struct House {
    town: Town,
    pool: Pool,
    pages: PageCache,
    content: PathBuf,
    state: PathBuf,
    entrance: Option<Entrance>,
    metrics: Metrics,
    workbench: Option<Arc<dyn Workbench>>,
    shelf: Option<Arc<dyn Shelf>>,
    /// How many times something was said of figures: pages kept before are not shown again.
    said: AtomicU64,
    views: Cache<(u64, Membership), Arc<View>>,
    next_view: AtomicU64,
    bounds: DefaultKeyedRateLimiter<String>,
    /// How many refusals of somebody were written within a minute.
    refused: Cache<(Option<PersonId>, Option<IpAddr>), Arc<AtomicU64>>,
    /// Refusals of the last minute.
    refusals: Cache<Refused, ()>,
}

impl House {
    pub fn new(
        town: Town,
        pool: Pool,
        [content, state]: [PathBuf; 2],
        entrance: Option<Entrance>,
        metrics: Metrics,
        workbench: Option<Arc<dyn Workbench>>,
        shelf: Option<Arc<dyn Shelf>>,
    ) -> Self {
        Self {
            metrics,
            workbench,
            shelf,
            said: AtomicU64::new(0),
            town,
            pool,
            pages: PageCache::new(),
            content,
            state,
            entrance,
            views: Cache::new(MOST_VIEWS),
            next_view: AtomicU64::new(1),
            refused: Cache::builder()
                .max_capacity(10_000)
                .time_to_live(Duration::from_secs(60))
                .build(),
            refusals: Cache::builder()
                .max_capacity(10_000)
                .time_to_live(Duration::from_secs(60))
                .build(),
            bounds: RateLimiter::keyed(Quota::per_second(PER_SECOND).allow_burst(BURST)),
        }
    }

    /// Where people come in.
    pub fn entrance(&self) -> Option<&Entrance> {
        self.entrance.as_ref()
    }

    /// The whole state of the town: for whoever decides what of it is shown.
    pub fn whole(&self) -> Arc<Snapshot> {
        self.town.load_full()
    }

    /// Whether one more request is within bounds.
    pub fn within_bounds(&self, who: &str) -> bool {
        let count = self.bounds.len();
        if count > MOST_BOUNDS && count.is_multiple_of(64) {
            self.bounds.retain_recent();
        }
        self.bounds.check_key(&who.to_owned()).is_ok()
    }

    /// Whether a refusal is to be written: the first of its kind for a minute, and one of not too
    /// many of whoever it is. The last that is written says that there are more.
    pub fn is_to_be_written(&self, event: &mut Event) -> bool {
        let key = (
            event.person,
            event.from,
            event.action.clone(),
            event.object.clone(),
            event.detail.clone(),
        );
        if !self.refusals.entry(key).or_insert(()).is_fresh() {
            return false;
        }
        let who = (event.person, event.from);
        let count = self.refused.get_with(who, || Arc::new(AtomicU64::new(0)));
        let count = count.fetch_add(1, Ordering::Relaxed);
        if count == MOST_REFUSALS {
            "many-refusals".clone_into(&mut event.action);
            event.object.clear();
            event.detail.clear();
        }
        count <= MOST_REFUSALS
    }

    /// The town as people of a membership see it, made once for each state of the town.
    fn view(&self, town: &Snapshot, member: &Membership) -> Arc<View> {
        let key = (town.serial, member.clone());
        self.views.get_with(key, || {
            let reach = town.catalog.reach(member);
            let faults = Faults::of(member);
            Arc::new(View {
                number: self.next_view.fetch_add(1, Ordering::Relaxed),
                town: town.within(&reach, faults),
                scopes: reach.scopes(),
                reach,
            })
        })
    }
}

/// Refusals of one person, or from one address, that are written within a minute.
const MOST_REFUSALS: u64 = 30;
/// Of how many senders requests are counted before those that have fallen silent are forgotten.
const MOST_BOUNDS: usize = 10_000;

/// A request that was admitted with permission `P`: the way to the town's data.
pub(crate) struct Allowed<P> {
    /// What is asked for.
    pub visit: Visit,
    request: HttpRequest,
    visitor: Visitor,
    view: Arc<View>,
    whole: Arc<Snapshot>,
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
    let Some(house) = request.app_data::<web::Data<House>>() else {
        return Err(Failure::forbidden(
            &visit,
            Around::default(),
            Reason::Closed,
        ));
    };
    let Some(entrance) = house.entrance() else {
        return Err(Failure::forbidden(
            &visit,
            Around::default(),
            Reason::Closed,
        ));
    };
    let whole = house.whole();
    let town = &whole.catalog.town;
    let visitor = entrance.identify(request, town, &whole.catalog.access);
    let visitor = match visitor {
        Ok(Some(visitor)) => visitor,
        Ok(None) => {
            // Whoever is not known learns nothing: neither which pages there are nor of whom.
            if entrance.is_forged(request, &whole.catalog.access) {
                Noted::stranger(entrance.from(request), "forged-header").leave(request);
            }
            return Err(Failure::sign_in(&visit, town));
        }
        Err(reason) => {
            Noted::stranger(entrance.from(request), reason.as_str()).leave(request);
            return Err(Failure::forbidden(&visit, Around::default(), reason));
        }
    };
    let around = || Around {
        town: Some(Box::new(town.clone())),
        who: Some(Who::of(&visitor)),
    };
    if visitor
        .bound()
        .is_some_and(|who| !house.within_bounds(&who))
    {
        return Err(Failure::too_many(&visit, around()));
    }
    let mut noted = Noted::of(&visitor, P::PERMISSION);
    if !rights::member_may(&visitor.person.membership, P::PERMISSION) {
        noted.refused = Some(Reason::Role.as_str());
        noted.leave(request);
        return Err(Failure::not_allowed(&visit, around(), P::PERMISSION));
    }
    noted.leave(request);
    let view = house.view(&whole, &visitor.person.membership);
    Ok(Allowed {
        visit,
        request: request.clone(),
        visitor,
        view,
        whole,
        house: house.clone(),
        permission: PhantomData,
    })
}

impl<P> Allowed<P> {
    /// The state of the town as this person sees it, the same until the end of the request.
    pub fn town(&self) -> &Snapshot {
        &self.view.town
    }

    /// What the town declares, of what this person reaches.
    pub fn catalog(&self) -> &Catalog {
        &self.view.town.catalog
    }

    /// Who asks.
    pub fn visitor(&self) -> &Visitor {
        &self.visitor
    }

    /// The rows that this person may see of each indicator.
    pub fn scopes(&self) -> &Scopes {
        &self.view.scopes
    }

    /// What this person reaches.
    pub fn reach(&self) -> &Reach {
        &self.view.reach
    }

    /// Whether this person reaches the rows of a dataset, and not only figures made of them.
    pub fn reaches_rows(&self, dataset: &DatasetId) -> bool {
        self.view.reach.raw.contains_key(dataset)
    }

    /// Whether this person may know how many rows a dataset has: no figure is secret, and they
    /// reach all of them.
    pub fn counts_rows(&self, dataset: &DatasetId) -> bool {
        let declared = self.catalog().datasets.get(dataset);
        declared.is_some_and(|it| it.secrecy.is_none()) && self.view.reach.counted.contains(dataset)
    }

    /// The departments for which this person may make declarations: their own, and those that the
    /// perimeters of whoever publishes open to them.
    pub fn departments(&self) -> BTreeSet<DepartmentId> {
        let member = &self.visitor.person.membership;
        let access = &self.whole.catalog.access;
        let publishes = self.may(Permission::Review);
        let by_role = member
            .roles
            .iter()
            .filter_map(|role| access.roles.get(role));
        let perimeters: Vec<_> = by_role
            .flatten()
            .chain(&member.perimeters)
            .filter_map(|id| access.perimeters.get(id))
            .filter(|it| publishes && it.rows.is_empty())
            .collect();
        let all = self.whole.catalog.town.departments.keys();
        all.filter(|id| {
            member.departments.contains(*id)
                || perimeters.iter().any(|it| it.departments.contains(id))
        })
        .cloned()
        .collect()
    }

    /// Whether something declared is there, though this person may not reach it: a name that is
    /// taken is taken for everybody.
    pub fn is_taken(&self, path: &str) -> bool {
        let catalog = &self.whole.catalog;
        match path.split_once('/') {
            // Versions of a dataset that was withdrawn are no new dataset's.
            Some(("datasets", id)) => {
                catalog.datasets.contains_key(id)
                    || self.house.state.join("warehouse").join(id).exists()
            }
            Some(("indicators", id)) => catalog.indicators.contains_key(id),
            Some(("boards", id)) => catalog.boards.contains_key(id),
            // Final reports of one that was withdrawn are no new one's.
            Some(("reports", id)) => {
                catalog.reports.contains_key(id)
                    || self.house.state.join("reports").join(id).exists()
            }
            _ => false,
        }
    }

    /// Whether versions are kept of a dataset that is not declared any more.
    pub fn is_withdrawn(&self, dataset: &DatasetId) -> bool {
        let versions = self.house.state.join("warehouse").join(dataset.as_str());
        !self.whole.catalog.datasets.contains_key(dataset) && versions.exists()
    }

    /// All that the town declares, to judge what a draft may rest on; never to be shown.
    pub fn whole_catalog(&self) -> &Catalog {
        &self.whole.catalog
    }

    /// What drafts are made with.
    ///
    /// # Errors
    /// When the program gives no workbench.
    pub fn workbench(&self) -> Result<Arc<dyn Workbench>, Failure> {
        let bench = self.house.workbench.clone();
        bench.ok_or_else(|| Failure::internal(&self.visit, &"no workbench"))
    }

    /// Where final reports are.
    ///
    /// # Errors
    /// When the program gives no shelf.
    pub fn shelf(&self) -> Result<Arc<dyn Shelf>, Failure> {
        let shelf = self.house.shelf.clone();
        shelf.ok_or_else(|| Failure::internal(&self.visit, &"no shelf"))
    }

    /// The same request over another state of the town, as a draft would make it, seen as people
    /// of a membership would see it. Of what is published this person sees no more rows there than
    /// they reach now.
    pub fn over<Q>(&self, town: &Snapshot, member: &Membership) -> Allowed<Q> {
        let mut reach = town.catalog.reach(member);
        let theirs = reach.scopes();
        // Of what is published, nothing that this person does not reach themselves.
        let (published, own) = (&self.whole.catalog, &self.view.town.catalog);
        reach.indicators.retain(|id, _| {
            !published.indicators.contains_key(id) || own.indicators.contains_key(id)
        });
        reach
            .boards
            .retain(|id, _| !published.boards.contains_key(id) || own.boards.contains_key(id));
        reach
            .datasets
            .retain(|id, _| !published.datasets.contains_key(id) || own.datasets.contains_key(id));
        reach.raw.retain(|id, _| {
            !published.datasets.contains_key(id) || self.view.reach.raw.contains_key(id)
        });
        reach.counted.retain(|id| {
            !published.datasets.contains_key(id) || self.view.reach.counted.contains(id)
        });
        let scopes = town.catalog.indicators.keys().map(|id| {
            let own = self.view.scopes.of(id);
            let scope = match own.0.is_empty() {
                true => theirs.of(id),
                false => own,
            };
            (id.clone(), scope.clone())
        });
        let view = View {
            number: self.house.next_view.fetch_add(1, Ordering::Relaxed),
            town: town.within(&reach, Faults::None),
            scopes: Scopes::new(scopes),
            reach,
        };
        Allowed {
            visit: self.visit.clone(),
            request: self.request.clone(),
            visitor: self.visitor.clone(),
            view: Arc::new(view),
            whole: Arc::clone(&self.whole),
            house: self.house.clone(),
            permission: PhantomData,
        }
    }

    /// The same request with another permission, if this person has it too.
    pub fn also<Q: Needs>(self) -> Option<Allowed<Q>> {
        self.may(Q::PERMISSION).then(|| Allowed {
            visit: self.visit,
            request: self.request,
            visitor: self.visitor,
            view: self.view,
            whole: self.whole,
            house: self.house,
            permission: PhantomData,
        })
    }

    /// Whether this person may do something.
    pub fn may(&self, permission: Permission) -> bool {
        rights::member_may(&self.visitor.person.membership, permission)
    }

    /// The language of the page.
    pub fn lang(&self) -> Lang {
        self.visit.lang
    }

    /// What stands around the content of a page.
    pub fn around(&self) -> Around {
        Around {
            town: Some(Box::new(self.catalog().town.clone())),
            who: Some(Who::of(&self.visitor)),
        }
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

    /// Asks the engine one batch made of several plans; answers come back plan by plan. Here, and
    /// nowhere else, each query gets the rows that this person may see; one about an indicator
    /// that they do not reach is not asked.
    ///
    /// # Errors
    /// When too many queries wait.
    pub async fn ask(&self, plans: Vec<Vec<Query>>) -> Result<Vec<Answers>, Failure> {
        let lengths: Vec<usize> = plans.iter().map(Vec::len).collect();
        let mut refused: BTreeMap<usize, QueryError> = BTreeMap::new();
        let mut queries = Vec::new();
        for (place, mut query) in plans.into_iter().flatten().enumerate() {
            if self.catalog().indicators.contains_key(&query.indicator) {
                query.scope = self.scopes().of(&query.indicator).clone();
                queries.push(query);
            } else {
                refused.insert(place, QueryError::UnknownIndicator(query.indicator));
            }
        }
        let count = queries.len() + refused.len();
        let answers = match queries.is_empty() {
            true => Vec::new(),
            false => self
                .house
                .pool
                .ask(&self.view.town.engine, queries)
                .await
                .map_err(|_| Failure::busy(&self.visit, self.around()))?,
        };
        let mut answers = answers.into_iter().map(|answer| self.of_reach(answer));
        let mut all = (0..count)
            .filter_map(|place| match refused.remove(&place) {
                Some(error) => Some(Err(error)),
                None => answers.next(),
            })
            .collect::<Vec<_>>()
            .into_iter();
        Ok(lengths
            .into_iter()
            .map(|count| all.by_ref().take(count).collect())
            .collect())
    }

    /// An answer that does not tell how many rows there are beyond those that are reached.
    fn of_reach(&self, answer: Result<Answer, QueryError>) -> Result<Answer, QueryError> {
        let mut answer = answer?;
        for source in &mut answer.provenance {
            if !self.counts_rows(&source.dataset) {
                source.rows_read = None;
                source.rows_rejected = None;
            }
        }
        Ok(answer)
    }

    /// There is no such thing as `name`, or it is out of reach: the page is the same, the trail is
    /// not. It names what comes near among what is reached.
    pub fn not_found(&self, name: &str) -> Failure {
        let has = |catalog: &Catalog| {
            catalog.boards.contains_key(name)
                || catalog.indicators.contains_key(name)
                || catalog.datasets.contains_key(name)
        };
        // Both are written, so that not even the time it takes tells one from the other.
        self.refused(match has(&self.whole.catalog) && !has(self.catalog()) {
            true => Reason::Perimeter,
            false => Reason::Unknown,
        });
        Failure::not_found(
            &self.visit,
            self.around(),
            Lead::near(self.catalog(), &self.visit, name),
        )
    }

    /// Notes a refusal for the trail.
    pub fn refused(&self, reason: Reason) {
        if let Some(noted) = self.request.extensions_mut().get_mut::<Noted>() {
            noted.refused = Some(reason.as_str());
        }
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
            self.view.number,
            self.house.said.load(Ordering::Relaxed),
            self.town().today(),
        );
        let name = &self.visitor.person.name;
        let kept = self.house.pages.get(&key);
        self.house.metrics.looked_up(kept.is_some());
        if let Some(body) = kept {
            return Ok(body.respond(&self.request, name));
        }
        let page = build().await?;
        let lasting = page.lasting;
        let around = self.around().named(NAME);
        let html = layout::render(&self.visit, &around, page).into_string();
        let body = Arc::new(Body::html(&html));
        if lasting {
            self.house.pages.insert(key, Arc::clone(&body));
        }
        Ok(body.respond(&self.request, name))
    }

    /// Pages kept so far are not shown again: something was said of figures.
    pub fn forget_pages(&self) {
        self.house.said.fetch_add(1, Ordering::Relaxed);
    }

    /// Sends a page that is of this session alone: it holds tokens of forms, and is not kept.
    pub fn own_page(&self, page: Page) -> HttpResponse {
        layout::fresh(&self.visit, &self.around(), page)
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
        in_store(&self.visit, self.entrance()?.store().clone(), work).await
    }

    /// Writes into the trail what this person did, before they are told so.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn record(
        &self,
        kind: Kind,
        action: &str,
        object: &str,
        detail: &str,
    ) -> Result<(), Failure> {
        let event =
            Noted::of(&self.visitor, Permission::OwnAccount).event(kind, action, object, detail);
        self.ask_store(move |store| store.audit().record(event))
            .await
    }

    /// The request, for addresses and cookies.
    pub fn request(&self) -> &HttpRequest {
        &self.request
    }

    /// Where people come in.
    ///
    /// # Errors
    /// Never in practice: nobody is admitted without.
    pub fn entrance(&self) -> Result<&Entrance, Failure> {
        self.house
            .entrance()
            .ok_or_else(|| Failure::internal(&self.visit, &"no entrance"))
    }
}

impl Allowed<ManageAccess> {
    /// The folder of declarations.
    pub fn content(&self) -> &Path {
        &self.house.content
    }
}

impl<P: SeesRights> Allowed<P> {
    /// Everything that the town declares: to tell who reaches what.
    pub fn whole(&self) -> &Catalog {
        &self.whole.catalog
    }
}

/// The browser's name for itself.
pub(crate) fn agent(request: &HttpRequest) -> &str {
    let agent = request.headers().get(header::USER_AGENT);
    agent.and_then(|it| it.to_str().ok()).unwrap_or_default()
}

/// A form that somebody with permission `P` sent from a page of their own session.
pub(crate) struct Posted<P> {
    /// Who, and the way to the town.
    pub allowed: Allowed<P>,
    /// What they wrote.
    pub form: Form,
}

impl<P: Needs> FromRequest for Posted<P> {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let allowed = admit::<P>(request);
        let request = request.clone();
        let is_long = P::PERMISSION.takes_long_forms();
        let most = if is_long { LARGEST_TEXT } else { LARGEST_FORM };
        let body = Form::read(&request, payload, most);
        Box::pin(async move {
            let allowed = match allowed {
                // What another site has a browser send is not shown as something typed here.
                Err(failure) if is_long && failure.is_sign_in() && is_from_here(&request) => {
                    let typed = body.await.map(Form::typed).unwrap_or_default();
                    return Err(match typed.is_empty() {
                        true => failure,
                        false => failure.sent_again(typed, None),
                    });
                }
                allowed => allowed?,
            };
            let refuse = |reason: Reason| {
                allowed.refused(reason);
                Failure::forbidden(&allowed.visit, allowed.around(), reason)
            };
            allowed.entrance()?.check_origin(&request).map_err(refuse)?;
            let form = body
                .await
                .ok_or_else(|| Failure::bad_form(&allowed.visit, allowed.around()))?;
            if !allowed.visitor.csrf_matches(form.get(TOKEN)) {
                let failure = refuse(Reason::Form);
                let typed = form.typed();
                return Err(match is_long && !typed.is_empty() {
                    true => failure.sent_again(typed, Some(allowed.visitor.csrf())),
                    false => failure,
                });
            }
            // Whoever sits at the machine is not to leave rights behind for when it serves for good.
            if allowed.visitor.demo && P::PERMISSION.outlives_a_demonstration() {
                return Err(refuse(Reason::Demo));
            }
            Ok(Self { allowed, form })
        })
    }
}

/// Whether a request comes from a page of ours.
fn is_from_here(request: &HttpRequest) -> bool {
    let house = request.app_data::<web::Data<House>>();
    let entrance = house.and_then(|house| house.entrance());
    entrance.is_some_and(|entrance| entrance.check_origin(request).is_ok())
}

/// The field of a form that holds its token.
pub(crate) const TOKEN: &str = "jeton_formulaire";
/// Bytes of a form.
pub(crate) const LARGEST_FORM: usize = 64 << 10;
/// Bytes of a form of the workshop, which may hold a whole declaration twice.
pub(crate) const LARGEST_TEXT: usize = 4 << 20;
/// Fields of a form.
const MOST_FIELDS: usize = 20_000;

/// The fields of a form.
#[derive(Debug, Clone, Default)]
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    /// Reads a form, within bounds; nothing when it is not one.
    pub fn read(
        request: &HttpRequest,
        payload: &mut Payload,
        most: usize,
    ) -> Pin<Box<dyn Future<Output = Option<Self>>>> {
        let is_form = request.method() == Method::POST
            && request.content_type() == "application/x-www-form-urlencoded";
        let bytes = web::Bytes::from_request(request, payload);
        Box::pin(async move {
            let bytes = bytes.await.ok().filter(|_| is_form)?;
            if bytes.len() > most {
                return None;
            }
            let fields = form_urlencoded::parse(&bytes).into_owned();
            let fields: Vec<(String, String)> = fields.take(MOST_FIELDS + 1).collect();
            // Of a form that is cut, the end might say what to do.
            (fields.len() <= MOST_FIELDS).then_some(Self(fields))
        })
    }

    /// A field, without blanks around; empty when it is not there.
    pub fn get(&self, name: &str) -> &str {
        self.raw(name).trim()
    }

    /// A field as it was written: passwords may begin with a blank.
    pub fn raw(&self, name: &str) -> &str {
        let field = self.0.iter().find(|(known, _)| known == name);
        field.map_or("", |(_, value)| value.as_str())
    }

    /// What was written, without the token.
    fn typed(self) -> Vec<(String, String)> {
        let fields = self.0.into_iter();
        fields.filter(|(name, _)| name != TOKEN).collect()
    }

    /// Whether a field is there, empty or not.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known == name)
    }

    /// Every field of a name: boxes that were ticked.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }
}

/// The instant of a request.
pub(crate) fn now() -> chrono::DateTime<Utc> {
    Utc::now()
}
