//! What the fuzz targets in `fuzz/` ask of the inside: single transformations and single body processors, with any bytes.
//!
//! Not for anybody else, and hidden from the documentation: nothing here is promised. The targets state what must hold of
//! the answers.

use medward_detect::ByteMask;

use crate::body::{Codings, FormData, Parsed, read_arguments, read_cookies, read_json_body, read_xml_body};
use crate::http1::HttpFinding;
use crate::options::Limits;
use crate::transform::Transformation;

/// What a transformation made of a value.
#[derive(Debug)]
pub struct Transformed {
    /// Its name in rules.
    pub name: &'static str,
    /// Whether it said beforehand that it might change this value.
    pub may_change: bool,
    /// The value afterwards.
    pub output: Vec<u8>,
}

/// Applies a transformation, chosen by its number.
pub fn transform(number: usize, value: &[u8]) -> Option<Transformed> {
    let all = Transformation::ALL;
    let transformation = all.get(number.checked_rem(all.len())?)?;
    let mut output = Vec::new();
    transformation.apply(value, &mut output);
    let may_change = transformation.may_change(ByteMask::scan(value));
    Some(Transformed { name: transformation.name(), may_change, output })
}

/// A body processor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Processor {
    /// Urlencoded arguments.
    Arguments,
    /// JSON.
    Json,
    /// XML.
    Xml,
    /// multipart/form-data with the boundary `b`.
    Multipart,
}

/// What a body processor made of a body, without distinction.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Read {
    /// Names and values of whatever kind, beginnings of files included.
    pub values: Vec<(Vec<u8>, Vec<u8>)>,
    /// Flags of a multipart body.
    pub flags: String,
    /// What stopped it.
    pub error: Option<String>,
    /// Whether a limit left something out.
    pub partial: bool,
}

/// Reads a body that arrives in pieces of `size` bytes, where the processor reads streams, else as one.
pub fn read_body(processor: Processor, body: &[u8], size: usize, limits: &Limits) -> Read {
    let parsed = match processor {
        Processor::Arguments => read_arguments(body, b'&', limits),
        Processor::Json => read_json_body(body, limits),
        Processor::Xml => read_xml_body(body, limits),
        Processor::Multipart => {
            let mut reader = FormData::announced_by(b"multipart/form-data; boundary=b", limits);
            body.chunks(size.max(1)).for_each(|piece| reader.push(piece));
            reader.end(false)
        }
    };
    Read::from(parsed)
}

impl From<Parsed> for Read {
    fn from(parsed: Parsed) -> Self {
        let Parsed { args_post: mut values, files, part_headers, xml_text, xml_attributes, multipart, error, partial } =
            parsed;
        for file in files {
            values.push((file.names.concat(), file.size_bytes.to_string().into_bytes()));
            values.push((file.field, file.content));
        }
        values.extend(part_headers);
        values.extend(xml_text.into_iter().chain(xml_attributes).map(|value| (Vec::new(), value)));
        Self { values, flags: format!("{multipart:?}"), error, partial }
    }
}

/// The cookies of a header.
pub fn cookies<'a>(header: &'a [u8], limits: &Limits) -> Vec<(&'a [u8], &'a [u8])> {
    read_cookies(header, limits)
}

/// Undoes the content codings of a body; the code of what was wrong stands beside it.
pub fn decode(codings: &str, body: &[u8]) -> (Vec<u8>, Option<&'static str>) {
    let (text, finding) = Codings::of(std::iter::once(codings.as_bytes())).decode(body);
    (text, finding.map(HttpFinding::code))
}
