//! Text with macros: `Found %{MATCHED_VAR} in %{MATCHED_VAR_NAME}`.

use crate::var::Collection;

/// Text with values of the transaction quoted in it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Template {
    pub(crate) parts: Vec<Part>,
}

/// A piece of a template.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Part {
    Text(Vec<u8>),
    Quote(Quote),
}

/// One macro: a scalar, or a member of a collection by its (lower-case) name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Quote {
    pub(crate) collection: Collection,
    pub(crate) name: Option<Vec<u8>>,
}

impl Template {
    /// Reads a template, or says which macro is not known.
    pub(crate) fn parse(text: &[u8]) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(start) = memchr::memmem::find(rest, b"%{") {
            let Some(length) = memchr::memchr(b'}', rest.get(start..).unwrap_or_default()) else { break };
            let (before, inside) = (rest.get(..start), rest.get(start + 2..start + length));
            push_text(&mut parts, before.unwrap_or_default());
            parts.push(Part::Quote(Quote::parse(inside.unwrap_or_default())?));
            rest = rest.get(start + length + 1..).unwrap_or_default();
        }
        push_text(&mut parts, rest);
        Ok(Self { parts })
    }

    /// The text, when nothing is quoted in it.
    pub(crate) fn constant(&self) -> Option<&[u8]> {
        match self.parts.as_slice() {
            [] => Some(b""),
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }

    pub(crate) fn quotes(&self) -> impl Iterator<Item = &Quote> {
        self.parts.iter().filter_map(|part| match part {
            Part::Quote(quote) => Some(quote),
            Part::Text(_) => None,
        })
    }

    /// The text with `value` asked for each quotation.
    pub(crate) fn expand(&self, mut value: impl FnMut(&Quote, &mut Vec<u8>)) -> Vec<u8> {
        let mut text = Vec::new();
        for part in &self.parts {
            match part {
                Part::Text(bytes) => text.extend_from_slice(bytes),
                Part::Quote(quote) => value(quote, &mut text),
            }
        }
        text
    }
}

fn push_text(parts: &mut Vec<Part>, text: &[u8]) {
    if !text.is_empty() {
        parts.push(Part::Text(text.to_vec()));
    }
}

impl Quote {
    fn parse(text: &[u8]) -> Result<Self, String> {
        let end = text.iter().position(|byte| matches!(byte, b'.' | b':')).unwrap_or(text.len());
        let (collection, name) = text.split_at(end);
        let collection = String::from_utf8_lossy(collection);
        let known = Collection::from_name(&collection);
        let collection = known.ok_or_else(|| format!("the variable {collection} in a macro is not known"))?;
        let name = name.get(1..).map(<[u8]>::to_ascii_lowercase);
        Ok(Self { collection, name })
    }
}
