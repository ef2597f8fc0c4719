//! Proofs of inclusion that need no vault to be checked: C2SP `.tlog-proof` texts (QH-079).
//!
//! *Not* here: reading the tree ([`crate::read`]).

use std::fmt::Write as _;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use medward_contract::vault::RecordRef;

use crate::canonical::View;
use crate::merkle::{Hash, leaf_hash, verify_inclusion};
use crate::note::{Checkpoint, VerifierKey, decode_hash, parse_decimal};

const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";
/// Longest proof read, in bytes: a record in base64, 63 hashes and a note.
const MAX_PROOF_BYTES: usize = 256 * 1024;

/// Everything needed to show that a record stands in a signed checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProofDocument {
    /// Canonical bytes; absent when they travel apart.
    pub record: Option<Vec<u8>>,
    /// Position of the record.
    pub index: u64,
    /// Audit path, lowest first.
    pub path: Vec<Hash>,
    /// The signed checkpoint.
    pub checkpoint: String,
}

/// Why a proof does not prove.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadProof {
    /// Not in the form of a proof.
    #[error("{0}")]
    Malformed(&'static str),
    /// The proof does not carry the record and none was given.
    #[error("the record is missing")]
    NoRecord,
    /// The checkpoint is not signed by the given key.
    #[error("the checkpoint is not signed by {0}")]
    Signature(String),
    /// The record does not stand at that place under that root.
    #[error("the path does not lead from the record to the checkpoint's root")]
    Path,
    /// The record says another place than the proof.
    #[error("the record is not record {0} of its stream")]
    OtherRecord(u64),
}

impl ProofDocument {
    /// The text, ending in the checkpoint.
    pub fn to_text(&self) -> String {
        let mut text = format!("{FIRST_LINE}\n");
        if let Some(record) = &self.record {
            text.push_str("extra ");
            text.push_str(&BASE64_STANDARD.encode(record));
            text.push('\n');
        }
        // Writing to a String cannot fail.
        _ = writeln!(text, "index {}", self.index);
        for hash in &self.path {
            text.push_str(&BASE64_STANDARD.encode(hash));
            text.push('\n');
        }
        text.push('\n');
        text.push_str(&self.checkpoint);
        text
    }

    /// Reads a proof text.
    pub fn parse(text: &str) -> Result<Self, BadProof> {
        use BadProof::Malformed;
        if text.len() > MAX_PROOF_BYTES {
            return Err(Malformed("too long"));
        }
        let (head, checkpoint) = text.split_once("\n\n").ok_or(Malformed("no blank line before the checkpoint"))?;
        let mut lines = head.split('\n').peekable();
        if lines.next() != Some(FIRST_LINE) {
            return Err(Malformed("not a c2sp.org/tlog-proof@v1"));
        }
        let extra = lines.next_if(|line| line.starts_with("extra ")).and_then(|line| line.strip_prefix("extra "));
        let record = match extra.map(|extra| BASE64_STANDARD.decode(extra)) {
            Some(Err(_)) => return Err(Malformed("extra is not base64")),
            Some(Ok(record)) => Some(record),
            None => None,
        };
        let index = lines.next().and_then(|line| line.strip_prefix("index ")).and_then(parse_decimal);
        let index = index.ok_or(Malformed("no index"))?;
        let path = lines.map(decode_hash).collect::<Option<Vec<_>>>().filter(|path| path.len() <= 63);
        let path = path.ok_or(Malformed("a line of the path is not 32 bytes of base64"))?;
        Ok(Self { record, index, path, checkpoint: checkpoint.to_owned() })
    }

    /// Checks the proof against the site's key. `detached` is the record when it does not travel inside.
    pub fn check(&self, key: &VerifierKey, detached: Option<&[u8]>) -> Result<RecordRef, BadProof> {
        let record = self.record.as_deref().or(detached).ok_or(BadProof::NoRecord)?;
        let checkpoint =
            Checkpoint::parse(&self.checkpoint).map_err(|_| BadProof::Malformed("the checkpoint is not a note"))?;
        let stream = checkpoint.stream(key.site()).filter(|_| checkpoint.verify(key).is_ok());
        let stream = stream.ok_or_else(|| BadProof::Signature(key.name().to_owned()))?;
        if !verify_inclusion(&leaf_hash(record), self.index, checkpoint.size, &self.path, &checkpoint.root) {
            return Err(BadProof::Path);
        }
        let says = View::parse_head(record).ok().map(|head| head.seq);
        if says != Some(self.index) {
            return Err(BadProof::OtherRecord(self.index));
        }
        Ok(RecordRef { stream, seq: self.index })
    }
}

#[cfg(test)]
mod tests {
    use medward_contract::Timestamp;
    use medward_contract::event::{Dataset, Event, Stream};
    use medward_crypto::secret::Secret;
    use proptest::prelude::*;

    use super::*;
    use crate::canonical::encode;
    use crate::merkle::node_hash;
    use crate::note::SigningKey;

    fn key() -> SigningKey {
        SigningKey::new("t", Secret::new([3; 32]))
    }

    fn proof() -> ProofDocument {
        let event = Event::new(Dataset::AppLog, "log", Timestamp::from_micros(1));
        let record = encode(1, Timestamp::from_micros(2), &event).unwrap();
        let root = node_hash(&[8; 32], &leaf_hash(&record));
        ProofDocument {
            record: Some(record),
            index: 1,
            path: vec![[8; 32]],
            checkpoint: key().sign(Stream::App, 2, &root),
        }
    }

    #[test]
    fn proof_survives_its_text_and_proves_without_a_vault() {
        let text = proof().to_text();
        assert!(text.starts_with("c2sp.org/tlog-proof@v1\nextra "));
        let read = ProofDocument::parse(&text).unwrap();
        assert_eq!(read, proof());
        let proven = RecordRef { stream: Stream::App, seq: 1 };
        assert_eq!(read.check(&key().verifier(), None), Ok(proven));
        assert_eq!(
            read.check(&key().verifier().for_stream(Stream::App), None),
            Ok(proven),
            "a stream's key does as well"
        );
    }

    #[test]
    fn altered_proof_says_what_is_wrong_with_it() {
        let other_key = SigningKey::new("t", Secret::new([4; 32])).verifier();
        assert_eq!(proof().check(&other_key, None), Err(BadProof::Signature("medward/t".into())));
        let mut wrong = proof();
        wrong.path[0][0] ^= 1;
        assert_eq!(wrong.check(&key().verifier(), None), Err(BadProof::Path));
        let mut wrong = proof();
        if let Some(record) = &mut wrong.record {
            let last = record.len() - 1;
            record[last] ^= 1;
        }
        assert_eq!(wrong.check(&key().verifier(), None), Err(BadProof::Path));
        let detached = ProofDocument { record: None, ..proof() };
        assert_eq!(detached.check(&key().verifier(), None), Err(BadProof::NoRecord));
        assert!(detached.check(&key().verifier(), proof().record.as_deref()).is_ok());
        assert!(ProofDocument::parse(&proof().to_text().replace("index 1", "index 01")).is_err());
    }

    proptest! {
        #[test]
        fn any_text_never_panics(text in "(c2sp.org/tlog-proof@v1\n)?(extra [A-Za-z=]{0,9}\n)?(index [0-9]{0,3}\n)?([A-Za-z]{43}=\n){0,2}\n\\PC{0,40}") {
            if let Ok(proof) = ProofDocument::parse(&text) {
                drop(proof.check(&key().verifier(), None));
            }
        }
    }
}
