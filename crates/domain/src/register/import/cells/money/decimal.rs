//! Decimal numbers to pence, digit by digit.

use super::LARGEST_PENCE;
use crate::register::import::cells::grouped;

/// Pence of a decimal number times a power of ten, rounded half up; commas and blanks may part it in threes alone.
///
/// # Errors
/// Says why, where it is not such a number or is out of range. Any exponent is survived.
pub fn decimal(text: &str, power: i32) -> Result<i64, &'static str> {
    const NOT: &str = "the number is not written in a way that can be read";
    const LARGE: &str = "the sum is above £100 billion";
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        None => (text, 0),
        Some((mantissa, exponent)) => {
            let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            if digits.is_empty() || digits.bytes().any(|byte| !byte.is_ascii_digit()) {
                return Err(NOT);
            }
            let far = if exponent.starts_with('-') { -1_000 } else { 1_000 };
            (mantissa, exponent.parse::<i64>().unwrap_or(far))
        }
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let (negative, whole) = whole.strip_prefix('-').map_or((false, whole), |whole| (true, whole));
    if fraction.bytes().any(|byte| !byte.is_ascii_digit()) || !whole.is_empty() && !grouped(whole) {
        return Err(NOT);
    }
    if !whole.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b',' | b' ')) || whole.is_empty() && fraction.is_empty()
    {
        return Err(NOT);
    }
    let digits = whole.bytes().chain(fraction.bytes()).filter(u8::is_ascii_digit);
    // The value is 0.DIGITS × 10^point, in pence.
    let mut point =
        whole.bytes().filter(u8::is_ascii_digit).count() as i64 + 2 + i64::from(power) + exponent.clamp(-1_000, 1_000);
    let mut pence: i64 = 0;
    let mut leading = true;
    for digit in digits {
        let digit = i64::from(digit - b'0');
        if point <= 0 {
            if point == 0 && digit >= 5 {
                pence += 1;
            }
            point -= 1;
            if point < 0 {
                break;
            }
            continue;
        }
        leading &= digit == 0;
        if !leading && point > 17 {
            return Err(LARGE);
        }
        pence = pence * 10 + digit;
        point -= 1;
    }
    while point > 0 && pence != 0 {
        pence = pence.checked_mul(10).ok_or(LARGE)?;
        point -= 1;
    }
    if pence > LARGEST_PENCE {
        return Err(LARGE);
    }
    Ok(if negative { -pence } else { pence })
}

/// Whether a plain decimal number times a power of ten holds a part of a penny that somebody may have meant. What a spreadsheet's
/// arithmetic leaves behind ('12.349999999', '12.3500001') is none, and a number with an exponent is a spreadsheet's.
pub(in crate::register::import) fn part_of_a_penny(text: &str, power: i32) -> bool {
    let (Some((_, fraction)), Ok(power)) = (text.split_once('.'), usize::try_from(power)) else { return false };
    let Some(beyond) = fraction.get(2 + power..).filter(|_| fraction.bytes().all(|byte| byte.is_ascii_digit())) else {
        return false;
    };
    let first = &beyond[..beyond.len().min(3)];
    let noise = beyond.len() > 4 && first.bytes().all(|digit| digit == b'9');
    !noise && first.bytes().any(|digit| digit != b'0')
}
