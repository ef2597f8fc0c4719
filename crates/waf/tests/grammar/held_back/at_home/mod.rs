//! Honest requests of the open Chinese web and of people at home, in the proportions they come in: most are plain, and odd
//! signs stand in some.

mod askers;
mod boards;
mod browsing;
mod daily;
mod doors;
mod errands;
mod households;
mod letters;
mod measuring;
mod old_sites;
mod papers;
mod programs;
mod searches;
mod visitors;

use super::super::BenignGrammar;

pub(in crate::grammar) const BENIGN: &[&[BenignGrammar]] = &[
    households::BENIGN,
    errands::BENIGN,
    boards::BENIGN,
    askers::BENIGN,
    searches::BENIGN,
    measuring::BENIGN,
    visitors::BENIGN,
    doors::BENIGN,
    programs::BENIGN,
    old_sites::BENIGN,
    letters::BENIGN,
    papers::BENIGN,
    daily::BENIGN,
];
