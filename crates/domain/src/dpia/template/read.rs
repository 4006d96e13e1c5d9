//! From a YAML file to a template, or to a list of all that is wrong with it.

use super::{
    super::{
        condition::Condition,
        file::{Document, Kind, Problem},
        prefill::Prefill,
        risk::{Matrix, RiskRule},
    },
    Edition, In, Module, Purpose, Section, SourceDetail, Template, check,
    field::{Agreement, Choice, Column, Field, FieldKind, Required, Sensitivity, Source, TableOf},
    marks,
    migrate::VersionMap,
    options::OptionLists,
};
use crate::people::Role;
use jiff::civil::Date;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The most characters of a line, and of paragraphs, where a template does not say.
pub const LINE: usize = 300;
/// See [`LINE`].
pub const PARAGRAPHS: usize = 20_000;

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Written {
    #[allow(dead_code)]
    kind: String,
    urn: String,
    version: String,
    purpose: Purpose,
    title: String,
    about: String,
    in_force: Date,
    replaces: Option<String>,
    #[serde(default)]
    changes: Vec<String>,
    options: Option<Edition>,
    #[serde(default)]
    sources: Vec<SourceDetail>,
    matrix: Matrix,
    sections: Vec<WrittenSection>,
    #[serde(default)]
    modules: Vec<WrittenModule>,
    #[serde(default)]
    risk_rules: Vec<RiskRule>,
    map_from: Option<VersionMap>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct WrittenSection {
    id: String,
    title: String,
    #[serde(default, rename = "in")]
    part: In,
    about: String,
    /// Modules' sections: the section after which it stands.
    after: Option<String>,
    fields: Vec<WrittenField>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct WrittenModule {
    id: String,
    title: String,
    about: String,
    when: Condition,
    sections: Vec<WrittenSection>,
}

/// A field or a column as files write it.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(in super::super) struct WrittenField {
    pub(in super::super) id: String,
    label: String,
    hint: Option<String>,
    #[serde(default)]
    guidance: Vec<String>,
    #[serde(default)]
    sources: Vec<Source>,
    kind: String,
    max: Option<usize>,
    options: Option<Vec<Choice>>,
    list: Option<String>,
    of: Option<TableOf>,
    columns: Option<Vec<WrittenField>>,
    when: Option<Condition>,
    required: Option<bool>,
    required_when: Option<Condition>,
    sensitivity: Option<Sensitivity>,
    prefill: Option<Prefill>,
    signed: Option<bool>,
    written_by: Option<OneOrMore>,
    agreement: Option<Agreement>,
}

/// A role, or several.
#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(Role),
    More(Vec<Role>),
}

impl Template {
    /// Reads a template, or says all that is wrong with it. `lists` finds the file of options that the template names.
    pub fn read(name: &str, text: &str, lists: &[OptionLists]) -> Result<Self, Vec<Problem>> {
        let (document, written): (_, Written) = Document::written(name, text, Kind::Template)?;
        let found = written.options.as_ref().and_then(|edition| lists.iter().find(|lists| lists.edition == *edition));
        if let (Some(edition), None) = (&written.options, found) {
            document.problem(
                "/options",
                &format!("There is no file of options {edition}"),
                "Add that file, or name one that there is",
            );
        }
        let mut template = make(&document, written, found);
        marks::add(&mut template);
        check::template(&document, &template);
        document.finish(Some(template))
    }
}

fn make(document: &Document, written: Written, lists: Option<&OptionLists>) -> Template {
    let mut sections: Vec<Section> = Vec::new();
    for (index, section) in written.sections.into_iter().enumerate() {
        if section.after.is_some() {
            document.problem(
                &format!("/sections/{index}/after"),
                "Only the sections of a module say after which section they stand",
                "Move the section instead",
            );
        }
        sections.push(make_section(document, &format!("/sections/{index}"), section, None, lists));
    }
    let mut modules = Vec::new();
    for (index, module) in written.modules.into_iter().enumerate() {
        for (number, section) in module.sections.into_iter().enumerate() {
            let pointer = format!("/modules/{index}/sections/{number}");
            let after = section.after.clone();
            let section = make_section(document, &pointer, section, Some(&module.id), lists);
            place(document, &pointer, &mut sections, section, after);
        }
        modules.push(Module { id: module.id, title: module.title, about: module.about, when: module.when });
    }
    Template {
        edition: Edition { urn: written.urn, version: written.version },
        purpose: written.purpose,
        title: written.title,
        about: written.about,
        in_force: written.in_force,
        replaces: written.replaces,
        changes: written.changes,
        options: written.options,
        matrix: written.matrix,
        sections,
        modules,
        risk_rules: written.risk_rules,
        map_from: written.map_from,
        sources: written.sources,
        laid: BTreeMap::new(),
    }
}

/// Puts a module's section behind the section it names and behind what other modules have put there; else at the end of its
/// part.
fn place(document: &Document, pointer: &str, sections: &mut Vec<Section>, section: Section, after: Option<String>) {
    let found = match &after {
        Some(after) => sections.iter().position(|other| other.id == *after),
        None => sections.iter().rposition(|other| other.part == section.part),
    };
    if found.is_none() && after.is_some() {
        document.problem(&format!("{pointer}/after"), "There is no such section", "Name a section of the template");
    }
    let mut at = found.map_or(sections.len(), |at| at + 1);
    while sections.get(at).is_some_and(|other| other.module.is_some() && other.part == section.part) {
        at += 1;
    }
    sections.insert(at, section);
}

fn make_section(
    document: &Document,
    pointer: &str,
    section: WrittenSection,
    module: Option<&str>,
    lists: Option<&OptionLists>,
) -> Section {
    let fields = section
        .fields
        .into_iter()
        .enumerate()
        .map(|(index, field)| make_field(document, &format!("{pointer}/fields/{index}"), field, lists))
        .collect();
    Section {
        id: section.id,
        title: section.title,
        part: section.part,
        about: section.about,
        module: module.map(str::to_owned),
        fields,
    }
}

/// Makes a field; what does not fit together is noted in the document.
pub(in super::super) fn make_field(
    document: &Document,
    pointer: &str,
    written: WrittenField,
    lists: Option<&OptionLists>,
) -> Field {
    if written.required.is_some() && written.required_when.is_some() {
        document.problem(&format!("{pointer}/required-when"), "'required' and 'required-when' both stand here", "Take one out");
    }
    let kind = make_kind(
        document,
        pointer,
        &written.kind,
        written.max,
        written.options,
        written.list,
        written.of,
        written.columns,
        lists,
    );
    let required = match (written.required, written.required_when) {
        (Some(true), _) => Required::Always,
        (_, Some(condition)) => Required::When(condition),
        _ => Required::Never,
    };
    Field {
        id: written.id,
        label: written.label,
        hint: written.hint,
        guidance: written.guidance,
        local_guidance: Vec::new(),
        sources: written.sources,
        kind,
        when: written.when,
        required,
        local_required: Vec::new(),
        sensitivity: written.sensitivity.unwrap_or_default(),
        prefill: written.prefill,
        signed: written.signed.unwrap_or(true),
        written_by: match written.written_by {
            Some(OneOrMore::One(role)) => vec![role],
            Some(OneOrMore::More(roles)) => roles,
            None => Vec::new(),
        },
        agreement: written.agreement,
        only_for: None,
    }
}

fn make_column(document: &Document, pointer: &str, written: WrittenField, lists: Option<&OptionLists>) -> Column {
    let not_here = [
        ("when", written.when.is_some()),
        ("required-when", written.required_when.is_some()),
        ("sensitivity", written.sensitivity.is_some()),
        ("prefill", written.prefill.is_some()),
        ("signed", written.signed.is_some()),
        ("written-by", written.written_by.is_some()),
        ("agreement", written.agreement.is_some()),
        ("guidance", !written.guidance.is_empty()),
        ("sources", !written.sources.is_empty()),
    ];
    for (key, there) in not_here {
        if there {
            document.problem(&format!("{pointer}/{key}"), &format!("A column has no '{key}'"), "Say it of the whole table");
        }
    }
    let kind = make_kind(
        document,
        pointer,
        &written.kind,
        written.max,
        written.options,
        written.list,
        written.of,
        written.columns,
        lists,
    );
    if matches!(kind, FieldKind::Rows { .. } | FieldKind::Risks | FieldKind::People) {
        document.problem(
            &format!("{pointer}/kind"),
            &format!("A column cannot be of the kind '{}'", kind.as_str()),
            "Give it a field of its own",
        );
    }
    Column { id: written.id, label: written.label, hint: written.hint, kind, required: written.required == Some(true) }
}

#[allow(clippy::too_many_arguments)] // the keys of one written field; a struct of them would be the field itself
fn make_kind(
    document: &Document,
    pointer: &str,
    kind: &str,
    max: Option<usize>,
    options: Option<Vec<Choice>>,
    list: Option<String>,
    of: Option<TableOf>,
    columns: Option<Vec<WrittenField>>,
    lists: Option<&OptionLists>,
) -> FieldKind {
    let stray = |key: &str| {
        document.problem(
            &format!("{pointer}/{key}"),
            &format!("A field of the kind '{kind}' has no '{key}'"),
            "Take it out, or change the kind",
        );
    };
    let chooses = matches!(kind, "choice" | "many");
    for (key, there, belongs) in [
        ("max", max.is_some(), matches!(kind, "text" | "long-text")),
        ("options", options.is_some(), chooses),
        ("list", list.is_some(), chooses),
        ("of", of.is_some(), kind == "rows"),
        ("columns", columns.is_some(), kind == "rows"),
    ] {
        if there && !belongs {
            stray(key);
        }
    }
    let options = || match (options, list) {
        (Some(_), Some(_)) => {
            document.problem(&format!("{pointer}/list"), "'options' and 'list' both stand here", "Take one out");
            Vec::new()
        }
        (Some(options), None) => {
            super::options::check(document, &format!("{pointer}/options"), &options);
            options
        }
        (None, Some(list)) => lists.and_then(|lists| lists.lists.get(&list)).map_or_else(
            || {
                document.problem(
                    &format!("{pointer}/list"),
                    &format!("There is no list '{list}' in the file of options"),
                    "Name the file under 'options:' at the top of the template, and a list that is in it",
                );
                Vec::new()
            },
            |list| list.options.clone(),
        ),
        (None, None) => Vec::new(),
    };
    match kind {
        "text" => FieldKind::Text { long: false, max: max.unwrap_or(LINE) },
        "choice" => FieldKind::Choice { options: options() },
        "many" => FieldKind::Many { options: options() },
        "yes-no-unsure" => FieldKind::Ternary,
        "date" => FieldKind::Date,
        "people" => FieldKind::People,
        "organisations" => FieldKind::Organisations,
        "systems" => FieldKind::Systems,
        "suppliers" => FieldKind::Suppliers,
        "rows" => FieldKind::Rows {
            of: of.unwrap_or_default(),
            columns: columns
                .unwrap_or_default()
                .into_iter()
                .enumerate()
                .map(|(index, column)| make_column(document, &format!("{pointer}/columns/{index}"), column, lists))
                .collect(),
        },
        "risks" => FieldKind::Risks,
        // The schema lets no other kind through.
        _ => FieldKind::Text { long: true, max: max.unwrap_or(PARAGRAPHS) },
    }
}
