//! An installed OWASP CRS as rule sources: our base profile, its setup, our settings, its rules, in this order.
//!
//! A CRS is an operator's, a release of CRS 4; nothing of it is built in. A bare one expects that somebody has told the
//! engine which bodies to read and how: that is the base profile. Its settings are transaction variables, set before its
//! rules ask for them. The engine has no files: they are read here, for the gateway and for the command line.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use medward_waf::{CompileError, CompileOptions, PolicyId, Profile, Program, SourceFile, Sources, Warning};
use thiserror::Error;

/// Which bodies are read and how, whatever the rules of the CRS are.
const BASE_PROFILE: &str = include_str!("base.conf");

/// Id of the action that carries our settings. The CRS has no rule from 999900 on, in its setup as little as in its rules.
const SETTINGS_ID: u32 = 999_900;

/// Largest file that is read. All files of CRS 4.28 together have less than 2 MiB.
const LARGEST_FILE_BYTES: u64 = 16 << 20;

/// Where a CRS is installed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrsPlace {
    /// Folder with `rules/` and, unless `setup` says otherwise, `crs-setup.conf` or `crs-setup.conf.example`.
    pub directory: PathBuf,
    /// The setup, when it stands elsewhere. Exclusions beside it (`REQUEST-900*.conf`, `RESPONSE-999*.conf`) are read, too:
    /// Debian keeps what an operator changes together and apart from the rules.
    pub setup: Option<PathBuf>,
}

/// How a CRS is set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrsSettings {
    /// Whether matches are acted on, or only told.
    pub detection_only: bool,
    /// Level up to which rules score towards a block, 1 to 4; when absent, what the setup says.
    pub blocking_paranoia: Option<u8>,
    /// Level up to which rules are asked at all, 1 to 4 and not below the other; when absent, what the setup says.
    pub detection_paranoia: Option<u8>,
    /// Further variables, named without `tx.`.
    pub variables: Vec<(&'static str, u32)>,
    /// Rules left out.
    pub removed: Vec<u32>,
}

/// What the files of a CRS are known by without being read: whoever writes one, replaces it or adds another changes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CrsFingerprint(Vec<(PathBuf, [i128; 4])>);

/// The files of a CRS in load order, by their path below its folder.
struct Layout {
    setup: PathBuf,
    rules: Vec<PathBuf>,
    /// Word lists that rules refer to.
    lists: Vec<PathBuf>,
}

impl CrsSettings {
    /// As whoever installed it has set it up, blocking.
    pub fn as_installed() -> Self {
        Self {
            detection_only: false,
            blocking_paranoia: None,
            detection_paranoia: None,
            variables: Vec::new(),
            removed: Vec::new(),
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

/// Why a CRS cannot be used.
#[derive(Debug, Error)]
pub enum CrsError {
    /// No setup.
    #[error("find the setup of a CRS in {0}: it has neither crs-setup.conf nor crs-setup.conf.example")]
    NoSetup(PathBuf),
    /// No rules.
    #[error("find the rules of a CRS: {0} has no .conf file")]
    NoRules(PathBuf),
    /// A file or folder cannot be read.
    #[error("read {path}")]
    Read {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// Its rules do not compile.
    #[error("use the rules of the CRS: {}", told(.0))]
    Rules(Vec<CompileError>),
}

impl CrsError {
    /// Whether the same files may be read at another time: descriptors or memory had run out, or a disk did not answer.
    pub(crate) fn may_pass(&self) -> bool {
        // What we say ourselves of a file, that it is too large, stays true of it.
        matches!(self, Self::Read { source, .. } if source.kind() != io::ErrorKind::Other)
    }
}

/// The sources of an installed CRS. Plugins stand where the CRS says: settings and exceptions before its rules, the rest
/// after them.
///
/// # Errors
/// When the folder is none of a CRS, or cannot be read.
pub fn read(place: &CrsPlace, settings: &CrsSettings) -> Result<Sources, CrsError> {
    let layout = Layout::of(place)?;
    let folder = &place.directory;
    let mut files = vec![own("medward/base.conf", settings.before_setup())];
    files.push(source(folder, &layout.setup)?);
    files.push(own("medward/settings.conf", settings.after_setup()));
    for path in &layout.rules {
        files.push(source(folder, path)?);
    }
    let referenced = layout.lists.iter().map(|path| source(folder, path)).collect::<Result<_, _>>()?;
    let removals = settings.after_rules(&files);
    files.push(own("medward/removed.conf", removals));
    Ok(Sources { files, referenced })
}

/// Compiles a CRS.
///
/// # Errors
/// Everything that is wrong with its rules.
pub fn compile(sources: &Sources) -> Result<(Arc<Program>, Vec<Warning>), CrsError> {
    let options = CompileOptions { policy: PolicyId("crs".to_owned()), profile: Profile::ModSecurity };
    medward_waf::compile(sources, &options).map_err(CrsError::Rules)
}

/// What the files of a CRS look like now.
pub(crate) fn fingerprint(place: &CrsPlace) -> Result<CrsFingerprint, CrsError> {
    let layout = Layout::of(place)?;
    let mut seen = Vec::new();
    for name in std::iter::once(&layout.setup).chain(&layout.rules).chain(&layout.lists) {
        let path = place.directory.join(name);
        let found = fs::metadata(&path).map_err(|source| CrsError::Read { path: path.clone(), source })?;
        // Packages bring old modification times along; the change time is always that of this machine.
        let changed = i128::from(found.ctime()) * 1_000_000_000 + i128::from(found.ctime_nsec());
        let modified = i128::from(found.mtime()) * 1_000_000_000 + i128::from(found.mtime_nsec());
        seen.push((path, [i128::from(found.ino()), i128::from(found.size()), changed, modified]));
    }
    Ok(CrsFingerprint(seen))
}

impl Layout {
    fn of(place: &CrsPlace) -> Result<Self, CrsError> {
        let folder = &place.directory;
        let (setup, beside) = match &place.setup {
            Some(setup) => elsewhere(setup)?,
            None => (inside(folder)?, Vec::new()),
        };
        let plugins = names(folder, "plugins")?;
        let plugin = |suffix: &str| plugins.iter().filter(|name| ends_with(name, suffix)).cloned().collect::<Vec<_>>();
        let found = names(folder, "rules")?;
        let rules: Vec<_> = found.iter().filter(|name| ends_with(name, ".conf")).cloned().collect();
        if rules.is_empty() {
            return Err(CrsError::NoRules(folder.join("rules")));
        }
        // Where a distribution links them into the rules, they stand there already.
        let apart = |path: &&PathBuf| !rules.iter().any(|rule| rule.file_name() == path.file_name());
        let exclusions = |prefix: &str| {
            let wanted = |path: &&PathBuf| {
                let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
                name.starts_with(prefix) && ends_with(path, ".conf")
            };
            beside.iter().filter(wanted).filter(apart).cloned().collect::<Vec<_>>()
        };
        let (before, after) = (exclusions("REQUEST-900"), exclusions("RESPONSE-999"));
        let order = [plugin("-config.conf"), plugin("-before.conf"), before, rules, after, plugin("-after.conf")];
        let lists = found.iter().chain(&plugins).filter(|name| ends_with(name, ".data")).cloned().collect();
        Ok(Self { setup, rules: order.concat(), lists })
    }
}

/// The setup in the folder of the rules.
fn inside(folder: &Path) -> Result<PathBuf, CrsError> {
    let mut names = ["crs-setup.conf", "crs-setup.conf.example"].iter();
    let found = names.find(|name| folder.join(name).is_file());
    found.map(PathBuf::from).ok_or_else(|| CrsError::NoSetup(folder.to_owned()))
}

/// A setup that stands apart from the rules, and what stands beside it.
fn elsewhere(setup: &Path) -> Result<(PathBuf, Vec<PathBuf>), CrsError> {
    let setup = std::path::absolute(setup).map_err(|source| CrsError::Read { path: setup.to_owned(), source })?;
    let parent = setup.parent().unwrap_or(Path::new("/"));
    let beside = names(parent, "")?.into_iter().map(|name| parent.join(name)).collect();
    Ok((setup, beside))
}

fn told(errors: &[CompileError]) -> String {
    let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
    let count = lines.len();
    let errors = if count == 1 { "error" } else { "errors" };
    format!("{count} {errors}\n{}", lines.join("\n"))
}

fn own(path: &str, text: String) -> SourceFile {
    SourceFile { path: path.to_owned(), bytes: text.into_bytes() }
}

fn source(folder: &Path, name: &Path) -> Result<SourceFile, CrsError> {
    let path = folder.join(name);
    let bytes = file_read(&path).map_err(|source| CrsError::Read { path, source })?;
    Ok(SourceFile { path: name.display().to_string(), bytes })
}

fn file_read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(LARGEST_FILE_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST_FILE_BYTES {
        return Err(io::Error::other(format!("larger than {} MiB", LARGEST_FILE_BYTES >> 20)));
    }
    Ok(bytes)
}

/// The files of this folder of the CRS in the order of their names; none when there is no such folder.
fn names(folder: &Path, below: &str) -> Result<Vec<PathBuf>, CrsError> {
    let path = folder.join(below);
    let read = |source| CrsError::Read { path: path.clone(), source };
    let entries = match fs::read_dir(&path) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
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

    fn all() -> CrsSettings {
        CrsSettings {
            detection_only: true,
            blocking_paranoia: Some(4),
            detection_paranoia: Some(4),
            variables: vec![("crs_validate_utf8_encoding", 1)],
            removed: vec![910_000],
        }
    }

    fn at(folder: &Path) -> CrsPlace {
        CrsPlace { directory: folder.to_owned(), setup: None }
    }

    fn paths(folder: &Path) -> Vec<String> {
        let sources = read(&at(folder), &all()).unwrap();
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
        let sources = read(&at(folder.path()), &all()).unwrap();
        let lists: Vec<_> = sources.referenced.into_iter().map(|file| file.path).collect();
        assert_eq!(lists, ["rules/unix-shell.data", "plugins/words.data"]);
        fs::write(folder.path().join("crs-setup.conf"), "# the operator's\n").unwrap();
        assert_eq!(paths(folder.path())[1], "crs-setup.conf");
    }

    #[test]
    fn setup_that_stands_elsewhere_brings_the_exclusions_beside_it() {
        let folder = folder(&[
            "rules/REQUEST-942.conf",
            "etc/crs-setup.conf",
            "etc/REQUEST-900-BEFORE.conf",
            "etc/RESPONSE-999-AFTER.conf",
            "etc/RESPONSE-999-AFTER.conf.example",
            "etc/RESPONSE-999-LINKED.conf",
            "rules/RESPONSE-999-LINKED.conf",
            "etc/other.conf",
        ]);
        let etc = folder.path().join("etc");
        let place = CrsPlace { directory: folder.path().to_owned(), setup: Some(etc.join("crs-setup.conf")) };
        let sources = read(&place, &CrsSettings::as_installed()).unwrap();
        let shown: Vec<_> = sources.files.iter().map(|file| Path::new(&file.path)).collect();
        let of_etc = |name| etc.join(name);
        assert_eq!(shown[1], of_etc("crs-setup.conf"));
        let last = [
            of_etc("REQUEST-900-BEFORE.conf"),
            "rules/REQUEST-942.conf".into(),
            "rules/RESPONSE-999-LINKED.conf".into(),
            of_etc("RESPONSE-999-AFTER.conf"),
        ];
        assert_eq!(shown[3..7], last);
        assert_eq!(shown.len(), 8);
        let before = fingerprint(&place).unwrap();
        fs::write(of_etc("RESPONSE-999-AFTER.conf"), "# something else\n").unwrap();
        assert_ne!(fingerprint(&place).unwrap(), before);
    }

    #[test]
    fn folder_that_is_no_crs_is_refused() {
        let error = |names: &[&str]| {
            let folder = folder(names);
            read(&at(folder.path()), &all()).unwrap_err().to_string()
        };
        assert!(error(&["rules/a.conf"]).contains("neither crs-setup.conf nor"));
        assert!(error(&["crs-setup.conf"]).ends_with("rules has no .conf file"));
        assert!(error(&["crs-setup.conf", "rules/a.data"]).ends_with("rules has no .conf file"));
    }

    #[test]
    fn settings_become_variables_and_removals() {
        let mut settings = all();
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
