//! What a request costs: finding its session, recording what was done, saving a draft.
//!
//! `cargo bench -p beffroi-store --bench store`. Recording waits for the disk: the figures are
//! those of the folder for temporary files.

#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

use beffroi_model::{Membership, Role};
use beffroi_store::{
    Event, Kind, Means, NewPerson, PersonId, Stage, Store,
    audit::{Audit, Search},
    workshop::{Author, FileChange, Saved},
};
use chrono::{DateTime, Utc};
use std::{thread, time::Instant};

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let now = Utc::now();
    sessions(&store, now);
    saves(&store, now);
    let audit = store.audit();
    for threads in [1, 8, 32] {
        records(&audit, now, threads);
    }
    reads(&audit, now);
    search(&audit);
}

/// Prints how long each of so many took.
fn tell(what: &str, times: usize, start: Instant) {
    let each = start.elapsed().as_secs_f64() * 1e6 / times as f64;
    println!("{what}: {each:.1} µs");
}

fn sessions(store: &Store, now: DateTime<Utc>) {
    const TIMES: usize = 200_000;
    let tokens: Vec<String> = (0..200)
        .map(|number| {
            let person = NewPerson {
                email: format!("agent{number}@mairie.fr"),
                name: format!("Agent {number}"),
                membership: Membership {
                    roles: [Role::Agent].into(),
                    ..Membership::default()
                },
            };
            let id = store.add_person(&person, now).unwrap();
            store
                .open_session(id, Means::Password, Stage::Open, "", None, now)
                .unwrap()
        })
        .collect();
    let start = Instant::now();
    for token in tokens.iter().cycle().take(TIMES) {
        assert!(store.session(token, now).unwrap().is_some());
    }
    tell("session()", TIMES, start);
}

fn saves(store: &Store, now: DateTime<Utc>) {
    const TIMES: u32 = 500;
    let by = Author {
        person: Some(PersonId(1)),
        name: "Élise Martin",
    };
    let draft = store
        .new_draft("Vélo", PersonId(1), by.name, None, now)
        .unwrap();
    let text = "title = \"Vélo\"\n".repeat(1_000);
    let start = Instant::now();
    for number in 0..TIMES {
        let change = FileChange {
            path: "boards/velo.toml",
            base: None,
            text: Some(&text),
            expected: number.checked_sub(1).map(|_| number),
            why: "",
        };
        let saved = store.save_file(draft, &change, by, now).unwrap();
        assert!(matches!(saved, Saved::Done { .. }));
    }
    tell("save_file() of 16 kB", TIMES as usize, start);
    let start = Instant::now();
    let revisions = store.draft_revisions(draft, "boards/velo.toml").unwrap();
    tell("draft_revisions(), each", revisions.len(), start);
}

fn event(at: DateTime<Utc>, kind: Kind, object: String) -> Event {
    Event {
        at,
        person: None,
        name: "Élise Martin".into(),
        from: None,
        kind,
        action: "bench".into(),
        object,
        detail: "lignes=12".into(),
    }
}

fn records(audit: &Audit, now: DateTime<Utc>, threads: usize) {
    let times = 250 * threads;
    let start = Instant::now();
    thread::scope(|scope| {
        for number in 0..threads {
            scope.spawn(move || {
                for count in 0..250 {
                    let object = format!("board:{number}-{count}");
                    audit.record(event(now, Kind::Change, object)).unwrap();
                }
            });
        }
    });
    tell(&format!("record(), {threads} at once"), times, start);
}

fn reads(audit: &Audit, now: DateTime<Utc>) {
    const TIMES: usize = 90_000;
    let events: Vec<Event> = (0..TIMES)
        .map(|number| event(now, Kind::Read, format!("board:{number}")))
        .collect();
    let start = Instant::now();
    for event in &events {
        audit.read(event.clone());
    }
    tell("read(), something new", TIMES, start);
    let start = Instant::now();
    for event in &events {
        audit.read(event.clone());
    }
    tell("read(), again", TIMES, start);
    let start = Instant::now();
    audit.flush().unwrap();
    tell("written, each", TIMES, start);
    assert_eq!(audit.dropped(), 0);
}

fn search(audit: &Audit) {
    let start = Instant::now();
    let verified = audit.verify().unwrap();
    assert!(verified.is_sound());
    let entries = verified.entries as usize;
    tell(&format!("verify() of {entries}, each"), entries, start);
    let absent = Search {
        words: "introuvable".into(),
        limit: 50,
        ..Search::default()
    };
    let start = Instant::now();
    assert!(audit.search(&absent).unwrap().is_empty());
    tell("search() for what is nowhere, each", entries, start);
    let newest = Search {
        limit: 50,
        kinds: vec![Kind::Change, Kind::Read],
        ..Search::default()
    };
    let start = Instant::now();
    assert_eq!(audit.search(&newest).unwrap().len(), 50);
    tell("search() for the newest fifty", 1, start);
}
