//! The filter panel, removable tags, sorting and the result bar: the same for every list of the register.
//!
//! A page describes its facets as [`Spec`]s and hands over the counts; what comes out is what the macros `filter_panel`
//! and `result_bar` of `templates/register/parts.html` take. Everything chosen stands in the address, so a page works
//! without script and can be shared.

use crate::{
    error::Failure,
    web::{
        page::{self, GetAs},
        query::Params,
    },
};
use domain::register::snapshot::FacetCount;
use serde::Serialize;

/// The most values that 'Show all' shows: past it, words find more quickly than eyes.
const MOST: usize = 400;
/// The parameter that asks for all values of a facet.
const ALL: &str = "all";

/// A facet of a list.
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    /// The filter's name in the address.
    pub name: &'static str,
    /// Its heading: 'Service area'.
    pub legend: &'static str,
    /// Its values together: 'service areas'.
    pub plural: &'static str,
    /// How many values are shown at first.
    pub short: usize,
    /// The values of a closed list in their order, with their words; empty for an open one.
    pub closed: &'static [(&'static str, &'static str)],
}

impl Spec {
    /// An open list of values.
    #[must_use]
    pub const fn open(name: &'static str, legend: &'static str, plural: &'static str, short: usize) -> Self {
        Self { name, legend, plural, short, closed: &[] }
    }

    /// A closed list of values, all of which are shown.
    #[must_use]
    pub const fn closed(name: &'static str, legend: &'static str, values: &'static [(&'static str, &'static str)]) -> Self {
        Self { name, legend, plural: "", short: values.len(), closed: values }
    }

    fn words(&self, value: &str) -> Option<&'static str> {
        self.closed.iter().find(|(known, _)| *known == value).map(|(_, words)| *words)
    }
}

/// Members of the network and everyone else: the same filter on every list.
pub const MEMBER: Spec =
    Spec::closed("member", "Membership of the network", &[("yes", "Members of the network"), ("no", "Everyone else")]);

/// Whether a facet parts the list at all, or is filtered by: where all are of one kind there is nothing to choose.
#[must_use]
pub fn divides(params: &Params, spec: &Spec, counts: &[Count]) -> bool {
    counts.len() > 1 || params.one(spec.name).is_some()
}

/// A value of a facet with its count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    /// What the filter takes.
    pub value: String,
    /// What people read.
    pub label: String,
    /// How many.
    pub count: u32,
}

/// Counts as the snapshot gives them.
#[must_use]
pub fn counts(counts: &[FacetCount<'_>]) -> Vec<Count> {
    counts
        .iter()
        .map(|count| Count { value: count.value.to_owned(), label: count.label.to_owned(), count: count.count })
        .collect()
}

/// A value of a facet with its box.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Choice {
    value: String,
    label: String,
    count: u32,
    chosen: bool,
}

/// 'Show all 20 service areas', or fewer again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct More {
    href: String,
    /// How many there are; none for the link that shows fewer.
    all: Option<usize>,
    plural: &'static str,
}

/// A facet as the panel shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Facet {
    name: &'static str,
    legend: &'static str,
    plural: &'static str,
    choices: Vec<Choice>,
    more: Option<More>,
    /// Whether a box that narrows the list is of use.
    long: bool,
}

/// A removable filter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tag {
    /// Its words.
    pub text: String,
    /// The same list without it.
    pub href: String,
}

/// Removable filters under one heading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tags {
    heading: &'static str,
    items: Vec<Tag>,
}

/// A filter kept through the form though it has no box in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Kept {
    name: String,
    value: String,
}

/// The panel beside a list.
#[derive(Clone, Debug, Serialize)]
pub struct Panel {
    action: String,
    /// How many filters are chosen.
    chosen: usize,
    tags: Vec<Tags>,
    clear: String,
    q: String,
    facets: Vec<Facet>,
    kept: Vec<Kept>,
}

impl Panel {
    /// Whether any filter is chosen.
    #[must_use]
    pub fn is_filtered(&self) -> bool {
        self.chosen > 0
    }
}

/// Makes a panel, facet by facet.
pub struct Builder<'p> {
    params: &'p Params,
    path: &'p str,
    boxes: Vec<&'static str>,
    panel: Panel,
}

impl<'p> Builder<'p> {
    /// A panel for the list at `path`.
    #[must_use]
    pub fn new(params: &'p Params, path: &'p str) -> Self {
        let q = params.one("q").unwrap_or_default().to_owned();
        let panel = Panel {
            action: path.to_owned(),
            chosen: 0,
            tags: Vec::new(),
            clear: path.to_owned(),
            q,
            facets: Vec::new(),
            kept: Vec::new(),
        };
        let mut builder = Self { params, path, boxes: vec!["q"], panel };
        builder.other("q", "Words", |words| words.to_owned());
        builder
    }

    /// Adds a facet with its counts. What is chosen stays, whatever its count.
    pub fn facet(&mut self, spec: &Spec, counts: &[Count]) {
        let chosen: Vec<&str> = self.params.all(spec.name).collect();
        let is_chosen = |value: &str| chosen.contains(&value);
        let count_of = |value: &str| counts.iter().find(|count| count.value == value);
        let mut choices: Vec<Choice> = if spec.closed.is_empty() {
            counts
                .iter()
                .map(|count| Choice {
                    value: count.value.clone(),
                    label: count.label.clone(),
                    count: count.count,
                    chosen: is_chosen(&count.value),
                })
                .collect()
        } else {
            spec.closed
                .iter()
                .map(|(value, words)| Choice {
                    value: (*value).to_owned(),
                    label: (*words).to_owned(),
                    count: count_of(value).map_or(0, |count| count.count),
                    chosen: is_chosen(value),
                })
                .collect()
        };
        let total = choices.len();
        let all = self.params.all(ALL).any(|name| name == spec.name);
        if spec.closed.is_empty() {
            // What is chosen comes first, so that it is seen without 'Show all'.
            choices.sort_by_key(|choice| !choice.chosen);
            choices.truncate(if all { MOST } else { spec.short.max(chosen.len()) });
        }
        let short = total > spec.short && spec.closed.is_empty();
        let more = short.then(|| {
            let href =
                if all { self.params.without(self.path, ALL, spec.name) } else { self.params.with(self.path, ALL, spec.name) };
            More { href: format!("{href}#facet-{}", spec.name), all: (!all).then_some(total), plural: spec.plural }
        });
        self.boxes.push(spec.name);
        self.tags(spec.name, spec.legend, |value| {
            let label = spec.words(value).or_else(|| count_of(value).map(|count| count.label.as_str()));
            label.unwrap_or(value).to_owned()
        });
        // A chosen value that nothing has keeps its box, or sending the form would drop it in silence.
        for value in chosen {
            if !choices.iter().any(|choice| choice.value == value) {
                choices.push(Choice { value: value.to_owned(), label: value.to_owned(), count: 0, chosen: true });
            }
        }
        if !choices.is_empty() {
            self.panel.facets.push(Facet {
                name: spec.name,
                legend: spec.legend,
                plural: spec.plural,
                long: choices.len() > 12,
                choices,
                more,
            });
        }
    }

    /// Adds a filter that has no boxes but shows as a removable tag when the address holds it.
    pub fn other(&mut self, name: &'static str, heading: &'static str, words: impl Fn(&str) -> String) {
        self.tags(name, heading, words);
    }

    fn tags(&mut self, name: &str, heading: &'static str, words: impl Fn(&str) -> String) {
        let items: Vec<Tag> = self
            .params
            .all(name)
            .map(|value| Tag { text: words(value), href: self.params.without(self.path, name, value) })
            .collect();
        self.panel.chosen += items.len();
        match self.panel.tags.iter_mut().find(|tags| tags.heading == heading) {
            Some(tags) => tags.items.extend(items),
            None if items.is_empty() => {}
            None => self.panel.tags.push(Tags { heading, items }),
        }
    }

    /// The panel; `visible` are parameters that the form has other controls for, as its sort.
    #[must_use]
    pub fn finish(mut self, visible: &[&str]) -> Panel {
        let boxes = &self.boxes;
        let kept = self
            .params
            .pairs()
            .filter(|(name, _)| !boxes.contains(name) && !visible.contains(name) && !matches!(*name, "page" | "no_page"))
            .map(|(name, value)| Kept { name: name.to_owned(), value: value.to_owned() });
        self.panel.kept = kept.collect();
        let sort: Vec<(&str, &str)> = self.params.pairs().filter(|(name, _)| visible.contains(name)).collect();
        if !sort.is_empty() {
            let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(sort).finish();
            self.panel.clear = format!("{}?{query}", self.path);
        }
        self.panel
    }
}

/// An order of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SortChoice {
    value: &'static str,
    text: &'static str,
    selected: bool,
}

/// What stands above a list: how many of how many, in which order, and as data.
#[derive(Clone, Debug, Serialize)]
pub struct ResultBar {
    /// How many match.
    pub found: u64,
    /// How many there are.
    pub of: u64,
    /// One of them: 'contract'.
    pub one: &'static str,
    /// Several: 'contracts'.
    pub many: &'static str,
    /// The orders that can be chosen; the first is the default.
    pub sorts: Vec<SortChoice>,
    /// The same list as data.
    pub get: Vec<GetAs>,
    /// Whether the list is filtered at all.
    pub filtered: bool,
    /// The list without any filter.
    pub clear: String,
    /// What was asked and cannot be given.
    pub not_used: NotUsed,
}

/// What an address asks of a page that the page cannot give; the macro `not_used` says it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct NotUsed {
    /// Names that are no filters of the list.
    pub names: Vec<String>,
    /// Whether a page was asked for that the list does not have.
    pub no_such_page: bool,
    /// Whether a first day or sum is after the last one, so that nothing can match: `days` or `sums`.
    pub wrong_way_round: Option<&'static str>,
}

impl NotUsed {
    /// Parts what can be used of an address from what cannot, for a page whose list takes these filters.
    #[must_use]
    pub fn of(asked: &Params, filters: &[&str]) -> (Params, Self) {
        let (params, names) = asked.understood(filters);
        let no_such_page = params.no_such_page();
        // What cannot be read is said elsewhere.
        let day = |name: &str| params.date(name).ok().flatten();
        let sum = |name: &str| params.pounds(name).ok().flatten();
        let days = day("ends_from").zip(day("ends_to")).is_some_and(|(from, to)| from > to);
        let sums = sum("value_from").zip(sum("value_to")).is_some_and(|(from, to)| from > to);
        let wrong_way_round = [(days, "days"), (sums, "sums")].into_iter().find_map(|(is, what)| is.then_some(what));
        (params, Self { names, no_such_page, wrong_way_round })
    }

    /// What can be used of a file's address. A page says what it left out; a file cannot, so that a name that is no filter is an
    /// error there, as in the API.
    ///
    /// # Errors
    /// When the address names what is no filter.
    pub fn none(asked: &Params, filters: &[&str]) -> Result<Params, Failure> {
        let (params, names) = asked.understood(filters);
        match names.first() {
            None => Ok(params),
            Some(name) => Err(Failure::parameter(format!("There is no filter ‘{name}’ here."))),
        }
    }
}

impl ResultBar {
    /// The bar above the list at `/{section}`.
    #[must_use]
    pub fn new(
        params: &Params,
        section: &str,
        found: u64,
        of: u64,
        words: (&'static str, &'static str),
        sorts: &[(&'static str, &'static str)],
    ) -> Self {
        let asked = params.one("sort").unwrap_or_default();
        Self {
            found,
            of,
            one: words.0,
            many: words.1,
            sorts: sorts.iter().map(|(value, text)| SortChoice { value, text, selected: *value == asked }).collect(),
            get: page::get_as(&data(params), section, found),
            filtered: data(params).pairs().any(|(name, _)| name != "sort"),
            clear: format!("/{section}"),
            not_used: NotUsed::default(),
        }
    }
}

/// The parameters that mean the same to the API: of those that are understood, all but those that only shape the page.
#[must_use]
pub fn data(params: &Params) -> Params {
    let shared = params.pairs().filter(|(name, _)| !matches!(*name, ALL | "page" | "no_page" | "years" | "mark"));
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(shared).finish();
    Params::parse(&query).unwrap_or_default()
}

#[cfg(test)]
mod tests;
