//! The modules of a template in an assessment: which of them its answers and its screening ask for, and what a person said to that.
//! Nothing is switched on without a person's yes, and nothing that is asked for is left off without their reasons.

use super::{
    assessment::{Assessment, State},
    condition::Condition,
    ids::ScreeningId,
    place::Part,
    template::{Template, view::View},
    whole::Whole,
};
use crate::{people::PersonId, register::ids::OrganisationId};
use serde::{Deserialize, Serialize};

/// That a module stays off although something asks for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declined {
    /// The module, by id.
    pub module: String,
    /// Why.
    pub reasons: String,
    /// The parts of the module's condition that held then; where another holds later, the question is asked again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<Condition>,
    /// Who said so.
    pub by: PersonId,
    /// For whom.
    pub organisation: OrganisationId,
    /// When, milliseconds of UTC.
    pub at: i64,
    /// A file that came in states it: nobody said it here (told as such).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stated: bool,
}

/// A module that is off and that answers or the screening ask for; nobody has said yes or no to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposed {
    /// The module, by id.
    pub module: String,
    /// The parts of its condition that hold.
    pub because: Vec<Condition>,
}

/// Why the modules stay as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refusal {
    /// The template has no such module.
    NoSuchModule,
    /// The text is not being written: open it first.
    NotDrafting,
    /// It is on already.
    On,
    /// It is off, and nothing asks for it, or somebody has said why it stays off.
    Off,
    /// It stays off, or is switched off, and the reasons are missing.
    SayWhy,
}

/// Who says something about a module, for whom, when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Saying<'a> {
    /// Why; needed for a no.
    pub reasons: &'a str,
    /// Who.
    pub by: PersonId,
    /// For whom.
    pub organisation: OrganisationId,
    /// When, milliseconds of UTC.
    pub at: i64,
}

impl Whole {
    /// The modules that answers and the screening ask for and that are off, also those that a person has declined, in the
    /// template's order.
    #[must_use]
    pub fn wanted(&self, template: &Template) -> Vec<Proposed> {
        let (answers, screened, modules) = (self.answers(), self.screened(), self.modules());
        let view = View {
            template,
            answers: &answers,
            screened: &screened,
            modules: &modules,
            facts: self.facts(Part::Shared),
            part: Part::Shared,
        };
        let proposed = |(module, because): (&super::template::Module, Vec<&Condition>)| Proposed {
            module: module.id.clone(),
            because: because.into_iter().cloned().collect(),
        };
        view.wanted_modules().into_iter().map(proposed).collect()
    }

    /// Those of them to which nobody has said yes or no: they stand in the way of freezing.
    #[must_use]
    pub fn proposed(&self, template: &Template) -> Vec<Proposed> {
        let mut wanted = self.wanted(template);
        wanted.retain(|one| !self.assessment.declined.iter().any(|said| said.answers(one)));
        wanted
    }

    /// The head as it follows a newer screening, with the modules on to which a person said yes. A no that was said before, with
    /// reasons, is taken back by such a yes alone.
    ///
    /// # Errors
    /// See [`Refusal`].
    pub fn follow(
        &self,
        template: &Template,
        screening: ScreeningId,
        yes: &[&str],
        saying: Saying<'_>,
    ) -> Result<Assessment, Refusal> {
        let mut after = self.clone();
        after.assessment.screening = Some(screening);
        for module in yes {
            after.assessment = after.switch(template, module, true, saying)?;
        }
        Ok(after.assessment)
    }

    /// The head with a module switched on, or off with reasons.
    ///
    /// # Errors
    /// See [`Refusal`].
    pub fn switch(&self, template: &Template, module: &str, on: bool, saying: Saying<'_>) -> Result<Assessment, Refusal> {
        let Some(known) = template.module(module) else { return Err(Refusal::NoSuchModule) };
        let mut head = self.assessment.clone();
        if head.state != State::Drafting {
            return Err(Refusal::NotDrafting);
        }
        let (is_on, reasons) = (head.modules.contains(&known.id), saying.reasons.trim());
        let asked = self.wanted(template).into_iter().find(|one| one.module == known.id);
        match (on, is_on) {
            (true, true) => return Err(Refusal::On),
            (false, false) if asked.as_ref().is_none_or(|asked| head.declined.iter().any(|said| said.answers(asked))) => {
                return Err(Refusal::Off);
            }
            (false, _) if reasons.is_empty() => return Err(Refusal::SayWhy),
            _ => {}
        }
        head.modules.retain(|one| *one != known.id);
        head.declined.retain(|one| one.module != known.id);
        head.shaped_by.insert(saying.by);
        if on {
            head.modules.push(known.id.clone());
            return Ok(head);
        }
        // Of one that was on, nothing says yet what would ask for it: it is looked at as if it were off.
        let because = match asked {
            Some(asked) => asked.because,
            None => {
                let off = Self { assessment: head.clone(), ..self.clone() };
                off.wanted(template).into_iter().find(|one| one.module == known.id).map(|one| one.because).unwrap_or_default()
            }
        };
        head.declined.push(Declined {
            module: known.id.clone(),
            reasons: reasons.to_owned(),
            because,
            by: saying.by,
            organisation: saying.organisation,
            at: saying.at,
            stated: false,
        });
        Ok(head)
    }
}

impl Assessment {
    /// What a person left off, with reasons, and what is off still.
    pub fn left_off(&self) -> impl Iterator<Item = &Declined> {
        self.declined.iter().filter(|said| !self.modules.contains(&said.module))
    }
}

impl Declined {
    /// Whether it answers a proposal: nothing asks for the module that did not when it was said.
    #[must_use]
    pub fn answers(&self, proposed: &Proposed) -> bool {
        self.module == proposed.module && proposed.because.iter().all(|part| self.because.contains(part))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dpia::{
        access::Sight,
        answer::{Answer, Row, Ternary},
        assessment::tests::{assessment, organisation, person},
        edit::{FieldState, Writer},
        ids::RowId,
        library,
        place::Place,
        template::Purpose,
        whole::Blocker,
    };
    use std::collections::BTreeMap;
    use uuid::Uuid;

    fn template() -> &'static Template {
        library::shipped().in_force(Purpose::Dpia, jiff::civil::date(2026, 11, 23)).expect("a template ships")
    }

    fn answered(place: Place, answer: Answer) -> FieldState {
        let writer = Writer { person: person(10), organisation: organisation(1), at: 1 };
        FieldState { answer: Some(answer), ..FieldState::blank(Uuid::nil(), assessment().id, place, writer) }
    }

    /// An assessment whose table of data names a category, and that says whether children are among the people.
    fn whole(category: &str, children: Ternary) -> Whole {
        let cells = BTreeMap::from([("category".to_owned(), Answer::Many(vec![category.to_owned()]))]);
        let rows = Answer::Rows(vec![Row { id: RowId(Uuid::nil()), cells }]);
        Whole {
            sight: Sight::All,
            assessment: assessment(),
            screening: None,
            fields: vec![
                answered(Place::shared("data-items"), rows),
                answered(Place::shared("children"), Answer::Ternary(children)),
            ],
            risks: vec![],
            measures: vec![],
            comments: vec![],
            recommendations: vec![],
            signatures: vec![],
            consultations: vec![],
            versions: vec![],
            frozen_text: None,
            holders: vec![],
        }
    }

    fn saying(reasons: &str) -> Saying<'_> {
        Saying { reasons, by: person(10), organisation: organisation(1), at: 5 }
    }

    fn ids(found: Vec<Proposed>) -> Vec<String> {
        found.into_iter().map(|one| one.module).collect()
    }

    #[test]
    fn an_answer_proposes_a_module_and_a_yes_brings_its_sections_and_the_guardian() {
        let mut whole = whole("health", Ternary::No);
        assert_eq!(ids(whole.proposed(template())), ["health"]);
        let routes = crate::dpia::known::Known::shipped().routes_of(&whole.assessment, jiff::civil::date(2026, 11, 23)).unwrap();
        let guardian = |whole: &Whole| {
            whole.with_board(template(), &routes, |board| board.slots().iter().any(|slot| slot.step.id == "caldicott"))
        };
        assert!(!guardian(&whole));
        let stands = |whole: &Whole| {
            let blockers = whole.blockers(template(), &routes);
            blockers.into_iter().any(|one| matches!(one, Blocker::Proposed { modules } if modules == ["health"]))
        };
        assert!(stands(&whole), "an unanswered proposal stands in the way");
        assert_eq!(whole.situation(template(), &routes, None).proposals, 1);
        let by = Saying { by: person(77), ..saying("") };
        whole.assessment = whole.switch(template(), "health", true, by).unwrap();
        assert!(guardian(&whole) && !stands(&whole) && whole.proposed(template()).is_empty());
        assert!(whole.missing(template(), Part::Shared).contains(&"confidence".to_owned()), "the section applies");
        assert_eq!(whole.switch(template(), "health", true, saying("")), Err(Refusal::On));
        // What is asked is part of what is sealed: whoever said so does not sign it.
        let writers = whole.writers(template());
        let bars = |who: u128| writers.bar(person(who), organisation(1), crate::people::Role::Siro);
        assert!(bars(77) && !bars(78));
    }

    #[test]
    fn a_no_wants_reasons_and_holds_until_something_else_asks() {
        let mut whole = whole("health", Ternary::No);
        assert_eq!(whole.switch(template(), "health", false, saying("  ")), Err(Refusal::SayWhy));
        whole.assessment = whole.switch(template(), "health", false, saying("Sick days of our own staff alone.")).unwrap();
        assert!(whole.proposed(template()).is_empty());
        assert_eq!(
            whole.switch(template(), "health", false, saying("Otherwise.")),
            Err(Refusal::Off),
            "nobody's reasons are lost"
        );
        assert_eq!(ids(whole.wanted(template())), ["health"]);
        // The people concerned are patients now: that was not known when the no was said.
        let Some(Answer::Rows(rows)) = &mut whole.fields[0].answer else { panic!("rows") };
        rows[0].cells.insert("people".to_owned(), Answer::Many(vec!["patients".to_owned()]));
        assert_eq!(ids(whole.proposed(template())), ["health"]);
        whole.assessment = whole.switch(template(), "health", true, saying("")).unwrap();
        assert!(whole.assessment.declined.is_empty(), "a yes takes the no back");
    }

    #[test]
    fn a_newer_screening_takes_no_reasoned_no_back_without_a_yes_to_that_part() {
        let mut whole = whole("health", Ternary::Yes);
        whole.assessment = whole.switch(template(), "health", false, saying("Own staff alone.")).unwrap();
        let newer = ScreeningId(Uuid::from_u128(7));
        let after = whole.follow(template(), newer, &["children"], saying("")).unwrap();
        assert_eq!((after.modules.as_slice(), after.screening), (&["children".to_owned()][..], Some(newer)));
        assert_eq!(after.left_off().map(|said| said.reasons.as_str()).collect::<Vec<_>>(), ["Own staff alone."]);
        let after = whole.follow(template(), newer, &["children", "health"], saying("")).unwrap();
        assert_eq!((after.modules.len(), after.declined.len()), (2, 0), "a yes takes the no back");
    }

    #[test]
    fn what_is_on_can_be_switched_off_with_reasons_and_is_not_proposed_at_once_again() {
        let mut whole = whole("contact", Ternary::Yes);
        whole.assessment = whole.switch(template(), "children", true, saying("")).unwrap();
        assert_eq!(whole.switch(template(), "children", false, saying("")), Err(Refusal::SayWhy));
        whole.assessment = whole.switch(template(), "children", false, saying("They are named by their parents.")).unwrap();
        assert!(whole.assessment.modules.is_empty() && whole.proposed(template()).is_empty());
        assert_eq!(whole.switch(template(), "surveillance", false, saying("x")), Err(Refusal::Off));
        assert_eq!(whole.switch(template(), "unheard-of", true, saying("x")), Err(Refusal::NoSuchModule));
        // What nothing asks for can be switched on all the same.
        assert!(whole.switch(template(), "surveillance", true, saying("")).is_ok());
        whole.assessment.state = State::Review;
        assert_eq!(whole.switch(template(), "children", true, saying("")), Err(Refusal::NotDrafting));
    }
}
