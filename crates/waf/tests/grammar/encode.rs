//! Encodings that attacks stack over a payload. Each gives another text that some vulnerable application reads as the
//! payload: because it decodes once more, because the language allows the spelling, or because its decoder is sloppy.

use std::fmt::Write as _;

use medward_waf::AttackClass;

use super::codec;
use super::rng::Rng;

/// One encoding, or one stack of them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Encoding {
    /// Only what the place itself demands.
    Plain,
    /// Every byte percent-encoded.
    Percent,
    /// Percent-encoded twice: for applications behind something that decodes once more.
    DoublePercent,
    /// `%uXXXX` of classic ASP and IIS.
    PercentU,
    /// Character references, decimal and hexadecimal.
    HtmlEntity,
    Base64,
    /// `\uXXXX` in a JSON string.
    JsonEscape,
    /// `\xHH` and `\uXXXX` of JavaScript.
    JsEscape,
    /// `\HHHHHH` of style sheets.
    CssEscape,
    /// Literals or words in hexadecimal, by the rules of the class.
    Hex,
    /// Two bytes where UTF-8 demands one.
    Overlong,
    Utf7,
    /// Comments of the language instead of blanks.
    Comment,
    Case,
    /// Other white space than a blank.
    Whitespace,
    /// Spelling tricks of the class, then one more layer.
    Combined,
}

impl Encoding {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Percent => "percent",
            Self::DoublePercent => "double percent",
            Self::PercentU => "%u",
            Self::HtmlEntity => "html entity",
            Self::Base64 => "base64",
            Self::JsonEscape => "json escape",
            Self::JsEscape => "js escape",
            Self::CssEscape => "css escape",
            Self::Hex => "hex",
            Self::Overlong => "overlong utf-8",
            Self::Utf7 => "utf-7",
            Self::Comment => "comment",
            Self::Case => "case",
            Self::Whitespace => "whitespace",
            Self::Combined => "combined",
        }
    }
}

/// A payload after encoding.
pub(crate) struct Encoded {
    pub(crate) bytes: Vec<u8>,
    /// It consists of percent escapes and goes into a target, cookie or form as it is.
    pub(crate) escaped: bool,
}

impl Encoded {
    fn value(bytes: impl Into<Vec<u8>>) -> Self {
        Self { bytes: bytes.into(), escaped: false }
    }

    fn escaped(text: String) -> Self {
        Self { bytes: text.into_bytes(), escaped: true }
    }
}

/// Applies one encoding to a payload of this class. `in_url`: the place is decoded by the server, so layers of percent
/// escapes may be stacked there.
pub(crate) fn encode(rng: &mut Rng, class: AttackClass, encoding: Encoding, payload: &[u8], in_url: bool) -> Encoded {
    let text = || String::from_utf8_lossy(payload).into_owned();
    match encoding {
        // JSON escapes are written by the place, which is JSON.
        Encoding::Plain | Encoding::JsonEscape => Encoded::value(payload),
        Encoding::Percent => Encoded::escaped(codec::percent_all(payload)),
        Encoding::DoublePercent => Encoded::escaped(codec::percent(codec::percent(payload))),
        Encoding::PercentU => Encoded::escaped(percent_u(&text())),
        Encoding::HtmlEntity => Encoded::value(entities(rng, &text())),
        Encoding::Base64 => Encoded::value(codec::base64(payload)),
        Encoding::JsEscape => Encoded::value(js_escapes(rng, &text())),
        Encoding::CssEscape => Encoded::value(css_escapes(&text())),
        Encoding::Hex => Encoded::value(in_hex(class, &text())),
        Encoding::Overlong => Encoded::escaped(overlong(payload)),
        Encoding::Utf7 => Encoded::value(utf7(&text())),
        Encoding::Comment => Encoded::value(comments(rng, class, &text())),
        Encoding::Case => Encoded::value(mixed_case(rng, class, &text())),
        Encoding::Whitespace => Encoded::value(odd_blanks(rng, class, &text())),
        Encoding::Combined => {
            let cased = mixed_case(rng, class, &text());
            let spelled = if rng.chance(50) { comments(rng, class, &cased) } else { odd_blanks(rng, class, &cased) };
            match rng.below(3) {
                0 if in_url => Encoded::escaped(codec::percent(codec::percent(&spelled))),
                1 if in_url => Encoded::escaped(codec::percent_all(spelled.as_bytes())),
                _ => Encoded::value(spelled),
            }
        }
    }
}

fn percent_u(text: &str) -> String {
    text.encode_utf16().fold(String::new(), |mut all, unit| {
        match char::from_u32(u32::from(unit)) {
            Some(character) if character.is_ascii_alphanumeric() => all.push(character),
            _ => write!(all, "%u{unit:04x}").unwrap(),
        }
        all
    })
}

fn entities(rng: &mut Rng, text: &str) -> String {
    text.chars().fold(String::new(), |mut all, character| {
        let code = u32::from(character);
        if character.is_ascii_alphanumeric() && rng.chance(40) {
            all.push(character);
        } else {
            match rng.below(3) {
                0 => write!(all, "&#{code};").unwrap(),
                1 => write!(all, "&#x{code:x};").unwrap(),
                _ => write!(all, "&#{code:07};").unwrap(),
            }
        }
        all
    })
}

fn js_escapes(rng: &mut Rng, text: &str) -> String {
    text.chars().fold(String::new(), |mut all, character| {
        let code = u32::from(character);
        if character.is_ascii_alphanumeric() && rng.chance(60) {
            all.push(character);
        } else if code < 0x100 && rng.chance(50) {
            write!(all, "\\x{code:02x}").unwrap();
        } else {
            write!(all, "\\u{code:04x}").unwrap();
        }
        all
    })
}

/// Escapes a letter of each word a filter would look for; what is no style sheet stays as it is.
fn css_escapes(text: &str) -> String {
    ["expression", "url(", "javascript", "behavior", "import"].iter().fold(text.to_owned(), |all, word| {
        let (head, tail) = word.split_at(2);
        all.replacen(word, &format!("{}\\{:x} {tail}", &head[..1], u32::from(head.as_bytes()[1])), 1)
    })
}

fn in_hex(class: AttackClass, text: &str) -> String {
    match class {
        AttackClass::Sqli => hex_literals(text),
        // The shell reads $'\x63' as c.
        AttackClass::Shell => text.split_inclusive(' ').map(hex_word).collect(),
        _ => codec::hex(text.as_bytes()),
    }
}

/// Index of the first piece between quotes that is a literal of the payload: a quote right behind a plain word or at the
/// beginning breaks out of a literal of the application, and only the next one opens one of the payload's own.
fn first_literal(pieces: &[&str]) -> usize {
    let breaks_out = pieces[0].bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-%._".contains(&byte));
    if breaks_out { 2 } else { 1 }
}

/// Applies `respell` to what stands outside of the quoted literals of SQL.
fn outside_literals(text: &str, mut respell: impl FnMut(&str) -> String) -> String {
    let pieces: Vec<&str> = text.split('\'').collect();
    let first = first_literal(&pieces);
    let is_literal = |at: usize| at >= first && (at - first).is_multiple_of(2);
    let spelled: Vec<String> =
        (0..pieces.len()).map(|at| if is_literal(at) { pieces[at].to_owned() } else { respell(pieces[at]) }).collect();
    spelled.join("'")
}

/// Replaces quoted literals by `0x…`, but for one that the application closes.
fn hex_literals(text: &str) -> String {
    let pieces: Vec<&str> = text.split('\'').collect();
    let first = first_literal(&pieces);
    let is_closed_literal = |at: usize| {
        let is_literal = at >= first && (at - first).is_multiple_of(2) && at + 1 < pieces.len();
        is_literal && !pieces[at].is_empty()
    };
    let mut all = pieces[0].to_owned();
    for (at, piece) in pieces.iter().enumerate().skip(1) {
        if is_closed_literal(at) {
            write!(all, "0x{}", codec::hex(piece.as_bytes())).unwrap();
        } else if is_closed_literal(at - 1) {
            all.push_str(piece);
        } else {
            write!(all, "'{piece}").unwrap();
        }
    }
    all
}

fn hex_word(word: &str) -> String {
    let core = word.trim_end();
    if core.len() < 3 || !core.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/.".contains(&byte)) {
        return word.to_owned();
    }
    let escapes = core.bytes().fold(String::new(), |mut all, byte| {
        write!(all, "\\x{byte:02x}").unwrap();
        all
    });
    word.replacen(core, &format!("$'{escapes}'"), 1)
}

fn overlong(payload: &[u8]) -> String {
    payload.iter().fold(String::new(), |mut all, byte| {
        if byte.is_ascii_alphanumeric() || !byte.is_ascii() {
            write!(all, "{}", codec::percent_keeping(&[*byte], b"")).unwrap();
        } else {
            write!(all, "%{:02x}%{:02x}", 0xc0 | (byte >> 6), 0x80 | (byte & 0x3f)).unwrap();
        }
        all
    })
}

fn utf7(text: &str) -> String {
    text.chars().fold(String::new(), |mut all, character| {
        if "<>\"'&=;(){}".contains(character) {
            let mut units = [0; 2];
            let bytes: Vec<u8> =
                character.encode_utf16(&mut units).iter().flat_map(|unit| unit.to_be_bytes()).collect();
            write!(all, "+{}-", codec::base64(bytes).trim_end_matches('=')).unwrap();
        } else {
            all.push(character);
        }
        all
    })
}

fn comments(rng: &mut Rng, class: AttackClass, text: &str) -> String {
    match class {
        AttackClass::Sqli => outside_literals(text, |piece| {
            respell_blanks(piece, || match rng.below(4) {
                0 => "/*!*/".to_owned(),
                1 => format!("/*{}*/", rng.letters(3)),
                2 => "/*--*/".to_owned(),
                _ => "/**/".to_owned(),
            })
        }),
        AttackClass::Php | AttackClass::Node | AttackClass::Java => text.replacen('(', "/**/(", 2),
        AttackClass::Xss => text.replace('(', "/*x*/(").replace("=\"", "= \""),
        // An empty pair of quotes inside a word is nothing to a shell.
        AttackClass::Shell => text.split_inclusive(' ').map(|word| quote_inside(rng, word)).collect(),
        _ => text.to_owned(),
    }
}

/// Replaces each blank, but for the one that makes a comment of `--`.
fn respell_blanks(text: &str, mut blank: impl FnMut() -> String) -> String {
    let mut all = String::new();
    for character in text.chars() {
        if character == ' ' && !all.ends_with("--") {
            all.push_str(&blank());
        } else {
            all.push(character);
        }
    }
    all
}

fn quote_inside(rng: &mut Rng, word: &str) -> String {
    let letters = word.bytes().take_while(u8::is_ascii_lowercase).count();
    if letters < 2 {
        return word.to_owned();
    }
    let (head, tail) = word.split_at(rng.between(1, letters - 1));
    format!("{head}{}{tail}", rng.pick(&["''", "\"\"", "\\", "$@"]))
}

fn mixed_case(rng: &mut Rng, class: AttackClass, text: &str) -> String {
    let mut flip = |character: char| {
        if rng.chance(50) { character.to_ascii_uppercase() } else { character.to_ascii_lowercase() }
    };
    match class {
        // Literals keep their case: the comparison inside them must stay true.
        AttackClass::Sqli => outside_literals(text, |piece| piece.chars().map(&mut flip).collect()),
        AttackClass::Xss => {
            // Names of elements and attributes only: the script itself is case-sensitive.
            let characters: Vec<char> = text.chars().collect();
            let mut all = String::new();
            for (at, character) in characters.iter().enumerate() {
                let word_end = characters[at..].iter().find(|next| !next.is_ascii_alphabetic());
                let word_start = characters[..at].iter().rev().find(|before| !before.is_ascii_alphabetic());
                let is_name = matches!(word_start, Some('<'))
                    || (word_end == Some(&'=') && matches!(word_start, Some(' ' | '/' | '"' | '\'')));
                all.push(if is_name { flip(*character) } else { *character });
            }
            all
        }
        AttackClass::Php => {
            let characters: Vec<char> = text.chars().collect();
            (0..characters.len())
                .map(|at| {
                    let word_end = characters[at..].iter().find(|next| !next.is_ascii_alphanumeric() && **next != '_');
                    let is_variable =
                        characters[..at].iter().rev().find(|before| !before.is_ascii_alphanumeric() && **before != '_');
                    if word_end == Some(&'(') && is_variable != Some(&'$') {
                        flip(characters[at])
                    } else {
                        characters[at]
                    }
                })
                .collect()
        }
        _ => text.to_owned(),
    }
}

fn odd_blanks(rng: &mut Rng, class: AttackClass, text: &str) -> String {
    let choices: &[&str] = match class {
        AttackClass::Sqli => &["\t", "\n", "\x0b", "\x0c", "\r\n", "  "],
        AttackClass::Xss => &["\t", "\n", "\x0c", " \n "],
        AttackClass::Shell => &["${IFS}", "$IFS$9", "\t", "${IFS%??}"],
        AttackClass::Xxe | AttackClass::Php | AttackClass::Node => &["\t", "\n", "\r\n", "  "],
        _ => &[" "],
    };
    let mut respell = |piece: &str| respell_blanks(piece, || rng.pick(choices).to_owned());
    if class == AttackClass::Sqli { outside_literals(text, respell) } else { respell(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(class: AttackClass, encoding: Encoding, payload: &str, expected: &str) {
        let encoded = encode(&mut Rng::named("encode"), class, encoding, payload.as_bytes(), true);
        assert_eq!(String::from_utf8_lossy(&encoded.bytes), expected, "{encoding:?} of {payload}");
    }

    #[test]
    fn encodings_that_need_no_chance_give_what_their_decoder_reads_back() {
        check(AttackClass::Xss, Encoding::Percent, "<a>", "%3c%61%3e");
        check(AttackClass::Xss, Encoding::DoublePercent, "<a>", "%253Ca%253E");
        check(AttackClass::Xss, Encoding::PercentU, "<a>", "%u003ca%u003e");
        check(AttackClass::Xss, Encoding::Base64, "<a>bc", "PGE+YmM=");
        check(AttackClass::Traversal, Encoding::Overlong, "../a", "%c0%ae%c0%ae%c0%afa");
        check(AttackClass::Xss, Encoding::Utf7, "<a>&", "+ADw-a+AD4-+ACY-");
        check(AttackClass::Xss, Encoding::CssEscape, "<b style=\"x:url(a)\">", "<b style=\"x:u\\72 l(a)\">");
        check(AttackClass::Shell, Encoding::Hex, ";cat /etc/x", ";cat $'\\x2f\\x65\\x74\\x63\\x2f\\x78'");
    }

    #[test]
    fn literals_of_sql_stay_what_they_are() {
        check(AttackClass::Sqli, Encoding::Hex, "1' OR 'ab'='ab", "1' OR 0x6162='ab");
        check(AttackClass::Sqli, Encoding::Hex, "1 AND x='ab'-- ", "1 AND x=0x6162-- ");
        let blanks = |piece: &str| respell_blanks(piece, || "/**/".to_owned());
        assert_eq!(outside_literals("1' OR 'a b'='a b'-- -", blanks), "1'/**/OR/**/'a b'='a b'-- -");
        assert_eq!(outside_literals("1;EXEC x 'a b'", blanks), "1;EXEC/**/x/**/'a b'");
    }
}
