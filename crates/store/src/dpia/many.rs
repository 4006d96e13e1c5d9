//! What lists of hundreds read in a few queries: of assessments their risks, measures and tasks, and whole only those of which somebody
//! accepted more than a low risk, since only with all of it can be said whether that holds; of projects their screenings.

use super::{
    contents,
    load::{Templates, with_all},
};
use crate::{db::Store, error::Result, records::id, write::places};
use domain::{
    dpia::{
        access::{Sight, sight},
        assessment::Assessment,
        ids::ProjectId,
        project::{Project, Screening, ScreeningSight},
        risk::Band,
        sign_off::{Kind, Signature},
        task::Task,
        version::{MeasureRecord, RiskRecord},
        whole::Whole,
    },
    people::Scope,
};
use jiff::civil::Date;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use uuid::Uuid;

/// How many one query asks about.
const AT_ONCE: usize = 500;

impl Store {
    /// Assessments with their risks, their measures and their tasks, as far as the scope may see them on a day, in the order given; what
    /// it may see nothing of is left out. Nothing else of them is read, but of those whose remaining risk somebody accepted as medium or
    /// high, which come whole.
    ///
    /// # Errors
    /// As [`Store::assessment`].
    pub async fn weighed(
        &self,
        scope: &Scope,
        today: Date,
        templates: &impl Templates,
        heads: Vec<Assessment>,
    ) -> Result<Vec<(Whole, Vec<Task>)>> {
        let mut found = Vec::with_capacity(heads.len());
        let mut heads = heads.into_iter().peekable();
        while heads.peek().is_some() {
            let batch: Vec<Assessment> = heads.by_ref().take(AT_ONCE).collect();
            let ids: Vec<Uuid> = batch.iter().map(|head| head.id.0).collect();
            let of = ("assessment_id", ids.as_slice());
            let mut risks = self.of_each(of, "risk", |one: &RiskRecord| Some(one.assessment)).await?;
            let mut measures = self.of_each(of, "measure", |one: &MeasureRecord| Some(one.assessment)).await?;
            let mut tasks = self.of_each(of, "task", |one: &Task| one.assessment).await?;
            let signatures = self.of_each(of, "signature", |one: &Signature| Some(one.assessment)).await?;
            for head in batch {
                let (of, sight) = (head.id, sight(scope, &head, today));
                if sight == Sight::Nothing {
                    continue;
                }
                let accepts = |one: &Signature| one.kind == Kind::AcceptsRisk && one.level != Band::Low;
                let accepted = sight.sees_sign_off() && signatures.get(&of).is_some_and(|all| all.iter().any(accepts));
                let mut whole = if accepted { with_all(self, head).await? } else { bare(head) };
                whole.risks = risks.remove(&of).unwrap_or_default();
                whole.measures = measures.remove(&of).unwrap_or_default();
                whole.sight = sight;
                let template = templates.template(&whole.assessment.template);
                whole.restrict(&|field| template.and_then(|all| all.find(field)).map(|(section, _)| section.id.clone()));
                let tasks = tasks.remove(&of).filter(|_| whole.sight.sees_sign_off()).unwrap_or_default();
                found.push((whole, tasks));
            }
        }
        Ok(found)
    }

    /// The screenings of some projects, as far as the scope may see them ([`Store::screenings`]), each project's newest first.
    ///
    /// # Errors
    /// As [`Store::assessment`].
    pub async fn screenings_of(&self, scope: &Scope, projects: &[Project]) -> Result<BTreeMap<ProjectId, Vec<Screening>>> {
        let mut found = BTreeMap::new();
        for batch in projects.chunks(AT_ONCE) {
            let ids: Vec<Uuid> = batch.iter().map(|project| project.id.0).collect();
            let each = self.of_each(("project_id", &ids), "screening", |one: &Screening| Some(one.project)).await?;
            for (project, mut all) in each {
                let Some(sight) = batch.iter().find(|one| one.id == project).and_then(|one| one.screenings_for(scope)) else {
                    continue;
                };
                all.reverse();
                if sight == ScreeningSight::Outcome {
                    all = all.into_iter().map(Screening::outcome_alone).collect();
                }
                found.insert(project, all);
            }
        }
        Ok(found)
    }

    /// The records of a table that belong to some others, by a column, each with what it belongs to, in the order of their ids.
    async fn of_each<T: DeserializeOwned, K: Ord>(
        &self,
        (column, ids): (&str, &[Uuid]),
        table: &'static str,
        of: impl Fn(&T) -> Option<K>,
    ) -> Result<BTreeMap<K, Vec<T>>> {
        let sql = format!("select content from {table} where {column} in ({}) order by id", places(1, ids.len()));
        let mut each: BTreeMap<K, Vec<T>> = BTreeMap::new();
        for one in contents::<T>(self, table, &sql, ids.iter().map(|one| id(*one)).collect()).await? {
            if let Some(key) = of(&one) {
                each.entry(key).or_default().push(one);
            }
        }
        Ok(each)
    }
}

/// An assessment of which only the head is known.
fn bare(assessment: Assessment) -> Whole {
    Whole {
        assessment,
        sight: Sight::All,
        screening: None,
        frozen_text: None,
        fields: Vec::new(),
        risks: Vec::new(),
        measures: Vec::new(),
        comments: Vec::new(),
        recommendations: Vec::new(),
        signatures: Vec::new(),
        consultations: Vec::new(),
        versions: Vec::new(),
        holders: Vec::new(),
    }
}
