//! What node and house say to each other: JSON over HTTP/1.1 and mutual TLS.

use std::collections::BTreeMap;

use medward_contract::Timestamp;
use serde::{Deserialize, Serialize};

use super::spool::Fill;

/// Enrolment, the only thing that is answered without a certificate.
pub(super) const ENROL: &str = "/node/v1/enrol";
/// A fresh certificate for the same node.
pub(super) const RENEW: &str = "/node/v1/renew";
/// What a node says of itself.
pub(super) const HELLO: &str = "/node/v1/hello";
/// `…/{name}?have=<tag>`: a section, when it is another one than the node has.
pub(super) const SECTION: &str = "/node/v1/section/";
/// `…/{lane}`: a batch of events.
pub(super) const EVENTS: &str = "/node/v1/events/";
/// `…/{name}`: a call.
pub(super) const CALL: &str = "/node/v1/call/";
/// Generation of a section that is sent.
pub(super) const GENERATION_HEADER: &str = "x-medward-generation";

/// What the content of a section that is sent is known by.
pub(super) const TAG_HEADER: &str = "x-medward-tag";

/// Longest request body: a batch of events, a call.
pub(super) const MAX_REQUEST_BYTES: usize = 8 * 1024 * 1024;
/// Longest section.
pub(super) const MAX_SECTION_BYTES: usize = 512 * 1024 * 1024;

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Enrol {
    /// Secret of the invitation, base 32.
    pub(super) secret: String,
    /// Certificate request, PEM.
    pub(super) request_pem: String,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Enrolled {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) certificate_pem: String,
    pub(super) authority_pem: String,
    /// MAC keys lent to the node, base 64, by domain.
    pub(super) keys: BTreeMap<String, String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Renew {
    pub(super) request_pem: String,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Renewed {
    pub(super) certificate_pem: String,
}

/// What a node says of itself once a minute.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NodeReport {
    /// Version of its program.
    pub version: String,
    /// Sections by name.
    pub sections: BTreeMap<String, SectionReport>,
    /// Spools by lane.
    pub spools: BTreeMap<String, SpoolReport>,
}

/// How a node stands with a section.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SectionReport {
    /// Generation in force; 0 when it has none yet.
    pub running: i64,
    /// Why the newest one it was sent is not in force.
    pub error: Option<String>,
}

/// How full a spool is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SpoolReport {
    /// Events that wait.
    pub events: u64,
    /// Bytes that they take.
    pub bytes: u64,
    /// Bytes that it may take.
    pub cap_bytes: u64,
    /// Events lost since the node started.
    pub lost: u64,
}

impl From<Fill> for SpoolReport {
    fn from(fill: Fill) -> Self {
        let Fill { events, bytes, cap_bytes, lost, .. } = fill;
        Self { events, bytes, cap_bytes, lost }
    }
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Welcome {
    pub(super) now: Timestamp,
    /// Names of the sections there are.
    pub(super) sections: Vec<String>,
}

/// Everything up to this number of the lane is on disk.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Taken {
    pub(super) through: u64,
}

/// A refusal.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Refusal {
    /// Stable code.
    pub(super) code: String,
    /// For people.
    pub(super) message: String,
}
