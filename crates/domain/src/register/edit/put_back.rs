//! What one change put into a record taken out again while everything that came later stays: over the JSON of the change log,
//! down into lists and what they hold. A merge of two names is taken back with this: a contract that was given another supplier
//! since keeps it, and the one that the merge exchanged comes back in its place.
//!
//! Nothing is guessed: where what the change put there is no longer there to be exchanged, the answer is none.

use serde_json::{Map, Value as Json};

/// The value as it is to be: `before` and `after` are what the change said, `now` is what stands. None where what the change put
/// there was itself changed since, so that it cannot be told what would have to come back.
#[must_use]
pub fn put_back(before: &Json, after: &Json, now: &Json) -> Option<Json> {
    if now == after {
        return Some(before.clone());
    }
    if now == before || before == after {
        return Some(now.clone());
    }
    match (before, after, now) {
        (Json::Object(_), Json::Object(_), Json::Object(now)) => fields(before, after, now).map(Json::Object),
        // A record leaves an empty list out.
        (Json::Array(_) | Json::Null, Json::Array(_) | Json::Null, Json::Array(_) | Json::Null) => {
            let back = list(items(before), items(after), items(now))?;
            Some(if back.is_empty() && before.is_null() { Json::Null } else { Json::Array(back) })
        }
        _ => None,
    }
}

fn items(value: &Json) -> &[Json] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn fields(before: &Json, after: &Json, now: &Map<String, Json>) -> Option<Map<String, Json>> {
    const NONE: &Json = &Json::Null;
    let mut back = now.clone();
    let names = [before, after].into_iter().filter_map(Json::as_object).flat_map(Map::keys);
    for name in names {
        let side = |value: &'_ Json| value.get(name).cloned().unwrap_or_default();
        let (was, became) = (side(before), side(after));
        if was == became {
            continue;
        }
        match put_back(&was, &became, now.get(name).unwrap_or(NONE))? {
            Json::Null => back.shift_remove(name),
            value => back.insert(name.clone(), value),
        };
    }
    Some(back)
}

/// A list: what was exchanged is exchanged back where it stands now, what was added goes, what was dropped comes back at its
/// place; what others added or removed beside it stays as they left it.
fn list(before: &[Json], after: &[Json], now: &[Json]) -> Option<Vec<Json>> {
    let mut back = now.to_vec();
    let mut added = after.iter().filter(|one| !before.contains(one));
    for (place, gone) in before.iter().enumerate().filter(|(_, one)| !after.contains(one)) {
        match added.next() {
            // The change put another one in its place.
            Some(other) => match (back.iter().position(|one| one == other), back.contains(gone)) {
                (Some(at), true) => drop(back.remove(at)),
                (Some(at), false) => back[at] = gone.clone(),
                (None, _) => {
                    let (at, whole) = within(gone, other, place, &back)?;
                    back[at] = whole;
                }
            },
            // The change dropped it beside what was there already, which must still be there: else somebody meant another list.
            None if !after.iter().all(|one| now.contains(one)) => return None,
            None if back.contains(gone) => {}
            None => back.insert(place.min(back.len()), gone.clone()),
        }
    }
    for other in added {
        back.retain(|one| one != other);
    }
    Some(back)
}

/// The item of a list in which others changed something beside what the change put there, with that put back: the one in the
/// same place first.
fn within(before: &Json, after: &Json, place: usize, list: &[Json]) -> Option<(usize, Json)> {
    let order = std::iter::once(place).chain((0..list.len()).filter(|at| *at != place));
    order.filter_map(|at| Some((at, list.get(at)?))).filter(|(_, one)| one.is_object()).find_map(|(at, one)| {
        let back = put_back(before, after, one)?;
        (back != *one).then_some((at, back))
    })
}
