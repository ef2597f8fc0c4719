//! Chinese and English are both complete: the same keys, no empty text, no Chinese left in the English one.
//!
//! Read are `console/src/**/i18n.ts` (each with `zh` and `en`) and the shared words `console/src/i18n/{zh,en}.ts`.

mod object;

use std::collections::BTreeMap;

use self::object::{Entry, object_named};
use super::Finding;
use crate::tree::Tree;

/// Chinese that belongs into English text: the product's name and the name of the other language.
const CHINESE_IN_ENGLISH: &[&str] = &["医垣", "简体中文", "中文"];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.with_extension(&["ts"]) {
        if path.starts_with("console/src/") && path.ends_with("/i18n.ts") {
            compare((path, text), (path, text), &mut findings);
        }
    }
    let shared =
        ["console/src/i18n/zh.ts", "console/src/i18n/en.ts"].map(|path| tree.text(path).map(|text| (path, text)));
    if let [Some(zh), Some(en)] = shared {
        compare(zh, en, &mut findings);
    }
    findings
}

fn compare(zh_file: (&str, &str), en_file: (&str, &str), findings: &mut Vec<Finding>) {
    let Some(zh) = object_named(zh_file.1, "zh") else {
        findings.push(Finding::fault(zh_file.0, 0, "has no object `zh`"));
        return;
    };
    let Some(en) = object_named(en_file.1, "en") else {
        findings.push(Finding::fault(en_file.0, 0, "has no object `en`"));
        return;
    };
    missing(&zh, &en, en_file.0, "English", findings);
    missing(&en, &zh, zh_file.0, "Chinese", findings);
    for (key, entry) in zh.iter().filter(|(_, entry)| entry.is_empty_text()) {
        findings.push(Finding::fault(zh_file.0, entry.line, format!("`{key}` has no Chinese text")));
    }
    for (key, entry) in &en {
        if entry.is_empty_text() {
            findings.push(Finding::fault(en_file.0, entry.line, format!("`{key}` has no English text")));
        } else if has_chinese(&entry.value) {
            findings.push(Finding::fault(en_file.0, entry.line, format!("`{key}` is still Chinese in English")));
        }
    }
}

fn missing(
    has: &BTreeMap<String, Entry>,
    lacks: &BTreeMap<String, Entry>,
    path: &str,
    language: &str,
    findings: &mut Vec<Finding>,
) {
    for key in has.keys().filter(|key| !lacks.contains_key(*key)) {
        findings.push(Finding::fault(path, 0, format!("`{key}` is missing in {language}")));
    }
}

fn has_chinese(value: &str) -> bool {
    let rest = CHINESE_IN_ENGLISH.iter().fold(value.to_owned(), |text, name| text.replace(name, ""));
    rest.chars().any(|character| ('\u{4e00}'..='\u{9fff}').contains(&character))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::tidy::planted;

    #[test]
    fn equal_keys_are_fine() {
        let text = "export const zh = { title: '检索', language: '中文' } as const;\n\
                    export const en = { title: 'Search', language: '中文' } satisfies Shape<typeof zh>;\n";
        expect![""].assert_eq(&planted::check(check, &[("console/src/vault/i18n.ts", text)]));
    }

    #[test]
    fn a_missing_an_empty_and_an_untranslated_text_are_faults() {
        let text = "export const zh = { a: '一', b: { c: '二', d: '' } };\n\
                    export const en = { b: { c: '二', d: 'two' }, e: 'five' };\n";
        expect![[r"
            console/src/vault/i18n.ts:0: `a` is missing in English
            console/src/vault/i18n.ts:0: `e` is missing in Chinese
            console/src/vault/i18n.ts:1: `b.d` has no Chinese text
            console/src/vault/i18n.ts:2: `b.c` is still Chinese in English"]]
        .assert_eq(&planted::check(check, &[("console/src/vault/i18n.ts", text)]));
    }

    #[test]
    fn the_shared_words_are_compared_across_their_two_files() {
        let files = [
            ("console/src/i18n/zh.ts", "export const zh = { ok: '确定', no: '取消' };"),
            ("console/src/i18n/en.ts", "export const en: Shape = { ok: 'OK' };"),
        ];
        expect!["console/src/i18n/en.ts:0: `no` is missing in English"].assert_eq(&planted::check(check, &files));
    }

    #[test]
    fn a_file_without_the_two_objects_is_a_fault() {
        expect!["console/src/vault/i18n.ts:0: has no object `zh`"]
            .assert_eq(&planted::check(check, &[("console/src/vault/i18n.ts", "export const words = {};")]));
    }
}
