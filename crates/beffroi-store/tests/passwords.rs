//! Passwords, codes and how often one may guess.

#![allow(clippy::unwrap_used)]

mod common;

use beffroi_model::Role;
use beffroi_store::{
    CodeCheck, PersonId, SignIn, Store,
    password::{Weakness, weakness},
};
use common::{PASSWORD, Town, after, home, noon, person};
use std::{net::IpAddr, thread};

const WRONG: &str = "not the password";

fn sign_in(store: &Store, email: &str, password: &str, seconds: i64) -> SignIn {
    store
        .sign_in(email, password, home(), after(seconds))
        .unwrap()
}

fn address(number: u8) -> IpAddr {
    IpAddr::from([198, 51, 100, number])
}

#[test]
fn a_password_is_long_enough_for_what_it_is_made_of() {
    let about = [
        "elise.martin@clairval.fr",
        "Élise Martin",
        "Clairval-sur-Aure",
    ];
    let said = |password: &str| weakness(password, &about);
    for good in [
        "vK8!rte-Lm2q",
        "vK8rteLm2qXwPz",
        "le chat gris dort sous la grande table",
        PASSWORD,
    ] {
        assert_eq!(said(good), None, "{good}");
    }
    for short in [
        "",
        "vK8!rte-Lm2",
        "vK8rteLm2qXwP",
        "vkdrtelmzqxwpzkfjdnq",
        "une phrase de six mots seulement",
    ] {
        assert_eq!(said(short), Some(Weakness::TooShort), "{short}");
    }
    assert_eq!(said(&"vK8!".repeat(33)), Some(Weakness::TooLong));
    for known in [
        "Elise.Martin-2024!",
        "Clairval-sur-Aure1",
        "Martin!Élise2026",
    ] {
        assert_eq!(said(known), Some(Weakness::AboutPerson), "{known}");
    }
    for guessed in [
        "Password1234!",
        "Azertyuiop12!",
        "aA1!aA1!aA1!aA1!",
        "Abcdefghijk1!",
    ] {
        let said = said(guessed);
        assert!(
            matches!(said, Some(Weakness::Common | Weakness::Guessable)),
            "{guessed}: {said:?}"
        );
    }
}

#[test]
fn a_password_is_kept_as_its_argon2id_hash() {
    let town = Town::new();
    let id = town.add_with_password("a@m", &[]);
    let kept: String = town
        .sqlite()
        .query_row("SELECT password FROM people", (), |row| row.get(0))
        .unwrap();
    assert!(
        kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
        "{kept}"
    );
    assert!(town.store.person(id).unwrap().unwrap().has_password);
}

#[test]
fn the_right_password_signs_in_and_others_are_refused_alike() {
    let town = Town::new();
    let id = town.add_with_password("a@m", &[]);
    assert_eq!(
        sign_in(&town.store, " A@M", PASSWORD, 0),
        SignIn::Accepted(id)
    );
    assert_eq!(sign_in(&town.store, "a@m", WRONG, 0), SignIn::Refused);
    assert_eq!(
        sign_in(&town.store, "unknown@m", PASSWORD, 0),
        SignIn::Refused
    );
    town.add("none@m", &[]);
    assert_eq!(sign_in(&town.store, "none@m", "", 0), SignIn::Refused);
    town.store.set_active(id, false, noon()).unwrap();
    assert_eq!(sign_in(&town.store, "a@m", PASSWORD, 0), SignIn::Refused);

    let demo = town
        .store
        .set_demo_people(&[person("demo@m", &[Role::Reader])], noon())
        .unwrap();
    town.store
        .set_password(demo[0], PASSWORD, None, noon())
        .unwrap();
    assert_eq!(sign_in(&town.store, "demo@m", PASSWORD, 0), SignIn::Refused);
}

#[test]
fn a_new_password_ends_the_other_sessions() {
    use beffroi_store::{Means, Stage};
    let town = Town::new();
    let id = town.add_with_password("a@m", &[]);
    let open = || {
        town.store
            .open_session(id, Means::Password, Stage::Open, "", None, noon())
            .unwrap()
    };
    let (kept, other) = (open(), open());
    town.store
        .set_password(id, "Une tout autre phrase, 7 mots ici", Some(&kept), noon())
        .unwrap();
    assert!(town.store.session(&kept, noon()).unwrap().is_some());
    assert!(town.store.session(&other, noon()).unwrap().is_none());
    assert_eq!(sign_in(&town.store, "a@m", PASSWORD, 0), SignIn::Refused);
    town.store.set_password(id, PASSWORD, None, noon()).unwrap();
    assert!(town.store.session(&kept, noon()).unwrap().is_none());
}

#[test]
fn a_hash_of_weaker_parameters_is_renewed_at_sign_in() {
    use argon2::{Argon2, Params, PasswordHasher, password_hash::phc::PasswordHash};
    let town = Town::new();
    let id = town.add("a@m", &[]);
    let params = Params::new(1024, 1, 1, None).unwrap();
    let old: PasswordHash =
        Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params)
            .hash_password_with_salt(PASSWORD.as_bytes(), b"sixteen bytes ok")
            .unwrap();
    let sqlite = town.sqlite();
    sqlite
        .execute("UPDATE people SET password = ?1", [old.to_string()])
        .unwrap();
    let kept = || -> String {
        sqlite
            .query_row("SELECT password FROM people", (), |row| row.get(0))
            .unwrap()
    };
    assert_eq!(sign_in(&town.store, "a@m", WRONG, 0), SignIn::Refused);
    assert_eq!(kept(), old.to_string());
    assert_eq!(
        sign_in(&town.store, "a@m", PASSWORD, 0),
        SignIn::Accepted(id)
    );
    assert!(kept().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    assert_eq!(
        sign_in(&town.store, "a@m", PASSWORD, 0),
        SignIn::Accepted(id)
    );
}

#[test]
fn after_five_failures_an_account_waits_longer_and_longer() {
    let town = Town::new();
    let id = town.add_with_password("a@m", &[]);
    // The same for an account that does not exist.
    for email in ["a@m", "unknown@m"] {
        let attempt = |seconds: i64, from: u8| {
            town.store
                .sign_in(email, WRONG, address(from), after(seconds))
                .unwrap()
        };
        for number in 0..5 {
            assert_eq!(attempt(0, number), SignIn::Refused, "{email} {number}");
        }
        let mut now = 0;
        for wait in [30, 60, 120, 240, 480, 900, 900] {
            assert_eq!(
                attempt(now, 9),
                SignIn::Throttled { seconds: wait },
                "{email}"
            );
            let almost = attempt(now + i64::from(wait) - 1, 9);
            assert_eq!(almost, SignIn::Throttled { seconds: 1 });
            now += i64::from(wait);
            // A restart forgets nothing.
            let again = town.again();
            let answer = again
                .sign_in(email, WRONG, address(10), after(now))
                .unwrap();
            assert_eq!(answer, SignIn::Refused);
        }
    }
    let right = |seconds| sign_in(&town.store, "a@m", PASSWORD, seconds);
    assert!(
        matches!(right(2_731), SignIn::Throttled { .. }),
        "the right one waits too"
    );
    assert_eq!(right(2_730 + 900), SignIn::Accepted(id));
    assert_eq!(
        sign_in(&town.store, "a@m", WRONG, 2_730 + 900),
        SignIn::Refused
    );
}

#[test]
fn failures_are_forgotten_after_a_quarter_of_an_hour_or_a_success() {
    let town = Town::new();
    let id = town.add_with_password("a@m", &[]);
    let fail = |seconds| assert_eq!(sign_in(&town.store, "a@m", WRONG, seconds), SignIn::Refused);
    (0..4).for_each(|_| fail(0));
    assert_eq!(
        sign_in(&town.store, "a@m", PASSWORD, 1),
        SignIn::Accepted(id)
    );
    (0..4).for_each(|_| fail(2));
    (0..4).for_each(|_| fail(2 + 900));
}

#[test]
fn an_address_waits_after_twenty_failures_and_a_network_is_one() {
    let town = Town::new();
    let id = town.add_with_password("a@m", &[]);
    let from = |last: u16| IpAddr::from([0x2001, 0xdb8, 0, 7, last, 1, 1, last]);
    let attempt = |email: &str, password, address| {
        town.store
            .sign_in(email, password, address, noon())
            .unwrap()
    };
    for number in 0..20_u16 {
        // Successes from there do not count, and wash nothing away.
        assert_eq!(attempt("a@m", PASSWORD, from(number)), SignIn::Accepted(id));
        let email = format!("unknown{number}@m");
        assert_eq!(
            attempt(&email, WRONG, from(number)),
            SignIn::Refused,
            "{number}"
        );
    }
    let wait = SignIn::Throttled { seconds: 30 };
    assert_eq!(attempt("a@m", PASSWORD, from(99)), wait);
    let other: IpAddr = "2001:db8:0:8::1".parse().unwrap();
    assert_eq!(attempt("a@m", PASSWORD, other), SignIn::Accepted(id));
    let (plain, mapped) = (
        "192.0.2.9".parse().unwrap(),
        "::ffff:192.0.2.9".parse().unwrap(),
    );
    for number in 0..20 {
        attempt(
            &format!("other{number}@m"),
            WRONG,
            if number % 2 == 0 { plain } else { mapped },
        );
    }
    assert_eq!(attempt("a@m", PASSWORD, plain), wait);
}

#[test]
fn many_guesses_at_once_do_not_pass_the_throttle() {
    let town = Town::new();
    town.add_with_password("a@m", &[]);
    let stores = [town.store.clone(), town.again()];
    let answers: Vec<SignIn> = thread::scope(|scope| {
        let guesses: Vec<_> = (0..24_u8)
            .map(|number| {
                let store = &stores[usize::from(number % 2)];
                scope.spawn(move || {
                    store
                        .sign_in("a@m", WRONG, address(number), noon())
                        .unwrap()
                })
            })
            .collect();
        guesses
            .into_iter()
            .map(|guess| guess.join().unwrap())
            .collect()
    });
    let refused = answers
        .iter()
        .filter(|answer| **answer == SignIn::Refused)
        .count();
    assert_eq!(refused, 5);
    assert!(
        answers.iter().all(|answer| {
            matches!(answer, SignIn::Refused | SignIn::Throttled { seconds: 30 })
        })
    );
}

#[test]
fn what_is_stale_of_guesses_is_thrown_away() {
    let town = Town::new();
    for number in 0..8_u8 {
        let email = format!("unknown{number}@m");
        town.store
            .sign_in(&email, WRONG, address(number), noon())
            .unwrap();
    }
    let rows = || -> u32 {
        town.sqlite()
            .query_row("SELECT count(*) FROM throttle", (), |row| row.get(0))
            .unwrap()
    };
    assert_eq!(rows(), 16);
    town.store
        .sign_in("other@m", WRONG, home(), after(900))
        .unwrap();
    assert_eq!(rows(), 2);
}

/// The code of a secret, worked out apart from the store.
fn code(secret: &str, seconds: i64) -> String {
    use hmac::{Hmac, KeyInit, Mac};
    let key = data_encoding::BASE32_NOPAD
        .decode(secret.as_bytes())
        .unwrap();
    let mut mac = Hmac::<sha1::Sha1>::new_from_slice(&key).unwrap();
    mac.update(&(after(seconds).timestamp() / 30).to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let start = usize::from(hash[19] & 15);
    let number = u32::from_be_bytes(hash[start..start + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

/// Somebody of whom codes are asked: their secret, and their codes on paper.
fn with_totp(town: &Town) -> (PersonId, String, Vec<String>) {
    let id = town.add_with_password("a@m", &[]);
    let begun = town.store.totp_begin(id, "Clairval").unwrap().unwrap();
    let codes = town
        .store
        .totp_confirm(id, &code(&begun.secret, 0), noon())
        .unwrap()
        .unwrap();
    (id, begun.secret, codes)
}

fn check(town: &Town, id: PersonId, code: &str, seconds: i64) -> CodeCheck {
    town.store
        .totp_check(id, code, home(), after(seconds))
        .unwrap()
}

#[test]
fn codes_are_asked_once_one_was_given() {
    let town = Town::new();
    let id = town.add_with_password("a@m", &[]);
    let begun = town.store.totp_begin(id, "Clairval").unwrap().unwrap();
    assert!(begun.uri.contains(&begun.secret));
    assert_eq!(town.store.totp_confirm(id, "000000", noon()).unwrap(), None);
    assert_eq!(
        sign_in(&town.store, "a@m", PASSWORD, 0),
        SignIn::Accepted(id)
    );
    assert_eq!(
        check(&town, id, &code(&begun.secret, 0), 0),
        CodeCheck::Wrong,
        "not asked yet"
    );
    let codes = town
        .store
        .totp_confirm(id, &code(&begun.secret, 0), noon())
        .unwrap()
        .unwrap();
    assert_eq!(codes.len(), 8);
    assert_eq!(
        sign_in(&town.store, "a@m", PASSWORD, 0),
        SignIn::CodeNeeded(id)
    );
    assert!(town.store.person(id).unwrap().unwrap().has_totp);
    town.store.totp_remove(id).unwrap();
    assert_eq!(
        sign_in(&town.store, "a@m", PASSWORD, 0),
        SignIn::Accepted(id)
    );
    assert_eq!(
        check(&town, id, &codes[0], 0),
        CodeCheck::Wrong,
        "gone with the rest"
    );
}

#[test]
fn a_code_works_once_and_within_a_step() {
    let town = Town::new();
    let (id, secret, _) = with_totp(&town);
    assert_eq!(
        check(&town, id, &code(&secret, 0), 0),
        CodeCheck::Wrong,
        "it confirmed"
    );
    assert_eq!(
        check(&town, id, &code(&secret, 60), 0),
        CodeCheck::Wrong,
        "two steps ahead"
    );
    let next = code(&secret, 30);
    assert_eq!(
        check(&town, id, &format!(" {} {}", &next[..3], &next[3..]), 0),
        CodeCheck::Right
    );
    assert_eq!(check(&town, id, &next, 31), CodeCheck::Wrong, "once");
    assert_eq!(
        check(&town, id, &code(&secret, 120), 150),
        CodeCheck::Right,
        "a step late"
    );
    assert_eq!(
        check(&town, id, &code(&secret, 90), 119),
        CodeCheck::Wrong,
        "before the last"
    );
    assert_eq!(check(&town, id, "", 200), CodeCheck::Wrong);
}

#[test]
fn a_code_on_paper_works_once_however_it_is_typed() {
    let town = Town::new();
    let (id, _, codes) = with_totp(&town);
    let typed = codes[3].to_lowercase().replace('-', " ");
    assert_eq!(check(&town, id, &typed, 0), CodeCheck::Right);
    assert_eq!(check(&town, id, &codes[3], 0), CodeCheck::Wrong);
    assert_eq!(town.store.recovery_codes_left(id).unwrap(), 7);
    let other = town.add_with_password("b@m", &[]);
    assert_eq!(check(&town, other, &codes[4], 0), CodeCheck::Wrong);
}

#[test]
fn guesses_at_codes_are_throttled_too() {
    let town = Town::new();
    let (id, secret, codes) = with_totp(&town);
    let stores = [town.store.clone(), town.again()];
    let wrong = thread::scope(|scope| {
        let guesses: Vec<_> = (0..20_u8)
            .map(|number| {
                let store = &stores[usize::from(number % 2)];
                scope.spawn(move || store.totp_check(id, "x", address(number), noon()).unwrap())
            })
            .collect();
        let answers = guesses.into_iter().map(|guess| guess.join().unwrap());
        answers.filter(|answer| *answer == CodeCheck::Wrong).count()
    });
    assert_eq!(wrong, 5);
    for right in [code(&secret, 30), codes[0].clone()] {
        assert_eq!(
            check(&town, id, &right, 0),
            CodeCheck::Throttled { seconds: 30 }
        );
    }
    assert_eq!(check(&town, id, &codes[0], 30), CodeCheck::Right);
    assert_eq!(
        check(&town, id, "x", 30),
        CodeCheck::Wrong,
        "forgotten by the success"
    );
}
