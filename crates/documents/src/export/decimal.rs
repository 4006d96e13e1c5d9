//! Decimal numbers as text: what counts as one, and pence.

/// Whether a text is an optional minus, digits, and digits after a point if
/// any, without needless zeros in front: a JSON number without an exponent.
pub(super) fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_digits(whole) && is_digits(part) && (whole == "0" || !whole.starts_with('0'))
}

/// A sum of money in hundredths, if it is a decimal with at most two decimals
/// that fits 18 digits.
pub(super) fn pence(text: &str) -> Option<i64> {
    if !is_decimal(text) {
        return None;
    }
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    if part.len() > 2 {
        return None;
    }
    let value: i64 = format!("{whole}{part:0<2}").parse().ok()?;
    fits(value)
}

/// Whole pounds in hundredths, if they fit 18 digits.
pub(super) fn whole_pence(value: i64) -> Option<i64> {
    value.checked_mul(100).and_then(fits)
}

fn fits(pence: i64) -> Option<i64> {
    (pence.unsigned_abs() < 1_000_000_000_000_000_000).then_some(pence)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_json_numbers_without_exponent() {
        for good in ["0", "-0.5", "1200000.00", "12"] {
            assert!(is_decimal(good), "{good}");
        }
        for bad in ["", "-", "1.", ".5", "007", "1e3", "+1", "1,000", "=1", "NaN"] {
            assert!(!is_decimal(bad), "{bad}");
        }
    }

    #[test]
    fn pence_are_exact() {
        assert_eq!(pence("1200000.00"), Some(120_000_000));
        assert_eq!(pence("-0.05"), Some(-5));
        assert_eq!(pence("7.5"), Some(750));
        assert_eq!(pence("1.234"), None);
        assert_eq!(pence("99999999999999999999"), None);
        assert_eq!(whole_pence(i64::MAX), None);
    }
}
