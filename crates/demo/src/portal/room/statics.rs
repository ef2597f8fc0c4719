//! Stylesheet, script and pictures, with validators: the sound part of the portal.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::super::answer::Answer;
use super::super::ask::Ask;
use super::super::page::not_found;

const STYLESHEET: &[u8] = include_bytes!("../../../assets/site.css");
pub(crate) const LOGO_PNG: &[u8] = include_bytes!("../../../assets/logo.png");

/// Fixed, so that a conditional request can be part of the drill.
pub(crate) const LAST_MODIFIED: &str = "Mon, 05 Jan 2026 00:00:00 GMT";

/// The validator under which the stylesheet is revalidated.
pub(crate) fn css_entity_tag() -> String {
    entity_tag(STYLESHEET)
}

pub(crate) fn file(name: &str, ask: &Ask) -> Answer {
    let (content_type, content): (_, &[u8]) = match name {
        "site.css" => ("text/css; charset=utf-8", STYLESHEET),
        "site.js" => ("text/javascript; charset=utf-8", include_bytes!("../../../assets/site.js")),
        "logo.svg" => ("image/svg+xml", include_bytes!("../../../assets/logo.svg")),
        "logo.png" => ("image/png", LOGO_PNG),
        "hero.png" => ("image/png", include_bytes!("../../../assets/hero.png")),
        _ => return not_found("该文件"),
    };
    let tag = entity_tag(content);
    let unchanged = ask.header("if-none-match") == tag || ask.header("if-modified-since") == LAST_MODIFIED;
    let answer = if unchanged { Answer::new(304, content_type, "") } else { Answer::new(200, content_type, content) };
    answer.with("etag", tag).with("last-modified", LAST_MODIFIED).with("cache-control", "max-age=300")
}

/// The quoted start of the content's SHA-256.
fn entity_tag(content: &[u8]) -> String {
    let digest = HEXLOWER.encode(&Sha256::digest(content));
    format!("\"{}\"", digest.get(..16).unwrap_or_default())
}
