use super::*;
use crate::dpia::answer::{Reference, Ternary};
use jiff::civil::date;
use proptest::prelude::*;
use std::collections::BTreeMap;
use uuid::Uuid;

const BASE: &str = "Alert records are kept for 24 months after the service ends. The supplier deletes them from its live system \
                    within 30 days and from backups within 90 days. Each borough checks a deletion report every year.";
const DELE: &str = "Alert records are kept for 36 months after the service ends, to match the adult social care schedule. The \
                    supplier deletes them from its live system within 30 days and from backups within 90 days. Each borough \
                    checks a deletion report every quarter.";
const PRIYA: &str = "Alert records are kept for 24 months after the service ends, then reduced to counts by ward and month. The \
                     supplier deletes them from its live system within 30 days and from backups within 60 days. Each borough \
                     checks a deletion report every year.";

#[test]
fn changes_that_fit_are_in_the_merge_and_both_clashing_sentences_stand_one_after_the_other() {
    let merge = text::merge(BASE, DELE, PRIYA);
    assert_eq!(
        merge.text,
        "Alert records are kept for 36 months after the service ends, to match the adult social care schedule.\n\n\
         Alert records are kept for 24 months after the service ends, then reduced to counts by ward and month.\n\n\
         The supplier deletes them from its live system within 30 days and from backups within 60 days. Each borough checks a \
         deletion report every quarter."
    );
    let changes: Vec<(usize, Changed, &str, &str)> =
        merge.changes().map(|region| (region.sentence, region.by, region.theirs.as_str(), region.mine.as_str())).collect();
    assert_eq!(changes[1..], [(2, Changed::Mine, "90", "60"), (3, Changed::Theirs, "quarter", "year")]);
    assert_eq!((changes[0].0, changes[0].1), (1, Changed::Clash));
    assert!(changes[0].2.starts_with("Alert") && changes[0].2.trim_end().ends_with("schedule."));
    assert_eq!(merge.clashes(), 1);
}

#[test]
fn different_words_of_one_sentence_fit_and_the_sentence_is_named_for_another_read() {
    let merge = text::merge("The quick brown fox jumps.", "The slow brown fox jumps.", "The quick brown fox sleeps.");
    assert_eq!(merge.text, "The slow brown fox sleeps.");
    assert!(merge.is_clean());
    assert_eq!(merge.shared_sentences(), [1]);
}

#[test]
fn words_next_to_one_another_clash() {
    let merge = text::merge("Kept for two years.", "Kept for three years.", "Kept for two months.");
    assert_eq!(merge.text, "Kept for three years.\n\nKept for two months.");
    assert_eq!(merge.clashes(), 1);
}

#[test]
fn a_sentence_added_after_one_that_another_changed_fits() {
    let merge = text::merge("We keep it.", "We keep it for a year.", "We keep it. Nobody else sees it.");
    assert_eq!(merge.text, "We keep it for a year. Nobody else sees it.");
    let merge = text::merge("One.\n\nTwo.", "One and a half.\n\nTwo.", "One.\n\nTwo.\n\nThree.");
    assert_eq!(merge.text, "One and a half.\n\nTwo.\n\nThree.");
}

#[test]
fn two_paragraphs_added_at_one_place_are_both_kept_for_a_person_to_order() {
    let merge = text::merge("One.", "One.\n\nBy Dele.", "One.\n\nBy Priya.");
    assert_eq!(merge.text, "One.\n\nBy Dele.\n\nBy Priya.");
    assert_eq!(merge.clashes(), 1);
    assert_eq!(text::merge("", "Dele", "Priya").text, "Dele\n\nPriya");
}

#[test]
fn a_sentence_that_one_removed_and_the_other_changed_clashes_and_stays() {
    let merge = text::merge("Keep. Share it with the police. End.", "Keep. End.", "Keep. Share it with the police and NHS. End.");
    assert_eq!(merge.clashes(), 1);
    assert!(merge.text.contains("Share it with the police and NHS."));
}

fn many(options: &[&str]) -> Option<Answer> {
    Some(Answer::Many(options.iter().map(|option| (*option).to_owned()).collect()))
}

#[test]
fn lists_take_the_additions_and_removals_of_both() {
    let merged = merge(many(&["a", "b"]).as_ref(), many(&["b", "c"]).as_ref(), many(&["a", "b", "d"]).as_ref());
    assert_eq!(merged, Merged::clean(many(&["b", "c", "d"])));
    let named = |names: &[&str]| Some(Answer::Suppliers(names.iter().map(|name| Reference::named(name)).collect()));
    assert_eq!(merge(None, named(&["A"]).as_ref(), named(&["B"]).as_ref()), Merged::clean(named(&["A", "B"])));
    assert_eq!(merge(many(&["a"]).as_ref(), None, many(&["a", "b"]).as_ref()), Merged::clean(many(&["b"])));
}

#[test]
fn single_values_clash_unless_they_are_the_same() {
    let (yes, no) = (Some(Answer::Ternary(Ternary::Yes)), Some(Answer::Ternary(Ternary::No)));
    let day = Some(Answer::Date(date(2026, 12, 18)));
    assert!(merge(None, yes.as_ref(), yes.as_ref()).is_clean());
    for (theirs, mine) in [(&yes, &no), (&day, &yes), (&None, &no)] {
        let base = Some(Answer::Ternary(Ternary::Unsure));
        let merged = merge(base.as_ref(), theirs.as_ref(), mine.as_ref());
        assert_eq!(&merged.answer, theirs);
        assert_eq!(merged.clashes, [Clashing { row: None, column: None, base, theirs: theirs.clone(), mine: mine.clone() }]);
    }
}

fn row(id: u128, cells: &[(&str, &str)]) -> Row {
    Row {
        id: RowId(Uuid::from_u128(id)),
        cells: cells.iter().map(|(column, text)| ((*column).to_owned(), Answer::Text((*text).to_owned()))).collect(),
    }
}

#[test]
fn tables_merge_by_row_and_cell() {
    let base = [row(1, &[("data", "Names"), ("why", "To visit")]), row(2, &[("data", "Falls")])];
    let theirs =
        [row(1, &[("data", "Names"), ("why", "To plan a visit")]), row(2, &[("data", "Falls")]), row(3, &[("data", "T")])];
    let mine = [row(1, &[("data", "First names"), ("why", "To visit")]), row(4, &[("data", "M")])];
    let (rows, clashes) = rows::merge(&base, &theirs, &mine);
    assert!(clashes.is_empty());
    assert_eq!(
        rows,
        [row(1, &[("data", "First names"), ("why", "To plan a visit")]), row(3, &[("data", "T")]), row(4, &[("data", "M")])]
    );
}

#[test]
fn a_changed_row_that_the_other_removed_clashes_and_stays() {
    let base = [row(1, &[("data", "Names")]), row(2, &[("data", "Falls")])];
    let theirs = [row(2, &[("data", "Falls")])];
    let mine = [row(1, &[("data", "First names")]), row(2, &[("data", "Falls")])];
    let (rows, clashes) = rows::merge(&base, &theirs, &mine);
    assert_eq!(rows, mine);
    assert_eq!(clashes.len(), 1);
    assert_eq!((clashes[0].row, &clashes[0].column, &clashes[0].theirs), (Some(RowId(Uuid::from_u128(1))), &None, &None));
    let (other_way, clashes) = rows::merge(&base, &mine, &theirs);
    assert_eq!((other_way.as_slice(), clashes.len()), (&mine[..], 1));
}

#[test]
fn rows_that_one_moved_keep_the_new_order() {
    let base = [row(1, &[]), row(2, &[]), row(3, &[])];
    let moved = [row(3, &[]), row(1, &[]), row(2, &[])];
    let added = [row(1, &[]), row(9, &[]), row(2, &[]), row(3, &[])];
    let expected = [row(3, &[]), row(1, &[]), row(9, &[]), row(2, &[])];
    assert_eq!(rows::merge(&base, &moved, &added).0, expected);
    assert_eq!(rows::merge(&base, &added, &moved).0, expected);
}

/// Texts with few words, so that changes meet often; sentences, paragraphs, blanks.
fn any_text() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "data ",
        "kept ",
        "shared ",
        "we ",
        "council’s ",
        "months",
        "2.5 ",
        "the ",
        ", ",
        ". ",
        ".",
        "? ",
        "\n",
        "\n\n",
        " ",
        "é ",
    ]);
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

/// A text and what somebody made of it: pieces cut out and new words put in.
fn edited(base: String) -> impl Strategy<Value = String> {
    let new = prop::sample::select(vec!["alpha", "beta ", "gamma. ", "\n\ndelta.", ", epsilon", "zeta-1", "data "]);
    prop::collection::vec((any::<prop::sample::Index>(), 0usize..12, prop::option::of(new)), 0..4).prop_map(move |edits| {
        let mut text: Vec<char> = base.chars().collect();
        for (at, cut, put) in edits {
            let at = at.index(text.len() + 1);
            let to = (at + cut).min(text.len());
            text.splice(at..to, put.unwrap_or_default().chars());
        }
        text.into_iter().collect()
    })
}

fn three() -> impl Strategy<Value = (String, String, String)> {
    any_text().prop_flat_map(|base| (Just(base.clone()), edited(base.clone()), edited(base)))
}

/// How often each word stands in a text; a word is a run of letters and digits, whatever joins it to its neighbours.
fn count(text: &str) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        *counts.entry(word).or_default() += 1;
    }
    counts
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn the_same_change_twice_is_that_change((base, change, _) in three()) {
        let merge = text::merge(&base, &change, &change);
        prop_assert_eq!(merge.text, change);
    }

    #[test]
    fn one_change_is_taken_as_it_is((base, change, _) in three()) {
        prop_assert_eq!(&text::merge(&base, &base, &change).text, &change);
        prop_assert_eq!(&text::merge(&base, &change, &base).text, &change);
    }

    #[test]
    fn the_regions_are_the_three_texts((base, theirs, mine) in three()) {
        let merge = text::merge(&base, &theirs, &mine);
        let whole = |of: fn(&Region) -> &str| merge.regions.iter().map(of).collect::<String>();
        prop_assert_eq!(whole(|region| &region.base), base);
        prop_assert_eq!(whole(|region| &region.theirs), theirs);
        prop_assert_eq!(whole(|region| &region.mine), mine);
        for region in &merge.regions {
            let (same_theirs, same_mine) = (region.theirs == region.base, region.mine == region.base);
            match region.by {
                Changed::Neither => prop_assert!(same_theirs && same_mine),
                Changed::Theirs => prop_assert!(same_mine && !same_theirs),
                Changed::Mine => prop_assert!(same_theirs && !same_mine),
                Changed::Both => prop_assert!(region.theirs == region.mine && !same_mine),
                Changed::Clash => prop_assert!(region.theirs != region.mine),
            }
        }
    }

    #[test]
    fn no_word_that_either_added_is_lost((base, theirs, mine) in three()) {
        let merge = text::merge(&base, &theirs, &mine);
        let (before, after) = (count(&base), count(&merge.text));
        for side in [&theirs, &mine] {
            for (word, times) in count(side) {
                let added = times.saturating_sub(before.get(word).copied().unwrap_or(0));
                prop_assert!(after.get(word).copied().unwrap_or(0) >= added, "{word:?} in {:?}", merge.text);
            }
        }
    }

    #[test]
    fn who_saved_first_only_changes_the_names((base, theirs, mine) in three()) {
        let (one, other) = (text::merge(&base, &theirs, &mine), text::merge(&base, &mine, &theirs));
        let swapped: Vec<Region> = other.regions.iter().map(|region| Region {
            theirs: region.mine.clone(),
            mine: region.theirs.clone(),
            by: match region.by { Changed::Theirs => Changed::Mine, Changed::Mine => Changed::Theirs, same => same },
            ..region.clone()
        }).collect();
        prop_assert_eq!(&one.regions, &swapped);
        if one.is_clean() {
            prop_assert_eq!(one.text, other.text);
        }
    }

    #[test]
    fn tables_keep_every_row_and_cell_that_either_added(
        base in table_rows(), theirs in table_rows(), mine in table_rows()
    ) {
        prop_assert_eq!(&rows::merge(&base, &theirs, &theirs).0, &theirs);
        prop_assert_eq!(&rows::merge(&base, &base, &mine).0, &mine);
        prop_assert_eq!(&rows::merge(&base, &mine, &base).0, &mine);
        let (merged, clashes) = rows::merge(&base, &theirs, &mine);
        let (other, again) = rows::merge(&base, &mine, &theirs);
        let set = |rows: &[Row]| rows.iter().map(|row| row.id).collect::<std::collections::BTreeSet<_>>();
        prop_assert_eq!(set(&merged), set(&other));
        prop_assert_eq!(clashes.len(), again.len());
        for added in theirs.iter().chain(&mine).filter(|row| !base.iter().any(|before| before.id == row.id)) {
            prop_assert!(merged.iter().any(|row| row.id == added.id));
        }
    }

    #[test]
    fn lists_lose_no_addition(base in options(), theirs in options(), mine in options()) {
        let merged = list(&base, &theirs, &mine);
        for option in theirs.iter().chain(&mine).filter(|option| !base.contains(option)) {
            prop_assert!(merged.contains(option));
        }
        for option in base.iter().filter(|option| !theirs.contains(option) || !mine.contains(option)) {
            prop_assert!(!merged.contains(option));
        }
        prop_assert_eq!(list(&base, &theirs, &theirs), theirs);
    }
}

fn options() -> impl Strategy<Value = Vec<u8>> {
    prop::sample::subsequence((0u8..8).collect::<Vec<_>>(), 0..=8).prop_shuffle()
}

fn table_rows() -> impl Strategy<Value = Vec<Row>> {
    let cell = prop::sample::select(vec!["", "Names", "Names and ages"]);
    prop::collection::btree_map(1u128..6, (cell.clone(), cell), 0..5)
        .prop_map(|rows| {
            rows.into_iter()
                .map(|(id, (data, why))| {
                    let mut row = row(id, &[("data", data), ("why", why)]);
                    row.cells.retain(|_, cell| !cell.is_empty());
                    row
                })
                .collect()
        })
        .prop_shuffle()
}
