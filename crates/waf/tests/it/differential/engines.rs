//! Two engines on one policy, and what they say about an exchange.

use std::collections::BTreeMap;
use std::sync::Arc;

use medward_waf::{
    CompileError, CompileOptions, Conn, Limits, ObjectOptions, Outcome, Profile, Program, Reference, ResponseHead,
    Sources, Tx, UniqueId, Verdict, compile,
};

use crate::requests::Request;

/// A request and what comes back.
#[derive(Clone, Debug)]
pub(crate) struct Exchange {
    pub(crate) request: Request,
    pub(crate) response: Option<(ResponseHead, Vec<u8>)>,
}

impl From<Request> for Exchange {
    fn from(request: Request) -> Self {
        Self { request, response: None }
    }
}

/// One policy, for both engines.
pub(crate) struct Engines {
    program: Arc<Program>,
    reference: Arc<Reference>,
    pub(crate) options: ObjectOptions,
}

/// What an engine says, without what only one of them keeps.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Said {
    outcome: Outcome,
    status: u16,
    phase: u8,
    scores: (u16, u16),
    attack: Option<&'static str>,
    partial: bool,
    hits: Vec<String>,
    hits_dropped: u32,
    variables: BTreeMap<String, String>,
}

/// Which engine.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Which {
    Fast,
    Reference,
}

/// Enough work and hits that neither engine stops early.
pub(crate) fn limits() -> Limits {
    Limits { max_work_units: u64::MAX, hits: 10_000, ..Limits::default() }
}

impl Engines {
    pub(crate) fn new(sources: &Sources, profile: Profile) -> Result<Self, Vec<CompileError>> {
        let (program, _) = compile(sources, &CompileOptions { profile, ..CompileOptions::default() })?;
        let reference = Reference::compile(sources)?;
        Ok(Self { program, reference, options: ObjectOptions { limits: limits(), ..ObjectOptions::default() } })
    }

    /// What one engine says when bodies come in pieces of this size.
    pub(crate) fn ask(&self, which: Which, exchange: &Exchange, piece: usize) -> Said {
        let conn = Conn { client: std::net::Ipv4Addr::new(203, 0, 113, 9).into(), client_port: 50_000, tls: true };
        let mut tx = Tx::new(Arc::clone(&self.program), &self.options, conn, UniqueId("test".to_owned()));
        if which == Which::Reference {
            tx = tx.with_reference(Arc::clone(&self.reference));
        }
        tx.request_head(&exchange.request.head);
        for piece in exchange.request.body.chunks(piece) {
            tx.request_body(piece);
        }
        tx.request_end();
        if let Some((head, body)) = &exchange.response {
            tx.response_head(head);
            for piece in body.chunks(piece) {
                tx.response_body(piece);
            }
            tx.response_end();
        }
        let (verdict, variables) = tx.finish_with_variables();
        Said::new(&verdict, variables)
    }

    /// What both engines say about an exchange, when they differ.
    pub(crate) fn difference(&self, exchange: &Exchange) -> Option<String> {
        let fast = self.ask(Which::Fast, exchange, usize::MAX);
        let reference = self.ask(Which::Reference, exchange, usize::MAX);
        (fast != reference).then(|| fast.unlike(&reference))
    }

    /// What the fast engine says about a body whole and byte by byte, when it differs.
    pub(crate) fn difference_in_pieces(&self, exchange: &Exchange) -> Option<String> {
        let whole = self.ask(Which::Fast, exchange, usize::MAX);
        let pieces = self.ask(Which::Fast, exchange, 1);
        (whole != pieces).then(|| whole.unlike(&pieces))
    }
}

impl Said {
    fn new(verdict: &Verdict, variables: BTreeMap<Vec<u8>, Vec<u8>>) -> Self {
        let text = |bytes: Vec<u8>| medward_waf::printable(&bytes);
        let hits = verdict.hits.iter().map(|hit| {
            let chain: Vec<_> = hit.chain.iter().map(|(name, snip)| format!("{name}={}", snip.text())).collect();
            let (value, matched) = (hit.decoded.text(), &hit.matched);
            let (rule, variable, points) = (&hit.rule, &hit.variable, hit.points);
            let (msg, data) = (&hit.msg, &hit.data);
            format!("{rule} on {variable}, {points} points: {value:?} {matched:?} {msg:?} {data:?} {chain:?}")
        });
        // Who has more to tell than there is room for stops early; what silent rules would have set is not asked then.
        let variables = if verdict.hits_dropped > 0 { BTreeMap::new() } else { variables };
        Self {
            outcome: verdict.outcome,
            status: verdict.status,
            phase: verdict.phase,
            scores: (verdict.score_in, verdict.score_out),
            attack: verdict.attack.map(medward_waf::AttackClass::code),
            partial: verdict.partial,
            hits: hits.collect(),
            hits_dropped: verdict.hits_dropped,
            variables: variables.into_iter().map(|(name, value)| (text(name), text(value))).collect(),
        }
    }

    /// How many rules had something to say.
    pub(crate) fn hits(&self) -> usize {
        self.hits.len()
    }

    /// The parts in which two answers differ: `-` only the first says, `+` only the second.
    fn unlike(&self, other: &Self) -> String {
        let lines = |said: &Self| {
            let Self { outcome, status, phase, scores, attack, partial, hits_dropped, .. } = said;
            let head = format!("{outcome:?} {status} {phase} {scores:?} {attack:?} {partial} {hits_dropped}");
            let variables = said.variables.iter().map(|(name, value)| format!("tx.{name} = {value:?}"));
            let mut lines = vec![head];
            lines.extend(said.hits.iter().cloned());
            lines.extend(variables);
            lines
        };
        let (left, right) = (lines(self), lines(other));
        let only = |sign: char, own: &[String], others: &[String]| {
            let own = own.iter().filter(|line| !others.contains(line)).map(|line| format!("{sign} {line}\n"));
            own.collect::<String>()
        };
        let differing = only('-', &left, &right) + &only('+', &right, &left);
        if differing.is_empty() { format!("the order differs: {left:#?}\n{right:#?}") } else { differing }
    }
}
