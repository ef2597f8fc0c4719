//! How many files this process may have open: every connection is one, and so is every file of the vault and the database.
//!
//! systemd and shells start programs with 1,024 and let them ask for more, because `select` fails above it. Medward does not use it.

use medward_gateway::GatewayConfig;
use medward_kernel::config::LoadedConfig;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// A client's connection, and the one to the application behind it.
const PER_CONNECTION: u64 = 2;
/// Kept for the database, the vault and the console.
const OWN: u64 = 1024;

/// Asks for as many as the system allows, and says so when the gateway could fill them with connections.
pub(crate) fn raise(config: &LoadedConfig) {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let allowed = match setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }) {
        Ok(()) => maximum,
        Err(error) => {
            tracing::warn!(%error, "the limit of open files could not be raised");
            current
        }
    };
    let Ok(gateway) = config.section::<GatewayConfig>("gateway") else { return };
    let needed = u64::from(gateway.limits.connections) * PER_CONNECTION + OWN;
    if let Some(allowed) = allowed.filter(|allowed| *allowed < needed) {
        tracing::warn!(
            allowed,
            needed,
            "the system allows fewer open files than gateway.limits.connections needs: set LimitNOFILE of the service"
        );
    }
}
