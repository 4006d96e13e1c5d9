//! Which column of a file says what: chosen, kept for the next such file, corrected, forgotten.

use super::{
    files::{column, imported, upload},
    *,
};

const HEADERS: &str = "Reference,What,Also what,Supplier\n";

/// What a preview's columns are taken to say, in order.
fn chosen(page: &Html) -> Vec<String> {
    filled(page, "[name=header]").into_iter().filter(|(name, _)| name == "field").map(|(_, field)| field).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_columns_that_say_the_same_are_shown_as_chosen_with_a_message_at_each() {
    let own = camden().await;
    let (city, editor) = (&own.city, &own.editor);
    let sent = city
        .send(editor, upload("contracts", "register.csv", &format!("{HEADERS}R1,Parking permits,For residents,not known\n")))
        .await;
    let here = sent.location();
    let fields = form(city, editor, here, "[name=header]").await;
    let one = column(&fields, "What", "title");
    let one: Vec<(String, String)> = one.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let mut both = column(&one, "Also what", "title");
    both.push(("do", "map"));
    assert_eq!(city.post(editor, here, &both).await.status, StatusCode::SEE_OTHER);
    let shown = city.get(editor, here).await;
    let said = words(&shown);
    assert!(shown.text.contains("<title>Error: "), "{said}");
    assert_eq!(chosen(&shown.page()), ["reference", "title", "title", "supplier"], "the choices stay");
    let summary = all(shown.page().root_element(), ".govuk-error-summary a").len();
    let at_fields = all(shown.page().root_element(), ".govuk-form-group--error .govuk-error-message").len();
    assert_eq!((summary, at_fields), (2, 2), "{said}");
    for message in ["‘What’ and ‘Also what’ both say ‘Title’", "‘Also what’ and ‘What’ both say ‘Title’"]
    {
        assert_eq!(said.matches(message).count(), 2, "{message}: {said}");
    }
    assert!(!said.contains("ignore") && !said.contains("mapping"), "no words of the command line: {said}");
    assert!(all(shown.page().root_element(), "button[value=import]").is_empty(), "{said}");
    assert_eq!(all(shown.page().root_element(), "button[value=forget]").len(), 1, "the file can be let go: {said}");
    // Whoever presses it on a page that still had it is shown the same.
    let pressed = city.post(editor, here, &with(&filled(&shown.page(), "[name=header]"), &[("do", "import")])).await;
    assert_eq!((pressed.status, chosen(&pressed.page()).len()), (StatusCode::OK, 4));
    assert!(words(&pressed).contains("‘What’ and ‘Also what’ both say ‘Title’"), "{}", words(&pressed));
    // One of them is left out, and the file is shown.
    let fields = filled(&shown.page(), "[name=header]");
    let mut right = column(&fields, "Also what", "description");
    right.push(("do", "map"));
    city.post(editor, here, &right).await;
    let said = words(&city.get(editor, here).await);
    assert!(said.contains("1 to add") && said.contains("Parking permits") && !said.contains("There is a problem"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_columns_were_taken_to_say_is_kept_can_be_corrected_and_forgotten() {
    let own = camden().await;
    let (city, editor) = (&own.city, &own.editor);
    let look = |row: &'static str| async move {
        city.send(editor, upload("contracts", "register.csv", &format!("Reference,Title,Supplier,End date\n{row}\n"))).await
    };
    let import = |here: String, end: &'static str| async move {
        let fields = form(city, editor, &here, "[name=header]").await;
        let mut mapped = column(&fields, "End date", end);
        mapped.push(("do", "map"));
        city.post(editor, &here, &mapped).await;
        let fields = form(city, editor, &here, "[name=header]").await;
        let done = city.post(editor, &here, &with(&fields, &[("do", "import")])).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", words(&done));
    };
    let first = look("R1,Parking permits,not known,31/03/2029").await;
    assert!(!words(&city.get(editor, first.location()).await).contains("was imported before"));
    import(first.location().to_owned(), "review").await;
    // The next such file is read in the same way, and says so; another choice takes the place of the first.
    let second = look("R2,Libraries,not known,31/03/2030").await;
    let shown = city.get(editor, second.location()).await;
    assert!(words(&shown).contains("A file with these columns was imported before"), "{}", words(&shown));
    assert_eq!(chosen(&shown.page()), ["reference", "title", "supplier", "review"]);
    import(second.location().to_owned(), "last-possible-end").await;
    let third = look("R3,Bins,not known,31/03/2031").await;
    let shown = city.get(editor, third.location()).await;
    assert_eq!(chosen(&shown.page()), ["reference", "title", "supplier", "last-possible-end"]);
    // It is Camden's alone: what another council's file says is guessed.
    let other = city.browser("hackney", Role::Editor).await;
    let mut theirs = upload("contracts", "register.csv", "Reference,Title,Supplier,End date\nH1,Parks,not known,31/03/2031\n");
    *theirs.uri_mut() = "/organisations/hackney/import".parse().unwrap();
    let theirs = city.get(&other, city.send(&other, theirs).await.location()).await;
    assert_eq!(chosen(&theirs.page()), ["reference", "title", "supplier", "end"]);
    assert!(!words(&theirs).contains("was imported before"), "{}", words(&theirs));
    // Forgotten, the columns are guessed again, here and in the next file.
    let fields = filled(&shown.page(), "[name=header]");
    let forgotten = city.post(editor, third.location(), &with(&fields, &[("do", "afresh")])).await;
    assert_eq!((forgotten.status, forgotten.location()), (StatusCode::SEE_OTHER, third.location()));
    assert!(notice(&forgotten).contains("guessed from their headers again"), "{}", notice(&forgotten));
    for here in [third.location().to_owned(), look("R4,Lifts,not known,31/03/2032").await.location().to_owned()] {
        let shown = city.get(editor, &here).await;
        assert_eq!(chosen(&shown.page()), ["reference", "title", "supplier", "end"]);
        assert!(!words(&shown).contains("was imported before"), "{}", words(&shown));
    }
    assert!(city.store().check(&Scope::Operator).await.unwrap().sound());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_changes_nothing_says_why_and_is_no_success() {
    let own = camden().await;
    let (city, editor) = (&own.city, &own.editor);
    let csv = "Reference,Title,Supplier\nR1,Parking permits,not known\nX1,,\n";
    let sent = city.send(editor, upload("contracts", "register.csv", csv)).await;
    imported(city, editor, csv).await;
    let shown = city.get(editor, sent.location()).await;
    let said = words(&shown);
    assert!(said.contains("Nothing would change The register says already all that the other rows say."), "{said}");
    assert!(all(shown.page().root_element(), "button[value=import]").is_empty(), "{said}");
    // Pressed all the same, on the page as it is now.
    let fields = filled(&shown.page(), "[name=header]");
    for _ in 0..2 {
        let done = city.post(editor, sent.location(), &with(&fields, &[("do", "import")])).await;
        assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, "/organisations/camden/register"), "{}", words(&done));
        let cookies = done.headers.get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
        let banner = cookies.filter_map(|value| value.strip_prefix("__Host-notice=")).next().unwrap_or_default();
        assert!(banner.starts_with("0."), "it is no success: {banner}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_of_systems_say_what_they_do_to_contracts_too() {
    let own = camden().await;
    let (city, editor) = (&own.city, &own.editor);
    let csv = "Function,Product,Supplier,Contract reference,End date\nHousing repairs,Fixit,not known,H1,31/03/2027\n";
    let sent = city.send(editor, upload("systems", "survey.csv", csv)).await;
    let shown = city.get(editor, sent.location()).await;
    let said = words(&shown);
    assert!(said.contains("1 row read: 1 to add") && said.contains("Contracts in these rows: 1 to add, 0 to change."), "{said}");
    let fields = filled(&shown.page(), "[name=header]");
    let done = city.post(editor, sent.location(), &with(&fields, &[("do", "import")])).await;
    for page in [done.location(), "/imports"] {
        let said = words(&city.get(editor, page).await);
        assert!(said.contains("Contracts in these rows: 1 added, 0 changed."), "{page}: {said}");
    }
}
