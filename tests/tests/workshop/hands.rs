//! The town of these tests, whoever works in it, and what their hands do again and again.

use beffroi_tests::{Response, Server, Town, Visitor, form_of, main_text};
use std::collections::BTreeSet;
use std::fs;
use std::time::{Duration, Instant};

/// An agent of mobilities, who makes the drafts.
pub const AGATHE: &str = "Agathe Vial";
/// Another agent of mobilities.
pub const BRUNO: &str = "Bruno Caron";
/// An agent of another department.
pub const CHLOE: &str = "Chloé Denis";
/// The head, who answers for the whole town, without its rows.
pub const DIDIER: &str = "Didier Faure";
/// Whoever only reads.
pub const ELISE: &str = "Élise Garnier";

/// Sixteen months of cards, and the month after.
pub const APRIL: &str = "cartes_2025-04.csv";
pub const MAY: &str = "cartes_2025-05.csv";

/// Where files are brought.
pub const BRING: &str = "/atelier/deposer";
/// The first draft of a town.
pub const DRAFT: &str = "/atelier/brouillons/1";
/// The board that the town has of mobilities.
pub const BOARD: &str = "boards/mobilites.toml";

/// How long what is published may take to be seen.
const SOON: Duration = Duration::from_secs(15);

/// A town that is served.
pub struct Scene {
    pub town: Town,
    server: Option<Server>,
}

impl Scene {
    pub fn new() -> Self {
        let town = Town::small().with("workshop");
        let server = Some(town.serve());
        Self { town, server }
    }

    pub fn server(&self) -> &Server {
        self.server.as_ref().expect("a server")
    }

    /// Somebody, at a browser of their own.
    #[track_caller]
    pub fn hand(&self, name: &str) -> Visitor {
        let visitor = self.server().stranger();
        visitor.enter(name);
        visitor
    }

    /// Kills the server (`kill -9`), and starts it again.
    pub fn fall(&mut self) {
        self.server.take().expect("a server").kill();
        self.server = Some(self.town.serve());
    }

    /// A file that is brought.
    pub fn file(&self, name: &str) -> Vec<u8> {
        fs::read(self.town.path(&format!("files/{name}"))).expect("a file of the fixture")
    }

    /// The declarations there are, by their paths.
    pub fn declared(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for folder in ["datasets", "indicators", "boards"] {
            for entry in fs::read_dir(self.town.content(folder)).expect("declarations") {
                let name = entry.expect("an entry").file_name();
                found.insert(format!("{folder}/{}", name.to_string_lossy()));
            }
        }
        found
    }

    /// The text of a declaration.
    pub fn text(&self, path: &str) -> String {
        fs::read_to_string(self.town.content(path)).expect("a declaration")
    }

    /// Files of the workshop that lie on disk, those that the program makes of them left out.
    pub fn kept(&self) -> Vec<String> {
        let folder = self.town.state("workshop");
        let files = self.town.state_files().into_iter();
        let files = files.filter_map(|(path, _)| {
            let path = path.strip_prefix(&folder).ok()?;
            let is_made = path.components().any(|it| it.as_os_str() == "state");
            (!is_made).then(|| path.to_string_lossy().into_owned())
        });
        files.collect()
    }

    /// A draft of somebody that changes the board of mobilities; its path.
    #[track_caller]
    pub fn taken_up(&self, hand: &Visitor) -> String {
        let fields = [("faire", "reprendre"), ("chemin", BOARD)];
        let to = led(&hand.post("/atelier", "/atelier", &fields));
        to.split("/tableaux/").next().unwrap_or_default().to_owned()
    }

    /// Has a draft looked over and published by the head.
    #[track_caller]
    pub fn published(&self, hand: &Visitor, draft: &str) {
        led(&hand.submit(draft, "relecture", &[]));
        let told = led(&self.hand(DIDIER).submit(draft, "publier", &[]));
        assert!(told.ends_with("fait=publie"), "{told}");
    }
}

/// Where an answer leads.
#[track_caller]
pub fn led(answer: &Response) -> String {
    let to = answer.header("location").unwrap_or_default().to_owned();
    assert_eq!(answer.status, 303, "{}", main_text(&answer.text()));
    to
}

/// An address without what follows it.
pub fn bare(address: &str) -> String {
    address.split('?').next().unwrap_or_default().to_owned()
}

/// A page once a file was read for it.
#[track_caller]
pub fn settled(hand: &Visitor, page: &str) -> Response {
    let start = Instant::now();
    loop {
        let answer = hand.get(page);
        assert_eq!(answer.status, 200, "{page}: {}", answer.text());
        if answer.header("refresh").is_none() {
            return answer;
        }
        assert!(start.elapsed() < SOON, "{page} is read for ever");
    }
}

/// What somebody reads on a page.
#[track_caller]
pub fn read(hand: &Visitor, page: &str) -> String {
    let answer = hand.get(page);
    assert_eq!(answer.status, 200, "{page}: {}", answer.text());
    main_text(&answer.text())
}

/// Waits until somebody is told something by an address.
#[track_caller]
pub fn wait(hand: &Visitor, address: &str, holds: impl Fn(&Response) -> bool) -> Response {
    let start = Instant::now();
    loop {
        let answer = hand.get(address);
        if holds(&answer) {
            return answer;
        }
        assert!(
            start.elapsed() < SOON,
            "{address} ({}) is not so: {}",
            answer.status,
            main_text(&answer.text())
        );
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Brings a file into a new draft; the page where it is looked at.
#[track_caller]
pub fn bring(hand: &Visitor, name: &str, bytes: &[u8]) -> String {
    let fields = [("brouillon", ""), ("jeu", "")];
    led(&hand.upload(BRING, BRING, &fields, name, bytes))
}

/// The steps from a file to a draft that is ready: each one begins from what the one before left.
pub const STEPS: [fn(&Scene, &Visitor); 7] = [
    |scene, hand| {
        let page = bring(hand, APRIL, &scene.file(APRIL));
        assert_eq!(page, format!("{DRAFT}/fichiers/1"));
    },
    // A cell that is no number made a text of its column.
    |_, hand| {
        let page = format!("{DRAFT}/fichiers/1");
        let told = main_text(&settled(hand, &page).text());
        for known in [
            "windows-1252",
            "En-tête trouvé ligne 2",
            "laissées de côté : 1",
        ] {
            assert!(told.contains(known), "{known}: {told}");
        }
        led(&hand.submit(&page, "relire", &[("type-cartes", "integer")]));
    },
    |_, hand| {
        let page = format!("{DRAFT}/fichiers/1");
        let form = form_of(&settled(hand, &page), &page, "relire");
        let mend = form.name_of("à saisir").expect("a mend is offered");
        let mend = mend.trim_end_matches("-valeur").to_owned();
        led(&hand.send_form(form.with(&mend, "absent"), "relire"));
        let after = settled(hand, &page);
        assert!(main_text(&after.text()).contains("Rien à signaler"));
        assert_eq!(
            form_of(&after, &page, "relire").get("absent-cartes"),
            "à saisir"
        );
    },
    |_, hand| {
        let page = format!("{DRAFT}/fichiers/1");
        let _ = settled(hand, &page);
        let to = led(&hand.submit(&page, "continuer", &[]));
        assert_eq!(bare(&to), format!("{DRAFT}/jeux/cartes"));
    },
    |_, hand| {
        let page = format!("{DRAFT}/jeux/cartes");
        let form = hand.form(&page, "continuer");
        assert_eq!(form.get("col-nom_de_l_usager-personnelle"), "1", "{form:?}");
        assert_eq!(form.get("col-cartes-absent"), "à saisir");
        let form = form.with("description", "Cartes de transport délivrées aux guichets.");
        let to = led(&hand.send_form(form.with("chargement", "by_period"), "continuer"));
        assert_eq!(to, format!("{DRAFT}/indicateurs/nouveau?jeu=cartes"));
    },
    |_, hand| {
        let page = format!("{DRAFT}/indicateurs/nouveau?jeu=cartes");
        let fields = [
            ("titre", "Cartes délivrées"),
            ("calcul", "additionner"),
            ("colonne", "cartes"),
            ("methode", "Somme des cartes."),
        ];
        let to = led(&hand.submit(&page, "garder", &fields));
        assert_eq!(bare(&to), format!("{DRAFT}/indicateurs/cartes_delivrees"));
    },
    |_, hand| {
        let page = format!("{DRAFT}/tableaux/nouveau");
        let fields = [("titre", "Cartes de transport"), ("debut", "chiffres")];
        let to = bare(&led(&hand.submit(&page, "", &fields)));
        assert_eq!(to, format!("{DRAFT}/tableaux/cartes_de_transport"));
        let fields = [("indicateur", "cartes_delivrees"), ("dessin", "kpi")];
        led(&hand.submit(&to, "ajouter", &fields));
    },
];

/// What the files say by themselves: the sum of the cards of a period.
pub fn cards(scene: &Scene, name: &str, period: &str) -> u32 {
    let bytes = scene.file(name);
    let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
    let rows = text.lines().map(|line| line.split(';').collect::<Vec<_>>());
    rows.filter(|cells| cells[0].ends_with(period))
        .filter_map(|cells| cells.get(4)?.parse::<u32>().ok())
        .sum()
}
