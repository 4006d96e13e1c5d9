//! Secrets, codes and recovery codes from the system's random numbers. Nothing else in the program makes them.

use crate::error::Failure;
use domain::people::sign_in::{
    code,
    factor::{self, RECOVERY_CODES, RECOVERY_LETTERS},
    secret::{BYTES, Secret},
};

fn fill<const N: usize>() -> Result<[u8; N], Failure> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

/// A new secret of 256 bits.
///
/// # Errors
/// When the system has no random numbers.
pub fn secret() -> Result<Secret, Failure> {
    Ok(Secret::of(&fill::<BYTES>()?))
}

/// A new one-time code of eight digits, each as likely as any other.
///
/// # Errors
/// As [`secret`].
pub fn code() -> Result<String, Failure> {
    loop {
        if let Some(code) = code::spell(fill()?) {
            return Ok(code);
        }
    }
}

/// A new set of recovery codes.
///
/// # Errors
/// As [`secret`].
pub fn recovery_codes() -> Result<Vec<String>, Failure> {
    (0..RECOVERY_CODES).map(|_| Ok(factor::spell_recovery(&fill::<RECOVERY_LETTERS>()?))).collect()
}

/// The bytes behind hexadecimal, as secrets that must be read again are kept; what is none stands for nothing.
#[must_use]
pub fn unhex(text: &str) -> Vec<u8> {
    let pairs = text.as_bytes().chunks(2);
    pairs.filter_map(|pair| std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok())).collect()
}

/// A new TOTP secret: 160 bits, as RFC 4226 recommends.
///
/// # Errors
/// As [`secret`].
pub fn totp_secret() -> Result<[u8; 20], Failure> {
    fill()
}
