//! What was read, until it is written: once an hour for the same person, action and object.

use super::Event;
use crate::database::held;
use std::{
    collections::HashMap,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

/// Events that wait for a disk; more are lost.
const MOST_WAITING: usize = 100_000;
/// Events that wait for the next time; more are written at once.
const MANY_WAITING: usize = 1_000;
/// What is remembered of the hour; then it begins anew, and may note something twice.
const MOST_SEEN: usize = 200_000;

/// What was read and is not written yet, and what was written this hour.
#[derive(Debug, Default)]
pub(super) struct Reads {
    now: Mutex<Noted>,
    dropped: AtomicU64,
}

#[derive(Debug, Default)]
struct Noted {
    /// What was noted, and in which hour.
    seen: HashMap<String, i64, foldhash::fast::RandomState>,
    newest: i64,
    waiting: Vec<Event>,
}

impl Reads {
    /// Notes an event. Whether the writer has to be woken, and at once.
    pub(super) fn note(&self, event: Event) -> Option<bool> {
        let hour = event.at.timestamp().div_euclid(3600);
        let mut noted = held(&self.now);
        noted.keep_to(hour);
        let key = key(&event, hour);
        if noted.seen.contains_key(&key) {
            return None;
        }
        if noted.waiting.len() >= MOST_WAITING {
            self.dropped.fetch_add(1, Ordering::Relaxed);
            return None;
        }
        noted.seen.insert(key, hour);
        noted.waiting.push(event);
        match noted.waiting.len() {
            1 => Some(false),
            MANY_WAITING => Some(true),
            _ => None,
        }
    }

    /// Takes what waits.
    pub(super) fn take(&self) -> Vec<Event> {
        std::mem::take(&mut held(&self.now).waiting)
    }

    /// Gives back what could not be written.
    pub(super) fn give_back(&self, mut events: Vec<Event>) {
        let mut noted = held(&self.now);
        events.append(&mut noted.waiting);
        noted.waiting = events;
    }

    pub(super) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }
}

impl Noted {
    /// Forgets hours that are over; the one before may still end.
    fn keep_to(&mut self, hour: i64) {
        if hour > self.newest {
            self.newest = hour;
            self.seen.retain(|_, seen| *seen >= hour - 1);
        }
        if self.seen.len() >= MOST_SEEN {
            self.seen.clear();
        }
    }
}

fn key(event: &Event, hour: i64) -> String {
    let person = match event.person {
        Some(person) => person.to_string(),
        None => format!("?{}", event.name),
    };
    format!("{hour}\0{person}\0{}\0{}", event.action, event.object)
}
