//! The part that is only scored. Do not open these files to find out why something was blocked or missed: write a grammar
//! for the tune part that shows the same.

mod devices;
mod documents;
mod enterprise;
mod sentences;
mod talk;
mod web;

mod commands;
mod databases;
mod languages;
mod scripts;

use super::{AttackGrammar, BenignGrammar};

pub(super) const BENIGN: &[&[BenignGrammar]] =
    &[documents::BENIGN, talk::BENIGN, enterprise::BENIGN, devices::BENIGN, web::BENIGN];
pub(super) const ATTACKS: &[&[AttackGrammar]] =
    &[databases::ATTACKS, scripts::ATTACKS, commands::ATTACKS, languages::ATTACKS];
