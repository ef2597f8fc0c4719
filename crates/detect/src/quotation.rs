//! Code that somebody quotes: fenced in Markdown, or between the marks of wikis, forums and HTML.
//!
//! People ask about commands and programs, and paste them whole. Text around the fence and a mark on a line of its own tell
//! such a quotation from a value that is code. A quotation never excuses SQL or script in markup: what breaks out of its
//! place does so in a text, too. [`WaysOut`] finds the quotes behind which it does.

use std::ops::Range;

use memchr::memmem;

use super::gate::spend;
use super::reading::{before, begins_with, from, run, until, wide_characters, window};

/// Marks that open a quotation, each with what closes it. They are followed by `>`, `]` or a blank.
const MARKS: [(&[u8], &[u8]); 5] = [
    (b"<code", b"</code>"),
    (b"<pre", b"</pre>"),
    (b"<file", b"</file>"),
    (b"[code", b"[/code]"),
    (b"{code", b"{code}"),
];

/// How much on either side is read for words.
const TEXT_BYTES: usize = 4096;

/// How far behind a finding words are looked for.
const WORDS_BYTES: usize = 256;

/// So many quotations are looked at in one value.
const QUOTATIONS: usize = 64;

/// Whether `span` of `value` begins in a quotation that stands in a text. (It may end behind it: to a shell, the closing mark
/// is one more argument.)
pub(super) fn holds(value: &[u8], span: &Range<usize>) -> bool {
    fenced(value, span).or_else(|| marked(value, span)).is_some_and(|quoted| stands_in_text(value, &quoted))
}

/// Whether there are words outside of what is quoted.
fn stands_in_text(value: &[u8], quoted: &Range<usize>) -> bool {
    let around = [until(value, quoted.start), from(value, quoted.end)].map(|text| until(text, TEXT_BYTES));
    let (mut wide, mut words) = (0, 0);
    for text in around {
        spend(text.len());
        wide += wide_characters(text);
        let is_word = |word: &&[u8]| word.len() > 1 && word.iter().all(u8::is_ascii_alphabetic);
        words += text.split(u8::is_ascii_whitespace).filter(is_word).count();
    }
    wide >= 6 || words >= 8
}

/// Whether the value ends in words behind `span`, as a question does: `/etc/hosts 修改不生效`. No file is called so, and no
/// expression goes on like that. (A page or a shell that swallows the rest is another matter, and so is a string.)
pub(super) fn goes_on_in_words(value: &[u8], span: &Range<usize>) -> bool {
    let tail = until(from(value, span.end), WORDS_BYTES);
    // In an address that was not decoded yet, each Chinese character is three escapes, and a blank is a plus.
    let escaped = memmem::find(tail, b"%E").is_some() || memmem::find(tail, b"%e").is_some();
    if escaped { ends_in_words(&unescaped(tail)) } else { ends_in_words(tail) }
}

fn ends_in_words(tail: &[u8]) -> bool {
    let tail = until(tail, tail.iter().position(|byte| matches!(byte, b'&' | b'/' | b'\n' | 0)).unwrap_or(tail.len()));
    spend(tail.len());
    let code = tail.iter().rposition(|byte| b"()[]{}'\"`;=%<>$#\\".contains(byte)).map_or(0, |at| at + 1);
    let words = from(tail, code);
    let apart = words.first().is_some_and(u8::is_ascii_whitespace);
    apart && words.iter().filter(|byte| matches!(byte, 0xe3..=0xe9)).count() >= 2
}

/// A part of an address without its escapes.
fn unescaped(text: &[u8]) -> Vec<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut output = Vec::with_capacity(text.len());
    let mut rest = text;
    loop {
        rest = match rest {
            [] => return output,
            [b'%', high, low, tail @ ..] if let (Some(high), Some(low)) = (digit(*high), digit(*low)) => {
                output.push(high * 16 + low);
                tail
            }
            [byte, tail @ ..] => {
                output.push(if *byte == b'+' { b' ' } else { *byte });
                tail
            }
        };
    }
}

/// The quotes of a value that would close a string around it: the odd ones of each kind, those behind a backslash not counted.
pub(super) struct WaysOut {
    /// Where each quote stands, and whether it is one.
    quotes: [Vec<(usize, bool)>; 2],
}

impl WaysOut {
    pub(super) fn of(value: &[u8]) -> Self {
        spend(value.len());
        let quotes = [b'\'', b'"'].map(|quote| {
            let bare = memchr::memchr_iter(quote, value).filter(|at| before(value, *at) != Some(b'\\'));
            bare.enumerate().map(|(count, at)| (at, count % 2 == 0)).collect()
        });
        Self { quotes }
    }

    /// What stands between such a quote and `at`, for each kind of quote that has one there.
    pub(super) fn before<'v>(&self, value: &'v [u8], at: usize) -> impl Iterator<Item = &'v [u8]> {
        let last = self.quotes.each_ref().map(|quotes| {
            let count = quotes.partition_point(|(quote, _)| *quote < at);
            count.checked_sub(1).and_then(|last| quotes.get(last)).filter(|(_, odd)| *odd).map(|(quote, _)| *quote)
        });
        last.into_iter().flatten().map(move |quote| window(value, quote + 1, at - quote - 1))
    }
}

/// Whether the call at `at` is joined to a string that a quote before it closes, and the value ends inside the next string or
/// in a comment: `张三'+exec('id')+'`. Who only mentions a call writes no such end.
pub(super) fn is_joined_to_string(value: &[u8], span: &Range<usize>) -> bool {
    let joined = |between: &[u8]| {
        matches!(between.trim_ascii_start(), [b'+' | b';' | b')' | b'}' | b'.' | b',' | b'|' | b'&' | b'-' | b'*', ..])
    };
    let out = WaysOut::of(value);
    // The quote of the program closes what the last of these opens.
    let opens = |quotes: &Vec<(usize, bool)>| quotes.last().is_some_and(|(at, odd)| *at > span.start && !odd);
    let rest = from(value, span.end);
    let cut = || [b"//".as_slice(), b"#", b"/*", b"--"].iter().any(|mark| memmem::find(rest, mark).is_some());
    out.before(value, span.start).any(joined) && (out.quotes.iter().any(opens) || cut())
}

/// Between two lines that begin with three backticks or tildes.
fn fenced(value: &[u8], span: &Range<usize>) -> Option<Range<usize>> {
    let mut opened: Option<(u8, Range<usize>)> = None;
    let mut at = 0;
    for line in value.split_inclusive(|byte| *byte == b'\n') {
        let start = at;
        at += line.len();
        spend(line.len());
        let text = line.trim_ascii();
        let Some(mark @ (b'`' | b'~')) = text.first().copied() else { continue };
        let length = run(text, |byte| byte == mark);
        if length < 3 {
            continue;
        }
        match &opened {
            // Behind the opening mark stands at most the name of a language.
            None if from(text, length).iter().all(|byte| byte.is_ascii_alphanumeric() || b" +#-._".contains(byte)) => {
                opened = Some((mark, start..at));
            }
            Some((open, begin)) if *open == mark && text.len() == length => {
                if (begin.end..start).contains(&span.start) {
                    return Some(begin.start..at);
                }
                opened = None;
            }
            _ => {}
        }
    }
    None
}

/// Between `<code>` and `</code>`, `[code]` and `[/code]`, and their like.
fn marked(value: &[u8], span: &Range<usize>) -> Option<Range<usize>> {
    MARKS.iter().find_map(|(open, close)| {
        let first = open.first().copied().unwrap_or_default();
        let before = until(value, span.start);
        spend(before.len());
        // The nearest mark before the span, not closed again before it.
        let starts = memchr::memrchr_iter(first, before).take(QUOTATIONS);
        let start = starts.into_iter().find(|at| {
            begins_with(from(before, *at), open)
                && matches!(value.get(at + open.len()), Some(b'>' | b']' | b'}' | b' ' | b':' | b'='))
        })?;
        let inside = from(before, start + open.len());
        if memmem::find(inside, close).is_some() {
            return None;
        }
        let end = memmem::find(from(value, span.start), close)?;
        Some(start..span.start + end + close.len())
    })
}

#[cfg(test)]
mod tests {
    use super::holds;

    fn check(value: &str, code: &str, expected: bool) {
        let start = value.find(code).unwrap();
        assert_eq!(holds(value.as_bytes(), &(start..start + code.len())), expected, "{value}");
    }

    const ASKS: &str = "请问各位老师这段脚本为什么在我们医院的服务器上没有输出";

    #[test]
    fn code_between_fences_in_a_text_is_a_quotation() {
        check(&format!("{ASKS}\n```bash\ncat /etc/hosts | grep lis\n```\n谢谢"), "cat /etc/hosts", true);
        check(&format!("{ASKS}\n~~~\nls -l; id\n~~~"), "ls -l; id", true);
        check(&format!("{ASKS}\r\n```\r\nid\r\n```\r\n"), "id", true);
    }

    #[test]
    fn code_between_marks_of_wikis_and_forums_is_a_quotation() {
        check(&format!("{ASKS} <code bash>ls -l /data && df -h</code>"), "ls -l /data", true);
        check(&format!("{ASKS}[code]<?php phpinfo(); ?>[/code]"), "<?php phpinfo();", true);
        check(&format!("{ASKS}<pre>a;id</pre>"), "a;id", true);
        check(&format!("<pre>{ASKS} a;id</pre>"), "a;id", false);
    }

    #[test]
    fn a_question_goes_on_in_words_and_an_attack_does_not() {
        let goes_on = |value: &str, found: &str| {
            let start = value.find(found).unwrap();
            super::goes_on_in_words(value.as_bytes(), &(start..start + found.len()))
        };
        assert!(goes_on("/etc/hosts 修改不生效", "/etc/hosts"));
        assert!(goes_on("https://so.example/s?wd=/etc/hosts 修改不生效&pn=10", "/etc/hosts"));
        assert!(goes_on("java Runtime.getRuntime().exec() 执行命令没反应", "Runtime.getRuntime().exec"));
        assert!(goes_on("s?word=Runtime.getRuntime%28%29.exec%28%29+%E6%89%A7%E8%A1%8C&tn=1", "Runtime.getRuntime"));
        assert!(!goes_on(
            "s?word=Runtime.getRuntime%28%29.exec%28%22id+%E6%89%A7%E8%A1%8C%22%29&tn=1",
            "Runtime.getRuntime"
        ));
        assert!(!goes_on("../../etc/passwd%00+%E6%89%A7%E8%A1%8C", "../../etc/passwd"));
        assert!(!goes_on("../../etc/passwd", "../../etc/passwd"));
        assert!(!goes_on("../../etc/passwd\0 修改不生效", "../../etc/passwd"));
        assert!(!goes_on("T(java.lang.Runtime).getRuntime().exec(\"curl x 修改不生效\")", "T(java.lang.Runtime)"));
        assert!(!goes_on("/etc/hosts修改", "/etc/hosts"));
    }

    #[test]
    fn code_without_a_text_behind_the_fence_or_in_an_open_one_is_none() {
        check("```\n;cat /etc/passwd\n```", ";cat /etc/passwd", false);
        check(&format!("{ASKS}\n```\nid\n```\n;cat /etc/passwd"), ";cat /etc/passwd", false);
        check(&format!("{ASKS}\n```\n;cat /etc/passwd"), ";cat /etc/passwd", false);
        check(&format!("{ASKS}<code>x</code>;cat /etc/passwd"), ";cat /etc/passwd", false);
        check(&format!("{ASKS}`;cat /etc/passwd`"), ";cat /etc/passwd", false);
        check(&format!("{ASKS}\n```;id\n;cat /etc/passwd\n```"), ";cat /etc/passwd", false);
    }
}
