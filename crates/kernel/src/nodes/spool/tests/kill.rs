//! `kill -9` at any moment: every event that was reported as written is there, in order and once (`spec/guard.md` §11).

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use super::*;

const ROUNDS: u64 = 25;
/// Segments end often.
const LIMITS: Limits = Limits { cap_bytes: 64 << 20, segment_bytes: 64 << 10, ring_events: RING_EVENTS };
/// Names the directory to the child, which is this test run again.
const CHILD: &str = "MEDWARD_TEST_SPOOL_CHILD";
const NAME: &str = "nodes::spool::tests::kill::killed_process_loses_nothing_that_was_reported_as_written";

/// Pushes as fast as the disk takes it and says what is written, until it is killed.
fn child(directory: &Path) {
    let spool = open_small(Arc::new(LocalDisk), directory, LIMITS, &Clock::system());
    let mut out = std::io::stdout().lock();
    let mut told = 0;
    for mark in 0.. {
        spool.push(event(mark));
        let fill = spool.fill();
        // Only so many wait in the ring, so that none is lost there.
        while spool.fill().queued > 100 {
            std::thread::yield_now();
        }
        if fill.last != told && fill.events > 0 {
            told = fill.last;
            writeln!(out, "written {told}").unwrap();
            out.flush().unwrap();
        }
    }
}

/// Lets the child report a few times, kills it, and gives the last number it reported.
fn round(directory: &Path, reports: u64) -> u64 {
    #[expect(clippy::disallowed_methods, reason = "a process that is killed has to be another one")]
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", NAME, "--nocapture"]).env(CHILD, directory).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    // The test harness prints the test's name in front of the first report.
    let mut numbers = lines.filter_map(|line| line.split_once("written ")?.1.parse().ok());
    let mut last = 0;
    for _ in 0..reports {
        last = numbers.next().expect("the child goes on until it is killed");
    }
    // SIGKILL while the child is somewhere in its next writes, syncs or segment starts.
    child.kill().unwrap();
    // What it managed to say before it died counts too.
    last = numbers.last().unwrap_or(last);
    child.wait().unwrap();
    last
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_process_loses_nothing_that_was_reported_as_written() {
    #[expect(clippy::disallowed_methods, reason = "the only way to tell the test harness's child what it is")]
    if let Some(directory) = std::env::var_os(CHILD) {
        return child(Path::new(&directory));
    }
    let directory = tempfile::tempdir().unwrap();
    let mut seed = 88_172_645_463_325_252_u64;
    let (mut begin, mut last) = (None, 0);
    for _ in 0..ROUNDS {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        let reported = round(directory.path(), 1 + seed % 50);
        let spool = open_small(Arc::new(LocalDisk), directory.path(), LIMITS, &Clock::system());
        let numbers: Vec<u64> = read_all(&spool).await.iter().map(number).collect();
        assert!(numbers.windows(2).all(|pair| pair[0] + 1 == pair[1]), "without gaps and none twice");
        begin = begin.or(Some(numbers[0]));
        assert!(last == 0 || numbers[0] <= last + 1, "nothing is missing since {last}");
        last = *numbers.last().unwrap();
        assert!(last >= reported, "{reported} was written");
        spool.acknowledge(last);
        spool.close().await;
    }
    assert!(last - begin.unwrap() > ROUNDS * 10, "the rounds wrote something");
}
