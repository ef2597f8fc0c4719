//! One request on its way through traffic defence.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::SET_COOKIE;
use http::{HeaderMap, HeaderName, HeaderValue};
use medward_contract::Timestamp;
use medward_defence::challenge::Proof;
use medward_defence::condition::Phase;
use medward_defence::limit::{Count, CounterKey, Decision, KeyFacts as _, KeyPart};
use medward_defence::rule::{Outcome, Terminal};
use medward_defence::waiting::Entrance;

use super::challenge::Asking;
use super::charge::{Charge, ban};
use super::facts::{BodyFacts, RequestFacts};
use super::policy::{ChallengeUse, Defences, NamedLimit};
use super::{Defence, is_self};
use crate::data_path::DataPath;
use crate::event::{Reason, Record};
use crate::snapshot::Object;
use crate::stance::Mode;

/// Rule of the challenge that everybody gets.
const CHALLENGE_ID: &str = "challenge";

/// What is said to a request in one phase.
pub(crate) enum Said {
    /// It may go on.
    Go,
    /// It may go on after this time.
    Wait(Duration),
    /// It goes no further.
    Stop(Refusal),
}

/// How a request is refused.
pub(crate) struct Refusal {
    pub(crate) reason: Reason,
    pub(crate) status: u16,
    /// When the client may come again.
    pub(crate) retry_after: Option<Duration>,
    pub(crate) way: Way,
}

/// What the client gets.
pub(crate) enum Way {
    /// A page that says so.
    Page,
    /// A puzzle of this many bits to solve first.
    Challenge(u8),
    /// A picture to read first.
    Captcha,
    /// Another address to go to.
    Redirect(String),
    /// A page to wait in, and the ticket.
    Wait(Entrance, Option<String>),
}

/// Something that traffic defence has to say about a request.
pub(crate) struct Hit {
    /// `limit:NAME`, `rule:NUMBER`, `addresses:NAME`, `bot:CLASS`, `api:CODE`, `enumeration:path`, `enumeration:arg.NAME`,
    /// `origin:request`, `origin:websocket`, `trace:FAMILY`, `challenge`.
    pub(crate) rule_id: String,
    pub(crate) rule_name: String,
    /// `cc`, `custom`, `crawler`, `api_abuse`, `csrf` or `leak` (gateway.md §12).
    pub(crate) category: &'static str,
    /// `block`, `challenge` or `observe`.
    pub(crate) action: &'static str,
}

/// A request's way through the phases. The address lists come first, so ask [`Stage::gate`] before anything else.
pub(crate) struct Stage<'r> {
    pub(super) data_path: &'r DataPath,
    pub(super) object: &'r Object,
    pub(super) is_https: bool,
    /// To be set on the answer.
    pub(super) cookie: Option<String>,
    pub(super) defences: &'r Arc<Defences>,
    /// The waiting room is not for it.
    pub(super) is_past_the_room: bool,
    outcome: Outcome<'r>,
    /// The allow list or a rule lets it pass by what follows.
    is_free: bool,
    is_inspected: bool,
}

impl<'r> Stage<'r> {
    pub(crate) fn new(data_path: &'r DataPath, object: &'r Object, is_https: bool) -> Self {
        Self {
            data_path,
            object,
            is_https,
            cookie: None,
            defences: &object.defences,
            is_past_the_room: false,
            outcome: Outcome::default(),
            is_free: object.mode == Mode::Bypass,
            is_inspected: true,
        }
    }

    /// The waiting room is not for it: nobody of its class waits, or it does not come to the application.
    pub(crate) fn past_the_room(self, is_past_the_room: bool) -> Self {
        Self { is_past_the_room, ..self }
    }

    /// Whether the engine looks at it.
    pub(crate) fn is_inspected(&self) -> bool {
        self.is_inspected
    }

    /// Whether anything waits for the body.
    pub(crate) fn wants_body(&self) -> bool {
        if self.is_free {
            return self.may_be_overruled();
        }
        self.object.api.is_some() || self.defences.asks_in(Phase::Body)
    }

    /// Whether a rule lets the request pass, and one with a smaller number waits for the body.
    fn may_be_overruled(&self) -> bool {
        self.outcome
            .terminal
            .is_some_and(|hit| hit.what == Terminal::Allow && self.defences.rules.has_before(hit.rule, Phase::Body))
    }

    /// Asks the address lists: who is allowed, who is blocked, who is banned.
    pub(crate) fn gate(&mut self, record: &mut Record) -> Said {
        let address = record.client.address.ip();
        if let Some(listed) = self.object.addresses.allowed(address) {
            (self.is_free, self.is_inspected) = (true, listed.is_inspected);
            record.allowed_by = Some(listed.name.clone());
            return Said::Go;
        }
        if self.object.mode == Mode::Bypass {
            return Said::Go;
        }
        if let Some(listed) = self.object.addresses.blocked(address) {
            let rule_id = format!("addresses:{}", listed.name);
            if self.defence().is_news(address, &rule_id) {
                let rule_name = listed.name.to_string();
                record.defended(&Hit { rule_id, rule_name, category: "custom", action: "block" });
            } else {
                record.refused_again("custom", &rule_id);
            }
            return stop(Reason::AddressBlocked, 403);
        }
        let now = self.now();
        match self.defence().bans.of(address, now) {
            Some(ban) => {
                ban.hit();
                banned(ban.until.since(now))
            }
            None => Said::Go,
        }
    }

    /// Asks what can be said once the head is known.
    pub(crate) fn head(&mut self, record: &mut Record) -> Said {
        let is_idle = self.defences.is_idle() && self.object.waiting_room.is_none();
        if self.is_free || is_idle {
            return Said::Go;
        }
        let head = record.head.clone();
        let facts = self.facts(&head, record);
        if let Some(said) = self.wait(&facts) {
            return said;
        }
        match self.phase(Phase::Head, &facts, record) {
            Said::Go if self.is_free => Said::Go,
            Said::Go => match self.looked_at(&facts, record) {
                Said::Go if self.defences.challenge == ChallengeUse::Always => {
                    self.challenge(&facts, record, &Asking::of(CHALLENGE_ID, "质询", Proof::Work))
                }
                said => said,
            },
            said => said,
        }
    }

    /// Looks for programs, and for walks through identifiers.
    fn looked_at(&self, facts: &RequestFacts<'_>, record: &mut Record) -> Said {
        match self.bot(facts, record) {
            Said::Go => self.enumerates_paths(facts, record),
            said => said,
        }
    }

    /// Asks whether another site has the browser send it, and whether the head is that of a call of the interface.
    pub(crate) fn call(&self, record: &mut Record, announced: Option<u64>, websocket: bool) -> Said {
        if self.is_free {
            return Said::Go;
        }
        match self.crosses_sites(record, websocket) {
            Said::Go => self.api_head(record, announced),
            said => said,
        }
    }

    /// Asks what waits for the body, of which `pieces` were inspected.
    pub(crate) fn body(
        &mut self,
        record: &mut Record,
        pieces: &[Bytes],
        announced: Option<u64>,
        is_whole: bool,
    ) -> Said {
        if !self.is_free
            && let said @ Said::Stop(_) = self.api_body(record, pieces, is_whole)
        {
            return said;
        }
        if !self.defences.asks_in(Phase::Body) || (self.is_free && !self.may_be_overruled()) {
            return Said::Go;
        }
        let head = record.head.clone();
        let facts = self.facts(&head, record).with_body(BodyFacts::new(pieces, announced));
        match self.phase(Phase::Body, &facts, record) {
            Said::Go if !self.is_free => self.enumerates_arguments(&facts, record),
            said => said,
        }
    }

    /// Asks what waits for the answer, and what it is to carry.
    pub(crate) fn response(&mut self, record: &mut Record, status: u16) -> Said {
        if self.is_free || !self.defences.asks_in(Phase::Response) {
            return Said::Go;
        }
        let head = record.head.clone();
        // What the body had to say was asked before.
        let facts = self.facts(&head, record).with_body(BodyFacts::default()).with_status(status);
        let defence = self.defence().clone();
        let now = self.now();
        for (index, named) in self.defences.limits.iter().enumerate() {
            let counts = named.limit.phase() == Phase::Response && *named.limit.count() == Count::Requests;
            if counts
                && named.limit.applies(&facts)
                && let Some(key) = named.limit.key(&defence.hasher, &facts)
            {
                let decision = named.limit.charge(&*defence.counters, now, key, 1);
                self.charged(index, key, decision, record);
            }
        }
        self.phase(Phase::Response, &facts, record)
    }

    /// Sets the headers that rules want on the answer.
    pub(crate) fn set_headers(&self, headers: &mut HeaderMap) {
        if let Some(cookie) = self.cookie.as_ref().and_then(|cookie| HeaderValue::try_from(cookie).ok()) {
            headers.append(SET_COOKIE, cookie);
        }
        for hit in &self.outcome.headers {
            let (name, value) = hit.what;
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                headers.insert(name, value);
            }
        }
    }

    pub(super) fn defence(&self) -> &'r Arc<Defence> {
        &self.data_path.defence
    }

    pub(super) fn now(&self) -> Timestamp {
        self.data_path.clock.now()
    }

    pub(super) fn enforces(&self) -> bool {
        self.object.mode == Mode::Block
    }

    fn facts<'f>(&self, head: &'f medward_waf::Head, record: &Record) -> RequestFacts<'f>
    where
        'r: 'f,
    {
        let client = &record.client;
        RequestFacts::new(head, self.object, &self.object.addresses, client.address.ip(), client.tls, self.is_https)
            .with_place(&self.data_path.zones, client.whereabouts.clone())
            .with_user(record.user.clone())
    }

    /// Asks rules and limits of one phase.
    fn phase(&mut self, phase: Phase, facts: &RequestFacts<'_>, record: &mut Record) -> Said {
        let limits_before = self.outcome.limits.len();
        let defences: &'r Arc<Defences> = self.defences;
        let now = self.now();
        let mut said_before = (self.outcome.recorded.len(), self.outcome.tags.len());
        let mut terminal_before = self.outcome.terminal;
        defences.rules.evaluate(phase, facts, now, &defences.holidays, &mut self.outcome);
        loop {
            let recorded: Vec<u32> = self.outcome.recorded.iter().skip(said_before.0).copied().collect();
            for number in recorded {
                record.defended(&self.rule_hit(number, "observe"));
            }
            record.tags.extend(self.outcome.tags.iter().skip(said_before.1).map(|hit| hit.what.to_owned()));
            let Some(hit) = self.outcome.terminal.filter(|hit| Some(*hit) != terminal_before) else { break };
            if let Some(said) = self.terminal(hit.rule, hit.what, facts, record) {
                return said;
            }
            if !matches!(hit.what, Terminal::Challenge | Terminal::Captcha) {
                break;
            }
            // It was passed, which says nothing about the rules behind it.
            said_before = (self.outcome.recorded.len(), self.outcome.tags.len());
            terminal_before = None;
            defences.rules.go_on(facts, now, &defences.holidays, &mut self.outcome);
        }
        if self.is_free {
            return Said::Go;
        }
        self.limits(phase, limits_before, facts, record)
    }

    /// What a rule that ends the matter says; none when the request goes on.
    fn terminal(
        &mut self,
        number: u32,
        terminal: Terminal<'_>,
        facts: &RequestFacts<'_>,
        record: &mut Record,
    ) -> Option<Said> {
        if terminal == Terminal::Allow {
            self.is_free = true;
            return None;
        }
        let proof = match terminal {
            Terminal::Challenge => Some(Proof::Work),
            Terminal::Captcha => Some(Proof::Captcha),
            _ => None,
        };
        if let Some(proof) = proof {
            let hit = self.rule_hit(number, "challenge");
            return match self.challenge(facts, record, &Asking::of(&hit.rule_id, &hit.rule_name, proof)) {
                Said::Go => None,
                said => Some(said),
            };
        }
        let enforces = self.enforces();
        let hit = self.rule_hit(number, if enforces { "block" } else { "observe" });
        record.defended(&hit);
        if !enforces {
            return None;
        }
        record.rule = Some((hit.rule_id.clone(), hit.rule_name.clone().into()));
        Some(match terminal {
            Terminal::Redirect(target) => Said::Stop(Refusal {
                reason: Reason::Rule,
                status: 302,
                retry_after: None,
                way: Way::Redirect(target.to_owned()),
            }),
            Terminal::Ban => self.ban(&hit.rule_id, &hit.rule_name, record).unwrap_or_else(|| stop(Reason::Rule, 403)),
            Terminal::Block | Terminal::Allow | Terminal::Challenge | Terminal::Captcha => stop(Reason::Rule, 403),
        })
    }

    fn rule_hit(&self, number: u32, action: &'static str) -> Hit {
        let rule = self.defences.rules.rules().iter().find(|rule| rule.number() == number);
        let rule_name = rule.map_or("", |rule| rule.name()).to_owned();
        Hit { rule_id: format!("rule:{number}"), rule_name, category: "custom", action }
    }

    /// Asks the limits whose keys are known in this phase; the hardest answer counts.
    fn limits(&mut self, phase: Phase, asked_before: usize, facts: &RequestFacts<'_>, record: &mut Record) -> Said {
        let mut hardest = Decision::Admit;
        let mut by = None;
        let defences: &'r Arc<Defences> = self.defences;
        for (index, named) in defences.limits.iter().enumerate() {
            let is_due = if named.on_demand {
                self.outcome.limits.iter().skip(asked_before).any(|hit| *hit.what == *named.name)
            } else {
                named.phase == phase
            };
            if !is_due {
                continue;
            }
            if let Some(decision) = self.ask(index, named, facts, record).filter(|decision| *decision > hardest) {
                (hardest, by) = (decision, Some(named));
            }
        }
        match by {
            Some(named) => self.decided(hardest, named, facts, record),
            None => Said::Go,
        }
    }

    /// What one limit says, unless the request is none of its business.
    fn ask(&self, index: usize, named: &NamedLimit, facts: &RequestFacts<'_>, record: &mut Record) -> Option<Decision> {
        let (defence, now, limit) = (self.defence(), self.now(), &named.limit);
        let later = limit.phase() == Phase::Response;
        if !later && !limit.applies(facts) {
            return None;
        }
        let key = limit.key(&defence.hasher, facts)?;
        if named.counts_afterwards() {
            if !later {
                record.charges.push(self.charge(index, key, record.client.address.ip()));
            }
            return Some(limit.ask(&*defence.counters, now, key));
        }
        let decision = match limit.count() {
            Count::Distinct(part) => {
                let value = match part {
                    KeyPart::Ip | KeyPart::IpPrefix => {
                        Some(defence.hasher.value(record.client.address.ip().to_string().as_bytes()))
                    }
                    other => facts.value(other).map(|value| defence.hasher.value(value)),
                };
                limit.see(&*defence.counters, now, key, value?)
            }
            _ => limit.decide(&*defence.counters, now, key, 1),
        };
        Some(decision)
    }

    fn charge(&self, limit: usize, key: CounterKey, address: IpAddr) -> Charge {
        let bannable = self.enforces() && !self.is_sacred(address);
        Charge { defence: self.defence().clone(), defences: self.defences.clone(), limit, key, bannable }
    }

    /// What follows from what was counted after it happened.
    fn charged(&self, limit: usize, key: CounterKey, decision: Decision, record: &mut Record) {
        let charge = self.charge(limit, key, record.client.address.ip());
        charge.settle(decision, record);
    }

    /// What follows from the hardest answer of the limits.
    fn decided(
        &mut self,
        decision: Decision,
        named: &NamedLimit,
        facts: &RequestFacts<'_>,
        record: &mut Record,
    ) -> Said {
        let rule_id = format!("limit:{}", named.name);
        let address = record.client.address.ip();
        let enforces = self.enforces();
        let proof = match decision {
            Decision::Challenge => Some(Proof::Work),
            Decision::Captcha => Some(Proof::Captcha),
            _ => None,
        };
        if let Some(proof) = proof.filter(|_| enforces) {
            let asking = Asking { beyond: named.beyond.as_ref(), ..Asking::of(&rule_id, &named.name, proof) };
            return self.challenge(facts, record, &asking);
        }
        let refuses = enforces && matches!(decision, Decision::Refuse { .. } | Decision::Ban { .. });
        if self.defence().is_news(address, &rule_id) {
            let action = if refuses { "block" } else { "observe" };
            let rule_name = named.name.to_string();
            record.defended(&Hit { rule_id: rule_id.clone(), rule_name, category: "cc", action });
        } else if refuses {
            record.refused_again("cc", &rule_id);
        }
        if !enforces {
            return Said::Go;
        }
        match decision {
            Decision::Admit | Decision::Record | Decision::Challenge | Decision::Captcha => Said::Go,
            Decision::Delay(time) => Said::Wait(time),
            Decision::Refuse { retry_after } => {
                record.rule = Some((rule_id, named.name.to_string().into()));
                too_many(retry_after)
            }
            Decision::Ban { retry_after } => {
                record.rule = Some((rule_id.clone(), named.name.to_string().into()));
                self.ban(&rule_id, &named.name, record).unwrap_or_else(|| too_many(retry_after))
            }
        }
    }

    /// Whether the address may not be banned, whatever it does.
    pub(super) fn is_sacred(&self, address: IpAddr) -> bool {
        is_self(address) || self.data_path.is_trusted(address)
    }

    pub(super) fn ban(&self, rule_id: &str, rule_name: &str, record: &mut Record) -> Option<Said> {
        let address = record.client.address.ip();
        if self.is_sacred(address) {
            return None;
        }
        ban(self.defence(), rule_id, rule_name, record);
        let now = self.now();
        let ban = self.defence().bans.of(address, now)?;
        Some(banned(ban.until.since(now)))
    }
}

pub(super) fn stop(reason: Reason, status: u16) -> Said {
    Said::Stop(Refusal { reason, status, retry_after: None, way: Way::Page })
}

/// A ticket as it is set.
pub(crate) fn cookie_line(name: &str, value: &str, is_https: bool) -> String {
    let secure = if is_https { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}")
}

fn banned(left: Duration) -> Said {
    Said::Stop(Refusal { reason: Reason::Banned, status: 403, retry_after: Some(left), way: Way::Page })
}

pub(super) fn too_many(retry_after: Duration) -> Said {
    Said::Stop(Refusal { reason: Reason::Limit, status: 429, retry_after: Some(retry_after), way: Way::Page })
}
