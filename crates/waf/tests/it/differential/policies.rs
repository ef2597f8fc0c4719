//! Policies that engines are compared on, beside random ones.

use std::path::Path;
use std::sync::Arc;

use medward_waf::{
    Exclusion, ExclusionSet, Limits, Mode, ObjectOptions, PathScope, Profile, RuleSelector, RuleState, SourceFile,
    Sources, policy,
};
use proptest::prelude::*;

use super::engines::Engines;

const SCORING: &str = include_str!("../../data/scoring.conf");

/// What an installed CRS expects of whoever runs it: every rule asked, every body read.
const CRS_SETTINGS: &str = "SecRuleEngine DetectionOnly\nSecRequestBodyAccess On\nSecResponseBodyAccess On\n\
    SecRule REQUEST_HEADERS:Content-Type \"^(?:application(?:/soap\\+|/)|text/)xml\" \"id:200000,phase:1,t:none,t:lowercase,pass,nolog,ctl:requestBodyProcessor=XML\"\n\
    SecRule REQUEST_HEADERS:Content-Type \"^application/json\" \"id:200001,phase:1,t:none,t:lowercase,pass,nolog,ctl:requestBodyProcessor=JSON\"\n\
    SecAction \"id:999900,phase:1,pass,nolog,setvar:tx.blocking_paranoia_level=4,setvar:tx.detection_paranoia_level=4,setvar:tx.crs_setup_version=428\"\n";

/// One rule file, and the lists it may name.
pub(crate) fn sources(rules: &str) -> Sources {
    let referenced = vec![
        file("words.data", "# words\nselect\nunion\n/etc/passwd\ncat\n".into()),
        file("nets.data", "# networks\n203.0.113.0/24\n".into()),
    ];
    Sources { files: vec![file("rules.conf", rules.into())], referenced }
}

fn file(path: &str, bytes: Vec<u8>) -> SourceFile {
    SourceFile { path: path.to_owned(), bytes }
}

/// A rule set of our own that scores.
pub(crate) fn scoring() -> Engines {
    engines(&sources(SCORING), Profile::ModSecurity)
}

/// The built-in policy.
pub(crate) fn balanced() -> Engines {
    engines(&policy::balanced_sources(), Profile::Native)
}

/// The CRS in a folder, when there is one.
pub(crate) fn installed_crs(folder: &Path) -> Option<Engines> {
    let mut paths: Vec<_> =
        std::fs::read_dir(folder.join("rules")).ok()?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    let mut sources = Sources { files: vec![file("settings.conf", CRS_SETTINGS.into())], ..Sources::default() };
    for path in &paths {
        let name = format!("rules/{}", path.file_name()?.to_str()?);
        match path.extension()?.to_str()? {
            "conf" => sources.files.push(file(&name, std::fs::read(path).ok()?)),
            "data" => sources.referenced.push(file(&name, std::fs::read(path).ok()?)),
            _ => {}
        }
    }
    Some(engines(&sources, Profile::ModSecurity))
}

fn engines(sources: &Sources, profile: Profile) -> Engines {
    Engines::new(sources, profile).unwrap_or_else(|errors| panic!("{errors:#?}"))
}

/// Settings of an object: modes, thresholds, exclusions, and lists of hits that fill up. Exclusions are about values of the
/// request: what comes out the same for every request is worked out before there is an object.
pub(crate) fn options() -> impl Strategy<Value = ObjectOptions> {
    let rule = || {
        prop_oneof![
            (1..8_u8).prop_map(|id| RuleSelector::Id(id.to_string())),
            Just(RuleSelector::Tag("attack-sqli".to_owned())),
        ]
    };
    let target = || prop::sample::select(&["ARGS", "ARGS:a", "ARGS_GET:b", "REQUEST_HEADERS:X-A"][..]);
    let exclusion = (rule(), target(), prop::bool::weighted(0.3)).prop_map(|(rule, target, path)| Exclusion {
        rule,
        target: Some(target.parse().expect("a target")),
        path: path.then(|| PathScope::Beginning(b"/a".to_vec())),
    });
    let exclusions = prop_oneof![2 => Just(Vec::new()), 1 => prop::collection::vec(exclusion, 1..3)];
    let rich_text =
        prop_oneof![3 => Just(Vec::new()), 1 => target().prop_map(|target| vec![target.parse().expect("a target")])];
    let state = prop::sample::select(&[RuleState::Judges, RuleState::Records, RuleState::Off][..]);
    let switches = prop_oneof![3 => Just(Vec::new()), 1 => prop::collection::vec((rule(), state), 1..4)];
    let mode = prop_oneof![3 => Just(Mode::Block), 1 => Just(Mode::Observe)];
    let hits = prop_oneof![3 => Just(10_000), 1 => 0..4_usize];
    let excepted = (exclusions, switches);
    (mode, 1..12_u16, excepted, rich_text, hits).prop_map(
        |(mode, threshold_in, (exclusions, switches), rich_text, hits)| ObjectOptions {
            mode,
            threshold_in,
            exclusions: Arc::new(ExclusionSet { exclusions }),
            switches: switches.into(),
            rich_text,
            limits: Limits { hits, ..super::engines::limits() },
            ..ObjectOptions::default()
        },
    )
}
