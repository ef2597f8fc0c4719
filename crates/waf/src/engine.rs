//! One transaction: request and response go in piece by piece, a verdict comes out.

use std::sync::Arc;

use crate::compile::Program;
use crate::head::{Head, ResponseHead};
use crate::options::{Conn, ObjectOptions, UniqueId};
use crate::verdict::{Step, Verdict};

/// One request and its response. Feed it in order; each call says what to do next.
#[derive(Debug)]
pub struct Tx {
    program: Arc<Program>,
    conn: Conn,
    id: UniqueId,
}

impl Tx {
    /// Begins a transaction. It keeps the program it was given, whatever is swapped in later.
    pub fn new(program: Arc<Program>, _options: &ObjectOptions, conn: Conn, id: UniqueId) -> Self {
        Self { program, conn, id }
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
    pub fn request_head(&mut self, _head: &Head) -> Step {
        Step::Continue
    }

    /// Whether more bytes of the request body would still be looked at.
    pub fn wants_request_body(&self) -> bool {
        true
    }

    /// Takes in decoded (de-chunked) body bytes; cheap, judged at [`Tx::request_judge`] or [`Tx::request_end`].
    pub fn request_body(&mut self, _bytes: &[u8]) -> Step {
        Step::Continue
    }

    /// Judges the body so far although more may follow, so that held bytes can be released. The verdict becomes partial
    /// if the body goes on; go on feeding and finish with [`Tx::request_end`].
    pub fn request_judge(&mut self) -> Step {
        Step::Continue
    }

    /// The request is complete: judges everything not judged yet (phase 2).
    pub fn request_end(&mut self) -> Step {
        Step::Continue
    }

    /// Judges the response head (phase 3).
    pub fn response_head(&mut self, _head: &ResponseHead) -> Step {
        Step::Continue
    }

    /// Takes in response body bytes.
    pub fn response_body(&mut self, _bytes: &[u8]) -> Step {
        Step::Continue
    }

    /// The response is complete (phase 4).
    pub fn response_end(&mut self) -> Step {
        Step::Continue
    }

    /// The judgement, with its evidence.
    pub fn finish(self) -> Verdict {
        Verdict::passed(self.program.policy().clone(), self.program.id())
    }
}
