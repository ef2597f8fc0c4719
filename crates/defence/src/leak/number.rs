//! Which runs of digits name a person or a card.
//!
//! A run is judged by itself; where it begins and ends is the masker's. Only numbers that carry a check (a check digit, a
//! date, a known prefix) are taken, because a masked order number breaks the application that shows it.

use jiff::civil::Date;
use medward_contract::mask;
use serde::{Deserialize, Serialize};

/// What is masked. The old identity numbers have no check digit and bank cards a weak one, so both are off unless wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct MaskRules {
    /// 18 characters, GB 11643-1999: date of birth and check digit must fit.
    pub identity_numbers: bool,
    /// 15 digits, GB 11643-1989: a date of birth of the 20th century, no check digit.
    pub old_identity_numbers: bool,
    /// 11 digits from 13 to 19, also after 0, 86 and 0086.
    pub mobile_numbers: bool,
    /// 16 to 19 digits of a bank (ISO/IEC 7812-1) with their Luhn digit. One number in ten fits by chance.
    pub bank_cards: bool,
}

impl Default for MaskRules {
    fn default() -> Self {
        Self { identity_numbers: true, old_identity_numbers: false, mobile_numbers: true, bank_cards: false }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    IdentityNumber,
    OldIdentityNumber,
    MobileNumber,
    BankCard,
}

/// The longest number that is known.
pub(super) const MAX_DIGITS: usize = 19;

const MOBILE_DIGITS: usize = 11;
/// What people and systems write before a mobile number (ITU-T E.164, and the domestic trunk prefix).
const MOBILE_PREFIXES: &[&str] = &["", "0", "86", "0086"];

/// Weights of the first 17 digits, and the check characters by remainder (GB 11643-1999, 5.3; ISO 7064 MOD 11-2).
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS: &[u8; 11] = b"10X98765432";

/// The kind of a whole number and what is to stand in its place, which is as long. The number is digits, with X at the end of
/// an identity number.
pub(super) fn masked(number: &str, rules: MaskRules) -> Option<(Kind, String)> {
    if rules.identity_numbers && is_identity_number(number) {
        return Some((Kind::IdentityNumber, mask::identity_number(number)));
    }
    if !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    if rules.old_identity_numbers && is_old_identity_number(number) {
        return Some((Kind::OldIdentityNumber, mask::identity_number(number)));
    }
    if let Some(mobile) = mobile(number).filter(|_| rules.mobile_numbers) {
        let (prefix, number) = mobile;
        return Some((Kind::MobileNumber, format!("{prefix}{}", mask::phone(number))));
    }
    (rules.bank_cards && is_bank_card(number)).then(|| (Kind::BankCard, mask::bank_card(number)))
}

fn is_identity_number(number: &str) -> bool {
    let (Some(digits), Some(check)) = (number.get(..17), number.get(17..).and_then(one_byte)) else { return false };
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) || digits.starts_with('0') {
        return false;
    }
    let born =
        digits.get(6..14).is_some_and(|born| is_date(born, 0) && matches!(born.get(..2), Some("18" | "19" | "20")));
    let sum: u32 = WEIGHTS.iter().zip(digits.bytes()).map(|(weight, digit)| weight * u32::from(digit - b'0')).sum();
    let expected = usize::try_from(sum % 11).ok().and_then(|remainder| CHECKS.get(remainder));
    born && expected == Some(&check.to_ascii_uppercase())
}

fn one_byte(text: &str) -> Option<u8> {
    if let [byte] = text.as_bytes() { Some(*byte) } else { None }
}

fn is_old_identity_number(number: &str) -> bool {
    number.len() == 15 && !number.starts_with('0') && number.get(6..12).is_some_and(|born| is_date(born, 1900))
}

/// Whether the text is a year (after `since`), a month and a day that existed.
fn is_date(text: &str, since: i16) -> bool {
    let Some((year, day)) = text.len().checked_sub(4).and_then(|at| text.split_at_checked(at)) else { return false };
    let Some((month, day)) = day.split_at_checked(2) else { return false };
    let (Ok(year), Ok(month), Ok(day)) = (year.parse::<i16>(), month.parse(), day.parse()) else { return false };
    Date::new(since.saturating_add(year), month, day).is_ok()
}

/// What stands before a mobile number, and the number.
fn mobile(number: &str) -> Option<(&str, &str)> {
    let (prefix, number) = number.split_at_checked(number.len().checked_sub(MOBILE_DIGITS)?)?;
    let fits = matches!(number.as_bytes(), [b'1', b'3'..=b'9', ..]) && MOBILE_PREFIXES.contains(&prefix);
    fits.then_some((prefix, number))
}

fn is_bank_card(number: &str) -> bool {
    // Major industry identifiers of banks are 3 to 6; 9 is for national schemes, as some Chinese debit cards are.
    (16..=MAX_DIGITS).contains(&number.len()) && number.starts_with(['3', '4', '5', '6', '9']) && luhn(number) == 0
}

/// ISO/IEC 7812-1, annex B: every second digit from the right counts twice.
fn luhn(number: &str) -> u32 {
    let digits = number.bytes().rev().map(|digit| u32::from(digit - b'0'));
    let sum = digits.enumerate().map(|(at, digit)| if at % 2 == 0 { digit } else { digit * 2 - digit / 5 * 9 });
    sum.sum::<u32>() % 10
}
