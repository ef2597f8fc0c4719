//! One raw HTTP/1 request, judged as the gateway judges it for an object that is set up as its policy says: framing, then the rules.
//!
//! In one thing a file differs from a connection: it ends. So the body is everything behind the head, and a length that
//! says otherwise is noted and no reason to refuse; captures often have a wrong one.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use medward_kernel::Clock;
use medward_proxy::HeadFault;
use medward_proxy::OnError;
use medward_waf::http1::{BodyFraming, FramingError, HeadScanner};
use medward_waf::{Conn, EngineError, Explanation, Head, Hit, Outcome, Step, Tx, UniqueId, Verdict, printable};
use serde::Serialize;

use super::policies::Policy;

/// How much of a refused message is quoted.
const QUOTED_BYTES: usize = 32;

/// Judges requests by one policy.
pub(super) struct Judge {
    policy: Policy,
    clock: Clock,
    /// Judge as if the request had been sent to this host.
    host: Option<String>,
}

/// What came out for one request.
#[derive(Debug)]
pub(super) struct Judgement {
    /// The gateway would not let it through.
    pub(super) blocked: bool,
    /// Inbound score; 0 when the engine was not asked.
    pub(super) score: u16,
    pub(super) rules: Vec<RuleMatch>,
    /// CPU time of scanning, parsing and judging.
    pub(super) cpu: Duration,
    /// What a reader of the verdict should know, one line each.
    pub(super) notes: Vec<String>,
}

/// One rule, and what it matched.
#[derive(Debug, Serialize)]
pub(super) struct RuleMatch {
    pub(super) id: String,
    pub(super) msg: String,
    /// Where: `ARGS:id`. For a refusal by framing `REQUEST_HEAD` or `REQUEST_BODY`, the raw bytes.
    pub(super) variable: String,
    pub(super) matched: String,
    pub(super) decoded: String,
}

/// A request that the gateway's front lets through.
struct Request {
    head: Head,
    body: Vec<u8>,
    note: Option<String>,
}

/// The bytes end before a head does. On a connection the gateway would wait for the rest.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NoHead;

impl Judge {
    /// A judge by this policy. `None`: no request can be sent to that `host`.
    pub(super) fn new(policy: Policy, clock: Clock, host: Option<String>) -> Option<Self> {
        if host.as_deref().is_some_and(|host| !is_host(host)) { None } else { Some(Self { policy, clock, host }) }
    }

    /// What there is to know about the policy.
    pub(super) fn notes(&self) -> &[String] {
        &self.policy.notes
    }

    /// Judges the request in `raw`.
    pub(super) fn judge(&self, raw: &[u8]) -> Result<Judgement, NoHead> {
        let before = self.clock.thread_cpu();
        let mut judgement = self.judge_untimed(raw)?;
        judgement.cpu = self.clock.thread_cpu().saturating_sub(before);
        Ok(judgement)
    }

    fn judge_untimed(&self, raw: &[u8]) -> Result<Judgement, NoHead> {
        let Request { head, body, note } = match self.read(raw)? {
            Ok(request) => request,
            Err(refusal) => return Ok(Judgement::refused(refusal)),
        };
        // As in the gateway, an engine that panics fails one request and not all that follow.
        let verdict = catch_unwind(AssertUnwindSafe(|| self.verdict(&head, &body))).unwrap_or_else(|_| {
            let program = &self.policy.program;
            Verdict::failed(EngineError::Panicked, program.policy().clone(), program.id())
        });
        Ok(Judgement::of_verdict(&verdict, self.policy.on_error, note))
    }

    /// Why each rule matches the request in `raw` or does not; the refusal when no rule is asked.
    pub(super) fn explain(&self, raw: &[u8]) -> Result<Result<Explanation, RuleMatch>, NoHead> {
        let Policy { program, options, .. } = &self.policy;
        let read = self.read(raw)?;
        Ok(read.map(|request| medward_waf::explain(program, options, &request.head, &request.body)))
    }

    /// Takes the request in `raw` apart as the gateway does, or refuses it as the gateway does.
    fn read(&self, raw: &[u8]) -> Result<Result<Request, RuleMatch>, NoHead> {
        let scanned = match HeadScanner::default().scan(raw) {
            Ok(Some(scanned)) => scanned,
            Ok(None) => return Err(NoHead),
            Err(error) => return Ok(Err(RuleMatch::framing("REQUEST_HEAD", raw, error))),
        };
        if let Some(fault) = HeadFault::of(&scanned.head) {
            return Ok(Err(RuleMatch::head_fault(fault, &scanned.head)));
        }
        let rest = raw.get(scanned.length..).unwrap_or_default();
        let (body, note) = match body_of(scanned.framing, rest) {
            Ok(read) => read,
            Err(error) => return Ok(Err(RuleMatch::framing("REQUEST_BODY", rest, error))),
        };
        let head = match &self.host {
            Some(host) => sent_to(&scanned.head, host.as_bytes()),
            None => scanned.head,
        };
        Ok(Ok(Request { head, body, note }))
    }

    /// Asks the engine, and stops where the gateway stops.
    fn verdict(&self, head: &Head, body: &[u8]) -> Verdict {
        let conn = Conn { client: std::net::Ipv4Addr::LOCALHOST.into(), client_port: 0, tls: false };
        let clock = self.clock.clone();
        let micros = move || u64::try_from(clock.thread_cpu().as_micros()).unwrap_or(u64::MAX);
        let Policy { program, options, .. } = &self.policy;
        let mut tx = Tx::new(program.clone(), options, conn, UniqueId::default()).with_clock(Arc::new(micros));
        if tx.request_head(head) == Step::Continue && tx.request_body(body) == Step::Continue {
            tx.request_end();
        }
        tx.finish()
    }
}

impl Judgement {
    fn refused(matched: RuleMatch) -> Self {
        Self { blocked: true, score: 0, rules: vec![matched], cpu: Duration::ZERO, notes: Vec::new() }
    }

    fn of_verdict(verdict: &Verdict, on_error: OnError, note: Option<String>) -> Self {
        let mut notes: Vec<String> = note.into_iter().collect();
        let blocked = match verdict.outcome {
            Outcome::Block => true,
            Outcome::Exhausted if verdict.suspicious => {
                notes.push("the work budget was spent with something suspicious left, so it is refused".to_owned());
                true
            }
            Outcome::Exhausted | Outcome::Error(_) => {
                let what = match verdict.outcome {
                    Outcome::Error(error) => format!("failed to {error}"),
                    _ => "the work budget was spent".to_owned(),
                };
                let refused = on_error == OnError::Block;
                let then = if refused {
                    "so it is refused, as on_error says"
                } else {
                    "an object with on_error = \"block\" refuses it"
                };
                notes.push(format!("{what}; {then}"));
                refused
            }
            Outcome::Pass | Outcome::Observe => false,
        };
        if verdict.partial {
            notes.push("some of it lies behind a limit and was not inspected".to_owned());
        }
        if verdict.hits_dropped > 0 {
            notes.push(format!("{} more rules matched than are listed", verdict.hits_dropped));
        }
        let rules = verdict.hits.iter().map(RuleMatch::of_hit).collect();
        Self { blocked, score: verdict.score_in, rules, cpu: Duration::ZERO, notes }
    }
}

impl RuleMatch {
    fn of_hit(hit: &Hit) -> Self {
        let range = hit.matched.start as usize..hit.matched.end as usize;
        Self {
            id: hit.rule.clone(),
            msg: hit.msg.clone(),
            variable: hit.variable.clone(),
            matched: printable(hit.decoded.bytes.get(range).unwrap_or_default()),
            decoded: hit.decoded.text(),
        }
    }

    /// Quotes the bytes up to the one that made the refusal certain.
    fn framing(variable: &str, bytes: &[u8], error: FramingError) -> Self {
        let end = (error.at + 1).min(bytes.len());
        let quoted = printable(bytes.get(end.saturating_sub(QUOTED_BYTES)..end).unwrap_or_default());
        Self::refusal(error.finding.rule_id(), error.finding.code(), variable, quoted)
    }

    fn head_fault(fault: HeadFault, head: &Head) -> Self {
        let name = match fault {
            HeadFault::ContentTypeRepeated => "Content-Type",
            HeadFault::ContentEncodingRepeated => "Content-Encoding",
            HeadFault::UpgradeWithBody => "Upgrade",
        };
        let values: Vec<_> = head.header_lines(name.as_bytes()).map(printable).collect();
        Self::refusal(fault.rule_id().to_owned(), fault.code(), &format!("REQUEST_HEADERS:{name}"), values.join(", "))
    }

    fn refusal(id: String, code: &str, variable: &str, quoted: String) -> Self {
        Self { id, msg: code.to_owned(), variable: variable.to_owned(), matched: quoted.clone(), decoded: quoted }
    }
}

/// The content of a body, and what to say about its length.
fn body_of(framing: BodyFraming, rest: &[u8]) -> Result<(Vec<u8>, Option<String>), FramingError> {
    let has = rest.len();
    let note = match framing {
        BodyFraming::None => (has > 0).then(|| format!("no Content-Length, the body has {has} bytes")),
        BodyFraming::Length(says) => {
            (says != has as u64).then(|| format!("Content-Length says {says}, the body has {has} bytes"))
        }
        BodyFraming::Chunked => return chunked_body(rest),
    };
    Ok((rest.to_vec(), note))
}

fn chunked_body(rest: &[u8]) -> Result<(Vec<u8>, Option<String>), FramingError> {
    let mut spans = Vec::new();
    let end = BodyFraming::Chunked.scanner().scan(rest, &mut spans)?;
    let mut body = Vec::with_capacity(rest.len());
    for span in spans {
        body.extend_from_slice(rest.get(span).unwrap_or_default());
    }
    let behind = end.and_then(|end| rest.get(end..)).unwrap_or_default();
    let note = match end {
        None => Some("the body ends before its last chunk".to_owned()),
        Some(_) if behind.is_empty() => None,
        Some(_) => Some(format!("{} bytes behind the last chunk are judged as body too", behind.len())),
    };
    body.extend_from_slice(behind);
    Ok((body, note))
}

/// Whether a request to this host would have a well-formed head.
fn is_host(host: &str) -> bool {
    let probe = format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n");
    let scanned = HeadScanner::default().scan(probe.as_bytes());
    matches!(scanned, Ok(Some(scanned)) if scanned.length == probe.len() && scanned.head.headers().len() == 1)
}

/// The same head with another Host.
fn sent_to(head: &Head, host: &[u8]) -> Head {
    let mut sent = Head::new(head.method(), head.target(), head.version());
    for (name, value) in head.headers() {
        sent.push_header(name, if name.eq_ignore_ascii_case(b"host") { host } else { value });
    }
    sent
}

#[cfg(test)]
mod tests {
    use medward_waf::policy::BuiltIn;

    use super::*;

    const SQLI: &str = "1' OR '1'='1";

    fn judge(raw: &str) -> Judgement {
        let policy = Policy::built_in(BuiltIn::Balanced).unwrap();
        Judge::new(policy, Clock::system(), None).unwrap().judge(raw.as_bytes()).unwrap()
    }

    /// Whether it is blocked, the first rule, and the notes.
    fn check(raw: &str, blocked: bool, rule: &str, notes: &[&str]) {
        let judgement = judge(raw);
        assert_eq!(judgement.blocked, blocked, "{raw:?}: {judgement:?}");
        let first = judgement.rules.first().map_or("", |rule| &rule.id);
        assert!(first.starts_with(rule) && first.is_empty() == rule.is_empty(), "{raw:?}: {judgement:?}");
        assert_eq!(judgement.notes, notes, "{raw:?}");
    }

    fn post(fields: &str, body: &str) -> String {
        format!("POST /q HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\n{fields}\r\n{body}")
    }

    #[test]
    fn body_is_everything_behind_the_head_whatever_its_length_says() {
        check(&post("Content-Length: 5\r\n", "hello"), false, "", &[]);
        check(&post("", ""), false, "", &[]);
        check(&post("", SQLI), true, "MW-SQLI-", &["no Content-Length, the body has 12 bytes"]);
        check(
            &post("Content-Length: 1\r\n", SQLI),
            true,
            "MW-SQLI-",
            &["Content-Length says 1, the body has 12 bytes"],
        );
        check(&post("Content-Length: 99\r\n", "hi"), false, "", &["Content-Length says 99, the body has 2 bytes"]);
    }

    #[test]
    fn chunks_are_put_together_and_what_stands_behind_them_is_judged_too() {
        let chunked = |body: &str| post("Transfer-Encoding: chunked\r\n", body);
        check(&chunked("6\r\n1' OR \r\n6\r\n'1'='1\r\n0\r\n\r\n"), true, "MW-SQLI-", &[]);
        check(&chunked("5\r\nhello\r\n"), false, "", &["the body ends before its last chunk"]);
        let note = "12 bytes behind the last chunk are judged as body too";
        check(&chunked(&format!("0\r\n\r\n{SQLI}")), true, "MW-SQLI-", &[note]);
        check(&chunked("hello"), true, "MW-HTTP-028", &[]);
    }

    #[test]
    fn what_the_gateway_refuses_is_blocked_with_the_place_of_the_fault() {
        check("GET / HTTP/1.1\r\n\r\n", true, "MW-HTTP-018", &[]);
        check(&post("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", ""), true, "MW-HTTP-022", &[]);
        check(&post("Content-Type: text/html\r\n", ""), true, "MW-GATEWAY-001", &[]);
        let bare = judge("GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n");
        let rule = &bare.rules[0];
        assert_eq!((bare.score, rule.msg.as_str(), rule.variable.as_str()), (0, "bare_lf", "REQUEST_HEAD"));
        assert_eq!(rule.matched, r"GET / HTTP/1.1\x0d\x0aHost: a\x0a");
    }

    #[test]
    fn failed_engine_blocks_where_the_object_says_so() {
        let judged = |outcome, on_error| {
            let mut verdict = Verdict::passed(medward_waf::PolicyId("balanced".into()), [0; 16]);
            verdict.outcome = outcome;
            Judgement::of_verdict(&verdict, on_error, None)
        };
        for outcome in [Outcome::Exhausted, Outcome::Error(EngineError::Panicked)] {
            let (passed, refused) = (judged(outcome, OnError::Pass), judged(outcome, OnError::Block));
            assert_eq!((passed.blocked, refused.blocked), (false, true));
            assert!(passed.notes[0].ends_with("an object with on_error = \"block\" refuses it"), "{passed:?}");
            assert!(refused.notes[0].ends_with("so it is refused, as on_error says"), "{refused:?}");
        }
    }

    #[test]
    fn head_that_does_not_end_is_no_request() {
        let judge = Judge::new(Policy::built_in(BuiltIn::Balanced).unwrap(), Clock::system(), None).unwrap();
        for raw in ["", "GET / HTTP/1.1\r\nHost: a\r\n"] {
            assert_eq!(judge.judge(raw.as_bytes()).err(), Some(NoHead));
        }
    }

    #[test]
    fn host_is_replaced_for_the_rules_and_must_be_one() {
        let head = Head::new(b"GET", b"/", b"HTTP/1.1").with_header(b"hOST", b"a").with_header(b"X", b"y");
        let sent = sent_to(&head, b"tj.example.org:8080");
        assert_eq!(sent.line(), head.line());
        assert_eq!(
            sent.headers().collect::<Vec<_>>(),
            [(&b"hOST"[..], &b"tj.example.org:8080"[..]), (&b"X"[..], &b"y"[..])]
        );
        // A name that a rule knows shows which Host was judged; whether there is one is a matter of the file.
        let blocked = |host: &str, raw: &str| {
            let policy = Policy::built_in(BuiltIn::Balanced).unwrap();
            let judge = Judge::new(policy, Clock::system(), Some(host.to_owned())).unwrap();
            judge.judge(raw.as_bytes()).unwrap().blocked
        };
        assert!(blocked("169.254.169.254", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
        assert!(!blocked("a", "GET / HTTP/1.1\r\nHost: 169.254.169.254\r\n\r\n"));
        assert!(blocked("a", "GET / HTTP/1.1\r\n\r\n"));
        for (host, valid) in [("a:1", true), ("[::1]", true), ("", false), ("a b", false), ("a\r\nX: y", false)] {
            assert_eq!(is_host(host), valid, "{host:?}");
        }
    }
}
