//! Log lines on standard error, as `[telemetry]` says.

use std::io::IsTerminal as _;

use medward_kernel::config::{LogFormat, TelemetryConfig};
use tracing_subscriber::EnvFilter;

use crate::cli::WrongUse;

/// Reads `telemetry.log`.
pub(crate) fn filter(settings: &TelemetryConfig) -> Result<EnvFilter, WrongUse> {
    EnvFilter::try_new(&settings.log)
        .map_err(|error| WrongUse(format!("start: telemetry.log = {:?} is not a log filter: {error}", settings.log)))
}

/// Starts logging. A second call in one process changes nothing.
pub(crate) fn start(settings: &TelemetryConfig) -> anyhow::Result<()> {
    let filter = filter(settings)?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    let started = match settings.log_format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
    // Tests start several programs in one process; the first one's logging stays.
    drop(started);
    Ok(())
}
