//! Clients that walk through identifiers (gateway.md §10; CD-046): numbers in paths, values of named arguments.
//!
//! Whose walk it is: the API token's, else the account's that the access guard knows, else the address's (of IPv6 its network of
//! 64 bits, which one client has to itself). A finding is told once and holds for the window of the rule, for this client and this
//! kind of path, or this argument, of this object. Banned is only the address that took the step that was found, once for each
//! finding: others may use the same token, and a ban that somebody lifted stays lifted.

use std::net::IpAddr;
use std::sync::Arc;

use medward_defence::challenge::Proof;
use medward_defence::enumeration::{Enumeration, EnumerationRule, number_of, places_of};
use medward_defence::limit::{CounterKey, KeyFacts as _, KeyPart, is_static_file};
use medward_waf::printable;
use serde::{Deserialize, Serialize};

use super::Defence;
use super::challenge::Asking;
use super::charge::ban;
use super::facts::RequestFacts;
use super::stage::{Hit, Refusal, Said, Stage, Way};
use crate::event::{Reason, Record};

/// Bytes of a path that a name of a finding shows.
const SHOWN_BYTES: usize = 120;

/// What is done about a client that was found.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema, utoipa::ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum EnumerationAction {
    /// Nothing is watched.
    Off,
    /// It is told about.
    #[default]
    Record,
    /// It has to solve a challenge.
    Challenge,
    /// It is refused until the window is over.
    Refuse,
    /// Its address is banned.
    Ban,
}

/// What an object watches.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EnumerationUse {
    /// When asking becomes enumerating.
    pub rule: EnumerationRule,
    /// What follows.
    pub action: EnumerationAction,
    /// Whether numbers in paths are watched.
    pub paths: bool,
    /// Names of arguments that are watched.
    pub arguments: Vec<String>,
}

/// Something that a client asks for many of.
struct Watched {
    /// `enumeration:path`, `enumeration:arg.NAME`.
    rule_id: String,
    /// What people call it.
    shown: String,
    /// Client, object, and kind of path or argument.
    key: CounterKey,
}

/// An answer to wait for: whether there was such a thing.
pub(crate) struct AwaitedAnswer {
    defence: Arc<Defence>,
    rule: EnumerationRule,
    watched: Watched,
    bans: bool,
}

impl Stage<'_> {
    /// Looks at the numbers in the path.
    pub(super) fn enumerates_paths(&self, facts: &RequestFacts<'_>, record: &mut Record) -> Said {
        let Some(using) = self.defences.enumeration.as_ref().filter(|using| using.paths) else { return Said::Go };
        if is_static_file(facts) {
            return Said::Go;
        }
        let places = places_of(facts.path());
        let template = facts.value(&KeyPart::PathTemplate).unwrap_or_default();
        let kind = match places.first() {
            _ if template.windows(2).any(|pair| pair == b"{}") => template,
            Some(place) => &place.template,
            None => return Said::Go,
        };
        let shown = printable(kind.get(..SHOWN_BYTES).unwrap_or(kind));
        let watched = Watched { rule_id: "enumeration:path".to_owned(), shown, key: self.watch_key(facts, b"p", kind) };
        let (watcher, now) = (&self.defence().watcher, self.now());
        let walks = places.iter().filter_map(|place| {
            let key = self.watch_key(facts, b"n", &place.template);
            watcher.asked(now, key, &using.rule, place.number)
        });
        // Every place is asked, so that none forgets a step.
        let found = walks.fold(None, |_, walk| Some(walk));
        self.enumerates(using, watched, found, facts, record)
    }

    /// Looks at the arguments, once all of them are known.
    pub(super) fn enumerates_arguments(&self, facts: &RequestFacts<'_>, record: &mut Record) -> Said {
        let Some(using) = &self.defences.enumeration else { return Said::Go };
        for name in &using.arguments {
            let part = KeyPart::Argument(name.as_str().into());
            let Some(value) = facts.value(&part).filter(|value| !value.is_empty()) else { continue };
            let key = self.watch_key(facts, b"a", name.as_bytes());
            let watched = Watched { rule_id: format!("enumeration:arg.{name}"), shown: name.clone(), key };
            let walk =
                number_of(value).and_then(|number| self.defence().watcher.asked(self.now(), key, &using.rule, number));
            if let said @ Said::Stop(_) = self.enumerates(using, watched, walk, facts, record) {
                return said;
            }
        }
        Said::Go
    }

    /// What follows for something that is watched, given what was found just now.
    fn enumerates(
        &self,
        using: &EnumerationUse,
        watched: Watched,
        found: Option<Enumeration>,
        facts: &RequestFacts<'_>,
        record: &mut Record,
    ) -> Said {
        let (defence, now, enforces) = (self.defence(), self.now(), self.enforces());
        let action = if enforces { using.action } else { EnumerationAction::Record };
        let news = found.filter(|_| defence.found.note(now, watched.key, &using.rule).is_some());
        let until = defence.found.until(now, watched.key);
        let refuses = matches!(action, EnumerationAction::Refuse | EnumerationAction::Ban);
        match news {
            Some(found) => record.defended(&watched.hit(found, action)),
            None if until.is_some() && refuses => record.refused_again("api_abuse", &watched.rule_id),
            None => {}
        }
        let said = match (until, action) {
            (None, _) | (_, EnumerationAction::Off | EnumerationAction::Record) => Said::Go,
            (Some(_), EnumerationAction::Challenge) => {
                let asking = Asking::of(&watched.rule_id, &watched.shown, Proof::Work);
                self.challenge_untold(facts, record, &asking)
            }
            (Some(until), EnumerationAction::Refuse) => watched.refuse(until.since(now), record),
            (Some(until), EnumerationAction::Ban) => news
                .and_then(|_| self.ban(&watched.rule_id, &watched.name(news), record))
                .unwrap_or_else(|| watched.refuse(until.since(now), record)),
        };
        if matches!(said, Said::Go) {
            let bans = action == EnumerationAction::Ban && !self.is_sacred(record.client.address.ip());
            record.awaited.push(AwaitedAnswer { defence: defence.clone(), rule: using.rule, watched, bans });
        }
        said
    }

    fn watch_key(&self, facts: &RequestFacts<'_>, kind: &[u8], what: &[u8]) -> CounterKey {
        let what = [kind, self.object.id.as_bytes(), b"\0", what].concat();
        self.defence().hasher.client_and(&client_key(facts), &what)
    }
}

/// Who walks: a token, an account, an address.
fn client_key(facts: &RequestFacts<'_>) -> Vec<u8> {
    let told = [(KeyPart::Token, b't'), (KeyPart::User, b'u')];
    let told = told.iter().find_map(|(part, kind)| {
        let value = facts.value(part).filter(|value| !value.is_empty())?;
        Some([&[*kind], value].concat())
    });
    told.unwrap_or_else(|| match facts.address() {
        IpAddr::V4(address) => [&b"4"[..], &address.octets()].concat(),
        IpAddr::V6(address) => [&b"6"[..], address.octets().get(..8).unwrap_or_default()].concat(),
    })
}

impl Watched {
    fn name(&self, found: Option<Enumeration>) -> String {
        let Self { shown, .. } = self;
        match found {
            Some(Enumeration::Walk { length }) => format!("编号遍历：{shown}，连续 {length} 个"),
            Some(Enumeration::Misses { misses, answers }) => {
                format!("编号猜测：{shown}，{answers} 次应答中 {misses} 次为 403 或 404")
            }
            None => format!("编号遍历：{shown}"),
        }
    }

    fn hit(&self, found: Enumeration, action: EnumerationAction) -> Hit {
        let action = match action {
            EnumerationAction::Off | EnumerationAction::Record => "observe",
            EnumerationAction::Challenge => "challenge",
            EnumerationAction::Refuse | EnumerationAction::Ban => "block",
        };
        Hit { rule_id: self.rule_id.clone(), rule_name: self.name(Some(found)), category: "api_abuse", action }
    }

    fn refuse(&self, left: std::time::Duration, record: &mut Record) -> Said {
        record.rule = Some((self.rule_id.clone(), self.name(None).into()));
        Said::Stop(Refusal { reason: Reason::Enumeration, status: 429, retry_after: Some(left), way: Way::Page })
    }
}

impl AwaitedAnswer {
    /// Counts what the application said. What the gateway refused says nothing about what there is.
    pub(crate) fn settle(self, record: &mut Record) {
        if record.reason.is_some() || record.status == 0 {
            return;
        }
        let Self { defence, rule, watched, bans } = self;
        let now = defence.clock.now();
        let Some(found) = defence.watcher.answered(now, watched.key, &rule, record.status) else { return };
        if defence.found.note(now, watched.key, &rule).is_none() {
            return;
        }
        // This one was served; what follows begins with the next.
        record.defended(&watched.hit(found, EnumerationAction::Record));
        if bans {
            ban(&defence, &watched.rule_id, &watched.name(Some(found)), record);
        }
    }
}

impl EnumerationUse {
    /// Whether bodies have to be waited for.
    pub(super) fn wants_arguments(&self) -> bool {
        !self.arguments.is_empty()
    }
}
