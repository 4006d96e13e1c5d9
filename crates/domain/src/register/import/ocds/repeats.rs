//! Awards and contracts whose ids repeat, told apart before releases are merged.
//!
//! The merge of OCDS 1.1 keeps one object an id, so of two awards with one id it keeps the later (53 of 182 processes with
//! several awards in one sample of notices: open-contracting-extensions/european-union, issue 91). Here each keeps its own: in
//! a release, repeats are different awards; over releases, an award that is published as new under a known id, with none of
//! the suppliers known under it, is another one. An update under a known id stays an update.

use super::{id_text, is_tag, list, text};
use serde_json::Value as Json;
use std::collections::{BTreeSet, HashMap};

/// Parts an id from its occurrence number; no publisher writes this character.
pub(super) const MARK: char = '\u{1f}';

/// Gives repeated ids of `awards` and `contracts` an occurrence number, over all releases of one process.
pub fn tell_apart(releases: &mut [Json]) {
    let mut order: Vec<usize> = (0..releases.len()).collect();
    order.sort_by_key(|place| text(&releases[*place]["date"]));
    for section in ["awards", "contracts"] {
        let mut known: HashMap<String, Vec<BTreeSet<String>>> = HashMap::new();
        for place in &order {
            let fresh = is_tag(&releases[*place], "award");
            if let Some(Json::Array(objects)) = releases[*place].get_mut(section) {
                objects.iter_mut().for_each(mark_suppliers);
                mark(objects, fresh, &mut known);
            }
        }
    }
}

/// Marks suppliers of one award under one id that are named differently, as a company and what it trades as are: the merge would keep
/// the last name alone.
fn mark_suppliers(object: &mut Json) {
    let Some(Json::Array(suppliers)) = object.get_mut("suppliers") else { return };
    let mut names: HashMap<String, Vec<String>> = HashMap::new();
    for supplier in suppliers {
        let (Some(id), Some(name)) = (id_text(&supplier["id"]), text(&supplier["name"])) else { continue };
        let known = names.entry(id.clone()).or_default();
        if !known.contains(&name) {
            known.push(name);
            if known.len() > 1 {
                supplier["id"] = Json::String(format!("{id}{MARK}{}", known.len()));
            }
        }
    }
}

/// Marks one release's objects. `known` holds, by id, the suppliers of each occurrence met so far.
fn mark(objects: &mut [Json], fresh: bool, known: &mut HashMap<String, Vec<BTreeSet<String>>>) {
    let mut taken: HashMap<String, BTreeSet<usize>> = HashMap::new();
    for object in objects {
        let Some(id) = id_text(&object["id"]) else { continue };
        let suppliers: BTreeSet<String> =
            list(&object["suppliers"]).iter().filter_map(|one| text(&one["name"]).or_else(|| id_text(&one["id"]))).collect();
        let occurrences = known.entry(id.clone()).or_default();
        let taken = taken.entry(id.clone()).or_default();
        let free = |place: &usize| !taken.contains(place);
        let like = |place: &usize| {
            let others: &BTreeSet<String> = &occurrences[*place];
            others.is_empty() || suppliers.is_empty() || !others.is_disjoint(&suppliers)
        };
        let found = (0..occurrences.len()).filter(free).find(like);
        let another = fresh || !taken.is_empty();
        let place = found.or_else(|| (0..occurrences.len()).find(free).filter(|_| !another)).unwrap_or(occurrences.len());
        if place == occurrences.len() {
            occurrences.push(BTreeSet::new());
        }
        occurrences[place].extend(suppliers);
        taken.insert(place);
        if place > 0 {
            object["id"] = Json::String(format!("{id}{MARK}{}", place + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn ids(releases: &[Json]) -> Vec<Vec<String>> {
        let readable = |award: &Json| award["id"].as_str().unwrap_or_default().replace(MARK, "#");
        releases.iter().map(|release| list(&release["awards"]).iter().map(readable).collect()).collect()
    }

    fn award(id: &str, supplier: &str) -> Json {
        json!({ "id": id, "suppliers": [{ "name": supplier }] })
    }

    #[test]
    fn repeats_in_one_release_are_different_awards_and_find_themselves_again() {
        let awards = json!([award("1", "Ash"), award("1", "Birch"), award("2", "Ash"), award("1", "Ash")]);
        let mut releases = vec![
            json!({ "date": "2025-01-02", "tag": ["awardUpdate"], "awards": [award("1", "Birch"), award("1", "Ash")] }),
            json!({ "date": "2025-01-01", "tag": ["award"], "awards": awards }),
        ];
        tell_apart(&mut releases);
        assert_eq!(ids(&releases), [vec!["1#2", "1"], vec!["1", "1#2", "2", "1#3"]]);
    }

    #[test]
    fn a_new_award_under_a_known_id_is_another_and_an_update_is_not() {
        let release =
            |date: &str, tag: &str, supplier: &str| json!({ "date": date, "tag": [tag], "awards": [award("1", supplier)] });
        let mut releases = vec![
            release("2025-01-01", "award", "Ash"),
            release("2025-01-02", "award", "Birch"),
            release("2025-01-03", "award", "Ash"),
            release("2025-01-04", "awardUpdate", "Cedar"),
        ];
        tell_apart(&mut releases);
        assert_eq!(ids(&releases), [["1"], ["1#2"], ["1"], ["1"]]);
    }

    #[test]
    fn two_names_under_one_id_are_both_kept_by_the_merge() {
        let supplier = |name: &str| json!({ "id": "GB-COH-00000001", "name": name });
        let awards =
            json!([{ "id": "1", "suppliers": [supplier("Ash Ltd (t/a Ashes)"), supplier("Ash Ltd"), supplier("Ash Ltd")] }]);
        let mut releases = vec![json!({ "tag": ["award"], "awards": awards })];
        tell_apart(&mut releases);
        let ids: Vec<String> = list(&releases[0]["awards"][0]["suppliers"])
            .iter()
            .map(|one| one["id"].as_str().unwrap_or_default().replace(MARK, "#"))
            .collect();
        assert_eq!(ids, ["GB-COH-00000001", "GB-COH-00000001#2", "GB-COH-00000001"]);
    }

    #[test]
    fn releases_without_awards_or_ids_are_left_as_they_are() {
        let before = vec![json!({}), json!({ "awards": [{}, 3, null] }), json!({ "awards": "none" })];
        let mut after = before.clone();
        tell_apart(&mut after);
        assert_eq!(after[1]["awards"], before[1]["awards"]);
        assert_eq!(after[2]["awards"], before[2]["awards"]);
    }
}
