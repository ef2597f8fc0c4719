//! Ports of identity (账号与权限).

use std::net::IpAddr;

use async_trait::async_trait;

use crate::id::AccountId;
use crate::port::PortError;
use crate::principal::Principal;

/// What a caller shows to say who it is. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub enum Credential {
    /// The secret in the console cookie.
    Session(String),
    /// An API token `mwt_…`.
    Token(String),
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Session(_) => "Session(***)",
            Self::Token(_) => "Token(***)",
        })
    }
}

/// What the server knows about the calling client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientFacts {
    /// Address of the peer.
    pub address: IpAddr,
    /// `User-Agent`, cut to 512 bytes.
    pub user_agent: String,
    /// Whether a person asks. A page that refreshes itself says that nobody does, or an open tab would keep a session
    /// alive for ever (PACS-057).
    pub attended: bool,
}

/// Who is behind a credential.
#[async_trait]
pub trait Directory: Send + Sync {
    /// The principal of a living credential. Counts as activity of its session when the client is attended.
    async fn principal(&self, credential: &Credential, client: &ClientFacts) -> Result<Option<Principal>, PortError>;
}

/// Console sessions as others may touch them.
#[async_trait]
pub trait Sessions: Send + Sync {
    /// Addresses administrators are working from now; never banned.
    fn admin_addresses(&self) -> Vec<IpAddr>;

    /// Ends every session of the account. Idempotent.
    async fn revoke(&self, account: AccountId, reason: &str) -> Result<(), PortError>;
}
