//! Which kind of inner detail an error answer shows.
//!
//! One pass of an automaton finds words that such details hold; around each of them a pattern asks whether it is the detail
//! itself. So a text that only speaks of exceptions is not taken for one: a trace has frames with files and lines, and the
//! error of a database has its quotation marks. Asked of error answers, not of every page: who explains a trace on a help
//! page shows one.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use regex::bytes::{Regex, RegexBuilder};

use super::telltale::{TELLTALES, Telltale};

/// How much of an answer is looked at: traces stand at the beginning, and what is held back costs memory.
pub const MAX_SCANNED_BYTES: usize = 64 << 10;

/// Bytes before and after a word that its pattern sees.
const REACH: usize = 512;
/// Places at which patterns are asked: a page full of such words has shown what it shows by then.
const MAX_PLACES: usize = 256;
const MAX_PATTERN_MEMORY: usize = 1 << 20;

/// Whose detail an error answer shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ErrorTrace {
    /// Frames of a JVM, Spring's own error page.
    Java,
    /// Frames of .NET, the yellow page of ASP.NET in English or Chinese.
    DotNet,
    /// Messages with file and line, frames, Laravel's JSON.
    Php,
    /// Tracebacks, Django's and Werkzeug's debug pages.
    Python,
    Node,
    Go,
    Ruby,
    Oracle,
    MySql,
    PostgreSql,
    SqlServer,
    /// The default error page of a web server with its version: Tomcat, IIS, nginx and its kin, Apache, Jetty.
    ServerPage,
}

impl ErrorTrace {
    /// The family shown by the first `MAX_SCANNED_BYTES` of a body, in any encoding that keeps ASCII; of several the first in
    /// the order of the page.
    pub fn find(body: &[u8]) -> Option<Self> {
        let body = body.get(..MAX_SCANNED_BYTES).unwrap_or(body);
        let compiled = COMPILED.as_ref()?;
        let places = compiled.automaton.find_overlapping_iter(body).take(MAX_PLACES);
        places.into_iter().find_map(|place| {
            let (telltale, pattern) = compiled.telltales.get(place.pattern().as_usize())?;
            let around = place.start().saturating_sub(REACH)..body.len().min(place.end() + REACH);
            pattern
                .as_ref()
                .is_none_or(|pattern| pattern.is_match(body.get(around).unwrap_or_default()))
                .then_some(telltale.trace)
        })
    }

    /// A stable short name, for events.
    pub fn name(self) -> &'static str {
        match self {
            Self::Java => "java",
            Self::DotNet => "dotnet",
            Self::Php => "php",
            Self::Python => "python",
            Self::Node => "node",
            Self::Go => "go",
            Self::Ruby => "ruby",
            Self::Oracle => "oracle",
            Self::MySql => "mysql",
            Self::PostgreSql => "postgresql",
            Self::SqlServer => "sqlserver",
            Self::ServerPage => "server_page",
        }
    }
}

struct Compiled {
    automaton: AhoCorasick,
    telltales: Vec<(&'static Telltale, Option<Regex>)>,
}

/// None if a pattern did not compile, which the tests rule out.
static COMPILED: LazyLock<Option<Compiled>> = LazyLock::new(|| {
    let pattern = |telltale: &'static Telltale| {
        if telltale.pattern.is_empty() {
            return Some((telltale, None));
        }
        let written = telltale.pattern.replace("QUOTE", r#"(?:['"`]|\\["']|&(?:quot|apos|#0?3[49]|#x2[27]);)"#);
        let regex = RegexBuilder::new(&written).unicode(false).size_limit(MAX_PATTERN_MEMORY).build().ok()?;
        Some((telltale, Some(regex)))
    };
    let telltales = TELLTALES.iter().map(pattern).collect::<Option<Vec<_>>>()?;
    let automaton = AhoCorasick::new(TELLTALES.iter().map(|telltale| telltale.word)).ok()?;
    Some(Compiled { automaton, telltales })
});
