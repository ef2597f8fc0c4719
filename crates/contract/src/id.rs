//! Newtypes for every identifier, so that an account id never lands where a session id belongs.
//!
//! All are UUIDv7 in their text form (`019…`), which sorts by creation time and is stored as TEXT on both engines.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An identifier that is not a UUID in text form.
#[derive(Debug, thiserror::Error)]
#[error("read identifier: not a UUID")]
pub struct IdError(#[from] uuid::Error);

/// Declares UUIDv7 newtypes with text, serde and OpenAPI forms.
#[macro_export]
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ::serde::Serialize, ::serde::Deserialize, ::utoipa::ToSchema)]
        #[serde(transparent)]
        #[schema(value_type = String, format = "uuid")]
        pub struct $name(::uuid::Uuid);

        impl $name {
            /// Draws a new UUIDv7.
            #[expect(clippy::new_without_default, reason = "a default identifier would be a random one")]
            pub fn new() -> Self {
                Self(::uuid::Uuid::now_v7())
            }

            /// Writes it into a buffer; the same text as [`Display`](::std::fmt::Display) without its detour.
            pub fn text<'b>(&self, buffer: &'b mut [u8; 36]) -> &'b str {
                self.0.hyphenated().encode_lower(buffer)
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Display::fmt(&self.0, f)
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::id::IdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Ok(Self(text.parse::<::uuid::Uuid>()?))
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::id::IdError;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0.to_string()
            }
        }
    )+};
}

ids! {
    /// A person's or vendor's account (`identity_account`).
    AccountId,
    /// A console session (`identity_session`), never the secret in the cookie.
    SessionId,
    /// A request that a second person approves a change (`identity_approval`).
    ApprovalId,
    /// One begun change in the audit trail (`kernel_audit`).
    AuditId,
    /// One request through the gateway or the API; printed on block pages as 事件编号.
    RequestId,
    /// An item of the gateway's policy: a protected object (防护对象), a group of them, a template.
    PolicyItemId,
    /// A certificate that the gateway serves.
    CertificateId,
    /// A remote node (`kernel_node`).
    NodeId,
}

impl AccountId {
    /// No account: a change made at the machine itself, by a user of the operating system.
    pub const NOBODY: Self = Self(uuid::Uuid::nil());
}

/// A business system (业务系统, owner: assets). Text chosen by people, not a UUID.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(transparent)]
pub struct SystemId(pub String);

impl fmt::Display for SystemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for SystemId {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn id_survives_its_text_form_and_refuses_other_text() {
        let id = AccountId::new();
        assert_eq!(id.to_string().parse::<AccountId>().unwrap(), id);
        assert!("not-an-id".parse::<AccountId>().is_err());
    }
}
