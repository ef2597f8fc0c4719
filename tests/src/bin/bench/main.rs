//! `make bench`: Medward beside programs we did not write, alternately, in one run.
//!
//! An area (`--only gateway`) gives [`Row`]s; they are merged into `docs/benchmarks.json` and shown in
//! `docs/benchmarks.md`. Rows of areas that did not run stay as they are. A goal that is missed stays in the file; a peer
//! that is not installed is a row without figures. A wrong answer during a measurement ends the run, and nothing is
//! written: a fast wrong answer is not a figure. It is not a test: no timing fails a build.
#![expect(clippy::print_stdout, reason = "a benchmark talks to the person who started it")]

mod contract;
mod crowd;
mod figures;
mod gateway;
mod h2load;
mod machine;
mod processor;
mod proxied;
mod report;
mod rounds;
mod vault;
mod waf;
mod wire;
mod wrk;

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use clap::Parser;
use figures::Row;
use rounds::Plan;

/// Side-by-side benchmarks against installed peers.
#[derive(Parser)]
#[command(name = "bench")]
struct Cli {
    /// Run one area only, for example gateway.
    #[arg(long, value_name = "AREA")]
    only: Option<String>,
    /// Two rounds of one second, to see that the harness works. Writes nothing.
    #[arg(long)]
    quick: bool,
    /// Measure the peer against itself: how far the ratios are from 1 is what this machine adds. Writes nothing.
    #[arg(long)]
    calibrate: bool,
}

/// One area of figures.
struct Area {
    /// Prefix of its rows, without the dot.
    name: &'static str,
    /// How it is measured, for `docs/benchmarks.md`.
    method: &'static str,
    measure: fn(&Plan) -> Result<Vec<Row>>,
}

/// Every area; a new one is one line here and one module.
const AREAS: &[Area] = &[
    Area { name: "gateway", method: gateway::METHOD, measure: gateway::measure },
    Area { name: "vault", method: vault::METHOD, measure: vault::measure },
    Area { name: "waf", method: waf::METHOD, measure: waf::measure },
];

fn main() -> Result<()> {
    let cli = Cli::parse();
    let areas = chosen(cli.only.as_deref())?;
    let plan = if cli.quick { Plan::quick() } else { Plan::full() };
    let plan = Plan { calibrate: cli.calibrate, ..plan };
    let machine = machine::describe();
    println!("bench: {machine}");
    let mut fresh = Vec::new();
    for area in &areas {
        println!("bench: measuring {}", area.name);
        fresh.extend((area.measure)(&plan).with_context(|| format!("measure {}", area.name))?);
    }
    print!("\n{}", report::table(&fresh));
    if cli.quick || cli.calibrate {
        println!("\nbench: a trial run, nothing written");
        return Ok(());
    }
    let names: Vec<&str> = areas.iter().map(|area| area.name).collect();
    write(&names, fresh, &machine)
}

fn chosen(only: Option<&str>) -> Result<Vec<&'static Area>> {
    let chosen: Vec<_> = AREAS.iter().filter(|area| only.is_none_or(|only| only == area.name)).collect();
    let known: Vec<_> = AREAS.iter().map(|area| area.name).collect();
    ensure!(!chosen.is_empty(), "no area {:?}; there is: {}", only.unwrap_or_default(), known.join(", "));
    Ok(chosen)
}

fn write(areas: &[&str], fresh: Vec<Row>, machine: &str) -> Result<()> {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    let json = docs.join("benchmarks.json");
    let kept = match std::fs::read_to_string(&json) {
        Ok(text) => figures::from_json(&text).with_context(|| format!("read {}", json.display()))?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(error).with_context(|| format!("read {}", json.display())),
    };
    let rows = figures::merge(kept, areas, fresh);
    let methods: Vec<_> = AREAS.iter().map(|area| (area.name, area.method)).collect();
    std::fs::write(&json, figures::to_json(&rows)?).with_context(|| format!("write {}", json.display()))?;
    let page = docs.join("benchmarks.md");
    std::fs::write(&page, report::page(&rows, machine, &methods))
        .with_context(|| format!("write {}", page.display()))?;
    println!("\nbench: wrote docs/benchmarks.json and docs/benchmarks.md");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_area_is_refused_and_the_known_ones_are_named() {
        assert_eq!(chosen(Some("gateway")).unwrap().len(), 1);
        assert_eq!(chosen(None).unwrap().len(), AREAS.len());
        let error = chosen(Some("gate")).err().unwrap().to_string();
        assert_eq!(error, "no area \"gate\"; there is: gateway, vault, waf");
    }
}
