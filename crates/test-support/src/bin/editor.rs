//! Makes edits one after another and says each number once it is committed. For tests that kill it.

use domain::{
    people::Scope,
    register::{ids::OrganisationId, records::Organisation},
};
use std::io::Write as _;
use store::{Store, db::Schema};
use test_support::records;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::args().nth(1).ok_or("usage: editor DATABASE")?;
    let store = Store::open(&address, Schema::AtStart).await?;
    let scope = Scope::Operator;
    let organisation: OrganisationId = match store.all::<Organisation>(&scope).await?.first() {
        Some(found) => found.id,
        None => {
            let mut made = [records::organisation("camden")];
            let mut write = store.write(&scope, 1).await?;
            write.create(&mut made).await?;
            write.commit().await?;
            made[0].id
        }
    };
    let mut out = std::io::stdout();
    loop {
        // A creation and a change of it, together or not at all.
        let mut contract = [records::contract(organisation, "begun", None)];
        let mut write = store.write(&scope, 2).await?;
        write.create(&mut contract).await?;
        let mut after = contract[0].clone();
        after.title = "finished".to_owned();
        write.update(&contract[0], &mut after).await?;
        write.commit().await?;
        writeln!(out, "{}", after.id)?;
        out.flush()?;
    }
}
