//! Reads the variables of a rule: `ARGS|!ARGS:/^x-(a|b)/|&TX:score|XML:/*`.

use super::ast::{Selector, Use, Variable};
use super::lexer::{LexError, Token};
use super::parser::error_at;
use crate::op::compile_pattern;
use crate::var::Collection;

/// Reads a list separated by `|` or `,`.
pub(crate) fn parse_variables(token: &Token) -> Result<Vec<Variable>, LexError> {
    let bytes = token.bytes.as_slice();
    let mut variables = Vec::new();
    let mut at = 0;
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let length = variable_length(rest);
        let text = rest.get(..length).unwrap_or_default();
        let blanks = text.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let variable = parse_variable(text.trim_ascii());
        variables.push(variable.map_err(|message| error_at(token.place(at + blanks), message))?);
        at += length + 1;
        if at > bytes.len() {
            return Ok(variables);
        }
    }
}

/// Reads one variable from text, as `ctl:ruleRemoveTargetById=1;ARGS:x` has it.
pub(crate) fn parse_variable(text: &[u8]) -> Result<Variable, String> {
    let (use_, text) = match text {
        [b'!', rest @ ..] => (Use::Exclude, rest),
        [b'&', rest @ ..] => (Use::Count, rest),
        _ => (Use::Value, text),
    };
    let colon = memchr::memchr(b':', text).unwrap_or(text.len());
    let (name, selector) = text.split_at(colon);
    let name = String::from_utf8_lossy(name);
    let collection = Collection::from_name(&name).ok_or_else(|| format!("the variable {name} is not known"))?;
    let selector = selector.strip_prefix(b":");
    if collection == Collection::Xml {
        return parse_xml(use_, selector);
    }
    let selector = selector.map_or(Ok(Selector::All), parse_selector)?;
    Ok(Variable { collection, use_, selector })
}

/// `XML:/*` is all text, `XML://@*` each attribute; other paths would need an XPath engine.
fn parse_xml(use_: Use, selector: Option<&[u8]>) -> Result<Variable, String> {
    let collection = match selector {
        None => Collection::Xml,
        Some(b"/*") => Collection::XmlText,
        Some(b"//@*") => Collection::XmlAttributes,
        Some(path) => {
            let path = String::from_utf8_lossy(path);
            return Err(format!("the XML path {path} is not known: /* and //@* are"));
        }
    };
    Ok(Variable { collection, use_, selector: Selector::All })
}

/// Bytes up to the separator that ends the variable, which a regular expression may contain.
fn variable_length(bytes: &[u8]) -> usize {
    let end = bytes.iter().position(|byte| matches!(byte, b'|' | b',')).unwrap_or(bytes.len());
    let Some(colon) = bytes.get(..end).and_then(|text| memchr::memchr(b':', text)) else { return end };
    let is_xml = bytes.get(..colon).is_some_and(|name| name.trim_ascii().to_ascii_lowercase().ends_with(b"xml"));
    let selector = bytes.get(colon + 1..).unwrap_or_default();
    let (open, close): (usize, &[u8]) = match selector {
        [b'\'', b'/', ..] => (2, b"/'"),
        [b'\'', ..] => (1, b"'"),
        [b'/', ..] if !is_xml => (1, b"/"),
        _ => return end,
    };
    let mut from = open;
    while let Some(at) = memchr::memmem::find(selector.get(from..).unwrap_or_default(), close) {
        let closed = from + at + close.len();
        let escaped = selector.get(from + at - 1) == Some(&b'\\');
        if !escaped && matches!(selector.get(closed), None | Some(b'|' | b',' | b' ' | b'\t')) {
            return colon + 1 + closed;
        }
        from += at + 1;
    }
    end
}

fn parse_selector(selector: &[u8]) -> Result<Selector, String> {
    let selector = selector.strip_prefix(b"'").and_then(|rest| rest.strip_suffix(b"'")).unwrap_or(selector);
    let inner = selector.strip_prefix(b"/").and_then(|rest| rest.strip_suffix(b"/"));
    if let Some(pattern) = inner.filter(|pattern| !pattern.is_empty()) {
        let insensitive = [b"(?i)".as_slice(), pattern].concat();
        return compile_pattern(&insensitive).map(Selector::Pattern);
    }
    if selector.is_empty() || selector.starts_with(b"/") {
        return Err("the selector after the colon is empty or not closed".to_owned());
    }
    Ok(Selector::Name(selector.to_ascii_lowercase()))
}
