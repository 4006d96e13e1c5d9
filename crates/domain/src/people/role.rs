//! The roles that a membership can hold.

use serde::{Deserialize, Serialize};

/// What a person is at an organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Sees what the organisation keeps to itself.
    Viewer,
    /// Keeps the organisation's register.
    Editor,
    /// Looks after contracts.
    ContractManager,
    /// Leads data projects.
    ProjectLead,
    /// Looks after information governance: triage, completeness, versions.
    IgOfficer,
    /// Data protection officer: advises, never accepts risk (UK GDPR Art 38(6), 39).
    Dpo,
    /// Answers for an information asset.
    InformationAssetOwner,
    /// Senior information risk owner.
    Siro,
    /// Answers for confidential health and care data.
    CaldicottGuardian,
    /// Chief information officer: technical assurance.
    Cio,
    /// Head of procurement: gate on contract award.
    HeadOfProcurement,
    /// Answers for a service.
    ServiceDirector,
    /// Invites the organisation's people and gives roles.
    Administrator,
    /// Adds organisations; places and merges reference data; only at the hub.
    NetworkAdministrator,
    /// Invited to named sections only.
    Guest,
}

impl Role {
    /// Every role, in the order in which pages list them.
    pub const ALL: [Role; 15] = [
        Role::Viewer,
        Role::Editor,
        Role::ContractManager,
        Role::ProjectLead,
        Role::IgOfficer,
        Role::Dpo,
        Role::InformationAssetOwner,
        Role::Siro,
        Role::CaldicottGuardian,
        Role::Cio,
        Role::HeadOfProcurement,
        Role::ServiceDirector,
        Role::Administrator,
        Role::NetworkAdministrator,
        Role::Guest,
    ];

    /// Its name in addresses, forms, the log and on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Viewer => "viewer",
            Role::Editor => "editor",
            Role::ContractManager => "contract-manager",
            Role::ProjectLead => "project-lead",
            Role::IgOfficer => "ig-officer",
            Role::Dpo => "dpo",
            Role::InformationAssetOwner => "information-asset-owner",
            Role::Siro => "siro",
            Role::CaldicottGuardian => "caldicott-guardian",
            Role::Cio => "cio",
            Role::HeadOfProcurement => "head-of-procurement",
            Role::ServiceDirector => "service-director",
            Role::Administrator => "administrator",
            Role::NetworkAdministrator => "network-administrator",
            Role::Guest => "guest",
        }
    }

    /// Its name in a sentence.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Role::Viewer => "viewer",
            Role::Editor => "editor",
            Role::ContractManager => "contract manager",
            Role::ProjectLead => "project lead",
            Role::IgOfficer => "information governance officer",
            Role::Dpo => "data protection officer",
            Role::InformationAssetOwner => "information asset owner",
            Role::Siro => "senior information risk owner",
            Role::CaldicottGuardian => "Caldicott Guardian",
            Role::Cio => "chief information officer",
            Role::HeadOfProcurement => "head of procurement",
            Role::ServiceDirector => "service director",
            Role::Administrator => "administrator",
            Role::NetworkAdministrator => "network administrator",
            Role::Guest => "guest",
        }
    }

    /// Reads a role from its name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.as_str() == name)
    }

    /// Whether whoever holds it must have a second factor: they can approve, sign or administer.
    #[must_use]
    pub fn needs_second_factor(self) -> bool {
        !matches!(self, Role::Viewer | Role::Editor | Role::ContractManager | Role::ProjectLead | Role::Guest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_read_from_the_names_they_are_written_as() {
        for role in Role::ALL {
            assert_eq!(Role::parse(role.as_str()), Some(role));
            assert_eq!(serde_json::to_value(role).unwrap(), role.as_str());
        }
        assert_eq!(Role::parse("root"), None);
    }

    #[test]
    fn whoever_can_approve_or_administer_needs_a_second_factor() {
        for role in
            [Role::Dpo, Role::Siro, Role::InformationAssetOwner, Role::Administrator, Role::NetworkAdministrator, Role::Cio]
        {
            assert!(role.needs_second_factor(), "{role:?}");
        }
        assert!(!Role::Editor.needs_second_factor());
    }
}
