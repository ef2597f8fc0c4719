//! The promoted fields: each has a fixed name, type and CBOR key for ever (`vault.md` §3). Keys are never reused.

use std::collections::HashMap;
use std::sync::LazyLock;

use compact_str::{CompactString, ToCompactString as _};

/// Type of a promoted field's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// UTF-8 text.
    Text,
    /// Signed 64-bit integer.
    Int,
    /// Raw bytes (`event.original`).
    Bytes,
}

/// Value of a promoted field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldValue {
    /// UTF-8 text. Up to 24 bytes stand in the value itself: most do, and each piece of memory would be given back by
    /// another thread.
    Text(CompactString),
    /// Integer; durations are nanoseconds, sizes are bytes.
    Int(i64),
    /// Raw bytes.
    Bytes(Vec<u8>),
}

impl FieldValue {
    /// Type of this value.
    pub const fn kind(&self) -> FieldKind {
        match self {
            Self::Text(_) => FieldKind::Text,
            Self::Int(_) => FieldKind::Int,
            Self::Bytes(_) => FieldKind::Bytes,
        }
    }
}

impl From<&str> for FieldValue {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for FieldValue {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl From<CompactString> for FieldValue {
    fn from(text: CompactString) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for FieldValue {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<u16> for FieldValue {
    fn from(number: u16) -> Self {
        Self::Int(i64::from(number))
    }
}

impl From<u32> for FieldValue {
    fn from(number: u32) -> Self {
        Self::Int(i64::from(number))
    }
}

impl From<Vec<u8>> for FieldValue {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }
}

impl From<std::net::IpAddr> for FieldValue {
    fn from(address: std::net::IpAddr) -> Self {
        Self::Text(address.to_compact_string())
    }
}

macro_rules! fields {
    ($($variant:ident = $key:literal, $name:literal, $kind:ident;)+) => {
        /// A promoted field.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Field {
            $(#[doc = concat!("`", $name, "`, key ", stringify!($key), ".")] $variant = $key,)+
        }

        impl Field {
            /// Every promoted field, by key.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The ECS or Medward name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// Type of its value.
            pub const fn kind(self) -> FieldKind {
                match self { $(Self::$variant => FieldKind::$kind),+ }
            }

            /// The field stored under this CBOR key.
            pub const fn from_key(key: u8) -> Option<Self> {
                match key { $($key => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

fields! {
    EventDuration = 7, "event.duration", Int;
    EventReason = 8, "event.reason", Text;
    AgentId = 9, "agent.id", Text;
    EventSequence = 10, "event.sequence", Int;
    MedwardSource = 11, "medward.source", Text;
    MedwardSystem = 12, "medward.system", Text;
    HostName = 13, "host.name", Text;
    ObserverIp = 14, "observer.ip", Text;
    ServiceName = 15, "service.name", Text;
    SourceIp = 16, "source.ip", Text;
    SourcePort = 17, "source.port", Int;
    DestinationIp = 18, "destination.ip", Text;
    DestinationPort = 19, "destination.port", Int;
    NetworkTransport = 20, "network.transport", Text;
    UserName = 21, "user.name", Text;
    UserTargetName = 22, "user.target.name", Text;
    UserId = 23, "user.id", Text;
    UrlDomain = 24, "url.domain", Text;
    UrlPath = 25, "url.path", Text;
    UrlQuery = 26, "url.query", Text;
    HttpMethod = 27, "http.request.method", Text;
    HttpRequestId = 28, "http.request.id", Text;
    HttpStatus = 29, "http.response.status_code", Int;
    UserAgent = 30, "user_agent.original", Text;
    RuleId = 31, "rule.id", Text;
    RuleName = 32, "rule.name", Text;
    RuleCategory = 33, "rule.category", Text;
    FilePath = 34, "file.path", Text;
    ProcessName = 35, "process.name", Text;
    ProcessCommandLine = 36, "process.command_line", Text;
    DbInstance = 37, "db.instance", Text;
    DbName = 38, "db.name", Text;
    DbOperation = 39, "db.operation", Text;
    DbStatement = 40, "db.statement", Text;
    DbSessionId = 41, "db.session_id", Text;
    DbRowsAffected = 42, "db.rows_affected", Int;
    DbRowsReturned = 43, "db.rows_returned", Int;
    DbResultCode = 44, "db.result_code", Text;
    Message = 45, "message", Text;
    EventOriginal = 47, "event.original", Bytes;
}

impl Field {
    /// The field's CBOR key (`vault.md` §3). Keys 0–6 are the envelope, 46 is `message_off`, 48 tags, 49 attrs.
    pub const fn key(self) -> u8 {
        self as u8
    }

    /// The promoted field of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        static BY_NAME: LazyLock<HashMap<&'static str, Field>> =
            LazyLock::new(|| Field::ALL.iter().map(|field| (field.name(), *field)).collect());
        BY_NAME.get(name).copied()
    }
}
