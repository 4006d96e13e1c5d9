//! Days and sums of open contracting data.

use crate::register::import::cells::money;
use crate::register::money::{Basis, Money, Value, Vat};
use jiff::civil::Date;
use serde_json::Value as Json;

/// The day that a date-time begins with: its first ten characters, never converted between zones.
#[must_use]
pub fn day(written: &str) -> Option<Date> {
    let first = written.trim().get(..10)?;
    let date: Date = first.parse().ok()?;
    (1900..=2200).contains(&date.year()).then_some(date)
}

/// Pence of a JSON number (or of a text that holds one), whatever its exponent.
///
/// # Errors
/// Says why, where it is out of range or no number.
pub fn pence(amount: &Json) -> Result<Option<i64>, &'static str> {
    match amount {
        Json::Null => Ok(None),
        Json::Number(number) => money::decimal(&number.to_string(), 0).map(Some),
        Json::String(text) => money::decimal(text.trim(), 0).map(Some),
        _ => Err("it is not a number"),
    }
}

/// What is written, where it holds a part of a penny, so that its pence are rounded.
fn rounded(amount: &Json) -> Option<String> {
    let written = match amount {
        Json::Number(number) => number.to_string(),
        Json::String(text) => text.trim().to_owned(),
        _ => return None,
    };
    let part = match written.split_once(['e', 'E']) {
        None => money::part_of_a_penny(&written, 0),
        Some((mantissa, exponent)) => part_of_a_penny(mantissa, exponent),
    };
    part.then_some(written)
}

/// Whether a number with an exponent, one that can be read, has a digit behind the second decimal: '1.2345e1', '1e-3'.
fn part_of_a_penny(mantissa: &str, exponent: &str) -> bool {
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).filter(u8::is_ascii_digit).collect();
    let places = i64::try_from(digits.len() - fraction.len().min(digits.len())).unwrap_or(i64::MAX);
    // An exponent that no number holds is far below a penny: far above, the sum was refused.
    let exponent = exponent.parse::<i64>().unwrap_or(i64::MIN);
    let pence = usize::try_from(places.saturating_add(2).saturating_add(exponent)).unwrap_or(0);
    digits.iter().skip(pence).any(|digit| *digit != b'0')
}

/// A value object as a sum of a kind, and what was written where that had to be rounded; none where it says nothing. The UK's
/// `amountGross` has VAT in it; where it is given, `amount` has not.
///
/// # Errors
/// Says why, where the amount cannot be read.
pub(super) fn value(value: &Json, basis: Basis) -> Result<Option<(Value, Option<String>)>, &'static str> {
    if !value.is_object() {
        return Ok(None);
    }
    let gross = pence(&value["amountGross"])?;
    let (amount, vat, written) = match (pence(&value["amount"])?, gross) {
        (Some(net), Some(_)) => (net, Vat::Excluded, "amount"),
        (Some(amount), None) => (amount, Vat::NotKnown, "amount"),
        (None, Some(gross)) => (gross, Vat::Included, "amountGross"),
        (None, None) => return Ok(None),
    };
    if amount < 0 {
        return Err("a value is not negative");
    }
    let currency = value["currency"].as_str().map(str::trim).filter(|code| !code.is_empty()).unwrap_or("GBP");
    if currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return Err("its currency is not a currency’s code");
    }
    let money = Money { pence: amount, currency: currency.to_ascii_uppercase(), basis, vat };
    Ok(Some((Value::Known(money), rounded(&value[written]))))
}
