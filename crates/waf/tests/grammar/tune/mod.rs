//! The part that may be looked at while rules are written.

mod clinical;
mod pages;
mod programs;
mod sites;
mod web;

mod code;
mod files;
mod markup;
mod queries;

use super::{AttackGrammar, BenignGrammar};

pub(super) const BENIGN: &[&[BenignGrammar]] =
    &[clinical::BENIGN, pages::BENIGN, sites::BENIGN, programs::BENIGN, web::BENIGN];
pub(super) const ATTACKS: &[&[AttackGrammar]] = &[queries::ATTACKS, markup::ATTACKS, files::ATTACKS, code::ATTACKS];
