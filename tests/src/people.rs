//! People of a town without a demonstration: its first administrator, those whom they invite, and
//! what the trail says of them.

use crate::{Response, Server, Visitor};
use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use std::time::{SystemTime, UNIX_EPOCH};

/// A password that is strong enough for anybody.
pub const PASSWORD: &str = "Tilleul-37-gabarit-mauve";
/// Another.
pub const OTHER_PASSWORD: &str = "Cormoran-82-ficelle-ocre";
/// The address of the first administrator.
pub const ADMINISTRATOR: &str = "odile.marchand@hautebrune.example";

/// The path of the link for the first administrator, as the server printed it, if it did.
#[must_use]
pub fn first_link(server: &Server) -> Option<String> {
    link_in(&server.stdout(), "/premier-acces?jeton=")
}

/// A link for one use in a text: its path from `start` on.
fn link_in(text: &str, start: &str) -> Option<String> {
    let after = &text[text.find(start)?..];
    let is_end = |c: char| c == '<' || c == '"' || c.is_whitespace();
    Some(after.split(is_end).next().unwrap_or_default().to_owned())
}

/// Follows the link for the first administrator; them, signed in.
#[track_caller]
#[must_use]
pub fn first_administrator(server: &Server) -> Visitor {
    let link = first_link(server).expect("the first start prints a link");
    let visitor = server.stranger();
    let who = [("nom", "Odile Marchand"), ("courriel", ADMINISTRATOR)];
    let made = follow(&visitor, &link, &who, PASSWORD);
    assert_eq!(made.status, 303, "{}", made.text());
    visitor
}

/// Sends the form of a link for one use.
#[must_use]
pub fn follow(visitor: &Visitor, link: &str, who: &[(&str, &str)], password: &str) -> Response {
    let (path, token) = link.split_once("?jeton=").expect("a link has a token");
    let mut fields = vec![
        ("jeton", token),
        ("mot_de_passe", password),
        ("encore", password),
    ];
    fields.extend(who);
    visitor.post(link, path, &fields)
}

/// Adds somebody and gives the path of their invitation. `member` are fields of the form: `role`,
/// `direction`, `perimetre`.
#[track_caller]
#[must_use]
pub fn invite(admin: &Visitor, name: &str, email: &str, member: &[(&str, &str)]) -> String {
    let mut fields = vec![("nom", name), ("courriel", email)];
    fields.extend(member);
    let form = "/administration/personnes/nouvelle";
    let added = admin.post(form, "/administration/personnes", &fields);
    link_in(&added.text(), "/invitation?jeton=")
        .unwrap_or_else(|| panic!("no link: {}", added.text()))
}

/// Adds somebody, who follows their invitation; them, signed in.
#[track_caller]
#[must_use]
pub fn join(
    server: &Server,
    admin: &Visitor,
    name: &str,
    email: &str,
    member: &[(&str, &str)],
) -> Visitor {
    let link = invite(admin, name, email, member);
    let visitor = server.stranger();
    let opened = follow(&visitor, &link, &[], PASSWORD);
    assert_eq!(opened.status, 303, "{}", opened.text());
    visitor
}

/// The page of a person in the administration, by their name.
#[track_caller]
#[must_use]
pub fn person_page(admin: &Visitor, name: &str) -> String {
    let list = admin.get("/administration/personnes").text();
    // Above it stands who looks.
    let (_, main) = list.split_once("<main").expect("a page has a main part");
    let (before, _) = main
        .split_once(&format!(">{name}<"))
        .unwrap_or_else(|| panic!("{name} is not in {main}"));
    let (_, link) = before.rsplit_once("href=\"").expect("a link");
    link.trim_end_matches('"').to_owned()
}

/// Whether the trail, as its reader gets it, has a line of an action on an object with a detail;
/// empty for any.
#[must_use]
pub fn in_trail(reader: &Visitor, action: &str, object: &str, detail: &str) -> bool {
    trail_lines(reader, action, object, detail) > 0
}

/// How many lines of the trail are of an action on an object with a detail; empty for any.
#[must_use]
pub fn trail_lines(reader: &Visitor, action: &str, object: &str, detail: &str) -> usize {
    let file = reader.get("/administration/journal.csv");
    assert_eq!(file.status, 200, "{}", file.text());
    let fits = |cell: Option<&&str>, wanted: &str| {
        wanted.is_empty() || cell.is_some_and(|cell| cell.trim_matches('"') == wanted)
    };
    let text = file.text();
    let lines = text.lines().skip(1).map(|line| line.split(';').collect());
    lines
        .filter(|cells: &Vec<&str>| {
            fits(cells.get(5), action) && fits(cells.get(6), object) && fits(cells.get(7), detail)
        })
        .count()
}

/// The code of an authenticator (RFC 6238) at a step of thirty seconds.
#[must_use]
pub fn code_at(secret: &str, step: u64) -> String {
    let key = BASE32_NOPAD.decode(secret.as_bytes()).expect("base 32");
    let mut mac = Hmac::<Sha1>::new_from_slice(&key).expect("any length does");
    mac.update(&step.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let start = usize::from(hash[19] & 15);
    let number = (0..4).fold(0_u32, |n, i| n << 8 | u32::from(hash[start + i]));
    format!("{:06}", (number & 0x7fff_ffff) % 1_000_000)
}

/// The step of thirty seconds that it is now.
#[must_use]
pub fn step_now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.expect("after 1970").as_secs() / 30
}
