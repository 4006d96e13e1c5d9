//! A field's answer as controls of a form, and back. Works without script: tables and lists end with an empty entry, and
//! 'save and stay' gives another. Rows carry ids that the page made, so that sending twice adds one row.

mod lists;

use crate::{
    state::App,
    web::{
        form::{Errors, Form},
        words,
    },
};
use domain::dpia::{
    answer::{Answer, PersonRef, Row, Ternary},
    ids::RowId,
    template::field::{Choice, FieldKind},
};
use jiff::civil::Date;
use serde::Serialize;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Empty entries offered at the end of a list.
const SPARE: usize = 1;

/// A field's control.
#[derive(Clone, Debug, Serialize)]
pub struct Control {
    /// What the template draws: `long`, `line`, `one-of`, `any-of`, `date`, `people`, `names`, `rows`, `risks`.
    pub kind: &'static str,
    /// The name of the control, and its id.
    pub name: String,
    /// What stands in it, or was typed, by the name of the control.
    pub typed: BTreeMap<String, String>,
    /// The values that are ticked.
    pub chosen: Vec<String>,
    /// The options of a choice.
    pub options: Vec<Opt>,
    /// The most characters.
    pub max: Option<usize>,
    /// The names of the lines of a list of names.
    pub lines: Vec<String>,
    /// The rows of a table, or the people of a list, each with its controls.
    pub rows: Vec<Line>,
}

/// An option of a choice.
#[derive(Clone, Debug, Serialize)]
pub struct Opt {
    /// Its id.
    pub value: String,
    /// What people read.
    pub text: String,
    /// A hint.
    pub hint: Option<String>,
}

/// A row of a table, or a person of a list.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    /// Its id.
    pub id: String,
    /// Its number, counted from 1.
    pub number: usize,
    /// Whether it is the empty one at the end.
    pub spare: bool,
    /// Its controls with their labels.
    pub cells: Vec<Cell>,
}

/// A control within a row.
#[derive(Clone, Debug, Serialize)]
pub struct Cell {
    /// The label.
    pub label: String,
    /// A hint.
    pub hint: Option<String>,
    /// The control.
    pub control: Control,
}

fn options(list: &[Choice], today: Date, chosen: &[String]) -> Vec<Opt> {
    list.iter()
        .filter(|option| option.offered(today) || chosen.contains(&option.id))
        .map(|option| Opt { value: option.id.clone(), text: option.label.clone(), hint: option.hint.clone() })
        .collect()
}

/// The control of a field, filled with an answer.
#[must_use]
pub fn control(kind: &FieldKind, name: &str, answer: Option<&Answer>, today: Date) -> Control {
    let mut control = Control {
        kind: "line",
        name: name.to_owned(),
        typed: BTreeMap::new(),
        chosen: Vec::new(),
        options: Vec::new(),
        max: None,
        lines: Vec::new(),
        rows: Vec::new(),
    };
    let mut put = |value: String| control.typed.insert(name.to_owned(), value);
    match (kind, answer) {
        // A line holds no line ends: a browser would drop them, and words that clash would be one.
        (FieldKind::Text { long: false, .. }, Some(Answer::Text(text))) => {
            drop(put(text.split('\n').filter(|line| !line.trim().is_empty()).collect::<Vec<_>>().join(" ")));
        }
        (FieldKind::Text { .. }, Some(Answer::Text(text))) => drop(put(text.clone())),
        (FieldKind::Choice { .. }, Some(Answer::Choice(option))) => drop(put(option.clone())),
        (FieldKind::Ternary, Some(Answer::Ternary(ternary))) => drop(put(ternary.as_str().to_owned())),
        (FieldKind::Many { .. }, Some(Answer::Many(chosen))) => control.chosen.clone_from(chosen),
        (FieldKind::Date, Some(Answer::Date(date))) => {
            for (part, value) in
                [("day", date.day().to_string()), ("month", date.month().to_string()), ("year", date.year().to_string())]
            {
                control.typed.insert(format!("{name}-{part}"), value);
            }
        }
        _ => {}
    }
    match kind {
        FieldKind::Text { long, max } => {
            control.kind = if *long { "long" } else { "line" };
            control.max = Some(*max);
        }
        FieldKind::Choice { options: list } => {
            control.kind = "one-of";
            let chosen: Vec<String> = control.typed.values().cloned().collect();
            control.options = options(list, today, &chosen);
        }
        FieldKind::Many { options: list } => {
            control.kind = "any-of";
            control.options = options(list, today, &control.chosen);
        }
        FieldKind::Ternary => {
            control.kind = "one-of";
            control.options =
                Ternary::ALL.map(|one| Opt { value: one.as_str().to_owned(), text: one.words().to_owned(), hint: None }).to_vec();
        }
        FieldKind::Date => control.kind = "date",
        FieldKind::People => {
            control.kind = "people";
            let people = if let Some(Answer::People(people)) = answer { people.as_slice() } else { &[] };
            control.rows = (0..people.len() + SPARE).map(|at| person(name, at, people.get(at))).collect();
        }
        FieldKind::Organisations | FieldKind::Systems | FieldKind::Suppliers => {
            control.kind = "names";
            let named = match answer {
                Some(Answer::Organisations(list) | Answer::Systems(list) | Answer::Suppliers(list)) => list.as_slice(),
                _ => &[],
            };
            for at in 0..named.len() + SPARE {
                let line = format!("{name}-{at}");
                control.typed.insert(line.clone(), named.get(at).map(|one| one.name.clone()).unwrap_or_default());
                control.lines.push(line);
            }
        }
        FieldKind::Rows { columns, .. } => {
            control.kind = "rows";
            let rows = if let Some(Answer::Rows(rows)) = answer { rows.as_slice() } else { &[] };
            let spare = Row { id: RowId(Uuid::now_v7()), cells: BTreeMap::new() };
            control.rows = rows
                .iter()
                .chain([&spare])
                .enumerate()
                .map(|(at, row)| Line {
                    id: row.id.to_string(),
                    number: at + 1,
                    spare: at == rows.len(),
                    cells: columns
                        .iter()
                        .map(|column| Cell {
                            label: column.label.clone(),
                            hint: column.hint.clone(),
                            control: self::control(
                                &column.kind,
                                &cell_name(name, row.id, &column.id),
                                row.cells.get(&column.id),
                                today,
                            ),
                        })
                        .collect(),
                })
                .collect();
        }
        FieldKind::Risks => control.kind = "risks",
    }
    control
}

fn cell_name(name: &str, row: RowId, column: &str) -> String {
    format!("{name}-{row}-{column}")
}

const PERSON: [(&str, &str); 4] = [
    ("post", "Post or team"),
    ("name", "Name, if it is needed"),
    ("organisation", "Organisation"),
    ("contact", "E-mail or telephone"),
];

fn person(name: &str, at: usize, person: Option<&PersonRef>) -> Line {
    let value = |part: &str| {
        person.map(|person| match part {
            "post" => person.post.clone(),
            "name" => person.name.clone(),
            "organisation" => person.organisation.clone(),
            _ => person.contact.clone(),
        })
    };
    let cell = |(part, label): (&str, &str)| {
        let name = format!("{name}-{at}-{part}");
        let mut control = control(&FieldKind::Text { long: false, max: 200 }, &name, None, Date::MIN);
        control.typed.insert(name, value(part).unwrap_or_default());
        Cell { label: label.to_owned(), hint: None, control }
    };
    Line { id: at.to_string(), number: at + 1, spare: person.is_none(), cells: PERSON.map(cell).to_vec() }
}

/// The answer in a form. What stood before gives the ids of things of the register that are still named.
#[must_use]
pub fn parse(
    app: &App,
    form: &Form,
    kind: &FieldKind,
    name: &str,
    label: &str,
    before: Option<&Answer>,
    errors: &mut Errors,
) -> Option<Answer> {
    // A question is no name that a sentence could begin with.
    let label = match kind {
        _ if !label.ends_with('?') => label,
        FieldKind::Date => "The date",
        _ => "The answer",
    };
    let answer = match kind {
        FieldKind::Text { max, .. } => {
            let length = form.raw(name).trim().chars().count();
            if length > *max {
                errors.add(
                    name,
                    format!("{label} must be {} characters or fewer. It has {}", words::count(*max), words::count(length)),
                );
            }
            Answer::Text(form.raw(name).to_owned())
        }
        FieldKind::Choice { .. } => Answer::Choice(form.text(name).to_owned()),
        FieldKind::Many { options } => {
            let ticked = form.all(name);
            Answer::Many(options.iter().map(|option| option.id.clone()).filter(|id| ticked.contains(&id.as_str())).collect())
        }
        FieldKind::Ternary => Answer::Ternary(Ternary::parse(form.text(name))?),
        FieldKind::Date => match form.day(name, label) {
            Ok(day) => Answer::Date(day?),
            Err(message) => {
                errors.add_at(name, &format!("{name}-day"), message);
                return None;
            }
        },
        FieldKind::People => Answer::People(lists::people(form, (name, label), before, errors)),
        FieldKind::Organisations => Answer::Organisations(lists::named(app, form, kind, (name, label), before, errors)),
        FieldKind::Systems => Answer::Systems(lists::named(app, form, kind, (name, label), before, errors)),
        FieldKind::Suppliers => Answer::Suppliers(lists::named(app, form, kind, (name, label), before, errors)),
        FieldKind::Rows { columns, .. } => {
            let stood = if let Some(Answer::Rows(rows)) = before { rows.as_slice() } else { &[] };
            let rows = form
                .all(&format!("{name}-row"))
                .into_iter()
                .filter_map(|id| id.parse::<RowId>().ok())
                .filter(|id| form.text(&format!("{name}-{id}-remove")).is_empty())
                .map(|id| {
                    let old = stood.iter().find(|row| row.id == id);
                    let cells = columns
                        .iter()
                        .filter_map(|column| {
                            let before = old.and_then(|row| row.cells.get(&column.id));
                            let cell =
                                parse(app, form, &column.kind, &cell_name(name, id, &column.id), &column.label, before, errors)?;
                            Some((column.id.clone(), cell))
                        })
                        .filter(|(_, cell)| !cell.is_empty())
                        .collect();
                    Row { id, cells }
                })
                .filter(|row| !row.cells.is_empty())
                .collect();
            Answer::Rows(rows)
        }
        FieldKind::Risks => return None,
    };
    Some(answer.tidy()).filter(|answer| !answer.is_empty())
}

/// The control as it was typed, for a page that comes back: with a line for each row, person or name that was sent, also for those
/// that do not stand in the answer.
#[must_use]
pub fn retyped(mut control: Control, kind: &FieldKind, form: &Form, today: Date) -> Control {
    room(&mut control, kind, form, today);
    fill(&mut control, form);
    control
}

/// Makes room for what was sent beyond what stands.
fn room(control: &mut Control, kind: &FieldKind, form: &Form, today: Date) {
    let name = control.name.clone();
    match kind {
        FieldKind::Rows { columns, .. } => {
            let sent = form.all(&format!("{name}-row"));
            let typed = |id: &str| {
                let begins = format!("{name}-{id}-");
                form.fields().any(|(field, value)| field.starts_with(&begins) && !value.trim().is_empty())
            };
            for id in sent.into_iter().filter(|id| typed(id)).filter_map(|id| id.parse::<RowId>().ok()) {
                if control.rows.iter().any(|line| line.id == id.to_string()) {
                    continue;
                }
                let one = Answer::Rows(vec![Row { id, cells: BTreeMap::new() }]);
                let mut more = self::control(kind, &name, Some(&one), today).rows;
                more.truncate(1);
                let before_the_spare = control.rows.iter().position(|line| line.spare).unwrap_or(control.rows.len());
                drop(control.rows.splice(before_the_spare..before_the_spare, more));
            }
            for (at, line) in control.rows.iter_mut().enumerate() {
                line.number = at + 1;
                for (cell, column) in line.cells.iter_mut().zip(columns) {
                    room(&mut cell.control, &column.kind, form, today);
                }
            }
        }
        FieldKind::People => {
            while form.has(&format!("{name}-{}-post", control.rows.len())) {
                control.rows.push(person(&name, control.rows.len(), None));
            }
        }
        FieldKind::Organisations | FieldKind::Systems | FieldKind::Suppliers => {
            while form.has(&format!("{name}-{}", control.lines.len())) {
                let line = format!("{name}-{}", control.lines.len());
                control.typed.insert(line.clone(), String::new());
                control.lines.push(line);
            }
        }
        _ => {}
    }
}

fn fill(control: &mut Control, form: &Form) {
    let names: Vec<String> = control.typed.keys().cloned().chain([control.name.clone()]).collect();
    for name in names.into_iter().chain(["day", "month", "year"].map(|part| format!("{}-{part}", control.name))) {
        if form.has(&name) {
            control.typed.insert(name.clone(), form.raw(&name).to_owned());
        }
    }
    if control.kind == "any-of" {
        control.chosen = form.all(&control.name).into_iter().map(str::to_owned).collect();
    }
    for line in &mut control.rows {
        for cell in &mut line.cells {
            fill(&mut cell.control, form);
        }
    }
}
