//! The shipped files: sound, whole, and nothing asked twice.

use crate::dpia::{
    condition::Condition,
    library::{Library, SHIPPED, check},
    template::{
        In, Purpose,
        field::{FieldKind, Required},
    },
};
use jiff::civil::date;
use std::collections::BTreeSet;

fn shipped() -> Library {
    Library::shipped()
        .unwrap_or_else(|problems| panic!("{}", problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))
}

#[test]
fn the_shipped_files_are_sound() {
    let library = shipped();
    assert_eq!((library.templates.len(), library.screening.len(), library.options.len()), (2, 1, 1));
    let today = date(2026, 11, 25);
    let dpia = library.in_force(Purpose::Dpia, today).unwrap();
    assert_eq!(dpia.edition.urn, "urn:citytools:dpia:uk-gdpr");
    assert!(library.in_force(Purpose::Dpia, date(2026, 2, 4)).is_none());
    assert!(library.in_force(Purpose::Review, today).is_some() && library.screening_in_force(today).is_some());
    assert!(check(&SHIPPED).is_empty());
    for (name, text) in SHIPPED {
        assert!(check(&[(name, text)]).is_empty(), "{name} on its own");
    }
}

#[test]
fn every_step_of_the_sample_template_is_held_and_cited() {
    let library = shipped();
    let dpia = library.in_force(Purpose::Dpia, date(2026, 11, 25)).unwrap();
    let cited: BTreeSet<&str> = dpia
        .fields()
        .flat_map(|(_, field)| &field.sources)
        .filter(|source| source.id == "ico")
        .filter_map(|source| source.place.as_deref())
        .collect();
    for step in ["step 0", "step 1", "step 2", "step 3", "step 4", "steps 5 and 6", "step 7"] {
        assert!(cited.contains(step), "{step}");
    }
    for article in ["35(7)(a)", "35(7)(b)", "35(7)(c)", "(d)", "35(9)", "35(11)", "36(1)", "35(2)"] {
        let found = dpia
            .fields()
            .flat_map(|(_, field)| &field.sources)
            .any(|source| source.place.as_deref().is_some_and(|at| at.contains(article)));
        assert!(found, "Article {article}");
    }
    let modules: Vec<_> = dpia.modules.iter().map(|module| module.id.as_str()).collect();
    assert_eq!(modules, ["health", "surveillance", "children", "algorithm", "transfers"]);
    assert!((15..=25).contains(&dpia.risk_rules.len()), "{}", dpia.risk_rules.len());
}

#[test]
fn nothing_is_asked_twice() {
    for template in shipped().templates {
        let mut labels = BTreeSet::new();
        for (section, field) in template.fields() {
            // 'Why not?' is asked under two different questions, each shown beside its own.
            let label = if field.when.is_some() { format!("{} {}", field.id, field.label) } else { field.label.clone() };
            assert!(labels.insert(label), "{}: {} stands twice", section.id, field.label);
            assert!(!field.label.is_empty() && !field.label.ends_with('.'), "{}", field.label);
        }
    }
}

#[test]
fn every_question_that_law_asks_can_be_answered_and_every_annex_can_be_signed() {
    let dpia = shipped().templates.remove(0);
    let annex: Vec<_> =
        dpia.fields().filter(|(section, _)| section.part == In::Annex).map(|(_, field)| field.id.as_str()).collect();
    for id in ["gateway", "our-contacts", "local-risks", "dpo-advice", "conditions"] {
        assert!(annex.contains(&id), "{id}");
    }
    for id in ["contacts", "our-contacts", "review-date", "review-owner"] {
        assert!(!dpia.signed(id), "{id} is outside signatures");
    }
    let kinds: BTreeSet<_> = dpia.fields().map(|(_, field)| field.kind.as_str()).collect();
    for kind in ["long-text", "choice", "many", "yes-no-unsure", "date", "people", "systems", "rows", "risks"] {
        assert!(kinds.contains(kind), "{kind}");
    }
    for (_, field) in dpia.fields() {
        if let FieldKind::Choice { options } | FieldKind::Many { options } = &field.kind {
            assert!(options.len() > 1, "{}", field.id);
        }
    }
}

#[test]
fn conditions_that_law_gives_are_required_and_not_only_offered() {
    let dpia = shipped().templates.remove(0);
    for id in ["special-conditions", "offence-ground", "schedule-1", "automated-safeguards", "views-why-not", "transfer-list"] {
        let field = dpia.field(id).unwrap();
        assert_eq!(field.required, Required::Always, "{id}");
        let module = dpia.find(id).unwrap().0.module.is_some();
        assert!(field.when.is_some() || module, "{id}");
    }
    // Each risk rule reads something that can be answered, and none holds for an empty assessment.
    for rule in &dpia.risk_rules {
        assert!(!rule.when.reads().is_empty() && !matches!(rule.when, Condition::Not(_)), "{}", rule.id);
        assert!(!rule.sources.is_empty() && !rule.measures.is_empty(), "{}", rule.id);
    }
}
