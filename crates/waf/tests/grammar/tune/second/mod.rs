//! What was held back until its totals had steered the rules: grammars of people who had not read them.

mod agents;
mod boards;
mod clients;
mod cookies;
mod counters;
mod machines;
mod messages;
mod offices;
mod openweb;
mod phrases;
mod streams;
mod wards;

mod appliances;
mod disclosure;
mod engines;
mod exploits;
mod gadgets;
mod injections;
mod intake;
mod lookups;
mod probes;
mod product_queries;
mod scripting;
mod tools;

use super::super::{AttackGrammar, BenignGrammar};

pub(in crate::grammar) const BENIGN: &[&[BenignGrammar]] = &[
    counters::BENIGN,
    wards::BENIGN,
    messages::BENIGN,
    openweb::BENIGN,
    boards::BENIGN,
    offices::BENIGN,
    machines::BENIGN,
    streams::BENIGN,
];
pub(in crate::grammar) const ATTACKS: &[&[AttackGrammar]] = &[
    injections::ATTACKS,
    lookups::ATTACKS,
    product_queries::ATTACKS,
    scripting::ATTACKS,
    engines::ATTACKS,
    exploits::ATTACKS,
    appliances::ATTACKS,
    disclosure::ATTACKS,
    intake::ATTACKS,
    gadgets::ATTACKS,
    probes::ATTACKS,
];
