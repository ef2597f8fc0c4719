//! The part that is only scored. Do not open these files to find out why something was blocked or missed: write a grammar
//! for the tune part that shows the same.

pub(super) mod at_home;
pub(super) mod wild;

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

use super::{AttackGrammar, BenignGrammar};

pub(super) const BENIGN: &[&[BenignGrammar]] = &[
    counters::BENIGN,
    wards::BENIGN,
    messages::BENIGN,
    openweb::BENIGN,
    boards::BENIGN,
    offices::BENIGN,
    machines::BENIGN,
    streams::BENIGN,
];
pub(super) const ATTACKS: &[&[AttackGrammar]] = &[
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
