//! Faults of the machine under the whole program: a full disk and `kill -9`.

use std::fs;
use std::path::{Path, PathBuf};

use medward_tests::peer::{Peer, command, require, texts};
use medward_tests::{Medward, curl, finished};

/// A small file system of its own, unmounted with the test.
struct SmallDisk {
    path: PathBuf,
    _folder: tempfile::TempDir,
}

impl SmallDisk {
    /// `None` with a visible skip when this user may not mount; in CI that is a failure.
    fn mount(mebibytes: u32) -> Option<Self> {
        require("mount")?;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_owned();
        let size = format!("size={mebibytes}m");
        let (_, stderr, code) =
            texts(&command("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(&path).output().unwrap());
        if code != 0 {
            #[expect(clippy::disallowed_methods, reason = "CI says by its environment that nothing may be skipped")]
            let in_ci = std::env::var("CI").is_ok_and(|value| value == "true");
            assert!(!in_ci, "mount: {stderr}");
            #[expect(clippy::print_stdout, reason = "a skip must be visible")]
            {
                println!("skipped: this user may not mount a tmpfs: {stderr}");
            }
            return None;
        }
        Some(Self { path, _folder: folder })
    }

    /// Takes all free space.
    fn fill(&self) {
        let mut filler = fs::File::create(self.path.join("filler")).unwrap();
        let block = vec![0_u8; 64 * 1024];
        while std::io::Write::write_all(&mut filler, &block).is_ok() {}
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(command("umount").arg("--lazy").arg(&self.path).status());
    }
}

fn site(folder: &Path) -> Option<Peer> {
    let python = require("python3")?;
    fs::write(folder.join("index.html"), "<p>体检").unwrap();
    Some(Peer::python_http_server(&python, folder))
}

fn verify(data: &Path) -> (String, i32) {
    let vault = data.join("data/vault");
    let (stdout, stderr, code) = texts(&finished(data, &["vault", "verify", "--dir", vault.to_str().unwrap()]));
    (stdout + &stderr, code)
}

/// How many records of stream `access` the verification counted.
fn access_records(said: &str) -> u64 {
    let line = said.lines().find(|line| line.starts_with("OK access")).unwrap_or_else(|| panic!("{said}"));
    line.split("records=").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap()
}

#[test]
fn full_disk_leaves_the_gateway_open_and_loses_nothing_recorded() {
    let Some(disk) = SmallDisk::mount(96) else { return };
    let pages = tempfile::tempdir().unwrap();
    let Some(site) = site(pages.path()) else { return };
    let medward = Medward::start(&disk.path, &["up", "--protect", &format!("http://{}", site.address)]);
    let gateway = medward.address("gateway", "http");
    for number in 0..10 {
        assert!(curl(&[&format!("{gateway}/?before={number}")]).contains(" 200"));
    }
    // A verification reads a running vault too: what it counts is recorded.
    let (said, code) = verify(&disk.path);
    assert_eq!(code, 0, "{said}");
    let recorded = access_records(&said);
    disk.fill();
    for number in 0..30 {
        assert!(curl(&[&format!("{gateway}/?after={number}")]).contains(" 200"), "the gateway stays open");
        let attack = curl(&[&format!("{gateway}/?id=1%27%20UNION%20SELECT%20password%20FROM%20users--%20")]);
        assert!(attack.contains(" 403"), "and goes on blocking");
    }
    assert_eq!(medward.stop(), 0, "a full disk is no reason to stop badly");
    fs::remove_file(disk.path.join("filler")).unwrap();
    let (said, code) = verify(&disk.path);
    assert_eq!(code, 0, "{said}");
    assert!(access_records(&said) >= recorded, "{recorded} were recorded before: {said}");
    let again = Medward::start(&disk.path, &["up", "--protect", &format!("http://{}", site.address)]);
    assert_eq!(again.stop(), 0);
}

#[test]
fn start_on_a_full_disk_is_one_clear_line() {
    let Some(disk) = SmallDisk::mount(8) else { return };
    disk.fill();
    let (_, stderr, code) = texts(&finished(&disk.path, &["up"]));
    assert_eq!(code, 69, "{stderr}");
    let last = stderr.lines().last().unwrap();
    assert!(last.starts_with("medward: failed to") && last.contains("No space left"), "{stderr}");
    assert!(!stderr.contains("panicked"), "{stderr}");
}

#[test]
fn kill_9_under_traffic_loses_no_recorded_request_and_leaves_a_vault_that_starts() {
    let pages = tempfile::tempdir().unwrap();
    let Some(site) = site(pages.path()) else { return };
    let data = tempfile::tempdir().unwrap();
    let protect = format!("http://{}", site.address);
    let mut recorded = 0;
    for round in 0..3 {
        let medward = Medward::start(data.path(), &["up", "--protect", &protect]);
        let gateway = medward.address("gateway", "http");
        for number in 0..20 {
            assert!(curl(&[&format!("{gateway}/?round={round}&n={number}")]).contains(" 200"));
        }
        let (said, code) = verify(data.path());
        assert_eq!(code, 0, "a running vault: {said}");
        assert!(access_records(&said) > recorded, "round {round} recorded nothing: {said}");
        recorded = access_records(&said);
        medward.kill();
        let (said, code) = verify(data.path());
        assert_eq!(code, 0, "{said}");
        assert!(access_records(&said) >= recorded, "{recorded} were recorded before the kill: {said}");
        recorded = access_records(&said);
    }
    let medward = Medward::start(data.path(), &["up", "--protect", &protect]);
    assert_eq!(medward.stop(), 0);
    let (said, code) = verify(data.path());
    assert_eq!(code, 0, "{said}");
    assert!(access_records(&said) >= recorded, "{recorded} were recorded: {said}");
}
