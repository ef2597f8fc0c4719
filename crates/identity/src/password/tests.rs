//! The table of `identity.md` §11: sixty passwords with their verdicts (CD-186, CD-188, CD-189, CD-193, CD-194, PACS-035).

use super::*;

const OWNER: Owner<'static> = Owner { login: "zhaoliming", name: "赵立明 Zhao Liming" };

fn findings(min_length: usize, password: &str) -> String {
    let policy = Policy::new(min_length, &["安和医院".to_owned(), "Anhe".to_owned()]);
    let judgement = policy.judge(&Password::new(password.to_owned()), OWNER);
    judgement.findings.iter().map(|finding| finding.as_str()).collect::<Vec<_>>().join(" ")
}

/// Each row: password, and the findings it must have with the default of 12 characters.
const TABLE: &[(&str, &str)] = &[
    ("123456", "too_short missing_upper missing_lower missing_symbol keyboard_run common guessable"),
    ("password", "too_short missing_upper missing_digit missing_symbol common guessable"),
    ("Password1", "too_short missing_symbol common guessable"),
    ("Password123!", "common guessable"),
    ("P@ssw0rd2026", "common guessable"),
    ("Admin@123456", "keyboard_run common guessable"),
    ("Aa123456!", "too_short keyboard_run common guessable"),
    ("Aa12345678!!", "keyboard_run common"),
    ("Qwerty123456!", "keyboard_run common guessable"),
    ("1qaz@WSX3edc", "keyboard_run common"),
    ("Zxcvbn!2026Kx", "keyboard_run"),
    ("Woaini1314520!", "common"),
    ("WoAiZhongGuo2026!", "common"),
    ("Mima@20261120", "contains_date common"),
    ("Nihao!Nihao1", "common"),
    ("Zhongguo@8888", "repeated common guessable"),
    ("Beijing#2026!!", "common"),
    ("Yiyuan@120120", "common"),
    ("Hushi-2026-Hushi", "common"),
    ("Zhaoliming@2026", "contains_login contains_name guessable"),
    ("zhaoliming#A9x!", "contains_login contains_name guessable"),
    ("Gnimiloahz#27kQ", "contains_login guessable"),
    ("Zh4oL1m1ng!k7Q", "contains_login contains_name guessable"),
    ("赵立明Kx7#pQ2v!w", "contains_name"),
    ("Liming;Tv82-rosa", "contains_name"),
    ("安和医院Kx7#pQ2v", "contains_site_word"),
    ("Anhe-kV7#pLw2", "contains_site_word"),
    ("Medward2026!!", "common"),
    ("kV7#pLw2", "too_short guessable"),
    ("kV7#pLw2!", "too_short"),
    ("kV7#pLw2!x", "too_short"),
    ("kV7#pLw2!xQ", "too_short"),
    ("kV7#pLw2!xQ9", ""),
    ("kv7#plw2!xq9", "missing_upper"),
    ("KV7#PLW2!XQ9", "missing_lower"),
    ("kVu#pLwo!xQz", "missing_digit"),
    ("kV7xpLw2yxQ9", "missing_symbol"),
    ("!#%&-_;:.,<>", "missing_upper missing_lower missing_digit"),
    ("aaaKV7#pLw2x", "repeated"),
    ("KV7#pLw2!!!q", "repeated"),
    ("kV7#1234pLw!", "keyboard_run"),
    ("kV7#4321pLw!", "keyboard_run"),
    ("kV7#abcdPLW!", "keyboard_run"),
    ("kV7#qweRplw!", "keyboard_run"),
    ("kV7#123pLw!2", ""),
    ("Rewq-Tango-7-vm", "keyboard_run"),
    ("Sommer-Regen.42-Dach", ""),
    ("T7-yu-Guo_Tian-Qing", ""),
    ("mianBao-Huoche-73-Deng", ""),
    ("correct horse battery staple", "missing_upper missing_digit"),
    ("Correct-Horse-4-Battery", ""),
    ("2026-11-20-Aa", "contains_date guessable"),
    ("13907316284Aa!", "contains_phone"),
    ("Aa!19871120Aa!", "contains_date"),
    ("Abc123Abc123!", "guessable"),
    ("zaq1ZAQ!xsw2", "keyboard_run"),
    ("火车站Kx7#窗口锁灯亮", ""),
    ("Tr0ub4dor&3Xy", ""),
    ("y7%Hq!2rZ@5m", ""),
    ("J9w_Lt4c-Vx8e", ""),
];

#[test]
fn table_of_sixty_passwords_has_its_verdicts() {
    assert_eq!(TABLE.len(), 60);
    let wrong: Vec<String> = TABLE
        .iter()
        .map(|(password, expected)| (password, expected, findings(12, password)))
        .filter(|(_, expected, found)| found != *expected)
        .map(|(password, expected, found)| format!("{password}: expected [{expected}], found [{found}]"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nine_characters_is_the_floor_and_twelve_the_default() {
    let check = |min_length, password, is_too_short: bool| {
        let found = findings(min_length, password);
        assert_eq!(found.contains("too_short"), is_too_short, "{password} with {min_length}: {found}");
    };
    check(1, "kV7#pLw2", true);
    check(1, "kV7#pLw2!", false);
    check(9, "kV7#pLw2", true);
    check(9, "kV7#pLw2!", false);
    check(12, "kV7#pLw2!", true);
    check(12, "kV7#pLw2!x", true);
    check(12, "kV7#pLw2!xQ", true);
    check(12, "kV7#pLw2!xQ9", false);
}

#[test]
fn strong_nine_character_password_is_accepted_at_the_floor() {
    assert_eq!(findings(9, "kV7#pLw2!"), "");
}

#[test]
fn length_counts_characters_not_bytes() {
    assert_eq!(findings(9, "药房Kx7#窗口锁"), "");
}

#[test]
fn full_width_letters_equal_plain_ones() {
    assert_eq!(Password::new("ＫＶ７＃".to_owned()).expose(), "KV7#");
}

#[test]
fn overlong_password_is_refused_without_being_estimated() {
    let long = "Kv7#pLw2!xQ9".repeat(2_000);
    assert_eq!(findings(12, &long), "too_long");
}

#[test]
fn findings_serialise_as_their_codes() {
    for finding in [Finding::TooShort, Finding::ContainsSiteWord, Finding::KeyboardRun] {
        assert_eq!(serde_json::to_value(finding).unwrap(), finding.as_str());
    }
}
