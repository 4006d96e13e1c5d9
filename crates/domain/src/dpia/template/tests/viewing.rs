//! Which fields apply, which are required, what is missing, how far sections are.

use super::small;
use crate::{
    dpia::{
        answer::{Answer, Answers, Row, Ternary},
        ids::RowId,
        place::{Part, Place},
        template::{
            Template,
            view::{Facts, Screened, State, View},
        },
    },
    register::ids::OrganisationId,
};
use std::collections::BTreeSet;
use uuid::Uuid;

struct World {
    template: Template,
    answers: Answers,
    screened: Screened,
    modules: BTreeSet<String>,
    facts: Facts,
}

impl World {
    fn new() -> Self {
        let (answers, screened, modules) = (Answers::new(), Screened::new(), BTreeSet::new());
        Self { template: small(), answers, screened, modules, facts: Facts::default() }
    }

    fn say(&mut self, field: &str, answer: Answer) {
        self.answers.insert(Place::shared(field), answer);
    }

    fn view(&self, part: Part) -> View<'_> {
        View {
            template: &self.template,
            answers: &self.answers,
            screened: &self.screened,
            modules: &self.modules,
            facts: self.facts,
            part,
        }
    }

    fn ids(&self, part: Part) -> Vec<&str> {
        self.view(part).fields().into_iter().map(|field| field.id.as_str()).collect()
    }
}

fn ours() -> Part {
    Part::Annex(OrganisationId(Uuid::from_u128(1)))
}

fn health_row() -> Answer {
    let cells = [("what".to_owned(), Answer::Text("Notes".into())), ("category".to_owned(), Answer::Many(vec!["health".into()]))];
    Answer::Rows(vec![Row { id: RowId(Uuid::from_u128(9)), cells: cells.into_iter().collect() }])
}

#[test]
fn fields_apply_by_part_condition_module_and_fact() {
    let mut world = World::new();
    assert_eq!(world.ids(Part::Shared), ["purpose", "basis", "contact", "data", "transfers", "processors", "risks"]);
    assert_eq!(world.ids(ours()), ["gateway"]);
    world.say("basis", Answer::Many(vec!["consent".into(), "public-task".into()]));
    assert!(world.ids(Part::Shared).contains(&"consent-how"));
    assert_eq!(world.ids(ours()), ["gateway", "our-note"], "an annex may depend on the shared body");
    world.modules.insert("health".into());
    assert!(world.ids(Part::Shared).contains(&"confidence"));
    world.facts.several_controllers = true;
    assert!(world.ids(ours()).contains(&"arrangement"));
}

#[test]
fn what_hangs_on_a_field_that_does_not_apply_does_not_apply_either_and_rests() {
    let mut world = World::new();
    world.say("basis", Answer::Many(vec!["consent".into()]));
    world.say("consent-how", Answer::Text("A box".into()));
    assert!(world.ids(Part::Shared).contains(&"consent-record"));
    world.say("basis", Answer::Many(vec!["public-task".into()]));
    let ids = world.ids(Part::Shared);
    assert!(!ids.contains(&"consent-how") && !ids.contains(&"consent-record"));
    let view = world.view(Part::Shared);
    let resting: Vec<_> = view.resting().into_iter().map(|(place, _)| place.field.as_str()).collect();
    assert_eq!(resting, ["consent-how"]);
}

#[test]
fn required_fields_are_missing_until_they_say_something() {
    let mut world = World::new();
    let missing = |world: &World, part| world.view(part).missing().into_iter().map(|field| field.id.clone()).collect::<Vec<_>>();
    assert_eq!(missing(&world, Part::Shared), ["purpose", "basis", "risks"]);
    world.say("purpose", Answer::Text("  ".into()));
    assert!(missing(&world, Part::Shared).contains(&"purpose".to_owned()));
    world.say("purpose", Answer::Text("To help".into()));
    world.facts.risks = 1;
    world.facts.processors = true;
    assert_eq!(missing(&world, Part::Shared), ["basis", "processors"]);
    assert_eq!(missing(&world, ours()), ["gateway"]);
}

#[test]
fn sections_say_how_far_they_are() {
    let mut world = World::new();
    let progress = |world: &World| world.view(Part::Shared).progress(world.template.section("first").unwrap());
    assert_eq!(progress(&world).state(), State::NotStarted);
    world.say("transfers", Answer::Ternary(Ternary::Unsure));
    let now = progress(&world);
    assert_eq!(
        (now.state(), now.fields, now.answered, now.required, now.missing, now.unsure),
        (State::InProgress, 6, 1, 2, 2, 1)
    );
    world.say("purpose", Answer::Text("To help".into()));
    world.say("basis", Answer::Many(vec!["public-task".into()]));
    assert_eq!(progress(&world).state(), State::Completed);
    assert_eq!(world.view(Part::Shared).unsure()[0].id, "transfers");
}

#[test]
fn sections_are_numbered_as_they_are_shown() {
    let mut world = World::new();
    let numbered = |world: &World| {
        world
            .view(Part::Shared)
            .sections()
            .into_iter()
            .map(|(number, section, _)| format!("{number} {}", section.id))
            .collect::<Vec<_>>()
    };
    assert_eq!(numbered(&world), ["1 first", "2 dangers"]);
    world.modules.insert("health".into());
    assert_eq!(numbered(&world), ["1 first", "2 care", "3 dangers"]);
}

#[test]
fn modules_are_wanted_by_screening_or_by_answers_until_they_are_on() {
    let mut world = World::new();
    let wanted =
        |world: &World| world.view(ours()).wanted_modules().into_iter().map(|(module, _)| module.id.clone()).collect::<Vec<_>>();
    assert!(wanted(&world).is_empty());
    world.screened.insert("health".into(), Ternary::Unsure);
    assert_eq!(wanted(&world), ["health"]);
    world.screened.insert("health".into(), Ternary::No);
    assert!(wanted(&world).is_empty());
    world.say("data", health_row());
    assert_eq!(wanted(&world), ["health"]);
    world.modules.insert("health".into());
    assert!(wanted(&world).is_empty());
}
