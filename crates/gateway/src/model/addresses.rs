//! A group of addresses (地址组): a list that rules name, or that is let through or refused as a whole (gateway.md §7).

use serde::{Deserialize, Serialize};

use super::{Kind, Spec, SpecError, check_description, check_name, wrong};

/// What a group is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AddressUse {
    /// Rules name it; by itself it does nothing.
    #[default]
    Rules,
    /// No ban, rule, limit or challenge touches its addresses; their requests are still inspected. Wins over everything.
    Allow,
    /// As `allow`, and their requests are not inspected either.
    AllowUninspected,
    /// Nothing is served to its addresses.
    Block,
}

/// What somebody writes about a group of addresses. Its entries stand in a stored list or in a file, not in both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddressGroupSpec {
    /// Name by which rules know it, and in events.
    pub name: String,
    /// Whose addresses these are, for people.
    #[serde(default)]
    pub description: String,
    /// What it is for.
    #[serde(default)]
    pub purpose: AddressUse,
    /// SHA-256 of the stored list, as its upload said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<String>,
    /// Name of a file in `gateway/address-lists` of the data directory. It is read again when it changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
}

impl Spec for AddressGroupSpec {
    const KIND: Kind = Kind::Addresses;

    fn name(&self) -> &str {
        &self.name
    }

    fn check(&self) -> Result<(), SpecError> {
        check_name(&self.name)?;
        check_description(&self.description)?;
        match (&self.list, &self.file) {
            (Some(_), Some(_)) => Err(wrong("file", "a group has a list or a file, not both")),
            (Some(digest), None) if !is_digest(digest) => {
                Err(wrong("list", "list must be the SHA-256 of a stored list"))
            }
            (None, Some(file)) if !is_file_name(file) => {
                Err(wrong("file", "file must be the plain name of a file: letters, digits, dot, - and _"))
            }
            _ => Ok(()),
        }
    }
}

fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// One name in one folder: nothing leads out of it.
fn is_file_name(text: &str) -> bool {
    let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    (1..=128).contains(&text.len()) && plain && !text.starts_with('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(list: Option<&str>, file: Option<&str>, field: Option<&str>) {
        let spec = AddressGroupSpec {
            name: "内网".into(),
            description: String::new(),
            purpose: AddressUse::Allow,
            list: list.map(str::to_owned),
            file: file.map(str::to_owned),
        };
        assert_eq!(spec.check().err().map(|error| error.field), field, "{list:?} {file:?}");
    }

    #[test]
    fn file_is_a_plain_name_and_list_a_digest() {
        check(None, None, None);
        check(Some(&"a1".repeat(32)), None, None);
        check(None, Some("inside-2026.txt"), None);
        check(Some("x"), None, Some("list"));
        check(Some(&"a1".repeat(32)), Some("a.txt"), Some("file"));
        for name in ["../secret", "/etc/passwd", ".hidden", "a b", ""] {
            check(None, Some(name), Some("file"));
        }
    }
}
