//! Who sends: browsers, apps and programs with their own headers in their own order. Only this part uses these heads, so
//! that no rule is written with them in view.

use super::super::super::codec;
use super::super::super::rng::Rng;
use super::agents::{APPS, CHROMES, DOMESTIC, EXPLORERS, FOXES, JAVAS, PHONES, WINDOWS};
use super::cookies::cookies;
use super::phrases;

const JSON: &str = "application/json";

/// What a browser wants the answer for; it decides half of the headers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Page,
    Data,
    Image,
    Script,
}

/// A request before its client is known.
pub(super) struct Ask {
    method: &'static str,
    target: String,
    host: Option<String>,
    kind: Option<String>,
    body: Vec<u8>,
    own: Vec<(String, String)>,
    referer: Option<String>,
    cookie: Option<String>,
}

type Head = Vec<(&'static str, String)>;

impl Ask {
    pub(super) fn new(method: &'static str, target: impl Into<String>) -> Self {
        Self {
            method,
            target: target.into(),
            host: None,
            kind: None,
            body: Vec::new(),
            own: Vec::new(),
            referer: None,
            cookie: None,
        }
    }

    pub(super) fn get(target: impl Into<String>) -> Self {
        Self::new("GET", target)
    }

    pub(super) fn post(target: impl Into<String>, kind: &str, body: impl Into<Vec<u8>>) -> Self {
        Self::new("POST", target).carrying(kind, body)
    }

    pub(super) fn json(target: impl Into<String>, body: impl Into<Vec<u8>>) -> Self {
        Self::post(target, JSON, body)
    }

    pub(super) fn form(target: impl Into<String>, fields: &[(&str, &str)]) -> Self {
        Self::post(target, "application/x-www-form-urlencoded", codec::form_body(fields))
    }

    pub(super) fn carrying(mut self, kind: &str, body: impl Into<Vec<u8>>) -> Self {
        self.kind = Some(kind.to_owned());
        self.body = body.into();
        self
    }

    pub(super) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.own.push((name.to_owned(), value.into()));
        self
    }

    pub(super) fn referer(mut self, value: impl Into<String>) -> Self {
        self.referer = Some(value.into());
        self
    }

    pub(super) fn cookie(mut self, value: impl Into<String>) -> Self {
        self.cookie = Some(value.into());
        self
    }

    /// A browser at a desk opens a page or sends a form.
    pub(super) fn page(self, rng: &mut Rng) -> Vec<u8> {
        self.desk(Wanted::Page, rng)
    }

    /// A script in a page at a desk asks for data.
    pub(super) fn data(self, rng: &mut Rng) -> Vec<u8> {
        self.desk(Wanted::Data, rng)
    }

    /// A page loads a picture, which statistics are too.
    pub(super) fn image(self, rng: &mut Rng) -> Vec<u8> {
        self.desk(Wanted::Image, rng)
    }

    /// A page loads a script, which JSONP is too.
    pub(super) fn script(self, rng: &mut Rng) -> Vec<u8> {
        self.desk(Wanted::Script, rng)
    }

    /// Internet Explorer, which some pages still demand.
    pub(super) fn old_page(self, rng: &mut Rng) -> Vec<u8> {
        let agent = rng.pick(EXPLORERS);
        self.with_some_referer(Wanted::Page, rng).explorer(agent, Wanted::Page, rng)
    }

    fn desk(self, wanted: Wanted, rng: &mut Rng) -> Vec<u8> {
        let this = self.with_some_referer(wanted, rng);
        match rng.below(12) {
            0..7 => {
                let (version, agent) = rng.pick(CHROMES);
                this.chromium(agent, Some(version), wanted, rng)
            }
            7 | 8 => {
                let agent = rng.pick(DOMESTIC);
                this.chromium(agent, None, wanted, rng)
            }
            9 | 10 => this.firefox(wanted, rng),
            _ => this.explorer(rng.pick(&EXPLORERS[..2]), wanted, rng),
        }
    }

    /// A browser in a telephone, or the one inside WeChat, DingTalk and the like.
    pub(super) fn phone(self, rng: &mut Rng) -> Vec<u8> {
        let agent = rng.pick(PHONES);
        let wanted = if self.kind.is_some() { Wanted::Data } else { Wanted::Page };
        self.with_some_referer(wanted, rng).chromium(agent, None, wanted, rng)
    }

    /// A mini program of WeChat.
    pub(super) fn mini(self, rng: &mut Rng) -> Vec<u8> {
        let agent = if rng.chance(50) {
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.54(0x18003637) NetType/WIFI Language/zh_CN"
        } else {
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/132.0.0.0 Safari/537.36 MicroMessenger/7.0.20.1781(0x6700143B) NetType/WIFI MiniProgramEnv/Windows WindowsWechat/WMPF WindowsWechat(0x63090c33)XWEB/13603"
        };
        let page = format!("https://servicewechat.com/wx{}/{}/page-frame.html", rng.hex(16), rng.between(3, 240));
        let mut head: Head = vec![("Connection", "keep-alive".to_owned())];
        self.push_body(&mut head);
        head.push(("xweb_xhr", "1".to_owned()));
        head.push(("User-Agent", agent.to_owned()));
        head.push(("Accept", "*/*".to_owned()));
        head.push(("Referer", page));
        head.push(("Accept-Encoding", "gzip,compress,br,deflate".to_owned()));
        self.write(&head, rng)
    }

    /// An app in a telephone with an HTTP library.
    pub(super) fn app(self, rng: &mut Rng) -> Vec<u8> {
        let agent = rng.pick(APPS);
        let mut head: Head = Vec::new();
        if rng.chance(50) {
            head.push(("User-Agent", agent.to_owned()));
            self.push_body(&mut head);
        } else {
            self.push_body(&mut head);
            head.push(("User-Agent", agent.to_owned()));
        }
        if agent.contains("Darwin") || agent.contains("iOS") {
            head.push(("Accept", "*/*".to_owned()));
            head.push(("Accept-Language", "zh-Hans-CN;q=1, en-CN;q=0.9".to_owned()));
        }
        head.push(("Connection", rng.pick(&["Keep-Alive", "keep-alive"]).to_owned()));
        head.push(("Accept-Encoding", rng.pick(&["gzip", "gzip, deflate, br"]).to_owned()));
        if let Some(cookie) = &self.cookie {
            head.push(("Cookie", cookie.clone()));
        }
        self.write(&head, rng)
    }

    /// A server written in Java.
    pub(super) fn java(self, rng: &mut Rng) -> Vec<u8> {
        let agent = rng.pick(JAVAS);
        let mut head: Head = Vec::new();
        if agent.starts_with("Java/") {
            self.push_body(&mut head);
            head.push(("User-Agent", agent.to_owned()));
            head.push(("Accept", "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2".to_owned()));
            head.push(("Connection", "keep-alive".to_owned()));
        } else {
            head.push((
                "Accept",
                rng.pick(&["*/*", "application/json, application/*+json", "text/plain, */*"]).to_owned(),
            ));
            self.push_body(&mut head);
            head.push(("Connection", "Keep-Alive".to_owned()));
            head.push(("User-Agent", agent.to_owned()));
            head.push(("Accept-Encoding", "gzip,deflate".to_owned()));
        }
        self.write(&head, rng)
    }

    /// A program on Windows: Delphi, PowerBuilder, Visual Basic, C++.
    pub(super) fn windows(self, rng: &mut Rng) -> Vec<u8> {
        let agent = rng.pick(WINDOWS);
        let mut head: Head = Vec::new();
        if agent.contains("Indy") {
            self.push_body(&mut head);
            head.push(("Accept", "text/html, */*".to_owned()));
            head.push(("Accept-Encoding", "identity".to_owned()));
        } else {
            head.push(("Connection", "Keep-Alive".to_owned()));
            self.push_body(&mut head);
            head.push(("Accept", "*/*".to_owned()));
        }
        head.push(("User-Agent", agent.to_owned()));
        if let Some(cookie) = &self.cookie {
            head.push(("Cookie", cookie.clone()));
        }
        self.write(&head, rng)
    }

    /// A program that gives this name; some give none.
    pub(super) fn program(self, agent: &str, rng: &mut Rng) -> Vec<u8> {
        let mut head: Head = Vec::new();
        if !agent.is_empty() {
            head.push(("User-Agent", agent.to_owned()));
        }
        if rng.chance(70) {
            head.push(("Accept", "*/*".to_owned()));
        }
        self.push_body(&mut head);
        if let Some(cookie) = &self.cookie {
            head.push(("Cookie", cookie.clone()));
        }
        self.write(&head, rng)
    }

    /// What a page loads tells which page that is, and a form tells where it stood; only typed addresses come from nowhere.
    fn with_some_referer(mut self, wanted: Wanted, rng: &mut Rng) -> Self {
        let likely = if wanted != Wanted::Page || self.kind.is_some() { 85 } else { 40 };
        if self.referer.is_none() && rng.chance(likely) {
            // A page sends forms and data to its own site.
            let own = self.kind.is_some() || rng.chance(30);
            let site = if own { rng.pick(phrases::HOSTS) } else { rng.pick(phrases::SITES) };
            let id = rng.digits(6);
            self.referer = Some(match rng.below(7) {
                0 => format!("https://{site}/"),
                1 => format!("http://{site}/index.jsp?menuId={id}&title={}", codec::percent(phrases::typed(rng))),
                2 => {
                    format!("https://{site}/s?q={}&ie=utf-8&src=hao_isearch2_3.4.0.8", codec::form(phrases::typed(rng)))
                }
                3 => format!("http://{site}/main/frame.html?v={id}&tab=2"),
                4 => format!("https://{site}/{}/{id}.html", phrases::day(rng)),
                5 => format!("https://{site}/app/index.html?code={}&state=home", rng.base64_url(32)),
                _ => format!("https://{site}/list/{id}-1-0.html?from={}", codec::percent("首页>服务")),
            });
        }
        if self.kind.is_some() {
            self.host =
                self.referer.as_deref().and_then(origin).and_then(|from| Some(from.split_once("://")?.1.to_owned()));
        }
        self
    }

    fn chromium(self, agent: &str, hints: Option<&str>, wanted: Wanted, rng: &mut Rng) -> Vec<u8> {
        let mut head: Head = vec![("Connection", "keep-alive".to_owned())];
        if self.kind.is_some() {
            head.push(("Content-Length", self.body.len().to_string()));
        } else if wanted == Wanted::Page && rng.chance(20) {
            head.push(("Cache-Control", "max-age=0".to_owned()));
        }
        if let Some(version) = hints {
            let platform = if agent.contains("Mac") {
                "\"macOS\""
            } else if agent.contains("X11") {
                "\"Linux\""
            } else {
                "\"Windows\""
            };
            head.push(("sec-ch-ua-platform", platform.to_owned()));
            head.push((
                "sec-ch-ua",
                format!("\"Chromium\";v=\"{version}\", \"Google Chrome\";v=\"{version}\", \"Not_A Brand\";v=\"99\""),
            ));
            head.push(("sec-ch-ua-mobile", "?0".to_owned()));
        }
        if wanted == Wanted::Page {
            head.push(("Upgrade-Insecure-Requests", "1".to_owned()));
        } else if wanted == Wanted::Data && rng.chance(50) {
            head.push(("X-Requested-With", "XMLHttpRequest".to_owned()));
        }
        if let Some(kind) = &self.kind {
            head.push(("Content-Type", kind.clone()));
        }
        head.push(("User-Agent", agent.to_owned()));
        head.push(("Accept", accept(wanted, rng).to_owned()));
        let recent = hints.is_some_and(|version| version > "123");
        let best = if recent { "gzip, deflate, br, zstd" } else { "gzip, deflate, br" };
        let referer = self.referer.clone();
        if self.kind.is_some()
            && let Some(origin) = referer.as_deref().and_then(origin)
        {
            head.push(("Origin", origin));
        }
        if hints.is_some() {
            let (site, mode, dest) = match wanted {
                Wanted::Page if self.kind.is_none() => {
                    (rng.pick(&["none", "same-origin", "cross-site"]), "navigate", "document")
                }
                Wanted::Page => ("same-origin", "navigate", "document"),
                Wanted::Data => ("same-origin", "cors", "empty"),
                Wanted::Image => ("cross-site", "no-cors", "image"),
                Wanted::Script => ("cross-site", "no-cors", "script"),
            };
            head.push(("Sec-Fetch-Site", site.to_owned()));
            head.push(("Sec-Fetch-Mode", mode.to_owned()));
            if wanted == Wanted::Page {
                head.push(("Sec-Fetch-User", "?1".to_owned()));
            }
            head.push(("Sec-Fetch-Dest", dest.to_owned()));
        }
        if let Some(referer) = referer {
            head.push(("Referer", referer));
        }
        head.push(("Accept-Encoding", rng.pick(&["gzip, deflate", best]).to_owned()));
        head.push((
            "Accept-Language",
            rng.pick(&[
                "zh-CN,zh;q=0.9",
                "zh-CN,zh;q=0.9,en;q=0.8,en-GB;q=0.7,en-US;q=0.6",
                "zh-CN,en-US;q=0.9",
                "zh-TW,zh;q=0.9,en;q=0.8",
            ])
            .to_owned(),
        ));
        self.push_cookie(&mut head, rng);
        self.write(&head, rng)
    }

    fn firefox(self, wanted: Wanted, rng: &mut Rng) -> Vec<u8> {
        let mut head: Head =
            vec![("User-Agent", rng.pick(FOXES).to_owned()), ("Accept", accept(wanted, rng).to_owned())];
        head.push(("Accept-Language", "zh-CN,zh;q=0.8,zh-TW;q=0.7,zh-HK;q=0.5,en-US;q=0.3,en;q=0.2".to_owned()));
        head.push(("Accept-Encoding", "gzip, deflate, br".to_owned()));
        self.push_body(&mut head);
        if wanted == Wanted::Data {
            head.push(("X-Requested-With", "XMLHttpRequest".to_owned()));
        }
        head.push(("Connection", "keep-alive".to_owned()));
        if let Some(referer) = self.referer.clone() {
            head.push(("Referer", referer));
        }
        self.push_cookie(&mut head, rng);
        if rng.chance(40) {
            head.push(("DNT", "1".to_owned()));
        }
        self.write(&head, rng)
    }

    fn explorer(self, agent: &str, wanted: Wanted, rng: &mut Rng) -> Vec<u8> {
        let accepted = if wanted == Wanted::Page {
            "image/gif, image/x-xbitmap, image/jpeg, image/pjpeg, application/x-shockwave-flash, application/vnd.ms-excel, application/msword, */*"
        } else {
            "*/*"
        };
        let mut head: Head = vec![("Accept", accepted.to_owned())];
        if let Some(referer) = self.referer.clone() {
            head.push(("Referer", referer));
        }
        head.push(("Accept-Language", rng.pick(&["zh-cn", "zh-CN", "zh-Hans-CN,zh-Hans;q=0.5"]).to_owned()));
        head.push(("User-Agent", agent.to_owned()));
        if let Some(kind) = &self.kind {
            head.push(("Content-Type", kind.clone()));
        }
        if wanted == Wanted::Data {
            head.push(("x-requested-with", "XMLHttpRequest".to_owned()));
        }
        head.push(("Accept-Encoding", "gzip, deflate".to_owned()));
        if self.kind.is_some() {
            head.push(("Content-Length", self.body.len().to_string()));
        }
        head.push(("Connection", "Keep-Alive".to_owned()));
        if self.kind.is_some() {
            head.push(("Pragma", "no-cache".to_owned()));
        }
        self.push_cookie(&mut head, rng);
        self.write(&head, rng)
    }

    fn push_body(&self, head: &mut Head) {
        if let Some(kind) = &self.kind {
            if !kind.is_empty() {
                head.push(("Content-Type", kind.clone()));
            }
            head.push(("Content-Length", self.body.len().to_string()));
        }
    }

    /// The cookie that was set, or in most cases those of a site and its trackers.
    fn push_cookie(&self, head: &mut Head, rng: &mut Rng) {
        match &self.cookie {
            Some(cookie) => head.push(("Cookie", cookie.clone())),
            None if rng.chance(65) => head.push(("Cookie", cookies(rng))),
            None => {}
        }
    }

    /// The bytes. A quarter of the traffic comes through a load balancer, which adds what it knows.
    fn write(self, head: &Head, rng: &mut Rng) -> Vec<u8> {
        let host = self.host.unwrap_or_else(|| rng.pick(phrases::HOSTS).to_owned());
        let mut lines: Vec<String> = vec![format!("Host: {host}")];
        lines.extend(head.iter().map(|(name, value)| format!("{name}: {value}")));
        let own = self.own.iter().map(|(name, value)| format!("{name}: {value}"));
        let at = rng.between(1, lines.len());
        lines.splice(at..at, own);
        if rng.chance(25) {
            let client = format!("10.{}.{}.{}", rng.below(32), rng.below(256), rng.between(2, 254));
            lines.extend(match rng.below(4) {
                0 => vec![
                    format!("X-Real-IP: {client}"),
                    format!("X-Forwarded-For: {client}"),
                    "X-Forwarded-Proto: https".to_owned(),
                ],
                1 => vec![
                    format!("X-Forwarded-For: {client}, 198.51.100.{}", rng.below(256)),
                    format!("Via: 1.1 slb{}.example", rng.below(9)),
                ],
                2 => vec![
                    format!("Ali-CDN-Real-IP: {client}"),
                    format!("EagleEye-TraceId: {}", rng.hex(32)),
                    "X-Client-Scheme: https".to_owned(),
                ],
                _ => vec![
                    format!("X-Forwarded-For: {client}"),
                    "X-Forwarded-Port: 443".to_owned(),
                    format!("traceparent: 00-{}-{}-01", rng.hex(32), rng.hex(16)),
                ],
            });
        }
        let mut bytes =
            format!("{} {} HTTP/1.1\r\n{}\r\n\r\n", self.method, self.target, lines.join("\r\n")).into_bytes();
        bytes.extend(self.body);
        bytes
    }
}

fn accept(wanted: Wanted, rng: &mut Rng) -> &'static str {
    match wanted {
        Wanted::Page => rng.pick(&[
            "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7",
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        ]),
        Wanted::Data => rng.pick(&["*/*", "application/json, text/javascript, */*; q=0.01", "text/plain, */*; q=0.01", "application/json"]),
        Wanted::Image => "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8",
        Wanted::Script => "*/*",
    }
}

/// Scheme and host of an address.
fn origin(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once("://")?;
    Some(format!("{scheme}://{}", rest.split('/').next()?))
}
