//! Which contract of the register is one that people were told of before. Contracts go and come back under another id, as when an
//! import is undone and made again: by then its supplier may have another name, or be another, and it is the same contract still.

use crate::register::ids::ContractId;
use std::collections::{HashMap, HashSet};

/// A contract that somebody was told of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spoken {
    /// Its id then.
    pub id: ContractId,
    /// What an import found it by then.
    pub key: String,
    /// When it was first spoken of, milliseconds of UTC.
    pub first: i64,
    /// When it was last spoken of.
    pub last: i64,
}

/// A key without the supplier in it: organisation, source, reference or title, and occurrence.
fn without_supplier(key: &str) -> Option<(&str, &str)> {
    let (rest, occurrence) = key.rsplit_once('|')?;
    let (rest, _supplier) = rest.rsplit_once('|')?;
    Some((rest, occurrence))
}

/// For each contract that was spoken of, the one of those `there` that it is now: by its id, else by its key, else by its key
/// without the supplier, where just one can be meant. What was there already while the other was spoken of is another contract.
/// Whichever is in none of these ways among them is gone, and stands for itself.
#[must_use]
pub fn again(spoken: &[Spoken], there: &[(ContractId, String)]) -> HashMap<ContractId, ContractId> {
    let ids: HashSet<ContractId> = there.iter().map(|(id, _)| *id).collect();
    let by_key: HashMap<&str, ContractId> = there.iter().map(|(id, key)| (key.as_str(), *id)).collect();
    let mut alike: HashMap<(&str, &str), Vec<ContractId>> = HashMap::new();
    for (id, key) in there {
        if let Some(key) = without_supplier(key) {
            alike.entry(key).or_default().push(*id);
        }
    }
    let mut now = HashMap::new();
    let mut first: HashMap<ContractId, i64> = HashMap::new();
    for one in spoken {
        let known = ids.contains(&one.id).then_some(one.id).or_else(|| by_key.get(one.key.as_str()).copied());
        if let Some(known) = known {
            now.insert(one.id, known);
            let first = first.entry(known).or_insert(one.first);
            *first = one.first.min(*first);
        }
    }
    for one in spoken.iter().filter(|one| !now.contains_key(&one.id)).collect::<Vec<_>>() {
        let since = |id: &ContractId| {
            made_at(*id).is_none_or(|made| made > one.last) && first.get(id).is_none_or(|first| *first > one.last)
        };
        let candidates = without_supplier(&one.key).and_then(|key| alike.get(&key)).map_or(&[][..], Vec::as_slice);
        let mut candidates = candidates.iter().filter(|id| since(id));
        let found = candidates.next().filter(|_| candidates.next().is_none());
        now.insert(one.id, found.copied().unwrap_or(one.id));
    }
    now
}

/// Of contracts that are gone, for each the last of those that it came back as before that one went too; itself, where it never did.
/// `gone` is what one person was told of: what is said to them now is said of the last that they know.
#[must_use]
pub fn last_of(gone: &[Spoken]) -> HashMap<ContractId, ContractId> {
    let last = |one: &Spoken| {
        let alike = |later: &Spoken| without_supplier(&later.key).is_some_and(|key| Some(key) == without_supplier(&one.key));
        let came_back =
            |later: &Spoken| later.last > one.last && (later.key == one.key || later.first > one.last && alike(later));
        gone.iter().filter(|later| came_back(later)).max_by_key(|later| later.last).map_or(one.id, |later| later.id)
    };
    gone.iter().map(|one| (one.id, last(one))).collect()
}

/// When a record was made, as its id says, milliseconds of UTC.
fn made_at(id: ContractId) -> Option<i64> {
    let (seconds, nanoseconds) = id.0.get_timestamp()?.to_unix();
    i64::try_from(seconds).ok()?.checked_mul(1000)?.checked_add(i64::from(nanoseconds) / 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::{NoContext, Timestamp, Uuid};

    /// The id of a contract that was made at an instant.
    fn made(at: u64, number: u8) -> ContractId {
        let mut bytes =
            *Uuid::new_v7(Timestamp::from_unix(NoContext, at / 1000, u32::try_from(at % 1000).unwrap() * 1_000_000)).as_bytes();
        bytes[15] = number;
        ContractId(Uuid::from_bytes(bytes))
    }

    fn spoken(id: ContractId, key: &str, first: i64, last: i64) -> Spoken {
        Spoken { id, key: key.to_owned(), first, last }
    }

    const OLD: &str = "camden|register|r:12|bramble|1";
    const NEW: &str = "camden|register|r:12|thistle|1";

    fn there(all: &[(ContractId, &str)]) -> Vec<(ContractId, String)> {
        all.iter().map(|(id, key)| (*id, (*key).to_owned())).collect()
    }

    #[test]
    fn one_that_came_back_with_another_supplier_is_the_same_contract() {
        let (old, new) = (made(1_000, 1), made(9_000, 2));
        assert_eq!(again(&[spoken(old, OLD, 2_000, 5_000)], &there(&[(new, NEW)])), HashMap::from([(old, new)]));
        // And stays it once it was spoken of under its new id, and when it comes back a third time.
        let both = [spoken(old, OLD, 2_000, 5_000), spoken(new, NEW, 9_500, 9_500)];
        assert_eq!(again(&both, &there(&[(new, NEW)])), HashMap::from([(old, new), (new, new)]));
        let third = made(12_000, 3);
        let other = "camden|register|r:12|withheld|1";
        assert_eq!(again(&both, &there(&[(third, other)])), HashMap::from([(old, third), (new, third)]));
    }

    #[test]
    fn one_that_came_back_and_went_again_is_gone_once() {
        let (old, new) = (made(1_000, 1), made(9_000, 2));
        let told = [spoken(old, OLD, 2_000, 5_000), spoken(new, NEW, 9_500, 9_500)];
        assert_eq!(again(&told, &[]), HashMap::from([(old, old), (new, new)]));
        assert_eq!(last_of(&told), HashMap::from([(old, new), (new, new)]));
        assert_eq!(last_of(&told[..1]), HashMap::from([(old, old)]), "whoever was told of the first alone knows no other");
        let beside = [spoken(old, OLD, 2_000, 5_000), spoken(new, NEW, 2_000, 9_500)];
        assert_eq!(last_of(&beside)[&old], old, "both were there at once: two contracts are gone");
    }

    #[test]
    fn by_its_id_and_by_its_key_it_is_known_first() {
        let (old, same, other) = (made(1_000, 1), made(9_000, 2), made(9_000, 3));
        assert_eq!(again(&[spoken(old, OLD, 2_000, 5_000)], &there(&[(old, NEW), (other, OLD)]))[&old], old);
        assert_eq!(again(&[spoken(old, OLD, 2_000, 5_000)], &there(&[(other, NEW), (same, OLD)]))[&old], same);
    }

    #[test]
    fn another_contract_of_the_same_reference_is_not_taken_for_one_that_is_gone() {
        let (gone, beside) = (made(1_000, 1), made(1_000, 2));
        let told = [spoken(gone, OLD, 2_000, 5_000)];
        assert_eq!(again(&told, &there(&[(beside, NEW)]))[&gone], gone, "it stood there already");
        // Its own import was undone and made again: by what was said of it, it is the one from before.
        let beside_again = made(9_000, 3);
        let told = [spoken(gone, OLD, 2_000, 5_000), spoken(beside, NEW, 2_000, 5_000)];
        let now = again(&told, &there(&[(beside_again, NEW)]));
        assert_eq!((now[&gone], now[&beside]), (gone, beside_again));
        // Of two that came since, either may be meant.
        let two = there(&[(made(9_000, 4), NEW), (made(9_000, 5), "camden|register|r:12|withheld|1")]);
        assert_eq!(again(&[spoken(gone, OLD, 2_000, 5_000)], &two)[&gone], gone);
        // Another reference or another occurrence is another contract.
        for key in ["camden|register|r:13|bramble|1", "camden|register|r:12|bramble|2", "no key of an import"] {
            assert_eq!(again(&[spoken(gone, OLD, 2_000, 5_000)], &there(&[(made(9_000, 6), key)]))[&gone], gone, "{key}");
        }
    }
}
