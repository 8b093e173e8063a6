//! Reading from a real PostgreSQL server: a cluster made for this test, on a free port of this
//! machine, with encryption, stopped at the end. Debian's `postgresql` gives the programs
//! (`tests/run` installs it).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use beffroi_catalog::{Dataset, Network, load_files};
use beffroi_sources::{Delivered, Limits, SourceError, fetch};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use std::{
    fs,
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, PoisonError, Weak},
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;

const SEED: &str = r#"
create role lecteur login password 'se"cr et';
create table budget (annee int, libelle text, montant numeric(12,2), vote date);
insert into budget values
  (2024, 'Écoles ; "cantines"', 1234567.80, '2024-04-02'),
  (2025, E'Voirie\net réseaux', null, null);
create schema "Été 2025";
create table "Été 2025"."Piscine; drop" (jour timestamptz, entrees int);
insert into "Été 2025"."Piscine; drop" values ('2025-07-01 12:00:00+00', 3);
create table grand as select n, repeat('x', 100) as texte from generate_series(1, 50000) n;
create table paie (agent text);
create table journal (mot text);
create function ecrire() returns int language sql security definer
  as 'insert into journal values (''trace'') returning 1';
grant usage on schema "Été 2025" to lecteur;
grant select on budget, grand, "Été 2025"."Piscine; drop" to lecteur;
"#;

/// A cluster, stopped when dropped.
struct Cluster {
    folder: TempDir,
    port: u16,
    server: Child,
}

impl Cluster {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        certificates(folder.path());
        let data = folder.path().join("data");
        hand_over(folder.path());
        let made = server_program("initdb")
            .arg("--pgdata")
            .arg(&data)
            .args([
                "--username=admin",
                "--auth=trust",
                "--encoding=UTF8",
                "--no-sync",
            ])
            .args(["--locale=C", "--no-instructions"])
            .output()
            .expect("initdb runs");
        assert!(
            made.status.success(),
            "{}",
            String::from_utf8_lossy(&made.stderr)
        );
        let rules = "host all admin 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n";
        fs::write(data.join("pg_hba.conf"), rules).unwrap();
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let set = |setting: String| ["-c".to_owned(), setting];
        let at = |name: &str| folder.path().join(name).display().to_string();
        let server = server_program("postgres")
            .arg("-D")
            .arg(&data)
            .args(set(format!("port={port}")))
            .args(set("listen_addresses=127.0.0.1".to_owned()))
            .args(set("unix_socket_directories=".to_owned()))
            .args(set("fsync=off".to_owned()))
            .args(set("ssl=on".to_owned()))
            .args(set(format!("ssl_cert_file={}", at("server.pem"))))
            .args(set(format!("ssl_key_file={}", at("server.key"))))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("postgres starts");
        let cluster = Self {
            folder,
            port,
            server,
        };
        cluster.seed();
        cluster
    }

    /// Waits until the server takes connections, and fills it.
    fn seed(&self) {
        let start = Instant::now();
        while let Err(error) = self.execute(SEED) {
            assert!(
                start.elapsed() < Duration::from_secs(60),
                "never ready: {error}"
            );
            thread::sleep(Duration::from_millis(100));
        }
    }

    fn execute(&self, sql: &str) -> Result<(), tokio_postgres::Error> {
        let config = format!(
            "postgresql://admin@127.0.0.1:{}/postgres?sslmode=disable",
            self.port
        );
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let (client, connection) =
                tokio_postgres::connect(&config, tokio_postgres::NoTls).await?;
            tokio::spawn(connection);
            client.batch_execute(sql).await
        })
    }

    /// Fetches what is declared, with a connection by that user and these parameters.
    fn read(&self, what: &str, how: &How<'_>) -> Result<(String, String), SourceError> {
        let state = tempfile::tempdir().unwrap();
        let secret = state.path().join("secret");
        let url = format!(
            "postgresql://{}@{}:{}/postgres{}\n",
            how.user, how.host, self.port, how.query
        );
        fs::write(&secret, url).unwrap();
        let dataset = dataset(&format!("postgres = \"file:{}\", {what}", secret.display()));
        let network = Network {
            certificates: how
                .authority
                .map(|name| self.folder.path().join(name).display().to_string()),
            ..how.network.clone()
        };
        let fetched = fetch(state.path(), &network, &dataset, how.limits.clone());
        let all = Delivered::new(state.path(), &dataset.id).all().unwrap();
        match fetched {
            Ok(_) => {
                let file = &all.first().expect("a delivery").file;
                Ok((file.name.clone(), fs::read_to_string(&file.path).unwrap()))
            }
            Err(error) => {
                assert!(all.is_empty(), "nothing is delivered");
                assert!(
                    !format!("{error} {error:?}").contains("se\"cr"),
                    "{error:?}"
                );
                Err(error)
            }
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // A fast shutdown; killed, it would leave its memory behind.
        let pid = self.server.id().to_string();
        let _ = Command::new("kill").args(["-INT", &pid]).status();
        let _ = self.server.wait();
    }
}

/// One cluster for all tests that run at the same time, stopped with the last of them: in a plain
/// `static` it would never be.
fn cluster() -> Arc<Cluster> {
    static CLUSTER: Mutex<Weak<Cluster>> = Mutex::new(Weak::new());
    let mut held = CLUSTER.lock().unwrap_or_else(PoisonError::into_inner);
    held.upgrade().unwrap_or_else(|| {
        let cluster = Arc::new(Cluster::start());
        *held = Arc::downgrade(&cluster);
        cluster
    })
}

/// A program of PostgreSQL, as a user who is not root: it refuses root.
fn server_program(name: &str) -> Command {
    let debian = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let mut found: Vec<PathBuf> = debian
        .map(|entry| entry.path().join("bin").join(name))
        .filter(|path| path.is_file())
        .collect();
    found.sort();
    let program = found.pop().unwrap_or_else(|| name.into());
    if is_root() {
        let mut command = Command::new("setpriv");
        command.args([
            "--reuid=postgres",
            "--regid=postgres",
            "--clear-groups",
            "--",
        ]);
        command.arg(program);
        command
    } else {
        Command::new(program)
    }
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output().expect("id runs");
    output.stdout.trim_ascii() == b"0"
}

/// Gives a folder to the user who runs the server.
fn hand_over(folder: &Path) {
    if is_root() {
        let given = Command::new("chown")
            .args(["-R", "postgres:"])
            .arg(folder)
            .status();
        assert!(given.expect("chown runs").success());
    }
}

/// An authority, a certificate for `localhost` by it, and another authority.
fn certificates(folder: &Path) {
    let authority = || {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        (pem, Issuer::new(params, key))
    };
    let (ours, issuer) = authority();
    let (other, _) = authority();
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let server = params.signed_by(&key, &issuer).unwrap();
    fs::write(folder.join("ours.pem"), ours).unwrap();
    fs::write(folder.join("other.pem"), other).unwrap();
    fs::write(folder.join("server.pem"), server.pem()).unwrap();
    let path = folder.join("server.key");
    fs::write(&path, key.serialize_pem()).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    fs::set_permissions(&path, mode).unwrap();
}

fn dataset(source: &str) -> Dataset {
    let town = "name = \"V\"\ninsee = \"2A004\"\nmandate = { from = 2026, to = 2032 }\n\
                [departments.d]\ntitle = \"D\"\n";
    let dataset = format!(
        "title = \"B\"\nrow = \"r\"\ndepartment = \"d\"\nsteward = \"S\"\nfrequency = \"daily\"\n\
         source = {{ {source} }}\n[columns.annee]\ntype = \"year\"\n"
    );
    let loaded = load_files(vec![
        ("town.toml".into(), town.into()),
        ("datasets/b.toml".into(), dataset.into_bytes()),
    ]);
    let catalog = loaded
        .catalog
        .unwrap_or_else(|| panic!("{:?}", loaded.diagnostics));
    catalog.datasets["b"].clone()
}

/// How a connection is made.
#[derive(Clone)]
struct How<'a> {
    user: &'a str,
    host: &'a str,
    query: &'a str,
    authority: Option<&'a str>,
    network: Network,
    limits: Limits,
}

/// As it should be.
fn well() -> How<'static> {
    let catalog = load_files(vec![(
        "town.toml".into(),
        b"name = \"V\"\ninsee = \"2A004\"\nmandate = { from = 2026, to = 2032 }\n\
          [departments.d]\ntitle = \"D\"\n[network]\nallow = [\"127.0.0.0/8\"]\n"
            .to_vec(),
    )])
    .catalog
    .unwrap();
    How {
        user: "lecteur:se%22cr%20et",
        host: "localhost",
        query: "",
        authority: Some("ours.pem"),
        network: catalog.town.network,
        limits: Limits {
            idle: Duration::from_secs(10),
            total: Duration::from_secs(30),
            ..Limits::default()
        },
    }
}

fn code(read: Result<(String, String), SourceError>) -> &'static str {
    read.unwrap_err().code()
}

#[test]
fn tables_and_queries_come_as_they_are() {
    let cluster = cluster();
    let read = |what: &str| cluster.read(what, &well()).unwrap();
    assert_eq!(
        read("table = \"budget\""),
        (
            "budget.csv".to_owned(),
            "annee,libelle,montant,vote\n\
             2024,\"Écoles ; \"\"cantines\"\"\",1234567.80,2024-04-02\n\
             2025,\"Voirie\net réseaux\",,\n"
                .to_owned()
        )
    );
    assert_eq!(
        read("table = \"Été 2025.Piscine; drop\""),
        (
            "Été 2025.Piscine_ drop.csv".to_owned(),
            "jour,entrees\n2025-07-01 14:00:00+02,3\n".to_owned()
        )
    );
    let query = "with b as (select annee from budget) select max(annee) as annee from b -- fin";
    assert_eq!(
        read(&format!("query = \"{query}\"")),
        ("b.csv".to_owned(), "annee\n2025\n".to_owned())
    );
}

#[test]
fn nothing_is_written_whatever_is_asked() {
    let cluster = cluster();
    for query in [
        "select ecrire()",
        "select 1; drop table budget",
        "select 1) to program 'id' --",
        "select 1) to stdout; drop table budget; copy (select 1",
        "with d as (delete from budget returning *) select * from d",
        "select * into copie from budget",
        "select set_config('transaction_read_only', 'off', false), ecrire()",
        "select $1::int",
        "select * from nulle_part",
        "values (1",
    ] {
        // By the owner of everything, whom no right holds back.
        let owner = How {
            user: "admin",
            ..well()
        };
        let code = code(cluster.read(&format!("query = \"{query}\""), &owner));
        assert_eq!(code, "bad-query", "{query}");
    }
    let owner = How {
        user: "admin",
        ..well()
    };
    assert_eq!(
        cluster.read("table = \"journal\"", &owner).unwrap().1,
        "mot\n"
    );
}

#[test]
fn who_may_not_read_is_told_so() {
    let cluster = cluster();
    let wrong = How {
        user: "lecteur:faux",
        ..well()
    };
    assert_eq!(
        code(cluster.read("table = \"budget\"", &wrong)),
        "database-refuses"
    );
    assert_eq!(
        code(cluster.read("table = \"paie\"", &well())),
        "database-refuses"
    );
}

#[test]
fn a_server_must_prove_who_it_is() {
    let cluster = cluster();
    let read = |how: How<'_>| cluster.read("query = \"select 1 as annee\"", &how);
    for authority in [None, Some("other.pem")] {
        let how = How {
            authority,
            ..well()
        };
        assert_eq!(code(read(how)), "not-trusted", "{authority:?}");
    }
    // Its certificate is for `localhost`.
    let by_address = How {
        host: "127.0.0.1",
        ..well()
    };
    assert_eq!(code(read(by_address.clone())), "not-trusted");
    for (query, code_of) in [
        ("?sslmode=require", "not-trusted"),
        ("?sslmode=prefer", "no-secret"),
    ] {
        let how = How {
            query,
            ..by_address.clone()
        };
        assert_eq!(code(read(how)), code_of, "{query}");
    }
    let open = How {
        query: "?sslmode=disable",
        ..by_address
    };
    assert_eq!(read(open).unwrap().1, "annee\n1\n");
    let not_allowed = How {
        network: Network::default(),
        ..well()
    };
    assert_eq!(code(read(not_allowed)), "private-address");
}

#[test]
fn time_and_size_are_bounded() {
    let cluster = cluster();
    let with = |limits: Limits| How { limits, ..well() };
    let short = with(Limits {
        total: Duration::from_secs(2),
        ..well().limits
    });
    assert_eq!(
        code(cluster.read("query = \"select pg_sleep(60)\"", &short)),
        "too-long"
    );
    let small = with(Limits {
        bytes: 1 << 20,
        ..well().limits
    });
    assert_eq!(code(cluster.read("table = \"grand\"", &small)), "too-large");
    let (_, text) = cluster.read("table = \"grand\"", &well()).unwrap();
    assert_eq!(text.lines().count(), 50_001);
}

#[test]
fn a_server_that_is_not_one_is_told() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            drop::<TcpStream>(stream.unwrap());
        }
    });
    let state = tempfile::tempdir().unwrap();
    let secret = state.path().join("secret");
    for query in ["", "?sslmode=disable"] {
        fs::write(
            &secret,
            format!("postgresql://a:b@127.0.0.1:{port}/x{query}"),
        )
        .unwrap();
        let dataset = dataset(&format!(
            "postgres = \"file:{}\", table = \"x\"",
            secret.display()
        ));
        let how = well();
        let error = fetch(state.path(), &how.network, &dataset, how.limits).unwrap_err();
        assert_eq!(error.code(), "no-answer", "{error:?}");
    }
}
