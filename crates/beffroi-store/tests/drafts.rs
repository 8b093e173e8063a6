//! Drafts: their files, their stages, their revisions.

#![allow(clippy::unwrap_used)]

mod common;

use beffroi_model::{DepartmentId, Role};
use beffroi_store::{
    DraftId, PersonId, RevisionId, Store, StoreError,
    workshop::{
        Author, DraftStage, Drafts, FileChange, Move, NewRevision, RevisionKind, Saved, limits,
    },
};
use common::{Town, after, noon};
use proptest::prelude::*;
use std::{collections::BTreeMap, thread};

const BOARD: &str = "boards/velo.toml";
const ANNE: Author = Author {
    person: Some(PersonId(7)),
    name: "Anne",
};
const BRUNO: Author = Author {
    person: Some(PersonId(8)),
    name: "Bruno",
};

fn begun(store: &Store) -> DraftId {
    store
        .new_draft("Vélo", PersonId(7), "Anne", None, noon())
        .unwrap()
}

fn change(text: Option<&str>, expected: Option<u32>) -> FileChange<'_> {
    FileChange {
        path: BOARD,
        base: Some("base"),
        text,
        expected,
        why: "titre",
    }
}

fn save(store: &Store, draft: DraftId, text: &str, expected: Option<u32>) -> Saved {
    store
        .save_file(draft, &change(Some(text), expected), ANNE, noon())
        .unwrap()
}

fn step(from: &[DraftStage], to: DraftStage) -> Move<'_> {
    Move {
        from,
        to,
        revision: None,
        note: "",
        publish_at: None,
        reviewer: None,
    }
}

/// Takes a draft to a stage, from wherever it is.
fn put_at(store: &Store, draft: DraftId, to: DraftStage) {
    let moved = store.set_stage(draft, &step(&DraftStage::ALL, to), ANNE, noon());
    assert!(moved.unwrap());
}

#[test]
fn a_draft_is_found_as_it_was_begun() {
    let town = Town::new();
    let voirie = DepartmentId::new("voirie").unwrap();
    let id = town
        .store
        .new_draft(" Vélo\n2026 ", PersonId(7), "Anne", Some(&voirie), noon())
        .unwrap();
    let draft = town.again().draft(id).unwrap().unwrap();
    assert_eq!(draft.title, "Vélo 2026");
    assert_eq!(
        (draft.maker, draft.maker_name.as_str()),
        (PersonId(7), "Anne")
    );
    assert_eq!(draft.department, Some(voirie));
    assert_eq!((draft.stage, draft.revision), (DraftStage::Draft, 0));
    assert_eq!((draft.created_at, draft.changed_at), (noon(), noon()));
    assert_eq!((draft.publish_at, draft.reviewer), (None, None));
    assert_eq!(town.store.draft_files(id).unwrap(), []);
    assert_eq!(town.store.steps(id).unwrap(), []);
    assert_eq!(town.store.draft(DraftId(99)).unwrap(), None);
}

#[test]
fn a_draft_is_called_otherwise() {
    let town = Town::new();
    let id = begun(&town.store);
    town.store
        .settle_draft(id, "Marche", None, false, after(1))
        .unwrap();
    let draft = town.store.draft(id).unwrap().unwrap();
    assert_eq!((draft.title.as_str(), draft.revision), ("Marche", 0));
    assert_eq!(draft.changed_at, after(1));
    let nowhere = town
        .store
        .settle_draft(DraftId(99), "Marche", None, false, noon());
    assert!(matches!(nowhere, Err(StoreError::NoDraft(DraftId(99)))));
}

#[test]
fn drafts_are_listed_by_what_is_asked_the_one_changed_last_first() {
    let town = Town::new();
    let store = &town.store;
    let ids: Vec<DraftId> = (0..5)
        .map(|number| {
            store
                .new_draft("", PersonId(number % 2), "", None, after(number))
                .unwrap()
        })
        .collect();
    put_at(store, ids[0], DraftStage::Abandoned);
    put_at(store, ids[1], DraftStage::Published);
    for (id, time) in [(ids[2], after(60)), (ids[3], after(120))] {
        let approved = Move {
            publish_at: Some(time),
            ..step(&DraftStage::ALL, DraftStage::Approved)
        };
        assert!(store.set_stage(id, &approved, ANNE, after(10)).unwrap());
    }
    store
        .settle_draft(ids[0], "x", None, false, after(30))
        .unwrap();
    let found = |which, limit| -> Vec<usize> {
        let drafts = store.drafts(which, limit).unwrap();
        let place = |id| ids.iter().position(|other| *other == id).unwrap();
        drafts.into_iter().map(|draft| place(draft.id)).collect()
    };
    assert_eq!(found(Drafts::All, 10), [0, 3, 2, 4, 1]);
    assert_eq!(found(Drafts::All, 2), [0, 3]);
    assert_eq!(found(Drafts::Open, 10), [3, 2, 4]);
    assert_eq!(found(Drafts::By(PersonId(0)), 10), [0, 2, 4]);
    assert_eq!(found(Drafts::At(DraftStage::Published), 10), [1]);
    assert_eq!(found(Drafts::Due(after(59)), 10), [0_usize; 0]);
    assert_eq!(found(Drafts::Due(after(60)), 10), [2]);
    assert_eq!(found(Drafts::Due(after(200)), usize::MAX), [3, 2]);
}

#[test]
fn a_file_keeps_the_base_it_was_taken_with() {
    let town = Town::new();
    let id = begun(&town.store);
    assert_eq!(
        save(&town.store, id, "a", None),
        Saved::Done { revision: 1 }
    );
    let other = FileChange {
        base: Some("another base"),
        ..change(None, Some(1))
    };
    let done = town.store.save_file(id, &other, BRUNO, after(5)).unwrap();
    assert_eq!(done, Saved::Done { revision: 2 });
    let file = town.store.draft_file(id, BOARD).unwrap().unwrap();
    assert_eq!((file.base.as_deref(), file.text), (Some("base"), None));
    assert_eq!(
        (file.changed_at, file.changed_by.as_str()),
        (after(5), "Bruno")
    );
    let draft = town.store.draft(id).unwrap().unwrap();
    assert_eq!((draft.revision, draft.changed_at), (2, after(5)));

    assert!(town.store.set_base(id, BOARD, None).unwrap());
    let file = town.store.draft_file(id, BOARD).unwrap().unwrap();
    assert_eq!((file.base, file.revision), (None, 2));
    assert!(!town.store.set_base(id, "boards/x.toml", None).unwrap());
}

#[test]
fn files_come_by_path_each_with_its_own_revision() {
    let town = Town::new();
    let id = begun(&town.store);
    for path in ["indicators/b.toml", "boards/a.toml"] {
        let new = FileChange {
            path,
            base: None,
            ..change(Some(path), None)
        };
        town.store.save_file(id, &new, ANNE, noon()).unwrap();
    }
    let again = FileChange {
        path: "indicators/b.toml",
        ..change(Some("b"), Some(1))
    };
    let done = town.store.save_file(id, &again, ANNE, noon()).unwrap();
    assert_eq!(done, Saved::Done { revision: 3 });
    let files = town.store.draft_files(id).unwrap();
    let files: Vec<_> = files
        .iter()
        .map(|it| (it.path.as_str(), it.revision))
        .collect();
    assert_eq!(files, [("boards/a.toml", 2), ("indicators/b.toml", 3)]);
    let other = begun(&town.store);
    assert_eq!(town.store.draft_files(other).unwrap(), []);
}

#[test]
fn whoever_has_not_seen_the_last_save_is_told_what_it_was() {
    let town = Town::new();
    let id = begun(&town.store);
    save(&town.store, id, "a", None);
    let bruno = change(Some("b"), Some(1));
    town.store.save_file(id, &bruno, BRUNO, after(9)).unwrap();
    let stale = Saved::Stale {
        text: Some("b".into()),
        by: "Bruno".into(),
        at: after(9),
        revision: 2,
    };
    for expected in [None, Some(0), Some(1), Some(3)] {
        assert_eq!(save(&town.store, id, "c", expected), stale, "{expected:?}");
    }
    let file = town.store.draft_file(id, BOARD).unwrap().unwrap();
    assert_eq!((file.text.as_deref(), file.revision), (Some("b"), 2));
    assert_eq!(town.store.draft(id).unwrap().unwrap().revision, 2);
    assert_eq!(town.store.draft_revisions(id, BOARD).unwrap().len(), 2);
    let started = town.store.draft_revision(id, BOARD, 1).unwrap().unwrap();
    assert_eq!(started.text.as_deref(), Some("a"));
}

#[test]
fn a_file_taken_out_and_in_again_is_another() {
    let town = Town::new();
    let id = begun(&town.store);
    save(&town.store, id, "a", None);
    let stale = town.store.drop_file(id, BOARD, 4, noon()).unwrap();
    assert!(matches!(stale, Saved::Stale { revision: 1, .. }));
    let done = town.store.drop_file(id, BOARD, 1, after(2)).unwrap();
    assert_eq!(done, Saved::Done { revision: 2 });
    assert_eq!(town.store.draft_file(id, BOARD).unwrap(), None);
    assert_eq!(town.store.draft(id).unwrap().unwrap().changed_at, after(2));
    assert_eq!(save(&town.store, id, "b", Some(1)), Saved::Dropped);
    let gone = town.store.drop_file(id, BOARD, 1, noon()).unwrap();
    assert_eq!(gone, Saved::Dropped);

    let again = FileChange {
        base: Some("new base"),
        ..change(Some("b"), None)
    };
    let done = town.store.save_file(id, &again, ANNE, noon()).unwrap();
    assert_eq!(done, Saved::Done { revision: 3 });
    assert!(matches!(
        save(&town.store, id, "c", Some(1)),
        Saved::Stale { revision: 3, .. }
    ));
    let file = town.store.draft_file(id, BOARD).unwrap().unwrap();
    assert_eq!(file.base.as_deref(), Some("new base"));
    let numbers: Vec<_> = town
        .store
        .draft_revisions(id, BOARD)
        .unwrap()
        .into_iter()
        .map(|it| it.number)
        .collect();
    assert_eq!(numbers, [Some(3), Some(1)], "what was saved stays");
}

#[test]
fn files_are_not_changed_once_a_draft_is_approved() {
    let town = Town::new();
    let id = begun(&town.store);
    save(&town.store, id, "a", None);
    for stage in DraftStage::ALL {
        put_at(&town.store, id, stage);
        let file = town.store.draft_file(id, BOARD).unwrap().unwrap();
        let saved = save(&town.store, id, "b", Some(file.revision));
        if stage.is_editable() {
            assert!(matches!(saved, Saved::Done { .. }), "{stage:?}");
            continue;
        }
        assert_eq!(saved, Saved::Closed(stage));
        let dropped = town.store.drop_file(id, BOARD, file.revision, noon());
        assert_eq!(dropped.unwrap(), Saved::Closed(stage));
        assert_eq!(town.store.draft_file(id, BOARD).unwrap(), Some(file));
        let based = town.store.set_base(id, BOARD, Some("disk")).unwrap();
        assert_eq!(based, stage.is_open(), "{stage:?}");
        town.store.set_base(id, BOARD, Some("base")).unwrap();
    }
}

#[test]
fn a_path_stays_within_its_folder() {
    let town = Town::new();
    let id = begun(&town.store);
    for path in [
        "",
        "/boards/velo.toml",
        "../velo.toml",
        "boards/../../velo.toml",
        "boards//velo.toml",
        "boards/",
        "./velo.toml",
        "boards/.velo.toml",
        "boards\\velo.toml",
        "C:velo.toml",
        "boards/velo\0.toml",
    ] {
        let out = FileChange {
            path,
            ..change(Some("a"), None)
        };
        let by_hand = NewRevision {
            path,
            draft: None,
            kind: RevisionKind::ByHand,
            text: None,
            why: "",
        };
        for refused in [
            town.store.save_file(id, &out, ANNE, noon()).map(|_| ()),
            town.store.add_revision(&by_hand, ANNE, noon()).map(|_| ()),
            town.store
                .finish_publication(id, &[(path, None)], ANNE, noon())
                .map(|_| ()),
        ] {
            assert!(matches!(refused, Err(StoreError::NotWithin(_))), "{path}");
        }
    }
    assert_eq!(town.store.draft_files(id).unwrap(), []);
}

#[test]
fn a_draft_that_is_not_there_takes_nothing() {
    let town = Town::new();
    let nowhere = DraftId(99);
    let revision = NewRevision {
        path: BOARD,
        draft: Some(nowhere),
        kind: RevisionKind::Published,
        text: None,
        why: "",
    };
    let store = &town.store;
    let step = step(&DraftStage::ALL, DraftStage::Review);
    for refused in [
        store
            .save_file(nowhere, &change(None, None), ANNE, noon())
            .map(|_| ()),
        store.drop_file(nowhere, BOARD, 1, noon()).map(|_| ()),
        store.set_base(nowhere, BOARD, None).map(|_| ()),
        store.set_stage(nowhere, &step, ANNE, noon()).map(|_| ()),
        store
            .finish_publication(nowhere, &[], ANNE, noon())
            .map(|_| ()),
        store.add_revision(&revision, ANNE, noon()).map(|_| ()),
    ] {
        assert!(matches!(refused, Err(StoreError::NoDraft(id)) if id == nowhere));
    }
}

#[test]
fn a_draft_goes_only_from_where_it_is() {
    let town = Town::new();
    let id = begun(&town.store);
    let submitted = Move {
        note: "à relire",
        reviewer: Some((PersonId(8), "Bruno")),
        ..step(
            &[DraftStage::Draft, DraftStage::Returned],
            DraftStage::Review,
        )
    };
    let set =
        |step: &Move, by, seconds| town.store.set_stage(id, step, by, after(seconds)).unwrap();
    assert!(set(&submitted, ANNE, 1));
    assert!(!set(&submitted, ANNE, 2), "it is there already");
    assert!(!set(&step(&[], DraftStage::Draft), ANNE, 2));
    let approved = Move {
        publish_at: Some(after(600)),
        ..step(&[DraftStage::Review], DraftStage::Approved)
    };
    assert!(set(&approved, BRUNO, 3));
    let draft = town.store.draft(id).unwrap().unwrap();
    assert_eq!(draft.stage, DraftStage::Approved);
    assert_eq!(draft.changed_at, after(3));
    assert_eq!(draft.publish_at, Some(after(600)));
    assert_eq!(
        draft.reviewer,
        Some((PersonId(8), "Bruno".to_owned())),
        "whom nobody replaced"
    );
    let back = step(&[DraftStage::Approved], DraftStage::Returned);
    assert!(set(&back, Author::PROGRAM, 4));
    let draft = town.store.draft(id).unwrap().unwrap();
    assert_eq!(draft.publish_at, None, "the time went with the approval");

    let steps = town.store.steps(id).unwrap();
    let went: Vec<_> = steps
        .iter()
        .map(|step| (step.at, step.person, step.from, step.to))
        .collect();
    use DraftStage::{Approved, Draft, Returned, Review};
    assert_eq!(
        went,
        [
            (after(1), ANNE.person, Draft, Review),
            (after(3), BRUNO.person, Review, Approved),
            (after(4), None, Approved, Returned),
        ]
    );
    assert_eq!(
        (steps[0].note.as_str(), steps[0].name.as_str()),
        ("à relire", "Anne")
    );
}

#[test]
fn nothing_is_approved_that_was_not_read() {
    let town = Town::new();
    let id = begun(&town.store);
    save(&town.store, id, "a", None);
    put_at(&town.store, id, DraftStage::Review);
    let read = town.store.draft(id).unwrap().unwrap().revision;
    // Under review nothing is saved; its maker takes it back, and asks again.
    let closed = save(&town.store, id, "b", Some(1));
    assert_eq!(closed, Saved::Closed(DraftStage::Review));
    put_at(&town.store, id, DraftStage::Draft);
    save(&town.store, id, "b", Some(1));
    put_at(&town.store, id, DraftStage::Review);
    let approved = Move {
        revision: Some(read),
        ..step(&[DraftStage::Review], DraftStage::Approved)
    };
    assert!(!town.store.set_stage(id, &approved, BRUNO, noon()).unwrap());
    let approved = Move {
        revision: Some(2),
        ..approved
    };
    assert!(town.store.set_stage(id, &approved, BRUNO, noon()).unwrap());
}

#[test]
fn a_publication_ends_once_with_a_revision_of_each_file() {
    let town = Town::new();
    let id = begun(&town.store);
    save(&town.store, id, "a", None);
    let texts = [(BOARD, Some("a")), ("indicators/old.toml", None)];
    let finish = |seconds| {
        town.store
            .finish_publication(id, &texts, BRUNO, after(seconds))
            .unwrap()
    };
    assert!(!finish(1), "nothing is being published");
    assert_eq!(town.store.revisions(BOARD, 9).unwrap(), []);
    put_at(&town.store, id, DraftStage::Publishing);
    assert!(finish(2));
    assert!(!finish(3));
    let draft = town.store.draft(id).unwrap().unwrap();
    assert_eq!(draft.stage, DraftStage::Published);
    let last = town.store.steps(id).unwrap().pop().unwrap();
    assert_eq!(
        (last.to, last.person),
        (DraftStage::Published, BRUNO.person)
    );

    let published = town.store.revisions(BOARD, 9).unwrap();
    assert_eq!(published.len(), 1);
    let info = published.into_iter().next().unwrap();
    assert_eq!((info.kind, info.draft), (RevisionKind::Published, Some(id)));
    assert_eq!((info.at, info.why.as_str()), (after(2), "Vélo"));
    let revision = town.store.revision(info.id).unwrap().unwrap();
    assert_eq!((revision.info, revision.text.as_deref()), (info, Some("a")));
    let removed = town.store.revisions("indicators/old.toml", 9).unwrap();
    assert!(removed[0].is_removal);
}

#[test]
fn the_history_of_a_file_is_what_was_published() {
    let town = Town::new();
    let id = begun(&town.store);
    save(&town.store, id, "a", None);
    let kinds = [
        RevisionKind::ByHand,
        RevisionKind::Published,
        RevisionKind::Restored,
    ];
    for (kind, number) in kinds.into_iter().zip(0..) {
        let new = NewRevision {
            path: BOARD,
            draft: None,
            kind,
            text: Some("x"),
            why: "",
        };
        town.store
            .add_revision(&new, Author::PROGRAM, after(number))
            .unwrap();
    }
    let found = town.store.revisions(BOARD, 2).unwrap();
    let found: Vec<_> = found.iter().map(|it| (it.kind, it.number)).collect();
    assert_eq!(
        found,
        [
            (RevisionKind::Restored, None),
            (RevisionKind::Published, None)
        ]
    );
    let saved = town.store.draft_revisions(id, BOARD).unwrap();
    let saved: Vec<_> = saved.iter().map(|it| (it.kind, it.number)).collect();
    assert_eq!(saved, [(RevisionKind::Saved, Some(1))]);
    assert_eq!(town.store.revisions("boards/x.toml", 9).unwrap(), []);
    assert_eq!(town.store.revision(RevisionId(99)).unwrap(), None);

    let false_save = NewRevision {
        path: BOARD,
        draft: Some(id),
        kind: RevisionKind::Saved,
        text: None,
        why: "",
    };
    assert!(town.store.add_revision(&false_save, ANNE, noon()).is_err());
    let altered = town.sqlite().execute("UPDATE revisions SET text = 'y'", ());
    assert!(altered.is_err());
}

#[test]
fn stages_and_kinds_are_read_as_they_are_written() {
    for stage in DraftStage::ALL {
        assert_eq!(DraftStage::from_word(stage.as_str()), Some(stage));
        let closed = [DraftStage::Published, DraftStage::Abandoned].contains(&stage);
        assert_eq!(stage.is_open(), !closed);
        assert!(stage.is_open() || !stage.is_editable());
    }
    for kind in RevisionKind::ALL {
        assert_eq!(RevisionKind::from_word(kind.as_str()), Some(kind));
    }
    assert_eq!(DraftStage::from_word("Draft"), None);
    assert_eq!(RevisionKind::from_word(""), None);
}

#[test]
fn what_is_too_long_is_refused_and_nothing_is_written() {
    let town = Town::new();
    let store = &town.store;
    let id = begun(store);
    let most = "é".repeat(limits::FILE.most / 2);
    assert_eq!(save(store, id, &most, None), Saved::Done { revision: 1 });
    let before = store.draft_file(id, BOARD).unwrap();

    let file = most + "a";
    let (path, note) = ("p".repeat(201), "é".repeat(4_001));
    let (title, name) = ("é".repeat(201), "é".repeat(201));
    let long = Author {
        name: &name,
        ..ANNE
    };
    let fine = change(Some("b"), Some(1));
    let change = |it: FileChange, by| store.save_file(id, &it, by, noon()).map(|_| ());
    let revision = NewRevision {
        path: BOARD,
        draft: None,
        kind: RevisionKind::ByHand,
        text: Some(&file),
        why: "",
    };
    let noted = Move {
        note: &note,
        ..step(&DraftStage::ALL, DraftStage::Review)
    };
    let reviewed = Move {
        note: "",
        reviewer: Some((PersonId(1), &name)),
        ..noted
    };
    for (refused, limit) in [
        (
            change(
                FileChange {
                    text: Some(&file),
                    ..fine
                },
                ANNE,
            ),
            limits::FILE,
        ),
        (
            change(
                FileChange {
                    base: Some(&file),
                    ..fine
                },
                ANNE,
            ),
            limits::FILE,
        ),
        (
            change(
                FileChange {
                    path: &path,
                    ..fine
                },
                ANNE,
            ),
            limits::PATH,
        ),
        (
            change(FileChange { why: &note, ..fine }, ANNE),
            limits::NOTE,
        ),
        (change(fine, long), limits::NAME),
        (
            store.set_base(id, BOARD, Some(&file)).map(|_| ()),
            limits::FILE,
        ),
        (
            store.add_revision(&revision, ANNE, noon()).map(|_| ()),
            limits::FILE,
        ),
        (
            store
                .finish_publication(id, &[(BOARD, Some(&file))], ANNE, noon())
                .map(|_| ()),
            limits::FILE,
        ),
        (
            store.set_stage(id, &noted, ANNE, noon()).map(|_| ()),
            limits::NOTE,
        ),
        (
            store.set_stage(id, &reviewed, ANNE, noon()).map(|_| ()),
            limits::NAME,
        ),
        (
            store.settle_draft(id, &title, None, false, noon()),
            limits::TITLE,
        ),
        (
            store
                .new_draft(&title, PersonId(1), "", None, noon())
                .map(|_| ()),
            limits::TITLE,
        ),
        (
            store
                .new_draft("", PersonId(1), &name, None, noon())
                .map(|_| ()),
            limits::NAME,
        ),
    ] {
        assert!(
            matches!(refused, Err(StoreError::TooLong(found)) if found == limit),
            "{limit}"
        );
    }
    assert_eq!(store.draft_file(id, BOARD).unwrap(), before);
    assert_eq!(store.drafts(Drafts::All, 9).unwrap().len(), 1);
    assert_eq!(store.draft_revisions(id, BOARD).unwrap().len(), 1);
    assert_eq!(store.steps(id).unwrap(), []);
}

#[test]
fn whoever_is_removed_stays_who_did_it() {
    let town = Town::new();
    let anne = town.add("anne@mairie.fr", &[Role::Agent]);
    let bruno = town.add("bruno@mairie.fr", &[Role::Head]);
    let person = town.store.person(anne).unwrap().unwrap();
    let by = Author::from(&person);
    let id = town
        .store
        .new_draft("Vélo", anne, by.name, None, noon())
        .unwrap();
    let saved = change(Some("a"), None);
    town.store.save_file(id, &saved, by, noon()).unwrap();
    let submitted = Move {
        reviewer: Some((bruno, "Bruno")),
        ..step(&[DraftStage::Draft], DraftStage::Review)
    };
    assert!(town.store.set_stage(id, &submitted, by, noon()).unwrap());
    let before = town.store.draft(id).unwrap();
    town.store.remove_person(anne).unwrap();
    town.store.remove_person(bruno).unwrap();

    assert_eq!(town.store.draft(id).unwrap(), before);
    assert_eq!(town.store.drafts(Drafts::Open, 9).unwrap().len(), 1);
    assert_eq!(town.store.steps(id).unwrap()[0].name, person.name);
    let file = town.store.draft_file(id, BOARD).unwrap().unwrap();
    assert_eq!(file.changed_by, person.name);
    let saves = town.store.draft_revisions(id, BOARD).unwrap();
    assert_eq!(saves[0].person, Some(anne));
    let next = town.add("chloe@mairie.fr", &[Role::Agent]);
    assert!(next > bruno, "nobody gets the drafts of somebody removed");
    let broken: i64 = town
        .sqlite()
        .query_row("SELECT count(*) FROM pragma_foreign_key_check", (), |row| {
            row.get(0)
        })
        .unwrap();
    assert_eq!(broken, 0);
}

#[test]
fn of_two_who_save_at_once_one_is_told() {
    let town = Town::new();
    // Another process has the store open too.
    let again = town.again();
    let id = begun(&town.store);
    let mut expected = None;
    for round in 0..50 {
        let texts = [format!("{round} anne"), format!("{round} bruno")];
        let answers: Vec<Saved> = thread::scope(|scope| {
            let savers: Vec<_> = [&town.store, &again]
                .into_iter()
                .zip(&texts)
                .map(|(store, text)| scope.spawn(move || save(store, id, text, expected)))
                .collect();
            savers.into_iter().map(|it| it.join().unwrap()).collect()
        });
        let file = town.store.draft_file(id, BOARD).unwrap().unwrap();
        let winner = answers
            .iter()
            .position(|it| matches!(it, Saved::Done { revision } if *revision == file.revision))
            .unwrap();
        assert_eq!(file.text.as_ref(), Some(&texts[winner]));
        let stale = Saved::Stale {
            text: file.text,
            by: "Anne".into(),
            at: noon(),
            revision: file.revision,
        };
        assert_eq!(answers[1 - winner], stale);
        expected = Some(file.revision);
    }
    assert_eq!(town.store.draft_revisions(id, BOARD).unwrap().len(), 50);
}

#[test]
fn of_many_who_publish_at_once_one_does() {
    let town = Town::new();
    let id = begun(&town.store);
    put_at(&town.store, id, DraftStage::Approved);
    let step = step(&[DraftStage::Approved], DraftStage::Publishing);
    let moved = thread::scope(|scope| {
        let movers: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| town.store.set_stage(id, &step, ANNE, noon()).unwrap()))
            .collect();
        movers
            .into_iter()
            .map(|it| it.join().unwrap())
            .filter(|moved| *moved)
            .count()
    });
    assert_eq!(moved, 1);
}

/// Something that is done to a draft.
#[derive(Debug, Clone)]
enum Act {
    Save {
        path: usize,
        text: Option<String>,
        is_fresh: bool,
    },
    Drop {
        path: usize,
        is_fresh: bool,
    },
}

const PATHS: [&str; 3] = ["boards/a.toml", "datasets/b.toml", "indicators/c.toml"];

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (0..3_usize, proptest::option::of("[a-zé\n]{0,8}"), prop::bool::weighted(0.8))
            .prop_map(|(path, text, is_fresh)| Act::Save { path, text, is_fresh }),
        1 => (0..3_usize, prop::bool::weighted(0.8))
            .prop_map(|(path, is_fresh)| Act::Drop { path, is_fresh }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_file_is_what_was_saved_last(acts in proptest::collection::vec(act(), 0..24)) {
        let town = Town::new();
        let store = &town.store;
        let id = begun(store);
        // What each file is, with its revision, and all that was saved.
        let mut present: BTreeMap<&str, (Option<String>, u32)> = BTreeMap::new();
        let mut saves: Vec<(u32, &str, Option<String>)> = Vec::new();
        let mut number = 0;
        for act in acts {
            let (path, is_fresh) = match &act {
                Act::Save { path, is_fresh, .. } | Act::Drop { path, is_fresh } => {
                    (PATHS[*path], *is_fresh)
                }
            };
            let there = present.get(path).map(|(_, revision)| *revision);
            let expected = if is_fresh { there } else { Some(9_999) };
            let saved = match &act {
                Act::Save { text, .. } => {
                    let change = FileChange { path, base: None, text: text.as_deref(), expected, why: "" };
                    store.save_file(id, &change, ANNE, noon()).unwrap()
                }
                Act::Drop { .. } => store.drop_file(id, path, expected.unwrap_or(1), noon()).unwrap(),
            };
            let is_done = is_fresh && (there.is_some() || matches!(act, Act::Save { .. }));
            match saved {
                Saved::Done { revision } => {
                    prop_assert!(is_done);
                    number += 1;
                    prop_assert_eq!(revision, number);
                }
                Saved::Stale { text, revision, .. } => {
                    prop_assert!(!is_done);
                    prop_assert_eq!(Some(&(text, revision)), present.get(path));
                }
                Saved::Dropped => prop_assert!(!is_done && there.is_none()),
                Saved::Closed(_) => prop_assert!(false),
            }
            match act {
                Act::Save { text, .. } if is_done => {
                    saves.push((number, path, text.clone()));
                    present.insert(path, (text, number));
                }
                Act::Drop { .. } if is_done => {
                    present.remove(path);
                }
                _ => {}
            }
        }
        let files = store.draft_files(id).unwrap();
        let files: BTreeMap<&str, (Option<String>, u32)> = files
            .iter()
            .map(|it| (it.path.as_str(), (it.text.clone(), it.revision)))
            .collect();
        prop_assert_eq!(&files, &present);
        for path in PATHS {
            let mut found = Vec::new();
            for info in store.draft_revisions(id, path).unwrap().into_iter().rev() {
                let revision = store.revision(info.id).unwrap().unwrap();
                prop_assert_eq!(revision.text.is_none(), info.is_removal);
                found.push((info.number.unwrap(), path, revision.text));
            }
            let wanted: Vec<_> = saves.iter().filter(|it| it.1 == path).cloned().collect();
            prop_assert_eq!(&found, &wanted);
            if let Some((text, revision)) = files.get(path) {
                let last = found.last().map(|(number, _, text)| (text, number));
                prop_assert_eq!(last, Some((text, revision)));
            }
        }
        prop_assert_eq!(store.draft(id).unwrap().unwrap().revision, number);
    }
}
