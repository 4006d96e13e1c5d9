//! Measures assessments in a database that is new: opening one of 120 fields, 40 comments and 300 changes among many others,
//! saving an answer with full durability, and fifty people who save in one at once.
//!
//! `assessments DATABASE [HOW MANY OTHERS]`; the figures go to the standard output as JSON, with what `bench/run` needs to ask
//! the same of a server over this database: the assessment, the fields, and a cookie for each of fifty people.

use domain::{
    dpia::{
        answer::Answer,
        assessment::Assessment,
        comment::Comment,
        edit::Sent,
        ids::{AssessmentId, CommentId},
        library::Library,
        place::{Part, Place},
        template::{In, Purpose, Template, field::FieldKind},
    },
    people::{Membership, Person, PersonId, Role, Scope, SessionId},
    register::{ids::OrganisationId, reference::Reference},
};
use jiff::civil::{Date, date};
use sha2::{Digest as _, Sha256};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use store::{Store, Write, db::Schema, dpia::answers::Change, sessions::Session};
use test_support::people;
use uuid::Uuid;

const TODAY: Date = date(2026, 11, 23);
const NOW: i64 = 1_795_000_000_000;
/// The controllers: each has an annex, and together they have as many long answers as are measured.
const COUNCILS: [&str; 8] = ["camden", "hackney", "islington", "lambeth", "southwark", "lewisham", "greenwich", "newham"];
/// How many answers there are.
const FIELDS: usize = 120;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::args().nth(1).ok_or("usage: assessments DATABASE [HOW MANY OTHERS]")?;
    let others: usize = std::env::args().nth(2).map_or(Ok(10_000), |text| text.parse())?;
    let store = Store::open(&address, Schema::AtStart).await?;
    let library = Library::shipped().map_err(|problems| format!("{problems:?}"))?;
    let template = library.in_force(Purpose::Dpia, TODAY).ok_or("no template is in force")?;
    let mut shipped = Reference::shipped()?;
    let councils: Vec<OrganisationId> =
        shipped.organisations.iter().filter(|one| COUNCILS.contains(&one.slug.as_str())).map(|one| one.id).collect();
    let mut write = store.write(&Scope::Operator, NOW).await?;
    write.create(&mut shipped.service_areas).await?;
    write.create(&mut shipped.organisations).await?;
    write.create(&mut shipped.functions).await?;
    let mut people: Vec<Person> =
        (0..50).map(|number| Person { illustrative: true, ..people::person(&format!("Person {number}"), None) }).collect();
    write.create(&mut people).await?;
    let cookies = sign_in(&mut write, &people, councils[0]).await?;
    let mut many: Vec<Assessment> =
        (0..others).map(|number| assessment(template, &councils, &format!("2025-{number}"))).collect();
    write.create(&mut many).await?;
    write.commit().await?;
    let scopes: Vec<Scope> = people.iter().map(|person| scope(person.id, councils[0])).collect();
    let one = store.begin_assessment(&scopes[0], NOW, TODAY, assessment(template, &councils, ""), None).await?.id;

    // Answers to every long text of the body and of three annexes, then further changes, then comments.
    let mut places: Vec<Place> = Vec::new();
    for part in [Part::Shared].into_iter().chain(councils.iter().copied().map(Part::Annex)) {
        places.extend(
            template
                .fields()
                .filter(|(section, _)| (section.part == In::Shared) == (part == Part::Shared))
                .filter(|(_, field)| matches!(field.kind, FieldKind::Text { max, .. } if max >= 1000))
                .map(|(_, field)| part.at(&field.id)),
        );
    }
    places.truncate(FIELDS);
    for change in 0..300 {
        let place = &places[change % places.len()];
        let whose = place.part.organisation().unwrap_or(councils[0]);
        let who = scope(people[change % people.len()].id, whose);
        save(&store, &who, template, one, place, u32::try_from(change / places.len())?, &paragraph(change)).await?;
    }
    let mut work = store.work(&scopes[0], NOW, TODAY, one).await?.ok_or("it is there")?;
    for number in 0..40 {
        work.put_comment(comment(one, &places[number % places.len()], people[number].id, councils[0])).await?;
    }
    work.commit().await?;

    let mut opened = Vec::new();
    for _ in 0..500 {
        let begun = Instant::now();
        let whole = store.assessment(&scopes[1], TODAY, &library, one).await?.ok_or("it is there")?;
        opened.push(begun.elapsed());
        assert_eq!((whole.fields.len(), whole.comments.len()), (places.len(), 40));
    }
    let mut saved = Vec::new();
    let place = &places[0];
    for number in 0..300 {
        let version = store
            .assessment(&scopes[2], TODAY, &library, one)
            .await?
            .and_then(|whole| Some(whole.field(place)?.version))
            .unwrap_or(0);
        let begun = Instant::now();
        save(&store, &scopes[2], template, one, place, version, &paragraph(1_000 + number)).await?;
        saved.push(begun.elapsed());
    }
    // Read once, before the clock: what is measured is the saving.
    let shared = std::sync::Arc::new(template.clone());
    let begun = Instant::now();
    let mut saves = Vec::new();
    for (number, who) in scopes.iter().cloned().enumerate() {
        let (store, template, place) = (store.clone(), shared.clone(), places[number % 40].clone());
        saves.push(tokio::spawn(async move {
            save(&store, &who, &template, one, &place, 1, &format!("What person {number} wrote at once.")).await
        }));
    }
    for save in saves {
        save.await??;
    }
    let together = begun.elapsed();
    let whole = store.assessment(&scopes[1], TODAY, &library, one).await?.ok_or("it is there")?;
    let said: String = serde_json::to_string(&whole.fields)?;
    let lost = (0..50).filter(|number| !said.contains(&format!("What person {number} wrote at once."))).count();
    let round = |figure: f64| (figure * 100.0).round() / 100.0;
    let said = serde_json::json!({
        "fields": places.len(),
        "others": others,
        "open_p50_ms": round(at(&mut opened, 50)),
        "open_p99_ms": round(at(&mut opened, 99)),
        "save_p50_ms": round(at(&mut saved, 50)),
        "save_p99_ms": round(at(&mut saved, 99)),
        "fifty_at_once_ms": round(together.as_secs_f64() * 1000.0),
        "lost": lost,
        "server": {
            "assessment": one,
            "places": places.iter().filter(|place| place.part == Part::Shared).map(ToString::to_string).collect::<Vec<_>>(),
            "cookies": cookies,
        },
    });
    println!("{said}");
    Ok(())
}

/// Gives each person a place at a council and a session; says the cookies.
async fn sign_in(
    write: &mut Write,
    people: &[Person],
    council: OrganisationId,
) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis())?;
    let roles = [Role::Editor, Role::ProjectLead];
    let mut memberships: Vec<Membership> = people.iter().map(|one| people::place(one.id, council, &roles, NOW)).collect();
    write.create(&mut memberships).await?;
    let mut cookies = Vec::new();
    for person in people {
        let token = Uuid::new_v4().simple().to_string();
        let session = Session {
            id: SessionId(Uuid::now_v7()),
            person: person.id,
            acting_for: council,
            created_at: now,
            seen_at: now,
            checked_at: now,
            second_factor: true,
            method: "bench".to_owned(),
            agent: "bench".to_owned(),
            address: "127.0.0.1".to_owned(),
            ended_at: None,
        };
        let hash: String = Sha256::digest(token.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        write.open_session(&session, &hash).await?;
        cookies.push(format!("__Host-session={token}"));
    }
    Ok(cookies)
}

fn at(times: &mut [Duration], percentile: usize) -> f64 {
    times.sort();
    times[(times.len() * percentile / 100).min(times.len() - 1)].as_secs_f64() * 1000.0
}

fn paragraph(number: usize) -> String {
    format!("Change {number}. We take four fields from each alert, and say of each what would go wrong without it. ").repeat(6)
}

async fn save(
    store: &Store,
    who: &Scope,
    template: &Template,
    one: AssessmentId,
    place: &Place,
    from: u32,
    text: &str,
) -> Result<(), store::Error> {
    let change = Change::Save(Sent { from, answer: Some(Answer::Text(text.to_owned())), complete: false });
    store.answer(who, NOW, TODAY, template, one, place, &change, Some(Uuid::now_v7())).await.map(drop)
}

fn scope(person: PersonId, organisation: OrganisationId) -> Scope {
    people::acting(person, "", organisation, &[Role::Editor, Role::ProjectLead], NOW)
}

fn assessment(template: &Template, councils: &[OrganisationId], number: &str) -> Assessment {
    Assessment {
        number: number.to_owned(),
        modules: template.modules.iter().map(|module| module.id.clone()).collect(),
        created_at: NOW,
        ..test_support::dpia::assessment(&template.edition, councils, NOW)
    }
}

fn comment(assessment: AssessmentId, place: &Place, by: PersonId, organisation: OrganisationId) -> Comment {
    Comment {
        id: CommentId(Uuid::now_v7()),
        assessment,
        place: place.clone(),
        thread: None,
        text: "Is the room used? If not, please say so here.".to_owned(),
        mentions: vec![],
        by,
        organisation,
        at: NOW,
        edited_at: None,
        resolved: None,
        updated_at: 0,
        stated: false,
    }
}
