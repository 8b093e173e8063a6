//! The town of the matrix, served, with one account for each role and perimeter.

use crate::table::Table;
use beffroi_model::{DepartmentId, Membership, PerimeterId, Role};
use beffroi_store::{Means, NewPerson, Person, PersonId, Stage, Store, csrf};
use beffroi_tests::{Response, Server, Town, Visitor};
use chrono::Utc;
use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::PathBuf;

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
        Self {
            town,
            server,
            store,
            people,
        }
    }

    /// A browser in which somebody has just signed in.
    pub fn visit(&self, who: Who) -> Visit {
        let door = beffroi_store::token().expect("a token");
        let mut cookies = vec![("beffroi_porte", door.as_str())];
        let session = self.people.get(&who).map(|id| {
            self.store
                .open_session(*id, Means::Password, Stage::Open, "", None, Utc::now())
                .expect("a session")
        });
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
        self.visit(who).get(address)
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
        let people = self.store.people().expect("people").into_iter();
        let people: Vec<Person> = people
            .map(|person| Person {
                last_sign_in: None,
                ..person
            })
            .collect();
        let mut files: Vec<(PathBuf, Vec<u8>)> = fs::read_dir(self.town.content(""))
            .expect("declarations")
            .flatten()
            .filter(|entry| entry.path().is_file())
            .map(|entry| (entry.path(), fs::read(entry.path()).expect("a declaration")))
            .collect();
        files.sort();
        (format!("{people:?}"), files)
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
            fields.push(("jeton_formulaire", token));
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
        "/compte/sessions" => &[("autres", "1")],
        "/compte/code" => &[("faire", "commencer")],
        _ => &[],
    };
    fields
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()))
        .collect()
}
