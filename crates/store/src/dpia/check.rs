//! What `citytools check` asks of projects and assessments: records and log agree, the columns that repeat something say what
//! the record says, seals are those of what they seal, files are whole.

use crate::{
    check::{Findings, Folded},
    db::{Query as _, Store},
    error::Result,
    records::{Reader, Record},
};
use domain::{
    dpia::{
        advice::Recommendation,
        assessment::Assessment,
        attachment::Attachment,
        comment::Comment,
        edit::FieldState,
        ico::Consultation,
        known::Known,
        project::{Project, Screening},
        publication::Publication,
        seal::Seal,
        sign_off::Signature,
        stored::Stored,
        task::Task,
        version::{MeasureRecord, RiskRecord, Version},
    },
    people::Scope,
};
use sea_orm::{QueryResult, Value};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, HashMap};

impl Store {
    /// Checks everything of projects and assessments.
    pub(crate) async fn verify_dpia(&self, scope: &Scope, findings: &mut Findings, log: &mut Folded) -> Result<()> {
        macro_rules! each {
            ($($record:ty),* $(,)?) => {$(
                self.verify::<$record>(scope, findings, log).await?;
                self.verify_columns::<$record>(findings).await?;
            )*};
        }
        each!(
            Project,
            Screening,
            Stored,
            Assessment,
            FieldState,
            RiskRecord,
            MeasureRecord,
            Comment,
            Recommendation,
            Version,
            Signature,
            Consultation,
            Publication,
            Task,
            Attachment,
        );
        self.verify_seals(scope, findings).await?;
        self.verify_files(scope, findings).await
    }

    /// The columns behind a record say what the record says.
    async fn verify_columns<R: Record>(&self, findings: &mut Findings) -> Result<()> {
        let sql = format!("select {} from {} order by id", R::COLUMNS.join(", "), R::TABLE);
        for row in self.rows(&sql, vec![]).await? {
            let Ok(record) = R::read(&Reader::new(&row, R::TABLE)) else { continue };
            let mut values = Vec::new();
            record.values(&mut values);
            for (place, (column, value)) in
                R::COLUMNS.iter().zip(values).enumerate().filter(|(_, (column, _))| **column != "content")
            {
                if !says(&row, place, &value) {
                    findings.problems.push(format!(
                        "{} {}: the column {column} does not say what the record says",
                        R::TABLE,
                        record.id()
                    ));
                }
            }
        }
        Ok(())
    }

    /// Versions are sealed with the seals of what they say; signatures are bound to those of the version they signed.
    async fn verify_seals(&self, scope: &Scope, findings: &mut Findings) -> Result<()> {
        let (known, _) = Known::of(&self.all::<Stored>(scope).await?);
        for (_, overlay) in known.overlays_of() {
            findings.attention.extend(overlay.unfit().flat_map(|fit| &fit.problems).map(ToString::to_string));
        }
        let mut seals = BTreeMap::new();
        let mut unknown = 0;
        let versions = self.all::<Version>(scope).await?;
        for version in versions {
            let controllers: Vec<_> = version.seals.annexes.keys().copied().collect();
            let made = jiff::Timestamp::from_millisecond(version.at).unwrap_or_default();
            let made = made.to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
            match known.laid(&version.content.template, controllers.iter().copied(), made) {
                Some(template) => {
                    if version.content.seals(controllers, &|field| template.signed(field)) != version.seals {
                        findings.problems.push(format!("version {} is not what its fingerprint says", version.id));
                    }
                }
                None => unknown += 1,
            }
            seals.insert(version.id, version.seals);
        }
        if unknown > 0 {
            findings.problems.push(format!("{unknown} versions cannot be checked: their templates are not stored"));
        }
        for signature in self.all::<Signature>(scope).await? {
            if !seals.get(&signature.version).is_some_and(|seals| signature.fits(seals)) {
                findings.problems.push(format!("signature {} is not bound to the version that it names", signature.id));
            }
        }
        Ok(())
    }

    /// Each attached file is whole, as far as it is here.
    async fn verify_files(&self, scope: &Scope, findings: &mut Findings) -> Result<()> {
        let mut known: HashMap<Seal, bool> = HashMap::new();
        for attachment in self.all::<Attachment>(scope).await?.into_iter().filter(Attachment::here) {
            if let std::collections::hash_map::Entry::Vacant(e) = known.entry(attachment.hash) {
                let sql = "select bytes from attachment_chunk where hash = $1 order by place";
                let mut hasher = Sha256::new();
                for row in self.rows(sql, vec![attachment.hash.to_string().into()]).await? {
                    let chunk: Vec<u8> = row.try_get_by_index(0)?;
                    hasher.update(chunk);
                }
                e.insert(Seal(hasher.finalize().into()) == attachment.hash);
            }
            if !known[&attachment.hash] {
                findings.problems.push(format!("the file {} is not the one that was attached", attachment.id));
            }
        }
        Ok(())
    }
}

/// Whether a column holds a value.
fn says(row: &QueryResult, place: usize, value: &Value) -> bool {
    match value {
        Value::String(text) => row.try_get_by_index::<Option<String>>(place).is_ok_and(|stored| stored == *text),
        Value::BigInt(number) => row.try_get_by_index::<Option<i64>>(place).is_ok_and(|stored| stored == *number),
        Value::Bool(truth) => row.try_get_by_index::<Option<bool>>(place).is_ok_and(|stored| stored == *truth),
        _ => false,
    }
}
