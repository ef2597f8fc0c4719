//! Who has to show something before it goes on: that it computes, or that it reads a picture (gateway.md §9; CD-044, CD-187).

use medward_defence::challenge::{Client, MIN_BITS, Proof, bits_for};
use medward_defence::limit::{Decision, Limit};

use super::COOKIE;
use super::facts::RequestFacts;
use super::stage::{Hit, Refusal, Said, Stage, Way, too_many};
use crate::event::{Reason, Record};
use crate::snapshot::host_name;

/// Who asks for what.
pub(super) struct Asking<'a> {
    pub(super) rule_id: &'a str,
    pub(super) rule_name: &'a str,
    pub(super) proof: Proof,
    /// What holds for who has shown it, where a limit asks.
    pub(super) beyond: Option<&'a Limit>,
}

impl<'a> Asking<'a> {
    pub(super) fn of(rule_id: &'a str, rule_name: &'a str, proof: Proof) -> Self {
        Self { rule_id, rule_name, proof, beyond: None }
    }
}

impl Stage<'_> {
    /// Lets a client go on that has shown what it is asked for; within `beyond`, the limit that sent it there.
    pub(super) fn challenge(&self, facts: &RequestFacts<'_>, record: &mut Record, asking: &Asking<'_>) -> Said {
        if self.has_shown(asking.proof, facts, record) {
            return self.beyond(facts, record, asking);
        }
        let enforces = self.enforces();
        if self.defence().is_news(record.client.address.ip(), asking.rule_id) {
            let action = if enforces { "challenge" } else { "observe" };
            let category = if asking.rule_id.starts_with("bot:") { "crawler" } else { "cc" };
            let (rule_id, rule_name) = (asking.rule_id.to_owned(), asking.rule_name.to_owned());
            record.defended(&Hit { rule_id, rule_name, category, action });
        }
        if enforces { self.send_to(facts, record, asking) } else { Said::Go }
    }

    /// The same for what was told about already, where the object enforces.
    pub(super) fn challenge_untold(&self, facts: &RequestFacts<'_>, record: &mut Record, asking: &Asking<'_>) -> Said {
        if self.has_shown(asking.proof, facts, record) { Said::Go } else { self.send_to(facts, record, asking) }
    }

    fn send_to(&self, facts: &RequestFacts<'_>, record: &mut Record, asking: &Asking<'_>) -> Said {
        record.rule = Some((asking.rule_id.to_owned(), asking.rule_name.to_owned().into()));
        let way = match asking.proof {
            Proof::Captcha => Way::Captcha,
            Proof::Work => Way::Challenge(self.bits(facts, record)),
        };
        Said::Stop(Refusal { reason: Reason::Challenge, status: 403, retry_after: None, way })
    }

    /// How hard a client has to work: little when it is signed in, the more the more it looks like a program.
    fn bits(&self, facts: &RequestFacts<'_>, record: &Record) -> u8 {
        if record.user.is_some() { MIN_BITS } else { bits_for(self.bot_score(facts, record)) }
    }

    /// Who is signed in has shown more than a captcha could.
    fn has_shown(&self, proof: Proof, facts: &RequestFacts<'_>, record: &Record) -> bool {
        if proof == Proof::Captcha && record.user.is_some() {
            return true;
        }
        let cookie = facts.cookie(COOKIE.as_bytes()).and_then(|cookie| std::str::from_utf8(cookie).ok());
        let check = |cookie| self.defence().challenger.check_cookie(&client_of(record), self.now(), cookie).ok();
        cookie.and_then(check).is_some_and(|shown| shown >= proof)
    }

    fn beyond(&self, facts: &RequestFacts<'_>, record: &mut Record, asking: &Asking<'_>) -> Said {
        let (defence, now) = (self.defence(), self.now());
        let Some(limit) = asking.beyond else { return Said::Go };
        let Some(key) = limit.key(&defence.hasher, facts) else { return Said::Go };
        match limit.decide(&*defence.counters, now, key, 1) {
            Decision::Refuse { retry_after } => {
                record.rule = Some((asking.rule_id.to_owned(), asking.rule_name.to_owned().into()));
                record.refused_again("cc", asking.rule_id);
                too_many(retry_after)
            }
            _ => Said::Go,
        }
    }
}

/// The client as challenges know it: for a host, not for one object of it, because solutions go to the host.
pub(crate) fn client_of(record: &Record) -> Client {
    let host = host_name(record.head.header(b"host").unwrap_or_default());
    let agent = record.head.header(b"user-agent").unwrap_or_default();
    Client::new(&host, record.client.address.ip(), agent)
}
