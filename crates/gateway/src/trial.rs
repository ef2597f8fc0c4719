//! A custom rule tried on what was recorded (gateway.md §7, §13): which requests of the last 24 hours its condition and its
//! time windows meet. Nothing is changed, and nothing is counted.
//!
//! Invariant: what records do not hold is not taken for absent. A request whose answer hangs on such a field is undecided, and
//! the fields are named. It is *not* what the whole policy would have done: rules before this one are not asked.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;
use std::time::Duration;

use medward_contract::event::{Event, Field as EventField};
use medward_contract::vault::{LogQuery, Window};
use medward_contract::{PortError, Timestamp};
use medward_defence::condition::{Fact, Facts, Field, Named, Number, Text};
use medward_defence::rule::Rule;
use medward_defence::window::Holidays;
use medward_proxy::{Addresses, Object, Snapshot, Zones, normalised_path};
use serde::Serialize;

/// How far back it reads (gateway.md §7).
pub(crate) const SPAN: Duration = Duration::from_hours(24);
/// Most requests that are read; of more it says so.
const MAX_EVENTS: usize = 20_000;
/// Most requests that are shown.
const MAX_TOLD: usize = 20;
/// Requests between which others get their turn.
const AT_ONCE: u64 = 8;
/// What stands in records for a value that is secret.
const MASK: &str = "***";

/// What a rule would have met.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub(crate) struct RuleTrial {
    /// Recorded requests that were read, the newest first; 20,000 at most.
    pub read: u64,
    /// When the oldest of them began, µs.
    pub since: Option<Timestamp>,
    /// Whether all of the last 24 hours was read.
    pub is_complete: bool,
    /// Those that went to objects the rule is for.
    pub asked: u64,
    /// Those of them that it meets.
    pub matching: u64,
    /// Those of which records do not hold enough to say.
    pub undecided: u64,
    /// Fields of the condition that records do not hold.
    pub not_recorded: Vec<String>,
    /// Fields of which they hold a part: arguments of the query alone, and secrets masked.
    pub recorded_in_part: Vec<String>,
    /// The newest that it meets; 20 at most.
    pub requests: Vec<TriedRequest>,
}

/// A recorded request that the rule meets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub(crate) struct TriedRequest {
    /// Its number (`http.request.id`).
    pub id: String,
    /// When it began, µs.
    pub at: Timestamp,
    /// Name of the object it went to.
    pub object: String,
    /// Where it came from.
    pub source: String,
    /// Method.
    pub method: String,
    /// Path, without the query.
    pub path: String,
    /// Status of the answer.
    pub status: i64,
}

/// Tries `rule` on the requests of this window that went to objects of these names; absent: to any.
pub(crate) async fn trial(
    log: &dyn LogQuery,
    window: Window,
    rule: &Rule,
    objects: Option<&BTreeSet<String>>,
    snapshot: &Snapshot,
    zones: &Zones,
) -> Result<RuleTrial, PortError> {
    let mut told = RuleTrial { is_complete: true, ..RuleTrial::default() };
    (told.not_recorded, told.recorded_in_part) = gaps(rule);
    let running: HashMap<&str, &Object> = snapshot.objects().iter().map(|object| (&*object.name, &**object)).collect();
    let mut cursor = None;
    loop {
        let page = log.query("stream:access", window, cursor).await?;
        told.is_complete &= page.complete;
        for record in page.rows {
            told.read += 1;
            let event = &record.event;
            told.since = Some(told.since.map_or(event.timestamp, |since| since.min(event.timestamp)));
            let name = attribute(event, "waf.object");
            if !name.is_empty() && objects.is_none_or(|objects| objects.contains(name)) {
                let facts = RecordedFacts::of(event, snapshot.addresses(), zones);
                try_one(rule, facts, running.get(name).copied(), &mut told);
            }
            if told.read.is_multiple_of(AT_ONCE) {
                tokio::task::yield_now().await;
            }
        }
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
        if told.read >= MAX_EVENTS as u64 {
            told.is_complete = false;
            break;
        }
    }
    Ok(told)
}

fn try_one(rule: &Rule, facts: Option<RecordedFacts<'_>>, object: Option<&Object>, told: &mut RuleTrial) {
    let Some(facts) = facts else { return };
    let event = facts.event;
    told.asked += 1;
    let none = Holidays::default();
    let holidays = object.map_or(&none, |object| &object.defences.holidays);
    match rule.applied(&facts, event.timestamp, holidays) {
        Some(false) => {}
        None => told.undecided += 1,
        Some(true) => {
            told.matching += 1;
            if told.requests.len() < MAX_TOLD {
                told.requests.push(tried(event));
            }
        }
    }
}

fn tried(event: &Event) -> TriedRequest {
    let text = |field| event.text(field).unwrap_or_default().to_owned();
    TriedRequest {
        id: text(EventField::HttpRequestId),
        at: event.timestamp,
        object: attribute(event, "waf.object").to_owned(),
        source: text(EventField::SourceIp),
        method: text(EventField::HttpMethod),
        path: text(EventField::UrlPath),
        status: event.int(EventField::HttpStatus).unwrap_or_default(),
    }
}

/// The fields of the condition that records do not hold, and those that they hold in part.
fn gaps(rule: &Rule) -> (Vec<String>, Vec<String>) {
    let fields = rule.condition().map_or(&[][..], |condition| condition.fields());
    let named = |of: fn(&Field) -> bool| fields.iter().filter(|field| of(field)).map(ToString::to_string).collect();
    let is_partial = |field: &Field| matches!(field, Field::Text(Text::Query) | Field::Named(Named::Argument(_)));
    (named(|field| !is_recorded(field)), named(is_partial))
}

/// Whether records hold it, at least in part.
fn is_recorded(field: &Field) -> bool {
    match field {
        Field::Ip | Field::IpGroup | Field::Number(Number::ResponseStatus) | Field::Named(Named::Argument(_)) => true,
        Field::Text(text) => matches!(
            text,
            Text::Host
                | Text::Path
                | Text::Query
                | Text::Method
                | Text::UserAgent
                | Text::User
                | Text::Object
                | Text::Group
                | Text::TlsVersion
                | Text::Country
                | Text::Region
                | Text::Zone
                | Text::Scenario
        ),
        Field::Named(Named::Header(name)) => &**name == "user-agent",
        Field::Number(Number::BodySize) | Field::Named(Named::Cookie(_)) => false,
    }
}

/// What a record says about a request.
struct RecordedFacts<'e> {
    event: &'e Event,
    addresses: &'e Addresses,
    zones: &'e Zones,
    ip: IpAddr,
    path: Cow<'e, [u8]>,
    status: Option<u64>,
    arguments: Vec<(String, String)>,
}

impl<'e> RecordedFacts<'e> {
    fn of(event: &'e Event, addresses: &'e Addresses, zones: &'e Zones) -> Option<Self> {
        let query = event.text(EventField::UrlQuery).unwrap_or_default();
        Some(Self {
            event,
            addresses,
            zones,
            ip: event.text(EventField::SourceIp)?.parse().ok()?,
            path: normalised_path(event.text(EventField::UrlPath)?.as_bytes()),
            status: event.int(EventField::HttpStatus).and_then(|status| u64::try_from(status).ok()),
            arguments: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
        })
    }

    /// What had no body had no other arguments than those of its query.
    fn has_body(&self) -> bool {
        !matches!(self.event.text(EventField::HttpMethod), Some("GET" | "HEAD"))
    }
}

impl Facts for RecordedFacts<'_> {
    fn ip(&self) -> IpAddr {
        self.ip
    }

    /// By the groups as they are now.
    fn in_address_group(&self, name: &str) -> bool {
        self.addresses.groups.get(name).is_some_and(|set| set.contains(self.ip))
    }

    fn text(&self, field: Text) -> Fact<&[u8]> {
        match field {
            Text::Host => said(self.event.text(EventField::UrlDomain)),
            Text::Path => Fact::Is(&self.path),
            Text::Query => match self.event.text(EventField::UrlQuery) {
                Some(query) if query.contains(MASK) => Fact::NotYet,
                query => said(query),
            },
            Text::Method => said(self.event.text(EventField::HttpMethod)),
            Text::UserAgent => said(self.event.text(EventField::UserAgent)),
            Text::User => said(self.event.text(EventField::UserName)),
            Text::Object => said(Some(attribute(self.event, "waf.object"))),
            Text::Group => said(Some(attribute(self.event, "waf.group"))),
            Text::TlsVersion => match attribute(self.event, "tls.version") {
                "" => Fact::Is(b"none"),
                version => Fact::Is(version.as_bytes()),
            },
            // Nobody knew it then, or there was no database.
            Text::Country => told(attribute(self.event, "client.geo.country_iso_code")),
            Text::Region => match told(attribute(self.event, "client.geo.region_iso_code")) {
                Fact::Unknown => told(attribute(self.event, "client.geo.region_name")),
                code => code,
            },
            // By the networks as they are now.
            Text::Zone => Fact::Is(self.zones.of(self.ip).as_bytes()),
            Text::Scenario => said(Some(attribute(self.event, "waf.scenario"))),
            _ => Fact::NotYet,
        }
    }

    fn number(&self, field: Number) -> Fact<u64> {
        match field {
            Number::BodySize => Fact::NotYet,
            Number::ResponseStatus => self.status.map_or(Fact::NotYet, Fact::Is),
        }
    }

    fn each(&self, field: &Named, matches: &mut dyn FnMut(&[u8]) -> bool) -> Fact<bool> {
        match field {
            Named::Header(name) if &**name == "user-agent" => match self.event.text(EventField::UserAgent) {
                Some(agent) => Fact::Is(matches(agent.as_bytes())),
                None => Fact::Absent,
            },
            Named::Header(_) | Named::Cookie(_) => Fact::NotYet,
            Named::Argument(name) => {
                let mut values = self.arguments.iter().filter(|(known, _)| **known == **name).peekable();
                let is_there = values.peek().is_some();
                let mut is_masked = false;
                for (_, value) in values {
                    if value.contains(MASK) {
                        is_masked = true;
                    } else if matches(value.as_bytes()) {
                        return Fact::Is(true);
                    }
                }
                match (self.has_body() || is_masked, is_there) {
                    (true, _) => Fact::NotYet,
                    (false, true) => Fact::Is(false),
                    (false, false) => Fact::Absent,
                }
            }
        }
    }
}

/// What is empty was not there.
fn said(text: Option<&str>) -> Fact<&[u8]> {
    text.filter(|text| !text.is_empty()).map_or(Fact::Absent, |text| Fact::Is(text.as_bytes()))
}

/// What is empty was not known.
fn told(text: &str) -> Fact<&[u8]> {
    if text.is_empty() { Fact::Unknown } else { Fact::Is(text.as_bytes()) }
}

fn attribute<'e>(event: &'e Event, key: &str) -> &'e str {
    event.attrs.get(key).and_then(|value| value.as_str()).unwrap_or_default()
}
