//! What was said of contracts' decision dates. Machinery, no records: what was said is no fact of the register.

use crate::{
    db::{Query as _, Store},
    error::{Error, Result},
    jobs::machinery,
    records::id,
    write::Write,
};
use domain::{
    people::Scope,
    register::{
        ids::{ContractId, OrganisationId},
        terms::DecisionKind,
    },
    work::reminders::{Due, Said, Stage},
};
use std::collections::HashMap;
use uuid::Uuid;

const KINDS: [DecisionKind; 3] = [DecisionKind::ExtendBy, DecisionKind::GiveNoticeBy, DecisionKind::StartBuyingBy];

impl Store {
    /// What was said of an organisation's contracts, by contract.
    ///
    /// # Errors
    /// When the scope may not or the database fails.
    pub async fn said(&self, scope: &Scope, organisation: OrganisationId) -> Result<HashMap<ContractId, Vec<Said>>> {
        machinery(scope)?;
        let sql = "select r.contract_id, r.kind, r.date, r.stage, r.said_at from reminder r \
                   join contract c on c.id = r.contract_id where c.organisation_id = $1";
        let mut said: HashMap<ContractId, Vec<Said>> = HashMap::new();
        for row in self.rows(sql, vec![id(organisation.0)]).await? {
            let text = |index: usize| -> Result<String> { Ok(row.try_get_by_index(index)?) };
            let contract = text(0)?;
            let corrupt =
                |what: &str| Error::Corrupt { table: "reminder", id: contract.clone(), reason: format!("unknown {what}") };
            let kind = text(1)?;
            let one = Said {
                kind: KINDS.into_iter().find(|known| known.as_str() == kind).ok_or_else(|| corrupt("kind"))?,
                date: text(2)?.parse().map_err(|_| corrupt("date"))?,
                stage: Stage::parse(&text(3)?).ok_or_else(|| corrupt("stage"))?,
                at: row.try_get_by_index(4)?,
            };
            let contract = Uuid::parse_str(&contract).map_err(|_| corrupt("contract"))?;
            said.entry(ContractId(contract)).or_default().push(one);
        }
        Ok(said)
    }
}

impl Write {
    /// Keeps what this transaction's mail says of a contract.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn say(&mut self, contract: ContractId, due: &Due) -> Result<()> {
        let sql = "insert into reminder (contract_id, kind, date, stage, said_at) values ($1, $2, $3, $4, $5) \
                   on conflict (contract_id, kind, date) do update set stage = excluded.stage, said_at = excluded.said_at";
        let values = vec![
            id(contract.0),
            due.kind.as_str().into(),
            due.date.to_string().into(),
            due.stage.as_str().into(),
            self.at().into(),
        ];
        self.transaction().execute(sql, values).await?;
        Ok(())
    }

    /// Forgets what was to be said of a contract by a message that was then not sent.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn unsay(&mut self, contract: ContractId, kind: &str, date: &str, said_at: i64) -> Result<()> {
        let sql = "delete from reminder where contract_id = $1 and kind = $2 and date = $3 and said_at = $4";
        self.transaction().execute(sql, vec![id(contract.0), kind.into(), date.into(), said_at.into()]).await?;
        Ok(())
    }
}
