//! What a request costs: finding its session.

#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

use beffroi_model::{Membership, Role};
use beffroi_store::{Means, NewPerson, Stage, Store};
use chrono::Utc;
use std::time::Instant;

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let now = Utc::now();
    let mut tokens = Vec::new();
    for number in 0..200 {
        let person = NewPerson {
            email: format!("agent{number}@mairie.fr"),
            name: format!("Agent {number}"),
            membership: Membership {
                roles: [Role::Agent].into(),
                ..Membership::default()
            },
        };
        let id = store.add_person(&person, now).unwrap();
        tokens.push(
            store
                .open_session(id, Means::Password, Stage::Open, "", None, now)
                .unwrap(),
        );
    }
    const TIMES: usize = 200_000;
    let start = Instant::now();
    for token in tokens.iter().cycle().take(TIMES) {
        assert!(store.session(token, now).unwrap().is_some());
    }
    let each = start.elapsed().as_secs_f64() * 1e6 / TIMES as f64;
    println!("session(): {each:.1} µs");
}
