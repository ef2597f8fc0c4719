//! What is counted when an exchange is over: bytes, statuses, blocks of the engine.

use std::sync::Arc;

use medward_contract::Timestamp;
use medward_defence::limit::{Count, CounterKey, Decision};

use super::policy::Defences;
use super::stage::Hit;
use super::{BanNote, Defence};
use crate::event::{Reason, Record};

/// A counter to be charged when the exchange is over.
pub(crate) struct Charge {
    pub(super) defence: Arc<Defence>,
    pub(super) defences: Arc<Defences>,
    pub(super) limit: usize,
    pub(super) key: CounterKey,
    /// A client that may be banned for it.
    pub(super) bannable: bool,
}

impl Charge {
    /// Counts what came of the request, when this counter is about that.
    pub(crate) fn settle_at_end(self, record: &mut Record) {
        let Some(named) = self.defences.limits.get(self.limit) else { return };
        let limit = &named.limit;
        let amount = match limit.count() {
            Count::Bytes => record.response_bytes,
            Count::Statuses(_) => u64::from(limit.counts_status(record.status)),
            Count::WafBlocks => u64::from(record.reason == Some(Reason::Waf)),
            Count::Requests | Count::Distinct(_) => 0,
        };
        if amount == 0 {
            return;
        }
        let now = self.defence.clock.now();
        let decision = limit.charge(&*self.defence.counters, now, self.key, amount);
        self.settle(decision, record);
    }

    pub(super) fn settle(&self, decision: Decision, record: &mut Record) {
        let Some(named) = self.defences.limits.get(self.limit) else { return };
        if decision == Decision::Admit {
            return;
        }
        let rule_id = format!("limit:{}", named.name);
        let bans = self.bannable && matches!(decision, Decision::Ban { .. });
        if self.defence.is_news(record.client.address.ip(), &rule_id) {
            let rule_name = named.name.to_string();
            record.defended(&Hit { rule_id: rule_id.clone(), rule_name, category: "cc", action: "observe" });
        }
        if bans {
            ban(&self.defence, &rule_id, &named.name, record);
        }
    }
}

/// Bans the client of a request, and tells so.
pub(super) fn ban(defence: &Defence, rule_id: &str, rule_name: &str, record: &mut Record) {
    let note = defence.ban(record.client.address.ip(), |network| BanNote {
        network,
        at: Timestamp::default(),
        until: Timestamp::default(),
        rule_id: rule_id.to_owned(),
        rule_name: rule_name.to_owned(),
        object: record.object_name().to_owned(),
        request_id: record.id.to_string(),
    });
    if let Some(note) = note {
        record.banned(&note);
    }
}
