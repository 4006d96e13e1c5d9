//! Two people's edits of one record, field by field: different fields both stay, the same field is for a person to choose.

use crate::register::import::apply::{FieldOf, Fields};

/// Who last set a field, where that was a person in the browser: [`crate::register::records::Origin::fields`] holds it, and an
/// import then leaves the field alone.
pub const PERSON: &str = "person";

/// What an edit does to the record as it stands.
#[derive(Clone, Debug, PartialEq)]
pub enum Merged<T> {
    /// Nothing: it says what stands there.
    Unchanged,
    /// It can be written.
    Fits {
        /// The record as it is to be.
        after: Box<T>,
        /// Fields that change.
        fields: Vec<&'static str>,
        /// Fields that others changed since the writer began; they stay.
        meanwhile: Vec<&'static str>,
    },
    /// Someone else changed the same field meanwhile: nothing may be written until a person has chosen.
    Clash {
        /// The record with everything that does fit.
        after: Box<T>,
        /// Fields that change and fit.
        fields: Vec<&'static str>,
        /// Fields that both changed, to different values.
        clashes: Vec<&'static str>,
    },
}

/// All fields that people may set, those that imports state first.
pub fn all_fields<T: Fields>() -> impl Iterator<Item = &'static FieldOf<T>> {
    T::FIELDS.iter().chain(T::OWN)
}

/// The fields in which two records differ.
#[must_use]
pub fn differing<T: Fields>(one: &T, other: &T) -> Vec<&'static str> {
    all_fields::<T>().filter(|field| field.differ(one, other)).map(|field| field.name).collect()
}

/// One value that two people may have changed, as it is to be: none where both did, to different values. `base` is what the writer saw,
/// none where that is not known any more; then whatever differs is for a person to choose.
#[must_use]
pub fn value<T: Clone + PartialEq>(base: Option<&T>, stored: &T, wanted: &T) -> Option<T> {
    if Some(wanted) == base || wanted == stored {
        Some(stored.clone())
    } else if Some(stored) == base {
        Some(wanted.clone())
    } else {
        None
    }
}

/// Puts an edit on what stands now. `base` is what the writer saw, `wanted` what the writer made of it, `stored` what stands.
#[must_use]
pub fn merge<T: Fields>(base: &T, stored: &T, wanted: &T) -> Merged<T> {
    let mut after = stored.clone();
    let (mut fields, mut meanwhile, mut clashes) = (Vec::new(), Vec::new(), Vec::new());
    for field in all_fields::<T>() {
        let theirs = field.differ(base, stored);
        match (field.differ(base, wanted), theirs) {
            (false, true) => meanwhile.push(field.name),
            (false, false) => {}
            // Both said the same.
            (true, _) if !field.differ(stored, wanted) => {}
            (true, false) => {
                field.take(wanted, &mut after);
                fields.push(field.name);
            }
            (true, true) => clashes.push(field.name),
        }
    }
    if !clashes.is_empty() {
        return Merged::Clash { after: Box::new(after), fields, clashes };
    }
    if fields.is_empty() {
        return Merged::Unchanged;
    }
    Merged::Fits { after: Box::new(after), fields, meanwhile }
}

/// Says of fields that a person set them (or, with `by`, what the person took them from), so that imports leave them alone.
pub fn sign<T: Fields>(record: &mut T, fields: &[&str], by: &str) {
    for field in T::FIELDS.iter().filter(|field| fields.contains(&field.name)) {
        record.origin().fields.insert(field.name.to_owned(), by.to_owned());
    }
}
