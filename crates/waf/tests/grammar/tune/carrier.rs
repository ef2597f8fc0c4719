//! The ways in which pages and programs send one text that somebody typed: form, JSON, multipart, address, XML, JSON in a
//! field. What the text says is the business of the grammars.

use super::super::codec;
use super::super::rng::Rng;
use super::super::wire::{FORM, JSON, Part, Wire, multipart};
use super::super::words;

/// Longer texts are not put into addresses.
const ADDRESS_LENGTH: usize = 240;

/// One text of `texts` in the field `name` of a page at `path`.
pub(super) fn one_of(rng: &mut Rng, path: &str, name: &str, texts: &[&str]) -> Vec<u8> {
    let text = rng.pick(texts);
    send(rng, path, name, text)
}

/// `text` in the field `name` of a page at `path`.
pub(super) fn send(rng: &mut Rng, path: &str, name: &str, text: &str) -> Vec<u8> {
    let (id, day) = (rng.digits(6), words::date(rng));
    let who = words::person(rng);
    let way = rng.below(8);
    match way {
        0 | 1 => Wire::post(
            path,
            FORM,
            codec::form_body(&[("id", &id), ("operator", &who), (name, text), ("date", &day), ("submit", "保存")]),
        )
        .desktop(rng),
        2 | 3 => Wire::post(
            path,
            JSON,
            format!(
                "{{\"id\":{},\"operator\":{},\"{name}\":{},\"updateTime\":\"{day} 08:30:00\",\"valid\":true,\"remark\":null}}",
                id.trim_start_matches('0').parse().unwrap_or(1_u32),
                codec::json(&who),
                codec::json(text)
            ),
        )
        .desktop(rng),
        4 => {
            let parts = [Part::field("id", id), Part::field(name, text), Part::field("operator", who)];
            let (kind, body) = multipart(&parts, rng);
            Wire::post(path, &kind, body).desktop(rng)
        }
        5 if text.len() <= ADDRESS_LENGTH => {
            Wire::get(format!("{path}?{name}={}&id={id}&_={}", codec::percent(text), words::millis(rng))).desktop(rng)
        }
        6 => Wire::post(
            path,
            "text/xml; charset=utf-8",
            format!(
                "<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body><Save xmlns=\"http://tempuri.org/\"><id>{id}</id><{name}>{}</{name}><day>{day}</day></Save></soap:Body></soap:Envelope>",
                codec::xml(text)
            ),
        )
        .program("Mozilla/4.0 (compatible; MSIE 6.0; MS Web Services Client Protocol 4.0.30319.42000)"),
        _ => Wire::post(
            path,
            FORM,
            format!(
                "token={}&data={}",
                rng.hex(32),
                codec::form(format!(
                    "{{\"rows\":[{{\"id\":\"{id}\",\"{name}\":{},\"day\":\"{day}\"}}],\"total\":1}}",
                    codec::json(text)
                ))
            ),
        )
        .mobile(rng),
    }
    .finish(rng)
}
