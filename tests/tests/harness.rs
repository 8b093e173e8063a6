//! The harness itself: each check of a page reports the fault it is there for. Without this, a
//! check that sees nothing would pass everywhere.

use beffroi_tests::{Browser, Page, Shared, Theme};
use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener},
    sync::Arc,
};

static BROWSER: Shared<Browser> = Shared::new();

fn browser() -> Arc<Browser> {
    BROWSER.get(Browser::start)
}

/// Serves the page with faults for as long as the tests run.
fn faulty() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        let page = include_str!("../fixtures/faulty.html");
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 4096]);
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\
                 Content-Length: {}\r\nConnection: close\r\n\r\n{page}",
                page.len()
            );
        }
    });
    address
}

#[test]
fn every_check_of_a_page_sees_its_fault() {
    let (browser, server) = (browser(), faulty());
    let mut page = Page::new(&browser);
    page.size(390, 800);
    page.open(&format!("http://{server}/"));

    let overflow = page.overflow().expect("the page is too wide");
    assert!(overflow.contains("id=\"wide\""), "{overflow}");
    let errors = page.console_errors().join("\n");
    assert!(errors.contains("Error: script"), "{errors}");
    assert!(
        page.requests()
            .iter()
            .any(|url| url.contains("elsewhere.invalid"))
    );
    let violations = page.axe().join("\n");
    for rule in ["image-alt", "color-contrast"] {
        assert!(violations.contains(rule), "{violations}");
    }
}

#[test]
fn scripts_can_be_turned_off_and_the_page_still_be_asked() {
    let (browser, server) = (browser(), faulty());
    let mut page = Page::new(&browser);
    page.open(&format!("http://{server}/"));
    assert_eq!(
        page.text("document.getElementById('script').textContent"),
        "script"
    );
    page.scripts(false);
    page.open(&format!("http://{server}/"));
    assert_eq!(
        page.text("document.getElementById('script').textContent"),
        ""
    );
}

#[test]
fn keys_themes_and_drawings_reach_the_page() {
    let (browser, server) = (browser(), faulty());
    let mut page = Page::new(&browser);
    page.size(820, 600);
    page.open(&format!("http://{server}/"));
    page.tab_to("#last");
    page.theme(Theme::Dark);
    let matches =
        |page: &mut Page, query: &str| page.evaluate(&format!("matchMedia('{query}').matches"));
    assert_eq!(matches(&mut page, "(prefers-color-scheme: dark)"), true);
    page.theme(Theme::Print);
    assert_eq!(matches(&mut page, "print"), true);
    assert_eq!(matches(&mut page, "(width: 820px)"), true);
    let drawing = std::fs::read(page.screenshot("harness")).expect("a screenshot");
    assert!(drawing.starts_with(b"\x89PNG"));
    assert!(page.print().starts_with(b"%PDF"));
}
