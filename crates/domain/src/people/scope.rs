//! On whose behalf something is read or written, and how the change log spells that.

use super::{ids::*, role::Role};
use crate::register::ids::OrganisationId;
use serde::{Deserialize, Serialize};
use std::fmt;

/// For whom a store function acts. Every store function takes one, so that no read or write happens for nobody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "scope")]
pub enum Scope {
    /// Anyone, not signed in: reads what is public, writes nothing.
    Public,
    /// A person who is signed in, or a program with that person's token.
    Member(Box<Member>),
    /// Whoever runs the server, at its command line.
    Operator,
    /// Work the server does on its own: seeding, derived data, scheduled fetches.
    Job {
        /// The job's name, as the change log will show it.
        name: String,
    },
}

/// A person, acting for one of their organisations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Who.
    pub person: PersonId,
    /// Their name, for pages of people who may know it.
    pub name: String,
    /// The organisation they act for at the moment.
    pub acting_for: OrganisationId,
    /// Every organisation at which they hold roles now: accepted, not revoked.
    pub standings: Vec<Standing>,
    /// Whether this session was opened, or strengthened, with a second factor.
    pub second_factor: bool,
    /// When the person last proved who they are, milliseconds of UTC.
    pub checked_at: i64,
    /// The role in which they act, where one permitted what they do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acting_as: Option<Role>,
    /// How they come.
    pub via: Via,
}

/// A person's roles at one organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The organisation.
    pub organisation: OrganisationId,
    /// Roles they hold themselves.
    pub roles: Vec<Role>,
    /// Roles they hold as the named deputy of another.
    #[serde(default)]
    pub deputy: Vec<Role>,
}

/// How a person comes to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Via {
    /// A signed-in browser.
    Session(SessionId),
    /// A program with a token, which only reads.
    ReadToken(ApiTokenId),
}

impl Member {
    /// Their standing at an organisation.
    #[must_use]
    pub fn at(&self, organisation: OrganisationId) -> Option<&Standing> {
        self.standings.iter().find(|standing| standing.organisation == organisation)
    }

    /// Whether they hold a role at an organisation, themselves or as its named deputy. Roles that need a second factor count
    /// only where the session has one.
    #[must_use]
    pub fn holds(&self, organisation: OrganisationId, role: Role) -> bool {
        (self.second_factor || !role.needs_second_factor())
            && self.at(organisation).is_some_and(|standing| standing.roles.contains(&role) || standing.deputy.contains(&role))
    }

    /// Whether they hold any of some roles at an organisation.
    #[must_use]
    pub fn holds_any(&self, organisation: OrganisationId, roles: &[Role]) -> bool {
        roles.iter().any(|role| self.holds(organisation, *role))
    }

    /// Whether they belong to an organisation with more than a guest's place.
    #[must_use]
    pub fn belongs_to(&self, organisation: OrganisationId) -> bool {
        self.at(organisation)
            .is_some_and(|standing| standing.roles.iter().chain(&standing.deputy).any(|role| *role != Role::Guest))
    }

    /// Whether they run the network.
    #[must_use]
    pub fn runs_network(&self) -> bool {
        self.standings.iter().any(|standing| self.holds(standing.organisation, Role::NetworkAdministrator))
    }
}

impl Scope {
    /// The name that the change log keeps for this scope; [`Actor::parse`] reads it.
    #[must_use]
    pub fn actor(&self) -> String {
        match self {
            Self::Public => "public".to_owned(),
            Self::Operator => "operator".to_owned(),
            Self::Job { name } => format!("job:{name}"),
            Self::Member(member) => {
                Actor::Person { person: member.person, organisation: member.acting_for, role: member.acting_as }.to_string()
            }
        }
    }

    /// The member behind it.
    #[must_use]
    pub fn member(&self) -> Option<&Member> {
        match self {
            Self::Member(member) => Some(member),
            _ => None,
        }
    }

    /// The person behind it.
    #[must_use]
    pub fn person(&self) -> Option<PersonId> {
        self.member().map(|member| member.person)
    }

    /// Whether it is the server itself: its command line or its own jobs.
    #[must_use]
    pub fn is_server(&self) -> bool {
        matches!(self, Self::Operator | Self::Job { .. })
    }

    /// Whether this scope may write at all; what it may write, [`super::access::may`] says.
    #[must_use]
    pub fn may_write(&self) -> bool {
        match self {
            Self::Public => false,
            Self::Member(member) => !matches!(member.via, Via::ReadToken(_)),
            Self::Operator | Self::Job { .. } => true,
        }
    }

    /// Whether this scope may read what an organisation keeps to itself (its satisfaction scores, for example).
    #[must_use]
    pub fn may_read_private(&self, organisation: Option<OrganisationId>) -> bool {
        match self {
            Self::Public => false,
            Self::Member(member) => organisation.is_some_and(|organisation| member.belongs_to(organisation)),
            Self::Operator | Self::Job { .. } => true,
        }
    }

    /// The same scope, acting in a role.
    #[must_use]
    pub fn acting_as(&self, role: Role) -> Scope {
        match self {
            Self::Member(member) => Self::Member(Box::new(Member { acting_as: Some(role), ..(**member).clone() })),
            other => other.clone(),
        }
    }

    /// The same scope, acting for another of the person's organisations; unchanged where they have no place there.
    #[must_use]
    pub fn acting_for(&self, organisation: OrganisationId) -> Scope {
        match self {
            Self::Member(member) if member.at(organisation).is_some() => {
                Self::Member(Box::new(Member { acting_for: organisation, ..(**member).clone() }))
            }
            other => other.clone(),
        }
    }
}

/// Who did something, as the change log keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Actor {
    /// Nobody known.
    Public,
    /// Whoever runs the server.
    Operator,
    /// The server itself.
    Job(String),
    /// A person, for an organisation, in a role where one permitted it.
    Person {
        /// Who.
        person: PersonId,
        /// For whom.
        organisation: OrganisationId,
        /// As what.
        role: Option<Role>,
    },
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Public => f.write_str("public"),
            Self::Operator => f.write_str("operator"),
            Self::Job(name) => write!(f, "job:{name}"),
            Self::Person { person, organisation, role: None } => write!(f, "person:{person} for:{organisation}"),
            Self::Person { person, organisation, role: Some(role) } => {
                write!(f, "person:{person} for:{organisation} as:{}", role.as_str())
            }
        }
    }
}

impl Actor {
    /// Reads what the change log keeps.
    #[must_use]
    pub fn parse(text: &str) -> Option<Actor> {
        match text {
            "public" => return Some(Self::Public),
            "operator" => return Some(Self::Operator),
            _ => {}
        }
        if let Some(name) = text.strip_prefix("job:") {
            return Some(Self::Job(name.to_owned()));
        }
        let mut parts = text.split(' ');
        let person = parts.next()?.strip_prefix("person:")?.parse().ok()?;
        let organisation = parts.next()?.strip_prefix("for:")?.parse().ok()?;
        let role = match parts.next() {
            Some(part) => Some(Role::parse(part.strip_prefix("as:")?)?),
            None => None,
        };
        Some(Self::Person { person, organisation, role })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    proptest! {
        #[test]
        fn what_the_log_keeps_of_an_actor_is_read_back(person: u128, organisation: u128, role in 0..=Role::ALL.len()) {
            let role = Role::ALL.get(role).copied();
            let actor = Actor::Person { person: Uuid::from_u128(person).into(), organisation: Uuid::from_u128(organisation).into(), role };
            prop_assert_eq!(Actor::parse(&actor.to_string()), Some(actor));
        }
    }

    #[test]
    fn actors_that_are_no_persons_are_read_back() {
        for scope in [Scope::Public, Scope::Operator, Scope::Job { name: "seed".to_owned() }] {
            assert_eq!(Actor::parse(&scope.actor()).unwrap().to_string(), scope.actor());
        }
        assert_eq!(Actor::parse("person:nobody for:nothing"), None);
    }

    #[test]
    fn a_role_that_needs_a_second_factor_counts_only_with_one() {
        let camden = OrganisationId(Uuid::from_u128(1));
        let mut member = Member {
            person: PersonId(Uuid::from_u128(2)),
            name: "Someone".to_owned(),
            acting_for: camden,
            standings: vec![Standing { organisation: camden, roles: vec![Role::Editor, Role::Siro], deputy: vec![Role::Cio] }],
            second_factor: false,
            checked_at: 0,
            acting_as: None,
            via: Via::Session(SessionId(Uuid::from_u128(3))),
        };
        assert!(member.holds(camden, Role::Editor) && !member.holds(camden, Role::Siro) && !member.holds(camden, Role::Cio));
        member.second_factor = true;
        assert!(member.holds(camden, Role::Siro) && member.holds(camden, Role::Cio));
        assert!(!member.holds(OrganisationId(Uuid::from_u128(9)), Role::Editor));
    }
}
