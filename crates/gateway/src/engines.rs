//! The compiled rules: one engine for each rule set, shared by every object that asks for it (waf.md §6.6).
//!
//! A rule set is compiled when an object first asks for it. Only that of an installed CRS can change later, or fail: its
//! last good engine then stays, and what is wrong is told. Where there is no good one yet, because the machine was
//! started with a broken CRS, the default policy stands in: not to judge, or not to answer, would be worse.
//!
//! Files that did not compile are left alone until they change: compiling them again would give the same answer, and
//! takes a second of a core. Files that could not be read, for a reason that may pass, are read again at every look.

use std::collections::{BTreeSet, HashMap};
use std::error::Error;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use medward_kernel::{Clock, Supervisor};
use medward_proxy::{Inspector, Waf};
use medward_waf::{CompileError, Program, Warning};

use crate::config::CrsConfig;
use crate::crs::{self, CrsError, CrsFingerprint};
use crate::model::{Policy, RuleSet};

/// Wrong rules that are quoted; the rest is counted.
const QUOTED_ERRORS: usize = 3;

/// Every policy in use. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Engines(Arc<Inner>);

struct Inner {
    source: Source,
    /// The default policy, and what stands in.
    balanced: Arc<dyn Inspector>,
    made: ArcSwap<HashMap<RuleSet, Made>>,
    /// Counts the times that something else was made.
    revision: AtomicU64,
    /// Two do not compile the same policy at once.
    making: tokio::sync::Mutex<()>,
    /// Files that changed since they were read, and may still be changing.
    restless: Mutex<Option<Seen>>,
}

/// Where engines come from.
enum Source {
    /// One engine for every policy, of the caller's choice.
    One,
    /// The built-in policies and this CRS.
    Rules { crs: CrsConfig, clock: Clock, compiler: Compiler },
}

/// Reads and compiles a policy; blocks.
type Compiler = Box<dyn Fn(RuleSet, &CrsConfig) -> Compiled + Send + Sync>;

/// Rules that compiled, or why they do not.
type Compiled = Result<(Arc<Program>, Vec<Warning>), Fault>;

/// What became of one policy.
#[derive(Clone, Default)]
struct Made {
    /// The last one that compiled.
    engine: Option<Arc<dyn Inspector>>,
    /// Why the newest does not.
    error: Option<Fault>,
    /// Which files it was made of, good or bad.
    files: Option<Seen>,
}

/// Why a policy does not compile.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Fault {
    /// What failed, after "failed to".
    told: String,
    /// Whether the same files may do at the next look.
    may_pass: bool,
}

/// The files of a CRS, or why they cannot even be listed.
type Seen = Result<CrsFingerprint, String>;

impl Engines {
    /// One engine for every policy.
    pub(crate) fn one(engine: Arc<dyn Inspector>) -> Self {
        Self::new(Source::One, engine)
    }

    /// The built-in policies and, when one is configured, an installed CRS.
    pub(crate) fn of_rules(crs: CrsConfig, clock: &Clock) -> Result<Self, Vec<CompileError>> {
        let balanced = medward_waf::policy::balanced()?;
        let engine = Arc::new(Waf::new(balanced, clock.clone()));
        Ok(Self::new(Source::Rules { crs, clock: clock.clone(), compiler: Box::new(program_of) }, engine))
    }

    fn new(source: Source, balanced: Arc<dyn Inspector>) -> Self {
        let balanced_made = Made { engine: Some(balanced.clone()), ..Made::default() };
        Self(Arc::new(Inner {
            source,
            balanced,
            made: ArcSwap::from_pointee(HashMap::from([(RuleSet::default(), balanced_made)])),
            making: tokio::sync::Mutex::default(),
            revision: AtomicU64::default(),
            restless: Mutex::default(),
        }))
    }

    /// Compiles those of `wanted` that have no engine yet. Whether that went well is for [`Self::engine`] to say.
    pub(crate) async fn prepare(&self, wanted: &BTreeSet<RuleSet>, supervisor: &Supervisor) {
        let _one_at_a_time = self.0.making.lock().await;
        for rules in wanted {
            if self.of(*rules).engine.is_none() {
                self.make(*rules, supervisor).await;
            }
        }
    }

    /// Reads a CRS in use again when its files changed and rest, or could not be read. Whoever installs a new one is not
    /// done with the first file, so a change counts once it was seen twice.
    pub(crate) async fn follow_files(&self, supervisor: &Supervisor) {
        let _one_at_a_time = self.0.making.lock().await;
        let made = self.0.made.load_full();
        let of_files: Vec<_> =
            made.iter().filter_map(|(rules, made)| Some((*rules, made, made.files.as_ref()?))).collect();
        let Some((_, _, oldest)) = of_files.first() else { return };
        let engines = self.clone();
        let Ok(now) = supervisor.blocking(move || engines.see_files()).await else { return };
        // All were read from the same files; one that was read before a change tells for all of them.
        let read =
            of_files.iter().map(|(_, _, files)| *files).find(|files| now.as_ref() != Some(*files)).unwrap_or(oldest);
        let settled = self.has_settled(read, now);
        for (rules, made, _) in &of_files {
            if settled || made.may_pass() {
                self.make(*rules, supervisor).await;
            }
        }
    }

    /// Changes whenever a policy got another engine, or another reason to have none: whoever has built on the one before
    /// has to build anew.
    pub(crate) fn revision(&self) -> u64 {
        self.0.revision.load(Ordering::Acquire)
    }

    fn has_settled(&self, read: &Seen, now: Option<Seen>) -> bool {
        let mut restless = self.0.restless.lock().unwrap_or_else(PoisonError::into_inner);
        if now.as_ref() == Some(read) {
            *restless = None;
            return false;
        }
        let settled = *restless == now;
        *restless = now;
        settled
    }

    /// The engine of a rule set, or why there is none.
    pub(crate) fn engine(&self, rules: RuleSet) -> Result<Arc<dyn Inspector>, String> {
        if matches!(self.0.source, Source::One) {
            return Ok(self.0.balanced.clone());
        }
        let made = self.of(rules);
        let nobody = || "compile it: nobody did so yet".to_owned();
        made.engine.ok_or_else(|| made.error.map_or_else(nobody, |fault| fault.told))
    }

    /// The engine that judges for a rule set, and whose policy that is.
    pub(crate) fn judging(&self, rules: RuleSet) -> (Arc<dyn Inspector>, Policy) {
        match self.engine(rules) {
            Ok(engine) => (engine, rules.policy),
            Err(_) => (self.0.balanced.clone(), Policy::Balanced),
        }
    }

    /// What is wrong with a rule set, and what is done about it.
    pub(crate) fn complaint(&self, rules: RuleSet) -> Option<String> {
        let made = self.of(rules);
        let Fault { told, .. } = made.error?;
        let meanwhile = match made.engine {
            Some(_) => "the rules that were read before stay in force",
            None => "its objects are judged by balanced until that is repaired",
        };
        Some(format!("{rules}: failed to {told}; {meanwhile}"))
    }

    fn of(&self, rules: RuleSet) -> Made {
        self.0.made.load().get(&rules).cloned().unwrap_or_default()
    }

    async fn make(&self, rules: RuleSet, supervisor: &Supervisor) {
        let (engines, before) = (self.clone(), self.of(rules));
        // Before they are read: what changes meanwhile is seen at the next look. And by itself, so that files on which the
        // compiler breaks off are known, and left alone until they change.
        let see = move || if rules.policy == Policy::Crs { engines.see_files() } else { None };
        let files = supervisor.blocking(see).await.unwrap_or_default();
        if files.is_some() && files == before.files && !before.may_pass() {
            return;
        }
        let engines = self.clone();
        let made = match supervisor.blocking(move || engines.compile(rules)).await {
            Ok(Ok(engine)) => Made { engine: Some(engine), error: None, files },
            Ok(Err(fault)) => Made { engine: before.engine.clone(), error: Some(fault), files },
            Err(error) => {
                tracing::error!(%rules, error, "the compiler's thread was lost");
                let fault = Fault::lasting("compile it: the compiler broke off".to_owned());
                Made { engine: before.engine.clone(), error: Some(fault), files }
            }
        };
        let differs = !made.runs_as(&before);
        let mut all = HashMap::clone(&self.0.made.load());
        all.insert(rules, made);
        self.0.made.store(Arc::new(all));
        if differs {
            self.0.revision.fetch_add(1, Ordering::Release);
        }
    }

    fn see_files(&self) -> Option<Seen> {
        let Source::Rules { crs, .. } = &self.0.source else { return None };
        Some(crs::fingerprint(&crs.place()?).map_err(|error| line(&error)))
    }

    /// Blocks: reads files and compiles them.
    fn compile(&self, rules: RuleSet) -> Result<Arc<dyn Inspector>, Fault> {
        let Source::Rules { crs, clock, compiler } = &self.0.source else { return Ok(self.0.balanced.clone()) };
        let (program, warnings) = compiler(rules, crs)?;
        let first = warnings.first().map(|it| format!("{}:{}: {}", it.path, it.line, it.message));
        tracing::info!(
            policy = %rules,
            rules = program.rules().len(),
            warnings = warnings.len(),
            first,
            "policy compiled"
        );
        Ok(Arc::new(Waf::new(program, clock.clone())))
    }
}

impl Made {
    /// Whether what is wrong with it may be over although its files are the same.
    fn may_pass(&self) -> bool {
        self.error.as_ref().is_some_and(|fault| fault.may_pass)
    }

    /// Whether it judges with the same engine, and is told of in the same words.
    fn runs_as(&self, other: &Self) -> bool {
        let same_engine = match (&self.engine, &other.engine) {
            (Some(own), Some(others)) => Arc::ptr_eq(own, others),
            (own, others) => own.is_none() && others.is_none(),
        };
        same_engine && self.error == other.error
    }
}

impl Fault {
    /// One that lies in the files.
    fn lasting(told: String) -> Self {
        Self { told, may_pass: false }
    }
}

fn program_of(rules: RuleSet, crs: &CrsConfig) -> Compiled {
    match (rules.policy.built_in(), crs.place()) {
        (Some(built_in), _) => {
            built_in.program().map(|program| (program, Vec::new())).map_err(|errors| Fault::lasting(quoted(&errors)))
        }
        (None, None) => {
            let told = "find an OWASP CRS: gateway.crs.directory in medward.toml names none";
            Err(Fault::lasting(told.to_owned()))
        }
        (None, Some(place)) => {
            let fault = |error: CrsError| Fault { told: line(&error), may_pass: error.may_pass() };
            let sources = crs::read(&place, &crs.settings(rules.levels)).map_err(fault)?;
            crs::compile(&sources).map_err(fault)
        }
    }
}

/// An error in one line, with its causes.
fn line(error: &CrsError) -> String {
    if let CrsError::Rules(errors) = error {
        return quoted(errors);
    }
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

fn quoted(errors: &[CompileError]) -> String {
    let mut lines: Vec<String> = errors.iter().take(QUOTED_ERRORS).map(ToString::to_string).collect();
    if errors.len() > QUOTED_ERRORS {
        lines.push(format!("and {} more", errors.len() - QUOTED_ERRORS));
    }
    lines.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn policy_is_compiled_once_and_shared_and_what_is_missing_is_said() {
        let clock = Clock::system();
        let supervisor = Supervisor::new(clock.clone());
        let engines = Engines::of_rules(CrsConfig::default(), &clock).unwrap();
        assert!(engines.engine(Policy::Strict.into()).is_err(), "nobody asked for it");
        let wanted = BTreeSet::from([Policy::Balanced, Policy::Strict, Policy::Crs].map(RuleSet::from));
        engines.prepare(&wanted, &supervisor).await;
        let first = engines.engine(Policy::Strict.into()).ok().unwrap();
        engines.prepare(&wanted, &supervisor).await;
        let (second, judging) = engines.judging(Policy::Strict.into());
        assert!(Arc::ptr_eq(&first, &second) && judging == Policy::Strict);
        assert_eq!(engines.complaint(Policy::Strict.into()), None);
        let (standing_in, judging) = engines.judging(Policy::Crs.into());
        assert_eq!((standing_in.policy().0.0.as_str(), judging), ("balanced", Policy::Balanced));
        let complaint = engines.complaint(Policy::Crs.into()).unwrap();
        assert!(complaint.contains("gateway.crs.directory in medward.toml names none"), "{complaint}");
        let revision = engines.revision();
        engines.follow_files(&supervisor).await;
        assert_eq!(engines.revision(), revision, "there are no files to follow");
    }

    /// A CRS on disk, and engines whose compiler does as `compile` says; told how often it was asked before.
    struct Rig {
        folder: tempfile::TempDir,
        engines: Engines,
        supervisor: Supervisor,
        asked: Arc<AtomicU64>,
    }

    impl Rig {
        fn new(compile: fn(u64) -> Compiled) -> Self {
            let folder = tempfile::tempdir().unwrap();
            std::fs::create_dir(folder.path().join("rules")).unwrap();
            std::fs::write(folder.path().join("crs-setup.conf"), "").unwrap();
            std::fs::write(folder.path().join("rules/a.conf"), "").unwrap();
            let crs = CrsConfig { directory: Some(folder.path().to_owned()), ..CrsConfig::default() };
            let (clock, asked) = (Clock::system(), Arc::new(AtomicU64::new(0)));
            let counted = asked.clone();
            let compiler: Compiler = Box::new(move |_, _| compile(counted.fetch_add(1, Ordering::Relaxed)));
            let balanced = Arc::new(Waf::new(nothing().unwrap().0, clock.clone()));
            let engines = Engines::new(Source::Rules { crs, clock: clock.clone(), compiler }, balanced);
            Self { folder, engines, supervisor: Supervisor::new(clock), asked }
        }

        /// What the gateway does when it starts, and whenever an object changes.
        async fn prepare(&self) {
            self.engines.prepare(&BTreeSet::from([Policy::Crs.into()]), &self.supervisor).await;
        }

        /// What it does every few seconds.
        async fn look(&self, times: usize) {
            for _ in 0..times {
                self.engines.follow_files(&self.supervisor).await;
            }
        }

        fn asked(&self) -> u64 {
            self.asked.load(Ordering::Relaxed)
        }
    }

    #[expect(clippy::unnecessary_wraps, reason = "it is what a compiler gives")]
    fn nothing() -> Compiled {
        Ok(medward_waf::compile(&medward_waf::Sources::default(), &medward_waf::CompileOptions::default()).unwrap())
    }

    #[tokio::test]
    async fn files_that_could_not_be_read_for_a_passing_reason_are_read_again_though_they_are_the_same() {
        let rig = Rig::new(|before| match before {
            0..3 => Err(Fault { told: "read a.conf: too many open files".to_owned(), may_pass: true }),
            _ => nothing(),
        });
        rig.prepare().await;
        let (told, revision) = (rig.engines.complaint(Policy::Crs.into()).unwrap(), rig.engines.revision());
        assert!(told.contains("too many open files"), "{told}");
        rig.engines.follow_files(&rig.supervisor).await;
        assert_eq!(rig.engines.revision(), revision, "nothing else is to be told, and nobody has to build anew");
        rig.look(3).await;
        assert_eq!(
            (rig.engines.complaint(Policy::Crs.into()), rig.asked()),
            (None, 4),
            "and not again when that went well"
        );
        assert!(rig.engines.engine(Policy::Crs.into()).is_ok());
        assert_ne!(rig.engines.revision(), revision);
    }

    #[tokio::test]
    async fn rules_on_which_the_compiler_breaks_off_are_left_alone_until_they_change() {
        let rig = Rig::new(|before| if before < 2 { panic!("planted: the compiler panics") } else { nothing() });
        rig.prepare().await;
        rig.look(4).await;
        rig.prepare().await;
        assert_eq!(rig.asked(), 1);
        let told = rig.engines.complaint(Policy::Crs.into()).unwrap();
        assert!(told.contains("the compiler broke off"), "{told}");
        for (text, asked) in [("# another", 2), ("# one more, and good", 3)] {
            std::fs::write(rig.folder.path().join("rules/a.conf"), text).unwrap();
            rig.look(4).await;
            assert_eq!(rig.asked(), asked, "a change is seen twice and compiled once");
        }
        assert_eq!(rig.engines.complaint(Policy::Crs.into()), None);
    }

    #[test]
    fn failing_to_read_may_pass_and_failing_to_understand_does_not() {
        let rig = Rig::new(|_| nothing());
        let read = |crs: &CrsConfig| program_of(Policy::Crs.into(), crs).map(drop).map_err(|fault| fault.may_pass);
        let Source::Rules { crs, .. } = &rig.engines.0.source else { panic!("rules were given") };
        let rules = rig.folder.path().join("rules");
        assert_eq!(read(crs), Ok(()));
        std::fs::write(rules.join("a.conf"), "SecNonsense").unwrap();
        assert_eq!(read(crs), Err(false), "a directive that nobody knows");
        std::fs::create_dir(rules.join("b.conf")).unwrap();
        assert_eq!(read(crs), Err(true), "the system did not give the file");
        std::fs::remove_dir(rules.join("b.conf")).unwrap();
        std::fs::File::create(rules.join("b.conf")).unwrap().set_len(17 << 20).unwrap();
        assert_eq!(read(crs), Err(false), "the file is larger than we read");
    }
}
