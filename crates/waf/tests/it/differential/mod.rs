//! Both engines say the same (waf.md §6, §11.6): over the built-in policy, a rule set that scores, an installed CRS and
//! random rules; over the tables of the other tests, random exchanges and mutations; whole and byte by byte.
//!
//! For many more of them: `cargo run -p medward-waf --example differential -- 1000000`.

mod engines;
mod policies;
mod rules;
mod traffic;

use std::path::Path;

use medward_waf::Profile;
use proptest::prelude::*;

use engines::{Engines, Exchange, Which};
use policies::{balanced, installed_crs, options, scoring, sources};
use traffic::{Dice, shown, tables};

/// Both engines on every exchange; the first differences are shown.
fn agree(engines: &Engines, exchanges: &[Exchange]) {
    let differences: Vec<_> = exchanges
        .iter()
        .filter_map(|exchange| Some(format!("{}\n{}", engines.difference(exchange)?, shown(exchange))))
        .collect();
    let first: Vec<_> = differences.iter().take(3).map(String::as_str).collect();
    assert!(differences.is_empty(), "{} of {} differ:\n{}", differences.len(), exchanges.len(), first.join("\n\n"));
}

fn mutations(seed: u64, count: usize) -> Vec<Exchange> {
    let tables = tables();
    let mut dice = Dice::new(seed);
    (0..count).map(|_| dice.mutated_one_of(&tables)).collect()
}

#[test]
fn engines_agree_on_the_built_in_policy() {
    agree(&balanced(), &tables());
    agree(&balanced(), &mutations(1, 1000));
}

#[test]
fn engines_agree_on_a_rule_set_that_scores() {
    let engines = scoring();
    let tables = tables();
    let hits: usize = tables.iter().map(|exchange| engines.ask(Which::Fast, exchange, usize::MAX).hits()).sum();
    assert!(hits > tables.len() / 2, "{hits} hits: the rules hardly match anything");
    agree(&engines, &tables);
    agree(&engines, &mutations(2, 1000));
}

#[test]
fn engines_agree_on_an_installed_rule_set() {
    // Nobody has to have one, CI neither: a rule set that is not ours is no part of this repository, and the one above is
    // there everywhere.
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/crs");
    let Some(engines) = installed_crs(&folder) else {
        eprintln!("skipped: there is no CRS in {}", folder.display());
        return;
    };
    let exchanges: Vec<_> = tables().into_iter().chain(mutations(3, 1000)).step_by(16).collect();
    agree(&engines, &exchanges);
}

#[test]
fn bodies_are_judged_the_same_whole_and_byte_by_byte() {
    for engines in [balanced(), scoring()] {
        for exchange in tables().iter().chain(&mutations(4, 500)).filter(|exchange| !exchange.request.body.is_empty()) {
            let difference = engines.difference_in_pieces(exchange);
            assert_eq!(difference, None, "{}", shown(exchange));
        }
    }
}

#[test]
fn a_difference_is_seen() {
    let exchange = &tables()[0];
    let (some, other) = (scoring(), balanced());
    let both = [Which::Fast, Which::Reference].map(|which| some.ask(which, exchange, usize::MAX));
    assert_eq!(both[0], both[1]);
    assert_ne!(both[0], other.ask(Which::Reference, exchange, usize::MAX));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn engines_agree_on_random_rules(
        rules in rules::rule_file(),
        exchanges in prop::collection::vec(traffic::exchange(), 4),
        options in options(),
        native in any::<bool>(),
    ) {
        let profile = if native { Profile::Native } else { Profile::ModSecurity };
        let engines = Engines::new(&sources(&rules), profile);
        let mut engines = engines.map_err(|errors| TestCaseError::fail(format!("{errors:#?}\n{rules}")))?;
        engines.options = options;
        for exchange in &exchanges {
            if let Some(difference) = engines.difference(exchange) {
                prop_assert!(false, "{}\n{}\n{}", difference, rules, shown(exchange));
            }
            let pieces = engines.difference_in_pieces(exchange);
            prop_assert_eq!(pieces, None, "in pieces");
        }
    }
}
