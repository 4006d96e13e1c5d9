//! Opening a database, and putting into it what ships with the program.

use crate::{Later, config::Clock};
use anyhow::Result;
use domain::{
    dpia::stored::Stored,
    people::Scope,
    register::{
        records::{Function, Organisation},
        reference::Reference,
    },
};
use store::{Store, db::Schema};

/// Opens a database, creates and migrates it, and inserts what ships.
///
/// # Errors
/// A sentence that says what to do, when it cannot be opened.
pub fn open(address: &str, clock: Clock) -> Later<'_, Result<Store>> {
    Box::pin(async move {
        let store = Store::open(address, Schema::AtStart).await?;
        ship(&store, clock).await?;
        Ok(store)
    })
}

/// Inserts the shipped organisations, service areas and functions that the database does not have yet. What a council or the
/// hub has changed since is left as it is.
///
/// # Errors
/// When the database fails.
pub fn ship(store: &Store, clock: Clock) -> Later<'_, Result<()>> {
    Box::pin(async move {
        let scope = Scope::Job { name: "seed".to_owned() };
        // A version that ships is kept as it is: assessments that were written with it keep it when a newer program brings another.
        // What is there word for word is not read again, which at every start but the first is all of it.
        let there = store.all::<Stored>(&scope).await?;
        let new = domain::dpia::writing::shipped_but(|text| there.iter().any(|file| file.text == text));
        store.seed_files(&scope, clock.now(), new).await?;
        if store.count::<Organisation>(&scope).await? > 0 && store.count::<Function>(&scope).await? > 0 {
            return Ok(());
        }
        let mut shipped = Reference::shipped()?;
        let mut write = store.write(&scope, clock.now()).await?;
        write.create(&mut shipped.service_areas).await?;
        write.create(&mut shipped.organisations).await?;
        write.create(&mut shipped.functions).await?;
        write.commit().await?;
        Ok(())
    })
}
