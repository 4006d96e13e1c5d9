//! Long text, three ways: what two people made of the same start.
//!
//! Changes are found word by word, so that two people may work on one paragraph. Where both changed the same words, or words
//! with nothing unchanged between them, it is a clash, and the clash is widened to whole sentences: each of the two passages
//! then reads by itself. Nothing is ever chosen for people.

use super::words::{Hunk, ends_sentence, hunks, sentence_starts, tokens, words_in};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Two texts merged over their common start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merge {
    /// Every stretch of the text in order, changed or not.
    pub regions: Vec<Region>,
    /// The merge. Where passages clash, both stand in it one after the other, the standing one first.
    pub text: String,
}

/// A stretch of a merge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Region {
    /// The sentence of the common start in which it begins, counted from 1.
    pub sentence: usize,
    /// What the common start says here.
    pub base: String,
    /// What the text that stands says here.
    pub theirs: String,
    /// What the writer who saves now says here.
    pub mine: String,
    /// Who changed it.
    pub by: Changed,
}

/// Who changed a stretch of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Changed {
    /// Nobody.
    Neither,
    /// Only the one whose text stands.
    Theirs,
    /// Only the one who saves now.
    Mine,
    /// Both, in the same way.
    Both,
    /// Both, differently: a person must settle it.
    Clash,
}

impl Merge {
    /// How many passages a person must settle.
    #[must_use]
    pub fn clashes(&self) -> usize {
        self.regions.iter().filter(|region| region.by == Changed::Clash).count()
    }

    /// Whether all changes fit together.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.clashes() == 0
    }

    /// What changed, without what did not: the rows of the clash page's table.
    pub fn changes(&self) -> impl Iterator<Item = &Region> {
        self.regions.iter().filter(|region| region.by != Changed::Neither)
    }

    /// Sentences that both changed in different places: they fit word by word, but want to be read once more.
    #[must_use]
    pub fn shared_sentences(&self) -> Vec<usize> {
        let has = |sentence: usize, by: Changed| self.regions.iter().any(|region| region.sentence == sentence && region.by == by);
        let mut shared: Vec<usize> = self
            .changes()
            .map(|region| region.sentence)
            .filter(|sentence| has(*sentence, Changed::Theirs) && has(*sentence, Changed::Mine))
            .collect();
        shared.dedup();
        shared
    }
}

/// A stretch of the base with the hunks of each side that lie in it.
struct Group {
    base: Range<usize>,
    theirs: Vec<Hunk>,
    mine: Vec<Hunk>,
}

impl Group {
    fn both(&self) -> bool {
        !self.theirs.is_empty() && !self.mine.is_empty()
    }

    fn join(&mut self, other: Group) {
        self.base.start = self.base.start.min(other.base.start);
        self.base.end = self.base.end.max(other.base.end);
        self.theirs.extend(other.theirs);
        self.mine.extend(other.mine);
    }
}

/// Merges what `theirs` (the text that stands) and `mine` (the text sent now) made of `base`.
#[must_use]
pub fn merge(base: &str, theirs: &str, mine: &str) -> Merge {
    let (b, t, m) = (tokens(base), tokens(theirs), tokens(mine));
    let starts = sentence_starts(&b);
    let groups = settle(&b, &t, &m, group(&b, hunks(&b, &t), hunks(&b, &m)), &starts);
    let mut regions = Vec::new();
    let (mut at, mut at_theirs, mut at_mine) = (0, 0, 0);
    for (range, theirs, mine, by) in groups {
        let same = range.start - at;
        push(
            &mut regions,
            &starts,
            &b,
            at..range.start,
            &t[at_theirs..at_theirs + same],
            &m[at_mine..at_mine + same],
            Changed::Neither,
        );
        at_theirs += same;
        at_mine += same;
        let (to_theirs, to_mine) = (at_theirs + theirs, at_mine + mine);
        push(&mut regions, &starts, &b, range.clone(), &t[at_theirs..to_theirs], &m[at_mine..to_mine], by);
        (at, at_theirs, at_mine) = (range.end, to_theirs, to_mine);
    }
    push(&mut regions, &starts, &b, at..b.len(), &t[at_theirs..], &m[at_mine..], Changed::Neither);
    let text = joined(&regions);
    Merge { regions, text }
}

#[allow(clippy::too_many_arguments)]
fn push(
    regions: &mut Vec<Region>,
    starts: &[usize],
    b: &[&str],
    base: Range<usize>,
    theirs: &[&str],
    mine: &[&str],
    by: Changed,
) {
    if base.is_empty() && theirs.is_empty() && mine.is_empty() {
        return;
    }
    let sentence = starts.partition_point(|start| *start <= base.start).max(1);
    regions.push(Region { sentence, base: b[base].concat(), theirs: theirs.concat(), mine: mine.concat(), by });
}

/// Hunks of both sides as groups in order; hunks with no unchanged word and no sentence's end between them are one group.
fn group(b: &[&str], theirs: Vec<Hunk>, mine: Vec<Hunk>) -> Vec<Group> {
    let of = |hunk: &Hunk| hunk.old.clone();
    let mut all: Vec<Group> = theirs
        .into_iter()
        .map(|hunk| Group { base: of(&hunk), theirs: vec![hunk], mine: vec![] })
        .chain(mine.into_iter().map(|hunk| Group { base: of(&hunk), theirs: vec![], mine: vec![hunk] }))
        .collect();
    all.sort_by_key(|group| (group.base.start, group.base.end));
    let mut groups: Vec<Group> = Vec::new();
    for next in all {
        match groups.last_mut() {
            Some(last) if meets(b, last, &next) => last.join(next),
            _ => groups.push(next),
        }
    }
    groups
}

/// Whether two neighbouring groups touch one another. Two changes of one person never do: they come from one text.
fn meets(b: &[&str], last: &Group, next: &Group) -> bool {
    let one_sided = (last.theirs.is_empty() && next.theirs.is_empty()) || (last.mine.is_empty() && next.mine.is_empty());
    if one_sided {
        return false;
    }
    next.base.start < last.base.end || {
        let between = &b[last.base.end..next.base.start];
        words_in(between) == 0 && !between.iter().any(|token| ends_sentence(token))
    }
}

/// Decides each group, and widens those that clash to whole sentences, taking in what lies there. Returns, in order, the range
/// of the base, how many tokens each side has for it, and who changed it.
fn settle(
    b: &[&str],
    t: &[&str],
    m: &[&str],
    mut groups: Vec<Group>,
    starts: &[usize],
) -> Vec<(Range<usize>, usize, usize, Changed)> {
    loop {
        let before = groups.len();
        let offsets = offsets(&groups);
        let mut next: Vec<Group> = Vec::with_capacity(before);
        for (mut group, (at_theirs, at_mine)) in std::mem::take(&mut groups).into_iter().zip(offsets) {
            if group.both() && side(t, at_theirs, &group.base, &group.theirs) != side(m, at_mine, &group.base, &group.mine) {
                widen(&mut group.base, starts, b.len());
            }
            next.push(group);
        }
        // A widened group takes in what now lies inside it; what only stands at its edge stays by itself.
        for mut group in next {
            while let Some(mut last) = groups.pop_if(|last| lies_in(&last.base, &group.base)) {
                last.join(group);
                group = last;
            }
            groups.push(group);
        }
        if groups.len() == before {
            break;
        }
    }
    let offsets = offsets(&groups);
    groups
        .into_iter()
        .zip(offsets)
        .map(|(group, (at_theirs, at_mine))| {
            let by = match (group.theirs.is_empty(), group.mine.is_empty()) {
                (false, true) => Changed::Theirs,
                (true, false) => Changed::Mine,
                (true, true) => Changed::Neither,
                (false, false) => {
                    let same = side(t, at_theirs, &group.base, &group.theirs) == side(m, at_mine, &group.base, &group.mine);
                    if same { Changed::Both } else { Changed::Clash }
                }
            };
            (group.base.clone(), length(&group.base, &group.theirs), length(&group.base, &group.mine), by)
        })
        .collect()
}

/// Where each group begins in each side's tokens.
fn offsets(groups: &[Group]) -> Vec<(usize, usize)> {
    let (mut at, mut at_theirs, mut at_mine) = (0, 0, 0);
    groups
        .iter()
        .map(|group| {
            let same = group.base.start - at;
            let begins = (at_theirs + same, at_mine + same);
            at = group.base.end;
            at_theirs = begins.0 + length(&group.base, &group.theirs);
            at_mine = begins.1 + length(&group.base, &group.mine);
            begins
        })
        .collect()
}

/// How many tokens a side has for a range of the base, given its hunks there.
fn length(base: &Range<usize>, hunks: &[Hunk]) -> usize {
    let removed: usize = hunks.iter().map(|hunk| hunk.old.len()).sum();
    let added: usize = hunks.iter().map(|hunk| hunk.new.len()).sum();
    base.len() - removed + added
}

fn side<'t, 's>(tokens: &'t [&'s str], at: usize, base: &Range<usize>, hunks: &[Hunk]) -> &'t [&'s str] {
    &tokens[at..at + length(base, hunks)]
}

/// Widens a range to the sentences it touches; a place between two sentences touches none.
fn widen(base: &mut Range<usize>, starts: &[usize], end: usize) {
    if base.start == base.end && (base.start == end || starts.contains(&base.start)) {
        return;
    }
    let first = starts.partition_point(|start| *start <= base.start).saturating_sub(1);
    base.start = starts[first];
    let reaches = base.end.max(base.start + 1);
    base.end = starts.get(starts.partition_point(|start| *start < reaches)).copied().unwrap_or(end);
}

/// Whether `inner` overlaps `outer`, an insertion at its very edge excepted.
fn lies_in(outer: &Range<usize>, inner: &Range<usize>) -> bool {
    inner.start < outer.end && inner.end > outer.start
}

/// The merge's text: clashing passages stand one after the other, each as a paragraph of its own.
fn joined(regions: &[Region]) -> String {
    let mut text = String::new();
    let mut apart = false;
    let mut add = |passage: &str, alone: bool| {
        if (alone || apart) && !text.is_empty() {
            if passage.trim().is_empty() {
                return;
            }
            text.truncate(text.trim_end().len());
            text.push_str("\n\n");
            text.push_str(passage.trim_start());
        } else {
            text.push_str(passage);
        }
        apart = alone;
    };
    for region in regions {
        match region.by {
            Changed::Neither | Changed::Theirs | Changed::Both => add(&region.theirs, false),
            Changed::Mine => add(&region.mine, false),
            Changed::Clash => {
                for passage in [&region.theirs, &region.mine] {
                    if !passage.trim().is_empty() {
                        add(passage, true);
                    }
                }
            }
        }
    }
    text
}
