//! `cargo xtask new-capability NAME`: a small capability with every room, ready to be filled.
//!
//! It keeps short notes: one table, one route that reads, one that adds, a job, metrics, and tests on both databases.
//! Everything it adds lies in two new folders and one page, plus one line in each list. Invariant: what it writes
//! compiles without warnings, is formatted, and passes tidy; a test does all of that in a copy of the tree.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::process;
use crate::tidy;
use crate::tree::Tree;

struct Template {
    to: &'static str,
    text: &'static str,
}

macro_rules! templates {
    ($($to:literal from $from:literal),+ $(,)?) => {
        &[$(Template { to: $to, text: include_str!(concat!("../templates/capability/", $from, ".tmpl")) }),+]
    };
}

const TEMPLATES: &[Template] = templates![
    "crates/@name@/Cargo.toml" from "crate/Cargo.toml",
    "crates/@name@/README.md" from "crate/README.md",
    "crates/@name@/src/lib.rs" from "crate/src/lib.rs",
    "crates/@name@/src/config.rs" from "crate/src/config.rs",
    "crates/@name@/src/model.rs" from "crate/src/model.rs",
    "crates/@name@/src/store.rs" from "crate/src/store.rs",
    "crates/@name@/src/service.rs" from "crate/src/service.rs",
    "crates/@name@/src/jobs.rs" from "crate/src/jobs.rs",
    "crates/@name@/src/api.rs" from "crate/src/api.rs",
    "crates/@name@/src/codes.rs" from "crate/src/codes.rs",
    "crates/@name@/src/metrics.rs" from "crate/src/metrics.rs",
    "crates/@name@/migrations/0001_init.sql" from "crate/migrations/0001_init.sql",
    "crates/@name@/tests/it/main.rs" from "crate/tests/it/main.rs",
    "console/src/@name@/routes.ts" from "console/routes.ts",
    "console/src/@name@/i18n.ts" from "console/i18n.ts",
    "console/src/@name@/notes.tsx" from "console/notes.tsx",
    "docs/@name@.md" from "docs.md",
];

/// A line that is added to a list: behind the last line that starts like `after`.
struct Line {
    list: &'static str,
    after: &'static str,
    text: &'static str,
}

/// The list of capabilities in the binary. rustfmt writes it on one line while it is short.
const ENTRIES: &str = "crates/medward/src/capabilities.rs";

const LINES: &[Line] = &[
    Line { list: "Cargo.toml", after: "medward-", text: "medward-@name@ = { path = \"crates/@name@\" }" },
    Line { list: "crates/medward/Cargo.toml", after: "medward-", text: "medward-@name@.workspace = true" },
    Line { list: "console/src/capabilities.ts", after: "import {", text: "import { @name@ } from './@name@/routes'" },
    Line { list: "console/src/capabilities.ts", after: "  ", text: "  @name@," },
];

/// Names that mean something else in the configuration, in Rust or in TypeScript.
const TAKEN: &[&str] = &[
    "async",
    "await",
    "class",
    "const",
    "crate",
    "default",
    "delete",
    "enum",
    "export",
    "extern",
    "function",
    "import",
    "kernel",
    "let",
    "listen",
    "loop",
    "match",
    "move",
    "new",
    "public",
    "return",
    "roles",
    "self",
    "shared",
    "static",
    "store",
    "struct",
    "super",
    "switch",
    "system",
    "telemetry",
    "this",
    "trait",
    "type",
    "typeof",
    "use",
    "var",
    "void",
    "where",
    "while",
    "with",
    "yield",
];

const LONGEST_NAME: usize = 16;

pub(crate) fn run(root: &Path, name: &str) -> Result<ExitCode> {
    let tree = Tree::read(root)?;
    check_name(&tree, name)?;
    let names = Names::new(&tree, name)?;

    for template in TEMPLATES {
        let to = names.fill(template.to);
        let path = root.join(&to);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).with_context(|| format!("create the folder of {to}"))?;
        }
        std::fs::write(&path, names.fill(template.text)).with_context(|| format!("write {to}"))?;
        println!("wrote {to}");
    }
    for addition in LINES {
        let path = root.join(addition.list);
        let text = std::fs::read_to_string(&path).with_context(|| format!("read {}", addition.list))?;
        let longer = insert(&text, addition.after, &names.fill(addition.text))
            .with_context(|| format!("find the list in {}", addition.list))?;
        std::fs::write(&path, longer).with_context(|| format!("write {}", addition.list))?;
        println!("added a line to {}", addition.list);
    }
    let entries = std::fs::read_to_string(root.join(ENTRIES)).with_context(|| format!("read {ENTRIES}"))?;
    let entry = names.fill("entry::<medward_@name@::@Name@>()");
    let longer = insert_entry(&entries, &entry).with_context(|| format!("find the list in {ENTRIES}"))?;
    std::fs::write(root.join(ENTRIES), longer).with_context(|| format!("write {ENTRIES}"))?;
    println!("added a line to {ENTRIES}");
    tidy::bless(root)?;
    // The order of imports depends on the name.
    process::run("cargo", &["fmt", "--package", &format!("medward-{name}"), "--package", "medward"], root)?;
    println!(
        "next: cargo xtask generate (its routes, settings and error codes), then make it yours: crates/{name}/README.md"
    );
    Ok(ExitCode::SUCCESS)
}

fn check_name(tree: &Tree, name: &str) -> Result<()> {
    let letters_only =
        !name.is_empty() && name.len() <= LONGEST_NAME && name.bytes().all(|byte| byte.is_ascii_lowercase());
    if !letters_only {
        bail!("name the capability `{name}`: use 1 to {LONGEST_NAME} lower-case letters");
    }
    if TAKEN.contains(&name) || tidy::is_banned_module(name) {
        bail!("name the capability `{name}`: the word means something else, or says nothing; name what it owns");
    }
    if tree.crate_folders().contains(&name) || tree.has_folder(&format!("console/src/{name}")) {
        bail!("name the capability `{name}`: there is one already");
    }
    Ok(())
}

struct Names {
    name: String,
    /// `Sms` for `sms`.
    type_name: String,
    /// Three capitals, used by no other crate's error codes.
    code_prefix: String,
}

impl Names {
    fn new(tree: &Tree, name: &str) -> Result<Self> {
        let mut letters = name.chars();
        let first: String = letters.next().map(|letter| letter.to_ascii_uppercase()).into_iter().collect();
        let type_name = format!("{first}{}", letters.as_str());
        Ok(Self { name: name.to_owned(), type_name, code_prefix: free_code_prefix(name, &tidy::code_prefixes(tree))? })
    }

    fn fill(&self, text: &str) -> String {
        text.replace("@name@", &self.name).replace("@Name@", &self.type_name).replace("@CODE@", &self.code_prefix)
    }
}

/// The first letter and two later ones, in the order of the name, consonants preferred: `gateway` gives `GTW`.
fn free_code_prefix(name: &str, taken: &[String]) -> Result<String> {
    let letters: Vec<char> = name.to_ascii_uppercase().chars().collect();
    let (first, rest) = letters.split_first().context("read the name")?;
    let consonants: Vec<char> = rest.iter().copied().filter(|letter| !"AEIOU".contains(*letter)).collect();
    let padded: Vec<char> = rest.iter().copied().chain(['X', 'Y', 'Z']).collect();
    for choice in [consonants, padded] {
        for (index, second) in choice.iter().enumerate() {
            for third in choice.iter().skip(index + 1) {
                let prefix: String = [*first, *second, *third].into_iter().collect();
                if !taken.contains(&prefix) {
                    return Ok(prefix);
                }
            }
        }
    }
    bail!("find three free letters for the error codes of `{name}`")
}

/// `text` with `line` behind the last line that starts with `after`; `None` when there is none.
fn insert(text: &str, after: &str, line: &str) -> Option<String> {
    let lines: Vec<&str> = text.lines().collect();
    let last = lines.iter().rposition(|existing| existing.starts_with(after) && !existing.trim().is_empty())?;
    let mut longer = String::new();
    for (index, existing) in lines.iter().enumerate() {
        longer.push_str(existing);
        longer.push('\n');
        if index == last {
            longer.push_str(line);
            longer.push('\n');
        }
    }
    Some(longer)
}

/// `text` with `entry` behind the last `entry::<…>()`; `None` when there is none.
fn insert_entry(text: &str, entry: &str) -> Option<String> {
    let last = text.rfind("entry::<medward_")?;
    let (before, from_last) = text.split_at_checked(last)?;
    let (last_entry, rest) = from_last.split_once("()")?;
    Some(format!("{before}{last_entry}(), {entry}{rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_mean_something_else_are_refused() {
        let tree = Tree::of(&[("crates/vault/Cargo.toml", ""), ("console/src/system/routes.ts", "")]);
        for name in ["", "Sms", "sms2", "a_b", "utils", "store", "vault", "system", "abcdefghijklmnopq"] {
            assert!(check_name(&tree, name).is_err(), "{name}");
        }
        assert!(check_name(&tree, "sms").is_ok());
    }

    #[test]
    fn code_prefixes_are_short_for_the_name_and_free() {
        let check = |name: &str, taken: &[&str], expected: &str| {
            let taken: Vec<String> = taken.iter().map(|prefix| (*prefix).to_owned()).collect();
            assert_eq!(free_code_prefix(name, &taken).unwrap(), expected);
        };
        check("gateway", &[], "GTW");
        check("gateway", &["GTW"], "GTY");
        check("sms", &[], "SMS");
        check("ai", &[], "AIX");
    }

    #[test]
    fn a_line_goes_behind_the_last_of_its_kind() {
        let text = "[dependencies]\nmedward-a = 1\nmedward-b = 1\nserde = 1\n";
        let longer = insert(text, "medward-", "medward-c = 1").unwrap();
        assert_eq!(longer, "[dependencies]\nmedward-a = 1\nmedward-b = 1\nmedward-c = 1\nserde = 1\n");
        assert_eq!(insert(text, "nothing", "x"), None);
    }

    #[test]
    fn an_entry_goes_behind_the_last_one_on_the_same_or_its_own_line() {
        let check = |text: &str, longer: &str| {
            assert_eq!(insert_entry(text, "entry::<medward_b::B>()").as_deref(), Some(longer));
        };
        check("vec![entry::<medward_a::A>()]", "vec![entry::<medward_a::A>(), entry::<medward_b::B>()]");
        check("[\n  entry::<medward_a::A>(),\n]", "[\n  entry::<medward_a::A>(), entry::<medward_b::B>(),\n]");
        assert_eq!(insert_entry("vec![]", "x"), None);
    }
}
