//! The portal's naive XML reading: text between two tags, with every entity of the DOCTYPE expanded.
//!
//! External entities are read from disk and parameter entities are honoured, as old parsers did by default: this is the XXE hole.
//! Not an XML parser; namespaces, attributes and nesting are ignored. Only output is bounded ([`OUTPUT_LIMIT_BYTES`]),
//! so that an entity bomb costs memory we can afford. Nothing is ever fetched over the network.

use std::fs::File;
use std::io::Read;
use std::path::Path;

/// An expansion stops growing here: large enough to prove a bomb, small enough to survive it.
pub(crate) const OUTPUT_LIMIT_BYTES: usize = 1024 * 1024;

/// Entity inside entity, at most; deeper references stay as they are written.
const DEPTH_LIMIT: u8 = 12;

pub(crate) struct Xml<'a> {
    text: &'a str,
    entities: Vec<(String, String)>,
}

impl<'a> Xml<'a> {
    /// `base` is where a relative SYSTEM identifier is looked up.
    pub(crate) fn read(text: &'a str, base: &Path) -> Self {
        let mut entities = Vec::new();
        if let Some((_, doctype)) = text.split_once("<!DOCTYPE") {
            let subset =
                doctype.split_once('[').and_then(|(_, rest)| rest.split_once(']')).map_or("", |(subset, _)| subset);
            declare(subset, base, &mut entities, 0);
        }
        Self { text, entities }
    }

    /// The expanded text of the first `<name>` element, without its CDATA wrapping.
    pub(crate) fn element(&self, name: &str) -> Option<String> {
        let (_, after) = self.text.split_once(&format!("<{name}>"))?;
        let (inner, _) = after.split_once(&format!("</{name}>"))?;
        if let Some(raw) = inner.trim().strip_prefix("<![CDATA[").and_then(|rest| rest.strip_suffix("]]>")) {
            return Some(raw.to_owned());
        }
        let mut out = String::new();
        self.expand(inner, 0, &mut out);
        Some(out)
    }

    fn expand(&self, text: &str, depth: u8, out: &mut String) {
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('&') {
            push_bounded(out, before);
            let Some((name, tail)) = after.split_once(';') else {
                push_bounded(out, "&");
                rest = after;
                continue;
            };
            match self.value(name) {
                Some(value) if depth < DEPTH_LIMIT && out.len() < OUTPUT_LIMIT_BYTES => {
                    self.expand(&value, depth + 1, out);
                }
                _ => push_bounded(out, predefined(name)),
            }
            rest = tail;
        }
        push_bounded(out, rest);
    }

    fn value(&self, name: &str) -> Option<String> {
        self.entities.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    }
}

fn predefined(name: &str) -> &str {
    match name {
        "lt" => "<",
        "gt" => ">",
        "amp" => "&",
        "quot" => "\"",
        "apos" => "'",
        _ => "",
    }
}

/// Reads `<!ENTITY …>` declarations; a parameter entity's content is read as declarations in turn.
fn declare(subset: &str, base: &Path, entities: &mut Vec<(String, String)>, depth: u8) {
    for declaration in subset.split("<!ENTITY").skip(1) {
        let declaration = declaration.trim_start();
        let (is_parameter, declaration) = match declaration.strip_prefix('%') {
            Some(rest) => (true, rest.trim_start()),
            None => (false, declaration),
        };
        let Some((name, definition)) = declaration.split_once(char::is_whitespace) else { continue };
        let Some(value) = definition_value(definition.trim_start(), base) else { continue };
        if is_parameter && subset.contains(&format!("%{name};")) && depth < DEPTH_LIMIT {
            declare(&value, base, entities, depth + 1);
        }
        entities.push((name.to_owned(), value));
    }
}

fn definition_value(definition: &str, base: &Path) -> Option<String> {
    let quote = definition.chars().find(|character| matches!(character, '"' | '\''))?;
    let (keyword, _) = definition.split_once(quote)?;
    let literals: Vec<&str> = definition.split(quote).skip(1).step_by(2).collect();
    if keyword.trim().is_empty() {
        return literals.first().map(|literal| decode_references(literal));
    }
    // PUBLIC has two literals, the second is the system identifier.
    let system = if keyword.trim().starts_with("PUBLIC") { literals.get(1) } else { literals.first() };
    Some(external(system?, base))
}

/// `&#37;` and `&#x25;` in an entity value, which is how a parameter entity declares another entity.
fn decode_references(literal: &str) -> String {
    literal.replace("&#37;", "%").replace("&#x25;", "%").replace("&#39;", "'").replace("&#34;", "\"")
}

fn external(system: &str, base: &Path) -> String {
    let path = system.strip_prefix("file://").unwrap_or(system);
    if path.contains("://") {
        return String::new();
    }
    read_bounded(&base.join(path)).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}

/// As much as an answer can hold, so that `/dev/zero` is an answer and not the end.
fn read_bounded(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(OUTPUT_LIMIT_BYTES as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn push_bounded(out: &mut String, text: &str) {
    if out.len() < OUTPUT_LIMIT_BYTES {
        out.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn element(text: &str) -> String {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("planted.txt"), "planted").unwrap();
        Xml::read(text, dir.path()).element("a").unwrap()
    }

    #[test]
    fn an_external_entity_reads_a_file() {
        assert_eq!(element("<!DOCTYPE r [<!ENTITY x SYSTEM \"planted.txt\">]><r><a>[&x;]</a></r>"), "[planted]");
    }

    #[test]
    fn a_parameter_entity_declares_another() {
        let text = "<!DOCTYPE r [<!ENTITY % p \"<!ENTITY x SYSTEM 'planted.txt'>\"> %p; ]><r><a>&x;</a></r>";
        assert_eq!(element(text), "planted");
    }

    #[test]
    fn a_bomb_stops_at_the_limit() {
        let level = |level: usize| format!("<!ENTITY l{level} \"{}\">", format!("&l{};", level - 1).repeat(10));
        let subset = "<!ENTITY l0 \"0123456789\">".to_owned() + &(1..9).map(level).collect::<Vec<_>>().concat();
        let length = element(&format!("<!DOCTYPE r [{subset}]><r><a>&l8;</a></r>")).len();
        assert!((OUTPUT_LIMIT_BYTES..OUTPUT_LIMIT_BYTES + 64).contains(&length), "{length}");
    }

    #[test]
    fn character_data_is_taken_as_it_is() {
        assert_eq!(element("<xml><a><![CDATA[R&D <6>]]></a></xml>"), "R&D <6>");
        assert_eq!(element("<xml><a>R&amp;D &lt;6</a></xml>"), "R&D <6");
    }
}
