//! Accounts.

#![allow(clippy::unwrap_used)]

mod common;

use beffroi_model::Role;
use beffroi_store::{Means, NewPerson, PersonError, PersonId, Stage};
use common::{Town, after, noon, person};

#[test]
fn somebody_is_found_as_they_were_added() {
    let town = Town::new();
    let new = NewPerson {
        email: "  Élise.Martin@Mairie.FR ".into(),
        name: " Élise\nMartin ".into(),
        ..person("x@y", &[Role::Agent, Role::Steward])
    };
    let id = town.store.add_person(&new, noon()).unwrap();
    let found = town.store.person(id).unwrap().unwrap();
    assert_eq!(found.email, "élise.martin@mairie.fr");
    assert_eq!(found.name, "Élise Martin");
    assert_eq!(found.membership, new.membership);
    assert!(found.is_active && !found.is_demo && !found.has_password && !found.has_totp);
    assert_eq!((found.created, found.last_sign_in), (noon(), None));
    let by_email = town
        .store
        .person_by_email("ÉLISE.martin@mairie.fr ")
        .unwrap();
    assert_eq!(by_email.as_ref(), Some(&found));
    assert_eq!(town.again().person(id).unwrap(), Some(found));
    assert_eq!(town.store.person(PersonId(99)).unwrap(), None);
}

#[test]
fn an_address_has_one_at_sign_and_no_blank_and_is_nobody_elses() {
    let town = Town::new();
    let long = format!("{}@mairie.fr", "a".repeat(245));
    for bad in [
        "", "a", "@b", "a@", "a@b@c", "a b@c", "a@b\tc", "a\u{7}@b", &long,
    ] {
        let refused = town.store.add_person(&person(bad, &[]), noon());
        assert!(matches!(refused, Err(PersonError::EmailInvalid)), "{bad}");
    }
    town.add("a@mairie.fr", &[]);
    let id = town.add("b@mairie.fr", &[]);
    let again = town.store.add_person(&person("A@mairie.fr", &[]), noon());
    assert!(matches!(again, Err(PersonError::EmailTaken)));
    let again = town
        .store
        .update_person(id, &person("a@mairie.fr", &[]), noon());
    assert!(matches!(again, Err(PersonError::EmailTaken)));
    town.store
        .update_person(id, &person("c@mairie.fr", &[]), noon())
        .unwrap();
    assert!(town.store.person_by_email("b@mairie.fr").unwrap().is_none());
}

#[test]
fn a_name_is_there_and_not_longer_than_200_characters() {
    let town = Town::new();
    let named = |name: String| NewPerson {
        name,
        ..person("a@mairie.fr", &[])
    };
    let refused = town.store.add_person(&named(" \u{a0}".into()), noon());
    assert!(matches!(refused, Err(PersonError::NameEmpty)));
    let refused = town.store.add_person(&named("é".repeat(201)), noon());
    assert!(matches!(refused, Err(PersonError::NameTooLong)));
    town.store
        .add_person(&named("é".repeat(200)), noon())
        .unwrap();
}

#[test]
fn people_come_by_name_without_regard_to_accents() {
    let town = Town::new();
    for (email, name) in [
        ("1@m", "Zoé"),
        ("2@m", "Émile"),
        ("3@m", "adèle"),
        ("4@m", "Fanny"),
    ] {
        let new = NewPerson {
            name: name.into(),
            ..person(email, &[])
        };
        town.store.add_person(&new, noon()).unwrap();
    }
    let names: Vec<_> = town
        .store
        .people()
        .unwrap()
        .into_iter()
        .map(|p| p.name)
        .collect();
    assert_eq!(names, ["adèle", "Émile", "Fanny", "Zoé"]);
}

#[test]
fn the_last_administrator_stays() {
    let town = Town::new();
    assert!(!town.store.has_administrator().unwrap());
    town.store
        .set_demo_people(&[person("demo@m", &[Role::Administrator])], noon())
        .unwrap();
    assert!(
        !town.store.has_administrator().unwrap(),
        "one of the demonstration is none"
    );
    let first = town.add("first@m", &[Role::Administrator, Role::Agent]);
    let second = town.add("second@m", &[Role::Administrator]);
    town.store.set_active(second, false, noon()).unwrap();

    let last = |done: Result<(), PersonError>| matches!(done, Err(PersonError::LastAdministrator));
    let plain = person("first@m", &[Role::Agent]);
    assert!(last(town.store.remove_person(first)));
    assert!(last(town.store.set_active(first, false, noon())));
    assert!(last(town.store.update_person(first, &plain, noon())));
    let kept = town.store.person(first).unwrap().unwrap();
    assert!(kept.is_active && kept.membership.roles.contains(&Role::Administrator));

    town.store.set_active(second, true, noon()).unwrap();
    town.store.update_person(first, &plain, noon()).unwrap();
    assert!(last(town.store.remove_person(second)));
    town.store.remove_person(first).unwrap();
}

#[test]
fn nobody_is_changed_who_is_not_there() {
    let town = Town::new();
    let nobody = PersonId(42);
    for done in [
        town.store
            .update_person(nobody, &person("a@m", &[]), noon()),
        town.store.set_active(nobody, true, noon()),
        town.store.remove_person(nobody),
        town.store.link_subject(nobody, "iss|1"),
    ] {
        assert!(matches!(done, Err(PersonError::Unknown)));
    }
}

#[test]
fn a_subject_is_one_person() {
    let town = Town::new();
    let (a, b) = (town.add("a@m", &[]), town.add("b@m", &[]));
    town.store.link_subject(a, "iss|1").unwrap();
    town.store.link_subject(a, "iss|2").unwrap();
    let refused = town.store.link_subject(b, "iss|2");
    assert!(matches!(refused, Err(PersonError::SubjectTaken)));
    assert_eq!(
        town.store.person_by_subject("iss|2").unwrap().unwrap().id,
        a
    );
    assert!(town.store.person_by_subject("iss|1").unwrap().is_none());
}

#[test]
fn people_of_the_demonstration_never_touch_real_ones() {
    let town = Town::new();
    let real = town.add("elue@m", &[Role::Reader]);
    let demo = [
        person("agent@m", &[Role::Agent]),
        person("ELUE@m", &[Role::Administrator]),
        person("chef@m", &[Role::Head]),
    ];
    let ids = town.store.set_demo_people(&demo, noon()).unwrap();
    assert_eq!(ids.len(), 2);
    let kept = town.store.person(real).unwrap().unwrap();
    assert!(!kept.is_demo && kept.membership.roles == [Role::Reader].into());

    let open = |id| {
        town.store
            .open_session(id, Means::Demo, Stage::Open, "", None, noon())
            .unwrap()
    };
    let (agent, chef) = (open(ids[0]), open(ids[1]));
    let again = town
        .store
        .set_demo_people(&[person("agent@m", &[Role::Steward])], noon())
        .unwrap();
    assert_eq!(again, ids[..1]);
    let session = town.store.session(&agent, after(1)).unwrap().unwrap();
    assert_eq!(session.person.membership.roles, [Role::Steward].into());
    assert!(town.store.session(&chef, after(1)).unwrap().is_none());

    town.store.forget_demo_people().unwrap();
    assert!(town.store.session(&agent, after(1)).unwrap().is_none());
    assert_eq!(town.store.people().unwrap().len(), 1);
}
