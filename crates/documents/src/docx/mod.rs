//! A [`Document`] as DOCX, for Word and what reads its files.
//!
//! Headings have the built-in styles ('heading 1'), so that a screen reader and the navigation pane find them; a table's first row
//! is marked as its header; the language stands in the styles; words added or removed are tracked changes with author and date,
//! which Word can accept or reject. `docx-rs` builds the body; the parts it cannot say (styles, language, properties, header rows)
//! are in `parts`.

mod parts;

use crate::document::{Block, Column, Document, Fate, Mark, Pair, Span, Table, Text};
use crate::text::without_controls;
use docx_rs::{
    AbstractNumbering, BreakType, Delete, Docx, Footer, Header, IndentLevel, Insert, Level, LevelJc, LevelOverride, LevelText,
    NumPages, NumberFormat, Numbering, NumberingId, PageMargin, PageNum, Paragraph, Run, Shading, ShdType, SpecialIndentType,
    Start, Style, StyleType, TableCell, TableOfContents, TableRow, WidthType,
};
use std::io::Cursor;

/// Width of the text in twentieths of a point: A4 less 2.2 cm on either side.
const WIDTH: usize = 9_412;
const SHADE: &str = "EEF4F3";

/// Why no file was made.
#[derive(Debug, thiserror::Error)]
#[error("The Word file cannot be written: {0}")]
pub struct Failed(String);

/// The document as the bytes of a DOCX file.
///
/// # Errors
/// When the library that packs the file fails.
pub fn write(document: &Document) -> Result<Vec<u8>, Failed> {
    let mut body = Body { docx: Docx::new(), lists: 0 };
    body.front(document);
    for block in &document.blocks {
        body.block(block, document);
    }
    let margin = PageMargin::new().top(1_360).bottom(1_360).left(1_247).right(1_247).header(680).footer(680).gutter(0);
    let docx = body
        .docx
        .page_size(11_906, 16_838)
        .page_margin(margin)
        .header(Header::new().add_paragraph(paragraph("Header", &Text::plain(&document.title))))
        .footer(footer(document));
    let mut package = docx.build();
    parts::complete(&mut package, document).map_err(Failed)?;
    let mut out = Cursor::new(Vec::new());
    package.pack(&mut out).map_err(|error| Failed(error.to_string()))?;
    Ok(out.into_inner())
}

/// The body as it grows.
struct Body {
    docx: Docx,
    /// Numbered lists so far: each counts from 1, so each has a numbering of its own.
    lists: usize,
}

impl Body {
    fn add(&mut self, paragraph: Paragraph) {
        let docx = std::mem::take(&mut self.docx);
        self.docx = docx.add_paragraph(paragraph);
    }

    fn front(&mut self, document: &Document) {
        let (bullets, numbers) = (level("bullet", "•"), level("decimal", "%1."));
        // Only so that the table of contents knows the headings; the styles themselves come from `parts`.
        let heading = |level| Style::new(format!("Heading{level}"), StyleType::Paragraph).name(format!("heading {level}"));
        let docx = (1..=6).map(heading).fold(std::mem::take(&mut self.docx), Docx::add_style);
        self.docx = docx
            .add_abstract_numbering(AbstractNumbering::new(1).add_level(bullets))
            .add_abstract_numbering(AbstractNumbering::new(2).add_level(numbers))
            .add_numbering(Numbering::new(1, 1));
        self.add(paragraph("Title", &Text::plain(&document.title)));
        if let Some(subtitle) = &document.subtitle {
            self.add(paragraph("Subtitle", &Text::plain(subtitle)));
        }
        self.pairs(&document.identity(), document);
        if let Some(table) = document.signature_table() {
            self.table(&table);
        }
        if document.contents {
            self.add(paragraph("TOCHeading", &Text::plain(&document.labels.contents)));
            let docx = std::mem::take(&mut self.docx);
            let contents =
                TableOfContents::new().heading_styles_range(1, 2).hyperlink().alias(document.labels.contents.to_string());
            self.docx = docx.add_table_of_contents(contents.auto());
        }
    }

    fn block(&mut self, block: &Block, document: &Document) {
        match block {
            Block::Heading { level, text } => {
                self.add(paragraph(&format!("Heading{}", (*level).clamp(1, 6)), &Text::plain(text)));
            }
            Block::Paragraph(text) => self.add(paragraph("BodyText", text)),
            Block::List { ordered, items } => self.list(*ordered, items),
            Block::Pairs(pairs) => self.pairs(pairs, document),
            Block::Table(table) => self.table(table),
            Block::Note { label, body } => {
                if !label.is_empty() {
                    self.add(paragraph("Note", &Text::strong(label)).keep_next(true));
                }
                for text in body {
                    self.add(paragraph("Note", text));
                }
            }
            Block::PageBreak => self.add(Paragraph::new().add_run(Run::new().add_break(BreakType::Page))),
        }
    }

    fn list(&mut self, ordered: bool, items: &[Text]) {
        let mut id = 1;
        if ordered {
            self.lists += 1;
            id = 1 + self.lists;
            let restarted = Numbering::new(id, 2).add_override(LevelOverride::new(0).start(1));
            let docx = std::mem::take(&mut self.docx);
            self.docx = docx.add_numbering(restarted);
        }
        for item in items {
            self.add(paragraph("ListParagraph", item).numbering(NumberingId::new(id), IndentLevel::new(0)));
        }
    }

    fn pairs(&mut self, pairs: &[Pair], document: &Document) {
        let widths = [WIDTH * 32 / 100, WIDTH - WIDTH * 32 / 100];
        let row = |pair: &Pair| {
            let label = cell(widths[0], [paragraph("TableText", &Text::strong(&pair.label))]);
            let value = if pair.value.is_empty() {
                cell(widths[1], [paragraph("TableText", &Text::plain(&document.labels.empty))])
            } else {
                cell(widths[1], pair.value.iter().map(|text| paragraph("TableText", text)))
            };
            TableRow::new(vec![label, value])
        };
        let labels = &document.labels;
        let headings = [&labels.label, &labels.value].map(|label| column(label));
        let header = header_row(headings.iter().zip(widths));
        let rows = std::iter::once(header).chain(pairs.iter().map(row)).collect();
        self.grid(widths.to_vec(), rows);
    }

    fn table(&mut self, table: &Table) {
        if !table.caption.is_empty() {
            self.add(paragraph("Caption", &Text::plain(&table.caption)).keep_next(true));
        }
        let total: usize = table.columns.iter().map(|column| usize::from(column.weight.max(1))).sum();
        let widths: Vec<usize> =
            table.columns.iter().map(|column| WIDTH * usize::from(column.weight.max(1)) / total.max(1)).collect();
        let mut rows = vec![header_row(table.columns.iter().zip(widths.iter().copied()))];
        for row in &table.rows {
            let cells = table.cells(row).zip(&widths).enumerate().map(|(at, ((column, text), width))| {
                let text = text.cloned().unwrap_or_default();
                let text = if at == 0 && table.row_headers { bold(text) } else { text };
                cell(*width, [paragraph(cell_style(column), &text)])
            });
            rows.push(TableRow::new(cells.collect()));
        }
        self.grid(widths, rows);
    }

    fn grid(&mut self, widths: Vec<usize>, rows: Vec<TableRow>) {
        let table = docx_rs::Table::new(rows).set_grid(widths);
        let docx = std::mem::take(&mut self.docx);
        self.docx = docx.add_table(table);
        // Word joins two tables that follow one another.
        self.add(Paragraph::new().style("AfterTable"));
    }
}

fn level(format: &str, text: &str) -> Level {
    Level::new(0, Start::new(1), NumberFormat::new(format), LevelText::new(text), LevelJc::new("left")).indent(
        Some(567),
        Some(SpecialIndentType::Hanging(397)),
        None,
        None,
    )
}

fn column(heading: &str) -> Column {
    Column { heading: heading.to_owned(), weight: 1, numeric: false }
}

fn cell_style(column: &Column) -> &'static str {
    if column.numeric { "TableNumber" } else { "TableText" }
}

fn bold(mut text: Text) -> Text {
    text.spans.iter_mut().for_each(|span| span.strong = true);
    text
}

fn cell(width: usize, paragraphs: impl IntoIterator<Item = Paragraph>) -> TableCell {
    paragraphs.into_iter().fold(TableCell::new().width(width, WidthType::Dxa), |cell, paragraph| cell.add_paragraph(paragraph))
}

/// A table's first row. Only header rows are kept on one page: [`parts::complete`] knows them by that.
fn header_row<'a>(columns: impl IntoIterator<Item = (&'a Column, usize)>) -> TableRow {
    let shade = Shading::new().shd_type(ShdType::Clear).color("auto").fill(SHADE);
    let cells = columns.into_iter().map(|(column, width)| {
        cell(width, [paragraph(cell_style(column), &Text::strong(&column.heading))]).shading(shade.clone())
    });
    TableRow::new(cells.collect()).cant_split()
}

/// A paragraph of a style.
fn paragraph(style: &str, text: &Text) -> Paragraph {
    text.spans.iter().fold(Paragraph::new().style(style), |paragraph, span| match &span.fate {
        Fate::Same => paragraph.add_run(run(span, Run::add_text)),
        Fate::Added(mark) => {
            let added = Insert::new(run(span, Run::add_text)).author(&*author(mark)).date(instant(mark.at));
            paragraph.add_insert(added)
        }
        Fate::Removed(mark) => {
            let removed = Delete::new().add_run(run(span, Run::add_delete_text));
            paragraph.add_delete(removed.author(author(mark)).date(instant(mark.at)))
        }
    })
}

/// The words of a span, with a break at each line end.
fn run(span: &Span, add: fn(Run, String) -> Run) -> Run {
    let clean = without_controls(&span.text);
    let mut run = if span.strong { Run::new().bold() } else { Run::new() };
    for (at, line) in clean.split(['\n', '\u{2028}', '\u{2029}']).enumerate() {
        if at > 0 {
            run = run.add_break(BreakType::TextWrapping);
        }
        for (at, part) in line.split('\t').enumerate() {
            if at > 0 {
                run = run.add_tab();
            }
            if !part.is_empty() {
                run = add(run, part.to_owned());
            }
        }
    }
    run
}

fn author(mark: &Mark) -> String {
    let name = crate::text::one_line(&mark.author);
    if name.is_empty() { "City Tools".to_owned() } else { name }
}

/// An instant as Word writes it. Outside the years it knows, the epoch.
fn instant(at: i64) -> String {
    let at = jiff::Timestamp::from_second(at.div_euclid(1_000)).unwrap_or_default();
    at.to_string()
}

fn footer(document: &Document) -> Footer {
    let labels = &document.labels;
    let version = match document.short_hash() {
        Some(hash) => format!("{} · {hash}", document.version),
        None => document.version.clone(),
    };
    let left = paragraph("Footer", &Text::plain(&version));
    let page = paragraph("Footer", &Text::plain(&format!("{} ", labels.page)))
        .add_page_num(PageNum::new())
        .add_run(Run::new().add_text(format!(" {} ", labels.of)))
        .add_num_pages(NumPages::new());
    Footer::new().add_paragraph(left).add_paragraph(page)
}
