//! The real program: one command run to its end, or a server that is stopped when it is dropped.

use crate::{Visitor, build_folder, http};
use std::{
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    path::PathBuf,
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread::JoinHandle,
    time::{Duration, Instant},
};

/// How long anything may take before a test gives up on it. Generous: machines of continuous
/// integration are slow, and the first start imports the whole sample town.
const PATIENCE: Duration = Duration::from_secs(180);

/// The binary: `BEFFROI_BIN`, or the one beside the tests.
pub(crate) fn binary() -> PathBuf {
    let path = match std::env::var_os("BEFFROI_BIN") {
        Some(path) => path.into(),
        None => build_folder().join(format!("beffroi{}", std::env::consts::EXE_SUFFIX)),
    };
    assert!(
        path.is_file(),
        "{} is not there: build it with `cargo build --workspace --all-targets` (tests/run does)",
        path.display()
    );
    path
}

/// What a finished command left.
#[derive(Debug)]
pub struct Output {
    /// Its exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// What it printed.
    pub stdout: String,
    /// What it told beside.
    pub stderr: String,
    /// How long it ran.
    pub took: Duration,
}

impl Output {
    /// Both outputs together.
    #[must_use]
    pub fn all(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }

    /// Asserts the exit code, showing what was printed when it is another.
    #[track_caller]
    pub fn assert_code(self, code: i32) -> Self {
        assert_eq!(
            self.code,
            Some(code),
            "stdout:\n{}\nstderr:\n{}",
            self.stdout,
            self.stderr
        );
        self
    }
}

/// A command that runs.
pub struct Running {
    child: Child,
    started: Instant,
    stdout: Option<JoinHandle<String>>,
    stderr: Option<JoinHandle<String>>,
}

impl Running {
    pub(crate) fn start(mut command: Command) -> Self {
        let started = Instant::now();
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
        let stdout = child.stdout.take().map(collect);
        let stderr = child.stderr.take().map(collect);
        Self {
            child,
            started,
            stdout,
            stderr,
        }
    }

    /// Waits for the end.
    #[must_use]
    pub fn wait(mut self) -> Output {
        let status = wait_within(&mut self.child, PATIENCE);
        self.output(status)
    }

    /// Sends a signal to it: `TERM`, `INT`.
    pub fn signal(&self, name: &str) {
        send(self.child.id(), name);
    }

    /// Ends it the hard way (`kill -9`), at once; a command that has already ended is left so.
    pub fn kill(mut self) -> Output {
        self.child.kill().expect("a child may be killed");
        let status = self.child.wait().expect("a killed child ends");
        self.output(status)
    }

    fn output(&mut self, status: ExitStatus) -> Output {
        let text = |reader: Option<JoinHandle<String>>| {
            reader
                .and_then(|reader| reader.join().ok())
                .unwrap_or_default()
        };
        Output {
            code: status.code(),
            took: self.started.elapsed(),
            stdout: text(self.stdout.take()),
            stderr: text(self.stderr.take()),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A server that answers, ended when dropped.
pub struct Server {
    child: Child,
    address: SocketAddr,
    stderr: Arc<Mutex<String>>,
    /// Who looks at it by [`Server::get`].
    visitor: Visitor,
    /// What it printed.
    stdout: Arc<Mutex<String>>,
    /// How long it took until it was ready.
    pub ready_after: Duration,
}

impl Server {
    /// Starts a `serve` command and waits until it has printed its address.
    pub(crate) fn start(mut command: Command) -> Self {
        let started = Instant::now();
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
        let stderr = Arc::new(Mutex::new(String::new()));
        if let Some(pipe) = child.stderr.take() {
            let kept = Arc::clone(&stderr);
            std::thread::spawn(move || {
                for line in BufReader::new(pipe).lines().map_while(Result::ok) {
                    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                    kept.push_str(&line);
                    kept.push('\n');
                }
            });
        }
        let (send, ready) = mpsc::channel();
        let stdout = Arc::new(Mutex::new(String::new()));
        if let Some(pipe) = child.stdout.take() {
            // Reads on after the address: a full pipe would stop the program.
            let kept = Arc::clone(&stdout);
            std::thread::spawn(move || {
                for line in BufReader::new(pipe).lines().map_while(Result::ok) {
                    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                    kept.push_str(&line);
                    kept.push('\n');
                    drop(kept);
                    if let Some(address) = address_in(&line) {
                        let _ = send.send(address);
                    }
                }
            });
        }
        // The channel closes with the pipe: a program that ends early fails the test at once.
        let Ok(address) = ready.recv_timeout(PATIENCE) else {
            let _ = child.kill();
            let _ = child.wait();
            std::thread::sleep(Duration::from_millis(100));
            let stderr = stderr.lock().unwrap_or_else(PoisonError::into_inner);
            panic!("{command:?} never printed its address; stderr:\n{stderr}");
        };
        Self {
            child,
            address,
            stderr,
            visitor: Visitor::new(address),
            stdout,
            ready_after: started.elapsed(),
        }
    }

    /// Takes the place of a person of the demonstration, for what follows.
    #[track_caller]
    #[must_use]
    pub fn entered(self, name: &str) -> Self {
        self.visitor.enter(name);
        self
    }

    /// Who looks at it by [`Server::get`].
    #[must_use]
    pub fn visitor(&self) -> &Visitor {
        &self.visitor
    }

    /// Somebody else, who comes for the first time.
    #[must_use]
    pub fn stranger(&self) -> Visitor {
        Visitor::new(self.address)
    }

    /// What it has printed so far.
    #[must_use]
    pub fn stdout(&self) -> String {
        self.stdout
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Gets a path.
    #[must_use]
    pub fn get(&self, path: &str) -> http::Response {
        self.visitor.get(path)
    }

    /// Asks for the headers of a path.
    #[must_use]
    pub fn head(&self, path: &str) -> http::Response {
        self.visitor.send("HEAD", path, &[], "")
    }

    /// Gets a path again and again until its body satisfies `holds`; fails when it never does
    /// within the time.
    #[track_caller]
    pub fn wait_for(
        &self,
        path: &str,
        within: Duration,
        holds: impl Fn(&str) -> bool,
    ) -> http::Response {
        let start = Instant::now();
        loop {
            let response = self.get(path);
            if holds(&response.text()) {
                return response;
            }
            assert!(
                start.elapsed() < within,
                "{path} is still not as expected after {within:?}:\n{}\nstderr:\n{}",
                response.text(),
                self.stderr()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// The full address of a path, for a browser.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it has logged so far.
    #[must_use]
    pub fn stderr(&self) -> String {
        self.stderr
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Asks it to stop by a signal (`TERM`, `INT`) and waits until it has; its exit code.
    #[must_use]
    pub fn stop(mut self, signal: &str) -> Option<i32> {
        send(self.child.id(), signal);
        wait_within(&mut self.child, PATIENCE).code()
    }

    /// Ends it the hard way (`kill -9`).
    pub fn kill(self) {
        drop(self);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn send(process: u32, signal: &str) {
    let status = Command::new("kill")
        .args([format!("-{signal}"), process.to_string()])
        .status();
    assert!(status.expect("kill is there").success());
}

/// The address in a line such as `Beffroi: http://127.0.0.1:40123/`.
fn address_in(line: &str) -> Option<SocketAddr> {
    let (_, rest) = line
        .split_once("http://")
        .or_else(|| line.split_once("https://"))?;
    rest.split(|c: char| c == '/' || c.is_whitespace())
        .next()?
        .parse()
        .ok()
}

fn collect(pipe: impl Read + Send + 'static) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = BufReader::new(pipe).read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

fn wait_within(child: &mut Child, bound: Duration) -> ExitStatus {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().expect("a child can be waited for") {
            return status;
        }
        if start.elapsed() > bound {
            let _ = child.kill();
            let _ = child.wait();
            panic!("the program still ran after {} s", bound.as_secs());
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_found_in_the_line_that_tells_it() {
        let expected: SocketAddr = "127.0.0.1:40123".parse().expect("an address");
        for line in [
            "http://127.0.0.1:40123",
            "Prêt : http://127.0.0.1:40123/ (Ctrl+C)",
            "Prêt : https://127.0.0.1:40123",
        ] {
            assert_eq!(address_in(line), Some(expected), "{line}");
        }
        assert_eq!(address_in("import de velos_trajets"), None);
    }
}
