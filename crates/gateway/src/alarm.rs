//! Alarms of the gateway: `AlertRaised` and `AlertCleared` rows in the outbox.
//!
//! Those that end stand in `gateway_alarm` while they are open, each written and removed with its row in the outbox. A start
//! clears what the last one left there: what is still wrong is found again within seconds.

use std::time::Duration;

use medward_contract::Timestamp;
use medward_contract::alert::{AlertCleared, AlertRaised};
use medward_kernel::Clock;
use medward_kernel::supervisor::{Stop, TaskError};
use medward_proxy::{Alarm, AlarmQueue};
use medward_store::{Db, StoreError, Tx, execute, fetch_all, outbox_put};

use crate::certificate::ALARMS as CERTIFICATES;

/// Pause before a row that could not be written is tried again.
const RETRY: Duration = Duration::from_secs(1);

/// Writes queued alarms until the program stops.
pub(crate) async fn write_alarms(queue: AlarmQueue, db: Db, clock: Clock, stop: Stop) -> Result<(), TaskError> {
    let mut queue = queue.lock().await;
    loop {
        let alarm = tokio::select! {
            biased;
            alarm = queue.recv() => alarm,
            () = stop.running.cancelled() => return Ok(()),
        };
        let Some(alarm) = alarm else { return Ok(()) };
        while let Err(error) = alarm_write(&db, &alarm, clock.now()).await {
            let fingerprint = alarm.fingerprint();
            tracing::error!(%error, fingerprint, "an alarm could not be written, trying again");
            tokio::select! {
                () = stop.running.cancelled() => return Err(error.into()),
                () = clock.sleep(RETRY) => {}
            }
        }
    }
}

/// Clears what was open when the program ended. Certificates know theirs over a restart.
pub(crate) async fn clear_left_open(db: &Db, now: Timestamp) -> Result<(), StoreError> {
    let mut reader = db.read().await?;
    let left = fetch_all!(
        &mut reader,
        (String,),
        "SELECT fingerprint FROM gateway_alarm WHERE fingerprint NOT LIKE $1 ORDER BY fingerprint",
        format!("{CERTIFICATES}%")
    )
    .await?;
    drop(reader);
    for (fingerprint,) in left {
        alarm_write(db, &Alarm::cleared(&fingerprint), now).await?;
    }
    Ok(())
}

async fn alarm_write(db: &Db, alarm: &Alarm, now: Timestamp) -> Result<(), StoreError> {
    db.write(|tx| {
        Box::pin(async move {
            match alarm {
                Alarm::Raised { alert, ends } => {
                    if *ends {
                        open_put(tx, &alert.fingerprint, now).await?;
                    }
                    put(tx, AlertRaised::KIND, &alert.fingerprint, alert, now).await
                }
                Alarm::Cleared(cleared) => {
                    let fingerprint = cleared.fingerprint.as_str();
                    execute!(tx, "DELETE FROM gateway_alarm WHERE fingerprint = $1", fingerprint).await?;
                    put(tx, AlertCleared::KIND, fingerprint, cleared, now).await
                }
            }
        })
    })
    .await
}

async fn open_put(tx: &mut Tx<'_>, fingerprint: &str, now: Timestamp) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO gateway_alarm (fingerprint, level, raised_at) VALUES ($1, 0, $2)
         ON CONFLICT (fingerprint) DO UPDATE SET raised_at = $2",
        fingerprint,
        now.as_micros()
    )
    .await
    .map(drop)
}

/// A fact of the outbox.
pub(crate) async fn put(
    tx: &mut Tx<'_>,
    kind: &str,
    key: &str,
    fact: &(impl serde::Serialize + Sync),
    now: Timestamp,
) -> Result<(), StoreError> {
    // A struct of texts always has a JSON form.
    let payload = serde_json::to_string(fact).unwrap_or_default();
    outbox_put(tx, kind, key, &payload, now.as_micros()).await.map(drop)
}

#[cfg(test)]
mod tests {
    use medward_contract::Severity;
    use medward_contract::id::RequestId;
    use medward_kernel::Capability as _;
    use medward_store::store_test;

    use super::*;

    const NOW: Timestamp = Timestamp::from_micros(1_795_144_455_000_000);

    fn raised(fingerprint: &str, ends: bool) -> Alarm {
        let alert = AlertRaised {
            event_id: RequestId::new().to_string(),
            fingerprint: fingerprint.to_owned(),
            source: "gateway".to_owned(),
            rule_id: "test".to_owned(),
            severity: Severity::High,
            system: None,
            labels: Vec::new(),
            evidence: Vec::new(),
        };
        Alarm::Raised { alert, ends }
    }

    async fn outbox(db: &Db) -> Vec<(String, String)> {
        let mut reader = db.read().await.unwrap();
        let rows = fetch_all!(&mut reader, (String, String), "SELECT kind, key FROM store_outbox ORDER BY id").await;
        rows.unwrap()
    }

    #[store_test]
    async fn start_clears_what_was_left_open_and_nothing_else(db: Db) {
        db.migrate("gateway", crate::Gateway::MIGRATIONS, 1).await.unwrap();
        let certificate = format!("{CERTIFICATES}a");
        let written = [
            raised("gateway.upstreams:his", true),
            raised("gateway.upstreams:his", true),
            raised("gateway.upstreams:lis", true),
            Alarm::cleared("gateway.upstreams:lis"),
            raised("gateway.attack:203.0.113.9", false),
            raised(&certificate, true),
        ];
        for alarm in &written {
            alarm_write(&db, alarm, NOW).await.unwrap();
        }
        for _ in 0..2 {
            clear_left_open(&db, NOW).await.unwrap();
        }
        let rows = outbox(&db).await;
        assert_eq!(rows.len(), written.len() + 1, "{rows:?}");
        assert_eq!(rows.last().unwrap(), &(AlertCleared::KIND.to_owned(), "gateway.upstreams:his".to_owned()));
    }
}
