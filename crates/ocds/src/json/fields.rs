//! The fields of an object, in order. A scan finds one among few; an index is kept for many.

use std::borrow::Cow;
use std::collections::HashMap;

use super::Json;

/// Up to so many fields a scan is quicker than an index.
const SCAN: usize = 32;

#[derive(Clone, Debug, Default)]
pub(crate) struct Fields<'t> {
    /// A borrowed name stands in its text without escapes, so it can be written as it is.
    entries: Vec<(Cow<'t, str>, Json<'t>)>,
    /// Boxed, since hardly any object has one and every value would grow by it.
    index: Option<Box<Index<'t>>>,
}

#[derive(Clone, Debug)]
struct Index<'t> {
    places: HashMap<Cow<'t, str>, usize>,
}

impl<'t> Fields<'t> {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Self { entries: Vec::with_capacity(capacity), index: None }
    }

    fn place(&self, name: &str) -> Option<usize> {
        match &self.index {
            Some(index) => index.places.get(name).copied(),
            None => self.entries.iter().position(|(known, _)| known == name),
        }
    }

    /// Whether there is nothing in it; fields that are gone count, for they were something once.
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Json<'t>> {
        let (_, value) = self.entries.get(self.place(name)?)?;
        (!matches!(value, Json::Gone)).then_some(value)
    }

    pub(crate) fn get_mut(&mut self, name: &str) -> Option<&mut Json<'t>> {
        let place = self.place(name)?;
        let (_, value) = self.entries.get_mut(place)?;
        (!matches!(value, Json::Gone)).then_some(value)
    }

    /// Sets a field; one that is there keeps its place.
    pub(crate) fn insert(&mut self, name: Cow<'t, str>, value: Json<'t>) {
        if let Some((_, known)) = self.place(&name).and_then(|place| self.entries.get_mut(place)) {
            *known = value;
            return;
        }
        if let Some(index) = &mut self.index {
            index.places.insert(name.clone(), self.entries.len());
        }
        self.entries.push((name, value));
        if self.index.is_none() && self.entries.len() > SCAN {
            self.reindex();
        }
    }

    /// Takes a field out.
    pub(crate) fn take(&mut self, name: &str) -> Option<Json<'t>> {
        self.get_mut(name).map(|value| std::mem::replace(value, Json::Gone))
    }

    /// Keeps the fields for which `keep` is true; it may change their values.
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&str, &mut Json<'t>) -> bool) {
        self.entries.retain_mut(|(name, value)| !matches!(value, Json::Gone) && keep(name, value));
        if self.index.take().is_some() && self.entries.len() > SCAN {
            self.reindex();
        }
    }

    /// The fields that are there.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Json<'t>)> {
        let there = self.entries.iter().filter(|(_, value)| !matches!(value, Json::Gone));
        there.map(|(name, value)| (&**name, value))
    }

    fn reindex(&mut self) {
        let places = self.entries.iter().enumerate().map(|(place, (name, _))| (name.clone(), place));
        self.index = Some(Box::new(Index { places: places.collect() }));
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        out.push(b'{');
        let mut is_first = true;
        for (name, value) in &self.entries {
            if matches!(value, Json::Gone) {
                continue;
            }
            if !is_first {
                out.push(b',');
            }
            is_first = false;
            match name {
                Cow::Borrowed(name) => {
                    out.push(b'"');
                    out.extend_from_slice(name.as_bytes());
                    out.extend_from_slice(b"\":");
                }
                Cow::Owned(name) => {
                    out.extend_from_slice(serde_json::Value::from(name.as_str()).to_string().as_bytes());
                    out.push(b':');
                }
            }
            value.write(out);
        }
        out.push(b'}');
    }
}

impl<'t> IntoIterator for Fields<'t> {
    type Item = (Cow<'t, str>, Json<'t>);
    type IntoIter = std::iter::Filter<std::vec::IntoIter<Self::Item>, fn(&Self::Item) -> bool>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter().filter(|(_, value)| !matches!(value, Json::Gone))
    }
}
