//! What the body of an answer may hold, by what its head says of it: text whose numbers can be masked, text in a form in which
//! they are not found, or no text at all.

use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue};

/// What a body may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    /// Text in which each digit is one byte.
    Text,
    /// Perhaps text, in a form that is not read here: documents of office programs, several parts, UTF-16.
    Unread,
    /// Pictures, archives and the like.
    NoText,
}

/// Text beside `text/*`, `+json` and `+xml`.
const TEXTS: &[&str] = &[
    "application/json",
    "application/xml",
    "application/javascript",
    "application/x-javascript",
    "application/ecmascript",
    "application/json-seq",
    "application/jsonl",
    "application/x-jsonlines",
    "application/ndjson",
    "application/x-ndjson",
    "application/yaml",
    "application/x-yaml",
    "application/x-www-form-urlencoded",
];

/// Families of types that hold no text.
const NO_TEXT_FAMILIES: &[&str] = &["image/", "audio/", "video/", "font/", "application/font", "application/x-font"];

/// Types that hold no text, or none that anybody reads on its way.
const NO_TEXT: &[&str] = &[
    "application/octet-stream",
    "application/pdf",
    "application/dicom",
    "application/zip",
    "application/x-zip-compressed",
    "application/gzip",
    "application/x-gzip",
    "application/x-7z-compressed",
    "application/vnd.rar",
    "application/x-rar-compressed",
    "application/vnd.ms-fontobject",
    "application/wasm",
];

/// Charsets in which a digit is more than one byte.
const WIDE: &[&str] = &["utf-16", "utf-32", "ucs-2", "ucs-4"];

/// What a body with this head may hold. One without a type is text: browsers look into it and show what they find.
pub(super) fn holds(headers: &HeaderMap) -> Holds {
    let value = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    let value = String::from_utf8_lossy(value).to_ascii_lowercase();
    let (kind, parameters) = value.split_once(';').unwrap_or((&value, ""));
    let kind = kind.trim();
    let is_text = kind.is_empty()
        || kind.starts_with("text/")
        || kind.ends_with("+json")
        || kind.ends_with("+xml")
        || TEXTS.contains(&kind);
    if is_text {
        let is_wide = WIDE.iter().any(|charset| parameters.contains(charset));
        return if is_wide { Holds::Unread } else { Holds::Text };
    }
    // DICOMweb sends studies in parts, and says what each of them is (PS3.18 §8.7.3).
    let parts = || parameters.split(';').find_map(|parameter| parameter.trim().strip_prefix("type="));
    let kind = if kind == "multipart/related" { parts().unwrap_or_default().trim_matches('"') } else { kind };
    let is_no_text = NO_TEXT.contains(&kind) || NO_TEXT_FAMILIES.iter().any(|family| kind.starts_with(family));
    if is_no_text { Holds::NoText } else { Holds::Unread }
}

/// Whether the body is compressed.
pub(super) fn is_coded(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_ENCODING).is_some_and(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn body_is_text_unless_its_type_says_otherwise() {
        let check = |kind: &str, expected| {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, kind.parse().unwrap());
            assert_eq!(holds(&headers), expected, "{kind}");
        };
        for kind in [
            "",
            "text/html; charset=gbk",
            "Text/JSON",
            "text/event-stream",
            "application/javascript",
            "application/x-ndjson;charset=utf-8",
            "application/FHIR+JSON",
            "application/soap+xml; charset=\"utf-8\"",
            "application/dicom+json",
            "image/svg+xml",
        ] {
            check(kind, Holds::Text);
        }
        for kind in [
            "text/plain; charset=UTF-16LE",
            "multipart/mixed; boundary=x",
            "multipart/related; boundary=x; type=\"text/html\"",
            "application/msword",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "application/x-protobuf",
            "nonsense",
        ] {
            check(kind, Holds::Unread);
        }
        for kind in [
            "image/png",
            "audio/wav",
            "video/mp4",
            "font/woff2",
            "application/font-woff",
            "application/zip",
            "application/pdf",
            "application/dicom",
            "multipart/related; type=\"application/dicom\"; boundary=x",
            "application/octet-stream",
        ] {
            check(kind, Holds::NoText);
        }
        assert_eq!(holds(&HeaderMap::new()), Holds::Text, "browsers look into what has no type");
    }
}
