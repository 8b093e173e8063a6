//! One headless Chromium with an empty profile. Its pages are in [`crate::Page`].

use crate::http;
use std::{
    fs,
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use tempfile::TempDir;

const SWITCHES: [&str; 13] = [
    "--headless",
    // The sandbox needs rights that containers of continuous integration do not give; the only
    // pages opened are ours.
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--disable-sync",
    "--disable-extensions",
    "--disable-component-update",
    "--disable-background-networking",
    "--no-first-run",
    "--hide-scrollbars",
    "--accept-lang=fr",
    "--remote-debugging-port=0",
];

/// A running Chromium, ended when dropped.
pub struct Browser {
    child: Child,
    devtools: SocketAddr,
    _profile: TempDir,
}

impl Browser {
    /// Starts Debian's Chromium, or the one named by `BEFFROI_CHROMIUM`.
    #[must_use]
    pub fn start() -> Self {
        let profile = tempfile::tempdir().expect("a temporary folder");
        let program = std::env::var_os("BEFFROI_CHROMIUM").unwrap_or_else(|| "chromium".into());
        let mut child = Command::new(&program)
            .args(SWITCHES)
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| {
                panic!(
                    "{} does not start ({error}): tests/run installs it",
                    program.display()
                )
            });
        let Some(port) = port_of(profile.path()) else {
            let _ = child.kill();
            let _ = child.wait();
            panic!(
                "{} started, but never opened its DevTools port",
                program.display()
            );
        };
        Self {
            child,
            devtools: SocketAddr::from(([127, 0, 0, 1], port)),
            _profile: profile,
        }
    }

    /// Where its DevTools answer.
    pub(crate) fn devtools(&self) -> SocketAddr {
        self.devtools
    }

    /// Opens an empty page; the address of its DevTools socket.
    pub(crate) fn new_page(&self) -> String {
        let target = http::request(self.devtools, "PUT", "/json/new?about:blank", &[], "")
            .expect("DevTools answer")
            .json();
        target["webSocketDebuggerUrl"]
            .as_str()
            .expect("a page has a socket")
            .to_owned()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The port that Chromium writes into its profile once it listens.
fn port_of(profile: &Path) -> Option<u16> {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(60) {
        if let Ok(text) = fs::read_to_string(profile.join("DevToolsActivePort"))
            && let Some(port) = text.lines().next().and_then(|line| line.parse().ok())
        {
            return Some(port);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    None
}
