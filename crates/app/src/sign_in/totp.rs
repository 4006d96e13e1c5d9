//! Codes of an authenticator app (TOTP, RFC 6238): SHA-1, six digits, thirty seconds, which every app understands.

use domain::people::sign_in::factor::{STEP, TOTP_DIGITS, step_is_unused};
use qrcode::{Color, EcLevel, QrCode};
use std::fmt::Write as _;
use totp_rs::{Builder, Secret, Totp};

/// Steps before and after the present one that are taken too: clocks of telephones differ.
const SKEW: u16 = 1;

/// The TOTP of a secret, for an account named by its email address.
///
/// # Errors
/// When the secret is too short or the name cannot stand in an address.
fn of(secret: &[u8], account: &str) -> Result<Totp, totp_rs::TotpError> {
    // A colon separates issuer and account in the address that the picture holds.
    let account = account.replace(':', " ");
    Builder::new()
        .with_secret(Secret::from(secret))
        .with_digits(u8::try_from(TOTP_DIGITS).unwrap_or(6))
        .with_skew(SKEW)
        .with_step_duration(STEP)
        .with_account_name(account)
        .with_issuer(Some("City Tools"))
        .build()
}

/// What a person needs to set up their app: the secret in groups of four letters, and the picture.
pub struct SetUp {
    /// 'ABCD EFGH …', to be typed where no camera is.
    pub spelt: String,
    /// The QR code as an inline SVG.
    pub picture: String,
}

/// Prepares the page that sets up an app; none where the secret cannot be used.
#[must_use]
pub fn set_up(secret: &[u8], account: &str) -> Option<SetUp> {
    let totp = of(secret, account).ok()?;
    let base32 = Secret::from(secret).to_base32();
    let letters: Vec<char> = base32.chars().collect();
    let spelt = letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ");
    let picture = picture(&totp.to_url().ok()?)?;
    Some(SetUp { spelt, picture })
}

/// What was typed as an app's code, its digits alone; none where it cannot be one, and so is no guess.
#[must_use]
pub fn read(typed: &str) -> Option<String> {
    let digits: String = typed.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    (digits.len() == TOTP_DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
}

/// The step whose code was typed, if it is one of now and was not used before; `last` is the last step used.
#[must_use]
pub fn check(secret: &[u8], typed: &str, now: i64, last: Option<i64>) -> Option<i64> {
    let digits = read(typed)?;
    let seconds = u64::try_from(now / 1000).ok()?;
    let step = of(secret, "").ok()?.check(&digits, seconds)?;
    let step = i64::try_from(step).ok()?;
    step_is_unused(step, last).then_some(step)
}

/// What an app with this secret shows at an instant.
#[cfg(test)]
pub fn shown(secret: &[u8], now: i64) -> String {
    of(secret, "").unwrap().generate(u64::try_from(now / 1000).unwrap()).to_string()
}

/// A QR code as SVG, black on white with its quiet zone, sized by its style sheet.
fn picture(text: &str) -> Option<String> {
    const QUIET: usize = 4;
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let (width, colours) = (code.width(), code.to_colors());
    let mut path = String::new();
    for (row, line) in colours.chunks(width).enumerate() {
        let mut column = 0;
        while column < width {
            let run = line[column..].iter().take_while(|colour| **colour == Color::Dark).count();
            if run > 0 {
                let _ = write!(path, "M{} {}h{run}v1h-{run}z", column + QUIET, row + QUIET);
            }
            column += run.max(1);
        }
    }
    let side = width + 2 * QUIET;
    Some(format!(
        "<svg class=\"ct-qr\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" width=\"240\" height=\"240\" \
         shape-rendering=\"crispEdges\" role=\"img\" aria-label=\"QR code with the key below\">\
         <rect width=\"{side}\" height=\"{side}\" fill=\"#fff\"/><path d=\"{path}\" fill=\"#000\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret and time of RFC 6238's appendix B; its eight digits for SHA-1 end in these six.
    const SECRET: &[u8] = b"12345678901234567890";

    #[test]
    fn codes_are_those_of_the_standards_own_table() {
        for (seconds, code, step) in
            [(59, "287082", 1), (1_111_111_109, "081804", 37_037_036), (1_234_567_890, "005924", 41_152_263)]
        {
            assert_eq!(check(SECRET, code, seconds * 1000, None), Some(step), "{seconds}");
        }
    }

    #[test]
    fn a_code_is_taken_once_and_with_half_a_minute_of_clock_difference() {
        assert_eq!(check(SECRET, "287 082", 59_000, Some(1)), None);
        assert_eq!(check(SECRET, "287082", 59_000, Some(0)), Some(1));
        assert_eq!(check(SECRET, "287082", 89_000, None), Some(1));
        assert_eq!(check(SECRET, "287082", 120_000, None), None);
    }

    #[test]
    fn what_is_no_code_is_refused() {
        for typed in ["", "28708", "2870821", "28708a", "２８７０８２"] {
            assert_eq!(check(SECRET, typed, 59_000, None), None, "{typed}");
        }
    }

    #[test]
    fn the_picture_is_plain_svg_and_the_key_can_be_typed() {
        let set_up = set_up(SECRET, "priya@camden.example").unwrap();
        assert_eq!(set_up.spelt, "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        assert!(set_up.picture.starts_with("<svg") && !set_up.picture.contains("style=") && !set_up.picture.contains("<?xml"));
    }
}
