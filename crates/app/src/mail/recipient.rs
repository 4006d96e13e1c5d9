//! Who a message goes to. A name or an address that could begin another header is refused (security test S34).

use super::MailError;
use lettre::{Address, message::Mailbox};

/// A name and an address that can stand in a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    name: Option<String>,
    address: String,
}

impl Recipient {
    /// Somebody with a name, where it is known, and an address.
    ///
    /// # Errors
    /// [`MailError::Recipient`] for control characters (line breaks above all) in either, or an address that is none.
    pub fn new(name: Option<&str>, address: &str) -> Result<Self, MailError> {
        let name = name.map(str::trim).filter(|name| !name.is_empty());
        // Separators and directional marks can make a name read as something it is not.
        let forbidden = |c: char| {
            c.is_control()
                || matches!(c, '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        };
        if name.is_some_and(|name| name.chars().any(forbidden) || name.chars().count() > 200) {
            return Err(MailError::Recipient("name"));
        }
        let parsed: Address = address.parse().map_err(|_| MailError::Recipient("address"))?;
        if address.chars().any(forbidden) || address.len() > 254 || parsed.domain().is_empty() {
            return Err(MailError::Recipient("address"));
        }
        Ok(Self { name: name.map(str::to_owned), address: address.to_owned() })
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The address.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// As headers take it.
    ///
    /// # Errors
    /// When the address is none; [`Recipient::new`] has refused such.
    pub fn mailbox(&self) -> Result<Mailbox, MailError> {
        let address = self.address.parse().map_err(|_| MailError::Recipient("address"))?;
        Ok(Mailbox::new(self.name.clone(), address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s34_a_name_or_an_address_that_begins_another_header_is_refused() {
        for name in ["Ann\r\nBcc: all@council.example", "Ann\nX: y", "Ann\u{2028}Bcc: x", "\u{202e}nnA", "Ann\0"] {
            assert!(Recipient::new(Some(name), "ann@council.example").is_err(), "{name:?}");
        }
        for address in [
            "ann@council.example\r\nBcc: all@council.example",
            "ann@council.example\n",
            "ann@council.example, bob@council.example",
            "<ann@council.example>",
            "ann",
            "@council.example",
            "",
        ] {
            assert!(Recipient::new(None, address).is_err(), "{address:?}");
        }
    }

    #[test]
    fn ordinary_names_stand() {
        for name in ["Ann Example", "Sián Ó Briain", "Adeyemi, T. (IG)", "\"Quoted\" O'Neil"] {
            let recipient = Recipient::new(Some(name), "ann@council.example").unwrap();
            assert_eq!(recipient.mailbox().unwrap().name.as_deref(), Some(name));
        }
        assert_eq!(Recipient::new(Some("  "), "ann@council.example").unwrap().name(), None);
    }
}
