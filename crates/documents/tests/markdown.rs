//! A Markdown file reads as the document, and a text in it never as markup.

use documents::document::{Block, Document, Fate, Mark, Pair, Table, Text};
use documents::markdown;

fn document() -> Document {
    Document::new("A_title_", "Camden", "Draft", jiff::Timestamp::constant(0, 0))
}

#[test]
fn blocks_have_their_marks() {
    let mut document = document();
    document.heading(1, "Purpose");
    document.text("One\n\nTwo");
    document.push(Block::List { ordered: false, items: vec![Text::plain("item")] });
    document.push(Block::List { ordered: true, items: vec![Text::plain("first")] });
    document.push(Block::Pairs(vec![Pair::new("Gateway", "")]));
    let mut table = Table::new("Data", ["What", "Count"]);
    table.columns[1].numeric = true;
    table.row(["a|b", "12"]);
    document.push(Block::Table(table));
    document.push(Block::Note { label: "Removed".into(), body: vec![Text::plain("Security")] });
    let mark = Mark { author: "x".into(), at: 0 };
    document.push(Block::Paragraph(Text::plain("for ").and("7", Fate::Removed(mark.clone())).and("6", Fate::Added(mark))));
    assert_eq!(
        markdown::write(&document),
        "# A\\_title\\_\n\n- **Version**: Draft\n\n## Purpose\n\nOne\n\nTwo\n\n- item\n\n1. first\n\n- **Gateway**: Not provided\n\n\
         **Data**\n\n| What | Count |\n| --- | ---: |\n| a\\|b | 12 |\n\n> **Removed**\n>\n> Security\n\n\
         for <del>[Removed: 7]</del><ins>[Added: 6]</ins>\n"
    );
}

#[test]
fn a_text_is_never_markup() {
    let mut document = document();
    for text in [
        "# no heading",
        "- no list",
        "1. no list",
        "    no code",
        "<script>x</script>",
        "[a](javascript:b)",
        "*a* `b` ~c~",
        "see HTTPS://evil.example or www.evil.example",
    ] {
        document.push(Block::Paragraph(Text::plain(text)));
    }
    let text = markdown::write(&document);
    for line in [
        "\\# no heading",
        "\\- no list",
        "1\\. no list",
        "no code",
        "\\<script\\>x\\</script\\>",
        "\\[a\\](javascript:b)",
        "\\*a\\* \\`b\\` \\~c\\~",
        "see HTTPS\\://evil.example or www\\.evil.example",
    ] {
        assert!(text.contains(&format!("\n{line}\n")), "{line} in {text}");
    }
}
