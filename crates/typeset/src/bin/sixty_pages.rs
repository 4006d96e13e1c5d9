//! How long a PDF of some sixty pages takes, cold and warm, and what comes of it.
//!
//! `cargo run --release --workspace --bin sixty_pages -- [FOLDER]` prints the times; with a folder it also leaves the PDF, the DOCX
//! and the Markdown of the same document there, to look at and to check with other programs. The text is illustrative.

use documents::document::{Block, Document, Fate, Mark, Pair, Signature, Table, Text};
use std::time::Instant;

/// So many make sixty pages.
const SECTIONS: usize = 28;
const PROSE: &str = "The council holds the names, addresses and tenancy references of people who rent from it, so that repairs \
    can be ordered, done and paid for. Officers of the repairs team see them, and the contractor's operatives see the address \
    and the telephone number for the day of the visit only. Nothing is decided about anyone by machine alone.";

fn document() -> Document {
    let made_at = jiff::Timestamp::constant(1_575_370_800, 0);
    let mut document = Document::new("Housing repairs: an illustrative assessment", "Camden", "Version 3", made_at);
    document.subtitle = Some("Illustrative data, for measuring".to_owned());
    document.hash = Some("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned());
    document.facts = vec![Pair::new("Made", "3 December 2019"), Pair::new("Parties", "Camden\nHackney\nIslington")];
    for (role, state) in [("Data protection officer", "Signed"), ("SIRO", "Waiting")] {
        document.signatures.push(Signature {
            step: "Acceptance of the risk".to_owned(),
            role: role.to_owned(),
            organisation: "Camden".to_owned(),
            name: "Nobody yet".to_owned(),
            when: "Not yet".to_owned(),
            state: state.to_owned(),
        });
    }
    document.contents = true;
    let mark = Mark { author: "Project lead, Camden".to_owned(), at: 1_575_370_800_000 };
    for section in 1..=SECTIONS {
        document.heading(1, format!("{section}. A section of the assessment"));
        for question in 1..=4 {
            document.heading(2, format!("{section}.{question} A question that the section asks"));
            document.text(&[PROSE; 2].join("\n\n"));
            let changed = Text::plain("The records are kept for ")
                .and("seven", Fate::Removed(mark.clone()))
                .and("six", Fate::Added(mark.clone()))
                .and(" years.", Fate::Same);
            document.push(Block::Paragraph(changed));
        }
        document.push(Block::List { ordered: true, items: ["Names", "Addresses", "#panic(\"no\")"].map(Text::from).into() });
        document.push(Block::Note { label: "Removed".to_owned(), body: vec![Text::from("Security: would help an attacker.")] });
        document.push(Block::Pairs(vec![
            Pair::new("Lawful basis", "Public task, UK GDPR Article 6(1)(e)"),
            Pair::new("Gateway", ""),
        ]));
        let mut table = Table::new("Data items", ["Data", "Whose", "Why", "Kept for", "Count"]);
        table.columns[2].weight = 2;
        table.columns[4].numeric = true;
        table.row_headers = true;
        for row in 1..=16 {
            table.row([
                format!("Item {row}").as_str(),
                "Tenants and people who live with them",
                "To order a repair, and to be let in on the day",
                "Six years after the tenancy ends",
                format!("{}", row * 1_000).as_str(),
            ]);
        }
        document.push(Block::Table(table));
    }
    document
}

/// How many pages a PDF of ours has: the largest count that a tree in it states, which is that of the pages.
fn pages(pdf: &[u8]) -> usize {
    let text = String::from_utf8_lossy(pdf);
    let counts = text.split("/Count ").skip(1);
    let number = |rest: &str| rest.split(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok();
    counts.filter_map(number).max().unwrap_or(0)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let document = document();
    for run in ["cold", "warm", "warm"] {
        let start = Instant::now();
        let pdf = typeset::pdf(&document)?;
        let took = start.elapsed().as_millis();
        println!("{run}: {took} ms, {} pages, {} kB", pages(&pdf), pdf.len() / 1024);
    }
    if let Some(folder) = std::env::args_os().nth(1) {
        let folder = std::path::PathBuf::from(folder);
        std::fs::write(folder.join("sample.pdf"), typeset::pdf(&document)?)?;
        std::fs::write(folder.join("sample.docx"), documents::docx::write(&document)?)?;
        std::fs::write(folder.join("sample.md"), documents::markdown::write(&document))?;
    }
    Ok(())
}
