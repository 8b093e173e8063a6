//! Forms of a page, read as a browser reads them, without one.

use crate::links::unescape;

/// A form, with what a browser would send of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HtmlForm {
    /// Where it is sent.
    pub action: String,
    /// Its fields with their values, buttons left out.
    pub fields: Vec<(String, String)>,
    /// The names and values of its buttons.
    pub buttons: Vec<(String, String)>,
}

impl HtmlForm {
    /// The forms of a page that are posted, in order.
    #[must_use]
    pub fn all(html: &str) -> Vec<Self> {
        let mut forms = Vec::new();
        for part in html.split("<form").skip(1) {
            let part = part.split("</form>").next().unwrap_or_default();
            let (tag, content) = part.split_once('>').unwrap_or((part, ""));
            if attribute(tag, "method").as_deref() == Some("post") {
                forms.push(Self::read(
                    &attribute(tag, "action").unwrap_or_default(),
                    content,
                ));
            }
        }
        forms
    }

    fn read(action: &str, content: &str) -> Self {
        let mut form = Self {
            action: action.to_owned(),
            fields: Vec::new(),
            buttons: Vec::new(),
        };
        // The list that is open: its name, its first option, the chosen one.
        let mut list: Option<(String, Option<String>, Option<String>)> = None;
        for piece in content.split('<').skip(1) {
            let (tag, text) = piece.split_once('>').unwrap_or((piece, ""));
            let name = attribute(tag, "name");
            let value = attribute(tag, "value").unwrap_or_default();
            match tag.split_whitespace().next().unwrap_or_default() {
                "input" => form.input(tag, name, value),
                "textarea" => {
                    // The first line break after the tag is none of the text.
                    let text = text.strip_prefix('\n').unwrap_or(text);
                    form.fields.extend(name.map(|name| (name, unescape(text))));
                }
                "button" => form.buttons.extend(name.map(|name| (name, value))),
                "select" => list = name.map(|name| (name, None, None)),
                "option" => {
                    if let Some((_, first, chosen)) = &mut list {
                        first.get_or_insert_with(|| value.clone());
                        if is_set(tag, "selected") {
                            *chosen = Some(value);
                        }
                    }
                }
                "/select" => {
                    let field = list.take();
                    form.fields.extend(field.and_then(|(name, first, chosen)| {
                        chosen.or(first).map(|value| (name, value))
                    }));
                }
                _ => {}
            }
        }
        form
    }

    fn input(&mut self, tag: &str, name: Option<String>, value: String) {
        let Some(name) = name else { return };
        match attribute(tag, "type").unwrap_or_default().as_str() {
            "checkbox" | "radio" if !is_set(tag, "checked") => {}
            "submit" => self.buttons.push((name, value)),
            "file" => {}
            _ => self.fields.push((name, value)),
        }
    }

    /// Whether it does something: a button of it, or a hidden field, says so.
    #[must_use]
    pub fn does(&self, what: &str) -> bool {
        let all = self.buttons.iter().chain(&self.fields);
        let mut all = all.filter(|(name, _)| name == "faire");
        all.any(|(_, value)| value == what)
    }

    /// The value of a field; empty when there is none.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        let mut fields = self.fields.iter();
        let field = fields.find(|(known, _)| known == name);
        field.map_or("", |(_, value)| value)
    }

    /// The name of the first field with a value.
    #[must_use]
    pub fn name_of(&self, value: &str) -> Option<&str> {
        let mut fields = self.fields.iter();
        let field = fields.find(|(_, known)| known == value);
        field.map(|(name, _)| name.as_str())
    }

    /// The same with another value of a field: in its place, or after all others.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        match self.fields.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => value.clone_into(known),
            None => self.fields.push((name.to_owned(), value.to_owned())),
        }
        self
    }

    /// The same without a field: a box whose tick was taken out.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.fields.retain(|(known, _)| known != name);
        self
    }
}

/// The value of an attribute in a tag.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, after) = tag.split_once(&format!(" {name}=\""))?;
    after.split_once('"').map(|(value, _)| unescape(value))
}

/// Whether a tag has an attribute without a value.
fn is_set(tag: &str, name: &str) -> bool {
    // Values are passed over: they may hold the word.
    tag.split('"')
        .step_by(2)
        .any(|bare| bare.split_whitespace().any(|word| word == name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_sent_as_a_browser_would() {
        let html = r#"<form method="get" action="/a"></form><form method="post" action="/b?x=1&amp;y=2">
            <input type="hidden" name="jeton" value="t"><input id="a" name="vide">
            <input type="checkbox" name="coche" value="1" checked><input type="checkbox" name="non" value="1">
            <input type="radio" name="r" value="checked"><input type="radio" name="r" value="b" checked>
            <select name="s"><option value="1">un</option><option value="2" selected>deux</option></select>
            <select name="p"><option value="">aucun</option><option value="2">deux</option></select>
            <textarea name="t" rows="3">
 une &lt;ligne&gt;
deux</textarea><button type="submit" name="faire" value="garder">x</button></form>"#;
        let forms = HtmlForm::all(html);
        assert_eq!(forms.len(), 1);
        let form = &forms[0];
        assert_eq!(form.action, "/b?x=1&y=2");
        let fields: Vec<_> = form
            .fields
            .iter()
            .map(|(a, b)| format!("{a}={b}"))
            .collect();
        assert_eq!(
            fields,
            [
                "jeton=t",
                "vide=",
                "coche=1",
                "r=b",
                "s=2",
                "p=",
                "t= une <ligne>\ndeux"
            ]
        );
        assert!(form.does("garder") && !form.does("retirer"));
    }
}
