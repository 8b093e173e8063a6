//! The server killed (`kill -9`) a hundred times while people are added and changed, perimeters
//! change, figures are taken away, people sign in and files are imported: whatever was
//! acknowledged is there after each restart, the trail holds, and a backup brings it all back.

use beffroi_store::{Store, audit::Search};
use beffroi_tests::{Town, Visitor, figure, request, token};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    net::SocketAddr,
    sync::{Mutex, PoisonError},
    thread::{self, sleep},
    time::{Duration, Instant},
};

const KILLS: u32 = 100;
/// How long a server is left alive at most, while it acknowledges less than was waited for.
const PATIENCE: Duration = Duration::from_secs(20);
/// Rows of a delivery: enough for an import to be hit in all its stages.
const STATIONS: u32 = 300;

const PEOPLE: &str = "/administration/personnes";
const PERIMETER: &str = "/administration/acces/perimetres/essai";
const FIGURE: &str = "/tableaux/mobilites/figures/stations.csv";
const ADMINISTRATOR: &str = "odile.marchand@hautebrune.example";
const RENAMED: &str = "rachid.lemoine@hautebrune.example";
const PASSWORD: &str = "Tilleul-37-gabarit-mauve";
/// Those who sign in, in turn, each time from elsewhere: a guess that a kill cut stays counted
/// against its account and its address.
const GUESTS: u32 = 8;
/// How the server is started: the test tells it where requests come from.
const SERVE: [&str; 3] = ["--no-demo", "--behind", "127.0.0.1"];

/// A change under way and what came of it: numbers only grow.
#[derive(Debug, Default, Clone, Copy)]
struct Counted {
    /// The last number that was acknowledged.
    kept: u32,
    /// The last number that was sent.
    sent: u32,
}

impl Counted {
    fn allows(self, found: u32) -> bool {
        (self.kept..=self.sent).contains(&found)
    }
}

/// What the program has acknowledged.
#[derive(Debug, Default)]
struct Acknowledged {
    /// Addresses of those who were added.
    people: BTreeSet<String>,
    /// The number in the name of the one who is renamed.
    name: Counted,
    /// The number in the title of the perimeter.
    title: Counted,
    /// Cookies of those who signed in.
    sessions: Vec<String>,
    /// How many lines the trail has at least, by action.
    lines: BTreeMap<&'static str, usize>,
    /// Requests that a kill cut.
    cut: u32,
}

impl Acknowledged {
    fn line(&mut self, action: &'static str) {
        *self.lines.entry(action).or_default() += 1;
    }
}

/// One who sends requests until the server is gone.
struct Hand<'a> {
    server: SocketAddr,
    cookies: &'a str,
    token: &'a str,
    /// From where.
    from: &'a str,
}

impl Hand<'_> {
    fn get(&self, path: &str) -> io::Result<beffroi_tests::Response> {
        request(self.server, "GET", path, &[("Cookie", self.cookies)], "")
    }

    /// Sends a form; its fields are plain enough to need no escapes but for blanks and `@`.
    fn post(&self, path: &str, fields: &[(&str, &str)]) -> io::Result<beffroi_tests::Response> {
        let mut body = format!("jeton_formulaire={}", self.token);
        for (name, value) in fields {
            let value = value.replace('@', "%40").replace(' ', "+");
            body.push_str(&format!("&{name}={value}"));
        }
        let headers = [
            ("Cookie", self.cookies),
            ("X-Forwarded-For", self.from),
            ("Content-Type", "application/x-www-form-urlencoded"),
        ];
        request(self.server, "POST", path, &headers, &body)
    }
}

/// The town: one administrator who may do everything, one perimeter that is changed.
struct Life {
    town: Town,
    cookies: String,
    token: String,
    renamed: String,
    known: Mutex<Acknowledged>,
}

impl Life {
    fn begin() -> Self {
        let town = Town::small();
        let access = town.content("access.toml");
        let mut text = fs::read_to_string(&access).expect("access.toml");
        text.push_str("\n# Changes all the time.\n[perimeters.essai]\ntitle = \"Essai 0\"\nboards = [\"mobilites\"]\n");
        fs::write(access, text).expect("access.toml");
        deliver(&town, 1);
        let server = town.serve_with(&SERVE);
        let admin = first_administrator(&server.stdout(), server.stranger());
        let all = ["reader", "agent", "editor", "head", "steward"].map(|role| ("role", role));
        let mut fields = vec![
            ("faire", "garder"),
            ("nom", "Odile Marchand"),
            ("courriel", ADMINISTRATOR),
            ("role", "administrator"),
            ("perimetre", "ville"),
        ];
        fields.extend(all);
        let own = person(&admin, "Odile Marchand");
        assert_eq!(admin.post(&own, &own, &fields).status, 303);
        let fields = [("nom", "Nom 0"), ("courriel", RENAMED), ("role", "reader")];
        let added = admin.post(&format!("{PEOPLE}/nouvelle"), PEOPLE, &fields);
        assert_eq!(added.status, 200, "{}", added.text());
        let renamed = person(&admin, "Nom 0");
        for number in 0..GUESTS {
            invite(&admin, server.stranger(), &guest(number));
        }
        let cookies = admin.cookie_header();
        let token = token(&admin.get("/compte").text()).expect("a token");
        assert_eq!(server.stop("TERM"), Some(0));
        Self {
            town,
            cookies,
            token,
            renamed,
            known: Mutex::default(),
        }
    }

    fn hand(&self, server: SocketAddr) -> Hand<'_> {
        Hand {
            server,
            cookies: &self.cookies,
            token: &self.token,
            from: "192.0.2.1",
        }
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Acknowledged> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does one kind of thing until the server is gone.
    fn until_killed(&self, mut act: impl FnMut() -> io::Result<()>) {
        while act().is_ok() {}
        self.known().cut += 1;
    }

    fn add(&self, hand: &Hand<'_>, kill: u32, count: u32) -> io::Result<()> {
        let email = format!("p{kill}-{count}@hautebrune.example");
        let name = format!("Personne {kill}-{count}");
        let fields = [
            ("nom", name.as_str()),
            ("courriel", &email),
            ("role", "agent"),
        ];
        let answer = hand.post(PEOPLE, &fields)?;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let mut known = self.known();
        known.people.insert(email);
        known.line("person.added");
        known.line("person.invited");
        Ok(())
    }

    fn rename(&self, hand: &Hand<'_>) -> io::Result<()> {
        let number = {
            let mut known = self.known();
            known.name.sent += 1;
            known.name.sent
        };
        let name = format!("Nom {number}");
        let fields = [
            ("faire", "garder"),
            ("nom", name.as_str()),
            ("courriel", RENAMED),
            ("role", "reader"),
        ];
        let answer = hand.post(&self.renamed, &fields)?;
        assert_eq!(answer.status, 303, "{}", answer.text());
        let mut known = self.known();
        known.name.kept = number;
        known.line("person.changed");
        Ok(())
    }

    fn change_perimeter(&self, hand: &Hand<'_>) -> io::Result<()> {
        let page = hand.get(PERIMETER)?.text();
        let stamp = between(&page, "name=\"etat\" value=\"", '"').expect("a stamp");
        let number = {
            let mut known = self.known();
            known.title.sent += 1;
            known.title.sent
        };
        let title = format!("Essai {number}");
        let fields = [
            ("faire", "garder"),
            ("etat", stamp),
            ("titre", title.as_str()),
            ("tableau", "mobilites"),
        ];
        let answer = hand.post(PERIMETER, &fields)?;
        assert_eq!(answer.status, 303, "{}", answer.text());
        let mut known = self.known();
        known.title.kept = number;
        known.line("access.changed");
        Ok(())
    }

    fn export(&self, hand: &Hand<'_>) -> io::Result<()> {
        let answer = hand.get(FIGURE)?;
        assert_eq!(answer.status, 200, "{}", answer.text());
        self.known().line("export");
        Ok(())
    }

    fn sign_in(&self, server: SocketAddr, kill: u32, count: u32) -> io::Result<()> {
        let page = request(server, "GET", "/connexion", &[], "")?;
        let hand = Hand {
            server,
            cookies: &cookie(&page).expect("the cookie of the door"),
            token: &token(&page.text()).expect("a token"),
            from: &format!("10.0.{kill}.{}", count % 250),
        };
        let guest = guest(kill % GUESTS);
        let fields = [("courriel", guest.as_str()), ("mot_de_passe", PASSWORD)];
        let answer = hand.post("/connexion", &fields)?;
        if answer.status == 429 {
            return Ok(());
        }
        assert_eq!(answer.status, 303, "{}", answer.text());
        let session = cookie(&answer).expect("the cookie of a session");
        let mut known = self.known();
        known.sessions.push(session);
        known.line("sign-in");
        Ok(())
    }

    /// Everything at once, cut by a kill; gives what the trips are made from, as far as that was
    /// acknowledged.
    fn live_and_die(&self, kill: u32, trips: Counted) -> Counted {
        let server = self.town.serve_with(&SERVE);
        self.check_served(server.address(), trips.sent);
        let address = server.address();
        let trips = Counted {
            kept: trips.sent,
            sent: trips.sent + 1,
        };
        deliver(&self.town, trips.sent);
        let import = self.town.begin(&["import", "trajets"]);
        let hand = &self.hand(address);
        let before = self.known().lines.clone();
        let imported = thread::scope(|scope| {
            scope.spawn(|| {
                let mut count = 0;
                self.until_killed(|| {
                    count += 1;
                    self.add(hand, kill, count)
                });
            });
            scope.spawn(|| self.until_killed(|| self.rename(hand)));
            scope.spawn(|| self.until_killed(|| self.change_perimeter(hand)));
            scope.spawn(|| self.until_killed(|| self.export(hand)));
            scope.spawn(|| {
                let mut count = 0;
                self.until_killed(|| {
                    count += 1;
                    self.sign_in(address, kill, count)
                });
            });
            self.wait_for_acknowledged(kill, before);
            let import = match kill % 10 {
                9 => import.wait(),
                _ => import.kill(),
            };
            server.kill();
            // Another import was at work otherwise: that of the server.
            import.code == Some(0)
        });
        Counted {
            kept: if imported { trips.sent } else { trips.kept },
            sent: trips.sent,
        }
    }

    /// Lives until so much more was acknowledged as this kill waits for, now and then a sign-in
    /// too, and a little longer.
    fn wait_for_acknowledged(&self, kill: u32, before: BTreeMap<&'static str, usize>) {
        let count = |lines: &BTreeMap<&'static str, usize>| lines.values().sum::<usize>();
        let signed = |lines: &BTreeMap<&'static str, usize>| lines.get("sign-in").copied();
        let wanted = count(&before) + kill as usize % 9;
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            let lines = self.known().lines.clone();
            let lines = &lines;
            let enough = count(lines) >= wanted;
            if enough && (!kill.is_multiple_of(3) || signed(lines) > signed(&before)) {
                break;
            }
            sleep(Duration::from_millis(1));
        }
        sleep(Duration::from_millis(u64::from(kill * 37 % 50)));
    }

    /// What is on the disk right after a kill.
    fn check_state(&self) {
        let access = fs::read_to_string(self.town.content("access.toml")).expect("access.toml");
        let known = self.known();
        let title = number(&access, "title = \"Essai ", '"');
        assert!(known.title.allows(title), "{:?}: {access}", known.title);
        assert!(access.contains("# Changes all the time."), "{access}");
        let store = Store::open(&self.town.state("")).expect("the store");
        check_store(&store, &known);
    }

    /// What is answered without a server.
    fn check_figures(&self, trips: Counted) {
        let found = figure(&self.town.query(&["trajets", "--period", "2024"]), "2024");
        let found = found.map_or(0.0, |sum| sum / f64::from(STATIONS * 12));
        assert!(
            [trips.kept, trips.sent].map(f64::from).contains(&found),
            "{found} of {trips:?}"
        );
    }

    /// What a server tells that has just started.
    fn check_served(&self, server: SocketAddr, trips: u32) {
        let hand = self.hand(server);
        let list = hand.get(PEOPLE).expect("the list").text();
        let known = self.known();
        for email in &known.people {
            assert!(list.contains(email.as_str()), "{email} was added");
        }
        let name = number(&list, ">Nom ", '<');
        assert!(known.name.allows(name), "{name} of {:?}", known.name);
        let rights = hand.get("/administration/acces").expect("rights").text();
        let title = number(&rights, "Essai ", '<');
        assert!(known.title.allows(title), "{title} of {:?}", known.title);
        for session in known.sessions.iter().rev().take(2) {
            let own = request(server, "GET", "/compte", &[("Cookie", session)], "");
            assert_eq!(own.expect("an account").status, 200, "signed in");
        }
        let api = "/api/v1/indicateurs/trajets?periode=2024";
        let answer = hand.get(api).expect("an answer").text();
        let sum = f64::from(trips * STATIONS * 12);
        assert!(answer.contains(&format!("{sum}")), "{sum}: {answer}");
    }
}

/// The trail holds, and has what was acknowledged.
fn check_store(store: &Store, known: &Acknowledged) {
    let verified = store.audit().verify().expect("the trail can be read");
    assert!(verified.is_sound(), "{:?}", verified.problems);
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    let mut search = Search {
        limit: 10_000,
        ..Search::default()
    };
    loop {
        let some = store.audit().search(&search).expect("the trail");
        let Some(last) = some.last() else { break };
        search.before = Some(last.seq);
        for entry in some {
            *found.entry(entry.event.action).or_default() += 1;
        }
    }
    for (action, least) in &known.lines {
        let count = found.get(*action).copied().unwrap_or_default();
        assert!(count >= *least, "{action}: {count} lines of {least}");
    }
}

#[test]
fn what_was_acknowledged_outlives_a_hundred_kills() {
    let life = Life::begin();
    let mut trips = Counted { kept: 1, sent: 1 };
    for kill in 0..KILLS {
        trips = life.live_and_die(kill, trips);
        life.check_state();
        // Each fifth: it is a program of its own.
        if kill % 5 == 4 {
            life.check_figures(trips);
        }
    }
    let town = &life.town;
    let server = town.serve_with(&SERVE);
    life.check_served(server.address(), trips.sent);
    assert_eq!(server.stop("TERM"), Some(0));

    let known = life.known();
    // Otherwise nothing was proven.
    assert!(known.cut >= KILLS, "{} requests were cut", known.cut);
    for (action, least) in [
        ("person.added", KILLS / 4),
        ("person.changed", KILLS / 4),
        ("access.changed", KILLS / 4),
        ("export", KILLS / 4),
        ("sign-in", KILLS / 4),
    ] {
        let lines = known.lines.get(action).copied().unwrap_or_default();
        assert!(lines >= least as usize, "{action}: only {lines}");
    }

    town.run(&["backup", "ville.zip"]).assert_code(0);
    town.run(&["restore", "ville.zip", "--into", "ailleurs"])
        .assert_code(0);
    for indicator in ["trajets", "trajets_par_habitant", "population", "arbres"] {
        let here = town.query(&[indicator]);
        let args = [
            "query",
            indicator,
            "--format",
            "json",
            "--content",
            "dashboards",
            "--state",
            "var",
        ];
        let there = town.run_in(&town.path("ailleurs"), &args).assert_code(0);
        let there: serde_json::Value = serde_json::from_str(&there.stdout).expect("JSON");
        assert_eq!(here, there, "{indicator}");
    }
    let here = Store::open(&town.state("")).expect("the store");
    let there = Store::open(&town.path("ailleurs/var")).expect("the store that came back");
    assert_eq!(
        here.people().expect("people"),
        there.people().expect("people")
    );
    check_store(&there, &known);
}

/// Follows the link for the first administrator, as it was printed.
fn first_administrator(printed: &str, visitor: Visitor) -> Visitor {
    let jeton = between(printed, "/premier-acces?jeton=", '\n').expect("a link");
    let fields = [
        ("jeton", jeton),
        ("nom", "Odile Marchand"),
        ("courriel", ADMINISTRATOR),
        ("mot_de_passe", PASSWORD),
        ("encore", PASSWORD),
    ];
    let page = format!("/premier-acces?jeton={jeton}");
    let made = visitor.post(&page, "/premier-acces", &fields);
    assert_eq!(made.status, 303, "{}", made.text());
    visitor
}

/// The address of one who signs in.
fn guest(number: u32) -> String {
    format!("invite-{number}@hautebrune.example")
}

/// Adds somebody, who chooses a password.
fn invite(admin: &Visitor, visitor: Visitor, email: &str) {
    let fields = [
        ("nom", "Lucie Berger"),
        ("courriel", email),
        ("role", "reader"),
    ];
    let page = admin.post(&format!("{PEOPLE}/nouvelle"), PEOPLE, &fields);
    let page = page.text();
    let jeton = between(&page, "/invitation?jeton=", '<').expect("a link");
    let fields = [
        ("jeton", jeton),
        ("mot_de_passe", PASSWORD),
        ("encore", PASSWORD),
    ];
    let here = format!("/invitation?jeton={jeton}");
    assert_eq!(visitor.post(&here, "/invitation", &fields).status, 303);
}

/// The address of somebody's page.
fn person(admin: &Visitor, name: &str) -> String {
    let list = admin.get(PEOPLE).text();
    let (before, _) = list
        .split_once(&format!("\">{name}</a>"))
        .expect("somebody of that name");
    let (_, address) = before.rsplit_once('"').expect("a link");
    address.to_owned()
}

/// The first cookie that an answer gives.
fn cookie(answer: &beffroi_tests::Response) -> Option<String> {
    let given = answer
        .headers
        .iter()
        .filter(|(name, _)| name == "set-cookie");
    given
        .filter_map(|(_, value)| value.split(';').next())
        .find(|pair| !pair.ends_with('='))
        .map(str::to_owned)
}

fn between<'a>(text: &'a str, start: &str, end: char) -> Option<&'a str> {
    let (_, after) = text.split_once(start)?;
    after.split(end).next()
}

fn number(text: &str, start: &str, end: char) -> u32 {
    between(text, start, end)
        .and_then(|digits| digits.parse().ok())
        .unwrap_or_else(|| panic!("no number after {start:?} in {text}"))
}

fn deliver(town: &Town, trips: u32) {
    let mut text = String::from("Mois;Station;Quartier;Trajets\n");
    for month in 0..24 {
        for station in 0..STATIONS {
            let (month, year) = (month % 12 + 1, 2023 + month / 12);
            text.push_str(&format!("{month:02}/{year};S{station};Centre;{trips}\n"));
        }
    }
    // Whole or not at all, as a department's transfer should be.
    let beside = town.path("livraison");
    fs::write(&beside, text).expect("a delivery");
    fs::rename(beside, town.data("trajets_20250602.csv")).expect("a delivery");
}
