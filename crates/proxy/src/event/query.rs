//! Targets and queries as events show them: secrets in the query are masked.

use std::borrow::Cow;

use medward_waf::append_parameter;

use super::printable_fast;

/// A target cut into path and query; scheme, authority and fragment are left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Target<'a> {
    pub(crate) path: &'a [u8],
    pub(crate) query: Option<&'a [u8]>,
}

impl<'a> Target<'a> {
    /// Cuts a raw target in any form of RFC 9112 §3.2.
    pub(crate) fn of(raw: &'a [u8]) -> Self {
        let whole = memchr::memchr(b'#', raw).and_then(|end| raw.get(..end)).unwrap_or(raw);
        let origin = if whole.starts_with(b"/") { whole } else { after_authority(whole) };
        match memchr::memchr(b'?', origin) {
            None => Self { path: or_root(origin), query: None },
            Some(at) => Self { path: or_root(origin.get(..at).unwrap_or_default()), query: origin.get(at + 1..) },
        }
    }
}

fn or_root(path: &[u8]) -> &[u8] {
    if path.is_empty() { b"/" } else { path }
}

fn after_authority(target: &[u8]) -> &[u8] {
    let Some(scheme_end) = target.windows(3).position(|window| window == b"://") else { return target };
    let rest = target.get(scheme_end + 3..).unwrap_or_default();
    let end = rest.iter().position(|byte| matches!(byte, b'/' | b'?')).unwrap_or(rest.len());
    rest.get(end..).unwrap_or_default()
}

/// The query as text, with the values of secret parameters (events.md §1), and secrets within other values, replaced by
/// `***`. The names are those of the engine's evidence.
pub(super) fn masked(query: &[u8]) -> String {
    let mut shown = Vec::with_capacity(query.len());
    for (at, pair) in query.split(|byte| *byte == b'&').enumerate() {
        if at > 0 {
            shown.push(b'&');
        }
        append_parameter(pair, &mut shown);
    }
    match printable_fast(&shown) {
        // Nothing was changed: the bytes are the text.
        Cow::Borrowed(_) => String::from_utf8(shown).unwrap_or_default(),
        Cow::Owned(text) => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_in_a_query_are_masked_and_nothing_else_is() {
        assert_eq!(masked(b"id=7&q=%E7%8E%8B"), "id=7&q=%E7%8E%8B");
        assert_eq!(masked(b"a=1&Access_Token=abc=&b=2&PWD=x"), "a=1&Access_Token=***&b=2&PWD=***");
        assert_eq!(masked(b"password"), "password");
        assert_eq!(
            masked(b"pass%77ord=a&%E5%AF%86%E7%A0%81=b&X-Api-Key=c"),
            "pass%77ord=***&%E5%AF%86%E7%A0%81=***&X-Api-Key=***"
        );
        assert_eq!(masked(b"back=/login?token=abc&compass=north"), "back=/login?token=***&compass=north");
        assert_eq!(
            masked(b"q=%7B%22pin%22%3A%221234%22%7D&mobile=13800138000"),
            "q=%7B%22pin%22%3A%22***%22%7D&mobile=***"
        );
        assert_eq!(masked(b"a=&&b"), "a=&&b");
        assert_eq!(masked(b"a=\xff"), "a=\\xff");
    }

    fn check(raw: &str, path: &str, query: Option<&str>) {
        let target = Target::of(raw.as_bytes());
        assert_eq!(target, Target { path: path.as_bytes(), query: query.map(str::as_bytes) }, "{raw}");
    }

    #[test]
    fn target_is_cut_into_path_and_query() {
        check("/a?b=1#c", "/a", Some("b=1"));
        check("/a", "/a", None);
        check("/?", "/", Some(""));
        check("http://h:80/a?b", "/a", Some("b"));
        check("http://h?b", "/", Some("b"));
        check("/x?u=http://y/z", "/x", Some("u=http://y/z"));
        check("*", "*", None);
    }
}
