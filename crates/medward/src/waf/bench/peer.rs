//! The other side: `benches/libmodsec.cc`, built on the spot, with the same rule files and requests.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, ensure};
use medward_waf::Sources;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::Turn;
use super::mix::Mix;
use super::ours::page;

const SOURCE: &str = include_str!("../../../../../benches/libmodsec.cc");

/// A running libmodsecurity with the rules loaded. It ends with its standard input.
pub(super) struct Peer {
    /// With its version.
    pub(super) name: String,
    /// Reading the rule files, seconds on the clock.
    pub(super) load_s: f64,
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    /// Program, rules and requests.
    folder: tempfile::TempDir,
}

#[derive(Deserialize)]
struct Loaded {
    version: String,
    load_s: f64,
}

#[derive(Deserialize)]
struct Judged {
    requests: u64,
    blocked: u64,
    cpu_us: f64,
}

impl Peer {
    /// Builds the program, gives it these rules, and waits until it has loaded them.
    pub(super) fn start(sources: &Sources) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("medward-bench-").tempdir().context("make a fresh directory")?;
        let program = build(folder.path())?;
        let rules = write_rules(folder.path(), sources)?;
        let response = folder.path().join("page.html");
        fs::write(&response, page()).context("write the response")?;
        let mut child = command(&program)
            .arg(rules)
            .arg(response)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("start libmodsec")?;
        let input = child.stdin.take();
        let output = child.stdout.take().context("start libmodsec: it has no output")?;
        let mut peer = Self { name: String::new(), load_s: 0.0, child, input, output: BufReader::new(output), folder };
        let Loaded { version, load_s } = peer.answer().context("load the rules into libmodsecurity")?;
        peer.name = format!("libmodsecurity {version}");
        peer.load_s = load_s;
        Ok(peer)
    }

    /// As ours: the mix over and over until this processor time is spent.
    pub(super) fn turn(&mut self, mix: &Mix, response: bool, time: Duration) -> Result<Turn> {
        let path = self.folder.path().join(mix.name);
        if !path.exists() {
            fs::write(&path, mix.raw).with_context(|| format!("write the mix {}", mix.name))?;
        }
        let input = self.input.as_mut().context("ask libmodsec: it has no input")?;
        writeln!(input, "{} {} {}", path.display(), u8::from(response), time.as_millis()).context("ask libmodsec")?;
        let Judged { requests, blocked, cpu_us } = self.answer().context("ask libmodsec")?;
        ensure!(requests > 0 && cpu_us > 0.0, "ask libmodsec: it judged nothing");
        Ok(Turn { requests, blocked, cpu: Duration::from_secs_f64(cpu_us / 1e6) })
    }

    fn answer<T: DeserializeOwned>(&mut self) -> Result<T> {
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        ensure!(!line.is_empty(), "it ended; its reason stands above");
        serde_json::from_str(&line).with_context(|| format!("read {line:?}"))
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        drop(self.input.take());
        drop(self.child.wait());
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place of the benchmark that starts a process")]
fn command(program: &Path) -> Command {
    Command::new(program)
}

fn build(folder: &Path) -> Result<std::path::PathBuf> {
    let (source, program) = (folder.join("libmodsec.cc"), folder.join("libmodsec"));
    fs::write(&source, SOURCE).context("write libmodsec.cc")?;
    let arguments = ["-std=c++17", "-O2", "-o"];
    let built = command(Path::new("g++")).args(arguments).arg(&program).arg(&source).arg("-lmodsecurity").output();
    let built = built.context("run g++; Debian has it in the package g++")?;
    if built.status.success() {
        return Ok(program);
    }
    let said = String::from_utf8_lossy(&built.stderr);
    Err(anyhow!("build libmodsec.cc; it needs Debian's libmodsecurity-dev:\n{}", said.trim_end()))
}

/// The same files in the same order; what rules refer to lies beside them.
fn write_rules(folder: &Path, sources: &Sources) -> Result<std::path::PathBuf> {
    let mut includes = String::new();
    for (at, file) in sources.files.iter().chain(&sources.referenced).enumerate() {
        let path = folder.join(&file.path);
        let write = || {
            path.parent().map_or(Ok(()), fs::create_dir_all)?;
            fs::write(&path, &file.bytes)
        };
        write().with_context(|| format!("write {}", path.display()))?;
        if at < sources.files.len() {
            let _infallible = writeln!(includes, "Include {}", path.display());
        }
    }
    let rules = folder.join("medward-bench.conf");
    fs::write(&rules, includes).context("write the list of rule files")?;
    Ok(rules)
}
