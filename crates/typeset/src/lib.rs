//! PDF documents, tagged as PDF/UA-1, by typst. The only crate that knows typst, because typst is large.
