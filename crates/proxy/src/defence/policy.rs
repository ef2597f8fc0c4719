//! What the policy says about traffic defence, finished: address groups for all objects, and for each object its custom
//! rules, limits and challenge.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use medward_defence::address::AddressSet;
use medward_defence::condition::Phase;
use medward_defence::limit::{Count, KeyPart, Limit, LimitAction, LimitError, RawLimit};
use medward_defence::rule::RuleSet;
use medward_defence::window::Holidays;
use serde::{Deserialize, Serialize};

use super::enumeration::EnumerationUse;

/// How much more than its limit a client may do that has solved a challenge: it is somebody, not everybody.
const SOLVED_FACTOR: u32 = 4;

/// Address groups of one policy, for all of its objects.
#[derive(Default)]
pub struct Addresses {
    /// Every group by its name, for rules.
    pub groups: HashMap<Box<str>, Arc<AddressSet>>,
    /// Groups that no ban, rule, limit or challenge touches.
    pub allowed: Vec<Listed>,
    /// Groups that nothing is served to.
    pub blocked: Vec<Listed>,
}

/// A group with a consequence.
pub struct Listed {
    /// Name of the group.
    pub name: Arc<str>,
    /// Its addresses.
    pub set: Arc<AddressSet>,
    /// Whether the engine still looks at their requests.
    pub is_inspected: bool,
}

impl Addresses {
    /// The first group of the allow list that the address is in.
    pub(crate) fn allowed(&self, address: IpAddr) -> Option<&Listed> {
        self.allowed.iter().find(|listed| listed.set.contains(address))
    }

    /// The first blocked group that the address is in.
    pub(crate) fn blocked(&self, address: IpAddr) -> Option<&Listed> {
        self.blocked.iter().find(|listed| listed.set.contains(address))
    }
}

/// Whom an object asks for proof of work.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema, utoipa::ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum ChallengeUse {
    /// Whom a rule or a limit sends there.
    #[default]
    Asked,
    /// Every client, while the site is under attack.
    Always,
}

/// What is done about clients that look like programs.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema, utoipa::ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum BotUse {
    /// Nothing.
    #[default]
    Off,
    /// They are told about.
    Observe,
    /// They have to solve a challenge.
    Challenge,
    /// As `challenge`; scanners and the like are refused.
    Block,
}

/// What an object defends itself with. Objects that say the same share it.
#[derive(Default)]
pub struct Defences {
    /// Custom rules in their order.
    pub rules: RuleSet,
    /// Limits; all of them apply at once.
    pub limits: Vec<NamedLimit>,
    /// Whom it challenges.
    pub challenge: ChallengeUse,
    /// What is done about clients that look like programs.
    pub bots: BotUse,
    /// Which identifiers nobody may walk through.
    pub enumeration: Option<EnumerationUse>,
    /// Days that count as holidays in time windows.
    pub holidays: Arc<Holidays>,
}

impl Defences {
    /// Whether there is nothing to ask.
    pub(crate) fn is_idle(&self) -> bool {
        self.rules.is_empty()
            && self.limits.is_empty()
            && self.challenge == ChallengeUse::Asked
            && self.bots == BotUse::Off
            && self.enumeration.is_none()
    }

    /// Whether anything waits for this phase.
    pub(crate) fn asks_in(&self, phase: Phase) -> bool {
        self.rules.last_phase().is_some_and(|last| last >= phase)
            || self.limits.iter().any(|limit| limit.phase == phase || limit.limit.phase() == phase)
            || (phase == Phase::Body && self.enumeration.as_ref().is_some_and(EnumerationUse::wants_arguments))
    }
}

/// A limit with what people call it.
pub struct NamedLimit {
    /// Its name.
    pub(super) name: Arc<str>,
    pub(super) limit: Limit,
    /// Only requests that a rule sends here count.
    pub(super) on_demand: bool,
    /// What holds for a client that has solved the challenge this limit asks for.
    pub(super) beyond: Option<Limit>,
    /// When its key is known, and with that whether a request may go on.
    pub(super) phase: Phase,
}

impl NamedLimit {
    /// Compiles a limit. `on_demand`: only requests that a rule sends to it count.
    ///
    /// # Errors
    /// Names the field to correct.
    pub fn compile(name: &str, raw: &RawLimit, on_demand: bool) -> Result<Self, LimitError> {
        let limit = Limit::compile(raw)?;
        let beyond = matches!(raw.action, LimitAction::Challenge | LimitAction::Captcha).then(|| RawLimit {
            id: format!("{}#", raw.id.get(..60).unwrap_or(&raw.id)),
            threshold: raw.threshold.saturating_mul(SOLVED_FACTOR).min(medward_defence::limit::MAX_THRESHOLD),
            action: LimitAction::Refuse,
            ..raw.clone()
        });
        let beyond = beyond.map(|raw| Limit::compile(&raw)).transpose()?;
        let of_body = |part: &KeyPart| matches!(part, KeyPart::Argument(_) | KeyPart::JsonField(_));
        let counts_body = matches!(&raw.count, Count::Distinct(part) if of_body(part));
        let key_phase = if counts_body || raw.keys.iter().any(of_body) { Phase::Body } else { Phase::Head };
        let asked = if limit.phase() == Phase::Response { Phase::Head } else { limit.phase() };
        Ok(Self { name: name.into(), limit, on_demand, beyond, phase: key_phase.max(asked) })
    }

    /// Whether it counts what has happened, and not what is about to.
    pub(super) fn counts_afterwards(&self) -> bool {
        matches!(self.limit.count(), Count::Bytes | Count::Statuses(_) | Count::WafBlocks)
            || self.limit.phase() == Phase::Response
    }
}
