//! What the vault does by the clock: checkpoints, heartbeats, metrics.

use std::time::Duration;

use medward_contract::event::{Dataset, Event, Stream};
use medward_kernel::supervisor::{Stop, TaskError};

use crate::checkpoint::CHECKPOINT_RECORDS;
use crate::metrics::VaultMetrics;
use crate::store::LocalStore;

/// A sign of life this often (`vault.md` §3).
const HEARTBEAT: Duration = Duration::from_mins(1);
/// How often it looks whether something is due.
const LOOK: Duration = Duration::from_secs(1);

/// Runs until the program stops.
pub(crate) async fn keep(
    store: LocalStore,
    every: Duration,
    metrics: VaultMetrics,
    stop: Stop,
) -> Result<(), TaskError> {
    let shared = store.shared().clone();
    let clock = shared.clock.clone();
    let (mut signed, mut beaten) = (clock.monotonic(), clock.monotonic());
    loop {
        tokio::select! {
            () = stop.running.cancelled() => return Ok(()),
            () = clock.sleep(LOOK) => {}
        }
        metrics.update(&shared);
        let now = clock.monotonic();
        if now.saturating_sub(beaten) >= HEARTBEAT {
            beaten = now;
            store.append_own(vec![heartbeat(&store)]).await;
        }
        if now.saturating_sub(signed) >= every {
            signed = now;
            store.checkpoint(1).await?;
        } else {
            store.checkpoint(CHECKPOINT_RECORDS).await?;
        }
    }
}

fn heartbeat(store: &LocalStore) -> Event {
    let shared = store.shared();
    let sizes = Stream::ALL.into_iter().map(|stream| (stream, shared.size(stream))).filter(|(_, size)| *size > 0);
    let sizes = sizes.map(|(stream, size)| format!("{stream}={size}")).collect::<Vec<_>>().join(" ");
    Event::new(Dataset::VaultHeartbeat, "heartbeat", shared.clock.now()).attr("vault.sizes", sizes)
}

/// `vault.start` or `vault.stop`.
pub(crate) fn life_event(store: &LocalStore, dataset: Dataset) -> Event {
    let action = dataset.actions().first().copied().unwrap_or_default();
    Event::new(dataset, action, store.shared().clock.now()).attr("vault.node", store.shared().node.as_str())
}
