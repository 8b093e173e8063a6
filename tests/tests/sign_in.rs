//! Coming in and going out, in the real program: the first administrator, invitations, sessions,
//! guesses, codes, proxies, names of the site, and the demonstration.

use beffroi_tests::{
    ADMINISTRATOR, OTHER_PASSWORD, PASSWORD, Response, Server, Town, Visitor, code_at,
    first_administrator, first_link, follow, in_trail, invite, join, person_page, request,
    step_now, token,
};
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned,
    crypto::ring,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use std::{
    fs::{self, OpenOptions},
    io::{Read, Write},
    net::TcpStream,
    sync::Arc,
};

const AGENT: &str = "rachid.lemoine@hautebrune.example";
/// Somebody who sees one district.
const CENTRE: &[(&str, &str)] = &[("role", "reader"), ("perimetre", "centre")];

fn town() -> Town {
    Town::small().with("people")
}

fn serve(town: &Town) -> Server {
    town.serve_with(&["--no-demo"])
}

/// A town and its server. The town goes last.
fn served() -> (Town, Server) {
    let town = town();
    let server = serve(&town);
    (town, server)
}

fn also_declare(town: &Town, text: &str) {
    let file = OpenOptions::new()
        .append(true)
        .open(town.content("access.toml"));
    write!(file.expect("access.toml"), "\n{text}").expect("a declaration");
}

/// The value of the session of a browser.
fn session(visitor: &Visitor) -> Option<String> {
    visitor.cookies().get("beffroi").cloned()
}

fn location(response: &Response) -> &str {
    response.header("location").unwrap_or_default()
}

// The first administrator.

#[test]
fn the_link_of_the_first_start_makes_the_administrator_once() {
    let town = town();
    let server = serve(&town);
    let link = first_link(&server).expect("a link");
    let stranger = server.stranger();
    assert_eq!(stranger.get(&link).status, 200);

    let forged = format!("{link}x");
    let who = [("nom", "Intruse"), ("courriel", "intruse@ailleurs.example")];
    assert_eq!(stranger.get(&forged).status, 410);
    assert_eq!(
        follow(&stranger, "/premier-acces?jeton=x", &who, PASSWORD).status,
        403
    );
    // With a token of a form that is right.
    let form = token(&stranger.get(&link).text()).expect("a form");
    let guess = [
        ("jeton_formulaire", form.as_str()),
        ("jeton", "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"),
        ("nom", "Intruse"),
        ("courriel", "intruse@ailleurs.example"),
        ("mot_de_passe", PASSWORD),
        ("encore", PASSWORD),
    ];
    assert_eq!(stranger.post_as_is("/premier-acces", &guess).status, 410);

    let admin = first_administrator(&server);
    assert!(admin.is_in("/administration/personnes"));
    let again = server.stranger();
    assert_eq!(again.get(&link).status, 410);
    let form = token(&again.get("/connexion").text()).expect("a form");
    let used = link.split_once('=').expect("a token").1;
    let guess = [
        ("jeton_formulaire", form.as_str()),
        ("jeton", used),
        guess[2],
        guess[3],
        guess[4],
        guess[5],
    ];
    assert_eq!(again.post_as_is("/premier-acces", &guess).status, 410);
    assert_eq!(session(&again), None);
    let people = admin.get("/administration/personnes").text();
    assert!(!people.contains("Intruse"), "{people}");
    assert!(in_trail(&admin, "link", "/invitation", ""));
    assert!(in_trail(&admin, "administrator.created", "", ""));
}

#[test]
fn a_weak_password_does_not_use_the_link_up() {
    let (_town, server) = served();
    let link = first_link(&server).expect("a link");
    let visitor = server.stranger();
    let who = [("nom", "Odile Marchand"), ("courriel", ADMINISTRATOR)];
    for weak in [
        "Bref1!x",
        "motdepasse123!",
        "Hautebrune-2025!",
        "Odile-Marchand-1!",
    ] {
        let refused = follow(&visitor, &link, &who, weak);
        assert_eq!(refused.status, 422, "{weak}");
        assert!(
            !refused.text().contains(weak),
            "a password is not sent back"
        );
    }
    assert!(first_administrator(&server).is_in("/"));
}

#[test]
fn a_new_start_prints_a_new_link_until_there_is_an_administrator() {
    let town = town();
    let server = serve(&town);
    let former = first_link(&server).expect("a link");
    assert_eq!(server.stop("TERM"), Some(0));

    let server = serve(&town);
    let link = first_link(&server).expect("a link");
    assert_ne!(link, former);
    assert_eq!(server.stranger().get(&former).status, 410);
    let admin = first_administrator(&server);
    assert!(in_trail(&admin, "link", "/invitation", ""));
    assert_eq!(server.stop("TERM"), Some(0));

    let server = serve(&town);
    assert_eq!(first_link(&server), None, "{}", server.stdout());
    assert_eq!(server.stranger().get(&link).status, 410);
    let back = server.stranger();
    assert_eq!(back.sign_in(ADMINISTRATOR, PASSWORD).status, 303);
    assert!(back.is_in("/administration/personnes"));
}

// Invitations.

#[test]
fn somebody_invited_sees_their_perimeter_and_their_refusal_is_seen_by_the_administrator() {
    let (_town, server) = served();
    let admin = first_administrator(&server);
    let link = invite(&admin, "Rachid Lemoine", AGENT, CENTRE);
    let agent = server.stranger();
    assert!(!agent.is_in("/tableaux"));
    assert_eq!(follow(&agent, &link, &[], PASSWORD).status, 303);

    let centre = agent.get("/api/v1/indicateurs/trajets");
    assert_eq!(centre.status, 200, "{}", centre.text());
    // 100 at Gare and 50 at Quai in each month: what is not of the Centre is in no sum.
    let text = agent.get("/indicateurs/trajets").text();
    assert!(!text.contains("Quai"), "{text}");
    assert_ne!(
        centre.text(),
        first_reads(&server, &admin, "/api/v1/indicateurs/trajets")
    );
    assert_eq!(agent.get("/indicateurs/arbres").status, 404);

    let refused = agent.get("/administration/personnes");
    assert_eq!(refused.status, 403);
    assert!(refused.text().contains("Réservé à d’autres rôles"));
    let journal = admin.get("/administration/journal?sorte=refusal").text();
    assert!(journal.contains("Rachid Lemoine"), "{journal}");
    assert!(in_trail(&admin, "role", "/administration/personnes", ""));
    assert!(in_trail(&admin, "perimeter", "/indicateurs/arbres", ""));
    assert!(in_trail(&admin, "invitation.accepted", "", ""));

    // The link is used.
    let thief = server.stranger();
    assert_eq!(thief.get(&link).status, 410);
    assert!(!thief.is_in("/"));
}

/// What somebody who reaches the whole town reads at a path.
fn first_reads(server: &Server, admin: &Visitor, path: &str) -> String {
    let email = "jeanne.alary@hautebrune.example";
    let head = join(server, admin, "Jeanne Alary", email, &[("role", "head")]);
    let answer = head.get(path);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.text()
}

#[test]
fn a_new_link_takes_the_place_of_the_former_and_resetting_ends_sessions() {
    let (_town, server) = served();
    let admin = first_administrator(&server);
    let former = invite(&admin, "Rachid Lemoine", AGENT, CENTRE);
    let page = person_page(&admin, "Rachid Lemoine");
    let link_again = || {
        let given = admin.post(&page, &page, &[("faire", "inviter")]).text();
        let (_, rest) = given.split_once("/invitation?jeton=").expect("a link");
        let jeton = rest.split('<').next().expect("its end");
        format!("/invitation?jeton={jeton}")
    };
    let link = link_again();
    let agent = server.stranger();
    assert_eq!(agent.get(&former).status, 410);
    assert_eq!(follow(&agent, &link, &[], PASSWORD).status, 303);
    assert!(agent.is_in("/"));

    let reset = link_again();
    assert!(agent.is_in("/"), "a link alone changes nothing");
    let elsewhere = server.stranger();
    assert_eq!(follow(&elsewhere, &reset, &[], OTHER_PASSWORD).status, 303);
    assert!(!agent.is_in("/"));
    assert_eq!(agent.sign_in(AGENT, PASSWORD).status, 401);
    assert_eq!(agent.sign_in(AGENT, OTHER_PASSWORD).status, 303);
}

#[test]
fn the_link_of_somebody_who_is_suspended_or_removed_is_dead() {
    let (_town, server) = served();
    let admin = first_administrator(&server);
    let link = invite(&admin, "Rachid Lemoine", AGENT, CENTRE);
    let page = person_page(&admin, "Rachid Lemoine");
    assert_eq!(
        admin.post(&page, &page, &[("faire", "suspendre")]).status,
        303
    );
    assert_eq!(server.stranger().get(&link).status, 410);
    assert_eq!(
        admin
            .post(&page, &page, &[("faire", "retirer"), ("certain", "1")])
            .status,
        303
    );
    assert_eq!(server.stranger().get(&link).status, 410);
}

// Sessions.

/// Somebody in with two browsers, and a thief who has the cookies of the second.
struct Stolen {
    admin: Visitor,
    first: Visitor,
    second: Visitor,
    thief: Visitor,
    server: Server,
    _town: Town,
}

fn stolen() -> Stolen {
    let town = town();
    let server = serve(&town);
    let admin = first_administrator(&server);
    let first = join(&server, &admin, "Rachid Lemoine", AGENT, CENTRE);
    let second = server.stranger();
    assert_eq!(second.sign_in(AGENT, PASSWORD).status, 303);
    let thief = server.stranger();
    thief.steal(&second);
    assert!(thief.is_in("/tableaux"));
    Stolen {
        admin,
        first,
        second,
        thief,
        server,
        _town: town,
    }
}

#[test]
fn a_stolen_cookie_is_dead_once_its_owner_signs_out() {
    let it = stolen();
    let out = it.second.post("/compte", "/deconnexion", &[]);
    assert_eq!(out.status, 200);
    assert_eq!(out.header("clear-site-data"), Some("\"cache\""));
    assert!(!it.thief.is_in("/tableaux"));
    assert_eq!(session(&it.second), None, "the browser forgets its cookie");
    assert!(it.first.is_in("/tableaux"), "the other browser stays in");
    assert!(in_trail(&it.admin, "sign-out", "", ""));
}

#[test]
fn a_stolen_cookie_is_dead_once_the_password_is_changed() {
    let it = stolen();
    let change = |old: &str, new: &str| {
        let fields = [("ancien", old), ("mot_de_passe", new), ("encore", new)];
        it.first.post("/compte", "/compte/mot-de-passe", &fields)
    };
    assert_eq!(change(OTHER_PASSWORD, OTHER_PASSWORD).status, 422);
    assert!(it.thief.is_in("/tableaux"));
    assert_eq!(change(PASSWORD, OTHER_PASSWORD).status, 303);
    assert!(!it.thief.is_in("/tableaux"));
    assert!(!it.second.is_in("/tableaux"));
    assert!(it.first.is_in("/tableaux"), "whoever changed it stays in");
    assert_eq!(it.server.stranger().sign_in(AGENT, PASSWORD).status, 401);
    assert!(in_trail(&it.admin, "password.changed", "", ""));
    assert!(in_trail(&it.admin, "password", "/compte", ""));
}

#[test]
fn a_stolen_cookie_is_dead_once_its_session_is_ended_in_the_list() {
    let it = stolen();
    let others = it
        .first
        .post("/compte", "/compte/sessions", &[("autres", "1")]);
    assert_eq!(others.status, 303);
    assert!(!it.thief.is_in("/tableaux"));
    assert!(it.first.is_in("/tableaux"));

    // One by one: nobody ends the sessions of somebody else.
    let again = it.server.stranger();
    assert_eq!(again.sign_in(AGENT, PASSWORD).status, 303);
    let own = sessions_in(&again.get("/compte").text());
    assert_eq!(own.len(), 2);
    for number in &own {
        let sent = it
            .admin
            .post("/compte", "/compte/sessions", &[("session", number)]);
        assert_eq!(sent.status, 303);
    }
    assert!(again.is_in("/tableaux"));
    assert!(it.first.is_in("/tableaux"));
    for number in &own {
        let _ = again.post("/compte", "/compte/sessions", &[("session", number)]);
    }
    assert!(!again.is_in("/tableaux"));
}

/// The numbers of the sessions that a page lists.
fn sessions_in(page: &str) -> Vec<String> {
    let fields = page.split("name=\"session\" value=\"").skip(1);
    let number = |rest: &str| rest.split('"').next().unwrap_or_default().to_owned();
    fields.map(number).collect()
}

#[test]
fn sessions_of_somebody_suspended_or_removed_are_dead_at_the_next_request() {
    let it = stolen();
    let page = person_page(&it.admin, "Rachid Lemoine");
    let act = |what: &str| {
        let done = it.admin.post(&page, &page, &[("faire", what)]);
        assert_eq!(done.status, 303, "{what}: {}", done.text());
    };
    act("deconnecter");
    assert!(!it.thief.is_in("/tableaux") && !it.first.is_in("/tableaux"));
    assert_eq!(it.first.sign_in(AGENT, PASSWORD).status, 303);

    act("suspendre");
    assert!(!it.first.is_in("/tableaux"));
    assert_eq!(it.first.sign_in(AGENT, PASSWORD).status, 401);
    act("retablir");
    assert!(!it.first.is_in("/tableaux"), "what was ended stays so");
    assert_eq!(it.first.sign_in(AGENT, PASSWORD).status, 303);
    act("suspendre");
    // Without the box that confirms it nothing is done.
    let unsure = it.admin.post(&page, &page, &[("faire", "retirer")]);
    assert!(
        unsure
            .header("location")
            .is_some_and(|it| it.contains("non"))
    );
    assert_eq!(it.admin.get(&page).status, 200);
    let sure = [("faire", "retirer"), ("certain", "1")];
    assert_eq!(it.admin.post(&page, &page, &sure).status, 303);
    assert_eq!(it.admin.get(&page).status, 404);
    assert!(!it.first.is_in("/tableaux"));
    assert_eq!(it.first.sign_in(AGENT, PASSWORD).status, 401);
}

#[test]
fn a_role_taken_away_is_gone_at_the_next_request() {
    let it = stolen();
    assert_eq!(it.first.get("/administration").status, 403);
    let page = person_page(&it.admin, "Rachid Lemoine");
    let keep = |role: &str| {
        let fields = [
            ("faire", "garder"),
            ("nom", "Rachid Lemoine"),
            ("courriel", AGENT),
            ("role", role),
        ];
        assert_eq!(it.admin.post(&page, &page, &fields).status, 303);
    };
    keep("head");
    assert_eq!(it.first.get("/administration/journal").status, 200);
    keep("");
    assert_eq!(it.first.get("/administration/journal").status, 403);
    assert_eq!(it.first.get("/tableaux").status, 403, "no role, no page");
}

#[test]
fn the_last_administrator_stays_one() {
    let (_town, server) = served();
    let admin = first_administrator(&server);
    let page = person_page(&admin, "Odile Marchand");
    let suspended = admin.post(&page, &page, &[("faire", "suspendre")]);
    assert_eq!(suspended.status, 422);
    let fields = [
        ("faire", "garder"),
        ("nom", "Odile Marchand"),
        ("courriel", ADMINISTRATOR),
        ("role", "reader"),
    ];
    assert_eq!(admin.post(&page, &page, &fields).status, 422);
    assert!(admin.is_in("/administration/personnes"));
}

#[test]
fn each_sign_in_has_a_session_of_its_own_and_none_is_adopted() {
    let (_town, server) = served();
    let admin = first_administrator(&server);
    let agent = join(&server, &admin, "Rachid Lemoine", AGENT, CENTRE);

    let before = session(&agent).expect("a session");
    let kept = server.stranger();
    kept.steal(&agent);
    // Whoever is in is led on by the page: a form of it is sent from another tab, opened before.
    let door = server.stranger();
    let form = token(&door.get("/connexion").text()).expect("a form");
    agent.plant("beffroi_porte", &door.cookies()["beffroi_porte"]);
    let fields = [
        ("jeton_formulaire", form.as_str()),
        ("courriel", AGENT),
        ("mot_de_passe", PASSWORD),
    ];
    assert_eq!(agent.post_as_is("/connexion", &fields).status, 303);
    assert_ne!(session(&agent), Some(before));
    assert!(!kept.is_in("/tableaux"), "the session before is over");
    assert!(agent.is_in("/tableaux"));

    let planted = "A".repeat(43);
    let victim = server.stranger();
    victim.plant("beffroi", &planted);
    assert_eq!(victim.sign_in(AGENT, PASSWORD).status, 303);
    assert_ne!(session(&victim), Some(planted.clone()));
    let attacker = server.stranger();
    attacker.plant("beffroi", &planted);
    assert!(!attacker.is_in("/tableaux"));
}

#[test]
fn cookies_are_out_of_reach_of_scripts_and_of_other_sites() {
    let (_town, server) = served();
    let visitor = server.stranger();
    let link = first_link(&server).expect("a link");
    let door = visitor.get(&link);
    let who = [("nom", "Odile Marchand"), ("courriel", ADMINISTRATOR)];
    let opened = follow(&visitor, &link, &who, PASSWORD);
    for (response, name) in [(door, "beffroi_porte="), (opened, "beffroi=")] {
        let cookie = cookie_of(&response);
        assert!(cookie.starts_with(name), "{cookie}");
        for part in ["HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(cookie.split("; ").any(|it| it == part), "{part}: {cookie}");
        }
        for part in ["Secure", "Domain", "Max-Age", "Expires"] {
            assert!(!cookie.contains(part), "{part}: {cookie}");
        }
    }
    let page = visitor.get("/compte");
    let policy = page.header("cache-control").unwrap_or_default();
    assert!(
        policy.contains("no-store") || policy.contains("private"),
        "{policy}"
    );

    let stays = server.stranger();
    let fields = [
        ("courriel", ADMINISTRATOR),
        ("mot_de_passe", PASSWORD),
        ("rester", "1"),
    ];
    let stayed = stays.post("/connexion", "/connexion", &fields);
    assert!(
        cookie_of(&stayed).contains("Max-Age=43200"),
        "{}",
        cookie_of(&stayed)
    );
}

/// What a server answers over TLS to whoever takes any certificate of one's own making.
fn over_tls(server: &Server, trusted: &str, request: &str) -> String {
    let mut roots = RootCertStore::empty();
    let certificate = CertificateDer::from_pem_slice(trusted.as_bytes()).expect("PEM");
    roots.add(certificate).expect("a certificate");
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").expect("a name");
    let connection = ClientConnection::new(Arc::new(config), name).expect("a connection");
    let socket = TcpStream::connect(server.address()).expect("a connection");
    let mut stream = StreamOwned::new(connection, socket);
    stream.write_all(request.as_bytes()).expect("sent");
    let mut answer = Vec::new();
    // Some servers close without a word of goodbye.
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn behind_a_certificate_cookies_are_of_this_site_alone_and_never_sent_in_clear() {
    let town = town();
    let cert = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    fs::write(town.path("cert.pem"), cert.cert.pem()).expect("the certificate");
    fs::write(town.path("key.pem"), cert.signing_key.serialize_pem()).expect("the key");
    let tls = [
        "--no-demo",
        "--tls-cert",
        "cert.pem",
        "--tls-key",
        "key.pem",
    ];
    let server = town.serve_with(&tls);
    let link = first_link(&server).expect("a link");
    let head = "Host: localhost\r\nConnection: close\r\n";
    let page = over_tls(
        &server,
        &cert.cert.pem(),
        &format!("GET {link} HTTP/1.1\r\n{head}\r\n"),
    );
    let cookie_in = |answer: &str| {
        let (_, after) = answer.split_once("set-cookie: ").expect("a cookie");
        after.split("\r\n").next().unwrap_or_default().to_owned()
    };
    let door = cookie_in(&page);
    let form = token(&page).expect("a form");
    let used = link.split_once('=').expect("a token").1;
    let body = format!(
        "jeton_formulaire={form}&jeton={used}&nom=Odile+Marchand&courriel=odile%40hautebrune.example\
         &mot_de_passe={PASSWORD}&encore={PASSWORD}"
    );
    let pair = door.split(';').next().unwrap_or_default();
    let opened = over_tls(
        &server,
        &cert.cert.pem(),
        &format!(
            "POST /premier-acces HTTP/1.1\r\n{head}Cookie: {pair}\r\nContent-Length: {}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n\r\n{body}",
            body.len()
        ),
    );
    assert!(opened.starts_with("HTTP/1.1 303"), "{opened}");
    for (cookie, name) in [
        (door, "__Host-beffroi_porte="),
        (cookie_in(&opened), "__Host-beffroi="),
    ] {
        assert!(cookie.starts_with(name), "{cookie}");
        for part in ["HttpOnly", "SameSite=Lax", "Path=/", "Secure"] {
            assert!(cookie.split("; ").any(|it| it == part), "{part}: {cookie}");
        }
        assert!(!cookie.contains("Domain"), "{cookie}");
    }
}

fn cookie_of(response: &Response) -> String {
    response.header("set-cookie").unwrap_or_default().to_owned()
}

// Guesses.

/// Fields of the form of sign-in from an address that a proxy tells; the answer.
fn guess_from(visitor: &Visitor, from: &str, email: &str, password: &str) -> Response {
    let form = token(&visitor.get("/connexion").text()).expect("a form");
    let body = format!(
        "jeton_formulaire={form}&courriel={}&mot_de_passe={password}&vers=%2F",
        email.replace('@', "%40")
    );
    let headers = [
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("X-Forwarded-For", from),
    ];
    visitor.send("POST", "/connexion", &headers, &body)
}

#[test]
fn guesses_at_a_password_have_to_wait_and_nothing_tells_whether_there_is_an_account() {
    let town = town();
    let behind = ["--no-demo", "--behind", "127.0.0.1"];
    let server = town.serve_with(&behind);
    let admin = first_administrator(&server);
    let _agent = join(&server, &admin, "Rachid Lemoine", AGENT, CENTRE);
    let nobody = "x".repeat(AGENT.len() - "@hautebrune.example".len()) + "@hautebrune.example";
    let shown = |answer: &Response, email: &str| answer.text().replace(email, "…");

    let guesser = server.stranger();
    for round in 0..5 {
        let known = guess_from(&guesser, "192.0.2.1", AGENT, "faux");
        let unknown = guess_from(&guesser, "192.0.2.2", &nobody, "faux");
        assert_eq!((known.status, unknown.status), (401, 401), "{round}");
        assert_eq!(shown(&known, AGENT), shown(&unknown, &nobody), "{round}");
        assert!(known.text().contains("ne convient pas"));
        let names = |answer: &Response| -> Vec<String> {
            answer
                .headers
                .iter()
                .map(|(name, _)| name.clone())
                .collect()
        };
        assert_eq!(names(&known), names(&unknown));
    }
    // From another address too, and with the right password.
    let known = guess_from(&guesser, "192.0.2.3", AGENT, PASSWORD);
    let unknown = guess_from(&guesser, "192.0.2.4", &nobody, PASSWORD);
    assert_eq!((known.status, unknown.status), (429, 429));
    assert_eq!(shown(&known, AGENT), shown(&unknown, &nobody));
    assert!(
        known.text().contains("Trop d’essais de suite"),
        "{}",
        known.text()
    );
    let seconds = |answer: &Response| answer.header("retry-after")?.parse::<u32>().ok();
    assert!(
        matches!(seconds(&known), Some(1..=60)),
        "{:?}",
        known.headers
    );
    assert_eq!(session(&guesser), None);
    assert!(in_trail(&admin, "sign-in", "/connexion", "password"));
    assert!(in_trail(&admin, "sign-in", "/connexion", "throttled"));
    assert_eq!(server.stop("TERM"), Some(0));

    let server = town.serve_with(&behind);
    let guesser = server.stranger();
    let still = guess_from(&guesser, "192.0.2.5", AGENT, PASSWORD);
    assert_eq!(still.status, 429, "a restart forgets nothing");
    // Nobody else has to wait.
    let admin = server.stranger();
    assert_eq!(
        guess_from(&admin, "192.0.2.6", ADMINISTRATOR, PASSWORD).status,
        303
    );
}

#[test]
fn guesses_from_one_address_at_many_accounts_have_to_wait() {
    let town = town();
    let server = town.serve_with(&["--no-demo", "--behind", "127.0.0.1"]);
    let _admin = first_administrator(&server);
    let guesser = server.stranger();
    let statuses: Vec<u16> = (0..21)
        .map(|number| {
            let email = format!("personne{number}@hautebrune.example");
            // What stands before the nearest address may be made up.
            let from = format!("198.51.100.{number}, 192.0.2.1");
            guess_from(&guesser, &from, &email, "faux").status
        })
        .collect();
    assert_eq!(statuses, [vec![401; 20], vec![429]].concat());
    let elsewhere = guess_from(&guesser, "192.0.2.9", ADMINISTRATOR, PASSWORD);
    assert_eq!(elsewhere.status, 303);
}

#[test]
fn without_a_declared_proxy_an_address_that_is_told_is_not_believed() {
    let (_town, server) = served();
    let admin = first_administrator(&server);
    let guesser = server.stranger();
    let refused = guess_from(
        &guesser,
        "192.0.2.77",
        "personne@hautebrune.example",
        "faux",
    );
    assert_eq!(refused.status, 401);
    let journal = admin.get("/administration/journal").text();
    assert!(!journal.contains("192.0.2.77"));
    assert!(journal.contains("127.0.0.1"));
}

// Codes.

/// The texts in `<code>` of a page.
fn codes_in(page: &str) -> Vec<String> {
    let codes = page.split("<code>").skip(1);
    let text = |rest: &str| rest.split('<').next().unwrap_or_default().to_owned();
    codes.map(text).collect()
}

#[test]
fn codes_are_asked_once_confirmed_and_each_works_once() {
    let (_town, server) = served();
    let admin = first_administrator(&server);
    let agent = join(&server, &admin, "Rachid Lemoine", AGENT, CENTRE);
    let act = |fields: &[(&str, &str)]| agent.post("/compte", "/compte/code", fields);

    // Whoever sits down at an open session does not lock its owner out.
    for wrong in ["", "un autre mot de passe"] {
        let refused = act(&[("faire", "commencer"), ("actuel", wrong)]);
        assert_eq!(refused.status, 422, "{wrong}");
    }
    // Begun is not confirmed: nothing is asked yet.
    let begun = act(&[("faire", "commencer"), ("actuel", PASSWORD)]).text();
    let is_secret = |it: &String| it.len() == 32;
    let secret = |page: &str| {
        codes_in(page)
            .into_iter()
            .find(is_secret)
            .expect("a secret")
    };
    assert_eq!(
        server
            .stranger()
            .sign_in(AGENT, PASSWORD)
            .header("location"),
        Some("/")
    );
    let wrong = act(&[("faire", "confirmer"), ("code", "000")]);
    assert_eq!(wrong.status, 422);
    assert_ne!(secret(&wrong.text()), secret(&begun), "a new secret");
    let secret = secret(&wrong.text());

    let step = step_now();
    let confirmed = act(&[("faire", "confirmer"), ("code", &code_at(&secret, step))]);
    assert_eq!(confirmed.status, 200, "{}", confirmed.text());
    let papers: Vec<String> = codes_in(&confirmed.text())
        .into_iter()
        .filter(|it| it.len() == 19)
        .collect();
    assert_eq!(papers.len(), 8, "{papers:?}");
    assert!(
        !agent.get("/compte").text().contains(&papers[0]),
        "shown once"
    );

    let half = |code: &str| {
        let visitor = server.stranger();
        let asked = visitor.sign_in(AGENT, PASSWORD);
        assert_eq!(asked.status, 303);
        assert!(location(&asked).starts_with("/connexion/code"), "{asked:?}");
        let before = session(&visitor).expect("half a session");
        assert!(
            !visitor.is_in("/tableaux"),
            "a password alone opens nothing"
        );
        assert!(!visitor.is_in("/compte"));
        let page = location(&asked);
        let fields = [("code", code), ("vers", "/tableaux")];
        let answer = visitor.post(page, "/connexion/code", &fields);
        let is_in = visitor.is_in("/tableaux");
        assert_eq!(is_in, answer.status == 303);
        if is_in {
            assert_eq!(location(&answer), "/tableaux");
            assert_ne!(session(&visitor), Some(before.clone()), "a new session");
            let kept = server.stranger();
            kept.plant("beffroi", &before);
            assert!(!kept.is_in("/tableaux"));
        }
        answer.status
    };
    assert_eq!(half(&code_at(&secret, step)), 401, "used to confirm");
    assert_eq!(half(&code_at(&secret, step + 1)), 303);
    assert_eq!(half(&code_at(&secret, step + 1)), 401, "used");
    assert_eq!(half(&papers[0]), 303);
    assert_eq!(half(&papers[0]), 401, "used");
    assert_eq!(half(&papers[1].to_lowercase().replace('-', " ")), 303);
    for action in ["code.on", "sign-in"] {
        assert!(in_trail(&admin, action, "", ""), "{action}");
    }
    assert!(in_trail(&admin, "sign-in", "/connexion/code", "code"));
    assert!(in_trail(&admin, "sign-in", "/connexion", "password, code"));

    // A link to choose another password is not a second proof.
    let page = person_page(&admin, "Rachid Lemoine");
    let given = admin.post(&page, &page, &[("faire", "inviter")]).text();
    let jeton = given.split_once("/invitation?jeton=").expect("a link").1;
    let jeton = jeton.split('<').next().expect("its end");
    let visitor = server.stranger();
    let reset = follow(
        &visitor,
        &format!("/invitation?jeton={jeton}"),
        &[],
        OTHER_PASSWORD,
    );
    assert_eq!((reset.status, location(&reset)), (303, "/connexion"));
    assert!(!visitor.is_in("/tableaux"));
    let asked = visitor.sign_in(AGENT, OTHER_PASSWORD);
    assert!(location(&asked).starts_with("/connexion/code"));

    // Guesses at codes have to wait.
    let form = token(&visitor.get("/connexion/code").text()).expect("a form");
    let guess = [("jeton_formulaire", form.as_str()), ("code", "000000")];
    let statuses: Vec<u16> = (0..6)
        .map(|_| visitor.post_as_is("/connexion/code", &guess).status)
        .collect();
    assert_eq!(statuses, [401, 401, 401, 401, 401, 429]);
    let right = [
        ("jeton_formulaire", form.as_str()),
        ("code", papers[2].as_str()),
    ];
    assert_eq!(visitor.post_as_is("/connexion/code", &right).status, 429);

    // The administrator takes codes away from somebody who lost everything.
    assert_eq!(admin.post(&page, &page, &[("faire", "code")]).status, 303);
    let back = server.stranger();
    assert_eq!(location(&back.sign_in(AGENT, OTHER_PASSWORD)), "/");
    assert!(back.is_in("/tableaux"));
}

// Where one is led, and by what name the site is asked for.

/// Whether a browser that is led there stays.
fn is_of_the_site(to: &str) -> bool {
    to.starts_with('/') && !to.starts_with("//") && !to.contains(['\\', '\t', ' '])
}

#[test]
fn nobody_is_led_to_another_site() {
    let (_town, server) = served();
    let admin = first_administrator(&server);
    let _agent = join(&server, &admin, "Rachid Lemoine", AGENT, CENTRE);
    for bad in [
        "//ailleurs.example",
        "/\\ailleurs.example",
        "\\/ailleurs.example",
        "https://ailleurs.example/",
        "javascript:alert(1)",
        "/%0d%0aSet-Cookie:x=y",
        "/\r\nSet-Cookie: x=y",
        " //ailleurs.example",
        "/\t/ailleurs.example",
    ] {
        let visitor = server.stranger();
        let fields = [
            ("courriel", AGENT),
            ("mot_de_passe", PASSWORD),
            ("vers", bad),
        ];
        let led = visitor.post("/connexion", "/connexion", &fields);
        assert_eq!(led.status, 303, "{bad:?}");
        assert!(is_of_the_site(location(&led)), "{bad:?}: {led:?}");
        let names: Vec<&str> = led.headers.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names.iter().filter(|it| **it == "set-cookie").count(), 1);
        // Whoever is in already is led on by the page itself.
        let escaped: String = bad.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let page = visitor.get(&format!("/connexion?vers={escaped}"));
        assert_eq!(page.status, 303, "{bad:?}");
        assert!(is_of_the_site(location(&page)), "{bad:?}: {page:?}");
    }
    // A page of the site is come back to, with its parameters.
    let visitor = server.stranger();
    let asked = visitor.get("/tableaux/mobilites?quartier=centre");
    assert_eq!(asked.status, 303);
    let page = location(&asked);
    assert!(page.starts_with("/connexion?vers="), "{page}");
    let html = visitor.get(page).text();
    let wanted = "name=\"vers\" value=\"/tableaux/mobilites?quartier=centre\"";
    assert!(html.contains(wanted), "{html}");
}

#[test]
fn the_site_does_not_answer_under_the_name_of_another() {
    let (_town, server) = served();
    let admin = first_administrator(&server);
    let cookies = admin.cookie_header();
    for path in [
        "/",
        "/tableaux",
        "/connexion",
        "/api/v1/indicateurs",
        "/premier-acces?jeton=x",
    ] {
        for host in [
            "ailleurs.example",
            "127.0.0.1.ailleurs.example",
            "localhost@ailleurs.example",
        ] {
            let headers = [("Host", host), ("Cookie", &cookies)];
            let answer = request(server.address(), "GET", path, &headers, "").expect("an answer");
            assert_eq!(answer.status, 403, "{host}{path}");
            assert!(!answer.text().contains("Hautebrune"), "{host}{path}");
        }
    }
    assert!(in_trail(&admin, "host", "", ""));
    let journal = admin.get("/administration/journal").text();
    assert!(
        !journal.contains("ailleurs.example"),
        "what strangers write is not kept"
    );
}

// Proxies.

const PROXY: &str = "[sign_in.proxy]\naddresses = [\"127.0.0.1\"]\nheader = \"X-Remote-User\"\n";

#[test]
fn a_declared_proxy_is_believed_when_it_tells_who_comes() {
    let town = town();
    also_declare(&town, PROXY);
    let server = serve(&town);
    let admin = first_administrator(&server);
    let link = invite(&admin, "Rachid Lemoine", AGENT, CENTRE);
    assert!(link.starts_with("/invitation"));
    let ask = |headers: &[(&str, &str)], path: &str| {
        request(server.address(), "GET", path, headers, "").expect("an answer")
    };
    let name = "X-Remote-User";
    let page = ask(&[(name, AGENT)], "/compte");
    assert_eq!(page.status, 200, "{}", page.text());
    assert!(page.text().contains("Rachid Lemoine"));
    assert_eq!(page.header("set-cookie"), None);
    assert_eq!(ask(&[(name, AGENT)], "/administration").status, 403);
    assert_eq!(ask(&[(name, AGENT)], "/indicateurs/arbres").status, 404);

    for headers in [
        vec![(name, AGENT), (name, AGENT)],
        vec![(name, AGENT), (name, ADMINISTRATOR)],
        vec![(name, ADMINISTRATOR), (name, AGENT)],
    ] {
        let twice = ask(&headers, "/tableaux");
        assert_eq!(
            (twice.status, location(&twice)),
            (303, "/connexion?vers=%2Ftableaux")
        );
    }
    assert!(in_trail(&admin, "forged-header", "", ""));
    for nobody in ["personne@ailleurs.example", "", "x,y", "' OR 1=1"] {
        assert_eq!(ask(&[(name, nobody)], "/tableaux").status, 303, "{nobody}");
    }
    // A form needs the token of that person.
    let form = token(&ask(&[(name, ADMINISTRATOR)], "/compte").text()).expect("a form");
    let post = |who: &str, token: &str| {
        let kind = "application/x-www-form-urlencoded";
        let headers = [(name, who), ("Content-Type", kind)];
        let body = format!("jeton_formulaire={token}&autres=1");
        let path = "/compte/sessions";
        let answer = request(server.address(), "POST", path, &headers, &body);
        answer.expect("an answer").status
    };
    assert_eq!(post(ADMINISTRATOR, "x"), 403);
    assert_eq!(post(AGENT, &form), 403);
    assert!(admin.is_in("/compte"));
    assert_eq!(post(ADMINISTRATOR, &form), 303);
    // The session of the administrator was one of the others.
    assert!(!admin.is_in("/compte"));
    assert_eq!(admin.sign_in(ADMINISTRATOR, PASSWORD).status, 303);

    let person = person_page(&admin, "Rachid Lemoine");
    assert_eq!(
        admin
            .post(&person, &person, &[("faire", "suspendre")])
            .status,
        303
    );
    assert_eq!(ask(&[(name, AGENT)], "/tableaux").status, 303);
}

#[test]
fn the_header_of_a_proxy_is_not_believed_from_elsewhere() {
    let town = town();
    also_declare(&town, &PROXY.replace("127.0.0.1", "192.0.2.10"));
    let server = town.serve_with(&["--no-demo", "--behind", "127.0.0.1"]);
    let admin = first_administrator(&server);
    let _agent = join(&server, &admin, "Rachid Lemoine", AGENT, CENTRE);
    for told in [None, Some("192.0.2.10")] {
        let mut headers = vec![("X-Remote-User", AGENT)];
        // Whoever is told to be there is not the other end of the connection.
        headers.extend(told.map(|told| ("X-Forwarded-For", told)));
        let answer =
            request(server.address(), "GET", "/tableaux", &headers, "").expect("an answer");
        assert_eq!(answer.status, 303);
    }
    assert!(in_trail(&admin, "forged-header", "", ""));
}

// The demonstration.

#[test]
fn the_demonstration_is_for_this_machine_and_the_sample_town_alone() {
    let town = town();
    let cert = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    fs::write(town.path("cert.pem"), cert.cert.pem()).expect("the certificate");
    fs::write(town.path("key.pem"), cert.signing_key.serialize_pem()).expect("the key");
    let clear = town.run(&["serve", "--listen", "0.0.0.0:0"]).assert_code(2);
    assert!(
        clear.stderr.contains("en clair est refusé"),
        "{}",
        clear.stderr
    );
    let open = [
        "serve",
        "--listen",
        "0.0.0.0:0",
        "--tls-cert",
        "cert.pem",
        "--tls-key",
        "key.pem",
        "--url",
        "https://tableaux.hautebrune.example",
    ];
    let demo = town.run(&open).assert_code(2);
    assert!(demo.stderr.contains("démonstration"), "{}", demo.stderr);

    let sample = town.serve();
    assert!(sample.visitor().is_in("/administration/personnes"));
    assert_eq!(first_link(&sample), None);
    drop(sample);

    town.edit("town.toml", "sample = true", "sample = false");
    let spoilt = town.run(&["serve", "--listen", "127.0.0.1:0"]);
    assert!(spoilt.assert_code(1).stderr.contains("demo-outside-sample"));
    let access = fs::read_to_string(town.content("access.toml")).expect("access.toml");
    let (kept, _) = access.split_once("[[demo]]").expect("a demonstration");
    fs::write(town.content("access.toml"), kept).expect("access.toml");
    let server = town.serve();
    assert!(!server.stdout().contains("Démonstration"));
    assert!(!server.stranger().is_in("/"));
    assert_eq!(server.stranger().get("/demonstration").status, 404);
    let visitor = server.stranger();
    let sent = visitor.post("/connexion", "/demonstration", &[("personne", "0")]);
    assert_eq!(sent.status, 403);
    assert!(!visitor.is_in("/"));
}

#[test]
fn without_a_demonstration_its_people_are_forgotten() {
    let town = town();
    let server = town.serve();
    let visitor = server.stranger();
    visitor.enter("Tout le monde");
    assert!(visitor.is_in("/administration/personnes"));
    let cookie = session(&visitor);
    assert_eq!(server.stop("TERM"), Some(0));

    let server = serve(&town);
    let back = server.stranger();
    if let Some(cookie) = &cookie {
        back.plant("beffroi", cookie);
    }
    assert!(!back.is_in("/"));
    assert!(
        first_link(&server).is_some(),
        "nobody of the demonstration administers"
    );
    let admin = first_administrator(&server);
    let people = admin.get("/administration/personnes").text();
    assert!(!people.contains("Tout le monde"), "{people}");
    assert!(people.contains("Odile Marchand"));
}
