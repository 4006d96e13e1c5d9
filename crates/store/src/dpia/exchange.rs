//! An assessment as one document, out and in: with the history of its fields, its versions, its files.
//!
//! A document that came in is kept beside the assessment as it came, so that what has no place here (who signed elsewhere, earlier
//! texts, what another tool said) goes out again with every later export.

use super::{answers, attachments, contents, load};
use crate::{
    db::Store,
    error::{Error, Result},
    records::id,
};
use domain::{
    dpia::{
        access::{Sight, sight},
        assessment::{Assessment, Guest},
        attachment::Gone,
        exchange::{Bundle, FORMAT, Invited, Named},
        ids::AssessmentId,
        project::{Project, Screening},
        publication::Publication,
        seal::Seal,
        sign_off::Signature,
        task::Task,
        version::Version,
    },
    people::{Person, Scope},
    register::{ids::OrganisationId, records::Organisation},
};
use jiff::civil::Date;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeSet, HashSet};
use uuid::Uuid;

impl Store {
    /// An assessment as a document, for whoever may see all of it; none for anyone else.
    ///
    /// # Errors
    /// When the database fails or a row cannot be read.
    pub async fn bundle(
        &self,
        scope: &Scope,
        at: i64,
        today: Date,
        templates: &impl load::Templates,
        assessment: AssessmentId,
    ) -> Result<Option<Bundle>> {
        let Some(whole) = self.assessment(scope, today, templates, assessment).await? else { return Ok(None) };
        if whole.sight != Sight::All {
            return Ok(None);
        }
        let server = load::server();
        let mut history = Vec::new();
        for now in &whole.fields {
            let mut before = answers::backwards(self, now, None).await?;
            before.remove(0);
            before.reverse();
            history.extend(before);
        }
        let attachments = match templates.template(&whole.assessment.template) {
            Some(template) => self.attachments(scope, today, template, assessment).await?,
            None => Vec::new(),
        };
        let versions = self.by::<Version>(&server, "assessment_id", assessment.0.to_string()).await?;
        let tasks =
            contents(self, "task", "select content from task where assessment_id = $1 order by id", vec![id(assessment.0)]);
        let tasks: Vec<Task> = tasks.await?;
        let mut publications: Vec<Publication> = self.publications(&server, today, assessment).await?;
        publications.reverse();
        let received = self.received(assessment).await?;
        let mut bundle = Bundle {
            format: FORMAT.to_owned(),
            exported_at: at,
            organisations: Vec::new(),
            assessment: whole.assessment,
            screening: whole.screening,
            fields: whole.fields,
            history,
            comments: whole.comments,
            recommendations: whole.recommendations,
            risks: whole.risks,
            measures: whole.measures,
            versions,
            signatures: whole.signatures,
            signed_elsewhere: Vec::new(),
            consultations: whole.consultations,
            consultations_elsewhere: Vec::new(),
            live_elsewhere: None,
            register: Vec::new(),
            register_elsewhere: Vec::new(),
            invited: Vec::new(),
            invited_elsewhere: Vec::new(),
            attachments,
            tasks,
            tasks_elsewhere: Vec::new(),
            publications,
            publications_elsewhere: Vec::new(),
            imported: Vec::new(),
            import_report: None,
        };
        if let Some(mut received) = received {
            received.history.append(&mut bundle.history);
            bundle.history = received.history;
            bundle.signed_elsewhere = received.signed_elsewhere;
            bundle.imported = received.imported;
            bundle.import_report = received.import_report;
            bundle.organisations = received.organisations;
            bundle.register_elsewhere = received.register_elsewhere;
            bundle.invited_elsewhere = received.invited_elsewhere;
            // Earlier versions of this software kept them as the document has them.
            bundle.consultations_elsewhere = received.consultations_elsewhere;
            bundle.consultations_elsewhere.append(&mut received.consultations);
            bundle.live_elsewhere = received.live_elsewhere;
            bundle.tasks_elsewhere = received.tasks_elsewhere;
            bundle.publications_elsewhere = received.publications_elsewhere;
        }
        bundle.register = self.registered(scope, bundle.names_of_register()).await?;
        bundle.invited = self.invited(&bundle.assessment).await?;
        self.name(&mut bundle).await?;
        Ok(Some(bundle))
    }

    /// The guests with their names: whoever reads the document may see all of the assessment, and so who is invited.
    async fn invited(&self, assessment: &Assessment) -> Result<Vec<Invited>> {
        let ids: Vec<Uuid> = assessment.guests.iter().map(|guest| guest.person.0).collect();
        let people = self.get_many::<Person>(&load::server(), &ids).await?;
        let name = |guest: &Guest| people.iter().find(|person| person.id == guest.person).map(|person| person.name.clone());
        Ok(assessment.guests.iter().map(|guest| Invited { name: name(guest), guest: guest.clone() }).collect())
    }

    /// Names the organisations that a document mentions by id.
    async fn name(&self, bundle: &mut Bundle) -> Result<()> {
        let wanted: BTreeSet<OrganisationId> = bundle.mentioned();
        let ids: Vec<Uuid> = wanted.iter().map(|organisation| organisation.0).collect();
        let found = self.get_many::<Organisation>(&load::server(), &ids).await?;
        bundle.organisations.retain(|named| wanted.contains(&named.id) && !found.iter().any(|here| here.id == named.id));
        bundle.organisations.extend(found.into_iter().map(|one| Named { id: one.id, slug: one.slug, name: one.name }));
        bundle.organisations.sort_by_key(|named| named.id);
        Ok(())
    }

    /// The organisations that are known here, to find again those that a document names.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn known_organisations(&self, scope: &Scope) -> Result<Vec<Named>> {
        let all = self.all::<Organisation>(scope).await?;
        Ok(all.into_iter().map(|one| Named { id: one.id, slug: one.slug, name: one.name }).collect())
    }

    /// The signatures that a document brought along, each with whether its seals are those of the version that it names, for
    /// whoever may see all of the assessment.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn signed_elsewhere(
        &self,
        scope: &Scope,
        today: Date,
        assessment: AssessmentId,
    ) -> Result<Vec<(Signature, Option<bool>, String)>> {
        if !self.shows_signatures(scope, today, assessment).await? {
            return Ok(Vec::new());
        }
        let Some(received) = self.received(assessment).await? else { return Ok(Vec::new()) };
        let named = |signature: &Signature| received.organisation(signature.organisation);
        Ok(received.stated().map(|(signature, fits)| (signature.clone(), fits, named(signature))).collect())
    }

    /// Whether an assessment came in as a document, for whoever may see all of it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn came_in(&self, scope: &Scope, today: Date, assessment: AssessmentId) -> Result<bool> {
        let sql = "select 1 from assessment_document where assessment_id = $1";
        Ok(self.shows_signatures(scope, today, assessment).await? && self.row(sql, vec![id(assessment.0)]).await?.is_some())
    }

    /// Whether whoever asks may see who signed an assessment.
    async fn shows_signatures(&self, scope: &Scope, today: Date, assessment: AssessmentId) -> Result<bool> {
        let sql = "select content from assessment where id = $1";
        let heads: Vec<Assessment> = contents(self, "assessment", sql, vec![id(assessment.0)]).await?;
        Ok(heads.first().is_some_and(|head| sight(scope, head, today).sees_sign_off()))
    }

    /// The document that an assessment came in as.
    async fn received(&self, assessment: AssessmentId) -> Result<Option<Bundle>> {
        let sql = "select content from assessment_document where assessment_id = $1";
        Ok(contents(self, "assessment_document", sql, vec![id(assessment.0)]).await?.into_iter().next())
    }

    /// Takes in a document whose ids are new ([`Bundle::anew`], `from_cnil`), with the files it names, in one transaction. The
    /// number is the next of the year. Parties that are not known here stay in the document and do not take part. `files` gives the
    /// bytes of a file by their hash, one after another, so that they need not be in memory together; what it does not give is kept
    /// by name, type and hash. A command that was done before gives the first result.
    ///
    /// # Errors
    /// When a file is not what the document says; when the database refuses.
    pub async fn receive(
        &self,
        scope: &Scope,
        at: i64,
        today: Date,
        mut bundle: Bundle,
        files: &(dyn Fn(&str) -> Option<Vec<u8>> + Sync),
        command: Option<Uuid>,
    ) -> Result<AssessmentId> {
        let lead = bundle.assessment.lead;
        if !scope.is_server() && !scope.member().is_some_and(|member| member.belongs_to(lead)) {
            return Err(Error::Forbidden);
        }
        let known: HashSet<OrganisationId> =
            self.known_organisations(&load::server()).await?.into_iter().map(|named| named.id).collect();
        let mut write = self.write(scope, at).await?;
        if let Some(command) = command
            && let Some(done) = write.command(command).await?
        {
            return done.parse().map_err(|_| Error::Missing("assessment", done));
        }
        let assessment = bundle.assessment.id;
        bundle.assessment.number = super::work::next_number(&mut write, lead, today).await?;
        let document = serde_json::to_string(&bundle).map_err(|error| Error::Refused(error.to_string()))?;
        bundle.assessment.parties.retain(|party| known.contains(&party.organisation));
        if let Some(screening) = &bundle.screening {
            let mut project = project_of(&bundle.assessment, screening);
            write.create(std::slice::from_mut(&mut project)).await?;
            write.create(&mut [screening.clone()]).await?;
        }
        write.create(&mut [bundle.assessment]).await?;
        let sql = "insert into assessment_document (assessment_id, content) values ($1, $2)";
        write.transaction().execute(sql, vec![id(assessment.0), document.into()]).await?;
        write.create(&mut bundle.fields).await?;
        write.create(&mut bundle.risks).await?;
        write.create(&mut bundle.measures).await?;
        write.create(&mut bundle.comments).await?;
        write.create(&mut bundle.recommendations).await?;
        write.create(&mut bundle.versions).await?;
        for attachment in &mut bundle.attachments {
            let hash = attachment.hash.to_string();
            let bytes = if matches!(attachment.gone, Some(Gone::Removed { .. })) { None } else { files(&hash) };
            match bytes {
                Some(bytes) if Seal(Sha256::digest(&bytes).into()) == attachment.hash => {
                    attachments::keep(&mut write, &attachment.hash, &bytes).await?;
                    attachment.gone = None;
                }
                Some(_) => return Err(Error::Refused(format!("the attachment {hash} is not the file that was exported"))),
                None => attachment.gone = attachment.gone.take().or(Some(Gone::NotHere)),
            }
            write.create(std::slice::from_mut(attachment)).await?;
        }
        if let Some(command) = command {
            write.answered(command, &assessment.to_string()).await?;
        }
        write.commit().await?;
        Ok(assessment)
    }
}

/// The project that an assessment which came in belongs to: what the document says of it.
fn project_of(assessment: &Assessment, screening: &Screening) -> Project {
    Project {
        title: assessment.title.clone(),
        owner: assessment.lead_person,
        parties: assessment.parties.clone(),
        systems: assessment.systems.clone(),
        contracts: assessment.contracts.clone(),
        planned: assessment.planned.clone(),
        ..Project::blank(screening.project, assessment.lead, assessment.state_since)
    }
}
