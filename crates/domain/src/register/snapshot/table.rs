//! Tables of entities: entries in the order in which they came, found by id, by what filters call them, and by word.
//! Also the plain lists of strings that columns are coded against.

use super::{
    entries::*,
    words::{WordGatherer, WordIndex, folded},
};
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

/// What a table needs to know of an entry.
pub(crate) trait Entity: Clone {
    fn id(&self) -> Uuid;
    /// What filters call it.
    fn value(&self) -> &str;
    /// What people read.
    fn label(&self) -> &str;
    /// Every text by which words find it.
    fn names(&self, each: &mut dyn FnMut(&str));
}

/// A table of entities.
#[derive(Clone, Debug)]
pub(crate) struct Table<E> {
    pub(crate) entries: Vec<E>,
    by_id: HashMap<Uuid, u32>,
    seal: Arc<Seal>,
}

/// What follows from the names of a table's entries; made anew only when one of them changes.
#[derive(Debug, Default)]
pub(crate) struct Seal {
    by_value: HashMap<Box<str>, u32>,
    /// Each entry's place by label, for ties between counts.
    pub(crate) ranks: Vec<u32>,
    pub(crate) words: WordIndex<u32>,
}

impl<E> Default for Table<E> {
    fn default() -> Self {
        Self { entries: Vec::new(), by_id: HashMap::new(), seal: Arc::default() }
    }
}

impl<E: Entity> Table<E> {
    /// Adds an entry or replaces the one with its id; call [`Table::seal`] after the last.
    pub(crate) fn put(&mut self, entry: E) -> u32 {
        let id = entry.id();
        if let Some(&code) = self.by_id.get(&id) {
            self.entries[code as usize] = entry;
            return code;
        }
        let code = self.entries.len() as u32;
        self.by_id.insert(id, code);
        self.entries.push(entry);
        code
    }

    /// Takes entries out; gives each old code its new one, [`super::column::NONE`] for those taken out.
    pub(crate) fn remove(&mut self, gone: &[Uuid]) -> Vec<u32> {
        let old = std::mem::take(&mut self.entries);
        self.by_id.clear();
        old.into_iter().map(|entry| if gone.contains(&entry.id()) { super::column::NONE } else { self.put(entry) }).collect()
    }

    /// Brings up to date what follows from the names.
    pub(crate) fn seal(&mut self) {
        let mut words = WordGatherer::new();
        for (code, entry) in self.entries.iter().enumerate() {
            entry.names(&mut |name| words.add(name, code as u32));
        }
        // Ties go by what the filter takes, so that the order is the same however the entries came.
        let labels = self.entries.iter().map(|entry| (folded(entry.label()), entry.label(), entry.value()));
        let mut order: Vec<_> = labels.zip(0_u32..).collect();
        order.sort_unstable();
        let mut ranks = vec![0; order.len()];
        order.iter().zip(0..).for_each(|((_, code), rank)| ranks[*code as usize] = rank);
        self.seal = Arc::new(Seal {
            by_value: self.entries.iter().zip(0..).map(|(entry, code)| (entry.value().into(), code)).collect(),
            ranks,
            words: words.finish(),
        });
    }

    pub(crate) fn sealed(&self) -> &Seal {
        &self.seal
    }

    pub(crate) fn code(&self, id: Uuid) -> Option<u32> {
        self.by_id.get(&id).copied()
    }

    pub(crate) fn by_value(&self, value: &str) -> Option<u32> {
        self.seal.by_value.get(value).copied()
    }
}

macro_rules! entity {
    ($entry:ty, $value:expr, $label:expr, $names:expr) => {
        impl Entity for $entry {
            fn id(&self) -> Uuid {
                self.record.id.0
            }
            fn value(&self) -> &str {
                let value: fn(&$entry) -> &str = $value;
                value(self)
            }
            fn label(&self) -> &str {
                let label: fn(&$entry) -> &str = $label;
                label(self)
            }
            fn names(&self, each: &mut dyn FnMut(&str)) {
                let names: fn(&$entry, &mut dyn FnMut(&str)) = $names;
                names(self, each);
            }
        }
    };
}

entity!(OrganisationEntry, |e| &e.record.slug, |e| &e.record.name, |e, each| {
    each(&e.record.name);
    each(&e.record.formal_name);
    e.record.aliases.iter().for_each(|name| each(name));
});
entity!(SupplierEntry, |e| &e.value, |e| &e.record.name, |e, each| {
    each(&e.record.name);
    e.record.names.iter().for_each(|name| each(&name.name));
});
entity!(ProductEntry, |e| &e.value, |e| &e.record.name, |e, each| {
    each(&e.record.name);
    e.record.former_names.iter().for_each(|name| each(&name.name));
});
entity!(FunctionEntry, |e| &e.record.slug, |e| &e.record.name, |e, each| {
    each(&e.record.name);
    e.record.aliases.iter().for_each(|name| each(name));
});
entity!(AreaEntry, |e| &e.record.slug, |e| &e.record.name, |e, each| each(&e.record.name));
entity!(SystemEntry, |e| &e.record.key, |e| &e.record.key, |_, _| ());
entity!(PlannedEntry, |e| &e.record.key, |e| &e.record.title, |e, each| {
    each(&e.record.title);
    e.record.reference.iter().for_each(|name| each(name));
    e.record.description.iter().for_each(|name| each(name));
});
entity!(SkillEntry, |e| &e.record.key, |e| &e.record.name, |e, each| each(&e.record.name));

/// Strings that columns are coded against; only ever added to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Strings {
    pub(crate) texts: Vec<Arc<str>>,
    codes: HashMap<Arc<str>, u32>,
    /// Each text's place in order; by [`Strings::seal`].
    pub(crate) ranks: Vec<u32>,
}

impl Strings {
    pub(crate) fn put(&mut self, text: &str) -> u32 {
        if let Some(&code) = self.codes.get(text) {
            return code;
        }
        let code = self.texts.len() as u32;
        let text: Arc<str> = text.into();
        self.texts.push(text.clone());
        self.codes.insert(text, code);
        code
    }

    pub(crate) fn code(&self, text: &str) -> Option<u32> {
        self.codes.get(text).copied()
    }

    pub(crate) fn text(&self, code: u32) -> Option<&str> {
        self.texts.get(code as usize).map(|text| &**text)
    }

    pub(crate) fn seal(&mut self) {
        if self.ranks.len() == self.texts.len() {
            return;
        }
        let mut order: Vec<u32> = (0..self.texts.len() as u32).collect();
        order.sort_by_key(|code| (folded(&self.texts[*code as usize]), self.texts[*code as usize].clone()));
        self.ranks = vec![0; order.len()];
        order.iter().zip(0..).for_each(|(code, rank)| self.ranks[*code as usize] = rank);
    }
}
