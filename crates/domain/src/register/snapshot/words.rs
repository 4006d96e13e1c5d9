//! Words: how text is cut and folded, and indexes from words to rows or to entities.
//!
//! A word is a run of letters and digits, in lower case, accents dropped. The index keeps words sorted in one piece of
//! text with their postings behind one another, so that all words with a common beginning are one slice of postings.

use std::collections::HashMap;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Words of a question that count; the rest is passed over, so that no question takes long.
pub(crate) const MOST_WORDS: usize = 16;
/// Longest word that is kept, in bytes.
const LONGEST: usize = 64;

/// Calls `each` for every word of `text`.
pub(crate) fn tokens(text: &str, buffer: &mut String, mut each: impl FnMut(&str)) {
    let mut end = |buffer: &mut String| {
        if !buffer.is_empty() {
            each(buffer);
            buffer.clear();
        }
    };
    buffer.clear();
    let mut push = |buffer: &mut String, letter: char| {
        if letter.is_alphanumeric() {
            if buffer.len() < LONGEST {
                buffer.extend(letter.to_lowercase().filter(|letter| letter.is_alphanumeric()));
            }
        } else if !is_combining_mark(letter) {
            end(buffer);
        }
    };
    if text.is_ascii() {
        for byte in text.bytes() {
            if byte.is_ascii_alphanumeric() {
                if buffer.len() < LONGEST {
                    buffer.push(char::from(byte.to_ascii_lowercase()));
                }
            } else {
                push(buffer, ' ');
            }
        }
    } else {
        text.nfkd().for_each(|letter| push(buffer, letter));
    }
    push(buffer, ' ');
}

/// Text as orders compare it: its words with single spaces between, at most about 120 bytes.
pub(crate) fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(128));
    tokens(text, &mut String::new(), |word| {
        if out.len() < 120 {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(word);
        }
    });
    out
}

/// A word that is looked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Wanted {
    pub(crate) word: String,
    /// Whether only the whole word will do: it stood in quotes, or is a single letter or digit.
    pub(crate) whole: bool,
}

impl Wanted {
    /// Whether a word of a text is one that is looked for.
    #[cfg(test)]
    pub(crate) fn met(&self, word: &str) -> bool {
        if self.whole { word == self.word } else { word.starts_with(&self.word) }
    }
}

/// The words that a question asks for; all must be met. Marks that mean something elsewhere (`*`, `-`, `NEAR`) do not here.
pub(crate) fn wanted(question: &str) -> Vec<Wanted> {
    let mut found: Vec<Wanted> = Vec::new();
    let mut buffer = String::new();
    // Nobody types a thousand letters; a longer question is cut at a letter's boundary.
    let cut = question.char_indices().nth(1_000).map_or(question.len(), |(place, _)| place);
    for (number, part) in question[..cut].split(['"', '\u{201c}', '\u{201d}']).enumerate() {
        let quoted = number % 2 == 1;
        tokens(part, &mut buffer, |word| {
            let wanted = Wanted { word: word.to_owned(), whole: quoted || word.chars().nth(1).is_none() };
            if found.len() < MOST_WORDS && !found.contains(&wanted) {
                found.push(wanted);
            }
        });
    }
    found
}

/// From words to numbers of type `T` (places in a chunk, or codes of entities).
#[derive(Clone, Debug, Default)]
pub(crate) struct WordIndex<T> {
    text: String,
    /// End of each word in `text`, in the words' order.
    ends: Vec<u32>,
    /// Start of each word's postings; one more than words.
    starts: Vec<u32>,
    postings: Vec<T>,
}

impl<T: Copy + PartialEq> WordIndex<T> {
    fn word(&self, place: usize) -> &str {
        let from = if place == 0 { 0 } else { self.ends[place - 1] as usize };
        &self.text[from..self.ends[place] as usize]
    }

    fn first_at(&self, test: impl Fn(&str) -> bool) -> usize {
        let (mut low, mut high) = (0, self.ends.len());
        while low < high {
            let middle = low.midpoint(high);
            if test(self.word(middle)) { low = middle + 1 } else { high = middle }
        }
        low
    }

    /// Everything posted under the word looked for; may name the same more than once.
    pub(crate) fn find(&self, wanted: &Wanted) -> &[T] {
        let word = wanted.word.as_str();
        let from = self.first_at(|other| other < word);
        let to = if wanted.whole {
            from + usize::from(from < self.ends.len() && self.word(from) == word)
        } else {
            self.first_at(|other| other < word || other.starts_with(word))
        };
        if from >= to {
            return &[];
        }
        &self.postings[self.starts[from] as usize..self.starts[to] as usize]
    }

    /// Every word with its postings, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &[T])> {
        (0..self.ends.len()).map(|place| {
            let range = self.starts[place] as usize..self.starts[place + 1] as usize;
            (self.word(place), &self.postings[range])
        })
    }
}

/// Gathers words while an index is made.
pub(crate) struct WordGatherer<T> {
    numbers: HashMap<Box<str>, u32>,
    pairs: Vec<(u32, T)>,
    last: Vec<Option<T>>,
    buffer: String,
}

impl<T: Copy + PartialEq + Default> WordGatherer<T> {
    pub(crate) fn new() -> Self {
        Self { numbers: HashMap::new(), pairs: Vec::new(), last: Vec::new(), buffer: String::new() }
    }

    /// Posts `under` under every word of `text`; call it with all texts of one number before the next number.
    pub(crate) fn add(&mut self, text: &str, under: T) {
        let Self { numbers, pairs, last, buffer } = self;
        tokens(text, buffer, |word| {
            let number = match numbers.get(word) {
                Some(&number) => number,
                None => {
                    let number = numbers.len() as u32;
                    numbers.insert(word.into(), number);
                    last.push(None);
                    number
                }
            };
            let seen = &mut last[number as usize];
            if *seen != Some(under) {
                *seen = Some(under);
                pairs.push((number, under));
            }
        });
    }

    /// The index.
    pub(crate) fn finish(self) -> WordIndex<T> {
        let mut words: Vec<(Box<str>, u32)> = self.numbers.into_iter().collect();
        words.sort_unstable();
        let mut place_of = vec![0_u32; words.len()];
        let mut text = String::with_capacity(words.iter().map(|(word, _)| word.len()).sum());
        let mut ends = Vec::with_capacity(words.len());
        for (place, (word, number)) in words.iter().enumerate() {
            place_of[*number as usize] = place as u32;
            text.push_str(word);
            ends.push(text.len() as u32);
        }
        let mut starts = vec![0_u32; words.len() + 1];
        for (number, _) in &self.pairs {
            starts[place_of[*number as usize] as usize + 1] += 1;
        }
        for place in 1..starts.len() {
            starts[place] += starts[place - 1];
        }
        let mut next = starts.clone();
        let mut postings = vec![T::default(); self.pairs.len()];
        for (number, under) in self.pairs {
            let slot = &mut next[place_of[number as usize] as usize];
            postings[*slot as usize] = under;
            *slot += 1;
        }
        WordIndex { text, ends, starts, postings }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<String> {
        let mut out = vec![];
        tokens(text, &mut String::new(), |word| out.push(word.to_owned()));
        out
    }

    #[test]
    fn text_is_cut_at_all_that_is_no_letter_or_digit_and_folded() {
        assert_eq!(cut("Children's M3/Assure (CAFÉ) Straße"), ["children", "s", "m3", "assure", "cafe", "straße"]);
        assert_eq!(cut("  "), Vec::<String>::new());
        assert_eq!(cut("ﬁnance №5"), ["finance", "no5"]);
    }

    #[test]
    fn beginnings_match_outside_quotes_and_whole_words_within() {
        let mut gatherer = WordGatherer::new();
        for (under, text) in ["Housing repairs", "House keys", "Council tax h"].into_iter().enumerate() {
            gatherer.add(text, under as u32);
        }
        let index = gatherer.finish();
        let find = |question: &str| wanted(question).iter().map(|word| index.find(word).to_vec()).collect::<Vec<_>>();
        assert_eq!(find("hous"), [vec![1, 0]]);
        assert_eq!(find("\"house\""), [vec![1]]);
        assert_eq!(find("h"), [vec![2]]);
        assert_eq!(find("zzz"), [Vec::<u32>::new()]);
        assert!(find("*-()\"").is_empty());
    }

    #[test]
    fn a_question_of_many_words_is_cut_short() {
        let long: String = (0..500).map(|number| format!("w{number} ")).collect();
        assert_eq!(wanted(&long).len(), MOST_WORDS);
    }
}
