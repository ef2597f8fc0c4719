//! One round of the drill: every benign request straight and past the gateway, every attack past the gateway, and what came of it.

use std::collections::{BTreeMap, HashSet};

use super::Plan;
use super::attack::{Attack, AttackClass};
use super::request::Request;
use super::wire::{Client, Reply, Target, WireError};
use crate::portal::Portal;

/// Counts and evidence of one round. [`Outcome::is_clean`] says whether all is as it must be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Benign requests sent past the gateway.
    pub benign: usize,
    /// Those refused with 403.
    pub benign_blocked: usize,
    /// Those whose answer was not the portal's own: other status, content type or bytes, or no answer. The blocked are among them.
    pub altered: Vec<Difference>,
    /// Those that the portal's log shows to have arrived with their drill mark. All must, else the log proves nothing about attacks.
    pub benign_arrived: usize,
    pub attacks: usize,
    pub attacks_blocked: usize,
    /// Ids of attacks that the portal's log shows to have arrived (first or second request).
    pub attacks_arrived: Vec<String>,
    pub attack_classes: BTreeMap<AttackClass, ClassTally>,
    /// One entry per 403, benign or attack, with the event id of the block page.
    pub blocked: Vec<Blocked>,
    /// Requests sent past the gateway in all, follow-ups of unblocked attacks included: what its access log must count.
    pub sent: usize,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClassTally {
    pub sent: usize,
    pub blocked: usize,
}

/// A request the gateway refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocked {
    pub drill_id: String,
    /// From `x-request-id`; empty when the answer did not carry one.
    pub event_id: String,
    pub method: &'static str,
    pub target: String,
    /// `None` for a benign request.
    pub class: Option<AttackClass>,
    /// The name of the attack, empty for a benign request.
    pub name: &'static str,
}

/// A benign answer that the gateway changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub drill_id: String,
    pub method: &'static str,
    pub target: String,
    /// What differs, with both sides.
    pub what: String,
}

impl Outcome {
    /// Nothing benign was blocked or altered, every attack was blocked with an event id, and the portal saw exactly the benign ones.
    pub fn is_clean(&self) -> bool {
        self.benign_blocked == 0
            && self.altered.is_empty()
            && self.benign_arrived == self.benign
            && self.attacks_blocked == self.attacks
            && self.attacks_arrived.is_empty()
            && self.blocked.iter().all(|blocked| !blocked.event_id.is_empty())
    }
}

/// Sends `plan` past the gateway at `target`, which stands before `portal`. Each benign request goes straight to the portal first;
/// these straight ones carry the mark `<id>-direct`. Fails only when the portal itself does not answer.
pub async fn run_once(target: &Target, portal: &Portal, plan: &Plan) -> Result<Outcome, WireError> {
    let mark = portal.log().mark();
    let mut outcome = Outcome::default();
    send_benign(target, portal, plan, &mut outcome).await?;
    send_attacks(target, plan, &mut outcome).await;
    count_arrivals(portal, mark, plan, &mut outcome);
    Ok(outcome)
}

async fn send_benign(target: &Target, portal: &Portal, plan: &Plan, outcome: &mut Outcome) -> Result<(), WireError> {
    let mut straight = Client::new(Target::plain(portal.address()).with_host(&target.host));
    let mut guarded = Client::new(target.clone());
    for request in &plan.benign {
        let own = straight.send(&Request { id: format!("{}-direct", request.id), ..request.clone() }).await?;
        let received = guarded.send(request).await;
        outcome.benign += 1;
        outcome.sent += 1;
        if let Ok(reply) = &received
            && is_block(reply, Some(&own))
        {
            outcome.benign_blocked += 1;
            outcome.blocked.push(blocked(request, reply, None));
        }
        if let Some(what) = difference(&own, received.as_ref()) {
            outcome.altered.push(Difference {
                drill_id: request.id.clone(),
                method: request.method,
                target: request.target.clone(),
                what,
            });
        }
    }
    Ok(())
}

async fn send_attacks(target: &Target, plan: &Plan, outcome: &mut Outcome) {
    let mut client = Client::new(target.clone());
    for attack in &plan.attacks {
        let tally = outcome.attack_classes.entry(attack.class).or_default();
        tally.sent += 1;
        outcome.attacks += 1;
        outcome.sent += 1;
        match client.send(&attack.request).await {
            Ok(reply) if is_block(&reply, None) => {
                tally.blocked += 1;
                outcome.attacks_blocked += 1;
                outcome.blocked.push(blocked(&attack.request, &reply, Some(attack)));
            }
            Ok(_) | Err(_) => {
                if let Some(follow_up) = &attack.follow_up {
                    outcome.sent += 1;
                    // Whatever it brings, the attack is already counted as not blocked.
                    drop(client.send(follow_up).await);
                }
            }
        }
    }
}

/// A 403 that is not the portal's own (it gives none).
fn is_block(reply: &Reply, own: Option<&Reply>) -> bool {
    reply.status == 403 && own.is_none_or(|own| own.status != 403)
}

fn blocked(request: &Request, reply: &Reply, attack: Option<&Attack>) -> Blocked {
    Blocked {
        drill_id: request.id.clone(),
        event_id: reply.header("x-request-id").to_owned(),
        method: request.method,
        target: request.target.clone(),
        class: attack.map(|attack| attack.class),
        name: attack.map_or("", |attack| attack.name),
    }
}

fn difference(own: &Reply, received: Result<&Reply, &WireError>) -> Option<String> {
    let received = match received {
        Ok(received) => received,
        Err(error) => return Some(format!("no answer: failed to {error}")),
    };
    let types = (own.header("content-type"), received.header("content-type"));
    if own.status != received.status {
        return Some(format!("status {} became {}", own.status, received.status));
    }
    if types.0 != types.1 {
        return Some(format!("content type {:?} became {:?}", types.0, types.1));
    }
    if own.header("location") != received.header("location") {
        return Some(format!("location {:?} became {:?}", own.header("location"), received.header("location")));
    }
    (own.body != received.body).then(|| {
        let at = own.body.iter().zip(&received.body).take_while(|(left, right)| left == right).count();
        format!("body of {} bytes became {} bytes, first different at byte {at}", own.body.len(), received.body.len())
    })
}

fn count_arrivals(portal: &Portal, mark: u64, plan: &Plan, outcome: &mut Outcome) {
    let arrivals = portal.log().since(mark);
    let arrived: HashSet<&str> = arrivals.iter().filter_map(|arrival| arrival.drill_id.as_deref()).collect();
    outcome.benign_arrived = plan.benign.iter().filter(|request| arrived.contains(request.id.as_str())).count();
    let attack_arrived = |attack: &&Attack| {
        let follow_up = attack.follow_up.as_ref().is_some_and(|request| arrived.contains(request.id.as_str()));
        follow_up || arrived.contains(attack.request.id.as_str())
    };
    outcome.attacks_arrived =
        plan.attacks.iter().filter(attack_arrived).map(|attack| attack.request.id.clone()).collect();
}

/// What [`prove`] found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProofReport {
    pub attacks: usize,
    pub succeeded: usize,
    /// Class and name of each attack that did not work, with the status of the last answer (0 for none).
    pub failed: Vec<(AttackClass, &'static str, u16)>,
}

/// Sends every attack straight to `portal`, to show that it works when nothing stands before it.
/// The attacks change the portal (a defaced notice, stored scripts), so give it one of its own and not the one being guarded.
pub async fn prove(portal: &Portal, plan: &Plan) -> Result<ProofReport, WireError> {
    let mut client = Client::new(Target::plain(portal.address()));
    let mut report = ProofReport::default();
    for attack in &plan.attacks {
        let mut reply = client.send(&attack.request).await?;
        if let Some(follow_up) = &attack.follow_up {
            reply = client.send(follow_up).await?;
        }
        report.attacks += 1;
        if attack.succeeded(&reply, portal) {
            report.succeeded += 1;
        } else {
            report.failed.push((attack.class, attack.name, reply.status));
        }
    }
    Ok(report)
}
