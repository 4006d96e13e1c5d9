//! What this crate itself refuses, with the paragraph of ISO 14289-1 (PDF/UA-1) it would break. typst does not look for the order
//! of headings; the rest is found here first, so that the reason names the place.

use crate::Refused;
use documents::document::{Block, Document, Table};

pub(crate) fn check(document: &Document) -> Result<(), Refused> {
    if document.title.trim().is_empty() {
        return Err(Refused::Untitled);
    }
    let is_tag = |part: &str| matches!(part.len(), 1..=8) && part.chars().all(|c| c.is_ascii_alphanumeric());
    let mut parts = document.language.split('-');
    let language = parts.next().unwrap_or_default();
    if !matches!(language.len(), 2 | 3) || !language.chars().all(|c| c.is_ascii_alphabetic()) || !parts.all(is_tag) {
        return Err(Refused::Language(document.language.clone()));
    }
    let mut after = 0;
    let mut count = 0;
    for block in &document.blocks {
        match block {
            Block::Heading { level, text } => {
                count += 1;
                if text.trim().is_empty() {
                    return Err(Refused::EmptyHeading(count));
                }
                if *level == 0 || *level > after + 1 {
                    return Err(Refused::SkippedLevel { title: text.clone(), level: *level, after });
                }
                after = *level;
            }
            Block::Table(table) => headings(table)?,
            Block::Paragraph(_) | Block::List { .. } | Block::Pairs(_) | Block::Note { .. } | Block::PageBreak => {}
        }
    }
    Ok(())
}

fn headings(table: &Table) -> Result<(), Refused> {
    let without = table.columns.is_empty() || table.columns.iter().any(|column| column.heading.trim().is_empty());
    if without { Err(Refused::TableWithoutHeadings(table.caption.clone())) } else { Ok(()) }
}
