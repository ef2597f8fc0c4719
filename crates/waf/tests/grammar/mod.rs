//! The two corpora: what honest clients send and what attackers send, by grammars of our own and from captures.
//!
//! Every request is labelled with the grammar or application it comes from, and each of those belongs to one part: *tune*
//! may be looked at while rules and detectors are written, *held back* is only ever scored. `manifest.tsv` says which and
//! why. The same program gives the same bytes on every machine: nothing here asks for time, environment or randomness.
//!
//! Shared by the integration tests and the examples `score` and `traffic`, each of which uses a part of it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::format_collect,
    clippy::format_push_string,
    clippy::too_many_lines,
    dead_code,
    reason = "test support: it stops at the first surprise, and grammars are long lists"
)]

pub(crate) mod attack;
pub(crate) mod benign;
pub(crate) mod captured;
pub(crate) mod manifest;
pub(crate) mod score;

pub(crate) mod codec;
mod encode;
mod held_back;
mod place;
mod rng;
mod tune;
mod wire;
mod words;

use std::collections::HashSet;

use medward_waf::AttackClass;

pub(crate) use attack::AttackGrammar;
pub(crate) use benign::BenignGrammar;
pub(crate) use encode::Encoding;
pub(crate) use manifest::{Kind, Part};
pub(crate) use place::Place;

/// One request and what is known about it.
pub(crate) struct Sample {
    /// Grammar or application.
    pub(crate) source: String,
    /// Absent for honest requests.
    pub(crate) labels: Option<Labels>,
    /// The request as it stands on the wire.
    pub(crate) bytes: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Labels {
    pub(crate) class: AttackClass,
    pub(crate) encoding: Encoding,
    pub(crate) place: Place,
}

/// The honest requests of our own grammars.
pub(crate) fn benign(part: Part) -> Vec<Sample> {
    benign_grammars(part).flat_map(benign::requests).collect()
}

fn benign_grammars(part: Part) -> impl Iterator<Item = &'static BenignGrammar> {
    let lists: &[&[&[BenignGrammar]]] = match part {
        Part::Tune => &[tune::BENIGN, tune::hospital::BENIGN, tune::second::BENIGN],
        Part::HeldBack => &[held_back::at_home::BENIGN],
    };
    lists.iter().flat_map(|lists| lists.iter()).flat_map(|list| list.iter())
}

/// The attacks of our own grammars.
pub(crate) fn attacks(part: Part) -> Vec<Sample> {
    attack_grammars(part).flat_map(attack::requests).collect()
}

pub(crate) fn attack_grammars(part: Part) -> impl Iterator<Item = &'static AttackGrammar> {
    let lists: &[&[&[AttackGrammar]]] = match part {
        Part::Tune => &[tune::ATTACKS, tune::second::ATTACKS],
        Part::HeldBack => &[held_back::wild::ATTACKS],
    };
    lists.iter().flat_map(|lists| lists.iter()).flat_map(|list| list.iter())
}

/// Every name a grammar has, with its kind.
pub(crate) fn grammar_names(part: Part) -> Vec<(Kind, &'static str)> {
    let honest = benign_grammars(part).map(|grammar| (Kind::Benign, grammar.name));
    honest.chain(attack_grammars(part).map(|grammar| (Kind::Attack, grammar.name))).collect()
}

/// Collects `count` different results of `write`, and gives up when a grammar has not that many to say.
fn different<T>(count: usize, name: &str, mut write: impl FnMut(usize) -> (Vec<u8>, T)) -> Vec<(Vec<u8>, T)> {
    let mut seen = HashSet::new();
    let mut all = Vec::new();
    for attempt in 0..count * 20 {
        if all.len() == count {
            return all;
        }
        let (bytes, labels) = write(attempt);
        if seen.insert(bytes.clone()) {
            all.push((bytes, labels));
        }
    }
    assert!(all.len() == count, "the grammar {name} says {} different things, not {count}", all.len());
    all
}
