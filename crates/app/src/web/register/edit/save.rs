//! Saving what a person changed: the version they saw, what stands now, one transaction, one answer to a repeated press.

use super::{naming::Names, own::Kept};
use crate::{
    error::Failure,
    imports,
    jobs::refresh,
    state::App,
    web::{base::seen, form::Form, page, repeat, session::Caller},
};
use axum::response::Response;
use domain::{
    people::{Act, Scope},
    register::{
        edit::{
            Merged, Refused,
            check::Reference,
            contract::Named,
            merge::{self, PERSON},
        },
        ids::OrganisationId,
        import::{
            apply::Fields,
            resolve::{Changes, Index, RecordChange},
        },
        records::*,
    },
};
use std::collections::HashSet;
use store::{Record, Write};
use uuid::Uuid;

pub use crate::web::base::steps;

/// How often a save is tried again when someone else was faster.
const TRIES: usize = 4;

/// What became of a save.
pub enum Outcome<R> {
    /// Nothing differs from what stands.
    Nothing(Box<R>),
    /// It is written, now or by the same press before: where that leads, and what is said there.
    Done(Box<Response>),
    /// It cannot be; nothing is written.
    Refused(Vec<Refused>),
    /// Someone else changed the same field; nothing is written.
    Clash(Box<Clash<R>>),
}

/// Two people's versions of one record.
pub struct Clash<R> {
    /// What the writer saw.
    pub base: R,
    /// What stands.
    pub stored: R,
    /// What the writer made of it.
    pub wanted: R,
    /// What stands, with everything of the writer's that fits and the writer's side of what clashes.
    pub merged: R,
    /// Fields that clash.
    pub clashes: Vec<&'static str>,
    /// The writer's fields that fit.
    pub fits: Vec<&'static str>,
    /// Names that the writer's side would add.
    pub changes: Changes,
}

/// The record that the caller may edit; not found for anything else, seen or unseen.
///
/// # Errors
/// Not found.
pub async fn editable<R: Kept>(app: &App, caller: &Caller, id: Uuid) -> Result<R, Failure> {
    let record = app.store.get::<R>(&caller.scope, id).await?.ok_or_else(Failure::not_found)?;
    caller.must(&Act::EditRegister(record.owner()))?;
    Ok(record)
}

/// The record as it was in a version; as it stands where that version cannot be seen any more, so that everything that
/// differs is then shown as a clash rather than overwritten.
async fn base_of<R: Kept>(app: &App, scope: &Scope, stored: &R, version: i64) -> Result<Option<R>, Failure> {
    seen(app, scope, stored, stored.version(), version).await
}

/// What a form made of a record: `read` takes the version that the writer saw and gives what was wanted, with what was refused;
/// `said` gives the banner of what is saved, from what stood before and what stands now.
///
/// # Errors
/// Not found for whoever may not edit it, or when the database fails.
pub async fn edit<R: Kept>(
    app: &App,
    caller: &Caller,
    id: Uuid,
    command: Uuid,
    version: i64,
    read: impl Fn(&mut R, &Named<'_>, &mut Index<'_>) -> Vec<Refused>,
    said: impl Fn(&R, &R) -> Result<String, Failure>,
) -> Result<Outcome<R>, Failure> {
    for _ in 0..TRIES {
        let stored = editable::<R>(app, caller, id).await?;
        // Asked after the record is read, so that what a first press wrote is known here where it is known there.
        if let Some(first) = repeat::before(app, caller, command).await? {
            return Ok(Outcome::Done(Box::new(first)));
        }
        let scope = super::keeping(caller, stored.owner());
        // A version that is none of the record's own is no version that anyone saw.
        let Some(base) = base_of(app, &scope, &stored, version).await? else {
            return Err(Failure::form("The form is out of date: open its page again."));
        };
        let known = imports::plan::Names::load(&app.store, &scope).await?;
        let now = app.clock.now();
        let snapshot = app.snapshot();
        let mut wanted = base.clone();
        let (mut refused, changes) = {
            let mut ids = Uuid::now_v7;
            let mut index = Index::new(known.known(), &mut ids, now);
            let refused = Names::of(&snapshot).named(|named| read(&mut wanted, named, &mut index));
            (refused, index.into_changes())
        };
        let (mut after, fields) = match merge::merge(&base, &stored, &wanted) {
            _ if !refused.is_empty() => return Ok(Outcome::Refused(refused)),
            Merged::Unchanged => return Ok(Outcome::Nothing(Box::new(stored))),
            Merged::Fits { after, fields, .. } => (*after, fields),
            Merged::Clash { after, fields, clashes } => {
                let mut merged = *after;
                merge::all_fields::<R>()
                    .filter(|field| clashes.contains(&field.name))
                    .for_each(|field| field.take(&wanted, &mut merged));
                return Ok(Outcome::Clash(Box::new(Clash { base, stored, wanted, merged, clashes, fits: fields, changes })));
            }
        };
        let references = References::load(app, &scope, stored.owner()).await?;
        refused.extend(after.check(&fields, &|reference| references.has(reference)));
        if !refused.is_empty() {
            return Ok(Outcome::Refused(refused));
        }
        merge::sign(&mut after, &fields, PERSON);
        let mut write = app.store.write(&scope, now).await?;
        if let Some(kept) = write.command(command).await? {
            return Ok(Outcome::Done(Box::new(repeat::again(&kept))));
        }
        match write_all(&mut write, known.seen, changes, &stored, &mut after).await {
            Err(store::Error::Conflict(..)) => continue,
            other => other?,
        }
        let (to, said) = (after.address(), said(&stored, &after)?);
        repeat::keep(&mut write, command, &to, &said).await?;
        write.commit().await?;
        refresh::refresh(app).await?;
        return Ok(Outcome::Done(Box::new(page::saved(&to, &said))));
    }
    Err(Failure::of(crate::error::Code::Timeout))
}

async fn write_all<R: Record>(
    write: &mut Write,
    seen: i64,
    changes: Changes,
    stored: &R,
    after: &mut R,
) -> Result<(), store::Error> {
    names(write, seen, changes).await?;
    write.update(stored, after).await?;
    Ok(())
}

/// Writes the names that an edit makes, with the flags that ask the hub to place them. `seen` is the log's head before the known ones
/// were read ([`imports::plan::Names::seen`]).
///
/// # Errors
/// [`store::Error::Conflict`] when someone else changed one of them, or made one since that may be the same: read them again. Or when
/// the database fails.
pub async fn names(write: &mut Write, seen: i64, changes: Changes) -> Result<(), store::Error> {
    if makes(&changes.functions) || makes(&changes.suppliers) || makes(&changes.products) {
        write.hold_names(seen).await?;
    }
    each(write, changes.functions).await?;
    each(write, changes.suppliers).await?;
    each(write, changes.products).await?;
    write.create(&mut { changes.flags }).await
}

fn makes<R>(changes: &[RecordChange<R>]) -> bool {
    changes.iter().any(|change| change.before.is_none())
}

async fn each<R: Record>(write: &mut Write, changes: Vec<RecordChange<R>>) -> Result<(), store::Error> {
    for change in changes {
        let mut after = change.after;
        match change.before {
            Some(before) => {
                write.update(&before, &mut after).await?;
            }
            None => write.create(&mut [after]).await?,
        }
    }
    Ok(())
}

/// What a move did to a record.
pub enum Moved<R> {
    /// It is written, or nothing differed.
    Done(Box<R>),
    /// It was written before, by the same press.
    Before(String),
    /// It cannot be.
    Refused(Refused),
    /// The record is another one than the press was made on; nothing is written.
    Stale(Box<Stale<R>>),
}

/// A record as it was when a page was opened, and as it stands.
pub struct Stale<R> {
    /// What the writer saw.
    pub seen: R,
    /// What stands.
    pub stored: R,
}

/// On what a press was made: the name of the form's field that holds the record's version.
#[derive(Clone, Copy)]
pub enum Seen<'f> {
    /// It changes some fields: what others changed beside them stays, and the same field is asked.
    Fields(&'f str),
    /// It says something of the record as a whole: any change since is asked.
    Whole(&'f str),
}

impl Seen<'_> {
    fn version(self, form: &Form) -> Result<i64, Failure> {
        let (Seen::Fields(name) | Seen::Whole(name)) = self;
        form.text(name).parse().map_err(|_| Failure::form("The form is incomplete: open its page again."))
    }
}

/// What changed in a record since the version that a form names; none where nothing did.
///
/// # Errors
/// An invalid request for a version that is none of the record's own, or when the database fails.
pub async fn since<R: Kept>(
    app: &App,
    caller: &Caller,
    stored: &R,
    form: &Form,
    seen: Seen<'_>,
) -> Result<Option<Stale<R>>, Failure> {
    let version = seen.version(form)?;
    if stored.version() == version {
        return Ok(None);
    }
    let base = base_of(app, &super::keeping(caller, stored.owner()), stored, version).await?;
    let base = base.ok_or_else(|| Failure::form("The form is out of date: open its page again."))?;
    Ok(Some(Stale { seen: base, stored: stored.clone() }))
}

/// A move: from the record as the writer saw it to the record as it is to be, in one press. Where others changed the record since,
/// what the move does is put beside what they did, as an edit is; where that cannot be told, nothing is written and the page asks.
///
/// # Errors
/// Not found for whoever may not edit it, or when the database fails.
pub async fn change<R: Kept>(
    app: &App,
    caller: &Caller,
    id: Uuid,
    form: &Form,
    seen: Seen<'_>,
    how: impl Fn(&R) -> Result<R, Refused>,
) -> Result<Moved<R>, Failure> {
    for _ in 0..TRIES {
        let stored = editable::<R>(app, caller, id).await?;
        let (command, scope) = (form.command()?, super::keeping(caller, stored.owner()));
        let mut write = app.store.write(&scope, app.clock.now()).await?;
        if let Some(address) = write.command(command).await? {
            return Ok(Moved::Before(address));
        }
        let wanted = match since(app, caller, &stored, form, seen).await? {
            None => how(&stored),
            Some(stale) => match beside(app, &scope, &stale, seen, &how).await? {
                Some(after) => Ok(after),
                None => return Ok(Moved::Stale(Box::new(stale))),
            },
        };
        let mut after = match wanted {
            Ok(after) => after,
            Err(refused) => return Ok(Moved::Refused(refused)),
        };
        if let Some(refused) = made_wrong(&stored, &after) {
            return Ok(Moved::Refused(refused));
        }
        match write.update(&stored, &mut after).await {
            Err(store::Error::Conflict(..)) => continue,
            other => other?,
        };
        write.answered(command, &after.address()).await?;
        write.commit().await?;
        refresh::refresh(app).await?;
        return Ok(Moved::Done(Box::new(after)));
    }
    Err(Failure::of(crate::error::Code::Timeout))
}

/// What a move would make wrong that was not wrong before; what is wrong with the record already stops no press that leaves it so.
/// What a move refers to, it has looked up itself.
fn made_wrong<R: Kept>(stored: &R, after: &R) -> Option<Refused> {
    let Merged::Fits { fields, .. } = merge::merge(stored, stored, after) else { return None };
    let before = stored.check(&fields, &|_| true);
    after.check(&fields, &|_| true).into_iter().find(|one| !before.contains(one))
}

/// A move on a record that others changed since: what both did, where the two do not touch the same field, each may stand beside
/// the other, and the move could be made on what stands too.
async fn beside<R: Kept>(
    app: &App,
    scope: &Scope,
    stale: &Stale<R>,
    seen: Seen<'_>,
    how: &impl Fn(&R) -> Result<R, Refused>,
) -> Result<Option<R>, Failure> {
    let (Seen::Fields(_), Ok(wanted), Ok(_)) = (seen, how(&stale.seen), how(&stale.stored)) else { return Ok(None) };
    match merge::merge(&stale.seen, &stale.stored, &wanted) {
        Merged::Unchanged => Ok(Some(stale.stored.clone())),
        Merged::Clash { .. } => Ok(None),
        Merged::Fits { mut after, fields, .. } => {
            // Where each field came from goes with it.
            for field in &fields {
                if let Some(by) = wanted.origin_ref().fields.get(*field) {
                    after.origin().fields.insert((*field).to_owned(), by.clone());
                }
            }
            let references = References::load(app, scope, stale.stored.owner()).await?;
            let sound = after.check(&fields, &|reference| references.has(reference)).is_empty();
            Ok(sound.then_some(*after))
        }
    }
}

/// What a record of an organisation may refer to.
pub struct References {
    systems: HashSet<Uuid>,
    contracts: HashSet<Uuid>,
    members: HashSet<domain::people::PersonId>,
}

impl References {
    /// Reads them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn load(app: &App, scope: &Scope, organisation: OrganisationId) -> Result<Self, Failure> {
        let own = organisation.0.to_string();
        let systems = app.store.by::<System>(scope, "organisation_id", own.clone()).await?;
        let contracts = app.store.by::<Contract>(scope, "organisation_id", own).await?;
        Ok(Self {
            systems: systems.iter().map(|system| system.id.0).collect(),
            contracts: contracts.iter().map(|contract| contract.id.0).collect(),
            members: super::members::of(app, scope, organisation).await?.into_iter().map(|member| member.person).collect(),
        })
    }

    /// Whether a reference may be made. Common reference data is anyone's; its foreign keys hold in the database.
    #[must_use]
    pub fn has(&self, reference: Reference) -> bool {
        match reference {
            Reference::System(id) => self.systems.contains(&id.0),
            Reference::Contract(id) => self.contracts.contains(&id.0),
            Reference::Member(id) => self.members.contains(&id),
            Reference::Supplier(_) | Reference::Product(_) | Reference::Function(_) | Reference::Organisation(_) => true,
        }
    }
}

/// The names of all fields that people may set.
#[must_use]
pub fn field_names<R: Fields>() -> Vec<&'static str> {
    merge::all_fields::<R>().map(|field| field.name).collect()
}
