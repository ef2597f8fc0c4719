//! Targets and queries as events show them: secrets in the query are masked.

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
        let whole = raw.split(|byte| *byte == b'#').next().unwrap_or_default();
        let origin = if whole.starts_with(b"/") { whole } else { after_authority(whole) };
        match origin.iter().position(|byte| *byte == b'?') {
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

/// Parameters whose values never stand in an event (events.md §1).
const SECRETS: [&str; 14] = [
    "password", "passwd", "pwd", "token", "secret", "ticket", "session", "idcard", "id_card", "id_no", "sfzh", "phone",
    "mobile", "api_key",
];

/// The query as text, with the values of secret parameters replaced by `***`.
pub(super) fn masked(query: &[u8]) -> String {
    let text = printable_fast(query);
    if !text.split('&').any(is_secret) {
        return text;
    }
    let parts = text.split('&').map(|pair| match pair.split_once('=') {
        Some((name, _)) if is_secret(pair) => format!("{name}=***"),
        _ => pair.to_owned(),
    });
    parts.collect::<Vec<_>>().join("&")
}

fn is_secret(pair: &str) -> bool {
    let Some((name, _)) = pair.split_once('=') else { return false };
    // `new_password`, `access_token`: the word may stand anywhere in the name.
    let lower = name.to_ascii_lowercase();
    SECRETS.iter().any(|secret| lower.contains(secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_in_a_query_are_masked_and_nothing_else_is() {
        assert_eq!(masked(b"id=7&q=%E7%8E%8B"), "id=7&q=%E7%8E%8B");
        assert_eq!(masked(b"a=1&Access_Token=abc=&b=2&PWD=x"), "a=1&Access_Token=***&b=2&PWD=***");
        assert_eq!(masked(b"password"), "password");
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
