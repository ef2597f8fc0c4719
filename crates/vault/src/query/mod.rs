//! Search: the query language of `vault.md` §7, and its executor over segments and the write-ahead log.
//!
//! ```text
//! query  = filter { "|" pipe }
//! filter = and { "or" and } ;  and = not { ["and"] not } ;  not = ["not" | "-"] prim
//! prim   = "(" filter ")" | "*" | "_time:" (duration | "[" t "," t ")") | "stream:" name | [field ":"] match
//! match  = word | word "*" | '"' phrase '"' | "=" value | "!=" value | "~" '"' regex '"' | "*"
//!        | (">" | ">=" | "<" | "<=") number | "[" a "," b "]" | "in(" v {"," v} ")" | "cidr(" net ")"
//! pipe   = "fields" f… | "where" filter | "sort by (" f ["desc"] … ")" | "limit" n
//!        | "stats" ["by (" key {"," key} ")"] fn ["as" name] {"," fn …}
//!        | "hist" duration ["by (" f ")"] | "facets" n ["(" f… ")"] | "top" n "by (" f ")" | "uniq by (" f ")"
//! key    = f | "_time:" duration
//! fn     = count() | count_if(filter) | count_uniq(f) | sum(f) | avg(f) | min(f) | max(f) | p50(f) | p90(f) | p95(f) | p99(f)
//! ```
//!
//! A word matches whole words regardless of ASCII case; Chinese text matches as a substring; a bare word looks at every
//! text. *Not* here: who may read which streams, and the record of reading (`service.rs`).
//!
//! Invariant: an answer that is not complete says so, why, and where to go on.

mod cell;
mod filter;
mod parse;
mod pipe;
mod print;
mod term;

mod plan;

mod candidates;
mod scan;
mod walk;

mod search;
mod steps;
mod tally;

mod aggregate;
mod quantile;
mod run;
mod table;

pub use cell::{Cell, Kind};
pub use filter::{Filter, Query, Target, Test};
pub use parse::{MAX_TERMS, SyntaxError, parse, parse_piped};
pub use pipe::{Call, FACETS, Fold, Function, Key, Order, Pipe, Piped};
pub use plan::{Plan, TypeError};
pub use run::{Found, run};
pub use search::{Answer, Cursor, DEFAULT_WINDOW, MAX_ROWS, Search};
pub use table::{Column, Table};
pub use tally::{Bucket, Histogram, TallyError, TopValues, Way, counts, histogram, top_values};
pub use term::Term;
pub use walk::{Coverage, Reason};

#[cfg(test)]
mod tests;
