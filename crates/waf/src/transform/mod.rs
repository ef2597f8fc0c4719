//! Transformations: what a rule does to a value before it looks.
//!
//! Every one is total (any bytes in, bytes out), linear, and the identity when its trigger bytes are absent. That is what
//! lets the engine skip most of them: [`Transformation::may_change`] looks only at which bytes occur.

mod best_fit;
mod comments;
mod decode;
mod encode;
mod layers;
mod nested;
mod normalize;
mod paths;
#[cfg(test)]
mod tests;

use sha1::{Digest, Sha1};

pub(crate) use decode::{base64_decode, base64_decode_skipping, url_decode_into};
pub(crate) use layers::{MAX_LAYERS, next_layer};
pub(crate) use paths::normalize_path;

/// Which of the 256 byte values occur in a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct ByteMask([u64; 4]);

impl ByteMask {
    pub(crate) const fn of(bytes: &[u8]) -> Self {
        let mut mask = [0u64; 4];
        let mut rest = bytes;
        while let [byte, tail @ ..] = rest {
            let bit = 1u64 << (*byte & 63);
            match *byte >> 6 {
                0 => mask[0] |= bit,
                1 => mask[1] |= bit,
                2 => mask[2] |= bit,
                _ => mask[3] |= bit,
            }
            rest = tail;
        }
        Self(mask)
    }

    /// [`ByteMask::of`] at run time, by whichever way is faster.
    pub(crate) fn scan(bytes: &[u8]) -> Self {
        /// From here on a table of flags is faster than shifting bits, and then three times as fast.
        const LONG: usize = 96;
        if bytes.len() < LONG {
            return if bytes.is_ascii() { Self::of_ascii(bytes) } else { Self::of(bytes) };
        }
        let mut seen = [false; 256];
        for byte in bytes {
            if let Some(flag) = seen.get_mut(usize::from(*byte)) {
                *flag = true;
            }
        }
        let mut mask = [0u64; 4];
        for (word, flags) in mask.iter_mut().zip(seen.chunks_exact(64)) {
            *word = flags.iter().rev().fold(0, |bits, flag| bits << 1 | u64::from(*flag));
        }
        Self(mask)
    }

    /// Without a branch for each byte.
    fn of_ascii(bytes: &[u8]) -> Self {
        let (mut low, mut high) = (0, 0);
        for byte in bytes {
            let bit = 1u64 << (byte & 63);
            let is_high = u64::from(byte >> 6).wrapping_neg();
            high |= bit & is_high;
            low |= bit & !is_high;
        }
        Self([low, high, 0, 0])
    }

    /// Every byte from `first` to `last`.
    pub(crate) const fn range(first: u8, last: u8) -> Self {
        let mut mask = Self([0; 4]);
        let mut byte = first;
        loop {
            mask = mask.or(Self::of(&[byte]));
            if byte == last {
                return mask;
            }
            byte += 1;
        }
    }

    pub(crate) const fn or(self, other: Self) -> Self {
        let (left, right) = (self.0, other.0);
        Self([left[0] | right[0], left[1] | right[1], left[2] | right[2], left[3] | right[3]])
    }

    /// The bytes that occur in a value of these bytes when its ASCII letters are small.
    pub(crate) const fn to_lowercase(self) -> Self {
        const UPPER: u64 = 0x07ff_fffe;
        let [control, letters, high, highest] = self.0;
        let lower = (letters & UPPER) << 32;
        Self([control, letters & !UPPER | lower, high, highest])
    }

    pub(crate) const fn contains(self, byte: u8) -> bool {
        self.intersects(Self::of(&[byte]))
    }

    /// Every byte that is not in `self`.
    pub(crate) const fn not(self) -> Self {
        let own = self.0;
        Self([!own[0], !own[1], !own[2], !own[3]])
    }

    pub(crate) const fn without(self, other: Self) -> Self {
        let (left, right) = (self.0, other.0);
        Self([left[0] & !right[0], left[1] & !right[1], left[2] & !right[2], left[3] & !right[3]])
    }

    pub(crate) const fn intersects(self, other: Self) -> bool {
        let (left, right) = (self.0, other.0);
        (left[0] & right[0]) | (left[1] & right[1]) | (left[2] & right[2]) | (left[3] & right[3]) != 0
    }

    /// How many bytes there are.
    pub(crate) const fn len(self) -> u32 {
        let own = self.0;
        own[0].count_ones() + own[1].count_ones() + own[2].count_ones() + own[3].count_ones()
    }

    /// The bytes, ascending.
    pub(crate) fn iter(self) -> impl Iterator<Item = u8> {
        (0u8..4).zip(self.0).flat_map(|(word, mut bits)| {
            std::iter::from_fn(move || {
                let bit = bits.trailing_zeros();
                bits = bits.checked_sub(1).map(|lower| bits & lower)?;
                u8::try_from(bit).ok().map(|bit| word << 6 | bit)
            })
        })
    }

    /// Whether every byte of `self` is in `other`.
    pub(crate) const fn within(self, other: Self) -> bool {
        let (left, right) = (self.0, other.0);
        (left[0] & !right[0]) | (left[1] & !right[1]) | (left[2] & !right[2]) | (left[3] & !right[3]) == 0
    }
}

macro_rules! transformations {
    ($($(#[$doc:meta])* $variant:ident $name:literal),+ $(,)?) => {
        /// A named transformation.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub(crate) enum Transformation {
            $($(#[$doc])* $variant,)+
        }

        impl Transformation {
            pub(crate) const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The name as rules write it.
            pub(crate) const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// The transformation of a name, without regard to case.
            pub(crate) fn from_name(name: &str) -> Option<Self> {
                $(if name.eq_ignore_ascii_case($name) { return Some(Self::$variant); })+
                ALIASES.iter().find(|(alias, _)| alias.eq_ignore_ascii_case(name)).map(|(_, meant)| *meant)
            }
        }
    };
}

transformations! {
    /// `%hh` and `+`; invalid escapes stay.
    UrlDecode "urlDecode",
    /// [`Transformation::UrlDecode`] with `%uHHHH`, which becomes the ASCII it looks like (full-width forms, accented
    /// letters, typographic quotes) or else its low byte.
    UrlDecodeUni "urlDecodeUni",
    /// All but letters, digits and `*` as `%hh`, a blank as `+`.
    UrlEncode "urlEncode",
    /// HTML character references, decimal, hex and named; a missing `;` is tolerated.
    HtmlEntityDecode "htmlEntityDecode",
    /// JavaScript escapes `\uHHHH`, `\xHH`, octal, single letters.
    JsDecode "jsDecode",
    /// CSS escapes: a backslash and one to six hex digits.
    CssDecode "cssDecode",
    /// ANSI C escapes: single letters, `\xHH`, octal.
    EscapeSeqDecode "escapeSeqDecode",
    /// ASCII letters only.
    Lowercase "lowercase",
    /// ASCII letters only.
    Uppercase "uppercase",
    /// Without NUL bytes.
    RemoveNulls "removeNulls",
    /// NUL bytes become blanks.
    ReplaceNulls "replaceNulls",
    /// Without whitespace (0x0b and the no-break space included).
    RemoveWhitespace "removeWhitespace",
    /// Each run of whitespace becomes one blank.
    CompressWhitespace "compressWhitespace",
    /// Without ASCII whitespace at both ends.
    Trim "trim",
    /// Without ASCII whitespace at the beginning.
    TrimLeft "trimLeft",
    /// Without ASCII whitespace at the end.
    TrimRight "trimRight",
    /// `/* … */` becomes one blank, an unclosed one too.
    ReplaceComments "replaceComments",
    /// Without `/* … */` and `<!-- … -->` (an unclosed one becomes a blank); `--` and `#` end the value.
    RemoveComments "removeComments",
    /// Without the marks `/*`, `*/`, `<!--`, `-->`, `--` and `#`; what stands between stays.
    RemoveCommentsChar "removeCommentsChar",
    /// Path segments `.` and `..` and double slashes resolved.
    NormalizePath "normalizePath",
    /// The same with backslashes as slashes.
    NormalizePathWin "normalizePathWin",
    /// Shell evasion undone: quotes, carets and backslashes go, blanks collapse, lower case.
    CmdLine "cmdLine",
    /// Base64 over several lines, stopping at the first invalid byte.
    Base64Decode "base64Decode",
    /// Base64 as PHP reads it: whatever is not of the alphabet is skipped.
    Base64DecodeExt "base64DecodeExt",
    /// To base64, padded.
    Base64Encode "base64Encode",
    /// Pairs of hex digits become bytes.
    HexDecode "hexDecode",
    /// Each byte as two hex digits in lower case.
    HexEncode "hexEncode",
    /// `0x` and pairs of hex digits become bytes, as MySQL reads them.
    SqlHexDecode "sqlHexDecode",
    /// Non-ASCII UTF-8 as `%uhhhh`, over-long forms included.
    Utf8ToUnicode "utf8toUnicode",
    /// The 20 bytes of the SHA-1 digest (rules add `t:hexEncode`).
    Sha1 "sha1",
    /// The number of bytes, in decimal.
    Length "length",
    /// Ours: every layer of encoding found in the value, one after the other; the rule sees each stage
    /// (see [`next_layer`]).
    DecodeLayers "decodeLayers",
}

/// Other spellings that rule files use.
const ALIASES: &[(&str, Transformation)] =
    &[("normalisePath", Transformation::NormalizePath), ("normalisePathWin", Transformation::NormalizePathWin)];

impl Transformation {
    /// Bytes without which the result is the input. `None`: it may always change.
    pub(crate) const fn trigger(self) -> Option<ByteMask> {
        const ASCII_SPACE: ByteMask = ByteMask::of(b" \t\n\r\x0b\x0c");
        const LETTERS_AND_DIGITS: ByteMask =
            ByteMask::range(b'A', b'Z').or(ByteMask::range(b'a', b'z')).or(ByteMask::range(b'0', b'9'));
        Some(match self {
            Self::UrlDecode | Self::UrlDecodeUni => ByteMask::of(b"%+"),
            Self::UrlEncode => LETTERS_AND_DIGITS.or(ByteMask::of(b"*")).not(),
            Self::HtmlEntityDecode => ByteMask::of(b"&"),
            Self::JsDecode | Self::CssDecode | Self::EscapeSeqDecode => ByteMask::of(b"\\"),
            Self::Lowercase => ByteMask::range(b'A', b'Z'),
            Self::Uppercase => ByteMask::range(b'a', b'z'),
            Self::RemoveNulls | Self::ReplaceNulls => ByteMask::of(&[0]),
            Self::RemoveWhitespace | Self::CompressWhitespace => ASCII_SPACE.or(ByteMask::of(&[0xa0])),
            Self::Trim | Self::TrimLeft | Self::TrimRight => ASCII_SPACE,
            Self::ReplaceComments => ByteMask::of(b"*"),
            Self::RemoveComments | Self::RemoveCommentsChar => ByteMask::of(b"*-#"),
            Self::NormalizePath => ByteMask::of(b"./"),
            Self::NormalizePathWin => ByteMask::of(b"./\\"),
            Self::CmdLine => ASCII_SPACE.or(ByteMask::of(b"\\\"'^/(,;")).or(ByteMask::range(b'A', b'Z')),
            Self::SqlHexDecode => ByteMask::of(b"xX"),
            Self::Utf8ToUnicode => ByteMask::range(0x80, 0xff),
            Self::Base64Decode
            | Self::Base64DecodeExt
            | Self::Base64Encode
            | Self::HexDecode
            | Self::HexEncode
            | Self::Sha1
            | Self::Length
            | Self::DecodeLayers => return None,
        })
    }

    /// Whether a value in which `bytes` occur could be changed. False is certain.
    pub(crate) fn may_change(self, bytes: ByteMask) -> bool {
        self.trigger().is_none_or(|trigger| trigger.intersects(bytes))
    }

    /// Writes the transformed `input` to the (emptied) `output`. For [`Transformation::DecodeLayers`] this is the
    /// innermost layer.
    pub(crate) fn apply(self, input: &[u8], output: &mut Vec<u8>) {
        output.clear();
        match self {
            Self::UrlDecode => url_decode_into(input, output),
            Self::UrlDecodeUni => decode::url_decode_uni_into(input, output),
            Self::UrlEncode => encode::url_encode(input, output),
            Self::HtmlEntityDecode => decode::html_entity_decode(input, output),
            Self::JsDecode => decode::js_decode(input, output),
            Self::CssDecode => decode::css_decode(input, output),
            Self::EscapeSeqDecode => decode::escape_seq_decode(input, output),
            Self::Lowercase => output.extend(input.iter().map(u8::to_ascii_lowercase)),
            Self::Uppercase => output.extend(input.iter().map(u8::to_ascii_uppercase)),
            Self::RemoveNulls => output.extend(input.iter().copied().filter(|byte| *byte != 0)),
            Self::ReplaceNulls => output.extend(input.iter().map(|byte| if *byte == 0 { b' ' } else { *byte })),
            Self::RemoveWhitespace => normalize::remove_whitespace(input, output),
            Self::CompressWhitespace => normalize::compress_whitespace(input, output),
            Self::Trim => output.extend_from_slice(normalize::trim_end(normalize::trim_start(input))),
            Self::TrimLeft => output.extend_from_slice(normalize::trim_start(input)),
            Self::TrimRight => output.extend_from_slice(normalize::trim_end(input)),
            Self::ReplaceComments => comments::replace_comments(input, output),
            Self::RemoveComments => comments::remove_comments(input, output),
            Self::RemoveCommentsChar => comments::remove_comment_marks(input, output),
            Self::NormalizePath => normalize_path(input, false, output),
            Self::NormalizePathWin => normalize_path(input, true, output),
            Self::CmdLine => normalize::cmd_line(input, output),
            Self::Base64Decode => base64_decode(input, output),
            Self::Base64DecodeExt => base64_decode_skipping(input, output),
            Self::Base64Encode => encode::base64_encode(input, output),
            Self::HexDecode => decode::hex_decode(input, output),
            Self::HexEncode => encode::hex_encode(input, output),
            Self::SqlHexDecode => decode::sql_hex_decode(input, output),
            Self::Utf8ToUnicode => encode::utf8_to_unicode(input, output),
            Self::Sha1 => output.extend_from_slice(&Sha1::digest(input)),
            Self::Length => output.extend_from_slice(input.len().to_string().as_bytes()),
            Self::DecodeLayers => {
                output.extend_from_slice(input);
                let mut decoded = Vec::new();
                for _ in 0..MAX_LAYERS {
                    if next_layer(output, ByteMask::of(output), &mut decoded).is_none() {
                        return;
                    }
                    std::mem::swap(output, &mut decoded);
                }
            }
        }
    }
}
