//! What every port answers when it cannot answer (`ports.md`).

/// Why a port gave no answer. Callers treat it as "unknown", never as an empty or good answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PortError {
    /// The owner exists but cannot answer now.
    #[error("reach {0}")]
    Unavailable(&'static str),
    /// The owner is missing or switched off on this installation.
    #[error("use {0}: not configured")]
    NotConfigured(&'static str),
    /// The owner refuses this request; asking again gives the same answer.
    #[error("be accepted: {code}")]
    Refused {
        /// Stable code of the refusal.
        code: &'static str,
    },
}
