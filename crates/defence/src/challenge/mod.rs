//! Proof of work (gateway.md §9; CD-044, CD-045): a client shows that it has a computer of its own before it goes on.
//!
//! The gateway issues a token. The client's page finds a counter such that SHA-256 of token and counter begins with enough
//! zero bits, and brings both back. For that it gets a cookie that holds for half an hour. Token and cookie are signed and bound
//! to the protected object, the client's network and its user agent; a token is spent once. The cookie says what it was given
//! for: where a [`captcha`] is asked for, work does not do. It is *not* a choice whom to challenge, and it proves no human.
//!
//! ```
//! use medward_contract::Timestamp;
//! use medward_crypto::Secret;
//! use medward_defence::challenge::{Challenger, Client, Proof, SpentNonces, solve};
//!
//! let (challenger, spent) = (Challenger::new(Secret::new([7; 32])), SpentNonces::default());
//! let client = Client::new("appointment", "192.0.2.7".parse().unwrap(), b"Mozilla/5.0");
//! let now = Timestamp::from_micros(1_795_144_455_926_535);
//! let token = challenger.issue(&client, now, [9; 16], 14);
//! let counter = solve(&token, 14).unwrap();
//! let cookie = challenger.redeem(&client, now, &token, &counter, &spent)?;
//! assert_eq!(challenger.check_cookie(&client, now, &cookie)?, Proof::Work);
//! assert!(challenger.redeem(&client, now, &token, &counter, &spent).is_err(), "once only");
//! # Ok::<(), medward_defence::challenge::Refusal>(())
//! ```

pub mod captcha;
mod page;
mod passport;
#[cfg(test)]
mod tests;

use std::net::IpAddr;
use std::time::Duration;

use medward_contract::Timestamp;
use medward_crypto::{Secret, sha256, sha256_parts};

pub use self::page::{SOLUTION_PATH, TRAP_PATH, page};
use self::passport::{Kind, Passport};
use crate::bot::CHALLENGE_FROM;
use crate::limit::CounterKey;
use crate::prefix::{self, Prefix};
use crate::table::{Table, Verdict};

/// Zero bits for who does not look like a program: about a second on a phone.
pub const DEFAULT_BITS: u8 = 18;
/// Zero bits for who has signed in, the least that is asked.
pub const MIN_BITS: u8 = 14;
/// The most that is asked.
pub const MAX_BITS: u8 = 22;
/// Points of a score that one bit more answers: from `CHALLENGE_FROM` up to `BLOCK_FROM` it comes to `MAX_BITS`.
const POINTS_PER_BIT: u8 = 10;
/// How long a token may be solved. A slow phone needs a minute for `MAX_BITS`.
pub const TOKEN_LIFETIME: Duration = Duration::from_secs(5 * 60);
/// How long a cookie holds (gateway.md §9).
pub const COOKIE_LIFETIME: Duration = Duration::from_secs(30 * 60);
/// How far the clocks of two nodes that share a key may be apart.
const CLOCK_SKEW: Duration = Duration::from_secs(30);
/// Digits of the largest counter.
const MAX_COUNTER_DIGITS: usize = 20;

/// Why a solution or a cookie is not taken. The client is told no more than that it must try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("not a token of ours")]
    Forged,
    #[error("too old, or from the future")]
    Expired,
    #[error("made for another client or another object")]
    OtherClient,
    #[error("not solved")]
    Unsolved,
    #[error("spent already")]
    Spent,
}

/// What a client shows before it goes on. Ordered: who has read a picture need not work as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Proof {
    /// That it has a computer of its own.
    Work,
    /// That it reads a picture.
    Captcha,
}

/// Whom a token is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    object: [u8; 16],
    prefix: Prefix,
    agent: [u8; 16],
}

impl Client {
    /// The protected object, the client's address (its /24 or /64 counts) and its `User-Agent`, empty if it sent none.
    pub fn new(object: &str, address: IpAddr, user_agent: &[u8]) -> Self {
        Self { object: half_hash(object.as_bytes()), prefix: prefix::of(address), agent: half_hash(user_agent) }
    }
}

/// Zero bits for a client with this score of [`crate::bot`] (gateway.md §9: adaptive).
pub fn bits_for(score: u8) -> u8 {
    let more = score.saturating_sub(CHALLENGE_FROM) / POINTS_PER_BIT;
    DEFAULT_BITS.saturating_add(more).min(MAX_BITS)
}

/// Issues and checks tokens and cookies.
#[derive(Debug, Clone)]
pub struct Challenger {
    key: Secret<[u8; 32]>,
}

impl Challenger {
    /// With a key of this process, or of all nodes that take each other's cookies.
    pub fn new(key: Secret<[u8; 32]>) -> Self {
        Self { key }
    }

    /// A token to solve. `nonce` is random; `bits` is kept between `MIN_BITS` and `MAX_BITS`.
    pub fn issue(&self, client: &Client, now: Timestamp, nonce: [u8; 16], bits: u8) -> String {
        let bits = bits.clamp(MIN_BITS, MAX_BITS);
        Passport { kind: Kind::Token, client: client.clone(), issued: now, nonce, bits }.sign(&self.key)
    }

    /// Takes a solved token and gives the value of a cookie for it.
    ///
    /// What costs nothing is checked first, and the nonce is spent last, so that nobody can spend it for somebody else.
    pub fn redeem(
        &self,
        client: &Client,
        now: Timestamp,
        token: &str,
        counter: &str,
        spent: &SpentNonces,
    ) -> Result<String, Refusal> {
        let passport = Passport::read(token, Kind::Token, &self.key).ok_or(Refusal::Forged)?;
        passport.check(client, now, TOKEN_LIFETIME)?;
        if !is_counter(counter) || leading_zeros(token, counter) < u32::from(passport.bits) {
            return Err(Refusal::Unsolved);
        }
        if !spent.spend(now, passport.nonce) {
            return Err(Refusal::Spent);
        }
        Ok(self.cookie(client, now, Proof::Work))
    }

    /// Whether this client was given this token lately, and no other client could have told it to ask with it.
    pub fn is_token_of(&self, client: &Client, now: Timestamp, token: &str) -> bool {
        let passport = Passport::read(token, Kind::Token, &self.key);
        passport.is_some_and(|passport| passport.check(client, now, TOKEN_LIFETIME).is_ok())
    }

    /// The value of a cookie for who has shown this.
    pub fn cookie(&self, client: &Client, now: Timestamp, proof: Proof) -> String {
        Passport { kind: Kind::of_cookie(proof), client: client.clone(), issued: now, nonce: [0; 16], bits: 0 }
            .sign(&self.key)
    }

    /// What this client has shown, by its cookie.
    pub fn check_cookie(&self, client: &Client, now: Timestamp, cookie: &str) -> Result<Proof, Refusal> {
        let read = |proof| Some((proof, Passport::read(cookie, Kind::of_cookie(proof), &self.key)?));
        let (proof, passport) = read(Proof::Work).or_else(|| read(Proof::Captcha)).ok_or(Refusal::Forged)?;
        passport.check(client, now, COOKIE_LIFETIME).map(|()| proof)
    }
}

impl Passport {
    fn check(&self, client: &Client, now: Timestamp, lifetime: Duration) -> Result<(), Refusal> {
        if self.issued > now.plus(CLOCK_SKEW) || now.since(self.issued) >= lifetime {
            return Err(Refusal::Expired);
        }
        if self.client == *client { Ok(()) } else { Err(Refusal::OtherClient) }
    }
}

/// The nonces of solved tokens: 114,688 at most. Beyond that the oldest go out early, and whoever kept a token of theirs gets
/// another cookie for it within its five minutes; that is less than the half hour its first cookie gave, and it locks nobody out.
pub struct SpentNonces(Table<bool>);

/// Nonces of one generation of a shard: seven eighths of 1,024.
const SPENT_ROOM: usize = 896;

impl Default for SpentNonces {
    fn default() -> Self {
        Self(Table::new(SPENT_ROOM))
    }
}

impl SpentNonces {
    /// Whether the nonce was unspent until now. Nonces are random and signed, so nobody chooses their shard.
    fn spend(&self, now: Timestamp, nonce: [u8; 16]) -> bool {
        // Never forgotten before its token has expired on the slowest clock.
        let hot_until = Some(now.plus(TOKEN_LIFETIME + 2 * CLOCK_SKEW));
        self.0.with(
            now,
            nonce_key(nonce),
            || false,
            |spent| Verdict { answer: !std::mem::replace(spent, true), hot_until },
        )
    }
}

fn nonce_key(nonce: [u8; 16]) -> CounterKey {
    let bits = u128::from_be_bytes(nonce);
    let [high, low] = [bits >> 64, bits & u128::from(u64::MAX)].map(|half| u64::try_from(half).unwrap_or(0));
    CounterKey { high, low }
}

/// Solves a token as the page does: the first counter from 0 on. For tests, and for machines that are told to.
pub fn solve(token: &str, bits: u8) -> Option<String> {
    let counters = 0..1_u64 << (u32::from(bits.min(MAX_BITS)) + 8);
    counters.map(|counter| counter.to_string()).find(|counter| leading_zeros(token, counter) >= u32::from(bits))
}

/// Zero bits that SHA-256 of the token and the counter's digits begins with.
fn leading_zeros(token: &str, counter: &str) -> u32 {
    let hash = sha256_parts(&[token.as_bytes(), counter.as_bytes()]);
    let zero_bytes = hash.iter().take_while(|byte| **byte == 0).count();
    let next = hash.get(zero_bytes).map_or(0, |byte| byte.leading_zeros());
    u32::try_from(zero_bytes * 8).unwrap_or(u32::MAX) + next
}

/// Decimal digits without a leading zero.
fn is_counter(text: &str) -> bool {
    let digits = (1..=MAX_COUNTER_DIGITS).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    digits && (text == "0" || !text.starts_with('0'))
}

pub(crate) fn half_hash(bytes: &[u8]) -> [u8; 16] {
    let mut half = [0; 16];
    half.iter_mut().zip(sha256(bytes)).for_each(|(to, from)| *to = from);
    half
}
