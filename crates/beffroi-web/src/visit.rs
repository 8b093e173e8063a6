//! What a request asks for, whoever asks: language, path, parameters. And the links that answer it.

use actix_web::HttpRequest;
use actix_web::http::header;
use beffroi_text::Lang;

/// A request as pages see it.
#[derive(Debug, Clone)]
pub(crate) struct Visit {
    /// The language of the page.
    pub lang: Lang,
    /// Whether the address names the language (`?lang=en`): links then keep it.
    lang_named: bool,
    /// The path, without a slash at its end.
    pub path: String,
    /// Whether it only reads: an address to come back to.
    pub reads: bool,
    params: Vec<(String, String)>,
}

impl Visit {
    /// Reads a request. Parameters that nobody knows are left alone.
    pub fn of(request: &HttpRequest) -> Self {
        let params: Vec<(String, String)> =
            form_urlencoded::parse(request.query_string().as_bytes())
                .into_owned()
                .collect();
        let named = params
            .iter()
            .find(|(name, _)| name == "lang")
            .and_then(|(_, value)| Lang::from_code(value.trim()));
        let accepted = || {
            let languages = request
                .headers()
                .get(header::ACCEPT_LANGUAGE)?
                .to_str()
                .ok()?;
            preferred(languages)
        };
        Self {
            lang: named.or_else(accepted).unwrap_or(Lang::Fr),
            lang_named: named.is_some(),
            path: request.path().to_owned(),
            reads: request.method().is_safe(),
            params,
        }
    }

    /// A parameter that has a value.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params
            .iter()
            .find(|(known, value)| known == name && !value.trim().is_empty())
            .map(|(_, value)| value.trim())
    }

    /// Whether a parameter stands there with more than one value.
    pub fn repeats(&self, name: &str) -> bool {
        let mut values = self.params.iter().filter(|(known, _)| known == name);
        let first = values.next();
        values.any(|other| Some(other) != first)
    }

    /// The parameters in a normal order: what a cached answer depends on, beside the path.
    pub fn normal_query(&self) -> String {
        let mut params: Vec<&(String, String)> = self
            .params
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .collect();
        // Of a parameter that stands twice the first counts: their order is kept.
        params.sort_by(|(a, _), (b, _)| a.cmp(b));
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(params);
        query.finish()
    }

    /// A link that keeps the language.
    pub fn link(&self, path: &str) -> String {
        self.link_with(path, &[])
    }

    /// A link with parameters that keeps the language. `path` may end in a fragment.
    pub fn link_with(&self, path: &str, params: &[(&str, &str)]) -> String {
        let (path, fragment) = match path.split_once('#') {
            Some((path, fragment)) => (path, Some(fragment)),
            None => (path, None),
        };
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(params.iter().filter(|(name, _)| *name != "lang"));
        if self.lang_named {
            query.append_pair("lang", self.lang.code());
        }
        let query = query.finish();
        let mut link = path.to_owned();
        if !query.is_empty() {
            link.push('?');
            link.push_str(&query);
        }
        if let Some(fragment) = fragment {
            link.push('#');
            link.push_str(fragment);
        }
        link
    }

    /// This same view in the other language.
    pub fn other_language(&self) -> (Lang, String) {
        let other = match self.lang {
            Lang::Fr => Lang::En,
            Lang::En => Lang::Fr,
        };
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(self.params.iter().filter(|(name, _)| name != "lang"));
        query.append_pair("lang", other.code());
        (other, format!("{}?{}", self.path, query.finish()))
    }

    /// The language to send back in a form, when the address named it.
    pub fn lang_field(&self) -> Option<&'static str> {
        self.lang_named.then(|| self.lang.code())
    }

    /// Whether users read English.
    pub fn english(&self) -> bool {
        self.lang == Lang::En
    }

    /// Whether programs ask, which read JSON.
    pub fn is_api(&self) -> bool {
        self.path.starts_with("/api/")
    }
}

/// The language that `Accept-Language` weighs most among ours; the first of equals.
fn preferred(accepted: &str) -> Option<Lang> {
    let mut best: Option<(f32, Lang)> = None;
    for range in accepted.split(',') {
        let mut parts = range.split(';');
        let Some(lang) = parts.next().and_then(|code| Lang::from_code(code.trim())) else {
            continue;
        };
        let weight = parts
            .find_map(|part| part.trim().strip_prefix("q="))
            .map_or(1.0, |weight| weight.parse().unwrap_or(0.0));
        if weight > best.map_or(0.0, |(weight, _)| weight) {
            best = Some((weight, lang));
        }
    }
    best.map(|(_, lang)| lang)
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn visit(uri: &str, accept: &str) -> Visit {
        let request = TestRequest::with_uri(uri).insert_header((header::ACCEPT_LANGUAGE, accept));
        Visit::of(&request.to_http_request())
    }

    #[test]
    fn the_address_names_the_language_else_the_browser_does_else_french() {
        assert_eq!(visit("/?lang=en", "fr").lang, Lang::En);
        assert_eq!(visit("/", "de, en-GB;q=0.8, fr;q=0.5").lang, Lang::En);
        assert_eq!(visit("/", "fr-FR,fr;q=0.9,en;q=0.8").lang, Lang::Fr);
        assert_eq!(visit("/?lang=xx", "de").lang, Lang::Fr);
        assert_eq!(visit("/?lang=%C3%A9", "é;q=x").lang, Lang::Fr);
    }

    #[test]
    fn links_keep_a_named_language_only() {
        assert_eq!(
            visit("/?lang=en", "").link("/aide#signes"),
            "/aide?lang=en#signes"
        );
        assert_eq!(visit("/", "en").link("/aide"), "/aide");
        let link = visit("/", "").link_with("/tableaux/a", &[("quartier", "a&b=\"<")]);
        assert_eq!(link, "/tableaux/a?quartier=a%26b%3D%22%3C");
    }

    #[test]
    fn the_order_of_parameters_does_not_matter() {
        let one = visit("/?b=2&a=1&c=", "").normal_query();
        assert_eq!(one, visit("/?a=1&b=2", "").normal_query());
        assert_eq!(one, "a=1&b=2");
    }

    #[test]
    fn of_a_parameter_that_stands_twice_the_first_counts() {
        let one = visit("/?b=2&a=2&a=1", "");
        assert_eq!(one.param("a"), Some("2"));
        assert_eq!(one.normal_query(), "a=2&a=1&b=2");
        assert!(one.repeats("a") && !one.repeats("b") && !one.repeats("c"));
        assert!(!visit("/?a=1&a=1", "").repeats("a"));
    }
}
