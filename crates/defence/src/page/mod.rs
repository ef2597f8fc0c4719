//! What the pages of this crate share: their frame and look, their Content-Security-Policy, and the way back to where the
//! visitor wanted to go (gateway.md §9).
//!
//! A page is one document: it loads nothing, from nowhere. It is *not* a response: status and headers are the gateway's.
//!
//! Invariant: what comes from a request reaches a page only as text or as an attribute in double quotes, escaped; a script is
//! the same for everybody, and finds what it needs in attributes.
//!
//! ```
//! use medward_defence::page::safe_return_path;
//!
//! assert_eq!(safe_return_path("/booking?day=1"), "/booking?day=1");
//! assert_eq!(safe_return_path("//elsewhere.example/"), "/");
//! ```

#[cfg(test)]
pub(crate) mod tests;

use std::fmt::{self, Write as _};

/// Paths that the gateway answers itself begin with this.
pub const OWN_PATHS: &str = "/.medward/";
/// Bytes of the longest path that a page sends its visitor back to; from a longer one it leads to the start page.
pub const MAX_RETURN_PATH_BYTES: usize = 8_192;

/// `goOn(path)`, for the scripts of pages.
pub(crate) const GO_ON: &str = include_str!("go_on.js");

/// The language of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    Chinese,
    English,
}

/// The value of `Content-Security-Policy` for a page that was made with the same nonce, which is new for every page:
/// 16 random bytes in base64. Characters outside of base64 are left out here and there.
pub fn content_security_policy(nonce: &str) -> String {
    let nonce = Nonce(nonce);
    format!(
        "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; worker-src blob:; connect-src 'self'; \
         base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
    )
}

/// The path if it leads to a page of the same site, else `/`.
///
/// It must begin with one `/`: browsers take `//host` and `/\host` for another site, and drop tabs and line breaks before they
/// look. The gateway's own paths are no place to come back to.
pub fn safe_return_path(path: &str) -> &str {
    let before_query = path.split(['?', '#']).next().unwrap_or_default();
    let is_ours = path.starts_with('/')
        && !path.starts_with("//")
        && !before_query.contains('\\')
        && !path.contains(|c: char| c.is_control() || c == ' ')
        && !path.starts_with(OWN_PATHS)
        && path.len() <= MAX_RETURN_PATH_BYTES;
    if is_ours { path } else { "/" }
}

/// A page but for its frame. What is `&str` here is HTML of our own, with everything foreign in it escaped already.
pub(crate) struct Page<'a> {
    pub(crate) language: Language,
    pub(crate) title: &'a str,
    /// After the style.
    pub(crate) head: &'a str,
    pub(crate) body: &'a str,
    pub(crate) scripts: &'a [&'a str],
    pub(crate) event_id: &'a str,
    pub(crate) nonce: &'a str,
}

impl fmt::Display for Page<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { title, head, body, event_id, .. } = self;
        let (language, event_word) = match self.language {
            Language::Chinese => ("zh-CN", "事件编号"),
            Language::English => ("en", "Event id"),
        };
        let (event_id, nonce) = (Escaped(event_id), Nonce(self.nonce));
        write!(
            f,
            "<!doctype html><html lang=\"{language}\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width\"><meta name=\"robots\" content=\"noindex\">\
             <title>{title}</title><style nonce=\"{nonce}\">{STYLE}</style>{head}</head><body><h1>{title}</h1>{body}\
             <dl><dt>{event_word}</dt><dd>{event_id}</dd></dl>"
        )?;
        for script in self.scripts {
            write!(f, "<script nonce=\"{nonce}\">\n{script}</script>")?;
        }
        f.write_str("</body></html>\n")
    }
}

/// As the pages of the data path look.
const STYLE: &str = "body{font:16px/1.6 system-ui,sans-serif;max-width:34em;margin:12vh auto;padding:0 1.2em;\
    color:#1f2933}h1{font-size:1.5em}[hidden]{display:none}progress{width:100%}\
    button{font:inherit;padding:.4em 1.2em}\
    dl{display:grid;grid-template-columns:auto 1fr;gap:.3em 1.2em;color:#52606d;font-size:.9em}\
    dd{margin:0;font-family:ui-monospace,monospace;overflow-wrap:anywhere}\
    .figures dd{font-size:1.4em}.figures dt{align-self:center}input{font:inherit;padding:.3em .5em;width:100%;\
    max-width:20em;box-sizing:border-box}.application{color:#52606d}.qr{background:#fff;padding:8px;width:200px}\
    .qr svg{display:block;width:100%;height:auto}strong{color:#b42318}\
    @media(prefers-color-scheme:dark){:root{color-scheme:dark}body{background:#15191e;color:#e4e7eb}dl,.application{color:#9aa5b1}strong{color:#fda29b}}";

/// Text for an element or an attribute in double quotes.
pub struct Escaped<'a>(pub &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}

/// The characters of a nonce that base64 has; the others could end the attribute or the header's source.
struct Nonce<'a>(&'a str);

impl fmt::Display for Nonce<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_base64 = |c: &char| c.is_ascii_alphanumeric() || "+/-_=".contains(*c);
        self.0.chars().filter(is_base64).try_for_each(|c| f.write_char(c))
    }
}
