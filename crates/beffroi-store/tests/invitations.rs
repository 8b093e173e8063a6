//! Links that work once.

#![allow(clippy::unwrap_used)]

mod common;

use beffroi_model::Role;
use beffroi_store::{Means, NewPerson, PersonError, PersonId, Purpose, RedeemError, SignIn, Stage};
use common::{PASSWORD, Town, after, home, noon, person};
use std::thread;

const HOUR: i64 = 3_600;

#[test]
fn the_first_administrator_makes_their_own_account() {
    let town = Town::new();
    let lost = town.store.first_administrator_link(noon()).unwrap();
    let link = town.store.first_administrator_link(noon()).unwrap();
    let look = |token: &str, seconds| town.store.invitation(token, after(seconds)).unwrap();
    assert_eq!(look(&lost, 1), None, "replaced");
    assert_eq!(
        look(&link, 24 * HOUR - 1),
        Some((Purpose::FirstAdministrator, None))
    );
    assert_eq!(look(&link, 24 * HOUR), None);

    let new = person("maire@m", &[]);
    let redeem = |new: &NewPerson, seconds| {
        town.store
            .redeem_first(&link, new, PASSWORD, after(seconds))
    };
    let refused = redeem(&person("nobody", &[]), 1);
    assert!(matches!(
        refused,
        Err(RedeemError::Person(PersonError::EmailInvalid))
    ));
    town.add("taken@m", &[]);
    let refused = redeem(&person("taken@m", &[]), 1);
    assert!(matches!(
        refused,
        Err(RedeemError::Person(PersonError::EmailTaken))
    ));
    assert!(matches!(redeem(&new, 24 * HOUR), Err(RedeemError::Gone)));
    let id = redeem(&new, 2).unwrap();
    assert!(matches!(
        redeem(&person("second@m", &[]), 3),
        Err(RedeemError::Gone)
    ));

    let made = town.store.person(id).unwrap().unwrap();
    assert!(made.membership.roles.contains(&Role::Administrator));
    assert!(town.store.has_administrator().unwrap());
    let answer = town
        .store
        .sign_in("maire@m", PASSWORD, home(), after(4))
        .unwrap();
    assert_eq!(answer, SignIn::Accepted(id));
    let late = town.store.first_administrator_link(after(5)).unwrap();
    assert_eq!(look(&late, 6), None, "there is one");
    let refused = town
        .store
        .redeem_first(&late, &person("second@m", &[]), PASSWORD, after(6));
    assert!(matches!(refused, Err(RedeemError::Gone)));
}

#[test]
fn two_at_once_make_one_administrator() {
    let town = Town::new();
    let link = town.store.first_administrator_link(noon()).unwrap();
    let stores = [town.store.clone(), town.again()];
    let made = thread::scope(|scope| {
        let tries: Vec<_> = (0..6)
            .map(|number| {
                let (store, link) = (&stores[number % 2], &link);
                scope.spawn(move || {
                    let new = person(&format!("a{number}@m"), &[]);
                    store.redeem_first(link, &new, PASSWORD, noon()).is_ok()
                })
            })
            .collect();
        tries
            .into_iter()
            .map(|t| t.join().unwrap())
            .filter(|made| *made)
            .count()
    });
    assert_eq!(made, 1);
    assert_eq!(town.store.people().unwrap().len(), 1);
}

#[test]
fn an_invitation_holds_for_a_week_and_once() {
    let town = Town::new();
    let id = town.add("a@m", &[]);
    let link = town.store.invite(id, Purpose::Invitation, noon()).unwrap();
    let (purpose, found) = town
        .store
        .invitation(&link, after(7 * 24 * HOUR - 1))
        .unwrap()
        .unwrap();
    assert_eq!((purpose, found.unwrap().id), (Purpose::Invitation, id));
    assert_eq!(
        town.store.invitation(&link, after(7 * 24 * HOUR)).unwrap(),
        None
    );
    assert_eq!(
        town.store
            .redeem(&link, PASSWORD, after(7 * 24 * HOUR))
            .unwrap(),
        None
    );
    assert_eq!(
        town.store.redeem("unknown", PASSWORD, noon()).unwrap(),
        None
    );

    assert_eq!(
        town.store.redeem(&link, PASSWORD, after(1)).unwrap(),
        Some(id)
    );
    assert_eq!(
        town.store
            .redeem(&link, "Another phrase, 2nd time", after(2))
            .unwrap(),
        None
    );
    let answer = town
        .store
        .sign_in("a@m", PASSWORD, home(), after(3))
        .unwrap();
    assert_eq!(answer, SignIn::Accepted(id));
}

#[test]
fn a_reset_holds_for_a_day_ends_sessions_and_what_was_waited_for() {
    let town = Town::new();
    let id = town.add_with_password("a@m", &[]);
    let session = town
        .store
        .open_session(id, Means::Password, Stage::Open, "", None, noon())
        .unwrap();
    for _ in 0..5 {
        town.store.sign_in("a@m", "wrong", home(), noon()).unwrap();
    }
    let lost = town.store.invite(id, Purpose::Reset, noon()).unwrap();
    let link = town.store.invite(id, Purpose::Reset, noon()).unwrap();
    assert_eq!(
        town.store.redeem(&lost, PASSWORD, after(1)).unwrap(),
        None,
        "replaced"
    );
    assert_eq!(
        town.store.invitation(&link, after(24 * HOUR)).unwrap(),
        None
    );
    let other = "Un nouveau mot de passe, le 2e";
    assert_eq!(town.store.redeem(&link, other, after(1)).unwrap(), Some(id));
    assert!(town.store.session(&session, after(1)).unwrap().is_none());
    let answer = town.store.sign_in("a@m", other, home(), after(1)).unwrap();
    assert_eq!(answer, SignIn::Accepted(id));
}

#[test]
fn who_may_not_sign_in_has_no_link() {
    let town = Town::new();
    let id = town.add("a@m", &[]);
    let link = town.store.invite(id, Purpose::Reset, noon()).unwrap();
    town.store.set_active(id, false, noon()).unwrap();
    assert_eq!(town.store.redeem(&link, PASSWORD, after(1)).unwrap(), None);
    let link = town.store.invite(id, Purpose::Reset, noon()).unwrap();
    assert_eq!(town.store.redeem(&link, PASSWORD, after(1)).unwrap(), None);
    town.store.remove_person(id).unwrap();
    assert_eq!(town.store.invitation(&link, after(1)).unwrap(), None);
    assert!(
        town.store
            .invite(PersonId(99), Purpose::Reset, noon())
            .is_err()
    );
}
