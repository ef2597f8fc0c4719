//! Which rules an event meets: one small engine for each log source that rules name, and for each source of events the engines
//! whose rules accept it.
//!
//! One engine with all rules would look up every event among all of them and discard what comes from elsewhere afterwards.
//! Invariant: a rule is asked about an event only if every part of its log source equals that of the event's source.

use rsigma_eval::{Engine, EvalError, EvaluationResult, Pipeline};
use rsigma_parser::{LogSource as RuleSource, SigmaRule};

use crate::adapter::Adapter;
use crate::source::{LogSource, Source, Sources};

/// Detection rules by log source.
#[derive(Default)]
pub(crate) struct Routes {
    engines: Vec<(RuleSource, Engine)>,
    /// For each [`Source`], by index: how the library names it, and its engines.
    by_source: Vec<(RuleSource, Vec<usize>)>,
}

impl Routes {
    /// Compiles the rule into the engine of its log source.
    pub(crate) fn add(&mut self, rule: &SigmaRule, pipelines: &[Pipeline]) -> Result<(), EvalError> {
        let wanted = parts(&rule.logsource);
        if let Some((_, engine)) = self.engines.iter_mut().find(|(source, _)| parts(source) == wanted) {
            return engine.add_rule(rule);
        }
        let mut engine = Engine::new();
        for pipeline in pipelines {
            engine.add_pipeline(pipeline.clone());
        }
        engine.add_rule(rule)?;
        self.engines.push((rule.logsource.clone(), engine));
        Ok(())
    }

    /// Works out the routes; to be called once all rules are in.
    pub(crate) fn finish(&mut self) {
        let engines = &self.engines;
        self.by_source = Source::all()
            .map(Source::log_source)
            .map(|source| {
                let accepting = engines.iter().enumerate().filter(|(_, (rule, _))| accepts(rule, &source));
                (named(&source), accepting.map(|(index, _)| index).collect())
            })
            .collect();
    }

    /// What matches, each rule once although an event may have two sources.
    pub(crate) fn detect(&self, event: &Adapter<'_>, sources: Sources) -> Vec<EvaluationResult> {
        let mut found: Vec<EvaluationResult> = Vec::new();
        for (position, source) in sources.iter().enumerate() {
            let Some((name, engines)) = self.by_source.get(source.index()) else { continue };
            for (_, engine) in engines.iter().filter_map(|index| self.engines.get(*index)) {
                let results = engine.evaluate_with_logsource(event, name);
                if position == 0 {
                    found.extend(results);
                } else {
                    let is_new = |result: &EvaluationResult| {
                        found.iter().all(|other| other.header.rule_id != result.header.rule_id)
                    };
                    let new: Vec<_> = results.into_iter().filter(is_new).collect();
                    found.extend(new);
                }
            }
        }
        found
    }
}

/// Whether the rule names a log source at all.
pub(crate) fn is_named(source: &RuleSource) -> bool {
    source.product.is_some() || source.category.is_some() || source.service.is_some()
}

fn parts(source: &RuleSource) -> [Option<String>; 3] {
    [&source.product, &source.service, &source.category].map(|part| part.as_ref().map(|part| part.to_ascii_lowercase()))
}

fn accepts(rule: &RuleSource, source: &LogSource) -> bool {
    let part = |wanted: &Option<String>, given: Option<&str>| {
        wanted.as_ref().is_none_or(|wanted| given.is_some_and(|given| given.eq_ignore_ascii_case(wanted)))
    };
    part(&rule.product, Some(source.product))
        && part(&rule.service, source.service)
        && part(&rule.category, source.category)
}

fn named(source: &LogSource) -> RuleSource {
    RuleSource {
        product: Some(source.product.to_owned()),
        service: source.service.map(str::to_owned),
        category: source.category.map(str::to_owned),
        ..RuleSource::default()
    }
}
