//! A second hand's honest requests: what runs in and around hospitals, written by somebody who had not read the rules.

mod letter;

mod clients;
mod computing;
mod designers;
mod exchange;
mod gadgets;
mod insurers;
mod learning;
mod margins;
mod offices;
mod papers;
mod research;
mod theatres;
mod wards;
mod wholes;

use super::BenignGrammar;

pub(in crate::grammar) const BENIGN: &[&[BenignGrammar]] = &[
    wards::BENIGN,
    theatres::BENIGN,
    exchange::BENIGN,
    clients::BENIGN,
    insurers::BENIGN,
    research::BENIGN,
    offices::BENIGN,
    designers::BENIGN,
    computing::BENIGN,
    papers::BENIGN,
    learning::BENIGN,
    margins::BENIGN,
    gadgets::BENIGN,
    wholes::BENIGN,
];
