//! A process that is killed while it records has lost nothing that was acknowledged.

#![allow(clippy::unwrap_used)]

use beffroi_store::{Event, Kind, Store, audit::Search};
use std::{
    collections::HashSet,
    env,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Command, Stdio},
    thread,
};

const STATE: &str = "BEFFROI_STORE_CRASH_STATE";
const ROUND: &str = "BEFFROI_STORE_CRASH_ROUND";
const ROUNDS: usize = 20;

/// What the killed process does: records from two threads, and says what was acknowledged.
#[test]
fn child_records_until_it_is_killed() {
    let (Ok(state), Ok(round)) = (env::var(STATE), env::var(ROUND)) else {
        return;
    };
    let store = Store::open(Path::new(&state)).unwrap();
    thread::scope(|scope| {
        for number in 0..2 {
            let (store, round) = (&store, &round);
            scope.spawn(move || {
                for count in 0.. {
                    let object = format!("{round}-{number}-{count}");
                    store.audit().record(event(&object)).unwrap();
                    let mut out = std::io::stdout().lock();
                    writeln!(out, "\nacknowledged {object}").unwrap();
                    out.flush().unwrap();
                }
            });
        }
    });
}

fn event(object: &str) -> Event {
    Event {
        at: "2026-11-26T12:00:00Z".parse().unwrap(),
        person: None,
        name: String::new(),
        from: None,
        kind: Kind::Change,
        action: "test".into(),
        object: object.into(),
        detail: String::new(),
    }
}

/// Starts the child, kills it after that many acknowledgements, gives all that it gave.
fn killed_after(state: &Path, round: usize, many: usize) -> Vec<String> {
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["--exact", "child_records_until_it_is_killed", "--nocapture"])
        .env(STATE, state)
        .env(ROUND, round.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut acknowledged = Vec::new();
    let mut is_killed = false;
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        if let Some(object) = line.strip_prefix("acknowledged ") {
            acknowledged.push(object.to_owned());
        }
        if acknowledged.len() >= many && !is_killed {
            child.kill().unwrap();
            is_killed = true;
        }
    }
    assert!(!child.wait().unwrap().success());
    acknowledged
}

#[test]
fn a_kill_loses_nothing_that_was_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let mut acknowledged = Vec::new();
    for round in 0..ROUNDS {
        acknowledged.extend(killed_after(folder.path(), round, 1 + round * 7));
        let store = Store::open(folder.path()).unwrap();
        let verified = store.audit().verify().unwrap();
        assert!(verified.is_sound(), "round {round}: {verified:?}");
    }
    let store = Store::open(folder.path()).unwrap();
    let everything = Search {
        limit: usize::MAX,
        ..Search::default()
    };
    let found = store.audit().search(&everything).unwrap();
    let found: HashSet<String> = found.into_iter().map(|entry| entry.event.object).collect();
    // What was cut while it was said is no acknowledgement.
    for object in acknowledged
        .iter()
        .filter(|object| object.matches('-').count() == 2)
    {
        assert!(found.contains(object), "{object}");
    }
    assert!(acknowledged.len() >= ROUNDS);
}
