//! Nobody signs their own work: what somebody who is asked to sign is told before they write, and who could sign in their place.

use super::{
    desk::{Desk, Named, named},
    whole,
};
use crate::{error::Failure, state::App, web::session::Caller};
use domain::{
    dpia::{
        place::Part,
        template::{
            Template,
            field::{Field, FieldKind},
        },
        whole::Whole,
    },
    people::{Member, PersonId, Role},
};
use serde::Serialize;

/// A signature that the caller cannot give once they write here.
#[derive(Serialize)]
pub struct Warning {
    /// In which role.
    role: &'static str,
    /// For which organisation.
    organisation: Named,
    /// Whether they cannot already, by what they wrote before.
    already: bool,
    /// Who else could sign.
    others: Vec<String>,
    /// Who can name a deputy, where nobody else could.
    administrators: Vec<String>,
}

/// The roles in which routes ask for signatures.
const SIGN: [Role; 7] = [
    Role::Dpo,
    Role::InformationAssetOwner,
    Role::Siro,
    Role::CaldicottGuardian,
    Role::Cio,
    Role::HeadOfProcurement,
    Role::ServiceDirector,
];

/// The roles, in words, in which somebody may be asked to sign at the organisation they act for: whoever begins an assessment, or
/// brings one in, leads it, and could not sign it then.
#[must_use]
pub fn leading(member: &Member) -> Vec<&'static str> {
    SIGN.into_iter().filter(|role| member.holds(member.acting_for, *role)).map(Role::words).collect()
}

/// What the caller is to know before they save an answer. Of what is no part of what is signed there is nothing to say.
///
/// # Errors
/// When the database fails.
pub async fn on(app: &App, caller: &Caller, desk: &Desk, part: Part, field: &Field) -> Result<Vec<Warning>, Failure> {
    if !field.signed || field.kind == FieldKind::Risks {
        return Ok(Vec::new());
    }
    warnings(app, caller, &desk.whole, &desk.template, &[part], &field.written_by).await
}

/// What the caller is to know before they write in some parts, where what they write is the words of some roles. Nothing for whoever
/// is asked for no signature.
///
/// # Errors
/// When the database fails.
pub async fn warnings(
    app: &App,
    caller: &Caller,
    whole: &Whole,
    template: &Template,
    parts: &[Part],
    words_of: &[Role],
) -> Result<Vec<Warning>, Failure> {
    let Some(member) = caller.member().filter(|_| whole.sight.sees_sign_off()) else { return Ok(Vec::new()) };
    // Most people hold no role in which anybody signs; what is worked out below is for the others.
    if !whole.holders.iter().any(|holder| holder.person == member.person && holder.role.needs_second_factor()) {
        return Ok(Vec::new());
    }
    let routes = whole::routes(app, whole)?;
    let barred = whole.with_board(template, &routes, |board| {
        let mut barred = Vec::new();
        for one in parts.iter().flat_map(|part| whole.would_bar(board, member.person, *part, words_of)) {
            if !barred.contains(&one) {
                barred.push(one);
            }
        }
        barred
    });
    if barred.is_empty() {
        return Ok(Vec::new());
    }
    let everyone: Vec<PersonId> =
        barred.iter().flat_map(|one| [one.others.clone(), one.administrators.clone()]).flatten().collect();
    let names = whole::names(app, &caller.scope, everyone).await?;
    let named_all = |people: &[PersonId]| people.iter().filter_map(|one| names.get(one).cloned()).collect();
    Ok(barred
        .into_iter()
        .map(|one| Warning {
            role: one.role.words(),
            organisation: named(app, one.organisation),
            already: one.already,
            others: named_all(&one.others),
            administrators: named_all(&one.administrators),
        })
        .collect())
}
