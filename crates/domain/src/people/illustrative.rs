//! The illustrative people of `--demo`: made up, each with an address that cannot exist, so that nobody is mistaken for a real
//! officer. Their organisations' names alone are real.

use super::{Role, Role::*};

/// A made-up person.
#[derive(Clone, Copy, Debug)]
pub struct Illustrative {
    /// Name.
    pub name: &'static str,
    /// Where they have a place: slug, roles, roles as deputy.
    pub places: &'static [(&'static str, &'static [Role], &'static [Role])],
}

impl Illustrative {
    /// An address under `.example`, where no mail can arrive (RFC 2606).
    #[must_use]
    pub fn email(&self) -> String {
        let name: String = self.name.to_lowercase().chars().map(|c| if c == ' ' { '.' } else { c }).collect();
        let (slug, ..) = self.places.first().copied().unwrap_or(("nobody", &[], &[]));
        format!("{name}@{slug}.example")
    }
}

macro_rules! people {
    ($($name:literal: $($slug:literal $roles:expr, $deputy:expr);+),* $(,)?) => {
        &[$(Illustrative { name: $name, places: &[$(($slug, &$roles, &$deputy)),+] }),*]
    };
}

/// Everyone, by organisation.
pub const PEOPLE: &[Illustrative] = people! {
    "Priya Nair": "camden" [ProjectLead], [],
    "Tom Adeyemi": "camden" [IgOfficer], [],
    "Helen Marsh": "camden" [Dpo], [],
    "Sam Whitlock": "camden" [InformationAssetOwner], [],
    "Grace Oyelaran": "camden" [Siro], [],
    "Miriam Castellane": "camden" [CaldicottGuardian], [],
    "Kofi Brandt": "camden" [Cio], [],
    "Rosalind Achterberg": "camden" [HeadOfProcurement], [],
    "Dev Pritchard": "camden" [ContractManager], [],
    "Leila Hartnoll": "camden" [Editor], [],
    "Owen Castlereagh": "camden" [Administrator], [],
    "Beatrix Olawale": "camden" [ServiceDirector, InformationAssetOwner], [Siro],
    "Noor Whitcombe": "camden" [Viewer], [],
    "Dele Okafor": "hackney" [ProjectLead, Editor], [],
    "Joan Fairweather": "hackney" [IgOfficer], [],
    "Anjali Rao": "hackney" [Dpo], []; "islington" [Dpo], [],
    "Marcus Thistlewood": "hackney" [InformationAssetOwner, ContractManager], [],
    "Yemi Lindqvist": "hackney" [Siro], [],
    "Claudette Barrow": "hackney" [CaldicottGuardian], [],
    "Piotr Ashdown": "hackney" [Cio], [],
    "Winifred Sato": "hackney" [HeadOfProcurement], [],
    "Femi Castle": "hackney" [Administrator], [],
    "Sunita Moorcroft": "islington" [ProjectLead, ContractManager], [],
    "Arthur Nwosu": "islington" [IgOfficer], [],
    "Delphine Underhill": "islington" [InformationAssetOwner, ServiceDirector], [],
    "Ravi Templeton": "islington" [Siro], [Cio],
    "Constance Abara": "islington" [CaldicottGuardian], [],
    "Hugo Marchetti": "islington" [Cio, HeadOfProcurement], [],
    "Tamsin Okoro": "islington" [Editor], [],
    "Edith Vance": "islington" [Administrator], [],
    "Imogen Farrow": "loti" [NetworkAdministrator, Administrator], [],
    "Callum Desai": "loti" [ProjectLead, Editor], [],
};

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_role_but_the_guests_is_held_and_the_three_boroughs_can_sign() {
        let held: BTreeSet<Role> = PEOPLE.iter().flat_map(|one| one.places).flat_map(|(_, roles, _)| *roles).copied().collect();
        assert!(Role::ALL.iter().all(|role| held.contains(role) || *role == Guest), "{held:?}");
        for slug in ["camden", "hackney", "islington"] {
            for role in [
                ProjectLead,
                IgOfficer,
                Dpo,
                InformationAssetOwner,
                Siro,
                CaldicottGuardian,
                Cio,
                HeadOfProcurement,
                ContractManager,
                Editor,
                Administrator,
            ] {
                let holds = |one: &&Illustrative| one.places.iter().any(|(at, roles, _)| *at == slug && roles.contains(&role));
                assert!(PEOPLE.iter().any(|one| holds(&one)), "nobody is {role:?} at {slug}");
            }
        }
    }

    #[test]
    fn addresses_are_their_own_and_lead_nowhere() {
        let addresses: BTreeSet<String> = PEOPLE.iter().map(Illustrative::email).collect();
        assert_eq!(addresses.len(), PEOPLE.len());
        assert!(addresses.iter().all(|address| address.ends_with(".example")));
    }
}
