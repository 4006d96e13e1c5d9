//! Files beside assessments: there is room for so much and no more, whoever comes at once; what is taken away is gone.

use super::*;
use domain::dpia::attachment::{Gone, Kind, QUOTA, Stays};
use domain::dpia::seal::Seal;
use sea_orm::ConnectionTrait as _;

/// A file of some bytes, which says that it has `size` of them.
fn file(member: &Member, assessment: AssessmentId, name: &str, bytes: &[u8], size: usize) -> Attachment {
    Attachment {
        id: AttachmentId(Uuid::now_v7()),
        assessment,
        place: None,
        name: name.to_owned(),
        kind: Kind::Text,
        size,
        hash: hash(bytes),
        scan: Scan::Off,
        by: member.person,
        organisation: member.acting_for,
        at: NOW,
        gone: None,
    }
}

fn hash(bytes: &[u8]) -> Seal {
    attachment::check("a.txt", bytes, 0).unwrap().2
}

impl City {
    async fn attach(&self, member: &Member, file: Attachment, bytes: &[u8]) -> Attached {
        self.store.attach(&scope(member), NOW, TODAY, file, bytes).await.unwrap()
    }

    async fn remove(&self, member: &Member, file: &Attachment, reason: &str) -> Removed {
        self.store.remove_attachment(&scope(member), NOW, TODAY, file.assessment, file.id, reason).await.unwrap()
    }

    /// How many chunks of some bytes are stored.
    async fn chunks(&self, bytes: &[u8]) -> i64 {
        let sql = format!("select count(*) from attachment_chunk where hash = '{}'", hash(bytes));
        let connection = sea_orm::Database::connect(self.database.address.replace("sqlite:", "sqlite://")).await.unwrap();
        let statement = sea_orm::Statement::from_string(connection.get_database_backend(), sql);
        connection.query_one_raw(statement).await.unwrap().unwrap().try_get_by_index(0).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_attach_at_once_one_finds_no_room() {
    let city = City::new(1).await;
    let lead = city.person(0, &[Role::ProjectLead]).await;
    let assessment = city.assessment(&lead, &[]).await;
    // 28 MiB are left; each of the two has 19.
    let most = file(&lead, assessment, "most.txt", b"most", QUOTA - (28 << 20));
    assert_eq!(city.attach(&lead, most, b"most").await, Attached::Done);
    let (one, two): (&[u8], &[u8]) = (b"one", b"two");
    let both = [one, two].map(|bytes| city.attach(&lead, file(&lead, assessment, "a.txt", bytes, 19 << 20), bytes));
    let mut outcomes = futures_util::future::join_all(both).await;
    outcomes.sort_by_key(|outcome| *outcome != Attached::Done);
    assert_eq!(outcomes, [Attached::Done, Attached::NoRoom]);
    let there = city.store.attachments(&scope(&lead), TODAY, city.template(), assessment).await.unwrap();
    assert_eq!(there.len(), 2);
    assert!(attachment::used(&there) <= QUOTA);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_taken_away_leaves_its_name_and_makes_room_and_its_bytes_go_with_the_last_that_has_them() {
    let city = City::new(3).await;
    let lead = city.person(0, &[Role::ProjectLead]).await;
    let (peer, viewer) = (city.person(1, &[Role::Editor]).await, city.person(0, &[Role::Viewer]).await);
    let assessment = city.assessment(&lead, &[1]).await;
    let other = city.assessment(&lead, &[]).await;
    let bytes: &[u8] = b"Names that must not be here";
    let wrong = file(&lead, assessment, "wrong.txt", bytes, QUOTA);
    let elsewhere = file(&lead, other, "same.txt", bytes, bytes.len());
    assert_eq!(city.attach(&lead, wrong.clone(), bytes).await, Attached::Done);
    assert_eq!(city.attach(&lead, elsewhere.clone(), bytes).await, Attached::Done);
    let small: &[u8] = b"small";
    let another = file(&peer, assessment, "small.txt", small, small.len());
    assert_eq!(city.attach(&peer, another.clone(), small).await, Attached::NoRoom);

    // Another council's people take away their own files alone; who only reads takes none away; each says why.
    assert_eq!(city.remove(&peer, &wrong, "Not ours").await, Removed::Missing);
    assert_eq!(city.remove(&viewer, &wrong, "Mine to see").await, Removed::Missing);
    assert_eq!(city.remove(&lead, &wrong, "  ").await, Removed::Stays(Stays::SayWhy));
    assert_eq!(city.remove(&lead, &wrong, "It names a resident").await, Removed::Done);
    assert_eq!(city.remove(&lead, &wrong, "It names a resident").await, Removed::Stays(Stays::RemovedAlready));
    let there = city.store.attachments(&scope(&lead), TODAY, city.template(), assessment).await.unwrap();
    let Some(Gone::Removed { by, organisation, at, reason }) = &there[0].gone else { panic!("{:?}", there[0]) };
    assert_eq!((*by, *organisation, *at, reason.as_str()), (lead.person, city.councils[0], NOW, "It names a resident"));
    assert_eq!((there[0].name.as_str(), there[0].hash), ("wrong.txt", hash(bytes)));
    assert!(city.store.attachment(&scope(&lead), TODAY, city.template(), assessment, wrong.id).await.unwrap().is_none());
    // There is room again.
    assert_eq!(city.attach(&peer, another.clone(), small).await, Attached::Done);

    // The other assessment still has the bytes; with its file they go, and come back with the next.
    assert_eq!(city.chunks(bytes).await, 1);
    let kept = city.store.attachment(&scope(&lead), TODAY, city.template(), other, elsewhere.id).await.unwrap();
    assert_eq!(kept.unwrap().1, bytes);
    assert_eq!(city.remove(&lead, &elsewhere, "It names a resident").await, Removed::Done);
    assert_eq!(city.chunks(bytes).await, 0);
    let again = file(&lead, other, "same.txt", bytes, bytes.len());
    assert_eq!(city.attach(&lead, again, bytes).await, Attached::Done);
    assert_eq!(city.chunks(bytes).await, 1);
    // The lead takes away what others attached.
    assert_eq!(city.remove(&lead, &another, "Out of date").await, Removed::Done);
    assert!(city.store.check(&operator()).await.unwrap().sound());
}

/// One takes away the last file of some bytes while another attaches them elsewhere: whoever comes first, the file that is attached
/// has its bytes.
#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_are_attached_while_they_are_taken_away_are_there() {
    let city = City::new(1).await;
    let lead = city.person(0, &[Role::ProjectLead]).await;
    let (here, there) = (city.assessment(&lead, &[]).await, city.assessment(&lead, &[]).await);
    for round in 0..20 {
        let bytes = format!("round {round}").into_bytes();
        let first = file(&lead, here, "a.txt", &bytes, bytes.len());
        assert_eq!(city.attach(&lead, first.clone(), &bytes).await, Attached::Done);
        let second = file(&lead, there, "b.txt", &bytes, bytes.len());
        let (removed, attached) =
            futures_util::future::join(city.remove(&lead, &first, "Twice"), city.attach(&lead, second.clone(), &bytes)).await;
        assert_eq!((removed, attached), (Removed::Done, Attached::Done));
        let found = city.store.attachment(&scope(&lead), TODAY, city.template(), there, second.id).await.unwrap();
        assert_eq!(found.unwrap().1, bytes, "round {round}");
    }
}
