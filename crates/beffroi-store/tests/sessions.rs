//! Sessions, and sign-ins under way at an identity provider.

#![allow(clippy::unwrap_used)]

mod common;

use beffroi_model::Role;
use beffroi_store::{Flow, Means, PersonId, SessionId, Stage, Store, csrf, csrf_matches};
use common::{Town, after, home, noon, person};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;

fn open(store: &Store, id: PersonId, seconds: i64) -> String {
    store
        .open_session(
            id,
            Means::Password,
            Stage::Open,
            "Firefox",
            Some(home()),
            after(seconds),
        )
        .unwrap()
}

#[test]
fn a_session_is_whose_it_was_opened_for() {
    let town = Town::new();
    let id = town.add("a@m", &[Role::Agent]);
    let token = open(&town.store, id, 0);
    assert_eq!(token.len(), 43);
    let session = town.store.session(&token, after(30)).unwrap().unwrap();
    assert_eq!(
        (session.person.id, session.means, session.stage),
        (id, Means::Password, Stage::Open)
    );
    assert_eq!((session.created, session.last_seen), (noon(), noon()));
    assert_eq!(session.person.last_sign_in, Some(noon()));
    for wrong in ["", "a", &token[1..], &"A".repeat(43), &"x".repeat(100_000)] {
        assert!(town.store.session(wrong, noon()).unwrap().is_none());
    }
    town.store.end_session(&token).unwrap();
    assert!(town.store.session(&token, after(1)).unwrap().is_none());
}

#[test]
fn the_token_is_not_in_the_database() {
    let town = Town::new();
    let token = open(&town.store, town.add("a@m", &[]), 0);
    let copy = town.state().join("copy.sqlite");
    town.store.backup_to(&copy).unwrap();
    let bytes = std::fs::read(copy).unwrap();
    assert!(
        !bytes
            .windows(token.len())
            .any(|window| window == token.as_bytes())
    );
}

#[test]
fn a_session_ends_after_four_idle_hours_and_after_twelve() {
    let town = Town::new();
    let token = open(&town.store, town.add("a@m", &[]), 0);
    let holds = |seconds| {
        town.store
            .session(&token, after(seconds))
            .unwrap()
            .is_some()
    };
    assert!(holds(4 * HOUR - 1));
    assert!(!holds(8 * HOUR - 1));
    assert!(holds(8 * HOUR - 2), "used at four hours less a second");
    assert!(holds(11 * HOUR) && holds(12 * HOUR - 1));
    assert!(!holds(12 * HOUR));
}

#[test]
fn use_is_noted_once_a_minute() {
    let town = Town::new();
    let token = open(&town.store, town.add("a@m", &[]), 0);
    let seen = |seconds| {
        town.store.session(&token, after(seconds)).unwrap();
        town.store
            .session(&token, after(seconds))
            .unwrap()
            .unwrap()
            .last_seen
    };
    assert_eq!(seen(59), noon());
    assert_eq!(seen(60), after(60));
    assert_eq!(seen(119), after(60));
    assert_eq!(seen(200), after(200));
}

#[test]
fn a_code_is_awaited_for_five_minutes_then_the_token_is_another() {
    let town = Town::new();
    let id = town.add("a@m", &[]);
    let first = town
        .store
        .open_session(id, Means::Password, Stage::Code, "", None, noon())
        .unwrap();
    assert_eq!(
        town.store
            .session(&first, after(299))
            .unwrap()
            .unwrap()
            .stage,
        Stage::Code
    );
    assert!(town.store.session(&first, after(300)).unwrap().is_none());
    assert!(
        town.store
            .rotate(&first, Stage::Open, after(300))
            .unwrap()
            .is_none()
    );
    assert!(town.store.sessions_of(id, after(1)).unwrap().is_empty());
    assert_eq!(town.store.person(id).unwrap().unwrap().last_sign_in, None);

    let second = town
        .store
        .rotate(&first, Stage::Open, after(200))
        .unwrap()
        .unwrap();
    assert!(town.store.session(&first, after(201)).unwrap().is_none());
    assert!(
        town.store
            .rotate(&first, Stage::Open, after(201))
            .unwrap()
            .is_none()
    );
    let session = town
        .store
        .session(&second, after(2 * HOUR))
        .unwrap()
        .unwrap();
    assert_eq!(session.stage, Stage::Open);
    assert_eq!(session.person.last_sign_in, Some(after(200)));
}

#[test]
fn what_somebody_is_counts_at_the_next_request() {
    let town = Town::new();
    let id = town.add("a@m", &[Role::Editor]);
    let token = open(&town.store, id, 0);
    // By another process.
    let other = town.again();
    other
        .update_person(id, &person("new@m", &[Role::Reader]), noon())
        .unwrap();
    let session = town.store.session(&token, after(1)).unwrap().unwrap();
    assert_eq!(session.person.membership.roles, [Role::Reader].into());
    assert_eq!(session.person.email, "new@m");
    other.set_active(id, false, noon()).unwrap();
    assert!(town.store.session(&token, after(1)).unwrap().is_none());
    other.set_active(id, true, noon()).unwrap();
    assert!(
        town.store.session(&token, after(1)).unwrap().is_none(),
        "it was ended"
    );
}

#[test]
fn sessions_are_listed_and_ended_one_by_one_and_together() {
    let town = Town::new();
    let (a, b) = (town.add("a@m", &[]), town.add("b@m", &[]));
    let (first, second) = (open(&town.store, a, 0), open(&town.store, a, 10));
    let third = town
        .store
        .open_session(
            a,
            Means::Oidc,
            Stage::Open,
            &"é".repeat(300),
            None,
            after(20),
        )
        .unwrap();
    let others = open(&town.store, b, 0);
    let list = town.store.sessions_of(a, after(30)).unwrap();
    assert_eq!(list.len(), 3);
    assert_eq!(
        (list[0].means, list[0].agent.chars().count()),
        (Means::Oidc, 200)
    );
    assert_eq!(
        (list[2].agent.as_str(), list[2].from),
        ("Firefox", Some(home()))
    );

    assert!(
        !town.store.revoke(b, list[2].id).unwrap(),
        "somebody else's"
    );
    assert!(!town.store.revoke(a, SessionId(99)).unwrap());
    assert!(town.store.revoke(a, list[2].id).unwrap());
    assert!(town.store.session(&first, after(30)).unwrap().is_none());
    town.store.revoke_others(a, &third).unwrap();
    assert!(town.store.session(&second, after(30)).unwrap().is_none());
    assert!(town.store.session(&third, after(30)).unwrap().is_some());
    assert!(town.store.session(&others, after(30)).unwrap().is_some());
}

#[test]
fn sessions_of_one_person_are_bounded_and_old_ones_purged() {
    let town = Town::new();
    let id = town.add("a@m", &[]);
    let tokens: Vec<_> = (0..510)
        .map(|second| open(&town.store, id, second))
        .collect();
    assert!(
        town.store
            .session(&tokens[9], after(600))
            .unwrap()
            .is_none()
    );
    assert!(
        town.store
            .session(&tokens[10], after(600))
            .unwrap()
            .is_some()
    );
    town.store.purge_sessions(after(4 * HOUR + 509)).unwrap();
    let left: u32 = town
        .sqlite()
        .query_row("SELECT count(*) FROM sessions", (), |row| row.get(0))
        .unwrap();
    assert_eq!(left, 1, "the one that was used");
}

#[test]
fn the_token_of_the_provider_stays_with_its_session() {
    let town = Town::new();
    let token = open(&town.store, town.add("a@m", &[]), 0);
    let session = town.store.session(&token, noon()).unwrap().unwrap();
    assert_eq!(session.id_token, None);
    town.store
        .set_id_token(session.id, "header.body.mark")
        .unwrap();
    let session = town.store.session(&token, noon()).unwrap().unwrap();
    assert_eq!(session.id_token.as_deref(), Some("header.body.mark"));
}

#[test]
fn a_form_belongs_to_its_session() {
    let carried = csrf("token");
    assert!(csrf_matches("token", &carried));
    assert!(!csrf_matches("token", ""));
    assert!(!csrf_matches("token", &carried[..42]));
    assert!(!csrf_matches("other", &carried));
    assert_ne!(carried, "token");
}

#[test]
fn a_sign_in_under_way_is_taken_once_by_its_browser() {
    let town = Town::new();
    let flow = Flow {
        nonce: "n".into(),
        verifier: "v".into(),
        return_to: "/tableaux".into(),
        browser: "cookie".into(),
    };
    let keep = |state: &str| town.store.keep_flow(state, &flow, noon()).unwrap();
    let take = |state: &str, browser: &str, seconds| {
        town.store
            .take_flow(state, browser, after(seconds))
            .unwrap()
    };
    keep("a");
    let taken = take("a", "cookie", 599).unwrap();
    assert_eq!(
        (taken.nonce, taken.verifier, taken.return_to),
        ("n".into(), "v".into(), "/tableaux".into())
    );
    assert_eq!(take("a", "cookie", 1), None, "once");
    keep("b");
    assert_eq!(take("b", "another", 1), None);
    assert_eq!(take("b", "cookie", 1), None, "used up");
    keep("c");
    assert_eq!(take("c", "cookie", 600), None, "too late");
    assert_eq!(take("d", "cookie", 1), None);
}

#[test]
fn in_a_store_that_was_brought_back_nobody_is_signed_in() {
    let town = Town::new();
    let id = town.add("a@m", &[Role::Agent]);
    let token = open(&town.store, id, 0);
    let link = town
        .store
        .invite(id, beffroi_store::Purpose::Reset, noon())
        .unwrap();
    assert!(town.store.invitation(&link, after(1)).unwrap().is_some());
    town.store.forget_sessions().unwrap();
    assert!(town.store.session(&token, after(1)).unwrap().is_none());
    assert!(town.store.invitation(&link, after(1)).unwrap().is_none());
    assert!(town.store.person(id).unwrap().is_some());
}
