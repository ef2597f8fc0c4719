//! Live traffic for the demo's console: rounds of the plan without end, at a gentle pace, from several loopback addresses.

use std::collections::VecDeque;
use std::future::Future;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::dice::Dice;
use super::request::Request;
use super::wire::{Client, Target};
use super::{Plan, plan};

/// Requests on one connection before the next visitor comes.
const VISIT: usize = 12;

/// How fast, and how hostile.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    /// Between two requests, on average; each wait is between half and one and a half of it.
    pub interval: Duration,
    /// Benign requests for each attack.
    pub benign_per_attack: usize,
}

impl Default for Pace {
    /// Three requests a second, every sixth an attack.
    fn default() -> Self {
        Self { interval: Duration::from_millis(333), benign_per_attack: 5 }
    }
}

/// What live traffic has met so far; shared with whoever shows it.
#[derive(Debug, Default)]
pub struct Tally {
    pub benign: AtomicU64,
    pub benign_blocked: AtomicU64,
    pub attacks: AtomicU64,
    pub attacks_blocked: AtomicU64,
    /// Requests without an answer.
    pub failed: AtomicU64,
}

/// Sends rounds `seed`, `seed + 1`, … past `target` until dropped. `sleep` waits (the caller's clock);
/// a gateway that does not answer is counted and tried again at the same pace.
pub async fn run_forever<S, F>(target: Target, seed: u64, pace: Pace, tally: &Tally, mut sleep: S)
where
    S: FnMut(Duration) -> F,
    F: Future<Output = ()>,
{
    let mut dice = Dice::new(seed);
    for round in seed.. {
        let mut queue = queue(plan(round), pace.benign_per_attack);
        while !queue.is_empty() {
            let visitor = queue.drain(..queue.len().min(VISIT)).collect::<Vec<_>>();
            let mut patient = Client::new(target.clone().with_source(source(10, &mut dice)));
            let mut attacker = Client::new(target.clone().with_source(source(200, &mut dice)));
            for (is_attack, request) in visitor {
                sleep(pace.interval.mul_f64(0.5 + f64::from(percent(&mut dice)) / 100.0)).await;
                let client = if is_attack { &mut attacker } else { &mut patient };
                count(tally, is_attack, client.send(&request).await.ok().map(|reply| reply.status));
            }
        }
    }
}

/// The requests of a round with the attacks spread evenly among them.
fn queue(plan: Plan, benign_per_attack: usize) -> VecDeque<(bool, Request)> {
    let mut attacks = plan.attacks.into_iter();
    let mut queue = VecDeque::new();
    for (index, request) in plan.benign.into_iter().enumerate() {
        queue.push_back((false, request));
        if (index + 1) % benign_per_attack.max(1) == 0
            && let Some(attack) = attacks.next()
        {
            queue.push_back((true, attack.request));
        }
    }
    queue
}

/// One of eight addresses in 127.0.`third`.0/24.
fn source(third: u8, dice: &mut Dice) -> IpAddr {
    let host = u8::try_from(dice.below(8)).unwrap_or(0) + 11;
    IpAddr::V4(Ipv4Addr::new(127, 0, third, host))
}

fn percent(dice: &mut Dice) -> u8 {
    u8::try_from(dice.below(101)).unwrap_or(0)
}

fn count(tally: &Tally, is_attack: bool, status: Option<u16>) {
    let (sent, blocked) =
        if is_attack { (&tally.attacks, &tally.attacks_blocked) } else { (&tally.benign, &tally.benign_blocked) };
    sent.fetch_add(1, Ordering::Relaxed);
    match status {
        None => tally.failed.fetch_add(1, Ordering::Relaxed),
        Some(403) => blocked.fetch_add(1, Ordering::Relaxed),
        Some(_) => 0,
    };
}
