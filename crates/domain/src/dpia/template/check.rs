//! What a schema cannot say about a template: that ids are there and unique, that conditions read what exists and do not go
//! round in circles, that people's names stay private, that the map from the version before is whole.

use super::{
    super::{
        condition::{Condition, Read},
        file::Document,
    },
    In, Section, Template,
    field::{Agreement, Field, FieldKind, Required, Sensitivity, Source},
};
use std::collections::{BTreeMap, BTreeSet};

/// Checks a template that has been read from a document.
pub(super) fn template(document: &Document, template: &Template) {
    let places = places(document);
    let checker = Checker { document, template };
    checker.unique(&places);
    for section in &template.sections {
        for field in &section.fields {
            let pointer = places.get(&field.id).map_or("", String::as_str);
            checker.field(pointer, section, field);
        }
    }
    for (index, module) in template.modules.iter().enumerate() {
        let pointer = format!("/modules/{index}/when");
        checker.condition(&pointer, &module.when, In::Shared);
        if module.when.reads().iter().any(|read| matches!(read, Read::Module(_))) {
            document.problem(&pointer, "A module cannot depend on a module", "Repeat the other module's condition");
        }
    }
    checker.circles(&places);
    template.matrix.check(document, "/matrix");
    for (index, rule) in template.risk_rules.iter().enumerate() {
        let pointer = format!("/risk-rules/{index}");
        checker.condition(&format!("{pointer}/when"), &rule.when, rule.part);
        checker.sources(&pointer, &rule.sources);
        if template.risk_rules[..index].iter().any(|other| other.id == rule.id) {
            document.problem(&pointer, &format!("There is another rule '{}'", rule.id), "Give each rule an id of its own");
        }
        rule.check(document, &pointer, &template.matrix);
    }
    match (&template.map_from, &template.replaces) {
        (Some(map), Some(version)) if map.version == *version => map.check(document, template),
        (Some(_), _) => document.problem(
            "/map-from/version",
            "The map is not from the version that this one replaces",
            "Let 'replaces' and 'map-from: version' name the same version",
        ),
        (None, Some(_)) => document.problem(
            "/replaces",
            "There is no map from the version that this one replaces",
            "Add 'map-from:', also when every field keeps its id",
        ),
        (None, None) => {}
    }
}

/// Checks a field that an overlay adds to an (applied) template.
pub(in super::super) fn field(document: &Document, pointer: &str, template: &Template, section: &Section, field: &Field) {
    Checker { document, template }.field(pointer, section, field);
}

/// Checks that no condition depends on itself.
pub(in super::super) fn circles(document: &Document, template: &Template) {
    Checker { document, template }.circles(&BTreeMap::new());
}

/// Where each field stands in the file, by its id: the first one of that id.
fn places(document: &Document) -> BTreeMap<String, String> {
    let mut places = BTreeMap::new();
    let mut sections = |pointer: &str| {
        let list = document.value.pointer(&format!("{pointer}/sections")).and_then(|list| list.as_array());
        for (index, section) in list.into_iter().flatten().enumerate() {
            for (number, field) in section.get("fields").and_then(|list| list.as_array()).into_iter().flatten().enumerate() {
                if let Some(id) = field.get("id").and_then(|id| id.as_str()) {
                    places.entry(id.to_owned()).or_insert(format!("{pointer}/sections/{index}/fields/{number}"));
                }
            }
        }
    };
    sections("");
    let modules = document.value.get("modules").and_then(|list| list.as_array()).map_or(0, Vec::len);
    (0..modules).for_each(|index| sections(&format!("/modules/{index}")));
    places
}

struct Checker<'a> {
    document: &'a Document,
    template: &'a Template,
}

impl Checker<'_> {
    fn unique(&self, places: &BTreeMap<String, String>) {
        let mut seen = BTreeSet::new();
        for (section, field) in self.template.fields() {
            if !seen.insert(&field.id) {
                let pointer = places.get(&field.id).map_or("", String::as_str);
                self.document.problem(
                    pointer,
                    &format!(
                        "The field '{}' stands in the template twice; the second is in the section '{}'",
                        field.id, section.id
                    ),
                    "Give each field an id of its own",
                );
            }
        }
        for (what, ids) in [
            ("sections", self.template.sections.iter().map(|section| &section.id).collect::<Vec<_>>()),
            ("modules", self.template.modules.iter().map(|module| &module.id).collect()),
            ("sources", self.template.sources.iter().map(|source| &source.id).collect()),
        ] {
            let mut seen = BTreeSet::new();
            for id in ids {
                if !seen.insert(id) {
                    self.document.problem(
                        &format!("/{what}"),
                        &format!("There are two {what} '{id}'"),
                        "Give each an id of its own",
                    );
                }
            }
        }
    }

    fn field(&self, pointer: &str, section: &Section, field: &Field) {
        self.sources(pointer, &field.sources);
        if let Some(condition) = &field.when {
            self.condition(&format!("{pointer}/when"), condition, section.part);
        }
        if let Required::When(condition) = &field.required {
            self.condition(&format!("{pointer}/required-when"), condition, section.part);
        }
        let mut columns = BTreeSet::new();
        for (index, column) in field.kind.columns().iter().enumerate() {
            if !columns.insert(&column.id) {
                self.document.problem(
                    &format!("{pointer}/columns/{index}"),
                    &format!("There is another column '{}'", column.id),
                    "Give each column an id of its own",
                );
            }
        }
        if matches!(field.kind, FieldKind::People) && field.sensitivity == Sensitivity::Public {
            self.document.problem(
                &format!("{pointer}/sensitivity"),
                "People's names are never public",
                "Make it internal, and publish the post in a field of its own",
            );
        }
        if let Some(agreement) = field.agreement {
            if field.kind == FieldKind::Risks {
                self.document.problem(
                    &format!("{pointer}/agreement"),
                    "Risks do not go over to an agreement",
                    "Take 'agreement' out",
                );
            } else if (agreement == Agreement::Parties) != (section.part == In::Annex) {
                self.document.problem(
                    &format!("{pointer}/agreement"),
                    "What each party says for itself stands in the annex, everything else in the shared body",
                    "Say 'parties' of fields of the annex, and 'purposes', 'lawful-bases' or 'terms' of the others",
                );
            }
        }
        if let Some(prefill) = &field.prefill
            && !prefill.fits(&field.kind)
        {
            self.document.problem(
                &format!("{pointer}/prefill"),
                &format!("'{}' cannot fill a field of the kind '{}'", prefill, field.kind.as_str()),
                "Change the kind, or take 'prefill' out",
            );
        }
    }

    fn sources(&self, pointer: &str, sources: &[Source]) {
        for (index, source) in sources.iter().enumerate() {
            if self.template.source(source).is_none() {
                self.document.problem(
                    &format!("{pointer}/sources/{index}"),
                    &format!("There is no source '{}'", source.id),
                    "Add it to the list 'sources' at the top of the file",
                );
            }
        }
    }

    /// Checks that a condition in `part` reads what there is.
    fn condition(&self, pointer: &str, condition: &Condition, part: In) {
        condition.each(&mut |condition| match condition {
            Condition::Is { field, column, values } => {
                if let Some(found) = self.readable(pointer, field, part) {
                    self.values(pointer, found, column.as_deref(), values);
                }
            }
            Condition::Answered { field } => {
                self.readable(pointer, field, part);
            }
            Condition::Module(module) if self.template.module(module).is_none() => {
                self.document.problem(pointer, &format!("There is no module '{module}'"), "Name one of the template's modules");
            }
            _ => {}
        });
    }

    fn readable(&self, pointer: &str, id: &str, part: In) -> Option<&Field> {
        let Some((section, field)) = self.template.find(id) else {
            self.document.problem(
                pointer,
                &format!("The condition reads the field '{id}', which there is not"),
                "Name a field of the template",
            );
            return None;
        };
        if section.part == In::Annex && part == In::Shared {
            self.document.problem(
                pointer,
                &format!("The shared body cannot depend on '{id}', which each annex answers for itself"),
                "Read a field of the shared body",
            );
        }
        Some(field)
    }

    fn values(&self, pointer: &str, field: &Field, column: Option<&str>, values: &[String]) {
        let kind = match column {
            None => &field.kind,
            Some(id) => match field.kind.columns().iter().find(|column| column.id == id) {
                Some(column) => &column.kind,
                None => {
                    let what = format!("The condition reads the column '{id}' of '{}', which there is not", field.id);
                    self.document.problem(pointer, &what, "Name a column of that table");
                    return;
                }
            },
        };
        for value in values {
            let known = match kind {
                FieldKind::Ternary => matches!(value.as_str(), "yes" | "no" | "unsure"),
                FieldKind::Choice { options } | FieldKind::Many { options } => options.iter().any(|option| option.id == *value),
                _ => {
                    let what = format!("'{}' is of the kind '{}', which has no '{value}'", field.id, kind.as_str());
                    self.document.problem(pointer, &what, "Use 'answered: true', or read a choice");
                    return;
                }
            };
            if !known {
                self.document.problem(
                    pointer,
                    &format!("The condition reads the option '{value}' of '{}', which there is not", field.id),
                    "Name one of its options",
                );
            }
        }
    }

    /// Fields whose conditions depend on themselves by way of others, modules included.
    fn circles(&self, places: &BTreeMap<String, String>) {
        let mut reads: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (section, field) in self.template.fields() {
            let own = field.when.iter().flat_map(Condition::fields);
            let module = section.module.as_deref().and_then(|id| self.template.module(id));
            let named = field.when.iter().flat_map(Condition::reads).filter_map(|read| match read {
                Read::Module(id) => self.template.module(id),
                _ => None,
            });
            let modules = module.into_iter().chain(named).flat_map(|module| module.when.fields());
            reads.insert(&field.id, own.chain(modules).collect());
        }
        let mut settled = BTreeSet::new();
        for id in reads.keys() {
            let mut way = Vec::new();
            if let Some(circle) = walk(id, &reads, &mut way, &mut settled) {
                let pointer = places.get(circle[0]).map_or(String::new(), |place| format!("{place}/when"));
                let way = circle.join(", which reads ");
                self.document.problem(
                    &pointer,
                    &format!("The conditions go round in a circle: {way}"),
                    "Let one of them not depend on the others",
                );
            }
        }
    }
}

fn walk<'a>(
    id: &'a str,
    reads: &BTreeMap<&'a str, Vec<&'a str>>,
    way: &mut Vec<&'a str>,
    settled: &mut BTreeSet<&'a str>,
) -> Option<Vec<&'a str>> {
    if let Some(start) = way.iter().position(|step| *step == id) {
        let mut circle = way[start..].to_vec();
        circle.push(id);
        return Some(circle);
    }
    if settled.contains(id) {
        return None;
    }
    way.push(id);
    let found = reads.get(id).into_iter().flatten().find_map(|next| walk(next, reads, way, settled));
    way.pop();
    settled.insert(id);
    found
}
