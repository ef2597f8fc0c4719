//! Scores the default policy on our corpora: `cargo run -p medward-waf --example score -- tune [--wrong]` prints shares per
//! class, encoding, place and source, with `--wrong` each request judged wrongly; `-- held-back` prints totals only.
#![allow(clippy::print_stdout, reason = "a command-line example")]

#[path = "../tests/grammar/mod.rs"]
mod grammar;

use grammar::{Part, score};
use medward_waf::policy;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_default();
    let part = Part::from_name(&name).ok_or("name a part: tune or held-back")?;
    let program = policy::balanced().map_err(|errors| format!("{errors:#?}"))?;
    let report = score::score(&program, part);
    print!("{}", report.print());
    if part == Part::Tune {
        print!("{}", report.print_sources());
        if arguments.next().as_deref() == Some("--wrong") {
            println!("\n{}", report.wrong.join("\n"));
        }
    }
    Ok(())
}
