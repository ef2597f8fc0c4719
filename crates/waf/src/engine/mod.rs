//! One transaction: request and response go in piece by piece, a verdict comes out.

mod body;
#[cfg(test)]
mod budget_tests;
mod declared;
mod evidence;
mod explain;
mod judgement;
mod lookup;
mod response;
#[cfg(test)]
mod response_tests;
mod run;
mod scan;
mod state;
#[cfg(test)]
mod tests;
mod work;

use std::sync::Arc;

use crate::body::Sink;
use crate::compile::{Profile, Program};
use crate::head::{Head, ResponseHead};
use crate::lang::ast::{AllowScope, EngineMode};
use crate::options::{Clock, Conn, Limits, Mode, ObjectOptions, UniqueId};
use crate::reference::{self, Reference};
use crate::var::{Collection, Index, Mark, comparable_path, head_values};
use crate::verdict::{AttackClass, Hit, Outcome, Step, Verdict};
use body::RequestBody;
use declared::{DeclaredBody, Reading};
use evidence::Evidence;
pub(crate) use evidence::variable;
pub use explain::{Asked, Explanation, Form, Forms, RuleExplanation, RuleOutcome, explain};
pub(crate) use judgement::{Judgement, LOGGING, Origin};
use response::Response;
use run::Run;
pub(crate) use scan::place_of;
use scan::{Matches, Scan};
use state::State;
pub(crate) use state::TxValue;
use work::Work;

/// One request and its response. Feed it in order: head, body pieces, end; each call says what to do next.
///
/// Rules of phase 1 see the head alone; rules of phase 2 see head and body together and run at [`Tx::request_end`], which
/// is due for requests without a body too.
pub struct Tx {
    program: Arc<Program>,
    options: ObjectOptions,
    conn: Conn,
    id: UniqueId,
    path: Vec<u8>,
    sink: Sink,
    head_end: Mark,
    body: Body,
    response: Response,
    state: State,
    judgement: Judgement,
    /// What stood before the body was judged, to go back to when more of it came.
    before_body: Option<(Judgement, State, u64)>,
    ended: bool,
    clock: Option<Clock>,
    /// Runs the rules instead of the program.
    reference: Option<Arc<Reference>>,
}

/// The request body, as the program's profile reads it.
#[derive(Debug)]
enum Body {
    Native(Box<RequestBody>),
    Declared(DeclaredBody),
}

impl Default for Body {
    fn default() -> Self {
        Self::Declared(DeclaredBody::default())
    }
}

impl Body {
    fn wants(&self) -> bool {
        match self {
            Self::Native(body) => body.wants(),
            Self::Declared(body) => body.wants(),
        }
    }

    fn push(&mut self, bytes: &[u8], limits: &Limits, sink: &mut Sink) {
        match self {
            Self::Native(body) => body.push(bytes, limits, sink),
            Self::Declared(body) => body.push(bytes),
        }
    }

    fn received(&self) -> u64 {
        match self {
            Self::Native(body) => body.received(),
            Self::Declared(body) => body.received,
        }
    }

    /// Whether it came compressed, so that its text is longer than what came.
    fn is_compressed(&self) -> bool {
        match self {
            Self::Native(body) => body.is_compressed(),
            Self::Declared(body) => body.is_compressed(),
        }
    }

    fn is_streamed(&self) -> bool {
        matches!(self, Self::Native(body) if body.is_streamed())
    }
}

impl Tx {
    /// Begins a transaction. It keeps the program it was given, whatever is swapped in later.
    pub fn new(program: Arc<Program>, options: &ObjectOptions, conn: Conn, id: UniqueId) -> Self {
        let state = State::begin(&program);
        Self {
            program,
            options: options.clone(),
            conn,
            id,
            path: Vec::new(),
            sink: Sink::default(),
            head_end: Mark::default(),
            body: Body::default(),
            response: Response::default(),
            state,
            judgement: Judgement::default(),
            before_body: None,
            ended: false,
            clock: None,
            reference: None,
        }
    }

    /// Lets the reference interpreter run the rules; `reference` is of the sources that the program is of. It keeps no
    /// budget: not for traffic.
    #[must_use]
    pub fn with_reference(mut self, reference: Arc<Reference>) -> Self {
        self.reference = Some(reference);
        self
    }

    /// Lets the engine keep [`crate::Limits::max_micros`] and fill in [`Verdict::cpu_us`] by this clock.
    #[must_use]
    pub fn with_clock(mut self, clock: Clock) -> Self {
        self.clock = Some(clock);
        self
    }

    /// The request id this transaction was given.
    pub fn id(&self) -> &UniqueId {
        &self.id
    }

    /// The connection this transaction came over.
    pub fn conn(&self) -> &Conn {
        &self.conn
    }

    /// Judges the request head (phase 1).
    pub fn request_head(&mut self, head: &Head) -> Step {
        if self.options.mode == Mode::Off {
            return Step::Continue;
        }
        let Program { profile, settings, .. } = &*self.program;
        head_values(head, &self.conn, *profile, settings.separator, &self.options.limits, &mut self.sink);
        self.sink.values.push(Collection::UniqueId, b"", self.id.0.as_bytes());
        self.path = comparable_path(head);
        self.body = match profile {
            Profile::Native => Body::Native(Box::new(RequestBody::announced_by(head, &mut self.sink))),
            Profile::ModSecurity => {
                let body = DeclaredBody::announced_by(head, settings);
                self.state.processor = body.processor();
                Body::Declared(body)
            }
        };
        self.head_end = self.sink.values.mark();
        self.evaluate(1);
        self.step()
    }

    /// Whether more bytes of the request body would still be looked at.
    pub fn wants_request_body(&self) -> bool {
        self.options.mode != Mode::Off && !self.ended && self.body.wants()
    }

    /// Takes in decoded (de-chunked) body bytes. Cheap: they are judged at [`Tx::request_judge`] or [`Tx::request_end`].
    pub fn request_body(&mut self, bytes: &[u8]) -> Step {
        if self.options.mode != Mode::Off && !self.ended {
            self.body.push(bytes, &self.options.limits, &mut self.sink);
        }
        self.step()
    }

    /// Judges the body so far although more may follow, so that held bytes can be let go. Feed on and finish with
    /// [`Tx::request_end`], which judges anew if more came.
    pub fn request_judge(&mut self) -> Step {
        if self.options.mode != Mode::Off && !self.ended {
            self.judge_body(false);
        }
        self.step()
    }

    /// The request is complete: judges head and body together (phase 2).
    pub fn request_end(&mut self) -> Step {
        if self.options.mode != Mode::Off && !self.ended {
            self.judge_body(true);
            self.ended = true;
        }
        self.step()
    }

    /// Whether any rule has to see the response. If none has, the verdict is complete when the request is, and nothing of
    /// the response need be fed.
    pub fn wants_response(&self) -> bool {
        self.options.mode != Mode::Off && self.program.judges_responses()
    }

    /// Judges the response head (phase 3).
    pub fn response_head(&mut self, head: &ResponseHead) -> Step {
        if self.options.mode != Mode::Off {
            self.response = Response::of_head(head, &self.program.settings, &mut self.sink);
            self.evaluate(3);
            // Rules of phase 3 may still say whether the body is read, and by whom.
            let access = self.state.response_body.unwrap_or(self.program.settings.response_body);
            let engine = self.state.engine.unwrap_or(self.program.settings.engine);
            let is_asked = (4..=5).any(|phase| self.program.has_rules(phase))
                && engine != EngineMode::Off
                && self.state.allow != Some(AllowScope::Transaction);
            self.response.read_body(access && is_asked, &mut self.sink);
        }
        self.step()
    }

    /// Whether more bytes of the response body would still be looked at.
    pub fn wants_response_body(&self) -> bool {
        self.options.mode != Mode::Off && self.response.wants()
    }

    /// Takes in response body bytes.
    pub fn response_body(&mut self, bytes: &[u8]) -> Step {
        self.response.push(bytes);
        self.step()
    }

    /// The response is complete: judges it (phase 4).
    pub fn response_end(&mut self) -> Step {
        if self.options.mode != Mode::Off {
            self.response.end(&mut self.sink);
            if self.response.over_limit && self.program.settings.response_body_rejects {
                self.judgement.deny(500, 4, self.mode() == Mode::Block);
            }
            self.evaluate(4);
        }
        self.step()
    }

    /// The judgement, with its evidence. Rules of phase 5 run here.
    pub fn finish(mut self) -> Verdict {
        let blocks = self.log();
        self.verdict(blocks)
    }

    /// [`Tx::finish`], with the variables of `TX` as rules have left them, by their lower-case names: for tests that
    /// compare engines, since much of what rules do only shows there.
    #[doc(hidden)]
    pub fn finish_with_variables(mut self) -> (Verdict, std::collections::BTreeMap<Vec<u8>, Vec<u8>>) {
        let blocks = self.log();
        let variables = match (&self.reference, &self.state.reference) {
            (Some(reference), Some(state)) => reference.transaction_variables(state),
            _ => self.state.tx.texts(&self.program.slots),
        };
        let lower = variables.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value));
        (self.verdict(blocks), lower.collect())
    }

    /// Runs the rules of the last phase; says whether those before it block.
    fn log(&mut self) -> bool {
        let blocks = self.reached() && self.mode() == Mode::Block;
        if self.options.mode != Mode::Off {
            self.evaluate(LOGGING);
        }
        blocks
    }

    fn verdict(self, blocks: bool) -> Verdict {
        let outcome = match (blocks, self.reached()) {
            (true, _) => Outcome::Block,
            (false, true) => Outcome::Observe,
            (false, _) if self.judgement.would_deny => Outcome::Observe,
            (false, _) if self.judgement.exhausted => Outcome::Exhausted,
            (false, _) => Outcome::Pass,
        };
        let [score_in, score_out] = self.scores();
        let judgement = self.judgement;
        let status = judgement.denied.unwrap_or(self.options.block_status);
        let attack = strongest(&judgement.hits);
        Verdict {
            outcome,
            status: if outcome == Outcome::Block { status } else { 0 },
            phase: judgement.phase,
            score_in,
            score_out,
            hits: judgement.hits,
            hits_dropped: judgement.hits_dropped,
            attack,
            partial: self.sink.partial,
            suspicious: outcome == Outcome::Exhausted && judgement.suspicious,
            cpu_us: u32::try_from(judgement.micros).unwrap_or(u32::MAX),
            work_units: judgement.work,
            parse: self.sink.findings,
            ..Verdict::passed(self.program.policy().clone(), self.program.id())
        }
    }

    /// The scores of request and response: our own, or those by which an installed rule set blocks.
    fn scores(&self) -> [u16; 2] {
        let Judgement { score_in, score_out, .. } = self.judgement;
        if self.program.profile != Profile::ModSecurity {
            return [score_in, score_out];
        }
        let number = |name: &[u8]| match (&self.reference, &self.state.reference) {
            (Some(_), Some(state)) => state.number(name),
            _ => self.state.tx.get(&self.program.slots, name).map_or(0, TxValue::number),
        };
        let largest = |own: u16, names: [&[u8]; 2]| {
            let points = |name| u16::try_from(number(name).max(0)).unwrap_or(u16::MAX);
            names.map(points).into_iter().fold(own, u16::max)
        };
        [
            largest(score_in, [b"blocking_inbound_anomaly_score", b"anomaly_score"]),
            largest(score_out, [b"blocking_outbound_anomaly_score", b"outbound_anomaly_score"]),
        ]
    }

    fn reached(&self) -> bool {
        self.judgement.reached(&self.options)
    }

    fn step(&self) -> Step {
        match self.mode() {
            Mode::Block if self.reached() => Step::Block,
            _ if self.judgement.exhausted && !self.reached() => Step::Undecided,
            _ => Step::Continue,
        }
    }

    /// The object's mode, unless the rules say that they only record.
    fn mode(&self) -> Mode {
        match self.state.engine.unwrap_or(self.program.settings.engine) {
            EngineMode::DetectionOnly if self.options.mode == Mode::Block => Mode::Observe,
            _ => self.options.mode,
        }
    }

    /// Parses what came of the body and runs phase 2, from the state before the body if that was done before.
    fn judge_body(&mut self, last: bool) {
        match self.before_body.take() {
            Some((_, _, judged)) if judged == self.body.received() && !last => {
                return;
            }
            Some((before, state, _)) => {
                let Judgement { work, micros, .. } = self.judgement;
                self.judgement = Judgement { work, micros, ..before };
                self.state = state;
                if !self.body.is_streamed() {
                    self.sink.values.rewind(self.head_end);
                }
            }
            None => {}
        }
        // After the last byte nothing is judged anew.
        let before = (!last).then(|| (self.judgement.clone(), self.state.clone()));
        self.parse_body(last);
        self.evaluate(2);
        self.before_body = before.map(|(judgement, state)| (judgement, state, self.body.received()));
    }

    fn parse_body(&mut self, last: bool) {
        let limits = &self.options.limits;
        match &mut self.body {
            Body::Native(body) => body.parse(last, limits, &mut self.sink),
            Body::Declared(body) => {
                let settings = &self.program.settings;
                let State { processor, force_body, request_body, .. } = self.state;
                let mut limited = body.over_limit;
                if request_body.unwrap_or(settings.request_body) {
                    let reading = Reading { processor, forced: force_body };
                    limited |= body.parse(reading, last, settings, limits, &mut self.sink);
                }
                if limited && settings.request_body_rejects {
                    self.judgement.deny(413, 2, self.mode() == Mode::Block);
                }
            }
        }
    }

    /// Bytes of text that came, however many values have been made of them.
    fn length(&self) -> usize {
        if self.body.is_compressed() || self.response.is_compressed() {
            return self.sink.values.size_bytes();
        }
        let body = usize::try_from(self.body.received()).unwrap_or(usize::MAX);
        body.saturating_add(self.response.kept_bytes())
    }

    /// Runs the rules of a phase over every value known.
    fn evaluate(&mut self, phase: u8) {
        let let_through = match self.state.allow {
            Some(AllowScope::Transaction) => phase < 5,
            Some(AllowScope::Request) => phase <= 2,
            _ => false,
        };
        let denied_before = self.judgement.denied.is_some() && phase < 5;
        if let_through || denied_before {
            return;
        }
        if let Some(reference) = &self.reference {
            let mut own = self.state.for_reference();
            let Self { options, sink, path, judgement, .. } = self;
            reference.run(reference::Transaction { phase, options, values: &sink.values, path, judgement }, &mut own);
            self.state.after_reference(own);
            return;
        }
        let program = Arc::clone(&self.program);
        let Some(compiled) = program.phase(phase) else { return };
        let length = self.length();
        let Self { options, sink, judgement, state, path, clock, .. } = self;
        let mut work = Work::new(judgement.work, judgement.micros, length, &options.limits, clock.clone());
        let (mut scan, mut matches, mut index) = (Scan::default(), Matches::default(), Index::default());
        let mut judged = 0;
        for at in 0..sink.values.iter().len() {
            if work.exhausted() {
                break;
            }
            judged = at;
            scan.value(&program, compiled, &sink.values, &options.rich_text, at, &mut work, &mut matches);
        }
        matches.sort();
        sink.values.index(&mut index);
        let scanned_all = !work.exhausted();
        let mut run = Run {
            program: &program,
            options,
            values: &sink.values,
            index: &index,
            path,
            phase,
            state,
            judgement,
            work: &mut work,
            evidence: Evidence::default(),
        };
        run.phase(&matches);
        judgement.work = work.spent;
        judgement.micros = work.micros();
        if work.exhausted() {
            judgement.exhausted = true;
            // The prefilter is cheap and linear: no clock, and enough work units to see it through.
            let mut rest = Work::for_suspicion(length, &options.limits);
            judgement.suspicious |= !scanned_all
                && sink
                    .values
                    .iter()
                    .skip(judged)
                    .any(|value| scan.suspects(&program, compiled, &sink.values, value, &mut rest));
        }
    }
}

impl std::fmt::Debug for Tx {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Tx")
            .field("id", &self.id)
            .field("score_in", &self.judgement.score_in)
            .field("hits", &self.judgement.hits.len())
            .finish_non_exhaustive()
    }
}

/// The class of the hit with most points, the first on a tie.
fn strongest(hits: &[Hit]) -> Option<AttackClass> {
    let mut best: Option<&Hit> = None;
    for hit in hits {
        if best.is_none_or(|best| hit.points > best.points) {
            best = Some(hit);
        }
    }
    best.map(|hit| hit.class)
}
