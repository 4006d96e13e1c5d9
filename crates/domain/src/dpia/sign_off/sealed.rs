//! What a board compares signatures with: the seals of the frozen version, or of the working text, which are worked out when a signature
//! is there to compare with them. A text of a hundred answers takes a millisecond to seal, and most drafts have no signature.

use crate::dpia::seal::Seals;
use std::{cell::OnceCell, fmt, ops::Deref};

/// Seals that are known, or that are worked out once somebody asks.
#[derive(Clone, Copy)]
pub enum Sealed<'a> {
    /// Of a frozen version, which keeps them.
    Known(&'a Seals),
    /// Of the working text: where they are kept once worked out, and how they are.
    Asked(&'a OnceCell<Seals>, &'a dyn Fn() -> Seals),
}

impl Deref for Sealed<'_> {
    type Target = Seals;

    fn deref(&self) -> &Seals {
        match self {
            Self::Known(seals) => seals,
            Self::Asked(kept, seal) => kept.get_or_init(seal),
        }
    }
}

impl fmt::Debug for Sealed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(seals) => seals.fmt(f),
            // Who looks at a board does not have it sealed.
            Self::Asked(kept, _) => kept.get().fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dpia::seal::Seal;
    use std::{cell::Cell, collections::BTreeMap};

    #[test]
    fn the_working_text_is_sealed_once_somebody_asks() {
        let (kept, times) = (OnceCell::new(), Cell::new(0));
        let seal = || {
            times.set(times.get() + 1);
            Seals { shared: Seal([1; 32]), annexes: BTreeMap::new() }
        };
        let sealed = Sealed::Asked(&kept, &seal);
        let copied = sealed;
        assert_eq!(times.get(), 0);
        assert_eq!((sealed.shared, copied.shared), (Seal([1; 32]), Seal([1; 32])));
        assert_eq!(times.get(), 1);
    }
}
