//! An installed OWASP CRS as rule sources: our base profile, its setup, our settings, its rules, in this order.
//!
//! A CRS is an operator's (Debian package `modsecurity-crs`, or a release of CRS 4); nothing of it is built in. A bare one
//! expects that somebody has told the engine which bodies to read and how: that is the base profile. Its settings are
//! transaction variables, set before its rules ask for them.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Result, anyhow};
use medward_waf::{CompileError, CompileOptions, PolicyId, Profile, Program, Reference, SourceFile, Sources, Warning};
use thiserror::Error;

use super::files;

/// Which bodies are read and how, whatever the rules of the CRS are.
const BASE_PROFILE: &str = include_str!("crs/base.conf");

/// Id of the action that carries our settings. The CRS has no rule from 999900 on, in its setup as little as in its rules.
const SETTINGS_ID: u32 = 999_900;

/// How a CRS is set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CrsSettings {
    /// Whether matches are acted on, or only told.
    pub(super) detection_only: bool,
    /// Level up to which rules score towards a block, 1 to 4; when absent, what the setup says.
    pub(super) blocking_paranoia: Option<u8>,
    /// Level up to which rules are asked at all, 1 to 4 and not below the other; when absent, what the setup says.
    pub(super) detection_paranoia: Option<u8>,
    /// Further variables, named without `tx.`.
    pub(super) variables: Vec<(&'static str, u32)>,
    /// Rules left out.
    pub(super) removed: Vec<u32>,
}

impl CrsSettings {
    /// As whoever installed it has set it up, blocking.
    pub(super) fn as_installed() -> Self {
        Self {
            detection_only: false,
            blocking_paranoia: None,
            detection_paranoia: None,
            variables: Vec::new(),
            removed: Vec::new(),
        }
    }

    /// What the regression tests were written for: every rule asked, limits low enough to be reached by a test.
    pub(super) fn regression_tests() -> Self {
        Self {
            detection_only: true,
            blocking_paranoia: Some(4),
            detection_paranoia: Some(4),
            variables: vec![
                ("crs_validate_utf8_encoding", 1),
                ("arg_name_length", 100),
                ("arg_length", 400),
                ("total_arg_length", 64_000),
                ("max_num_args", 255),
                ("max_file_size", 64_100),
                ("combined_file_sizes", 65_535),
            ],
            // Bans by address would hit whoever runs the tests.
            removed: vec![910_000],
        }
    }

    fn before_setup(&self) -> String {
        let engine = if self.detection_only { "DetectionOnly" } else { "On" };
        format!("SecRuleEngine {engine}\n{BASE_PROFILE}")
    }

    fn after_setup(&self) -> String {
        let levels = [
            ("blocking_paranoia_level", self.blocking_paranoia),
            ("detection_paranoia_level", self.detection_paranoia),
        ];
        let levels = levels.iter().filter_map(|(name, level)| Some((*name, u32::from((*level)?))));
        let mut text = String::new();
        for (name, value) in levels.chain(self.variables.iter().copied()) {
            let _infallible = write!(text, ",setvar:'tx.{name}={value}'");
        }
        if text.is_empty() { text } else { format!("SecAction \"id:{SETTINGS_ID},phase:1,pass,nolog,t:none{text}\"\n") }
    }

    /// Removes the rules that these files have; to name any other would be a mistake of ours.
    fn after_rules(&self, files: &[SourceFile]) -> String {
        let present = |id: &&u32| {
            let declared = format!("id:{id}");
            files.iter().any(|file| file.bytes.windows(declared.len()).any(|window| window == declared.as_bytes()))
        };
        self.removed.iter().filter(present).fold(String::new(), |mut text, id| {
            let _infallible = writeln!(text, "SecRuleRemoveById {id}");
            text
        })
    }
}

/// Why a folder is no CRS.
#[derive(Debug, Error)]
pub(super) enum CrsError {
    #[error("find the setup of a CRS in {0}: it has neither crs-setup.conf nor crs-setup.conf.example")]
    NoSetup(PathBuf),
    #[error("find the rules of a CRS: {0} has no .conf file")]
    NoRules(PathBuf),
    #[error("read {path}")]
    Read { path: PathBuf, source: std::io::Error },
}

/// The sources of the CRS in `folder`. Plugins stand where the CRS says: settings and exceptions before its rules, the rest
/// after them.
pub(super) fn read(folder: &Path, settings: &CrsSettings) -> Result<Sources, CrsError> {
    let mut files = vec![own("medward/base.conf", settings.before_setup())];
    let setup = ["crs-setup.conf", "crs-setup.conf.example"].iter().find(|name| folder.join(name).is_file());
    let setup = setup.ok_or_else(|| CrsError::NoSetup(folder.to_owned()))?;
    files.push(source(folder, Path::new(setup))?);
    files.push(own("medward/settings.conf", settings.after_setup()));

    let plugins = names(folder, "plugins")?;
    let plugin = |suffix: &str| plugins.iter().filter(|name| ends_with(name, suffix)).cloned().collect::<Vec<_>>();
    let rules = names(folder, "rules")?;
    let order = [
        plugin("-config.conf"),
        plugin("-before.conf"),
        rules.iter().filter(|name| ends_with(name, ".conf")).cloned().collect(),
        plugin("-after.conf"),
    ];
    // Word lists that rules refer to.
    let lists = rules.iter().chain(&plugins).filter(|name| ends_with(name, ".data"));
    let referenced = lists.map(|name| source(folder, name)).collect::<Result<_, _>>()?;
    for path in order.iter().flatten() {
        files.push(source(folder, path)?);
    }
    if !rules.iter().any(|name| ends_with(name, ".conf")) {
        return Err(CrsError::NoRules(folder.join("rules")));
    }
    let removals = settings.after_rules(&files);
    files.push(own("medward/removed.conf", removals));
    Ok(Sources { files, referenced })
}

/// Compiles a CRS; all errors are told, one per line.
pub(super) fn compile(sources: &Sources) -> Result<(Arc<Program>, Vec<Warning>)> {
    let options = CompileOptions { policy: PolicyId("crs".to_owned()), profile: Profile::ModSecurity };
    medward_waf::compile(sources, &options).map_err(|errors| unusable(&errors))
}

/// The same for the interpreter that the engine is compared with.
pub(super) fn reference(sources: &Sources) -> Result<Arc<Reference>> {
    Reference::compile(sources).map_err(|errors| unusable(&errors))
}

fn unusable(errors: &[CompileError]) -> anyhow::Error {
    let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
    anyhow!("use the rules of the CRS: {} errors\n{}", lines.len(), lines.join("\n"))
}

fn own(path: &str, text: String) -> SourceFile {
    SourceFile { path: path.to_owned(), bytes: text.into_bytes() }
}

fn source(folder: &Path, name: &Path) -> Result<SourceFile, CrsError> {
    let path = folder.join(name);
    let bytes = files::read(&path).map_err(|source| CrsError::Read { path, source })?;
    Ok(SourceFile { path: name.display().to_string(), bytes })
}

/// The files of this folder of the CRS in the order of their names; none when there is no such folder.
fn names(folder: &Path, below: &str) -> Result<Vec<PathBuf>, CrsError> {
    let path = folder.join(below);
    let read = |source| CrsError::Read { path: path.clone(), source };
    let entries = match fs::read_dir(&path) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(read(error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        names.push(Path::new(below).join(entry.map_err(read)?.file_name()));
    }
    names.sort();
    Ok(names)
}

fn ends_with(path: &Path, suffix: &str) -> bool {
    path.to_str().is_some_and(|path| path.ends_with(suffix))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(names: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in names {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, format!("# {name}\n")).unwrap();
        }
        folder
    }

    fn paths(folder: &Path) -> Vec<String> {
        let sources = read(folder, &CrsSettings::regression_tests()).unwrap();
        sources.files.into_iter().map(|file| file.path).collect()
    }

    #[test]
    fn settings_stand_between_the_setup_and_the_rules() {
        let folder = folder(&[
            "crs-setup.conf.example",
            "rules/REQUEST-942.conf",
            "rules/REQUEST-901.conf",
            "rules/unix-shell.data",
            "rules/REQUEST-900.conf.example",
            "plugins/b-after.conf",
            "plugins/a-before.conf",
            "plugins/z-config.conf",
            "plugins/words.data",
            "README.md",
        ]);
        let expected = [
            "medward/base.conf",
            "crs-setup.conf.example",
            "medward/settings.conf",
            "plugins/z-config.conf",
            "plugins/a-before.conf",
            "rules/REQUEST-901.conf",
            "rules/REQUEST-942.conf",
            "plugins/b-after.conf",
            "medward/removed.conf",
        ];
        assert_eq!(paths(folder.path()), expected);
        let sources = read(folder.path(), &CrsSettings::regression_tests()).unwrap();
        let lists: Vec<_> = sources.referenced.into_iter().map(|file| file.path).collect();
        assert_eq!(lists, ["rules/unix-shell.data", "plugins/words.data"]);
        fs::write(folder.path().join("crs-setup.conf"), "# the operator's\n").unwrap();
        assert_eq!(paths(folder.path())[1], "crs-setup.conf");
    }

    #[test]
    fn folder_that_is_no_crs_is_refused() {
        let error = |names: &[&str]| {
            let folder = folder(names);
            read(folder.path(), &CrsSettings::regression_tests()).unwrap_err().to_string()
        };
        assert!(error(&["rules/a.conf"]).contains("neither crs-setup.conf nor"));
        assert!(error(&["crs-setup.conf"]).ends_with("rules has no .conf file"));
        assert!(error(&["crs-setup.conf", "rules/a.data"]).ends_with("rules has no .conf file"));
    }

    #[test]
    fn settings_become_variables_and_removals() {
        let mut settings = CrsSettings::regression_tests();
        settings.variables.truncate(1);
        settings.blocking_paranoia = Some(1);
        let expected = "SecAction \"id:999900,phase:1,pass,nolog,t:none,setvar:'tx.blocking_paranoia_level=1',\
                        setvar:'tx.detection_paranoia_level=4',setvar:'tx.crs_validate_utf8_encoding=1'\"\n";
        assert_eq!(settings.after_setup(), expected);
        let rules = |text: &str| [own("rules/a.conf", text.to_owned())];
        assert_eq!(settings.after_rules(&rules("SecAction \"id:910000,pass\"")), "SecRuleRemoveById 910000\n");
        assert_eq!(settings.after_rules(&rules("SecAction \"id:910001,pass\"")), "");
        assert!(settings.before_setup().starts_with("SecRuleEngine DetectionOnly\n"));
        let installed = CrsSettings::as_installed();
        assert!(installed.before_setup().starts_with("SecRuleEngine On\n"));
        assert_eq!((installed.after_setup(), installed.after_rules(&rules("SecAction \"id:910000\""))), <_>::default());
    }
}
