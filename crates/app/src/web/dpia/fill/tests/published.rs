//! What is published is found where somebody looks for its product or its function.

use super::*;
use domain::{
    dpia::{
        ids::PublicationId,
        publication::{Listed, Listing, Publication, Stage},
        seal::Seal,
    },
    register::records::Function,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_published_assessment_stands_on_the_pages_of_its_systems_product_and_functions() {
    let (city, priya, scope, assessment, system, _) = case().await;
    let (now, today, person) = (city.app.clock.now(), city.app.clock.today(), priya.person.unwrap());
    let own = city.store().by::<System>(&Scope::Operator, "organisation_id", assessment.lead.to_string()).await.unwrap();
    let other = own.iter().find(|one| one.product != system.product).expect("another product");
    let template = city.app.rules().template_of(&assessment, today).unwrap();
    let mut work = city.store().work(&scope, now, today, assessment.id).await.unwrap().unwrap();
    let version = work.make_version(&template, "", None).await.unwrap();
    let listed = Listed {
        title: "Telecare as it was published".to_owned(),
        parties: vec![Listing { organisation: assessment.lead, role: PartyRole::Controller }],
        systems: vec![system.id],
        annexes: [].into(),
    };
    let publication = Publication {
        id: PublicationId(Uuid::now_v7()),
        assessment: assessment.id,
        version,
        sealed: Seal([1; 32]),
        fields: [].into(),
        resting: [].into(),
        annexes: None,
        listed: Some(listed),
        summary: "People are visited within the hour.".to_owned(),
        by: person,
        prepared_by: [].into(),
        organisation: assessment.lead,
        at: now,
        stage: Stage::Published { checked_by: person, at: now, seal: Seal([2; 32]) },
        updated_at: 0,
    };
    let address = format!("/dpias/{}", publication.id);
    work.put_publication(publication).await.unwrap();
    // What the assessment is about since then is not public.
    let mut head = work.whole.assessment.clone();
    head.systems.push(other.id);
    work.change_head(head).await.unwrap();
    work.commit().await.unwrap();
    let function = city.store().get::<Function>(&Scope::Operator, system.functions[0].0).await.unwrap().unwrap();
    for path in [format!("/products/{}", system.product), format!("/functions/{}", function.slug)] {
        let page = city.get(&Browser::default(), &path).await;
        let said = words(&page.page(), "#dpias");
        assert!(said.contains("Telecare as it was published, Camden"), "{path}: {said}");
        assert!(page.text.replace("&#x2f;", "/").contains(&address), "{path}");
    }
    let page = city.get(&Browser::default(), &format!("/products/{}", other.product)).await;
    assert!(page.status == StatusCode::OK && !page.text.contains("Telecare as it was published"));
}
