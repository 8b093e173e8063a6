//! The town of the matrix, served, with one account for each role and perimeter.

use crate::table::Table;
use beffroi_model::{DepartmentId, Membership, PerimeterId, Role};
use beffroi_store::workshop::{Author, Draft, Drafts, FileChange};
use beffroi_store::{DraftId, Means, NewPerson, Person, PersonId, Stage, Store, csrf};
use beffroi_tests::{Response, Server, Town, Visitor};
use chrono::Utc;
use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

/// Somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Who {
    pub role: &'static str,
    pub perimeter: &'static str,
}

impl Who {
    /// What they reach: a department gives something to those who answer for it, and to no other;
    /// somebody without a role reaches nothing.
    pub fn effective(self) -> &'static str {
        match (self.role, self.perimeter) {
            ("nobody" | "none", _) => "rien",
            ("agent" | "editor", perimeter) => perimeter,
            (_, "direction") => "rien",
            (_, perimeter) => perimeter,
        }
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.role, self.perimeter)
    }
}

/// Everybody that the matrix tells apart.
pub fn everybody(table: &Table) -> Vec<(&'static str, &'static str)> {
    let mut all = vec![("nobody", "ville_lignes")];
    for role in crate::ROLES {
        all.extend(table.perimeters.iter().map(|perimeter| (role, *perimeter)));
    }
    all
}

/// The town's files, to be spoilt before it is served.
pub struct Data<'a>(&'a Town);

impl Data<'_> {
    fn replace(&self, file: &str, changes: &[(&str, &str)]) {
        let path = self.0.data(file);
        let mut text = fs::read_to_string(&path).expect("a file of the fixture");
        for (from, to) in changes {
            assert!(text.contains(from), "{file} does not hold {from}");
            text = text.replace(from, to);
        }
        fs::write(path, text).expect("the file can be written");
    }
}

/// Other figures, other streets and other rows in the south; the north stays as it is.
pub fn other_south(data: &Data<'_>) {
    data.replace(
        "rues_20250110.csv",
        &[
            ("40009", "7"),
            (
                "Rue Ocelot;44017",
                "Rue Lynx;900001\n2024;Sud;Rue Putois;3\n2022;Sud;Rue Putois;4",
            ),
            ("2024;Sud;Rue Hermine;belette\n", ""),
        ],
    );
    data.replace(
        "repas_20250110.csv",
        &[(
            "École Jonquille;71011",
            "École Crocus;5\n2024;Sud;École Iris;6",
        )],
    );
    data.replace(
        "population_20250110.csv",
        &[("8017", "800100"), ("8039", "3")],
    );
}

/// Other spending.
pub fn other_spending(data: &Data<'_>) {
    data.replace(
        "depenses_20250110.csv",
        &[("66037", "4\n2024;Sable;12345678")],
    );
}

/// Other meals, everywhere.
pub fn other_meals(data: &Data<'_>) {
    data.replace(
        "repas_20250110.csv",
        &[("22013", "1"), ("71011", "900001\n2024;Sud;École Iris;6")],
    );
}

/// The town, served.
pub struct World {
    town: Town,
    server: Server,
    store: Store,
    people: BTreeMap<Who, PersonId>,
    /// The session in which each of them reads: every session has a number that pages tell, and
    /// with one for each page those would come to be figures that are looked for.
    reading: Mutex<BTreeMap<Who, String>>,
}

impl World {
    pub fn new() -> Self {
        Self::with(|_| {})
    }

    pub fn with(spoil: impl Fn(&Data<'_>)) -> Self {
        let town = Town::of_fixture("matrix");
        spoil(&Data(&town));
        // A row set aside is told by the exit code.
        let _ = town.run(&["import"]).assert_code(0);
        let server = town.serve_with(&["--no-demo"]);
        let store = Store::open(&town.state("")).expect("a store");
        let mut people = BTreeMap::new();
        for (role, perimeter) in everybody(&Table::read()).into_iter().skip(1) {
            let who = Who { role, perimeter };
            let place = people.len();
            let person = NewPerson {
                email: format!("personne-{place}@marsange.example"),
                name: format!("Personne {place}"),
                membership: membership(who),
            };
            people.insert(
                who,
                store.add_person(&person, Utc::now()).expect("an account"),
            );
        }
        draft(&store);
        Self {
            town,
            server,
            store,
            people,
            reading: Mutex::default(),
        }
    }

    /// A browser in which somebody has just signed in.
    pub fn visit(&self, who: Who) -> Visit {
        self.browser(self.session(who))
    }

    fn session(&self, who: Who) -> Option<String> {
        self.people.get(&who).map(|id| {
            self.store
                .open_session(*id, Means::Password, Stage::Open, "", None, Utc::now())
                .expect("a session")
        })
    }

    fn browser(&self, session: Option<String>) -> Visit {
        let door = beffroi_store::token().expect("a token");
        let mut cookies = vec![("beffroi_porte", door.as_str())];
        if let Some(session) = &session {
            cookies.push(("beffroi", session));
        }
        Visit {
            visitor: Visitor::holding(self.server.address(), &cookies),
            door_csrf: csrf(&door),
            session_csrf: session.map(|it| csrf(&it)).unwrap_or_default(),
        }
    }

    pub fn get(&self, who: Who, address: &str) -> Response {
        let session = {
            let mut reading = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
            match reading.get(&who) {
                Some(session) => Some(session.clone()),
                None => {
                    let session = self.session(who);
                    reading.extend(session.clone().map(|it| (who, it)));
                    session
                }
            }
        };
        self.browser(session).get(address)
    }

    /// A draft of somebody's own: files as they would be written.
    pub fn draft(&self, who: Who, files: &[(String, String)]) -> DraftId {
        let by = Author {
            person: self.people.get(&who).copied(),
            name: "Personne",
        };
        let maker = by.person.expect("somebody");
        let now = Utc::now();
        let draft = self.store.new_draft("Essai", maker, by.name, None, now);
        let draft = draft.expect("a draft");
        for (path, text) in files {
            let change = FileChange {
                path,
                base: None,
                text: Some(text),
                expected: None,
                why: "",
            };
            let saved = self.store.save_file(draft, &change, by, now);
            saved.expect("a drafted file");
        }
        draft
    }

    /// Sends a form as its own page would.
    pub fn send(
        &self,
        who: Who,
        address: &'static str,
        fields: &[(&'static str, String)],
    ) -> Response {
        let visit = self.visit(who);
        let token = visit.csrf_for(address, &Table::read());
        visit.post(address, fields, &token, &[])
    }

    /// All that a form could change.
    pub fn state(&self) -> (String, Vec<(PathBuf, Vec<u8>)>) {
        let drafts: Vec<Draft> = self.store.drafts(Drafts::All, 100).expect("drafts");
        let files = self.store.draft_files(DraftId(1)).expect("drafted files");
        let brought = self.store.deliveries(DraftId(1)).expect("brought files");
        let people = self.store.people().expect("people").into_iter();
        let people: Vec<Person> = people
            .map(|person| Person {
                last_sign_in: None,
                ..person
            })
            .collect();
        let mut declared: Vec<(PathBuf, Vec<u8>)> = fs::read_dir(self.town.content(""))
            .expect("declarations")
            .flatten()
            .filter(|entry| entry.path().is_file())
            .map(|entry| (entry.path(), fs::read(entry.path()).expect("a declaration")))
            .collect();
        declared.extend(
            self.town
                .state_files()
                .into_iter()
                .filter(|(path, _)| path.starts_with(self.town.state("workshop"))),
        );
        declared.sort();
        let reports = self.store.reports();
        let editions = reports.all_editions().expect("editions");
        let words = reports.contributions("bilan", 2024).expect("words");
        let told = format!("{people:?} {drafts:?} {files:?} {brought:?} {editions:?} {words:?}");
        (told, declared)
    }
}

/// A draft of somebody of the department of roads whom nobody here is, on what there is.
fn draft(store: &Store) {
    let voirie = DepartmentId::new("voirie").expect("an id");
    let person = NewPerson {
        email: "personne@marsange.example".to_owned(),
        name: "Personne".to_owned(),
        membership: Membership {
            roles: [Role::Agent].into(),
            departments: [voirie.clone()].into(),
            ..Membership::default()
        },
    };
    let now = Utc::now();
    let person = store.add_person(&person, now).expect("an account");
    let draft = store
        .new_draft("Salamandre", person, "Personne", Some(&voirie), now)
        .expect("a draft");
    assert_eq!(draft, DraftId(1));
    for path in [
        "datasets/rues.toml",
        "indicators/trous.toml",
        "boards/voirie.toml",
    ] {
        let change = FileChange {
            path,
            base: None,
            text: Some("title = \"Salamandre\"\n"),
            expected: None,
            why: "",
        };
        let by = Author {
            person: Some(person),
            name: "Personne",
        };
        store
            .save_file(draft, &change, by, now)
            .expect("a drafted file");
    }
}

fn membership(who: Who) -> Membership {
    let perimeter = match who.perimeter {
        "direction" | "rien" => None,
        named => Some(PerimeterId::new(named).expect("an id")),
    };
    let department =
        (who.perimeter == "direction").then(|| DepartmentId::new("voirie").expect("an id"));
    Membership {
        roles: Role::from_word(who.role).into_iter().collect(),
        departments: department.into_iter().collect(),
        perimeters: perimeter.into_iter().collect(),
    }
}

/// A browser, and the tokens of its forms.
pub struct Visit {
    visitor: Visitor,
    pub door_csrf: String,
    pub session_csrf: String,
}

impl Visit {
    pub fn get(&self, address: &str) -> Response {
        self.visitor.get(address)
    }

    /// The token that the page of a form would give.
    pub fn csrf_for(&self, address: &str, table: &Table) -> String {
        let guarded = beffroi_web::Site::guarded();
        let mut guarded = guarded.map(|(_, pattern)| table.address(pattern));
        match guarded.any(|known| known == address) {
            true => self.session_csrf.clone(),
            false => self.door_csrf.clone(),
        }
    }

    pub fn post(
        &self,
        address: &str,
        fields: &[(&'static str, String)],
        token: &str,
        headers: &[(&str, &str)],
    ) -> Response {
        let mut fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        if !token.is_empty() {
            fields.insert(0, ("jeton_formulaire", token));
        }
        // A form that a file goes with.
        if address.starts_with("/atelier/deposer") {
            return self.visitor.upload_as_is(address, &fields, None, headers);
        }
        self.visitor.post_under(address, &fields, headers)
    }
}

/// Fields that would do harm if the form were believed.
pub fn harm(pattern: &str) -> Vec<(&'static str, String)> {
    let fields: &[(&str, &str)] = match pattern {
        "/administration/personnes" => &[
            ("nom", "Intrus"),
            ("courriel", "intrus@ailleurs.example"),
            ("role", "administrator"),
        ],
        "/administration/personnes/{person}" => &[("faire", "suspendre")],
        "/administration/acces/perimetres/{perimeter}" => {
            &[("faire", "garder"), ("titre", "Tout"), ("departement", "*")]
        }
        "/atelier" => &[("faire", "tableau"), ("titre", "Intrus")],
        "/atelier/deposer" => &[("collage", "a;b\n1;2\n")],
        "/rapports/nouveau" => &[("modele", "activite"), ("direction-activite", "voirie")],
        "/rapports/{report}" => &[("annee", "2024")],
        "/rapports/{report}/{year}/chapitres/{chapter}/contribuer" => {
            &[("faire", "ecrire"), ("revision", "0"), ("mots", "Intrus")]
        }
        "/rapports/{report}/{year}/suivi" => &[("faire", "arreter"), ("certain", "1")],
        "/atelier/suivi" => &[
            ("faire", "demander"),
            ("de", "voirie"),
            ("vers", "ecoles"),
            ("demande-mots", "Intrus"),
            ("pour", "2030-01-01"),
        ],
        "/atelier/commentaires/{indicator}" => &[("periode", "2024"), ("texte", "Intrus")],
        "/atelier/brouillons/{draft}/historique/{folder}/{file}" => &[("version", "1")],
        "/atelier/historique/{folder}/{file}" => &[("version", "1")],
        "/atelier/brouillons/{draft}" => &[("faire", "relecture")],
        "/atelier/brouillons/{draft}/relecture" => &[("faire", "publier")],
        "/atelier/brouillons/{draft}/fichiers/{delivery}" => &[("faire", "retirer")],
        "/atelier/brouillons/{draft}/jeux/{dataset}" => &[("faire", "garder"), ("titre", "Intrus")],
        "/atelier/brouillons/{draft}/indicateurs/{indicator}" => &[("faire", "retirer")],
        "/atelier/brouillons/{draft}/tableaux/{board}" => {
            &[("faire", "garder"), ("titre", "Intrus")]
        }
        "/atelier/brouillons/{draft}/textes/{folder}/{file}" => &[("texte", "title = \"Intrus\"")],
        "/compte/sessions" => &[("autres", "1")],
        "/compte/code" => &[("faire", "commencer")],
        _ => &[],
    };
    fields
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()))
        .collect()
}
