//! `medward config`: settings without starting anything.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use medward_kernel::config::{ConfigError, KernelConfig, LoadedConfig, Override};

use crate::cli::{ConfigCommand, Source, WrongUse, write_out};
use crate::{capabilities, docs, logging};

/// Settings file that is read when none is named.
const DEFAULT_FILE: &str = "medward.toml";

/// Reads the settings of `source` with `more` on top.
pub(crate) fn load(source: &Source, more: Vec<Override>) -> Result<LoadedConfig, ConfigError> {
    let named: Option<PathBuf> = source.config.clone();
    let file = named.or_else(|| Path::new(DEFAULT_FILE).exists().then(|| PathBuf::from(DEFAULT_FILE)));
    let overrides = source.overrides().into_iter().chain(more).collect();
    LoadedConfig::read(file.as_deref(), overrides)
}

/// Data directory of the installation that stands in this directory, for commands that start nothing.
pub(crate) fn data_dir() -> Result<PathBuf, ConfigError> {
    Ok(KernelConfig::read(&load(&Source::default(), Vec::new())?)?.node.data_dir)
}

/// Checks every section.
pub(crate) fn check(config: &LoadedConfig) -> Result<KernelConfig> {
    let entries = capabilities::all();
    let names: Vec<&str> = entries.iter().map(|entry| entry.name).collect();
    config.check_sections(&names)?;
    let kernel = KernelConfig::read(config)?;
    for entry in entries {
        (entry.check_config)(config)?;
    }
    logging::filter(&kernel.telemetry)?;
    Ok(kernel)
}

/// Runs `medward config …`.
pub(crate) fn run(command: ConfigCommand) -> Result<ExitCode> {
    match command {
        ConfigCommand::Check(source) => {
            let config = load(&source, Vec::new())?;
            check(&config)?;
            let file = config.path().map_or("built-in defaults".to_owned(), |path| path.display().to_string());
            write_out(&format!("ok: {file}\n"))?;
        }
        ConfigCommand::Default => write_out(&default_file())?,
        ConfigCommand::Explain { key } => write_out(&explain(&key)?)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// A settings file that says every default, commented out.
fn default_file() -> String {
    let mut text = String::from("# Every setting with its default. Remove the # of what you change.\n");
    let mut table = String::new();
    for setting in docs::config_sections().iter().flat_map(docs::ConfigSection::settings) {
        if setting.table != table {
            // A repeated table that is not commented out would be one, and its required settings would be missing.
            let _infallible = if setting.repeated {
                write!(text, "\n# Repeat this table with its settings as often as needed.\n# [[{}]]\n", setting.table)
            } else {
                write!(text, "\n[{}]\n", setting.table)
            };
            table.clone_from(&setting.table);
        }
        let name = setting.key.rsplit('.').next().unwrap_or_default();
        let must = if setting.required { " Must be given." } else { "" };
        let default = if setting.default.is_empty() { "…" } else { &setting.default };
        let _infallible = write!(text, "\n# {}{must}\n# {name} = {default}\n", setting.text);
    }
    text
}

fn explain(key: &str) -> Result<String> {
    let all: Vec<_> = docs::config_sections().iter().flat_map(docs::ConfigSection::settings).collect();
    let below = format!("{key}.");
    let wanted: Vec<_> =
        all.iter().filter(|setting| setting.key == key || setting.key.starts_with(&below)).map(explained).collect();
    if !wanted.is_empty() {
        return Ok(wanted.join("\n"));
    }
    let last = key.rsplit('.').next().unwrap_or(key);
    let near: Vec<_> =
        all.iter().filter(|setting| setting.key.contains(last)).map(|setting| setting.key.as_str()).collect();
    if near.is_empty() {
        return Err(WrongUse(format!("explain {key}: no such setting; `medward config default` lists all")).into());
    }
    Err(WrongUse(format!("explain {key}: no such setting; near: {}", near.join(", "))).into())
}

fn explained(setting: &docs::Setting) -> String {
    let default = match () {
        () if setting.required => "must be given",
        () if setting.default.is_empty() => "none",
        () => &setting.default,
    };
    let name = if setting.repeated { &setting.table } else { &setting.key };
    let variable = format!("MEDWARD_{}", name.replace('.', "__").to_uppercase());
    format!(
        "{}\n  {}\n  values:      {}\n  default:     {default}\n  environment: {variable}\n",
        setting.key, setting.text, setting.kind
    )
}
