//! A request as it stands on the wire: line, headers in a client's order, body with its length.

use super::rng::Rng;
use super::words;

const DESKTOP: &[&str] = &[
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 6.1; Win64; x64; rv:115.0) Gecko/20100101 Firefox/115.0",
    "Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko",
    "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 5.1; Trident/4.0; .NET CLR 2.0.50727)",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/86.0.4240.198 Safari/537.36 QIHU 360SE",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36 Edg/120.0.0.0",
    "Mozilla/5.0 (X11; Linux aarch64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/97.0.4692.98 Safari/537.36",
];
const MOBILE: &[&str] = &[
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.47(0x18002f2c) NetType/WIFI Language/zh_CN",
    "Mozilla/5.0 (Linux; Android 13; 22081212C Build/TKQ1.220829.002; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/116.0.0.0 Mobile Safari/537.36 XWEB/1160 MMWEBSDK/20240404 MMWEBID/4217 MicroMessenger/8.0.49.2600(0x28003156) WeChat/arm64 Weixin NetType/5G Language/zh_CN ABI/arm64",
    "Mozilla/5.0 (Linux; U; Android 12; zh-cn; V2148A) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/87.0.4280.141 Mobile Safari/537.36 VivoBrowser/15.0",
    "Mozilla/5.0 (Linux; Android 10; HarmonyOS; ELS-AN00) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/99.0.4844.88 HuaweiBrowser/14.0 Mobile Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/20G75 AlipayClient/10.5.6 Nebula",
];

pub(crate) const FORM: &str = "application/x-www-form-urlencoded";
pub(crate) const JSON: &str = "application/json";

pub(crate) struct Wire {
    method: String,
    target: String,
    host: Option<String>,
    headers: Vec<(String, Vec<u8>)>,
    body: Option<Vec<u8>>,
}

impl Wire {
    pub(crate) fn new(method: &str, target: impl Into<String>) -> Self {
        Self { method: method.to_owned(), target: target.into(), host: None, headers: Vec::new(), body: None }
    }

    pub(crate) fn get(target: impl Into<String>) -> Self {
        Self::new("GET", target)
    }

    pub(crate) fn post(target: impl Into<String>, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self::new("POST", target).body(content_type, body)
    }

    pub(crate) fn body(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        if !content_type.is_empty() {
            self = self.header("Content-Type", content_type);
        }
        self.body = Some(body.into());
        self
    }

    pub(crate) fn host(mut self, host: &str) -> Self {
        self.host = Some(host.to_owned());
        self
    }

    pub(crate) fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers.push((name.to_owned(), value.as_ref().to_vec()));
        self
    }

    /// The headers of a desktop browser.
    pub(crate) fn desktop(self, rng: &mut Rng) -> Self {
        let agent = rng.pick(DESKTOP);
        self.browser(rng, agent)
    }

    /// The headers of a browser in a telephone or in an app.
    pub(crate) fn mobile(self, rng: &mut Rng) -> Self {
        let agent = rng.pick(MOBILE);
        self.browser(rng, agent)
    }

    fn browser(self, rng: &mut Rng, agent: &str) -> Self {
        let mut wire = self.header("User-Agent", agent);
        let accept = if wire.body.is_some() {
            "application/json, text/plain, */*"
        } else {
            "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"
        };
        wire = wire
            .header("Accept", accept)
            .header("Accept-Language", rng.pick(&["zh-CN,zh;q=0.9", "zh-CN", "zh-CN,zh;q=0.8,en-US;q=0.5,en;q=0.3"]));
        wire = wire
            .header("Accept-Encoding", rng.pick(&["gzip, deflate", "gzip, deflate, br", "gzip, deflate, br, zstd"]));
        if rng.chance(60) {
            let cookie = session_cookie(rng);
            wire = wire.header("Cookie", cookie);
        }
        wire.header("Connection", "keep-alive")
    }

    /// The headers of a program.
    pub(crate) fn program(self, agent: &str) -> Self {
        self.header("User-Agent", agent).header("Accept", "*/*")
    }

    /// The bytes; a host is chosen when none was given.
    pub(crate) fn finish(self, rng: &mut Rng) -> Vec<u8> {
        let host = self.host.unwrap_or_else(|| rng.pick(words::HOSTS).to_owned());
        let mut bytes = format!("{} {} HTTP/1.1\r\nHost: {host}\r\n", self.method, self.target).into_bytes();
        for (name, value) in &self.headers {
            bytes.extend_from_slice(name.as_bytes());
            bytes.extend_from_slice(b": ");
            bytes.extend_from_slice(value);
            bytes.extend_from_slice(b"\r\n");
        }
        if let Some(body) = &self.body {
            bytes.extend_from_slice(format!("Content-Length: {}\r\n", body.len()).as_bytes());
        }
        bytes.extend_from_slice(b"\r\n");
        bytes.extend(self.body.unwrap_or_default());
        bytes
    }
}

/// The session of one of the frameworks that hospitals run.
pub(crate) fn session_cookie(rng: &mut Rng) -> String {
    match rng.below(5) {
        0 => format!("JSESSIONID={}", rng.hex(32).to_uppercase()),
        1 => format!("ASP.NET_SessionId={}; UserName={}", rng.letters(24), rng.letters(6)),
        2 => format!("PHPSESSID={}; lang=zh-cn", rng.hex(26)),
        3 => format!("SESSION={}; theme=blue", rng.uuid()),
        _ => format!("Admin-Token=eyJhbGciOiJIUzUxMiJ9.{}.{}; sidebarStatus=1", rng.base64_url(60), rng.base64_url(86)),
    }
}

/// One part of a multipart body: name, file name and type (empty for a plain field), content.
pub(crate) struct Part<'a> {
    pub(crate) name: &'a str,
    pub(crate) file: Option<(&'a str, &'a str)>,
    pub(crate) content: Vec<u8>,
}

impl<'a> Part<'a> {
    pub(crate) fn field(name: &'a str, content: impl Into<Vec<u8>>) -> Self {
        Self { name, file: None, content: content.into() }
    }

    pub(crate) fn file(name: &'a str, file_name: &'a str, kind: &'a str, content: impl Into<Vec<u8>>) -> Self {
        Self { name, file: Some((file_name, kind)), content: content.into() }
    }
}

/// Content type and body of a multipart form as browsers write it.
pub(crate) fn multipart(parts: &[Part<'_>], rng: &mut Rng) -> (String, Vec<u8>) {
    let boundary = match rng.below(3) {
        0 => format!("----WebKitFormBoundary{}", rng.token(16)),
        1 => format!("---------------------------{}", rng.digits(29)),
        _ => rng.uuid(),
    };
    let mut body = Vec::new();
    for part in parts {
        body.extend_from_slice(
            format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"", part.name).as_bytes(),
        );
        if let Some((file_name, kind)) = part.file {
            body.extend_from_slice(format!("; filename=\"{file_name}\"\r\nContent-Type: {kind}").as_bytes());
        }
        body.extend_from_slice(b"\r\n\r\n");
        body.extend_from_slice(&part.content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    (format!("multipart/form-data; boundary={boundary}"), body)
}
