//! `access.toml`.

use super::{open, secret};
use crate::diagnostic::code;
use crate::keys::{
    ACCESS, access, access_roles, demo_person, oidc, perimeter, proxy, retention, sign_in,
};
use crate::source::{At, Report, SourceFile};
use crate::table::{Table, declared_id};
use crate::{Oidc, Proxy, Retention, SignIn, Text};
use beffroi_model::{PerimeterId, Role};
use indexmap::IndexMap;
use std::net::IpAddr;
use std::ops::Range;
use toml::de::DeTable;
use url::Url;

/// `access.toml`, as declared.
pub(crate) struct RawAccess<'a> {
    pub file: &'a SourceFile,
    pub perimeters: IndexMap<PerimeterId, RawPerimeter>,
    pub roles: Vec<(Role, Vec<At<String>>)>,
    pub sign_in: SignIn,
    pub retention: Retention,
    pub demo: Vec<RawDemoPerson>,
    /// Where the first demo person is.
    pub demo_span: Option<Range<usize>>,
}

/// `[perimeters.ID]`.
pub(crate) struct RawPerimeter {
    pub title: Text,
    pub span: Range<usize>,
    pub departments: Vec<At<String>>,
    pub datasets: Vec<At<String>>,
    pub boards: Vec<At<String>>,
    pub reports: Vec<At<String>>,
    pub rows: Vec<(At<String>, Vec<At<String>>)>,
    pub whole_town: bool,
    pub raw: bool,
}

/// `[[demo]]`.
pub(crate) struct RawDemoPerson {
    pub name: String,
    pub roles: Vec<At<String>>,
    pub departments: Vec<At<String>>,
    pub perimeters: Vec<At<String>>,
}

impl<'a> RawAccess<'a> {
    pub(crate) fn read(file: &'a SourceFile, report: &'a Report, entries: &'a DeTable<'a>) -> Self {
        let table = open(file, report, &ACCESS, entries);
        let demo = table.list(&access::DEMO);
        Self {
            file,
            perimeters: perimeters(&table),
            roles: table
                .table(&access::ROLES)
                .map(|table| roles(&table))
                .unwrap_or_default(),
            sign_in: table
                .table(&access::SIGN_IN)
                .map(|table| read_sign_in(&table))
                .unwrap_or_default(),
            retention: table
                .table(&access::RETENTION)
                .map(|table| read_retention(&table))
                .unwrap_or_default(),
            demo_span: demo.first().map(|table| table.span.clone()),
            demo: demo.iter().map(demo_of).collect(),
        }
    }
}

fn perimeters(table: &Table<'_>) -> IndexMap<PerimeterId, RawPerimeter> {
    let mut found = IndexMap::new();
    for (name, table) in table.tables(&access::PERIMETERS) {
        let raw = RawPerimeter {
            title: table.text(&perimeter::TITLE),
            span: name.span.clone(),
            departments: table.lines(&perimeter::DEPARTMENTS),
            datasets: table.lines(&perimeter::DATASETS),
            boards: table.lines(&perimeter::BOARDS),
            reports: table.lines(&perimeter::REPORTS),
            rows: table.choices(&perimeter::ROWS),
            whole_town: table.boolean(&perimeter::WHOLE_TOWN).unwrap_or_default(),
            raw: table.boolean(&perimeter::RAW).unwrap_or_default(),
        };
        if declared_id(&table, &name, "un périmètre")
            && let Ok(id) = PerimeterId::new(&name.value)
        {
            found.insert(id, raw);
        }
    }
    found
}

fn roles(table: &Table<'_>) -> Vec<(Role, Vec<At<String>>)> {
    let keys = [
        (Role::Reader, &access_roles::READER),
        (Role::Agent, &access_roles::AGENT),
        (Role::Editor, &access_roles::EDITOR),
        (Role::Head, &access_roles::HEAD),
        (Role::Steward, &access_roles::STEWARD),
        (Role::Administrator, &access_roles::ADMINISTRATOR),
    ];
    keys.into_iter()
        .map(|(role, key)| (role, table.lines(key)))
        .collect()
}

fn demo_of(table: &Table<'_>) -> RawDemoPerson {
    RawDemoPerson {
        name: table
            .line(&demo_person::NAME)
            .map_or_else(String::new, |at| at.value),
        roles: table.lines(&demo_person::ROLES),
        departments: table.lines(&demo_person::DEPARTMENTS),
        perimeters: table.lines(&demo_person::PERIMETERS),
    }
}

fn read_sign_in(table: &Table<'_>) -> SignIn {
    SignIn {
        local: table.boolean(&sign_in::LOCAL).unwrap_or(true),
        contact: table.text(&sign_in::CONTACT),
        oidc: table
            .table(&sign_in::OIDC)
            .and_then(|table| read_oidc(&table)),
        proxy: table
            .table(&sign_in::PROXY)
            .and_then(|table| read_proxy(&table)),
    }
}

fn read_oidc(table: &Table<'_>) -> Option<Oidc> {
    let title = table.text(&oidc::TITLE);
    let issuer = table.line(&oidc::ISSUER);
    let issuer = issuer.and_then(|at| {
        let url = Url::parse(&at.value).ok().filter(is_fit);
        if url.is_none() {
            table.error(
                &at.span,
                code::BAD_SIGN_IN,
                format!("`{}` n'est pas l'adresse d'un fournisseur d'identité", at.value),
                "Une adresse `https://…`, sans paramètre ; `http://` n'est permis que vers cette machine."
                    .to_owned(),
            );
        }
        url.map(|_| at.value)
    });
    let client_id = table.line(&oidc::CLIENT_ID);
    let secret = secret(table, &oidc::SECRET, "un secret");
    let siret = table.line(&oidc::SIRET).and_then(|at| {
        let digits = at.value.len() == 14 && at.value.bytes().all(|b| b.is_ascii_digit());
        if !digits {
            table.error(
                &at.span,
                code::BAD_SIGN_IN,
                format!("`{}` n'est pas un SIRET", at.value),
                "Quatorze chiffres, sans espace.".to_owned(),
            );
        }
        digits.then_some(at.value)
    });
    let mut scopes: Vec<String> = table
        .lines(&oidc::SCOPES)
        .into_iter()
        .map(|at| at.value)
        .collect();
    if scopes.is_empty() {
        scopes = ["openid", "email", "profile"].map(str::to_owned).to_vec();
    }
    Some(Oidc {
        title,
        issuer: issuer?,
        client_id: client_id?.value,
        secret: secret?,
        scopes,
        siret,
        signed_userinfo: table.boolean(&oidc::SIGNED_USERINFO).unwrap_or(true),
    })
}

/// Whether an identity provider may stand there.
fn is_fit(url: &Url) -> bool {
    let is_here = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    (url.scheme() == "https" || (url.scheme() == "http" && is_here))
        && url.host().is_some()
        && url.query().is_none()
        && url.fragment().is_none()
}

fn read_proxy(table: &Table<'_>) -> Option<Proxy> {
    let addresses = table
        .lines(&proxy::ADDRESSES)
        .into_iter()
        .filter_map(|at| {
            let address = at.value.parse::<IpAddr>();
            if address.is_err() {
                table.error(
                    &at.span,
                    code::BAD_SIGN_IN,
                    format!("`{}` n'est pas une adresse", at.value),
                    "L'adresse exacte du mandataire, par exemple `10.0.0.2`.".to_owned(),
                );
            }
            address.ok()
        })
        .collect();
    let header = table.line(&proxy::HEADER)?;
    let is_name = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    if !header.value.bytes().all(is_name) {
        table.error(
            &header.span,
            code::BAD_SIGN_IN,
            format!("`{}` n'est pas le nom d'un en-tête", header.value),
            "Par exemple `X-Forwarded-Email`.".to_owned(),
        );
        return None;
    }
    Some(Proxy {
        addresses,
        header: header.value,
    })
}

fn read_retention(table: &Table<'_>) -> Retention {
    let months = |key, default: u32| {
        table
            .integer(key)
            .and_then(|at| u32::try_from(at.value).ok())
            .unwrap_or(default)
    };
    let default = Retention::default();
    Retention {
        reads: months(&retention::READS, default.reads),
        refusals: months(&retention::REFUSALS, default.refusals),
        changes: months(&retention::CHANGES, default.changes),
    }
}
