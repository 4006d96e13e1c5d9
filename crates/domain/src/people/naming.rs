//! What a person is called: their own to correct, and their organisation's administrators' where the organisation is the only one
//! they ever acted for. Where a directory keeps the name it would come back from there, so it is corrected there.

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
    /// They act for another organisation too, or did: there they are called by the same name.
    #[error("known elsewhere")]
    Elsewhere,
    /// They have not accepted yet, so that nobody here knows what they are called.
    #[error("only invited")]
    Invited,
}

/// Whether somebody acts for an organisation other than `at`, or once did: what stands there bears their name, and their account is not
/// one organisation's alone. `accepted` are the organisations at which they ever accepted a place. An invitation that they have not
/// taken up is nothing of theirs.
#[must_use]
pub fn is_known_elsewhere(accepted: &[OrganisationId], at: OrganisationId) -> bool {
    accepted.iter().any(|organisation| *organisation != at)
}

/// What an organisation's directory may change of a person's account. What it calls somebody whom it only named is another thing: that
/// is its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Voice {
    /// Their name.
    pub name: bool,
    /// Their address, which codes for signing in go to.
    pub address: bool,
}

/// What the directory of `at` may change of a person's account: both of somebody who acts for it, and never for another; the name alone
/// of whom no other organisation has so much as invited. An address is moved of nobody who has not accepted: whose account it is, and
/// whether it was there before, is not the directory's to try out.
#[must_use]
pub fn voice(places: &[Membership], accepted: &[OrganisationId], at: OrganisationId) -> Voice {
    let alone = !is_known_elsewhere(accepted, at);
    let address = alone && places.iter().any(|place| place.organisation == at && place.active());
    Voice { name: address || alone && places.iter().all(|place| place.organisation == at), address }
}

/// The directory that keeps a person's name, if one does: that of the organisation they act for, where they never acted for another,
/// since only then does it say what they are called. `places` are all of the person's, `accepted` the organisations at which they ever
/// accepted one, `directories` the organisations whose directory knows them and still speaks to us.
#[must_use]
pub fn kept_by(places: &[Membership], accepted: &[OrganisationId], directories: &[OrganisationId]) -> Option<OrganisationId> {
    directories.iter().copied().find(|directory| voice(places, accepted, *directory).address)
}

/// Whether somebody may correct a person's name: the person, or an administrator of the only organisation that they ever acted for.
/// `places`, `accepted` and `directories` as in [`kept_by`].
///
/// # Errors
/// Why not.
pub fn may_rename(
    by: &Scope,
    person: &Person,
    at: Option<OrganisationId>,
    places: &[Membership],
    accepted: &[OrganisationId],
    directories: &[OrganisationId],
) -> Result<(), Refusal> {
    if let Some(organisation) = at {
        if !may(by, &Act::ManageMembers(organisation)) {
            return Err(Refusal::NotYours);
        }
        let mut open = places.iter().filter(|place| place.revoked_at.is_none());
        let here = open.find(|place| place.organisation == organisation).ok_or(Refusal::NotYours)?;
        if here.accepted_at.is_none() {
            return Err(Refusal::Invited);
        }
        if is_known_elsewhere(accepted, organisation) {
            return Err(Refusal::Elsewhere);
        }
    } else if by.person() != Some(person.id) {
        return Err(Refusal::NotYours);
    }
    kept_by(places, accepted, directories).map_or(Ok(()), |directory| Err(Refusal::Directory(directory)))
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
        let may = |by: &Scope| may_rename(by, &person(), None, &places, &[CAMDEN, HACKNEY], &[]);
        assert_eq!(may(&member(9, CAMDEN, Role::Viewer)), Ok(()));
        assert_eq!(may(&member(8, CAMDEN, Role::Administrator)), Err(Refusal::NotYours));
        assert_eq!(may(&Scope::Public), Err(Refusal::NotYours));
    }

    #[test]
    fn an_administrator_corrects_it_where_the_person_never_acted_for_another() {
        let administrator = member(8, CAMDEN, Role::Administrator);
        let may = |places: &[Membership], accepted: &[OrganisationId]| {
            may_rename(&administrator, &person(), Some(CAMDEN), places, accepted, &[])
        };
        let both = [CAMDEN, HACKNEY];
        assert_eq!(may(&[place(CAMDEN, true, false)], &[CAMDEN]), Ok(()));
        let invited = [place(CAMDEN, true, false), place(HACKNEY, false, false)];
        assert_eq!(may(&invited, &[CAMDEN]), Ok(()), "an invitation that was not taken up");
        assert_eq!(may(&invited, &both), Err(Refusal::Elsewhere), "they are invited back");
        assert_eq!(may(&[place(CAMDEN, true, false), place(HACKNEY, true, false)], &both), Err(Refusal::Elsewhere));
        let left = [place(CAMDEN, true, false), place(HACKNEY, true, true)];
        assert_eq!(may(&left, &both), Err(Refusal::Elsewhere), "what they did there bears the name");
        assert_eq!(may(&[place(CAMDEN, false, false)], &[]), Err(Refusal::Invited));
        assert_eq!(may(&[place(CAMDEN, true, true)], &[CAMDEN]), Err(Refusal::NotYours));
        let editor = member(8, CAMDEN, Role::Editor);
        let refused = may_rename(&editor, &person(), Some(CAMDEN), &[place(CAMDEN, true, false)], &[CAMDEN], &[]);
        assert_eq!(refused, Err(Refusal::NotYours));
    }

    #[test]
    fn where_a_directory_keeps_it_it_is_corrected_there() {
        let own = member(9, CAMDEN, Role::Viewer);
        let may = |places: &[Membership], accepted: &[OrganisationId], directories: &[OrganisationId]| {
            may_rename(&own, &person(), None, places, accepted, directories)
        };
        let one = [place(CAMDEN, true, false)];
        assert_eq!(may(&one, &[CAMDEN], &[CAMDEN]), Err(Refusal::Directory(CAMDEN)));
        assert_eq!(may(&one, &[CAMDEN], &[HACKNEY]), Ok(()));
        // Another organisation's invitation takes nobody from their directory.
        let invited = [place(CAMDEN, true, false), place(HACKNEY, false, false)];
        assert_eq!(may(&invited, &[CAMDEN], &[CAMDEN, HACKNEY]), Err(Refusal::Directory(CAMDEN)));
        // Of whom two organisations know no directory says what they are called.
        let two = [place(CAMDEN, true, false), place(HACKNEY, true, false)];
        assert_eq!(may(&two, &[CAMDEN, HACKNEY], &[CAMDEN]), Ok(()));
    }

    #[test]
    fn a_directory_changes_the_account_of_nobody_who_is_not_its_own() {
        let voice = |places: &[Membership], accepted: &[OrganisationId]| {
            let Voice { name, address } = super::voice(places, accepted, CAMDEN);
            (name, address)
        };
        assert_eq!(voice(&[place(CAMDEN, true, false)], &[CAMDEN]), (true, true));
        assert_eq!(voice(&[place(CAMDEN, true, false), place(HACKNEY, false, false)], &[CAMDEN]), (true, true));
        assert_eq!(voice(&[place(CAMDEN, false, false)], &[]), (true, false), "whom it made itself");
        assert_eq!(voice(&[place(CAMDEN, true, true)], &[CAMDEN]), (true, false), "who left it");
        assert_eq!(voice(&[place(CAMDEN, false, false), place(HACKNEY, false, false)], &[]), (false, false));
        for revoked in [false, true] {
            let places = |here: bool| [place(CAMDEN, here, false), place(HACKNEY, true, revoked)];
            assert_eq!(voice(&places(false), &[HACKNEY]), (false, false));
            assert_eq!(voice(&places(true), &[CAMDEN, HACKNEY]), (false, false));
        }
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
