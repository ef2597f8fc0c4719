//! A request for a second pair of eyes and its life: who may do what with it, and when it is over. No SQL, no HTTP.
//!
//! ```text
//! open ──approve──> approved ──claim──> used
//!   ├──refuse──> refused      │
//!   └──withdraw──────────────>┴──> withdrawn        open and approved ones expire by the clock
//! ```
//!
//! Invariant: nothing leaves `used`, `refused`, `withdrawn` or an expired state, so an approval lets at most one change
//! through. The one who decides is never the one who asked.

use std::time::Duration;

use medward_contract::Timestamp;
use medward_contract::id::{AccountId, ApprovalId};
use medward_contract::identity::{ApprovalClaim, Approver};
use serde::Serialize;

use crate::error::IdentityError;
use crate::model::{Account, InputError};

/// A request that is not decided and used within this is over (`identity.md` §5).
pub(crate) const LIFE: Duration = Duration::from_hours(24);
/// Most bytes of a change that waits.
pub(crate) const PAYLOAD_BYTES_MAX: usize = 4 << 20;
/// Most requests one person may have open at once.
pub(crate) const OPEN_MAX: i64 = 50;
/// Most characters of a reason or a summary.
const TEXT_CHARACTERS: usize = 500;

/// Where a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ApprovalState {
    /// Nobody has decided.
    Open,
    /// May run, once.
    Approved,
    /// A second person said no.
    Refused,
    /// The person who asked took it back.
    Withdrawn,
    /// The change was let through.
    Used,
    /// Over, by the clock. Never stored.
    Expired,
}

impl ApprovalState {
    /// The stored word.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Approved => "approved",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::Used => "used",
            Self::Expired => "expired",
        }
    }

    /// Reads the stored word.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let stored = [Self::Open, Self::Approved, Self::Refused, Self::Withdrawn, Self::Used];
        stored.into_iter().find(|state| state.as_str() == text)
    }

    /// Whether the change may still run one day.
    pub(crate) const fn is_alive(self) -> bool {
        matches!(self, Self::Open | Self::Approved)
    }
}

/// A person as the record names them, whatever becomes of the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ApprovalPerson {
    /// The account.
    #[schema(value_type = String)]
    pub account_id: AccountId,
    /// Login name then.
    pub login: String,
    /// The person's name then.
    pub name: String,
}

impl From<&Account> for ApprovalPerson {
    fn from(account: &Account) -> Self {
        Self { account_id: account.id, login: account.login.clone(), name: account.name.clone() }
    }
}

/// A request as stored and checked against its MAC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Approval {
    pub(crate) id: ApprovalId,
    pub(crate) action: String,
    pub(crate) permission: String,
    pub(crate) summary_zh: String,
    pub(crate) summary_en: String,
    pub(crate) payload_hash: [u8; 32],
    pub(crate) requester: ApprovalPerson,
    pub(crate) reason: String,
    pub(crate) requested_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    /// As stored; what it means now is [`state_at`](Self::state_at).
    pub(crate) stored: ApprovalState,
    pub(crate) decider: Option<ApprovalPerson>,
    /// When it was approved, refused or withdrawn.
    pub(crate) decided_at: Option<Timestamp>,
    pub(crate) decision_reason: Option<String>,
    pub(crate) used_at: Option<Timestamp>,
    /// Audit record of the change that ran on it.
    pub(crate) used_by: Option<String>,
    pub(crate) version: i64,
}

impl Approval {
    /// Where it stands at a moment.
    pub(crate) fn state_at(&self, now: Timestamp) -> ApprovalState {
        if self.stored.is_alive() && now >= self.expires_at { ApprovalState::Expired } else { self.stored }
    }

    /// A second person says yes.
    pub(crate) fn approve(&mut self, by: ApprovalPerson, now: Timestamp) -> Result<(), IdentityError> {
        self.decide(ApprovalState::Approved, by, None, now)
    }

    /// A second person says no.
    pub(crate) fn refuse(&mut self, by: ApprovalPerson, reason: String, now: Timestamp) -> Result<(), IdentityError> {
        self.decide(ApprovalState::Refused, by, Some(reason), now)
    }

    fn decide(
        &mut self,
        to: ApprovalState,
        by: ApprovalPerson,
        reason: Option<String>,
        now: Timestamp,
    ) -> Result<(), IdentityError> {
        if by.account_id == self.requester.account_id {
            return Err(IdentityError::OwnApproval);
        }
        if self.state_at(now) != ApprovalState::Open {
            return Err(IdentityError::ApprovalClosed);
        }
        (self.stored, self.decider, self.decided_at, self.decision_reason) = (to, Some(by), Some(now), reason);
        self.version += 1;
        Ok(())
    }

    /// The person who asked takes it back, also after it was approved.
    pub(crate) fn withdraw(&mut self, by: AccountId, now: Timestamp) -> Result<(), IdentityError> {
        if by != self.requester.account_id {
            return Err(IdentityError::ApprovalForbidden);
        }
        if !self.state_at(now).is_alive() {
            return Err(IdentityError::ApprovalClosed);
        }
        (self.stored, self.decided_at) = (ApprovalState::Withdrawn, Some(now));
        self.version += 1;
        Ok(())
    }

    /// Uses it up for exactly what was approved. A claim for anything else uses nothing up.
    pub(crate) fn claim(&mut self, claim: &ApprovalClaim, now: Timestamp) -> Result<Approver, IdentityError> {
        if self.action != claim.action.as_str() || self.payload_hash != *claim.payload.as_bytes() {
            return Err(IdentityError::ApprovalOther);
        }
        match (self.state_at(now), &self.decider, self.decided_at) {
            (ApprovalState::Open, ..) => Err(IdentityError::ApprovalNeeded),
            (ApprovalState::Approved, Some(decider), Some(approved_at)) => {
                let approver = Approver {
                    approval: self.id,
                    account: decider.account_id,
                    login: decider.login.clone(),
                    approved_at,
                };
                (self.stored, self.used_at) = (ApprovalState::Used, Some(now));
                self.used_by = Some(claim.change.to_string());
                self.version += 1;
                Ok(approver)
            }
            _ => Err(IdentityError::ApprovalSpent),
        }
    }
}

/// A reason as typed: not blank, at most 500 characters.
pub(crate) fn reason_parse(typed: &str) -> Result<String, InputError> {
    text_parse(typed).ok_or(InputError::Reason)
}

/// Words for the approver, under the same rule.
pub(crate) fn summary_parse(given: &str) -> Result<String, InputError> {
    text_parse(given).ok_or(InputError::Summary)
}

fn text_parse(text: &str) -> Option<String> {
    let text = text.trim();
    let fits = !text.is_empty() && text.chars().nth(TEXT_CHARACTERS).is_none();
    (fits && !text.chars().any(|c| c.is_control() && c != '\n')).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use medward_contract::id::AuditId;
    use medward_contract::identity::{ApprovalAction, PayloadHash};
    use proptest::prelude::*;

    use super::*;

    const ACTION: ApprovalAction = ApprovalAction::new("test.thing.remove");
    const ASKED: Timestamp = Timestamp::from_micros(1_795_132_800_000_000);

    fn person(login: &str) -> ApprovalPerson {
        ApprovalPerson { account_id: AccountId::new(), login: login.to_owned(), name: login.to_owned() }
    }

    fn asked_by(requester: ApprovalPerson) -> Approval {
        Approval {
            id: ApprovalId::new(),
            action: ACTION.as_str().to_owned(),
            permission: "test.thing.write".to_owned(),
            summary_zh: "删除".to_owned(),
            summary_en: "remove".to_owned(),
            payload_hash: [1; 32],
            requester,
            reason: "because".to_owned(),
            requested_at: ASKED,
            expires_at: ASKED.plus(LIFE),
            stored: ApprovalState::Open,
            decider: None,
            decided_at: None,
            decision_reason: None,
            used_at: None,
            used_by: None,
            version: 1,
        }
    }

    /// What anybody may try, in any order, at any time.
    #[derive(Debug, Clone)]
    enum Step {
        Approve { own: bool },
        Refuse { own: bool },
        Withdraw { own: bool },
        Claim { action: bool, payload: bool },
        Wait { hours: u64 },
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            any::<bool>().prop_map(|own| Step::Approve { own }),
            any::<bool>().prop_map(|own| Step::Refuse { own }),
            any::<bool>().prop_map(|own| Step::Withdraw { own }),
            (any::<bool>(), any::<bool>()).prop_map(|(action, payload)| Step::Claim { action, payload }),
            Just(Step::Claim { action: true, payload: true }),
            (0_u64..13).prop_map(|hours| Step::Wait { hours }),
        ];
        proptest::collection::vec(step, 0..24)
    }

    proptest! {
        #[test]
        fn whatever_is_tried_only_an_approved_payload_runs_and_only_once(steps in steps()) {
            let (asking, other) = (person("asking"), person("other"));
            let mut approval = asked_by(asking.clone());
            let (mut now, mut approved, mut ended, mut used) = (ASKED, false, false, 0);
            let who = |own: bool| if own { asking.clone() } else { other.clone() };
            for step in steps {
                let before = approval.clone();
                let expired = now >= ASKED.plus(LIFE);
                let done = match &step {
                    Step::Wait { hours } => {
                        now = now.plus(Duration::from_hours(*hours));
                        continue;
                    }
                    Step::Approve { own } => {
                        let done = approval.approve(who(*own), now).is_ok();
                        prop_assert_eq!(done, !own && !approved && !ended && !expired);
                        approved |= done;
                        done
                    }
                    Step::Refuse { own } => {
                        let done = approval.refuse(who(*own), "no".to_owned(), now).is_ok();
                        prop_assert_eq!(done, !own && !approved && !ended && !expired);
                        ended |= done;
                        done
                    }
                    Step::Withdraw { own } => {
                        let done = approval.withdraw(who(*own).account_id, now).is_ok();
                        prop_assert_eq!(done, *own && !ended && !expired);
                        ended |= done;
                        done
                    }
                    Step::Claim { action, payload } => {
                        let claim = ApprovalClaim {
                            approval: approval.id,
                            action: if *action { ACTION } else { ApprovalAction::new("test.thing.disable") },
                            payload: PayloadHash::from_sha256([if *payload { 1 } else { 2 }; 32]),
                            change: AuditId::new(),
                        };
                        let done = approval.claim(&claim, now).is_ok();
                        prop_assert_eq!(done, *action && *payload && approved && !ended && !expired);
                        (ended, used) = (ended | done, used + i32::from(done));
                        done
                    }
                };
                prop_assert_eq!(done, approval.version > before.version);
                if !done {
                    prop_assert_eq!(&approval, &before);
                }
            }
            prop_assert!(used <= 1);
        }
    }

    #[test]
    fn reasons_are_words() {
        for blank in ["", "  \n ", "a\u{0}b", &"x".repeat(501)] {
            assert_eq!(reason_parse(blank), Err(InputError::Reason), "{blank:.8}");
        }
        assert_eq!(reason_parse(" 换证书\n停一小时 ").unwrap(), "换证书\n停一小时");
    }
}
