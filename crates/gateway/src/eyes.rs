//! Four eyes (四眼原则) where protection gets weaker: what counts as weaker, and what a second person approves
//! (gateway.md §10, §13; `gateway.four_eyes`).
//!
//! Weaker is: an object that is gone, reacts less or by fewer rules; one that is new, or answers for something else, and refuses
//! nothing, for another one may have guarded that; one that asks nobody to sign in any more, or by another
//! guard; an exclusion that is new or says something else; a rule that lets pass, or a group of addresses that is let through,
//! likewise. Everything else, limits, challenges and own rules that refuse among it, one person may do: it is in the history, and
//! can be taken back.
//!
//! Invariant: what is approved is the edits themselves, so that the same words about other edits are not approved with them.

use std::collections::HashMap;

use medward_contract::id::ApprovalId;
use medward_contract::identity::{
    APPROVAL_UNDECIDED, ApprovalAction, ApprovalClaim, ApprovalRequest, Approvals, Approver, ClientFacts, Payload,
    PayloadHash,
};
use medward_contract::{PortError, Principal};
use medward_crypto::sha256;
use medward_defence::rule::Action;
use medward_kernel::Port;

use crate::api::OBJECT_WRITE;
use crate::change::{By, ChangeError};
use crate::draft::Edit;
use crate::model::{
    AddressGroupSpec, AddressUse, Effective, ExclusionSpec, Item, Mode, ObjectSpec, Policy, RuleSpec, RuleSwitch,
    Written,
};

/// What is approved.
const WEAKEN: ApprovalAction = ApprovalAction::new("gateway.policy.weaken");
/// Things that a summary names.
const MAX_NAMED: usize = 5;
/// Where an object does not say, what the CRS comes with (crs-setup.conf: inbound 5, outbound 4, paranoia level 1).
const CRS_THRESHOLD_IN: u16 = 5;
const CRS_THRESHOLD_OUT: u16 = 4;
const CRS_PARANOIA: u8 = 1;

/// Who changes the policy over the API, for what a second person is asked.
#[derive(Debug, Clone)]
pub struct Asker {
    /// The person.
    pub principal: Principal,
    /// From where.
    pub client: ClientFacts,
    /// Id of the request.
    pub request_id: String,
    /// The approval that the change is to run on, once there is one.
    pub approval: Option<ApprovalId>,
}

/// A change that makes protection weaker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Weakening {
    /// What it does, in Chinese.
    zh: String,
    /// The same in English.
    en: String,
    payload: Vec<u8>,
}

/// One thing that gets weaker: in Chinese, in English.
type Loss = (String, String);

impl Weakening {
    /// What these edits take away, if anything.
    pub(crate) fn of(
        before: &Written,
        after: &Written,
        edits: impl Iterator<Item = Edit>,
    ) -> Result<Option<Self>, ChangeError> {
        let losses = losses(before, after);
        if losses.is_empty() {
            return Ok(None);
        }
        Ok(Some(Self {
            zh: summed(&losses, |loss| &loss.0),
            en: summed(&losses, |loss| &loss.1),
            payload: payload(edits)?,
        }))
    }

    /// Who has approved this change. Where nobody has, somebody is asked, and the change is refused for now.
    pub(crate) async fn second_person(
        &self,
        approvals: &Port<dyn Approvals>,
        by: By<'_>,
    ) -> Result<Approver, ChangeError> {
        let approvals = approvals.get().map_err(ChangeError::Approval)?;
        let asker = by.asker;
        let Some(approval) = asker.approval else {
            if by.reason.trim().is_empty() {
                return Err(ChangeError::NoReason);
            }
            let request = ApprovalRequest {
                action: WEAKEN,
                permission: OBJECT_WRITE.as_str(),
                summary_zh: &self.zh,
                summary_en: &self.en,
                payload: &self.payload(),
                requested_by: &asker.principal,
                reason: by.reason,
                client: &asker.client,
                request_id: &asker.request_id,
            };
            let asked = approvals.request(request).await.map_err(ChangeError::Approval)?;
            return Err(ChangeError::NeedsApproval(asked));
        };
        let claim = ApprovalClaim { approval, action: WEAKEN, payload: self.hash(), change: by.change.id() };
        approvals.is_granted(&claim).await.map_err(|error| match error {
            PortError::Refused { code: APPROVAL_UNDECIDED } => ChangeError::NeedsApproval(approval),
            error => ChangeError::Approval(error),
        })
    }

    fn payload(&self) -> Payload {
        Payload::new(self.payload.clone())
    }

    fn hash(&self) -> PayloadHash {
        PayloadHash::from_sha256(sha256(&self.payload))
    }
}

/// The edits, in an order and with names that are the same when the same is asked for again: what is made gets another id then.
fn payload(edits: impl Iterator<Item = Edit>) -> Result<Vec<u8>, ChangeError> {
    let mut edits: Vec<_> = edits
        .map(|edit| {
            let id = edit.before.as_ref().map(|row| row.id.clone());
            let kind = edit.before.as_ref().or(edit.after.as_ref()).map(|row| row.kind.clone());
            (kind, id, edit.before.map(|row| row.body), edit.after.map(|row| row.body))
        })
        .collect();
    edits.sort();
    serde_json::to_vec(&edits).map_err(|error| ChangeError::Unreadable(error.to_string()))
}

fn summed(losses: &[Loss], words: impl Fn(&Loss) -> &String) -> String {
    let mut named: Vec<_> = losses.iter().take(MAX_NAMED).map(words).cloned().collect();
    if losses.len() > MAX_NAMED {
        named.push(format!("+ {}", losses.len() - MAX_NAMED));
    }
    named.join("; ")
}

fn losses(before: &Written, after: &Written) -> Vec<Loss> {
    let mut losses = Vec::new();
    let stood: HashMap<&str, &Item<ObjectSpec>> = by_id(before.objects.iter());
    let stands: HashMap<&str, &Item<ObjectSpec>> = by_id(after.objects.iter());
    for object in &before.objects {
        let name = &object.spec.name;
        if !stands.contains_key(object.id.as_str()) && before.effective(object).mode.value != Mode::Bypass {
            losses.push((format!("不再防护“{name}”"), format!("protect \"{name}\" no more")));
        }
    }
    for object in &after.objects {
        let is = after.effective(object);
        let name = &object.spec.name;
        let old = stood.get(object.id.as_str());
        // It may answer for what another one guarded until now.
        let takes_over = old.is_none_or(|old| place_of(&old.spec) != place_of(&object.spec));
        if takes_over && is.mode.value != Mode::Block {
            losses.push((format!("“{name}”不拦截其域名和路径"), format!("let \"{name}\" answer without refusing")));
        }
        let Some(was) = old.map(|old| before.effective(old)) else { continue };
        if strictness(is.mode.value) < strictness(was.mode.value) {
            let (from, to) = (was.mode.value.as_str(), is.mode.value.as_str());
            losses.push((format!("“{name}”由 {from} 改为 {to}"), format!("\"{name}\" from {from} to {to}")));
        }
        if is_judged_less(&was, &is) {
            losses.push((format!("“{name}”的检测放宽"), format!("judge \"{name}\" by less")));
        }
        if was.guard_id.value.is_some() && was.guard_id.value != is.guard_id.value {
            losses.push((format!("“{name}”取消或更换应用准入"), format!("take \"{name}\" from its guard")));
        }
    }
    let exclusions = (before.exclusions.values().flatten(), after.exclusions.values().flatten());
    for item in fresh(exclusions, |_: &ExclusionSpec| true) {
        let name = &item.spec.name;
        losses.push((format!("例外“{name}”"), format!("exclusion \"{name}\"")));
    }
    let lets_pass = |spec: &RuleSpec| spec.enabled && spec.action == Action::Allow;
    for item in fresh((before.rules.values().flatten(), after.rules.values().flatten()), lets_pass) {
        let name = &item.spec.name;
        losses.push((format!("放行规则“{name}”"), format!("rule \"{name}\" lets pass")));
    }
    let is_let_through =
        |spec: &AddressGroupSpec| matches!(spec.purpose, AddressUse::Allow | AddressUse::AllowUninspected);
    for item in fresh((before.addresses.values(), after.addresses.values()), is_let_through) {
        let name = &item.spec.name;
        losses.push((format!("放行地址组“{name}”"), format!("let addresses \"{name}\" through")));
    }
    losses
}

fn by_id<'w, S>(items: impl Iterator<Item = &'w Item<S>>) -> HashMap<&'w str, &'w Item<S>> {
    items.map(|item| (item.id.as_str(), item)).collect()
}

/// What an object answers for.
fn place_of(object: &ObjectSpec) -> (&[String], &str) {
    (&object.hosts, &object.path_prefix)
}

/// Items that count and are new, or say something else than before.
fn fresh<'w, S: PartialEq + 'w>(
    (before, after): (impl Iterator<Item = &'w Item<S>>, impl Iterator<Item = &'w Item<S>>),
    counts: impl Fn(&S) -> bool,
) -> impl Iterator<Item = &'w Item<S>> {
    let old = by_id(before);
    after.filter(move |item| counts(&item.spec) && old.get(item.id.as_str()).is_none_or(|old| old.spec != item.spec))
}

/// Whether the engine refuses less than it did, the mode aside.
fn is_judged_less(was: &Effective, is: &Effective) -> bool {
    let observed = |of: &Effective| of.policy.value == Policy::Observe;
    let refuses_at = |of: &Effective| {
        (of.threshold_in.value.unwrap_or(CRS_THRESHOLD_IN), of.threshold_out.value.unwrap_or(CRS_THRESHOLD_OUT))
    };
    let switch = |of: &Effective, rule: &String| of.rules.get(rule).map_or(RuleSwitch::On, |given| given.value);
    let ((was_in, was_out), (is_in, is_out)) = (refuses_at(was), refuses_at(is));
    (observed(is) && !observed(was))
        || (is_in > was_in || is_out > was_out)
        || is.paranoia_level.value.unwrap_or(CRS_PARANOIA) < was.paranoia_level.value.unwrap_or(CRS_PARANOIA)
        || is.rules.keys().any(|rule| switch(is, rule) > switch(was, rule))
}

const fn strictness(mode: Mode) -> u8 {
    match mode {
        Mode::Block => 2,
        Mode::Observe => 1,
        Mode::Bypass => 0,
    }
}
