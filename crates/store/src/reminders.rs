//! What each person was told of contracts' decision dates. Machinery, no records: what was said is no fact of the register.

use crate::{
    db::{Query as _, Store},
    error::{Error, Result},
    jobs::machinery,
    records::id,
    write::Write,
};
use domain::{
    people::{PersonId, Scope},
    register::{
        ids::{ContractId, OrganisationId},
        terms::DecisionKind,
    },
    work::reminders::{Due, Said, Stage},
};
use std::collections::HashMap;
use uuid::Uuid;

const KINDS: [DecisionKind; 3] = [DecisionKind::ExtendBy, DecisionKind::GiveNoticeBy, DecisionKind::StartBuyingBy];

/// What people were told of an organisation's contracts: by person, then by contract. Whoever is not in it was told nothing yet.
pub type Told = HashMap<PersonId, HashMap<ContractId, Vec<Said>>>;

impl Store {
    /// What people were told of an organisation's contracts.
    ///
    /// # Errors
    /// When the scope may not or the database fails.
    pub async fn reminded(&self, scope: &Scope, organisation: OrganisationId) -> Result<Told> {
        machinery(scope)?;
        let sql = "select r.person_id, r.contract_id, r.kind, r.date, r.stage, r.said_at from reminded r \
                   join contract c on c.id = r.contract_id where c.organisation_id = $1";
        let mut told = Told::new();
        for row in self.rows(sql, vec![id(organisation.0)]).await? {
            let text = |index: usize| -> Result<String> { Ok(row.try_get_by_index(index)?) };
            let (person, contract) = (text(0)?, text(1)?);
            let corrupt =
                |what: &str| Error::Corrupt { table: "reminded", id: contract.clone(), reason: format!("unknown {what}") };
            let kind = text(2)?;
            let one = Said {
                kind: KINDS.into_iter().find(|known| known.as_str() == kind).ok_or_else(|| corrupt("kind"))?,
                date: text(3)?.parse().map_err(|_| corrupt("date"))?,
                stage: Stage::parse(&text(4)?).ok_or_else(|| corrupt("stage"))?,
                at: row.try_get_by_index(5)?,
            };
            let person = Uuid::parse_str(&person).map_err(|_| corrupt("person"))?;
            let contract = Uuid::parse_str(&contract).map_err(|_| corrupt("contract"))?;
            told.entry(PersonId(person)).or_default().entry(ContractId(contract)).or_default().push(one);
        }
        Ok(told)
    }
}

impl Write {
    /// Keeps what this transaction's mail tells a person of a contract.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn say(&mut self, person: PersonId, contract: ContractId, due: &Due) -> Result<()> {
        let sql = "insert into reminded (person_id, contract_id, kind, date, stage, said_at) values ($1, $2, $3, $4, $5, $6) \
                   on conflict (contract_id, person_id, kind, date, stage) do update set said_at = excluded.said_at";
        let values = vec![
            id(person.0),
            id(contract.0),
            due.kind.as_str().into(),
            due.date.to_string().into(),
            due.stage.as_str().into(),
            self.at().into(),
        ];
        self.transaction().execute(sql, values).await?;
        Ok(())
    }

    /// Forgets what a person was to be told of a contract by a message that was then not sent. What others were told stays.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn unsay(&mut self, person: PersonId, contract: ContractId, kind: &str, date: &str, said_at: i64) -> Result<()> {
        let sql = "delete from reminded where person_id = $1 and contract_id = $2 and kind = $3 and date = $4 and said_at = $5";
        let values = vec![id(person.0), id(contract.0), kind.into(), date.into(), said_at.into()];
        self.transaction().execute(sql, values).await?;
        Ok(())
    }
}
