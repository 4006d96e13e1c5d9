//! The project of an assessment that is held: one invitation is for both, so that both change in one transaction.

use super::{Work, contents};
use crate::{error::Result, records::id};
use domain::{
    dpia::{
        assessment::Assessment,
        ids::ProjectId,
        project::Project,
        task::{About, Task},
    },
    people::PersonId,
    register::ids::OrganisationId,
};

impl Work {
    /// The project of the assessment, as this transaction sees it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn project(&self) -> Result<Option<Project>> {
        let Some(project) = self.whole.assessment.project else { return Ok(None) };
        let sql = "select content from project where id = $1";
        Ok(contents(self.write.transaction(), "project", sql, vec![id(project.0)]).await?.into_iter().next())
    }

    /// The other assessments of the project, as this transaction sees them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn siblings(&self) -> Result<Vec<Assessment>> {
        let Some(project) = self.whole.assessment.project else { return Ok(Vec::new()) };
        let mut all: Vec<Assessment> = self.write.by("project_id", project.to_string()).await?;
        all.retain(|one| one.id != self.whole.assessment.id);
        Ok(all)
    }

    /// Stores the project as it was changed.
    ///
    /// # Errors
    /// When somebody else changed it meanwhile; when the database refuses.
    pub async fn change_project(&mut self, before: &Project, mut after: Project) -> Result<()> {
        self.write.update(before, &mut after).await.map(|_| ())
    }

    /// Closes the tasks that ask an organisation to answer the project's invitation.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn close_project_tasks(
        &mut self,
        project: ProjectId,
        organisation: OrganisationId,
        by: Option<PersonId>,
    ) -> Result<()> {
        let sql = "select content from task where organisation_id = $1 order by id";
        let tasks: Vec<Task> = contents(self.write.transaction(), "task", sql, vec![id(organisation.0)]).await?;
        let asked = |task: &&Task| task.open() && matches!(&task.about, About::Record { id, .. } if *id == project.0);
        for task in tasks.iter().filter(asked) {
            if let Ok(mut done) = task.finish(by, self.write.at()) {
                self.write.update(task, &mut done).await?;
            }
        }
        Ok(())
    }
}
