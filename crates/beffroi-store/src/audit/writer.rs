//! The thread that writes the trail: what waits goes into one transaction.

use super::{Event, chain::append, heads::Heads, reads::Reads};
use crate::{StoreError, database::Database};
use std::{
    io,
    sync::{
        Arc,
        mpsc::{self, Receiver, RecvTimeoutError, Sender},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// How long what was read waits for company.
const READS_WAIT: Duration = Duration::from_secs(1);
/// Events of one transaction, beside what was read.
const BATCH: usize = 1_000;

type Reply = Sender<Result<(), Arc<StoreError>>>;

enum Message {
    Record(Box<Event>, Reply),
    Flush(Reply),
    Wake { urgent: bool },
}

/// The thread, and how to speak to it. Dropped, it writes what waits and ends.
#[derive(Debug)]
pub(super) struct Writer {
    messages: Option<Sender<Message>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(super) fn start(
        database: Arc<Database>,
        heads: Arc<Heads>,
        reads: Arc<Reads>,
    ) -> Result<Self, StoreError> {
        let (sender, receiver) = mpsc::channel();
        let desk = Desk {
            database,
            heads,
            reads,
        };
        let thread = thread::Builder::new()
            .name("audit".into())
            .spawn(move || desk.work(&receiver))
            .map_err(|source| StoreError::Io {
                path: "audit".into(),
                source,
            })?;
        Ok(Self {
            messages: Some(sender),
            thread: Some(thread),
        })
    }

    pub(super) fn record(&self, event: Event) -> Result<(), StoreError> {
        self.ask(|reply| Message::Record(Box::new(event), reply))
    }

    pub(super) fn flush(&self) -> Result<(), StoreError> {
        self.ask(Message::Flush)
    }

    pub(super) fn wake(&self, urgent: bool) {
        if let Some(messages) = &self.messages {
            // A thread that is gone is told to whoever records.
            let _ = messages.send(Message::Wake { urgent });
        }
    }

    fn ask(&self, message: impl FnOnce(Reply) -> Message) -> Result<(), StoreError> {
        let (reply, answer) = mpsc::channel();
        self.messages
            .as_ref()
            .and_then(|messages| messages.send(message(reply)).ok())
            .and_then(|()| answer.recv().ok())
            .unwrap_or_else(|| Err(Arc::new(gone())))
            .map_err(StoreError::NotRecorded)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.messages = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread of the audit trail panicked");
        }
    }
}

fn gone() -> StoreError {
    StoreError::Io {
        path: "audit".into(),
        source: io::Error::other("the thread of the audit trail has ended"),
    }
}

struct Desk {
    database: Arc<Database>,
    heads: Arc<Heads>,
    reads: Arc<Reads>,
}

/// What is written together.
#[derive(Default)]
struct Batch {
    events: Vec<Event>,
    replies: Vec<Reply>,
    is_due: bool,
}

impl Batch {
    fn take(&mut self, message: Message, due: &mut Option<Instant>) {
        match message {
            Message::Record(event, reply) => {
                self.events.push(*event);
                self.replies.push(reply);
                self.is_due = true;
            }
            Message::Flush(reply) => {
                self.replies.push(reply);
                self.is_due = true;
            }
            Message::Wake { urgent: true } => self.is_due = true,
            Message::Wake { urgent: false } => {
                due.get_or_insert_with(|| Instant::now() + READS_WAIT);
            }
        }
    }
}

impl Desk {
    fn work(&self, messages: &Receiver<Message>) {
        let mut due = None;
        loop {
            let mut batch = Batch::default();
            let mut is_over = false;
            match next(messages, due) {
                Ok(message) => batch.take(message, &mut due),
                Err(RecvTimeoutError::Timeout) => batch.is_due = true,
                Err(RecvTimeoutError::Disconnected) => is_over = true,
            }
            while batch.events.len() < BATCH
                && let Ok(message) = messages.try_recv()
            {
                batch.take(message, &mut due);
            }
            if batch.is_due || is_over {
                due = self.write(batch);
            }
            if is_over {
                return;
            }
        }
    }

    /// Writes a batch with all that was read, and answers. When to try again, if it failed.
    fn write(&self, batch: Batch) -> Option<Instant> {
        let reads = self.reads.take();
        let recorded = batch.events.len();
        let mut events = batch.events;
        events.extend(reads);
        let done = self.commit(&events).map_err(Arc::new);
        for reply in batch.replies {
            // Whoever asked may have gone.
            let _ = reply.send(done.clone());
        }
        let error = done.err()?;
        tracing::error!(%error, events = events.len(), "the audit trail could not be written");
        let reads = events.split_off(recorded);
        if reads.is_empty() {
            return None;
        }
        self.reads.give_back(reads);
        Some(Instant::now() + READS_WAIT)
    }

    fn commit(&self, events: &[Event]) -> Result<(), StoreError> {
        if events.is_empty() {
            return Ok(());
        }
        let segments = self.database.write(|tx| append(tx, events))?;
        // Committed: what the file lacks is written at the next opening.
        if let Err(error) = self.heads.moved(&self.database, &segments) {
            tracing::error!(%error, "the heads of the audit trail could not be written");
        }
        Ok(())
    }
}

fn next(messages: &Receiver<Message>, due: Option<Instant>) -> Result<Message, RecvTimeoutError> {
    match due {
        Some(due) => messages.recv_timeout(due.saturating_duration_since(Instant::now())),
        None => messages.recv().map_err(|_| RecvTimeoutError::Disconnected),
    }
}
