//! The engine inside the gateway, with a memory: which verdict was given on the request from which client port.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use medward_proxy::{Inspection, Inspector};
use medward_waf::{Conn, Head, ObjectOptions, PolicyId, Program, ResponseHead, Step, Tx, UniqueId, Verdict};
use tokio::sync::watch;

use crate::waf::ftw::engine::MOST_HITS;

/// Judges by one program and remembers. Clones share their memory.
#[derive(Clone)]
pub(super) struct Recorder {
    program: Arc<Program>,
    memory: Arc<Memory>,
}

struct Memory {
    requests: Mutex<HashMap<u16, State>>,
    /// Tells that a verdict was given.
    changed: watch::Sender<()>,
}

/// How far the judgement of a request is.
enum State {
    Begun,
    Judged(Box<Verdict>),
    /// The gateway dropped it without asking for the verdict.
    Dropped,
}

impl Recorder {
    pub(super) fn new(program: Arc<Program>) -> Self {
        let memory = Memory { requests: Mutex::default(), changed: watch::Sender::new(()) };
        Self { program, memory: Arc::new(memory) }
    }

    /// The verdict on the request from this port, and forgets it. Waits while it is being judged: the rules of a response
    /// have their say after the client has it. `None`: no request from there was begun, or it was dropped.
    pub(super) async fn take(&self, port: u16) -> Option<Verdict> {
        let mut changes = self.memory.changed.subscribe();
        loop {
            match self.memory.requests().entry(port) {
                Entry::Vacant(_) => return None,
                Entry::Occupied(entry) => match entry.get() {
                    State::Begun => {}
                    State::Judged(_) | State::Dropped => {
                        return match entry.remove() {
                            State::Judged(verdict) => Some(*verdict),
                            State::Begun | State::Dropped => None,
                        };
                    }
                },
            }
            changes.changed().await.ok()?;
        }
    }
}

impl Memory {
    fn requests(&self) -> MutexGuard<'_, HashMap<u16, State>> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ended(&self, port: u16, state: State) {
        self.requests().insert(port, state);
        self.changed.send_replace(());
    }
}

impl Inspector for Recorder {
    fn begin(&self, options: &ObjectOptions, conn: Conn, id: UniqueId) -> Box<dyn Inspection> {
        let port = conn.client_port;
        let mut options = options.clone();
        options.limits.hits = MOST_HITS;
        // A test is one request; what a server would read behind it is another, and no test's business.
        let first = match self.memory.requests().entry(port) {
            Entry::Vacant(entry) => {
                entry.insert(State::Begun);
                true
            }
            Entry::Occupied(_) => false,
        };
        let tx = Tx::new(self.program.clone(), &options, conn, id);
        Box::new(Recording { tx: Some(tx), port: first.then_some(port), memory: self.memory.clone() })
    }

    fn policy(&self) -> (PolicyId, [u8; 16]) {
        (self.program.policy().clone(), self.program.id())
    }
}

/// One request being judged.
struct Recording {
    /// Taken when the verdict is asked for.
    tx: Option<Tx>,
    port: Option<u16>,
    memory: Arc<Memory>,
}

impl Recording {
    fn step(&mut self, step: impl FnOnce(&mut Tx) -> Step) -> Step {
        self.tx.as_mut().map_or(Step::Continue, step)
    }
}

impl Inspection for Recording {
    fn request_head(&mut self, head: &Head) -> Step {
        self.step(|tx| tx.request_head(head))
    }

    fn wants_request_body(&self) -> bool {
        self.tx.as_ref().is_some_and(Tx::wants_request_body)
    }

    fn request_body(&mut self, bytes: &[u8]) -> Step {
        self.step(|tx| tx.request_body(bytes))
    }

    fn request_judge(&mut self) -> Step {
        self.step(Tx::request_judge)
    }

    fn request_end(&mut self) -> Step {
        self.step(Tx::request_end)
    }

    fn wants_response(&self) -> bool {
        self.tx.as_ref().is_some_and(Tx::wants_response)
    }

    fn response_head(&mut self, head: &ResponseHead) -> Step {
        self.step(|tx| tx.response_head(head))
    }

    fn wants_response_body(&self) -> bool {
        self.tx.as_ref().is_some_and(Tx::wants_response_body)
    }

    fn response_body(&mut self, bytes: &[u8]) -> Step {
        self.step(|tx| tx.response_body(bytes))
    }

    fn response_end(&mut self) -> Step {
        self.step(Tx::response_end)
    }

    fn finish(mut self: Box<Self>) -> Verdict {
        let verdict = match self.tx.take() {
            Some(tx) => tx.finish(),
            None => Verdict::passed(PolicyId::default(), [0; 16]),
        };
        if let Some(port) = self.port.take() {
            self.memory.ended(port, State::Judged(Box::new(verdict.clone())));
        }
        verdict
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        if let Some(port) = self.port.take() {
            self.memory.ended(port, State::Dropped);
        }
    }
}

#[cfg(test)]
mod tests {
    use medward_waf::{CompileOptions, SourceFile, Sources, compile};

    use super::*;

    fn recorder() -> Recorder {
        let rules = "SecRule REQUEST_METHOD \"@streq FOO\" \"id:102,phase:1,pass,msg:'odd method'\"\n";
        let files = vec![SourceFile { path: "rules.conf".to_owned(), bytes: rules.into() }];
        let sources = Sources { files, ..Sources::default() };
        Recorder::new(compile(&sources, &CompileOptions::default()).unwrap().0)
    }

    fn begin(recorder: &Recorder, port: u16) -> Box<dyn Inspection> {
        let conn = Conn { client: std::net::Ipv4Addr::LOCALHOST.into(), client_port: port, tls: false };
        recorder.begin(&ObjectOptions::default(), conn, UniqueId::default())
    }

    fn judge(mut inspection: Box<dyn Inspection>, method: &[u8]) {
        inspection.request_head(&Head::new(method, b"/", b"HTTP/1.1"));
        inspection.request_end();
        inspection.finish();
    }

    fn ids(verdict: Option<Verdict>) -> Vec<String> {
        verdict.unwrap().hits.into_iter().map(|hit| hit.rule).collect()
    }

    #[tokio::test]
    async fn verdict_is_found_by_the_port_of_its_client_and_only_once() {
        let recorder = recorder();
        judge(begin(&recorder, 1), b"FOO");
        judge(begin(&recorder, 2), b"GET");
        assert!(ids(recorder.take(2).await).is_empty());
        assert_eq!(ids(recorder.take(1).await), ["102"]);
        assert!(recorder.take(1).await.is_none() && recorder.take(3).await.is_none());
    }

    #[tokio::test]
    async fn request_that_is_being_judged_is_waited_for() {
        let recorder = recorder();
        let inspection = begin(&recorder, 1);
        let judged = async {
            tokio::task::yield_now().await;
            judge(inspection, b"FOO");
        };
        let (verdict, ()) = tokio::join!(recorder.take(1), judged);
        assert_eq!(ids(verdict), ["102"]);
        let inspection = begin(&recorder, 1);
        let dropped = async {
            tokio::task::yield_now().await;
            drop(inspection);
        };
        assert!(tokio::join!(recorder.take(1), dropped).0.is_none());
    }

    #[tokio::test]
    async fn second_request_on_a_connection_does_not_speak_for_the_first() {
        let recorder = recorder();
        judge(begin(&recorder, 1), b"GET");
        judge(begin(&recorder, 1), b"FOO");
        assert!(ids(recorder.take(1).await).is_empty());
    }
}
