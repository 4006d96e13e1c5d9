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
        records::Contract,
        terms::DecisionKind,
    },
    work::reminders::{Due, Said, Spoken, Stage, again},
};
use std::collections::HashMap;
use uuid::Uuid;

const KINDS: [DecisionKind; 3] = [DecisionKind::ExtendBy, DecisionKind::GiveNoticeBy, DecisionKind::StartBuyingBy];

/// What somebody was told of one contract.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToldOf {
    /// What the contract was called when it was last spoken of.
    pub title: String,
    /// What was said.
    pub said: Vec<Said>,
}

/// What people were told of an organisation's contracts: by person, then by contract. Whoever is not in it was told nothing yet.
pub type Told = HashMap<PersonId, HashMap<ContractId, ToldOf>>;

impl Store {
    /// What people were told of an organisation's contracts; of those that are gone too. What was told of one that is there again under
    /// another id, as after an import that was undone, was told of that one ([`again`]).
    ///
    /// # Errors
    /// When the scope may not or the database fails.
    pub async fn reminded(&self, scope: &Scope, organisation: OrganisationId) -> Result<Told> {
        machinery(scope)?;
        let sql = "select t.person_id, t.contract_id, t.kind, t.date, t.stage, t.said_at, t.title, t.contract_key from told t \
                   left join contract c on c.id = t.contract_id \
                   where coalesce(c.organisation_id, t.organisation_id) = $1 order by t.said_at";
        let mut all = Vec::new();
        let mut spoken: HashMap<ContractId, Spoken> = HashMap::new();
        for row in self.rows(sql, vec![id(organisation.0)]).await? {
            let text = |index: usize| -> Result<String> { Ok(row.try_get_by_index(index)?) };
            let (person, contract) = (text(0)?, text(1)?);
            let corrupt = |what: &str| Error::Corrupt { table: "told", id: contract.clone(), reason: format!("unknown {what}") };
            let kind = text(2)?;
            let one = Said {
                kind: KINDS.into_iter().find(|known| known.as_str() == kind).ok_or_else(|| corrupt("kind"))?,
                date: text(3)?.parse().map_err(|_| corrupt("date"))?,
                stage: Stage::parse(&text(4)?).ok_or_else(|| corrupt("stage"))?,
                at: row.try_get_by_index(5)?,
            };
            let person = PersonId(Uuid::parse_str(&person).map_err(|_| corrupt("person"))?);
            let id = ContractId(Uuid::parse_str(&contract).map_err(|_| corrupt("contract"))?);
            let known = spoken.entry(id).or_insert(Spoken { id, key: String::new(), first: one.at, last: one.at });
            (known.key, known.last) = (text(7)?, one.at);
            all.push((person, id, text(6)?, one));
        }
        if all.is_empty() {
            return Ok(Told::new());
        }
        let spoken: Vec<Spoken> = spoken.into_values().collect();
        let now = again(&spoken, &self.keys_of(organisation).await?);
        let mut told = Told::new();
        for (person, contract, title, one) in all {
            let of = told.entry(person).or_default().entry(now.get(&contract).copied().unwrap_or(contract)).or_default();
            of.title = title;
            of.said.push(one);
        }
        Ok(told)
    }

    /// The contracts of an organisation, by what an import finds them again.
    async fn keys_of(&self, organisation: OrganisationId) -> Result<Vec<(ContractId, String)>> {
        let sql = "select id, contract_key from contract where organisation_id = $1";
        let rows = self.rows(sql, vec![id(organisation.0)]).await?;
        rows.iter()
            .map(|row| {
                let (contract, key): (String, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
                let corrupt =
                    |error: uuid::Error| Error::Corrupt { table: "contract", id: contract.clone(), reason: error.to_string() };
                Ok((ContractId(Uuid::parse_str(&contract).map_err(corrupt)?), key))
            })
            .collect()
    }
}

impl Write {
    /// Keeps what this transaction's mail tells a person of a contract.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn say(&mut self, person: PersonId, contract: &Contract, due: &Due) -> Result<()> {
        let sql = "insert into told (person_id, organisation_id, contract_id, contract_key, title, kind, date, stage, said_at) \
                   values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (contract_id, person_id, kind, date, stage) \
                   do update set said_at = excluded.said_at, title = excluded.title";
        let values = vec![
            id(person.0),
            id(contract.organisation.0),
            id(contract.id.0),
            contract.key.clone().into(),
            contract.title.clone().into(),
            due.kind.as_str().into(),
            due.date.to_string().into(),
            due.stage.as_str().into(),
            self.at().into(),
        ];
        self.transaction().execute(sql, values).await?;
        Ok(())
    }

    /// Keeps that this transaction's mail tells a person that a date of a contract that is not there any more is gone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn say_gone(&mut self, person: PersonId, contract: ContractId, due: &Due) -> Result<()> {
        let sql = "insert into told (person_id, organisation_id, contract_id, contract_key, title, kind, date, stage, said_at) \
                   select person_id, organisation_id, contract_id, contract_key, title, kind, date, $1, $2 from told \
                   where person_id = $3 and contract_id = $4 and kind = $5 and date = $6 and stage <> $1 limit 1 \
                   on conflict (contract_id, person_id, kind, date, stage) do update set said_at = excluded.said_at";
        let values = vec![
            due.stage.as_str().into(),
            self.at().into(),
            id(person.0),
            id(contract.0),
            due.kind.as_str().into(),
            due.date.to_string().into(),
        ];
        self.transaction().execute(sql, values).await?;
        Ok(())
    }

    /// Forgets what a person was to be told of a contract by a message that was then not sent. What others were told stays.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn unsay(&mut self, person: PersonId, contract: ContractId, kind: &str, date: &str, said_at: i64) -> Result<()> {
        let sql = "delete from told where person_id = $1 and contract_id = $2 and kind = $3 and date = $4 and said_at = $5";
        let values = vec![id(person.0), id(contract.0), kind.into(), date.into(), said_at.into()];
        self.transaction().execute(sql, values).await?;
        Ok(())
    }
}
