//! One transaction: request and response go in piece by piece, a verdict comes out.

mod body;
mod evidence;
mod scan;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;

use crate::body::Sink;
use crate::compile::Program;
use crate::head::{Head, ResponseHead};
use crate::lang::ast::Disruptive;
use crate::options::{Clock, Conn, Mode, ObjectOptions, UniqueId};
use crate::var::{Collection, Mark, Value, comparable_path, head_values};
use crate::verdict::{AttackClass, Hit, Outcome, Step, Verdict};
use body::RequestBody;
use scan::{Match, Scan, Work};

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
    body: RequestBody,
    judgement: Judgement,
    /// What stood before the body was judged, to go back to when more of it came.
    before_body: Option<(Judgement, u64)>,
    ended: bool,
    clock: Option<Clock>,
}

/// The score so far, and why.
#[derive(Clone, Debug, Default)]
struct Judgement {
    score_in: u16,
    phase: u8,
    /// Status of a rule that denied at once.
    denied: Option<u16>,
    hits: Vec<Hit>,
    hits_dropped: u32,
    /// Points given per class and origin: a class scores once per value (waf.md §8).
    given: HashMap<(AttackClass, Origin), u16>,
    work: u64,
    micros: u64,
    exhausted: bool,
    /// A value that was not judged to its end could have matched a rule.
    suspicious: bool,
}

/// What counts as one value: the parts of a target that contain each other are one.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Origin {
    Target,
    Value(usize),
}

impl Tx {
    /// Begins a transaction. It keeps the program it was given, whatever is swapped in later.
    pub fn new(program: Arc<Program>, options: &ObjectOptions, conn: Conn, id: UniqueId) -> Self {
        Self {
            program,
            options: options.clone(),
            conn,
            id,
            path: Vec::new(),
            sink: Sink::default(),
            head_end: Mark::default(),
            body: RequestBody::default(),
            judgement: Judgement::default(),
            before_body: None,
            ended: false,
            clock: None,
        }
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
        head_values(head, &self.conn, &self.options.limits, &mut self.sink);
        self.path = comparable_path(head);
        self.body = RequestBody::announced_by(head, &mut self.sink);
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

    /// Judges the response head (phase 3). Response rules do not exist yet: every response passes.
    pub fn response_head(&mut self, _head: &ResponseHead) -> Step {
        Step::Continue
    }

    /// Takes in response body bytes; see [`Tx::response_head`].
    pub fn response_body(&mut self, _bytes: &[u8]) -> Step {
        Step::Continue
    }

    /// The response is complete (phase 4); see [`Tx::response_head`].
    pub fn response_end(&mut self) -> Step {
        Step::Continue
    }

    /// The judgement, with its evidence.
    pub fn finish(self) -> Verdict {
        let blocks = self.reached();
        let outcome = match (blocks, self.options.mode) {
            (true, Mode::Block) => Outcome::Block,
            (true, _) => Outcome::Observe,
            (false, _) if self.judgement.exhausted => Outcome::Exhausted,
            (false, _) => Outcome::Pass,
        };
        let judgement = self.judgement;
        let status = judgement.denied.unwrap_or(self.options.block_status);
        let attack = strongest(&judgement.hits);
        Verdict {
            outcome,
            status: if outcome == Outcome::Block { status } else { 0 },
            phase: judgement.phase,
            score_in: judgement.score_in,
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

    fn reached(&self) -> bool {
        self.judgement.reached(&self.options)
    }

    fn step(&self) -> Step {
        match self.options.mode {
            Mode::Block if self.reached() => Step::Block,
            _ if self.judgement.exhausted && !self.reached() => Step::Undecided,
            _ => Step::Continue,
        }
    }

    /// Parses what came of the body and runs phase 2, from the state before the body if that was done before.
    fn judge_body(&mut self, last: bool) {
        match self.before_body.take() {
            Some((_, judged)) if judged == self.body.received() && !last => {
                return;
            }
            Some((before, _)) => {
                let Judgement { work, micros, .. } = self.judgement;
                self.judgement = Judgement { work, micros, ..before };
                if !self.body.is_streamed() {
                    self.sink.values.rewind(self.head_end);
                }
            }
            None => {}
        }
        let before = self.judgement.clone();
        self.body.parse(last, &self.options.limits, &mut self.sink);
        self.evaluate(2);
        self.before_body = Some((before, self.body.received()));
    }

    /// Runs the rules of a phase over every value known.
    fn evaluate(&mut self, phase: u8) {
        let program = Arc::clone(&self.program);
        let Self { options, sink, judgement, path, clock, .. } = self;
        let length = sink.values.size_bytes();
        let mut work = Work::new(judgement.work, judgement.micros, length, &options.limits, clock.clone());
        let mut judged = 0;
        let mut scan = Scan::default();
        for (at, value) in sink.values.iter().enumerate() {
            // A blocked request with a full list of hits has nothing more to say.
            let told = judgement.hits_dropped > 0 && judgement.reached(options);
            if told || work.exhausted() {
                break;
            }
            judged = at;
            scan.value(&program, phase, &sink.values, value, &mut work, &mut |found| {
                judgement.add(&found, origin(value, at), sink, options, path, phase);
            });
        }
        judgement.work = work.spent;
        judgement.micros = work.micros();
        if work.exhausted() {
            judgement.exhausted = true;
            // The prefilter is cheap and linear: no clock, and enough work units to see it through.
            let mut rest = Work::for_suspicion(length, &options.limits);
            judgement.suspicious |= sink
                .values
                .iter()
                .skip(judged)
                .any(|value| scan.suspects(&program, phase, &sink.values, value, &mut rest));
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

fn origin(value: Value, at: usize) -> Origin {
    match value.collection {
        Collection::RequestLine
        | Collection::RequestUri
        | Collection::RequestUriRaw
        | Collection::RequestFilename
        | Collection::RequestBasename
        | Collection::QueryString => Origin::Target,
        _ => Origin::Value(at),
    }
}

impl Judgement {
    fn reached(&self, options: &ObjectOptions) -> bool {
        self.denied.is_some() || (self.score_in > 0 && self.score_in >= options.threshold_in)
    }

    /// Takes a match into account, unless an exclusion or rich text speaks against it.
    fn add(&mut self, found: &Match<'_>, origin: Origin, sink: &Sink, options: &ObjectOptions, path: &[u8], phase: u8) {
        let rule = found.rule;
        let (collection, name) = (found.value.collection, sink.values.name(found.value));
        if options.exclusions.covers(&rule.id, &rule.tags, collection, name, path) {
            return;
        }
        let rich = options.rich_text.iter().any(|target| target.covers(collection, name));
        if rich && rule.class == AttackClass::Xss && !rule.active_content {
            return;
        }
        let points = self.award(rule.class, origin, rule.points);
        let reached_before = self.score_in >= options.threshold_in;
        self.score_in = self.score_in.saturating_add(points);
        if rule.disruptive == Disruptive::Deny && self.denied.is_none() {
            self.denied = Some(rule.status.unwrap_or(options.block_status));
            self.phase = phase;
        }
        if !reached_before && self.score_in >= options.threshold_in {
            self.phase = phase;
        }
        if self.hits.len() < options.limits.hits {
            self.hits.push(evidence::hit(found, &sink.values, &options.secrets, points));
        } else {
            self.hits_dropped = self.hits_dropped.saturating_add(1);
        }
    }

    /// How many of a rule's points count: a class gives its best rule's points once per value.
    fn award(&mut self, class: AttackClass, origin: Origin, points: u16) -> u16 {
        let given = self.given.entry((class, origin)).or_default();
        let more = points.saturating_sub(*given);
        *given += more;
        more
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
