//! Alarms of the gateway: `AlertRaised` rows in the outbox.

use std::time::Duration;

use medward_contract::Timestamp;
use medward_contract::alert::AlertRaised;
use medward_kernel::Clock;
use medward_kernel::supervisor::{Stop, TaskError};
use medward_proxy::AlarmQueue;
use medward_store::{Db, outbox_put};

/// Pause before a row that could not be written is tried again.
const RETRY: Duration = Duration::from_secs(1);

/// Writes queued alarms until the program stops.
pub(crate) async fn write_alarms(queue: AlarmQueue, db: Db, clock: Clock, stop: Stop) -> Result<(), TaskError> {
    let mut queue = queue.lock().await;
    loop {
        let alert = tokio::select! {
            biased;
            alert = queue.recv() => alert,
            () = stop.running.cancelled() => return Ok(()),
        };
        let Some(alert) = alert else { return Ok(()) };
        while let Err(error) = alert_insert(&db, &alert, clock.now()).await {
            tracing::error!(%error, fingerprint = alert.fingerprint, "an alarm could not be written, trying again");
            tokio::select! {
                () = stop.running.cancelled() => return Err(error),
                () = clock.sleep(RETRY) => {}
            }
        }
    }
}

async fn alert_insert(db: &Db, alert: &AlertRaised, now: Timestamp) -> Result<(), TaskError> {
    let payload = serde_json::to_string(alert)?;
    db.write(|tx| {
        let (payload, key) = (payload.clone(), alert.fingerprint.clone());
        Box::pin(async move { outbox_put(tx, AlertRaised::KIND, &key, &payload, now.as_micros()).await })
    })
    .await?;
    Ok(())
}
