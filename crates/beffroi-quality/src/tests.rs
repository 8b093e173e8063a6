//! A dataset without any flaw, then with one at a time.

#![allow(clippy::unwrap_used)]

use super::*;
use beffroi_catalog::{ColumnInfo, Frequency, Load, Source, Text, Visibility};
use beffroi_model::{
    Bound, ColumnSpec, ColumnType, Constraints, DatasetId, DepartmentId, FindingKind, Findings,
    Grain, Part, PeriodContent, Preview, Reading, Schema, Severity, SourceFile, Unit,
    VersionColumn,
};
use beffroi_text::Lang;
use chrono::TimeDelta;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn noon(text: &str) -> DateTime<Utc> {
    day(text).and_hms_opt(12, 0, 0).unwrap().and_utc()
}

fn moment() -> Moment {
    Moment {
        today: day("2026-06-10"),
        now: noon("2026-06-10"),
        last_reading: None,
    }
}

fn text(fr: &str) -> Text {
    Text {
        fr: fr.to_owned(),
        en: None,
    }
}

fn id(name: &str) -> ColumnId {
    ColumnId::new(name).unwrap()
}

fn column(name: &str, kind: ColumnType, required: bool) -> ColumnSpec {
    ColumnSpec {
        required,
        ..ColumnSpec::new(id(name), kind)
    }
}

/// Trips by station and month, delivered each month.
fn dataset() -> Dataset {
    let mut trips = column("trajets", ColumnType::Integer, false);
    trips.constraints.minimum = Some(Bound {
        value: "0".to_owned(),
        excluded: false,
    });
    let month = ColumnType::Date {
        grain: Grain::Month,
    };
    let columns = vec![
        column("mois", month, true),
        column("station", ColumnType::Text, true),
        trips,
        column("note", ColumnType::Text, false),
    ];
    let infos = columns.iter().map(|column| {
        let info = ColumnInfo {
            title: text(&format!("Colonne {}", column.id)),
            description: text("Ce qu’elle veut dire."),
            unit: column.kind.is_number().then(Unit::count),
        };
        (column.id.clone(), info)
    });
    Dataset {
        id: DatasetId::new("trajets").unwrap(),
        title: text("Trajets"),
        description: text("Ce que le jeu contient."),
        row: text("une station et un mois"),
        department: DepartmentId::new("mobilites").unwrap(),
        steward: "Claire Audouin".to_owned(),
        licence: "Licence Ouverte 2.0".to_owned(),
        frequency: Frequency::Monthly,
        visibility: Visibility::Public,
        source: Source::File("trajets_*.csv".to_owned()),
        schedule: None,
        load: Load::Replace,
        reading: Reading::default(),
        follows: None,
        columns: infos.collect(),
        computed: indexmap::IndexMap::new(),
        time: Some(id("mois")),
        secrecy: None,
        schema: Schema::of(columns),
        checksum: String::new(),
    }
}

fn counted(name: &str, values: u64, missing: u64) -> VersionColumn {
    VersionColumn {
        id: id(name),
        values,
        missing,
        not_applicable: 0,
        secret: 0,
        min: None,
        max: None,
        sum: None,
        categories: Vec::new(),
    }
}

/// 1 200 rows from January 2024 to May 2026.
fn version() -> Version {
    let months = (0..29).map(|month| PeriodContent {
        start: day("2024-01-01").checked_add_months(chrono::Months::new(month)),
        rows: 40,
        digest: 0,
    });
    Version {
        dataset: DatasetId::new("trajets").unwrap(),
        number: 3,
        imported_at: noon("2026-06-02"),
        declaration: String::new(),
        sources: vec![SourceFile {
            name: "trajets_20260602.csv".to_owned(),
            sha256: String::new(),
            bytes: 40_000,
            modified: noon("2026-06-02"),
            extracted_on: day("2026-06-02"),
            rows_read: 1200,
            rows_rejected: 0,
            rows_incomplete: 0,
            original: None,
        }],
        parts: vec![Part {
            file: "p.parquet".to_owned(),
            source: "trajets_20260602.csv".to_owned(),
            rows: 1200,
            periods: Vec::new(),
            contents: months.collect(),
        }],
        rows: 1200,
        columns: ["mois", "station", "trajets", "note"]
            .map(|name| counted(name, 1200, 0))
            .into(),
        decisions: Vec::new(),
        findings: Findings::default(),
        preview: Preview::default(),
        rejects: None,
        all_findings: None,
        changes: None,
        restores: None,
        given_up: Vec::new(),
    }
}

fn find(version: &mut Version, severity: Severity, kind: FindingKind, count: u64) {
    for row in 0..count {
        version.findings.push(Finding {
            severity,
            kind,
            source: "trajets_20260602.csv".to_owned(),
            row: Some(row + 2),
            column: Some("trajets".to_owned()),
            value: Some("beaucoup".to_owned()),
            hint: None,
            expected: None,
        });
    }
}

/// The marks below 100, by name, and those that do not apply.
fn told(quality: &Quality) -> Vec<String> {
    let told = quality
        .judged
        .iter()
        .filter_map(|judged| match judged.mark() {
            Some(100) => None,
            Some(mark) => Some(format!("{} {mark}", judged.criterion.as_str())),
            None => Some(format!("{} -", judged.criterion.as_str())),
        });
    told.collect()
}

fn marks(dataset: &Dataset, version: &Version) -> Vec<String> {
    told(&quality(dataset, Some(version), moment()))
}

fn figures(quality: &Quality, dataset: &Dataset, criterion: Criterion) -> String {
    let mut judged = quality.judged.iter();
    let judged = judged.find(|it| it.criterion == criterion).unwrap();
    words(Lang::Fr, dataset, judged)
        .figures
        .replace(['\u{a0}', '\u{202f}'], " ")
}

#[test]
fn weights_are_of_a_hundred() {
    let weights = Criterion::ALL.map(Criterion::weight);
    assert_eq!(weights.iter().sum::<u32>(), 100);
}

#[test]
fn what_has_no_flaw_is_worth_a_hundred() {
    let quality = quality(&dataset(), Some(&version()), moment());
    assert_eq!(told(&quality), [""; 0]);
    assert_eq!(quality.total(), 100);
    assert_eq!(quality.flaws(), Vec::<&Judged>::new());
    assert!(sentence(Lang::Fr, &quality).starts_with("100 sur 100"));
}

#[test]
fn each_flaw_lowers_its_own_criterion() {
    type Flaw = fn(&mut Dataset, &mut Version);
    let flaws: [(Flaw, &str); 22] = [
        // 150 days: the next delivery was late after 46, and one more each 31 days.
        (
            |_, v| v.sources[0].extracted_on = day("2026-01-11"),
            "delivery 20",
        ),
        // Of March 2026, the last month that a delivery of June must hold.
        (|_, v| v.parts[0].contents.truncate(25), "period 33"),
        (
            |_, v| {
                v.sources[0].rows_rejected = 12;
                v.sources[0].rows_incomplete = 12;
                v.rows = 1188;
                v.columns.iter_mut().for_each(|it| it.values = 1188);
                find(v, Severity::Error, FindingKind::RequiredEmpty, 12);
            },
            "required 99",
        ),
        (|_, v| v.columns[3] = counted("note", 600, 600), "cells 75"),
        // One that is declared to be filled counts twice.
        (
            |d, v| {
                d.schema.columns[3].constraints.filled = true;
                v.columns[3] = counted("note", 600, 600);
                find(v, Severity::Warning, FindingKind::EmptyCell, 600);
            },
            "cells 66",
        ),
        // A column that no file has.
        (
            |_, v| {
                v.columns[3] = counted("note", 0, 1200);
                find(v, Severity::Error, FindingKind::ColumnMissing, 1);
            },
            "cells 50",
        ),
        (
            |_, v| {
                v.parts[0].contents.remove(4);
            },
            "gaps 96",
        ),
        (
            |_, v| {
                v.sources[0].rows_rejected = 3;
                v.rows = 1197;
                v.columns.iter_mut().for_each(|it| it.values = 1197);
                find(v, Severity::Error, FindingKind::NotANumber, 3);
            },
            "rows 99",
        ),
        (
            |_, v| {
                v.sources[0].rows_rejected = 600;
                v.rows = 600;
                v.columns.iter_mut().for_each(|it| it.values = 600);
                find(v, Severity::Error, FindingKind::RowTooLong, 600);
            },
            "rows 50",
        ),
        (
            |_, v| find(v, Severity::Warning, FindingKind::TooSmall, 480),
            "checks 90",
        ),
        (
            |_, v| find(v, Severity::Warning, FindingKind::RowTooShort, 1),
            "checks 99",
        ),
        (
            |_, v| find(v, Severity::Warning, FindingKind::DamagedText, 48),
            "text 99",
        ),
        (
            |_, v| find(v, Severity::Note, FindingKind::DuplicateRow, 120),
            "unique 90",
        ),
        (
            |_, v| find(v, Severity::Warning, FindingKind::NotUnique, 1200),
            "unique 0",
        ),
        (|d, _| d.licence.clear(), "card 80"),
        (|d, _| d.description = Text::default(), "card 80"),
        (|d, _| d.row = Text::default(), "card 80"),
        (|d, _| d.steward.clear(), "card 80"),
        (
            |d, _| d.columns.get_mut("note").unwrap().title = text("note"),
            "columns 88",
        ),
        (
            |d, _| d.columns.get_mut("note").unwrap().description = Text::default(),
            "columns 88",
        ),
        (
            |d, _| d.columns.get_mut("trajets").unwrap().unit = None,
            "columns 88",
        ),
        (
            |_, v| v.parts[0].contents[0].start = Some(day("1924-01-01")),
            "gaps 2",
        ),
    ];
    for (flaw, expected) in flaws {
        let (mut dataset, mut version) = (dataset(), version());
        flaw(&mut dataset, &mut version);
        assert_eq!(marks(&dataset, &version), [expected]);
        let quality = quality(&dataset, Some(&version), moment());
        assert!(quality.total() < 100);
        for judged in quality.flaws() {
            for lang in Lang::ALL {
                let words = words(lang, &dataset, judged);
                let said = format!("{} {} {}", words.name, words.figures, words.raise.unwrap());
                assert!(!said.contains("quality-"), "{said}");
                assert!(!said.contains("mend-"), "{said}");
                assert!(!said.contains('{'), "{said}");
            }
        }
    }
}

#[test]
fn what_is_no_flaw_lowers_nothing() {
    let mut version = version();
    version.columns[3] = VersionColumn {
        not_applicable: 600,
        secret: 500,
        ..counted("note", 100, 0)
    };
    for (severity, kind) in [
        (Severity::Note, FindingKind::TotalRow),
        (Severity::Note, FindingKind::RowLeftOut),
        (Severity::Note, FindingKind::ColumnUnknown),
        (Severity::Note, FindingKind::NumberTooPrecise),
        (Severity::Warning, FindingKind::OtherTable),
        (Severity::Warning, FindingKind::RowsBreak),
        (Severity::Warning, FindingKind::CategoryNew),
    ] {
        find(&mut version, severity, kind, 30);
    }
    assert_eq!(marks(&dataset(), &version), [""; 0]);
}

#[test]
fn a_delivery_is_missed_from_the_day_on_which_the_dataset_counts_as_late() {
    let dataset = dataset();
    for (age, mark) in [(0, 100), (46, 100), (47, 50), (77, 50), (78, 33), (514, 5)] {
        let mut version = version();
        version.sources[0].extracted_on = moment().today - TimeDelta::days(age);
        let quality = quality(&dataset, Some(&version), moment());
        assert_eq!(quality.judged[0].mark(), Some(mark), "{age} days");
        let freshness = Freshness::of(&dataset, Some(&version), moment());
        assert_eq!(freshness.is_late(), mark < 100, "{age} days");
    }
}

#[test]
fn without_any_row_only_the_documentation_counts() {
    let dataset = dataset();
    let never = quality(&dataset, None, moment());
    let zero = [
        "delivery 0",
        "period 0",
        "required 0",
        "cells 0",
        "gaps 0",
        "rows 0",
        "checks 0",
        "text 0",
        "unique 0",
    ];
    assert_eq!(told(&never), zero);
    assert_eq!(never.total(), 15);
    let mut empty = version();
    empty.rows = 0;
    empty.sources[0].rows_read = 0;
    empty.parts[0].contents.clear();
    empty.columns = ["mois", "station", "trajets", "note"]
        .map(|name| counted(name, 0, 0))
        .into();
    // It came, though.
    assert_eq!(marks(&dataset, &empty), zero[1..]);
}

#[test]
fn what_does_not_apply_is_left_out_of_the_mean() {
    let (mut dataset, version) = (dataset(), version());
    dataset.frequency = Frequency::Irregular;
    dataset.schema.columns[2].constraints = Constraints::default();
    assert_eq!(
        marks(&dataset, &version),
        ["delivery -", "period -", "checks -"]
    );
    dataset.time = None;
    dataset.schema.columns.truncate(2);
    dataset.schema.columns[0].required = false;
    dataset.schema.columns[1].required = false;
    assert_eq!(
        marks(&dataset, &version),
        ["delivery -", "period -", "required -", "gaps -", "checks -"]
    );
    let quality = quality(&dataset, Some(&version), moment());
    assert_eq!(quality.of(Family::Freshness), None);
    assert_eq!(quality.total(), 100);
    for judged in &quality.judged {
        let words = words(Lang::Fr, &dataset, judged);
        assert!(words.raise.is_none() && !words.figures.starts_with("quality-"));
    }
}

#[test]
fn rows_dated_to_the_day_have_no_gaps_but_reach_as_far_as_deliveries_do() {
    let (mut dataset, mut version) = (dataset(), version());
    dataset.schema.columns[0].kind = ColumnType::Date { grain: Grain::Day };
    version.parts[0].contents = vec![
        PeriodContent {
            start: Some(day("2024-01-17")),
            rows: 600,
            digest: 0,
        },
        PeriodContent {
            start: Some(day("2026-03-02")),
            rows: 600,
            digest: 0,
        },
    ];
    assert_eq!(marks(&dataset, &version), ["gaps -"]);
    version.parts[0].contents[1].start = Some(day("2026-02-27"));
    assert_eq!(marks(&dataset, &version), ["period 50", "gaps -"]);
}

#[test]
fn a_version_from_before_periods_were_counted_is_not_judged_by_them() {
    let mut version = version();
    version.parts[0].contents.clear();
    assert_eq!(marks(&dataset(), &version), ["period -", "gaps -"]);
}

#[test]
fn a_live_source_is_judged_by_its_readings() {
    let (mut dataset, version) = (dataset(), version());
    dataset.frequency = Frequency::Live;
    dataset.source = Source::Replay {
        file: "trajets.json".to_owned(),
        every: 60,
    };
    let left_out = ["period -", "gaps -", "checks -", "text -", "unique -"];
    let at = |seconds| Moment {
        last_reading: Some(moment().now - TimeDelta::seconds(seconds)),
        ..moment()
    };
    for seconds in [0, 60, 300] {
        let quality = quality(&dataset, Some(&version), at(seconds));
        assert_eq!(told(&quality), left_out);
    }
    let silent = quality(&dataset, Some(&version), at(420));
    assert_eq!(told(&silent)[0], "delivery 33");
    assert_eq!(silent.of(Family::Freshness), Some(33));
    // Where nobody saw the last reading, the version tells of the last one that it keeps.
    let unseen = quality(&dataset, Some(&version), moment());
    assert_eq!(told(&unseen)[0], "delivery 0");
    assert_eq!(
        Freshness::of(&dataset, Some(&version), moment()),
        Freshness::Silent
    );
    assert_eq!(Freshness::of(&dataset, None, moment()), Freshness::Never);
}

#[test]
fn figures_can_be_checked_by_their_reader() {
    let (dataset, mut version) = (dataset(), version());
    version.sources[0].extracted_on = day("2025-01-12");
    version.sources[0].rows_rejected = 15;
    version.sources[0].rows_incomplete = 12;
    version.parts[0]
        .contents
        .retain(|it| it.start != Some(day("2024-05-01")));
    version.columns[3] = counted("note", 300, 900);
    find(&mut version, Severity::Error, FindingKind::NotANumber, 3);
    let quality = quality(&dataset, Some(&version), moment());
    let figures = |criterion| figures(&quality, &dataset, criterion);
    assert_eq!(
        figures(Criterion::Delivery),
        "Dernière livraison le 12 janvier 2025. Depuis, celle-là comprise : 17 attendues, 1 reçue."
    );
    assert_eq!(
        figures(Criterion::Required),
        "1 188 lignes sur 1 200 ont toutes leurs cellules obligatoires (Colonne mois, Colonne \
         station). 12 lignes sont écartées."
    );
    assert_eq!(
        figures(Criterion::Cells),
        "1 500 cellules remplies sur 2 400, hors cellules obligatoires, secrètes ou sans objet. \
         La colonne la moins remplie : « Colonne note », 300 sur 1 200."
    );
    assert_eq!(
        figures(Criterion::Gaps),
        "28 périodes sur 29, de janvier 2024 à mai 2026. Manque : mai 2024."
    );
    assert_eq!(
        figures(Criterion::Rows),
        "1 197 lignes gardées sur 1 200. 3 cellules de « trajets » ne sont pas des nombres \
         (« beaucoup »…)."
    );
    assert_eq!(
        sentence(Lang::Fr, &quality).replace('\u{a0}', " "),
        "72 sur 100. À relever d’abord : Livraisons promises (5), Autres cellules (62)."
    );
}
