//! Policies written by us and built in.

use std::sync::Arc;

use crate::compile::{CompileError, CompileOptions, Program, Sources, compile};
use crate::verdict::PolicyId;

/// The default policy (均衡).
pub fn balanced() -> Result<Arc<Program>, Vec<CompileError>> {
    let options = CompileOptions { policy: PolicyId("balanced".to_owned()) };
    compile(&Sources::default(), &options).map(|(program, _)| program)
}
