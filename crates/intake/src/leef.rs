//! LEEF 1.0 and 2.0, the format of QRadar.
//!
//! `LEEF:1.0|vendor|product|version|event id|` and pairs between tabs; LEEF 2.0 may name another delimiter behind the event
//! id, as itself or in hexadecimal (`^`, `x5E`, `0x5E`).

use medward_contract::event::Field;

use crate::cef::{MAX_PAIRS, put_device, put_network, put_pair};
use crate::decode::Read;
use crate::draft::{Draft, severity_of_cef};

/// Reads a body that begins with `LEEF:`.
pub(crate) fn read(draft: &mut Draft<'_>, body: &str) -> Read {
    let Some(leef) = Leef::split(body) else { return Read::Broken };
    put_device(draft, leef.device, leef.event_id);
    draft.field(Field::RuleName, leef.event_id);
    let mut act = None;
    for (key, value) in leef.pairs() {
        match key {
            "sev" => match severity_of_cef(value) {
                Some(severity) => draft.severity(severity),
                None => draft.attribute("leef.sev", value.into()),
            },
            _ => put_pair(draft, "leef", key, value),
        }
        if matches!(key, "action" | "act") {
            act = Some(value);
        }
    }
    put_network(draft, act);
    Read::Known
}

#[derive(Debug, PartialEq, Eq)]
struct Leef<'a> {
    device: [&'a str; 3],
    event_id: &'a str,
    delimiter: char,
    attributes: &'a str,
}

impl<'a> Leef<'a> {
    fn split(body: &'a str) -> Option<Self> {
        let mut parts = body.strip_prefix("LEEF:")?.splitn(6, '|');
        let version = parts.next()?;
        let device = [parts.next()?, parts.next()?, parts.next()?];
        let (event_id, rest) = (parts.next()?, parts.next().unwrap_or_default());
        let (delimiter, attributes) = match version {
            "1.0" => ('\t', rest),
            // The part that names the delimiter is often left out.
            "2.0" => {
                rest.split_once('|').and_then(|(word, rest)| Some((delimiter_of(word)?, rest))).unwrap_or(('\t', rest))
            }
            _ => return None,
        };
        Some(Self { device, event_id, delimiter, attributes })
    }

    fn pairs(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let pairs = self.attributes.split(self.delimiter).filter_map(|pair| pair.split_once('='));
        pairs.map(|(key, value)| (key.trim(), value.trim())).filter(|(key, _)| !key.is_empty()).take(MAX_PAIRS)
    }
}

/// `None` when the word is no delimiter but already an attribute.
fn delimiter_of(word: &str) -> Option<char> {
    let hexadecimal = word.strip_prefix("0x").or_else(|| word.strip_prefix('x')).filter(|digits| !digits.is_empty());
    if let Some(digits) = hexadecimal {
        return u32::from_str_radix(digits, 16).ok().and_then(char::from_u32);
    }
    let mut characters = word.chars();
    match (characters.next(), characters.next()) {
        (None, _) => Some('\t'),
        (Some(only), None) => Some(only),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, event_id: &str, expected: &[(&str, &str)]) {
        let leef = Leef::split(body).unwrap();
        assert_eq!((leef.event_id, leef.pairs().collect::<Vec<_>>()), (event_id, expected.to_vec()), "{body}");
    }

    #[test]
    fn delimiter_is_a_tab_or_the_one_named() {
        check("LEEF:1.0|V|P|1|41|src=10.0.0.1\tdst=10.0.0.2", "41", &[("src", "10.0.0.1"), ("dst", "10.0.0.2")]);
        for delimiter in ["^", "x5E", "0x5e"] {
            check(
                &format!("LEEF:2.0|V|P|1|41|{delimiter}|src=10.0.0.1^usrName=a b"),
                "41",
                &[("src", "10.0.0.1"), ("usrName", "a b")],
            );
        }
        check("LEEF:2.0|V|P|1|41||src=10.0.0.1\tx=", "41", &[("src", "10.0.0.1"), ("x", "")]);
        check("LEEF:2.0|V|P|1|41|src=10.0.0.1\tmsg=a|b", "41", &[("src", "10.0.0.1"), ("msg", "a|b")]);
        check("LEEF:1.0|V|P|1|41", "41", &[]);
    }

    #[test]
    fn what_is_no_leef_is_none() {
        for body in ["LEEF:", "LEEF:3.0|V|P|1|41|", "LEEF:1.0|V|P"] {
            assert_eq!(Leef::split(body), None, "{body}");
        }
    }
}
