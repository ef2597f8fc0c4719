//! Search: the filter grammar of `vault.md` §7, and its executor over the write-ahead log.
//!
//! ```text
//! filter = and { "or" and } ;  and = not { ["and"] not } ;  not = ["not" | "-"] prim
//! prim   = "(" filter ")" | "*" | "_time:" (duration | "[" t "," t ")") | "stream:" name | [field ":"] match
//! match  = word | word "*" | '"' phrase '"' | "=" value | "!=" value | "~" '"' regex '"' | "*"
//!        | (">" | ">=" | "<" | "<=") number | "[" a "," b "]" | "in(" v {"," v} ")" | "cidr(" net ")"
//! ```
//!
//! A word matches whole words regardless of ASCII case; Chinese text matches as a substring; a bare word looks at every
//! text. *Not* here: pipes (`| stats …`), which come with segments.
//!
//! Invariant: an answer that is not complete says so and where to go on.

mod filter;
mod parse;
mod scan;
mod search;
mod tally;
mod term;

pub use filter::{Filter, Query, Target, Test};
pub use parse::{MAX_TERMS, SyntaxError, parse};
pub use search::{Answer, Cursor, DEFAULT_WINDOW, MAX_ROWS, Search};
pub use tally::{Bucket, Histogram, TallyError, TopValues, Way, counts, histogram, top_values};
pub use term::Term;

#[cfg(test)]
mod tests;
