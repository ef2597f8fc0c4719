//! What the host of a URL stands for, however it is written.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::super::reading::{ends_with, from, is_listed, until};

/// What a host is to the server that would fetch from it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Host {
    /// A cloud's metadata service.
    Metadata,
    /// An address in a notation that only hides it: octal, hex, one number, mapped, other digits.
    Disguised,
    /// The server itself.
    Loopback,
    /// A private network.
    Private,
    /// A public name that resolves to whatever its labels say.
    Rebinding,
    /// A service that reports look-ups back to a tester.
    Callback,
    Other,
}

/// Metadata services by name.
const METADATA_NAMES: &str = "metadata.google.internal metadata metadata.tencentyun.com metadata.azure.com instance-data \
    metadata.platformequinix.com kubernetes.default.svc kubernetes.default rancher-metadata";

/// Names that clusters give to what runs inside of them.
const INNER_NAMES: &[&[u8]] = &[b".svc", b".svc.cluster.local", b".service.consul"];

/// U+3002, the full stop of Chinese.
const IDEOGRAPHIC_STOP: &str = "\u{3002}";

/// Further names of the machine itself and of its container host.
const LOOPBACK_NAMES: &str = "localhost.localdomain localhost4.localdomain4 localhost6.localdomain6 localhost4 localhost6 ip6-localhost ip6-loopback \
    host.docker.internal gateway.docker.internal host.containers.internal";

/// Names under which any address resolves.
const REBINDING: &[&[u8]] = &[
    b".nip.io",
    b".xip.io",
    b".sslip.io",
    b".rbndr.us",
    b".1u.ms",
    b".localtest.me",
    b".lvh.me",
    b".vcap.me",
    b".lacolhost.com",
    b".yoogle.com",
    b".fbi.com",
];

/// Interaction services of testers.
const CALLBACKS: &[&[u8]] = &[
    b".oast.pro",
    b".oast.live",
    b".oast.site",
    b".oast.online",
    b".oast.fun",
    b".oast.me",
    b".oastify.com",
    b".burpcollaborator.net",
    b".interact.sh",
    b".interactsh.com",
    b".dnslog.cn",
    b".ceye.io",
    b".dnslog.link",
    b".dnslog.store",
    b".requestbin.net",
    b".bxss.me",
    b".xss.ht",
    b".eyes.sh",
    b".callback.red",
    b".dig.pm",
    b".r87.me",
    b".tu4.org",
    b".hyuga.icu",
    b"webhook.site",
    b"requestrepo.com",
    b".pipedream.net",
    b".requestcatcher.com",
];

pub(super) fn judge(host: &[u8]) -> Host {
    // Where a library written in C reads it, the name ends at a zero byte.
    let host = until(host, memchr::memchr(0, host).unwrap_or(host.len()));
    let host = host.strip_suffix(b".").unwrap_or(host);
    if let Some(inner) = host.strip_prefix(b"[") {
        return ipv6(inner.strip_suffix(b"]").unwrap_or(inner));
    }
    if memchr::memmem::find(host, IDEOGRAPHIC_STOP.as_bytes()).is_some() {
        // Resolvers take it for a dot.
        let dotted = String::from_utf8_lossy(host).replace(IDEOGRAPHIC_STOP, ".");
        return if ipv4(dotted.as_bytes()).is_some() { Host::Disguised } else { Host::Other };
    }
    if INNER_NAMES.iter().any(|suffix| ends_with(host, suffix)) || is_listed(host, METADATA_NAMES) {
        return Host::Metadata;
    }
    if host.eq_ignore_ascii_case(b"localhost") || ends_with(host, b".localhost") || is_listed(host, LOOPBACK_NAMES) {
        return Host::Loopback;
    }
    if REBINDING.iter().any(|suffix| ends_with(host, suffix) || host.eq_ignore_ascii_case(from(suffix, 1))) {
        return Host::Rebinding;
    }
    if CALLBACKS.iter().any(|suffix| ends_with(host, suffix)) {
        return Host::Callback;
    }
    if has_other_digits(host) {
        return Host::Disguised;
    }
    match ipv4(host) {
        Some((address, true)) => of_address(address),
        Some((address, false)) if matches!(of_address(address), Host::Other) && host.len() < 7 => Host::Other,
        Some(_) => Host::Disguised,
        None => Host::Other,
    }
}

fn of_address(address: Ipv4Addr) -> Host {
    match address.octets() {
        [169, 254, 169, 254] | [169, 254, 170, 2] | [169, 254, 0, 23] | [100, 100, 100, 200] | [192, 0, 0, 192] => {
            Host::Metadata
        }
        [169, 254, ..] => Host::Private,
        [127, ..] | [0, 0, 0, 0] => Host::Loopback,
        _ if address.is_private() => Host::Private,
        _ => Host::Other,
    }
}

/// Reads an address as `inet_aton` does; says whether it was in the common notation.
fn ipv4(host: &[u8]) -> Option<(Ipv4Addr, bool)> {
    if host.is_empty() || host.len() > 64 {
        return None;
    }
    let mut common = true;
    let mut numbers = Vec::with_capacity(4);
    for part in host.split(|byte| *byte == b'.') {
        let (digits, radix) = match part {
            [b'0', b'x' | b'X', digits @ ..] if !digits.is_empty() => (digits, 16),
            [b'0', digits @ ..] if !digits.is_empty() => (digits, 8),
            _ => (part, 10),
        };
        common &= radix == 10;
        numbers.push(number(digits, radix)?);
        if numbers.len() > 4 {
            return None;
        }
    }
    common &= numbers.len() == 4;
    let (last, heads) = numbers.split_last()?;
    let mut address = 0u64;
    for head in heads {
        if *head > 255 {
            return None;
        }
        address = address << 8 | head;
    }
    let room = 8 * (4 - u32::try_from(heads.len()).ok()?);
    // Too large a last part wraps around in careless parsers; 0x1 7f000001 is the loopback to them.
    address = address << room | (last & ((1 << room) - 1));
    if *last >= 1 << room {
        common = false;
    }
    Some((Ipv4Addr::from(u32::try_from(address & 0xffff_ffff).ok()?), common))
}

fn number(digits: &[u8], radix: u32) -> Option<u64> {
    if digits.is_empty() || digits.len() > 24 {
        return None;
    }
    digits.iter().try_fold(0u64, |sum, digit| {
        let digit = char::from(*digit).to_digit(radix)?;
        Some(sum.wrapping_mul(u64::from(radix)).wrapping_add(u64::from(digit)))
    })
}

fn ipv6(inner: &[u8]) -> Host {
    let text = inner.split(|byte| *byte == b'%').next().unwrap_or_default();
    let Some(address) = std::str::from_utf8(text).ok().and_then(|text| text.parse::<Ipv6Addr>().ok()) else {
        return Host::Other;
    };
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => Host::Loopback,
        [0, 0, 0, 0, 0, 0 | 0xffff, ..] | [0x64, 0xff9b, ..] => Host::Disguised,
        [0xfd00, 0xec2, ..] => Host::Metadata,
        // Unique to a site (RFC 4193) or to one link (RFC 4291 2.5.6).
        [0xfc00..=0xfdff | 0xfe80..=0xfebf, ..] => Host::Private,
        _ => Host::Other,
    }
}

/// Circled, full-width or other digits that resolvers normalise: ①②⑦.⓪.⓪.①.
fn has_other_digits(host: &[u8]) -> bool {
    let mut rest = until(host, 96);
    let mut digits = 0;
    while let [first, tail @ ..] = rest {
        rest = match rest {
            // U+2460 to U+249B, U+24EA, U+FF10 to U+FF19, U+3002 as a dot does not count.
            [0xe2, 0x91..=0x93, _, tail @ ..] | [0xef, 0xbc, 0x90..=0x99, tail @ ..] => {
                digits += 1;
                tail
            }
            _ if *first < 0x80 && !(first.is_ascii_hexdigit() || *first == b'.' || *first == b'x') => return false,
            _ => tail,
        };
    }
    digits >= 2
}
