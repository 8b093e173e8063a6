//! As much of HTTP/1.1 as a provider needs: one request on a connection, and its answer.

use std::{
    collections::HashMap,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    time::Duration,
};

/// A request.
pub(crate) struct Request {
    pub path: String,
    /// Parameters of the address.
    pub query: HashMap<String, String>,
    /// Parameters of the body.
    pub form: HashMap<String, String>,
    pub authorization: Option<String>,
}

/// An answer.
pub(crate) enum Answer {
    /// A status, a type and a body.
    Is(u16, &'static str, String),
    /// Somewhere else.
    To(String),
    /// Nothing, until the other side goes.
    Never,
}

impl Answer {
    pub(crate) fn json(body: &serde_json::Value) -> Self {
        Self::Is(200, "application/json;charset=utf-8", body.to_string())
    }

    pub(crate) fn error(status: u16, error: &str) -> Self {
        let body = serde_json::json!({ "error": error });
        Self::Is(status, "application/json;charset=utf-8", body.to_string())
    }
}

/// Reads a request; `None` if the other side says nothing that can be understood.
pub(crate) fn read(stream: &TcpStream) -> Option<Request> {
    stream
        .set_read_timeout(Some(Duration::from_secs(30)))
        .ok()?;
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let target = line.split(' ').nth(1)?.to_owned();
    let (mut length, mut authorization) = (0, None);
    loop {
        line.clear();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse().ok()?,
            "authorization" => authorization = Some(value.trim().to_owned()),
            _ => {}
        }
    }
    let mut body = vec![0; usize::min(length, 1 << 16)];
    reader.read_exact(&mut body).ok()?;
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let fields = |text: &[u8]| form_urlencoded::parse(text).into_owned().collect();
    Some(Request {
        path: path.to_owned(),
        query: fields(query.as_bytes()),
        form: fields(&body),
        authorization,
    })
}

/// Writes an answer. The other side may have gone.
pub(crate) fn write(mut stream: &TcpStream, answer: Answer) {
    let (status, header, body) = match answer {
        Answer::Is(status, kind, body) => (status, format!("Content-Type: {kind}"), body),
        Answer::To(address) => (303, format!("Location: {address}"), String::new()),
        Answer::Never => {
            let _ = stream.set_read_timeout(None);
            let _ = stream.read(&mut [0]);
            return;
        }
    };
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status} -\r\n{header}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    let _ = stream.write_all(head.as_bytes());
    let _ = stream.write_all(body.as_bytes());
}
