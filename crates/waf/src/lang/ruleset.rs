//! The rules of a policy as a whole: files included, defaults inherited, removals and updates applied, jumps resolved.
//!
//! Removals and updates hold wherever they stand: before or after the rules they mean. What is left is what both the
//! compiled program and the reference interpreter run.

use std::collections::{HashMap, HashSet};

use super::ast::{
    self, Actions, AllowScope, Defaults, Disruptive, EngineMode, Link, RuleMatch, Setting, Statement, Use, Variable,
};
use super::lexer::Place;
use super::parser::parse;
use super::template::{Part, Template};
use crate::sources::{CompileError, SourceFile, Sources, Warning};
use crate::var::Collection;

/// Deepest nesting of `Include`.
const INCLUDE_DEPTH: usize = 8;

/// Every rule in order, and what holds for all of them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ruleset {
    pub(crate) rules: Vec<Rule>,
    pub(crate) settings: Settings,
}

/// One rule, ready to run.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    /// Path of its file, for messages.
    pub(crate) file: u32,
    pub(crate) place: Place,
    pub(crate) id: String,
    pub(crate) phase: u8,
    pub(crate) meta: ast::Meta,
    pub(crate) links: Vec<Link>,
    pub(crate) log: bool,
    pub(crate) action: Action,
    /// Where to go on when it matches: the number of a later rule.
    pub(crate) jump: Option<usize>,
}

impl Rule {
    /// Whether it looks at nothing of the request: it counts, or says which other rules are asked. What single rules do
    /// for an object says nothing of such a one, which may have been worked out before there was an object.
    pub(crate) fn steers(&self) -> bool {
        let of_request =
            |variable: &ast::Variable| !matches!(variable.collection, Collection::Tx | Collection::UniqueId);
        !self.links.iter().flat_map(|link| &link.variables).any(of_request)
    }
}

/// What a match does, `block` resolved.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Action {
    Pass,
    Deny,
    Drop,
    Redirect(Template),
    Allow(AllowScope),
}

/// What directives beside rules say.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Settings {
    pub(crate) engine: EngineMode,
    pub(crate) request_body: bool,
    pub(crate) request_body_limit: Option<usize>,
    pub(crate) request_body_rejects: bool,
    pub(crate) json_depth: Option<usize>,
    pub(crate) arguments: Option<usize>,
    pub(crate) separator: u8,
    pub(crate) response_body: bool,
    pub(crate) response_types: Vec<String>,
    pub(crate) response_body_limit: Option<usize>,
    pub(crate) response_body_rejects: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            engine: EngineMode::On,
            request_body: true,
            request_body_limit: None,
            request_body_rejects: false,
            json_depth: None,
            arguments: None,
            separator: b'&',
            response_body: false,
            response_types: Vec::new(),
            response_body_limit: None,
            response_body_rejects: false,
        }
    }
}

/// What came of reading a policy.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    pub(crate) ruleset: Ruleset,
    /// Paths of the files, by their number.
    pub(crate) paths: Vec<String>,
    pub(crate) warnings: Vec<Warning>,
    pub(crate) errors: Vec<CompileError>,
}

/// Reads and resolves a policy. All errors are reported, not only the first.
pub(crate) fn load(sources: &Sources) -> Loaded {
    let mut loader = Loader::new(sources);
    for file in &sources.files {
        loader.file(file, 0);
    }
    loader.finish()
}

/// Path of a file by its number.
pub(crate) fn path_of(paths: &[String], file: u32) -> &str {
    paths.get(file as usize).map_or("", String::as_str)
}

struct Loader<'a> {
    sources: &'a Sources,
    paths: Vec<String>,
    rules: Vec<Rule>,
    /// Names of markers, and how many rules stand before each.
    markers: HashMap<String, Vec<usize>>,
    /// What rules of each phase inherit.
    defaults: HashMap<u8, Defaults>,
    /// Removals and updates, for the end.
    changes: Vec<(u32, Place, Statement)>,
    settings: Settings,
    errors: Vec<CompileError>,
    warnings: Vec<Warning>,
}

impl<'a> Loader<'a> {
    fn new(sources: &'a Sources) -> Self {
        Self {
            sources,
            paths: Vec::new(),
            rules: Vec::new(),
            markers: HashMap::new(),
            defaults: HashMap::new(),
            changes: Vec::new(),
            settings: Settings::default(),
            errors: Vec::new(),
            warnings: Vec::new(),
        }
    }

    fn file(&mut self, file: &SourceFile, depth: usize) {
        let number = u32::try_from(self.paths.len()).unwrap_or(u32::MAX);
        self.paths.push(file.path.clone());
        let (statements, errors) = parse(&file.bytes, number);
        self.errors.extend(errors.into_iter().map(|error| CompileError::at(&file.path, error.place, error.message)));
        for statement in statements {
            self.statement(file, number, statement, depth);
        }
    }

    fn statement(&mut self, file: &SourceFile, number: u32, statement: Statement, depth: usize) {
        match statement {
            Statement::Rule(rule) => self.rule(*rule),
            Statement::Marker(name) => self.markers.entry(name).or_default().push(self.rules.len()),
            Statement::Defaults(defaults) => {
                self.defaults.insert(defaults.phase, defaults);
            }
            Statement::Setting(setting) => self.set(setting),
            Statement::Include(place, pattern) => self.include(file, place, &pattern, depth),
            Statement::Ignored(place, name) => {
                let message = format!("{name} has no effect here");
                self.warnings.push(Warning { path: file.path.clone(), line: place.line, message });
            }
            Statement::Remove(place, _)
            | Statement::UpdateTargets(place, _, _)
            | Statement::UpdateActions(place, _, _) => self.changes.push((number, place, statement)),
        }
    }

    fn include(&mut self, file: &SourceFile, place: Place, pattern: &str, depth: usize) {
        let files: Vec<SourceFile> = self.sources.glob(&file.path, pattern).into_iter().cloned().collect();
        if depth >= INCLUDE_DEPTH || files.is_empty() {
            let message = if files.is_empty() {
                format!("Include {pattern}: there is no such file")
            } else {
                format!("Include {pattern}: nested more than {INCLUDE_DEPTH} deep")
            };
            self.errors.push(CompileError::at(&file.path, place, message));
            return;
        }
        for included in &files {
            self.file(included, depth + 1);
        }
    }

    fn rule(&mut self, rule: ast::Rule) {
        let ast::Rule { file, place, mut links, meta } = rule;
        let inherited = self.defaults.get(&meta.phase);
        for link in &mut links {
            if let Some(inherited) = inherited
                && !link.own_transformations
            {
                link.transformations.splice(0..0, inherited.transformations.iter().copied());
            }
        }
        let (action, status) = action(&meta, inherited);
        let log = meta.log.unwrap_or_else(|| inherited.is_none_or(|inherited| inherited.log));
        let meta = ast::Meta { status, ..meta };
        let (id, phase) = (meta.id.clone(), meta.phase);
        self.rules.push(Rule { file, place, id, phase, meta, links, log, action, jump: None });
    }

    fn set(&mut self, setting: Setting) {
        let settings = &mut self.settings;
        match setting {
            Setting::Engine(mode) => settings.engine = mode,
            Setting::RequestBodyAccess(on) => settings.request_body = on,
            Setting::RequestBodyLimit(bytes) => settings.request_body_limit = Some(bytes),
            // The smaller of the two is what holds for bodies without files, and files are capped by Limits.
            Setting::RequestBodyNoFilesLimit(bytes) => {
                let limit = settings.request_body_limit.map_or(bytes, |limit| limit.max(bytes));
                settings.request_body_limit = Some(limit);
            }
            Setting::RequestBodyLimitRejects(rejects) => settings.request_body_rejects = rejects,
            Setting::RequestBodyJsonDepth(depth) => settings.json_depth = Some(depth),
            Setting::ArgumentsLimit(most) => settings.arguments = Some(most),
            Setting::ArgumentSeparator(separator) => settings.separator = separator,
            Setting::ResponseBodyAccess(on) => settings.response_body = on,
            Setting::ResponseBodyMimeTypes(types) => settings.response_types.extend(types),
            Setting::ResponseBodyMimeTypesClear => settings.response_types.clear(),
            Setting::ResponseBodyLimit(bytes) => settings.response_body_limit = Some(bytes),
            Setting::ResponseBodyLimitRejects(rejects) => settings.response_body_rejects = rejects,
            Setting::CookieFormat | Setting::UnicodeMap | Setting::Signature => {}
        }
    }

    fn finish(mut self) -> Loaded {
        let mut seen = HashSet::new();
        for rule in &self.rules {
            if !seen.insert(rule.id.clone()) {
                let path = path_of(&self.paths, rule.file);
                self.errors.push(CompileError::at(path, rule.place, format!("the id {} is used twice", rule.id)));
            }
        }
        self.resolve_jumps();
        let changes = std::mem::take(&mut self.changes);
        for (file, place, change) in &changes {
            if let Err(message) = self.change(*file, *place, change) {
                self.errors.push(CompileError::at(path_of(&self.paths, *file), *place, message));
            }
        }
        self.remove(&changes);
        let ruleset = Ruleset { rules: self.rules, settings: self.settings };
        Loaded { ruleset, paths: self.paths, warnings: self.warnings, errors: self.errors }
    }

    fn resolve_jumps(&mut self) {
        for at in 0..self.rules.len() {
            let Some(rule) = self.rules.get(at) else { return };
            let jump = match (&rule.meta.skip_after, rule.meta.skip) {
                (Some(marker), _) => {
                    let places = self.markers.get(marker).map_or(&[][..], Vec::as_slice);
                    let place = places.iter().copied().find(|place| *place > at);
                    if place.is_none() {
                        let message = format!("skipAfter:{marker}: no such marker follows");
                        let path = path_of(&self.paths, rule.file);
                        self.errors.push(CompileError::at(path, rule.place, message));
                    }
                    place
                }
                (None, 0) => None,
                (None, count) => Some(self.skipped_to(at, count)),
            };
            if let Some(rule) = self.rules.get_mut(at) {
                rule.jump = jump;
            }
        }
    }

    /// The rule after the next `count` ones of the same phase.
    fn skipped_to(&self, at: usize, count: u32) -> usize {
        let phase = self.rules.get(at).map(|rule| rule.phase);
        let mut same = (at + 1..self.rules.len()).filter(|next| self.rules.get(*next).map(|rule| rule.phase) == phase);
        same.nth(count as usize).unwrap_or(self.rules.len())
    }

    fn change(&mut self, file: u32, place: Place, change: &Statement) -> Result<(), String> {
        let (Statement::UpdateTargets(_, rules, _)
        | Statement::UpdateActions(_, rules, _)
        | Statement::Remove(_, rules)) = change
        else {
            return Ok(());
        };
        let mut any = false;
        for rule in self.rules.iter_mut().filter(|rule| covers(rules, rule)) {
            any = true;
            match change {
                Statement::UpdateTargets(_, _, targets) => update_targets(rule, targets),
                Statement::UpdateActions(_, _, actions) => update_actions(rule, actions)?,
                _ => {}
            }
        }
        // Ranges and tags often name more than is installed; a single id that is not there is a mistake.
        if let RuleMatch::Ids(ranges, names) = rules
            && !any
            && ranges.iter().all(|(first, last)| first == last)
        {
            let ids: Vec<_> = ranges.iter().map(|(id, _)| id.to_string()).chain(names.iter().cloned()).collect();
            let path = path_of(&self.paths, file).to_owned();
            let message = format!("no rule has the id {}", ids.join(" "));
            self.warnings.push(Warning { path, line: place.line, message });
        }
        Ok(())
    }

    /// Takes removed rules out; jumps go on meaning the rules that followed.
    fn remove(&mut self, changes: &[(u32, Place, Statement)]) {
        let removals: Vec<&RuleMatch> = changes
            .iter()
            .filter_map(|(_, _, change)| match change {
                Statement::Remove(_, rules) => Some(rules),
                _ => None,
            })
            .collect();
        if removals.is_empty() {
            return;
        }
        let kept: Vec<bool> =
            self.rules.iter().map(|rule| !removals.iter().any(|removal| covers(removal, rule))).collect();
        let new_number = |old: usize| kept.iter().take(old).filter(|kept| **kept).count();
        for rule in &mut self.rules {
            rule.jump = rule.jump.map(new_number);
        }
        let mut keep = kept.iter();
        self.rules.retain(|_| keep.next().copied().unwrap_or(true));
    }
}

fn covers(rules: &RuleMatch, rule: &Rule) -> bool {
    rules.covers(&rule.id, &rule.meta.tags, &plain(&rule.meta.msg))
}

/// The text of a template without its macros.
fn plain(template: &Template) -> Vec<u8> {
    let texts = template.parts.iter().filter_map(|part| match part {
        Part::Text(text) => Some(text.as_slice()),
        Part::Quote(_) => None,
    });
    texts.collect::<Vec<_>>().concat()
}

/// The disruptive action and status of a rule, `block` taken from the phase's defaults.
fn action(meta: &ast::Meta, inherited: Option<&Defaults>) -> (Action, Option<u16>) {
    let default = inherited.map(|inherited| (&inherited.disruptive, inherited.status));
    let (disruptive, status) = match (&meta.disruptive, default) {
        (None | Some(Disruptive::Block), Some((default, status))) => (default, meta.status.or(status)),
        (None | Some(Disruptive::Block), None) => (&Disruptive::Pass, meta.status),
        (Some(own), _) => (own, meta.status),
    };
    let action = match disruptive {
        Disruptive::Pass | Disruptive::Block => Action::Pass,
        Disruptive::Deny => Action::Deny,
        Disruptive::Drop => Action::Drop,
        Disruptive::Redirect(to) => Action::Redirect(to.clone()),
        Disruptive::Allow(scope) => Action::Allow(*scope),
    };
    (action, status)
}

fn update_targets(rule: &mut Rule, targets: &[Variable]) {
    for (at, link) in rule.links.iter_mut().enumerate() {
        // Further links of a chain look at targets of their own; only what is left out holds for all of them.
        let meant = targets.iter().filter(|target| at == 0 || target.use_ == Use::Exclude);
        link.variables.extend(meant.cloned());
    }
}

fn update_actions(rule: &mut Rule, actions: &Actions) -> Result<(), String> {
    if actions.id.is_some() || actions.phase.is_some() || actions.chain {
        return Err("an update changes neither id nor phase nor chain".to_owned());
    }
    let meta = &mut rule.meta;
    if let Some(msg) = &actions.msg {
        meta.msg.clone_from(msg);
    }
    if let Some(logdata) = &actions.logdata {
        meta.logdata.clone_from(logdata);
    }
    meta.severity = actions.severity.or(meta.severity);
    meta.tags.extend(actions.tags.iter().cloned());
    rule.log = actions.log.unwrap_or(rule.log);
    if actions.disruptive.is_some() {
        let changed = ast::Meta { disruptive: actions.disruptive.clone(), status: actions.status, ..meta.clone() };
        let (action, status) = action(&changed, None);
        (rule.action, meta.status) = (action, status);
    } else {
        meta.status = actions.status.or(meta.status);
    }
    if let Some(first) = rule.links.first_mut() {
        first.transformations.extend(actions.transformations.iter().copied());
        first.setvars.extend(actions.setvars.iter().cloned());
        first.ctls.extend(actions.ctls.iter().cloned());
    }
    Ok(())
}
