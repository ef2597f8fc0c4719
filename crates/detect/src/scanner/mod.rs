//! Scanners by their own name, and requests for what no page of the application links to.
//!
//! A user agent confirms only where the tool names itself as agents do. A path confirms by the structure of a known hole or
//! of a console that answers without a login; pages of common software that crawlers and people open, too, count little.

mod holes;
mod probe;
#[cfg(test)]
mod tests;

use super::gate::{Best, Shape, Words, prepare_all, shape};
use super::reading::{before, begins_with, from, is_listed, is_word_byte, until};
use super::{Context, Finding, Place, Requirement, either, needs};
use crate::ByteMask;

/// Tools whose only use is to look for holes, as they name themselves.
static TOOLS: Words = Words::of(&[
    "sqlmap",
    "nikto",
    "nessus",
    "openvas",
    "acunetix",
    "netsparker",
    "invicti",
    "w3af",
    "w3af.org",
    "wpscan",
    "dirbuster",
    "gobuster",
    "feroxbuster",
    "ffuf",
    "nuclei",
    "havij",
    "arachni",
    "skipfish",
    "whatweb",
    "fimap",
    "fimap.googlecode.com",
    "commix",
    "dirsearch",
    "masscan",
    "zgrab",
    "jaeles",
    "sqlninja",
    "wfuzz",
    "joomscan",
    "droopescan",
    "openbugbounty",
    "l9explore",
    "l9tcpid",
    "webinspect",
    "appscan",
    "burpsuite",
    "burp collaborator",
    "zaproxy",
    "owasp zap",
    "xsstrike",
    "xspider",
    "jorgee",
    "webshag",
    "n-stealth",
    "absinthe",
    "brutus",
    "thc-hydra",
    "fuzz faster",
    "nmap scripting",
    "awvs",
    "goby",
    "pocsuite",
    "yakit",
    "x-scan",
    "antsword",
    "behinder",
    "webcruiser",
    "cgichk",
    "morfeus",
    "zmeu",
    "xray",
    "projectdiscovery",
    "afrog",
    "fscan",
    "metasploit",
    "whatcms",
    "dalfox",
    "kxss",
    "hakrawler",
    "sitadel",
    "vega/",
    "paros/",
    "detectify",
    "qualys",
    "leakix",
    "odin.io",
    "cobalt strike",
    "pangolin",
    "bsqlbf",
    "sqlpowerinjector",
    "dotdotpwn",
    "hexometer",
    "wapiti",
    "wafw00f",
    "dirb",
    "ghauri",
    "tplmap",
    "xsser",
    "nosqlmap",
    "jsql injection",
    "whatwaf",
    "golismero",
    "grendel-scan",
    "uniscan",
    "websecurify",
    "routersploit",
    "katana",
    "subfinder",
    "httprobe",
    "rustscan",
    "naabu",
    "gospider",
    "kiterunner",
    "arjun",
    "crlfuzz",
    "padbuster",
    "cmsmap",
    "cmseek",
    "plecost",
    "tsunamisecurityscanner",
    "nexpose",
    "tenable",
    "safe3",
    "jsky",
    "bugscan",
    "w13scan",
    "dismap",
    "kscan",
    "ladon",
    "rustbuster",
    "libredtail-http",
    "mozlila",
    "hakai",
    "hydra",
    "medusa",
    "patator",
    "vulscan",
    "webvulnscan",
    "cirt.net",
    "wvs",
    "rapid7",
    "interactsh",
    "xsspider",
    "ratproxy",
    "sqlsus",
    "mysqloit",
]);

/// Tools called by words of a language: only their version tells.
const ALSO_WORDS: &str = "brutus absinthe goby pangolin xray detectify katana arjun ladon hydra medusa patator hakai wvs dirb tenable rapid7 wapiti";

/// Header values only those tools send.
static MARKS: [Shape; 3] = [
    shape(90, "header/test", r"(?i)^acunetix_wvs_|^\(\)\s*\{|^wvs_test|^nessus::|^appscan|^netsparker"),
    shape(
        84,
        "header/agent-of-exploit",
        r"(?i)^(?:mozilla/5\.0 \(compatible; nmap|mozilla/5\.00 \(nikto|hello,? world/?\d?|gh0st|python-hacker|\${|morfeus|muieblackcat|zmeu|xpymep\.exe)",
    ),
    shape(
        45,
        "header/library",
        r"(?i)^(?:python-requests|go-http-client|curl|wget|java|libwww-perl|python-urllib|httpx|okhttp-scan|masscan-ng)/[\d.]+$",
    ),
];
/// Compiles what is looked for here.
pub(super) fn prepare() {
    prepare_all(&[&TOOLS, &MARKS]);
    probe::prepare();
}

pub(super) fn requirement() -> Requirement {
    either([
        needs(TOOLS.list(), &[]),
        needs(
            &[
                "wvs_",
                "muieblackcat",
                "hello",
                "gh0st",
                "() {",
                "(){",
                "xpymep",
                "python-",
                "go-http",
                "curl/",
                "wget/",
                "java/",
                "libwww",
                "httpx/",
                "${",
            ],
            &[],
        ),
        needs(probe::WORDS, &[]),
        needs(holes::HOLES, &[]),
        needs(&[], &[ByteMask::of(b";"), ByteMask::of(b"/")]),
    ])
}

pub(super) fn find(value: &[u8], context: Context) -> Option<Finding> {
    let mut best = Best::default();
    match context.place {
        Place::Header => agent(until(value, 512), &mut best),
        Place::Path => probe::find(until(value, 2048), &mut best),
        _ => {}
    }
    best.into_finding()
}

/// A tool at the start, in the comment, or with a version is the agent; inside a URL it is what somebody reads about.
fn agent(value: &[u8], best: &mut Best) {
    if memchr::memmem::find(until(value, 128), b"://").is_some_and(|at| at < 8) {
        return;
    }
    for (span, word) in TOOLS.find_iter(value) {
        let starts = before(value, span.start).is_none_or(|byte| !is_word_byte(byte) && byte != b'.');
        let behind = value.get(span.end).copied();
        let versioned = word.ends_with('/')
            || behind == Some(b'/')
            || (behind == Some(b' ') && from(value, span.end + 1).first().is_some_and(u8::is_ascii_digit));
        let ends = behind.is_none_or(|byte| !is_word_byte(byte) && !matches!(byte, b'=' | b'%' | b'.'));
        let comment = memchr::memchr(b'(', until(value, span.start)).is_some() && begins_with(value, b"mozilla");
        let alone = !is_listed(word.as_bytes(), ALSO_WORDS)
            && (span.start == 0 || comment || until(value, span.start).eq_ignore_ascii_case(b"mozilla/5.0 "));
        if starts && (versioned || (ends && alone)) {
            best.offer(90, span, "agent/tool");
        } else if starts && ends && value.len() < 64 && !is_listed(word.as_bytes(), ALSO_WORDS) {
            best.offer(70, span, "agent/tool");
        }
    }
    for mark in &MARKS {
        if let Some(span) = mark.pattern.find(value) {
            best.offer(if mark.confidence < 50 { 20 } else { mark.confidence }, span, mark.path);
        }
    }
}
