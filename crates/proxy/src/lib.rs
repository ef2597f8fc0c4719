//! The data path of the gateway: takes connections, refuses what is malformed, asks the engine about the rest, passes on
//! what is clean, and says what happened.
//!
//! [`DataPath`] is what every connection shares. Whoever runs one gives it a [`Snapshot`] of finished [`Object`]s and a
//! [`Door`] for each address, and empties its [`Queues`]: the gateway does so out of its database, a node without one can
//! do so out of what it was sent.
//!
//! *Not* here: what an operator writes and how it becomes an [`Object`] (`gateway`), detection rules (`medward-waf`), any
//! table, any route of the API. Settings, metrics and events bear the name `gateway`, by which operators know them.
//!
//! Invariants: a byte reaches the protected system only after its head was framed without ambiguity and judged; a request
//! reads one immutable snapshot and waits for no database, vault or capability, but for who comes with a session of
//! the access guard that this node has not seen; every request becomes exactly one
//! `access.request` event.

mod config;

mod address;
mod path;
mod place;
mod scenario;
mod stance;
mod transport;

mod inspect;
mod snapshot;
mod upstream;

mod access;
mod defence;

mod alarm;
mod event;
mod kept;
mod metrics;
mod page;

mod data_path;

mod exchange;
mod listen;

pub use access::{Access, AccessSetup, AccessUse, ApplicationState};
pub use address::{AddressError, HostPattern, UpstreamAddress};
pub use alarm::{Alarm, AlarmQueue};
pub use config::{ConnectionLimits, Timeouts};
pub use data_path::{DataPath, Queues, Setup, Totals};
pub use defence::{
    Addresses, AllowedOrigin, ApiGuard, BanNote, BanQueue, Bans, BotUse, ChallengeUse, DefenceKeys, Defences,
    EnumerationAction, EnumerationUse, Listed, NamedLimit, OriginError, OriginGuard, RedisAddress, RedisAddressError,
    SharedCounters, SharedSettings, WaitingRoom,
};
pub use event::ban_event;
pub use exchange::{AnswerRules, HeadFault, HeaderRules};
pub use inspect::{Inspection, Inspector, Waf};
pub use kept::{KeptRequest, KeptRequestQueue, Note, judge_again};
pub use listen::{Door, SiteCertificate, SiteCertificates, listener};
pub use path::normalised as normalised_path;
pub use place::{Atlas, Country, Place, Region, Zones};
pub use scenario::Scenario;
pub use snapshot::{Object, PathPrefix, Placed, Snapshot};
pub use stance::{Mode, OnError};
pub use transport::{AuthorityError, ClientTrust, PlainHttp, TlsVersion, Transport};
pub use upstream::{Member, MemberState, Members, Pool};
