//! What every page of an assessment begins with: the assessment as far as the caller may see it, its template and the routes
//! of sign-off, and the names of people and organisations.

use crate::{error::Failure, state::App, web::session::Caller};
use domain::{
    dpia::{
        access,
        edit::Setting,
        exchange::from_cnil::UNNAMED,
        ids::AssessmentId,
        place::{Part, Place},
        sign_off::Routes,
        template::{
            Section, Template,
            field::Field,
            view::{Screened, View},
        },
        whole::Whole,
    },
    people::{Person, PersonId, Scope},
    register::ids::OrganisationId,
};
use govuk::{Frame, Link};
use jiff::civil::Date;
use serde::Serialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, OnceLock},
};
use store::dpia::{Answered, answers::Change};
use uuid::Uuid;

/// An assessment laid out for a page.
pub struct Desk {
    /// The assessment, as far as the caller may see it.
    pub whole: Whole,
    /// Its template, with what each controller adds to its own annex.
    pub template: Arc<Template>,
    /// The routes of sign-off of its controllers.
    pub routes: Routes,
    /// Today.
    pub today: Date,
    people: BTreeMap<PersonId, String>,
    answers: domain::dpia::answer::Answers,
    screened: Screened,
    modules: BTreeSet<String>,
    numbers: OnceLock<BTreeMap<Place, String>>,
}

/// An organisation as pages show it: its name with its colour.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Named {
    /// The name.
    pub name: String,
    /// The colour.
    pub colour: Option<String>,
}

/// Who did something, for whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct By {
    /// The person's name.
    pub name: String,
    /// The organisation.
    pub organisation: Named,
    /// Whether that is what a file that came in states, and nothing that was said here.
    pub stated: bool,
}

impl By {
    /// Whoever wrote what a file that came in holds, where the file does not say who that was.
    #[must_use]
    pub fn unnamed() -> Self {
        let nobody = Named { name: String::new(), colour: None };
        Self { name: "Somebody whom the imported file does not name".to_owned(), organisation: nobody, stated: false }
    }
}

impl Desk {
    /// Opens an assessment.
    ///
    /// # Errors
    /// Not found where the caller may see nothing of it.
    pub async fn open(app: &App, caller: &Caller, id: &str) -> Result<Self, Failure> {
        let id: AssessmentId = id.parse().map_err(|_| Failure::not_found())?;
        let (rules, today) = (app.rules(), app.clock.today());
        let whole = app.store.assessment(&caller.scope, today, rules.as_ref(), id).await?.ok_or_else(Failure::not_found)?;
        let template = rules.template_of(&whole.assessment, today).ok_or_else(Failure::not_found)?;
        let routes = super::whole::routes(app, &whole)?;
        let people = names(app, &caller.scope, &whole).await?;
        let (answers, screened, modules) = (whole.answers(), whole.screened(), whole.modules());
        Ok(Self { whole, template, routes, today, people, answers, screened, modules, numbers: OnceLock::new() })
    }

    /// Changes an answer for whoever asks, once for each command.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn change(
        &self,
        app: &App,
        caller: &Caller,
        place: &Place,
        change: &Change<'_>,
        command: Uuid,
    ) -> Result<Answered, store::Error> {
        let (now, assessment) = (app.clock.now(), self.whole.assessment.id);
        app.store.answer(&caller.scope, now, self.today, &self.template, assessment, place, change, Some(command)).await
    }

    /// A person's name.
    #[must_use]
    pub fn person(&self, person: PersonId) -> String {
        self.people.get(&person).cloned().unwrap_or_else(|| "Somebody who is no longer here".to_owned())
    }

    /// Who did something.
    #[must_use]
    pub fn by(&self, app: &App, person: PersonId, organisation: OrganisationId) -> By {
        By { name: self.person(person), organisation: named(app, organisation), stated: false }
    }

    /// Who did something, and whether a file that came in states that.
    #[must_use]
    pub fn by_stated(&self, app: &App, person: PersonId, organisation: OrganisationId, stated: bool) -> By {
        if stated && person == UNNAMED {
            return By::unnamed();
        }
        By { stated, ..self.by(app, person, organisation) }
    }

    /// One part seen through the template.
    #[must_use]
    pub fn view(&self, part: Part) -> View<'_> {
        View {
            template: &self.template,
            answers: &self.answers,
            screened: &self.screened,
            modules: &self.modules,
            facts: self.whole.facts(part),
            part,
        }
    }

    /// A field by the address it has, where it applies and the caller may read it.
    ///
    /// # Errors
    /// Not found otherwise.
    pub fn field(&self, part: &str, field: &str) -> Result<(Place, &Section, &Field), Failure> {
        let part: Part = part.parse().map_err(|_| Failure::not_found())?;
        let (section, field) = self.template.find(field).ok_or_else(Failure::not_found)?;
        let known = self.whole.assessment.parts().any(|one| one == part) && self.view(part).applies(&field.id);
        if !known || !self.whole.sight.reads(part, &section.id) {
            return Err(Failure::not_found());
        }
        Ok((part.at(&field.id), section, field))
    }

    /// Whether the caller may read what stands in a place.
    #[must_use]
    pub fn reads(&self, place: &Place) -> bool {
        self.template.find(&place.field).is_some_and(|(section, _)| self.whole.sight.reads(place.part, &section.id))
    }

    /// What decides whether a field may be written.
    #[must_use]
    pub fn setting(&self, caller: &Caller, place: &Place, section: &Section, field: &Field) -> Setting {
        Setting {
            state: self.whole.assessment.state,
            signed: field.signed,
            may_write: access::writes(&caller.scope, &self.whole.assessment, place.part, &section.id, self.today),
            annex_open: self.whole.annex_open(place.part),
        }
    }

    /// The address of the assessment.
    #[must_use]
    pub fn address(&self) -> String {
        format!("/assessments/{}", self.whole.assessment.id)
    }

    /// The address of a field.
    #[must_use]
    pub fn address_of(&self, place: &Place) -> String {
        format!("{}/{}/{}", self.address(), place.part, place.field)
    }

    /// The name of a part: none for the shared text.
    #[must_use]
    pub fn part(&self, app: &App, part: Part) -> Option<Named> {
        part.organisation().map(|organisation| named(app, organisation))
    }

    /// The frame of a page of this assessment.
    #[must_use]
    pub fn frame(&self, app: &App, title: &str) -> Frame {
        super::whole::titled(app, &self.whole, title)
    }

    /// The frame of a page about one of its questions, which stands above it.
    #[must_use]
    pub fn frame_at(&self, app: &App, place: &Place, title: &str) -> Frame {
        let mut frame = self.frame(app, title);
        let number = self.number(place);
        let name = if number.is_empty() { self.label(app, place) } else { format!("Question {number}") };
        frame.breadcrumbs.push(Link::new(name, self.address_of(place)));
        frame
    }

    /// The number of a field within its section, as `4.3`: the section's place among those of its part, the field's among those
    /// that apply.
    #[must_use]
    pub fn number(&self, place: &Place) -> String {
        let known = self.numbers.get_or_init(|| {
            let parts: Vec<Part> = self.whole.assessment.parts().collect();
            parts.into_iter().flat_map(|part| self.numbers_of(part)).collect()
        });
        // A part that is no longer one (its controller left) is numbered when it is asked for.
        known.get(place).cloned().or_else(|| self.numbers_of(place.part).remove(place)).unwrap_or_default()
    }

    /// What people call a question: its number, or its words where it is not asked any more and so has none.
    #[must_use]
    pub fn called(&self, app: &App, place: &Place) -> String {
        let number = self.number(place);
        if number.is_empty() { format!("‘{}’", self.label(app, place)) } else { number }
    }

    /// The words of a question, also of one that the template has no more.
    #[must_use]
    pub fn label(&self, app: &App, place: &Place) -> String {
        match self.template.field(&place.field) {
            Some(field) => field.label.clone(),
            None => super::compare::taken_out(&app.rules(), self, place).0,
        }
    }

    /// The numbers of a part's fields. Which fields apply hangs on all answers, so that this is worked out once for a page.
    fn numbers_of(&self, part: Part) -> BTreeMap<Place, String> {
        let sections = self.view(part).sections();
        sections
            .into_iter()
            .flat_map(|(number, _, fields)| {
                fields.into_iter().enumerate().map(move |(at, field)| (part.at(&field.id), format!("{number}.{}", at + 1)))
            })
            .collect()
    }
}

/// The names of everyone whom a page of the assessment can mention.
async fn names(app: &App, scope: &Scope, whole: &Whole) -> Result<BTreeMap<PersonId, String>, Failure> {
    let mut wanted: BTreeSet<PersonId> = whole.holders.iter().map(|holder| holder.person).collect();
    wanted.extend(whole.assessment.lead_person);
    wanted.extend(scope.person());
    wanted.extend(whole.assessment.guests.iter().map(|guest| guest.person));
    wanted.extend(whole.assessment.declined.iter().map(|said| said.by));
    wanted.extend(whole.fields.iter().flat_map(|field| field.contenders.iter().map(|one| one.by).chain([field.by])));
    wanted.extend(whole.comments.iter().map(|comment| comment.by));
    wanted.extend(
        whole
            .recommendations
            .iter()
            .flat_map(|one| one.answer.iter().chain(&one.answer_stated).map(|answer| answer.by).chain([one.by])),
    );
    wanted.extend(whole.signatures.iter().map(|signature| signature.person));
    wanted.extend(whole.versions.iter().map(|version| version.by));
    let ids: Vec<uuid::Uuid> = wanted.into_iter().map(|person| person.0).collect();
    let people = app.store.get_many::<Person>(scope, &ids).await?;
    Ok(people.into_iter().map(|person| (person.id, person.name)).collect())
}

/// An organisation's name and colour.
#[must_use]
pub fn named(app: &App, organisation: OrganisationId) -> Named {
    let snapshot = app.snapshot();
    let found = snapshot.organisation_by_id(organisation).and_then(|row| snapshot.organisation(row)).map(|entry| &entry.record);
    Named {
        name: found.map_or_else(|| "an organisation".to_owned(), |record| record.name.clone()),
        colour: found.and_then(|record| record.colour.clone()),
    }
}

/// The day in London of an instant.
#[must_use]
pub fn day_of(milliseconds: i64) -> Option<Date> {
    jiff::Timestamp::from_millisecond(milliseconds).ok()?.in_tz("Europe/London").ok().map(|zoned| zoned.date())
}
