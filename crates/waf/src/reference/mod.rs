//! The rule language once more, slow and easy to believe: what the fast engine is compared with (waf.md §6).
//!
//! Rules run as they were read ([`crate::lang::ruleset`]), one after the other, each over every value it names, through
//! every transformation it names, whatever the values hold. Nothing is folded, left out beforehand, looked at for several
//! rules at once, numbered or remembered. What it shares with the fast engine is what has tests of its own: operators,
//! transformations, the values of a transaction and the way points are counted.
//!
//! *Not* here: a budget. It is for tests and for `medward waf ftw --engine reference`, never for traffic.
//!
//! Invariant: over any rules and any transaction both engines say the same, down to the variables of `TX`; where they do
//! not, one of them is wrong.
//!
//! ```
//! use std::sync::Arc;
//! use medward_waf::{CompileOptions, Conn, Head, ObjectOptions, Reference, SourceFile, Sources, Tx, UniqueId, compile};
//!
//! let rules = b"SecRule ARGS \"@contains a\" \"id:1,phase:2,msg:found\"".to_vec();
//! let sources = Sources { files: vec![SourceFile { path: "a.conf".to_owned(), bytes: rules }], ..Sources::default() };
//! let (program, _) = compile(&sources, &CompileOptions::default()).unwrap();
//! let reference = Reference::compile(&sources).unwrap();
//! let conn = Conn { client: std::net::Ipv4Addr::LOCALHOST.into(), client_port: 1, tls: false };
//! let mut tx = Tx::new(program, &ObjectOptions::default(), conn, UniqueId::default()).with_reference(reference);
//! tx.request_head(&Head::new(b"GET", b"/?q=a", b"HTTP/1.1"));
//! tx.request_end();
//! assert_eq!(tx.finish().hits[0].variable, "ARGS:q");
//! ```

mod hit;
mod members;
mod run;
mod stages;
mod state;

use std::sync::Arc;

use crate::engine::Judgement;
use crate::lang::ast;
use crate::lang::ruleset::{self, load};
use crate::lang::template::Part;
use crate::op::Operator;
use crate::options::ObjectOptions;
use crate::sources::{CompileError, Sources};
use crate::var::Values;
use crate::verdict::AttackClass;
use run::Run;
pub(crate) use state::{Controls, State};

/// A policy for [`crate::Tx::with_reference`].
#[derive(Debug)]
pub struct Reference {
    rules: Vec<Rule>,
    /// What `SecRuleEngine` says.
    engine: ast::EngineMode,
    /// Names of `TX` variables that rules spell out, in the order of the files and as they are spelt first.
    spelt: Vec<Vec<u8>>,
}

/// A rule as it was read, and what its tags and message mean.
#[derive(Debug)]
struct Rule {
    read: ruleset::Rule,
    /// Of each link.
    operators: Vec<Operator>,
    class: AttackClass,
    paranoia: u8,
    /// Cross-site scripting that is active even in rich text.
    active_content: bool,
    /// The message without its macros, by which `ctl` may mean the rule.
    msg: Vec<u8>,
}

/// What the rules of a phase look at, and what they add to.
pub(crate) struct Transaction<'a> {
    pub(crate) phase: u8,
    pub(crate) options: &'a ObjectOptions,
    pub(crate) values: &'a Values,
    /// The path that exclusions compare.
    pub(crate) path: &'a [u8],
    pub(crate) judgement: &'a mut Judgement,
}

impl Reference {
    /// Reads a policy. All errors are reported, not only the first.
    pub fn compile(sources: &Sources) -> Result<Arc<Self>, Vec<CompileError>> {
        let loaded = load(sources);
        let mut errors = loaded.errors;
        let mut spelt: Vec<Vec<u8>> = (0..10).map(|number: u8| number.to_string().into_bytes()).collect();
        let mut rules = Vec::new();
        for read in loaded.ruleset.rules {
            let path = ruleset::path_of(&loaded.paths, read.file);
            let mut operators = Vec::new();
            for link in &read.links {
                match Operator::compile(link.operator.kind, &link.operator.argument, sources, path) {
                    Ok(operator) => operators.push(operator),
                    Err(message) => errors.push(CompileError::at(path, link.operator.place, message)),
                }
                for name in link.setvars.iter().filter_map(|setvar| setvar.name.constant()) {
                    if !spelt.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                        spelt.push(name.to_vec());
                    }
                }
            }
            rules.push(Rule::new(read, operators));
        }
        if errors.is_empty() {
            Ok(Arc::new(Self { rules, engine: loaded.ruleset.settings.engine, spelt }))
        } else {
            Err(errors)
        }
    }

    /// Runs the rules of a phase.
    pub(crate) fn run(&self, transaction: Transaction<'_>, state: &mut State) {
        Run::new(self, transaction, state).rules();
    }

    /// The variables of `TX` under the names that [`State`] shows them by.
    pub(crate) fn transaction_variables(&self, state: &State) -> Vec<(Vec<u8>, Vec<u8>)> {
        state.tx.all(&self.spelt)
    }
}

impl Rule {
    fn new(read: ruleset::Rule, operators: Vec<Operator>) -> Self {
        let tags = &read.meta.tags;
        let texts = read.meta.msg.parts.iter().filter_map(|part| match part {
            Part::Text(text) => Some(text.as_slice()),
            Part::Quote(_) => None,
        });
        Self {
            operators,
            class: tags.iter().find_map(|tag| AttackClass::from_tag(tag)).unwrap_or(AttackClass::Other),
            paranoia: tags.iter().find_map(|tag| tag.strip_prefix("paranoia-level/")?.parse().ok()).unwrap_or(1),
            active_content: tags.iter().any(|tag| tag == "active-content"),
            msg: texts.collect::<Vec<_>>().concat(),
            read,
        }
    }

    fn covered_by(&self, rules: &ast::RuleMatch) -> bool {
        rules.covers(&self.read.id, &self.read.meta.tags, &self.msg)
    }
}
