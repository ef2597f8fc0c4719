//! What an exclusion would let through, tried on the requests that were kept (gateway.md §10): each of them is judged by
//! what is in force, and once more with the exclusion.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use medward_contract::Timestamp;
use medward_kernel::Supervisor;
use medward_proxy::{KeptRequest, Object, judge_again};
use medward_waf::{Hit, Outcome, Verdict, printable};
use serde::Serialize;

use crate::kept::KeptRow;
use crate::model::ExclusionSpec;

/// Most requests of an answer.
const MAX_TOLD: usize = 100;

/// What an exclusion would let through.
#[derive(Debug, Clone, Default, Serialize, utoipa::ToSchema)]
pub struct Preview {
    /// Kept requests that were judged again.
    pub tried: u64,
    /// When the oldest of them began, µs.
    pub since: Option<Timestamp>,
    /// Refused or noted now, and passed with the exclusion.
    pub cleared: u64,
    /// Refused or noted with it, too.
    pub still_noted: u64,
    /// Passed already by what is in force.
    pub passed_already: u64,
    /// Whether it lets the request through that it is made from; absent when that was not kept.
    pub clears_its_request: Option<bool>,
    /// Those that it clears, the newest first; 100 at most.
    pub requests: Vec<ClearedRequest>,
}

/// A kept request that the exclusion lets through.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct ClearedRequest {
    /// Its number (`http.request.id`).
    pub id: String,
    /// When it began, µs.
    pub at: Timestamp,
    /// Name of the object it went to.
    pub object: String,
    /// Where it came from.
    #[schema(value_type = String)]
    pub source: IpAddr,
    /// Method.
    pub method: String,
    /// Path, without the query.
    pub path: String,
    /// What matched.
    pub hits: Vec<ClearedHit>,
    /// Kept requests from the same address that stay refused or noted. Whoever attacks tries more than one thing.
    pub others_noted: u64,
    /// Whether its body was kept in part only, or not at all.
    pub is_partial: bool,
}

/// One match in a request that the exclusion lets through.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct ClearedHit {
    /// The rule.
    pub rule: String,
    /// Where it matched, `ARGS:q`.
    pub variable: String,
    /// What it matched, secrets masked.
    pub matched: String,
}

/// Tries `exclusion` on these requests, each with the object it went to.
pub(crate) async fn preview(
    supervisor: &Supervisor,
    exclusion: &ExclusionSpec,
    requests: &[(KeptRow, KeptRequest, &Object)],
) -> Preview {
    let mut told = Preview::default();
    let mut noted: BTreeMap<IpAddr, u64> = BTreeMap::new();
    for (row, request, object) in requests {
        // Whoever is served meanwhile does not wait for all of them.
        tokio::task::yield_now().await;
        let at = Timestamp::from_micros(row.at);
        told.tried += 1;
        told.since = Some(told.since.map_or(at, |since| since.min(at)));
        let before = judge_again(supervisor, object, &object.options, request).await;
        let is_its_own = exclusion.request_id.as_deref() == Some(&*row.id);
        if !is_noted(&before) {
            told.clears_its_request = if is_its_own { Some(true) } else { told.clears_its_request };
            told.passed_already += 1;
            continue;
        }
        let mut options = object.options.clone();
        let mut exclusions = (*options.exclusions).clone();
        exclusions.exclusions.push(exclusion.for_engine());
        options.exclusions = std::sync::Arc::new(exclusions);
        let is_held = is_noted(&judge_again(supervisor, object, &options, request).await);
        if is_its_own {
            told.clears_its_request = Some(!is_held);
        }
        if is_held {
            told.still_noted += 1;
            *noted.entry(request.conn.client).or_default() += 1;
            continue;
        }
        told.cleared += 1;
        if told.requests.len() < MAX_TOLD {
            told.requests.push(cleared(row, request, object, &before));
        }
    }
    for request in &mut told.requests {
        request.others_noted = noted.get(&request.source).copied().unwrap_or(0);
    }
    told
}

fn is_noted(verdict: &Verdict) -> bool {
    verdict.outcome != Outcome::Pass
}

fn cleared(row: &KeptRow, request: &KeptRequest, object: &Object, verdict: &Verdict) -> ClearedRequest {
    ClearedRequest {
        id: row.id.clone(),
        at: Timestamp::from_micros(row.at),
        object: object.name.to_string(),
        source: request.conn.client,
        method: printable(request.head.method()),
        path: printable(request.path()),
        hits: verdict.hits.iter().map(cleared_hit).collect(),
        others_noted: 0,
        is_partial: !request.is_whole,
    }
}

fn cleared_hit(hit: &Hit) -> ClearedHit {
    ClearedHit { rule: hit.rule.clone(), variable: hit.variable.clone(), matched: printable(hit.matched_bytes()) }
}

/// The objects that requests are looked for of: one, or all of them.
pub(crate) fn only_one<'o>(ids: &BTreeSet<&'o str>) -> Option<&'o str> {
    match ids.len() {
        1 => ids.first().copied(),
        _ => None,
    }
}
