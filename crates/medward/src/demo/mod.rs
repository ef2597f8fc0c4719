//! `medward demo`: Medward before a small, truly vulnerable hospital portal, with drill traffic that never stops.
//!
//! [`once`] runs the loop once and proves every step; [`stage`] sets portal, program and administrators up for both.

mod once;
mod pointer;
mod sign_in;
mod stage;

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::{Context as _, Result};
use medward_demo::drill::{Pace, Tally, run_forever};
use medward_kernel::Clock;
use medward_kernel::supervisor::Criticality;

use crate::cli::{DemoArgs, DemoWhat, WrongUse, write_out};
use crate::program::StopSignal;
use stage::{Administrators, Stage};

/// Runs `medward demo …`.
pub(crate) async fn run(args: DemoArgs) -> Result<ExitCode> {
    if args.what == Some(DemoWhat::Code) {
        if args.once {
            return Err(WrongUse("run the demo: `code` prints codes and does not go with --once".to_owned()).into());
        }
        return code(args.source.data);
    }
    if args.once {
        return once::run(&args).await;
    }
    if args.sabotage.is_some() || args.json {
        return Err(WrongUse("run the demo: --json and --sabotage go with --once".to_owned()).into());
    }
    live(&args).await
}

/// Prints a current code of every demo administrator.
fn code(data: Option<PathBuf>) -> Result<ExitCode> {
    let directory = match data {
        Some(directory) => directory,
        None => pointer::read()?,
    };
    let administrators = Administrators::read(&directory)?;
    let now = Clock::system().now();
    let mut text = String::new();
    for person in &administrators.0 {
        let _infallible = writeln!(text, "{:<12} {}", person.login, person.code_at(now)?);
    }
    write_out(&text)?;
    Ok(ExitCode::SUCCESS)
}

async fn live(args: &DemoArgs) -> Result<ExitCode> {
    let mut signal = StopSignal::watch()?;
    let stage = signal.or(Stage::set(args, false)).await?;
    let tally = Arc::new(Tally::default());
    let (target, counters) = (stage.guarded()?, tally.clone());
    let kit = stage.program.kit().clone();
    let clock = kit.clock.clone();
    kit.supervisor.service("demo.drill", Criticality::Isolated, move |stop| {
        let (target, counters, clock) = (target.clone(), counters.clone(), clock.clone());
        Box::pin(async move {
            let pace = Pace { interval: Duration::from_millis(400), benign_per_attack: 4 };
            let drill = run_forever(target, 1, pace, &counters, |pause| {
                let clock = clock.clone();
                async move { clock.sleep(pause).await }
            });
            tokio::select! {
                () = stop.accepting.cancelled() => {}
                () = drill => {}
            }
            Ok(())
        })
    });
    write_out(&stage.welcome()?)?;
    let asked = stage.program.until_asked_to_stop(&mut signal).await;
    let (blocked, served) = (tally.attacks_blocked.load(Ordering::Relaxed), tally.benign.load(Ordering::Relaxed));
    stage.program.stop().await;
    write_out(&format!("\nStopped: {served} benign requests served, {blocked} attacks blocked.\n"))?;
    if asked {
        Ok(ExitCode::SUCCESS)
    } else {
        Err(anyhow::anyhow!("a vital task failed")).context("keep the demo running")
    }
}
