//! The parts of forms: a field with its label, its help and what is wrong with it.

use crate::guard::TOKEN;
use maud::{Markup, html};

/// A field of one line.
#[derive(Default)]
pub(crate) struct Field<'a> {
    pub name: &'a str,
    pub label: &'a str,
    /// `text` when empty.
    pub kind: &'a str,
    pub value: &'a str,
    pub autocomplete: &'a str,
    pub help: &'a str,
    pub error: &'a str,
    pub optional: bool,
    /// `inputmode`.
    pub mode: &'a str,
}

impl Field<'_> {
    /// The field.
    pub fn markup(&self) -> Markup {
        let id = format!("c-{}", self.name);
        let help = (!self.help.is_empty()).then(|| format!("{id}-aide"));
        let error = (!self.error.is_empty()).then(|| format!("{id}-erreur"));
        let described: Vec<&str> = [&help, &error]
            .into_iter()
            .filter_map(|it| it.as_deref())
            .collect();
        let described = (!described.is_empty()).then(|| described.join(" "));
        let filled = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        html! {
            div.champ {
                label for=(id) { (self.label) }
                @if let Some(help) = &help { span.aide id=(help) { (self.help) } }
                input
                    id=(id)
                    name=(self.name)
                    type=(if self.kind.is_empty() { "text" } else { self.kind })
                    value=[filled(self.value)]
                    autocomplete=[filled(self.autocomplete)]
                    inputmode=[filled(self.mode)]
                    aria-describedby=[described]
                    aria-invalid=[error.as_ref().map(|_| "true")]
                    required[!self.optional];
                @if let Some(error) = &error { p.champ-erreur id=(error) { (self.error) } }
            }
        }
    }
}

/// A box to tick.
pub(crate) fn tick(name: &str, value: &str, ticked: bool, label: &Markup) -> Markup {
    let id = format!("c-{name}-{value}");
    html! {
        label.choix for=(id) {
            input id=(id) type="checkbox" name=(name) value=(value) checked[ticked];
            span { (label) }
        }
    }
}

/// The hidden field without which a form is not taken.
pub(crate) fn token(csrf: &str) -> Markup {
    html! { input type="hidden" name=(TOKEN) value=(csrf); }
}

/// A form of one button.
pub(crate) fn button(
    action: &str,
    csrf: &str,
    fields: &[(&str, &str)],
    class: &str,
    words: &str,
) -> Markup {
    html! {
        form.bouton-seul method="post" action=(action) {
            (token(csrf))
            @for (name, value) in fields { input type="hidden" name=(name) value=(value); }
            button.bouton.(class) type="submit" { (words) }
        }
    }
}

/// The field of the box that confirms what cannot be undone.
pub(crate) const SURE: &str = "certain";

/// A form of one button that asks to be confirmed: what it does cannot be undone.
pub(crate) fn sure_button(
    action: &str,
    csrf: &str,
    fields: &[(&str, &str)],
    sure: &str,
    words: &str,
) -> Markup {
    html! {
        form.pile method="post" action=(action) {
            (token(csrf))
            @for (name, value) in fields { input type="hidden" name=(name) value=(value); }
            (tick(SURE, "1", false, &html! { (sure) }))
            div.actions { button.bouton.danger type="submit" { (words) } }
        }
    }
}

/// What went wrong with a form, above it.
pub(crate) fn refused(words: &str) -> Markup {
    html! {
        @if !words.is_empty() {
            div.avis.retard role="alert" { (crate::parts::plain_badge("retard", words)) }
        }
    }
}

/// What was done, above what is there now.
pub(crate) fn done(words: &str) -> Markup {
    html! {
        @if !words.is_empty() {
            div.avis.atteint role="status" { (crate::parts::plain_badge("atteint", words)) }
        }
    }
}
