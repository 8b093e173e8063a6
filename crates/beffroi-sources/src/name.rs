//! The name under which a fetched file is kept.

use url::Url;

/// Longest name, in characters.
const LONGEST: usize = 100;

/// A name for what an address answered: the one that the answer proposes, else the last part of
/// the address, else `fallback`; with an extension when the type of content tells one. Never a
/// path, a hidden file or anything that a file system would not take.
pub(crate) fn of(
    disposition: Option<&str>,
    url: &Url,
    content_type: Option<&str>,
    fallback: &str,
) -> String {
    let proposed = disposition.and_then(proposed).map(|name| clean(&name));
    let last = url
        .path_segments()
        .and_then(|mut parts| parts.next_back())
        .map(|part| clean(&decoded(part)));
    let mut name = [proposed, last]
        .into_iter()
        .flatten()
        .find(|name| !name.is_empty())
        .unwrap_or_else(|| clean(fallback));
    if !name.contains('.')
        && let Some(extension) = content_type.and_then(extension)
    {
        name.push('.');
        name.push_str(extension);
    }
    name
}

/// The file name of a `Content-Disposition` (RFC 6266): `filename*` before `filename`.
fn proposed(disposition: &str) -> Option<String> {
    let parameter = |wanted: &str| {
        let mut rest = disposition;
        while let Some(at) = rest.find(';') {
            rest = rest.get(at + 1..)?.trim_start();
            let (name, value) = rest.split_once('=')?;
            if name.trim().eq_ignore_ascii_case(wanted) {
                return Some(value.trim_start());
            }
        }
        None
    };
    if let Some(value) = parameter("filename*") {
        let value = value.split(';').next().unwrap_or_default();
        let mut parts = value.trim().splitn(3, '\'');
        if let (Some(_), Some(_), Some(encoded)) = (parts.next(), parts.next(), parts.next()) {
            return Some(decoded(encoded));
        }
    }
    let value = parameter("filename")?;
    let name = match value.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next().unwrap_or_default(),
        None => value.split(';').next().unwrap_or_default().trim_end(),
    };
    Some(name.to_owned())
}

/// `%C3%A9` as `é`.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let code = (first == b'%')
            .then(|| after.get(..2))
            .flatten()
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match code {
            Some(code) => {
                bytes.push(code);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Letters, figures and the marks of ordinary names; the last part when it looks like a path.
pub(crate) fn clean(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last
        .chars()
        .map(|c| match c {
            c if c.is_alphanumeric() => c,
            '-' | '_' | '.' | ' ' | '(' | ')' => c,
            _ => '_',
        })
        .collect();
    let kept = kept.trim_matches(|c: char| matches!(c, '.' | ' ' | '_'));
    if kept.chars().count() <= LONGEST {
        return kept.to_owned();
    }
    // The end holds the extension.
    let (stem, extension) = kept.rsplit_once('.').unwrap_or((kept, ""));
    let extension: String = extension.chars().take(10).collect();
    let room = LONGEST.saturating_sub(extension.chars().count() + 1);
    let stem: String = stem.chars().take(room).collect();
    if extension.is_empty() {
        stem
    } else {
        format!("{stem}.{extension}")
    }
}

/// What a type of content is called at the end of a name: a hint, files tell what they are.
fn extension(content_type: &str) -> Option<&'static str> {
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    Some(match kind.to_ascii_lowercase().as_str() {
        "text/csv" | "application/csv" => "csv",
        "application/json" => "json",
        "application/geo+json" => "geojson",
        "application/x-ndjson" | "application/jsonl" => "jsonl",
        "application/xml" | "text/xml" => "xml",
        "application/zip" => "zip",
        "application/gzip" | "application/x-gzip" => "gz",
        "application/vnd.ms-excel" => "xls",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => "xlsx",
        "application/vnd.oasis.opendocument.spreadsheet" => "ods",
        "application/vnd.apache.parquet" => "parquet",
        _ => return None,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_proposed_found_or_made() {
        let name =
            |disposition, url: &str, kind| of(disposition, &Url::parse(url).unwrap(), kind, "air");
        let url = "https://a.fr/x/export%20d%C3%A9chets.csv?cle=1";
        assert_eq!(name(None, url, None), "export déchets.csv");
        assert_eq!(
            name(Some("attachment; filename=\"mars; 2026.csv\""), url, None),
            "mars_ 2026.csv"
        );
        assert_eq!(
            name(
                Some("attachment; filename=x.csv; filename*=UTF-8''%C3%A9t%C3%A9.csv"),
                url,
                None
            ),
            "été.csv"
        );
        assert_eq!(name(Some("inline"), url, None), "export déchets.csv");
        assert_eq!(
            name(None, "https://a.fr/", Some("text/csv; charset=utf-8")),
            "air.csv"
        );
        assert_eq!(
            name(None, "https://a.fr/export", Some("application/json")),
            "export.json"
        );
        assert_eq!(name(None, "https://a.fr/export", None), "export");
    }

    #[test]
    fn a_name_is_never_a_path() {
        let name = |proposed: &str| {
            let disposition = format!("attachment; filename=\"{proposed}\"");
            of(
                Some(&disposition),
                &Url::parse("https://a.fr/b").unwrap(),
                None,
                "air",
            )
        };
        assert_eq!(name("../../etc/passwd"), "passwd");
        assert_eq!(name("C:\\Temp\\a.csv"), "a.csv");
        assert_eq!(name(".bashrc"), "bashrc");
        assert_eq!(name(".."), "b");
        assert_eq!(name(""), "b");
        assert_eq!(name("a\u{0}\n:*?<>|.csv"), "a________.csv");
        let long = name(&format!("{}.csv", "é".repeat(500)));
        assert_eq!((long.chars().count(), long.ends_with("é.csv")), (100, true));
    }
}
