//! Traffic defence as a request meets it: allow list, bans, custom rules, limits, challenge (gateway.md §5, steps 5 to 10).
//!
//! What holds is decided by `medward-defence`, which knows nothing of HTTP or sockets; here it is given facts, and what it
//! says becomes an answer and a record. *Not* here: who writes bans down (the gateway).
//!
//! Invariant: the allow list wins over everything. Invariant: an object in `bypass` is left alone, one that observes is told
//! about and not defended, but for address groups that are blocked and bans: somebody asked for exactly these.

mod api;
mod bans;
mod challenge;
mod charge;
mod doors;
mod enumeration;
mod facts;
mod origin;
mod policy;
mod shared;
mod stage;
mod waiting;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;
use medward_crypto::{Secret, random_array};
use medward_defence::bot::{Behaviour, Noted};
use medward_defence::challenge::captcha::{ANSWER_PATH, Captcha, CaptchaTries};
use medward_defence::challenge::{
    Challenger, Client, Refusal as NotTaken, SOLUTION_PATH, SpentNonces, TRAP_PATH as TRAP,
};
use medward_defence::enumeration::{Found, Watcher};
use medward_defence::limit::{BanStep, Counters, Herald, KeyHasher, Ladder};
use medward_kernel::Clock;

pub use api::ApiGuard;
pub use bans::{BanNote, BanQueue, Bans};
pub(crate) use challenge::client_of;
pub(crate) use charge::Charge;
pub(crate) use enumeration::AwaitedAnswer;
pub use enumeration::{EnumerationAction, EnumerationUse};
pub use origin::{AllowedOrigin, OriginError, OriginGuard};
pub use policy::{Addresses, BotUse, ChallengeUse, Defences, Listed, NamedLimit};
pub use shared::{RedisAddress, RedisAddressError, SharedCounters, SharedSettings};
pub(crate) use stage::{Hit, Refusal, Said, Stage, Way, cookie_line};
pub use waiting::WaitingRoom;

/// The cookie of a solved challenge (gateway.md §9).
pub(crate) const COOKIE: &str = "__mw_c";
/// Where solutions go.
pub(crate) const CHALLENGE_PATH: &[u8] = SOLUTION_PATH.as_bytes();
/// Where answers to captchas go.
pub(crate) const CAPTCHA_PATH: &[u8] = ANSWER_PATH.as_bytes();
/// Where nobody goes but who follows every link.
pub(crate) const TRAP_PATH: &[u8] = TRAP.as_bytes();
/// Where who waits asks for its place.
pub(crate) const WAITING_PATH: &[u8] = b"/.medward/waiting";
/// Everything below is answered by the gateway itself, for every object.
pub(crate) const OWN_PATHS: &[u8] = b"/.medward/";

/// What the third ban within a day costs, as long as nobody decides for all of Medward (`Decisions`).
const THIRD_BAN: Duration = Duration::from_hours(24);
/// One key is told about once in this time; each request has a record of its own anyway.
const QUIET: Duration = Duration::from_mins(1);

/// Keys of traffic defence. Nodes that share counters or take each other's cookies have the same.
pub struct DefenceKeys {
    /// Names counters, so that nobody can aim at one.
    pub counters: [u8; 16],
    /// Signs challenges and the cookies of those who solved them.
    pub challenge: Secret<[u8; 32]>,
}

/// What outlives policies: counters, bans, spent nonces.
pub(crate) struct Defence {
    pub(crate) counters: Arc<dyn Counters>,
    pub(crate) hasher: KeyHasher,
    pub(crate) bans: Arc<Bans>,
    pub(crate) challenger: Challenger,
    pub(crate) behaviour: Behaviour,
    spent: SpentNonces,
    tries: CaptchaTries,
    watcher: Watcher,
    found: Found,
    ladder: Ladder,
    herald: Herald,
    clock: Clock,
}

impl Defence {
    pub(crate) fn new(keys: DefenceKeys, counters: Arc<dyn Counters>, clock: Clock) -> (Self, BanQueue) {
        let (bans, queue) = Bans::new();
        let defence = Self {
            counters,
            hasher: KeyHasher::new(keys.counters),
            bans: Arc::new(bans),
            challenger: Challenger::new(keys.challenge),
            behaviour: Behaviour::default(),
            spent: SpentNonces::default(),
            tries: CaptchaTries::default(),
            watcher: Watcher::default(),
            found: Found::default(),
            ladder: Ladder::default(),
            herald: Herald::default(),
            clock,
        };
        (defence, queue)
    }

    /// Bans the client of a request for as long as it has earned. The ban, unless it is banned already.
    fn ban(&self, address: IpAddr, why: impl FnOnce(IpNet) -> BanNote) -> Option<BanNote> {
        let now = self.clock.now();
        if self.bans.of(address, now).is_some() {
            return None;
        }
        let network = banned_network(address);
        let duration = match self.ladder.climb(now, self.hasher.address(network.addr())) {
            BanStep::Local(duration) => duration,
            BanStep::Decisions => THIRD_BAN,
        };
        let note = BanNote { until: now.plus(duration), at: now, ..why(network) };
        self.bans.add(note.clone()).then_some(note)
    }

    /// Whether to tell once more that this client ran into `what`.
    fn is_news(&self, address: IpAddr, what: &str) -> bool {
        let key = self.hasher.address_and(address, what.as_bytes());
        self.herald.is_due(self.clock.now(), key, QUIET)
    }

    /// A watched client asked for this and was answered so.
    pub(crate) fn note(&self, address: IpAddr, target: &[u8], status: u16) {
        let path = target.split(|byte| *byte == b'?').next().unwrap_or_default();
        let what = Noted::Answered { path: self.hasher.value(path), status };
        self.behaviour.note(self.clock.now(), self.hasher.address(address), what);
    }

    /// A client followed the link that no person sees, with the token of the page that it stood in. A link with another token is one
    /// that somebody planted, to have others taken for robots.
    pub(crate) fn note_trap(&self, client: &Client, address: IpAddr, token: &str) {
        let now = self.clock.now();
        if self.challenger.is_token_of(client, now, token) {
            self.behaviour.note(now, self.hasher.address(address), Noted::Trap);
        }
    }

    /// A challenge of this many bits for this client.
    pub(crate) fn challenge(&self, client: &Client, bits: u8) -> Option<String> {
        let nonce = random_array().ok()?;
        Some(self.challenger.issue(client, self.clock.now(), nonce, bits))
    }

    /// The value of the cookie for a solved challenge.
    pub(crate) fn redeem(&self, client: &Client, token: &str, counter: &str) -> Result<String, NotTaken> {
        self.challenger.redeem(client, self.clock.now(), token, counter, &self.spent)
    }

    /// A picture for this client: that of a token which it read wrong, while that may be answered, else a new one.
    pub(crate) fn captcha(&self, client: &Client, again: Option<&str>) -> Option<Captcha> {
        let now = self.clock.now();
        let again = again.and_then(|token| self.challenger.captcha_again(client, now, token));
        again.or_else(|| Some(self.challenger.issue_captcha(client, now, random_array().ok()?)))
    }

    /// The value of the cookie for what was read in a picture.
    pub(crate) fn redeem_captcha(&self, client: &Client, token: &str, answer: &str) -> Result<String, NotTaken> {
        self.challenger.redeem_captcha(client, self.clock.now(), token, answer, &self.tries)
    }
}

/// What is banned for an address: itself, or the /64 that one subscriber has whole (RFC 6177).
fn banned_network(address: IpAddr) -> IpNet {
    let address = address.to_canonical();
    let length = if address.is_ipv4() { 32 } else { 64 };
    IpNet::new(address, length).map_or(IpNet::from(address), |network| network.trunc())
}

/// Whether this machine speaks to itself: whoever bans that has locked out every proxy beside the gateway.
pub(crate) fn is_self(address: IpAddr) -> bool {
    matches!(address, IpAddr::V4(Ipv4Addr::LOCALHOST) | IpAddr::V6(Ipv6Addr::LOCALHOST))
}
