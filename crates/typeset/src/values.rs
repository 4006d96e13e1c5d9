//! The document as typst values, for `document.typ` to set.
//!
//! A text is a string where nothing in it is marked, else an array of `(words, fate, strong)`; a block is a dictionary with a
//! `kind`.

use crate::glyphs::Shown;
use documents::document::{Block, Document, Fate, Pair, Table, Text};
use typst::foundations::{Array, Dict, IntoValue, Value, array, dict};

/// All that the design reads.
pub(crate) fn inputs(document: &Document, shown: &mut Shown) -> Dict {
    let (language, region) = match document.language.split_once('-') {
        Some((language, region)) if region.len() == 2 => (language, region.to_ascii_uppercase()),
        _ => (document.language.split('-').next().unwrap_or("en"), String::new()),
    };
    let labels = &document.labels;
    let mut said = |text: &str| shown.text(text).into_value();
    let mut inputs = dict! {
        "title" => said(&document.title),
        "subtitle" => said(document.subtitle.as_deref().unwrap_or_default()),
        "author" => said(&document.author),
        "version" => said(&document.version),
        "hash" => said(document.short_hash().unwrap_or_default()),
        "language" => language,
        "region" => region.as_str(),
        "contents" => document.contents,
        "labels" => dict! {
            "contents" => said(&labels.contents),
            "page" => said(&labels.page),
            "of" => said(&labels.of),
            "added" => said(&labels.added),
            "removed" => said(&labels.removed),
            "empty" => said(&labels.empty),
        },
    };
    inputs.insert("identity".into(), pairs(&document.identity(), shown).into_value());
    let signatures = document.signature_table().map(|table| table_value(&table, shown));
    inputs.insert("signatures".into(), signatures.into_value());
    let blocks: Array = document.blocks.iter().map(|block| block_value(block, shown).into_value()).collect();
    inputs.insert("blocks".into(), blocks.into_value());
    // Last: by now it is known.
    let unshown = if shown.has_numbers { shown.text(&labels.unshown) } else { "".into() };
    inputs.insert("unshown".into(), unshown.into_value());
    inputs
}

fn block_value(block: &Block, shown: &mut Shown) -> Dict {
    match block {
        Block::Heading { level, text } => {
            dict! { "kind" => "heading", "level" => i64::from((*level).max(1)), "text" => shown.text(text) }
        }
        Block::Paragraph(text) => dict! { "kind" => "paragraph", "text" => text_value(text, shown) },
        Block::List { ordered, items } => {
            dict! { "kind" => "list", "ordered" => *ordered, "items" => texts(items, shown) }
        }
        Block::Pairs(list) => dict! { "kind" => "pairs", "pairs" => pairs(list, shown) },
        Block::Table(table) => table_value(table, shown),
        Block::Note { label, body } => {
            dict! { "kind" => "note", "label" => shown.text(label), "body" => texts(body, shown) }
        }
        Block::PageBreak => dict! { "kind" => "page-break" },
    }
}

fn texts(list: &[Text], shown: &mut Shown) -> Array {
    list.iter().map(|text| text_value(text, shown)).collect()
}

fn pairs(list: &[Pair], shown: &mut Shown) -> Array {
    list.iter()
        .map(|pair| dict! { "label" => shown.text(&pair.label), "value" => texts(&pair.value, shown) }.into_value())
        .collect()
}

fn table_value(table: &Table, shown: &mut Shown) -> Dict {
    let columns: Array = table
        .columns
        .iter()
        .map(|column| {
            dict! {
                "heading" => shown.text(&column.heading),
                "weight" => i64::from(column.weight.max(1)),
                "numeric" => column.numeric,
            }
            .into_value()
        })
        .collect();
    let rows: Array = table
        .rows
        .iter()
        .map(|row| {
            let cells = table.cells(row);
            let cells: Array =
                cells.map(|(_, cell)| cell.map_or_else(|| "".into_value(), |cell| text_value(cell, shown))).collect();
            cells.into_value()
        })
        .collect();
    dict! {
        "kind" => "table",
        "caption" => shown.text(&table.caption),
        "columns" => columns,
        "rows" => rows,
        "row-headers" => table.row_headers,
    }
}

fn text_value(text: &Text, shown: &mut Shown) -> Value {
    match text.spans.as_slice() {
        [] => "".into_value(),
        [only] if only.fate == Fate::Same && !only.strong => shown.text(&only.text).into_value(),
        spans => spans
            .iter()
            .map(|span| {
                let fate = match span.fate {
                    Fate::Same => "same",
                    Fate::Added(_) => "added",
                    Fate::Removed(_) => "removed",
                };
                array![shown.text(&span.text), fate, span.strong].into_value()
            })
            .collect::<Array>()
            .into_value(),
    }
}
