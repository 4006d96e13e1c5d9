//! What a person is called: their own to correct, and their organisation's administrators' where the organisation is the only one
//! they act for. Where a directory keeps the name it would come back from there, so it is corrected there.

use super::{Act, Membership, Person, Scope, may};
use crate::register::ids::OrganisationId;

/// Why a name cannot be corrected so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not theirs to correct.
    #[error("may not correct this name")]
    NotYours,
    /// An organisation's directory keeps it.
    #[error("a directory keeps the name")]
    Directory(OrganisationId),
    /// They act for another organisation too: there they are called by the same name.
    #[error("a place elsewhere")]
    Elsewhere,
    /// They have not accepted yet, so that nobody here knows what they are called.
    #[error("only invited")]
    Invited,
}

/// The directory that keeps a person's name, if one does: that of the only organisation they have a place at, since only then does it
/// say what they are called. `places` are all of the person's, `directories` the organisations whose directory knows them and still
/// speaks to us.
#[must_use]
pub fn kept_by(places: &[Membership], directories: &[OrganisationId]) -> Option<OrganisationId> {
    let mut open = places.iter().filter(|place| place.revoked_at.is_none());
    let only = open.next().filter(|_| open.next().is_none())?;
    directories.contains(&only.organisation).then_some(only.organisation)
}

/// Whether somebody may correct a person's name: the person, or an administrator of the only organisation at which they have a place.
///
/// # Errors
/// Why not.
pub fn may_rename(
    by: &Scope,
    person: &Person,
    at: Option<OrganisationId>,
    places: &[Membership],
    directories: &[OrganisationId],
) -> Result<(), Refusal> {
    if let Some(organisation) = at {
        if !may(by, &Act::ManageMembers(organisation)) {
            return Err(Refusal::NotYours);
        }
        let open = || places.iter().filter(|place| place.revoked_at.is_none());
        let here = open().find(|place| place.organisation == organisation).ok_or(Refusal::NotYours)?;
        if here.accepted_at.is_none() {
            return Err(Refusal::Invited);
        }
        if open().any(|place| place.organisation != organisation) {
            return Err(Refusal::Elsewhere);
        }
    } else if by.person() != Some(person.id) {
        return Err(Refusal::NotYours);
    }
    kept_by(places, directories).map_or(Ok(()), |directory| Err(Refusal::Directory(directory)))
}

/// What two people made of one name at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Renamed {
    /// The person under the new name.
    To(Person),
    /// It stands so already.
    Same,
    /// Somebody else corrected it since the writer's page was opened: both are shown.
    Clash,
}

/// A person under another name; `seen` is the name that stood on the writer's page, none where that is not known any more.
#[must_use]
pub fn rename(stored: &Person, seen: Option<&str>, name: &str) -> Renamed {
    if stored.name == name {
        Renamed::Same
    } else if seen == Some(stored.name.as_str()) {
        Renamed::To(Person { name: name.to_owned(), ..stored.clone() })
    } else {
        Renamed::Clash
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::{Member, MembershipId, PersonId, Role, Standing, Via};
    use uuid::Uuid;

    const CAMDEN: OrganisationId = OrganisationId(Uuid::from_u128(1));
    const HACKNEY: OrganisationId = OrganisationId(Uuid::from_u128(2));

    fn person() -> Person {
        Person {
            id: PersonId(Uuid::from_u128(9)),
            name: "Zoe Typo".to_owned(),
            email: None,
            illustrative: false,
            disabled_at: None,
            unwanted_mail: Vec::new(),
            updated_at: 0,
        }
    }

    fn place(organisation: OrganisationId, accepted: bool, revoked: bool) -> Membership {
        Membership {
            id: MembershipId(Uuid::from_u128(20)),
            person: person().id,
            organisation,
            roles: vec![Role::Editor],
            deputy: Vec::new(),
            services: Vec::new(),
            invited_at: 1,
            accepted_at: accepted.then_some(2),
            revoked_at: revoked.then_some(3),
            updated_at: 0,
        }
    }

    fn member(id: u128, organisation: OrganisationId, role: Role) -> Scope {
        Scope::Member(Box::new(Member {
            person: PersonId(Uuid::from_u128(id)),
            name: "Somebody".to_owned(),
            acting_for: organisation,
            standings: vec![Standing { organisation, roles: vec![role], deputy: Vec::new() }],
            second_factor: true,
            checked_at: 0,
            acting_as: None,
            via: Via::Session(Uuid::nil().into()),
        }))
    }

    #[test]
    fn a_person_corrects_their_own_name_and_nobody_elses() {
        let places = [place(CAMDEN, true, false), place(HACKNEY, true, false)];
        assert_eq!(may_rename(&member(9, CAMDEN, Role::Viewer), &person(), None, &places, &[]), Ok(()));
        assert_eq!(may_rename(&member(8, CAMDEN, Role::Administrator), &person(), None, &places, &[]), Err(Refusal::NotYours));
        assert_eq!(may_rename(&Scope::Public, &person(), None, &places, &[]), Err(Refusal::NotYours));
    }

    #[test]
    fn an_administrator_corrects_it_where_the_person_acts_for_nobody_else() {
        let administrator = member(8, CAMDEN, Role::Administrator);
        let may = |places: &[Membership]| may_rename(&administrator, &person(), Some(CAMDEN), places, &[]);
        assert_eq!(may(&[place(CAMDEN, true, false)]), Ok(()));
        assert_eq!(may(&[place(CAMDEN, true, false), place(HACKNEY, true, true)]), Ok(()), "that place was taken away");
        assert_eq!(may(&[place(CAMDEN, true, false), place(HACKNEY, false, false)]), Err(Refusal::Elsewhere));
        assert_eq!(may(&[place(CAMDEN, false, false)]), Err(Refusal::Invited));
        assert_eq!(may(&[place(CAMDEN, true, true)]), Err(Refusal::NotYours));
        let editor = member(8, CAMDEN, Role::Editor);
        let refused = may_rename(&editor, &person(), Some(CAMDEN), &[place(CAMDEN, true, false)], &[]);
        assert_eq!(refused, Err(Refusal::NotYours));
    }

    #[test]
    fn where_a_directory_keeps_it_it_is_corrected_there() {
        let own = member(9, CAMDEN, Role::Viewer);
        let one = [place(CAMDEN, true, false)];
        assert_eq!(may_rename(&own, &person(), None, &one, &[CAMDEN]), Err(Refusal::Directory(CAMDEN)));
        assert_eq!(may_rename(&own, &person(), None, &one, &[HACKNEY]), Ok(()));
        // With two places no directory says what somebody is called.
        let two = [place(CAMDEN, true, false), place(HACKNEY, true, false)];
        assert_eq!(may_rename(&own, &person(), None, &two, &[CAMDEN]), Ok(()));
    }

    #[test]
    fn two_who_correct_it_at_once_are_asked() {
        let stored = person();
        let to = |name: &str| Renamed::To(Person { name: name.to_owned(), ..person() });
        assert_eq!(rename(&stored, Some("Zoe Typo"), "Zoë Type"), to("Zoë Type"));
        assert_eq!(rename(&stored, Some("Zoe"), "Zoe Typo"), Renamed::Same);
        assert_eq!(rename(&stored, Some("Zoe"), "Zoë Type"), Renamed::Clash);
        assert_eq!(rename(&stored, None, "Zoë Type"), Renamed::Clash);
    }
}
