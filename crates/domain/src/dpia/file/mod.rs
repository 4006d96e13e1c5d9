//! Files that councils may write themselves (templates, screening rules, lists of options, overlays): YAML read with line
//! numbers, held against a JSON Schema, and refused with words that say where, what and what to do.
//!
//! The schemas stand beside the shipped files in `data/dpia/`. What a schema cannot say (an unknown field in a condition, a
//! cycle) is checked by the reader of each kind, which reports through the same [`Document`].

mod words;
mod yaml;

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::{cell::RefCell, fmt};

/// Something wrong in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The file's name.
    pub file: String,
    /// The line, counted from 1, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// Where in the file: keys and ids from the top, as `sections › need › purpose › when`.
    pub path: String,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub advice: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if !self.path.is_empty() {
            write!(f, ": {}", self.path)?;
        }
        write!(f, ": {}. {}", self.what, self.advice)
    }
}

/// What a file is, as its first key `kind` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A template of an assessment or a review.
    Template,
    /// Screening rules.
    Screening,
    /// Lists of options with the days they are in force.
    Options,
    /// What an organisation adds to a template.
    Overlay,
    /// A route of sign-off; read by [`super`]'s workflow, not here.
    SignOff,
}

impl Kind {
    const ALL: [Self; 5] = [Self::Template, Self::Screening, Self::Options, Self::Overlay, Self::SignOff];

    /// As files spell it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Template => "template",
            Self::Screening => "screening",
            Self::Options => "options",
            Self::Overlay => "overlay",
            Self::SignOff => "sign-off",
        }
    }

    /// Reads what [`Self::as_str`] writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// The schema that files of this kind follow.
    #[must_use]
    pub fn schema(self) -> Option<&'static str> {
        match self {
            Self::Template => Some(include_str!("../../../../../data/dpia/template.schema.json")),
            Self::Screening => Some(include_str!("../../../../../data/dpia/screening.schema.json")),
            Self::Options => Some(include_str!("../../../../../data/dpia/options.schema.json")),
            Self::Overlay => Some(include_str!("../../../../../data/dpia/overlay.schema.json")),
            Self::SignOff => Some(include_str!("../../../../../data/dpia/sign-off.schema.json")),
        }
    }
}

/// A file that is YAML, with the line of each value; problems are gathered in it.
#[derive(Debug)]
pub struct Document {
    name: String,
    /// The file's content.
    pub value: Value,
    lines: yaml::Lines,
    problems: RefCell<Vec<Problem>>,
}

impl Document {
    /// Reads YAML (1.2: `yes` and `no` are words, not booleans). Keys that stand twice are refused.
    pub fn read(name: &str, text: &str) -> Result<Self, Problem> {
        let (value, lines) = yaml::read(text).map_err(|(line, what)| Problem {
            file: name.to_owned(),
            line,
            path: String::new(),
            what: format!("This cannot be read as YAML: {what}"),
            advice: "Check the indentation, and put text with a colon or a hash in it between quotes".to_owned(),
        })?;
        Ok(Self { name: name.to_owned(), value, lines, problems: RefCell::default() })
    }

    /// Reads a file of a kind with its content as a type, or says all that is wrong with it.
    pub fn written<T: DeserializeOwned>(name: &str, text: &str, kind: Kind) -> Result<(Self, T), Vec<Problem>> {
        let document = Self::read(name, text).map_err(|problem| vec![problem])?;
        match if document.fits(kind) { document.typed() } else { None } {
            Some(written) => Ok((document, written)),
            None => Err(document.problems()),
        }
    }

    /// What the file says it is.
    pub fn kind(&self) -> Result<Kind, Problem> {
        let said = self.value.get("kind").and_then(Value::as_str);
        said.and_then(Kind::parse).ok_or_else(|| {
            let known = Kind::ALL.map(Kind::as_str).join(", ");
            self.make(
                "/kind",
                &said.map_or("The file does not say what it is".to_owned(), |text| format!("'{text}' is no kind of file")),
                &format!("Begin the file with 'kind:' and one of {known}"),
            )
        })
    }

    /// Holds the file against the schema of its kind; says whether it fits.
    pub fn fits(&self, kind: Kind) -> bool {
        let Some(schema) = kind.schema() else { return true };
        // The schemas ship with the program and a test reads each: they are sound.
        let Ok(schema) = serde_json::from_str::<Value>(schema) else { return false };
        let Ok(validator) = jsonschema::validator_for(&schema) else { return false };
        let before = self.problems.borrow().len();
        for error in validator.iter_errors(&self.value) {
            let pointer = error.instance_path().as_str().to_owned();
            for (pointer, what, advice) in words::of(&error, &pointer) {
                self.problem(&pointer, &what, &advice);
            }
        }
        self.problems.borrow().len() == before
    }

    /// The content as a type. The schema has been held against it before, so that a failure here means that schema and type
    /// disagree; it is reported all the same.
    pub fn typed<T: DeserializeOwned>(&self) -> Option<T> {
        match serde_json::from_value(self.value.clone()) {
            Ok(typed) => Some(typed),
            Err(error) => {
                self.problem("", &error.to_string(), "Compare the file with docs/TEMPLATES.md");
                None
            }
        }
    }

    /// Notes a problem at a place of the file, given as a JSON pointer.
    pub fn problem(&self, pointer: &str, what: &str, advice: &str) {
        let problem = self.make(pointer, what, advice);
        let mut problems = self.problems.borrow_mut();
        if !problems.contains(&problem) {
            problems.push(problem);
        }
    }

    /// Notes a problem that was found in the same file by another reading of it.
    pub fn note(&self, problem: &Problem) {
        let mut problems = self.problems.borrow_mut();
        if !problems.contains(problem) {
            problems.push(problem.clone());
        }
    }

    fn make(&self, pointer: &str, what: &str, advice: &str) -> Problem {
        Problem {
            file: self.name.clone(),
            line: self.lines.at(pointer),
            path: words::path(&self.value, pointer),
            what: what.to_owned(),
            advice: advice.to_owned(),
        }
    }

    /// What was found so far, in the order of the file's lines.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = self.problems.borrow().clone();
        problems.sort_by_key(|problem| problem.line);
        problems
    }

    /// The value that was read from this file, or all that is wrong with it.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, Vec<Problem>> {
        let problems = self.problems();
        match value {
            Some(value) if problems.is_empty() => Ok(value),
            _ => Err(problems),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yes_and_no_are_words_and_dates_and_versions_are_text() {
        let document =
            Document::read("a.yaml", "is: yes\nnot: no\nin-force: 2026-02-05\nversion: 1.0.0\nsigned: false\n").unwrap();
        assert_eq!(
            document.value,
            serde_json::json!({"is": "yes", "not": "no", "in-force": "2026-02-05", "version": "1.0.0", "signed": false})
        );
    }

    #[test]
    fn what_is_no_yaml_says_where() {
        let problem = Document::read("a.yaml", "a: 1\nb: [1\nc: 2\n").unwrap_err();
        assert!(problem.line.is_some(), "{problem:?}");
        let twice = Document::read("a.yaml", "a: 1\na: 2\n").unwrap_err();
        assert_eq!(twice.line, Some(2), "{twice:?}");
        assert!(twice.to_string().starts_with("a.yaml:2: This cannot be read as YAML"), "{twice}");
        assert!(twice.what.ends_with("stands there a second time") && !twice.what.contains("Options"), "{}", twice.what);
    }

    #[test]
    fn problems_name_line_and_path() {
        let document = Document::read(
            "a.yaml",
            "kind: template\nsections:\n  - id: need\n    fields:\n      - id: purpose\n        when: 3\n",
        )
        .unwrap();
        document.problem("/sections/0/fields/0/when", "Wrong", "Mend it");
        assert_eq!(document.problems()[0].to_string(), "a.yaml:6: sections › need › fields › purpose › when: Wrong. Mend it");
    }

    #[test]
    fn every_schema_is_a_sound_schema() {
        for kind in Kind::ALL {
            if let Some(schema) = kind.schema() {
                let schema: Value = serde_json::from_str(schema).unwrap();
                jsonschema::meta::validate(&schema).unwrap();
                jsonschema::validator_for(&schema).unwrap();
            }
        }
    }

    #[test]
    fn a_file_says_what_it_is() {
        let document = Document::read("a.yaml", "kind: novel\n").unwrap();
        let problem = document.kind().unwrap_err();
        assert_eq!(problem.line, Some(1));
        assert!(problem.what.contains("novel") && problem.advice.contains("screening"), "{problem}");
        assert!(Document::read("a.yaml", "title: x\n").unwrap().kind().is_err());
    }
}
