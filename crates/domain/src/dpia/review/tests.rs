//! What asks for another look, what that touches, and where marks are made.

use super::*;
use crate::dpia::{answer::Row, assessment::tests::assessment, ids::RowId, library, template::Purpose};
use crate::register::ids::OrganisationId;
use jiff::civil::date;

const TODAY: Date = date(2026, 11, 23);

#[test]
fn what_is_in_use_is_reviewed_on_its_date_also_while_it_is_changed() {
    let on = date(2026, 12, 1);
    let open = Assessment { state: State::Drafting, review_on: Some(on), ..assessment() };
    assert!(due(&open, &[], TODAY).is_empty(), "what was never in use is reviewed by nobody");
    let used = Assessment { live_since: Some(date(2025, 12, 1)), ..open };
    assert_eq!(due(&used, &[], TODAY), [Trigger::DateReached { on }]);
    assert!(due(&Assessment { state: State::Withdrawn, ..used }, &[], TODAY).is_empty());
}

#[test]
fn a_trigger_reopens_what_rests_on_what_changed_and_nothing_else() {
    let system = SystemId(Uuid::from_u128(5));
    let named = |id| Answer::Systems(vec![Reference { id: Some(Uuid::from_u128(id)), name: "S".to_owned() }]);
    let row = Row { id: RowId(Uuid::nil()), cells: [("system".to_owned(), named(5))].into() };
    let answers: Answers = [
        (Place::shared("systems"), named(5)),
        (Place::shared("others"), named(6)),
        (Place::shared("flows"), Answer::Rows(vec![row])),
        (Place::shared("hosting"), Answer::Text("United Kingdom".to_owned())),
        (Place::shared("ends"), Answer::Date(TODAY)),
        (Place::shared("purpose"), Answer::Text("Why".to_owned())),
    ]
    .into();
    let rests = |field: &str| match field {
        "hosting" => Rests::OnSystem,
        "ends" => Rests::OnContract,
        _ => Rests::OnNothing,
    };
    let section_of = |field: &str| Some(if field == "purpose" || field == "ends" { "why" } else { "how" }.to_owned());
    let touched = |trigger: Trigger| {
        let sections = match &trigger {
            Trigger::Incident { sections, .. } => sections.clone(),
            _ => Vec::new(),
        };
        let places = places(&trigger, &answers, &sections, &rests, &section_of);
        places.into_iter().map(|place| place.field).collect::<Vec<_>>()
    };
    assert_eq!(
        touched(Trigger::SystemChanged { system, fields: vec!["hosting".to_owned()], change: 1 }),
        ["flows", "hosting", "systems"]
    );
    assert_eq!(touched(Trigger::ContractRenewal { contract: ContractId(Uuid::nil()), on: TODAY }), ["ends"]);
    let changed = Trigger::TemplateChanged { version: "2.0.0".to_owned(), fields: vec!["purpose".to_owned(), "new".to_owned()] };
    assert_eq!(touched(changed), ["purpose"]);
    assert!(touched(Trigger::DateReached { on: TODAY }).is_empty());
    let incident = |sections: &[(Part, &str)]| Trigger::Incident {
        what: "Lost laptop".to_owned(),
        on: TODAY,
        risks: vec![RiskId(Uuid::from_u128(9))],
        sections: sections.iter().map(|(part, section)| Spot { part: *part, section: (*section).to_owned() }).collect(),
    };
    assert!(touched(incident(&[])).is_empty());
    assert_eq!(touched(incident(&[(Part::Shared, "why")])), ["ends", "purpose"]);
    assert!(touched(incident(&[(Part::Annex(OrganisationId(Uuid::nil())), "why")])).is_empty(), "another part's section");
    let template = library::shipped().in_force(Purpose::Dpia, TODAY).unwrap();
    let touched = touches(&incident(&[]), &answers, template);
    assert_eq!(touched.risks, [RiskId(Uuid::from_u128(9))].into());
}

#[test]
fn a_newer_template_that_is_in_force_asks_for_a_look_at_what_is_new_or_different() {
    let mut library = library::shipped().clone();
    let old = library.in_force(Purpose::Dpia, TODAY).unwrap().clone();
    assert_eq!(newer_template(&library, &old.edition, TODAY), None);
    let mut new = old.clone();
    new.edition.version = "99.0.0".to_owned();
    new.replaces = Some(old.edition.version.clone());
    new.in_force = TODAY;
    let changed = &mut new.sections[0].fields[0];
    changed.label.push_str(" And why?");
    let field = changed.id.clone();
    library.templates.push(new);
    let trigger = Trigger::TemplateChanged { version: "99.0.0".to_owned(), fields: vec![field] };
    assert_eq!(newer_template(&library, &old.edition, TODAY), Some(trigger));
    assert_eq!(newer_template(&library, &old.edition, date(2026, 11, 22)), None, "it is not in force yet");
}

#[test]
fn what_was_asked_for_is_not_asked_for_again_but_a_further_change_is() {
    let (system, other) = (SystemId(Uuid::from_u128(5)), SystemId(Uuid::from_u128(6)));
    let changed = |system, change| Trigger::SystemChanged { system, fields: vec!["hosting".to_owned()], change };
    assert!(changed(system, 7).covered_by(&changed(system, 7)) && changed(system, 6).covered_by(&changed(system, 7)));
    assert!(!changed(system, 8).covered_by(&changed(system, 7)) && !changed(other, 7).covered_by(&changed(system, 7)));
    let on = |day| Trigger::DateReached { on: date(2027, 1, day) };
    assert!(on(1).covered_by(&on(1)) && !on(2).covered_by(&on(1)));
    assert_eq!(on(1).by(TODAY), date(2027, 1, 1));
    assert_eq!(
        Trigger::Incident { what: String::new(), on: TODAY, risks: vec![], sections: vec![] }.by(TODAY),
        date(2026, 11, 30)
    );
}

#[test]
fn another_screening_asks_once_for_a_look_within_a_month() {
    let screened = |number, outcome| Trigger::Screened { screening: ScreeningId(Uuid::from_u128(number)), outcome };
    let one = screened(1, OutcomeKind::IgReview);
    assert!(screened(1, OutcomeKind::Required).covered_by(&one) && !screened(2, OutcomeKind::IgReview).covered_by(&one));
    assert_eq!(one.by(TODAY), date(2026, 12, 23));
}

#[test]
fn the_shipped_template_says_what_its_fields_rest_on() {
    let template = library::shipped().in_force(Purpose::Dpia, TODAY).unwrap();
    let resting = |on| template.fields().filter(|(_, field)| Rests::of(template, &field.id) == on).count();
    assert!(resting(Rests::OnSystem) > 0 && resting(Rests::OnContract) > 0 && resting(Rests::OnNothing) > 0);
}

#[test]
fn dates_and_renewals_ask_for_a_review_sixty_days_ahead() {
    let (contract, other) = (ContractId(Uuid::from_u128(1)), ContractId(Uuid::from_u128(2)));
    let mut assessment = assessment();
    assessment.contracts = vec![contract];
    assessment.review_on = Some(date(2027, 1, 22));
    let renewals = [(contract, date(2027, 1, 1)), (other, date(2027, 1, 1))];
    assert!(due(&assessment, &renewals, TODAY).is_empty(), "nothing is signed");
    assessment.state = State::Live;
    assert_eq!(
        due(&assessment, &renewals, TODAY),
        [Trigger::DateReached { on: date(2027, 1, 22) }, Trigger::ContractRenewal { contract, on: date(2027, 1, 1) }]
    );
    assert!(due(&assessment, &renewals, date(2026, 10, 31)).is_empty());
    assert_eq!(due(&assessment, &renewals, date(2027, 2, 1)), [Trigger::DateReached { on: date(2027, 1, 22) }]);
}
