//! Rights that are changed: from the form, in the file; and what whoever has few of them can find
//! out.

use beffroi_tests::{Town, Visitor, token};
use std::{fs, time::Duration};

const ACCESS: &str = r#"# Who reaches what.
[perimeters.ville]
title = "Toute la ville"
departments = ["*"]
raw = true

# Trips of one station, which no list declares.
[perimeters.station]
title = "Une station"
boards = ["*"]
rows = { station = ["Mairie"], quartier = ["centre"] }

[roles]
administrator = ["ville"]
"#;

const PASSWORD: &str = "quatre tortues vertes sous un vieux pont";

/// A town with a station for each trip, which no list declares, and its first administrator.
fn town() -> (Town, beffroi_tests::Server) {
    let town = Town::small();
    fs::write(town.content("access.toml"), ACCESS).expect("written");
    let server = town.serve_with(&["--no-demo"]);
    let admin = server.visitor();
    let printed = server.stdout();
    let (_, secret) = printed.split_once("/premier-acces?jeton=").expect("a link");
    let secret = secret.split_whitespace().next().expect("a token");
    let page = format!("/premier-acces?jeton={secret}");
    let fields = [
        ("jeton", secret),
        ("nom", "Inès Ferrand"),
        ("courriel", "ines@ville.example"),
        ("mot_de_passe", PASSWORD),
        ("encore", PASSWORD),
    ];
    assert_eq!(admin.post(&page, "/premier-acces", &fields).status, 303);
    (town, server)
}

/// The fields of the form of a page, as a browser sends them when nothing is touched.
fn untouched(page: &str) -> Vec<(String, String)> {
    let form = page
        .split("<form")
        .find(|form| form.contains("name=\"titre\""));
    let form = form.expect("a form");
    let value = |tag: &str, name: &str| {
        let (_, rest) = tag.split_once(&format!("{name}=\""))?;
        rest.split_once('"').map(|(value, _)| value.to_owned())
    };
    let tags = form.split("<input").skip(1);
    let tags = tags.map(|tag| tag.split('>').next().unwrap_or_default());
    tags.filter(|tag| !tag.contains("type=\"checkbox\"") || tag.contains(" checked"))
        .filter_map(|tag| {
            Some((
                value(tag, " name")?,
                value(tag, " value").unwrap_or_default(),
            ))
        })
        .collect()
}

fn send(admin: &Visitor, page: &str, fields: &[(String, String)]) -> beffroi_tests::Response {
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    admin.post_as_is(page, &fields)
}

#[test]
fn a_form_that_nobody_touched_changes_nothing_and_never_opens_what_was_narrowed() {
    let (town, server) = town();
    let admin = server.visitor();
    let page = "/administration/acces/perimetres/station";
    let shown = admin.get(page).text();
    assert!(
        shown.contains("Mairie"),
        "rows without a box are told: {shown}"
    );
    let fields = untouched(&shown);
    let kept = send(admin, page, &fields);
    assert_eq!(kept.status, 303, "{}", kept.text());
    let text = || fs::read_to_string(town.content("access.toml")).expect("a file");
    assert_eq!(text(), ACCESS);
    // Another title changes the title.
    let renamed: Vec<(String, String)> = fields
        .iter()
        .map(|(name, value)| match name.as_str() {
            "titre" => (name.clone(), "La station".to_owned()),
            _ => (name.clone(), value.clone()),
        })
        .collect();
    assert_eq!(send(admin, page, &renamed).status, 303);
    assert_eq!(text(), ACCESS.replace("Une station", "La station"));

    // Of a perimeter whose rows all have boxes, none ticked is refused without a word for it.
    let narrow = ACCESS.replace("station = [\"Mairie\"], ", "");
    fs::write(town.content("access.toml"), &narrow).expect("written");
    let soon = Duration::from_secs(20);
    server.wait_for(page, soon, |html| {
        !html.contains("Mairie") && html.contains("checked")
    });
    let mut fields = untouched(&admin.get(page).text());
    fields.retain(|(name, _)| !name.starts_with("ligne-"));
    let refused = send(admin, page, &fields);
    assert_eq!(refused.status, 422, "{}", refused.text());
    assert_eq!(text(), narrow);
    let mut sure = untouched(&refused.text());
    sure.push(("toutes-lignes".to_owned(), "1".to_owned()));
    assert_eq!(send(admin, page, &sure).status, 303);
    assert!(!text().contains("rows"), "{}", text());
    // The trail tells from what to what.
    let journal = admin.get("/administration/journal").text();
    assert!(journal.contains("quartier=centre"), "{journal}");
}

#[test]
fn rights_that_change_in_the_file_and_versions_put_in_place_are_in_the_trail() {
    let (town, server) = town();
    let more = ACCESS.replace("[roles]", "[roles]\nreader = [\"ville\"]");
    fs::write(town.content("access.toml"), more).expect("written");
    let journal = "/administration/journal";
    server.wait_for(journal, Duration::from_secs(20), |html| {
        html.contains("périmètres changés dans le fichier")
    });
    let told = server.get(&format!("{journal}?sorte=publication")).text();
    assert!(told.contains("version mise en place"), "{told}");
}

#[test]
fn ones_own_journal_does_not_tell_what_is_out_of_reach_from_what_is_not_there() {
    let (_town, server) = town();
    let admin = server.visitor();
    let fields = [
        ("nom", "Karim"),
        ("courriel", "karim@ville.example"),
        ("role", "reader"),
    ];
    let form = "/administration/personnes/nouvelle";
    let added = admin
        .post(form, "/administration/personnes", &fields)
        .text();
    let (_, secret) = added.split_once("/invitation?jeton=").expect("a link");
    let secret = secret.split('<').next().expect("a token");
    let reader = server.stranger();
    let page = format!("/invitation?jeton={secret}");
    let fields = [
        ("jeton", secret),
        ("mot_de_passe", PASSWORD),
        ("encore", PASSWORD),
    ];
    assert_eq!(reader.post(&page, "/invitation", &fields).status, 303);
    for (path, body) in [
        ("/indicateurs/trajets", true),
        ("/indicateurs/trajetz", false),
    ] {
        let read = reader.get(path);
        assert_eq!(read.status, 404, "{path} {body}");
    }
    let own = reader.get("/compte/journal").text();
    assert!(!own.contains("/indicateurs/trajet"), "{own}");
    let all = admin.get("/administration/journal?sorte=refusal").text();
    assert!(all.contains("/indicateurs/trajets") && all.contains("/indicateurs/trajetz"));
    assert!(token(&own).is_none(), "a page without a form");
}
