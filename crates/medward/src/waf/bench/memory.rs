//! What compiled rules take up: growth of the resident memory of this process, so it counts what the allocator keeps, too.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use medward_kernel::Clock;
use medward_waf::{Exclusion, ExclusionSet, ObjectOptions, PathScope, Program, RuleSelector};
use serde::Serialize;

use super::mix::Mix;
use super::ours::Ours;
use crate::waf::crs::{self, CrsSettings};

/// Objects of a large hospital (000-11).
const OBJECTS: usize = 600;

/// Resident memory in MiB that came with …
#[derive(Debug, Serialize)]
pub(super) struct Grown {
    /// … one program, after it has judged every request once.
    memory_mb: f64,
    /// … ten programs of different settings, after the same, and the options of 600 objects that use them.
    objects_mb: f64,
}

/// Compiles and holds it all. To be asked before anything else has filled the memory.
pub(super) fn measure(folder: &Path, mixes: &[Mix], clock: &Clock) -> Result<Grown> {
    let before = resident_kib()?;
    let first = warm(folder, &CrsSettings::as_installed(), mixes, clock)?;
    let one = resident_kib()?;
    let mut programs = vec![first];
    for template in templates() {
        programs.push(warm(folder, &template, mixes, clock)?);
    }
    let objects: Vec<(Arc<Program>, ObjectOptions)> =
        programs.iter().cycle().take(OBJECTS).enumerate().map(|(at, program)| (program.clone(), options(at))).collect();
    let all = resident_kib()?;
    drop(objects);
    let mib = |now: u32| f64::from(now.saturating_sub(before)) / 1024.0;
    Ok(Grown { memory_mb: super::rounded(mib(one)), objects_mb: super::rounded(mib(all)) })
}

fn warm(folder: &Path, settings: &CrsSettings, mixes: &[Mix], clock: &Clock) -> Result<Arc<Program>> {
    let (program, _) = crs::compile(&crs::read(folder, settings)?)?;
    let ours = Ours::new(program.clone(), None, clock.clone());
    for mix in mixes {
        ours.turn(mix, true, Duration::ZERO);
    }
    Ok(program)
}

/// Nine ways to run the same rules, beside the one as installed: levels, thresholds and what is left out.
fn templates() -> impl Iterator<Item = CrsSettings> {
    let levels = [(1, 1, 7), (1, 2, 5), (1, 4, 10), (2, 2, 5), (2, 3, 8), (3, 3, 5), (3, 4, 12), (4, 4, 5), (4, 4, 20)];
    levels.into_iter().enumerate().map(|(at, (blocking, detection, threshold))| CrsSettings {
        blocking_paranoia: Some(blocking),
        detection_paranoia: Some(detection),
        variables: vec![("inbound_anomaly_score_threshold", threshold), ("outbound_anomaly_score_threshold", 4)],
        // What is most often left out for its false alarms (waf.md §8).
        removed: [920_420, 943_110, 942_550, 920_450].into_iter().take(at % 5).collect(),
        ..CrsSettings::as_installed()
    })
}

/// Options as no other object has them.
fn options(at: usize) -> ObjectOptions {
    let exclusion = Exclusion {
        rule: RuleSelector::Id("942100".to_owned()),
        target: format!("ARGS:field{at}").parse().ok(),
        path: Some(PathScope::Beginning(format!("/app/{at}/").into_bytes())),
    };
    ObjectOptions { exclusions: Arc::new(ExclusionSet { exclusions: vec![exclusion] }), ..ObjectOptions::default() }
}

/// `VmRSS` of proc(5).
fn resident_kib() -> Result<u32> {
    let status = std::fs::read_to_string("/proc/self/status").context("read /proc/self/status")?;
    resident_of(&status).context("read /proc/self/status: it has no VmRSS")
}

fn resident_of(status: &str) -> Option<u32> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn resident_memory_is_read_from_the_status() {
        assert_eq!(resident_of("VmHWM:\t  99 kB\nVmRSS:\t   12345 kB\n"), Some(12_345));
        assert_eq!(resident_of("VmSize:\t 1 kB\n"), None);
        assert!(resident_kib().unwrap() > 1_000);
    }

    #[test]
    fn ten_templates_and_the_objects_differ_from_each_other() {
        let all = [CrsSettings::as_installed()].into_iter().chain(templates());
        assert_eq!(all.map(|settings| format!("{settings:?}")).collect::<BTreeSet<_>>().len(), 10);
        assert_eq!((0..OBJECTS).map(|at| format!("{:?}", options(at))).collect::<BTreeSet<_>>().len(), OBJECTS);
        assert!(options(0).exclusions.exclusions[0].target.is_some());
    }
}
