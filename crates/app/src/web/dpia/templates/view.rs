//! A template, screening rules and lists of options as their pages take them.

use super::{
    condition::{self, Node},
    show::Head,
};
use crate::web::words;
use domain::dpia::{
    condition::Condition,
    library::Library,
    risk::Matrix,
    screening::{Does, Rules},
    template::{
        In, SourceDetail, Template,
        compare::{Difference, compare},
        field::{Agreement, Choice, Field, FieldKind, Sensitivity, Source},
        options::OptionLists,
    },
};
use serde::Serialize;

/// A template.
#[derive(Serialize)]
pub struct TemplateView {
    head: Head,
    changes: Vec<String>,
    replaces: Option<String>,
    differences: Vec<Difference>,
    sections: Vec<SectionView>,
    modules: Vec<ModuleView>,
    risks: Vec<RiskView>,
    matrix: MatrixView,
    sources: Vec<SourceView>,
    fields: usize,
}

#[derive(Serialize)]
struct SectionView {
    id: String,
    number: usize,
    title: String,
    about: String,
    annex: bool,
    module: Option<String>,
    fields: Vec<FieldView>,
}

/// A field.
#[derive(Serialize)]
pub struct FieldView {
    id: String,
    label: String,
    hint: Option<String>,
    guidance: Vec<String>,
    kind: &'static str,
    max: Option<usize>,
    options: Vec<Choice>,
    columns: Vec<ColumnView>,
    when: Option<Node>,
    required: Option<Node>,
    sensitivity: &'static str,
    prefill: Option<String>,
    signed: bool,
    /// The roles whose own words it holds.
    written_by: Vec<&'static str>,
    /// What it holds for an agreement about sharing data.
    agreement: Option<Agreement>,
    sources: Vec<Cited>,
}

#[derive(Serialize)]
struct ColumnView {
    label: String,
    kind: &'static str,
    required: bool,
    options: Vec<String>,
}

/// A source as it is cited.
#[derive(Serialize)]
struct Cited {
    title: String,
    at: Option<String>,
    href: Option<String>,
}

#[derive(Serialize)]
struct ModuleView {
    id: String,
    title: String,
    about: String,
    when: Node,
}

#[derive(Serialize)]
struct RiskView {
    id: String,
    title: String,
    description: String,
    why: String,
    annex: bool,
    when: Node,
    measures: Vec<String>,
    sources: Vec<Cited>,
}

#[derive(Serialize)]
struct MatrixView {
    about: String,
    likelihood: Vec<String>,
    rows: Vec<MatrixRow>,
}

#[derive(Serialize)]
struct MatrixRow {
    severity: String,
    hint: Option<String>,
    cells: Vec<Cell>,
}

/// A level's label, and what it counts as.
#[derive(Serialize)]
struct Cell {
    label: String,
    counts_as: &'static str,
}

#[derive(Serialize)]
struct SourceView {
    title: String,
    href: Option<String>,
    date: Option<String>,
}

/// A template with what changed since the version before.
#[must_use]
pub fn template(head: Head, template: &Template, before: Option<&Template>, rules: &Library) -> TemplateView {
    let fields =
        |section: &domain::dpia::template::Section| section.fields.iter().map(|one| field(one, template, rules)).collect();
    TemplateView {
        head,
        changes: template.changes.clone(),
        replaces: template.replaces.clone(),
        differences: before.map(|before| compare(before, template)).unwrap_or_default(),
        sections: template
            .sections
            .iter()
            .enumerate()
            .map(|(index, section)| SectionView {
                id: section.id.clone(),
                number: index + 1,
                title: section.title.clone(),
                about: section.about.clone(),
                annex: section.part == In::Annex,
                module: section.module.as_deref().and_then(|id| template.module(id)).map(|module| module.title.clone()),
                fields: fields(section),
            })
            .collect(),
        modules: template
            .modules
            .iter()
            .map(|module| ModuleView {
                id: module.id.clone(),
                title: module.title.clone(),
                about: module.about.clone(),
                when: condition::node(&module.when, Some(template), rules),
            })
            .collect(),
        risks: template
            .risk_rules
            .iter()
            .map(|rule| RiskView {
                id: rule.id.clone(),
                title: rule.title.clone(),
                description: rule.description.clone(),
                why: rule.why.clone(),
                annex: rule.part == In::Annex,
                when: condition::node(&rule.when, Some(template), rules),
                measures: rule.measures.clone(),
                sources: cited(&rule.sources, &template.sources),
            })
            .collect(),
        matrix: matrix(&template.matrix),
        sources: sources(&template.sources),
        fields: template.fields().count(),
    }
}

/// A field with the words of its template.
#[must_use]
pub fn field(field: &Field, template: &Template, rules: &Library) -> FieldView {
    FieldView {
        id: field.id.clone(),
        label: field.label.clone(),
        hint: field.hint.clone(),
        guidance: field.guidance.clone(),
        kind: field.kind.as_str(),
        max: if let FieldKind::Text { max, .. } = field.kind { Some(max) } else { None },
        options: field.kind.options().to_vec(),
        columns: field
            .kind
            .columns()
            .iter()
            .map(|column| ColumnView {
                label: column.label.clone(),
                kind: column.kind.as_str(),
                required: column.required,
                options: column.kind.options().iter().map(|option| option.label.clone()).collect(),
            })
            .collect(),
        when: field.when.as_ref().map(|when| condition::node(when, Some(template), rules)),
        required: condition::required(&field.required, template, rules),
        sensitivity: match field.sensitivity {
            Sensitivity::Public => "public",
            Sensitivity::Internal => "internal",
            Sensitivity::Confidential => "confidential",
        },
        prefill: field.prefill.as_ref().map(ToString::to_string),
        signed: field.signed,
        written_by: field.written_by.iter().map(|role| role.words()).collect(),
        agreement: field.agreement,
        sources: cited(&field.sources, &template.sources),
    }
}

fn cited(list: &[Source], details: &[SourceDetail]) -> Vec<Cited> {
    list.iter()
        .filter_map(|source| {
            let detail = details.iter().find(|detail| detail.id == source.id)?;
            Some(Cited { title: detail.title.clone(), at: source.place.clone(), href: detail.url.clone() })
        })
        .collect()
}

fn sources(list: &[SourceDetail]) -> Vec<SourceView> {
    list.iter()
        .map(|source| SourceView { title: source.title.clone(), href: source.url.clone(), date: source.date.map(words::day) })
        .collect()
}

/// The most severe row first, as heat maps stand.
fn matrix(matrix: &Matrix) -> MatrixView {
    let level = |id: &String| {
        let found = matrix.find_level(id);
        Cell {
            label: found.map_or_else(|| id.clone(), |level| level.label.clone()),
            counts_as: found.map_or("low", |level| level.counts_as.as_str()),
        }
    };
    MatrixView {
        about: matrix.about.clone(),
        likelihood: matrix.likelihood.iter().map(|step| step.label.clone()).collect(),
        rows: matrix
            .severity
            .iter()
            .rev()
            .map(|step| {
                let cells = matrix.cells.get(&step.id).map(|row| row.iter().map(level).collect()).unwrap_or_default();
                MatrixRow { severity: step.label.clone(), hint: step.hint.clone(), cells }
            })
            .collect(),
    }
}

/// Screening rules.
#[derive(Serialize)]
pub struct ScreeningView {
    head: Head,
    review: usize,
    required: usize,
    questions: Vec<QuestionView>,
    rules: Vec<RuleView>,
    sources: Vec<SourceView>,
}

#[derive(Serialize)]
struct QuestionView {
    id: String,
    text: String,
    hint: Option<String>,
    counts: Vec<String>,
    not: Vec<String>,
    rule: String,
    when: Option<Node>,
    sources: Vec<Cited>,
}

#[derive(Serialize)]
struct RuleView {
    title: String,
    does: &'static str,
    when: Node,
    sources: Vec<Cited>,
}

/// Screening rules with their questions' words.
#[must_use]
pub fn screening(head: Head, rules: &Rules) -> ScreeningView {
    let library = Library { screening: vec![rules.clone()], ..Library::default() };
    let node = |when: &Condition| condition::node(when, None, &library);
    ScreeningView {
        head,
        review: rules.criteria.review,
        required: rules.criteria.required,
        questions: rules
            .questions
            .iter()
            .map(|question| QuestionView {
                id: question.id.clone(),
                text: question.text.clone(),
                hint: question.hint.clone(),
                counts: question.counts.clone(),
                not: question.not.clone(),
                rule: question.rule.clone(),
                when: question.when.as_ref().map(node),
                sources: cited(&question.sources, &rules.sources),
            })
            .collect(),
        rules: rules
            .rules
            .iter()
            .map(|rule| RuleView {
                title: rule.title.clone(),
                does: match rule.does {
                    Does::Require => "require",
                    Does::RequireWithCriterion => "require-with-criterion",
                    Does::Criterion => "criterion",
                    Does::Review => "review",
                },
                when: node(&rule.when),
                sources: cited(&rule.sources, &rules.sources),
            })
            .collect(),
        sources: sources(&rules.sources),
    }
}

/// Lists of options.
#[derive(Serialize)]
pub struct OptionsView {
    head: Head,
    lists: Vec<ListView>,
    sources: Vec<SourceView>,
}

#[derive(Serialize)]
struct ListView {
    id: String,
    title: String,
    source: String,
    options: Vec<OptionView>,
}

#[derive(Serialize)]
struct OptionView {
    label: String,
    hint: Option<String>,
    from: Option<String>,
    until: Option<String>,
}

/// Lists of options, each with the days on which it may be chosen.
#[must_use]
pub fn options(head: Head, lists: &OptionLists) -> OptionsView {
    OptionsView {
        head,
        lists: lists
            .lists
            .values()
            .map(|list| ListView {
                id: list.id.clone(),
                title: list.title.clone(),
                source: list.source.clone(),
                options: list
                    .options
                    .iter()
                    .map(|option| OptionView {
                        label: option.label.clone(),
                        hint: option.hint.clone(),
                        from: option.from.map(words::day),
                        until: option.until.map(words::day),
                    })
                    .collect(),
            })
            .collect(),
        sources: sources(&lists.sources),
    }
}
