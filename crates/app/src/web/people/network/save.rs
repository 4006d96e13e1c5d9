//! `POST /network/{slug}`: an organisation's names, and from when until when it is a member. Two people who change different ones of
//! these both succeed; the same one shows both.

use super::{Stands, dates, named, show, tell_apart};
use crate::{
    error::Failure,
    state::App,
    web::{
        form::{Errors, Form},
        page,
        people::sign_in::check::stale_form,
        register::edit::save::steps,
        repeat,
        session::Caller,
        words,
    },
};
use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::Response,
};
use domain::{
    people::{Act, Scope},
    register::{
        edit::{
            merge::value,
            past::{at_version, points},
        },
        records::Organisation,
    },
};
use jiff::civil::Date;

/// Keeps an organisation's names and dates.
///
/// # Errors
/// Not found for those who do not run the network.
pub async fn save(
    State(app): State<App>,
    caller: Caller,
    Path(slug): Path<String>,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, Failure> {
    caller.must(&Act::ManageNetwork)?;
    let here = format!("/network/{slug}");
    if let Some(response) = stale_form(&app, &caller, &headers, &here, &here, &form).await? {
        return Ok(response);
    }
    let (command, version) = (form.command()?, form.version()?);
    let found: Vec<Organisation> = app.store.by(&Scope::Public, "slug", slug).await?;
    let before = found.into_iter().next().ok_or_else(Failure::not_found)?;
    let mut errors = Errors::default();
    let name = named(&form, &mut errors).to_owned();
    let formal_name = form.some("formal_name").unwrap_or(&name).to_owned();
    let (member_from, member_until) = dates(&form, &mut errors);
    tell_apart(&app, Some(&before), &name, form.text("formal_name"), &mut errors).await?;
    let base = seen(&app, &caller, &before, version).await?;
    let mut write = app.store.write(&caller.scope, app.clock.now()).await?;
    if let Some(kept) = write.command(command).await? {
        return Ok(repeat::again(&kept));
    }
    if !errors.is_empty() {
        write.abandon();
        return show(&app, Some(&before), Some(&form), errors, None);
    }
    let wanted = Organisation { name, formal_name, member_from, member_until, ..before.clone() };
    let (mut after, clashes) = meet(base.as_ref(), &before, &wanted);
    if let Some(first) = clashes.first() {
        write.abandon();
        let id = if matches!(*first, "from" | "until") { format!("{first}-day") } else { (*first).to_owned() };
        errors.add_at(first, &id, "Someone else changed this organisation meanwhile. Check what you typed, and save again");
        // Both texts: what was typed stands in the boxes, what the other one saved beside them.
        let stands = Stands {
            name: before.name.clone(),
            formal_name: before.formal_name.clone(),
            from: before.member_from.map(words::day),
            until: before.member_until.map(words::day),
        };
        return show(&app, Some(&before), Some(&with(&form, &after, &clashes)), errors, Some(stands));
    }
    write.update(&before, &mut after).await?;
    let said = format!("{} is saved", after.name);
    repeat::keep(&mut write, command, "/network", &said).await?;
    write.commit().await?;
    crate::jobs::refresh::refresh(&app).await?;
    Ok(page::saved("/network", &said))
}

/// The organisation as it was in the version that the writer began with; none where that is not known.
async fn seen(app: &App, caller: &Caller, stored: &Organisation, version: i64) -> Result<Option<Organisation>, Failure> {
    if stored.updated_at == version {
        return Ok(Some(stored.clone()));
    }
    let changes = app.store.history_of(&caller.scope, stored).await?;
    let points = points(Some(&serde_json::to_value(stored)?), &steps(&changes));
    Ok(at_version(&points, version).and_then(|state| serde_json::from_value(state.clone()).ok()))
}

/// The organisation with everything that fits, and the fields that both changed. Days that two people set so that together they
/// make no membership are for a person, too.
fn meet(base: Option<&Organisation>, stored: &Organisation, wanted: &Organisation) -> (Organisation, Vec<&'static str>) {
    let mut clashes = Vec::new();
    let mut text = |field, base: Option<&String>, stored: &String, wanted: &String| {
        value(base, stored, wanted).unwrap_or_else(|| {
            clashes.push(field);
            stored.clone()
        })
    };
    let name = text("name", base.map(|one| &one.name), &stored.name, &wanted.name);
    let formal_name = text("formal_name", base.map(|one| &one.formal_name), &stored.formal_name, &wanted.formal_name);
    let from = value(base.map(|one| &one.member_from), &stored.member_from, &wanted.member_from);
    let until = value(base.map(|one| &one.member_until), &stored.member_until, &wanted.member_until);
    let (member_from, member_until) = match (from, until) {
        (Some(from), Some(until)) if until.is_none_or(|until| from.is_some_and(|from| from <= until)) => (from, until),
        (from, until) => {
            let both = from.is_some() == until.is_some();
            clashes.extend(["from"].into_iter().filter(|_| both || from.is_none()));
            clashes.extend(["until"].into_iter().filter(|_| both || until.is_none()));
            (from.unwrap_or(stored.member_from), until.unwrap_or(stored.member_until))
        }
    };
    (Organisation { name, formal_name, member_from, member_until, ..stored.clone() }, clashes)
}

/// The form with what somebody else alone changed in it: saving it again takes nothing of that back.
fn with(form: &Form, after: &Organisation, clashes: &[&str]) -> Form {
    let mut typed = form.typed();
    let mut put = |field: &str, name: String, text: String| {
        if !clashes.contains(&field) {
            typed.insert(name, text);
        }
    };
    put("name", "name".to_owned(), after.name.clone());
    put("formal_name", "formal_name".to_owned(), after.formal_name.clone());
    for (field, day) in [("from", after.member_from), ("until", after.member_until)] {
        let part = |of: fn(Date) -> String| day.map(of).unwrap_or_default();
        put(field, format!("{field}-day"), part(|day| day.day().to_string()));
        put(field, format!("{field}-month"), part(|day| day.month().to_string()));
        put(field, format!("{field}-year"), part(|day| day.year().to_string()));
    }
    Form::of(typed.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use test_support::records::organisation;

    #[test]
    fn different_fields_both_stay_and_the_same_one_is_for_a_person() {
        let base = Organisation { member_from: Some(date(2019, 4, 1)), member_until: None, ..organisation("watford") };
        let stored = Organisation { name: "Watford Council".to_owned(), colour: Some("#123456".to_owned()), ..base.clone() };
        let wanted = Organisation { member_until: Some(date(2027, 3, 31)), ..base.clone() };
        let (after, clashes) = meet(Some(&base), &stored, &wanted);
        assert_eq!((after.name.as_str(), after.member_until, clashes.len()), ("Watford Council", Some(date(2027, 3, 31)), 0));
        assert_eq!(after.colour, stored.colour);
        let (after, clashes) = meet(Some(&base), &stored, &Organisation { name: "Watford BC".to_owned(), ..wanted.clone() });
        assert_eq!((after.name.as_str(), after.member_until, clashes), ("Watford Council", wanted.member_until, vec!["name"]));
        assert_eq!(meet(None, &stored, &wanted).1, ["name", "until"]);
    }

    #[test]
    fn days_that_make_no_membership_together_are_for_a_person() {
        let base = Organisation { member_from: Some(date(2019, 4, 1)), member_until: None, ..organisation("watford") };
        let stored = Organisation { member_from: Some(date(2026, 4, 1)), ..base.clone() };
        let wanted = Organisation { member_until: Some(date(2025, 3, 31)), ..base.clone() };
        assert_eq!(meet(Some(&base), &stored, &wanted).1, ["from", "until"]);
    }

    #[test]
    fn the_form_comes_back_with_what_somebody_else_alone_changed() {
        let form = Form::parse(b"name=Old&from-day=1&from-month=4&from-year=2019&version=1").unwrap();
        let after = Organisation {
            name: "New".to_owned(),
            member_from: Some(date(2020, 4, 1)),
            member_until: Some(date(2027, 3, 31)),
            ..organisation("watford")
        };
        let back = with(&form, &after, &["from"]);
        assert_eq!((back.text("name"), back.text("from-year"), back.text("until-year")), ("New", "2019", "2027"));
    }
}
