//! The site as a browser and a program see it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod town;

use actix_web::body::MessageBody;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::{Method, StatusCode, header};
use actix_web::test::{TestRequest, init_service, read_body};
use arc_swap::ArcSwap;
use beffroi_catalog::{Catalog, Secrecy, Units};
use beffroi_model::{DatasetId, Engine, Grain, Pass, Progress};
use beffroi_secrecy::Rule;
use beffroi_web::{Config, Doorway, Entrance, FileUnderWay, Site, Snapshot};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use town::{HOSTILE, MadeUp, snapshot};

/// Every page.
const PAGES: [&str; 14] = [
    "/",
    "/tableaux",
    "/tableaux/mobilites",
    "/indicateurs",
    "/indicateurs/locations",
    "/indicateurs/vacance",
    "/indicateurs/libres",
    "/catalogue",
    "/catalogue/velos",
    "/catalogue/hostile",
    "/catalogue/parkings",
    "/aide",
    "/administration",
    "/accessibilite",
];

fn config(state: PathBuf) -> Config {
    Config {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        content: PathBuf::from("dashboards"),
        state,
        query_threads: 2,
        queue: 16,
        time_limit: Duration::from_secs(5),
        tls: None,
        metrics: beffroi_web::Metrics::new(),
        health: beffroi_web::Health::new(&std::env::temp_dir(), Vec::new()),
        workbench: None,
        shelf: None,
    }
}

fn site_with(engine: Arc<dyn Engine>, entrance: Option<Entrance>) -> Site {
    Site::new(config(PathBuf::from("var")), town::town(engine), entrance).unwrap()
}

fn site() -> Site {
    site_with(Arc::new(MadeUp::default()), Some(town::entrance()))
}

/// A response, read.
struct Read {
    status: StatusCode,
    headers: header::HeaderMap,
    body: String,
}

impl Read {
    fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}

async fn send<S, B>(app: &S, request: TestRequest) -> Read
where
    S: Service<actix_http::Request, Response = ServiceResponse<B>, Error = actix_web::Error>,
    B: MessageBody,
{
    let request = request
        .peer_addr(SocketAddr::from(([127, 0, 0, 1], 40_000)))
        .to_request();
    let response = app.call(request).await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let body = String::from_utf8_lossy(&read_body(response).await).into_owned();
    Read {
        status,
        headers,
        body,
    }
}

async fn get<S, B>(app: &S, uri: &str) -> Read
where
    S: Service<actix_http::Request, Response = ServiceResponse<B>, Error = actix_web::Error>,
    B: MessageBody,
{
    send(app, TestRequest::with_uri(uri)).await
}

/// How often an opening tag stands in a page.
fn count(page: &str, tag: &str) -> usize {
    page.matches(tag).count()
}

fn assert_sound(uri: &str, page: &str) {
    assert_eq!(count(page, "<h1"), 1, "{uri}: one h1");
    assert_eq!(count(page, "<main"), 1, "{uri}: one main");
    assert!(!page.contains(" style="), "{uri}: a style attribute");
    assert!(
        !page.contains("<script"),
        "{uri}: a script, or unescaped text"
    );
    assert!(!page.contains("alert(\"1\")"), "{uri}: unescaped text");
    assert!(
        page.contains("<a class=\"evitement\" href=\"#contenu\">"),
        "{uri}: skip link"
    );
    let mut ids: Vec<&str> = page
        .split(" id=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    ids.sort_unstable();
    let all = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), all, "{uri}: ids are unique");
    for part in page.split("aria-labelledby=\"").skip(1) {
        for id in part.split('"').next().unwrap().split(' ') {
            assert!(
                ids.binary_search(&id).is_ok(),
                "{uri}: label `{id}` is there"
            );
        }
    }
    assert!(!message_id(page), "{uri}: a message is missing");
}

/// Whether a text of the page is the id of a message that does not exist.
fn message_id(page: &str) -> bool {
    page.split('>')
        .filter_map(|part| part.split('<').next())
        .any(|text| {
            let text = text.trim();
            text.contains('-')
                && !text.contains("--")
                && text.len() > 8
                && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
        })
}

#[actix_web::test]
async fn every_page_is_complete_and_sound_in_both_languages() {
    let app = init_service(site().app()).await;
    for uri in PAGES {
        for (lang, suffix) in [("fr", ""), ("en", "?lang=en")] {
            let read = get(&app, &format!("{uri}{suffix}")).await;
            assert_eq!(read.status, StatusCode::OK, "{uri}");
            assert!(
                read.body.contains(&format!("<html lang=\"{lang}\">")),
                "{uri}"
            );
            assert_sound(uri, &read.body);
            assert!(
                read.header("content-security-policy")
                    .starts_with("default-src 'none'")
            );
            assert_eq!(read.header("x-content-type-options"), "nosniff");
            assert_eq!(read.header("content-type"), "text/html; charset=utf-8");
        }
    }
}

#[actix_web::test]
async fn titles_of_pages_are_unique() {
    let app = init_service(site().app()).await;
    let mut titles = Vec::new();
    for uri in PAGES {
        let page = get(&app, uri).await.body;
        let title = page
            .split("<title>")
            .nth(1)
            .unwrap()
            .split("</title>")
            .next()
            .unwrap();
        titles.push(title.to_owned());
    }
    // A dataset and an indicator of the same name tell each other apart in their breadcrumb only.
    titles.sort();
    titles.dedup();
    assert!(titles.len() >= PAGES.len() - 2, "{titles:#?}");
}

/// Every route with a permission, its parts filled in: method and address.
fn guarded() -> Vec<(Method, String)> {
    let filled = |path: &str| {
        path.replace("{board}", "mobilites")
            .replace("{tile}", "t3")
            .replace("{indicator}", "locations")
            .replace("{figure}", "serie")
            .replace("{dataset}", "velos")
            .replace("{person}", "1")
            .replace("{perimeter}", "ville")
            .replace("{draft}", "1")
            .replace("{delivery}", "1")
            .replace("{folder}", "boards")
            .replace("{file}", "mobilites.toml")
            .replace("{report}", "annuel")
            .replace("{year}", "2025")
            .replace("{chapter}", "velos")
            .replace("{photo}", "halle.jpg")
    };
    let routes: Vec<(Method, String)> = Site::guarded()
        .map(|(method, path)| (method.parse().unwrap(), filled(path)))
        .collect();
    assert!(
        routes.len() > 25 && !routes.iter().any(|(_, route)| route.contains('{')),
        "{routes:?}"
    );
    routes
}

#[actix_web::test]
async fn without_an_entrance_nobody_is_admitted_anywhere() {
    let app = init_service(site_with(Arc::new(MadeUp::default()), None).app()).await;
    let open = |page: &&&str| **page != "/accessibilite";
    let pages = PAGES.iter().filter(open).chain(&["/nowhere"]);
    let pages = pages.map(|page| (Method::GET, (*page).to_owned()));
    for (method, uri) in guarded().into_iter().chain(pages) {
        let read = send(&app, TestRequest::with_uri(&uri).method(method)).await;
        assert_eq!(read.status, StatusCode::FORBIDDEN, "{uri}");
        assert!(!read.body.contains("Clairval"), "{uri} tells of the town");
        if !uri.starts_with("/api") {
            assert_sound(&uri, &read.body);
        }
    }
    for uri in ["/sante", "/assets/beffroi.svg"] {
        assert_eq!(get(&app, uri).await.status, StatusCode::OK, "{uri}");
    }
}

#[actix_web::test]
async fn whoever_has_not_signed_in_is_led_to_where_one_does() {
    let entrance = Entrance::new(town::store(), Doorway::default()).unwrap();
    let site = site_with(Arc::new(MadeUp::default()), Some(entrance));
    let app = init_service(site.app()).await;
    for (method, uri) in guarded() {
        let read = send(&app, TestRequest::with_uri(&uri).method(method.clone())).await;
        if uri.starts_with("/api") {
            assert_eq!(read.status, StatusCode::UNAUTHORIZED, "{uri}");
            assert!(read.body.contains("\"sign-in\""), "{uri}: {}", read.body);
        } else {
            assert_eq!(read.status, StatusCode::SEE_OTHER, "{method} {uri}");
            assert!(read.header("location").starts_with("/connexion"), "{uri}");
            assert!(read.body.is_empty(), "{uri}");
        }
    }
    let read = get(&app, "/tableaux/mobilites?periode=2024&quartier=gare").await;
    assert_eq!(
        read.header("location"),
        "/connexion?vers=%2Ftableaux%2Fmobilites%3Fperiode%3D2024%26quartier%3Dgare"
    );
    // What is not there and what is there look the same from outside.
    let read = get(&app, "/nowhere").await;
    assert_eq!(read.status, StatusCode::SEE_OTHER);
    for uri in ["/connexion", "/connexion?vers=//elsewhere.example"] {
        let read = get(&app, uri).await;
        assert_eq!(read.status, StatusCode::OK, "{uri}");
        assert_sound(uri, &read.body);
        assert!(read.body.contains("name=\"vers\" value=\"/\""), "{uri}");
        assert_eq!(read.header("cache-control"), "no-store");
    }
    let demo = get(&app, "/demonstration").await;
    assert_eq!(
        demo.status,
        StatusCode::NOT_FOUND,
        "there is no demonstration"
    );
}

#[actix_web::test]
async fn the_demo_is_not_for_other_machines() {
    let app = init_service(site().app()).await;
    let request = TestRequest::with_uri("/").peer_addr(SocketAddr::from(([10, 0, 0, 7], 1)));
    let response = app.call(request.to_request()).await.unwrap();
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    for name in ["x-forwarded-for", "forwarded"] {
        let proxied = TestRequest::with_uri("/").insert_header((name, "for=127.0.0.1"));
        assert_eq!(
            send(&app, proxied).await.status,
            StatusCode::FORBIDDEN,
            "{name}"
        );
    }
}

#[actix_web::test]
async fn unknown_things_lead_to_a_useful_page() {
    let app = init_service(site().app()).await;
    for uri in [
        "/tableaux/mobilite",
        "/indicateurs/nope",
        "/catalogue/nope",
        "/nowhere/at/all",
        "/tableaux/mobilites/figures/t99.csv",
        "/catalogue/parkings/rejets.csv",
    ] {
        let read = get(&app, uri).await;
        assert_eq!(read.status, StatusCode::NOT_FOUND, "{uri}");
        assert_sound(uri, &read.body);
    }
    let near = get(&app, "/tableaux/mobilite").await.body;
    assert!(
        near.contains("href=\"/tableaux/mobilites\""),
        "it names what comes near"
    );
    let read = get(&app, "/%3Cscript%3Ealert(%221%22)").await;
    assert_eq!(read.status, StatusCode::NOT_FOUND);
    assert_sound("hostile path", &read.body);
}

#[actix_web::test]
async fn a_bad_choice_is_said_and_left_aside() {
    let app = init_service(site().app()).await;
    let hostile = "%3Cscript%3Ealert(%221%22)%3C/script%3E";
    for (query, said) in [
        ("periode=1850", "1850"),
        ("periode=999999", "999999"),
        ("quartier=nulle-part", "nulle-part"),
        ("comparer=toujours", "toujours"),
        (&*format!("quartier={hostile}"), "&lt;script&gt;"),
        (&*format!("periode={hostile}"), "&lt;script&gt;"),
    ] {
        let uri = format!("/tableaux/mobilites?{query}");
        let read = get(&app, &uri).await;
        assert_eq!(read.status, StatusCode::OK, "{uri}");
        assert_sound(&uri, &read.body);
        let notice = read
            .body
            .split("avis surveiller")
            .nth(1)
            .expect("a message");
        assert!(
            notice.split("</div>").next().unwrap().contains(said),
            "{uri}"
        );
    }
    for uri in [
        "/indicateurs?statut=x&tableau=y",
        "/catalogue?direction=z",
        "/?lang=%FF&x=%00&=&&",
    ] {
        assert_eq!(get(&app, uri).await.status, StatusCode::OK, "{uri}");
    }
}

#[actix_web::test]
async fn choices_are_kept_in_the_form_and_in_the_files() {
    let app = init_service(site().app()).await;
    let page = get(
        &app,
        "/tableaux/mobilites?quartier=gare&comparer=rien&lang=en",
    )
    .await
    .body;
    assert!(
        page.contains("<option value=\"gare\" selected"),
        "the district is chosen"
    );
    assert!(
        page.contains("<option value=\"rien\" selected"),
        "the comparison is chosen"
    );
    assert!(
        page.contains("name=\"lang\" value=\"en\""),
        "the language stays"
    );
    let link = page
        .split("/tableaux/mobilites/figures/t3.csv?")
        .nth(1)
        .expect("a file");
    let link = link.split('"').next().unwrap();
    assert!(
        link.contains("quartier=gare") && link.contains("comparer=rien"),
        "{link}"
    );
    assert!(!page.contains("avis surveiller\" role"), "no message");
}

#[actix_web::test]
async fn each_file_that_a_page_offers_is_there() {
    let app = init_service(site().app()).await;
    for uri in [
        "/tableaux/mobilites?quartier=gare&periode=2024",
        "/indicateurs/locations",
    ] {
        let page = get(&app, uri).await.body;
        let files: Vec<String> = page
            .split("href=\"")
            .filter_map(|part| part.split('"').next())
            .filter(|link| link.contains(".csv"))
            .map(|link| link.replace("&amp;", "&"))
            .collect();
        assert!(files.len() >= 4, "{uri}: {files:?}");
        for file in files {
            let read = get(&app, &file).await;
            assert_eq!(read.status, StatusCode::OK, "{file}");
            assert_eq!(read.header("content-type"), "text/csv; charset=utf-8");
            assert!(read.body.lines().count() > 1, "{file}: {}", read.body);
            let excel = file.contains("format=excel");
            assert_eq!(read.body.starts_with('\u{feff}'), excel, "{file}");
        }
    }
}

#[actix_web::test]
async fn a_worked_example_is_shown_with_its_result() {
    let app = init_service(site().app()).await;
    let page = get(&app, "/indicateurs/locations").await.body;
    let (_, example) = page.split_once("Exemple de calcul").unwrap();
    let [title, value, result] = [
        "<caption>Un mois &lt;creux&gt;</caption>",
        "<td>1\u{202f}200</td>",
        "Résultat\u{a0}: 1\u{202f}200\u{a0}locations",
    ]
    .map(|text| example.find(text).unwrap_or_else(|| panic!("no {text}")));
    assert!(title < value && value < result);
}

#[actix_web::test]
async fn indicators_are_searched_without_accents_and_filtered() {
    let app = init_service(site().app()).await;
    let found = async |query: &str| {
        let page = get(&app, &format!("/indicateurs?{query}")).await.body;
        let main = page.split("<main").nth(1).unwrap().to_owned();
        ["locations", "vacance", "libres"]
            .into_iter()
            .filter(|id| main.contains(&format!("href=\"/indicateurs/{id}\"")))
            .collect::<Vec<_>>()
    };
    assert_eq!(found("").await, ["locations", "vacance", "libres"]);
    assert_eq!(found("q=V%C3%A9los").await, ["locations"]);
    assert_eq!(found("q=VELOS+locations").await, ["locations"]);
    assert_eq!(found("q=rentals").await, ["locations"]);
    assert!(found("q=zzz").await.is_empty());
    assert_eq!(found("tableau=mobilites").await, ["locations", "vacance"]);
}

#[actix_web::test]
async fn a_page_is_made_once_and_made_again_when_the_town_changes() {
    let engine = Arc::new(MadeUp::default());
    let town = town::town(Arc::clone(&engine) as Arc<dyn Engine>);
    let site = Site::new(
        config(PathBuf::from("var")),
        town.clone(),
        Some(town::entrance()),
    );
    let app = init_service(site.unwrap().app()).await;
    let first = get(&app, "/tableaux/mobilites?quartier=gare&periode=2024").await;
    let computed = engine.computed.load(Ordering::SeqCst);
    assert!(computed > 0);
    let again = get(&app, "/tableaux/mobilites?periode=2024&quartier=gare").await;
    assert_eq!(
        engine.computed.load(Ordering::SeqCst),
        computed,
        "from the cache"
    );
    assert_eq!(first.body, again.body);

    let known = TestRequest::with_uri("/tableaux/mobilites?quartier=gare&periode=2024")
        .insert_header((header::IF_NONE_MATCH, first.header("etag")));
    let read = send(&app, known).await;
    assert_eq!(read.status, StatusCode::NOT_MODIFIED);
    assert!(read.body.is_empty());

    let mut next = snapshot(Arc::clone(&engine) as Arc<dyn Engine>);
    next.serial = 2;
    town.store(Arc::new(next));
    get(&app, "/tableaux/mobilites?quartier=gare&periode=2024").await;
    assert!(
        engine.computed.load(Ordering::SeqCst) > computed,
        "made again"
    );
}

#[actix_web::test]
async fn failures_of_the_engine_are_told_without_their_cause_and_not_kept() {
    let engine = Arc::new(MadeUp {
        broken: true,
        ..MadeUp::default()
    });
    let app = site_with(
        Arc::clone(&engine) as Arc<dyn Engine>,
        Some(town::entrance()),
    );
    let app = init_service(app.app()).await;
    for uri in PAGES {
        let read = get(&app, uri).await;
        assert_eq!(read.status, StatusCode::OK, "{uri}");
        assert_sound(uri, &read.body);
        assert!(!read.body.contains("/srv"), "{uri} tells the cause");
    }
    let computed = engine.computed.load(Ordering::SeqCst);
    get(&app, "/tableaux/mobilites").await;
    assert!(
        engine.computed.load(Ordering::SeqCst) > computed,
        "asked again"
    );
    let read = get(&app, "/api/v1/indicateurs/locations").await;
    assert_eq!(read.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!read.body.contains("/srv"));
}

#[actix_web::test]
async fn too_many_queries_at_once_are_sent_away_for_a_moment() {
    let engine = Arc::new(MadeUp {
        delay: Duration::from_millis(300),
        ..MadeUp::default()
    });
    let config = Config {
        query_threads: 1,
        queue: 1,
        ..config(PathBuf::from("var"))
    };
    let site = Site::new(config, town::town(engine), Some(town::entrance())).unwrap();
    let app = init_service(site.app()).await;
    let (a, b, c, d) = tokio::join!(
        get(&app, "/api/v1/indicateurs/locations"),
        get(&app, "/api/v1/indicateurs/vacance"),
        get(&app, "/api/v1/indicateurs/libres"),
        get(&app, "/indicateurs/capacite"),
    );
    let reads = [a, b, c, d];
    let busy: Vec<&Read> = reads
        .iter()
        .filter(|read| read.status == StatusCode::SERVICE_UNAVAILABLE)
        .collect();
    assert!(!busy.is_empty());
    assert!(busy.iter().all(|read| read.header("retry-after") == "2"));
}

#[actix_web::test]
async fn reading_is_all_there_is() {
    let app = init_service(site().app()).await;
    let head = send(&app, TestRequest::with_uri("/aide").method(Method::HEAD)).await;
    assert_eq!(head.status, StatusCode::OK);
    let post = send(&app, TestRequest::with_uri("/aide").method(Method::POST)).await;
    assert_eq!(post.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(post.header("allow"), "GET, HEAD");
    assert_eq!(
        get(&app, "/tableaux/mobilites/").await.status,
        StatusCode::OK
    );
    assert_eq!(
        get(&app, "//tableaux//mobilites//?x=1").await.status,
        StatusCode::OK
    );
}

#[actix_web::test]
async fn the_style_sheet_is_kept_forever_under_its_checksum() {
    let app = init_service(site().app()).await;
    let page = get(&app, "/aide").await.body;
    let css = page
        .split("href=\"")
        .find(|part| part.starts_with("/assets/beffroi."))
        .unwrap();
    let read = get(&app, css.split('"').next().unwrap()).await;
    assert_eq!(read.status, StatusCode::OK);
    assert!(read.header("cache-control").contains("immutable"));
    assert!(read.body.contains("prefers-color-scheme: dark"));
}

#[actix_web::test]
async fn rows_set_aside_come_from_the_state_folder_and_from_nowhere_else() {
    let state = tempfile::tempdir().unwrap();
    std::fs::create_dir(state.path().join("rejects")).unwrap();
    std::fs::write(
        state.path().join("rejects/velos.csv"),
        "mois,motif\n2025-13,not-a-date\n",
    )
    .unwrap();
    let town = town::town(Arc::new(MadeUp::default()));
    let site = Site::new(config(state.path().into()), town, Some(town::entrance())).unwrap();
    let app = init_service(site.app()).await;
    let read = get(&app, "/catalogue/velos/rejets.csv").await;
    assert_eq!(read.status, StatusCode::OK);
    assert!(read.body.contains("2025-13"));
    assert!(
        read.header("content-disposition")
            .contains("velos-rejets.csv")
    );
    let read = get(&app, "/catalogue/hostile/rejets.csv").await;
    assert_eq!(
        read.status,
        StatusCode::NOT_FOUND,
        "a path that leads out of the folder"
    );
}

#[actix_web::test]
async fn the_api_answers_and_refuses_in_one_shape() {
    let app = init_service(site().app()).await;
    let read = get(&app, "/api/v1/indicateurs").await;
    let list: serde_json::Value = serde_json::from_str(&read.body).unwrap();
    assert_eq!(list["indicators"].as_array().unwrap().len(), 4);
    assert_eq!(list["indicators"][1]["title"]["fr"], HOSTILE);

    let read = get(
        &app,
        "/api/v1/indicateurs/locations?par=quartier&periode=2018..2020&grain=year&quartier=gare",
    )
    .await;
    let figures: serde_json::Value = serde_json::from_str(&read.body).unwrap();
    let rows = figures["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 6);
    assert_eq!(rows[0]["state"], "missing");
    assert!(rows[0].get("value").is_none(), "never a null, never a zero");
    assert_eq!(rows[1]["value"], 1019.0);
    assert_eq!(rows[1]["keys"]["quartier"], "gare");
    assert_eq!(rows[5]["state"], "secret");
    assert!(rows[5].get("value").is_none());

    for (query, code) in [
        ("periode=abc", "bad-period"),
        ("periode=0001..2025&grain=day", "too-many-periods"),
        ("grain=century", "bad-grain"),
        ("par=parking", "unknown-dimension"),
        ("parking=x", "unknown-dimension"),
        ("quartier=nope", "unknown-member"),
    ] {
        let read = get(&app, &format!("/api/v1/indicateurs/locations?{query}")).await;
        assert_eq!(read.status, StatusCode::BAD_REQUEST, "{query}");
        let told: serde_json::Value = serde_json::from_str(&read.body).unwrap();
        assert_eq!(told["error"]["code"], code, "{query}");
        assert!(told["error"]["message"].is_string() && told["error"]["hint"].is_string());
    }
    let read = get(&app, "/api/v1/indicateurs/nope").await;
    assert_eq!(read.status, StatusCode::NOT_FOUND);
    let told: serde_json::Value = serde_json::from_str(&read.body).unwrap();
    assert_eq!(told["error"]["code"], "not-found");
    let live = get(&app, "/api/v1/indicateurs/libres?par=parking").await;
    let told: serde_json::Value = serde_json::from_str(&live.body).unwrap();
    assert_eq!(told["rows"][0]["at"], "2026-06-10T14:32:00");
}

#[actix_web::test]
async fn the_quality_of_a_dataset_is_told_with_its_criteria() {
    let app = init_service(site().app()).await;
    let read = get(&app, "/api/v1/catalogue/velos").await;
    let sheet: serde_json::Value = serde_json::from_str(&read.body).unwrap();
    assert_eq!(sheet["dataset"]["frequency"], "monthly");
    let quality = &sheet["quality"];
    let criteria = quality["criteria"].as_array().unwrap();
    let criterion = |id: &str| criteria.iter().find(|it| it["id"] == id).unwrap();
    let rows = criterion("rows");
    assert_eq!((&rows["good"], &rows["of"]), (&998.into(), &1000.into()));
    assert_eq!((&rows["mark"], &rows["weight"]), (&99.into(), &10.into()));
    assert!(criterion("checks").get("mark").is_none(), "left out, not 0");
    let (mut points, mut weights) = (0, 0);
    for it in criteria {
        if let Some(mark) = it["mark"].as_u64() {
            points += mark * it["weight"].as_u64().unwrap();
            weights += it["weight"].as_u64().unwrap();
        }
    }
    assert_eq!(quality["total"], points / weights);

    let page = get(&app, "/catalogue/velos").await.body;
    let total = quality["total"].to_string();
    assert!(page.contains(&format!("{total} sur 100")), "{page}");
    for it in criteria {
        assert!(page.contains(it["name"].as_str().unwrap()), "{it}");
    }

    let list = get(&app, "/api/v1/catalogue").await;
    let list: serde_json::Value = serde_json::from_str(&list.body).unwrap();
    let listed = list["datasets"].as_array().unwrap();
    let listed = listed.iter().find(|it| it["id"] == "velos").unwrap();
    assert_eq!(listed["quality"]["total"], quality["total"]);
    assert_eq!(listed["quality"]["families"], quality["families"]);
    let unknown = get(&app, "/api/v1/catalogue/nope").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[actix_web::test]
async fn the_file_being_read_is_told_as_it_is_at_that_moment() {
    let state = snapshot(Arc::new(MadeUp::default()));
    let under_way = Arc::clone(&state.under_way);
    let town = Arc::new(ArcSwap::from_pointee(state));
    let site = Site::new(config(PathBuf::new()), town, Some(town::entrance())).unwrap();
    let app = init_service(site.app()).await;
    assert_eq!(get(&app, "/api/v1/import").await.body, "{\"import\":null}");
    assert!(
        !get(&app, "/administration")
            .await
            .body
            .contains("velos_2026.csv")
    );
    for (bytes, percent) in [(412, "34"), (1200, "100")] {
        under_way.store(Some(Arc::new(FileUnderWay {
            dataset: DatasetId::new("velos").unwrap(),
            file: "mobilites/velos_2026.csv".to_owned(),
            progress: Progress {
                pass: Pass::Reading,
                bytes,
                of: 1200,
                rows: 9,
                findings: 2,
            },
        })));
        let read = get(&app, "/api/v1/import").await;
        let told: serde_json::Value = serde_json::from_str(&read.body).unwrap();
        assert_eq!(told["import"]["bytes"], bytes);
        assert_eq!(told["import"]["pass"], "reading");
        let page = get(&app, "/administration").await.body;
        assert_sound("/administration", &page);
        assert!(page.contains("velos_2026.csv"), "{page}");
        assert!(page.contains(&format!("({percent}\u{a0}%)")), "{page}");
    }
    under_way.store(None);
    assert!(
        !get(&app, "/administration")
            .await
            .body
            .contains("velos_2026.csv")
    );
}

/// Of rows of one size, bytes are nearly a number of rows.
#[actix_web::test]
async fn of_a_file_under_secrecy_it_is_told_that_it_is_read() {
    let state = snapshot(Arc::new(MadeUp::default()));
    let mut catalog = Catalog::clone(&state.catalog);
    let dataset = catalog.datasets.get_mut("velos").unwrap();
    dataset.secrecy = Some(Secrecy {
        named: None,
        rule: Rule::units(5),
        units: Units::Rows,
        contributor: None,
        tables: Vec::new(),
        grains: vec![Grain::Year],
    });
    let state = Snapshot {
        catalog: Arc::new(catalog),
        ..state
    };
    state.under_way.store(Some(Arc::new(FileUnderWay {
        dataset: DatasetId::new("velos").unwrap(),
        file: "mobilites/velos_2026.csv".to_owned(),
        progress: Progress {
            pass: Pass::Reading,
            bytes: 412,
            of: 1200,
            rows: 9,
            findings: 2,
        },
    })));
    let town = Arc::new(ArcSwap::from_pointee(state));
    let site = Site::new(config(PathBuf::new()), town, Some(town::entrance())).unwrap();
    let app = init_service(site.app()).await;
    let read = get(&app, "/api/v1/import").await;
    let told: serde_json::Value = serde_json::from_str(&read.body).unwrap();
    assert_eq!(
        told["import"],
        serde_json::json!({
            "dataset": "velos", "file": "mobilites/velos_2026.csv", "pass": "reading",
            "bytes": null, "of": null, "rows": null, "findings": null,
        })
    );
    let page = get(&app, "/administration").await.body;
    assert!(page.contains("velos_2026.csv"), "{page}");
    assert!(!page.contains("34\u{a0}%"), "{page}");
}
