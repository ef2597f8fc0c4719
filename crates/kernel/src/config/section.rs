//! Reading sections with line numbers that survive overrides: overrides edit the parsed table, not the text.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::{KERNEL_SECTIONS, Section};

/// Largest config file that is read.
const MAX_BYTES: u64 = 1 << 20;

/// A config that cannot be used; exit code 64.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("read config {path} (make it, or leave --config out)")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The file is larger than 1 MiB.
    #[error("read config {0}: larger than 1 MiB")]
    TooLarge(PathBuf),
    /// A value is wrong.
    #[error("{place}: {key}: {message}")]
    Value {
        /// `file:line`, or the name of the environment variable or option.
        place: String,
        /// Section or key.
        key: String,
        /// What is wrong, with the allowed values.
        message: String,
    },
}

/// Who set an override.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OverrideOrigin {
    /// An environment variable.
    Environment(String),
    /// A command-line option.
    Option(String),
}

/// One setting from outside the file: `["gateway", "http"]` = `127.0.0.1:8080`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// Path of the key.
    pub path: Vec<String>,
    /// Value; TOML when it reads as such, else text.
    pub value: String,
    /// Who set it.
    pub origin: OverrideOrigin,
}

impl Override {
    /// Settings in the environment: `MEDWARD_GATEWAY__HTTP=…` sets `gateway.http`; `MEDWARD_DATA_DIR` the top level.
    pub fn from_environment() -> Vec<Self> {
        let mut found: Vec<_> = std::env::vars()
            .filter_map(|(name, value)| {
                let path = name.strip_prefix("MEDWARD_")?.to_ascii_lowercase();
                let path: Vec<String> = path.split("__").map(str::to_owned).collect();
                // Other programs' switches (test kits, console builds) share the prefix; sections need `__`.
                let known = path.len() > 1
                    || matches!(path.first().map(String::as_str), Some("data_dir" | "node_name" | "roles"));
                known.then_some(Self { path, value, origin: OverrideOrigin::Environment(name) })
            })
            .collect();
        found.sort_by(|a, b| a.path.cmp(&b.path));
        found
    }

    /// A setting given as a command-line option.
    pub fn option(option: &str, path: &[&str], value: impl Into<String>) -> Self {
        Self {
            path: path.iter().map(|part| (*part).to_owned()).collect(),
            value: value.into(),
            origin: OverrideOrigin::Option(option.to_owned()),
        }
    }
}

/// A config text with its overrides.
#[derive(Debug, Clone)]
pub struct LoadedConfig {
    path: Option<PathBuf>,
    text: String,
    overrides: Vec<Override>,
}

impl LoadedConfig {
    /// Reads the file, or nothing when `path` is `None`.
    pub fn read(path: Option<&Path>, overrides: Vec<Override>) -> Result<Self, ConfigError> {
        let text = match path {
            None => String::new(),
            Some(path) => {
                let read_error = |source| ConfigError::Read { path: path.to_owned(), source };
                if std::fs::metadata(path).map_err(read_error)?.len() > MAX_BYTES {
                    return Err(ConfigError::TooLarge(path.to_owned()));
                }
                std::fs::read_to_string(path).map_err(read_error)?
            }
        };
        Self::from_text(path, text, overrides)
    }

    /// Takes a config text; `path` is only named in errors.
    pub fn from_text(path: Option<&Path>, text: String, overrides: Vec<Override>) -> Result<Self, ConfigError> {
        let config = Self { path: path.map(Path::to_owned), text, overrides };
        config.table()?;
        Ok(config)
    }

    /// The file, when there is one.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Fails on a section that neither the kernel nor any of `capabilities` owns.
    pub fn check_sections(&self, capabilities: &[&str]) -> Result<(), ConfigError> {
        for (key, value) in self.table()?.get_ref() {
            let name = key.get_ref();
            let section = matches!(value.get_ref(), DeValue::Table(_));
            let known = KERNEL_SECTIONS.contains(&name.as_ref()) || capabilities.contains(&name.as_ref());
            if section && !known {
                let mut all: Vec<&str> = KERNEL_SECTIONS.iter().copied().chain(capabilities.iter().copied()).collect();
                all.sort_unstable();
                return Err(self.error(
                    key.span().start,
                    name,
                    format!("unknown section; allowed: {}", all.join(", ")),
                ));
            }
        }
        Ok(())
    }

    /// A capability's or kernel section; missing keys take their defaults.
    pub fn section<T: Section>(&self, name: &str) -> Result<T, ConfigError> {
        let section: T = self.plain_section(name)?;
        self.validated(name, section)
    }

    /// The top-level keys.
    pub fn top_level<T: Section>(&self) -> Result<T, ConfigError> {
        let table = self.table()?;
        let span = table.span();
        let keys = table.into_inner().into_iter().filter(|(_, value)| !matches!(value.get_ref(), DeValue::Table(_)));
        let value = Spanned::new(span, DeValue::Table(keys.collect()));
        self.validated("", self.deserialize("", value)?)
    }

    fn plain_section<T: DeserializeOwned + Default>(&self, name: &str) -> Result<T, ConfigError> {
        let mut table = self.table()?;
        match table.get_mut().remove(name) {
            None => Ok(T::default()),
            Some(value) => self.deserialize(name, value),
        }
    }

    fn deserialize<T: DeserializeOwned>(&self, name: &str, value: Spanned<DeValue<'_>>) -> Result<T, ConfigError> {
        let start = value.span().start;
        T::deserialize(ValueDeserializer::from(value)).map_err(|error| {
            self.error(error.span().map_or(start, |span| span.start), name, error.message().to_owned())
        })
    }

    fn validated<T: Section>(&self, name: &str, section: T) -> Result<T, ConfigError> {
        section.validate().map_err(|message| {
            let key = message.split([' ', '=']).next().unwrap_or_default();
            let at = self.key_position(name, key.rsplit('.').next().unwrap_or(key)).unwrap_or(0);
            self.error(at, if name.is_empty() { key } else { name }, message.clone())
        })?;
        Ok(section)
    }

    fn key_position(&self, section: &str, key: &str) -> Option<usize> {
        let table = self.table().ok()?;
        let inside =
            if section.is_empty() { table.get_ref() } else { table.get_ref().get(section)?.get_ref().as_table()? };
        inside.iter().find(|(name, _)| name.get_ref() == key).map(|(name, value)| {
            // An override stands in no line of the file: its value carries the position.
            if value.span().start > self.text.len() { value.span().start } else { name.span().start }
        })
    }

    /// The parsed text with all overrides in it. An override's span lies behind the text and encodes its number.
    fn table(&self) -> Result<Spanned<DeTable<'_>>, ConfigError> {
        let mut table = DeTable::parse(&self.text).map_err(|error| {
            self.error(error.span().map_or(0, |span| span.start), "config", error.message().to_owned())
        })?;
        for (number, setting) in self.overrides.iter().enumerate() {
            let at = self.text.len() + 1 + number;
            self.apply(table.get_mut(), setting, at)?;
        }
        Ok(table)
    }

    fn apply<'i>(&self, table: &mut DeTable<'i>, setting: &'i Override, at: usize) -> Result<(), ConfigError> {
        let Some((last, sections)) = setting.path.split_last() else { return Ok(()) };
        let mut inside = table;
        for section in sections {
            let entry = inside
                .entry(Spanned::new(at..at, Cow::Borrowed(section.as_str())))
                .or_insert_with(|| Spanned::new(at..at, DeValue::Table(DeTable::default())));
            inside = match entry.get_mut() {
                DeValue::Table(inner) => inner,
                _ => return Err(self.error(at, section, "is not a section".to_owned())),
            };
        }
        let value = match DeValue::parse(&setting.value) {
            Ok(value) if !matches!(value.get_ref(), DeValue::String(_)) => value.into_inner(),
            _ => DeValue::String(Cow::Borrowed(setting.value.trim_matches('"'))),
        };
        let key = Spanned::new(at..at, Cow::Borrowed(last.as_str()));
        inside.remove(last.as_str());
        inside.insert(key, Spanned::new(at..at, value));
        Ok(())
    }

    fn error(&self, position: usize, key: &str, message: String) -> ConfigError {
        let place = match position.checked_sub(self.text.len() + 1).and_then(|number| self.overrides.get(number)) {
            Some(Override { origin: OverrideOrigin::Environment(name), .. }) => format!("environment variable {name}"),
            Some(Override { origin: OverrideOrigin::Option(name), .. }) => format!("option {name}"),
            None => {
                let before = self.text.as_bytes().get(..position.min(self.text.len())).unwrap_or_default();
                let line = before.split(|byte| *byte == b'\n').count();
                let file = self.path.as_ref().map_or_else(|| "defaults".into(), |path| path.display().to_string());
                format!("{file}:{line}")
            }
        };
        ConfigError::Value { place, key: if key.is_empty() { "config".into() } else { key.to_owned() }, message }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use schemars::JsonSchema;
    use serde::{Deserialize, Serialize};

    use super::*;
    use crate::config::{DurationText, NodeConfig};

    #[derive(Debug, Serialize, Deserialize, JsonSchema, PartialEq)]
    #[serde(deny_unknown_fields, default)]
    struct Probe {
        http: String,
        idle: DurationText,
        mode: Mode,
    }

    #[derive(Debug, Serialize, Deserialize, JsonSchema, PartialEq, Clone, Copy)]
    #[serde(rename_all = "lowercase")]
    enum Mode {
        Observe,
        Block,
    }

    impl Default for Probe {
        fn default() -> Self {
            Self {
                http: "127.0.0.1:8080".into(),
                idle: DurationText(std::time::Duration::from_secs(60)),
                mode: Mode::Block,
            }
        }
    }

    impl Section for Probe {
        fn validate(&self) -> Result<(), String> {
            crate::config::listen_address("http", &self.http).map(drop)
        }
    }

    fn check(text: &str, overrides: Vec<Override>, expected: Expect) {
        let result =
            LoadedConfig::from_text(Some(Path::new("medward.toml")), text.to_owned(), overrides).and_then(|config| {
                config.check_sections(&["probe"])?;
                config.top_level::<NodeConfig>()?;
                config.section::<Probe>("probe")
            });
        expected.assert_eq(&match result {
            Ok(probe) => format!("{probe:?}"),
            Err(error) => error.to_string(),
        });
    }

    fn env(name: &str, path: &[&str], value: &str) -> Override {
        Override {
            path: path.iter().map(|part| (*part).to_owned()).collect(),
            value: value.into(),
            origin: OverrideOrigin::Environment(name.into()),
        }
    }

    #[test]
    fn wrong_value_names_file_line_key_and_allowed_values() {
        check(
            "\n[probe]\nhttp = \"x\"\n",
            vec![],
            expect![[r#"medward.toml:3: probe: http = "x" is not an address and port, for example "127.0.0.1:9443""#]],
        );
        check(
            "[probe]\n\nmode = \"blok\"\n",
            vec![],
            expect!["medward.toml:3: probe: unknown variant `blok`, expected `observe` or `block`"],
        );
        check(
            "[probe]\nidle = \"30\"\n",
            vec![],
            expect![[
                r#"medward.toml:2: probe: "30" is not a duration; write a number and a unit: ms, s, m, h or d, for example "30s""#
            ]],
        );
        check(
            "[probe]\nhtpp = \"x\"\n",
            vec![],
            expect!["medward.toml:2: probe: unknown field `htpp`, expected one of `http`, `idle`, `mode`"],
        );
        check(
            "[prob]\n",
            vec![],
            expect!["medward.toml:1: prob: unknown section; allowed: listen, nodes, probe, store, telemetry"],
        );
        check("node_name = \"\"\n", vec![], expect!["medward.toml:1: node_name: node_name must have 1 to 64 bytes"]);
        check(
            "data_dir = \"d\"\nroles = [\"gateway\"]\n",
            vec![],
            expect!["medward.toml:2: roles: roles cannot be chosen yet: every node does everything; remove the line"],
        );
        check("[probe\n", vec![], expect!["medward.toml:1: config: unclosed table, expected `]`"]);
    }

    #[test]
    fn environment_wins_over_file_and_is_named_when_wrong() {
        check(
            "[probe]\nmode = \"block\"\n",
            vec![env("MEDWARD_PROBE__MODE", &["probe", "mode"], "observe")],
            expect![[r#"Probe { http: "127.0.0.1:8080", idle: DurationText(60s), mode: Observe }"#]],
        );
        check(
            "",
            vec![env("MEDWARD_PROBE__MODE", &["probe", "mode"], "of")],
            expect![
                "environment variable MEDWARD_PROBE__MODE: probe: unknown variant `of`, expected `observe` or `block`"
            ],
        );
        check(
            "",
            vec![Override::option("--listen", &["probe", "http"], "8080")],
            expect!["option --listen: probe: invalid type: integer `8080`, expected a string"],
        );
    }
}
