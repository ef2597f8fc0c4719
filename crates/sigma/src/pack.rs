//! What an engine is loaded with: rule files as they are, and the lists their `|expand` placeholders stand for.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::builtin;

/// Lists of the rules of Medward; without values they match nothing. Others exist once somebody defines them.
pub const KNOWN_LISTS: [&str; 6] =
    ["admins", "app_accounts", "app_servers", "appointment_paths", "scanners", "sensitive_tables"];

/// One file with one or more rules in it.
#[derive(Debug, Clone)]
pub struct RuleFile {
    /// Its name for people: path below the imported folder.
    pub name: String,
    /// Its bytes, trusted by nobody.
    pub bytes: Cow<'static, [u8]>,
}

impl RuleFile {
    /// Whether a path below an imported folder is that of a rule: folders hold licences, tests and retired rules as well.
    pub fn is_rule(path: &str) -> bool {
        let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
        let is_yaml =
            name.rsplit_once('.').is_some_and(|(stem, kind)| !stem.is_empty() && matches!(kind, "yml" | "yaml"));
        let is_aside =
            |folder: &str| folder.starts_with('.') || matches!(folder, "tests" | "deprecated" | "unsupported");
        is_yaml && !folders.split('/').any(is_aside)
    }
}

/// Values of placeholders, by name without the percent signs. Policy rows of the vault.
#[derive(Debug, Clone)]
pub struct Lists(BTreeMap<String, Vec<String>>);

impl Default for Lists {
    fn default() -> Self {
        Self(KNOWN_LISTS.into_iter().map(|name| (name.to_owned(), Vec::new())).collect())
    }
}

impl Lists {
    /// Defines or replaces a list.
    pub fn set(&mut self, name: impl Into<String>, values: impl IntoIterator<Item = impl Into<String>>) {
        self.0.insert(name.into(), values.into_iter().map(Into::into).collect());
    }

    /// Its values; none if nobody defined it.
    pub fn get(&self, name: &str) -> Option<&[String]> {
        self.0.get(name).map(Vec::as_slice)
    }
}

/// Rules and lists, in the order in which they are loaded: of two rules with one id the first stays.
#[derive(Debug, Clone, Default)]
pub struct RulePack {
    /// Files of rules.
    pub files: Vec<RuleFile>,
    /// Values of placeholders.
    pub lists: Lists,
}

impl RulePack {
    /// The rules of Medward, MW-001 to MW-045.
    pub fn builtin() -> Self {
        let file = |(name, text): &(&'static str, &'static str)| RuleFile {
            name: format!("medward/{name}"),
            bytes: Cow::Borrowed(text.as_bytes()),
        };
        Self { files: builtin::RULES.iter().map(file).collect(), lists: Lists::default() }
    }

    /// Adds files after those that are there: an import can replace no rule of Medward. Nor can it speak for one by the name of its
    /// file: a correlation silences what stands in its own.
    #[must_use]
    pub fn with_files(mut self, files: impl IntoIterator<Item = RuleFile>) -> Self {
        let foreign = |file: RuleFile| {
            let ours = file.name.trim_start_matches(['.', '/']).starts_with("medward");
            if ours { RuleFile { name: format!("imported/{}", file.name), ..file } } else { file }
        };
        self.files.extend(files.into_iter().map(foreign));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, expected: bool) {
        assert_eq!(RuleFile::is_rule(path), expected, "{path}");
    }

    #[test]
    fn imported_file_never_has_the_name_of_a_built_in_one() {
        let imported = |name: &str| RuleFile { name: name.to_owned(), bytes: Cow::Borrowed(b"") };
        let pack = RulePack::builtin().with_files(["medward/MW-013.yml", "rules/x.yml"].map(imported));
        let names: std::collections::BTreeSet<&str> = pack.files.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(names.len(), pack.files.len());
        assert!(names.contains("imported/medward/MW-013.yml") && names.contains("rules/x.yml"));
    }

    #[test]
    fn of_an_imported_folder_only_rules_are_read() {
        check("rules/windows/process_creation/proc_creation_win_x.yml", true);
        check("x.yaml", true);
        check("rules/LICENSE", false);
        check("rules/readme.yml.txt", false);
        check("rules/.yml", false);
        check(".github/workflows/test.yml", false);
        check("deprecated/windows/x.yml", false);
        check("tests/logsource.yml", false);
    }
}
