//! Nobody sees what is not theirs; people see one another, and hand their work over.

use super::*;
use std::collections::BTreeSet;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_crosses_to_who_has_no_part_in_it() {
    let city = City::new(4).await;
    let lead = city.person(0, &[Role::ProjectLead, Role::Dpo]).await;
    let assessment = city.assessment(&lead, &[1]).await;
    let place = Place::shared("aims");
    city.save(&lead, assessment, &place, 0, "Only for the parties.").await;
    let guest = city.person(2, &[Role::Guest]).await;
    let mut project = Project { created_at: NOW, ..project(city.councils[0], "Telecare", "") };
    let mut write = city.store.write(&scope(&lead), NOW).await.unwrap();
    write.create(std::slice::from_mut(&mut project)).await.unwrap();
    write.commit().await.unwrap();
    let mut work = city.store.work(&scope(&lead), NOW, TODAY, assessment).await.unwrap().unwrap();
    let mut head = work.whole.assessment.clone();
    let section = city.template().find("aims").unwrap().0.id.clone();
    head.invite_guest(Guest {
        person: guest.person,
        sections: vec![section],
        writes: false,
        until: Some(TODAY),
        invited_at: NOW,
        invited_by: None,
    })
    .unwrap();
    head.invite(city.councils[3], PartyRole::Controller, vec![], lead.person, NOW).unwrap();
    work.change_head(head).await.unwrap();
    let draft = Comment {
        id: CommentId(Uuid::now_v7()),
        assessment,
        place: place.clone(),
        thread: None,
        text: "Why?".to_owned(),
        mentions: vec![],
        by: lead.person,
        organisation: lead.acting_for,
        at: NOW,
        edited_at: None,
        resolved: None,
        updated_at: 0,
        stated: false,
    };
    work.put_comment(comment::write(draft, None, State::Drafting, &[]).unwrap()).await.unwrap();
    let version = work.make_version(city.template(), "First", None).await.unwrap();
    let publication = Publication {
        id: PublicationId(Uuid::now_v7()),
        assessment,
        version,
        sealed: work.whole.seals(city.template()).shared,
        fields: BTreeMap::new(),
        resting: BTreeSet::new(),
        annexes: None,
        listed: None,
        summary: "S".to_owned(),
        by: lead.person,
        prepared_by: BTreeSet::new(),
        organisation: lead.acting_for,
        at: NOW,
        stage: Stage::Preparing,
        updated_at: 0,
    };
    work.put_publication(publication.clone()).await.unwrap();
    work.ask(
        About::Field { place: place.clone() },
        Assignee::Person { person: lead.person, organisation: city.councils[0] },
        Some(TODAY),
        "",
    )
    .await
    .unwrap();
    work.commit().await.unwrap();
    let bytes = b"%PDF-1.7 secret".to_vec();
    let (kind, name, hash) = attachment::check("a.pdf", &bytes, 0).unwrap();
    let file = Attachment {
        id: AttachmentId(Uuid::now_v7()),
        assessment,
        place: None,
        name,
        kind,
        size: bytes.len(),
        hash,
        scan: Scan::Off,
        by: lead.person,
        organisation: lead.acting_for,
        at: NOW,
        gone: None,
    };
    let attached = city.store.attach(&scope(&lead), NOW, TODAY, file.clone(), &bytes).await.unwrap();
    assert_eq!(attached, Attached::Done);
    let sequence = city.store.sequence().await.unwrap();
    city.store.looked(&scope(&lead), NOW, assessment).await.unwrap();

    // Whoever belongs to a party sees it all.
    let peer = city.person(1, &[Role::Viewer]).await;
    let whole = city.load(&scope(&peer), assessment).await.unwrap();
    assert_eq!((whole.sight, whole.fields.len(), whole.comments.len(), whole.versions.len()), (Sight::All, 1, 1, 1));
    assert_eq!(
        city.store.attachment(&scope(&peer), TODAY, city.template(), assessment, file.id).await.unwrap().unwrap().1,
        bytes
    );
    assert_eq!(city.store.changes_since(&scope(&peer), TODAY, assessment, 0).await.unwrap(), 1);
    assert_eq!(city.store.past(&scope(&peer), TODAY, assessment, sequence).await.unwrap().unwrap().fields.len(), 1);

    // A guest sees the section, and nothing of what decides; an invited council sees that it is invited.
    let seen = city.load(&scope(&guest), assessment).await.unwrap();
    assert_eq!((seen.fields.len(), seen.versions.len(), seen.holders.len()), (1, 0, 0));
    assert!(city.store.assessment(&scope(&guest), date(2026, 11, 24), &city.library, assessment).await.unwrap().is_none());
    let invited = city.person(3, &[Role::Editor]).await;
    let seen = city.load(&scope(&invited), assessment).await.unwrap();
    assert_eq!((seen.sight, seen.fields.len(), seen.comments.len()), (Sight::Invitation(city.councils[3]), 0, 0));

    // Everyone else, whatever their roles elsewhere, sees nothing, by any way.
    let stranger = city.person(2, &Role::ALL.iter().copied().filter(|role| *role != Role::Guest).collect::<Vec<_>>()).await;
    for scope in [scope(&stranger), Scope::Public] {
        let store = &city.store;
        assert!(city.load(&scope, assessment).await.is_none());
        assert!(store.get::<Assessment>(&scope, assessment.0).await.unwrap().is_none());
        assert!(store.assessments(&scope, TODAY).await.unwrap().is_empty());
        assert!(store.all::<Assessment>(&scope).await.unwrap().is_empty());
        assert!(store.all::<domain::dpia::edit::FieldState>(&scope).await.unwrap().is_empty());
        assert!(store.get::<Comment>(&scope, whole.comments[0].id.0).await.unwrap().is_none());
        assert!(
            store
                .by::<domain::dpia::sign_off::Signature>(&scope, "assessment_id", assessment.to_string())
                .await
                .unwrap()
                .is_empty()
        );
        assert!(store.version(&scope, TODAY, version).await.unwrap().is_none());
        assert!(store.publications(&scope, TODAY, assessment).await.unwrap().is_empty());
        assert!(store.published(&scope).await.unwrap().is_empty());
        assert!(store.published_one(&scope, publication.id).await.unwrap().is_none());
        assert!(store.published_version(&scope, &publication).await.unwrap().is_none());
        assert!(store.projects(&scope).await.unwrap().is_empty());
        assert!(store.get::<Project>(&scope, project.id.0).await.unwrap().is_none());
        assert!(store.screenings(&scope, project.id).await.unwrap().is_empty());
        assert!(store.assessments_of(&scope, TODAY, project.id).await.unwrap().is_empty());
        assert!(store.answer_history(&scope, TODAY, city.template(), assessment, &place).await.unwrap().is_empty());
        assert_eq!(store.past(&scope, TODAY, assessment, sequence).await.unwrap(), None);
        assert_eq!(store.changes_since(&scope, TODAY, assessment, 0).await.unwrap(), 0);
        assert!(store.attachments(&scope, TODAY, city.template(), assessment).await.unwrap().is_empty());
        assert!(store.attachment(&scope, TODAY, city.template(), assessment, file.id).await.unwrap().is_none());
        assert!(store.tasks_of(&scope, TODAY, assessment).await.unwrap().is_empty());
        assert!(store.open_tasks(&scope).await.unwrap().is_empty());
        assert!(store.history(&scope, assessment.0).await.unwrap().is_empty());
    }
    let scope = scope(&stranger);
    assert!(city.store.work(&scope, NOW, TODAY, assessment).await.unwrap().is_none());
    assert_eq!(city.save(&stranger, assessment, &place, 1, "Mine now").await, Answered::Missing);
    let sign = Presence {
        assessment,
        person: stranger.person,
        name: String::new(),
        organisation: city.councils[2],
        place: None,
        writing: false,
        at: NOW,
    };
    assert!(city.store.here(&scope, TODAY, &sign).await.unwrap().is_empty());
    let another = Attachment { id: AttachmentId(Uuid::now_v7()), ..file.clone() };
    assert_eq!(city.store.attach(&scope, NOW, TODAY, another, &bytes).await.unwrap(), Attached::Missing);
    let removed = city.store.remove_attachment(&scope, NOW, TODAY, assessment, file.id, "Mine now").await.unwrap();
    assert_eq!(removed, Removed::Missing);
}

#[tokio::test(flavor = "multi_thread")]
async fn people_see_one_another_and_hand_their_work_over() {
    let city = City::new(1).await;
    let (one, two) = (city.person(0, &[Role::ProjectLead]).await, city.person(0, &[Role::Editor]).await);
    let assessment = city.assessment(&one, &[]).await;
    let sign = |member: &Member, at| Presence {
        assessment,
        person: member.person,
        name: member.name.clone(),
        organisation: member.acting_for,
        place: Some(Place::shared("aims")),
        writing: true,
        at,
    };
    city.store.here(&scope(&one), TODAY, &sign(&one, NOW)).await.unwrap();
    let here = city.store.here(&scope(&two), TODAY, &sign(&two, NOW + 1_000)).await.unwrap();
    assert_eq!(domain::dpia::presence::here(&here, two.person, NOW + 1_000).len(), 1);
    let away = Absence { person: one.person, organisation: one.acting_for, to: two.person, from: TODAY, until: TODAY };
    let command = Uuid::now_v7();
    for _ in 0..2 {
        city.store.away(&scope(&one), NOW, &away, command).await.unwrap();
    }
    assert!(city.store.away(&scope(&two), NOW, &away, Uuid::now_v7()).await.is_err());
    let told = city.store.absences(&scope(&two), TODAY).await.unwrap();
    assert_eq!(told, [Away { absence: away, roles: vec![Role::ProjectLead] }]);
    let person = city.store.get::<Person>(&operator(), one.person.0).await.unwrap().unwrap();
    let said = city.store.history_of(&operator(), &person).await.unwrap();
    assert_eq!(said.iter().filter(|change| change.action == domain::audit::Action::Event).count(), 1, "it is said once");
    assert!(city.store.absences(&scope(&two), date(2026, 11, 24)).await.unwrap().is_empty());
    city.store.back(&scope(&one), NOW, one.acting_for).await.unwrap();
    assert!(city.store.absences(&scope(&two), TODAY).await.unwrap().is_empty());
}
