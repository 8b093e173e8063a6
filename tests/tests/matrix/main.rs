//! Who sees what, asked of the real program: every route, every role, every kind of perimeter, as
//! `fixtures/matrix/matrix.txt` says. After each answer, no word and no figure of what somebody does
//! not reach is in it; and what they do not reach may change without anything changing for them.

mod people;
mod table;

use beffroi_tests::{Response, Shared, internal_links};
use beffroi_web::Site;
use people::{Who, World};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use table::Table;

static WORLD: Shared<World> = Shared::new();

/// Roles of people; `nobody` has no account.
const ROLES: [&str; 7] = [
    "none",
    "reader",
    "agent",
    "editor",
    "head",
    "steward",
    "administrator",
];

#[test]
fn every_route_stands_in_the_matrix_and_the_matrix_names_no_other() {
    let table = Table::read();
    let program: BTreeSet<_> = Site::guarded().chain(Site::open()).collect();
    let written: Vec<_> = table.routes.iter().map(|(route, _)| *route).collect();
    let unique: BTreeSet<_> = written.iter().copied().collect();
    assert_eq!(written.len(), unique.len(), "a route is written twice");
    assert_eq!(program, unique);
    // Where an address names something of the town, every kind of perimeter is told apart.
    for (method, pattern) in Site::guarded() {
        let data = ["{board}", "{indicator}", "{dataset}", "{report}"];
        // A draft is its maker's, whatever it is about; here nothing has photographs.
        let is_told = pattern.contains("{draft}") || pattern.contains("{photo}");
        if method == "GET" && !is_told && data.iter().any(|part| pattern.contains(part)) {
            let address = table.address(pattern);
            let is_told = table.of_perimeter(address, "rien").is_some()
                || table.of_declarer(address, "head", "rien").is_some();
            assert!(is_told, "[reach] or [declares] {address}");
        }
    }
}

#[test]
fn each_role_gets_of_each_route_what_the_matrix_says_whatever_it_reaches() {
    let (table, world) = (Table::read(), WORLD.get(World::new));
    let guarded: BTreeSet<_> = Site::guarded().collect();
    let mut wrong = Vec::new();
    for (role, perimeter) in people::everybody(&table) {
        let who = Who { role, perimeter };
        for (route, statuses) in &table.routes {
            // What is open does not depend on a perimeter.
            if !guarded.contains(route) && perimeter != "ville_lignes" {
                continue;
            }
            let (method, pattern) = *route;
            let address = table.address(pattern);
            let answer = match method {
                "GET" => world.get(who, address),
                _ => world.send(who, address, &table.form(pattern, role)),
            };
            let mut expected = table.of_role(statuses, role);
            if guarded.contains(route) && expected == 200 && method == "GET" {
                let perimeter = who.effective();
                expected = table.of_perimeter(address, perimeter).unwrap_or(expected);
                let declared = table.of_declarer(address, role, who.perimeter);
                expected = declared.unwrap_or(expected);
            } else if method == "POST" {
                let form = format!("POST:{address}");
                let declared = table.of_declarer(&form, role, who.perimeter);
                expected = declared.unwrap_or(expected);
            }
            if answer.status != expected {
                wrong.push(format!(
                    "{who}: {method} {address} gives {}, not {expected}",
                    answer.status
                ));
            }
            wrong.extend(leaks(&table, who, address, &answer));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_perimeter_gets_what_it_reaches_and_no_word_of_the_rest() {
    let (table, world) = (Table::read(), WORLD.get(World::new));
    let mut wrong = Vec::new();
    for (role, perimeter) in people::everybody(&table) {
        let who = Who { role, perimeter };
        for (address, _, shows) in &table.reach {
            let answer = world.get(who, address);
            let expected = expected(&table, who, address);
            if answer.status != expected {
                wrong.push(format!(
                    "{who}: {address} gives {}, not {expected}",
                    answer.status
                ));
            }
            wrong.extend(leaks(&table, who, address, &answer));
            if answer.status != 200 {
                continue;
            }
            let told = told(&answer);
            for shown in shows {
                let reached = shown
                    .split('|')
                    .filter(|it| table.sees(who.effective(), it));
                let words: Vec<&str> = reached.flat_map(|it| &table.groups[it]).copied().collect();
                if !words.is_empty() && !words.iter().any(|word| contains(&told, word)) {
                    wrong.push(format!("{who}: {address} does not show {shown}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_page_that_links_lead_to_tells_what_is_out_of_reach() {
    let (table, world) = (Table::read(), WORLD.get(World::new));
    let mut wrong = Vec::new();
    for (role, perimeter) in people::everybody(&table) {
        let who = Who { role, perimeter };
        if matches!(role, "nobody" | "none") {
            continue;
        }
        let pages = crawl(&world, who);
        // Whoever reaches nothing still has a first page, an account and help.
        assert!(pages.len() > 6, "{who} finds {} pages", pages.len());
        for (address, answer) in &pages {
            if answer.status != 200 {
                wrong.push(format!(
                    "{who}: a link to {address} gives {}",
                    answer.status
                ));
            }
            wrong.extend(leaks(&table, who, address, answer));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_somebody_does_not_reach_changes_nothing_that_they_see() {
    let table = Table::read();
    let one = World::new();
    let mut wrong = Vec::new();
    for (perimeter, spoil) in [
        ("nord", people::other_south as fn(&people::Data)),
        ("nord", people::other_spending),
        ("nord_ville", people::other_south),
        ("tableau", people::other_meals),
        ("direction", people::other_meals),
        ("rien", people::other_south),
    ] {
        let other = World::with(spoil);
        for role in ["reader", "agent", "editor"] {
            let who = Who { role, perimeter };
            let mut seen = crawl(&one, who);
            for (address, _, _) in &table.reach {
                seen.insert((*address).to_owned(), one.get(who, address));
            }
            // One's own account tells of the sessions that each visit here begins.
            seen.remove("/compte");
            for (address, answer) in seen {
                let (one, other) = (steady(&answer), steady(&other.get(who, &address)));
                if one != other {
                    wrong.push(format!("{who}: {address}: {}", difference(&one, &other)));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_somebody_drafts_shows_them_no_more_than_they_reach() {
    let (table, world) = (Table::read(), World::new());
    let drafted = [
        (
            "voirie",
            "rue",
            "dataset = 'rues'\nmeasure = 'sum(trous)'",
            "rues.sud",
        ),
        (
            "voirie",
            "poste",
            "dataset = 'depenses'\nmeasure = 'sum(montant)'",
            "postes",
        ),
        (
            "ecoles",
            "ecole",
            "dataset = 'repas'\nmeasure = 'sum(repas)'",
            "ecoles.sud",
        ),
        (
            "voirie",
            "quartier",
            "dataset = 'population'\nmeasure = 'sum(population)'",
            "population.sud",
        ),
        (
            "voirie",
            "rue",
            "measure = \"1 * indicator('trous')\"",
            "rues.sud",
        ),
    ];
    let (mut wrong, mut shown) = (Vec::new(), 0);
    for (role, perimeter) in people::everybody(&table) {
        let who = Who { role, perimeter };
        if !matches!(role, "agent" | "editor" | "head" | "steward") {
            continue;
        }
        for (department, axis, measure, group) in drafted {
            let draft = world.draft(who, &essay(department, axis, measure)).0;
            for page in [
                "",
                "/indicateurs/essai",
                "/tableaux/essai",
                "/apercu/indicateurs/essai",
                "/apercu/tableaux/essai",
                "/apercu/tableaux/essai?comme=steward",
                "/apercu/tableaux/essai?comme=reader",
                "/indicateurs/nouveau",
                "/tableaux/nouveau",
            ] {
                let address = format!("/atelier/brouillons/{draft}{page}");
                let answer = world.get(who, &address);
                if answer.status != 200 {
                    wrong.push(format!("{who}: {address} gives {}", answer.status));
                }
                wrong.extend(leaks(&table, who, &format!("{measure} {address}"), &answer));
                let told = told(&answer);
                shown += usize::from(table.groups[group].iter().any(|it| contains(&told, it)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // Whoever declares for a department, and reaches its rows, sees what they draft.
    assert!(shown > 30, "{shown} pages show what was drafted");
}

/// A draft of one figure and of a board that shows it.
fn essay(department: &str, axis: &str, measure: &str) -> [(String, String); 2] {
    let indicator = format!(
        "title = 'Essai'\ndescription = 'Essai.'\nmethod = 'Essai.'\nlimits = 'Essai.'\n\
         department = '{department}'\nowner = 'Essai'\nunit = 'nombre'\n{measure}\n{}",
        match measure.starts_with("dataset") {
            true => format!("dimensions = ['{axis}']\n"),
            false => String::new(),
        }
    );
    let board = format!(
        "title = 'Essai'\nsummary = 'Essai.'\ndepartment = '{department}'\norder = 9\n\
         [[sections]]\ntitle = 'Essai'\n\
         [[sections.tiles]]\nindicator = 'essai'\nfigure = 'bar'\nby = '{axis}'\n\
         [[sections.tiles]]\nindicator = 'essai'\nfigure = 'kpi'\n"
    );
    [
        ("indicators/essai.toml".to_owned(), indicator),
        ("boards/essai.toml".to_owned(), board),
    ]
}

#[test]
fn a_form_that_no_page_of_the_session_made_changes_nothing() {
    let (table, world) = (Table::read(), World::new());
    let administrator = Who {
        role: "administrator",
        perimeter: "ville_lignes",
    };
    let before = world.state();
    let foreign = [
        ("Origin", "https://ailleurs.example"),
        ("Origin", "null"),
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Site", "same-site"),
    ];
    for ((method, pattern), _) in &table.routes {
        if *method != "POST" {
            continue;
        }
        let address = table.address(pattern);
        // Somebody whose role would do.
        let who = match pattern.starts_with("/atelier") || pattern.starts_with("/rapports") {
            true => Who {
                role: "steward",
                ..administrator
            },
            false => administrator,
        };
        for fields in [table.form(pattern, "x"), people::harm(pattern)] {
            let visit = world.visit(who);
            let of_another = world.visit(who);
            for token in ["", "faux", &of_another.session_csrf, &of_another.door_csrf] {
                let answer = visit.post(address, &fields, token, &[]);
                assert_eq!(
                    answer.status, 403,
                    "{address} {fields:?} by the token {token:?}"
                );
            }
            let own = visit.csrf_for(address, &table);
            for header in foreign {
                let answer = visit.post(address, &fields, &own, &[header]);
                assert_eq!(answer.status, 403, "{address} {fields:?} under {header:?}");
            }
            // Its own token in the address is none either.
            let with = format!("{address}?jeton_formulaire={own}");
            assert_eq!(visit.post(&with, &fields, "", &[]).status, 403, "{with}");
        }
    }
    assert_eq!(world.state(), before);
    let trail = world
        .get(administrator, "/administration/journal.csv")
        .text();
    for reason in ["form", "origin"] {
        assert!(
            trail.contains(reason),
            "{reason} is not in the trail: {trail}"
        );
    }
}

/// What somebody gets of an address with data.
fn expected(table: &Table, who: Who, address: &'static str) -> u16 {
    let path = address.split('?').next().unwrap_or_default();
    let route = table
        .routes
        .iter()
        .find(|((method, pattern), _)| *method == "GET" && fits(pattern, path));
    let (_, statuses) = route.unwrap_or_else(|| panic!("no route for {address}"));
    match table.of_role(statuses, who.role) {
        200 => table.of_perimeter(address, who.effective()).unwrap_or(200),
        refused => refused,
    }
}

fn fits(pattern: &str, path: &str) -> bool {
    let (pattern, path): (Vec<_>, Vec<_>) =
        (pattern.split('/').collect(), path.split('/').collect());
    pattern.len() == path.len()
        && pattern
            .iter()
            .zip(&path)
            .all(|(known, part)| match known.split_once('{') {
                Some((before, rest)) => {
                    let after = rest.split_once('}').map_or("", |(_, after)| after);
                    part.starts_with(before)
                        && part.ends_with(after)
                        && !part.is_empty()
                        && (after.is_empty() != part.contains('.') || *known == "{file}")
                }
                None => known == part,
            })
}

/// Every page that links lead somebody to, from the first one; never out of a session.
fn crawl(world: &World, who: Who) -> BTreeMap<String, Response> {
    let visit = world.visit(who);
    let mut pages = BTreeMap::new();
    let mut next = VecDeque::from(["/".to_owned()]);
    while let Some(address) = next.pop_front() {
        if pages.contains_key(&address) || !is_followed(&address) {
            continue;
        }
        let answer = visit.get(&address);
        if answer.is_html() {
            next.extend(internal_links(&answer.text()));
        }
        pages.insert(address, answer);
    }
    pages
}

fn is_followed(address: &str) -> bool {
    // The journal tells of this very visit, page after page; English says the same.
    ![
        "/assets/",
        "/deconnexion",
        "/administration/journal",
        "/compte/journal",
    ]
    .iter()
    .any(|start| address.starts_with(start))
        && !address.contains("lang=en")
}

/// Words in an answer that are not for whoever asked.
fn leaks(table: &Table, who: Who, address: &str, answer: &Response) -> Vec<String> {
    let mut told = told(answer);
    if address == "/administration/journal.csv" {
        // Its lines are numbered.
        let lines = told.lines().map(|line| match line.split_once(';') {
            Some((_, rest)) => rest,
            None => line,
        });
        told = lines.collect::<Vec<_>>().join("\n");
    }
    // Who may read rights reads of what there is: its titles.
    let titles = !matches!(who.role, "head" | "steward" | "administrator");
    let found = table.hidden(who.effective(), titles);
    found
        .filter(|(_, word)| contains(&told, word))
        .map(|(group, word)| {
            format!(
                "{who}: {address} ({}) tells {word}, of {group}",
                answer.status
            )
        })
        .collect()
}

/// Whether a word stands there; a number not as a part of another.
fn contains(told: &str, word: &str) -> bool {
    if !word.bytes().all(|byte| byte.is_ascii_digit()) {
        return told.contains(word);
    }
    // Tokens and identifiers hold digits by chance, between other characters.
    let joined = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    told.match_indices(word).any(|(at, _)| {
        !joined(told[..at].chars().next_back()) && !joined(told[at + word.len()..].chars().next())
    })
}

/// An answer with the headers that a page decides, the blanks within numbers taken out.
fn told(answer: &Response) -> String {
    let mut told = String::new();
    for name in ["location", "content-disposition", "allow"] {
        told.push_str(answer.header(name).unwrap_or_default());
        told.push('\n');
    }
    told.push_str(&answer.text());
    let after = told.chars().skip(1).chain([' ']);
    let mut before = ' ';
    let mut kept = String::new();
    for (c, after) in told.chars().zip(after) {
        let within = before.is_ascii_digit() && after.is_ascii_digit();
        if !(within && matches!(c, '\u{202f}' | '\u{a0}')) {
            kept.push(c);
        }
        before = c;
    }
    kept
}

/// An answer without what differs from one run to the next by nature: tokens, times, checksums.
fn steady(answer: &Response) -> String {
    let mut text = format!("{}\n{}", answer.status, answer.text());
    for start in [
        "name=\"jeton_formulaire\" value=\"",
        "\"imported_at\":\"",
        "name=\"session\" value=\"",
        "datetime=\"",
    ] {
        let mut parts = text.split(start);
        let mut kept = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            kept.push_str(start);
            kept.push_str(part.split_once('"').map_or("", |(_, rest)| rest));
        }
        text = kept;
    }
    text
}

fn difference(one: &str, other: &str) -> String {
    let at = one.bytes().zip(other.bytes()).position(|(a, b)| a != b);
    let at = at.unwrap_or(one.len().min(other.len()));
    let near = |text: &str| {
        let bytes = text.as_bytes();
        let range = at.saturating_sub(120)..(at + 60).min(bytes.len());
        String::from_utf8_lossy(&bytes[range]).replace('\n', " ")
    };
    format!("…{}… is …{}…", near(one), near(other))
}
