//! Body processors: from body bytes to named values.
//!
//! Each takes what there is, keeps what it could read when the rest is broken, and reports findings instead of failing.
//! Sizes, counts and depths are capped by [`crate::Limits`]; nothing is expanded (no entities, no DTD).
//!
//! There are two views of a body. The `parse_…` functions put all readings that some application may have into a [`Sink`]:
//! our own policies judge by them. The `read_…` functions give the one reading that rule sets written for the rule language
//! expect, as a [`Parsed`].

mod beyond;
mod charset;
mod disposition;
mod encoding;
mod form;
mod form_data;
#[cfg(test)]
mod form_data_tests;
mod json;
mod multipart;
mod parameter;
mod parsed;
#[cfg(test)]
mod read_tests;
#[cfg(test)]
mod tests;
mod xml;
mod zstd;

pub(crate) use charset::Charset;
pub(crate) use encoding::Codings;
pub(crate) use form::{parse_cookies, parse_form, read_arguments, read_cookies};
pub(crate) use form_data::FormData;
pub(crate) use json::{parse_json, read_json_body};
pub(crate) use multipart::Multipart;
pub(crate) use parameter::{Boundary, boundary_of, charset_of};
pub(crate) use parsed::Parsed;
pub(crate) use xml::{parse_xml, read_xml_body, xml_charset};

use crate::http1::HttpFinding;
use crate::options::Limits;
use crate::var::{Collection, Values};

/// Where processors put values and findings.
#[derive(Debug, Default)]
pub(crate) struct Sink {
    pub(crate) values: Values,
    pub(crate) findings: Vec<HttpFinding>,
    /// Something was left out because of a limit.
    pub(crate) partial: bool,
}

impl Sink {
    /// Adds an argument and its name.
    pub(crate) fn argument(&mut self, collection: Collection, name: &[u8], value: &[u8]) {
        let names = match collection {
            Collection::ArgsGet => Collection::ArgsGetNames,
            Collection::RequestCookies => Collection::RequestCookiesNames,
            Collection::RequestHeaders => Collection::RequestHeadersNames,
            Collection::Files => Collection::FilesNames,
            _ => Collection::ArgsPostNames,
        };
        if !name.is_empty() {
            self.values.push(names, name, name);
        }
        self.values.push(collection, name, value);
    }

    /// Notes a finding once.
    pub(crate) fn finding(&mut self, finding: HttpFinding) {
        if !self.findings.contains(&finding) {
            self.findings.push(finding);
        }
    }

    /// Notes that a limit cut something off.
    pub(crate) fn limited(&mut self, finding: HttpFinding) {
        self.finding(finding);
        self.partial = true;
    }
}

/// What a body claims to be, or looks like.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum BodyKind {
    Form,
    Json,
    Xml,
    Multipart,
    Other,
}

impl BodyKind {
    /// Chooses by content type. Without one, or as plain text, the first byte decides ([`BodyKind::sniff`]).
    pub(crate) fn of_content_type(content_type: Option<&[u8]>) -> Option<Self> {
        let essence = essence(content_type?);
        match essence.as_slice() {
            b"application/x-www-form-urlencoded" => Some(Self::Form),
            b"multipart/form-data" => Some(Self::Multipart),
            b"text/plain" | b"" | b"application/octet-stream" => None,
            _ if essence.ends_with(b"json") || essence.ends_with(b"javascript") => Some(Self::Json),
            _ if essence.ends_with(b"xml") => Some(Self::Xml),
            _ if essence.starts_with(b"multipart/") => Some(Self::Multipart),
            _ => Some(Self::Other),
        }
    }

    /// Whether a content type is that of a text.
    pub(crate) fn says_text(content_type: &[u8]) -> bool {
        let essence = essence(content_type);
        essence.starts_with(b"text/") || !essence.contains(&b'/')
    }

    /// What a body without a telling content type looks like.
    pub(crate) fn sniff(bytes: &[u8]) -> Self {
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
        match text.first() {
            Some(b'{' | b'[') => Self::Json,
            Some(b'<') => Self::Xml,
            Some(byte) if byte.is_ascii_alphanumeric() || *byte == b'_' => {
                let name_end = text.iter().position(|byte| !(byte.is_ascii_alphanumeric() || b"_.-[]%".contains(byte)));
                let is_form = name_end.and_then(|at| text.get(at)) == Some(&b'=');
                if is_form { Self::Form } else { Self::Other }
            }
            _ => Self::Other,
        }
    }

    /// How many bytes of such a body are inspected.
    pub(crate) fn limit(self, limits: &Limits) -> usize {
        match self {
            Self::Form => limits.form_bytes,
            Self::Json | Self::Xml => limits.structured_bytes,
            Self::Multipart => usize::MAX,
            Self::Other => limits.other_bytes,
        }
    }
}

/// Type and subtype in lower case. PHP ends them at a comma or blank too, so a list of types is its first one.
fn essence(content_type: &[u8]) -> Vec<u8> {
    let text = content_type.trim_ascii();
    let end = text.iter().position(|byte| matches!(byte, b';' | b',' | b' ' | b'\t')).unwrap_or(text.len());
    text.get(..end).unwrap_or_default().to_ascii_lowercase()
}

/// Whether bytes are text in some encoding rather than an image, archive or the like: no NUL, few control bytes.
pub(crate) fn looks_textual(bytes: &[u8]) -> bool {
    let probe = bytes.get(..512).unwrap_or(bytes);
    let control = probe
        .iter()
        .filter(|byte| **byte < b' ' && !matches!(**byte, b'\t' | b'\n' | b'\r' | 0x0b | 0x1b | 0x1c))
        .count();
    !probe.contains(&0) && control * 16 <= probe.len()
}
