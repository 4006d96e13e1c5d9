//! Two people change one project at once: what one of them changed alone fits, and what both changed is a clash. Parties and what of
//! the register is chosen are no part of it: they have forms of their own, and merge there.

use super::Project;

/// A fact of a project that people change on one form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fact {
    /// Its title.
    Title,
    /// What it is for.
    Purpose,
    /// The day on which data is used first.
    Starts,
    /// The day on which it ends.
    Ends,
    /// The step of the process at which it is.
    Step,
    /// Who owns it.
    Owner,
    /// Whether it was closed.
    Closed,
}

/// What comes of two people's changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Met {
    /// Everything that fits; of what clashes, what was sent.
    pub merged: Project,
    /// What a person must settle, in the order of the form.
    pub clashes: Vec<Fact>,
    /// Whether somebody else had changed any of these facts.
    pub both: bool,
}

/// Merges what was sent of a project with what stands, over what it was when the writer began.
#[must_use]
pub fn meet(base: &Project, stands: &Project, sent: &Project) -> Met {
    let mut met = Met { merged: stands.clone(), clashes: Vec::new(), both: false };
    macro_rules! facts {
        ($($fact:ident: $field:ident),*) => {$(
            let moved = stands.$field != base.$field;
            met.both |= moved;
            if sent.$field != base.$field && sent.$field != stands.$field {
                met.merged.$field = sent.$field.clone();
                if moved {
                    met.clashes.push(Fact::$fact);
                }
            }
        )*};
    }
    facts!(Title: title, Purpose: purpose, Starts: starts, Ends: ends, Step: step, Owner: owner, Closed: closed);
    met
}

#[cfg(test)]
mod tests {
    use super::{super::tests::project, *};
    use jiff::civil::date;

    #[test]
    fn what_one_changed_alone_fits_and_what_both_changed_clashes() {
        let base = project();
        let stands = Project { purpose: "Theirs.".to_owned(), ends: Some(date(2031, 1, 1)), systems: vec![], ..base.clone() };
        let sent = Project { title: "Mine".to_owned(), purpose: "Mine.".to_owned(), ..base.clone() };
        let met = meet(&base, &stands, &sent);
        assert_eq!((met.clashes.as_slice(), met.both), ([Fact::Purpose].as_slice(), true));
        assert_eq!((met.merged.title.as_str(), met.merged.purpose.as_str()), ("Mine", "Mine."));
        assert_eq!((met.merged.ends, &met.merged.systems), (stands.ends, &stands.systems), "theirs stays");
        // Both say the same, or one of them says nothing new.
        let same = Project { title: "Mine".to_owned(), ..base.clone() };
        assert_eq!(meet(&base, &same, &sent).clashes, []);
        let met = meet(&base, &stands, &base);
        assert_eq!((met.merged, met.clashes), (stands, vec![]));
        assert!(!meet(&base, &base, &sent).both);
    }
}
