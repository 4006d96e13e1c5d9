//! The SMTP server of the settings: one connection a message, encrypted and verified unless it is this machine's own.

use super::{MailError, Recipient};
use anyhow::{Context as _, Result, bail};
use lettre::{
    Message,
    message::{
        MultiPart,
        header::{HeaderName, HeaderValue},
    },
    transport::smtp::{
        authentication::{Credentials, Mechanism},
        client::{AsyncSmtpConnection, TlsParameters},
        extension::ClientId,
    },
};
use std::{
    fmt,
    net::IpAddr,
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use store::outbox::Mail;
use url::{Host, Url};

/// How long one step of the conversation may take.
const STEP: Duration = Duration::from_secs(30);
/// How long a whole conversation may take.
const WHOLE: Duration = Duration::from_secs(240);

/// How the conversation is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Protection {
    /// TLS from the first byte (`smtps`).
    Tls,
    /// Upgraded before anything is said (`smtp`).
    StartTls,
    /// None: only to this machine itself.
    Loopback,
}

/// Where mail is handed over, and as whom.
#[derive(Clone)]
pub struct Smtp {
    host: String,
    port: u16,
    protection: Protection,
    credentials: Option<Credentials>,
    from: Recipient,
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Smtp")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("protection", &self.protection)
            .finish_non_exhaustive()
    }
}

/// What became of a hand-over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Handed {
    /// The server took it.
    Accepted,
    /// The server refused this message for good; its answer.
    Refused(String),
    /// It did not work now; why.
    NotNow(String),
}

impl Smtp {
    /// Reads the settings `smtp-url` and `mail-from`.
    ///
    /// `smtps://USER:PASSWORD@HOST[:465]` is TLS from the start, `smtp://USER:PASSWORD@HOST[:587]` is upgraded by STARTTLS before
    /// anything is said. Certificates are verified. Only `smtp://` to a loopback address goes without.
    ///
    /// # Errors
    /// A sentence that says what to change, without the password.
    pub fn new(url: &str, from: &str) -> Result<Self> {
        let url = Url::parse(url).ok().context("smtp-url is not an address: write smtps://USER:PASSWORD@HOST")?;
        let host = url.host().context("smtp-url names no host")?;
        if !matches!(url.path(), "" | "/") || url.query().is_some() {
            bail!("smtp-url takes no path and no '?': encryption is always on, except to this machine itself");
        }
        let near = match &host {
            // Addresses of version 4 come as names here: the scheme is not one of the web's.
            Host::Domain(name) => *name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback()),
            Host::Ipv4(address) => address.is_loopback(),
            Host::Ipv6(address) => address.is_loopback(),
        };
        let (protection, port) = match url.scheme() {
            "smtps" => (Protection::Tls, 465),
            "smtp" if near => (Protection::Loopback, 25),
            "smtp" => (Protection::StartTls, 587),
            _ => bail!("smtp-url begins with smtps:// (TLS) or smtp:// (STARTTLS)"),
        };
        let decoded = |text: &str| percent_decoded(text);
        let credentials = match (url.username(), url.password()) {
            ("", None) => None,
            (name, Some(password)) => Some(Credentials::new(decoded(name), decoded(password))),
            (_, None) => bail!("smtp-url has a user but no password"),
        };
        let host = match host {
            Host::Domain(name) => name.to_owned(),
            Host::Ipv4(address) => IpAddr::V4(address).to_string(),
            Host::Ipv6(address) => IpAddr::V6(address).to_string(),
        };
        let from = sender(from)?;
        Ok(Self { host, port: url.port().unwrap_or(port), protection, credentials, from })
    }

    /// The same server, treated as if it stood elsewhere.
    #[cfg(test)]
    #[must_use]
    pub fn treated_as_remote(mut self) -> Self {
        self.protection = Protection::StartTls;
        self
    }

    /// Where mail goes, for the log.
    #[must_use]
    pub fn server(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// Hands one message over. A repeat carries the same Message-ID, by which servers and readers tell it.
    pub async fn hand_over(&self, mail: &Mail) -> Handed {
        let message = match self.message(mail) {
            Ok(message) => message,
            Err(error) => return Handed::Refused(error.to_string()),
        };
        match tokio::time::timeout(WHOLE, self.converse(&message)).await {
            Ok(handed) => handed,
            Err(_) => Handed::NotNow("the mail server took too long".to_owned()),
        }
    }

    async fn converse(&self, message: &Message) -> Handed {
        let mut connection = match self.connect().await {
            Ok(connection) => connection,
            // Whatever the server says before it knows the message is about us, not about the message.
            Err(error) => return Handed::NotNow(format!("no connection to the mail server: {error}")),
        };
        let answer = connection.send(message.envelope(), &message.formatted()).await;
        connection.abort().await;
        match answer {
            Ok(_) => Handed::Accepted,
            Err(error) if error.is_permanent() => Handed::Refused(error.to_string()),
            Err(error) => Handed::NotNow(error.to_string()),
        }
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, lettre::transport::smtp::Error> {
        let hello = ClientId::default();
        let at = (self.host.as_str(), self.port);
        let tls = || TlsParameters::new(self.host.clone());
        let first = if self.protection == Protection::Tls { Some(tls()?) } else { None };
        let mut connection = AsyncSmtpConnection::connect_tokio1(at, Some(STEP), &hello, first, None).await?;
        if self.protection == Protection::StartTls {
            // Fails where the server does not offer it: nothing is ever said in the clear.
            connection.starttls(tls()?, &hello).await?;
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(&[Mechanism::Plain, Mechanism::Login], credentials).await?;
        }
        Ok(connection)
    }

    /// The message as it is sent.
    fn message(&self, mail: &Mail) -> Result<Message, MailError> {
        let failed = |error: lettre::error::Error| MailError::Template(mail.mail.topic.clone(), error.to_string());
        let to = Recipient::new(mail.mail.recipient_name.as_deref(), &mail.mail.recipient)?;
        let domain = self.from.address().rsplit_once('@').map_or("localhost", |(_, domain)| domain);
        let at = UNIX_EPOCH.checked_add(Duration::from_millis(u64::try_from(mail.created_at).unwrap_or(0)));
        let mut builder = Message::builder()
            .message_id(Some(format!("<{}@{domain}>", mail.id)))
            .date(at.unwrap_or_else(SystemTime::now))
            .from(self.from.mailbox()?)
            .to(to.mailbox()?)
            .subject(mail.mail.subject.clone());
        // RFC 3834: no holiday message answers this.
        let mut headers = vec![("Auto-Submitted", "auto-generated".to_owned())];
        if let Some(unsubscribe) = &mail.mail.unsubscribe {
            // RFC 2369 and RFC 8058: the reader's own button, one click.
            headers.push(("List-Unsubscribe", format!("<{}>", unsubscribe.url)));
            headers.push(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()));
        }
        for (name, value) in headers {
            if let Ok(name) = HeaderName::new_from_ascii(name.to_owned()) {
                // Not folded: RFC 8058 wants the address whole, and it is plain ASCII of our own making.
                builder = builder.raw_header(HeaderValue::dangerous_new_pre_encoded(name, value.clone(), value));
            }
        }
        builder.multipart(MultiPart::alternative_plain_html(mail.mail.text.clone(), mail.mail.html.clone())).map_err(failed)
    }
}

/// `City Tools <tools@council.example>` or an address alone.
fn sender(from: &str) -> Result<Recipient> {
    let (name, address) = match from.trim().strip_suffix('>').and_then(|rest| rest.split_once('<')) {
        Some((name, address)) => (name.trim(), address.trim()),
        None => ("City Tools", from.trim()),
    };
    Recipient::new(Some(name), address).context("mail-from is not an address: write City Tools <tools@council.example>")
}

/// A user's name or password as it was before it was written into an address.
fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut place = 0;
    while place < bytes.len() {
        let pair = bytes.get(place + 1..place + 3).and_then(|pair| std::str::from_utf8(pair).ok());
        match pair.filter(|_| bytes[place] == b'%').and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
            Some(byte) => {
                decoded.push(byte);
                place += 3;
            }
            None => {
                decoded.push(bytes[place]);
                place += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s34_nothing_is_sent_in_the_clear_but_to_this_machine() {
        let protection = |url| Smtp::new(url, "tools@council.example").map(|smtp| (smtp.protection, smtp.port)).ok();
        assert_eq!(protection("smtps://u:p@mail.council.example"), Some((Protection::Tls, 465)));
        assert_eq!(protection("smtp://mail.council.example"), Some((Protection::StartTls, 587)));
        assert_eq!(protection("smtp://mail.council.example:25"), Some((Protection::StartTls, 25)));
        assert_eq!(protection("smtp://127.0.0.1:2525"), Some((Protection::Loopback, 2525)));
        for wrong in [
            "mail.council.example",
            "http://mail.council.example",
            "smtp://mail.council.example?tls=opportunistic",
            "smtp://u@mail",
        ] {
            assert_eq!(protection(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_password_shows_neither_in_debug_nor_in_an_error() {
        let smtp = Smtp::new("smtps://user:s3cr%20et@mail.council.example", "tools@council.example").unwrap();
        assert!(!format!("{smtp:?}").contains("s3cr"));
        let error = Smtp::new("smtps://user:s3cret@mail.council.example/path", "tools@council.example").unwrap_err();
        assert!(!format!("{error:#}").contains("s3cret"));
        assert_eq!(percent_decoded("s3cr%20et%2"), "s3cr et%2");
    }
}
