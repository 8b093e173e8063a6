//! One page in Chromium: what a reader sees, does and is told. Methods wait until they have an
//! effect, and fail the test when it does not come.

use crate::{Browser, Visitor, http, target_folder};
use data_encoding::BASE64;
use serde_json::{Value, json};
use std::{
    fs,
    net::{SocketAddr, TcpStream},
    path::PathBuf,
    time::{Duration, Instant},
};
use tungstenite::{Message, WebSocket};

/// How long a page may take to load or a command to answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// How the page is asked to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// A light screen.
    Light,
    /// A dark screen.
    Dark,
    /// Paper.
    Print,
}

impl Theme {
    /// A word for file names and messages.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
            Self::Print => "print",
        }
    }
}

/// A page of a [`Browser`], closed when dropped.
pub struct Page {
    socket: WebSocket<TcpStream>,
    devtools: SocketAddr,
    target: String,
    last_id: u64,
    /// Events since the last [`Page::open`] or [`Page::begin`].
    events: Vec<Value>,
}

impl Page {
    /// A new empty page.
    #[must_use]
    pub fn new(browser: &Browser) -> Self {
        let address = browser.new_page();
        let stream = TcpStream::connect(browser.devtools()).expect("DevTools accept");
        stream
            .set_read_timeout(Some(Duration::from_secs(1)))
            .expect("a socket has a time limit");
        let (socket, _) = tungstenite::client(&address, stream).expect("DevTools speak WebSocket");
        let target = address.rsplit('/').next().unwrap_or_default().to_owned();
        let devtools = browser.devtools();
        let mut page = Self {
            socket,
            devtools,
            target,
            last_id: 0,
            events: Vec::new(),
        };
        for domain in ["Page", "Runtime", "Log", "Network"] {
            page.call(&format!("{domain}.enable"), json!({}));
        }
        // Nothing kept from one test to the next.
        page.call("Network.setCacheDisabled", json!({ "cacheDisabled": true }));
        page
    }

    /// Looks as somebody does who came in already: with the same cookies.
    pub fn wear(&mut self, visitor: &Visitor, server: &str) {
        for (name, value) in visitor.cookies() {
            let cookie = json!({ "name": name, "value": value, "url": server });
            self.call("Network.setCookie", cookie);
        }
    }

    /// Forgets all cookies: another person sits down.
    pub fn forget(&mut self) {
        self.call("Network.clearBrowserCookies", json!({}));
    }

    /// Forgets what was complained about and asked for so far: another page is to come.
    pub fn begin(&mut self) {
        self.events.clear();
    }

    /// Writes into the field that has the focus.
    pub fn write(&mut self, text: &str) {
        self.call("Input.insertText", json!({ "text": text }));
    }

    /// Opens an address and waits until all of it is there.
    #[track_caller]
    pub fn open(&mut self, url: &str) {
        self.events.clear();
        let answer = self.call("Page.navigate", json!({ "url": url }));
        if let Some(error) = answer["errorText"].as_str() {
            panic!("{url} does not open: {error}");
        }
        self.wait_for("Page.loadEventFired", 0);
    }

    /// Sets the size of the window in CSS pixels.
    pub fn size(&mut self, width: u32, height: u32) {
        self.call(
            "Emulation.setDeviceMetricsOverride",
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false }),
        );
    }

    /// Sets how the page is asked to look.
    pub fn theme(&mut self, theme: Theme) {
        let (media, scheme) = match theme {
            Theme::Light => ("screen", "light"),
            Theme::Dark => ("screen", "dark"),
            Theme::Print => ("print", "light"),
        };
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        self.call(
            "Emulation.setEmulatedMedia",
            json!({ "media": media, "features": features }),
        );
    }

    /// Turns scripts of pages off or on, from the next page on. [`Page::evaluate`] works still.
    pub fn scripts(&mut self, on: bool) {
        self.call(
            "Emulation.setScriptExecutionDisabled",
            json!({ "value": !on }),
        );
    }

    /// The value of a script expression in the page.
    #[track_caller]
    pub fn evaluate(&mut self, expression: &str) -> Value {
        let mut answer = self.call(
            "Runtime.evaluate",
            json!({ "expression": expression, "returnByValue": true, "awaitPromise": true }),
        );
        if let Some(error) = answer.get("exceptionDetails") {
            panic!("the script failed: {error}");
        }
        answer["result"]["value"].take()
    }

    /// The value of a script expression that gives a text.
    #[track_caller]
    pub fn text(&mut self, expression: &str) -> String {
        match self.evaluate(expression) {
            Value::String(text) => text,
            other => panic!("`{expression}` is not a text but {other}"),
        }
    }

    /// Presses and releases a key: `Tab`, `Enter`, `Escape`, `ArrowDown`, or one character.
    pub fn press(&mut self, key: &str) {
        self.press_with(key, 0);
    }

    /// Goes one step back in the order of focus.
    pub fn press_shift_tab(&mut self) {
        self.press_with("Tab", 8);
    }

    fn press_with(&mut self, key: &str, modifiers: u32) {
        let (code, number, text) = match key {
            "Tab" => ("Tab", 9, ""),
            "Enter" => ("Enter", 13, "\r"),
            "Escape" => ("Escape", 27, ""),
            " " => ("Space", 32, " "),
            "End" => ("End", 35, ""),
            "Home" => ("Home", 36, ""),
            "ArrowUp" => ("ArrowUp", 38, ""),
            "ArrowDown" => ("ArrowDown", 40, ""),
            character => ("", 0, character),
        };
        let kind = if text.is_empty() {
            "rawKeyDown"
        } else {
            "keyDown"
        };
        for kind in [kind, "keyUp"] {
            self.call(
                "Input.dispatchKeyEvent",
                json!({
                    "type": kind, "key": key, "code": code, "text": text, "modifiers": modifiers,
                    "windowsVirtualKeyCode": number, "nativeVirtualKeyCode": number,
                }),
            );
        }
    }

    /// Presses a key that leads to another page, and waits until all of that is there.
    #[track_caller]
    pub fn press_and_load(&mut self, key: &str) {
        let before = self.events.len();
        self.press(key);
        self.wait_for("Page.loadEventFired", before);
    }

    /// Presses Tab until the focus is on what a selector chooses; fails after 200 times.
    #[track_caller]
    pub fn tab_to(&mut self, selector: &str) {
        let focused = format!("document.activeElement.matches({})", json!(selector));
        for _ in 0..200 {
            self.press("Tab");
            if self.evaluate(&focused) == Value::Bool(true) {
                return;
            }
        }
        panic!("Tab never reaches `{selector}`");
    }

    /// By how many pixels the page is wider than its window, with what sticks out.
    #[track_caller]
    pub fn overflow(&mut self) -> Option<String> {
        let found = self.evaluate(include_str!("overflow.js"));
        found.as_str().map(str::to_owned)
    }

    /// What Chromium complained about since the page was opened: script errors, refused styles,
    /// broken resources.
    #[must_use]
    pub fn console_errors(&self) -> Vec<String> {
        self.events
            .iter()
            .filter_map(|event| match event["method"].as_str()? {
                "Log.entryAdded" => {
                    let entry = &event["params"]["entry"];
                    let grave = matches!(entry["level"].as_str(), Some("error" | "warning"));
                    grave.then(|| format!("{} ({})", entry["text"], entry["url"]))
                }
                "Runtime.exceptionThrown" => Some(event["params"]["exceptionDetails"].to_string()),
                "Runtime.consoleAPICalled" if event["params"]["type"] == "error" => {
                    Some(event["params"]["args"].to_string())
                }
                _ => None,
            })
            .collect()
    }

    /// Every address asked for since the page was opened.
    #[must_use]
    pub fn requests(&self) -> Vec<String> {
        self.events
            .iter()
            .filter(|event| event["method"] == "Network.requestWillBeSent")
            .filter_map(|event| {
                event["params"]["request"]["url"]
                    .as_str()
                    .map(str::to_owned)
            })
            .collect()
    }

    /// Runs axe-core: every rule that concerns levels A and AA or good practice, those that are
    /// off by default and the experimental ones included. One line per element at fault.
    #[track_caller]
    pub fn axe(&mut self) -> Vec<String> {
        // Only how the rules get into the page goes round its policy; the policy itself is seen
        // at work in `console_errors`.
        if self.text("typeof axe") == "undefined" {
            self.evaluate(&format!("{};0", axe_source()));
        }
        let found = self.evaluate(include_str!("axe.js"));
        let lines = found.as_array().expect("axe gives a list");
        lines
            .iter()
            .map(|line| line.as_str().unwrap_or_default().to_owned())
            .collect()
    }

    /// Draws the whole page into `target/screenshots/<name>.png`.
    pub fn screenshot(&mut self, name: &str) -> PathBuf {
        let answer = self.call(
            "Page.captureScreenshot",
            json!({ "format": "png", "captureBeyondViewport": true }),
        );
        let data = answer["data"].as_str().unwrap_or_default();
        let image = BASE64
            .decode(data.as_bytes())
            .expect("a screenshot is base64");
        let folder = target_folder().join("screenshots");
        fs::create_dir_all(&folder).expect("the folder of screenshots");
        let path = folder.join(format!("{name}.png"));
        fs::write(&path, image).expect("a screenshot can be written");
        path
    }

    /// Prints to PDF, as a reader's print dialog would.
    #[must_use]
    pub fn print(&mut self) -> Vec<u8> {
        let answer = self.call("Page.printToPDF", json!({ "preferCSSPageSize": true }));
        BASE64
            .decode(answer["data"].as_str().unwrap_or_default().as_bytes())
            .expect("base64")
    }

    #[track_caller]
    fn call(&mut self, method: &str, params: Value) -> Value {
        self.last_id += 1;
        let id = self.last_id;
        let message = json!({ "id": id, "method": method, "params": params }).to_string();
        self.socket
            .send(Message::text(message))
            .expect("DevTools listen");
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            let Some(mut message) = self.receive() else {
                continue;
            };
            if message["id"] != id {
                self.events.push(message);
            } else if let Some(error) = message.get("error") {
                panic!("{method}: {error}");
            } else {
                return message["result"].take();
            }
        }
        panic!("{method} got no answer");
    }

    /// Waits for an event that came or comes after the first `from` ones.
    #[track_caller]
    fn wait_for(&mut self, method: &str, from: usize) {
        let start = Instant::now();
        let mut next = from;
        while start.elapsed() < PATIENCE {
            while next < self.events.len() {
                if self.events[next]["method"] == method {
                    return;
                }
                next += 1;
            }
            if let Some(message) = self.receive() {
                self.events.push(message);
            }
        }
        panic!("{method} never came");
    }

    /// The next message; `None` when none comes within the socket's time limit.
    fn receive(&mut self) -> Option<Value> {
        match self.socket.read() {
            Ok(Message::Text(text)) => Some(serde_json::from_str(&text).expect("JSON")),
            Ok(_) => None,
            Err(tungstenite::Error::Io(error))
                if matches!(
                    error.kind(),
                    std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
                ) =>
            {
                None
            }
            Err(error) => panic!("Chromium is gone: {error}"),
        }
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        let _ = http::request(
            self.devtools,
            "GET",
            &format!("/json/close/{}", self.target),
            &[],
            "",
        );
    }
}

/// axe-core, from `BEFFROI_AXE` or from where `tests/run` puts it.
fn axe_source() -> String {
    let path = match std::env::var_os("BEFFROI_AXE") {
        Some(path) => path.into(),
        None => target_folder().join("axe-core/axe.min.js"),
    };
    fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}: tests/run fetches it", path.display()))
}
