//! Emailed one-time codes. A code is kept for an unknown address too, so that asking takes the same work whoever it names.

use super::uuid;
use crate::{
    error::Result,
    records::{id, opt_id},
    write::Write,
};
use domain::{
    audit::{Hash, hex},
    people::{
        PersonId,
        sign_in::code::{Code, TRIES},
    },
};
use uuid::Uuid;

/// A code as it is kept, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its id.
    pub id: Uuid,
    /// Whose; none for an address that nobody has here.
    pub person: Option<PersonId>,
    /// The rest.
    pub code: Code,
}

impl Write {
    /// Keeps a new code for an address and ends the earlier ones; forgets those of yesterday.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn issue_code(&mut self, email_hash: &str, digest: &Hash, person: Option<PersonId>) -> Result<()> {
        let at = self.at();
        // Two who ask at once would each end the codes before, and neither the other's.
        self.hold_code(email_hash).await?;
        let transaction = self.transaction();
        transaction
            .execute("delete from sign_in_code where issued_at < $1", vec![(at - domain::people::sign_in::DAY).into()])
            .await?;
        transaction
            .execute(
                "update sign_in_code set ended_at = $1 where email_hash = $2 and ended_at is null",
                vec![at.into(), email_hash.into()],
            )
            .await?;
        transaction
            .execute(
                "insert into sign_in_code (id, email_hash, person_id, digest, issued_at, tries) values ($1, $2, $3, $4, $5, 0)",
                vec![id(Uuid::now_v7()), email_hash.into(), opt_id(person.map(|person| person.0)), hex(digest).into(), at.into()],
            )
            .await?;
        Ok(())
    }

    /// The latest code of an address, one try of it spent; none where there is none that can be tried.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn try_code(&mut self, email_hash: &str) -> Result<Option<Kept>> {
        let sql = "select id, person_id, digest, issued_at, tries, ended_at from sign_in_code where email_hash = $1 \
                   order by ended_at is null desc, issued_at desc, id desc limit 1";
        let Some(row) = self.transaction().row(sql, vec![email_hash.into()]).await? else { return Ok(None) };
        let code = uuid(&row, 0, "sign_in_code")?;
        let person: Option<String> = row.try_get_by_index(1)?;
        let digest: String = row.try_get_by_index(2)?;
        let spent = self
            .transaction()
            .execute(
                "update sign_in_code set tries = tries + 1 where id = $1 and tries < $2 and ended_at is null",
                vec![id(code), TRIES.into()],
            )
            .await?;
        let mut tries: i64 = row.try_get_by_index(4)?;
        if spent.rows_affected() != 1 {
            // Ended or spent in the meantime: as good as tried out.
            tries = TRIES;
        }
        Ok(Some(Kept {
            id: code,
            person: person.and_then(|text| text.parse().ok()),
            code: Code { digest: unhex(&digest), issued_at: row.try_get_by_index(3)?, tries, ended_at: row.try_get_by_index(5)? },
        }))
    }

    /// Ends every code of a person, as when their address changes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_codes_of(&mut self, person: PersonId) -> Result<()> {
        let sql = "update sign_in_code set ended_at = $1 where person_id = $2 and ended_at is null";
        self.transaction().execute(sql, vec![self.at().into(), id(person.0)]).await?;
        Ok(())
    }

    /// Uses a code up; false when someone was faster.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn use_code(&mut self, code: Uuid) -> Result<bool> {
        let at = self.at();
        let sql = "update sign_in_code set ended_at = $1 where id = $2 and ended_at is null";
        Ok(self.transaction().execute(sql, vec![at.into(), id(code)]).await?.rows_affected() == 1)
    }
}

/// The digest behind its hexadecimal; what is none matches nothing that can be typed.
fn unhex(text: &str) -> Hash {
    let mut hash = [0; 32];
    for (place, byte) in hash.iter_mut().enumerate() {
        *byte = text.get(2 * place..2 * place + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok()).unwrap_or_default();
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_reads_back() {
        let hash: Hash = std::array::from_fn(|place| u8::try_from(place * 7 % 256).unwrap());
        assert_eq!(unhex(&hex(&hash)), hash);
    }
}
