//! A document with something of everything, and how strings of a PDF are read.

use documents::document::{Block, Document, Fate, Mark, Pair, Signature, Table, Text};
use hayro_syntax::object::String as PdfString;

/// A document with something of everything, over several pages.
pub fn document() -> Document {
    let made_at = jiff::Timestamp::constant(1_575_370_800, 0);
    let mut document = Document::new("Housing repairs", "Camden", "Version 3", made_at);
    document.subtitle = Some("An illustrative assessment".into());
    document.hash = Some("0123456789abcdef".repeat(4));
    document.contents = true;
    document.signatures.push(Signature {
        step: "Acceptance of the risk".into(),
        role: "SIRO".into(),
        organisation: "Camden".into(),
        name: "Nobody yet".into(),
        when: "Not yet".into(),
        state: "Waiting".into(),
    });
    document.heading(1, "Purpose");
    document.text("Why\n\nand how");
    document.heading(2, "Detail");
    document.push(Block::List { ordered: true, items: vec!["one".into(), "two".into()] });
    document.push(Block::Pairs(vec![Pair::new("Basis", "Public task"), Pair::new("Gateway", "")]));
    let mut table = Table::new("Data items", ["Data", "Count"]);
    table.row_headers = true;
    for row in 0..80 {
        table.row([format!("Item {row}").as_str(), "1"]);
    }
    document.push(Block::Table(table));
    let mark = Mark { author: "x".into(), at: 0 };
    document.push(Block::Paragraph(Text::plain("for ").and("7", Fate::Removed(mark.clone())).and("6", Fate::Added(mark))));
    document.push(Block::Note { label: "Removed".into(), body: vec!["Security".into()] });
    document.heading(1, "Risks");
    document
}

/// A string of the file as text.
pub fn text(bytes: &PdfString<'_>) -> String {
    let bytes = bytes.as_bytes();
    match bytes {
        [0xFE, 0xFF, rest @ ..] => {
            let units: Vec<u16> = rest.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
            String::from_utf16(&units).unwrap()
        }
        bytes => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}
