//! A page looked at as people meet it: at the widths of a telephone, a tablet and a desk, light and
//! dark, and under axe-core.

use crate::{Browser, Page, Server, Theme};

/// The widths of a telephone, a tablet and a desk.
const WIDTHS: [u32; 3] = [390, 820, 1440];

/// A page that is looked at wherever it leads, and everything that is wrong with what was seen.
pub struct Look<'a> {
    /// Where it is looked at.
    pub page: Page,
    server: &'a Server,
    faults: Vec<String>,
    /// How files of what is seen begin.
    prefix: &'static str,
}

impl<'a> Look<'a> {
    /// A page of a browser, without scripts. Pictures of what is seen are named by a prefix.
    #[must_use]
    pub fn new(browser: &Browser, server: &'a Server, prefix: &'static str) -> Self {
        let mut page = Page::new(browser);
        page.scripts(false);
        page.size(1440, 900);
        Self {
            page,
            server,
            faults: Vec::new(),
            prefix,
        }
    }

    /// Opens a path of the server.
    #[track_caller]
    pub fn open(&mut self, path: &str) {
        self.page.open(&self.server.url(path));
    }

    /// Looks at the page that is open, at every width and in both themes. `status` is what the
    /// page was answered with.
    #[track_caller]
    pub fn at(&mut self, name: &str, status: u16, heading: &str) {
        let (page, prefix) = (&mut self.page, self.prefix);
        // Axe waits for promises; pages have no script of their own to wake.
        page.scripts(true);
        let title = page.text("document.querySelector('h1').textContent");
        assert!(
            title.contains(heading),
            "{name}: {title:?}, not {heading:?}"
        );
        for theme in [Theme::Light, Theme::Dark] {
            page.theme(theme);
            for width in WIDTHS {
                page.size(width, 900);
                page.screenshot(&format!("{prefix}-{name}-{width}-{}", theme.name()));
                let mut found = page.axe();
                found.extend(page.overflow().map(|it| format!("scrolls sideways: {it}")));
                let place = format!("{name} at {width}, {}", theme.name());
                let found = found.into_iter().map(|fault| format!("{place}: {fault}"));
                self.faults.extend(found);
            }
        }
        page.theme(Theme::Light);
        page.size(1440, 900);
        page.scripts(false);
        let headings = page.evaluate("document.querySelectorAll('h1').length");
        if headings != 1 {
            self.faults.push(format!("{name}: {headings} h1"));
        }
        // Chromium logs the status itself that was answered.
        let own = format!("status of {status}");
        let errors = page.console_errors().into_iter();
        let errors = errors.filter(|error| status < 400 || !error.contains(&own));
        self.faults
            .extend(errors.map(|error| format!("{name}: console: {error}")));
        let origin = self.server.url("");
        let elsewhere = page.requests().into_iter();
        // Chromium draws the calendar of a field of its own.
        let elsewhere =
            elsewhere.filter(|url| !url.starts_with(&origin) && !url.starts_with("data:"));
        self.faults
            .extend(elsewhere.map(|url| format!("{name}: asks elsewhere: {url}")));
    }

    /// Writes into a field that Tab reaches.
    #[track_caller]
    pub fn write(&mut self, field: &str, text: &str) {
        self.page.tab_to(&format!("[name={field}]"));
        self.page.write(text);
    }

    /// Goes to a button or a link by Tab, and presses it.
    #[track_caller]
    pub fn press(&mut self, selector: &str) {
        self.page.tab_to(selector);
        self.page.begin();
        self.page.press_and_load("Enter");
    }

    /// Asserts where it has led.
    #[track_caller]
    pub fn assert_path(&mut self, path: &str) {
        assert_eq!(self.page.text("location.pathname"), path);
    }

    /// Asserts that nothing was wrong.
    #[track_caller]
    pub fn end(self) {
        assert!(self.faults.is_empty(), "{}", self.faults.join("\n"));
    }
}
