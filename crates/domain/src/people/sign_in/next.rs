//! Where to go after signing in. Never off this host: what is not plainly a path of ours leads to the start.

/// Where a person lands who asked for nothing in particular.
pub const START: &str = "/work";
/// The longest address that is followed.
const LONGEST: usize = 2_000;
/// The page that gives a held form back, before the form's token.
const HELD: &str = "/sign-in/held?token=";

/// The address to go on to: the one asked for when it is a path on this host, else [`START`].
///
/// A browser reads `\` as `/`, drops tabs and line ends, and takes `//x` for another host; a proxy may decode once. So the
/// address is judged as it is and decoded.
#[must_use]
pub fn local(asked: Option<&str>) -> &str {
    match asked {
        Some(asked) if is_local(asked) => asked,
        _ => START,
    }
}

/// Whether an address is plainly a path of this host that can be gone on to. Of the pages of signing in that is only the one that
/// gives a held form back, which shows nothing but to the browser and the person that sent it: whoever has to set up a second
/// factor first comes to it afterwards.
#[must_use]
pub fn is_local(asked: &str) -> bool {
    let decoded = percent_decoded(asked);
    let loops = |path: &str| {
        ["/sign-in", "/sign-out"]
            .iter()
            .any(|page| path.strip_prefix(page).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#'])))
    };
    asked.len() <= LONGEST && plain(asked.as_bytes()) && plain(&decoded) && (!loops(asked) || is_held(asked))
}

/// Whether an address is exactly that at which a held form is given back.
fn is_held(asked: &str) -> bool {
    let token = asked.strip_prefix(HELD);
    token
        .is_some_and(|token| !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)))
}

fn plain(address: &[u8]) -> bool {
    address.first() == Some(&b'/')
        && address.get(1) != Some(&b'/')
        && address.iter().all(|byte| !byte.is_ascii_control() && *byte != b'\\')
        // '/./' and '/../' would be folded by the browser: '/.//host' becomes '//host'.
        && !address.windows(2).any(|pair| pair == b"/.")
}

fn percent_decoded(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    let (mut out, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while at < bytes.len() {
        match (bytes[at], digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                out.push(u8::try_from(high * 16 + low).unwrap_or_default());
                at += 3;
            }
            (byte, ..) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn s39_what_leads_off_the_host_leads_to_the_start() {
        for asked in [
            "",
            "work",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https://evil.example",
            "https:evil.example",
            "javascript:alert(1)",
            "/%2fevil.example",
            "/%2Fevil.example",
            "/%5cevil.example",
            "%2f%2fevil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "/%09/evil.example",
            " //evil.example",
            "/.//evil.example",
            "/..//evil.example",
            "/sign-in",
            "/sign-in?next=/sign-in",
            "/sign-out",
            "/sign-in/held",
            "/sign-in/held?token=",
            "/sign-in/held?token=a&next=/sign-in",
            "/sign-in/held?token=%2f",
            "/sign-in/held?token=a/../../sign-in",
            "/sign-in/held/?token=a",
            "/sign-in/check?token=a",
        ] {
            assert_eq!(local(Some(asked)), START, "{asked:?}");
        }
        assert_eq!(local(None), START);
    }

    #[test]
    fn paths_of_this_host_are_kept_with_their_query() {
        for asked in [
            "/",
            "/contracts?q=housing%20repairs&page=2",
            "/dpia/0192/answer#risks",
            "/sign-in-help",
            "/sign-in/held?token=aZ0-_",
        ] {
            assert_eq!(local(Some(asked)), asked);
        }
    }

    proptest! {
        #[test]
        fn s39_whatever_is_asked_stays_on_the_host(asked in "[/\\\\%2fF5cC.:@a\t\n ]{0,12}") {
            let base = "https://city.example";
            let went = local(Some(&asked));
            prop_assert!(went.starts_with('/') && !went.starts_with("//") && !went.contains('\\'), "{} {}", base, went);
        }
    }
}
