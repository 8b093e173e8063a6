//! Signing in by an identity provider, whole: the real program, a real provider on this machine,
//! and a browser that goes from one to the other. The provider tells the truth, or lies.

use beffroi_oidc_provider::{CLIENT, Lie, Person, SECRET, TestProvider};
use beffroi_tests::{
    PASSWORD, Response, Server, Town, Visitor, first_administrator, get, in_trail, invite,
    person_page, trail_lines,
};
use std::{
    fs::OpenOptions,
    io::Write,
    net::{SocketAddr, TcpListener},
};

const RETURN: &str = "/connexion/retour";
const AGAIN: &str = "a expiré, ou elle a commencé dans un autre navigateur";
const NO_ACCOUNT: &str = "aucun compte n’est ouvert ici";
const DOWN: &str = "ne répond pas";
const LIES: &str = "n’a pas pu être vérifiée";
const REFUSES: &str = "abandonnée ou refusée";

/// A town that declares the provider, served; its administrator, and whom the provider knows,
/// invited.
struct Scene {
    there: TestProvider,
    server: Server,
    admin: Visitor,
    town: Town,
}

fn scene() -> Scene {
    let there = TestProvider::start().expect("a provider");
    scene_with(there, "")
}

fn scene_with(there: TestProvider, more: &str) -> Scene {
    let town = Town::small().with("people");
    declare(&town, &there.issuer(), more);
    let server = serve(&town);
    let admin = first_administrator(&server);
    let person = Person::default();
    let member = [("role", "reader"), ("perimetre", "centre")];
    let _link = invite(&admin, "Claire Audouin", &person.email, &member);
    Scene {
        there,
        server,
        admin,
        town,
    }
}

fn declare(town: &Town, issuer: &str, more: &str) {
    let file = OpenOptions::new()
        .append(true)
        .open(town.content("access.toml"));
    let siret = Person::default().siret;
    write!(
        file.expect("access.toml"),
        "\n[sign_in.oidc]\ntitle = \"le compte de la mairie\"\nissuer = \"{issuer}\"\n\
         client_id = \"{CLIENT}\"\nsecret = \"env:TEST_OIDC_SECRET\"\nsiret = \"{siret}\"\n\
         scopes = [\"openid\", \"given_name\", \"usual_name\", \"email\", \"siret\"]\n{more}"
    )
    .expect("a declaration");
}

fn serve(town: &Town) -> Server {
    // Behind a proxy that tells where each comes from: the same refusal from the same place is
    // written once a minute.
    let args = ["--no-demo", "--behind", "127.0.0.1"];
    town.serve_under(&[("TEST_OIDC_SECRET", SECRET)], &args)
}

fn location(response: &Response) -> &str {
    response.header("location").unwrap_or_default()
}

/// The server and the path of an address in clear.
fn parts(address: &str) -> (SocketAddr, String) {
    let rest = address
        .strip_prefix("http://")
        .expect("an address in clear");
    let (server, path) = rest.split_once('/').expect("a path");
    (server.parse().expect("a server"), format!("/{path}"))
}

impl Scene {
    /// The way to the provider: what it sends back, as a path of the program.
    #[track_caller]
    fn go(&self, visitor: &Visitor, to: &str) -> String {
        let page = visitor.get(&format!("/connexion/fournisseur{to}"));
        assert_eq!(page.status, 303, "{}", page.text());
        let (server, path) = parts(location(&page));
        assert_eq!(server, self.there.address());
        let back = get(server, &path).expect("the provider answers");
        assert_eq!(back.status, 303, "{}", back.text());
        let (server, path) = parts(location(&back));
        assert_eq!(server, self.server.address());
        path
    }

    /// Goes there and comes back; what the program answers.
    #[track_caller]
    fn dance(&self, visitor: &Visitor) -> Response {
        self.dance_from(visitor, 1)
    }

    /// The same from another place each time.
    #[track_caller]
    fn dance_from(&self, visitor: &Visitor, place: usize) -> Response {
        let back = self.go(visitor, "");
        let place = format!("192.0.2.{place}");
        visitor.send("GET", &back, &[("X-Forwarded-For", &place)], "")
    }

    /// Asserts that an answer lets nobody in, in these words, and that the trail says why.
    #[track_caller]
    fn assert_refused(
        &self,
        visitor: &Visitor,
        answer: &Response,
        status: u16,
        words: &str,
        why: &str,
    ) {
        assert_eq!(answer.status, status, "{why}: {}", answer.text());
        assert!(answer.text().contains(words), "{why}: {}", answer.text());
        assert!(!visitor.is_in("/tableaux"), "{why}: somebody is in");
        assert_eq!(visitor.cookies().get("beffroi"), None, "{why}");
        assert!(
            in_trail(&self.admin, "sign-in", RETURN, why),
            "{why} is not in the trail"
        );
    }
}

#[test]
fn somebody_invited_comes_in_by_the_provider_and_goes_out_of_both() {
    let it = scene();
    let visitor = it.server.stranger();
    let page = visitor.get("/connexion").text();
    assert!(
        page.contains("Continuer avec le compte de la mairie"),
        "{page}"
    );

    let door = visitor.cookies();
    let back = it.go(
        &visitor,
        "?vers=%2Ftableaux%2Fmobilites%3Fquartier%3Dcentre",
    );
    let entered = visitor.get(&back);
    assert_eq!(entered.status, 303, "{}", entered.text());
    assert_eq!(location(&entered), "/tableaux/mobilites?quartier=centre");
    let cookie = entered.header("set-cookie").expect("a session");
    assert!(
        cookie.starts_with("beffroi=") && cookie.contains("HttpOnly"),
        "{cookie}"
    );
    assert_eq!(visitor.cookies()["beffroi_porte"], door["beffroi_porte"]);
    assert!(visitor.is_in("/tableaux/mobilites"));
    assert!(visitor.get("/compte").text().contains("Claire Audouin"));
    assert_eq!(
        visitor.get("/indicateurs/arbres").status,
        404,
        "their perimeter holds"
    );
    assert!(in_trail(&it.admin, "sign-in", "/connexion", "oidc"));

    let out = visitor.post("/compte", "/deconnexion", &[]).text();
    let (_, rest) = out
        .split_once("session/end")
        .expect("a way out of the provider");
    let query = rest
        .split('"')
        .next()
        .unwrap_or_default()
        .replace("&amp;", "&");
    let end = format!("/api/v2/session/end{query}");
    assert!(end.contains("id_token_hint="), "{end}");
    assert!(!visitor.is_in("/tableaux"));
    let farewell = get(it.there.address(), &end).expect("the provider answers");
    assert_eq!(farewell.status, 303, "{}", farewell.text());
    let (server, path) = parts(location(&farewell));
    assert_eq!(server, it.server.address());
    assert_eq!(visitor.get(&path).status, 200, "back at the door");

    // The second time they are known by who they are, whatever their address has become.
    it.there.sign_in(Person {
        email: "claire.nouveau@hautebrune.example".to_owned(),
        ..Person::default()
    });
    assert_eq!(it.dance(&visitor).status, 303);
    assert!(visitor.get("/compte").text().contains("Claire Audouin"));
    // A sign-in does not go on with the session before.
    let before = visitor.cookies()["beffroi"].clone();
    assert_eq!(it.dance(&visitor).status, 303);
    assert_ne!(visitor.cookies()["beffroi"], before);
    let kept = it.server.stranger();
    kept.plant("beffroi", &before);
    assert!(!kept.is_in("/tableaux"));
}

#[test]
fn nobody_is_let_in_who_was_not_invited_or_who_takes_the_address_of_another() {
    let it = scene();
    let visitor = it.server.stranger();
    let mut person = Person {
        subject: "b".repeat(32),
        email: "inconnue@hautebrune.example".to_owned(),
        ..Person::default()
    };
    it.there.sign_in(person.clone());
    let answer = it.dance(&visitor);
    it.assert_refused(&visitor, &answer, 403, NO_ACCOUNT, "no account");

    // Somebody known by who they are keeps their account, even if another gets their address.
    it.there.sign_in(Person::default());
    assert_eq!(it.dance(&it.server.stranger()).status, 303);
    person.email = Person::default().email;
    it.there.sign_in(person);
    let before = trail_lines(&it.admin, "sign-in", RETURN, "no account");
    let answer = it.dance_from(&visitor, 2);
    it.assert_refused(&visitor, &answer, 403, NO_ACCOUNT, "no account");
    assert_eq!(
        trail_lines(&it.admin, "sign-in", RETURN, "no account"),
        before + 1
    );

    // Suspended here, whatever they are there.
    it.there.sign_in(Person::default());
    let page = person_page(&it.admin, "Claire Audouin");
    let act = [("faire", "suspendre")];
    assert_eq!(it.admin.post(&page, &page, &act).status, 303);
    let answer = it.dance(&visitor);
    it.assert_refused(&visitor, &answer, 403, NO_ACCOUNT, "no account");
}

#[test]
fn people_of_another_organisation_or_without_an_address_are_refused() {
    let it = scene();
    let visitor = it.server.stranger();
    for siret in ["21750001600019", ""] {
        it.there.sign_in(Person {
            siret: siret.to_owned(),
            ..Person::default()
        });
        let answer = it.dance(&visitor);
        it.assert_refused(&visitor, &answer, 403, "autre organisation", "wrong-town");
    }
    it.there.sign_in(Person {
        email: String::new(),
        ..Person::default()
    });
    let answer = it.dance(&visitor);
    it.assert_refused(&visitor, &answer, 403, "ne donne pas d’adresse", "no-email");
}

#[test]
fn no_lie_of_the_provider_lets_anybody_in() {
    let it = scene();
    // The address of the administrator, to whom a lie would be worth most.
    let visitor = it.server.stranger();
    let expected = |lie: Lie| -> (u16, &str, &str) {
        match lie {
            Lie::Denied => (403, REFUSES, "refused"),
            Lie::TokenFails | Lie::TokenRedirects | Lie::UserinfoFails => (502, DOWN, "status"),
            Lie::IdTokenExpired | Lie::UserinfoExpired => (502, LIES, "lies-expired"),
            Lie::IdTokenEarly => (502, LIES, "lies-issued-at"),
            Lie::IdTokenForged | Lie::IdTokenChanged | Lie::UserinfoForged => {
                (502, LIES, "lies-signature")
            }
            Lie::IdTokenUnknownKey => (502, LIES, "lies-key"),
            Lie::IdTokenNonce | Lie::IdTokenNoNonce => (502, LIES, "lies-nonce"),
            Lie::IdTokenIssuer | Lie::RedirectIssuer | Lie::UserinfoIssuer => {
                (502, LIES, "lies-issuer")
            }
            Lie::IdTokenAudience | Lie::IdTokenAudiences | Lie::UserinfoAudience => {
                (502, LIES, "lies-audience")
            }
            Lie::IdTokenAuthorizedParty => (502, LIES, "lies-authorized-party"),
            Lie::IdTokenNoSubject | Lie::UserinfoSubject => (502, LIES, "lies-subject"),
            Lie::IdTokenAlgNone
            | Lie::IdTokenPublicSecret
            | Lie::IdTokenClientSecret
            | Lie::UserinfoAlgNone => (502, LIES, "lies-algorithm"),
            Lie::UserinfoPlain | Lie::UserinfoPlainSubject => (502, LIES, "lies-unsigned"),
            Lie::TokenPage => (502, LIES, "unreadable"),
            // Told apart by the log only.
            _ => (502, "", ""),
        }
    };
    let mut told = 0;
    for lie in Lie::ALL {
        let discovers = matches!(
            lie,
            Lie::None | Lie::DiscoveryIssuer | Lie::DiscoveryAddress | Lie::DiscoveryFails
        );
        if discovers {
            continue;
        }
        it.there.lie(*lie);
        let (status, words, why) = expected(*lie);
        let lines = trail_lines(&it.admin, "sign-in", RETURN, why);
        let answer = it.dance_from(&visitor, 10 + told);
        println!("{}: {} {why}", lie.name(), answer.status);
        it.assert_refused(&visitor, &answer, status, words, why);
        let now = trail_lines(&it.admin, "sign-in", RETURN, why);
        assert_eq!(now, lines + 1, "{}: one line of the trail", lie.name());
        told += 1;
    }
    assert!(told >= 30, "{told} lies");
    it.there.lie(Lie::None);
    assert_eq!(
        it.dance(&visitor).status,
        303,
        "the truth is still believed"
    );
    assert!(visitor.is_in("/tableaux"));
}

#[test]
fn a_provider_that_lies_about_itself_is_sent_nobody() {
    let it = scene();
    let visitor = it.server.stranger();
    for (lie, words, why) in [
        (Lie::DiscoveryIssuer, LIES, "lies-issuer"),
        (Lie::DiscoveryAddress, LIES, "lies-address"),
        (Lie::DiscoveryFails, DOWN, "status"),
    ] {
        it.there.lie(lie);
        let answer = visitor.get("/connexion/fournisseur");
        it.assert_refused(&visitor, &answer, 502, words, why);
        assert!(
            answer.text().contains("name=\"mot_de_passe\""),
            "another way is there"
        );
    }
    it.there.lie(Lie::None);
    assert_eq!(it.dance(&visitor).status, 303);
}

#[test]
fn a_provider_that_is_down_is_told_and_passwords_still_work() {
    let nobody = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = nobody.local_addr().expect("its number");
    drop(nobody);
    let town = Town::small().with("people");
    declare(&town, &format!("http://{address}/api/v2"), "");
    let server = serve(&town);
    let admin = first_administrator(&server);
    let visitor = server.stranger();
    let answer = visitor.get("/connexion/fournisseur");
    assert_eq!(answer.status, 502);
    assert!(answer.text().contains(DOWN), "{}", answer.text());
    assert!(
        !answer.text().contains(&address.to_string()),
        "no inner words"
    );
    assert!(in_trail(&admin, "sign-in", RETURN, "unreachable"));
    let signed = visitor.sign_in(beffroi_tests::ADMINISTRATOR, PASSWORD);
    assert_eq!(signed.status, 303);
    assert!(visitor.is_in("/tableaux"));
    let out = visitor.post("/compte", "/deconnexion", &[]);
    assert_eq!(out.status, 200);
}

#[test]
fn an_answer_of_the_provider_works_once_in_the_browser_that_asked() {
    let it = scene();

    // Played again: the callback, by whoever.
    let visitor = it.server.stranger();
    let back = it.go(&visitor, "");
    assert_eq!(visitor.get(&back).status, 303);
    let thief = it.server.stranger();
    let again = thief.get(&back);
    it.assert_refused(&thief, &again, 400, AGAIN, "unknown state");
    let same = it.server.stranger();
    same.plant("beffroi_porte", &visitor.cookies()["beffroi_porte"]);
    let again = same.get(&back);
    it.assert_refused(&same, &again, 400, AGAIN, "unknown state");

    // Played again: the code, under a state of one's own.
    let code = |path: &str| {
        let (_, rest) = path.split_once("code=").expect("a code");
        rest.split('&').next().unwrap_or_default().to_owned()
    };
    let second = it.go(&same, "");
    let mixed = second.replace(&code(&second), &code(&back));
    let answer = same.get(&mixed);
    it.assert_refused(&same, &answer, 403, REFUSES, "refused");

    // In another browser: neither that one, nor the first one afterwards.
    let victim = it.server.stranger();
    let attacker = it.server.stranger();
    let back = it.go(&attacker, "");
    let answer = victim.get(&back);
    it.assert_refused(&victim, &answer, 400, AGAIN, "unknown state");
    let answer = attacker.get(&back);
    it.assert_refused(&attacker, &answer, 400, AGAIN, "unknown state");

    // A code of somebody else's sign-in, put into one's own.
    let other = it.go(&attacker, "");
    let own = it.go(&victim, "");
    let answer = victim.get(&own.replace(&code(&own), &code(&other)));
    it.assert_refused(&victim, &answer, 403, REFUSES, "refused");

    // States and codes that were never given; words that are nobody's.
    for forged in [
        "/connexion/retour",
        "/connexion/retour?state=&code=",
        "/connexion/retour?state=x&code=y",
        "/connexion/retour?error=access_denied",
        "/connexion/retour?state=%00&code=%3Cscript%3E&iss=%3Cscript%3E",
    ] {
        let answer = victim.get(forged);
        it.assert_refused(&victim, &answer, 400, AGAIN, "unknown state");
        assert!(!answer.text().contains("<script"), "{forged}");
    }
    let own = it.go(&victim, "");
    let without = own.replace(&format!("code={}", code(&own)), "error=%3Cscript%3E");
    let answer = victim.get(&without);
    it.assert_refused(&victim, &answer, 403, REFUSES, "refused");
    assert!(!answer.text().contains("<script"));
}

#[test]
fn the_way_back_stays_on_the_site() {
    let it = scene();
    for bad in [
        "//ailleurs.example",
        "https://ailleurs.example/",
        "/%5Cailleurs.example",
    ] {
        let visitor = it.server.stranger();
        let back = it.go(&visitor, &format!("?vers={bad}"));
        let entered = visitor.get(&back);
        assert_eq!((entered.status, location(&entered)), (303, "/"), "{bad}");
    }
}

#[test]
fn keys_that_the_provider_changes_are_followed() {
    let it = scene();
    let visitor = it.server.stranger();
    assert_eq!(it.dance(&visitor).status, 303);
    it.there.rotate();
    assert_eq!(it.dance(&visitor).status, 303);
    // Restarted, the program knows them by who they are.
    let Scene {
        there,
        server,
        admin,
        town,
    } = it;
    assert_eq!(server.stop("TERM"), Some(0));
    drop(admin);
    let server = serve(&town);
    let admin = server.stranger();
    let it = Scene {
        there,
        server,
        admin,
        town,
    };
    assert_eq!(it.dance(&it.server.stranger()).status, 303);
}

#[test]
fn where_only_the_provider_signs_people_in_no_password_does() {
    let town = Town::small().with("people");
    let there = TestProvider::start().expect("a provider");
    let contact = "contact = \"le service informatique\"";
    town.edit("access.toml", contact, &format!("{contact}\nlocal = false"));
    declare(&town, &there.issuer(), "");
    let server = serve(&town);
    let admin = first_administrator(&server);
    let visitor = server.stranger();
    let page = visitor.get("/connexion").text();
    assert!(!page.contains("mot_de_passe"), "{page}");
    assert!(page.contains("Continuer avec"));
    // Nobody gets a link for a password that would open nothing.
    let form = "/administration/personnes/nouvelle";
    let email = Person::default().email;
    let fields = [
        ("nom", "Claire Audouin"),
        ("courriel", email.as_str()),
        ("role", "reader"),
    ];
    let added = admin.post(form, "/administration/personnes", &fields);
    assert_eq!(added.status, 303, "{}", added.text());
    let here = added.header("location").expect("a page").to_owned();
    let said = admin.get(&here).text();
    assert!(said.contains("compte de la mairie"), "{said}");
    assert!(!said.contains("jeton="), "{said}");
    // A form that fits, made by hand.
    let door = visitor.cookies()["beffroi_porte"].clone();
    let token = beffroi_store::csrf(&door);
    let fields = [
        ("jeton_formulaire", token.as_str()),
        ("courriel", beffroi_tests::ADMINISTRATOR),
        ("mot_de_passe", PASSWORD),
    ];
    assert_eq!(visitor.post_as_is("/connexion", &fields).status, 403);
    assert!(!visitor.is_in("/tableaux"));
}

#[test]
fn a_town_without_a_provider_has_no_way_to_one() {
    let town = Town::small().with("people");
    let server = serve(&town);
    let visitor = server.stranger();
    assert_eq!(visitor.get("/connexion/fournisseur").status, 404);
    assert_eq!(visitor.get("/connexion/retour?state=x&code=y").status, 400);
    assert!(
        !visitor
            .get("/connexion")
            .text()
            .contains("/connexion/fournisseur")
    );
}

#[test]
fn a_secret_that_is_not_there_is_said_without_a_word_of_it() {
    let town = Town::small().with("people");
    let there = TestProvider::start().expect("a provider");
    declare(&town, &there.issuer(), "");
    let server = town.serve_with(&["--no-demo"]);
    let admin = first_administrator(&server);
    let answer = server.stranger().get("/connexion/fournisseur");
    assert_eq!(answer.status, 502, "{}", answer.text());
    assert!(answer.text().contains(DOWN));
    assert!(!answer.text().contains("TEST_OIDC_SECRET"));
    assert!(
        server.stderr().contains("TEST_OIDC_SECRET"),
        "{}",
        server.stderr()
    );
    assert!(in_trail(&admin, "sign-in", RETURN, "settings"));
}
