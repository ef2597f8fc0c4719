//! The seam to the detection engine. Everything else here knows an engine as [`Engine`]: a request and its response in, the
//! rules that fired out.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use medward_waf::{Conn, Mode, ObjectOptions, Outcome, Program, Reference, ResponseHead, Tx, UniqueId, Verdict};

use super::expect::Fired;
use super::message::{Request, Response};

/// Judges whole exchanges.
pub(super) trait Engine {
    /// Every rule that matches the request or the response and logs.
    fn judge(&self, request: &Request, response: &Response) -> Judgement;
}

/// What an engine says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Judgement {
    pub(super) fired: Vec<Fired>,
    /// Why rules were left unasked, when some were.
    pub(super) cut_short: Option<String>,
}

impl Judgement {
    /// The part of a verdict that the tests ask about.
    pub(super) fn of(verdict: &Verdict) -> Self {
        let fired =
            verdict.hits.iter().map(|hit| Fired { id: hit.rule.clone(), msg: hit.msg.clone(), data: hit.data.clone() });
        let cut_short = match verdict.outcome {
            Outcome::Error(error) => Some(format!("the engine failed to {error}")),
            Outcome::Exhausted => Some("the work budget was spent".to_owned()),
            _ if verdict.hits_dropped > 0 => Some(format!("{} hits were dropped", verdict.hits_dropped)),
            Outcome::Pass | Outcome::Block | Outcome::Observe => None,
        };
        Self { fired: fired.collect(), cut_short }
    }
}

/// How an object is set whose rules are tested: it judges everything and refuses nothing.
pub(super) fn object_options() -> ObjectOptions {
    let mut options = ObjectOptions { mode: Mode::Observe, ..ObjectOptions::default() };
    options.limits.hits = MOST_HITS;
    options
}

/// A rule set at its highest paranoia level says a lot about one request, and each test waits for one certain rule.
pub(super) const MOST_HITS: usize = 10_000;

/// The engine as the gateway runs it, but for the clock: its budget is counted in work alone, so that a test says the same
/// on every machine.
pub(super) struct Fast {
    program: Arc<Program>,
    options: ObjectOptions,
}

impl Fast {
    pub(super) fn new(program: Arc<Program>) -> Self {
        Self { program, options: object_options() }
    }

    fn begin(&self) -> Tx {
        let conn = Conn { client: std::net::Ipv4Addr::LOCALHOST.into(), client_port: 0, tls: false };
        Tx::new(self.program.clone(), &self.options, conn, UniqueId("ftw".to_owned()))
    }
}

/// The slow interpreter of the same rules (waf.md §6).
pub(super) struct Slow {
    fast: Fast,
    reference: Arc<Reference>,
}

impl Slow {
    pub(super) fn new(program: Arc<Program>, reference: Arc<Reference>) -> Self {
        Self { fast: Fast::new(program), reference }
    }
}

fn verdict(mut tx: Tx, request: &Request, response: &Response) -> Verdict {
    let headers = response.headers.iter().map(|(name, value)| (name.clone().into_bytes(), value.clone().into_bytes()));
    let head = ResponseHead { version: b"HTTP/1.1".to_vec(), status: response.status, headers: headers.collect() };
    // Nothing is refused, so no step says more than the verdict at the end.
    tx.request_head(&request.head);
    tx.request_body(&request.body);
    tx.request_end();
    tx.response_head(&head);
    tx.response_body(&response.body);
    tx.response_end();
    tx.finish()
}

fn judge(tx: Tx, request: &Request, response: &Response) -> Judgement {
    match catch_unwind(AssertUnwindSafe(|| verdict(tx, request, response))) {
        Ok(verdict) => Judgement::of(&verdict),
        Err(_) => Judgement { fired: Vec::new(), cut_short: Some("the engine panicked".to_owned()) },
    }
}

impl Engine for Fast {
    fn judge(&self, request: &Request, response: &Response) -> Judgement {
        judge(self.begin(), request, response)
    }
}

impl Engine for Slow {
    fn judge(&self, request: &Request, response: &Response) -> Judgement {
        judge(self.fast.begin().with_reference(Arc::clone(&self.reference)), request, response)
    }
}

#[cfg(test)]
mod tests {
    use medward_waf::{CompileOptions, SourceFile, Sources, compile};

    use super::*;

    fn engines(rules: &str) -> [Box<dyn Engine>; 2] {
        let sources = Sources {
            files: vec![SourceFile { path: "rules.conf".to_owned(), bytes: rules.into() }],
            ..Sources::default()
        };
        let (program, _) = compile(&sources, &CompileOptions::default()).unwrap();
        let reference = Reference::compile(&sources).unwrap();
        [Box::new(Fast::new(program.clone())), Box::new(Slow::new(program, reference))]
    }

    /// What both engines say.
    fn fired(request: &str) -> Vec<String> {
        let rules = "SecRule ARGS:a \"@contains evil\" \"id:101,phase:2,deny,t:lowercase,msg:'bad word',logdata:'%{MATCHED_VAR} in %{MATCHED_VAR_NAME}'\"\n\
                     SecRule REQUEST_METHOD \"@streq FOO\" \"id:102,phase:1,pass,msg:'odd method',logdata:'%{MATCHED_VAR}'\"\n";
        let request = Request::read(request.as_bytes());
        let response = super::super::backend::answer(&request);
        let [judgement, slow] = engines(rules).map(|engine| engine.judge(&request, &response));
        assert_eq!(judgement, slow);
        assert_eq!(judgement.cut_short, None);
        judgement.fired.iter().map(Fired::line).collect()
    }

    #[test]
    fn every_rule_that_matches_is_told_although_one_of_them_denies() {
        let line = "[id \"101\"] [msg \"bad word\"] [data \"evil in ARGS:a\"]";
        assert_eq!(fired("FOO /?a=EVIL HTTP/1.1\r\n\r\n"), ["[id \"102\"] [msg \"odd method\"] [data \"FOO\"]", line]);
        let form = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 6\r\n\r\na=evil";
        assert_eq!(fired(&format!("POST / HTTP/1.1\r\n{form}")), [line]);
        assert!(fired("GET /?b=evil HTTP/1.1\r\n\r\n").is_empty());
    }
}
