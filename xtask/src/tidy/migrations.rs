//! Migrations: named, numbered, within their own tables, portable, and never changed once released.
//!
//! `migrations.sha256` at the root lists every migration with its hash, in the format of `sha256sum`. A line is added
//! by `cargo xtask tidy --bless` and is never altered: a database somewhere has already run that text.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use super::{Finding, source};
use crate::tree::{Tree, crate_of};

const LIST: &str = "migrations.sha256";

/// SQL that runs on one of the two engines only, or makes an answer depend on the engine.
const NOT_PORTABLE: &[&str] =
    &["AUTOINCREMENT", "FOR UPDATE", "ILIKE", "JSONB", "NOW()", "SERIAL", "TIMESTAMPTZ", "TRIGGER", "WITHOUT ROWID"];

/// Words before a table name.
const BEFORE_TABLE: &[&str] = &["FROM", "INTO", "JOIN", "ON", "REFERENCES", "TABLE", "UPDATE"];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    check_list(tree, &mut findings);
    for (path, text) in migrations(tree) {
        let owner = crate_of(path).unwrap_or_default();
        check_name(path, &mut findings);
        for (index, line) in text.lines().enumerate() {
            let statement = line.split("--").next().unwrap_or_default();
            for table in tables(statement).filter(|table| !table.starts_with(&format!("{owner}_"))) {
                findings.push(Finding::fault(path, index + 1, format!("table `{table}` is not named `{owner}_…`")));
            }
            let upper = statement.to_uppercase();
            for word in NOT_PORTABLE.iter().filter(|word| contains_word(&upper, word)) {
                findings.push(Finding::fault(path, index + 1, format!("`{word}` does not run alike on both engines")));
            }
        }
    }
    check_queries(tree, &mut findings);
    findings
}

/// Adds the migrations that the list does not name yet.
pub(super) fn bless(root: &Path) -> Result<()> {
    let tree = Tree::read(root)?;
    let mut lines = listed(&tree);
    for (path, text) in migrations(&tree) {
        lines.entry(path.to_owned()).or_insert_with(|| hash(text));
    }
    let mut list = String::new();
    for (path, hash) in lines {
        writeln!(list, "{hash}  {path}").context("write the list of migrations")?;
    }
    std::fs::write(root.join(LIST), list).with_context(|| format!("write {LIST}"))
}

fn check_list(tree: &Tree, findings: &mut Vec<Finding>) {
    let listed = listed(tree);
    for (path, text) in migrations(tree) {
        match listed.get(path) {
            None => findings.push(Finding::fault(path, 0, format!("is not in {LIST}; run `cargo xtask tidy --bless`"))),
            Some(released) if *released != hash(text) => {
                findings.push(Finding::fault(path, 0, "has changed since its release; write a new migration instead"));
            }
            Some(_) => {}
        }
    }
    for path in listed.keys().filter(|path| tree.text(path).is_none()) {
        findings.push(Finding::fault(LIST, 0, format!("names {path}, which is gone; a released migration stays")));
    }
}

/// `NNNN_what_it_does.sql`.
fn check_name(path: &str, findings: &mut Vec<Finding>) {
    let name = path.rsplit('/').next().unwrap_or_default();
    let number = name.split('_').next().unwrap_or_default();
    let named = name.len() > "0001_.sql".len() && number.len() == 4 && number.bytes().all(|byte| byte.is_ascii_digit());
    if !named {
        findings.push(Finding::fault(path, 0, "is not named NNNN_what_it_does.sql"));
    }
}

/// A capability reads and writes its own tables only: no foreign keys, no joins, no look across.
fn check_queries(tree: &Tree, findings: &mut Vec<Finding>) {
    let folders = tree.crate_folders();
    for (path, text) in tree.with_extension(&["rs"]) {
        let Some(owner) = crate_of(path).filter(|_| path.contains("/src/")) else { continue };
        let code = source::code_only(text);
        let first_test_line = source::first_test_line(path, &code).unwrap_or(usize::MAX);
        for (index, line) in text.lines().enumerate().take_while(|(index, _)| index + 1 < first_test_line) {
            if line.trim_start().starts_with("//") {
                continue;
            }
            for table in tables(line) {
                let Some((prefix, _)) = table.split_once('_') else { continue };
                if prefix != owner && folders.contains(&prefix) {
                    findings.push(Finding::fault(
                        path,
                        index + 1,
                        format!("{owner} reaches into table `{table}` of {prefix}"),
                    ));
                }
            }
        }
    }
}

fn migrations(tree: &Tree) -> impl Iterator<Item = (&str, &str)> {
    tree.with_extension(&["sql"]).filter(|(path, _)| path.starts_with("crates/") && path.contains("/migrations/"))
}

fn listed(tree: &Tree) -> BTreeMap<String, String> {
    let text = tree.text(LIST).unwrap_or_default();
    text.lines()
        .filter_map(|line| line.split_once("  "))
        .map(|(hash, path)| (path.trim().to_owned(), hash.to_owned()))
        .collect()
}

fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().fold(String::new(), |mut hex, byte| {
        let _written = write!(hex, "{byte:02x}");
        hex
    })
}

/// Names that stand where SQL (keywords in capitals) wants a table.
fn tables(line: &str) -> impl Iterator<Item = &str> {
    let words: Vec<&str> =
        line.split(|character: char| !(character.is_alphanumeric() || "_()".contains(character))).collect();
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    let mut found = Vec::new();
    let mut before_table = false;
    for word in words {
        let name = word.split(['(', ')']).next().unwrap_or_default();
        if before_table && !["IF", "NOT", "EXISTS", "CONFLICT", "ONLY", "SET", "DELETE", "DO"].contains(&word) {
            if name.contains('_')
                && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_' || byte.is_ascii_digit())
            {
                found.push(name);
            }
            before_table = false;
        } else if !before_table {
            before_table = BEFORE_TABLE.contains(&word);
        }
    }
    found.into_iter()
}

fn contains_word(upper: &str, word: &str) -> bool {
    upper.match_indices(word).any(|(at, _)| {
        let before = upper.get(..at).and_then(|text| text.chars().next_back());
        let after = upper.get(at + word.len()..).and_then(|text| text.chars().next());
        let joined = |character: Option<char>| character.is_some_and(|next| next.is_alphanumeric() || next == '_');
        !joined(before) && (!joined(after) || word.ends_with(')'))
    })
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::tidy::planted;

    const GOOD: &str = "CREATE TABLE IF NOT EXISTS sms_messages (id TEXT PRIMARY KEY);\n\
                        CREATE INDEX sms_by_id ON sms_messages (id);\n";

    fn listing(path: &str, text: &str) -> String {
        format!("{}  {path}\n", hash(text))
    }

    #[test]
    fn a_listed_migration_of_own_tables_is_fine() {
        let path = "crates/sms/migrations/0001_init.sql";
        let list = listing(path, GOOD);
        expect![""].assert_eq(&planted::check(check, &[(path, GOOD), (LIST, &list)]));
    }

    #[test]
    fn a_changed_a_missing_and_an_unlisted_migration_are_faults() {
        let list = format!(
            "{}{}",
            listing("crates/sms/migrations/0001_init.sql", "other text"),
            listing("crates/sms/migrations/0002_gone.sql", "text"),
        );
        let files = [
            ("crates/sms/migrations/0001_init.sql", GOOD),
            ("crates/sms/migrations/0003_new.sql", GOOD),
            (LIST, list.as_str()),
        ];
        expect![[r"
            crates/sms/migrations/0001_init.sql:0: has changed since its release; write a new migration instead
            crates/sms/migrations/0003_new.sql:0: is not in migrations.sha256; run `cargo xtask tidy --bless`
            migrations.sha256:0: names crates/sms/migrations/0002_gone.sql, which is gone; a released migration stays"]]
        .assert_eq(&planted::check(check, &files));
    }

    #[test]
    fn a_foreign_table_and_sql_of_one_engine_are_faults() {
        let text = "CREATE TABLE messages_of_sms (id TEXT); -- now()\n\
                    CREATE TABLE sms_a (at BIGINT DEFAULT now(), who TEXT REFERENCES identity_accounts(id));\n";
        let path = "crates/sms/migrations/first.sql";
        let list = listing(path, text);
        expect![[r"
            crates/sms/migrations/first.sql:0: is not named NNNN_what_it_does.sql
            crates/sms/migrations/first.sql:1: table `messages_of_sms` is not named `sms_…`
            crates/sms/migrations/first.sql:2: `NOW()` does not run alike on both engines
            crates/sms/migrations/first.sql:2: table `identity_accounts` is not named `sms_…`"]]
        .assert_eq(&planted::check(check, &[(path, text), (LIST, &list)]));
    }

    #[test]
    fn a_query_on_the_tables_of_another_crate_is_a_fault() {
        let files = [
            ("crates/sms/Cargo.toml", ""),
            ("crates/identity/Cargo.toml", ""),
            (
                "crates/sms/src/store.rs",
                "let q = \"SELECT id FROM sms_messages\nJOIN identity_accounts a ON a.id = owner_id\";\n",
            ),
        ];
        expect!["crates/sms/src/store.rs:2: sms reaches into table `identity_accounts` of identity"]
            .assert_eq(&planted::check(check, &files));
    }

    #[test]
    fn bless_adds_and_never_alters() {
        let folder = tempfile::tempdir().unwrap();
        let migrations = folder.path().join("crates/sms/migrations");
        std::fs::create_dir_all(&migrations).unwrap();
        std::fs::write(migrations.join("0001_init.sql"), GOOD).unwrap();
        bless(folder.path()).unwrap();
        let released = std::fs::read_to_string(folder.path().join(LIST)).unwrap();
        assert_eq!(released, listing("crates/sms/migrations/0001_init.sql", GOOD));

        std::fs::write(migrations.join("0001_init.sql"), "changed").unwrap();
        std::fs::write(migrations.join("0002_more.sql"), GOOD).unwrap();
        bless(folder.path()).unwrap();
        let list = std::fs::read_to_string(folder.path().join(LIST)).unwrap();
        assert_eq!(list, format!("{released}{}", listing("crates/sms/migrations/0002_more.sql", GOOD)));
    }
}
