//! Compares the fast engine with the reference interpreter over many mutated requests and random rules, and stops at the
//! first difference: `cargo run -p medward-waf --example differential -- MUTATIONS [SEED] [CRS-FOLDER]`.
//!
//! Every mutation goes to the built-in policy and to a rule set that scores, one in 50 to the CRS of the folder; for every
//! twentieth there is a random rule file with four exchanges of its own, and the body comes byte by byte too.
#![allow(clippy::print_stdout, clippy::panic, clippy::unwrap_used, reason = "a command-line example")]
#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "it stops at the first surprise")]
#![allow(dead_code, reason = "it shares the tests' modules and needs only a part of them")]

#[path = "../tests/it/differential/engines.rs"]
mod engines;
#[path = "../tests/it/differential/policies.rs"]
mod policies;
#[path = "../tests/it/requests.rs"]
mod requests;
#[path = "../tests/it/differential/rules.rs"]
mod rules;
#[path = "../tests/it/differential/traffic.rs"]
mod traffic;

use std::path::Path;

use engines::{Engines, Exchange, Which};
use medward_waf::Profile;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use traffic::{Dice, shown, tables};

/// What was looked at.
#[derive(Default, Debug)]
struct Tally {
    exchanges: usize,
    hits: usize,
    rule_files: usize,
}

impl Tally {
    fn compare(&mut self, engines: &Engines, exchange: &Exchange, rules: &str) {
        let difference = engines.difference(exchange);
        assert_eq!(difference, None, "\n{rules}\n{}\n{}", difference.clone().unwrap_or_default(), shown(exchange));
        self.exchanges += 1;
        self.hits += engines.ask(Which::Fast, exchange, usize::MAX).hits();
    }
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut number = |default: u64| arguments.next().and_then(|text| text.parse().ok()).unwrap_or(default);
    let (mutations, seed) = (number(10_000), number(1));
    let crs = arguments.next().and_then(|folder| policies::installed_crs(Path::new(&folder)));
    let (balanced, scoring) = (policies::balanced(), policies::scoring());
    let (tables, mut dice) = (tables(), Dice::new(seed));
    let mut seeds = [0; 32];
    for (to, from) in seeds.iter_mut().zip(seed.to_le_bytes()) {
        *to = from;
    }
    let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &seeds));
    let random =
        (rules::rule_file(), prop::collection::vec(traffic::exchange(), 4), policies::options(), any::<bool>());
    let (mut mutated, mut made) = (Tally::default(), Tally::default());
    for at in 0..mutations {
        let exchange = dice.mutated_one_of(&tables);
        mutated.compare(&balanced, &exchange, "balanced");
        mutated.compare(&scoring, &exchange, "scoring");
        if let Some(crs) = crs.as_ref().filter(|_| at % 50 == 0) {
            mutated.compare(crs, &exchange, "crs");
        }
        if at % 20 != 0 {
            continue;
        }
        for engines in [&balanced, &scoring] {
            assert_eq!(engines.difference_in_pieces(&exchange), None, "in pieces\n{}", shown(&exchange));
        }
        let (rules, exchanges, options, native) = random.new_tree(&mut runner).unwrap().current();
        let profile = if native { Profile::Native } else { Profile::ModSecurity };
        let mut engines =
            Engines::new(&policies::sources(&rules), profile).unwrap_or_else(|error| panic!("{error:?}\n{rules}"));
        engines.options = options;
        made.rule_files += 1;
        for exchange in &exchanges {
            made.compare(&engines, exchange, &rules);
        }
        if at % 10_000 == 0 {
            println!("{at}: mutations {mutated:?}, random rules {made:?}");
        }
    }
    println!("no difference: mutations {mutated:?}, random rules {made:?}");
}
