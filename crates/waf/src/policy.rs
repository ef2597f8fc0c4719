//! Policies written by us and built in. Their rules lie in `rules/`, one file per family.

use std::sync::Arc;

use crate::compile::{CompileOptions, Profile, Program, compile};
use crate::sources::{CompileError, SourceFile, Sources};
use crate::verdict::PolicyId;

const FILES: &[(&str, &str)] = &[
    ("rules/scanner.conf", include_str!("../rules/scanner.conf")),
    ("rules/sqli.conf", include_str!("../rules/sqli.conf")),
    ("rules/xss.conf", include_str!("../rules/xss.conf")),
    ("rules/traversal.conf", include_str!("../rules/traversal.conf")),
    ("rules/shell.conf", include_str!("../rules/shell.conf")),
    ("rules/xxe.conf", include_str!("../rules/xxe.conf")),
    ("rules/code.conf", include_str!("../rules/code.conf")),
    ("rules/detectors.conf", include_str!("../rules/detectors.conf")),
];

/// The rule files of the default policy, for a policy that adds local rules to them.
pub fn balanced_sources() -> Sources {
    let file = |(path, text): &(&str, &str)| SourceFile { path: (*path).to_owned(), bytes: text.as_bytes().to_vec() };
    Sources { files: FILES.iter().map(file).collect(), referenced: Vec::new() }
}

/// The default policy (均衡): our own rules; one certain finding blocks.
pub fn balanced() -> Result<Arc<Program>, Vec<CompileError>> {
    let options = CompileOptions { policy: PolicyId("balanced".to_owned()), profile: Profile::Native };
    compile(&balanced_sources(), &options).map(|(program, _)| program)
}
