//! Who came in and who became somebody else, from what sshd, sudo and su write on Linux (CD-092, MW-021, MW-022).
//!
//! Of several lines about one attempt one is taken: `Failed password for invalid user x` counts, the `Invalid user x` before
//! it does not, or a brute-force rule would count twice.

use std::sync::LazyLock;

use medward_contract::Severity;
use medward_contract::event::{Dataset, Field, Outcome};
use regex::Regex;

use crate::decode::Read;
use crate::draft::Draft;
use crate::syslog::Head;

/// Reads the body of a program that says who logged in; of all others nothing.
pub(crate) fn read(draft: &mut Draft<'_>, head: &Head<'_>) -> Read {
    // Padding before the account of sudo is no part of it.
    let body = head.body.trim();
    let is_known = match head.app {
        Some("sshd" | "sshd-session") => sshd(draft, body),
        Some("sudo") => sudo(draft, body),
        Some("su") => su(draft, body),
        _ => None,
    };
    if is_known.is_some() { Read::Known } else { Read::Plain }
}

/// The pattern is fixed, and a test reads it.
fn pattern(text: &'static str) -> Option<Regex> {
    Regex::new(text).ok()
}

/// The account is whatever a client sent: it may hold blanks and a whole false sentence. Only the last ` from ` before the
/// end of the line is sshd's own.
static SSHD_LOGIN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(r"^(Accepted|Failed) (\S+) for (?:invalid user )?(.*) from (\S+) port (\d{1,5})(?: ssh2)?(?:: .*)?$")
});
static SSHD_LOGOUT: LazyLock<Option<Regex>> =
    LazyLock::new(|| pattern(r"^pam_unix\(sshd:session\): session closed for user (\S+)$"));
static SUDO: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(r"^(\S+) : (?:(.*?) ; )?TTY=(\S+) ; PWD=(.*?) ; USER=(\S+) ;(?: [A-Z]+=\S* ;)* COMMAND=(.*)$")
});
static SU: LazyLock<Option<Regex>> = LazyLock::new(|| pattern(r"^(FAILED SU )?\(to (\S+)\) (\S+) on (\S+)$"));

fn sshd(draft: &mut Draft<'_>, body: &str) -> Option<()> {
    if let Some(found) = SSHD_LOGOUT.as_ref()?.captures(body) {
        draft.field(Field::UserName, found.get(1)?.as_str());
        draft.kind(Dataset::HostLogin, "logout", Outcome::Success);
        return Some(());
    }
    let found = SSHD_LOGIN.as_ref()?.captures(body)?;
    let text = |group: usize| found.get(group).map(|group| group.as_str());
    draft.field(Field::UserName, text(3).filter(|user| !user.is_empty()).unwrap_or("-"));
    draft.field(Field::SourceIp, text(4)?);
    draft.port(Field::SourcePort, text(5)?);
    draft.attribute("auth.method", text(2)?.into());
    if text(1) == Some("Accepted") {
        draft.kind(Dataset::HostLogin, "login", Outcome::Success);
    } else {
        draft.kind(Dataset::HostLogin, "login_failed", Outcome::Failure);
        draft.severity(Severity::Low);
    }
    Some(())
}

fn sudo(draft: &mut Draft<'_>, body: &str) -> Option<()> {
    let found = SUDO.as_ref()?.captures(body)?;
    let text = |group: usize| found.get(group).map(|group| group.as_str());
    draft.field(Field::UserName, text(1)?);
    draft.field(Field::UserTargetName, text(5)?);
    draft.field(Field::ProcessCommandLine, text(6)?);
    draft.attribute("process.tty", text(3)?.into());
    draft.attribute("process.working_directory", text(4)?.into());
    match text(2) {
        None => draft.kind(Dataset::HostPrivilege, "sudo", Outcome::Success),
        Some(reason) => {
            draft.field(Field::EventReason, reason);
            draft.kind(Dataset::HostPrivilege, "sudo", Outcome::Failure);
            draft.severity(Severity::Medium);
        }
    }
    Some(())
}

fn su(draft: &mut Draft<'_>, body: &str) -> Option<()> {
    let found = SU.as_ref()?.captures(body)?;
    let text = |group: usize| found.get(group).map(|group| group.as_str());
    let target = text(2)?;
    draft.field(Field::UserName, text(3)?);
    draft.field(Field::UserTargetName, target);
    // su does not write what was run in it: this is how it was called.
    draft.field(Field::ProcessCommandLine, &format!("su {target}"));
    draft.attribute("process.tty", text(4)?.into());
    if text(1).is_some() {
        draft.kind(Dataset::HostPrivilege, "su", Outcome::Failure);
        draft.severity(Severity::Medium);
    } else {
        draft.kind(Dataset::HostPrivilege, "su", Outcome::Success);
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_reads() {
        assert!([&SSHD_LOGIN, &SSHD_LOGOUT, &SUDO, &SU].iter().all(|pattern| pattern.is_some()));
    }
}
