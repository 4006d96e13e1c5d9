//! Assessments in the database: nothing that anybody saved is lost, nobody sees what is not theirs, moves and signatures last.

use domain::{
    dpia::{
        access::Sight,
        answer::Answer,
        assessment::{Assessment, Guest, Joined, Party, PartyRole, State},
        attachment::{self, Attachment, Scan},
        comment::{self, Comment},
        edit::{Draft, Outcome, Refusal, Sent},
        ids::*,
        library::Library,
        place::{Part, Place},
        presence::Presence,
        project::Project,
        publication::{Publication, Stage},
        sign_off::Route,
        task::{About, Absence, Assignee},
        template::{Purpose, Template},
        workflow::{Condition, Move, Refusal as Unmoved},
    },
    people::{Member, Membership, MembershipId, Person, PersonId, Role, Scope, Standing, Via},
    register::ids::OrganisationId,
};
use jiff::civil::{Date, date};
use sea_orm::ConnectionTrait as _;
use std::collections::BTreeMap;
use store::{
    Store,
    dpia::{
        Answered,
        answers::Change,
        work::{Moving, Refused},
    },
};
use test_support::{TestDatabase, operator, records::organisation};
use uuid::Uuid;

const TODAY: Date = date(2026, 11, 23);
const NOW: i64 = 1_795_000_000_000;

struct City {
    store: Store,
    database: TestDatabase,
    library: Library,
    councils: Vec<OrganisationId>,
}

impl City {
    /// Some councils with nobody in them.
    async fn new(councils: usize) -> Self {
        let database = TestDatabase::new().await;
        let store = database.open().await;
        let mut records: Vec<_> = (0..councils).map(|number| organisation(&format!("council-{number}"))).collect();
        let mut write = store.write(&operator(), NOW).await.unwrap();
        write.create(&mut records).await.unwrap();
        write.commit().await.unwrap();
        let library = Library::shipped().unwrap();
        Self { store, database, library, councils: records.iter().map(|one| one.id).collect() }
    }

    fn template(&self) -> &Template {
        self.library.in_force(Purpose::Dpia, TODAY).unwrap()
    }

    /// A person with roles at a council.
    async fn person(&self, council: usize, roles: &[Role]) -> Member {
        let id = PersonId(Uuid::now_v7());
        let name = format!("Person {}", &id.to_string()[30..]);
        let mut person = [Person {
            id,
            name: name.clone(),
            email: None,
            illustrative: true,
            disabled_at: None,
            unwanted_mail: vec![],
            updated_at: 0,
        }];
        let mut membership = [Membership {
            id: MembershipId(Uuid::now_v7()),
            person: id,
            organisation: self.councils[council],
            roles: roles.to_vec(),
            deputy: vec![],
            services: Vec::new(),
            invited_at: NOW,
            accepted_at: Some(NOW),
            revoked_at: None,
            updated_at: 0,
        }];
        let mut write = self.store.write(&operator(), NOW).await.unwrap();
        write.create(&mut person).await.unwrap();
        write.create(&mut membership).await.unwrap();
        write.commit().await.unwrap();
        Member {
            person: id,
            name,
            acting_for: self.councils[council],
            standings: vec![Standing { organisation: self.councils[council], roles: roles.to_vec(), deputy: vec![] }],
            second_factor: true,
            checked_at: NOW,
            acting_as: None,
            via: Via::Session(Uuid::now_v7().into()),
        }
    }

    /// An assessment that the first council leads, with others as joint controllers.
    async fn assessment(&self, by: &Member, others: &[usize]) -> AssessmentId {
        let party = |council: usize| Party {
            organisation: self.councils[council],
            role: PartyRole::JointController,
            joined: Joined::Accepted,
            since: NOW,
            by: None,
            contacts: vec![],
        };
        let assessment = Assessment {
            id: AssessmentId(Uuid::now_v7()),
            number: String::new(),
            project: None,
            screening: None,
            title: "Telecare alerts".to_owned(),
            template: self.template().edition.clone(),
            modules: vec![],
            lead: self.councils[0],
            lead_person: None,
            state: State::Drafting,
            state_since: NOW,
            wanted_by: None,
            parties: std::iter::once(0).chain(others.iter().copied()).map(party).collect(),
            guests: vec![],
            systems: vec![],
            contracts: vec![],
            planned: vec![],
            frozen: None,
            live_since: None,
            review_on: None,
            elsewhere: None,
            superseded_by: None,
            created_at: 0,
            updated_at: 0,
        };
        self.store.begin_assessment(&scope(by), NOW, TODAY, assessment, None).await.unwrap().id
    }

    async fn save(&self, member: &Member, assessment: AssessmentId, place: &Place, from: u32, text: &str) -> Answered {
        let sent = Sent { from, answer: Some(Answer::Text(text.to_owned())), complete: true };
        self.store
            .answer(&scope(member), NOW, TODAY, self.template(), assessment, place, &Change::Save(sent), None)
            .await
            .unwrap()
    }

    async fn load(&self, scope: &Scope, assessment: AssessmentId) -> Option<domain::dpia::whole::Whole> {
        self.store.assessment(scope, TODAY, &self.library, assessment).await.unwrap()
    }
}

async fn raw(database: &TestDatabase, sql: &str) {
    let connection = sea_orm::Database::connect(database.address.replace("sqlite:", "sqlite://")).await.unwrap();
    connection.execute_unprepared(sql).await.unwrap();
    connection.close().await.unwrap();
}

fn scope(member: &Member) -> Scope {
    Scope::Member(Box::new(member.clone()))
}

fn text(answer: Option<&Answer>) -> &str {
    match answer {
        Some(Answer::Text(text)) => text,
        _ => "",
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_people_who_save_at_once_lose_nothing() {
    let city = City::new(2).await;
    let lead = city.person(0, &[Role::ProjectLead]).await;
    let assessment = city.assessment(&lead, &[1]).await;
    let place = Place::shared("aims");
    let sentences: Vec<String> = (0..50).map(|number| format!("Sentence {number} stands here.")).collect();
    assert!(matches!(city.save(&lead, assessment, &place, 0, &sentences.join(" ")).await, Answered::Done(Outcome::Saved(_))));
    let mut people = Vec::new();
    for number in 0..50 {
        people.push(city.person(number % 2, &[Role::Editor]).await);
    }
    // All begin from the same version; each changes a sentence of their own, but the last two change the same one.
    let city = &city;
    let saves = people.iter().enumerate().map(|(number, member)| {
        let mut own = sentences.clone();
        let at = number.min(48);
        own[at] = format!("Sentence {at} was written by {number}.");
        let text = own.join(" ");
        let place = Place::shared("aims");
        async move { city.save(member, assessment, &place, 1, &text).await }
    });
    let outcomes = futures_util::future::join_all(saves).await;
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Answered::Done(_))), "{outcomes:?}");
    let whole = city.load(&scope(&lead), assessment).await.unwrap();
    let field = whole.field(&place).unwrap();
    let everything: String =
        std::iter::once(field.answer.as_ref()).chain(field.contenders.iter().map(|one| one.answer.as_ref())).map(text).collect();
    for number in 0..50 {
        assert!(everything.contains(&format!("was written by {number}.")), "what {number} wrote is lost");
    }
    assert_eq!(field.contenders.len(), 1, "the two who changed one sentence have something to settle");
    assert_eq!(field.version, 51);
    let history = city.store.answer_history(&scope(&lead), TODAY, city.template(), assessment, &place).await.unwrap();
    assert_eq!(history.iter().map(|state| state.version).collect::<Vec<_>>(), (1..=51).rev().collect::<Vec<_>>());
    assert_eq!(text(history.last().unwrap().answer.as_ref()), sentences.join(" "));
    let writers: Vec<PersonId> = people.iter().map(|member| member.person).collect();
    assert!(writers.iter().all(|writer| field.writers.contains(writer)));
    assert!(city.store.check(&operator()).await.unwrap().sound());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clash_is_settled_by_either_and_one_can_go_back() {
    let city = City::new(2).await;
    let (priya, dele) = (city.person(0, &[Role::ProjectLead]).await, city.person(1, &[Role::Editor]).await);
    let assessment = city.assessment(&priya, &[1]).await;
    let place = Place::shared("deletion");
    city.save(&priya, assessment, &place, 0, "Kept for 24 months.").await;
    city.save(&dele, assessment, &place, 1, "Kept for 36 months.").await;
    let clash = city.save(&priya, assessment, &place, 1, "Kept for 12 months.").await;
    assert!(matches!(clash, Answered::Done(Outcome::Clash(..))));
    let change = |change| {
        let (city, dele, place) = (&city, &dele, &place);
        async move { city.store.answer(&scope(dele), NOW, TODAY, city.template(), assessment, place, &change, None).await.unwrap() }
    };
    let settle =
        |seen| Change::Settle { seen, answer: Some(Answer::Text("Kept for 24 months at most.".to_owned())), complete: true };
    assert_eq!(change(settle(2)).await, Answered::Refused(Refusal::MovedOn));
    assert!(matches!(change(settle(3)).await, Answered::Done(Outcome::Saved(state)) if state.version == 4 && !state.clashes()));
    assert!(
        matches!(change(Change::Restore { seen: 4, to: 2 }).await, Answered::Done(Outcome::Saved(state)) if text(state.answer.as_ref()) == "Kept for 36 months.")
    );
    let history = city.store.answer_history(&scope(&priya), TODAY, city.template(), assessment, &place).await.unwrap();
    assert_eq!(history[2].contenders.len(), 1, "the clash stays in the history");
    let then = city.store.answer_at(&scope(&priya), TODAY, city.template(), assessment, &place, 1).await.unwrap().unwrap();
    assert_eq!(text(then.answer.as_ref()), "Kept for 24 months.");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_command_and_a_draft_do_no_harm() {
    let city = City::new(2).await;
    let (priya, stranger) = (city.person(0, &[Role::ProjectLead]).await, city.person(1, &[Role::ProjectLead]).await);
    let assessment = city.assessment(&priya, &[]).await;
    let place = Place::shared("aims");
    let draft = Draft {
        assessment,
        place: place.clone(),
        person: priya.person,
        from: 0,
        answer: Some(Answer::Text("Typed".to_owned())),
        at: NOW,
    };
    assert!(city.store.keep_draft(&scope(&priya), TODAY, city.template(), &draft).await.unwrap());
    assert_eq!(city.store.draft(&scope(&priya), assessment, &place).await.unwrap(), Some(draft.clone()));
    assert_eq!(city.store.draft(&scope(&stranger), assessment, &place).await.unwrap(), None);
    let theirs = Draft { person: stranger.person, ..draft };
    assert!(!city.store.keep_draft(&scope(&stranger), TODAY, city.template(), &theirs).await.unwrap());
    let command = Uuid::now_v7();
    let sent = Sent { from: 0, answer: Some(Answer::Text("Typed out".to_owned())), complete: false };
    let change = Change::Save(sent);
    let writer = scope(&priya);
    let save = || city.store.answer(&writer, NOW, TODAY, city.template(), assessment, &place, &change, Some(command));
    assert!(matches!(save().await.unwrap(), Answered::Done(Outcome::Saved(_))));
    assert_eq!(save().await.unwrap(), Answered::Repeated);
    assert_eq!(city.store.draft(&scope(&priya), assessment, &place).await.unwrap(), None, "a saved draft is forgotten");
}

/// Fills what is required, so that the text can be frozen.
async fn fill(city: &City, member: &Member, assessment: AssessmentId) {
    for _ in 0..20 {
        let whole = city.load(&scope(member), assessment).await.unwrap();
        let parts = [Part::Shared, Part::Annex(member.acting_for)];
        let missing: Vec<Place> = parts
            .iter()
            .flat_map(|part| whole.missing(city.template(), *part).into_iter().map(|field| part.at(&field)))
            .collect();
        if missing.is_empty() {
            return;
        }
        for place in missing {
            if place.field == "risks" || city.template().field(&place.field).is_some_and(|field| field.kind.as_str() == "risks") {
                let mut work = city.store.work(&scope(member), NOW, TODAY, assessment).await.unwrap().unwrap();
                work.put_risk(risk(member, assessment, place.part)).await.unwrap();
                work.commit().await.unwrap();
                continue;
            }
            let answer = example(city.template(), &place.field);
            let sent = Sent { from: 0, answer: Some(answer), complete: true };
            let done = city
                .store
                .answer(&scope(member), NOW, TODAY, city.template(), assessment, &place, &Change::Save(sent), None)
                .await
                .unwrap();
            assert!(matches!(done, Answered::Done(_)), "{place}: {done:?}");
        }
    }
    panic!("it is never complete");
}

fn risk(member: &Member, assessment: AssessmentId, part: Part) -> domain::dpia::version::RiskRecord {
    use domain::dpia::risk::{Assessed, Rating, Risk, Source};
    let low =
        Assessed { rating: Some(Rating { likelihood: "remote".to_owned(), severity: "minimal".to_owned() }), overridden: None };
    domain::dpia::version::RiskRecord {
        assessment,
        number: 1,
        risk: Risk {
            id: RiskId(Uuid::now_v7()),
            part,
            title: "A relative learns of a fall".to_owned(),
            description: String::new(),
            source: Source::Own,
            inherent: low.clone(),
            residual: low,
        },
        writers: [member.person].into(),
        by: member.person,
        organisation: member.acting_for,
        updated_at: 0,
    }
}

fn example(template: &Template, field: &str) -> Answer {
    use domain::dpia::{
        answer::{PersonRef, Reference, Row, Ternary},
        template::field::FieldKind,
    };
    fn of(kind: &FieldKind) -> Answer {
        match kind {
            FieldKind::Text { .. } | FieldKind::Risks => Answer::Text("It is said here.".to_owned()),
            FieldKind::Choice { options } => Answer::Choice(options[0].id.clone()),
            FieldKind::Many { options } => Answer::Many(vec![options[0].id.clone()]),
            FieldKind::Ternary => Answer::Ternary(Ternary::No),
            FieldKind::Date => Answer::Date(TODAY),
            FieldKind::People => Answer::People(vec![PersonRef { post: "Head of Housing".to_owned(), ..PersonRef::default() }]),
            FieldKind::Organisations => Answer::Organisations(vec![Reference::named("A school")]),
            FieldKind::Systems => Answer::Systems(vec![Reference::named("A system")]),
            FieldKind::Suppliers => Answer::Suppliers(vec![Reference::named("A supplier")]),
            FieldKind::Rows { columns, .. } => Answer::Rows(vec![Row {
                id: RowId(Uuid::now_v7()),
                cells: columns.iter().map(|column| (column.id.clone(), of(&column.kind))).collect(),
            }]),
        }
    }
    of(&template.field(field).unwrap().kind)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_assessment_is_frozen_signed_by_two_councils_goes_stale_and_lives() {
    let city = City::new(2).await;
    let lead = city.person(0, &[Role::ProjectLead]).await;
    let other = city.person(1, &[Role::Editor]).await;
    let assessment = city.assessment(&lead, &[1]).await;
    let route = Route::read("sign-off.yaml", domain::dpia::sign_off::route::SHIPPED).unwrap();
    let make = |member: &Member, step: Move, moving: Moving<'static>| {
        let (city, route, scope) = (&city, &route, scope(member));
        async move {
            let mut work = city.store.work(&scope, NOW, TODAY, assessment).await.unwrap().unwrap();
            let moved = work.make_move(city.template(), route, step, &moving).await.unwrap();
            if moved.is_ok() {
                work.commit().await.unwrap();
            }
            moved
        }
    };
    let unmet = make(&lead, Move::Freeze, Moving::default()).await.unwrap_err();
    assert_eq!(unmet, Refused::Move(Unmoved::Unmet { conditions: vec![Condition::Answered] }));
    fill(&city, &lead, assessment).await;
    fill(&city, &other, assessment).await;
    let frozen = make(&lead, Move::Freeze, Moving::default()).await.unwrap();
    assert_eq!(frozen.state, State::Review);
    let locked = city.save(&lead, assessment, &Place::shared("aims"), 1, "Changed").await;
    assert_eq!(locked, Answered::Refused(Refusal::Frozen));

    let mut signers = Vec::new();
    for council in 0..2 {
        for role in [Role::Cio, Role::HeadOfProcurement, Role::Dpo, Role::InformationAssetOwner, Role::Siro] {
            signers.push(city.person(council, &[role]).await);
        }
    }
    let sign_all = || async {
        for _ in 0..20 {
            for member in &signers {
                let whole = city.load(&scope(member), assessment).await.unwrap();
                let turn = whole.with_board(city.template(), &route, |board| {
                    board.turns(member.person).first().map(|slot| {
                        let decision =
                            slot.step.decisions(board.level).find(|one| member.holds(slot.organisation, one.role)).unwrap();
                        (slot.organisation, slot.step.id.clone(), decision.id.clone())
                    })
                });
                // The SIRO overrules nothing here.
                let Some((organisation, step, decision)) = turn.filter(|(_, _, decision)| decision != "overruled") else {
                    continue;
                };
                let mut work = city.store.work(&scope(member), NOW, TODAY, assessment).await.unwrap().unwrap();
                let moving = Moving { sign: Some((organisation, &step, &decision)), reasons: "My advice.", ..Moving::default() };
                let moved = work.make_move(city.template(), &route, Move::Sign, &moving).await.unwrap();
                assert!(moved.is_ok(), "{moved:?}");
                work.commit().await.unwrap();
            }
        }
        city.load(&scope(&lead), assessment).await.unwrap()
    };
    let tasks = city.store.open_tasks(&scope(&signers[0])).await.unwrap();
    assert!(tasks.iter().any(|task| matches!(&task.about, About::Sign { step, .. } if step == "technical-assurance")));
    let signed = sign_all().await;
    assert_eq!(signed.assessment.state, State::Signed);
    assert_eq!(signed.signatures.len(), 10);
    let open = city.store.tasks_of(&scope(&lead), TODAY, assessment).await.unwrap().iter().filter(|task| task.open()).count();
    assert_eq!(open, 0, "signed tasks are closed");

    // One field of the second council's annex changes: its signatures are stale, the first council's hold.
    let changed =
        city.save(&other, assessment, &Place::annex(city.councils[1], &annex_field(&city)), 1, "Another gateway.").await;
    assert_eq!(changed, Answered::Refused(Refusal::Signed));
    let reopened = make(&lead, Move::Reopen, Moving { reasons: "The gateway changed.", ..Moving::default() }).await.unwrap();
    assert_eq!(reopened.state, State::Drafting);
    city.save(&other, assessment, &Place::annex(city.councils[1], &annex_field(&city)), 1, "Another gateway.").await;
    make(&lead, Move::Freeze, Moving { name: "With the new gateway", ..Moving::default() }).await.unwrap();
    let whole = city.load(&scope(&lead), assessment).await.unwrap();
    let seals = &whole.frozen().unwrap().seals;
    let holding = whole.signatures.iter().filter(|signature| signature.holds(seals)).count();
    assert_eq!(holding, 5);
    let again = sign_all().await;
    assert_eq!((again.assessment.state, again.signatures.len()), (State::Signed, 15));
    let early = make(&lead, Move::GoLive, Moving::default()).await.unwrap_err();
    assert_eq!(early, Refused::Move(Unmoved::Unmet { conditions: vec![Condition::ReviewDate] }));
    let live = make(&lead, Move::GoLive, Moving { review_on: Some(date(2027, 11, 23)), ..Moving::default() }).await.unwrap();
    assert_eq!(live.state, State::Live);
    let versions = city.load(&scope(&lead), assessment).await.unwrap().versions;
    assert_eq!(versions.iter().map(|version| version.name.as_str()).collect::<Vec<_>>(), ["", "With the new gateway"]);
    let version = city.store.version(&scope(&lead), TODAY, versions[1].id).await.unwrap().unwrap();
    assert_eq!(version.content.seals(city.councils.clone(), &|field| city.template().signed(field)), version.seals);

    // What is wrong is found.
    assert!(city.store.check(&operator()).await.unwrap().sound());
}

fn annex_field(city: &City) -> String {
    use domain::dpia::template::{In, field::FieldKind};
    city.template()
        .fields()
        .find(|(section, field)| {
            section.part == In::Annex
                && field.signed
                && section.module.is_none()
                && matches!(field.kind, FieldKind::Text { .. })
                && field.when.is_none()
        })
        .map(|(_, field)| field.id.clone())
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_crosses_to_who_has_no_part_in_it() {
    let city = City::new(4).await;
    let lead = city.person(0, &[Role::ProjectLead, Role::Dpo]).await;
    let assessment = city.assessment(&lead, &[1]).await;
    let place = Place::shared("aims");
    city.save(&lead, assessment, &place, 0, "Only for the parties.").await;
    let guest = city.person(2, &[Role::Guest]).await;
    let mut project = Project {
        id: ProjectId(Uuid::now_v7()),
        organisation: city.councils[0],
        title: "Telecare".to_owned(),
        purpose: String::new(),
        owner: None,
        parties: vec![],
        systems: vec![],
        contracts: vec![],
        planned: vec![],
        starts: None,
        ends: None,
        step: None,
        closed: false,
        created_at: NOW,
        updated_at: 0,
    };
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
    };
    work.put_comment(comment::write(draft, None, State::Drafting, &[]).unwrap()).await.unwrap();
    let version = work.make_version(city.template(), "First", false).await.unwrap();
    let publication = Publication {
        id: PublicationId(Uuid::now_v7()),
        assessment,
        version,
        sealed: work.whole.seals(city.template()).shared,
        fields: BTreeMap::new(),
        summary: "S".to_owned(),
        by: lead.person,
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
    };
    assert!(city.store.attach(&scope(&lead), NOW, TODAY, file.clone(), &bytes).await.unwrap());
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
    assert!(city.store.answers_at(&scope(&peer), TODAY, assessment, sequence).await.unwrap().len() == 1);

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
        assert!(store.published_version(&scope, &publication).await.unwrap().is_none());
        assert!(store.projects(&scope).await.unwrap().is_empty());
        assert!(store.get::<Project>(&scope, project.id.0).await.unwrap().is_none());
        assert!(store.screenings(&scope, project.id).await.unwrap().is_empty());
        assert!(store.assessments_of(&scope, TODAY, project.id).await.unwrap().is_empty());
        assert!(store.answer_history(&scope, TODAY, city.template(), assessment, &place).await.unwrap().is_empty());
        assert!(store.answers_at(&scope, TODAY, assessment, sequence).await.unwrap().is_empty());
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
    assert!(
        !city.store.attach(&scope, NOW, TODAY, Attachment { id: AttachmentId(Uuid::now_v7()), ..file }, &bytes).await.unwrap()
    );
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
    city.store.away(&scope(&one), &away).await.unwrap();
    assert!(city.store.away(&scope(&two), &away).await.is_err());
    assert_eq!(city.store.absences(&scope(&two), TODAY).await.unwrap(), [away]);
    assert!(city.store.absences(&scope(&two), date(2026, 11, 24)).await.unwrap().is_empty());
    city.store.back(&scope(&one)).await.unwrap();
    assert!(city.store.absences(&scope(&two), TODAY).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn check_finds_a_changed_seal_a_lying_column_and_a_broken_file() {
    let city = City::new(1).await;
    let lead = city.person(0, &[Role::ProjectLead]).await;
    let assessment = city.assessment(&lead, &[]).await;
    let number = |assessment: &Assessment| assessment.number.clone();
    let first = city.load(&scope(&lead), assessment).await.unwrap().assessment;
    let second = city.load(&scope(&lead), city.assessment(&lead, &[]).await).await.unwrap().assessment;
    assert_eq!((number(&first), number(&second)), ("2026-1".to_owned(), "2026-2".to_owned()));
    let mut work = city.store.work(&scope(&lead), NOW, TODAY, assessment).await.unwrap().unwrap();
    work.make_version(city.template(), "v", false).await.unwrap();
    work.commit().await.unwrap();
    assert!(city.store.check(&operator()).await.unwrap().sound());
    raw(&city.database, "update version set content = replace(content, 'Telecare', 'Telephone')").await;
    raw(&city.database, "update assessment set state = 'live'").await;
    let problems = city.store.check(&operator()).await.unwrap().problems.join("\n");
    assert!(problems.contains("is not what its fingerprint says"), "{problems}");
    assert!(problems.contains("the column state does not say"), "{problems}");
}
