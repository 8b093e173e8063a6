//! Reads what the tests need out of a page's HTML, without a browser.

/// The addresses on this server that a page links to, in order, fragments removed.
#[must_use]
pub fn internal_links(html: &str) -> Vec<String> {
    let mut links = Vec::new();
    for rest in html.split("href=\"").skip(1) {
        let address = unescape(rest.split('"').next().unwrap_or_default());
        let address = address.split('#').next().unwrap_or_default();
        if address.starts_with('/') && !address.starts_with("//") {
            links.push(address.to_owned());
        }
    }
    links
}

/// The text of `<main>`: tags removed, blanks run together (no-break ones included).
#[must_use]
pub fn main_text(html: &str) -> String {
    let main = html.split_once("<main").map_or(html, |(_, rest)| rest);
    let main = main.split_once('>').map_or(main, |(_, rest)| rest);
    let main = main.split_once("</main>").map_or(main, |(text, _)| text);
    let mut text = String::new();
    for piece in main.split('<') {
        text.push(' ');
        text.push_str(if text.len() == 1 {
            piece
        } else {
            after_tag(piece)
        });
    }
    unescape(&text)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

fn after_tag(piece: &str) -> &str {
    piece.split_once('>').map_or("", |(_, text)| text)
}

pub(crate) fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_of_this_server_are_found() {
        let html = r##"<a href="/a?x=1&amp;y=2#z">A</a> <a href="https://elsewhere.test/">B</a>
            <a href="#main">C</a> <link href="/assets/b.css"> <a href="//elsewhere.test">D</a>"##;
        assert_eq!(internal_links(html), ["/a?x=1&y=2", "/assets/b.css"]);
    }

    #[test]
    fn the_text_of_a_page_is_what_is_read() {
        let html = "<h1>no</h1><main id=\"m\">un <b>1\u{202f}284</b>&amp;\n<i>deux</i></main>non";
        assert_eq!(main_text(html), "un 1 284 & deux");
    }
}
