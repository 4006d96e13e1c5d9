//! Each thing that can be wrong with a template is refused, with the line, the place and what to do.

use super::{SMALL, read, small};
use crate::dpia::template::{
    In,
    field::{FieldKind, Required, Sensitivity, TableOf},
};

/// Replaces a text of the small template once, and reads it.
fn problems(from: &str, to: &str) -> Vec<String> {
    assert_eq!(SMALL.matches(from).count(), 1, "'{from}' must stand in the template once");
    match read(&SMALL.replace(from, to)) {
        Ok(_) => Vec::new(),
        Err(problems) => problems.iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn a_template_reads_as_it_is_written() {
    let template = small();
    assert_eq!(template.edition.to_string(), "urn:example:dpia:small@1.0.0");
    let sections: Vec<_> = template.sections.iter().map(|section| (section.id.as_str(), section.module.as_deref())).collect();
    assert_eq!(sections, [("first", None), ("care", Some("health")), ("dangers", None), ("ours", None)]);
    let purpose = template.field("purpose").unwrap();
    assert_eq!(purpose.kind, FieldKind::Text { long: true, max: 100 });
    assert_eq!((purpose.sensitivity, &purpose.required, purpose.signed), (Sensitivity::Public, &Required::Always, true));
    assert_eq!(template.field("basis").unwrap().kind.options().len(), 2);
    assert!(matches!(template.field("data").unwrap().kind, FieldKind::Rows { of: TableOf::DataItems, .. }));
    assert_eq!(template.find("gateway").unwrap().0.part, In::Annex);
    assert!(!template.signed("contact") && template.signed("purpose") && template.signed("unheard-of"));
    assert_eq!(template.sensitivity("unheard-of"), Sensitivity::Confidential);
}

#[test]
fn everything_wrong_is_said_with_its_line_and_place() {
    let cases = [
        ("{id: purpose, label: Purpose,", "{id: purpose,", "'label' is missing"),
        ("kind: long-text, max: 100", "kind: essay", "'essay' is none of the words known here"),
        ("{id: purpose, label", "{id: Purpose, label", "'Purpose' cannot be an id"),
        ("in-force: 2026-01-01", "in-force: 1 January", "'1 January' is no day"),
        ("version: 1.0.0\npurpose", "version: 1.0\npurpose", "'1.0' is not the kind of value"),
        ("urn: urn:example:dpia:small\n", "urn: small\n", "'small' is no URN"),
        ("title: Small\n", "title: Small\ncolour: red\n", "'colour' is not known here"),
        (
            "{id: consent-record, label: Record, kind: text",
            "{id: purpose, label: Record, kind: text",
            "'purpose' stands in the template twice",
        ),
        (
            "{id: consent-how, label: How, kind: text,",
            "{id: consent-how, label: How, kind: text, columns: [{id: a, label: A, kind: text}],",
            "has no 'columns'",
        ),
        ("kind: many, list: bases", "kind: many", "neither options of its own nor a list"),
        ("kind: many, list: bases", "kind: many, list: grounds", "There is no list 'grounds'"),
        ("kind: many, list: bases", "kind: text, list: bases", "has no 'list'"),
        ("is: consent}, required", "is: no-such}, required", "reads the option 'no-such' of 'basis'"),
        ("when: {field: basis, is: consent}", "when: {field: bases, is: consent}", "reads the field 'bases', which there is not"),
        ("when: {field: basis, is: consent}", "when: {field: purpose, is: consent}", "has no 'consent'"),
        ("when: {field: basis, is: consent}", "when: {field: gateway, answered: true}", "which each annex answers for itself"),
        ("when: {field: basis, is: consent}", "when: {module: unheard-of}", "There is no module 'unheard-of'"),
        ("when: {field: basis, is: consent}", "when: {field: basis}", "none of the forms"),
        ("when: {field: basis, is: consent}", "when: {field: consent-record, answered: true}", "go round in a circle"),
        (
            "kind: long-text, max: 100, required: true",
            "kind: long-text, required: true, when: {field: confidence, answered: true}",
            "",
        ),
        ("kind: people, signed: false", "kind: people, sensitivity: public", "names are never public"),
        ("prefill: project.purpose", "prefill: project.colour", "nothing that can fill a field"),
        ("prefill: project.purpose", "prefill: project.starts", "cannot fill a field of the kind"),
        ("{id: law, at: section 1}", "{id: lore}", "There is no source 'lore'"),
        ("required-when: {fact: processors}", "required: true, required-when: {fact: processors}", "both stand here"),
        ("{id: what, label: What, kind: text, required: true}", "{id: what, label: What, kind: people}", "'people' is none"),
        ("{id: what, label: What,", "{id: category, label: What,", "There is another column 'category'"),
        ("{id: health, label: Health}]}", "{id: contact, label: Health}]}", "There is another option 'contact'"),
        ("column: category, is: health}]}", "column: kind, is: health}]}", "reads the column 'kind' of 'data'"),
        ("after: first", "after: last", "There is no such section"),
        ("title: Dangers", "title: Dangers\n    after: first", "Only the sections of a module"),
        ("serious: [low, high, high]", "serious: [low, high]", "2 levels for 3 likelihoods"),
        ("serious: [low, high, high]", "serious: [low, low, high]", "lower than one with less"),
        ("serious: [low, high, high]", "serious: [low, high, dire]", "There is no level 'dire'"),
        (", serious: [low, high, high]", "", "'serious' has no row"),
        ("severity: serious", "severity: dire", "The matrix has no severity 'dire'"),
        ("id: health-leak", "id: leak", "There is another rule 'leak'"),
        ("version: 1.0.0\npurpose", "version: 1.1.0\nreplaces: 1.0.0\npurpose", "There is no map from the version"),
        ("id: dangers", "id: first", "There are two sections 'first'"),
        (
            "options: {urn: \"urn:example:options:small\", version: 1.0.0}",
            "options: {urn: \"urn:example:options:small\", version: 9.0.0}",
            "There is no file of options",
        ),
    ];
    for (from, to, said) in cases {
        let found = problems(from, to);
        if said.is_empty() {
            assert!(found.is_empty(), "{to}: {found:#?}");
            continue;
        }
        assert!(found.iter().any(|problem| problem.contains(said)), "{to}: {found:#?}");
        for problem in &found {
            let line = problem.strip_prefix("small.yaml:").and_then(|rest| rest.split(':').next()?.parse::<usize>().ok());
            let advice = problem.trim_end().ends_with(|last: char| last.is_alphanumeric() || "'.)".contains(last));
            assert!(line.is_some() && advice, "{problem}");
        }
    }
}

#[test]
fn a_problem_names_the_line_on_which_it_stands() {
    let found = problems("when: {field: basis, is: consent}", "when: {field: bases, is: consent}");
    let line = SMALL.lines().position(|line| line.contains("id: consent-how")).unwrap() + 1;
    assert_eq!(
        found,
        [format!(
            "small.yaml:{line}: sections › first › fields › consent-how › when: The condition reads the field 'bases', which there is not. Name a field of the template"
        )]
    );
}

#[test]
fn a_circle_through_a_module_is_found() {
    let found = problems(
        "- {id: purpose, label: Purpose, kind: long-text, max: 100, required: true, sensitivity: public, prefill: project.purpose}",
        "- {id: purpose, label: Purpose, kind: long-text}\n      - {id: before, label: Before, kind: yes-no-unsure, when: {module: health}}",
    );
    assert!(found.is_empty(), "{found:#?}");
    let text = SMALL
        .replace(
            "{id: transfers, label: Transfers, kind: yes-no-unsure,",
            "{id: transfers, label: Transfers, kind: yes-no-unsure, when: {module: health},",
        )
        .replace("{field: data, column: category, is: health}]}", "{field: transfers, is: \"yes\"}]}");
    let problems = read(&text).unwrap_err();
    assert!(problems.iter().any(|problem| problem.what.contains("circle")), "{problems:#?}");
}
