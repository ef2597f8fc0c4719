use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

fn manual() -> (Supervisor, crate::clock::ManualClock) {
    let (clock, handle) = Clock::manual(Timestamp::from_micros(0));
    (Supervisor::new(clock), handle)
}

#[tokio::test]
async fn panicking_service_starts_again_after_its_back_off_and_is_counted() {
    let (supervisor, clock) = manual();
    let runs = Arc::new(AtomicUsize::new(0));
    let (started, mut starts) = tokio::sync::mpsc::unbounded_channel();
    let counter = runs.clone();
    supervisor.service("test.flaky", Criticality::Isolated, move |stop| {
        let (counter, started) = (counter.clone(), started.clone());
        Box::pin(async move {
            let run = counter.fetch_add(1, Ordering::SeqCst);
            started.send(run).unwrap();
            assert!(run > 0, "first run panics");
            stop.running.cancelled().await;
            Ok(())
        })
    });
    assert_eq!(starts.recv().await, Some(0));
    while supervisor.tasks()[0].state != TaskState::BackingOff {
        tokio::task::yield_now().await;
    }
    // The sleeper may subscribe after the first turn of the clock, so the clock is turned until it wakes.
    let second = loop {
        clock.advance(Duration::from_secs(1));
        tokio::task::yield_now().await;
        if let Ok(run) = starts.try_recv() {
            break run;
        }
    };
    assert_eq!(second, 1);
    assert_eq!(supervisor.tasks()[0].restarts, 1);
    assert!(supervisor.tasks()[0].last_error.as_deref().unwrap().contains("panicked"));
    assert!(supervisor.stop(Duration::from_secs(1)).await.is_empty());
}

#[tokio::test]
async fn failure_of_a_vital_service_ends_the_process() {
    let (supervisor, _clock) = manual();
    supervisor.service("test.vital", Criticality::Vital, |_| Box::pin(async { Err("disk gone".into()) }));
    supervisor.vital_failure().await;
    assert_eq!(supervisor.tasks()[0].last_error.as_deref(), Some("disk gone"));
}

#[tokio::test]
async fn drain_names_the_groups_that_remain() {
    let (supervisor, clock) = manual();
    let group = supervisor.group("test.connections");
    group.spawn(std::future::pending());
    let mut drain = Box::pin(supervisor.drain(Duration::from_secs(30)));
    assert!(futures_util::poll!(&mut drain).is_pending());
    clock.advance(Duration::from_secs(31));
    assert_eq!(drain.await, ["test.connections (1)"]);
}

#[tokio::test]
async fn panic_in_a_group_leaves_the_others_alone() {
    let (supervisor, _clock) = manual();
    let group = supervisor.group("test.connections");
    group.spawn(async { panic!("one connection") });
    let (sent, received) = tokio::sync::oneshot::channel();
    group.spawn(async move { sent.send(7).unwrap() });
    assert_eq!(received.await.unwrap(), 7);
    assert!(supervisor.drain(Duration::from_secs(1)).await.is_empty());
}
