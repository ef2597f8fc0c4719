//! Script elements of XML that is no markup: the channels of an integration engine, the jobs of a scheduler, rules.
//!
//! A browser runs a script element of XML only in the name space of XHTML or SVG, and one of HTML only where the text is
//! taken for HTML. So a whole body that is one element of another vocabulary, with nothing of HTML around its script, holds
//! a program for somebody else. What is written in CDATA or escaped is text there, and no element.

use super::super::gate::spend;
use super::super::reading::{from, is_listed, is_space, run, until};

/// Elements of HTML and SVG that no other vocabulary is likely to have: what lies within them is meant for a browser.
const MARKUP: &str = "html svg math div span p a b i u s em strong img tr td th tbody ul ol li dl dt dd br hr font center \
    iframe noscript textarea style marquee foreignobject h1 h2 h3 h4 h5 h6 pre blockquote video audio canvas";

/// Elements deeper than this are no channel.
const DEPTH: usize = 64;

/// Where the script elements of `value` begin that are data; none when `value` is not one element of XML, or has a type, a
/// style sheet, or a name space of browsers.
pub(super) fn scripts(value: &[u8]) -> Vec<usize> {
    Reader { value, at: 0, open: Vec::new(), scripts: Vec::new() }.read().unwrap_or_default()
}

struct Reader<'v> {
    value: &'v [u8],
    at: usize,
    /// The names of the elements that are open.
    open: Vec<&'v [u8]>,
    scripts: Vec<usize>,
}

impl<'v> Reader<'v> {
    fn rest(&self) -> &'v [u8] {
        from(self.value, self.at)
    }

    fn read(mut self) -> Option<Vec<usize>> {
        spend(self.value.len());
        self.at = run(self.value, is_space);
        if self.rest().starts_with(b"<?xml ") {
            self.skip_behind(b"?>")?;
        }
        let mut rooted = false;
        loop {
            // Nothing but blanks and comments may stand outside of the root.
            let text = memchr::memchr(b'<', self.rest()).unwrap_or(self.rest().len());
            let outside = self.open.is_empty() && !until(self.rest(), text).trim_ascii().is_empty();
            self.at += text;
            match self.rest() {
                _ if outside => return None,
                [] => return (rooted && self.open.is_empty()).then_some(self.scripts),
                [b'<', b'!', b'-', b'-', ..] => self.skip_behind(b"-->")?,
                [b'<', b'!', b'[', ..] if rooted => self.skip_behind(b"]]>")?,
                [b'<', b'!' | b'?', ..] => return None,
                [b'<', b'/', name @ ..] => {
                    let length = run(until(name, NAME_BYTES), is_name_byte);
                    if self.open.pop()? != until(name, length) {
                        return None;
                    }
                    self.skip_behind(b">")?;
                }
                _ if rooted && self.open.is_empty() => return None,
                _ => rooted |= self.element()?,
            }
        }
    }

    fn skip_behind(&mut self, mark: &[u8]) -> Option<()> {
        self.at += memchr::memmem::find(self.rest(), mark)? + mark.len();
        Some(())
    }

    /// Reads a start tag, and the text of a script with it. False for a sign that opens none, as `i<n` has it once its
    /// escape is undone.
    fn element(&mut self) -> Option<bool> {
        let Some(tag) = StartTag::read(from(self.value, self.at + 1)) else {
            self.at += 1;
            return (!self.open.is_empty()).then_some(false);
        };
        if tag.of_browsers {
            return None;
        }
        let start = self.at;
        self.at += 1 + tag.length;
        if tag.empty {
            return Some(true);
        }
        if tag.name == b"script" && !self.open.is_empty() {
            let of_data = self.open.iter().all(|name| !is_listed(name, MARKUP));
            self.scripts.extend(of_data.then_some(start));
            self.skip_behind(b"</script>")?;
            return Some(true);
        }
        self.open.push(tag.name);
        (self.open.len() <= DEPTH).then_some(true)
    }
}

/// Longest name of an element, and longest start tag.
const NAME_BYTES: usize = 256;
const TAG_BYTES: usize = 4096;

struct StartTag<'v> {
    name: &'v [u8],
    /// Up to and with its `>`.
    length: usize,
    empty: bool,
    /// It names XHTML or SVG as name space, or hides which.
    of_browsers: bool,
}

impl<'v> StartTag<'v> {
    /// A name, and attributes with values in quotes.
    fn read(text: &'v [u8]) -> Option<Self> {
        let text = until(text, TAG_BYTES);
        let name = run(until(text, NAME_BYTES), is_name_byte);
        if !text.first().is_some_and(|first| first.is_ascii_alphabetic() || *first == b'_' || *first >= 0x80) {
            return None;
        }
        let mut at = name;
        let mut of_browsers = false;
        loop {
            let blanks = run(from(text, at), is_space);
            at += blanks;
            match from(text, at) {
                [b'>', ..] => return Some(Self { name: until(text, name), length: at + 1, empty: false, of_browsers }),
                [b'/', b'>', ..] => {
                    return Some(Self { name: until(text, name), length: at + 2, empty: true, of_browsers });
                }
                _ if blanks == 0 => return None,
                rest => {
                    let attribute = run(rest, is_name_byte);
                    let [b'=', quote @ (b'"' | b'\''), inside @ ..] = from(rest, attribute) else { return None };
                    let length = memchr::memchr(*quote, inside)?;
                    let value = until(inside, length).to_ascii_lowercase();
                    let space = until(rest, attribute).starts_with(b"xmlns");
                    let known = [b"html".as_slice(), b"svg", b"&"];
                    of_browsers |= space && known.iter().any(|mark| memchr::memmem::find(&value, mark).is_some());
                    at += attribute + length + 3;
                }
            }
        }
    }
}

const fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b':') || byte >= 0x80
}
