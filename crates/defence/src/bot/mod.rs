//! Is this a person's browser (gateway.md §9; CD-044): a class and a score of 0 to 100, from the head of one request, and from
//! what a client did over time.
//!
//! A head shows what a client says and whether it behaves as it says; who lies well shows nothing there, and its `Behaviour`
//! does: it asks for what is not there, for everything there is, or follows a link that no person sees. It is *not* a verdict:
//! from `CHALLENGE_FROM` a proof of work is fair, from `BLOCK_FROM` a refusal; the gateway decides. A person with an old or
//! embedded browser stays below both, which the tests pin. Nor does it ask the DNS whether a search engine is one, nor watch
//! cookies: who keeps none meets its challenge anew with every request.
//!
//! Invariant: no allocation, and about a microsecond for a head.
//!
//! ```
//! use medward_defence::bot::{BotClass, Head, assess};
//!
//! let head = Head { user_agent: b"sqlmap/1.8#stable (https://sqlmap.org)", ..Head::default() };
//! let assessment = assess(&head);
//! assert_eq!(assessment.class, BotClass::Scanner);
//! assert!(assessment.score() >= medward_defence::bot::BLOCK_FROM);
//! ```

mod agents;
mod behaviour;
mod reason;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

pub use self::agents::SearchEngine;
use self::agents::{BEGINNINGS, ENDINGS, Kind, NO_ROBOTS, SEARCH_ENGINES};
pub use self::behaviour::{Behaviour, MAX_BEHAVIOUR_KEYS, Noted};
pub use self::reason::{Reason, Reasons};

/// A score from which a proof of work is fair.
pub const CHALLENGE_FROM: u8 = 40;
/// A score from which a refusal is fair.
pub const BLOCK_FROM: u8 = 80;
/// Bytes of a user agent that are read: those of embedded browsers come to some 600.
const MAX_AGENT_BYTES: usize = 1_024;
/// The first version of Chrome that sends `Sec-Fetch-*`.
const FETCH_METADATA_SINCE: u32 = 76;

/// What a client is, by what it says (the names of the condition field `bot_class`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BotClass {
    Browser,
    /// It says so; see `Assessment::claimed_search_engine`.
    SearchEngine,
    Tool,
    Scanner,
    Scraper,
    Unknown,
}

impl BotClass {
    pub const ALL: [Self; 6] =
        [Self::Browser, Self::SearchEngine, Self::Tool, Self::Scanner, Self::Scraper, Self::Unknown];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Browser => "browser",
            Self::SearchEngine => "search_engine",
            Self::Tool => "tool",
            Self::Scanner => "scanner",
            Self::Scraper => "scraper",
            Self::Unknown => "unknown",
        }
    }
}

/// What is read of the head of a request.
#[derive(Debug, Clone, Copy, Default)]
pub struct Head<'a> {
    /// Empty if there is none.
    pub user_agent: &'a [u8],
    pub has_accept: bool,
    pub has_accept_language: bool,
    /// Any of `Sec-Fetch-Site`, `-Mode`, `-Dest`.
    pub has_fetch_metadata: bool,
    /// As the browser sees it: its address begins with `https`.
    pub is_https: bool,
    pub is_http_1_0: bool,
}

/// What a head shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assessment {
    pub class: BotClass,
    pub reasons: Reasons,
    /// For `BotClass::SearchEngine`: whose it says it is, and how to find out.
    pub claimed_search_engine: Option<&'static SearchEngine>,
}

impl Assessment {
    /// 0, surely a person's browser as far as the head shows, to 100.
    pub fn score(&self) -> u8 {
        self.reasons.score()
    }
}

/// Assesses a head.
pub fn assess(head: &Head<'_>) -> Assessment {
    let agent = Agent::read(head.user_agent);
    let (class, reason) = agent.class();
    let mut reasons = Reasons::default();
    if let Some(reason) = reason {
        reasons.add(reason);
    }
    if class == BotClass::Browser {
        missing_of_browser(head, &agent).filter(|(is_missing, _)| *is_missing).for_each(|(_, why)| reasons.add(why));
    }
    if head.is_http_1_0 {
        reasons.add(Reason::OldProtocol);
    }
    Assessment { class, reasons, claimed_search_engine: agent.search_engine() }
}

/// What browsers send and this one does not.
fn missing_of_browser(head: &Head<'_>, agent: &Agent) -> impl Iterator<Item = (bool, Reason)> {
    let is_embedded = agent.kind == Some(Kind::Embedded);
    let is_new_chrome = agent.chrome_version.is_some_and(|version| version >= FETCH_METADATA_SINCE);
    [
        (!head.has_accept, Reason::NoAccept),
        (!is_embedded && !head.has_accept_language, Reason::NoAcceptLanguage),
        (!is_embedded && is_new_chrome && head.is_https && !head.has_fetch_metadata, Reason::NoFetchMetadata),
    ]
    .into_iter()
}

/// What a user agent says.
struct Agent {
    is_empty: bool,
    /// Begins as those of all browsers do.
    begins_as_browser: bool,
    kind: Option<Kind>,
    chrome_version: Option<u32>,
}

impl Agent {
    fn read(user_agent: &[u8]) -> Self {
        let text = user_agent.get(..MAX_AGENT_BYTES).unwrap_or(user_agent).trim_ascii();
        let begins = |with: &[u8]| text.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with));
        let begins_as_browser = [&b"mozilla/"[..], b"opera/", b"ucweb"].iter().any(|with| begins(with));
        let mut agent = Self { is_empty: text.is_empty(), begins_as_browser, kind: None, chrome_version: None };
        let Some(names) = &*NAMES else { return agent };
        for found in names.automaton.find_overlapping_iter(text) {
            let Some(name) = names.entries.get(found.pattern().as_usize()) else { continue };
            if !name.is_whole(text, found.start(), found.end()) {
                continue;
            }
            if name.kind == Kind::Chrome {
                agent.chrome_version = version(text.get(found.end()..).unwrap_or_default());
            }
            agent.kind = agent.kind.max(Some(name.kind));
        }
        agent
    }

    fn class(&self) -> (BotClass, Option<Reason>) {
        match self.kind {
            Some(Kind::Scanner) => (BotClass::Scanner, Some(Reason::ScannerAgent)),
            Some(Kind::Scraper) => (BotClass::Scraper, Some(Reason::ScraperAgent)),
            Some(Kind::Search(_)) => (BotClass::SearchEngine, Some(Reason::ClaimsSearchEngine)),
            Some(Kind::Driven) => (BotClass::Tool, Some(Reason::DrivenBrowser)),
            Some(Kind::Tool) => (BotClass::Tool, Some(Reason::ToolAgent)),
            Some(Kind::SomeRobot) => (BotClass::Scraper, Some(Reason::RobotAgent)),
            Some(Kind::Engine | Kind::Chrome | Kind::Embedded) if self.begins_as_browser => (BotClass::Browser, None),
            _ if self.is_empty => (BotClass::Unknown, Some(Reason::NoAgent)),
            _ => (BotClass::Unknown, Some(Reason::UnknownAgent)),
        }
    }

    fn search_engine(&self) -> Option<&'static SearchEngine> {
        match self.kind {
            Some(Kind::Search(index)) => SEARCH_ENGINES.get(usize::from(index)),
            _ => None,
        }
    }
}

/// The number before the first dot.
fn version(text: &[u8]) -> Option<u32> {
    let digits = text.iter().take(6).take_while(|byte| byte.is_ascii_digit());
    digits.map(|digit| u32::from(digit - b'0')).reduce(|number, digit| number * 10 + digit)
}

/// All names in one automaton.
struct Names {
    automaton: AhoCorasick,
    entries: Vec<Name>,
}

struct Name {
    kind: Kind,
    edge: Edge,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Edge {
    Begins,
    Ends,
}

impl Name {
    /// Whether what was found is a word, or the part of one that counts.
    fn is_whole(&self, text: &[u8], start: usize, end: usize) -> bool {
        let is_word = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
        let starts_word = !is_word(start.checked_sub(1).and_then(|before| text.get(before)));
        match self.edge {
            Edge::Begins => starts_word,
            Edge::Ends => {
                let word_before_end = text.get(..end).unwrap_or_default();
                let is_telephone = NO_ROBOTS.iter().any(|name| {
                    word_before_end.len().checked_sub(name.len()).is_some_and(|at| {
                        word_before_end.get(at..).is_some_and(|tail| tail.eq_ignore_ascii_case(name.as_bytes()))
                    })
                });
                !is_word(text.get(end)) && !is_telephone
            }
        }
    }
}

/// None only if the automaton cannot be built, which a test rules out.
static NAMES: LazyLock<Option<Names>> = LazyLock::new(|| {
    let with = |edge| move |(kind, texts): &(Kind, &'static [&'static str])| (edge, *kind, *texts);
    let groups = BEGINNINGS.iter().map(with(Edge::Begins)).chain(ENDINGS.iter().map(with(Edge::Ends)));
    let (texts, entries): (Vec<_>, Vec<_>) =
        groups.flat_map(|(edge, kind, texts)| texts.iter().map(move |text| (*text, Name { kind, edge }))).unzip();
    // A few hundred kilobytes as a table of all transitions, and twice as fast as without.
    let automaton =
        AhoCorasick::builder().ascii_case_insensitive(true).kind(Some(AhoCorasickKind::DFA)).build(texts).ok()?;
    Some(Names { automaton, entries })
});
