//! The ASCII that a code point looks like: code page 20127 as Windows fits Unicode to it, which is what IIS and .NET do
//! with `%uHHHH` and what makes `%u2019` a quote and `%uff1c` a bracket.

use super::decode::low_byte;

/// U+00A0 to U+01FF; `_` stands for what has no likeness.
const LATIN: &[u8; 352] =
    b" !c_$Y|__Ca<_-R___23___.,1o>____AAAAAAACEEEEIIIIDNOOOOO_OUUUUY__aaaaaaaceeeeiiii_nooooo_ouuuuy_y\
      AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIi__JjKk_LlLlLl__LlNnNnNn___OoOoOoOoRrRrRrSsSsSs\
      SsTtTtTtUuUuUuUuUuUuWwYyYZ_ZzZz_b________D_______Ff____I__l____OOo_________t__TUu_____z_________\
      _____________AaIiOoUuUuUuUuUu_Aa____GgGgKkOoOo__j_______________";

/// The byte that stands for `code`; the low byte where nothing looks like it.
pub(super) fn best_fit(code: u32) -> u8 {
    likeness(code).unwrap_or_else(|| low_byte(code))
}

/// The ASCII that looks like `code`, if any does.
pub(super) fn likeness(code: u32) -> Option<u8> {
    let latin = code.checked_sub(0xa0).and_then(|at| LATIN.get(usize::try_from(at).ok()?));
    if let Some(byte) = latin.filter(|byte| **byte != b'_') {
        return Some(*byte);
    }
    Some(match code {
        0..=0x7f => low_byte(code),
        0xff01..=0xff5e => low_byte(code - 0xff00 + 0x20),
        0x0261 => b'g',
        0x02b9 | 0x02bc | 0x02c8 | 0x2018 | 0x2019 | 0x2032 => b'\'',
        0x02ba | 0x030e | 0x201c..=0x201e => b'"',
        0x02c4 | 0x02c6 | 0x0302 => b'^',
        0x02cb | 0x0300 | 0x2035 => b'`',
        0x02cd | 0x0331 | 0x0332 => b'_',
        0x02dc | 0x0303 => b'~',
        0x2000..=0x2006 => b' ',
        0x2010 | 0x2011 | 0x2013 | 0x2014 => b'-',
        0x201a => b',',
        0x2022 | 0x2026 => b'.',
        0x2039 => b'<',
        0x203a => b'>',
        0x2122 => b'T',
        // Not of the code page, but what servers have taken for path separators.
        0x2044 | 0x2215 => b'/',
        0x2216 => b'\\',
        _ => return None,
    })
}
