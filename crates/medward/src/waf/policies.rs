//! Which rules the commands judge by, and how: those of a built-in policy or of an installed CRS, set up as the policy says
//! or as a protected object of this installation does.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow};
use clap::Args;
use medward_gateway::codes::POLICY_UNUSABLE;
use medward_gateway::crs::{CrsPlace, CrsSettings};
use medward_gateway::model::{CrsLevels, Effective, OnError, Policy as PolicyName};
use medward_gateway::{Gateway, GatewayConfig, object_find};
use medward_kernel::config::KernelConfig;
use medward_kernel::{Capability as _, Clock};
use medward_store::{Db, Engine};
use medward_waf::policy::BuiltIn;
use medward_waf::{ObjectOptions, Program};

use super::crs;
use crate::cli::{Source, WrongUse};
use crate::settings;

/// The options that name a policy.
#[derive(Args)]
pub(super) struct PolicyArgs {
    /// Policy to judge by: balanced, observe, strict or crs.
    #[arg(long, value_name = "POLICY")]
    policy: String,
    /// With --policy crs: folder of an installed CRS, with crs-setup.conf (or .example) and rules/.
    #[arg(long, value_name = "DIR")]
    crs: Option<PathBuf>,
}

/// The options that name a policy, or a protected object that has one.
#[derive(Args)]
pub(super) struct ObjectArgs {
    /// Policy to judge by: balanced, observe, strict or crs. Default: that of --object.
    #[arg(long, value_name = "POLICY", required_unless_present = "object")]
    policy: Option<String>,
    /// With the policy crs: folder of an installed CRS, with crs-setup.conf (or .example) and rules/. Default: that of the
    /// settings, for an --object.
    #[arg(long, value_name = "DIR")]
    crs: Option<PathBuf>,
    /// Judge as this protected object of the installation would: its policy, mode, limits, and what it does when the
    /// engine fails. Where the CRS of its policy does not run, balanced judges, as in a gateway that starts with it, and
    /// standard error says so. Default: one catch-all object in block mode.
    #[arg(long, value_name = "NAME")]
    object: Option<String>,
    /// With --object: settings file of the installation; default: medward.toml in this directory, when there is one.
    #[arg(long, value_name = "FILE", requires = "object")]
    config: Option<PathBuf>,
    /// With --object: where the installation keeps everything; default: what the settings say.
    #[arg(long, value_name = "DIR", requires = "object")]
    data: Option<PathBuf>,
}

/// Compiled rules, and how an object that uses them is set up.
pub(super) struct Policy {
    pub(super) program: Arc<Program>,
    pub(super) options: ObjectOptions,
    pub(super) on_error: OnError,
    /// What a reader should know: rules without effect, and why another policy judges than the one that was asked for.
    pub(super) notes: Vec<String>,
}

/// A CRS that can be used when the policy is one.
type Crs = Option<(CrsPlace, CrsSettings)>;

impl PolicyArgs {
    /// The policy that is meant.
    pub(super) fn load(&self) -> Result<Policy> {
        named(&self.policy, self.crs.as_deref())
    }
}

impl ObjectArgs {
    /// The policy that is meant, set up as the object says.
    pub(super) async fn load(&self) -> Result<Policy> {
        let Some(name) = &self.object else {
            // Guaranteed by the command line: one of the two is there.
            return named(self.policy.as_deref().unwrap_or_default(), self.crs.as_deref());
        };
        let source = Source { config: self.config.clone(), data: self.data.clone(), listen: None };
        let (object, configured) = object_read(&source, name).await?;
        let word = self.policy.as_deref().unwrap_or(object.policy.value.as_str());
        let policy = word_read(word)?;
        if self.crs.is_some() && policy != PolicyName::Crs {
            return Err(belongs_to_crs(word));
        }
        let asked_for_crs = self.policy.is_some() || self.crs.is_some();
        let installed = || match &self.crs {
            Some(folder) => crs_in(folder),
            None => crs_configured(configured),
        };
        let (program, judging, notes) = match policy.built_in() {
            Some(built_in) => (program_of(built_in)?, policy, Vec::new()),
            None => match installed() {
                Ok((program, warnings)) => (program, policy, warnings),
                // Whoever names the CRS wants to know about it, and about nothing else.
                Err(error) if asked_for_crs => return Err(error),
                Err(error) => (program_of(BuiltIn::Balanced)?, PolicyName::Balanced, vec![stand_in(name, &error)]),
            },
        };
        Ok(Policy {
            program,
            options: object.engine_options(judging, Clock::system().now()),
            on_error: object.on_error.value,
            notes,
        })
    }
}

impl Policy {
    pub(super) fn built_in(policy: BuiltIn) -> Result<Self> {
        Ok(Self { program: program_of(policy)?, options: policy.options(), on_error: OnError::Pass, notes: Vec::new() })
    }
}

fn named(name: &str, crs: Option<&Path>) -> Result<Policy> {
    match (word_read(name)?.built_in(), crs) {
        (Some(policy), None) => Policy::built_in(policy),
        (None, Some(folder)) => {
            let (program, notes) = crs_in(folder)?;
            Ok(Policy { program, options: ObjectOptions::default(), on_error: OnError::Pass, notes })
        }
        (None, None) => Err(wrong("use the policy crs: --crs must name the folder of an installed CRS")),
        (Some(_), Some(_)) => Err(belongs_to_crs(name)),
    }
}

fn word_read(name: &str) -> Result<PolicyName> {
    PolicyName::ALL.into_iter().find(|policy| policy.as_str() == name).ok_or_else(|| {
        let known = BuiltIn::ALL.map(BuiltIn::name).join(", ");
        wrong(&format!("find the policy {name:?}: there is no such policy; there is {known} and crs"))
    })
}

fn program_of(policy: BuiltIn) -> Result<Arc<Program>> {
    policy.program().map_err(|errors| {
        let first = errors.into_iter().next().map_or_else(String::new, |error| error.to_string());
        anyhow!("compile the policy {}: {first}", policy.name())
    })
}

/// The CRS that the command line names.
fn crs_in(folder: &Path) -> Result<(Arc<Program>, Vec<String>)> {
    crs::compile_telling(&crs::read(folder, &CrsSettings::as_installed())?)
}

/// The CRS of the settings.
fn crs_configured(crs: Crs) -> Result<(Arc<Program>, Vec<String>)> {
    let (place, settings) =
        crs.ok_or_else(|| wrong("use the policy crs: neither --crs nor gateway.crs.directory names an installed CRS"))?;
    crs::compile_telling(&medward_gateway::crs::read(&place, &settings)?)
}

/// Who judges in the place of a CRS that does not run: what a gateway does that starts with it.
fn stand_in(object: &str, error: &anyhow::Error) -> String {
    let code = POLICY_UNUSABLE.code;
    format!("{code}: object {object:?}: the policy crs does not run, so balanced judges: failed to {error:#}")
}

/// The object of this name, and the CRS of the settings. Makes no installation where there is none.
async fn object_read(source: &Source, name: &str) -> Result<(Effective, Crs)> {
    let config = settings::load(source, Vec::new())?;
    let kernel = settings::check(&config)?;
    let gateway = config.section::<GatewayConfig>(Gateway::NAME)?;
    let db = database(&kernel).await?;
    let found = object_find(&gateway, db.as_ref(), name).await;
    if let Some(db) = &db {
        db.close().await;
    }
    let data_dir = kernel.node.data_dir.display();
    let found =
        found.with_context(|| format!("read the protected objects in {data_dir}: was it made by this version?"))?;
    let object = found.ok_or_else(|| {
        let file = config.path().map_or_else(|| "the settings".to_owned(), |path| path.display().to_string());
        wrong(&format!("find the protected object {name:?}: there is none of this name in {file} or {data_dir}"))
    })?;
    let rules = object.rule_set();
    let levels = if rules.policy == PolicyName::Crs { rules.levels } else { CrsLevels::default() };
    Ok((object, gateway.crs.place().map(|place| (place, gateway.crs.settings(levels)))))
}

async fn database(kernel: &KernelConfig) -> Result<Option<Db>> {
    let data_dir = &kernel.node.data_dir;
    if kernel.store.engine == Engine::Sqlite && !data_dir.join(&kernel.store.path).exists() {
        return Ok(None);
    }
    let url = kernel.store.url.as_ref().map(medward_kernel::config::secret_read).transpose()?;
    Ok(Some(Db::open(&kernel.store, data_dir, url.as_deref()).await?))
}

fn belongs_to_crs(policy: &str) -> anyhow::Error {
    wrong(&format!("use --crs with the policy {policy}: it belongs to crs"))
}

fn wrong(what: &str) -> anyhow::Error {
    WrongUse(what.to_owned()).into()
}

#[cfg(test)]
mod tests {
    use medward_store::{StoreConfig, execute};

    use super::*;

    /// An object as the console would have stored it.
    async fn store(data_dir: &Path) {
        let db = Db::open(&StoreConfig::default(), data_dir, None).await.unwrap();
        db.migrate("gateway", Gateway::MIGRATIONS, 1).await.unwrap();
        db.write(|tx| {
            Box::pin(async move {
                execute!(
                    tx,
                    "INSERT INTO gateway_item (id, kind, name, body, generation, created_at, updated_at)
                     VALUES ('1', 'object', '体检', $1, 1, 1, 1)",
                    r#"{"name":"体检","hosts":["a"],"upstreams":["http://127.0.0.1:9"],"settings":{
                        "mode":"observe","policy":"strict","on_error":"block","inspect_limit_bytes":4096}}"#
                )
                .await
            })
        })
        .await
        .unwrap();
        db.close().await;
    }

    fn arguments(folder: &Path, object: &str, policy: Option<&str>) -> ObjectArgs {
        let config = folder.join("medward.toml");
        std::fs::write(&config, "").unwrap();
        ObjectArgs {
            policy: policy.map(str::to_owned),
            crs: None,
            object: Some(object.to_owned()),
            config: Some(config),
            data: Some(folder.join("data")),
        }
    }

    #[tokio::test]
    async fn object_of_the_database_gives_its_policy_mode_limits_and_stance() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let unknown = |args: ObjectArgs| async move {
            let error = args.load().await.err().unwrap();
            assert!(error.downcast_ref::<WrongUse>().is_some(), "{error:#}");
            error.to_string()
        };
        assert!(unknown(arguments(folder.path(), "体检", None)).await.contains("none of this name"));
        assert!(!data.exists(), "a question made an installation");
        std::fs::create_dir(&data).unwrap();
        store(&data).await;
        let policy = arguments(folder.path(), "体检", None).load().await.unwrap();
        assert_eq!(policy.program.policy().0, "strict");
        let options = &policy.options;
        assert_eq!((options.mode, options.threshold_in), (medward_waf::Mode::Observe, 3));
        assert_eq!((options.limits.form_bytes, policy.on_error), (4096, OnError::Block));
        let other = arguments(folder.path(), "体检", Some("balanced")).load().await.unwrap();
        assert_eq!((other.program.policy().0.as_str(), other.options.threshold_in), ("balanced", 5));
        assert_eq!(other.options.mode, medward_waf::Mode::Observe);
        assert!(unknown(arguments(folder.path(), "体", None)).await.contains("\"体\""));
    }

    #[tokio::test]
    async fn object_whose_crs_does_not_run_is_judged_by_balanced_and_that_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let crs = folder.path().join("crs");
        std::fs::create_dir_all(crs.join("rules")).unwrap();
        std::fs::write(crs.join("crs-setup.conf"), "").unwrap();
        let arguments = |policy: Option<&str>, rules: &str| {
            std::fs::write(crs.join("rules/a.conf"), rules).unwrap();
            let arguments = arguments(folder.path(), "体检", policy);
            let object = "name = \"体检\"\nhosts = [\"a\"]\nupstreams = [\"http://127.0.0.1:9\"]\npolicy = \"crs\"";
            let settings = format!("[gateway.crs]\ndirectory = {crs:?}\n[[gateway.object]]\n{object}\n");
            std::fs::write(folder.path().join("medward.toml"), settings).unwrap();
            arguments
        };
        let sound = arguments(None, "SecAction \"id:1,phase:1,pass,msg:m\"").load().await.unwrap();
        assert_eq!((sound.program.policy().0.as_str(), sound.notes), ("crs", Vec::new()));
        let broken = arguments(None, "SecNonsense On").load().await.unwrap();
        assert_eq!((broken.program.policy().0.as_str(), broken.options.threshold_in), ("balanced", 5));
        let note = broken.notes.first().unwrap();
        assert!(
            note.starts_with("GTW-0105: object \"体检\": the policy crs does not run, so balanced judges"),
            "{note}"
        );
        assert!(note.contains("rules/a.conf:1:"), "{note}");
        let idle = arguments(None, "SecPcreMatchLimit 1\nSecAction \"id:1,phase:1,pass\"").load().await.unwrap();
        assert!(idle.notes.first().is_some_and(|note| note.starts_with("rules/a.conf:1: ")), "{:?}", idle.notes);
        let error = arguments(Some("crs"), "SecNonsense On").load().await.err().unwrap();
        assert!(format!("{error:#}").contains("rules/a.conf:1:"), "whoever names the CRS is told of it: {error:#}");
    }
    #[test]
    fn rules_without_effect_are_told_and_a_folder_without_crs_is_a_wrong_use() {
        let folder = tempfile::tempdir().unwrap();
        let wrong = |folder: &Path| {
            let error = named("crs", Some(folder)).err().unwrap();
            assert!(error.downcast_ref::<WrongUse>().is_some(), "{error:#}");
        };
        wrong(&folder.path().join("none"));
        wrong(folder.path());
        std::fs::create_dir(folder.path().join("rules")).unwrap();
        std::fs::write(folder.path().join("crs-setup.conf"), "").unwrap();
        wrong(folder.path());
        std::fs::write(folder.path().join("rules/a.conf"), "SecDebugLogLevel 3").unwrap();
        let notes = named("crs", Some(folder.path())).unwrap().notes;
        assert!(notes.len() == 1 && notes[0].starts_with("rules/a.conf:1: "), "{notes:?}");
        std::fs::write(folder.path().join("rules/a.conf"), "SecNonsense On").unwrap();
        let error = named("crs", Some(folder.path())).err().unwrap();
        assert!(error.downcast_ref::<WrongUse>().is_none() && error.to_string().contains(": 1 error\n"), "{error:#}");
    }
}
