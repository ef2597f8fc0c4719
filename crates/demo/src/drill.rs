//! Drill traffic: a hospital's ordinary day and the attacks on it, each marked with [`DRILL_HEADER`](crate::DRILL_HEADER).
//!
//! [`plan`] lists the requests, [`run_once`] sends them past a gateway and compares with the portal's own answers,
//! [`prove`] sends the attacks straight to a portal to show that each one works, [`run_forever`] keeps live traffic going.
//! Not a scanner and not a benchmark: it knows exactly one site, the demo portal, and refuses to prove on any other.
//!
//! Invariants: the same seed gives the same plan; a benign request never changes the answer to another;
//! every attack carries the proof by which its success is recognised.

mod attack;
mod benign;
mod dice;
mod live;
mod request;
mod run;
mod wire;

pub use attack::{Attack, AttackClass, Encoding, Place, Proof};
pub use live::{Pace, Tally, run_forever};
pub use request::Request;
pub use run::{Blocked, ClassTally, Difference, Outcome, ProofReport, prove, run_once};
pub use wire::{Client, RawExchange, Reply, Target, WireError, exchange_raw};

use self::dice::Dice;

/// One round of the drill.
#[derive(Clone, Debug)]
pub struct Plan {
    /// In the order a day would bring them; ids `<run>-b001` onwards.
    pub benign: Vec<Request>,
    /// Shuffled; ids `<run>-a001` onwards.
    pub attacks: Vec<Attack>,
}

/// The plan of `seed`. Seeds vary names, texts and order, never the number of requests; ids carry the seed.
pub fn plan(seed: u64) -> Plan {
    let mut dice = Dice::new(seed);
    let mut benign = benign::all(&mut dice);
    let mut attacks = attack::all();
    dice.shuffle(&mut attacks);
    for (index, request) in benign.iter_mut().enumerate() {
        request.id = format!("drill{seed}-b{:03}", index + 1);
    }
    for (index, attack) in attacks.iter_mut().enumerate() {
        attack.request.id = format!("drill{seed}-a{:03}", index + 1);
        if let Some(follow_up) = &mut attack.follow_up {
            follow_up.id = format!("drill{seed}-a{:03}-follow-up", index + 1);
        }
    }
    Plan { benign, attacks }
}

#[cfg(test)]
mod tests;
