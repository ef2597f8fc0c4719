//! A captcha (gateway.md §9): five characters in a picture, for where a proof of work is not enough.
//!
//! The picture is drawn from strokes of our own, bent anew each time and in no order, so that there is no text to read out of
//! the page. Nothing is kept until somebody answers: the characters follow from the signed token's nonce and our key. One
//! token, one success, `TRIES` answers, `LIFETIME`. It is *not* proof of a person: who trains a reader for it will read it,
//! as is so with all of them; it costs more than nothing, and its cookie lets pass wherever a proof of work is asked for, but not the other way round.
//!
//! Who cannot see the picture is left out: offer the proof of work wherever it is enough. The page gives the event id to ask with.

mod drawing;
mod glyphs;
mod page;
#[cfg(test)]
mod tests;

use std::time::Duration;

use medward_contract::Timestamp;
use medward_crypto::{ct_eq, hmac_sha256_parts};

use self::glyphs::GLYPHS;
pub use self::page::{ANSWER_PATH, CaptchaPage};
use super::passport::{Kind, Passport};
use super::{CLOCK_SKEW, Challenger, Client, Proof, Refusal, SPENT_ROOM, nonce_key};
use crate::table::{Table, Verdict};

/// How long a picture may be answered (gateway.md §9).
pub const LIFETIME: Duration = Duration::from_secs(120);
/// Answers to one picture.
pub const TRIES: u8 = 5;
pub const CHARACTERS: usize = 5;
/// Keeps what is derived from the key here apart from its signatures.
const DOMAIN: &[u8] = b"medward captcha\0";
/// Bytes of the longest answer that is looked at: full-width characters have three, and blanks may stand around.
const MAX_ANSWER_BYTES: usize = 64;

/// A picture to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Captcha {
    pub token: String,
    /// An `<svg>` element of a few kilobytes: one path, no text, no script.
    pub svg: String,
}

/// The answers that were tried, in bounded memory. Who makes it forget a token by solving 114,688 others gets five more tries.
pub struct CaptchaTries(Table<u8>);

impl Default for CaptchaTries {
    fn default() -> Self {
        Self(Table::new(SPENT_ROOM))
    }
}

impl CaptchaTries {
    /// Notes an answer. A right one takes all tries that are left; the last wrong one spends the picture.
    fn answer(&self, now: Timestamp, nonce: [u8; 16], is_right: bool) -> Option<Refusal> {
        let hot_until = Some(now.plus(LIFETIME + 2 * CLOCK_SKEW));
        self.0.with(
            now,
            nonce_key(nonce),
            || 0,
            |used| {
                let is_spent = *used >= TRIES;
                *used = if is_right { TRIES } else { used.saturating_add(1).min(TRIES) };
                let answer = match (is_spent, is_right) {
                    (false, true) => None,
                    (false, false) if *used < TRIES => Some(Refusal::Unsolved),
                    _ => Some(Refusal::Spent),
                };
                Verdict { answer, hot_until }
            },
        )
    }
}

impl Challenger {
    /// A picture for this client. `nonce` is random.
    pub fn issue_captcha(&self, client: &Client, now: Timestamp, nonce: [u8; 16]) -> Captcha {
        let passport = Passport { kind: Kind::Captcha, client: client.clone(), issued: now, nonce, bits: 0 };
        Captcha { token: passport.sign(&self.key), svg: self.drawn(nonce) }
    }

    /// The picture of a token once more, for who read it wrong; none when another is needed.
    pub fn captcha_again(&self, client: &Client, now: Timestamp, token: &str) -> Option<Captcha> {
        let passport = Passport::read(token, Kind::Captcha, &self.key)?;
        passport.check(client, now, LIFETIME).ok()?;
        Some(Captcha { token: token.to_owned(), svg: self.drawn(passport.nonce) })
    }

    /// What is to be read in the picture of a token of ours: tests have no eyes.
    #[cfg(any(test, feature = "testkit"))]
    pub fn captcha_text(&self, token: &str) -> Option<String> {
        Passport::read(token, Kind::Captcha, &self.key).map(|passport| self.text(passport.nonce))
    }

    /// Takes what was read in the picture and gives the value of a cookie for it, as `redeem` does.
    ///
    /// After `Unsolved` the same picture may be tried again, after all others a new one is needed.
    pub fn redeem_captcha(
        &self,
        client: &Client,
        now: Timestamp,
        token: &str,
        answer: &str,
        tries: &CaptchaTries,
    ) -> Result<String, Refusal> {
        let passport = Passport::read(token, Kind::Captcha, &self.key).ok_or(Refusal::Forged)?;
        passport.check(client, now, LIFETIME)?;
        let is_right = ct_eq(normalised(answer).as_bytes(), self.text(passport.nonce).as_bytes());
        match tries.answer(now, passport.nonce, is_right) {
            Some(refusal) => Err(refusal),
            None => Ok(self.cookie(client, now, Proof::Captcha)),
        }
    }

    fn drawn(&self, nonce: [u8; 16]) -> String {
        drawing::draw(&self.characters(nonce), drawing::Chance::new(&self.derived(b"drawing", nonce)))
    }

    fn text(&self, nonce: [u8; 16]) -> String {
        self.characters(nonce).iter().map(|(character, _)| character).collect()
    }

    fn characters(&self, nonce: [u8; 16]) -> Vec<glyphs::Glyph> {
        let mut chance = drawing::Chance::new(&self.derived(b"answer", nonce));
        (0..CHARACTERS).filter_map(|_| GLYPHS.get(chance.below(GLYPHS.len())).copied()).collect()
    }

    fn derived(&self, what: &[u8], nonce: [u8; 16]) -> [u8; 32] {
        hmac_sha256_parts(self.key.expose(), &[DOMAIN, &nonce, what])
    }
}

/// As people type it: small letters, blanks, and the full-width characters of a Chinese keyboard.
fn normalised(answer: &str) -> String {
    if answer.len() > MAX_ANSWER_BYTES {
        return String::new();
    }
    let narrow = |c: char| match c {
        '！'..='～' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        other => other,
    };
    answer.chars().filter(|c| !c.is_whitespace()).map(|c| narrow(c).to_ascii_uppercase()).collect()
}
