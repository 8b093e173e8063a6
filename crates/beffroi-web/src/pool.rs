//! Where queries run: a few threads behind a bounded queue. Nothing is scanned on a web worker.

use crate::metrics::{Held, Metrics};
use beffroi_model::{Answer, Engine, Query, QueryError};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// What the engine says to a batch of queries, in its order.
pub type Answers = Vec<Result<Answer, QueryError>>;

/// The queue is full: come back in a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the queue of queries is full")]
pub struct Busy;

/// The threads and their queue. Threads end when the pool is dropped.
pub struct Pool {
    queue: SyncSender<Job>,
    time_limit: Duration,
    metrics: Metrics,
}

struct Job {
    engine: Arc<dyn Engine>,
    queries: Vec<Query>,
    /// When nobody waits any more.
    until: Instant,
    reply: oneshot::Sender<Answers>,
    /// Counts as one that waits.
    waits: Held,
}

impl Pool {
    /// Starts the threads. At most `waiting` batches wait for one of them.
    ///
    /// # Errors
    /// When the system refuses a thread.
    pub fn start(
        threads: usize,
        waiting: usize,
        time_limit: Duration,
        metrics: Metrics,
    ) -> std::io::Result<Self> {
        let (queue, jobs) = sync_channel(waiting.max(1));
        let jobs = Arc::new(Mutex::new(jobs));
        for number in 1..=threads.max(1) {
            let (jobs, metrics) = (Arc::clone(&jobs), metrics.clone());
            std::thread::Builder::new()
                .name(format!("query-{number}"))
                .spawn(move || work(&jobs, &metrics))?;
        }
        Ok(Self {
            queue,
            time_limit,
            metrics,
        })
    }

    /// Asks a batch. What the engine has in memory is answered at once; the rest is queued. A
    /// batch that takes longer than the time limit is answered by [`QueryError::TimedOut`] where
    /// nothing was ready.
    ///
    /// # Errors
    /// [`Busy`] when the queue is full.
    pub async fn ask(
        &self,
        engine: &Arc<dyn Engine>,
        queries: Vec<Query>,
    ) -> Result<Answers, Busy> {
        let mut ready =
            catch_unwind(AssertUnwindSafe(|| engine.ready(&queries))).unwrap_or_default();
        ready.resize(queries.len(), None);
        let missing: Vec<Query> = queries
            .into_iter()
            .zip(&ready)
            .filter_map(|(query, answer)| answer.is_none().then_some(query))
            .collect();
        let mut late = if missing.is_empty() {
            Vec::new()
        } else {
            self.queued(Arc::clone(engine), missing).await?
        }
        .into_iter();
        Ok(ready
            .into_iter()
            .map(|answer| {
                answer
                    .or_else(|| late.next())
                    .unwrap_or(Err(QueryError::TimedOut))
            })
            .collect())
    }

    async fn queued(&self, engine: Arc<dyn Engine>, queries: Vec<Query>) -> Result<Answers, Busy> {
        let count = queries.len();
        let (reply, answers) = oneshot::channel();
        match self.queue.try_send(Job {
            engine,
            queries,
            until: Instant::now() + self.time_limit,
            reply,
            waits: self.metrics.waits(),
        }) {
            Ok(()) => {}
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {
                self.metrics.sent_away();
                return Err(Busy);
            }
        }
        match tokio::time::timeout(self.time_limit, answers).await {
            Ok(Ok(answers)) => Ok(answers),
            Ok(Err(_)) => Ok(vec![
                Err(QueryError::Internal("no answer".to_owned()));
                count
            ]),
            Err(_) => {
                tracing::warn!(queries = count, "queries took longer than the time limit");
                Ok(vec![Err(QueryError::TimedOut); count])
            }
        }
    }
}

/// Takes jobs until the pool is gone. A panic of the engine costs its own batch only.
fn work(jobs: &Mutex<Receiver<Job>>, metrics: &Metrics) {
    loop {
        let next = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Job {
            engine,
            queries,
            until,
            reply,
            waits,
        }) = next
        else {
            return;
        };
        drop(waits);
        let _works = metrics.works();
        if reply.is_closed() {
            continue; // who asked has given up
        }
        let answers = catch_unwind(AssertUnwindSafe(|| engine.answer(&queries, Some(until))))
            .unwrap_or_else(|panic| {
                let reason = panic_text(&*panic);
                tracing::error!(queries = queries.len(), reason, "the engine panicked");
                vec![Err(QueryError::Internal(reason.to_owned())); queries.len()]
            });
        for error in answers.iter().filter_map(|answer| answer.as_ref().err()) {
            if let QueryError::Internal(reason) = error {
                tracing::error!(reason, "a query failed");
            }
        }
        // The asker may have gone in the meantime: nobody is left to tell.
        let _ = reply.send(answers);
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("unknown panic")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::metrics::Metrics;
    use beffroi_model::{IndicatorId, Span};
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Panics on `boom`, sleeps on `slow`, has `warm` ready.
    #[derive(Default)]
    struct Moody {
        asked: AtomicUsize,
    }

    fn answer(query: &Query) -> Result<Answer, QueryError> {
        Err(QueryError::UnknownIndicator(query.indicator.clone()))
    }

    impl Engine for Moody {
        fn answer(&self, queries: &[Query], _: Option<Instant>) -> Answers {
            self.asked.fetch_add(queries.len(), Ordering::SeqCst);
            queries
                .iter()
                .map(|query| {
                    match query.indicator.as_str() {
                        "boom" => panic!("no such scan"),
                        "slow" => std::thread::sleep(Duration::from_millis(300)),
                        _ => {}
                    }
                    answer(query)
                })
                .collect()
        }

        fn ready(&self, queries: &[Query]) -> Vec<Option<Result<Answer, QueryError>>> {
            queries
                .iter()
                .map(|query| (query.indicator.as_str() == "warm").then(|| answer(query)))
                .collect()
        }
    }

    fn query(id: &str) -> Query {
        Query::new(IndicatorId::new(id).unwrap(), Span::Latest)
    }

    fn name(answer: &Result<Answer, QueryError>) -> String {
        match answer {
            Err(QueryError::UnknownIndicator(id)) => id.to_string(),
            Err(QueryError::TimedOut) => "timed out".to_owned(),
            Err(QueryError::Internal(reason)) => format!("internal: {reason}"),
            other => format!("{other:?}"),
        }
    }

    #[actix_web::test]
    async fn what_is_ready_is_not_queued_and_order_is_kept() {
        let moody = Arc::new(Moody::default());
        let engine: Arc<dyn Engine> = Arc::clone(&moody) as Arc<dyn Engine>;
        let pool = Pool::start(1, 4, Duration::from_secs(5), Metrics::new()).unwrap();
        let answers = pool
            .ask(&engine, vec![query("a"), query("warm"), query("b")])
            .await
            .unwrap();
        assert_eq!(
            answers.iter().map(name).collect::<Vec<_>>(),
            ["a", "warm", "b"]
        );
        assert_eq!(moody.asked.load(Ordering::SeqCst), 2);
    }

    #[actix_web::test]
    async fn a_panic_costs_its_own_batch_only() {
        let engine: Arc<dyn Engine> = Arc::new(Moody::default());
        let pool = Pool::start(1, 4, Duration::from_secs(5), Metrics::new()).unwrap();
        let answers = pool.ask(&engine, vec![query("boom")]).await.unwrap();
        assert_eq!(name(&answers[0]), "internal: no such scan");
        let answers = pool.ask(&engine, vec![query("a")]).await.unwrap();
        assert_eq!(name(&answers[0]), "a");
    }

    #[actix_web::test]
    async fn a_slow_batch_is_given_up_and_a_full_queue_says_so() {
        let engine: Arc<dyn Engine> = Arc::new(Moody::default());
        let pool = Arc::new(Pool::start(1, 1, Duration::from_millis(30), Metrics::new()).unwrap());
        let waits: Vec<_> = (0..4)
            .map(|_| {
                let (pool, engine) = (Arc::clone(&pool), Arc::clone(&engine));
                actix_web::rt::spawn(async move { pool.ask(&engine, vec![query("slow")]).await })
            })
            .collect();
        let mut outcomes = Vec::new();
        for wait in waits {
            outcomes.push(match wait.await.unwrap() {
                Ok(answers) => name(&answers[0]),
                Err(Busy) => "busy".to_owned(),
            });
        }
        assert!(outcomes.contains(&"timed out".to_owned()), "{outcomes:?}");
        assert!(outcomes.contains(&"busy".to_owned()), "{outcomes:?}");
    }
}
