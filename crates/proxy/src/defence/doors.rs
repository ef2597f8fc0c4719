//! The doors of an object that a request comes to before and after its rules and limits: the waiting room, the look for
//! programs, the description of the interface.

use bytes::Bytes;
use medward_defence::bot::{BLOCK_FROM, CHALLENGE_FROM};
use medward_defence::challenge::Proof;
use medward_defence::waiting::{Entrance, FULL_RETRY_AFTER};

use super::api::{ApiGuard, Deviation};
use super::challenge::Asking;
use super::facts::RequestFacts;
use super::policy::BotUse;
use super::stage::{Hit, Refusal, Said, Stage, Way, cookie_line, stop};
use crate::event::{Reason, Record};

impl Stage<'_> {
    /// Asks for a place in the waiting room; none when the request goes on.
    pub(super) fn wait(&mut self, facts: &RequestFacts<'_>) -> Option<Said> {
        let room = self.object.waiting_room.as_ref().filter(|_| self.enforces() && !self.is_past_the_room)?;
        let ticket = facts.cookie(room.cookie().as_bytes()).and_then(|ticket| std::str::from_utf8(ticket).ok());
        if ticket.is_none() && !facts.is_document() {
            // Who shows no page brings back no ticket: it takes no place, and none is taken from those who wait.
            return room.is_full().then(|| waits(None));
        }
        let entrance = room.arrive(self.now(), ticket);
        let set = |cookie: &str| cookie_line(room.cookie(), cookie, self.is_https);
        match &entrance {
            Entrance::Admitted { cookie } => {
                self.cookie = cookie.as_deref().map(set);
                None
            }
            Entrance::Waiting { cookie, .. } => {
                let cookie = set(cookie);
                Some(waits(facts.is_document().then_some((entrance, Some(cookie)))))
            }
            Entrance::Full { .. } => Some(waits(facts.is_document().then_some((entrance, None)))),
        }
    }

    /// Looks at whether the client is a program.
    pub(super) fn bot(&self, facts: &RequestFacts<'_>, record: &mut Record) -> Said {
        let bots = self.defences.bots;
        if bots == BotUse::Off {
            return Said::Go;
        }
        let (defence, address) = (self.defence(), record.client.address.ip());
        record.watched = Some(defence.clone());
        let score = self.bot_score(facts, record);
        if score < CHALLENGE_FROM {
            return Said::Go;
        }
        let rule_id = format!("bot:{}", facts.bot().class.as_str());
        let refuses = bots == BotUse::Block && score >= BLOCK_FROM && self.enforces();
        if bots != BotUse::Observe && !refuses {
            return self.challenge(facts, record, &Asking::of(&rule_id, "爬虫", Proof::Work));
        }
        if defence.is_news(address, &rule_id) {
            let action = if refuses { "block" } else { "observe" };
            let rule_id = rule_id.clone();
            record.defended(&Hit { rule_id, rule_name: "爬虫".to_owned(), category: "crawler", action });
        } else if refuses {
            record.refused_again("crawler", &rule_id);
        }
        if !refuses {
            return Said::Go;
        }
        record.rule = Some((rule_id, "爬虫".into()));
        stop(Reason::Bot, 403)
    }

    /// How much the client looks like a program, by its head and by what its address did before.
    pub(super) fn bot_score(&self, facts: &RequestFacts<'_>, record: &Record) -> u8 {
        let (defence, address) = (self.defence(), record.client.address.ip());
        let habits = defence.behaviour.score(self.now(), defence.hasher.address(address));
        facts.bot().score().max(habits)
    }

    /// Holds the head against the description of the interface.
    pub(super) fn api_head(&self, record: &mut Record, announced: Option<u64>) -> Said {
        let Some(api) = &self.object.api else { return Said::Go };
        let deviation = api.head(&record.head, announced);
        deviation.map_or(Said::Go, |deviation| self.deviates(api, &deviation, record))
    }

    /// Holds the body against it.
    pub(super) fn api_body(&self, record: &mut Record, pieces: &[Bytes], is_whole: bool) -> Said {
        let Some(api) = &self.object.api else { return Said::Go };
        let deviation = match (is_whole, pieces) {
            (true, pieces) => api.body(&record.head, &pieces.concat()),
            // The engine wanted nothing of it.
            (false, []) => None,
            (false, _) => Some(Deviation::too_large()),
        };
        deviation.map_or(Said::Go, |deviation| self.deviates(api, &deviation, record))
    }

    fn deviates(&self, api: &ApiGuard, deviation: &Deviation, record: &mut Record) -> Said {
        let refuses = api.enforces && self.enforces();
        let rule_id = format!("api:{}", deviation.code.as_str());
        if self.defence().is_news(record.client.address.ip(), &rule_id) {
            let action = if refuses { "block" } else { "observe" };
            let (rule_id, rule_name) = (rule_id.clone(), deviation.told.clone());
            record.defended(&Hit { rule_id, rule_name, category: "api_abuse", action });
        } else if refuses {
            record.refused_again("api_abuse", &rule_id);
        }
        if !refuses {
            return Said::Go;
        }
        record.rule = Some((rule_id, deviation.told.clone().into()));
        stop(Reason::ApiSchema, deviation.status())
    }
}

/// Somebody has to wait: in a page, or to come again.
fn waits(page: Option<(Entrance, Option<String>)>) -> Said {
    let way = page.map_or(Way::Page, |(entrance, cookie)| Way::Wait(entrance, cookie));
    Said::Stop(Refusal { reason: Reason::WaitingRoom, status: 503, retry_after: Some(FULL_RETRY_AFTER), way })
}
