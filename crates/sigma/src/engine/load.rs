//! From a pack to engines: each rule on its own, so that one that does not load hinders no other.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use rsigma_eval::{CorrelationEngine, Pipeline, parse_pipeline};
use rsigma_parser::{CorrelationRule, SigmaRule, parse_sigma_yaml};
use serde_json::Value;

use super::{Loaded, MAX_RULES, Roles, config, is_raising};
use crate::pack::RulePack;
use crate::read::{self, Document, MAX_FILES, short};
use crate::report::{LoadReport, Reason};
use crate::routes::{Routes, is_named};
use crate::rule::{RuleInfo, RuleKind};
use crate::{cost, expand};

/// Entries kept for one group where the library looks at all of them for each event: distinct values are counted anew, and an
/// order is searched for, so the whole 10,000 would let a flood take the sequencer's time.
const VALUE_COUNT_ENTRIES: u64 = 2_000;
const TEMPORAL_ENTRIES: u64 = 32;

/// Attributes by which a rule would set the library itself, for all rules.
const LIBRARY_PREFIX: &str = "rsigma.";

pub(super) struct Engines {
    pub(super) rules: HashMap<String, Loaded>,
    pub(super) routes: Routes,
    pub(super) correlations: CorrelationEngine,
}

struct Candidate {
    info: RuleInfo,
    parsed: Parsed,
}

enum Parsed {
    Single(Box<SigmaRule>),
    Correlation(Box<CorrelationRule>),
}

pub(super) fn load(pack: &RulePack) -> (Engines, LoadReport) {
    let mut report = LoadReport::default();
    let candidates = candidates(pack, &mut report);
    let (singles, correlations): (Vec<_>, Vec<_>) =
        candidates.into_iter().partition(|candidate| matches!(candidate.parsed, Parsed::Single(_)));

    let mut routes = Routes::default();
    let mut standing: Vec<(RuleInfo, SigmaRule)> = Vec::new();
    for Candidate { info, parsed } in singles {
        let Parsed::Single(rule) = parsed else { continue };
        match routes.add(&rule, pipelines()) {
            Ok(()) => standing.push((info, *rule)),
            Err(error) => report.refuse(&info.file, Some(&info.id), Reason::NotCompiled(short(&error.to_string()))),
        }
    }
    routes.finish();

    let accepted = resolve(&standing, correlations, &mut report);
    let roles = roles(&standing, &accepted);
    let mut engine = CorrelationEngine::new(config());
    for pipeline in pipelines() {
        engine.add_pipeline(pipeline.clone());
    }
    let mut rules = HashMap::new();
    for (info, rule) in standing {
        let counted = roles.counted.contains(&info.id);
        // The library finds a rule's name by its id here; detection itself goes along the routes.
        if counted && let Err(error) = engine.add_rule(&rule) {
            report.refuse(&info.file, Some(&info.id), Reason::NotCompiled(short(&error.to_string())));
            continue;
        }
        keep(info, &roles, &mut rules, &mut report);
    }
    for (info, rule) in accepted {
        match engine.add_correlation(&rule) {
            Ok(()) => keep(info, &roles, &mut rules, &mut report),
            Err(error) => report.refuse(&info.file, Some(&info.id), Reason::NotCompiled(short(&error.to_string()))),
        }
    }
    (Engines { rules, routes, correlations: engine }, report)
}

fn keep(info: RuleInfo, roles: &Roles, rules: &mut HashMap<String, Loaded>, report: &mut LoadReport) {
    report.loaded.push(info.id.clone());
    let (raises, counted) = (is_raising(&info, roles), roles.counted.contains(&info.id));
    rules.insert(info.id.clone(), Loaded { info: Arc::new(info), raises, counted });
}

/// Field names of SigmaHQ in the words of the vault. It is ours and is compiled in: a test says that it is read.
fn pipelines() -> &'static [Pipeline] {
    static PIPELINES: LazyLock<Vec<Pipeline>> =
        LazyLock::new(|| parse_pipeline(crate::builtin::PIPELINE).into_iter().collect());
    &PIPELINES
}

fn candidates(pack: &RulePack, report: &mut LoadReport) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    let mut taken = Taken::default();
    for (index, file) in pack.files.iter().enumerate() {
        if index >= MAX_FILES {
            report.refuse(&file.name, None, Reason::TooManyFiles);
            break;
        }
        let documents = match read::documents(file) {
            Ok(documents) => documents,
            Err(reason) => {
                report.refuse(&file.name, None, reason);
                continue;
            }
        };
        for document in documents {
            let id = document.get("id").or_else(|| document.get("name")).and_then(Value::as_str).map(short);
            if candidates.len() >= MAX_RULES {
                report.refuse(&file.name, id.as_deref(), Reason::TooManyRules);
                return candidates;
            }
            match candidate(document, &file.name, pack).and_then(|candidate| taken.take(candidate)) {
                Ok(candidate) => candidates.push(candidate),
                Err(reason) => report.refuse(&file.name, id.as_deref(), reason),
            }
        }
    }
    candidates
}

/// Ids and names, and the file that has them.
#[derive(Default)]
struct Taken {
    ids: HashMap<String, String>,
    names: HashMap<String, String>,
}

impl Taken {
    fn take(&mut self, candidate: Candidate) -> Result<Candidate, Reason> {
        let info = &candidate.info;
        if let Some(file) = self.ids.get(&info.id).or_else(|| self.names.get(&info.id)) {
            return Err(Reason::IdTaken(file.clone()));
        }
        if let Some(file) = info.name.as_ref().and_then(|name| self.names.get(name).or_else(|| self.ids.get(name))) {
            return Err(Reason::NameTaken(file.clone()));
        }
        self.ids.insert(info.id.clone(), info.file.clone());
        if let Some(name) = &info.name {
            self.names.insert(name.clone(), info.file.clone());
        }
        Ok(candidate)
    }
}

fn candidate(mut document: Document, file: &str, pack: &RulePack) -> Result<Candidate, Reason> {
    if document.contains_key("action") {
        return Err(Reason::Action);
    }
    if document.contains_key("filter") {
        return Err(Reason::Filter);
    }
    if let Some(status @ ("deprecated" | "unsupported")) = document.get("status").and_then(Value::as_str) {
        return Err(Reason::GivenUp(status.to_owned()));
    }
    cost::check(&document)?;
    let info = RuleInfo::read(&document, file)?;
    expand::expand(&mut document, &pack.lists)?;
    // Twice: lists bring values with them.
    cost::check(&document)?;
    set_library_attributes(&mut document, &info);
    document.insert("id".into(), info.id.clone().into());
    let parsed = parse(document)?;
    if let Parsed::Single(rule) = &parsed
        && !is_named(&rule.logsource)
    {
        return Err(Reason::NoLogSource);
    }
    Ok(Candidate { info, parsed })
}

/// Takes away what would set the library for all rules, and bounds what it keeps for this one.
fn set_library_attributes(document: &mut Document, info: &RuleInfo) {
    let is_ours = |name: &str| !name.starts_with(LIBRARY_PREFIX);
    document.retain(|name, _| is_ours(name));
    if let Some(Value::Object(attributes)) = document.get_mut("custom_attributes") {
        attributes.retain(|name, _| is_ours(name));
    }
    if info.kind == RuleKind::Single {
        return;
    }
    let kind = document.get("correlation").and_then(|correlation| correlation.get("type")).and_then(Value::as_str);
    let entries = match kind {
        Some("value_count") => VALUE_COUNT_ENTRIES,
        Some("temporal" | "temporal_ordered") => TEMPORAL_ENTRIES,
        _ => return,
    };
    document.insert("rsigma.max_group_entries".into(), entries.to_string().into());
}

/// The library reads text; JSON is YAML.
fn parse(document: Document) -> Result<Parsed, Reason> {
    let text = Value::Object(document).to_string();
    let mut collection = parse_sigma_yaml(&text).map_err(|error| Reason::NotCompiled(short(&error.to_string())))?;
    if let Some(error) = collection.errors.first() {
        return Err(Reason::NotCompiled(short(error)));
    }
    match (collection.rules.pop(), collection.correlations.pop()) {
        (Some(rule), None) => Ok(Parsed::Single(Box::new(rule))),
        (None, Some(rule)) => Ok(Parsed::Correlation(Box::new(rule))),
        _ => Err(Reason::Empty),
    }
}

/// Correlations whose rules all stand, in an order in which none comes before one that it refers to: so there are no circles.
fn resolve(
    standing: &[(RuleInfo, SigmaRule)],
    correlations: Vec<Candidate>,
    report: &mut LoadReport,
) -> Vec<(RuleInfo, CorrelationRule)> {
    let mut known: std::collections::HashSet<String> = standing.iter().flat_map(|(info, _)| identities(info)).collect();
    let mut accepted = Vec::new();
    let mut waiting: Vec<(RuleInfo, CorrelationRule)> = correlations
        .into_iter()
        .filter_map(|Candidate { info, parsed }| match parsed {
            Parsed::Correlation(rule) => Some((info, *rule)),
            Parsed::Single(_) => None,
        })
        .collect();
    loop {
        let (ready, others): (Vec<_>, Vec<_>) =
            waiting.into_iter().partition(|(_, rule)| rule.rules.iter().all(|reference| known.contains(reference)));
        waiting = others;
        if ready.is_empty() {
            break;
        }
        known.extend(ready.iter().flat_map(|(info, _)| identities(info)));
        accepted.extend(ready);
    }
    for (info, rule) in waiting {
        let missing = rule.rules.iter().find(|reference| !known.contains(*reference)).map_or("", String::as_str);
        report.refuse(&info.file, Some(&info.id), Reason::Reference(short(missing)));
    }
    accepted
}

fn identities(info: &RuleInfo) -> impl Iterator<Item = String> {
    std::iter::once(info.id.clone()).chain(info.name.clone())
}

fn roles(standing: &[(RuleInfo, SigmaRule)], accepted: &[(RuleInfo, CorrelationRule)]) -> Roles {
    let infos = || standing.iter().map(|(info, _)| info).chain(accepted.iter().map(|(info, _)| info));
    let by_identity: HashMap<String, &RuleInfo> =
        infos().flat_map(|info| identities(info).map(move |identity| (identity, info))).collect();
    let mut roles = Roles::default();
    for (info, rule) in accepted {
        for referred in rule.rules.iter().filter_map(|reference| by_identity.get(reference)) {
            roles.counted.insert(referred.id.clone());
            // A correlation that is counted by another still tells what it found.
            if referred.kind == RuleKind::Single && !rule.generate && referred.file == info.file {
                roles.silenced.insert(referred.id.clone());
            }
        }
    }
    roles
}
