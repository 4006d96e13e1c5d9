//! What can be chosen of the register for a project, by organisation and within it by service area: a borough's hundred records
//! are a page to look through, not a hundred folds.

use domain::register::{ids::FunctionId, snapshot::Snapshot};
use serde::Serialize;

/// Something that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// Its id.
    pub value: String,
    /// Its name.
    pub text: String,
    /// What tells it from others of the same name: what it is for, its reference.
    pub hint: String,
    /// Whose it is.
    #[serde(skip)]
    pub organisation: String,
    /// The place and the name of its service area; none where no function is known.
    #[serde(skip)]
    pub area: Option<(i64, String)>,
}

/// What one organisation has.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Group {
    organisation: String,
    count: usize,
    /// How many of them are chosen.
    chosen: usize,
    areas: Vec<Area>,
}

/// What it has for one service area.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Area {
    name: Option<String>,
    choices: Vec<Choice>,
}

/// The service area of the first function that has one.
#[must_use]
pub fn area_of(snapshot: &Snapshot, functions: &[FunctionId]) -> Option<(i64, String)> {
    functions.iter().find_map(|id| {
        let area = snapshot.function(snapshot.function_by_id(*id)?)?.record.service_area?;
        let entry = snapshot.areas().iter().find(|entry| entry.record.id == area)?;
        Some((entry.record.position, entry.record.name.clone()))
    })
}

/// Groups what can be chosen: organisations in the order given, service areas in theirs with what has none last, then names.
#[must_use]
pub fn grouped(mut choices: Vec<Choice>, chosen: &[String]) -> Vec<Group> {
    // `false` sorts before `true`: what has an area stands before what has none.
    choices.sort_by_cached_key(|one| (one.area.is_none(), one.area.clone(), one.text.to_lowercase(), one.hint.to_lowercase()));
    let mut groups: Vec<Group> = Vec::new();
    for choice in choices {
        let place = groups.iter().position(|group| group.organisation == choice.organisation).unwrap_or_else(|| {
            groups.push(Group { organisation: choice.organisation.clone(), count: 0, chosen: 0, areas: Vec::new() });
            groups.len() - 1
        });
        let group = &mut groups[place];
        group.count += 1;
        group.chosen += usize::from(chosen.contains(&choice.value));
        let name = choice.area.as_ref().map(|(_, name)| name.clone());
        match group.areas.last_mut() {
            Some(area) if area.name == name => area.choices.push(choice),
            _ => group.areas.push(Area { name, choices: vec![choice] }),
        }
    }
    groups.sort_by_cached_key(|group| group.organisation.to_lowercase());
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(text: &str, organisation: &str, area: Option<(i64, &str)>) -> Choice {
        Choice {
            value: format!("{organisation} {text}"),
            text: text.to_owned(),
            hint: String::new(),
            organisation: organisation.to_owned(),
            area: area.map(|(position, name)| (position, name.to_owned())),
        }
    }

    #[test]
    fn an_organisation_is_one_fold_with_its_service_areas_in_their_order() {
        let (housing, streets) = (Some((1, "Housing")), Some((2, "Streets")));
        let all = vec![
            choice("zeta", "Hackney", housing),
            choice("Post", "Camden", None),
            choice("Bins", "Camden", streets),
            choice("rents", "Camden", housing),
            choice("Repairs", "Camden", housing),
        ];
        let groups = grouped(all, &["Camden Bins".to_owned(), "Camden Post".to_owned()]);
        let shape: Vec<(&str, usize, usize)> =
            groups.iter().map(|group| (group.organisation.as_str(), group.count, group.chosen)).collect();
        assert_eq!(shape, [("Camden", 4, 2), ("Hackney", 1, 0)]);
        let areas: Vec<(Option<&str>, Vec<&str>)> = groups[0]
            .areas
            .iter()
            .map(|area| (area.name.as_deref(), area.choices.iter().map(|one| one.text.as_str()).collect()))
            .collect();
        assert_eq!(
            areas,
            [(Some("Housing"), vec!["rents", "Repairs"]), (Some("Streets"), vec!["Bins"]), (None, vec!["Post"])],
            "without regard to capitals"
        );
    }
}
