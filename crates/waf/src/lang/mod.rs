//! The rule language: SecLang as waf.md §3 lists it, read strictly.
//!
//! Three steps: [`lexer`] cuts a file into directives with quoted arguments and knows where each byte stands; [`parser`]
//! turns them into [`ast`] values; [`ruleset`] puts the files of a policy together (includes, defaults, removals,
//! updates, markers). What a step does not know is an error that names file, line, column and token: nothing loads and
//! then silently never matches.
//!
//! Ours beside the standard words: the operator `@detect`, the transformation `decodeLayers`, and rule ids of the shape
//! `MW-CLASS-nnn`.

mod actions;
pub(crate) mod ast;
pub(crate) mod lexer;
pub(crate) mod parser;
pub(crate) mod ruleset;
pub(crate) mod template;
#[cfg(test)]
mod tests;
mod variables;
