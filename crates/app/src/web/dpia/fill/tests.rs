//! Answers that fill themselves: offered with where they come from, taken over only when a person says so.

mod published;

use crate::{
    testing::{Browser, City},
    web::dpia::tests::text as words,
};
use axum::http::StatusCode;
use domain::{
    dpia::{
        answer::Answer,
        assessment::{Assessment, PartyRole, State},
        edit::Sent,
        ids::ProjectId,
        place::Place,
        project::Project,
        template::Purpose,
    },
    people::{PersonId, Role, Scope},
    register::{
        ids::{ContractId, SystemId},
        records::{Contract, SubProcessor, System},
    },
};
use scraper::Selector;
use store::dpia::answers::Change;
use uuid::Uuid;

/// The mark that the page of offers shows for a place.
fn mark(page: &crate::testing::Answer, place: &str) -> String {
    let selector = Selector::parse(&format!("[name='mark-{place}']")).unwrap();
    page.page().select(&selector).next().and_then(|one| one.value().attr("value")).expect("an offer").to_owned()
}

fn scope(person: PersonId, city: &City, slug: &str) -> Scope {
    city.acting(person, "Priya Nair", slug, &[Role::ProjectLead])
}

async fn begin(
    city: &City,
    scope: &Scope,
    slug: &str,
    title: &str,
    project: Option<ProjectId>,
    systems: Vec<SystemId>,
) -> Assessment {
    let (today, now) = (city.app.clock.today(), city.app.clock.now());
    let rules = city.app.rules();
    let template = &rules.in_force(Purpose::Dpia, today).expect("a template ships").edition;
    let assessment = Assessment {
        project,
        title: title.to_owned(),
        systems,
        ..test_support::dpia::assessment(template, &[city.organisation(slug).id], now)
    };
    city.store().begin_assessment(scope, now, today, assessment, None).await.unwrap()
}

/// A system with a contract at Camden, from the illustrative register, and an assessment of a project that uses it.
async fn case() -> (City, Browser, Scope, Assessment, System, Contract) {
    let city = City::illustrative().await;
    let person = city.person("Priya Nair", "camden", &[Role::ProjectLead]).await;
    let priya = city.signed_in(person, "camden").await;
    let scope = scope(person, &city, "camden");
    let camden = city.organisation("camden").id;
    let contracts = city.store().by::<Contract>(&Scope::Operator, "organisation_id", camden.to_string()).await.unwrap();
    let contract: Contract =
        contracts.into_iter().find(|one| !one.systems.is_empty() && !one.suppliers.is_empty()).expect("a contract for a system");
    let system = city.store().get::<System>(&Scope::Operator, contract.systems[0].0).await.unwrap().expect("its system");
    let mut project = Project {
        systems: vec![system.id],
        contracts: vec![ContractId(contract.id.0)],
        ..test_support::dpia::project(camden, "Telecare alerts", "To visit people who fall within the hour.")
    };
    let mut write = city.store().write(&scope, city.app.clock.now()).await.unwrap();
    write.create(std::slice::from_mut(&mut project)).await.unwrap();
    write.commit().await.unwrap();
    let assessment = begin(&city, &scope, "camden", "Telecare alerts", Some(project.id), vec![system.id]).await;
    (city, priya, scope, assessment, system, contract)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_project_and_the_register_are_offered_and_nothing_is_copied_without_a_yes() {
    let (city, priya, _, assessment, _, contract) = case().await;
    let address = format!("/assessments/{}", assessment.id);
    let page = city.get(&priya, &format!("{address}/fill")).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    let said = words(&page.page(), "main form");
    assert!(said.contains("To visit people who fall within the hour.") && said.contains("From the project"), "{said}");
    assert!(said.contains(&contract.title) && said.contains("the register: contract"), "{said}");
    // Seen is not taken.
    assert!(!city.get(&priya, &format!("{address}/shared/aims")).await.text.contains("within the hour"));
    let none = city.post(&priya, &format!("{address}/fill"), &[("source", "")]).await;
    assert!(words(&none.page(), ".govuk-error-summary").contains("Choose at least one answer"));
    let command = Uuid::new_v4().to_string();
    let (aims, processors) = (mark(&page, "shared/aims"), mark(&page, "shared/processors"));
    let form = [
        ("source", ""),
        ("command", &command),
        ("take", "shared/aims"),
        ("version-shared/aims", "0"),
        ("mark-shared/aims", &aims),
        ("take", "shared/processors"),
        ("version-shared/processors", "0"),
        ("mark-shared/processors", &processors),
    ];
    let taken = city.post(&priya, &format!("{address}/fill"), &form).await;
    assert_eq!(taken.location(), address, "{}", taken.text);
    assert_eq!(
        city.post(&priya, &format!("{address}/fill"), &form).await.location(),
        address,
        "a second press does nothing more"
    );
    let aims = city.get(&priya, &format!("{address}/shared/aims")).await;
    assert!(aims.text.contains("within the hour"));
    let history = words(&city.get(&priya, &format!("{address}/shared/aims/history")).await.page(), "main");
    assert!(
        history.contains("took it over from the project") && !history.contains("took it over from the project took"),
        "{history}"
    );
    let again = words(&city.get(&priya, &format!("{address}/fill")).await.page(), "main");
    assert!(again.contains("2 further answers say what is there already"), "{again}");
}

#[tokio::test(flavor = "multi_thread")]
async fn sub_processors_are_offered_from_the_register_also_as_another_council_has_them_for_the_same_product() {
    let (city, priya, scope, assessment, system, _) = case().await;
    let fill = format!("/assessments/{}/fill", assessment.id);
    let mut silent = System { sub_processors: vec![], ..system.clone() };
    let named = |name: &str| SubProcessor { name: name.to_owned(), place: Some("Ireland".to_owned()), ..SubProcessor::default() };
    let hackney = city.organisation("hackney").id;
    let mut peer = System {
        id: SystemId(Uuid::now_v7()),
        key: "hackney|test|1".to_owned(),
        organisation: hackney,
        sub_processors: vec![named("Example Texts")],
        ..system.clone()
    };
    let others = city.store().by::<System>(&Scope::Operator, "product_id", system.product.to_string()).await.unwrap();
    let mut write = city.store().write(&Scope::Operator, city.app.clock.now()).await.unwrap();
    for before in others.into_iter().filter(|one| one.id != system.id) {
        write.update(&before, &mut System { sub_processors: vec![], ..before.clone() }).await.unwrap();
    }
    write.update(&system, &mut silent).await.unwrap();
    write.create(std::slice::from_mut(&mut peer)).await.unwrap();
    write.commit().await.unwrap();
    city.refresh().await;
    let said = words(&city.get(&priya, &fill).await.page(), "main form");
    assert!(said.contains("Example Texts (Ireland)") && said.contains("of Hackney, which uses the same product"), "{said}");
    // What Hackney does not publish is not told; what Camden says itself comes first.
    let mut write = city.store().write(&Scope::Operator, city.app.clock.now()).await.unwrap();
    let mut private = System { published: false, ..peer.clone() };
    write.update(&peer, &mut private).await.unwrap();
    write.commit().await.unwrap();
    city.refresh().await;
    assert!(!words(&city.get(&priya, &fill).await.page(), "main form").contains("Example Texts"));
    let mut write = city.store().write(&scope, city.app.clock.now()).await.unwrap();
    let mut own = System { sub_processors: vec![named("Example Cloud")], ..silent.clone() };
    write.update(&silent, &mut own).await.unwrap();
    write.update(&private.clone(), &mut System { published: true, ..private }).await.unwrap();
    write.commit().await.unwrap();
    city.refresh().await;
    let page = city.get(&priya, &fill).await;
    let said = words(&page.page(), "main form");
    assert!(said.contains("Example Cloud (Ireland)") && !said.contains("Example Texts"), "{said}");
    // What is offered changes while it is read: a yes to what was there is no yes to what is there now.
    let seen = mark(&page, "shared/processors");
    let sent = |mark: String| {
        let (city, priya, fill) = (&city, &priya, &fill);
        async move {
            let form = [
                ("source", ""),
                ("take", "shared/processors"),
                ("version-shared/processors", "0"),
                ("mark-shared/processors", mark.as_str()),
            ];
            city.post(priya, fill, &form).await
        }
    };
    let mut write = city.store().write(&scope, city.app.clock.now()).await.unwrap();
    let mut other = System { sub_processors: vec![named("Example Storage")], ..own.clone() };
    write.update(&own, &mut other).await.unwrap();
    write.commit().await.unwrap();
    city.refresh().await;
    let stale = sent(seen).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert!(words(&stale.page(), ".govuk-error-summary").contains("changed since you opened the page"), "{}", stale.text);
    assert!(words(&stale.page(), "main form").contains("Example Storage (Ireland)"), "what is offered now is shown");
    let answer = city.get(&priya, &format!("/assessments/{}/shared/processors", assessment.id)).await;
    assert!(!answer.text.contains("Example Storage") && !answer.text.contains("Example Cloud"), "nothing is copied");
    let now = sent(mark(&stale, "shared/processors")).await;
    assert_eq!(now.status, StatusCode::SEE_OTHER, "{}", now.text);
    let answer = city.get(&priya, &format!("/assessments/{}/shared/processors", assessment.id)).await;
    assert!(answer.text.contains("Example Storage (Ireland)"), "{}", answer.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_earlier_assessment_of_the_same_product_offers_its_answers_to_those_who_may_read_it() {
    let (city, priya, scope_of_priya, assessment, system, _) = case().await;
    let address = format!("/assessments/{}", assessment.id);
    let earlier = begin(&city, &scope_of_priya, "camden", "The first telecare", None, vec![system.id]).await;
    // Another council assessed it too, and has not published it.
    let other = city.person("Dele Okafor", "hackney", &[Role::ProjectLead]).await;
    let theirs = begin(&city, &scope(other, &city, "hackney"), "hackney", "A private one", None, vec![system.id]).await;
    for (scope, one, text) in
        [(&scope_of_priya, &earlier, "Kept for 24 months."), (&scope(other, &city, "hackney"), &theirs, "Kept secret.")]
    {
        let rules = city.app.rules();
        let template = rules.shared(&one.template).unwrap();
        let change = Change::Save(Sent { from: 0, answer: Some(Answer::Text(text.to_owned())), complete: true });
        city.store()
            .answer(
                scope,
                city.app.clock.now(),
                city.app.clock.today(),
                &template,
                one.id,
                &Place::shared("deletion"),
                &change,
                None,
            )
            .await
            .unwrap();
    }
    let page = city.get(&priya, &format!("{address}/fill")).await;
    let said = words(&page.page(), "#earlier");
    assert!(
        said.contains("1 organisation is assessing") && said.contains("The first telecare") && !said.contains("A private one"),
        "what is under way has assessed nothing yet: {said}"
    );
    let (now, today) = (city.app.clock.now(), city.app.clock.today());
    let mut work = city.store().work(&scope_of_priya, now, today, earlier.id).await.unwrap().unwrap();
    let head = work.whole.assessment.clone();
    work.change_head(Assessment { state: State::Signed, ..head }).await.unwrap();
    work.commit().await.unwrap();
    let said = words(&city.get(&priya, &format!("{address}/fill")).await.page(), "#earlier");
    assert!(said.contains("1 organisation has assessed") && !said.contains("assessing"), "{said}");
    let source = format!("assessment:{}", earlier.id);
    let offered = city.get(&priya, &format!("{address}/fill?source={source}")).await;
    assert!(words(&offered.page(), "main form").contains("Kept for 24 months."), "{}", offered.text);
    let hidden = city.get(&priya, &format!("{address}/fill?source=assessment:{}", theirs.id)).await;
    assert_eq!(hidden.status, StatusCode::NOT_FOUND);
    let deletion = mark(&offered, "shared/deletion");
    let form = [
        ("source", source.as_str()),
        ("take", "shared/deletion"),
        ("version-shared/deletion", "0"),
        ("mark-shared/deletion", deletion.as_str()),
    ];
    assert_eq!(city.post(&priya, &format!("{address}/fill"), &form).await.location(), address);
    let history = words(&city.get(&priya, &format!("{address}/shared/deletion/history")).await.page(), "main");
    assert!(history.contains(&format!("took it over from DPIA {}", earlier.number)), "{history}");
    // Somebody was faster: nothing is written over.
    city.post(
        &priya,
        &format!("{address}/shared/deletion"),
        &[("version", "1"), ("answer", "Kept for 12 months."), ("complete", "no"), ("stay", "1")],
    )
    .await;
    let late = city.post(&priya, &format!("{address}/fill"), &form).await;
    assert!(words(&late.page(), ".govuk-error-summary").contains("changed by somebody meanwhile"), "{}", late.text);
    assert!(city.get(&priya, &format!("{address}/shared/deletion")).await.text.contains("Kept for 12 months."));
    // Who may not write it is offered nothing.
    let viewer = city.browser("camden", Role::Viewer).await;
    assert_eq!(city.get(&viewer, &format!("{address}/fill")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn systems_chosen_after_an_assessment_began_reach_it_from_its_project_and_from_its_answers() {
    let (city, priya, _, assessment, system, _) = case().await;
    let camden = city.organisation("camden").id;
    let own = city.store().by::<System>(&Scope::Operator, "organisation_id", camden.to_string()).await.unwrap();
    let other = own.iter().find(|one| one.id != system.id && one.product != system.product).expect("another system");
    let head = || async { city.store().get::<Assessment>(&Scope::Operator, assessment.id.0).await.unwrap().unwrap() };
    assert_eq!(head().await.systems, [system.id]);
    let register = format!("/projects/{}/register", assessment.project.unwrap());
    let (had, chosen) = (system.id.to_string(), other.id.to_string());
    let shown = city.get(&priya, &register).await.page();
    let version =
        shown.select(&Selector::parse("[name='version']").unwrap()).next().unwrap().value().attr("value").unwrap().to_owned();
    // One fold an organisation, not one a system; in it each system with what it is for.
    let count = |selector: &str| shown.select(&Selector::parse(selector).unwrap()).count();
    let folds = count("details[data-group=organisation]");
    assert!((1..=6).contains(&folds), "{folds}");
    assert!(count("details[data-group=organisation] [data-group=area] input[name=system]") >= own.len());
    assert_eq!(count(&format!("input[name=system][value=\"{chosen}\"]")), 1);
    assert_eq!(count(&format!("details[open] input[name=system][value=\"{had}\"][checked]")), 1, "what is chosen is open");
    let sent = [("version", version.as_str()), ("had-system", had.as_str()), ("system", chosen.as_str())];
    let saved = city.post(&priya, &register, &sent).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    assert_eq!(head().await.systems, [other.id], "one went, one came");
    let page = city.get(&priya, &format!("/systems/{}", other.id)).await;
    assert!(page.text.contains(&assessment.title), "the system's page tells of it");
    // Question 1.4 offers the register, and what is chosen there counts too.
    let field = format!("/assessments/{}/shared/systems", assessment.id);
    let page = city.get(&priya, &field).await;
    let picked = system.id.to_string();
    assert!(page.text.contains(&format!("value=\"{picked}\"")), "{}", page.text);
    let sent = [("version", "0"), ("answer-0", "Paper forms"), ("answer-pick", &picked), ("complete", "no"), ("stay", "1")];
    assert_eq!(city.post(&priya, &field, &sent).await.location(), field);
    assert_eq!(head().await.systems, [other.id, system.id]);
    let stands = city.get(&priya, &field).await;
    assert!(stands.text.contains("Paper forms"), "free words stand beside it");
    // Named by mistake: once no answer names it, and the project is not about it, the assessment is not either.
    let without = [("version", "1"), ("answer-0", "Paper forms"), ("complete", "no"), ("stay", "1")];
    assert_eq!(city.post(&priya, &field, &without).await.location(), field);
    assert_eq!(head().await.systems, [other.id]);
    assert!(!city.get(&priya, &format!("/systems/{picked}")).await.text.contains(&assessment.title));
    // What the project is about stays, also where no answer names it any more.
    let sent = [("version", "2"), ("answer-0", "Paper forms"), ("answer-pick", &chosen), ("complete", "no"), ("stay", "1")];
    assert_eq!(city.post(&priya, &field, &sent).await.location(), field);
    let sent = [("version", "3"), ("answer-0", "Paper forms"), ("complete", "no"), ("stay", "1")];
    assert_eq!(city.post(&priya, &field, &sent).await.location(), field);
    assert_eq!(head().await.systems, [other.id]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_system_in_a_row_of_a_table_is_the_registers_record_and_the_assessment_is_about_it() {
    let (city, priya, _, assessment, system, _) = case().await;
    let camden = city.organisation("camden").id;
    let own = city.store().by::<System>(&Scope::Operator, "organisation_id", camden.to_string()).await.unwrap();
    let other = own.iter().find(|one| one.id != system.id && one.product != system.product).expect("another system");
    let field = format!("/assessments/{}/shared/processors", assessment.id);
    let page = city.get(&priya, &field).await.page();
    let spare = page.select(&Selector::parse("[name='answer-row']").unwrap()).next_back().unwrap();
    let row = spare.value().attr("value").unwrap().to_owned();
    let pick = format!("answer-{row}-system-pick");
    let offered = Selector::parse(&format!("select[name='{pick}'] option[value='{}']", other.id)).unwrap();
    assert_eq!(page.select(&offered).count(), 1, "the row offers the register");
    let (chosen, supplier) = (other.id.to_string(), format!("answer-{row}-supplier-0"));
    let sent = [
        ("version", "0"),
        ("answer-row", row.as_str()),
        (supplier.as_str(), "Alarm Response Ltd"),
        (pick.as_str(), chosen.as_str()),
        ("complete", "no"),
        ("stay", "1"),
    ];
    assert_eq!(city.post(&priya, &field, &sent).await.location(), field);
    let now = city.store().get::<Assessment>(&Scope::Operator, assessment.id.0).await.unwrap().unwrap();
    assert!(now.systems.contains(&other.id), "{:?}", now.systems);
    let json = city.get(&priya, &format!("/assessments/{}/files/assessment.json", assessment.id)).await.text;
    assert!(json.contains(&chosen), "the row keeps the record, not only its name");
    assert!(city.get(&priya, &format!("/systems/{}", other.id)).await.text.contains(&assessment.title));
}
