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
    work::reminders::{Due, Said, Spoken, Stage, again, last_of},
};
use std::collections::{HashMap, HashSet};
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

/// One thing that one person was told.
struct Row {
    person: PersonId,
    contract: ContractId,
    title: String,
    key: String,
    said: Said,
}

/// Notes that a contract was spoken of at an instant no earlier than those noted before.
fn speak(spoken: &mut HashMap<ContractId, Spoken>, id: ContractId, key: &str, at: i64) {
    let known = spoken.entry(id).or_insert(Spoken { id, key: String::new(), first: at, last: at });
    (known.key, known.last) = (key.to_owned(), at);
}

impl Store {
    /// What people were told of an organisation's contracts; of those that are gone too. What was told of one that is there again under
    /// another id, as after an import that was undone, was told of that one ([`again`]). What was told of a notice was told of the record
    /// that it stands behind by now.
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
            let contract = ContractId(Uuid::parse_str(&contract).map_err(|_| corrupt("contract"))?);
            let (title, key) = (text(6)?, text(7)?);
            speak(&mut spoken, contract, &key, one.at);
            all.push(Row { person, contract, title, key, said: one });
        }
        if all.is_empty() {
            return Ok(Told::new());
        }
        let behind = self.behind(organisation).await?;
        let there = self.keys_of(organisation).await?;
        let now = again(&spoken.into_values().collect::<Vec<_>>(), &there);
        let there: HashSet<ContractId> = there.into_iter().map(|(contract, _)| contract).collect();
        let mut gone: HashMap<PersonId, HashMap<ContractId, Spoken>> = HashMap::new();
        for row in all.iter().filter(|row| now.get(&row.contract).is_none_or(|now| !there.contains(now))) {
            speak(gone.entry(row.person).or_default(), row.contract, &row.key, row.said.at);
        }
        let gone: HashMap<PersonId, HashMap<ContractId, ContractId>> =
            gone.into_iter().map(|(person, gone)| (person, last_of(&gone.into_values().collect::<Vec<_>>()))).collect();
        let mut told = Told::new();
        for Row { person, contract, title, said, .. } in all {
            let last = gone.get(&person).and_then(|gone| gone.get(&contract));
            let contract = last.or_else(|| now.get(&contract)).copied().unwrap_or(contract);
            let contract = behind.get(&contract).copied().unwrap_or(contract);
            let of = told.entry(person).or_default().entry(contract).or_default();
            of.title = title;
            of.said.push(said);
        }
        Ok(told)
    }

    /// Of an organisation's notices that stand behind one of its records, which record that is.
    async fn behind(&self, organisation: OrganisationId) -> Result<HashMap<ContractId, ContractId>> {
        let sql = "select id, notice_of from contract where organisation_id = $1 and notice_of is not null";
        let rows = self.rows(sql, vec![id(organisation.0)]).await?;
        rows.iter()
            .map(|row| {
                let (notice, record): (String, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
                let corrupt =
                    |error: uuid::Error| Error::Corrupt { table: "contract", id: notice.clone(), reason: error.to_string() };
                let contract = |text: &str| Uuid::parse_str(text).map(ContractId).map_err(corrupt);
                Ok((contract(&notice)?, contract(&record)?))
            })
            .collect()
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
                   select person_id, organisation_id, contract_id, contract_key, title, $5, $6, $1, $2 from told \
                   where person_id = $3 and contract_id = $4 order by said_at desc limit 1 \
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
