//! `medward gateway tproxy`: the firewall's part of the transparent mode, and a watchdog that takes it away while the gateway does
//! not answer (gateway.md §3, CD-041).
//!
//! The watchdog is a process of its own: it works when the gateway does not. Its stance is `pass`: without the gateway the
//! systems are reached directly, unprotected, as before.

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use medward_gateway::{GatewayConfig, TproxyRules, tproxy_rules};
use medward_kernel::Clock;
use medward_kernel::config::KernelConfig;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::cli::{TproxyArgs, TproxyCommand, WrongUse, write_out};
use crate::program::StopSignal;
use crate::settings;

/// How often the watchdog looks.
const LOOK: Duration = Duration::from_secs(1);
/// What does not answer within this does not work. The system takes connections for a program that hangs, so a connection alone
/// says little: where there is telemetry, that has to answer.
const PATIENCE: Duration = Duration::from_secs(1);
const HEALTH: &[u8] = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
/// Looks without an answer before the rules are taken away.
const MISSES: u32 = 2;

/// Runs `medward gateway tproxy …`.
pub(crate) async fn run(command: TproxyCommand) -> Result<ExitCode> {
    match command {
        TproxyCommand::Print(args) => {
            let (rules, _) = read(&args)?;
            let lines: Vec<String> = rules.add.iter().map(|line| format!("{line}\n")).collect();
            write_out(&format!("# nft -f - <<'END'\n{}# END\n{}", rules.nft, lines.concat()))?;
        }
        TproxyCommand::Apply(args) => apply(&read(&args)?.0).await?,
        TproxyCommand::Remove(args) => remove(&read(&args)?.0).await,
        TproxyCommand::Watch(args) => {
            let (rules, gateway) = read(&args)?;
            watch(&rules, gateway).await?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// By what a gateway is known to be well.
#[derive(Clone, Copy)]
struct Watched {
    /// Takes connections.
    listener: SocketAddr,
    /// Answers, if it is configured.
    telemetry: Option<SocketAddr>,
}

impl Watched {
    async fn is_well(self, clock: &Clock) -> bool {
        matches!(clock.timeout(PATIENCE, self.ask()).await, Some(Ok(())))
    }

    async fn ask(self) -> std::io::Result<()> {
        TcpStream::connect(self.listener).await?;
        let Some(telemetry) = self.telemetry else { return Ok(()) };
        let mut line = TcpStream::connect(telemetry).await?;
        line.write_all(HEALTH).await?;
        line.read_u8().await.map(drop)
    }
}

/// The rules, and the gateway that they are for.
fn read(args: &TproxyArgs) -> Result<(TproxyRules, Watched)> {
    let config = settings::load(&args.source, Vec::new())?;
    settings::check(&config)?;
    let gateway = config.section::<GatewayConfig>("gateway")?;
    let wrong = |text: &str| WrongUse(text.to_owned());
    for system in &args.system {
        let address = system.split('/').next().unwrap_or_default();
        let length = system.split_once('/').map_or(Some(32), |(_, length)| length.parse::<u8>().ok());
        if address.parse::<Ipv4Addr>().is_err() || length.is_none_or(|length| length > 32) {
            bail!(WrongUse(format!("read --system {system}: expected an IPv4 address or network, 10.1.5.0/24")));
        }
    }
    let rules = tproxy_rules(&gateway, &args.system);
    let rules = rules.ok_or_else(|| wrong("find a transparent listener: set gateway.tproxy_http or tproxy_https"))?;
    let address = if gateway.tproxy_http.is_empty() { &gateway.tproxy_https } else { &gateway.tproxy_http };
    let address = address.parse::<SocketAddrV4>().context("read the address of the transparent listener")?;
    let host = if address.ip().is_unspecified() { Ipv4Addr::LOCALHOST } else { *address.ip() };
    let telemetry = KernelConfig::read(&config)?.telemetry.listen.parse::<SocketAddr>().ok();
    let telemetry = telemetry.filter(|address| address.port() != 0);
    Ok((rules, Watched { listener: SocketAddr::from((host, address.port())), telemetry }))
}

/// Puts the rules in force; those that are in force already stay.
async fn apply(rules: &TproxyRules) -> Result<()> {
    // A route that is there twice would be taken away once.
    remove(rules).await;
    start("nft", &["-f", "-"], Some(&rules.nft)).await?;
    for line in &rules.add {
        run_line(line).await?;
    }
    Ok(())
}

/// Takes away what is there.
async fn remove(rules: &TproxyRules) {
    for line in &rules.remove {
        if let Err(error) = run_line(line).await {
            tracing::debug!(%error, "nothing to take away");
        }
    }
}

/// Keeps the rules in force while the gateway answers, until the process is asked to stop; then takes them away.
async fn watch(rules: &TproxyRules, gateway: Watched) -> Result<()> {
    let watched = keep_watch(rules, gateway).await;
    remove(rules).await;
    watched
}

async fn keep_watch(rules: &TproxyRules, gateway: Watched) -> Result<()> {
    let mut stop = StopSignal::watch()?;
    let clock = Clock::system();
    // What a watchdog before this one left may be in force.
    remove(rules).await;
    let (mut misses, mut in_force) = (0_u32, false);
    loop {
        let answers = gateway.is_well(&clock).await;
        misses = if answers { 0 } else { misses.saturating_add(1) };
        if answers && !in_force {
            apply(rules).await?;
            in_force = true;
            write_out("the gateway answers: its rules are in force\n")?;
        } else if misses >= MISSES && in_force {
            remove(rules).await;
            in_force = false;
            write_out("the gateway does not answer: its rules are taken away\n")?;
        }
        tokio::select! {
            () = stop.received() => return Ok(()),
            () = clock.sleep(LOOK) => {}
        }
    }
}

async fn run_line(line: &str) -> Result<()> {
    let mut words = line.split(' ');
    let program = words.next().unwrap_or_default();
    start(program, &words.collect::<Vec<_>>(), None).await
}

async fn start(program: &str, arguments: &[&str], input: Option<&str>) -> Result<()> {
    #[expect(clippy::disallowed_methods, reason = "the firewall is set up by its own programs, nft and ip")]
    let mut command = tokio::process::Command::new(program);
    command.args(arguments).stdin(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let mut child = command.spawn().with_context(|| format!("start {program} (Debian: nftables, iproute2)"))?;
    if let (Some(mut stdin), Some(input)) = (child.stdin.take(), input) {
        stdin.write_all(input.as_bytes()).await.with_context(|| format!("speak to {program}"))?;
    }
    let output = child.wait_with_output().await.with_context(|| format!("wait for {program}"))?;
    if !output.status.success() {
        bail!("run {program} {}: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}
