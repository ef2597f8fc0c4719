//! URLs that a server must not fetch for a visitor.
//!
//! Confirmed by what the URL means, not by how it looks: a scheme that reaches other services, a metadata host, an address
//! in a notation that only hides it, a trick with user information. Plain addresses of the own network, and the machine of
//! a developer, are recorded only: applications pass them around in good faith.

mod host;
#[cfg(test)]
mod tests;

use std::ops::Range;

use super::gate::{Best, Words, prepare_all, spend};
use super::reading::{before, begins_with, ends_with, from, is_listed, is_space, is_word_byte, until, window};
use super::{Context, Finding, Place, Requirement, needs};
use host::Host;

/// Longest part of a URL that is read for its host.
const AUTHORITY_BYTES: usize = 256;

/// How much of the name of a socket is read; exploits make it longer than the system can take.
const SOCKET_BYTES: usize = 8192;

/// Schemes that make a fetching server speak to other services.
const SCHEMES: &str = "gopher dict tftp netdoc jar ldap ldaps rmi iiop sftp smb ssh2 gophers unix local_file";

/// Hosts that are an attack even without a scheme.
static BARE: Words = Words::of(&[
    "169.254.169.254",
    "169.254.170.2",
    "100.100.100.200",
    "metadata.google.internal",
    "metadata.tencentyun.com",
    "fd00:ec2::254",
    "/latest/meta-data",
    "/computemetadata/v1",
    "/metadata/instance",
    "/opc/v1/instance",
]);

static CALLBACK: Words = Words::of(&[
    ".oast.",
    ".oastify.com",
    ".burpcollaborator.net",
    ".interact.sh",
    ".interactsh.com",
    ".dnslog.",
    ".ceye.io",
    ".requestbin.net",
    ".bxss.me",
    ".xss.ht",
    ".eyes.sh",
    ".callback.red",
    ".dig.pm",
    ".r87.me",
    ".tu4.org",
    ".hyuga.icu",
    "webhook.site",
    "requestrepo.com",
    ".pipedream.net",
    ".requestcatcher.com",
]);

/// Interfaces that servers offer to themselves and their neighbours.
const INTERNAL: &[&[u8]] = &[
    b"/server-status",
    b"/actuator",
    b"/latest/",
    b"/etc/",
    b"/manager/html",
    b"/_cat",
    b"/_cluster",
    b"/v1/agent",
    b"/v1/kv",
    b"/v2/keys",
    b"/containers/",
    b"/images/json",
    b"/api/v1/namespaces",
    b"/api/v1/secrets",
    b"/api/v1/pods",
    b"/pods",
    b"/runningpods",
    b"/version",
    b"/jolokia",
    b"/solr/admin",
    b"/jmx-console",
    b"/flag",
];

/// Pages that a machine shows only to itself, where people name them, too.
const ADMINISTRATION: &[&[u8]] = &[
    b"/admin",
    b"/manager",
    b"/phpmyadmin",
    b"/console",
    b"/solr",
    b"/debug",
    b"/internal",
    b"/env",
    b"/druid",
    b"/nacos",
    b"/status",
    b"/secret",
];
/// Compiles what is looked for here.
pub(super) fn prepare() {
    prepare_all(&[&BARE, &CALLBACK]);
}

pub(super) fn requirement() -> Requirement {
    let more = ["://", "http:", "https:", "netdoc:", "jar:", ":/", ":\\", "//"];
    needs(&BARE.list().iter().chain(CALLBACK.list()).copied().chain(more).collect::<Vec<_>>(), &[])
}

pub(super) fn find(value: &[u8], context: Context) -> Option<Finding> {
    if matches!(context.place, Place::ResponseBody | Place::ResponseHeader | Place::FileContent | Place::FileName) {
        return None;
    }
    let mut best = Best::default();
    for (span, word) in BARE.find_iter(value) {
        let alone = !before(value, span.start).is_some_and(|byte| byte.is_ascii_digit() || byte == b'.')
            && !value.get(span.end).is_some_and(u8::is_ascii_digit);
        if alone {
            best.offer(if word.starts_with('/') { 60 } else { 84 }, span, "host/metadata");
        }
    }
    for (span, _) in CALLBACK.find_iter(value) {
        let name = until(value, span.start)
            .iter()
            .rev()
            .take(64)
            .take_while(|byte| is_word_byte(**byte) || matches!(byte, b'-' | b'.'))
            .count();
        let tail = value.get(span.start..).unwrap_or_default();
        let label = tail
            .iter()
            .skip(1)
            .position(|byte| !is_word_byte(*byte) && *byte != b'.' && *byte != b'-')
            .map_or(tail.len(), |at| at + 1);
        let host = value.get(span.start - name..span.start + label.min(64)).unwrap_or_default();
        if name >= 4 && host::judge(host) == Host::Callback {
            best.offer(86, span.start - name..span.start + label.min(64), "host/callback");
        }
    }
    let mut urls = 0;
    spend(value.len());
    for colon in memchr::memchr_iter(b':', value) {
        let rest = from(value, colon + 1);
        let slashes = rest.iter().take(8).take_while(|byte| matches!(byte, b'/' | b'\\')).count();
        let scheme = scheme_before(value, colon);
        let start = colon - scheme.len();
        if !scheme.is_empty() && (slashes >= 1 || is_listed(scheme, "jar netdoc http https")) {
            urls += 1;
            if urls > 256 {
                break;
            }
            Url { value, scheme, span: start..(colon + 1 + slashes), after: colon + 1 + slashes, slashes, context }
                .judge(&mut best);
        }
    }
    if value.starts_with(b"//") {
        let slashes = value.iter().take(8).take_while(|byte| **byte == b'/').count();
        Url { value, scheme: b"http", span: 0..slashes, after: slashes, slashes, context }.judge(&mut best);
    }
    // A socket of the machine before the real address: a proxy that reads both takes the second one.
    let socket = window(value, 0, SOCKET_BYTES);
    let twice = memchr::memmem::find(socket, b"|http").filter(|_| begins_with(socket, b"unix:"));
    if let Some(bar) = twice {
        best.offer(90, 0..bar + 5, "url/socket");
    }
    let most = match context.place {
        // Browsers send the addresses of pages that developers open.
        Place::Header if best.confidence() < 84 => 35,
        _ if best.confidence() < 84 && best.is_in_prose(value) => 60,
        _ => 100,
    };
    best.at_most(most)
}

/// `shop.example`, and not the name of a person, which social networks write so: `/@li`, `/@li@social.example`.
fn begins_with_host(text: &[u8]) -> bool {
    let name =
        until(text, text.iter().position(|byte| !is_word_byte(*byte) && !b"-.@".contains(byte)).unwrap_or(text.len()));
    spend(name.len());
    name.contains(&b'.') && !name.contains(&b'@')
}

/// `/dc=hospital,dc=local`, also below `ou=` or `cn=`.
fn is_base_of_tree(path: &[u8]) -> bool {
    let path = until(path, 256);
    spend(path.len());
    let parts = path.split(|byte| *byte == b',').map(|part| part.strip_prefix(b"/").unwrap_or(part));
    let named = |part: &[u8]| {
        let name = memchr::memchr(b'=', part).map(|at| until(part, at));
        name.is_some_and(|name| is_listed(name, "dc ou cn o"))
    };
    let components: Vec<bool> = parts.clone().map(named).collect();
    let domains = parts.filter(|part| begins_with(part, b"dc=")).count();
    domains >= 2 && components.iter().all(|named| *named)
}

fn scheme_before(value: &[u8], colon: usize) -> &[u8] {
    let head = until(value, colon);
    let length =
        head.iter().rev().take(16).take_while(|byte| is_word_byte(**byte) || matches!(byte, b'+' | b'-')).count();
    spend(length + 1);
    let scheme = from(head, colon - length);
    if scheme.first().is_some_and(u8::is_ascii_alphabetic) { scheme } else { b"" }
}

struct Url<'v> {
    value: &'v [u8],
    scheme: &'v [u8],
    span: Range<usize>,
    after: usize,
    slashes: usize,
    context: Context,
}

impl Url<'_> {
    fn judge(&self, best: &mut Best) {
        let text = window(self.value, self.after, AUTHORITY_BYTES);
        let end = text.iter().position(|byte| {
            is_space(*byte)
                || matches!(
                    byte,
                    b'/' | b'?' | b'#' | b'"' | b'\'' | b'<' | b'>' | b'\\' | b',' | b')' | b'}' | b'|' | b';' | b'&'
                )
        });
        let authority = until(text, end.unwrap_or(text.len()));
        spend(authority.len() + 1);
        let span = self.span.start..self.after + authority.len();
        let rest = from(text, authority.len());
        if is_listed(self.scheme, SCHEMES) {
            // `ldap://...` is how people leave out a host.
            self.other_service(best, span.clone(), rest, authority.iter().any(u8::is_ascii_alphanumeric));
        }
        if self.slashes >= 2 && authority.starts_with(b"-") && is_listed(self.scheme, "ssh git http https ftp svn hg") {
            // The client program takes such a host for an option of its own.
            return best.offer(86, span, "url/option");
        }
        if is_listed(self.scheme, "ftp ftps sftp") && self.names_bare_service(authority, rest) {
            best.offer(84, span, "url/bare-service");
            return;
        }
        if !is_listed(self.scheme, "http https ftp ftps ws wss url") {
            return;
        }
        if self.slashes == 0 {
            self.without_slashes(best, span, authority);
            return;
        }
        let user = authority.iter().rposition(|byte| *byte == b'@');
        let address = user.map_or(authority, |at| from(authority, at + 1));
        let (host, port) = host_and_port(address);
        let wrapped = self.is_wrapped();
        let whole = self.span.start == 0 || wrapped || self.is_embedded();
        // `127.0.0.1#@shop.example`: parsers differ on which of the two is the host.
        let disputed = DISPUTED.iter().any(|mark| rest.starts_with(mark))
            || rest.strip_prefix(b"/@").is_some_and(begins_with_host)
            || names_host_behind_backslash(rest);
        let disguising_user = disputed || user.is_some_and(|at| until(authority, at).contains(&b'.'));
        let backslashes = from(self.value, self.after - self.slashes).first() == Some(&b'\\');
        let (sure, path) = match host::judge(host) {
            Host::Metadata => (92, "url/metadata"),
            Host::Disguised if host.len() >= 5 || host.first() == Some(&b'[') || host.starts_with(b"0") => {
                (88, "url/disguised-address")
            }
            Host::Callback => (86, "url/callback"),
            Host::Rebinding => (if whole { 82 } else { 60 }, "url/rebinding"),
            Host::Loopback | Host::Private if disguising_user => (86, "url/user-information"),
            _ if whole && hides_inner_host(rest) => (86, "url/user-information"),
            // Of a feed or a page's source that only this network has, no reader has heard.
            Host::Loopback | Host::Private if wrapped => (82, "url/wrapped"),
            // A zone is a card of the server itself.
            Host::Private if whole && host.contains(&b'%') => (82, "url/zone"),
            Host::Loopback if whole && matches!(rest, [b';' | b',', b'.', ..]) => (84, "url/loopback"),
            // Another slash, and one parser sees no host where the next sees this one.
            Host::Loopback if whole && (backslashes || self.slashes > 2) => (82, "url/loopback"),
            Host::Loopback => (self.loopback(host, port, rest, whole), "url/loopback"),
            Host::Private if whole && INTERNAL.iter().any(|path| begins_with(rest, path)) => (82, "url/private"),
            Host::Private if is_service(port) && whole => (62, "url/private"),
            Host::Private => (20, "url/private"),
            Host::Other if is_label(host) => (if whole && is_service(port) { 60 } else { 0 }, "url/inner-name"),
            _ if whole && is_refused(port) && !self.is_in_header() => (82, "url/refused-port"),
            // `http://shop.example@evil.example`: a browser hides what the server obeys.
            _ => (0, "url"),
        };
        best.offer(sure, span, path);
    }

    /// `ftp://host:6379/x`, `sftp://host:11111/`: a protocol of files pointed at the port of another service, by nobody who
    /// would have to log in there. A port of its own is what people write into settings.
    fn names_bare_service(&self, authority: &[u8], rest: &[u8]) -> bool {
        let (host, port) = host_and_port(authority);
        let own = is_listed(port, "21 22 990 2121 2222 10021 10022 8021 8022");
        let whole = self.span.start == 0 && !rest.iter().any(|byte| is_space(*byte));
        let known = is_service(port) || (port.len() == 5 && port.iter().all(u8::is_ascii_digit));
        whole && self.slashes >= 2 && known && !own && !host.is_empty() && !authority.contains(&b'@')
    }

    /// `http:127.0.0.1/x`: libraries and browsers supply the slashes, filters look for them.
    fn without_slashes(&self, best: &mut Best, span: Range<usize>, authority: &[u8]) {
        if self.span.start > 0 || !is_listed(self.scheme, "http https") || self.context.place == Place::Header {
            return;
        }
        let (host, _) = host_and_port(authority);
        let hidden = matches!(host::judge(host), Host::Metadata | Host::Loopback | Host::Disguised);
        if hidden && host.iter().filter(|byte| matches!(byte, b'.' | b':')).count() >= 3 {
            best.offer(82, span, "url/without-slashes");
        }
    }

    /// `feed:http://…`, `view-source:http://…`.
    fn is_wrapped(&self) -> bool {
        is_listed(until(self.value, self.span.start), "feed: view-source:")
    }

    fn is_in_header(&self) -> bool {
        matches!(self.context.place, Place::Header | Place::Path)
    }

    /// What a page or drawing loads by itself (`<iframe src=…>`, `<image xlink:href=…>`, `url(…)`), so that whoever renders it
    /// fetches it: a link waits for a click.
    fn is_embedded(&self) -> bool {
        let head = until(self.value, self.span.start);
        // `[img=16,16]` of a forum, which fetches the picture to keep it.
        let mark = from(head, head.len().saturating_sub(24));
        if let Some(open) = memchr::memrchr(b'[', mark).filter(|_| mark.ends_with(b"]")) {
            let name = from(mark, open + 1);
            return begins_with(name, b"img") && matches!(name.get(3), Some(b']' | b'='));
        }
        let head = head.strip_suffix(b"\"").or_else(|| head.strip_suffix(b"'")).unwrap_or(head);
        let head = from(head, head.len().saturating_sub(16));
        [b" src=".as_slice(), b"xlink:href=", b"url(", b"srcset=", b" data="].iter().any(|name| ends_with(head, name))
    }

    /// A scheme that only servers speak.
    fn other_service(&self, best: &mut Best, span: Range<usize>, rest: &[u8], named: bool) {
        let start = before(self.value, self.span.start);
        let begins = start.is_none_or(|byte| !is_word_byte(byte) && byte != b'.' && byte != b'-');
        let sure = match self.scheme {
            _ if !begins => 0,
            scheme if scheme.eq_ignore_ascii_case(b"jar") => {
                let inner = window(self.value, self.span.end, 64);
                let nested =
                    [b"http".as_slice(), b"file:", b"ftp:", b"/"].iter().any(|inside| begins_with(inner, inside));
                if nested { 86 } else { 0 }
            }
            scheme if scheme.eq_ignore_ascii_case(b"netdoc") => {
                if self.slashes > 0 {
                    88
                } else {
                    0
                }
            }
            _ if self.slashes < 2 || !(named || self.slashes >= 3) => 0,
            scheme if is_listed(scheme, "gopher dict tftp gophers ssh2 local_file") => 90,
            // The base of a directory's tree, as it stands in settings (RFC 4516): no object of an exploit lies there.
            scheme if is_listed(scheme, "ldap ldaps") && is_base_of_tree(rest) => 35,
            scheme if is_listed(scheme, "ldap ldaps") && self.names_directory_server(&span, rest) => 45,
            // An administrator may enter a directory; what an exploit names has an object behind it.
            scheme if is_listed(scheme, "ldap ldaps rmi iiop") => {
                let object = matches!(rest, [b'/' | b'?', next, ..] if !is_space(*next) && !b"\"'<>".contains(next));
                if object || self.span.start == 0 { 84 } else { 60 }
            }
            _ => 50,
        };
        best.offer(sure, span, "url/other-service");
    }

    /// A server of directories and nothing behind it, as settings name it: no object comes back from there, and its usual
    /// ports speak nothing else.
    fn names_directory_server(&self, span: &Range<usize>, rest: &[u8]) -> bool {
        let authority = self.value.get(self.after..span.end).unwrap_or_default();
        let (host, port) = host_and_port(authority);
        let usual = port.is_empty() || is_listed(port, "389 636 3268 3269");
        usual && matches!(rest, [] | b"/") && matches!(host::judge(host), Host::Private | Host::Other)
    }

    fn loopback(&self, host: &[u8], port: &[u8], rest: &[u8], whole: bool) -> u8 {
        if self.context.place == Place::Header || self.context.place == Place::Path {
            return 20;
        }
        if is_service(port) {
            return if whole { 84 } else { 60 };
        }
        if whole && INTERNAL.iter().chain(ADMINISTRATION).any(|path| begins_with(rest, path)) {
            return 82;
        }
        let named = host.eq_ignore_ascii_case(b"localhost");
        let standard = matches!(port, b"" | b"80" | b"443");
        match (whole, standard, named) {
            // Nobody but a tester writes these for the machine itself.
            (true, _, false) if host != b"127.0.0.1" => 82,
            (true, true, false) => 60,
            (true, true, true) => 45,
            _ => 20,
        }
    }
}

/// Marks between two hosts of which parsers differ on which is meant: `shop.example#@127.0.0.1`.
const DISPUTED: [&[u8]; 6] = [b"#@", b"\\@", b"?@", b"%23@", b"&@", b";@"];

/// Whether behind such a mark the address of an inner machine follows.
fn hides_inner_host(rest: &[u8]) -> bool {
    let Some(other) = DISPUTED.iter().find_map(|mark| rest.strip_prefix(*mark)) else { return false };
    let end = other.iter().position(|byte| !is_word_byte(*byte) && !b"-.:[]".contains(byte)).unwrap_or(other.len());
    spend(end);
    let (host, _) = host_and_port(until(other, end));
    matches!(host::judge(host), Host::Loopback | Host::Private | Host::Metadata | Host::Disguised)
}

/// `/x\@shop.example`: a library that takes the backslash for a slash sees another host than one that does not.
fn names_host_behind_backslash(rest: &[u8]) -> bool {
    let path = until(rest, rest.iter().position(|byte| is_space(*byte)).unwrap_or(rest.len()));
    spend(path.len());
    memchr::memmem::find(path, b"\\@").is_some_and(|at| begins_with_host(from(path, at + 2)))
}

/// A name without dots, as containers of one network call each other.
fn is_label(host: &[u8]) -> bool {
    host.first().is_some_and(u8::is_ascii_alphabetic) && host.iter().all(|byte| is_word_byte(*byte) || *byte == b'-')
}

/// Ports below 1024 that every browser refuses to speak HTTP to (Fetch Standard, "port blocking"), so that no such link
/// works.
fn is_refused(port: &[u8]) -> bool {
    is_listed(
        port,
        "7 11 13 17 19 21 22 23 25 37 42 43 53 69 79 87 109 110 111 113 119 123 135 137 139 143 161 179 389 427 465 512 513 514 515 532 540 548 554 556 563 587 601 636 993 995",
    )
}

fn host_and_port(address: &[u8]) -> (&[u8], &[u8]) {
    if address.first() == Some(&b'[') {
        let end = address.iter().position(|byte| *byte == b']').map_or(address.len(), |at| at + 1);
        return (until(address, end), from(address, end + 1));
    }
    match address.iter().position(|byte| *byte == b':') {
        Some(colon) => (until(address, colon), from(address, colon + 1)),
        None => (address, b""),
    }
}

/// Ports of services that no page links to.
fn is_service(port: &[u8]) -> bool {
    is_listed(
        port,
        "21 22 23 25 110 135 139 143 389 445 873 1099 1433 1521 2181 2375 2376 2379 2380 3306 3389 4848 5432 5984 6379 6443 7001 8161 8500 9042 9200 9300 10250 10255 11211 15672 27017 50070 61616",
    )
}
