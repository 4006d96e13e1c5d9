//! Why something that a person said is not taken. Pages have a sentence for each code.

use jiff::civil::Date;
use serde::Serialize;

/// Why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "code")]
pub enum Refusal {
    /// Nothing was said where something must be.
    Missing,
    /// It is longer than so many characters.
    TooLong {
        /// The most.
        most: usize,
    },
    /// It is none of the choices offered.
    NotAChoice,
    /// Parts of a day are missing.
    DateIncomplete {
        /// Which: `day`, `month`, `year`.
        missing: Vec<&'static str>,
    },
    /// There is no such day.
    NotADate,
    /// The year is outside what a register can hold.
    YearOutOfRange {
        /// First year that can be.
        from: i16,
        /// Last year that can be.
        to: i16,
    },
    /// It must not be before another day.
    Before {
        /// The field that holds that day.
        field: &'static str,
        /// The day.
        day: Date,
    },
    /// It must not be after another day.
    After {
        /// The field that holds that day.
        field: &'static str,
        /// The day.
        day: Date,
    },
    /// A fixed term needs an end.
    FixedWithoutEnd,
    /// It is not a whole number.
    NotANumber,
    /// It is outside what can be.
    OutOfRange {
        /// The least.
        from: i64,
        /// The most.
        to: i64,
    },
    /// It is not a sum of money.
    NotASum,
    /// A sum cannot be negative.
    NegativeSum,
    /// A sum is given, and it is also said that none is known or that it is withheld.
    SumAndState,
    /// A reason for withholding the value is given, and it is not said that it is withheld.
    ReasonAndState,
    /// A supplier is named, and it is also said that none is known.
    SupplierAndState,
    /// It says that the supplier is known and names none.
    NoSupplier,
    /// Too many names or rows.
    TooMany {
        /// The most.
        most: usize,
    },
    /// A CPV code is eight digits.
    NotCpv {
        /// What was written.
        text: String,
    },
    /// An address must begin with http or https.
    NotAnAddress,
    /// There is no such record, or it is not this organisation's.
    NoSuchRecord,
    /// The person chosen does not act for this organisation.
    NotAMember,
    /// The contract's end is not known, so it cannot be extended from it.
    EndNotKnown,
    /// The contract was ended early.
    Terminated,
    /// No option is open.
    NoOption,
    /// Options are taken up in their order; another one comes first.
    NotTheNextOption,
    /// The option is for all of its months or none.
    WholeOnly {
        /// Its months.
        months: u16,
    },
    /// The option has fewer months.
    MoreThanTheOption {
        /// Its months.
        months: u16,
    },
    /// A contract cannot take its own place, directly or by way of others.
    ReplacesItself,
    /// There is nothing to undo.
    NothingToUndo,
    /// The change is part of a merge of two names, which is taken back whole.
    PartOfMerge,
    /// What the record would refer to again is gone.
    ReferenceGone,
    /// Other records refer to it, so it cannot go.
    ReferredTo,
    /// What the change said was erased by law.
    Erased,
    /// A record cannot be merged into itself.
    SameRecord,
    /// Both have company numbers, and they differ: they are two companies.
    DifferentNumbers,
    /// A record of that name exists.
    NameTaken,
    /// Somebody changed the record since the page was opened.
    ChangedSince,
}

impl Refusal {
    /// Its code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::Missing => "missing",
            Refusal::TooLong { .. } => "too-long",
            Refusal::NotAChoice => "not-a-choice",
            Refusal::DateIncomplete { .. } => "date-incomplete",
            Refusal::NotADate => "not-a-date",
            Refusal::YearOutOfRange { .. } => "year-out-of-range",
            Refusal::Before { .. } => "before",
            Refusal::After { .. } => "after",
            Refusal::FixedWithoutEnd => "fixed-without-end",
            Refusal::NotANumber => "not-a-number",
            Refusal::OutOfRange { .. } => "out-of-range",
            Refusal::NotASum => "not-a-sum",
            Refusal::NegativeSum => "negative-sum",
            Refusal::SumAndState => "sum-and-state",
            Refusal::ReasonAndState => "reason-and-state",
            Refusal::SupplierAndState => "supplier-and-state",
            Refusal::NoSupplier => "no-supplier",
            Refusal::TooMany { .. } => "too-many",
            Refusal::NotCpv { .. } => "not-cpv",
            Refusal::NotAnAddress => "not-an-address",
            Refusal::NoSuchRecord => "no-such-record",
            Refusal::NotAMember => "not-a-member",
            Refusal::EndNotKnown => "end-not-known",
            Refusal::Terminated => "terminated",
            Refusal::NoOption => "no-option",
            Refusal::NotTheNextOption => "not-the-next-option",
            Refusal::WholeOnly { .. } => "whole-only",
            Refusal::MoreThanTheOption { .. } => "more-than-the-option",
            Refusal::ReplacesItself => "replaces-itself",
            Refusal::NothingToUndo => "nothing-to-undo",
            Refusal::PartOfMerge => "part-of-merge",
            Refusal::ReferenceGone => "reference-gone",
            Refusal::ReferredTo => "referred-to",
            Refusal::Erased => "erased",
            Refusal::SameRecord => "same-record",
            Refusal::DifferentNumbers => "different-numbers",
            Refusal::NameTaken => "name-taken",
            Refusal::ChangedSince => "changed-since",
        }
    }
}

/// A refusal at the field that it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// The field, as its form names it: `end`, `option-2-months`.
    pub field: String,
    /// Why.
    #[serde(flatten)]
    pub why: Refusal,
}

impl Refused {
    /// A refusal.
    #[must_use]
    pub fn new(field: impl Into<String>, why: Refusal) -> Self {
        Self { field: field.into(), why }
    }
}
