//! Alarms before a certificate ends: raised once at each step, cleared when it is replaced, removed or no longer served.
//!
//! A reconciler: it takes what is served and what was raised, and moves the second towards the first. What was raised is
//! stored, so that a restart raises nothing twice.

use std::collections::BTreeMap;
use std::time::Duration;

use medward_contract::alert::{AlertCleared, AlertRaised};
use medward_contract::id::RequestId;
use medward_contract::{Severity, Timestamp};
use medward_kernel::supervisor::{Stop, TaskError};
use medward_store::{Db, StoreError, Tx, execute, fetch_all};

use super::{Certificates, State};
use crate::alarm::put;

/// Pause between two looks.
const LOOK: Duration = Duration::from_hours(1);
/// What all these alarms have in common.
pub(crate) const PREFIX: &str = "gateway.certificate:";
/// Days before the end at which somebody is told (gateway.md §3), and how bad it is by then.
const STEPS: [(i64, Severity); 5] = [
    (0, Severity::Critical),
    (1, Severity::Critical),
    (7, Severity::High),
    (14, Severity::Medium),
    (30, Severity::Medium),
];
/// The step of one that cannot be read any more: nothing is worse.
const BROKEN: i64 = -1;
const DAY_MICROS: i64 = 86_400_000_000;

/// A certificate that ends soon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ending {
    /// The step that it has reached, days.
    days: i64,
    severity: Severity,
    labels: Vec<String>,
}

/// The step that a certificate has reached.
fn step(not_after: Timestamp, now: Timestamp) -> Option<(i64, Severity)> {
    let left = not_after.as_micros().saturating_sub(now.as_micros());
    STEPS.into_iter().find(|(days, _)| left <= days.saturating_mul(DAY_MICROS))
}

/// Keeps alarms in step with what is served until the program stops.
pub(crate) async fn watch_expiry(certificates: Certificates, stop: Stop) -> Result<(), TaskError> {
    loop {
        reconcile(&certificates).await?;
        let changed = certificates.changed();
        tokio::select! {
            () = stop.running.cancelled() => return Ok(()),
            () = certificates.0.clock.sleep(LOOK) => {}
            () = changed => {}
        }
    }
}

async fn reconcile(certificates: &Certificates) -> Result<(), StoreError> {
    let now = certificates.0.clock.now();
    let mut wanted = BTreeMap::new();
    for listed in certificates.serving() {
        let (days, severity, why) = match listed.state {
            State::Broken(error) => (BROKEN, Severity::Critical, format!("error:{error}")),
            State::Until(end) => match step(end, now) {
                Some((days, severity)) => (days, severity, format!("ends:{end}")),
                None => continue,
            },
        };
        let labels = vec![format!("certificate:{}", listed.name), why];
        wanted.insert(format!("{PREFIX}{}", listed.id), Ending { days, severity, labels });
    }
    write(&certificates.0.db, &wanted, now).await
}

/// Raises what is wanted and was not raised so badly yet, and clears what is no longer wanted.
async fn write(db: &Db, wanted: &BTreeMap<String, Ending>, now: Timestamp) -> Result<(), StoreError> {
    let mut reader = db.read().await?;
    let raised = fetch_all!(
        &mut reader,
        (String, i64),
        "SELECT fingerprint, level FROM gateway_alarm WHERE fingerprint LIKE $1 ORDER BY fingerprint",
        format!("{PREFIX}%")
    )
    .await?;
    drop(reader);
    let raised: BTreeMap<String, i64> = raised.into_iter().collect();
    let over: Vec<&String> = raised.keys().filter(|fingerprint| !wanted.contains_key(*fingerprint)).collect();
    let news: Vec<(&String, &Ending)> =
        wanted.iter().filter(|(fingerprint, ending)| raised.get(*fingerprint) != Some(&ending.days)).collect();
    if over.is_empty() && news.is_empty() {
        return Ok(());
    }
    let (over, news) = (&over, &news);
    db.write(|tx| {
        Box::pin(async move {
            for fingerprint in over {
                clear(tx, fingerprint, now).await?;
            }
            for (fingerprint, ending) in news {
                raise(tx, fingerprint, ending, now).await?;
            }
            Ok(())
        })
    })
    .await
}

async fn raise(tx: &mut Tx<'_>, fingerprint: &str, ending: &Ending, now: Timestamp) -> Result<(), StoreError> {
    execute!(
        tx,
        "INSERT INTO gateway_alarm (fingerprint, level, raised_at) VALUES ($1, $2, $3)
         ON CONFLICT (fingerprint) DO UPDATE SET level = $2, raised_at = $3",
        fingerprint,
        ending.days,
        now.as_micros()
    )
    .await?;
    let alert = AlertRaised {
        event_id: RequestId::new().to_string(),
        fingerprint: fingerprint.to_owned(),
        source: "gateway".to_owned(),
        rule_id: "gateway.certificate_ends".to_owned(),
        severity: ending.severity,
        system: None,
        labels: ending.labels.clone(),
        evidence: Vec::new(),
    };
    put(tx, AlertRaised::KIND, fingerprint, &alert, now).await
}

async fn clear(tx: &mut Tx<'_>, fingerprint: &str, now: Timestamp) -> Result<(), StoreError> {
    execute!(tx, "DELETE FROM gateway_alarm WHERE fingerprint = $1", fingerprint).await?;
    let cleared = AlertCleared {
        event_id: RequestId::new().to_string(),
        fingerprint: fingerprint.to_owned(),
        source: "gateway".to_owned(),
    };
    put(tx, AlertCleared::KIND, fingerprint, &cleared, now).await
}

#[cfg(test)]
mod tests {
    use medward_kernel::Capability as _;
    use medward_store::store_test;

    use super::*;

    const NOW: Timestamp = Timestamp::from_micros(1_795_144_455_000_000);

    fn at(days: i64) -> Timestamp {
        Timestamp::from_micros(NOW.as_micros() + days * DAY_MICROS)
    }

    #[test]
    fn steps_are_thirty_fourteen_seven_and_one_day_and_the_end() {
        let days = |left: i64| step(at(left), NOW).map(|(days, _)| days);
        assert_eq!([days(31), days(30), days(15), days(14), days(8)], [None, Some(30), Some(30), Some(14), Some(14)]);
        assert_eq!([days(7), days(2), days(1), days(0), days(-9)], [Some(7), Some(7), Some(1), Some(0), Some(0)]);
        assert_eq!(step(at(1), NOW).map(|(_, severity)| severity), Some(Severity::Critical));
    }

    async fn outbox(db: &Db) -> Vec<(String, String)> {
        let mut reader = db.read().await.unwrap();
        let rows = fetch_all!(&mut reader, (String, String), "SELECT kind, key FROM store_outbox ORDER BY id").await;
        rows.unwrap()
    }

    #[store_test]
    async fn each_step_is_raised_once_and_cleared_once(db: Db) {
        db.migrate("gateway", crate::Gateway::MIGRATIONS, 1).await.unwrap();
        let ending = |days| Ending { days, severity: Severity::High, labels: vec!["certificate:a".into()] };
        let wanted = |days: Option<i64>| -> BTreeMap<_, _> {
            days.map(|days| (format!("{PREFIX}a"), ending(days))).into_iter().collect()
        };
        for (days, rows) in [(None, 0), (Some(30), 1), (Some(30), 1), (Some(14), 2), (None, 3), (None, 3), (Some(7), 4)]
        {
            write(&db, &wanted(days), NOW).await.unwrap();
            assert_eq!(outbox(&db).await.len(), rows, "{days:?}");
        }
        let kinds: Vec<_> = outbox(&db).await.into_iter().map(|(kind, _)| kind).collect();
        assert_eq!(kinds, [AlertRaised::KIND, AlertRaised::KIND, AlertCleared::KIND, AlertRaised::KIND]);
    }
}
