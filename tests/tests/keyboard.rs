//! The sample town without a mouse: everything that can be clicked can be reached and used by
//! keys, and the focus is always seen.

use beffroi_tests::{Browser, Page, Server, Shared, Town};
use std::sync::Arc;

static BROWSER: Shared<Browser> = Shared::new();
static SERVED: Shared<(Server, Town)> = Shared::new();

fn open(path: &str) -> (Arc<(Server, Town)>, Arc<Browser>, Page) {
    let served = SERVED.get(|| {
        let town = Town::sample();
        (town.serve(), town)
    });
    let browser = BROWSER.get(Browser::start);
    let mut page = Page::new(&browser);
    page.wear(served.0.visitor(), &served.0.url("/"));
    page.size(1440, 900);
    page.open(&served.0.url(path));
    (served, browser, page)
}

#[test]
fn the_first_tab_offers_to_skip_to_the_content() {
    let (_served, _browser, mut page) = open("/tableaux/mobilites");
    page.press("Tab");
    let target = page.text("document.activeElement.getAttribute('href')");
    assert!(
        target.starts_with('#'),
        "the first link is the skip link, not {target}"
    );
    assert_eq!(
        page.evaluate("document.activeElement.checkVisibility()"),
        true
    );
    page.press("Enter");
    assert_eq!(page.text("location.hash"), target);
    page.press("Tab");
    let inside = format!("document.querySelector('{target}').contains(document.activeElement)");
    assert_eq!(
        page.evaluate(&inside),
        true,
        "the next stop is in the content"
    );
}

#[test]
fn a_board_is_filtered_by_keys_alone() {
    let (_served, _browser, mut page) = open("/tableaux/mobilites");
    page.tab_to("main form select[name=quartier]");
    assert_eq!(page.text("document.activeElement.value"), "");
    page.press("ArrowDown");
    let chosen = page.text("document.activeElement.value");
    assert!(!chosen.is_empty(), "an arrow chooses the next district");
    let name = page.text("document.activeElement.selectedOptions[0].textContent.trim()");
    page.tab_to("main form [type=submit], main form button:not([type])");
    page.press_and_load("Enter");
    let search = page.text("location.search");
    assert!(search.contains(&format!("quartier={chosen}")), "{search}");
    assert_eq!(
        page.text("document.querySelector('select[name=quartier]').value"),
        chosen
    );
    let said = page.text(
        "(() => { const main = document.querySelector('main').cloneNode(true);
            main.querySelectorAll('form').forEach((form) => form.remove());
            return main.textContent; })()",
    );
    assert!(said.contains(&name), "the page says that it shows {name}");
}

#[test]
fn folded_parts_open_with_enter_and_with_space() {
    let (_served, _browser, mut page) = open("/tableaux/mobilites");
    page.tab_to("main figure summary");
    let is_open = "document.activeElement.closest('details').open";
    assert_eq!(page.evaluate(is_open), false);
    page.press("Enter");
    assert_eq!(page.evaluate(is_open), true);
    page.press(" ");
    assert_eq!(page.evaluate(is_open), false);
}

#[test]
fn the_focus_is_seen_at_every_stop_and_never_caught() {
    for path in ["/", "/tableaux/mobilites", "/indicateurs", "/catalogue"] {
        let (_served, _browser, mut page) = open(path);
        let stops = page.evaluate(
            "[...document.querySelectorAll('a[href], button, input, select, summary, [tabindex]')]
                .filter((element) => element.checkVisibility() && element.tabIndex >= 0).length",
        );
        let stops = stops.as_u64().unwrap_or_default();
        assert!(stops > 5, "{path} has {stops} stops");
        let mut reached = 0;
        for _ in 0..stops * 2 {
            page.press("Tab");
            if page.evaluate("document.activeElement === document.body") == true {
                break;
            }
            reached += 1;
            let unseen = page.evaluate(
                "(() => {
                    const element = document.activeElement;
                    const style = getComputedStyle(element);
                    const box = element.getBoundingClientRect();
                    const drawn = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1;
                    const onScreen = box.width > 0 && box.bottom > 0 && box.top < innerHeight;
                    return drawn && onScreen ? null : element.outerHTML.slice(0, 160);
                })()",
            );
            assert!(unseen.is_null(), "{path}: no visible focus on {unseen}");
        }
        assert!(
            reached * 10 >= stops * 9,
            "{path}: {reached} of {stops} stops reached"
        );
    }
}
