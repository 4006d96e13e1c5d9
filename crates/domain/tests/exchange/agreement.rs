//! What a data sharing agreement takes over.

use super::*;
use domain::dpia::{
    answer::Answer,
    export::{agreement, lines},
    place::{Part, Place},
    template::{
        Template,
        view::{Facts, View},
    },
};
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn an_agreement_takes_over_parties_purposes_bases_data_and_flows() {
    let (bundle, template) = (bundle(), template());
    let (answers, screened, modules) = (bundle.answers(), BTreeMap::new(), BTreeSet::new());
    let facts = Facts { several_controllers: true, processors: true, risks: 1 };
    let view = View { template: &template, answers: &answers, screened: &screened, modules: &modules, facts, part: Part::Shared };
    let seals = &bundle.versions[0].seals;
    let values = agreement::hand_over(&bundle.assessment, view, &|id| bundle.organisation(id), ("Version 1", seals), vec![]);
    assert!(values.others.is_empty(), "the template says what goes over");
    assert_eq!((values.sealed, values.parties[0].sealed), (seals.shared, seals.annexes.values().next().copied()));
    assert_eq!(values.parties.len(), 3);
    assert_eq!(values.parties[1].says[0].answer, "Localism Act");
    assert!(values.parties[2].says.is_empty(), "a processor has no gateway");
    assert_eq!(values.purposes[0].field, "aims");
    assert_eq!(values.lawful_bases[0].field, "lawful-basis");
    assert_eq!(values.data_items[0].rows[0][..2], ["Names".to_owned(), "Tenants and leaseholders".to_owned()]);
    assert_eq!(values.data_flows[0].rows[0][1], "Hackney");
    let json = serde_json::to_value(&values).unwrap();
    assert_eq!(json["format"], "city-tools data sharing hand-over 1");

    let lines = lines(view, [Part::Shared, Part::Annex(organisation(11))]);
    let gateway = lines.iter().find(|line| line.place == Place::annex(organisation(11), "gateway")).unwrap();
    assert_eq!(gateway.text(), "Localism Act");
    assert!(lines.iter().any(|line| line.answer.is_none()), "questions without an answer stand too");
}

#[test]
fn an_agreement_takes_over_what_each_template_says_and_leaves_nothing_of_anothers_behind() {
    let bundle = bundle();
    let library = domain::dpia::library::shipped();
    let review = library.templates.iter().find(|one| one.edition.urn.ends_with(":data-protection")).unwrap();
    let answers: domain::dpia::answer::Answers = ["recipients", "kept", "security", "aims"]
        .map(|field| (Place::shared(field), Answer::Text(format!("Of {field}"))))
        .into_iter()
        .collect();
    let (screened, modules) = (BTreeMap::new(), BTreeSet::new());
    let hand_over = |template: &Template| {
        let facts = Facts { several_controllers: true, processors: true, risks: 1 };
        let view = View { template, answers: &answers, screened: &screened, modules: &modules, facts, part: Part::Shared };
        let name = |id| bundle.organisation(id);
        agreement::hand_over(&bundle.assessment, view, &name, ("Version 1", &bundle.versions[0].seals), vec![])
    };
    let fields = |list: &[agreement::Said]| list.iter().map(|said| said.field.clone()).collect::<Vec<_>>();
    let values = hand_over(review);
    assert_eq!(fields(&values.terms), ["recipients", "kept", "security"]);
    assert_eq!(fields(&values.purposes), ["aims"]);
    // A council's own template that says it of no field: what has a known id finds its place, the rest goes along.
    let mut own = review.clone();
    for field in own.sections.iter_mut().flat_map(|section| &mut section.fields) {
        field.agreement = None;
        if field.id == "recipients" {
            field.id = "who-gets-it".to_owned();
        }
    }
    let mut answers = answers.clone();
    answers.insert(Place::shared("who-gets-it"), Answer::Text("The county".into()));
    let facts = Facts::default();
    let view = View { template: &own, answers: &answers, screened: &screened, modules: &modules, facts, part: Part::Shared };
    let name = |id| bundle.organisation(id);
    let values = agreement::hand_over(&bundle.assessment, view, &name, ("Version 1", &bundle.versions[0].seals), vec![]);
    assert_eq!(fields(&values.others), ["who-gets-it"]);
    assert_eq!(fields(&values.terms), ["kept", "security"]);
}
