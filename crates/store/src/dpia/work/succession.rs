//! An assessment moves to a new version of its template while it is held: its answers, and what hangs on their places.

use super::{super::contents, Work};
use crate::{
    db::Query as _,
    error::Result,
    records::{Record as _, id},
};
use domain::{
    audit::Kind,
    dpia::{
        assessment::Assessment,
        attachment::Attachment,
        place::Place,
        review::Trigger,
        succession::Plan,
        task::{About, Task},
        template::compare::{Difference, Thing},
    },
    people::PersonId,
};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

impl Work {
    /// Carries out a plan that was made over what is held, and marks the answers to changed questions as ones to look at again;
    /// `why` says so in words. Nothing is durable before [`Work::commit`].
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn succeed(&mut self, plan: Plan, why: &str) -> Result<()> {
        let assessment = self.whole.assessment.id;
        // Records change places among themselves: each steps aside before any takes its new place.
        for field in plan.fields.iter().filter(|field| plan.places.values().any(|place| *place == field.place)) {
            let sql = "update answer set place = $1 where id = $2";
            let values = vec![format!("moving:{}", field.id).into(), id(field.id)];
            self.write.transaction().execute(sql, values).await?;
        }
        for mut after in plan.fields {
            if let Some(before) = self.whole.fields.iter_mut().find(|field| field.id == after.id) {
                self.write.update(before, &mut after).await?;
                *before = after;
            }
        }
        let moved = |place: &Place| plan.places.get(place).cloned();
        for mut comment in self.whole.comments.clone() {
            if let Some(place) = moved(&comment.place) {
                comment.place = place;
                self.put_comment(comment).await?;
            }
        }
        for mut recommendation in self.whole.recommendations.clone() {
            if let Some(place) = moved(&recommendation.place) {
                recommendation.place = place;
                self.put_recommendation(recommendation).await?;
            }
        }
        for mut task in self.tasks.clone() {
            if let Some(about) = about(&task, &plan.places) {
                task.about = about;
                self.put_task(task).await?;
            }
        }
        let by = self.scope.person();
        self.sections_go(&plan.sections, by).await?;
        let sql = "select content from attachment where assessment_id = $1 order by id";
        let files: Vec<Attachment> = contents(self.write.transaction(), Attachment::TABLE, sql, vec![id(assessment.0)]).await?;
        for before in files {
            if let Some(place) = before.place.as_ref().and_then(moved) {
                let mut after = Attachment { place: Some(place), ..before.clone() };
                self.write.update(&before, &mut after).await?;
            }
        }
        // Somebody's unsaved draft goes along, unless one of theirs is there already. Each steps aside first, as records do.
        let aside = |from: &Place| format!("moving:{from}");
        let to_aside = plan.places.keys().map(|from| (from.to_string(), aside(from)));
        let to_new = plan.places.iter().map(|(from, to)| (aside(from), to.to_string()));
        let back = plan.places.keys().map(|from| (aside(from), from.to_string()));
        for (from, to) in to_aside.chain(to_new).chain(back).collect::<Vec<_>>() {
            let sql = "update dpia_draft set place = $1 where assessment_id = $2 and place = $3 and not exists (select 1 from \
                       dpia_draft there where there.assessment_id = $2 and there.place = $1 and there.person_id = dpia_draft.person_id)";
            self.write.transaction().execute(sql, vec![to.into(), id(assessment.0), from.into()]).await?;
        }
        self.typed_goes_along(&plan.places).await?;
        let from = self.whole.assessment.template.clone();
        let mut head = Assessment { template: plan.to.clone(), modules: plan.modules, ..self.whole.assessment.clone() };
        for guest in &mut head.guests {
            let sections: BTreeSet<String> = guest
                .sections
                .iter()
                .filter_map(|id| plan.sections.get(id).map_or_else(|| Some(id.clone()), Clone::clone))
                .collect();
            // Of whom nothing is left, the invitation stays as it was: it opens nothing, and the lead sees that.
            if !sections.is_empty() {
                guest.sections.retain(|id| sections.contains(id));
                let new: Vec<String> = sections.into_iter().filter(|id| !guest.sections.contains(id)).collect();
                guest.sections.extend(new);
            }
        }
        self.change_head(head).await?;
        // Whoever was given a question that is no more has nothing left to do there; comments and advice on it stay.
        let gone = |field: &str| {
            plan.differences.iter().any(|one| matches!(one, Difference::Gone { of: Thing::Field, id, .. } if id == field))
        };
        let asked = |about: &About| match about {
            About::Field { place } => gone(&place.field),
            About::Record { kind, .. } => kind == Kind::Template.as_str(),
            About::Review { why } => matches!(why, Some(Trigger::TemplateChanged { .. })),
            _ => false,
        };
        self.close_tasks(asked, by).await?;
        // What is asked otherwise now is to be looked at again, whatever became of the words.
        let changed =
            |field: &str| plan.differences.iter().any(|one| matches!(one, Difference::Changed { id, .. } if id == field));
        let places: BTreeSet<Place> =
            self.whole.fields.iter().map(|field| field.place.clone()).filter(|place| changed(&place.field)).collect();
        self.reopen_fields(&places, why).await?;
        let content = json!({
            "template": { "from": from, "to": plan.to },
            "moved": plan.moved,
            "aside": plan.aside,
            "unchanged": plan.unchanged,
        });
        let lead = self.whole.assessment.lead;
        self.write.event(Kind::Assessment, assessment.0, Some(lead.0), &content).await
    }
}

impl Work {
    /// Whoever is to write a section that is no more writes the one in which its questions are now; where there is none, or they have
    /// that one already, nothing is left to do there.
    async fn sections_go(&mut self, sections: &BTreeMap<String, Option<String>>, by: Option<PersonId>) -> Result<()> {
        let at = self.at();
        for task in self.tasks.clone().into_iter().filter(Task::open) {
            let About::Section { part, section } = &task.about else { continue };
            let Some(to) = sections.get(section) else { continue };
            let about = to.clone().map(|section| About::Section { part: *part, section });
            let has =
                |about: &About| self.tasks.iter().any(|one| one.open() && one.about == *about && one.assignee == task.assignee);
            let after = match about.filter(|about| !has(about)) {
                Some(about) => Some(Task { about, ..task }),
                None => task.finish(by, at).ok(),
            };
            if let Some(after) = after {
                self.put_task(after).await?;
            }
        }
        Ok(())
    }

    /// What people typed beside a question, or about it, and did not send goes along too, unless they typed there already: a comment,
    /// what is published of it, a recommendation. It is kept by its form's address, which names the place.
    async fn typed_goes_along(&self, places: &BTreeMap<Place, Place>) -> Result<()> {
        let transaction = self.write.transaction();
        let base = format!("/assessments/{}/", self.whole.assessment.id);
        let sql = "select person_id, form, fields from form_draft where form like $1 order by person_id, form";
        let mut moves = Vec::new();
        for row in transaction.rows(sql, vec![format!("{base}%").into()]).await? {
            let (person, form, fields): (String, String, String) =
                (row.try_get_by_index(0)?, row.try_get_by_index(1)?, row.try_get_by_index(2)?);
            let Some(rest) = form.strip_prefix(&base) else { continue };
            let named: String = fields.split('&').map(|pair| renamed(pair, places)).collect::<Vec<_>>().join("&");
            let to = format!("{base}{}", moved_form(rest, places));
            if to != form || named != fields {
                moves.push((person, form, to, named));
            }
        }
        let aside = |form: &str| format!("moving:{form}");
        let sql = "update form_draft set form = $1, fields = $2 where person_id = $3 and form = $4";
        for (person, form, _, named) in &moves {
            let values = vec![aside(form).into(), named.as_str().into(), person.as_str().into(), form.as_str().into()];
            transaction.execute(sql, values).await?;
        }
        let sql = "update form_draft set form = $1 where person_id = $2 and form = $3 and not exists (select 1 from form_draft there \
                   where there.person_id = $2 and there.form = $1)";
        let to_new = moves.iter().map(|(person, form, to, _)| (person, aside(form), to));
        let back = moves.iter().map(|(person, form, ..)| (person, aside(form), form));
        for (person, from, to) in to_new.chain(back) {
            transaction.execute(sql, vec![to.as_str().into(), person.as_str().into(), from.into()]).await?;
        }
        Ok(())
    }
}

/// Where a form stands after its question moved; `form` is its address within the assessment.
fn moved_form(form: &str, places: &BTreeMap<Place, Place>) -> String {
    let (before, rest) = match form.strip_prefix("publish/") {
        Some(rest) => ("publish/", rest),
        None => ("", form),
    };
    let moved = places.iter().find_map(|(from, to)| {
        let after = rest.strip_prefix(&from.to_string())?;
        (after.is_empty() || after.starts_with(['#', '/'])).then(|| format!("{before}{to}{after}"))
    });
    moved.unwrap_or_else(|| form.to_owned())
}

/// A field of a form, urlencoded, that names a place or a question to be answered there, as it names it after the move.
fn renamed(pair: &str, places: &BTreeMap<Place, Place>) -> String {
    let encoded = |place: &Place| place.to_string().replace(':', "%3A").replace('/', "%2F");
    let Some((name, value)) = pair.split_once('=') else { return pair.to_owned() };
    let (kind, place) = match value.strip_prefix("field%3A") {
        Some(place) => ("field%3A", place),
        None => ("", value),
    };
    let to = places.iter().find(|(from, _)| encoded(from) == place).map(|(_, to)| encoded(to));
    to.map_or_else(|| pair.to_owned(), |to| format!("{name}={kind}{to}"))
}

/// What a task is about after its field moved; none where it is about nothing that moved.
fn about(task: &Task, places: &BTreeMap<Place, Place>) -> Option<About> {
    let mut about = task.about.clone();
    match &mut about {
        About::Field { place } | About::Clash { place } | About::Comment { place, .. } | About::Recommendation { place, .. } => {
            *place = places.get(place)?.clone();
        }
        _ => return None,
    }
    Some(about)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_beside_a_question_and_about_it_is_kept_under_its_new_place() {
        let places = BTreeMap::from([(Place::shared("aims"), Place::shared("purpose"))]);
        for (form, to) in [
            ("shared/aims#comments", "shared/purpose#comments"),
            ("shared/aims", "shared/purpose"),
            ("publish/shared/aims", "publish/shared/purpose"),
            ("shared/aims-2#comments", "shared/aims-2#comments"),
            ("advice#recommend", "advice#recommend"),
        ] {
            assert_eq!(moved_form(form, &places), to);
        }
        for (pair, to) in [
            ("place=shared%2Faims", "place=shared%2Fpurpose"),
            ("section=field%3Ashared%2Faims", "section=field%3Ashared%2Fpurpose"),
            ("text=shared%2Faims+is+short", "text=shared%2Faims+is+short"),
            ("empty=", "empty="),
        ] {
            assert_eq!(renamed(pair, &places), to);
        }
    }
}
