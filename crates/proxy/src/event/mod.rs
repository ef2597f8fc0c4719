//! What the gateway says about each request: exactly one `access.request`, and one `waf.attack` if it was an attack.
//!
//! A [`Record`] goes with its request from the first byte to the last. It is emitted when it is dropped, so a client
//! that leaves early and a task that is cut off are recorded like everybody else.

mod attack;
mod query;
mod reason;

pub(crate) use query::Target;
pub(crate) use reason::Reason;

use std::borrow::Cow;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;
use medward_access::Visit;
use medward_contract::event::{Dataset, Event, Field, Outcome};
use medward_contract::id::RequestId;
use medward_contract::vault::EventSink;
use medward_contract::{Severity, Timestamp};
use medward_kernel::{Clock, Port};
use medward_waf::{Head, Outcome as EngineOutcome, Verdict, printable};

use crate::access::Application;
use crate::alarm::{Alarms, Attack, AttackKey, Counted, Weight};
use crate::defence::{AwaitedAnswer, BanNote, Charge, Defence, Hit};
use crate::exchange::HeadFault;
use crate::inspect::{Judgement, Said, failure};
use crate::kept::{KeptRequest, Note};
use crate::listen::Fault;
use crate::metrics::GatewayMetrics;
use crate::place::{Region, Whereabouts};
use crate::snapshot::{Object, host_name};
use crate::stance::OnError;

/// Marks drill traffic; believed from this machine only, because it says nothing but "this is an exercise".
pub(crate) const DRILL_HEADER: &[u8] = b"x-medward-drill";
/// Longest drill id.
const DRILL_ID_BYTES: usize = 64;

/// Where events go.
pub(crate) struct Reporter {
    pub(crate) sink: Port<dyn EventSink>,
    pub(crate) clock: Clock,
    pub(crate) metrics: GatewayMetrics,
    pub(crate) alarms: Alarms,
}

impl Reporter {
    pub(crate) fn emit(&self, event: Event) {
        match self.sink.get() {
            Ok(sink) => sink.emit(event),
            Err(error) => tracing::error!(%error, "an event was lost"),
        }
    }
}

/// The client at the other end of a request.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    /// Address after trusted proxies were taken into account.
    pub(crate) address: SocketAddr,
    /// The same without its port, as text.
    pub(crate) text: Arc<str>,
    /// Its country and region.
    pub(crate) whereabouts: Whereabouts,
    /// `1.2` or `1.3`, when the client spoke TLS.
    pub(crate) tls: Option<&'static str>,
}

/// Everything worth saying about one request.
pub(crate) struct Record {
    reporter: Arc<Reporter>,
    pub(crate) id: RequestId,
    pub(crate) head: Arc<Head>,
    pub(crate) client: Client,
    at: Timestamp,
    begun: Duration,
    object: Option<Arc<Object>>,
    /// Of the policy that was in force.
    generation: i64,
    pub(crate) status: u16,
    pub(crate) reason: Option<Reason>,
    /// Rule of a refusal before the engine: id and name.
    pub(crate) rule: Option<(String, Cow<'static, str>)>,
    /// The group of addresses that let it pass by traffic defence.
    pub(crate) allowed_by: Option<Arc<str>>,
    /// Login name of who asks, when the access guard knows.
    pub(crate) user: Option<String>,
    /// Counts as one of the account's requests until it is done.
    pub(crate) visit: Option<Visit>,
    /// The guarded application that it reaches.
    pub(crate) application: Option<Arc<Application>>,
    /// What custom rules marked it with.
    pub(crate) tags: Vec<String>,
    /// A client whose behaviour is watched: it is told about the answer at the end.
    pub(crate) watched: Option<Arc<Defence>>,
    /// Counters that wait for the end of the exchange.
    pub(crate) charges: Vec<Charge>,
    /// What the answer says about walks through identifiers.
    pub(crate) awaited: Vec<AwaitedAnswer>,
    pub(crate) response_bytes: u64,
    /// The response went out whole.
    pub(crate) complete: bool,
    /// Numbers that were masked in the answer.
    pub(crate) masked: u64,
    /// The answer came in a form in which nothing could be masked.
    pub(crate) unmasked: bool,
    /// Something was left uninspected because of a limit.
    pub(crate) partial: bool,
    /// The judgement of a request that passed, while the engine waits for its response. It stands here because whoever
    /// leaves meanwhile is judged, too.
    open: Option<(Judgement, OnError)>,
    /// Scores of request and response.
    scores: (u16, u16),
}

impl Record {
    pub(crate) fn begin(reporter: &Arc<Reporter>, head: Arc<Head>, client: Client) -> Self {
        Self {
            id: RequestId::new(),
            head,
            client,
            at: reporter.clock.now(),
            begun: reporter.clock.monotonic(),
            reporter: reporter.clone(),
            object: None,
            generation: 0,
            status: 0,
            reason: None,
            rule: None,
            allowed_by: None,
            user: None,
            visit: None,
            application: None,
            tags: Vec::new(),
            watched: None,
            charges: Vec::new(),
            awaited: Vec::new(),
            response_bytes: 0,
            complete: false,
            masked: 0,
            unmasked: false,
            partial: false,
            open: None,
            scores: (0, 0),
        }
    }

    /// When the request began.
    pub(crate) fn at(&self) -> Timestamp {
        self.at
    }

    /// The object that answers, in this generation of the policy.
    pub(crate) fn set_object(&mut self, object: Arc<Object>, generation: i64) {
        self.generation = generation;
        self.object = Some(object);
    }

    /// The client broke the rules of HTTP, or its time limits.
    pub(crate) fn fault(&mut self, fault: Fault) {
        match fault {
            Fault::Framing(finding) => {
                self.reason = Some(Reason::Malformed);
                self.rule = Some((finding.rule_id(), finding.code().into()));
            }
            Fault::HeadTimeout => self.reason = Some(Reason::HeadTimeout),
            Fault::BodyTimeout => self.reason = Some(Reason::BodyTimeout),
        }
    }

    /// The head could be read in two ways.
    pub(crate) fn head_fault(&mut self, fault: HeadFault) {
        self.reason = Some(Reason::Malformed);
        self.rule = Some((fault.rule_id().to_owned(), fault.code().into()));
    }

    /// Keeps a judgement that waits for the response.
    pub(crate) fn keep(&mut self, judgement: Judgement, on_error: OnError) {
        self.open = Some((judgement, on_error));
    }

    /// Whether the engine waits for the response.
    pub(crate) fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Whether the engine would look at more of the response body.
    pub(crate) fn wants_response_body(&self) -> bool {
        self.open.as_ref().is_some_and(|(judgement, _)| judgement.wants_response_body())
    }

    /// Takes a step of the judgement that waits for the response. The verdict, if that ends it.
    pub(crate) fn judging(&mut self, step: impl FnOnce(&mut Judgement) -> Said) -> Option<Box<Verdict>> {
        match step(&mut self.open.as_mut()?.0) {
            Said::Continue => None,
            Said::Over(verdict) => {
                self.open = None;
                Some(verdict)
            }
        }
    }

    /// Takes the judgement out, to end it.
    pub(crate) fn take_open(&mut self) -> Option<Judgement> {
        self.open.take().map(|(judgement, _)| judgement)
    }

    /// There is no response, or nobody is left to take it: what the engine said about the request is recorded.
    fn close(&mut self) {
        let Some((judgement, on_error)) = self.open.take() else { return };
        let mut verdict = judgement.finish();
        if verdict.outcome == EngineOutcome::Block {
            // A rule of the last phase may say so, but it was not done.
            verdict.outcome = EngineOutcome::Observe;
        }
        self.judged(&verdict, on_error);
    }

    /// Records the engine's verdict: an attack, a failure, or nothing. `on_error` is the object's stance.
    pub(crate) fn judged(&mut self, verdict: &Verdict, on_error: OnError) {
        self.partial |= verdict.partial;
        self.scores = (verdict.score_in, verdict.score_out);
        if let Some(error) = failure(verdict) {
            self.engine_failed(verdict, &error, on_error);
        } else if self.is_noteworthy(verdict) {
            let facts = self.facts(Dataset::WafAttack, attack::action(verdict));
            let status = if verdict.status == 0 { self.status } else { verdict.status };
            let facts = facts.set_some(Field::HttpStatus, (status > 0).then_some(status));
            let event = attack::event(facts.attr("waf.generation", self.generation), verdict);
            self.reporter.metrics.attack(verdict);
            let counted = self.counted(verdict);
            self.tell_attack(event, counted);
        }
    }

    /// Counts what the engine found towards an alarm, unless it lets it pass and only says so.
    fn counted(&self, verdict: &Verdict) -> Counted {
        if !matches!(verdict.outcome, EngineOutcome::Block | EngineOutcome::Observe) {
            return Counted::default();
        }
        let (category, rule_id, is_critical) = attack::gist(verdict);
        let weight = Weight { is_critical, is_refused: verdict.outcome == EngineOutcome::Block };
        self.count_attack(category, rule_id, weight)
    }

    /// Counts something towards an alarm. An exercise raises none.
    fn count_attack(&self, category: &'static str, rule_id: &str, weight: Weight) -> Counted {
        let Some(object) = self.object.as_ref().filter(|_| self.drill_id().is_none()) else {
            return Counted::default();
        };
        let source = self.client.address.ip().to_canonical();
        self.reporter.alarms.count(&Attack {
            key: AttackKey { source, object: object.name.clone(), category },
            weight,
            rule_id,
            system: object.system.as_ref(),
            request: self.id,
        })
    }

    /// The event goes first, then the alarm that it belongs to.
    fn tell_attack(&self, event: Event, counted: Counted) {
        self.reporter.emit(if counted.is_alerted { event.tag("alerted") } else { event });
        self.reporter.alarms.attacked(counted);
    }

    /// Traffic defence refuses once more what it has told about within the last minute: no event, but it counts.
    pub(crate) fn refused_again(&self, category: &'static str, rule_id: &str) {
        let counted = self.count_attack(category, rule_id, Weight { is_critical: false, is_refused: true });
        self.reporter.alarms.attacked(counted);
    }

    /// Whether the engine has something to say: it refuses, would refuse, or a rule matched of which the operator wants
    /// evidence and nothing else.
    pub(crate) fn is_noteworthy(&self, verdict: &Verdict) -> bool {
        match verdict.outcome {
            EngineOutcome::Block | EngineOutcome::Observe => true,
            EngineOutcome::Error(_) | EngineOutcome::Exhausted => false,
            EngineOutcome::Pass => self
                .object
                .as_ref()
                .is_some_and(|object| verdict.hits.iter().any(|hit| object.options.only_records(&hit.rule, &hit.tags))),
        }
    }

    /// The request as it is kept.
    pub(crate) fn note_of(&self, verdict: &Verdict, object: &Object, request: KeptRequest) -> Note {
        let rule_id = attack::strongest(verdict).map_or("score", |hit| hit.rule.as_str()).to_owned();
        Note { id: self.id.to_string(), object_id: object.id.clone(), rule_id, at: self.at, request }
    }

    fn engine_failed(&self, verdict: &Verdict, error: &str, on_error: OnError) {
        let object = self.object.as_ref().map_or("", |object| &object.name);
        tracing::error!(object, error, request = %self.id, "the engine could not judge a request");
        self.reporter.metrics.engine_failed(on_error);
        let event = self
            .facts(Dataset::WafError, on_error.as_str())
            .severity(Severity::High)
            .outcome(Outcome::Failure)
            .attr("error.message", error)
            .attr("waf.policy", verdict.policy.0.as_str())
            .attr("waf.generation", self.generation)
            .tag("alerted");
        self.reporter.emit(event);
        let system = self.object.as_ref().and_then(|object| object.system.clone());
        self.reporter.alarms.engine_failed(object, error, system, self.id);
    }

    /// Records what traffic defence has to say.
    pub(crate) fn defended(&self, hit: &Hit) {
        let (verb, severity) = match hit.action {
            "block" => ("已拦截", Severity::Medium),
            "challenge" => ("已质询", Severity::Low),
            _ => ("已记录", Severity::Low),
        };
        let event = self
            .facts(Dataset::WafAttack, hit.action)
            .severity(severity)
            .set(Field::RuleId, hit.rule_id.as_str())
            .set(Field::RuleName, hit.rule_name.as_str())
            .set(Field::RuleCategory, hit.category)
            .set(Field::Message, format!("{}{verb}", hit.rule_name))
            .attr("waf.generation", self.generation);
        self.reporter.metrics.defended(hit);
        let weight = Weight { is_critical: false, is_refused: hit.action == "block" };
        self.tell_attack(event, self.count_attack(hit.category, &hit.rule_id, weight));
    }

    /// Records that the client was banned.
    pub(crate) fn banned(&self, note: &BanNote) {
        self.reporter.emit(
            ban_event("add", note.network, note.until, &note.rule_id, note.at)
                .set(Field::HttpRequestId, note.request_id.as_str()),
        );
    }

    /// Name of the object that answers, empty when none does.
    pub(crate) fn object_name(&self) -> &str {
        self.object.as_ref().map_or("", |object| &object.name)
    }

    /// Whom the object tells refused visitors to turn to.
    pub(crate) fn contact(&self) -> Option<&str> {
        self.object.as_ref().and_then(|object| object.contact.as_deref())
    }

    /// What both kinds of events share.
    fn facts(&self, dataset: Dataset, action: &'static str) -> Event {
        let target = Target::of(self.head.target());
        let host = self.head.header(b"host").map(host_name).filter(|host| !host.is_empty());
        let host = host.as_deref().unwrap_or("-");
        let mut event = Event::new(dataset, action, self.at)
            .set(Field::SourceIp, &*self.client.text)
            .set(Field::SourcePort, self.client.address.port())
            .set(Field::UrlDomain, host)
            .set(Field::UrlPath, &*printable_fast(target.path))
            .set(Field::HttpMethod, &*printable_fast(self.head.method()))
            .set(Field::HttpRequestId, self.id.text(&mut [0; 36]) as &str)
            .set_some(Field::UrlQuery, target.query.map(query::masked))
            .set_some(Field::UserAgent, self.head.header(b"user-agent").map(printable_fast).as_deref());
        if let Some(object) = &self.object {
            event = event
                .attr("waf.object", &*object.name)
                .set_some(Field::MedwardSystem, object.system.as_ref().map(|system| system.0.as_str()));
            for (key, name) in [("waf.group", &object.group), ("waf.template", &object.template)] {
                if let Some(name) = name {
                    event = event.attr(key, &**name);
                }
            }
        }
        if let Some(scenario) = self.object.as_ref().and_then(|object| object.scenario) {
            event = event.attr("waf.scenario", scenario.as_str());
        }
        if let Some(place) = self.client.whereabouts.place() {
            event = event.attr("client.geo.country_iso_code", place.country.as_str());
            event = match &place.region {
                Some(Region::Code(code)) => event.attr("client.geo.region_iso_code", &**code),
                Some(Region::Name(name)) => event.attr("client.geo.region_name", &**name),
                None => event,
            };
        }
        if let Some(version) = self.client.tls {
            event = event.attr("tls.version", version);
        }
        match self.drill_id() {
            Some(id) => event.tag("drill").attr("drill.id", id),
            None => event,
        }
    }

    fn drill_id(&self) -> Option<String> {
        let id = self.head.header(DRILL_HEADER)?;
        (self.client.address.ip().is_loopback() && id.len() <= DRILL_ID_BYTES).then(|| printable_fast(id).into_owned())
    }

    fn access(&self) -> Event {
        let reporter = &self.reporter;
        let reason = self.reason.or((!self.complete).then_some(Reason::ClientClosed));
        let action = if reason.is_some_and(Reason::is_refusal) { "deny" } else { "serve" };
        let elapsed = reporter.clock.monotonic().saturating_sub(self.begun);
        reporter.metrics.request(action, elapsed);
        // 499: the client closed the connection before there was an answer (the word nginx has for it).
        let status = if self.status == 0 { 499 } else { self.status };
        let mut event = self
            .facts(Dataset::AccessRequest, action)
            .outcome(if reason.is_some() { Outcome::Failure } else { Outcome::Success })
            .set(Field::HttpStatus, status)
            .set(Field::EventDuration, i64::try_from(elapsed.as_nanos()).unwrap_or(i64::MAX))
            .set_some(Field::EventReason, reason.map(Reason::as_str))
            .set_some(Field::UserName, self.user.as_deref())
            .attr("http.response.bytes", self.response_bytes)
            .attr("http.version", String::from_utf8_lossy(self.head.version().strip_prefix(b"HTTP/").unwrap_or(b"-")));
        if let Some((id, name)) = &self.rule {
            event = event.set(Field::RuleId, id.as_str()).set(Field::RuleName, &**name).severity(Severity::Low);
        }
        for (name, score) in [("waf.score", self.scores.0), ("waf.score_out", self.scores.1)] {
            if score > 0 {
                event = event.attr(name, score);
            }
        }
        if self.partial {
            event = event.attr("waf.partial", true);
        }
        if self.masked > 0 {
            event = event.attr("waf.masked", i64::try_from(self.masked).unwrap_or(i64::MAX));
        }
        if self.unmasked {
            event = event.attr("waf.unmasked", true);
        }
        if let Some(group) = &self.allowed_by {
            event = event.attr("waf.allowed_by", &**group);
        }
        if !self.tags.is_empty() {
            event = event.attr("waf.tags", self.tags.join(","));
        }
        event
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        self.close();
        for charge in std::mem::take(&mut self.charges) {
            charge.settle_at_end(self);
        }
        for answer in std::mem::take(&mut self.awaited) {
            answer.settle(self);
        }
        if let Some(defence) = self.watched.take() {
            defence.note(self.client.address.ip(), self.head.target(), self.status);
        }
        let event = self.access();
        self.reporter.emit(event);
    }
}

/// [`printable`] without the detour when everything is plain ASCII, as it nearly always is.
fn printable_fast(bytes: &[u8]) -> Cow<'_, str> {
    // No early end: so it is done 32 bytes at a time.
    let plain = bytes.iter().fold(true, |plain, byte| plain & matches!(byte, b' '..=b'~'));
    match std::str::from_utf8(bytes) {
        Ok(text) if plain => Cow::Borrowed(text),
        _ => Cow::Owned(printable(bytes)),
    }
}

/// What happened to a ban: `add`, `remove`, `expire`.
pub fn ban_event(action: &'static str, network: IpNet, until: Timestamp, rule_id: &str, at: Timestamp) -> Event {
    Event::new(Dataset::NetworkBan, action, at)
        .severity(Severity::Low)
        .attr("ban.scope", "gateway")
        .attr("ban.value", network.to_string())
        .attr("ban.until", until.as_micros())
        .set(Field::RuleId, rule_id)
}
