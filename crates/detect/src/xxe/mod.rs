//! XML that makes its reader fetch, include or multiply.
//!
//! The internal subset of a document type is tokenised: declarations, their identifiers and values. Confirmed by an entity
//! or a type from outside, a parameter entity, entities that expand beyond [`EXPANSION`], XInclude, or a style sheet that
//! reads documents. A bare `<!DOCTYPE html>` and the well-known types of the W3C and of build files are none of these.

#[cfg(test)]
mod tests;

use super::gate::{Best, Pattern, Words, prepare_all, spend};
use super::reading::{begins_with, from, is_space, is_word_byte, run, until, window};
use super::{Context, Finding, Place, Requirement, needs};

/// Number of copies of text that entities may make (waf.md §7).
const EXPANSION: u64 = 64;
/// Declarations beyond this many are not read.
const DECLARATIONS: usize = 256;
const LITERAL_BYTES: usize = 4096;

static STARTS: Words =
    Words::of(&["<!doctype", "<!entity", "xinclude", "xi:include", "<xsl:", "document(", "<?xml-stylesheet"]);

/// Inclusion by XInclude, and what style sheets read.
static INCLUDE: Pattern = Pattern::new(r"(?i)<(?:[a-z][\w.-]{0,15}:)?include\s[^>]*?(?:href|parse)\s*=\s*['\x22]");
/// The same of a neighbour: `href="legal.xml"`, as manuals in chapters have it, read as XML.
static INCLUDE_NEIGHBOUR: Pattern = Pattern::new(
    r"(?i)<(?:[a-z][\w.-]{0,15}:)?include(?:\s+(?:xmlns(?::\w{1,15})?|xpointer)\s*=\s*(?:\x22[^\x22<>]*\x22|'[^'<>]*')|\s+href\s*=\s*['\x22][\w-]{1,64}\.(?:xml|page)['\x22])+\s*/?>",
);
static INCLUDE_SPACE: Words = Words::of(&["www.w3.org/2001/xinclude", "xi:include"]);
static STYLE_WORDS: Words = Words::of(&["xsl:", "document(", "xmlns:", ":script"]);
static STYLE_SHEET: Pattern = Pattern::new(
    r"(?i)<xsl:(?:include|import)\s[^>]{0,64}href\s*=\s*['\x22](?:https?|ftp|file|//)|(?:^|[^\w.])document\(\s*['\x22](?:https?:|ftp:|file:|/)|xmlns:\w+\s*=\s*['\x22](?:java:|http://xml\.apache\.org/(?:xalan|xslt)/java|http://saxon\.sf\.net/java|urn:schemas-microsoft-com:xslt)|<(?:msxsl|lxslt|xalan):script",
);
/// Compiles what is looked for here.
pub(super) fn prepare() {
    prepare_all(&[&STARTS, &INCLUDE, &INCLUDE_NEIGHBOUR, &INCLUDE_SPACE, &STYLE_WORDS, &STYLE_SHEET]);
}

pub(super) fn requirement() -> Requirement {
    needs(&[STARTS.list(), &["msxsl:script", "lxslt:script", "xalan:script", "include", "xmlns:"]].concat(), &[])
}

pub(super) fn find(value: &[u8], context: Context) -> Option<Finding> {
    if matches!(context.place, Place::ResponseBody | Place::ResponseHeader) {
        return None;
    }
    let mut best = Best::default();
    let mut declarations = Declarations::default();
    for (span, word) in STARTS.find_iter(value) {
        match word {
            "<!doctype" => doctype(value, span.start, &mut best),
            "<!entity" => declarations.read(value, span.end, &mut best),
            _ => {}
        }
    }
    if let Some(first) = declarations.first
        && declarations.expansion() > EXPANSION
    {
        best.offer(92, first..value.len().min(first + 64), "doctype/entity/expansion");
    }
    if INCLUDE_SPACE.is_in(value)
        && let Some(span) = INCLUDE.find(value)
    {
        // What else the text includes stands further on.
        let others = INCLUDE.count(value) > INCLUDE_NEIGHBOUR.count(value);
        best.offer(if others { 88 } else { 62 }, span, "xinclude");
    }
    if STYLE_WORDS.is_in(value)
        && let Some(span) = STYLE_SHEET.find(value)
    {
        best.offer(82, span, "style-sheet/document");
    }
    best.into_finding()
}

/// `<!DOCTYPE name SYSTEM "…"` or `PUBLIC "…" "…"`.
fn doctype(value: &[u8], start: usize, best: &mut Best) {
    let text = window(value, start + 9, LITERAL_BYTES);
    let name_at = run(text, is_space);
    let name = run(from(text, name_at), |byte| !is_space(byte) && !matches!(byte, b'>' | b'['));
    let rest = from(text, name_at + name);
    let Some((identifier, length)) = external(rest) else { return };
    let span = start..start + 9 + name_at + name + length;
    if is_well_known(identifier) {
        return;
    }
    let remote = memchr::memmem::find(until(identifier, 16), b":").is_some()
        || identifier.starts_with(b"//")
        || identifier.starts_with(b"/")
        || identifier.starts_with(b"\\\\");
    best.offer(if remote { 86 } else { 30 }, span, "doctype/external");
}

/// An external identifier at the start of `text`: its system literal, and how far it reaches.
fn external(text: &[u8]) -> Option<(&[u8], usize)> {
    let blank = run(text, is_space);
    let keyword = from(text, blank);
    let public = begins_with(keyword, b"public");
    if blank == 0 || !(public || begins_with(keyword, b"system")) {
        return None;
    }
    let mut at = blank + 6;
    if public {
        let (_, length) = literal(from(text, at))?;
        at += length;
    }
    let (system, length) = literal(from(text, at))?;
    Some((system, at + length))
}

/// A quoted literal behind blanks, and how far it reaches.
fn literal(text: &[u8]) -> Option<(&[u8], usize)> {
    let blank = run(text, is_space);
    let quote = *text.get(blank).filter(|byte| matches!(byte, b'"' | b'\''))?;
    let inner = window(text, blank + 1, LITERAL_BYTES);
    let close = memchr::memchr(quote, inner);
    spend(close.unwrap_or(inner.len()));
    // An unclosed literal of a broken document still names its target.
    let length = close.unwrap_or(inner.len());
    Some((until(inner, length), blank + 1 + length + usize::from(close.is_some())))
}

/// Types that documents have named for decades, at their publishers.
fn is_well_known(identifier: &[u8]) -> bool {
    if identifier.is_empty() || identifier.eq_ignore_ascii_case(b"about:legacy-compat") {
        return true;
    }
    let Some(at) = memchr::memmem::find(until(identifier, 12), b"://") else { return false };
    let host = from(identifier, at + 3);
    let host = until(host, host.iter().position(|byte| matches!(byte, b'/' | b'?' | b'#')).unwrap_or(host.len()));
    let known = [
        "w3.org",
        "apache.org",
        "sun.com",
        "oracle.com",
        "mybatis.org",
        "ibatis.com",
        "hibernate.org",
        "springframework.org",
        "apple.com",
        "wapforum.org",
        "oasis-open.org",
        "docbook.org",
        "jboss.org",
        "openmobilealliance.org",
        "eclipse.org",
        "sourceforge.net",
        "opensymphony.com",
        "jcp.org",
        "microsoft.com",
        "xmlsoap.org",
        "freedesktop.org",
        "gnome.org",
        "omg.org",
    ];
    known.iter().any(|domain| {
        let domain = domain.as_bytes();
        host.len().checked_sub(domain.len()).is_some_and(|at| {
            from(host, at).eq_ignore_ascii_case(domain) && (at == 0 || host.get(at - 1) == Some(&b'.'))
        })
    })
}

/// The internal entities of a document.
#[derive(Default)]
struct Declarations<'v> {
    first: Option<usize>,
    entities: Vec<(&'v [u8], &'v [u8])>,
}

impl<'v> Declarations<'v> {
    /// Reads the declaration whose keyword ends at `at`.
    fn read(&mut self, value: &'v [u8], at: usize, best: &mut Best) {
        let start = at.saturating_sub(8);
        let text = window(value, at, LITERAL_BYTES);
        let blank = run(text, is_space);
        let rest = from(text, blank);
        let percent = rest.first() == Some(&b'%');
        let gap = if percent { 1 + run(from(rest, 1), is_space) } else { 0 };
        let name = run(from(rest, gap), |byte| is_word_byte(byte) || matches!(byte, b'-' | b'.' | b':' | 0x80..));
        if blank == 0 || name == 0 {
            return;
        }
        let behind = from(rest, gap + name);
        let reach = |length: usize| start..at + blank + gap + name + length;
        if let Some((_, length)) = external(behind) {
            best.offer(
                95,
                reach(length),
                if percent { "doctype/parameter-entity/external" } else { "doctype/entity/external" },
            );
        } else if let Some((text, length)) = literal(behind) {
            if percent {
                best.offer(88, reach(length), "doctype/parameter-entity");
            } else if self.entities.len() < DECLARATIONS {
                self.first.get_or_insert(start);
                self.entities.push((until(from(rest, gap), name), text));
            }
        }
    }

    /// How many copies of plain text the largest entity makes. An entity may use those declared before it; one that uses
    /// itself or a later one never ends in some readers, and counts as declared.
    fn expansion(&self) -> u64 {
        let mut sizes: Vec<(&[u8], u64)> = Vec::new();
        let mut largest = 0;
        for (name, text) in &self.entities {
            let mut size = 1u64;
            for reference in memchr::memchr_iter(b'&', text) {
                let inside = window(text, reference + 1, 64);
                let length = run(inside, |byte| byte != b';');
                let known = sizes.iter().rev().take(32).find(|(known, _)| *known == until(inside, length));
                let itself = until(inside, length) == *name;
                size = size.saturating_add(if itself { EXPANSION + 1 } else { known.map_or(0, |(_, size)| *size) });
            }
            largest = largest.max(size);
            sizes.push((name, size));
        }
        largest
    }
}
