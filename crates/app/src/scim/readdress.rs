//! A user whom the directory names under another address before they took their place up: the address was mistyped, or has changed
//! since. Whoever has that address is invited in their stead, as if the directory had created them so, and is the same user to it. The
//! person of the first address, whoever that is, is left as they are: whether the account was there before cannot be told by it.

use super::{
    Directory, Failed,
    joining::{addressed_by, invite, taken_in},
    known::counts,
    patch::UserChange,
    resource::User,
    users::taken,
};
use crate::{mail::Recipient, state::App};
use domain::people::{Membership, sign_in::invitation::Purpose};
use store::{Write, scim::ScimUser};

/// The address under which a user is named from now on, where it is another and they never took up a place at this organisation. Of
/// whoever once did, the account is theirs, and its address is not the directory's to give to another person. A directory that gives
/// no addresses names people by one: where the user's name was their address, another name that can be one is where they are invited.
pub(super) async fn wanted(
    write: &Write,
    directory: &Directory,
    user: &User,
    change: &UserChange,
) -> Result<Option<String>, Failed> {
    let said = change.email.as_deref().or_else(|| named_by(user, change));
    let address = said.map(str::to_lowercase).filter(|address| user.person.email.as_ref() != Some(address));
    let Some(address) = address.filter(|_| user.place.accepted_at.is_none()) else { return Ok(None) };
    let accepted = write.accepted_at(user.person.id).await?;
    Ok(Some(address).filter(|_| !accepted.contains(&directory.organisation)))
}

/// The name that a directory gives a user, as an address: where it says none, and theirs was the name that they had.
fn named_by<'c>(user: &User, change: &'c UserChange) -> Option<&'c str> {
    let by_name = user.person.email.as_deref().is_some_and(|email| email.eq_ignore_ascii_case(&user.user_name()));
    change.user_name.as_deref().filter(|name| by_name && Recipient::new(Some(&user.name()), name).is_ok())
}

/// The user under another address: with the roles that they were to have, and a new invitation in the place of the old.
pub(super) async fn under(
    app: &App,
    directory: &Directory,
    write: &mut Write,
    users: &[User],
    user: User,
    address: &str,
    invited: bool,
) -> Result<User, Failed> {
    let name = user.name();
    let reached =
        |other: &User| other.person.id != user.person.id && counts(other) && other.person.email.as_deref() == Some(address);
    if Recipient::new(Some(&name), address).is_err() || users.iter().any(reached) {
        return Err(taken());
    }
    let revoked_at = user.place.revoked_at;
    if revoked_at.is_none() {
        let mut gone = Membership { revoked_at: Some(write.at()), ..user.place.clone() };
        write.update(&user.place, &mut gone).await?;
    }
    write.withdraw_invitations(Purpose::Join, user.person.id, directory.organisation).await?;
    let person = addressed_by(write, &name, address).await?;
    let place = taken_in(write, directory, &person, user.place.roles.clone(), revoked_at).await?;
    let known = match &user.known {
        Some(known) => ScimUser { person: person.id, ..known.clone() },
        None => ScimUser { person: person.id, id: user.id(), user_name: user.user_name().to_lowercase(), external_id: None },
    };
    write.hand_scim_user_on(directory.organisation, user.person.id, person.id).await?;
    write.keep_scim_user(directory.organisation, &known).await?;
    write.keep_invited_as(place.id, &name).await?;
    let user = User { person, place, known: Some(known), typed: Some(name) };
    if invited && user.active() {
        invite(app, directory, write, &user).await?;
    }
    Ok(user)
}
