//! The report of an import: whole, on a page of its own, with what its undo left; and for whom what stood in the file is.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn s13_what_a_file_is_called_and_what_stood_in_rejected_rows_is_for_those_who_keep_the_register() {
    let own = camden().await;
    let (city, editor) = (&own.city, &own.editor);
    let csv = "Reference,Title,Supplier,End date\nR1,Parking permits,not known,31/03/2028\nR2,Libraries,not known,canary cell\n\
               R3,,not known,canary cell\nR4,,,canary cell\n";
    let report = imported(city, editor, csv).await;
    let contracts: Vec<Contract> =
        city.store().by(&Scope::Operator, "organisation_id", own.contract.organisation.0.to_string()).await.unwrap();
    let made = contracts.iter().find(|contract| contract.title == "Parking permits").unwrap();
    let paths = [
        "/imports".to_owned(),
        "/changes".to_owned(),
        "/changes.atom".to_owned(),
        "/".to_owned(),
        format!("/contracts/{}", made.id),
        format!("/contracts/{}/history", made.id),
        format!("/api/v1/contracts/{}", made.id),
    ];
    for browser in
        [&Browser::default(), &city.browser("hackney", Role::Editor).await, &city.browser("camden", Role::Viewer).await]
    {
        for path in &paths {
            let answer = city.get(browser, path).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}");
            assert!(!answer.text.contains("canary") && !answer.text.contains("Jane Doe"), "{path}: {}", answer.text);
        }
        for path in [report.clone(), format!("{report}/report.csv")] {
            let refused = city.get(browser, &path).await;
            assert!(refused.status != StatusCode::OK && !refused.text.contains("canary"), "{path}");
        }
    }
    let said = words(&city.get(&Browser::default(), "/imports").await);
    assert!(said.contains("4 rows read") && said.contains("A file of contracts"), "{said}");
    // Those who keep the register see all of it.
    let said = words(&city.get(editor, "/imports").await);
    assert!(said.contains("Jane Doe leaves.csv") && said.contains("The whole report"), "{said}");
    let said = words(&city.get(editor, &report).await);
    assert!(
        said.contains("Jane Doe leaves.csv") && said.contains("canary cell") && said.contains("What you should know"),
        "{said}"
    );
    let file = city.get(editor, &format!("{report}/report.csv")).await;
    assert!(file.text.contains("canary cell") && file.text.starts_with('\u{feff}'), "{}", file.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_report_of_an_import_is_whole_and_an_undo_says_what_it_left() {
    let own = camden().await;
    let (city, editor) = (&own.city, &own.editor);
    let mut csv =
        "Reference,Title,Supplier,End date\nR1,Parking permits,Bramblewick Ltd,31/03/2028\nR2,Libraries,Bramblewick Ltd,\n\
                   R2,Libraries again,Bramblewick Ltd,\n"
            .to_owned();
    (0..30).for_each(|row| csv.push_str(&format!("X{row},,,\n")));
    let report = imported(city, editor, &csv).await;
    let page = city.get(editor, &report).await;
    let said = words(&page);
    for part in [
        "33 rows read: 3 added",
        "30 rejected",
        "Rows with the same reference",
        "Names that the hub is asked to place",
        "Bramblewick Ltd",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert_eq!(all(page.page().root_element(), "#rejected tbody tr").len(), 30);
    let contracts: Vec<Contract> =
        city.store().by(&Scope::Operator, "organisation_id", own.contract.organisation.0.to_string()).await.unwrap();
    let edited = contracts.iter().find(|contract| contract.title == "Libraries").unwrap();
    meanwhile(city, edited.id, |contract| contract.title = "Libraries and archives".to_owned()).await;
    let action = format!("{report}/undo");
    let command = Uuid::new_v4().to_string();
    let undone = city.post(editor, &action, &[("command", &command)]).await;
    // Two contracts; the question about the supplier's name stands as long as the name does.
    let banner =
        "The import is undone: 2 records removed, 0 as they were before, 2 left as they are. The report says which and why.";
    assert_eq!((notice(&undone).as_str(), undone.location()), (banner, report.as_str()));
    // A second press says the same.
    assert_eq!(notice(&city.post(editor, &action, &[("command", &command)]).await), banner);
    // What was left cannot go yet.
    let nothing = city.post(editor, &action, &[]).await;
    assert_eq!(notice(&nothing), "Nothing changed: what was left is still changed or needed.");
    let said = words(&city.get(editor, &report).await);
    let changed = "Libraries, now Libraries and archives , contract: it was changed since, by whoever runs the register on ";
    assert!(said.contains(changed), "{said}");
    assert!(said.contains("Bramblewick Ltd , supplier: a contract names it: Libraries and archives"), "{said}");
    assert!(said.contains("Names that the hub is asked to place (1)"), "the name is there still, unplaced: {said}");
    assert!(said.contains("Undo what was left"), "{said}");
    let file = city.get(editor, &format!("{report}/report.csv")).await.text;
    let left: Vec<&str> = file.lines().filter(|line| line.starts_with("\"left by the undo\"")).collect();
    assert!(left.len() == 2 && left.concat().contains("Libraries and archives ("), "{file}");
    assert!(words(&city.get(editor, "/organisations/camden/register").await).contains("2 records were left"));
    // Whoever changed it takes that back: what was left can go.
    meanwhile(city, edited.id, |contract| contract.title = "Libraries".to_owned()).await;
    // The first form sent once more is no new one: it says what it did, and takes nothing else back.
    assert_eq!(notice(&city.post(editor, &action, &[("command", &command)]).await), banner);
    assert_eq!(stored(city, edited.id).await.title, "Libraries");
    let rest = city.post(editor, &action, &[]).await;
    // The contract and the supplier; the question about its name goes too, and is no record.
    assert_eq!(notice(&rest), "The import is undone: 2 records removed, 0 as they were before, 0 left as they are.");
    assert_eq!(city.store().get::<Contract>(&Scope::Operator, edited.id.0).await.unwrap(), None);
    let page = city.get(editor, &report).await;
    assert!(
        words(&page).contains("4 records were removed") && words(&page).contains("Nothing was left behind"),
        "{}",
        words(&page)
    );
    assert!(!words(&page).contains("Names that the hub is asked to place"), "the question goes with its name: {}", words(&page));
    assert_eq!(city.store().count::<Flag>(&Scope::Operator).await.unwrap(), 0);
    assert!(!page.text.contains("/undo\""), "nothing is left that could be undone");
}
