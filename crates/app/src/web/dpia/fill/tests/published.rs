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

#[tokio::test(flavor = "multi_thread")]
async fn a_short_review_is_called_a_review_wherever_it_stands() {
    let (city, priya, scope, assessment, system, _) = case().await;
    let (now, today, person) = (city.app.clock.now(), city.app.clock.today(), priya.person.unwrap());
    let template = city.app.rules().in_force(Purpose::Review, today).expect("a template of reviews ships").edition.clone();
    let review = Assessment {
        id: Uuid::now_v7().to_string().parse().unwrap(),
        number: String::new(),
        title: "A short look at telecare".to_owned(),
        template,
        systems: vec![system.id],
        frozen: None,
        ..assessment.clone()
    };
    let review = city.store().begin_assessment(&scope, now, today, review, None).await.unwrap();
    let template = city.app.rules().template_of(&review, today).unwrap();
    let mut work = city.store().work(&scope, now, today, review.id).await.unwrap().unwrap();
    let version = work.make_version(&template, "", None).await.unwrap();
    let publication = Publication {
        id: PublicationId(Uuid::now_v7()),
        assessment: review.id,
        version,
        sealed: Seal([1; 32]),
        fields: [].into(),
        resting: [].into(),
        annexes: Some([].into()),
        listed: Some(Listed {
            title: review.title.clone(),
            parties: vec![Listing { organisation: review.lead, role: PartyRole::Controller }],
            systems: vec![system.id],
            annexes: [].into(),
        }),
        summary: "Nothing of it is likely to be a high risk.".to_owned(),
        by: person,
        prepared_by: [].into(),
        organisation: review.lead,
        at: now,
        stage: Stage::Published { checked_by: person, at: now, seal: Seal([2; 32]) },
        updated_at: 0,
    };
    let public = format!("/dpias/{}", publication.id);
    work.put_publication(publication).await.unwrap();
    work.commit().await.unwrap();
    let number = &review.number;
    let read = async |who: &Browser, path: &str| {
        let answer = city.get(who, path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
        answer
    };
    let anyone = Browser::default();
    // To everyone.
    for path in [public.as_str(), "/dpias"] {
        let said = words(&read(&anyone, path).await.page(), "main");
        assert!(said.contains(&format!("Data protection review {number}")), "{path}: {said}");
        assert!(!said.contains(&format!("impact assessment {number}")), "{path}: {said}");
    }
    let product = words(&read(&anyone, &format!("/products/{}", system.product)).await.page(), "#dpias");
    assert!(product.contains("Review: A short look at telecare"), "{product}");
    let feed = read(&anyone, "/dpias.atom").await.text;
    assert!(feed.contains(&format!("Review {number}: A short look at telecare")), "{feed}");
    let one: serde_json::Value = serde_json::from_str(&read(&anyone, &format!("/api/v1{public}")).await.text).unwrap();
    assert_eq!(one["kind"], "review", "{one}");
    let list = read(&anyone, "/api/v1/dpias.csv").await.text;
    let mut lines = list.lines();
    assert!(lines.next().unwrap().ends_with(",kind") && lines.any(|line| line.ends_with(",review")), "{list}");
    // To those who work on it; the other one is still a DPIA.
    let standing = words(&read(&priya, &format!("/systems/{}", system.id)).await.page(), "#data-protection");
    for said in [format!("Review {number}: "), "Published review: A short look at telecare".to_owned()] {
        assert!(standing.contains(&said), "{said} is not in {standing}");
    }
    assert!(!standing.contains(&format!("DPIA {number}")), "{standing}");
    let list = words(&read(&priya, "/assessments").await.page(), "main");
    assert!(list.contains(&format!("Review {number}")) && list.contains(&format!("DPIA {}", assessment.number)), "{list}");
    let page = read(&priya, &format!("/assessments/{}/publish", review.id)).await.page();
    assert!(words(&page, "main").contains(&format!("Review {number}")));
}
