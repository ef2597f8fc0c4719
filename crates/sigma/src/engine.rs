//! The engine: detection without state, which many threads may do at once, and correlation, which one does in order.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use medward_contract::{Severity, Timestamp};
use rsigma_eval::{
    CorrelationAction, CorrelationConfig, CorrelationEngine, CorrelationEventMode, EvaluationResult, TimestampFallback,
};

use crate::adapter::Adapter;
use crate::local::LocalTime;
use crate::pack::RulePack;
use crate::report::LoadReport;
use crate::routes::Routes;
use crate::rule::RuleInfo;
use crate::source::Sources;
use crate::view::EventView;

mod load;

/// Most rules of one load; the largest public set has some 3,500.
pub const MAX_RULES: usize = 10_000;
/// Records that an alert or signal refers to (vault.md §10).
pub const MAX_RECORDS: usize = 20;
/// Entries kept for one group of a correlation, and groups of all correlations together (vault.md §10).
const MAX_GROUP_ENTRIES: usize = 10_000;
const MAX_STATE_ENTRIES: usize = 100_000;
/// A sender's clock may run ahead of ours by this; further ahead it could push everybody's hits out of their windows.
const MAX_AHEAD: Duration = Duration::from_secs(60);
/// Tag of events whose sensor raised the alert itself (events.md §1).
const ALERTED: &str = "alerted";

/// Matches events with rules and counts over time.
pub trait DetectionEngine: Send + Sync {
    /// Replaces all rules. What correlations have counted stays for rules that did not change.
    fn load(&mut self, pack: &RulePack) -> LoadReport;

    /// Rules that match this event. Stateless: many threads may call it at once.
    fn detect(&self, event: &dyn EventView, sources: &Sources) -> Vec<Hit>;

    /// Counts the hits of one event and says what is to become of them. Events come in the order of the log; `at` is
    /// [`moment_of`] live and `@timestamp` in a backtest, and counts in whole seconds.
    fn correlate(&mut self, event: &dyn EventView, hits: Vec<Hit>, at: Timestamp) -> Vec<Signal>;

    /// What correlations have counted.
    fn snapshot(&self) -> Vec<u8>;

    /// Takes a snapshot back, after `load`. Says whether it was one; state of rules that changed is left out.
    fn restore(&mut self, snapshot: &[u8]) -> bool;
}

/// When an event counts: its own time, but never far after it was recorded.
pub fn moment_of(timestamp: Timestamp, ingested: Timestamp) -> Timestamp {
    timestamp.min(ingested.plus(MAX_AHEAD))
}

/// One rule matched one event.
#[derive(Debug, Clone)]
pub struct Hit {
    /// The rule.
    pub rule: Arc<RuleInfo>,
    result: EvaluationResult,
}

/// A rule has something to say: to be grouped into an alert.
#[derive(Debug, Clone, PartialEq)]
pub struct Signal {
    /// The rule.
    pub rule: Arc<RuleInfo>,
    /// When.
    pub at: Timestamp,
    /// Fields and values that tell this alert from others of the rule.
    pub group: Vec<(String, String)>,
    /// Addresses of records, `stream:seq`, the latest last.
    pub records: Vec<String>,
    /// What a correlation counted.
    pub measured: Option<f64>,
    /// Business system of the event that completed it, when it names one.
    pub system: Option<String>,
    /// For the rule's bucket.
    pub pour: Option<Pour>,
}

/// What a signal pours into its rule's bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pour {
    /// Value that has the bucket.
    pub key: String,
    /// Value that must differ, when the bucket wants different ones.
    pub distinct: Option<String>,
}

/// Detection on the `rsigma` library.
pub struct Engine {
    local: LocalTime,
    rules: HashMap<String, Loaded>,
    routes: Routes,
    correlations: CorrelationEngine,
}

#[derive(Debug, Clone)]
struct Loaded {
    info: Arc<RuleInfo>,
    /// Whether a match is a signal; a rule that only feeds correlations of its own file has none.
    raises: bool,
    /// Whether a correlation counts it.
    counted: bool,
}

impl Default for Engine {
    fn default() -> Self {
        Self::new(LocalTime::default())
    }
}

impl Engine {
    /// An engine without rules.
    pub fn new(local: LocalTime) -> Self {
        Self { local, rules: HashMap::new(), routes: Routes::default(), correlations: CorrelationEngine::new(config()) }
    }

    /// A loaded rule.
    pub fn rule(&self, id: &str) -> Option<&Arc<RuleInfo>> {
        self.rules.get(id).map(|loaded| &loaded.info)
    }

    /// Rules that can raise an alert, in no order.
    pub fn raising(&self) -> impl Iterator<Item = &Arc<RuleInfo>> {
        self.rules.values().filter(|loaded| loaded.raises).map(|loaded| &loaded.info)
    }

    /// Forgets what has fallen out of its time frame, so that memory and snapshots hold what still counts.
    pub fn forget_expired(&mut self, now: Timestamp) {
        self.correlations.evict_expired(now.as_seconds());
    }

    /// Groups that correlations keep.
    pub fn state_entries(&self) -> usize {
        self.correlations.state_count()
    }

    fn single_signal(event: &Adapter<'_>, rule: &Arc<RuleInfo>, at: Timestamp) -> Signal {
        let group = rule.group.iter().filter_map(|name| Some((name.clone(), event.text(name)?))).collect();
        let records = event.event.record().map(|record| record.to_string()).into_iter().collect();
        Self::signal(event, rule, at, group, records, None)
    }

    fn correlated_signal(&self, event: &Adapter<'_>, result: &EvaluationResult, at: Timestamp) -> Option<Signal> {
        let body = result.as_correlation()?;
        let loaded = self.rules.get(result.header.rule_id.as_deref()?)?;
        if !loaded.raises {
            return None;
        }
        let references = body.event_refs.as_deref().unwrap_or_default();
        let mut records: Vec<String> = references.iter().filter_map(|reference| reference.id.clone()).collect();
        if records.is_empty() {
            // A correlation of correlations keeps none: the event that completed it is one.
            records.extend(event.event.record().map(|record| record.to_string()));
        }
        Some(Self::signal(event, &loaded.info, at, body.group_key.clone(), records, Some(body.aggregated_value)))
    }

    fn signal(
        event: &Adapter<'_>,
        rule: &Arc<RuleInfo>,
        at: Timestamp,
        group: Vec<(String, String)>,
        records: Vec<String>,
        measured: Option<f64>,
    ) -> Signal {
        let pour = rule.bucket.as_ref().and_then(|bucket| {
            let grouped = group.iter().find(|(name, _)| *name == bucket.group_by).map(|(_, value)| value.clone());
            let key = grouped.or_else(|| event.text(&bucket.group_by))?;
            Some(Pour { key, distinct: bucket.distinct.as_ref().and_then(|name| event.text(name)) })
        });
        Signal { rule: Arc::clone(rule), at, group, records, measured, system: event.text("medward.system"), pour }
    }
}

impl DetectionEngine for Engine {
    fn load(&mut self, pack: &RulePack) -> LoadReport {
        let counted = self.snapshot();
        let (loaded, report) = load::load(pack);
        self.rules = loaded.rules;
        self.routes = loaded.routes;
        self.correlations = loaded.correlations;
        self.restore(&counted);
        report
    }

    fn detect(&self, event: &dyn EventView, sources: &Sources) -> Vec<Hit> {
        let adapter = Adapter { event, local: &self.local };
        let results = self.routes.detect(&adapter, *sources);
        results
            .into_iter()
            .filter_map(|result| {
                let rule = Arc::clone(&self.rules.get(result.header.rule_id.as_deref()?)?.info);
                Some(Hit { rule, result })
            })
            .collect()
    }

    fn correlate(&mut self, event: &dyn EventView, hits: Vec<Hit>, at: Timestamp) -> Vec<Signal> {
        if hits.is_empty() {
            return Vec::new();
        }
        let local = self.local.clone();
        let adapter = Adapter { event, local: &local };
        let mut signals = Vec::new();
        let mut counted = Vec::new();
        let is_alerted = event.has_tag(ALERTED);
        for hit in hits {
            let Some(loaded) = self.rules.get(&hit.rule.id) else { continue };
            if loaded.raises && !is_alerted {
                signals.push(Self::single_signal(&adapter, &loaded.info, at));
            }
            if loaded.counted {
                counted.push(hit.result);
            }
        }
        if !counted.is_empty() {
            let results = self.correlations.process_with_detections(&adapter, counted, at.as_seconds());
            signals.extend(results.iter().filter_map(|result| self.correlated_signal(&adapter, result, at)));
        }
        signals
    }

    fn snapshot(&self) -> Vec<u8> {
        crate::state::snapshot(&self.correlations, |id| self.rules.get(id).map(|loaded| loaded.info.fingerprint))
    }

    fn restore(&mut self, snapshot: &[u8]) -> bool {
        let rules = &self.rules;
        crate::state::restore(&mut self.correlations, snapshot, |id| {
            rules.get(id).map(|loaded| loaded.info.fingerprint)
        })
    }
}

fn config() -> CorrelationConfig {
    CorrelationConfig {
        // Never asked: the moment comes in with the event.
        timestamp_fields: Vec::new(),
        timestamp_fallback: TimestampFallback::Skip,
        max_state_entries: MAX_STATE_ENTRIES,
        max_group_entries: Some(MAX_GROUP_ENTRIES),
        suppress: None,
        // What was counted for one signal does not count for the next: a flood gives one signal for each threshold it
        // reaches instead of one for each event, and windows stay short.
        action_on_match: CorrelationAction::Reset,
        emit_detections: true,
        correlation_event_mode: CorrelationEventMode::Refs,
        max_correlation_events: MAX_RECORDS,
    }
}

/// Ids that correlations count, and those of them that raise no alert of their own: a correlation silences only rules of its own
/// file, so that no import can silence a rule of Medward.
#[derive(Default)]
struct Roles {
    counted: HashSet<String>,
    silenced: HashSet<String>,
}

fn is_raising(info: &RuleInfo, roles: &Roles) -> bool {
    info.severity > Severity::Info && !roles.silenced.contains(&info.id)
}

#[cfg(test)]
mod tests;
