//! What correlations have counted, as bytes: written with the cursors of the log, read back after a restart.
//!
//! A snapshot is ours, but a file may be cut or of another release: what does not fit is left out, never half taken.

use std::collections::HashMap;

use rsigma_eval::{CorrelationEngine, CorrelationSnapshot};
use serde::{Deserialize, Serialize};

/// Largest snapshot: 100,000 groups with all their entries stay far below.
const MAX_SNAPSHOT_BYTES: usize = 512 << 20;
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Stored {
    version: u32,
    /// Fingerprint of each correlation that has state.
    rules: HashMap<String, [u8; 32]>,
    correlations: CorrelationSnapshot,
}

type Fingerprint = [u8; 32];

pub(crate) fn snapshot(engine: &CorrelationEngine, fingerprint: impl Fn(&str) -> Option<Fingerprint>) -> Vec<u8> {
    let correlations = engine.export_state();
    let rules = correlations.windows.keys().filter_map(|id| Some((id.clone(), fingerprint(id)?))).collect();
    // Texts and numbers alone: there is nothing in it that could not be written.
    serde_json::to_vec(&Stored { version: VERSION, rules, correlations }).unwrap_or_default()
}

pub(crate) fn restore(
    engine: &mut CorrelationEngine,
    snapshot: &[u8],
    fingerprint: impl Fn(&str) -> Option<Fingerprint>,
) -> bool {
    if snapshot.len() > MAX_SNAPSHOT_BYTES {
        return false;
    }
    let Ok(stored) = serde_json::from_slice::<Stored>(snapshot) else { return false };
    if stored.version != VERSION {
        return false;
    }
    let Stored { rules, mut correlations, .. } = stored;
    // A rule that counts something else now would find a window of the wrong kind, and never fire for it.
    let is_same = |id: &String| rules.get(id).is_some_and(|kept| fingerprint(id) == Some(*kept));
    correlations.windows.retain(|id, _| is_same(id));
    correlations.last_alert.retain(|id, _| is_same(id));
    correlations.event_buffers.clear();
    correlations.event_ref_buffers.retain(|id, _| is_same(id));
    engine.import_state(correlations)
}
