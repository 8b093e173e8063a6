//! Every page of the sample town, as readers meet it: in Chromium, at the widths of a telephone,
//! a tablet and a desk, light and dark, with and without scripts, and under axe-core.

use beffroi_tests::{Browser, Page, Server, Shared, Theme, Town, internal_links, main_text};
use std::{
    collections::{BTreeSet, VecDeque},
    sync::Arc,
};

const WIDTHS: [u32; 3] = [390, 820, 1440];
/// How many addresses a crawl asks for at most.
const CRAWLED: usize = 150;

static BROWSER: Shared<Browser> = Shared::new();
static SERVED: Shared<Served> = Shared::new();

/// The sample town, served.
struct Served {
    server: Server,
    _town: Town,
}

fn sample() -> Arc<Served> {
    SERVED.get(|| {
        let town = Town::sample();
        Served {
            server: town.serve(),
            _town: town,
        }
    })
}

/// Follows internal links from the first page, breadth first; the addresses of pages without a
/// query, each with its body.
fn crawl(server: &Server) -> Vec<(String, String)> {
    let mut seen = BTreeSet::from(["/".to_owned()]);
    let mut next = VecDeque::from(["/".to_owned()]);
    let mut pages = Vec::new();
    for _ in 0..CRAWLED {
        let Some(path) = next.pop_front() else { break };
        let response = server.get(&path);
        assert_eq!(response.status, 200, "{path}: {}", response.text());
        if !response.is_html() {
            continue;
        }
        let html = response.text();
        for link in internal_links(&html) {
            if seen.insert(link.clone()) {
                next.push_back(link);
            }
        }
        if !path.contains('?') {
            pages.push((path, html));
        }
    }
    pages
}

/// One page of each kind, and one that does not exist.
fn one_of_each(pages: &[(String, String)]) -> Vec<String> {
    let mut kinds = BTreeSet::new();
    let mut paths: Vec<String> = pages
        .iter()
        .filter(|(path, _)| {
            let mut parts = path.trim_matches('/').split('/');
            kinds.insert((parts.next().unwrap_or_default().to_owned(), parts.count()))
        })
        .map(|(path, _)| path.clone())
        .collect();
    paths.push("/tableaux/inconnu".to_owned());
    paths
}

/// Everything that is wrong with the page that is open. `missing` is whether it is the page for
/// an address that does not exist.
fn faults(page: &mut Page, origin: &str, missing: bool) -> Vec<String> {
    let mut faults = Vec::new();
    faults.extend(
        page.overflow()
            .map(|overflow| format!("scrolls sideways: {overflow}")),
    );
    faults.extend(
        page.console_errors()
            .into_iter()
            // Chromium logs the 404 itself that was asked for.
            .filter(|error| !(missing && error.contains("404")))
            .map(|error| format!("console: {error}")),
    );
    faults.extend(
        page.requests()
            .into_iter()
            .filter(|url| !url.starts_with(origin))
            .map(|url| format!("asks elsewhere: {url}")),
    );
    let headings = page.evaluate("document.querySelectorAll('h1').length");
    if headings != 1 {
        faults.push(format!("{headings} h1"));
    }
    faults
}

#[test]
fn every_link_from_the_first_page_leads_somewhere() {
    let sample = sample();
    let pages = crawl(&sample.server);
    let kinds: Vec<&str> = ["/", "/tableaux", "/indicateurs", "/catalogue", "/aide"].into();
    for kind in kinds {
        assert!(
            pages.iter().any(|(path, _)| path == kind),
            "{kind} is not linked"
        );
    }
    for folder in ["/tableaux/", "/indicateurs/", "/catalogue/"] {
        assert!(
            pages.iter().any(|(path, _)| path.starts_with(folder)),
            "{folder}… is not linked"
        );
    }
}

#[test]
fn every_page_is_complete_html_under_a_strict_policy() {
    let sample = sample();
    for (path, html) in crawl(&sample.server) {
        assert_eq!(html.matches("<h1").count(), 1, "{path}: one h1");
        assert!(html.contains("<html lang="), "{path}: a language");
        assert!(html.contains("name=\"viewport\""), "{path}: a viewport");
        // One script, of ours, in the workshop alone, which works without.
        let (scripts, own) = ("<script", "<script src=\"/assets/workshop.");
        let [scripts, own] = [scripts, own].map(|it| html.matches(it).count());
        let most = usize::from(path.starts_with("/atelier"));
        assert!(scripts == own && own <= most, "{path}: {scripts} scripts");
        assert!(!html.contains(" style=\""), "{path}: no style attribute");
        assert!(!html.contains("NaN"), "{path}: no number is NaN");
        let response = sample.server.head(&path);
        let policy = response
            .header("content-security-policy")
            .unwrap_or_default();
        assert!(policy.contains("default-src 'none'"), "{path}: {policy}");
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(
            response.header("x-content-type-options"),
            Some("nosniff"),
            "{path}"
        );
    }
}

#[test]
fn every_page_fits_its_window_and_asks_nobody_else() {
    let (sample, browser) = (sample(), BROWSER.get(Browser::start));
    let mut page = Page::new(&browser);
    page.wear(sample.server.visitor(), &sample.server.url("/"));
    let mut faulty = Vec::new();
    for (path, _) in crawl(&sample.server) {
        page.open(&sample.server.url(&path));
        for width in [320, 390, 820, 1440] {
            page.size(width, 900);
            let found = faults(&mut page, &sample.server.url(""), false);
            faulty.extend(
                found
                    .into_iter()
                    .map(|fault| format!("{path} at {width}: {fault}")),
            );
        }
    }
    assert!(faulty.is_empty(), "{}", faulty.join("\n"));
}

#[test]
fn one_page_of_each_kind_satisfies_axe_at_every_width_and_in_both_themes() {
    let (sample, browser) = (sample(), BROWSER.get(Browser::start));
    let mut page = Page::new(&browser);
    page.wear(sample.server.visitor(), &sample.server.url("/"));
    let mut faulty = Vec::new();
    for path in one_of_each(&crawl(&sample.server)) {
        let missing = path.ends_with("inconnu");
        let name = path.trim_matches('/').replace('/', "-");
        let name = if name.is_empty() { "accueil" } else { &name };
        page.theme(Theme::Light);
        page.open(&sample.server.url(&path));
        for theme in [Theme::Light, Theme::Dark] {
            page.theme(theme);
            for width in WIDTHS {
                page.size(width, 900);
                page.screenshot(&format!("{name}-{width}-{}", theme.name()));
                let mut found = faults(&mut page, &sample.server.url(""), missing);
                found.extend(page.axe());
                faulty.extend(
                    found
                        .into_iter()
                        .map(|fault| format!("{path} at {width}, {}: {fault}", theme.name())),
                );
            }
        }
    }
    assert!(faulty.is_empty(), "{}", faulty.join("\n"));
}

#[test]
fn every_page_satisfies_axe() {
    let (sample, browser) = (sample(), BROWSER.get(Browser::start));
    let mut page = Page::new(&browser);
    page.wear(sample.server.visitor(), &sample.server.url("/"));
    let mut faulty = Vec::new();
    // Every other page in the narrow dark, the others in the wide light: what is drawn for one
    // board or indicator is of the same kind as what is drawn for the next.
    for (index, (path, _)) in crawl(&sample.server).into_iter().enumerate() {
        let (width, theme) = if index % 2 == 0 {
            (1440, Theme::Light)
        } else {
            (390, Theme::Dark)
        };
        page.size(width, 900);
        page.theme(theme);
        page.open(&sample.server.url(&path));
        let found = page.axe();
        faulty.extend(
            found
                .into_iter()
                .map(|fault| format!("{path} at {width}: {fault}")),
        );
    }
    assert!(faulty.is_empty(), "{}", faulty.join("\n"));
}

#[test]
fn one_page_of_each_kind_is_as_good_in_english() {
    let (sample, browser) = (sample(), BROWSER.get(Browser::start));
    let mut page = Page::new(&browser);
    page.wear(sample.server.visitor(), &sample.server.url("/"));
    page.size(390, 900);
    let mut faulty = Vec::new();
    for path in one_of_each(&crawl(&sample.server)) {
        page.open(&sample.server.url(&path));
        assert_eq!(page.text("document.documentElement.lang"), "fr", "{path}");
        page.open(&sample.server.url(&format!("{path}?lang=en")));
        assert_eq!(page.text("document.documentElement.lang"), "en", "{path}");
        let mut found = faults(&mut page, &sample.server.url(""), path.ends_with("inconnu"));
        found.extend(page.axe());
        faulty.extend(found.into_iter().map(|fault| format!("{path}: {fault}")));
    }
    assert!(faulty.is_empty(), "{}", faulty.join("\n"));
}

#[test]
fn pages_say_the_same_with_scripts_off() {
    let (sample, browser) = (sample(), BROWSER.get(Browser::start));
    let mut page = Page::new(&browser);
    page.wear(sample.server.visitor(), &sample.server.url("/"));
    for path in one_of_each(&crawl(&sample.server)) {
        let text = "document.querySelector('main').innerText";
        page.scripts(true);
        page.open(&sample.server.url(&path));
        let with = page.text(text);
        page.scripts(false);
        page.open(&sample.server.url(&path));
        assert_eq!(page.text(text), with, "{path}");
    }
}

#[test]
fn a_board_prints_without_its_controls() {
    let (sample, browser) = (sample(), BROWSER.get(Browser::start));
    let mut page = Page::new(&browser);
    page.wear(sample.server.visitor(), &sample.server.url("/"));
    page.open(&sample.server.url("/tableaux/mobilites"));
    page.theme(Theme::Print);
    let shown = page.evaluate(
        "[...document.querySelectorAll('main form, body > header nav')]
            .filter((element) => element.checkVisibility()).length",
    );
    assert_eq!(shown, 0, "forms and menus are not for paper");
    assert_eq!(
        page.evaluate("document.querySelector('h1').checkVisibility()"),
        true
    );
    assert!(page.print().starts_with(b"%PDF"));
}

#[test]
fn a_filter_changes_the_figures_and_an_unknown_value_is_said() {
    let server = &sample().server;
    let whole = server.get("/tableaux/mobilites");
    let district = server.get("/tableaux/mobilites?quartier=gare");
    assert_eq!(district.status, 200);
    assert_ne!(main_text(&whole.text()), main_text(&district.text()));
    let unknown = server.get("/tableaux/mobilites?quartier=atlantide&annee=zzz&x=1");
    assert_eq!(unknown.status, 200);
    assert!(
        main_text(&unknown.text()).contains("atlantide"),
        "the page says what it ignored"
    );
}

#[test]
fn hostile_addresses_get_a_page_and_are_never_repeated_raw() {
    let server = &sample().server;
    for path in [
        "/tableaux/%3Cscript%3Ealert(1)%3C/script%3E",
        "/tableaux/mobilites?quartier=%3Cscript%3Ealert(1)%3C/script%3E",
        "/indicateurs?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
        "/catalogue/..%2f..%2fetc%2fpasswd",
        "/tableaux/mobilites?periode=%00%ff",
        "/%F0%9F%94%94",
    ] {
        let response = server.get(path);
        assert!(
            matches!(response.status, 200 | 400 | 404),
            "{path}: {}",
            response.status
        );
        assert!(!response.text().contains("<script"), "{path}");
    }
}
