//! Tasks: one list for everything that somebody must do by a date. What is done about a task elsewhere (an answer saved, a
//! clash settled) closes it; a task never does anything itself.
//!
//! | module | what lives there |
//! |---|---|
//! | [`absence`] | being away, and who sees to one's work meanwhile |
//! | [`left`] | what becomes of the work of an organisation that takes part no longer |
//! | [`reminder`] | when somebody is reminded |
//! | [`work`](mod@work) | a person's list |

pub mod absence;
pub mod left;
pub mod reminder;
pub mod work;

#[cfg(test)]
mod tests;

pub use absence::{Absence, Away, hand_over};
pub use reminder::Reminder;
pub use work::{Work, work};

use super::{
    assessment::Guest,
    ids::{AssessmentId, CommentId, ConsultationId, MeasureId, ProjectId, RecommendationId, TaskId},
    place::{Part, Place},
    review::Trigger,
};
use crate::{
    people::{Member, PersonId, Role},
    register::ids::OrganisationId,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Something to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// The assessment it belongs to; none for work on other things.
    pub assessment: Option<AssessmentId>,
    /// What is to be done.
    pub about: About,
    /// Words of whoever gave it, where they added some.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// With whom it is.
    pub assignee: Assignee,
    /// The last day on which it is in time.
    pub due: Option<Date>,
    /// Who gave it; none when the server did.
    pub by: Option<PersonId>,
    /// When it was given, milliseconds of UTC.
    pub at: i64,
    /// Since when it is with its assignee, milliseconds of UTC.
    pub since: i64,
    /// When and by whom it was done; none while it is open.
    pub done: Option<Done>,
    /// The day of the last reminder.
    pub reminded: Option<Date>,
    /// When the record last changed, milliseconds of UTC.
    pub updated_at: i64,
}

/// What a task is about: the page it leads to, and the sentence it is listed with.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "about")]
pub enum About {
    /// Write a section.
    Section {
        /// The part.
        part: Part,
        /// The section, by id.
        section: String,
    },
    /// Answer a question.
    Field {
        /// The field.
        place: Place,
    },
    /// Settle a clash.
    Clash {
        /// The field.
        place: Place,
    },
    /// Answer a comment.
    Comment {
        /// The comment.
        comment: CommentId,
        /// Its field.
        place: Place,
    },
    /// Answer a recommendation.
    Recommendation {
        /// The recommendation.
        recommendation: RecommendationId,
        /// Its field.
        place: Place,
    },
    /// Carry out a measure, and show it.
    Measure {
        /// The measure.
        measure: MeasureId,
    },
    /// Sign a step.
    Sign {
        /// For whom.
        organisation: OrganisationId,
        /// The step, by id.
        step: String,
    },
    /// Answer an invitation to take part.
    Invitation {
        /// The organisation invited.
        organisation: OrganisationId,
    },
    /// Look at the assessment again.
    Review {
        /// What asks for it; none for tasks of before that was kept.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        why: Option<Trigger>,
    },
    /// Find somebody for a role that nobody holds, or for whom nobody may sign, so that a signature can be given.
    Vacancy {
        /// At which organisation.
        organisation: OrganisationId,
        /// Which role.
        role: Role,
    },
    /// Read the sections that one is invited to as a guest, and say what one thinks of them.
    Guest,
    /// Change what a signer sent back.
    SentBack,
    /// Begin a DPIA: the short review concludes that one is needed after all.
    BeginDpia,
    /// Give the Commissioner what it asked for, or record what it said.
    Consultation {
        /// The consultation.
        consultation: ConsultationId,
    },
    /// Decide what is done after a project's screening.
    Screening {
        /// The project.
        project: ProjectId,
        /// Its title.
        words: String,
    },
    /// Look at what is to be published, as the second pair of eyes.
    Publication,
    /// Decide what of one's own annex is published, and whether it is.
    AnnexPublication {
        /// Whose annex.
        organisation: OrganisationId,
    },
    /// Something else, by the kind and id of its record.
    Record {
        /// The record's kind, as the change log names it.
        kind: String,
        /// Its id.
        id: Uuid,
        /// What to do, in words.
        words: String,
    },
}

impl About {
    /// What a guest is asked to do: to write each of their sections, or to read them.
    #[must_use]
    pub fn of_guest(guest: &Guest) -> Vec<Self> {
        if !guest.writes {
            return vec![Self::Guest];
        }
        guest.sections.iter().map(|section| Self::Section { part: Part::Shared, section: section.clone() }).collect()
    }
}

/// With whom a task is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "with")]
pub enum Assignee {
    /// A person, acting for an organisation.
    Person {
        /// Who.
        person: PersonId,
        /// For whom.
        organisation: OrganisationId,
    },
    /// Whoever holds a role at an organisation.
    Role {
        /// Where.
        organisation: OrganisationId,
        /// Which.
        role: Role,
    },
}

impl Assignee {
    /// The organisation whose work it is.
    #[must_use]
    pub fn organisation(self) -> OrganisationId {
        match self {
            Self::Person { organisation, .. } | Self::Role { organisation, .. } => organisation,
        }
    }
}

/// That a task was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// By whom; none when the server saw that it was.
    pub by: Option<PersonId>,
    /// When, milliseconds of UTC.
    pub at: i64,
    /// That nobody did it: the assessment was given up, or another took its place. Taken up again, it asks again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub given_up: bool,
}

/// Why a task stays as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refusal {
    /// It is done.
    Done,
    /// It is open.
    Open,
    /// It is with somebody else, and you did not give it.
    NotYours,
    /// A signature can only be given by whoever holds the role; name a deputy instead.
    NotTransferable,
    /// The last day lies before the first.
    EndsBeforeItBegins,
    /// One cannot hand one's work to oneself.
    ToYourself,
}

/// Whether a person sees a task on their list, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mine {
    /// It is with them.
    Assigned,
    /// They hold the role it is with, themselves or as a deputy.
    ByRole,
    /// It is with somebody who is away.
    HandedOver {
        /// Who is away.
        from: PersonId,
    },
}

/// The open task of a measure: with whom it is and by when, once the signed words of the measure stay as they are.
#[must_use]
pub fn of_measure(tasks: &[Task], measure: MeasureId) -> Option<&Task> {
    tasks.iter().find(|task| task.open() && task.about == About::Measure { measure })
}

impl Task {
    /// Whether it is still to be done.
    #[must_use]
    pub fn open(&self) -> bool {
        self.done.is_none()
    }

    /// Whether its last day is past.
    #[must_use]
    pub fn overdue(&self, today: Date) -> bool {
        self.open() && self.due.is_some_and(|due| due < today)
    }

    /// Whether it is on somebody's list on a day, and why. Whoever stands in for somebody who is away finds what is with that
    /// person by name, and what is with a role that the person holds; but for signatures, which want a named deputy.
    #[must_use]
    pub fn mine(&self, member: &Member, away: &[Away], today: Date) -> Option<Mine> {
        let stands_in = |away: &&Away| {
            away.absence.to == member.person && away.absence.on(today) && member.at(away.absence.organisation).is_some()
        };
        let mut instead = away.iter().filter(stands_in).filter(|one| one.absence.organisation == self.assignee.organisation());
        match self.assignee {
            Assignee::Person { person, .. } if person == member.person => Some(Mine::Assigned),
            Assignee::Person { person, .. } => {
                instead.any(|one| one.absence.person == person).then_some(Mine::HandedOver { from: person })
            }
            Assignee::Role { organisation, role } => {
                let holds = member
                    .at(organisation)
                    .is_some_and(|standing| standing.roles.contains(&role) || standing.deputy.contains(&role));
                if holds {
                    return Some(Mine::ByRole);
                }
                instead
                    .find(|one| one.roles.contains(&role) && !matches!(self.about, About::Sign { .. }))
                    .map(|one| Mine::HandedOver { from: one.absence.person })
            }
        }
    }

    /// Those who are away, hold the role that a signature is asked of, and for whom a member stands in. The member is shown that it
    /// waits; to give it takes its holder or a named deputy, so that it is not theirs ([`Self::mine`]).
    pub fn signers_away<'a>(&self, member: &Member, away: &'a [Away], today: Date) -> impl Iterator<Item = PersonId> + use<'a> {
        let asked = match (self.assignee, &self.about) {
            (Assignee::Role { organisation, role }, About::Sign { .. }) if member.at(organisation).is_some() => {
                Some((organisation, role))
            }
            _ => None,
        };
        let (to, open) = (member.person, self.open());
        away.iter()
            .filter(move |one| open && one.absence.to == to && one.absence.on(today))
            .filter(move |one| asked.is_some_and(|(at, role)| one.absence.organisation == at && one.roles.contains(&role)))
            .map(|one| one.absence.person)
    }

    /// Gives it another last day; then it is reminded of anew.
    ///
    /// # Errors
    /// When it is done.
    pub fn put_off(&self, due: Option<Date>) -> Result<Task, Refusal> {
        if !self.open() {
            return Err(Refusal::Done);
        }
        let reminded = if due == self.due { self.reminded } else { None };
        Ok(Task { due, reminded, ..self.clone() })
    }

    /// Gives it to somebody else.
    ///
    /// # Errors
    /// When it is done, is another's, or is a signature.
    pub fn reassign(&self, member: &Member, to: Assignee, at: i64) -> Result<Task, Refusal> {
        if !self.open() {
            return Err(Refusal::Done);
        }
        if matches!(self.about, About::Sign { .. } | About::Vacancy { .. }) {
            return Err(Refusal::NotTransferable);
        }
        let holds = |roles: &[Role]| member.holds_any(self.assignee.organisation(), roles);
        let with_them = matches!(self.assignee, Assignee::Person { person, .. } if person == member.person)
            || matches!(self.assignee, Assignee::Role { role, .. } if holds(&[role]));
        if !with_them && self.by != Some(member.person) && !holds(&[Role::ProjectLead, Role::IgOfficer]) {
            return Err(Refusal::NotYours);
        }
        Ok(Task { assignee: to, since: if to == self.assignee { self.since } else { at }, reminded: None, ..self.clone() })
    }

    /// Whether somebody can call it done. What the board of signatures or a review asks for is done when it is, and asked for until then:
    /// called done before, it would come again.
    #[must_use]
    pub fn called_done(&self) -> bool {
        !matches!(self.about, About::Sign { .. } | About::Vacancy { .. } | About::BeginDpia)
    }

    /// Calls it done.
    ///
    /// # Errors
    /// When it is.
    pub fn finish(&self, by: Option<PersonId>, at: i64) -> Result<Task, Refusal> {
        self.close(Done { by, at, given_up: false })
    }

    /// Closes it undone, since its assessment is given up, or another takes its place.
    ///
    /// # Errors
    /// When it is done.
    pub fn give_up(&self, by: Option<PersonId>, at: i64) -> Result<Task, Refusal> {
        self.close(Done { by, at, given_up: true })
    }

    fn close(&self, done: Done) -> Result<Task, Refusal> {
        if self.open() { Ok(Task { done: Some(done), ..self.clone() }) } else { Err(Refusal::Done) }
    }

    /// Whether it was closed undone.
    #[must_use]
    pub fn given_up(&self) -> bool {
        self.done.is_some_and(|done| done.given_up)
    }

    /// Whether it is open, or somebody did it: what it asks for is not asked again.
    #[must_use]
    pub fn stands(&self) -> bool {
        !self.given_up()
    }

    /// Opens it again.
    ///
    /// # Errors
    /// When it is open.
    pub fn reopen(&self, at: i64) -> Result<Task, Refusal> {
        if self.open() { Err(Refusal::Open) } else { Ok(Task { done: None, since: at, reminded: None, ..self.clone() }) }
    }
}

fn days(from: Date, to: Date) -> i64 {
    i64::from((to - from).get_days())
}
