//! The audit trail: what is recorded stays, and whatever is done to it is found.

#![allow(clippy::unwrap_used)]

mod common;

use beffroi_store::{
    Event, Kind, PersonId, Store,
    audit::{HEADS_FILE, Retention, Search, What},
};
use chrono::{DateTime, Utc};
use common::{Town, after, home, noon};
use proptest::prelude::*;
use std::{fs, thread};

fn event(kind: Kind, at: DateTime<Utc>, object: &str) -> Event {
    Event {
        at,
        person: Some(PersonId(1)),
        name: "Élise Martin".into(),
        from: Some(home()),
        kind,
        action: "test".into(),
        object: object.into(),
        detail: String::new(),
    }
}

fn day(text: &str) -> DateTime<Utc> {
    format!("{text}T08:00:00Z").parse().unwrap()
}

fn all() -> Search {
    Search {
        limit: usize::MAX,
        ..Search::default()
    }
}

fn objects(store: &Store, search: &Search) -> Vec<String> {
    let found = store.audit().search(search).unwrap();
    found.into_iter().map(|entry| entry.event.object).collect()
}

fn problems(store: &Store) -> Vec<What> {
    let verified = store.audit().verify().unwrap();
    verified
        .problems
        .into_iter()
        .map(|problem| problem.what)
        .collect()
}

/// Lifts the refusals of the database, as whoever meddles would.
fn unguarded(town: &Town) -> rusqlite::Connection {
    let sqlite = town.sqlite();
    for trigger in [
        "audit_entries_stay",
        "audit_entries_expire",
        "audit_entries_end",
        "audit_segments_stay",
        "audit_segments_end",
    ] {
        sqlite
            .execute_batch(&format!("DROP TRIGGER {trigger}"))
            .unwrap();
    }
    sqlite.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
    sqlite
}

#[test]
fn what_is_recorded_is_found_as_it_was() {
    let town = Town::new();
    let audit = town.store.audit();
    let mut first = event(Kind::Export, noon(), "dataset:logements");
    first.detail = "lignes=12; nœud «é»".into();
    let mut second = event(Kind::Refusal, after(1), "board:finances");
    (second.person, second.from, second.name) = (None, None, String::new());
    audit.record(first.clone()).unwrap();
    audit.record(second.clone()).unwrap();
    let found = town.again().audit().search(&all()).unwrap();
    assert_eq!(
        found.iter().map(|entry| entry.seq).collect::<Vec<_>>(),
        [2, 1]
    );
    assert_eq!(found[0].event, second);
    assert_eq!(found[1].event, first);
    let verified = audit.verify().unwrap();
    assert!(verified.is_sound(), "{verified:?}");
    assert_eq!((verified.entries, verified.segments), (2, 2));
}

#[test]
fn long_texts_are_cut() {
    let town = Town::new();
    let long = "é".repeat(10_000);
    let mut long_event = event(Kind::Change, noon(), &long);
    long_event.detail = long.clone();
    town.store.audit().record(long_event).unwrap();
    let found = town.store.audit().search(&all()).unwrap().remove(0).event;
    assert_eq!(found.object.chars().count(), 300);
    assert_eq!(found.detail.chars().count(), 4_000);
    assert!(problems(&town.store).is_empty());
}

#[test]
fn a_search_keeps_to_what_is_asked() {
    let town = Town::new();
    let audit = town.store.audit();
    for number in 0..6_i64 {
        let kind = if number % 2 == 0 {
            Kind::Change
        } else {
            Kind::Export
        };
        let mut event = event(kind, after(number * 60), &format!("board:{number}"));
        event.person = Some(PersonId(number / 3));
        event.detail = if number == 4 {
            "Créé à l’École".into()
        } else {
            String::new()
        };
        audit.record(event).unwrap();
    }
    let found = |search: Search| objects(&town.store, &search);
    let of = |numbers: &[i64]| {
        numbers
            .iter()
            .map(|n| format!("board:{n}"))
            .collect::<Vec<_>>()
    };
    assert_eq!(found(all()), of(&[5, 4, 3, 2, 1, 0]));
    assert_eq!(found(Search { limit: 2, ..all() }), of(&[5, 4]));
    assert_eq!(
        found(Search {
            limit: 2,
            before: Some(5),
            ..all()
        }),
        of(&[3, 2])
    );
    assert_eq!(
        found(Search {
            kinds: vec![Kind::Export],
            ..all()
        }),
        of(&[5, 3, 1])
    );
    let both = vec![Kind::Export, Kind::Change];
    assert_eq!(
        found(Search {
            kinds: both,
            ..all()
        })
        .len(),
        6
    );
    assert_eq!(
        found(Search {
            person: Some(PersonId(0)),
            ..all()
        }),
        of(&[2, 1, 0])
    );
    let one = Search {
        kinds: vec![Kind::Change, Kind::Export, Kind::Change],
        person: Some(PersonId(1)),
        ..all()
    };
    assert_eq!(found(one), of(&[5, 4, 3]));
    let times = Search {
        from: Some(after(60)),
        to: Some(after(180)),
        ..all()
    };
    assert_eq!(found(times), of(&[2, 1]));
    assert_eq!(
        found(Search {
            words: "ecole CRÉE".into(),
            ..all()
        }),
        of(&[4])
    );
    assert_eq!(
        found(Search {
            words: "martin 192.0.2.7".into(),
            ..all()
        })
        .len(),
        6
    );
    assert_eq!(
        found(Search {
            words: "martin absent".into(),
            ..all()
        }),
        of(&[])
    );
}

#[test]
fn an_export_goes_through_all_pages() {
    let town = Town::new();
    let audit = town.store.audit();
    for number in 0..2_500 {
        audit.read(event(Kind::Read, noon(), &format!("o{number}")));
    }
    audit.flush().unwrap();
    let all_seqs: Vec<i64> = audit
        .export(&all())
        .map(|entry| entry.unwrap().seq)
        .collect();
    assert_eq!(all_seqs, (1..=2_500).rev().collect::<Vec<_>>());
    let some = Search {
        limit: 1_200,
        ..all()
    };
    assert_eq!(audit.export(&some).count(), 1_200);
    let odd = Search {
        words: "o7".into(),
        ..all()
    };
    assert_eq!(audit.export(&odd).count(), objects(&town.store, &odd).len());
}

#[test]
fn a_thing_read_is_noted_once_an_hour() {
    let town = Town::new();
    let audit = town.store.audit();
    for seconds in [0, 1, 3_599, 3_600, 3_599, 3_601] {
        audit.read(event(Kind::Read, after(seconds), "board:logement"));
    }
    audit.read(event(Kind::Read, after(0), "board:finances"));
    let mut other = event(Kind::Read, after(0), "board:logement");
    other.person = Some(PersonId(2));
    audit.read(other);
    audit.flush().unwrap();
    assert_eq!(objects(&town.store, &all()).len(), 4);
    assert_eq!(audit.dropped(), 0);
    assert!(problems(&town.store).is_empty());
}

#[test]
fn what_was_read_is_written_without_being_asked_for() {
    let town = Town::new();
    town.store
        .audit()
        .read(event(Kind::Read, noon(), "board:logement"));
    let other = town.again();
    while objects(&other, &all()).is_empty() {
        thread::yield_now();
    }
    town.store
        .audit()
        .read(event(Kind::Read, noon(), "board:finances"));
    drop(town.store);
    assert_eq!(
        objects(&other, &all()).len(),
        2,
        "the end of a store waits for it"
    );
}

#[test]
fn months_of_a_kind_are_one_chain_even_when_the_clock_goes_back() {
    let town = Town::new();
    let audit = town.store.audit();
    for at in [
        "2026-09-30",
        "2026-10-01",
        "2026-11-01",
        "2026-10-31",
        "2026-11-02",
    ] {
        audit.record(event(Kind::Change, day(at), at)).unwrap();
        audit.record(event(Kind::Export, day(at), at)).unwrap();
    }
    let verified = audit.verify().unwrap();
    assert!(verified.is_sound(), "{verified:?}");
    assert_eq!((verified.entries, verified.segments), (10, 6));
}

#[test]
fn many_threads_and_two_processes_write_one_chain() {
    let town = Town::new();
    let stores = [town.store.clone(), town.again()];
    thread::scope(|scope| {
        for (number, store) in stores.iter().cycle().take(8).enumerate() {
            scope.spawn(move || {
                for count in 0..25 {
                    let object = format!("{number}-{count}");
                    store
                        .audit()
                        .record(event(Kind::Change, noon(), &object))
                        .unwrap();
                }
            });
        }
    });
    let mut found = objects(&town.store, &all());
    found.sort();
    found.dedup();
    assert_eq!(found.len(), 200);
    let verified = stores[1].audit().verify().unwrap();
    assert!(verified.is_sound(), "{verified:?}");
    assert!(problems(&town.again()).is_empty());
}

#[test]
fn the_database_refuses_to_alter_the_trail() {
    let town = Town::new();
    town.store
        .audit()
        .record(event(Kind::Change, noon(), "a"))
        .unwrap();
    let sqlite = town.sqlite();
    for meddling in [
        "UPDATE audit_entries SET detail = 'x'",
        "DELETE FROM audit_entries",
        "DELETE FROM audit_segments",
        "REPLACE INTO audit_entries SELECT * FROM audit_entries",
        "REPLACE INTO audit_segments SELECT * FROM audit_segments",
    ] {
        assert!(sqlite.execute(meddling, ()).is_err(), "{meddling}");
    }
    assert_eq!(objects(&town.store, &all()), ["a"]);
}

#[test]
fn a_trail_put_back_to_an_earlier_state_is_found_and_can_be_adopted() {
    let town = Town::new();
    let audit = town.store.audit();
    audit.record(event(Kind::Change, noon(), "a")).unwrap();
    let copy = town.state().join("copy.sqlite");
    town.store.backup_to(&copy).unwrap();
    audit.record(event(Kind::Change, after(1), "b")).unwrap();
    audit.record(event(Kind::Export, after(2), "c")).unwrap();
    let state = town.state().to_owned();
    drop((audit, town.store));
    for end in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(state.join(format!("beffroi.sqlite{end}")));
    }
    fs::copy(copy, state.join("beffroi.sqlite")).unwrap();

    let store = Store::open(&state).unwrap();
    assert_eq!(problems(&store), [What::Removed, What::Removed]);
    store
        .audit()
        .record(event(Kind::Change, after(3), "d"))
        .unwrap();
    store
        .audit()
        .record(event(Kind::Change, after(4), "e"))
        .unwrap();
    assert!(!problems(&store).is_empty(), "going on does not hide it");
    drop(store);
    let store = Store::open(&state).unwrap();
    assert!(!problems(&store).is_empty(), "nor does starting again");

    store.audit().adopt_heads("console", after(5)).unwrap();
    assert!(problems(&store).is_empty());
    let last = store
        .audit()
        .search(&Search { limit: 1, ..all() })
        .unwrap()
        .remove(0);
    assert_eq!(last.event.action, "audit.adopt-heads");
    assert_eq!(last.event.detail, "problems=2");
}

#[test]
fn a_backup_of_heads_and_database_verifies_as_a_whole() {
    let town = Town::new();
    let other = tempfile::tempdir().unwrap();
    town.store
        .audit()
        .record(event(Kind::Change, noon(), "a"))
        .unwrap();
    town.store
        .backup_heads_to(&other.path().join(HEADS_FILE))
        .unwrap();
    town.store
        .audit()
        .record(event(Kind::Change, noon(), "b"))
        .unwrap();
    town.store
        .backup_to(&other.path().join("beffroi.sqlite"))
        .unwrap();
    let restored = Store::open(other.path()).unwrap();
    assert_eq!(objects(&restored, &all()), ["b", "a"]);
    assert!(problems(&restored).is_empty());
}

#[test]
fn heads_that_are_gone_are_missed() {
    let town = Town::new();
    town.store
        .audit()
        .record(event(Kind::Change, noon(), "a"))
        .unwrap();
    fs::remove_file(town.state().join(HEADS_FILE)).unwrap();
    assert!(problems(&town.store).contains(&What::OutsideMissing));
    town.store
        .audit()
        .record(event(Kind::Change, noon(), "b"))
        .unwrap();
    assert!(problems(&town.store).contains(&What::OutsideMissing));
    assert!(problems(&town.again()).contains(&What::OutsideMissing));
}

#[test]
fn heads_left_behind_by_a_kill_catch_up() {
    let town = Town::new();
    let file = town.state().join(HEADS_FILE);
    let audit = town.store.audit();
    audit.record(event(Kind::Change, noon(), "a")).unwrap();
    let before = fs::read(&file).unwrap();
    audit.record(event(Kind::Change, noon(), "b")).unwrap();
    audit.record(event(Kind::Export, noon(), "c")).unwrap();
    let whole = fs::read_to_string(&file).unwrap();
    // Killed in the middle of the next line.
    let mut torn = before;
    torn.extend_from_slice(b"change 2026-11 2 abcd");
    fs::write(&file, torn).unwrap();
    assert!(problems(&town.store).is_empty());
    assert!(problems(&town.again()).is_empty());
    let last = |text: &str, kind: &str| {
        text.lines()
            .rfind(|line| line.starts_with(kind))
            .map(str::to_owned)
    };
    let caught_up = fs::read_to_string(&file).unwrap();
    for kind in ["change", "export"] {
        assert_eq!(last(&caught_up, kind), last(&whole, kind));
    }
}

#[test]
fn another_sound_trail_in_its_place_is_found() {
    let town = Town::new();
    let forged = Town::new();
    for object in ["a", "b"] {
        town.store
            .audit()
            .record(event(Kind::Change, noon(), object))
            .unwrap();
        let mut other = event(Kind::Change, noon(), object);
        other.name = "Somebody Else".into();
        forged.store.audit().record(other).unwrap();
    }
    let state = town.state().to_owned();
    drop(town.store);
    for end in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(state.join(format!("beffroi.sqlite{end}")));
    }
    forged
        .store
        .backup_to(&state.join("beffroi.sqlite"))
        .unwrap();
    let store = Store::open(&state).unwrap();
    assert_eq!(problems(&store), [What::OutsideDiffers]);
}

#[test]
fn what_is_too_old_goes_and_the_chain_goes_on() {
    let town = Town::new();
    let audit = town.store.audit();
    let secret = "à ne pas garder";
    for at in ["2025-10-31", "2025-11-15", "2026-11-01"] {
        let mut old = event(Kind::Read, day(at), at);
        old.detail = secret.into();
        audit.record(old).unwrap();
        audit.record(event(Kind::Publication, day(at), at)).unwrap();
    }
    let retention = Retention {
        months: [(Kind::Read, 12)].into(),
    };
    assert_eq!(audit.expire(day("2026-10-31"), &retention).unwrap(), []);
    let gone = audit.expire(day("2026-11-26"), &retention).unwrap();
    assert_eq!(gone.len(), 1);
    assert_eq!((gone[0].month.as_str(), gone[0].entries), ("2025-10", 1));
    let reads = Search {
        kinds: vec![Kind::Read],
        ..all()
    };
    assert_eq!(objects(&town.store, &reads), ["2026-11-01", "2025-11-15"]);
    let system = Search {
        kinds: vec![Kind::System],
        ..all()
    };
    assert_eq!(objects(&town.store, &system), ["audit:read:2025-10"]);
    let verified = audit.verify().unwrap();
    assert!(verified.is_sound(), "{verified:?}");
    assert_eq!(verified.segments, 7);

    // All of a kind, then something late and something new.
    assert_eq!(
        audit.expire(day("2028-01-01"), &retention).unwrap().len(),
        2
    );
    let database = fs::read(town.state().join("beffroi.sqlite")).unwrap();
    assert!(
        !database
            .windows(secret.len())
            .any(|window| window == secret.as_bytes())
    );
    for at in ["2026-11-02", "2028-01-02"] {
        audit.record(event(Kind::Read, day(at), at)).unwrap();
    }
    assert_eq!(objects(&town.store, &reads), ["2028-01-02", "2026-11-02"]);
    assert!(problems(&town.store).is_empty());
    assert!(problems(&town.again()).is_empty());
}

#[test]
fn a_feigned_expiry_is_found() {
    let town = Town::new();
    town.store
        .audit()
        .record(event(Kind::Read, day("2026-01-01"), "a"))
        .unwrap();
    town.store
        .audit()
        .record(event(Kind::Read, day("2026-02-01"), "b"))
        .unwrap();
    town.sqlite()
        .execute_batch(
            "UPDATE audit_segments SET expired = 1 WHERE month = '2026-01';
             DELETE FROM audit_entries WHERE segment = 1;",
        )
        .unwrap();
    assert_eq!(problems(&town.store), [What::Removed]);
}

/// What somebody may do to the entries, in SQL; `A` and `B` are two different ones.
const MEDDLING: [&str; 19] = [
    "UPDATE audit_entries SET at = at + 1 WHERE seq = A",
    "UPDATE audit_entries SET person = 7 WHERE seq = A",
    "UPDATE audit_entries SET person = NULL WHERE seq = A",
    "UPDATE audit_entries SET name = name || ' ' WHERE seq = A",
    "UPDATE audit_entries SET address = '192.0.2.8' WHERE seq = A",
    "UPDATE audit_entries SET address = 'nowhere' WHERE seq = A",
    "UPDATE audit_entries SET action = 'tes', object = 't' || object WHERE seq = A",
    "UPDATE audit_entries SET detail = '-' WHERE seq = A",
    "UPDATE audit_entries SET kind = 'other' WHERE seq = A",
    "UPDATE audit_entries SET hash = zeroblob(32) WHERE seq = A",
    "UPDATE audit_entries SET hash = x'00' WHERE seq = A",
    "UPDATE audit_entries SET previous = zeroblob(32) WHERE seq = A",
    "DELETE FROM audit_entries WHERE seq = A",
    "DELETE FROM audit_entries WHERE seq >= A",
    "UPDATE audit_entries SET seq = -1 WHERE seq = A; UPDATE audit_entries SET seq = A WHERE seq = B;
     UPDATE audit_entries SET seq = B WHERE seq = -1",
    "UPDATE audit_entries SET segment = (SELECT segment FROM audit_entries WHERE seq = B), seq = 999
     WHERE seq = A",
    "UPDATE audit_entries SET segment = 999 WHERE seq = A",
    "INSERT INTO audit_entries (segment, kind, at, person, name, address, action, object, detail,
     previous, hash) SELECT segment, kind, at, person, name, address, action, object, detail,
     previous, hash FROM audit_entries WHERE seq = A",
    "DELETE FROM audit_segments WHERE id = (SELECT segment FROM audit_entries WHERE seq = A);
     DELETE FROM audit_entries WHERE segment NOT IN (SELECT id FROM audit_segments)",
];

/// Makes what segments say of themselves agree with their entries.
const TIDY: &str = "UPDATE audit_segments SET
    entries = (SELECT count(*) FROM audit_entries e WHERE e.segment = audit_segments.id),
    first = coalesce((SELECT min(seq) FROM audit_entries e WHERE e.segment = audit_segments.id), first),
    last = coalesce((SELECT max(seq) FROM audit_entries e WHERE e.segment = audit_segments.id), last),
    head = coalesce((SELECT hash FROM audit_entries e WHERE e.segment = audit_segments.id
        ORDER BY seq DESC LIMIT 1), start)";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn whatever_is_done_to_an_entry_is_found(
        events in prop::collection::vec((0..3_usize, 0..4_u32), 2..16),
        meddling in 0..MEDDLING.len(),
        (a, b) in (0..1_000_usize, 0..1_000_usize),
        is_tidy in any::<bool>(),
    ) {
        let town = Town::new();
        let audit = town.store.audit();
        for (number, (kind, month)) in events.iter().enumerate() {
            let at = day(&format!("2026-{:02}-10", month + 1));
            audit.read(event(Kind::ALL[*kind], at, &number.to_string()));
        }
        audit.flush().unwrap();
        prop_assert_eq!(problems(&town.store), []);

        let a = a % events.len();
        let b = (a + 1 + b % (events.len() - 1)) % events.len();
        let sqlite = unguarded(&town);
        let sql = MEDDLING[meddling]
            .replace("seq = A", &format!("seq = {}", a + 1))
            .replace("seq >= A", &format!("seq >= {}", a + 1))
            .replace("seq = B", &format!("seq = {}", b + 1));
        sqlite.execute_batch(&sql).unwrap();
        if is_tidy {
            sqlite.execute_batch(TIDY).unwrap();
        }
        prop_assert!(!problems(&town.store).is_empty(), "{}", sql);
        prop_assert!(!problems(&town.again()).is_empty(), "after opening again: {}", sql);
    }
}

#[test]
fn a_problem_names_its_entry() {
    let town = Town::new();
    let audit = town.store.audit();
    for object in ["a", "b", "c", "d"] {
        audit.record(event(Kind::Change, noon(), object)).unwrap();
    }
    let sqlite = unguarded(&town);
    sqlite
        .execute_batch("UPDATE audit_entries SET name = 'x' WHERE seq = 2")
        .unwrap();
    let found = audit.verify().unwrap().problems;
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].segment.as_str(), found[0].seq, found[0].what),
        ("change 2026-11", Some(2), What::Altered)
    );
    sqlite
        .execute_batch("DELETE FROM audit_entries WHERE seq = 2")
        .unwrap();
    let found = audit.verify().unwrap().problems;
    assert_eq!((found[0].seq, found[0].what), (Some(3), What::Removed));
}

#[test]
fn an_entry_of_no_segment_is_found() {
    let town = Town::new();
    town.store
        .audit()
        .record(event(Kind::Change, noon(), "a"))
        .unwrap();
    let sqlite = unguarded(&town);
    let copy =
        "INSERT INTO audit_entries (segment, kind, at, name, action, object, detail, previous,
        hash) SELECT 999, kind, at, name, action, object, detail, hash, hash FROM audit_entries";
    sqlite.execute_batch(copy).unwrap();
    assert_eq!(problems(&town.store), [What::Inserted]);
}
