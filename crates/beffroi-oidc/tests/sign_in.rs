//! Signing in by a provider that speaks the truth, and by one that lies.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use beffroi_oidc::{
    Check::{self, *},
    Document::{self, *},
    Identity, OidcError, Provider, Settings, Started,
};
use beffroi_oidc_provider::{Algorithm, CLIENT, Lie, Person, SECRET, TestProvider};
use chrono::{DateTime, Utc};
use std::{
    collections::HashMap,
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};
use url::Url;

/// When all this happens: clocks of both sides stand still.
const NOW: i64 = 1_767_225_600;
const SIRET: &str = "21990001200018";

fn now(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(NOW + seconds, 0).unwrap()
}

fn settings(there: &TestProvider) -> Settings {
    Settings {
        issuer: Url::parse(&there.issuer()).unwrap(),
        client_id: CLIENT.to_owned(),
        secret: SECRET.to_owned(),
        redirect: Url::parse("http://127.0.0.1:8700/connexion/retour").unwrap(),
        after_logout: Some(Url::parse("http://127.0.0.1:8700/adieu").unwrap()),
        scopes: "given_name usual_name email siret"
            .split(' ')
            .map(str::to_owned)
            .collect(),
        siret: Some(SIRET.to_owned()),
        signed_userinfo: true,
        certificates: None,
    }
}

fn truthful() -> (TestProvider, Provider) {
    signing(Algorithm::Rs256)
}

fn signing(algorithm: Algorithm) -> (TestProvider, Provider) {
    let there = TestProvider::signing(algorithm).unwrap();
    there.clock(Some(NOW));
    let here = Provider::new(settings(&there), true).unwrap();
    (there, here)
}

/// What a browser does: it goes there, and is sent back with these parameters.
fn browse(address: &Url) -> HashMap<String, String> {
    let location = ask(address).expect("sent back");
    let back = Url::parse(&location).unwrap();
    back.query_pairs().into_owned().collect()
}

/// Where an address leads.
fn ask(address: &Url) -> Option<String> {
    let server = (address.host_str().unwrap(), address.port().unwrap());
    let mut stream = TcpStream::connect(server).unwrap();
    let target = &address[url::Position::BeforePath..];
    write!(stream, "GET {target} HTTP/1.1\r\nHost: there\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let mut lines = answer.lines();
    let location = lines.find_map(|line| line.strip_prefix("Location: "));
    location.map(str::to_owned)
}

/// Begins, and comes back with a code.
async fn code(here: &Provider) -> (Started, String) {
    let started = here.begin().await.unwrap();
    let back = browse(&started.address);
    assert_eq!(back["state"], started.state);
    here.check_issuer(back.get("iss").map(String::as_str))
        .unwrap();
    (started, back["code"].clone())
}

async fn sign_in(here: &Provider) -> Result<Identity, OidcError> {
    sign_in_at(here, now(0)).await
}

async fn sign_in_at(here: &Provider, now: DateTime<Utc>) -> Result<Identity, OidcError> {
    let (started, code) = code(here).await;
    here.finish(&code, &started.nonce, &started.verifier, now)
        .await
}

fn lies(document: Document, check: Check) -> OidcError {
    OidcError::Lies { document, check }
}

fn unreadable(document: Document, reason: &'static str) -> OidcError {
    OidcError::Unreadable { document, reason }
}

fn refuses(error: &str) -> OidcError {
    let error = error.to_owned();
    OidcError::Refuses { error }
}

fn status(status: u16) -> OidcError {
    let host = "127.0.0.1".to_owned();
    OidcError::Status { host, status }
}

fn unreachable(reason: &str) -> OidcError {
    OidcError::Unreachable {
        host: "127.0.0.1".to_owned(),
        reason: reason.to_owned(),
    }
}

#[tokio::test]
async fn a_person_of_the_town_signs_in() {
    let (there, here) = truthful();
    let identity = sign_in(&here).await.unwrap();
    assert_eq!(identity.issuer, there.issuer());
    assert_eq!(identity.subject, Person::default().subject);
    assert_eq!(identity.email, "claire.audouin@clairval.example");
    assert_eq!(identity.email_verified, None);
    assert_eq!(identity.name, "Claire Audouin");
    assert_eq!(identity.siret.as_deref(), Some(SIRET));
    assert_eq!(identity.id_token.split('.').count(), 3);
}

#[tokio::test]
async fn every_accepted_signature_is_verified() {
    for algorithm in [
        Algorithm::Rs256,
        Algorithm::Rs512,
        Algorithm::Ps256,
        Algorithm::Es256,
        Algorithm::Es384,
    ] {
        let (there, here) = signing(algorithm);
        sign_in(&here).await.unwrap();
        there.lie(Lie::IdTokenForged);
        let forged = sign_in(&here).await.unwrap_err();
        assert_eq!(forged, lies(IdToken, Signature), "{algorithm:?}");
        there.lie(Lie::UserinfoForged);
        let forged = sign_in(&here).await.unwrap_err();
        assert_eq!(forged, lies(Userinfo, Signature), "{algorithm:?}");
    }
}

#[tokio::test]
async fn what_is_asked_has_no_parameter_that_would_be_refused() {
    let (there, here) = truthful();
    let names = async || {
        let address = here.begin().await.unwrap().address;
        let pairs = address.query_pairs().into_owned();
        pairs.map(|(name, _)| name).collect::<Vec<_>>().join(" ")
    };
    let always = "response_type client_id redirect_uri scope state nonce";
    assert_eq!(
        names().await,
        format!("{always} code_challenge code_challenge_method")
    );
    let started = here.begin().await.unwrap();
    let query: HashMap<_, _> = started.address.query_pairs().into_owned().collect();
    assert_eq!(query["scope"], "openid given_name usual_name email siret");
    assert_eq!(
        query["redirect_uri"],
        "http://127.0.0.1:8700/connexion/retour"
    );
    let again = here.begin().await.unwrap();
    for (one, other) in [
        (&started.state, &again.state),
        (&started.nonce, &again.nonce),
        (&started.verifier, &again.verifier),
    ] {
        assert!(one.len() >= 43);
        assert_ne!(one, other);
    }
    assert_ne!(started.state, started.nonce);

    there.proof_keys(false);
    let here = Provider::new(settings(&there), true).unwrap();
    let started = here.begin().await.unwrap();
    assert!(!started.address.as_str().contains("code_challenge"));
    sign_in(&here).await.unwrap();
}

#[tokio::test]
async fn each_lie_is_found_out_and_told_apart() {
    let (there, here) = truthful();
    sign_in(&here).await.unwrap();
    let cases = [
        (Lie::TokenFails, status(500)),
        (Lie::TokenRedirects, status(303)),
        (
            Lie::TokenHuge,
            unreachable("its answer has more than 1048576 bytes"),
        ),
        (Lie::TokenPage, unreadable(Token, "it holds no tokens")),
        (
            Lie::AccessTokenStrange,
            unreachable("what it gave cannot be sent back"),
        ),
        (Lie::IdTokenExpired, lies(IdToken, Expired)),
        (Lie::IdTokenEarly, lies(IdToken, IssuedAt)),
        (Lie::IdTokenForged, lies(IdToken, Signature)),
        (Lie::IdTokenUnknownKey, lies(IdToken, Key)),
        (Lie::IdTokenChanged, lies(IdToken, Signature)),
        (Lie::IdTokenNonce, lies(IdToken, Nonce)),
        (Lie::IdTokenNoNonce, lies(IdToken, Nonce)),
        (Lie::IdTokenIssuer, lies(IdToken, Issuer)),
        (Lie::IdTokenAudience, lies(IdToken, Audience)),
        (Lie::IdTokenAudiences, lies(IdToken, Audience)),
        (Lie::IdTokenAuthorizedParty, lies(IdToken, AuthorizedParty)),
        (Lie::IdTokenNoSubject, lies(IdToken, Subject)),
        (Lie::IdTokenAlgNone, lies(IdToken, Check::Algorithm)),
        (Lie::IdTokenPublicSecret, lies(IdToken, Check::Algorithm)),
        (Lie::IdTokenClientSecret, lies(IdToken, Check::Algorithm)),
        (Lie::UserinfoFails, status(403)),
        (Lie::UserinfoSubject, lies(Userinfo, Subject)),
        (Lie::UserinfoPlain, lies(Userinfo, Unsigned)),
        (Lie::UserinfoAlgNone, lies(Userinfo, Check::Algorithm)),
        (Lie::UserinfoForged, lies(Userinfo, Signature)),
        (Lie::UserinfoIssuer, lies(Userinfo, Issuer)),
        (Lie::UserinfoAudience, lies(Userinfo, Audience)),
        (Lie::UserinfoExpired, lies(Userinfo, Expired)),
    ];
    for (lie, expected) in cases {
        there.lie(lie);
        assert_eq!(sign_in(&here).await.unwrap_err(), expected, "{lie:?}");
    }
    assert_eq!(there.asked("elsewhere"), 0);
    there.lie(Lie::None);
    sign_in(&here).await.unwrap();
}

#[tokio::test]
async fn a_description_that_lies_or_is_not_there_is_asked_for_again() {
    let (there, here) = truthful();
    for (lie, expected) in [
        (Lie::DiscoveryFails, status(500)),
        (Lie::DiscoveryIssuer, lies(Discovery, Issuer)),
        (Lie::DiscoveryAddress, lies(Discovery, Address)),
    ] {
        there.lie(lie);
        assert_eq!(here.begin().await.unwrap_err(), expected, "{lie:?}");
        assert_eq!(here.logout_address("token", "state").await, None);
    }
    // Who waits while it fails fails with it.
    there.lie(Lie::DiscoveryFails);
    let before = there.asked(".well-known/openid-configuration");
    let (one, two, three) = tokio::join!(here.begin(), here.begin(), here.begin());
    assert!(one.is_err() && two.is_err() && three.is_err());
    assert_eq!(there.asked(".well-known/openid-configuration"), before + 1);
    there.lie(Lie::None);
    sign_in(&here).await.unwrap();
}

#[tokio::test]
async fn what_the_browser_brings_back_names_the_provider() {
    let (there, here) = truthful();
    let elsewhere = Err(lies(Redirect, Issuer));
    assert_eq!(
        here.check_issuer(Some("https://auth.autre.example")),
        elsewhere
    );
    there.lie(Lie::RedirectIssuer);
    let back = browse(&here.begin().await.unwrap().address);
    assert_eq!(here.check_issuer(Some(&back["iss"])), elsewhere);
    assert_eq!(
        here.check_issuer(None),
        elsewhere,
        "this provider always says who it is"
    );
    assert_eq!(here.check_issuer(Some(&there.issuer())), Ok(()));
    there.lie(Lie::Denied);
    let back = browse(&here.begin().await.unwrap().address);
    assert_eq!(OidcError::refused(&back["error"]), refuses("access_denied"));
}

#[tokio::test]
async fn a_code_works_once_and_with_what_it_was_asked_with() {
    let (there, here) = truthful();
    let (started, used) = code(&here).await;
    let finish = async |code: &str, nonce: &str, verifier: &str| {
        here.finish(code, nonce, verifier, now(0)).await.map(|_| ())
    };
    assert_eq!(
        finish(&used, &started.nonce, &started.verifier).await,
        Ok(())
    );
    let replayed = finish(&used, &started.nonce, &started.verifier).await;
    assert_eq!(replayed, Err(refuses("invalid_grant")));

    let (other, fresh) = code(&here).await;
    let stolen = finish(&fresh, &other.nonce, &started.verifier).await;
    assert_eq!(stolen, Err(refuses("invalid_grant")));
    let (other, fresh) = code(&here).await;
    let mixed = finish(&fresh, &started.nonce, &other.verifier).await;
    assert_eq!(mixed, Err(lies(IdToken, Nonce)));
    let (other, fresh) = code(&here).await;
    let without = finish(&fresh, "", &other.verifier).await;
    assert_eq!(without, Err(lies(IdToken, Nonce)));

    let mut wrong = settings(&there);
    wrong.secret = "autre".to_owned();
    let wrong = Provider::new(wrong, true).unwrap();
    assert_eq!(
        sign_in(&wrong).await.unwrap_err(),
        refuses("invalid_client")
    );
}

#[tokio::test]
async fn the_secret_goes_where_the_provider_takes_it() {
    for form in [true, false] {
        let there = TestProvider::start().unwrap();
        there.secret_in_form(form);
        let here = Provider::new(settings(&there), true).unwrap();
        sign_in_at(&here, Utc::now()).await.unwrap();
    }
}

#[tokio::test]
async fn clocks_may_differ_by_a_minute_and_no_more() {
    let (_there, here) = truthful();
    // A token of this provider holds for 60 seconds.
    assert!(sign_in_at(&here, now(119)).await.is_ok());
    assert_eq!(
        sign_in_at(&here, now(120)).await.unwrap_err(),
        lies(IdToken, Expired)
    );
    assert!(sign_in_at(&here, now(-60)).await.is_ok());
    assert_eq!(
        sign_in_at(&here, now(-61)).await.unwrap_err(),
        lies(IdToken, IssuedAt)
    );
}

#[tokio::test]
async fn only_people_of_the_town_sign_in() {
    let (there, here) = truthful();
    let siret = |siret: &str| Person {
        siret: siret.to_owned(),
        ..Person::default()
    };
    for other in ["21990001200019", "2199000120001", ""] {
        there.sign_in(siret(other));
        assert_eq!(
            sign_in(&here).await.unwrap_err(),
            OidcError::WrongTown,
            "{other}"
        );
    }
    let mut anywhere = settings(&there);
    anywhere.siret = None;
    let anywhere = Provider::new(anywhere, true).unwrap();
    assert_eq!(sign_in(&anywhere).await.unwrap().siret, None);
    there.sign_in(siret("219 900 012 00018"));
    let identity = sign_in(&here).await.unwrap();
    assert_eq!(identity.siret.as_deref(), Some(SIRET));
}

#[tokio::test]
async fn a_person_without_an_address_does_not_sign_in_and_one_without_a_name_does() {
    let (there, here) = truthful();
    let nameless = Person {
        given_name: String::new(),
        usual_name: String::new(),
        ..Person::default()
    };
    there.sign_in(nameless.clone());
    let identity = sign_in(&here).await.unwrap();
    assert_eq!(identity.name, identity.email);
    there.sign_in(Person {
        email: String::new(),
        ..nameless
    });
    assert_eq!(sign_in(&here).await.unwrap_err(), OidcError::NoEmail);
}

#[tokio::test]
async fn plain_user_information_is_taken_only_where_it_is_declared() {
    let (there, _) = truthful();
    let mut keycloak = settings(&there);
    keycloak.signed_userinfo = false;
    let here = Provider::new(keycloak, true).unwrap();
    sign_in(&here).await.unwrap();
    there.lie(Lie::UserinfoPlain);
    assert_eq!(sign_in(&here).await.unwrap().name, "Claire Audouin");
    there.lie(Lie::UserinfoPlainSubject);
    assert_eq!(sign_in(&here).await.unwrap_err(), lies(Userinfo, Subject));
    there.lie(Lie::UserinfoForged);
    assert_eq!(sign_in(&here).await.unwrap_err(), lies(Userinfo, Signature));
}

#[tokio::test]
async fn new_keys_are_asked_for_without_a_restart_at_most_once_a_minute() {
    let (there, here) = signing(Algorithm::Es256);
    sign_in(&here).await.unwrap();
    sign_in(&here).await.unwrap();
    assert_eq!(there.asked("jwks"), 1);
    there.rotate();
    sign_in(&here).await.unwrap();
    assert_eq!(there.asked("jwks"), 2);
    // Another change in the same minute is not seen, and whoever forges keys asks for nothing.
    there.rotate();
    assert_eq!(sign_in(&here).await.unwrap_err(), lies(IdToken, Key));
    assert_eq!(sign_in(&here).await.unwrap_err(), lies(IdToken, Key));
    assert_eq!(there.asked("jwks"), 2);
    pass(Duration::from_secs(60)).await;
    sign_in(&here).await.unwrap();
    assert_eq!(there.asked("jwks"), 3);
}

#[tokio::test]
async fn many_who_meet_a_new_key_at_once_all_sign_in() {
    let (there, here) = signing(Algorithm::Es256);
    sign_in(&here).await.unwrap();
    there.rotate();
    let (one, two, three) = tokio::join!(sign_in(&here), sign_in(&here), sign_in(&here));
    assert!(one.is_ok() && two.is_ok() && three.is_ok());
    assert_eq!(there.asked("jwks"), 2);
}

#[tokio::test]
async fn what_a_provider_says_of_itself_holds_for_an_hour() {
    let (there, here) = truthful();
    let descriptions = || there.asked(".well-known/openid-configuration");
    assert_eq!(
        descriptions(),
        0,
        "nothing is asked before somebody signs in"
    );
    let (one, two) = tokio::join!(here.begin(), here.begin());
    assert!(one.is_ok() && two.is_ok());
    assert_eq!(descriptions(), 1);
    pass(Duration::from_secs(3000)).await;
    sign_in(&here).await.unwrap();
    assert_eq!(descriptions(), 1);
    pass(Duration::from_secs(600)).await;
    sign_in(&here).await.unwrap();
    assert_eq!(descriptions(), 2);
}

#[tokio::test]
async fn a_provider_that_hangs_is_given_up() {
    let (there, here) = truthful();
    let (started, code) = code(&here).await;
    there.lie(Lie::TokenHangs);
    // Time passes at once when nothing else happens.
    tokio::time::pause();
    let hung = here
        .finish(&code, &started.nonce, &started.verifier, now(0))
        .await;
    assert_eq!(hung.unwrap_err(), unreachable("no whole answer in 5 s"));
}

#[tokio::test]
async fn signing_out_leads_through_the_provider_and_back() {
    let (there, here) = truthful();
    let token = sign_in(&here).await.unwrap().id_token;
    let state = "s".repeat(43);
    let address = here.logout_address(&token, &state).await.unwrap();
    let names: Vec<_> = address
        .query_pairs()
        .map(|(name, _)| name.into_owned())
        .collect();
    assert_eq!(
        names,
        ["id_token_hint", "post_logout_redirect_uri", "state"]
    );
    let back = format!("http://127.0.0.1:8700/adieu?state={state}");
    assert_eq!(ask(&address), Some(back));

    let mut nowhere = settings(&there);
    nowhere.after_logout = None;
    let nowhere = Provider::new(nowhere, true).unwrap();
    assert_eq!(nowhere.logout_address(&token, &state).await, None);
}

#[tokio::test]
async fn private_addresses_are_not_asked_unless_allowed() {
    let there = TestProvider::start().unwrap();
    let here = Provider::new(settings(&there), false).unwrap();
    assert_eq!(
        here.begin().await.unwrap_err(),
        unreachable("its address is private")
    );
    assert_eq!(there.asked(".well-known/openid-configuration"), 0);
}

#[tokio::test]
async fn what_cannot_work_is_refused_at_once_and_a_provider_that_is_down_is_not() {
    let there = TestProvider::start().unwrap();
    for issuer in [
        "http://auth.clairval.example/realms/ville",
        "https://mairie:secret@auth.clairval.example/",
        "https://auth.clairval.example/?a=b",
    ] {
        let mut wrong = settings(&there);
        wrong.issuer = Url::parse(issuer).unwrap();
        let error = Provider::new(wrong, true).map(|_| ()).unwrap_err();
        assert_eq!(error.code(), "settings", "{issuer}");
    }
    let mut certificates = settings(&there);
    certificates.certificates = Some("/nowhere.pem".into());
    let error = Provider::new(certificates, true).map(|_| ()).unwrap_err();
    assert_eq!(error.code(), "settings");

    let mut down = settings(&there);
    // A port of the system on which nobody listens.
    down.issuer = Url::parse("http://127.0.0.1:1/api/v2").unwrap();
    let down = Provider::new(down, true).unwrap();
    assert_eq!(down.begin().await.unwrap_err().code(), "unreachable");
}

#[tokio::test]
async fn nothing_secret_or_personal_is_shown() {
    let (there, here) = truthful();
    let (started, code) = code(&here).await;
    let shown = format!("{:?} {started:?}", settings(&there));
    for secret in [SECRET, &started.state, &started.nonce, &started.verifier] {
        assert!(!shown.contains(secret), "{shown}");
    }
    let finished = here
        .finish(&code, &started.nonce, &started.verifier, now(0))
        .await;
    let shown = format!("{:?}", finished.unwrap());
    assert!(
        !shown.contains("Claire") && !shown.contains("claire"),
        "{shown}"
    );
}

/// Lets time pass for what is kept.
async fn pass(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}
