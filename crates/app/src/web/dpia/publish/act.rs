//! `/assessments/{id}/publish`, sent: what the lead does with a publication (begin, summary, ask, publish, back, drop, withdraw), and
//! what another controller says of its own annex (agree, keep). Publishing replaces what was public; taking back acts on whatever is
//! public, whether or not another is being prepared.

use super::{
    super::whole,
    prepare::{self, sentence},
    shown,
};
use crate::{
    assessments::tell,
    error::Failure,
    state::App,
    web::{
        form::{Errors, Form},
        page, repeat,
        session::Caller,
    },
};
use axum::{
    extract::{Path, State},
    response::Response,
};
use domain::{
    dpia::{
        access,
        ids::{PublicationId, VersionId},
        publication::{self, Begin, Publication, Refusal, Stage},
        seal::Seal,
        task::{About, Assignee},
        version::Version,
    },
    people::{Member, Role},
};
use jiff::ToSpan as _;
use store::dpia::work::Work;
use uuid::Uuid;

/// Days within which the second pair of eyes is asked to look, and each controller to say whether its annex goes out.
const LOOK_WITHIN: i64 = 7;

/// What a form does, and what is said of it.
type Done = Result<String, Refusal>;

/// A form that is carried out.
struct Act<'a> {
    app: &'a App,
    caller: &'a Caller,
    member: &'a Member,
    form: &'a Form,
    /// The version that everybody has signed.
    signed: Option<VersionId>,
}

/// Does what the form's `act` says.
///
/// # Errors
/// Not found for those who may not.
pub async fn act(State(app): State<App>, caller: Caller, Path(id): Path<String>, form: Form) -> Result<Response, Failure> {
    let what = form.text("act");
    let own_annex = matches!(what, "agree" | "keep");
    // Whoever decides for several controllers decides here for the one that the button names.
    let caller = if own_annex { form.acting(&caller)? } else { caller };
    let (seen, template) = whole::load(&app, &caller, &id).await?;
    let member = caller.signed_in()?;
    let may = if own_annex {
        access::keeps(&caller.scope, &seen.assessment, member.acting_for)
    } else {
        access::publishes(&caller.scope, &seen.assessment)
    };
    if !may {
        return Err(Failure::not_found());
    }
    let command = form.command()?;
    let location = format!("/assessments/{}/publish", seen.assessment.id);
    let (now, today) = (app.clock.now(), app.clock.today());
    let mut work = app.store.work(&caller.scope, now, today, seen.assessment.id).await?.ok_or_else(Failure::not_found)?;
    if let Some(done) = work.command(command).await? {
        return Ok(repeat::again(&done));
    }
    let signed = publication::signed(&work.whole, &template, &whole::routes(&app, &work.whole)?);
    let act = Act { app: &app, caller: &caller, member, form: &form, signed };
    let done = match what {
        "begin" => act.begin(&mut work).await?,
        "publish" => act.publish(&mut work).await?,
        "withdraw" => act.withdraw(&mut work).await?,
        "drop" => act.drop(&mut work).await?,
        "agree" | "keep" => act.annex(&mut work, what == "agree").await?,
        "summary" | "ask" | "back" => act.prepare(&mut work, what).await?,
        _ => return Err(Failure::not_found()),
    };
    let said = match done {
        Ok(said) => said,
        Err(refusal) => {
            drop(work);
            let mut errors = Errors::default();
            let field = match (&refusal, what) {
                (Refusal::NoSummary, _) => "summary",
                (_, "withdraw") => "note",
                _ => "act",
            };
            let no_note = field == "note" && refusal == Refusal::SayWhy;
            errors.add(field, if no_note { "Enter what the public reads instead".to_owned() } else { sentence(&refusal) });
            return prepare::render(&app, &caller, &id, errors, form.typed()).await;
        }
    };
    act.tasks(&mut work, what).await?;
    work.answered(command, &repeat::kept(&location, &said)).await?;
    let happened = match what {
        "publish" => Some("published"),
        "withdraw" => Some("unpublished"),
        _ => None,
    };
    let reasons = if what == "withdraw" { form.text("note") } else { "" };
    let happened = happened.map(|what| tell::Happened { what, reasons, parties: true, ..tell::Happened::default() });
    tell::commit(&app, work, happened).await?;
    Ok(page::saved(&location, &said))
}

impl Act<'_> {
    /// The publication that is being prepared, or was last; none for an assessment that never had one.
    async fn newest(&self, work: &Work) -> Result<Option<Publication>, Failure> {
        Ok(work.publications().await?.into_iter().next())
    }

    async fn version(&self, id: VersionId) -> Result<Version, Failure> {
        let found = self.app.store.version(&self.caller.scope, self.app.clock.today(), id).await?;
        found.ok_or_else(Failure::not_found)
    }

    /// Begins a publication of the version that everybody has signed; each other controller is asked about its annex.
    async fn begin(&self, work: &mut Work) -> Result<Done, Failure> {
        let before = self.newest(work).await?;
        if before.as_ref().is_some_and(|one| !may_begin(one, self.signed)) {
            return Err(Failure::not_found());
        }
        let Some(signed) = self.signed else { return Ok(Err(Refusal::NotSigned)) };
        let version = self.version(signed).await?;
        let template = shown::template(self.app, &version)?;
        let before = match before {
            Some(before) => {
                let (rules, from) = (self.app.rules(), self.version(before.version).await?.content.template);
                let steps = rules.steps(&from, &version.content.template).unwrap_or_default();
                Some(before.carried(&steps))
            }
            None => None,
        };
        let (screened, assessment) = (work.whole.screened(), &work.whole.assessment);
        let new = Begin {
            id: PublicationId(Uuid::now_v7()),
            version: &version,
            template: &template,
            screened: &screened,
            systems: &assessment.systems,
            parties: &assessment.parties,
            by: self.member.person,
            organisation: self.member.acting_for,
            at: self.app.clock.now(),
        };
        let publication = Publication::begin(new, before.as_ref());
        let again = shown::order(&template, &publication, &version)
            .iter()
            .filter_map(|(place, rule)| Some(publication.reworded(place, rule, version.content.answers.get(place)?)))
            .filter(|reworded| *reworded)
            .count();
        let due = self.app.clock.today().saturating_add(LOOK_WITHIN.days());
        for organisation in publication.asks(&version) {
            let takes_part = work.whole.assessment.controllers().any(|one| one == organisation);
            if takes_part && !publication.includes(domain::dpia::place::Part::Annex(organisation)) {
                let with = work.keepers_assignee(organisation);
                work.ask(About::AnnexPublication { organisation }, with, Some(due), "").await?;
            }
        }
        work.put_publication(publication).await?;
        Ok(Ok(match again {
            0 => "The publication is begun. Look at each answer, and at the preview.".to_owned(),
            1 => "The publication is begun. Words that were taken out of 1 answer do not stand in it any more: decide it again."
                .to_owned(),
            more => format!(
                "The publication is begun. Words that were taken out of {more} answers do not stand in them any more: decide them again."
            ),
        }))
    }

    /// Summary, asking a second person, and going back to be prepared.
    async fn prepare(&self, work: &mut Work, what: &str) -> Result<Done, Failure> {
        let mut publication = self.newest(work).await?.ok_or_else(Failure::not_found)?;
        let (done, said) = match what {
            "summary" => match publication.summarise(self.form.raw("summary"), self.member.person) {
                Err(Refusal::WrongStage) => return Err(Failure::not_found()),
                done => (done, "The summary is saved."),
            },
            "ask" => (publication.ask(self.signed), "A second person is asked to look at it."),
            _ if publication.stage == Stage::Checking => {
                publication.stage = Stage::Preparing;
                (Ok(()), "It goes back to be prepared.")
            }
            _ => return Err(Failure::not_found()),
        };
        if done.is_ok() {
            work.put_publication(publication).await?;
        }
        Ok(done.map(|()| said.to_owned()))
    }

    /// Makes it public; what was public before gives way to it.
    async fn publish(&self, work: &mut Work) -> Result<Done, Failure> {
        let mut all = work.publications().await?.into_iter();
        let mut publication = all.next().ok_or_else(Failure::not_found)?;
        let version = self.version(publication.version).await?;
        publication.keep_to(&version, &work.whole.assessment.parties);
        let template = shown::template(self.app, &version)?;
        let shown = shown::preview(&template, &publication, &version);
        let content = publication.content(&version, &template, &shown);
        let (now, seen): (i64, Option<Seal>) = (self.app.clock.now(), self.form.text("seen").parse().ok());
        if let Err(refusal) = publication.publish(self.member.person, now, self.signed, &content, seen) {
            return Ok(Err(refusal));
        }
        for mut before in all {
            if before.give_way(publication.id, now).is_ok() {
                work.put_publication(before).await?;
            }
        }
        work.put_publication(publication).await?;
        Ok(Ok("It is public now.".to_owned()))
    }

    /// Takes back whatever is public.
    async fn withdraw(&self, work: &mut Work) -> Result<Done, Failure> {
        let public = work.publications().await?.into_iter().find(Publication::is_public);
        let Some(mut publication) = public else { return Ok(Err(Refusal::WrongStage)) };
        let done = publication.withdraw(self.member.person, self.app.clock.now(), self.form.text("note"));
        if done.is_ok() {
            work.put_publication(publication).await?;
        }
        Ok(done.map(|()| "It is no longer public. The note stands in its place.".to_owned()))
    }

    /// Lets go of what is being prepared, which never was public. What is public stays as it is.
    async fn drop(&self, work: &mut Work) -> Result<Done, Failure> {
        let begun = self.newest(work).await?.filter(Publication::open);
        let Some(publication) = begun else { return Ok(Err(Refusal::WrongStage)) };
        work.remove_publication(&publication).await?;
        Ok(Ok("What was being prepared is dropped. Nothing that is public has changed.".to_owned()))
    }

    /// What another controller says of its own annex.
    async fn annex(&self, work: &mut Work, agrees: bool) -> Result<Done, Failure> {
        let mut publication = self.newest(work).await?.ok_or_else(Failure::not_found)?;
        let version = self.version(publication.version).await?;
        let organisation = self.member.acting_for;
        if !publication.asks(&version).contains(&organisation) {
            return Err(Failure::not_found());
        }
        let (done, said) = if agrees {
            let agreed = publication.agree(organisation, &version, self.member.person, self.app.clock.now());
            (agreed, "Your annex may go out, as the preview shows it.")
        } else {
            (publication.keep_back(organisation, Some(self.member.person)), "Your annex is left out.")
        };
        if done.is_ok() {
            work.put_publication(publication).await?;
        }
        Ok(done.map(|()| said.to_owned()))
    }

    /// Who is asked by it, and who is asked no more.
    async fn tasks(&self, work: &mut Work, what: &str) -> Result<(), Failure> {
        let (person, organisation) = (Some(self.member.person), self.member.acting_for);
        match what {
            "ask" => {
                let with = Assignee::Role { organisation, role: Role::IgOfficer };
                let due = self.app.clock.today().saturating_add(LOOK_WITHIN.days());
                work.ask(About::Publication, with, Some(due), "").await?;
            }
            "agree" | "keep" => {
                work.close_tasks(|about| *about == About::AnnexPublication { organisation }, person).await?;
            }
            "publish" | "drop" => {
                let asked = |about: &About| matches!(about, About::Publication | About::AnnexPublication { .. });
                work.close_tasks(asked, person).await?;
            }
            // What is being prepared beside it goes on.
            "withdraw" => {}
            _ => work.close_tasks(|about| *about == About::Publication, person).await?,
        }
        Ok(())
    }
}

/// Whether another publication can follow this one: it is public or was, or everybody has signed a newer version since.
fn may_begin(publication: &Publication, signed: Option<VersionId>) -> bool {
    !publication.open() || signed.is_some_and(|signed| signed != publication.version)
}
