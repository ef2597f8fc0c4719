//! Attacks as they are sent against applications of China and of the world, written by somebody who saw no rule.

mod make;

mod code;
mod files;
mod gadgets;
mod inputs;
mod markup;
mod mixed;
mod shell;
mod sql;
mod uploads;
mod wires;

use super::super::AttackGrammar;

pub(in crate::grammar) const ATTACKS: &[&[AttackGrammar]] = &[
    sql::ATTACKS,
    markup::ATTACKS,
    shell::ATTACKS,
    files::ATTACKS,
    code::ATTACKS,
    gadgets::ATTACKS,
    inputs::ATTACKS,
    uploads::ATTACKS,
    wires::ATTACKS,
    mixed::ATTACKS,
];
