//! What of a multipart body lies beyond the limits of parts and of field bytes, as one text: a flood of parts hides nothing.
//!
//! It is kept up to the size of a structured body, like the rest of a form behind its last argument.

use crate::options::Limits;

/// How much of what was kept of a field is repeated before what was not, so that no cut goes through an attack.
const OVERLAP: usize = 512;

/// The text so far.
#[derive(Debug, Default)]
pub(super) struct Beyond(Vec<u8>);

impl Beyond {
    /// A field goes on here whose content is full.
    pub(super) fn begin(&mut self, name: &[u8], kept: &[u8], limits: &Limits) {
        if !self.0.is_empty() {
            self.push(b"\n", limits);
        }
        if kept.is_empty() {
            self.push(name, limits);
            self.push(b"=", limits);
        }
        self.push(kept.get(kept.len().saturating_sub(OVERLAP)..).unwrap_or_default(), limits);
    }

    pub(super) fn push(&mut self, bytes: &[u8], limits: &Limits) {
        let room = limits.structured_bytes.saturating_sub(self.0.len());
        self.0.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
    }

    pub(super) fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.0)
    }
}
