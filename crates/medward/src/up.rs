//! `medward up`: Medward before real sites, until Ctrl-C.

use std::fmt::Write as _;
use std::process::ExitCode;

use anyhow::Result;
use medward_kernel::config::Override;

use crate::cli::{UpArgs, WrongUse, write_out};
use crate::program::{Program, StopSignal};
use crate::{logging, settings};

/// Runs until asked to stop.
pub(crate) async fn run(args: UpArgs) -> Result<ExitCode> {
    let more = match &args.protect {
        None => Vec::new(),
        Some(url) => vec![protect(url)?],
    };
    let config = settings::load(&args.source, more)?;
    logging::start(&settings::check(&config)?.telemetry)?;
    let mut signal = StopSignal::watch()?;
    let program = signal.or(async { Ok(Program::start(&config).await?) }).await?;
    write_out(&welcome(&program, args.protect.as_deref()).await?)?;
    let asked = program.until_asked_to_stop(&mut signal).await;
    let failed: Vec<_> = program
        .kit()
        .supervisor
        .tasks()
        .into_iter()
        .filter(|task| !asked && task.last_error.is_some())
        .map(|task| format!("{}: {}", task.name, task.last_error.unwrap_or_default()))
        .collect();
    program.stop().await;
    if asked { Ok(ExitCode::SUCCESS) } else { anyhow::bail!("keep running: {}", failed.join("; ")) }
}

/// One catch-all object in block mode.
fn protect(url: &str) -> Result<Override> {
    let objects =
        medward_gateway::protect_config(url).map_err(|problem| WrongUse(format!("protect {url}: {problem}")))?;
    Ok(Override::option("--protect", &["gateway", "object"], objects))
}

async fn welcome(program: &Program, protected: Option<&str>) -> Result<String> {
    let mut text = String::from("\nMedward is running.\n");
    let console = program.bound("console");
    if let Some(bound) = &console {
        let _infallible = writeln!(text, "  console   https://{}", bound.address);
        let _infallible =
            writeln!(text, "            certificate SHA-256 {}", bound.fingerprint.as_deref().unwrap_or("-"));
    }
    for (name, scheme) in [("gateway.http", "http"), ("gateway.https", "https")] {
        if let Some(bound) = program.bound(name) {
            let _infallible = writeln!(text, "  gateway   {scheme}://{}{}", bound.address, arrow(protected));
        }
    }
    if let Some(link) = &program.kit().link {
        let (name, house) = (link.identity().name, &program.kit().config.nodes.house);
        let _infallible = writeln!(text, "  node      {name} of {house}");
    }
    if let Some(bound) = program.bound("nodes") {
        let _infallible = writeln!(text, "  nodes     tls://{}", bound.address);
    }
    let identity = program.kit().ports.port::<medward_identity::Service>("medward");
    if let Some(bound) = &console
        && let Some(token) = identity.get()?.setup_link().await?
    {
        let _infallible = write!(
            text,
            "\nFirst start: create the three administrators within 24 hours at\n  https://{}/setup#{}\n",
            bound.address,
            token.expose()
        );
    }
    text.push_str("\nStop with Ctrl-C.\n");
    Ok(text)
}

fn arrow(protected: Option<&str>) -> String {
    protected.map(|url| format!("  ->  {url} (block mode)")).unwrap_or_default()
}
