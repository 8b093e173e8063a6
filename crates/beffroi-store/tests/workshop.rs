//! What else the workshop keeps: deliveries, comments, commentaries, requests.

#![allow(clippy::unwrap_used)]

mod common;

use beffroi_model::{DatasetId, DepartmentId};
use beffroi_store::{
    CommentId, CommentaryId, DeliveryId, DraftId, PersonId, RequestId, Store, StoreError,
    workshop::{Author, Comment, Delivery, NewCommentary, NewDelivery, NewRequest, limits},
};
use common::{Town, after, noon};

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

fn department(text: &str) -> DepartmentId {
    DepartmentId::new(text).unwrap()
}

fn delivery(draft: DraftId) -> NewDelivery<'static> {
    NewDelivery {
        draft,
        dataset: None,
        name: "Vélos 2026.xlsx",
        stored: "1.xlsx",
        bytes: 5_000_000_000,
        how: "upload",
    }
}

#[test]
fn a_delivery_is_found_as_it_came_and_as_it_was_changed() {
    let town = Town::new();
    let store = &town.store;
    let draft = begun(store);
    let id = store.add_delivery(&delivery(draft), noon()).unwrap();
    let mut wanted = Delivery {
        id,
        draft,
        dataset: None,
        name: "Vélos 2026.xlsx".into(),
        stored: "1.xlsx".into(),
        bytes: 5_000_000_000,
        how: "upload".into(),
        at: noon(),
        correction: String::new(),
    };
    assert_eq!(store.delivery(id).unwrap().as_ref(), Some(&wanted));
    let velos = DatasetId::new("velos").unwrap();
    assert!(store.set_delivery_dataset(id, Some(&velos)).unwrap());
    assert!(store.set_correction(id, r#"{"sheet":2}"#).unwrap());
    wanted.dataset = Some(velos.clone());
    wanted.correction = r#"{"sheet":2}"#.into();
    let second = NewDelivery {
        stored: "2.xlsx",
        dataset: Some(&velos),
        ..delivery(draft)
    };
    let second = store.add_delivery(&second, after(1)).unwrap();
    let other = begun(store);
    store.add_delivery(&delivery(other), noon()).unwrap();

    let found = store.deliveries(draft).unwrap();
    assert_eq!(found.len(), 2);
    assert_eq!(found[0], wanted);
    assert_eq!(
        (found[1].id, found[1].dataset.as_ref()),
        (second, Some(&velos))
    );
    assert!(store.set_delivery_dataset(id, None).unwrap());
    wanted.dataset = None;
    assert_eq!(store.remove_delivery(id).unwrap(), Some(wanted));
    assert_eq!(store.remove_delivery(id).unwrap(), None);
    assert_eq!(store.delivery(id).unwrap(), None);
    assert!(!store.set_correction(id, "").unwrap());
    assert!(!store.set_delivery_dataset(id, None).unwrap());
}

#[test]
fn two_deliveries_of_a_draft_are_not_stored_under_one_name() {
    let town = Town::new();
    let draft = begun(&town.store);
    town.store.add_delivery(&delivery(draft), noon()).unwrap();
    let again = town.store.add_delivery(&delivery(draft), noon());
    assert!(matches!(again, Err(StoreError::Database(_))));
    let nowhere = town.store.add_delivery(&delivery(DraftId(99)), noon());
    assert!(matches!(nowhere, Err(StoreError::NoDraft(_))));
    for stored in ["../1.xlsx", "a/1.xlsx", ".1.xlsx", ""] {
        let out = NewDelivery {
            stored,
            ..delivery(draft)
        };
        let refused = town.store.add_delivery(&out, noon());
        assert!(matches!(refused, Err(StoreError::NotWithin(_))), "{stored}");
    }
    assert_eq!(town.store.deliveries(draft).unwrap().len(), 1);
}

#[test]
fn a_comment_is_resolved_once() {
    let town = Town::new();
    let store = &town.store;
    let draft = begun(store);
    let tile = "boards/velo#locations";
    let id = store
        .add_comment(Some(draft), tile, "Depuis quand ?", BRUNO, noon())
        .unwrap();
    let whole = store
        .add_comment(Some(draft), "", "Bien.", BRUNO, after(1))
        .unwrap();
    let published = store
        .add_comment(None, tile, "Déjà vu", ANNE, after(2))
        .unwrap();
    assert!(store.resolve_comment(id, ANNE, after(3)).unwrap());
    assert!(!store.resolve_comment(id, BRUNO, after(4)).unwrap());
    let nobody = CommentId(99);
    assert!(!store.resolve_comment(nobody, ANNE, noon()).unwrap());

    let comments = store.comments(Some(draft)).unwrap();
    let wanted = Comment {
        id,
        draft: Some(draft),
        object: tile.into(),
        person: BRUNO.person,
        name: "Bruno".into(),
        at: noon(),
        text: "Depuis quand ?".into(),
        resolved_at: Some(after(3)),
        resolved_by: Some("Anne".into()),
    };
    assert_eq!(comments[0], wanted);
    assert_eq!((comments[1].id, comments[1].resolved_at), (whole, None));
    assert_eq!(comments.len(), 2);
    let others = store.comments(None).unwrap();
    assert_eq!((others.len(), others[0].id), (1, published));
    let nowhere = store.add_comment(Some(DraftId(99)), "", "", ANNE, noon());
    assert!(matches!(nowhere, Err(StoreError::NoDraft(_))));
}

#[test]
fn a_commentary_is_withdrawn_and_never_altered() {
    let town = Town::new();
    let store = &town.store;
    let said = |text, seconds| {
        let new = NewCommentary {
            object: "indicateur:velos_locations",
            period: "2025",
            text,
        };
        store.add_commentary(&new, ANNE, after(seconds)).unwrap()
    };
    let (first, second) = (said("Grève en mars.", 0), said("Grève en avril.", 1));
    assert!(store.withdraw_commentary(first, BRUNO, after(2)).unwrap());
    assert!(!store.withdraw_commentary(first, ANNE, after(3)).unwrap());
    assert!(
        !store
            .withdraw_commentary(CommentaryId(99), ANNE, noon())
            .unwrap()
    );
    let found = store.commentaries("indicateur:velos_locations").unwrap();
    let ids: Vec<_> = found.iter().map(|it| it.id).collect();
    assert_eq!(ids, [second, first]);
    let withdrawn = &found[1];
    assert_eq!(
        (withdrawn.text.as_str(), withdrawn.period.as_str()),
        ("Grève en mars.", "2025")
    );
    assert_eq!((withdrawn.at, withdrawn.name.as_str()), (noon(), "Anne"));
    assert_eq!(withdrawn.withdrawn_at, Some(after(2)));
    assert_eq!(withdrawn.withdrawn_by.as_deref(), Some("Bruno"));
    assert_eq!(store.commentary(first).unwrap().as_ref(), Some(withdrawn));
    assert_eq!(store.commentary(CommentaryId(99)).unwrap(), None);
    assert_eq!(store.commentaries("indicateur:autre").unwrap(), []);
    for meddling in [
        "UPDATE commentaries SET text = 'x'",
        "UPDATE commentaries SET withdrawn = NULL WHERE withdrawn IS NOT NULL",
        "DELETE FROM commentaries",
    ] {
        assert!(town.sqlite().execute(meddling, ()).is_err(), "{meddling}");
    }
}

#[test]
fn a_request_is_seen_by_both_departments_and_answered_once() {
    let town = Town::new();
    let store = &town.store;
    let (voirie, culture, sports) = (
        department("voirie"),
        department("culture"),
        department("sports"),
    );
    let velos = DatasetId::new("velos").unwrap();
    let asked = |from, to, due: &str| {
        let new = NewRequest {
            from_department: from,
            to_department: to,
            dataset: Some(&velos),
            words: "Les locations de mai",
            due: due.parse().unwrap(),
        };
        store.add_request(&new, ANNE, noon()).unwrap()
    };
    let late = asked(&voirie, &culture, "2026-12-31");
    let soon = asked(&culture, &voirie, "2026-12-01");
    let done = asked(&voirie, &culture, "2026-11-01");
    let newer = asked(&voirie, &sports, "2026-11-02");
    asked(&sports, &culture, "2026-11-02");
    assert!(
        store
            .answer_request(done, "Envoyées.", BRUNO, after(5))
            .unwrap()
    );
    assert!(!store.answer_request(done, "Non.", ANNE, after(6)).unwrap());
    assert!(store.answer_request(newer, "", BRUNO, after(7)).unwrap());
    assert!(
        !store
            .answer_request(RequestId(99), "", ANNE, noon())
            .unwrap()
    );
    let ids = |departments: &[&DepartmentId]| -> Vec<RequestId> {
        let departments = departments.iter().map(|it| (*it).clone()).collect();
        let found = store.requests(&departments).unwrap();
        found.into_iter().map(|it| it.id).collect()
    };
    assert_eq!(ids(&[&voirie]), [soon, late, newer, done]);
    assert_eq!(ids(&[&sports, &voirie]).len(), 5);
    assert_eq!(ids(&[]), []);
    assert_eq!(ids(&[&department("voi")]), [], "a part of a word is none");

    let request = store.request(done).unwrap().unwrap();
    assert_eq!(
        (&request.from_department, &request.to_department),
        (&voirie, &culture)
    );
    assert_eq!(request.dataset, Some(velos.clone()));
    assert_eq!(request.due, "2026-11-01".parse().unwrap());
    assert_eq!((request.person, request.at), (ANNE.person, noon()));
    assert_eq!(request.words, "Les locations de mai");
    assert_eq!(request.answered_at, Some(after(5)));
    assert_eq!(request.answered_by.as_deref(), Some("Bruno"));
    assert_eq!(request.answer, "Envoyées.");
    assert_eq!(store.request(RequestId(99)).unwrap(), None);
}

#[test]
fn what_is_too_long_is_refused_and_nothing_is_written() {
    let town = Town::new();
    let store = &town.store;
    let draft = begun(store);
    let id = store.add_delivery(&delivery(draft), noon()).unwrap();
    let voirie = department("voirie");
    let (long, name) = ("é".repeat(4_001), "é".repeat(128));
    let correction = "a".repeat(limits::CORRECTION.most + 1);
    let commentary = NewCommentary {
        object: "o",
        period: "2025",
        text: "t",
    };
    let request = NewRequest {
        from_department: &voirie,
        to_department: &voirie,
        dataset: None,
        words: &long,
        due: "2026-12-31".parse().unwrap(),
    };
    let asked = NewRequest {
        words: &long[..8_000],
        ..request
    };
    let asked = store.add_request(&asked, ANNE, noon()).unwrap();
    let comes = |it: NewDelivery| store.add_delivery(&it, noon()).map(|_| ());
    let says = |it: NewCommentary| store.add_commentary(&it, ANNE, noon()).map(|_| ());
    let new = delivery(draft);
    for (refused, limit) in [
        (comes(NewDelivery { name: &name, ..new }), limits::FILE_NAME),
        (
            comes(NewDelivery {
                stored: &name,
                ..new
            }),
            limits::PATH,
        ),
        (comes(NewDelivery { how: &long, ..new }), limits::HOW),
        (
            store.set_correction(id, &correction).map(|_| ()),
            limits::CORRECTION,
        ),
        (
            store.add_comment(None, &long, "", ANNE, noon()).map(|_| ()),
            limits::OBJECT,
        ),
        (
            store.add_comment(None, "", &long, ANNE, noon()).map(|_| ()),
            limits::COMMENT,
        ),
        (
            says(NewCommentary {
                object: &long,
                ..commentary
            }),
            limits::OBJECT,
        ),
        (
            says(NewCommentary {
                period: &long,
                ..commentary
            }),
            limits::PERIOD,
        ),
        (
            says(NewCommentary {
                text: &long,
                ..commentary
            }),
            limits::COMMENTARY,
        ),
        (
            store.add_request(&request, ANNE, noon()).map(|_| ()),
            limits::REQUEST,
        ),
        (
            store.answer_request(asked, &long, ANNE, noon()).map(|_| ()),
            limits::REQUEST,
        ),
    ] {
        assert!(
            matches!(refused, Err(StoreError::TooLong(found)) if found == limit),
            "{limit}"
        );
    }
    assert_eq!(store.deliveries(draft).unwrap().len(), 1);
    assert_eq!(store.delivery(DeliveryId(99)).unwrap(), None);
    assert_eq!(store.delivery(id).unwrap().unwrap().correction, "");
    assert_eq!(store.comments(None).unwrap(), []);
    assert_eq!(store.commentaries("o").unwrap(), []);
    let requests = store.requests(&[voirie].into()).unwrap();
    assert_eq!((requests.len(), requests[0].answered_at), (1, None));
}
