//! What a data sharing agreement takes over.

use super::*;
use domain::dpia::{
    export::{agreement, lines},
    place::{Part, Place},
    seal::Seal,
    template::view::{Facts, View},
};
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn an_agreement_takes_over_parties_purposes_bases_data_and_flows() {
    let (bundle, template) = (bundle(), template());
    let (answers, screened, modules) = (bundle.answers(), BTreeMap::new(), BTreeSet::new());
    let facts = Facts { several_controllers: true, processors: true, risks: 1 };
    let view = View { template: &template, answers: &answers, screened: &screened, modules: &modules, facts, part: Part::Shared };
    let seal: Seal = bundle.versions[0].seals.shared;
    let values =
        agreement::hand_over(&bundle.assessment, view, &|id| bundle.organisation(id), ("Version 1", Some(seal.to_string())));
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
