//! Records of which some are made or changed, in the order of the first touch.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

/// A record that was made (`before` is none) or changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordChange<T> {
    /// As it was.
    pub before: Option<T>,
    /// As it is.
    pub after: T,
}

/// Records by id, with what they were before the first change.
#[derive(Clone, Debug)]
pub struct Touched<K, T> {
    records: HashMap<K, T>,
    order: Vec<(K, Option<T>)>,
    touched: HashSet<K>,
}

impl<K: Copy + Eq + Hash, T: Clone + PartialEq> Touched<K, T> {
    /// Records as they are stored.
    pub fn new(records: impl IntoIterator<Item = (K, T)>) -> Self {
        Self { records: records.into_iter().collect(), order: Vec::new(), touched: HashSet::new() }
    }

    /// A record.
    pub fn get(&self, key: K) -> Option<&T> {
        self.records.get(&key)
    }

    /// Adds a new record.
    pub fn add(&mut self, key: K, record: T) {
        self.records.insert(key, record);
        self.touched.insert(key);
        self.order.push((key, None));
    }

    /// Changes a record; a change that leaves it as it was counts for nothing.
    pub fn change(&mut self, key: K, change: impl FnOnce(&mut T)) {
        let Some(record) = self.records.get_mut(&key) else { return };
        let before = record.clone();
        change(record);
        if *record != before && self.touched.insert(key) {
            self.order.push((key, Some(before)));
        }
    }

    /// What was made or changed since the last time, in order; the records stay, and count as stored from now on.
    pub fn drain(&mut self) -> Vec<RecordChange<T>> {
        self.touched.clear();
        let order = std::mem::take(&mut self.order);
        let changes = order.into_iter().filter_map(|(key, before)| {
            let after = self.records.get(&key)?.clone();
            (before.as_ref() != Some(&after)).then_some(RecordChange { before, after })
        });
        changes.collect()
    }

    /// What was made or changed, in order.
    pub fn into_changes(mut self) -> Vec<RecordChange<T>> {
        let changes = self.order.into_iter().filter_map(|(key, before)| {
            let after = self.records.remove(&key)?;
            (before.as_ref() != Some(&after)).then_some(RecordChange { before, after })
        });
        changes.collect()
    }
}
