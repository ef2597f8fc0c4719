//! Policies written by us and built in. Their rules lie in `rules/`, one file per family.
//!
//! A policy is two things: the rules of a program, which objects share, and how an object that uses it is set up at first
//! ([`BuiltIn::options`]); what an operator changes for one object is laid over that.

use std::sync::Arc;

use crate::compile::{CompileOptions, Profile, Program, compile};
use crate::options::{Mode, ObjectOptions};
use crate::sources::{CompileError, SourceFile, Sources};
use crate::verdict::PolicyId;

const FILES: &[(&str, &str)] = &[
    ("rules/scanner.conf", include_str!("../rules/scanner.conf")),
    ("rules/protocol.conf", include_str!("../rules/protocol.conf")),
    ("rules/detectors.conf", include_str!("../rules/detectors.conf")),
];

const STRICT: (&str, &str) = ("rules/strict.conf", include_str!("../rules/strict.conf"));

/// Score at which the policy strict blocks: a finding of confidence 60 does (waf.md §8).
const STRICT_THRESHOLD: u16 = 3;

/// A policy of ours.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BuiltIn {
    /// 均衡, the default: one certain finding blocks.
    Balanced,
    /// 观察: the rules of the default, which only record.
    Observe,
    /// 严格: less certain findings block, unknown methods and content types are refused, and responses that leak.
    Strict,
}

impl BuiltIn {
    /// Every one of them.
    pub const ALL: [Self; 3] = [Self::Balanced, Self::Observe, Self::Strict];

    /// Name in settings, verdicts and at the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Balanced => "balanced",
            Self::Observe => "observe",
            Self::Strict => "strict",
        }
    }

    /// The policy of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.name() == name)
    }

    /// Its rule files, for a policy that adds local rules to them.
    pub fn sources(self) -> Sources {
        let strict = (self == Self::Strict).then_some(&STRICT);
        let file =
            |(path, text): &(&str, &str)| SourceFile { path: (*path).to_owned(), bytes: text.as_bytes().to_vec() };
        Sources { files: FILES.iter().chain(strict).map(file).collect(), referenced: Vec::new() }
    }

    /// Its compiled rules.
    pub fn program(self) -> Result<Arc<Program>, Vec<CompileError>> {
        let options = CompileOptions { policy: PolicyId(self.name().to_owned()), profile: Profile::Native };
        compile(&self.sources(), &options).map(|(program, _)| program)
    }

    /// How an object that uses it is set up.
    pub fn options(self) -> ObjectOptions {
        let options = ObjectOptions::default();
        match self {
            Self::Balanced => options,
            Self::Observe => ObjectOptions { mode: Mode::Observe, ..options },
            Self::Strict => {
                ObjectOptions { threshold_in: STRICT_THRESHOLD, threshold_out: STRICT_THRESHOLD, ..options }
            }
        }
    }
}

/// The rule files of the default policy.
pub fn balanced_sources() -> Sources {
    BuiltIn::Balanced.sources()
}

/// The default policy (均衡).
pub fn balanced() -> Result<Arc<Program>, Vec<CompileError>> {
    BuiltIn::Balanced.program()
}
