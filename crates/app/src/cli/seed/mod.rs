//! What an empty database is filled with by `--demo`: the illustrative register; its data projects stand in [`dpias`]. What ships with
//! the program and is always there stands in `server::opening`.

pub mod dpias;

use crate::{config::Clock, state::ILLUSTRATIVE};
use anyhow::{Result, bail};
use domain::{
    people::{Membership, MembershipId, Person, PersonId, Scope},
    register::{
        illustrative,
        records::{Contract, Function, Import, Organisation, Supplier},
    },
};
use store::Store;

fn job(name: &str) -> Scope {
    Scope::Job { name: name.to_owned() }
}

/// Fills an empty register with the illustrative one; a register that is illustrative already is left as it is.
pub async fn illustrative(store: &Store, clock: Clock) -> Result<()> {
    let scope = job("illustrative");
    if store.setting(&scope, ILLUSTRATIVE).await?.as_deref() == Some("true") {
        return Ok(());
    }
    if store.count::<Contract>(&scope).await? > 0 || store.count::<Supplier>(&scope).await? > 0 {
        bail!("--demo fills an empty database only, and this one holds a register: give a new one with --database");
    }
    let organisations = store.all::<Organisation>(&scope).await?;
    let functions = store.all::<Function>(&scope).await?;
    let mut register = illustrative::generate(clock.today(), illustrative::SEED, &organisations, &functions);
    let import = domain::register::ids::ImportId(uuid::Uuid::now_v7());
    let mut write = store.write(&scope, clock.now()).await?;
    write.by_import(import);
    let mut notices = illustrative::notices(clock.today(), &register.contracts, &organisations);
    // A notice of a contract that the register has stands behind its record, and is no contract more.
    let count = register.contracts.len() + notices.iter().filter(|notice| notice.notice_of.is_none()).count();
    let report = serde_json::json!({ "read": count, "created": count });
    let kind = "illustrative".to_owned();
    write
        .create(&mut [Import {
            id: import,
            kind,
            files: Vec::new(),
            at: clock.now(),
            report,
            undone_at: None,
            organisation: None,
        }])
        .await?;
    for contract in register.contracts.iter_mut().chain(&mut notices) {
        contract.origin.import = Some(import);
    }
    for system in &mut register.systems {
        system.origin.import = Some(import);
    }
    for planned in &mut register.planned {
        planned.origin.import = Some(import);
    }
    for mut after in illustrative::members(clock.today(), &organisations) {
        let Some(before) = organisations.iter().find(|one| one.id == after.id) else { continue };
        write.update(before, &mut after).await?;
    }
    write.create(&mut register.suppliers).await?;
    write.create(&mut register.products).await?;
    write.create(&mut register.systems).await?;
    write.create(&mut register.contracts).await?;
    // After the records that they stand behind.
    write.create(&mut notices).await?;
    write.create(&mut register.planned).await?;
    for skill in &mut register.skills {
        skill.origin.import = Some(import);
    }
    write.create(&mut register.skills).await?;
    write.set(ILLUSTRATIVE, "true").await?;
    write.commit().await?;
    Ok(())
}

/// Adds the illustrative people where there are none yet.
pub async fn people(store: &Store, clock: Clock) -> Result<()> {
    let scope = job("illustrative");
    if !store.by::<Person>(&scope, "illustrative", true).await?.is_empty() {
        return Ok(());
    }
    let now = clock.now();
    let organisations: Vec<Organisation> = store.all(&scope).await?;
    let (mut people, mut places) = (Vec::new(), Vec::new());
    for one in domain::people::illustrative::PEOPLE {
        let person = PersonId(uuid::Uuid::now_v7());
        people.push(Person {
            id: person,
            name: one.name.to_owned(),
            email: Some(one.email()),
            illustrative: true,
            disabled_at: None,
            unwanted_mail: Vec::new(),
            updated_at: 0,
        });
        for (slug, roles, deputy) in one.places {
            let Some(at) = organisations.iter().find(|at| at.slug == *slug) else { continue };
            places.push(Membership {
                id: MembershipId(uuid::Uuid::now_v7()),
                person,
                organisation: at.id,
                roles: roles.to_vec(),
                deputy: deputy.to_vec(),
                services: Vec::new(),
                invited_at: now,
                accepted_at: Some(now),
                revoked_at: None,
                updated_at: 0,
            });
        }
    }
    let mut write = store.write(&scope, now).await?;
    write.create(&mut people).await?;
    write.create(&mut places).await?;
    write.commit().await?;
    Ok(())
}
