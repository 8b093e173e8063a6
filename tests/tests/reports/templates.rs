//! Reports begun from what law and custom know of them.

use crate::hands::*;
use beffroi_report::templates;

#[test]
fn each_template_begins_a_draft_that_publishes_as_others_do() {
    let scene = Scene::new();
    let head = scene.hand(DIDIER);
    let page = "/rapports/nouveau";
    assert!(templates().len() > 3);
    for template in templates() {
        let form = form_with(&head, page, "", ("modele", &template.id));
        let to = led(&head.send_form(form, ""));
        let path = format!("reports/{}.toml", template.id);
        let draft = to.split("/textes/").next().unwrap_or_default().to_owned();
        let text = format!("{draft}/textes/{path}");
        let text = head.form(&text, "").get("texte").to_owned();
        assert!(text.contains("[[chapters]]"), "{text}");
        assert!(!scene.town.content(&path).exists());
        let form = head.form(&draft, "publier");
        let to = led(&head.send_form(form, "publier"));
        assert!(to.ends_with("fait=publie"), "{to}");
        assert_eq!(
            std::fs::read_to_string(scene.town.content(&path))
                .ok()
                .as_deref(),
            Some(text.as_str())
        );
        let list = wait(&head, "/rapports", |list| list.contains(&template.title));
        assert!(
            list.contains(&format!("{} 2025 Projet", template.title)),
            "{list}"
        );
        let report = format!("/rapports/{}/2025", template.id);
        assert_eq!(head.get(&report).status, 200, "{report}");
        assert_eq!(
            head.get(&format!("{report}/entier")).status,
            200,
            "{report}"
        );
    }
    drop(scene.town.run(&["check"]).assert_code(0));
}
