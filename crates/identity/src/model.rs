//! Types and invariants of accounts. No SQL, no HTTP.

use std::fmt;

use medward_contract::id::{AccountId, SessionId};
use medward_contract::{Role, Timestamp};
use serde::Serialize;
use unicode_normalization::UnicodeNormalization;

/// A login name: NFKC, lower case, 2 to 64 letters, digits, Han characters or `. _ - @`.
///
/// Case, width and surrounding spaces make no difference (PACS-034); letters that merely look alike are not accepted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Login(String);

/// Why a text cannot be a login or a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InputError {
    /// Not a login name.
    #[error("read login name: 2 to 64 letters, digits, Chinese characters or . _ - @")]
    Login,
    /// Not a person's name.
    #[error("read name: 1 to 64 characters")]
    Name,
    /// Not departments.
    #[error("read departments: at most 20 names of 1 to 64 characters")]
    Departments,
    /// Not a reason.
    #[error("read reason: 1 to 500 characters")]
    Reason,
    /// Not words that an approver could judge by.
    #[error("read summary of a change: 1 to 500 characters")]
    Summary,
    /// Not a permission that makes some people able to approve and others not.
    #[error("read permission of a change: not one of the matrix")]
    Permission,
    /// More than waits for approval.
    #[error("read change that needs approval: at most 4 MiB")]
    Payload,
    /// A NUL character, which no text of ours holds.
    #[error("read text: the NUL character is not accepted")]
    Nul,
}

/// Most characters of a login or a name, in an account and wherever one is asked for.
pub(crate) const WORD_CHARACTERS: usize = 64;

impl Login {
    /// Reads a login name as typed.
    pub(crate) fn parse(typed: &str) -> Result<Self, InputError> {
        // Longer input can only be refused; stop before normalising it.
        if typed.len() > 1_024 {
            return Err(InputError::Login);
        }
        let login = fold(typed.trim());
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-_@".contains(c) || is_han(c);
        if (2..=WORD_CHARACTERS).contains(&login.chars().count()) && login.chars().all(allowed) {
            Ok(Self(login))
        } else {
            Err(InputError::Login)
        }
    }

    /// The normalised text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A person's name, 1 to 64 characters, inner white space made one space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PersonName(String);

impl PersonName {
    /// Reads a name as typed.
    pub(crate) fn parse(typed: &str) -> Result<Self, InputError> {
        if typed.len() > 1_024 || typed.chars().any(char::is_control) {
            return Err(InputError::Name);
        }
        let name = typed.split_whitespace().collect::<Vec<_>>().join(" ");
        if (1..=WORD_CHARACTERS).contains(&name.chars().count()) { Ok(Self(name)) } else { Err(InputError::Name) }
    }

    /// The name.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether both are the same person's name, whatever the case, width and spaces.
    pub(crate) fn is_same_person(&self, other: &Self) -> bool {
        let bare = |name: &str| fold(name).chars().filter(|c| !c.is_whitespace()).collect::<String>();
        bare(&self.0) == bare(&other.0)
    }
}

/// Most departments of one person.
const DEPARTMENTS_MAX: usize = 20;

/// Reads names of departments as typed; one given twice counts once.
pub(crate) fn departments_parse(typed: &[String]) -> Result<Vec<String>, InputError> {
    if typed.len() > DEPARTMENTS_MAX {
        return Err(InputError::Departments);
    }
    let mut departments = Vec::new();
    for name in typed {
        let PersonName(name) = PersonName::parse(name).map_err(|_| InputError::Departments)?;
        if !departments.contains(&name) {
            departments.push(name);
        }
    }
    Ok(departments)
}

/// Refuses a login or name, possibly half typed, that is longer than any account's.
pub(crate) fn own_words_check(login: &str, name: &str) -> Result<(), InputError> {
    let is_long = |text: &str| text.chars().nth(WORD_CHARACTERS).is_some();
    match (is_long(login), is_long(name)) {
        (true, _) => Err(InputError::Login),
        (_, true) => Err(InputError::Name),
        _ => Ok(()),
    }
}

fn fold(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).collect()
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{323af}')
}

/// Where an account stands. Locked is not a state: locks end by themselves (see `locked_until`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum AccountState {
    /// Created, without roles; cannot log in.
    Invited,
    /// May log in.
    Active,
    /// May not log in until activated again.
    Disabled,
    /// Gone for good; its login is never reused.
    Archived,
}

impl AccountState {
    /// The stored word.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Active => "active",
            Self::Disabled => "disabled",
            Self::Archived => "archived",
        }
    }

    /// Reads the stored word.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Invited, Self::Active, Self::Disabled, Self::Archived].into_iter().find(|state| state.as_str() == text)
    }
}

/// An account with its roles, as read and checked against its MACs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    /// Its id.
    pub(crate) id: AccountId,
    /// Its login name, normalised.
    pub(crate) login: String,
    /// The person's name.
    pub(crate) name: String,
    /// Where it stands.
    pub(crate) state: AccountState,
    /// Roles held, in the order of [`Role::ALL`].
    pub(crate) roles: Vec<Role>,
    /// When it was created.
    pub(crate) created_at: Timestamp,
    /// When its owner logged in last.
    pub(crate) last_login_at: Option<Timestamp>,
    /// Rises with each change.
    pub(crate) version: i64,
}

/// What proves that somebody is the owner of an account.
#[derive(Debug, Clone)]
pub(crate) struct StoredCredential {
    /// PHC string.
    pub(crate) password_hash: String,
    /// When the password was set.
    pub(crate) password_set_at: Timestamp,
    /// The owner has to choose a new password at the next login.
    pub(crate) must_change: bool,
    /// Sealed TOTP secret, once enrolled.
    pub(crate) totp_sealed: Option<Vec<u8>>,
    /// Last accepted TOTP step; earlier ones and this one are refused.
    pub(crate) totp_step: Option<i64>,
    /// Rises with each change.
    pub(crate) version: i64,
}

/// A console session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredSession {
    /// Its id, not the secret in the cookie.
    pub(crate) id: SessionId,
    /// Whose it is.
    pub(crate) account: AccountId,
    /// Address it was opened from.
    pub(crate) source_ip: String,
    /// Browser that opened it.
    pub(crate) user_agent: String,
    /// When it was opened.
    pub(crate) created_at: Timestamp,
    /// Last activity that was written down (at most half a minute behind).
    pub(crate) last_seen_at: Timestamp,
}

/// The exclusion class of a role, as the database checks it.
pub(crate) const fn role_class(role: Role) -> &'static str {
    match role {
        Role::Sysadmin | Role::Secadmin | Role::Auditadmin => role.as_str(),
        Role::Operator | Role::Auditor | Role::Requester | Role::Vendor => "business",
    }
}

/// Whether `role` may stand beside `held` (三权分立).
pub(crate) fn may_hold(held: &[Role], role: Role) -> bool {
    held.iter().all(|other| !role.excludes(*other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn login_ignores_case_width_and_surrounding_spaces() {
        let check = |typed: &str, expected: &str| assert_eq!(Login::parse(typed).unwrap().as_str(), expected);
        check(" LiNa ", "lina");
        check("ＬｉＮａ", "lina");
        check("li.na-2_x@yy", "li.na-2_x@yy");
        check("李娜", "李娜");
    }

    #[test]
    fn unusable_logins_are_refused() {
        for typed in ["", "x", "li na", "li\u{0}na", "lіna", "li/na", "<b>", &"x".repeat(65), &"x".repeat(100_000)] {
            assert_eq!(Login::parse(typed), Err(InputError::Login), "{typed:.20}");
        }
    }

    #[test]
    fn same_person_is_seen_through_spaces_case_and_width() {
        let name = |text: &str| PersonName::parse(text).unwrap();
        assert!(name("赵 立明").is_same_person(&name("赵立明")));
        assert!(name("Zhao  Liming").is_same_person(&name("ＺＨＡＯ liming")));
        assert!(!name("赵立明").is_same_person(&name("赵立民")));
        assert!(PersonName::parse("  ").is_err() && PersonName::parse("a\nb").is_err());
    }

    #[test]
    fn departments_are_few_named_and_named_once() {
        let parse =
            |names: &[&str]| departments_parse(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert_eq!(parse(&[" 急诊  科 ", "放射科", "放射科"]).unwrap(), ["急诊 科", "放射科"]);
        assert_eq!(parse(&[""]), Err(InputError::Departments));
        assert_eq!(parse(&["a\nb"]), Err(InputError::Departments));
        let long = "科".repeat(64);
        assert!(parse(&[&long]).is_ok() && parse(&[&format!("{long}科")]).is_err());
        assert!(parse(&["x"; 20]).is_ok() && parse(&["x"; 21]).is_err());
    }

    /// The database's classes must say exactly what the contract's exclusions say, for every pair.
    #[test]
    fn database_classes_agree_with_role_exclusions_for_every_pair() {
        for first in Role::ALL {
            for second in Role::ALL {
                let together = first == second || role_class(first) == role_class(second);
                assert_eq!(together, may_hold(&[first], second), "{first} {second}");
            }
        }
    }
}
