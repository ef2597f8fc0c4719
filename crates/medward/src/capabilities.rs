//! The capabilities in this program, one line each. The vault comes first: it records what the others do, and flushes last.

use medward_kernel::capability::{Entry, entry};

/// What a remote node runs.
pub(crate) fn of_node() -> Vec<Entry> {
    vec![entry::<medward_gateway::Gateway>()]
}

/// Every capability of this binary.
pub(crate) fn all() -> Vec<Entry> {
    vec![entry::<medward_vault::Vault>(), entry::<medward_identity::Identity>(), entry::<medward_gateway::Gateway>()]
}
