//! The scanner hook: asks a `clamd` (ClamAV's daemon) whether a file is harmless, before anyone else gets it.
//!
//! It speaks `INSTREAM` (clamd(8)): the file goes over the connection in counted blocks, so the scanner needs no access to files
//! here. Without a scanner in the settings the state is 'off', which pages say beside each file; with one that does not answer the
//! file is refused, and the page says to try again.

use std::{path::PathBuf, str::FromStr, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpStream, UnixStream},
};

/// How long a scan may take in all.
const PATIENCE: Duration = Duration::from_secs(30);
/// The largest block that is sent at once; clamd takes any length up to its own limit.
const BLOCK: usize = 64 * 1024;
/// The longest answer that is read.
const ANSWER: usize = 4 * 1024;

/// Where the scanner listens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Scanner {
    /// There is none.
    #[default]
    Off,
    /// `tcp://HOST:PORT`.
    Tcp(String),
    /// `unix:PATH`.
    Unix(PathBuf),
}

/// A setting that names no scanner.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' names no scanner. Write tcp://HOST:PORT, unix:PATH, or off")]
pub struct NoScanner(String);

impl FromStr for Scanner {
    type Err = NoScanner;
    fn from_str(text: &str) -> Result<Self, NoScanner> {
        let text = text.trim();
        if let Some(path) = text.strip_prefix("unix:").filter(|path| path.starts_with('/')) {
            return Ok(Self::Unix(path.into()));
        }
        if let Some(address) = text.strip_prefix("tcp://").filter(|address| {
            address.rsplit_once(':').is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok())
        }) {
            return Ok(Self::Tcp(address.to_owned()));
        }
        if matches!(text, "" | "off") { Ok(Self::Off) } else { Err(NoScanner(text.to_owned())) }
    }
}

/// What a scanner says of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// There is no scanner: nobody looked.
    Off,
    /// It found nothing.
    Clean,
    /// It found something, in its own words.
    Infected(String),
    /// It did not answer, or could not scan the file.
    Unknown(String),
}

impl Scanner {
    /// The scanner of a setting. [`FromStr`] says at start what is wrong with one; here such a setting never lets a file pass.
    #[must_use]
    pub fn of(setting: Option<&str>) -> Self {
        setting.map_or(Self::Off, |text| text.parse().unwrap_or_else(|_| Self::Unix(PathBuf::from("/no-such-scanner"))))
    }

    /// Whether there is one.
    #[must_use]
    pub fn is_on(&self) -> bool {
        *self != Self::Off
    }

    /// Asks about a file. Never fails: what went wrong is [`Verdict::Unknown`].
    pub async fn scan(&self, bytes: &[u8]) -> Verdict {
        let asked = async {
            match self {
                Self::Off => Ok(Verdict::Off),
                Self::Tcp(address) => ask(TcpStream::connect(address.as_str()).await?, bytes).await,
                Self::Unix(path) => ask(UnixStream::connect(path).await?, bytes).await,
            }
        };
        match tokio::time::timeout(PATIENCE, asked).await {
            Ok(Ok(verdict)) => verdict,
            Ok(Err(error)) => Verdict::Unknown(error.to_string()),
            Err(_) => Verdict::Unknown("it took too long".to_owned()),
        }
    }
}

async fn ask(mut stream: impl AsyncRead + AsyncWrite + Unpin, bytes: &[u8]) -> std::io::Result<Verdict> {
    let sent = send(&mut stream, bytes).await;
    // A scanner that has seen enough answers and closes before the end: its answer counts, not the broken pipe.
    let mut answer = Vec::new();
    let read = (&mut stream).take(ANSWER as u64).read_to_end(&mut answer).await;
    if answer.is_empty() {
        sent?;
        read?;
    }
    Ok(verdict(&String::from_utf8_lossy(&answer)))
}

async fn send(stream: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> std::io::Result<()> {
    stream.write_all(b"zINSTREAM\0").await?;
    for block in bytes.chunks(BLOCK) {
        stream.write_all(&u32::try_from(block.len()).unwrap_or_default().to_be_bytes()).await?;
        stream.write_all(block).await?;
    }
    stream.write_all(&0u32.to_be_bytes()).await?;
    stream.flush().await
}

/// Reads `stream: OK`, `stream: NAME FOUND`, or an error.
fn verdict(answer: &str) -> Verdict {
    let answer = answer.trim_end_matches('\0').trim();
    let said = answer.split_once(": ").map_or(answer, |(_, said)| said);
    if said == "OK" {
        return Verdict::Clean;
    }
    match said.strip_suffix(" FOUND") {
        Some(found) => Verdict::Infected(documents::text::one_line(found)),
        None => Verdict::Unknown(documents::text::one_line(answer)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    /// A scanner that reads the stream as clamd does and answers; it gives back what it was sent.
    async fn clamd(answer: &'static [u8]) -> (Scanner, tokio::task::JoinHandle<Vec<u8>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let scanner = Scanner::Tcp(listener.local_addr().unwrap().to_string());
        let served = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut command = [0; 10];
            stream.read_exact(&mut command).await.unwrap();
            assert_eq!(&command, b"zINSTREAM\0");
            let mut got = Vec::new();
            loop {
                let length = stream.read_u32().await.unwrap() as usize;
                if length == 0 {
                    break;
                }
                let start = got.len();
                got.resize(start + length, 0);
                stream.read_exact(&mut got[start..]).await.unwrap();
            }
            stream.write_all(answer).await.unwrap();
            got
        });
        (scanner, served)
    }

    #[tokio::test]
    async fn the_file_goes_in_blocks_and_the_answer_is_understood() {
        let file: Vec<u8> = (0..200_000u32).map(|at| at.to_le_bytes()[0]).collect();
        let answers: [(&'static [u8], Verdict); 3] = [
            (b"stream: OK\0", Verdict::Clean),
            (b"stream: Win.Test.EICAR_HDB-1 FOUND\0", Verdict::Infected("Win.Test.EICAR_HDB-1".into())),
            (b"INSTREAM size limit exceeded. ERROR\0", Verdict::Unknown("INSTREAM size limit exceeded. ERROR".into())),
        ];
        for (answer, expected) in answers {
            let (scanner, served) = clamd(answer).await;
            assert_eq!(scanner.scan(&file).await, expected);
            assert_eq!(served.await.unwrap(), file);
        }
    }

    #[tokio::test]
    async fn a_scanner_that_is_off_or_away_says_so() {
        assert_eq!(Scanner::Off.scan(b"x").await, Verdict::Off);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        drop(listener);
        assert!(matches!(Scanner::Tcp(address).scan(b"x").await, Verdict::Unknown(_)));
        assert!(matches!(Scanner::Unix("/nowhere/clamd.ctl".into()).scan(b"x").await, Verdict::Unknown(_)));
    }

    #[test]
    fn settings_name_a_scanner_or_are_refused() {
        assert_eq!("tcp://127.0.0.1:3310".parse(), Ok(Scanner::Tcp("127.0.0.1:3310".into())));
        assert_eq!("unix:/run/clamav/clamd.ctl".parse(), Ok(Scanner::Unix("/run/clamav/clamd.ctl".into())));
        assert_eq!("off".parse(), Ok(Scanner::Off));
        for wrong in ["clamd", "tcp://host", "unix:clamd", "tcp://:3310", "http://x:1"] {
            assert_eq!(wrong.parse::<Scanner>(), Err(NoScanner(wrong.to_owned())));
        }
    }
}
