//! The matrix, ratings and overrides, suggestions, the highest risk.

use super::*;
use crate::dpia::{
    answer::{Answer, Answers, PersonRef, Row, Ternary},
    ids::{MeasureId, RiskId, RowId},
    library::Library,
    place::{Part, Place},
    template::{
        Template,
        tests::small,
        view::{Facts, Screened, View},
    },
};
use crate::register::ids::OrganisationId;
use jiff::civil::date;
use proptest::prelude::*;
use std::collections::BTreeSet;
use uuid::Uuid;

fn rating(likelihood: &str, severity: &str) -> Rating {
    Rating { likelihood: likelihood.into(), severity: severity.into() }
}

fn risk(residual: Assessed) -> Risk {
    Risk {
        id: RiskId(Uuid::nil()),
        part: Part::Shared,
        title: "Leak".into(),
        description: String::new(),
        source: Source::Own,
        inherent: Assessed::default(),
        residual,
    }
}

#[test]
fn the_shipped_matrix_is_the_commissioners() {
    let matrix = Library::shipped().unwrap().templates.remove(0).matrix;
    let rows = [("minimal", ["low", "low", "low"]), ("some", ["low", "medium", "high"]), ("serious", ["low", "high", "high"])];
    for (severity, levels) in rows {
        for (likelihood, level) in ["remote", "possible", "probable"].into_iter().zip(levels) {
            assert_eq!(matrix.level(&rating(likelihood, severity)).unwrap().id, level, "{severity}, {likelihood}");
        }
    }
    assert_eq!(matrix.level(&rating("certain", "serious")), None);
}

#[test]
fn an_override_needs_a_reason_and_something_to_override() {
    let matrix = small().matrix;
    let other = |level: &str, reason: &str| Some(Override { level: level.into(), reason: reason.into() });
    let high = Some(rating("possible", "serious"));
    let rated = Assessed::rate(&matrix, high.clone(), None).unwrap();
    assert_eq!(rated.band(&matrix), Some(Band::High));
    let lowered = Assessed::rate(&matrix, high.clone(), other("medium", "Two people only, both staff")).unwrap();
    assert_eq!(lowered.band(&matrix), Some(Band::Medium));
    assert_eq!(Assessed::rate(&matrix, high.clone(), other("medium", " ")), Err(Refusal::NoReason));
    assert_eq!(Assessed::rate(&matrix, high.clone(), other("dire", "x")), Err(Refusal::NoLevel));
    assert_eq!(Assessed::rate(&matrix, None, other("low", "x")), Err(Refusal::NotRated));
    assert_eq!(Assessed::rate(&matrix, Some(rating("never", "some")), None), Err(Refusal::NoStep));
    assert_eq!(
        Assessed::rate(&matrix, high, other("high", "")).unwrap().overridden,
        None,
        "the matrix's own level is no override"
    );
}

#[test]
fn the_highest_is_settled_once_every_risk_is_rated() {
    let matrix = small().matrix;
    let of = |likelihood, severity| risk(Assessed { rating: Some(rating(likelihood, severity)), overridden: None });
    assert_eq!(highest(&matrix, &[]).settled(), Some(Band::Low));
    let rated = [of("remote", "serious"), of("possible", "some")];
    assert_eq!(highest(&matrix, &rated).settled(), Some(Band::Medium));
    let open = [of("possible", "some"), risk(Assessed::default())];
    assert_eq!(highest(&matrix, &open), Highest { band: Some(Band::Medium), not_rated: 1 });
    assert_eq!(highest(&matrix, &open).settled(), None);
}

#[test]
fn measures_say_what_is_missing_and_when_they_are_late() {
    let mut measure = Measure {
        id: MeasureId(Uuid::nil()),
        risks: vec![],
        title: "Locks".into(),
        description: String::new(),
        effect: Some(Effect::Reduced),
        owner: PersonRef::default(),
        organisation: None,
        due: Some(date(2026, 3, 1)),
        progress: super::Progress::Planned,
        done_on: None,
        evidence: String::new(),
    };
    assert!(!measure.complete() && measure.late(None, date(2026, 3, 2)) && !measure.late(None, date(2026, 3, 1)));
    measure.owner.post = "Head of ICT".into();
    assert!(measure.complete());
    measure.progress = super::Progress::Done;
    assert!(!measure.open() && !measure.late(None, date(2027, 1, 1)));
    let json = serde_json::to_string(&measure).unwrap();
    assert_eq!(serde_json::from_str::<Measure>(&json).unwrap(), measure);
}

#[test]
fn a_risk_reads_back_and_says_when_it_rises() {
    let matrix = small().matrix;
    let assessed = |likelihood, severity| Assessed { rating: Some(rating(likelihood, severity)), overridden: None };
    let risk = Risk {
        source: Source::Rule { rule: "leak".into(), why: "Data is held.".into() },
        inherent: assessed("possible", "some"),
        ..risk(assessed("probable", "some"))
    };
    assert!(risk.rises(&matrix));
    let json = serde_json::to_string(&risk).unwrap();
    assert_eq!(serde_json::from_str::<Risk>(&json).unwrap(), risk);
}

struct World {
    template: Template,
    answers: Answers,
    screened: Screened,
    modules: BTreeSet<String>,
    facts: Facts,
}

impl World {
    fn view(&self, part: Part) -> View<'_> {
        View {
            template: &self.template,
            answers: &self.answers,
            screened: &self.screened,
            modules: &self.modules,
            facts: self.facts,
            part,
        }
    }

    fn rules(&self, part: Part, settled: &[String]) -> Vec<String> {
        suggest(&self.view(part), settled, &str::to_owned).into_iter().map(|suggestion| suggestion.rule.id.clone()).collect()
    }
}

fn world(template: Template) -> World {
    World { template, answers: Answers::new(), screened: Screened::new(), modules: BTreeSet::new(), facts: Facts::default() }
}

#[test]
fn answers_suggest_risks_and_say_why_until_they_are_settled() {
    let mut world = world(small());
    assert!(world.rules(Part::Shared, &[]).is_empty());
    let cells = [("category".to_owned(), Answer::Many(vec!["health".into()]))].into_iter().collect();
    world.answers.insert(Place::shared("data"), Answer::Rows(vec![Row { id: RowId(Uuid::nil()), cells }]));
    assert_eq!(world.rules(Part::Shared, &[]), ["leak", "health-leak"]);
    assert_eq!(world.rules(Part::Shared, &["leak".into()]), ["health-leak"]);
    let view = world.view(Part::Shared);
    let suggestions = suggest(&view, &[], &str::to_owned);
    assert_eq!(suggestions[1].why, "Health data is held.");
    assert_eq!(suggestions[1].because, [("Data".to_owned(), "Health".to_owned())]);
    assert_eq!(suggestions[0].because, [("Data".to_owned(), "1 row".to_owned())]);
    let ours = Part::Annex(OrganisationId(Uuid::nil()));
    assert!(world.rules(ours, &[]).is_empty());
    world.facts.several_controllers = true;
    assert_eq!(world.rules(ours, &[]), ["our-power"]);
}

#[test]
fn nothing_is_suggested_to_an_empty_assessment_and_every_shipped_rule_can_hold() {
    for template in Library::shipped().unwrap().templates {
        let mut world = world(template);
        let ours = Part::Annex(OrganisationId(Uuid::nil()));
        assert!(world.rules(Part::Shared, &[]).is_empty() && world.rules(ours, &[]).is_empty());
        // Everything answered in every way, every module on.
        world.modules = world.template.modules.iter().map(|module| module.id.clone()).collect();
        world.facts = Facts { several_controllers: true, processors: true, risks: 0 };
        let mut held = BTreeSet::new();
        for ternary in Ternary::ALL {
            for (section, field) in
                world.template.fields().map(|(section, field)| (section.part, field.clone())).collect::<Vec<_>>()
            {
                let part = if section == crate::dpia::template::In::Shared { Part::Shared } else { ours };
                world.answers.insert(part.at(&field.id), full(&field.kind, ternary));
            }
            for question in ["invisible", "module-transfers", "special-category", "matching", "physical-harm", "offences"] {
                world.screened.insert(question.into(), ternary);
            }
            held.extend(world.rules(Part::Shared, &[]));
            held.extend(world.rules(ours, &[]));
        }
        for rule in &world.template.risk_rules {
            assert!(held.contains(&rule.id), "{} never holds", rule.id);
        }
    }
}

/// An answer that says everything that a kind can say.
fn full(kind: &crate::dpia::template::field::FieldKind, ternary: Ternary) -> Answer {
    use crate::dpia::template::field::FieldKind as Kind;
    match kind {
        Kind::Many { options } => Answer::Many(options.iter().map(|option| option.id.clone()).collect()),
        Kind::Choice { options } => {
            let at = match ternary {
                Ternary::Yes => 0,
                Ternary::No => options.len() - 1,
                Ternary::Unsure => options.len() / 2,
            };
            Answer::Choice(options[at].id.clone())
        }
        Kind::Ternary => Answer::Ternary(ternary),
        Kind::Rows { columns, .. } => Answer::Rows(vec![Row {
            id: RowId(Uuid::nil()),
            cells: columns.iter().map(|column| (column.id.clone(), full(&column.kind, ternary))).collect(),
        }]),
        _ => Answer::Text("Something".into()),
    }
}

proptest! {
    /// A heat map counts every risk once, and the level never falls where likelihood or severity rises.
    #[test]
    fn heat_counts_every_risk_once(cells in prop::collection::vec(prop::option::of((0_usize..3, 0_usize..3)), 0..40)) {
        static MATRIX: std::sync::LazyLock<Matrix> = std::sync::LazyLock::new(|| small().matrix);
        let matrix = &*MATRIX;
        let assessed: Vec<Assessed> = cells.iter().map(|cell| Assessed {
            rating: cell.map(|(severity, likelihood)| rating(&matrix.likelihood[likelihood].id, &matrix.severity[severity].id)),
            overridden: None,
        }).collect();
        let heat = Heat::of(matrix, &assessed);
        prop_assert_eq!(heat.cells.iter().flatten().sum::<usize>() + heat.not_rated, assessed.len());
        for (one, other) in assessed.iter().zip(assessed.iter().skip(1)) {
            if let (Some(a), Some(b)) = (&one.rating, &other.rating)
                && let (Some((s1, l1)), Some((s2, l2))) = (matrix.cell(a), matrix.cell(b))
                && s1 <= s2 && l1 <= l2
            {
                prop_assert!(one.band(matrix) <= other.band(matrix));
            }
        }
    }
}
