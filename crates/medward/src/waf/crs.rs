//! An installed CRS for the commands: the gateway reads it ([`medward_gateway::crs`]); here is how its regression tests want
//! it set up, and the interpreter that the engine is compared with.

use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use medward_gateway::crs::{CrsError, CrsPlace};
use medward_waf::{Program, Reference, Sources, Warning};

use crate::cli::WrongUse;

pub(super) use medward_gateway::crs::{CrsSettings, compile};

/// What the regression tests were written for: every rule asked, limits low enough to be reached by a test.
pub(super) fn regression_tests() -> CrsSettings {
    CrsSettings {
        detection_only: true,
        blocking_paranoia: Some(4),
        detection_paranoia: Some(4),
        variables: vec![
            ("crs_validate_utf8_encoding", 1),
            ("arg_name_length", 100),
            ("arg_length", 400),
            ("total_arg_length", 64_000),
            ("max_num_args", 255),
            ("max_file_size", 64_100),
            ("combined_file_sizes", 65_535),
        ],
        // Bans by address would hit whoever runs the tests.
        removed: vec![910_000],
    }
}

/// The sources of the CRS in `folder`, which the command line names: a folder that holds none is a wrong use.
pub(super) fn read(folder: &Path, settings: &CrsSettings) -> Result<Sources> {
    let place = CrsPlace { directory: folder.to_owned(), setup: None };
    medward_gateway::crs::read(&place, settings).map_err(|error| match error {
        CrsError::NoSetup(_) | CrsError::NoRules(_) => WrongUse(error.to_string()).into(),
        error => error.into(),
    })
}

/// Compiles them, and tells what of them has no effect.
pub(super) fn compile_telling(sources: &Sources) -> Result<(Arc<Program>, Vec<String>)> {
    let (program, warnings) = compile(sources)?;
    let told = |Warning { path, line, message }| format!("{path}:{line}: {message}");
    Ok((program, warnings.into_iter().map(told).collect()))
}

/// The same rules for the interpreter that the engine is compared with.
pub(super) fn reference(sources: &Sources) -> Result<Arc<Reference>> {
    Ok(Reference::compile(sources).map_err(CrsError::Rules)?)
}
