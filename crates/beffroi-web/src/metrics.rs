//! What is counted while the site is served, for whoever watches over the machine, as Prometheus
//! reads it. Labels are routes by their pattern, datasets by their identifier, and fixed words:
//! nothing that a reader wrote, nobody's name or address, and no more of them than there are routes
//! and datasets.

use crate::town::Snapshot;
use chrono::{DateTime, Utc};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::{Family, MetricConstructor};
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The media type of what [`Metrics::text`] writes.
pub(crate) const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Bounds of the durations of requests, in seconds.
const REQUESTS: [f64; 12] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 20.0,
];
/// Bounds of the durations of imports, in seconds.
const IMPORTS: [f64; 9] = [0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0];

/// The counts. Clones share them.
#[derive(Clone)]
pub struct Metrics(Arc<Counts>);

struct Counts {
    registry: Registry,
    started: Instant,
    requests: Family<Answered, Counter>,
    durations: Family<Asked, Histogram, Bounds>,
    /// For requests that no route answers.
    other: OfRoute,
    cache_hits: Counter,
    cache_misses: Counter,
    waiting: Gauge,
    busy: Gauge,
    refused: Counter,
    imports_done: Counter,
    imports_failed: Counter,
    import_durations: Histogram,
    /// When the certificate ends, in seconds of Unix; 0 when there is none.
    certificate_ends: AtomicU64,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    route: &'static str,
    status: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Asked {
    route: &'static str,
}

/// Classes of status.
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

/// The counts of one route, found once: a page from the cache is not to wait for them.
#[derive(Clone)]
pub(crate) struct OfRoute {
    /// The pattern of the route.
    pub pattern: &'static str,
    requests: [Counter; CLASSES.len()],
    durations: Histogram,
}

impl OfRoute {
    fn of(
        pattern: &'static str,
        requests: &Family<Answered, Counter>,
        durations: &Family<Asked, Histogram, Bounds>,
    ) -> Self {
        let of_class = |status| {
            let route = pattern;
            requests.get_or_create_owned(&Answered { route, status })
        };
        Self {
            pattern,
            requests: CLASSES.map(of_class),
            durations: durations.get_or_create_owned(&Asked { route: pattern }),
        }
    }

    /// A request was answered.
    pub fn answered(&self, status: u16, took: Duration) {
        let class = usize::from(status / 100).clamp(1, CLASSES.len()) - 1;
        if let Some(requests) = self.requests.get(class) {
            requests.inc();
        }
        self.durations.observe(took.as_secs_f64());
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfDataset {
    dataset: String,
}

#[derive(Clone)]
struct Bounds;

impl MetricConstructor<Histogram> for Bounds {
    fn new_metric(&self) -> Histogram {
        Histogram::new(REQUESTS)
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics")
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    /// Everything at zero, from now on.
    #[must_use]
    pub fn new() -> Self {
        let requests = Family::default();
        let durations = Family::new_with_constructor(Bounds);
        let mut counts = Counts {
            registry: Registry::with_prefix("beffroi"),
            started: Instant::now(),
            other: OfRoute::of("other", &requests, &durations),
            requests,
            durations,
            cache_hits: Counter::default(),
            cache_misses: Counter::default(),
            waiting: Gauge::default(),
            busy: Gauge::default(),
            refused: Counter::default(),
            imports_done: Counter::default(),
            imports_failed: Counter::default(),
            import_durations: Histogram::new(IMPORTS),
            certificate_ends: AtomicU64::new(0),
        };
        counts.register();
        Self(Arc::new(counts))
    }

    /// The counts of a route.
    pub(crate) fn of_route(&self, pattern: &'static str) -> OfRoute {
        OfRoute::of(pattern, &self.0.requests, &self.0.durations)
    }

    /// The counts of requests that no route answers.
    pub(crate) fn other(&self) -> &OfRoute {
        &self.0.other
    }

    /// A page was looked for in the cache.
    pub(crate) fn looked_up(&self, is_there: bool) {
        match is_there {
            true => self.0.cache_hits.inc(),
            false => self.0.cache_misses.inc(),
        };
    }

    /// A batch of queries waits for a thread, until what this gives is dropped.
    pub(crate) fn waits(&self) -> Held {
        Held::new(&self.0.waiting)
    }

    /// A thread works on a batch, until what this gives is dropped.
    pub(crate) fn works(&self) -> Held {
        Held::new(&self.0.busy)
    }

    /// A batch was sent away: the queue was full.
    pub(crate) fn sent_away(&self) {
        self.0.refused.inc();
    }

    /// An import came to its end: how many datasets got a new version, how many could not.
    pub fn imported(&self, done: usize, failed: usize, took: Duration) {
        self.0.imports_done.inc_by(done as u64);
        self.0.imports_failed.inc_by(failed as u64);
        if done + failed > 0 {
            self.0.import_durations.observe(took.as_secs_f64());
        }
    }

    /// A certificate is served that ends then.
    pub(crate) fn certificate(&self, ends: Option<DateTime<Utc>>) {
        let ends = ends.and_then(|ends| u64::try_from(ends.timestamp()).ok());
        self.0
            .certificate_ends
            .store(ends.unwrap_or(0), Ordering::Relaxed);
    }

    /// Everything, with what is seen of the town and of the process at this instant.
    pub(crate) fn text(&self, town: &Snapshot, now: DateTime<Utc>) -> Result<String, fmt::Error> {
        let mut text = String::new();
        encode_registry(&mut text, &self.0.registry)?;
        encode_registry(&mut text, &of_town(town, now))?;
        encode_registry(&mut text, &self.of_process())?;
        encode_eof(&mut text)?;
        Ok(text)
    }

    /// What is seen of the process.
    fn of_process(&self) -> Registry {
        let mut registry = Registry::default();
        let uptime = self.0.started.elapsed().as_secs_f64();
        gauge(
            &mut registry,
            "beffroi_uptime_seconds",
            "Since the program started",
            uptime,
        );
        if let Some(bytes) = resident_memory() {
            gauge(
                &mut registry,
                "process_resident_memory_bytes",
                "Memory in use",
                bytes as f64,
            );
        }
        if let Some(open) = open_files() {
            gauge(
                &mut registry,
                "process_open_fds",
                "Files and sockets open",
                open as f64,
            );
        }
        let ends = self.0.certificate_ends.load(Ordering::Relaxed);
        if ends > 0 {
            gauge(
                &mut registry,
                "beffroi_certificate_expiry_timestamp_seconds",
                "When the certificate ends",
                ends as f64,
            );
        }
        registry
    }
}

impl Counts {
    fn register(&mut self) {
        let registry = &mut self.registry;
        let build: Family<[(&str, &str); 1], Gauge> = Family::default();
        build
            .get_or_create(&[("version", env!("CARGO_PKG_VERSION"))])
            .set(1);
        registry.register("build_info", "The program", build);
        registry.register(
            "requests",
            "Requests answered, by route and class of status",
            self.requests.clone(),
        );
        registry.register(
            "request_duration_seconds",
            "Time until the answer begins",
            self.durations.clone(),
        );
        registry.register(
            "page_cache_hits",
            "Pages sent from the cache",
            self.cache_hits.clone(),
        );
        registry.register(
            "page_cache_misses",
            "Pages that had to be made",
            self.cache_misses.clone(),
        );
        registry.register(
            "queries_waiting",
            "Batches of queries that wait for a thread",
            self.waiting.clone(),
        );
        registry.register(
            "queries_busy",
            "Threads that work on queries",
            self.busy.clone(),
        );
        registry.register(
            "queries_refused",
            "Batches of queries sent away: too many waited",
            self.refused.clone(),
        );
        registry.register(
            "imports_done",
            "Datasets that got a new version",
            self.imports_done.clone(),
        );
        registry.register(
            "imports_failed",
            "Datasets that could not be imported",
            self.imports_failed.clone(),
        );
        registry.register(
            "import_duration_seconds",
            "Time of imports that changed or failed something",
            self.import_durations.clone(),
        );
    }
}

/// Counts for as long as it lives.
pub(crate) struct Held(Gauge);

impl Held {
    fn new(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// What is seen of the town.
fn of_town(town: &Snapshot, now: DateTime<Utc>) -> Registry {
    let mut registry = Registry::with_prefix("beffroi");
    let seconds = |since: DateTime<Utc>| (now - since).as_seconds_f64().max(0.0);
    gauge(
        &mut registry,
        "snapshot_serial",
        "Grows with each change of the town",
        town.serial as f64,
    );
    gauge(
        &mut registry,
        "declaration_errors",
        "Errors of the newest declarations; an older state serves while there are any",
        town.problems.len() as f64,
    );
    let versions = town.versions.values();
    by_dataset(
        &mut registry,
        "dataset_version",
        "The version that is served",
        versions
            .clone()
            .map(|it| (it.dataset.as_str(), f64::from(it.number))),
    );
    by_dataset(
        &mut registry,
        "dataset_age_seconds",
        "Since the version that is served was imported",
        versions.map(|it| (it.dataset.as_str(), seconds(it.imported_at))),
    );
    let feeds = town.feeds.iter();
    by_dataset(
        &mut registry,
        "source_age_seconds",
        "Since a source that is read again and again last answered",
        feeds
            .clone()
            .filter_map(|(id, feed)| Some((id.as_str(), seconds(feed.last_success?)))),
    );
    by_dataset(
        &mut registry,
        "source_failing",
        "Whether the last reading of a source failed",
        feeds.map(|(id, feed)| (id.as_str(), f64::from(u8::from(feed.is_failing())))),
    );
    registry
}

fn by_dataset<'a>(
    registry: &mut Registry,
    name: &str,
    help: &str,
    values: impl Iterator<Item = (&'a str, f64)>,
) {
    let family: Family<OfDataset, Gauge<f64, AtomicU64>> = Family::default();
    for (dataset, value) in values {
        let dataset = dataset.to_owned();
        family.get_or_create(&OfDataset { dataset }).set(value);
    }
    registry.register(name, help, family);
}

fn gauge(registry: &mut Registry, name: &str, help: &str, value: f64) {
    let gauge: Gauge<f64, AtomicU64> = Gauge::default();
    gauge.set(value);
    registry.register(name, help, gauge);
}

/// Bytes of memory in use, where the system tells.
fn resident_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

/// How many files and sockets are open, where the system tells.
fn open_files() -> Option<usize> {
    Some(std::fs::read_dir("/proc/self/fd").ok()?.count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_counts_until_it_is_dropped() {
        let metrics = Metrics::new();
        let (first, second) = (metrics.waits(), metrics.waits());
        assert_eq!(metrics.0.waiting.get(), 2);
        drop(first);
        assert_eq!(metrics.0.waiting.get(), 1);
        drop(second);
        assert_eq!(metrics.0.waiting.get(), 0);
    }
}
