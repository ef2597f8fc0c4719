//! The attacks of the drill, and how each one's success is recognised.
//!
//! Every class is tried in several places and encodings. All are harmless to the machine: they read planted files,
//! `/etc/passwd` or the output of `id`. Not a corpus for tuning a WAF; `waf` has its own.

mod encode;
mod lookup;
mod scanner;
mod shell;
mod sqli;
mod template;
mod traversal;
mod upload;
mod xss;
mod xxe;

use std::fmt;

use serde::Serialize;

use super::request::Request;
use super::wire::Reply;
use crate::portal::Portal;

/// The kind of weakness an attack uses; the text is the code of `rule.category` in recorded events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AttackClass {
    Sqli,
    Xss,
    Traversal,
    Shell,
    Xxe,
    Scanner,
    Ssti,
    Jndi,
    Upload,
}

impl fmt::Display for AttackClass {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Sqli => "sqli",
            Self::Xss => "xss",
            Self::Traversal => "traversal",
            Self::Shell => "shell",
            Self::Xxe => "xxe",
            Self::Scanner => "scanner",
            Self::Ssti => "ssti",
            Self::Jndi => "jndi",
            Self::Upload => "upload",
        })
    }
}

/// Where in the request the attack stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    Path,
    Query,
    Form,
    Json,
    Multipart,
    Xml,
    Cookie,
    Header,
}

/// How the attack is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// As typed, no more encoded than its place demands.
    Plain,
    /// Every special character as `%XX`.
    Percent,
    /// `%25XX`.
    DoublePercent,
    /// `\u0027`.
    JsonEscape,
    /// Mixed case, comments or quotes between words, nested lookups.
    Obfuscated,
}

/// What shows that an attack worked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// The last answer contains this text, which no benign visitor gets to see.
    Leaks(&'static str),
    /// The last answer is HTML and contains this markup unescaped.
    Reflects(String),
    /// The answer sets a cookie beginning with this.
    SetsCookie(&'static str),
    /// The portal's log library asked for this URI.
    LooksUp(&'static str),
    /// The last answer is longer than this many bytes: an entity bomb went off.
    Swells(usize),
}

/// One attack: a request, sometimes a second one that reaps, and the proof.
#[derive(Clone, Debug)]
pub struct Attack {
    pub class: AttackClass,
    pub name: &'static str,
    pub place: Place,
    pub encoding: Encoding,
    pub request: Request,
    /// Sent after the first was answered; stored attacks show only here.
    pub follow_up: Option<Request>,
    pub proof: Proof,
}

impl Attack {
    fn new(
        class: AttackClass,
        place: Place,
        encoding: Encoding,
        name: &'static str,
        request: Request,
        proof: Proof,
    ) -> Self {
        Self { class, name, place, encoding, request, follow_up: None, proof }
    }

    fn then(self, follow_up: Request) -> Self {
        Self { follow_up: Some(follow_up), ..self }
    }

    /// Whether `reply`, the answer to the follow-up if there is one, shows that the attack worked on `portal`.
    pub fn succeeded(&self, reply: &Reply, portal: &Portal) -> bool {
        match &self.proof {
            Proof::Leaks(text) => (200..300).contains(&reply.status) && reply.contains(text),
            Proof::Reflects(markup) => reply.header("content-type").starts_with("text/html") && reply.contains(markup),
            Proof::SetsCookie(start) => reply.header("set-cookie").starts_with(start),
            Proof::LooksUp(uri) => portal.lookups().iter().any(|asked| asked == uri),
            Proof::Swells(bytes) => reply.body.len() > *bytes,
        }
    }
}

/// Every attack, without ids.
pub(crate) fn all() -> Vec<Attack> {
    let classes = [
        sqli::all(),
        xss::all(),
        traversal::all(),
        shell::all(),
        xxe::all(),
        scanner::all(),
        template::all(),
        lookup::all(),
        upload::all(),
    ];
    classes.into_iter().flatten().collect()
}
