//! The part that may be looked at while rules are written.

pub(super) mod hospital;
pub(super) mod second;

mod carrier;
mod clinical;
mod devices;
mod documents;
mod enterprise;
mod forum;
mod integrations;
mod legacy;
mod letters;
mod machines;
mod offices;
mod operations;
mod pages;
mod platforms;
mod portals;
mod programs;
mod questions;
mod reporting;
mod sentences;
mod sites;
mod snippets;
mod standards;
mod talk;
mod terms;
mod trade;
mod typed;
mod wards;
mod web;

mod code;
mod commands;
mod databases;
mod files;
mod holes;
mod inventions;
mod languages;
mod markup;
mod messages;
mod probes;
mod queries;
mod scripts;

use super::{AttackGrammar, BenignGrammar};

pub(super) const BENIGN: &[&[BenignGrammar]] = &[
    clinical::BENIGN,
    pages::BENIGN,
    sites::BENIGN,
    programs::BENIGN,
    web::BENIGN,
    documents::BENIGN,
    talk::BENIGN,
    enterprise::BENIGN,
    devices::BENIGN,
    portals::BENIGN,
    typed::BENIGN,
    forum::BENIGN,
    legacy::BENIGN,
    trade::BENIGN,
    wards::BENIGN,
    reporting::BENIGN,
    operations::BENIGN,
    offices::BENIGN,
    standards::BENIGN,
    integrations::BENIGN,
    machines::BENIGN,
    letters::BENIGN,
    terms::BENIGN,
];
pub(super) const ATTACKS: &[&[AttackGrammar]] = &[
    queries::ATTACKS,
    markup::ATTACKS,
    files::ATTACKS,
    code::ATTACKS,
    databases::ATTACKS,
    scripts::ATTACKS,
    commands::ATTACKS,
    languages::ATTACKS,
    holes::ATTACKS,
    probes::ATTACKS,
    messages::ATTACKS,
    inventions::ATTACKS,
];
