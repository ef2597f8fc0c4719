//! A disk that runs full for real: nothing acknowledged is lost, every drop is counted, and it goes on when there is
//! room again (QH-088; DESIGN §6 "vault full or slow").

use std::path::Path;
use std::process::Command;

use medward_contract::PortError;
use medward_contract::event::{Dataset, Field, Stream};
use medward_contract::vault::{Durability, EventSink as _};
use medward_kernel::Clock;
use medward_vault::EventStore as _;
use medward_vault::canonical::View;
use medward_vault::space::Mode;

use crate::kit::{access, assert_sound, options, start, verify_at};
use crate::syslog::{Collector, original, recorded, send};

/// A small file system of its own, unmounted at the end.
struct Tmpfs(tempfile::TempDir);

impl Tmpfs {
    /// `None`, said aloud, where mounting is not allowed; in CI that is a failure.
    fn mount(megabytes: u32) -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        let size = format!("size={megabytes}m");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(directory.path()).output();
        if mounted.is_ok_and(|output| output.status.success()) {
            return Some(Self(directory));
        }
        assert!(std::env::var("CI").is_err(), "in CI nothing is skipped: mounting a tmpfs must be possible");
        eprintln!("skipped: a full disk needs the right to mount a tmpfs");
        None
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn grow(&self, megabytes: u32) {
        let size = format!("remount,size={megabytes}m");
        assert!(Command::new("mount").args(["-o", &size]).arg(self.path()).status().unwrap().success());
    }
}

impl Drop for Tmpfs {
    fn drop(&mut self) {
        drop(Command::new("umount").arg("-l").arg(self.path()).status());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn full_disk_refuses_counts_drops_and_goes_on_when_there_is_room() {
    let Some(disk) = Tmpfs::mount(8) else { return };
    let directory = disk.path().join("vault");
    let running = start(&options(&directory));
    let mut durable = 0_u64;
    let refusal = loop {
        match running.sink.append(vec![access(&"x".repeat(8_000)); 50], Durability::Durable).await {
            Ok(_) => durable += 50,
            Err(error) => break error,
        }
    };
    assert!(matches!(refusal, PortError::Unavailable(_)) && durable > 0, "{refusal}");
    assert!(running.store.shared().disk_state().mode >= Mode::VitalOnly);

    // Reads go on; emitting does not block, and what queue and spool cannot hold is counted.
    assert_eq!(running.store.size(Stream::Access), durable);
    assert_eq!(running.store.read(Stream::Access, durable - 1, 1).await.unwrap().len(), 1);
    let emitted = 3 * medward_vault::sink::QUEUE_EVENTS as u64;
    for _ in 0..emitted {
        running.sink.emit(access(&"y".repeat(900)));
    }
    let place = running.store.end();
    disk.grow(256);
    // The tail wakes with every commit; the queue is stored when the sink has closed.
    running.store.tail(place, 1).await.unwrap();
    let store = running.store.clone();
    running.sink.close().await;
    let dropped = store.shared().counters.dropped.load(std::sync::atomic::Ordering::Relaxed);
    assert!(dropped > 0, "three queues do not fit into one");
    assert_eq!(store.size(Stream::Access), durable + emitted - dropped, "stored and dropped are all there were");
    store.stop(medward_contract::event::Event::new(Dataset::VaultStop, "stop", store.shared().clock.now())).await;

    let own = store.read(Stream::Vault, 0, usize::MAX).await.unwrap();
    let views = own.iter().map(|stored| View::parse(&stored.bytes).unwrap().to_record().unwrap().event);
    let told: u64 = views
        .filter(|event| event.dataset == Dataset::VaultDropped)
        .map(|event| {
            assert!(event.text(Field::MedwardSource).is_some());
            event.attrs["vault.count"].as_u64().unwrap()
        })
        .sum();
    assert_eq!(told, dropped, "every drop is on record");
    drop(store);
    assert_sound(&verify_at(&directory, Vec::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn full_disk_keeps_senders_waiting_and_loses_no_line() {
    let Some(disk) = Tmpfs::mount(8) else { return };
    // Twice what the disk holds.
    let line = |number: u32| format!("<13>Nov 23 10:00:01 fw app: {number} {}\n", "x".repeat(4_000));
    let lines: String = (0..4_000).map(line).collect();
    let collector = Collector::start(disk.path(), &[("tcp", "127.0.0.1:0")], Clock::system()).await;
    let sending = tokio::spawn(send(collector.door("tcp"), lines.into_bytes()));
    // It asks again, and is refused again, while there is no room.
    collector.until_counted("medward_vault_events{outcome=\"refused\"}").await;
    assert!(!sending.is_finished(), "the sender waits");
    disk.grow(256);
    sending.await.unwrap();
    collector.stop().await;
    let events = recorded(disk.path(), Stream::Syslog).await;
    assert_eq!(events.len(), 4_000);
    for (number, event) in (0..4_000).zip(&events) {
        assert_eq!(original(event), line(number).trim_end().as_bytes());
    }
}
