//! Where in a release the merge is, without allocating until someone asks.

/// A field and, through its parent, the way to it. Lists add no step.
#[derive(Clone, Copy)]
pub(super) struct Path<'p> {
    parent: Option<&'p Path<'p>>,
    field: &'p str,
}

impl<'p> Path<'p> {
    pub(super) const ROOT: Path<'static> = Path { parent: None, field: "" };

    pub(super) fn then(&'p self, field: &'p str) -> Path<'p> {
        Path { parent: Some(self), field }
    }
}

impl std::fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(f)?;
            if parent.parent.is_some() {
                f.write_str("/")?;
            }
        }
        f.write_str(self.field)
    }
}
