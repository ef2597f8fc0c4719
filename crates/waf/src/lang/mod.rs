//! The rule language: a subset of SecLang, read strictly.
//!
//! Three steps: [`lexer`] cuts a file into directives with quoted arguments and knows where each byte stands; [`parser`]
//! turns them into [`ast`] values; the compiler gives them meaning. What a step does not know is an error that names
//! file, line, column and token: nothing loads and then silently never matches.
//!
//! Two words are ours beside the standard ones: the transformations `decodeLayers` and `sqlComments`, and rule ids of the
//! shape `MW-CLASS-nnn`.

pub(crate) mod ast;
pub(crate) mod lexer;
pub(crate) mod parser;
#[cfg(test)]
mod tests;
