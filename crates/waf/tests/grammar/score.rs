//! Judges a part of the corpora by a policy and counts: attacks per class, encoding and place, honest requests per source.
//!
//! The numbers of the held-back part are printed as totals only. Its requests are never listed: a list would be looked at.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use medward_waf::http1::{BodyFraming, HeadScanner};
use medward_waf::{Conn, ObjectOptions, Outcome, Program, Step, Tx, UniqueId};

use super::{Part, Sample, attacks, benign, captured};

/// What the gateway would do with a request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Judged {
    pub(crate) blocked: bool,
    /// Rules that matched, or the finding for which the head was refused.
    pub(crate) rules: Vec<String>,
}

/// So many of so many.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(crate) struct Share {
    pub(crate) blocked: usize,
    pub(crate) all: usize,
}

impl Share {
    fn count(&mut self, blocked: bool) {
        self.all += 1;
        self.blocked += usize::from(blocked);
    }

    fn percent(self) -> f64 {
        100.0 * self.blocked as f64 / self.all.max(1) as f64
    }
}

/// The result of one part.
#[derive(Default)]
pub(crate) struct Report {
    pub(crate) attacks: Share,
    pub(crate) classes: BTreeMap<&'static str, Share>,
    pub(crate) encodings: BTreeMap<&'static str, Share>,
    pub(crate) places: BTreeMap<&'static str, Share>,
    pub(crate) attack_grammars: BTreeMap<String, Share>,
    pub(crate) honest: Share,
    pub(crate) honest_sources: BTreeMap<String, Share>,
    /// What was judged wrongly: label, rules, first line of the request. Only for the tune part.
    pub(crate) wrong: Vec<String>,
}

/// Judges one request as `medward waf check` does: the body is everything behind the head.
pub(crate) fn judge(program: &Arc<Program>, raw: &[u8]) -> Judged {
    let refused = |rule: String| Judged { blocked: true, rules: vec![rule] };
    let scanned = match HeadScanner::default().scan(raw) {
        Ok(Some(scanned)) => scanned,
        Ok(None) => return refused("head does not end".to_owned()),
        Err(error) => return refused(error.finding.rule_id()),
    };
    let rest = &raw[scanned.length..];
    let body = match scanned.framing {
        BodyFraming::Chunked => match unchunked(rest) {
            Ok(body) => body,
            Err(rule) => return refused(rule),
        },
        BodyFraming::None | BodyFraming::Length(_) => rest.to_vec(),
    };
    let conn = Conn { client: std::net::Ipv4Addr::LOCALHOST.into(), client_port: 1, tls: false };
    let mut tx = Tx::new(program.clone(), &ObjectOptions::default(), conn, UniqueId::default());
    if tx.request_head(&scanned.head) == Step::Continue && tx.request_body(&body) == Step::Continue {
        tx.request_end();
    }
    let verdict = tx.finish();
    let exhausted = verdict.outcome == Outcome::Exhausted && verdict.suspicious;
    let told = |hit: &medward_waf::Hit| {
        format!(
            "{}@{} +{} ({}) {}",
            hit.rule,
            hit.variable,
            hit.points,
            hit.msg,
            medward_waf::printable(&hit.decoded.bytes)
        )
    };
    let mut rules: Vec<String> = verdict.hits.iter().map(told).collect();
    if verdict.outcome == Outcome::Exhausted {
        rules.push("exhausted".to_owned());
    }
    Judged { blocked: verdict.outcome == Outcome::Block || exhausted, rules }
}

fn unchunked(rest: &[u8]) -> Result<Vec<u8>, String> {
    let mut spans = Vec::new();
    BodyFraming::Chunked.scanner().scan(rest, &mut spans).map_err(|error| error.finding.rule_id())?;
    Ok(spans.into_iter().flat_map(|span| rest[span].to_vec()).collect())
}

/// Judges all of one part.
pub(crate) fn score(program: &Arc<Program>, part: Part) -> Report {
    let mut report = Report::default();
    for sample in attacks(part) {
        let judged = judge(program, &sample.bytes);
        let labels = sample.labels.expect("an attack has labels");
        report.attacks.count(judged.blocked);
        report.classes.entry(labels.class.code()).or_default().count(judged.blocked);
        report.encodings.entry(labels.encoding.name()).or_default().count(judged.blocked);
        report.places.entry(labels.place.name()).or_default().count(judged.blocked);
        report.attack_grammars.entry(sample.source.clone()).or_default().count(judged.blocked);
        if !judged.blocked && part == Part::Tune {
            report.wrong.push(line(&sample, &judged, "missed"));
        }
    }
    for sample in benign(part).into_iter().chain(captured::requests(part)) {
        let judged = judge(program, &sample.bytes);
        report.honest.count(judged.blocked);
        report.honest_sources.entry(sample.source.clone()).or_default().count(judged.blocked);
        if judged.blocked && part == Part::Tune {
            report.wrong.push(line(&sample, &judged, "blocked"));
        }
    }
    report
}

fn line(sample: &Sample, judged: &Judged, what: &str) -> String {
    let labels = sample.labels.map_or_else(String::new, |labels| {
        format!(" {} {} {}", labels.class.code(), labels.encoding.name(), labels.place.name())
    });
    let text = medward_waf::printable(&sample.bytes);
    let first: String = text.split("\\x0d").next().unwrap_or_default().chars().take(400).collect();
    let body: String = text.split("\\x0d\\x0a\\x0d\\x0a").nth(1).unwrap_or_default().chars().take(600).collect();
    format!("{what}\t{}{labels}\t{}\t{first}\t{body}", sample.source, judged.rules.join(" | "))
}

impl Report {
    /// As a table for people.
    pub(crate) fn print(&self) -> String {
        let mut text = String::new();
        let row = |text: &mut String, name: &str, share: Share| {
            writeln!(text, "{name:<32} {:>6} of {:>6}  {:>6.2} %", share.blocked, share.all, share.percent()).unwrap();
        };
        row(&mut text, "attacks blocked", self.attacks);
        for (title, shares) in [("class", &self.classes), ("encoding", &self.encodings), ("place", &self.places)] {
            writeln!(text, "\nattacks blocked by {title}").unwrap();
            for (name, share) in shares {
                row(&mut text, name, *share);
            }
        }
        writeln!(text).unwrap();
        row(&mut text, "honest requests blocked", self.honest);
        text
    }

    /// The same per grammar and application: for the tune part only.
    pub(crate) fn print_sources(&self) -> String {
        let mut text = String::new();
        for (title, shares) in [("attack grammar", &self.attack_grammars), ("honest source", &self.honest_sources)] {
            writeln!(text, "\nblocked by {title}").unwrap();
            for (name, share) in shares {
                writeln!(text, "{name:<32} {:>6} of {:>6}", share.blocked, share.all).unwrap();
            }
        }
        text
    }
}
