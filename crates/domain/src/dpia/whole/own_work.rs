//! Nobody signs their own work: who wrote what is sealed, and which signatures somebody could not give any more who writes now.

use super::Whole;
use crate::{
    dpia::{
        edit::FieldState,
        place::Part,
        risk::Risk,
        sign_off::{Board, Writers},
        template::Template,
        version::{MeasureRecord, RiskRecord},
    },
    people::{PersonId, Role},
    register::ids::OrganisationId,
};
use serde::Serialize;
use std::collections::BTreeSet;

/// A signature that somebody cannot give who writes in a part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Barred {
    /// For which organisation.
    pub organisation: OrganisationId,
    /// In which role.
    pub role: Role,
    /// Whether they cannot already, by what they wrote before.
    pub already: bool,
    /// Who else holds the role there, as its holder or a named deputy, and has written nothing that bars them.
    pub others: Vec<PersonId>,
    /// Who can name a deputy there.
    pub administrators: Vec<PersonId>,
}

/// A piece of what is sealed, as the work of somebody.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Work<'w> {
    /// An answer.
    Answer(&'w FieldState),
    /// A risk.
    Risk(&'w RiskRecord),
    /// A measure.
    Measure(&'w MeasureRecord),
    /// All of the shared body: they lead the assessment, or led it.
    Leads,
    /// Its title, or which modules are on.
    Shapes,
}

impl Whole {
    /// Who wrote what is sealed. Whoever leads it, or led it, counts as a writer of the shared body. Whoever wrote stays a writer
    /// when others replace the words: what took their place began with them, and nobody gets a signature back by having somebody
    /// else type.
    #[must_use]
    pub fn writers(&self, template: &Template) -> Writers {
        let mut writers = Writers::default();
        self.works(template, |part, person, words_of, _| writers.wrote(part, person, words_of));
        self.assessment.controllers().filter(|one| self.annex_open(Part::Annex(*one))).for_each(|one| writers.opened(one));
        writers
    }

    /// What keeps a person from signing for an organisation in a role, as [`Writers::bar`] says it: nothing, where nothing does.
    #[must_use]
    pub fn own_work(&self, template: &Template, person: PersonId, organisation: OrganisationId, role: Role) -> Vec<Work<'_>> {
        let mut found = Vec::new();
        self.works(template, |part, writer, words_of, work| {
            let concerned = part.is_none_or(|part| part == organisation);
            if writer == person && concerned && !words_of.contains(&role) {
                found.push(work);
            }
        });
        found
    }

    /// Calls `each` for every piece of what is sealed and each of its writers: its part, who, the roles whose words it is.
    fn works<'w>(&'w self, template: &Template, mut each: impl FnMut(Option<OrganisationId>, PersonId, &[Role], Work<'w>)) {
        for field in self.fields.iter().filter(|field| template.signed(&field.place.field)) {
            let (part, words_of) = (field.place.part.organisation(), template.written_by(&field.place.field));
            field.writers.iter().for_each(|person| each(part, *person, words_of, Work::Answer(field)));
        }
        let risks: Vec<Risk> = self.risks.iter().map(|record| record.risk.clone()).collect();
        for record in &self.risks {
            record.writers.iter().for_each(|person| each(record.risk.part.organisation(), *person, &[], Work::Risk(record)));
        }
        for record in &self.measures {
            let part = crate::dpia::version::part_of(&record.measure, &risks).organisation();
            record.writers.iter().for_each(|person| each(part, *person, &[], Work::Measure(record)));
        }
        for lead in self.assessment.lead_person.iter().chain(&self.assessment.led_by) {
            each(None, *lead, &[], Work::Leads);
        }
        for person in &self.assessment.shaped_by {
            each(None, *person, &[], Work::Shapes);
        }
    }

    /// The signatures that a person could be asked for, and cannot give once they write in a part what is the words of `words_of`.
    /// Nothing for what no signature is bound to: ask only about what is.
    #[must_use]
    pub fn would_bar(&self, board: &Board<'_>, person: PersonId, part: Part, words_of: &[Role]) -> Vec<Barred> {
        let concerned = |organisation: OrganisationId| part.organisation().is_none_or(|one| one == organisation);
        let mut after = board.writers.clone();
        after.wrote(part.organisation(), person, words_of);
        let mut barred: Vec<Barred> = Vec::new();
        for organisation in board.controllers.iter().copied().filter(|one| concerned(*one)) {
            let asked: BTreeSet<Role> =
                board.steps_of(organisation).iter().flat_map(|step| &step.decisions).map(|decision| decision.role).collect();
            for role in asked {
                let holders = || {
                    self.holders
                        .iter()
                        .filter(move |one| one.organisation == organisation && one.role == role)
                        .map(|one| one.person)
                };
                if !holders().any(|holder| holder == person) || !after.bar(person, organisation, role) {
                    continue;
                }
                let others: BTreeSet<PersonId> =
                    holders().filter(|holder| *holder != person && !board.writers.bar(*holder, organisation, role)).collect();
                let administrators: BTreeSet<PersonId> = self
                    .holders
                    .iter()
                    .filter(|one| one.organisation == organisation && one.role == Role::Administrator)
                    .map(|one| one.person)
                    .collect();
                barred.push(Barred {
                    organisation,
                    role,
                    already: board.writers.bar(person, organisation, role),
                    others: others.into_iter().collect(),
                    administrators: administrators.into_iter().collect(),
                });
            }
        }
        barred
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dpia::{
        assessment::tests::{organisation, person},
        edit::Writer,
        known::Known,
        place::Place,
        sign_off::{Holder, Status},
        template::Purpose,
        whole::tests::whole,
    };
    use jiff::civil::date;
    use uuid::Uuid;

    const CAMDEN: u128 = 1;

    fn holder(role: Role, number: u128) -> Holder {
        Holder { organisation: organisation(CAMDEN), role, person: person(number), deputy: false }
    }

    fn wrote(whole: &mut Whole, place: Place, who: u128) {
        let writer = Writer { person: person(who), organisation: organisation(CAMDEN), at: 0 };
        let mut field = FieldState::blank(Uuid::nil(), whole.assessment.id, place, writer);
        field.writers.insert(person(who));
        whole.fields.push(field);
    }

    fn asked<T>(whole: &Whole, ask: impl FnOnce(&Template, &Board<'_>) -> T) -> T {
        let (known, today) = (Known::shipped(), date(2026, 11, 23));
        let template = known.in_force(Purpose::Dpia, today).unwrap();
        let routes = known.routes_of(&whole.assessment, today).unwrap();
        whole.with_board(template, &routes, |board| ask(template, board))
    }

    #[test]
    fn a_data_protection_officer_writes_their_advice_and_signs_it() {
        let mut whole = whole(vec![], vec![]);
        whole.assessment.lead_person = Some(person(9));
        whole.holders = vec![holder(Role::Dpo, 3), holder(Role::Siro, 4), holder(Role::CaldicottGuardian, 5)];
        let annex = |field: &str| Place::annex(organisation(CAMDEN), field);
        wrote(&mut whole, annex("dpo-advice"), 3);
        wrote(&mut whole, annex("residual-why"), 4);
        wrote(&mut whole, annex("guardian-view"), 5);
        let may = |whole: &Whole, who: u128, role: Role| {
            asked(whole, |_, board| !board.writers.bar(person(who), organisation(CAMDEN), role))
        };
        assert!(may(&whole, 3, Role::Dpo) && may(&whole, 4, Role::Siro) && may(&whole, 5, Role::CaldicottGuardian));
        assert!(!may(&whole, 3, Role::Siro) && !may(&whole, 9, Role::Siro), "nor whoever leads it, nor in another role");
        let waits = |whole: &Whole| {
            asked(whole, |_, board| {
                board
                    .slots()
                    .into_iter()
                    .find(|slot| slot.step.id == "advice")
                    .map(|slot| matches!(slot.status, Status::NotYet { .. }))
            })
        };
        assert_eq!(waits(&whole), Some(true));
        // On any other question, they are barred as everybody is.
        wrote(&mut whole, Place::shared("aims"), 3);
        assert!(!may(&whole, 3, Role::Dpo));
        assert_eq!(waits(&whole), Some(false), "nobody may");
        // What keeps somebody from a signature is told for exactly those whom something keeps.
        asked(&whole, |template, board| {
            for (who, role) in [3, 4, 5, 9, 10].into_iter().flat_map(|who| Role::ALL.map(|role| (who, role))) {
                let works = whole.own_work(template, person(who), organisation(CAMDEN), role);
                assert_eq!(
                    !works.is_empty(),
                    board.writers.bar(person(who), organisation(CAMDEN), role),
                    "{who} as {role:?}: {works:?}"
                );
            }
            assert_eq!(whole.own_work(template, person(9), organisation(CAMDEN), Role::Siro), [Work::Leads]);
            let works = whole.own_work(template, person(3), organisation(CAMDEN), Role::Dpo);
            assert!(matches!(works[..], [Work::Answer(field)] if field.place == Place::shared("aims")), "{works:?}");
        });
    }

    #[test]
    fn whoever_changes_the_title_does_not_sign_what_is_sealed_with_it() {
        let mut whole = whole(vec![], vec![]);
        whole.holders = vec![holder(Role::Siro, 4), holder(Role::Siro, 5)];
        let same = whole.assessment.titled(&whole.assessment.title, person(5));
        whole.assessment = same.titled("Falls at home", person(4));
        assert_eq!(whole.assessment.title, "Falls at home");
        asked(&whole, |template, board| {
            let bars = |who: u128| board.writers.bar(person(who), organisation(CAMDEN), Role::Siro);
            assert!(bars(4) && !bars(5), "who sends the same title has written nothing");
            assert_eq!(whole.own_work(template, person(4), organisation(CAMDEN), Role::Siro), [Work::Shapes]);
        });
    }

    #[test]
    fn who_is_asked_to_sign_is_told_before_they_write_and_who_else_could() {
        let mut whole = whole(vec![], vec![]);
        whole.holders = vec![
            holder(Role::Dpo, 3),
            Holder { deputy: true, ..holder(Role::Dpo, 6) },
            holder(Role::Dpo, 7),
            holder(Role::Administrator, 8),
            holder(Role::Editor, 2),
        ];
        wrote(&mut whole, Place::shared("use"), 7);
        let told = |whole: &Whole, who: u128, part: Part, field: &str| {
            asked(whole, |template, board| whole.would_bar(board, person(who), part, template.written_by(field)))
        };
        let barred = told(&whole, 3, Part::Shared, "aims");
        assert_eq!(barred.len(), 1);
        assert_eq!((barred[0].role, barred[0].already), (Role::Dpo, false));
        assert_eq!((&barred[0].others, &barred[0].administrators), (&vec![person(6)], &vec![person(8)]), "not who wrote in it");
        assert!(told(&whole, 7, Part::Shared, "aims")[0].already);
        let annex = Part::Annex(organisation(CAMDEN));
        assert!(told(&whole, 3, annex, "dpo-advice").is_empty(), "it is theirs to say");
        assert_eq!(told(&whole, 3, annex, "gateway").len(), 1);
        assert!(told(&whole, 3, Part::Annex(organisation(2)), "gateway").is_empty(), "they sign for nobody else");
        assert!(told(&whole, 2, Part::Shared, "aims").is_empty(), "who signs nothing is told nothing");
    }
}
