//! The annual reports: editions, what departments write and confirm, sentences, remarks, reminders.

#![allow(clippy::unwrap_used)]

mod common;

use beffroi_model::{DepartmentId, Role};
use beffroi_store::{
    CommentId, PersonId, Store, StoreError,
    reports::{
        Chapter, Contribution, ContributionState, Edition, NewChapter, NewSentence, Reports,
        Sentence, Signature, StepKind, Written,
    },
    workshop::{Author, limits},
};
use chrono::NaiveDate;
use common::{Town, after, noon};
use std::thread;

const ANNE: Author = Author {
    person: Some(PersonId(7)),
    name: "Anne",
};
const BRUNO: Author = Author {
    person: Some(PersonId(8)),
    name: "Bruno",
};
const REPORT: &str = "annuel";
const VELO: Chapter = Chapter {
    report: REPORT,
    year: 2025,
    id: "velo",
};
const CULTURE: Chapter = Chapter {
    id: "culture",
    ..VELO
};
const SENTENCE: NewSentence = NewSentence {
    key: "velo#locations",
    text: "Le vélo séduit.",
    basis: "Les locations augmentent de 12 %.",
};

fn chapter(id: &str) -> NewChapter<'_> {
    NewChapter {
        id,
        department: None,
        due: None,
    }
}

fn department(text: &str) -> DepartmentId {
    DepartmentId::new(text).unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn signed(by: Author, seconds: i64) -> Signature {
    Signature {
        at: after(seconds),
        person: by.person,
        name: by.name.into(),
    }
}

/// The reports of a town, with an edition of 2025 of two chapters.
fn opened(store: &Store) -> Reports {
    let reports = store.reports();
    let chapters = [chapter("velo"), chapter("culture")];
    reports
        .open(REPORT, 2025, None, &chapters, ANNE, noon())
        .unwrap();
    reports
}

fn contribution(reports: &Reports, chapter: Chapter) -> Contribution {
    let all = reports.contributions(chapter.report, chapter.year).unwrap();
    all.into_iter().find(|it| it.chapter == chapter.id).unwrap()
}

fn write(reports: &Reports, seen: u32, words: &str) -> Written {
    reports
        .write_words(VELO, seen, words, BRUNO, after(5))
        .unwrap()
}

fn done(revision: u32) -> Written {
    Written::Done { revision }
}

#[test]
fn an_edition_is_found_as_it_was_opened() {
    let town = Town::new();
    let reports = town.store.reports();
    let voirie = department("voirie");
    let chapters = [
        NewChapter {
            id: "velo",
            department: Some(&voirie),
            due: Some(day("2026-03-31")),
        },
        chapter("culture"),
    ];
    reports
        .open(REPORT, 2025, None, &chapters, ANNE, noon())
        .unwrap();
    reports
        .open(REPORT, 2026, Some(2025), &chapters, BRUNO, after(1))
        .unwrap();
    reports
        .open("climat", 2025, None, &[], ANNE, after(2))
        .unwrap();

    let reports = town.again().reports();
    let first = Edition {
        report: REPORT.into(),
        year: 2025,
        opened: signed(ANNE, 0),
        copied_from: None,
        presented: String::new(),
        frozen_number: 0,
        frozen: None,
    };
    let second = Edition {
        year: 2026,
        opened: signed(BRUNO, 1),
        copied_from: Some(2025),
        ..first.clone()
    };
    assert_eq!(reports.edition(REPORT, 2025).unwrap(), Some(first.clone()));
    assert_eq!(reports.editions(REPORT).unwrap(), [second, first]);
    assert_eq!(reports.editions("autre").unwrap(), []);
    assert_eq!(reports.edition(REPORT, 2024).unwrap(), None);
    let all = reports.all_editions().unwrap();
    let all: Vec<_> = all.iter().map(|it| (it.report.as_str(), it.year)).collect();
    assert_eq!(all, [(REPORT, 2026), (REPORT, 2025), ("climat", 2025)]);

    let waiting = Contribution {
        chapter: "velo".into(),
        department: Some(voirie),
        due: Some(day("2026-03-31")),
        state: ContributionState::Waiting,
        revision: 0,
        words: String::new(),
        confirmed_reading: None,
        changed: None,
    };
    let contributions = reports.contributions(REPORT, 2025).unwrap();
    assert_eq!(contributions[0], waiting);
    assert_eq!(contributions[1].chapter, "culture");
    assert_eq!(contributions.len(), 2);
}

#[test]
fn an_edition_is_opened_once() {
    let town = Town::new();
    let reports = opened(&town.store);
    let again = reports.open(REPORT, 2025, None, &[chapter("sport")], BRUNO, noon());
    assert!(
        matches!(again, Err(StoreError::EditionExists { report, year: 2025 }) if report == REPORT)
    );
    assert_eq!(reports.contributions(REPORT, 2025).unwrap().len(), 2);
    assert_eq!(reports.steps(REPORT, 2025).unwrap().len(), 1);
    let from_nowhere = reports.open(REPORT, 2026, Some(2024), &[], ANNE, noon());
    assert!(matches!(
        from_nowhere,
        Err(StoreError::NoEdition { year: 2024, .. })
    ));
    for (report, id) in [("Annuel", "velo"), ("", "velo"), ("climat", "../velo")] {
        let odd = reports.open(report, 2025, None, &[chapter(id)], ANNE, noon());
        assert!(matches!(odd, Err(StoreError::NotAnId(_))), "{report} {id}");
    }
    assert_eq!(reports.all_editions().unwrap().len(), 1);
}

#[test]
fn whoever_has_not_seen_the_last_words_is_told_what_they_are() {
    let town = Town::new();
    let reports = opened(&town.store);
    assert_eq!(write(&reports, 0, "Le vélo."), done(1));
    let now = Contribution {
        chapter: "velo".into(),
        department: None,
        due: None,
        state: ContributionState::Written,
        revision: 1,
        words: "Le vélo.".into(),
        confirmed_reading: None,
        changed: Some(signed(BRUNO, 5)),
    };
    let stale = Written::Stale(Box::new(now.clone()));
    for seen in [0, 2] {
        let lost = reports.write_words(VELO, seen, "Perdu ?", ANNE, after(6));
        assert_eq!(lost.unwrap(), stale, "{seen}");
        let unseen = reports.confirm(VELO, seen, "a1", ANNE, after(6));
        assert_eq!(unseen.unwrap(), stale, "{seen}");
    }
    assert_eq!(contribution(&reports, VELO), now);
    assert_eq!(reports.history(VELO, 9).unwrap().len(), 1);
    assert_eq!(contribution(&reports, CULTURE).revision, 0);
}

#[test]
fn of_two_who_write_at_once_one_is_told() {
    let town = Town::new();
    // Another process has the store open too.
    let both = [opened(&town.store), town.again().reports()];
    for round in 0..50 {
        let texts = [format!("{round} anne"), format!("{round} bruno")];
        let answers: Vec<Written> = thread::scope(|scope| {
            let writers: Vec<_> = both
                .iter()
                .zip(&texts)
                .map(|(reports, text)| scope.spawn(move || write(reports, round, text)))
                .collect();
            writers.into_iter().map(|it| it.join().unwrap()).collect()
        });
        let now = contribution(&both[0], VELO);
        let winner = answers
            .iter()
            .position(|it| *it == done(round + 1))
            .unwrap();
        assert_eq!(now.words, texts[winner]);
        assert_eq!(answers[1 - winner], Written::Stale(Box::new(now)));
    }
    assert_eq!(both[0].history(VELO, 99).unwrap().len(), 50);
}

#[test]
fn a_contribution_is_written_confirmed_and_written_again() {
    let town = Town::new();
    let reports = opened(&town.store);
    let standing = || {
        let now = contribution(&reports, VELO);
        (now.state, now.confirmed_reading, now.revision)
    };
    let reading = |text: &str| Some(text.to_owned());
    use ContributionState::{Confirmed, Waiting, Written as Draft};
    assert_eq!(standing(), (Waiting, None, 0));
    assert!(!reports.reopen(VELO, ANNE, after(1)).unwrap());
    assert_eq!(standing(), (Waiting, None, 0));
    write(&reports, 0, "Le vélo.");
    assert_eq!(standing(), (Draft, None, 1));
    assert!(!reports.reopen(VELO, ANNE, after(1)).unwrap());

    let confirm = |seen, digest| reports.confirm(VELO, seen, digest, ANNE, after(6)).unwrap();
    assert_eq!(confirm(1, "a1"), done(2));
    assert_eq!(standing(), (Confirmed, reading("a1"), 2));
    let now = contribution(&reports, VELO);
    assert_eq!(now.words, "Le vélo.");
    assert_eq!(now.changed, Some(signed(ANNE, 6)));
    assert_eq!(confirm(2, "b2"), done(3), "the figures have changed");
    assert_eq!(standing(), (Confirmed, reading("b2"), 3));

    assert_eq!(write(&reports, 3, "Le vélo !"), done(4));
    assert_eq!(standing(), (Draft, None, 4));
    assert_eq!(confirm(4, "b2"), done(5));
    assert!(reports.reopen(VELO, BRUNO, after(7)).unwrap());
    assert!(!reports.reopen(VELO, BRUNO, after(8)).unwrap());
    assert_eq!(standing(), (Draft, None, 6));
    let now = contribution(&reports, VELO);
    assert_eq!(now.words, "Le vélo !");
    assert_eq!(now.changed, Some(signed(BRUNO, 7)));
}

#[test]
fn a_chapter_of_figures_alone_is_confirmed_without_words() {
    let town = Town::new();
    let reports = opened(&town.store);
    let confirmed = reports.confirm(VELO, 0, "a1", ANNE, noon()).unwrap();
    assert_eq!(confirmed, done(1));
    let late = write(&reports, 0, "Le vélo.");
    assert!(matches!(late, Written::Stale(now) if now.state == ContributionState::Confirmed));
}

#[test]
fn every_saved_text_is_kept() {
    let town = Town::new();
    let reports = opened(&town.store);
    write(&reports, 0, "un");
    reports.confirm(VELO, 1, "a1", ANNE, after(6)).unwrap();
    reports
        .write_words(VELO, 2, "deux", ANNE, after(7))
        .unwrap();
    write(&reports, 3, "");
    let history = reports.history(VELO, 9).unwrap();
    let kept: Vec<_> = history
        .iter()
        .map(|it| (it.revision, it.words.as_str()))
        .collect();
    assert_eq!(kept, [(4, ""), (3, "deux"), (1, "un")]);
    assert_eq!(history[1].by, signed(ANNE, 7));
    assert_eq!(reports.history(VELO, 1).unwrap(), history[..1]);
    assert_eq!(reports.history(CULTURE, 9).unwrap(), []);
    let meddling = "UPDATE report_words SET words = 'x'";
    assert!(town.sqlite().execute(meddling, ()).is_err());
}

#[test]
fn a_chapter_changes_hands_while_it_is_written() {
    let town = Town::new();
    let reports = opened(&town.store);
    write(&reports, 0, "Le vélo.");
    let (voirie, due) = (department("voirie"), day("2026-03-31"));
    reports
        .assign(VELO, Some(&voirie), Some(due), ANNE, after(6))
        .unwrap();
    let now = contribution(&reports, VELO);
    assert_eq!((now.department, now.due), (Some(voirie), Some(due)));
    assert_eq!(now.changed, Some(signed(BRUNO, 5)));
    assert_eq!(
        write(&reports, 1, "Le vélo !"),
        done(2),
        "no word was missed"
    );
    reports.assign(VELO, None, None, ANNE, after(7)).unwrap();
    let now = contribution(&reports, VELO);
    assert_eq!((now.department, now.due), (None, None));
}

#[test]
fn chapters_declared_since_are_added_and_the_others_left() {
    let town = Town::new();
    let reports = opened(&town.store);
    write(&reports, 0, "Le vélo.");
    let chapters = [chapter("sport"), chapter("velo"), chapter("culture")];
    let add = || reports.add_missing(REPORT, 2025, &chapters, BRUNO, after(6));
    assert_eq!(add().unwrap(), 1);
    assert_eq!(add().unwrap(), 0);
    let all = reports.contributions(REPORT, 2025).unwrap();
    let ids: Vec<_> = all.iter().map(|it| it.chapter.as_str()).collect();
    assert_eq!(ids, ["velo", "culture", "sport"]);
    assert_eq!(all[0].words, "Le vélo.");
}

#[test]
fn an_edition_is_frozen_number_by_number() {
    let town = Town::new();
    let reports = opened(&town.store);
    let freeze = |number, seconds| {
        reports
            .froze(REPORT, 2025, number, None, ANNE, after(seconds))
            .unwrap()
    };
    assert!(!freeze(0, 1) && !freeze(2, 1));
    assert!(freeze(1, 2));
    assert!(!freeze(1, 3), "somebody else froze it");
    assert!(freeze(2, 4));
    let edition = reports.edition(REPORT, 2025).unwrap().unwrap();
    assert_eq!(edition.frozen_number, 2);
    assert_eq!(edition.frozen, Some(signed(ANNE, 4)));
    let steps = reports.steps(REPORT, 2025).unwrap();
    assert_eq!(steps.len(), 3);
}

#[test]
fn a_frozen_edition_takes_remarks_and_nothing_that_it_says() {
    let town = Town::new();
    let reports = opened(&town.store);
    write(&reports, 0, "Le vélo.");
    reports.confirm(VELO, 1, "a1", ANNE, noon()).unwrap();
    reports
        .set_sentence(REPORT, 2025, &SENTENCE, ANNE, noon())
        .unwrap();
    reports.froze(REPORT, 2025, 1, None, ANNE, noon()).unwrap();
    let before = (
        reports.contributions(REPORT, 2025).unwrap(),
        reports.sentences(REPORT, 2025).unwrap(),
        reports.steps(REPORT, 2025).unwrap(),
    );
    let key = SENTENCE.key;
    for refused in [
        reports
            .write_words(VELO, 2, "Non", BRUNO, noon())
            .map(|_| ()),
        reports.confirm(VELO, 2, "b2", BRUNO, noon()).map(|_| ()),
        reports.reopen(VELO, BRUNO, noon()).map(|_| ()),
        reports.assign(VELO, None, None, BRUNO, noon()),
        reports.set_sentence(REPORT, 2025, &SENTENCE, BRUNO, noon()),
        reports
            .drop_sentence(REPORT, 2025, key, BRUNO, noon())
            .map(|_| ()),
        reports
            .add_missing(REPORT, 2025, &[chapter("sport")], BRUNO, noon())
            .map(|_| ()),
        reports.remind(VELO, BRUNO, noon()),
    ] {
        assert!(
            matches!(refused, Err(StoreError::Frozen { year: 2025, .. })),
            "{refused:?}"
        );
    }
    let after_all = (
        reports.contributions(REPORT, 2025).unwrap(),
        reports.sentences(REPORT, 2025).unwrap(),
        reports.steps(REPORT, 2025).unwrap(),
    );
    assert_eq!(after_all, before);
    assert_eq!(reports.reminders(REPORT, 2025).unwrap(), []);

    let remark = reports.add_remark(VELO, "Et les trottinettes ?", BRUNO, noon());
    assert!(
        town.store
            .resolve_comment(remark.unwrap(), ANNE, noon())
            .unwrap()
    );
    let line = "Délibération 2026-058";
    reports
        .set_presented(REPORT, 2025, line, ANNE, noon())
        .unwrap();
    let edition = reports.edition(REPORT, 2025).unwrap().unwrap();
    assert_eq!(edition.presented, line);
}

#[test]
fn the_line_of_the_cover_is_one_line() {
    let town = Town::new();
    let reports = opened(&town.store);
    let set = |line| reports.set_presented(REPORT, 2025, line, BRUNO, after(1));
    set(" Présenté\nle 25 juin ").unwrap();
    let presented = || reports.edition(REPORT, 2025).unwrap().unwrap().presented;
    assert_eq!(presented(), "Présenté le 25 juin");
    set("").unwrap();
    assert_eq!(presented(), "");
}

#[test]
fn what_was_done_to_an_edition_is_kept_in_order() {
    let town = Town::new();
    let reports = opened(&town.store);
    reports
        .add_missing(REPORT, 2025, &[chapter("sport")], BRUNO, after(1))
        .unwrap();
    reports
        .set_presented(REPORT, 2025, "Juin", ANNE, after(2))
        .unwrap();
    reports.assign(VELO, None, None, ANNE, after(3)).unwrap();
    reports.confirm(VELO, 0, "a1", ANNE, after(4)).unwrap();
    reports.reopen(VELO, ANNE, after(5)).unwrap();
    let (key, report) = (SENTENCE.key, REPORT);
    reports
        .set_sentence(report, 2025, &SENTENCE, ANNE, after(6))
        .unwrap();
    reports
        .drop_sentence(report, 2025, key, ANNE, after(7))
        .unwrap();
    reports
        .froze(report, 2025, 1, None, ANNE, after(8))
        .unwrap();
    let steps = reports.steps(report, 2025).unwrap();
    let told: Vec<_> = steps
        .iter()
        .map(|step| (step.what, step.detail.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (StepKind::Opened, ""),
            (StepKind::Added, "sport"),
            (StepKind::Presented, "Juin"),
            (StepKind::Assigned, "velo"),
            (StepKind::Confirmed, "velo"),
            (StepKind::Reopened, "velo"),
            (StepKind::Edited, key),
            (StepKind::Dropped, key),
            (StepKind::Frozen, "1"),
        ]
    );
    assert_eq!(steps[1].by, signed(BRUNO, 1));
    assert_eq!(reports.steps("autre", 2025).unwrap(), []);
}

#[test]
fn a_sentence_takes_the_place_of_a_computed_one_until_it_is_dropped() {
    let town = Town::new();
    let reports = opened(&town.store);
    let set = |sentence: NewSentence, seconds| {
        reports
            .set_sentence(REPORT, 2025, &sentence, ANNE, after(seconds))
            .unwrap();
    };
    set(SENTENCE, 1);
    let newer = NewSentence {
        text: "Le vélo plaît.",
        ..SENTENCE
    };
    set(newer, 2);
    let earlier_key = NewSentence {
        key: "culture#prets",
        ..SENTENCE
    };
    set(earlier_key, 3);
    let sentences = reports.sentences(REPORT, 2025).unwrap();
    assert_eq!(sentences.len(), 2);
    assert_eq!(sentences[0].key, "culture#prets");
    let wanted = Sentence {
        key: SENTENCE.key.into(),
        text: "Le vélo plaît.".into(),
        basis: SENTENCE.basis.into(),
        by: signed(ANNE, 2),
    };
    assert_eq!(sentences[1], wanted);
    let drop = || reports.drop_sentence(REPORT, 2025, SENTENCE.key, ANNE, after(4));
    assert!(drop().unwrap());
    assert!(!drop().unwrap());
    assert_eq!(reports.sentences(REPORT, 2025).unwrap().len(), 1);
}

#[test]
fn a_remark_is_resolved_by_anybody_and_withdrawn_by_its_author() {
    let town = Town::new();
    let (store, reports) = (&town.store, opened(&town.store));
    let add = |chapter, text, by| reports.add_remark(chapter, text, by, after(1)).unwrap();
    let (first, second) = (add(VELO, "Et à pied ?", BRUNO), add(CULTURE, "Bien.", ANNE));
    let other = Chapter { year: 2026, ..VELO };
    reports
        .open(REPORT, 2026, None, &[chapter("velo")], ANNE, noon())
        .unwrap();
    add(other, "Ailleurs", ANNE);
    store
        .add_comment(None, "velo", "Publié", ANNE, noon())
        .unwrap();

    let remarks = reports.remarks(REPORT, 2025).unwrap();
    let told: Vec<_> = remarks
        .iter()
        .map(|it| (it.id, it.object.as_str(), it.text.as_str(), it.draft))
        .collect();
    assert_eq!(
        told,
        [
            (first, "velo", "Et à pied ?", None),
            (second, "culture", "Bien.", None)
        ]
    );
    assert_eq!((remarks[0].person, remarks[0].at), (BRUNO.person, after(1)));
    assert_eq!(
        store.comments(None).unwrap().len(),
        1,
        "remarks stand apart"
    );

    let (anne, bruno) = (PersonId(7), PersonId(8));
    assert!(!store.withdraw_comment(second, bruno).unwrap());
    assert!(store.withdraw_comment(second, anne).unwrap());
    assert!(!store.withdraw_comment(second, anne).unwrap());
    assert!(!store.withdraw_comment(CommentId(99), anne).unwrap());
    assert!(store.resolve_comment(first, ANNE, after(2)).unwrap());
    assert!(
        !store.withdraw_comment(first, bruno).unwrap(),
        "it is resolved"
    );
    let remarks = reports.remarks(REPORT, 2025).unwrap();
    assert_eq!((remarks.len(), remarks[0].resolved_at), (1, Some(after(2))));
    assert_eq!(remarks[0].resolved_by.as_deref(), Some("Anne"));
}

#[test]
fn reminders_come_newest_first() {
    let town = Town::new();
    let reports = opened(&town.store);
    reports.remind(VELO, ANNE, after(1)).unwrap();
    reports.remind(CULTURE, BRUNO, after(2)).unwrap();
    let reminders = reports.reminders(REPORT, 2025).unwrap();
    let told: Vec<_> = reminders.iter().map(|it| it.chapter.as_str()).collect();
    assert_eq!(told, ["culture", "velo"]);
    assert_eq!(reminders[0].by, signed(BRUNO, 2));
    assert_eq!(reports.reminders(REPORT, 2026).unwrap(), []);
}

#[test]
fn what_awaits_departments_comes_by_day_without_what_is_confirmed_or_frozen() {
    let town = Town::new();
    let reports = town.store.reports();
    let (voirie, culture) = (department("voirie"), department("culture"));
    let given = |id, department, due: Option<&str>| NewChapter {
        id,
        department: Some(department),
        due: due.map(day),
    };
    let chapters = [
        given("velo", &voirie, None),
        given("rues", &voirie, Some("2026-03-31")),
        given("prets", &culture, Some("2026-02-28")),
        given("ponts", &voirie, Some("2026-01-31")),
        chapter("mot_du_maire"),
    ];
    for year in [2024, 2025] {
        reports
            .open(REPORT, year, None, &chapters, ANNE, noon())
            .unwrap();
    }
    reports.froze(REPORT, 2024, 1, None, ANNE, noon()).unwrap();
    let ponts = Chapter {
        id: "ponts",
        ..VELO
    };
    reports.confirm(ponts, 0, "a1", ANNE, noon()).unwrap();
    write(&reports, 0, "Le vélo.");
    let waiting = |departments: &[&DepartmentId]| -> Vec<String> {
        let departments: Vec<_> = departments.iter().map(|it| (*it).clone()).collect();
        let found = reports.waiting_for(&departments).unwrap();
        assert!(
            found
                .iter()
                .all(|(report, year, _)| (report.as_str(), *year) == (REPORT, 2025))
        );
        found.into_iter().map(|(_, _, it)| it.chapter).collect()
    };
    assert_eq!(waiting(&[&voirie]), ["rues", "velo"]);
    assert_eq!(waiting(&[&culture, &voirie]), ["prets", "rues", "velo"]);
    assert_eq!(waiting(&[]), [""; 0]);
    assert_eq!(
        waiting(&[&department("voi")]),
        [""; 0],
        "a part of a word is none"
    );
    reports.reopen(ponts, ANNE, noon()).unwrap();
    assert_eq!(waiting(&[&voirie]), ["ponts", "rues", "velo"]);
}

#[test]
fn what_is_not_there_takes_nothing() {
    let town = Town::new();
    let reports = opened(&town.store);
    let (no_year, no_chapter) = (
        Chapter { year: 2024, ..VELO },
        Chapter {
            id: "sport",
            ..VELO
        },
    );
    let tried = |chapter: Chapter| {
        [
            reports
                .write_words(chapter, 0, "", ANNE, noon())
                .map(|_| ()),
            reports.confirm(chapter, 0, "", ANNE, noon()).map(|_| ()),
            reports.reopen(chapter, ANNE, noon()).map(|_| ()),
            reports.assign(chapter, None, None, ANNE, noon()),
            reports.add_remark(chapter, "", ANNE, noon()).map(|_| ()),
            reports.remind(chapter, ANNE, noon()),
        ]
    };
    for refused in tried(no_chapter) {
        assert!(
            matches!(&refused, Err(StoreError::NoChapter { chapter, .. }) if chapter == "sport"),
            "{refused:?}"
        );
    }
    let of_editions = [
        reports.set_presented(REPORT, 2024, "", ANNE, noon()),
        reports
            .froze(REPORT, 2024, 1, None, ANNE, noon())
            .map(|_| ()),
        reports
            .add_missing(REPORT, 2024, &[], ANNE, noon())
            .map(|_| ()),
        reports.set_sentence(REPORT, 2024, &SENTENCE, ANNE, noon()),
        reports
            .drop_sentence(REPORT, 2024, "", ANNE, noon())
            .map(|_| ()),
    ];
    for refused in tried(no_year).into_iter().chain(of_editions) {
        assert!(
            matches!(refused, Err(StoreError::NoEdition { year: 2024, .. })),
            "{refused:?}"
        );
    }
    assert_eq!(reports.contributions(REPORT, 2024).unwrap(), []);
    assert_eq!(reports.remarks(REPORT, 2025).unwrap(), []);
}

#[test]
fn what_is_too_long_is_refused_and_nothing_is_written() {
    let town = Town::new();
    let reports = opened(&town.store);
    let words = "é".repeat(limits::WORDS.most / 2);
    assert_eq!(write(&reports, 0, &words), done(1));
    let (long, longer) = ("é".repeat(4_001), format!("{words}."));
    let nobody = Author {
        person: None,
        name: &long,
    };
    let sentence = |it: NewSentence| reports.set_sentence(REPORT, 2025, &it, ANNE, noon());
    let writes = |words, by| reports.write_words(VELO, 1, words, by, noon()).map(|_| ());
    for (refused, limit) in [
        (writes(&longer, ANNE), limits::WORDS),
        (writes("", nobody), limits::NAME),
        (
            reports.confirm(VELO, 1, &longer, ANNE, noon()).map(|_| ()),
            limits::READING,
        ),
        (
            reports.set_presented(REPORT, 2025, &long, ANNE, noon()),
            limits::PRESENTED,
        ),
        (
            sentence(NewSentence {
                key: &long,
                ..SENTENCE
            }),
            limits::KEY,
        ),
        (
            sentence(NewSentence {
                text: &long,
                ..SENTENCE
            }),
            limits::SENTENCE,
        ),
        (
            sentence(NewSentence {
                basis: &long,
                ..SENTENCE
            }),
            limits::SENTENCE,
        ),
        (
            reports.add_remark(VELO, &long, ANNE, noon()).map(|_| ()),
            limits::COMMENT,
        ),
        (reports.remind(VELO, nobody, noon()), limits::NAME),
        (
            reports.open(REPORT, 2026, None, &[], nobody, noon()),
            limits::NAME,
        ),
    ] {
        assert!(
            matches!(refused, Err(StoreError::TooLong(found)) if found == limit),
            "{limit}"
        );
    }
    assert_eq!(contribution(&reports, VELO).revision, 1);
    assert_eq!(reports.steps(REPORT, 2025).unwrap().len(), 1);
    assert_eq!(reports.sentences(REPORT, 2025).unwrap(), []);
    assert_eq!(reports.remarks(REPORT, 2025).unwrap(), []);
    assert_eq!(reports.all_editions().unwrap().len(), 1);
}

#[test]
fn states_and_steps_are_read_as_they_are_written() {
    for state in ContributionState::ALL {
        assert_eq!(ContributionState::from_word(state.as_str()), Some(state));
    }
    for what in StepKind::ALL {
        assert_eq!(StepKind::from_word(what.as_str()), Some(what));
    }
    assert_eq!(StepKind::from_word(""), None);
}

#[test]
fn whoever_is_removed_stays_who_did_it() {
    let town = Town::new();
    let anne = town.add("anne@mairie.fr", &[Role::Agent]);
    let person = town.store.person(anne).unwrap().unwrap();
    let by = Author::from(&person);
    let reports = opened(&town.store);
    reports.write_words(VELO, 0, "un", by, noon()).unwrap();
    reports
        .set_sentence(REPORT, 2025, &SENTENCE, by, noon())
        .unwrap();
    reports.add_remark(VELO, "Bien.", by, noon()).unwrap();
    reports.remind(VELO, by, noon()).unwrap();
    reports.froze(REPORT, 2025, 1, None, by, noon()).unwrap();
    town.store.remove_person(anne).unwrap();

    let wanted = signed(by, 0);
    assert_eq!(contribution(&reports, VELO).changed.as_ref(), Some(&wanted));
    assert_eq!(reports.history(VELO, 9).unwrap()[0].by, wanted);
    assert_eq!(reports.sentences(REPORT, 2025).unwrap()[0].by, wanted);
    assert_eq!(reports.reminders(REPORT, 2025).unwrap()[0].by, wanted);
    assert_eq!(reports.remarks(REPORT, 2025).unwrap()[0].name, person.name);
    let edition = reports.edition(REPORT, 2025).unwrap().unwrap();
    assert_eq!(edition.frozen, Some(wanted));
    let broken: i64 = town
        .sqlite()
        .query_row("SELECT count(*) FROM pragma_foreign_key_check", (), |row| {
            row.get(0)
        })
        .unwrap();
    assert_eq!(broken, 0);
}

#[test]
fn what_was_done_since_it_was_looked_at_is_not_frozen_over() {
    let town = Town::new();
    let reports = opened(&town.store);
    assert_eq!(reports.seen(REPORT, 1999).unwrap(), None);
    let seen = reports.seen(REPORT, 2025).unwrap();
    reports
        .write_words(VELO, 0, "Entre-temps.", ANNE, after(1))
        .unwrap();
    assert!(
        !reports
            .froze(REPORT, 2025, 1, seen, ANNE, after(2))
            .unwrap()
    );
    let seen = reports.seen(REPORT, 2025).unwrap();
    reports
        .set_sentence(REPORT, 2025, &SENTENCE, ANNE, after(3))
        .unwrap();
    assert!(
        !reports
            .froze(REPORT, 2025, 1, seen, ANNE, after(4))
            .unwrap()
    );
    let seen = reports.seen(REPORT, 2025).unwrap();
    assert!(
        reports
            .froze(REPORT, 2025, 1, seen, ANNE, after(5))
            .unwrap()
    );
}
