//! What an agent cannot do by a draft: declare for others, read what they do not reach, keep what is
//! not to be kept.

use crate::hands::*;
use beffroi_tests::{Visitor, main_text};

/// A draft of somebody with a board that nobody has.
#[track_caller]
fn begun(hand: &Visitor) -> String {
    let fields = [("faire", "tableau"), ("titre", "Essai")];
    let to = led(&hand.post("/atelier", "/atelier", &fields));
    to.trim_end_matches("/tableaux/nouveau").to_owned()
}

#[test]
fn what_is_of_another_department_cannot_be_drafted() {
    let scene = Scene::new();
    let agent = scene.hand(AGATHE);
    let draft = begun(&agent);
    let before = read(&agent, &draft);
    for path in [
        "datasets/population.toml",
        "indicators/population.toml",
        "boards/etat_civil.toml",
        "boards/aucun.toml",
        "town.toml",
        "access.toml",
        "boards/../access.toml",
    ] {
        for what in ["prendre", "depublier", "sortir"] {
            let fields = [("faire", what), ("chemin", path)];
            let told = agent.post(&draft, &draft, &fields);
            assert_eq!(told.status, 404, "{what} {path}");
        }
        let fields = [("faire", "reprendre"), ("chemin", path)];
        assert_eq!(agent.post("/atelier", "/atelier", &fields).status, 404);
        let form = agent.form(&draft, "prendre");
        assert!(
            !form.fields.iter().any(|(_, value)| value == path),
            "{path}"
        );
    }
    assert_eq!(read(&agent, &draft), before);
    for page in [
        "/jeux/population",
        "/tableaux/etat_civil",
        "/textes/datasets/population.toml",
        "/textes/boards/etat_civil.toml",
    ] {
        let page = format!("{draft}{page}");
        assert_eq!(agent.get(&page).status, 404, "{page}");
        let told = agent.post(
            "/atelier",
            &page,
            &[("titre", "Intrus"), ("texte", "title = 1")],
        );
        assert_eq!(told.status, 404, "{page}");
    }
    // Nor are files brought for it, nor its past told.
    let fields = [("jeu", "population")];
    let told = agent.upload(BRING, BRING, &fields, "population.csv", b"a;b\n1;2\n");
    assert_eq!(told.status, 404);
    for path in ["datasets/population.toml", "boards/etat_civil.toml"] {
        let told = agent.get(&format!("/atelier/historique/{path}"));
        assert_eq!(told.status, 404, "{path}");
    }
    // Those whose it is may.
    let other = scene.hand(CHLOE);
    let fields = [("faire", "reprendre"), ("chemin", "boards/etat_civil.toml")];
    led(&other.post("/atelier", "/atelier", &fields));
}

#[test]
fn what_is_moved_to_another_department_is_not_published() {
    let scene = Scene::new();
    let agent = scene.hand(AGATHE);
    let draft = scene.taken_up(&agent);
    let board = format!("{draft}/tableaux/mobilites");
    led(&agent.submit(&board, "garder", &[("direction", "etat_civil")]));
    not_published(&scene, &agent, &draft, "etat_civil");
}

/// A draft that its maker is told something of, and that goes nowhere.
#[track_caller]
fn not_published(scene: &Scene, hand: &Visitor, draft: &str, told: &str) {
    let declared = scene.declared();
    let words = read(hand, draft);
    assert!(words.contains(told), "{told}: {words}");
    for what in ["relecture", "accepter"] {
        let answer = hand.post(draft, draft, &[("faire", what)]);
        assert!(
            matches!(answer.status, 404 | 422),
            "{what}: {}",
            answer.status
        );
    }
    assert!(read(hand, draft).contains("Brouillon"));
    assert_eq!(scene.declared(), declared);
}

/// A draft of a dataset that reads a file of its own, and of one figure of it.
fn with_a_figure(scene: &Scene) -> Visitor {
    let agent = scene.hand(AGATHE);
    for step in STEPS {
        step(scene, &agent);
    }
    agent
}

/// Writes a declaration by hand.
#[track_caller]
fn by_hand(hand: &Visitor, draft: &str, path: &str, change: impl Fn(&str) -> String) {
    let page = format!("{draft}/textes/{path}");
    let form = hand.form(&page, "");
    let text = change(form.get("texte"));
    assert_ne!(text, form.get("texte"));
    led(&hand.send_form(form.with("texte", &text), ""));
}

#[test]
fn files_of_the_folder_of_data_are_not_read_by_writing_their_name() {
    let scene = Scene::new();
    let agent = with_a_figure(&scene);
    for source in [
        "\"population_20250110.csv\"",
        "\"trajets_*.csv\"",
        "{ url = \"https://data.exemple.fr/a.csv\" }",
        "{ postgres = \"env:BASE\", query = \"select 1\" }",
        "{ inbox = \"../population_*.csv\" }",
    ] {
        by_hand(&agent, DRAFT, "datasets/cartes.toml", |text| {
            let lines = text
                .lines()
                .map(|line| match line.starts_with("source = ") {
                    true => format!("source = {source}"),
                    false => line.to_owned(),
                });
            lines.collect::<Vec<_>>().join("\n")
        });
        let told = agent.get(DRAFT);
        let words = main_text(&told.text());
        assert!(
            words.contains("datasets/cartes.toml") || words.contains("cartes.toml:"),
            "{source}: {words}"
        );
        for page in [
            "/apercu/tableaux/cartes_de_transport",
            "/indicateurs/cartes_delivrees",
        ] {
            let words = read(&agent, &format!("{DRAFT}{page}"));
            // Inhabitants of the other department's file.
            for figure in ["1 040", "1 020", "660", "380"] {
                assert!(!words.contains(figure), "{source} {page}: {words}");
            }
        }
        let asked = agent.post(DRAFT, DRAFT, &[("faire", "relecture")]);
        assert_eq!(asked.status, 422, "{source}");
    }
}

#[test]
fn a_published_column_that_names_people_stays_personal() {
    let scene = Scene::new();
    let agent = with_a_figure(&scene);
    scene.published(&agent, DRAFT);
    wait(&agent, "/catalogue/cartes", |answer| answer.status == 200);
    let path = "datasets/cartes.toml";
    let fields = [("faire", "reprendre"), ("chemin", BOARD)];
    let to = led(&agent.post("/atelier", "/atelier", &fields));
    let draft = to.split("/tableaux/").next().unwrap_or_default().to_owned();
    led(&agent.post(&draft, &draft, &[("faire", "prendre"), ("chemin", path)]));
    let page = format!("{draft}/jeux/cartes");
    let form = agent.form(&page, "garder");
    let form = form.without("col-nom_de_l_usager-personnelle");
    led(&agent.send_form(form, "garder"));
    not_published(
        &scene,
        &agent,
        &draft,
        "une colonne qui désigne des personnes serait conservée",
    );

    // Nor does it come back under another name.
    by_hand(&agent, &draft, path, |text| {
        text.replace("[columns.nom_de_l_usager]", "[columns.nom_usager]")
            .replace("headers = [\"Nom de l'usager\"]\n", "")
            .replace(
                "[columns.nom_usager]\n",
                "[columns.nom_usager]\nheaders = [\"Nom de l'usager\"]\n",
            )
    });
    not_published(
        &scene,
        &agent,
        &draft,
        "une colonne qui désigne des personnes serait conservée",
    );
}

/// What the head, who does not reach rows, would see of a drafted count of aided households.
#[test]
fn rows_under_statistical_secrecy_are_not_seen_through_a_draft() {
    let scene = Scene::new();
    let head = scene.hand(DIDIER);
    assert!(read(&head, "/indicateurs/aides").contains("Ménages aidés"));
    let draft = begun(&head);
    let new = format!("{draft}/indicateurs/nouveau");
    let fields = [
        ("titre", "Ménages par motif"),
        ("jeu", "aides"),
        ("calcul", "expression"),
        ("expression", "sum(menages) filter (where motif = 'Bus')"),
        ("unite", "nombre"),
        ("direction", "mobilites"),
    ];
    let page = bare(&led(&head.submit(&new, "garder", &fields)));
    for page in [
        page.clone(),
        page.replace("/indicateurs/", "/apercu/indicateurs/"),
    ] {
        let words = read(&head, &page);
        // 3 households of the centre and 29 of the port.
        assert!(words.contains("secret") && !words.contains("32"), "{words}");
    }
    not_published(&scene, &head, &draft, "est sous secret statistique");
    // Another department has nothing to draft there at all.
    let other = scene.hand(CHLOE);
    let own = begun(&other);
    let words = other.get(&format!("{own}/indicateurs/nouveau?jeu=aides"));
    assert!(!words.text().contains("Ménages"), "{}", words.text());
    // Whoever reaches the rows cannot lift what protects them for all others.
    let agent = scene.hand(AGATHE);
    let mine = begun(&agent);
    let path = "datasets/aides.toml";
    led(&agent.post(&mine, &mine, &[("faire", "prendre"), ("chemin", path)]));
    by_hand(&agent, &mine, path, |text| {
        text.split("[secrecy]")
            .next()
            .unwrap_or_default()
            .to_owned()
    });
    not_published(&scene, &agent, &mine, "secret statistique");
}

#[test]
fn addresses_that_lead_elsewhere_lead_nowhere() {
    let scene = Scene::new();
    let agent = scene.hand(AGATHE);
    let draft = scene.taken_up(&agent);
    for page in [
        "/textes/..%2f..%2fetc/passwd",
        "/textes/boards/..%2faccess.toml",
        "/textes/boards%2f..%2f/access.toml",
        "/textes/%2e%2e/access.toml",
        "/textes/boards/access.toml",
        "/textes/boards/mobilites.toml%00",
        "/textes/boards/Mobilites.toml",
        "/textes/./access.toml",
        "/tableaux/..%2faccess",
        "/jeux/..%2f..%2faccess",
        "/indicateurs/..%2faccess",
        "/fichiers/..%2f1",
        "/fichiers/999",
        "/apercu/tableaux/..%2faccess",
        "/historique/..%2f..%2fetc/passwd",
    ] {
        let page = format!("{draft}{page}");
        let answer = agent.get(&page);
        let is_preview = page.contains("/apercu/") && answer.status == 200;
        assert!(
            answer.status == 404 || is_preview,
            "{page}: {}",
            answer.status
        );
        assert!(!answer.text().contains("perimeters."), "{page}");
    }
    for draft in [
        "0",
        "-1",
        "999",
        "1e0",
        "1%20",
        "%2e%2e",
        "9999999999999999999999",
    ] {
        let page = format!("/atelier/brouillons/{draft}");
        assert_eq!(agent.get(&page).status, 404, "{page}");
    }
}
