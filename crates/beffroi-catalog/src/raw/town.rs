//! `town.toml`.

use super::{open, values};
use crate::diagnostic::code;
use crate::keys::{
    Key, TOWN, area, code_change, department, dimension, home, mandate, member, network,
    population, prices, town,
};
use crate::source::{At, Report, SourceFile};
use crate::table::{Table, declared_id};
use crate::{Allowed, CodeChange, Department, MemberInfo, Network, Text};
use beffroi_model::{Area, DepartmentId, DimensionId};
use chrono::NaiveDate;
use indexmap::IndexMap;
use std::ops::Range;
use toml::de::DeTable;

/// `town.toml`, as declared.
pub(crate) struct RawTown<'a> {
    pub file: &'a SourceFile,
    pub name: String,
    pub insee: String,
    pub sample: bool,
    pub as_of: Option<NaiveDate>,
    pub mandate: (i32, i32),
    pub departments: IndexMap<DepartmentId, Department>,
    pub population: Option<RawPopulation>,
    pub prices: Option<RawPrices>,
    pub dimensions: IndexMap<DimensionId, RawDimension>,
    pub home: RawHome,
    pub area: Option<Area>,
    pub network: Network,
}

/// `[population]`.
pub(crate) struct RawPopulation {
    pub dataset: Option<At<String>>,
    pub column: Option<At<String>>,
    pub kind: String,
    pub inhabitants: Option<u32>,
}

/// `[prices]`.
pub(crate) struct RawPrices {
    pub indicator: Option<At<String>>,
    pub base: Option<i32>,
}

/// `[dimensions.ID]`.
pub(crate) struct RawDimension {
    pub title: Text,
    pub all: Text,
    pub members: IndexMap<String, MemberInfo>,
    /// Where each member is declared.
    pub places: Vec<Range<usize>>,
    pub map: Option<At<String>>,
    pub ordered: bool,
    pub changes: Vec<CodeChange>,
}

/// `[home]`.
#[derive(Default)]
pub(crate) struct RawHome {
    pub highlights: Vec<At<String>>,
    pub live: Option<At<String>>,
    pub live_by: Option<At<String>>,
    pub live_capacity: Option<At<String>>,
}

/// How many key figures the first page has room for.
const MOST_HIGHLIGHTS: usize = 4;

impl<'a> RawTown<'a> {
    pub(crate) fn read(file: &'a SourceFile, report: &'a Report, entries: &'a DeTable<'a>) -> Self {
        let table = open(file, report, &TOWN, entries);
        let name = table.line(&town::NAME);
        let name = name.map_or_else(String::new, |name| name.value);
        Self {
            file,
            area: table
                .table(&town::AREA)
                .and_then(|table| read_area(&table, &name)),
            name,
            insee: insee(&table),
            sample: table.boolean(&town::SAMPLE).unwrap_or_default(),
            as_of: table.date(&town::AS_OF),
            mandate: read_mandate(&table),
            departments: departments(&table),
            population: table.table(&town::POPULATION).map(|table| RawPopulation {
                dataset: table.line(&population::DATASET),
                column: table.line(&population::COLUMN),
                kind: table
                    .choice(&population::KIND)
                    .map_or_else(String::new, |kind| kind.value),
                inhabitants: table
                    .integer(&population::INHABITANTS)
                    .and_then(|at| u32::try_from(at.value).ok()),
            }),
            prices: table.table(&town::PRICES).map(|table| RawPrices {
                indicator: table.line(&prices::INDICATOR),
                base: table
                    .integer(&prices::BASE)
                    .and_then(|at| i32::try_from(at.value).ok()),
            }),
            dimensions: dimensions(&table),
            home: table
                .table(&town::HOME)
                .map(|table| read_home(&table))
                .unwrap_or_default(),
            network: table
                .table(&town::NETWORK)
                .map(|table| read_network(&table))
                .unwrap_or_default(),
        }
    }
}

fn insee(table: &Table<'_>) -> String {
    let Some(code) = table.line(&town::INSEE) else {
        return String::new();
    };
    let bytes = code.value.as_bytes();
    let digits = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
    let corsica = bytes.len() == 5 && (bytes.starts_with(b"2A") || bytes.starts_with(b"2B"));
    if bytes.len() != 5 || !(digits(bytes) || (corsica && digits(&bytes[2..]))) {
        table.error(
            &code.span,
            code::BAD_INSEE,
            format!("`{}` n'est pas un code INSEE", code.value),
            "Cinq chiffres, ou `2A` ou `2B` et trois chiffres ; ce n'est pas le code postal."
                .to_owned(),
        );
    }
    code.value
}

fn read_mandate(table: &Table<'_>) -> (i32, i32) {
    let Some(table) = table.table(&town::MANDATE) else {
        return (0, 0);
    };
    let year = |at: Option<&At<i64>>| at.and_then(|at| i32::try_from(at.value).ok()).unwrap_or(0);
    let (from, to) = (table.integer(&mandate::FROM), table.integer(&mandate::TO));
    if let (Some(from), Some(to)) = (&from, &to)
        && to.value < from.value
    {
        table.error(
            &to.span,
            code::OUT_OF_RANGE,
            format!(
                "le mandat finit en {}, avant de commencer en {}",
                to.value, from.value
            ),
            "Échangez les deux années.".to_owned(),
        );
    }
    (year(from.as_ref()), year(to.as_ref()))
}

fn departments(table: &Table<'_>) -> IndexMap<DepartmentId, Department> {
    let mut found = IndexMap::new();
    for (name, table) in table.tables(&town::DEPARTMENTS) {
        let title = table.text(&department::TITLE);
        if declared_id(&table, &name, "une direction")
            && let Ok(id) = DepartmentId::new(&name.value)
        {
            found.insert(id, Department { title });
        }
    }
    found
}

fn changes(table: &Table<'_>) -> Vec<CodeChange> {
    let tables = table.list(&dimension::CHANGES);
    let read = |table: &Table<'_>| {
        Some(CodeChange {
            on: table.date(&code_change::ON)?,
            from: table.line(&code_change::FROM)?.value,
            to: table.line(&code_change::TO)?.value,
        })
    };
    let mut changes: Vec<CodeChange> = tables.iter().filter_map(read).collect();
    changes.sort_by(|a, b| (a.on, &a.from, &a.to).cmp(&(b.on, &b.from, &b.to)));
    changes
}

fn dimensions(table: &Table<'_>) -> IndexMap<DimensionId, RawDimension> {
    let mut found = IndexMap::new();
    for (name, table) in table.tables(&town::DIMENSIONS) {
        let mut members = IndexMap::new();
        let mut places = Vec::new();
        for (key, table) in table.tables(&dimension::MEMBERS) {
            let info = MemberInfo {
                title: table.text(&member::TITLE),
                aliases: values(table.lines(&member::ALIASES)),
            };
            if !is_member_key(&key.value) {
                table.error(
                    &key.span,
                    code::BAD_ID,
                    format!("`{}` ne peut pas être la clé d'un membre", key.value),
                    "Lettres sans accent, chiffres, `_` et `-`, 64 au plus ; le nom se met dans \
                     `title`."
                        .to_owned(),
                );
            }
            members.insert(key.value, info);
            places.push(key.span);
        }
        let raw = RawDimension {
            title: table.text(&dimension::TITLE),
            all: table.text(&dimension::ALL),
            members,
            places,
            map: table.line(&dimension::MAP),
            ordered: table.boolean(&dimension::ORDERED).unwrap_or(false),
            changes: changes(&table),
        };
        if declared_id(&table, &name, "une dimension")
            && let Ok(id) = DimensionId::new(&name.value)
        {
            found.insert(id, raw);
        }
    }
    found
}

/// Keys of members may be codes (`34172`, `0341234X`): what TOML takes without quotes.
fn is_member_key(key: &str) -> bool {
    (1..=64).contains(&key.len())
        && key
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
}

fn read_home(table: &Table<'_>) -> RawHome {
    let highlights = table.lines(&home::HIGHLIGHTS);
    if let Some(extra) = highlights.get(MOST_HIGHLIGHTS) {
        table.error(
            &extra.span,
            code::WRONG_COUNT,
            format!("la page d'accueil met en avant {MOST_HIGHLIGHTS} indicateurs au plus"),
            "Gardez les plus parlants ; les autres vont dans `home` des tableaux.".to_owned(),
        );
    }
    RawHome {
        highlights,
        live: table.line(&home::LIVE),
        live_by: table.line(&home::LIVE_BY),
        live_capacity: table.line(&home::LIVE_CAPACITY),
    }
}

fn read_area(table: &Table<'_>, town: &str) -> Option<Area> {
    let degrees = |key: &Key, most: f64| {
        let at = table.number(key)?;
        if at.value.abs() > most {
            let message = format!("`{}` va de -{most} à {most}, en degrés", key.name);
            let hint = "Un export en Lambert 93 compte en mètres : convertissez-le en WGS 84.";
            table.error(&at.span, code::OUT_OF_RANGE, message, hint.to_owned());
            return None;
        }
        #[expect(clippy::cast_possible_truncation, reason = "180 degrees at most")]
        Some(At::new((at.value * 1e6).round() as i32, at.span))
    };
    let ordered = |low: &Key, high: &Key, most: f64| {
        let (from, to) = (degrees(low, most), degrees(high, most));
        let (from, to) = (from?, to?);
        if from.value >= to.value {
            let message = format!("`{}` n'est pas plus grand que `{}`", high.name, low.name);
            let hint = "Échangez les deux.".to_owned();
            table.error(&to.span, code::OUT_OF_RANGE, message, hint);
            return None;
        }
        Some((from.value, to.value))
    };
    let longitudes = ordered(&area::WEST, &area::EAST, 180.0);
    let latitudes = ordered(&area::SOUTH, &area::NORTH, 90.0);
    let ((west, east), (south, north)) = longitudes.zip(latitudes)?;
    Some(Area {
        name: town.to_owned(),
        west,
        east,
        south,
        north,
    })
}

fn read_network(table: &Table<'_>) -> Network {
    let mut allow = Vec::new();
    for entry in table.lines(&network::ALLOW) {
        match Allowed::parse(&entry.value) {
            Some(allowed) => allow.push(allowed),
            None => table.error(
                &entry.span,
                code::BAD_NETWORK,
                format!(
                    "`{}` n'est ni une adresse, ni une plage d'adresses, ni une machine",
                    entry.value
                ),
                "Par exemple `10.20.0.0/16`, `10.20.1.7` ou `intranet.ville.fr`.".to_owned(),
            ),
        }
    }
    let certificates = table.line(&network::CERTIFICATES);
    if let Some(path) = certificates
        .as_ref()
        .filter(|at| !at.value.starts_with('/'))
    {
        table.error(
            &path.span,
            code::BAD_PATH,
            "ce chemin n'est pas absolu",
            "Par exemple `/etc/ssl/certs/ville.pem`.".to_owned(),
        );
    }
    Network {
        allow,
        certificates: certificates.map(|at| at.value),
    }
}
