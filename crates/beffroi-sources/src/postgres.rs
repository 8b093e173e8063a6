//! Tables and queries of PostgreSQL databases, written into a CSV file as they come. Nothing is
//! ever written to the database: the transaction only reads, and takes one statement.

use crate::{
    Fetched, Limits, SourceError, Validators,
    guard::Guard,
    name,
    sink::Sink,
    web::{run, trust},
};
use beffroi_catalog::{Network, Rows, Secret};
use futures_util::TryStreamExt as _;
use std::{error::Error as _, fs, io, path::Path, pin::pin};
use tokio::{net::TcpStream, time::timeout};
use tokio_postgres::{
    Client, Config, NoTls,
    config::{Host, SslMode},
    tls::{MakeTlsConnect, TlsConnect},
};
use tokio_postgres_rustls::MakeRustlsConnect;
use url::Url;

const PORT: u16 = 5432;

/// Reads rows into `path`. The name of the file is that of the table, else `fallback`.
pub(crate) fn fetch(
    network: &Network,
    secret: &Secret,
    rows: &Rows,
    limits: Limits,
    path: &Path,
    fallback: &str,
) -> Result<Fetched, SourceError> {
    let server = Server::declared(secret, limits)?;
    let reading = async {
        let read = server.read(network, rows, path);
        let read = timeout(server.limits.total, read).await;
        read.map_err(|_| server.too_long())?
    };
    let read = run(reading)?;
    if read.is_err() {
        let _ = fs::remove_file(path);
    }
    let (bytes, sha256) = read?;
    let name = match rows {
        Rows::Table(table) => name::clean(table),
        Rows::Query(_) => fallback.to_owned(),
    };
    Ok(Fetched {
        name: format!("{name}.csv"),
        path: path.to_owned(),
        bytes,
        sha256,
        content_type: None,
        validators: Validators::default(),
    })
}

/// Where a database is and how to enter it.
struct Server {
    config: Config,
    host: String,
    port: u16,
    encrypted: bool,
    limits: Limits,
}

impl Server {
    /// What the environment or a file says.
    fn declared(secret: &Secret, limits: Limits) -> Result<Self, SourceError> {
        let name = match secret {
            Secret::Env(name) | Secret::File(name) => name.clone(),
        };
        let bad = |reason| SourceError::NoSecret {
            name: name.clone(),
            reason,
        };
        let text = match secret {
            Secret::Env(name) => std::env::var(name).map_err(|_| bad("it is not set"))?,
            Secret::File(path) => fs::read_to_string(path).map_err(|_| bad("it cannot be read"))?,
        };
        Self::parse(text.trim(), limits).map_err(bad)
    }

    /// `postgresql://reader:secret@host:5432/base?sslmode=verify-full`. The modes of libpq that
    /// encrypt without looking who answers are taken for the one that looks; those that may end up
    /// not encrypting are refused.
    fn parse(text: &str, limits: Limits) -> Result<Self, &'static str> {
        let mut url = Url::parse(text).map_err(|_| "it is not `postgresql://…`")?;
        if !matches!(url.scheme(), "postgres" | "postgresql") {
            return Err("it is not `postgresql://…`");
        }
        let (modes, others): (Vec<_>, Vec<_>) = url
            .query_pairs()
            .into_owned()
            .partition(|(key, _)| key == "sslmode");
        let encrypted = match modes.last().map(|(_, mode)| mode.as_str()) {
            None | Some("require" | "verify-ca" | "verify-full") => true,
            Some("disable") => false,
            Some(_) => return Err("`sslmode` is `verify-full` or `disable`"),
        };
        url.set_query(None);
        if !others.is_empty() {
            url.query_pairs_mut().extend_pairs(others);
        }
        let mut config: Config = url.as_str().parse().map_err(|_| "it cannot be read")?;
        let host = match config.get_hosts() {
            // Another address than that of the host would not be looked at.
            [Host::Tcp(host)] if config.get_hostaddrs().is_empty() => host.clone(),
            _ => return Err("it does not name one host"),
        };
        let port = config.get_ports().first().copied().unwrap_or(PORT);
        config.application_name("Beffroi").ssl_mode(if encrypted {
            SslMode::Require
        } else {
            SslMode::Disable
        });
        Ok(Self {
            config,
            host,
            port,
            encrypted,
            limits,
        })
    }

    /// Connects, and writes the rows; gives the size and the checksum.
    async fn read(
        &self,
        network: &Network,
        rows: &Rows,
        path: &Path,
    ) -> Result<(u64, String), SourceError> {
        let stream = self.reach(network).await?;
        if !self.encrypted {
            return self.read_through(stream, NoTls, rows, path).await;
        }
        let mut tls = MakeRustlsConnect::new(trust(network)?);
        let tls = MakeTlsConnect::<TcpStream>::make_tls_connect(&mut tls, &self.host);
        let tls = tls.map_err(|error| self.not_trusted(error.to_string()))?;
        self.read_through(stream, tls, rows, path).await
    }

    async fn read_through<T>(
        &self,
        stream: TcpStream,
        tls: T,
        rows: &Rows,
        path: &Path,
    ) -> Result<(u64, String), SourceError>
    where
        T: TlsConnect<TcpStream>,
        T::Stream: Send + 'static,
    {
        let entered = timeout(self.limits.idle, self.config.connect_raw(stream, tls)).await;
        let (client, connection) = entered
            .map_err(|_| self.no_answer("it does not speak in time".to_owned()))?
            .map_err(|error| self.told(&error))?;
        let connection = tokio::spawn(connection);
        let copied = self.copy(&client, rows, path).await;
        connection.abort();
        copied
    }

    async fn reach(&self, network: &Network) -> Result<TcpStream, SourceError> {
        let addresses = Guard::new(network).resolve(&self.host, self.port).await?;
        let connected = timeout(self.limits.idle, TcpStream::connect(addresses.as_slice())).await;
        connected
            .map_err(|_| self.no_answer("it does not connect in time".to_owned()))?
            .map_err(|error| self.no_answer(error.to_string()))
    }

    async fn copy(
        &self,
        client: &Client,
        rows: &Rows,
        path: &Path,
    ) -> Result<(u64, String), SourceError> {
        let limits = &self.limits;
        let told = |error: tokio_postgres::Error| self.told(&error);
        let begin = format!(
            "set default_transaction_read_only = on; set statement_timeout = {}; \
             set datestyle = 'ISO'; set timezone = 'Europe/Paris'; \
             begin transaction isolation level repeatable read, read only",
            limits.total.as_millis()
        );
        client.batch_execute(&begin).await.map_err(told)?;
        let query = match rows {
            Rows::Table(table) => format!("select * from {}", quoted(table)),
            Rows::Query(query) => query.clone(),
        };
        // The server itself tells whether it is one statement, and one that gives rows: only then
        // is it put between parentheses.
        let statement = client.prepare(&query).await.map_err(told)?;
        if statement.columns().is_empty() || !statement.params().is_empty() {
            return Err(SourceError::BadQuery {
                host: self.host.clone(),
                reason: "elle ne donne pas de colonnes, ou attend des valeurs".to_owned(),
            });
        }
        let copy = format!("copy (\n{query}\n) to stdout with (format csv, header)");
        let io_error = |error: io::Error| match error.kind() {
            io::ErrorKind::FileTooLarge => SourceError::TooLarge {
                name: self.host.clone(),
                limit: limits.bytes,
            },
            _ => SourceError::Io {
                path: path.to_owned(),
                cause: error,
            },
        };
        let mut sink = Sink::create(path, limits.bytes, false).map_err(io_error)?;
        let mut rows = pin!(client.copy_out(&copy).await.map_err(told)?);
        while let Some(piece) = rows.try_next().await.map_err(told)? {
            sink.write(&piece).map_err(io_error)?;
        }
        sink.finish().map_err(io_error)
    }

    /// What the database says. Its words are kept for what is wrong in the query, which names
    /// tables and columns; others may hold values.
    fn told(&self, error: &tokio_postgres::Error) -> SourceError {
        let host = self.host.clone();
        let Some(told) = error.as_db_error() else {
            let reason = error
                .source()
                .map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"));
            return match error.source() {
                Some(cause) if is_of_network(cause) => self.no_answer(reason),
                None if error.is_closed() => self.no_answer(reason),
                _ => self.not_trusted(reason),
            };
        };
        let reason = told.message().to_owned();
        match told.code().code() {
            "57014" => self.too_long(),
            "42501" => SourceError::DatabaseRefuses { host, reason },
            code if code.starts_with("28") || code.starts_with("3D") => {
                SourceError::DatabaseRefuses { host, reason }
            }
            // What would write, what is not SQL, what names nothing.
            code if code.starts_with("25") || code.starts_with("42") => {
                SourceError::BadQuery { host, reason }
            }
            code => SourceError::DatabaseFails {
                host,
                reason: format!("{code}: {reason}"),
            },
        }
    }

    fn too_long(&self) -> SourceError {
        SourceError::TooLong {
            host: self.host.clone(),
            seconds: self.limits.total.as_secs(),
        }
    }

    fn no_answer(&self, reason: String) -> SourceError {
        SourceError::NoAnswer {
            host: self.host.clone(),
            reason,
        }
    }

    fn not_trusted(&self, reason: String) -> SourceError {
        SourceError::NotTrusted {
            host: self.host.clone(),
            reason,
        }
    }
}

/// Whether a connection broke, and was not refused for its certificate.
fn is_of_network(cause: &(dyn std::error::Error + 'static)) -> bool {
    let Some(error) = cause.downcast_ref::<io::Error>() else {
        return false;
    };
    let carried = error.get_ref();
    !carried.is_some_and(|carried| carried.is::<rustls::Error>())
}

/// `schema.table` with each part quoted.
fn quoted(table: &str) -> String {
    let parts = table
        .split('.')
        .map(|part| format!("\"{}\"", part.trim().replace('"', "\"\"")));
    parts.collect::<Vec<_>>().join(".")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_names_one_host_and_is_encrypted_unless_said_otherwise() {
        let parsed = |text: &str| {
            Server::parse(text, Limits::default())
                .map(|server| (server.host, server.port, server.encrypted))
        };
        let here = |encrypted| Ok(("base.fr".to_owned(), 5432, encrypted));
        assert_eq!(parsed("postgresql://a:b@base.fr/x"), here(true));
        assert_eq!(parsed("postgres://a@base.fr/x?sslmode=require"), here(true));
        assert_eq!(
            parsed("postgres://a@base.fr/x?sslmode=disable"),
            here(false)
        );
        let port = parsed("postgres://base.fr:6543/x?sslmode=verify-full&connect_timeout=3");
        assert_eq!(port, Ok(("base.fr".to_owned(), 6543, true)));
        for wrong in [
            "",
            "base.fr",
            "mysql://a@base.fr/x",
            "postgres://a@base.fr/x?sslmode=prefer",
            "postgres://a@base.fr/x?hostaddr=10.0.0.1",
            "postgres://a@base.fr,autre.fr/x",
            "postgres:///x?host=/var/run/postgresql",
        ] {
            assert!(parsed(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn names_are_quoted() {
        assert_eq!(quoted("public.budget"), "\"public\".\"budget\"");
        assert_eq!(quoted("a\"; drop table b --"), "\"a\"\"; drop table b --\"");
    }
}
