//! Finds the template of a path: a trie over segments, so that its cost does not grow with the number of templates.
//!
//! A concrete segment wins over one with text around a parameter, and that over a bare parameter, from left to right
//! (OpenAPI 3.1, 4.8.8.2). Every node is visited at most once.

use std::collections::HashMap;

/// A segment of a template: text, parameter, text, … It begins and ends with text, which may be empty.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Pattern(Box<[Box<str>]>);

/// Why a template was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TemplateError {
    Shape(&'static str),
    Same(usize),
}

#[derive(Debug, Default)]
pub(crate) struct Trie {
    root: Node,
}

#[derive(Debug, Default)]
struct Node {
    concrete: HashMap<Box<str>, Node>,
    /// Longest text first.
    patterns: Vec<(Pattern, Node)>,
    any: Option<Box<Node>>,
    /// Number of the path that ends here.
    path: Option<usize>,
}

/// A found path and the values of its parameters, in the order of the template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) path: usize,
    pub(crate) values: Vec<String>,
}

impl Trie {
    /// Enters a template as number `path`; answers with the names of its parameters.
    pub(crate) fn insert(&mut self, template: &str, path: usize) -> Result<Vec<Box<str>>, TemplateError> {
        let rest = template.strip_prefix('/').ok_or(TemplateError::Shape("a path that begins with `/`"))?;
        let (mut node, mut names) = (&mut self.root, Vec::new());
        for segment in rest.split('/') {
            let texts = split(segment, &mut names)?;
            node = match texts.as_slice() {
                [text] => node.concrete.entry(text.clone()).or_default(),
                [before, after] if before.is_empty() && after.is_empty() => node.any.get_or_insert_default(),
                _ => node.pattern(Pattern(texts.into())),
            };
        }
        if let Some(same) = node.path {
            return Err(TemplateError::Same(same));
        }
        node.path = Some(path);
        Ok(names)
    }

    /// The path of decoded segments.
    pub(crate) fn find(&self, segments: &[String]) -> Option<Found> {
        let mut values = Vec::new();
        let path = self.root.find(segments, &mut values)?;
        Some(Found { path, values })
    }
}

impl Node {
    fn pattern(&mut self, pattern: Pattern) -> &mut Self {
        let at = self.patterns.iter().position(|(known, _)| *known == pattern).unwrap_or_else(|| {
            let at = self.patterns.partition_point(|(known, _)| known.len() >= pattern.len());
            self.patterns.insert(at, (pattern, Self::default()));
            at
        });
        #[expect(clippy::indexing_slicing, reason = "the position was just found or filled")]
        &mut self.patterns[at].1
    }

    fn find(&self, segments: &[String], values: &mut Vec<String>) -> Option<usize> {
        let Some((segment, rest)) = segments.split_first() else { return self.path };
        if let Some(found) = self.concrete.get(segment.as_str()).and_then(|node| node.find(rest, values)) {
            return Some(found);
        }
        let kept = values.len();
        for (pattern, node) in &self.patterns {
            if pattern.matches(segment, values)
                && let Some(found) = node.find(rest, values)
            {
                return Some(found);
            }
            values.truncate(kept);
        }
        let node = self.any.as_ref().filter(|_| !segment.is_empty())?;
        values.push(segment.clone());
        let found = node.find(rest, values);
        if found.is_none() {
            values.truncate(kept);
        }
        found
    }
}

impl Pattern {
    fn len(&self) -> usize {
        self.0.iter().map(|text| text.len()).sum()
    }

    /// Parameters are as short as the text behind them allows, the last one takes the rest; none is empty.
    fn matches(&self, segment: &str, values: &mut Vec<String>) -> bool {
        let [first, middle @ .., last] = &*self.0 else { return false };
        let Some(mut rest) = segment.strip_prefix(&**first).and_then(|rest| rest.strip_suffix(&**last)) else {
            return false;
        };
        for text in middle {
            let Some((value, after)) = rest.split_once(&**text).filter(|(value, _)| !value.is_empty()) else {
                return false;
            };
            values.push(value.to_owned());
            rest = after;
        }
        values.push(rest.to_owned());
        !rest.is_empty()
    }
}

/// The texts of a segment around its parameters, whose names are appended.
fn split(segment: &str, names: &mut Vec<Box<str>>) -> Result<Vec<Box<str>>, TemplateError> {
    const SHAPE: TemplateError = TemplateError::Shape("`{name}` with text between two of them");
    let (mut texts, mut rest) = (Vec::new(), segment);
    while let Some((text, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').ok_or(SHAPE)?;
        let touches = !texts.is_empty() && text.is_empty();
        if name.is_empty()
            || name.contains('{')
            || text.contains('}')
            || touches
            || names.iter().any(|known| **known == *name)
        {
            return Err(SHAPE);
        }
        texts.push(text.into());
        names.push(name.into());
        rest = after;
    }
    if rest.contains('}') {
        return Err(SHAPE);
    }
    texts.push(rest.into());
    Ok(texts)
}
