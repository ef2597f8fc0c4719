//! XML to named values: an own tokenizer for text and attributes. No DTD is read, no entity expanded.
//!
//! Names are element paths (`xml.order.appid`), attributes `xml.order.@id`. CDATA counts as text. What a DOCTYPE holds is
//! skipped here; rules see it in `REQUEST_BODY`, which always holds an XML body as it came.

use super::charset::Charset;
use super::{Parsed, Sink};
use crate::http1::HttpFinding;
use crate::options::Limits;
use crate::transform::Transformation;
use crate::var::Collection;

/// Path of what stands outside of all elements.
const ROOT: &[u8] = b"xml";

/// Takes what the tokenizer finds.
trait Nodes {
    /// A run of text between two tags, in the element at `path`; never empty.
    fn text(&mut self, path: &[u8], text: &[u8]);
    /// An attribute of the element at `path`.
    fn attribute(&mut self, path: &[u8], name: &[u8], value: &[u8]);
    /// Whether blank text counts as a node.
    const KEEPS_BLANKS: bool;
}

/// Names nodes by their path.
impl Nodes for &mut Sink {
    const KEEPS_BLANKS: bool = false;

    fn text(&mut self, path: &[u8], text: &[u8]) {
        self.values.push(Collection::Xml, path.get(..2 * NAME_BYTES).unwrap_or(path), text.trim_ascii());
    }

    fn attribute(&mut self, path: &[u8], name: &[u8], value: &[u8]) {
        let path = path.get(..NAME_BYTES).unwrap_or(path);
        let path = [path, b".@", name.get(..NAME_BYTES).unwrap_or(name)].concat();
        self.values.push(Collection::Xml, path.get(..2 * NAME_BYTES).unwrap_or(&path), value);
    }
}

/// Puts all text together, as libxml2 gives the content of the root. Namespace declarations are no attributes to XPath.
impl Nodes for &mut Parsed {
    const KEEPS_BLANKS: bool = true;

    fn text(&mut self, path: &[u8], text: &[u8]) {
        // Blanks around the root are not of it.
        if path == ROOT && text.trim_ascii().is_empty() {
            return;
        }
        self.xml_text.get_or_insert_default().extend_from_slice(text);
    }

    fn attribute(&mut self, _: &[u8], name: &[u8], value: &[u8]) {
        if name != b"xmlns" && !name.starts_with(b"xmlns:") {
            self.xml_attributes.push(value.to_vec());
        }
    }
}

/// Why a document was not read to its end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Stop {
    Broken,
    TooDeep,
    TooManyNodes,
}

fn read_xml(text: &[u8], limits: &Limits, nodes: impl Nodes) -> Result<(), Stop> {
    let bytes = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let (path, open, text) = (ROOT.to_vec(), Vec::new(), Vec::new());
    let mut parser = Parser { rest: bytes, path, open, nodes_left: limits.xml_nodes, text, limits, nodes };
    let read = parser.document();
    // Text that was never closed is still a value.
    let flushed = parser.flush();
    read.and(flushed)
}

/// Adds text and attributes of a document as `XML`. Stops at the first thing that is no XML.
pub(crate) fn parse_xml(text: &[u8], limits: &Limits, sink: &mut Sink) {
    match read_xml(text, limits, &mut *sink) {
        Ok(()) => {}
        Err(Stop::TooDeep | Stop::TooManyNodes) => sink.limited(HttpFinding::XmlTooLarge),
        Err(Stop::Broken) => sink.finding(HttpFinding::XmlBroken),
    }
}

/// An XML body as the rule language sees it. References to entities that only a DTD explains stay as they are.
/// More nodes than are read make it partial and no error; deeper nesting is one, as for JSON.
pub(crate) fn read_xml_body(text: &[u8], limits: &Limits) -> Parsed {
    let mut parsed = Parsed::default();
    let read = read_xml(text, limits, &mut parsed);
    // A document without text has an empty one; what is no document has none.
    if read.is_ok() {
        parsed.xml_text.get_or_insert_default();
    }
    match read {
        Ok(()) => {}
        Err(Stop::TooManyNodes) => parsed.partial = true,
        Err(Stop::TooDeep) => {
            parsed.partial = true;
            parsed.fail(format!("XML parsing error: nested deeper than {}", limits.xml_depth));
        }
        Err(Stop::Broken) => parsed.fail("XML parsing error: the document is not well formed"),
    }
    parsed
}

/// The charset an XML declaration names (XML 1.0 §4.3.3), if it hides ASCII that it is itself written in (UTF-7), or is
/// written in EBCDIC throughout.
pub(crate) fn xml_charset(text: &[u8]) -> Charset {
    const EBCDIC_DECLARATION: &[u8] = &[0x4c, 0x6f, 0xa7, 0x94, 0x93];
    let start = text.get(..256).unwrap_or(text);
    if start.starts_with(EBCDIC_DECLARATION) {
        return Charset::Ebcdic;
    }
    let Some(at) = memchr::memmem::find(start, b"encoding") else { return Charset::AsciiLike };
    let rest = start.get(at + 8..).unwrap_or_default();
    let value = rest.trim_ascii_start().strip_prefix(b"=").unwrap_or_default().trim_ascii_start();
    let name = value.get(1..).unwrap_or_default().split(|byte| matches!(byte, b'"' | b'\'')).next().unwrap_or_default();
    Charset::named(name)
}

struct Parser<'a, N> {
    rest: &'a [u8],
    path: Vec<u8>,
    /// Path length before each open element.
    open: Vec<usize>,
    nodes_left: usize,
    /// Text of the current run, entities decoded.
    text: Vec<u8>,
    limits: &'a Limits,
    nodes: N,
}

/// Longest path kept as a name.
const NAME_BYTES: usize = 512;

impl<'a, N: Nodes> Parser<'a, N> {
    fn document(&mut self) -> Result<(), Stop> {
        let mut seen_element = false;
        loop {
            let end = memchr::memchr(b'<', self.rest).unwrap_or(self.rest.len());
            let (text, rest) = self.rest.split_at(end);
            self.add_text(text);
            self.rest = rest;
            match rest {
                [] => {
                    let outside = !self.text.trim_ascii().is_empty() && self.open.is_empty();
                    self.flush()?;
                    let complete = seen_element && self.open.is_empty() && !outside;
                    return if complete { Ok(()) } else { Err(Stop::Broken) };
                }
                [b'<', b'!', b'[', b'C', b'D', b'A', b'T', b'A', b'[', ..] => {
                    let body = self.skip_until(9, b"]]>")?;
                    self.text.extend_from_slice(body);
                }
                [b'<', b'!', b'-', b'-', ..] => {
                    self.skip_until(4, b"-->")?;
                }
                [b'<', b'?', ..] => {
                    self.skip_until(2, b"?>")?;
                }
                [b'<', b'!', ..] => self.skip_declaration()?,
                [b'<', b'/', ..] => {
                    self.flush()?;
                    self.close_element()?;
                }
                _ => {
                    self.flush()?;
                    seen_element = true;
                    self.open_element()?;
                }
            }
        }
    }

    /// Skips to behind `end`; returns what stood between.
    fn skip_until(&mut self, open_bytes: usize, end: &[u8]) -> Result<&'a [u8], Stop> {
        let body = self.rest.get(open_bytes..).unwrap_or_default();
        let Some(at) = memchr::memmem::find(body, end) else {
            // What is never closed is still a value.
            self.text.extend_from_slice(body);
            self.rest = &[];
            return Err(Stop::Broken);
        };
        self.rest = body.get(at + end.len()..).unwrap_or_default();
        Ok(body.get(..at).unwrap_or_default())
    }

    /// `<!DOCTYPE … [ … ]>`: quotes and brackets are matched, nothing is read.
    fn skip_declaration(&mut self) -> Result<(), Stop> {
        let (mut depth, mut quote) = (0usize, None);
        for (at, &byte) in self.rest.iter().enumerate() {
            match (quote, byte) {
                (Some(open), _) if byte == open => quote = None,
                (None, b'"' | b'\'') => quote = Some(byte),
                (None, b'[') => depth += 1,
                (None, b']') => depth = depth.saturating_sub(1),
                (None, b'>') if depth == 0 => {
                    self.rest = self.rest.get(at + 1..).unwrap_or_default();
                    return Ok(());
                }
                _ => {}
            }
        }
        Err(Stop::Broken)
    }

    fn add_text(&mut self, text: &[u8]) {
        if memchr::memchr(b'&', text).is_some() {
            let mut decoded = Vec::with_capacity(text.len());
            Transformation::HtmlEntityDecode.apply(text, &mut decoded);
            self.text.extend_from_slice(&decoded);
        } else {
            self.text.extend_from_slice(text);
        }
    }

    fn flush(&mut self) -> Result<(), Stop> {
        let text = std::mem::take(&mut self.text);
        let blank = text.trim_ascii().is_empty();
        if text.is_empty() || (blank && !N::KEEPS_BLANKS) {
            return Ok(());
        }
        if !blank {
            self.count_node()?;
        }
        self.nodes.text(&self.path, &text);
        Ok(())
    }

    fn count_node(&mut self) -> Result<(), Stop> {
        self.nodes_left = self.nodes_left.checked_sub(1).ok_or(Stop::TooManyNodes)?;
        Ok(())
    }

    fn close_element(&mut self) -> Result<(), Stop> {
        let end = memchr::memchr(b'>', self.rest).ok_or(Stop::Broken)?;
        let name = self.rest.get(2..end).unwrap_or_default().trim_ascii();
        let length = self.open.pop().ok_or(Stop::Broken)?;
        if self.path.get(length + 1..) != Some(name) {
            return Err(Stop::Broken);
        }
        self.path.truncate(length);
        self.rest = self.rest.get(end + 1..).unwrap_or_default();
        Ok(())
    }

    fn open_element(&mut self) -> Result<(), Stop> {
        if self.open.len() >= self.limits.xml_depth {
            return Err(Stop::TooDeep);
        }
        self.rest = self.rest.get(1..).unwrap_or_default();
        let name = self.name()?;
        self.open.push(self.path.len());
        self.path.push(b'.');
        self.path.extend_from_slice(name);
        loop {
            self.blanks();
            match self.rest {
                [b'>', rest @ ..] => {
                    self.rest = rest;
                    return Ok(());
                }
                [b'/', b'>', rest @ ..] => {
                    self.rest = rest;
                    if let Some(length) = self.open.pop() {
                        self.path.truncate(length);
                    }
                    return Ok(());
                }
                _ => self.attribute()?,
            }
        }
    }

    fn blanks(&mut self) {
        self.rest = self.rest.trim_ascii_start();
    }

    fn name(&mut self) -> Result<&'a [u8], Stop> {
        let end = self.rest.iter().position(|byte| byte.is_ascii_whitespace() || b"=/><\"'&".contains(byte));
        let end = end.filter(|end| *end > 0).ok_or(Stop::Broken)?;
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        Ok(name)
    }

    fn attribute(&mut self) -> Result<(), Stop> {
        let name = self.name()?;
        self.blanks();
        self.rest = self.rest.strip_prefix(b"=").ok_or(Stop::Broken)?;
        self.blanks();
        let (quote, body) = match self.rest {
            [quote @ (b'"' | b'\''), body @ ..] => (*quote, body),
            _ => return Err(Stop::Broken),
        };
        let end = memchr::memchr(quote, body).ok_or(Stop::Broken)?;
        let mut value = Vec::new();
        Transformation::HtmlEntityDecode.apply(body.get(..end).unwrap_or_default(), &mut value);
        self.rest = body.get(end + 1..).unwrap_or_default();
        self.count_node()?;
        self.nodes.attribute(&self.path, name, &value);
        Ok(())
    }
}
