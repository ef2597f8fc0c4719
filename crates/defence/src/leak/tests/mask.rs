//! What is masked and what is not, however the body is cut.

use proptest::prelude::*;

use crate::leak::{MAX_HELD_BYTES, MaskRules, Masked, Masker};

const ALL: MaskRules =
    MaskRules { identity_numbers: true, old_identity_numbers: true, mobile_numbers: true, bank_cards: true };

fn mask_in_chunks(body: &[u8], rules: MaskRules, size: usize) -> (Vec<u8>, Masked) {
    let (mut masker, mut out) = (Masker::new(rules), Vec::new());
    let mut fed = 0;
    for chunk in body.chunks(size) {
        masker.feed(chunk, &mut out);
        fed += chunk.len();
        assert!(fed - out.len() < MAX_HELD_BYTES, "{} bytes are held back", fed - out.len());
    }
    masker.finish(&mut out);
    (out, masker.masked())
}

fn masked(body: &[u8], rules: MaskRules) -> (Vec<u8>, Masked) {
    let whole = mask_in_chunks(body, rules, body.len().max(1));
    for size in [1, 2, 3, 7, 19] {
        assert_eq!(mask_in_chunks(body, rules, size), whole, "in chunks of {size}");
    }
    whole
}

fn check(body: &str, expected: &str) {
    let (out, _) = masked(body.as_bytes(), ALL);
    assert_eq!(String::from_utf8_lossy(&out), expected);
}

fn check_untouched(body: &str) {
    check(body, body);
}

#[test]
fn identity_numbers_with_a_date_and_a_check_digit_are_masked() {
    // The examples of GB 11643-1999.
    check("11010519491231002X", "110105**********2X");
    check("11010519491231002x", "110105**********2x");
    check("{\"idCard\":\"440524188001010014\"}", "{\"idCard\":\"440524**********14\"}");
    check("{\"idCard\":\"510104199001011230\"}", "{\"idCard\":\"510104**********30\"}");
    check("<td>身份证510104199001011230</td>", "<td>身份证510104**********30</td>");
}

#[test]
fn numbers_that_only_look_like_identity_numbers_pass() {
    check_untouched("110105194912310021"); // check digit
    check_untouched("51010419900230123X"); // 30 February
    check_untouched("510104199013011238"); // month 13
    check_untouched("010104199001011232"); // no region begins with 0
    check_untouched("11010519491231002"); // one short
    check_untouched("11010519491231002Xa"); // part of a hash
    check_untouched("511010519491231002X"); // one long
}

#[test]
fn mobile_numbers_are_masked_between_borders() {
    check("13800138000", "138****8000");
    check("tel:+8613800138000;", "tel:+86138****8000;");
    check("0086 19912345678, 019912345678", "0086 199****5678, 0199****5678");
    check("008613800138000", "0086138****8000");
    check("电话13800138000转3", "电话138****8000转3");
    check("user_13800138000.", "user_138****8000.");
    check("phone=13800138000&x=%3D13800138000", "phone=138****8000&x=%3D138****8000");
    check_untouched("12800138000 23800138000 1380013800 138001380001");
    check_untouched("1732248000123"); // milliseconds since 1970
    check_untouched("104.15912345678 13800138000.55"); // fractions
    check_untouched("9f13800138000e4 a13800138000"); // parts of a hash
}

#[test]
fn numbers_behind_escapes_are_masked() {
    check(r#"{"a":"\u7535\u8bdd13800138000"}"#, r#"{"a":"\u7535\u8bdd138****8000"}"#);
    check(r#""\u53f713800138000""#, r#""\u53f7138****8000""#);
    check(r#""\u531713800138000""#, r#""\u5317138****8000""#);
    check(r#""a\n13800138000\t11010519491231002X""#, r#""a\n138****8000\t110105**********2X""#);
    check("q=%E5%8F%B713800138000", "q=%E5%8F%B7138****8000");
    check("50%13800138000", "50%138****8000");
    check("&#26426;13800138000", "&#26426;138****8000");
}

#[test]
fn gbk_bytes_beside_a_number_are_no_letters() {
    // 丂 is 0x81 0x40, 丄 0x81 0x41 (`A`), 號 0xCC 0x96.
    let (out, _) = masked(b"\xB5\xE7\xBB\xB013800138000\xD7\xAA \x81\x4113800138000\x81\x41", ALL);
    assert_eq!(out, b"\xB5\xE7\xBB\xB0138****8000\xD7\xAA \x81\x41138****8000\x81\x41");
}

#[test]
fn bank_cards_with_their_check_digit_are_masked_when_wanted() {
    check("6222020200001234562", "622202*********4562");
    check("4111111111111111 5500005555555559", "411111******1111 550000******5559");
    check_untouched("4111111111111112");
    check_untouched("1859012345678901239"); // no bank begins with 1: ids made of time and counters do
    let (out, counted) = masked(b"4111111111111111", MaskRules::default());
    assert_eq!((out.as_slice(), counted.total()), (b"4111111111111111".as_slice(), 0));
}

#[test]
fn old_identity_numbers_are_masked_when_wanted() {
    check("110105491231002", "110105*******02");
    check_untouched("110105491331002");
    let (out, _) = masked(b"110105491231002", MaskRules::default());
    assert_eq!(out, b"110105491231002");
}

#[test]
fn what_was_masked_is_counted_by_kind() {
    let body = b"13800138000 13800138001 11010519491231002X 110105491231002 4111111111111111";
    let (_, counted) = masked(body, ALL);
    let expected = Masked { identity_numbers: 1, old_identity_numbers: 1, mobile_numbers: 2, bank_cards: 1 };
    assert_eq!((counted, counted.total()), (expected, 5));
    let off = MaskRules { identity_numbers: false, mobile_numbers: false, ..MaskRules::default() };
    assert_eq!(masked(body, off).0, body);
}

#[test]
fn rules_are_read_strictly() {
    let rules: MaskRules = serde_json::from_str(r#"{"bank_cards":true}"#).unwrap();
    assert_eq!(rules, MaskRules { bank_cards: true, ..MaskRules::default() });
    assert!(serde_json::from_str::<MaskRules>(r#"{"bank_card":true}"#).is_err());
}

/// Check character of 17 digits, the other way round than in the code: by trying all.
fn with_check(digits: &str) -> String {
    let value = |c: char| if c == 'X' { 10 } else { c.to_digit(10).unwrap() };
    let fits = |c: &char| {
        let text: Vec<u32> = format!("{digits}{c}").chars().map(value).collect();
        // ISO 7064: Σ aᵢ·2^(n−i) ≡ 1 (mod 11).
        text.iter().fold(0, |sum, digit| (sum * 2 + digit) % 11) == 1
    };
    format!("{digits}{}", "0123456789X".chars().find(fits).unwrap())
}

fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        "[0-9a-fxX%.\\\\u 号]{0,12}",
        "1[3-9][0-9]{9}",
        ("[1-9][0-9]{5}", 1900..2099_u16, 1..=12_u8, 1..=28_u8, "[0-9]{3}").prop_map(
            |(region, year, month, day, serial)| with_check(&format!("{region}{year}{month:02}{day:02}{serial}"))
        ),
        "[0-9]{15,40}",
    ]
}

proptest! {
    #[test]
    fn length_and_answer_do_not_depend_on_the_chunks(
        pieces in proptest::collection::vec(piece(), 0..12),
        sizes in proptest::collection::vec(1..40_usize, 1..20),
    ) {
        let body = pieces.concat().into_bytes();
        let (whole, counted) = mask_in_chunks(&body, ALL, body.len().max(1));
        prop_assert_eq!(whole.len(), body.len());
        let (mut masker, mut out, mut rest) = (Masker::new(ALL), Vec::new(), body.as_slice());
        for size in sizes.iter().cycle() {
            let (chunk, after) = rest.split_at(rest.len().min(*size));
            masker.feed(chunk, &mut out);
            rest = after;
            if rest.is_empty() {
                break;
            }
        }
        masker.finish(&mut out);
        prop_assert_eq!(&out, &whole);
        prop_assert_eq!(masker.masked(), counted);
        // Nothing that was masked looks like a number again, and only digits were covered.
        prop_assert_eq!(mask_in_chunks(&whole, ALL, 64), (whole.clone(), Masked::default()));
        prop_assert!(body.iter().zip(&whole).all(|(was, is)| was == is || (was.is_ascii_digit() && *is == b'*')));
    }

    #[test]
    fn every_valid_identity_number_is_masked(
        region in "[1-9][0-9]{5}", year in 1900..2099_u16, month in 1..=12_u8, day in 1..=28_u8, serial in "[0-9]{3}",
    ) {
        let number = with_check(&format!("{region}{year}{month:02}{day:02}{serial}"));
        let (out, counted) = mask_in_chunks(format!("号{number},").as_bytes(), MaskRules::default(), 5);
        prop_assert_eq!(counted.identity_numbers, 1);
        let expected = format!("号{},", medward_contract::mask::identity_number(&number));
        prop_assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
