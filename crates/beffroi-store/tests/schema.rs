//! The file: who may read it, copies of it, and databases of earlier and later programs.
//!
//! `schemas/N.sql` is what a store of schema N wrote, with some of everything, and `N.heads` its
//! `audit-heads`: a new schema comes with a new pair, and the old ones stay.

#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use beffroi_model::{DepartmentId, Role};
use beffroi_store::{
    CodeCheck, Event, Kind, Means, PersonId, SignIn, Store, StoreError,
    audit::{HEADS_FILE, Search},
    reports::{Chapter, ContributionState},
    workshop::{Draft, DraftStage, Drafts, RevisionKind},
};
use common::{PASSWORD, Town, after, home, noon};
use std::{fs, path::Path, thread};

fn schemas() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schemas")
}

/// Puts what a store of that schema wrote into a folder.
fn lay_down(state: &Path, version: u32) {
    let sql = fs::read_to_string(schemas().join(format!("{version}.sql"))).unwrap();
    let sqlite = rusqlite::Connection::open(state.join("beffroi.sqlite")).unwrap();
    sqlite.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
    sqlite.execute_batch(&sql).unwrap();
    fs::copy(
        schemas().join(format!("{version}.heads")),
        state.join(HEADS_FILE),
    )
    .unwrap();
}

#[test]
fn a_store_of_every_earlier_schema_opens_with_all_it_had() {
    for version in 1..=Store::SCHEMA {
        let folder = tempfile::tempdir().unwrap();
        lay_down(folder.path(), version);
        let store = Store::open(folder.path()).unwrap();
        assert_eq!(store.schema_version().unwrap(), Store::SCHEMA);

        let people = store.people().unwrap();
        assert_eq!(people.len(), 3, "schema {version}");
        let elise = store.person_by_email("elise@clairval.fr").unwrap().unwrap();
        assert_eq!(
            elise.membership.roles,
            [Role::Head, Role::Administrator].into()
        );
        assert_eq!(
            elise.subject.as_deref(),
            Some("https://connexion.example|42")
        );
        let answer = store
            .sign_in("elise@clairval.fr", PASSWORD, home(), after(60))
            .unwrap();
        assert_eq!(answer, SignIn::CodeNeeded(elise.id));
        let code = store
            .totp_check(elise.id, RECOVERY, home(), after(60))
            .unwrap();
        assert_eq!(code, CodeCheck::Right);
        let session = store.session(SESSION, after(60)).unwrap().unwrap();
        assert_eq!(
            (session.person.id, session.means),
            (elise.id, Means::Password)
        );
        assert!(store.invitation(INVITATION, after(60)).unwrap().is_some());

        let verified = store.audit().verify().unwrap();
        assert!(verified.is_sound(), "schema {version}: {verified:?}");
        assert_eq!((verified.entries, verified.segments), (3, 4));

        let drafts = store.drafts(Drafts::All, 9).unwrap();
        if version < 2 {
            assert_eq!(drafts, [], "schema {version}");
        } else {
            has_its_workshop(&store, &drafts);
        }
        if version < 3 {
            assert_eq!(store.reports().all_editions().unwrap(), []);
        } else {
            has_its_reports(&store);
        }
        let begun = store.new_draft("Nouveau", elise.id, &elise.name, None, after(60));
        assert!(
            drafts
                .iter()
                .all(|draft| draft.id < begun.as_ref().copied().unwrap())
        );
    }
}

/// What stores have of the workshop since schema 2.
fn has_its_workshop(store: &Store, drafts: &[Draft]) {
    let [open, published] = drafts else {
        panic!("{drafts:?}");
    };
    assert_eq!(
        (open.stage, open.maker_name.as_str()),
        (DraftStage::Draft, "Quelqu’un de parti")
    );
    assert_eq!(
        (published.stage, published.revision),
        (DraftStage::Published, 2)
    );
    assert_eq!(
        published.reviewer,
        Some((PersonId(1), "Élise Martin".into()))
    );
    assert_eq!(store.steps(published.id).unwrap().len(), 3);
    let files = store.draft_files(published.id).unwrap();
    let texts: Vec<_> = files
        .iter()
        .map(|file| (file.base.as_deref(), file.text.as_deref()))
        .collect();
    assert_eq!(
        texts,
        [
            (None, Some("title = \"Vélo\"\n")),
            (Some("title = \"Vieux\"\n"), None)
        ]
    );
    let saves = store.draft_revisions(published.id, "boards/velo.toml");
    assert_eq!(saves.unwrap().len(), 1);
    let history = store.revisions("boards/velo.toml", 9).unwrap();
    let revision = store.revision(history[0].id).unwrap().unwrap();
    assert_eq!(revision.info.kind, RevisionKind::Published);
    assert_eq!(revision.text, files[0].text);

    let delivery = store.deliveries(open.id).unwrap().pop().unwrap();
    assert_eq!((delivery.bytes, delivery.correction.as_str()), (12, "{}"));
    let comment = store.comments(Some(open.id)).unwrap().pop().unwrap();
    assert_eq!(comment.resolved_at, Some(noon()));
    let said = store.commentaries("indicateur:velos_locations").unwrap();
    assert_eq!(said[0].withdrawn_at, Some(noon()));
    let voirie = DepartmentId::new("voirie").unwrap();
    let request = store.requests(&[voirie].into()).unwrap().pop().unwrap();
    assert_eq!(request.answer, "Envoyées.");
}

/// What stores have of the annual reports since schema 3.
fn has_its_reports(store: &Store) {
    let reports = store.reports();
    let editions = reports.editions("annuel").unwrap();
    let [draft, frozen] = &editions[..] else {
        panic!("{editions:?}");
    };
    assert_eq!(
        (draft.year, draft.copied_from, draft.frozen_number),
        (2026, Some(2025), 0)
    );
    assert_eq!(
        frozen.frozen.as_ref().unwrap().person,
        Some(PersonId(1)),
        "{frozen:?}"
    );
    assert_eq!(
        frozen.presented,
        "Présenté au conseil municipal du 25 juin 2026"
    );
    assert_eq!(reports.steps("annuel", 2025).unwrap().len(), 5);
    let contributions = reports.contributions("annuel", 2025).unwrap();
    let [mobilites, culture] = &contributions[..] else {
        panic!("{contributions:?}");
    };
    assert_eq!(
        (mobilites.words.as_str(), mobilites.revision),
        ("Le vélo **avance**.", 3)
    );
    assert_eq!(mobilites.confirmed_reading.as_deref(), Some("c0ffee"));
    assert_eq!(culture.state, ContributionState::Waiting);
    let saved = Chapter {
        report: "annuel",
        year: 2025,
        id: "mobilites",
    };
    assert_eq!(reports.history(saved, 9).unwrap().len(), 2);
    let voirie = DepartmentId::new("voirie").unwrap();
    let waiting = reports.waiting_for(&[voirie]).unwrap();
    assert_eq!((waiting.len(), waiting[0].1), (1, 2026));
    let sentence = reports.sentences("annuel", 2025).unwrap().pop().unwrap();
    assert_eq!(sentence.basis, "12 vélos de plus.");
    let remark = reports.remarks("annuel", 2025).unwrap().pop().unwrap();
    assert_eq!(
        (remark.name.as_str(), remark.resolved_at),
        ("Quelqu’un de parti", Some(noon()))
    );
    let reminder = reports.reminders("annuel", 2025).unwrap().pop().unwrap();
    assert_eq!(reminder.chapter, "culture");
}

// Secrets of the fixtures.
const RECOVERY: &str = "R4WS-QADS-SIXQ-ED25";
const SESSION: &str = "k6Q0zOqVggeVlbZwPplnkx9iUQfwZvTUuQBawwuz-3U";
const INVITATION: &str = "Q3WM9BOIhXchXe80wLmHGatcGWLenbjm2ohL2jAtpSU";

#[test]
fn a_schema_is_the_same_made_anew_or_brought_up_to_date() {
    let tables = |town: &Path| -> Vec<(String, Option<String>)> {
        let sqlite = rusqlite::Connection::open(town.join("beffroi.sqlite")).unwrap();
        let mut statement = sqlite
            .prepare("SELECT name, sql FROM sqlite_master ORDER BY name")
            .unwrap();
        let rows = statement
            .query_map((), |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    };
    let new = Town::new();
    for version in 1..=Store::SCHEMA {
        let folder = tempfile::tempdir().unwrap();
        lay_down(folder.path(), version);
        drop(Store::open(folder.path()).unwrap());
        assert_eq!(
            tables(folder.path()),
            tables(new.state()),
            "schema {version}"
        );
    }
}

#[test]
fn a_store_of_a_newer_program_is_refused_and_left_alone() {
    let town = Town::new();
    town.sqlite()
        .execute_batch("PRAGMA user_version = 99")
        .unwrap();
    let refused = Store::open(town.state());
    assert!(
        matches!(
            refused,
            Err(StoreError::TooNew {
                found: 99,
                known: Store::SCHEMA,
                ..
            })
        ),
        "{refused:?}"
    );
    let version: u32 = town
        .sqlite()
        .query_row("PRAGMA user_version", (), |row| row.get(0))
        .unwrap();
    assert_eq!(version, 99);
}

#[test]
fn many_may_open_a_new_store_at_once() {
    let folder = tempfile::tempdir().unwrap();
    thread::scope(|scope| {
        for number in 0..8 {
            let state = folder.path();
            scope.spawn(move || {
                let store = Store::open(state).unwrap();
                store.audit().record(event(&number.to_string())).unwrap();
            });
        }
    });
    let verified = Store::open(folder.path())
        .unwrap()
        .audit()
        .verify()
        .unwrap();
    assert!(verified.is_sound(), "{verified:?}");
    assert_eq!(verified.entries, 8);
}

#[test]
fn what_is_no_database_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("beffroi.sqlite"),
        "not a database at all".repeat(100),
    )
    .unwrap();
    assert!(Store::open(folder.path()).is_err());
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    assert!(matches!(Store::open(&file), Err(StoreError::Io { .. })));
}

#[cfg(unix)]
#[test]
fn only_the_owner_reads_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("new/var");
    let store = Store::open(&state).unwrap();
    store.audit().record(event("a")).unwrap();
    store.backup_to(&state.join("copy.sqlite")).unwrap();
    store.backup_heads_to(&state.join("copy.heads")).unwrap();
    let mode = |name: &str| {
        let found =
            fs::metadata(state.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        found.permissions().mode() & 0o777
    };
    for name in [
        "beffroi.sqlite",
        "beffroi.sqlite-wal",
        HEADS_FILE,
        "copy.sqlite",
        "copy.heads",
    ] {
        assert_eq!(mode(name), 0o600, "{name}");
    }
    drop(store);
    let database = state.join("beffroi.sqlite");
    fs::set_permissions(&database, fs::Permissions::from_mode(0o644)).unwrap();
    let _store = Store::open(&state).unwrap();
    assert_eq!(mode("beffroi.sqlite"), 0o600, "an open door is shut");
}

fn event(object: &str) -> Event {
    Event {
        at: noon(),
        person: None,
        name: String::new(),
        from: None,
        kind: Kind::Change,
        action: "test".into(),
        object: object.into(),
        detail: String::new(),
    }
}

#[test]
fn a_copy_made_while_others_write_is_whole() {
    let town = Town::new();
    let id = town.add_with_password("a@m", &[]);
    let copies = tempfile::tempdir().unwrap();
    thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for number in 0..200 {
                town.store
                    .audit()
                    .record(event(&number.to_string()))
                    .unwrap();
            }
        });
        let mut number = 0;
        while !writer.is_finished() || number == 0 {
            let state = copies.path().join(number.to_string());
            fs::create_dir(&state).unwrap();
            town.store.backup_heads_to(&state.join(HEADS_FILE)).unwrap();
            let copy = state.join("beffroi.sqlite");
            town.store.backup_to(&copy).unwrap();
            town.store.backup_to(&copy).unwrap();
            let restored = Store::open(&state).unwrap();
            assert!(restored.audit().verify().unwrap().is_sound());
            assert!(restored.person(id).unwrap().unwrap().has_password);
            number += 1;
        }
    });
    let all = Search {
        limit: 1_000,
        ..Search::default()
    };
    assert_eq!(town.store.audit().search(&all).unwrap().len(), 200);
    let nowhere = copies.path().join("absent/copy.sqlite");
    assert!(town.store.backup_to(&nowhere).is_err());
}
