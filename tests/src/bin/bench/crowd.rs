//! Rows `gateway.idle_10000_mib` and `gateway.slow_p99_change`: what clients cost that ask for nothing, or too slowly (gateway.md
//! §15, item 4).

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use medward_tests::Medward;
use medward_tests::peer::{pinned, require};

use crate::figures::{Figure, Goal, Row};
use crate::proxied::{self, backend};
use crate::rounds::{Plan, Turn, alternate, middle};
use crate::wrk::Load;
use crate::{machine, processor};

const IDLE: Figure =
    Figure { name: "gateway.idle_10000_mib", unit: "MiB RSS", digits: 0, goal: Some(Goal::AtMost(400.0)) };
const SLOW: Figure = Figure {
    name: "gateway.slow_p99_change",
    unit: "times the p99 without slow clients",
    digits: 2,
    goal: Some(Goal::AtMost(2.0)),
};
/// Connections that have been answered once and ask for nothing more.
const IDLERS: usize = 10_000;
/// Clients of `slowhttptest`.
const SLOW_CLIENTS: &str = "1000";
/// For how long one attack goes on: longer than a turn.
const ATTACK_SECONDS: &str = "60";

/// The rows of this module.
pub(crate) fn measure(plan: &Plan) -> Result<Vec<Row>> {
    let date = machine::today();
    let [Some(nginx), Some(wrk), Some(slowhttptest)] = ["nginx", "wrk", "slowhttptest"].map(require) else {
        return Ok(gaps("nginx, wrk or slowhttptest is not installed", &date));
    };
    let &[proxy_core, load_core, ..] = processor::cores()?.as_slice() else {
        return Ok(gaps("it needs two processor cores", &date));
    };
    let folder = tempfile::Builder::new().prefix("medward-bench-").tempdir().context("make a folder")?;
    let backend = backend(&nginx, folder.path(), load_core)?;
    let address = backend.address;
    // Both loads come from this machine, which is one address.
    let settings = format!(
        "[gateway.limits]\nconnections_per_address = 20000\n[[gateway.object]]\nname = \"all\"\nhosts = [\"*\"]\n\
         upstreams = [\"http://{address}\"]\nmode = \"block\"\n"
    );
    let idle = {
        let medward = gateway(&folder.path().join("idle"), &settings, proxy_core)?;
        idle(&medward)?
    };
    let medward = gateway(&folder.path().join("slow"), &settings, proxy_core)?;
    let bench =
        Bench { wrk, slowhttptest, proxy_core, load_core, url: medward.address("gateway", "http"), pid: medward.pid() };
    let change = bench.slow(plan)?;
    Ok(vec![IDLE.alone(idle, &date), SLOW.alone(change, &date)])
}

fn gaps(why: &str, date: &str) -> Vec<Row> {
    [IDLE, SLOW].map(|figure| figure.gap(why, "none", date)).to_vec()
}

fn gateway(data: &Path, settings: &str, core: usize) -> Result<Medward> {
    std::fs::create_dir(data).context("make a folder for medward")?;
    std::fs::write(data.join("medward.toml"), settings).context("write medward.toml")?;
    Ok(Medward::start_pinned(core, data, &["up"]))
}

/// Memory of the gateway while everybody stays connected.
fn idle(medward: &Medward) -> Result<f64> {
    let address = medward.address("gateway", "http");
    let address: SocketAddr = address.trim_start_matches("http://").parse().context("read the gateway's address")?;
    let connections = (0..IDLERS).map(|_| visit(address)).collect::<Result<Vec<_>>>()?;
    let resident = processor::resident_mib(medward.pid())?;
    println!("  {} connections stay open: {resident:.0} MiB", connections.len());
    Ok(resident)
}

/// Asks for a page and stays.
fn visit(address: SocketAddr) -> Result<TcpStream> {
    let mut stream = TcpStream::connect(address).context("connect to the gateway; are 20,000 open files allowed?")?;
    stream.write_all(b"GET /page HTTP/1.1\r\nHost: portal.example.org\r\n\r\n").context("ask for a page")?;
    let mut begin = [0; 12];
    stream.read_exact(&mut begin).context("read the answer")?;
    ensure!(begin.starts_with(b"HTTP/1.1 200"), "not a page: {}", String::from_utf8_lossy(&begin));
    Ok(stream)
}

struct Bench {
    wrk: PathBuf,
    slowhttptest: PathBuf,
    proxy_core: usize,
    load_core: usize,
    url: String,
    pid: u32,
}

/// Who is there beside the load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Crowd {
    Nobody,
    /// Heads that never end.
    Heads,
    /// Bodies that trickle.
    Bodies,
    /// Readers that take an answer a few bytes at a time.
    Readers,
}

impl Crowd {
    const ALL: [Self; 4] = [Self::Nobody, Self::Heads, Self::Bodies, Self::Readers];

    const fn label(self) -> &'static str {
        match self {
            Self::Nobody => "no slow clients",
            Self::Heads => "1,000 slow heads",
            Self::Bodies => "1,000 slow bodies",
            Self::Readers => "1,000 slow readers",
        }
    }

    const fn arguments(self) -> Option<&'static [&'static str]> {
        match self {
            Self::Nobody => None,
            Self::Heads => Some(&["-H", "-i", "10"]),
            Self::Bodies => Some(&["-B", "-i", "10", "-s", "8192"]),
            Self::Readers => Some(&["-X", "-w", "1", "-y", "1", "-n", "5", "-z", "32"]),
        }
    }
}

/// Ends with what started it.
struct Attack(Child);

impl Drop for Attack {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

impl Bench {
    /// How many times as long the others wait when slow clients are there, in the worst of the three ways.
    fn slow(&self, plan: &Plan) -> Result<f64> {
        let turns =
            alternate(&Crowd::ALL, plan, |crowd| crowd.label().to_owned(), |crowd, time| self.turn(*crowd, time))?;
        let p99: Vec<f64> = turns.iter().filter_map(|turns| middle(turns)).map(|turn| turn.p99.as_secs_f64()).collect();
        let [alone, crowded @ ..] = p99.as_slice() else { anyhow::bail!("no turns") };
        Ok(crowded.iter().copied().fold(0.0, f64::max) / alone)
    }

    fn turn(&self, crowd: Crowd, time: Duration) -> Result<Turn> {
        let attack = crowd.arguments().map(|arguments| self.attack(arguments)).transpose()?;
        let load = Load {
            url: format!("{}/page", self.url),
            script: None,
            headers: vec!["Host: portal.example.org".to_owned()],
            connections: 32,
        };
        let turn =
            proxied::turn(crowd.label(), self.pid, self.proxy_core, || load.run(&self.wrk, self.load_core, time));
        drop(attack);
        turn
    }

    /// Starts slow clients; as many of them come each second as there will be.
    fn attack(&self, arguments: &[&str]) -> Result<Attack> {
        let mut command = pinned(self.load_core, &self.slowhttptest);
        command.args(["-c", SLOW_CLIENTS, "-r", SLOW_CLIENTS, "-l", ATTACK_SECONDS, "-p", "30"]).args(arguments);
        command.args(["-u", &format!("{}/page", self.url)]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().map(Attack).context("start slowhttptest")
    }
}
