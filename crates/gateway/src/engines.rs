//! The compiled policies: one engine for each, shared by every object that asks for it (waf.md §6.6).
//!
//! A policy is compiled when an object first asks for it. Only that of an installed CRS can change later, or fail: its
//! last good engine then stays, and what is wrong is told. Where there is no good one yet, because the machine was
//! started with a broken CRS, the default policy stands in: not to judge, or not to answer, would be worse.

use std::collections::{BTreeSet, HashMap};
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use medward_kernel::{Clock, Supervisor};
use medward_waf::{CompileError, Program, Warning};

use crate::config::CrsConfig;
use crate::crs::{self, CrsError, CrsFingerprint};
use crate::inspect::{Inspector, Waf};
use crate::model::Policy;

/// Wrong rules that are quoted; the rest is counted.
const QUOTED_ERRORS: usize = 3;

/// Every policy in use. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Engines(Arc<Inner>);

struct Inner {
    source: Source,
    /// The default policy, and what stands in.
    balanced: Arc<dyn Inspector>,
    made: ArcSwap<HashMap<Policy, Made>>,
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
    Rules { crs: CrsConfig, clock: Clock },
}

/// What became of one policy.
#[derive(Clone, Default)]
struct Made {
    /// The last one that compiled.
    engine: Option<Arc<dyn Inspector>>,
    /// Why the newest does not.
    error: Option<String>,
    /// Which files it was made of, good or bad.
    files: Option<Seen>,
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
        Ok(Self::new(Source::Rules { crs, clock: clock.clone() }, engine))
    }

    fn new(source: Source, balanced: Arc<dyn Inspector>) -> Self {
        let balanced_made = Made { engine: Some(balanced.clone()), ..Made::default() };
        Self(Arc::new(Inner {
            source,
            balanced,
            made: ArcSwap::from_pointee(HashMap::from([(Policy::Balanced, balanced_made)])),
            making: tokio::sync::Mutex::default(),
            restless: Mutex::default(),
        }))
    }

    /// Compiles those of `wanted` that have no engine yet. Whether that went well is for [`Self::engine`] to say.
    pub(crate) async fn prepare(&self, wanted: &BTreeSet<Policy>, supervisor: &Supervisor) {
        let _one_at_a_time = self.0.making.lock().await;
        for policy in wanted {
            if self.of(*policy).engine.is_none() {
                self.make(*policy, supervisor).await;
            }
        }
    }

    /// Reads a CRS in use again when its files changed and rest; says whether it did. Whoever installs a new one is not
    /// done with the first file, so a change counts once it was seen twice.
    pub(crate) async fn follow_files(&self, supervisor: &Supervisor) -> bool {
        let _one_at_a_time = self.0.making.lock().await;
        let Some(read) = self.of(Policy::Crs).files else { return false };
        let engines = self.clone();
        let Ok(now) = supervisor.blocking(move || engines.see_files()).await else { return false };
        let settled = self.has_settled(&read, now);
        if settled {
            self.make(Policy::Crs, supervisor).await;
        }
        settled
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

    /// The engine of a policy, or why there is none.
    pub(crate) fn engine(&self, policy: Policy) -> Result<Arc<dyn Inspector>, String> {
        if matches!(self.0.source, Source::One) {
            return Ok(self.0.balanced.clone());
        }
        let made = self.of(policy);
        made.engine.ok_or_else(|| made.error.unwrap_or_else(|| "compile it: nobody did so yet".to_owned()))
    }

    /// The engine that judges for a policy, and which policy that is.
    pub(crate) fn judging(&self, policy: Policy) -> (Arc<dyn Inspector>, Policy) {
        match self.engine(policy) {
            Ok(engine) => (engine, policy),
            Err(_) => (self.0.balanced.clone(), Policy::Balanced),
        }
    }

    /// What is wrong with a policy, and what is done about it.
    pub(crate) fn complaint(&self, policy: Policy) -> Option<String> {
        let made = self.of(policy);
        let error = made.error?;
        let meanwhile = match made.engine {
            Some(_) => "the rules that were read before stay in force",
            None => "its objects are judged by balanced until that is repaired",
        };
        Some(format!("policy {}: failed to {error}; {meanwhile}", policy.as_str()))
    }

    fn of(&self, policy: Policy) -> Made {
        self.0.made.load().get(&policy).cloned().unwrap_or_default()
    }

    async fn make(&self, policy: Policy, supervisor: &Supervisor) {
        let (engines, before) = (self.clone(), self.of(policy));
        let work = supervisor.blocking(move || engines.compile(policy, before)).await;
        let made = work.unwrap_or_else(|error| {
            tracing::error!(policy = policy.as_str(), error, "the compiler's thread was lost");
            Made { error: Some("compile it: the compiler broke off".to_owned()), ..self.of(policy) }
        });
        let mut all = HashMap::clone(&self.0.made.load());
        all.insert(policy, made);
        self.0.made.store(Arc::new(all));
    }

    fn see_files(&self) -> Option<Seen> {
        let Source::Rules { crs, .. } = &self.0.source else { return None };
        Some(crs::fingerprint(&crs.place()?).map_err(|error| line(&error)))
    }

    /// Blocks: reads files and compiles them.
    fn compile(&self, policy: Policy, before: Made) -> Made {
        let Source::Rules { crs, clock } = &self.0.source else { return before };
        // Before they are read: what changes meanwhile is seen at the next look.
        let files = if policy == Policy::Crs { self.see_files() } else { None };
        if files.is_some() && files == before.files {
            return before;
        }
        match program_of(policy, crs) {
            Ok((program, warnings)) => {
                let first = warnings.first().map(|it| format!("{}:{}: {}", it.path, it.line, it.message));
                tracing::info!(
                    policy = policy.as_str(),
                    rules = program.rules().len(),
                    warnings = warnings.len(),
                    first,
                    "policy compiled"
                );
                Made { engine: Some(Arc::new(Waf::new(program, clock.clone()))), error: None, files }
            }
            Err(error) => Made { engine: before.engine, error: Some(error), files },
        }
    }
}

fn program_of(policy: Policy, crs: &CrsConfig) -> Result<(Arc<Program>, Vec<Warning>), String> {
    match (policy.built_in(), crs.place()) {
        (Some(built_in), _) => {
            built_in.program().map(|program| (program, Vec::new())).map_err(|errors| quoted(&errors))
        }
        (None, None) => Err("find an OWASP CRS: gateway.crs.directory in medward.toml names none".to_owned()),
        (None, Some(place)) => {
            let sources = crs::read(&place, &crs.settings()).map_err(|error| line(&error))?;
            crs::compile(&sources).map_err(|error| line(&error))
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
        assert!(engines.engine(Policy::Strict).is_err(), "nobody asked for it");
        let wanted = BTreeSet::from([Policy::Balanced, Policy::Strict, Policy::Crs]);
        engines.prepare(&wanted, &supervisor).await;
        let first = engines.engine(Policy::Strict).ok().unwrap();
        engines.prepare(&wanted, &supervisor).await;
        let (second, judging) = engines.judging(Policy::Strict);
        assert!(Arc::ptr_eq(&first, &second) && judging == Policy::Strict);
        assert_eq!(engines.complaint(Policy::Strict), None);
        let (standing_in, judging) = engines.judging(Policy::Crs);
        assert_eq!((standing_in.policy().0.0.as_str(), judging), ("balanced", Policy::Balanced));
        let complaint = engines.complaint(Policy::Crs).unwrap();
        assert!(complaint.contains("gateway.crs.directory in medward.toml names none"), "{complaint}");
        assert!(!engines.follow_files(&supervisor).await, "there are none to follow");
    }
}
