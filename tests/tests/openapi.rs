//! The API as it describes itself: each operation is sent hundreds of requests drawn from its own
//! description and from around it. It never fails on our side, and every answer is one that the
//! description names, of the shape that it gives.

use beffroi_tests::{Response, Server, Town, Visitor};
use serde_json::Value;
use std::collections::BTreeMap;

/// Requests of each operation.
const REQUESTS: usize = 400;

/// Numbers that are the same in each run (xorshift).
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % most.max(1) as u64) as usize
    }

    fn pick<'a, T>(&mut self, among: &'a [T]) -> &'a T {
        &among[self.below(among.len())]
    }

    fn one_in(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }
}

/// Values that a program sends by mistake, or on purpose.
fn odd_values() -> Vec<String> {
    let texts = [
        "",
        " ",
        ",",
        ",,,",
        "0",
        "-1",
        "1e309",
        "NaN",
        "null",
        "true",
        "[]",
        "{}",
        "\"",
        "'",
        "\\",
        "' OR 1=1 --",
        "\"; DROP TABLE people; --",
        "<script>alert(1)</script>",
        "../../etc/passwd",
        "..",
        "%",
        "%00",
        "\0",
        "\r\nSet-Cookie: x=1",
        "\u{feff}",
        "\u{202e}gauche",
        "é",
        "e\u{301}",
        "😀",
        "ﬁ",
        "İ",
        "2025-02-30",
        "2025-13",
        "2025-T5",
        "2024/2026",
        "2025..",
        "..2025",
        "..",
        "2025..2019",
        "0000",
        "0001..9999",
        "9999-12-31",
        "-2025",
        "+2025",
        "99999999999999999999",
        "2025..2025..2025",
        "2025-W01",
        "dernier..2025",
        "DERNIER",
        "day",
        "century",
        "quartier,quartier",
        "quartier;station",
        "$ref",
        "${jndi:ldap://x}",
        "{{7*7}}",
        "nord,,nord",
        "a,b,c,d,e,f,g,h",
    ];
    let mut values: Vec<String> = texts.iter().map(|it| (*it).to_owned()).collect();
    values.push("x".repeat(5_000));
    values.push("quartier,".repeat(1_000));
    values.push("é".repeat(1_000));
    values
}

/// Values that each parameter is meant to take, of this town.
fn fine_values(name: &str) -> &'static [&'static str] {
    match name {
        "dataset" => &["trajets", "population", "arbres"],
        "indicator" => &[
            "trajets",
            "trajets",
            "trajets",
            "population",
            "arbres",
            "trajets_par_habitant",
        ],
        "periode" => &[
            "2024",
            "2025-03",
            "2024-T1",
            "2024/2025",
            "2023..2025",
            "2024-01..2024-12",
            "2025-06-01",
            "dernier",
            "2024-01-01..2024-03-31",
        ],
        "grain" => &["day", "month", "quarter", "year", "school_year"],
        "par" => &["quartier", "station", "quartier,station"],
        "quartier" => &["centre", "port", "centre,port"],
        "station" => &["Gare", "Quai"],
        _ => &["1"],
    }
}

struct Operation {
    path: String,
    parameters: Vec<(String, bool)>,
    statuses: BTreeMap<u16, Value>,
}

fn operations(document: &Value) -> Vec<Operation> {
    let paths = document["paths"].as_object().expect("paths");
    let operations = paths.iter().map(|(path, item)| {
        let methods: Vec<&String> = item.as_object().expect("an item").keys().collect();
        assert_eq!(methods, ["get"], "{path}");
        let get = &item["get"];
        let parameters = get["parameters"].as_array().into_iter().flatten();
        let named = parameters.flat_map(|it| match it["schema"]["type"].as_str() {
            // Any dimension, at its own name.
            Some("object") => vec![
                ("quartier".to_owned(), false),
                ("station".to_owned(), false),
            ],
            _ => vec![(
                it["name"].as_str().expect("a name").to_owned(),
                it["in"] == "path",
            )],
        });
        let responses = get["responses"].as_object().expect("responses").iter();
        let statuses = responses.map(|(status, response)| {
            let content = &response["content"]["application/json"]["schema"];
            (status.parse().expect("a status"), content.clone())
        });
        Operation {
            path: path.clone(),
            parameters: named.collect(),
            statuses: statuses.collect(),
        }
    });
    operations.collect()
}

/// An address of an operation: mostly sensible, with something odd here and there.
fn address(operation: &Operation, chance: &mut Chance, odd: &[String]) -> String {
    let mut path = operation.path.clone();
    let mut query: Vec<String> = Vec::new();
    for (name, in_path) in &operation.parameters {
        let mut value = || match chance.one_in(6) {
            true => chance.pick(odd).clone(),
            false => (*chance.pick(fine_values(name))).to_owned(),
        };
        if *in_path {
            // Without a name, the address is that of the list.
            let value = Some(value())
                .filter(|it| !it.is_empty())
                .unwrap_or("x".to_owned());
            path = path.replace(&format!("{{{name}}}"), &escaped(&value));
            continue;
        }
        let values = [value(), value()];
        match chance.below(8) {
            0 | 1 => query.push(format!("{name}={}", escaped(&values[0]))),
            2 => query.extend(values.iter().map(|it| format!("{name}={}", escaped(it)))),
            3 => query.push(name.clone()),
            _ => {}
        }
    }
    if chance.one_in(6) {
        query.push(format!(
            "{}={}",
            escaped(chance.pick::<String>(odd)),
            escaped(chance.pick::<String>(odd))
        ));
    }
    if chance.one_in(10) {
        query.push(
            (*chance.pick(&[
                "%",
                "%zz",
                "%ff=%fe",
                "&&&",
                "=",
                "periode=%c3%28",
                "?",
                "a=b=c",
            ]))
            .to_owned(),
        );
    }
    match query.is_empty() {
        true => path,
        false => format!("{path}?{}", query.join("&")),
    }
}

fn escaped(text: &str) -> String {
    let escape = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b',' => {
            char::from(byte).to_string()
        }
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(escape).collect()
}

/// What of a value is not as a schema says.
fn faults(document: &Value, schema: &Value, value: &Value, at: &str) -> Vec<String> {
    if let Some(name) = schema["$ref"].as_str() {
        let schema = document
            .pointer(name.trim_start_matches('#'))
            .unwrap_or_else(|| panic!("no {name}"));
        return faults(document, schema, value, at);
    }
    let mut found = Vec::new();
    let is = |kind: &str| match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("no type {other}"),
    };
    let kinds: Vec<&str> = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        kind => kind.as_str().into_iter().collect(),
    };
    if !kinds.is_empty() && !kinds.iter().any(|kind| is(kind)) {
        found.push(format!("{at} is no {kinds:?}: {value}"));
    }
    if let Some(among) = schema["enum"].as_array()
        && !among.contains(value)
    {
        found.push(format!("{at} is none of {among:?}: {value}"));
    }
    for (place, item) in value.as_array().into_iter().flatten().enumerate() {
        found.extend(faults(
            document,
            &schema["items"],
            item,
            &format!("{at}[{place}]"),
        ));
    }
    let Some(object) = value.as_object() else {
        return found;
    };
    for name in schema["required"].as_array().into_iter().flatten() {
        let name = name.as_str().expect("a name");
        if !object.contains_key(name) {
            found.push(format!("{at} has no {name}"));
        }
    }
    for (name, value) in object {
        let known = &schema["properties"][name];
        let schema = if known.is_null() {
            &schema["additionalProperties"]
        } else {
            known
        };
        found.extend(faults(document, schema, value, &format!("{at}.{name}")));
    }
    found
}

fn check(document: &Value, operation: &Operation, asked: &str, answer: &Response) -> Vec<String> {
    let mut found = Vec::new();
    if answer.status >= 500 && answer.status != 503 {
        found.push("fails on our side".to_owned());
    }
    let Some(schema) = operation.statuses.get(&answer.status) else {
        return vec![format!(
            "{asked}: status {} is not described: {}",
            answer.status,
            answer.text()
        )];
    };
    if answer.header("content-type") != Some("application/json") {
        found.push(format!("is {:?}", answer.header("content-type")));
    }
    match serde_json::from_slice::<Value>(&answer.body) {
        Ok(body) => {
            found.extend(faults(document, schema, &body, "body"));
            let error = &body["error"];
            for part in ["code", "message", "hint"]
                .iter()
                .filter(|_| answer.status >= 400)
            {
                if error[part].as_str().is_none_or(str::is_empty) {
                    found.push(format!("its error has no {part}: {body}"));
                }
            }
        }
        Err(error) => found.push(format!("is not JSON ({error}): {}", answer.text())),
    }
    let short: String = asked.chars().take(300).collect();
    found
        .iter()
        .map(|fault| format!("{short} ({}): {fault}", answer.status))
        .collect()
}

fn described(server: &Server) -> Value {
    let answer = server.get("/api/v1/openapi.json");
    assert_eq!(answer.status, 200);
    answer.json()
}

#[test]
fn every_answer_of_the_api_is_one_that_its_description_names() {
    let town = Town::small();
    let _ = town.run(&["import"]).assert_code(0);
    let server = town.serve();
    let document = described(&server);
    let (odd, mut chance) = (odd_values(), Chance(0x2545_f491_4f6c_dd1d));
    let mut wrong = Vec::new();
    for operation in operations(&document) {
        let mut statuses: BTreeMap<u16, usize> = BTreeMap::new();
        for _ in 0..REQUESTS {
            let asked = address(&operation, &mut chance, &odd);
            let answer = server.get(&asked);
            *statuses.entry(answer.status).or_default() += 1;
            wrong.extend(check(&document, &operation, &asked, &answer));
        }
        println!("{}: {statuses:?}", operation.path);
        // Drawn so that much of it is right: a probe of refusals alone would prove little.
        assert!(
            statuses
                .get(&200)
                .is_some_and(|count| *count > REQUESTS / 10),
            "{statuses:?}"
        );
    }
    wrong.truncate(40);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn whoever_is_not_known_has_no_right_or_comes_by_another_method_is_answered_as_described() {
    let town = Town::small();
    let server = town.serve();
    let document = described(&server);
    drop(server);
    let server = town.serve_with(&["--no-demo"]);
    let stranger = Visitor::new(server.address());
    for operation in operations(&document) {
        let path = operation
            .path
            .replace("{dataset}", "trajets")
            .replace("{indicator}", "trajets");
        let answer = stranger.get(&path);
        assert_eq!(answer.status, 401, "{path}");
        assert_eq!(
            check(&document, &operation, &path, &answer),
            Vec::<String>::new()
        );
        for method in ["POST", "PUT", "DELETE", "PATCH"] {
            let answer = stranger.send(method, &path, &[], "");
            assert_eq!(answer.status, 405, "{method} {path}");
            assert_eq!(answer.header("allow"), Some("GET, HEAD"), "{method} {path}");
            assert_eq!(
                answer.header("content-type"),
                Some("application/json"),
                "{method} {path}"
            );
            let error = &answer.json()["error"];
            assert!(
                ["code", "message", "hint"]
                    .iter()
                    .all(|part| error[part].is_string()),
                "{error}"
            );
        }
    }
}

#[test]
fn half_of_what_is_asked_is_never_answered_as_the_whole() {
    let town = Town::small();
    let _ = town.run(&["import"]).assert_code(0);
    let server = town.serve();
    let of = |query: &str| server.get(&format!("/api/v1/indicateurs/trajets?{query}"));
    for (query, code) in [
        ("periode=2024&periode=2023", "repeated-parameter"),
        (
            "periode=2024&quartier=centre&quartier=port",
            "repeated-parameter",
        ),
        ("par=quartier&par=station", "repeated-parameter"),
        ("periode=2024&quartier=centre,ailleurs", "unknown-member"),
        ("periode=2024&quartier=,", "unknown-member"),
        ("periode=2024&station=,", "unknown-member"),
    ] {
        let answer = of(query);
        assert_eq!(
            (answer.status, answer.json()["error"]["code"].as_str()),
            (400, Some(code)),
            "{query}"
        );
    }
    let one = of("periode=2024&quartier=centre&quartier=centre").json();
    assert_eq!(
        one["rows"],
        of("periode=2024&quartier=centre").json()["rows"]
    );
}
