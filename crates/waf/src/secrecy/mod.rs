//! What nobody needs to read in a log: passwords, tokens, numbers of people (个人信息保护法 第五十一条).
//!
//! One list of names ([`is_secret_name`]) serves the evidence of the engine and the queries of the gateway. A value under
//! such a name is covered but for what matched; in any other text the values that stand under such names in it are
//! ([`secret_spans`]): a body is a form, a JSON or an XML text as well as one value. It is no promise that a text without
//! covered parts holds no secret; it is one that honest forms, JSON, XML, multipart, cookies and URLs show none.

mod spans;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::op::Found;
use crate::transform::url_decode_into;
use crate::var::Collection;

pub(crate) use spans::secret_spans;
use spans::{is_bare_name, is_bare_text};

/// Words that make a name secret wherever they stand in it. Names are compared without case, `-` and `_`.
const WORDS: &[&[u8]] = &[
    b"password",
    b"passwd",
    b"passphrase",
    b"passcode",
    b"userpass",
    b"loginpass",
    b"dbpass",
    b"oldpass",
    b"newpass",
    b"pwd",
    b"psw",
    b"mima",
    b"kouling",
    b"secret",
    b"credential",
    b"privatekey",
    b"accesskey",
    b"apikey",
    b"token",
    b"ticket",
    b"session",
    b"sessid",
    b"authorization",
    b"signature",
    b"captcha",
    b"otp",
    b"cvv",
    b"phone",
    b"mobile",
    b"identity",
    b"idcard",
    b"idno",
    b"idnumber",
    b"cardno",
    b"certno",
    b"bankcard",
    b"sfzh",
    b"zjhm",
    "身份证".as_bytes(),
    "口令".as_bytes(),
    "密码".as_bytes(),
    // The same three as GBK, which old systems still send.
    b"\xc9\xed\xb7\xdd\xd6\xa4",
    b"\xbf\xda\xc1\xee",
    b"\xc3\xdc\xc2\xeb",
];

/// Words so short that they make a name secret only as a word of their own: `userPin`, `login_pass`, not `shipping`.
const SHORT_WORDS: &[&[u8]] = &[b"pass", b"pin", b"sid", b"sign", b"zjh"];

/// Names are looked at up to here; a longer one is cut in front, since its last word says what it is.
const NAME_BYTES: usize = 512;

/// Whether values under this name (escaped or not; of a parameter, cookie, header, JSON member or XML element) are not for logs. `more` are
/// the operator's own words.
pub fn is_secret_name(name: &[u8], more: &[String]) -> bool {
    let name = name.get(name.len().saturating_sub(NAME_BYTES)..).unwrap_or_default();
    let mut name = Cow::Borrowed(name);
    if name.contains(&b'%') {
        let mut decoded = Vec::with_capacity(name.len());
        url_decode_into(&name, &mut decoded);
        name = Cow::Owned(decoded);
    }
    let name = name.as_ref();
    let plain = squeezed(name);
    plain.starts_with(b"xauth")
        || words().is_none_or(|words| words.is_match(&plain))
        || has_short_word(name)
        || more.iter().any(|word| {
            let (word, lower) = (word.to_lowercase(), String::from_utf8_lossy(name).to_lowercase());
            let (word, lower) = (squeezed(word.as_bytes()), squeezed(lower.as_bytes()));
            !word.is_empty() && memchr::memmem::find(&lower, &word).is_some()
        })
}

/// A list that could not be built would leave every name secret.
fn words() -> Option<&'static AhoCorasick> {
    static BUILT: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| AhoCorasick::new(WORDS).ok());
    BUILT.as_ref()
}

/// Without `-` and `_`, in lower case.
fn squeezed(name: &[u8]) -> Cow<'_, [u8]> {
    let is_squeezed = |byte: &u8| !matches!(byte, b'-' | b'_') && !byte.is_ascii_uppercase();
    if name.iter().all(is_squeezed) {
        return Cow::Borrowed(name);
    }
    Cow::Owned(name.iter().filter(|byte| !matches!(byte, b'-' | b'_')).map(u8::to_ascii_lowercase).collect())
}

/// Words end where letters do, and where capitals begin: `userPin`, `PINCode`.
fn has_short_word(name: &[u8]) -> bool {
    let mut start = 0;
    for at in 0..=name.len() {
        let around = (at.checked_sub(1).and_then(|before| name.get(before)), name.get(at), name.get(at + 1));
        let ends = match around {
            (_, None, _) => true,
            (Some(before), Some(here), _) if before.is_ascii_alphabetic() != here.is_ascii_alphabetic() => true,
            (Some(before), Some(here), _) if before.is_ascii_lowercase() && here.is_ascii_uppercase() => true,
            (Some(before), Some(here), Some(after)) => {
                before.is_ascii_uppercase() && here.is_ascii_uppercase() && after.is_ascii_lowercase()
            }
            _ => false,
        };
        if ends {
            let word = name.get(start..at).unwrap_or_default();
            if SHORT_WORDS.iter().any(|secret| secret.eq_ignore_ascii_case(word)) {
                return true;
            }
            start = at;
        }
    }
    false
}

/// Whether all of a value is secret.
fn is_secret(collection: Collection, name: &[u8], more: &[String]) -> bool {
    let is = |word: &[u8]| name.eq_ignore_ascii_case(word);
    match collection {
        Collection::ArgsGetNames
        | Collection::ArgsPostNames
        | Collection::RequestCookiesNames
        | Collection::RequestHeadersNames => false,
        Collection::RequestHeaders if is(b"cookie") => true,
        Collection::ResponseHeaders if is(b"set-cookie") => true,
        // Cookies of sessions are named so: `connect.sid`, `SSID`. Elsewhere an `addressid` is no secret.
        // Those of the gateway's own begin with `__mw_`.
        Collection::RequestCookies if name.to_ascii_lowercase().ends_with(b"sid") || name.starts_with(b"__mw_") => true,
        _ => is_secret_name(name, more),
    }
}

/// What of a value is covered when it is quoted.
#[derive(Clone, Copy)]
pub(crate) struct Cover<'a> {
    /// All of the value but the match, not only the secrets that stand in it.
    pub(crate) whole: bool,
    /// The match too: it says nothing about where in the value the attack is.
    pub(crate) with_match: bool,
    more: &'a [String],
}

impl<'a> Cover<'a> {
    /// The cover of a value of this name in which `found` was found.
    pub(crate) fn of(
        collection: Collection,
        name: &[u8],
        found: &Found,
        value_bytes: usize,
        more: &'a [String],
    ) -> Self {
        let whole = is_secret(collection, name, more);
        let all_matched = found.range.start == 0 && found.range.end >= value_bytes;
        // A pattern that matches from the beginning on has the secret in front of the attack in it; our own detectors say
        // exactly where the attack stands.
        let with_match = match found.detected {
            Some(_) => whole && all_matched,
            None => all_matched || (whole && found.range.start == 0),
        };
        Self { whole, with_match, more }
    }

    /// The same, and all of the value secret.
    pub(crate) fn tightened(self) -> Self {
        Self { whole: true, with_match: true, ..self }
    }

    /// Covers what is secret in `quoted`, which are the bytes `window` of `value`, but for those of `matched`. Says whether
    /// anything was covered.
    pub(crate) fn apply(&self, value: &[u8], window: Range<usize>, matched: &Range<usize>, quoted: &mut [u8]) -> bool {
        let secret = if self.whole {
            std::iter::once(window.clone()).collect()
        } else {
            let from = window.start.saturating_sub(LOOK_BACK);
            let mut spans = secret_spans(value.get(from..window.end).unwrap_or_default(), self.more);
            for span in &mut spans {
                *span = span.start + from..span.end + from;
            }
            spans
        };
        let mut covered = false;
        for at in secret.into_iter().flatten().filter(|at| self.with_match || !matched.contains(at)) {
            if let Some(byte) = at.checked_sub(window.start).and_then(|offset| quoted.get_mut(offset)) {
                *byte = b'*';
                covered = true;
            }
        }
        self.whole || covered
    }
}

/// How far before a quotation the name of a secret is looked for that reaches into it. Tokens are long.
const LOOK_BACK: usize = 2048;

/// A text, with every secret that stands in it replaced by `***`.
pub fn without_secrets(text: &[u8], more: &[String]) -> Vec<u8> {
    let mut shown = Vec::with_capacity(text.len());
    let mut from = 0;
    for span in secret_spans(text, more) {
        shown.extend_from_slice(text.get(from..span.start).unwrap_or_default());
        shown.extend_from_slice(b"***");
        from = span.end;
    }
    shown.extend_from_slice(text.get(from..).unwrap_or_default());
    shown
}

/// Appends one parameter of a query, `name=value` or less: without its value when its name is secret, without the secrets
/// that stand in it otherwise. As if [`without_secrets`] were asked each time, which nearly all need not.
pub fn append_parameter(pair: &[u8], shown: &mut Vec<u8>) {
    let sign = memchr::memchr(b'=', pair);
    let (name, value) = pair.split_at(sign.unwrap_or(pair.len()));
    if sign.is_some() && is_secret_name(name, &[]) {
        shown.extend_from_slice(name);
        shown.extend_from_slice(b"=***");
    } else if sign.is_some() && is_bare_name(name) && is_bare_text(value.get(1..).unwrap_or_default()) {
        shown.extend_from_slice(pair);
    } else {
        shown.extend_from_slice(&without_secrets(pair, &[]));
    }
}
