//! Prints how many events one core meets with a public set's number of rules:
//! `cargo run --release -p medward-sigma --example throughput`.
#![allow(clippy::print_stdout, reason = "a command-line example")]

use std::time::Duration;

use medward_sigma::generate::{detect_throughput, events, rules};
use medward_sigma::{DetectionEngine as _, Engine, RulePack};

const RULES: u64 = 3_000;
const EVENTS: u64 = 200_000;
const SEED: u64 = 42;
const ROUNDS: u32 = 5;

/// CPU time of this thread, as the kernel counts it: a busy machine does not disturb it.
fn cpu_time() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(text.split(' ').next().and_then(|nanos| nanos.parse().ok()).unwrap_or_default())
}

fn main() {
    let events = events(EVENTS, SEED);
    for (name, pack) in [
        ("rules of Medward", RulePack::builtin()),
        ("3,000 generated rules", rules(RULES, SEED)),
        ("both", RulePack::builtin().with_files(rules(RULES, SEED).files)),
    ] {
        let mut engine = Engine::default();
        let begin = cpu_time();
        let report = engine.load(&pack);
        let loading = cpu_time().saturating_sub(begin);
        println!("{name}: {} loaded in {loading:.0?}, {} refused", report.loaded.len(), report.refused.len());
        for _ in 0..ROUNDS {
            let throughput = detect_throughput(&mut engine, &events, &cpu_time);
            println!("  {:.0} events/s and core, {} hits", throughput.events_per_second, throughput.hits);
        }
    }
}
