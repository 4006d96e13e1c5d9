//! Signatures that the text has left behind: what changed since each, for whoever signed it, also while nothing can be signed again.

use super::super::{
    projects::{Body, body},
    whole::{self, Change},
};
use crate::{error::Failure, state::App, web::session::Caller};
use domain::{
    dpia::{
        compare::{Difference, segments},
        ids::SignatureId,
        place::Part,
        sign_off::{self, Routes, Status},
        succession,
        template::Template,
        whole::Whole,
    },
    people::Member,
    register::snapshot::Snapshot,
};
use serde::Serialize;

/// A signature of the caller's that is out of date, whose step cannot be signed again yet.
#[derive(Serialize)]
pub(super) struct Outdated {
    organisation: Body,
    /// The step.
    title: String,
    /// The number of the version that was signed.
    version: Option<u32>,
    /// When it was signed.
    at: i64,
    changes: Vec<Change>,
    elsewhere: usize,
}

/// What the caller signed and the text has left behind, where it is not their turn again yet.
///
/// # Errors
/// Where the database cannot be asked.
pub(super) async fn outdated(
    app: &App,
    caller: &Caller,
    member: &Member,
    whole: &Whole,
    template: &Template,
    routes: &Routes,
) -> Result<Vec<Outdated>, Failure> {
    let behind: Vec<(SignatureId, String)> = whole.with_board(template, routes, |board| {
        let slots = board.slots().into_iter().filter(|slot| !matches!(slot.status, Status::SignAgain { .. }));
        slots.filter_map(|slot| Some((slot.stale?, slot.step.title.clone()))).collect()
    });
    let snapshot = app.snapshot();
    let mut list = Vec::new();
    for (id, title) in behind {
        let Some(signature) = whole.signatures.iter().find(|one| one.id == id && one.person == member.person) else { continue };
        let (changes, elsewhere) = since(app, caller, whole, template, &snapshot, id).await?;
        list.push(Outdated {
            organisation: body(&snapshot, signature.organisation),
            title,
            version: whole.versions.iter().find(|version| version.id == signature.version).map(|version| version.number),
            at: signature.at,
            changes,
            elsewhere,
        });
    }
    Ok(list)
}

/// What changed since a signature, and how much did elsewhere.
///
/// # Errors
/// Where the database cannot be asked.
pub(super) async fn since(
    app: &App,
    caller: &Caller,
    whole: &Whole,
    template: &Template,
    snapshot: &Snapshot,
    id: SignatureId,
) -> Result<(Vec<Change>, usize), Failure> {
    let Some(signature) = whole.signatures.iter().find(|one| one.id == id) else { return Ok((Vec::new(), 0)) };
    let today = app.clock.today();
    let Some(signed) = app.store.version(&caller.scope, today, signature.version).await? else { return Ok((Vec::new(), 0)) };
    let (mut signed, now) = (signed.content, whole.bound().cloned().unwrap_or_else(|| whole.snapshot()));
    let rules = app.rules();
    // What only stands under another question of a newer version of the template says what it said.
    if signed.template != now.template {
        signed.answers = succession::carried(&rules, &signed.template, template, &signed.answers);
    }
    let differences = sign_off::since(signature, &signed.answers, &now.answers, &|field| template.signed(field));
    // What stands in the annex of one that has left is no part of it any more.
    let takes_part =
        |one: &Difference| one.place.part.organisation().is_some_and(|of| whole.assessment.controllers().any(|is| is == of));
    let elsewhere = sign_off::elsewhere(signature, &signed.answers, &now.answers).iter().filter(|one| takes_part(one)).count();
    let mut changes = whole::changes(snapshot, template, &differences);
    let mut said = |label: &str, before: &str, after: &str| {
        if before != after {
            changes.push(Change { label: label.to_owned(), annex: None, segments: whole::stretches(segments(before, after)) });
        }
    };
    said("Title", &signed.title, &now.title);
    // The questions themselves are signed too: which version of the template asks them, and which of its parts are on.
    said("Version of the template", &signed.template.version, &now.template.version);
    let called = |id: &String| {
        let known = template.module(id).or_else(|| rules.template(&signed.template)?.module(id));
        known.map_or_else(|| id.clone(), |one| one.title.clone())
    };
    for id in signed.modules.iter().filter(|id| !now.modules.contains(id)) {
        said("Part of the template that is off now", &called(id), "");
    }
    for id in now.modules.iter().filter(|id| !signed.modules.contains(id)) {
        said("Part of the template that is on now", "", &called(id));
    }
    // Risks and measures are sealed with the answers of their part.
    for part in [Part::Shared, Part::Annex(signature.organisation)] {
        let of = Some(part);
        let risks = [&signed, &now].map(|text| text.risks_in_words(of, &template.matrix));
        changes.extend(whole::items(snapshot, part, "Risk", &risks[0], &risks[1]));
        changes.extend(whole::items(snapshot, part, "Measure", &signed.measures_in_words(of), &now.measures_in_words(of)));
    }
    Ok((changes, elsewhere))
}
