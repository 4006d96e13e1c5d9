//! What mail can be about.

/// What a message is about. Mail about security comes always; the rest can be stopped, each topic by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Topic {
    /// A code to sign in with.
    SignIn,
    /// An invitation to act for an organisation.
    Invitation,
    /// A change to how somebody signs in, or to what they may do.
    Security,
    /// A decision date of a contract comes or has passed.
    Reminders,
    /// Once a month: what to check in the register.
    MonthlyCheck,
    /// A scheduled source could not be read.
    Sources,
    /// Work on a DPIA that waits for somebody.
    Dpia,
}

impl Topic {
    /// All of them.
    pub const ALL: [Topic; 7] =
        [Topic::SignIn, Topic::Invitation, Topic::Security, Topic::Reminders, Topic::MonthlyCheck, Topic::Sources, Topic::Dpia];

    /// Its name in the outbox and in people's choices.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Topic::SignIn => "sign-in",
            Topic::Invitation => "invitation",
            Topic::Security => "security",
            Topic::Reminders => "reminders",
            Topic::MonthlyCheck => "monthly-check",
            Topic::Sources => "sources",
            Topic::Dpia => "dpia",
        }
    }

    /// Reads a topic from its name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Topic> {
        Topic::ALL.into_iter().find(|topic| topic.as_str() == name)
    }

    /// Whether it can be stopped.
    #[must_use]
    pub fn can_be_stopped(self) -> bool {
        !matches!(self, Topic::SignIn | Topic::Invitation | Topic::Security)
    }
}
